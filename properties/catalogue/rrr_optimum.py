"""The reduced-rank optimum, and the plateaus that gradient descent visits: shared by RRR-1 to RRR-3.

The optimum is read from the data matrices alone. By Eckart and Young the least loss at rank j is
``-1/2`` times the sum of the j largest eigenvalues of ``Sxy^T Sxx^+ Sxy``; balls enclose them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import acb_mat, arb_mat

from properties import Ball, Otherwise, Problem, equal, exp, frobenius, least, log1p, most, sqrt, strictly
from simulate import Undecided, as_balls, hull, loss, matrix_descent, spectral_start
from theory import rate_lower, rrr_gain

Array = np.ndarray[Any, Any]
Rate = Callable[[Any], Any]
Gain = Callable[[Any, Any], Any]

ANY = Otherwise("problem", Problem(kind="noncommuting"))


_FRAMES = 8  # frames in which Arb's eigenvalue iteration is tried


def eigenvalues(matrix: Array) -> Array:
    """Eigenvalues of a symmetric matrix, largest first; with balls an enclosure of each, ties included."""
    if matrix.dtype != object:
        return np.linalg.eigvalsh(matrix)[::-1]
    for attempt in range(_FRAMES):
        rows = [[entry.arb for entry in row] for row in matrix]
        try:
            found = [value.real for value in acb_mat(arb_mat(rows)).eig(multiple=True)]
        except ValueError:
            # the iteration stalls on some matrices with multiple eigenvalues, at any precision: turn the frame
            matrix = reflected(matrix, [i * i + attempt + 1 for i in range(len(matrix))])
            continue
        return ranked(np.array([Ball(x) for x in found], dtype=object))
    raise Undecided(f"eigenvalues not isolated in {_FRAMES} frames; raise the precision")


def ranked(values: Array) -> Array:
    """The values, largest first; of balls that overlap, enclosures of the largest, the second largest, ..."""
    if values.dtype != object:
        return np.sort(values)[::-1]
    lower = sorted((x.arb.lower() for x in values), reverse=True)
    upper = sorted((x.arb.upper() for x in values), reverse=True)
    return np.array([hull(a, b) for a, b in zip(lower, upper, strict=True)], dtype=object)


def reflected(matrix: Array, v: list[int]) -> Array:
    """``H matrix H`` with the reflection ``H = I - 2 v v^T/v^T v``."""
    x = as_balls(v)
    half = matrix - 2 * np.outer(x, x @ matrix) / (x @ x)
    turned: Array = half - 2 * np.outer(half @ x, x) / (x @ x)
    return turned


def stray(*blocks: Array) -> list[Any]:
    """The margins of everything off the diagonals being zero."""
    parts = [b[np.not_equal.outer(np.arange(b.shape[0]), np.arange(b.shape[1]))] for b in blocks]
    return [equal(part, 0) for part in parts if part.size]


def solve(matrix: Array, right: Array) -> Array:
    """``matrix^{-1} right``, in the arithmetic of the entries."""
    if matrix.dtype != object:
        return np.linalg.solve(matrix, right)
    solved = arb_mat([[x.arb for x in row] for row in matrix]).solve(
        arb_mat([[x.arb for x in row] for row in right])
    )
    return np.array([[Ball(x) for x in row] for row in solved.tolist()], dtype=object)


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


def steps_of(problem: Any, s1: Any) -> Array:
    """``s_i = eta sigma_i`` of the active modes, for eta = s1/sigma_1."""
    return np.asarray(s1 * problem.sigma / problem.sigma[0])


def plateau_step(problem: Any, s1: Any, delta: Any, j: int, *, rate: Rate = log1p) -> tuple[int, Any]:
    """The step ``floor(2 delta/(l_j + l_{j+1}))`` with ``l = log(1 + s)``, and ``e^{2 delta rho}`` there.

    ``rho = (l_j - l_{j+1})/(l_j + l_{j+1})``; after the last mode ``l_{m+1} = 0``.
    """
    speeds = [*rate(steps_of(problem, s1)), 0 * delta]
    here, following = speeds[j - 1], speeds[j]
    step = math.floor(2 * delta / (here + following))
    return step, exp(2 * delta * (here - following) / (here + following))


def visited(problem: Any, s1: Any, delta: Any, steps: list[int]) -> dict[int, Array]:
    """Products ``W_k`` of matrix gradient descent from the spectral start, at the chosen steps."""
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    times = sorted(set(steps))
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], times)
    return dict(zip(times, orbit.W, strict=True))


def reach(problem: Any, s1: Any, j: int, *, scale: Any = 1) -> Any:
    """The constant C of the distance ``C e^{-2 delta rho}`` from plateau j.

    Learned modes are off by at most ``omega^2 (1 + s_j)^2`` times the exponential (the step is rounded
    down), each of the q - j others by the exponential itself.
    """
    growth = exp(2 * rate_lower(steps_of(problem, s1)[j - 1]))
    return scale * sqrt(growth * (problem.omega[:j] ** 4).sum() + problem.q - j)


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


def small_start(problem, delta):  # type: ignore[no-untyped-def]
    """z_0 <= 1 for every active mode."""
    return least(problem.omega) - exp(-2 * delta)


def quiet_null(problem, s1, delta):  # type: ignore[no-untyped-def]
    """Eta lambda w(0) < 2 for every null mode that the start carries."""
    return strictly(
        2 - s1 / problem.sigma[0] * most(0, *problem.lam[problem.m : problem.q]) * exp(-2 * delta)
    )
