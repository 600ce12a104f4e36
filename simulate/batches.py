"""Gradient descent on many small networks of one shape at once, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rankladder.numbers.arguments import as_numbers, check_finite, check_symmetric, record_times, step_size
from rankladder.simulate.lanes import SIDES, WIDTH, lane_descent
from rankladder.simulate.trajectories import Trajectory

__all__ = ["matrix_descents"]

# Shorter runs stay with NumPy; the choice depends on the arguments alone, since the two round differently.
LEAST_WORK = 20_000  # steps times problems


def matrix_descents(
    Sxx: ArrayLike, Sxy: ArrayLike, W1: ArrayLike, W2: ArrayLike, eta: float, times: Any
) -> Trajectory:
    """:func:`rankladder.simulate.matrix_descent` for many problems of one shape at once, in float64.

    Solves: ``W1 ← W1 − η R W2ᵀ``, ``W2 ← W2 − η W1ᵀ R`` with ``R = Sxx W1 W2 − Sxy``, for every problem.

    Source: as there. Problems up to 16 by 16 are run eight side by side, each entry of a product summed in the order
    of its terms; larger ones, and short runs, by NumPy's products of stacks.

    Assumptions: none on the step. A problem that diverges does not disturb the others; its rows end in infinities
    and NaN, and ``diverged_at`` stays None.

    Args:
        Sxx: (problems, d, d). Sxy: (problems, d, p). W1: (problems, d, r). W2: (problems, r, p).
        eta: step size, > 0, the same for all.
        times: the steps to record, increasing; an integer N records 0, 1, …, N.

    Returns:
        The factors at the recorded times, (times, problems, d, r) and (times, problems, r, p).

    Raises:
        ValueError: as :func:`rankladder.simulate.matrix_descent`.

    >>> run = matrix_descents([[[1.0]], [[1.0]]], [[[2.0]], [[1.0]]], [[[0.5]]] * 2, [[[0.5]]] * 2, 0.1, [0, 1, 100])
    >>> run.W1[:, :, 0, 0].round(6).tolist()
    [[0.5, 0.5], [0.5875, 0.5375], [1.414214, 1.0]]
    """
    parts = [_stack(part, name) for part, name in ((Sxx, "Sxx"), (Sxy, "Sxy"), (W1, "W1"), (W2, "W2"))]
    problems, d, r = parts[2].shape
    p = parts[3].shape[2]
    for part, name, shape in zip(
        parts, ("Sxx", "Sxy", "W1", "W2"), ((d, d), (d, p), (d, r), (r, p)), strict=True
    ):
        if part.shape != (problems, *shape):
            raise ValueError(
                f"{name} has shape {part.shape} but must have {(problems, *shape)}, to fit W1 and W2"
            )
    for covariance in parts[0]:
        check_symmetric(covariance)
    rate = float(step_size(eta))
    chosen = np.array(record_times(times, parts[2].size + parts[3].size), dtype=np.int64)
    if max(d, r, p) <= SIDES[-1] and chosen[-1] * problems >= LEAST_WORK:
        first, second = _in_lanes(parts, rate, chosen)
    else:
        first, second = _in_stacks(parts, rate, chosen)
    return Trajectory(chosen, first, second)


def _stack(values: ArrayLike, name: str) -> NDArray[np.float64]:
    array = np.asarray(as_numbers(values, name), dtype=np.float64)
    if array.ndim != 3 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} but must have 3 dimensions >= 1; stack the problems first"
        )
    check_finite(array, name)
    return array


def _in_stacks(
    parts: list[NDArray[np.float64]], eta: float, times: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    Sxx, Sxy, W1, W2 = parts
    out = np.empty((times.size, *W1.shape)), np.empty((times.size, *W2.shape))
    k = 0
    with np.errstate(all="ignore"):
        for row, time in enumerate(times):
            while k < time:
                R = Sxx @ (W1 @ W2) - Sxy
                W1, W2 = W1 - eta * (R @ W2.transpose(0, 2, 1)), W2 - eta * (W1.transpose(0, 2, 1) @ R)
                k += 1
            out[0][row], out[1][row] = W1, W2
    return out


def _in_lanes(
    parts: list[NDArray[np.float64]], eta: float, times: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    problems = parts[2].shape[0]
    side = next(size for size in SIDES if size >= max(max(part.shape[1:]) for part in parts))
    groups = -(-problems // WIDTH)
    laid = []
    for part in parts:
        whole = np.zeros((groups * WIDTH, side, side))
        whole[:problems, : part.shape[1], : part.shape[2]] = part
        # the problems of a group become the innermost axis
        lanes = whole.reshape(groups, WIDTH, side * side).transpose(0, 2, 1)
        laid.append(np.ascontiguousarray(lanes).reshape(groups, -1))
    out = np.empty((2, times.size, groups, side * side * WIDTH))
    lane_descent(side)(*laid, eta, times, out[0], out[1])
    found = out.reshape(2, times.size, groups, side * side, WIDTH).transpose(0, 1, 2, 4, 3)
    whole = found.reshape(2, times.size, groups * WIDTH, side, side)[:, :, :problems]
    return (
        whole[0][..., : parts[2].shape[1], : parts[2].shape[2]],
        whole[1][..., : parts[3].shape[1], : parts[3].shape[2]],
    )
