"""Orbits of matrix maps in balls, some steps at a time: what an enclosure costs when nothing goes wrong.

From an exact centre a block of steps is taken in plain balls, whose radius is the rounding of the block and
nothing else; it is read once, at the block's end. How far the block carries apart the true orbit and the one
from the centre is bounded afterwards, for all steps of the run at once, in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from flint import arb
from numpy.typing import NDArray

from rankladder.numbers.ball_arrays import stacked
from rankladder.numbers.ball_norms import BOUND_BITS, float_upper, log2_upper, norm, radius_norm
from rankladder.numbers.balls import precision
from rankladder.simulate.dynamics import State, Step
from rankladder.simulate.spread import Spread

__all__ = ["Recorded", "run_blocks"]

# Plain balls lose up to two bits a step.
BLOCK = 8
# The tube around the orbit in which the stretch is bounded, relative to the state. An orbit known no better
# than this is for the caller to follow step by step.
TUBE = 2.0**-20
# Float64 must hold the sizes and the squares of the sizes of the states.
LARGEST = 1e70


class Recorded(NamedTuple):
    """The recorded steps, one array per matrix of the state, and the step of divergence."""

    times: NDArray[np.int64]
    states: list[NDArray[Any]]
    diverged_at: int | None


def run_blocks(
    step: Step, spread: Spread, start: State, times: Sequence[int]
) -> tuple[Recorded, arb, float] | None:
    """The orbit at ``times``, the radius of its last state and the logarithm of its size.

    Args:
        step: one step on ball matrices, of the form ``state - something``: radii never shrink within a block.
        spread: its stretch.
        start: the first state.
        times: steps to record, increasing.

    Returns:
        None where the states become too large for float64, or the enclosure too wide for the tube.
    """
    last = times[-1]
    centre: State = tuple(part.mid() for part in start)
    radius = radius_norm(part.mat for part in start)
    states, rounding = [centre], []
    kept = {0: centre}
    wanted = set(times)
    for k in range(1, last + 1):
        centre = step(centre)
        if k % BLOCK == 0 or k == last:
            rounding.append(radius_norm(part.mat for part in centre))
            centre = tuple(part.mid() for part in centre)
        if k in wanted:
            kept[k] = centre
        states.append(centre)
    floats = [np.array([state[part].floats() for state in states[: last or 1]]) for part in range(len(start))]
    sizes = sum(np.abs(part).max(axis=(1, 2)) for part in floats)
    if not np.all(sizes < LARGEST):  # NaN as well
        return None
    tube = TUBE * sizes
    with np.errstate(all="ignore"):
        stretches = spread.along(floats, tube)
    radii = _radii(radius, stretches, rounding, tube, last)
    if radii is None:
        return None
    rows: list[NDArray[Any]] = [
        stacked([kept[k][part].array(radii[k]) for k in times]) for part in range(len(start))
    ]
    size = max(log2_upper(norm(part.mat)) for part in centre)
    return Recorded(np.array(times, dtype=np.int64), rows, None), radii[-1], size


def _radii(
    radius: arb, stretches: NDArray[np.float64], rounding: list[arb], tube: NDArray[np.float64], last: int
) -> list[arb] | None:
    """Distance of the true state from what the block's balls hold, step by step (0 … last); at the end of a
    block that of the next centre. None where it leaves the tube.
    """
    radii = [radius]
    with precision(BOUND_BITS):
        for k in range(last):
            own = rounding[k // BLOCK]
            # within a block the balls are no wider than at its end
            if not float_upper(radius + own) <= tube[k]:
                return None
            radius = radius * float(stretches[k])
            if (k + 1) % BLOCK == 0 or k + 1 == last:
                radius = radius + own
            radius = radius.upper()
            radii.append(radius)
    return radii if radius.is_finite() else None
