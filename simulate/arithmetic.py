"""Which arithmetic a computation runs in, and the way between NumPy arrays and Arb matrices.

The arithmetic is the type of the arguments: anything exact (``Fraction``, ``Ball``, an object array of
them) makes the computation run in balls, everything else in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from simulate.balls import Ball, is_exact_number

__all__ = ["ball_array", "from_matrix", "is_exact", "lost_bits", "record_times", "to_matrix", "wrap"]

_new = Ball.__new__


def wrap(value: arb) -> Ball:
    """The ``Ball`` around a raw Arb ball, without the checks of the constructor."""
    made = _new(Ball)
    made.arb = value
    return made


def is_exact(*values: Any) -> bool:
    """Whether any of the arguments asks for ball arithmetic.

    >>> from fractions import Fraction
    >>> is_exact(0.5, 3), is_exact(0.5, Fraction(1, 3))
    (False, True)
    """
    return any(is_exact_number(value) or _holds_exact(value) for value in values)


def _holds_exact(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(is_exact(entry) for entry in value)


def ball_array(values: Sequence[arb]) -> NDArray[np.object_]:
    """One-dimensional object array of ``Ball`` from raw Arb balls."""
    result = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        result[index] = wrap(value)
    return result


def to_matrix(values: Any, name: str) -> arb_mat:
    """Arb matrix around the exact entries of a two-dimensional array, at the precision in force.

    Raises:
        ValueError: when ``values`` is not two-dimensional.
    """
    source = np.asarray(values)
    if source.ndim != 2:
        raise ValueError(f"{name} has {source.ndim} dimensions but must have 2; reshape it to a matrix")
    rows, columns = source.shape
    return arb_mat(rows, columns, [Ball(entry).arb for entry in source.reshape(-1)])


def from_matrix(matrix: arb_mat) -> NDArray[np.object_]:
    """Object array of ``Ball`` with the entries of an Arb matrix."""
    return ball_array(matrix.entries()).reshape(matrix.nrows(), matrix.ncols())


def lost_bits(values: Sequence[arb]) -> int:
    """Bits of the precision in force that the widest ball has lost, relative to the largest of them.

    A non-finite ball has lost them all.
    """
    if not all(value.is_finite() for value in values):
        return int(ctx.prec)
    size = max((value.abs_upper() for value in values), default=arb(0))
    width = max((value.rad() for value in values), default=arb(0))
    if width.is_zero():
        return 0
    if size <= width:
        return int(ctx.prec)
    return max(
        0, int(ctx.prec) + int(((width / size).log() / arb(2).log()).upper().ceil().unique_fmpz() or 0)
    )


def record_times(times: Any) -> list[int]:
    """The steps to record: a number N means 0, 1, …, N; otherwise an increasing sequence of integers.

    Raises:
        ValueError: for negative, repeated, decreasing or non-integer times, or none at all.

    >>> record_times(3), record_times([0, 10, 1000])
    ([0, 1, 2, 3], [0, 10, 1000])
    """
    if isinstance(times, (int, np.integer)) and not isinstance(times, bool):
        if times < 0:
            raise ValueError(f"number of steps {times} must be >= 0; pass 0 to record the start only")
        return list(range(int(times) + 1))
    listed = list(times)
    if not listed:
        raise ValueError("times [] must name at least one step; pass [0] to record the start only")
    whole: list[int] = []
    for time in listed:
        if isinstance(time, (float, np.floating)) and not float(time).is_integer():
            raise ValueError(f"time {time} must be an integer number of steps; round it first")
        whole.append(int(time))
    if whole[0] < 0:
        raise ValueError(f"first time {whole[0]} must be >= 0; drop the negative times")
    for earlier, later in pairwise(whole):
        if later <= earlier:
            raise ValueError(f"time {later} after {earlier} must increase; pass sorted(set(times))")
    return whole
