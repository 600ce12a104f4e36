"""GD-10, GD-11: how far descent of one mode is from the flow, and its last phase."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from rankladder import Int, Real, always, claim, exists, exp, forall, least, log, strictly, symbols
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.one_mode import MODE, later, s, z, z0
from rankladder.simulate import descent
from rankladder.theory import (
    decay_factor,
    growth_factor,
    logistic,
    mode_logit,
    normal_form_step,
    rate_lower,
    rate_upper,
)

PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A1, A5); restated"


ORBITS = {"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 80)}
SMALL = {"small-step": 2 * s < 1, "small-start": z0 < 1}


def flow_value(s: Any, z0: Any, k: Any) -> Any:
    """The flow at the time of step k, with a value at starts above 1 too."""
    return logistic(pace(s), z0, k)


def pace(s: Any) -> Any:
    """What the flow adds to the log-odds in the time of a step."""
    return mode_logit(s, 0.5, 1)


# odds against being learned, of the flow at the time of step k and of the two logistic curves
flow, high, low = symbols("f u l")
ODDS = 1 / z0 - 1
AWAY = 1 / (1 + high) - 1 / (1 + low)
FLOW_STEP = flow * sympy.exp(-2 * s)
band = always(
    "GD-10.band",
    (z - 1 / (1 + flow) <= AWAY) & (1 / (1 + flow) - z <= AWAY),
    start={z: z0, flow: ODDS, high: ODDS, low: ODDS},
    step={**MODE["step"], flow: FLOW_STEP, high: high * decay_factor(s), low: low / growth_factor(s)},
    orbit=MODE["orbit"],
    title="one mode: descent and flow are no farther apart than the two logistic curves",
    over=ORBITS,
    given=SMALL,
    along={
        "unit": (z > 0) & (z <= 1),
        "between the curves": (high > 0) & (low > 0) & (z * (1 + high) <= 1) & (z * (1 + low) >= 1),
        "the exponential of one step": sympy.exp(s) >= 1 + s,
        "so is the flow": (high <= flow) & (flow <= low),
    },
    direct=True,
)
band.twin(
    "upper-half", "no farther than the flow is from the upper curve", step={low: low * sympy.exp(-2 * s)}
)
band.twin(
    "lower-half", "no farther than the flow is from the lower curve", step={high: high * sympy.exp(-2 * s)}
)


def gaps(s: Any, z0: Any, steps: int) -> Any:
    """|z_k - z(eta k)|."""
    z = descent(s, z0, steps)
    return abs(z.z - flow_value(s, z0, z.k))


order = claim(
    "GD-10.order",
    title="one mode: the distance to the flow is at most (s/8)(1 + log(1/z_0)), sharp as s and z_0 vanish",
    statement=r"s\le\tfrac12:\ |z_k - z(\eta k)| \le \tfrac s8 (1 + \log(1/z_0))",
    over={"s": Real(0, drawn=4), "z0": Real(0, 1), "steps": Int(1, 300)},
    given={"small-step": 2 * s <= 1},
    constants={"smallness": lambda z0: 1 - log(z0)},
)(lambda s, z0, steps, smallness: forall(s / 8 * smallness(z0) - gaps(s, z0, steps)))
order.twin(
    "start-off",
    "with log(0.9/z_0) in place of 1 + log(1/z_0)",
    constants={"smallness": lambda z0: log(Fraction(9, 10)) - log(z0)},
)
order.twin("no-step-bound", "at every step", drop="small-step")


@claim(
    "GD-10.order-below",
    title="one mode: that order is the true one, up to s = 2: the distance somewhere exceeds min(1, s log(1/z_0))/28",
    statement=r"s\le2:\ \max_k |z_k - z(\eta k)| \ge \tfrac1{28} \min(1, s \log(1/z_0))",
    over={"s": Real(0, drawn=(Fraction(1, 32), 4)), "depth": Real(0, drawn=30)},
    # as s vanishes the distance is at least 0.0360 s log(1/z_0), as at log(1/z_0) = 2.53, where lag and lead are equal;
    # from s = 2.92 on, a start that lands on the fitted value in one step is there before the flow gets far behind
    given={"bounded-step": s <= 2},
    constants={"smallness": lambda depth: depth, "size": abs},
)
def order_below(s: Any, depth: Any, smallness: Any, size: Any) -> Any:
    with choosing():
        steps = 2 + np.floor((midpoints(depth) / 2 + 3) / midpoints(s))
    z = descent(s, log_z0=-depth, steps=int(np.max(steps)))
    gap = flow_value(s, exp(-depth), z.k) - z.z
    # in a batch each instance has steps of its own
    during = gap if np.ndim(steps) == 0 else np.where(z.k <= steps, gap, 0)
    return exists(size(during)) - least(1, s * smallness(depth)) / 28


order_below.twin(
    "start-off",
    "with log(1.1/z_0) in place of log(1/z_0)",
    constants={"smallness": lambda depth: depth + log(Fraction(11, 10))},
)
order_below.twin("always-behind", "descent is that far behind the flow", constants={"size": lambda gap: gap})
claim(
    "GD-10.not-small-step-alone",
    title="one mode: a small step alone keeps descent within s of the flow, whatever the start",
    statement=r"|z_k - z(\eta k)| \le s",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: forall(s - gaps(s, z0, steps)))


@claim(
    "GD-10.not-always-lagging",
    title="one mode: descent always lags the flow",
    statement=r"z_k \le z(\eta k)",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)
def not_always_lagging(s: Any, z0: Any, steps: int) -> Any:
    """The log-odds of descent stay at or below the flow's, from k = 1 on."""
    z = descent(s, z0, steps)
    return forall((mode_logit(s, z0, z.k) - z.logit)[1:])


AFTER = normal_form_step(s, z)
# what one step adds to the log-odds of z
GROWTH = 2 * sympy.log(1 + s * (1 - z)) - sympy.log(sympy.cancel((1 - AFTER) / (1 - z)))


def lags_to_leads_from(low: Any, high: Any) -> Any:
    """Each step adds at most 2s to the log-odds while z_k <= low, and at least 2s from high on."""
    return ((z > low) | (2 * s >= GROWTH)) & ((z < high) | (2 * s <= GROWTH))


lags_then_leads = always(
    "GD-10.lags-then-leads",
    lags_to_leads_from(Fraction(1, 4), Fraction(1, 3)),
    start={z: z0},
    step=MODE["step"],
    orbit=MODE["orbit"],
    title="one mode: each step lags the flow while z_k <= 1/4 and gains on it from z_k >= 1/3 on",
    over=ORBITS,
    given=SMALL,
    along={"unit": (z > 0) & (z < 1)},
    direct=True,
)
lags_then_leads.twin(
    "lags-longer",
    "lags up to 0.275 in place of 1/4",
    relation=lags_to_leads_from(Fraction(11, 40), Fraction(1, 3)),
)
lags_then_leads.twin(
    "leads-earlier",
    "leads from 0.3 in place of 1/3",
    relation=lags_to_leads_from(Fraction(1, 4), Fraction(3, 10)),
)


@claim(
    "GD-10.rates",
    title="one mode: the rates of descent at the two ends lie on the two sides of the flow's",
    statement=r"2\log(1+s) < 2s < -\log(1-2s)",
    source=PAPER,
    # s < 1/2 in the domain: beyond it the upper rate has no value
    over={"s": Real(0, Fraction(1, 2))},
    constants={"lower": rate_lower, "upper": rate_upper},
)
def rates(s: Any, lower: Any, upper: Any) -> Any:
    """2 log(1+s) < 2s < -log(1-2s), relative to s."""
    flow = pace(s)
    return forall(strictly((flow - lower(s)) / s), strictly((upper(s) - flow) / s))


rates.twin(
    "lower-a-tenth-larger",
    "the lower rate a tenth larger",
    constants={"lower": lambda s: Fraction(11, 10) * rate_lower(s)},
)
rates.twin(
    "upper-a-tenth-smaller",
    "the upper rate a tenth smaller",
    constants={"upper": lambda s: Fraction(9, 10) * rate_upper(s)},
)


last_phase = always(
    "GD-11.identity",
    sympy.Eq(1 - later, (1 - z) * (1 - 2 * s * z - s**2 * z * (1 - z))),
    **MODE,
    then={z: later},
    title="one mode: the distance to the fitted value shrinks by the factor 1 - 2sz - s^2 z(1-z)",
    source=PAPER,
    over={"s": Real(0, drawn=2), "z0": Real(0, 1), "steps": Int(1, 40)},
)
last_phase.twin(
    "coefficient-off",
    "2.02 in place of 2",
    relation=sympy.Eq(1 - later, (1 - z) * (1 - sympy.Rational(101, 50) * s * z - s**2 * z * (1 - z))),
)
last_phase.twin(
    "square-sign",
    "the sign of the square term",
    relation=sympy.Eq(1 - later, (1 - z) * (1 - 2 * s * z + s**2 * z * (1 - z))),
)


@claim(
    "GD-11.rate",
    title="one mode: the local rate at the fitted value is |1 - 2s|",
    statement=r"\big|\,|1-z_1|/|1-z_0| - |1-2s|\,\big| \le (2s + s^2(1+x))\,x,\ x = 1 - z_0",
    over={"s": Real(0, drawn=4), "x": Real(0, 1)},
    constants={"rate": lambda s: abs(1 - 2 * s)},
)
def local_rate(s: Any, x: Any, rate: Any) -> Any:
    """| |1 - z_1|/x - |1 - 2s| | <= (2 s + s^2 (1 + x)) x from z_0 = 1 - x."""
    after = descent(s, 1 - x, 1).x[1]
    return (2 * s + s * s * (1 + x)) * x - abs(abs(after / x) - rate(s))


local_rate.twin("rate-off", "|1 - 2.02 s|", constants={"rate": lambda s: abs(1 - Fraction(101, 50) * s)})
local_rate.twin("rate-with-s", "|1 - s|", constants={"rate": lambda s: abs(1 - s)})


@claim(
    "GD-11.quadratic",
    title="one mode: convergence is quadratic at s = 1/2",
    statement=r"s=\tfrac12:\ \tfrac34 (1-z_0)^2 \le 1 - z_1 \le (1-z_0)^2",
    over={"x": Real(0, 1)},
    constants={"least": Fraction(3, 4), "most": 1},
)
def quadratic(x: Any, least: Any, most: Any) -> Any:
    """At s = 1/2: (3/4) x^2 <= 1 - z_1 <= x^2, relative to x^2."""
    share = descent(Fraction(1, 2) + 0 * x, 1 - x, 1).x[1] / (x * x)
    return forall(most - share, share - least)


quadratic.twin("a-tenth-less", "at most nine tenths of x^2", constants={"most": Fraction(9, 10)})
quadratic.twin("lower-off", "at least 0.8 x^2", constants={"least": Fraction(4, 5)})
