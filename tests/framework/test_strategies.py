"""Strategies for Hypothesis: what they draw, and how hard the profiles look."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from rankladder import Domain, Int, Real, claim, strategies
from rankladder.domains.randomness import Infeasible
from tests.processes import python

FEW = settings(max_examples=15, derandomize=True, database=None, deadline=None)


@pytest.mark.parametrize(
    ("regime", "low", "high"),
    [("monotone", 0, F(1, 2)), ("convergent", F(1, 2), 1), ("bounded", 1, 2), ("divergent", 2, 8)],
)
def test_a_regime_is_a_range_of_steps(regime: str, low: F, high: F) -> None:
    @given(strategies.one_mode(regime), strategies.one_mode(regime, z0=(0, 0.25)))
    def check(mode: tuple[F, F], near: tuple[F, F]) -> None:
        assert low < mode[0] <= high and 0 < mode[1] < 1 and 0 < near[1] < F(1, 4)

    check()
    find(strategies.step_sizes(regime), lambda s: s == high)  # the upper end is drawn


@given(
    strategies.spectra(Int(1, 6), gap=F(1, 10), lower=F(1, 10), upper=10),
    strategies.spectra(Int(2, 6), condition=3, nulls=2),
)
def test_spectra_keep_their_gap_condition_and_nulls(gapped: tuple[F, ...], tight: tuple[F, ...]) -> None:
    assert all(a - b >= F(1, 10) for a, b in itertools.pairwise(gapped))
    assert F(1, 10) <= gapped[-1] <= gapped[0] <= 10
    positive = [x for x in tight if x]
    assert positive and len(tight) - len(positive) <= 2 and max(positive) <= 3 * min(positive)
    assert sorted(tight, reverse=True) == list(tight)


@FEW
@given(
    strategies.orthogonal(3),
    strategies.problems(d=2, p=3, sigma=(0.5, 2)),
    strategies.problems("whitened", gap=0.1),
)
def test_matrices_and_problems_come_in_floats(Q: Any, problem: Any, white: Any) -> None:
    assert Q.dtype == problem.Sxy.dtype == np.float64 and problem.Sxy.shape == (2, 3)
    np.testing.assert_allclose(Q @ Q.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(white.Sxx, np.eye(white.d), atol=1e-12)
    assert np.all((problem.sigma >= 0.5) & (problem.sigma <= 2)) and np.all(
        -np.diff(white.sigma) >= 0.1 - 1e-12
    )


@FEW
@given(st.data())
def test_a_start_is_balanced_in_the_frames_of_its_problem(data: st.DataObject) -> None:
    problem = data.draw(strategies.problems(d=3, p=2))
    W1, W2 = data.draw(strategies.starts(problem, delta=(2, 2.25)))
    np.testing.assert_allclose(W1.T @ W1, W2 @ W2.T, atol=1e-12)
    sizes = np.linalg.svd(W1, compute_uv=False)
    assert 2 < -np.log(sizes[0]) < 2.25
    expected = np.zeros((3, 2))
    expected[range(problem.q), range(problem.q)] = sizes[0] ** 2
    np.testing.assert_allclose(problem.U.T @ W1 @ W2 @ problem.V, expected, atol=1e-12)


def test_problems_have_room_for_their_modes() -> None:
    for ranges in ({"d": 2}, {"p": 2}, {"r": 2}):
        strategies.problems(modes=2, **ranges).validate()
        with pytest.raises(
            ValueError, match=r"at most min\(d, p, r\) = 2 modes but got modes=the integers 3 to 8"
        ):
            strategies.problems(modes=Int(3, 8), **ranges)


@dataclass(frozen=True)
class Even(Domain):
    """Even numbers, drawn by drawing any and giving up on the others."""

    def draw(self, source: Any, bounds: Any, earlier: Any) -> int:
        number = int(source.integer(0, 99))
        if number % 2:
            raise Infeasible
        return number

    def contains(self, value: Any, earlier: Any) -> bool:
        return True


def test_what_cannot_be_drawn_is_drawn_again() -> None:
    drawn: list[int] = []
    made = claim("t-even", over={"n": Even(), "m": Even()})(lambda n, m: n + m)

    @settings(FEW, suppress_health_check=[HealthCheck.filter_too_much])
    @given(strategies.values(Even()), strategies.instances(made))
    def check(n: int, instance: Any) -> None:
        drawn.extend([n, *instance.values()])

    check()
    assert len(drawn) == 45 and all(n % 2 == 0 for n in drawn) and len(set(drawn)) > 5


def test_a_failing_instance_shrinks() -> None:
    made = claim("t-shrinks", over={"x": Real(0, 9), "n": Int(0, 60)})(lambda x, n: x + n)
    assert dict(find(strategies.instances(made), lambda i: i["n"] > 9 and i["x"] > 1))["n"] == 10


def test_profiles_are_loaded_in_the_usual_ways(tmp_path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from rankladder import strategies\n\nstrategies.register_profiles()\n"
    )
    (tmp_path / "test_mine.py").write_text(
        "from hypothesis import given, settings\n\nfrom rankladder import strategies\n\ndrawn = []\n\n\n"
        "@given(strategies.one_mode())\ndef test_mode(mode):\n    drawn.append(mode)\n\n\n"
        "def test_number():\n    current = settings()\n"
        "    print('drawn', len(drawn), current.max_examples, current.deadline, current.derandomize)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_") and k != "CI"}
    words = ["-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "--hypothesis-profile", "ci"]
    done = python(*words, cwd=tmp_path, env=environment, timeout=300)
    assert "drawn 200 200 None True" in done.stdout, done.stdout + done.stderr
    assert {name: settings.get_profile(name).max_examples for name in strategies.register_profiles()} == {
        "dev": 20, "ci": 200, "explore": 2000, "deep": 20000,
    }  # fmt: skip
