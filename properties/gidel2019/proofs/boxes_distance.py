"""GD-10 on a box: how far descent is from the flow."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy

from rankladder.language.statement import symbols
from rankladder.proof.boxes import certificate, certify
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.tails import expm1_ratio, log1p_defect, same_form
from rankladder.properties.gidel2019.proofs.descent_forms import (
    A_OVER_S,
    B_OVER_S,
    EXCESS,
    SMALL,
    A,
    B,
    s,
    step_in_log_odds,
    z,
)
from rankladder.properties.gidel2019.proofs.flow import shown
from rankladder.theory import mode_logit, rate_lower

__all__ = ["CERTIFICATES"]

z0, u, y, d = symbols("z0 u y d")
exp, log = sympy.exp, sympy.log
STARTS = (Fraction(1, 10**6), Fraction(1, 10))
HALF = sympy.Rational(1, 2)
LOSS = log1p_defect(s)  # (s - log(1+s))/s^2
SMALLNESS = 1 - log(z0)
DISTANCE = log(1 - z0) - log(z0)  # minus the log-odds of z_0


def _lag() -> tuple[Part, ...]:
    ahead = u + DISTANCE
    gap = s * LOSS * ahead
    box = {s: SMALL, z0: STARTS}
    last = 12
    slow = 1 - s * LOSS
    return (
        same_form("gap of the two lines", 2 * s * LOSS, (mode_logit(s, HALF, 1) - rate_lower(s)) / s),
        same_form("gap of the two curves", d * expm1_ratio(-d) / ((1 + exp(-u)) * (1 + exp(u) * exp(-d))),
                  1 / (1 + exp(-u)) - exp(u) * exp(-d) / (1 + exp(u) * exp(-d))),
        certify(SMALLNESS * (1 + exp(-u)) * (1 + exp(u - gap)) >= 8 * LOSS * ahead * expm1_ratio(-gap),
                {**box, u: (-14, last)}, given=[ahead >= 0], name=f"lag, log-odds of the flow up to {last}"),
        certify(DISTANCE <= 14, {z0: STARTS}, name="no start has log-odds below -14"),
        certify(8 * LOSS * (last + DISTANCE) * exp(s * LOSS * DISTANCE - slow * last) <= SMALLNESS, box, name=f"lag, log-odds {last}, e^(-b) for the curve's slope"),
        certify(slow * (last + DISTANCE) >= 1, box, name="that bound falls from there on"),
    )  # fmt: skip


LEARNED, PAID = sympy.Rational(31, 20), sympy.Rational(9, 20)


def _lead() -> tuple[Part, ...]:
    box = {s: SMALL, z0: STARTS}
    level, rest = y * expm1_ratio(-y), exp(-y)
    most = LEARNED * y - PAID * log(level / z0)
    last = 30
    return (
        same_form("one step against the flow", s**2 * EXCESS, A + B - mode_logit(s, HALF, 1)),
        certify(EXCESS <= LEARNED * A_OVER_S - PAID * B_OVER_S, {s: SMALL, z: (0, 1)}, name="gain of one step on the flow"),
        same_form("gap at a given gain", z - z * exp(-u) / (z * exp(-u) + 1 - z), (1 - z) * z * u * expm1_ratio(-u) / (1 - z + z * exp(-u))),
        certify(SMALLNESS * (rest + level * exp(-s * most)) >= 8 * rest * level * most * expm1_ratio(-s * most),
                {**box, y: (STARTS[0], last)}, given=[level >= z0], name=f"lead, 1 - z down to e^-{last}"),
        certify(8 * LEARNED * last * exp(-(1 - LEARNED * s) * last) <= SMALLNESS, box, name=f"lead, 1 - z = e^-{last}"),
        certify((1 - LEARNED * s) * last >= 1, {s: SMALL}, name="that bound falls from there on"),
    )  # fmt: skip


def order() -> Proof:
    """Write D = log(1/z_0 - 1), l_k for the log-odds of z_k, u = 2sk - D for those of the flow, sigma for the logistic function.
    Descent behind the flow.
    GD-4: l_k >= 2 log(1+s) k - D = u - q (u + D), q = 1 - log(1+s)/s = s h(s), h(s) = (s - log(1+s))/s^2; k >= 0 is u >= -D.
    So flow - z_k <= sigma(u) - sigma(u - d), d = q (u + D), and this is d e(-d)/((1 + e^-u)(1 + e^(u-d))), e(t) = (e^t - 1)/t.
    Divided by s > 0 it is at most (1 + log(1/z_0))/8 for -D <= u <= 12 (below, for real k), also in the limit s = 0.
    For u >= 12: sigma(u) - sigma(u - d) <= d e^(-(u - d)), as sigma' <= e^(-t) and this falls in t.
    Divided by s that is h (u + D) e^(-(1-q) u + q D), which falls in u once (1-q)(u + D) >= 1: its value at 12 bounds it.
    Descent ahead of the flow.
    Let g_k = l_k - (2sk - D), 0 at k = 0. A step adds A + B - 2s, B = log(z_{k+1}/z_k), A = log(x_k/x_{k+1}), x = 1 - z.
    On every state in [0, 1]: A + B - 2s <= s ((31/20) A - (9/20) B) (below, divided by s^2).
    Summed: g_k <= s ((31/20) log(x_0/x_k) - (9/20) log(z_k/z_0)) <= s G, G = (31/20) y - (9/20) log(z_k/z_0), y = log(1/x_k).
    z_k - flow = x z (1 - e^-g)/(x + z e^-g) with z = z_k, x = e^-y, g = g_k; it grows with g, so it is at most its value at s G.
    Divided by s it is at most (1 + log(1/z_0))/8 for y <= 30 and z >= z_0 (below); an orbit from z_0 never falls (GD-4: l_k >= -D).
    For y >= 30 it is at most x s G e^(s G)/s <= (31/20) y e^(-(1 - 31s/20) y), which falls in y once (1 - 31s/20) y >= 1.
    The box: 0 < s <= 49/100 and 1e-6 <= z_0 <= 1/10, for every k. Left out of the claim's range: s > 49/100, z_0 < 1e-6, z_0 > 1/10.
    """
    return certificate(
        "GD-10.order", order, (*step_in_log_odds(), *_lag(), *_lead()), "GD-4.lower", "GD-4.upper"
    )


CERTIFICATES: dict[str, Callable[[], Proof]] = {
    "GD-10.order": order,
    "GD-10.rates": shown(
        "GD-10.rates",
        "The flow adds 2s to the log-odds in the time of a step; 1 - 1/a < log a < a - 1 unless a = 1.",
    ),
}
