"""What SymPy has been told of a symbol, against the range that a claim gives it.

SymPy simplifies by what it knows: ``sqrt(x**2)`` of a positive x becomes x as it is written. A claim about that
symbol speaks of positive x only, whatever its range says, and a proof of it would prove too little.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder.domains.domain import Bounds, Domain
from rankladder.domains.scalars import Real

__all__ = ["agrees", "natural_domain"]

_ZERO = Fraction(0)


def natural_domain(symbol: Any) -> Domain:
    """All the real numbers that a symbol may be, from what SymPy knows of it.

    >>> from sympy import Symbol
    >>> natural_domain(Symbol("x", positive=True)), natural_domain(Symbol("x", real=True))
    (Real(0, None), Real(None, None))
    """
    if symbol.is_positive:
        return Real(0, None)
    if symbol.is_nonnegative:
        return Real(0, None, closed="left")
    if symbol.is_negative:
        return Real(None, 0)
    if symbol.is_nonpositive:
        return Real(None, 0, closed="right")
    return Real()


def agrees(id: str, symbol: Any, domain: Domain) -> None:
    """Check that a parameter cannot leave what SymPy has been told of its symbol.

    Raises:
        ValueError: when it can.
    """
    room = getattr(domain, "bounds", None)
    if not isinstance(room, Bounds):
        return
    above = room.lower is not None and room.lower >= _ZERO
    below = room.upper is not None and room.upper <= _ZERO
    zero = room.contains(_ZERO)
    told = {
        "integer": (symbol.is_integer, domain.number == "integer"),
        "positive": (symbol.is_positive, above and not zero),
        "nonnegative": (symbol.is_nonnegative, above),
        "negative": (symbol.is_negative, below and not zero),
        "nonpositive": (symbol.is_nonpositive, below),
        "nonzero": (symbol.is_zero is False, not zero),
    }
    wrong = next((word for word, (said, kept) in told.items() if said and not kept), None)
    if wrong is not None:
        raise ValueError(
            f"Expected a range of {symbol} within what its symbol says ({wrong}) but claim {id} got {domain}; "
            f"make the symbol with symbols({str(symbol)!r}), or give a range that agrees"
        )
