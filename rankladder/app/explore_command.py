"""``rankladder explore``: hunt for counterexamples, drop assumptions, keep what is found."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import sys
from pathlib import Path
from typing import Any

from rankladder.app.arguments import (
    add_dask,
    add_resume,
    add_seed,
    add_targets,
    add_workers,
    positive_integer,
    positive_number,
)
from rankladder.app.assumption_table import markdown, print_table
from rankladder.app.chosen import chosen_claims
from rankladder.app.hunts import Hunts, HuntTask, Row, lost, work
from rankladder.app.long_run import command_again, run_tasks, say_unfinished
from rankladder.app.output import counted, print_json, writable_file, write_page
from rankladder.app.workers import processors
from rankladder.language.parsing import fitted, parse_instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import AS_EQUAL, Expectation, Result, Verdict, drawn_text, finite
from rankladder.numbers.nothing import margin_text
from rankladder.storage.counterexamples import store_folder
from rankladder.storage.versions import version_of
from rankladder.usage import UsageError

__all__ = ["add_arguments", "run"]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("id", nargs="?", metavar="ID", help="a claim's id; a parent explores all its children")
    add_targets(sub, "FILE", " that state it")
    sub.add_argument(
        "--drop", metavar="ASSUMPTION", help="draw where this assumption fails and the others hold"
    )
    sub.add_argument(
        "--all-assumptions", action="store_true", help="drop each assumption in turn: which are needed?"
    )
    sub.add_argument("--refuted", action="store_true", help="hunt every claim that is expected to be refuted")
    sub.add_argument(
        "--budget", type=positive_number, default=60.0, metavar="SECONDS", help="per hunt (default 60)"
    )
    sub.add_argument(
        "--examples", type=positive_integer, default=200_000, metavar="N", help="stop after N instances"
    )
    add_seed(sub)
    sub.add_argument(
        "--parts", type=positive_integer, default=1, metavar="N",
        help="cut each hunt's budget and instances into N parts, which run side by side and are kept one by one",
    )  # fmt: skip
    sub.add_argument("--store", metavar="FOLDER", help="where counterexamples are kept (default .rankladder)")
    sub.add_argument(
        "--markdown", metavar="FILE", help="with --all-assumptions: write the table as a page (.md)"
    )
    add_resume(sub)
    add_workers(sub)
    add_dask(sub)


def run(options: Any) -> int:
    """Explore, keep, print, and return the exit code."""
    claims = chosen_claims(options.targets, [options.id] if options.id else [], options.catalogue)
    page = _page_file(options)
    hunts = _hunts(claims, options)
    store = store_folder(options.store)
    if store.exists() and not store.is_dir():
        raise UsageError(f"store {store} is no folder; give --store a folder, new or old, to keep finds in")
    targets = tuple(str(Path(target).resolve()) for target in options.targets)  # workers may run elsewhere
    share = options.budget / len(hunts) if options.all_assumptions and options.id else options.budget
    parts = range(options.parts)
    tasks = [
        HuntTask(
            c.id,
            drop,
            targets,
            share,
            options.examples,
            options.seed,
            version_of(c),
            part,
            options.parts,
            options.catalogue,
        )
        for part in parts  # the first parts of all hunts first: they may make the others needless
        for c, drop in sorted(hunts, key=lambda h: h[0].scalar)  # structured claims take longest
    ]
    doing = Hunts(tasks, store, resume=options.resume)
    interrupted = run_tasks(
        work, doing.left(), options, keep=lambda done: doing.keep(*done), wanted=doing.wanted, lost=lost,
        words=lambda done: f"{done[0].id} {done[0].dropped or ''}: {done[1]['verdict']}",
        before=len(tasks) - len(doing.left()), at_most=share * -(-len(hunts) // (options.workers or processors())),
    )  # fmt: skip
    rows = doing.finished()
    ordered = [
        rows[c.id, drop] if drop else _with_proof(rows[c.id, drop], c)
        for c, drop in hunts
        if (c.id, drop) in rows
    ]
    _print_rows(ordered, options, single=len(hunts) == 1)
    if interrupted:
        say_unfinished("interrupted", len(hunts) - len(ordered), len(hunts), "hunts", options)
        return 3
    if page is not None:
        again = command_again(options, without=("store", "dask", "resume", "workers", "json"))
        write_page(page, markdown(ordered, claims, shlex.join(again)))
    return _exit_code(ordered, claims)


def _with_proof(row: Row, claim: Claim) -> Row:
    """The row of a claim with all its assumptions, and what a proof adds to it: the verdict that a check would print."""
    from rankladder.search.judgement import closely, judge
    from rankladder.verdicts.evidence import with_proof

    verdict, found = Verdict(row["verdict"]), row["simple"]
    if verdict not in (Verdict.tested, Verdict.refuted):
        return row
    instance = None if found is None else fitted(parse_instance(found["instance"]), claim.over)
    hunted = Result(claim.id, claim.title, claim.expects, verdict, counterexample=instance)
    with contextlib.redirect_stdout(sys.stderr):
        result = with_proof(hunted, claim)
    note = "; ".join([*([row["note"]] if row["note"] else []), *(e.detail for e in result.evidence)])
    made = {**row, "verdict": str(result.verdict), "note": note}
    if found is None and result.counterexample is not None:
        with closely():
            judgement = judge(claim, result.counterexample)
        made["simple"] = made["worst"] = {
            "instance": str(result.counterexample),
            "values": result.counterexample.to_json(),
            "margin": finite(judgement.margin),
            "bits": judgement.bits,
        }
    return made


def _page_file(options: Any) -> Path | None:
    """Where the table of assumptions goes, with what else the options need to make sense."""
    if options.drop is not None and options.all_assumptions:
        raise UsageError("give either --drop or --all-assumptions, not both")
    if options.refuted and (options.drop is not None or options.all_assumptions):
        raise UsageError("--refuted hunts with all assumptions kept; leave out --drop and --all-assumptions")
    if options.id is None and not (options.targets or options.all_assumptions or options.refuted):
        raise UsageError("name a claim or a claim file, or give --all-assumptions or --refuted")
    if options.markdown is None:
        return None
    if not options.all_assumptions:
        raise UsageError("--markdown writes the table of assumptions; give --all-assumptions with it")
    return writable_file(options.markdown, (".md",))


def _hunts(claims: dict[str, Claim], options: Any) -> list[tuple[Claim, str | None]]:
    if options.all_assumptions:
        holding = [c for c in claims.values() if c.expects is not Expectation.refuted]
        hunts: list[tuple[Claim, str | None]] = [(c, name) for c in holding for name in c.given]
        if not hunts:
            raise UsageError(
                f"{options.id or 'no claim'}: no claim that is expected to hold assumes anything; explore it without "
                "--all-assumptions"
            )
        return hunts
    if options.refuted:
        return [(c, None) for c in claims.values() if c.expects is Expectation.refuted]
    if options.drop is None:
        return [(c, None) for c in claims.values()]
    having = [c for c in claims.values() if options.drop in c.given]
    if not having:
        known = sorted({name for c in claims.values() for name in c.given})
        raise UsageError(
            f"no claim of {options.id} assumes {options.drop!r}; its assumptions: {', '.join(known) or 'none'}"
        )
    return [(c, options.drop) for c in having]


def _exit_code(rows: list[Row], claims: dict[str, Claim]) -> int:
    if any(row["verdict"] == Verdict.error for row in rows):
        return 4
    # that a claim fails with every assumption kept is the same news where one was to be dropped
    hunted = [row for row in rows if row["dropped"] is None or row.get("false_anyway")]
    if not all(claims[row["id"]].expects.met_by(Verdict(row["verdict"])) for row in hunted
               if not Verdict(row["verdict"]).inconclusive):  # fmt: skip
        return 1
    return 3 if any(Verdict(row["verdict"]).inconclusive for row in hunted) else 0


def _print_rows(rows: list[Row], options: Any, *, single: bool) -> None:
    if options.json:
        if single and not options.all_assumptions and not options.refuted:
            print_json(rows[0] if rows else {})
        else:
            print_json([dict(row) for row in rows])
    elif options.all_assumptions:
        print_table(rows)
    else:
        for row in rows:
            _print(row)


def _print(row: Row) -> None:
    anyway = row.get("false_anyway", False)
    dropped = f" without {row['dropped']}" if row["dropped"] and not anyway else ""
    alike = f"{row['equalities']:,} of them {AS_EQUAL}, " if row.get("equalities") else ""
    print(
        f"{row['id']}{dropped}: {row['verdict']} ({counted(row['instances'], 'instance')}, {alike}{row['seconds']:.1f} s)"
    )
    for name, which in (("worst", "worst met"), ("simple", "simplest")):
        if row[name] is not None:
            print(
                f"  {which}: margin {margin_text(float(row[name]['margin']), 6)} at {row[name]['instance']}"
            )
    if row["needed"] is not None:
        word = (
            f"needed (without it false at {row['simple']['instance']})"
            if row["needed"]
            else f"not needed as far as {counted(row['instances'], 'instance')} show"
        )
        print(f"  assumption {row['dropped']}: {word}")
    if row["verdict"] == Verdict.tested and row["stated"]:
        print(f"  drawn: {drawn_text(row['region'], row['stated'])}")
    if row["note"]:
        print(f"  {row['note']}")
