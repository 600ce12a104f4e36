"""LIMIT-5: pairs of modes when the start does not vanish, and what vanishing does not separate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import Real, claim, equal, exp, forall, least, log, log1p, strictly, symbols, tanh
from rankladder.theory import fitted_value, hitting_time, initial_fraction, mode_logit

delta, theta, share, sigma, lam = symbols("delta theta share sigma lam")
VALUE = Real(0, drawn=(Fraction(1, 8), 8))


def odds(sigma: Any, lam: Any, delta: Any) -> Any:
    """Odds against being learned at the start, in logarithms: log y = log(1/z_0 - 1)."""
    z0 = initial_fraction(sigma, lam, delta)
    return log1p(-z0) - log(z0)


@claim(
    "LIMIT-5.no-fixed-start",
    title="two modes: at every fixed delta some spectrum has mode 2 above 1 - theta before mode 1 reaches theta",
    statement=r"\forall\,\delta,\ \theta\in(\tfrac12,1)\ \exists\,\sigma_1>\sigma_2:\ z_2(t^{(1)}_\theta) > 1-\theta",
    over={"delta": Real(0, drawn=100_000), "theta": Real(0, 1), "sigma1": VALUE, "share": Real(0, 2)},
    given={"upper-level": 2 * theta > 1, "below-level": exp(-2 * delta) < theta, "close-values": share < 1},
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


# y = 1/z_0 - 1 is e^{2 (middle + apart)} for mode 1 and e^{2 (middle - apart)} for mode 2: any two modes with equal sigma that
# start below their fitted values, with lam = sigma e^{2 delta} z_0; mode 1 is the one that starts no higher
TIED = {
    "sigma": VALUE,
    "delta": Real(drawn=(-8, 1_000)),
    "middle": Real(drawn=1_000),
    "apart": Real(0, closed="left", drawn=1_000),
}
BELOW_HALF = {"small-sum": symbols("middle") > 0}  # y_1 y_2 > 1


def tied(sigma: Any, delta: Any, middle: Any, apart: Any) -> tuple[Any, Any]:
    """Both lam."""
    return tuple(sigma * exp(2 * delta) / (1 + exp(2 * (middle + part))) for part in (apart, -apart))


def distance(sigma: Any, delta: Any, middle: Any, apart: Any, t: Any) -> Any:
    """|z_1(t) - z_2(t)|."""
    first, second = (lam * fitted_value(sigma, lam, delta, t) for lam in tied(sigma, delta, middle, apart))
    return abs(first - second) / sigma


def largest(apart: Any, part: Any) -> Any:
    """tanh(|log(y_1/y_2)|/part)."""
    return tanh(4 * apart / part)


@claim(
    "LIMIT-5.tied-bound",
    title="two modes with equal sigma are never farther apart than tanh(|log(y_1/y_2)|/4)",
    statement=r"|z_1(t) - z_2(t)| \le \tanh(|\log(y_1/y_2)|/4) \text{ for all } t,\ y = 1/z_0 - 1",
    over={**TIED, "offset": Real(drawn=40)},
    constants={"factor": 1, "part": 4},
)
def tied_bound(sigma: Any, delta: Any, middle: Any, apart: Any, offset: Any, factor: Any, part: Any) -> Any:
    # at log-odds `offset` from the time midway between those at which they are half learned
    t = (2 * middle + offset) / (2 * sigma)
    return factor * largest(apart, part) - distance(sigma, delta, middle, apart, t)


tied_bound.twin("one-per-cent", "one per cent less", constants={"factor": Fraction(99, 100)})
tied_bound.twin("argument-off", "with 8 in place of 4", constants={"part": 8})


@claim(
    "LIMIT-5.tied-attained",
    title="two modes with equal sigma come that far apart",
    statement=r"z_1(0) + z_2(0) < 1:\ |z_1 - z_2| = \tanh(|\log(y_1/y_2)|/4) \text{ at one time}",
    over=TIED,
    given=BELOW_HALF,
    constants={"late": 1, "part": 4},
)
def tied_attained(sigma: Any, delta: Any, middle: Any, apart: Any, late: Any, part: Any) -> Any:
    t = middle / sigma
    gap = distance(sigma, delta, middle, apart, late * t)
    return forall(equal(gap, largest(apart, part)), t)


tied_attained.twin("any-sum", "without z_1(0) + z_2(0) < 1", drop="small-sum")
tied_attained.twin(
    "one-per-cent-late", "still attained one per cent later", constants={"late": Fraction(101, 100)}
)
tied_attained.twin("argument-off", "with 3 in place of 4", constants={"part": 3})


@claim(
    "LIMIT-5.tied-stay-apart",
    title="two modes with equal sigma and different lam come a gap apart that no small start closes",
    statement=r"z_1(0) + z_2(0) < 1:\ \sup_t |z_1 - z_2| \ge \tanh(|\log(\lambda_1/\lambda_2)|/4)",
    over=TIED,
    given=BELOW_HALF,
    constants={"part": 4},
)
def tied_stay_apart(sigma: Any, delta: Any, middle: Any, apart: Any, part: Any) -> Any:
    t = middle / sigma
    lam1, lam2 = tied(sigma, delta, middle, apart)
    gap = distance(sigma, delta, middle, apart, t)
    # of both sides artanh, times the part
    return forall(part * log((1 + gap) / (1 - gap)) / 2 - log(lam2 / lam1), t)


tied_stay_apart.twin("argument-off", "with 3 in place of 4", constants={"part": 3})
tied_stay_apart.twin("any-sum", "without z_1(0) + z_2(0) < 1", drop="small-sum")


@claim(
    "LIMIT-5.tied-time",
    title="modes with equal sigma share the limiting time 1/sigma, whatever lam",
    statement=r"z_0 \le \tfrac12:\ |t_{1/2} - \delta/\sigma| \le \tfrac{1}{2\sigma}(|\log\omega| + \log 2)",
    over={"sigma": VALUE, "lam": VALUE, "delta": Real(0, drawn=(Fraction(21, 20), 100_000))},
    given={"half-start": 2 * lam * exp(-2 * delta) <= sigma},
    constants={"room": Fraction(2)},
)
def tied_time(sigma: Any, lam: Any, delta: Any, room: Any) -> Any:
    time = hitting_time(sigma, initial_fraction(sigma, lam, delta), Fraction(1, 2))
    return abs(log(sigma / lam)) + log(room + 0 * delta) - 2 * abs(sigma * time - delta)


tied_time.twin("room-off", "with log 1.8 in place of log 2", constants={"room": Fraction(9, 5)})
tied_time.twin("any-start", "from z_0 above one half too", drop="half-start")
