"""Gradient descent on many small networks of one shape at once, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rankladder.numbers.arguments import as_numbers, check_finite, check_symmetric, record_times, step_size
from rankladder.simulate.dynamics import GradientDescent, Layers, State
from rankladder.simulate.trajectories import Trajectory

__all__ = ["matrix_descents"]


def matrix_descents(
    Sxx: ArrayLike, Sxy: ArrayLike, W1: ArrayLike, W2: ArrayLike, eta: float, times: Any
) -> Trajectory:
    """:func:`rankladder.simulate.matrix_descent` for many problems of one shape at once, in float64.

    Solves: ``W1 ← W1 − η R W2ᵀ``, ``W2 ← W2 − η W1ᵀ R`` with ``R = Sxx W1 W2 − Sxy``, for every problem.

    Source: as there, by NumPy's products of stacks.

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
    step = GradientDescent(rate).step(Layers.of_moments(parts[0], parts[1]))
    state: State = tuple(parts[2:])
    first, second = (np.empty((chosen.size, *part.shape)) for part in state)
    reached = 0
    with np.errstate(all="ignore"):
        for row, time in enumerate(chosen.tolist()):
            for _ in range(reached, time):
                state = step(state)
            reached = time
            first[row], second[row] = state
    return Trajectory(chosen, first, second)


def _stack(values: ArrayLike, name: str) -> NDArray[np.float64]:
    array = np.asarray(as_numbers(values, name), dtype=np.float64)
    if array.ndim != 3 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} but must have 3 dimensions >= 1; stack the problems first"
        )
    check_finite(array, name)
    return array
