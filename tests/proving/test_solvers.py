"""What is asked of the two solvers, in which process, and what their answers are worth."""

from __future__ import annotations

import atexit
import io
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import pytest
import sympy

from rankladder.language.obligation import Obligation
from rankladder.proof import smt, solvers
from rankladder.proof.parts import Answer, Part, Status, combined
from rankladder.proof.smt import discharge, discharge_all, violates
from rankladder.proof.solvers import CVC5, Z3, Isolated

x, y = sympy.symbols("x y", real=True)
DECLARED = "(declare-fun x () Real)(declare-fun y () Real)"


class Calls:
    """An object that notes every call of its methods and answers what it was told to."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.noted = answers, []  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            self.noted.append((name, *given, *named.items()))
            answer = self.answers.get(name)
            return answer(*given) if callable(answer) else answer

        return call


def test_a_model_gives_every_number_that_was_asked_for() -> None:
    text = f"(set-logic QF_NRA){DECLARED}(assert (= (* 3.0 x) 2.0))(check-sat)"
    answer, found = Z3().decide(text, ["x", "y"], 10.0)
    assert answer == "sat" and found == {"x": F(2, 3), "y": 0}
    assert Z3().decide(text, [], 10.0) == ("sat", {})
    root, near = Z3().decide(f"{DECLARED}(assert (= (* x x) 2.0))(assert (> x 0.0))(check-sat)", ["x"], 10.0)
    assert root == "sat" and 0 < abs(near["x"] ** 2 - 2) < F(1, 10**59)


def test_the_coverings_tell_the_three_answers_apart() -> None:
    for claim, answer in (("(> (* x x) 2.0)", "sat"), ("(< (* x x) 0.0)", "unsat")):
        assert CVC5().decide(f"(set-logic QF_NRA){DECLARED}(assert {claim})(check-sat)", ["x"], 10.0) == (
            answer,
            {},
        )


def test_a_solver_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Z3().version[0].isdigit() and CVC5().version[0].isdigit()
    assert Isolated("z3").version == Z3().version and Isolated("cvc5").version == CVC5().version
    for name in ("z3", "cvc5"):
        monkeypatch.setitem(sys.modules, name, None)
    assert Z3().version == CVC5().version == Isolated("z3").version == ""


def test_what_goes_to_the_child_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = json.dumps({"result": "sat", "model": {"x": "-2/3"}})
    child = Calls(ask=lambda question, seconds: reply)
    monkeypatch.setattr(solvers, "_child", lambda name: child)
    assert Isolated("z3").decide("text", ("x",), 5.0) == ("sat", {"x": F(-2, 3)})
    (_, question, seconds) = child.noted[0]
    # two seconds beyond the solver's own limit
    assert json.loads(question) == {"text": "text", "names": ["x"], "seconds": 5.0} and seconds == 7.0
    child.answers["ask"] = lambda question, seconds: None
    assert Isolated("z3").decide("text", ("x",), 5.0) == ("unknown", {})


def test_a_child_is_made_once_and_ended_with_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Any] = []
    monkeypatch.setattr(atexit, "register", ended.append)
    one = solvers._child("nobody")
    assert solvers._child("nobody") is one and ended == [one.stop]


class Pretended(solvers._Child):
    """A child whose process is pretended: it answers with one line at each start."""

    def __init__(self, *lines: str | None, gone: Sequence[Any] = (), broken: bool = False) -> None:
        super().__init__("z3")
        self.lines, self.gone, self.broken, self.starts, self.ends = list(lines), list(gone), broken, 0, 0

    def _start(self) -> None:
        self.starts += 1
        stream = Calls(write=self._refused if self.broken else None)
        process: Any = Calls(poll=lambda: self.gone.pop(0) if self.gone else None)
        process.stdin, self._process = stream, process
        self._lines = queue.Queue()
        line = self.lines.pop(0) if self.lines else None
        if line is not None:
            self._lines.put(line)

    def _refused(self, text: str) -> None:
        raise BrokenPipeError

    def stop(self) -> None:
        self.ends += 1
        self._process = None


def test_a_child_that_died_is_asked_once_more_and_one_that_is_late_is_not() -> None:
    good = Pretended("answer\n")
    assert good.ask("question", 1.0) == "answer\n" and (good.starts, good.ends) == (1, 0)
    stream = good._process.stdin  # type: ignore[union-attr]
    assert stream.noted == [("write", "question\n"), ("flush",)]  # type: ignore[union-attr]
    good._lines.put("more\n")
    assert good.ask("again", 1.0) == "more\n" and good.starts == 1
    died = Pretended("", "answer\n")
    assert died.ask("question", 1.0) == "answer\n" and (died.starts, died.ends) == (2, 1)
    dies = Pretended("", "", "")
    assert dies.ask("question", 1.0) is None and (dies.starts, dies.ends) == (2, 2)
    late = Pretended(None, "answer\n")
    assert late.ask("question", 0.01) is None and (late.starts, late.ends) == (1, 1)
    refused = Pretended("unread", "unread", "unread", broken=True)
    assert refused.ask("question", 1.0) is None and (refused.starts, refused.ends) == (2, 2)


def test_a_process_that_has_ended_is_started_anew() -> None:
    child = Pretended("first\n", "second\n", gone=[1])
    assert child.ask("question", 1.0) == "first\n"
    assert child.ask("question", 1.0) == "second\n" and child.starts == 2
    closed = Pretended("first\n")
    closed._start()
    closed._process.stdin = None  # type: ignore[union-attr]
    assert closed.ask("question", 1.0) is None and (closed.starts, closed.ends) == (1, 0)


def test_a_child_is_this_module_with_a_reader_that_ends_with_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Any] = []
    thread = Calls()

    def process(command: list[str], **options: Any) -> str:
        made.append((command, options))
        return "process"

    def reader_of(**options: Any) -> Calls:
        made.append(options)
        return thread

    monkeypatch.setattr(subprocess, "Popen", process)
    monkeypatch.setattr(threading, "Thread", reader_of)
    child = solvers._Child("cvc5")
    before = child._lines
    child._start()
    (command, options), reader = made
    assert command == [sys.executable, "-m", "rankladder.proof.solvers", "cvc5"]
    assert options == {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.DEVNULL,
        "text": True,
    }
    assert child._lines is not before
    assert reader == {"target": child._read, "args": ("process", child._lines), "daemon": True}
    assert thread.noted == [("start",)]


def test_the_end_of_a_child_is_told_by_an_empty_line() -> None:
    class Closed(io.StringIO):
        def __next__(self) -> Any:
            raise ValueError("I/O operation on closed file")

    for stream, told in ((io.StringIO("a\nb\n"), ["a\n", "b\n", ""]), (None, [""]), (Closed("a\n"), [""])):
        lines: queue.Queue[str] = queue.Queue()
        solvers._Child._read(SimpleNamespace(stdout=stream), lines)  # type: ignore[arg-type]
        assert [lines.get_nowait() for _ in range(lines.qsize())] == told


def test_ending_a_child_closes_what_it_had() -> None:
    child = solvers._Child("z3")
    child.stop()
    stream = Calls()
    process: Any = Calls()
    process.stdin, process.stdout = stream, None
    child._process = process
    child.stop()
    child.stop()
    assert process.noted == [("kill",), ("wait",)] and stream.noted == [("close",)] and child._process is None


def test_every_problem_has_an_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Backend:
        def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, F]]:
            if text == "broken":
                raise ArithmeticError(text)
            return f"{text} {names} {seconds}", {"x": F(1, 3)}

    monkeypatch.setitem(solvers._BACKENDS, "z3", Backend)
    asked = [{"text": t, "names": ["x"], "seconds": 1.5} for t in ("good", "broken", "good")]
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(json.dumps(a) + "\n" for a in asked)))
    solvers._serve("z3")
    answered = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    good = {"result": "good ['x'] 1.5", "model": {"x": "1/3"}}
    assert answered == [good, {"result": "unknown (ArithmeticError)", "model": {}}, good]


class Says:
    """A solver that says what it is told, and notes its time."""

    def __init__(
        self, result: str, model: dict[str, F] | None = None, name: str = "one", version: str = "1"
    ) -> None:
        self.result, self.model, self.name, self.version = result, model or {}, name, version
        self.asked: list[Any] = []

    def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, F]]:
        self.asked.append((text.splitlines()[0], list(names), seconds))
        return self.result, self.model


ASKED = Obligation("cube", (x > 1,), x**3 > y)
RIGHT, WRONG = {"x": F(2), "y": F(8)}, {"x": F(2), "y": F(7)}


@pytest.mark.parametrize(
    ("first", "second", "status", "detail"),
    [
        (Says("unsat"), Says("unsat", name="two"), "proved", "one 1: unsat, two 1: unsat"),
        (Says("unsat"), Says("sat", name="two"), "error", "the solvers contradict each other: one 1: unsat, two 1: sat"),
        (Says("unsat"), Says("unknown", RIGHT, "two"), "error", "the solvers contradict each other: one 1: unsat, two 1: unknown"),
        (Says("sat", RIGHT), Says("unknown", name="two"), "refuted", "false at x=2, y=8"),
        (Says("sat", WRONG), Says("sat", RIGHT, "two"), "refuted", "false at x=2, y=8"),
        (Says("unsat"), Says("unsat", name="two", version=""), "open",
         "one 1: unsat, two : missing; install rankladder[proof] for both solvers"),
        (Says("unsat"), Says("unknown", name="two"), "open", "one 1: unsat, two 1: unknown"),
        (Says("sat", {"x": F(2), "y": F(1, 3)}), Says("sat", name="two"), "open",
         "one 1: sat, two 1: sat; false near x = 2, y = 0.333333, but not confirmed: at irrational values, or undefined there"),
    ],
)  # fmt: skip
def test_what_two_answers_are_worth(first: Says, second: Says, status: str, detail: str) -> None:
    part = discharge(ASKED, by=(first, second), seconds=3.0)
    assert (part.status, part.detail) == (Status(status), detail.replace("  ", " "))
    assert part.name == "cube"
    assert part.statement == "for all real x, y: x > 1  ==>  x**3 > y"
    # one that is asked after a counterexample would change nothing
    asked = (first,) if first.model == RIGHT else (first, second)
    assert [(a.name, a.version, a.result) for a in part.answers] == [
        (s.name, s.version, s.result if s.version else "missing") for s in asked
    ]
    assert part.counterexample == (RIGHT if RIGHT in (first.model, second.model) else None)


def test_one_answer_twice_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Says("unsat")
    assert discharge(ASKED, by=(alone,)).status is Status.open
    assert discharge(ASKED, by=()).method == "SMT"
    both = (Says("unsat"), Says("unsat"))
    monkeypatch.setattr(smt, "solvers", lambda: both)
    assert discharge(ASKED).status is Status.proved
    unread = discharge(Obligation("no", (), sympy.sin(x) <= 1), by=both)
    assert (unread.status, unread.method, unread.answers) == (Status.open, "SMT", ())
    assert unread.detail.startswith("not polynomial: ")


def test_the_two_solvers_are_z3_and_cvc5() -> None:
    assert [s.name for s in smt.solvers()] == ["z3", "cvc5"]


def test_a_counterexample_satisfies_what_is_given_and_breaks_what_is_shown() -> None:
    for point, breaks in (((2, 8), True), ((2, 7), False), ((1, 8), False), ((2, 9), True)):
        assert violates(ASKED, dict(zip("xy", map(F, point), strict=True))) is breaks
    undefined = Obligation("quotient", (x >= 0,), 1 / x > 0)
    assert not violates(undefined, {"x": F(0)}) and not violates(undefined, {"x": F(1, 2)})
    assert violates(Obligation("thirds", (), 3 * x < 2), {"x": F(2, 3)})
    assert violates(Obligation("both", (x > 0, x < 1), x > 2), {"x": F(1, 2)})
    assert not violates(Obligation("both", (x > 0, x < 1), x > 2), {"x": F(3, 2)})


def test_a_counterexample_to_what_the_rules_made_counts_for_nothing() -> None:
    wrong = Obligation("exponential", (), sympy.exp(x) > 1 + x)
    made, parts = discharge_all(wrong, by=(Says("sat", {"x": F(0), "E_x": F(1)}), Says("sat", name="two")))
    assert len(made) == len(parts) == 1 and parts[0].status is Status.open and parts[0].counterexample is None
    asked, (plain,) = discharge_all(ASKED, by=(Says("sat", RIGHT), Says("sat", name="two")))
    assert asked == (ASKED,) and plain.status is Status.refuted and plain.counterexample == RIGHT
    made, (said,) = discharge_all(Obligation("deep", (x > 0,), sympy.exp(sympy.exp(x)) > 1))
    assert made == () and said.status is Status.open and said.detail == "not elementary: the exponent exp(x)"
    assert said.method == "SMT" and said.statement == "for all real x: x > 0  ==>  exp(exp(x)) > 1"


def test_a_part_is_written_with_plain_values() -> None:
    answer = Answer("z3", "4.1", "unsat", 0.123456)
    assert answer.to_json() == {"name": "z3", "version": "4.1", "result": "unsat", "seconds": 0.1235}
    part = Part("n", "s", "m", Status.refuted, "d", 1.00016, (answer,), {"x": F(-1, 3)})
    assert part.to_json() == {
        "name": "n", "statement": "s", "method": "m", "status": "refuted", "detail": "d", "seconds": 1.0002,
        "region": "", "solvers": [answer.to_json()], "counterexample": {"x": "-1/3"},
    }  # fmt: skip
    assert replace(part, counterexample=None, answers=(), seconds=0.00016).to_json() | {"seconds": 0.0002} == {
        **part.to_json(), "counterexample": None, "solvers": [], "seconds": 0.0002,
    }  # fmt: skip
    bare = Part("n", "s", "m", Status.open)
    assert (bare.detail, bare.seconds, bare.answers, bare.counterexample) == ("", 0.0, (), None)


def test_the_whole_is_as_weak_as_its_weakest_part() -> None:
    order = [
        Status.proved,
        Status.certified,
        Status.tested,
        Status.open,
        Status.refuted,
        Status.error,
    ]
    assert list(Status) == order and combined(()) is Status.open
    for i, one in enumerate(order):
        for j, other in enumerate(order):
            assert combined((Part("", "", "", one), Part("", "", "", other))) is order[max(i, j)]


def test_a_part_and_each_answer_take_their_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 101.0, 104.0, 110.0, 117.0, 130.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    part = discharge(ASKED, by=(Says("unsat"), Says("unsat")))
    assert part.seconds == 30 and [a.seconds for a in part.answers] == [3, 7]
    clock = iter([100.0, 101.0])
    assert [a.seconds for a in discharge(ASKED, by=(Says("unsat", version=""),)).answers] == [0]
