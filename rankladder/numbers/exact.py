"""Rational numbers that stay exact as long as that is cheap: they settle the ties that balls leave open.

A ball around one third never tells 3 x (1/3) - 1 from zero, so a strict inequality with equality there stays
undecided at every precision. An :class:`Exact` does. It turns into a ball, an enclosure as ever, where the number
is no longer rational or has grown too long.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.balls import Ball
from rankladder.numbers.departures import as_written, departed, stands_for_more

__all__ = ["Exact", "exact_states", "rationals"]

_LONGEST = 20_000  # bits of a numerator or denominator; the digits of an orbit double with every step
_SHORT = 4_096  # bits up to which a state of a simulator is kept exact


def _settled(value: Fraction) -> Any:
    long = max(value.numerator.bit_length(), value.denominator.bit_length()) > _LONGEST
    return Ball(value) if long else _as(Exact, value)


def _as(kind: type[Fraction], value: Fraction) -> Any:
    """The number as one of another class: already reduced, so that no divisor need be sought."""
    made: Any = object.__new__(kind)
    made._numerator, made._denominator = value.numerator, value.denominator
    return made


def _plain(value: Any) -> Fraction | None:
    if type(value) is Fraction:
        return value
    if isinstance(value, Fraction):
        return _as(Fraction, value)  # type: ignore[no-any-return]
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, np.integer)):
        return Fraction(int(value))
    if isinstance(value, (float, np.floating)) and math.isfinite(value) and not stands_for_more(float(value)):
        return as_written(float(value)) or Fraction(float(value))
    return None


class Exact(Fraction):
    """A rational number in the arithmetic of a conclusion.

    >>> third = Exact(1, 3)
    >>> (third * 3 - 1) == 0, type(third * 3).__name__, type(third * Ball(2)).__name__
    (True, 'Exact', 'Ball')
    """

    __slots__ = ()
    __hash__ = Fraction.__hash__

    def __getattr__(self, name: str) -> Any:
        # what only a ball can do: exp, log, mid, is_negative ...
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(Ball(Fraction(self.numerator, self.denominator)), name)

    def __float__(self) -> float:
        departed()
        return self.numerator / self.denominator

    def sqrt(self) -> Any:
        """The square root, exact where it is rational."""
        if self.numerator >= 0:
            top, bottom = math.isqrt(self.numerator), math.isqrt(self.denominator)
            if top * top == self.numerator and bottom * bottom == self.denominator:
                return Exact(top, bottom)
        return Ball(Fraction(self.numerator, self.denominator)).sqrt()

    def conjugate(self) -> Any:
        """Itself."""
        return self

    def __neg__(self) -> Any:
        return Exact(-self.numerator, self.denominator)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return Exact(abs(self.numerator), self.denominator)

    def __pow__(self, other: Any) -> Any:
        own = Fraction(self.numerator, self.denominator)
        exponent = _plain(other)
        if exponent is None or exponent.denominator != 1:
            return Ball(own) ** (other if exponent is None else exponent)
        power = int(exponent)
        size = max(self.numerator.bit_length(), self.denominator.bit_length())
        return Ball(own) ** power if size * abs(power) > _LONGEST else _settled(own**power)

    def __rpow__(self, other: Any) -> Any:
        base = _plain(other)
        own = Fraction(self.numerator, self.denominator)
        if base is not None and own.denominator == 1:
            return Exact(base) ** own.numerator
        return NotImplemented if base is None else Ball(base) ** Ball(own)


def _operator(operation: Callable[[Any, Any], Any], reflected: bool) -> Callable[[Any, Any], Any]:
    def method(self: Exact, other: Any) -> Any:
        right = _plain(other)
        if right is None:
            return NotImplemented
        own = _as(Fraction, self)
        return _settled(operation(right, own) if reflected else operation(own, right))

    return method


for _name in ("add", "sub", "mul", "truediv"):
    setattr(Exact, f"__{_name}__", _operator(getattr(operator, _name), reflected=False))
    setattr(Exact, f"__r{_name}__", _operator(getattr(operator, _name), reflected=True))


def rationals(*values: Any) -> tuple[Any, ...] | None:
    """The arguments of a simulator as FLINT's rationals, and matrices of them; None unless they ask for it.

    One :class:`Exact` among them asks for it, and an entry that is not rational refuses it.

    >>> rationals(Exact(1, 3), 2), rationals(Fraction(1, 3), 2), rationals(Exact(1, 3), Ball(2))
    ((1/3, 2), None, None)
    """
    arrays = [np.asarray(value, dtype=object) for value in values]
    if not any(isinstance(entry, Exact) for array in arrays for entry in array.flat):
        return None
    found: list[Any] = []
    for array in arrays:
        entries = [_plain(entry) for entry in array.flat]
        short = [fmpq(entry.numerator, entry.denominator) for entry in entries if entry is not None]
        if len(short) < len(entries):
            return None
        if array.ndim:
            rows, columns = array.shape
            matrix: Any = fmpq_mat(rows, columns, short)
            found.append(BallMatrix(matrix))
        else:
            found.append(short[0])
    return tuple(found)


def exact_states(
    step: Callable[[tuple[Any, ...]], tuple[Any, ...]], state: tuple[Any, ...], steps: int
) -> list[tuple[Any, ...]]:
    """The first states of a map on what :func:`rationals` made, as many of ``steps`` + 1 as stay short.

    Returns:
        States of :class:`Exact` numbers, or of arrays of them.

    >>> exact_states(lambda state: (state[0] / 2,), (fmpq(3),), 2)
    [(Exact(3, 1),), (Exact(3, 2),), (Exact(3, 4),)]
    """
    found: list[tuple[Any, ...]] = []
    while len(found) <= steps:
        parts: list[Any] = [p.mat if isinstance(p, BallMatrix) else fmpq_mat(1, 1, [p]) for p in state]
        entries = [part.entries() for part in parts]
        if max(max(x.p.bit_length(), x.q.bit_length()) for part in entries for x in part) > _SHORT:
            break
        found.append(tuple(map(_numbers, state, parts)))
        if len(found) <= steps:
            state = step(state)
    return found


def _numbers(part: Any, entries: fmpq_mat) -> Any:
    made = np.empty((entries.nrows(), entries.ncols()), dtype=object)
    made.reshape(-1)[:] = [Exact(int(x.p), int(x.q)) for x in entries.entries()]
    return made if isinstance(part, BallMatrix) else made[0, 0]
