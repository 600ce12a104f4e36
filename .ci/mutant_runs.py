"""Where mutants run: a copy of the project, and a process with the libraries imported that forks the tests of each."""

from __future__ import annotations

import contextlib
import json
import os
import py_compile
import resource
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGES = ("theory", "simulate", "properties")
COPIED = (*PACKAGES, "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md", ".ci")
MEMORY = 6 << 30  # bytes of address space; 2 << 2**40 must not take the machine with it
KILLED, SURVIVED, OVERTIME = "killed", "survived", "time limit"
# scalars warn where compiled code and arrays do not
INTERPRETED = ("overflow encountered", "invalid value encountered")


class Order:
    """A pytest plugin: the tests that execute the changed line first, and among them what told earlier mutants.

    On the unchanged source (``line`` is None) it notes which test executes which line of the ``watched`` files, and how
    long each takes.
    """

    def __init__(
        self, notes: Path, known: Known, line: tuple[str, int] | None, watched: Sequence[str] = ()
    ) -> None:
        self.notes, self.known, self.line, self.watched = notes, known, line, list(watched)
        self.taken: dict[str, float] = {}
        self.failed: list[str] = []
        self.tracer: Any = None

    def pytest_sessionstart(self) -> None:
        """Begin to watch the unchanged source."""
        if self.line is None:
            import coverage

            self.tracer = coverage.Coverage(data_file=None, config_file=False, include=self.watched)
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
    """A copy of the project in which one module at a time is changed, and a process to fork tests from.

    ``preload`` names what is imported before the forks, ``jit`` the modules whose tests need compiled code, ``tests``
    what pytest is given for each module that will be changed.
    """

    def __init__(
        self, root: Path, folder: Path, preload: list[str], jit: list[str], tests: dict[str, list[str]]
    ) -> None:
        self.folder, self.jit, self.tests = folder, jit, tests
        for name in COPIED:
            whole = root / name
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
        ours = [str(p.resolve()) for p in (root, Path(__file__).parent)]
        sys.path[:] = [str(folder), *(p for p in sys.path if str(Path(p).resolve()) not in ours)]
        for name in preload:
            import_module(name)
        early = {*PACKAGES, "numba"} & sys.modules.keys()
        if early:
            raise SystemExit(
                f"{', '.join(early)} imported before the forks; take out of `preload` what brings it in"
            )
        self.limits: dict[tuple[bool | str, ...], float] = {}
        self.known = Known()
        self.notes = folder / "notes"

    def run(self, module: str, seconds: float, line: tuple[str, int] | None = None) -> tuple[str, float]:
        """Run pytest in a fork until the first failure: what happened, and the processor time it took."""
        self.notes.unlink(missing_ok=True)
        words = self.tests[module]
        # lines of other modules are not asked for, and to trace them takes most of the time
        watched = [str(self.folder / other) for other, given in self.tests.items() if given == words]
        child = os.fork()
        if child == 0:
            order = Order(self.notes, self.known, line, watched)
            self._become(module in self.jit, words, seconds, order)
        deadline = time.monotonic() + 20 * seconds  # the limit is on processor time; this one is for sleepers
        while True:
            done, status, usage = os.wait4(child, os.WNOHANG)
            if done:
                break
            if time.monotonic() > deadline:
                os.killpg(child, signal.SIGKILL)
            time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):  # what it started goes with it
            os.killpg(child, signal.SIGKILL)
        used = usage.ru_utime + usage.ru_stime
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
            return OVERTIME, used
        return (SURVIVED if status == 0 else KILLED), used

    def _become(self, jit: bool, words: list[str], seconds: float, order: Order) -> None:
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
            # the run on the unchanged source may leave compiled files for the others, a mutant may not
            sys.dont_write_bytecode = order.line is not None
            import pytest

            if jit:  # read when Numba is imported, so it must not be among what is imported before the fork
                del os.environ["NUMBA_DISABLE_JIT"]
            # what is imported before the fork cannot be rewritten, says a warning, and need not be
            ignored = ["ignore::pytest.PytestAssertRewriteWarning"]
            ignored += [] if jit else [f"ignore:{text}:RuntimeWarning" for text in INTERPRETED]
            quiet = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *(f"-W{i}" for i in ignored)]
            code = int(pytest.main([*quiet, *words], plugins=[order]))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def limit(self, module: str) -> float:
        """Four times the processor time of its tests on the unchanged source, which must pass them."""
        words = self.tests[module]
        key = (module in self.jit, *words)
        if key not in self.limits:
            outcome, used = self.run(module, 1200)
            if outcome != SURVIVED:
                log = (self.folder / "log").read_text(errors="replace")[-3000:]
                raise SystemExit(f"the unchanged source does not pass {' '.join(words)}:\n{log}")
            self.known.add(json.loads(self.notes.read_text(encoding="utf-8")))
            self.limits[key] = max(20.0, 4 * used)
        return self.limits[key]

    def judge(self, module: str, line: int, changed: str) -> tuple[str, float, str]:
        """Whether the tests tell the changed module from the source, in what time, and which test told."""
        limit, file = self.limit(module), self.folder / module
        source = file.read_bytes()
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        try:
            file.write_text(changed, encoding="utf-8")
            outcome, used = self.run(module, limit, (module, line))
        finally:
            file.write_bytes(source)
            py_compile.compile(str(file), doraise=True)
        failed = json.loads(self.notes.read_text(encoding="utf-8"))["failed"] if self.notes.exists() else []
        self.known.kills.update((module, test) for test in failed)
        return outcome, used, ", ".join(failed)
