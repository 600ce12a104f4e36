"""Drawing instances of a claim so that its assumptions hold by construction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, Literal

from rankladder.domains.domain import Bounds, Number
from rankladder.domains.randomness import Infeasible, Source
from rankladder.language.assumptions import Predicate, Relation
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.search.constrained_draws import reach

__all__ = ["conditions", "draw_instance", "region_of", "satisfies", "stated_beyond"]


def bounds_for(claim: Claim, parameter: str, earlier: Mapping[str, Any]) -> Bounds | None:
    """What the relations leave of a scalar parameter, given those drawn earlier; None where they say nothing.

    A relation with one parameter still to come is used at both ends of that parameter's range, so that
    drawing this one seldom leaves no room for the other.
    """
    room = Bounds()
    for relation in claim.constraints[parameter]:
        room = room.meet(relation.bounds(parameter, earlier, claim.ranges))
    return None if room.lower is None and room.upper is None else room


def draw_instance(claim: Claim, source: Source) -> Instance:
    """One exact instance of the claim's parameters.

    Raises:
        Infeasible: when no instance that satisfies the assumptions was found; draw again. It names the assumption
            that failed.
    """
    values: dict[str, Any] = {}
    for name, domain in claim.over.items():
        try:
            values[name] = domain.draw(source, bounds_for(claim, name, values), values)
        except Infeasible:
            if not claim.constraints[name]:
                raise
            values[name] = domain.draw(source, None, values)
    broken = _first_broken(claim, values)
    if broken is not None and isinstance(claim.given.get(broken), Relation):
        values = reach(claim, values, source)
        broken = _first_broken(claim, values)
    if broken is not None:
        raise Infeasible(broken)
    return Instance.of(values)


def _first_broken(claim: Claim, instance: Mapping[str, Any]) -> str | None:
    return next((name for _, name, held in conditions(claim, instance) if held is not True), None)


def satisfies(claim: Claim, instance: Mapping[str, Any]) -> bool | None:
    """Whether an instance lies in every domain and satisfies every assumption, decided exactly or in
    balls; None where balls cannot tell.
    """
    answer: bool | None = True
    for _, _, held in conditions(claim, instance):
        if held is False:
            return False
        answer = None if held is None else answer
    return answer


def conditions(
    claim: Claim, instance: Mapping[str, Any]
) -> Iterator[tuple[Literal["parameter", "assumption"], str, bool | None]]:
    """One after the other, what the claim asks of an instance: each parameter in its domain, then each assumption;
    whether it holds, None where balls cannot tell.
    """
    inside: dict[str, bool] = {}
    earlier: dict[str, Any] = {}
    for name, domain in claim.over.items():
        inside[name] = bool(domain.contains(instance[name], earlier))
        earlier[name] = instance[name]
        yield "parameter", name, inside[name]
    for name, assumption in claim.given.items():
        if isinstance(assumption, Relation):
            yield "assumption", name, assumption.holds(instance)
        elif isinstance(assumption, Predicate):
            yield "assumption", name, assumption.holds(partial(realise, claim, instance))
        else:  # the structure is what the parameter's own domain draws
            yield "assumption", name, inside[assumption.parameter]


def realise(claim: Claim, instance: Mapping[str, Any], number: Number) -> dict[str, Any]:
    """The parameters as the conclusion receives them, in the arithmetic that ``number`` makes."""
    return {name: domain.realise(instance[name], number) for name, domain in claim.over.items()}


_FAR = tuple(Fraction(2) ** k for k in range(-8, 101, 4))  # what is claimed beyond a range is tried there
_SELDOM = 2**40  # where draws have no end they hardly ever are so large


def stated_beyond(claim: Claim) -> dict[str, str]:
    """The ranges of those real parameters that may have values from which nothing is drawn.

    >>> from rankladder import Real, lemma, symbols
    >>> x, y = symbols("x y")
    >>> domains = {"x": Real(0, drawn=4), "y": Real(0, 4)}
    >>> given = [x < 2, x < 8, x**3 + x < 8, x**3 > 8]
    >>> [stated_beyond(lemma("doc-beyond", x * y >= 0, over=domains, given={"of-x": each})) for each in given]
    [{}, {'x': '(0, 8)'}, {}, {'x': '(0, oo)'}]
    """
    found = {}
    for name, domain in claim.reals.items():
        alone = [relation for relation in claim.constraints[name] if relation.names == (name,)]
        room, drawn = domain.bounds, domain.drawn
        for relation in claim.constraints[name]:
            room = room.meet(relation.bounds(name, {}))
        ends = [end for end in (Fraction(0), drawn.lower, drawn.upper) if end is not None]
        tried = [end + sign * by for end in ends for sign in (-1, 1) for by in _FAR]
        beyond = [x for x in tried if room.contains(x) and (not drawn.contains(x) or abs(x) >= _SELDOM)]
        if any(all(relation.holds({name: x}) is not False for relation in alone) for x in beyond):
            found[name] = str(
                Bounds(_short(room.lower), _short(room.upper), room.lower_closed, room.upper_closed)
            )
    return found


def _short(end: Fraction | None) -> Any:
    """An end as it is told: the root of an assumption has many digits."""
    return end if end is None or end.denominator < 1000 else f"{float(end):.4g}"


def region_of(claim: Claim, instance: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Coordinates of an instance, for the report of the region covered."""
    region: dict[str, tuple[float, float]] = {}
    for name, domain in claim.over.items():
        region.update(domain.coordinates(name, instance[name]))
    return region
