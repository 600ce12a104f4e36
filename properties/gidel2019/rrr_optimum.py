"""The reduced-rank optimum, and the plateaus that gradient descent visits: shared by RRR-1 to RRR-3.

The optimum is read from the data matrices alone. By Eckart and Young the least loss at rank j is
``-1/2`` times the sum of the j largest eigenvalues of ``Sxy^T Sxx^+ Sxy``; balls enclose them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rankladder import (
    Ball,
    Otherwise,
    Problem,
    eigenvalues,
    equal,
    exp,
    frobenius,
    least,
    most,
    solve,
    sqrt,
)
from rankladder.numbers import Undecided, ball_spectra
from rankladder.numbers.ball_arrays import ball_array
from rankladder.properties.gidel2019.spectral_starts import descended, steps_of
from rankladder.simulate import loss
from rankladder.theory import rate_lower, rrr_gain

Array = np.ndarray[Any, Any]
Rate = Callable[[Any], Any]
Gain = Callable[[Any, Any], Any]

ANY = Otherwise("problem", Problem(kind="noncommuting"))


def ranked(values: Array) -> Array:
    """The values, largest first; of balls that overlap, enclosures of the largest, the second largest, ..."""
    if values.dtype != object:
        return np.sort(values)[::-1]
    return ball_array(ball_spectra.ranked([x.arb for x in values]))


def stray(*blocks: Array) -> list[Any]:
    """The margins of everything off the diagonals being zero."""
    parts = [b[np.not_equal.outer(np.arange(b.shape[0]), np.arange(b.shape[1]))] for b in blocks]
    return [equal(part, 0) for part in parts if part.size]


def rank_optima(problem: Any) -> Array:
    """Least loss among matrices of rank at most j, for j = 0, 1, ..., min(d, p)."""
    kernel = problem.U[:, [bool(x == 0) for x in problem.lam]]
    # the columns of Sxy are orthogonal to the kernel of Sxx, so what stands on it does not matter
    solution = solve(problem.Sxx + kernel @ kernel.T, problem.Sxy)
    gains = eigenvalues(problem.Sxy.T @ solution)[: min(problem.d, problem.p)]
    return np.concatenate([0 * gains[:1], -np.cumsum(gains) / 2])


def lead(gains: Array, j: int) -> Any:
    """By how much the least of the first j gains exceeds the greatest of the others: >= 0 for a top-j set."""
    return least(gains[:j]) - most(gains[j:])


def gains_of(problem: Any, gain: Gain = rrr_gain) -> Array:
    """What reduced-rank regression ranks the active modes by (m,)."""
    return np.array([gain(x, y) for x, y in zip(problem.sigma, problem.lam, strict=False)])


def excess_of(problem: Any, optima: Array, j: int) -> Any:
    """By how much the loss of plateau j exceeds the least loss at rank j."""
    return loss(problem.Sxx, problem.Sxy, problem.plateau(j)) - optima[j]


def distinct(problem: Any, j: int) -> bool:
    """Whether rank j lies outside a tie of sigma."""
    sigma = problem.value.sigma
    return j == len(sigma) or sigma[j - 1] != sigma[j]


def plateau_step(problem: Any, s1: Any, delta: Any, j: int, rate: Rate) -> tuple[int, Any]:
    """The step ``floor(2 delta/(l_j + l_{j+1}))`` with ``l = rate(s)``, and ``e^{2 delta rho}`` there.

    ``rho = (l_j - l_{j+1})/(l_j + l_{j+1})``; after the last mode ``l_{m+1} = 0``.
    """
    speeds = [*rate(steps_of(problem, s1)), 0 * delta]
    here, following = speeds[j - 1], speeds[j]
    step = math.floor(2 * delta / (here + following))
    return step, exp(2 * delta * (here - following) / (here + following))


def visited(problem: Any, s1: Any, delta: Any, steps: list[int]) -> dict[int, Array]:
    """Products ``W_k`` of matrix gradient descent from the spectral start, at the chosen steps."""
    times = sorted(set(steps))
    return dict(zip(times, descended(problem, s1, delta, times).W, strict=True))


def reach(problem: Any, s1: Any, j: int) -> Any:
    """The constant C of the distance ``C e^{-2 delta rho}`` from plateau j.

    Learned modes are off by at most ``omega^2 (1 + s_j)^2`` times the exponential (the step is rounded
    down), each of the q - j others by the exponential itself.
    """
    growth = exp(2 * rate_lower(steps_of(problem, s1)[j - 1]))
    return sqrt(growth * (problem.omega[:j] ** 4).sum() + problem.q - j)


def slack(problem: Any, s1: Any, j: int, growth: Any) -> Any:
    """How far the loss may be from that of plateau j when ``growth = e^{2 delta rho}``."""
    s = s1 * problem.sigma[j - 1] / problem.sigma[0]
    learned = sum(
        problem.lam[i] * (problem.omega[i] * (1 + s) / growth * problem.omega[i] * (1 + s)) ** 2
        for i in range(j)
    )
    to_come = sum(problem.sigma[j:] / growth)
    null = sum(problem.lam[problem.m : problem.q] / growth**2)
    return learned / 2 + to_come + null / 2


_SHARP = 2.0**-20  # a distance known to less is not worth a margin


def away(problem: Any, W: Array, j: int) -> Any:
    """Frobenius distance from plateau j."""
    distance = frobenius(W - problem.plateau(j))
    if isinstance(distance, Ball) and not distance.radius < _SHARP:
        # where the spectral manifold is unstable the orbit loses bits: a wide distance would swamp what is certain
        raise Undecided(f"distance known to {distance.radius:.1g} only; raise the precision")
    return distance
