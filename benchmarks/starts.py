"""Vanishing starts: what δ = 1e6 costs beside δ = 10."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.contest import Contest, Rival, require
from rankladder.simulate import descent, first_hits, mode_trajectory
from rankladder.simulate.walks import walk_modes, walk_to_levels

__all__ = ["contests"]

MODES = 256
ETA = 0.05
NEAR, FAR = 10.0, 1e6


@functools.cache
def spectrum() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 3.0, MODES), rng.uniform(0.5, 3.0, MODES)


def hits(delta: float) -> Any:
    sigma, lam = spectrum()
    return first_hits(ETA * sigma, np.log(lam / sigma) - 2.0 * delta, 0.5)


def walked_hits(delta: float) -> Any:
    """Every step of the recursion, in NumPy, until all modes have been seen to pass."""
    sigma, lam = spectrum()
    z, s = lam / sigma * math.exp(-2.0 * delta), ETA * sigma
    found, k = np.full(MODES, -1), 0
    while (found < 0).any():
        found[(found < 0) & (z >= 0.5)] = k
        z, k = z * (1.0 + s * (1.0 - z)) ** 2, k + 1
    return found


def times(delta: float) -> list[int]:
    """A hundred steps around the middle of the transitions."""
    sigma, _ = spectrum()
    middle = [
        delta / math.log1p(ETA * value) for value in (sigma.min(), float(np.median(sigma)), sigma.max())
    ]
    return sorted({max(0, round(value + shift)) for value in middle for shift in range(-60, 60, 4)})


def sampled(delta: float) -> Any:
    sigma, lam = spectrum()
    return mode_trajectory(sigma, lam, ETA, delta, times(delta)).z


def contests() -> Iterator[Contest]:
    """Hitting times and sampled trajectories, near and far."""
    for walk in (walk_modes, walk_to_levels):  # as a long run does by itself
        walk.compiled()

    def same_hits() -> str:
        require(hits(NEAR).tolist() == walked_hits(NEAR).tolist(), "the two differ")
        return "same steps"

    def far_hits() -> str:
        # the same phase of the orbit at two values of δ: the shift of log z0 is a whole number of steps
        s, count = 0.1, 9_000_000
        shift = 2.0 * math.log1p(s) * count
        near, far = first_hits(s, [-20.0], 0.4), first_hits(s, [-20.0 - shift], 0.4)
        require(int(far[0] - near[0]) == count, "the two differ")
        return "same transition"

    def same_orbit() -> str:
        sigma, lam = spectrum()
        run = mode_trajectory(sigma[:3], lam[:3], ETA, NEAR, 400)
        plain = descent(ETA * sigma[:3], lam[:3] / sigma[:3] * math.exp(-2.0 * NEAR), 400)
        off = float(np.abs(run.z - plain.z).max())
        require(off < 1e-12, f"differ by {off:.1e}")
        return f"to {off:.0e}"

    yield Contest(
        f"first hits of {MODES} modes, delta = 10", "mode", "first_hits", lambda: hits(NEAR), MODES,
        [Rival("NumPy loop over all steps", lambda: lambda: walked_hits(NEAR), MODES, same_hits)],
    )  # fmt: skip
    yield Contest(
        f"price of delta = 1e6, first hits of {MODES} modes", "mode", "first_hits, delta = 10", lambda: hits(NEAR), MODES,
        [Rival("delta = 1e6", lambda: lambda: hits(FAR), MODES, far_hits, 1.5)], most=True,
    )  # fmt: skip
    yield Contest(
        f"price of delta = 1e6, {MODES} modes sampled at 90 steps", "mode", "mode_trajectory, delta = 10",
        lambda: sampled(NEAR), MODES,
        [Rival("delta = 1e6", lambda: lambda: sampled(FAR), MODES, same_orbit, 1.5)], most=True,
    )  # fmt: skip
