"""False statements on boxes, each a small change of a true one: none of them may ever be certified."""

from fractions import Fraction
from typing import Any

from sympy import Rational, Symbol, cosh, exp, false, log, sqrt, symbols, tanh

from rankladder.proof.tails import expm1_ratio, log1p_defect, log1p_ratio, log1p_third
from rankladder.properties.gidel2019.proofs.boxes_distance import LEARNED, LOSS, PAID
from rankladder.properties.gidel2019.proofs.boxes_timing import SPENT, START
from rankladder.properties.gidel2019.proofs.descent_forms import (
    A_OVER_S,
    B_OVER_S,
    EXCESS,
    REMAINDER,
    SMALL,
    s,
    z,
)

x, y = (Symbol(n) for n in "xy")
MANY = symbols("v1:8")
LESS, MORE = Rational(99, 100), Rational(101, 100)
UNIT = (0, 1)
F = Fraction


Box = tuple[Any, dict[Any, Any], tuple[Any, ...]]


def _box(relation: Any, box: dict[Any, Any], *given: Any) -> Box:
    return relation, box, given


FALSE_BOXES: dict[str, Box] = {
    # constants 1% off where they are sharp
    "defect of the logarithm, 1% below its limit": _box(log1p_defect(x) <= LESS / 2, {x: UNIT}),
    "defect of the logarithm, 1% above its value at 1": _box(
        log1p_defect(x) >= MORE * (1 - log(2)), {x: UNIT}
    ),
    "third term, 1% below its limit": _box(log1p_third(x) <= LESS / 3, {x: UNIT}),
    "logarithm and its tangent, 1% less": _box(log(1 + x) <= LESS * x, {x: (0, 2)}),
    "exponential and its tangent, 1% more": _box(exp(x) >= 1 + MORE * x, {x: (0, 2)}),
    "ratio of the exponential, 1% above its limit": _box(expm1_ratio(x) >= MORE, {x: UNIT}),
    "logistic difference, 1% less": _box(tanh(x) <= LESS * x, {x: (0, 2)}),
    "remainder of a step, 1/24 less 1%": _box(
        -REMAINDER <= LESS * START * B_OVER_S + SPENT * A_OVER_S, {s: SMALL, z: UNIT}
    ),
    "remainder of a step, too little for late steps": _box(
        START * B_OVER_S + Rational(53, 100) * A_OVER_S >= -REMAINDER, {s: SMALL, z: UNIT}
    ),
    "gain on the flow, late steps 2% less": _box(
        Rational(98, 100) * LEARNED * A_OVER_S - PAID * B_OVER_S >= EXCESS, {s: SMALL, z: UNIT}
    ),
    "gain on the flow, early steps 4% more": _box(
        LEARNED * A_OVER_S - Rational(104, 100) * PAID * B_OVER_S >= EXCESS, {s: SMALL, z: UNIT}
    ),
    "square of the defect, 1% more": _box(MORE * (1 - 2 * s / 3) <= 2 * LOSS, {s: (0, F(1, 100))}),
    # boxes a little too large
    "leads from z >= 33/100 on": _box(EXCESS >= 0, {s: SMALL, z: (F(33, 100), 1)}),
    "lags up to z = 34/100": _box(EXCESS <= 0, {s: SMALL, z: (0, F(34, 100))}),
    "lower rate from below, s from -1/100": _box(2 * log(1 + s) >= 2 * s - s**2, {s: (F(-1, 100), F(1, 2))}),
    "decay factor, s up to 51/100": _box(s * z * (2 + s * (1 - z)) < 1, {s: (0, F(51, 100)), z: UNIT}),
    "concave up to 13/10": _box(4 * x * (1 - x) >= Rational(-12, 10), {x: (0, F(13, 10))}),
    "hyperbolic cosine, up to 4": _box(cosh(x) <= 27, {x: (0, 4)}),
    # < where equality occurs
    "logarithm, strict at 0": _box(log(1 + x) < x, {x: UNIT}),
    "exponential, strict at 0": _box(exp(x) > 1 + x, {x: (-1, 1)}),
    "leads from z >= 1/3 on, strict": _box(EXCESS > 0, {s: SMALL, z: (F(1, 3), 1)}),
    "remainder of a step, strict": _box(
        -REMAINDER < START * B_OVER_S + SPENT * A_OVER_S, {s: SMALL, z: UNIT}
    ),
    "means, strict": _box(x + y > 2 * sqrt(x * y), {x: (1, 2), y: (1, 2)}),
    "a square, strict, zero at no dyadic point": _box((3 * x - 1) ** 2 > 0, {x: UNIT}),
    "a square, strict, zero at no rational point": _box((x**2 - 2) ** 2 > 0, {x: (1, 2)}),
    "a square, below by 1e-30 at its zero": _box((3 * x - 1) ** 2 >= Rational(1, 10**30), {x: UNIT}),
    "at the end of what is assumed": _box(x > F(1, 4), {x: UNIT}, x >= F(1, 4)),
    # in a thin dip, at a far corner, of many variables or of none
    "a thin dip": _box((3 * x - 1) ** 2 >= F(1, 10**4), {x: UNIT}),
    "seven variables": _box(sum(MANY) <= F(699, 100), dict.fromkeys(MANY, UNIT)),
    "two constants": _box(sqrt(2) > F(3, 2), {}),
    "what is false": _box(false, {}),
    # missing assumptions
    "beside the assumption": _box(x >= F(1, 2), {x: UNIT}, log(x) > -1),
    "product, no order": _box(x * log1p_ratio(x) >= y * log1p_ratio(y), {x: UNIT, y: UNIT}),
    "product, an order that says nothing": _box(
        x * log1p_ratio(x) >= y * log1p_ratio(y), {x: UNIT, y: UNIT}, x + y <= 2
    ),
    "product, the order the wrong way": _box(exp(x) >= exp(y), {x: UNIT, y: UNIT}, x <= y),
    "growth of a step, no bound on the level": _box(x * (1 + s * (1 - x)) ** 2 >= x, {s: UNIT, x: (0, 3)}),
    # no value on a part of the box
    "a logarithm below 0 that cancels": _box(log(2 * x) - log(x) - x / 10 > 0, {x: (-1, 1)}),
    "a root below 0": _box(sqrt(x) + 1 > 0, {x: (-1, 1)}),
    "a pole in the middle": _box(1 / x**2 > 0, {x: (-1, 1)}),
    "a quotient that is 0/0 inside": _box((exp(x) - 1) / x > 0, {x: (-1, 1)}),
}
