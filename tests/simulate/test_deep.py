"""Networks of any depth against differences of the loss, the two-layer code, and closed forms."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1

from rankladder.numbers import Ball
from rankladder.simulate import (
    deep_descent,
    deep_flow_time,
    deep_gradients,
    loss,
    matrix_descent,
    two_layer_gradients,
)

SHAPES = [(2, 3), (3, 4), (4, 1)]


def problem(seed: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    C = rng.normal(size=(2, 2))
    return C @ C.T, rng.normal(size=(2, 1)), [rng.normal(size=shape) for shape in SHAPES]


@given(st.integers(0, 10**6))
def test_gradients_are_those_of_the_loss(seed: int) -> None:
    Sxx, Sxy, factors = problem(seed)
    gradients = deep_gradients(Sxx, Sxy, factors)
    rng = np.random.default_rng(seed + 1)
    for j, (W, G) in enumerate(zip(factors, gradients, strict=True)):
        V = rng.normal(size=W.shape)

        def f(h: float, j: int = j, V: np.ndarray = V) -> float:
            moved = [W + h * V if i == j else W for i, W in enumerate(factors)]
            return float(loss(Sxx, Sxy, np.linalg.multi_dot(moved)))

        slope = (f(1.0) - f(-1.0)) / 2  # the loss is quadratic in one factor
        assert slope == pytest.approx(float((G * V).sum()), rel=1e-9, abs=1e-9 * (1 + abs(f(1.0))))


def test_two_layers_are_the_two_layer_network() -> None:
    Sxx, Sxy, (W1, *_) = problem(0)
    W2 = np.ones((3, 1))
    assert all(
        np.array_equal(a, b)
        for a, b in zip(
            deep_gradients(Sxx, Sxy, [W1, W2]), two_layer_gradients(Sxx, Sxy, W1, W2), strict=True
        )
    )
    deep, plain = deep_descent(Sxx, Sxy, [W1, W2], 0.01, 5), matrix_descent(Sxx, Sxy, W1, W2, 0.01, 5)
    np.testing.assert_allclose(deep[5][0], plain.W1[5], rtol=1e-13)
    np.testing.assert_allclose(deep[5][1], plain.W2[5], rtol=1e-13)


def test_exact_entries_stay_exact() -> None:
    half = np.array([[Fraction(1, 2)]], dtype=object)
    (G, *_) = deep_gradients(half, half, [half, half, half])
    assert G[0, 0] == Fraction(1, 4) * (Fraction(1, 16) - Fraction(1, 2))


@given(
    st.floats(0.3, 3), st.floats(0.3, 3), st.integers(2, 6), st.floats(0.01, 0.9), st.floats(0.05, 0.95)
)  # fmt: skip
def test_time_is_that_of_the_antiderivative(
    sigma: float, lam: float, layers: int, share: float, theta: float
) -> None:
    last = (theta * sigma / lam) ** (1 / layers)
    first = share * last

    def rest(a: float) -> float:  # of lam a/(sigma (sigma - lam a^L))
        return (
            lam
            * a**2
            / (2 * sigma**2)
            * float(hyp2f1(1, 2 / layers, 1 + 2 / layers, lam * a**layers / sigma))
        )

    power = (
        math.log(last / first)
        if layers == 2
        else (first ** (2 - layers) - last ** (2 - layers)) / (layers - 2)
    )
    expected = power / sigma + rest(last) - rest(first)
    assert float(deep_flow_time(sigma, lam, layers, first, last)) == pytest.approx(expected, rel=1e-8)
    enclosed = deep_flow_time(Ball(sigma), Ball(lam), layers, Ball(first), Ball(last))
    assert float(enclosed.mid) == pytest.approx(expected, rel=1e-8)
    assert float(enclosed.radius) < 1e-9 * expected


def test_times_of_an_array_of_balls_are_balls() -> None:
    ends = np.array([Ball(Fraction(1, 2)), Ball(Fraction(2, 3))], dtype=object)
    found = deep_flow_time(1, 1, 2, Ball(Fraction(1, 10)), ends)
    for each, last in zip(found, (0.5, 2 / 3), strict=True):
        # two layers: the logistic curve in a^2
        expected = math.log(last**2 / (1 - last**2) * 99) / 2
        assert each.radius < 1e-12 and float(each.mid) == pytest.approx(expected, rel=1e-12)
    one_ball_among_numbers = deep_flow_time(1.0, 1.0, 2, 0.1, ends)
    assert all(isinstance(each, Ball) for each in one_ball_among_numbers)


def test_a_level_that_is_never_reached_has_no_time() -> None:
    assert math.isnan(deep_flow_time(1.0, 1.0, 3, 0.1, 1.5))
    assert math.isnan(deep_flow_time(1.0, 1.0, 3, 0.5, 0.1))
    assert deep_flow_time(Ball(1), Ball(1), 3, Ball(Fraction(1, 10)), Ball(2)).is_nan()


@pytest.mark.parametrize(
    ("factors", "said"),
    [([], "at least 1"), ([np.eye(2), np.ones((3, 1))], "factor 1 has 2 columns but factor 2 has 3 rows")],
)
def test_factors_that_do_not_fit_are_named(factors: list[np.ndarray], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        deep_gradients(np.eye(2), np.ones((2, 1)), factors)
    with pytest.raises(ValueError, match=">= 0"):
        deep_descent(np.eye(1), np.eye(1), [np.eye(1)], 0.1, -1)


def test_wide_factors_fit_by_their_number_of_columns() -> None:
    wide = [np.full((1, 300), 0.01), np.full((300, 300), 0.01), np.full((300, 1), 0.01)]
    gradients = deep_gradients([[1.0]], [[1.0]], wide)
    assert [G.shape for G in gradients] == [(1, 300), (300, 300), (300, 1)]
    assert gradients[1][7, 5] == pytest.approx(1e-4 * (300 * 300 * 1e-6 - 1))
    for bad in ([wide[0], wide[0]], [wide[0], np.ones((299, 1))], [wide[0], wide[1], np.ones((301, 1))]):
        with pytest.raises(ValueError, match="they must agree"):
            deep_gradients([[1.0]], [[1.0]], bad)
    with pytest.raises(ValueError, match="factor 2 has 3 columns but factor 3 has 2 rows"):
        deep_gradients([[1.0]], [[1.0]], [np.ones((1, 2)), np.ones((2, 3)), np.ones((2, 1))])
