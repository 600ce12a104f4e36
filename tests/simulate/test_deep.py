"""Networks of any depth: the time of one mode, and factors that do not fit. Their steps are in test_dynamics."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1

from rankladder.numbers import Ball
from rankladder.simulate import deep_flow_time, deep_gradients


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


def test_a_level_that_is_never_reached_has_no_time() -> None:
    assert math.isnan(deep_flow_time(1.0, 1.0, 3, 0.1, 1.5))
    assert math.isnan(deep_flow_time(1.0, 1.0, 3, 0.5, 0.1))
    assert deep_flow_time(Ball(1), Ball(1), 3, Ball(Fraction(1, 10)), Ball(2)).is_nan()


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([], "at least 1"),
        ([(2, 2), (3, 1)], "factor 1 has 2 columns but factor 2 has 3 rows; they must agree"),
        ([(2, 2), (2, 3), (2, 1)], "factor 2 has 3 columns but factor 3 has 2 rows"),
        ([(2, 300), (300, 300), (301, 1)], "they must agree"),
        ([(2, 2), (2,)], "must have 2 dimensions"),
    ],
)
def test_factors_that_do_not_fit_are_named(shapes: list[tuple[int, ...]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        deep_gradients(np.eye(2), np.ones((2, 1)), [np.ones(shape) for shape in shapes])
