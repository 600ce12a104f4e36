"""``rankladder explore``: hunt for counterexamples, drop assumptions, keep what is found."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from properties.commands.assumption_table import markdown, print_table
from properties.commands.chosen import chosen_claims
from properties.commands.finished import FinishedRows, require_version, version_of
from properties.commands.output import console, print_json, versions, writable_file
from properties.commands.workers import interruptible, spread
from properties.exploring import Exploration, explore_claim
from properties.statement import Claim
from properties.store import Stored, save, store_folder, tidy, write_text
from properties.usage import UsageError
from properties.verdict import Expectation, Verdict

__all__ = ["run"]

_FINISHED = ".finished"  # the folder of a store for the rows of finished hunts

Hunt = tuple[str, str | None]  # a claim's id, the assumption dropped
Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Task:
    """What a worker needs for one hunt: picklable, as a claim itself is not."""

    id: str
    dropped: str | None
    targets: tuple[str, ...]
    budget: float
    examples: int
    seed: int
    version: str

    @property
    def settings(self) -> dict[str, Any]:
        """What fixes a hunt besides the claim, the assumption and the version."""
        return {"budget": self.budget, "examples": self.examples, "seed": self.seed, "targets": self.targets}


def run(options: Any) -> int:
    """Explore, keep, print, and return the exit code."""
    claims = chosen_claims(options.targets, [options.id] if options.id else [])
    page = _page_file(options)
    hunts = _hunts(claims, options)
    store = store_folder(options.store)
    targets = tuple(str(Path(target).resolve()) for target in options.targets)  # workers may run elsewhere
    share = options.budget / len(hunts) if options.all_assumptions and options.id else options.budget
    tasks = {
        (c.id, drop): _Task(
            c.id, drop, targets, share, options.examples, options.seed, version_of(c)
        )
        for c, drop in hunts
    }  # fmt: skip
    rows: dict[Hunt, Row] = _finished_before(tasks, store) if options.resume else {}
    left = [task for hunt, task in tasks.items() if hunt not in rows]
    _prepare(store, left)
    interrupted = False
    try:
        with interruptible(), _progress(len(tasks), len(rows)) as advance:
            # structured claims first, because they take longest
            ordered_tasks = sorted(left, key=lambda t: claims[t.id].scalar)
            for row in spread(_work, ordered_tasks, options.workers, dask=options.dask, lost=_lost):
                hunt = row["id"], row["dropped"]
                rows[hunt] = row
                _keep(tasks[hunt], row, store)
                advance(row)
    except KeyboardInterrupt:
        interrupted = True
    ordered = [rows[hunt] for hunt in tasks if hunt in rows]
    _print_rows(ordered, options, single=len(tasks) == 1)
    if interrupted:
        print(
            f"rankladder: interrupted: {len(tasks) - len(rows)} of {len(tasks)} hunts not finished; "
            f"go on with: {_same_command(options)}",
            file=sys.stderr,
        )
        return 3
    if page is not None:
        write_text(page, markdown(ordered, claims, _same_command(options, resume=False)))
    return _exit_code(ordered, claims)


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


def _finished_before(tasks: Mapping[Hunt, _Task], store: Path) -> dict[Hunt, Row]:
    found = {
        hunt: FinishedRows(store / _FINISHED, task.settings).get(task.id, task.dropped, task.version)
        for hunt, task in tasks.items()
    }
    return {hunt: row for hunt, row in found.items() if row is not None}


def _prepare(store: Path, tasks: list[_Task]) -> None:
    """Clear away what killed writers left; a store that cannot be written is spoken of when it matters."""
    with contextlib.suppress(OSError):
        tidy(store)
        if tasks:
            FinishedRows(store / _FINISHED, tasks[0].settings).prepare()


def _work(task: _Task) -> dict[str, Any]:
    """One hunt."""
    claim = chosen_claims(task.targets, ())[task.id]
    require_version(version_of(claim), task.version)
    try:
        # what a claim prints must not end up among the results
        with contextlib.redirect_stdout(sys.stderr):
            found = explore_claim(
                claim, drop=task.dropped, budget=task.budget, seed=task.seed, most=task.examples
            )
    except Exception as error:  # one claim that breaks must not end the others' hunts
        note = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Exploration(task.id, task.dropped, Verdict.error, 0, 0, 0.0, note=note).to_json()
    return found.to_json()


def _lost(task: _Task) -> dict[str, Any]:
    """The row of a hunt whose processes do not survive it."""
    note = "every process that hunted was killed; it may need more memory than there is"
    return Exploration(task.id, task.dropped, Verdict.error, 0, 0, 0.0, note=note).to_json()


def _keep(task: _Task, row: Row, store: Path) -> None:
    """Keep the counterexample, then the row, so that a row never lacks its file."""
    if row["verdict"] == Verdict.error:
        return
    found = row["simple"]
    try:
        if found is not None:
            save(Stored(task.id, task.dropped, found["instance"], float(found["margin"]), found["bits"], versions()), store)  # fmt: skip
        FinishedRows(store / _FINISHED, task.settings).keep(task.id, task.dropped, task.version, row)
    except OSError as error:
        print(f"rankladder: cannot keep what was found in {store}: {error.strerror}", file=sys.stderr)


@contextlib.contextmanager
def _progress(total: int, done: int) -> Any:
    if total <= 1 or not sys.stderr.isatty():
        yield lambda row: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=total, completed=done)
        yield lambda row: progress.update(
            bar, advance=1, description=f"{row['id']} {row['dropped'] or ''}: {row['verdict']}"
        )


def _exit_code(rows: list[Row], claims: dict[str, Claim]) -> int:
    if any(row["verdict"] == Verdict.error for row in rows):
        return 4
    hunted = [row for row in rows if row["dropped"] is None]
    if not all(claims[row["id"]].expects.met_by(Verdict(row["verdict"])) for row in hunted
               if not Verdict(row["verdict"]).inconclusive):  # fmt: skip
        return 1
    return 3 if any(Verdict(row["verdict"]).inconclusive for row in hunted) else 0


def _same_command(options: Any, *, resume: bool = True) -> str:
    """The command that asks for the same again."""
    words = ["rankladder", "explore", *([options.id] if options.id else []), *options.targets]
    words += [
        f"--{name.replace('_', '-')}" for name in ("all_assumptions", "refuted") if getattr(options, name)
    ]
    values = {"drop": None, "budget": 60.0, "examples": 200_000, "seed": 0, "store": None, "markdown": None,
              "dask": None}  # fmt: skip
    for name, usual in values.items():
        value = getattr(options, name)
        if value != usual and not (name in ("store", "dask") and not resume):
            words += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join([*words, "--resume"] if resume else words)


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
    dropped = f" without {row['dropped']}" if row["dropped"] else ""
    print(f"{row['id']}{dropped}: {row['verdict']} ({row['instances']:,} instances, {row['seconds']:.1f} s)")
    for name in ("worst", "simple"):
        if row[name] is not None:
            print(f"  {name:6} margin {float(row[name]['margin']):.6g} at {row[name]['instance']}")
    if row["needed"] is not None:
        word = "needed" if row["needed"] else f"not needed as far as {row['instances']:,} instances show"
        print(f"  assumption {row['dropped']}: {word}")
    if row["note"]:
        print(f"  {row['note']}")
