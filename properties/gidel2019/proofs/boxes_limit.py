"""LIMIT-4 on a box: the constant of the distance to a plateau, and how small a start makes it small."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy

from rankladder.language.statement import symbols
from rankladder.proof.boxes import certificate, certify
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.tails import expm1_ratio, same_form
from rankladder.theory import plateau_delta, plateau_error, plateau_time

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


def _exponents() -> tuple[Part, ...]:
    rising = {here: after + first_gap, before: after + first_gap + second_gap}
    falling = {after: before + second_gap, here: before + second_gap + first_gap}
    time = plateau_time(here, after)
    last = time.subs(after, 0)
    learned, coming = 2 * (before - here) / (here + after), 2 * (after - before) / (here + after)
    return (
        same_form("the bound's exponent", plateau_error(here, after, constant, delta), constant * sympy.exp(-2 * delta * CONTRAST)),
        same_form("mode j", here * time - 1, CONTRAST, "equality: C cannot do without it"),
        same_form("mode j + 1", 1 - after * time, CONTRAST),
        same_form("a mode i before j", before * time - 1 - CONTRAST, learned),
        certify(learned.subs(rising, simultaneous=True) > 0, BOX, name="a mode i before j: it is closer"),
        same_form("a mode i after j + 1", 1 - before * time - CONTRAST, coming),
        certify(coming.subs(falling, simultaneous=True) > 0, {before: STRENGTHS, first_gap: GAPS, second_gap: GAPS}, name="a mode i after j + 1: it is closer"),
        certify(CONTRAST.subs(rising) < 1, LEAST, name="null modes: 1 is more than c"),
        certify(CONTRAST.subs(rising) > 0, LEAST, name="the bound falls with delta"),
        same_form("j = m: mode m", here * last - 1, 1, "no mode comes next: sigma_next = 0 and c = 1"),
        same_form("j = m: a mode i before m", before * last - 1 - 1, 2 * (before - here) / here),
    )  # fmt: skip


def constant_of_a_plateau() -> Proof:
    """At t = delta tau, tau = 2/(sigma_j + sigma_{j+1}), sigma_{m+1} = 0, W - P_j is diagonal in the orthonormal frames U, V (FLOW-1).
    So its squared Frobenius norm is the sum of (omega_i - w_i)^2 over i <= j and of w_i^2 over the other i <= q.
    LIMIT-2, z_i(0) <= 1, delta >= 0: 0 <= omega_i - w_i <= omega_i^2 e^(-2 delta (sigma_i tau - 1)) and 0 <= w_i <= e^(-2 delta (1 - sigma_i tau)).
    FLOW-5: a null mode keeps 0 <= w <= e^(-2 delta).
    With c = (sigma_j - sigma_{j+1})/(sigma_j + sigma_{j+1}): sigma_i tau - 1 >= c for i <= j, 1 - sigma_i tau >= c for j < i <= m, and 1 >= c (below).
    e^(-2 delta r) does not grow with r, delta >= 0: every exponent may be replaced by c.
    The sum is then at most e^(-4 delta c) (sum over i <= j of omega_i^4 + q - j) = C^2 e^(-4 delta c).
    Each line speaks of one mode beside j and j + 1, so it holds for every m, m <= 3 among them, and for every lambda: lambda enters C alone.
    The box: sigma in [1/10, 10] with gaps of at least 1/10 (gap_1 = sigma_j - sigma_{j+1}, gap_2 the next), every lambda and every delta that the claim allows.
    Left out of the claim's range: sigma beyond that, smaller gaps.
    """
    return certificate(
        "LIMIT-4.constant",
        constant_of_a_plateau,
        _exponents(),
        "FLOW-1",
        "FLOW-5.null",
        "LIMIT-2.fitted",
        "LIMIT-2.growth",
    )


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
    "LIMIT-4.constant": constant_of_a_plateau,
    "LIMIT-4.smallness": smallness,
}
