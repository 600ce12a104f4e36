"""GD-9 to GD-11: plateaus of descent on matrices, its distance to the flow, and its last phase."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    exists,
    exp,
    forall,
    implies,
    least,
    log,
    strictly,
    symbols,
)
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.gd import framed
from rankladder.properties.gidel2019.gd_sandwich import odds_against
from rankladder.simulate import descent
from rankladder.theory import decay_factor, growth_factor, logistic, mode_logit, rate_lower, rate_upper

s, z0, s1, delta = symbols("s z0 s1 delta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A1, A5); restated"
ANY = Otherwise("problem", Problem(kind="noncommuting", modes=Int(1, 4), sigma=(1, 4)))


def plateau_bound(problem: Any, s1: Any, delta: Any, j: int, k: int, excess: Any = 0) -> Any:
    """Squared distance allowed between W_k and plateau j, mode by mode."""
    start = exp(-2 * delta)
    growth = growth_factor(s1 * problem.sigma / problem.sigma[0])
    total = (problem.q - problem.m) * start**2
    for i in range(problem.m):
        grown = start * growth[i] ** (k - excess)
        total = total + ((problem.omega[i] ** 2 / grown) ** 2 if i < j else grown**2)
    return total


@choosing()
def spread(problem: Any, s1: Any, delta: Any) -> list[int]:
    """Steps from 1 until the last active mode has finished."""
    slowest = float(midpoints(s1 * problem.sigma[-1] / problem.sigma[0]))
    last = 4 + int(2 * (float(midpoints(delta)) + 2) / np.log1p(slowest))
    return sorted({max(1, last * i // 6) for i in range(7)})


def near_plateaus(problem: Any, s1: Any, delta: Any, *, slack: Any = 1, excess: Any = 0) -> Any:
    """At steps spread over the orbit, W_k is within the bound of every plateau."""
    # not at k = 0, where the bound of plateau 0 is attained and every margin would read 0
    times = spread(problem, s1, delta)
    left, right = framed(problem, s1, delta, times)
    margins = []
    for n, k in enumerate(times):
        W = problem.U @ (left[n] @ right[n]) @ problem.V.T
        for j in range(problem.m + 1):
            gap = W - problem.plateau(j)
            allowed = plateau_bound(problem, s1, delta, j, k, excess)
            # relative: the bounds span many orders of magnitude
            margins.append(slack - (gap * gap).sum() / allowed)
    return forall(*margins)


def small_start(problem, delta):  # type: ignore[no-untyped-def]
    """z_i(0) <= 1 for every active mode."""
    return forall(problem.sigma - problem.lam[: problem.m] * exp(-2 * delta))


def quiet_null(problem, s1, delta):  # type: ignore[no-untyped-def]
    """Eta lam w(0) < 2 for every null mode that the start carries."""
    loudest = [2 - s1 / problem.sigma[0] * x * exp(-2 * delta) for x in problem.lam[problem.m : problem.q]]
    return strictly(forall(*loudest)) if loudest else problem.sigma[0]


PLATEAUS = {
    "problem": Problem(modes=Int(1, 4), sigma=(1, 4), null=(0, 16)),
    "s1": Real(Fraction(1, 4), 2),
    "delta": Real(-1, 4),
}
VISIBLE = {"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null}
claim(
    "GD-9.plateaus",
    title="matrices: descent passes within explicit, exponentially small bounds of every plateau",
    statement=r"\eta\sigma_1\le\tfrac12:\ \|W_k - \textstyle\sum_{i\le j}\omega_i u_i v_i^\top\|_F^2 \le "
    r"\sum_{i\le j}\omega_i^4 e^{4\delta}(1+\eta\sigma_i)^{-4k} + \sum_{j<i\le m} e^{-4\delta}(1+\eta\sigma_i)^{4k} + (q-m)e^{-4\delta}",
    source=PAPER,
    over=PLATEAUS,
    given=VISIBLE,
)(lambda problem, s1, delta: near_plateaus(problem, s1, delta))


def each_mode(problem: Any, s1: Any, delta: Any, *, excess: int = 0, slack: Any = 1) -> Any:
    """Every weight is within its own bounds, relative to them: growth, distance to omega from below, null modes."""
    start = exp(-2 * delta)
    growth = growth_factor(s1 * problem.sigma / problem.sigma[0])
    times = spread(problem, s1, delta)
    left, right = framed(problem, s1, delta, times)
    margins = []
    for n, k in enumerate(times):
        w = np.diagonal(left[n] @ right[n])
        for i in range(problem.m):
            grown, rest = start * growth[i] ** (k - excess), problem.omega[i] - w[i]
            margins += [
                slack - w[i] / grown,
                rest / problem.omega[i],
                slack - rest * grown / problem.omega[i] ** 2,
            ]
        margins += [slack - each / start for each in w[problem.m : problem.q]]
    return forall(*margins)


claim(
    "GD-9.modes",
    title="matrices: each weight of descent keeps its own bounds on the way to a plateau",
    statement=r"\eta\sigma_1\le\tfrac12:\ w_i \le e^{-2\delta}(1+\eta\sigma_i)^{2k},\ "
    r"0 \le \omega_i - w_i \le \omega_i^2 e^{2\delta}(1+\eta\sigma_i)^{-2k},\ w_i \le e^{-2\delta} \text{ for null modes}",
    source=PAPER,
    over=PLATEAUS,
    given=VISIBLE,
)(lambda problem, s1, delta: each_mode(problem, s1, delta))


ORBITS = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 80)}
SMALL = {"small-step": 2 * s < 1, "small-start": z0 < 1}


def flow_value(s: Any, z0: Any, k: Any) -> Any:
    """The flow at the time of step k, with a value at starts above 1 too."""
    return logistic(pace(s), z0, k)


def pace(s: Any) -> Any:
    """What the flow adds to the log-odds in the time of a step."""
    return mode_logit(s, 0.5, 1)


def within_band(s: Any, z0: Any, steps: int, factor: Any = 1) -> Any:
    """|z_k - z(eta k)| <= L_hi(k) - L_lo(k), step by step (so for the suprema too)."""
    z = descent(s, z0, steps)
    upper = 1 / (1 + odds_against(z0, decay_factor(s), z.k))
    band = upper - logistic(rate_lower(s), z0, z.k)
    return forall((factor * band - abs(z.z - flow_value(s, z0, z.k)))[1:])


claim(
    "GD-10.band",
    title="one mode: descent and flow are no farther apart than the two logistic curves",
    statement=r"s<\tfrac12:\ |z_k - z(\eta k)| \le L_{r_{hi}}(k) - L_{r_{lo}}(k)",
    source="this project",
    over=ORBITS,
    given=SMALL,
)(lambda s, z0, steps: within_band(s, z0, steps))


def order_free(s: Any, z0: Any, steps: int) -> Any:
    """|z_k - z(eta k)| <= s."""
    z = descent(s, z0, steps)
    return forall(s - abs(z.z - flow_value(s, z0, z.k)))


def lags(s: Any, z0: Any, steps: int) -> Any:
    """The log-odds of descent stay at or below the flow's, from k = 1 on."""
    z = descent(s, z0, steps)
    return forall((mode_logit(s, z0, z.k) - z.logit)[1:])


def order_bound(s: Any, z0: Any, steps: int, factor: Any = Fraction(1, 8)) -> Any:
    """|z_k - z(eta k)| <= (s/8)(1 + log(1/z_0))."""
    z = descent(s, z0, steps)
    return forall(factor * s * (1 - log(z0)) - abs(z.z - flow_value(s, z0, z.k)))


claim(
    "GD-10.order",
    title="one mode: the distance to the flow is at most (s/8)(1 + log(1/z_0)), sharp as s and z_0 vanish",
    statement=r"s\le\tfrac12:\ |z_k - z(\eta k)| \le \tfrac s8 (1 + \log(1/z_0))",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 1), "steps": Int(1, 300)},
    given={"small-step": 2 * s <= 1},
)(lambda s, z0, steps: order_bound(s, z0, steps))


def gap_somewhere(s: Any, depth: Any, *, extra: Any = 0, behind: bool = False) -> Any:
    """max_k |z_k - z(eta k)| >= min(1, s log(1/z_0))/28, z_0 = e^{-depth}, over the steps of the transition."""
    with choosing():
        steps = 2 + np.floor((midpoints(depth) / 2 + 3) / midpoints(s))
    z = descent(s, log_z0=-depth, steps=int(np.max(steps)))
    gap = flow_value(s, exp(-depth), z.k) - z.z
    # in a batch each instance has steps of its own
    during = gap if np.ndim(steps) == 0 else np.where(z.k <= steps, gap, 0)
    return exists(during if behind else abs(during)) - least(1, s * (depth + extra)) / 28


claim(
    "GD-10.order-below",
    title="one mode: that order is the true one, up to s = 2: the distance somewhere exceeds min(1, s log(1/z_0))/28",
    statement=r"s\le2:\ \max_k |z_k - z(\eta k)| \ge \tfrac1{28} \min(1, s \log(1/z_0))",
    source="this project",
    over={"s": Real(Fraction(1, 32), 4), "depth": Real(0, 30)},
    # from s = 2.92 on, a start that lands on the fitted value in one step is there before the flow gets far behind
    given={"bounded-step": s <= 2},
)(lambda s, depth: gap_somewhere(s, depth))
claim(
    "GD-10.not-small-step-alone",
    title="one mode: a small step alone keeps descent within s of the flow, whatever the start",
    statement=r"|z_k - z(\eta k)| \le s",
    source="this project",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: order_free(s, z0, steps))
claim(
    "GD-10.not-always-lagging",
    title="one mode: descent always lags the flow",
    statement=r"z_k \le z(\eta k)",
    source="this project",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: lags(s, z0, steps))


def lags_then_leads(
    s: Any, z0: Any, steps: int, low: Any = Fraction(1, 4), high: Any = Fraction(1, 3)
) -> Any:
    """Each step multiplies the odds by less than the flow does while z_k <= 1/4, and by more from z_k >= 1/3 on.

    In units of the odds before the step, which are negative above 1.
    """
    z = descent(s, z0, steps)
    here, x = z.z[:-1], z.x[:-1]
    ahead = z.z[1:] * abs(x) / (z.x[1:] * here) - exp(pace(s)) * x / abs(x)
    return forall(implies(low - here, -ahead), implies(here - high, ahead))


claim(
    "GD-10.lags-then-leads",
    title="one mode: each step lags the flow while z_k <= 1/4 and gains on it from z_k >= 1/3 on",
    statement=r"o_k = z_k/(1-z_k):\ "
    r"z_k \le \tfrac14 \Rightarrow o_{k+1} \le e^{2s} o_k,\ z_k \ge \tfrac13 \Rightarrow o_{k+1} \ge e^{2s} o_k",
    source="this project",
    over=ORBITS,
    given=SMALL,
)(lambda s, z0, steps: lags_then_leads(s, z0, steps))


def rates_straddle(s: Any, low: Any = 1, high: Any = 1) -> Any:
    """2 log(1+s) < 2s < -log(1-2s), relative to s."""
    flow = pace(s)
    return forall(strictly((flow - low * rate_lower(s)) / s), strictly((high * rate_upper(s) - flow) / s))


claim(
    "GD-10.rates",
    title="one mode: the rates of descent at the two ends lie on the two sides of the flow's",
    statement=r"2\log(1+s) < 2s < -\log(1-2s)",
    source=PAPER,
    # s < 1/2 in the domain: beyond it the upper rate has no value
    over={"s": Real(0, Fraction(1, 2))},
)(lambda s: rates_straddle(s))


def last_phase(s: Any, z0: Any, steps: int, two: Any = 2) -> Any:
    """1 - z_{k+1} = (1 - z_k)(1 - 2 s z_k - s^2 z_k (1 - z_k)) along the orbit."""
    z = descent(s, z0, steps)
    factor = 1 - two * s * z.z - s * s * z.z * z.x
    return equal(z.x[1:], (z.x * factor)[:-1])


claim(
    "GD-11.identity",
    title="one mode: the distance to the fitted value shrinks by the factor 1 - 2sz - s^2 z(1-z)",
    statement=r"1 - z_{k+1} = (1 - z_k)\,[1 - 2 s z_k - s^2 z_k (1 - z_k)]",
    source=PAPER,
    over={"s": Real(0, 2), "z0": Real(0, 1), "steps": Int(1, 40)},
)(lambda s, z0, steps: last_phase(s, z0, steps))


def local_rate(s: Any, x: Any, two: Any = 2) -> Any:
    """| |1 - z_1|/x - |1 - 2s| | <= (2 s + s^2 (1 + x)) x from z_0 = 1 - x."""
    after = descent(s, 1 - x, 1).x[1]
    return (2 * s + s * s * (1 + x)) * x - abs(abs(after / x) - abs(1 - two * s))


claim(
    "GD-11.rate",
    title="one mode: the local rate at the fitted value is |1 - 2s|",
    statement=r"\big|\,|1-z_1|/|1-z_0| - |1-2s|\,\big| \le (2s + s^2(1+x))\,x,\ x = 1 - z_0",
    source="this project",
    over={"s": Real(0, 4), "x": Real(0, 1)},
)(lambda s, x: local_rate(s, x))


def quadratic(x: Any, most: Any = 1, fewest: Any = Fraction(3, 4)) -> Any:
    """At s = 1/2: (3/4) x^2 <= 1 - z_1 <= x^2, relative to x^2."""
    share = descent(Fraction(1, 2) + 0 * x, 1 - x, 1).x[1] / (x * x)
    return forall(most - share, share - fewest)


claim(
    "GD-11.quadratic",
    title="one mode: convergence is quadratic at s = 1/2",
    statement=r"s=\tfrac12:\ \tfrac34 (1-z_0)^2 \le 1 - z_1 \le (1-z_0)^2",
    source="this project",
    over={"x": Real(0, 1)},
)(lambda x: quadratic(x))
