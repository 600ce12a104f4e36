from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, precision
from rankladder.numbers.exact import Exact
from rankladder.simulate import (
    GradientDescent,
    Layers,
    descent,
    matrix_descent,
    mode_descent,
    one_layer_descent,
)
from tests.samples import one_in
from tests.simulate.exact import contains, scalar_orbit

UNIT = 2.0**-53


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 80), st.integers(1, 60), st.integers(0, 6))
def test_balls_contain_the_exact_orbit_and_stay_narrow(a, b, steps):
    s, z0 = F(a, 20), F(b, 40)
    exact = scalar_orbit(s, z0, steps)
    orbit = descent(s, z0, steps)
    assert contains(orbit.z, exact)
    assert contains(orbit.x, [1 - z for z in exact])
    for ball, value in zip(orbit.z, exact, strict=True):
        assert ball.radius <= 2.0**-50 * max(abs(float(value)), 2.0**-200)


@settings(deadline=None, max_examples=60)
@given(st.floats(1e-6, 0.5), st.floats(1e-12, 1.0, exclude_max=True))
def test_float_orbit_is_within_rounding_of_the_balls_in_log_odds(s, z0):
    steps = 200
    with precision(192):
        exact = descent(Ball(s), Ball(z0), steps)
        logit = exact.logit
    orbit = descent(s, z0, steps)
    # A step rounds z, and each positive term of x's factor, by at most 8 units in all. It does not amplify
    # an error in log z; in log x by no more than log x itself grows (the factor's slope is below its size).
    for k in (1, 5, 50, 200):
        if logit[k].is_nan() or abs(logit[k].mid) > 600:
            continue
        assert abs(float(orbit.logit[k]) - logit[k].mid) <= 8 * (k + 2) * UNIT * max(1.0, abs(logit[k].mid))


def test_what_is_missing_keeps_its_digits_where_it_is_squared_at_every_step() -> None:
    """At s = 1/2 the distance to 1 is squared at each step: 1e-1141094 after a hundred."""
    size = np.log(descent(F(1, 2), F(1, 10**28), 180).x[-1])
    assert size < -1_000_000 and size.radius < 1e-12 * abs(size.mid)


def test_diverging_orbit_is_contained_and_overflows_quietly_in_floats():
    exact = scalar_orbit(F(4), F(1, 2), 7)
    assert contains(descent(F(4), F(1, 2), 7).z, exact)
    assert descent(F(4), F(1, 2), 60)[-1] > 10**300
    floats = descent(4.0, 0.5, 60)
    assert np.isinf(floats[-1]) and np.isnan(floats.logit[-1])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 30), st.integers(1, 30), st.integers(1, 30), st.integers(0, 12), st.integers(0, 5))
def test_mode_orbit_contains_the_exact_one(sigma, lam, eta, root, steps):
    sigma, lam, eta, a = F(sigma, 10), F(lam, 10), F(eta, 20), F(root, 8)
    orbit = mode_descent(sigma, lam, eta, a * a, steps)
    entries = [a]
    for _ in range(steps):
        entries.append(entries[-1] + eta * (sigma - lam * entries[-1] ** 2) * entries[-1])
    assert contains(orbit.a, entries)
    assert contains(orbit.w, [value * value for value in entries])
    floats = mode_descent(float(sigma), float(lam), float(eta), float(a * a), steps)
    assert np.allclose(floats.a, [float(v) for v in entries], rtol=1e-11, atol=1e-14)


CASES = [
    (F(1, 3), F(1, 5), 60),
    (F(1, 3), F(1, 5), 0),
    (F(49, 100), F(2, 3), 200),
    (F(5, 4), F(1, 3), 40),
    (F(3, 2), F(1, 4), 300),  # chaotic: some bits are lost at every step
    (F(19, 10), F(1, 5), 500),
    (F(5), F(1, 3), 60),  # diverging
]


@pytest.mark.parametrize("bits", one_in(2, [53, 64, 200, 1024, 4096]))
@pytest.mark.parametrize(("s", "z0", "steps"), CASES)
def test_orbits_keep_every_precision(bits, s, z0, steps):
    with precision(bits):
        orbit, mode = descent(s, z0, steps), mode_descent(s, F(1), F(1), s * z0, steps)
        for state in (orbit.z[-1], orbit.x[-1], mode.a[-1]):
            assert state.arb.rel_accuracy_bits() > bits - 2
        assert (mode.w[-1] / s - orbit.z[-1]).contains_zero()
        assert all((orbit.z + orbit.x - 1)[k].contains_zero() for k in range(steps + 1))
    if s < 2 and steps:
        with precision(bits + 2000):
            finer = descent(s, z0, steps)
            assert all((a - b).contains_zero() for a, b in zip(orbit.z, finer.z, strict=True))
    assert contains(orbit.z[:7], scalar_orbit(s, z0, min(steps, 6)))


# Compiled loops. Each operation is one of NumPy's, in NumPy's order.
SIZES = one_in(4, [1, 31, 32, 33, 129, 64, 65, 128, 300])


def spectrum(seed, size):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.0, 3.0, size), rng.uniform(0.1, 3.0, size), rng.uniform(1e-9, 1.0, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("largest", one_in(2, [3.0, 0.3]))
def test_entries_have_the_bits_of_the_expression(compiled, size, largest):
    sigma, lam, w0 = spectrum(size, size)
    eta = np.linspace(0.1, largest, size)  # beyond a step of 1 or so some diverge
    orbit = mode_descent(sigma, lam, eta, w0, 50)
    a = np.sqrt(w0)
    with np.errstate(all="ignore"):
        for k in range(51):
            assert np.array_equal(orbit.a[k], a, equal_nan=True)
            assert np.array_equal(orbit.w[k], a**2 if k else w0, equal_nan=True)
            a = a * (1.0 + eta * (sigma - lam * a**2))


@pytest.mark.parametrize(("steps", "every"), [(100, 7), (100, 100), (100, 101), (0, 1), (99, 3)])
def test_every_nth_step_is_a_selection_of_all(compiled, steps, every):
    sigma, lam, w0 = spectrum(2, 40)
    for arguments in (
        (sigma, lam, 0.2, w0),
        (sigma[::2], 1.0, 0.2, w0[::2]),
        (Ball(1), Ball(1), Ball(0.1), Ball(0.25)),
    ):
        full, some = (mode_descent(*arguments, steps, every=n) for n in (1, every))
        for part in ("a", "w", "k"):
            one, other = getattr(some, part), getattr(full, part)[::every]
            assert [str(v) for v in one.ravel()] == [str(v) for v in other.ravel()]


@pytest.mark.parametrize(("s", "z0"), [(F(16, 21), F(9, 16)), (F(9, 4), F(1, 9)), (F(1, 2), F(4))])
def test_an_orbit_that_lands_on_the_fit_stays_there_exactly(s: F, z0: F) -> None:
    orbit = descent(Exact(s), Exact(z0), 50)
    assert all(isinstance(z, Exact) and z == 1 for z in orbit.z[1:])
    assert all(x == 0 for x in orbit.x[1:])


def test_an_exact_number_whose_digits_double_at_every_step_becomes_a_ball() -> None:
    x = Exact(1, 3)
    for k in range(18):
        assert k > 10 or type(x) is Exact
        x = x * (1 - x)
    assert type(x) is Ball


def test_what_grows_too_long_is_enclosed() -> None:
    z, states = F(1, 7), []
    for _ in range(9):
        states.append(z)
        z *= (1 + F(2, 9) * (1 - z)) ** 2
    orbit = descent(Exact(2, 9), Exact(1, 7), 8).z
    assert all(type(a) is Exact and a == b for a, b in zip(orbit[:5], states, strict=False))
    assert isinstance(orbit[8], Ball)
    assert (orbit[8] - Ball(states[8])).contains_zero()
    assert orbit[8].radius < 1e-20


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
