"""What is said of data, part by part, at numbers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from properties.data.analysis import _first, default_step_budget
from properties.data.geometry import Geometry
from properties.data.reading import data_of_moments, read_dataset
from properties.usage import UsageError

SXX, SXY = np.diag([1.0, 2.0, 3.0]), np.diag([3.0, 2.0, 0.25])


def geometry(scale: float = 1.0) -> Geometry:
    return Geometry.of(data_of_moments(SXX * scale, SXY * scale))


def test_the_largest_small_delta_starts_the_highest_mode_at_one_half() -> None:
    delta = geometry().largest_small_delta
    assert delta == pytest.approx(math.log(2 * 3 / 0.25) / 2)
    assert max(np.diag(SXX) / np.diag(SXY)) * math.exp(-2 * delta) == pytest.approx(0.5)


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


def test_a_budget_of_steps_is_what_the_work_allows() -> None:
    assert [default_step_budget(n, n, n) for n in (3, 64, 400)] == [200_000, 14_169, 100]


def test_a_long_cell_is_shown_by_its_beginning(tmp_path: Path) -> None:
    for cell, shown in (("a" * 30, "a" * 30), ("a" * 31, "a" * 27 + "...")):
        (tmp_path / "long.csv").write_text(f"x,y\n1,2\n3,{cell}\n")
        with pytest.raises(UsageError, match=f"holds '{shown}', not a number"):
            read_dataset(str(tmp_path / "long.csv"), None, center=None, standardize=False)


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
