"""Checks that are interrupted, run out of time or out of disk, and go on."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import pytest

from rankladder.app import explore_command, hunts
from rankladder.app.hunts import Hunts, HuntTask
from rankladder.app.main import main
from rankladder.storage import finished
from rankladder.usage import UsageError

CLAIMS = """
from pathlib import Path
from rankladder import Real, claim

@claim("r-first", over=dict(x=Real(0, 1)))
def _(x):
    with open("calls-first", "a") as file:
        file.write("x")
    return x

@claim("r-second", over=dict(x=Real(0, 1)))
def _(x):
    if Path("interrupt").exists():
        raise KeyboardInterrupt
    return x * x

@claim("r-third", over=dict(x=Real(-1, 1)))
def _(x):
    return x * x - x / 10
"""
CHECK = ["check", "claims.py", "--profile", "quick", "--workers", "1", "--json"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path / "cache"))
    Path("claims.py").write_text(CLAIMS, encoding="utf-8")


def decided(text: str) -> dict[str, dict[str, object]]:
    """Everything a check found out, without the time it took."""
    claims = json.loads(text)["claims"]
    for claim in claims:
        del claim["seconds"]
        for evidence in claim["evidence"]:
            del evidence["seconds"]
    return {claim["id"]: claim for claim in claims}


def test_an_interrupted_check_goes_on_where_it_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    Path("interrupt").touch()
    assert main(CHECK) == 3
    printed = capsys.readouterr()
    early = decided(printed.out)
    assert list(early) == ["r-first"]
    assert "interrupted: 2 of 3 claims not finished" in printed.err
    assert f"go on with: rankladder {' '.join(CHECK)} --resume" in printed.err
    Path("interrupt").unlink()
    calls = Path("calls-first").stat().st_size
    assert main([*CHECK, "--resume"]) == 1
    resumed = decided(capsys.readouterr().out)
    assert Path("calls-first").stat().st_size == calls  # what was finished was not done again
    assert main(CHECK) == 1
    assert resumed == decided(capsys.readouterr().out)
    assert resumed.items() > early.items()
    assert resumed["r-third"]["verdict"] == "refuted"


@pytest.mark.parametrize("change", [["--seed", "1"], ["--examples", "50"]])
def test_what_was_finished_under_other_options_does_not_count(
    change: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(CHECK)
    calls = Path("calls-first").stat().st_size
    main([*CHECK, *change, "--resume"])
    assert Path("calls-first").stat().st_size > calls


def test_a_changed_claim_is_checked_again(capsys: pytest.CaptureFixture[str]) -> None:
    main(CHECK)
    Path("claims.py").write_text(CLAIMS.replace("Real(-1, 1)", "Real(1, 2)"), encoding="utf-8")
    capsys.readouterr()
    assert main([*CHECK, "--resume"]) == 0
    assert decided(capsys.readouterr().out)["r-third"]["verdict"] == "tested"


def test_what_the_clock_ended_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CHECK, "--only", "r-first", "--examples", "1000000", "--budget", "0.3"]) == 3
    assert "out of budget: 1 of 1 claims not finished" in capsys.readouterr().err
    assert not list(Path("cache").rglob("*.json"))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"row": {}}'])
def test_a_torn_row_is_made_again(damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(CHECK)
    expected = decided(capsys.readouterr().out)
    for file in Path("cache").rglob("checks/*.json"):
        file.write_text(damage, encoding="utf-8")
    main([*CHECK, "--resume"])
    assert decided(capsys.readouterr().out) == expected


def test_a_full_disk_costs_no_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_words: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("rankladder.storage.finished.write_document", full)
    assert main(CHECK) == 1
    printed = capsys.readouterr()
    assert len(decided(printed.out)) == 3
    assert printed.err.count("No space left on device; the check goes on") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_results_that_cannot_be_printed_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as scope, open("/dev/full", "w", encoding="utf-8") as full:
        scope.setattr(sys, "stdout", full)
        assert main(CHECK) == 3
    assert "No space left on device; make room, then go on with" in capsys.readouterr().err
    calls = Path("calls-first").stat().st_size
    assert main([*CHECK, "--resume"]) == 1
    assert len(decided(capsys.readouterr().out)) == 3
    assert Path("calls-first").stat().st_size == calls


HUNT = ["explore", "r-second", "claims.py", "--examples", "2000", "--parts", "4", "--budget", "600", "--json"]


def hunted(text: str) -> dict[str, object]:
    return {name: value for name, value in json.loads(text).items() if name != "seconds"}


def test_a_hunt_in_parts_goes_on_with_the_parts_that_are_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*HUNT, "--workers", "1", "--store", "whole"]) == 0
    whole = hunted(capsys.readouterr().out)
    assert whole["instances"] >= 2000
    done: list[int] = []

    def work(task: HuntTask) -> tuple[HuntTask, dict[str, object]]:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(task.part)
        return hunts.work(task)

    with monkeypatch.context() as scope:
        scope.setattr(explore_command, "work", work)
        assert main([*HUNT, "--workers", "1"]) == 3
    printed = capsys.readouterr()
    assert "interrupted: 1 of 1 hunts not finished" in printed.err
    assert "--parts 4" in printed.err
    monkeypatch.setattr(explore_command, "work", lambda task: done.append(task.part) or hunts.work(task))
    assert main([*HUNT, "--workers", "1", "--resume"]) == 0
    assert hunted(capsys.readouterr().out) == whole
    assert done == [0, 1, 2, 3]


def row(verdict: str, name: str) -> dict[str, object]:
    return {"verdict": verdict, "instances": 1, "undecided": 0, "seconds": 0.0, "complete": True, "note": name,
            "simple": None}  # fmt: skip


def test_the_parts_of_a_hunt_count_up_to_the_first_that_refutes(tmp_path: Path) -> None:
    tasks = [HuntTask("c", None, (), 1.0, 8, 0, "v", part, 4) for part in range(4)]
    doing = Hunts(tasks, tmp_path)
    doing.keep(tasks[2], row("refuted", "third"))
    assert doing.left() == tasks[:2]  # a later part cannot matter any more, an earlier one can
    assert doing.finished() == {}
    doing.keep(tasks[3], row("refuted", "fourth"))
    doing.keep(tasks[1], row("tested", "second"))
    doing.keep(tasks[0], row("tested", "first"))
    found = doing.finished()["c", None]
    assert (found["verdict"], found["note"], found["instances"]) == ("refuted", "third", 3)


def test_a_version_changes_with_what_decides_a_row_and_with_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages = tmp_path / "packages"
    files = ("theory/a.py", "simulate/b.py", "properties/c.py", "properties/engine/deep/d.py", "properties/report.py",
             "properties/report/e.py", "properties/commands/f.py", "properties/proofs/deep/g.py", "properties/proving/h.py",
             "properties/notes.txt", "other/i.py")  # fmt: skip
    for name in files:
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_text(name)
    monkeypatch.setattr(finished, "_PACKAGES", packages)
    monkeypatch.setattr(finished, "_sources", finished._sources.__wrapped__)
    for proofs, deciding in ((False, {0, 1, 2, 3, 4}), (True, {0, 1, 2, 3, 4, 7, 8})):
        before = finished.version_of(None, proofs=proofs)
        assert before == finished.version_of(None, proofs=proofs) and len(before) == 24
        for number, name in enumerate(files):
            (packages / name).write_text("changed")
            assert (finished.version_of(None, proofs=proofs) != before) is (number in deciding), name
            (packages / name).write_text(name)


def test_another_version_is_refused() -> None:
    finished.require_version("a", "a")
    with pytest.raises(UsageError, match="another version of rankladder, its libraries or the claim file"):
        finished.require_version("a", "b")
