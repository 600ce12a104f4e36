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
    at_most,
    claim,
    exp,
    forall,
    implies,
    most,
    sqrt,
    strictly,
    symbols,
)
from rankladder.numbers.words import Size, Trace, entrywise
from rankladder.properties.gidel2019.flow import mode_values, solves_flow
from rankladder.properties.gidel2019.spectral_starts import between, ranks, small_fraction
from rankladder.theory import plateau_delta, plateau_error, plateau_time

delta = symbols("delta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A4, A5); restated"
GAP = Fraction(1, 4)
COMMUTING = {"commuting": Otherwise("problem", Problem(kind="noncommuting", gap=GAP))}


def state(problem: Any, delta: Any, tau: Any) -> Any:
    """W(delta tau)."""
    return problem.compose(mode_values(problem, delta, delta * tau)[0])


PLATEAUS = {"problem": Problem(gap=GAP), "delta": Real(drawn=(-1, 24)), "share": Real(0, 1)}


def plateau_bound(problem: Any, delta: Any, tau: Any, j: Any, power: int, rate: Any, nulls: int) -> Any:
    """Squared distance allowed between the flow and plateau j, mode by mode."""
    learned = problem.omega**power * exp(-rate * delta * (problem.sigma * tau - 1))
    coming = exp(-rate * delta * (1 - problem.sigma * tau))
    null = nulls * exp(-4 * delta)
    return entrywise(
        problem.q, lambda i: learned[i] ** 2 if i < j else coming[i] ** 2 if i < problem.m else null
    ).sum()


@claim(
    "LIMIT-3",
    title="matrices: between two transitions the flow is exponentially close to the plateau",
    statement=r"\tfrac1{\sigma_j}<\tau<\tfrac1{\sigma_{j+1}}:\ \|W(\delta\tau) - \textstyle\sum_{i\le j}\omega_i u_i v_i^\top\|_F^2 \le "
    r"\sum_{i\le j}\omega_i^4 e^{-4\delta(\sigma_i\tau-1)} + \sum_{j<i\le m}e^{-4\delta(1-\sigma_i\tau)} + (q-m)e^{-4\delta}",
    source=PAPER,
    over=PLATEAUS,
    given={**COMMUTING, "small-start": small_fraction, "forward-time": delta >= 0},
    constants={"power": 2, "rate": 2, "nulls": 1},
)
def plateaus(problem: Any, delta: Any, share: Any, power: int, rate: Any, nulls: int) -> Any:
    # the state at each tau solves the flow
    margins = []
    for j in ranks(problem.m):
        tau = between(problem, j, share)
        allowed = plateau_bound(problem, delta, tau, j, power, rate, nulls)
        gap = state(problem, delta, tau) - problem.plateau(j)
        margins.append(at_most((gap * gap).sum(), allowed))
    return forall(*margins, solves_flow(problem, delta, delta * tau))


plateaus.twin("any-data", "without commuting data", drop="commuting")
plateaus.twin("backward-time", "for negative delta", drop="forward-time")
plateaus.twin("power-off", "omega in place of omega^2", constants={"power": 1})
plateaus.twin("rate-off", "one per cent faster", constants={"rate": Fraction(202, 100)})
plateaus.twin("no-null-modes", "without the null modes", constants={"nulls": 0})


def midway(problem: Any, j: Any, power: int = 4) -> tuple[Any, Any, Any, Any]:
    """sigma_j and sigma_{j+1} (0 beyond the last mode), tau between the transitions j and j + 1, and C^2 of plateau j."""
    here, after = problem.neighbours(j)
    square = entrywise(
        problem.q, lambda i: problem.omega[i] ** power if i < j else 1 + 0 * problem.lam[i]
    ).sum()
    return here, after, plateau_time(here, after), square


def active_ranks(m: Any) -> Any:
    """The ranks 1 to m; where m is a name, one that may be any."""
    return ranks(m)[0 if isinstance(m, Size) else 1 :]


def any_sum(total: Any) -> Any:
    """A sum; where sizes are names, a positive number that may be any."""
    return exp(total.zero.named("any log of C^2")) if isinstance(total, Trace) else total


def off_midway(problem: Any, delta: Any, j: Any) -> tuple[Any, Any]:
    """The squared distance to plateau j midway, and its bound mode by mode."""
    tau = plateau_time(*problem.neighbours(j))
    gap = state(problem, delta, tau) - problem.plateau(j)
    return (gap * gap).sum(), plateau_bound(problem, delta, tau, j, 2, 2, 1)


def midway_margins(problem: Any, delta: Any, pace: Any = 1, power: int = 4) -> Any:
    """At tau = 2/(sigma_j + sigma_{j+1}) the distance to plateau j is at most C e^{-2 delta contrast}, for every j."""
    margins = []
    for j in active_ranks(problem.m):
        here, after, _, square = midway(problem, j, power)
        distance, by = off_midway(problem, delta, j)
        allowed = plateau_error(here, after, 1, pace * delta) ** 2 * square
        margins.append(at_most(distance, allowed, by=[by]))
    return forall(*margins)


@claim(
    "LIMIT-4.constant",
    title="matrices: midway between two transitions plateau j is seen within C e^{-2 delta contrast}",
    statement=r"\tau = \tfrac{2}{\sigma_j+\sigma_{j+1}}:\ \|W(\delta\tau) - P_j\|_F \le "
    r"C e^{-2\delta\frac{\sigma_j-\sigma_{j+1}}{\sigma_j+\sigma_{j+1}}},\ C^2 = \textstyle\sum_{i\le j}\omega_i^4 + q - j",
    source=PAPER,
    over={name: PLATEAUS[name] for name in ("problem", "delta")},
    given={**COMMUTING, "small-start": small_fraction, "forward-time": delta >= 0},
    constants={"pace": 1, "power": 4},
)
def resolution(problem: Any, delta: Any, pace: Any, power: int) -> Any:
    late = between(problem, ranks(problem.m)[-1], Fraction(1, 2))
    return forall(midway_margins(problem, delta, pace, power), solves_flow(problem, delta, delta * late))


resolution.twin("any-data", "without commuting data", drop="commuting")
resolution.twin("exponent-off", "one per cent faster", constants={"pace": Fraction(101, 100)})
resolution.twin("power-off", "omega^2 in place of omega^4", constants={"power": 2})
resolution.twin("any-start", "from any start", drop="small-start")


def first_small(problem: Any) -> Any:
    """The least delta at which every active mode has z_i(0) <= 1."""
    return most((np.log(problem.lam[: problem.m]) - np.log(problem.sigma)) / 2)


@claim(
    "LIMIT-4.as-first-stated",
    title="matrices: the same for every delta at which no active mode starts above its fitted value",
    statement=r"\delta \ge \max_i \tfrac12\log(\lambda_i/\sigma_i):\ \|W(\delta\tau) - P_j\|_F \le "
    r"C e^{-2\delta\frac{\sigma_j-\sigma_{j+1}}{\sigma_j+\sigma_{j+1}}}",
    over={"problem": Problem(modes=Int(1, 2), gap=GAP), "excess": Real(0, 1)},
    expects="refuted",
)
def _(problem: Any, excess: Any) -> Any:
    # a delta below 0 is allowed, and counts time backwards: there null modes grow, and blow up where w changes sign
    delta = first_small(problem) + excess
    _, _, tau, _ = midway(problem, problem.m)
    w, _ = mode_values(problem, delta, delta * tau)
    return forall(strictly(w), midway_margins(problem, delta))


@claim(
    "LIMIT-4.smallness",
    title="matrices: how small a start suffices to see plateau j within a given error",
    statement=r"\varepsilon = e^{-a},\ \delta \ge \tfrac12\log(C/\varepsilon)\,\tfrac{\sigma_j+\sigma_{j+1}}{\sigma_j-\sigma_{j+1}}:\ "
    r"\|W(\delta\tau) - P_j\|_F \le \varepsilon",
    source=PAPER,
    over={**{name: PLATEAUS[name] for name in ("problem", "delta")}, "accuracy": Real(drawn=(-3, 7))},
    given={**COMMUTING, "small-start": small_fraction, "forward-time": delta >= 0},
    constants={"share": 1},
)
def smallness(problem: Any, delta: Any, accuracy: Any, share: Any) -> Any:
    margins = []
    for j in active_ranks(problem.m):
        here, after, _, square = midway(problem, j)
        total = any_sum(square)
        small_enough = delta - share * plateau_delta(here, after, sqrt(total), exp(-accuracy))
        distance, by = off_midway(problem, delta, j)
        falls = plateau_error(here, after, 1, delta) ** 2 * square
        allowed = exp(-2 * accuracy) / total * square
        margins.append(implies(small_enough, at_most(distance, allowed, by=[by, falls])))
    late = between(problem, ranks(problem.m)[-1], Fraction(1, 2))
    return forall(*margins, solves_flow(problem, delta, delta * late))


smallness.twin("any-start", "from any start", drop="small-start")
smallness.twin("any-data", "without commuting data", drop="commuting")
smallness.twin("one-tenth-less", "from nine tenths of the stated delta", constants={"share": Fraction(9, 10)})
