"""An obligation: a statement about all reals that is to be shown, by whoever can."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

__all__ = ["Obligation", "as_text", "symbols_of"]


class _Printer(StrPrinter):  # type: ignore[misc]
    # one part stands in many statements, which are printed and put in order
    _print = lru_cache(maxsize=2**16, typed=True)(StrPrinter._print)


_PRINTER = _Printer()


def as_text(statement: Any) -> str:
    """A relation or an expression as SymPy prints it."""
    return str(_PRINTER.doprint(statement))


@lru_cache(maxsize=2**14)
def symbols_of(statement: Any) -> frozenset[Any]:
    """The symbols of a relation or an expression."""
    return frozenset(statement.free_symbols)


@dataclass(frozen=True)
class Obligation:
    """``given`` implies ``shows`` for all real values of the symbols.

    Both are SymPy relations, or combinations of them by And and Or, between rational functions.

    >>> x = sympy.Symbol("x", real=True)
    >>> print(Obligation("square", (x > 1,), x**2 > x))
    for all real x: x > 1  ==>  x**2 > x
    """

    name: str
    given: tuple[Any, ...]
    shows: Any

    @property
    def symbols(self) -> tuple[Any, ...]:
        """Its variables, sorted by name."""
        # not of their conjunction, which is false, and has no symbols, where they contradict each other
        found = frozenset().union(*map(symbols_of, (*self.given, self.shows)))
        return tuple(sorted(found, key=as_text))

    def __str__(self) -> str:
        names = ", ".join(map(as_text, self.symbols))
        premises = ", ".join(as_text(g) for g in self.given if g != sympy.true) or "nothing"
        return f"for all real {names}: {premises}  ==>  {as_text(self.shows)}"
