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
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from rankladder.numbers.ball_arrays import stacked
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.ball_norms import BOUND_BITS, log2_upper, norm, radius_norm
from rankladder.numbers.balls import Ball, precision
from rankladder.simulate.flow_series import Expansion, FlowSystem, State

__all__ = ["validated_flow"]

MOST_STEPS = 20_000
MOST_RUNS = 4
GUARD_BITS = 24
PILOT_BITS, MOST_PILOT_BITS = 24.0, 1536.0
SPARE_BITS = 6.0


def validated_flow(
    prepare: Callable[[], tuple[FlowSystem, State]], times: Sequence[fmpq], *, refine: bool
) -> list[NDArray[Any]]:
    """Enclosures of the flow at increasing times ≥ 0, one array of balls per matrix of the state.

    Args:
        prepare: builds the system and the first state at the precision in force.
        times: exact times, increasing, ≥ 0.
        refine: whether the inputs are exact, so that smaller tolerances give a better answer.

    Returns:
        Balls as narrow, against the size of the start, as the precision in force; wider when the inputs are;
        without a value (NaN) from where a radius of the inputs has grown to the size of the state.

    Raises:
        ValueError: when the horizon needs more than ``MOST_STEPS`` steps.
    """
    _, start = prepare()
    with precision(BOUND_BITS):
        scale = sum((norm(part) for part in start), arb(0))
    size = log2_upper(scale) if scale > 0 else 0.0
    target = size - ctx.prec

    def run(tolerance: float) -> tuple[list[Any], arb]:
        with precision(int(GUARD_BITS + max(size, 0.0) - tolerance)):
            return _run(*prepare(), times, tolerance)

    if refine:
        # A coarse run shows how much the radius grows on the way; the fine one allows for it.
        coarse = size - PILOT_BITS
        _, radius = run(coarse)
        while not radius.is_finite() and coarse > size - MOST_PILOT_BITS:
            coarse = 4 * coarse - 3 * size
            _, radius = run(coarse)
        grown = max(0.0, log2_upper(radius) - coarse)
        tolerance = target - (grown if math.isfinite(grown) else MOST_PILOT_BITS) - SPARE_BITS
    else:
        # Steps finer than the radius of the inputs would be wasted.
        tolerance = max(target, log2_upper(radius_norm(start))) - SPARE_BITS
    for _ in range(MOST_RUNS):
        rows, radius = run(tolerance)
        excess = log2_upper(radius) - target
        if excess <= 0 or not refine or math.isinf(excess):
            break
        tolerance -= excess + SPARE_BITS
    return [stacked([row[part] for row in rows]) for part in range(len(start))]


def _run(system: FlowSystem, start: State, times: Sequence[fmpq], tolerance: float) -> tuple[list[Any], arb]:
    """Enclosures at ``times`` and the largest radius; balls without a value once the radius outgrows the state."""
    centre, radius = _midpoints(start), radius_norm(start)
    order = min(400, max(12, math.ceil((ctx.prec - GUARD_BITS) * math.log(2.0) / 2.0)))
    rows: list[Any] = []
    now, worst = fmpq(0), arb(0)
    for _ in range(MOST_STEPS):
        if not radius <= 1 + sum((norm(part) for part in centre), arb(0)):
            lost = [
                np.full((part.nrows(), part.ncols()), Ball(float("nan")), dtype=object) for part in centre
            ]
            return rows + [lost] * (len(times) - len(rows)), arb("inf")
        expansion = system.expand(centre, order)
        h, reach = _step(system, expansion, radius, tolerance, times[-1] - now)
        worst = worst.max(reach)
        while times[len(rows)] - now <= h:
            state = _evaluate(expansion, times[len(rows)] - now)
            rows.append([BallMatrix(part).array(reach) for part in state])
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
            guess = min(guess, 2.0 ** min((tolerance - log2_upper(last)) / k, 1000.0))
    while guess > 0.0:
        h = remaining if guess >= longest else _dyadic(guess)
        length = arb(h)
        cost = system.bound(expansion, length, arb(0))
        if log2_upper(length * cost.truncation) <= max(tolerance, log2_upper(length * cost.rounding)):
            own = (radius + length * (cost.truncation + cost.rounding)).upper()
            tube = 2 * own
            for _ in range(8):
                rate = system.bound(expansion, length, tube).expansion_rate
                reach = ((rate * length).exp() * own).upper()
                if reach <= tube:
                    return h, reach
                tube = 2 * reach
        # the smallest numbers times 0.8 round to themselves again
        guess = 0.8 * guess if guess > 1e-300 else 0.0
    raise ValueError("flow step underflowed; data with such a radius has no enclosure: build it in more bits")


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
