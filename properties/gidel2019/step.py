"""STEP-1, STEP-2: below which step size one mode is monotone, and below which it converges."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy

from rankladder import Int, Real, always, claim, equal, forall, iff, least, strictly
from rankladder.numbers import Formula, choosing, midpoints
from rankladder.properties.gidel2019.one_mode import MODE, later, q, s, z, z0
from rankladder.simulate import descent
from rankladder.theory import growth_factor, hit_bracket, normal_form_step

t = sympy.Symbol("t", real=True)
RANGES = {"s": Real(0, drawn=4), "z0": Real(0, drawn=4)}
ORBITS = RANGES | {"steps": Int(1, 60)}


@cache
def _landing() -> Formula:
    step, start = sympy.symbols("s z", positive=True)
    roots = sympy.solve(normal_form_step(step, start) - 1, start)
    # one root is the fixed point itself, another lies beyond the zero (1 + s)/s of the map
    (least_root,) = (r for r in roots if r != 1 and r.subs(step, 2) < 1)
    return Formula(least_root, (step,), "z_land")


def landing(s: Any) -> Any:
    """The least start from which one step ends on the fixed point 1; below 1 iff s > 1/2."""
    return _landing()(s)


RISES = (z <= later) & (later <= 1)
monotone = always(
    "STEP-1.monotone",
    RISES,
    **MODE,
    then={z: later},
    title="one mode: up to s = 1/2 it never falls and never passes the fitted value",
    over=ORBITS,
    given={"small-step": 2 * s <= 1, "small-start": z0 < 1},
    along={"unit": (z > 0) & (z <= 1)},
)
monotone.twin("no-step-bound", "any step size", drop="small-step")
monotone.twin("no-start-bound", "any start", drop="small-start")
monotone.twin("larger-step", "steps up to 0.525", given={"small-step": 40 * s <= 21})

limit_monotone = always(
    "STEP-1.limit",
    (later <= 1) & (1 - later <= (1 - 2 * s * z0) * (1 - z)),
    **MODE,
    then={z: later},
    title="one mode: up to s = 1/2 it converges, each step contracts the distance by a fixed factor",
    over=ORBITS,
    given={"small-step": 2 * s <= 1, "small-start": z0 < 1},
    along={"unit": (z > 0) & (z <= 1), "risen": z >= z0},
)
limit_monotone.twin(
    "faster",
    "contraction by a rate 5% too large",
    relation=(later <= 1) & (1 - later <= (1 - sympy.Rational(21, 10) * s * z0) * (1 - z)),
)
limit_monotone.twin("larger-step", "steps up to 0.525", given={"small-step": 40 * s <= 21})


@claim(
    "STEP-1.sharp",
    title="one mode: at every s > 1/2 each step grows by a fixed factor until the orbit has reached 1",
    statement=r"s > \tfrac12,\ 0 < z_0 < 1:\quad z_1 \ge \min(1, z_0/z_{land}),\quad z_{land} < 1",
    over=RANGES,
    given={"large-step": 2 * s > 1, "small-start": z0 < 1},
    constants={"share": 1},
)
def sharp(s: Any, z0: Any, share: Any) -> Any:
    start = landing(s)
    return forall(strictly(1 - start), descent(s, z0, 1)[1] - least(1, share * z0 / start))


sharp.twin("faster", "growth 1% too large", constants={"share": Fraction(101, 100)})
sharp.twin("smaller-step", "steps from 0.475 on", given={"large-step": 40 * s > 19})


@claim(
    "STEP-1.overshoot",
    title="one mode: at every s > 1/2 one step passes 1 exactly from the starts between z_land and 1",
    statement=r"s > \tfrac12,\ 0 < z_0 < 1:\quad z_1 \ge 1 \iff z_0 \ge z_{land},\quad z_{land} < 1",
    over=RANGES,
    given={"large-step": 2 * s > 1, "small-start": z0 < 1},
    constants={"start": landing, "steps": 1},
)
def overshoots(s: Any, z0: Any, start: Any, steps: int) -> Any:
    return forall(strictly(1 - start(s)), iff(descent(s, z0, steps)[steps] - 1, z0 - start(s)))


overshoots.twin(
    "later", "starts 1% above z_land", constants={"start": lambda s: Fraction(101, 100) * landing(s)}
)
overshoots.twin("two-steps", "the second step in place of the first", constants={"steps": 2})

always(
    "STEP-1.not-to-one",
    RISES,
    **MODE,
    then={z: later},
    title="one mode: it stays monotone at every step size that converges",
    over=ORBITS,
    given={"convergent": s <= 1, "small-start": z0 < 1},
    expects="refuted",
)


def two_step_decay(s: Any, z: Any, x: Any, rate: Any) -> Any:
    """What two steps leave of ``x^2`` at most, as a share, at a state ``z = 1 - x`` of the orbit."""
    return 1 - rate * s * z * (1 - s + x * x)


def closer(rate: Any, after: Any) -> Any:
    """A later state is closer to 1 by that share."""
    return (1 - after) ** 2 <= (1 - z) ** 2 * two_step_decay(s, z, 1 - z, rate)


# beyond 1 no state is larger than the largest image 4(1 + s)^3/(27 s) of the map
limit = always(
    "STEP-2.limit",
    closer(4, normal_form_step(s, later)),
    **MODE,
    then={z: later},
    title="one mode: up to s = 1 every two steps bring it nearer to the fitted value",
    over=ORBITS,
    given={"convergent": s <= 1, "small-start": z0 <= 1},
    along={"inside": (z > 0) & ((z <= 1) | ((z >= 1) & (2 * s >= 1) & (27 * s * z <= 4 * (1 + s) ** 3)))},
)
limit.twin(
    "faster",
    "contraction by a rate 5% too large",
    relation=closer(sympy.Rational(21, 5), normal_form_step(s, later)),
)
limit.twin("one-step", "one step in place of two", relation=closer(4, later))
limit.twin("larger-step", "steps up to 1.05", given={"convergent": 20 * s <= 21})


@choosing()
def first_pass(s: Any, z0: Any) -> int:
    """Steps within which the orbit has passed 1: those to ``z_land`` by the hitting bound, and one more."""
    with np.errstate(all="ignore"):
        bounds = np.ravel(midpoints(hit_bracket(s, z0, landing(s))[1]))
    # the bound is no number where the step is too small to land; a float may fall short of an exact integer
    return 1 + max([0, *(math.ceil(float(b) + 1e-9) for b in bounds[np.isfinite(bounds)])])


# every s > 1/2 is 1/(t (1 + t)) for one t < 1, with z_land = t^2 (STEP-2.exception). With q_k = z_0 (1+s)^(2k), k is at or beyond
# the hitting bound of z_land iff the odds q/(1 - z_0) are at least those of z_land: then the next state is at 1 or beyond
LANDING_STEP = 1 / (t * (1 + t))


def _overshooting(t: Any, z0: Any, steps: int) -> Any:
    return descent(1 / (t * (1 + t)), z0, steps).z


def _by_then(level: Any, passed: Any) -> Any:
    """Whether 1 is passed by the time the lower logistic curve is at the level."""
    return passed | (q * (1 - level) < level * (1 - z0))


passes = always(
    "STEP-2.overshoot",
    _by_then(t**2, (z >= 1) | (later >= 1)),
    start={z: z0, q: z0},
    step={z: normal_form_step(LANDING_STEP, z), q: q * growth_factor(LANDING_STEP)},
    orbit={z: _overshooting},
    then={z: later},
    while_=z < 1,
    title="one mode: at every s > 1/2 every orbit from below reaches 1 or passes it, a step after z_land",
    over={"t": Real(0, 1), "z0": Real(0, 1), "steps": Int(1, 60)},
    along={"positive": (z > 0) & (q > 0), "odds": z * (1 - z0) >= q * (1 - z)},
)
passes.twin(
    "one-earlier", "the step that reaches z_land, not the one after it", relation=_by_then(t**2, z >= 1)
)
passes.twin(
    "lower",
    "from a level 1% below z_land on",
    relation=_by_then(sympy.Rational(99, 100) * t**2, (z >= 1) | (later >= 1)),
)


def lands(s: Any, start: Any) -> Any:
    """The start is ``z_land`` and one step ends on 1 exactly, to stay."""
    return forall(equal(landing(s), start), equal(descent(s, start, 2)[1:], 1))


@claim(
    "STEP-2.exception",
    title="one mode: the start z_land never overshoots; s = 16/21 from 9/16 is one of a rational family",
    statement=r"0 < q < 1,\ s = \tfrac{1}{q (1 + q)} > \tfrac12,\ z_0 = z_{land}(s) = q^2:\quad z_1 = z_2 = 1",
    over={"q": Real(0, 2)},
    given={"below": q < 1},
    constants={"start": lambda q: q * q},
)
def exception(q: Any, start: Any) -> Any:
    return forall(strictly(1 - start(q)), lands(1 / (q * (1 + q)), start(q)))


exception.twin("off", "a start 1% larger", constants={"start": lambda q: Fraction(101, 100) * q * q})
exception.twin("not-below", "q up to 1.05", given={"below": 20 * q < 21})

always(
    "STEP-2.not-to-two",
    closer(0, normal_form_step(s, later)),
    **MODE,
    then={z: later},
    title="one mode: every two steps contract the distance at every step size that keeps it bounded",
    over=ORBITS,
    given={"bounded": s <= 2, "small-start": z0 <= 1},
    expects="refuted",
)
