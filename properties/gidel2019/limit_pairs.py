"""LIMIT-5: pairs of modes when the start does not vanish, and what vanishing does not separate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import Real, claim, equal, exp, forall, least, log, log1p, most, strictly, symbols, tanh
from rankladder.theory import fitted_value, hitting_time, initial_fraction, mode_logit

delta, theta, share, sigma, lam = symbols("delta theta share sigma lam")
PROJECT = "this project"
VALUE = Real(Fraction(1, 8), 8)


def overtakes(delta: Any, theta: Any, sigma1: Any, share: Any) -> Any:
    """An autoencoder with 0 < sigma_2 < sigma_1 whose mode 2 is above 1 - theta when mode 1 comes to theta.

    With l and L the log-odds of theta and of 1 - z_0, sigma_2 = sigma_1 (1 - share min(1, 2 l/(L + l))).
    """
    z0 = initial_fraction(sigma1, sigma1, delta)
    level, far = log(theta) - log1p(-theta), odds(sigma1, sigma1, delta)
    sigma2 = sigma1 * (1 - share * least(1 + 0 * level, 2 * level / (far + level)))
    when = hitting_time(sigma1, z0, theta)
    above = mode_logit(sigma2, z0, when) + level
    return forall(*map(strictly, (above, when, sigma1 - sigma2, sigma2)))


def odds(sigma: Any, lam: Any, delta: Any) -> Any:
    """Odds against being learned at the start, in logarithms: log y = log(1/z_0 - 1)."""
    z0 = initial_fraction(sigma, lam, delta)
    return log1p(-z0) - log(z0)


@claim(
    "LIMIT-5.no-fixed-start",
    title="two modes: at every fixed delta some spectrum has mode 2 above 1 - theta before mode 1 reaches theta",
    statement=r"\forall\,\delta,\ \theta\in(\tfrac12,1)\ \exists\,\sigma_1>\sigma_2:\ z_2(t^{(1)}_\theta) > 1-\theta",
    source=PROJECT,
    over={"delta": Real(0, 100_000), "theta": Real(0, 1), "sigma1": VALUE, "share": Real(0, 2)},
    given={
        "upper-level": 2 * theta > 1,
        "below-level": exp(-2 * delta) < theta,
        "close-values": share < 1,
    },
)
def _(delta: Any, theta: Any, sigma1: Any, share: Any) -> Any:
    return overtakes(delta, theta, sigma1, share)


# both modes start below their fitted values: excess counts from the delta at which the higher one is there
TIED = {"sigma": VALUE, "lam1": VALUE, "lam2": VALUE, "excess": Real(0, 1_000)}
BELOW_HALF = {
    "small-sum": lambda lam1, lam2, excess: 1 - (1 + least(lam1 / lam2, lam2 / lam1)) * exp(-2 * excess)
}


def start(sigma: Any, lam1: Any, lam2: Any, excess: Any) -> Any:
    """The delta at which the higher of z_1(0), z_2(0) is e^{-2 excess}."""
    return (log(most(lam1, lam2)) - log(sigma)) / 2 + excess


def middle(sigma: Any, lam1: Any, lam2: Any, delta: Any) -> Any:
    """The time midway between those at which the two modes are half learned."""
    return (
        sum(hitting_time(sigma, initial_fraction(sigma, lam, delta), Fraction(1, 2)) for lam in (lam1, lam2))
        / 2
    )


def distance(sigma: Any, lam1: Any, lam2: Any, delta: Any, t: Any) -> Any:
    """|z_1(t) - z_2(t)|."""
    return (
        abs(lam1 * fitted_value(sigma, lam1, delta, t) - lam2 * fitted_value(sigma, lam2, delta, t)) / sigma
    )


def largest(sigma: Any, lam1: Any, lam2: Any, delta: Any, *, part: Any = 4) -> Any:
    """tanh(|log(y_1/y_2)|/4)."""
    return tanh(abs(odds(sigma, lam1, delta) - odds(sigma, lam2, delta)) / part)


def tied_gap(
    sigma: Any, lam1: Any, lam2: Any, excess: Any, offset: Any, *, factor: Any = 1, part: Any = 4
) -> Any:
    """|z_1 - z_2| <= factor tanh(|log(y_1/y_2)|/part), at log-odds ``offset`` from the middle time."""
    delta = start(sigma, lam1, lam2, excess)
    t = middle(sigma, lam1, lam2, delta) + offset / (2 * sigma)
    return factor * largest(sigma, lam1, lam2, delta, part=part) - distance(sigma, lam1, lam2, delta, t)


@claim(
    "LIMIT-5.tied-bound",
    title="two modes with equal sigma are never farther apart than tanh(|log(y_1/y_2)|/4)",
    statement=r"|z_1(t) - z_2(t)| \le \tanh(|\log(y_1/y_2)|/4) \text{ for all } t,\ y = 1/z_0 - 1",
    source=PROJECT,
    over={**TIED, "offset": Real(-40, 40)},
)
def _(sigma: Any, lam1: Any, lam2: Any, excess: Any, offset: Any) -> Any:
    return tied_gap(sigma, lam1, lam2, excess, offset)


def attained(sigma: Any, lam1: Any, lam2: Any, excess: Any, *, late: Any = 1, part: Any = 4) -> Any:
    """The middle time is not before the start, and attains the bound."""
    delta = start(sigma, lam1, lam2, excess)
    t = middle(sigma, lam1, lam2, delta)
    gap = distance(sigma, lam1, lam2, delta, late * t)
    return forall(equal(gap, largest(sigma, lam1, lam2, delta, part=part)), t)


@claim(
    "LIMIT-5.tied-attained",
    title="two modes with equal sigma come that far apart",
    statement=r"z_1(0) + z_2(0) < 1:\ \sup_t |z_1 - z_2| = \tanh(|\log(y_1/y_2)|/4)",
    source=PROJECT,
    over=TIED,
    given=BELOW_HALF,
)
def _(sigma: Any, lam1: Any, lam2: Any, excess: Any) -> Any:
    return attained(sigma, lam1, lam2, excess)


def stays(sigma: Any, lam1: Any, lam2: Any, excess: Any, *, part: Any = 4) -> Any:
    """At the middle time |z_1 - z_2| >= tanh(|log(lam_1/lam_2)|/part)."""
    delta = start(sigma, lam1, lam2, excess)
    t = middle(sigma, lam1, lam2, delta)
    return forall(distance(sigma, lam1, lam2, delta, t) - tanh(abs(log(lam1) - log(lam2)) / part), t)


@claim(
    "LIMIT-5.tied-stay-apart",
    title="two modes with equal sigma and different lam come a gap apart that no small start closes",
    statement=r"z_1(0) + z_2(0) < 1:\ \sup_t |z_1 - z_2| \ge \tanh(|\log(\lambda_1/\lambda_2)|/4)",
    source=PROJECT,
    over=TIED,
    given=BELOW_HALF,
)
def _(sigma: Any, lam1: Any, lam2: Any, excess: Any) -> Any:
    return stays(sigma, lam1, lam2, excess)


def near_limit_time(sigma: Any, lam: Any, delta: Any, *, room: Any = 2) -> Any:
    """The half-learned time is within a constant of delta/sigma: (|log omega| + log room)/(2 sigma)."""
    time = hitting_time(sigma, initial_fraction(sigma, lam, delta), Fraction(1, 2))
    return abs(log(sigma / lam)) + log(Fraction(room)) - 2 * abs(sigma * time - delta)


@claim(
    "LIMIT-5.tied-time",
    title="modes with equal sigma share the limiting time 1/sigma, whatever lam",
    statement=r"z_0 \le \tfrac12:\ |t_{1/2} - \delta/\sigma| \le \tfrac{1}{2\sigma}(|\log\omega| + \log 2)",
    source=PROJECT,
    over={"sigma": VALUE, "lam": VALUE, "delta": Real(Fraction(21, 20), 100_000)},
    given={"half-start": 2 * lam * exp(-2 * delta) <= sigma},
)
def _(sigma: Any, lam: Any, delta: Any) -> Any:
    return near_limit_time(sigma, lam, delta)
