"""Step-by-step walks of one mode in float64, as plain loops that Numba compiles when they are long."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["WALK_LIMIT", "compiled", "run_walk", "walk_mode", "walk_to"]

# About ten seconds of compiled stepping.
WALK_LIMIT = 1_000_000_000
# Compiling costs about half a second, as much as these many interpreted steps.
COMPILE_FROM = 1_000_000


def walk_mode(s: float, z: float, settled: float, times: NDArray[np.int64], out: NDArray[Any]) -> int:
    """Walk z, writing it at ``times`` into ``out``; return the steps taken before it settled at 1."""
    x = 1.0 - z
    k = 0
    for row in range(times.size):
        while k < times[row]:
            if abs(x) < 0.5:
                x = x * ((1.0 - 2.0 * s) + s * x * (2.0 - s + s * x))
                z = 1.0 - x
            else:
                a = 1.0 + s * (1.0 - z)
                z = z * a * a
                x = 1.0 - z
            k += 1
            if abs(x) <= settled or not math.isfinite(z):
                out[row:] = z
                return k
        out[row] = z
    return k


def walk_to(s: float, z: float, theta: float, limit: int) -> tuple[int, float, float]:
    """Walk z until it reaches ``theta`` or ``limit`` steps; return the steps, the last z and the one before.

    The growth ``z (a² − 1)`` of each step is added with compensation, so that its rounding is relative
    to the growth and not to z: over a whole climb the errors add up to the growth's size, not the steps'.
    """
    before, k, low = z, 0, 0.0
    while z < theta and k < limit:
        before = z
        y = s * (1.0 - z)
        gain = z * (y * (2.0 + y)) + low
        z = before + gain
        kept = z - before
        low = (before - (z - kept)) + (gain - kept)
        k += 1
    return k, z, before


@functools.cache
def compiled(walk: Callable[..., Any]) -> Callable[..., Any]:
    """The same loop compiled by Numba, without any reordering of its arithmetic."""
    import numba

    return numba.njit(walk, error_model="numpy", fastmath=False)  # type: ignore[no-any-return]


def run_walk(
    walk: Callable[..., int], start: tuple[float, ...], times: NDArray[np.int64], limit: int
) -> tuple[NDArray[np.float64], int]:
    """States at ``times`` and the number of steps walked.

    Raises:
        ValueError: when the walk has not settled within ``limit`` steps.
    """
    out = np.empty(times.size)
    horizon = int(times[-1])
    if horizon <= COMPILE_FROM:
        with np.errstate(all="ignore"):
            return out, walk(*start, times, out)
    # Most walks settle long before the last time: find out cheaply before paying for the compiler.
    reachable = times[: int(np.searchsorted(times, COMPILE_FROM, side="right"))]
    probe = np.append(reachable, COMPILE_FROM)
    first = np.empty(probe.size)
    with np.errstate(all="ignore"):
        walked = walk(*start, probe, first)
    if walked < COMPILE_FROM:
        out[: reachable.size] = first[:-1]
        out[reachable.size :] = first[-1]
        return out, walked
    fast = compiled(walk)
    if horizon > limit:
        capped = np.append(times[times < limit], limit)
        trial = np.empty(capped.size)
        walked = fast(*start, capped, trial)
        if walked >= limit:
            raise ValueError(
                f"a mode with s = {start[0]:.3g} needs more than limit={limit} steps; ask for earlier times"
            )
        out[: capped.size - 1] = trial[:-1]
        out[capped.size - 1 :] = trial[-1]
        return out, walked
    return out, fast(*start, times, out)
