"""The survey: many instances looked at in float64 one by one, where the scout's batches cannot.

A claim over matrices costs the judge milliseconds an instance, float64 a tenth of that. The survey draws (ends of
sizes and of ranges, ties and coincidences on purpose), keeps the smallest margin met for every size and every scale
of every parameter, and moves on from those. Comparing like with like is what keeps a margin that carries units from
leading to small units instead of to a failure. Nothing here decides anything: what it singles out is judged in balls,
and what the judge says takes the place of what float64 said.

Its length is counted work, function calls that the evaluations make, never time.
"""

from __future__ import annotations

import contextlib
import gc
import heapq
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from rankladder.domains.domain import Entry
from rankladder.domains.randomness import Infeasible, RandomSource, choice
from rankladder.language.instance import Instance
from rankladder.language.margins import forall
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball
from rankladder.search.archive import badness
from rankladder.search.batches import Sighting
from rankladder.search.draws import draw_instance, realise, satisfies
from rankladder.search.judgement import Judgement, conclude, judge
from rankladder.search.moves import dressed, moved, places, with_numbers, within_range

__all__ = ["Survey", "calls_of", "roughly"]

# after each round, what is singled out is judged
_ROUNDS, _A_ROUND = 6, 250_000  # rounds at most, and function calls for each
_DRAWN = 0.3  # of the work before anything moves; of the attempts after that, half as much
_FRAME = 3  # of a function written in Python: its operators on arrays are no calls
_MEASURED, _THEN = (
    (4, 16),
    48,
)  # looks whose work is counted, which takes as long again; one in how many later
_IDLE = 700  # calls that an attempt costs which is not evaluated
_FAILURES = 24  # evaluations without a number and none with one: float64 has nothing to say
_NUMBERLESS = 2  # evaluations without a number that are judged at once: the conclusion may break there
_NEWTON = 4  # steps towards a root
_SHORT = (4, 30, 1000, 2**40)  # denominators tried in the place of what a root is in float64
_LEADERS, _LEVEL = 6, 2  # smallest margins, and equalities, which half of the moves start from
_EQUALITY = 1e-13  # below this a margin may be rounding alone
_CLEAR, _MOST_ALARMS = 1e-6, 8  # a margin beyond rounding is judged at once, unless that was in vain often
_NEAR = 1e-9  # a margin that rounding may have made positive
_CORNERS = 6  # kinds of numbers whose large and small values make corners with niches of their own
_JUDGED = 3  # smallest margins judged a round, beside those near zero
_MOST_JUDGED = 8
_ASKING = 0.5  # of the work of a round, which judging may take beside it


def roughly(claim: Claim, instance: Instance) -> float:
    """The margin in float64; NaN where float64 has none."""
    try:
        with np.errstate(all="ignore"):
            margin = forall(conclude(claim, realise(claim, instance, float)))
        return margin.mid if isinstance(margin, Ball) else float(margin)
    except Exception:  # whatever is wrong with it, the judge says it better
        return math.nan


@dataclass
class Survey:
    """What float64 has seen of one claim.

    Args:
        claim: the claim.
        seed: fixes every draw and move.
        judge: called with an instance that satisfies the assumptions.
        deadline: on the monotonic clock, for a check with a budget.
    """

    claim: Claim
    seed: int
    judge: Callable[[Instance], Judgement]
    deadline: float = math.inf
    seen: int = field(default=0, init=False)
    _niches: dict[tuple[Any, ...], Sighting] = field(default_factory=dict)
    _tried: set[Instance] = field(default_factory=set)
    _judged: set[Instance] = field(default_factory=set)
    _found: bool = False
    _leaders: list[Sighting] | None = None
    _alarms: int = 0
    _failures: int = 0
    _spent: int = 0
    _work: int = _IDLE
    _misses: int = 0
    _missing: int = 0
    _judging: int = 0

    def run(self, work: int, starts: Iterable[Instance] = ()) -> None:
        """Look for about ``work`` function calls, or until the judge finds a violation; at ``starts`` first."""
        source = RandomSource(self.seed)
        for instance in starts:
            self._look(instance)
        wider = list(self._sized(source))
        rounds = min(_ROUNDS, max(1, work // _A_ROUND))
        for number in range(1, rounds + 1):
            while self._spent < work * number // rounds and time.monotonic() < self.deadline:
                self._attempt(source, wider, early=self._spent < work * _DRAWN)
                if self._found or self._failures == self.seen >= _FAILURES:
                    return
            self._ask_of_some(source, _ASKING * work / rounds)
            if self._found:
                return

    def _sized(self, source: RandomSource) -> Iterator[Claim]:
        """The claim over the ends of its sizes: each at its least or largest, all least, all largest."""

        class End:
            def __init__(self, end: int) -> None:
                self.end = end

            def integer(self, lowest: int, highest: int) -> int:
                return highest if self.end else lowest

        for choices in (*2 * (End(1),), *2 * (End(0),), *4 * (source,)):
            over = {n: d.sized(choices) for n, d in self.claim.over.items()}
            if over != dict(self.claim.over):
                yield replace(self.claim, over=over)

    def _attempt(self, source: RandomSource, wider: list[Claim], *, early: bool) -> None:
        # where all margins are the same, nothing leads anywhere
        margins = (s.margin for s in self._niches.values())
        first = next(margins, None)
        flat = all(margin == first for margin in margins)
        if not flat and source.integer(0, 19) == 0:
            self._solve(source)
            return
        self._spent += _IDLE
        try:
            if early or flat or source.integer(0, 99) < 50 * _DRAWN:
                end = (
                    wider[source.integer(0, len(wider) - 1)] if wider and source.integer(0, 1) else self.claim
                )
                instance = draw_instance(end, source)
                if source.integer(0, 1):
                    instance = dressed(self.claim, instance, source)
            else:
                start, mate = self._parent(source), self._parent(source)
                instance = moved(self.claim, start, source, mate)
                if source.integer(0, 3) == 0:
                    instance = moved(self.claim, instance, source)
        except Infeasible:
            self._miss()
            return
        if instance in self._tried:
            return
        self._tried.add(instance)
        self._look(instance)

    def _miss(self) -> None:
        """Count the work of a draw that did not satisfy the assumptions: it may have been led towards them at length."""
        if self._misses % _THEN == 0:
            source = RandomSource(self.seed + self._misses)

            def draw() -> None:
                with contextlib.suppress(Infeasible):
                    draw_instance(self.claim, source)

            self._missing = calls_of(draw)
            self._spent += self._missing
        self._misses += 1
        self._spent += self._missing

    def _solve(self, source: RandomSource) -> None:
        """Where along one number the margin vanishes, and the short rationals close to that: what is equal there
        is equal nowhere else, and beyond a simple root lies a failure.
        """
        start = self._parent(source)
        known = places(self.claim, start)
        if not known:
            return
        longest = choice(source, (1, 2, 4, 2**40))  # from simple numbers, roots are simple too
        numbers = [within_range(e, e.value.limit_denominator(longest)) for _, e in known]
        index, order = source.integer(0, len(known) - 1), source.integer(1, 2)  # of the root
        entry = known[index].entry
        width = (abs(entry.value) + Fraction(1, 2**10)) / 2**20

        def margin(x: Fraction) -> float:
            self._spent += _IDLE
            numbers[index] = within_range(entry, x)
            found = self._look(with_numbers(self.claim, start, known, numbers))
            return math.nan if found is None else found

        x = entry.value
        for _ in range(_NEWTON):
            here, there = margin(x), margin(x + width)
            step = order * here * float(width) / (there - here) if there != here else math.nan
            if not math.isfinite(step):
                break
            x = within_range(entry, x - Fraction(step))
        for most in _SHORT:
            margin(x.limit_denominator(most))

    def _parent(self, source: RandomSource) -> Instance:
        if self._leaders is None:
            unlike = {id(s): s for s in self._niches.values()}.values()
            self._leaders = []
            for level, count in ((False, _LEADERS), (True, _LEVEL)):
                alike = [s for s in unlike if _is_level(s.margin) is level]
                self._leaders += heapq.nlargest(count, alike, key=lambda s: badness(s.margin))
        ranked = self._leaders if source.integer(0, 1) else list(self._niches.values())
        return ranked[source.integer(0, len(ranked) - 1)].instance

    def _look(self, instance: Instance) -> float | None:
        """The margin of an instance, kept where it is the smallest; None where the assumptions do not hold."""
        # what the assumptions exclude may have no end: it must not even be tried
        if satisfies(self.claim, instance) is not True:
            return None
        margin = roughly(self.claim, instance)
        if self.seen % _THEN == 0 or self.seen in _MEASURED:
            # once more, with everything compiled and cached: so the count does not depend on what ran before
            self._work = calls_of(lambda: roughly(self.claim, instance))
            self._spent += self._work
        self.seen += 1
        self._spent += self._work
        self._failures += math.isnan(margin)
        self._keep(Sighting(instance, margin))
        if math.isnan(margin) and self._failures <= _NUMBERLESS:
            self._ask(instance)
        elif margin < -_CLEAR and self._alarms < _MOST_ALARMS:
            self._alarms += 1
            self._ask(instance)
        return margin

    def _ask(self, instance: Instance) -> None:
        """What the judge says, in the place of what float64 said."""
        judgement = self.judge(instance)
        if not self._judging:  # once more, with everything compiled and cached
            self._judging = calls_of(partial(judge, self.claim, instance))
        self._found |= judgement.outcome == "violated"
        self._judged.add(instance)
        if not math.isnan(judgement.margin):
            for niche, known in self._niches.items():
                if known.instance is instance:
                    self._niches[niche] = Sighting(instance, judgement.margin)
            self._leaders = None

    def _keep(self, sighting: Sighting) -> None:
        worse = badness(sighting.margin)
        for place in self._places(sighting.instance):
            # an equality that holds is no failure nearly met: it must not take the place of one
            niche = (*place, _is_level(sighting.margin))
            known = self._niches.get(niche)
            if known is None or worse > badness(known.margin):
                self._niches[niche], self._leaders = sighting, None

    def _places(self, instance: Instance) -> Iterator[tuple[Any, ...]]:
        """The niches an instance belongs to: by each integer, count and scale of numbers, by corner, and by length."""
        grouped: dict[tuple[str, str], list[Entry]] = {}
        for place in places(self.claim, instance):
            grouped.setdefault(place.group, []).append(place.entry)
        corner, bits = [], 0
        for name, domain in self.claim.integers.items():
            value = int(instance[name])
            yield name, value.bit_length(), value in (domain.lower, domain.upper)
            corner.append(2 * value > domain.lower + domain.upper)
        for group, entries in grouped.items():
            sizes = [abs(float(e.value)) for e in entries]
            yield group, "count", len(entries)
            yield group, "largest", _scale(max(sizes))
            yield group, "least", _scale(min(sizes))
            corner.append(max(sizes) > _middle(entries[0]))
            bits = max(bits, *(e.value.denominator.bit_length() for e in entries))
        yield "bits", bits // 4
        yield "corner", *corner[:_CORNERS]

    def _ask_of_some(self, source: RandomSource, work: float) -> None:
        """Ask the judge about the most promising, and about some of those that rounding may have changed; about fewer
        where that takes more than so many function calls.
        """
        fresh = {id(s.instance): s for s in self._niches.values() if s.instance not in self._judged}
        ranked = sorted(fresh.values(), key=lambda s: -badness(s.margin))
        near = [s for s in ranked if not s.margin > _NEAR]
        spread = [near[i] for i in source.rng.permutation(len(near))[:_JUDGED]]
        chosen = ranked[: max(_JUDGED, min(len(near), _MOST_JUDGED - _JUDGED))]
        for number, sighting in enumerate([*chosen, *(s for s in spread if s not in chosen)], 1):
            if self._found or time.monotonic() > self.deadline:
                return
            self._ask(sighting.instance)
            if number * self._judging >= work:
                return


def _is_level(margin: float) -> bool:
    return abs(margin) < _EQUALITY


def _middle(entry: Entry) -> float:
    """What half of the sizes in a range lie below; one where the range has no end."""
    if entry.lower is None or entry.upper is None:
        return 1.0
    low, high = sorted((abs(float(entry.lower)), abs(float(entry.upper))))
    return (low + high) / 2 if entry.lower >= 0 or entry.upper <= 0 else high / 2


def _scale(size: float) -> int:
    return -99 if size == 0 else min(max(math.floor(math.log2(size)), -12), 12)


def calls_of(run: Callable[[], Any]) -> int:
    """How many functions a call begins and ends, Python's and compiled ones; Python's count for what they do between."""
    count = 0

    def counting(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += _FRAME if event == "call" else 1

    before, collecting = sys.getprofile(), gc.isenabled()
    gc.disable()  # what a collection calls would count
    sys.setprofile(counting)
    try:
        run()
    finally:
        sys.setprofile(before)
        if collecting:
            gc.enable()
    return count
