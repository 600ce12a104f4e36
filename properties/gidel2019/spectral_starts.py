"""What claims about matrices assume of a spectral start, and the step size that each of its modes has."""

from __future__ import annotations

from typing import Any

import numpy as np

from rankladder import exp, forall, least, most, strictly

__all__ = ["begins_below", "quiet_null", "small_fraction", "small_start", "steps_of"]


def steps_of(problem: Any, s1: Any) -> np.ndarray[Any, Any]:
    """``s_i = eta sigma_i`` of the active modes, for eta = s1/sigma_1."""
    return np.asarray(s1 * problem.sigma / problem.sigma[0])


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
