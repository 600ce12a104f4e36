"""Enclosures of the monotone orbits of one mode by integers: the fast way for the steps that matter most.

For ``0 < s < ½`` and ``0 < z < 1`` the orbit of ``z ← z (1 + s (1 − z))²`` climbs to 1 for ever, and a step does not
part two orbits, measured in log z. So the orbit can be walked in plain integers that are rounded down, and one number
for all steps says by how much the true orbit may differ. It is walked in z up to ½, and from there on in
``x = 1 − z``, so that both keep their relative accuracy however small they become.

A state is ``m = M 2^−E`` with an integer ``M ≥ 2^F``. The true state is ``m e^ε`` with ``|ε| ≤ λ``, and λ is carried
in units of ``u = 2^−F``:

- A step multiplies m by a factor that is computed in fixed point, F bits after the point. Let S be s so rounded, off
  by less than 2. In z: ``1 + s (1 − z)`` is off by at most 2 + ½ + 1 (S, z, rounding), its square by at most
  2 · 1.5 · 3.5 + 1 < 12, and it is at least 1: so the factor errs by 12 u. In x: ``1 − 2s`` is off by 4, ``sx`` by
  1 + ½ + 1, ``2 − s + sx`` by 4.5, their product (by numbers up to 2 and ¼) by 5 + 1.2 + 1: in all by less than 12,
  and the factor is at least ``1 − 2s``: so it errs by ``12 u/(1 − 2s)``. In either case rounding the product
  down, and dropping low bits, costs at most 2 u more.
- What λ was before: in z it is not stretched, ``0 ≤ d log f/d log z = 1 − 2sz/(1 + s(1 − z)) ≤ 1``. In x, with
  ``g = (1 − 2s) + sx (2 − s + sx)``, it is stretched by ``1 + x g′/g``, and ``x g′/g ≤ sx (2 + x)/(1 − 2s + sx(2 − s))``,
  which grows with x.
- At the change from z to x it is multiplied by ``z/x``.

λ itself is added up in float64. Every term is positive, so its rounding is a relative 1e-8 after 10⁷ steps; a
thousandth is added for it, and for the second-order terms of ε.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flint import arb

__all__ = ["FEWEST", "IntegerOrbit", "integer_orbit"]

# Shorter orbits gain nothing.
FEWEST = 128
# 1 − 2s must not be below 2^−48: nearer to ½ the factor would need as many more bits.
NEAREST = 48
SHIFT = 64  # bits by which a mantissa is lengthened or shortened at once

Mantissas = list[tuple[int, int]]


@dataclass(frozen=True)
class IntegerOrbit:
    """Mantissas and exponents of the states after the first, and what belongs to all of them.

    Attributes:
        rising: (M, E) for each z up to ½. falling: (X, E) for each x after that.
        bits: F. rising_error, falling_error: λ in units of 2^−F, for all states of the kind.
    """

    rising: Mantissas
    falling: Mantissas
    bits: int
    rising_error: float
    falling_error: float

    def z(self) -> list[arb]:
        """Balls around the states, at the precision in force."""
        found = self._balls(self.rising, self.rising_error)
        one = arb(1)
        # below 2^−F an x says no more about z than that
        done = next(
            (k for k, (X, E) in enumerate(self.falling) if X >> (E - self.bits) == 0), len(self.falling)
        )
        found += [one - x for x in self._balls(self.falling[:done], self.falling_error)]
        # x was rounded down, and is off by a factor that is nowhere near 2
        last = one - arb(mid=(1, -self.bits), rad=(1, -self.bits))
        return found + [last] * (len(self.falling) - done)

    def x(self) -> list[arb]:
        """Balls around ``1 − z``, at the precision in force."""
        one = arb(1)
        found = [one - z for z in self._balls(self.rising, self.rising_error)]
        return found + self._balls(self.falling, self.falling_error)

    def _balls(self, states: Mantissas, error: float) -> list[arb]:
        relative = arb(mid=(1, 0), rad=(math.ceil(error * 1.001) + 1, -self.bits))
        found, shift, scale = [], None, relative
        for M, E in states:
            if shift != E:
                shift, scale = E, relative * arb((1, -E))
            found.append(arb(M) * scale)
        return found


def integer_orbit(s: arb, z: arb, x: arb, steps: int, bits: int) -> IntegerOrbit | None:
    """The ``steps`` states that follow the one in the balls ``z`` and ``x = 1 − z``.

    Args:
        s: ball around the step, no wider than its rounding to ``bits + 2·NEAREST`` bits.
        bits: relative accuracy aimed at, before what the steps lose; at least 64.

    Returns:
        None unless ``0 < s < ½`` and ``0 < z < 1``, both clearly.
    """
    if bits < 64 or not (s > 0 and z > 0 and x > 0 and 1 - 2 * s >= arb((1, -NEAREST))):
        return None
    least = float((1 - 2 * s).lower()) * (1.0 - 1e-12)
    F = bits + 8 + max(0, math.ceil(-math.log2(least)))
    S = int((s.mid() * arb((1, F))).floor().unique_fmpz() or 0)
    if s.rad() > arb((1, -F - 1)):
        return None
    is_low = bool(z.mid() <= 0.5)
    M, E, error = _mantissa(z if is_low else x, F)
    # so that the square of ε is below u; a float64 goes up to 2^1023 only
    if not error < 2.0 ** min(F // 2, 1000):
        return None
    rising: Mantissas = []
    if is_low:
        M, E = _rise(M, E, S, F, steps, rising)
        risen = error + 14.0 * len(rising)
        if len(rising) == steps:
            return IntegerOrbit(rising, [], F, risen * 1.001, 0.0)
        # the last of them is the first above ½: it counts as a state in x
        M, E = rising.pop()
        ratio = float(M >> (E - 60)) / float((1 << 60) - (M >> (E - 60)) - 1)
        error = risen * ratio * 1.001
        M = (1 << E) - M
    else:
        risen = 0.0
    falling: Mantissas = [(M, E)] if is_low else []
    fallen = _fall(M, E, S, F, steps - len(rising), falling, error, least)
    return IntegerOrbit(rising, falling, F, risen * 1.001, fallen * 1.001)


def _mantissa(ball: arb, F: int) -> tuple[int, int, float]:
    """Midpoint as ``M 2^−E`` with ``M ≥ 2^F``, and the half-width in log, in units of 2^−F."""
    mantissa, exponent = (int(part) for part in ball.mid().man_exp())
    up = max(0, F + 1 - mantissa.bit_length())
    half = ball.rad() / (ball.mid() - ball.rad()) * arb((1, F))
    return mantissa << up, up - exponent, float(half.upper()) * (1.0 + 1e-9)


def _rise(M: int, E: int, S: int, F: int, steps: int, states: Mantissas) -> tuple[int, int]:
    """Steps in z, up to and with the first state above ½."""
    one, half, high = 1 << F, 1 << (F - 1), F + SHIFT
    longest = 1 << (high + 1)
    for _ in range(steps):
        a = one + ((S * (one - (M >> (E - F)))) >> F)
        M = (M * ((a * a) >> F)) >> F
        if longest <= M:
            M, E = M >> SHIFT, E - SHIFT
        states.append((M, E))
        if half < M >> (E - F):
            break
    return M, E


def _fall(M: int, E: int, S: int, F: int, steps: int, states: Mantissas, error: float, least: float) -> float:
    """Steps in x until there are ``steps`` states; the error at the end, in units of 2^−F."""
    one = 1 << F
    slope, two_less = one - 2 * S, 2 * one - S
    if one > M:
        M, E = M << SHIFT, E + SHIFT
    shortest = 1 << (F + SHIFT)
    s = (float(S >> (F - 60)) + 2.0) * 2.0**-60
    each = 12.0 / least + 2.0
    while len(states) < steps:
        X = M >> (E - F)
        if X == 0:
            break
        q = (S * X) >> F
        g = slope + ((q * (two_less + q)) >> F)
        size = (float(X >> (F - 60)) + 1.0) * 2.0**-60
        error += error * (1.001 * s * size * (2.0 + size) / (least + s * size * (2.0 - s))) + each
        if shortest > M:
            M, E = (M * g) >> (F - SHIFT), E + SHIFT
        else:
            M = (M * g) >> F
        states.append((M, E))
    # From here on x < u: the factor is 1 − 2s to within its error, and the stretch below 1 + 2^−72.
    left = steps - len(states)
    for _ in range(left):
        if shortest > M:
            M, E = (M * slope) >> (F - SHIFT), E + SHIFT
        else:
            M = (M * slope) >> F
        states.append((M, E))
    return error + each * left
