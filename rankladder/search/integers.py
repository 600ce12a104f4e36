"""Instances of a claim about integers alone: all of them where that is possible, else all small and many large ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.scalars import Int

__all__ = ["integer_batches"]

Columns = dict[str, NDArray[np.int64]]

_CHUNK = 2**15
_LARGEST = 2**62


def integer_batches(over: Mapping[str, Int], most: int, rng: np.random.Generator) -> Iterator[Columns]:
    """Columns of integers, one for each parameter, in batches: about ``most`` instances in all.

    Where there are no more than that, each comes once. Otherwise half of them are those nearest to zero, all of
    them; the rest are drawn over the whole range, powers, their neighbours and relations between parameters
    among them.

    >>> batches = integer_batches({"m": Int(1, 2), "n": Int(0, 2)}, 100, np.random.default_rng(0))
    >>> [batch["m"].tolist() + batch["n"].tolist() for batch in batches]
    [[1, 1, 1, 2, 2, 2, 0, 1, 2, 0, 1, 2]]
    """
    whole = {name: (max(d.lower, -_LARGEST), min(d.upper, _LARGEST)) for name, d in over.items()}
    if math.prod(high - low + 1 for low, high in whole.values()) <= most:
        yield from _every(whole)
        return
    yield from _every(_near_zero(whole, most // 2))
    for _ in range(max(1, most // 2 // _CHUNK)):
        yield _drawn(whole, min(_CHUNK, max(1, most // 2)), rng)


def _every(ranges: Mapping[str, tuple[int, int]]) -> Iterator[Columns]:
    """Every choice from the ranges, the last parameter fastest."""
    sizes = [high - low + 1 for low, high in ranges.values()]
    for start in range(0, math.prod(sizes), _CHUNK):
        rest = np.arange(start, min(start + _CHUNK, math.prod(sizes)), dtype=np.int64)
        columns = {}
        for (name, (low, _)), size in reversed(list(zip(ranges.items(), sizes, strict=True))):
            rest, digit = np.divmod(rest, size)
            columns[name] = low + digit
        yield {name: columns[name] for name in ranges}


def _near_zero(ranges: Mapping[str, tuple[int, int]], most: int) -> dict[str, tuple[int, int]]:
    """The part of the ranges next to zero, as wide in each parameter as ``most`` choices in all allow."""

    def cut(radius: int) -> dict[str, tuple[int, int]]:
        found = {}
        for name, (low, high) in ranges.items():
            centre = min(max(0, low), high)
            found[name] = (max(low, centre - radius), min(high, centre + radius))
        return found

    below, above = 0, most
    while below < above:
        middle = (below + above + 1) // 2
        fits = math.prod(high - low + 1 for low, high in cut(middle).values()) <= most
        below, above = (middle, above) if fits else (below, middle - 1)
    return cut(below)


def _drawn(ranges: Mapping[str, tuple[int, int]], size: int, rng: np.random.Generator) -> Columns:
    columns: Columns = {}
    for name, (low, high) in ranges.items():
        uniform = rng.integers(low, high, size, endpoint=True)
        centre = min(max(0, low), high)
        reach = np.where(rng.random(size) < 0.5, max(high - centre, 1), -max(centre - low, 1))
        scaled = centre + np.sign(reach) * np.exp(rng.random(size) * np.log(np.abs(reach))).astype(np.int64)
        kind = rng.integers(0, 4, size)
        drawn = np.select(
            [kind == 0, kind == 1, kind == 2], [uniform, scaled, _powers(high, size, rng)], uniform
        )
        if columns:
            drawn = np.where(kind == 3, _related(list(columns.values()), size, rng), drawn)
        columns[name] = np.where((drawn >= low) & (drawn <= high), drawn, uniform)
    return columns


def _powers(high: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Powers up to ``high``, times a small number, or next to such."""
    exponent = rng.integers(2, 8, size)
    base = np.exp(rng.random(size) * np.log(max(high, 2)) / exponent).round()
    swap = rng.random(size) < 0.25
    base, exponent = np.where(swap, exponent, base), np.where(swap, base, exponent)
    found = np.minimum(base ** np.minimum(exponent, 62.0), 2.0**62).astype(np.int64)
    factor = np.where(rng.random(size) < 0.7, 1, rng.integers(2, 13, size))
    near: NDArray[np.int64] = np.minimum(found, _LARGEST // 12) * factor + np.where(
        rng.random(size) < 0.5, 0, rng.integers(-1, 2, size)
    )
    return near


def _related(columns: list[NDArray[np.int64]], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Something that earlier parameters make: one of them, a neighbour, a multiple, a square, a sum."""
    one, other = (np.choose(rng.integers(0, len(columns), size), columns) for _ in range(2))
    small = np.abs(one) < 2**31
    kinds = [one, one + 1, one - 1, one * 2, np.where(small, one, 0) ** 2, one + other, np.abs(one - other)]
    chosen: NDArray[np.int64] = np.choose(rng.integers(0, len(kinds), size), kinds)
    return chosen
