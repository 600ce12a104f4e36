"""Slow and obvious oracles in exact rational arithmetic, and exact frames to run them on."""

from __future__ import annotations

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


def matrix_step(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Fraction) -> tuple[list, list]:
    """One simultaneous gradient step by four nested loops."""
    d, r, p = len(W1), len(W2), len(W2[0])
    W = [[sum(W1[i][k] * W2[k][j] for k in range(r)) for j in range(p)] for i in range(d)]
    R = [[sum(Sxx[i][k] * W[k][j] for k in range(d)) - Sxy[i][j] for j in range(p)] for i in range(d)]
    new1 = [[W1[i][k] - eta * sum(R[i][j] * W2[k][j] for j in range(p)) for k in range(r)] for i in range(d)]
    new2 = [[W2[k][j] - eta * sum(W1[i][k] * R[i][j] for i in range(d)) for j in range(p)] for k in range(r)]
    return new1, new2


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
