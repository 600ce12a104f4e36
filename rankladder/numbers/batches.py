"""Float64 batches that a conclusion written for one instance can compute with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["Batch", "plain"]


class Batch(np.ndarray[Any, Any]):
    """An array of float64, one entry an instance, that stays one beside the exact constants of a claim.

    NumPy turns an array and a ``Fraction`` into an array of Python objects, on which hardly anything works.

    >>> (np.ones(2).view(Batch) - Fraction(1, 4)).tolist()
    [0.75, 0.75]
    """

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """The ufunc on plain float64; what comes out is a batch again."""
        if "out" in options:
            options["out"] = tuple(_bare(o) for o in options["out"])
        result = getattr(ufunc, method)(*(_bare(plain(x)) for x in inputs), **options)
        return result.view(Batch) if type(result) is np.ndarray else result


def _bare(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Batch) else value


def plain(value: Any) -> Any:
    """Exact numbers as float64, anything else as it is: what the scout computes with.

    >>> plain(Fraction(1, 2)), plain(np.array([Fraction(1, 4), 2.0], dtype=object)).tolist()
    (0.5, [0.25, 2.0])
    """
    if isinstance(value, Fraction):
        return _rounded(value)
    if (
        isinstance(value, np.ndarray)
        and value.dtype == object
        and all(isinstance(entry, (Fraction, int, float)) for entry in value.flat)
    ):
        return np.array([_rounded(entry) for entry in value.flat]).reshape(value.shape)
    return value


def _rounded(value: Fraction | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
