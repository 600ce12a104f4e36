"""Mutation testing: change the source in one place, run that module's tests, and see whether one of them fails.

``python .ci/mutants.py theory`` draws 200 mutants of a package with a fixed seed (``--sample``, ``--seed``; ``--all``
takes every one) and prints, as Markdown, the mutants of every module and the survivors with their diffs.
cosmic-ray makes the mutants, decorated functions included; which tests belong to a module stands in
``mutants.toml``. Needs the extra ``mutation``.

A mutant runs in a fork of a process that has imported the libraries, but nothing of ours, in a copy of the project,
with the JIT off, until the first test fails. A test that fails, an import that breaks or a mutant that takes four
times as long as the unchanged source is a kill. Nothing else is. What no operator of the tool changes (words) and
what is never executed (annotations, which stay strings here, and blocks under ``TYPE_CHECKING``) has no mutants;
nor has text that Python cannot compile or that compiles to the same tree.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import py_compile
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("theory", "simulate", "properties")
COPIED = (*PACKAGES, "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md", ".ci")
MEMORY = 6 << 30  # bytes of address space; 2 << 2**40 must not take the machine with it
KILLED, SURVIVED, OVERTIME = "killed", "survived", "time limit"


@dataclass(frozen=True)
class Mutant:
    """The ``occurrence``-th place of a module that an operator of the tool changes, and where it is."""

    module: str
    operator: str
    occurrence: int
    line: int
    column: int


@cache
def source_of(module: str) -> str:
    """The text of a module, as it is at the start of the run."""
    return (ROOT / module).read_text(encoding="utf-8")


def never_executed(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where a module's annotations and its blocks for type checkers stand: begin and end, (line, column) each."""
    found: list[ast.AST] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg) and node.annotation:
            found.append(node.annotation)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
            found.append(node.returns)
        elif isinstance(node, ast.AnnAssign):
            found.append(node.annotation)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            found += node.body
    lines = source.splitlines()

    def place(line: int, offset: int) -> tuple[int, int]:  # ast counts bytes, the tool characters
        return line, len(lines[line - 1].encode()[:offset].decode())

    return [(place(n.lineno, n.col_offset), place(n.end_lineno, n.end_col_offset)) for n in found]  # type: ignore[attr-defined]


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of a module that can be executed, in the order of the tool's operators."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    source = source_of(module)
    nodes, skipped = list(ast_nodes(get_ast(source))), never_executed(source)
    kinds = {"ReplaceBinaryOperator": "operator", "ReplaceComparisonOperator": "comparison"}
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():  # replaces one named variable by a random number: what, the tool cannot know
            continue
        kind = kinds.get(name.split("/")[1].split("_")[0])
        places = [p for n in nodes if kind in (None, n.type) for p in operator().mutation_positions(n)]
        for occurrence, (begin, end) in enumerate(places):
            if not any(first <= begin and end <= last for first, last in skipped):
                yield Mutant(module, name.split("/")[1], occurrence, *begin)


def mutated(mutant: Mutant) -> str:
    """The module's source with the one change."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source = source_of(mutant.module)
    return str(mutate_code(source, get_operator(f"core/{mutant.operator}")(), mutant.occurrence))


def changes_something(mutant: Mutant) -> bool:
    """Whether the mutant is Python, and another program than the source."""
    try:
        changed = ast.parse(mutated(mutant))
    except SyntaxError:  # the star of keyword-only parameters taken for a product, say
        return False
    return ast.dump(changed) != ast.dump(ast.parse(source_of(mutant.module)))


def drawn(mutants: list[Mutant], sample: int, seed: int) -> list[Mutant]:
    """A sample without repeats, in random order; what is no other program is passed over."""
    order = random.Random(seed).sample(mutants, len(mutants))
    return list(islice(filter(changes_something, order), sample))


def difference(mutant: Mutant) -> str:
    """The changed lines, and nothing around them."""
    before = source_of(mutant.module).splitlines()
    lines = difflib.unified_diff(before, mutated(mutant).splitlines(), lineterm="", n=0)
    return "\n".join([f"{mutant.module}:{mutant.line} {mutant.operator}", *list(lines)[3:]])


def tests_of(module: str, table: dict[str, list[str]]) -> list[str]:
    """What pytest is given for a module: of every pattern that fits, in the order of the table, without repeats."""
    words = [word for pattern, chosen in table.items() if fnmatch(module, pattern) for word in chosen]
    if not words:
        raise SystemExit(f"no line of mutants.toml fits {module}: add the tests that belong to it")
    return list(dict.fromkeys(words))


class Order:
    """A pytest plugin: the tests that execute the changed line first, and among them what told earlier mutants.

    On the unchanged source (``line`` is None) it notes which test executes which line, and how long each takes.
    """

    def __init__(self, notes: Path, known: Known, line: tuple[str, int] | None) -> None:
        self.notes, self.known, self.line = notes, known, line
        self.taken: dict[str, float] = {}
        self.failed: list[str] = []
        self.tracer: Any = None

    def pytest_sessionstart(self) -> None:
        """Begin to watch the unchanged source."""
        if self.line is None:
            import coverage

            self.tracer = coverage.Coverage(data_file=None, config_file=False, source=list(PACKAGES))
            self.tracer.start()

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Sort; no test is left out."""
        if self.line is not None:
            items.sort(key=lambda item: self.known.rank(item.nodeid, *self.line))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say whose lines are executed from here on."""
        if self.tracer is not None:
            self.tracer.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note a test's time and whether it failed."""
        self.taken[report.nodeid] = self.taken.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write the notes for the process that forked this one."""
        lines: dict[str, dict[int, list[str]]] = {}
        if self.tracer is not None:
            self.tracer.stop()
            data = self.tracer.get_data()
            for file in data.measured_files():
                lines[Path(file).relative_to(self.notes.parent).as_posix()] = data.contexts_by_lineno(file)
        found = {"taken": self.taken, "failed": self.failed, "lines": lines}
        self.notes.write_text(json.dumps(found), encoding="utf-8")


@dataclass
class Known:
    """What earlier runs told about the tests: their times, the lines they execute, the mutants they killed."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, notes: dict[str, Any]) -> None:
        """Learn from a run on the unchanged source."""
        self.seconds |= notes["taken"]
        for file, lines in notes["lines"].items():
            for line, tests in lines.items():
                self.lines.setdefault((file, int(line)), set()).update(tests)

    def rank(self, test: str, module: str, line: int) -> tuple[bool, int, float]:
        """A sorting key: tests of the line, or of the closest line above that has any, come first."""
        while line > 1 and not self.lines.get((module, line)):
            line -= 1
        covering = test in self.lines.get((module, line), ())
        return not covering, -self.kills[module, test], self.seconds.get(test, 0.0)


class Workshop:
    """A copy of the project in which one module at a time is changed, and a process to fork tests from."""

    def __init__(self, folder: Path, preload: list[str]) -> None:
        self.folder = folder
        for name in COPIED:
            whole = ROOT / name
            if whole.is_dir():
                shutil.copytree(whole, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.nb?"))
            elif whole.exists():
                shutil.copy(whole, folder / name)
        os.environ |= {
            "NUMBA_DISABLE_JIT": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(folder),
            "RANKLADDER_CACHE": str(folder / ".cache"),
        }
        ours = [str(p.resolve()) for p in (ROOT, Path(__file__).parent)]
        sys.path[:] = [str(folder), *(p for p in sys.path if str(Path(p).resolve()) not in ours)]
        for name in preload:
            import_module(name)
        for name in PACKAGES:
            assert name not in sys.modules, f"{name} is imported already: it would not be the mutant"  # noqa: S101
        self.limits: dict[tuple[str, ...], float] = {}
        self.known = Known()
        self.notes = folder / "notes"

    def run(self, words: list[str], seconds: float, line: tuple[str, int] | None = None) -> tuple[str, float]:
        """Run pytest in a fork until the first failure: what happened, and the processor time it took."""
        self.notes.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            self._become(words, seconds, Order(self.notes, self.known, line))
        deadline = time.monotonic() + 20 * seconds  # the limit is on processor time; this one is for sleepers
        while True:
            done, status, usage = os.wait4(child, os.WNOHANG)
            if done:
                break
            if time.monotonic() > deadline:
                os.killpg(child, signal.SIGKILL)
            time.sleep(0.01)
        used = usage.ru_utime + usage.ru_stime
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
            return OVERTIME, used
        return (SURVIVED if status == 0 else KILLED), used

    def _become(self, words: list[str], seconds: float, order: Order) -> None:
        code = 70
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            os.chdir(self.folder)
            log = os.open(self.folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.dont_write_bytecode = True
            import pytest

            # what is imported before the fork cannot be rewritten, says a warning, and need not be
            quiet = ["-x", "-q", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
            code = int(pytest.main([*quiet, "-p", "no:cacheprovider", "-p", "no:xdist", *words], plugins=[order]))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def limit(self, words: list[str]) -> float:
        """Four times the processor time of these tests on the unchanged source, which must pass them."""
        key = tuple(words)
        if key not in self.limits:
            outcome, used = self.run(words, 1200)
            if outcome != SURVIVED:
                log = (self.folder / "log").read_text(errors="replace")[-3000:]
                raise SystemExit(f"the unchanged source does not pass {' '.join(words)}:\n{log}")
            self.known.add(json.loads(self.notes.read_text(encoding="utf-8")))
            self.limits[key] = max(20.0, 4 * used)
        return self.limits[key]

    def judge(self, mutant: Mutant, words: list[str]) -> tuple[str, float, str]:
        """Whether the tests tell the mutant from the source, in what time, and which test told."""
        limit, file = self.limit(words), self.folder / mutant.module
        source = file.read_bytes()
        stale = list((file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"))
        for compiled in stale:
            compiled.unlink()
        try:
            file.write_text(mutated(mutant), encoding="utf-8")
            outcome, used = self.run(words, limit, (mutant.module, mutant.line))
        finally:
            file.write_bytes(source)
            py_compile.compile(str(file), doraise=True)
        failed = json.loads(self.notes.read_text(encoding="utf-8"))["failed"] if self.notes.exists() else []
        self.known.kills.update((mutant.module, test) for test in failed)
        return outcome, used, ", ".join(failed)


def report(package: str, every: dict[str, int], results: list[dict[str, object]]) -> str:
    """The score, a line for every module, and the survivors."""
    killed = sum(r["outcome"] != SURVIVED for r in results)
    late = sum(r["outcome"] == OVERTIME for r in results)
    share = f"{100 * killed / len(results):.1f}%" if results else "none"
    lines = [f"## {package}", "", f"{killed} of {len(results)} killed ({share}), {late} of them by the time limit.", ""]
    lines += ["| module | mutants | sampled | killed | survived |", "|---|---|---|---|---|"]
    for module, count in every.items():
        own = [r for r in results if r["module"] == module]
        dead = sum(r["outcome"] != SURVIVED for r in own)
        lines.append(f"| {module} | {count or 'not covered'} | {len(own)} | {dead} | {len(own) - dead} |")
    alive = [Mutant(*(r[k] for k in Mutant.__dataclass_fields__)) for r in results if r["outcome"] == SURVIVED]  # type: ignore[arg-type]
    for mutant in alive:
        lines += ["", "```diff", difference(mutant), "```"]
    return "\n".join(lines)


def modules_of(package: str) -> list[str]:
    """The package's modules that execute something besides imports and words."""
    found = []
    for file in sorted((ROOT / package).rglob("*.py")):
        body = ast.parse(file.read_text(encoding="utf-8")).body
        if any(not isinstance(n, (ast.Import, ast.ImportFrom, ast.Expr)) for n in body):
            found.append(file.relative_to(ROOT).as_posix())
    return found


def main() -> int:
    """Run the script; return its exit code."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("package", choices=PACKAGES)
    reader.add_argument("--sample", type=int, default=200, metavar="N", help="how many mutants to draw (200)")
    reader.add_argument("--all", action="store_true", help="take every mutant")
    reader.add_argument("--seed", type=int, default=0, metavar="N", help="of the sample (0)")
    reader.add_argument("--only", default="*", metavar="PATTERN", help="modules to draw from, as theory/f*.py")
    reader.add_argument("--list", action="store_true", help="list the sample and stop")
    reader.add_argument("--results", metavar="FILE", help="keep results in FILE, and go on with what it holds")
    options = reader.parse_args()

    modules = [m for m in modules_of(options.package) if fnmatch(m, options.only)]
    found = {module: list(mutants_of(module)) for module in modules}
    every = [mutant for mutants in found.values() for mutant in mutants]
    every = drawn(every, len(every) if options.all else options.sample, options.seed)
    if options.list:
        print("\n\n".join(difference(m) for m in every))
        return 0
    settings = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text(encoding="utf-8"))
    kept = Path(options.results) if options.results else None
    known = [json.loads(line) for line in kept.read_text().splitlines()] if kept and kept.exists() else []
    results = []
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder).resolve(), settings["preload"])
        for number, mutant in enumerate(every, 1):
            entry = next((r for r in known if r.items() >= asdict(mutant).items()), None)
            if entry is None:
                outcome, used, told = workshop.judge(mutant, tests_of(mutant.module, settings["tests"]))
                entry = asdict(mutant) | {"outcome": outcome, "seconds": round(used, 1), "told": told}
                if kept:
                    with kept.open("a") as stream:
                        stream.write(json.dumps(entry) + "\n")
                what = difference(mutant).replace("\n", "\n    ") if outcome == SURVIVED else ""
                print(f"{number}/{len(every)} {outcome} {used:.1f} s {mutant.module}:{mutant.line} {what}", file=sys.stderr, flush=True)
            results.append(entry)
    print(report(options.package, {module: len(mutants) for module, mutants in found.items()}, results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
