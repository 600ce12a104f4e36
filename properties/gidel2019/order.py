"""ORDER-1, ORDER-2: which of two modes is learned first, under the flow."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from rankladder import Real, claim, forall, log, log1p, strictly, symbols
from rankladder.theory import fitted_value, hitting_time, initial_fraction, mode_logit

sigma_i, sigma_j, lam_i, lam_j, c_i, c_j, theta = symbols(
    "sigma_i sigma_j lam_i lam_j c_i c_j theta", positive=True
)
sigma, lam, c = symbols("sigma lam c", positive=True)
delta = symbols("delta")

PAIR = {
    "sigma_i": Real(0, drawn=(Fraction(1, 16), 16)),
    "sigma_j": Real(0, drawn=(Fraction(1, 16), 16)),
    "lam_i": Real(0, drawn=(Fraction(1, 16), 16)),
    "lam_j": Real(0, drawn=(Fraction(1, 16), 16)),
    "theta": Real(0, 1),
}
ORDERED = {"ordered": sigma_j < sigma_i}
SOURCE = "Gidel, Bach, Lacoste-Julien 2019, abstract (A2); restated"


def begins_below(sigma: Any, lam: Any, scale: Any = 1) -> Any:
    """z_0 < theta for the start ``e^{-scale delta}``."""
    return lam * sympy.exp(-2 * scale * delta) < theta * sigma


BELOW = begins_below(sigma_i, lam_i) & begins_below(sigma_j, lam_j)


def earliest(sigma: Any, lam: Any, scale: Any = 1) -> Any:
    """Lower bound of a mode's hitting time, linear in delta: ``log(1 - z_0) > log(1 - theta)``."""
    return (2 * scale * delta + sympy.log(sigma) - sympy.log(lam) + sympy.log(theta)) / (2 * sigma)


def latest(sigma: Any, lam: Any, scale: Any = 1) -> Any:
    """Upper bound of a mode's hitting time, linear in delta: ``log(1 - z_0) < 0``."""
    return earliest(sigma, lam, scale) - sympy.log(1 - theta) / (2 * sigma)


def threshold(late: Any, early: Any) -> Any:
    """The delta at which the latest time of one mode meets the earliest of another."""
    gap = late - early  # linear in delta
    return sympy.cancel(-gap.subs(delta, 0) / sympy.diff(gap, delta))


# from this delta on mode i is first; up to the other one mode j is
DELTA_FIRST = threshold(latest(sigma_i, lam_i), earliest(sigma_j, lam_j))
DELTA_SECOND = threshold(latest(sigma_j, lam_j), earliest(sigma_i, lam_i))
DELTA_SCALED = threshold(latest(sigma_i, lam_i, c_i), earliest(sigma_j, lam_j, c_j))


def reaches(sigma: Any, lam: Any, theta: Any, delta: Any) -> Any:
    """When the mode comes to theta."""
    return hitting_time(sigma, initial_fraction(sigma, lam, delta), theta)


def passed(sigma: Any, lam: Any, theta: Any, delta: Any, t: Any) -> Any:
    """The mode is beyond theta at time t, in log-odds: at thresholds near 0 or 1 a plain difference shows little."""
    return strictly(mode_logit(sigma, initial_fraction(sigma, lam, delta), t) - log(theta) + log1p(-theta))


@claim(
    "ORDER-1.vanishing",
    title="two modes from the same start: from an explicit delta_0 on the larger sigma reaches theta first",
    statement=r"\sigma_i > \sigma_j,\ z(0) < \theta,\ \delta \ge \delta_0 ="
    r" \frac{\sigma_j (\log\omega_i + \mathrm{logit}\,\theta) - \sigma_i \log(\theta\omega_j)}"
    r"{2(\sigma_i - \sigma_j)}:\quad t_\theta^{(i)} < t_\theta^{(j)}",
    source=SOURCE,
    over={**PAIR, "delta": Real(drawn=(-8, 128))},
    given={**ORDERED, "small-start": BELOW, "vanishing": delta >= DELTA_FIRST},
    constants={"pace": 1},
)
def vanishing(sigma_i, lam_i, sigma_j, lam_j, theta, delta, pace):  # type: ignore[no-untyped-def]
    return passed(sigma_i, lam_i, theta, delta, pace * reaches(sigma_j, lam_j, theta, delta))


vanishing.twin("no-vanishing", "without vanishing", drop="vanishing")
vanishing.twin("no-ordered", "without ordered", drop="ordered")
vanishing.twin(
    "smaller-delta", "delta_0 less a twentieth of its size",
    given={"vanishing": delta >= DELTA_FIRST - sympy.Abs(DELTA_FIRST) / 20},
)  # fmt: skip
vanishing.twin("earlier", "mode i is there 5% earlier", constants={"pace": Fraction(19, 20)})


@claim(
    "ORDER-1.every-start",
    title="two modes from any same start: the larger sigma is first if its lambda/sigma is no smaller",
    statement=r"\sigma_i > \sigma_j,\ \lambda_i/\sigma_i \ge \lambda_j/\sigma_j,\ z(0) < \theta:\quad"
    r" t_\theta^{(i)} < t_\theta^{(j)}",
    source=SOURCE,
    over={**PAIR, "delta": Real(drawn=(-8, 128))},
    given={**ORDERED, "ratio": lam_j * sigma_i <= lam_i * sigma_j, "small-start": BELOW},
)
def every_start(sigma_i, lam_i, sigma_j, lam_j, theta, delta):  # type: ignore[no-untyped-def]
    return passed(sigma_i, lam_i, theta, delta, reaches(sigma_j, lam_j, theta, delta))


every_start.twin("no-ratio", "without ratio", drop="ratio")
every_start.twin("no-ordered", "without ordered", drop="ordered")
every_start.twin(
    "smaller-ratio", "lambda/sigma of mode i may be 5% smaller",
    given={"ratio": 20 * lam_j * sigma_i <= 21 * lam_i * sigma_j},
)  # fmt: skip
every_start.twin(
    "smaller-sigma", "sigma of mode i may be 5% smaller", given={"ordered": 20 * sigma_j < 21 * sigma_i}
)


@claim(
    "ORDER-2.reversal",
    title="two modes from the same start: up to an explicit delta the smaller sigma reaches theta first",
    statement=r"\sigma_i > \sigma_j,\ z(0) < \theta,\ \delta \le"
    r" \frac{\sigma_j \log(\theta\omega_i) - \sigma_i (\log\omega_j + \mathrm{logit}\,\theta)}"
    r"{2(\sigma_i - \sigma_j)}:\quad t_\theta^{(j)} < t_\theta^{(i)}",
    source=SOURCE,
    over={**PAIR, "delta": Real(drawn=(-8, 128))},
    given={**ORDERED, "small-start": BELOW, "large-start": delta <= DELTA_SECOND},
    constants={"pace": 1},
)
def reversal(sigma_i, lam_i, sigma_j, lam_j, theta, delta, pace):  # type: ignore[no-untyped-def]
    return passed(sigma_j, lam_j, theta, delta, pace * reaches(sigma_i, lam_i, theta, delta))


reversal.twin("no-large-start", "without large-start", drop="large-start")
reversal.twin(
    "larger-delta", "up to a delta larger by a twentieth of its size",
    given={"large-start": delta <= DELTA_SECOND + sympy.Abs(DELTA_SECOND) / 20},
)  # fmt: skip
reversal.twin("earlier", "mode j is there 5% earlier", constants={"pace": Fraction(19, 20)})


for _slug, _title, _name, _relation, _statement in (
    ("not-three", "two modes from the same start: from delta = 3 on the larger sigma is first",
     "vanishing", delta >= 3, r"\delta \ge 3"),
    ("not-lam", "two modes from any same start: the larger sigma is first if its lambda is no smaller",
     "larger-lam", lam_j <= lam_i, r"\lambda_i \ge \lambda_j"),
):  # fmt: skip

    @claim(
        f"ORDER-2.{_slug}",
        title=_title,
        statement=rf"\sigma_i > \sigma_j,\ z(0) < \theta,\ {_statement}:\quad t_\theta^{{(i)}} < t_\theta^{{(j)}}",
        over={**PAIR, "delta": Real(drawn=(-8, 128))},
        given={**ORDERED, _name: _relation, "small-start": BELOW},
        expects="refuted",
    )
    def _(sigma_i, lam_i, sigma_j, lam_j, theta, delta):  # type: ignore[no-untyped-def]
        return passed(sigma_i, lam_i, theta, delta, reaches(sigma_j, lam_j, theta, delta))


@claim(
    "ORDER-2.rescaled",
    title="one mode from e^(-c delta): its rescaled transition time is c/sigma up to an explicit O(1/delta)",
    statement=r"z(0) < \theta:\quad \frac{c}{\sigma} + \frac{\log(\theta\omega)}{2\sigma\delta} \le"
    r" \frac{t_\theta}{\delta} \le \frac{c}{\sigma} + \frac{\log\omega + \mathrm{logit}\,\theta}{2\sigma\delta}",
    source=SOURCE,
    over={"sigma": Real(0, drawn=(Fraction(1, 16), 16)), "lam": Real(0, drawn=(Fraction(1, 16), 16)), "c": Real(0, drawn=(Fraction(1, 8), 4)), "theta": Real(0, 1), "delta": Real(0, drawn=64)},
    given={"small-start": begins_below(sigma, lam, c)},
    constants={"scale": lambda c: c, "low": log, "high": lambda theta: log(theta) - log1p(-theta)},
)  # fmt: skip
def rescaled(sigma, lam, c, theta, delta, scale, low, high):  # type: ignore[no-untyped-def]
    times = (scale(c) * delta / sigma + (log(sigma / lam) + end(theta)) / (2 * sigma) for end in (low, high))
    below, above = (fitted_value(sigma, lam, c * delta, t) * lam / (sigma * theta) for t in times)
    return forall(1 - below, above - 1)


rescaled.twin("no-small-start", "without small-start", drop="small-start")
rescaled.twin("later-limit", "the limit is 1% later", constants={"scale": lambda c: Fraction(101, 100) * c})
rescaled.twin("one-scale", "the limit is 1/sigma whatever the scale", constants={"scale": lambda c: 1})
rescaled.twin(
    "tighter-below", "lower bound a little later",
    constants={"low": lambda theta: log(theta) + Fraction(1, 25)},
)  # fmt: skip
rescaled.twin(
    "tighter-above", "upper bound a little earlier",
    constants={"high": lambda theta: log(theta) - log1p(-theta) - Fraction(1, 25)},
)  # fmt: skip


@claim(
    "ORDER-2.scaled-order",
    title="two modes from e^(-c_i delta): from an explicit delta on the smaller c/sigma reaches theta first",
    statement=r"c_i/\sigma_i < c_j/\sigma_j,\ z(0) < \theta,\ \delta \ge"
    r" \frac{(\log\omega_i + \mathrm{logit}\,\theta)/\sigma_i - \log(\theta\omega_j)/\sigma_j}"
    r"{2(c_j/\sigma_j - c_i/\sigma_i)}:\quad t_\theta^{(i)} < t_\theta^{(j)}",
    source=SOURCE,
    over={
        **PAIR,
        "c_i": Real(0, drawn=(Fraction(1, 8), 4)),
        "c_j": Real(0, drawn=(Fraction(1, 8), 4)),
        "delta": Real(0, drawn=128),
    },
    given={
        "scaled-order": c_i * sigma_j < c_j * sigma_i,
        "small-start": begins_below(sigma_i, lam_i, c_i) & begins_below(sigma_j, lam_j, c_j),
        "vanishing": delta >= DELTA_SCALED,
    },
)
def scaled_order(sigma_i, lam_i, sigma_j, lam_j, c_i, c_j, theta, delta):  # type: ignore[no-untyped-def]
    return passed(sigma_i, lam_i, theta, c_i * delta, reaches(sigma_j, lam_j, theta, c_j * delta))


scaled_order.twin("no-vanishing", "without vanishing", drop="vanishing")
scaled_order.twin("no-scaled-order", "without scaled-order", drop="scaled-order")
scaled_order.twin(
    "smaller-delta", "delta less a twentieth of its size",
    given={"vanishing": delta >= DELTA_SCALED - sympy.Abs(DELTA_SCALED) / 20},
)  # fmt: skip
scaled_order.twin(
    "by-sigma", "in the order of sigma, not of c/sigma", given={"scaled-order": sigma_j < sigma_i}
)
