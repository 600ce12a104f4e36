"""GD-6, GD-12: first hitting steps, their bracket and their next order in the step size; how long a transition lasts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from rankladder import Int, Real, always, claim, exp, forall, log, log1p, logit, strictly, symbols
from rankladder.properties.gidel2019.one_mode import beside, q, s, z, z0
from rankladder.simulate import descent, first_hit
from rankladder.theory import growth_factor, hit_bracket_log, hitting_time, next_order_hit, rate_lower

theta = symbols("theta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3); restated"
HITS = {"s": Real(0, drawn=4), "theta": Real(0, 1), "z0": Real(0, 1), "steps": Int(1, 40)}
# from a start at or above the level the bracket holds as well, but says little: its lower end is not positive
BELOW = {"below-level": z0 < theta}


# with q_k = z_0 (1+s)^(2k): k is at or beyond the lower end iff q >= theta, and at or beyond the upper one iff the odds
# q/(1 - z_0) are at least those of theta
hit_lower = always(
    "GD-6.lower",
    (z < theta) | (q >= theta),
    **beside(z0, growth_factor(s)),
    title="one mode: theta is not reached before log(theta/z_0)/(2 log(1+s)) steps",
    source=PAPER,
    over=HITS,
    given=BELOW,
    along={"positive": (z >= 0) & (q > 0), "growth": (z <= q) | (q >= theta)},
    direct=True,
)
hit_lower.twin("one-step-later", "a step later", relation=(z < theta) | (q >= theta * growth_factor(s)))
hit_lower.twin(
    "level-off", "with the level a tenth higher in the bound", relation=(z < theta) | (10 * q >= 11 * theta)
)

hit_upper = always(
    "GD-6.upper",
    (z >= theta) | (q * (1 - theta) < theta * (1 - z0)),
    **beside(z0, growth_factor(s)),
    while_=z < theta,
    title="one mode: theta is reached by the time the lower logistic curve reaches it",
    source=PAPER,
    over=HITS,
    given=BELOW,
    along={"positive": (z >= 0) & (q > 0), "odds": z * (1 - z0) >= q * (1 - z)},
    direct=True,
)
hit_upper.twin(
    "one-step-early",
    "a step earlier",
    relation=(z >= theta) | (q * growth_factor(s) * (1 - theta) < theta * (1 - z0)),
)
hit_upper.twin(
    "without-level",
    "without the term of the level",
    over={"theta": Real(Fraction(1, 2), 1)},
    relation=(z >= theta) | (q < 1 - z0),
)
# as wide as GD-7.transition and GD-8 ask for, which rest on GD-6.bracket
VAST = {"s": Real(0, drawn=(Fraction(1, 256), 4)), "theta": Real(0, 1), "depth": Real(0, drawn=2_000_010)}


def at_most_ceiling(k: Any, b: Any) -> Any:
    """Whether a whole number k is at most b rounded up: k < b + 1."""
    return strictly(b + 1 - k)


def at_most_floor(k: Any, b: Any) -> Any:
    """Whether a whole number k is at most b rounded down: k <= b."""
    return b - k


@claim(
    "GD-6.bracket",
    title="one mode: the first step at theta lies in the bracket, from starts as small as e^{-2000000}",
    statement=r"\frac{\log(\theta/z_0)}{2\log(1+s)} \le k_\theta \le "
    r"\left\lceil\frac{\log(1/z_0-1) + \log(\theta/(1-\theta))}{2\log(1+s)}\right\rceil",
    source=PAPER,
    over=VAST,
    constants={"first": first_hit, "early": 0, "at_most": at_most_ceiling},
)
def bracket(s: Any, theta: Any, depth: Any, first: Any, early: Any, at_most: Any) -> Any:
    start = log(theta) - depth
    hit = first(s, start, theta)
    low, high = hit_bracket_log(s, start, theta)
    return forall(hit - low - early, at_most(hit, high))


bracket.twin("not-rounded", "with the upper end not rounded up", constants={"at_most": at_most_floor})
bracket.twin("lower-end-rounded-off", "with the lower end a step later", constants={"early": 1})
claim(
    "GD-6.not-floor",
    title="one mode: the upper end rounded down is enough",
    statement=r"k_\theta \le \left\lfloor\frac{\log(1/z_0-1) + \log(\theta/(1-\theta))}{2\log(1+s)}\right\rfloor",
    over=VAST,
    expects="refuted",
)(lambda s, theta, depth: bracket.conclusion(s, theta, depth, first_hit, 0, at_most_floor))


@claim(
    "GD-6.width",
    title="one mode: the bracket's width does not depend on the start",
    statement=r"\Delta < \frac{\log(1/(1-\theta))}{2\log(1+s)} \text{ before rounding up}",
    source=PAPER,
    over={"s": Real(0, drawn=4), "theta": Real(0, 1), "z0": Real(0, 1)},
    given=BELOW,
    constants={"share": 1, "rate": rate_lower},
)
def width(s: Any, theta: Any, z0: Any, share: Any, rate: Any) -> Any:
    low, high = hit_bracket_log(s, log(z0), theta)
    return strictly(-share * log(1 - theta) - (high - low) * rate(s))


width.twin("a-tenth-narrower", "a tenth narrower", constants={"share": Fraction(9, 10)})
width.twin("continuous-rate", "with 2s in place of 2 log(1+s)", constants={"rate": lambda s: 2 * s})

# depth = log(theta/z_0), so that starts of any smallness can be drawn
# s <= 1/2 in the domain: beyond it z may pass 1 and has no log-odds to interpolate
NEXT = {
    "s": Real(Fraction(1, 32), Fraction(1, 2), closed="right"),
    "theta": Real(0, 1),
    "depth": Real(0, drawn=256),
}


@claim(
    "GD-12.next-order",
    title="one mode: the interpolated hitting step to next order in the step size, with an explicit remainder",
    statement=r"\left|\eta k_\theta - t_\theta(1+\tfrac s2) + \tfrac{3\eta}4\log\tfrac{1-z_0}{1-\theta}\right| \le "
    r"\eta s \left(\tfrac1{24}\log\tfrac1{z_0} + \log\tfrac1{1-\theta}\right)",
    over=NEXT,
    constants={
        "predicted": next_order_hit,
        "remainder": lambda depth, theta: Fraction(1, 24) * (depth - log(theta)) - log1p(-theta),
    },
)
def next_order(s: Any, theta: Any, depth: Any, predicted: Any, remainder: Any) -> Any:
    """The interpolated line increases, so the bound says that it lies below logit theta at the lower end and above
    it at the upper.
    """
    z0 = theta * exp(-depth)
    middle, within = predicted(s, z0, theta), remainder(depth, theta) * s
    level = logit(theta)
    margins = []
    for end, sign in ((middle - within, 1), (middle + within, -1)):
        k = max(0, math.floor(end))
        line = descent(s, z0, k + 1).logit
        reached = line[k] + (end - k) * (line[k + 1] - line[k])
        margins.append(sign * (level - reached))
    return forall(*margins)


next_order.twin(
    "half-off",
    "with 0.55 in place of 1/2",
    constants={
        "predicted": lambda s, z0, theta: next_order_hit(s, z0, theta) + hitting_time(1, z0, theta) / 20
    },
)
next_order.twin(
    "quarters-off",
    "with 0.675 in place of 3/4",
    constants={
        "predicted": lambda s, z0, theta: (
            next_order_hit(s, z0, theta) + Fraction(3, 40) * log((1 - z0) / (1 - theta))
        )
    },
)
next_order.twin(
    "remainder-off",
    "with a remainder a tenth smaller in its share of log(1/z_0)",
    constants={"remainder": lambda depth, theta: Fraction(9, 240) * (depth - log(theta)) - log1p(-theta)},
)
claim(
    "GD-12.not-uniform",
    title="one mode: the remainder of that order is at most 2 eta s, whatever the start and the level",
    statement=r"\left|\eta k_\theta - t_\theta(1+\tfrac s2) + \tfrac{3\eta}4\log\tfrac{1-z_0}{1-\theta}\right| \le 2\eta s",
    over=NEXT,
    expects="refuted",
)(lambda s, theta, depth: next_order.conclusion(s, theta, depth, next_order_hit, lambda depth, theta: 2))


# with q_k = (1+s)^k: k is at or beyond log((1-theta)/theta)/log(1+s) iff q theta >= 1 - theta; the start is any state from the
# first at theta on
window = always(
    "GD-12.window",
    (z >= 1 - theta) | (q * theta < 1 - theta),
    **beside(1, 1 + s),
    while_=z < 1 - theta,
    title="one mode: from theta descent reaches 1 - theta within log((1-theta)/theta)/log(1+s) steps, rounded up",
    over={**HITS, "z0": Real(0, drawn=4)},
    given={"from-level": z0 >= theta},
    along={"positive": (z >= 0) & (q > 0), "odds": z * (1 - theta) >= theta * q**2 * (1 - z)},
    direct=True,
)
window.twin("a-step-less", "a step less", relation=(z >= 1 - theta) | (q * (1 + s) * theta < 1 - theta))
window.twin("faster-rate", "with a rate that is larger by log(1+s/10)", step={q: q * (1 + s) * (1 + s / 10)})
