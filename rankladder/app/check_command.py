"""``rankladder check``: verdicts on a catalogue or on claims of one's own."""

from __future__ import annotations

import argparse
import contextlib
import pkgutil
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_seed, add_targets, add_workers, positive_integer, positive_number
from rankladder.app.check_table import print_results
from rankladder.app.chosen import chosen_claims, claims_of_run, name_of_run
from rankladder.app.long_run import command_again, run_tasks, say_unfinished
from rankladder.app.output import page_file, print_json, write_page
from rankladder.language.catalogue import COMPARISON, catalogue
from rankladder.language.library import UnknownClaim, select, twins_of
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Expectation, Result, Verdict
from rankladder.report.comparison import Change, compare, read_document
from rankladder.storage.reading import files_read, listen
from rankladder.storage.results import FinishedChecks
from rankladder.storage.versions import versions
from rankladder.usage import UsageError

__all__ = ["add_arguments", "check_claims", "document", "exit_code", "further_words", "kept_results", "run"]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_targets(sub)
    sub.add_argument("--only", nargs="+", action="extend", default=[], metavar="ID",
                     help="only these claims: an id with its children, a family, a pattern '*.not-*', =ID for that one alone, ID~SLUG for a twin")  # fmt: skip
    sub.add_argument(
        "--twins", action="store_true", help="check the twins of the claims instead: each must be refuted"
    )
    sub.add_argument(
        "--profile",
        choices=("quick", "default", "deep"),
        default="default",
        help="how hard to look (default: default)",
    )
    sub.add_argument("--examples", type=positive_integer, metavar="N", help="instances to judge per claim")
    sub.add_argument("--budget", type=positive_number, metavar="SECONDS", help="stop after this long")
    sub.add_argument("--against", metavar="OLD.json",
                     help="what changed since an earlier check --json; a verdict got worse: exit code 1")  # fmt: skip
    sub.add_argument("--at", metavar="INSTANCE",
                     help="one claim on one instance, step by step: --at 's=1/3, z0=1/2, steps=3'")  # fmt: skip
    sub.add_argument("--data", nargs="+", metavar=("X", "Y"),
                     help="the matrix claims on your own data: .npy, .csv, .parquet or .npz, as for rankladder data")  # fmt: skip
    sub.add_argument("--target", nargs="+", action="extend", default=[], metavar="COLUMN",
                     help="of --data X: these columns are the targets, by name or by number from 1 on")  # fmt: skip
    sub.add_argument(
        "--one-hot", action="store_true", help="of --data: the targets are labels, a column for each"
    )
    sub.add_argument("--simulator", metavar="FILE:NAME",
                     help="your own gradient descent in the place of ours, in every claim about its orbits")  # fmt: skip
    sub.add_argument("--html", metavar="FILE", help="write a report that needs no other file and no network")
    sub.add_argument(
        "--resume",
        action="store_true",
        dest="resumed",
        help="go on where a run stopped, as check does anyway without --fresh",
    )
    sub.add_argument(
        "--fresh", action="store_true", help="check again what was checked before and has not changed"
    )
    add_seed(sub)
    add_workers(sub)


@dataclass(frozen=True)
class _Task:
    """What a worker needs to check one claim: picklable, as a claim itself is not."""

    id: str
    targets: tuple[str, ...]
    profile: str
    examples: int | None
    seed: int
    deadline: float | None
    catalogue: str
    run: str


def run(options: Any) -> int:
    """Check, print, and return the exit code."""
    listen()
    if options.data is None and (options.one_hot or options.target):
        option = "--one-hot" if options.one_hot else "--target"
        raise UsageError(f"{option} is about the targets of --data; give --data X Y, or leave it out")
    old = None if options.against is None else read_document(options.against)
    known = chosen_claims(options.targets, [], options.catalogue)
    if options.simulator is not None:
        return _with_simulator(known, options)
    if any(wanted.removeprefix("=").upper() == COMPARISON for wanted in options.only):
        raise UsageError(
            f"{COMPARISON} says that each step of your own algorithm is one of gradient descent; name it: --simulator FILE:NAME"
        )
    try:
        claims = select(known, options.only)
    except UnknownClaim as error:
        raise UsageError(str(error)) from error
    parents: dict[str, Claim] = {}
    if options.twins:
        if options.at is not None or options.data is not None or old is not None:
            raise UsageError("--twins checks the twins of claims; give it without --at, --data and --against")
        named = {id: c for id, c in claims.items() if "~" in id}  # a twin that is asked for by its own id
        parents = {id: c for id, c in claims.items() if id not in named}
        claims = {**named, **twins_of(parents)}
        if not claims:
            some = ", ".join(list(parents)[:6]) + (" …" if len(parents) > 6 else "")
            raise UsageError(f"no twin is stated of {some}; state one: claim.twin('slug', 'the change', …)")
    if options.at is not None:
        from rankladder.app.at_option import run_at

        if old is not None or options.html is not None:
            raise UsageError("--at shows one instance; give it without --against and --html")
        return run_at(claims, options.at, as_json=options.json)
    if options.data is not None:
        home = catalogue(options.catalogue)
        if not home.data:
            raise UsageError(f"catalogue {home.name} takes no data; leave out --data")
        if old is not None or options.html is not None:
            raise UsageError("--data prints a table of its own; give it without --against and --html")
        code: int = pkgutil.resolve_name(home.data)(claims, options)
        return code
    page = None if options.html is None else page_file(options.html)
    started = time.time()
    deadline = None if options.budget is None else started + options.budget
    results = {} if options.fresh else FinishedChecks(claims, options).before()
    interrupted = check_claims(claims, options, results, deadline)
    ordered = [results[i] for i in claims if i in results]
    changes = None if old is None else compare(old, [r for r in ordered if r.complete], known=known)
    if options.json:
        found: dict[str, Any] = {} if changes is None else {"against": [c.to_json() for c in changes]}
        if options.twins:
            found["twins"] = _of_twins(parents, ordered)
        print_json(document(ordered, options.seed) | found)
    else:
        asserting = None if options.targets else catalogue(options.catalogue)
        print_results(
            ordered, options.seed, time.time() - started, again=further_words(options), home=asserting
        )
        if changes is not None:
            _print_changes(changes, options.against)
        if options.twins:
            _print_twins(_of_twins(parents, ordered))
    if page is not None:
        _write_page(page, claims, ordered, options)
    left = [i for i in claims if i not in results or not results[i].complete]
    if left:
        why = "interrupted" if interrupted else "out of budget"
        say_unfinished(why, len(left), len(claims), "claims", options, names=left)
    code = exit_code(ordered, incomplete=bool(left))
    worse = changes is not None and any(c.kind == "worse" for c in changes)
    return 1 if worse and code in (0, 3) else code


def _with_simulator(known: Mapping[str, Claim], options: Any) -> int:
    from rankladder.app.simulator_option import run_with

    if options.data is not None:
        raise UsageError("--simulator draws its own instances; give it without --data")
    if options.twins or options.against is not None:
        raise UsageError("--simulator checks your own algorithm anew; give it without --twins and --against")
    return run_with(known, options)


def _write_page(file: Path, claims: Mapping[str, Claim], results: Sequence[Result], options: Any) -> None:
    from rankladder.report.page import page

    words = command_again(options, names=("targets", "catalogue", "profile", "examples"))
    write_page(file, page(claims, results, command=words, versions=versions(), only=options.only))


def kept_results(claims: Mapping[str, Claim], options: Any) -> dict[str, Result]:
    """The verdicts that earlier checks of the same files or catalogue have kept, those of thorough ones first."""
    found: dict[str, Result] = {}
    for profile in ("quick", "default", "deep"):
        settings = argparse.Namespace(catalogue=options.catalogue, targets=options.targets, profile=profile)
        found |= FinishedChecks(claims, settings).before()
    return found


def check_claims(
    claims: Mapping[str, Claim], options: Any, results: dict[str, Result], deadline: float | None = None
) -> bool:
    """Check the claims that have no result yet, and keep each result as it comes; whether it was interrupted."""
    finished, name = FinishedChecks(claims, options), name_of_run()

    def keep(done: _Done) -> None:
        results[done.result.id] = done.result
        finished.keep(done.result, done.read)

    tasks = [
        _Task(
            id, tuple(options.targets), options.profile, options.examples, options.seed, deadline, options.catalogue,
            name,
        )
        for id in sorted(claims, key=lambda id: _brevity(claims[id]))
        if id not in results
    ]  # fmt: skip
    return run_tasks(
        _work, tasks, options, keep=keep, words=lambda done: f"{done.result.id} {done.result.verdict}", before=len(results),
        wanted=_in_time, lost=partial(_lost, claims), at_most=getattr(options, "budget", None),
    )  # fmt: skip


def _brevity(claim: Claim) -> tuple[bool, bool]:
    """Sorts the claims that take longest first: those over matrices, then those that no relation says, for all to end together."""
    return claim.scalar, claim.relation is not None or claim.induction is not None


def further_words(options: Any) -> list[str]:
    """What a command about one of the claims needs besides its id: their files, or their catalogue."""
    return command_again(options, names=("targets", "catalogue"))[2:]


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


@dataclass(frozen=True)
class _Done:
    """A result, and every file that it may rest on, as it was when it was read; None where one changed meanwhile."""

    result: Result
    read: Mapping[str, str] | None


def _work(task: _Task) -> _Done:
    from rankladder.verdicts.checking import verdict_on

    claim = claims_of_run(task.run, task.targets, task.catalogue)[task.id]
    budget = None if task.deadline is None else max(0.0, task.deadline - time.time())
    # what a claim prints must not end up among the results
    with contextlib.redirect_stdout(sys.stderr):
        found = verdict_on(claim, profile=task.profile, examples=task.examples, seed=task.seed, budget=budget)
    return _Done(found, files_read())


def _in_time(task: _Task) -> bool:
    return task.deadline is None or time.time() < task.deadline


def _lost(claims: Mapping[str, Claim], task: _Task) -> _Done:
    """The result of a claim whose processes do not survive it."""
    claim = claims[task.id]
    detail = "every process that checked it was killed; it may need more memory than there is"
    evidence = (Evidence("test", detail),)
    return _Done(Result(claim.id, claim.title, claim.expects, Verdict.error, evidence, seed=task.seed), None)


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
