"""The least-squares loss of a linear network, its gradients and its Hessian, from data or from moments.

Every function is plain NumPy on its arguments: float64, ``Fraction`` and ``Ball`` entries all work.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.arguments import as_numbers, check_finite, check_room, check_symmetric
from rankladder.numbers.arithmetic import is_exact
from rankladder.simulate.dynamics import Layers

__all__ = [
    "hessian_two_layer", "least_squares_loss", "loss", "moments", "one_layer_gradient",
    "two_layer_gradients",
]  # fmt: skip

Matrix = NDArray[Any]


def moments(X: Any, Y: Any) -> tuple[Matrix, Matrix]:
    """Second moments ``Sxx = XᵀX/n`` and ``Sxy = XᵀY/n`` of a data set, uncentred.

    Source: the quadratic ``‖XW − Y‖²/(2n)`` depends on the data through these two (and ``YᵀY``) only.

    Args:
        X: inputs, shape (n, d).
        Y: outputs, shape (n, p).

    Returns:
        ``Sxx`` (d, d), symmetric to the last bit, and ``Sxy`` (d, p).

    Raises:
        ValueError: when X and Y are not real, finite matrices with the same number n ≥ 1 of rows.

    >>> Sxx, Sxy = moments([[1.0, 0.0], [1.0, 2.0]], [[1.0], [3.0]])
    >>> Sxx.tolist(), Sxy.tolist()
    ([[1.0, 1.0], [1.0, 2.0]], [[2.0], [3.0]])
    """
    X, Y = _samples(X, Y)
    n = X.shape[0]
    Sxx = X.T @ X / n
    return (Sxx + Sxx.T) / 2, X.T @ Y / n


def loss(Sxx: Any, Sxy: Any, W: Any, *, Syy_trace: Any = 0) -> Any:
    """Least-squares loss ``f(W) = tr(Wᵀ Sxx W)/2 − tr(Wᵀ Sxy) + tr(Syy)/2``.

    Source: ``‖XW − Y‖²/(2n)`` multiplied out.

    Args:
        Sxx: (d, d). Sxy: (d, p). W: (d, p), or a stack (…, d, p) for one loss each.
        Syy_trace: ``‖Y‖²/n``; 0 leaves the constant out, and f is then negative at the minimum.

    Raises:
        ValueError: for shapes that do not fit, entries that are not real, or an ``Sxx`` that is not symmetric.

    >>> float(loss(np.eye(2), np.eye(2), np.eye(2), Syy_trace=2.0))
    0.0
    """
    Sxx, Sxy = as_moments(Sxx, Sxy)
    W = _like(W, "W", Sxy)
    return (W * (Sxx @ W - 2 * Sxy)).sum(axis=(-2, -1)) / 2 + Syy_trace / 2


def least_squares_loss(X: Any, Y: Any, W: Any) -> Any:
    """Least-squares loss ``‖XW − Y‖_F²/(2n)`` straight from the data.

    Args:
        X: (n, d). Y: (n, p). W: (d, p).

    Raises:
        ValueError: for shapes that do not fit, or data that are not real and finite.

    >>> float(least_squares_loss([[1.0], [2.0]], [[1.0], [0.0]], [[1.0]]))
    1.0
    """
    X, Y = _samples(X, Y)
    W = as_numbers(W, "W")
    if W.shape != (X.shape[1], Y.shape[1]):
        raise ValueError(f"W has shape {W.shape} but must have {(X.shape[1], Y.shape[1])}; pass W (d, p)")
    residual = X @ W - Y
    return (residual * residual).sum() / (2 * X.shape[0])


def one_layer_gradient(Sxx: Any, Sxy: Any, W: Any) -> Matrix:
    """Gradient ``Sxx W − Sxy`` of the loss in ``W`` (d, p).

    Raises:
        ValueError: as :func:`loss`.

    >>> one_layer_gradient([[2.0]], [[1.0]], [[3.0]]).tolist()
    [[5.0]]
    """
    Sxx, Sxy = as_moments(Sxx, Sxy)
    return Layers.of_moments(Sxx, Sxy).residual(_like(W, "W", Sxy))  # type: ignore[no-any-return]


def two_layer_gradients(Sxx: Any, Sxy: Any, W1: Any, W2: Any) -> tuple[Matrix, Matrix]:
    """Gradients of ``f(W1 W2)`` in the two factors, ``(R W2ᵀ, W1ᵀ R)`` with ``R = Sxx W1 W2 − Sxy``.

    Args:
        Sxx: (d, d). Sxy: (d, p). W1: (d, r). W2: (r, p).

    Returns:
        ``G1`` (d, r) and ``G2`` (r, p).

    Raises:
        ValueError: as :func:`loss`.

    >>> G1, G2 = two_layer_gradients([[2.0]], [[1.0]], [[3.0]], [[1.0]])
    >>> G1.tolist(), G2.tolist()
    ([[5.0]], [[15.0]])
    """
    W1, W2 = _factors(W1, W2)
    G1, G2 = Layers(partial(one_layer_gradient, Sxx, Sxy)).gradients((W1, W2))
    return G1, G2


def hessian_two_layer(Sxx: Any, Sxy: Any, W1: Any, W2: Any) -> Matrix:
    """Hessian of ``(W1, W2) ↦ f(W1 W2)``, square of order ``d r + r p``.

    Source: second derivative along ``(A1, A2)``: ``tr(Mᵀ Sxx M) + 2 tr(Rᵀ A1 A2)`` with
    ``M = A1 W2 + W1 A2`` and ``R = Sxx W1 W2 − Sxy``; exact, no differences are taken.

    Args:
        Sxx: (d, d), symmetric. Sxy: (d, p). W1: (d, r). W2: (r, p).

    Returns:
        The symmetric matrix for the parameters ``(W1.ravel(), W2.ravel())``, rows first.

    Raises:
        ValueError: as :func:`loss`, or for a matrix larger than memory should hold.

    >>> hessian_two_layer([[2.0]], [[1.0]], [[3.0]], [[1.0]]).tolist()
    [[2.0, 11.0], [11.0, 18.0]]
    """
    W1, W2 = _factors(W1, W2)
    (d, r), p = W1.shape, W2.shape[1]
    order = r * (d + p)
    exact = is_exact(Sxx, Sxy, W1, W2)
    check_room(order * order, f"Hessian of order {order:,}", "use smaller matrices", exact=exact)
    Sxx = as_covariance(Sxx)
    R = one_layer_gradient(Sxx, Sxy, W1 @ W2)
    # Rows-first vectorisation turns A ↦ P A Q into kron(P, Qᵀ).
    J = np.concatenate([np.kron(_identity(d), W2.T), np.kron(W1, _identity(p))], axis=1)
    H = J.T @ np.kron(Sxx, _identity(p)) @ J
    cross = np.multiply.outer(R, _identity(r)).transpose(0, 2, 3, 1).reshape(d * r, r * p)
    H[: d * r, d * r :] = H[: d * r, d * r :] + cross
    H[d * r :, : d * r] = H[d * r :, : d * r] + cross.T
    return np.asanyarray(H)


def as_covariance(Sxx: Any) -> Matrix:
    """``Sxx`` as a symmetric matrix (d, d), its entries in the arithmetic they came in."""
    Sxx = as_numbers(Sxx, "Sxx")
    if Sxx.ndim != 2 or Sxx.size == 0 or Sxx.shape[0] != Sxx.shape[1]:
        raise ValueError(f"Sxx has shape {Sxx.shape} but must be square, (d, d); pass XᵀX/n")
    check_symmetric(Sxx)
    return Sxx


def as_moments(Sxx: Any, Sxy: Any) -> tuple[Matrix, Matrix]:
    """``Sxx`` as a symmetric matrix (d, d) and ``Sxy`` as a matrix (d, p)."""
    Sxx, Sxy = as_covariance(Sxx), as_numbers(Sxy, "Sxy")
    if Sxy.ndim != 2 or Sxy.size == 0 or Sxy.shape[0] != Sxx.shape[0]:
        raise ValueError(
            f"Sxy has shape {Sxy.shape} but must have (d, p) with d = {Sxx.shape[0]}; pass XᵀY/n"
        )
    return Sxx, Sxy


def _like(W: Any, name: str, Sxy: Matrix) -> Matrix:
    """One matrix of the shape of ``Sxy``, or a stack of them."""
    W = as_numbers(W, name)
    if W.shape[-2:] != Sxy.shape:
        raise ValueError(f"{name} has shape {W.shape} but must have {Sxy.shape}, as Sxy; pass W (d, p)")
    return W


def _factors(W1: Any, W2: Any) -> tuple[Matrix, Matrix]:
    W1, W2 = as_numbers(W1, "W1"), as_numbers(W2, "W2")
    if W1.ndim != 2 or W2.ndim != 2 or W1.shape[1] != W2.shape[0]:
        raise ValueError(f"W1 {W1.shape}, W2 {W2.shape} must be (d, r), (r, p) with one r; pass such")
    return W1, W2


def _samples(X: Any, Y: Any) -> tuple[Matrix, Matrix]:
    X, Y = as_numbers(X, "X"), as_numbers(Y, "Y")
    for name, array in (("X", X), ("Y", Y)):
        if array.ndim != 2:
            raise ValueError(f"{name} has {array.ndim} dimensions but must have 2; use {name}.reshape(n, -1)")
        check_finite(array, name)
    if len(X) == 0 or len(X) != len(Y):
        raise ValueError(f"X has {len(X)} rows and Y {len(Y)}: they must agree and be >= 1; pair the rows")
    return X, Y


def _identity(order: int) -> NDArray[np.int64]:
    # Integers take the type of whatever they multiply, so exact entries stay exact.
    return np.eye(order, dtype=np.int64)
