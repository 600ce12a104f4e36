"""Coincidences: instances at which something in a conclusion is exactly zero, solved for instead of waited for.

A strict inequality, a cycle or an orbit that lands on its limit may fail on a thin set only, which no draw meets.
Here all real parameters but one take simple rational values; along the last one, float64 batches follow every
margin that the conclusion combines, and the differences between the first states of the orbits it asks for. Where
one of them touches zero at what looks like a short rational, exact arithmetic judges the instance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from properties.engine.drawing import draw_instance, satisfies
from properties.engine.judging import judge_exactly
from properties.engine.scouting import evaluate
from properties.generators.domains import Int, Real
from properties.generators.sources import Infeasible, RandomSource, choice
from properties.stating.enclosure import NOTHING, entries_seen
from properties.stating.instance import Instance
from properties.stating.statement import Claim
from simulate.orbits import orbits_seen

__all__ = ["coincidence"]

Floats = NDArray[np.float64]

_LINES = 61  # simple settings of the other parameters, in one batch
_POINTS = 37  # values of the parameter to solve for, on each line
_ROUNDS = 8
_FEWEST_ROUNDS_EACH = 2  # for each parameter
_BRACKETS = 293  # places in a batch that are looked at closely
_ROWS = 40  # quantities followed in a conclusion
# golden sections, and how much smaller they must make what goes to zero: it shrinks as the section, 0.618^n, or faster
_NARROWINGS = ((10, 0.05), (38, 1e-6))
_STATES = 4  # of an orbit that are compared with each other
_LARGEST_DENOMINATOR = 2_520
_JUDGED = 12  # exactly, in a round
_GOLDEN = (5**0.5 - 1) / 2


def coincidence(claim: Claim, seed: int) -> Instance | None:
    """An instance that exact arithmetic says violates the claim, where an equality inside it occurs; or None."""
    reals = [n for n, d in claim.over.items() if isinstance(d, Real) and _open(d)]
    if not claim.scalar or not reals:
        return None
    source = RandomSource(seed)
    tried: set[Instance] = set()
    met: list[Instance] = []
    for number in range(max(_ROUNDS, _FEWEST_ROUNDS_EACH * len(reals))):
        lines = _lines(claim, reals[number % len(reals)], met, source)
        found = None if lines is None else lines.touching(source)
        if found is None:
            return None  # the conclusion takes no batches
        close, far = found
        met = close[:_JUDGED] + far
        for instance in close[:_JUDGED] + far[: _JUDGED // 4]:
            if instance in tried or satisfies(claim, instance) is not True:
                continue
            tried.add(instance)
            judgement = judge_exactly(claim, instance)
            if judgement is not None and judgement.outcome == "violated":
                return instance
    return None


def _open(domain: Real) -> bool:
    return domain.bounds.lower is None or domain.bounds.lower != domain.bounds.upper


def _lines(claim: Claim, solved: str, met: list[Instance], source: RandomSource) -> _Lines | None:
    """Lines along one parameter through simple instances that share their integers, and through some ``met``."""
    bases = met[: _LINES // 3]
    for _ in range(4 * _LINES):
        try:
            drawn = draw_instance(claim, source)
        except Infeasible:
            continue
        bases.append(_simple(claim, drawn, source))
        if len(bases) == _LINES:
            break
    if not bases:
        return None
    integers = {
        n: min(d.upper, d.lower + source.integer(0, 3)) for n, d in claim.over.items() if isinstance(d, Int)
    }
    return _Lines(claim, solved, [base.with_(**integers) for base in bases])


def _simple(claim: Claim, instance: Instance, source: RandomSource) -> Instance:
    """The instance with short rationals near its values: fractions, squares of fractions, one like another."""
    changes: dict[str, Fraction] = {}
    for name, domain in claim.over.items():
        if not isinstance(domain, Real):
            continue
        value, kind, q = instance[name], source.integer(0, 7), choice(source, (1, 2, 3, 4, 5, 6, 8, 12, 16))
        if kind <= 4:
            near = Fraction(round(value * q), q)
        elif kind <= 6:
            near = Fraction(round(abs(value) ** Fraction(1, 2) * min(q, 6)), min(q, 6)) ** 2
        else:
            near = choice(source, [*changes.values(), value.limit_denominator(q)])
        changes[name] = near if domain.bounds.contains(near) else value.limit_denominator(64)
    return instance.with_(**changes)


@dataclass(frozen=True)
class _Dips:
    """Where a quantity gets close to zero between two points of a line, and how far from zero it was around."""

    row: NDArray[np.int64]
    line: NDArray[np.int64]
    around: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class _Lines:
    """Lines in the domain of a claim, along one parameter, each through an instance."""

    claim: Claim
    solved: str
    bases: list[Instance]

    def touching(self, source: RandomSource) -> tuple[list[Instance], list[Instance]] | None:
        """Instances with a short rational for the parameter where some quantity is zero, simplest first.

        Those where the margin is next to zero, or has no value, come apart from those where it is not.
        """
        grid = np.stack([self._grid(base, source) for base in self.bases])
        lines, points = grid.shape
        followed = self._follow(np.repeat(np.arange(lines), points), grid.reshape(-1))
        if followed is None:
            return None
        sizes = np.abs(followed[1]).reshape(-1, lines, points)
        middle, before, after = sizes[:, :, 1:-1], sizes[:, :, :-2], sizes[:, :, 2:]
        with np.errstate(all="ignore"):
            dips = (middle <= before) & (middle <= after) & (middle < np.maximum(before, after))
        row, line, point = _some_of_each(*np.nonzero(dips), source)
        near = (row, line, point), (row, line, point + 2)
        around = np.maximum(*(sizes[place] for place in near))
        low, high = (grid[place[1:]] for place in near)
        dip = _Dips(row, line, around, low, high)
        for sections, smaller in _NARROWINGS:
            dip = self._narrowed(dip, sections, smaller)
        return self._short(dip)

    def _grid(self, base: Instance, source: RandomSource) -> Floats:
        room = self.claim.over[self.solved].bounds
        rng = source.rng
        if room.lower is not None and room.upper is not None:
            low, width = float(room.lower), float(room.upper - room.lower)
            return np.sort(low + width * (np.arange(_POINTS) + rng.random(_POINTS)) / _POINTS)
        spread = np.exp2(np.linspace(-6, 6, _POINTS) + 0.3 * rng.random(_POINTS))
        if room.lower is not None:
            return np.sort(float(room.lower) + spread)
        if room.upper is not None:
            return np.sort(float(room.upper) - spread)
        return np.sort(np.concatenate([-spread[::2], spread[1::2]]))

    @cached_property
    def _columns(self) -> dict[str, Floats]:
        names = [n for n, d in self.claim.over.items() if isinstance(d, Real)]
        return {n: np.array([float(base[n]) for base in self.bases]) for n in names}

    def _follow(self, line: NDArray[np.int64], at: Floats) -> tuple[Floats, Floats] | None:
        """The margin at points of the lines, and what the conclusion combines, a row a quantity.

        None where the conclusion takes no batches.
        """
        values: dict[str, Any] = {}
        for name, domain in self.claim.over.items():
            if isinstance(domain, Int):
                values[name] = self.bases[0][name]
            else:
                values[name] = self._columns[name][line]
        values[self.solved] = at
        with entries_seen() as entries, orbits_seen() as orbits:
            margins = evaluate(self.claim, values)
        if margins is None:
            return None
        reals = [v for v in values.values() if isinstance(v, np.ndarray)]
        parts = (*_differences(orbits, reals, at.size), *entries)
        rows = [row for part in parts for row in _rows(part, at.size)]
        found = np.stack([margins, *rows][:_ROWS])
        return margins, np.where(found == float(NOTHING), 0.0, found)

    def _size(self, row: NDArray[np.int64], line: NDArray[np.int64], at: Floats) -> tuple[Floats, Floats]:
        """How far from zero one quantity is at each point, and the margin there."""
        followed = self._follow(line, at) if at.size else None
        if followed is None or row.max() >= len(followed[1]):
            return np.full(at.size, np.inf), np.full(at.size, np.inf)
        found = np.abs(followed[1][row, np.arange(at.size)])
        return np.where(np.isnan(found), np.inf, found), followed[0]

    def _narrowed(self, dips: _Dips, sections: int, smaller: float) -> _Dips:
        """The dips after so many golden sections, those whose quantity has become that much smaller."""
        low, high = dips.low, dips.high
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        at_left, at_right = (self._size(dips.row, dips.line, at)[0] for at in (left, right))
        for _ in range(sections):
            lower = at_left < at_right
            low, high = np.where(lower, low, left), np.where(lower, right, high)
            fresh = np.where(lower, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
            at_fresh, _ = self._size(dips.row, dips.line, fresh)
            left, right = np.where(lower, fresh, right), np.where(lower, left, fresh)
            at_left, at_right = np.where(lower, at_fresh, at_right), np.where(lower, at_left, at_fresh)
        kept = np.minimum(at_left, at_right) <= smaller * dips.around
        return _Dips(*(part[kept] for part in (dips.row, dips.line, dips.around, low, high)))

    def _short(self, dips: _Dips) -> tuple[list[Instance], list[Instance]]:
        """The instances with a short rational inside the dips at which the quantity is zero to rounding."""
        found = map(_short_rational, ((dips.low + dips.high) / 2).tolist())
        short = [(i, fraction) for i, fraction in enumerate(found) if fraction is not None]
        index, fractions = [i for i, _ in short], [fraction for _, fraction in short]
        line, row = dips.line[index], dips.row[index]
        sizes, margins = self._size(row, line, np.array([float(f) for f in fractions]))
        made = sorted(
            (
                (int(row[i]), self.bases[line[i]].with_(**{self.solved: fractions[i]}), not margins[i] > 1e-6)
                for i in np.flatnonzero(sizes <= 1e-11 * dips.around[index]).tolist()
            ),
            key=lambda found: self._weight(found[1]),
        )
        return (
            _in_turn([(row, instance) for row, instance, close in made if close]),
            _in_turn([(row, instance) for row, instance, close in made if not close]),
        )

    def _weight(self, instance: Instance) -> float:
        return sum(domain.weight(instance[name]) for name, domain in self.claim.over.items())


def _short_rational(x: float) -> Fraction | None:
    """The rational that ``x`` is much closer to than numbers are to one of that length; None without one.

    >>> _short_rational(2 / 7 + 1e-9), _short_rational(2**0.5)
    (Fraction(2, 7), None)
    """
    before, below_before, above, below = 0, 1, 1, 0
    rest = x
    while True:  # the convergents of a continued fraction
        whole = math.floor(rest)
        before, above = above, whole * above + before
        below_before, below = below, whole * below + below_before
        if below > _LARGEST_DENOMINATOR:
            return None
        if abs(above / below - x) <= 1e-4 * min(1.0, abs(x)) / below**2:
            return Fraction(above, below)
        rest = 1 / (rest - whole) if rest != whole else math.inf
        if math.isinf(rest):
            return None


def _differences(orbits: list[Any], reals: list[Floats], size: int) -> Iterator[Any]:
    """The first states of every orbit less each other, less 0 and 1, and less the parameters."""
    for orbit in orbits:
        if orbit.ndim != 2 or orbit.shape[-1] != size:
            continue
        states = orbit[: _STATES + 1]
        yield from (later - earlier for earlier, later in combinations(states, 2))
        yield from (state - other for state in states[1:] for other in (0.0, 1.0))
        yield from (state - other for state in states[1:3] for other in reals)


def _rows(part: Any, size: int) -> Iterator[Floats]:
    entries = np.asarray(part)
    if entries.ndim and entries.shape[-1] == size and entries.dtype.kind == "f":
        yield from entries.reshape(-1, size)[:_ROWS]


def _some_of_each(
    rows: NDArray[np.int64], line: NDArray[np.int64], point: NDArray[np.int64], source: RandomSource
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """At most ``_BRACKETS`` of the dips, as evenly over the quantities as there are."""
    order = source.rng.permutation(rows.size)
    order = order[np.argsort(rows[order], kind="stable")]
    started = np.searchsorted(rows[order], rows[order])
    rank = np.arange(order.size) - started
    order = order[np.argsort(rank, kind="stable")][:_BRACKETS]
    return rows[order], line[order], point[order]


def _in_turn(made: list[tuple[int, Instance]]) -> list[Instance]:
    """The simplest instance of each quantity, then the second simplest, and so on."""
    seen: dict[int, int] = {}
    ranked = []
    for row, instance in made:
        seen[row] = seen.get(row, 0) + 1
        ranked.append((seen[row], instance))
    return [instance for _, instance in sorted(ranked, key=lambda pair: pair[0])]
