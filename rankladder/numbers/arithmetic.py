"""Which arithmetic a computation runs in, and how much of its precision is left.

The arithmetic is the type of the arguments: anything exact (``Ball``, an object array, a ``Fraction`` with no float64
array beside it) makes the computation run in balls, everything else in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from rankladder.numbers.balls import Ball, is_exact_number

__all__ = ["as_fractions", "has_radius", "is_exact", "lost_bits"]


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


def as_fractions(array: NDArray[Any]) -> NDArray[Any]:
    """The exact values of float64 entries, as ``Fraction``; an object array as it is.

    >>> as_fractions(np.array([0.5])).tolist()
    [Fraction(1, 2)]
    """
    if array.dtype == object:
        return array
    return np.array([Fraction(entry) for entry in array.reshape(-1).tolist()], dtype=object).reshape(
        array.shape
    )


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
