"""Starts of a two-layer network: spectral (balanced), unbalanced, Gaussian."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.arguments import as_numbers, check_finite, check_room, whole
from rankladder.numbers.arithmetic import is_exact
from rankladder.numbers.ball_arrays import BallArray
from rankladder.numbers.balls import as_balls, exact_number
from rankladder.numbers.words import Size, Vector, Words, entrywise, rectangle, smallest

__all__ = ["gaussian_start", "spectral_start", "unbalanced_start"]

Factors = tuple[NDArray[Any], NDArray[Any]]


def spectral_start(U: Any, V: Any, Q: Any, delta: Any) -> Factors:
    """Spectral start ``W1 = U D Q``, ``W2 = Qᵀ D′ Vᵀ``: both factors diagonal in the singular frames.

    ``D`` (d, r) and ``D′`` (r, p) are zero but for ``exp(−δ_1), …, exp(−δ_q)`` on the first
    ``q = min(d, p, r)`` diagonal places, so ``W1ᵀW1 = W2W2ᵀ`` and the product is ``U diag(e^{−2δ_i}) Vᵀ``.

    Assumptions: ``Q`` orthogonal makes the start balanced; no frame is checked, so that claims may drop it.

    Args:
        U: (d, d). V: (p, p). Q: (r, r). Exact entries (``Fraction``, ``Ball``) give balls.
        delta: one number, or q numbers δ_i; the scale of the start is ``e^{−δ}``.

    Returns:
        ``W1`` (d, r) and ``W2`` (r, p).

    Raises:
        ValueError: for frames that are not square, or a wrong number of δ_i.

    >>> W1, W2 = spectral_start(np.eye(2), np.eye(1), np.eye(3), 2.0)
    >>> W1.shape, W2.shape, (W1 @ W2).round(6).tolist()
    ((2, 3), (3, 1), [[0.018316], [0.0]])
    """
    U, V, Q, d, p, r, exact = _frames(U, V, Q, delta)
    entries = _scales(delta, smallest(d, p, r), "delta", exact)
    D, D_prime = rectangle(entries, d, r), rectangle(entries, r, p)
    return U @ D @ Q, Q.T @ D_prime @ V.T


def unbalanced_start(U: Any, V: Any, Q: Any, delta: Any, delta2: Any) -> Factors:
    """Start diagonal in the singular frames with its own scales in each factor, so not balanced.

    ``W1 = U D Q`` with ``exp(−delta_i)`` on all ``min(d, r)`` diagonal places of ``D``, and
    ``W2 = Qᵀ D′ Vᵀ`` with ``exp(−delta2_i)`` on all ``min(r, p)`` places of ``D′``. Even equal scales are
    not balanced when ``d ≠ p``: one factor then has entries that the other lacks.

    Args:
        U: (d, d). V: (p, p). Q: (r, r).
        delta: one number, or ``min(d, r)`` numbers. delta2: one number, or ``min(r, p)`` numbers.

    Raises:
        ValueError: for frames that are not square, or a wrong number of scales.

    >>> W1, W2 = unbalanced_start(np.eye(2), np.eye(1), np.eye(2), 1.0, 3.0)
    >>> W1.round(3).tolist(), W2.round(3).tolist()
    ([[0.368, 0.0], [0.0, 0.368]], [[0.05], [0.0]])
    """
    U, V, Q, d, p, r, exact = _frames(U, V, Q, delta, delta2)
    D = rectangle(_scales(delta, smallest(d, r), "delta", exact), d, r)
    D_prime = rectangle(_scales(delta2, smallest(r, p), "delta2", exact), r, p)
    return U @ D @ Q, Q.T @ D_prime @ V.T


def gaussian_start(d: int, p: int, r: int, delta: Any, seed: int) -> Factors:
    """Gaussian start: independent entries ``e^{−δ} N(0, 1)`` in both factors, not divided by any width.

    Args:
        d, p, r: input, output and hidden dimensions, each ≥ 1.
        delta: the standard deviation of each entry is ``e^{−δ}``.
        seed: of NumPy's default generator; equal seeds give equal directions at every δ.

    Returns:
        ``W1`` (d, r) and ``W2`` (r, p): float64, or balls around multiples of the draws, taken as exact, where
        ``delta`` is a ball or a fraction.

    Raises:
        ValueError: for a dimension below 1, a negative seed, or a delta that is not a finite number.

    >>> W1, W2 = gaussian_start(3, 2, 4, 5.0, seed=0)
    >>> W1.shape, W2.shape
    ((3, 4), (4, 2))
    """
    d, p, r = whole(d, "dimension d", 1), whole(p, "dimension p", 1), whole(r, "dimension r", 1)
    check_room(r * (d + p), f"factors {d} x {r} and {r} x {p}", "take a smaller width r")
    rng = np.random.default_rng(whole(seed, "seed"))
    first, second = rng.standard_normal((d, r)), rng.standard_normal((r, p))
    exact = is_exact(delta)
    (scale,) = _scales(delta, 1, "delta", exact)
    return (as_balls(first) * scale, as_balls(second) * scale) if exact else (scale * first, scale * second)


def _frames(U: Any, V: Any, Q: Any, *deltas: Any) -> tuple[Any, Any, Any, int, int, int, bool]:
    frames: list[Any] = [as_numbers(frame, name) for name, frame in zip("UVQ", (U, V, Q), strict=True)]
    frames = [frame if isinstance(frame, Words) else np.asarray(frame) for frame in frames]
    for name, frame in zip("UVQ", frames, strict=True):
        if frame.ndim != 2 or frame.shape[0] != frame.shape[1] or frame.size == 0:
            raise ValueError(f"{name} has shape {frame.shape} but must be square; pass a full frame")
        check_finite(frame, name)
    exact = is_exact(*frames, *deltas)
    if exact:
        frames = [f if isinstance(f, Words) else as_balls(f).view(BallArray) for f in frames]
    d, p, r = (frame.shape[0] for frame in frames)
    return (*frames, d, p, r, exact)  # type: ignore[return-value]


def _scales(delta: Any, count: Any, name: str, exact: bool) -> Any:
    """``e^{-delta_i}``, an array, or a vector of every size."""
    given = as_numbers(delta, name)
    if isinstance(count, Size):
        deltas = given if isinstance(given, Vector) else entrywise(count, lambda i: given.item())
        if deltas.shape != (count,):
            raise ValueError(
                f"{name} has size {deltas.shape[0]} but must have {count}; or pass a single number"
            )
        return np.exp(-deltas)
    if given.ndim > 1:
        raise ValueError(f"{name} has shape {given.shape} but must be one number or a list; flatten it")
    check_finite(given, name)
    deltas = given.tolist() if given.ndim else [given.item()] * count
    if len(deltas) != count:
        raise ValueError(f"{name} has {len(deltas)} entries but must have {count}; or pass a single number")
    scales = [np.exp(-exact_number(each)) if exact else np.exp(-float(each)) for each in deltas]
    return np.array(scales, dtype=object if exact else float)
