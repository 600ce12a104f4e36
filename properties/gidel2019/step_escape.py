"""STEP-4, STEP-5: where one mode grows without bound, and which interval it never leaves."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder import Int, Real, claim, equal, forall, iff, lemma, strictly, symbols
from rankladder.numbers import Formula
from rankladder.properties.gidel2019.step import landing
from rankladder.properties.gidel2019.step_large import WIDE, stays, top
from rankladder.simulate import descent
from rankladder.theory import normal_form_step

s, z0, u, q = symbols("s z0 u q")


def escapes(s: Any, z0: Any, *, rate: Any = 1) -> Any:
    """One step moves z away from the largest fixed point by the factor ``rate (5 + 2 s)`` at least, upwards."""
    first = descent(s, z0, 1)[1]
    return forall(s * (first - top(s) - rate * (5 + 2 * s) * (z0 - top(s))), strictly(first - z0))


@claim(
    "STEP-4.escape",
    title="one mode: beyond (2 + s)/s it grows without bound, faster than geometrically",
    statement=r"T = \tfrac{2+s}{s} < z_0:\quad z_1 - T \ge (5 + 2s)(z_0 - T) > 0",
    source="this project",
    over=WIDE,
    given={"beyond": s * z0 > 2 + s},
)
def _(s, z0):  # type: ignore[no-untyped-def]
    return escapes(s, z0)


def peak(s: Any) -> Any:
    """Where the map has its greatest value below its zero."""
    return (1 + s) / (3 * s)


@claim(
    "STEP-4.gap",
    title="one mode: at every s > 2 the starts around (1 + s)/(3 s) leave the interval in one step",
    statement=r"s > 2,\ z_0 = \tfrac{1+s}{3s}:\quad z_1 = \tfrac{4 (1+s)^3}{27 s} > \tfrac{2+s}{s}",
    source="this project",
    over={"s": Real(0, 4)},
    given={"large-step": s > 2},
)
def _(s):  # type: ignore[no-untyped-def]
    return strictly(s * descent(s, peak(s), 1)[1] - (2 + s))


@cache
def _slope() -> Formula:
    step, start = sympy.symbols("s z")
    return Formula(sympy.factor(sympy.diff(normal_form_step(step, start), start)), (step, start), "f'")


def stretches(s: Any, z0: Any, *, rate: Any = 2) -> Any:
    """One step stretches the angle ``arcsin sqrt(z/T)`` by ``sqrt(5 + rate s)`` at least, where it stays below T."""
    first, high = descent(s, z0, 1)[1], top(s)
    return _slope()(s, z0) ** 2 * z0 * (high - z0) - (5 + rate * s) * first * (high - first)


@claim(
    "STEP-4.almost-every",
    title="one mode: at s > 2 a step that stays stretches angles by more than 3; as at most 3 starts "
    "share a successor, the starts that never leave have measure zero",
    statement=r"s > 2,\ z = T \sin^2\theta,\ z_0, z_1 < T:\quad"
    r"\left|\tfrac{d\theta_1}{d\theta_0}\right| \ge \sqrt{5 + 2s} > 3",
    source="this project",
    over=WIDE,
    given={"large-step": s > 2},
)
def _(s, z0):  # type: ignore[no-untyped-def]
    return stretches(s, z0)


def stays_at_one(s: Any, start: Any) -> Any:
    """The step is beyond 2, yet the start lands on 1 exactly, to stay."""
    return forall(strictly(s - 2), equal(landing(s), start), equal(descent(s, start, 2)[1:], 1))


@claim(
    "STEP-4.exception",
    title="one mode: at every s > 2 one start lands on 1; s = 9/4 from 1/9 is one of a rational family",
    statement=r"s = \tfrac{1}{q(1+q)} > 2,\ z_0 = z_{land}(s) = q^2:\quad z_1 = z_2 = 1",
    source="this project",
    over={"q": Real(0, 2)},
    given={"large-step": 2 * q * (1 + q) < 1},
)
def _(q):  # type: ignore[no-untyped-def]
    return stays_at_one(1 / (q * (1 + q)), q * q)


lemma(
    "STEP-5.lemma",
    u * (1 + s - u) ** 2 <= 2 + s,
    title="the invariant interval as an inequality between polynomials, u = s z",
    source="this project",
    over={"s": Real(0, 4), "u": Real(0, 8)},
    given={"small-step": s <= 2, "inside": u <= 2 + s},
)


def invariant_iff(s: Any, *, bound: Any = 2) -> Any:
    """The greatest value that one step reaches stays below the largest fixed point exactly for s <= ``bound``."""
    return iff(bound - s, 2 + s - s * descent(s, peak(s), 1)[1])


@claim(
    "STEP-5.iff",
    title="the interval up to (2 + s)/s is invariant exactly for s <= 2",
    statement=r"\max_{0 \le z \le (1+s)/s} f(z) = f\!\left(\tfrac{1+s}{3s}\right) \le \tfrac{2+s}{s} \iff s \le 2",
    source="this project",
    over={"s": Real(0, 4)},
)
def _(s):  # type: ignore[no-untyped-def]
    return invariant_iff(s)


def greatest(s: Any, z0: Any, *, scale: Any = 1) -> Any:
    """One step reaches at most (``scale`` times) what it reaches from the peak."""
    return scale * descent(s, peak(s), 1)[1] - descent(s, z0, 1)[1]


@claim(
    "STEP-5.peak",
    title="one mode: no start up to 4 (1 + s)/(3 s) is carried higher than (1 + s)/(3 s)",
    statement=r"0 < s z_0 \le \tfrac43 (1 + s):\quad f(z_0) \le f\!\left(\tfrac{1+s}{3s}\right)",
    source="this project",
    over=WIDE,
    given={"below": 3 * s * z0 <= 4 * (1 + s)},
)
def _(s, z0):  # type: ignore[no-untyped-def]
    return greatest(s, z0)


@claim(
    "STEP-5.not-beyond",
    title="one mode: the interval up to (2 + s)/s is invariant at every step size",
    statement=r"s > 0,\ 0 < z_0 \le \tfrac{2+s}{s}:\quad z_k \le \tfrac{2+s}{s}",
    source="this project",
    over=WIDE | {"steps": Int(1, 60)},
    given={"inside": s * z0 <= 2 + s},
    expects="refuted",
)
def _(s, z0, steps):  # type: ignore[no-untyped-def]
    return stays(s, z0, steps)
