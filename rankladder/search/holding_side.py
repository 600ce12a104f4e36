"""Whether there is a proof that a claim holds on one side of a threshold, or between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rankladder.domains.domain import Bounds
from rankladder.domains.scalars import Real
from rankladder.language.assumptions import Relation, assumption_from
from rankladder.language.catalogue import proven_in
from rankladder.language.statement import Claim

__all__ = ["holding_proof"]


def holding_proof(
    whole: Claim,
    free: Claim,
    parameter: str,
    side: tuple[Any, Any],
    polynomials: tuple[Any, Any],
    prover: Callable[[Claim], str | None],
) -> str | None:
    """What proves the claim on one side of a root, or between two; None where nothing known does.

    Args:
        whole: the claim as stated.
        free: the claim without what it assumes of the parameter alone.
        parameter: the parameter.
        side: its ends: a root, which is none of it, or an end of the range, which is.
        polynomials: of which the ends are simple roots, in one symbol; None for an end of the range.
        prover: says what proves a claim, None where nothing does.
    """
    if proven_in(whole) is not None:
        # a written proof covers what the claim assumes, and nothing else
        restricted = whole if _covers(whole, parameter, side) else None
    else:
        restricted = _restricted(whole, free, parameter, side, polynomials)
    return None if restricted is None else prover(restricted)


def _covers(whole: Claim, parameter: str, side: tuple[Any, Any]) -> bool:
    """Whether what the claim assumes of the parameter alone leaves all of the side, but perhaps the root."""
    room = Bounds()
    for assumption in whole.given.values():
        if isinstance(assumption, Relation) and assumption.names == (parameter,):
            left = assumption.bounds(parameter, {})
            if left.lower is None and left.upper is None:
                return False  # it says something that is no interval
            room = room.meet(left)
    low, high = side
    return (room.lower is None or room.lower <= low) and (room.upper is None or high <= room.upper)


def _restricted(
    whole: Claim, free: Claim, parameter: str, side: tuple[Any, Any], polynomials: tuple[Any, Any]
) -> Claim | None:
    symbols = {str(s): s for s in getattr(whole.relation, "free_symbols", ())}
    if whole.induction is not None:
        parts = [*whole.induction.start.values(), *whole.induction.step.values(), whole.induction.holds]
        symbols = {str(s): s for part in parts for s in getattr(part, "free_symbols", ())}
    if parameter not in symbols:
        return None
    given, room = dict(free.given), whole.reals[parameter].bounds
    for upper, polynomial in enumerate(polynomials):
        if polynomial is None:
            continue
        root = side[upper]
        if root.is_rational:
            end = Fraction(int(root.p), int(root.q))
            room = (
                replace(room, upper=end, upper_closed=False)
                if upper
                else replace(room, lower=end, lower_closed=False)
            )
            continue
        found = _up_to(root, polynomial, symbols[parameter], side, upper=bool(upper))
        if found is None:
            return None
        end, relation = found
        given[f"{'up to' if upper else 'from'} the root"] = assumption_from(relation)
        if upper:
            room = replace(room, upper=end if room.upper is None else min(end, room.upper))
        else:
            room = replace(room, lower=end if room.lower is None else max(end, room.lower))
    closed = {(False, False): "neither", (True, False): "left", (False, True): "right"}
    over = {
        **whole.over,
        parameter: Real(
            room.lower, room.upper, closed=closed.get((room.lower_closed, room.upper_closed), "both")
        ),
    }
    induction = whole.induction
    if induction is not None:
        kept = {n: g.relation for n, g in given.items() if isinstance(g, Relation)}
        induction = replace(induction, given=kept)
    return replace(whole, over=over, given=given, induction=induction)


def _up_to(
    root: Any, polynomial: Any, symbol: Any, side: tuple[Any, Any], *, upper: bool
) -> tuple[Fraction, Any] | None:
    """A value beyond an irrational root, and the sign of the polynomial that up to there tells the side from what is
    beyond the root; None where another root lies within the side.
    """
    import sympy

    (x,) = polynomial.free_symbols
    roots = sorted(set(sympy.Poly(polynomial, x).real_roots()))
    place = roots.index(root)
    after, before = roots[place + 1 : place + 2], roots[max(place - 1, 0) : place]
    other, inner = (after, before) if upper else (before, after)
    if inner and (inner[0] > side[0] if upper else inner[0] < side[1]):
        return None
    between = (root + other[0]) / 2 if other else root + (1 if upper else -1)
    end = Fraction(str(sympy.N(between, 9)))  # as short as a person writes: more digits pass for computed
    inside = polynomial.subs(x, symbol)
    positive = polynomial.subs(x, sympy.Rational(end.numerator, end.denominator)) > 0
    return end, inside < 0 if positive else inside > 0
