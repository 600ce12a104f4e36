"""GD-12: the hitting step to next order in the step size, and how long a transition lasts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from rankladder import Real, claim, exp, forall, log, log1p, logit, strictly, symbols
from rankladder.simulate import descent, first_hit
from rankladder.theory import mode_window, next_order_hit

z0, theta = symbols("z0 theta")

# depth = log(theta/z_0), so that starts of any smallness can be drawn
# s <= 1/2 in the domain: beyond it z may pass 1 and has no log-odds to interpolate
NEXT = {"s": Real(Fraction(1, 32), Fraction(1, 2), closed="right"), "theta": Real(0, 1), "depth": Real(0, 64)}
SHARE = Fraction(1, 24)


def explicit(theta: Any, depth: Any, share: Any = SHARE) -> Any:
    """The remainder's constant, log(1/z_0)/24 + log(1/(1-theta))."""
    return share * (depth - log(theta)) - log1p(-theta)


def next_order(s: Any, theta: Any, depth: Any, *, bound: Any, predicted: Any = next_order_hit) -> Any:
    """``|k_theta - t_theta (1 + s/2)/eta + (3/4) log((1-z_0)/(1-theta))| <= C s``, k interpolated in log-odds.

    The interpolated line increases, so the bound says that it lies below logit theta at the lower end and above
    it at the upper.
    """
    z0 = theta * exp(-depth)
    middle = predicted(s, z0, theta)
    level = logit(theta)
    margins = []
    for end, sign in ((middle - bound * s, 1), (middle + bound * s, -1)):
        k = max(0, math.floor(end))
        line = descent(s, z0, k + 1).logit
        reached = line[k] + (end - k) * (line[k + 1] - line[k])
        margins.append(sign * (level - reached))
    return forall(*margins)


claim(
    "GD-12.next-order",
    title="one mode: the interpolated hitting step to next order in the step size, with an explicit remainder",
    statement=r"\left|\eta k_\theta - t_\theta(1+\tfrac s2) + \tfrac{3\eta}4\log\tfrac{1-z_0}{1-\theta}\right| \le "
    r"\eta s \left(\tfrac1{24}\log\tfrac1{z_0} + \log\tfrac1{1-\theta}\right)",
    source="this project",
    over=NEXT,
)(lambda s, theta, depth: next_order(s, theta, depth, bound=explicit(theta, depth)))
claim(
    "GD-12.not-uniform",
    title="one mode: the remainder of that order is at most 2 eta s, whatever the start and the level",
    statement=r"\left|\eta k_\theta - t_\theta(1+\tfrac s2) + \tfrac{3\eta}4\log\tfrac{1-z_0}{1-\theta}\right| \le 2\eta s",
    source="this project",
    over=NEXT,
    expects="refuted",
)(lambda s, theta, depth: next_order(s, theta, depth, bound=2))


def window(s: Any, theta: Any, z0: Any, shift: Any = 0, rate: Any = None) -> Any:
    """Steps from theta to 1 - theta: at most log((1-theta)/theta)/log(1+s), rounded up."""
    steps = first_hit(s, None, 1 - theta, z0=z0) - first_hit(s, None, theta, z0=z0)
    # k <= ceil(b) for whole k is k < b + 1
    return strictly(mode_window(log(1 + s) if rate is None else rate, theta) + 1 - shift - steps)


claim(
    "GD-12.window",
    title="one mode: the discrete window from theta to 1 - theta is at most log((1-theta)/theta)/log(1+s), rounded up",
    statement=r"z_0<\theta<\tfrac12:\ k_{1-\theta} - k_\theta \le \left\lceil \frac{\log((1-\theta)/\theta)}{\log(1+s)} \right\rceil",
    source="this project",
    over={"s": Real(Fraction(1, 64), 4), "theta": Real(0, 1), "z0": Real(0, 1)},
    given={"low-level": 2 * theta < 1, "below-level": z0 < theta},
)(lambda s, theta, z0: window(s, theta, z0))
