"""The scout: float64 batches that look for instances worth a judge's time.

Some are drawn from the domains, some led by the smallest margins met so far (:mod:`rankladder.search.archive`). Nothing here decides anything: what a batch finds is rechecked exactly and judged in balls.
"""

from __future__ import annotations

import math
import re
import textwrap
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.margins import batch_of, forall
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball
from rankladder.numbers.batches import Batch, plain
from rankladder.numbers.whole import Whole
from rankladder.search.archive import Archive, badness, badness_of, offspring
from rankladder.search.constrained_draws import pull
from rankladder.search.draws import draw_instance
from rankladder.search.integers import integer_batches
from rankladder.search.judgement import conclude

__all__ = [
    "GROUP",
    "Findings",
    "Sieve",
    "Sighting",
    "draw_batch",
    "evaluate",
    "guide",
    "integer_margins",
    "scout",
    "unevaluated",
]

_ARRAYS = 50  # integers cost less by so much in arrays than one at a time
_CHECKED = 32  # of a batch of integers, the largest, evaluated once more without a limit to their size
_WRITTEN_OUT = 10_000  # up to this integer a power of it is evaluated with all its digits
GROUP = 509  # instances that share their integer parameters; a prime, so no time axis has this length
_KEPT = 12  # of the smallest margins
_OTHERS = 240  # of the failing instances, at random
_ENOUGH = 0.5  # of a batch satisfies the assumptions; otherwise the rest is led there


@dataclass(frozen=True)
class Sighting:
    """A candidate and the float64 margin that made it one (NaN where float64 could not say)."""

    instance: Instance
    margin: float


@dataclass(frozen=True)
class Findings:
    """What the float64 batches single out.

    ``worst`` are the smallest margins, worst first; ``others`` a random part of all negative ones: where
    rounding makes large negative margins of its own, those crowd out the true ones. ``seen`` counts the
    draws that satisfied the assumptions in float64. ``archive`` is where :func:`guide` goes on. ``why`` says what kept
    the conclusion from taking batches.
    """

    worst: list[Sighting]
    others: list[Sighting]
    seen: int
    archive: Archive | None = None
    why: str = ""


def scout(claim: Claim, count: int, seed: int, *, deadline: float = math.inf) -> Findings:
    """Draw about ``count`` instances in float64 and single out what deserves a judge's time.

    Nothing is found where the claim cannot be evaluated in batches (structured parameters, or a conclusion
    that branches on a number): the judge alone works on it then.
    """
    sieve, archive, why = Sieve(claim, seed), Archive(claim), ""
    if len(claim.integers) == len(claim.over):
        for group in integer_margins(claim, 2 * count, sieve.source):
            sieve.add(*group)
            if time.monotonic() > deadline:
                break
        return sieve.findings()
    for _ in range(max(1, count // GROUP) if claim.scalar else 0):
        if time.monotonic() > deadline:
            break
        drawn = draw_batch(claim, sieve.source)
        if drawn is None:
            continue
        values, mask = drawn
        margins = evaluate(claim, values)
        if margins is None:
            why = unevaluated(claim, values)
            break
        sieve.add(values, mask, margins)
        if archive.names:
            archive.add(values, margins, mask)
    return replace(sieve.findings(), archive=archive if archive.niches else None, why=why)


def guide(
    claim: Claim, archive: Archive, rounds: int, seed: int, *, keep: int, deadline: float = math.inf
) -> list[Sighting]:
    """Batches led by the smallest margins in the archive; what deserves a judge's time, worst first."""
    source = RandomSource(seed)
    for _ in range(rounds):
        if time.monotonic() > deadline:
            break
        values = offspring(archive, source, GROUP)
        margins = evaluate(claim, values)
        if margins is not None:
            archive.add(values, margins, _mask(claim, values))
    found = []
    for niche in archive.ranked()[:keep]:
        reals, integers = iter(niche.reals), iter(niche.integers)
        values = {n: next(integers) if n in claim.integers else np.array([next(reals)]) for n in claim.over}
        found.append(Sighting(exact_instance(claim, values, 0), niche.margin))
    return found


def integer_margins(
    claim: Claim, count: int, source: RandomSource
) -> Iterator[tuple[dict[str, Any], NDArray[np.bool_], NDArray[np.float64]]]:
    """Instances of a claim about integers alone, which satisfy the assumptions, and their margins.

    ``count`` instances, or some fifty times as many where the conclusion takes arrays of integers.
    """
    started = False
    for values in integer_batches(claim.integers, _ARRAYS * count, source.rng):
        margins = _as_arrays(claim, values)
        if margins is None:
            break
        started = True
        yield values, _mask(claim, values), margins
    if not started:
        for values in integer_batches(claim.integers, count, source.rng):
            mask = _mask(claim, values)
            yield values, mask, _one_by_one(claim, values, mask)


def _as_arrays(claim: Claim, values: dict[str, Any]) -> NDArray[np.float64] | None:
    """Margins of arrays of integers; None where there are none, or numbers outgrow 64 bits on the way."""
    margins = evaluate(claim, values)
    if margins is None:
        return None
    largest = np.argsort(sum(np.log1p(np.abs(column)) for column in values.values()))[-_CHECKED:]
    plain = _one_by_one(
        claim, {n: column[largest] for n, column in values.items()}, np.ones(largest.size, dtype=bool)
    )
    same = np.isclose(margins[largest], plain, rtol=1e-6, atol=1e-6) | np.isnan(plain)
    return margins if same.all() else None


def _one_by_one(
    claim: Claim, values: Mapping[str, NDArray[np.int64]], mask: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Margins of a conclusion that takes plain integers only; undefined where it breaks, for the judge to say how."""
    margins = np.full(mask.size, np.inf)
    columns = {name: column.tolist() for name, column in values.items()}
    for name, column in columns.items():
        if max(map(abs, column), default=0) > _WRITTEN_OUT:  # to that power a number would fill the memory
            columns[name] = [Whole(n, Ball) for n in column]
    for index in np.flatnonzero(mask).tolist():
        try:
            margin = conclude(claim, {name: column[index] for name, column in columns.items()})
            if not isinstance(margin, (int, float, Fraction)):
                margin = forall(margin)
            margins[index] = margin.mid if isinstance(margin, Ball) else plain(margin)
        except Exception:  # whatever is wrong with it, the judge says it better
            margins[index] = np.nan
    return margins


class Sieve:
    """Takes groups of float64 instances and keeps what deserves a judge's time.

    Args:
        claim: the claim they are instances of.
        seed: of ``source``, which also picks the random part of the failing ones.
    """

    def __init__(self, claim: Claim, seed: int) -> None:
        self.source = RandomSource(seed)
        self._claim = claim
        self._best: list[Sighting] = []
        self._failing: list[Sighting] = []
        self._seen = 0

    def add(self, values: dict[str, Any], mask: NDArray[np.bool_], margins: NDArray[np.float64]) -> None:
        """Look at a group: its parameters, which of it satisfy the assumptions, their margins."""
        claim = self._claim
        self._seen += int(mask.sum())
        self._best += _worst(claim, values, np.where(mask, margins, np.inf), _KEPT)
        self._best = _sorted(self._best)[: 2 * _KEPT]
        negative = np.flatnonzero(mask & (margins < 0))
        some = self.source.rng.choice(negative, min(_KEPT, negative.size), replace=False)
        self._failing += [Sighting(exact_instance(claim, values, int(i)), float(margins[i])) for i in some]

    def findings(self) -> Findings:
        """What was singled out so far."""
        defined = [s for s in self._best if not np.isnan(s.margin)]
        undefined = [s for s in self._best if np.isnan(s.margin)]
        some = [self._failing[i] for i in self.source.rng.permutation(len(self._failing))[:_OTHERS]]
        return Findings(defined[:_KEPT] + undefined[: _KEPT // 4], some, self._seen)


def draw_batch(
    claim: Claim, source: RandomSource, given: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], NDArray[np.bool_]] | None:
    """One group: integers shared, reals drawn independently; and which satisfy the relations.

    ``given`` parameters are taken as they are: an integer for one of a range of integers, otherwise an array
    of ``GROUP`` float64 numbers.
    """
    values: dict[str, Any] = {}
    kept = None if given is not None else _with_its_integers(claim, source)
    for name in claim.over:
        if kept is not None and name in claim.integers:
            values[name] = kept[name]
        elif given is not None and name in given:
            values[name] = given[name]
        elif name in claim.integers:
            try:
                values[name] = claim.integers[name].draw(source, None, values)
            except Infeasible:
                return None
        elif name in claim.reals:
            domain = claim.reals[name]
            lower = -np.inf if domain.drawn.lower is None else float(domain.drawn.lower)
            upper = np.inf if domain.drawn.upper is None else float(domain.drawn.upper)
            low, high = np.asarray(lower), np.asarray(upper)
            for relation in claim.constraints[name]:
                more_low, more_high = relation.batch_bounds(name, values)
                low, high = np.maximum(low, more_low), np.minimum(high, more_high)
            values[name] = domain.batch(source.rng, low, high, GROUP)
    mask = _mask(claim, values)
    if claim.relations and given is None and mask.mean() < _ENOUGH:
        pull(claim, values, partial(_mask, claim), source)
        mask = _mask(claim, values)
    return values, mask


def _with_its_integers(claim: Claim, source: RandomSource) -> Instance | None:
    """An instance whose integers a whole group can share; None where no relation ties integers to real numbers."""
    tied = {n for r in claim.relations for n in r.names if len(r.names) > 1}
    if not claim.reals or tied.isdisjoint(claim.integers):
        return None
    try:
        return draw_instance(claim, source)
    except Infeasible:
        return None


def _mask(claim: Claim, values: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which instances of a batch lie in their domains and satisfy the relations, in float64."""
    size = max((v.size for v in values.values() if isinstance(v, np.ndarray)), default=1)
    mask = np.ones(size, dtype=bool)
    for name, domain in claim.reals.items():
        room, drawn = domain.drawn, values[name]
        if room.lower is not None:
            mask &= drawn > float(room.lower) if not room.lower_closed else drawn >= float(room.lower)
        if room.upper is not None:
            mask &= drawn < float(room.upper) if not room.upper_closed else drawn <= float(room.upper)
    for relation in claim.relations:
        mask &= relation.mask(values)
    return mask


def evaluate(claim: Claim, values: dict[str, Any]) -> NDArray[np.float64] | None:
    """Float64 margins of a group; None when the conclusion cannot take arrays, and :func:`unevaluated` says why."""
    try:
        return _margins(claim, values)
    except _NOT_FOR_BATCHES:
        return None


def unevaluated(claim: Claim, values: dict[str, Any]) -> str:
    """Why a group has no float64 margins, in a clause; empty where it has."""
    try:
        _margins(claim, values)
    except _NOT_FOR_BATCHES as error:
        if "truth value of an array" in str(error):
            return "the conclusion branches on a number"
        words = re.sub(r"Batch\(\[.*", "an array …", str(error), flags=re.DOTALL)
        return textwrap.shorten(f"{type(error).__name__}: {words}", 120, placeholder=" …")
    return ""


_NOT_FOR_BATCHES = (ValueError, TypeError, AttributeError, IndexError, ArithmeticError)


def _margins(claim: Claim, values: dict[str, Any]) -> NDArray[np.float64]:
    size = max((v.size for v in values.values() if isinstance(v, np.ndarray)), default=1)
    with np.errstate(all="ignore"), batch_of(size):
        batch = {n: v.view(Batch) if isinstance(v, np.ndarray) else v for n, v in values.items()}
        margins = np.asarray(plain(forall(conclude(claim, batch))))
    if margins.dtype.kind not in "fiu":
        raise TypeError(f"the margins are of type {margins.dtype}")
    if margins.ndim and margins.shape != (size,):
        raise ValueError(f"the margins of {size} instances have the shape {margins.shape}")
    return np.broadcast_to(margins.astype(float), size).copy()


def _worst(claim: Claim, values: dict[str, Any], margins: NDArray[np.float64], keep: int) -> list[Sighting]:
    order = np.argsort(-badness_of(margins))[:keep]
    return [
        Sighting(exact_instance(claim, values, int(i)), float(margins[i]))
        for i in order
        if margins[i] != np.inf
    ]


def exact_instance(claim: Claim, values: dict[str, Any], index: int) -> Instance:
    """The exact instance behind one column of a batch: dyadic numbers, and integers."""
    column = {n: v[index] if isinstance(v, np.ndarray) else v for n, v in values.items()}
    return Instance.of({name: domain.nearest(column[name]) for name, domain in claim.numbers.items()})


def _sorted(sightings: list[Sighting]) -> list[Sighting]:
    return sorted(sightings, key=lambda s: -badness(s.margin))
