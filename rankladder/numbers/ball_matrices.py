"""Arb matrices that read like NumPy ones (``@``, ``.T``), so that an algorithm is written once for both."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from rankladder.numbers.ball_arrays import ball_array
from rankladder.numbers.balls import Ball

__all__ = ["BallMatrix"]


class BallMatrix:
    """A matrix of balls at the precision in force, around the exact entries of a two-dimensional array.

    >>> from fractions import Fraction
    >>> A = BallMatrix.of([[Fraction(1, 2), 1], [0, 2]])
    >>> bool((A @ A.T).array()[0, 0] == Fraction(5, 4))
    True
    """

    __slots__ = ("mat",)
    # NumPy must leave `array @ ball_matrix` to fail here rather than loop over it.
    __array_ufunc__ = None
    mat: arb_mat

    def __init__(self, mat: arb_mat) -> None:
        self.mat = mat

    @classmethod
    def of(cls, values: Any) -> BallMatrix:
        """Enclose a two-dimensional array of exact numbers or balls."""
        source = np.asarray(values)
        rows, columns = source.shape
        return cls(arb_mat(rows, columns, [Ball(entry).arb for entry in source.reshape(-1)]))

    def array(self, radius: arb | None = None) -> NDArray[np.object_]:
        """Object array of ``Ball``, same shape, each entry widened by ``radius``."""
        entries = self.mat.entries()
        if radius is not None and not radius.is_zero():
            spread = arb(0, radius)
            entries = [entry + spread for entry in entries]
        return ball_array(entries).reshape(self.mat.nrows(), self.mat.ncols())

    def floats(self) -> NDArray[np.float64]:
        """Float64 midpoints of the entries."""
        entries = [float(entry) for entry in self.mat.entries()]
        return np.array(entries).reshape(self.mat.nrows(), self.mat.ncols())

    def mid(self) -> BallMatrix:
        """The exact matrix of midpoints."""
        return BallMatrix(self.mat.mid())

    @property
    def T(self) -> BallMatrix:  # noqa: N802 - as NumPy names it
        """Transpose."""
        return BallMatrix(self.mat.transpose())

    def __matmul__(self, other: BallMatrix) -> BallMatrix:
        return BallMatrix(self.mat * other.mat)

    def __add__(self, other: BallMatrix) -> BallMatrix:
        return BallMatrix(self.mat + other.mat)

    def __sub__(self, other: BallMatrix) -> BallMatrix:
        return BallMatrix(self.mat - other.mat)

    def __mul__(self, scalar: arb | int) -> BallMatrix:
        return self if type(scalar) is int and scalar == 1 else BallMatrix(self.mat * scalar)

    __rmul__ = __mul__

    def __truediv__(self, scalar: arb | int) -> BallMatrix:
        return BallMatrix(self.mat / scalar)
