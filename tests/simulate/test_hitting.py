"""The first step at which a mode reaches a level: exactly, from any start, however near the level comes to a state."""

import math
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, TooLong, Undecided, hull, precision
from rankladder.numbers.exact import Exact
from rankladder.simulate import descent, first_hit, first_hits


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


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10**6))
def test_many_hits_are_the_single_ones(seed):
    rng = np.random.default_rng(seed)
    s, theta = rng.uniform(0.02, 1.4, 30), rng.uniform(0.001, 0.999, 30)
    log_z0 = -np.exp(rng.uniform(-2, 14, 30))
    expected = [first_hit(*one) for one in zip(s.tolist(), log_z0.tolist(), theta.tolist(), strict=True)]
    assert first_hits(s, log_z0, theta).tolist() == expected


def test_a_hit_too_large_for_an_array_is_refused():
    assert first_hit(1e-9, -2e12, 0.5) > 2**63
    with pytest.raises(TooLong, match=r"hits at step 1e\+21, too large for an array; call first_hit"):
        first_hits([1e-9], -2e12, 0.5)


def test_what_starts_at_or_above_its_level_takes_no_step():
    theta = np.array([0.25, 0.5, 0.001])
    above = np.log(theta) + np.array([0.0, 0.5, 3.0])
    assert first_hits(0.1, above, theta, limit=0).tolist() == [0, 0, 0] and first_hit(0.1, 0.5, 0.5) == 0
    assert first_hits(np.empty((0, 3)), -1.0, 0.5).shape == (0, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, -1.0, 0.5), "s 0.0 must be > 0"),
        ((-0.1, -1.0, 0.5), "s -0.1"),
        ((0.1, -1.0, 1.0), "theta 1.0"),
        ((0.1, -1.0, 0.0), "theta 0.0"),
        ((0.1, -math.inf, 0.5), "log_z0 -inf"),
    ],
)
def test_bad_hits(arguments, message):
    with pytest.raises(ValueError, match=message):
        first_hit(*arguments)
    with pytest.raises(ValueError, match=message):
        first_hits(*([good, bad] for good, bad in zip((0.1, -2.0, 0.5), arguments, strict=True)))


@pytest.mark.parametrize("s", [1e-14, 2e-306, 5e-324])
def test_a_walk_that_cannot_end_is_not_begun(s):
    with pytest.raises(ValueError, match="more than limit=1000000000"):
        first_hit(s, -6.0, 1 - F(1, 2**60) if s > 1e-200 else 0.5)


@pytest.mark.parametrize(("log_z0", "theta"), [(-19.0, 0.5), (-19.0, 0.999), (-0.5, 0.999), (-3.0, 0.06)])
def test_a_walk_that_just_fits_is_not_refused(log_z0, theta):
    steps = first_hit(0.02, log_z0, theta)
    assert steps >= 5
    assert first_hit(0.02, log_z0, theta, limit=steps) == steps
    with pytest.raises(ValueError, match=f"more than limit={steps - 1} "):
        first_hit(0.02, log_z0, theta, limit=steps - 1)
    with pytest.raises(ValueError, match=f"more than limit={steps - 1}"):
        first_hits([0.02], log_z0, theta, limit=steps - 1)


@settings(deadline=None, max_examples=60)
@given(st.fractions(F(1, 60), 1, max_denominator=90), st.fractions(1, 40), st.fractions(F(1, 50), F(49, 50)))
def test_narrow_balls_hit_when_what_they_hold_does(s, depth, theta):
    with precision(192):
        assert first_hit(Ball(s), Ball(-depth), Ball(theta)) == first_hit(s, -depth, theta)


def test_narrow_balls_are_not_walked_in_balls():
    with precision(192):  # a walk in balls takes minutes
        assert first_hit(Ball(F(1, 3 * 10**6)), Ball(-20), Ball(F(1, 2))) == 30_000_005


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


@pytest.mark.parametrize("s", [F(1, 100), F(2, 5), F(3, 2)])
@pytest.mark.parametrize("z0", [F(1, 10**6), 1 - F(1, 10**12)])
@pytest.mark.parametrize("gap", [F(1, 3 * 2**40), F(1, 2**53), F(1, 2**60), F(2, 3 * 10**40), F(1, 10**400)])
def test_levels_that_float64_rounds_to_one_are_reached(s, z0, gap):
    theta, expected = 1 - gap, every_step_to_a_gap(s, z0, gap)
    assert first_hit(s, None, theta, z0=z0) == expected
    with precision(2000):
        assert first_hit(Ball(s), None, Ball(theta), z0=Ball(z0)) == expected
        assert first_hit(s, np.log(Ball(z0)), theta) == expected


def test_levels_near_one_are_reached_in_float64_too():
    s, log_z0 = np.array([0.05, 0.25, 0.3, 1.0]), -5.0
    theta = 1.0 - 2.0**-53
    found = first_hits(s, log_z0, theta)
    assert found.tolist() == [first_hit(float(one), log_z0, theta) for one in s]
    # ten million steps of float64, and not of balls
    assert first_hit(1e-6, -5.0, 1 - F(1, 2**60)) > 20_000_000


def test_starts_beside_their_level_are_told_from_it():
    level = 1 - F(1, 10**30)
    assert first_hit(0.1, None, level, z0=level) == 0
    assert first_hit(0.1, None, level, z0=level - F(1, 10**60)) == 1
    assert first_hit(0.1, F(-1, 10**31), level) == 0 and first_hit(0.1, F(-1, 10**29), level) == 11
    assert first_hit(0.1, -1e-300, 1 - F(1, 10**301)) == 11


def test_a_walk_in_balls_has_a_limit_too():
    with pytest.raises(TooLong, match="needs more than 500000 steps in balls"):
        first_hit(1e-5, -2.0, 1 - F(1, 10**400))


def test_a_ball_just_below_the_level_is_told_from_it_in_as_many_bits_as_it_has():
    with precision(1024):
        start = Ball(F(1, 2)).log() - F(1, 2**300)
        assert first_hit(F(1, 2), start, F(1, 2)) == 1


@pytest.mark.parametrize("bits", [80, 120, 200, 1000, 3000, 7900])
@pytest.mark.parametrize(("s", "log_z0"), [(F(1, 3), F(-7)), (F(7, 5), F(-40))])
def test_levels_that_all_but_meet_a_state_are_told_apart(s, log_z0, bits):
    """A level so many bits from the state of step 12, above it and below."""
    with precision(9000):
        state = descent(Ball(s), steps=12, log_z0=Ball(log_z0))[12].arb
        near = F(int((state.mid() * arb((1, bits))).floor().unique_fmpz()), 2**bits)
        assert Ball(near) < Ball(state) < Ball(near + F(1, 2**bits))
    assert first_hit(s, log_z0, near) == 12
    assert first_hit(s, log_z0, near + F(1, 2**bits)) == 13


def test_levels_nearer_than_the_most_bits_are_undecided():
    with precision(9500):
        state = descent(Ball(F(1, 3)), steps=12, log_z0=Ball(F(-7)))[12].arb
        near = F(int((state.mid() * arb((1, 9000))).floor().unique_fmpz()), 2**9000)
    with pytest.raises(Undecided, match="within 8192 bits"):
        first_hit(F(1, 3), F(-7), near)


def test_hits_of_slow_modes_are_those_of_walks():
    rng = np.random.default_rng(5)
    s = np.exp(rng.uniform(np.log(4e-3), np.log(2.0**-6), 40))
    log_z0 = -np.exp(rng.uniform(-1, 2.3, 40))
    theta = np.where(rng.random(40) < 0.3, 1 - 2.0 ** -rng.uniform(2, 50, 40), rng.uniform(0.01, 0.99, 40))
    expected = [every_step_in_balls(*map(float, one)) for one in zip(s, log_z0, theta, strict=True)]
    assert first_hits(s, log_z0, theta).tolist() == expected
    assert [first_hit(*map(float, one)) for one in zip(s, log_z0, theta, strict=True)] == expected


@pytest.mark.parametrize("log_z0", [-3.0, -1e6])
def test_hits_do_not_get_dearer_the_slower_the_mode(log_z0):
    s = np.array([1e-3, 1e-5, 1e-7, 1e-9])
    # a limit of no steps: none is walked
    hits = first_hits(s, log_z0, 0.5, limit=0)
    limit = (-log_z0 + np.log(1 - np.exp(log_z0))) / (
        2 * s
    )  # logit(1/2) - logit(z0), over the rate of the flow
    assert np.abs(hits / limit - 1).max() < 2e-3
