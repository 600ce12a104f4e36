"""RRR-4: the numerical rank at a level theta never falls, under descent and under the flow."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from rankladder import Problem, Real, claim, equal, exp, forall, implies, log, most, strictly, symbols
from rankladder.language.orbits import keeps_form
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.flow import factors
from rankladder.properties.gidel2019.gd import spectral_entries, two_layers
from rankladder.properties.gidel2019.rrr_optimum import ANY, ranked, stray
from rankladder.properties.gidel2019.spectral_starts import begins_below, descended, steps_of
from rankladder.simulate import spectral_start, two_layer_gradients
from rankladder.theory import fitted_value, growth_factor, hit_bracket_log, hitting_time, null_value

Array = np.ndarray[Any, Any]
s1 = symbols("s1")

RECORDS = 24  # states that are looked at along an orbit
OVER = {"problem": Problem(sigma=(1, 4)), "theta": Real(0, 1), "delta": Real(0, 4)}


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


def never_falls(z: Array, theta: Any) -> Any:
    """The number of entries that are at least theta never falls along the first axis, from 0 to all.

    At least n of them are iff the n-th largest is.
    """
    ordered = np.stack([ranked(row) for row in z])
    kept = implies(ordered[:-1] - theta, ordered[1:] - theta)
    return forall(kept, strictly(theta - ordered[0]), ordered[-1] - theta)


@claim(
    "RRR-4.descent",
    title="matrices: up to eta sigma_1 = 1/2 the numerical rank at level theta never falls, from 0 to m",
    statement=r"\eta\sigma_1 \le \tfrac12,\ \max_i z_i(0) < \theta < 1:\quad z_i(k) \ge \theta \Rightarrow z_i(k+1) \ge \theta,"
    r"\text{ so } \#\{i : z_i(k) \ge \theta\} \text{ is nondecreasing in } k,\text{ from } 0 \text{ to } m",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={**OVER, "s1": Real(Fraction(1, 8), 2)},
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
rank_in_descent.twin("earlier", "two steps before the bound", constants={"early": 4})


def flow_state(problem: Any, delta: Any, t: Any) -> tuple[Array, Array]:
    """Both factors of the flow from the spectral start at time t, from the closed form of each mode."""
    w = [fitted_value(x, y, delta, t) for x, y in zip(problem.sigma, problem.lam, strict=False)]
    w += [null_value(problem.lam[i], exp(-2 * delta), t) for i in range(problem.m, problem.q)]
    return spectral_start(problem.U, problem.V, problem.Q, [-log(each) / 2 for each in w])


def growth(problem: Any, W1: Array, W2: Array) -> tuple[Array, Any]:
    """Relative rates of the active modes along the flow at a state, from the matrix gradients, and the margin
    of the gradients' moving nothing but the modes, alike in both factors.
    """
    gradients = two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)
    first, second = problem.U.T @ gradients[0] @ problem.Q.T, problem.Q @ gradients[1] @ problem.V
    moved = coefficients(problem, gradients[0], W2, problem.m) + coefficients(
        problem, W1, gradients[1], problem.m
    )
    rates = -moved / coefficients(problem, W1, W2, problem.m)
    same = equal(np.diagonal(first)[: problem.q], np.diagonal(second)[: problem.q])
    return rates, forall(same, *stray(first, second))


@claim(
    "RRR-4.flow",
    title="matrices: under the flow the numerical rank at level theta never falls, from 0 to m",
    statement=r"\max_i z_i(0) < \theta < 1:\quad \dot z_i(t) > 0,\text{ so } \#\{i : z_i(t) \ge \theta\}"
    r" \text{ is nondecreasing in } t,\text{ from } 0 \text{ to } m",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={**OVER, "share": Real(0, 1)},
    given={"commuting": ANY, "small-start": begins_below},
    constants={"last": 1},
)
def rank_in_flow(problem, theta, delta, share, last):  # type: ignore[no-untyped-def]
    z0 = exp(-2 * delta) / problem.omega
    end = most(0 * delta, *(hitting_time(x, z, theta) for x, z in zip(problem.sigma, z0, strict=True)))
    states = [flow_state(problem, delta, t) for t in (0 * delta, share * end, last * end)]
    z = np.stack([coefficients(problem, *state, problem.m) for state in states]) / problem.omega
    margins = [never_falls(z, theta)]
    for state in states:  # every mode grows at every time
        rates, straight = growth(problem, *state)
        margins += [straight, forall(strictly(rates))]
    return forall(*margins)


rank_in_flow.twin("no-small-start", "without small-start", drop="small-start")
rank_in_flow.twin("no-commuting", "without commuting", drop="commuting")
rank_in_flow.twin("earlier", "1% before the last hitting time", constants={"last": Fraction(99, 100)})


@claim(
    "RRR-4.not-effective-rank",
    title="matrices: the effective rank (sum w)^2 / sum w^2 never falls under descent",
    statement=r"\eta\sigma_1 \le \tfrac12:\quad \Big(\sum_i w_i(k)\Big)^2 \Big/ \sum_i w_i(k)^2"
    r" \text{ is nondecreasing in } k",
    source="this project",
    over={**OVER, "s1": Real(Fraction(1, 8), 2)},
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": begins_below},
    expects="refuted",
)
def _(problem, theta, delta, s1):  # type: ignore[no-untyped-def]
    w = orbit(problem, s1, delta, finish(problem, s1, delta, theta), min(problem.d, problem.p))
    effective = w.sum(axis=1) ** 2 / (w**2).sum(axis=1)
    return forall(effective[1:] - effective[:-1])
