"""What a sweep runs over: axes, laid out as a grid, sampled, or both; cut into chunks that can be made in any order."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.randomness import seed_for

__all__ = ["Axis", "AxisSyntaxError", "Plan", "axis"]

# A chunk is what one task makes: long enough to pay for being sent, few enough of them to keep track of, small
# enough for memory.
SMALLEST_CHUNK, CHUNKS, LARGEST_CHUNK = 20_000, 500, 500_000


class AxisSyntaxError(ValueError):
    """Text that describes no axis."""


@dataclass(frozen=True)
class Axis:
    """One parameter: ``count`` values from ``low`` to ``high``, both included; with ``count`` None, drawn between them.

    ``log`` spaces the values, or draws them, evenly in the logarithm.

    >>> Axis("s", 0.25, 1.0, 3, log=True).values(np.arange(3)).tolist()
    [0.25, 0.5, 1.0]
    """

    name: str
    low: float
    high: float
    count: int | None
    log: bool = False

    def values(self, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """The values of a grid axis at these places."""
        if self.count is None:
            raise ValueError(f"Expected a grid but {self.name} is drawn; give it a count")
        last = max(1, self.count - 1)
        step = (self.high - self.low) / last
        if not self.log and self.low % 1 == 0 and step % 1 == 0:
            # shares would round: 1/49 of 49 is not 1
            return np.asarray(self.low + step * indices, dtype=np.float64)
        return self._between(indices / last)

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Values drawn independently."""
        return self._between(rng.random(size))

    def _between(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.log:
            inner = self.low * np.exp(share * math.log(self.high / self.low))
        else:
            inner = self.low + share * (self.high - self.low)
        # the ends are what was asked for, to the last digit
        return np.where(share == 0.0, self.low, np.where(share == 1.0, self.high, inner))


_SPEC = re.compile(r"(?P<name>\w+)=(?P<low>[^:]+)(?::(?P<high>[^:]+))?(?::(?P<count>\d+))?(?P<log>:log)?")


def axis(text: str, *, drawn: bool) -> Axis:
    """The axis that ``NAME=FROM:TO:COUNT`` describes, or ``NAME=FROM:TO`` for one that is drawn; ``:log`` may follow.

    >>> axis("delta=1:100:50:log", drawn=False)
    Axis(name='delta', low=1.0, high=100.0, count=50, log=True)
    >>> axis("theta=0.5", drawn=False).count
    1

    Raises:
        AxisSyntaxError: for anything else.
    """
    example = "s=0.05:0.95" if drawn else "s=0.05:0.95:100"
    found = _SPEC.fullmatch(text)
    if found is None:
        raise AxisSyntaxError(f"cannot read {text!r}; write {example}, with :log behind it for a log scale")
    try:
        low = float(found["low"])
        high = low if found["high"] is None else float(found["high"])
    except ValueError:
        raise AxisSyntaxError(f"the ends of {text!r} must be numbers; write {example}") from None
    count = 1 if found["high"] is None else None if found["count"] is None else int(found["count"])
    log = found["log"] is not None
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise AxisSyntaxError(f"the ends of {text!r} must be finite and in order; write {example}")
    if log and low <= 0:
        raise AxisSyntaxError(f"{text!r} cannot be on a log scale; begin above 0")
    if drawn and found["count"] is not None:
        raise AxisSyntaxError(f"{text!r} is drawn: leave out the count; --sample says how many")
    if not drawn and (count is None or count < 1 or (count == 1 and low != high)):
        raise AxisSyntaxError(f"{text!r} needs a count of 2 or more; write {example}")
    return Axis(found["name"], low, high, None if drawn else count, log)


@dataclass(frozen=True)
class Plan:
    """All instances of a sweep, by number: the first axis varies slowest, ``sample`` instances stand at each grid point.

    Chunks of ``chunk_size`` instances (the last one may have fewer) depend on the plan alone, so the numbers in
    them are the same for any number of workers.

    >>> plan = Plan((Axis("s", 0.0, 1.0, 2), Axis("t", 5.0, 7.0, 3)), 1, 0)
    >>> plan.total, plan.chunks
    (6, 1)
    >>> {name: values.tolist() for name, values in plan.chunk(0).items()}
    {'s': [0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 't': [5.0, 6.0, 7.0, 5.0, 6.0, 7.0]}
    """

    axes: tuple[Axis, ...]
    sample: int
    seed: int
    chunk_size: int = field(init=False)

    def __post_init__(self) -> None:
        size = min(max(SMALLEST_CHUNK, -(-self.total // CHUNKS)), LARGEST_CHUNK)
        object.__setattr__(self, "chunk_size", size)

    @property
    def total(self) -> int:
        """How many instances there are."""
        return math.prod(self._counts()) * self.sample

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.total // self.chunk_size)

    def size(self, number: int) -> int:
        """How many instances are in chunk ``number``."""
        return min(self.chunk_size, self.total - number * self.chunk_size)

    def chunk(self, number: int) -> dict[str, NDArray[np.float64]]:
        """The values of every axis in chunk ``number``."""
        first = number * self.chunk_size
        point = np.arange(first, first + self.size(number), dtype=np.int64) // self.sample
        # places on the grid, the last axis varying fastest
        places: dict[str, NDArray[np.int64]] = {}
        for one in reversed(self.axes):
            if one.count is not None:
                point, places[one.name] = np.divmod(point, one.count)
        rng = np.random.default_rng(seed_for("sweep", self.seed, number))
        return {
            one.name: one.draw(rng, self.size(number)) if one.count is None else one.values(places[one.name])
            for one in self.axes
        }

    def seed_of(self, number: int, *names: object) -> int:
        """A seed for what else is drawn in a chunk."""
        return seed_for("sweep", *names, self.seed, number)

    def _counts(self) -> Sequence[int]:
        return [one.count for one in self.axes if one.count is not None]
