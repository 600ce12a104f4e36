"""The guided part of the scout: what is nearly violated somewhere leads to what is violated nearby.

The domain is cut into niches (near either end of a parameter, or in between), and the smallest margin met in each
is kept with its instance. New batches are made from those: perturbed on many scales, towards either end, mixed with
each other, with parameters set equal or rounded. Keeping every niche matters: a claim that is tight in some corner
has its smallest margins there, far from where it may fail.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.randomness import RandomSource
from rankladder.language.statement import Claim

__all__ = ["Archive", "Niche", "badness", "badness_of", "offspring"]

Floats = NDArray[np.float64]

_CUTS = np.array([2.0**-10, 0.125, 0.5, 0.875, 1 - 2.0**-10])  # of a bounded parameter's range
_MAGNITUDES = np.array([-16.0, -1.0, 0.0, 1.0, 16.0])  # of one without an end
_LOOKED_AT = 128  # the smallest margins of a batch
_FEW = 8  # the niches with the smallest margins, which get half of the offspring


def badness(margin: float) -> float:
    """The size of a violation up to 1; above, the closer to 1 the better. An undefined margin is at the edge.

    >>> badness(2.0) < badness(-0.5) < badness(-100.0) < badness(-1.5), badness(float("nan"))
    (True, 0.0)
    """
    if margin != margin:
        return 0.0
    return float(-margin if margin >= -1 else 1 - 1 / margin)


def badness_of(margins: Floats) -> Floats:
    """The same of every margin of an array."""
    with np.errstate(all="ignore"):
        worse = np.where(margins >= -1, -margins, 1 - 1 / margins)
    return np.where(np.isnan(margins), 0.0, worse)


@dataclass(frozen=True)
class Niche:
    """The smallest margin met in one niche, how bad that is, and where."""

    margin: float
    badness: float
    reals: Floats
    integers: tuple[int, ...]


@dataclass
class Archive:
    """The niches of a claim that have been visited."""

    claim: Claim
    niches: dict[tuple[int, ...], Niche] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The real parameters, in order."""
        return list(self.claim.reals)

    def add(self, values: dict[str, Any], margins: Floats, mask: NDArray[np.bool_]) -> None:
        """Keep what a batch of instances betters."""
        integers = tuple(values[n] for n in self.claim.integers)
        columns = [np.asarray(values[n], dtype=float) for n in self.names]
        worse = np.where(mask & ~np.isnan(margins), badness_of(margins), -np.inf)
        order = np.argsort(-worse)[:_LOOKED_AT]
        keys = np.stack(
            [_place(self.claim.over[n], c[order]) for n, c in zip(self.names, columns, strict=True)], axis=1
        ).tolist()
        coarse = tuple(i.bit_length() for i in integers)
        fresh = set()
        for index, place in zip(order.tolist(), map(tuple, keys), strict=True):
            if worse[index] == -np.inf:
                break
            if place in fresh:
                continue
            fresh.add(place)
            key = (*coarse, *place)
            known = self.niches.get(key)
            if known is None or worse[index] > known.badness:
                reals = np.array([c[index] for c in columns])
                self.niches[key] = Niche(float(margins[index]), float(worse[index]), reals, integers)

    def ranked(self) -> list[Niche]:
        """The niches, smallest margin first."""
        return sorted(self.niches.values(), key=lambda n: -n.badness)


def _place(domain: Any, column: Floats) -> NDArray[np.int64]:
    low, high = _ends(domain)
    if np.isfinite(low) and np.isfinite(high):
        return np.searchsorted(_CUTS, (column - low) / max(high - low, 1e-300))
    return np.searchsorted(_MAGNITUDES, column)


def _ends(domain: Any) -> tuple[float, float]:
    low, high = domain.drawn.lower, domain.drawn.upper
    return (-np.inf if low is None else float(low)), (np.inf if high is None else float(high))


def offspring(archive: Archive, source: RandomSource, size: int) -> dict[str, Any]:
    """A batch of instances near those of the archive; the integers are shared, as in every batch."""
    rng, ranked = source.rng, archive.ranked()
    few = min(len(ranked), _FEW)
    lead = int(rng.integers(0, few if source.integer(0, 1) else len(ranked)))
    chosen = np.where(rng.random(size) < 0.5, rng.integers(0, few, size), rng.integers(0, len(ranked), size))
    chosen[: size // 4] = lead
    parents = np.stack([n.reals for n in ranked])[chosen]
    children = parents.copy()
    for j, name in enumerate(archive.names):
        children[:, j] = _moved(archive.claim.over[name], parents, j, rng)
    values: dict[str, Any] = {}
    integers = iter(ranked[lead].integers)
    for name in archive.claim.over:
        if name in archive.claim.integers:
            domain, value = archive.claim.integers[name], next(integers)
            moved = domain.mutate(value, source) if source.integer(0, 1) else value
            values[name] = min(max(moved, domain.lower), domain.upper)
        else:
            values[name] = children[:, archive.names.index(name)]
    return values


def _moved(domain: Any, parents: Floats, j: int, rng: np.random.Generator) -> Floats:
    """One parameter of every child: kept, moved on one of many scales, or taken from elsewhere."""
    low, high = _ends(domain)
    v, size = parents[:, j], len(parents)
    width = high - low if np.isfinite(high - low) else np.abs(v) + 1
    noise, scale = rng.standard_normal(size), np.exp2(-rng.random(size) * 40)
    stretch = np.exp(rng.standard_normal(size) * np.exp2(2 - rng.random(size) * 10))
    grid = rng.integers(1, 13, size)
    other = parents[rng.permutation(size), j]
    same = parents[np.arange(size), rng.integers(0, parents.shape[1], size)]
    kind = rng.integers(0, 10, size)
    with np.errstate(all="ignore"):
        low_end = v * stretch if not np.isfinite(low) else low + (v - low) * stretch
        high_end = v / stretch if not np.isfinite(high) else high - (high - v) * stretch
        moved = np.select(
            [kind <= 3, kind == 4, kind == 5, kind == 6, kind == 7, kind == 8],
            [v, v + width * noise * scale, low_end, high_end, other, same],
            np.round(v * grid) / grid,
        )
    inside: Floats = np.clip(moved, low, high)
    return inside
