"""ORDER-1 and ORDER-2: in which order two modes are learned, and from which start on it is that of sigma."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from properties import Real, claim, forall, log, log1p, strictly, symbols
from theory import hitting_time, initial_fraction

sigma1, sigma2, lam1, lam2, theta, delta, c1, c2 = symbols("sigma1 sigma2 lam1 lam2 theta delta c1 c2")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated"
PAIR = {
    "sigma1": Real(Fraction(1, 8), 8),
    "sigma2": Real(Fraction(1, 8), 8),
    "lam1": Real(Fraction(1, 8), 8),
    "lam2": Real(Fraction(1, 8), 8),
    "theta": Real(0, 1),
}


def arrival(sigma: Any, lam: Any, delta: Any, theta: Any) -> Any:
    """Time at which a mode reaches theta, from ``log z_0`` so that any delta will do."""
    return hitting_time(sigma, initial_fraction(sigma, lam, delta), theta)


def first_then_second(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, theta: Any, delta: Any) -> Any:
    """Mode 1 reaches theta before mode 2."""
    return arrival(sigma2, lam2, delta, theta) - arrival(sigma1, lam1, delta, theta)


def enough(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, theta: Any) -> Any:
    """delta_0: from there on mode 1 is first, and both start below theta and below one half.

    With ``2 sigma t = 2 delta + log(sigma/lam) + log(1 - z_0) + logit theta`` and ``-log 2 < log(1 - z_0) <= 0``
    the comparison is linear in delta.
    """
    level = log(theta) - log1p(-theta)
    early, late = log(sigma1 / lam1) + level, log(sigma2 / lam2) + level
    order = (sigma2 * early - sigma1 * late + sigma1 * log(2)) / (2 * (sigma1 - sigma2))
    starts = [log(2 * lam / sigma) / 2 for sigma, lam in ((sigma1, lam1), (sigma2, lam2))]
    levels = [log(lam / (sigma * theta)) / 2 for sigma, lam in ((sigma1, lam1), (sigma2, lam2))]
    return [order, *starts, *levels]


def late_enough(sigma1, sigma2, lam1, lam2, theta, delta):  # type: ignore[no-untyped-def]
    """Delta >= delta_0(theta, sigma, lam)."""
    return forall(*(strictly(delta - each) for each in enough(sigma1, sigma2, lam1, lam2, theta)))


@claim(
    "ORDER-1.threshold",
    title="two modes: from an explicit delta_0 on, the larger sigma reaches theta first",
    statement=r"\sigma_1 > \sigma_2,\ \delta \ge \delta_0(\theta, \sigma, \lambda):\ t_\theta^{(1)} \le t_\theta^{(2)}",
    source=PAPER,
    over={**PAIR, "delta": Real(-4, 400)},
    given={"ordered": sigma1 > sigma2, "late-enough": late_enough},
)
def _(sigma1, sigma2, lam1, lam2, theta, delta):  # type: ignore[no-untyped-def]
    return first_then_second(sigma1, sigma2, lam1, lam2, theta, delta)


# a relation, so that delta is drawn close to where a mode starts at theta
BELOW = (lam1 * sympy.exp(-2 * delta) < theta * sigma1) & (lam2 * sympy.exp(-2 * delta) < theta * sigma2)


@claim(
    "ORDER-1.every-delta",
    title="two modes: at every delta the larger sigma is first when its lam/sigma is no smaller",
    statement=r"\sigma_1 > \sigma_2,\ \lambda_1/\sigma_1 \ge \lambda_2/\sigma_2,\ z_i(0) < \theta:\ t_\theta^{(1)} \le t_\theta^{(2)}",
    source=PAPER,
    over={**PAIR, "delta": Real(-2, 40)},
    given={"ordered": sigma1 > sigma2, "ratio": lam1 * sigma2 >= lam2 * sigma1, "small-start": BELOW},
)
def _(sigma1, sigma2, lam1, lam2, theta, delta):  # type: ignore[no-untyped-def]
    return first_then_second(sigma1, sigma2, lam1, lam2, theta, delta)


for _slug, _title, _given in (
    ("not-delta-three", "two modes: at delta >= 3 the larger sigma is first", {"delta-three": delta >= 3}),
    (
        "not-lam-order",
        "two modes: the larger sigma is first when its lam is no smaller",
        {"lam-order": lam1 >= lam2},
    ),
):
    claim(
        f"ORDER-2.{_slug}",
        title=_title,
        statement=r"\sigma_1 > \sigma_2 \Rightarrow t_\theta^{(1)} \le t_\theta^{(2)}",
        source="this project",
        over={**PAIR, "delta": Real(-2, 40)},
        given={"ordered": sigma1 > sigma2, "small-start": BELOW, **_given},
        expects="refuted",
    )(
        lambda sigma1, sigma2, lam1, lam2, theta, delta: first_then_second(
            sigma1, sigma2, lam1, lam2, theta, delta
        )
    )


def rescaled_gap(sigma: Any, lam: Any, theta: Any, delta: Any, c: Any, *, scale: Any = 1) -> Any:
    """|t_theta/delta - c/sigma| against its explicit bound, for the start e^{-c delta}."""
    time = arrival(sigma, lam, c * delta, theta)
    level = log(theta) - log1p(-theta)
    bound = (abs(log(sigma / lam) + level) + log(2)) / (2 * sigma * delta)
    return bound - abs(time / delta - scale * c / sigma)


def small_start(sigma, lam, theta, delta, c):  # type: ignore[no-untyped-def]
    """z_0 <= 1/2 and z_0 < theta."""
    z0 = initial_fraction(sigma, lam, c * delta)
    return forall(Fraction(1, 2) - z0, strictly(theta - z0))


@claim(
    "ORDER-2.rescaled",
    title="one mode from e^{-c delta}: the rescaled transition time tends to c/sigma, with an explicit rate",
    statement=r"\delta_i = c_i\delta:\ |t_\theta^{(i)}/\delta - c_i/\sigma_i| \le "
    r"\frac{|\log(\sigma_i/\lambda_i) + \mathrm{logit}\,\theta| + \log 2}{2\sigma_i\delta}",
    source="this project",
    over={"sigma": Real(Fraction(1, 8), 8), "lam": Real(Fraction(1, 8), 8), "theta": Real(0, 1), "c": Real(Fraction(1, 4), 4),
          "delta": Real(0, 1000)},
    given={"small-start": small_start},
)  # fmt: skip
def _(sigma, lam, theta, delta, c):  # type: ignore[no-untyped-def]
    return rescaled_gap(sigma, lam, theta, delta, c)


@claim(
    "ORDER-2.reversed",
    title="two modes: unequal starts c_i reverse the order of sigma as soon as c_1/sigma_1 > c_2/sigma_2",
    statement=r"c_1/\sigma_1 > c_2/\sigma_2,\ \delta \text{ past an explicit bound}:\ t_\theta^{(1)} > t_\theta^{(2)}",
    source="this project",
    over={**PAIR, "c1": Real(Fraction(1, 4), 4), "c2": Real(Fraction(1, 4), 4), "delta": Real(0, 2000)},
    given={"reversed": c1 * sigma2 > c2 * sigma1, "late-enough": lambda sigma1, sigma2, lam1, lam2, theta, c1, c2, delta: past(
        sigma1, sigma2, lam1, lam2, theta, c1, c2, delta)},
)  # fmt: skip
def _(sigma1, sigma2, lam1, lam2, theta, c1, c2, delta):  # type: ignore[no-untyped-def]
    return arrival(sigma1, lam1, c1 * delta, theta) - arrival(sigma2, lam2, c2 * delta, theta)


def past(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, theta: Any, c1: Any, c2: Any, delta: Any) -> Any:
    """The gap c_1/sigma_1 - c_2/sigma_2 exceeds both modes' distance to their limits."""
    level = log(theta) - log1p(-theta)
    parts = [
        (abs(log(s / x) + level) + log(2)) / (2 * s * delta) for s, x in ((sigma1, lam1), (sigma2, lam2))
    ]
    z0 = [initial_fraction(s, x, c * delta) for s, x, c in ((sigma1, lam1, c1), (sigma2, lam2, c2))]
    below = [strictly(theta - z) for z in z0] + [Fraction(1, 2) - z for z in z0]
    return forall(c1 / sigma1 - c2 / sigma2 - parts[0] - parts[1], *below)
