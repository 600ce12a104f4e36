"""STEP-3: steps beyond convergence; what stays bounded, what repels, cycles and their doubling."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from rankladder import Int, Real, claim, equal, forall, iff, least, most, strictly, symbols
from rankladder.properties.gidel2019.step import RANGES
from rankladder.simulate import descent
from rankladder.theory import cycle_multiplier, thresholds, two_cycle

s, z0, y, m = symbols("s z0 y m")
WIDE = {"s": Real(0, 4), "z0": Real(0, 8)}
END = thresholds()["stable 2-cycle"]


def top(s: Any) -> Any:
    """The largest fixed point ``(2 + s)/s`` of the normal form."""
    return (2 + s) / s


def stays(s: Any, z0: Any, steps: int, *, scale: Any = 1) -> Any:
    """The whole orbit lies between 0 and ``scale`` times the largest fixed point."""
    z = descent(s, z0, steps).z
    return forall(scale * (2 + s) - s * z, z)


@claim(
    "STEP-3.bounded",
    title="one mode: up to s = 2 no orbit that starts in the invariant interval leaves it",
    statement=r"0 < s \le 2,\ 0 < z_0 \le \tfrac{2+s}{s}:\quad 0 \le z_k \le \tfrac{2+s}{s}",
    source="this project",
    over=WIDE | {"steps": Int(1, 60)},
    given={"small-step": s <= 2, "inside": s * z0 <= 2 + s},
)
def _(s, z0, steps):  # type: ignore[no-untyped-def]
    return stays(s, z0, steps)


def repels(s: Any, y: Any, *, rate: Any = 1, side: int = 1) -> Any:
    """One step from ``1 - y (s - 1)/s`` multiplies the distance to 1 by at least ``rate s``."""
    x = abs(descent(s, 1 - side * y * (s - 1) / s, 1).x)
    return x[1] - rate * s * x[0]


@claim(
    "STEP-3.repelling",
    title="one mode: between 1 and 2 the fitted value repels, so only orbits that land on it converge there",
    statement=r"1 < s \le 2,\ |1 - z_0| \le \tfrac{s - 1}{s}:\quad |1 - z_1| \ge s \, |1 - z_0|",
    source="this project",
    over={"s": Real(0, 4), "y": Real(0, 2)},
    given={"large-step": s > 1, "bounded": s <= 2, "near": y <= 1},
)
def _(s, y):  # type: ignore[no-untyped-def]
    return forall(repels(s, y), repels(s, y, side=-1))


def leaves_zero(s: Any, z0: Any, *, rate: Any = 1) -> Any:
    """One step multiplies z by at least ``(1 + rate s/2)^2``."""
    return descent(s, z0, 1)[1] - (1 + rate * s / 2) ** 2 * z0


@claim(
    "STEP-3.repelling-zero",
    title="one mode: the fixed point 0 repels at every step size",
    statement=r"s > 0,\ 0 < z_0 \le \tfrac12:\quad z_1 \ge (1 + s/2)^2 z_0",
    source="this project",
    over=RANGES,
    given={"near": 2 * z0 <= 1},
)
def _(s, z0):  # type: ignore[no-untyped-def]
    return leaves_zero(s, z0)


def leaves_top(s: Any, y: Any, *, rate: Any = 1) -> Any:
    """One step from ``top - y/s`` multiplies the distance to the top by at least ``rate (2 + s)``."""
    return s * (top(s) - descent(s, top(s) - y / s, 1)[1]) - rate * (2 + s) * y


@claim(
    "STEP-3.repelling-top",
    title="one mode: the largest fixed point (2 + s)/s repels at every step size",
    statement=r"T = \tfrac{2+s}{s},\ 0 < s(T - z_0) \le 1:\quad T - z_1 \ge (2 + s)(T - z_0)",
    source="this project",
    over={"s": Real(0, 4), "y": Real(0, 4)},
    given={"near": y <= 1},
)
def _(s, y):  # type: ignore[no-untyped-def]
    return leaves_top(s, y)


def alternates(m: Any, *, sum_of: Any = 1) -> Any:
    """``s z`` alternates between m and 1/m, which are the two points of the cycle."""
    s = m + sum_of / m - 1
    orbit = s * descent(s, m / s, 2).z
    low, high = two_cycle(s)
    return forall(
        strictly(abs(orbit[1] - orbit[0])),
        equal(m * orbit[1], 1),
        equal(orbit[2], m),
        equal(s * low, least(m, 1 / m)),
        equal(s * high, most(m, 1 / m)),
    )


@claim(
    "STEP-3.cycle",
    title="one mode: beyond s = 1 there is a 2-cycle, rational along a family of rational steps",
    statement=r"s = m + \tfrac1m - 1,\ m \ne 1:\quad s z \in \{m, \tfrac1m\}"
    r" = \{(c \pm \sqrt{c^2 - 4})/2\},\ c = 1 + s, \text{ alternate}",
    source="this project",
    over={"m": Real(0, 8)},
    given={"distinct": sympy.Ne(m, 1)},
)
def _(m):  # type: ignore[no-untyped-def]
    return alternates(m)


def deviations(s: Any, offset: Any, steps: int) -> Any:
    """Relative distances from the lower point of the 2-cycle, started from ``offset``."""
    low, _high = two_cycle(s)
    return descent(s, low * (1 + offset), steps).z / low - 1


def multiplies(s: Any, offset: Any, *, multiplier: Any) -> Any:
    """Two steps multiply a small offset by the multiplier, up to its square times ``(1 + s)^6/24``."""
    margins = []
    for signed in (offset, -offset):
        remainder = deviations(s, signed, 2)[2] - multiplier * signed
        margins.append((1 + s) ** 6 / 24 * offset**2 - abs(remainder))
    return forall(*margins)


@claim(
    "STEP-3.multiplier",
    title="one mode: two steps multiply an offset from the 2-cycle by 9 - 2 (1 + s)^2",
    statement=r"z_0 = z_- (1 + \epsilon),\ |\epsilon| \le \tfrac1{16}:\quad"
    r"\left|z_2/z_- - 1 - (9 - 2 (1+s)^2) \epsilon\right| \le \tfrac{(1+s)^6}{24} \epsilon^2",
    source="this project",
    over={"s": Real(1, 4), "offset": Real(0, Fraction(1, 16))},
)
def _(s, offset):  # type: ignore[no-untyped-def]
    return multiplies(s, offset, multiplier=cycle_multiplier(s))


def in_range(s: Any, *, multiplier: Any = cycle_multiplier, end: Any = 5) -> Any:
    """The multiplier lies strictly between -1 and 1 exactly while ``(1 + s)^2 < end``."""
    return iff(strictly(1 - abs(multiplier(s))), strictly(end - (1 + s) ** 2))


@claim(
    "STEP-3.range",
    title="one mode: the multiplier of the 2-cycle is between -1 and 1 exactly up to s = sqrt(5) - 1",
    statement=r"s > 1:\quad |9 - 2(1+s)^2| < 1 \iff (1+s)^2 < 5",
    source="this project",
    over={"s": Real(0, 4)},
    given={"large-step": s > 1},
)
def _(s):  # type: ignore[no-untyped-def]
    return in_range(s)


def attracts(s: Any, share: Any, *, factor: Any = 1) -> Any:
    """Two steps bring an offset from the 2-cycle closer, by half the distance of the multiplier from 1."""
    size = abs(cycle_multiplier(s))
    offset = share * (1 - size) / 16
    margins = [
        factor * (1 + size) / 2 * abs(signed) - abs(deviations(s, signed, 2)[2])
        for signed in (offset, -offset)
    ]
    return forall(*margins)


@claim(
    "STEP-3.stable",
    title="one mode: the 2-cycle attracts up to s = sqrt(5) - 1",
    statement=r"1 < s < \sqrt5 - 1,\ M = |9 - 2(1+s)^2|,\ z_0 = z_-(1 + \epsilon),\ |\epsilon| \le \tfrac{1 - M}{16}:"
    r"\quad |z_2 - z_-| \le \tfrac{1 + M}{2} |z_0 - z_-|,\ M < 1",
    source="this project",
    over={"s": Real(1, 4), "share": Real(0, 1)},
    given={"stable": s < END},
)
def _(s, share):  # type: ignore[no-untyped-def]
    return attracts(s, share)


@claim(
    "STEP-3.not-stable-to-two",
    title="one mode: the 2-cycle attracts at every step size that keeps the mode bounded",
    statement=r"1 < s \le 2:\quad |z_2 - z_-| \le \tfrac{1 + M}{2} |z_0 - z_-|",
    source="this project",
    over={"s": Real(1, 4), "share": Real(0, 1)},
    given={"bounded": s <= 2},
    expects="refuted",
)
def _(s, share):  # type: ignore[no-untyped-def]
    return attracts(s, share)


def doubles(s: Any, share: Any, *, period: int = 4) -> Any:
    """``f^4(z) - z`` is positive just above the 2-cycle's lower point and negative just below 1."""
    size = abs(cycle_multiplier(s))
    offset = share * (size - 1) / (size * (1 + s) ** 6)
    x = descent(s, 1 - share * (s - 1) / (s * (2 * s) ** 4), period).x
    return forall(
        strictly(deviations(s, offset, period)[period] / offset - 1), strictly(x[period] / x[0] - 1)
    )


@claim(
    "STEP-3.doubling",
    title="one mode: beyond s = sqrt(5) - 1 a 4-cycle lies between the 2-cycle's lower point and 1",
    statement=r"s > \sqrt5 - 1:\quad f^4(z) > z \text{ just above } z_-,\ f^4(z) < z \text{ just below } 1",
    source="this project",
    over={"s": Real(1, 4), "share": Real(0, 1)},
    given={"unstable": s > END},
)
def _(s, share):  # type: ignore[no-untyped-def]
    return doubles(s, share)
