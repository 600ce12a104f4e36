"""Rates of change of formulas, by dual numbers: exact in every arithmetic, and no formula is written twice.

A solution of a differential equation is checked by its residual: the derivative of the closed form against
the right-hand side. The derivative comes from evaluating that same closed form on ``t + epsilon``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Dual", "derivative"]


class Dual:
    """A value and its rate of change; arithmetic follows the rules of differentiation.

    >>> x = Dual(3.0, 1.0)
    >>> (x * x / 2).rate
    3.0
    """

    __slots__ = ("rate", "value")

    def __init__(self, value: Any, rate: Any = 0) -> None:
        self.value, self.rate = value, rate

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.rate)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = _lift(other)
        return Dual(self.value + other.value, self.rate + other.rate)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = _lift(other)
        return Dual(self.value * other.value, self.rate * other.value + self.value * other.rate)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = _lift(other)
        ratio = self.value / other.value
        return Dual(ratio, (self.rate - ratio * other.rate) / other.value)

    def __rtruediv__(self, other: Any) -> Any:
        return _lift(other) / self

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, int):
            return NotImplemented
        return Dual(self.value**exponent, exponent * self.value ** (exponent - 1) * self.rate)

    # NumPy's functions call these on the entries of an object array
    def exp(self) -> Dual:
        """Exponential."""
        power = np.exp(self.value)
        return Dual(power, power * self.rate)

    def expm1(self) -> Dual:
        """``exp(x) - 1``."""
        return Dual(np.expm1(self.value), np.exp(self.value) * self.rate)

    def log(self) -> Dual:
        """Natural logarithm."""
        return Dual(np.log(self.value), self.rate / self.value)

    def log1p(self) -> Dual:
        """``log(1 + x)``."""
        return Dual(np.log1p(self.value), self.rate / (1 + self.value))


def _lift(value: Any) -> Dual:
    return value if isinstance(value, Dual) else Dual(value)


def derivative(function: Callable[[Any], Any], at: Any) -> Any:
    """The derivative of a formula of one number, in the arithmetic of that number.

    Args:
        function: built from arithmetic, integer powers, ``exp``, ``expm1``, ``log`` and ``log1p``.
        at: float, ``Fraction`` or ``Ball``.

    Returns:
        The rate of change: a number, or an array where the function returns one.

    >>> derivative(lambda t: t * t * t - 1 / t, 2.0)
    12.25
    """
    result = function(Dual(at, 1))
    if not isinstance(result, np.ndarray):
        return _lift(result).rate
    rates = np.empty(result.shape, dtype=object)
    for index in np.ndindex(result.shape):
        rates[index] = _lift(result[index]).rate
    return rates if any(not isinstance(r, (int, float)) for r in rates.flat) else rates.astype(float)
