"""The step-by-step walks against enclosures of the same orbits: states, counts, and what is left alone."""

import math

import numpy as np
import pytest

from rankladder.numbers import Ball, precision
from rankladder.simulate.walks import walk_modes, walk_null_modes, walk_to_levels

UNTOUCHED = -7.0


def orbit(s, z0, steps):
    """Every state of the normal form in 400 bits, each followed from the midpoint of the one before."""
    states = [z0]
    with precision(400):
        z = Ball(z0)
        for _ in range(steps):
            z = Ball((z * (1 + Ball(s) * (1 - z)) ** 2).arb.mid())
            states.append(z)
        return states


def modes(s, z0, start, times, limit=10**6, settled=2.0**-54):
    out, walked = np.full((len(times), len(s)), UNTOUCHED), np.full(len(s), -1, dtype=np.int64)
    start, times = np.array(start, dtype=np.int64), np.array(times, dtype=np.int64)
    ended = walk_modes.interpreted(
        np.array(s), np.array(z0), start, np.full(len(s), settled), times, limit, out, walked
    )
    return ended, out, walked.tolist()


def test_a_mode_is_walked_from_its_start_to_every_later_time():
    s, z0, start = [0.1, 0.3, 0.5, 0.45], [1e-3, 0.2, 0.6, 0.9], [0, 7, 30, 100]
    times = [0, 3, 7, 8, 31, 45, 90]
    ended, out, walked = modes(s, z0, start, times)
    assert ended == -1
    for mode in range(4):
        exact = orbit(s[mode], z0[mode], 90)
        steps = 0
        for row, time in enumerate(times):
            if time <= start[mode]:
                assert out[row, mode] == UNTOUCHED
            else:
                steps = time - start[mode]
                assert abs(out[row, mode] / exact[steps] - 1) < 1e-13
        near = next((k for k, z in enumerate(exact) if k and abs(1 - z) <= 2.0**-54), 10**9)
        assert walked[mode] == min(steps, near)


def test_near_one_the_distance_from_one_is_walked():
    # settled far below rounding of 1: x halves for ever, so z is 1 and the walk goes on
    ended, out, walked = modes([0.25], [1 - 2.0**-20], [0], [10, 1000], settled=1e-200)
    assert ended == -1 and out[1, 0] == 1.0
    assert walked[0] == pytest.approx((200 * math.log(10) - 20 * math.log(2)) / math.log(2), abs=2)
    assert abs(out[0, 0] - 1) == pytest.approx(2.0**-30, rel=1e-5)


def test_a_mode_that_overflows_stays_where_it_is():
    ended, out, walked = modes([4.0, 0.5], [3.0, 0.5], [0, 0], [2, 5, 40])
    assert ended == -1 and not np.isfinite(out[2, 0]) and out[2, 1] == 1.0
    exact = orbit(4.0, 3.0, 8)
    assert out[0, 0] == pytest.approx(exact[2].mid) and walked[0] < 12
    assert walked[0] == next(k for k in range(1, 12) if k > 8 or abs(exact[k].mid) > 1e308)


def test_the_limit_of_a_walk_is_counted_from_its_start():
    for start in (0, 5, 64):
        times = [start + 10]
        assert modes([0.01], [1e-3], [start], times, limit=10)[0] == -1
        assert modes([0.01], [1e-3], [start], times, limit=9)[0] == 0
    assert modes([0.5, 0.01, 0.01], [0.9, 1e-3, 1e-3], [0, 0, 0], [50], limit=40)[0] == 1


def null_modes(e0, times, small=2.0**-14):
    out = np.full((len(times), len(e0)), UNTOUCHED)
    walked, last = np.full(len(e0), -1, dtype=np.int64), np.zeros(len(e0))
    with np.errstate(all="ignore"):
        walk_null_modes.interpreted(np.array(e0), np.array(times, dtype=np.int64), small, out, walked, last)
    return out, walked.tolist(), last


def exact_null(e0, steps):
    states = [Ball(e0)]
    with precision(400):
        for _ in range(steps):
            e = states[-1]
            states.append(Ball((e * (1 - e) * (1 - e)).arb.mid()))
    return states


@pytest.mark.parametrize("e0", [0.3, 1.2, 1.9, 2.0**-14, 2.0**-13, 1e-9])
@pytest.mark.parametrize("times", [[0, 1, 2, 5, 1000, 9000], [4], [0], [20_000]])
def test_a_null_mode_is_walked_until_it_is_small(e0, times):
    out, walked, last = null_modes([e0], times)
    exact = exact_null(e0, min(times[-1], 9000))
    small = next((k for k, e in enumerate(exact) if e <= 2.0**-14), len(exact) + 10**6)
    steps = min(small, times[-1])
    assert walked == [steps] and last[0] == pytest.approx(exact[steps].mid, rel=1e-11)
    for row, time in enumerate(times):
        if time < small:
            assert out[row, 0] == pytest.approx(exact[time].mid, rel=1e-11)
        else:
            assert out[row, 0] == UNTOUCHED


def test_a_null_mode_that_flips_or_overflows_fills_its_column():
    out, walked, _ = null_modes([2.0, 3.5, 0.25], [0, 1, 50, 51])
    assert out[:, 0].tolist() == [2.0] * 4 and walked[0] == 0
    assert out[:2, 1].tolist() == [3.5, 3.5 * 6.25] and np.isinf(out[2:, 1]).all()
    assert out[:2, 2].tolist() == [0.25, 0.25 * 0.5625] and (out[2:, 2] > 0).all() and walked[2] == 51


@pytest.mark.parametrize(("s", "z0"), [(0.3, 1e-9), (0.01, 1e-4), (1.0, 1e-3), (0.5, 0.4)])
@pytest.mark.parametrize("theta", [0.5, 0.9, 1e-3, 0.2])
def test_a_level_is_reached_in_the_first_step_at_or_above_it(s, z0, theta):
    exact = orbit(s, z0, 3000)
    hits, after, before = np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1)
    walk_to_levels.interpreted(np.array([s]), np.array([z0]), np.array([theta]), 3000, hits, after, before)
    k = next(k for k, z in enumerate(exact) if z >= theta)
    assert hits[0] == k
    # compensated: rounding is relative to the growth, so it adds up to the climb and not to the steps
    climb = math.log(max(theta / z0, 1)) + 2
    for found, state in ((after, exact[k]), (before, exact[max(k - 1, 0)])):
        assert abs(found[0] / state - 1) <= 2.0**-53 * (20 * climb + 2 * s * k + 1)
    if k > 3:
        walk_to_levels.interpreted(
            np.array([s]), np.array([z0]), np.array([theta]), k - 2, hits, after, before
        )
        assert (
            hits[0] == k - 2 and after[0] == pytest.approx(exact[k - 2].mid, rel=1e-12) and after[0] < theta
        )


def test_a_long_walk_keeps_its_relative_accuracy():
    # twelve thousand steps that climb by less than e^13: uncompensated, a step's rounding would be added to z each time
    s, z0, steps = 5e-4, 1e-6, 12_000
    hits, after, before = np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1)
    walk_to_levels.interpreted(np.array([s]), np.array([z0]), np.array([0.9]), steps, hits, after, before)
    exact = orbit(s, z0, steps)[-1]
    assert hits[0] == steps and abs(after[0] / exact - 1) <= 2.0**-53 * (20 * 14 + 2 * s * steps)
    assert abs(after[0] / exact - 1) <= 2.0**-51
