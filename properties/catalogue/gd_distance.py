"""GD-9 to GD-11: plateaus of descent on matrices, its distance to the flow, and its last phase."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from properties import Int, Otherwise, Problem, Real, claim, equal, exp, forall, log, strictly, symbols
from properties.catalogue.gd import framed
from simulate import descent, midpoints
from theory import growth_factor, logistic, mode_logit, normal_form_step, rate_lower, rate_upper

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


def near_plateaus(problem: Any, s1: Any, delta: Any, *, slack: Any = 1, excess: Any = 0) -> Any:
    """At steps spread over the orbit, W_k is within the bound of every plateau."""
    slowest = float(midpoints(s1 * problem.sigma[-1] / problem.sigma[0]))
    last = 4 + int(2 * (float(midpoints(delta)) + 2) / np.log1p(slowest))
    times = sorted({last * i // 6 for i in range(7)})
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


claim(
    "GD-9",
    title="matrices: descent passes within explicit, exponentially small bounds of every plateau",
    statement=r"\eta\sigma_1\le\tfrac12:\ \|W_k - \textstyle\sum_{i\le j}\omega_i u_i v_i^\top\|_F^2 \le "
    r"\sum_{i\le j}\omega_i^4 e^{4\delta}(1+\eta\sigma_i)^{-4k} + \sum_{j<i\le m} e^{-4\delta}(1+\eta\sigma_i)^{4k} + (q-m)e^{-4\delta}",
    source=PAPER,
    over={
        "problem": Problem(modes=Int(1, 4), sigma=(1, 4), null=(0, 16)),
        "s1": Real(Fraction(1, 4), 2),
        "delta": Real(-1, 4),
    },
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
)(lambda problem, s1, delta: near_plateaus(problem, s1, delta))


ORBITS = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 80)}
SMALL = {"small-step": 2 * s < 1, "small-start": z0 < 1}


def flow_value(s: Any, z0: Any, k: Any) -> Any:
    """The flow at the time of step k, ``1/(1 + e^{-logit})``."""
    return 1 / (1 + exp(-mode_logit(s, z0, k)))


def within_band(s: Any, z0: Any, steps: int, factor: Any = 1) -> Any:
    """|z_k - z(eta k)| <= L_hi(k) - L_lo(k), step by step (so for the suprema too)."""
    z = descent(s, z0, steps)
    band = logistic(rate_upper(s), z0, z.k) - logistic(rate_lower(s), z0, z.k)
    return forall((factor * band - abs(z.z - flow_value(s, z0, z.k)))[1:])


claim(
    "GD-10.band",
    title="one mode: descent and flow are no farther apart than the two logistic curves",
    statement=r"s<\tfrac12:\ |z_k - z(\eta k)| \le L_{r_{hi}}(k) - L_{r_{lo}}(k)",
    source="this project",
    over=ORBITS,
    given=SMALL,
)(lambda s, z0, steps: within_band(s, z0, steps))


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
claim(
    "GD-10.not-small-step-alone",
    title="one mode: a small step alone keeps descent within s of the flow, whatever the start",
    statement=r"|z_k - z(\eta k)| \le s",
    source="this project",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: forall(s - abs(descent(s, z0, steps).z - flow_value(s, z0, descent(s, z0, steps).k))))
claim(
    "GD-10.not-always-lagging",
    title="one mode: descent always lags the flow",
    statement=r"z_k \le z(\eta k)",
    source="this project",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: forall((mode_logit(s, z0, descent(s, z0, steps).k) - descent(s, z0, steps).logit)[1:]))


def straddles(s: Any, z0: Any) -> Any:
    """One step from z_0 lags the flow while z_0 is small, and overtakes it near 1: 2 log(1+s) < 2 s < -log(1-2s)."""
    flow = mode_logit(s, 0.5, 1)
    return forall(strictly(flow - rate_lower(s)), strictly(rate_upper(s) - flow)) + 0 * z0


claim(
    "GD-10.lags-then-leads",
    title="one mode: descent is slower than the flow at first and faster at the end",
    statement=r"2\log(1+s) < 2s < -\log(1-2s)",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 1)},
    given={"small-step": 2 * s < 1},
)(lambda s, z0: straddles(s, z0))


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
    after = 1 - normal_form_step(s, 1 - x)
    return (2 * s + s * s * (1 + x)) * x - abs(abs(after / x) - abs(1 - two * s))


claim(
    "GD-11.rate",
    title="one mode: the local rate at the fitted value is |1 - 2s|",
    statement=r"\big|\,|1-z_1|/|1-z_0| - |1-2s|\,\big| \le (2s + s^2(1+x))\,x,\ x = 1 - z_0",
    source="this project",
    over={"s": Real(0, 4), "x": Real(0, 1)},
)(lambda s, x: local_rate(s, x))


def quadratic(x: Any, factor: Any = 1) -> Any:
    """At s = 1/2: 1 - z_1 <= x^2, and >= (3/4) x^2."""
    after = 1 - normal_form_step(Fraction(1, 2) + 0 * x, 1 - x)
    return forall(factor * x * x - after, after - Fraction(3, 4) * x * x)


claim(
    "GD-11.quadratic",
    title="one mode: convergence is quadratic at s = 1/2",
    statement=r"s=\tfrac12:\ \tfrac34 (1-z_0)^2 \le 1 - z_1 \le (1-z_0)^2",
    source="this project",
    over={"x": Real(0, 1, closed="both")},
)(lambda x: quadratic(x))
