"""Step-by-step walks of modes in float64, as plain loops that Numba compiles when they pay for it.

They hold no trajectory: a walk keeps what it is asked for, and only ordinary arithmetic is done on the way, so that
interpreted and compiled walks end in the same bits.
"""

from __future__ import annotations

import math
from typing import Any

from rankladder.simulate.compiling import kernel
from rankladder.simulate.dynamics import coefficient_step, missing_step, normal_step

__all__ = [
    "DEARER",
    "STEP_SECONDS",
    "WALK_LIMIT",
    "walk_modes",
    "walk_null_modes",
    "walk_to_gaps",
    "walk_to_levels",
]

# About ten seconds of compiled stepping.
WALK_LIMIT = 1_000_000_000
# A step in balls, in steps of float64.
DEARER = 2000
# One interpreted step, about.
STEP_SECONDS = 3e-7

_REALS, _INTEGERS, _ROWS = "float64[::1]", "int64[::1]", "float64[:, ::1]"


@kernel(
    f"int64({_REALS}, {_REALS}, {_INTEGERS}, {_REALS}, {_INTEGERS}, int64, {_ROWS}, {_INTEGERS})",
    uses=[missing_step, normal_step],
)
def walk_modes(
    steps: Any, z0: Any, start: Any, settled: Any, times: Any, limit: int, out: Any, walked: Any
) -> int:
    """Walk each mode from its ``z0`` at step ``start``, writing z at all later ``times`` into its column of ``out``.

    A mode within ``settled`` of 1, or no longer finite, stays where it is. ``walked`` counts the steps taken.
    Returns −1, or the index of the first mode that has not settled within ``limit`` steps.
    """
    for mode in range(steps.size):
        s, z, near = float(steps[mode]), float(z0[mode]), float(settled[mode])
        first = k = int(start[mode])
        x = 1.0 - z
        over = False
        for row in range(times.size):
            time = int(times[row])
            if time <= first:
                continue
            while k < time and not over:
                if k - first == limit:
                    return mode
                if abs(x) < 0.5:
                    x = missing_step(x, s)
                    z = 1.0 - x
                else:
                    z = normal_step(z, s)
                    x = 1.0 - z
                k += 1
                over = abs(x) <= near or not math.isfinite(z)
            out[row, mode] = z
        walked[mode] = k - first
    return -1


@kernel(f"void({_REALS}, {_INTEGERS}, float64, {_ROWS}, {_INTEGERS}, {_REALS})", uses=[coefficient_step])
def walk_null_modes(e0: Any, times: Any, small: float, out: Any, walked: Any, last: Any) -> None:
    """Walk ``e ← e (1 − e)²`` until e is at most ``small``, writing it at ``times`` into its column of ``out``.

    ``walked`` and ``last`` get the number of steps and the e after them; at later times ``out`` is left alone.
    A fixed point or an overflow ends the walk and fills the rest of the column.
    """
    for mode in range(e0.size):
        e, k, row = float(e0[mode]), 0, 0
        while e > small and row < times.size:
            if k == times[row]:
                out[row, mode] = e
                row += 1
                continue
            e_next = coefficient_step(e, 0.0, 1.0, 1.0)
            if e_next == e or not math.isfinite(e_next):
                # e = 2 is a fixed point (the entry only flips sign)
                out[row:, mode] = e_next
                row = times.size
            else:
                e, k = e_next, k + 1
        walked[mode], last[mode] = k, e


@kernel(f"void({_REALS}, {_REALS}, {_REALS}, int64, {_INTEGERS}, {_REALS}, {_REALS})")
def walk_to_levels(steps: Any, z0: Any, levels: Any, limit: int, hits: Any, after: Any, before: Any) -> None:
    """Walk each mode until z reaches its level or ``limit`` steps; write their number, the last z and the one before.

    The growth ``z (a² − 1)`` of each step is added with compensation, so that its rounding is relative
    to the growth and not to z: over a whole climb the errors add up to the growth's size, not the steps'.
    """
    for mode in range(steps.size):
        s, z, theta = float(steps[mode]), float(z0[mode]), float(levels[mode])
        earlier, k, low = z, 0, 0.0
        while z < theta and k < limit:
            earlier = z
            y = s * (1.0 - z)
            gain = z * (y * (2.0 + y)) + low
            z = earlier + gain
            kept = z - earlier
            low = (earlier - (z - kept)) + (gain - kept)
            k += 1
        hits[mode], after[mode], before[mode] = k, z, earlier


@kernel(f"void({_REALS}, {_REALS}, {_REALS}, int64, {_INTEGERS}, {_REALS}, {_REALS})")
def walk_to_gaps(steps: Any, x0: Any, gaps: Any, limit: int, hits: Any, after: Any, before: Any) -> None:
    """Walk each mode in ``x = 1 − z`` until x is at or below its gap, as :func:`walk_to_levels` does in z.

    The loss ``s x (2 − x (2 − s + s x))`` of each step is taken off with compensation, so that its rounding is relative
    to the loss: x keeps its accuracy however small it becomes.
    """
    for mode in range(steps.size):
        s, x, gap = float(steps[mode]), float(x0[mode]), float(gaps[mode])
        earlier, k, low = x, 0, 0.0
        while x > gap and k < limit:
            earlier = x
            change = low - x * (s * (2.0 - x * (2.0 - s + s * x)))
            x = earlier + change
            kept = x - earlier
            low = (earlier - (x - kept)) + (change - kept)
            k += 1
        hits[mode], after[mode], before[mode] = k, x, earlier
