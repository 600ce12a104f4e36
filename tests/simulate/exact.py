"""Slow and obvious oracles in exact rational arithmetic, and exact frames to run them on."""

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder.numbers import Ball
from rankladder.simulate import moments


def rationals(rows: Any, denominator: int = 1) -> np.ndarray:
    """Object array of fractions from integers."""
    source = np.array(rows, dtype=object)
    made = [Fraction(int(v), denominator) for v in source.reshape(-1)]
    return np.array(made, dtype=object).reshape(source.shape)


def problem(seed: int, d: int, p: int, r: int, scale: int = 10) -> tuple[np.ndarray, ...]:
    """Moments of small whole samples, and factors with entries below 9 of so many parts of 1."""
    rng = np.random.default_rng(seed)
    X, Y = rng.integers(-2, 3, (d + 1, d)), rng.integers(-2, 3, (d + 1, p))
    factors = [rationals(rng.integers(-9, 10, shape), scale) for shape in ((d, r), (r, p))]
    return (*moments(rationals(X), rationals(Y)), *factors)


def reflection(*vector: int) -> np.ndarray:
    """Exact orthogonal matrix ``I − 2 v vᵀ/vᵀv``."""
    v = rationals(vector)
    return rationals(np.eye(len(v), dtype=int)) - 2 * np.outer(v, v) / (v @ v)


def frame(rng: np.random.Generator, order: int) -> np.ndarray:
    """Exact orthogonal matrix that is neither diagonal nor symmetric (from order 2 on)."""
    product = rationals(np.eye(order, dtype=int))
    for _ in range(2):
        vector = rng.integers(1, 5, order) * rng.choice([-1, 1], order)
        product = product @ reflection(*map(int, vector))
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
    balls = np.asarray(enclosure, dtype=object).reshape(-1)
    return max(ball.radius for ball in balls if isinstance(ball, Ball))
