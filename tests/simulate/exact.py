"""Slow and obvious oracles in exact rational arithmetic, and exact frames to run them on."""

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder.numbers import Ball


def rationals(rows: Any, denominator: int = 1) -> np.ndarray:
    """Object array of fractions from integers."""
    source = np.array(rows, dtype=object)
    return np.array([Fraction(int(v), denominator) for v in source.reshape(-1)], dtype=object).reshape(
        source.shape
    )


def reflection(*vector: int) -> np.ndarray:
    """Exact orthogonal matrix ``I − 2 v vᵀ/vᵀv``."""
    v = rationals(vector)
    return rationals(np.eye(len(v), dtype=int)) - 2 * np.outer(v, v) / (v @ v)


def frame(rng: np.random.Generator, order: int) -> np.ndarray:
    """Exact orthogonal matrix that is neither diagonal nor symmetric (from order 2 on)."""
    product = rationals(np.eye(order, dtype=int))
    for _ in range(2):
        product = product @ reflection(
            *(int(v) for v in rng.integers(1, 5, order) * rng.choice([-1, 1], order))
        )
    return product


def scalar_orbit(s: Fraction, z0: Fraction, steps: int) -> list[Fraction]:
    """The normal form, step by step."""
    orbit = [z0]
    for _ in range(steps):
        z = orbit[-1]
        orbit.append(z * (1 + s * (1 - z)) * (1 + s * (1 - z)))
    return orbit


def contains(enclosure: Any, exact: Any) -> bool:
    """Whether every ball of ``enclosure`` contains the fraction in its place."""
    balls, fractions = np.asarray(enclosure, dtype=object), np.asarray(exact, dtype=object)
    assert balls.shape == fractions.shape
    return all(
        (ball - value).contains_zero()
        for ball, value in zip(balls.reshape(-1), fractions.reshape(-1), strict=True)
    )


def widest(enclosure: Any) -> float:
    """Largest radius among balls."""
    return max(
        ball.radius for ball in np.asarray(enclosure, dtype=object).reshape(-1) if isinstance(ball, Ball)
    )
