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


@pytest.mark.parametrize(("log_e", "steps"), [(-9.71, 3000), (-9.71, 17), (-11.0, 2000)])
def test_small_null_modes_are_not_walked(log_e, steps):
    run = mode_trajectory(0.0, 1.0, 1.0, -log_e / 2, [steps])
    assert run.walked == 0
    assert abs(run.log_z[0, 0] - every_step(0.0, 1.0, 1.0, -log_e / 2, steps)[-1]) <= 4 * UNIT * abs(log_e)


@pytest.mark.parametrize("log_w", [-45.5, -60.0, -70.0])
@pytest.mark.parametrize("share", [1e-9, 0.3, 1.0, 10.0])
def test_null_modes_far_below_rounding(log_w, share):
    """``1/w`` grows by 2 a step there; ``share`` of itself in all."""
    steps = round(share * math.exp(-log_w - 30))
    run = mode_trajectory(0.0, math.exp(-30), 1.0, -log_w / 2, [steps])
    expected = log_w - math.log1p(2.0 * steps * math.exp(log_w - 30))
    assert run.log_z[0, 0] == pytest.approx(expected, rel=8 * UNIT)


def test_cost_does_not_grow_with_delta():
    near, far = (
        mode_trajectory([3.0, 2.0, 1.0, 0.0], 1.0, 0.05, delta, _around(delta)) for delta in (1e2, 1e6)
    )
    assert far.walked <= near.walked * 1.1 + 10
    assert near.walked < 4000
    huge = mode_trajectory([3.0, 0.0], 1.0, 0.05, 1e12, [0, 10**13, 10**15])
    assert huge.walked < 4000 and huge.z[:, 0].tolist() == [0.0, 1.0, 1.0]


def _around(delta):
    steps = {0, int(50 * delta)}
    for sigma in (1.0, 2.0, 3.0):
        middle = int(delta / math.log1p(0.05 * sigma))
        steps |= {middle - 5, middle, middle + 5}
    return sorted(steps)


def test_delta_a_million_is_the_same_transition():
    # the orbit depends on k through log z0 + 2 k log(1+s): find the same phase at two values of δ
    s = 0.15
    growth = 2 * math.log1p(s)
    near = mode_trajectory(3.0, 3.0, 0.05, 100.0, range(600, 900))
    k = 1_000_000
    shifted = 100.0 + k * growth / 2
    far = mode_trajectory(3.0, 3.0, 0.05, shifted, range(600 + k, 900 + k))
    assert np.abs(near.z - far.z).max() < 4 * UNIT * 2 * shifted


def test_many_modes_edge_sizes_and_null_at_the_fixed_point():
    sigma = np.linspace(0.0, 2.0, 200)
    run = mode_trajectory(sigma, 1.0, 0.2, 30.0, [0, 5000])
    assert run.z.shape == (2, 200)
    assert (run.z[1, sigma > 0.1] == 1.0).all() and run.z[1, 0] < np.exp(-59)
    assert np.array_equal(mode_trajectory([1.0, 1.0], 1.0, 0.2, 30.0, 100).z[:, 0],
                          mode_trajectory(1.0, 1.0, 0.2, 30.0, 100).z[:, 0])  # fmt: skip
    # η λ w0 = 2: the entry flips sign for ever and w stays
    assert mode_trajectory(0.0, 2.0, 1.0, 0.0, [0, 1, 10**9]).w[:, 0].tolist() == [1.0, 1.0, 1.0]
    # σ = λ = 0: nothing moves
    assert mode_trajectory(0.0, 0.0, 1.0, 1.0, [0, 10**6]).log_z[:, 0].tolist() == [-2.0, -2.0]
    # beyond 2 a null mode grows without bound
    assert mode_trajectory(0.0, 3.0, 1.0, 0.0, [100]).w[0, 0] == math.inf


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1.0, 0.1, 5.0, 3), "sigma -1.0 must be >= 0"),
        ((1.0, -1.0, 0.1, 5.0, 3), "lam -1.0 must be >= 0"),
        ((1.0, 0.0, 0.1, 5.0, 3), "must be > 0"),
        ((1.0, 1.0, 0.0, 5.0, 3), "step size 0.0"),
        ((1.0, 1.0, 0.1, math.inf, 3), "delta inf must be finite"),
        ((math.nan, 1.0, 0.1, 5.0, 3), "sigma nan"),
        ((1.0, 1.0, 0.1, 5.0, [2, 1]), "must increase"),
    ],
)
def test_bad_modes(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        mode_trajectory(*arguments)
    assert "\n" not in str(error.value)
