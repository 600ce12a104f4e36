"""The margin of a claim over a grid or a sample of its parameters, in float64; what looks bad is judged in balls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.app.sweeps.plan import Axis, Plan
from rankladder.language.statement import Claim
from rankladder.language.verdict import Verdict, finite
from rankladder.search.batches import GROUP, Sieve, draw_batch, evaluate
from rankladder.search.rounds import Tally, judge_findings
from rankladder.usage import UsageError

__all__ = ["completed", "measure", "merge"]


def completed(claim: Claim, axes: list[Axis]) -> tuple[Axis, ...]:
    """The axes given; parameters without one are drawn as a check draws them.

    Raises:
        UsageError: for a claim whose parameters are not all numbers, or an axis that is none of them.
    """
    if not claim.scalar:
        raise UsageError(f"{claim.id} has parameters that are no numbers; explore it instead")
    for one in axes:
        if one.name not in claim.over:
            raise UsageError(f"{claim.id} has no parameter {one.name!r}; it has {', '.join(claim.over)}")
        whole = one.count is not None and all(
            v.is_integer() for v in one.values(np.arange(min(one.count, 10_000)))
        )
        if one.name in claim.integers and not whole:
            raise UsageError(f"{one.name} of {claim.id} counts something: give it a grid of whole numbers")
    return tuple(axes)


def measure(
    claim: Claim, plan: Plan, number: int, *, keep: bool
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The columns of a chunk (none unless ``keep``), and its summary.

    ``applies`` says whether the assumptions hold in float64, ``margin`` is the float64 margin.

    Raises:
        UsageError: for a conclusion that cannot take arrays.
    """
    sieve = Sieve(claim, plan.seed_of(number, claim.id))
    size = plan.size(number)
    columns: dict[str, NDArray[Any]] = {}
    if keep:
        columns = {
            name: np.zeros(size, np.int64 if name in claim.integers else np.float64) for name in claim.over
        }
        columns |= {"applies": np.zeros(size, bool), "margin": np.full(size, np.nan)}
    counts = {"undefined": 0, "negative": 0}
    for places, given in _groups(claim, plan, number):
        drawn = draw_batch(claim, sieve.source, given)
        if drawn is None:
            continue
        values, mask = drawn
        margins = evaluate(claim, values)
        if margins is None:
            raise UsageError(f"the conclusion of {claim.id} cannot take arrays; explore it instead")
        mask = mask & (np.arange(GROUP) < len(places))  # a group may be padded
        sieve.add(values, mask, margins)
        counts["undefined"] += int((mask & np.isnan(margins)).sum())
        counts["negative"] += int((mask & (margins < 0)).sum())
        for name, column in columns.items():
            found = mask if name == "applies" else margins if name == "margin" else values[name]
            column[places] = np.broadcast_to(found, GROUP)[: len(places)]
    findings, tally = sieve.findings(), Tally(claim)
    judge_findings(tally, findings)
    defined = [s for s in findings.worst if not np.isnan(s.margin)]
    return columns, {
        "drawn": size,
        "instances": findings.seen,
        **counts,
        "judged": tally.judged,
        "undecided": len(tally.undecided),
        "smallest": _witness(defined[0].instance, defined[0].margin) if defined else None,
        "violation": None
        if tally.violation is None
        else _witness(tally.violation.instance, tally.violation.margin),
    }


def _witness(instance: Any, margin: float) -> dict[str, Any]:
    return {"instance": str(instance), "margin": finite(margin)}


def _groups(claim: Claim, plan: Plan, number: int) -> Iterator[tuple[NDArray[np.int64], dict[str, Any]]]:
    """Places in the chunk, ``GROUP`` of them or fewer, with the axes' values there; integers are shared in a group."""
    values = plan.chunk(number)
    integers = [name for name in values if name in claim.integers]
    every = np.arange(plan.size(number))
    parts = [every]
    if integers:
        _, kind = np.unique(np.stack([values[name] for name in integers]), axis=1, return_inverse=True)
        parts = [np.flatnonzero(kind.reshape(-1) == k) for k in range(int(kind.max()) + 1)]
    for part in parts:
        for first in range(0, len(part), GROUP):
            places = part[first : first + GROUP]
            padded = np.resize(places, GROUP)
            yield (
                places,
                {
                    name: int(column[places[0]]) if name in integers else column[padded]
                    for name, column in values.items()
                },
            )


def merge(claim: Claim, summaries: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One summary of all chunks: the first of equally bad instances stands for them."""
    smallest = [one["smallest"] for one in summaries if one["smallest"] is not None]
    violations = [one["violation"] for one in summaries if one["violation"] is not None]
    names = ("drawn", "instances", "undefined", "negative", "judged", "undecided")
    totals = {name: sum(one[name] for one in summaries) for name in names}
    if violations:
        verdict = Verdict.refuted
    elif not totals["judged"]:
        verdict = Verdict.vacuous
    else:
        verdict = Verdict.suspect if totals["undecided"] else Verdict.tested
    return {
        "id": claim.id,
        "verdict": str(verdict),
        **totals,
        "smallest": min(smallest, key=_size, default=None),
        "violation": min(violations, key=_size, default=None),
    }


def _size(witness: Mapping[str, Any]) -> float:
    return float(witness["margin"])
