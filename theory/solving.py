"""Equations that need no solver: linear in the unknown, or with linear factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula

__all__ = ["linear_root", "once", "rational_roots"]


def linear_root(expression: Any, unknown: Any) -> Any:
    """Where an expression that is linear in ``unknown`` vanishes.

    Raises:
        ArithmeticError: where it is not linear.

    >>> x, a = sympy.symbols("x a")
    >>> linear_root(a * x - sympy.log(a), x)
    log(a)/a
    """
    slope = sympy.diff(expression, unknown)
    if slope == 0 or unknown in slope.free_symbols:
        raise ArithmeticError(f"Expected an expression linear in {unknown} but got {expression}")
    return sympy.factor_terms(-expression.subs(unknown, 0) / slope)


def rational_roots(expression: Any, unknown: Any) -> list[Any]:
    """The zeros of a rational expression that are rational in its other symbols: one of each linear factor.

    >>> z, s = sympy.symbols("z s")
    >>> sorted(rational_roots(z**2 * (s * z - 1) * (z**2 + 1), z), key=str)
    [0, 1/s]
    """
    numerator = sympy.numer(sympy.together(expression))
    factors = [g for g, _ in sympy.factor_list(numerator, unknown)[1] if sympy.degree(g, unknown) == 1]
    return [sympy.factor(-g.subs(unknown, 0) / sympy.diff(g, unknown)) for g in factors]


def once(derived: Mapping[str, Callable[[], Formula]]) -> Callable[[str], Formula]:
    """Formulas by name, each derived when it is first asked for."""
    return cache(lambda name: derived[name]())
