"""A user's own simulator in the place of the catalogue's: what a catalogue makes of it, and the verdict with it."""

from __future__ import annotations

import pkgutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

from rankladder.domains.randomness import RandomSource, seed_for
from rankladder.language.catalogue import DEFAULT, catalogue
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Result, Verdict
from rankladder.search.check import check_claim
from rankladder.search.climb import Budget, Witness, simplify
from rankladder.search.judgement import judge
from rankladder.usage import UsageError

__all__ = ["OwnSimulator", "own_simulator", "verdict_with"]

_POLISHING, _PATIENCE = (
    3000,
    20.0,
)  # judgements, and seconds, spent on making a comparison's counterexample simple


class OwnSimulator(Protocol):
    """What a catalogue's ``simulator`` makes of a user's function."""

    name: str
    describes: str

    @property
    def claim(self) -> Claim:
        """That the function does what the catalogue's own simulator does."""

    @property
    def unbroken(self) -> Claim:
        """The same claim, of which an instance at which the function breaks is no counterexample."""

    @property
    def smaller(self) -> Sequence[Claim]:
        """The same claim on small problems, the smallest first."""

    @property
    def larger(self) -> Iterable[tuple[Claim, int]]:
        """The same claim on problems of other sizes, and how many to draw of each."""

    def reach(self, result: Result) -> str:
        """How large the problems were that a check of ``claim`` drew, in a clause."""

    def shortened(self, instance: Instance) -> Instance:
        """An instance that refutes ``claim``, without what comes after the first mistake."""

    def scope(self) -> AbstractContextManager[Any]:
        """Scope in which it takes the place of the catalogue's."""

    def reason(self, claim: Claim) -> str:
        """Why it has no part in a claim; empty where it has one."""

    def mistake(self, result: Result) -> list[str]:
        """What a refutation of ``claim`` shows, line by line."""


def own_simulator(function: Callable[..., Any], name: str = "", home: str = DEFAULT) -> OwnSimulator:
    """A user's function as a simulator of a catalogue.

    Raises:
        UsageError: where the catalogue runs nothing, or the function is of no form that it knows.
    """
    made = catalogue(home).simulator
    if not made:
        raise UsageError(f"catalogue {home} runs no simulator; leave out --simulator")
    own: OwnSimulator = pkgutil.resolve_name(made)(function, name)
    return own


def verdict_with(
    own: OwnSimulator, claim: Claim, *, profile: str = "default", examples: int | None = None, seed: int = 0,
    budget: float | None = None,
) -> Result:  # fmt: skip
    """The verdict on a claim whose orbits a user's function runs: from tests alone, for proofs are of our step.

    A claim that it has no part in is ``vacuous``, with the reason.
    """
    reason = own.reason(claim)
    if reason:
        said = Evidence("test", f"{own.name} has no part in it: it {reason}, which is not {own.describes}")
        return Result(claim.id, claim.title, claim.expects, Verdict.vacuous, (said,), seed=seed)
    with own.scope():
        result = check_claim(claim, profile=profile, examples=examples, seed=seed, budget=budget)
    if claim.id == own.claim.id and result.verdict is Verdict.error:
        # what breaks at some instances may be wrong at others: that says more
        elsewhere = check_claim(own.unbroken, profile=profile, examples=examples, seed=seed, budget=budget)
        result = result if elsewhere.counterexample is None else elsewhere
    if claim.id == own.claim.id and result.verdict is Verdict.error:
        # its reader may want to see it happen, on a problem that is easy to write down
        again = (check_claim(each, profile="few", seed=seed, budget=budget) for each in own.smaller)
        return next((found for found in again if found.verdict is Verdict.error), result)
    if claim.id == own.claim.id and result.verdict is Verdict.tested:
        left = None if budget is None else max(0.0, budget - result.seconds)
        result = _with_larger(own, result, seed, left)
    if claim.id != own.claim.id or result.counterexample is None:
        return result
    # its reader works through the counterexample by hand, so a small one is looked for first
    source = RandomSource(seed_for(claim.id, "simple", seed))
    small = (check_claim(each, profile="quick", seed=seed).counterexample for each in own.smaller)
    worst = own.shortened(next((instance for instance in small if instance), result.counterexample))
    found = Witness(worst, judge(claim, worst))
    simple = simplify(own.unbroken, found, source, Budget(_POLISHING, time.monotonic() + _PATIENCE))
    result = replace(
        result, counterexample=simple.instance, counterexample_margin=simple.margin, margin=simple.margin
    )
    told = [Evidence("mistake", line) for line in own.mistake(result)]
    others = [e for e in result.evidence if e.kind != "counterexample"]
    return replace(result, evidence=(*others, Evidence("counterexample", str(simple.instance)), *told))


def _with_larger(own: OwnSimulator, result: Result, seed: int, budget: float | None) -> Result:
    """The result with a few larger problems; where the function breaks or is wrong at one, what was found there."""
    started, instances, region, complete = time.monotonic(), result.instances, dict(result.region), True
    for each, number in own.larger:
        left = None if budget is None else max(0.0, budget + started - time.monotonic())
        found = check_claim(each, profile="few", examples=number, seed=seed, budget=left)
        if found.verdict is Verdict.error or found.counterexample is not None:
            return found
        complete = complete and found.complete
        if not complete:
            break
        instances += found.instances
        for name, (low, high) in found.region.items():
            known = region.get(name, (low, high))
            region[name] = min(low, known[0]), max(high, known[1])
    whole = replace(result, instances=instances, region=region, complete=result.complete and complete)
    words = own.reach(whole) if complete else "the time was up before all larger problems were drawn"
    said = Evidence("reach", words, time.monotonic() - started)
    return replace(whole, evidence=(*result.evidence, said), seconds=result.seconds + said.seconds)
