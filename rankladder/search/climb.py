"""The search: make a violation worse, then make it simple.

Two witnesses come out of it. The *worst* is the largest violation up to size 1 that was found; beyond 1 the
mildest is preferred, or parameters would run to extremes. The *simple* one keeps at least half of its size
and is as short to read as greedy polishing can make it: a shrinker that only keeps the failure ends at the barely failing edge, which
shows nothing.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.search import moves
from rankladder.search.archive import badness
from rankladder.search.batches import Sighting, draw_batch, evaluate, exact_instance, integer_margins
from rankladder.search.draws import satisfies
from rankladder.search.judgement import LADDER, Judgement, judge
from rankladder.search.survey import calls_of, roughly

__all__ = ["Budget", "Witness", "climb", "float64_pays", "simplify"]

_SMALLEST = 2_000  # integers near zero that are tried for a simple witness
_WORTH = 20  # judgements from which on it pays to ask whether float64 is cheaper
_APART = 1e-6  # beyond what rounding does to a margin in float64
_SEARCH_LADDER = (192,)  # climbing compares middles; only what it returns is judged at full precision


@dataclass
class Budget:
    """How much a search may cost: judgements, and a deadline on the monotonic clock."""

    judgements: int
    deadline: float = float("inf")
    spent: int = field(default=0)

    def take(self) -> bool:
        """Account for one judgement; False once nothing is left."""
        self.spent += 1
        return self.spent <= self.judgements and time.monotonic() < self.deadline


@dataclass(frozen=True)
class Witness:
    """An instance and its judgement."""

    instance: Instance
    judgement: Judgement

    @property
    def margin(self) -> float:
        """The middle of the margin's enclosure."""
        return self.judgement.margin

    @property
    def size(self) -> float:
        """How far beyond failing it is (negative when it does not fail)."""
        return -self.margin

    @property
    def badness(self) -> float:
        """What the search increases: see :func:`rankladder.search.archive.badness`."""
        return badness(self.margin)


def _judged(
    claim: Claim,
    instance: Instance,
    ladder: tuple[int, ...] = LADDER,
    hopeless: Callable[[float], bool] | None = None,
) -> Witness | None:
    """The instance and its judgement; None for one that the claim does not speak of, has no margin, or seems hopeless.

    ``hopeless`` says so of a margin in float64, by a distance that rounding does not make.
    """
    if satisfies(claim, instance) is not True:
        return None
    if hopeless is not None:
        margin = roughly(claim, instance)
        if not math.isnan(margin) and hopeless(margin):
            return None
    judgement = judge(claim, instance, ladder)
    nowhere = np.isnan(judgement.margin) or judgement.outcome == "silent"
    return None if nowhere else Witness(instance, judgement)


def _milder(least: float, margin: float) -> bool:
    return badness(margin) < least


def float64_pays(claim: Claim, instance: Instance) -> bool:
    """Whether float64 takes much less than the judge: so it mostly is among matrices, but for flows.

    The instance has been judged before, or the counts would depend on what ran before.

    >>> from rankladder import Real, claim
    >>> made = claim("doc-pays", over=dict(x=Real(0, 1)))(lambda x: x)
    >>> float64_pays(made, Instance.of(x=1))
    False
    """
    if claim.scalar or math.isnan(roughly(claim, instance)):
        return False
    calls = calls_of(partial(roughly, claim, instance))
    return 4 * calls < calls_of(partial(judge, claim, instance, _SEARCH_LADDER))


def climb(
    claim: Claim,
    starts: Iterable[Witness],
    source: RandomSource,
    budget: Budget,
    *,
    pays: bool | None = None,
) -> Witness | None:
    """Move from the most promising instances towards a violation, and once there towards a large one.

    ``pays`` is the answer of :func:`float64_pays`, where it is known.
    Returns the worst witness met, judged at full precision; None when there was nothing to start from.
    """
    pool = sorted(starts, key=lambda w: -w.badness)[:4]
    if not pool:
        return None
    best = pool[0]
    stale = 0
    if pays is None:
        pays = budget.judgements >= _WORTH and float64_pays(claim, best.instance)
    while budget.take() and best.size < 1.0 and stale < max(60, budget.judgements // 2):
        index = min(source.integer(0, len(pool) - 1), source.integer(0, len(pool) - 1))
        screen = partial(_milder, pool[index].badness - _APART) if pays else None
        try:
            moved = moves.moved(claim, pool[index].instance, source)
            witness = _judged(claim, moved, _SEARCH_LADDER, screen)
        except Infeasible:
            witness = None
        if witness is None or witness.badness <= pool[index].badness:
            stale += 1
            continue
        pool[index] = witness
        pool.sort(key=lambda w: -w.badness)
        if pool[0] is not best:
            best, stale = pool[0], 0
    return _judged(claim, best.instance) or best


def weight(claim: Claim, instance: Instance) -> float:
    """How hard an instance is to read, in bits."""
    return sum(domain.weight(instance[name]) for name, domain in claim.over.items())


def simplify(
    claim: Claim, worst: Witness, source: RandomSource, budget: Budget, *, pays: bool | None = None
) -> Witness:
    """A witness that keeps at least half of ``worst``'s size and is as short as can be found; ``pays`` as for :func:`climb`."""
    goal = worst.size / 2
    least = goal - _APART * max(1.0, goal)
    if pays is None:
        pays = budget.judgements >= _WORTH and float64_pays(claim, worst.instance)
    screen = (lambda margin: -margin < least) if pays else None
    best = min(
        [worst, *_simple_candidates(claim, goal, source, budget), *_rounded_at_once(claim, worst, budget)],
        key=lambda w: weight(claim, w.instance),
    )

    def accepted(candidate: Instance) -> bool:
        nonlocal best
        witness = _judged(claim, candidate, hopeless=screen)
        if witness is None or witness.judgement.outcome != "violated" or witness.size < goal:
            return False
        best = witness
        return True

    improved = True
    while improved:
        improved = False
        for candidate in _smaller(claim, best.instance):
            if not budget.take():
                return best
            if accepted(candidate):
                improved = True
                break
        if improved:
            continue  # what is small has fewer entries to simplify
        for candidate in _together(claim, best.instance):
            if not budget.take():
                return best
            if weight(claim, candidate) < weight(claim, best.instance) and accepted(candidate):
                improved = True
                break
        if improved:
            continue
        for name, domain in claim.over.items():
            for value in domain.simpler(best.instance[name]):
                if not budget.take():
                    return best
                candidate = best.instance.with_(**{name: value})
                if weight(claim, candidate) < weight(claim, best.instance) and accepted(candidate):
                    improved = True
                    break
    return best


def _smaller(claim: Claim, instance: Instance) -> Iterator[Instance]:
    """One size smaller: the same row, column or entry left out of everything that has that size."""
    for name in claim.integers:
        if instance[name] <= 1:
            continue
        for index in reversed(range(instance[name])):
            shrunk = {n: d.shrunk(instance[n], name, index) for n, d in claim.over.items()}
            changed = {n: v for n, v in shrunk.items() if v != instance[n]}
            if not changed:
                break  # nothing has this size
            yield instance.with_(**changed, **{name: instance[name] - 1})


def _together(claim: Claim, instance: Instance) -> Iterator[Instance]:
    """Several integers made smaller at once, as an equation between them needs: all divided, or two moved alike."""
    names = list(claim.integers)
    if len(names) < 2:
        return
    common = math.gcd(*(instance[n] for n in names))
    for divisor in (q for q in (common, 7, 5, 3, 2) if q > 1 and common % q == 0):
        yield instance.with_(**{n: instance[n] // divisor for n in names})
    for one, other in itertools.permutations(names, 2):
        for step in (instance[one] // 2, 2, 1):
            for sign in (1, -1):
                yield instance.with_(**{one: instance[one] - step, other: instance[other] - sign * step})


def _rounded_at_once(claim: Claim, worst: Witness, budget: Budget) -> list[Witness]:
    """Violations with simple numbers everywhere: polishing one number at a time has too many to go through."""
    found: list[Witness] = []
    if claim.scalar:
        return found
    for start in dict.fromkeys((moves.unframed(claim, worst.instance), worst.instance)):
        known = moves.places(claim, start)
        for most in (1, 2, 4, 8):
            if not known or not budget.take():
                break
            numbers = [moves.within_range(e, e.value.limit_denominator(most)) for _, e in known]
            witness = _judged(claim, moves.with_numbers(claim, start, known, numbers))
            if (
                witness is not None
                and witness.judgement.outcome == "violated"
                and witness.size >= worst.size / 2
            ):
                found.append(witness)
                break
    return found


def _simple_candidates(claim: Claim, goal: float, source: RandomSource, budget: Budget) -> list[Witness]:
    """Violations on a grid of simple rationals: they escape the ridges that polishing sticks to."""
    if not claim.scalar:
        return []
    found: list[Sighting] = []
    if not claim.reals:
        for columns, mask, sizes in integer_margins(claim, _SMALLEST, source):
            found += [
                Sighting(exact_instance(claim, columns, int(i)), float(sizes[i]))
                for i in np.flatnonzero(mask & (sizes <= -goal))[:_SMALLEST]
            ]
        return _lightest(claim, found, goal, budget)
    for _ in range(12):
        drawn = draw_batch(claim, source)
        if drawn is None:
            continue
        values, _mask = drawn
        for name in claim.numbers:
            if name in claim.reals:
                grid = 2.0 ** source.rng.integers(0, 4, values[name].size)
                values[name] = np.round(values[name] * grid) / grid
            elif source.integer(0, 1):
                values[name] = min(values[name], claim.integers[name].lower + source.integer(0, 7))
        margins = evaluate(claim, values)
        if margins is None:
            return []
        found += [
            Sighting(exact_instance(claim, values, int(i)), float(margins[i]))
            for i in np.flatnonzero(margins <= -goal)
        ]
    return _lightest(claim, found, goal, budget)


def _lightest(claim: Claim, found: list[Sighting], goal: float, budget: Budget) -> list[Witness]:
    found.sort(key=lambda s: weight(claim, s.instance))
    witnesses: list[Witness] = []
    for sighting in found[:200]:
        if len(witnesses) >= 3 or not budget.take():
            break
        witness = _judged(claim, sighting.instance)
        if witness is not None and witness.judgement.outcome == "violated" and witness.size >= goal:
            witnesses.append(witness)
    return witnesses
