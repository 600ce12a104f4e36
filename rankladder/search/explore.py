"""Exploring: hunt for a violation of a claim, with all its assumptions or with one of them broken."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rankladder.domains.randomness import seed_for
from rankladder.language.statement import Claim
from rankladder.language.verdict import Verdict, finite
from rankladder.search.check import check_claim
from rankladder.search.climb import Witness
from rankladder.search.draws import stated_beyond
from rankladder.search.rounds import Effort, Tally, doubts, look, worst_and_simple

__all__ = ["WITNESS_TIME", "Exploration", "explore_claim"]

_ROUND_SCALAR, _ROUND_MATRIX = 400, 60  # judged draws a round; scouting and climbing are scaled to them
_MISSES = 5_000  # draws to try for one that breaks an assumption and keeps the others
WITNESS_TIME = 10.0  # seconds to make a witness worse and simple, beyond the budget if need be


@dataclass(frozen=True)
class Exploration:
    """What a hunt found.

    ``needed`` speaks of the dropped assumption: True with a certified violation, False when ``instances``
    showed none, None when nothing could be decided (or nothing was dropped). ``false_anyway`` says
    that the claim is refuted with every assumption kept, so that no assumption is needed for it. ``equalities`` is as of a result. ``complete`` is False when the
    clock ended the hunt: the number of instances then depends on the machine. ``region`` and ``stated`` are those of a result.
    """

    id: str
    dropped: str | None
    verdict: Verdict
    instances: int
    undecided: int
    seconds: float
    worst: Witness | None = None
    simple: Witness | None = None
    note: str = ""
    complete: bool = True
    false_anyway: bool = False
    region: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    stated: Mapping[str, str] = field(default_factory=dict)
    equalities: int = 0

    @property
    def needed(self) -> bool | None:
        """Whether the claim needs the dropped assumption."""
        if (
            self.dropped is None
            or self.false_anyway
            or self.verdict.inconclusive
            or self.verdict is Verdict.error
        ):
            return None
        return self.verdict is Verdict.refuted

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values."""
        return {
            "id": self.id,
            "dropped": self.dropped,
            "needed": self.needed,
            "verdict": str(self.verdict),
            "instances": self.instances,
            "undecided": self.undecided,
            "equalities": self.equalities,
            "seconds": round(self.seconds, 3),
            "worst": _witness(self.worst),
            "simple": _witness(self.simple),
            "certified": self.simple is not None and not self.simple.judgement.in_float64,
            "complete": self.complete,
            "false_anyway": self.false_anyway,
            "region": {k: [finite(a), finite(b)] for k, (a, b) in self.region.items()},
            "stated": dict(self.stated),
            "note": self.note,
        }


def _witness(found: Witness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "instance": str(found.instance),
        "values": found.instance.to_json(),
        "margin": finite(found.margin),
        "bits": found.judgement.bits,
    }


def explore_claim(
    claim: Claim,
    *,
    drop: str | None = None,
    budget: float = 60.0,
    seed: int = 0,
    most: int = 200_000,
) -> Exploration:
    """Hunt for a violation within a budget.

    Each round scouts float64 batches, draws with Hypothesis targeted on the margin, draws in bulk, and
    climbs from the smallest margins met so far; the first certified violation ends the rounds, is made
    worse and made simple.

    Args:
        claim: the claim.
        drop: the name of an assumption to break (the others hold).
        budget: seconds.
        seed: fixes every draw.
        most: judged instances after which to stop even with time left.

    Raises:
        KeyError: for an unknown assumption.

    >>> from rankladder import Real, claim, symbols
    >>> x = symbols("x")
    >>> @claim("doc-explore", over=dict(x=Real(-2, 2)), given={"right": x >= 0})
    ... def _(x):
    ...     return x + x * x
    >>> explore_claim(_, drop="right").needed
    True
    """
    started = time.monotonic()
    deadline = started + budget
    hunted = claim if drop is None else claim.without(drop)
    tally = Tally(hunted)
    label = (hunted.id, drop, seed)
    per_round = _ROUND_SCALAR if hunted.scalar else _ROUND_MATRIX
    number = 0
    while tally.violation is None and time.monotonic() < deadline and tally.judged < most:
        before = tally.judged
        effort = Effort(
            20_000 * (1 + min(number, 9)), per_round, per_round // 2, per_round // 10, misses=_MISSES
        )
        look(tally, effort, partial(_seed, label, number), deadline)
        number += 1
        if tally.judged == before:
            break  # nothing satisfies the assumptions
    complete = tally.violation is not None or tally.judged >= most or time.monotonic() < deadline
    # a violation found late still deserves a simple witness
    patience = max(deadline, time.monotonic() + WITNESS_TIME)
    worst, simple = worst_and_simple(
        tally, 200 if hunted.scalar else 60, 600, seed_for(*label, "worsen"), patience
    )
    verdict, note = _verdict(tally, worst, drop, complete)
    anyway = False
    if drop is not None and worst is not None:
        # a claim that fails with every assumption kept says nothing about any of them
        left = max(deadline - time.monotonic(), WITNESS_TIME)
        kept = check_claim(claim, seed=seed, budget=left)
        if kept.verdict is Verdict.refuted:
            anyway, worst, simple = True, None, None
            note = (
                f"the claim is refuted with every assumption kept (at {kept.counterexample}), "
                f"so whether {drop} is needed has no answer"
            )
    return Exploration(
        claim.id, drop, verdict, tally.judged, len(tally.undecided), time.monotonic() - started, worst, simple, note,
        complete, anyway, tally.region, stated_beyond(hunted), tally.equalities,
    )  # fmt: skip


def _seed(label: tuple[object, ...], number: int, way: str) -> int:
    return seed_for(*label, way, number)


def _verdict(tally: Tally, worst: Witness | None, drop: str | None, complete: bool) -> tuple[Verdict, str]:
    if worst is not None:
        return Verdict.refuted, ""
    if why := doubts(tally, drop):
        return Verdict.suspect, why
    if not tally.judged:
        kept = "the assumptions" if drop is None else f"the other assumptions while {drop} fails"
        if not complete:
            return Verdict.unfinished, f"the time was up before an instance was found that satisfies {kept}"
        silent = ", and of which the claim says anything" if tally.silent else ""
        return Verdict.vacuous, f"no instance was found that satisfies {kept}{silent}"
    return Verdict.tested, ""
