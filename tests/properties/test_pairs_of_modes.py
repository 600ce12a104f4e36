"""The two modes on data that does not commute, worked out by hand and by plain descent."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

from rankladder.numbers.balls import Ball, as_balls, midpoints
from rankladder.properties.gidel2019 import gen_data


def test_two_modes_on_data_that_does_not_commute() -> None:
    pair = gen_data.Pair(F(1, 2), 2, F(3, 2))
    # lam = ratio^2/gain, and B is the coupling times half the harmonic mean of 1 and lam
    assert pair.lam == F(1, 8)
    assert pair.beta == pytest.approx(3 / 2 * 1 / 9)
    np.testing.assert_allclose(midpoints(pair.Sxx), [[1, 1 / 6], [1 / 6, 1 / 8]])
    np.testing.assert_allclose(midpoints(pair.Sxy), [[1, 0], [0, 1 / 2]])
    optimum = midpoints(pair.optimum)
    assert np.linalg.matrix_rank(optimum) == 1
    left = np.linalg.norm(midpoints(pair.Sxy) - midpoints(pair.Sxx) @ optimum, 2)
    assert pair.residual.mid == pytest.approx(left)


def test_descent_of_a_pair_is_plain_descent_from_a_start_of_its_depth() -> None:
    pair = gen_data.Pair(Ball(F(1, 2)), Ball(2), Ball(F(1, 2)))
    A1, A2 = as_balls([[1, F(1, 2)], [F(1, 4), F(3, 4)]]), as_balls([[F(1, 2), 1], [F(1, 4), F(-1, 2)]])
    depth = 1 / (1 + Ball(pair.eta)) ** 5
    B1, B2 = depth * A1, depth * A2
    for _ in range(9):
        R = pair.Sxy - pair.Sxx @ B1 @ B2
        B1, B2 = B1 + pair.eta * R @ B2.T, B2 + pair.eta * B1.T @ R
    (found,) = pair.descend(A1, A2, 5, [9])
    np.testing.assert_allclose(midpoints(found), midpoints(B1 @ B2), rtol=1e-12)
