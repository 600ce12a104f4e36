"""The checker: from a claim to a verdict with evidence.

One round of the search (:mod:`rankladder.search.rounds`), as hard as a profile says; what it found becomes a verdict.
"""

from __future__ import annotations

import re
import textwrap
import time
import traceback
from dataclasses import dataclass

from rankladder.domains.randomness import seed_for
from rankladder.language.rounded import rounded_numbers
from rankladder.language.statement import Claim
from rankladder.language.verdict import AS_EQUAL, Evidence, Expectation, Result, Verdict
from rankladder.numbers.nothing import margin_text
from rankladder.search.climb import Witness
from rankladder.search.draws import stated_beyond
from rankladder.search.rounds import FEW, Effort, Tally, doubts, left_out, look, same_again, worst_and_simple
from rankladder.search.time_limit import TookTooLong, no_longer_than

__all__ = ["PROFILES", "Profile", "check_claim"]


@dataclass(frozen=True)
class Profile:
    """How hard to look: judged instances (scalar, matrix claims), how many of them Hypothesis draws,
    float64 draws of the scout (scalar claims), what takes their place among matrices, judgements spent on climbing and on
    polishing a witness; the function calls that judging may take before fewer instances do, and the share of the
    usual rounds that look for coincidences.
    Of matrix claims Hypothesis draws a third, and as much less is spent on climbing.
    """

    scalar: int
    matrix: int
    hypothesis: int
    scouted: int
    surveyed: int
    climbing: int
    polishing: int
    work: int
    coincidences: float = 1.0


# what each claim gets is decided here, and counted in work, never in time: the same command gives the same verdict
PROFILES = {
    # of a claim that is proved: what is left to a test is whether the simulator does what the statement says, and that
    # needs no search; some hundred float64 draws, which cost nothing, guard against a mistake of what proves
    "link": Profile(
        scalar=FEW, matrix=FEW, hypothesis=0, scouted=500, surveyed=0, climbing=0, polishing=300, work=1_000_000,
        coincidences=0,
    ),
    # on problems larger than those that a claim was tested on: a few draws
    "few": Profile(
        scalar=8, matrix=8, hypothesis=0, scouted=0, surveyed=0, climbing=0, polishing=100, work=1_000_000,
        coincidences=0,
    ),
    # of a claim on one data set: its problem is given, and what is left to draw are a few numbers
    "data": Profile(
        scalar=60, matrix=60, hypothesis=12, scouted=4_000, surveyed=4_000, climbing=40, polishing=300, work=300_000,
        coincidences=0.25,
    ),
    "quick": Profile(
        scalar=60, matrix=8, hypothesis=0, scouted=4_000, surveyed=4_000, climbing=20, polishing=300, work=1_000_000,
        coincidences=0.5,
    ),
    "default": Profile(
        scalar=1_000, matrix=200, hypothesis=24, scouted=20_000, surveyed=10_000, climbing=120, polishing=300,
        work=1_000_000,
    ),
    "deep": Profile(
        scalar=20_000, matrix=2_000, hypothesis=500, scouted=1_000_000, surveyed=1_000_000, climbing=2_000, polishing=1_000,
        work=100_000_000,
    ),
}  # fmt: skip


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
        profile: ``quick``, ``default`` or ``deep``; ``link`` is what a proved claim is left to be tested for, ``data``
            what a claim is on one data set, ``few`` what one is on larger problems.
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
    # somebody says that a violation is there: look harder, under every profile; the first one ends it anyway
    sought = claim.expects is Expectation.refuted
    least = PROFILES["default"] if sought and profile == "quick" else settings
    share = 1 if claim.scalar else 3  # float64 sees more of matrices in the same time
    climbing, hypothesis = settings.climbing // share, least.hypothesis // share
    wanted = examples or (least.scalar if claim.scalar else least.matrix)
    deadline = float("inf") if budget is None else started + budget
    tally = Tally(claim)
    try:
        with no_longer_than(budget):
            effort = Effort(
                settings.scouted if claim.scalar else settings.surveyed,
                wanted,
                10 * climbing if sought else climbing,
                min(hypothesis, wanted),
                coincidences=1.0 if sought else settings.coincidences,
                work=None if examples or sought else settings.work,
                far=settings.coincidences > 0,
            )
            scouted = look(tally, effort, lambda way: seed_for(claim.id, way, seed), deadline)
            worst, simple = worst_and_simple(
                tally, climbing, settings.polishing, seed_for(claim.id, "search", seed), deadline
            )
            if simple is None and tally.closest:
                same_again(claim, tally.closest[0])
        evidence = [_summary(tally, scouted, started), *_reach(tally)]
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
                f"{simple.instance} (margin {margin_text(simple.margin, 3)}, {simple.judgement.how})",
            )
        )
    elif detail:
        evidence.append(Evidence("test", detail))
    return Result(
        id=claim.id, title=claim.title, expected=claim.expects, verdict=verdict, evidence=tuple(evidence),
        instances=tally.judged, discarded=tally.discarded, escalated=tally.escalated,
        undecided=len(tally.undecided), scouted=scouted, in_float64=tally.in_float64, equalities=tally.equalities,
        undefined=sum(judgement.outcome == "undefined" for _, judgement in tally.undecided),
        margin=tally.margin if simple is None else simple.margin, region=tally.region, stated=stated_beyond(claim), seed=seed,
        counterexample=None if simple is None else simple.instance,
        counterexample_margin=None if simple is None else simple.margin,
        counterexample_in_float64=simple is not None and simple.judgement.in_float64,
        worst=None if worst is None else worst.instance, worst_margin=None if worst is None else worst.margin,
        seconds=time.monotonic() - started, complete=complete,
    )  # fmt: skip


def _summary(tally: Tally, scouted: int, started: float) -> Evidence:
    parts = [_how_judged(tally)]
    if tally.equalities:
        parts.append(f"{tally.equalities} of them {AS_EQUAL}")
    if tally.silent:
        parts.append(f"{tally.silent} more of which the claim says nothing")
    if scouted:
        parts.append(f"{scouted} scouted in float64")
    if tally.unscouted:
        parts.append(f"not looked at in float64 batches: {tally.unscouted}")
    if tally.too_long:
        parts.append(left_out(tally))
    if tally.discarded > tally.judged:
        parts.append(f"{_discarded(tally)} discarded")
    if rounded := rounded_numbers(tally.claim):
        numbers = ", ".join(map(repr, rounded))
        parts.append(
            f"as they stand: {numbers}, computed in floats (exact: sqrt(2), log(2), Rational(1, 3) of SymPy)"
        )
    return Evidence("test", ", ".join(parts), time.monotonic() - started)


def _reach(tally: Tally) -> list[Evidence]:
    """Up to which step the orbits of a claim about every step were followed."""
    if tally.claim.induction is None or "steps" not in tally.region:
        return []
    steps = int(tally.region["steps"][1])
    far = f", a few to {tally.followed:,} in floats" if tally.followed > steps else ""
    return [Evidence("reach", f"followed up to step {steps:,}{far}")]


def _how_judged(tally: Tally) -> str:
    instances = _instances(tally.judged)
    if not tally.in_float64:
        return f"{instances} judged in balls"
    if tally.claim.arithmetic == "float64":
        return f"{instances} run in float64, as the claim is about"
    if tally.in_float64 == tally.judged:
        return f"{instances} tested in float64"
    return f"{instances} judged, {tally.in_float64} of them in float64 only"


def _instances(number: int) -> str:
    return f"{number} instance{'' if number == 1 else 's'}"


def _verdict(tally: Tally, worst: Witness | None, wanted: int, complete: bool) -> tuple[Verdict, str]:
    if worst is not None:
        return Verdict.refuted, ""
    if why := doubts(tally):
        return Verdict.suspect, why
    few = tally.judged < min(wanted, max(FEW, wanted // 20))
    if few and (not tally.judged or tally.repeated <= tally.discarded + tally.silent):
        if not complete:
            missed = f"; {_discarded(tally)} did not satisfy the assumptions" if tally.discarded else ""
            return Verdict.unfinished, f"the time was up after {tally.judged} of {wanted} instances{missed}"
        beside = f" beside {tally.silent} of which the claim says nothing" if tally.silent else ""
        return Verdict.vacuous, (
            f"only {_instances(tally.judged)} satisfied the assumptions{beside} "
            f"({_discarded(tally)} did not; {wanted} were wanted); loosen them or the domains"
        )
    return Verdict.tested, ""


def _discarded(tally: Tally) -> str:
    most = tally.missed.most_common(1)
    return f"{tally.discarded} draws" + (f" (most for {most[0][0]})" if most and most[0][0] else "")


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
    words = f"{type(error).__name__}: {' '.join(str(error).split())}{_hint(error)}"
    where = "".join(f", {note}" for note in getattr(error, "__notes__", ())[:1])
    # what broke inside a user's simulator knows its line, and says what was raised there
    if theirs := getattr(error, "place", ""):
        words, place = str(error), theirs
        # sizes come first, then arrays that may fill a screen
        where = textwrap.shorten(where, 300, placeholder=" …")
    detail = f"{words} ({place}{where})"
    return Result(
        id=claim.id, title=claim.title, expected=claim.expects, verdict=Verdict.error,
        evidence=(Evidence("test", detail, seconds),), seed=seed, seconds=seconds,
    )  # fmt: skip
