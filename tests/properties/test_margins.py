"""Margins at instances worked out by hand: what a claim assumes, and what it concludes, as the numbers in its words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Problem
from rankladder.domains.matrices import Reflections
from rankladder.language.assumptions import Predicate
from rankladder.language.library import load_catalogue
from rankladder.numbers.balls import Ball, as_balls, hull, midpoints
from rankladder.properties.gidel2019 import (
    gen_data,
    limit,
    limit_plateaus,
    order_descent,
    rrr_optimum,
    rrr_rank,
    rrr_stability,
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
    # a null mode that the start does not carry: of no concern, but to the loss
    ("RRR-1.visited", "quiet-null "): (CUT, 2.0),
    ("STEP-6.convergent", "quiet-null "): (CUT, 2.0),
    ("LOSS-2.descent", "quiet-null "): (CUT, 2 - ETA * 3.5 * START),
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


def test_an_orbit_is_followed_until_a_step_after_the_last_bracket() -> None:
    problem = Problem().realise(LOUD, Ball)
    assert rrr_rank.finish(problem, Ball(F(1, 4)), Ball(F(3, 4)), Ball(F(2, 5))) == 1 + int(HIGH.max())


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


def middle(value: Any) -> np.ndarray[Any, Any]:
    """The middles of balls, of any shape."""
    entries = np.asarray(value, dtype=object)
    return np.array([float(getattr(x, "mid", x)) for x in entries.flat]).reshape(entries.shape)


@pytest.mark.parametrize("arithmetic", [Ball, float])
@pytest.mark.parametrize(("j", "spare"), [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (2, 3)])
def test_a_balanced_plateau_has_as_many_hidden_units_as_it_says(arithmetic: Any, j: int, spare: int) -> None:
    problem = Problem().realise(LOUD, arithmetic)
    W1, W2, frame = (middle(part) for part in rrr_stability.balanced_plateau(problem, j, spare=spare))
    units = j + spare
    assert (W1.shape, W2.shape, frame.shape) == ((3, units), (units, 3), (units, units))
    np.testing.assert_allclose(frame @ frame.T, np.eye(units), atol=1e-14)
    np.testing.assert_allclose(W1.T @ W1, W2 @ W2.T, atol=1e-14)
    U, V = middle(problem.U), middle(problem.V)
    np.testing.assert_allclose(
        W1 @ W2, sum(OMEGA[i] * np.outer(U[:, i], V[:, i]) for i in range(j)), atol=1e-14
    )


def test_a_frame_of_the_hidden_units_is_made_of_the_reflections_of_the_problem() -> None:
    made = replace(LOUD, Q=Reflections(4, ((1, 2, 0, 0), (0, 0, 0, 1))))
    problem = Problem().realise(made, float)
    # cut to order 2: the second reflection is gone; H = I - 2 v v^T/5
    turned = np.array([[3.0, -4.0], [-4.0, -3.0]]) / 5
    np.testing.assert_allclose(rrr_stability.hidden_frame(problem, 2), turned)
    padded = np.diag([1.0, 1.0, 1.0, -1.0, 1.0])
    padded[:2, :2] = turned
    np.testing.assert_allclose(rrr_stability.hidden_frame(problem, 5), padded)


def test_values_are_ranked_largest_first() -> None:
    assert rrr_optimum.ranked(np.array([1.0, 4.0, 2.0, 3.0])).tolist() == [4, 3, 2, 1]
    # [2, 4], [3, 6], [0, 1]: the largest lies in [3, 6], the second in [2, 4], whichever ball it comes from
    balls = np.array([hull(Ball(2), Ball(4)), hull(Ball(3), Ball(6)), hull(Ball(0), Ball(1))], dtype=object)
    ends = [(float(x.arb.lower()), float(x.arb.upper())) for x in rrr_optimum.ranked(balls)]
    np.testing.assert_allclose(ends, [(3, 6), (2, 4), (0, 1)], atol=1e-8)


@pytest.mark.parametrize("arithmetic", [Ball, float])
def test_least_losses_and_gains_of_three_modes(arithmetic: Any) -> None:
    problem = Problem().realise(LOUD, arithmetic)
    # sigma^2/lam = 9/2 and 4/4; the loss of rank j is minus half the sum of the j largest
    np.testing.assert_allclose(middle(rrr_optimum.gains_of(problem)), [4.5, 1.0])
    np.testing.assert_allclose(middle(rrr_optimum.rank_optima(problem)), [0, -2.25, -2.75, -2.75], atol=1e-12)
    matrix = (
        np.array([[2, 1, 0], [1, 2, 0], [0, 0, 7]])
        if arithmetic is float
        else np.vectorize(Ball, otypes=[object])([[2, 1, 0], [1, 2, 0], [0, 0, 7]])
    )
    np.testing.assert_allclose(middle(rrr_optimum.eigenvalues(matrix)), [7, 3, 1])
    np.testing.assert_allclose(middle(rrr_optimum.solve(matrix, matrix[:, :1])), [[1], [0], [0]], atol=1e-12)
    assert (
        float(rrr_optimum.lead(np.array([5.0, 3.0, 4.0]), 1)) == 1
        and float(rrr_optimum.lead(np.array([5.0, 3.0, 4.0]), 2)) == -1
    )
    optima = rrr_optimum.rank_optima(problem)
    assert [float(middle(rrr_optimum.excess_of(problem, optima, j))) for j in (1, 2)] == pytest.approx(
        [0, 0], abs=1e-12
    )


@pytest.mark.parametrize("arithmetic", [Ball, float])
def test_when_a_plateau_is_visited_and_how_near_it(arithmetic: Any) -> None:
    problem = Problem().realise(LOUD, arithmetic)
    s1, delta = arithmetic(F(1, 4)), arithmetic(9)
    speeds = np.log1p(STEPS)
    expected = [(2 * 9 / speeds.sum(), 18 * (speeds[0] - speeds[1]) / speeds.sum()), (2 * 9 / speeds[1], 18)]
    for j, (time, exponent) in enumerate(expected, 1):
        step, growth = rrr_optimum.plateau_step(problem, s1, delta, j)
        assert step == int(time)
        assert float(middle(growth)) == pytest.approx(np.exp(exponent))
        # a learned mode is off by omega^2 (1 + s_j)^2, one to come (two for j = 1) by 1
        s = STEPS[j - 1]
        assert float(middle(rrr_optimum.reach(problem, s1, j))) == pytest.approx(
            np.sqrt((1 + s) ** 4 * (OMEGA[:j] ** 4).sum() + 3 - j)
        )
        learned = sum(
            lam * (omega * (1 + s)) ** 4 / 100 for lam, omega in zip((2, 4)[:j], OMEGA, strict=False)
        )
        assert float(middle(rrr_optimum.slack(problem, s1, j, arithmetic(10)))) == pytest.approx(
            (learned + 3.5 / 100) / 2 + sum((3, 2)[j:]) / 10
        )


def test_steps_to_look_at_never_come_before_the_start() -> None:
    assert [order_descent.before(Ball(F(x))) for x in (F(-3), F(0), F(1, 2), F(1), F(3, 2), F(7))] == [
        0, 0, 0, 0, 1, 6,
    ]  # fmt: skip
    assert [order_descent.after(Ball(F(x))) for x in (F(0), F(1, 2), F(1), F(7))] == [1, 1, 2, 8]
    problem = Problem().realise(LOUD, Ball)
    # every mode starts beyond theta, so the brackets end before 0
    assert rrr_rank.finish(problem, Ball(F(1, 4)), Ball(-5), Ball(F(2, 5))) == 1


def test_a_rank_is_distinct_where_the_next_sigma_is_another() -> None:
    tied = SimpleNamespace(value=SimpleNamespace(sigma=(3, 3, 2, 2)))
    assert [rrr_optimum.distinct(tied, j) for j in (1, 2, 3, 4)] == [False, True, False, True]


def test_bounds_of_a_limit_at_and_after_its_time() -> None:
    sigma, lam, delta = 2.0, 0.5, 0.25
    # e^(-1/2)/2 over 5/2, and 4^2 e^(-1/2 * 3/4); the bounds and no more is what a factor multiplies
    bound = float(limit.at(sigma, lam, delta, factor=2) - limit.at(sigma, lam, delta))
    assert bound == pytest.approx(0.12130613)
    bound = float(limit.after(sigma, lam, delta, 1.75, factor=2) - limit.after(sigma, lam, delta, 1.75))
    assert bound == pytest.approx(10.9966286)


def test_midway_a_plateau_is_seen_as_well_as_the_two_modes_beside_it_differ() -> None:
    sigma, omega, delta = np.array([4.0, 3.0, 2.0]), np.array([4.0, 6.0, 0.5]), 10.0
    problem = JointProblem((F(4), F(3), F(2)), (F(1), F(1, 2), F(4)), *[Reflections(3)] * 3)
    margins = []
    for j, (own, after) in enumerate(((4, 3), (3, 2), (2, 0)), 1):
        t = delta * 2 / (own + after)
        w = omega / (1 + (omega * np.exp(2 * delta) - 1) * np.exp(-2 * sigma * t))
        off = np.linalg.norm(w - np.where(np.arange(3) < j, omega, 0))
        constant = np.sqrt((omega[:j] ** 4).sum() + 3 - j)
        margins.append(1 - off / constant * np.exp(2 * delta * (own - after) / (own + after)))
    found = limit_plateaus.midway_margins(Problem().realise(problem, float), delta)
    assert float(np.min(found)) == pytest.approx(min(margins), rel=1e-9)
