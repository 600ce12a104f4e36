"""Lines in the domain of a claim, and where a quantity inside its conclusion touches zero along them.

On a line all numbers of an instance but one are fixed, at short rationals. Float64 follows the quantities on a
grid, narrows the dips by golden sections, and keeps those that close at what looks like a short rational: there
exact arithmetic has something to say. Nothing here decides anything.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.randomness import RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.search.climb import weight

__all__ = ["Floats", "Integers", "Lines"]

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

_NOISE = 1e-9  # what is no larger anywhere is zero all along the line
_CLOSE = 1e-6  # a margin that may be zero in truth
_LARGEST_DENOMINATOR = 2_520
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class _Dips:
    """Where a quantity gets close to zero between two points of a line, and how far from zero it was around."""

    row: Integers
    line: Integers
    around: Floats
    low: Floats
    high: Floats

    def those(self, kept: Integers) -> _Dips:
        """Some of them."""
        return _Dips(self.row[kept], self.line[kept], self.around[kept], self.low[kept], self.high[kept])


@dataclass(frozen=True)
class Touching:
    """Instances where a quantity is zero, the simplest of each first: those where the margin is next to zero, or has
    no value, and those where it is not.
    """

    close: list[Instance]
    far: list[Instance]


@dataclass(frozen=True)
class Lines(ABC):
    """Lines through instances of a claim, along one number of each.

    ``brackets`` is how many dips are looked at closely; ``narrowings`` are numbers of golden sections, each with how
    much smaller they must make what goes to zero: it shrinks as the section does, 0.618^n, or faster.
    """

    claim: Claim
    bases: list[Instance]
    brackets: int
    narrowings: tuple[tuple[int, float], ...]

    @abstractmethod
    def grid(self, rng: np.random.Generator) -> Floats:
        """Values of the number to follow, increasing: a row a line."""

    @abstractmethod
    def follow(self, line: Integers, at: Floats) -> tuple[Floats, Floats] | None:
        """The margin at points of the lines, and what the conclusion combines, a row a quantity.

        None where the conclusion cannot be followed.
        """

    @abstractmethod
    def instance(self, line: int, value: Fraction) -> Instance:
        """The instance on a line where the number has that value."""

    def touching(self, source: RandomSource) -> Touching | None:
        """Instances with a short rational for the number where some quantity is zero; None as :meth:`follow`."""
        with np.errstate(all="ignore"):
            return self._touching(source)

    def _touching(self, source: RandomSource) -> Touching | None:
        grid = self.grid(source.rng)
        lines, points = grid.shape
        followed = self.follow(np.repeat(np.arange(lines), points), grid.reshape(-1))
        if followed is None:
            return None
        sizes = np.abs(followed[1]).reshape(-1, lines, points)
        middle, before, after = sizes[:, :, 1:-1], sizes[:, :, :-2], sizes[:, :, 2:]
        dips = (middle <= before) & (middle <= after) & (middle < 0.9 * np.maximum(before, after))
        dips &= np.maximum(before, after) > _NOISE
        row, line, point = np.nonzero(dips)
        around = np.maximum(sizes[row, line, point], sizes[row, line, point + 2])
        dip = _Dips(row, line, around, grid[line, point], grid[line, point + 2])
        # quantities that dip in the same place mostly have the zero in common
        order = source.rng.permutation(row.size)
        dip = dip.those(order[np.unique((line * points + point)[order], return_index=True)[1]])
        dip = dip.those(_some_of_each(dip.row, self.brackets, source))
        for sections, smaller in self.narrowings:
            dip = self._narrowed(dip, sections, smaller)
        return self._short(self._polished(dip))

    def _size(self, row: Integers, line: Integers, at: Floats) -> tuple[Floats, Floats]:
        """How far from zero one quantity is at each point, and the margin there."""
        followed = self.follow(line, at) if at.size else None
        if followed is None or row.max() >= len(followed[1]):
            return np.full(at.size, np.inf), np.full(at.size, np.inf)
        found = np.abs(followed[1][row, np.arange(at.size)])
        return np.where(np.isfinite(at) & np.isfinite(found), found, np.inf), followed[0]

    def _narrowed(self, dips: _Dips, sections: int, smaller: float) -> _Dips:
        """The dips after so many golden sections, those whose quantity has become that much smaller."""
        low, high = dips.low, dips.high
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        at_left, at_right = (self._size(dips.row, dips.line, at)[0] for at in (left, right))
        for _ in range(sections):
            lower = at_left < at_right
            low, high = np.where(lower, low, left), np.where(lower, right, high)
            fresh = np.where(lower, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
            at_fresh, _ = self._size(dips.row, dips.line, fresh)
            left, right = np.where(lower, fresh, right), np.where(lower, left, fresh)
            at_left, at_right = np.where(lower, at_fresh, at_right), np.where(lower, at_left, at_fresh)
        narrowed = _Dips(dips.row, dips.line, dips.around, low, high)
        return narrowed.those(np.flatnonzero(np.minimum(at_left, at_right) <= smaller * dips.around))

    def _polished(self, dips: _Dips) -> _Dips:
        """The dips by the straight lines that a quantity follows on either side of its zero, where it does."""

        def size(at: Floats) -> Floats:
            return self._size(dips.row, dips.line, at)[0]

        def best_of(tried: list[Floats]) -> tuple[Floats, Floats]:
            inside = [np.clip(np.where(np.isnan(at), low, at), low, high) for at in tried]
            sizes = np.stack([size(at) for at in inside])
            best = np.argmin(sizes, axis=0), np.arange(low.size)
            return np.stack(inside)[best], sizes[best]

        low, high = dips.low, dips.high
        part = (high - low) / 4
        slope = (size(low) - size(low + part)) / part, (size(high) - size(high - part)) / part
        where, least = best_of(
            [low + part, high - part, low + size(low) / slope[0], high - size(high) / slope[1]]
        )
        for _ in range(2):
            step = least / np.maximum(*slope)
            where, least = best_of([where, where - step, where + step])
        return _Dips(dips.row, dips.line, dips.around, where, where)

    def _short(self, dips: _Dips) -> Touching:
        """The instances with a short rational inside the dips at which the quantity is zero to rounding."""
        found = map(_short_rational, ((dips.low + dips.high) / 2).tolist())
        short = [(i, fraction) for i, fraction in enumerate(found) if fraction is not None]
        index, fractions = [i for i, _ in short], [fraction for _, fraction in short]
        line, row = dips.line[index], dips.row[index]
        sizes, margins = self._size(row, line, np.array([float(f) for f in fractions]))
        made = sorted(
            (
                (int(row[i]), self.instance(int(line[i]), fractions[i]), not margins[i] > _CLOSE)
                for i in np.flatnonzero(sizes <= 1e-11 * dips.around[index]).tolist()
            ),
            key=lambda found: weight(self.claim, found[1]),
        )
        return Touching(
            _in_turn([(row, instance) for row, instance, close in made if close]),
            _in_turn([(row, instance) for row, instance, close in made if not close]),
        )


def _short_rational(x: float) -> Fraction | None:
    """The rational that ``x`` is much closer to than numbers are to one of that length; None without one.

    >>> _short_rational(2 / 7 + 1e-9), _short_rational(2**0.5)
    (Fraction(2, 7), None)
    """
    if abs(x) < 1e-12:
        return Fraction(0)
    before, below_before, above, below = 0, 1, 1, 0
    rest = x
    while True:  # the convergents of a continued fraction
        whole = math.floor(rest)
        before, above = above, whole * above + before
        below_before, below = below, whole * below + below_before
        if below > _LARGEST_DENOMINATOR:
            return None
        if abs(above / below - x) <= 1e-4 * min(1.0, abs(x)) / below**2:
            return Fraction(above, below)
        rest = 1 / (rest - whole) if rest != whole else math.inf
        if math.isinf(rest):
            return None


def _some_of_each(rows: Integers, most: int, source: RandomSource) -> Integers:
    """The places of at most so many entries, as evenly over their values as there are."""
    order = source.rng.permutation(rows.size)
    order = order[np.argsort(rows[order], kind="stable")]
    rank = np.arange(order.size) - np.searchsorted(rows[order], rows[order])
    return order[np.argsort(rank, kind="stable")][:most]


def _in_turn(made: list[tuple[int, Instance]]) -> list[Instance]:
    """The simplest instance of each quantity, then the second simplest, and so on."""
    seen: dict[int, int] = {}
    ranked = []
    for row, instance in made:
        seen[row] = seen.get(row, 0) + 1
        ranked.append((seen[row], instance))
    return [instance for _, instance in sorted(ranked, key=lambda pair: pair[0])]
