"""LIMIT-4 on a box: the constant of the distance to a plateau, and how small a start makes it small."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy

from properties.proving.boxes import certificate, certify
from properties.proving.parts import Part
from properties.proving.proof import Proof
from properties.proving.tails import expm1_ratio, same_form
from properties.statement import symbols
from theory import plateau_delta, plateau_error, plateau_time

__all__ = ["CERTIFICATES"]

before, here, after = symbols("sigma_i sigma_j sigma_next", positive=True)
lam, delta, constant, error, t = symbols("lam delta C epsilon t", positive=True)
STRENGTHS = (Fraction(1, 10), 10)
BOX = {before: STRENGTHS, here: STRENGTHS, after: STRENGTHS}
GAP = sympy.Rational(1, 10)
CONTRAST = (here - after) / (here + after)
TIME = plateau_time(here, after)


def _exponents() -> tuple[Part, ...]:
    last = {here: STRENGTHS}
    return (
        same_form("the bound's exponent", plateau_error(here, after, constant, delta), constant * sympy.exp(-2 * delta * CONTRAST)),
        same_form("mode j", here * TIME - 1, CONTRAST, "equality: C cannot do without it"),
        same_form("mode j + 1", 1 - after * TIME, CONTRAST),
        certify(before * TIME - 1 >= CONTRAST, BOX, given=[before - here >= GAP, here - after >= GAP], name="modes learned before j"),
        certify(1 - before * TIME >= CONTRAST, BOX, given=[here - after >= GAP, after - before >= GAP], name="modes after j + 1"),
        certify(CONTRAST <= 1, BOX, given=[here - after >= GAP], name="null modes"),
        certify(CONTRAST > 0, BOX, given=[here - after >= GAP], name="the bound falls with delta"),
        same_form("j = m: mode m", here * TIME.subs(after, 0) - 1, 1, "no mode comes next: sigma_next = 0, the exponent is 1"),
        certify(before * TIME.subs(after, 0) - 1 >= 1, {before: STRENGTHS} | last, given=[before - here >= GAP], name="j = m: modes learned before m"),
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
    The box: sigma in [1/10, 10] with gaps of at least 1/10, every lambda and every delta that the claim allows.
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
    The box: sigma in [1/10, 10] with gaps of at least 1/10, every lambda, every epsilon, every delta that the claim allows.
    Left out of the claim's range: sigma beyond that, smaller gaps.
    """
    enough = sympy.expand_log(plateau_delta(here, after, constant, error), force=True)
    parts = (
        same_form("delta at which the bound is epsilon", sympy.log(constant) - 2 * enough * CONTRAST, sympy.log(error)),
        same_form("j = m", sympy.log(constant) - 2 * enough.subs(after, 0), sympy.log(error)),
        certify(CONTRAST > 0, BOX, given=[here - after >= GAP], name="the bound falls with delta"),
        same_form("decay in proper form", 1 - sympy.exp(-t), t * expm1_ratio(-t), "positive for t > 0: e is"),
    )  # fmt: skip
    return certificate("LIMIT-4.smallness", smallness, parts, "LIMIT-4.constant")


CERTIFICATES: dict[str, Callable[[], Proof]] = {
    "LIMIT-4.constant": constant_of_a_plateau,
    "LIMIT-4.smallness": smallness,
}
