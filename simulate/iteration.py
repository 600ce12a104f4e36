"""Iterating a map on matrices: record chosen steps, notice divergence, raise the precision of balls."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from rankladder.numbers.ball_arrays import stacked
from rankladder.numbers.ball_norms import BOUND_BITS, log2_upper, norm, radius_norm
from rankladder.numbers.balls import Ball, precision
from rankladder.numbers.words import Stack, Words
from rankladder.simulate.blocks import BLOCK as QUICK_BLOCK
from rankladder.simulate.blocks import Begun, run_blocks
from rankladder.simulate.dynamics import State, Step
from rankladder.simulate.spread import Spread

__all__ = ["Recorded", "diverged", "horizon_bits", "iterate_balls", "iterate_floats", "iterate_symbols"]

# Float states are tested for divergence once per block; the block is then replayed step by step.
BLOCK = 32
GUARD_BITS = 32


class Recorded(NamedTuple):
    """The recorded steps, one array per matrix of the state, and the step of divergence."""

    times: NDArray[np.int64]
    states: list[NDArray[Any]]
    diverged_at: int | None


def horizon_bits(steps: int) -> int:
    """Bits that so many steps of a network can cost a start that is itself rounded: make it this much finer.

    A step stretches errors by at most ``1 + η‖R‖₂`` while it is stable, R the residual: below 3/4 of a bit
    for ``η σ_1 ≤ ½``. Only inputs with a radius (``e^{−δ}``, square roots) need it; exact inputs are
    refined automatically.

    >>> horizon_bits(100)
    107
    """
    return GUARD_BITS + (3 * steps + 3) // 4


def iterate_floats(step: Step, state: State, times: Sequence[int]) -> Recorded:
    """Run a float64 map and record the states at ``times``; stop at the first state that is not finite.

    Rows from the divergence on are NaN.
    """
    states = [np.full((len(times), *part.shape), np.nan) for part in state]
    row, last = 0, times[-1]
    saved, saved_at = state, 0
    with np.errstate(all="ignore"):
        for k in range(last + 1):
            if k == times[row]:
                for kept, part in zip(states, state, strict=True):
                    kept[row] = part
                row += 1
            if (k - saved_at == BLOCK or k == last) and not _finite(state):
                first = _first_divergence(step, saved, saved_at)
                return diverged(np.array(times, dtype=np.int64), states, first)
            if k - saved_at == BLOCK:
                saved, saved_at = state, k
            if k < last:
                state = step(state)
    return Recorded(np.array(times, dtype=np.int64), states, None)


def diverged(times: NDArray[np.int64], states: list[NDArray[Any]], step: int) -> Recorded:
    """The states with NaN in all rows from the step of divergence on."""
    for kept in states:
        kept[np.searchsorted(times, step) :] = np.nan
    return Recorded(times, states, step)


def _finite(state: State) -> bool:
    return all(bool(np.isfinite(part).all()) for part in state)


def _first_divergence(step: Step, state: State, k: int) -> int:
    while _finite(state):
        state, k = step(state), k + 1
    return k


def iterate_symbols(step: Step, state: State, times: Sequence[int]) -> Recorded:
    """Run a map on symbols as it is written; meant for a step or two."""
    states: list[list[Any]] = [[] for _ in state]
    for k in range(times[-1] + 1):
        if k in times:
            for kept, part in zip(states, state, strict=True):
                kept.append(part)
        if k < times[-1]:
            state = step(state)
    stacks: list[Any] = [
        Stack(kept) if isinstance(kept[0], Words) else np.array(kept, dtype=object) for kept in states
    ]
    return Recorded(np.array(times, dtype=np.int64), stacks, None)


def iterate_balls(
    prepare: Callable[[], tuple[Step, Spread, State]], times: Sequence[int], *, refine: bool
) -> Recorded:
    """Run a map on ball matrices, with enough bits for the states to keep the precision in force.

    The state is an exact centre with one radius ρ around it (Frobenius norm, all matrices together). A step
    maps the centre, in balls, and multiplies ρ by a bound on the stretch of the step around the centre. So
    the enclosure grows as two true orbits part at most, where entrywise balls lose up to two bits a step.

    Args:
        prepare: builds the step, its stretch and the first state at the precision in force.
        times: steps to record, increasing.
        refine: whether the inputs are exact, so that a second run in more bits gives a better answer.
    """
    ambient, steps = int(ctx.prec), times[-1]
    _, spread, start = prepare()
    size = log2_upper(sum((norm(part.mat) for part in start), arb(0)))
    size = size if math.isfinite(size) else 0.0
    # Small starts grow to size 1 about once for each mode; a guess, mended below by a second run.
    stretch = log2_upper(spread(start, arb(0)))
    extra = (
        GUARD_BITS
        + 2 * QUICK_BLOCK
        + steps.bit_length()
        + max(0, int(min(steps * max(stretch, 0.0), 16 - 3 * size)))
    )
    # A diverging orbit multiplies its relative radius by at least 3 at each step.
    most = 8 * steps + 4096
    while True:
        with precision(ambient + extra):
            # what bounds the stretch needs no more bits
            step, _, start = prepare()
            begun = run_blocks(step, spread, start, set(times), steps)
            recorded, radius, last_size = _run_balls(step, spread, begun, times)
        # An orbit that has long left the size of its start is judged by its own.
        excess = log2_upper(radius) + ambient - max(size, last_size - 256.0)
        if excess <= 0 or not refine or extra >= most:
            return recorded
        # A state that lost everything does not say how much more it would have lost.
        lacking = 2 * extra if math.isinf(excess) else math.ceil(excess) + 8
        extra = min(most, extra + lacking)


def _run_balls(step: Step, spread: Spread, begun: Begun, times: Sequence[int]) -> tuple[Recorded, arb, float]:
    """The orbit from where it was left, step by step; the radius of its last state and the logarithm of its size."""
    reached, centre, radius, rows = begun
    wanted, last, diverged_at = set(times), times[-1], None
    for k in range(reached, last + 1):
        if k in wanted:
            for kept, part in zip(rows, centre, strict=True):
                kept.append(part.array(radius))
        if k == last:
            break
        moved = step(centre)
        with precision(BOUND_BITS):
            carried = radius if radius.is_zero() else spread(centre, radius) * radius
            if (
                carried > 2 * radius
                and all(radius > norm(part.mat) for part in centre)
                and carried > 2 * radius * spread(centre, arb(0))
            ):
                carried = arb(
                    "inf"
                )  # more of the stretch comes of the radius than of the state: both only grow
            radius = (carried + radius_norm(part.mat for part in moved)).upper()
        if not radius.is_finite():
            diverged_at = k + 1
            break
        centre = tuple(part.mid() for part in moved)
    for kept, part in zip(rows, centre, strict=True):
        lost = np.full((part.mat.nrows(), part.mat.ncols()), Ball(float("nan")), dtype=object)
        kept.extend([lost] * (len(times) - len(kept)))
    last_size = max(log2_upper(norm(part.mat)) for part in centre)
    states: list[NDArray[Any]] = [stacked(kept) for kept in rows]
    return Recorded(np.array(times, dtype=np.int64), states, diverged_at), radius, last_size
