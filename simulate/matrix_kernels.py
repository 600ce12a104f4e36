"""Gradient descent on small two-layer networks as compiled loops: the interpreter costs more than the arithmetic.

Up to 4 by 4 the products are loops of constant length, which the compiler unrolls; the matrices are filled up with
zeros to 4 by 4, and each entry of a product is summed in the order of its terms from 0. Beyond that they are calls
of BLAS without the interpreter in between, into arrays made once; from about 64 on that gains nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.simulate.compiling import kernel
from rankladder.simulate.iteration import BLOCK, Recorded, diverged

__all__ = ["LARGEST", "LEAST_STEPS", "run_small", "suits"]

SIDE = 4
LARGEST = 64
# Shorter runs stay with NumPy: it takes them less time than to load Numba. The choice must not depend on what ran
# before, because the two round differently.
LEAST_STEPS = 1000

_ROWS, _STACK, _TIMES = "float64[:, ::1]", "float64[:, :, ::1]", "int64[::1]"
_KIND = f"int64({_ROWS}, {_ROWS}, {_ROWS}, {_ROWS}, float64, {_TIMES}, int64, {_STACK}, {_STACK}, {_ROWS}, {_ROWS})"


@kernel(_KIND, "small-descent")
def small_descent(
    Sxx: Any,
    Sxy: Any,
    W1: Any,
    W2: Any,
    eta: float,
    times: Any,
    block: int,
    out1: Any,
    out2: Any,
    kept1: Any,
    kept2: Any,
) -> int:
    """Descent on 4 by 4 matrices; see :func:`blas_descent`, which has the same arguments."""
    P, R = np.empty((SIDE, SIDE)), np.empty((SIDE, SIDE))
    G1, G2 = np.empty((SIDE, SIDE)), np.empty((SIDE, SIDE))
    row, kept_at, last = 0, 0, times[-1]
    kept1[:], kept2[:] = W1, W2
    for k in range(last + 1):
        if k == times[row]:
            out1[row], out2[row] = W1, W2
            row += 1
        if k - kept_at == block or k == last:
            if not (np.isfinite(W1).all() and np.isfinite(W2).all()):
                return kept_at
            kept1[:], kept2[:] = W1, W2
            kept_at = k
        if k == last:
            break
        for i in range(SIDE):
            for j in range(SIDE):
                total = 0.0
                for m in range(SIDE):
                    total += W1[i, m] * W2[m, j]
                P[i, j] = total
        for i in range(SIDE):
            for j in range(SIDE):
                total = 0.0
                for m in range(SIDE):
                    total += Sxx[i, m] * P[m, j]
                R[i, j] = total - Sxy[i, j]
        for i in range(SIDE):
            for j in range(SIDE):
                total = 0.0
                other = 0.0
                for m in range(SIDE):
                    total += R[i, m] * W2[j, m]
                    other += W1[m, i] * R[m, j]
                G1[i, j] = total
                G2[i, j] = other
        for i in range(SIDE):
            for j in range(SIDE):
                W1[i, j] -= eta * G1[i, j]
                W2[i, j] -= eta * G2[i, j]
    return -1


@kernel(_KIND, "blas-descent")
def blas_descent(
    Sxx: Any,
    Sxy: Any,
    W1: Any,
    W2: Any,
    eta: float,
    times: Any,
    block: int,
    out1: Any,
    out2: Any,
    kept1: Any,
    kept2: Any,
) -> int:
    """Carry ``W1``, ``W2`` in place through the steps, recording them at ``times`` in ``out1``, ``out2``.

    Whether they are finite is asked once in ``block`` steps, and the state kept that was so last. Returns −1, or
    the step of that state once a later one is not finite.
    """
    P, R = np.empty_like(Sxy), np.empty_like(Sxy)
    G1, G2 = np.empty_like(W1), np.empty_like(W2)
    W1T, W2T = W1.T, W2.T
    r, y = R.reshape(-1), Sxy.reshape(-1)
    w1, w2, g1, g2 = W1.reshape(-1), W2.reshape(-1), G1.reshape(-1), G2.reshape(-1)
    row, kept_at, last = 0, 0, times[-1]
    kept1[:], kept2[:] = W1, W2
    for k in range(last + 1):
        if k == times[row]:
            out1[row], out2[row] = W1, W2
            row += 1
        if k - kept_at == block or k == last:
            if not (np.isfinite(w1).all() and np.isfinite(w2).all()):
                return kept_at
            kept1[:], kept2[:] = W1, W2
            kept_at = k
        if k == last:
            break
        np.dot(W1, W2, P)
        np.dot(Sxx, P, R)
        for i in range(r.size):
            r[i] -= y[i]
        np.dot(R, W2T, G1)
        np.dot(W1T, R, G2)
        for i in range(w1.size):
            w1[i] -= eta * g1[i]
        for i in range(w2.size):
            w2[i] -= eta * g2[i]
    return -1


def suits(W1: NDArray[Any], W2: NDArray[Any], times: Sequence[int]) -> bool:
    """Whether a run is of the kind that these kernels take: small matrices and many steps."""
    return times[-1] >= LEAST_STEPS and max(*W1.shape, *W2.shape) <= LARGEST


def run_small(
    Sxx: NDArray[Any], Sxy: NDArray[Any], W1: NDArray[Any], W2: NDArray[Any], eta: float, times: Sequence[int]
) -> Recorded:
    """Gradient descent on the two-layer network, recorded as :func:`rankladder.simulate.iteration.iterate_floats` does."""
    tiny = max(*W1.shape, *W2.shape) <= SIDE
    run = small_descent if tiny else blas_descent
    parts = [_filled(part) if tiny else np.array(part, order="C") for part in (Sxx, Sxy, W1, W2)]
    chosen = np.array(times, dtype=np.int64)
    out1, out2 = (np.full((chosen.size, *part.shape), np.nan) for part in parts[2:])
    kept1, kept2 = np.empty_like(parts[2]), np.empty_like(parts[3])
    lost = run(*parts, float(eta), chosen, BLOCK, out1, out2, kept1, kept2)
    states = [out1[:, : W1.shape[0], : W1.shape[1]], out2[:, : W2.shape[0], : W2.shape[1]]]
    if lost < 0:
        return Recorded(chosen, states, None)
    one = np.array([1], dtype=np.int64)
    first = int(lost)
    while np.isfinite(kept1).all() and np.isfinite(kept2).all():
        now1, now2 = kept1.copy(), kept2.copy()
        run(*parts[:2], now1, now2, float(eta), one, 2, out1[:1].copy(), out2[:1].copy(), kept1, kept2)
        kept1, kept2, first = now1, now2, first + 1
    return diverged(chosen, states, first)


def _filled(part: NDArray[Any]) -> NDArray[np.float64]:
    whole = np.zeros((SIDE, SIDE))
    whole[: part.shape[0], : part.shape[1]] = part
    return whole
