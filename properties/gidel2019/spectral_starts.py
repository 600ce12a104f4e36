"""Descent on matrices from a spectral start: its orbit, the step size of each mode, and what claims assume of the start."""

from __future__ import annotations

from typing import Any

import numpy as np

from rankladder import exp, forall, least, most, strictly
from rankladder.numbers import choosing, midpoints
from rankladder.simulate import matrix_descent, spectral_start

__all__ = [
    "begins_below", "descended", "horizon", "quiet_null", "slowest_rate", "small_fraction", "small_start", "steps_of",
]  # fmt: skip


def steps_of(problem: Any, s1: Any) -> np.ndarray[Any, Any]:
    """``s_i = eta sigma_i`` of the active modes, for eta = s1/sigma_1."""
    return np.asarray(s1 * problem.sigma / problem.sigma[0])


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
    """Eta lambda w(0) < 2 for every null mode that the start carries."""
    return strictly(
        2 - s1 / problem.sigma[0] * most(0, *problem.lam[problem.m : problem.q]) * exp(-2 * delta)
    )
