"""Equalities are solved for, and decided in exact rationals; integers are searched as integers."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest

from rankladder import Int, Problem, Real, claim, exp, forall, frobenius, strictly
from rankladder.domains.matrices import Reflections
from rankladder.language.verdict import Verdict
from rankladder.search.check import check_claim
from rankladder.search.coincidences import coincidence
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.simulate import descent, one_layer_descent
from rankladder.simulate.joint_problems import JointProblem


@claim("coincidence.lands", over={"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 40)}, expects="refuted")
def lands(s: Any, z0: Any, steps: Any) -> Any:
    return strictly(forall(abs(1 - descent(s, z0, steps).z)))


@pytest.mark.parametrize("steps", [1, 3, 40])
def test_an_orbit_that_lands_exactly_is_decided(steps: int) -> None:
    assert judge(lands, {"s": F(16, 21), "z0": F(9, 16), "steps": steps}).outcome == "violated"
    assert judge(lands, {"s": F(16, 21), "z0": F(9, 17), "steps": steps}).outcome == "holds"


@pytest.mark.parametrize(
    "frame", [Reflections(2), Reflections(2, ((1, 2),)), Reflections(2, ((1, 2), (3, 1)))]
)
def test_a_frame_does_not_make_a_tie_undecided(frame: Reflections) -> None:
    @claim("coincidence.fits", over={"problem": Problem(), "eta": Real(0, 1)})
    def fits(problem: Any, eta: Any) -> Any:
        W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, 2).W
        return strictly(frobenius(problem.Sxx @ W[-1] - problem.Sxy))

    problem = JointProblem((F(2), F(1)), (F(3), F(3)), frame, frame, Reflections(2))
    assert judge(fits, {"problem": problem, "eta": F(1, 3)}).outcome == "violated"
    assert judge(fits, {"problem": problem, "eta": F(1, 4)}).outcome == "holds"


@pytest.mark.parametrize("seed", range(5))
def test_a_zero_is_solved_for_and_is_exact(seed: int) -> None:
    @claim("coincidence.curve", over={"x": Real(0, 10), "y": Real(0, 10)})
    def curve(x: Any, y: Any) -> Any:
        return strictly(abs(7 * x * y - 3 * x - 11))

    found = coincidence(curve, seed)
    assert found is not None
    assert 7 * found["x"] * found["y"] - 3 * found["x"] == 11


def test_what_never_vanishes_or_no_rational_knows_is_left_alone() -> None:
    @claim("coincidence.positive", over={"x": Real(0, 10), "y": Real(0, 10)})
    def positive(x: Any, y: Any) -> Any:
        return strictly((x - y) ** 2 + (x - 1) ** 2 + (y - 2) ** 2)

    @claim("coincidence.transcendental", over={"x": Real(0, 10), "y": Real(0, 10)})
    def transcendental(x: Any, y: Any) -> Any:
        return strictly(abs(exp(x) - y))

    assert coincidence(positive, 0) is None
    assert coincidence(transcendental, 0) is None
    assert check_claim(transcendental).verdict is Verdict.tested


def test_exploring_solves_for_equality_too() -> None:
    assert explore_claim(lands, budget=60, most=500).verdict is Verdict.refuted
