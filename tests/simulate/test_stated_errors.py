"""Errors that the code adds up in float64, against the rules they are said to follow, worked out anew."""

import math
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb, fmpq

from rankladder.numbers import Ball, Undecided, precision
from rankladder.simulate import descent, first_hit, first_hits, hitting
from rankladder.simulate.hitting import _jump, _walks
from rankladder.simulate.integer_orbits import NEAREST, SHIFT, IntegerOrbit, integer_orbit
from rankladder.simulate.orbits import GUARD_BITS, _integer_orbit
from rankladder.simulate.walks import walk_to_levels
from tests.simulate.exact import scalar_orbit

UNIT = 2.0**-53


def exact(value):
    return arb(fmpq(value.numerator, value.denominator))


def stated(s, z0, steps, error, bits, more=1.0):
    """The rules for λ at the top of ``integer_orbits``, along the orbit in many digits: F, λ in z, λ in x.

    ``more`` is a factor on what a step stretches λ by.
    """
    with precision(300):
        step, z, x = exact(s), exact(z0), exact(1 - z0)
        s = float(step)
        least = float(1 - 2 * step)
        risen, falls = 0.0, not z <= 0.5
        for left in reversed(range(steps)):
            if falls:
                size = float(x)
                error *= 1 + more * s * size * (2 + size) / (least + s * size * (2 - s))
                error += 12 / least + 2
            else:
                error += 14
                risen = error
            if falls:
                x = (x * ((1 - 2 * step) + step * x * (2 - step + step * x))).mid()
            else:
                z = (z * (1 + step * (1 - z)) ** 2).mid()
                x = 1 - z
                if z > 0.5 and left:  # a state of z above 1/2 may be the last
                    falls, error = True, error * float(z / x)
    return bits + 8 + math.ceil(-math.log2(least * (1 - 1e-12))), risen, error if falls else 0.0


@pytest.mark.parametrize("s", [F(1, 100), F(1, 4), F(1, 3), F(49, 100), F(1, 2) - F(1, 2**30)])
@pytest.mark.parametrize("z0", [F(1, 10**6), F(3, 10), F(2, 5), F(1, 2), F(3, 5), F(999, 1000)])
@pytest.mark.parametrize("width", [0, 90])
@pytest.mark.parametrize("steps", [1, 3, 30, 300])
def test_the_error_of_an_orbit_in_integers_is_the_stated_one(s, z0, width, steps):
    bits = 100
    with precision(bits + 2 * NEAREST):
        half = arb(0, (1, -width)) * exact(min(z0, 1 - z0)) if width else 0
        found = integer_orbit(exact(s), exact(z0) + half, exact(1 - z0) - half, steps, bits)
    start = 0.0
    if width:
        relative = 2.0**-width * float(min(z0, 1 - z0) / (z0 if z0 <= F(1, 2) else 1 - z0))
        start = relative * 2.0**found.bits
    expected_bits, rising, falling = stated(s, z0, steps, start, bits)
    assert found.bits == expected_bits
    assert len(found.rising) + len(found.falling) == steps
    # a thousandth at the end, another at the change, and one of what every step stretches
    _, _, most = stated(s, z0, steps, start * 1.0001, bits, more=1.0011)
    assert rising <= found.rising_error <= rising * 1.0012 + 1e-6
    assert falling <= found.falling_error <= most * 1.0025 + 1e-6


def test_what_an_orbit_in_integers_takes():
    """Bits, the distance of s from 1/2, and the widths of s and of the start, each up to its limit."""

    def orbit(s=None, z=None, x=None, bits=64):
        s, z = arb(0.25) if s is None else s, arb(0.375) if z is None else z
        with precision(400):
            return integer_orbit(s, z, 1 - z if x is None else x, 5, bits)

    assert orbit() is not None and orbit(bits=63) is None
    half = arb(0.5)
    with precision(400):
        assert orbit(half - arb((1, -NEAREST - 1))) is not None
        assert orbit(half - arb((1, -NEAREST - 1)) - arb((1, -300))) is not None
        assert orbit(half - arb((1, -NEAREST - 1)) + arb((1, -300))) is None
        bits = orbit().bits
        assert bits == 64 + 8 + 2  # 1 − 2s = 1/2, taken a little smaller
        for share, fits in ((0.99, True), (1.01, False)):
            # s is rounded to within half a unit beside what rounding down leaves
            assert (orbit(arb(0.25, arb((1, -bits - 1)) * share)) is not None) is fits
            # in log, of the state that is walked: half the bits may be lost
            start = arb(0.375, arb(0.375) * arb((1, bits // 2 - bits)) * share)
            assert (orbit(z=start) is not None) is fits
            start = arb(0.875, arb(0.125) * arb((1, bits // 2 - bits)) * share)
            assert (orbit(z=start) is not None) is fits
    for z, x in ((arb(-0.5), arb(0.5)), (arb(0.5), arb(-0.5)), (arb(0, 1), arb(0.5)), (arb(0.5), arb(0, 1))):
        assert orbit(z=z, x=x) is None
    assert orbit(arb(0, 0.1)) is None and orbit(arb(-0.25)) is None and orbit(arb(0.25, 0.3)) is None


def test_balls_of_mantissas_are_as_wide_as_their_error_says():
    bits, unit = 40, 2.0**-40
    orbit = IntegerOrbit(
        [(3 << 40, 44), (5 << 40, 45)], [(3 << 40, 45), (1 << 40, 50), (1, 41), (1, 90)], bits, 100.0, 1e4
    )
    with precision(200):
        z, x = orbit.z(), orbit.x()
    assert len(z) == len(x) == 6
    for k, (value, error) in enumerate(((3 / 16, 100.0), (5 / 32, 100.0), (3 / 32, 1e4), (2.0**-10, 1e4))):
        near, far = (z, x) if k < 2 else (x, z)
        assert near[k].mid() == value and far[k].mid() == 1 - value
        for ball in (near[k], far[k]):  # 1 − z is as wide as z
            assert error <= float(ball.rad()) / (value * unit) <= 1.001 * error + 2.1
    # what is left of x below a unit is no more than that for z
    assert x[4].mid() == 2.0**-41 and x[5].mid() == 2.0**-90
    for ball in z[4:]:  # a radius is rounded outwards, in old releases even where it is a power of two
        assert ball - 1 <= 1e-6 * unit and ball >= 1 - 2.001 * unit
        assert 1 - arb((1, -41)) in (ball, arb(0)) or ball.contains(1 - arb((1, -41)))


def test_an_orbit_in_integers_is_taken_where_it_keeps_the_precision():
    extra = GUARD_BITS + 9
    for s, start, is_log in (
        (F(1, 4), F(1, 3), False),
        (F(1, 4), F(-50), True),
        (F(49, 100), F(1, 10**9), False),
    ):
        found = _integer_orbit(s, start, 400, is_log, 53, extra)
        assert found is not None
        z, more = found
        assert len(z) == len(more()) == 401
        if not is_log:
            for k, value in enumerate(scalar_orbit(s, start, 7)):  # five in balls, the others not
                with precision(3000):
                    assert z[k].contains(exact(value)) and more()[k].contains(exact(1 - value))
        for ball in (*z, *more()):
            assert ball.rad() <= ball.mid() * arb((1, -53 - 6))
    # z0 has 53 + extra + 96 bits, of which 1 − z0 = 2^−m/3 leaves m fewer; it must keep 53 and 8, and some to step
    for m, lost in ((60, False), (125, False), (131, True), (137, True), (150, True)):
        start = 1 - F(1, 3 * 2**m)
        assert (_integer_orbit(F(1, 4), start, 400, False, 53, extra) is None) is lost, m


def walked(s, z0, level):
    """The walk itself: steps, the last state and the one before."""
    hits, after, before = np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1)
    walk_to_levels.interpreted(np.array([s]), np.array([z0]), np.array([level]), 10**6, hits, after, before)
    return int(hits[0]), float(after[0]), float(before[0])


@pytest.mark.parametrize(
    ("s", "z0", "units"), [(0.3, 1e-3, 4.0), (0.3, 1e-3, 1e5), (1.0, 1e-6, 50.0), (0.002, 0.2, 4.0)]
)
def test_a_walk_answers_where_its_error_separates_both_states_from_the_level(s, z0, units):
    steps, state, _ = walked(s, z0, 0.6)

    def answer(level):
        return int(_walks(*(np.array([v]) for v in (s, z0, 1 - z0, level, 1 - level, units)), 10**6)[0])

    def error(level, steps):
        return UNIT * (units + 20 * (math.log(level / z0) + 2) + 2 * s * steps)

    for share, clear in ((0.98, False), (1.02, True)):
        # the last state is at or above the level by twice the error
        assert answer(state * (1 - 2 * share * error(state, steps))) == (steps if clear else -1)
        # and the one before below it: this state is, for a level just above
        assert answer(state * (1 + 2 * share * error(state, steps + 1))) == (steps + 1 if clear else -1)


def test_a_walk_with_an_error_of_a_tenth_answers_nothing():
    # steps multiply by four here, so that the states are far from the level
    for error, clear in ((0.098, True), (0.102, False)):
        found = _walks(*(np.array([v]) for v in (1.0, 1e-6, 1 - 1e-6, 2e-6, 1 - 2e-6, error / UNIT)), 100)
        assert int(found[0]) == (1 if clear else -1)


def test_the_start_of_a_walk_is_as_exact_as_its_units_say(monkeypatch):
    seen = []

    def spy(s, z0, x0, levels, gaps, units, limit):
        seen.append((s, z0, levels, units))
        return _walks(s, z0, x0, levels, gaps, units, limit)

    monkeypatch.setattr(hitting, "_walks", spy)
    rng = np.random.default_rng(3)
    s, log_z0, theta = (
        rng.uniform(0.05, 1.0, 40),
        -np.exp(rng.uniform(0, 10, 40)),
        rng.uniform(0.001, 0.9, 40),
    )
    log_z0 = np.minimum(log_z0, np.log(theta) - 0.1)
    assert (first_hits(s, log_z0, theta) > 0).all()
    ((steps, starts, levels, units),) = seen
    assert np.array_equal(steps, s) and np.array_equal(levels, theta)
    aim = np.log(np.minimum(2.0**-28, theta / 16))
    for k in range(40):
        with precision(300):
            growth = 2 * Ball(s[k]).arb.log1p()
            near = max(0, math.floor((aim[k] - log_z0[k]) / (2 * math.log1p(s[k]))))
            step, errors = Ball(s[k]).arb, []
            for count in (near - 1, near, near + 1):  # rounding may count one more or less
                if count < 0:
                    continue
                climbed = Ball(log_z0[k]).arb + count * growth
                short = 2 * (climbed.exp() - Ball(log_z0[k]).arb.exp()) / ((1 + step) * (2 + step))
                z = (climbed - (short if count else 0)).exp()
                errors.append(abs(float((arb(float(starts[k])) / z).log())))
        assert min(errors) <= UNIT * units[k]
        # logarithms and exponentials to 8 units, the product to 9, the sum to one more; what the count leaves out
        assert units[k] == pytest.approx(12 + 10 * abs(log_z0[k]) + abs(math.log(starts[k])), rel=1e-9)


def test_what_starts_above_its_level_is_not_walked(monkeypatch):
    monkeypatch.setattr(hitting, "_walks", lambda *_: pytest.fail("walked"))
    theta = np.array([0.25, 0.5, 0.001])
    above = np.log(theta) + np.array([0.0, 0.5, 3.0])
    assert first_hits(0.1, above, theta).tolist() == [0, 0, 0]


@pytest.mark.parametrize("bits", [80, 120, 200, 1000, 3000, 7900])
@pytest.mark.parametrize(("s", "log_z0"), [(F(1, 3), F(-7)), (F(7, 5), F(-40))])
def test_levels_that_all_but_meet_a_state_are_told_apart(s, log_z0, bits):
    """A level so many bits from the state of step 12, above it and below."""
    with precision(9000):
        state = descent(Ball(s), steps=12, log_z0=Ball(log_z0))[12].arb
        near = F(int((state.mid() * arb((1, bits))).floor().unique_fmpz()), 2**bits)
        assert exact(near) < state < exact(near + F(1, 2**bits))
    assert first_hit(s, log_z0, near) == 12
    assert first_hit(s, log_z0, near + F(1, 2**bits)) == 13


def test_levels_nearer_than_the_most_bits_are_undecided():
    with precision(9500):
        state = descent(Ball(F(1, 3)), steps=12, log_z0=Ball(F(-7)))[12].arb
        near = F(int((state.mid() * arb((1, 9000))).floor().unique_fmpz()), 2**9000)
    with pytest.raises(Undecided, match="within 8192 bits"):
        first_hit(F(1, 3), F(-7), near)


@pytest.mark.parametrize("level", [2.0**-28, 1e-40, 1e-3])
@pytest.mark.parametrize(
    ("s", "log_z0"), [(0.05, -50.0), (0.7, -1000.0), (3.0, -200.0), (0.5, -3.0), (0.25, -(2.0**40))]
)
def test_a_jump_counts_up_to_its_level_and_encloses_what_is_there(s, log_z0, level):
    with precision(200):
        steps, z = _jump(s, lambda: arb(log_z0), level)
        growth = 2 * Ball(s).arb.log1p()
        climbed = (log_z0 + steps * growth).exp()
        assert climbed <= level or steps == 0
        assert climbed * growth.exp() > level and (steps > 0) is (log_z0 + growth < math.log(level))
        if steps and steps < 10**4:
            with precision(1000):
                state = descent(Ball(s), steps=steps, log_z0=Ball(log_z0))[-1].arb
                assert z.contains(state)
        if steps:
            # what is left out is the square of the climb, either way
            size = climbed * climbed * climbed
            assert size * 0.98 <= z.rad() <= size * 1.01 + climbed * arb((1, -120))
            middle = climbed * (1 - 2 * climbed / ((1 + arb(s)) * (2 + arb(s))))
            assert abs(z - middle) <= size * 4 + climbed * (arb((1, -120)) + arb(log_z0).exp())
        else:
            assert z.contains(arb(log_z0).exp().mid()) and z.rad() < 1e-30


@pytest.mark.parametrize("z0", [F(1, 3 * 10**60), F(3, 10), F(3, 5), 1 - F(1, 3 * 10**30)])
@pytest.mark.parametrize("s", [F(1, 10), F(49, 100)])
def test_a_mantissa_keeps_its_length(s, z0):
    """Long enough for its accuracy, and not much longer, however long the orbit."""
    bits = 100
    with precision(bits + 2 * NEAREST):
        found = integer_orbit(exact(s), exact(z0), exact(1 - z0), 600, bits)
    lengths = [M.bit_length() for M, E in (*found.rising, *found.falling)]
    assert min(lengths) > found.bits
    assert max(lengths) <= found.bits + 2 * SHIFT + 1
