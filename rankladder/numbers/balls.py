"""Rigorous numbers: real balls that never guess.

A :class:`Ball` wraps an Arb ball (a midpoint with a radius that provably contains the real number
meant). It differs from the bare ball in two ways that matter to a checker: it mixes with every exact
number a user may write (``int``, ``float``, ``Fraction``, NumPy scalars), and a comparison that the
enclosure cannot decide raises :class:`Undecided` instead of answering ``False``. So NumPy's
``minimum``, Python's ``max`` or an ``if`` in a user's code are either right or undecided, never wrong.

Source: F. Johansson, *Arb: efficient arbitrary-precision midpoint-radius interval arithmetic*,
IEEE Transactions on Computers 66 (2017).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, ctx, fmpq, fmpz
from numpy.typing import ArrayLike, NDArray

from rankladder.numbers.departures import as_written, departed, stands_for_more

__all__ = [
    "Ball", "Symbolic", "Undecided", "as_balls", "ball", "hull", "is_exact_number", "is_symbolic", "midpoints",
    "operand", "precision", "wrap",
]  # fmt: skip


_Arb = arb  # inside the class, ``arb`` is the wrapped value


class Symbolic:
    """Base of numbers of a third arithmetic, which know rules but no size: a simulator takes its steps on them
    as they are written, without enclosing or rounding anything.
    """

    __slots__ = ()


class Undecided(ArithmeticError):
    """The enclosure is too wide to decide a comparison; more precision may decide it."""


class TooLong(Undecided, ValueError):
    """What was asked would take more steps than the limit; no precision helps."""


def precision(bits: int) -> AbstractContextManager[Any]:
    """Scope within which balls carry ``bits`` bits; the caller's precision returns afterwards.

    >>> with precision(256):
    ...     wide = Ball(1) / 3
    >>> wide.radius < 1e-75
    True
    """
    if bits < 2:
        raise ValueError(f"precision {bits} bits must be at least 2; use 64 or more")
    return ctx.workprec(int(bits))


def _arb(value: Any) -> arb | None:
    """Convert an exact number without rounding beyond the enclosure; None for foreign types."""
    kind = type(value)
    if kind is Ball:
        inside: arb = value.arb
        return inside
    if kind is int or kind is float:
        return arb(value)
    if kind is Fraction:
        return arb(fmpq(value.numerator, value.denominator))
    if kind is arb or kind is fmpq or kind is fmpz:
        return arb(value)
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, np.integer)):
        return arb(int(value))
    if isinstance(value, (float, np.floating)):
        # np.longdouble would be rounded by float(): refuse rather than enclose another number
        return arb(float(value)) if np.dtype(type(value)).itemsize <= 8 else None
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    numerator, denominator = getattr(value, "p", None), getattr(value, "q", None)
    if isinstance(numerator, int) and isinstance(denominator, int) and denominator:  # a SymPy Rational
        return arb(fmpq(numerator, denominator))
    return None


_NINE_DIGITS = arb(2) ** -32


def operand(value: Any) -> arb | None:
    """As :func:`_arb`, for what stands beside a ball in an operation."""
    inner = _arb(value)
    if inner is not None and isinstance(value, (float, np.floating)):
        if stands_for_more(float(value)):
            return arb(inner, abs(inner) * _NINE_DIGITS)
        if (decimal := as_written(float(value))) is not None:
            return _arb(decimal)
    return inner


class Ball:
    """A real number known to lie within a radius of a midpoint.

    Args:
        value: ``int``, ``float`` (taken as the exact dyadic rational it is), ``Fraction``, NumPy scalar,
            Arb ball, or another ``Ball``.

    Raises:
        TypeError: for a value that is not a real number of these kinds.

    >>> from fractions import Fraction
    >>> third = Ball(Fraction(1, 3))
    >>> third * 3 - 1 > Ball(1)
    False
    >>> third < 0.5
    True
    >>> try:
    ...     third * 3 < 1
    ... except Undecided:
    ...     print("undecided")
    undecided
    """

    __slots__ = ("arb",)
    __hash__ = None  # type: ignore[assignment]
    arb: _Arb

    def __init__(self, value: Any = 0) -> None:
        inner = _arb(value)
        if inner is None:
            raise TypeError(f"Expected an int, float, Fraction or Ball but got {value!r}")
        self.arb = inner

    # -- reading -------------------------------------------------------------------------------------
    @property
    def mid(self) -> float:
        """Midpoint, rounded to float64 (may be infinite for huge values)."""
        departed()
        return float(self.arb.mid())

    @property
    def radius(self) -> float:
        """Radius, rounded to float64."""
        return float(self.arb.rad())

    @property
    def lower(self) -> float:
        """A float64 near the lower end (not a rigorous bound: compare balls instead)."""
        departed()
        return float(self.arb.lower())

    @property
    def upper(self) -> float:
        """A float64 near the upper end (not a rigorous bound: compare balls instead)."""
        departed()
        return float(self.arb.upper())

    def is_nan(self) -> bool:
        """Whether the expression has no value here (log of a negative number, say)."""
        return bool(self.arb.is_nan())

    def is_exact(self) -> bool:
        """Whether the radius is zero."""
        return bool(self.arb.is_exact())

    def contains_zero(self) -> bool:
        """Whether zero lies in the enclosure."""
        return bool(self.arb.contains(0))

    def is_negative(self) -> bool:
        """Whether the number is certainly below zero."""
        return bool(self.arb < 0)

    def is_positive(self) -> bool:
        """Whether the number is certainly above zero."""
        return bool(self.arb > 0)

    def is_nonnegative(self) -> bool:
        """Whether the number is certainly at least zero."""
        return bool(self.arb >= 0)

    def __repr__(self) -> str:
        return f"Ball({self.arb.str(17)})"

    def __str__(self) -> str:
        return str(self.arb.str(17))

    def __format__(self, spec: str) -> str:
        return format(float(self.arb.mid()), spec) if spec else str(self)

    # -- arithmetic ----------------------------------------------------------------------------------
    if TYPE_CHECKING:  # the binary operators and the functions are attached below, one loop for all

        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...

    def __neg__(self) -> Ball:
        return wrap(-self.arb)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return wrap(abs(self.arb))

    def __pow__(self, other: Any) -> Any:
        if type(other) is int or isinstance(other, (int, np.integer)):
            return wrap(_integer_power(self.arb, int(other)))
        inner = operand(other)
        return NotImplemented if inner is None else wrap(self.arb**inner)

    def __rpow__(self, other: Any) -> Any:
        inner = operand(other)
        return NotImplemented if inner is None else wrap(inner**self.arb)

    def __int__(self) -> int:
        if abs(self.arb) < 1:
            return 0
        return self.__floor__() if self.arb > 0 else self.__ceil__()

    def __floor__(self) -> int:
        return self._unique_integer(self.arb.floor(), "floor")

    def __ceil__(self) -> int:
        return self._unique_integer(self.arb.ceil(), "ceil")

    def _unique_integer(self, rounded: _Arb, name: str) -> int:
        found = rounded.unique_fmpz()
        if found is None:
            raise Undecided(f"cannot decide {name} of {self.arb.str(6)}; raise the precision")
        return int(found)

    # -- functions that NumPy's ufuncs call on objects -------------------------------------------------
    def sqrt(self) -> Ball:
        """Square root. Where the enclosure reaches below zero only by its radius, the root of the
        part at or above zero: the argument of a root in a true formula is never negative.
        """
        value = self.arb
        if value.contains(0) and not value.is_exact():
            top = value.upper().sqrt()
            return wrap(arb(0).union(top))
        return wrap(value.sqrt())

    def arccos(self) -> Ball:
        """Inverse cosine; as with the root, what reaches beyond -1 or 1 only by the radius is cut off there."""
        low, high = self.arb.lower().max(arb(-1)), self.arb.upper().min(arb(1))
        beyond = self.arb > 1 or self.arb < -1 or self.is_nan()
        return wrap(
            arb("nan") if beyond else self.arb.acos() if low == high else low.acos().union(high.acos())
        )

    def arcsin(self) -> Ball:
        """Inverse sine, cut off as :meth:`arccos` is."""
        return wrap(arb.pi() / 2 - self.arccos().arb)

    def log2(self) -> Ball:
        """Logarithm to base 2."""
        return wrap(self.arb.log() / arb.const_log2())

    def conjugate(self) -> Ball:
        """Itself: the number is real."""
        return self

    # -- comparisons -----------------------------------------------------------------------------------
    def _compare(self, other: Any, yes: Callable[[_Arb], bool], no: Callable[[_Arb], bool], sign: str) -> Any:
        inner = operand(other)
        if inner is None:
            return NotImplemented
        difference = self.arb - inner
        if yes(difference):
            return True
        if no(difference):
            return False
        raise Undecided(f"cannot decide {difference.str(6)} {sign} 0; raise the precision")

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda x: x < 0, lambda x: x >= 0, "<")

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda x: x <= 0, lambda x: x > 0, "<=")

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda x: x > 0, lambda x: x <= 0, ">")

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda x: x >= 0, lambda x: x < 0, ">=")

    def __eq__(self, other: Any) -> Any:
        return self._compare(other, lambda x: bool(x.is_zero()), lambda x: bool(x != 0), "==")

    def __ne__(self, other: Any) -> Any:
        return self._compare(other, lambda x: bool(x != 0), lambda x: bool(x.is_zero()), "!=")

    def __bool__(self) -> bool:
        return bool(self.__ne__(0))


def _integer_power(base: arb, exponent: int) -> arb:
    """Integer power, also of a ball centred at exactly zero.

    >>> _integer_power(arb(0, 0.25), 2) <= 0.0626
    True
    """
    power = base**exponent
    if exponent > 0 and power.is_nan() and base.is_finite():
        # Arb answers NaN for a ball centred at exactly zero
        top = base.abs_upper() ** exponent
        return top.union(-top) if exponent % 2 else top.union(arb(0))
    return power


_new = Ball.__new__


def wrap(value: arb) -> Ball:
    """The ``Ball`` around a raw Arb ball, without the checks of the constructor."""
    made = _new(Ball)
    made.arb = value
    return made


def _binary(operation: Callable[[Any, Any], arb]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def forward(self: Ball, other: Any) -> Any:
        kind = type(other)
        if kind is Ball:
            inner = other.arb
        elif kind is int:
            inner = other
        else:
            inner = operand(other)
            if inner is None:
                return NotImplemented
        made = _new(Ball)
        made.arb = operation(self.arb, inner)
        return made

    def backward(self: Ball, other: Any) -> Any:
        inner = other if type(other) is int else operand(other)
        if inner is None:
            return NotImplemented
        made = _new(Ball)
        made.arb = operation(inner, self.arb)
        return made

    return forward, backward


for _name, _operation in (
    ("add", operator.add),
    ("sub", operator.sub),
    ("mul", operator.mul),
    ("truediv", operator.truediv),
):
    _forward, _backward = _binary(_operation)
    setattr(Ball, f"__{_name}__", _forward)
    setattr(Ball, f"__r{_name}__", _backward)


def _function(name: str, arb_name: str | None = None) -> Callable[[Ball], Ball]:
    inner = getattr(arb, arb_name or name)

    def method(self: Ball) -> Ball:
        return wrap(inner(self.arb))

    method.__name__ = name
    method.__doc__ = f"Enclosure of {name}."
    return method


# np.log, np.arctanh, … on an object array call the element's method of the same name.
for _name in ("log", "log1p", "exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh"):
    setattr(Ball, _name, _function(_name))
for _name, _inner in (("arcsinh", "asinh"), ("arccosh", "acosh"), ("arctanh", "atanh"), ("arctan", "atan")):
    setattr(Ball, _name, _function(_name, _inner))


def ball(value: Any) -> Ball:
    """The ball around an exact number (see :class:`Ball`)."""
    return Ball(value)


def hull(lower: Any, upper: Any) -> Ball:
    """The smallest ball that contains both arguments.

    >>> hull(1, 2).contains_zero()
    False
    """
    return wrap(Ball(lower).arb.union(Ball(upper).arb))


def is_exact_number(value: Any) -> bool:
    """Whether ``value`` computes exactly or in balls (a Ball, Fraction, or object array of them)."""
    return isinstance(value, (Ball, Fraction, Symbolic)) or (
        isinstance(value, np.ndarray) and value.dtype == object
    )


def is_symbolic(*values: Any) -> bool:
    """Whether any of the arguments is symbolic, or an array with symbolic entries."""
    return any(
        isinstance(value, Symbolic)
        or (
            isinstance(value, np.ndarray)
            and value.dtype == object
            and any(isinstance(entry, Symbolic) for entry in value.flat)
        )
        for value in values
    )


def as_balls(values: ArrayLike | Any) -> NDArray[np.object_]:
    """Object array of balls around the exact entries of ``values``, same shape; symbolic entries stay."""
    source = np.asarray(values, dtype=object)
    result = np.empty(source.shape, dtype=object)
    flat, out = source.reshape(-1), result.reshape(-1)
    for index in range(flat.size):
        out[index] = exact_number(flat[index])
    return result


def exact_number(value: Any) -> Any:
    """The ball around an exact number; a symbolic one as it is."""
    return value if isinstance(value, Symbolic) else Ball(value)


def midpoints(values: Any) -> NDArray[np.float64]:
    """Float64 midpoints of balls (or plain numbers), same shape, for display and search only.

    A conclusion that uses them is judged in float64, which refutes nothing; see :mod:`rankladder.numbers.departures`.
    """
    departed()
    source = np.asarray(values, dtype=object)
    return np.array(
        [v.mid if isinstance(v, Ball) else float(v) for v in source.reshape(-1)], dtype=np.float64
    ).reshape(source.shape)
