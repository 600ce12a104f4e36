"""How far one gradient step can carry two nearby networks apart: rigorous Lipschitz bounds.

The step is ``θ ↦ θ − η ∇f(θ)``, its derivative ``I − ηH`` with H the Hessian, symmetric; so over a convex
region the step stretches distances by at most ``max(1 + η sup λ_max(−H), η sup λ_max(H) − 1)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from flint import arb
from numpy.typing import NDArray

from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.ball_norms import (
    BOUND_BITS,
    float_upper,
    identity,
    negative_part,
    norm,
    radius_norm,
    spectral_norm,
)
from rankladder.numbers.balls import precision

__all__ = ["ROUNDING", "Spread", "one_layer_spread", "two_layer_spread"]

# What float64 can err by, relative to the sizes of what is combined, in a norm or in a few products of matrices
# up to order 64: each entry of a product takes so many roundings of 2^-53, and a relative error grows by the
# order squared at most from the Frobenius norm of a power to its smallest possible value.
ROUNDING = 2.0**-40
FAR = 1e70  # norms of both factors beyond which an orbit is on its way to infinity


class Spread(Protocol):
    """How far a step carries apart two states near a given one."""

    def __call__(self, state: tuple[BallMatrix, ...], radius: arb) -> arb:
        """Bound on the stretch over all states within the given distance of the given one."""

    def along(self, states: Sequence[NDArray[np.float64]], tube: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same bound, in float64, for every state of an orbit at once.

        Args:
            states: one array (steps, rows, columns) for each matrix of the state, correct to rounding.
            tube: the distances, one for each step.
        """


class _Affine:
    """The spread of a step that stretches alike everywhere."""

    def __init__(self, stretch: arb) -> None:
        self.stretch = stretch

    def __call__(self, state: tuple[BallMatrix, ...], radius: arb) -> arb:
        return self.stretch

    def along(self, states: Sequence[NDArray[np.float64]], tube: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(len(tube), float_upper(self.stretch))


def one_layer_spread(Sxx: BallMatrix, eta: arb) -> Spread:
    """The step of the one-layer network is affine: it stretches by ``‖I − η Sxx‖₂`` everywhere."""
    with precision(BOUND_BITS):
        return _Affine(spectral_norm(identity(Sxx.mat.nrows()) - Sxx.mat * eta, squarings=10))


def two_layer_spread(Sxx: BallMatrix, Sxy: BallMatrix, eta: arb) -> Spread:
    """Bound for the two-layer network, from the second derivative along (A1, A2).

    That is ``tr(Mᵀ Sxx M) + 2 tr(Rᵀ A1 A2)`` with ``M = A1 W2 + W1 A2`` and R the residual: at least
    ``−‖R‖₂ − ν (‖W1‖² + ‖W2‖²)`` where ``Sxx + νI`` is positive, and at most
    ``‖Sxx‖₂ ‖W2‖₂² + ‖W1ᵀ Sxx W1‖₂ + ‖R‖₂`` more or less the same multiple of ν (Cauchy–Schwarz).
    """
    return _TwoLayers(Sxx, Sxy, eta)


class _TwoLayers:
    """See :func:`two_layer_spread`."""

    def __init__(self, Sxx: BallMatrix, Sxy: BallMatrix, eta: arb) -> None:
        self.Sxx, self.Sxy, self.eta = Sxx, Sxy, eta

    @cached_property
    def size(self) -> arb:
        return spectral_norm(self.Sxx.mat, squarings=6)

    @cached_property
    def negative(self) -> arb:
        return negative_part(self.Sxx.mat)

    @cached_property
    def _floats(self) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
        """Both moments, and what float64 and their own radius leave open of them, relative and absolute."""
        Sxx, Sxy = self.Sxx.floats(), self.Sxy.floats()
        relative, absolute = (
            ROUNDING * float(_norms(floats)) + float_upper(radius_norm([exact.mat]))
            for floats, exact in ((Sxx, self.Sxx), (Sxy, self.Sxy))
        )
        return Sxx, Sxy, relative, absolute

    def __call__(self, state: tuple[Any, ...], radius: arb) -> arb:
        with precision(BOUND_BITS):
            W1, W2 = state
            eta, size = self.eta, self.size
            R = self.Sxx @ (W1 @ W2) - self.Sxy
            a, b = norm(W1.mat) + radius, norm(W2.mat) + radius
            # what has grown so far is nearly of rank 1, and the plainest bound nearly its norm; not what is lost, though
            far = a + b > FAR and a + b > 16 * radius
            residual = spectral_norm(R.mat, squarings=0 if far else 2) + size * radius * (a + b)
            allowance = residual + self.negative * (a * a + b * b)
            down = 1 + eta * allowance
            up = eta * (size * (a * a + b * b) + allowance) - 1
            if not up <= down:
                squarings = 0 if far else 4
                inner = spectral_norm((W1.T @ (self.Sxx @ W1)).mat, squarings) + size * radius * 2 * a
                outer = size * (spectral_norm(W2.mat, squarings) + radius) ** 2
                up = eta * (inner + outer + allowance) - 1
            return down.upper().max(up.upper())

    def along(self, states: Sequence[NDArray[np.float64]], tube: NDArray[np.float64]) -> NDArray[np.float64]:
        W1, W2 = states
        Sxx, Sxy, relative, absolute = self._floats
        eta, size, negative = map(float_upper, (self.eta.upper(), self.size, self.negative))
        own1, own2 = _norms(W1), _norms(W2)
        a, b = own1 + tube, own2 + tube
        squares = a * a + b * b
        R = Sxx @ (W1 @ W2) - Sxy
        slack = relative * own1 * own2 + absolute
        residual = _spectral(R, 2) + slack + size * tube * (a + b)
        allowance = residual + negative * squares
        down, up = 1.0 + eta * allowance, eta * (size * squares + allowance) - 1.0
        steep = np.flatnonzero(~(up <= down))
        if steep.size:
            A, large, near = W1[steep], a[steep], tube[steep]
            inner = _spectral(A.transpose(0, 2, 1) @ (Sxx @ A), 4) + large * (
                2 * size * near + relative * large
            )
            outer = size * (_spectral(W2[steep], 4) + near) ** 2
            up[steep] = eta * (inner + outer + allowance[steep]) - 1.0
        found: NDArray[np.float64] = np.maximum(down, up) * (1.0 + ROUNDING)
        return found


def _norms(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upper bounds on the Frobenius norms of a stack."""
    found: NDArray[np.float64] = np.sqrt((matrices * matrices).sum(axis=(-2, -1))) * (1.0 + ROUNDING) + 1e-150
    return found


def _spectral(matrices: NDArray[np.float64], squarings: int) -> NDArray[np.float64]:
    """Upper bounds on the spectral norms of a stack, as :func:`rankladder.numbers.ball_norms.spectral_norm` has them."""
    size = _norms(matrices)
    # scaled to norm 1 nothing overflows, and what underflows is far below rounding
    scaled = matrices / size[:, None, None]
    power = scaled.transpose(0, 2, 1) @ scaled
    for _ in range(squarings):
        power = power @ power
    found: NDArray[np.float64] = size * (_norms(power) * (1.0 + ROUNDING)) ** (0.5 ** (squarings + 1))
    return found * (1.0 + ROUNDING)
