"""The dynamics: a state and a step, each written once and in no particular arithmetic.

An architecture says what the gradient at a state is, a method what a step makes of it::

    step = GradientDescent(eta).step(Layers.of_moments(Sxx, Sxy))
    W1, W2 = step((W1, W2))

Float64 (interpreted or compiled), balls, exact rationals and symbols all run the functions of this module. What stands
beside them for speed or accuracy (closed-form jumps, integer orbits, counts of slow steps, compensated walks, matrix
products in compiled code) is shown by a test to be the same step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import matmul, mul
from typing import Any, Protocol

import numpy as np

__all__ = [
    "Decayed", "GradientDescent", "HeavyBall", "Layers", "Mode", "Network", "State", "Step", "iterates",
]  # fmt: skip

State = tuple[Any, ...]
Step = Callable[[State], State]


class Network(Protocol):
    """What a method needs of an architecture."""

    def gradients(self, state: Any, /) -> State:
        """The gradient of the loss in every part of the state."""


@dataclass(frozen=True)
class Layers:
    """A linear network ``W = W_1 W_2 … W_L`` of any depth, and the loss it is trained on.

    Attributes:
        residual: the gradient of the loss in ``W``, ``W ↦ Sxx W − Sxy``.

    >>> import numpy as np
    >>> network = Layers.of_moments(np.array([[2.0]]), np.array([[1.0]]))
    >>> [G.tolist() for G in network.gradients((np.array([[3.0]]), np.array([[1.0]])))]
    [[[5.0]], [[15.0]]]
    """

    residual: Callable[[Any], Any]

    @classmethod
    def of_moments(cls, Sxx: Any, Sxy: Any) -> Layers:
        """The loss ``tr(Wᵀ Sxx W)/2 − tr(Wᵀ Sxy)``."""
        return cls(lambda W: Sxx @ W - Sxy)

    @classmethod
    def of_data(cls, X: Any, Y: Any) -> Layers:
        """The loss ``‖X W − Y‖²/(2n)``; its gradient is cheaper than that of the moments when n < d."""
        transposed, n = X.T, X.shape[0]
        return cls(lambda W: transposed @ (X @ W - Y) / n)

    def gradients(self, factors: Sequence[Any]) -> State:
        """``(W_1 … W_{j−1})ᵀ R (W_{j+1} … W_L)ᵀ`` for each factor, ``R`` the residual of the product of all."""
        if (
            len(factors) == 2
        ):  # as below, without the loops: they would take a quarter of the time of a small step
            W1, W2 = factors
            R = self.residual(W1 @ W2)
            return R @ _transposed(W2), _transposed(W1) @ R
        R = self.residual(reduce(matmul, factors))
        found = []
        for j in range(len(factors)):
            G = R if j == 0 else _transposed(reduce(matmul, factors[:j])) @ R
            found.append(G if j + 1 == len(factors) else G @ _transposed(reduce(matmul, factors[j + 1 :])))
        return tuple(found)


@dataclass(frozen=True)
class Mode:
    """One mode, the loss ``½ λ (a_1 … a_L − σ/λ)²`` of an entry in every layer; one entry alone stands for two equal ones.

    >>> Mode(3, 1).gradients((1, 2)), Mode(3, 1).gradients((1,)), Mode(3, 1).gradients((1, 2, 1))
    ((-2, -1), (-2,), (-2, -1, -2))
    """

    sigma: Any
    lam: Any

    def gradients(self, entries: Sequence[Any]) -> State:
        """``−r`` times the product of the other entries, with ``r = σ − λ a_1 … a_L``."""
        if len(entries) == 1:
            (a,) = entries
            return (-(a * (self.sigma - self.lam * (a * a))),)
        r = self.sigma - self.lam * reduce(mul, entries)
        return tuple([-(reduce(mul, [*entries[:j], *entries[j + 1 :]]) * r) for j in range(len(entries))])


@dataclass(frozen=True)
class Decayed:
    """An architecture with weight decay: ``γ/2`` times the squared norm of every part is added to the loss.

    >>> Decayed(Mode(3, 1), 10).gradients((1, 2))
    (8, 19)
    """

    network: Network
    gamma: Any

    def gradients(self, parts: Sequence[Any]) -> State:
        """Those of the architecture, and ``γ`` times the part."""
        found = self.network.gradients(parts)
        return tuple([G + self.gamma * W for G, W in zip(found, parts, strict=True)])


@dataclass(frozen=True)
class GradientDescent:
    """Gradient descent with step size ``eta``: all parts of the state are moved at once, from the same state.

    >>> import numpy as np
    >>> step = GradientDescent(0.5).step(Layers.of_moments(np.array([[1.0]]), np.array([[2.0]])))
    >>> step((np.array([[0.0]]),))[0].tolist()
    [[1.0]]
    """

    eta: Any

    def step(self, network: Network) -> Step:
        """The map from one state to the next."""
        eta, gradients = self.eta, network.gradients
        return lambda state: tuple([W - eta * G for W, G in zip(state, gradients(state), strict=True)])


@dataclass(frozen=True)
class HeavyBall:
    """Gradient descent with momentum: the state is all parts, then the same parts one step before.

    >>> HeavyBall(1, 2).step(Mode(3, 1))((1, 5))
    (-5, 1)
    """

    eta: Any
    beta: Any

    def step(self, network: Network) -> Step:
        """The map from one state to the next, ``x ← x − η ∇f(x) + β (x − x₋)``."""
        eta, beta, gradients = self.eta, self.beta, network.gradients

        def move(state: State) -> State:
            now, before = state[: len(state) // 2], state[len(state) // 2 :]
            parts = zip(now, gradients(now), before, strict=True)
            return (*[x - eta * G + beta * (x - y) for x, G, y in parts], *now)

        return move


def iterates(step: Step, state: State, steps: int) -> list[State]:
    """The states after 0, 1, …, ``steps`` steps; float64 that diverges ends in ``inf`` or ``nan``.

    >>> iterates(GradientDescent(1).step(Mode(1, 1)), (2, 0), 2)
    [(2, 0), (2, 2), (-4, -4)]
    """
    found = [state]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            found.append(step(found[-1]))
    return found


def _transposed(M: Any) -> Any:
    """The transpose of a matrix of any kind, or of each matrix of a stack."""
    return M.T if getattr(M, "ndim", 2) == 2 else M.mT


# One mode of two layers. Its two entries are equal, a, and move by the gradient of ½ λ (a b − σ/λ)² at b = a. In the
# product the mode has the coefficient w = a²; of its final value σ/λ that is the fraction z, and x = 1 − z is missing.
# The functions below are also compiled; they take and return plain numbers, or arrays, or anything that multiplies.


def entry_step(a: Any, sigma: Any, lam: Any, eta: Any) -> Any:
    """One step of the entry: ``a ← a (1 + η (σ − λ a²))``."""
    return a * (1 + eta * (sigma - lam * (a * a)))


def entry_slope(a: Any, sigma: Any, lam: Any, eta: Any) -> Any:
    """The derivative of :func:`entry_step` in ``a``."""
    return 1 + eta * (sigma - 3 * lam * (a * a))


def coefficient_step(w: Any, sigma: Any, lam: Any, eta: Any) -> Any:
    """One step of ``w = a²``: ``w ← w (1 + η (σ − λ w))²``."""
    factor = 1 + eta * (sigma - lam * w)
    return w * (factor * factor)


def normal_step(z: Any, s: Any) -> Any:
    """One step of ``z = λ w/σ``, ``s = η σ``: ``z ← z (1 + s (1 − z))²``."""
    factor = 1 + s * (1 - z)
    return z * (factor * factor)


def normal_slope(z: Any, x: Any, s: Any) -> Any:
    """The derivative of :func:`normal_step` in ``z``, at ``x = 1 − z``."""
    factor = 1 + s * x
    return factor * (factor - 2 * s * z)


def missing_step(x: Any, s: Any) -> Any:
    """One step of ``x = 1 − z``, in which nothing cancels near 0 for ``s ≤ ½``: ``x ← x ((1 − 2s) + s x (2 − s + s x))``."""
    y = s * x
    return x * ((1 - 2 * s) + y * (2 - s + y))


def missing_slope(x: Any, s: Any) -> Any:
    """The derivative of :func:`missing_step` in ``x``, in which nothing cancels near 0 either: at ``s = ½`` it is of the size of x."""
    y = s * x
    return (1 - 2 * s) + y * (2 * (2 - s) + 3 * y)
