"""Hunts as tasks: each one in one part or in several, which may run anywhere and in any order."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rankladder.app.chosen import chosen_claims
from rankladder.domains.randomness import seed_for
from rankladder.language.catalogue import DEFAULT
from rankladder.language.verdict import Verdict, finite
from rankladder.search.explore import WITNESS_TIME, Exploration, explore_claim
from rankladder.search.time_limit import TookTooLong, no_longer_than
from rankladder.storage.counterexamples import Stored, save
from rankladder.storage.files import tidy
from rankladder.storage.finished import Finished
from rankladder.storage.versions import require_version, version_of, versions

__all__ = ["Hunt", "HuntTask", "Hunts", "Row", "lost", "merged", "work"]

_FINISHED = Path(".finished") / "rows.sqlite"  # in a store, for the rows of finished hunts

Hunt = tuple[str, str | None]  # a claim's id, the assumption dropped
Row = Mapping[str, Any]


@dataclass(frozen=True)
class HuntTask:
    """What a worker needs for a part of a hunt: picklable, as a claim itself is not."""

    id: str
    dropped: str | None
    targets: tuple[str, ...]
    budget: float
    examples: int
    seed: int
    version: str
    part: int = 0
    parts: int = 1
    catalogue: str = DEFAULT

    @property
    def hunt(self) -> Hunt:
        """The hunt it belongs to."""
        return self.id, self.dropped

    @property
    def settings(self) -> dict[str, Any]:
        """What fixes its row besides the claim, the assumption and the version."""
        part = {"part": [self.part, self.parts]} if self.parts > 1 else {}
        return {
            "budget": self.budget,
            "examples": self.examples,
            "seed": self.seed,
            "targets": self.targets,
        } | part


def work(task: HuntTask) -> tuple[HuntTask, dict[str, Any]]:
    """One part of a hunt; the first draws as a hunt of one part does."""
    claim = chosen_claims(task.targets, (), task.catalogue)[task.id]
    require_version(version_of(claim), task.version)
    seed = task.seed if task.part == 0 else seed_for("part", task.seed, task.part)
    budget, most = task.budget / task.parts, -(-task.examples // task.parts)
    try:
        # what a claim prints must not end up among the results
        with contextlib.redirect_stdout(sys.stderr), no_longer_than(budget + WITNESS_TIME):
            found = explore_claim(claim, drop=task.dropped, budget=budget, seed=seed, most=most)
    except (Exception, SystemExit, TookTooLong) as error:  # the others' hunts go on
        told = [str(error), *getattr(error, "__notes__", ())[:1]]
        return task, _broken(task, f"{type(error).__name__}: {' '.join(', '.join(told).split())}")
    return task, found.to_json()


def lost(task: HuntTask) -> tuple[HuntTask, dict[str, Any]]:
    """The row of a hunt whose processes do not survive it."""
    return task, _broken(task, "every process that hunted was killed; it may need more memory than there is")


def _broken(task: HuntTask, note: str) -> dict[str, Any]:
    return Exploration(task.id, task.dropped, Verdict.error, 0, 0, 0.0, note=note).to_json()


class Hunts:
    """The hunts of one command: their parts, what is known of them, what is still to be done.

    Parts after the first one that found a counterexample are not needed: the result of a hunt is made of the parts
    up to that one, whatever the order in which they were done.
    """

    def __init__(self, tasks: Sequence[HuntTask], store: Path, *, resume: bool = False) -> None:
        """The hunts; ``resume`` takes up what earlier runs of the same command have finished."""
        self._tasks = tasks
        self._store = store
        self._rows: dict[Hunt, dict[int, Row]] = {task.hunt: {} for task in tasks}
        for task in tasks if resume else ():
            row = self._finished(task).get(task.hunt, task.version)
            if row is not None:
                self._rows[task.hunt][task.part] = row
        tidy(store)

    def _finished(self, task: HuntTask) -> Finished:
        return Finished(task.settings, self._store / _FINISHED)

    def wanted(self, task: HuntTask) -> bool:
        """Whether a part is still to be done."""
        rows = self._rows[task.hunt]
        return task.part not in rows and not any(
            p < task.part and _ends(row) for p, row in list(rows.items())
        )

    def left(self) -> list[HuntTask]:
        """All parts still to be done."""
        return [task for task in self._tasks if self.wanted(task)]

    def keep(self, task: HuntTask, row: Row) -> None:
        """Keep the counterexample, then the row, so that a row never lacks its file.

        Raises:
            OSError: when the store cannot be written.
        """
        self._rows[task.hunt][task.part] = row
        if row["verdict"] == Verdict.error:
            return
        found = row["simple"]
        if found is not None:
            save(Stored(task.id, task.dropped, found["instance"], float(found["margin"]), found["bits"], versions()), self._store)  # fmt: skip
        finished = self._finished(task)
        finished.keep(task.hunt, task.version, row)
        if not (ignored := finished.file.with_name(".gitignore")).exists():
            ignored.write_text("*\n", encoding="utf-8")  # who keeps counterexamples in git keeps these alone

    def finished(self) -> dict[Hunt, Row]:
        """The rows of the hunts of which nothing is left to do, in their order."""
        open_hunts = {task.hunt for task in self.left()}
        return {
            hunt: merged([rows[part] for part in sorted(rows)])
            for hunt, rows in self._rows.items()
            if hunt not in open_hunts
        }


def _ends(row: Row) -> bool:
    return row["verdict"] in (Verdict.refuted, Verdict.error)


def merged(rows: Sequence[Row]) -> Row:
    """One row of the parts of a hunt, in their order.

    >>> part = {"verdict": "tested", "instances": 5, "undecided": 0, "seconds": 1.5, "complete": True, "note": "", "region": {"s": [1.0, 2.0]}}
    >>> merged([part, part])["instances"]
    10
    >>> merged([part, {**part, "region": {"s": [0.5, 1.5]}}])["region"]
    {'s': [0.5, 2.0]}
    >>> merged([part, {**part, "verdict": "refuted"}, part])["instances"]
    10
    """
    ends = next((n for n, row in enumerate(rows) if _ends(row)), len(rows) - 1)
    used = rows[: ends + 1]
    if len(used) == 1:
        return used[0]
    ranks = {
        verdict: n
        for n, verdict in enumerate(("vacuous", "unfinished", "tested", "suspect", "refuted", "error"))
    }
    best = max(used, key=lambda row: ranks[row["verdict"]])
    totals = {name: sum(row[name] for row in used) for name in ("instances", "undecided")}
    region: dict[str, list[Any]] = {}
    for row in used:
        for name, ends in row["region"].items():
            low, high = map(float, region.get(name, ends))
            region[name] = [finite(min(low, float(ends[0]))), finite(max(high, float(ends[1])))]
    return {
        **best,
        **totals,
        "region": region,
        "seconds": round(sum(row["seconds"] for row in used), 3),
        "complete": all(row["complete"] for row in used),
    }
