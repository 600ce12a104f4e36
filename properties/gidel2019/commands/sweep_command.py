"""``rankladder sweep``: one mode, or the margin of a claim, over a grid or a sample of parameters."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rankladder.app.chosen import chosen_claims
from rankladder.app.option_types import positive_integer
from rankladder.app.output import broken, console, print_json, writable_file
from rankladder.app.sweeps import of_claim
from rankladder.app.sweeps.files import ENDINGS, PartFiles
from rankladder.app.sweeps.plan import AxisSyntaxError, Plan, axis
from rankladder.app.workers import spread
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Verdict
from rankladder.properties.gidel2019 import one_mode_sweep as one_mode
from rankladder.storage.cache import cache_folder
from rankladder.storage.finished import FinishedRows, require_version, version_of
from rankladder.usage import UsageError

__all__ = ["add_arguments", "run"]

_MOST = 10**11  # more would make too many chunks to keep track of


@dataclass(frozen=True)
class _Task:
    """What a worker needs for one chunk."""

    number: int
    plan: Plan
    id: str | None
    targets: tuple[str, ...]
    keep: bool
    version: str


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """The options of the command."""
    sub.add_argument(
        "id", nargs="?", metavar="ID", help="a claim's id: its margin; none: one mode's learning time"
    )
    sub.add_argument(
        "targets", nargs="*", metavar="FILE", help="claim files (.py) that state it; none: the catalogue"
    )
    sub.add_argument("--grid", nargs="+", action="extend", default=[], metavar="NAME=FROM:TO:COUNT[:log]",
                     help="values of a parameter (of one mode: s, theta, and delta or z0); NAME=VALUE for a fixed one")  # fmt: skip
    sub.add_argument("--range", nargs="+", action="extend", default=[], metavar="NAME=FROM:TO[:log]",
                     help="draw a parameter between these ends")  # fmt: skip
    sub.add_argument("--sample", type=positive_integer, metavar="N", help="draws, at each point of the grid")
    sub.add_argument("--out", metavar="FILE", help="write every instance to FILE (.parquet or .npz)")
    sub.add_argument("--seed", type=int, default=0, metavar="N", help="fixes every draw (default 0)")
    sub.add_argument(
        "--resume", action="store_true", help="keep what an interrupted run of the same command has finished"
    )
    sub.add_argument(
        "--workers", type=positive_integer, metavar="N", help="processes (default: the processors there are)"
    )
    sub.add_argument("--dask", metavar="tcp://HOST:PORT", help="let the workers of this Dask scheduler do it")


def run(options: Any) -> int:
    """Sweep, write, print, and return the exit code."""
    claim = _claim(options)
    plan = _plan(options, claim)
    version = version_of(claim)
    parts = None
    if options.out is not None:
        parts = PartFiles(writable_file(options.out, ENDINGS), {"regime": one_mode.REGIMES})
    targets = tuple(str(Path(target).resolve()) for target in options.targets)  # workers may run elsewhere
    tasks = [
        _Task(
            number,
            plan,
            None if claim is None else claim.id,
            targets,
            parts is not None,
            version,
        )
        for number in range(plan.chunks)
    ]
    sweep = _Sweep(tasks, parts, options)
    started = time.monotonic()
    interrupted = False
    try:
        with _progress(plan, len(sweep.summaries)) as advance:
            for number, columns, summary in spread(_work, sweep.left(), options.workers, dask=options.dask):
                sweep.keep(number, columns, summary)
                advance(plan.size(number))
    except KeyboardInterrupt:
        interrupted = True
    left = len(sweep.left())
    if left:
        print(
            f"rankladder: {'interrupted' if interrupted else 'not finished'}: {left} of {plan.chunks} parts not finished; "
            f"go on with: {_same_command(options)}",
            file=sys.stderr,
        )
        return 3
    ordered = [sweep.summaries[number] for number in range(plan.chunks)]
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
    if parts is not None:
        parts.join(plan.chunks)
    if options.json:
        print_json(report)
    else:
        _print(report)
    return _exit_code(report, claim)


class _Sweep:
    """The chunks that are done: their summaries in the cache, their columns in the parts of the results file."""

    def __init__(self, tasks: list[_Task], parts: PartFiles | None, options: Any) -> None:
        self._tasks, self._parts = tasks, parts
        plan = tasks[0].plan
        # what is swept over; the results file too, because a part and its summary belong together
        settings = {
            "axes": [list(one.__dict__.values()) for one in plan.axes],
            "sample": plan.sample,
            "seed": plan.seed,
            "targets": [str(Path(target).resolve()) for target in options.targets],
            "out": None if options.out is None else str(Path(options.out).resolve()),
        }
        self._rows = FinishedRows(cache_folder("sweeps"), settings, durable=False)
        self._name = tasks[0].id or "one mode"
        self._silent = False
        self.summaries: dict[int, Mapping[str, Any]] = {}
        if options.resume:
            for task in tasks:
                row = self._rows.get(self._name, str(task.number), task.version)
                if row is not None and (parts is None or parts.has(task.number)):
                    self.summaries[task.number] = row
        elif parts is not None:
            parts.clear()

    def left(self) -> list[_Task]:
        """The chunks still to be made."""
        return [task for task in self._tasks if task.number not in self.summaries]

    def keep(self, number: int, columns: Any, summary: Mapping[str, Any]) -> None:
        """Keep a chunk: its part first, so that a summary never lacks it."""
        if self._parts is not None:
            self._parts.write(number, columns)
        self.summaries[number] = summary
        try:
            self._rows.keep(self._name, str(number), self._tasks[number].version, summary)
        except OSError as error:
            if not self._silent:
                print(f"rankladder: cannot keep what is finished in {self._rows.folder}: {error.strerror}; the sweep goes on", file=sys.stderr)  # fmt: skip
            self._silent = True


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
            except Exception as error:  # whatever the claim's own code raises
                raise UsageError(broken(claim, error)) from error
    return task.number, columns if task.keep else None, summary


@contextlib.contextmanager
def _progress(plan: Plan, done: int) -> Iterator[Any]:
    if not sys.stderr.isatty():
        yield lambda size: None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.completed:,} instances"))  # fmt: skip
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=plan.total, completed=done * plan.chunk_size)
        yield lambda size: progress.update(bar, advance=size)


def _exit_code(report: Mapping[str, Any], claim: Claim | None) -> int:
    if claim is None:
        return 1 if report["outside_bracket"] else 0
    verdict = Verdict(report["verdict"])
    if verdict.inconclusive:
        return 3
    # a sweep that finds no violation of a false claim may have looked elsewhere
    return 1 if verdict is Verdict.refuted and claim.expects is Expectation.holds else 0


def _same_command(options: Any) -> str:
    words = ["rankladder", "sweep", *([options.id] if options.id else []), *options.targets]
    for name, usual in (("grid", []), ("range", []), ("sample", None), ("seed", 0), ("out", None), ("workers", None),
                        ("dask", None)):  # fmt: skip
        given = getattr(options, name)
        if given != usual:
            words += [f"--{name}", *(given if isinstance(given, list) else [str(given)])]
    return shlex.join([*words, *(["--json"] if options.json else []), "--resume"])


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
                print(f"  {words} {float(report[name]['margin']):.6g} at {report[name]['instance']}")
    if report["file"]:
        print(f"  written to {report['file']}")
