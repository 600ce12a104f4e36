"""Strategies for Hypothesis: what they draw, and how hard the profiles look."""

import os
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from rankladder import strategies
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
