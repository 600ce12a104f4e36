"""GD-4 to GD-6: logistic curves around an orbit, how sharp their rates are, and first hitting times."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from rankladder import Int, Real, claim, exists, exp, forall, implies, lemma, log, strictly, symbols
from rankladder.simulate import descent, first_hit
from rankladder.theory import (
    decay_factor,
    growth_factor,
    hit_bracket_log,
    mode_logit,
    rate_lower,
    rate_upper,
    thresholds,
)

s, z0, x, theta = symbols("s z0 x theta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3); restated"
# starts up to 16: the upper curve bounds the orbit up to z_0 = 1 + 3/(2s), which is above 4
ORBITS = {"s": Real(0, 4), "z0": Real(0, 16), "steps": Int(1, 60)}
SMALL = {"small-step": 2 * s < 1, "small-start": z0 < 1}


def odds_against(z0: Any, factor: Any, k: Any) -> Any:
    """(1 - L)/L of the logistic curve through z_0 whose odds grow by 1/factor a step.

    It has a value at every z_0 and every factor, also where rate and log-odds have none.
    """
    return (1 / z0 - 1) * factor**k


def beyond(z: Any, against: Any) -> Any:
    """(z_k - L(k))/(L(k) |1 - L(k)|) from k = 1 on (at 0 they meet), of the scale of a difference of log-odds.

    Written so that nothing cancels but what is compared: z (1 - L)/L against 1 - z.
    """
    size = abs(against)
    return ((1 + size) * (z.z * against - z.x) / size)[1:]


def above(s: Any, z0: Any, steps: int, rate: Any, *, ahead: int = 0) -> Any:
    """The orbit stays above the logistic curve of a rate."""
    z = descent(s, z0, steps)
    return forall(beyond(z, odds_against(z0, exp(-rate), z.k + ahead)))


def below(s: Any, z0: Any, steps: int, factor: Any) -> Any:
    """The orbit stays below the logistic curve whose odds grow by 1/factor a step."""
    z = descent(s, z0, steps)
    return forall(-beyond(z, odds_against(z0, factor, z.k)))


def missing(s: Any, z0: Any, steps: int, rate: Any) -> Any:
    """(1 - z_k)/(1 - L(k))."""
    z = descent(s, z0, steps)
    return z.x * (1 + 1 / odds_against(z0, exp(-rate), z.k))


claim(
    "GD-4.upper",
    title="one mode: the logistic curve of rate -log(1-2s) bounds the orbit from above",
    statement=r"0<s<\tfrac12,\ 0<z_0<1:\ z_k \le L_{r_{hi}}(k) = \big(1 + (1/z_0 - 1)(1-2s)^k\big)^{-1},\ r_{hi} = -\log(1-2s)",
    source=PAPER,
    over=ORBITS,
    given=SMALL,
)(lambda s, z0, steps: below(s, z0, steps, decay_factor(s)))
claim(
    "GD-4.lower",
    title="one mode: the logistic curve of rate 2 log(1+s) bounds the orbit from below",
    statement=r"0<s<\tfrac12,\ 0<z_0<1:\ L_{r_{lo}}(k) \le z_k,\ r_{lo} = 2\log(1+s)",
    source=PAPER,
    over=ORBITS,
    given=SMALL,
)(lambda s, z0, steps: above(s, z0, steps, rate_lower(s)))
# negative exactly below its one positive root s_low
S_LOW_POLYNOMIAL = thresholds()["lower logistic curve"].poly(s)
claim(
    "GD-4.lower-beyond",
    title="one mode: the lower curve holds for all k up to the root s_low = 0.6776... of 2s^3 + 3s^2 = 2",
    statement=r"s \le s_{low},\ (2 s_{low} - 1)(1 + s_{low})^2 = 1:\ L_{r_{lo}}(k) \le z_k",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 40)},
    given={"below-s-low": S_LOW_POLYNOMIAL <= 0, "small-start": z0 < 1},
)(lambda s, z0, steps: above(s, z0, steps, rate_lower(s)))


def crosses(s: Any, share: Any = 1, steps: int = 2) -> Any:
    """Two steps from an explicit start near 1 end below the lower curve, by a share of how far s is too large."""
    beyond = (2 * s - 1) * growth_factor(s) - 1
    z0 = 1 - beyond / (32 * (1 + s) ** 3)
    return missing(s, z0, steps, rate_lower(s))[steps] - 1 - share * beyond


claim(
    "GD-4.lower-sharp",
    title="one mode: at every s > s_low two steps from an explicit start near 1 end below the lower curve",
    statement=r"e = (2s-1)(1+s)^2 - 1 > 0,\ 1 - z_0 = \tfrac{e}{32(1+s)^3}:\ 1 - z_2 \ge (1 + e)(1 - L_{r_{lo}}(2))",
    source="this project",
    over={"s": Real(0, 4)},
    given={"beyond-s-low": S_LOW_POLYNOMIAL > 0},
)(lambda s: crosses(s))

RANGE = {"range-low": x >= 0, "range-high": x <= 1}
POINTS = {"s": Real(-2, 4), "x": Real(-4, 4)}
UPPER = (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1
LOWER = (1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) >= (1 + s) ** 2
# range-high is more than is needed, as GD-4.step-upper-sharp shows
lemma("GD-4.step-upper", UPPER, title="one step of the upper side, x = 1 - z", source="this project", over=POINTS,
      given={**RANGE, "small-step": (s > 0) & (2 * s < 1)})  # fmt: skip
lemma("GD-4.step-upper-sharp", UPPER, title="the step of the upper side holds exactly from s x = -3/2 on: z may pass 1, and s may pass 1/2",
      source="this project", over=POINTS, given={"in-range": 2 * s * x >= -3})  # fmt: skip
lemma("GD-4.step-lower", LOWER, title="one step of the lower side, every s >= 0", source="this project", over=POINTS,
      given={**RANGE, "positive-step": s >= 0})  # fmt: skip
lemma("GD-4.not-step-upper-for-all-x", UPPER, title="one step of the upper side for all real x", source="this project",
      over=POINTS, given={"small-step": (s > 0) & (2 * s < 1)}, expects="refuted")  # fmt: skip
lemma("GD-4.not-step-lower-for-all-x", LOWER, title="one step of the lower side for all real x", source="this project",
      over=POINTS, given={"positive-step": s >= 0}, expects="refuted")  # fmt: skip


def gain(s: Any, z0: Any) -> Any:
    """What one step of descent adds to the log-odds at z_0."""
    odds = descent(s, z0, 1).logit
    return odds[1] - odds[0]


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
# from a start at or above the level the bracket holds as well, but says little: its lower end is not positive
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
VAST = {"s": Real(Fraction(1, 100), 4), "theta": Real(0, 1), "depth": Real(0, 2_000_000)}


def hit_in_bracket(
    s: Any, theta: Any, depth: Any, *, rounded: int = 1, early: Any = 0, first: Callable[..., Any] = first_hit
) -> Any:
    """The first hit of theta from z_0 = theta e^{-depth} lies in the bracket; k <= ceil(b) is k < b + 1."""
    start = log(theta) - depth
    hit = first(s, start, theta)
    low, high = hit_bracket_log(s, start, theta)
    last = strictly(high + rounded - hit) if rounded else high - hit
    return forall(hit - low - early, last)


claim(
    "GD-6.bracket",
    title="one mode: the first step at theta lies in the bracket, from starts as small as e^{-2000000}",
    statement=r"\frac{\log(\theta/z_0)}{2\log(1+s)} \le k_\theta \le "
    r"\left\lceil\frac{\log(1/z_0-1) + \log(\theta/(1-\theta))}{2\log(1+s)}\right\rceil",
    source=PAPER,
    over=VAST,
)(lambda s, theta, depth: hit_in_bracket(s, theta, depth))
claim(
    "GD-6.not-floor",
    title="one mode: the upper end rounded down is enough",
    # a whole number is at most floor(b) exactly when it is at most b
    statement=r"k_\theta \le \left\lfloor\frac{\log(1/z_0-1) + \log(\theta/(1-\theta))}{2\log(1+s)}\right\rfloor",
    source="this project",
    over=VAST,
    expects="refuted",
)(lambda s, theta, depth: hit_in_bracket(s, theta, depth, rounded=0))


def width(s: Any, theta: Any, z0: Any, factor: Any = 1) -> Any:
    """The ends before rounding differ by less than log(1/(1 - theta))/(2 log(1+s)), whatever z_0."""
    low, high = hit_bracket_log(s, log(z0), theta)
    return strictly(-factor * log(1 - theta) - (high - low) * rate_lower(s))


claim(
    "GD-6.width",
    title="one mode: the bracket's width does not depend on the start",
    statement=r"\Delta < \frac{\log(1/(1-\theta))}{2\log(1+s)} \text{ before rounding up}",
    source=PAPER,
    over={"s": Real(0, 4), "theta": Real(0, 1), "z0": Real(0, 1)},
    given=BELOW,
)(lambda s, theta, z0: width(s, theta, z0))
