"""The step of every dynamics: the gradient of the loss, in every arithmetic, however it is walked."""

from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from rankladder.numbers import Ball
from rankladder.numbers.exact import Exact
from rankladder.simulate import (
    GradientDescent,
    Layers,
    deep_descent,
    descent,
    loss,
    matrix_descent,
    matrix_descent_data,
    mode_descent,
    mode_trajectory,
    moments,
    one_layer_descent,
)
from rankladder.simulate.dynamics import (
    coefficient_step,
    entry_slope,
    entry_step,
    missing_slope,
    missing_step,
    normal_slope,
    normal_step,
)
from tests.simulate.exact import contains, rationals

a, z, s, sigma, lam, eta = sympy.symbols("a z s sigma lam eta")


def same(left, right):
    return sympy.expand(left - right) == 0


def test_the_step_of_a_mode_is_that_of_one_by_one_matrices():
    one = [sympy.Matrix([[value]]) for value in (lam, sigma, a)]
    step = GradientDescent(eta).step(Layers.of_moments(*one[:2]))
    first, second = step((one[2], one[2]))
    assert same(first[0], entry_step(a, sigma, lam, eta)) and first == second
    assert same(coefficient_step(a**2, sigma, lam, eta), entry_step(a, sigma, lam, eta) ** 2)
    assert same(coefficient_step(z * sigma / lam, sigma, lam, s / sigma) * lam / sigma, normal_step(z, s))
    assert same(missing_step(1 - z, s), 1 - normal_step(z, s))


def test_slopes_are_derivatives():
    assert same(sympy.diff(entry_step(a, sigma, lam, eta), a), entry_slope(a, sigma, lam, eta))
    assert same(sympy.diff(normal_step(z, s), z), normal_slope(z, 1 - z, s))
    assert same(sympy.diff(missing_step(z, s), z), missing_slope(z, s))


def problem(seed, layers):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, layers + 1)
    X, Y = (rationals(rng.integers(-3, 4, (5, n))) for n in (sizes[0], sizes[-1]))
    factors = [rationals(rng.integers(-9, 10, shape), 10) for shape in pairwise(sizes)]
    return X, Y, factors


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_the_step_of_matrices_is_the_gradient_of_the_loss(seed, layers):
    """The loss is quadratic in each entry of a factor, so that a difference is its derivative exactly."""
    X, Y, factors = problem(seed, layers)
    Sxx, Sxy = moments(X, Y)
    moved = GradientDescent(F(1)).step(Layers.of_moments(Sxx, Sxy))(tuple(factors))
    by_data = GradientDescent(F(1)).step(Layers.of_data(X, Y))(tuple(factors))
    for j, W in enumerate(factors):
        assert (moved[j] == by_data[j]).all()
        for place in np.ndindex(W.shape):
            ends = []
            for shift in (1, -1):
                other = [part.copy() for part in factors]
                other[j][place] += shift
                product = other[0]
                for part in other[1:]:
                    product = product @ part
                ends.append(loss(Sxx, Sxy, product, Syy_trace=F(0)))
            assert W[place] - moved[j][place] == (ends[0] - ends[1]) / 2


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_every_run_takes_that_step(seed, layers):
    X, Y, factors = problem(seed, layers)
    Sxx, Sxy = moments(X, Y)
    eta = F(1, 50)
    step = GradientDescent(eta).step(Layers.of_moments(Sxx, Sxy))
    states = [tuple(factors)]
    for _ in range(3):
        states.append(step(states[-1]))
    for found, exact in zip(deep_descent(Sxx, Sxy, factors, eta, 3), states, strict=True):
        assert all((part == value).all() for part, value in zip(found, exact, strict=True))
    runs = []
    if layers == 1:
        run = one_layer_descent(Sxx, Sxy, *factors, eta, 3)
        runs.append([(W,) for W in run.W])
    if layers == 2:
        pair = matrix_descent(Sxx, Sxy, *factors, eta, 3), matrix_descent_data(X, Y, *factors, eta, 3)
        runs += [list(zip(run.W1, run.W2, strict=True)) for run in pair]
    for run in runs:
        for found, exact in zip(run, states, strict=True):
            assert all(contains(part, value) for part, value in zip(found, exact, strict=True))


@pytest.mark.parametrize("kind", [float, F, Ball, Exact])
def test_every_arithmetic_follows_the_rational_orbit(kind):
    """The normal form, the entry and the coefficient of one mode, and the matrix of order one."""
    sigma, lam, eta, entry = F(3), F(2), F(1, 8), F(1, 2)
    ws = [entry**2]
    for _ in range(3):
        ws.append(ws[-1] * (1 + eta * (sigma - lam * ws[-1])) ** 2)
    zs = [w * lam / sigma for w in ws]
    s, z0, *one = (kind(v) for v in (eta * sigma, zs[0], sigma, lam, eta, entry**2))
    orbit, mode = descent(s, z0, 3), mode_descent(*one, 3)
    matrices = [
        np.array([[kind(v)]], dtype=float if kind is float else object) for v in (lam, sigma, entry, entry)
    ]
    found = [orbit.z, 1 - orbit.x, mode.w * kind(lam / sigma), (matrix_descent(*matrices, kind(eta), 3).W * kind(lam / sigma))[:, 0, 0]]  # fmt: skip
    if kind is float:
        run = mode_trajectory(3.0, 2.0, 0.125, float(np.log(2.0)), 3)
        for values in (*found, run.z[:, 0]):
            assert values == pytest.approx(list(map(float, zs)), rel=1e-14)
    elif kind is Exact:
        assert all(value == exact for values in found for value, exact in zip(values, zs, strict=True))
    else:
        assert all(contains(values, zs) for values in found)
