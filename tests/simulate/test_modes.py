"""The modes of a network at chosen steps, most of which are counted, against every step in many bits."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, precision
from rankladder.simulate import descent, mode_trajectory

UNIT = 2.0**-53


def every_step(sigma, lam, eta, delta, steps):
    """``log w`` after every step of the recursion, in 300 bits."""
    with precision(300):
        w = np.exp(-2 * Ball(delta))
        orbit = [w]
        for _ in range(steps):
            m = Ball(w.arb.mid())  # the loss of width over some thousand steps is far below 300 bits
            w = m * (1 + Ball(eta) * (Ball(sigma) - Ball(lam) * m)) ** 2
            orbit.append(w)
        return [float(np.log(value).mid) for value in orbit]


@settings(deadline=None, max_examples=25)
@given(st.floats(0.05, 3.0), st.floats(0.1, 3.0), st.floats(0.02, 0.16), st.floats(0.0, 60.0))
@example(1.0, 1.0, 0.1, 45.0)
def test_jumps_agree_with_every_step(sigma, lam, eta, delta):
    steps = 3000
    expected = np.array(every_step(sigma, lam, eta, delta, steps))
    run = mode_trajectory(sigma, lam, eta, delta, steps)
    log_omega = math.log(sigma) - math.log(lam)
    # log z0 and the climb carry 4 units of 2δ; s ≤ ½ amplifies nothing, and each walked step adds 8 units
    # (η σ itself is rounded: relative to the climb, 2 more)
    allowed = 8 * UNIT * (2 * delta + 10) + 8 * UNIT * run.walked
    assert np.abs(run.log_z[:, 0] + log_omega - expected).max() <= allowed


@settings(deadline=None, max_examples=25)
@given(st.floats(0.1, 3.0), st.floats(0.01, 0.6), st.floats(0.0, 12.0))
@example(2.0, 0.9, 0.0)
def test_null_modes_agree_with_every_step(lam, eta, delta):
    steps = 3000
    expected = every_step(0.0, lam, eta, delta, steps)
    chosen = [0, 1, 2, 10, 300, 1000, 3000]
    run = mode_trajectory(0.0, lam, eta, delta, chosen)
    allowed = 8 * UNIT * (2 * delta + 20) + 8 * UNIT * run.walked
    for row, k in enumerate(chosen):
        assert abs(run.log_z[row, 0] - expected[k]) <= allowed
    assert np.array_equal(run.z, run.w)


def test_large_steps_are_walked(compiled):
    # s in (1, 2): a bounded orbit that never settles; the walk is the plain recursion
    run = mode_trajectory(1.5, 1.0, 1.0, 2.0, 60)
    assert np.allclose(run.z[:20, 0], descent(1.5, run.z[0, 0], 60).z[:20], rtol=1e-9)
    assert mode_trajectory(1.5, 1.0, 1.0, 2.0, [1000], limit=1000).walked == 1000
    with pytest.raises(ValueError, match="more than limit=999"):
        mode_trajectory(1.5, 1.0, 1.0, 2.0, [1000], limit=999)
    # s = 4: it overflows, and its neighbour does not mind
    run = mode_trajectory([4.0, 0.5], 1.0, 1.0, [-1.0, 1.0], [2, 5, 400])
    assert not np.isfinite(run.z[2, 0]) and run.z[2, 1] == 1.0 and run.walked < 100
    assert run.log_z[0, 0] + math.log(4.0) == pytest.approx(every_step(4.0, 1.0, 1.0, -1.0, 2)[-1])


@pytest.mark.parametrize("s", [2.0**-6, 0.011, 1e-3])
@pytest.mark.parametrize("log_z0", [-30.0, -5.0, -1e-3])
def test_slow_modes_are_counted_and_not_walked(s, log_z0):
    steps = int(30 / s) if s > 2e-3 else 8000
    times = np.unique(np.linspace(0, steps, 60).astype(int))
    found = mode_trajectory(s, s, 1.0, -log_z0 / 2, times)
    assert found.walked == 0
    with precision(200):
        exact = descent(Ball(s), steps=steps, log_z0=Ball(log_z0)).log[times]
    assert np.abs(found.log_z[:, 0] - [value.mid for value in exact]).max() < 1e-13 * (1 + abs(log_z0))
