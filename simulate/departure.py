"""The first step of a run that is no step of gradient descent: not by more than rounding can explain.

Each step is compared by itself: the exact step from the state that the run recorded, with the state that it recorded
next. Nothing has to be carried along the orbit: a run that diverges because its step is too large, or that amplifies
rounding, is as easy to follow as one that settles.

One step in floats of unit u is off by at most c u (|W| + eta |G|), where |G| is the gradient computed from absolute
values, for whatever order of the products; c counts the roundings along the longest of them (inner products of each
length, the inputs, the step size) twice, for a recorded state is itself rounded. Each matrix of data counts in |G| with
a bound of its norm throughout: a program may bring it into another form first, and a decomposition rounds it as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.ball_arrays import BallArray
from rankladder.numbers.balls import Ball, as_balls, precision
from rankladder.simulate.dynamics import GradientDescent, Layers, State, Step, coefficient_step, entry_step

__all__ = ["Comparison", "Departure", "compared", "multiple"]

_BITS = 320
_MODES = ("fraction", "entry", "coefficient")
_ROUNDED = 1e-13  # how far float64 rounds a step, relative to what it adds up
_FINE = 1e-18  # the unit of a float that may look in the place of balls


@dataclass(frozen=True)
class Departure:
    """A step that gradient descent does not take.

    Attributes:
        step: its number; 0 where the first state recorded is not the start.
        part: which matrix of the state. entry: the index of its entry that is most wrong, empty for a number.
        expected, came: that entry as it should be and as it is, for display.
        excess: how far they are apart, relative to the sum of the sizes of all that the step adds up to it.
        allowed: how far rounding can put them apart, on the same scale; 0 for balls, which carry their rounding.
    """

    step: int
    part: int
    entry: tuple[int, ...]
    expected: float
    came: float
    excess: float
    allowed: float


@dataclass(frozen=True)
class Comparison:
    """What was found where each step of a run was compared with the step of gradient descent.

    Attributes:
        departure: the first wrong step; None where there is none, or none before the run leaves the range of its floats.
        followed: the last step compared of which half would be seen as wrong: after it the run has come to rest, as far as
            rounding lets one see, or has left the range of its floats.
    """

    departure: Departure | None
    followed: int


def _step(kind: str, data: Sequence[Any], eta: Any, *, of_data: bool) -> Step:
    """The step of gradient descent."""
    first, second = data
    if kind == "entry":
        return lambda state: (entry_step(state[0], first, second, eta),)
    if kind in _MODES:
        return lambda state: (coefficient_step(state[0], first, second, eta),)
    network = Layers.of_data(first, second) if of_data else Layers.of_moments(first, second)
    return GradientDescent(eta).step(network)


def _sizes(kind: str, data: Sequence[Any], eta: Any, state: State, of_data: bool) -> State:
    """The sum of the sizes of all that the step adds up."""
    # what enters with a minus, lam or Sxy, then enters with a plus; so does R = Sxx W - Sxy in a network
    first, second = _largest(data[0]), -_largest(data[1])
    rate = abs(eta) if kind in _MODES else -abs(eta)
    return _step(kind, (first, second), rate, of_data=of_data)(tuple(map(abs, state)))


def _largest(part: Any) -> Any:
    """The absolute value of a number; of a matrix what its norm is at most, throughout: a decomposition rounds by that."""
    sizes = abs(part)
    if not np.ndim(part):
        return sizes
    wide = sizes.size**0.5
    if sizes.dtype != object:
        return np.full_like(sizes, wide * sizes.max())
    return sizes * 0 + wide * max(sizes.flat, key=lambda x: float(Ball(x).arb.mid()))


def compared(
    kind: str,
    data: Sequence[Any],
    eta: Any,
    start: State,
    states: Sequence[NDArray[Any]],
    *,
    of_data: bool = False,
) -> Comparison:
    """Each step of a run beside the step of gradient descent from the same state.

    Args:
        kind: ``fraction``, ``entry``, ``coefficient``, or any other for a network.
        data: (sigma, lam), (Sxx, Sxy) or, for ``of_data``, (X, Y). eta: the step size.
        start: the first state, as it was given to the run.
        states: of each part the states 0, 1, 2, …: floats, whose type says how they are rounded; or balls.

    >>> import numpy as np
    >>> W = np.array([0.5, 0.75, 0.875, 0.9])[:, None, None]
    >>> found = compared("one layer", [np.eye(1), np.eye(1)], 0.5, (W[0],), [W])
    >>> found.departure.step, found.departure.expected, found.departure.came, found.followed
    (3, 0.9375, 0.9, 3)
    """
    if states[0].dtype == object:
        return Comparison(_in_balls(kind, data, eta, start, states, of_data), _last_change(states))
    types = [np.finfo(part.dtype) for part in states]
    unit, tiny = max(float(t.eps) / 2 for t in types), max(float(t.tiny) for t in types)
    most = min(float(t.max) for t in types)
    shapes = [n for part in (*data, *start) for n in np.shape(part)]
    rounds = 2 * (sum(shapes) + 12)
    begin = [
        np.abs(part[0] - first) <= 2 * unit * np.abs(first) + tiny
        for part, first in zip(states, start, strict=True)
    ]
    for number, fits in enumerate(begin):
        if not np.all(fits):
            first, came = np.asarray(start[number]), np.asarray(states[number][0], dtype=float)
            return Comparison(_most_wrong(0, number, first, came, abs(first), 2 * unit, tiny), 0)
    wide = np.longdouble if np.finfo(np.longdouble).eps < _FINE else float
    with np.errstate(all="ignore"):
        parts = [part.astype(wide) for part in states]
        before = tuple(part[:-1] for part in parts)
        given = [np.asarray(part, dtype=wide) for part in data]
        sizes = _sizes(kind, given, wide(eta), before, of_data)
        moved = _step(kind, given, wide(eta), of_data=of_data)(before)
        # products of the factors, in whatever order, may overflow long before the state does
        beyond, powers = 1e-6 * most, most ** (1 / (4 if kind in _MODES else 2 * max(2, len(parts))))
        late = np.zeros(len(parts[0]) - 1, dtype=bool)
        wrong, moves = np.zeros_like(late), np.zeros_like(late)
        for next_, size, now, last in zip((part[1:] for part in parts), sizes, moved, before, strict=True):
            allowed = rounds * (unit * size + 1e6 * tiny)
            axes = tuple(range(1, size.ndim))
            late |= ~np.all((size < beyond) & (abs(last) < powers), axis=axes)
            wrong |= ~np.all(
                np.abs(next_ - now) <= allowed * (1.0 if wide is np.longdouble else 0.5), axis=axes
            )
            moves |= np.any(np.abs(now - last) > 2 * allowed, axis=axes)
    end = int(np.argmax(late)) if late.any() else len(late)
    for k in np.flatnonzero(wrong[:end]).tolist():
        found = _confirmed(kind, data, eta, states, k, of_data, rounds * unit, rounds * 1e6 * tiny)
        if found is not None:
            return Comparison(found, found.step)
    seen = np.flatnonzero(moves[:end])
    return Comparison(None, int(seen[-1]) + 1 if seen.size else 0)


def multiple(
    kind: str,
    data: Sequence[Any],
    eta: Any,
    states: Sequence[NDArray[Any]],
    departure: Departure,
    *,
    of_data: bool = False,
) -> float | None:
    """How many times the change that gradient descent makes a wrong step makes; None where entries differ in that.

    Args:
        kind, data, eta, states, of_data: as for :func:`compared`. departure: what it found there.

    >>> import numpy as np
    >>> W = np.array([[[0.0, 0.0]], [[2.0, 4.0]]])
    >>> data = [np.eye(1), np.array([[1.0, 2.0]])]
    >>> found = compared("one layer", data, 0.5, (W[0],), [W]).departure
    >>> multiple("one layer", data, 0.5, [W], found)
    4.0
    """
    if not departure.step:
        return None
    with precision(_BITS), np.errstate(all="ignore"):
        given, rate = [_floats(part) for part in data], float(_floats(eta))
        before = tuple(_floats(part[departure.step - 1]) for part in states)
        moved = _step(kind, given, rate, of_data=of_data)(before)
        sizes = _sizes(kind, given, rate, before, of_data)
        came = (_floats(part[departure.step]) for part in states)
        wanted, made, size = (
            np.concatenate([np.ravel(part) for part in parts])
            for parts in (
                [a - b for a, b in zip(moved, before, strict=True)],
                [a - b for a, b in zip(came, before, strict=True)],
                sizes,
            )
        )
        times = float(made @ wanted / (wanted @ wanted))
        allowed = max(departure.allowed, _ROUNDED) * (1 + abs(times)) * size
        # of a single number that moves, every change is a multiple
        alike = np.all(np.abs(made - times * wanted) <= allowed) and np.sum(np.abs(wanted) > allowed) > 1
    return times if alike else None


def _floats(part: Any) -> Any:
    values = np.asarray(part, dtype=object)
    return np.array([float(Ball(x).arb.mid()) for x in values.flat]).reshape(values.shape)


def _last_change(states: Sequence[NDArray[Any]]) -> int:
    """The last of the states in balls that differs from the one before."""
    for k in range(len(states[0]) - 1, 0, -1):
        gaps = (np.asarray(part[k] - part[k - 1], dtype=object).reshape(-1) for part in states)
        if any(Ball(x).is_positive() or Ball(x).is_negative() for gap in gaps for x in gap):
            return k
    return 0


def _confirmed(
    kind: str,
    data: Any,
    eta: Any,
    states: Sequence[NDArray[Any]],
    k: int,
    of_data: bool,
    relative: float,
    tiny: float,
) -> Departure | None:
    """The step from state ``k`` where balls say that it is wrong."""
    with precision(_BITS):
        exact, rate = [_balls(part) for part in data], Ball(float(eta))
        before = tuple(_balls(part[k]) for part in states)
        moved = _step(kind, exact, rate, of_data=of_data)(before)
        sizes = _sizes(kind, exact, rate, before, of_data)
        for number, (now, size) in enumerate(zip(moved, sizes, strict=True)):
            came = states[number][k + 1]
            found = _most_wrong(k + 1, number, now, came, size, relative, tiny)
            if found is not None:
                return found
    return None


def _balls(part: Any) -> Any:
    made = as_balls(np.asarray(part, dtype=float))
    return made.view(BallArray) if made.ndim else made.item()


def _in_balls(
    kind: str, data: Any, eta: Any, start: State, states: Sequence[NDArray[Any]], of_data: bool
) -> Departure | None:
    step = _step(kind, data, eta, of_data=of_data)
    for k in range(len(states[0])):
        before = tuple(part[k - 1] for part in states)
        expected = step(before) if k else start
        for number, now in enumerate(expected):
            gap = np.asarray(now - states[number][k], dtype=object).reshape(-1)
            if any(Ball(x).is_positive() or Ball(x).is_negative() for x in gap):
                sizes = _sizes(kind, data, eta, before, of_data)[number] if k else abs(now)
                return _most_wrong(k, number, now, states[number][k], sizes, 0.0, 0.0)
    return None


def _most_wrong(
    step: int, part: int, expected: Any, came: Any, sizes: Any, relative: float, tiny: float
) -> Departure | None:
    """The entry that is wrong by most, if any is wrong by more than is allowed."""
    worst: Departure | None = None
    table = (
        np.asarray(expected, dtype=object),
        np.asarray(came, dtype=object),
        np.asarray(sizes, dtype=object),
    )
    for entry in np.ndindex(table[0].shape):
        wanted, found, size = (Ball(array[entry]) for array in table)
        gap = abs(wanted - found)
        # a float that is no number is wrong here; a ball that is none has only lost its digits
        lost = not isinstance(table[1][entry], Fraction | Ball) and not found.arb.is_finite()
        if not lost and not (gap - relative * size - tiny).is_positive():
            continue
        excess = float((gap / size).arb.mid()) if size.is_positive() and gap.arb.is_finite() else float("inf")
        if worst is None or excess > worst.excess:
            expected_there, came_there = (float(x.arb.mid()) for x in (wanted, found))
            worst = Departure(step, part, entry, expected_there, came_there, excess, relative)
    return worst
