"""Object arrays of balls whose matrix products run in Arb.

NumPy multiplies object matrices entry by entry in Python, some twenty times slower than Arb does. A
:class:`BallArray` is an ordinary object array in everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from rankladder.numbers.balls import Ball, Symbolic, operand, wrap

__all__ = ["BallArray", "ball_array", "stacked"]


class BallArray(np.ndarray[Any, Any]):
    """An object array, meant for balls; slices, transposes and results of NumPy's functions are such arrays too.

    >>> half = ball_array([arb(1) / 2] * 4).reshape(2, 2)
    >>> bool((half @ half)[0, 0] == 0.5)
    True
    """

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [x.view(np.ndarray) if type(x) is BallArray else x for x in inputs]
        if ufunc is np.matmul and method == "__call__" and not kwargs:
            product = _product(*map(np.asarray, plain))
            if product is not None:
                return product
        ufunc = _ENCLOSING.get(ufunc.__name__, ufunc)
        if "out" in kwargs:
            kwargs["out"] = tuple(x.view(np.ndarray) if type(x) is BallArray else x for x in kwargs["out"])
        result = getattr(ufunc, method)(*plain, **kwargs)
        if type(result) is np.ndarray and result.dtype == object:
            return result.view(BallArray)
        return result


def _larger(one: Any, other: Any) -> Any:
    if not isinstance(one, Ball) and not isinstance(other, Ball):
        return one if one >= other else other
    return wrap((Ball(0) + one).arb.max((Ball(0) + other).arb))


def _smaller(one: Any, other: Any) -> Any:
    if not isinstance(one, Ball) and not isinstance(other, Ball):
        return one if one <= other else other
    return wrap((Ball(0) + one).arb.min((Ball(0) + other).arb))


# NumPy's own compare, which balls that overlap cannot; these enclose
_ENCLOSING = {
    "maximum": np.frompyfunc(_larger, 2, 1, identity=None),
    "minimum": np.frompyfunc(_smaller, 2, 1, identity=None),
    "clip": np.frompyfunc(lambda value, low, high: _smaller(_larger(value, low), high), 3, 1),
}


def ball_array(values: Sequence[arb]) -> BallArray:
    """One-dimensional array of ``Ball`` from raw Arb balls."""
    result = np.empty(len(values), dtype=object)
    result[:] = [wrap(value) for value in values]
    return result.view(BallArray)


def stacked(arrays: Sequence[NDArray[Any]]) -> BallArray:
    """Arrays of one shape joined along a new first axis."""
    made = np.empty((len(arrays), *arrays[0].shape), dtype=object)
    for index, array in enumerate(arrays):
        made[index] = array
    return made.view(BallArray)


def _product(left: NDArray[Any], right: NDArray[Any]) -> Any:
    """The matrix product in Arb; None where it is NumPy's to take, or to refuse."""
    if not left.ndim or not right.ndim or left.shape[-1] != right.shape[0 if right.ndim == 1 else -2]:
        return None
    if not left.size or not right.size:
        return None
    if left.ndim > 2 or right.ndim > 2:
        return _stacked(left, right)
    rows = 1 if left.ndim == 1 else left.shape[0]
    columns = 1 if right.ndim == 1 else right.shape[1]
    first, second = _arbs(left), _arbs(right)
    if first is None or second is None:
        return None
    entries = (arb_mat(rows, left.shape[-1], first) * arb_mat(left.shape[-1], columns, second)).entries()
    if left.ndim == right.ndim == 1:
        return wrap(entries[0])
    return ball_array(entries).reshape(left.shape[:-1] + right.shape[1:])


def _stacked(left: NDArray[Any], right: NDArray[Any]) -> Any:
    """Products along the leading axes; as the general case of NumPy's where they differ in more than that."""
    if left.ndim < 2 or right.ndim < 2:
        return None
    try:
        lead = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    except ValueError:
        return None
    lefts = np.broadcast_to(left, lead + left.shape[-2:]).reshape(-1, *left.shape[-2:])
    rights = np.broadcast_to(right, lead + right.shape[-2:]).reshape(-1, *right.shape[-2:])
    found = np.empty((len(lefts), left.shape[-2], right.shape[-1]), dtype=object)
    for index, (one, other) in enumerate(zip(lefts, rights, strict=True)):
        product = _product(one, other)
        if product is None:
            return None
        found[index] = product
    return found.reshape(lead + found.shape[1:]).view(BallArray)


def _arbs(values: NDArray[Any]) -> list[arb] | None:
    entries = values.ravel().tolist()
    try:
        return [entry.arb for entry in entries]
    except AttributeError:
        pass
    if any(isinstance(entry, Symbolic) for entry in entries):
        return None
    found = [operand(entry) for entry in entries]
    return None if any(entry is None for entry in found) else found  # type: ignore[return-value]
