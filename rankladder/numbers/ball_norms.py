"""Rigorous upper bounds on norms of ball matrices, in few bits: bounds need few digits."""

from __future__ import annotations

import math
from collections.abc import Iterable

from flint import arb, arb_mat

from rankladder.numbers.balls import precision

__all__ = [
    "BOUND_BITS", "float_upper", "identity", "log2_upper", "negative_part", "norm", "radius_norm", "spectral_norm",
]  # fmt: skip

BOUND_BITS = 64


def norm(matrix: arb_mat) -> arb:
    """Upper bound on the Frobenius norm."""
    with precision(BOUND_BITS):
        return (matrix * matrix.transpose()).trace().upper().sqrt().upper()


def spectral_norm(matrix: arb_mat, squarings: int = 4) -> arb:
    """Upper bound on the spectral norm: ``‖M‖₂^{2n} = ‖(MᵀM)^n‖₂ ≤ ‖(MᵀM)^n‖_F``, n a power of two.

    Too large by a factor of at most ``rank^{1/(4n)}``: 4% at rank 8 with four squarings.
    """
    with precision(BOUND_BITS):
        power = matrix.transpose() * matrix
        for _ in range(squarings):
            power = power * power
        bound: arb = norm(power) ** (arb(1) / 2 ** (squarings + 1))
        return bound.upper()


def negative_part(Sxx: arb_mat) -> arb:
    """A number ν ≥ 0, as small as can be shown easily, with ``Sxx + ν I`` positive definite.

    Found by elimination in balls on ``Sxx + ν I``: positive pivots prove it positive definite.
    """
    one = identity(Sxx.nrows())
    with precision(2 * BOUND_BITS):
        size = norm(Sxx)
        shift = arb(2) ** -60 * size
        while shift <= 2 * size and not size.is_zero():
            if _positive_pivots((Sxx + one * shift).tolist()):
                return shift.upper()
            shift = 16 * shift
        return (2 * size).upper()


def _positive_pivots(rows: list[list[arb]]) -> bool:
    for k, pivot_row in enumerate(rows):
        if not pivot_row[k] > 0:
            return False
        for row in rows[k + 1 :]:
            factor = row[k] / pivot_row[k]
            for column in range(k, len(rows)):
                row[column] = row[column] - factor * pivot_row[column]
    return True


def identity(order: int) -> arb_mat:
    """The identity matrix."""
    return arb_mat(order, order, [int(i == j) for i in range(order) for j in range(order)])


def radius_norm(matrices: Iterable[arb_mat]) -> arb:
    """Upper bound on the distance (Frobenius, all matrices together) from the midpoints of what is enclosed."""
    with precision(BOUND_BITS):
        total = arb(0)
        for matrix in matrices:
            # The difference is a ball around zero: its product with itself reaches the square of its radius.
            spread = matrix - matrix.mid()
            total = total + (spread * spread.transpose()).trace().upper()
        return total.sqrt().upper()


def log2_upper(value: arb) -> float:
    """Upper bound on log2 of a bound ≥ 0; infinite for a value that is not finite, which must pass no test."""
    if value.is_zero():
        return -math.inf
    if not value > 0 or not value.is_finite():
        return math.inf
    with precision(BOUND_BITS):
        return float(value.log().upper()) / math.log(2.0)


def float_upper(bound: arb) -> float:
    """A float64 at or above a bound; infinite where no float64 is."""
    return math.nextafter(float(bound.upper()), math.inf)
