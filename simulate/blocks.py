"""Orbits of matrix maps in balls, some steps at a time: what an enclosure costs when nothing goes wrong.

From an exact centre a block of steps is taken in plain balls, whose radius is the rounding of the block and
nothing else; it is read once, at the block's end. How far the block carries apart the true orbit and the one
from the centre is bounded afterwards, for many steps at once, in float64.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
from flint import arb
from numpy.typing import NDArray

from rankladder.numbers.ball_norms import BOUND_BITS, float_upper, norm, radius_norm
from rankladder.numbers.balls import precision
from rankladder.simulate.dynamics import State, Step
from rankladder.simulate.spread import ROUNDING, Spread

__all__ = ["Begun", "run_blocks"]

# Plain balls lose up to two bits a step.
BLOCK = 16
TOGETHER = 32  # blocks whose stretch is bounded at once
# The tube around the orbit in which the stretch is bounded, relative to the state. An orbit known no better
# than this is for the caller to follow step by step.
TUBE = 2.0**-20
# Float64 must hold the sizes and the squares of the sizes of the states, and the radii.
LARGEST, LEAST = 1e70, 1e-280


class Begun(NamedTuple):
    """An orbit up to a step: the exact centre there, the radius around it, and the states recorded before.

    ``rows`` has a list for each matrix of the state.
    """

    step: int
    centre: State
    radius: arb
    rows: list[list[NDArray[Any]]]


def run_blocks(step: Step, spread: Spread, start: State, wanted: Collection[int], last: int) -> Begun:
    """The orbit as far as it can be followed in blocks: until the states become too large for float64, or the
    enclosure too wide for the tube; at most up to step ``last``.

    Args:
        step: one step on ball matrices, of the form ``state - something``: radii never shrink within a block.
        spread: its stretch.
        start: the first state.
        wanted: the steps to record.
    """
    begun = Begun(
        0, tuple(part.mid() for part in start), radius_norm(part.mat for part in start), [[] for _ in start]
    )
    while begun.step < last:
        begun, whole = _some_blocks(step, spread, begun, wanted, last)
        if not whole:
            break
    return begun


def _some_blocks(
    step: Step, spread: Spread, begun: Begun, wanted: Collection[int], last: int
) -> tuple[Begun, bool]:
    """Some blocks more, as many as the tube allows; whether these are all that were tried."""
    blocks: list[list[State]] = []
    rounding, centres = [], [begun.centre]
    for k in range(begun.step, min(last, begun.step + TOGETHER * BLOCK), BLOCK):
        states = [centres[-1]]
        for _ in range(min(BLOCK, last - k)):
            states.append(step(states[-1]))
        after = states.pop()
        blocks.append(states)
        rounding.append(radius_norm(part.mat for part in after))
        centres.append(tuple(part.mid() for part in after))
        if not all(norm(part.mat) < LARGEST for part in after):
            break  # the rest would be in vain
    orbit = [_floats(blocks, part) for part in range(len(begun.centre))]
    sizes = sum(np.abs(part).max(axis=(1, 2)) for part in orbit)
    large = np.flatnonzero(~(sizes < LARGEST))  # NaN as well
    if large.size:
        blocks = blocks[: large[0] // BLOCK]
        orbit, sizes = [part[: BLOCK * len(blocks)] for part in orbit], sizes[: BLOCK * len(blocks)]
    with np.errstate(all="ignore"):
        stretches, tube = spread.along(orbit, TUBE * sizes).tolist(), (TUBE * sizes).tolist()
    at, radius = begun.step, begun.radius
    for number, (states, own) in enumerate(zip(blocks, rounding, strict=False)):
        here = slice(BLOCK * number, BLOCK * number + len(states))
        # how far the block carries apart the true orbit and its own, as a multiple of what they are apart at its start
        grown = [1.0 + ROUNDING]
        for stretch in stretches[here]:
            grown.append(grown[-1] * stretch)
        apart, own_part = max(float_upper(radius), LEAST), float_upper(own)
        # within a block the balls are no wider than at its end
        widest = [(apart * g + own_part) * (1.0 + ROUNDING) for g in grown[:-1]]
        if not all(w <= t for w, t in zip(widest, tube[here], strict=True)):
            return Begun(at, centres[number], radius, begun.rows), False
        for k, state in enumerate(states, at):
            if k in wanted:
                with precision(BOUND_BITS):
                    distance = (radius * grown[k - at]).upper()
                for kept, part in zip(begun.rows, state, strict=True):
                    kept.append(part.array(distance))
        with precision(BOUND_BITS):
            radius = (radius * grown[-1] + own).upper()
        at += len(states)
    return Begun(at, centres[len(blocks)], radius, begun.rows), at == min(last, begun.step + TOGETHER * BLOCK)


def _floats(blocks: list[list[State]], part: int) -> NDArray[np.float64]:
    """Float64 midpoints of one matrix of each state."""
    states = [state[part].mat for states in blocks for state in states]
    entries = [float(entry) for mat in states for entry in mat.entries()]
    return np.array(entries).reshape(len(states), states[0].nrows(), states[0].ncols())
