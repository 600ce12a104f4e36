"""The reduced-rank optimum, and the plateaus that gradient descent visits: shared by RRR-1 to RRR-3.

The optimum is read from the data matrices alone. By Eckart and Young the least loss at rank j is
``-1/2`` times the sum of the j largest eigenvalues of ``Sxy^T Sxx^+ Sxy``; balls enclose them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Ball, Otherwise, Problem, eigenvalues, equal, exp, forall, least, most, solve
from rankladder.numbers import Undecided, ball_spectra, words
from rankladder.numbers.ball_arrays import ball_array
from rankladder.numbers.words import entrywise, table
from rankladder.properties.gidel2019.spectral_descent import on_the_way
from rankladder.properties.gidel2019.spectral_starts import descended, steps_of
from rankladder.simulate import loss
from rankladder.theory import growth_factor, rrr_gain

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


def largest(values: Array, count: Any) -> Any:
    """The sum of so many of the largest values, or of all where there are fewer."""
    if isinstance(values, words.Vector):
        return words.ranked(values).top(count)
    return ranked(values)[:count].sum()


def rank_optima(problem: Any) -> Any:
    """Least loss among matrices of rank at most j, for j = 0, 1, ..., min(d, p)."""
    # the columns of Sxy are orthogonal to the kernel of Sxx, so what stands on it does not matter
    flat = entrywise(problem.d, lambda i: 0 * problem.lam[i] + int(bool(problem.lam[i] == 0)))
    solution = solve(problem.Sxx + (problem.U * flat) @ problem.U.T, problem.Sxy)
    gains = eigenvalues(problem.Sxy.T @ solution)
    if isinstance(gains, words.Ranked):
        return _Optima(gains)
    gains = gains[: min(problem.d, problem.p)]
    return np.concatenate([0 * gains[:1], -np.cumsum(gains) / 2])


class _Optima:
    """The least loss at every rank of data of every shape."""

    def __init__(self, gains: words.Ranked) -> None:
        self.gains = gains

    def __getitem__(self, j: Any) -> Any:
        return self.gains.top(j) * Fraction(-1, 2)


def lead(gains: Array, j: int) -> Any:
    """By how much the least of the first j gains exceeds the greatest of the others: >= 0 for a top-j set."""
    if isinstance(gains, words.Vector):  # of every pair
        size = gains.size
        return table(size, size, lambda a, b: gains[a] - gains[b] if a < j and not b < j else size.zero)
    return least(gains[:j]) - most(gains[j:])


def gains_of(problem: Any, gain: Gain = rrr_gain) -> Array:
    """What reduced-rank regression ranks the active modes by (m,)."""
    made: Array = entrywise(problem.m, lambda i: gain(problem.sigma[i], problem.lam[i]))
    return made


def excess_of(problem: Any, optima: Array, j: int) -> Any:
    """By how much the loss of plateau j exceeds the least loss at rank j."""
    return loss(problem.Sxx, problem.Sxy, problem.plateau(j)) - optima[j]


def distinct(problem: Any, j: Any) -> bool:
    """Whether rank j lies outside a tie of sigma."""
    if isinstance(j, words.Size):
        return True  # :meth:`neighbours` says that they differ
    sigma = problem.value.sigma
    return bool(j == len(sigma) or sigma[j - 1] != sigma[j])


def plateau_step(problem: Any, s1: Any, delta: Any, j: Any, rate: Rate) -> tuple[Any, Any]:
    """The step ``floor(2 delta/(l_j + l_{j+1}))`` with ``l = rate(s)``, and ``e^{2 delta rho}`` there.

    ``rho = (l_j - l_{j+1})/(l_j + l_{j+1})``; after the last mode ``l_{m+1} = 0``.
    """
    here, following = (rate(s1 * x / problem.sigma[0]) for x in problem.neighbours(j, distinct=True))
    step = math.floor(2 * delta / (here + following))
    return step, exp(2 * delta * (here - following) / (here + following))


def passes(
    problem: Any, s1: Any, delta: Any, plateaus: Any, rate: Rate, says: Callable[[Any, Any, Any], Any]
) -> Any:
    """The margin of ``says(W, j, growth)`` of the iterate at the step of each plateau.

    Of every shape: of any state in which the bounds of the modes are where they are at that step; and they are there.
    """
    if isinstance(problem.m, words.Size):
        (j,) = plateaus
        step, growth = plateau_step(problem, s1, delta, j, rate)
        any_growth = j.zero.named("any growth", positive=True)
        grown = exp(-2 * delta) * growth_factor(steps_of(problem, s1)) ** step

        def at_its_step(state: Any, _w: Any, bound: Any) -> Any:
            known = _at_plateau(problem, s1, delta, j, bound, any_growth)
            return says(state[0] @ state[1], j, any_growth).supposing((known,))

        return forall(
            _at_plateau(problem, s1, delta, j, grown, growth),
            on_the_way(problem, s1, delta, list, at_its_step),
        )
    plans = [plateau_step(problem, s1, delta, j, rate) for j in plateaus]
    W = visited(problem, s1, delta, [step for step, _ in plans])
    return forall(*(says(W[step], j, growth) for j, (step, growth) in zip(plateaus, plans, strict=True)))


def _at_plateau(problem: Any, s1: Any, delta: Any, j: Any, bound: Any, growth: Any) -> Any:
    """How far the bounds of the modes have come at the step of plateau j (q,)."""
    here, _ = problem.neighbours(j)
    last = growth_factor(s1 * here / problem.sigma[0])

    def mode(i: Any) -> Any:
        if i < problem.m:
            return bound[i] * last - growth if i < j else 1 - bound[i] * growth
        return exp(2 * delta) - growth + 0 * problem.lam[i]

    return entrywise(problem.q, mode)


def visited(problem: Any, s1: Any, delta: Any, steps: list[int]) -> dict[int, Array]:
    """Products ``W_k`` of matrix gradient descent from the spectral start, at the chosen steps."""
    times = sorted(set(steps))
    return dict(zip(times, descended(problem, s1, delta, times).W, strict=True))


def reach(problem: Any, s1: Any, j: Any) -> Any:
    """The square of the constant C of the distance ``C e^{-2 delta rho}`` from plateau j.

    Learned modes are off by at most ``omega^2 (1 + s_j)^2`` times the exponential (the step is rounded
    down), each of the q - j others by the exponential itself.
    """
    growth = growth_factor(s1 * problem.neighbours(j)[0] / problem.sigma[0]) ** 2
    return entrywise(
        problem.q, lambda i: growth * problem.omega[i] ** 4 if i < j else 1 + 0 * problem.lam[i]
    ).sum()


def slack(problem: Any, s1: Any, j: Any, growth: Any) -> Any:
    """How far the loss may be from that of plateau j when ``growth = e^{2 delta rho}``."""
    last = growth_factor(s1 * problem.neighbours(j)[0] / problem.sigma[0])

    def of_mode(i: Any) -> Any:
        if i < j:
            return problem.lam[i] * (problem.omega[i] ** 2 * last / growth) ** 2 / 2
        return problem.sigma[i] / growth if i < problem.m else problem.lam[i] / growth**2 / 2

    return entrywise(problem.q, of_mode).sum()


_SHARP = 2.0**-20  # a distance known to less is not worth a margin


def away(problem: Any, W: Array, j: Any) -> Any:
    """Squared Frobenius distance from plateau j."""
    gap = W - problem.plateau(j)
    distance = (gap * gap).sum()
    if isinstance(distance, Ball) and not distance.radius < _SHARP:
        # where the spectral manifold is unstable the orbit loses bits: a wide distance would swamp what is certain
        raise Undecided(f"distance known to {distance.radius:.1g} only; raise the precision")
    return distance
