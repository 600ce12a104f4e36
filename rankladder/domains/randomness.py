"""Where choices come from: a protocol, and a seeded generator for bulk.

A generator of instances asks for integers only, so the same code draws from this or from Hypothesis, which can
steer and shrink every choice, and everything drawn is exact.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np

__all__ = ["Infeasible", "RandomSource", "Source", "seed_for"]

T = TypeVar("T")
_WIDE = 2**32  # up to this many integers, a float64 picks one evenly enough


class Infeasible(Exception):
    """The earlier parameters leave no room for this one; the instance is to be drawn anew."""


class Source(Protocol):
    """Gives integers on request."""

    def integer(self, lowest: int, highest: int) -> int:
        """An integer from ``lowest`` to ``highest``, both included."""
        ...


def choice(source: Source, options: Sequence[T]) -> T:
    """One of ``options``."""
    return options[source.integer(0, len(options) - 1)]


class RandomSource:
    """A seeded stream of integers.

    >>> RandomSource(1).integer(3, 3)
    3
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        # Python's own generator: an integer costs a fifth of what one from NumPy costs
        self._random = random.Random(seed)

    @cached_property
    def rng(self) -> np.random.Generator:
        """A generator of arrays, of the same seed."""
        return np.random.default_rng(self._seed)

    def integer(self, lowest: int, highest: int) -> int:
        """An integer from ``lowest`` to ``highest``, both included."""
        if highest < lowest:
            raise Infeasible
        span = highest - lowest + 1
        if span > _WIDE:
            return self._random.randrange(lowest, highest + 1)
        return lowest + int(self._random.random() * span)


def seed_for(*parts: object) -> int:
    """A 64-bit seed from names and numbers, the same on every machine and in every process.

    >>> seed_for("GD-4.upper", 0) == seed_for("GD-4.upper", 0) != seed_for("GD-4.upper", 1)
    True
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
