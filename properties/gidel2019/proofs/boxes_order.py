"""ORDER-1 on a box: the explicit delta_0 from which the larger sigma is learned first."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from rankladder.language.statement import symbols
from rankladder.proof.boxes import certificate, certify
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.tails import log1p_ratio, same_form
from rankladder.properties.gidel2019.order import DELTA_FIRST, lam_i, lam_j, sigma_i, sigma_j, theta
from rankladder.theory import hitting_time, initial_log_fraction, order_delta

__all__ = ["CERTIFICATES"]

sigma, lam, z0, share = symbols("sigma lam z0 h", positive=True)
delta = symbols("delta")
log = sympy.log
STRENGTHS = (Fraction(1, 10), 10)
LEVELS = (Fraction(1, 10), Fraction(9, 10))
GAP = sympy.Rational(1, 10)
PAIR = {sigma_i: STRENGTHS, sigma_j: STRENGTHS}
PACE = 1 / sigma_j - 1 / sigma_i


def _time(sigma: Any, lam: Any, rest: Any) -> Any:
    """The hitting time from e^(-delta) with log(1 - z_0) replaced by ``rest``."""
    return (2 * delta + log(sigma) - log(lam) + rest + log(theta) - log(1 - theta)) / (2 * sigma)


def _hitting() -> tuple[Part, ...]:
    start = symbols("z0", positive=True)
    plain = (-log(start) + log(1 - start) + log(theta) - log(1 - theta)) / (2 * sigma)
    return (
        same_form("hitting time", hitting_time(sigma, start, theta), plain, "FLOW-6"),
        same_form("its start", initial_log_fraction(sigma, lam, delta), log(lam) - log(sigma) - 2 * delta, "z_0 = lambda e^(-2 delta)/sigma"),
    )  # fmt: skip


def vanishing() -> Proof:
    """Mode i from z_0 = lam_i e^(-2 delta)/sigma_i reaches theta at t_i = (log(1/z_0 - 1) + logit theta)/(2 sigma_i) (FLOW-6); so for j.
    With z_0 < theta: log(1 - theta) < log(1 - z_0) < 0 (below, in proper form: -log(1 - z) = z l(-z) and
    log((1 - z_0)/(1 - theta)) = r l(r), r = (theta - z_0)/(1 - theta), l(t) = log(1 + t)/t).
    So t_i < late = (2 delta + log omega_i + logit theta)/(2 sigma_i), and t_j > early = (2 delta + log omega_j + log theta)/(2 sigma_j).
    early - late = (1/sigma_j - 1/sigma_i)(delta - delta_0), with the delta_0 of the claim (below).
    1/sigma_j - 1/sigma_i > 0 on the box. So t_i < late <= early < t_j for every delta >= delta_0.
    The box: sigma in [1/10, 10] with a gap of at least 1/10, theta in [1/10, 9/10], every lambda, every delta >= delta_0 with z_0 < theta.
    Any two of the m modes are such a pair: the claim for pairs is that for m <= 3, and for every m.
    Left out of the claim's range: sigma and theta beyond that, smaller gaps.
    """
    late = _time(sigma_i, lam_i, 0)
    early = _time(sigma_j, lam_j, log(1 - theta))
    stated = order_delta(sigma_i, lam_i, sigma_j, lam_j, theta)
    ratio = (theta - z0) / (1 - theta)
    level = {theta: LEVELS}
    parts = (
        *_hitting(),
        same_form("delta_0 of the claim", sympy.expand_log(DELTA_FIRST, force=True), stated, "as the theory derives it"),
        same_form("early - late", early - late, PACE * (delta - stated)),
        certify(PACE > 0, PAIR, given=[sigma_i - sigma_j >= GAP], name="early gains on late as delta grows"),
        same_form("log(1 - z) in proper form", z0 * log1p_ratio(-z0), -log(1 - z0)),
        same_form("the other in proper form", ratio * log1p_ratio(ratio), log(1 + ratio), "1 + r = (1 - z_0)/(1 - theta)"),
        same_form("what that r is", 1 + ratio, (1 - z0) / (1 - theta)),
        certify(log1p_ratio(-z0) > 0, {z0: (0, LEVELS[1])}, name="log(1 - z_0) < 0"),
        certify(log1p_ratio(share) > 0, {share: (0, 9)}, name="log(1 - theta) < log(1 - z_0)"),
        certify(LEVELS[1] / (1 - theta) <= 9, level, name="r stays in that range"),
    )  # fmt: skip
    return certificate("ORDER-1.vanishing", vanishing, parts, "FLOW-6.hit")


def every_start() -> Proof:
    """With g(z) = log(1/z - 1) + logit theta, mode i from z_i = lam_i e^(-2 delta)/sigma_i reaches theta at g(z_i)/(2 sigma_i) (FLOW-6).
    lam_i/sigma_i >= lam_j/sigma_j gives z_i >= z_j, as both are multiplied by the same e^(-2 delta).
    g'(z) = -1/(z (1 - z)) < 0 for 0 < z < 1, and g(theta) = 0 (below): so 0 < g(z_i) <= g(z_j) for z_j <= z_i < theta.
    1/sigma_i < 1/sigma_j on the box. So t_i = g(z_i)/(2 sigma_i) <= g(z_j)/(2 sigma_i) < g(z_j)/(2 sigma_j) = t_j.
    The box: sigma in [1/10, 10] with a gap of at least 1/10, every lambda, every theta and every delta with z_0 < theta.
    Left out of the claim's range: sigma beyond that, smaller gaps.
    """
    scaled = 2 * sigma * hitting_time(sigma, z0, theta)
    parts = (
        *_hitting(),
        same_form("g' is negative", sympy.diff(scaled, z0), -1 / (z0 * (1 - z0))),
        same_form("g(theta) = 0", scaled.subs(z0, theta), 0),
        certify(PACE > 0, PAIR, given=[sigma_i - sigma_j >= GAP], name="1/sigma_i < 1/sigma_j"),
    )
    return certificate("ORDER-1.every-start", every_start, parts, "FLOW-6.hit")


CERTIFICATES: dict[str, Callable[[], Proof]] = {
    "ORDER-1.every-start": every_start,
    "ORDER-1.vanishing": vanishing,
}
