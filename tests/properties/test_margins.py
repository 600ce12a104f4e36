"""Margins at instances worked out by hand: what a claim assumes, and what it concludes, as the numbers in its words."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Problem
from rankladder.domains.matrices import Reflections
from rankladder.language.assumptions import Predicate
from rankladder.language.library import load_catalogue
from rankladder.numbers.balls import Ball, as_balls, midpoints
from rankladder.properties.gidel2019 import (
    gen_data,
    limit,
    limit_plateaus,
)
from rankladder.simulate.joint_problems import JointProblem

CLAIMS = load_catalogue()
# two active modes and a null mode; the start carries all three, in the second problem only the active ones
FRAME = Reflections(3, ((1, 2, 0), (0, 1, 1)))
LOUD = JointProblem((F(3), F(2)), (F(2), F(4), F(7, 2)), FRAME, FRAME, Reflections(4))
CUT = JointProblem((F(3), F(2)), (F(2), F(4), F(7, 2)), FRAME, Reflections(2), Reflections(4))
OMEGA, S1, THETA, DELTA = np.array([1.5, 0.5]), 0.25, 0.4, 0.75
START = float(np.exp(-1.5))  # w(0) = e^(-2 delta)
SCALES = np.array([0.5, 2.0, 1.0, 3.0])
# eta = s1/sigma_1, s_i = eta sigma_i, curvatures lambda_i (omega_i + omega_j) at the minimiser
ETA = S1 / 3
STEPS = np.array([S1, 2 * ETA])
SHARPEST = max(2 * (1.5 + 1.5), 4 * (0.5 + 1.5), 3.5 * 1.5)


def bracket() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    z0 = START / OMEGA
    return (
        np.log(THETA / z0) / (2 * np.log1p(STEPS)),
        np.log((1 / z0 - 1) * THETA / (1 - THETA)) / (2 * np.log1p(STEPS)),
    )


LOW, HIGH = bracket()
SMALL_START = float(OMEGA.min() - START)
PREDICATES: dict[tuple[str, str], tuple[JointProblem, float]] = {
    **{(id, "small-start"): (LOUD, SMALL_START) for id in (
        "LOSS-2.descent", "LOSS-2.flow", "RRR-1.visited", "RRR-2.consistent", "STEP-6.convergent", "STEP-7.aligned",
    )},
    # the same, times lambda: sigma - lambda w(0)
    **{(id, "small-start"): (LOUD, min(3 - 2 * START, 2 - 4 * START)) for id in ("LIMIT-3", "GD-9.modes", "GD-9.plateaus")},
    **{(id, "small-start"): (LOUD, THETA - START / 0.5) for id in ("ORDER-1.descent", "RRR-4.descent", "RRR-4.flow")},
    ("ORDER-2.descent", "small-start"): (LOUD, THETA - float(np.max(np.exp(-2 * DELTA * SCALES[:2]) / OMEGA))),
    ("ORDER-1.descent", "vanishing"): (LOUD, float(LOW[1] - HIGH[0] - 1)),
    **{(id, "quiet-null"): (LOUD, 2 - ETA * 3.5 * START) for id in (
        "LOSS-2.descent", "RRR-1.visited", "GD-9.modes", "STEP-6.convergent",
    )},
    # a null mode that the start does not carry: of no concern
    ("RRR-1.visited", "quiet-null "): (CUT, 2.0),
    ("STEP-6.convergent", "quiet-null "): (CUT, 2.0),
    ("LOSS-2.descent", "quiet-null "): (CUT, 2.0),
    ("STEP-6.bounded", "inside"): (
        LOUD, min(2 + STEPS[0] - ETA * 2 * START, 2 + STEPS[1] - ETA * 4 * START, 2 - ETA * 3.5 * START),
    ),
    ("STEP-7.growth", "sharp"): (LOUD, ETA * SHARPEST - 2),
    ("INIT-2.times", "stable-step"): (LOUD, 1 - ETA * SHARPEST),
    ("INIT-2.order", "vanishing"): (LOUD, (DELTA - 7) / np.log1p(STEPS[1]) - (DELTA + 7) / np.log1p(STEPS[0]) - 1),
    ("RRR-2.consistent", "consistent"): (LOUD, 4.5 - 1.0),
    ("RRR-3.second-is-best", "contrary"): (LOUD, 1.0 - 4.5),
}  # fmt: skip


@pytest.mark.parametrize(("claim", "name"), PREDICATES)
def test_an_assumption_is_the_number_in_its_words(claim: str, name: str) -> None:
    problem, expected = PREDICATES[claim, name]
    made = CLAIMS[claim].given[name.strip()]
    assert isinstance(made, Predicate)
    known = {
        "problem": Problem().realise(problem, Ball), "s1": Ball(F(1, 4)), "theta": Ball(F(2, 5)),
        "delta": Ball(F(3, 4)), "c": np.array([Ball(F(2 * x) / 2) for x in (F(1, 2), 2, 1, 3)]),
    }  # fmt: skip
    margins = np.ravel(np.asarray(made.margin(**{n: known[n] for n in made.names}), dtype=object))
    assert min(float(getattr(m, "mid", m)) for m in margins) == pytest.approx(expected, rel=1e-12)


def test_a_null_mode_is_loud_for_a_small_delta() -> None:
    loud = {"problem": Problem().realise(LOUD, Ball), "s1": Ball(3), "delta": Ball(F(-1, 4))}
    for claim in ("LOSS-2.descent", "RRR-1.visited", "STEP-6.convergent", "GD-9.modes"):
        margin = CLAIMS[claim].given["quiet-null"].margin(**loud)
        assert margin.mid == pytest.approx(2 - 3.5 * np.exp(0.5), rel=1e-12), claim


def test_two_modes_on_data_that_does_not_commute() -> None:
    pair = gen_data.Pair(F(1, 2), 2, F(3, 2))
    # lam = ratio^2/gain, and B is the coupling times half the harmonic mean of 1 and lam
    assert pair.lam == F(1, 8)
    assert pair.beta == pytest.approx(3 / 2 * 1 / 9)
    np.testing.assert_allclose(midpoints(pair.Sxx), [[1, 1 / 6], [1 / 6, 1 / 8]])
    np.testing.assert_allclose(midpoints(pair.Sxy), [[1, 0], [0, 1 / 2]])
    optimum = midpoints(pair.optimum)
    assert np.linalg.matrix_rank(optimum) == 1
    left = np.linalg.norm(midpoints(pair.Sxy) - midpoints(pair.Sxx) @ optimum, 2)
    assert pair.residual.mid == pytest.approx(left)


def test_descent_of_a_pair_is_plain_descent_from_a_start_of_its_depth() -> None:
    pair = gen_data.Pair(Ball(F(1, 2)), Ball(2), Ball(F(1, 2)))
    A1, A2 = as_balls([[1, F(1, 2)], [F(1, 4), F(3, 4)]]), as_balls([[F(1, 2), 1], [F(1, 4), F(-1, 2)]])
    depth = 1 / (1 + Ball(pair.eta)) ** 5
    B1, B2 = depth * A1, depth * A2
    for _ in range(9):
        R = pair.Sxy - pair.Sxx @ B1 @ B2
        B1, B2 = B1 + pair.eta * R @ B2.T, B2 + pair.eta * B1.T @ R
    (found,) = pair.descend(A1, A2, 5, [9])
    np.testing.assert_allclose(midpoints(found), midpoints(B1 @ B2), rtol=1e-12)


def test_the_start_that_lands_on_one_must_lie_below_one() -> None:
    # z_1 = 2 (1 - 4)^2 = 18 >= 1 and z_0 = 2 >= 3/2: the equivalence holds, z_land = 3/2 < 1 does not
    conclusion = CLAIMS["STEP-1.overshoot"].conclusion
    margin = conclusion(Ball(4), Ball(2), start=lambda s: Ball(F(3, 2)), steps=1)
    assert margin.mid == pytest.approx(-0.5)
    assert conclusion(Ball(4), Ball(2), start=lambda s: Ball(F(1, 2)), steps=1).is_positive()


def test_thresholds_in_the_catalogue_are_those_of_its_statements() -> None:
    s = sympy.Symbol("s", real=True)
    large = CLAIMS["LOSS-3.above"].given["large-step"].relation
    small = CLAIMS["LOSS-3.descent"].given["small-step"].relation
    for value, above in ((F(93, 100), False), (F(94, 100), True)):
        assert bool(large.subs(s, sympy.Rational(value))) is above
        assert bool(small.subs(s, sympy.Rational(value))) is not above


def test_bounds_of_a_limit_at_and_after_its_time() -> None:
    sigma, lam, delta = 2.0, 0.5, 0.25
    # e^(-1/2)/2 over 5/2, and 4^2 e^(-1/2 * 3/4): the margin where nothing is missing
    at, after = CLAIMS["LIMIT-1.at"].conclusion, CLAIMS["LIMIT-1.after"].conclusion
    there = limit.value(sigma, lam, delta, 1)
    assert float(at(sigma, lam, delta, limit=lambda *_: there, reach=1)) == pytest.approx(0.12130613)
    share = limit.value(sigma, lam, delta, 1.75) / (sigma / lam)
    assert float(after(sigma, lam, delta, 1.75, share=share)) == pytest.approx(10.9966286)


def test_midway_a_plateau_is_seen_as_well_as_the_two_modes_beside_it_differ() -> None:
    sigma, omega, delta = np.array([4.0, 3.0, 2.0]), np.array([4.0, 6.0, 0.5]), 10.0
    problem = JointProblem((F(4), F(3), F(2)), (F(1), F(1, 2), F(4)), *[Reflections(3)] * 3)
    margins = []
    for j, (own, after) in enumerate(((4, 3), (3, 2), (2, 0)), 1):
        t = delta * 2 / (own + after)
        w = omega / (1 + (omega * np.exp(2 * delta) - 1) * np.exp(-2 * sigma * t))
        off = np.linalg.norm(w - np.where(np.arange(3) < j, omega, 0))
        constant = np.sqrt((omega[:j] ** 4).sum() + 3 - j)
        margins.append(1 - (off / constant * np.exp(2 * delta * (own - after) / (own + after))) ** 2)
    found = limit_plateaus.midway_margins(Problem().realise(problem, float), delta)
    assert float(np.min(found)) == pytest.approx(min(margins), rel=1e-9)
