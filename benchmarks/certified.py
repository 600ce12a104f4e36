"""Enclosures: long orbits at 128 bits against mpmath's intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from benchmarks.contest import Contest, Missing, Rival, require
from rankladder.numbers import precision
from rankladder.simulate import descent

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


def contests() -> Iterator[Contest]:
    """Three step sizes."""
    for s in (Fraction(1, 20), Fraction(3, 10), Fraction(49, 100)):
        yield Contest(
            f"certified orbit, {STEPS} steps at {BITS} bits, s = {s}", "step", "descent in balls",
            lambda s=s: ours(s), STEPS,
            [Rival("mpmath intervals", lambda s=s: lambda: mpmath_orbit(s, FEWER), FEWER, agreement(s), 15.0)],
        )  # fmt: skip
