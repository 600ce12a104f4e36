"""Whether there is a proof that a claim holds on one side of a threshold."""

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
    polynomial: Any,
    prover: Callable[[Claim], str | None],
) -> str | None:
    """What proves the claim on one side of a root of ``polynomial``; None where nothing known does.

    Args:
        whole: the claim as stated.
        free: the claim without what it assumes of the parameter alone.
        parameter: the parameter.
        side: the ends of the side, one of which is the root; the other belongs to it.
        polynomial: in one symbol; the root is a simple one.
        prover: says what proves a claim, None where nothing does.
    """
    if proven_in(whole) is not None:
        # a written proof covers what the claim assumes, and nothing else
        restricted = whole if _covers(whole, parameter, side) else None
    else:
        restricted = _restricted(whole, free, parameter, side, polynomial)
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
    whole: Claim, free: Claim, parameter: str, side: tuple[Any, Any], polynomial: Any
) -> Claim | None:
    import sympy

    upper = not isinstance(side[1], Fraction)  # the root is SymPy's
    root = side[1] if upper else side[0]
    symbols = {str(s): s for s in getattr(whole.relation, "free_symbols", ())}
    if whole.induction is not None:
        parts = [*whole.induction.start.values(), *whole.induction.step.values(), whole.induction.holds]
        symbols = {str(s): s for part in parts for s in getattr(part, "free_symbols", ())}
    if parameter not in symbols:
        return None
    given, bounds = dict(free.given), whole.reals[parameter].bounds
    if root.is_rational:
        end = Fraction(int(root.p), int(root.q))
        room = (
            replace(bounds, upper=end, upper_closed=False)
            if upper
            else replace(bounds, lower=end, lower_closed=False)
        )
    else:
        # up to the next root the sign of the polynomial says on which side of this one a value is
        (x,) = polynomial.free_symbols
        roots = sorted(set(sympy.Poly(polynomial, x).real_roots()))
        place = roots.index(root)
        other = roots[place + 1 : place + 2] if upper else roots[max(place - 1, 0) : place]
        before = roots[max(place - 1, 0) : place] if upper else roots[place + 1 : place + 2]
        if before and (before[0] >= side[0] if upper else before[0] <= side[1]):
            return None
        between = (root + other[0]) / 2 if other else root + (1 if upper else -1)
        end = Fraction(str(sympy.N(between, 12)))
        inside = polynomial.subs(x, symbols[parameter])
        positive = polynomial.subs(x, sympy.Rational(end.numerator, end.denominator)) > 0
        given["up to the root"] = assumption_from(inside < 0 if positive else inside > 0)
        outer = bounds.upper if upper else bounds.lower
        end = end if outer is None else min(end, outer) if upper else max(end, outer)
        room = replace(bounds, upper=end) if upper else replace(bounds, lower=end)
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
