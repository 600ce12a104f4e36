"""``rankladder check --data``: the matrix claims on the user's own data."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from properties.commands.chosen import chosen_claims
from properties.commands.output import console, print_json, versions
from properties.commands.workers import spread
from properties.data.own_data import OnData, exact_problem, on_data
from properties.data.reading import read_dataset
from properties.generators.problems import JointProblem
from properties.stating.statement import Claim
from properties.stating.verdict import Expectation, Result, Verdict
from properties.usage import UsageError

__all__ = ["run_on_data"]


@dataclass(frozen=True)
class _Task:
    id: str
    targets: tuple[str, ...]
    files: tuple[str, ...]
    profile: str
    examples: int | None
    seed: int
    deadline: float | None


@dataclass(frozen=True)
class _Row:
    """What came of one claim: it applies with ``result``, or not, and ``anyway`` is how its conclusion fares."""

    id: str
    why: str
    outside: tuple[str, ...]
    result: Result | None
    anyway: Result | None

    @property
    def status(self) -> str:
        """``as_expected``, ``unexpected``, ``inconclusive``, or ``does_not_apply``."""
        if self.result is None or self.result.verdict is Verdict.vacuous:
            return "does_not_apply"
        if self.result.status == "unexpected" and self.result.verdict is not Verdict.error and self.outside:
            return "inconclusive"  # the claim was never stated for such numbers
        return self.result.status


def run_on_data(claims: Mapping[str, Claim], options: Any) -> int:
    """Check, print, and return the exit code.

    Raises:
        UsageError: for data that cannot be read, and when no claim speaks of data sets.
    """
    if len(options.data) > 2:
        raise UsageError(
            f"--data takes X [Y] but got {len(options.data)} files; put claim files before --data"
        )
    files = tuple(options.data)
    problem = _problem(files)
    speaking = [
        c.id
        for c in claims.values()
        if c.expects is not Expectation.refuted and on_data(c, problem) is not None
    ]
    if not speaking:
        raise UsageError(
            "none of these claims is a matrix claim that is expected to hold; rankladder list names them"
        )
    deadline = None if options.budget is None else time.time() + options.budget
    tasks = [
        _Task(i, tuple(options.targets), files, options.profile, options.examples, options.seed, deadline)
        for i in speaking
    ]
    done = {row.id: row for row in spread(_work, tasks, options.workers, wanted=_in_time)}
    rows = [done[i] for i in speaking if i in done]
    if options.json:
        print_json(_document(problem, rows, options))
    else:
        _print(problem, rows, len(claims) - len(speaking), len(speaking) - len(rows))
    status = {row.status for row in rows}
    if any(r.result is not None and r.result.verdict is Verdict.error for r in rows):
        return 4
    if "unexpected" in status:
        return 1
    return 3 if "inconclusive" in status or len(rows) < len(speaking) else 0


@cache
def _problem(files: tuple[str, ...]) -> JointProblem:
    data = read_dataset(files[0], files[1] if len(files) > 1 else None, center=None, standardize=False)
    try:
        return exact_problem(data)
    except ValueError as error:
        raise UsageError(f"{files[0]}: {error}") from error


def _in_time(task: _Task) -> bool:
    return task.deadline is None or time.time() < task.deadline


def _work(task: _Task) -> _Row:
    from properties.engine.checking import check_claim

    found = on_data(chosen_claims(task.targets, ())[task.id], _problem(task.files)) or OnData(None)
    budget = None if task.deadline is None else max(0.0, task.deadline - time.time())

    def checked(claim: Claim | None) -> Result | None:
        if claim is None:
            return None
        return check_claim(claim, profile=task.profile, examples=task.examples, seed=task.seed, budget=budget)

    return _Row(task.id, found.why, found.outside, checked(found.claim), checked(found.anyway))


def _document(problem: JointProblem, rows: list[_Row], options: Any) -> dict[str, Any]:
    d, p, _ = problem.shape
    return {
        "schema": 1,
        "data": {
            "files": list(options.data),
            "d": d,
            "p": p,
            "m": len(problem.sigma),
            "commutes": not problem.B,
            "sigma": [float(x) for x in problem.sigma],
            "lam": [float(x) for x in problem.lam],
        },
        "seed": options.seed,
        "versions": versions(),
        "claims": [
            {
                "id": row.id,
                "status": row.status,
                "why": row.why,
                "outside": list(row.outside),
                "result": None if row.result is None else row.result.to_json(),
                "anyway": None if row.anyway is None else row.anyway.to_json(),
            }
            for row in rows
        ],
    }


def _print(problem: JointProblem, rows: list[_Row], others: int, unfinished: int) -> None:
    from rich.table import Table

    d, p, _ = problem.shape
    out = console()
    kind = "do not commute" if problem.B else "commute"
    out.print(
        f"data: d = {d}, p = {p}, m = {len(problem.sigma)} modes; Sxx and Sxy {kind}; in units in which sigma_1 = 4 and "
        f"lam is at most {float(max(problem.lam)):.3g}"
    )
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("claim", "on this data"):
        table.add_column(name, no_wrap=True)
    for name in ("instances", "margin"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", overflow="fold", ratio=1)
    for row in rows:
        applies = row.status != "does_not_apply"
        shown = row.result if applies else row.anyway
        table.add_row(
            row.id,
            str(row.result.verdict) if applies and row.result else "does not apply",
            f"{shown.instances:,}" if shown else "",
            "" if shown is None or shown.margin is None else f"{shown.margin:.2g}",
            _note(row),
        )
    out.print(table)
    counts = {
        name: sum(r.status == name for r in rows) for name in ("as_expected", "unexpected", "inconclusive")
    }
    silent = sum(r.status == "does_not_apply" for r in rows)
    out.print(
        f"{len(rows)} claims: {counts['as_expected']} hold on this data, {counts['unexpected']} fail, "
        f"{counts['inconclusive']} inconclusive, {silent} do not apply"
        + (f"; {others} others say nothing of single data sets, or are false" if others else "")
        + (f"; {unfinished} not finished" if unfinished else "")
    )


def _note(row: _Row) -> str:
    parts = [row.why] if row.why else []
    if row.result is not None and row.result.verdict is Verdict.vacuous:
        parts.append("its assumptions are not met together with this data")
    if row.result is not None and row.result.verdict is Verdict.error:
        parts.append(row.result.evidence[-1].detail)
    if row.anyway is not None:
        words = {Verdict.tested: "its conclusion holds all the same", Verdict.refuted: "its conclusion fails"}
        parts.append(words.get(row.anyway.verdict, f"its conclusion: {row.anyway.verdict}"))
    found = row.result if row.result is not None else row.anyway
    if found is not None and found.counterexample is not None:
        rest = {n: v for n, v in found.counterexample.items() if isinstance(v, (Fraction, int))}
        parts.append("at " + ", ".join(f"{n}={v}" for n, v in rest.items()) if rest else "")
    parts += [f"beyond what the claim is checked on: {what}" for what in row.outside]
    return "; ".join(part for part in parts if part)
