"""A recorded run of gradient descent in a file: reading it; every refusal is one line with value and remedy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.analysis import LARGEST_DELTA
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import arrays_of
from rankladder.usage import UsageError

__all__ = ["Record", "read_record", "step_between", "step_size"]

Array = NDArray[np.float64]
Factors = tuple[Array, Array]

_NEEDED = "a recorded run is W (states, d, p), or W1 (states, d, r) and W2 (states, r, p)"
_BESIDE = ("steps", "eta", "delta", "W_start", "W1_start", "W2_start")
_SAME = 1e-7  # as data and step size in float32 make it
_EXPLAINED = 1e-3  # share of a step that a step size need not explain: a record in float32 has 1e-4


@dataclass(frozen=True)
class Record:
    """States of a run.

    Attributes:
        steps: (states,), the steps after which they were recorded, rising. numbered: whether the file says them.
        W: (states, d, p), the products. factors: (states, d, r) and (states, r, p), where they were recorded.
        unit: the rounding unit of the numbers as they were saved.
        eta, delta: step size and smallness of the start, where the file says them.
        lost_at: the step of the first state that is not finite, which ends the record.
    """

    steps: NDArray[np.int64]
    numbered: bool
    W: Array
    factors: Factors | None
    unit: float
    eta: float | None = None
    delta: float | None = None
    lost_at: int | None = None

    @property
    def resolution(self) -> float:
        """The relative difference between states below which it is not asked where it comes from."""
        return max(_SAME, 200 * self.unit)

    def state(self, index: int) -> Factors:
        """The factors of one state.

        Raises:
            ValueError: for a record of W alone.
        """
        if self.factors is None:
            raise ValueError("W alone was recorded, and no factors")
        return self.factors[0][index], self.factors[1][index]


def read_record(path: str, shape: tuple[int, int]) -> Record:
    """Read a run that was recorded on data of ``shape`` (d, p).

    Args:
        path: ``.npz`` with ``W``, or ``W1`` and ``W2``, a state a recorded step; beside them ``steps`` (states,), ``eta``,
            ``delta``, and the start, ``W_start`` or ``W1_start`` and ``W2_start``, where step 0 is not among them.
            Without ``steps`` they are the states after 0, 1, 2, … steps.

    Raises:
        UsageError: for a file that holds less, anything else besides, or arrays that do not fit.
    """
    arrays = arrays_of(path)
    held = ", ".join(f"{name} {array.shape}" for name, array in arrays.items()) or "nothing"
    names = ("W1", "W2") if "W1" in arrays or "W2" in arrays else ("W",)
    missing = [name for name in names if name not in arrays]
    if missing:
        raise UsageError(
            f"{path} holds {held} and no {missing[0]}; {_NEEDED}, saved by numpy.savez, beside it {', '.join(_BESIDE)}"
        )
    unknown = [name for name in arrays if name not in (*names, *_BESIDE)]
    if unknown:
        raise UsageError(
            f"{path} holds {', '.join(unknown)} beside {' and '.join(names)}; of a run only {', '.join(_BESIDE)} are read "
            "besides: save it without the rest"
        )
    steps = _steps(path, arrays)
    parts = {name: _numbers(path, name, arrays[name], 3) for name in names}
    _require_shapes(path, parts, shape)
    states = len(parts[names[0]])
    if steps is not None and len(steps) != states:
        raise UsageError(
            f"{path}: steps has {len(steps)} numbers, {names[0]} has {states} states; give one for each"
        )
    given = {
        name: _numbers(path, f"{name}_start", arrays[f"{name}_start"], 2)
        for name in names
        if f"{name}_start" in arrays
    }
    starts = {name for name in arrays if name.endswith("_start")}
    if starts not in (set(), {f"{name}_start" for name in names}):
        needed = " and ".join(f"{n}_start" for n in names)
        raise UsageError(f"{path} holds {held}; the start of {' and '.join(names)} is {needed}")
    numbers = np.arange(states) if steps is None else steps
    if given:
        numbers, parts = _with_start(path, numbers, parts, given)
    if len(numbers) < 2:
        raise UsageError(f"{path} holds one state; a run has at least two, such as the start and a later one")
    unit = max(_unit(arrays[name]) for name in names)
    finite = np.all([np.isfinite(part).all(axis=(1, 2)) for part in parts.values()], axis=0)
    lost_at = None
    if not finite.all():
        end = int(np.argmin(finite))
        if finite[end:].any():
            raise UsageError(_hole(path, parts, numbers, end))
        if not end:
            raise UsageError(
                f"{path}: the first state, of step {numbers[0]}, is not finite; record from the start on"
            )
        lost_at, numbers = int(numbers[end]), numbers[:end]
        parts = {name: part[:end] for name, part in parts.items()}
    factors = (parts["W1"], parts["W2"]) if "W1" in parts else None
    with np.errstate(over="ignore", invalid="ignore"):
        W = parts["W"] if factors is None else factors[0] @ factors[1]
    return Record(
        numbers,
        steps is not None,
        W,
        factors,
        max(unit, float(np.finfo(np.float64).eps) / 2),
        eta=_scalar(path, arrays, "eta", 0.0, math.inf, "a positive number"),
        delta=_scalar(path, arrays, "delta", -LARGEST_DELTA, LARGEST_DELTA, f"at most {LARGEST_DELTA:g}"),
        lost_at=lost_at,
    )


def _unit(array: NDArray[np.generic]) -> float:
    """Of the floats that the states were computed in: of float32 where these are saved in float64, the start perhaps apart."""
    if array.dtype.kind != "f":
        return float(np.finfo(np.float64).eps) / 2
    later = array[1:]
    with np.errstate(over="ignore", invalid="ignore"):
        short = later.astype(np.float32)
    held = bool(later.any()) and np.array_equal(short, later, equal_nan=True)
    return max(float(np.finfo(kind).eps) / 2 for kind in (str(array.dtype), *(["float32"] if held else [])))


def _hole(path: str, parts: dict[str, Array], steps: NDArray[np.int64], state: int) -> str:
    """What is said of a state that is not finite where later ones are: descent does not come back from there."""
    name = next(name for name, part in parts.items() if not np.isfinite(part[state]).all())
    row, column = np.argwhere(~np.isfinite(parts[name][state]))[0]
    return (
        f"{path}: {name} holds {parts[name][state, row, column]} at row {row + 1}, column {column + 1} of the state "
        f"of step {steps[state]}, but later states are finite; only the last states of a run that diverges may be none: leave "
        "this one out or record it again"
    )


def _numbers(path: str, name: str, array: NDArray[np.generic], dimensions: int) -> Array:
    if array.dtype.kind not in "fiub":
        raise UsageError(
            f"{path}: {name} has type {array.dtype}, must be real numbers; convert it with astype(float)"
        )
    if array.ndim != dimensions:
        form = "one matrix a recorded step, (states, rows, columns)" if dimensions == 3 else "one matrix"
        raise UsageError(
            f"{path}: {name} has shape {array.shape}, must be {form}; stack them with numpy.stack"
        )
    return np.ascontiguousarray(array, dtype=np.float64)


def _require_shapes(path: str, parts: dict[str, Array], shape: tuple[int, int]) -> None:
    d, p = shape
    shapes = ", ".join(f"{name} {part.shape}" for name, part in parts.items())
    first, last = (next(iter(parts.values())), list(parts.values())[-1])
    fits = first.shape[1] == d and last.shape[2] == p and len(first) == len(last)
    if (
        not fits
        or (len(parts) == 2 and (first.shape[2] != last.shape[1] or not first.shape[2]))
        or not len(first)
    ):
        wanted = (
            f"W1 (states, {d}, r) and W2 (states, r, {p})" if len(parts) == 2 else f"W (states, {d}, {p})"
        )
        raise UsageError(
            f"{path} holds {shapes}; data with {d} inputs and {p} outputs need {wanted}, with as many states each"
        )


def _steps(path: str, arrays: dict[str, NDArray[np.generic]]) -> NDArray[np.int64] | None:
    if "steps" not in arrays:
        return None
    given = arrays["steps"]
    steps = given.astype(np.float64) if given.dtype.kind in "iuf" and given.ndim == 1 else np.array([np.nan])
    whole = np.isfinite(steps).all() and bool((steps == np.floor(steps)).all())
    if not whole or (steps < 0).any() or (steps > 2**53).any() or (np.diff(steps) <= 0).any():
        raise UsageError(
            f"{path}: steps must be whole numbers from 0 on that rise, one for each state; got {given.dtype} of shape "
            f"{given.shape}" + (f" from {given[0]} to {given[-1]}" if given.ndim == 1 and len(given) else "")
        )
    return steps.astype(np.int64)


def _scalar(
    path: str, arrays: dict[str, NDArray[np.generic]], name: str, least: float, most: float, words: str
) -> float | None:
    if name not in arrays:
        return None
    array = arrays[name]
    value = float(array.reshape(-1)[0].item()) if array.size == 1 and array.dtype.kind in "fiu" else math.nan
    if not (math.isfinite(value) and least < value <= most):
        shown = array.item() if array.size == 1 else f"shape {array.shape}"
        raise UsageError(f"{path}: {name} is {shown}, must be {words}")
    return value


def _with_start(
    path: str, steps: NDArray[np.int64], parts: dict[str, Array], start: dict[str, Array]
) -> tuple[NDArray[np.int64], dict[str, Array]]:
    """The record with the start as the state of step 0."""
    for name, first in start.items():
        if first.shape != parts[name].shape[1:]:
            raise UsageError(
                f"{path}: {name}_start has shape {first.shape}, the states of {name} {parts[name].shape[1:]}"
            )
    if steps[0] > 0:
        steps = np.concatenate([[0], steps])
        return steps, {name: np.concatenate([start[name][None], part]) for name, part in parts.items()}
    if any(not np.allclose(part[0], start[name], rtol=1e-6, atol=0) for name, part in parts.items()):
        raise UsageError(
            f"{path}: the state of step 0 is not the start given beside it; leave out one of them"
        )
    return steps, parts


def step_between(record: Record, geometry: Geometry, index: int) -> float | None:
    """The step size of one step of descent between a state and the next: 0 where it is none, None where it hardly moves."""
    before, after = record.state(index), record.state(index + 1)
    moved = geometry.descend(*before, 1.0, [0, 1])
    if moved.diverged_at is not None:
        return None
    ways = [(part[-1] - first).reshape(-1) for part, first in zip((moved.W1, moved.W2), before, strict=True)]
    went = [(last - first).reshape(-1) for last, first in zip(after, before, strict=True)]
    way, gone = np.concatenate(ways), np.concatenate(went)
    length = float(way @ way)
    size = max(float(np.abs(part).max()) for part in before)
    if not length or np.abs(gone).max() < 1e3 * record.unit * size:
        return None
    eta = float(way @ gone) / length
    return eta if eta > 0 and np.linalg.norm(gone - eta * way) <= _EXPLAINED * np.linalg.norm(gone) else 0.0


def step_size(record: Record, geometry: Geometry, path: str) -> float:
    """The step size of a record that does not say it, from two states a step apart.

    Raises:
        UsageError: where no step size explains them, or there are none.
    """
    needed = f"save eta in {path} or give --eta" + (
        "" if record.numbered else ", and save steps where some are left out"
    )
    if record.factors is None:
        raise UsageError(f"{path} holds W and no eta, and W alone does not tell the step size; {needed}")
    for index in np.flatnonzero(np.diff(record.steps) == 1)[:100].tolist():
        eta = step_between(record, geometry, index)
        if eta is not None:
            if eta > 0:
                return eta
            break
    raise UsageError(
        f"{path} holds no eta, and its states tell none: no two that follow each other are one step of gradient descent apart; {needed}"
    )
