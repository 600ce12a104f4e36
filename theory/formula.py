"""From a SymPy expression to numbers: one expression, many arithmetics.

A :class:`Formula` is written once and evaluated on float64 (scalars and arrays), on exact fractions and on
rigorous balls. Rational constants reach the exact arithmetics as fractions, never as rounded floats, and
``log(1 + x)`` is emitted as ``log1p(x)``, so that small steps do not cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from sympy.printing.numpy import NumPyPrinter

__all__ = ["Formula"]


class _Log1pPrinter(NumPyPrinter):  # type: ignore[misc]
    def _print_log(self, expr: sympy.Expr) -> str:
        (argument,) = expr.args
        rest = argument - 1
        if argument.is_Add and argument.as_coefficients_dict().get(sympy.S.One) == 1:
            return f"{self._module_format('numpy.log1p')}({self._print(rest)})"
        return str(
            super()._print_log(expr)
            if hasattr(super(), "_print_log")
            else f"numpy.log({self._print(argument)})"
        )


class _ExactPrinter(_Log1pPrinter):
    def _print_Rational(self, expr: sympy.Rational) -> str:  # noqa: N802 - SymPy's naming
        return f"Fraction({expr.p}, {expr.q})"

    def _print_Half(self, expr: sympy.Rational) -> str:  # noqa: N802
        return "Fraction(1, 2)"

    def _print_Float(self, expr: sympy.Float) -> str:  # noqa: N802
        exact = sympy.Rational(expr)
        return f"Fraction({exact.p}, {exact.q})"


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

    @cached_property
    def _plain(self) -> Callable[..., Any]:
        return sympy.lambdify(self.args, self.expr, modules="numpy", printer=_Log1pPrinter)  # type: ignore[no-any-return]

    @cached_property
    def _exact(self) -> Callable[..., Any]:
        modules = [{"Fraction": Fraction}, "numpy"]
        return sympy.lambdify(self.args, self.expr, modules=modules, printer=_ExactPrinter)  # type: ignore[no-any-return]

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The value at the arguments, in their arithmetic."""
        if named:
            values = dict(zip(self.args, arguments, strict=False))
            values.update({symbol: named[str(symbol)] for symbol in self.args if str(symbol) in named})
            arguments = tuple(values[symbol] for symbol in self.args)
        if all(_is_plain(a) for a in arguments):
            return self._plain(*arguments) if arguments else self._constant()
        return self._exact(*(a if not isinstance(a, np.generic) else a.item() for a in arguments))

    def _constant(self) -> Any:
        return Fraction(self.expr.p, self.expr.q) if self.expr.is_Rational else float(self.expr)

    @property
    def latex(self) -> str:
        """The expression in LaTeX."""
        return str(sympy.latex(self.expr))

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __repr__(self) -> str:
        return f"Formula({self.expr}, ({', '.join(map(str, self.args))},))"


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "fiu"
    )
