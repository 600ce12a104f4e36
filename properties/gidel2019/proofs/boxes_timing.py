"""GD-12 on a box: the hitting step to next order, with its remainder."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy

from rankladder.language.statement import symbols
from rankladder.proof.boxes import certificate, certify
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.tails import expm1_ratio, log1p_ratio, same_form
from rankladder.properties.gidel2019.proofs.descent_forms import (
    A_OVER_S,
    B_OVER_S,
    EXCESS,
    FRACTION,
    REMAINDER,
    SMALL,
    A,
    B,
    s,
    step_in_log_odds,
    z,
)
from rankladder.theory import hitting_time, next_order_hit

__all__ = ["CERTIFICATES"]

z0, theta = symbols("z0 theta")
exp, log, Rational = sympy.exp, sympy.log, sympy.Rational
# C = START log(1/z_0) + log(1/(1-theta)); of the second term the whole steps use SPENT
START, SPENT = Rational(1, 24), Rational(11, 20)
LEVELS = (Fraction(1, 10), Fraction(9, 10))


def _steps() -> tuple[Part, ...]:
    allowed = START * B_OVER_S + SPENT * A_OVER_S
    left = 1 - (1 / (2 * s) + Rational(1, 4)) * (A + B) + Rational(3, 4) * A
    return (
        same_form("remainder of one step", s**2 * REMAINDER, left),
        certify(allowed >= REMAINDER, {s: SMALL, z: (0, 1)}, name="one step, above"),
        certify(allowed >= -REMAINDER, {s: SMALL, z: (0, 1)}, name="one step, below"),
    )


def _last() -> tuple[Part, ...]:
    pace, pace_of = symbols("P"), 2 + s * EXCESS
    line, part = symbols("D g")
    grown = z * FRACTION * pace * expm1_ratio(s * FRACTION * pace)
    share = grown * log1p_ratio(s * grown)  # log((1 - z)/(1 - theta)) over s
    exact_share = log(1 + z * (exp(s * FRACTION * pace) - 1))
    same_share = same_form("share in proper form", s * share, exact_share, "for P = 2 + s g")
    share, grown = share.subs(pace, pace_of), grown.subs(pace, pace_of)
    pace = pace_of
    left = -FRACTION * EXCESS / 2 - FRACTION * pace / 4 + Rational(3, 4) * share
    # log(1/z)/24 + log(1/(1 - theta)) less what the whole steps may have used of it
    allowed = -START * log(z) - (1 - SPENT) * log(1 - z) + s * share
    box = {s: SMALL, z: (Fraction(9, 200), LEVELS[1]), FRACTION: (0, 1)}
    level = (1 - z) * 10 <= 9 * (1 + s * grown)  # theta >= 1/10
    after = 1 / (1 + (1 - z) / (z * exp(line)))
    return (
        same_form("slope of the last step", s * pace, A + B),
        same_share,
        same_form("level from the share of a step", (1 - z) / (1 - after), 1 + z * line * expm1_ratio(line)),
        same_form("remainder of that share", s * (-part * EXCESS / 2 - part * pace / 4),
                  part - (1 / (2 * s) + Rational(1, 4)) * part * (A + B)),
        certify((1 + s) ** 2 * Fraction(9, 200) <= LEVELS[0], {s: SMALL}, name="no state below 9/200 reaches 1/10 in one step"),
        certify(left <= allowed, box, given=[level], name="share of a step, above"),
        certify(-left <= allowed, box, given=[level], name="share of a step, below"),
    )  # fmt: skip


def _formula() -> Part:
    time = hitting_time(1, z0, theta)
    stated = time * (1 / s + Rational(1, 2)) - Rational(3, 4) * (log(1 - z0) - log(1 - theta))
    return same_form("the formula", next_order_hit(s, z0, theta), stated, "t = hitting time at sigma = 1")


def next_order() -> Proof:
    """F(theta) = t (1/s + 1/2) - (3/4) log((1-z_0)/(1-theta)) with t = (logit theta - logit z_0)/2 (FLOW-6) is the step of the claim.
    K is the hitting step: theta is reached after k whole steps and the share f of the next, in log-odds.
    B = log(z_{j+1}/z_j), A = log(x_j/x_{j+1}), x = 1 - z, add up to the step in log-odds. Both are positive.
    F grows by (1/(2s) + 1/4)(A + B) - (3/4) A in step j, so k - F(z_k) is the sum over j < k of r_j = 1 - (1/(2s) + 1/4)(A + B) + (3/4) A.
    On every state in [0, 1]: |r_j| <= s (B/24 + (11/20) A) (below, divided by s^2; equality at z = 0 as s vanishes).
    Summed: |k - F(z_k)| <= s (log(z_k/z_0)/24 + (11/20) log(1/x_k)).
    The share f moves the log-odds by f (A + B), so log(x_k/(1-theta)) = log(1 + z_k (e^(f(A+B)) - 1)), and it leaves
    rho = f - (1/(2s) + 1/4) f (A + B) + (3/4) log(x_k/(1-theta)); K - F(theta) is the sum of the r_j, plus rho.
    |rho| <= s (log(1/z_k)/24 + (9/20) log(1/x_k) + log(x_k/(1-theta))) (below, divided by s), for 9/200 <= z_k <= theta, 1/10 <= theta <= 9/10.
    A step multiplies z by at most (1+s)^2, so z_k is at least 9/200 where theta >= 1/10 is within the next step.
    The sum of both bounds: |K - F(theta)| <= s (log(1/z_0)/24 + log(1/(1-theta))). For z_0 >= 1e-6 that is at most 2.88 s.
    The box: 0 < s <= 49/100, 1/10 <= theta <= 9/10, every z_0 < theta. Left out of the claim's range: s > 49/100, theta < 1/10, theta > 9/10.
    """
    worst = certify(
        START * log(10**6) - log(1 - theta) <= Rational(288, 100), {theta: LEVELS}, name="the constant on the box"
    )  # fmt: skip
    parts = (*step_in_log_odds(), _formula(), *_steps(), *_last(), worst)
    return certificate("GD-12.next-order", next_order, parts, "FLOW-6.hit", "GD-4.upper")


CERTIFICATES: dict[str, Callable[[], Proof]] = {"GD-12.next-order": next_order}
