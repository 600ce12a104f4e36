"""Generators: what they promise holds of everything they draw, from either source."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankladder import Int, Invertible, Matrix, Orthogonal, Problem, Real, Spectrum, strategies
from rankladder.domains.matrices import draw_reflections, identity
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.numbers.balls import Ball


@given(st.data(), st.integers(1, 8))
def test_orthogonal_matrices_are_exactly_orthogonal(data: st.DataObject, n: int) -> None:
    value = data.draw(strategies.values(Orthogonal(n)))
    matrix = value.exact()
    assert matrix * matrix.transpose() == identity(n)
    for simpler in Orthogonal(n).simpler(value):
        assert simpler.exact() * simpler.exact().transpose() == identity(n)
        assert Orthogonal(n).weight(simpler) < Orthogonal(n).weight(value)


def test_most_problems_have_no_symmetric_frame() -> None:
    source, asymmetric = RandomSource(3), 0
    for _ in range(400):
        value = Problem().draw(source, None, {})
        asymmetric += all(f.exact() != f.exact().transpose() for f in (value.U, value.V, value.Q))
    assert asymmetric >= 200


def test_shapes_are_independent_and_reach_both_ends() -> None:
    source = RandomSource(4)
    shapes = np.array([Problem().draw(source, None, {}).shape for _ in range(2000)])
    assert shapes.min(axis=0).tolist() == [1, 1, 1]
    assert shapes.max(axis=0).tolist() == [8, 8, 8]
    # 2000 independent draws: |correlation| beyond 5/sqrt(2000) has probability below 1e-6
    assert np.abs(np.corrcoef(shapes.T) - np.eye(3)).max() < 5 / np.sqrt(2000)


@pytest.mark.parametrize("kind", ["commuting", "whitened", "autoencoder", "noncommuting"])
def test_problems_are_what_they_say(kind: str) -> None:
    domain, source = Problem(kind=kind), RandomSource(5)  # type: ignore[arg-type]
    for _ in range(60):
        value = domain.draw(source, None, {})
        assert domain.contains(value, {})
        view = domain.realise(value, float)
        spectrum = np.linalg.eigvalsh(view.Sxx)
        assert spectrum.min() > -1e-12
        singular = np.linalg.svd(view.Sxy, compute_uv=False)
        np.testing.assert_allclose(singular[: view.m], view.sigma, atol=1e-12)
        assert np.all(np.diff(view.sigma) <= 0)
        inner = view.U.T @ view.Sxx @ view.U
        commutes = np.abs(inner - np.diag(np.diag(inner))).max() < 1e-12
        assert commutes == (kind != "noncommuting")
        if kind == "whitened":
            np.testing.assert_allclose(view.Sxx, np.eye(view.d), atol=1e-12)
        if kind == "autoencoder":
            np.testing.assert_allclose(view.Sxx, view.Sxy, atol=1e-12)
        exact = domain.realise(value, Ball)
        assert np.abs(np.array([[x.mid for x in row] for row in exact.Sxx]) - view.Sxx).max() < 1e-12
        for simpler in list(domain.simpler(value))[:40]:
            assert domain.weight(simpler) != domain.weight(value)
        for _ in range(3):
            domain.realise(domain.mutate(value, source), float)


@given(strategies.spectra(Int(1, 6), gap=Fraction(1, 10), lower=Fraction(1, 10), upper=10))
def test_spectra_keep_their_gap(spectrum: tuple[Fraction, ...]) -> None:
    assert all(a - b >= Fraction(1, 10) for a, b in itertools.pairwise(spectrum))
    assert Fraction(1, 10) <= spectrum[-1] <= spectrum[0] <= 10


@given(strategies.spectra(Int(2, 6), condition=3, nulls=2))
def test_spectra_keep_their_condition_number_and_nulls(spectrum: tuple[Fraction, ...]) -> None:
    positive = [x for x in spectrum if x]
    assert positive
    assert len(spectrum) - len(positive) <= 2
    assert max(positive) <= 3 * min(positive)
    assert sorted(spectrum, reverse=True) == list(spectrum)


@pytest.mark.parametrize(("gap", "condition"), [(1, 2), (Fraction(1, 2), Fraction(3, 2)), (1, 1)])
def test_a_gap_and_a_condition_number_leave_room_or_none(gap: Fraction, condition: Fraction) -> None:
    domain, source, made = Spectrum(Int(2, 3), 1, 4, gap=gap, condition=condition), RandomSource(11), 0
    for _ in range(300):
        try:
            value = domain.draw(source, None, {})
        except Infeasible:
            continue
        made += 1
        assert domain.contains(value, {}), value
    assert (made > 0) == (condition > 1)


def test_ties_and_nulls_come_often() -> None:
    source = RandomSource(6)
    drawn = [Spectrum(4, nulls=1).draw(source, None, {}) for _ in range(300)]
    assert sum(len(set(s)) < len(s) for s in drawn) > 20
    assert sum(s[-1] == 0 for s in drawn) > 60


@pytest.mark.parametrize(
    ("regime", "low", "high"),
    [("monotone", 0, 0.5), ("convergent", 0.5, 1), ("bounded", 1, 2), ("divergent", 2, 8)],
)
def test_step_sizes_by_regime(regime: str, low: float, high: float) -> None:
    @given(strategies.one_mode(regime))
    def check(mode: tuple[Fraction, Fraction]) -> None:
        assert low < mode[0] <= high
        assert 0 < mode[1] < 1

    check()


@given(st.data())
def test_problems_and_starts_in_floats(data: st.DataObject) -> None:
    problem = data.draw(strategies.problems("commuting", d=Int(2, 4)))
    W1, W2 = data.draw(strategies.starts(problem))
    np.testing.assert_allclose(W1.T @ W1, W2 @ W2.T, atol=1e-12)
    Q = data.draw(strategies.orthogonal(problem.r))
    np.testing.assert_allclose(Q @ Q.T, np.eye(problem.r), atol=1e-12)


def test_invertible_matrices_are_not_orthogonal() -> None:
    source = RandomSource(7)
    for _ in range(100):
        value = Invertible(3).draw(source, None, {})
        matrix = value.exact()
        if Invertible(3).contains(value, {}):
            assert matrix * matrix.transpose() != identity(3)
            assert matrix.det() != 0


@given(strategies.values(Matrix(2, Int(1, 3))))
def test_matrices_stay_within_their_scale(value: object) -> None:
    assert Matrix(2, Int(1, 3)).contains(value, {})


@given(
    strategies.values(Real(0, 1)), strategies.values(Real(0, 1, closed="both")), strategies.values(Int(3, 9))
)
def test_scalars_stay_inside(x: Fraction, y: Fraction, n: int) -> None:
    assert 0 < x < 1
    assert 0 <= y <= 1
    assert 3 <= n <= 9


@given(st.fractions(-10, 10), st.integers(-30, 30))
def test_simpler_values_are_simpler(x: Fraction, n: int) -> None:
    domain, integers = Real(-20, 20), Int(-40, 40)
    assert all(domain.weight(c) < domain.weight(x) for c in domain.simpler(x))
    assert all(abs(c) < abs(n) for c in integers.simpler(n))


def test_no_room_for_the_modes() -> None:
    with pytest.raises(Infeasible):
        Problem(d=Int(1, 2), modes=Int(5, 8)).draw(RandomSource(1), None, {})


PROBLEM = Problem().realise(Problem().draw(RandomSource(1), None, {}), float)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Real(1, 0), "Real(1, 0); swap the ends"),
        (lambda: Real(0, 1, closed="up"), "closed= neither"),
        (lambda: Real(float("nan"), 1), "finite"),
        (lambda: Real("a", 1), "'a'"),
        (lambda: Int(3, 2), "Int(3, 2)"),
        (lambda: Int(1.5, 2), "use Real"),  # type: ignore[arg-type]
        (lambda: Spectrum(2, 1, 1), "widen the range"),
        (lambda: Spectrum(9, 0, 1, gap=1), "room for 9"),
        (lambda: Spectrum(2, condition=0), "condition"),
        (lambda: Orthogonal(0), "Orthogonal(n=0)"),
        (lambda: Orthogonal("a b"), "name of an integer parameter"),
        (lambda: Invertible(-1), "Invertible(n=-1)"),
        (lambda: Matrix(2, 2.5), "Matrix(columns=2.5)"),  # type: ignore[arg-type]
        (lambda: Matrix(2, 2, denominator=0), "denominator=0"),
        (lambda: strategies.values(3), "domain"),  # type: ignore[arg-type]
        (lambda: strategies.values(Matrix("d", 2)), "rows='d'"),
        (lambda: strategies.instances("GD-1"), "Claim"),  # type: ignore[arg-type]
        (lambda: strategies.step_sizes("fast"), "'fast'"),
        (lambda: strategies.one_mode(z0=3), "one_mode(z0=3)"),  # type: ignore[arg-type]
        (lambda: strategies.one_mode(z0=(2, 1)), "swap the ends"),
        (lambda: strategies.one_mode(z0=(-1, 1)), "raise the lower end"),
        (lambda: strategies.spectra(0), "size=0"),
        (lambda: strategies.spectra("d"), "size='d'"),  # type: ignore[arg-type]
        (lambda: strategies.spectra(3, gap=-1), "gap"),
        (lambda: strategies.spectra(3, nulls=-1), "nulls"),
        (lambda: strategies.orthogonal(0), "n=0"),
        (lambda: strategies.problems("whitend"), "commuting, whitened"),  # type: ignore[arg-type]
        (lambda: strategies.problems(width=3), "width=3"),
        (lambda: strategies.problems(d="3"), "d='3'"),
        (lambda: strategies.problems(d=Int(0, 2)), "1 or more"),
        (lambda: strategies.problems(sigma=(0, 1)), "above 0"),
        (lambda: strategies.problems(sigma=2), "a pair"),
        (lambda: strategies.problems(lam=(2, 1)), "swap the ends"),
        (lambda: strategies.problems(null=(-1, 1)), "from 0 on"),
        (lambda: strategies.problems(gap=-1), "gap=-1"),
        (lambda: strategies.problems(d=2, modes=3), "larger shapes"),
        (lambda: strategies.problems("noncommuting", d=1), "d = 2"),
        (lambda: strategies.starts("x"), "strategies.problems()"),  # type: ignore[arg-type]
        (lambda: strategies.starts(PROBLEM, delta=(3, 1)), "swap the ends"),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused_at_once(call: Callable[[], object], said: str) -> None:
    with pytest.raises((ValueError, TypeError), match="^Expected .*" + re.escape(said)):
        call()


def test_plain_numbers_are_as_good_as_exact_ones() -> None:
    @given(strategies.problems(d=3, p=2, gap=0.1, sigma=(0.5, 2)))
    def check(problem: object) -> None:
        assert problem.Sxx.shape == (3, 3)  # type: ignore[attr-defined]
        assert np.all(-np.diff(problem.sigma) >= 0.1 - 1e-12)  # type: ignore[attr-defined]

    check()


def test_profiles_are_loaded_in_the_usual_ways(tmp_path: Path) -> None:
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
    for words, said in (
        ([], "drawn 100 100"),
        (["--hypothesis-profile", "dev"], "drawn 20 20 None False"),
        (["--hypothesis-profile", "ci"], "drawn 200 200 None True"),
        (["--hypothesis-profile", "explore"], "drawn 2000 2000 None False"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *words],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert said in done.stdout, done.stdout + done.stderr


def test_reflections_hardly_ever_commute() -> None:
    source = RandomSource(8)
    symmetric = sum(
        (m := draw_reflections(source, n).exact()) == m.transpose() for n in (2, 3, 5, 8) for _ in range(100)
    )
    assert symmetric < 60  # one draw in ten has fewer than two reflections
