"""Formulas against independent oracles: integrators, plain loops, definitions."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder import theory
from rankladder.numbers import Formula

positive = st.floats(0.1, 4)


@settings(max_examples=15)
@given(positive, positive, st.floats(0.2, 3), st.floats(0.05, 2))
def test_closed_form_solves_the_mode_equation(sigma: float, lam: float, delta: float, t: float) -> None:
    with mpmath.workdps(30):
        start = mpmath.exp(-2 * mpmath.mpf(delta))
        flow = mpmath.odefun(lambda _, w: 2 * w * (sigma - lam * w), 0, start, tol=mpmath.mpf("1e-18"))
        expected = float(flow(t))
    # a handful of roundings, amplified by the growth of the relative error in the exponent 2 sigma t
    assert theory.fitted_value(sigma, lam, delta, t) == pytest.approx(expected, rel=1e-13 * (1 + sigma * t))


@settings(max_examples=15)
@given(positive, st.floats(0.01, 0.9), st.floats(0.05, 3))
def test_null_mode_and_log_odds(lam: float, w0: float, t: float) -> None:
    with mpmath.workdps(30):
        expected = float(mpmath.odefun(lambda _, w: -2 * lam * w * w, 0, w0, tol=mpmath.mpf("1e-18"))(t))
    assert theory.null_value(lam, w0, t) == pytest.approx(expected, rel=1e-13)
    odds = w0 / (1 - w0) * math.exp(2 * lam * t)
    assert theory.mode_logit(lam, w0, t) == pytest.approx(math.log(odds), abs=1e-12)


def test_rates_are_the_slopes_of_the_log_odds() -> None:
    for s in (0.05, 0.2, 0.45):
        for z, rate in ((1e-9, theory.rate_lower(s)), (1 - 1e-7, theory.rate_upper(s))):
            following = theory.normal_form_step(s, z)
            gain = math.log(following / z) - math.log((1 - following) / (1 - z))
            assert gain == pytest.approx(float(rate), rel=1e-5)


def test_reduced_rank_gain_and_losses() -> None:
    sigma, lam = np.array([2.0, 1.0]), np.array([8.0, 1.0])
    whitened = np.diag(sigma / np.sqrt(lam))
    assert np.allclose(theory.rrr_gain(sigma, lam), np.linalg.svd(whitened, compute_uv=False)[::-1] ** 2)
    grid = np.linspace(-3, 3, 6001)
    losses = 0.5 * 8 * grid**2 - 2 * grid
    assert theory.mode_excess_loss(2.0, 8.0, 0.7) == pytest.approx(
        0.5 * 8 * 0.49 - 1.4 - losses.min(), abs=1e-6
    )
    assert theory.plateau_excess_loss(2.0, 8.0) == pytest.approx(-losses.min(), abs=1e-6)


def test_unstable_rate_and_curvature_against_a_numeric_hessian() -> None:
    s1, l1, s2, l2 = 2.0, 8.0, 1.0, 1.0
    a = math.sqrt(s1 / l1)

    def loss(v: np.ndarray) -> float:
        W = np.outer([a, v[0]], [a, v[1]])
        return float(0.5 * (l1 * W[0] @ W[0] + l2 * W[1] @ W[1]) - s1 * W[0, 0] - s2 * W[1, 1])

    h = 1e-4
    e = np.eye(2) * h
    hessian = np.array(
        [[(loss(a + b) - loss(a - b) - loss(b - a) + loss(-a - b)) / (4 * h * h) for b in e] for a in e]
    )
    assert theory.unstable_rate(s1, l1, s2, l2) == pytest.approx(-np.linalg.eigvalsh(hessian)[0], rel=1e-5)
    assert theory.hessian_eigenvalue(10.0, 0.1, 2.0) == pytest.approx(21.0)


@pytest.mark.parametrize(
    ("delta", "tau"), [(1e3, 0.4), (1e3, 0.6), (1e6, 0.499999), (1e6, 0.500001), (400.0, 0.5)]
)
def test_closed_form_survives_vanishing_starts(delta: float, tau: float) -> None:
    sigma, lam = 2.0, 3.0
    with mpmath.workdps(60):
        e = mpmath.exp(2 * mpmath.mpf(delta) * (1 - sigma * mpmath.mpf(tau)))
        expected = float(1 / (lam / mpmath.mpf(sigma) * (1 - mpmath.exp(-2 * sigma * delta * tau)) + e))
    # the exponent 2 delta - 2 sigma t is known to about 2 delta of rounding, and so is log w
    value = theory.fitted_value(sigma, lam, delta, delta * tau)
    assert value == pytest.approx(expected, rel=8 * delta * 2.0**-52, abs=1e-300)


def test_exact_arithmetics_are_exact() -> None:
    """Balls of 200 bits enclose 60 digits of mpmath, also when plain numbers and arrays mix in."""
    from rankladder.numbers.balls import Ball, precision

    with precision(200), mpmath.workdps(60):
        third = mpmath.mpf(1) / 3
        cases = [
            (theory.hitting_time(1, Ball(Fraction(1, 3)), 0.5), mpmath.log(1 / third - 1) / 2),
            (theory.transition_step(Ball(Fraction(1, 3)), 1, 3), 3 / mpmath.log1p(third)),
            (theory.mode_logit(Ball(1), 0.25, 2), mpmath.log(mpmath.mpf(1) / 3) + 4),
            (theory.hit_bracket_log(Ball(Fraction(1, 3)), -7.0, 0.75)[0], (mpmath.log(0.75) + 7) / (2 * mpmath.log1p(third))),
            (theory.fitted_value(Ball(Fraction(1, 3)), 1, 2, 3), 1 / (3 * (1 - mpmath.exp(-2)) + mpmath.exp(2))),
            (theory.one_layer_descent_fraction(Ball(Fraction(1, 3)), 4, 3), 1 - (-third) ** 3),
        ]  # fmt: skip
        for value, expected in cases:
            assert value.radius < 1e-50
            assert abs(value - Ball(Fraction(str(expected)))) < 1e-45
        array = theory.transition_step(np.array([Ball(1), Ball(2)], dtype=object), 1.0, np.array([3.0, 4.0]))
        assert abs(array[1] - Ball(Fraction(str(4 / mpmath.log(3))))) < 1e-45


def test_fractions_stay_fractions_where_they_can() -> None:
    half = Fraction(1, 2)
    assert theory.normal_form_step(half, half) == Fraction(25, 32)
    assert theory.rrr_gain(half, 3) == Fraction(1, 12)
    assert theory.null_value(1, half, half) == Fraction(1, 3)
    assert theory.one_layer_descent_fraction(half, 1, 3) == Fraction(7, 8)
    with pytest.raises(TypeError, match="pass floats or balls"):
        theory.rate_lower(half)
    with pytest.raises(TypeError, match="missing"):
        Formula(sympy.Symbol("x") + 1, (sympy.Symbol("x"),))()
