"""Recognising a number from an interval that holds it: a short minimal polynomial, or one that theory derives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

__all__ = ["chance", "close", "proposals"]

_LARGEST_DEGREE = 8


def proposals(low: Fraction, high: Fraction, *, derived: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Polynomials and their roots in an interval, as SymPy expressions; ``derived`` are thresholds of a theory by name.

    >>> next(proposals(Fraction(14141, 10000), Fraction(14143, 10000), derived={}))
    (x**2 - 2, sqrt(2))
    """
    found = [_short_polynomial(low, high), _derived(low, high, derived)]
    yield from ((polynomial, root) for polynomial, root in found if root is not None)


def chance(polynomial: Any, root: Any, derived: Mapping[str, Any]) -> Fraction | None:
    """How far apart the roots of polynomials as short as this one lie near its root; None for what theory derives.

    There are about 3^(b-1) integer polynomials, up to their sign, whose coefficients carry b bits or less: that many were
    candidates, each with about one real root of every size.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> float(chance(x**2 - 2, sympy.sqrt(2), {})) < 0.01 < float(chance(x - 1, sympy.Integer(1), {}))
    True
    """
    import sympy

    if close(root) in map(close, derived.values()):
        return None
    bits = _length(int(c) for c in sympy.Poly(polynomial).all_coeffs())
    spacing: Fraction = (abs(close(root)) or Fraction(1)) / 3 ** (bits - 1)
    return spacing


def _short_polynomial(low: Fraction, high: Fraction) -> tuple[Any, Any]:
    """The integer polynomial of least degree with a root in the bracket that is too short to be there by chance.

    A bracket of relative width 2^-b meets some polynomial whose coefficients carry b bits in all, so one with
    clearly fewer is taken as meant. Lattice reduction finds the short ones of each degree.
    """
    import sympy
    from flint import fmpz_mat

    x = sympy.Symbol("x")
    if low <= 0 <= high:
        return x, sympy.Integer(0)
    middle, width = (low + high) / 2, (high - low) / max(abs(low), abs(high))
    bits = -math.log2(width)
    for degree in range(1, _LARGEST_DEGREE + 1):
        scale = round(1 / (high - low))
        rows = [
            [*(int(i == j) for j in range(degree + 1)), round(scale * middle**i)] for i in range(degree + 1)
        ]
        for row in fmpz_mat(rows).lll().tolist():
            coefficients = [int(c) for c in row[:-1]]
            ends = [sum(c * end**i for i, c in enumerate(coefficients)) for end in (low, high)]
            if ends[0] * ends[1] > 0 or not any(coefficients[1:]) or _length(coefficients) > bits / 1.2:
                continue
            for factor, _ in sympy.Poly(coefficients[::-1], x).factor_list()[1]:
                for root in factor.real_roots():
                    if low <= close(root) <= high:
                        return factor.as_expr(), root
    return None, None


def _length(coefficients: Iterable[int]) -> int:
    """The bits that the coefficients of a polynomial carry, signs among them."""
    return sum(abs(c).bit_length() + 1 for c in coefficients)


def _derived(low: Fraction, high: Fraction, derived: Mapping[str, Any]) -> tuple[Any, Any]:
    """Minimal polynomial and value of the derived threshold that lies in the bracket, if one does."""
    import sympy

    for value in derived.values():
        if low <= close(value) <= high:
            return sympy.minimal_polynomial(value, sympy.Symbol("x")), value
    return None, None


def close(value: Any) -> Fraction:
    """An exact SymPy number as a fraction, to 60 digits; a fraction as it is."""
    return value if isinstance(value, Fraction) else Fraction(str(value.evalf(60)))
