"""Coincidences: instances at which something in a conclusion is exactly zero, solved for instead of waited for.

A strict inequality, a cycle or an orbit that lands on its limit may fail on a thin set only, which no draw meets.
Here all numbers of an instance but one take short rational values; along the last one, float64 follows every
margin that the conclusion combines, and the differences between the first states of the orbits it asks for. Where
one of them touches zero at what looks like a short rational, exact arithmetic judges the instance.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import numpy as np

from rankladder.domains.domain import Bounds
from rankladder.domains.randomness import Infeasible, RandomSource, choice
from rankladder.domains.scalars import Real
from rankladder.language.instance import Instance
from rankladder.language.margins import entries_seen, forall
from rankladder.language.statement import Claim
from rankladder.numbers.balls import precision
from rankladder.numbers.exact import Exact
from rankladder.numbers.nothing import NOTHING
from rankladder.numbers.seen import orbits_seen
from rankladder.search.batches import evaluate
from rankladder.search.draws import draw_instance, realise, satisfies
from rankladder.search.judgement import conclude, judge_exactly
from rankladder.search.lines import Floats, Integers, Lines
from rankladder.search.survey import calls_of, roughly

__all__ = ["coincidence"]

_ROUNDS = 8
_ROUNDS_EACH = 2  # at least, for each scalar parameter
_ROUNDS_APART = 5  # where numbers are followed one by one
_LOOKS_APART = 1_000  # evaluations that a round of those takes, in all
_WORK_APART, _LEAST = (
    4_000_000,
    0.25,
)  # function calls that they may make, or lines are left out; not below a share
_LINES, _LINES_APART = 101, 16  # of a round, followed all at once or one by one
_POINTS, _POINTS_APART = 37, 17  # of a line
_ROWS = 40  # quantities followed in a conclusion
_STATES = 4  # of an orbit that are compared with each other
_JUDGED = 12  # exactly, in a round
_ASKED, _FEW_BITS = 4, 64
_MISSES = (
    24  # draws that may fail the assumptions before the first that does not, and three for each of those
)

Path = tuple[Any, ...]


def coincidence(claim: Claim, seed: int, share: float = 1.0) -> Instance | None:
    """An instance that exact arithmetic says violates the claim, where an equality inside it occurs; or None.

    ``share`` is that of the usual rounds.
    """
    source = RandomSource(seed)
    names = [n for n, d in claim.reals.items() if not _fixed(d)]
    tried: set[Instance] = set()
    met: list[Instance] = []
    at_once = claim.scalar
    for number in range(math.ceil(share * max(_ROUNDS, _ROUNDS_EACH * len(names)))):
        lines = _together(claim, names[number % len(names)], met, source) if at_once and names else None
        lines = lines or _apart(claim, source, share)
        if lines is None or (not number and not _stays_exact(claim, lines.bases)):
            return None
        found = lines.touching(source)
        if found is None:  # the conclusion takes no batches
            at_once = False
            continue
        met = [*found.close[:_JUDGED], *found.far]
        fresh = (
            [i for i in part[: 4 * most] if i not in tried and satisfies(claim, i) is True][:most]
            for part, most in ((found.close, _JUDGED), (found.far, _JUDGED // 4))
        )
        for instance in itertools.chain(*fresh):
            tried.add(instance)
            judgement = judge_exactly(claim, instance)
            if judgement is not None and judgement.outcome == "violated":
                return instance
        if not claim.scalar or (not at_once and number >= share * _ROUNDS_APART):
            return None
    return None


def _fixed(domain: Real) -> bool:
    return domain.bounds.lower is not None and domain.bounds.lower == domain.bounds.upper


def _stays_exact(claim: Claim, instances: list[Instance]) -> bool:
    """Whether anything that the conclusion combines is rational: of the rest no arithmetic knows when it is zero."""
    for instance in instances[:_ASKED]:
        try:
            with precision(_FEW_BITS), np.errstate(all="ignore"), entries_seen() as entries:
                forall(conclude(claim, realise(claim, instance, Exact)))
        except Exception:  # whatever is wrong with it, the judge says it better
            continue
        if any(isinstance(entry, Exact) for part in entries for entry in part.flat):
            return True
    return False


def _drawn(claim: Claim, wanted: int, source: RandomSource) -> Iterator[Instance]:
    """Instances with short rationals near the numbers that were drawn; fewer than wanted where draws often miss."""
    found = misses = 0
    while found < wanted and misses <= _MISSES + 3 * found:
        try:
            drawn = draw_instance(claim, source)
        except Infeasible:
            misses += 1
            continue
        yield _simple(claim, drawn, source)
        found += 1


def _simple(claim: Claim, instance: Instance, source: RandomSource) -> Instance:
    """The instance with fractions near its real parameters, other short ones, squares, or one like another."""
    changes: dict[str, Fraction] = {}
    for name, domain in claim.reals.items():
        value = instance[name]
        tried = (_near(value, list(changes.values()), source) for _ in range(4))
        changes[name] = next(filter(domain.drawn.contains, tried), value.limit_denominator(16))
    return instance.with_(**changes)


def _near(value: Fraction, others: list[Fraction], source: RandomSource) -> Fraction:
    kind, q = source.integer(0, 7), choice(source, (1, 2, 3, 4, 5, 6, 8, 12, 16))
    if kind <= 2:
        return Fraction(round(value * q), q)
    if kind <= 4:
        return Fraction(choice(source, (-1, 1, 1, 1)) * source.integer(1, 12), q)
    if kind <= 6:
        return Fraction(round(abs(float(value)) ** 0.5 * min(q, 6)), min(q, 6)) ** 2
    return choice(source, [*others, value.limit_denominator(q)])


def _grid(room: Bounds, points: int, rng: np.random.Generator) -> Floats:
    """Values of a real parameter, increasing."""
    if room.lower is not None and room.upper is not None:
        low, width = float(room.lower), float(room.upper - room.lower)
        return np.sort(low + width * (np.arange(points) + rng.random(points)) / points)
    spread = np.exp2(np.linspace(-6, 6, points) + 0.3 * rng.random(points))
    if room.lower is not None:
        return np.sort(float(room.lower) + spread)
    if room.upper is not None:
        return np.sort(float(room.upper) - spread)
    return np.sort(np.concatenate([-spread[::2], spread[1::2]]))


# --- numbers alone: all lines at once, along one parameter


def _together(claim: Claim, solved: str, met: list[Instance], source: RandomSource) -> Lines | None:
    """Lines along one parameter through simple instances that share their integers, and through some ``met``."""
    known = met[: _LINES // 3]
    bases = [*known, *_drawn(claim, _LINES - len(known), source)]
    integers = {n: min(d.upper, d.lower + source.integer(0, 3)) for n, d in claim.integers.items()}
    bases = [base.with_(**integers) for base in bases]
    return _Together(claim, bases, 293, ((10, 0.05), (22, 1e-4)), solved) if bases else None


@dataclass(frozen=True)
class _Together(Lines):
    solved: str

    def grid(self, rng: np.random.Generator) -> Floats:
        room = self.claim.reals[self.solved].drawn
        return np.stack([_grid(room, _POINTS, rng) for _ in self.bases])

    @cached_property
    def _columns(self) -> dict[str, Floats]:
        return {n: np.array([float(base[n]) for base in self.bases]) for n in self.claim.reals}

    def follow(self, line: Integers, at: Floats) -> tuple[Floats, Floats] | None:
        values: dict[str, Any] = {n: self.bases[0][n] for n in self.claim.over}
        values |= {name: column[line] for name, column in self._columns.items()}
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

    def instance(self, line: int, value: Fraction) -> Instance:
        return self.bases[line].with_(**{self.solved: value})


def _differences(orbits: list[Any], reals: list[Floats], size: int) -> Iterator[Any]:
    """The first states of every orbit less each other, less 0 and 1, and less the parameters."""
    for orbit in orbits:
        if orbit.ndim != 2 or orbit.shape[-1] != size:
            continue
        states = orbit[: _STATES + 1]
        yield from (later - earlier for earlier, later in itertools.combinations(states, 2))
        yield from (state - other for state in states[1:] for other in (0.0, 1.0))
        yield from (state - other for state in states[1:3] for other in reals)


def _rows(part: Any, size: int) -> Iterator[Floats]:
    entries = np.asarray(part)
    if entries.ndim and entries.shape[-1] == size and entries.dtype.kind == "f":
        yield from entries.reshape(-1, size)[:_ROWS]


# --- parameters with structure: every line by itself, along a parameter or a number inside one


def _apart(claim: Claim, source: RandomSource, share: float) -> Lines | None:
    """Lines through simple instances, each along a number of its own; fewer where to follow one takes many calls."""
    bases: list[Instance] = []
    paths: list[Path] = []
    scale = 1.0
    for drawn in _drawn(claim, _LINES_APART, source):
        if len(bases) >= scale * _LINES_APART:
            break
        base = drawn
        for name in claim.over:
            if name in claim.reals:
                continue
            for path, value in _numbers(base[name]):
                near = Fraction(round(value * 4), 4) if source.integer(0, 1) else Fraction(round(value))
                base = _kept(claim, base, _placed(base, name, path, near))
            if (domain := claim.integers.get(name)) is not None and base[name] > domain.lower + 3:
                few = min(base[name], domain.lower + source.integer(0, 3))
                base = _kept(claim, base, base.with_(**{name: few}))
        numbers = [(name, *path) for name in claim.over for path, _ in _numbers(base[name])]
        reals = [path for path in numbers if path[0] in claim.reals]
        if numbers:
            if not bases:
                roughly(claim, base)  # twice, so that the count does not depend on what ran before
                calls = calls_of(partial(roughly, claim, base))
                scale = min(1.0, max(_LEAST, share * _WORK_APART / (_LOOKS_APART * calls)))
            bases.append(base)
            paths.append(choice(source, reals if reals and source.integer(0, 1) else numbers))
    brackets = math.ceil(20 * scale)
    return _Apart(claim, bases, brackets, ((8, 0.1), (16, 1e-2)), tuple(paths)) if bases else None


def _kept(claim: Claim, old: Instance, new: Instance) -> Instance:
    """The new instance where it is one of the claim's, else the old one."""
    return new if satisfies(claim, new) is True else old


def _numbers(value: Any, path: Path = ()) -> Iterator[tuple[Path, Fraction]]:
    """The rationals inside a value made of tuples and dataclasses, each with the way to it."""
    if isinstance(value, Fraction):
        yield path, value
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _numbers(entry, (*path, index))
    elif is_dataclass(value):
        for part in fields(value):
            yield from _numbers(getattr(value, part.name), (*path, part.name))


def _placed(instance: Instance, name: str, path: Path, number: Fraction) -> Instance:
    """The instance with another number inside a parameter; itself where the value refuses that number."""
    try:
        return instance.with_(**{name: _put(instance[name], path, number)})
    except (TypeError, ValueError):
        return instance


def _put(value: Any, path: Path, number: Fraction) -> Any:
    """The value with another number at the end of that way."""
    if not path:
        return number
    first, rest = path[0], path[1:]
    if isinstance(value, tuple):
        return (*value[:first], _put(value[first], rest, number), *value[first + 1 :])
    return replace(value, **{first: _put(getattr(value, first), rest, number)})


@dataclass(frozen=True)
class _Apart(Lines):
    paths: tuple[Path, ...]

    def grid(self, rng: np.random.Generator) -> Floats:
        rows = []
        for base, (name, *path) in zip(self.bases, self.paths, strict=True):
            value = dict(_numbers(base[name]))[tuple(path)]
            room = Bounds(Fraction(0)) if value > 0 else Bounds()
            if name in self.claim.reals:
                room = self.claim.reals[name].drawn
            rows.append(_grid(room, _POINTS_APART, rng))
        return np.stack(rows)

    def follow(self, line: Integers, at: Floats) -> tuple[Floats, Floats] | None:
        margins, found = np.full(at.size, np.nan), np.full((_ROWS, at.size), np.inf)
        for index, (one, value) in enumerate(zip(line.tolist(), at.tolist(), strict=True)):
            instance = self.instance(one, Fraction(value))
            try:
                with np.errstate(all="ignore"), entries_seen() as entries:
                    margins[index] = forall(conclude(self.claim, realise(self.claim, instance, float)))
            except Exception:  # whatever is wrong with it, the judge says it better
                continue
            parts = [np.asarray(part, dtype=float).reshape(-1) for part in entries]
            rows = np.concatenate([np.empty(0), *parts])[:_ROWS]
            found[: rows.size, index] = np.where(rows == float(NOTHING), 0.0, rows)
        return margins, found

    def instance(self, line: int, value: Fraction) -> Instance:
        name, *path = self.paths[line]
        return _placed(self.bases[line], name, tuple(path), value)
