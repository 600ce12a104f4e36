"""``rankladder sweep``: one mode, or the margin of a claim, over a grid or a sample of parameters."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rankladder.app.arguments import (
    add_dask,
    add_resume,
    add_seed,
    add_targets,
    add_workers,
    positive_integer,
)
from rankladder.app.chosen import chosen_claims
from rankladder.app.long_run import run_tasks, say_unfinished
from rankladder.app.output import broken, print_json, writable_file
from rankladder.app.sweeps import of_claim
from rankladder.app.sweeps.files import ENDINGS, packed, require_writer, unpacked, write_columns
from rankladder.app.sweeps.plan import AxisSyntaxError, Plan, axis
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Verdict
from rankladder.numbers.nothing import margin_text
from rankladder.properties.gidel2019.commands import one_mode_sweep as one_mode
from rankladder.storage.finished import Finished
from rankladder.storage.versions import require_version, version_of
from rankladder.usage import UsageError

__all__ = ["add_arguments", "run"]

_MOST = 10**11  # more would make too many chunks to keep track of


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument(
        "id", nargs="?", metavar="ID", help="a claim's id: its margin; none: one mode's learning time"
    )
    add_targets(sub, "FILE", " that state it")
    sub.add_argument("--grid", nargs="+", action="extend", default=[], metavar="NAME=FROM:TO:COUNT[:log]",
                     help="values of a parameter (of one mode: s, theta, and delta or z0); NAME=VALUE for a fixed one")  # fmt: skip
    sub.add_argument("--range", nargs="+", action="extend", default=[], metavar="NAME=FROM:TO[:log]",
                     help="draw a parameter between these ends")  # fmt: skip
    sub.add_argument("--sample", type=positive_integer, metavar="N", help="draws, at each point of the grid")
    sub.add_argument("--out", metavar="FILE", help="write every instance to FILE (.parquet or .npz)")
    add_seed(sub)
    add_resume(sub)
    add_workers(sub)
    add_dask(sub)


@dataclass(frozen=True)
class _Task:
    """What a worker needs for one chunk."""

    number: int
    plan: Plan
    id: str | None
    targets: tuple[str, ...]
    keep: bool
    version: str


def run(options: Any) -> int:
    """Sweep, write, print, and return the exit code."""
    claim = _claim(options)
    plan = _plan(options, claim)
    out = None if options.out is None else writable_file(options.out, ENDINGS)
    if out is not None:
        require_writer(out)
    version = version_of(claim)
    targets = tuple(str(Path(target).resolve()) for target in options.targets)  # workers may run elsewhere
    tasks = [
        _Task(number, plan, None if claim is None else claim.id, targets, out is not None, version)
        for number in range(plan.chunks)
    ]
    started = time.monotonic()
    # the columns are too much for the cache, and a chunk and its summary belong together
    rows = Finished(_settings(plan, claim, targets, out), None if out is None else _parts(out))
    summaries: dict[int, Mapping[str, Any]] = {}
    if options.resume:
        known = {task.number: rows.get(task.number, version) for task in tasks}
        summaries = {number: row for number, row in known.items() if row is not None}
    elif out is not None:
        rows.file.unlink(missing_ok=True)

    def keep(done: tuple[int, Any, dict[str, Any]]) -> None:
        number, columns, summaries[number] = done
        rows.keep(number, version, summaries[number], None if columns is None else packed(columns))

    interrupted = run_tasks(
        _work, [task for task in tasks if task.number not in summaries], options, keep=keep, must_keep=out is not None,
        words=lambda done: f"{plan.total:,} instances", size=lambda done: plan.size(done[0]),
        total=plan.total, before=sum(map(plan.size, summaries)),
    )  # fmt: skip
    if left := plan.chunks - len(summaries):
        say_unfinished("interrupted" if interrupted else "not finished", left, plan.chunks, "parts", options)
        return 3
    if out is not None:
        chunks = (unpacked(rows.data(number, version)) for number in range(plan.chunks))
        write_columns(out, chunks, {"regime": one_mode.REGIMES})
        rows.file.unlink()
    ordered = [summaries[number] for number in range(plan.chunks)]
    found = one_mode.merge(ordered) if claim is None else of_claim.merge(claim, ordered)
    report = {
        "of": "one mode" if claim is None else claim.id,
        "parameters": {one.name: [one.low, one.high, one.count] for one in plan.axes},
        "sample": plan.sample,
        "seed": plan.seed,
        **found,
        "file": options.out,
        "seconds": round(time.monotonic() - started, 3),
    }
    if options.json:
        print_json(report)
    else:
        _print(report)
    return _exit_code(report, claim)


def _parts(out: Path) -> Path:
    """Where the columns are kept until all are there."""
    return out.with_name(f".{out.name}.parts")


def _settings(plan: Plan, claim: Claim | None, targets: tuple[str, ...], out: Path | None) -> dict[str, Any]:
    """What fixes a chunk besides its number and the version."""
    return {
        "sweep": None if claim is None else claim.id,
        "axes": [list(one.__dict__.values()) for one in plan.axes],
        "sample": plan.sample,
        "seed": plan.seed,
        "targets": targets,
        "out": out is not None,
    }


def _claim(options: Any) -> Claim | None:
    if options.id is None and not options.targets:
        return None
    claims = chosen_claims(options.targets, [options.id] if options.id else [], options.catalogue)
    if len(claims) != 1:
        raise UsageError(
            f"a sweep takes one claim, but these are {len(claims)}: {', '.join(list(claims)[:6])} …"
        )
    return next(iter(claims.values()))


def _plan(options: Any, claim: Claim | None) -> Plan:
    try:
        axes = [axis(text, drawn=False) for text in options.grid]
        axes += [axis(text, drawn=True) for text in options.range]
    except AxisSyntaxError as error:
        raise UsageError(str(error)) from error
    names = [one.name for one in axes]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise UsageError(f"parameter {doubled} is given twice; leave one out")
    if options.sample is None and (options.range or (claim is not None and set(names) != set(claim.over))):
        raise UsageError("some parameters are drawn: say how often with --sample N")
    complete = one_mode.completed(axes) if claim is None else of_claim.completed(claim, axes)
    plan = Plan(complete, options.sample or 1, options.seed)
    if plan.total > _MOST:
        raise UsageError(f"these are {plan.total:.3g} instances; sweep {_MOST:.0e} of them at most")
    return plan


def _work(task: _Task) -> tuple[int, Any, dict[str, Any]]:
    claim = None if task.id is None else chosen_claims(task.targets, ())[task.id]
    require_version(version_of(claim), task.version)
    with contextlib.redirect_stdout(sys.stderr):
        if claim is None:
            columns, summary = one_mode.measure(task.plan, task.number)
        else:
            try:
                columns, summary = of_claim.measure(claim, task.plan, task.number, keep=task.keep)
            except UsageError:
                raise
            except (Exception, SystemExit) as error:  # whatever the claim's own code raises
                raise UsageError(broken(claim, error)) from error
    return task.number, columns if task.keep else None, summary


def _exit_code(report: Mapping[str, Any], claim: Claim | None) -> int:
    if claim is None:
        return 1 if report["outside_bracket"] else 0
    verdict = Verdict(report["verdict"])
    if verdict.inconclusive:
        return 3
    # a sweep that finds no violation of a false claim may have looked elsewhere
    return 1 if verdict is Verdict.refuted and claim.expects is Expectation.holds else 0


def _print(report: Mapping[str, Any]) -> None:
    if "transition_step" in report:
        low, high = report["transition_step"]
        regimes = ", ".join(f"{name} {count:,}" for name, count in report["regimes"].items())
        print(f"{report['instances']:,} instances ({regimes}), {report['seconds']:.1f} s")
        print(f"  first step at or above theta: {low:,} to {high:,}")
        print(f"  outside the bracket of GD-6: {report['outside_bracket']:,}")
    else:
        aside = report["drawn"] - report["instances"]
        others = f", {aside:,} more break an assumption" if aside else ""
        print(
            f"{report['id']}: {report['verdict']} ({report['instances']:,} instances{others}, "
            f"{report['seconds']:.1f} s)"
        )
        clear = report["instances"] - report["negative"] - report["undefined"]
        print(
            f"  in float64 {clear:,} margins are at least 0, {report['negative']:,} below, "
            f"{report['undefined']:,} have no value; judged in balls: {report['judged']:,}"
        )
        for name, words in (("smallest", "least margin in float64"), ("violation", "violated, margin")):
            if report[name] is not None:
                print(
                    f"  {words} {margin_text(float(report[name]['margin']), 6)} at {report[name]['instance']}"
                )
    if report["file"]:
        print(f"  written to {report['file']}")
