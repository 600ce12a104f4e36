import math
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1

from rankladder.numbers import Ball, hull, midpoints, precision
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.simulate import (
    deep_flow_time,
    gradient_flow,
    hessian_two_layer,
    mode_flow,
    one_layer_flow,
)
from rankladder.simulate.flow_series import TwoLayerFlow
from tests.samples import one_in
from tests.simulate.exact import problem, rationals, widest


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


@pytest.mark.parametrize(("d", "p", "r"), one_in(3, [(2, 2, 2), (2, 1, 3), (3, 2, 1)]))
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


def test_data_with_a_radius_is_enclosed():
    # the flow of every matrix in the ball: both ends of it are among them
    W1, W2 = rationals([[1]], 10), rationals([[1]], 10)
    wide = np.array([[Ball(F(1)) + Ball(F(1, 1000)) * hull(-1, 1)]], dtype=object)
    enclosed = gradient_flow(wide, rationals([[1]]), W1, W2, [F(2)])
    for lam in (F(999, 1000), F(1), F(1001, 1000)):
        one = gradient_flow(rationals([[lam * 1000]], 1000), rationals([[1]]), W1, W2, [F(2)])
        assert enclosed.W1[0, 0, 0].arb.contains(one.W1[0, 0, 0].arb.mid())


@pytest.mark.parametrize("bits", [53, 200])
@pytest.mark.parametrize("size", [-20, 0, 11])
def test_a_flow_that_grows_is_known_to_the_precision_in_force(bits, size):
    """``W' = 1 + W``: errors grow with the state, and a first run that loses too much is followed by a finer one."""
    start = F(2) ** size / 3
    with precision(bits):
        flow = one_layer_flow([[F(-1)]], [[F(1)]], [[start]], [F(0), F(1, 2), F(20)])
    for W, t in zip(flow.W, (F(0), F(1, 2), F(20)), strict=True):
        with precision(bits + 100):
            assert (W[0, 0] - ((Ball(start) + 1) * np.exp(Ball(t)) - 1)).contains_zero()
        assert W[0, 0].radius <= 2.0**-bits * float(start)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 5))
def test_the_expansion_rate_bounds_the_curvature_of_the_loss(seed, d, p, r):
    arguments = problem(seed, d, p, r)
    Sxx, Sxy, W1, W2 = (BallMatrix.of(part).mat for part in arguments)
    system = TwoLayerFlow(Sxx, Sxy)
    expansion = system.expand((W1.mid(), W2.mid()), 1)
    rate = float(system.bound(expansion, arb(0), arb(0)).expansion_rate)
    hessian = hessian_two_layer(*(part.astype(float) for part in arguments))
    assert -np.linalg.eigvalsh(hessian)[0] <= rate * (1 + 1e-12) + 1e-12


@given(
    st.floats(0.3, 3), st.floats(0.3, 3), st.integers(2, 6), st.floats(0.01, 0.9), st.floats(0.05, 0.95)
)  # fmt: skip
def test_time_is_that_of_the_antiderivative(
    sigma: float, lam: float, layers: int, share: float, theta: float
) -> None:
    last = (theta * sigma / lam) ** (1 / layers)
    first = share * last

    def rest(a: float) -> float:  # of lam a/(sigma (sigma - lam a^L))
        series = float(hyp2f1(1, 2 / layers, 1 + 2 / layers, lam * a**layers / sigma))
        return lam * a**2 / (2 * sigma**2) * series

    power = math.log(last / first)
    if layers > 2:
        power = (first ** (2 - layers) - last ** (2 - layers)) / (layers - 2)
    expected = power / sigma + rest(last) - rest(first)
    assert float(deep_flow_time(sigma, lam, layers, first, last)) == pytest.approx(expected, rel=1e-8)
    enclosed = deep_flow_time(Ball(sigma), Ball(lam), layers, Ball(first), Ball(last))
    assert float(enclosed.mid) == pytest.approx(expected, rel=1e-8)
    assert float(enclosed.radius) < 1e-9 * expected


def test_a_level_that_is_never_reached_has_no_time() -> None:
    assert math.isnan(deep_flow_time(1.0, 1.0, 3, 0.1, 1.5))
    assert math.isnan(deep_flow_time(1.0, 1.0, 3, 0.5, 0.1))
    assert deep_flow_time(Ball(1), Ball(1), 3, Ball(F(1, 10)), Ball(2)).is_nan()
