"""Float64 bounds against balls: the bounds must hold exactly, and be as narrow as said."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, precision
from rankladder.simulate import descent, descent_bounds
from rankladder.simulate.compiling import Kernel
from tests.simulate.exact import scalar_orbit

EDGES = [0.5, np.nextafter(0.5, 0), 0.25, 1e-3, 1e-15, 0.49, 5e-324]
STARTS = [1e-280, 1e-100, 1e-17, 2.0**-53, 0.1, 0.5, np.nextafter(0.5, 1), 1 - 2.0**-53, 0.999]


@pytest.fixture(params=[True, False], ids=["compiled", "interpreted"])
def compiled(request, monkeypatch):
    monkeypatch.setattr(Kernel, "pays", lambda self, seconds: request.param)


def check(s, z0, steps):
    """No bound of any orbit lies on the wrong side of a ball of 300 bits."""
    bounds = descent_bounds(s, z0, steps)
    for column in range(len(s)):
        with precision(300):
            orbit = descent(Ball(float(s[column])), Ball(float(z0[column])), steps)
            for low, high, balls in (
                (bounds.z_lower, bounds.z_upper, orbit.z),
                (bounds.x_lower, bounds.x_upper, orbit.x),
            ):
                for k, ball in enumerate(balls):
                    wrong = ball.arb < float(low[k, column]) or ball.arb > float(high[k, column])
                    assert not wrong, (s[column], z0[column], k)
    return bounds


@settings(deadline=None, max_examples=40)
@given(st.floats(1e-8, 0.5), st.floats(1e-30, 1.0, exclude_max=True), st.integers(1, 80))
def test_the_bounds_hold(s, z0, steps):
    bounds = check([s], [z0], steps)
    assert (bounds.z_upper <= bounds.z_lower * (1 + (steps + 2) * 2.0**-47)).all()


def test_the_bounds_hold_at_the_edges(compiled):
    s, z0 = (part.ravel() for part in np.meshgrid(EDGES, STARTS))
    check(s, z0, 70)
    check(np.full(3, 0.5), np.array([0.4, 1e-5, 0.999]), 300)
    check(np.array([0.45]), np.array([0.9]), 700)  # x below 1e-290


def test_the_bounds_hold_in_exact_arithmetic():
    exact = scalar_orbit(F(3, 8), F(1, 16), 6)
    bounds = descent_bounds(0.375, 0.0625, 6)
    for k, z in enumerate(exact):
        assert F(float(bounds.z_lower[k])) <= z <= F(float(bounds.z_upper[k]))
        assert F(float(bounds.x_lower[k])) <= 1 - z <= F(float(bounds.x_upper[k]))


def test_both_ways_give_the_same_bits(monkeypatch):
    rng = np.random.default_rng(0)
    s, z0 = rng.uniform(0.0, 0.5, 200), np.exp(-rng.uniform(0, 60, 200))
    ends = []
    for pays in (True, False):
        monkeypatch.setattr(Kernel, "pays", lambda self, seconds, pays=pays: pays)
        full, some = descent_bounds(s, z0, 120), descent_bounds(s, z0, 120, every=7)
        for part in ("z_lower", "z_upper", "x_lower", "x_upper"):
            assert np.array_equal(getattr(full, part)[::7], getattr(some, part))
            ends.append(getattr(full, part))
    assert all(np.array_equal(a, b) for a, b in zip(ends[:4], ends[4:], strict=True))


def test_narrow_also_near_one():
    bounds = descent_bounds(0.3, 1e-6, 300)
    assert (bounds.x_upper <= bounds.x_lower * (1 + 1e-10)).all()
    assert bounds.x_upper[-1] < 1e-80


def test_a_bound_without_its_outward_rounding_fails(monkeypatch):
    """The check has teeth: with the margin for rounding taken away some bound is wrong."""
    import rankladder.simulate.float_bounds as module

    monkeypatch.setattr(module, "DOWN", 1.0)
    monkeypatch.setattr(module, "UP", 1.0)
    monkeypatch.setattr(Kernel, "pays", lambda self, seconds: False)
    rng = np.random.default_rng(1)
    with pytest.raises(AssertionError):
        check(rng.uniform(0.05, 0.5, 20), rng.uniform(0.01, 0.9, 20), 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_the_bounds_hold_on_a_hundred_thousand_orbits(seed):
    """Ten thousand orbits of 20 steps for each seed, starts from 1e-12 to nearly 1, all compiled at once."""
    rng = np.random.default_rng(seed)
    s = np.where(
        rng.random(10_000) < 0.2, 0.5 - np.exp(-rng.uniform(1, 35, 10_000)), rng.uniform(1e-6, 0.5, 10_000)
    )
    z0 = 1 / (1 + np.exp(rng.uniform(-27, 27, 10_000)))
    check(s, np.minimum(z0, 1 - 2.0**-53), 20)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.6, 0.5, 3), "s 0.6 must lie"),
        ((0.0, 0.5, 3), "s 0.0 must lie"),
        ((0.1, 1.0, 3), "z0 1.0 must lie"),
        ((0.1, 0.0, 3), "z0 0.0 must lie"),
        ((0.1, np.nan, 3), "z0 nan must lie"),
        ((0.1, 0.5, -1), "steps -1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        descent_bounds(*arguments)
    with pytest.raises(ValueError, match="every 0"):
        descent_bounds(0.1, 0.5, 3, every=0)


def test_the_margins_leave_what_rounding_can_take(compiled):
    """A step is off by 8 units of 2^-53 at most, a difference by one; the margin is 16 either way, and one more."""
    rng = np.random.default_rng(4)
    unit = F(1, 2**53)
    s, z0 = rng.uniform(0.01, 0.5, 100), rng.uniform(1e-6, 0.2, 100)
    bounds = descent_bounds(s, z0, 1)
    for column in range(100):
        step, z = F(float(s[column])), F(float(z0[column]))
        for state, roundings, low, high in (
            (scalar_orbit(step, z, 1)[1], 8, bounds.z_lower[1, column], bounds.z_upper[1, column]),
            (1 - z, 1, bounds.x_lower[0, column], bounds.x_upper[0, column]),
        ):
            for off in (F(float(high)) / state - 1, 1 - F(float(low)) / state):
                assert (16 - roundings - 1) * unit <= off <= (16 + roundings + 2) * unit
    assert np.array_equal(bounds.z_lower[0], z0) and np.array_equal(bounds.z_upper[0], z0)
