"""The pursuit: violations carried along one parameter as far as they go, with everything else optimised on the way.

A search at a fixed value of the parameter looks for a small margin, which near a threshold is small everywhere, and
carries units. The pursuit compares violations by the value of the parameter up to which they still violate, which has
the same meaning for all of them. It decides nothing by itself: what float64 does not rule out is judged in balls.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.search.draws import satisfies
from rankladder.search.judgement import judge
from rankladder.search.moves import moved, places, shortened, with_numbers
from rankladder.search.survey import calls_of, roughly

__all__ = ["Pursuit"]

_NEAR = 1e-9  # a margin that rounding may have made positive
_LEVEL, _ONE_IN = (
    1e-12,
    16,
)  # an equality that holds looks like this; how many are judged where it never fails
_LADDER = (192,)
_KEPT, _KEPT_ALIKE = 24, 8  # violations to go on from, in all and of one size
_MEASURED = 64  # looks for each whose work is counted
_RELATIVE = 2**24  # parts of a value of which one counts as progress
_FINEST = 20  # times that a move is halved at most
_IDLE = 400  # function calls that an attempt costs besides


@dataclass
class Pursuit:
    """Violations of a claim, ordered by how far along a parameter they reach.

    Args:
        claim: the claim, with the parameter free in its range.
        parameter: a real parameter.
        limit: the value to go towards, and not beyond.
        tolerance: the least progress that counts; near 0 a small part of the value counts.
        stride: the longest step, which a region that holds must be wider than, or it is passed over.
        seed: fixes every move.
        deadline: on the monotonic clock.
    """

    claim: Claim
    parameter: str
    limit: Fraction
    tolerance: Fraction
    stride: Fraction
    seed: int
    deadline: float = math.inf
    reached: list[Instance] = field(default_factory=list, init=False)
    moves: int = field(default=0, init=False)
    _spent: int = field(default=0, init=False)
    _looks: int = field(default=0, init=False)
    _cost: int = field(default=_IDLE, init=False)
    _patience: int = field(default=_ONE_IN, init=False)
    _last: Fraction = field(default=Fraction(0), init=False)
    _false_alarms: bool = field(default=False, init=False)
    _misled: bool = field(default=False, init=False)

    @property
    def far(self) -> Fraction:
        """The value nearest to the limit at which a violation is known."""
        return self.value(self.reached[0])

    def value(self, instance: Instance) -> Fraction:
        """Where along the parameter an instance is."""
        value: Fraction = instance[self.parameter]
        return value

    def finest(self, value: Fraction) -> Fraction:
        """The least progress that counts at a value."""
        return min(self.tolerance, abs(value) / _RELATIVE) if value else self.tolerance

    @cached_property
    def _others(self) -> Claim:
        """The claim as a move sees it that leaves the parameter alone."""
        return replace(self.claim, over={n: d for n, d in self.claim.over.items() if n != self.parameter})

    def start(self, violations: Iterable[Instance]) -> None:
        """Take up violations, each moved about as far as it violates with nothing else changed."""
        for instance in violations:
            self._misled |= roughly(self.claim, instance) > _NEAR
            plain = Instance.of({n: d.unframed(instance[n]) for n, d in self.claim.over.items()})
            if not self._keep(self._slid(plain if self._violates(plain) else instance)):
                self._take(instance)  # what only more bits or exact rationals show

    def settle(self) -> None:
        """Move the furthest violations on to within the tolerance of where they end."""
        for instance in self.reached[:2]:
            self._keep(self._slid(instance, closely=True))

    def run(self, work: int, *, closely: bool = False) -> None:
        """Vary what is known for about ``work`` function calls, or until the limit is reached: ``closely`` by moves of
        every length, which near a point where several conditions meet must be short and change several numbers.
        """
        source, until = RandomSource(self.seed + (self.moves if closely else 0)), self._spent + work
        while self._spent < until and self.reached and self.far != self.limit:
            if time.monotonic() > self.deadline:
                break
            self._spent += _IDLE
            few = source.integer(1, len(self.reached))
            parent = self.reached[source.integer(0, few - 1)]
            mate = self.reached[source.integer(0, len(self.reached) - 1)]
            target = self._beyond(self.value(parent), self.finest(self.value(parent)))
            try:
                child = self._moved(parent, mate, source)
            except Infeasible:
                continue
            self.moves += 1
            part = Fraction(1, 2 ** source.integer(0, _FINEST)) if closely else Fraction(1)
            child = self._along(parent, child, part).with_(**{self.parameter: target})
            while self._violates(child):
                child = self._slid(child)
                self._keep(child)
                further = self._along(parent, child, Fraction(3))  # what led on leads further
                if not closely or further == child or self._spent > until:
                    break
                parent, child = child, further

    def _moved(self, parent: Instance, mate: Instance, source: RandomSource) -> Instance:
        """A neighbour of a violation; where the parameter is its only number, one or two other things are changed."""
        if len(self.claim.over) == 1 or len(places(self.claim, parent)) > 1:
            return moved(self.claim, parent, source, mate)
        for _ in range(source.integer(1, 2)):
            parent = parent.with_(**moved(self._others, parent, source))
        return parent

    def _along(self, start: Instance, end: Instance, part: Fraction) -> Instance:
        """The instance that is ``part`` of the way, the parameter's too; ``end`` where their numbers do not match."""
        old, new = (places(self.claim, instance) for instance in (start, end))
        if part == 1 or len(old) != len(new):
            return end
        numbers = [
            a.entry.value + part * (b.entry.value - a.entry.value) for a, b in zip(old, new, strict=True)
        ]
        numbers = [shortened(a.entry, x) for a, x in zip(old, numbers, strict=True)]
        made = with_numbers(self.claim, end, new, numbers)
        there = self.value(start) + part * (self.value(end) - self.value(start))
        return made.with_(**{self.parameter: self._beyond(there, Fraction(0))})

    def _beyond(self, value: Fraction, step: Fraction) -> Fraction:
        return max(value - step, self.limit) if self.limit < value else min(value + step, self.limit)

    def _further(self, instance: Instance, step: Fraction) -> Instance:
        return instance.with_(**{self.parameter: self._beyond(self.value(instance), step)})

    def _slid(self, instance: Instance, *, closely: bool = False) -> Instance:
        """The violation as far along the parameter as steps, longer after each success, can take it: ``closely`` to
        within the tolerance, otherwise to an eighth of what it gains.
        """
        begun = self.value(instance)
        finest = least = self.finest(begun)
        step = max(self._last, finest)
        while step >= least and self.value(instance) != self.limit:
            further = self._further(instance, step)
            if self._violates(further):
                instance, step = further, min(4 * step, self.stride)
            elif closely and step / 8 < finest and self._hidden(further):
                self._misled = True
            else:
                step /= 8
            least = finest if closely else max(least, abs(self.value(instance) - begun) / 8)
        self._last = min(abs(self.value(instance) - begun) / 4, self.stride)
        return instance

    def _violates(self, instance: Instance) -> bool:
        if satisfies(self.claim, instance) is not True:
            return False
        if self._looks % _MEASURED == 0:
            roughly(self.claim, instance)  # with everything compiled and cached the count is always the same
            self._cost = calls_of(lambda: roughly(self.claim, instance))
        self._looks += 1
        if self._misled:  # float64 said of a violation that it holds
            return self._judged(instance)
        self._spent += self._cost
        margin = roughly(self.claim, instance)
        level = abs(margin) < _LEVEL
        if abs(margin) > _NEAR and not self._false_alarms:
            return margin < 0
        if margin > _NEAR or (level and not self.claim.scalar and not self._worth_judging()):
            return False
        violated = self._judged(instance)
        if level and violated:
            self._patience = _ONE_IN
        return violated

    def _hidden(self, instance: Instance) -> bool:
        """Whether float64 says of a violation that it holds."""
        if self._misled or satisfies(self.claim, instance) is not True:
            return False
        return roughly(self.claim, instance) > _NEAR and self._judged(instance)

    def _judged(self, instance: Instance) -> bool:
        self._spent += 4 * self._cost
        return judge(self.claim, instance, _LADDER).outcome == "violated"

    def _worth_judging(self) -> bool:
        """Whether to ask the judge about an equality: at first, after a success, and now and then."""
        self._patience -= 1
        return self._patience > 0 or self._patience % _ONE_IN == 0

    def _keep(self, instance: Instance) -> bool:
        violated = self._judged(instance)
        if violated:
            self._take(instance)
        else:
            self._false_alarms = True  # float64 alone may not be trusted with this claim
        return violated

    def _take(self, instance: Instance) -> None:
        kept: list[Instance] = []
        alike: dict[tuple[int, ...], int] = {}
        for known in sorted([*self.reached, instance], key=lambda i: abs(self.value(i) - self.limit)):
            kind = self._kind(known)
            alike[kind] = alike.get(kind, 0) + 1
            if alike[kind] <= _KEPT_ALIKE and known not in kept:
                kept.append(known)
        self.reached = kept[:_KEPT]

    def _kind(self, instance: Instance) -> tuple[int, ...]:
        return (len(places(self.claim, instance)), *(instance[n] for n in self.claim.integers))
