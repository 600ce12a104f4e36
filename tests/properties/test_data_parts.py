"""What is said of data, part by part, at numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from properties.cli import main
from properties.commands import data_command
from properties.data.analysis import _first, default_step_budget, start_for
from properties.data.assertions import PUNCTUAL, _punctual, _range
from properties.data.geometry import Geometry
from properties.data.own_data import _lacking
from properties.data.reading import data_of_moments, read_dataset
from properties.generators.matrices import Reflections
from properties.generators.problems import JointProblem
from properties.usage import UsageError

SXX, SXY = np.diag([1.0, 2.0, 3.0]), np.diag([3.0, 2.0, 0.25])


def geometry(scale: float = 1.0) -> Geometry:
    return Geometry.of(data_of_moments(SXX * scale, SXY * scale))


def test_the_largest_small_delta_starts_the_highest_mode_at_one_half() -> None:
    delta = geometry().largest_small_delta
    assert delta == pytest.approx(math.log(2 * 3 / 0.25) / 2)
    assert max(np.diag(SXX) / np.diag(SXY)) * math.exp(-2 * delta) == pytest.approx(0.5)


def test_a_plateau_is_resolved_from_the_delta_of_its_bound() -> None:
    omega = np.array([3.0, 1.0, 0.25 / 3])
    expected = [
        math.log(math.sqrt(np.sum(omega[:j] ** 4) + 3 - j) / (0.1 * np.linalg.norm(omega[:j]))) / 2 * pace
        for j, pace in ((1, (3 + 2) / (3 - 2)), (2, (2 + 0.25) / (2 - 0.25)), (3, 1.0))
    ]
    np.testing.assert_allclose(geometry().resolving_delta, expected)


def test_distances_are_relative_to_the_fit() -> None:
    made = geometry()
    root, best = np.sqrt(SXX), np.diag([3.0, 1.0, 0.25 / 3])
    W = np.arange(9.0).reshape(3, 3) / 10
    expected = np.linalg.norm(root @ (W - best)) / np.linalg.norm(root @ best)
    assert made.distance_to_best(made.predictions(W)) == pytest.approx(expected)
    assert made.distance_to_best(made.predictions(best)) == pytest.approx(0, abs=1e-12)
    first = np.diag([3.0, 0, 0])  # the gain of mode 1 is the largest: 9, 2, 1/48
    expected = np.linalg.norm(root @ (W - first)) / np.linalg.norm(root @ first)
    assert made.distances_to_rrr(made.predictions(W[None]))[0, 0] == pytest.approx(expected)
    assert made.distances_to_plateaus(made.predictions(W[None]))[0, 0] == pytest.approx(expected)


def test_ranks_in_words() -> None:
    assert [_range(list(r)) for r in ((1,), (1, 2), (1, 2, 3), (2, 3, 4, 5), (1, 3, 4), (1, 2, 4), (2, 4))] == [
        "1", "1, 2", "1 to 3", "2 to 5", "1, 3, 4", "1, 2, 4", "2, 4",
    ]  # fmt: skip
    assert _range([1, 3, 5, 7, 9, 11, 13, 15]) == "1, 3, 5, 7, 9, 11, 13, 15"
    assert _range([1, 3, 5, 7, 9, 11, 13, 15, 17]) == "1, 3, 5, 7, 9, 11, 13, 15 …"


def judged(step: int | None, *, predicted: float = 20.0, delta: float = 10.0) -> Any:
    spectrum: Any = SimpleNamespace(
        sigma=np.array([4.0]), lam=np.array([1.0]), m=1, joint=SimpleNamespace(noncommuting_share=0.0)
    )
    report = SimpleNamespace(rank=1, transition_step=step, predicted_step=predicted)
    run: Any = SimpleNamespace(ranks=[report], steps=500, settled=True)
    return _punctual(spectrum, run, delta)


def test_a_transition_may_be_off_by_a_step_and_by_the_shift_of_its_start() -> None:
    allowed = PUNCTUAL + 1 / 20 + math.log(4) / 20
    last = math.floor(20 * (1 + allowed))
    assert judged(last).holds is True and judged(last + 1).holds is False
    assert judged(math.ceil(20 * (1 - allowed))).holds is True
    assert judged(math.ceil(20 * (1 - allowed)) - 1).holds is False
    assert f"{allowed:.0%} allowed" in judged(20).why
    missed = judged(None)
    assert (
        missed.holds is None and "no transition within 500 steps, the first is predicted at 20" in missed.why
    )
    assert judged(20, delta=0.5).holds is None


def test_a_budget_of_steps_is_what_the_work_allows() -> None:
    assert [default_step_budget(n, n, n) for n in (3, 64, 400)] == [200_000, 14_169, 100]


@pytest.mark.parametrize("scale", [1.0, 1e10])
def test_the_usual_delta_makes_the_start_small(scale: float) -> None:
    made = Geometry.of(data_of_moments(SXX * scale, SXY))
    options = SimpleNamespace(delta=None, seed=4)
    largest = max(scale * np.diag(SXX) / np.diag(SXY))
    factors = start_for(made, "gaussian", 0.0, 4)
    curvature = 3 * scale * sum(np.linalg.norm(W, 2) ** 2 for W in factors)
    needed = max(0.0, math.log(largest) / 2, math.log(curvature / made.sharpness) / 2)
    expected = 10.0 if needed <= 9 else math.ceil(needed) + 5.0
    assert data_command._small_start(made, options) == expected
    assert (expected == 10.0) is (scale == 1.0)
    with pytest.raises(UsageError, match=r"use --delta"):
        data_command._small_start(made, SimpleNamespace(delta=math.log(largest) / 2 - 0.01, seed=4))
    given = math.log(largest) / 2 + 0.01
    assert data_command._small_start(made, SimpleNamespace(delta=given, seed=4)) == given


def test_a_long_cell_is_shown_by_its_beginning(tmp_path: Path) -> None:
    for cell, shown in (("a" * 30, "a" * 30), ("a" * 31, "a" * 27 + "...")):
        (tmp_path / "long.csv").write_text(f"x,y\n1,2\n3,{cell}\n")
        with pytest.raises(UsageError, match=f"holds '{shown}', not a number"):
            read_dataset(str(tmp_path / "long.csv"), None, center=None, standardize=False)


def test_the_table_of_a_run_has_its_headings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 2))
    np.savez(tmp_path / "d.npz", X=X, Y=X @ np.diag([2.0, 1.0]))
    assert main(["data", str(tmp_path / "d.npz"), "--max-steps", "3000"]) in (0, 1, 3)
    said = " ".join(capsys.readouterr().out.split())
    assert "rank half learned at predicted nearest to rrr nearest to plateau loss there rrr loss" in said


def test_a_transition_between_two_observed_steps_is_looked_for_from_the_first_of_them() -> None:
    asked: list[Any] = []

    def descend(W1: Any, W2: Any, eta: float, width: int) -> Any:
        asked.append((W1, W2, eta, width))
        return SimpleNamespace(W=None)

    seen: Any = SimpleNamespace(
        descend=descend, learned=lambda W: np.array([[0.9, 0.1], [0.9, 0.4], [0.9, 0.5], [0.9, 0.8]])
    )
    part = SimpleNamespace(W1=["a", "b", "c", "d"], W2=["A", "B", "C", "D"])
    marks = np.array([0, 4, 7, 8])
    assert _first(seen, part, marks, 2, 1, 0.25) == 4 + 2
    assert asked == [("b", "B", 0.25, 3)]
    assert _first(seen, part, marks, 0, 1, 0.25) == 0 and _first(seen, part, marks, 3, 1, 0.25) == 8
    assert len(asked) == 1


def test_what_a_claim_assumes_and_data_lack_is_named() -> None:
    two = Reflections(2, ((1, 2),))
    plain = JointProblem((F(2),), (F(1), F(3)), two, Reflections(2), Reflections(2))
    noisy = replace(plain, B=((0, 1, F(1, 9)),))
    white = replace(plain, lam=(F(1), F(1)))
    tied = replace(plain, lam=(F(2), F(0)), V=two)
    lacking = {
        name: [_lacking(problem, kind) for kind in ("commuting", "noncommuting", "whitened", "autoencoder")]
        for name, problem in (("plain", plain), ("noisy", noisy), ("white", white), ("tied", tied))
    }
    assert lacking == {
        "plain": ["", "noncommuting", "whitened", "autoencoder"],
        "noisy": ["commuting", "", "commuting", "commuting"],
        "white": ["", "noncommuting", "", "autoencoder"],
        "tied": ["", "noncommuting", "whitened", ""],
    }
    for other in (
        replace(tied, V=Reflections(2)),
        replace(tied, lam=(F(2), F(1))),
        replace(tied, lam=(F(1), F(0))),
    ):
        assert _lacking(other, "autoencoder") == "autoencoder"
