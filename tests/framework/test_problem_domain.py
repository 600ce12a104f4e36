"""Whole problems: their kinds, their matrices, and what a search can change of one."""

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from rankladder import Int, Problem
from rankladder.domains.matrices import Reflections
from rankladder.simulate.joint_problems import JointProblem
from tests.framework.test_domains import draws

KINDS = ("commuting", "whitened", "autoencoder", "noncommuting")


def one(d: int, p: int, r: int, sigma: Any, lam: Any, B: Any = ()) -> JointProblem:
    frames = Reflections(d), Reflections(p), Reflections(r)
    return JointProblem(tuple(map(F, sigma)), tuple(map(F, lam)), *frames, B)


def test_what_a_conclusion_sees_of_a_problem() -> None:
    value = one(3, 2, 4, (3, 1), (2, 4, 5), ((0, 1, F(1, 2)), (1, 2, F(-1, 3))))
    view = Problem(kind="noncommuting").realise(value, lambda x: x)
    assert (view.d, view.p, view.r, view.m, view.q) == (3, 2, 4, 2, 2)
    assert view.Sxx.tolist() == [[2, F(1, 2), 0], [F(1, 2), 4, F(-1, 3)], [0, F(-1, 3), 5]]
    assert view.B.tolist() == [[0, F(1, 2), 0], [F(1, 2), 0, F(-1, 3)], [0, F(-1, 3), 0]]
    assert view.Sxy.tolist() == [[3, 0], [0, 1], [0, 0]]
    assert [x.tolist() for x in (view.sigma, view.lam, view.omega)] == [[3, 1], [2, 4, 5], [F(3, 2), F(1, 4)]]
    assert view.plateau(0).tolist() == [[0, 0]] * 3 and view.plateau(2).tolist() == [
        [F(3, 2), 0],
        [0, F(1, 4)],
        [0, 0],
    ]
    turned = JointProblem(
        (F(3),), (F(2), F(1)), Reflections(2, ((1, -1),)), Reflections(1, ((1,),)), Reflections(1)
    )
    view = Problem().realise(turned, lambda x: x)  # U swaps, V changes the sign
    assert view.Sxy.tolist() == [[0], [-3]] and view.Sxx.tolist() == [[1, 0], [0, 2]]
    assert view.compose((F(2),)).tolist() == [[0], [-2]]


@pytest.mark.parametrize("kind", KINDS)
def test_problems_are_what_they_say(kind: Any) -> None:
    for value in draws(Problem(kind=kind), 60):
        view = Problem(kind=kind).realise(value, float)
        assert np.linalg.eigvalsh(view.Sxx).min() > -1e-12
        singular = np.linalg.svd(view.Sxy, compute_uv=False)
        np.testing.assert_allclose(singular[: view.m], view.sigma, atol=1e-12)
        np.testing.assert_allclose(singular[view.m :], 0, atol=1e-12)
        inner = view.U.T @ view.Sxx @ view.U
        assert (np.abs(inner - np.diag(np.diag(inner))).max() < 1e-12) == (kind != "noncommuting")
        if kind == "whitened":
            np.testing.assert_allclose(view.Sxx, np.eye(view.d), atol=1e-12)
        if kind == "autoencoder":
            np.testing.assert_allclose(view.Sxx, view.Sxy, atol=1e-12)


OWN = Problem(
    d=Int(2, 3), p=Int(2, 3), r=Int(2, 3), modes=Int(1, 2), sigma=(1, 3), lam=(1, 2), null=(0, 5), gap=1
)
WHITE, TIED, LOUD = (Problem(kind=kind) for kind in ("whitened", "autoencoder", "noncommuting"))
NOISE = ((0, 1, F(1, 3)),)


@pytest.mark.parametrize(
    ("domain", "value", "why"),
    [
        (OWN, one(2, 2, 2, (3, 1), (1, 2)), ""), (OWN, one(3, 3, 3, (2, 1), (2, 2, 5)), ""), (OWN, one(3, 3, 3, (1,), (1, 1, 1)), ""),
        (OWN, one(3, 3, 3, (2, 1), (2, 2, 6)), "lam_3 = 6 must lie in [0, 5]"),
        (OWN, one(3, 3, 3, (4, 1), (1, 1, 1)), "sigma_1 = 4 must lie in [1, 3]"),
        (OWN, one(3, 3, 3, (2, F(3, 2)), (1, 1, 1)), "sigma: entries 1 and 2, 2 and 3/2, must fall by at least 1"),
        (OWN, one(3, 3, 3, (3, 2, 1), (1, 1, 1)), "it has 3 modes but must have 1 to 2"), (OWN, one(3, 3, 3, (), (1, 1, 1)), "it has 0 modes"),
        (OWN, one(1, 2, 2, (1,), (1,)), "d = 1 must lie in 2 to 3"), (OWN, one(2, 4, 2, (1,), (1, 1)), "p = 4"),
        (OWN, one(2, 2, 1, (1,), (1, 1)), "r = 1"), (OWN, one(2, 2, 2, (1,), (1, 1), ((0, 1, F(1, 9)),)), "commuting problems have no B"),
        (OWN, (F(1),), "it must be a JointProblem"), (Problem(), one(2, 1, 1, (2, 1), (1, 1)), "it has 2 modes but must have 1 to 1"),
        (WHITE, one(2, 2, 2, (2,), (1, 1)), ""), (WHITE, one(2, 2, 2, (2,), (1, 2)), "whitened problems have lam = 1 throughout"),
        (TIED, one(2, 2, 2, (2,), (2, 0)), ""), (TIED, one(2, 2, 2, (2,), (2, 1)), "autoencoder problems have lam = sigma"),
        (TIED, JointProblem((F(2),), (F(2), F(0)), Reflections(2), Reflections(2, ((1, 0),)), Reflections(2)), "autoencoder problems have V = U"),
        (LOUD, one(2, 2, 2, (2,), (1, 2), NOISE), ""), (LOUD, one(2, 2, 2, (2,), (1, 2)), "noncommuting problems have an entry of B that is not 0"),
        (LOUD, one(2, 2, 2, (2,), (2, 1), ((0, 1, F(-1, 2)),)), "|B_12| = 1/2 must be below min(lam_1, lam_2)/d = 1/2"),
        (LOUD, one(2, 2, 2, (2,), (1, 2), ((1, 0, F(1, 9)),)), "B has an entry (1, 0) but its entries must lie above the diagonal"),
    ],
)  # fmt: skip
def test_what_keeps_a_problem_out_is_said(domain: Problem, value: Any, why: str) -> None:
    assert domain.contains(value, {}) is not bool(why)
    assert domain.misfit(value, {}).startswith(why)
