"""Which arithmetic a computation runs in, and how much of its precision is left.

The arithmetic is the type of the arguments: anything exact (``Ball``, an object array, a ``Fraction`` with no float64
array beside it) makes the computation run in balls, everything else in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from simulate.ball_arrays import ball_array
from simulate.balls import Ball, Symbolic, is_exact_number, wrap

__all__ = ["as_matrix", "ball_array", "has_radius", "is_exact", "lost_bits", "record_times", "wrap"]


def is_exact(*values: Any) -> bool:
    """Whether any of the arguments asks for ball arithmetic.

    A ``Fraction`` is a constant beside a float64 array, which is what its reader has already rounded.

    >>> from fractions import Fraction
    >>> is_exact(0.5, 3), is_exact(0.5, Fraction(1, 3)), is_exact(np.ones(2), Fraction(1, 3))
    (False, True, False)
    """
    rounded = any(
        isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind == "f" for value in values
    )
    return any(
        (is_exact_number(value) and not (rounded and type(value) is Fraction)) or _holds_exact(value)
        for value in values
    )


def _holds_exact(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(is_exact(entry) for entry in value)


def as_matrix(values: Any, name: str) -> NDArray[Any]:
    """Two-dimensional finite array: float64, or an object array when its entries are exact.

    Raises:
        ValueError: when it is not two-dimensional, is empty, or an entry is not finite.

    >>> as_matrix([[1, 2]], "Sxx").dtype
    dtype('float64')
    """
    array = np.asarray(values)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} but must have 2 dimensions >= 1; reshape it to a matrix"
        )
    if array.dtype != object:
        array = array.astype(np.float64)
        if not np.isfinite(array).all():
            raise ValueError(f"{name} has entries that are not finite; remove NaN and infinity first")
    elif not all(isinstance(e, Symbolic) or Ball(e).arb.is_finite() for e in array.reshape(-1)):
        raise ValueError(f"{name} has balls that are not finite; raise the precision that made them")
    return array


def has_radius(*arrays: Any) -> bool:
    """Whether any entry is a ball that encloses more than one number, so that more bits cannot help."""
    return any(
        isinstance(entry, Ball) and not entry.is_exact()
        for array in arrays
        for entry in np.asarray(array, dtype=object).reshape(-1)
    )


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
