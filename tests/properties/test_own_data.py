"""Claims on a user's own data: the exact problem is the data's, and the claims say what they say of it alone."""

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankladder import Int, Otherwise, Problem, Real, claim
from rankladder.app.main import main
from rankladder.domains.matrices import Reflections, identity
from rankladder.language.statement import Claim
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.own_data import ThisProblem, exact_problem, on_data, reflections
from rankladder.properties.gidel2019.data.reading import DataSet, data_of_moments
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.simulate import joint_decomposition
from rankladder.simulate.joint_problems import JointProblem, ProblemView


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


def diagonal(
    sigma: tuple[Any, ...], lam: tuple[Any, ...], *, p: int | None = None, r: int = 2
) -> JointProblem:
    d = len(lam)
    frames = Reflections(d), Reflections(d if p is None else p), Reflections(r)
    return JointProblem(tuple(map(F, sigma)), tuple(map(F, lam)), *frames)


def measured(problem: JointProblem) -> Structure:
    d, p, _ = problem.shape
    tied = problem.U == problem.V and problem.lam == problem.sigma + (F(0),) * (d - len(problem.sigma))
    white = set(problem.lam) == {F(1)} and not problem.B
    return Structure(0.1 if problem.B else 0.0, 0.0 if white else 0.5, 0.0 if tied else 1.0, d, p)


PLAIN = diagonal((4, 2), (1, F(1, 2)))
NOISY = replace(PLAIN, B=((0, 1, F(1, 9)),))


# claims on data


def stated(domain: Problem, given: Mapping[str, Any] | None = None, **more: Any) -> Claim:
    @claim("t-own", over={"data": domain, **more}, given=given)
    def made(data: Any) -> Any:
        return data.sigma[0]

    return made


def said(
    domain: Problem, problem: JointProblem = PLAIN, given: Mapping[str, Any] | None = None, **more: Any
) -> str:
    found = on_data(stated(domain, given, **more), problem, measured(problem))
    assert found is not None and (found.claim is None) == bool(found.why)
    return found.why


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        (Problem(d=Int(2, 2), p=Int(2, 2), modes=Int(2, 2)), ""),
        (Problem(d=Int(1, 2), p=Int(1, 2), modes=Int(1, 2)), ""),
        (Problem(d=Int(3, 8)), "d = 2, checked at 3 to 8 only"),
        (Problem(d=Int(1, 1)), "d = 2, checked at 1 only"),
        (Problem(p=Int(3, 8)), "p = 2, checked at 3 to 8 only"),
        (Problem(p=Int(300, int("300"))), "p = 2, checked at 300 only"),
        (Problem(modes=Int(3, 4)), "m = 2, checked at 3 to 4 only"),
        (Problem(modes=Int(1, 1)), "m = 2, checked at 1 only"),
        (Problem(r=Int(1, 1)), "2 modes do not fit a hidden layer of width 1"),
        (Problem(gap=2), ""),
        (Problem(gap=F(21, 10)), "two sigma are 2 apart (sigma_1 = 4), the claim asks for 21/10"),
    ],
)  # fmt: skip
def test_data_of_another_shape_than_the_claim_speaks_of(domain: Problem, why: str) -> None:
    assert said(domain) == why


def test_without_the_structure_the_claim_is_asked_anyway() -> None:
    noncommuting = Problem(kind="noncommuting", sigma=(1, 9))
    made = stated(Problem(), {"aligned": Otherwise("data", noncommuting)}, x=Real(0, 1))
    found = on_data(made, NOISY, measured(NOISY))
    assert found is not None and found.claim is None and found.anyway is not None
    assert found.anyway.over == {"data": ThisProblem(NOISY), "x": Real(0, 1)}
    assert (found.anyway.given, found.anyway.dropped) == ({}, "aligned")
    unnamed = on_data(stated(Problem()), NOISY, measured(NOISY))
    assert unnamed is not None and unnamed.claim is None and unnamed.anyway is None
    white = on_data(
        stated(Problem(kind="whitened"), {"white": Otherwise("data", noncommuting)}), PLAIN, measured(PLAIN)
    )
    assert white is not None and white.anyway is not None and white.anyway.dropped == "white"
