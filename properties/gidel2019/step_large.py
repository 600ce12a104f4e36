"""STEP-3: steps beyond convergence; what stays bounded, what repels, cycles and their doubling."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from rankladder import Int, Real, always, claim, equal, forall, iff, least, most, strictly, symbols
from rankladder.properties.gidel2019.one_mode import MODE, s, z, z0
from rankladder.properties.gidel2019.step import RANGES
from rankladder.simulate import descent
from rankladder.theory import cycle_multiplier, threshold, two_cycle

y, m = symbols("y m")
WIDE = {"s": Real(0, drawn=4), "z0": Real(0, drawn=8)}
END = threshold("stable 2-cycle")


def top(s: Any) -> Any:
    """The largest fixed point ``(2 + s)/s`` of the normal form."""
    return (2 + s) / s


INSIDE = (z >= 0) & (s * z <= 2 + s)
bounded = always(
    "STEP-3.bounded",
    INSIDE,
    **MODE,
    title="one mode: up to s = 2 no orbit that starts in the invariant interval leaves it",
    over=WIDE | {"steps": Int(1, 60)},
    given={"small-step": s <= 2, "inside": s * z0 <= 2 + s},
)
bounded.twin("larger-step", "steps up to 2.1", given={"small-step": 10 * s <= 21})
bounded.twin("lower", "a bound 1% lower", relation=(z >= 0) & (100 * s * z <= 99 * (2 + s)))
bounded.twin("not-inside", "any start", drop="inside")


@claim(
    "STEP-3.repelling",
    title="one mode: between 1 and 2 the fitted value repels, so only orbits that land on it converge there",
    statement=r"1 < s \le 2,\ |1 - z_0| \le \tfrac{s - 1}{s}:\quad |1 - z_1| \ge s \, |1 - z_0|",
    over={"s": Real(0, drawn=4), "y": Real(0, 2)},
    given={"large-step": s > 1, "bounded": s <= 2, "near": y <= 1},
    constants={"factor": lambda s: s},
)
def repelling(s: Any, y: Any, factor: Any) -> Any:
    offset = y * (s - 1) / s
    sides = [abs(descent(s, 1 - signed, 1).x) for signed in (offset, -offset)]
    return forall(*(x[1] - factor(s) * x[0] for x in sides))


repelling.twin("faster", "rate 1% too large", constants={"factor": lambda s: Fraction(101, 100) * s})
repelling.twin("farther", "starts 5% farther out", given={"near": 20 * y <= 21})
repelling.twin("small-step", "steps that converge", drop="large-step")

repelling_zero = claim(
    "STEP-3.repelling-zero",
    title="one mode: the fixed point 0 repels at every step size",
    statement=r"s > 0,\ 0 < z_0 \le \tfrac12:\quad z_1 \ge (1 + s/2)^2 z_0",
    over=RANGES,
    given={"near": 2 * z0 <= 1},
    constants={"factor": lambda s: (1 + s / 2) ** 2},
)(lambda s, z0, factor: descent(s, z0, 1)[1] - factor(s) * z0)
repelling_zero.twin(
    "faster", "rate 5% too large", constants={"factor": lambda s: (1 + Fraction(21, 40) * s) ** 2}
)
repelling_zero.twin("farther", "starts up to 0.525", given={"near": 40 * z0 <= 21})

repelling_top = claim(
    "STEP-3.repelling-top",
    title="one mode: the largest fixed point (2 + s)/s repels at every step size",
    statement=r"T = \tfrac{2+s}{s},\ 0 < s(T - z_0) \le 1:\quad T - z_1 \ge (2 + s)(T - z_0)",
    over={"s": Real(0, drawn=4), "y": Real(0, 4)},
    given={"near": y <= 1},
    constants={"factor": lambda s: 2 + s},
)(lambda s, y, factor: s * (top(s) - descent(s, top(s) - y / s, 1)[1]) - factor(s) * y)
repelling_top.twin(
    "faster", "rate 1% too large", constants={"factor": lambda s: Fraction(101, 100) * (2 + s)}
)
repelling_top.twin("farther", "starts 5% farther out", given={"near": 20 * y <= 21})


@claim(
    "STEP-3.cycle",
    title="one mode: beyond s = 1 there is a 2-cycle, rational along a family of rational steps",
    statement=r"s = m + \tfrac1m - 1,\ m \ne 1:\quad s z \in \{m, \tfrac1m\}"
    r" = \{(c \pm \sqrt{c^2 - 4})/2\},\ c = 1 + s, \text{ alternate}",
    over={"m": Real(0, 8)},
    given={"distinct": sympy.Ne(m, 1)},
    constants={"step": lambda m: m + 1 / m - 1},
)
def cycle(m: Any, step: Any) -> Any:
    s = step(m)
    orbit = s * descent(s, m / s, 2).z
    low, high = two_cycle(s)
    return forall(
        strictly(abs(orbit[1] - orbit[0])),
        equal(m * orbit[1], 1),
        equal(orbit[2], m),
        equal(s * low, least(m, 1 / m)),
        equal(s * high, most(m, 1 / m)),
    )


cycle.twin("not-distinct", "the fixed point counted as a cycle", drop="distinct")
cycle.twin("other-sum", "s = m + 1.01/m - 1", constants={"step": lambda m: m + Fraction(101, 100) / m - 1})


def deviations(s: Any, offset: Any, steps: int) -> Any:
    """Relative distances from the lower point of the 2-cycle, started from ``offset``."""
    low, _high = two_cycle(s)
    return descent(s, low * (1 + offset), steps).z / low - 1


@claim(
    "STEP-3.multiplier",
    title="one mode: two steps multiply an offset from the 2-cycle by 9 - 2 (1 + s)^2",
    statement=r"z_0 = z_- (1 + \epsilon),\ |\epsilon| \le \tfrac1{16}:\quad"
    r"\left|z_2/z_- - 1 - (9 - 2 (1+s)^2) \epsilon\right| \le \tfrac{(1+s)^6}{24} \epsilon^2",
    over={"s": Real(1, drawn=4), "offset": Real(0, Fraction(1, 16))},
    constants={"multiplier": cycle_multiplier, "after": deviations},
)
def multiplies(s: Any, offset: Any, multiplier: Any, after: Any) -> Any:
    margins = []
    for signed in (offset, -offset):
        remainder = after(s, signed, 2)[2] - multiplier(s) * signed
        margins.append((1 + s) ** 6 / 24 * offset**2 - abs(remainder))
    return forall(*margins)


multiplies.twin(
    "other-constant",
    "9 - 2.05 (1 + s)^2",
    constants={"multiplier": lambda s: 9 - Fraction(41, 20) * (1 + s) ** 2},
)
multiplies.twin(
    "of-one-step", "the multiplier of the fixed point 1", constants={"multiplier": lambda s: (1 - 2 * s) ** 2}
)

in_range = claim(
    "STEP-3.range",
    title="9 - 2 (1 + s)^2, the multiplier of the 2-cycle (STEP-3.multiplier), is within 1 exactly up to s = sqrt(5) - 1",
    statement=r"s > 1:\quad |9 - 2(1+s)^2| < 1 \iff (1+s)^2 < 5",
    over={"s": Real(0, drawn=4)},
    given={"large-step": s > 1},
    constants={"multiplier": cycle_multiplier, "end": 5},
)(lambda s, multiplier, end: iff(strictly(1 - abs(multiplier(s))), strictly(end - (1 + s) ** 2)))
in_range.twin(
    "later", "the multiplier stays within up to (1 + s)^2 = 5.05", constants={"end": Fraction(101, 20)}
)
in_range.twin(
    "other-constant",
    "multiplier 9 - 2.05 (1 + s)^2",
    constants={"multiplier": lambda s: 9 - Fraction(41, 20) * (1 + s) ** 2},
)


def halfway(size: Any) -> Any:
    """The factor halfway between the size of the multiplier and 1."""
    return (1 + size) / 2


@claim(
    "STEP-3.stable",
    title="one mode: the 2-cycle attracts up to s = sqrt(5) - 1",
    statement=r"1 < s < \sqrt5 - 1,\ M = |9 - 2(1+s)^2|,\ z_0 = z_-(1 + \epsilon),\ |\epsilon| \le \tfrac{1 - M}{16}:"
    r"\quad |z_2 - z_-| \le \tfrac{1 + M}{2} |z_0 - z_-|,\ M < 1",
    over={"s": Real(1, drawn=4), "share": Real(0, 1)},
    given={"stable": s < END},
    constants={"factor": halfway, "after": deviations},
)
def attracts(s: Any, share: Any, factor: Any, after: Any) -> Any:
    """Two steps bring an offset from the 2-cycle closer, by half the distance of the multiplier from 1."""
    size = abs(cycle_multiplier(s))
    offset = share * (1 - size) / 16
    margins = [factor(size) * abs(signed) - abs(after(s, signed, 2)[2]) for signed in (offset, -offset)]
    return forall(*margins)


attracts.twin("later", "stable up to 1.05 (sqrt(5) - 1)", given={"stable": s < sympy.Rational(21, 20) * END})
attracts.twin(
    "faster", "contraction 5% faster", constants={"factor": lambda size: Fraction(19, 20) * halfway(size)}
)

claim(
    "STEP-3.not-stable-to-two",
    title="one mode: the 2-cycle attracts at every step size that keeps the mode bounded",
    statement=r"1 < s \le 2:\quad |z_2 - z_-| \le \tfrac{1 + M}{2} |z_0 - z_-|",
    over={"s": Real(1, drawn=4), "share": Real(0, 1)},
    given={"bounded": s <= 2},
    expects="refuted",
)(lambda s, share: attracts.conclusion(s, share, halfway, deviations))


# no proof: it would take the remainder of STEP-3.multiplier twice, and the like for the fixed point 1
@claim(
    "STEP-3.doubling",
    title="one mode: beyond s = sqrt(5) - 1 a 4-cycle lies between the 2-cycle's lower point and 1",
    statement=r"s > \sqrt5 - 1:\quad f^4(z) > z \text{ just above } z_-,\ f^4(z) < z \text{ just below } 1",
    over={"s": Real(1, drawn=64), "share": Real(0, 1)},
    given={"unstable": s > END},
    constants={"period": 4},
)
def doubles(s: Any, share: Any, period: int) -> Any:
    size = abs(cycle_multiplier(s))
    offset = share * (size - 1) / (size * (1 + s) ** 6)
    x = descent(s, 1 - share * (s - 1) / (s * (2 * s) ** 4), period).x
    return forall(
        strictly(deviations(s, offset, period)[period] / offset - 1), strictly(x[period] / x[0] - 1)
    )


doubles.twin("earlier", "from 0.95 (sqrt(5) - 1) on", given={"unstable": s > sympy.Rational(19, 20) * END})
doubles.twin("one-more-step", "five steps in place of four", constants={"period": 5})
