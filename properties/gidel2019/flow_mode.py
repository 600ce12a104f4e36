"""FLOW-2, FLOW-5, FLOW-6: one mode under gradient flow: closed form, growth, hitting time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import Real, claim, equal, exp, forall, log, strictly, symbols
from rankladder.numbers.derivatives import derivative
from rankladder.theory import (
    fitted_value,
    hitting_time,
    initial_fraction,
    mode_velocity,
    mode_window,
    null_value,
)

z0, theta = symbols("z0 theta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3); restated"
SPECTRUM = {"sigma": Real(0, drawn=(Fraction(1, 8), 8)), "lam": Real(0, drawn=(Fraction(1, 8), 8))}


def fraction(sigma: Any, lam: Any, z0: Any, t: Any) -> Any:
    """z(t) = lam w(t)/sigma from z0, through the closed form of w."""
    delta = (log(lam) - log(sigma) - log(z0)) / 2
    return lam * fitted_value(sigma, lam, delta, t) / sigma


@claim(
    "FLOW-2.active",
    title="one mode: closed form of the flow for sigma > 0",
    statement=r"w(t) = \frac{\sigma e^{2\sigma t-2\delta}}{\lambda(e^{2\sigma t-2\delta} - e^{-2\delta}) + \sigma}",
    source=PAPER,
    over={
        "sigma": Real(0, drawn=8),
        "lam": Real(0, drawn=8),
        "delta": Real(drawn=(-2, 12)),
        "t": Real(0, drawn=12),
    },
    constants={"pace": 1, "decay": 2},
)
def active(sigma: Any, lam: Any, delta: Any, t: Any, pace: Any, decay: Any) -> Any:
    w = fitted_value(sigma, lam, delta, t)
    velocity = derivative(lambda at: fitted_value(sigma, lam, delta, at), t)
    return forall(
        equal(velocity, pace * mode_velocity(sigma, lam, w)),
        equal(fitted_value(sigma, lam, delta, 0 * t), exp(-decay * delta)),
    )


active.twin("velocity-off", "with a velocity one per cent larger", constants={"pace": Fraction(101, 100)})
active.twin("start-off", "from e^{-1.98 delta}", constants={"decay": Fraction(198, 100)})


NULL = {"lam": Real(0, closed="left", drawn=8), "delta": Real(drawn=(-2, 12)), "t": Real(0, drawn=12)}


@claim(
    "FLOW-2.null",
    title="one mode: closed form of the flow for sigma = 0, constant where lam = 0 too",
    statement=r"w(t) = \frac{w_0}{1 + 2\lambda w_0 t}",
    source=PAPER,
    over=NULL,
    constants={"pace": 1, "decay": 2},
)
def null(lam: Any, delta: Any, t: Any, pace: Any, decay: Any) -> Any:
    w0 = exp(-2 * delta)
    velocity = derivative(lambda at: null_value(lam, w0, at), t)
    return forall(
        equal(velocity, pace * mode_velocity(0, lam, null_value(lam, w0, t))),
        equal(null_value(lam, w0, 0 * t), exp(-decay * delta)),
    )


null.twin("velocity-off", "with a velocity one per cent smaller", constants={"pace": Fraction(99, 100)})
null.twin("start-off", "from e^{-2.02 delta}", constants={"decay": Fraction(202, 100)})


@claim(
    "FLOW-5.active",
    title="one mode: below its fitted value w increases strictly and stays below",
    statement=r"0<z_0<1:\ w(t) < w(t') < \omega \text{ for } t<t'",
    source=PAPER,
    # 2 sigma (t + later) <= 80: what is left of z stays above the width that passes for equality
    over={
        "sigma": Real(0, drawn=(Fraction(1, 8), 4)),
        "lam": Real(0, drawn=(Fraction(1, 8), 8)),
        "z0": Real(0, drawn=4),
        "t": Real(0, drawn=8),
        "later": Real(0, drawn=2),
    },
    given={"small-start": z0 < 1},
    constants={"cap": 1},
)
def growth(sigma: Any, lam: Any, z0: Any, t: Any, later: Any, cap: Any) -> Any:
    now, then = (fraction(sigma, lam, z0, at) for at in (t, t + later))
    return forall(strictly(then - now), strictly(cap - then))


growth.twin("any-start", "from any start", drop="small-start")
growth.twin("lower-cap", "stays below 0.99 omega", constants={"cap": Fraction(99, 100)})
growth.twin(
    "by-one-per-cent", "grows by one per cent every unit of time",
    conclusion=lambda sigma, lam, z0, t, later: strictly(
        fraction(sigma, lam, z0, t + later) - (1 + later / 100) * fraction(sigma, lam, z0, t)
    ),
)  # fmt: skip


@claim(
    "FLOW-5.limit",
    title="one mode: w converges to its fitted value: what is left falls like e^{-2 sigma t}",
    statement=r"0<z_0<1:\ |\omega - w(t)| \le \omega\,|1/z_0 - 1|\,e^{-2\sigma t}",
    source=PAPER,
    over={**SPECTRUM, "z0": Real(0, drawn=4), "t": Real(0, drawn=12)},
    given={"small-start": z0 < 1},
    constants={"rate": 2},
)
def limit(sigma: Any, lam: Any, z0: Any, t: Any, rate: Any) -> Any:
    # what is left, over its bound, which spans many orders of magnitude
    return 1 - abs(1 - fraction(sigma, lam, z0, t)) * exp(rate * sigma * t) / abs(1 / z0 - 1)


limit.twin("any-start", "from any start", drop="small-start")
limit.twin("rate-off", "the rate one per cent larger", constants={"rate": Fraction(202, 100)})


@claim(
    "FLOW-5.null",
    title="one mode: null modes never grow under the flow",
    statement=r"\sigma = 0:\ w(t') \le w(t) \text{ for } t<t'",
    source=PAPER,
    over={**NULL, "later": Real(0, drawn=12)},
    constants={"factor": 1},
)
def null_decay(lam: Any, delta: Any, t: Any, later: Any, factor: Any) -> Any:
    w0 = exp(-2 * delta)
    return factor * null_value(lam, w0, t) - null_value(lam, w0, t + later)


null_decay.twin("by-one-per-cent", "falls by one per cent", constants={"factor": Fraction(99, 100)})
null_decay.twin(
    "strictly", "falls strictly, also where lam = 0",
    conclusion=lambda lam, delta, t, later: strictly(null_decay.conclusion(lam, delta, t, later, factor=1)),
)  # fmt: skip


@claim(
    "FLOW-6.hit",
    title="one mode: the flow reaches theta omega at the explicit hitting time",
    statement=r"z_0<\theta<1:\ t_\theta = \tfrac1{2\sigma}[\log(1/z_0-1) + \log(\theta/(1-\theta))]",
    source=PAPER,
    over={**SPECTRUM, "z0": Real(0, 1), "theta": Real(0, 1)},
    given={"below-level": z0 < theta},
    constants={"factor": 1},
)
def hit(sigma: Any, lam: Any, z0: Any, theta: Any, factor: Any) -> Any:
    time = factor * hitting_time(sigma, z0, theta)
    return forall(equal(fraction(sigma, lam, z0, time), theta), strictly(time))


hit.twin("one-per-cent-late", "one per cent later", constants={"factor": Fraction(101, 100)})
hit.twin("any-level", "from above the level", drop="below-level")


sigma, lam, delta = symbols("sigma lam delta")


@claim(
    "FLOW-6.window",
    title="one mode: the time from theta to 1 - theta does not depend on the start",
    statement=r"z_0<\theta<\tfrac12:\ t_\theta > 0,\ t_{1-\theta} - t_\theta = \tfrac1\sigma\log\tfrac{1-\theta}{\theta} > 0",
    source=PAPER,
    # delta beyond log(8) keeps z0 below 1, where log-odds exist
    over={**SPECTRUM, "delta": Real(0, drawn=(Fraction(21, 10), 12)), "theta": Real(0, 1)},
    given={"low-level": 2 * theta < 1, "below-level": lam * exp(-2 * delta) < theta * sigma},
    constants={"factor": 1},
)
def window(sigma: Any, lam: Any, delta: Any, theta: Any, factor: Any) -> Any:
    z0 = initial_fraction(sigma, lam, delta)
    begin, length = hitting_time(sigma, z0, theta), factor * mode_window(sigma, theta)
    then = lam * fitted_value(sigma, lam, delta, begin + length) / sigma
    return forall(equal(then, 1 - theta), strictly(length), strictly(begin))


window.twin("one-per-cent", "one per cent longer", constants={"factor": Fraction(101, 100)})
window.twin("any-level", "for every level", drop="low-level")
