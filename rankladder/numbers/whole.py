"""Whole numbers that know which arithmetic they stand in.

A parameter that counts steps or sizes has to be an ``int``, which NumPy turns into float64 as soon as it is divided
or its logarithm is taken. A :class:`Whole` is an ``int`` wherever one is wanted, and leaves into its arithmetic, not
into float64, where the result is not whole.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["Whole", "is_short_power"]

# what of whole numbers is whole: NumPy may do it with plain ones
_WHOLE = (
    np.add, np.subtract, np.multiply, np.negative, np.positive, np.absolute, np.sign, np.maximum, np.minimum,
    np.floor_divide, np.remainder, np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
)  # fmt: skip


_LONGEST = 100_000  # bits of a power that is written out


def is_short_power(base: int | Fraction, exponent: int) -> bool:
    """Whether a power of a rational number has few enough digits to be written out.

    >>> is_short_power(2, 1000), is_short_power(Fraction(10**9 + 1, 10**9), 10**12)
    (True, False)
    """
    size = max(int(base.numerator).bit_length(), int(base.denominator).bit_length())
    return size <= 1 or size * abs(int(exponent)) <= _LONGEST


class Whole(int):
    """A whole number of an arithmetic.

    Args:
        value: the number.
        number: what makes a number of the arithmetic of a whole one: ``Ball``, or exact rationals.

    >>> from rankladder.numbers.balls import Ball
    >>> n = Whole(3, Ball)
    >>> [10 * k for k in range(n)], type(n + 1).__name__, type(n / 2).__name__, type(np.log(n)).__name__
    ([0, 10, 20], 'Whole', 'Ball', 'Ball')
    """

    number: Callable[[Any], Any]

    def __new__(cls, value: int, number: Callable[[Any], Any]) -> Whole:
        """The number ``value`` of the arithmetic that ``number`` makes."""
        made = super().__new__(cls, value)
        made.number = number
        return made

    @property
    def lifted(self) -> Any:
        """The same number of its arithmetic."""
        return self.number(int(self))

    def __getattr__(self, name: str) -> Any:
        # what NumPy asks an object for: log, exp, sqrt
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.lifted, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return Whole, (int(self), self.number)

    def _with(self, other: Any, operation: Callable[[Any, Any], Any], *, swapped: bool, whole: bool) -> Any:
        if isinstance(other, int) and not isinstance(other, bool):
            if whole:
                a, b = (int(other), int(self)) if swapped else (int(self), int(other))
                return Whole(operation(a, b), self.number)
            other = int(other)
        elif not isinstance(other, (float, Fraction)):
            return NotImplemented
        return operation(other, self.lifted) if swapped else operation(self.lifted, other)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            return pow(int(self), int(other), int(modulus))
        if not isinstance(other, int):
            return self._with(other, operator.pow, swapped=False, whole=False)
        short = is_short_power(self, other)
        return (
            self._with(other, operator.pow, swapped=False, whole=other >= 0)
            if short
            else self.lifted ** int(other)
        )

    def __rpow__(self, other: Any, modulus: Any = None) -> Any:
        if isinstance(other, int) and not is_short_power(other, self):
            return self.number(int(other)) ** int(self)
        return self._with(other, operator.pow, swapped=True, whole=self >= 0)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, int) and other and int(self) % other == 0:  # np.arange asks for n/1, as a float
            return Whole(int(self) // other, self.number)
        return self._with(other, operator.truediv, swapped=False, whole=False)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, operator.truediv, swapped=True, whole=False)

    def __neg__(self) -> Whole:
        return Whole(-int(self), self.number)

    def __pos__(self) -> Whole:
        return self

    def __abs__(self) -> Whole:
        return Whole(abs(int(self)), self.number)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        arrays = [x for x in inputs if isinstance(x, np.ndarray)]
        plain = ufunc in _WHOLE and all(a.dtype.kind != "f" for a in arrays)
        made = [(int(x) if plain else x.lifted) if isinstance(x, Whole) else x for x in inputs]
        if not plain:
            # beside a ball, floats and whole numbers in arrays are numbers of its arithmetic
            made = [
                x.astype(object) if isinstance(x, np.ndarray) and x.dtype.kind in "fiu" else x for x in made
            ]
        if not arrays and not plain:
            made = [np.asarray(x, dtype=object) for x in made]
        found = getattr(ufunc, method)(*made, **options)
        if isinstance(found, np.ndarray):
            return found if found.ndim else found[()]
        return found


def _attach(name: str, operation: Callable[[Any, Any], Any], *, whole: bool = True) -> None:
    def forward(self: Whole, other: Any) -> Any:
        return self._with(other, operation, swapped=False, whole=whole)

    def backward(self: Whole, other: Any) -> Any:
        return self._with(other, operation, swapped=True, whole=whole)

    setattr(Whole, f"__{name}__", forward)
    setattr(Whole, f"__r{name}__", backward)


for _name in ("add", "sub", "mul", "floordiv", "mod"):
    _attach(_name, getattr(operator, _name))
