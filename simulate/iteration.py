"""Iterating a map on matrices: record chosen steps, notice divergence, raise the precision of balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from simulate.arithmetic import lost_bits
from simulate.ball_matrices import BallMatrix
from simulate.balls import Ball, precision

__all__ = ["Recorded", "horizon_bits", "iterate_balls", "iterate_floats"]

State = tuple[Any, ...]
Step = Callable[[State], State]
Observer = Callable[..., Any]

# Float states are tested for divergence once per block; the block is then replayed step by step.
BLOCK = 32
GUARD_BITS = 32


class Recorded(NamedTuple):
    """The recorded steps, one array per matrix of the state, and the step of divergence."""

    times: NDArray[np.int64]
    states: list[NDArray[Any]]
    diverged_at: int | None


def horizon_bits(steps: int) -> int:
    """Bits that a ball orbit of a network loses in so many steps, about: make inexact inputs this much finer.

    Each step enlarges the radius of every entry by the products of radii around it, about half a bit a
    step in practice (measured on 1 × 1 to 8 × 8 networks), plus guard bits. Only inputs that are
    themselves rounded (``e^{−δ}``, square roots) need it; exact inputs are refined automatically.

    >>> horizon_bits(100)
    107
    """
    return GUARD_BITS + (3 * steps + 3) // 4


def iterate_floats(step: Step, state: State, times: Sequence[int], callback: Observer | None) -> Recorded:
    """Run a float64 map and record the states at ``times``; stop at the first state that is not finite.

    Rows from the divergence on are NaN. A true answer of ``callback(k, *state)`` ends the run at k.
    """
    states = [np.full((len(times), *part.shape), np.nan) for part in state]
    row, last = 0, times[-1]
    block = 1 if callback else BLOCK
    saved, saved_at = state, 0
    with np.errstate(all="ignore"):
        for k in range(last + 1):
            if k == times[row]:
                for kept, part in zip(states, state, strict=True):
                    kept[row] = part
                row += 1
            if (k - saved_at == block or k == last) and not _finite(state):
                first = _first_divergence(step, saved, saved_at)
                for kept in states:
                    kept[np.searchsorted(times, first) :] = np.nan
                return Recorded(np.array(times, dtype=np.int64), states, first)
            if k - saved_at == block:
                saved, saved_at = state, k
            if callback is not None and callback(k, *state):
                return Recorded(np.array(times[:row], dtype=np.int64), [kept[:row] for kept in states], None)
            if k < last:
                state = step(state)
    return Recorded(np.array(times, dtype=np.int64), states, None)


def _finite(state: State) -> bool:
    return all(bool(np.isfinite(part).all()) for part in state)


def _first_divergence(step: Step, state: State, k: int) -> int:
    while _finite(state):
        state, k = step(state), k + 1
    return k


def iterate_balls(
    prepare: Callable[[], tuple[Step, State]],
    times: Sequence[int],
    callback: Observer | None,
    *,
    refine: bool,
) -> Recorded:
    """Run a map on ball matrices, with enough bits for the last state to keep the precision in force.

    Args:
        prepare: builds the step and the first state from the exact inputs, at the precision in force.
        times: steps to record, increasing.
        callback: as in :func:`iterate_floats`, on object arrays; with one the orbit runs once only.
        refine: whether the inputs are exact, so that a second run in more bits gives a better answer.
    """
    steps = times[-1]
    extra = horizon_bits(steps)
    # A diverging orbit multiplies its relative radius by at least 3 at each step.
    most = 8 * steps + 4096
    while True:
        with precision(ctx.prec + extra):
            recorded, missing = _run_balls(*prepare(), times, callback)
            missing -= extra
        if missing <= 0 or not refine or callback is not None or extra >= most:
            return recorded
        # A state that lost everything does not say how much more it would have lost.
        extra = min(most, max(2 * extra, extra + missing + GUARD_BITS))


def _run_balls(
    step: Step, state: State, times: Sequence[int], callback: Observer | None
) -> tuple[Recorded, int]:
    rows: list[list[NDArray[Any]]] = [[] for _ in state]
    shapes = [(part.mat.nrows(), part.mat.ncols()) for part in state]
    row, last, diverged_at = 0, times[-1], None
    for k in range(last + 1):
        if k == times[row]:
            for kept, part in zip(rows, state, strict=True):
                kept.append(part.array())
            row += 1
        if callback is not None and callback(k, *(part.array() for part in state)):
            break
        if k == last:
            break
        state = step(state)
        if (k % BLOCK == 0 or k + 1 == last) and not _all_finite(state):
            diverged_at = k + 1
            break
    missing = max(lost_bits(part.entries()) for part in state)
    if diverged_at is not None:
        for kept, shape in zip(rows, shapes, strict=True):
            lost = np.full(shape, Ball(float("nan")), dtype=object)
            kept.extend([lost] * (len(times) - len(kept)))
        row = len(times)
    states = [
        np.array(kept, dtype=object).reshape(row, *shape) for kept, shape in zip(rows, shapes, strict=True)
    ]
    return Recorded(np.array(times[:row], dtype=np.int64), states, diverged_at), missing


def _all_finite(state: Sequence[BallMatrix]) -> bool:
    return all(entry.is_finite() for part in state for entry in part.entries())
