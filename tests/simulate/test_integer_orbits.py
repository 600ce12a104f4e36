from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, precision
from rankladder.simulate import descent
from rankladder.simulate.integer_orbits import NEAREST, integer_orbit
from rankladder.simulate.orbits import _centred_orbit
from tests.simulate.exact import scalar_orbit


def exact(value):
    return arb(fmpq(value.numerator, value.denominator))


def run(s, z0, steps, bits=128):
    """The orbit by integers, and what a plain mean-value orbit says in far more bits."""
    with precision(bits + 2 * NEAREST):
        found = integer_orbit(exact(s), exact(z0), exact(1 - z0), steps, bits)
    assert found is not None
    with precision(bits):
        z, x = found.z(), found.x()
    with precision(4 * bits + 400 + steps):
        step = exact(s)
        true_z, true_x = _centred_orbit(exact(z0), step, steps)
    return z, x, true_z[1:], true_x[1:]


def encloses(balls, truth):
    return len(balls) == len(truth) and all(
        ball.contains(value) for ball, value in zip(balls, truth, strict=True)
    )


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 499), st.integers(1, 999), st.sampled_from([1, 10**3, 10**9, 10**40]), st.integers(1, 300)
)
def test_the_balls_contain_the_orbit(a, b, small, steps):
    s, z0 = F(a, 1000), F(b, 1000 * small)
    z, x, true_z, true_x = run(s, z0, steps)
    assert encloses(z, true_z) and encloses(x, true_x)


@pytest.mark.parametrize("s", [F(1, 3), F(2, 5), F(49, 100)])
@pytest.mark.parametrize("z0", [F(1, 10), F(1, 2), F(19, 20)])
def test_the_balls_contain_the_orbit_in_exact_arithmetic(s, z0):
    z, x, _, _ = run(s, z0, 6)
    for k, value in enumerate(scalar_orbit(s, z0, 6)[1:]):
        with precision(4000):
            assert z[k].contains(exact(value)) and x[k].contains(exact(1 - value))


@pytest.mark.parametrize(
    ("s", "z0"),
    [
        (F(1, 2) - F(1, 2**40), F(1, 10)),
        (F(1, 2) - F(1, 2**40), F(999, 1000)),
        (F(1, 2**60), F(1, 3)),
        (F(1, 10), F(1, 2**3000)),
        (F(1, 10), 1 - F(1, 2**900)),
        (F(1, 10), 1 - F(1, 3 * 2**90)),
        (F(1, 3), F(1, 2) + F(1, 2**100)),
        (F(1, 3), F(3, 2**2002)),
    ],
)
def test_edges(s, z0):
    z, x, true_z, true_x = run(s, z0, 400)
    assert encloses(z, true_z) and encloses(x, true_x)
    for balls in (z, x):
        assert all(ball.rad() <= ball.mid() * 2.0**-100 for ball in balls)


def test_the_stated_errors_are_not_idle():
    """The largest true error, in the units of the bound, comes near enough to the bound for a slip to show."""
    worst = {"z": 0.0, "x": 0.0}
    rng = np.random.default_rng(0)
    for _ in range(40):
        s, z0 = F(int(rng.integers(100, 499)), 1000), F(1, int(rng.integers(3, 10**6)))
        with precision(300):
            found = integer_orbit(exact(s), exact(z0), exact(1 - z0), 40, 128)
            step = exact(s)
        with precision(900):
            true_z, true_x = _centred_orbit(exact(z0), step, 40)
            for name, states, truth, bound in (
                ("z", found.rising, true_z[1 : 1 + len(found.rising)], found.rising_error),
                ("x", found.falling, true_x[1 + len(found.rising) :], found.falling_error),
            ):
                for (M, E), value in zip(states, truth, strict=True):
                    off = abs((value / (arb(M) * arb((1, -E)))).log() * arb((1, found.bits)))
                    worst[name] = max(worst[name], float(off) / bound)
    assert 0.03 < worst["z"] < 1 and 0.01 < worst["x"] < 1


@pytest.mark.parametrize(
    ("s", "z0"), [(F(1, 2), F(1, 3)), (F(3, 5), F(1, 3)), (F(1, 3), F(1)), (F(1, 3), F(4, 3)), (F(-1, 3), F(1, 3)),
                  (F(1, 3), F(0)), (F(1, 2) - F(1, 2**60), F(1, 3))]
)  # fmt: skip
def test_other_orbits_are_refused(s, z0):
    with precision(400):
        assert integer_orbit(exact(s), exact(z0), exact(1 - z0), 10, 128) is None
    # and are taken the general way
    assert len(descent(s, z0, 60)) == 61


def test_wide_steps_are_refused():
    with precision(400):
        assert integer_orbit(arb(mid=0.25, rad=1e-20), arb(0.5), arb(0.5), 10, 128) is None


@settings(deadline=None, max_examples=10)
@given(st.integers(50, 490), st.integers(1, 999))
def test_long_certified_orbits_are_narrow(a, b):
    with precision(128):
        orbit = descent(F(a, 1000), F(b, 1000), 10_000)
        assert max(ball.arb.rad() for ball in orbit.z) <= arb(2) ** -110
        assert all(ball.arb.rad() <= ball.arb.mid() * arb(2) ** -110 for ball in orbit.x)
        assert orbit.x is orbit.x


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 499), st.integers(-60, -1), st.sampled_from([64, 128, 500]))
def test_descent_by_integers_is_descent_by_balls(a, log_z0, bits):
    import rankladder.simulate.orbits as orbits

    s = F(a, 1000)
    with precision(bits):
        quick = descent(s, steps=200, log_z0=F(log_z0))
        kept, orbits.FEWEST = orbits.FEWEST, 10**9
        try:
            with precision(bits + 100):
                slow = descent(s, steps=200, log_z0=F(log_z0))
        finally:
            orbits.FEWEST = kept
    for part in ("z", "x", "log", "logit"):
        with precision(bits):
            one, other = getattr(quick, part), getattr(slow, part)
            assert all((p - q).contains_zero() for p, q in zip(one, other, strict=True))
            # logarithms and differences are taken at this precision: some units of it, and the arguments' own
            assert all(p.radius <= 2.0 ** (8 - bits) * max(abs(p.mid), 1.0) for p in one)


def test_short_dyadic_states_stay_exact():
    orbit = descent(F(1, 4), F(1, 2), 300)
    assert orbit[1].is_exact() and orbit[2] == scalar_orbit(F(1, 4), F(1, 2), 2)[2]
    assert isinstance(orbit[300], Ball) and not orbit[300].is_exact()
