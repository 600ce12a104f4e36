"""How far one gradient step can carry two nearby networks apart: rigorous Lipschitz bounds.

The step is ``θ ↦ θ − η ∇f(θ)``, its derivative ``I − ηH`` with H the Hessian, symmetric; so over a convex
region the step stretches distances by at most ``max(1 + η sup λ_max(−H), η sup λ_max(H) − 1)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb

from simulate.ball_matrices import BallMatrix
from simulate.ball_norms import BOUND_BITS, identity, negative_part, norm, spectral_norm
from simulate.balls import precision

__all__ = ["Spread", "one_layer_spread", "two_layer_spread"]

# Bound on the stretch over all states within the given distance of the given one.
Spread = Callable[[tuple[BallMatrix, ...], arb], arb]


def one_layer_spread(Sxx: BallMatrix, eta: arb) -> Spread:
    """The step of the one-layer network is affine: it stretches by ``‖I − η Sxx‖₂`` everywhere."""
    with precision(BOUND_BITS):
        stretch = spectral_norm(identity(Sxx.mat.nrows()) - Sxx.mat * eta, squarings=10)
    return lambda state, radius: stretch


def two_layer_spread(Sxx: BallMatrix, Sxy: BallMatrix, eta: arb) -> Spread:
    """Bound for the two-layer network, from the second derivative along (A1, A2).

    That is ``tr(Mᵀ Sxx M) + 2 tr(Rᵀ A1 A2)`` with ``M = A1 W2 + W1 A2`` and R the residual: at least
    ``−‖R‖₂ − ν (‖W1‖² + ‖W2‖²)`` where ``Sxx + νI`` is positive, and at most
    ``‖Sxx‖₂ ‖W2‖₂² + ‖W1ᵀ Sxx W1‖₂ + ‖R‖₂`` more or less the same multiple of ν (Cauchy–Schwarz).
    """
    size, negative = spectral_norm(Sxx.mat, squarings=6), negative_part(Sxx.mat)

    def stretch(state: tuple[Any, ...], radius: arb) -> arb:
        with precision(BOUND_BITS):
            W1, W2 = state
            R = Sxx @ (W1 @ W2) - Sxy
            a, b = norm(W1.mat) + radius, norm(W2.mat) + radius
            residual = spectral_norm(R.mat, squarings=2) + size * radius * (a + b)
            allowance = residual + negative * (a * a + b * b)
            down = 1 + eta * allowance
            up = eta * (size * (a * a + b * b) + allowance) - 1
            if not up <= down:
                inner = spectral_norm((W1.T @ (Sxx @ W1)).mat) + size * radius * 2 * a
                outer = size * (spectral_norm(W2.mat) + radius) ** 2
                up = eta * (inner + outer + allowance) - 1
            return down.upper().max(up.upper())

    return stretch
