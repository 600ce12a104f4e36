"""Two modes on data that need not commute, deep generic starts, and descent from them: shared by GEN-1 to GEN-3.

Up to units and frames (both of which descent respects) every problem with two modes on two inputs and two
outputs is ``Sxx = [[1, beta], [beta, lam]]``, ``Sxy = diag(1, ratio)``. Its numbers are rounded to float64, so
that the data are exact: orbits of exact data are known as precisely as one asks.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from properties import Ball, Int, Matrix, Real, log1p, symbols
from simulate import (
    as_balls,
    hessian_two_layer,
    hull,
    matrix_descent,
    midpoints,
    precision,
    reduced_rank_regression,
)
from theory import second_transition_step, unstable_rate

Array = np.ndarray[Any, Any]
ratio, gain, coupling = symbols("ratio gain coupling")
DEEP = 40  # delta of the deeper of two starts that are compared
HALF = Fraction(1, 2)

FAMILY: dict[str, Any] = {
    "ratio": Real(Fraction(1, 4), 1),
    "gain": Real(Fraction(1, 4), 4),
    "coupling": Real(-HALF * 3, HALF * 3),
}
START: dict[str, Any] = {"r": Int(2, 3), "A1": Matrix(2, "r"), "A2": Matrix("r", 2)}
GENERIC = {**FAMILY, **START}
UNCOUPLED = {name: domain for name, domain in GENERIC.items() if name != "coupling"}


def plain(value: Any) -> float:
    """A number of any arithmetic as a float64."""
    return value.mid if isinstance(value, Ball) else float(value)


class Pair:
    """Two modes: sigma = (1, ratio), lam = (1, ratio^2/gain), so that their gains are as 1 to ``gain``.

    ``coupling`` times half the harmonic mean of the two lam is the entry beta of B: Sxx is positive definite
    for couplings up to 2. All in float64.
    """

    def __init__(self, ratio: Any, gain: Any, coupling: Any = 0) -> None:
        self.ratio = plain(ratio)
        self.lam = self.ratio**2 / plain(gain)
        self.beta = plain(coupling) * self.lam / (1 + self.lam)
        self.Sxx = np.array([[1.0, self.beta], [self.beta, self.lam]])
        self.Sxy = np.diag([1.0, self.ratio])

    @cached_property
    def optimum(self) -> Array:
        """The best fit of rank 1."""
        return reduced_rank_regression(self.Sxx, self.Sxy, 1)

    @cached_property
    def residual(self) -> float:
        """Spectral norm of what the best fit of rank 1 leaves."""
        return float(np.linalg.norm(self.Sxy - self.Sxx @ self.optimum, 2))

    @cached_property
    def plateau(self) -> Array:
        """omega_1 u_1 v_1^T."""
        return np.diag([1.0, 0.0])

    @cached_property
    def eta(self) -> float:
        """A step size a quarter above one over the sharpness at the balanced minimiser."""
        left, values, right = np.linalg.svd(np.linalg.solve(self.Sxx, self.Sxy))
        roots = np.sqrt(values)
        hessian = hessian_two_layer(self.Sxx, self.Sxy, left * roots, roots[:, None] * right)
        return 5 / 4 / float(np.linalg.eigvalsh(hessian)[-1])

    def first_step(self, delta: float) -> int:
        """The steps after which a start of scale e^{-delta} has its first transition."""
        return int(delta / np.log1p(self.eta)) + 1

    def second_share(self, residual: float | None = None) -> float:
        """Step of the second transition over that of the first, as a residual sets it."""
        rho = self.residual if residual is None else residual
        return float(np.log1p(self.eta) * second_transition_step(self.eta, 1.0, self.ratio, rho))

    def deep_start(self, A1: Array, A2: Array, first: int) -> tuple[Array, Array, int]:
        """Factors that ``(1 + eta)^{-first} (A1, A2)`` reach while they are small, and the steps this took.

        Up to a size of e^{-8} a step is linear but for e^{-16}: sums and differences of what both factors
        have of a mode are multiplied by ``1 + eta sigma`` and ``1 - eta sigma``. So deep a start would cost
        most of the orbit otherwise.
        """
        skipped = max(0, first - int(8 / np.log1p(self.eta)))
        left, right = midpoints(A1), midpoints(A2).T
        rates = self.eta * np.array([[1.0], [self.ratio]])
        # per step relative to the first mode, whose growth from its depth is put in at the end
        grown = (left + right) / 2 * ((1 + rates) / (1 + self.eta)) ** skipped
        faded = (left - right) / 2 * ((1 - rates) / (1 + self.eta)) ** skipped
        scale = float(np.exp((skipped - first) * np.log1p(self.eta)))
        return scale * (grown + faded), scale * (grown - faded).T, skipped

    def descend(self, A1: Array, A2: Array, first: int, times: Any) -> Array:
        """Products W at the chosen steps of descent from the factors times (1 + eta)^{-first}.

        The orbit is enclosed in balls: in float64 the second mode, much smaller than the first, would drown.
        """
        W1, W2, skipped = self.deep_start(A1, A2, first)
        later = [int(k) - skipped for k in times]
        with precision(64):
            Sxx, Sxy, W1, W2 = (as_balls(part) for part in (self.Sxx, self.Sxy, W1, W2))
            orbit = matrix_descent(Sxx, Sxy, W1, W2, self.eta, later)
            return midpoints(orbit.W1) @ midpoints(orbit.W2)


_ROUNDING = 2.0**-36  # of distances and rates in float64: a few hundred roundings, conditions below 1e3


def rounded(margin: float, like: Any) -> Any:
    """A float64 margin as what it is known to be, where the claim is judged in balls."""
    if not isinstance(like, Ball):
        return margin
    return hull(margin - _ROUNDING, margin + _ROUNDING) if np.isfinite(margin) else Ball(float("nan"))


def distances(W: Array, target: Array) -> Array:
    """Frobenius distances from the target along an orbit, as shares of the target."""
    found: Array = np.linalg.norm(W - target, axis=(1, 2)) / np.linalg.norm(target)
    return found


def generic_start(A1: Array, A2: Array) -> list[Any]:
    """Some hidden unit sees the first mode, and some the second apart from it."""
    first, second = A1[0] + A2[:, 0], A1[1] + A2[:, 1]
    square, other, cross = first @ first, second @ second, first @ second
    return [square - Fraction(1, 4), square * other - cross * cross - square / 16]


def settles(ratio: Any, gain: Any, coupling: Any) -> Any:
    """The deep start leaves time to leave the wrong plateau and to settle on the best fit.

    Between the transitions there is at least ``delta (1 - ratio)`` of time; leaving takes about
    ``log(1 + mu/beta)/mu``, settling three times the inverse of the slowest rate at the plateau to be reached.
    """
    lam = ratio * ratio / gain
    room = DEEP * (1 - ratio)
    away = unstable_rate(1, 1, ratio, lam)
    if gain < 1:
        return room * -away - 3
    beta = abs(coupling) * lam / (1 + lam)
    back = -unstable_rate(ratio, lam, 1, 1)
    return room - log1p(away / beta) / away - 3 / back


SEPARATED = 4 * ratio <= 3
COUPLED = coupling**2 >= Fraction(1, 16)
# how strong a coupling must be follows from what it takes to settle
ASSUMED: dict[str, Any] = {"settles": settles, "generic-start": generic_start}
ORDERED = {"ordered": 3 * gain <= 2, "well-separated": 2 * ratio <= 1}
WRONG = {"wrong-order": gain > 1}
