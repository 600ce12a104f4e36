"""What two solvers must say before something is called proved, and what becomes of one that fails, lies or is late."""

import os
import signal
from collections.abc import Sequence
from fractions import Fraction as F
from pathlib import Path

import pytest
import sympy

from rankladder.language.obligation import Obligation
from rankladder.proof.parts import Status
from rankladder.proof.smt import discharge, discharge_all, solvers
from rankladder.proof.smtlib import smtlib
from rankladder.proof.solvers import CVC5, Z3, Isolated

x, y = sympy.symbols("x y", real=True)
ASKED = Obligation("cube", (x > 1,), x**3 > y)
TRUE = Obligation("true", (x > 1,), x**2 >= x)
FALSE = Obligation("false", (x > 0,), x**2 >= x)
RIGHT, WRONG, NEAR = {"x": F(2), "y": F(8)}, {"x": F(2), "y": F(7)}, {"x": F(2), "y": F(1, 3)}


class Says:
    """A solver that says what it is told."""

    def __init__(self, result: str, model: dict[str, F] | None = None, version: str = "1") -> None:
        self.result, self.model, self.name, self.version = result, model or {}, "stub", version

    def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, F]]:
        return self.result, self.model


@pytest.mark.parametrize(
    ("first", "second", "status", "said"),
    [
        (Says("unsat"), Says("unsat"), "proved", "unsat"),
        (Says("unsat"), Says("sat"), "error", "contradict each other"),
        (Says("unsat"), Says("unknown", RIGHT), "error", "contradict each other"),
        (Says("sat", RIGHT), Says("unknown"), "refuted", "false at x=2, y=8"),
        (Says("sat", WRONG), Says("sat", RIGHT), "refuted", "false at x=2, y=8"),
        (Says("unsat"), Says("unsat", version=""), "open", "install rankladder[proof] for both solvers"),
        (Says("unsat"), Says("unknown"), "open", "unknown"),
        (Says("sat", NEAR), Says("sat"), "open", "not confirmed: at irrational values"),
    ],
)  # fmt: skip
def test_what_two_answers_are_worth(first: Says, second: Says, status: str, said: str) -> None:
    part = discharge(ASKED, by=(first, second))
    assert part.status is Status(status) and said in part.detail
    assert (part.counterexample == RIGHT) is (RIGHT in (first.model, second.model))


@pytest.mark.parametrize("honest", [Z3(), CVC5()], ids=lambda h: h.name)
def test_a_solver_that_always_says_unsat_is_caught_by_the_other(honest: Z3 | CVC5) -> None:
    part = discharge(FALSE, by=(Says("unsat"), honest))
    assert part.status is Status.error and "stub" in part.detail


def test_one_solver_alone_proves_nothing() -> None:
    for alone in ((Z3(),), (CVC5(),), ()):
        assert discharge(TRUE, by=alone).status is Status.open


def test_both_solvers_prove_and_refute() -> None:
    proved = discharge(TRUE, by=solvers())
    assert proved.status is Status.proved and [a.name for a in proved.answers] == ["z3", "cvc5"]
    found = discharge(FALSE)
    assert found.status is Status.refuted and found.counterexample is not None
    assert 0 < found.counterexample["x"] < 1


def test_an_undefined_conclusion_is_not_proved() -> None:
    assert discharge(Obligation("pole", (), 1 / x**2 >= 0)).status is not Status.proved


def test_a_counterexample_to_what_the_rules_made_counts_for_nothing() -> None:
    """``exp(x) > 1 + x`` is false at 0, but the point belongs to a variable that only stands for the exponential."""
    both = (Says("sat", {"x": F(0), "E_x": F(1)}), Says("sat"))
    _, (part,) = discharge_all(Obligation("exponential", (), sympy.exp(x) > 1 + x), by=both)
    assert part.status is Status.open and part.counterexample is None
    _, (part,) = discharge_all(Obligation("deep", (x > 0,), sympy.exp(sympy.exp(x)) > 1 + x))
    assert part.status is Status.open and "not elementary" in part.detail


def test_a_solver_that_does_not_end_is_ended() -> None:
    s, z = sympy.symbols("s z")
    step = z * (1 + s * (1 - z)) ** 2
    twice = step.subs(z, step)
    hard = Obligation(
        "hard", (s > 0, 2 * s <= 1, z > 0, z <= 1, step >= z), sympy.And(twice >= step, twice <= 1)
    )
    assert Isolated("cvc5").decide(smtlib(hard), ["s", "z"], 0.2)[0] == "unknown"
    assert Isolated("cvc5").decide(smtlib(TRUE), ["x"], 10.0)[0] == "unsat"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are listed by Linux only")
def test_a_solver_that_was_killed_is_started_anew() -> None:
    def children() -> set[int]:
        return {int(p) for t in Path("/proc/self/task").glob("*/children") for p in t.read_text().split()}

    def answer(shows: object) -> str:  # what was answered before is not asked again
        return Isolated("z3").decide(smtlib(Obligation("new", (x > 1,), shows)), ["x"], 30.0)[0]

    assert answer(x**2 > 1) == "unsat"
    (solver,) = [p for p in children() if b"solvers\0z3" in Path(f"/proc/{p}/cmdline").read_bytes()]
    os.kill(solver, signal.SIGKILL)
    assert answer(x**2 > 4) == "sat"
    assert solver not in children()
