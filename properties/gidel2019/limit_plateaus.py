"""LIMIT-3, LIMIT-4: plateaus of the flow on matrices, and how small a start must be to see them."""

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
    exp,
    forall,
    frobenius,
    most,
    sqrt,
    strictly,
    symbols,
)
from rankladder.properties.gidel2019.flow import mode_values, solves_flow
from rankladder.theory import plateau_delta, plateau_error, plateau_time

delta = symbols("delta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A4, A5); restated"
GAP = Fraction(1, 4)
COMMUTING = {"commuting": Otherwise("problem", Problem(kind="noncommuting", gap=GAP))}


def off_plateau(problem: Any, delta: Any, tau: Any, j: int) -> Any:
    """||W(delta tau) - sum_{i<=j} omega_i u_i v_i^T||_F."""
    w, _ = mode_values(problem, delta, delta * tau)
    return frobenius(problem.compose(w[: min(problem.d, problem.p)]) - problem.plateau(j))


def plateau_bound(
    problem: Any, delta: Any, tau: Any, j: int, *, power: int = 2, nulls: int = 1, rate: Any = 1
) -> Any:
    """Distance that LIMIT-2 allows between W(delta tau) and plateau j, null modes included."""
    learned = problem.omega[:j] ** power * exp(-2 * delta * rate * (problem.sigma[:j] * tau - 1))
    coming = exp(-2 * delta * rate * (1 - problem.sigma[j:] * tau))
    total = nulls * (problem.q - problem.m) * exp(-4 * delta)
    return sqrt(total + (learned**2).sum() + (coming**2).sum())


def passes_plateaus(problem: Any, delta: Any, share: Any, **changed: Any) -> Any:
    """Between the transitions j and j + 1 the state on the matrices, which solves the flow, is within the bound
    of plateau j, for every j from 0 to m. ``share`` places tau in each interval.
    """
    margins = []
    for j in range(problem.m + 1):
        begin = 1 / problem.sigma[j - 1] if j else 0 * share
        end = 1 / problem.sigma[j] if j < problem.m else 2 * begin
        tau = begin + share * (end - begin)
        margins.append(
            1 - off_plateau(problem, delta, tau, j) / plateau_bound(problem, delta, tau, j, **changed)
        )
    return forall(*margins, solves_flow(problem, delta, delta * tau))


def small_start(problem: Any, delta: Any) -> Any:
    """z_i(0) <= 1 for every active mode."""
    return forall(problem.sigma - problem.lam[: problem.m] * exp(-2 * delta))


PLATEAUS = {"problem": Problem(gap=GAP), "delta": Real(-1, 24), "share": Real(0, 1)}


@claim(
    "LIMIT-3",
    title="matrices: between two transitions the flow is exponentially close to the plateau",
    statement=r"\tfrac1{\sigma_j}<\tau<\tfrac1{\sigma_{j+1}}:\ \|W(\delta\tau) - \textstyle\sum_{i\le j}\omega_i u_i v_i^\top\|_F^2 \le "
    r"\sum_{i\le j}\omega_i^4 e^{-4\delta(\sigma_i\tau-1)} + \sum_{j<i\le m}e^{-4\delta(1-\sigma_i\tau)} + (q-m)e^{-4\delta}",
    source=PAPER,
    over=PLATEAUS,
    given={**COMMUTING, "small-start": small_start, "forward-time": delta >= 0},
)
def _(problem: Any, delta: Any, share: Any) -> Any:
    return passes_plateaus(problem, delta, share)


def midway(problem: Any, j: int, *, power: int = 4) -> tuple[Any, Any, Any]:
    """sigma_{j+1} (0 beyond the last mode), tau between the transitions j and j + 1, and C of plateau j."""
    after = problem.sigma[j] if j < problem.m else 0 * problem.sigma[0]
    constant = sqrt((problem.omega[:j] ** power).sum() + problem.q - j)
    return after, plateau_time(problem.sigma[j - 1], after), constant


def midway_margins(problem: Any, delta: Any, *, pace: Any = 1, power: int = 4) -> Any:
    """At tau = 2/(sigma_j + sigma_{j+1}) the distance to plateau j is at most C e^{-2 delta contrast}, for every j."""
    margins = []
    for j in range(1, problem.m + 1):
        after, tau, constant = midway(problem, j, power=power)
        allowed = plateau_error(problem.sigma[j - 1], after, constant, pace * delta)
        margins.append(1 - off_plateau(problem, delta, tau, j) / allowed)
    return forall(*margins)


def resolves(problem: Any, delta: Any, **changed: Any) -> Any:
    """The same, and the state solves the flow then."""
    _, tau, _ = midway(problem, problem.m)
    return forall(midway_margins(problem, delta, **changed), solves_flow(problem, delta, delta * tau))


@claim(
    "LIMIT-4.constant",
    title="matrices: midway between two transitions plateau j is seen within C e^{-2 delta contrast}",
    statement=r"\tau = \tfrac{2}{\sigma_j+\sigma_{j+1}}:\ \|W(\delta\tau) - P_j\|_F \le "
    r"C e^{-2\delta\frac{\sigma_j-\sigma_{j+1}}{\sigma_j+\sigma_{j+1}}},\ C^2 = \textstyle\sum_{i\le j}\omega_i^4 + q - j",
    source=PAPER,
    over={name: PLATEAUS[name] for name in ("problem", "delta")},
    given={**COMMUTING, "small-start": small_start, "forward-time": delta >= 0},
)
def _(problem: Any, delta: Any) -> Any:
    return resolves(problem, delta)


def first_small(problem: Any) -> Any:
    """The least delta at which every active mode has z_i(0) <= 1."""
    return most((np.log(problem.lam[: problem.m]) - np.log(problem.sigma)) / 2)


@claim(
    "LIMIT-4.as-first-stated",
    title="matrices: the same for every delta at which no active mode starts above its fitted value",
    statement=r"\delta \ge \max_i \tfrac12\log(\lambda_i/\sigma_i):\ \|W(\delta\tau) - P_j\|_F \le "
    r"C e^{-2\delta\frac{\sigma_j-\sigma_{j+1}}{\sigma_j+\sigma_{j+1}}}",
    source="this project",
    over={"problem": Problem(modes=Int(1, 2), gap=GAP), "excess": Real(0, 1)},
    expects="refuted",
)
def _(problem: Any, excess: Any) -> Any:
    # a delta below 0 is allowed, and counts time backwards: there null modes grow, and blow up where w changes sign
    delta = first_small(problem) + excess
    _, tau, _ = midway(problem, problem.m)
    w, _ = mode_values(problem, delta, delta * tau)
    return forall(strictly(w), midway_margins(problem, delta))


def suffices(problem: Any, error: Any, excess: Any, *, share: Any = 1) -> Any:
    """From the stated delta on, every plateau is seen within the error at its time."""
    margins = []
    first = most(first_small(problem), 0)
    for j in range(1, problem.m + 1):
        after, tau, constant = midway(problem, j)
        enough = most(first, share * plateau_delta(problem.sigma[j - 1], after, constant, error)) + excess
        margins.append(1 - off_plateau(problem, enough, tau, j) / error)
    return forall(*margins, solves_flow(problem, enough, enough * tau))


@claim(
    "LIMIT-4.smallness",
    title="matrices: how small a start suffices to see plateau j within a given error",
    statement=r"\delta \ge \max\!\left(0,\ \max_i\tfrac12\log\tfrac{\lambda_i}{\sigma_i},\ "
    r"\tfrac12\log(C/\varepsilon)\,\tfrac{\sigma_j+\sigma_{j+1}}{\sigma_j-\sigma_{j+1}}\right):\ \|W(\delta\tau) - P_j\|_F \le \varepsilon",
    source=PAPER,
    over={"problem": Problem(gap=GAP), "error": Real(Fraction(1, 1024), 4), "excess": Real(-1, 2)},
    given={**COMMUTING, "small-enough": symbols("excess") >= 0},
)
def _(problem: Any, error: Any, excess: Any) -> Any:
    return suffices(problem, error, excess)
