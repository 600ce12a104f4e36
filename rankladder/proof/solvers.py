"""The two decision procedures, and a process for each that ends when its time is up.

A solver inside this process cannot be stopped: cylindrical coverings run past their own time limit. So each
runs in a child that reads problems and writes answers, a line each; one that is late is killed and replaced.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any, Protocol

__all__ = ["CVC5", "Z3", "Isolated", "Solver", "missing_solvers"]

# Work after which a solver gives up, in units of its own, so that an answer does not depend on the machine: above
# ten times what any obligation of gidel2019 takes, about 10 seconds. cvc5 counts no work of its coverings.
_Z3_WORK = 10_000_000
_CVC5_WORK = 2_000_000


class Solver(Protocol):
    """A decision procedure that reads SMT-LIB."""

    name: str

    @property
    def version(self) -> str:
        """Its version; empty when it is not installed."""

    def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, Fraction]]:
        """``unsat``, ``sat`` or ``unknown``; with ``sat`` rational values near a model, where it has one."""


class Z3:
    """Z3 through its Python package."""

    name = "z3"

    @property
    def version(self) -> str:
        """The installed version."""
        try:
            import z3
        except ImportError:
            return ""
        return str(z3.get_version_string())

    def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, Fraction]]:
        """As :class:`Solver` says."""
        import z3

        context = z3.Context()
        solver = z3.SolverFor("QF_NRA", ctx=context)
        solver.set("rlimit", _Z3_WORK)
        solver.set("timeout", max(1, int(1000 * seconds)))
        solver.from_string(text)
        answer = str(solver.check())
        found: dict[str, Fraction] = {}
        if answer == "sat":
            model = solver.model()
            for name in names:
                value = model.eval(z3.Real(name, ctx=context), model_completion=True)
                value = value.approx(60) if z3.is_algebraic_value(value) else value
                found[name] = Fraction(value.numerator_as_long(), value.denominator_as_long())
        return answer, found

    def needed(self, text: str, optional: Sequence[int], seconds: float) -> list[int] | None:
        """Which of the assertions of these numbers contradict the others, none of them in vain; None where no contradiction
        is found.
        """
        import z3

        context = z3.Context()
        assertions = list(z3.parse_smt2_string(text, ctx=context))

        def contradict(tracked: list[int]) -> list[int] | None:
            solver = z3.SolverFor("QF_NRA", ctx=context)
            solver.set("unsat_core", True)
            solver.set("rlimit", _Z3_WORK // 10)
            solver.set("timeout", max(1, int(100 * seconds)))
            for i, assertion in enumerate(assertions):
                if i in tracked:
                    solver.assert_and_track(assertion, f"assertion{i}")
                elif i not in optional:
                    solver.add(assertion)
            if str(solver.check()) != "unsat":
                return None
            return sorted(int(str(name).removeprefix("assertion")) for name in solver.unsat_core())

        kept = contradict(list(optional))
        for i in kept or ():
            if kept is not None and i in kept:
                fewer = contradict([j for j in kept if j != i])
                kept = kept if fewer is None else fewer
        return kept


class CVC5:
    """cvc5 through its Python package, by cylindrical algebraic coverings."""

    name = "cvc5"

    @property
    def version(self) -> str:
        """The installed version."""
        try:
            import cvc5
        except ImportError:
            return ""
        return str(cvc5.__version__)

    def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, Fraction]]:
        """As :class:`Solver` says; models are left to the other solver."""
        import cvc5

        terms = cvc5.TermManager()
        solver = cvc5.Solver(terms)
        solver.setOption("nl-cov", "true")
        solver.setOption("nl-cov-linear-model", "initial")  # where to look first: half the time on long ones
        solver.setOption("rlimit-per", str(_CVC5_WORK))
        solver.setOption("tlimit-per", str(max(1, int(1000 * seconds))))
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text.replace("(check-sat)", ""), "obligation")
        symbols = parser.getSymbolManager()
        while not (command := parser.nextCommand()).isNull():
            command.invoke(solver, symbols)
        result = solver.checkSat()
        return "unsat" if result.isUnsat() else "sat" if result.isSat() else "unknown", {}


def missing_solvers() -> tuple[str, ...]:
    """Packages that a proof by both solvers needs and that are not installed."""
    packages: dict[str, Solver] = {"z3-solver": Z3(), "cvc5": CVC5()}
    return tuple(name for name, solver in packages.items() if not solver.version)


_BACKENDS: dict[str, type[Z3] | type[CVC5]] = {"z3": Z3, "cvc5": CVC5}
_GRACE = 2.0  # seconds beyond the solver's own limit
# answers in this process, by solver, text without what is only read by people, and names
_decided: dict[tuple[str, str, tuple[str, ...]], tuple[str, dict[str, Fraction]]] = {}


class Isolated:
    """A solver in a child process.

    >>> Isolated("z3").decide("(declare-fun x () Real)(assert (< (* x x) 0.0))(check-sat)", ["x"], 5.0)[0]
    'unsat'
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._backend = _BACKENDS[name]()

    @property
    def version(self) -> str:
        """Version of the installed solver; empty when there is none."""
        return self._backend.version

    def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, Fraction]]:
        """As :class:`Solver` says; ``unknown`` when the time is up or the child died. No question is asked twice."""
        asked = self.name, re.sub("^;.*\n", "", text), tuple(names)
        if asked not in _decided:
            answer = self._answer({"text": text, "names": list(names), "seconds": seconds})
            if answer is None:
                return "unknown", {}
            found = answer["result"], {k: Fraction(v) for k, v in answer["model"].items()}
            if found[0] not in ("sat", "unsat"):
                return found
            _decided[asked] = found
        return _decided[asked]

    def needed(self, text: str, optional: Sequence[int], seconds: float) -> list[int] | None:
        """As :meth:`Z3.needed` says; None too when the time is up or the child died."""
        answer = self._answer({"text": text, "optional": list(optional), "seconds": seconds})
        return None if answer is None else answer.get("needed")

    def _answer(self, question: dict[str, Any]) -> dict[str, Any] | None:
        line = _child(self.name).ask(json.dumps(question), question["seconds"] + _GRACE)
        return None if line is None else json.loads(line)


class _Child:
    """A child that answers line by line."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def ask(self, question: str, seconds: float) -> str | None:
        """The answer, or None when it did not come in time; a child that died is asked once more."""
        for _ in range(2):
            if self._process is not None and self._process.poll() is not None:
                self.stop()  # its pipes would stay open
            if self._process is None:
                self._start()
            process = self._process
            if process is None or process.stdin is None:
                return None
            try:
                process.stdin.write(question + "\n")
                process.stdin.flush()
                line = self._lines.get(timeout=seconds)
            except queue.Empty:
                self.stop()
                return None
            except OSError:
                line = ""
            if line:
                return line
            self.stop()  # somebody killed it, or the solver crashed: then it will again
        return None

    def _start(self) -> None:
        # -P: a z3.py in the current folder is not the solver
        command = [sys.executable, "-P", "-m", "rankladder.proof.solvers", self._name]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, self._lines), daemon=True).start()

    @staticmethod
    def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        with contextlib.suppress(ValueError):  # closed under the reader when the child is ended
            for line in process.stdout or ():
                lines.put(line)
        lines.put("")

    def stop(self) -> None:
        """End the child."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


@cache
def _child(name: str) -> _Child:
    child = _Child(name)
    atexit.register(child.stop)
    return child


def _serve(name: str) -> None:
    """Answer problems until there are no more."""
    solver = _BACKENDS[name]()
    for line in sys.stdin:
        problem = json.loads(line)
        answer: dict[str, Any]
        try:
            if "optional" in problem and isinstance(solver, Z3):
                answer = {"needed": solver.needed(problem["text"], problem["optional"], problem["seconds"])}
            else:
                result, model = solver.decide(problem["text"], problem["names"], problem["seconds"])
                answer = {"result": result, "model": {k: str(v) for k, v in model.items()}}
        except Exception as error:  # an answer is owed whatever happens inside a solver
            answer = {"result": f"unknown ({type(error).__name__})", "model": {}}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
