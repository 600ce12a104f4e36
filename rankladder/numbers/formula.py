"""From a SymPy expression to numbers: one expression, many arithmetics.

A :class:`Formula` is written once and evaluated on float64 (scalars and arrays), on exact fractions, on
rigorous balls and on SymPy's own expressions. In the exact arithmetics constants are never rounded floats:
rational ones become fractions, and where balls meet plain numbers the plain numbers become balls before any
logarithm is taken. ``log(1 + x)`` is emitted as ``log1p(x)`` and ``exp(x) - 1`` as ``expm1(x)``, so that
small steps and short times do not cancel.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import sympy
from sympy.printing.numpy import NumPyPrinter

from rankladder.numbers.whole import is_short_power

__all__ = ["Formula"]


class _FloatPrinter(NumPyPrinter):  # type: ignore[misc]
    def _print_log(self, expr: Any) -> str:
        (argument,) = expr.args
        if argument.is_Add and argument.as_coefficients_dict().get(sympy.S.One) == 1:
            return f"{self._module_format('numpy.log1p')}({self._print(argument - 1)})"
        return f"{self._module_format('numpy.log')}({self._print(argument)})"

    def _print_Add(self, expr: Any, order: Any = None) -> str:  # noqa: N802 - SymPy's naming
        terms = list(expr.args)
        constants = [x for x in terms if x.is_Number]
        for term in terms:
            coefficient, power = term.as_coeff_Mul()
            if isinstance(power, sympy.exp) and constants and constants[0] == -coefficient:
                rest = [x for x in terms if x is not term and x is not constants[0]]
                argument = self._print(power.args[0])
                small = f"({self._print(coefficient)})*{self._module_format('numpy.expm1')}({argument})"
                return " + ".join([small, *(f"({self._print(x)})" for x in rest)])
        return str(super()._print_Add(expr))


class _ExactPrinter(_FloatPrinter):
    """Rational numbers as fractions; irrational constants from ``number``, in the caller's arithmetic."""

    _inside_constant = False

    def _print_Integer(self, expr: Any) -> str:  # noqa: N802
        return f"number({expr.p})" if self._inside_constant else str(expr.p)

    _print_Zero = _print_One = _print_NegativeOne = _print_Integer  # noqa: N815

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        fraction = f"Fraction({expr.p}, {expr.q})"
        return f"number({fraction})" if self._inside_constant else fraction

    _print_Half = _print_Rational  # noqa: N815

    def _print_Float(self, expr: Any) -> str:  # noqa: N802
        return self._print_Rational(sympy.Rational(expr))

    def _print_Pi(self, expr: Any) -> str:  # noqa: N802
        return "(4*numpy.arctan(number(1)))"

    def _print_Exp1(self, expr: Any) -> str:  # noqa: N802
        return "numpy.exp(number(1))"

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: N802
        if expr.base.is_Rational and expr.exp.free_symbols:
            return f"power(number, {self._print(expr.base)}, {self._print(expr.exp)})"
        # the parent turns negative integer exponents into floats for the sake of integer arrays
        return str(self._hprint_Pow(expr, rational=rational, sqrt="numpy.sqrt"))

    def _print(self, expr: Any, **options: Any) -> str:
        constant = isinstance(expr, sympy.Expr) and not expr.free_symbols and not expr.is_Number
        if not constant or self._inside_constant:
            return str(super()._print(expr, **options))
        self._inside_constant = True
        try:
            return str(super()._print(expr, **options))
        finally:
            self._inside_constant = False


class Formula:
    """A SymPy expression as a function of some symbols.

    Args:
        expr: the expression.
        args: its symbols, in the order of the call.
        name: what it is called when shown.

    Raises:
        ValueError: when the expression has a symbol that is not among ``args``.

    >>> s, k = sympy.symbols("s k")
    >>> rate = Formula(sympy.log(1 + s) / 3, (s,), name="rate")
    >>> round(float(rate(1.0)), 6)
    0.231049
    >>> Formula(s / 3, (s,))(Fraction(1, 2))
    Fraction(1, 6)
    >>> rate(2 * k)
    log(2*k + 1)/3
    """

    def __init__(self, expr: Any, args: Sequence[Any], name: str = "") -> None:
        self.expr = sympy.sympify(expr)
        self.args = tuple(args)
        self.name = name
        unbound = self.expr.free_symbols - set(self.args)
        if unbound:
            missing = ", ".join(sorted(map(str, unbound)))
            raise ValueError(
                f"Expected every symbol of {self.expr} among the arguments but {missing} is missing"
            )

    @classmethod
    def of(cls, expr: Any, name: str = "") -> Formula:
        """The expression as a function of its own symbols, sorted by name."""
        expression = sympy.sympify(expr)
        return cls(expression, sorted(expression.free_symbols, key=str), name)

    @functools.cached_property
    def _float(self) -> Callable[..., Any]:
        made: Callable[..., Any] = sympy.lambdify(
            self.args, self.expr, modules=[{"functools": functools, "numpy": np}], printer=_FloatPrinter
        )
        return made

    @functools.cached_property
    def _exact(self) -> Callable[..., Any]:
        # exponents keep the numbers as they were given: an integer power needs no logarithm
        lifted, raw = (
            {x: sympy.Symbol(f"{kind}{i}", **x.assumptions0) for i, x in enumerate(self.args)}
            for kind in ("lifted", "raw")
        )
        expression = self.expr.replace(
            lambda e: isinstance(e, sympy.Pow) and bool(e.exp.free_symbols),
            lambda e: sympy.Pow(e.base, e.exp.xreplace(raw), evaluate=False),
        )
        arguments = (sympy.Symbol("number"), *lifted.values(), *raw.values())
        modules = [{"Fraction": Fraction, "power": _power, "functools": functools, "numpy": np}]
        return sympy.lambdify(  # type: ignore[no-any-return]
            arguments, expression.xreplace(lifted), modules=modules, printer=_ExactPrinter
        )

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The value at the arguments, in their arithmetic.

        Raises:
            TypeError: when an argument is missing or unknown, when a function in the expression is in none of the
                arithmetics, or when only fractions are given and the value is no fraction.
        """
        if named or len(arguments) != len(self.args):
            arguments = self._in_order(arguments, named)
        try:
            return self._value(arguments)
        except (NameError, NotImplementedError) as error:  # the printer of SymPy may refuse it, too
            raise TypeError(
                f"no arithmetic here knows every function in {self.expr}; use elementary ones"
            ) from error

    def exactly(self, *arguments: Fraction) -> Any:
        """The value at fractions, given in order: as a call has it, without looking at what they are.

        >>> x = sympy.Symbol("x")
        >>> Formula(1 / (1 + x), (x,)).exactly(Fraction(1, 2))
        Fraction(2, 3)
        """
        return self._exact(_itself, *arguments, *arguments)

    def _value(self, arguments: tuple[Any, ...]) -> Any:
        plan = _plan(tuple(map(type, arguments)))
        if plan is not None:
            zero = 0 * arguments[plan.foreign]
            lifted = list(arguments)
            for place in plan.plain:
                lifted[place] = zero + lifted[place]
            return self._exact(functools.partial(operator.add, zero), *lifted, *arguments)
        number = next(
            (a.number for a in arguments if hasattr(a, "number")), None
        )  # whole numbers of an arithmetic
        if number is not None and all(isinstance(a, (int, float, Fraction)) for a in arguments):
            return self._exact(number, *map(number, arguments), *arguments)
        if not arguments and self.expr.is_Rational:
            return Fraction(int(self.expr.p), int(self.expr.q))  # nothing asks for float64: stay exact
        if all(_is_plain(a) for a in arguments):
            return self._float(*arguments)
        if any(isinstance(a, sympy.Basic) for a in arguments):
            return self.expr.subs(list(zip(self.args, arguments, strict=True)), simultaneous=True)
        arguments = tuple(a.item() if isinstance(a, np.generic) else a for a in arguments)
        number = _number_of(arguments)
        try:
            return self._exact(number, *(_lifted(a, number) for a in arguments), *arguments)
        except TypeError as error:
            if any(isinstance(a, Fraction) for a in arguments) and "ufunc" in str(error):
                raise TypeError(
                    f"{self.name or self.expr} is no fraction of the fractions {arguments}; pass floats or balls"
                ) from error
            raise

    def _in_order(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        names = [str(symbol) for symbol in self.args]
        values = dict(zip(names, arguments, strict=False))
        unknown = set(named) - set(names)
        if unknown or len(arguments) > len(names) or values.keys() & named.keys():
            raise TypeError(f"Expected the arguments {names} but got {len(arguments)} and {sorted(named)}")
        values |= named
        if len(values) < len(names):
            raise TypeError(
                f"Expected the arguments {names} but {sorted(set(names) - set(values))} is missing"
            )
        return tuple(values[n] for n in names)

    @property
    def latex(self) -> str:
        """The expression in LaTeX."""
        return str(sympy.latex(self.expr))

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __repr__(self) -> str:
        return f"Formula({self.expr}, ({', '.join(map(str, self.args))},))"


class _Plan(NamedTuple):
    """How single numbers of certain types meet: the place of one in the arithmetic, and those of plain numbers."""

    foreign: int
    plain: tuple[int, ...]


@functools.lru_cache(maxsize=4096)
def _plan(kinds: tuple[type, ...]) -> _Plan | None:
    """The plan for plain numbers beside those of one other arithmetic; None where there is more to look at."""
    plain = tuple(i for i, kind in enumerate(kinds) if kind in (int, float, Fraction))
    foreign = [i for i in range(len(kinds)) if i not in plain]
    if len({kinds[i] for i in foreign}) != 1:
        return None
    kind = kinds[foreign[0]]
    if issubclass(kind, (sympy.Basic, np.generic, np.ndarray, bool, int, float, Fraction)):
        return None
    return _Plan(foreign[0], plain)


def _itself(value: Any) -> Any:
    return value


def _power(number: Callable[[Any], Any], base: Any, exponent: Any) -> Any:
    """A rational number to a power, in the arithmetic of ``number`` where its digits would not end."""
    short = isinstance(exponent, int) and is_short_power(base, exponent)
    return (base if short else number(base)) ** exponent


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "fiu"
    )


def _number_of(arguments: Iterable[Any]) -> Callable[[Any], Any]:
    """How plain numbers enter the arithmetic of the arguments: added to its zero, which makes them one of it."""
    zeros: dict[type, Any] = {}
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            if argument.dtype != object or not argument.size:
                continue
            argument = argument.flat[0]
        kind = type(argument)
        if kind not in zeros and not isinstance(argument, (int, float, Fraction, np.generic)):
            zeros[kind] = 0 * argument
    if not zeros:
        return lambda value: value
    zero = sum(zeros.values())
    return lambda value: zero + value


def _lifted(value: Any, number: Callable[[Any], Any]) -> Any:
    if isinstance(value, (int, float, Fraction)):
        return number(value)
    if isinstance(value, np.ndarray):
        if value.dtype != object:
            return number(value.astype(object))
        if value.size and isinstance(value.flat[0], (int, float, Fraction, np.generic)):
            return number(value)
    return value
