"""The first step at which a mode reaches a level: exactly, from any start, however near the level comes to a state."""

import math
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, Undecided, hull, precision
from rankladder.numbers.exact import Exact
from rankladder.simulate import descent, first_hit, first_hits
from tests.samples import one_in


def every_rational_step(s, z0, theta):
    z, k = z0, 0
    while z < theta:
        z, k = z * (1 + s * (1 - z)) ** 2, k + 1
    return k


def every_step_in_balls(s, log_z0, theta, bits=300):
    with precision(bits):
        step, level, z, k = Ball(s), Ball(theta), np.exp(Ball(log_z0)), 0
        while z < level:
            z, k = Ball((z * (1 + step * (1 - z)) ** 2).arb.mid()), k + 1
    return k


@settings(deadline=None, max_examples=40)
@given(
    st.fractions(F(1, 10), 2, max_denominator=12),
    st.fractions(F(1, 50), F(9, 10), max_denominator=60),
    st.integers(1, 4),
    st.sampled_from([0, F(1, 10**80), F(-1, 10**80)]),
)
@example(F(6, 5), F(1, 6), 1, 0)
def test_first_hit_from_a_rational_start_settles_ties(s, z0, k, beside):
    z = z0
    for _ in range(k):
        z = z * (1 + s * (1 - z)) ** 2
    theta = z + beside  # the orbit lands on the level, or a hair beside it
    if 0 < theta < 1:
        expected = every_rational_step(s, z0, theta)
        assert first_hit(s, None, theta, z0=z0) == expected
        assert first_hit(Exact(s), None, Exact(theta), z0=Exact(z0)) == expected


def test_first_hit_from_a_start_of_each_kind():
    assert first_hit(0.25, None, 0.5, z0=0.5) == 0
    assert first_hit(0.25, None, 0.75, z0=0.25) == every_rational_step(F(1, 4), F(1, 4), F(3, 4))
    assert first_hit(0.1, None, 0.5, z0=math.exp(-10.0)) == first_hit(0.1, -10.0, 0.5)
    for third in (F(1, 3), Ball(F(1, 3))):
        assert first_hit(0.1, None, 0.5, z0=third) == first_hit(0.1, np.log(Ball(F(1, 3))), 0.5)
    with pytest.raises(Undecided):  # z_1 = 2/3, which balls around these do not know
        first_hit(Ball(F(6, 5)), None, Ball(F(2, 3)), z0=Ball(F(1, 6)))
    with pytest.raises(ValueError, match="exactly one must be given"):
        first_hit(0.1, -1.0, 0.5, z0=0.5)
    with pytest.raises(ValueError, match="exactly one must be given"):
        first_hit(0.1, None, 0.5)
    with pytest.raises(ValueError, match="z0 0 must be > 0"):
        first_hit(0.1, None, 0.5, z0=0)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.01, 3.5), st.floats(-30.0, -0.01), st.floats(0.01, 0.99))
def test_first_hit_is_the_first_of_all_steps(s, log_z0, theta):
    assert first_hit(s, log_z0, theta) == every_step_in_balls(s, log_z0, theta)


@settings(deadline=None, max_examples=80)
@given(
    st.floats(0.02, 1.0) | st.floats(2.0**-8, 2.0**-6), st.floats(-12.0, -1.0), st.integers(1, 60), st.integers(-20, 20)
)  # fmt: skip
def test_levels_beside_a_state_are_told_from_it(s, log_z0, k, units):
    """Within the rounding of a walk in float64, or of a count of slow steps, only balls can tell."""
    with precision(300):
        state = descent(Ball(s), steps=k, log_z0=Ball(log_z0))[k]
    level = state.mid * (1 + units * 2.0**-53)
    if 0 < level < 1:
        expected = every_step_in_balls(s, log_z0, level)
        assert first_hits([s], log_z0, level).tolist() == [expected] == [first_hit(s, log_z0, level)]


@settings(deadline=None, max_examples=15)
@given(st.floats(0.01, 2.0), st.floats(1e2, 1e6), st.floats(0.05, 0.95))
def test_first_hit_of_vanishing_starts_is_exact(s, delta, theta):
    # the step before and the step itself on both sides of θ, from a jump made here and a ball orbit
    k = first_hit(s, -2 * delta, theta)
    with precision(400):
        steps = max(0, k - math.ceil(200 / math.log1p(s)))
        log_z = Ball(-2 * delta) + 2 * steps * np.log1p(Ball(s))
        # at e^{-400} one step differs from the factor (1+s)² by 1e-170
        orbit = descent(Ball(s), steps=k - steps, log_z0=log_z)
        assert orbit[-1] >= theta and orbit[-2] < theta


@pytest.mark.parametrize("delta", [1e2, 1e6, 1e12])
def test_the_cost_does_not_grow_with_delta(compiled, delta):
    for s in (0.15, 0.4, 1e-3, 1e-5):
        assert first_hit(s, -2 * delta, 0.5, limit=100) > delta
        assert first_hits([s], -2 * delta, 0.5, limit=100)[0] > delta


@pytest.mark.parametrize(("log_z0", "theta"), [(-19.0, 0.5), (-19.0, 0.999), (-0.5, 0.999), (-3.0, 0.06)])
def test_a_walk_that_just_fits_is_not_refused(log_z0, theta):
    steps = first_hit(0.02, log_z0, theta)
    assert steps >= 5
    assert first_hit(0.02, log_z0, theta, limit=steps) == steps
    with pytest.raises(ValueError, match=f"more than limit={steps - 1} "):
        first_hit(0.02, log_z0, theta, limit=steps - 1)
    with pytest.raises(ValueError, match=f"more than limit={steps - 1}"):
        first_hits([0.02], log_z0, theta, limit=steps - 1)


@pytest.mark.parametrize("blurred", ["s", "log_z0", "theta"])
def test_blurred_balls_do_not_hit_where_only_their_middle_does(blurred):
    values = {"s": F(1, 3), "log_z0": F(-10), "theta": F(1, 2)}
    with precision(192):
        exact = {name: Ball(value) for name, value in values.items()}
        values[blurred] = Ball(values[blurred]) * (1 + hull(F(-1, 8), F(1, 8)))
        assert first_hit(**exact) == first_hit(F(1, 3), -10, F(1, 2))
        with pytest.raises(Undecided):
            first_hit(**{**exact, blurred: values[blurred]})


def every_step_to_a_gap(s, z0, gap):
    """The first step with ``1 − z <= gap``, by all of them in thousands of bits."""
    with precision(4000):
        step, x, k = Ball(s), 1 - Ball(z0), 0
        while x > gap:
            x = Ball((x * ((1 - 2 * step) + step * x * (2 - step + step * x))).arb.mid())
            k += 1
    return k


@pytest.mark.parametrize("s", one_in(2, [F(1, 100), F(2, 5), F(3, 2)]))
@pytest.mark.parametrize("z0", one_in(2, [F(1, 10**6), 1 - F(1, 10**12)]))
@pytest.mark.parametrize(
    "gap", one_in(2, [F(1, 3 * 2**40), F(1, 2**53), F(1, 2**60), F(2, 3 * 10**40), F(1, 10**400)])
)
def test_levels_that_float64_rounds_to_one_are_reached(s, z0, gap):
    theta, expected = 1 - gap, every_step_to_a_gap(s, z0, gap)
    assert first_hit(s, None, theta, z0=z0) == expected
    with precision(2000):
        assert first_hit(Ball(s), None, Ball(theta), z0=Ball(z0)) == expected
        assert first_hit(s, np.log(Ball(z0)), theta) == expected


def test_hits_of_slow_modes_are_those_of_walks():
    rng = np.random.default_rng(5)
    s = np.exp(rng.uniform(np.log(4e-3), np.log(2.0**-6), 40))
    log_z0 = -np.exp(rng.uniform(-1, 2.3, 40))
    theta = np.where(rng.random(40) < 0.3, 1 - 2.0 ** -rng.uniform(2, 50, 40), rng.uniform(0.01, 0.99, 40))
    expected = [every_step_in_balls(*map(float, one)) for one in zip(s, log_z0, theta, strict=True)]
    assert first_hits(s, log_z0, theta).tolist() == expected
    assert [first_hit(*map(float, one)) for one in zip(s, log_z0, theta, strict=True)] == expected
