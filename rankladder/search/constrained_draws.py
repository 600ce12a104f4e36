"""From an instance that breaks a relation to one that satisfies it.

Bounds describe what is linear. Elsewhere (beyond poles, between roots, in several pieces) a draw that misses is led
to the set, one parameter after the other: each is looked at on every scale of its range with the others fixed, and
drawn from a piece in which the relations hold, or moved to where they fail least. Float64 leads; the caller decides
exactly.
"""

from __future__ import annotations

import contextlib
import functools
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.domain import Bounds
from rankladder.domains.randomness import Infeasible, RandomSource, Source
from rankladder.language.statement import Claim

__all__ = ["pull", "reach"]

Floats = NDArray[np.float64]

_SWEEPS = 4  # over the parameters, to meet the relations
_SCALES = np.exp2(-np.arange(1.0, 61.0, 1.5))
_MAGNITUDES = np.exp2(np.arange(-60.0, 33.0, 1.5))
_ZOOMS, _CLOSER = 8, np.linspace(0, 1, 33)
_REFINED, _FINER = 6, np.linspace(0, 1, 513)
_HALVINGS = 40
_FEW, _REACHED = 1 / 8, 4  # with fewer instances of a batch than this share, some are led to the set first
_SIMPLEST, _NEAR = 1000, 1e-12  # denominators tried where a piece ends; how close the end must be


def reach(claim: Claim, values: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """Exact values near which the claim's relations hold, in float64 at least, as far as they can be found.

    Structured parameters stay, and with them the integers, which may be their sizes.

    >>> from rankladder import Real, claim, symbols
    >>> x, y = symbols("x y")
    >>> @claim("doc-reach", over=dict(x=Real(0, 9), y=Real(0, 9)), given={"close": x * y <= 1 / x})
    ... def _(x, y):
    ...     return x
    >>> moved = reach(_, {"x": Fraction(8), "y": Fraction(8)}, RandomSource(1))
    >>> _.relations[0].holds(moved)
    True
    """
    values = dict(values)
    names = [n for n in (claim.over if claim.scalar else claim.reals) if claim.constraints[n]]
    crowded: set[str] = set()  # moved to where least was missing: near a minimum, whatever the set
    for _ in range(_SWEEPS):
        before = dict(values)
        for name in _shuffled(names, source):
            values[name], found = _redrawn(claim, values, name, source)
            crowded = crowded - {name} if found else crowded | {name}
            if found and all(relation.holds(values) for relation in claim.relations):
                for other in _shuffled(sorted(crowded), source):
                    values[other], _ = _redrawn(claim, values, other, source)
                return values
        if values == before:
            break  # at a minimum: there is nothing here
    return values


def _shuffled(names: Sequence[str], source: Source) -> list[str]:
    left = list(names)
    return [left.pop(source.integer(0, len(left) - 1)) for _ in names]


def _redrawn(claim: Claim, values: Mapping[str, Any], name: str, source: Source) -> tuple[Any, bool]:
    """A parameter drawn from where its relations hold with the others as they are, and whether there is such a place;
    where they fail least otherwise.
    """
    domain, relations = claim.numbers[name], claim.constraints[name]
    own = domain.drawn
    others = {n: v for n, v in values.items() if n != name}
    room = functools.reduce(Bounds.meet, (r.bounds(name, others) for r in relations), own)
    room = own if room.empty else room
    if room.lower is not None and room.lower == room.upper:  # an equation says which
        with contextlib.suppress(Infeasible):
            return domain.draw(source, room, others), True
    known = {n: _float(v) for n, v in others.items() if any(n in r.names for r in relations)}

    def short(points: Floats) -> Floats:
        total: Floats = np.sum(
            np.broadcast_arrays(*(r.shortfall({**known, name: points}) for r in relations), points)[:-1],
            axis=0,
        )
        return total

    points = _probes(room, _float(values[name]), source)
    if name in claim.integers:
        points = np.unique(np.round(points))
    fails = short(points)
    for lead in (True, False):  # where one of the minima leads, or else the least
        if fails.all() or (lead and source.integer(0, 3) == 0):
            points, fails = _zoomed(points, fails, short, source if lead else None)
    if fails.all():
        return domain.nearest(points[int(np.argmin(fails))]), False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], fails == 0, [False]])))
    first = 2 * source.integer(0, len(edges) // 2 - 1)
    start, stop = int(edges[first]), int(edges[first + 1]) - 1

    def end(inside: int, outside: int) -> tuple[Fraction | None, bool]:
        if not 0 <= outside < len(points):
            return None, False
        return _simple_end(claim, values, name, _edge(points[outside], points[inside], short))

    (lower, lower_closed), (upper, upper_closed) = end(start, start - 1), end(stop, stop + 1)
    try:
        piece = room.meet(Bounds(lower, upper, lower_closed, upper_closed))
        return domain.draw(source, piece, others), True
    except Infeasible:
        return domain.nearest(points[source.integer(start, stop)]), True


def _probes(room: Bounds, here: float, source: Source) -> Floats:
    """Points of a range on every scale, from its ends and from zero, and the value that is there now."""
    low = -np.inf if room.lower is None else _float(room.lower)
    high = np.inf if room.upper is None else _float(room.upper)
    shift = source.integer(0, 1023) / 1024
    parts = [np.array([here, 0.0]), _MAGNITUDES, -_MAGNITUDES]
    if np.isfinite(high - low):
        grid = (np.arange(64) + shift) / 64
        parts += [low + (high - low) * np.concatenate([grid, _SCALES, 1 - _SCALES, [0.0, 1.0]])]
    else:
        end = low if np.isfinite(low) else high if np.isfinite(high) else 0.0
        parts += [end + _MAGNITUDES, end - _MAGNITUDES, np.array([end])]
    points = np.unique(np.concatenate(parts))
    inside = points[(points >= low) & (points <= high)]
    if not room.lower_closed and len(inside) > 1:
        inside = inside[inside > low]
    if not room.upper_closed and len(inside) > 1:
        inside = inside[inside < high]
    return inside


def _float(value: Any) -> float:
    """The nearest float64 number that is finite."""
    try:
        return float(value)
    except OverflowError:
        return math.copysign(sys.float_info.max, value)


def _zoomed(
    points: Floats, fails: Floats, short: Callable[[Floats], Floats], source: Source | None
) -> tuple[Floats, Floats]:
    """More points around a minimum of what is missing: one at random, or the least."""
    padded = np.concatenate([[np.inf], fails, [np.inf]])
    lows = np.flatnonzero((fails > 0) & (fails <= padded[:-2]) & (fails <= padded[2:]))
    if not len(lows):
        return points, fails
    i = int(lows[source.integer(0, len(lows) - 1)] if source is not None else np.argmin(fails))
    for _ in range(_ZOOMS):
        low, high = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        more = low + (high - low) * _CLOSER
        points, where = np.unique(np.concatenate([points, more]), return_index=True)
        fails = np.concatenate([fails, short(more)])[where]
        near = np.flatnonzero((points >= low) & (points <= high))
        i = int(near[np.argmin(fails[near])])
        if fails[i] == 0:
            break
    return points, fails


def _edge(outside: float, inside: float, short: Callable[[Floats], Floats]) -> float:
    """The last float64 number that satisfies the relations on the way out."""
    for _ in range(_REFINED):
        points = outside + (inside - outside) * _FINER
        held = short(points) == 0
        held[0], held[-1] = False, True
        last = int(np.flatnonzero(~held)[-1])
        outside, inside = float(points[last]), float(points[last + 1])
    return inside


def _simple_end(claim: Claim, values: Mapping[str, Any], name: str, end: float) -> tuple[Fraction, bool]:
    """The simple rational that an end is within rounding, if any, and whether the relations hold there."""
    found = Fraction(end)
    simple = found.limit_denominator(_SIMPLEST)
    if abs(simple - found) <= _NEAR * abs(found):
        found = simple
    return found, all(r.holds({**values, name: found}) for r in claim.constraints[name])


def pull(
    claim: Claim,
    values: dict[str, Any],
    inside: Callable[[Mapping[str, Any]], NDArray[np.bool_]],
    source: RandomSource,
) -> None:
    """Move the instances of a float64 batch that break the assumptions towards some that satisfy them.

    Args:
        claim: the claim.
        values: an integer or an array of float64 numbers for each parameter; arrays are changed in place.
        inside: which instances of such a batch lie in the domains and satisfy the relations.
        source: of the choices.
    """
    names = list(claim.reals)
    held = inside(values)
    if held.mean() < _FEW:
        for i in np.flatnonzero(~held)[:_REACHED]:
            start = {n: Fraction(float(v[i])) if n in names else v for n, v in values.items()}
            found = reach(claim, start, source)
            for n in names:
                values[n][i] = float(found[n])
        held = inside(values)
    good, bad = np.flatnonzero(held), np.flatnonzero(~held)
    if not len(good) or not len(bad):
        return
    rng, size = source.rng, len(bad)
    anchors = good[rng.integers(0, len(good), size)]
    one = rng.integers(0, len(names), size)  # half of them move along one parameter, the others straight
    straight = rng.random(size) < 0.5
    starts = {n: values[n][anchors] for n in names}
    ways = {n: np.where(straight | (one == j), values[n][bad] - starts[n], 0.0) for j, n in enumerate(names)}
    low, high = np.zeros(size), np.ones(size)

    def at(share: Floats) -> dict[str, Any]:
        return {n: starts[n] + share * ways[n] if n in names else v for n, v in values.items()}

    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        ok = inside(at(middle))
        low, high = np.where(ok, middle, low), np.where(ok, high, middle)
    share = np.select([rng.random(size) < 0.2, rng.random(size) < 0.5], [low, low * rng.random(size)],
                      low * (1 - np.exp2(-rng.random(size) * 30)))  # fmt: skip
    moved = at(share)
    for n in names:
        values[n][bad] = moved[n]
