"""Slow modes, whose steps are counted, against walks of every step."""

import numpy as np
import pytest

from rankladder.numbers import Ball, precision
from rankladder.simulate import descent, first_hit, first_hits, mode_trajectory


def orbit(s, log_z0, steps):
    with precision(200):
        return descent(Ball(s), steps=steps, log_z0=Ball(log_z0))


def walked(s, log_z0, theta):
    """The first hit, by all steps in balls."""
    with precision(200):
        step, level, z, k = Ball(s), Ball(theta), np.exp(Ball(log_z0)), 0
        while z < level:
            z = Ball((z * (1 + step * (1 - z)) ** 2).arb.mid())
            k += 1
    return k


@pytest.mark.parametrize("s", [2.0**-6, 0.011, 1e-3])
@pytest.mark.parametrize("log_z0", [-30.0, -5.0, -1e-3])
def test_states_of_slow_modes_are_those_of_the_recursion(s, log_z0):
    steps = int(30 / s) if s > 2e-3 else 8000
    exact = orbit(s, log_z0, steps)
    delta = -log_z0 / 2
    times = np.unique(np.linspace(0, steps, 60).astype(int))
    found = mode_trajectory(s, s, 1.0, delta, times)
    assert found.walked == 0
    expected = np.array([float(value.mid) for value in exact.log[times]])
    assert np.abs(found.log_z[:, 0] - expected).max() < 1e-13 * (1 + abs(log_z0))


def test_hits_of_slow_modes_are_those_of_walks():
    rng = np.random.default_rng(5)
    s = np.exp(rng.uniform(np.log(4e-3), np.log(2.0**-6), 40))
    log_z0 = -np.exp(rng.uniform(-1, 2.3, 40))
    theta = np.where(rng.random(40) < 0.3, 1 - 2.0 ** -rng.uniform(2, 50, 40), rng.uniform(0.01, 0.99, 40))
    expected = [walked(*map(float, one)) for one in zip(s, log_z0, theta, strict=True)]
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


@pytest.mark.parametrize("k", [1, 700])
def test_a_level_met_exactly_is_told_from_its_neighbours(k):
    s, log_z0 = 2.0**-7, -4.0
    level = float(orbit(s, log_z0, k)[k].mid)
    levels = [np.nextafter(level, 0), level, np.nextafter(level, 1)]
    assert first_hits(s, log_z0, levels).tolist() == [first_hit(s, log_z0, float(one)) for one in levels]
    assert set(first_hits(s, log_z0, levels).tolist()) == {k, k + 1}
