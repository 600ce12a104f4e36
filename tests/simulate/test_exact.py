"""Orbits of exact rationals stay exact while they are short, and are enclosed afterwards."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

from rankladder.numbers.balls import Ball
from rankladder.numbers.exact import Exact
from rankladder.simulate import (
    GradientDescent,
    Layers,
    descent,
    matrix_descent,
    mode_descent,
    one_layer_descent,
)


@pytest.mark.parametrize(("s", "z0"), [(F(16, 21), F(9, 16)), (F(9, 4), F(1, 9)), (F(1, 2), F(4))])
def test_an_orbit_that_lands_on_the_fit_stays_there_exactly(s: F, z0: F) -> None:
    orbit = descent(Exact(s), Exact(z0), 50)
    assert all(isinstance(z, Exact) and z == 1 for z in orbit.z[1:])
    assert all(x == 0 for x in orbit.x[1:])


def test_a_cycle_comes_back_exactly() -> None:
    orbit = descent(Exact(3, 2), Exact(1, 3), 40).z
    assert orbit[40] == orbit[0] == F(1, 3)
    assert orbit[39] == orbit[1] != orbit[0]


def test_what_grows_too_long_is_enclosed() -> None:
    z, states = F(1, 7), []
    for _ in range(9):
        states.append(z)
        z *= (1 + F(2, 9) * (1 - z)) ** 2
    orbit = descent(Exact(2, 9), Exact(1, 7), 8).z
    assert all(
        isinstance(known, Exact) and known == true for known, true in zip(orbit[:5], states, strict=False)
    )
    assert isinstance(orbit[8], Ball)
    assert (orbit[8] - Ball(states[8])).contains_zero()
    assert orbit[8].radius < 1e-20


def test_exact_numbers_beside_balls_make_balls() -> None:
    assert isinstance(descent(Exact(1, 2), Ball(F(1, 3)), 1).z[1], Ball)
    assert isinstance(descent(F(1, 2), F(1, 2), 1).z[1], Ball)  # a plain Fraction asks for balls


def test_one_layer_fits_exactly_after_the_step_that_erases_its_error() -> None:
    Sxx, Sxy = np.diag([Exact(3), Exact(3)]), np.array([[Exact(2, 5), Exact(1)], [Exact(1, 7), Exact(0)]])
    W = one_layer_descent(Sxx, Sxy, 0 * Sxy, Exact(1, 3), 3).W
    assert all((Sxx @ each == Sxy).all() for each in W[1:])


def test_two_layers_are_exact_while_they_are_short_and_enclosed_afterwards() -> None:
    parts = [np.array(rows, dtype=object) for rows in ([[Exact(2), Exact(1)], [Exact(1), Exact(3)]], [[Exact(1)], [Exact(2)]],
                                                       [[Exact(1, 3)], [Exact(2, 5)]], [[Exact(1, 7)]])]  # fmt: skip
    run = matrix_descent(*parts, Exact(1, 5), 9)
    step, state = GradientDescent(F(1, 5)).step(Layers.of_moments(*parts[:2])), tuple(parts[2:])
    for k in range(5):
        assert (run.W1[k] == state[0]).all() and (run.W2[k] == state[1]).all()
        state = step(state)
    assert all(isinstance(entry, Ball) for entry in run.W1[9].flat)


def test_coefficients_are_exact_where_entries_are_not() -> None:
    # w_0 = 1/3 has no rational root: w_1 = (1/3) (1 + 1/2 (3 - 1/3))² = 49/27
    run = mode_descent(Exact(3), Exact(1), Exact(1, 2), Exact(1, 3), 1)
    assert run.w[1] == F(49, 27)
    assert (run.a[1] ** 2 - F(49, 27)).contains_zero()
