from fractions import Fraction as F

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball
from rankladder.simulate import (
    gaussian_start,
    hessian_two_layer,
    least_squares_loss,
    loss,
    moments,
    one_layer_gradient,
    spectral_start,
    two_layer_gradients,
)
from tests.simulate.exact import frame, rationals

sizes = st.integers(1, 4)


def data(seed, n, d, p, r):
    rng = np.random.default_rng(seed)
    shapes = ((n, d), (n, p), (d, r), (r, p))
    return [rationals(rng.integers(-5, 6, shape)) for shape in shapes]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), sizes, sizes, sizes, sizes)
def test_loss_from_moments_is_the_loss_from_data(seed, n, d, p, r):
    X, Y, W1, W2 = data(seed, n, d, p, r)
    W = W1 @ W2
    brute = sum(
        (sum(X[i, a] * W[a, j] for a in range(d)) - Y[i, j]) ** 2 for i in range(n) for j in range(p)
    ) / F(2 * n)
    Sxx, Sxy = moments(X, Y)
    assert loss(Sxx, Sxy, W, Syy_trace=(Y * Y).sum() / F(n)) == brute
    assert least_squares_loss(X, Y, W) == brute


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), sizes, sizes, sizes, sizes)
def test_gradients_and_hessian_are_exact_differences(seed, n, d, p, r):
    # f(W1 W2) is a quartic polynomial along a line: five values give its derivatives at 0 exactly
    X, Y, W1, W2 = data(seed, n, d, p, r)
    A1, A2 = data(seed + 1, n, d, p, r)[2:]
    values = {t: least_squares_loss(X, Y, (W1 + t * A1) @ (W2 + t * A2)) for t in (-2, -1, 0, 1, 2)}
    slope = (values[-2] - 8 * values[-1] + 8 * values[1] - values[2]) / F(12)
    curve = (-values[-2] + 16 * values[-1] - 30 * values[0] + 16 * values[1] - values[2]) / F(12)
    Sxx, Sxy = moments(X, Y)
    G1, G2 = two_layer_gradients(Sxx, Sxy, W1, W2)
    assert (G1 * A1).sum() + (G2 * A2).sum() == slope
    direction = np.concatenate([A1.reshape(-1), A2.reshape(-1)])
    H = hessian_two_layer(Sxx, Sxy, W1, W2)
    assert direction @ H @ direction == curve
    assert (H == H.T).all()
    assert (one_layer_gradient(Sxx, Sxy, W1 @ W2) @ W2.T == G1).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), sizes, sizes, sizes)
def test_spectral_start_is_balanced_with_the_stated_product(seed, d, p, r):
    rng = np.random.default_rng(seed)
    U, V, Q = frame(rng, d), frame(rng, p), frame(rng, r)
    q = min(d, p, r)
    deltas = [F(i + 1, 2) for i in range(q)]
    W1, W2 = spectral_start(U, V, Q, deltas)
    assert W1.shape == (d, r) and W2.shape == (r, p)
    assert all(entry.contains_zero() for entry in (W1.T @ W1 - W2 @ W2.T).reshape(-1))
    seen = U.T @ (W1 @ W2) @ V
    for i in range(d):
        for j in range(p):
            expected = np.exp(-2 * Ball(deltas[i])) if i == j < q else Ball(0)
            assert (seen[i, j] - expected).contains_zero()
    # Q itself, not its transpose: the first row of D Q is e^{-δ} times the first row of Q
    assert all(
        (a - np.exp(-Ball(deltas[0])) * b).contains_zero() for a, b in zip((U.T @ W1)[0], Q[0], strict=True)
    )
    floats = spectral_start(*(part.astype(float) for part in (U, V, Q)), [float(v) for v in deltas])
    assert np.allclose(floats[0], [[v.mid for v in row] for row in W1], atol=1e-14)


def test_gaussian_start_scales_and_repeats():
    W1, W2 = gaussian_start(30, 20, 40, 3.0, seed=1)
    assert W1.shape == (30, 40) and W2.shape == (40, 20)
    far1, _ = gaussian_start(30, 20, 40, 5.0, seed=1)
    assert np.allclose(far1 * np.exp(2.0), W1)
    # 2000 independent squares: their mean is within five standard deviations √(2/2000) of 1
    mean = float(np.concatenate([W1.ravel(), W2.ravel()]).var()) * np.exp(6.0)
    assert abs(mean - 1.0) < 5 * np.sqrt(2 / 2000)
    assert not np.array_equal(gaussian_start(2, 2, 2, 0.0, 1)[0], gaussian_start(2, 2, 2, 0.0, 2)[0])
