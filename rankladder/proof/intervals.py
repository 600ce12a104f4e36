"""Intervals whose ends are balls, and SymPy expressions on them.

An end carries the rounding of the arithmetic in its own radius, so ``low`` and ``high`` enclose the range of an
expression over an interval as wide as a parameter's whole box: products of positive intervals and monotone
functions are taken end by end, where the radius of one wide ball would spread to both sides.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import itemgetter, methodcaller
from typing import Any

import sympy
from flint import arb, fmpq

from rankladder.proof.tails import ExpTail, LogTail, exp_tail, log_tail

__all__ = ["Interval", "NoEnclosure", "enclosures"]


class NoEnclosure(ArithmeticError):
    """The expression is not shown to have a value all over the interval."""


class Interval:
    """The real numbers from ``low`` to ``high``.

    >>> x = Interval.of(0, 1)
    >>> (x * x).high <= 1, (x * x).low >= 0
    (True, True)
    >>> (x - x).low.mid()
    -1.00000000000000
    """

    __slots__ = ("high", "low")

    def __init__(self, low: arb, high: arb) -> None:
        if not (low.is_finite() and high.is_finite()):
            raise NoEnclosure
        self.low, self.high = low, high

    @classmethod
    def of(cls, low: Fraction | int, high: Fraction | int) -> Interval:
        """From exact ends."""
        return cls(_arb(Fraction(low)), _arb(Fraction(high)))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        if self.low >= 0:
            if other.low >= 0:
                return Interval(self.low * other.low, self.high * other.high)
            if other.high <= 0:
                return Interval(self.high * other.low, self.low * other.high)
            return Interval(self.high * other.low, self.high * other.high)
        if other.low >= 0:
            return other * self
        if self.high <= 0:
            return -(-self * other)
        if other.high <= 0:
            return -(self * -other)
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        low, high = ends[0], ends[0]
        for end in ends[1:]:
            low, high = low.min(end), high.max(end)
        return Interval(low, high)

    def __truediv__(self, other: Interval) -> Interval:
        return self * other.power(-1)

    def power(self, exponent: int) -> Interval:
        """An integer power."""
        if exponent < 0:
            if not (self.low > 0 or self.high < 0):
                raise NoEnclosure
            # balls for the ends may overlap a little where the interval is a point: both enclose the same number
            return Interval(1 / self.high, 1 / self.low).power(-exponent)
        if exponent % 2 or self.low >= 0:
            return Interval(_power(self.low, exponent), _power(self.high, exponent))
        if self.high <= 0:
            return (-self).power(exponent)
        return Interval(arb(0), (-self.low).max(self.high) ** exponent)

    def sqrt(self) -> Interval:
        """Square root, of what is shown to be at least 0."""
        if not self.low >= 0:
            raise NoEnclosure
        return Interval(self.low.sqrt(), self.high.sqrt())

    def log(self) -> Interval:
        """Logarithm, of what is shown to be positive."""
        if not self.low > 0:
            raise NoEnclosure
        return Interval(self.low.log(), self.high.log())

    def log1p(self) -> Interval:
        """Logarithm of 1 + x."""
        if not self.low > -1:
            raise NoEnclosure
        return Interval(self.low.log1p(), self.high.log1p())

    def exp(self) -> Interval:
        """Exponential."""
        return Interval(self.low.exp(), self.high.exp())

    def tanh(self) -> Interval:
        """Hyperbolic tangent."""
        return Interval(self.low.tanh(), self.high.tanh())

    def sinh(self) -> Interval:
        """Hyperbolic sine."""
        return Interval(self.low.sinh(), self.high.sinh())

    def cosh(self) -> Interval:
        """Hyperbolic cosine, even."""
        if self.low >= 0:
            return Interval(self.low.cosh(), self.high.cosh())
        if self.high <= 0:
            return (-self).cosh()
        return Interval(arb(1), (-self.low).max(self.high).cosh())

    def log_tail(self, n: int, m: int) -> Interval:
        """:class:`~rankladder.proof.tails.LogTail`, decreasing; not a number where it has no value."""
        return Interval(log_tail(n, m, self.high), log_tail(n, m, self.low))

    def exp_tail(self, n: int) -> Interval:
        """:class:`~rankladder.proof.tails.ExpTail`, increasing."""
        return Interval(exp_tail(n, self.low), exp_tail(n, self.high))

    def __repr__(self) -> str:
        return f"Interval({self.low.str(6)}, {self.high.str(6)})"


def _arb(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _power(base: arb, exponent: int) -> arb:
    power = base**exponent
    if power.is_nan() and base.is_finite():
        # Arb answers NaN for a ball centred at exactly zero
        top = base.abs_upper() ** exponent
        return top.union(-top)
    return power


_Evaluation = Callable[[Sequence[Interval]], Interval]
_METHODS = {
    sympy.log: "log", sympy.exp: "exp", sympy.tanh: "tanh", sympy.sinh: "sinh", sympy.cosh: "cosh",
}  # fmt: skip


def enclosures(
    expressions: Sequence[Any], symbols: Sequence[Any]
) -> Callable[[Sequence[Interval]], list[Interval]]:
    """The ranges of expressions over a box of intervals, as one function; what they share is computed once.

    Args:
        expressions: SymPy expressions of rational numbers, ``+ * / **``, log, exp, tanh, sinh, cosh and tails.
        symbols: in the order in which the intervals are given.

    Raises:
        ValueError: for an expression with another function.
        NoEnclosure: from the function, where an expression is not shown to have a value all over the box.

    >>> x = sympy.Symbol("x")
    >>> enclosures([x * sympy.exp(x)], [x])([Interval.of(0, 1)])[0].high < 2.7183
    True
    """
    shared, rest = sympy.cse(list(expressions), symbols=(sympy.Dummy() for _ in itertools.count()))
    places = {symbol: i for i, symbol in enumerate([*symbols, *(symbol for symbol, _ in shared)])}
    steps = [_on_intervals(value, places) for _, value in shared]
    results = [_on_intervals(value, places) for value in rest]

    def enclose(box: Sequence[Interval]) -> list[Interval]:
        values = [*box]
        for step in steps:
            values.append(step(values))
        return [result(values) for result in results]

    return enclose


def _on_intervals(e: Any, places: Mapping[Any, int]) -> _Evaluation:
    """The expression as a function of the intervals of its symbols, each at its place."""

    def of(argument: Any) -> _Evaluation:
        return _on_intervals(argument, places)

    def joined(combine: Callable[[Interval, Interval], Interval], arguments: Sequence[Any]) -> _Evaluation:
        def two(one: _Evaluation, other: _Evaluation) -> _Evaluation:
            return lambda v: combine(one(v), other(v))

        return reduce(two, map(of, arguments))

    def method(name: str, argument: Any, *given: int) -> _Evaluation:
        inner, call = of(argument), methodcaller(name, *given)
        return lambda v: call(inner(v))

    if e.is_Symbol:
        return itemgetter(places[e])
    if e.is_Float:
        raise ValueError(f"Expected exact numbers but got {e}; write it as a fraction")
    if e.is_Rational:
        number = Interval.of(Fraction(e.p, e.q), Fraction(e.p, e.q))
        return lambda v: number
    if e.is_Add:
        return joined(operator.add, e.args)
    if e.is_Mul and e.args[0] == -1:
        return method("__neg__", sympy.Mul(*e.args[1:], evaluate=False))
    if e.is_Mul:
        return joined(operator.mul, e.args)
    if e.is_Pow and e.exp.is_Integer:
        return method("power", e.base, int(e.exp))
    if e.is_Pow and e.exp == sympy.S.Half:
        return method("sqrt", e.base)
    if e.is_Pow:
        exponent, logarithm = of(e.exp), method("log", e.base)
        return lambda v: (exponent(v) * logarithm(v)).exp()
    if isinstance(e, sympy.log) and e.args[0].is_Add and 1 in e.args[0].args:
        return method("log1p", e.args[0] - 1)
    if type(e) in _METHODS:
        return method(_METHODS[type(e)], e.args[0])
    if isinstance(e, LogTail):
        return method("log_tail", e.args[2], int(e.args[0]), int(e.args[1]))
    if isinstance(e, ExpTail):
        return method("exp_tail", e.args[1], int(e.args[0]))
    raise ValueError(f"Expected elementary functions but got {e}; write it with exp, log and powers")
