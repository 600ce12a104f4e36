"""The checker: from a claim to a verdict with evidence.

Float64 batches scout, Hypothesis draws targeted on the margin, a seeded stream draws in bulk, balls judge
every counted instance, climbing starts from the smallest margins, and what fails is made worse, made
simple and confirmed before it is called refuted.
"""

from __future__ import annotations

import re
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

from rankladder.domains.randomness import Infeasible, RandomSource, seed_for
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Expectation, Result, Verdict
from rankladder.search.batches import GROUP, Findings, guide, scout
from rankladder.search.climb import Budget, Witness, climb, simplify
from rankladder.search.coincidences import coincidence
from rankladder.search.draws import draw_instance, region_of, satisfies
from rankladder.search.judgement import Judgement, judge
from rankladder.search.local_constants import no_local_constants
from rankladder.search.survey import Survey
from rankladder.search.time_limit import TookTooLong, no_longer_than

__all__ = [
    "PROFILES",
    "Profile",
    "Tally",
    "check_claim",
    "draw_bulk",
    "draw_hypothesis",
    "judge_coincidence",
    "judge_findings",
    "scout_into",
    "undecided_in_words",
]


@dataclass(frozen=True)
class Profile:
    """How hard to look: judged instances (scalar, matrix claims), how many of them Hypothesis draws,
    float64 draws of the scout, judgements spent on climbing and on polishing a witness.
    """

    scalar: int
    matrix: int
    hypothesis: int
    scouted: int
    climbing: int
    polishing: int


PROFILES = {
    "quick": Profile(scalar=60, matrix=12, hypothesis=12, scouted=4_000, climbing=40, polishing=300),
    "default": Profile(scalar=1_000, matrix=200, hypothesis=24, scouted=20_000, climbing=120, polishing=300),
    "deep": Profile(
        scalar=20_000, matrix=2_000, hypothesis=500, scouted=1_000_000, climbing=2_000, polishing=1_000
    ),
}

_FEW = 12  # with fewer instances than this (or a twentieth of what was asked) nothing was tested
_MARGIN_POOL = 6
# function calls of a survey in the place of one draw of a scout, and how many draws at most
WORK, MOST = 150, 200_000


@dataclass
class Tally:
    """What the phases of a check have seen so far of one claim."""

    claim: Claim
    judged: int = 0
    discarded: int = 0
    escalated: int = 0
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
    seen: set[Instance] = field(default_factory=set, repr=False)

    def count(self, instance: Instance) -> Judgement:
        """Judge an instance and keep what the report needs of it; one judged before is not counted again."""
        try:
            judgement = judge(self.claim, instance)
        except (Exception, TookTooLong) as error:
            error.add_note(f"at {instance}")
            raise
        if instance in self.seen:
            self.repeated += 1
            return judgement
        self.seen.add(instance)
        if judgement.too_long:
            self.too_long.append((instance, judgement))
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


def check_claim(
    claim: Claim,
    *,
    profile: str = "default",
    examples: int | None = None,
    seed: int = 0,
    budget: float | None = None,
) -> Result:
    """Check one claim.

    Args:
        claim: what to check.
        profile: ``quick``, ``default`` or ``deep``.
        examples: instances to judge, in place of the profile's.
        seed: together with the claim's id it fixes every draw.
        budget: seconds after which to stop with what there is; an instance that has not ended half a minute
            later never will, and is an error.

    Returns:
        A :class:`Result`; an exception inside the claim becomes the verdict ``error``.

    Raises:
        ValueError: for an unknown profile or a number of examples below 1.
    """
    if profile not in PROFILES:
        raise ValueError(f"Expected profile quick, default or deep but got {profile!r}")
    if examples is not None and examples < 1:
        raise ValueError(f"Expected at least 1 example but got examples={examples}; ask for 100 or more")
    started = time.monotonic()
    settings = PROFILES[profile]
    # a false claim must be refuted under every profile; the hunt ends with the first violation anyway
    least = PROFILES["default"] if claim.expects is Expectation.refuted and profile == "quick" else settings
    wanted = examples or (least.scalar if claim.scalar else least.matrix)
    deadline = float("inf") if budget is None else started + budget
    tally = Tally(claim)
    evidence: list[Evidence] = []
    scouted = 0
    try:
        with no_longer_than(budget):
            scouted = scout_into(tally, settings.scouted, seed_for(claim.id, "scout", seed), deadline)
            if tally.violation is None:
                judge_coincidence(tally, seed_for(claim.id, "coincidence", seed))
            if tally.violation is None:
                draw_hypothesis(
                    tally, min(settings.hypothesis, wanted), seed_for(claim.id, "hypothesis", seed), deadline
                )
            if tally.violation is None:
                draw_bulk(tally, wanted, seed_for(claim.id, "bulk", seed), deadline)
            worst, simple = _search(tally, settings, seed, deadline)
            _same_again(claim, simple or next(iter(tally.closest), None))
        evidence = _summary(tally, scouted, evidence, started)
    except (
        Exception,
        SystemExit,
        TookTooLong,
    ) as error:  # a claim must not end the run, not even by sys.exit
        return _broken(claim, error, seed, time.monotonic() - started)
    # the climb too must have come to its end, or a slower machine would say something else
    complete = worst is not None or time.monotonic() < deadline
    verdict, detail = _verdict(tally, worst, wanted, complete)
    if worst is not None and simple is not None:
        evidence.append(
            Evidence(
                "counterexample",
                f"{simple.instance} (margin {simple.margin:.3g}, {simple.judgement.how})",
            )
        )
    elif detail:
        evidence.append(Evidence("test", detail))
    return Result(
        id=claim.id, title=claim.title, expected=claim.expects, verdict=verdict, evidence=tuple(evidence),
        instances=tally.judged, discarded=tally.discarded, escalated=tally.escalated,
        undecided=len(tally.undecided), scouted=scouted, in_float64=tally.in_float64,
        undefined=sum(judgement.outcome == "undefined" for _, judgement in tally.undecided),
        margin=tally.margin if simple is None else simple.margin, region=tally.region, seed=seed,
        counterexample=None if simple is None else simple.instance,
        counterexample_margin=None if simple is None else simple.margin,
        counterexample_in_float64=simple is not None and simple.judgement.in_float64,
        worst=None if worst is None else worst.instance, worst_margin=None if worst is None else worst.margin,
        seconds=time.monotonic() - started, complete=complete,
    )  # fmt: skip


def _same_again(claim: Claim, witness: Witness | None) -> None:
    """A conclusion must depend on its parameters alone: a counterexample has to fail for everyone.

    Raises:
        ValueError: when the same instance is given another margin.
    """
    if witness is None:
        return
    first, second = judge(claim, witness.instance), judge(claim, witness.instance)
    if (first.outcome, first.margin) != (second.outcome, second.margin):
        error = ValueError(
            f"Expected the same margin each time but got {first.margin:.6g} and {second.margin:.6g}; "
            "let the conclusion depend on its parameters alone, without random numbers or a state of its own"
        )
        error.add_note(f"at {witness.instance}")
        raise error


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


def judge_coincidence(tally: Tally, seed: int) -> None:
    """Judge what was found by solving for equality, where that violates the claim."""
    instance = coincidence(tally.claim, seed)
    if instance is not None:
        tally.count(instance)


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
    tally: Tally, wanted: int, seed: int, deadline: float, *, misses_before_first: int = 200
) -> None:
    """Judge seeded draws until ``wanted`` instances are judged in all or one violates.

    It gives up where next to no draw satisfies the assumptions: beyond ``misses_before_first``, twenty misses
    are allowed for each instance judged.
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
            misses += tally.count(instance).too_long
        if misses > misses_before_first + 20 * (tally.judged - began):
            return


def _search(
    tally: Tally, settings: Profile, seed: int, deadline: float
) -> tuple[Witness | None, Witness | None]:
    claim = tally.claim
    source = RandomSource(seed_for(claim.id, "search", seed))
    starts = tally.closest if tally.violation is None else [tally.violation]
    effort = settings.climbing if claim.scalar else settings.climbing // 3
    if claim.expects is Expectation.refuted and tally.violation is None:
        effort *= 10  # somebody says that a violation is there: look harder
    if tally.violation is not None and not claim.scalar:
        # a large problem costs a hundred times what a small one does: what need not be large is cut first
        starts = [simplify(claim, tally.violation, source, Budget(effort, deadline))]
    reached = climb(claim, starts, source, Budget(effort, deadline))
    if reached is not None and reached.judgement.outcome == "violated":
        tally.violation = reached
    worst = tally.violation
    if worst is None:
        return None, None
    simple = simplify(claim, worst, source, Budget(settings.polishing, deadline))
    # the search stops at size 1, the polishing may pass it
    return max(worst, simple, key=lambda w: w.size), simple


def _summary(tally: Tally, scouted: int, evidence: list[Evidence], started: float) -> list[Evidence]:
    parts = [_how_judged(tally)]
    if scouted:
        parts.append(f"{scouted} scouted in float64")
    if tally.unscouted:
        parts.append(f"not looked at in float64 batches: {tally.unscouted}")
    if tally.claim.induction is not None and "steps" in tally.region:
        parts.append(f"followed for up to {tally.region['steps'][1]:.0f} steps")
    if tally.too_long:
        parts.append(_left_out(tally))
    if tally.discarded > tally.judged:
        parts.append(f"{_discarded(tally)} discarded")
    return [Evidence("test", ", ".join(parts), time.monotonic() - started), *evidence]


def _how_judged(tally: Tally) -> str:
    if not tally.in_float64:
        return f"{tally.judged} instances judged in balls"
    if tally.claim.arithmetic == "float64":
        return f"{tally.judged} instances run in float64, as the claim is about"
    if tally.in_float64 == tally.judged:
        return f"{tally.judged} instances tested in float64"
    return f"{tally.judged} instances judged, {tally.in_float64} of them in float64 only"


def _verdict(tally: Tally, worst: Witness | None, wanted: int, complete: bool) -> tuple[Verdict, str]:
    if worst is not None:
        return Verdict.refuted, ""
    decided = tally.judged - len(tally.undecided)
    if len(tally.too_long) > decided:
        return Verdict.suspect, _left_out(tally)
    if (
        decided < min(wanted, max(_FEW, wanted // 20))
        and tally.judged == decided
        and tally.repeated <= tally.discarded
    ):
        return Verdict.vacuous, (
            f"only {decided} instances satisfied the assumptions ({_discarded(tally)} did not; {wanted} were wanted); "
            "loosen them or the domains"
        )
    if tally.undecided:
        return Verdict.suspect, undecided_in_words(tally)
    return Verdict.tested, ""


def _left_out(tally: Tally) -> str:
    instance, judgement = tally.too_long[0]
    return (
        f"{len(tally.too_long)} instances left out as too long to compute, first {instance}: {judgement.why}"
    )


def _discarded(tally: Tally) -> str:
    most = tally.missed.most_common(1)
    return f"{tally.discarded} draws" + (f" (most for {most[0][0]})" if most and most[0][0] else "")


def undecided_in_words(tally: Tally) -> str:
    """On how many instances the margin is open, and the first of them."""
    instance, judgement = next((pair for pair in tally.undecided if pair[1].why), tally.undecided[0])
    why = "is undefined (NaN)" if judgement.outcome == "undefined" else "is undecided"
    because = f": {judgement.why}" if judgement.why else ""
    return f"the margin {why} on {len(tally.undecided)} of {tally.judged} instances, first at {instance}{because}"


# how NumPy's errors name its linear algebra, and what takes every arithmetic
_INSTEAD = {
    "inv": "inverse", "solve": "solve", "det": "determinant", "eigvalsh": "eigenvalues",
    "eigh": "eigenvalues or leading_projection", "svd": "singular_values, spectral_norm or truncated",
}  # fmt: skip


def _hint(error: BaseException) -> str:
    words = str(error)
    if not isinstance(error, TypeError) or not ("Ball" in words or "ufunc" in words):
        return ""
    if words.startswith("float()"):
        return "; leave float() out, the conclusion computes in balls, and int(x) counts steps"
    named = re.search(r"ufunc '(\w+)'", words)
    ours = next((ours for name, ours in _INSTEAD.items() if named and named[1].startswith(name)), None)
    if ours is not None:
        return f"; np.linalg knows float64 only: use {ours} from rankladder"
    return "; use NumPy, or exp, log, sqrt … from rankladder: they take every arithmetic"


def _broken(claim: Claim, error: BaseException, seed: int, seconds: float) -> Result:
    own = [f for f in traceback.extract_tb(error.__traceback__) if claim.location.startswith(f.filename)]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else claim.location
    hint = _hint(error)
    where = "".join(f", {note}" for note in getattr(error, "__notes__", ())[:1])
    detail = f"{type(error).__name__}: {' '.join(str(error).split())}{hint} ({place}{where})"
    return Result(
        id=claim.id, title=claim.title, expected=claim.expects, verdict=Verdict.error,
        evidence=(Evidence("test", detail, seconds),), seed=seed, seconds=seconds,
    )  # fmt: skip
