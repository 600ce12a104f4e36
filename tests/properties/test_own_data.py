"""Claims on a user's own data: the exact problem is the data's, and the claims say what they say of it alone."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankladder.app.main import main
from rankladder.domains.matrices import identity
from rankladder.language.library import load_catalogue
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.own_data import exact_problem, on_data, reflections
from rankladder.properties.gidel2019.data.reading import DataSet, data_of_moments
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.simulate import joint_decomposition
from rankladder.simulate.joint_problems import ProblemView


def moments(d: int, p: int, seed: int, *, commuting: bool = False) -> DataSet:
    rng = np.random.default_rng(seed)
    if commuting:
        U, V = (np.linalg.qr(rng.standard_normal((n, n)))[0] for n in (d, p))
        S = np.zeros((d, p))
        np.fill_diagonal(S, np.sort(rng.uniform(1, 3, min(d, p)))[::-1])
        return data_of_moments(U @ np.diag(rng.uniform(0.5, 2, d)) @ U.T, U @ S @ V.T)
    X = rng.standard_normal((50, d))
    return data_of_moments(X.T @ X / 50, X.T @ (X @ rng.standard_normal((d, p))) / 50)


@given(st.integers(1, 8), st.integers(0, 10**6))
def test_reflections_are_exactly_orthogonal_and_next_to_the_frame(n: int, seed: int) -> None:
    frame = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0]
    exact = reflections(frame).exact()
    assert exact * exact.transpose() == identity(n)
    near = np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in exact.table()])
    # each of n vectors is rounded to 2^-40 of its largest entry, and moves the product by some of that
    assert np.abs(near - frame).max() < 40 * n * n * 2.0**-40


@pytest.mark.parametrize("commuting", [True, False])
@pytest.mark.parametrize(("d", "p"), [(1, 1), (3, 2), (2, 5), (6, 6)])
def test_the_exact_problem_is_the_data_in_other_units(d: int, p: int, commuting: bool) -> None:
    data = moments(d, p, d + p, commuting=commuting)
    problem = exact_problem(Geometry.of(data))
    view = ProblemView(problem, float)
    assert (problem.B == ()) == (commuting or d == 1)
    assert problem.sigma[0] == 4
    # units: X by a, Y by b multiply Sxx by a^2 and Sxy by a b
    for exact, given_moments in ((view.Sxx, data.Sxx), (view.Sxy, data.Sxy)):
        unit = np.linalg.norm(exact) / np.linalg.norm(given_moments)
        assert np.abs(exact / unit - given_moments).max() < 1e-9 * np.abs(given_moments).max()
    joint = joint_decomposition(data.Sxx, data.Sxy)
    assert len(problem.sigma) == joint.rank


def test_structure_is_recognised_through_rounding() -> None:
    rng = np.random.default_rng(2)
    U, V = (np.linalg.qr(rng.standard_normal((3, 3)))[0] for _ in range(2))
    whitened = exact_problem(Geometry.of(data_of_moments(U @ U.T, U @ np.diag([3.0, 2.0, 1.0]) @ V.T)))
    assert set(whitened.lam) == {Fraction(1)}
    assert whitened.B == ()
    Sxx = U @ np.diag([3.0, 2.0, 0.0]) @ U.T
    auto = exact_problem(Geometry.of(data_of_moments(Sxx, Sxx.copy())))
    assert auto.U == auto.V
    assert auto.lam == (*auto.sigma, 0)


def found(words: list[str], capsys, code: int = 0) -> dict:
    assert main(["check", *words, "--json", "--workers", "1"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def files(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, data in (("commuting", moments(3, 3, 7, commuting=True)), ("wide", moments(9, 1, 9))):
        np.savez(f"{name}.npz", Sxx=data.Sxx, Sxy=data.Sxy)
    return tmp_path


CLAIMS = """
from rankladder import Problem, Real, claim

@claim("mine", over=dict(problem=Problem(d=3, p=3), x=Real(0, 1)))
def _(problem, x):
    return problem.sigma[1] - x * {factor}
"""


@pytest.mark.parametrize(("factor", "code", "status"), [("0", 0, "as_expected"), ("9", 1, "unexpected")])
def test_a_claim_of_ones_own(files: Path, capsys, factor: str, code: int, status: str) -> None:
    (files / "mine.py").write_text(CLAIMS.format(factor=factor))
    report = found(["mine.py", "--data", "commuting.npz", "--examples", "15"], capsys, code)
    assert [(c["id"], c["status"]) for c in report["claims"]] == [("mine", status)]


def test_what_fails_beyond_a_claims_ranges_says_nothing_of_it(files: Path, capsys) -> None:
    (files / "mine.py").write_text(CLAIMS.format(factor="9").replace("p=3", "p=3, sigma=(5, 6)"))
    (claim,) = found(["mine.py", "--data", "commuting.npz", "--examples", "15"], capsys, 3)["claims"]
    assert claim["status"] == "inconclusive" and claim["result"]["verdict"] == "refuted" and claim["outside"]


def test_every_matrix_claim_says_something_of_any_data() -> None:
    shapes = [Geometry.of(moments(3, 2, 1, commuting=c)) for c in (True, False)]
    data = [(exact_problem(g), Structure.of(g)) for g in shapes]
    speaking = [c for c in load_catalogue().values() if on_data(c, *data[0]) is not None]
    assert len(speaking) > 60
    applying = 0
    for claim in speaking:
        for problem, structure in data:
            said = on_data(claim, problem, structure)
            assert said is not None
            assert (said.claim is None) == bool(said.why) == bool(said.reason)
            applying += said.claim is not None
    assert applying > 40


def test_the_table_says_which_and_why(files: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")  # wide enough that no line of the table is folded
    assert (
        main(["check", "--data", "wide.npz", "--only", "PERT-4.frames", "LIN-5.rank-any", "--workers", "1"])
        == 0
    )
    out = capsys.readouterr().out
    assert "d = 9, checked at 1 to 8 only" in out
    assert "2 claims: 0 tested, no violation; 0 fail" in out
    assert "0 do not apply, 2 not judged at this size" in out
