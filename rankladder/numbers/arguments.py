"""The arguments of public functions: read and checked in one place, so that nothing is dropped on the way in.

Every refusal is one line with the value, what it must be, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sized
from fractions import Fraction
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from rankladder.numbers.balls import Ball, Symbolic, TooLong
from rankladder.numbers.words import Structured, Words

__all__ = [
    "as_matrix", "as_numbers", "check_finite", "check_room", "check_symmetric", "has_room", "large", "one_number", "record_times", "step_size",
    "together", "whole",
]  # fmt: skip


def as_numbers(values: Any, name: str) -> NDArray[Any]:
    """Array of real numbers, of any shape: float64, or an object array when its entries are exact.

    Every public function reads its arrays here, so that nothing is dropped on the way in: NumPy itself would leave out
    imaginary parts and masks, and read words and truth values as numbers.

    Raises:
        ValueError: for complex, masked, missing or ragged entries, truth values, words and whatever else is no number.

    >>> as_numbers([1, 2.5], "s")
    array([1. , 2.5])
    >>> as_numbers([1, 2j], "s")
    Traceback (most recent call last):
    ...
    ValueError: s has complex entries but must be real; pass s.real if the imaginary part is zero
    """
    if isinstance(values, Structured):
        return values  # type: ignore[return-value]
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(
            f"{name} has {np.count_nonzero(np.ma.getmaskarray(values))} masked entries but must have a number everywhere; fill or drop them"
        )
    try:
        array = (
            np.asarray(values)
            if isinstance(values, (np.matrix, np.ma.MaskedArray))
            else np.asanyarray(values)
        )
    except ValueError as error:
        raise ValueError(
            f"{name} {_shown(values)} must be a rectangular array of numbers; give all rows one length"
        ) from error
    kind = array.dtype.kind
    if kind in "fiu":
        return array.astype(np.float64, copy=False)
    if kind == "O":
        for entry in array.flat:
            if not isinstance(entry, _NUMBERS):
                one_number(entry, name)
        return array
    if kind == "c":
        raise ValueError(
            f"{name} has complex entries but must be real; pass {name}.real if the imaginary part is zero"
        )
    one_number(array.flat[0] if array.size else array, name)
    raise ValueError(f"{name} has entries of type {array.dtype} but must hold real numbers; pass float64")


def together(**named: Any) -> list[NDArray[Any]]:
    """Arrays of real numbers, by name, broadcast against each other; each float64 or of exact entries.

    Raises:
        ValueError: as :func:`as_numbers`, and for shapes that do not broadcast.

    >>> [part.shape for part in together(s=[0.1, 0.2], z0=0.5)]
    [(2,), (2,)]
    """
    arrays = {name: np.asarray(as_numbers(values, name)) for name, values in named.items()}
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"shapes {shapes} must broadcast against each other; pass equal shapes") from None


_NUMBERS = (Ball, Fraction, Symbolic, float)


def one_number(value: Any, name: str) -> Any:
    """The number itself.

    Raises:
        ValueError: unless it is a real number, of any arithmetic.

    >>> one_number(0.5, "s")
    0.5
    """
    if isinstance(value, Symbolic):
        return value
    try:
        Ball(value)
    except TypeError:
        remedy = (
            "pass 0 or 1 for a truth value"
            if isinstance(value, (bool, np.bool_))
            else "pass a float, Fraction or Ball"
        )
        raise ValueError(f"{name} {_shown(value)} must be a real number; {remedy}") from None
    return value


def _shown(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."


def as_matrix(values: Any, name: str) -> NDArray[Any]:
    """Two-dimensional finite array: float64, or an object array when its entries are exact.

    Raises:
        ValueError: as :func:`as_numbers`, and when it is not two-dimensional, is empty, or an entry is not finite.

    >>> as_matrix([[1, 2]], "Sxx").dtype
    dtype('float64')
    """
    array = as_numbers(values, name)
    if isinstance(array, Words):
        return array
    array = np.asarray(array)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} but must have 2 dimensions >= 1; reshape it to a matrix"
        )
    check_finite(array, name)
    return array


def check_finite(array: NDArray[Any], name: str) -> None:
    """Raise for NaN, infinities and balls without a bound."""
    if isinstance(array, Structured):
        return
    if array.dtype != object:
        if not np.isfinite(array).all():
            raise ValueError(f"{name} has entries that are not finite; remove NaN and infinity first")
    elif not all(isinstance(e, Symbolic) or Ball(e).arb.is_finite() for e in array.reshape(-1)):
        raise ValueError(f"{name} has balls that are not finite; raise the precision that made them")


# Rounding leaves XᵀX/n of float64 data, or U diag(λ) Uᵀ, within about d 2^-53 of symmetric, 1e-13 at d = 1000; and
# a matrix that was printed in eleven digits and read again passes too.
ASYMMETRY = 1e-10


def check_symmetric(Sxx: NDArray[Any], *, exactly: bool = False) -> None:
    """Raise unless ``Sxx`` is symmetric: exactly where it holds exact numbers, or where it must be ``exactly``;
    otherwise up to ``ASYMMETRY`` of its largest entry.

    With any other matrix the gradient would not be ``Sxx W − Sxy``, and the enclosures would not hold.
    """
    if isinstance(Sxx, Words):
        if (Sxx - Sxx.T).terms:
            raise ValueError("Sxx is not symmetric as it is written; write it as root @ root.T")
        return
    if Sxx.dtype != object and not exactly:
        gap, scale = np.abs(Sxx - Sxx.T), float(np.abs(Sxx).max())
        if float(gap.max()) > ASYMMETRY * scale:
            row, column = divmod(int(gap.argmax()), len(gap))
            _refuse_asymmetry(Sxx[row, column], Sxx[column, row])
        return
    rows = Sxx.tolist()
    for i, entries in enumerate(rows):
        for j in range(i):
            one, other = entries[j], rows[j][i]
            if one is other or isinstance(one, Symbolic) or isinstance(other, Symbolic):
                continue
            balls = isinstance(one, Ball) or isinstance(other, Ball)
            if (not (Ball(one).arb - Ball(other).arb).contains(0)) if balls else one != other:
                _refuse_asymmetry(one, other)


def _refuse_asymmetry(one: Any, other: Any) -> NoReturn:
    raise ValueError(
        f"Sxx has mirror entries {one} and {other} but must be symmetric; pass XᵀX/n, or (Sxx + Sxx.T)/2"
    )


def step_size(eta: Any) -> Any:
    """The step size η as it was given.

    Raises:
        ValueError: unless it is one real, finite number > 0.

    >>> step_size(0.1)
    0.1
    """
    if isinstance(eta, np.ndarray) and eta.ndim:
        raise ValueError(
            f"step size has shape {eta.shape} but must be a single number; pass one step at a time"
        )
    value = one_number(eta[()] if isinstance(eta, np.ndarray) else eta, "step size")
    if isinstance(value, Symbolic):
        return value
    if not value > 0 or not Ball(value).arb.is_finite():
        raise ValueError(f"step size {value} must be > 0 and finite; pass eta between 0 and 1/sigma_1")
    return value


def whole(value: Any, name: str, least: int = 0) -> int:
    """An integer as a plain ``int``.

    Raises:
        ValueError: unless it is an integer at or above ``least``.

    >>> whole(np.int64(3), "steps")
    3
    """
    kind = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not kind or value < least:
        remedy = f"pass {least} or more" if kind else "round it first, or pass an int"
        raise ValueError(f"{name} {_shown(value)} must be an integer >= {least}; {remedy}")
    return int(value)


# A record beyond this many bytes is refused before it is allocated; what is computed from it may take as much again.
MOST_BYTES = 2**29


def check_room(count: int, what: str, remedy: str, *, exact: bool = False) -> None:
    """Refuse to record more numbers than memory should hold.

    Args:
        count: how many numbers. exact: whether they are balls, at the precision in force.
        what: what was asked for, with its value. remedy: what to do instead.

    Raises:
        TooLong: (a ValueError) beyond ``MOST_BYTES``; inside a claim such an instance is undecided.
    """
    if not has_room(count, exact=exact):
        most = MOST_BYTES // _bytes(exact)
        raise TooLong(
            f"{what} would record {large(count)} numbers but must record at most {large(most)}; {remedy}"
        )


def has_room(count: int, *, exact: bool = False) -> bool:
    """Whether so many numbers are within ``MOST_BYTES``; arguments as for :func:`check_room`.

    >>> has_room(10**6), has_room(10**9)
    (True, False)
    """
    # what has no size, such as a matrix of every shape, is recorded as it is written
    return isinstance(count, Symbolic) or count * _bytes(exact) <= MOST_BYTES


def _bytes(exact: bool) -> int:
    return BALL_BYTES + int(ctx.prec) // 8 if exact else 8


# The two Python objects of a ball, the reference to it and what its arithmetic leaves: measured on orbits in 192 bits.
BALL_BYTES = 300


def large(count: int) -> str:
    """A count as it is written in messages.

    >>> large(10_000), large(10**20)
    ('10,000', 'about 10^20')
    """
    return f"{count:,}" if count < 10**15 else f"about 10^{len(str(count)) - 1}"


def record_times(times: Any, numbers: int = 1, *, exact: bool = False) -> list[int]:
    """The steps to record: a number N means 0, 1, …, N; otherwise an increasing sequence of integers.

    Args:
        times: the steps.
        numbers: how many numbers each of them records. exact: whether those are balls.

    Raises:
        ValueError: for negative, repeated, decreasing or non-integer times, or none at all.
        TooLong: (a ValueError) for more than memory should hold.

    >>> record_times(3), record_times([0, 10, 1000])
    ([0, 1, 2, 3], [0, 10, 1000])
    """
    remedy = "name the steps to record, such as times=[0, 1000]"
    if isinstance(times, (int, np.integer)) and not isinstance(times, bool):
        if times < 0:
            raise ValueError(f"number of steps {times} must be >= 0; pass 0 to record the start only")
        # a step takes room of its own
        check_room((int(times) + 1) * (numbers + 4), f"times {large(int(times))}", remedy, exact=exact)
        return list(range(int(times) + 1))
    if isinstance(times, (bool, str, bytes)) or not isinstance(times, Iterable) or np.ndim(times) > 1:  # type: ignore[arg-type]
        raise ValueError(
            f"times {_shown(times)} must be a number of steps or an increasing sequence of steps; pass 100 or [0, 100]"
        )
    if isinstance(times, Sized):
        check_room(len(times) * (numbers + 4), f"{len(times):,} times", "name fewer steps", exact=exact)
    listed = list(times)
    if not listed:
        raise ValueError("times [] must name at least one step; pass [0] to record the start only")
    return _increasing(listed)


def _increasing(listed: list[Any]) -> list[int]:
    for time in listed:
        whole_float = isinstance(time, (float, np.floating)) and float(time).is_integer()
        whole_fraction = isinstance(time, Fraction) and time.denominator == 1
        if isinstance(time, bool) or not (
            isinstance(time, (int, np.integer)) or whole_float or whole_fraction
        ):
            raise ValueError(f"time {_shown(time)} must be an integer number of steps; round it first")
    steps = [int(time) for time in listed]
    if steps[0] < 0:
        raise ValueError(f"first time {steps[0]} must be >= 0; drop the negative times")
    for earlier, later in pairwise(steps):
        if later <= earlier:
            raise ValueError(f"time {later} after {earlier} must increase; pass sorted(set(times))")
    if steps[-1] >= 2**63:
        raise TooLong(f"time {large(steps[-1])} must be below 2^63; ask for earlier times")
    return steps
