"""Descent on matrices from a spectral start: its orbit, the step size of each mode, and what claims assume of the start."""

from __future__ import annotations

from typing import Any

import numpy as np

from rankladder import exp, forall, least, strictly
from rankladder.numbers import choosing, midpoints
from rankladder.numbers.words import Size, entrywise
from rankladder.simulate import matrix_descent, spectral_start

__all__ = [
    "begins_below", "between", "descended", "horizon", "quiet_null", "ranks", "slowest_rate", "small_fraction", "small_start", "steps_of",
]  # fmt: skip


def steps_of(problem: Any, s1: Any) -> Any:
    """``s_i = eta sigma_i`` of the active modes, for eta = s1/sigma_1."""
    return s1 * problem.sigma / problem.sigma[0]


def descended(problem: Any, s1: Any, delta: Any, times: Any) -> Any:
    """Gradient descent from the spectral start of scale ``e^(-delta)``, for eta = s1/sigma_1."""
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    return matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], times)


@choosing()
def slowest_rate(problem: Any, s1: Any) -> float:
    """``log(1 + s_m)`` of the slowest active mode, to choose steps with."""
    return float(np.log1p(float(midpoints(s1 * problem.sigma[-1] / problem.sigma[0]))))


@choosing()
def horizon(problem: Any, s1: Any, delta: Any) -> int:
    """Steps after which the slowest active mode has long been fitted."""
    return 6 + int(2 * (max(0.0, float(midpoints(delta))) + 1) / slowest_rate(problem, s1))


def ranks(m: Any) -> Any:
    """The ranks 0 to m; where m is a name, one rank that may be any."""
    return [m.within("j")] if isinstance(m, Size) else range(m + 1)


def between(problem: Any, j: Any, share: Any) -> Any:
    """A rescaled time between 1/sigma_j and 1/sigma_{j+1}; where sizes are names, a positive one that may be any."""
    if isinstance(j, Size):
        return j.zero.named("any tau", positive=True)
    begin = 1 / problem.sigma[j - 1] if j else 0 * share
    end = 1 / problem.sigma[j] if j < problem.m else 2 * begin
    return begin + share * (end - begin)


# the first line of each is what pages and reports say of the assumption


def small_start(problem, delta):  # type: ignore[no-untyped-def]
    """z_0 <= 1 for every active mode."""
    return least(problem.omega) - exp(-2 * delta)


def small_fraction(problem, delta):  # type: ignore[no-untyped-def]
    """z_i(0) <= 1 for every active mode."""
    return forall(problem.sigma - problem.lam[: problem.m] * exp(-2 * delta))


def begins_below(problem, theta, delta):  # type: ignore[no-untyped-def]
    """z_i(0) < theta for every active mode."""
    return strictly(theta - exp(-2 * delta) / least(problem.omega))


def quiet_null(problem, s1, delta):  # type: ignore[no-untyped-def]
    """For every null mode that the start carries, eta lambda w(0) < 2."""
    null = entrywise(problem.q, lambda i: 0 * problem.lam[i] if i < problem.m else problem.lam[i])
    return forall(strictly(2 - s1 / problem.sigma[0] * null * exp(-2 * delta)))
