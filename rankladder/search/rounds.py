"""One round of the search for a counterexample, and what is made of a violation.

A round draws instances and looks at them in every way there is, cheapest first, until one violates the claim: float64
batches, equalities solved for, Hypothesis targeted on the margin, draws in bulk, a climb from the smallest margins met.
Whatever is counted has been decided in balls or exact rationals. A violation is then made worse, and made simple.
What runs a search (a check, an exploration, a threshold, a sweep) differs in its :class:`Effort`, and in how many rounds.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.search.batches import GROUP, Findings, guide, scout
from rankladder.search.climb import Budget, Witness, climb, float64_pays, simplify
from rankladder.search.coincidences import coincidence
from rankladder.search.draws import draw_instance, region_of, satisfies
from rankladder.search.judgement import Judgement, closely, judge
from rankladder.search.local_constants import no_local_constants
from rankladder.search.survey import Survey, calls_of
from rankladder.search.time_limit import TookTooLong

__all__ = [
    "FEW",
    "MAKE_DEFINED",
    "Effort",
    "Tally",
    "doubts",
    "draw_bulk",
    "judge_findings",
    "left_out",
    "look",
    "not_the_same",
    "same_again",
    "scout_into",
    "worst_and_simple",
]  # fmt: skip

MAKE_DEFINED = "assume what makes it defined (such as x >= 0 for sqrt(x), x != 0 for 1/x)"
_MARGIN_POOL = 6
# function calls of a survey in the place of one draw of a scout, and how many draws at most
WORK, MOST = 150, 200_000
_SHORT = 200  # steps of an orbit up to which it is judged at once
_FIRST = 60  # instances that are worth twenty misses each
_WORSE = 1 / 3  # of a climb makes a violation among matrices worse: the rest of one adds a few per cent
_MEASURED = 3  # instances whose work is counted
_WORTH = 10 * _MEASURED  # instances to judge beyond which it pays to count
_LEAST = 0.1  # of the instances that are wanted, however much work they are
_ALIKE = 4  # instances that hold because they cannot be told from equality, to look at again
FEW = 12  # with fewer instances than this nothing was tested


@dataclass(frozen=True)
class Effort:
    """How hard a round looks: float64 draws, instances to judge (of them drawn by Hypothesis), judgements of a climb.

    What is 0 is left out. ``coincidences`` is the share of the usual rounds in which they are looked for; without any, what
    cannot be told from equality is not looked at again in more bits either. ``misses`` are the draws in bulk that may fail the assumptions before the first that does not.
    ``work`` are the function calls that each way of judging may take: where one instance takes many, fewer are judged,
    though not below a share (None: never fewer). ``far`` says whether orbits are followed far in floats.
    """

    scouted: int
    judged: int
    climbing: int
    hypothesis: int = 0
    coincidences: float = 1.0
    misses: int = 200
    work: int | None = None
    far: bool = False


@dataclass
class Tally:
    """What the phases of a check have seen so far of one claim.

    ``equalities`` hold because balls cannot tell them from equality, and nothing else has decided them.
    """

    claim: Claim
    judged: int = 0
    discarded: int = 0
    escalated: int = 0
    equalities: int = 0
    in_float64: int = 0
    too_long: list[tuple[Instance, Judgement]] = field(default_factory=list)
    undecided: list[tuple[Instance, Judgement]] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    unscouted: str = ""
    region: dict[str, tuple[float, float]] = field(default_factory=dict)
    margin: float | None = None
    closest: list[Witness] = field(default_factory=list)
    violation: Witness | None = None
    repeated: int = 0
    silent: int = 0
    climbed: int = 0
    followed: int = 0
    seen: set[Instance] = field(default_factory=set, repr=False)
    alike: list[Instance] = field(default_factory=list, repr=False)

    def count(self, instance: Instance) -> Judgement:
        """Judge an instance and keep what the report needs of it; one judged before is not counted again."""
        try:
            judgement = judge(self.claim, instance)
        except (Exception, SystemExit, TookTooLong) as error:
            error.add_note(f"at {instance}")
            raise
        if instance in self.seen:
            self.repeated += 1
            return judgement
        self.seen.add(instance)
        if judgement.too_long:
            self.too_long.append((instance, judgement))
            return judgement
        if judgement.outcome == "silent":
            self.silent += 1
            return judgement
        self.judged += 1
        self.escalated += judgement.escalated
        self.in_float64 += judgement.in_float64
        for name, (low, high) in region_of(self.claim, instance).items():
            known = self.region.get(name, (low, high))
            self.region[name] = (min(low, known[0]), max(high, known[1]))
        if judgement.outcome in ("undecided", "undefined"):
            self.undecided.append((instance, judgement))
            return judgement
        if judgement.as_equal:
            self.equalities += 1
            self.alike = sorted([*self.alike, instance], key=_far_out)[:_ALIKE]
        margin = judgement.margin
        self.margin = margin if self.margin is None else min(self.margin, margin)
        witness = Witness(instance, judgement)
        if judgement.outcome == "violated":
            if self.violation is None or witness.badness > self.violation.badness:
                self.violation = witness
        else:
            self.keep(witness)
        return judgement

    def keep(self, witness: Witness) -> None:
        """Remember an instance that holds by little, for a search to start from."""
        if witness.margin > 0 and all(witness.instance != w.instance for w in self.closest):
            self.closest = sorted([*self.closest, witness], key=lambda w: w.margin)[:_MARGIN_POOL]


def _far_out(instance: Instance) -> tuple[int, float]:
    """All its whole numbers together, and the size of the fraction that is farthest from 1: where they are small, what tends
    to equality is farthest from it.
    """
    fractions = (v for v in instance.values() if isinstance(v, Fraction) and v)
    sizes = (abs(v.numerator.bit_length() - v.denominator.bit_length()) for v in fractions)
    return sum(abs(v) for v in instance.values() if isinstance(v, int)), max(sizes, default=0)


def look(tally: Tally, effort: Effort, seed: Callable[[str], int], deadline: float = float("inf")) -> int:
    """One round, which ends with the first violation; returns how many float64 draws satisfied the assumptions.

    ``seed`` gives the seed of each way of looking, by its name.
    """
    claim, before = tally.claim, tally.judged
    scouted = scout_into(tally, effort.scouted, seed("scout"), deadline) if effort.scouted else 0
    if tally.violation is None and effort.coincidences:
        instance = coincidence(claim, seed("coincidence"), effort.coincidences)
        if instance is not None:
            tally.count(instance)
    if tally.violation is None and effort.far and claim.induction is not None and claim.scalar:
        from rankladder.search.long_orbits import failure_far_out  # with SymPy, which other claims do without

        instance, tally.followed = failure_far_out(claim, seed("far"))
        if instance is not None:
            tally.count(instance)
    # where float64 has seen nothing, judging is all there is
    work = effort.work if scouted and effort.judged > _WORTH else None
    most = math.inf if work is None or tally.violation else _most(tally, work, seed("cost"))
    hypothesis, judged, climbing = (
        math.ceil(min(n, max(most, _LEAST * n, FEW)))
        for n in (effort.hypothesis, effort.judged, effort.climbing)
    )
    if tally.violation is None and hypothesis:
        draw_hypothesis(tally, hypothesis, seed("hypothesis"), deadline)
    if tally.violation is None and judged:
        draw_bulk(tally, before + judged, seed("bulk"), deadline, misses_before_first=effort.misses)
    if tally.violation is None and climbing:
        budget = Budget(climbing, deadline)
        reached = climb(claim, tally.closest, RandomSource(seed("climb")), budget)
        tally.climbed += budget.spent
        if reached is not None and reached.judgement.outcome == "violated":
            tally.violation = reached
        elif reached is not None:
            tally.keep(reached)  # another round goes on from here
    if tally.violation is None and effort.coincidences:
        _look_closely(tally, math.ceil(effort.coincidences * _ALIKE))
    return scouted


def _look_closely(tally: Tally, most: int) -> None:
    """Look at a few instances again that could not be told from equality."""
    with closely():
        for instance in tally.alike[:most]:
            judgement = judge(tally.claim, instance)
            tally.equalities -= not judgement.as_equal
            if judgement.outcome == "violated":
                tally.violation = Witness(instance, judgement)
                return
    tally.alike.clear()


def _most(tally: Tally, work: int, seed: int) -> float:
    """How many instances ``work`` function calls judge: by what the first few that are drawn take."""
    source = RandomSource(seed)
    costs: list[int] = []
    for _ in range(_WORTH):
        if len(costs) == _MEASURED or sum(costs) * _WORTH > work:
            break  # or so few can be judged that no more need be counted
        with contextlib.suppress(Infeasible):
            instance = draw_instance(tally.claim, source)
            tally.count(instance)
            # once more, with everything compiled and cached: so the count does not depend on what ran before
            costs.append(calls_of(partial(judge, tally.claim, instance)))
    return work * len(costs) / sum(costs) if costs else math.inf


def worst_and_simple(
    tally: Tally, climbing: int, polishing: int, seed: int, deadline: float
) -> tuple[Witness, Witness] | tuple[None, None]:
    """The violation that was found made worse, and one that keeps half of its size made simple; None without one.

    Raises:
        ValueError: when one of them is given another margin the next time.
    """
    claim, worst, source = tally.claim, tally.violation, RandomSource(seed)
    if worst is None:
        return None, None
    if tally.followed and (steps := worst.instance["steps"]) > _SHORT:  # each judgement takes as many steps
        climbing, polishing = (max(1, n * _SHORT // steps) for n in (climbing, polishing))
    with closely() if worst.instance in tally.alike else contextlib.nullcontext():
        return _worst_and_simple(claim, worst, source, climbing, polishing, deadline)


def _worst_and_simple(
    claim: Claim, worst: Witness, source: RandomSource, climbing: int, polishing: int, deadline: float
) -> tuple[Witness, Witness]:
    pays = float64_pays(claim, worst.instance)
    if not claim.scalar:
        # a large problem costs a hundred times what a small one does: what need not be large is cut first
        worst = simplify(claim, worst, source, Budget(climbing, deadline), pays=pays)
        climbing = math.ceil(climbing * _WORSE)
    reached = climb(claim, [worst], source, Budget(climbing, deadline), pays=pays)
    if reached is not None and reached.judgement.outcome == "violated":
        worst = reached
    simple = simplify(claim, worst, source, Budget(polishing, deadline), pays=pays)
    # the search stops at size 1, the polishing may pass it
    worst = max(worst, simple, key=lambda w: w.size)
    for witness in (simple,) if worst is simple else (simple, worst):
        same_again(claim, witness)
    return worst, simple


def same_again(claim: Claim, witness: Witness) -> None:
    """A conclusion must depend on its parameters alone: a counterexample has to fail for everyone.

    Raises:
        ValueError: when the same instance is given another margin.
    """
    known = witness.judgement
    for _ in range(2):  # dice may fall alike once
        again = judge(claim, witness.instance)
        if known.outcome != again.outcome or not math.isclose(known.margin, again.margin, rel_tol=1e-12):
            raise not_the_same(witness.instance, f"{known.margin:.6g}", f"{again.margin:.6g}")


def not_the_same(instance: Instance, first: str, second: str) -> ValueError:
    """What to raise for an instance that is given two margins."""
    error = ValueError(
        f"Expected the same margin each time but got {first} and {second}; "
        "let the conclusion depend on its parameters alone, without random numbers or a state of its own"
    )
    error.add_note(f"at {instance}")
    return error


def scout_into(tally: Tally, count: int, seed: int, deadline: float = float("inf")) -> int:
    """Judge what ``count`` float64 draws single out; returns how many satisfied the assumptions."""
    findings = scout(tally.claim, count - count // 2, seed, deadline=deadline)
    tally.unscouted = findings.why
    judge_findings(tally, findings, deadline)
    if tally.violation is None and findings.archive is not None:
        rounds = max(1, count // 3 // GROUP)
        for sighting in guide(tally.claim, findings.archive, rounds, seed, keep=8, deadline=deadline):
            if tally.violation is None:
                _judge_sighting(tally, sighting.instance)
    if not findings.seen and tally.violation is None:  # batches cannot take it
        survey = Survey(tally.claim, seed, tally.count, deadline)
        survey.run(min(count, MOST) * WORK, [witness.instance for witness in tally.closest])
        return survey.seen
    return findings.seen


def judge_findings(tally: Tally, findings: Findings, deadline: float = float("inf")) -> None:
    """Judge what a scout singled out."""
    false_alarm = False
    for sighting in findings.worst:
        judgement = _judge_sighting(tally, sighting.instance)
        false_alarm |= sighting.margin < 0 and judgement is not None and judgement.outcome == "holds"
    if false_alarm:  # rounding may have crowded out what really fails
        for sighting in findings.others:
            if tally.violation is not None or time.monotonic() > deadline:
                break
            _judge_sighting(tally, sighting.instance)


def _judge_sighting(tally: Tally, instance: Instance) -> Judgement | None:
    if satisfies(tally.claim, instance) is True:
        return tally.count(instance)
    tally.discarded += 1
    return None


def draw_hypothesis(tally: Tally, count: int, seed: int, deadline: float) -> None:
    """Judge ``count`` instances drawn by Hypothesis, targeted on the margin."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings, target
    from hypothesis import seed as with_seed
    from hypothesis.errors import Unsatisfiable

    from rankladder.search.instances import instances

    @with_seed(seed % 2**32)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.target),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    @given(instances(tally.claim))
    def run(instance: Instance) -> None:
        if tally.violation is not None or time.monotonic() > deadline:
            return
        judgement = tally.count(instance)
        if judgement.outcome in ("holds", "violated"):
            margin = judgement.margin
            target(-margin if margin - margin == 0 else 0.0)

    try:
        with no_local_constants():
            run()
    except Unsatisfiable:
        return  # no instance satisfied the assumptions: the bulk draw says so in numbers


def draw_bulk(
    tally: Tally,
    wanted: int,
    seed: int,
    deadline: float,
    *,
    misses_before_first: int = 200,
) -> None:
    """Judge seeded draws until ``wanted`` instances are judged in all or one violates.

    It gives up where next to no draw satisfies the assumptions: beyond ``misses_before_first``, twenty misses
    are allowed for each of the first instances judged, and a few for each of the others, since what draws miss is led
    to the set at some expense.
    """
    source = RandomSource(seed)
    began, misses = tally.judged, 0
    while tally.judged < wanted and tally.violation is None and time.monotonic() < deadline:
        try:
            instance = draw_instance(tally.claim, source)
        except Infeasible as error:
            instance = None
            tally.discarded += 1
            tally.missed[str(error)] += 1
        if instance is None or instance in tally.seen:
            tally.repeated += instance is not None
            misses += 1
        else:
            judgement = tally.count(instance)
            misses += judgement.too_long or judgement.outcome == "silent"
        judged = tally.judged - began
        if misses > misses_before_first + 20 * min(judged, _FIRST) + 3 * judged:
            return


def doubts(tally: Tally, dropped: str | None = None) -> str:
    """What keeps a search without a violation from saying that there is none, in words; empty where nothing does.

    ``dropped`` is the assumption that was broken on purpose, and so is none to be added.
    """
    if len(tally.too_long) > tally.judged - len(tally.undecided):
        return left_out(tally)
    if not tally.undecided:
        return ""
    instance, judgement = next((pair for pair in tally.undecided if pair[1].why), tally.undecided[0])
    why = "is undefined (NaN)" if judgement.outcome == "undefined" else "is undecided"
    because = f": {judgement.why}" if judgement.why else ""
    if judgement.outcome == "undefined" and dropped is None:
        because = f"; {MAKE_DEFINED}"
    return f"the margin {why} on {len(tally.undecided)} of {tally.judged} instances, first at {instance}{because}"


def left_out(tally: Tally) -> str:
    """How many instances took too long to compute, and the first of them."""
    instance, judgement = tally.too_long[0]
    return (
        f"{len(tally.too_long)} instances left out as too long to compute, first {instance}: {judgement.why}"
    )
