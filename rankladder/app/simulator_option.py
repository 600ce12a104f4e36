"""``rankladder check --simulator``: the claims with a user's own algorithm in the place of the catalogue's."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from rankladder.app.check_table import print_results
from rankladder.app.chosen import claims_of_run, name_of_run
from rankladder.app.long_run import command_again, run_tasks
from rankladder.app.output import console, page_file, paragraph, print_json, write_page
from rankladder.language.library import UnknownClaim, select
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Result, Verdict
from rankladder.storage.versions import versions
from rankladder.usage import UsageError, given_path
from rankladder.verdicts.own_simulator import OwnSimulator, own_simulator, verdict_with

__all__ = ["function_of", "run_with"]


def function_of(written: str) -> tuple[Callable[..., Any], str]:
    """The function that ``FILE:NAME`` names, and its name.

    Raises:
        UsageError: for a file that does not load, or a name that is not in it.
    """
    path, _, name = written.rpartition(":")
    if not path or not name.isidentifier():
        raise UsageError(f"--simulator {written!r} must be FILE:NAME, such as descent.py:run")
    file = given_path(path)
    if not file.is_file():
        raise UsageError(f"simulator file {path} does not exist; give the path of a Python file")
    location = str(file.resolve())
    # the same in every process
    spec = importlib.util.spec_from_file_location(f"_simulator_{zlib.crc32(location.encode())}", location)
    if spec is None or spec.loader is None:
        raise UsageError(f"simulator file {path} must end in .py; got {file.suffix or 'no ending'}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(Path(location).parent))
    shown = _Held(sys.stderr)
    try:
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
            spec.loader.exec_module(module)
    except SystemExit as error:  # what it said, such as how it is used, would look as if it were ours
        shown.truncate(0)
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == location]
        raise UsageError(
            f"simulator file {path}, line {lines[-1]}, ended the program while it was loaded (SystemExit: {error}); "
            'put what runs under if __name__ == "__main__":'
        ) from error
    except Exception as error:
        words = " ".join(str(error).split())
        raise UsageError(f"simulator file {path} does not load: {type(error).__name__}: {words}") from error
    finally:
        shown.loading = False
        shown.write(shown.getvalue())
        sys.path.remove(str(Path(location).parent))
    if not hasattr(module, name):
        own = ", ".join(n for n, v in vars(module).items() if callable(v) and not n.startswith("_")) or "none"
        raise UsageError(f"simulator file {path} has no {name}; its functions: {own}")
    return getattr(module, name), name


class _Held(io.StringIO):
    """Keeps what a file writes while it loads; a log that it opened goes on writing to the stream afterwards."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.stream = stream
        self.loading = True

    def write(self, text: str) -> int:
        return super().write(text) if self.loading else self.stream.write(text)

    def fileno(self) -> int:
        return self.stream.fileno()


@cache
def _own(written: str, home: str) -> OwnSimulator:
    function, name = function_of(written)
    return own_simulator(function, name, home)


@dataclass(frozen=True)
class _Task:
    id: str
    written: str
    targets: tuple[str, ...]
    catalogue: str
    profile: str
    examples: int | None
    seed: int
    deadline: float | None
    run: str


@dataclass(frozen=True)
class _Done:
    """The result of one claim; for one that the simulator has no part in, why not."""

    result: Result
    reason: str


def _work(task: _Task) -> _Done:
    own = _own(task.written, task.catalogue)
    claim = own.claim
    if task.id != claim.id:
        claim = claims_of_run(task.run, task.targets, task.catalogue)[task.id]
    budget = None if task.deadline is None else max(0.0, task.deadline - time.time())
    # what a claim or the simulator prints must not end up among the results
    with contextlib.redirect_stdout(sys.stderr):
        result = verdict_with(
            own, claim, profile=task.profile, examples=task.examples, seed=task.seed, budget=budget
        )
        reason = own.reason(claim) if result.verdict is Verdict.vacuous else ""
    return _Done(result, reason)


def _in_time(task: _Task) -> bool:
    return task.deadline is None or time.time() < task.deadline


def _lost(task: _Task) -> _Done:
    claim = _own(task.written, task.catalogue).claim
    if task.id != claim.id:
        claim = claims_of_run(task.run, task.targets, task.catalogue)[task.id]
    said = Evidence("test", "every process that checked it was killed; it may need more memory than there is")
    return _Done(Result(claim.id, claim.title, claim.expects, Verdict.error, (said,), seed=task.seed), "")


def run_with(known: Mapping[str, Claim], options: Any) -> int:
    """Check, print, and return the exit code.

    Args:
        known: the claims of which ``--only`` selects; the comparison with gradient descent is checked besides.

    Raises:
        UsageError: for a simulator that does not load or is of no form that the catalogue knows, and for an id that
            nothing bears.
    """
    from rankladder.app.at_option import run_at
    from rankladder.app.check_command import document, exit_code

    own = _own(options.simulator, options.catalogue)
    # as it was when it was loaded, should it be edited meanwhile
    code = Path(options.simulator.rpartition(":")[0]).read_text(encoding="utf-8", errors="replace")
    page = None if options.html is None else page_file(options.html)
    comparison = {own.claim.id: own.claim}
    try:
        chosen = select(comparison | dict(known), options.only)
    except UnknownClaim as error:
        raise UsageError(str(error)) from error
    if options.at is not None:
        if page is not None:
            raise UsageError("--at shows one instance; give it without --html")
        with own.scope():
            return run_at(chosen, options.at, as_json=options.json)
    every = comparison | chosen
    started = time.time()
    deadline = None if options.budget is None else started + options.budget
    name = name_of_run()
    tasks = [
        _Task(id, options.simulator, tuple(options.targets), options.catalogue, options.profile, options.examples,
              options.seed, deadline, name)
        for id in every
    ]  # fmt: skip
    found: dict[str, _Done] = {}

    def keep(done: _Done) -> None:
        found[done.result.id] = done

    interrupted = run_tasks(
        _work, tasks, options, keep=keep, words=lambda done: f"{done.result.id} {done.result.verdict}",
        wanted=_in_time, lost=_lost, at_most=options.budget,
    )  # fmt: skip
    ordered = [found[id].result for id in every if id in found and not found[id].reason]
    apart = {id: found[id].reason for id in every if id in found and found[id].reason}
    compared = found.get(own.claim.id)
    mistake = [e.detail for e in compared.result.evidence if e.kind == "mistake"] if compared else []
    if options.json:
        said = {
            "name": own.name, "file": options.simulator, "form": own.describes, "mistake": mistake,
            "no_part_in": [{"id": id, "why": why} for id, why in apart.items()],
        }  # fmt: skip
        print_json(document(ordered, options.seed) | {"simulator": said})
    else:
        out = console()
        paragraph(out, f"simulator: {options.simulator}, {own.describes}")
        # rows are cut, and of one claim alone all evidence is printed
        for line in mistake or _reach(compared) if len(ordered) > 1 else ():
            paragraph(out, line, 2)
        print_results(ordered, options.seed, time.time() - started, again=None)
        _print_apart(apart, own.name)
    if page is not None:
        from rankladder.report.page import Subject
        from rankladder.report.page import page as report

        words = command_again(options, names=("targets", "catalogue", "simulator", "profile", "examples"))
        shown = {r.id: every[r.id] for r in ordered}
        subject = Subject(options.simulator, own.describes, code, tuple(mistake), _grouped(apart))
        write_page(
            page,
            report(shown, ordered, command=words, versions=versions(), only=options.only, subject=subject),
        )
    left = len(every) - len(found) + sum(not done.result.complete for done in found.values())
    if left:
        why = "interrupted" if interrupted else "out of budget"
        print(f"rankladder: {why}: {left} of {len(every)} claims not finished", file=sys.stderr)
    return exit_code(ordered, incomplete=bool(left))


def _reach(compared: _Done | None) -> list[str]:
    """What the comparison says of the problems that it drew."""
    if compared is None:
        return []
    return [f"{compared.result.id} {e.detail}" for e in compared.result.evidence if e.kind == "reach"]


def _print_apart(apart: Mapping[str, str], name: str) -> None:
    import textwrap

    for reason, ids in _grouped(apart).items():
        which = f"claim, which {_singular(reason)}" if len(ids) == 1 else f"claims, which {reason}"
        words = f"{name} has no part in {len(ids)} {which}: {', '.join(ids)}"
        print(textwrap.fill(words, 80, break_on_hyphens=False, break_long_words=False))


def _grouped(apart: Mapping[str, str]) -> dict[str, list[str]]:
    """The claims that the simulator has no part in, by the reason."""
    grouped: dict[str, list[str]] = {}
    for id, why in apart.items():
        grouped.setdefault(_plural(why), []).append(id)
    return grouped


def _singular(reason: str) -> str:
    return reason.replace("run ", "runs ", 1)


def _plural(reason: str) -> str:
    return reason.replace("runs ", "run ", 1)
