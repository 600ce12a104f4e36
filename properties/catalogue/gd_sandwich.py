"""GD-4 to GD-6: logistic curves around an orbit, how sharp their rates are, and first hitting times."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from properties import Int, Real, claim, exists, exp, forall, implies, lemma, log, logit, symbols
from simulate import descent
from theory import hit_bracket_log, mode_logit, normal_form_step, rate_lower, rate_upper

s, z0, x, theta, excess = symbols("s z0 x theta excess")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3); restated"
ORBITS = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 60)}
SMALL = {"small-step": 2 * s < 1, "small-start": z0 < 1}


def above(s: Any, z0: Any, steps: int, rate: Any) -> Any:
    """The orbit's log-odds stay above the straight line of a rate, from k = 1 on (at 0 they meet)."""
    z = descent(s, z0, steps)
    return forall((z.logit - logit(z0) - rate * z.k)[1:])


def below(s: Any, z0: Any, steps: int, rate: Any) -> Any:
    """The orbit's log-odds stay below the straight line of a rate, from k = 1 on."""
    z = descent(s, z0, steps)
    return forall((logit(z0) + rate * z.k - z.logit)[1:])


def above_past_one(s: Any, z0: Any, steps: int, rate: Any) -> Any:
    """The same lower bound where z may pass 1 and has no log-odds: 1 - z_k <= 1 - L(k), relative to the right side."""
    z = descent(s, z0, steps)
    return forall((1 - z.x * (1 + exp(rate * z.k) * z0 / (1 - z0)))[1:])


claim(
    "GD-4.upper",
    title="one mode: the logistic curve of rate -log(1-2s) bounds the orbit from above",
    statement=r"0<s<\tfrac12,\ 0<z_0<1:\ z_k \le L_{r_{hi}}(k),\ r_{hi} = -\log(1-2s)",
    source=PAPER,
    over=ORBITS,
    given=SMALL,
)(lambda s, z0, steps: below(s, z0, steps, rate_upper(s)))
claim(
    "GD-4.lower",
    title="one mode: the logistic curve of rate 2 log(1+s) bounds the orbit from below",
    statement=r"0<s<\tfrac12,\ 0<z_0<1:\ L_{r_{lo}}(k) \le z_k,\ r_{lo} = 2\log(1+s)",
    source=PAPER,
    over=ORBITS,
    given=SMALL,
)(lambda s, z0, steps: above(s, z0, steps, rate_lower(s)))
claim(
    "GD-4.lower-beyond",
    title="one mode: the lower curve holds for all k up to the root s_low = 0.6776... of 2s^3 + 3s^2 = 2",
    statement=r"s \le s_{low},\ (2 s_{low} - 1)(1 + s_{low})^2 = 1:\ L_{r_{lo}}(k) \le z_k",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 40)},
    given={"below-s-low": (2 * s - 1) * (1 + s) ** 2 <= 1, "small-start": z0 < 1},
)(lambda s, z0, steps: above_past_one(s, z0, steps, rate_lower(s)))

RANGE = {"range-low": x >= 0, "range-high": x <= 1}
POINTS = {"s": Real(-2, 4), "x": Real(-4, 4)}
UPPER = (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1
LOWER = (1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) >= (1 + s) ** 2
lemma("GD-4.step-upper", UPPER, title="one step of the upper side, x = 1 - z", source="this project", over=POINTS,
      given={**RANGE, "small-step": (s > 0) & (2 * s < 1)})  # fmt: skip
lemma("GD-4.step-lower", LOWER, title="one step of the lower side, every s >= 0", source="this project", over=POINTS,
      given={**RANGE, "positive-step": s >= 0})  # fmt: skip
lemma("GD-4.not-step-upper-for-all-x", UPPER, title="one step of the upper side for all real x", source="this project",
      over=POINTS, given={"small-step": (s > 0) & (2 * s < 1)}, expects="refuted")  # fmt: skip
lemma("GD-4.not-step-lower-for-all-x", LOWER, title="one step of the lower side for all real x", source="this project",
      over=POINTS, given={"positive-step": s >= 0}, expects="refuted")  # fmt: skip


def gain(s: Any, z: Any) -> Any:
    """What one step adds to the log-odds at z."""
    after = normal_form_step(s, z)
    return logit(after) - logit(z)


SHARP = {"s": Real(0, Fraction(1, 2)), "excess": Real(0, 1)}
claim(
    "GD-5.lower",
    title="one mode: no larger lower rate: for every factor 1 + e one step from an explicit small z_0 grows by less",
    statement=r"z_0 = e s^2/8:\ \mathrm{logit}\, z_1 - \mathrm{logit}\, z_0 < (1+e)\, r_{lo}",
    source="this project",
    over=SHARP,
)(lambda s, excess: (1 + excess) * rate_lower(s) - gain(s, excess * s * s / 8))
claim(
    "GD-5.upper",
    title="one mode: no smaller upper rate: for every factor 1 - e one step from an explicit z_0 near 1 grows by more",
    statement=r"1 - z_0 = e(1-2s)/8:\ \mathrm{logit}\, z_1 - \mathrm{logit}\, z_0 > (1-e)\, r_{hi}",
    source="this project",
    over=SHARP,
)(lambda s, excess: gain(s, 1 - excess * (1 - 2 * s) / 8) - (1 - excess) * rate_upper(s))
claim(
    "GD-5.not-continuous-upper",
    title="one mode: the continuous rate 2s bounds the orbit from above",
    statement=r"z_k \le L_{2s}(k)",
    source="this project",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: logit_line(s, z0, steps, above=False))
claim(
    "GD-5.not-continuous-lower",
    title="one mode: the continuous rate 2s bounds the orbit from below",
    statement=r"L_{2s}(k) \le z_k",
    source="this project",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: logit_line(s, z0, steps, above=True))


def logit_line(s: Any, z0: Any, steps: int, *, above: bool) -> Any:
    """The orbit against the flow at the same time, in log-odds, from k = 1 on."""
    z = descent(s, z0, steps)
    gap = (z.logit - mode_logit(s, z0, z.k))[1:]
    return forall(gap if above else -gap)


HITS = {"s": Real(0, 4), "theta": Real(0, 1), "z0": Real(0, 1), "steps": Int(1, 40)}
BELOW = {"below-level": z0 < theta}


def not_yet(s: Any, theta: Any, z0: Any, steps: int, shift: Any = 0) -> Any:
    """Before the lower end of the bracket no iterate reaches theta: z_k >= theta implies k >= the end."""
    z = descent(s, z0, steps)
    low, _ = hit_bracket_log(s, log(z0), theta)
    return forall(implies(z.z - theta, z.k - low - shift))


def reached(s: Any, theta: Any, z0: Any, steps: int, shift: Any = 0) -> Any:
    """From the upper end on some iterate has reached theta: k >= the end implies max z_i >= theta, i <= k."""
    z = descent(s, z0, steps)
    _, high = hit_bracket_log(s, log(z0), theta)
    return implies(steps - high - shift, exists(z.z - theta))


claim(
    "GD-6.lower",
    title="one mode: theta is not reached before log(theta/z_0)/(2 log(1+s)) steps",
    statement=r"z_k \ge \theta \Rightarrow k \ge \frac{\log(\theta/z_0)}{2\log(1+s)}",
    source=PAPER,
    over=HITS,
    given=BELOW,
)(lambda s, theta, z0, steps: not_yet(s, theta, z0, steps))
claim(
    "GD-6.upper",
    title="one mode: theta is reached by the time the lower logistic curve reaches it",
    statement=r"k \ge \frac{\log(1/z_0-1) + \log(\theta/(1-\theta))}{2\log(1+s)} \Rightarrow \max_{i\le k} z_i \ge \theta",
    source=PAPER,
    over=HITS,
    given=BELOW,
)(lambda s, theta, z0, steps: reached(s, theta, z0, steps))
claim(
    "GD-6.not-floor",
    title="one mode: theta is reached by the floor of that time",
    statement=r"k_\theta \le \lfloor\cdot\rfloor",
    source="this project",
    over=HITS,
    given=BELOW,
    expects="refuted",
)(lambda s, theta, z0, steps: reached(s, theta, z0, steps, shift=-1))


def width(s: Any, theta: Any, z0: Any, factor: Any = 1) -> Any:
    """The ends before rounding differ by less than log(1/(1 - theta))/(2 log(1+s)), whatever z_0."""
    low, high = hit_bracket_log(s, log(z0), theta)
    return -factor * log(1 - theta) / rate_lower(s) - (high - low)


claim(
    "GD-6.width",
    title="one mode: the bracket's width does not depend on the start",
    statement=r"\Delta < \frac{\log(1/(1-\theta))}{2\log(1+s)} \text{ before rounding up}",
    source=PAPER,
    over={"s": Real(0, 4), "theta": Real(0, 1), "z0": Real(0, 1)},
    given=BELOW,
)(lambda s, theta, z0: width(s, theta, z0))
