"""LIMIT-5: pairs of modes when the start does not vanish, and what vanishing does not separate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import Real, claim, equal, exp, forall, least, log, log1p, most, strictly, symbols, tanh
from rankladder.theory import fitted_value, hitting_time, initial_fraction, mode_logit

delta, theta, share, sigma, lam = symbols("delta theta share sigma lam")
PROJECT = "this project"
VALUE = Real(Fraction(1, 8), 8)


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
def no_fixed_start(delta: Any, theta: Any, sigma1: Any, share: Any) -> Any:
    # with l and L the log-odds of theta and of 1 - z_0, sigma_2 = sigma_1 (1 - share min(1, 2 l/(L + l)))
    z0 = initial_fraction(sigma1, sigma1, delta)
    level, far = log(theta) - log1p(-theta), odds(sigma1, sigma1, delta)
    sigma2 = sigma1 * (1 - share * least(1 + 0 * level, 2 * level / (far + level)))
    when = hitting_time(sigma1, z0, theta)
    above = mode_logit(sigma2, z0, when) + level
    return forall(*map(strictly, (above, when, sigma1 - sigma2, sigma2)))


no_fixed_start.twin(
    "gap-off", "with a gap a twentieth wider",
    conclusion=lambda delta, theta, sigma1, share: no_fixed_start.conclusion(
        delta, theta, sigma1, Fraction(21, 20) * share
    ),
)  # fmt: skip
no_fixed_start.twin("any-level", "for a level below one half", drop="upper-level")


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


def largest(sigma: Any, lam1: Any, lam2: Any, delta: Any, part: Any) -> Any:
    """tanh(|log(y_1/y_2)|/part)."""
    return tanh(abs(odds(sigma, lam1, delta) - odds(sigma, lam2, delta)) / part)


@claim(
    "LIMIT-5.tied-bound",
    title="two modes with equal sigma are never farther apart than tanh(|log(y_1/y_2)|/4)",
    statement=r"|z_1(t) - z_2(t)| \le \tanh(|\log(y_1/y_2)|/4) \text{ for all } t,\ y = 1/z_0 - 1",
    source=PROJECT,
    over={**TIED, "offset": Real(-40, 40)},
    constants={"factor": 1, "part": 4},
)
def tied_bound(sigma: Any, lam1: Any, lam2: Any, excess: Any, offset: Any, factor: Any, part: Any) -> Any:
    # at log-odds `offset` from the middle time
    delta = start(sigma, lam1, lam2, excess)
    t = middle(sigma, lam1, lam2, delta) + offset / (2 * sigma)
    return factor * largest(sigma, lam1, lam2, delta, part) - distance(sigma, lam1, lam2, delta, t)


tied_bound.twin("one-per-cent", "one per cent less", constants={"factor": Fraction(99, 100)})
tied_bound.twin("argument-off", "with 4.04 in place of 4", constants={"part": Fraction(404, 100)})


@claim(
    "LIMIT-5.tied-attained",
    title="two modes with equal sigma come that far apart",
    statement=r"z_1(0) + z_2(0) < 1:\ \sup_t |z_1 - z_2| = \tanh(|\log(y_1/y_2)|/4)",
    source=PROJECT,
    over=TIED,
    given=BELOW_HALF,
    constants={"late": 1, "part": 4},
)
def tied_attained(sigma: Any, lam1: Any, lam2: Any, excess: Any, late: Any, part: Any) -> Any:
    delta = start(sigma, lam1, lam2, excess)
    t = middle(sigma, lam1, lam2, delta)
    gap = distance(sigma, lam1, lam2, delta, late * t)
    return forall(equal(gap, largest(sigma, lam1, lam2, delta, part)), t)


tied_attained.twin("any-sum", "without z_1(0) + z_2(0) < 1", drop="small-sum")
tied_attained.twin(
    "one-per-cent-late", "still attained one per cent later", constants={"late": Fraction(101, 100)}
)
tied_attained.twin("argument-off", "with 3.96 in place of 4", constants={"part": Fraction(396, 100)})


@claim(
    "LIMIT-5.tied-stay-apart",
    title="two modes with equal sigma and different lam come a gap apart that no small start closes",
    statement=r"z_1(0) + z_2(0) < 1:\ \sup_t |z_1 - z_2| \ge \tanh(|\log(\lambda_1/\lambda_2)|/4)",
    source=PROJECT,
    over=TIED,
    given=BELOW_HALF,
    constants={"part": 4},
)
def tied_stay_apart(sigma: Any, lam1: Any, lam2: Any, excess: Any, part: Any) -> Any:
    delta = start(sigma, lam1, lam2, excess)
    t = middle(sigma, lam1, lam2, delta)
    return forall(distance(sigma, lam1, lam2, delta, t) - tanh(abs(log(lam1) - log(lam2)) / part), t)


tied_stay_apart.twin("argument-off", "with 3.96 in place of 4", constants={"part": Fraction(396, 100)})
tied_stay_apart.twin("any-sum", "without z_1(0) + z_2(0) < 1", drop="small-sum")


@claim(
    "LIMIT-5.tied-time",
    title="modes with equal sigma share the limiting time 1/sigma, whatever lam",
    statement=r"z_0 \le \tfrac12:\ |t_{1/2} - \delta/\sigma| \le \tfrac{1}{2\sigma}(|\log\omega| + \log 2)",
    source=PROJECT,
    over={"sigma": VALUE, "lam": VALUE, "delta": Real(Fraction(21, 20), 100_000)},
    given={"half-start": 2 * lam * exp(-2 * delta) <= sigma},
    constants={"room": Fraction(2)},
)
def tied_time(sigma: Any, lam: Any, delta: Any, room: Any) -> Any:
    time = hitting_time(sigma, initial_fraction(sigma, lam, delta), Fraction(1, 2))
    return abs(log(sigma / lam)) + log(room + 0 * delta) - 2 * abs(sigma * time - delta)


tied_time.twin("room-off", "with log 1.8 in place of log 2", constants={"room": Fraction(9, 5)})
tied_time.twin("any-start", "from z_0 above one half too", drop="half-start")
