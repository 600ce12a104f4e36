"""Two modes on data that need not commute, deep generic starts, and descent from them: shared by GEN-1 to GEN-3.

Up to units and frames (both of which descent respects) every problem with two modes on two inputs and two
outputs is ``Sxx = [[1, beta], [beta, lam]]``, ``Sxy = diag(1, ratio)``. Floats choose the step size and where along the
orbit to look; the orbit, and what is said of it, have the arithmetic of the parameters.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from rankladder import Int, Matrix, Real, frobenius, log1p, reduced_rank_solution, spectral_norm, symbols
from rankladder.numbers import as_balls, choosing, is_exact_number, midpoints
from rankladder.simulate import hessian_two_layer, matrix_descent
from rankladder.theory import second_transition_step, unstable_rate

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


def rough(value: Any) -> float:
    """A float near a number of any arithmetic, to choose with."""
    with choosing():
        return float(midpoints(value))


class Pair:
    """Two modes: sigma = (1, ratio), lam = (1, ratio^2/gain), so that their gains are as 1 to ``gain``.

    ``coupling`` times half the harmonic mean of the two lam is the entry beta of B: Sxx is positive definite
    for couplings up to 2.
    """

    def __init__(self, ratio: Any, gain: Any, coupling: Any = 0) -> None:
        self.ratio = ratio
        self.lam = ratio**2 / gain
        self.beta = coupling * self.lam / (1 + self.lam)
        one, zero = 0 * ratio + 1, 0 * ratio
        self.Sxx = np.array([[one, self.beta], [self.beta, self.lam]])
        self.Sxy = np.array([[one, zero], [zero, ratio]])
        self.plateau = np.array([[one, zero], [zero, zero]])  # omega_1 u_1 v_1^T

    @cached_property
    def optimum(self) -> Array:
        """The best fit of rank 1."""
        found: Array = reduced_rank_solution(self.Sxx, self.Sxy, 1)
        return found

    @cached_property
    def residual(self) -> Any:
        """Spectral norm of what the best fit of rank 1 leaves."""
        return spectral_norm(self.Sxy - self.Sxx @ self.optimum)

    @cached_property
    @choosing()
    def eta(self) -> Fraction:
        """A step size about a quarter above one over the sharpness at the balanced minimiser."""
        Sxx, Sxy = midpoints(self.Sxx), midpoints(self.Sxy)
        left, values, right = np.linalg.svd(np.linalg.solve(Sxx, Sxy))
        roots = np.sqrt(values)
        hessian = hessian_two_layer(Sxx, Sxy, left * roots, roots[:, None] * right)
        return Fraction(5 / 4 / float(np.linalg.eigvalsh(hessian)[-1])).limit_denominator(2**16)

    def first_step(self, delta: float) -> int:
        """The steps after which a start of scale e^{-delta} has its first transition."""
        return int(delta / np.log1p(float(self.eta))) + 1

    def second_share(self, residual: Any = None) -> Any:
        """Step of the second transition over that of the first, as a residual sets it."""
        rho = self.residual if residual is None else residual
        eta = self.eta + 0 * self.ratio
        return log1p(eta) * second_transition_step(eta, 1, self.ratio, rho)

    def descend(self, A1: Array, A2: Array, first: int, times: Any) -> Array:
        """Products W at the chosen steps of descent from the factors times (1 + eta)^{-first}.

        The orbit is enclosed in balls: in float64 the second mode, much smaller than the first, would drown.
        """
        depth = (1 + as_balls(self.eta)[()]) ** -first
        start = (as_balls(A1) * depth, as_balls(A2) * depth)
        found = matrix_descent(as_balls(self.Sxx), as_balls(self.Sxy), *start, self.eta, list(times)).W
        return found if is_exact_number(self.Sxx) else midpoints(found)


def distances(W: Array, target: Array) -> Array:
    """Frobenius distances from the target along an orbit, as shares of the target."""
    found: Array = frobenius(W - target) / frobenius(target)
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
