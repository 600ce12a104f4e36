"""RRR-4: the numerical rank at a level theta never falls, under descent and under the flow."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from rankladder import Problem, Real, claim, exp, forall, implies, log, strictly, symbols
from rankladder.language.orbits import keeps_form
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.flow import factors, mode_values, solves_flow
from rankladder.properties.gidel2019.gd import spectral_entries, two_layers
from rankladder.properties.gidel2019.rrr_optimum import ANY
from rankladder.properties.gidel2019.spectral_starts import begins_below, descended, steps_of
from rankladder.simulate import spectral_start
from rankladder.theory import growth_factor, hit_bracket_log

Array = np.ndarray[Any, Any]
s1 = symbols("s1")

RECORDS = 24  # states that are looked at along an orbit
OVER = {"problem": Problem(sigma=(1, 4)), "theta": Real(0, 1), "delta": Real(0, drawn=4)}


def coefficients(problem: Any, W1: Array, W2: Array, count: int) -> Array:
    """``w_i`` of the first ``count`` modes, read from the factors: ``(U^T W1)(W2 V)`` has no rounding floor."""
    rows, columns = problem.U[:, :count].T @ W1, W2 @ problem.V[:, :count]
    return np.array((rows * columns.T).sum(axis=1))


def orbit(problem: Any, s1: Any, delta: Any, last: int, count: int) -> Array:
    """Coefficients along matrix descent from the spectral start, at steps spread up to ``last``."""
    run = descended(problem, s1, delta, sorted({last * i // (RECORDS - 1) for i in range(RECORDS)}))
    return np.stack([coefficients(problem, A, C, count) for A, C in zip(run.W1, run.W2, strict=True)])


@choosing()
def finish(problem: Any, s1: Any, delta: Any, theta: Any) -> int:
    """A step at which every active mode has reached theta."""
    log_z0 = -2 * delta - log(problem.omega)
    ends = [hit_bracket_log(s, z, theta)[1] for s, z in zip(steps_of(problem, s1), log_z0, strict=True)]
    # a mode that starts at its fitted value or beyond is there already, and its bound undefined
    return 1 + max(0, int(np.floor(np.nan_to_num(midpoints(ends)).max())))


@claim(
    "RRR-4.descent",
    title="matrices: up to eta sigma_1 = 1/2 the numerical rank at level theta never falls, from 0 to m",
    statement=r"\eta\sigma_1 \le \tfrac12,\ \max_i z_i(0) < \theta < 1:\quad z_i(k) \ge \theta \Rightarrow z_i(k+1) \ge \theta,"
    r"\text{ so } \#\{i : z_i(k) \ge \theta\} \text{ is nondecreasing in } k,\text{ from } 0 \text{ to } m",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={**OVER, "s1": Real(0, drawn=(Fraction(1, 8), 2))},
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": begins_below},
    constants={"early": 0, "level": 1},
)
def rank_in_descent(problem, theta, delta, s1, early, level):  # type: ignore[no-untyped-def]
    """No mode is at the level at the start, one that is at it stays there, and every one is from its hitting bound on."""
    omega, m, start = problem.omega, problem.m, exp(-2 * delta)
    factor = growth_factor(steps_of(problem, s1))
    reached = level * theta * omega

    def along(a: Any, grown: Any) -> list[Any]:
        w = a[:m] ** 2
        return [strictly(grown), omega - w, (omega - start) * w - grown * (omega - w)]

    def says(state: Any, grown: Any) -> Any:
        w = spectral_entries(problem, state)[:m] ** 2
        # the odds of the lower logistic curve are those of the level or more
        return implies(grown * factor**early * (1 - theta) - theta * (omega - start), w - reached)

    def times() -> Any:
        last = max(1, finish(problem, s1, delta, theta))
        return {last * i // (RECORDS - 1) for i in range(RECORDS)}

    kept = keeps_form(
        two_layers(problem, s1 / problem.sigma[0]),
        spectral_start(problem.U, problem.V, problem.Q, delta),
        times,
        form=partial(factors, problem),
        read=partial(spectral_entries, problem),
        moves=lambda here, there: implies(here[:m] ** 2 - reached, there[:m] ** 2 - reached),
        says=says,
        along=along,
        beside=(start + 0 * omega, factor),
    )
    return forall(kept, strictly(reached - start))


rank_in_descent.twin("no-small-start", "without small-start", drop="small-start")
rank_in_descent.twin("no-commuting", "without commuting", drop="commuting")
rank_in_descent.twin("larger-step", "steps up to 0.55/sigma_1", given={"small-step": 20 * s1 <= 11})
rank_in_descent.twin("higher-level", "at a level 5% higher", constants={"level": Fraction(21, 20)})
rank_in_descent.twin("earlier", "four steps before the bound", constants={"early": 4})


@claim(
    "RRR-4.flow",
    title="matrices: under the flow the numerical rank at level theta never falls, from 0 to m",
    statement=r"\max_i z_i(0) < \theta < 1:\quad \dot z_i(t) > 0,\text{ so } \#\{i : z_i(t) \ge \theta\}"
    r" \text{ is nondecreasing in } t,\text{ from } 0 \text{ to } m",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={**OVER, "t": Real(0, drawn=16)},
    given={"commuting": ANY, "small-start": begins_below},
    constants={"late": 1},
)
def rank_in_flow(problem, theta, delta, t, late):  # type: ignore[no-untyped-def]
    """No mode is at the level at the start, every one grows at every time, and all are there from their hitting times on."""
    omega, start = problem.omega, exp(-2 * delta)
    w, rate = (values[: problem.m] for values in mode_values(problem, delta, t))
    # e^{2 sigma t} is at least what it is at the hitting time of theta
    hit = start * exp(2 * late * problem.sigma * t) * (1 - theta) - theta * (omega - start)
    return forall(
        solves_flow(problem, delta, t),
        strictly(theta * omega - start),
        strictly(rate),
        implies(hit, w - theta * omega),
    )


rank_in_flow.twin("no-small-start", "without small-start", drop="small-start")
rank_in_flow.twin("no-commuting", "without commuting", drop="commuting")
rank_in_flow.twin("earlier", "from half the hitting times on", constants={"late": 2})


@claim(
    "RRR-4.not-effective-rank",
    title="matrices: the effective rank (sum w)^2 / sum w^2 never falls under descent",
    statement=r"\eta\sigma_1 \le \tfrac12:\quad \Big(\sum_i w_i(k)\Big)^2 \Big/ \sum_i w_i(k)^2"
    r" \text{ is nondecreasing in } k",
    over={**OVER, "s1": Real(0, drawn=(Fraction(1, 8), 2))},
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": begins_below},
    expects="refuted",
)
def _(problem, theta, delta, s1):  # type: ignore[no-untyped-def]
    w = orbit(problem, s1, delta, finish(problem, s1, delta, theta), min(problem.d, problem.p))
    effective = w.sum(axis=1) ** 2 / (w**2).sum(axis=1)
    return forall(effective[1:] - effective[:-1])
