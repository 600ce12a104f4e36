"""Drawing instances of a claim so that its assumptions hold by construction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from properties.generators.domains import Bounds, Number
from properties.generators.sources import Infeasible, Source
from properties.stating.assumptions import Predicate, Relation
from properties.stating.instance import Instance
from properties.stating.statement import Claim
from simulate.balls import Ball

__all__ = ["draw_instance", "region_of", "satisfies"]


def relations(claim: Claim) -> list[Relation]:
    """The claim's assumptions that are relations."""
    return list(claim.relations)


def bounds_for(claim: Claim, parameter: str, earlier: Mapping[str, Any]) -> Bounds | None:
    """What the relations leave of a scalar parameter, given those drawn earlier; None where they say nothing.

    A relation with one parameter still to come is used at both ends of that parameter's range, so that
    drawing this one seldom leaves no room for the other.
    """
    room: Bounds | None = None
    for relation, later, ends in claim.constraints[parameter]:
        if later is None:
            found = relation.bounds(parameter, earlier)
        else:
            low, high = (relation.bounds(parameter, {**earlier, later: end}) for end in ends)
            found = low.join(high)
        room = found if room is None else room.meet(found)
    return room


def draw_instance(claim: Claim, source: Source) -> Instance:
    """One exact instance of the claim's parameters.

    Raises:
        Infeasible: when the earlier parameters left no room, or an assumption that has no construction
            (a transcendental relation, a predicate) fails; draw again.
    """
    values: dict[str, Any] = {}
    for name, domain in claim.over.items():
        values[name] = domain.draw(source, bounds_for(claim, name, values), values)
    instance = Instance.of(values)
    if satisfies(claim, instance) is not True:
        raise Infeasible
    return instance


def satisfies(claim: Claim, instance: Mapping[str, Any]) -> bool | None:
    """Whether an instance lies in every domain and satisfies every assumption, decided exactly or in
    balls; None where balls cannot tell.
    """
    earlier: dict[str, Any] = {}
    for name, domain in claim.over.items():
        if not domain.contains(instance[name], earlier):
            return False
        earlier[name] = instance[name]
    answer: bool | None = True
    for assumption in claim.given.values():
        if isinstance(assumption, Relation):
            held = assumption.holds(instance)
        elif isinstance(assumption, Predicate):
            held = assumption.holds(lambda _bits: realise(claim, instance, Ball))
        else:
            held = True
        if held is False:
            return False
        answer = None if held is None else answer
    return answer


def realise(claim: Claim, instance: Mapping[str, Any], number: Number) -> dict[str, Any]:
    """The parameters as the conclusion receives them, in the arithmetic that ``number`` makes."""
    return {name: domain.realise(instance[name], number) for name, domain in claim.over.items()}


def region_of(claim: Claim, instance: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Coordinates of an instance, for the report of the region covered."""
    region: dict[str, tuple[float, float]] = {}
    for name, domain in claim.over.items():
        region.update(domain.coordinates(name, instance[name]))
    return region
