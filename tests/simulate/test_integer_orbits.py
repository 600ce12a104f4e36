"""Certified orbits by integers against exact rationals and mean-value orbits in far more bits."""

from fractions import Fraction as F

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.numbers import precision
from rankladder.simulate.integer_orbits import NEAREST, integer_orbit
from rankladder.simulate.orbits import centred_pair


def exact(value):
    return arb(fmpq(value.numerator, value.denominator))


def mean_value_orbit(s, z0, steps, bits):
    with precision(bits):
        step, states = exact(s), [(exact(z0), exact(1 - z0))]
        for _ in range(steps):
            states.append(centred_pair(*states[-1], step))
    return states[1:]


def integers(s, z0, steps, bits=128, width=0):
    with precision(bits + 2 * NEAREST):
        return integer_orbit(exact(s), exact(z0) + width, exact(1 - z0) - width, steps, bits)


def encloses(s, z0, steps, bits=128):
    found, true = integers(s, z0, steps, bits), mean_value_orbit(s, z0, steps, 4 * bits + 400 + steps)
    with precision(bits):
        states = list(zip(found.z(), found.x(), strict=True))
    assert len(states) == steps
    for (z, x), (true_z, true_x) in zip(states, true, strict=True):
        assert z.contains(true_z) and x.contains(true_x)
    return [ball for state in states for ball in state]


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 499), st.integers(1, 999), st.sampled_from([1, 10**3, 10**9, 10**40]), st.integers(1, 300)
)
def test_the_balls_contain_the_orbit(a, b, small, steps):
    encloses(F(a, 1000), F(b, 1000 * small), steps)


@pytest.mark.parametrize(
    ("s", "z0"),
    [
        (F(1, 2) - F(1, 2**40), F(1, 10)), (F(1, 2) - F(1, 2**40), F(999, 1000)), (F(1, 2**60), F(1, 3)),
        (F(1, 10), F(1, 2**3000)), (F(1, 10), 1 - F(1, 2**900)), (F(1, 10), 1 - F(1, 3 * 2**90)),
        (F(1, 3), F(1, 2) + F(1, 2**100)), (F(1, 3), F(3, 2**2002)),
    ],
)  # fmt: skip
def test_edges_are_enclosed_and_narrow(s, z0):
    assert all(ball.rad() <= ball.mid() * 2.0**-100 for ball in encloses(s, z0, 400))


@pytest.mark.parametrize("share", [-0.99, 0.99])
@pytest.mark.parametrize("z0", [F(1, 1000), F(3, 10), F(4, 5), F(999, 1000)])
def test_a_start_with_a_radius_carries_both_its_ends(z0, share):
    width = arb((1, -90)) * exact(min(z0, 1 - z0))
    found = integers(F(1, 3), z0, 200, width=arb(0, width))
    moved = z0 + F(share) * F(1, 2**90) * min(z0, 1 - z0)
    with precision(128):
        states = list(zip(found.z(), found.x(), strict=True))
    for (z, x), (true_z, true_x) in zip(states, mean_value_orbit(F(1, 3), moved, 200, 900), strict=True):
        assert z.contains(true_z) and x.contains(true_x)
