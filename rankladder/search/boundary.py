"""Thresholds: the value of one parameter at which a claim stops holding, and what that value rests on.

The parameter is fixed, what the claim assumes of it alone is set aside, and violations are looked for on a grid of
values. Each change from holding to failing is then pursued: five independent searches carry the violations they
know along the parameter as far as they go, and look for others below. What comes of it is one of three:

* *found*: the violations end at the root of a short polynomial, up to which none of the searches found one, and none
  was found at the root or right behind it;
* *proved*: found, and there is a proof that the claim holds on the other side, as far as the next threshold;
* *one-sided*: a value from which on it fails, confirmed; nothing is known of the other side but that the searches
  found nothing. It has no more digits than those on which they agree.

Each side where the claim seems to hold, unless that is proved, is checked as ``check`` would check a claim about it alone.
A failure there is pursued as any other. A claim that still fails on such a side after that has no threshold, nor has one
whose failures lie here and there: thresholds out of order, or many of them.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from rankladder.domains.domain import Bounds
from rankladder.domains.randomness import seed_for
from rankladder.domains.scalars import Real
from rankladder.language.assumptions import Relation
from rankladder.language.catalogue import catalogue_of
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result, Verdict
from rankladder.numbers.nothing import NOTHING
from rankladder.search.check import check_claim
from rankladder.search.climb import Witness
from rankladder.search.draws import satisfies
from rankladder.search.holding_side import holding_proof
from rankladder.search.judgement import judge
from rankladder.search.pursuit import Pursuit
from rankladder.search.recognition import chance, close, proposals
from rankladder.search.rounds import Effort, Tally, look, not_the_same, same_again
from rankladder.search.threshold import SEEDS, Boundary, Kind, most_digits, rounded, sides, unit

__all__ = ["Boundary", "Interrupted", "find_boundary"]

_NARROWEST = 1e-30
_GRID = 16  # parts of the range whose ends are tried first
_END = 2**10  # beside an end that does not belong to the range, this part of it is tried
_SURE = 2**20  # how much closer to a root than such roots are to each other
_FINER = 16  # parts of that distance in which the violations are followed there
_MOST = 8  # changes between holding and failing beyond which failures lie here and there
_ROUNDS = 3  # times that failures which a check of a holding side finds are pursued
_IDLE = 3  # runs of a pursuit that bring it no closer, after which it ends where it is
_BEYOND = Fraction(1, 10**6)  # how close to a root a failure must be confirmed
_BEHIND = Fraction(1, 10**50)  # how close to a root, on the side that holds, a failure takes the word away
_SCOUTED_SCALAR, _SCOUTED_MATRIX = 10_000, 5_000
_ON_GRID, _TOGETHER = (
    0.4,
    0.8,
)  # about what share of the time has passed when the grid and the five searches are done
_JUDGED = 80  # instances at one value of the parameter
_STARTS = 6  # violations that each search pursues by themselves before it pursues them together
_WORK_SCALAR, _WORK_MATRIX = 200_000, 3_000_000  # function calls of one pursuit
_PARTS = (2, 16, 256)  # of the way to the next value that holds, where each search looks for others


class Interrupted(KeyboardInterrupt):
    """A search for a threshold was interrupted; ``found`` is what it had come to."""

    def __init__(self, found: Boundary) -> None:
        """Interrupted with what was found."""
        super().__init__()
        self.found = found


def find_boundary(
    claim: Claim,
    parameter: str,
    *,
    width: float = 1e-6,
    budget: float = 600.0,
    seed: int = 0,
    prover: Callable[[Claim], str | None],
    progress: Callable[[float], None] = lambda share: None,
) -> Boundary:
    """Find the threshold of a claim in one parameter, and say what it rests on.

    Args:
        claim: the claim; what it assumes of ``parameter`` alone is set aside, the rest kept.
        parameter: a real parameter with a bounded range.
        width: how closely the violations are followed, and how close to a root they must come, of a range below 1 as a
            part of it; at most 1e-6 counts as reaching it.
        budget: seconds after which to stop with what there is; the search ends by itself after counted work.
        seed: fixes every draw.
        prover: says what proves a claim, None where nothing does.
        progress: called with the share of the search that is done, as far as can be said.

    Raises:
        ValueError: for a parameter that is not a bounded real one; the message lists those there are. For a width
            below 1e-30.
        Interrupted: for a ``KeyboardInterrupt``, with what is known by then.

    >>> from rankladder import Real, claim, symbols
    >>> a, x = symbols("a x")
    >>> @claim("doc-boundary", over=dict(a=Real(0, 4), x=Real(0, 1)), given={"small": a < 1})
    ... def _(a, x):
    ...     return 1 - a * x * (1 - x)
    >>> find_boundary(_, "a", width=1e-3, prover=lambda claim: None).kind
    'no failure found'
    """
    usable = [n for n in claim.reals if n in claim.ranges]
    if parameter not in usable:
        if parameter in claim.integers:
            why = f", a whole number: check the claim with {parameter}=Int(k, k) for one k after another"
        elif parameter in claim.reals:
            why = f", which has no two ends: state it on a range, as with over={{{parameter!r}: Real(0, 4)}}"
        else:
            why = ""
        raise ValueError(
            f"Expected a bounded real parameter of {claim.id} ({', '.join(usable) or 'it has none'}) "
            f"but got {parameter!r}{why}"
        )
    if width < _NARROWEST:
        raise ValueError(
            f"width {width:g} must be at least {_NARROWEST:g}: the work of a search is counted, and it would be used up "
            "far from the threshold, whose root is exact at any width; take 1e-6"
        )
    started = time.monotonic()
    hunt = _Hunt(claim, parameter, seed, started + budget, Fraction(width), prover, progress)
    try:
        return hunt.ended(started)
    except KeyboardInterrupt as error:
        hunt.deadline = (
            started  # the time is up: what is known is put in order, and nothing more is looked for
        )
        raise Interrupted(hunt.ended(started)) from error


@dataclass(frozen=True)
class _End:
    """A threshold, its value (exact, as SymPy has it, where it is the root of a polynomial) and that polynomial."""

    found: Boundary
    value: Any
    polynomial: Any

    @property
    def instance(self) -> Instance:
        """The failure at it, or right behind it."""
        assert self.found.witness is not None  # noqa: S101 - for the type checker: a threshold has one
        return self.found.witness.instance


def _apart(ends: list[_End]) -> list[_End]:
    """The thresholds in order, without those of a side that was closed: each pursued past the other."""
    kept: list[_End] = []
    for end in ends:
        closed = kept and end.found.fails_above and not kept[-1].found.fails_above
        if closed and close(kept[-1].value) > close(end.value):
            kept.pop()
        else:
            kept.append(end)
    return kept


def _edge(end: _End) -> tuple[Fraction, bool]:
    """Where the side that holds ends: a value, and whether it belongs to it."""
    if end.polynomial is not None and end.value.is_rational:
        return close(end.value), False
    quiet = end.found.quiet_from if end.polynomial is None else end.found.holds_at
    return close(end.value) if quiet is None else quiet, True


def _doubt(check: Result) -> str:
    """Why a check that found no failure does not say that there is none; empty where nothing keeps it from that."""
    if check.verdict in (Verdict.tested, Verdict.refuted):
        return ""
    return f"{check.verdict.value}: {check.evidence[-1].detail}"


@dataclass
class _Hunt:
    """What is known of one claim along one parameter."""

    whole: Claim
    parameter: str
    seed: int
    deadline: float
    width: Fraction
    prover: Callable[[Claim], str | None]
    progress: Callable[[float], None]
    violations: dict[Fraction, Instance] = field(default_factory=dict)
    quiet: dict[Fraction, int] = field(default_factory=dict)  # instances judged where none violated
    climbed: Counter[Fraction] = field(default_factory=Counter)  # and climbs made there
    points: set[Fraction] = field(
        default_factory=set
    )  # values without a violation, between others that have one
    pursued: dict[tuple[Fraction, bool], _End] = field(
        default_factory=dict
    )  # by the failing value, and its side
    checked: dict[Bounds, Result] = field(default_factory=dict)  # by the part of the range

    def __post_init__(self) -> None:
        given = self.whole.given
        alone = [n for n, a in given.items() if isinstance(a, Relation) and a.names == (self.parameter,)]
        self.set_aside = tuple(alone)
        self.claim = replace(self.whole, given={n: a for n, a in given.items() if n not in alone})
        low, high = self.claim.ranges[self.parameter]
        self.width *= min(Fraction(1), high - low)  # in whatever units
        self.tolerance = self.width / 256

    def ended(self, started: float) -> Boundary:
        """The result with the time that it took, and whether that was enough."""
        found = self.result()
        seconds, complete = time.monotonic() - started, time.monotonic() < self.deadline
        further = tuple(replace(end, seconds=seconds, complete=complete) for end in found.further)
        return replace(found, seconds=seconds, complete=complete, further=further)

    # --- the whole range

    def result(self) -> Boundary:
        bounds = self.claim.reals[self.parameter].drawn
        low, high = self.claim.ranges[self.parameter]
        parts = {Fraction(i, _GRID) for i in range(_GRID + 1)} | {Fraction(1, _END), 1 - Fraction(1, _END)}
        grid = [v for p in sorted(parts) if bounds.contains(v := low + (high - low) * p)]
        anywhere = Tally(self.claim)
        # as hard as a check looks: what fails on a narrow part only, the grid passes over
        effort = Effort(self._scouted, *((1_000, 1_000) if self.claim.scalar else (0, 0)))
        look(anywhere, effort, lambda way: seed_for(*self._label, "anywhere", way), self.deadline)
        if anywhere.violation is not None:
            self._note(anywhere.violation.instance)
        for number, value in enumerate(grid, 1):
            self.look(value, 0, self._nearest(value))
            self.progress(_ON_GRID * number / len(grid))
        for _ in range(_ROUNDS):
            found, astray = self._between()
            if astray is None:
                break
            self._note(astray)
            found = self._failing("no threshold", astray)
        return found

    @property
    def _made(self) -> Boundary:
        return Boundary(self.claim.id, self.parameter, "no failure found", 0.0, set_aside=self.set_aside,
                        instances=sum(self.quiet.values()), climbs=self.climbed.total())  # fmt: skip

    def _between(self) -> tuple[Boundary, Instance | None]:
        """The thresholds between what fails and what seems to hold; a failure where it does, if a check finds one."""
        changes, made = self._changes(), self._made
        if len(changes) > _MOST:
            return self._failing("no threshold", self.violations[changes[0][1]]), None
        if not self.violations:
            whole = self._check(None, None)
            if whole is None:
                return made, None
            told = replace(made, instances=made.instances + whole.instances, doubt=_doubt(whole))
            return told, whole.counterexample
        # before one end is pursued, since what is tried near it is tried for its sake
        ways = [
            (holds, fails, self._stop(holds, fails), self._side(holds, fails)) for holds, fails in changes
        ]
        found = [self._threshold(*way, made, (number, len(ways))) for number, way in enumerate(ways)]
        if (among := self._among(kept := _apart(found))) is not None:
            return self._failing("no threshold", among), None
        ends, astray = self._with_evidence(kept)
        points = tuple(sorted(p for p in self.points if all(p != e.estimate for e in ends)))
        if ends:
            return replace(ends[0], further=tuple(ends[1:]), points=points), astray
        return replace(
            self._failing("fails everywhere", self.violations[min(self.violations)]), points=points
        ), None

    def _failing(self, kind: Kind, instance: Instance) -> Boundary:
        """The answer where no side holds, or none that failures do not lie within."""
        return replace(
            self._made, kind=kind, fails_at=instance[self.parameter], witness=self._witness(instance),
            failing=len(self.violations), instances=0, climbs=0,
        )  # fmt: skip

    def _among(self, ends: list[_End]) -> Instance | None:
        """A failure within what would be said to hold, or at a threshold out of order; None where there is none."""
        for before, after in itertools.pairwise(ends):
            if close(before.value) > close(after.value):
                return after.instance
        known = [*self.violations.values(), *(end.instance for end in ends)]
        for places in sides([end.found for end in ends]):
            low, high = (None if i is None else _edge(ends[i])[0] for i in places)
            for instance in known:
                value = instance[self.parameter]
                if (low is None or value > low) and (high is None or value < high):
                    return instance
        return None

    def _changes(self) -> list[tuple[Fraction, Fraction]]:
        """Neighbours (holding, failing), after the violations were carried as far into what seems to hold as they go."""
        settled: set[tuple[Fraction, Fraction]] = set()
        while True:
            tried = sorted({*self.violations, *self.quiet})
            pairs = [
                (a, b) if b in self.violations else (b, a)
                for a, b in itertools.pairwise(tried)
                if (a in self.violations) != (b in self.violations)
            ]
            fresh = [p for p in pairs if p not in settled]
            if not fresh or time.monotonic() > self.deadline:
                return pairs
            holds, fails = fresh[0]
            end = self._across(holds, fails)
            settled |= {(holds, fails), (holds, end)}

    def _across(self, holds: Fraction, fails: Fraction) -> Fraction:
        """Carry violations towards a value that seems to hold, and past it; the last failing value."""
        side = self._side(holds, fails)[:8]
        pursuit = self.pursuit(self._end(holds, fails), "across", [self.violations[v] for v in side])
        pursuit.run(self._work)
        end = pursuit.far
        self._note(pursuit.reached[0])
        passed = [v for v in self.quiet if min(fails, end) <= v <= max(fails, end)]
        for value in sorted(passed, key=lambda v: abs(v - fails)):
            # a violation went past it: what does not fail there is a point, no side of a threshold
            self.quiet.pop(value, None)
            self.look(value, 0, pursuit.reached)
            if self.quiet.pop(value, None) is not None:
                self.points.add(value)
        return end

    def _side(self, holds: Fraction, fails: Fraction) -> list[Fraction]:
        """The failing values from ``fails`` on, away from ``holds``, up to the next one that holds."""
        away = [v for v in {*self.violations, *self.quiet} if (v - fails) * (fails - holds) >= 0]
        ordered = sorted(away, key=lambda v: abs(v - fails))
        return list(itertools.takewhile(lambda v: v in self.violations, ordered))

    def _end(self, holds: Fraction, fails: Fraction) -> Fraction:
        """The value furthest from ``fails`` on the side of ``holds`` that belongs to the range."""
        tried = sorted({*self.violations, *self.quiet})
        beyond = [v for v in tried if (v < fails) == (holds < fails)]
        return min(beyond) if holds < fails else max(beyond)

    # --- one threshold

    def _threshold(
        self, holds: Fraction, fails: Fraction, limit: Fraction, side: list[Fraction], made: Boundary,
        place: tuple[int, int],
    ) -> _End:  # fmt: skip
        number, among = place
        above = holds < fails
        if (fails, above) in self.pursued:
            return self.pursued[fails, above]
        each: list[Pursuit] = []
        for seed in range(SEEDS):
            each.append(self._descend(seed, side, limit))
            done = (number + len(each) / SEEDS) / among
            self.progress(_ON_GRID + (_TOGETHER - _ON_GRID) * done)
        ends = [p.far for p in each if p.reached]
        together = self.pursuit(limit, "together", [i for p in each for i in p.reached[:4]])
        together.start([self.violations[fails]])
        together.run(self._work)
        together.settle()
        while True:
            root, end = self._root(together, ends), together.far
            if not self._look_below(together, end if root is None else close(root[1]), range(SEEDS)):
                break
        shared = replace(
            made, fails_above=above, failing=len(side), climbs=sum(p.moves for p in (*each, together)),
            searches=tuple(map(float, ends)),
        )  # fmt: skip
        if root is not None:
            polynomial, value = root
            found = replace(
                shared, kind="found", polynomial=str(polynomial), root=float(value),
                holds_at=self._just_below(close(value), limit), fails_at=end,
                witness=self._witness(together.reached[0]),
            )  # fmt: skip
            return self.pursued.setdefault((fails, above), _End(found, value, polynomial))
        digits, fails_at, instance = self._agreed(together, ends, above)
        found = replace(
            shared, kind="one-sided", fails_at=fails_at, digits=digits, witness=self._witness(instance)
        )
        return self.pursued.setdefault((fails, above), _End(found, fails_at, None))

    def _with_evidence(self, ends: list[_End]) -> tuple[list[Boundary], Instance | None]:
        """The thresholds, with what is known of the side of each on which the claim seems to hold: a proof, or a check of it;
        and a failure there, if a check finds one.
        """
        made, astray = [end.found for end in ends], None
        for lower, upper in sides(made):
            low, high = self.claim.ranges[self.parameter]
            first = low if lower is None else ends[lower].value
            last = high if upper is None else ends[upper].value
            places = [i for i in (lower, upper) if i is not None]
            inside = [v for v in self.quiet if close(first) <= v <= close(last)]
            instances = sum(self.quiet[v] for v in inside)
            climbs = sum(self.climbed[v] for v in inside) + sum(made[i].climbs for i in places)
            proof, doubt = None, ""
            if all(ends[i].polynomial is not None for i in places):
                of = (
                    None if lower is None else ends[lower].polynomial,
                    None if upper is None else ends[upper].polynomial,
                )
                proof = holding_proof(self.whole, self.claim, self.parameter, (first, last), of, self.prover)
            if proof is None:
                check = self._check(*(None if i is None else ends[i] for i in (lower, upper)))
                if check is not None:
                    instances += check.instances
                    doubt, astray = _doubt(check), astray or check.counterexample
            for i in places:
                kind = made[i].kind if proof is None else "proved"
                made[i] = replace(
                    made[i], kind=kind, proof=proof, doubt=doubt, instances=instances, climbs=climbs
                )
        return made, astray

    def _check(self, lower: _End | None, upper: _End | None) -> Result | None:
        """The check of the claim between two thresholds, None for an end of the range; None where no part is left or no time."""
        room = self.claim.reals[self.parameter].drawn
        if lower is not None:
            end, closed = _edge(lower)
            room = room.meet(Bounds(lower=end, lower_closed=closed))
        if upper is not None:
            end, closed = _edge(upper)
            room = room.meet(Bounds(upper=end, upper_closed=closed))
        left = self.deadline - time.monotonic()
        if room.empty or (room not in self.checked and left <= 0):
            return None
        if room not in self.checked:
            closed_ends = {(False, False): "neither", (True, False): "left", (False, True): "right"}
            part = Real(
                room.lower,
                room.upper,
                closed=closed_ends.get((room.lower_closed, room.upper_closed), "both"),
            )
            cut = replace(self.claim, over={**self.claim.over, self.parameter: part})
            self.checked[room] = check_claim(cut, seed=self.seed, budget=left)
        return self.checked[room]

    def _stop(self, holds: Fraction, fails: Fraction) -> Fraction:
        """Where the side that holds ends: at the next failure there, or with the range."""
        beyond = [v for v in self.violations if (v - holds) * (holds - fails) > 0]
        if beyond:
            nearest = min(beyond, key=lambda v: abs(v - holds))
            return min(
                (v for v in self.quiet if (v - nearest) * (v - holds) <= 0), key=lambda v: abs(v - nearest)
            )
        return self._end(holds, fails)

    def _descend(self, number: int, failing: list[Fraction], limit: Fraction) -> Pursuit:
        """One search of its own: from the violations that it finds itself to as far as it comes."""
        own: list[Instance] = []
        for value in failing:
            if len(own) < _STARTS:
                found = self.look(value, number, (), note=False, label="own")
                own += [] if found is None else [found]
        pursuit = self.pursuit(limit, f"own {number}", ())
        for start in own:
            single = self.pursuit(limit, f"single {number} {len(pursuit.reached)}", [start])
            single.run(self._work // 3)
            pursuit.start(single.reached[:4])
        pursuit.run(self._work)
        pursuit.settle()
        while pursuit.reached and self._look_below(pursuit, pursuit.far, (number,), _PARTS[:2]):
            pass
        return pursuit

    def _look_below(
        self, pursuit: Pursuit, edge: Fraction, numbers: Iterable[int], parts: Iterable[int] = _PARTS
    ) -> bool:
        """Look on the holding side of ``edge`` for a violation that no path leads to, and pursue it; whether there is one."""
        way = pursuit.limit - edge
        near = min(256 * pursuit.finest(edge), abs(way)) * (1 if way > 0 else -1)
        for value in [edge + step for step in (*(way / part for part in parts), near) if step]:
            for number in numbers:
                found = self.look(value, number, pursuit.reached[:6], note=False, label="below")
                if found is not None:
                    pursuit.start([found])
                    pursuit.run(self._work, closely=True)
                    pursuit.settle()
                    return True
        return False

    def _root(self, pursuit: Pursuit, ends: list[Fraction]) -> tuple[Any, Any] | None:
        """A short polynomial with a root where the violations end, confirmed by one much closer than chance.

        One that no theory derives must be where most of the searches end that know nothing of each other: an end that
        they reach by the strength of the search alone lies near a root of some polynomial, too.
        """
        limit = pursuit.limit
        tried: set[Any] = set()
        home = catalogue_of(self.whole)
        derived = {} if home is None else home.named_thresholds()
        for wider in (1, 2**5, 2**10, 2**14):
            end = pursuit.far
            margin = min(self.width * wider, abs(end - limit) if end != limit else self.width)
            low, high = (end - margin, end) if limit <= end else (end, end + margin)
            for polynomial, root in proposals(low, high, derived=derived):
                apart = chance(polynomial, root, derived)
                agreed = apart is None or 2 * sum(abs(e - close(root)) <= apart for e in ends) > SEEDS
                # of 0 all is close that is small in its units
                closer = self.width / 8 if apart is None else apart / (_SURE if root else _SURE**2)
                if (
                    root not in tried
                    and agreed
                    and self._comes_close(pursuit, close(root), closer)
                    and not self._goes_past(pursuit, root)
                ):
                    return polynomial, root
                tried.add(root)
        return None

    def _comes_close(self, pursuit: Pursuit, root: Fraction, far: Fraction) -> bool:
        """Whether a violation is met within an eighth of the width of a root, and closer than by chance, and none before it."""
        gap, end = min(self.width / 8, _BEYOND / 8, far), pursuit.far
        pursuit.tolerance = min(self.tolerance, gap / _FINER)
        if abs(end - root) > gap:
            value = root + (gap if end > root else -gap)
            found = self.look(value, 0, pursuit.reached, note=False, label="close")
            pursuit.start([] if found is None else [found])
            pursuit.settle()
        left, idle = abs(pursuit.far - root), 0
        while left > gap:
            # as long as a pursuit halves what is left of the way now and then, the root may be where it leads
            pursuit.run(self._work, closely=True)
            pursuit.settle()
            before, left = left, abs(pursuit.far - root)
            idle = idle + 1 if 2 * left > before else 0
            if idle == _IDLE:
                return False
        return (pursuit.far >= root) if end > root else (pursuit.far <= root)

    def _goes_past(self, pursuit: Pursuit, root: Any) -> bool:
        """Whether a violation is found at a root itself, or right behind it on the side that is said to hold."""
        value, way = close(root), pursuit.limit - close(root)
        behind = value + min(_BEHIND * max(Fraction(1), abs(value)), abs(way)) * (1 if way > 0 else -1)
        bounds = self.claim.reals[self.parameter].drawn
        # a root without a finite decimal is known to 60 digits only, which may be on either side of it
        for place in (value, behind) if root.is_rational else (behind,):
            if not bounds.contains(place):
                continue
            found = self.look(place, 0, pursuit.reached[:6], note=False, label="past")
            # a strict claim fails where its margin is 0, so at the threshold itself
            if found is not None and (place != value or judge(self.claim, found).margin != NOTHING):
                pursuit.start([found])
                return True
        return False

    def _just_below(self, root: Fraction, limit: Fraction) -> Fraction:
        """A short value beside a root, within the width of it on the side that holds."""
        short = root.limit_denominator(10**6)
        if abs(short - root) <= self.width and (short - root) * (limit - root) >= 0:
            return short
        return root + (min(self.width, limit - root) if limit > root else -min(self.width, root - limit))

    def _agreed(self, pursuit: Pursuit, ends: list[Fraction], above: bool) -> tuple[int, Fraction, Instance]:
        """Digits on which the searches agree, the end rounded to them towards failure, and a violation there."""
        end = pursuit.far
        spread = max(pursuit.finest(end), *(abs(e - end) for e in ends)) if len(ends) == SEEDS else abs(end)
        most = most_digits(end)
        for digits in range(most, 0, -1):
            value = rounded(end, digits, up=above)
            if spread <= unit(end, digits):
                there = self.look(value, 0, pursuit.reached, note=False, label="rounded")
                if there is not None:
                    return digits, value, there
        short = rounded(end, most, up=above)
        there = self.look(short, 0, pursuit.reached, note=False, label="rounded")
        return (0, end, pursuit.reached[0]) if there is None else (0, short, there)

    # --- one value

    def look(
        self,
        value: Fraction,
        number: int,
        starts: Iterable[Instance],
        *,
        note: bool = True,
        label: str = "grid",
    ) -> Instance | None:
        """A certified violation with the parameter at ``value``, looked for from ``starts`` on and elsewhere."""
        if time.monotonic() > self.deadline:
            return None
        fixed = replace(
            self.claim, over={**self.claim.over, self.parameter: Real(value, value, closed="both")}
        )
        named = (*self._label, str(value), number, label)
        tally = Tally(fixed)
        for start in starts:
            carried = start.with_(**{self.parameter: value})
            if tally.violation is None and satisfies(fixed, carried) is True:
                tally.count(carried)
        if tally.violation is None:
            effort = Effort(
                self._scouted, _JUDGED if fixed.scalar else 0, 200 if fixed.scalar else 40, coincidences=False
            )
            look(tally, effort, lambda way: seed_for(*named, way), self.deadline)
        found = tally.violation
        if found is None:
            self.quiet[value] = self.quiet.get(value, 0) + tally.judged
            self.climbed[value] += tally.climbed
            return None
        if note:
            self._note(found.instance)
        return found.instance

    def _note(self, instance: Instance) -> None:
        value: Fraction = instance[self.parameter]
        self.violations.setdefault(value, instance)
        self.quiet.pop(value, None)

    def _nearest(self, value: Fraction) -> list[Instance]:
        return [self.violations[v] for v in sorted(self.violations, key=lambda v: abs(v - value))[:3]]

    def _witness(self, instance: Instance) -> Witness:
        witness = Witness(instance, judge(self.claim, instance))
        if witness.judgement.outcome != "violated":
            raise not_the_same(instance, "one below 0", f"{witness.margin:.6g}")
        same_again(self.claim, witness)
        return witness

    def pursuit(self, limit: Fraction, label: str, starts: Iterable[Instance]) -> Pursuit:
        """A pursuit towards a limit, begun."""
        low, high = self.claim.ranges[self.parameter]
        made = Pursuit(
            self.claim, self.parameter, limit, self.tolerance, (high - low) / (4 * _GRID),
            seed_for(*self._label, label), self.deadline,
        )  # fmt: skip
        made.start(starts)
        return made

    @property
    def _label(self) -> tuple[object, ...]:
        return (self.claim.id, self.parameter, self.seed)

    @property
    def _scouted(self) -> int:
        return _SCOUTED_SCALAR if self.claim.scalar else _SCOUTED_MATRIX

    @property
    def _work(self) -> int:
        return _WORK_SCALAR if self.claim.scalar else _WORK_MATRIX
