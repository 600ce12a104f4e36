"""What check, explore, sweep and data print of results that are known; word for word."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from properties.commands import check_command, data_command, explore_command, on_data, sweep_command
from properties.comparing import Change
from properties.data.analysis import RankReport, Run
from properties.data.assertions import Assertion
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
        "  assumption low: needed (without it false at x=2)",
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


def on(
    id: str, found: Result | None, anyway: Result | None = None, why: str = "", outside: tuple[str, ...] = ()
) -> on_data._Row:
    return on_data._Row(id, why, outside, found, anyway)


ROWS = [
    on("A-1", replace(TESTED, counterexample=None)),
    on("A-4", WRONG),
    on("A-7", replace(WRONG, counterexample=None), outside=("d = 9, the claim speaks of 1 to 8",)),
    on("A-5", EMPTY),
    on("A-6", BROKEN, outside=("p = 9",)),
    on(
        "A-8", None, result("A-8", "tested", instances=3, margin=0.5), "whitened: the inputs are not whitened"
    ),
    on("A-9", None, replace(WRONG, instances=1234), "commuting: the data do not commute"),
    on("B-1", None, EMPTY, "autoencoder: Y is not X"),
    on("B-2", None, None, "too large"),
]


def test_what_claims_say_of_ones_own_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert [r.status for r in ROWS] == [
        "as_expected", "unexpected", "inconclusive", "does_not_apply", "unexpected", "does_not_apply", "does_not_apply",
        "does_not_apply", "does_not_apply",
    ]  # fmt: skip
    problem: Any = SimpleNamespace(
        shape=(3, 2, 2), B=(), sigma=(Fraction(4), Fraction(1)), lam=(Fraction(1), Fraction(10, 3))
    )
    on_data._print(problem, ROWS, 0, 0)
    table = [
        "claim on this data instances margin",
        "A-1 tested 12,345 0.012",
        "A-4 refuted 0 -1.5 at x=1/3, n=2",
        "A-7 refuted 0 -1.5 beyond what the claim is checked on: d = 9, the claim speaks of 1 to 8",
        "A-5 does not apply its assumptions are not met together with this data",
        "A-6 error 0 ValueError: no; beyond what the claim is checked on: p = 9",
        "A-8 does not apply 3 0.5 whitened: the inputs are not whitened; its conclusion holds all the same",
        "A-9 does not apply 1,234 -1.5 commuting: the data do not commute; its conclusion fails; at x=1/3, n=2",
        "B-1 does not apply 0 autoencoder: Y is not X; its conclusion: vacuous",
        "B-2 does not apply too large",
    ]
    head = "data: d = 3, p = 2, m = 2 modes; Sxx and Sxy {}; in units in which sigma_1 = 4 and lam is at most 3.33"
    counts = "9 claims: 1 hold on this data, 2 fail, 1 inconclusive, 5 do not apply"
    assert words(capsys) == [head.format("commute"), "", *table, counts]
    problem.B = ((0, 1, Fraction(1, 9)),)
    on_data._print(problem, ROWS, 4, 2)
    others = "; 4 others say nothing of single data sets, or are false; 2 not finished"
    assert [line for line in words(capsys) if "claims: " in line or "data: " in line] == [
        head.format("do not commute"),
        counts + others,
    ]


def geometry(m: int = 2, **rest: Any) -> Any:
    sigma = np.array([3.0 / 2**j for j in range(m)])
    plain: dict[str, Any] = {
        "data": SimpleNamespace(n=1500, autoencoder=False, syy=2.0, least_loss=0.125), "shape": (5, 4), "m": m, "sigma": sigma,
        "lam": 2 * sigma, "gains": sigma / 2, "joint": SimpleNamespace(noncommuting_share=0.01234), "order_consistent": True,
        "step_sizes": {"monotone": 1 / 6, "convergent": 1 / 3, "stable": 0.12345}, "ranks": range(1, m + 1),
        "predicted_steps": lambda eta, delta: delta / np.log1p(eta * sigma),
    }  # fmt: skip
    return SimpleNamespace(**(plain | rest))


def run_of(m: int, **rest: Any) -> Run:
    ranks = [
        RankReport(
            j,
            1000.4 * j,
            0.1 * j,
            1234 * j,
            distance_to_rrr=0.0123456 * j,
            distance_to_plateau=0.5,
            loss=1.2345678,
            step=9,
        )
        for j in range(1, m + 1)
    ]
    return Run(ranks, **({"steps": 23456, "settled": True} | rest))


def test_the_report_on_data(capsys: pytest.CaptureFixture[str]) -> None:
    unseen = run_of(2, settled=False)
    unseen.ranks[1].transition_step, unseen.ranks[1].distance_to_rrr = None, math.inf
    found = {
        "A1": Assertion(True, "least norm"),
        "A2": Assertion(False, "same"),
        "A3": Assertion(None, "unknown"),
    }
    data_command._print(
        geometry(), {"spectral": run_of(2), "gaussian": unseen}, found, 0.1, 10.0, 50_000, True, False
    )
    told = words(capsys)
    first, second = (f"{10 / math.log1p(x):,.0f}" for x in (0.3, 0.15))
    heading = "rank half learned at predicted nearest to rrr nearest to plateau loss there rrr loss"
    assert told == [
        "data: 1500 samples (centred), d = 5 inputs, p = 4 outputs, hidden width r = 4, m = 2 modes", "",
        "mode sigma lam sigma^2/lam predicted step", f"1 3 6 1.5 {first}", f"2 1.5 3 0.75 {second}", "",
        "share of Sxx that does not commute with Sxy: 0.0123", "order of sigma and of sigma^2/lam: agree",
        "reduced-rank solutions, one rank at a time: no promise: the data do not commute; the orders of sigma and sigma^2/lam agree",
        "largest steps: monotone 0.1667, convergent 0.3333, stable against all directions 0.1235; used: 0.1", "",
        "gradient descent from a spectral start, delta = 10: 23,456 steps, settled", heading,
        "1 1,234 1,000 0.0123 0.5 1.2346 0.1", "2 2,468 2,001 0.0247 0.5 1.2346 0.2", "",
        "gradient descent from a Gaussian start, delta = 10: 23,456 steps, stopped at the step budget (--max-steps 50,000)", heading,
        "1 1,234 1,000 0.0123 0.5 1.2346 0.1", "2 not reached 2,001 inf 0.5 1.2346 0.2", "",
        "distances: ||Sxx^1/2 (W - W*)||_F / ||Sxx^1/2 W*||_F, nearest over the run; rrr: reduced-rank regression,",
        "plateau: sum of the first modes' fits; loss: ||XW - Y||_F^2/(2n). The paper's assertions A1 to A5:",
        "A1 holds: least norm", "A2 fails: same", "A3 open: unknown", "",
        "On this data, with delta = 10, A1 holds, A2 fails, and the runs cannot tell about A3.",
    ]  # fmt: skip


def test_the_report_on_many_modes_and_on_moments(capsys: pytest.CaptureFixture[str]) -> None:
    most = data_command._ROWS
    many = geometry(
        most + 3,
        data=SimpleNamespace(n=None, autoencoder=True, syy=None, least_loss=0.0),
        order_consistent=False,
    )
    gone = run_of(most + 3, settled=False, diverged_at=23456)
    gone.ranks[-1].transition_step = None
    data_command._print(many, {"spectral": gone}, {"A1": Assertion(None, "")}, 0.1, 2.5, 9, False, True)
    told = words(capsys)
    assert (
        told[0] == f"data: autoencoder, d = 5 inputs, p = 4 outputs, hidden width r = 4, m = {most + 3} modes"
    )
    assert told[3 + most] == f"… and 3 more, down to sigma = {3 / 2 ** (most + 2):.3g}"
    assert "order of sigma and of sigma^2/lam: disagree" in told
    start = next(i for i, line in enumerate(told) if line.startswith("gradient descent"))
    assert (
        told[start]
        == "gradient descent from a spectral start, delta = 2.5: 23,456 steps, DIVERGED at step 23,456; take a smaller --eta"
    )
    assert (
        told[start + 2 + most]
        == f"… and 3 more ranks, 2 of them reached; the last is predicted at step {1000.4 * (most + 3):,.0f}"
    )
    assert any(
        line.startswith("plateau:") and "loss: ||XW - Y||_F^2/(2n), above its minimum. The" in line
        for line in told
    )
    just = geometry(most)
    data_command._print(
        just, {"spectral": run_of(most)}, {"A1": Assertion(None, "")}, 0.1, 2.5, 9, False, True
    )
    told = words(capsys)
    assert told[0].startswith("data: 1500 samples (standardized, not centred), d = 5 inputs") and not any(
        "more" in line for line in told[:-8]
    )
    data_command._print(
        geometry(1), {"spectral": run_of(1)}, {"A1": Assertion(None, "")}, 0.1, 2.5, 9, True, True
    )
    assert (
        words(capsys)[0]
        == "data: 1500 samples (standardized, centred), d = 5 inputs, p = 4 outputs, hidden width r = 4, m = 1 mode"
    )


def test_the_document_on_data() -> None:
    made = data_command._document(
        geometry(), {"spectral": run_of(2, diverged_at=7)}, {"A1": Assertion(True, "so")}, 0.1, 10.0, 99
    )
    assert made["starts"]["spectral"][0] == {
        "rank": 1, "transition_step": 1234, "predicted_step": 1000.4, "distance_to_rrr": 0.0123456, "distance_to_plateau": 0.5,
        "step_nearest_rrr": 9, "loss": 1.2345678, "rrr_loss": 0.1,
    }  # fmt: skip
    del made["starts"]
    assert made == {
        "shape": {"n": 1500, "d": 5, "p": 4, "r": 4, "m": 2}, "eta": 0.1, "delta": 10.0, "max_steps": 99,
        "modes": [{"sigma": 3.0, "lam": 6.0, "rrr_gain": 1.5}, {"sigma": 1.5, "lam": 3.0, "rrr_gain": 0.75}],
        "noncommuting_share": 0.01234, "order_consistent": True,
        "promise": "no promise: the data do not commute; the orders of sigma and sigma^2/lam agree",
        "step_sizes": {"monotone": 1 / 6, "convergent": 1 / 3, "stable": 0.12345}, "least_loss": 0.125,
        "runs": {"spectral": {"steps": 23456, "settled": True, "diverged_at": 7}},
        "assertions": {"A1": {"holds": True, "why": "so"}}, "sentence": "On this data, with delta = 10, A1 holds.",
    }  # fmt: skip
    moments = geometry(data=SimpleNamespace(n=None, autoencoder=False, syy=None, least_loss=0.0))
    assert (
        data_command._document(moments, {}, {"A1": Assertion(True, "")}, 0.1, 10.0, 99)["least_loss"] is None
    )
