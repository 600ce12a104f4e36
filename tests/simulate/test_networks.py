import math
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, hull, precision
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.simulate import (
    GradientDescent,
    Layers,
    hessian_two_layer,
    matrix_descent,
    moments,
    one_layer_descent,
)
from rankladder.simulate.spread import two_layer_spread
from tests.simulate.exact import contains, problem, widest


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 9), st.sampled_from([0, 8, 40]))
def test_a_start_with_a_radius_carries_every_start_in_it(seed, r, steps, bits):
    """In blocks of steps where the radius is small, and step by step where it is not."""
    Sxx, Sxy, W1, W2 = problem(seed, 3, 2, r)
    eta = F(1, int(4 * float(np.abs(Sxx).sum() + np.abs(Sxy).sum())) + 12)
    width, step = F(1, 2**bits) if bits else 0, GradientDescent(eta).step(Layers.of_moments(Sxx, Sxy))
    with precision(96):
        run = matrix_descent(Sxx, Sxy, W1 * (Ball(1) + hull(-width, width)), W2, eta, steps)
    for share in (-1, 0, 1):
        states = [(W1 * (1 + share * width), W2)]
        for _ in range(steps):
            states.append(step(states[-1]))
        assert all(contains(*pair) for pair in zip((run.W1, run.W2), zip(*states, strict=True), strict=True))
    assert widest(run.W1) <= 8 * float(width) * float(np.abs(W1).max()) * r + 2.0**-80


# Float64. Runs of 1000 steps and more of matrices up to 64 by 64 are compiled.
LONG = 1000
TINY = [(4, 4, 4), (1, 1, 1), (3, 2, 4), (2, 4, 1)]
SHAPES = [*TINY, (5, 4, 4), (4, 3, 7), (8, 8, 8), (16, 3, 2), (2, 30, 5), (33, 1, 33), (64, 2, 2), (65, 1, 1)]


def floats(seed, d, r, p):
    rng = np.random.default_rng(seed)
    Sxx, Sxy = moments(rng.standard_normal((2 * d + 3, d)), rng.standard_normal((2 * d + 3, p)))
    return Sxx, Sxy, 0.1 * rng.standard_normal((d, r)), 0.1 * rng.standard_normal((r, p))


def every_state(Sxx, Sxy, W1, W2, eta, steps, product=np.matmul):
    """As the step is written; the first one that is not finite ends it."""
    states = [(W1, W2)]
    with np.errstate(all="ignore"):
        while len(states) <= steps and all(np.isfinite(W).all() for W in states[-1]):
            R = product(Sxx, product(W1, W2)) - Sxy
            W1, W2 = W1 - eta * product(R, W2.T), W2 - eta * product(W1.T, R)
            states.append((W1, W2))
    return states


@pytest.mark.parametrize(
    "shape", [pytest.param(s, marks=[pytest.mark.slow] * (i % 4 > 0)) for i, s in enumerate(SHAPES)]
)
@pytest.mark.parametrize("steps", [40, LONG])
def test_floats_follow_the_step_as_it_is_written(shape, steps):
    problem = floats(2, *shape)
    eta, times = 0.3 / np.linalg.norm(problem[0], 2), sorted({0, 1, 31, 32, 33, steps})
    run, states = matrix_descent(*problem, eta, times), every_state(*problem, eta, steps)
    assert run.times.tolist() == times and run.diverged_at is None
    for k, *found in zip(times, run.W1, run.W2, strict=True):
        for part, wanted in zip(found, states[k], strict=True):
            # a step rounds an entry by some d + r + p units of numbers of size 1 at most, and while a mode grows an
            # error grows with it: a start of 0.1 to size 1, so tenfold
            assert np.abs(part - wanted).max() <= 10 * steps * sum(shape) * 2.0**-53


@pytest.mark.parametrize("shape", [(3, 3, 3), (8, 5, 6)])
@pytest.mark.parametrize("size", [2.0, 30.0, 1e60, 1e160])
@pytest.mark.parametrize("times", [list(range(101)), [100], [0, 32, 90], [0, LONG], list(range(LONG + 1))])
def test_the_first_step_that_is_not_finite_is_named(shape, size, times):
    Sxx, Sxy, W1, W2 = floats(3, *shape)
    problem = Sxx, Sxy, size * W1, size * W2
    first = len(every_state(*problem, 3.0, 200)) - 1
    run = matrix_descent(*problem, 3.0, times)
    assert run.diverged_at == first
    for part in (run.W1, run.W2):
        assert np.isnan(part).all(axis=(1, 2)).tolist() == [k >= first for k in times]
        assert np.isfinite(part[: np.searchsorted(times, first)]).all()


@pytest.mark.parametrize("ambient", [53, 128])
@pytest.mark.parametrize(
    ("factor", "steps"), [(F(1, 2), 60), (F(1), 33), (F(9, 4), 30), (F(9, 4), 100), (F(9), 200)]
)
@pytest.mark.parametrize("small", [1, 2**40])
def test_the_last_state_keeps_the_precision_in_force(ambient, factor, steps, small):
    """``W ← factor W``, whatever the orbit loses on the way."""
    start = F(1, 3 * small)
    with precision(ambient):
        run = one_layer_descent([[1 - factor]], [[F(0)]], [[start]], F(1), [0, steps])
    last = run.W[1, 0, 0]
    with precision(ambient + 2000):
        assert (last - Ball(factor) ** steps * Ball(start)).contains_zero()
    # against the size of the start, or of an orbit that has long left it
    assert last.arb.rad() <= arb((1, -ambient)) * max(1.0, float(factor) ** steps / 2.0**256) * 1.01 / (
        3 * small
    )


def test_balls_that_lose_everything_are_lost_from_that_step_on():
    wide = np.array([[Ball(F(3)) * (1 + hull(F(-1, 4), F(1, 4)))]], dtype=object)
    run = matrix_descent([[F(1)]], [[F(1)]], wide, wide, F(2), 100)
    lost = [ball.is_nan() for ball in run.W1[:, 0, 0]]
    assert run.diverged_at is not None and lost == [k >= run.diverged_at for k in run.times]


def test_an_enclosure_that_can_only_burst_is_not_followed() -> None:
    start = np.array([[hull(F(1, 10), F(3, 10))]], dtype=object)
    with precision(64):
        run = matrix_descent([[F(1)]], [[F(2)]], start, start, F(1, 4), 300)
    followed = [ball.radius for ball in run.W1.ravel() if not ball.is_nan()]
    assert len(followed) < 20 and max(followed) < 1e15


def of(values):
    return BallMatrix.of(np.asarray(values, dtype=float))


@given(
    st.integers(0, 10**6), st.sampled_from([0.01, 0.1, 0.4, 0.8]), st.sampled_from([0.1, 0.5, 2.0]), st.sampled_from([1.0, -0.5])
)  # fmt: skip
def test_the_step_of_two_layers_stretches_no_more_than_the_bound(seed, eta, scale, least):
    """The derivative of the step is ``I − ηH``: here, and at every network within the radius."""
    rng = np.random.default_rng(seed)
    Sxx, Sxy = np.diag([2.0, least]), rng.standard_normal((2, 3))
    W1, W2 = scale * rng.standard_normal((2, 3)), scale * rng.standard_normal((3, 3))
    radius = 0.1

    def stretch(A, B):
        H = hessian_two_layer(Sxx, Sxy, A, B)
        return np.linalg.norm(np.eye(len(H)) - eta * H, 2)

    spread = two_layer_spread(of(Sxx), of(Sxy), arb(eta))
    bounds = [float(spread((of(W1), of(W2)), arb(r))) for r in (0, radius)]
    along = spread.along([np.stack([W1, W1]), np.stack([W2, W2])], np.array([0.0, radius]))
    assert np.allclose(along, bounds, rtol=1e-6)
    move = rng.standard_normal((2, 3)), rng.standard_normal((3, 3))
    size = radius / math.hypot(*map(np.linalg.norm, move))
    for true, bound in (
        (stretch(W1, W2), bounds[0]),
        (stretch(W1 + size * move[0], W2 + size * move[1]), bounds[1]),
    ):
        assert true <= bound * (1 + 1e-9)
    # no looser than the norms that it is made of
    a, b = np.linalg.norm(W1), np.linalg.norm(W2)
    most = (2.1 + 32 * max(0.0, -least)) * (a**2 + b**2) + 2 * np.linalg.norm(Sxx @ W1 @ W2 - Sxy)
    assert bounds[0] <= 1 + eta * most
