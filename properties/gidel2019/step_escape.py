"""STEP-4, STEP-5: where one mode grows without bound, and which interval it never leaves."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from rankladder import Int, Real, always, claim, forall, iff, lemma, strictly, symbols
from rankladder.numbers import Formula
from rankladder.properties.gidel2019.one_mode import MODE, q, s, z0
from rankladder.properties.gidel2019.step import lands
from rankladder.properties.gidel2019.step_large import INSIDE, WIDE, top
from rankladder.simulate import descent
from rankladder.theory import normal_form_step

u = symbols("u")


@claim(
    "STEP-4.escape",
    title="one mode: beyond T = (2 + s)/s a step multiplies the distance from T by 5 + 2 s at least",
    statement=r"T = \tfrac{2+s}{s} < z_0:\quad z_1 - T \ge (5 + 2s)(z_0 - T) > 0",
    over=WIDE,
    given={"beyond": s * z0 > 2 + s},
    constants={"factor": lambda s: 5 + 2 * s},
)
def escapes(s: Any, z0: Any, factor: Any) -> Any:
    """One step moves z away from the largest fixed point by the factor at least, upwards."""
    first = descent(s, z0, 1)[1]
    return forall(s * (first - top(s) - factor(s) * (z0 - top(s))), strictly(first - z0))


escapes.twin("faster", "rate 1% too large", constants={"factor": lambda s: Fraction(101, 100) * (5 + 2 * s)})
escapes.twin("closer", "from 5% below the largest fixed point", given={"beyond": 20 * s * z0 > 19 * (2 + s)})


def peak(s: Any) -> Any:
    """Where the map has its greatest value below its zero."""
    return (1 + s) / (3 * s)


gap = claim(
    "STEP-4.gap",
    title="one mode: at every s > 2 the starts around (1 + s)/(3 s) leave the interval in one step",
    statement=r"s > 2,\ z_0 = \tfrac{1+s}{3s}:\quad z_1 = \tfrac{4 (1+s)^3}{27 s} > \tfrac{2+s}{s}",
    over={"s": Real(0, drawn=4)},
    given={"large-step": s > 2},
    constants={"start": peak},
)(lambda s, start: strictly(s * descent(s, start(s), 1)[1] - (2 + s)))
gap.twin("smaller-step", "from s = 1.9 on", given={"large-step": 10 * s > 19})
gap.twin(
    "beside", "a start 5% to the right of the peak", constants={"start": lambda s: Fraction(21, 20) * peak(s)}
)


@cache
def _slope() -> Formula:
    step, start = sympy.symbols("s z")
    return Formula(sympy.factor(sympy.diff(normal_form_step(step, start), start)), (step, start), "f'")


@claim(
    "STEP-4.almost-every",
    title="one mode: at s > 2 a step that stays below T = (2 + s)/s stretches angles by more than 3",
    statement=r"s > 2,\ z = T \sin^2\theta,\ z_0, z_1 < T:\quad"
    r"\left|\tfrac{d\theta_1}{d\theta_0}\right| \ge \sqrt{5 + 2s} > 3",
    over=WIDE,
    given={"large-step": s > 2},
    constants={"rate": 2},
)
def stretches(s: Any, z0: Any, rate: Any) -> Any:
    """One step stretches the angle ``arcsin sqrt(z/T)`` by ``sqrt(5 + 2 s)`` at least, where it stays below T.

    At most 3 starts share a successor, so the starts that never leave have measure zero: each step leaves at most
    ``3/sqrt(5 + 2 s)`` of the angles.
    """
    first, high = descent(s, z0, 1)[1], top(s)
    return _slope()(s, z0) ** 2 * z0 * (high - z0) - (5 + rate * s) * first * (high - first)


stretches.twin("faster", "rate 5% too large", constants={"rate": Fraction(21, 10)})
stretches.twin("smaller-step", "from s = 1.9 on", given={"large-step": 10 * s > 19})


@claim(
    "STEP-4.exception",
    title="one mode: at every s > 2 one start lands on 1; s = 9/4 from 1/9 is one of a rational family",
    statement=r"s = \tfrac{1}{q(1+q)} > 2,\ z_0 = z_{land}(s) = q^2:\quad z_1 = z_2 = 1",
    over={"q": Real(0, 2)},
    given={"large-step": 2 * q * (1 + q) < 1},
    constants={"start": lambda q: q * q},
)
def exception(q: Any, start: Any) -> Any:
    s = 1 / (q * (1 + q))
    return forall(strictly(s - 2), lands(s, start(q)))


exception.twin("smaller-step", "steps up to 2 as well", drop="large-step")
exception.twin("off", "a start 1% larger", constants={"start": lambda q: Fraction(101, 100) * q * q})


invariant = lemma(
    "STEP-5.lemma",
    u * (1 + s - u) ** 2 <= 2 + s,
    title="the invariant interval as an inequality between polynomials, u = s z",
    over={"s": Real(0, drawn=4), "u": Real(0, 8)},
    given={"small-step": s <= 2, "inside": u <= 2 + s},
)
invariant.twin("larger-step", "steps up to 2.1", given={"small-step": 10 * s <= 21})
invariant.twin(
    "lower", "the bound 2 + 0.95 s", relation=u * (1 + s - u) ** 2 <= 2 + sympy.Rational(19, 20) * s
)

invariant_iff = claim(
    "STEP-5.iff",
    title="one mode: (1 + s)/(3 s), from where one step leads highest (STEP-5.peak), stays up to (2 + s)/s exactly for s <= 2",
    statement=r"f\!\left(\tfrac{1+s}{3s}\right) \le \tfrac{2+s}{s} \iff s \le 2",
    over={"s": Real(0, drawn=4)},
    constants={"bound": 2},
)(lambda s, bound: iff(bound - s, 2 + s - s * descent(s, peak(s), 1)[1]))
invariant_iff.twin("later", "for s <= 2.1", constants={"bound": Fraction(21, 10)})
invariant_iff.twin("earlier", "for s <= 1.9", constants={"bound": Fraction(19, 10)})

greatest = claim(
    "STEP-5.peak",
    title="one mode: no start up to 4 (1 + s)/(3 s) is carried higher than (1 + s)/(3 s)",
    statement=r"0 < s z_0 \le \tfrac43 (1 + s):\quad f(z_0) \le f\!\left(\tfrac{1+s}{3s}\right)",
    over=WIDE,
    given={"below": 3 * s * z0 <= 4 * (1 + s)},
    constants={"share": 1},
)(lambda s, z0, share: share * descent(s, peak(s), 1)[1] - descent(s, z0, 1)[1])
greatest.twin("lower", "a peak 1% lower", constants={"share": Fraction(99, 100)})
greatest.twin("farther", "starts 5% farther out", given={"below": 5 * s * z0 <= 7 * (1 + s)})

always(
    "STEP-5.not-beyond",
    INSIDE,
    **MODE,
    title="one mode: the interval up to (2 + s)/s is invariant at every step size",
    over=WIDE | {"steps": Int(1, 60)},
    given={"inside": s * z0 <= 2 + s},
    expects="refuted",
)
