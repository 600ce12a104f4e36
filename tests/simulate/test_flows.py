from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, midpoints, precision
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.ball_norms import negative_part, norm, radius_norm, spectral_norm
from rankladder.simulate import (
    gaussian_start,
    gradient_flow,
    matrix_descent,
    mode_flow,
    moments,
    one_layer_flow,
    spectral_start,
)
from rankladder.simulate.flow_series import TwoLayerFlow
from rankladder.simulate.flows import _exact_time
from tests.simulate.exact import frame, rationals, widest


def problem(seed, d, p, r, scale=10):
    rng = np.random.default_rng(seed)
    X, Y = rng.integers(-2, 3, (d + 1, d)), rng.integers(-2, 3, (d + 1, p))
    Sxx, Sxy = moments(rationals(X), rationals(Y))
    return (
        Sxx,
        Sxy,
        rationals(rng.integers(-9, 10, (d, r)), scale),
        rationals(rng.integers(-9, 10, (r, p)), scale),
    )


def logistic(sigma, lam, w0, t):
    """Solution of w' = 2 w (σ − λ w), checked by substitution: 1/w is affine in e^{−2σt}."""
    decay = np.exp(-2 * Ball(sigma) * t)
    return 1 / (Ball(lam) / sigma + (1 / Ball(w0) - Ball(lam) / sigma) * decay)


def mpmath_flow(Sxx, Sxy, W1, W2, t):
    """Taylor integration by mpmath at 30 digits, on nested loops."""
    (d, r), p = W1.shape, W2.shape[1]
    with mpmath.workdps(30):
        convert = np.vectorize(lambda v: mpmath.mpf(v.numerator) / v.denominator, otypes=[object])
        A, B, start1, start2 = (convert(part) for part in (Sxx, Sxy, W1, W2))

        def velocity(_, y):
            first = np.array(y[: d * r], dtype=object).reshape(d, r)
            second = np.array(y[d * r :], dtype=object).reshape(r, p)
            D = B - A @ (first @ second)
            return list((D @ second.T).reshape(-1)) + list((first.T @ D).reshape(-1))

        solution = mpmath.odefun(
            velocity, 0, list(start1.reshape(-1)) + list(start2.reshape(-1)), tol=mpmath.mpf(10) ** -22
        )
        return [F(str(value)) for value in solution(mpmath.mpf(t.numerator) / t.denominator)]


@pytest.mark.parametrize(("d", "p", "r"), [(2, 2, 2), (2, 1, 3), (3, 2, 1)])
def test_balls_agree_with_an_independent_integrator(d, p, r):
    arguments, t = problem(d, d, p, r), F(3, 4)
    expected = mpmath_flow(*arguments, t)
    flow = gradient_flow(*arguments, [t])
    found = [*flow.W1[0].reshape(-1), *flow.W2[0].reshape(-1)]
    assert widest(flow.W1) < 1e-14
    # the other integrator is good to about 1e-20; the balls are wider than that
    with precision(128):
        for ball, value in zip(found, expected, strict=True):
            assert abs(ball - value) < 3.0 * ball.radius + 1e-18


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_floats_and_balls_agree_on_data_that_does_not_commute(seed, d, p, r):
    arguments = problem(seed, d, p, r, scale=100)
    times = [F(0), F(1, 2), F(2)]
    balls = gradient_flow(*arguments, times)
    floats = gradient_flow(*(part.astype(float) for part in arguments), [float(t) for t in times])
    # the two float runs differ by a factor 30 in tolerance: the better one is nearer than their difference
    for name in ("W1", "W2"):
        gap = np.abs(getattr(floats, name) - midpoints(getattr(balls, name))).max()
        assert gap <= floats.error + 1e-13


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 50), st.integers(0, 60))
def test_mode_flow_contains_the_logistic_curve(sigma, lam, w0, t):
    sigma, lam, w0, t = F(sigma, 10), F(lam, 10), F(w0, 40), F(t, 10)
    flow = mode_flow(sigma, lam, w0, [t, t + 1])
    for row, time in enumerate((t, t + 1)):
        exact = logistic(sigma, lam, w0, time)
        assert (flow.w[row] - exact).contains_zero()
        assert flow.w[row].radius < 2.0**-46 * flow.w[row].mid
    floats = mode_flow(float(sigma), float(lam), float(w0), [float(t), float(t) + 1])
    assert abs(floats.w[1] - logistic(sigma, lam, w0, F(float(t) + 1)).mid) <= 1e-10


def test_null_modes_and_vanishing_starts():
    flow = mode_flow(F(0), F(3), F(1, 2), [F(1), F(100)])
    for row, t in enumerate((1, 100)):
        assert (flow.w[row] - 1 / (2 + 6 * Ball(t))).contains_zero()
    floats = mode_flow(np.array([1.0, 0.0]), 1.0, times=[0.0, 390.0, 410.0], log_w0=-800.0)
    # logistic in log form: before the transition log w is a line, after it w = 1
    assert abs(floats.log_w[1, 0] + 20.0) < 1e-7 and abs(floats.w[2, 0] - 1.0) < 1e-8
    assert np.array_equal(floats.log_w[:, 1], [-800.0] * 3)


def test_conserved_quantity_is_conserved_for_any_start():
    Sxx, Sxy, W1, W2 = problem(7, 3, 4, 2)
    flow = gradient_flow(Sxx, Sxy, W1, W2, [F(0), F(1), F(4)])
    for row in range(3):
        difference = flow.W1[row].T @ flow.W1[row] - flow.W2[row] @ flow.W2[row].T - (W1.T @ W1 - W2 @ W2.T)
        assert all(entry.contains_zero() for entry in difference.reshape(-1))
        assert widest(difference) < 1e-13


def test_long_flows_of_a_spectral_start_converge_and_stay_narrow():
    rng = np.random.default_rng(2)
    U, V, Q = frame(rng, 3), frame(rng, 2), frame(rng, 3)
    S = rationals([[3, 0], [0, 1], [0, 0]])
    with precision(160):
        W1, W2 = spectral_start(U, V, Q, F(8))
        Sxx, Sxy = U @ np.diag([F(1), F(2), F(1)]) @ U.T, U @ S @ V.T
        flow = gradient_flow(Sxx, Sxy, W1, W2, [F(4), F(40)])
        seen = U.T @ flow.W @ V
        for row, t in enumerate((4, 40)):
            for i, (sigma, lam) in enumerate(((3, 1), (1, 2))):
                assert (seen[row, i, i] - logistic(sigma, lam, np.exp(-Ball(16)), t)).contains_zero()
        assert widest(seen) < 1e-25


def test_flow_is_the_limit_of_descent():
    Sxx, Sxy, W1, W2 = (part.astype(float) for part in problem(5, 3, 2, 3))
    flow = gradient_flow(Sxx, Sxy, W1, W2, [1.0]).W[0]
    gaps = [np.abs(matrix_descent(Sxx, Sxy, W1, W2, 1.0 / n, [n]).W[0] - flow).max() for n in (500, 1000)]
    # first order: halving the step halves the gap
    assert 1.9 < gaps[0] / gaps[1] < 2.1


def test_one_layer_flow():
    Sxx, Sxy, _, _ = problem(9, 3, 2, 1)
    W0 = rationals(np.ones((3, 2)))
    eigenvalues, frame_ = np.linalg.eigh(Sxx.astype(float))
    t = 1.5
    decay = frame_ @ np.diag(np.exp(-t * eigenvalues)) @ frame_.T
    limit = np.linalg.pinv(Sxx.astype(float)) @ Sxy.astype(float)
    expected = decay @ W0.astype(float) + (np.eye(3) - decay) @ limit
    balls = one_layer_flow(Sxx, Sxy, W0, [F(3, 2)])
    assert np.abs(midpoints(balls.W[0]) - expected).max() < 1e-12 and widest(balls.W) < 1e-14
    floats = one_layer_flow(Sxx.astype(float), Sxy.astype(float), np.zeros((3, 2)), [0.0, t])
    assert np.abs(floats.W[1] - (np.eye(3) - decay) @ limit).max() < 1e-10


def test_zero_start_stays():
    zero = rationals(np.zeros((2, 2)))
    flow = gradient_flow(rationals(np.eye(2)), rationals(np.eye(2)), zero, zero, [F(5)])
    assert all(entry == 0 for entry in flow.W1.reshape(-1))
    floats = gradient_flow(np.eye(2), np.eye(2), np.zeros((2, 2)), np.zeros((2, 2)), [5.0])
    assert not floats.W1.any() and floats.error == 0.0


def test_data_with_a_radius_is_enclosed():
    # the flow of every matrix in the ball: both ends of it are among them
    W1, W2 = rationals([[1]], 10), rationals([[1]], 10)
    wide = np.array([[Ball(F(1)) + Ball(F(1, 1000)) * (Ball(F(0)) + _unit())]], dtype=object)
    enclosed = gradient_flow(wide, rationals([[1]]), W1, W2, [F(2)])
    for lam in (F(999, 1000), F(1), F(1001, 1000)):
        one = gradient_flow(rationals([[lam * 1000]], 1000), rationals([[1]]), W1, W2, [F(2)])
        assert enclosed.W1[0, 0, 0].arb.contains(one.W1[0, 0, 0].arb.mid())


def _unit():
    from rankladder.numbers import hull

    return hull(-1, 1)


def test_times_are_chosen_freely():
    arguments = problem(1, 2, 2, 2)
    some = gradient_flow(*arguments, [0, 0.25, F(1, 3), Ball(2)])
    again = gradient_flow(*arguments, [F(1, 3)])
    assert all(
        (a - b).contains_zero() for a, b in zip(some.W1[2].reshape(-1), again.W1[0].reshape(-1), strict=True)
    )
    assert all(
        bool((a - b).contains_zero())
        for a, b in zip(some.W1[0].reshape(-1), arguments[2].reshape(-1), strict=True)
    )


@pytest.mark.parametrize("times", [[], [-1.0], [1.0, 1.0], [2.0, 1.0], [float("nan")], [float("inf")], ["1"]])
def test_bad_times(times):
    with pytest.raises(ValueError, match="time"):
        gradient_flow([[1.0]], [[1.0]], [[1.0]], [[1.0]], times)


def test_bad_input():
    with pytest.raises(ValueError, match="must be symmetric"):
        gradient_flow(
            rationals([[1, 2], [0, 1]]), rationals([[1], [1]]), rationals([[1], [1]]), rationals([[1]]), [1]
        )
    with pytest.raises(ValueError, match="w0 .* must be > 0"):
        mode_flow(1.0, 1.0, 0.0, [1.0])
    with pytest.raises(ValueError, match="exactly one"):
        mode_flow(1.0, 1.0, times=[1.0])
    with pytest.raises(ValueError, match="W0 has shape"):
        one_layer_flow([[1.0]], [[1.0]], [[1.0, 2.0]], [1.0])


def test_gaussian_start_flows_to_the_least_squares_fit():
    Sxx, Sxy, _, _ = (part.astype(float) for part in problem(3, 3, 2, 4))
    W1, W2 = gaussian_start(3, 2, 4, 2.0, seed=0)
    flow = gradient_flow(Sxx, Sxy, W1, W2, [400.0])
    assert np.abs(Sxx @ flow.W[0] - Sxy).max() < 1e-6


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 8))
def test_norm_bounds_are_bounds_and_close(seed, rows, columns):
    matrix = np.random.default_rng(seed).standard_normal((rows, columns))
    enclosed = BallMatrix.of(matrix).mat
    for bound, true, factor in (
        (norm(enclosed), np.linalg.norm(matrix), 1.0),
        (spectral_norm(enclosed), np.linalg.norm(matrix, 2), 8.0 ** (1 / 64)),
        (spectral_norm(enclosed, 10), np.linalg.norm(matrix, 2), 8.0 ** (1 / 4096)),
    ):
        assert true * (1 - 1e-14) <= float(bound) <= true * factor * (1 + 1e-14)


def test_negative_part_and_radius():
    indefinite = BallMatrix.of(np.array([[1.0, 2.0], [2.0, 1.0]])).mat  # eigenvalues 3 and −1
    assert 1.0 <= float(negative_part(indefinite)) <= 16.1
    singular = BallMatrix.of(np.ones((3, 3))).mat
    assert 0 < float(negative_part(singular)) < 1e-15
    assert float(negative_part(BallMatrix.of(np.zeros((2, 2))).mat)) == 0.0
    wide = BallMatrix.of(np.array([[_unit(), Ball(1)], [Ball(2), _unit()]], dtype=object)).mat
    assert np.sqrt(2) <= float(radius_norm([wide])) < np.sqrt(2) + 1e-6


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 5))
def test_expansion_rate_bounds_the_curvature_of_the_loss(seed, d, p, r):
    from rankladder.simulate import hessian_two_layer

    arguments = problem(seed, d, p, r)
    Sxx, Sxy, W1, W2 = (BallMatrix.of(part).mat for part in arguments)
    system = TwoLayerFlow(Sxx, Sxy)
    from flint import arb

    expansion = system.expand((W1.mid(), W2.mid()), 1)
    rate = float(system.bound(expansion, arb(0), arb(0)).expansion_rate)
    hessian = hessian_two_layer(*(part.astype(float) for part in arguments))
    assert -np.linalg.eigvalsh(hessian)[0] <= rate * (1 + 1e-12) + 1e-12


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 5), st.integers(1, 60))
def test_stretch_bounds_the_derivative_of_a_step(seed, d, p, r, eta):
    from flint import arb

    from rankladder.simulate import hessian_two_layer
    from rankladder.simulate.spread import one_layer_spread, two_layer_spread

    arguments, eta = problem(seed, d, p, r), F(eta, 40)
    Sxx, Sxy, W1, W2 = (BallMatrix.of(part) for part in arguments)
    floats = [part.astype(float) for part in arguments]
    hessian = hessian_two_layer(*floats)
    true = np.linalg.norm(np.eye(len(hessian)) - float(eta) * hessian, 2)
    rate = Ball(eta).arb
    stretch = two_layer_spread(Sxx, Sxy, rate)((W1.mid(), W2.mid()), arb(0))
    assert true <= float(stretch) * (1 + 1e-12)
    # and around: every network within 1/10, one of them drawn
    rng = np.random.default_rng(seed)
    move = [rng.standard_normal(part.shape) for part in floats[2:]]
    size = np.sqrt(sum((part**2).sum() for part in move))
    nearby = hessian_two_layer(
        *floats[:2], *(w + 0.1 / size * m for w, m in zip(floats[2:], move, strict=True))
    )
    around = two_layer_spread(Sxx, Sxy, rate)((W1.mid(), W2.mid()), arb(F(1, 10).numerator) / 10)
    assert np.linalg.norm(np.eye(len(hessian)) - float(eta) * nearby, 2) <= float(around) * (1 + 1e-12)
    # in float64 for a whole orbit: never below, and hardly above, what balls say
    orbit = [np.stack([part, 0 * part]) for part in floats[2:]]
    along = two_layer_spread(Sxx, Sxy, rate).along(orbit, np.array([0.0, 0.1]))
    assert true * (1 - 1e-12) <= along[0] <= float(stretch) * (1 + 1e-6)
    assert (
        1 < along[1] <= float(two_layer_spread(Sxx, Sxy, rate)((W1 - W1, W2 - W2), arb(1) / 10)) * (1 + 1e-6)
    )
    affine = one_layer_spread(Sxx, rate)((W1,), arb(0))
    exact = np.linalg.norm(np.eye(d) - float(eta) * floats[0], 2)
    assert exact * (1 - 1e-12) <= float(affine) <= exact * 1.001 + 1e-12


def test_an_enclosure_that_is_lost_is_said_to_be():
    # a start known to one part in eight, followed far beyond what that allows
    wide = np.array([[Ball(1) + Ball(F(1, 8)) * _unit()]], dtype=object) * Ball(F(1, 100))
    flow = gradient_flow(rationals([[1]]), rationals([[1]]), wide, wide, [F(1, 10), F(50)])
    assert not flow.W1[0, 0, 0].is_nan()
    assert flow.W1[1, 0, 0].is_nan() or flow.W1[1, 0, 0].arb.contains(1)


def test_large_starts():
    big = rationals([[10**9]])
    flow = mode_flow(F(1), F(1), F(10**18), [F(1, 10)])
    assert (flow.w[0] - logistic(1, 1, 10**18, F(1, 10))).contains_zero() and flow.w[0].radius < 1.0
    descent = gradient_flow(rationals([[1]]), rationals([[1]]), big, big, [F(1, 10**20)])
    assert descent.W1[0, 0, 0].radius < 1e-4


@pytest.mark.parametrize("times", [[2.0], [1.0, 2.0], [0.0, 0.5, 2.0]])
def test_a_flow_that_stops_early_says_before_which_time(times, monkeypatch):
    import scipy.integrate

    class Stopped:
        success, message = False, "step size is too small"

    monkeypatch.setattr(scipy.integrate, "solve_ivp", lambda *_, **__: Stopped())
    with pytest.raises(
        ValueError, match="flow stopped before time 2.0: step size is too small; ask for earlier"
    ):
        gradient_flow([[1.0]], [[1.0]], [[1.0]], [[1.0]], times)


def test_the_error_of_a_flow_is_the_difference_of_its_two_runs():
    Sxx, Sxy, W1, W2 = (part.astype(float) for part in problem(5, 3, 2, 3))
    coarse, fine = (gradient_flow(Sxx, Sxy, W1, W2, [0.5, 1.0], rtol=rtol) for rtol in (1e-5, 1e-12))
    gap = max(np.abs(getattr(coarse, part) - getattr(fine, part)).max() for part in ("W1", "W2"))
    # the tighter run is nearer to the truth than the other is to it
    assert 0 < gap <= coarse.error < 1e-3 and 0 < fine.error < 1e-9


def test_times_are_the_exact_numbers_that_they_are():
    for time, exact in (
        (Ball(F(3, 4)), F(3, 4)), (Ball(6), F(6)), (Ball(0), F(0)), (Ball(0.1), F(0.1)), (Ball(3 * 2**70), F(3 * 2**70)),
        (0.1, F(0.1)), (3, F(3)), (F(1, 3), F(1, 3)), (np.float64(0.1), F(0.1)), (np.float32(0.75), F(3, 4)),
        (np.int64(7), F(7)),
    ):  # fmt: skip
        assert _exact_time(time) == exact and type(_exact_time(time)) is F
    for bad in (Ball(F(1, 3)), Ball(float("inf")), float("inf"), "1", None, 1j):
        with pytest.raises(ValueError, match="must be an exact finite number"):
            _exact_time(bad)
