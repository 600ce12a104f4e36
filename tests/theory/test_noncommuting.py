"""Formulas for data that does not commute, against linear algebra and plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankladder import theory

rates = st.floats(0.1, 4)


@given(st.floats(0.01, 0.3), rates, st.floats(0.2, 0.95), rates)
def test_second_transition_is_where_a_plain_loop_reaches_order_one(
    eta: float, s1: float, share: float, rho: float
) -> None:
    """Log-amplitudes, one step at a time: the first unit at sigma_1 to order one, a further one all along."""
    delta, s2 = 60.0, share * s1
    first, further, k = -delta, -delta, 0
    while further < 0:
        speed = s2 if first < 0 else rho
        first, further, k = first + math.log1p(eta * s1), further + math.log1p(eta * speed), k + 1
    rounding = 2 + math.log1p(eta * s1) / math.log1p(eta * rho)
    assert abs(k - delta * theory.second_transition_step(eta, s1, s2, rho)) <= rounding


@given(rates, st.floats(0.2, 0.95), rates)
def test_small_steps_give_the_time_of_the_flow(s1: float, share: float, rho: float) -> None:
    eta = 1e-7
    steps = theory.second_transition_step(eta, s1, share * s1, rho)
    # log(1 + x) = x (1 - x/2 + ...): a relative error of at most eta times the greatest rate, twice
    assert eta * steps == pytest.approx(theory.second_transition(s1, share * s1, rho), rel=1e-6)


def test_escape_counts_the_steps_of_an_unstable_linear_map() -> None:
    l1, l2, s1, s2, eta = 8.0, 1.0, 2.0, 1.0, 0.05
    hessian = np.array([[l2 * s1 / l1, -s2], [-s2, s1]])
    values, vectors = np.linalg.eigh(hessian)
    mu = float(theory.unstable_rate(s1, l1, s2, l2))
    assert mu == pytest.approx(-values[0])
    x = 1e-6 * vectors[:, 0]
    size, steps = np.linalg.norm(x), 0
    while np.linalg.norm(x) < 1000 * size:
        x, steps = x - eta * hessian @ x, steps + 1
    assert abs(steps - theory.escape_steps(eta, mu, 1000.0)) <= 1
