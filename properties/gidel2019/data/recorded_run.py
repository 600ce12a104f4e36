"""What a recorded run shows rank by rank, and whether it is a run of gradient descent on these data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.analysis import (
    RESOLUTION,
    SETTLED,
    RankReport,
    Run,
    escaped,
    first_step,
    most_held,
    observe,
)
from rankladder.properties.gidel2019.data.assertion import counted
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.mismatch import Descent, plain, usual_reason
from rankladder.properties.gidel2019.data.record import Factors, Record, step_between

__all__ = ["Astray", "Followed", "follow"]

Array = NDArray[np.float64]

_ROUNDINGS = 8  # units by which one step may round each entry, and more
_MORE = 30  # times the effect of such a rounding: what is beyond it is no rounding
_FAR = 10_000  # steps within which a state is looked for that is numbered wrongly
_RISE = 1e-9  # relative rise of the loss that counts


@dataclass(frozen=True)
class Astray:
    """Two recorded steps between which the run is none of gradient descent, the relative difference, and a usual reason."""

    after: int
    at: int
    difference: float
    reason: str = ""


@dataclass(frozen=True)
class Followed:
    """A recorded run as it was looked at.

    Attributes:
        astray: the first steps that are none of gradient descent; None where there are none, or W alone was recorded.
        filled: how many steps between recorded ones were run again from the recorded factors, and looked at.
        gaps: how many steps between recorded ones were not looked at.
        rises_at: the first step looked at whose loss is above that of the one before.
    """

    run: Run
    astray: Astray | None
    filled: int
    gaps: int
    rises_at: int | None


def follow(
    geometry: Geometry,
    record: Record,
    eta: float,
    deltas: Array,
    budget: int,
    *,
    curve: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Followed:
    """Look at every recorded state, and at what lies between where that is known.

    From recorded factors gradient descent leads to the next ones: where it does, the steps between are run again and looked
    at as closely as those of any run. Where it does not, and for a record of W alone, only recorded states are known.

    Args:
        deltas: from which scale ``exp(-delta)`` each mode started (m,), NaN where that is not known. budget: steps that may be run again.
        curve: keep losses and singular values for a picture. progress: called with the number of steps seen.
    """
    steps = record.steps
    with np.errstate(divide="ignore", over="ignore"):
        predicted = steps[0] + geometry.predicted_steps(eta, 1.0) * np.maximum(deltas, 0.0)
    run = Run(
        [RankReport(j, float(predicted[j - 1]), geometry.rrr_loss(j)) for j in geometry.ranks],
        start="recorded",
        begin=int(steps[0]),
        deltas=deltas,
        unit=record.unit,
        width=None if record.factors is None else record.factors[0].shape[2],
    )
    end = _ordinary(geometry, record)
    first_wrong = _first_wrong(geometry, record, eta, end, budget)
    widths = np.diff(steps[:end])
    known = len(widths) if first_wrong is None else first_wrong.index
    again = [i for i in range(known) if widths[i] > 1] if record.factors is not None else []
    held = most_held(*geometry.shape, run.width or 0)
    losses, rises = [], []
    ends = [*again, end - 1]
    at = 0
    for last in ends:
        while at <= last:
            stop = min(last + 1, at + held)
            W = record.W[at:stop]
            marks = steps[at:stop] - steps[at]
            seen = partial(_recorded_first, record, run, at)
            losses.append(observe(geometry, run, W, marks, int(steps[at]), seen, curve=curve))
            at = stop
            if progress is not None:
                progress(int(steps[stop - 1]))
        if last < end - 1:
            # a recorded state is compared with recorded ones alone: from where descent leads it is off by its rounding
            for marks, found in _again(
                geometry, run, record.state(last), int(steps[last]), int(widths[last]), eta, held, curve=curve
            ):
                rises.append(_rise(found, marks, geometry.data.least_loss, losses[0][0]))
    # what was entered last is the state before a gap only where the record ends there
    run.final_distance = geometry.distance_to_best(geometry.predictions(record.W[end - 1]))
    run.steps = int(steps[end - 1])
    run.null_share = geometry.null_share(record.W[end - 1])
    run.diverged_at = _lost_at(record, end)
    seen_all = len(run.transitions) == len(run.learnable)
    run.settled = run.diverged_at is None and seen_all and run.final_distance < SETTLED
    rises.append(_rise(np.concatenate(losses), steps, geometry.data.least_loss, losses[0][0]))
    unseen = int(widths.sum()) - len(widths)
    filled = int(sum(widths[i] - 1 for i in again))
    return Followed(
        run,
        None if first_wrong is None else first_wrong.astray,
        filled,
        unseen - filled,
        min((step for step in rises if step is not None), default=None),
    )


def _ordinary(geometry: Geometry, record: Record) -> int:
    """How many states come before those that have left for infinity."""
    if record.factors is None:
        sizes, bound = np.abs(record.W).max(axis=(1, 2)), escaped(geometry, record.W[0], record.W[0])
    else:
        sizes = sum(np.abs(part).max(axis=(1, 2)) for part in record.factors)
        bound = escaped(geometry, *record.state(0))
    beyond = sizes > bound
    return int(np.argmax(beyond)) if beyond.any() else len(sizes)


def _recorded_first(record: Record, run: Run, offset: int, index: int, j: int) -> int:
    """The recorded step at which a transition was seen; that it may have been before is noted."""
    i = offset + index
    if i and record.steps[i] - record.steps[i - 1] > 1:
        run.ranks[j].earliest_step = int(record.steps[i - 1]) + 1
    return int(record.steps[i] - record.steps[offset])


def _again(
    geometry: Geometry, run: Run, state: Factors, k: int, length: int, eta: float, held: int, *, curve: bool
) -> Iterator[tuple[NDArray[np.int64], Array]]:
    """Run the steps between two recorded ones again and look at them; which steps they are, and their losses."""
    (W1, W2), end = state, k + length
    while k < end:
        stride = max(1, k // RESOLUTION)
        block = min(stride * min(held, 256), end - k)
        marks = np.array(sorted({*range(0, block + 1, stride), block}))
        part = geometry.descend(W1, W2, eta, marks)
        if part.diverged_at is not None:
            return
        first = partial(first_step, geometry, part, marks, eta)
        yield k + marks, observe(geometry, run, part.W, marks, k, first, curve=curve)
        W1, W2 = part.W1[-1], part.W2[-1]
        k += block


@dataclass(frozen=True)
class _Wrong:
    index: int  # of the recorded state from which descent does not lead to the next one
    astray: Astray | None  # None where it was not tried


def _first_wrong(geometry: Geometry, record: Record, eta: float, end: int, budget: int) -> _Wrong | None:
    if record.factors is None:
        return None
    widths = np.diff(record.steps[:end])
    suspects = _one_step_suspects(geometry, record, record.factors, eta, end)
    spent = 0
    for i in np.flatnonzero((widths > 1) | suspects).tolist():
        spent += int(widths[i])
        if spent > budget:
            return _Wrong(i, None)
        difference = _difference(geometry, record, eta, i)
        if difference:
            reason = (
                usual_reason(geometry, eta, partial(_leads, record, i, end, budget))
                or _with_another_eta(geometry, record, i, end, budget)
                or _otherwise_numbered(geometry, record, eta, i, end, budget)
            )
            return _Wrong(i, Astray(int(record.steps[i]), int(record.steps[i + 1]), difference, reason))
    lost_at = _lost_at(record, end)
    if lost_at is not None and spent + lost_at - record.steps[end - 1] <= budget:
        after = int(record.steps[end - 1])
        if _stays(geometry, record, eta, end - 1, lost_at - after):
            reason = "descent stays bounded there, and the record does not"
            return _Wrong(end - 1, Astray(after, lost_at, float("inf"), reason))
    return None


def _with_another_eta(geometry: Geometry, record: Record, index: int, end: int, budget: int) -> str:
    """That the record is one of descent with the step size that two of its states tell, in words; empty where it is none."""
    if record.steps[index + 1] - record.steps[index] > 1:
        return ""
    eta = step_between(record, geometry, index)
    known = eta and _leads(record, index, end, budget, plain(geometry, eta))
    return f"its steps are those of descent with eta = {eta:.8g}" if known else ""


def _otherwise_numbered(
    geometry: Geometry, record: Record, eta: float, index: int, end: int, budget: int
) -> str:
    """That the record is one of descent with its states farther apart or nearer, in words; empty where it is none."""
    state, after = record.state(index), record.state(index + 1)
    apart = record.steps - record.steps[index]
    width = int(apart[index + 1])
    reach = min(budget, _FAR, most_held(*geometry.shape, state[0].shape[1]))
    part = geometry.descend(*state, eta, reach)
    near = np.ones(len(part.W1), dtype=bool)
    with np.errstate(over="ignore", invalid="ignore"):  # of what diverges
        for passed, came in zip((part.W1, part.W2), after, strict=True):
            near &= np.linalg.norm(passed - came, axis=(1, 2)) <= record.resolution * np.linalg.norm(came)
    # where descent hardly moves, many steps would do
    if near.sum() != 1 or (apart * (k := int(np.argmax(near))) % width).any():
        return ""
    numbered = replace(record, steps=record.steps[index] + apart * k // width)
    if not _leads(numbered, index, end, budget, plain(geometry, eta)):
        return ""
    return (
        f"its states are those of descent {counted(k, 'step')} apart, where the record says {width:,}: save in steps after "
        "how many each was recorded"
    )


def _lost_at(record: Record, end: int) -> int | None:
    """The step at which the record has left for infinity, after ``end`` states that have not."""
    return int(record.steps[end]) if end < len(record.steps) else record.lost_at


def _stays(geometry: Geometry, record: Record, eta: float, index: int, length: int) -> bool:
    """Whether descent from a recorded state stays bounded for so many steps, whatever rounding does on the way."""
    state = record.state(index)
    # beyond half of the bound, rounding alone may decide on which side a run is
    bound = escaped(geometry, *record.state(0)) / 2
    for W1, W2 in (state, _shaken(record, state, length)):
        part = geometry.descend(W1, W2, eta, [0, length])
        if part.diverged_at is not None or np.abs(part.W1[-1]).max() + np.abs(part.W2[-1]).max() > bound:
            return False
    return True


def _shaken(record: Record, state: Factors, length: int) -> Factors:
    """A state that is off by as much as all roundings of so many steps together."""
    random = np.random.default_rng(0)
    size = _ROUNDINGS * record.unit * length
    W1, W2 = (part * (1 + size * random.standard_normal(part.shape)) for part in state)
    return W1, W2


def _one_step_suspects(
    geometry: Geometry, record: Record, factors: Factors, eta: float, end: int
) -> NDArray[np.bool_]:
    """Of states a step apart, those that one step does not join at first sight."""
    W1s, W2s = factors
    found = np.zeros(end - 1, dtype=bool)
    held = most_held(*geometry.shape, W1s.shape[2])
    for low in range(0, end - 1, held):
        high = min(low + held, end - 1)
        W1, W2 = W1s[low:high], W2s[low:high]
        R = geometry.data.Sxx @ W1 @ W2 - geometry.data.Sxy
        moved = W1 - eta * R @ W2.swapaxes(1, 2), W2 - eta * W1.swapaxes(1, 2) @ R
        for part, came in zip(moved, (W1s, W2s), strict=True):
            next_ = came[low + 1 : high + 1]
            gap = np.linalg.norm(part - next_, axis=(1, 2))
            found[low:high] |= gap > record.resolution * np.linalg.norm(next_, axis=(1, 2))
    return np.asarray(found & (np.diff(record.steps[:end]) == 1))


def _difference(geometry: Geometry, record: Record, eta: float, index: int) -> float:
    """Relative difference between a recorded state and descent from the one before; 0 where rounding explains it.

    What rounding does on the way is seen from a second descent, from a state that is off by as much as all roundings
    together.
    """
    before, after = record.state(index), record.state(index + 1)
    length = int(record.steps[index + 1] - record.steps[index])
    descend = plain(geometry, eta)
    reached = descend(before, length)
    if reached is None:
        return float("inf")
    gap = _gap(reached, after)
    if gap <= record.resolution:
        return 0.0
    other = descend(_shaken(record, before, length), length)
    spread = float("inf") if other is None else _gap(reached, other)
    return gap if gap > _MORE * spread else 0.0


def _leads(record: Record, index: int, end: int, budget: int, descend: Descent) -> bool:
    """Whether a descent leads from the state of an index through all that follow; not seen where ``budget`` ends before."""
    if record.steps[end - 1] - record.steps[index] > budget:
        return False
    for i in range(index, end - 1):
        reached = descend(record.state(i), int(record.steps[i + 1] - record.steps[i]))
        if reached is None or _gap(reached, record.state(i + 1)) > record.resolution:
            return False
    return True


def _gap(one: Factors, other: Factors) -> float:
    with np.errstate(over="ignore"):  # what diverges is far enough
        return max(
            float(np.linalg.norm(a - b) / max(float(np.linalg.norm(b)), 1e-300))
            for a, b in zip(one, other, strict=True)
        )


def _rise(losses: Array, steps: NDArray[np.int64], least: float, first: float) -> int | None:
    """The first of some steps with a larger loss than the one before; ``first`` is the loss of the start."""
    excess = losses - least
    higher = excess[1:] > excess[:-1] * (1 + _RISE) + 1e-12 * (abs(first - least) + abs(least))
    return int(steps[1 + int(np.argmax(higher))]) if higher.any() else None
