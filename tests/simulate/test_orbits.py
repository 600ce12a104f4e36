from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, hull, precision
from rankladder.simulate import descent, mode_descent
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


def test_long_ball_orbits_keep_their_precision():
    orbit = descent(F(3, 10), F(1, 1000), 10_000)
    assert orbit[-1].radius < 1e-17
    # at the end x contracts by 1 − 2s = 2/5 a step: its logarithm is a line with that slope
    with precision(96):
        slope = np.log(orbit.x[9000]) - np.log(orbit.x[8999])
        assert abs(slope - np.log(Ball(F(2, 5)))) < 1e-20


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


def test_vanishing_start_climbs_in_log():
    # the exact orbit: balls have no smallest number
    with precision(128):
        exact = descent(F(1, 4), steps=4700, log_z0=F(-2000))
    floats = descent(0.25, steps=4700, log_z0=-2000.0)
    for k in (0, 1000, 4000, 4470, 4482, 4500, 4700):
        # log z0 = −2000 and its climb are rounded to 2 units of 2000
        assert abs(floats.log[k] - exact.log[k].mid) <= 4 * 2000 * UNIT + 40 * UNIT
    assert floats.z[0] == 0.0 and floats.x[0] == 1.0
    assert floats.log[0] == -2000.0


def test_orbit_reads_like_an_array():
    orbit = descent(np.array([0.1, 0.2, 0.3]), 0.5, 4)
    assert orbit.shape == (5, 3) and orbit.k.shape == (5, 1) and orbit.k.dtype == np.float64
    assert [orbit.k[i, 0] for i in range(5)] == [0, 1, 2, 3, 4]
    assert descent(0.3, 0.1, 3).k.tolist() == [0, 1, 2, 3]
    for plain in (
        orbit + 1,
        orbit[1:],
        np.concatenate([orbit, orbit]),
        orbit * orbit.k,
        np.maximum(orbit, 0),
    ):
        assert type(plain) is np.ndarray
    exact = descent(F(1, 10), F(1, 2), 4)
    assert exact.k.dtype == object and type(exact.k[2]) is int
    assert orbit.sum() == orbit.z.sum()


def test_arithmetic_follows_the_arguments():
    assert descent(0.1, 0.5, 1).dtype == np.float64
    for s, z0 in ((F(1, 10), 0.5), (0.1, F(1, 2)), (Ball(0.1), 0.5)):
        assert isinstance(descent(s, z0, 1)[1], Ball)
    many = descent(np.array([F(1, 10), F(1, 5)], dtype=object), F(1, 2), 2)
    assert many.shape == (3, 2)
    assert contains(many[:, 1], scalar_orbit(F(1, 5), F(1, 2), 2))


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


def test_mode_orbit_broadcasts_and_checks():
    orbit = mode_descent(np.array([1.0, 0.0]), 1.0, 0.1, 0.25, 3)
    assert orbit.w.shape == (4, 2) and orbit.k.shape == (4, 1)
    assert orbit.w[1, 1] == (0.5 * (1 - 0.1 * 0.25)) ** 2
    for bad in (-1.0, F(-1)):
        with pytest.raises(ValueError, match="w0 .* must be >= 0"):
            mode_descent(1.0, 1.0, 0.1, bad, 3)


@pytest.mark.parametrize("radius", [F(1, 10**4), F(1, 50)])
def test_a_wide_start_is_carried_as_the_slope_of_the_step_says(radius):
    """Both ends of the start and its middle stay inside, and what is carried is no wider than their distance demands."""
    middle, steps = F(3, 10), 6
    for s in (F(1, 5), F(1, 2), F(6, 5)):
        orbit = descent(s, hull(middle - radius, middle + radius), steps)
        ends = [scalar_orbit(s, middle + shift * radius, steps) for shift in (-1, 0, 1)]
        for k, state in enumerate(orbit.z):
            assert all((state - end[k]).contains_zero() for end in ends)
            assert all((orbit.x[k] - (1 - end[k])).contains_zero() for end in ends)
            if radius < F(1, 1000):
                low, high = (min(end[k] for end in ends), max(end[k] for end in ends))
                assert 2 * state.radius <= 1.05 * float(high - low) + 1e-6
    for sigma, lam in ((F(3), F(2)), (F(0), F(2)), (F(1), F(6))):
        orbit = mode_descent(sigma, lam, F(1, 5), hull((middle - radius) ** 2, (middle + radius) ** 2), steps)
        ends = []
        for shift in (-1, 0, 1):
            entries = [middle + shift * radius]
            for _ in range(steps):
                entries.append(entries[-1] * (1 + F(1, 5) * (sigma - lam * entries[-1] ** 2)))
            ends.append(entries)
        for k, state in enumerate(orbit.a):
            assert all((state - end[k]).contains_zero() for end in ends)
            if radius < F(1, 1000):
                low, high = (min(end[k] for end in ends), max(end[k] for end in ends))
                assert 2 * state.radius <= 1.05 * float(high - low) + 1e-6


CASES = [
    (F(1, 3), F(1, 5), 60),
    (F(1, 3), F(1, 5), 0),
    (F(49, 100), F(2, 3), 200),
    (F(5, 4), F(1, 3), 40),
    (F(3, 2), F(1, 4), 300),  # chaotic: some bits are lost at every step
    (F(19, 10), F(1, 5), 500),
    (F(5), F(1, 3), 60),  # diverging
]


@pytest.mark.parametrize("bits", [53, 64, 200, 1024, 4096])
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
SIZES = [1, 31, 32, 33, 64, 65, 128, 129, 300]


def spectrum(seed, size):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.0, 3.0, size), rng.uniform(0.1, 3.0, size), rng.uniform(1e-9, 1.0, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("largest", [0.3, 3.0])
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
