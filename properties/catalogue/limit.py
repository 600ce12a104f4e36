"""LIMIT-1 to LIMIT-5: vanishing initialization at rescaled time, by explicit bounds at finite delta."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from properties import (
    Int,
    Otherwise,
    Problem,
    Real,
    claim,
    exp,
    forall,
    log,
    log1p,
    sqrt,
    strictly,
    symbols,
    tanh,
)
from properties.catalogue.flow import mode_values, solves_flow
from theory import fitted_value, hitting_time, initial_fraction, limit_value, mode_logit, plateau_time

Array = np.ndarray[Any, Any]
sigma, lam, delta, theta = symbols("sigma lam delta theta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A4, A5); restated"
ANY = Otherwise("problem", Problem(kind="noncommuting", modes=Int(1, 4), gap=Fraction(1, 4)))

# tau as a multiple of the transition time 1/sigma, so that all three cases come at every sigma
MODE = {
    "sigma": Real(Fraction(1, 8), 8),
    "lam": Real(Fraction(1, 8), 8),
    "delta": Real(0, 1_000_000),
    "reach": Real(0, 4),
}
reach = symbols("reach")


def value(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    """w(delta tau) at tau = reach/sigma."""
    return fitted_value(sigma, lam, delta, delta * reach / sigma)


def off_limit(sigma: Any, lam: Any, delta: Any, reach: Any, case: str, limit: Any, factor: Any = 1) -> Any:
    """|w(delta tau) - limit| against an explicit bound that vanishes with delta."""
    omega = sigma / lam
    bounds = {
        "before": lambda: exp(-2 * delta * (1 - reach)),
        "at": lambda: lam * exp(-2 * delta) / (lam + sigma),
        "after": lambda: omega**2 * exp(-2 * delta * (reach - 1)),
    }
    return factor * bounds[case]() - abs(value(sigma, lam, delta, reach) - limit)


SMALL = {"small-start": lam * exp(-2 * delta) <= sigma}
claim(
    "LIMIT-1.before",
    title="one mode: before 1/sigma it is not learned in the limit",
    statement=r"\tau<1/\sigma:\ w(\delta\tau) \to 0",
    source=PAPER,
    over=MODE,
    given={"early": reach < 1},
)(
    lambda sigma, lam, delta, reach: off_limit(
        sigma, lam, delta, reach, "before", limit_value(sigma, lam, "before")
    )
)
claim(
    "LIMIT-1.at",
    title="one mode: at 1/sigma it tends to sigma/(lam + sigma)",
    statement=r"\tau=1/\sigma:\ w(\delta\tau) \to \sigma/(\lambda+\sigma)",
    source=PAPER,
    over={k: v for k, v in MODE.items() if k != "reach"},
    given=SMALL,
)(lambda sigma, lam, delta: off_limit(sigma, lam, delta, 1, "at", limit_value(sigma, lam, "at")))
claim(
    "LIMIT-1.after",
    title="one mode: after 1/sigma it is learned in the limit",
    statement=r"\tau>1/\sigma:\ w(\delta\tau) \to \sigma/\lambda",
    source=PAPER,
    over=MODE,
    given={"late": reach > 1, **SMALL},
)(
    lambda sigma, lam, delta, reach: off_limit(
        sigma, lam, delta, reach, "after", limit_value(sigma, lam, "after")
    )
)
claim(
    "LIMIT-1.not-half",
    title="one mode: at 1/sigma it tends to half its fitted value",
    statement=r"\tau=1/\sigma:\ w(\delta\tau) \to \sigma/(2\lambda)",
    source="this project",
    over={k: v for k, v in MODE.items() if k != "reach"},
    given=SMALL,
    expects="refuted",
)(lambda sigma, lam, delta: off_limit(sigma, lam, delta, 1, "at", sigma / (2 * lam)))
claim(
    "LIMIT-1.half-on-autoencoders",
    title="one mode of an autoencoder: at 1/sigma it tends to half its fitted value",
    statement=r"\sigma=\lambda:\ w(\delta/\sigma) \to \tfrac12",
    source="this project",
    over={"sigma": Real(Fraction(1, 8), 8), "delta": Real(0, 1_000_000)},
)(lambda sigma, delta: off_limit(sigma, sigma, delta, 1, "at", sigma / (2 * sigma)))


def growth_bound(sigma: Any, lam: Any, delta: Any, reach: Any, rate: Any = 1) -> Any:
    """W e^{2 delta (1 - sigma tau)} <= 1, in relative terms."""
    return 1 - value(sigma, lam, delta, reach) * exp(2 * delta * (1 - rate * reach))


def fitted_bound(sigma: Any, lam: Any, delta: Any, reach: Any, power: int = 2, rate: Any = 1) -> Any:
    """0 <= omega - w and (omega - w) e^{2 delta (sigma tau - 1)} <= omega^2, both relative to omega^2."""
    omega = sigma / lam
    left = omega - value(sigma, lam, delta, reach)
    return forall(left / omega, 1 - left * exp(2 * delta * (rate * reach - 1)) / omega**power)


RATE = {**MODE, "delta": Real(-4, 200)}
claim(
    "LIMIT-2.growth",
    title="one mode: w at rescaled time is at most e^{-2 delta (1 - sigma tau)}",
    statement=r"\delta\ge0:\ w(\delta\tau) \le e^{-2\delta(1-\sigma\tau)}",
    source=PAPER,
    over=RATE,
    given={"forward-time": delta >= 0},
)(lambda sigma, lam, delta, reach: growth_bound(sigma, lam, delta, reach))
claim(
    "LIMIT-2.fitted",
    title="one mode: what is left to learn is at most omega^2 e^{-2 delta (sigma tau - 1)}",
    statement=r"z_0\le1,\ \delta\ge0:\ 0 \le \omega - w(\delta\tau) \le \omega^2 e^{-2\delta(\sigma\tau-1)}",
    source=PAPER,
    over=RATE,
    given={"forward-time": delta >= 0, **SMALL},
)(lambda sigma, lam, delta, reach: fitted_bound(sigma, lam, delta, reach))


def plateau_bound(problem: Any, delta: Any, tau: Any, j: int, power: int = 2, nulls: int = 1) -> Any:
    """Squared distance that LIMIT-2 allows between W(delta tau) and plateau j, null modes included."""
    total = nulls * (problem.q - problem.m) * exp(-4 * delta)
    for i in range(problem.m):
        away = 1 - problem.sigma[i] * tau
        total = (
            total
            + (problem.omega[i] ** power * exp(2 * delta * away) if i < j else exp(-2 * delta * away)) ** 2
        )
    return total


def passes_plateaus(
    problem: Any, delta: Any, share: Any, *, power: int = 2, nulls: int = 1, slack: Any = 1
) -> Any:
    """Between the transitions j and j + 1 the state on the matrices, which solves the flow, is within the bound
    of plateau j. ``share`` places tau in the interval.
    """
    margins = []
    for j in range(problem.m + 1):
        begin = 1 / problem.sigma[j - 1] if j else 0 * share
        end = 1 / problem.sigma[j] if j < problem.m else 2 * begin
        tau = begin + share * (end - begin)
        w, _ = mode_values(problem, delta, delta * tau)
        gap = problem.compose(w[: min(problem.d, problem.p)]) - problem.plateau(j)
        margins.append(slack - (gap * gap).sum() / plateau_bound(problem, delta, tau, j, power, nulls))
        if j == problem.m:
            margins.append(solves_flow(problem, delta, delta * tau))
    return forall(*margins)


def small_start(problem, delta):  # type: ignore[no-untyped-def]
    """z_i(0) <= 1 for every active mode."""
    return forall(problem.sigma - problem.lam[: problem.m] * exp(-2 * delta))


PLATEAUS = {
    "problem": Problem(modes=Int(1, 4), gap=Fraction(1, 4)),
    "delta": Real(0, 12),
    "share": Real(0, 1),
}
claim(
    "LIMIT-3",
    title="matrices: between two transitions the flow is exponentially close to the plateau",
    statement=r"1/\sigma_j<\tau<1/\sigma_{j+1}:\ \|W(\delta\tau) - \textstyle\sum_{i\le j}\omega_i u_i v_i^\top\|_F^2 \le "
    r"\sum_{i\le j}\omega_i^4 e^{-4\delta(\sigma_i\tau-1)} + \sum_{j<i\le m}e^{-4\delta(1-\sigma_i\tau)} + (q-m)e^{-4\delta}",
    source=PAPER,
    over=PLATEAUS,
    given={"commuting": ANY, "small-start": small_start},
)(lambda problem, delta, share: passes_plateaus(problem, delta, share))


def resolves(problem: Any, delta: Any, *, exponent: Any = 2, fourth: int = 4) -> Any:
    """At tau = 2/(sigma_j + sigma_{j+1}) the distance to plateau j is at most C e^{-2 delta gap}."""
    margins = []
    for j in range(1, problem.m + 1):
        after = problem.sigma[j] if j < problem.m else 0 * delta
        tau = plateau_time(problem.sigma[j - 1], after)
        w, _ = mode_values(problem, delta, delta * tau)
        gap = problem.compose(w[: min(problem.d, problem.p)]) - problem.plateau(j)
        constant = (problem.omega[:j] ** fourth).sum() + problem.q - j
        contrast = (problem.sigma[j - 1] - after) / (problem.sigma[j - 1] + after)
        margins.append(1 - sqrt((gap * gap).sum() / constant) * exp(exponent * delta * contrast))
    return forall(*margins)


claim(
    "LIMIT-4.constant",
    title="matrices: midway between two transitions plateau j is seen within C e^{-2 delta (contrast)}",
    statement=r"\tau = \tfrac{2}{\sigma_j+\sigma_{j+1}}:\ \|W(\delta\tau) - P_j\|_F \le C e^{-2\delta\frac{\sigma_j-\sigma_{j+1}}{\sigma_j+\sigma_{j+1}}},\ C^2 = \sum_{i\le j}\omega_i^4 + q - j",
    source=PAPER,
    over={k: v for k, v in PLATEAUS.items() if k != "share"},
    given={"small-start": small_start},
)(lambda problem, delta: resolves(problem, delta))

PAIR = {"sigma1": Real(Fraction(1, 8), 8), "lam1": Real(Fraction(1, 8), 8), "lam2": Real(Fraction(1, 8), 8)}
lam1, lam2, sigma1 = symbols("lam1 lam2 sigma1")


def overtakes(delta: Any, theta: Any, sigma1: Any, part: Any = 1) -> Any:
    """With lam = sigma in both modes and sigma_2 = sigma_1 (1 - g), g = l/(L + l): when mode 1 reaches theta,
    mode 2 is above 1 - theta (l, L: log-odds of theta and of 1 - z_0).
    """
    z0 = initial_fraction(sigma1, sigma1, delta)
    level, far = log(theta) - log1p(-theta), log1p(-z0) - log(z0)
    sigma2 = sigma1 * (1 - part * level / (far + level))
    when = hitting_time(sigma1, z0, theta)
    return mode_logit(sigma2, initial_fraction(sigma2, sigma2, delta), when) + level


claim(
    "LIMIT-5.no-fixed-start",
    title="two modes: at every fixed delta some spectrum has mode 2 above 1 - theta when mode 1 reaches theta",
    statement=r"\forall\,\delta,\ \theta\in(\tfrac12,1)\ \exists\,\sigma_1>\sigma_2:\ z_2(t_\theta^{(1)}) > 1-\theta",
    source="this project",
    over={"delta": Real(0, 100_000), "theta": Real(0, 1), "sigma1": Real(Fraction(1, 8), 8)},
    given={"upper-level": 2 * theta > 1, "below-level": exp(-2 * delta) < theta},
)(lambda delta, theta, sigma1: strictly(overtakes(delta, theta, sigma1)))


def odds(sigma: Any, lam: Any, delta: Any) -> Any:
    """log(1/z_0 - 1)."""
    z0 = initial_fraction(sigma, lam, delta)
    return log1p(-z0) - log(z0)


def tied_gap(sigma1: Any, lam1: Any, lam2: Any, delta: Any, t: Any, factor: Any = 1) -> Any:
    """|z_1 - z_2| <= tanh(|log(y_1/y_2)|/4) at every time."""
    one, two = (1 / (1 + exp(odds(sigma1, x, delta) - 2 * sigma1 * t)) for x in (lam1, lam2))
    apart = abs(odds(sigma1, lam1, delta) - odds(sigma1, lam2, delta))
    return factor * tanh(apart / 4) - abs(one - two)


def attained(sigma1: Any, lam1: Any, lam2: Any, delta: Any) -> Any:
    """The time midway between both half-times attains the bound, and lies ahead of the start."""
    y1, y2 = odds(sigma1, lam1, delta), odds(sigma1, lam2, delta)
    when = (y1 + y2) / (4 * sigma1)
    return forall(-abs(tied_gap(sigma1, lam1, lam2, delta, when)), when)


TIED = {**PAIR, "delta": Real(-1, 1_000)}
STARTS = {"below-one": (lam1 * exp(-2 * delta) < sigma1) & (lam2 * exp(-2 * delta) < sigma1)}
claim(
    "LIMIT-5.tied-bound",
    title="two modes with equal sigma are never farther apart than tanh(|log(y_1/y_2)|/4)",
    statement=r"|z_1 - z_2| \le \tanh(|\log(y_1/y_2)|/4),\ y = 1/z_0 - 1",
    source="this project",
    over={**TIED, "t": Real(0, 100)},
    given=STARTS,
)(lambda sigma1, lam1, lam2, delta, t: tied_gap(sigma1, lam1, lam2, delta, t))
claim(
    "LIMIT-5.tied-attained",
    title="two modes with equal sigma come that far apart, however small the start",
    statement=r"z_1(0) + z_2(0) < 1:\ \sup_t |z_1 - z_2| = \tanh(|\log(y_1/y_2)|/4)",
    source="this project",
    over=TIED,
    given={**STARTS, "small-sum": (lam1 + lam2) * exp(-2 * delta) < sigma1},
)(lambda sigma1, lam1, lam2, delta: attained(sigma1, lam1, lam2, delta))
