"""Numbers of a statement that somebody computed in floats: ``math.sqrt(2)``, ``1 / 3``.

SymPy and the domains take what they are given for exact. A claim that is true of the square root of 2 may be false of
the float next to it, so a violation counts only where it stays one whatever number was meant: every one that agrees
with the float to nine digits. What a conclusion computes for itself is watched in ``rankladder.numbers.departures``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rankladder.language.assumptions import Relation
from rankladder.language.margins import forall
from rankladder.numbers.balls import Ball, Undecided, precision
from rankladder.numbers.departures import is_short, meant, watched

if TYPE_CHECKING:
    from rankladder.language.induction import Induction
    from rankladder.language.statement import Claim

__all__ = ["EXACTLY", "Blurred", "blurred_relations", "decisive_float", "rounded_numbers"]

EXACTLY = "exact are sqrt(2), log(2), pi, Rational(1, 3) of SymPy"
_DOUBT = Fraction(1, 10**9)  # relative: to how many digits a computed float is believed
_BITS = 192


@dataclass(frozen=True)
class Blurred:
    """A relation, or a recursion with its relation, whose computed floats are arguments: its margin, and whether it is what the claim concludes."""

    margin: Callable[..., Any]
    names: tuple[str, ...]
    floats: Mapping[str, float]
    concluded: bool

    def stands(self, values: Mapping[str, Any]) -> bool:
        """Whether it is broken for sure, where it is the conclusion, and kept for sure, where it is assumed."""
        try:
            with watched():  # so each float stands for all numbers that agree with it to nine digits
                gap = forall(self.margin(**{n: values[n] for n in self.names}, **self.floats))
        except (Undecided, ZeroDivisionError):
            return False
        gap = gap if isinstance(gap, Ball) else Ball(gap)
        return bool(gap.is_negative() if self.concluded else gap.is_nonnegative())


def rounded_numbers(claim: Claim) -> tuple[float, ...]:
    """The floats in a claim's relations, recursion and ends of domains that were computed, in the order of their size.

    >>> import math
    >>> from rankladder import Real, lemma, symbols
    >>> x = symbols("x")
    >>> rounded_numbers(lemma("doc-rounded", x**2 <= 2, over={"x": Real(0, math.sqrt(2))}))
    (1.4142135623730951,)
    """
    found = {f for blurred in claim.blurred for f in blurred.floats.values()}
    return tuple(sorted(found | {float(end) for _, end in _ends(claim)}))


def decisive_float(claim: Claim, instance: Mapping[str, Any], values: Mapping[str, Any]) -> float | None:
    """A computed float on whose last digits it hangs that an instance violates a claim; None where it hangs on none.

    Args:
        claim: which the instance violates. instance: exact values. values: the same, in balls.
    """
    for name, end in _ends(claim):
        if abs(Fraction(instance[name]) - end) <= _DOUBT * abs(end):
            return float(end)
    with precision(_BITS):
        return next((max(b.floats.values()) for b in claim.blurred if not b.stands(values)), None)


def _ends(claim: Claim) -> Iterator[tuple[str, Fraction]]:
    for name, domain in claim.numbers.items():
        for end in (domain.bounds.lower, domain.bounds.upper):
            if end is not None and _is_rounded(end):
                yield name, end


def _is_rounded(number: Fraction) -> bool:
    try:
        value = float(number)
    except OverflowError:
        return False
    return not is_short(value) and number == meant(value)


def blurred_relations(claim: Claim) -> tuple[Blurred, ...]:
    """A claim's relations that have computed floats, and its recursion where that has some."""
    concluded = () if claim.relation is None else (claim.relation,)
    assumed = tuple(r.relation for r in claim.relations)
    if not (concluded or assumed or claim.induction):
        return ()  # and SymPy is not loaded
    recursion = () if claim.induction is None else _of_recursion(claim.induction, tuple(claim.over))
    return (*_each(concluded, concluded=True), *recursion, *_each(assumed, concluded=False))


def _of_recursion(induction: Induction, names: tuple[str, ...]) -> Iterator[Blurred]:
    import sympy

    from rankladder.language.sequences import margin_along

    written = [
        induction.holds,
        sympy.sympify(induction.while_),
        *map(sympy.sympify, (*induction.start.values(), *induction.step.values())),
    ]
    stand_ins, floats = _stand_ins(written)
    if floats:

        def blurred(part: Any) -> Any:
            return sympy.sympify(part).xreplace(stand_ins)

        followed = replace(
            induction, holds=blurred(induction.holds), while_=blurred(induction.while_),
            start={x: blurred(part) for x, part in induction.start.items()},
            step={x: blurred(part) for x, part in induction.step.items()},
        )  # fmt: skip
        margin = margin_along(followed)

        def in_balls(**values: Any) -> Any:
            return margin(**{n: Ball(0) + v if n in floats else v for n, v in values.items()})

        yield Blurred(in_balls, names, floats, True)


def _stand_ins(expressions: Iterable[Any]) -> tuple[dict[Any, Any], dict[str, float]]:
    """A symbol for each number that was computed in floats, and these."""
    import sympy

    numbers = sorted(set().union(*(e.atoms(sympy.Rational) for e in expressions)))
    found = [r for r in numbers if _is_rounded(Fraction(int(r.p), int(r.q)))]
    symbols = {r: sympy.Symbol(f"rounded_{i}", real=True) for i, r in enumerate(found)}
    return symbols, {str(symbol): float(r) for r, symbol in symbols.items()}


def _each(relations: Iterable[Any], *, concluded: bool) -> Iterator[Blurred]:
    import sympy

    from rankladder.language.statement import margin_of

    for relation in relations:
        stand_ins, floats = _stand_ins([relation])
        if not floats or (not concluded and relation.atoms(sympy.Eq, sympy.Ne)):
            continue  # an equation with such a number is drawn as it stands
        blurred = Relation(relation.xreplace(stand_ins))
        yield Blurred(
            margin_of(blurred), tuple(n for n in blurred.names if n not in floats), floats, concluded
        )
