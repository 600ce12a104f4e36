"""Small parts of the commands and the search, each against what it says of itself."""

from __future__ import annotations

import math
import os
import shlex
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from properties import Int, Real, claim, lemma, store, strategies, symbols
from properties.cli import main, parser
from properties.commands import check_command, explore_command, hunts, simulate_command
from properties.describing import source_of
from properties.engine.exploring import Exploration
from properties.engine.guiding import Archive
from properties.engine.judging import judge
from properties.engine.search import badness
from properties.stating.enclosure import _SYMBOLIC
from properties.stating.verdict import Verdict
from properties.store import write_document, write_text
from simulate.balls import Ball, hull
from simulate.exact import Exact

x, y = symbols("x y")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (check_command, "check"),
        (check_command, "check --only GD-4 --seed 3 --profile deep"),
        (explore_command, "explore GD-4.upper"),
        (
            explore_command,
            "explore GD-4.upper --drop small-step --budget 7.5 --examples 50 --seed 2 --parts 3",
        ),
        (explore_command, "explore --all-assumptions --store here --markdown page.md"),
    ],
)
def test_the_command_to_go_on_with_says_what_was_asked_and_no_more(module: Any, words: str) -> None:
    options = parser().parse_args(words.split())
    again = shlex.split(module._same_command(options))
    assert again[0] == "rankladder" and sorted(again[1:]) == sorted([*words.split(), "--resume"])
    repeated = vars(parser().parse_args(again[1:]))
    assert repeated == vars(options) | {"resume": True}


def test_regimes_change_at_one_half_one_and_two() -> None:
    names = {
        0.1: "monotone",
        0.5: "monotone",
        0.51: "convergent",
        1.0: "convergent",
        1.01: "bounded",
        2.0: "bounded",
        2.01: "divergent",
    }
    assert {s: simulate_command.regime(s) for s in names} == names


def test_times_of_a_table_reach_from_the_start_beyond_the_last_transition() -> None:
    assert [simulate_command._times([{"transition_step": None}])[i] for i in (0, -1)] == [0, 40]
    times = simulate_command._times(
        [{"transition_step": 100, "s": 0.5}, {"transition_step": 1000, "s": 0.25}]
    )
    assert times[0] == 0 and times[-1] == 1250 and times == sorted(set(times))
    # about each transition, within 4/log(1+s) of it
    for step, width in ((100, 4 / math.log(1.5)), (1000, 4 / math.log(1.25))):
        assert {step - round(width), step, step + round(width)} <= set(times)


def test_the_number_of_files_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "STEP-5.lemma", "--smtlib", str(tmp_path)]) == 0
    written = len(list(tmp_path.glob("*.smt2")))
    assert f"\n{written} SMT-LIB file" in capsys.readouterr().out and written > 0


def test_an_unknown_claim_is_said_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--only", "GD-44"]) == 2
    said = capsys.readouterr().err
    assert "GD-44" in said and said.count("\n") == 1


TASK = hunts.HuntTask("GD-4.upper", None, (), 9.0, 10, 5, "any")


@pytest.mark.parametrize(("parts", "each"), [(1, 10), (3, 4), (5, 2)])
def test_parts_share_budget_and_examples(parts: int, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def explored(claim: Any, **settings: Any) -> Exploration:
        asked.append(settings)
        return Exploration(claim.id, None, Verdict.tested, 1, 0, 0.0)

    monkeypatch.setattr(hunts, "explore_claim", explored)
    monkeypatch.setattr(hunts, "require_version", lambda *versions: None)
    for part in range(parts):
        hunts.work(hunts.HuntTask("GD-4.upper", None, (), 9.0, 10, 5, "any", part, parts))
    assert [(a["budget"], a["most"]) for a in asked] == [(9.0 / parts, each)] * parts
    assert asked[0]["seed"] == 5 and len({a["seed"] for a in asked}) == parts


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_hunts_that_broke_are_done_again(verdict: Verdict, tmp_path: Path) -> None:
    made = hunts.Hunts([TASK], tmp_path)
    made.prepare()
    made.keep(TASK, Exploration(TASK.id, None, verdict, 1, 0, 0.0).to_json())
    again = hunts.Hunts([TASK], tmp_path)
    again.resume()
    assert (again.left() == [TASK]) is (verdict is Verdict.error)


def test_a_file_is_on_the_disk_before_it_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    true_sync, true_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("sync"), true_sync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("replace"), true_replace(a, b)))
    for write, durable in ((lambda f: write_document(f, {"a": 1}), True), (lambda f: write_text(f, "a"), True),
                           (lambda f: write_document(f, {"a": 1}, durable=False), False)):  # fmt: skip
        order.clear()
        write(tmp_path / "file.json")
        assert order == (["sync", "replace", "sync"] if durable else ["replace"])


def test_a_file_that_is_cleared_away_is_written_anew_three_times_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from properties import store

    true_replace, tries = os.replace, []

    def cleared(until: int) -> Any:
        def replace(a: str, b: Path) -> None:
            tries.append(a)
            if len(tries) < until:
                raise FileNotFoundError(a)
            true_replace(a, b)

        return replace

    monkeypatch.setattr(os, "replace", cleared(store._ATTEMPTS))
    write_text(tmp_path / "kept.txt", "text")
    assert (tmp_path / "kept.txt").read_text() == "text" and len(tries) == store._ATTEMPTS
    tries.clear()
    monkeypatch.setattr(os, "replace", cleared(99))
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "lost.txt", "text")
    assert len(tries) == store._ATTEMPTS and not (tmp_path / "lost.txt").exists()


def test_how_a_claim_is_checked_is_shown_in_full() -> None:
    assert source_of(lemma("t-source", x * x >= y)) == "x**2 >= y"

    @claim("t-source-function", over={"x": Real(0, 1)})
    def made(x):
        return x + 12345

    assert "return x + 12345" in source_of(made)


def test_badness_orders_margins() -> None:
    # up to a violation of size 1 the size, above it the closer to 1 the better
    assert [badness(m) for m in (2.0, 0.5, 0.0, -0.5, -1.0)] == [-2.0, -0.5, 0.0, 0.5, 1.0]
    assert badness(-1.5) > badness(-100.0) > badness(-1.0)


def test_what_has_no_margin_or_is_excluded_leads_nowhere() -> None:
    made = lemma("t-archive", x * x + 1 >= y, over={"x": Real(0, 1), "y": Real(0, 1)})
    archive = Archive(made)
    columns = {"x": np.array([0.1, 0.5, 0.9]), "y": np.array([0.1, 0.5, 0.9])}
    archive.add(columns, np.array([np.nan, 2.0, -3.0]), np.array([True, True, False]))
    assert [niche.margin for niche in archive.ranked()] == [2.0]


def test_equality_is_a_margin_known_to_within_its_width() -> None:
    def within(half: Fraction) -> Any:
        return lambda x: 0 * x + hull(-half, half)

    for half, outcome in ((Fraction(4, 10**41), "holds"), (Fraction(6, 10**41), "undecided")):
        made = claim(f"t-width-{outcome}", over={"x": Real(0, 1)})(within(half))
        assert judge(made, {"x": Fraction(1, 3)}).outcome == outcome


def test_long_numbers_become_balls_and_short_ones_do_not() -> None:
    third = Exact(1, 3)
    assert third**2 == Fraction(1, 9) and third**-3 == 27 and type(third**2) is Exact
    for long in (Exact(3) ** 20_000, Exact(1, 3) ** 20_000, Exact(3) ** 9_000 * Exact(3) ** 9_000):
        assert type(long) is Ball
    kept = Exact(2) ** 9_000 * Exact(2) ** 9_000
    assert type(kept) is Exact and kept == 2**18_000
    # a power that might be too long, by the length of its base, is not even taken
    assert type(Exact(2) ** 10_000) is Exact and Exact(2) ** 10_000 == 2**10_000
    assert type(Exact(2) ** 10_001) is Ball


def test_functions_of_symbols_are_those_of_numbers() -> None:
    t = sympy.Symbol("t", positive=True)
    for name, made in _SYMBOLIC.items():
        value = getattr(np, name)(0.75)
        assert float(made(sympy, t).subs(t, sympy.Rational(3, 4))) == pytest.approx(
            float(value), rel=1e-12
        ), name


def test_strategies_without_arguments() -> None:
    for made in (strategies.spectra(), strategies.problems(), strategies.one_mode()):
        made.validate()
    with pytest.raises(ValueError, match="at most min"):
        strategies.problems(d=2, modes=3)
    strategies.problems(d=3, p=3, r=3, modes=Int(3, 3)).validate()


def test_what_killed_writers_left_is_cleared_away_after_a_minute(tmp_path: Path) -> None:
    old, young, other = (tmp_path / f".{name}{store._PART}" for name in ("old", "young", "other"))
    kept = tmp_path / "kept.json"
    for file in (old, young, other, kept):
        file.write_text("{}")
    for file, age in ((old, 61), (other, 3600), (young, 55), (kept, 3600)):
        os.utime(file, (time.time() - age,) * 2)
    assert store.tidy(tmp_path) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([young.name, kept.name])
    assert store.tidy(tmp_path / "nowhere") == 0
