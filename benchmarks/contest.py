"""What is compared: one way of ours, its rivals, and how each of them is timed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Contest", "Missing", "Rival", "Row", "interleaved", "require", "rows"]


class Missing(RuntimeError):
    """A rival that is not installed here; the message says what would be needed."""


def require(condition: bool, message: str) -> None:
    """Raise AssertionError with the message unless the condition holds: the two sides computed different things."""
    if not condition:
        raise AssertionError(message)


@dataclass(frozen=True)
class Rival:
    """Something to be beaten.

    Attributes:
        name: what it is.
        make: prepares a run and returns it; raises :class:`Missing` where it is not to be had.
        work: units of work that one run does.
        check: compares what it computes with ours and says how they agree; raises ``AssertionError`` where not.
        target: the ratio (its time over ours, per unit) asked for, or None.
    """

    name: str
    make: Callable[[], Callable[[], Any]]
    work: float
    check: Callable[[], str]
    target: float | None = None


@dataclass(frozen=True)
class Contest:
    """Our way of doing something, and its rivals.

    Attributes:
        title: what is done. unit: what a unit of work is. ours: how. run: one run of ours. work: its units.
        most: the ratio asked for is the most it may be, not the least: a price, not a gain.
    """

    title: str
    unit: str
    ours: str
    run: Callable[[], Any]
    work: float
    rivals: list[Rival] = field(default_factory=list)
    most: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the table; times in seconds for one unit of work, None where the rival is missing."""

    title: str
    unit: str
    ours: str
    rival: str
    our_time: float | None
    rival_time: float | None
    ratio: float | None
    target: float | None
    met: bool | None
    agreement: str


def interleaved(runs: list[Callable[[], Any]], rounds: int, least: float) -> list[float]:
    """Median time of one call of each, all of them called in turns.

    A sample repeats a call until it takes ``least`` seconds at least. The clock counts the time of this process
    only, so that what else the machine does weighs little; all here run on one thread.
    """
    repeats = []
    for run in runs:
        run()
        began = time.process_time()
        run()
        took = time.process_time() - began
        repeats.append(max(1, int(least / max(took, 1e-9))))
    samples: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, count, kept in zip(runs, repeats, samples, strict=True):
            began = time.process_time()
            for _ in range(count):
                run()
            kept.append((time.process_time() - began) / count)
    return [statistics.median(kept) for kept in samples]


def rows(contest: Contest, rounds: int, least: float) -> Iterator[Row]:
    """The lines of one contest: all that are there timed against each other in one run."""
    present: list[tuple[Rival, Callable[[], Any], str]] = []
    absent: list[Row] = []
    for rival in contest.rivals:
        try:
            run, agreement = rival.make(), rival.check()
        except Missing as reason:
            absent.append(_row(contest, rival, None, None, str(reason)))
        else:
            present.append((rival, run, agreement))
    times = interleaved([contest.run, *(run for _, run, _ in present)], rounds, least)
    for (rival, _, agreement), took in zip(present, times[1:], strict=True):
        yield _row(contest, rival, times[0] / contest.work, took / rival.work, agreement)
    yield from absent


def _row(contest: Contest, rival: Rival, ours: float | None, theirs: float | None, agreement: str) -> Row:
    ratio = None if ours is None or theirs is None else theirs / ours
    met = None
    if ratio is not None and rival.target is not None:
        met = ratio <= rival.target if contest.most else ratio >= rival.target
    return Row(
        contest.title,
        contest.unit,
        contest.ours,
        rival.name,
        ours,
        theirs,
        ratio,
        rival.target,
        met,
        agreement,
    )
