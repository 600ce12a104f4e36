"""Upper bounds on norms and stretches: never below the true value, and no looser than they say."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat, ctx

from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.ball_norms import (
    BOUND_BITS,
    float_upper,
    identity,
    log2_upper,
    negative_part,
    norm,
    radius_norm,
    spectral_norm,
)
from rankladder.numbers.balls import Ball
from rankladder.simulate.spread import ROUNDING, _norms, _spectral, one_layer_spread, two_layer_spread

SLACK = 1e-9  # what the comparisons below leave to rounding, relative


def matrix(values):
    return BallMatrix.of(np.asarray(values, dtype=float))


def between(value, low, high):
    """The bound is at or above ``low`` and, up to rounding, at most ``high``."""
    assert low * (1 - SLACK) <= float(value) <= high * (1 + SLACK), (float(value), low, high)


def schatten(M, squarings):
    """The Frobenius norm of the power that the squarings make, brought back to the size of M."""
    singular, order = np.linalg.svd(M, compute_uv=False), 2 ** (squarings + 2)
    return singular[0] * ((singular / singular[0]) ** order).sum() ** (1 / order)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (4, 2), (5, 5)])
def test_norms_of_exact_matrices(shape):
    M = np.random.default_rng(sum(shape)).standard_normal(shape)
    between(norm(matrix(M).mat), np.linalg.norm(M), np.linalg.norm(M))
    for squarings in (1, 3, 6, 10):
        true, rank = np.linalg.norm(M, 2), min(shape)
        bound = spectral_norm(matrix(M).mat, squarings)
        between(bound, true, true * rank ** (1 / 2 ** (squarings + 2)))
        # what it is said to be: the power's Frobenius norm, from the singular values
        between(bound, schatten(M, squarings), schatten(M, squarings))
    assert float(spectral_norm(matrix(M).mat)) == float(spectral_norm(matrix(M).mat, 4))


def test_the_precision_of_the_caller_does_not_enter():
    M = matrix([[1.0, 2.0], [3.0, 4.0]]).mat
    bits = ctx.prec
    coarse = [norm(M), spectral_norm(M), radius_norm([M])]
    try:
        ctx.prec = 500
        assert [str(v) for v in (norm(M), spectral_norm(M), radius_norm([M]))] == [str(v) for v in coarse]
    finally:
        ctx.prec = bits
    assert BOUND_BITS == 64


def test_the_radius_is_that_of_all_matrices_together():
    one = arb_mat(1, 2, [arb(1, 3), arb(2, 0)])
    other = arb_mat(2, 1, [arb(0, 4), arb(5, 0)])
    between(radius_norm([one]), 3, 3 + 1e-7)
    between(radius_norm([one, other]), 5, 5 + 1e-7)
    assert radius_norm([matrix([[1.0, 2.0]]).mat]) == 0
    assert radius_norm([]) == 0


@pytest.mark.parametrize("least", [-1.0, -1e-3, -1e-9])
def test_the_negative_part_is_at_most_sixteen_times_too_large(least):
    Q, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))
    S = Q @ np.diag([2.0, 1.0, least]) @ Q.T
    found = float(negative_part(matrix((S + S.T) / 2).mat))
    assert -least * (1 - 1e-6) <= found <= -least * 16 * (1 + 1e-6)


def test_the_negative_part_of_what_has_none():
    assert float(negative_part(matrix(np.diag([1.0, 3.0])).mat)) == pytest.approx(math.sqrt(10) * 2.0**-60)
    assert negative_part(matrix(np.zeros((2, 2))).mat) == 0
    # at the norm itself the last pivot is zero, so twice the norm is what is left
    assert negative_part(matrix([[-1.0]]).mat) == 2


def test_logarithms_of_bounds():
    assert log2_upper(arb(0)) == -math.inf
    assert log2_upper(arb(8)) == pytest.approx(3)
    assert log2_upper(arb(1) / 3) == pytest.approx(-math.log2(3))
    for lost in (arb(-1), arb(1, 2), arb("inf"), arb("nan")):
        assert log2_upper(lost) == math.inf


def test_a_float_at_or_above_a_bound():
    for value in (arb(1) / 3, arb(0), arb(10) ** 300, -arb(1) / 7, arb(1, 0.5)):
        assert arb(float_upper(value)) >= value.upper()
    assert float_upper(arb(1)) == math.nextafter(1.0, 2.0)
    assert float_upper(arb(10) ** 400) == math.inf


def test_matrices_read_like_arrays():
    A, B = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 0.5]]), np.array([[2.0, 0.0, 1.0], [1.0, 1.0, 3.0]])
    a, b = matrix(A), matrix(B)
    for found, expected in ((a @ b, A @ B), (a.T, A.T), (a + b.T, A + B.T), (a - b.T, A - B.T), (a * arb(3), A * 3),
                            (arb(3) * a, A * 3), (a * 1, A), (2 * a, A * 2), (a / 2, A / 2)):  # fmt: skip
        assert np.array_equal(found.floats(), expected)
    assert np.array_equal(identity(3).tolist(), np.eye(3))
    wide = BallMatrix.of([[Fraction(1, 3), 2]])
    assert wide.mid().array()[0, 0].is_exact() and not wide.array()[0, 0].is_exact()
    spread = matrix([[1.0]]).array(arb(0.25))[0, 0]
    assert 0.75 * (1 - SLACK) <= spread.lower <= 0.75 and 1.25 <= spread.upper <= 1.25 * (1 + SLACK)
    assert matrix([[1.0]]).array(arb(0))[0, 0].is_exact()


def test_norms_of_stacks_of_floats():
    M = np.random.default_rng(2).standard_normal((6, 3, 4))
    M[0] *= 1e-160  # its squares underflow; the bound must not
    true = np.array([math.sqrt(sum(Fraction(x) ** 2 for x in m.ravel())) for m in M])
    assert (_norms(M) >= true).all()
    assert (_norms(M) <= true * (1 + 3 * ROUNDING) + 2e-150).all()
    for squarings in (2, 4):
        true = np.linalg.norm(M[1:], 2, axis=(1, 2))
        bound = _spectral(M[1:], squarings)
        exact = [schatten(m, squarings) for m in M[1:]]
        assert (bound >= true).all()
        assert np.allclose(bound, exact, rtol=10 * ROUNDING)
    assert _spectral(np.zeros((1, 2, 2)), 3)[0] <= 2e-150


@pytest.mark.parametrize("eta", [0.01, 0.3, 0.9])
def test_the_step_of_one_layer_stretches_by_its_norm(eta):
    S = np.array([[2.0, 0.5], [0.5, 1.0]])
    spread = one_layer_spread(matrix(S), arb(eta))
    true = np.linalg.norm(np.eye(2) - eta * S, 2)
    between(spread((), arb(7)), true, true * 2 ** (1 / 2**12))
    along = spread.along([], np.zeros(3))
    assert along.shape == (3,) and (along >= true).all() and np.allclose(along, float(spread((), arb(7))))


def frames(W1, W2, Sxx, Sxy, eta, radius, nu, size, squarings):
    """The bound of the docstring in plain floats: ``max(1 + eta down, eta up - 1)`` over the region."""

    a, b = np.linalg.norm(W1) + radius, np.linalg.norm(W2) + radius
    R = Sxx @ W1 @ W2 - Sxy
    low = schatten(R, 2) + size * radius * (a + b) + nu * (a**2 + b**2)
    coarse = eta * (size * (a**2 + b**2) + low) - 1
    if coarse <= 1 + eta * low:
        return 1 + eta * low
    inner = schatten(W1.T @ Sxx @ W1, squarings) + 2 * size * radius * a
    outer = size * (schatten(W2, squarings) + radius) ** 2
    return max(1 + eta * low, eta * (inner + outer + low) - 1)


def hessian(W1, W2, Sxx, Sxy):
    """The Hessian of the loss by differences of its gradient, exact for a polynomial of degree four up to rounding."""
    shapes, sizes = (W1.shape, W2.shape), (W1.size, W2.size)

    def gradient(v):
        A, B = v[: sizes[0]].reshape(shapes[0]), v[sizes[0] :].reshape(shapes[1])
        R = Sxx @ A @ B - Sxy
        return np.concatenate([(R @ B.T).ravel(), (A.T @ R).ravel()])

    at, h = np.concatenate([W1.ravel(), W2.ravel()]), 1e-5
    return np.array([(gradient(at + h * e) - gradient(at - h * e)) / (2 * h) for e in np.eye(sum(sizes))])


CASES = [
    # flat: the residual decides; steep: the curvature does; with a radius; with a Sxx that is not positive
    (0.1, 0.3, 0.0, 1.0),
    (0.1, 0.3, 0.05, 1.0),
    (0.4, 2.0, 0.0, 1.0),
    (0.4, 2.0, 0.1, 1.0),
    (0.8, 1.5, 0.02, -0.5),
    (0.1, 0.3, 0.02, -0.5),
]


@pytest.mark.parametrize(("eta", "scale", "radius", "least"), CASES)
def test_the_step_of_two_layers_stretches_as_the_second_derivative_says(eta, scale, radius, least):
    rng = np.random.default_rng(5)
    Sxx, Sxy = np.diag([2.0, least]), np.array([[1.0, 0.2, 0.0], [0.1, 0.5, 0.3]])
    W1, W2 = scale * rng.standard_normal((2, 3)), scale * rng.standard_normal((3, 3))
    spread = two_layer_spread(matrix(Sxx), matrix(Sxy), arb(eta))
    bound = float(spread((matrix(W1), matrix(W2)), arb(radius)))
    nu, size = float(negative_part(matrix(Sxx).mat)), float(spectral_norm(matrix(Sxx).mat, squarings=6))
    expected = frames(W1, W2, Sxx, Sxy, eta, radius, nu, size, 4)
    assert bound == pytest.approx(expected, rel=SLACK)
    along = spread.along([W1[None], W2[None]], np.array([radius]))
    assert along.shape == (1,) and along[0] == pytest.approx(expected, rel=1e-8)
    values = np.linalg.eigvalsh(np.eye(W1.size + W2.size) - eta * hessian(W1, W2, Sxx, Sxy))
    assert max(bound, 0.0) >= np.abs(values).max() * (1 - 1e-6)
    assert along[0] >= np.abs(values).max() * (1 - 1e-6)


def test_every_step_of_an_orbit_has_its_own_bound():
    rng = np.random.default_rng(6)
    Sxx, Sxy, eta = np.diag([2.0, 1.0]), np.diag([1.0, 0.5]), 0.4
    scales = np.array([0.1, 0.3, 2.0, 3.0])[:, None, None]  # two flat states, two steep ones
    W1, W2 = scales * rng.standard_normal((4, 2, 2)), scales * rng.standard_normal((4, 2, 2))
    tube = np.array([0.0, 0.1, 0.0, 0.2])
    spread = two_layer_spread(matrix(Sxx), matrix(Sxy), arb(eta))
    along = spread.along([W1, W2], tube)
    one = [float(spread((matrix(W1[k]), matrix(W2[k])), arb(tube[k]))) for k in range(4)]
    assert np.allclose(along, one, rtol=1e-8)


def test_what_the_moments_leave_open_is_added():
    Sxx = np.array([[Ball(arb(2, 0.01)), Ball(0)], [Ball(0), Ball(1)]], dtype=object)
    Sxy, eta = np.eye(2), 0.1
    W1 = W2 = 0.5 * np.eye(2)
    exact = two_layer_spread(matrix(np.diag([2.0, 1.0])), matrix(Sxy), arb(eta)).along(
        [W1[None], W2[None]], np.zeros(1)
    )
    wide = two_layer_spread(BallMatrix.of(Sxx), matrix(Sxy), arb(eta)).along(
        [W1[None], W2[None]], np.zeros(1)
    )
    # the residual may err by 0.01 |W1| |W2|, and the step turns that into eta as much of stretch
    added = eta * 0.01 * np.linalg.norm(W1) * np.linalg.norm(W2)
    assert wide[0] - exact[0] == pytest.approx(added, rel=1e-3)


@pytest.mark.parametrize("order", [1, 2, 5])
@pytest.mark.parametrize("size", [0.25, 3.0])
def test_one_layer_is_bounded_by_ten_squarings(order, size):
    # equal singular values: what is left of their number is the root that the squarings leave
    spread = one_layer_spread(matrix(size * np.eye(order)), arb(1))
    true = abs(1 - size) * order ** (1 / 2**12)
    between(spread((), arb(0)), true, true)


@pytest.mark.parametrize("seed", range(6))
def test_a_singular_matrix_without_negative_part_is_shown_to_have_none(seed):
    """Elimination keeps enough digits for the smallest shift, whatever the order."""
    rng = np.random.default_rng(seed)
    for order in (3, 8, 14):
        A = rng.integers(-5, 6, (order // 2, order)).astype(float)
        S = matrix(A.T @ A).mat
        assert float(negative_part(S)) == pytest.approx(float(norm(S)) * 2.0**-60, rel=SLACK)
