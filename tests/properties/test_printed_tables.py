"""What commands print of rows that are known: the table of assumptions, a threshold, hunts in parts; word for word."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from properties import Real, claim, symbols
from properties.commands import boundary_command
from properties.commands.assumption_table import _HEAD, markdown, print_table, standing
from properties.commands.hunts import Hunts, HuntTask, lost, merged
from properties.engine.boundary import Boundary
from properties.stating.statement import Claim
from properties.usage import UsageError

x = symbols("x")


def stated(id: str, family: str, *given: str) -> Claim:
    made: Claim = claim(id, over={"x": Real(0, 4)}, given={name: x <= n for n, name in enumerate(given, 1)})(
        lambda x: 1 - x
    )
    assert made.family == family
    return made


CLAIMS = {c.id: c for c in (
    stated("A-1", "A", "low", "odd", "third"), stated("A-2", "A", "low"), stated("B-1", "B", "low", "high"),
)}  # fmt: skip


def found(id: str, dropped: str, needed: bool | None, **rest: Any) -> dict[str, Any]:
    return {
        "id": id,
        "dropped": dropped,
        "needed": needed,
        "verdict": "tested",
        "instances": 2000,
        "note": "",
        "simple": None,
    } | rest


ROWS = [
    found(
        "A-1",
        "low",
        True,
        verdict="refuted",
        instances=12,
        simple={"instance": "x=3/2, |y|=1", "margin": "-0.123456"},
    ),
    found("A-1", "odd", False, note="no violation"),
    found("A-1", "third", False, instances=1234567),
    found("B-1", "low", None, verdict="vacuous", instances=0, note="no instances"),
    found("A-2", "low", True, verdict="refuted", simple={"instance": "x=2", "margin": -1}),
    found("B-1", "high", None, verdict="error", instances=7, note="ValueError: no"),
]
SUMMARY = "6 assumptions of 3 claims: 2 needed, 2 not needed as far as seen, 2 undefined"


def test_the_page_of_assumptions() -> None:
    assert (
        markdown(ROWS, CLAIMS, "rankladder explore")
        == _HEAD.format(command="rankladder explore")
        + f"""
{SUMMARY}

Not needed, as far as seen: `odd` of A-1, `third` of A-1.

Undefined: `low` of B-1, `high` of B-1.

## A

| claim | assumption | says | | witness, margin |
|---|---|---|---|---|
| A-1 | `low` | x <= 1 | needed | `x=3/2, \\|y\\|=1`, -0.123 |
| A-1 | `odd` | x <= 2 | not needed as far as 2,000 instances show | no violation |
| A-1 | `third` | x <= 3 | not needed as far as 1,234,567 instances show |  |
| A-2 | `low` | x <= 1 | needed | `x=2`, -1 |

## B

| claim | assumption | says | | witness, margin |
|---|---|---|---|---|
| B-1 | `low` | x <= 1 | undefined | no instances |
| B-1 | `high` | x <= 2 | error | ValueError: no |
"""
    )


def test_the_page_leaves_out_what_there_is_not() -> None:
    page = markdown(ROWS[:1], CLAIMS, "c")
    assert "1 assumptions of 1 claims: 1 needed, 0 not needed as far as seen, 0 undefined\n\n## A" in page
    assert page.endswith("-0.123 |\n") and "## B" not in page
    assert [standing(row) for row in ROWS] == [
        "needed", "not needed as far as 2,000 instances show", "not needed as far as 1,234,567 instances show", "undefined",
        "needed", "error",
    ]  # fmt: skip


def test_the_table_of_assumptions_on_the_console(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    print_table(ROWS)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [line.split() for line in (
        "claim assumption needed? instances witness",
        "A-1 low needed 12 x=3/2, |y|=1",
        "A-1 odd no, as far as seen 2,000 no violation",
        "A-1 third no, as far as seen 1,234,567",
        "B-1 low cannot tell 0 no instances",
        "A-2 low needed 2,000 x=2",
        "B-1 high error 7 ValueError: no",
        SUMMARY,
    )]  # fmt: skip


BRACKET = Boundary("A-2", "x", Fraction(-1, 8), Fraction(0), SimpleNamespace(margin=-0.0123456, instance="x=0"), 321, None, None,
                   False, 1.26)  # type: ignore[arg-type]  # fmt: skip


def bounded(monkeypatch: pytest.MonkeyPatch, result: Boundary | Exception, **options: Any) -> int:
    """Run the command; its search gives ``result`` (or raises it)."""

    def find_boundary(claim: Claim, parameter: str, **settings: Any) -> Boundary:
        assert (claim.id, parameter, settings) == ("A-2", "x", {"width": 1e-3, "budget": 5.0, "seed": 7})
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(boundary_command, "find_boundary", find_boundary)
    monkeypatch.setattr(
        boundary_command,
        "chosen_claims",
        lambda targets, ids: {id: CLAIMS[id] for id in CLAIMS if id.startswith(ids[0])},
    )
    monkeypatch.setattr(boundary_command, "no_longer_than", lambda seconds: contextlib.nullcontext())
    plain = {
        "id": "A-2",
        "targets": (),
        "parameter": "x",
        "width": 1e-3,
        "budget": 5.0,
        "seed": 7,
        "json": False,
    }
    return boundary_command.run(SimpleNamespace(**(plain | options)))


def test_a_threshold_is_told_from_both_sides(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # the threshold is 0 here: a number like any other
    assert bounded(monkeypatch, BRACKET) == 0
    assert capsys.readouterr().out.splitlines() == [
        "A-2: threshold in x near -0.0625 (1.3 s)",
        "  holds at -0.125: no violation in 321 instances",
        "  fails at 0: certified, margin -0.0123",
    ]
    for confirmed, word in ((True, "confirmed closer than the bracket"), (False, "not confirmed")):
        assert bounded(monkeypatch, replace(BRACKET, polynomial="x**2", root=1e-13, confirmed=confirmed)) == 0
        lines = capsys.readouterr().out.splitlines()
        assert (len(lines), lines[0], lines[-1]) == (
            4,
            "A-2: threshold in x near 1e-13 (1.3 s)",
            f"  root of x**2: {word}",
        )
    assert bounded(monkeypatch, BRACKET, json=True) == 0
    assert json.loads(capsys.readouterr().out) == {
        "id": "A-2", "parameter": "x", "holds_at": {"exact": "-1/8", "float": -0.125}, "fails_at": {"exact": "0", "float": 0.0},
        "estimate": -0.0625, "minimal_polynomial": None, "polynomial_confirmed": False, "certified": True, "counterexample": "x=0",
        "margin": -0.0123456, "instances_at_holding_end": 321, "set_aside": [], "further_changes": [], "seconds": 1.26,
    }  # fmt: skip


def test_no_threshold_is_told_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for missing, why in (
        (
            replace(BRACKET, fails_at=None, witness=None),
            " was met within its range: no change from holding to failing",
        ),
        (replace(BRACKET, holds_at=None), ": it fails at every value tried, as at x=0"),
    ):
        assert bounded(monkeypatch, missing) == 3
        assert capsys.readouterr().out == f"A-2: no threshold in x{why}\n"
        assert bounded(monkeypatch, missing, json=True) == 3
        assert json.loads(capsys.readouterr().out)["estimate"] is None


def test_further_changes_and_what_is_set_aside_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = replace(
        BRACKET,
        further=((Fraction(1, 3), Fraction(1, 2)), (Fraction(2), Fraction(3))),
        set_aside=("low", "high"),
    )
    assert bounded(monkeypatch, more) == 0
    assert capsys.readouterr().out.splitlines()[3:] == [
        "  not the only one: the outcome changes also between 0.333333 and 0.5, 2 and 3",
        "  set aside, as it bounds x alone: low, high",
    ]


def test_a_threshold_of_several_claims_or_of_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"^A names 2 claims; give one of A-1, A-2$"):
        bounded(monkeypatch, BRACKET, id="A")
    wrong = ValueError("no parameter y; give x")
    with pytest.raises(UsageError, match="^no parameter y; give x$"):
        bounded(monkeypatch, wrong)
    wrong.add_note("at x = 1")
    wrong.add_note("in the second half")
    with pytest.raises(UsageError, match=r"^no parameter y; give x \(at x = 1\)$"):
        bounded(monkeypatch, wrong)


def part(verdict: str, name: str = "", **rest: Any) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "instances": 10,
        "undecided": 0,
        "seconds": 0.25,
        "complete": True,
        "note": name,
        "simple": None,
    } | rest


@pytest.mark.parametrize("ends", ["refuted", "error"])
def test_parts_after_the_first_that_ends_a_hunt_are_not_wanted(ends: str, tmp_path: Path) -> None:
    tasks = [HuntTask("c", "low", (), 1.0, 8, 0, "v", number, 300) for number in range(300)]
    # numbers as they come back from other processes: equal, not the same objects
    sent = [replace(task, part=int(str(task.part))) for task in tasks]
    hunts = Hunts(tasks, tmp_path)
    assert [hunts.wanted(task) for task in (tasks[0], sent[299])] == [True, True]
    hunts.keep(sent[280], part(ends))
    assert hunts.left() == tasks[:280]
    hunts.keep(sent[270], part("tested"))
    assert not hunts.wanted(sent[270]) and hunts.wanted(sent[271])
    hunts.keep(sent[3], part(ends))
    assert hunts.left() == tasks[:3] and hunts.finished() == {}
    for task in sent[:3]:
        hunts.keep(task, part("suspect"))
    assert hunts.left() == []
    assert hunts.finished()["c", "low"]["instances"] == 40


def test_one_row_of_several_parts() -> None:
    rows = [
        part("suspect", "first", undecided=1, seconds=0.1234), part("tested", "second", complete=False, undecided=2),
        part("vacuous", "third", instances=1),
    ]  # fmt: skip
    assert merged(rows) == part(
        "suspect",
        "first",
        instances=21,
        undecided=3,
        seconds=0.623,
        complete=False,
    )
    assert merged([part("vacuous", "a"), part("suspect", "b")]) == part(
        "suspect", "b", instances=20, seconds=0.5
    )
    assert merged([part("tested", "a", undecided=4), part("refuted", "b"), part("error", "c")]) == part(
        "refuted", "b", instances=20, undecided=4, seconds=0.5
    )
    assert merged([part("error", "a"), part("refuted", "b")]) == part("error", "a")
    assert merged([part("tested", "alone", undecided=1)]) == part("tested", "alone", undecided=1)


def test_a_hunt_whose_processes_are_killed_is_an_error(tmp_path: Path) -> None:
    task = HuntTask("c", "low", (), 1.0, 8, 0, "v")
    same, row = lost(task)
    assert same == task
    assert (row["id"], row["dropped"], row["verdict"], row["instances"], row["needed"]) == (
        "c",
        "low",
        "error",
        0,
        None,
    )
    assert row["note"] == "every process that hunted was killed; it may need more memory than there is"
    assert (task.settings, replace(task, part=1, parts=4).settings) == (
        {"budget": 1.0, "examples": 8, "seed": 0, "targets": ()},
        {"budget": 1.0, "examples": 8, "seed": 0, "targets": (), "part": [1, 4]},
    )
    kept = Hunts([task], tmp_path)
    kept.keep(*lost(task))
    assert list(tmp_path.rglob("*.json")) == []
