"""Validated integration of gradient flows: truncated power series, defect bounds, logarithmic norms.

The state is an exact centre with a radius ρ around it (Frobenius norm, all matrices together). Over a
step of length h the truncated series p from the centre has a defect at most r, and solutions near it
part at a rate at most μ; so every solution through the ball obeys ``‖θ(u) − p(u)‖ ≤ e^{μu} (ρ + u r)`` as
long as it stays in the tube on which μ was taken, and it stays there when that bound is inside the tube
(first-exit argument). No boxes are propagated, so nothing wraps: ρ grows by ``e^{∫μ}`` only.

Source: Dahlquist, *Stability and error bounds in the numerical integration of ordinary differential
equations* (1958), for the logarithmic norm; Moore, *Interval analysis* (1966), for series recurrences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx, fmpq
from numpy.typing import NDArray

from simulate.arithmetic import ball_array
from simulate.ball_norms import log2_upper, norm, radius_norm
from simulate.balls import precision
from simulate.flow_series import Expansion, FlowSystem, State

__all__ = ["validated_flow"]

MOST_STEPS = 20_000
MOST_RUNS = 4
GUARD_BITS = 24
PILOT_BITS = 24.0
SPARE_BITS = 6.0


def validated_flow(
    prepare: Callable[[], tuple[FlowSystem, State]], times: Sequence[fmpq], *, refine: bool
) -> list[NDArray[Any]]:
    """Enclosures of the flow at increasing times ≥ 0, one array of balls per matrix of the state.

    Args:
        prepare: builds the system and the first state at the precision in force.
        times: exact times, increasing, ≥ 0.
        refine: whether the inputs are exact, so that smaller tolerances give a better answer.

    Raises:
        ValueError: when the horizon needs more than ``MOST_STEPS`` steps.
    """
    _, start = prepare()
    with precision(64):
        scale = sum((norm(part) for part in start), arb(0))
    size = log2_upper(scale) if scale > 0 else 0.0
    target = size - ctx.prec
    if refine:
        # A coarse run shows how much the radius grows on the way; the fine one allows for it.
        coarse = size - PILOT_BITS
        with precision(int(GUARD_BITS - coarse)):
            _, radius = _run(*prepare(), times, coarse)
        tolerance = target - max(0.0, log2_upper(radius) - coarse) - SPARE_BITS
    else:
        # Steps finer than the radius of the inputs would be wasted.
        tolerance = max(target, log2_upper(radius_norm(start))) - SPARE_BITS
    for _ in range(MOST_RUNS):
        with precision(int(GUARD_BITS - tolerance)):
            rows, radius = _run(*prepare(), times, tolerance)
        excess = log2_upper(radius) - target
        if excess <= 0 or not refine:
            break
        tolerance -= excess + SPARE_BITS
    return [_stack([row[part] for row in rows]) for part in range(len(start))]


def _run(
    system: FlowSystem, start: State, times: Sequence[fmpq], tolerance: float
) -> tuple[list[list[NDArray[Any]]], arb]:
    centre, radius = _midpoints(start), radius_norm(start)
    order = min(400, max(12, math.ceil(-tolerance * math.log(2.0) / 2.0)))
    rows: list[list[NDArray[Any]]] = []
    now, worst = fmpq(0), arb(0)
    for _ in range(MOST_STEPS):
        expansion = system.expand(centre, order)
        remaining = times[-1] - now
        h, reach = _step(system, expansion, radius, tolerance, remaining)
        worst = worst.max(reach)
        while times[len(rows)] - now <= h:
            state = _evaluate(expansion, times[len(rows)] - now)
            rows.append([_with_radius(part, reach) for part in state])
            if len(rows) == len(times):
                return rows, worst
        end = _evaluate(expansion, h)
        centre, radius = _midpoints(end), (reach + radius_norm(end)).upper()
        now = now + h
    raise ValueError(
        f"flow to time {float(arb(times[-1])):.3g} needs more than {MOST_STEPS} steps; ask for earlier times"
    )


def _step(
    system: FlowSystem, expansion: Expansion, radius: arb, tolerance: float, remaining: fmpq
) -> tuple[fmpq, arb]:
    """Length of a step whose defect adds no more than the tolerance, and the radius within it."""
    longest = guess = float(arb(remaining).upper())
    order = len(expansion.slack)
    for k in (order - 1, order):
        last = sum((norms[k] for norms in expansion.norms), arb(0))
        if last > 0:
            guess = min(guess, 2.0 ** ((tolerance - log2_upper(last)) / k))
    while guess > 0.0:
        h = remaining if guess >= longest else _dyadic(guess)
        length = arb(h)
        added = length * system.bound(expansion, length, arb(0)).defect
        if log2_upper(added) <= tolerance:
            own = (radius + added).upper()
            tube = 2 * own
            for _ in range(8):
                rate = system.bound(expansion, length, tube).expansion_rate
                reach = ((rate * length).exp() * own).upper()
                if reach <= tube:
                    return h, reach
                tube = 2 * reach
        guess *= 0.8
    raise ValueError("flow step underflowed; the inputs are too wide: build them in more bits")


def _dyadic(value: float) -> fmpq:
    # Few significant bits keep the exact clock short.
    mantissa, exponent = math.frexp(value)
    return fmpq(int(mantissa * 4096), 4096) * fmpq(2) ** exponent


def _evaluate(expansion: Expansion, u: fmpq) -> State:
    at = arb(u)
    total = expansion.coefficients[-1]
    for state in reversed(expansion.coefficients[:-1]):
        total = tuple(part * at + coefficient for part, coefficient in zip(total, state, strict=True))
    return total


def _midpoints(state: State) -> State:
    return tuple(part.mid() for part in state)


def _with_radius(matrix: arb_mat, radius: arb) -> NDArray[Any]:
    spread = arb(0, radius)
    return ball_array([entry + spread for entry in matrix.entries()]).reshape(matrix.nrows(), matrix.ncols())


def _stack(rows: list[NDArray[Any]]) -> NDArray[Any]:
    made = np.empty((len(rows), *rows[0].shape), dtype=object)
    for index, row in enumerate(rows):
        made[index] = row
    return made
