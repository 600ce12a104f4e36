"""What check, explore, sweep and data print of results that are known; word for word."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from properties.commands import check_command, explore_command, sweep_command
from properties.comparing import Change
from properties.stating.instance import Instance
from properties.stating.verdict import Evidence, Expectation, Result, Verdict


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "220")


def words(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines printed, with single spaces."""
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def result(id: str, verdict: str, expected: str = "holds", **rest: Any) -> Result:
    return Result(id, "title", Expectation(expected), Verdict(verdict), **rest)


TESTED = result("A-1", "tested", instances=12345, margin=0.01234, seconds=1.26,
                evidence=(Evidence("test", "12,345 instances"), Evidence("proof", "open")))  # fmt: skip
PROVED = result(
    "A-2", "proved", evidence=(Evidence("proof", "by induction"), Evidence("test", "5 instances"))
)
FALSE = result("A-3", "refuted", "refuted", counterexample=Instance.of(x=Fraction(1, 2)), margin=-2.0)
WRONG = result("A-4", "refuted", counterexample=Instance.of(x=Fraction(1, 3), n=2), margin=-1.5)
EMPTY = result("A-5", "vacuous", evidence=(Evidence("test", "first"), Evidence("test", "no instance fits")))
BROKEN = result("A-6", "error", evidence=(Evidence("test", "ValueError: no"),))


def test_the_table_of_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    check_command._print_table([TESTED, PROVED, FALSE, WRONG, EMPTY, BROKEN], 7, 12.6)
    assert words(capsys) == [
        "claim verdict evidence instances margin seconds",
        "A-1 tested 12,345 instances 12,345 0.012 1.3",
        "A-2 proved by induction; 5 instances 0 - 0.0",
        "A-3 refuted counterexample x=1/2 0 -2 0.0",
        "A-4 refuted (expected: holds) counterexample x=1/3, n=2 0 -1.5 0.0",
        "A-5 vacuous (expected: holds) no instance fits 0 - 0.0",
        "A-6 error (expected: holds) ValueError: no 0 - 0.0",
        "6 claims: 3 as expected, 2 unexpected, 1 inconclusive: A-4, A-5, A-6 (seed 7, 13 s)",
    ]


def test_the_last_line_names_eight() -> None:
    many = [replace(WRONG, id=f"B-{n}") for n in range(9)]
    names = ", ".join(f"B-{n}" for n in range(8))
    assert (
        check_command.summary_line(many[:8], 0, 0.4)
        == f"8 claims: 0 as expected, 8 unexpected, 0 inconclusive: {names} (seed 0, 0 s)"
    )
    assert check_command.summary_line(many, 0, 0.6).endswith(f"inconclusive: {names} … (seed 0, 1 s)")
    assert (
        check_command.summary_line([TESTED], 1, 2)
        == "1 claims: 1 as expected, 0 unexpected, 0 inconclusive (seed 1, 2 s)"
    )


def test_an_exit_code_says_the_worst() -> None:
    code = check_command.exit_code
    assert [code([TESTED, r]) for r in (PROVED, FALSE, WRONG, EMPTY, BROKEN)] == [0, 0, 1, 3, 4]
    assert code([EMPTY, WRONG]) == 1 and code([WRONG, EMPTY, BROKEN]) == 4
    assert code([TESTED], incomplete=True) == 3 and code([WRONG], incomplete=True) == 1
    made = check_command.document([TESTED, FALSE, WRONG, EMPTY, BROKEN], 9)
    assert (made["schema"], made["summary"], made["seed"]) == (
        1,
        {"as_expected": 2, "unexpected": 2, "inconclusive": 1},
        9,
    )
    assert [c["id"] for c in made["claims"]] == ["A-1", "A-3", "A-4", "A-5", "A-6"]


def test_changes_against_a_kept_result(capsys: pytest.CaptureFixture[str]) -> None:
    check_command._print_changes(
        [
            Change("A-1", "worse", "tested", "refuted", "at x=1"), Change("A-2", "better", "suspect", "proved"),
            Change("A-3", "other", "tested", "proved"), Change("A-4", "margin", "0.5", "0.1"), Change("A-5", "new", "", "tested"),
            Change("A-6", "gone", "tested", ""), Change("A-7", "worse", "proved", "tested"),
        ],
        "old.json",
    )  # fmt: skip
    assert capsys.readouterr().out.splitlines() == [
        "worse          A-1: tested -> refuted (at x=1)",
        "better         A-2: suspect -> proved",
        "changed        A-3: tested -> proved",
        "margin shrank  A-4: 0.5 -> 0.1",
        "new            A-5: tested",
        "gone           A-6",
        "worse          A-7: proved -> tested",
        "against old.json: 7 changes, 2 for the worse",
    ]


def row(**rest: Any) -> dict[str, Any]:
    return {"id": "A-1", "dropped": None, "verdict": "tested", "instances": 12345, "seconds": 1.26, "worst": None, "simple": None,
            "needed": None, "note": ""} | rest  # fmt: skip


def test_a_hunt_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    explore_command._print(row(note="nothing found"))
    explore_command._print(row(dropped="low", needed=False))
    explore_command._print(row(
        dropped="low", needed=True, verdict="refuted", worst={"margin": -12.3456789, "instance": "x=9"},
        simple={"margin": "-0.5", "instance": "x=2"},
    ))  # fmt: skip
    assert capsys.readouterr().out.splitlines() == [
        "A-1: tested (12,345 instances, 1.3 s)", "  nothing found",
        "A-1 without low: tested (12,345 instances, 1.3 s)", "  assumption low: not needed as far as 12,345 instances show",
        "A-1 without low: refuted (12,345 instances, 1.3 s)", "  worst  margin -12.3457 at x=9", "  simple margin -0.5 at x=2",
        "  assumption low: needed",
    ]  # fmt: skip


def test_the_exit_code_of_hunts() -> None:
    claims: Any = {
        "A-1": SimpleNamespace(expects=Expectation.holds),
        "A-2": SimpleNamespace(expects=Expectation.refuted),
    }
    false = row(id="A-2", verdict="refuted")
    for rows, code in (
        ([row(), false], 0), ([row(verdict="refuted")], 1), ([row(id="A-2")], 1), ([row(verdict="vacuous")], 3),
        ([row(verdict="error"), row(verdict="refuted")], 4), ([row(verdict="suspect"), row(verdict="refuted")], 1),
        ([row(dropped="low", verdict="refuted")], 0), ([row(dropped="low", verdict="vacuous")], 0),
    ):  # fmt: skip
        assert explore_command._exit_code(rows, claims) == code, rows


def test_a_sweep_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    shared: dict[str, Any] = {"instances": 100_000, "seconds": 2.04, "file": None}
    sweep_command._print(
        shared
        | {
            "transition_step": [12, 3456],
            "regimes": {"monotone": 99_000, "divergent": 1000},
            "outside_bracket": 1234,
        }
    )
    found = {"id": "A-1", "verdict": "refuted", "negative": 1500, "undefined": 20, "judged": 2100, "file": "out.npz",
             "drawn": 101_234,
             "smallest": {"margin": -0.123456789, "instance": "x=1"}, "violation": {"margin": "-0.25", "instance": "x=2"}}  # fmt: skip
    sweep_command._print(shared | found)
    bare = found | {"drawn": 100_000, "smallest": None, "violation": None, "file": None}
    sweep_command._print(shared | bare)
    lines = [
        "  in float64 98,480 margins are at least 0, 1,500 below, 20 have no value; judged in balls: 2,100",
    ]
    assert capsys.readouterr().out.splitlines() == [
        "100,000 instances (monotone 99,000, divergent 1,000), 2.0 s", "  first step at or above theta: 12 to 3,456",
        "  outside the bracket of GD-6: 1,234",
        "A-1: refuted (100,000 instances, 1,234 more break an assumption, 2.0 s)", *lines,
        "  least margin in float64 -0.123457 at x=1", "  violated, margin -0.25 at x=2", "  written to out.npz",
        "A-1: refuted (100,000 instances, 2.0 s)", *lines,
    ]  # fmt: skip
    claims = {e: SimpleNamespace(expects=Expectation(e)) for e in ("holds", "refuted", "open")}
    code: Any = sweep_command._exit_code
    assert [code({"outside_bracket": n}, None) for n in (0, 3)] == [0, 1]
    assert [code({"verdict": "refuted"}, c) for c in claims.values()] == [1, 0, 0]
    assert [code({"verdict": v}, claims["holds"]) for v in ("tested", "vacuous", "suspect")] == [0, 3, 3]
