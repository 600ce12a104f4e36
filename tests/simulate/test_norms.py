"""Upper bounds on norms and on the stretch of a step: never below the true value, and no looser than they say."""

from __future__ import annotations

import math
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb, arb_mat
from hypothesis import given
from hypothesis import strategies as st

from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.ball_norms import (
    float_upper,
    log2_upper,
    negative_part,
    norm,
    radius_norm,
    spectral_norm,
)
from rankladder.numbers.balls import Ball
from rankladder.simulate import hessian_two_layer
from rankladder.simulate.spread import one_layer_spread, two_layer_spread

SLACK = 1e-9  # what the comparisons below leave to rounding, relative


def matrix(values):
    return BallMatrix.of(np.asarray(values, dtype=float))


def between(value, low, high):
    """The bound is at or above ``low`` and, up to rounding, at most ``high``."""
    assert low * (1 - SLACK) <= float(value) <= high * (1 + SLACK), (float(value), low, high)


@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 8))
def test_norms_of_exact_matrices(seed, rows, columns):
    M = np.random.default_rng(seed).standard_normal((rows, columns))
    between(norm(matrix(M).mat), np.linalg.norm(M), np.linalg.norm(M))
    for squarings in (1, 3, 6, 10):
        # the Frobenius norm of a power, brought back to the size of M
        true = np.linalg.norm(M, 2)
        between(
            spectral_norm(matrix(M).mat, squarings), true, true * min(M.shape) ** (1 / 2 ** (squarings + 2))
        )


def test_the_radius_is_that_of_all_matrices_together():
    one, other = arb_mat(1, 2, [arb(1, 3), arb(2, 0)]), arb_mat(2, 1, [arb(0, 4), arb(5, 0)])
    between(radius_norm([one]), 3, 3 + 1e-7)
    between(radius_norm([one, other]), 5, 5 + 1e-7)
    assert radius_norm([matrix([[1.0, 2.0]]).mat]) == 0 and radius_norm([]) == 0


@pytest.mark.parametrize("least", [-1.0, -1e-3, -1e-9])
def test_the_negative_part_is_at_most_sixteen_times_too_large(least):
    Q, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))
    S = Q @ np.diag([2.0, 1.0, least]) @ Q.T
    between(negative_part(matrix((S + S.T) / 2).mat), -least * (1 - 1e-6), -least * 16 * (1 + 1e-6))


@pytest.mark.parametrize("order", [1, 3, 8, 14])
def test_a_matrix_without_negative_part_is_shown_to_have_next_to_none(order):
    A = np.random.default_rng(order).integers(-5, 6, (max(1, order // 2), order)).astype(float)
    S = matrix(A.T @ A).mat  # singular from order 2 on
    assert 0 <= float(negative_part(S)) <= float(norm(S)) * 2.0**-60 * (1 + SLACK)
    assert negative_part(matrix(np.zeros((order, order))).mat) == 0


def test_floats_beside_bounds():
    assert log2_upper(arb(0)) == -math.inf and log2_upper(arb(8)) == pytest.approx(3)
    for lost in (arb(-1), arb(1, 2), arb("inf"), arb("nan")):
        assert log2_upper(lost) == math.inf
    for value in (arb(1) / 3, arb(0), arb(10) ** 300, -arb(1) / 7, arb(1, 0.5)):
        assert arb(float_upper(value)) >= value.upper()
    assert float_upper(arb(10) ** 400) == math.inf


@pytest.mark.parametrize("eta", [0.01, 0.3, 0.9])
def test_the_step_of_one_layer_stretches_by_its_norm(eta):
    S = np.array([[2.0, 0.5], [0.5, 1.0]])
    spread = one_layer_spread(matrix(S), arb(eta))
    true = np.linalg.norm(np.eye(2) - eta * S, 2)
    between(spread((), arb(7)), true, true * 2 ** (1 / 2**12))
    along = spread.along([], np.zeros(3))
    assert along.shape == (3,) and (along >= true).all() and np.allclose(along, true, rtol=1e-3)


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

    spread = two_layer_spread(matrix(Sxx), matrix(Sxy), arb(eta))
    bounds = [float(spread((matrix(W1), matrix(W2)), arb(r))) for r in (0, radius)]
    along = spread.along([np.stack([W1, W1]), np.stack([W2, W2])], np.array([0.0, radius]))
    assert np.allclose(along, bounds, rtol=1e-6)
    move = rng.standard_normal((2, 3)), rng.standard_normal((3, 3))
    size = radius / math.hypot(*map(np.linalg.norm, move))
    for true, bound in (
        (stretch(W1, W2), bounds[0]),
        (stretch(W1 + size * move[0], W2 + size * move[1]), bounds[1]),
    ):
        assert true <= bound * (1 + SLACK)
    # no looser than the norms that it is made of
    a, b = np.linalg.norm(W1), np.linalg.norm(W2)
    most = (
        2.1 * (a**2 + b**2)
        + 2 * np.linalg.norm(Sxx @ W1 @ W2 - Sxy)
        + 16 * max(0.0, -least) * 2 * (a**2 + b**2)
    )
    assert bounds[0] <= 1 + eta * most


def test_what_the_moments_leave_open_is_added():
    Sxx = np.array([[Ball(arb(2, 0.01)), Ball(0)], [Ball(0), Ball(1)]], dtype=object)
    Sxy, eta, W = matrix(np.eye(2)), arb(0.1), 0.5 * np.eye(2)
    exact, wide = (
        two_layer_spread(moment, Sxy, eta).along([W[None], W[None]], np.zeros(1))[0]
        for moment in (matrix(np.diag([2.0, 1.0])), BallMatrix.of(Sxx))
    )
    # the residual may err by 0.01 |W1| |W2|, and the step turns that into eta as much of stretch
    assert wide - exact == pytest.approx(0.1 * 0.01 * np.linalg.norm(W) ** 2, rel=1e-3)


def test_sizes_whose_squares_underflow_are_bounded_too():
    tiny = np.full((1, 1, 1), 1e-160)
    spread = two_layer_spread(BallMatrix.of([[F(1)]]), BallMatrix.of([[F(0)]]), arb(0.5))
    assert spread.along([tiny, tiny], np.zeros(1))[0] >= 1
