"""What decides between the interpreter and a compiled loop: an estimate of the work, against the work done."""

import sys

import numpy as np
import pytest

from simulate import descent, descent_bounds, first_hits, mode_descent, mode_trajectory
from simulate.compiling import PRICE, PRICE_OF_ONE, Kernel
from simulate.hitting import JUMP_TO
from simulate.matrix_kernels import LARGEST, LEAST_STEPS, suits
from simulate.walks import STEP_SECONDS


@pytest.fixture
def estimates(monkeypatch):
    """The seconds that kernels are asked about; all loops run interpreted."""
    asked = []
    monkeypatch.setattr(Kernel, "pays", lambda self, seconds: asked.append((self.name, seconds)) is not None)
    return asked


@pytest.mark.parametrize("s", [0.05, 0.2, 0.45, 0.9])
def test_the_estimate_of_a_climb_is_about_the_steps_walked(s, estimates):
    for times in (10**6, [0, 40]):
        estimates.clear()
        run = mode_trajectory(
            [s, s], 1.0, 1.0, [100.0, 200.0], times if isinstance(times, list) else [0, times]
        )
        active = next(seconds for name, seconds in estimates if name == "walk_modes")
        assert active / STEP_SECONDS == pytest.approx(max(run.walked, 1), rel=0.3, abs=4)


def test_the_estimate_of_a_null_mode_is_no_less_than_the_steps_walked(estimates):
    for times, rate in (([0, 10**6], 0.5), ([0, 50], 0.5), ([0, 10**6], 2.0**-16)):
        estimates.clear()
        run = mode_trajectory(0.0, rate, 1.0, 0.0, times)
        (seconds,) = (seconds for name, seconds in estimates if name == "walk_null_modes")
        assert run.walked * STEP_SECONDS <= seconds * (1 + 1e-9)
        assert seconds <= max(1.3 * run.walked, 0) * STEP_SECONDS + 1e-12


def test_the_estimate_of_a_first_hit_is_about_the_steps_from_the_jump(estimates):
    s, theta = np.array([0.03, 0.2, 0.6]), np.array([0.5, 0.9, 0.99])
    hits = first_hits(s, -100.0, theta)
    (seconds,) = (seconds for _, seconds in estimates)
    # the climb is walked from about JUMP_TO; the tail above 1/2 takes as much again at most
    jumped = np.floor((np.log(JUMP_TO) + 100.0) / (2 * np.log1p(s)))
    assert seconds / STEP_SECONDS == pytest.approx(float((hits - jumped).sum()), rel=0.3)
    estimates.clear()
    with pytest.raises(ValueError, match="more than limit=7 steps"):
        first_hits([0.6, 0.7, 0.9], -100.0, theta, limit=7)
    assert estimates[0][1] == pytest.approx(3 * 7 * STEP_SECONDS)


def test_limits_are_given_by_name():
    with pytest.raises(TypeError):
        first_hits(0.1, -10.0, 0.5, 10**6)


def test_the_estimates_of_recursions_grow_with_steps_and_modes(estimates):
    def asked(run):
        estimates.clear()
        run()
        (seconds,) = {seconds for _, seconds in estimates}
        return seconds

    for one, run in (
        (2e-6, lambda n, k, every=1: mode_descent(np.ones(n), 1.0, 0.1, 0.1, k, every=every)),
        (30e-6, lambda n, k, every=1: descent_bounds(np.full(n, 0.1), 0.1, k, every=every)),
        (15e-6, lambda n, k: descent(np.full(n, 0.1), 0.1, k)),
    ):
        base, more, wide = (
            asked(lambda n=n, k=k, run=run: run(n, k)) for n, k in ((1, 10), (1, 20), (50, 10))
        )
        assert base == pytest.approx(10 * one, rel=0.01)  # a step of one mode costs what the expression does
        assert more == pytest.approx(2 * base)
        assert base < wide < 1.1 * base  # vectors are cheap
    assert asked(lambda: mode_descent(1.0, 1.0, 0.1, 0.1, 20, every=2)) == pytest.approx(20 * 2e-6, rel=0.01)
    assert asked(lambda: descent_bounds(0.1, 0.1, 20, every=2)) == pytest.approx(20 * 30e-6, rel=0.01)


@pytest.mark.parametrize("loaded", [False, True])
def test_many_short_runs_pay_for_loading_once(loaded, monkeypatch):
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    if loaded:
        monkeypatch.setitem(sys.modules, "numba", object())
    monkeypatch.setattr(Kernel, "_spent", 0.0)
    monkeypatch.setattr(Kernel, "_eager", False)
    made, other = (Kernel(lambda x: x, "float64(float64)", name) for name in ("same", "other"))
    assert not made.pays(0.75 * PRICE_OF_ONE)
    assert made.pays(0.75 * PRICE_OF_ONE) is loaded  # once Numba is there, a kernel pays for itself alone
    assert Kernel._spent == pytest.approx(1.5 * PRICE_OF_ONE)
    assert made.pays(PRICE) and not other.pays(
        0.0
    )  # what all kernels of a process would have saved pays for Numba
    assert not other.pays(0.9 * PRICE_OF_ONE) and other.pays(0.2 * PRICE_OF_ONE)
    monkeypatch.setattr(Kernel, "_spent", 0.0)
    other._own_spent = 0.0
    assert not other.pays(0.0)
    other._compiled = other.interpreted
    assert other.ready and other.pays(0.0) and not made.ready
    monkeypatch.setattr(Kernel, "_eager", True)
    assert Kernel(lambda x: x, "float64(float64)", "third").pays(0.0)


def test_small_matrices_and_many_steps_suit_the_kernels():
    def fits(steps, d, r, p):
        return suits(np.zeros((d, r)), np.zeros((r, p)), [0, steps])

    assert fits(LEAST_STEPS, 2, 2, 2) and fits(LEAST_STEPS + 1, LARGEST, LARGEST, LARGEST)
    assert not fits(LEAST_STEPS - 1, 2, 2, 2)
    for shape in ((LARGEST + 1, 2, 2), (2, LARGEST + 1, 2), (2, 2, LARGEST + 1)):
        assert not fits(LEAST_STEPS, *shape)


def test_a_walk_of_just_the_limit_is_walked():
    steps = int(first_hits(0.2, -1.0, 0.9)[()])
    assert first_hits(0.2, -1.0, 0.9, limit=steps) == steps
    with pytest.raises(ValueError, match=f"more than limit={steps - 1} steps"):
        first_hits(0.2, -1.0, 0.9, limit=steps - 1)
    # beyond s = 1 nothing settles, so every step is walked
    assert mode_trajectory(1.2, 1.0, 1.0, 1.0, [0, 50], limit=50).walked == 50
    with pytest.raises(ValueError, match="more than limit=49 steps"):
        mode_trajectory(1.2, 1.0, 1.0, 1.0, [0, 50], limit=49)


@pytest.mark.parametrize("delta", [1.0, 30.0, 3000.0])
def test_the_limit_counts_the_steps_walked_and_not_those_jumped_over(delta):
    last = int(delta / np.log1p(1.2)) + 60
    walked = mode_trajectory(1.2, 1.0, 1.0, delta, [0, last]).walked
    assert walked < 90 and (delta < 30 or walked < last)
    assert mode_trajectory(1.2, 1.0, 1.0, delta, [0, last], limit=walked).walked == walked
    with pytest.raises(ValueError, match=f"more than limit={walked - 1} steps"):
        mode_trajectory(1.2, 1.0, 1.0, delta, [0, last], limit=walked - 1)
