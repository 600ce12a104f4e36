"""LIMIT-4 on a box: the constant of the distance to a plateau, and how small a start makes it small."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy

from rankladder.language.statement import symbols
from rankladder.proof.boxes import certificate, certify
from rankladder.proof.result import Proof
from rankladder.proof.tails import expm1_ratio, same_form
from rankladder.theory import plateau_delta

__all__ = ["CERTIFICATES"]

before, here, after = symbols("sigma_i sigma_j sigma_next")
delta, constant, error, t = symbols("delta C epsilon t", positive=True)
STRENGTHS = (Fraction(1, 10), 10)
# sigma by gaps from the smallest up: a box that contains all spectra with these gaps, and no corner to cut off
first_gap, second_gap = symbols("gap_1 gap_2")
GAPS = (Fraction(1, 10), Fraction(99, 10))
LEAST = {after: STRENGTHS, first_gap: GAPS}
BOX = {**LEAST, second_gap: GAPS}
CONTRAST = (here - after) / (here + after)


def smallness() -> Proof:
    """LIMIT-4.constant bounds the distance to plateau j by C e^(-2 delta c), c = (sigma_j - sigma_{j+1})/(sigma_j + sigma_{j+1}).
    At delta_e = log(C/epsilon)/(2c) that bound is epsilon: its logarithm is log C - 2 c delta_e = log epsilon (below).
    c > 0 on the box, so the bound falls with delta, and is at most epsilon for every delta >= delta_e:
    C e^(-2 delta c) = epsilon e^(-2 c r) with r = delta - delta_e >= 0, and 1 - e^-t = t e(-t) >= 0 at t = 2 c r, e(t) = (e^t - 1)/t.
    The box: sigma in [1/10, 10] with gaps of at least 1/10 (gap_1 = sigma_j - sigma_{j+1}, gap_2 the next), every lambda, every epsilon, every delta that the claim allows.
    Left out of the claim's range: sigma beyond that, smaller gaps.
    """
    enough = sympy.expand_log(plateau_delta(here, after, constant, error), force=True)
    parts = (
        same_form("delta at which the bound is epsilon", sympy.log(constant) - 2 * enough * CONTRAST, sympy.log(error)),
        same_form("j = m", sympy.log(constant) - 2 * enough.subs(after, 0), sympy.log(error)),
        certify(CONTRAST.subs(here, after + first_gap) > 0, LEAST, name="the bound falls with delta"),
        same_form("decay in proper form", 1 - sympy.exp(-t), t * expm1_ratio(-t), "positive for t > 0: e is"),
    )  # fmt: skip
    return certificate("LIMIT-4.smallness", smallness, parts, "LIMIT-4.constant")


CERTIFICATES: dict[str, Callable[[], Proof]] = {
    "LIMIT-4.smallness": smallness,
}
