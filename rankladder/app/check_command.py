"""``rankladder check``: verdicts on the catalogue or on claims of one's own."""

from __future__ import annotations

import contextlib
import pkgutil
import shlex
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rankladder.app.chosen import chosen_claims
from rankladder.app.output import console, page_file, print_json, versions, write_page
from rankladder.app.workers import spread
from rankladder.language.catalogue import DEFAULT, catalogue
from rankladder.language.library import UnknownClaim, select, twins_of
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Expectation, Result, Verdict
from rankladder.report.comparison import Change, compare, read_document
from rankladder.storage.results import Keeper
from rankladder.usage import UsageError

__all__ = ["Task", "exit_code", "run", "stream"]


@dataclass(frozen=True)
class Task:
    """What a worker needs to check one claim: picklable, as a claim itself is not."""

    id: str
    targets: tuple[str, ...]
    profile: str
    examples: int | None
    seed: int
    deadline: float | None
    fresh: bool
    catalogue: str


def run(options: Any) -> int:
    """Check, print, and return the exit code."""
    old = None if options.against is None else read_document(options.against)
    known = chosen_claims(options.targets, [], options.catalogue)
    try:
        claims = select(known, options.only)
    except UnknownClaim as error:
        raise UsageError(str(error)) from error
    parents: dict[str, Claim] = {}
    if options.twins:
        if options.at is not None or options.data is not None or old is not None:
            raise UsageError("--twins checks the twins of claims; give it without --at, --data and --against")
        parents, claims = claims, twins_of(claims)
        if not claims:
            raise UsageError(
                f"no twin is stated of {', '.join(list(parents)[:6])}; state one: claim.twin('slug', 'what was changed', …)"
            )
    if options.at is not None:
        from rankladder.app.at_option import run_at

        if old is not None or options.html is not None:
            raise UsageError("--at shows one instance; give it without --against and --html")
        return run_at(claims, options.at, as_json=options.json)
    if options.data is not None:
        home = catalogue(options.catalogue)
        if not home.data:
            raise UsageError(f"catalogue {home.name} takes no data; leave out --data")
        if old is not None or options.html is not None or options.resume:
            raise UsageError(
                "--data prints a table of its own; give it without --against, --html and --resume"
            )
        code: int = pkgutil.resolve_name(home.data)(claims, options)
        return code
    page = None if options.html is None else page_file(options.html)
    started = time.time()
    deadline = None if options.budget is None else started + options.budget
    tasks = [
        Task(
            i,
            tuple(options.targets),
            options.profile,
            options.examples,
            options.seed,
            deadline,
            options.fresh,
            options.catalogue,
        )
        for i in claims
    ]
    keeper = Keeper(claims, options)
    results = keeper.finished_before() if options.resume else {}
    interrupted = False
    try:
        for result in stream([t for t in tasks if t.id not in results], claims, options.workers):
            results[result.id] = result
            keeper.keep(result)
    except KeyboardInterrupt:
        interrupted = True
    ordered = [results[i] for i in claims if i in results]
    changes = None if old is None else compare(old, [r for r in ordered if r.complete], known=known)
    if options.json:
        found: dict[str, Any] = {} if changes is None else {"against": [c.to_json() for c in changes]}
        if options.twins:
            found["twins"] = _of_twins(parents, ordered)
        print_json(document(ordered, options.seed) | found)
    else:
        _print_table(ordered, options.seed, time.time() - started)
        if changes is not None:
            _print_changes(changes, options.against)
        if options.twins:
            _print_twins(_of_twins(parents, ordered))
    if page is not None:
        _write_page(page, claims, ordered, options)
    left = [i for i in claims if i not in results or not results[i].complete]
    if left:
        why = "interrupted" if interrupted else "out of budget"
        print(
            f"rankladder: {why}: {len(left)} of {len(claims)} claims not finished; go on with: {_same_command(options)}",
            file=sys.stderr,
        )
    code = exit_code(ordered, incomplete=bool(left))
    worse = changes is not None and any(c.kind == "worse" for c in changes)
    return 1 if worse and code in (0, 3) else code


def _write_page(file: Path, claims: Mapping[str, Claim], results: Sequence[Result], options: Any) -> None:
    from rankladder.report import page

    words = ["rankladder", "check", *options.targets]
    if options.catalogue != DEFAULT:
        words += ["--catalogue", options.catalogue]
    if options.profile != "default":
        words += ["--profile", options.profile]
    if options.examples is not None:
        words += ["--examples", str(options.examples)]
    text = page(claims, results, command=words, versions=versions(), only=options.only)
    write_page(file, text)


def _same_command(options: Any) -> str:
    """The command that goes on."""
    words = ["rankladder", "check", *options.targets, *(["--only", *options.only] if options.only else [])]
    usual = {"profile": "default", "examples": None, "budget": None, "seed": 0, "workers": None, "against": None,
             "html": None, "catalogue": DEFAULT}  # fmt: skip
    for name, value in usual.items():
        given = getattr(options, name)
        if given != value:
            words += [f"--{name}", f"{given:g}" if isinstance(given, float) else str(given)]
    words += [f"--{name}" for name in ("fresh", "json", "twins") if getattr(options, name)]
    return shlex.join([*words, "--resume"])


def exit_code(results: Sequence[Result], *, incomplete: bool = False) -> int:
    """0 all as expected; else the first of 4 (error), 1 (unexpected), 3 (inconclusive) that applies."""
    if any(r.verdict is Verdict.error for r in results):
        return 4
    if any(r.status == "unexpected" for r in results):
        return 1
    if incomplete or any(r.status == "inconclusive" for r in results):
        return 3
    return 0


def document(results: Sequence[Result], seed: int) -> dict[str, Any]:
    """The JSON document of a check."""
    counts = {"as_expected": 0, "unexpected": 0, "inconclusive": 0}
    for result in results:
        counts[result.status] += 1
    return {
        "schema": 1,
        "summary": counts,
        "seed": seed,
        "versions": versions(),
        "claims": [r.to_json() for r in results],
    }


def _work(task: Task) -> Result:
    from rankladder.verdicts.evidence import verdict_on

    claim = select(chosen_claims(task.targets, (), task.catalogue), [f"={task.id}"])[task.id]
    budget = None if task.deadline is None else max(0.0, task.deadline - time.time())
    # what a claim prints must not end up among the results
    with contextlib.redirect_stdout(sys.stderr):
        return verdict_on(
            claim,
            profile=task.profile,
            examples=task.examples,
            seed=task.seed,
            budget=budget,
            fresh=task.fresh,
        )


def stream(tasks: Sequence[Task], claims: Mapping[str, Claim], workers: int | None) -> Iterator[Result]:
    """Results as they come, matrix claims first because they take longest."""
    ordered = sorted(tasks, key=lambda t: claims[t.id].scalar)
    with _progress(len(tasks)) as advance:
        for result in spread(_work, ordered, workers, wanted=_in_time, lost=partial(_lost, claims)):
            advance(result)
            yield result


def _in_time(task: Task) -> bool:
    return task.deadline is None or time.time() < task.deadline


def _lost(claims: Mapping[str, Claim], task: Task) -> Result:
    """The result of a claim whose processes do not survive it."""
    claim = claims[task.id]
    detail = "every process that checked it was killed; it may need more memory than there is"
    return Result(
        claim.id, claim.title, claim.expects, Verdict.error, (Evidence("test", detail),), seed=task.seed
    )


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    if not sys.stderr.isatty():
        yield lambda result: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=total)
        yield lambda result: progress.update(bar, advance=1, description=f"{result.id} {result.verdict}")


_FEW = 12  # claims in a check that says of each what region its instances cover
_STYLES = {"as_expected": "green", "unexpected": "bold red", "inconclusive": "yellow"}


def _print_table(results: Sequence[Result], seed: int, seconds: float) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("evidence", overflow="fold", ratio=1)
    for name in ("instances", "margin", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for r in results:
        verdict = str(r.verdict) if r.as_expected else f"{r.verdict} (expected: {r.expected})"
        table.add_row(
            r.id,
            Text(verdict, style=_STYLES[r.status]),
            Text(_evidence_line(r)),
            f"{r.instances:,}",
            "-" if r.margin is None else f"{r.margin:.2g}",
            f"{r.seconds:.1f}",
        )
        if r.verdict is Verdict.tested and r.region and len(results) <= _FEW:
            table.add_row("", "", Text(f"drawn: {r.drawn}", style="dim"), "", "", "")
    out.print(table)
    out.print(summary_line(results, seed, seconds))


def _of_twins(parents: Mapping[str, Claim], results: Sequence[Result]) -> dict[str, Any]:
    """What became of the twins, and which claims that are expected to hold have none."""
    return {
        "checked": len(results),
        "refuted": sum(r.verdict is Verdict.refuted for r in results),
        "not_refuted": [r.id for r in results if r.verdict is not Verdict.refuted],
        "without": [c.id for c in parents.values() if c.expects is Expectation.holds and not c.twins],
    }


def _print_twins(found: Mapping[str, Any]) -> None:
    print(f"{found['refuted']} of {found['checked']} twins refuted")
    for name, words in (("not_refuted", "not refuted"), ("without", "claims without a twin")):
        if found[name]:
            print(textwrap.fill(f"{words}: {', '.join(found[name])}", 100, break_on_hyphens=False))


def _print_changes(changes: Sequence[Change], file: str) -> None:
    words = {"worse": "worse", "better": "better", "other": "changed", "margin": "margin shrank"}
    for c in changes:
        note = f" ({c.note})" if c.note else ""
        if c.kind in ("new", "gone"):
            print(f"{c.kind:14} {c.id}{f': {c.after}' if c.kind == 'new' else ''}")
        else:
            print(f"{words[c.kind]:14} {c.id}: {c.before} -> {c.after}{note}")
    worse = sum(c.kind == "worse" for c in changes)
    print(f"against {file}: {len(changes)} changes, {worse} for the worse")


def _evidence_line(result: Result) -> str:
    if result.counterexample is not None:
        how = "in float64: " if result.counterexample_in_float64 else ""
        return f"counterexample {how}{result.counterexample}"
    if result.as_expected or not result.evidence:
        return "; ".join(e.detail for e in result.evidence)
    told = [e for e in result.evidence if e.kind != "proof"] if result.undecided else result.evidence
    return told[-1].detail


def summary_line(results: Sequence[Result], seed: int, seconds: float) -> str:
    """The closing line of a check."""
    counts = {"as_expected": 0, "unexpected": 0, "inconclusive": 0}
    for result in results:
        counts[result.status] += 1
    names = [r.id for r in results if r.status != "as_expected"]
    tail = f": {', '.join(names[:8])}" + (" …" if len(names) > 8 else "") if names else ""
    return (
        f"{len(results)} claims: {counts['as_expected']} as expected, {counts['unexpected']} unexpected, "
        f"{counts['inconclusive']} inconclusive{tail} (seed {seed}, {seconds:.0f} s)"
    )
