"""Enclosures: long orbits at 128 bits against mpmath's intervals, and float64 bounds against balls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from benchmarks.contest import Contest, Missing, Rival, require
from rankladder.numbers import precision
from rankladder.simulate import descent, descent_bounds
from rankladder.simulate.compiling import compile_eagerly

__all__ = ["contests"]

BITS, STEPS, FEWER = 128, 10_000, 500
Z0 = Fraction(1, 1000)
MOST_RADIUS = 2.0**-110


def ours(s: Fraction, steps: int = STEPS) -> Any:
    with precision(BITS):
        return descent(s, Z0, steps)


def mpmath_orbit(s: Fraction, steps: int) -> list[Any]:
    """The recursion as it is written, in mpmath's intervals."""
    try:
        from mpmath import iv
    except ImportError as error:
        raise Missing("mpmath is not installed") from error
    before, iv.prec = iv.prec, BITS
    try:
        step, z = iv.mpf(s.numerator) / s.denominator, iv.mpf(Z0.numerator) / Z0.denominator
        orbit = [z]
        for _ in range(steps):
            z = z * (1 + step * (1 - z)) ** 2
            orbit.append(z)
        return orbit
    finally:
        iv.prec = before


def agreement(s: Fraction) -> Callable[[], str]:
    def check() -> str:
        import math

        from flint import arb

        orbit = ours(s)
        with precision(4 * BITS):
            for ball, interval in zip(orbit.z[:100], mpmath_orbit(s, 99), strict=True):
                low, high = (
                    arb((int(end.man) * (-1 if end < 0 else 1), int(end.exp))) for end in _ends(interval)
                )
                require(
                    low <= ball.arb.upper() and high >= ball.arb.lower(), "the two enclosures are disjoint"
                )
        radius = max(ball.radius for ball in orbit.z)
        require(radius <= MOST_RADIUS, f"radius 2^{math.log2(radius):.0f}")
        return f"overlap; our radius 2^{math.log2(radius):.0f}"

    return check


def _ends(interval: Any) -> tuple[Any, Any]:
    from mpmath import mp

    with mp.workprec(4 * BITS):
        return mp.mpf(interval.a._mpi_[0]), mp.mpf(interval.b._mpi_[1])


def bounded(columns: int, steps: int) -> Any:
    rng = np.random.default_rng(0)
    s, z0 = rng.uniform(0.05, 0.49, columns), rng.uniform(1e-6, 0.5, columns)
    return s, z0, descent_bounds(s, z0, steps)


def ball_orbits(columns: int, steps: int) -> list[Any]:
    s, z0, _ = bounded(columns, 1)
    with precision(64):
        return [descent(Fraction(float(a)), Fraction(float(b)), steps) for a, b in zip(s, z0, strict=True)]


def bounds_agree() -> str:
    _, _, bounds = bounded(20, 200)
    for column, orbit in enumerate(ball_orbits(20, 200)):
        for k, z in enumerate(orbit.z):
            wrong = z.arb < float(bounds.z_lower[k, column]) or z.arb > float(bounds.z_upper[k, column])
            require(not wrong, f"orbit {column}, step {k}")
    return "balls lie within"


def contests() -> Iterator[Contest]:
    """Three step sizes, and the first enclosure."""
    compile_eagerly()
    for s in (Fraction(1, 20), Fraction(3, 10), Fraction(49, 100)):
        yield Contest(
            f"certified orbit, {STEPS} steps at {BITS} bits, s = {s}", "step", "descent in balls",
            lambda s=s: ours(s), STEPS,
            [Rival("mpmath intervals", lambda s=s: lambda: mpmath_orbit(s, FEWER), FEWER, agreement(s), 15.0)],
        )  # fmt: skip
    yield Contest(
        "rigorous bounds on 1024 orbits of 200 steps", "orbit-step", "descent_bounds",
        lambda: bounded(1024, 200), 1024 * 200,
        [Rival("balls of 64 bits", lambda: lambda: ball_orbits(4, 200), 4 * 200, bounds_agree)],
    )  # fmt: skip
