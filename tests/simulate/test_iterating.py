"""What every iteration does beside its steps: notice divergence, record, choose how many bits to carry."""

import math
from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
from flint import arb, ctx

from rankladder.numbers import Ball, precision
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.simulate import descent, entry_orbits, horizon_bits, mode_descent, one_layer_descent, orbits
from rankladder.simulate.blocks import BLOCK as QUICK_BLOCK
from rankladder.simulate.blocks import TUBE, run_blocks
from rankladder.simulate.iteration import (
    BLOCK,
    GUARD_BITS,
    _run_balls,
    iterate_balls,
    iterate_floats,
    iterate_symbols,
)


def counter(lost_at=None):
    """A map that counts its steps, and is not finite from one of them on."""

    def step(state):
        (x,) = state
        at = float(x[0, 0]) + 1
        return (np.full((1, 1), np.inf if lost_at is not None and at >= lost_at else at),)

    return step, (np.full((1, 1), np.inf if lost_at == 0 else 0.0),)


PLACES = [0, 1, 2, 3, 4, 5, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 1, 300]


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("last", PLACES)
def test_the_first_state_that_is_not_finite_is_found_wherever_it_is(last, watched):
    callback = (lambda k, x: False) if watched else None
    for lost_at in [None, *(place for place in PLACES if place <= last)]:
        for times in (list(range(last + 1)), [last], sorted({0, last // 2, last})):
            step, start = counter(lost_at)
            run = iterate_floats(step, start, times, callback)
            assert run.diverged_at == lost_at and run.times.tolist() == times
            expected = [k if lost_at is None or k < lost_at else math.nan for k in times]
            assert np.array_equal(run.states[0].ravel(), expected, equal_nan=True)


def test_no_more_steps_are_taken_than_are_needed():
    for last in (0, 1, BLOCK, BLOCK + 5):
        taken = []
        step, start = counter()
        iterate_floats(
            lambda state, step=step, taken=taken: taken.append(1) or step(state), start, [last], None
        )
        assert len(taken) == last
    # after a divergence its block is taken once more, and nothing after it
    taken = []
    step, start = counter(BLOCK + 3)
    iterate_floats(lambda state: taken.append(1) or step(state), start, [100 * BLOCK], None)
    assert len(taken) == 2 * BLOCK + 3


def test_symbols_are_stepped_as_they_are_written():
    taken = []

    def step(state):
        taken.append(state)
        return (state[0] * 2 + 1,)

    run = iterate_symbols(step, (np.array([[F(1, 3)]], dtype=object),), [0, 2, 3])
    assert run.states[0].ravel().tolist() == [F(1, 3), F(13, 3), F(29, 3)]
    assert run.times.tolist() == [0, 2, 3] and run.diverged_at is None and len(taken) == 3


@pytest.mark.parametrize(
    ("steps", "bits"), [(0, 32), (1, 33), (2, 34), (3, 35), (4, 35), (5, 36), (8, 38), (1001, 783)]
)
def test_the_bits_of_a_horizon_are_three_quarters_of_its_steps(steps, bits):
    assert horizon_bits(steps) == bits and type(horizon_bits(steps)) is int


class Stretch:
    """The spread of the map ``x ↦ factor x``."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, state, radius):
        return arb(self.factor)

    def along(self, states, tube):
        return np.full(len(tube), self.factor * (1 + 2.0**-40))


def carried(factor, start, steps, *, refine=True, callback=None, times=None):
    """A run of that map from an exact number; the bits of its attempts beyond those in force, and its result."""
    bits, ambient = [], int(ctx.prec)

    def prepare():
        bits.append(int(ctx.prec) - ambient)
        return (lambda state: (state[0] * arb(factor),)), Stretch(factor), (BallMatrix.of([[start]]),)

    run = iterate_balls(prepare, times or [steps], callback, refine=refine)
    assert bits[0] == 0  # the size of the start is asked for at the precision in force
    return bits[1:], run


BASE = GUARD_BITS + 2 * QUICK_BLOCK


@pytest.mark.parametrize(
    ("factor", "size", "steps", "guess"),
    [
        (0.5, 0, 10, 0),  # a contraction costs nothing
        (1.0, 0, 10, 0),
        (2.0, 0, 10, 10),  # a bit a step
        (2.0, 0, 15, 15),
        (4.0, 0, 10, 16),  # but no more than what carries the start to size 1, thrice, and 16
        (2.0, -8, 100, 40),
        (2.0**0.5, -20, 100, 50),
        (4.0, 5, 10, 1),
        (4.0, 6, 10, 0),
    ],
)
def test_the_first_attempt_carries_what_its_start_and_its_stretch_suggest(factor, size, steps, guess):
    attempts, _ = carried(factor, F(2) ** size, steps)
    assert attempts[0] == BASE + steps.bit_length() + guess


@pytest.mark.parametrize("ambient", [53, 128])
@pytest.mark.parametrize(("factor", "steps"), [(1.25, 40), (3.0, 30), (3.0, 100), (9.0, 200)])
@pytest.mark.parametrize("small", [1, 2**40])
def test_the_last_state_keeps_the_precision_in_force(ambient, factor, steps, small):
    with precision(ambient):
        attempts, run = carried(factor, F(1, 3 * small), steps)
        ((last,),) = (run.states[0][-1].tolist(),)
        with precision(ambient + 2000):
            assert (last[0] - Ball(F(factor)) ** steps * Ball(F(1, 3 * small))).contains_zero()
        # against the size of the start, or of an orbit that has long left it
        size = max(1 / (3 * small), factor**steps / 2.0**256 / (3 * small))
        assert last[0].arb.rad() <= arb((1, -ambient)) * size * 1.01
        # a second attempt knows what the first lacked, unless that knew nothing any more
        assert attempts == sorted(set(attempts)) and 1 <= len(attempts) <= (2 if factor < 9 else 4)
        if len(attempts) == 2:
            lacked = steps * math.log2(factor) - attempts[0]
            assert attempts[1] - attempts[0] <= max(lacked + 60, 2 * attempts[0])
    with precision(ambient):
        # what is known no better is run once; so is what a callback watches, by the caller's precision
        assert len(carried(factor, F(1, 3 * small), steps, refine=False)[0]) == 1
        assert len(carried(factor, F(1, 3 * small), steps, callback=lambda k, x: False)[0]) == 1


@pytest.mark.parametrize("factor", [1.5, 2.0, 3.0])
def test_an_attempt_is_repeated_where_it_was_not_good_enough_and_only_there(factor):
    counts = set()
    for steps in range(1, 150):
        attempts, run = carried(factor, F(1, 3), steps)
        first, once = carried(factor, F(1, 3), steps, refine=False)
        assert first == attempts[:1]
        widths = [float(found.states[0][0, 0, 0].arb.rad()) for found in (once, run)]
        assert (len(attempts) == 1) is (widths[0] <= 2.0**-53 / 3) and widths[1] <= 2.0**-53 / 3
        counts.add(len(attempts))
    assert counts == {1, 2}


def test_whether_to_refine_is_said_by_name():
    with pytest.raises(TypeError):
        iterate_balls(lambda: None, [1], None, True)


def test_a_diverging_orbit_is_not_refined_for_ever():
    attempts, _ = carried(2.0**40, F(1, 3), 30)
    most = 8 * 30 + 4096
    assert attempts[-1] <= most and len(attempts) < 8


def test_one_layer_beyond_its_stability_is_known_to_the_precision_in_force():
    run = one_layer_descent([[F(3)]], [[F(0)]], [[F(1, 3)]], F(1), [200])
    assert (run.W[0, 0, 0] - Ball(F(2**200, 3))).contains_zero()
    assert run.W[0, 0, 0].radius <= 2.0**-53


def in_blocks(factor, start, times, radius=0.0, bits=100):
    """A run of ``x ↦ factor x`` on a row of two, in blocks."""
    with precision(bits):
        first = BallMatrix.of([[Ball(start) * (1 + Ball(arb(0, radius))), Ball(0)]])
        return run_blocks(lambda state: (state[0] * arb(factor),), Stretch(factor), (first,), times)


@pytest.mark.parametrize("lost_at", [1, 2, 5, 6])
def test_balls_that_lose_everything_are_lost_from_that_step_on(lost_at):
    """The spread of the step to ``lost_at`` is infinite; the centres double."""
    start = (BallMatrix.of([[Ball(1)]]),)

    def spread(centre, radius):
        at = float(centre[0].mid().array(arb(0))[0, 0].mid)
        return arb("inf") if at == 2.0 ** (lost_at - 1) else arb(2)

    def doubled(state):
        return (state[0] * arb(2),)

    times = [0, 1, 3, 5]
    recorded, radius, _ = _run_balls(doubled, spread, (start[0] + start[0] * arb(0, 2.0**-30),), times, None)
    assert recorded.diverged_at == (lost_at if lost_at <= 5 else None)
    assert [row[0, 0].is_nan() for row in recorded.states[0]] == [k >= lost_at for k in times]
    assert radius.is_finite() == (lost_at > 5)


@pytest.mark.parametrize("factor", [1.5, 0.75])
@pytest.mark.parametrize("radius", [0.0, 2.0**-30, 2.0**-60])
@pytest.mark.parametrize("last", [0, 1, QUICK_BLOCK - 1, QUICK_BLOCK, QUICK_BLOCK + 1, 3 * QUICK_BLOCK, 50])
def test_the_radius_of_a_block_is_stretched_at_every_step(factor, radius, last):
    recorded, lost, size = in_blocks(factor, F(1, 3), list(range(last + 1)), radius)
    assert recorded.times.tolist() == list(range(last + 1)) and recorded.diverged_at is None
    for k, row in enumerate(recorded.states[0]):
        with precision(2000):
            exact = Ball(F(factor)) ** k / 3
            assert (row[0, 0] - exact).contains_zero() and row[0, 1].arb.contains(0)
            assert (row[0, 0] - exact * (1 + Ball(radius))).contains_zero()  # the other end of the start
        # what the start leaves open, carried; beside that only rounding, a few units a step
        assert radius * factor**k / 3 * 0.999 <= row[0, 0].radius
        assert row[0, 0].radius <= factor**k * (radius / 3 * 1.0001 + (k + 2) * 2.0**-98)
        assert row[0, 1].radius == pytest.approx(row[0, 0].radius, rel=1e-3, abs=2.0**-95 * factor**k)
    assert size == pytest.approx(last * math.log2(factor) - math.log2(3), abs=1e-6)
    assert float(lost) == pytest.approx(
        recorded.states[0][-1][0, 1].radius, rel=1e-6, abs=2.0**-97 * factor**last
    )


def test_a_block_gives_up_what_is_too_wide_or_too_large():
    assert in_blocks(1.0, F(1, 3), [16], TUBE * 0.99) is not None
    assert in_blocks(1.0, F(1, 3), [16], TUBE * 1.01) is None
    # the true orbit and that of the centre may part by the tube, against the size that the state has by then
    assert in_blocks(2.0, F(1, 3), [16], TUBE * 0.99) is not None
    # 4^117/3 is below 1e70 and 4^118/3 above, from which no step can be bounded any more
    assert in_blocks(4.0, F(1, 3), [118]) is not None and in_blocks(4.0, F(1, 3), [119]) is None
    assert in_blocks(4.0, F(10**70), [0]) is None and in_blocks(4.0, F(10**69), [0]) is not None
    # the rounding of a block counts as well: at 24 bits it is soon more than the tube
    assert (
        in_blocks(1.5, F(1, 3), [40], bits=24) is None and in_blocks(1.5, F(1, 3), [40], bits=40) is not None
    )


def test_blocks_record_what_is_asked_for():
    times = [0, 3, 7, 8, 9, 17, 33]
    some, every = (in_blocks(1.5, F(1, 3), chosen)[0] for chosen in (times, list(range(34))))
    assert some.times.tolist() == times and some.states[0].shape == (7, 1, 2)
    for row, k in zip(some.states[0], times, strict=True):
        assert row[0, 0].arb.str(40) == every.states[0][k][0, 0].arb.str(40)
    assert in_blocks(1.5, F(1, 3), [0])[0].states[0].shape == (1, 1, 2)


def bits_lost(ball, bits):
    """How many of so many bits the radius takes, of the largest number in the ball."""
    share = float((ball.rad() / ball.abs_upper()).log()) / math.log(2) if ball.rad() else -math.inf
    return min(bits, max(0, bits + math.ceil(share))) if math.isfinite(share) else 0


@pytest.fixture
def attempts(monkeypatch):
    """The bits of every attempt at an orbit of one mode, and how many of them the end of it has lost."""
    seen = []
    centred = orbits._centred_orbit

    def spy(z, *others):
        made = centred(z, *others)
        bits = int(ctx.prec)
        seen.append((bits, max(bits_lost(made[0][-1], bits), min(1024, bits_lost(made[1][-1], bits)))))
        return made

    monkeypatch.setattr(orbits, "_centred_orbit", spy)
    monkeypatch.setattr(orbits, "FEWEST", 10**9)
    return seen


def repeated_for_what_was_lost(attempts, ambient, steps):
    """Each attempt but the last lost more than the bits it had to spare; the next has those too, and 32 more."""
    assert attempts[0][0] == ambient + 32 + steps.bit_length()
    assert attempts[-1][1] <= attempts[-1][0] - ambient
    for (bits, lost), (more, _) in pairwise(attempts):
        assert lost > bits - ambient and abs(more - (ambient + lost + 32)) <= 1


CASES = [
    (F(1, 3), F(1, 5), 60),  # tame: nothing is lost
    (F(1, 3), F(1, 5), 0),
    (F(3, 2), F(1, 4), 300),  # chaotic: some bits a step are
    (F(19, 10), F(1, 5), 500),
]


@pytest.mark.parametrize("ambient", [53, 200])
@pytest.mark.parametrize(("s", "z0", "steps"), CASES)
def test_an_orbit_is_repeated_with_the_bits_it_lost(ambient, s, z0, steps, attempts):
    with precision(ambient):
        orbit = descent(s, z0, steps)
    repeated_for_what_was_lost(attempts, ambient, steps)
    assert (len(attempts) > 1) is (s > 1)
    for state in (orbit.z[-1], orbit.x[-1]):
        assert state.arb.rad() <= abs(state.arb.mid()) * arb((1, 1 - ambient))
    # what a ball leaves open is not refined
    attempts.clear()
    with precision(ambient):
        descent(Ball(arb(1.5, 1e-30)), z0, steps)
    assert len(attempts) == 1


def test_an_orbit_is_repeated_only_where_it_must_be(attempts):
    counts = []
    for steps in range(1, 90):
        attempts.clear()
        descent(F(3, 2), F(1, 4), steps)
        repeated_for_what_was_lost(attempts, 53, steps)
        counts.append(len(attempts))
    assert counts[0] == 1 and max(counts) == 2


def test_an_orbit_beyond_all_measure_is_left_wide(attempts):
    orbit = descent(F(5), F(1, 3), 200)  # doubles its exponent, and loses bits, at every step
    bits = [bits for bits, _ in attempts]
    assert bits == sorted(bits) and bits[-1] <= 53 + 16384 + 32
    assert orbit[3].radius < 1e-10 * abs(orbit[3].mid)


@pytest.mark.parametrize("ambient", [53, 200])
@pytest.mark.parametrize(("sigma", "steps"), [(F(1, 3), 60), (F(3, 2), 300), (F(0), 40)])
def test_an_entry_is_repeated_with_the_bits_it_lost(ambient, sigma, steps, monkeypatch):
    seen = {}
    stepping = entry_orbits.centred_step

    def spy(*arguments):
        made = stepping(*arguments)
        seen[int(ctx.prec)] = bits_lost(made, int(ctx.prec))
        return made

    monkeypatch.setattr(entry_orbits, "centred_step", spy)
    with precision(ambient):
        orbit = mode_descent(sigma, F(1), F(1), F(1, 5), steps)
    repeated_for_what_was_lost(list(seen.items()), ambient, steps)
    assert (len(seen) > 1) is (sigma > 1)
    last = orbit.a[-1].arb
    assert last.rad() <= abs(last.mid()) * arb((1, 1 - ambient))
    seen.clear()
    with precision(ambient):
        mode_descent(Ball(arb(1.5, 1e-30)), F(1), F(1), F(1, 5), steps)
    assert len(seen) == 1
