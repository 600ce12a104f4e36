from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, midpoints, precision
from rankladder.simulate import (
    descent,
    horizon_bits,
    matrix_descent,
    matrix_descent_data,
    moments,
    one_layer_descent,
    spectral_start,
)
from tests.simulate.exact import contains, frame, matrix_step, rationals, widest


def problem(seed, d, p, r):
    rng = np.random.default_rng(seed)
    X, Y = rng.integers(-3, 4, (d + 1, d)), rng.integers(-3, 4, (d + 1, p))
    Sxx, Sxy = moments(rationals(X), rationals(Y))
    return Sxx, Sxy, rationals(rng.integers(-9, 10, (d, r)), 10), rationals(rng.integers(-9, 10, (r, p)), 10)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
def test_balls_and_floats_follow_the_obvious_loops(seed, d, p, r):
    Sxx, Sxy, W1, W2 = problem(seed, d, p, r)
    eta = F(1, 50)
    first, second = W1.tolist(), W2.tolist()
    exact = [(first, second)]
    for _ in range(3):
        exact.append(matrix_step(Sxx.tolist(), Sxy.tolist(), *exact[-1], eta))
    balls = matrix_descent(Sxx, Sxy, W1, W2, eta, 3)
    assert contains(balls.W1, [state[0] for state in exact])
    assert contains(balls.W2, [state[1] for state in exact])
    assert widest(balls.W1) < 1e-15
    floats = matrix_descent(*(part.astype(float) for part in (Sxx, Sxy, W1, W2)), float(eta), 3)
    # three steps on numbers below 200: far from any instability, a hundred units of rounding are ample
    assert np.allclose(floats.W1, np.array([s[0] for s in exact], dtype=float), rtol=0, atol=1e-12)
    assert np.allclose(floats.W2, np.array([s[1] for s in exact], dtype=float), rtol=0, atol=1e-12)
    assert np.allclose(floats.W, floats.W1 @ floats.W2)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4))
def test_one_layer(seed, d, p):
    Sxx, Sxy, _, _ = problem(seed, d, p, 1)
    W0, eta = rationals(np.ones((d, p))), F(1, 30)
    exact = [W0]
    for _ in range(4):
        exact.append(exact[-1] - eta * (Sxx @ exact[-1] - Sxy))
    assert contains(one_layer_descent(Sxx, Sxy, W0, eta, 4).W, exact)
    floats = one_layer_descent(Sxx.astype(float), Sxy.astype(float), W0.astype(float), float(eta), [0, 4])
    assert floats.times.tolist() == [0, 4]
    assert np.allclose(floats.W[1], exact[4].astype(float), rtol=0, atol=1e-12)


def test_recorded_times_are_a_selection_of_all_times():
    Sxx, Sxy, W1, W2 = (part.astype(float) for part in problem(3, 4, 2, 3))
    every = matrix_descent(Sxx, Sxy, W1, W2, 0.01, 200)
    some = matrix_descent(Sxx, Sxy, W1, W2, 0.01, [7, 32, 33, 200])
    assert np.array_equal(some.W1, every.W1[[7, 32, 33, 200]])
    assert np.array_equal(some.W2, every.W2[[7, 32, 33, 200]])


def test_spectral_orbit_is_the_mode_orbit():
    rng = np.random.default_rng(5)
    d, p, r, steps = 4, 3, 5, 120
    U, V, Q = frame(rng, d), frame(rng, p), frame(rng, r)
    sigma, lam, eta = [F(3), F(2), F(1)], [F(1), F(2), F(1, 2), F(1)], F(1, 10)
    S = rationals(np.zeros((d, p)))
    S[range(3), range(3)] = sigma
    with precision(64 + horizon_bits(steps)):
        W1, W2 = spectral_start(U, V, Q, F(2))
        orbit = matrix_descent(U @ np.diag(lam) @ U.T, U @ S @ V.T, W1, W2, eta, [0, 40, steps])
        seen = U.T @ orbit.W @ V
        for i in range(3):
            w = [lam[i] / sigma[i] * seen[row, i, i] for row in range(3)]
            z = descent(eta * sigma[i], steps=steps, log_z0=np.log(Ball(lam[i] / sigma[i])) - 4)
            assert all((w[row] - z[k]).contains_zero() for row, k in enumerate((0, 40, steps)))
            seen[:, i, i] = Ball(0)
    assert all(entry.contains_zero() for entry in seen.reshape(-1))
    assert widest(seen) < 1e-15


def test_exact_inputs_are_refined_over_long_runs():
    Sxx, Sxy, W1, W2 = problem(11, 3, 3, 3)
    scale = float(np.linalg.norm(Sxy.astype(float), 2))
    orbit = matrix_descent(Sxx, Sxy, W1, W2, F(1, int(12 * scale) + 12), [600])
    assert widest(orbit.W1) < 1e-15 and orbit.diverged_at is None


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 40), st.sampled_from([0, 8, 40]))
def test_blocks_of_steps_enclose_what_single_steps_enclose(seed, r, steps, radius):
    Sxx, Sxy, W1, W2 = problem(seed, 3, 2, r)
    eta = F(1, int(4 * float(np.abs(Sxx).sum() + np.abs(Sxy).sum())) + 12)
    with precision(96):
        if radius:  # a start that is known no better than this
            W1 = W1 * (Ball(1) + Ball(F(1, 2**radius)) * arb(0, 1))
        # a callback makes every step be followed by itself
        slow = matrix_descent(Sxx, Sxy, W1, W2, eta, steps, callback=lambda *_: False)
        quick = matrix_descent(Sxx, Sxy, W1, W2, eta, steps)
    assert quick.times.tolist() == slow.times.tolist()
    for fast, careful in ((quick.W1, slow.W1), (quick.W2, slow.W2)):
        assert all(a.arb.overlaps(b.arb) for a, b in zip(fast.reshape(-1), careful.reshape(-1), strict=True))
        assert widest(fast) <= 2.0**16 * widest(careful) + 2.0**-80


def test_first_divergent_step_is_the_first_non_finite_one():
    Sxx, Sxy, W1, W2, eta = np.diag([1.0, 4.0]), np.eye(2), np.eye(2) * 3, np.eye(2) * 3, 1.0
    run = matrix_descent(Sxx, Sxy, W1, W2, eta, 100)
    A, B = W1, W2
    first = None
    with np.errstate(all="ignore"):
        for k in range(1, 101):
            R = Sxx @ A @ B - Sxy
            A, B = A - eta * R @ B.T, B - eta * A.T @ R
            if first is None and not (np.isfinite(A).all() and np.isfinite(B).all()):
                first = k
    assert run.diverged_at == first is not None
    assert np.isfinite(run.W1[:first]).all() and np.isnan(run.W1[first:]).all()
    later = matrix_descent(Sxx, Sxy, W1, W2, eta, [0, 90])
    assert later.diverged_at == first and np.isnan(later.W1[1]).all()


def test_diverging_balls_contain_the_exact_orbit():
    Sxx, Sxy, W1, W2 = problem(2, 2, 2, 2)
    exact = (W1.tolist(), W2.tolist())
    for _ in range(5):
        exact = matrix_step(Sxx.tolist(), Sxy.tolist(), *exact, F(2))
    run = matrix_descent(Sxx, Sxy, W1, W2, F(2), [0, 5])
    assert contains(run.W1[1], exact[0])


def test_callback_sees_every_iterate_and_stops():
    seen = []

    def watch(k, W1, W2):
        seen.append((k, W1.copy()))
        return k == 5

    arguments = [part.astype(float) for part in problem(4, 2, 2, 2)]
    run = matrix_descent(*arguments, 0.01, [0, 3, 50], callback=watch)
    assert [k for k, _ in seen] == list(range(6))
    assert run.times.tolist() == [0, 3] and len(run.W1) == 2
    assert np.array_equal(seen[3][1], run.W1[1])
    exact_seen = []
    balls = matrix_descent(*problem(4, 2, 2, 2), F(1, 100), 4, callback=lambda k, A, B: exact_seen.append(A))
    assert np.abs(midpoints(exact_seen[3]) - seen[3][1]).max() < 1e-12
    assert balls.times.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("n", "d"), [(3, 6), (8, 3)])
@pytest.mark.parametrize("exact", [False, True])
def test_data_form_is_the_moment_form(n, d, exact):
    rng = np.random.default_rng(n)
    X, Y = rationals(rng.integers(-3, 4, (n, d))), rationals(rng.integers(-3, 4, (n, 2)))
    W1, W2 = rationals(rng.integers(-3, 4, (d, 2)), 10), rationals(rng.integers(-3, 4, (2, 2)), 10)
    eta = F(1, 100)
    expected = matrix_descent(*moments(X, Y), W1, W2, eta, [0, 2, 20])
    if exact:
        run = matrix_descent_data(X, Y, W1, W2, eta, [0, 2, 20])
        assert all(
            (a - b).contains_zero() for a, b in zip(run.W1.reshape(-1), expected.W1.reshape(-1), strict=True)
        )
    else:
        run = matrix_descent_data(*(part.astype(float) for part in (X, Y, W1, W2)), float(eta), [0, 2, 20])
        assert np.abs(run.W1 - midpoints(expected.W1)).max() < 1e-12


def test_precision_of_the_caller_returns():
    from flint import ctx

    before = ctx.prec
    matrix_descent(*problem(1, 2, 2, 2), F(1, 100), 40)
    assert ctx.prec == before


ONE = [[1.0]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0, 0.0]], ONE, ONE, ONE, 0.1, 1), "Sxx has shape"),
        ((ONE, ONE, [[1.0], [1.0]], ONE, 0.1, 1), "must be .d, r., .r, p."),
        ((ONE, ONE, [[1.0, 2.0]], ONE, 0.1, 1), "must be .d, r., .r, p."),
        (([[np.nan]], ONE, ONE, ONE, 0.1, 1), "not finite"),
        (([1.0], ONE, ONE, ONE, 0.1, 1), "2 dimensions"),
        ((ONE, ONE, ONE, ONE, 0.0, 1), "must be > 0"),
        ((ONE, ONE, ONE, ONE, -0.1, 1), "must be > 0"),
        ((ONE, ONE, ONE, ONE, float("inf"), 1), "must be > 0"),
        ((ONE, ONE, ONE, ONE, float("nan"), 1), "must be > 0"),
        ((ONE, ONE, ONE, ONE, 0.1, -1), "must be >= 0"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        matrix_descent(*arguments)
    assert "\n" not in str(error.value)


def test_bad_data():
    with pytest.raises(ValueError, match="Y has 2 rows but must have 1"):
        matrix_descent_data([[1.0]], [[1.0], [2.0]], ONE, ONE, 0.1, 1)
    with pytest.raises(ValueError, match="W0 has shape"):
        one_layer_descent(ONE, ONE, [[1.0, 2.0]], 0.1, 1)


def test_what_a_callback_sees_contains_the_exact_state():
    from fractions import Fraction
    from itertools import pairwise

    from flint import arb, fmpq

    from rankladder.numbers import precision
    from rankladder.simulate import matrix_descent

    S, c, eta = Fraction(5, 7), Fraction(1, 3), Fraction(1, 11)
    exact = [(Fraction(1, 3), Fraction(2, 5))]
    for _ in range(5):
        a, b = exact[-1]
        residual = S * a * b - c
        exact.append((a - eta * residual * b, b - eta * a * residual))
    seen = []

    def watch(k, W1, W2):
        seen.append((W1[0, 0], W2[0, 0]))

    one = [np.array([[value]], dtype=object) for value in (S, c, *exact[0])]
    matrix_descent(*one, eta, 5, callback=watch)
    assert len(seen) == len(exact)
    with precision(4000):
        for balls, values in zip(seen, exact, strict=True):
            for ball, value in zip(balls, values, strict=True):
                assert ball.arb.contains(arb(fmpq(value.numerator, value.denominator)))
                assert ball.radius < 1e-15
    assert all(later != earlier for earlier, later in pairwise(exact))
