"""LIN-1, LIN-2, LIN-4: gradient flow and gradient descent on the one-layer model, any data, any start.

The data are ``Sxx = U diag(lam) U^T`` and ``Sxy = Sxx target + stray``, with ``kernel`` eigenvalues zero:
every pair of moments with range Sxy inside range Sxx is of this form with ``stray = 0``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Matrix,
    Orthogonal,
    Otherwise,
    Problem,
    Real,
    Spectrum,
    claim,
    equal,
    forall,
    most,
    solve,
)
from rankladder.language.orbits import every_step, follows
from rankladder.numbers.derivatives import derivative
from rankladder.numbers.words import at_least_one, constant, entrywise
from rankladder.simulate import one_layer_descent, one_layer_gradient
from rankladder.theory import one_layer_descent_fraction, one_layer_flow_fraction

Array = np.ndarray[Any, Any]

DATA = {
    "d": Int(1, 8), "p": Int(1, 8), "U": Orthogonal("d"), "lam": Spectrum("d", Fraction(1, 4), 4), "kernel": Int(0, 7),
    "target": Matrix("d", "p"), "stray": Matrix("d", "p", scale=0),
}  # fmt: skip
STARTED = {**DATA, "W0": Matrix("d", "p")}
CONSISTENT = Otherwise("stray", Matrix("d", "p"))


@dataclass(frozen=True)
class Moments:
    """Data of the one-layer model in an eigenbasis of Sxx."""

    U: Array
    spectrum: Array
    kernel: int
    target: Array
    stray: Array

    @property
    def rank(self) -> int:
        """Number of eigenvalues kept: at least one."""
        return at_least_one(self.U.shape[0] - self.kernel)  # type: ignore[no-any-return]

    def _in_range(self, form: Any) -> Array:
        """A vector along the eigenvectors with eigenvalues that are not zero; zeros along the others."""
        made: Array = entrywise(self.U.shape[0], lambda i: form(i) if i < self.rank else 0 * self.spectrum[i])
        return made

    @cached_property
    def lam(self) -> Array:
        """Eigenvalues of Sxx, nonincreasing, zeros last (d,)."""
        return self._in_range(lambda i: self.spectrum[i])

    @cached_property
    def Sxx(self) -> Array:  # noqa: N802
        """(d, d), positive semidefinite."""
        return (self.U * self.lam) @ self.U.T

    @cached_property
    def Sxy(self) -> Array:  # noqa: N802
        """(d, p)."""
        return self.Sxx @ self.target + self.stray

    @cached_property
    def fitted(self) -> Array:
        """Rows of ``U^T Sxx^† Sxy`` (d, p)."""
        rows: Array = self._in_range(lambda i: 1 / self.spectrum[i])[:, None] * (self.U.T @ self.Sxy)
        return rows

    def moved(self, W0: Array, fraction: Array) -> Array:
        """``W0`` moved by ``fraction`` (d,) of its way to ``Sxx^† Sxy``, eigenvector by eigenvector."""
        start = self.U.T @ W0
        return self.U @ (start + fraction[:, None] * (self.fitted - start))  # type: ignore[no-any-return]

    def limit(self, W0: Array) -> Array:
        """``W0`` with its part in the range of Sxx replaced by ``Sxx^† Sxy``."""
        return self.moved(W0, self._in_range(lambda i: 1 + 0 * self.spectrum[i]))

    def outside(self, W: Array) -> Array:
        """The part of ``W`` in the kernel of Sxx (d, p)."""
        kernel = entrywise(self.U.shape[0], lambda i: 0 * self.spectrum[i] + (0 if i < self.rank else 1))
        return self.U @ (kernel[:, None] * (self.U.T @ W))  # type: ignore[no-any-return]

    def step(self, s1: Any) -> Any:
        """The step size ``s1 / lambda_max``."""
        return s1 / self.spectrum[0]


@claim(
    "LIN-1",
    title="one layer, gradient flow: the exact solution",
    statement=r"W(t) = e^{-t S_{xx}} W_0 + (I - e^{-t S_{xx}}) S_{xx}^\dagger S_{xy}",
    source="classical",
    over=STARTED | {"t": Real(0, drawn=16)},
    given={"range": CONSISTENT},
    constants={"slope": 1, "start": 1},
)
def flow(U, lam, kernel, target, stray, W0, t, slope, start):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    W = data.moved(W0, one_layer_flow_fraction(data.lam, t))
    rates = derivative(lambda at: one_layer_flow_fraction(data.lam, at), t)
    velocity = data.U @ (rates[:, None] * (data.fitted - data.U.T @ W0))
    first = data.moved(W0, one_layer_flow_fraction(data.lam, 0 * t))
    return forall(
        equal(velocity, -slope * one_layer_gradient(data.Sxx, data.Sxy, W)), equal(first, start * W0)
    )


flow.twin("faster", "velocity 5% above the gradient", constants={"slope": Fraction(21, 20)})
flow.twin("other-start", "start 5% larger than W_0", constants={"start": Fraction(21, 20)})
flow.twin("no-range", "range Sxy not inside range Sxx", drop="range")


def chosen_times(steps: int) -> list[int]:
    """A few of the steps up to the last: early, middle, late."""
    return sorted({0, 1, 2, steps // 2, max(0, steps - 1), steps} & set(range(steps + 1)))


def one_layer(data: Any, eta: Any) -> Any:
    """Gradient descent on one layer: from a state, at given times."""

    def run(state: Any, times: Any) -> list[Any]:
        (W0,) = state
        return [(W,) for W in one_layer_descent(data.Sxx, data.Sxy, W0, eta, list(times)).W]

    return run


@claim(
    "LIN-2",
    title="one layer, gradient descent: the exact iterates at every step size",
    statement=r"W_k = (I - \eta S_{xx})^k W_0 + (I - (I - \eta S_{xx})^k) S_{xx}^\dagger S_{xy}",
    source="classical",
    over=STARTED | {"s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"range": CONSISTENT},
    constants={"fraction": one_layer_descent_fraction},
)
def descent(U, lam, kernel, target, stray, W0, s1, steps, fraction):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    eta = data.step(s1)
    return follows(
        one_layer(data, eta),
        (W0,),
        lambda: chosen_times(steps),
        lambda k: (data.moved(W0, fraction(eta, data.lam, k)),),
    )


descent.twin(
    "one-step-more", "k + 1 in place of k",
    constants={"fraction": lambda eta, lam, k: one_layer_descent_fraction(eta, lam, k + 1)},
)  # fmt: skip
descent.twin(
    "continuous-rate", "e^(-eta lambda k) in place of (1 - eta lambda)^k",
    constants={"fraction": lambda eta, lam, k: one_layer_flow_fraction(lam, eta * k)},
)  # fmt: skip
descent.twin("no-range", "range Sxy not inside range Sxx", drop="range")


def squared_rate(eta: Any, lam: Any) -> Any:
    """What a step multiplies the squared distance to the limit by, along an eigenvector."""
    return (1 - eta * lam) ** 2


def along(frame: Array, factors: Array, before: Array, after: Array) -> Any:
    """Along column i of ``frame`` a step multiplies the squared distance by exactly ``factors_i``."""
    sizes = [((frame.T @ gap) ** 2).sum(axis=-1) for gap in (before, after)]
    return equal(sizes[1], factors * sizes[0])


@claim(
    "LIN-4.eigenvectors",
    title="along an eigenvector of Sxx the distance to the limit shrinks by exactly |1 - eta lambda|",
    statement=r"\|u_i^\top (W_{k+1} - W_\infty)\| = |1 - \eta\lambda_i| \, \|u_i^\top (W_k - W_\infty)\|",
    source="classical",
    over=STARTED | {"s1": Real(0, drawn=4), "steps": Int(1, 8)},
    given={"range": CONSISTENT},
    constants={"factor": squared_rate},
)
def eigenvectors(U, lam, kernel, target, stray, W0, s1, steps, factor):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    eta = data.step(s1)

    def contracts(before: Any, after: Any) -> Any:
        limit = data.limit(*before)
        shrunk = along(data.U, factor(eta, data.lam), before[0] - limit, after[0] - limit)
        return forall(shrunk, equal(data.limit(*after), limit))

    return every_step(one_layer(data, eta), (W0,), steps, contracts)


eigenvectors.twin(
    "other-eigenvalue", "eigenvalues 1% too large",
    constants={"factor": lambda eta, lam: squared_rate(eta, Fraction(101, 100) * lam)},
)  # fmt: skip
eigenvectors.twin(
    "not-squared", "the squared distance shrinks by |1 - eta lambda|",
    constants={"factor": lambda eta, lam: abs(1 - eta * lam)},
)  # fmt: skip
eigenvectors.twin("no-range", "range Sxy not inside range Sxx", drop="range")


_DEFINITE = (Fraction(1, 4), 4)


@claim(
    "LIN-4.joint-basis",
    title="on commuting data the same holds along the columns of the joint basis",
    statement=r"B = 0:\quad \|u_i^\top (W_{k+1} - W_\infty)\| = |1 - \eta\lambda_i| \, \|u_i^\top (W_k - W_\infty)\|",
    over={
        "problem": Problem(null=_DEFINITE),
        "s1": Real(0, drawn=4),
        "spread": Real(drawn=2),
        "steps": Int(1, 8),
    },
    given={"commuting": Otherwise("problem", Problem(kind="noncommuting"))},
    constants={"factor": squared_rate},
)
def joint_basis(problem, s1, spread, steps, factor):  # type: ignore[no-untyped-def]
    eta = s1 / most(problem.lam)
    limit = solve(problem.Sxx, problem.Sxy)

    def contracts(before: Any, after: Any) -> Any:
        return along(problem.U, factor(eta, problem.lam), before[0] - limit, after[0] - limit)

    start = constant(problem.d, problem.p, spread)
    return every_step(one_layer(problem, eta), (start,), steps, contracts)


joint_basis.twin("not-commuting", "data that do not commute", drop="commuting")
joint_basis.twin(
    "neighbour", "the eigenvalue of the neighbouring mode",
    constants={"factor": lambda eta, lam: squared_rate(eta, np.roll(lam, 1))},
)  # fmt: skip
joint_basis.twin(
    "not-squared", "the squared distance shrinks by |1 - eta lambda|",
    constants={"factor": lambda eta, lam: abs(1 - eta * lam)},
)  # fmt: skip


@claim(
    "LIN-4.not-joint-basis",
    title="the distance shrinks by |1 - eta lambda_i| along the joint basis of any data",
    statement=r"B \ne 0:\quad \|u_i^\top (W_{k+1} - W_\infty)\| = |1 - \eta\lambda_i| \, \|u_i^\top (W_k - W_\infty)\|",
    over={
        "problem": Problem(kind="noncommuting"),
        "s1": Real(0, drawn=4),
        "spread": Real(drawn=2),
        "steps": Int(1, 8),
    },
    expects="refuted",
)
def _(problem, s1, spread, steps):  # type: ignore[no-untyped-def]
    return joint_basis.conclusion(problem, s1, spread, steps, squared_rate)
