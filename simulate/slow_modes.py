"""Slow modes by a count of their steps: what takes ``1/s`` steps to walk takes one evaluation.

A step ``z ← z (1 + s x)²``, ``x = 1 − z``, moves z by ``h = s z x (2 + s x)``. Sought is a function K that grows by 1 a
step, as a series ``2 s K = κ_0 + s κ_1 + s² κ_2 + …``. With ``κ_j′ = q_j/(z x)`` the n-th derivative of κ_j is
``P_n/(z x)^n``, where ``P_1 = q_j`` and ``P_{n+1} = z x P_n′ − n (1 − 2 z) P_n``; so Taylor's theorem asks for
``Σ_j s^j Σ_n s^n (2 + s x)^n P_n/n! = 2 s``, which gives one polynomial q_j after the other, exactly. Then
``κ_j = α_j log z − β_j log x + p_j(z)``.

Error of the series cut after κ_ORDER. ``F(s) = 2 s (K(z′) − K(z) − 1)`` has, for each z in [0, 1], a zero of order
``ORDER + 2`` at ``s = 0`` and is analytic for complex ``|s| ≤ ρ = ¼``; so ``|F(s)| ≤ M (s/ρ)^{ORDER + 2}`` (Schwarz), M
a bound on the circle. There ``|log(z′/z)| ≤ −2 log(1 − ρ)``, ``|log(x′/x)| = |log(1 − 2 s z − s² z x)| ≤
−log(1 − 2ρ − ρ²/4)``, and ``|z′| ≤ z (1 + ρ x)² ≤ 1``, whence ``|p_j(z′) − p_j(z)|`` is at most twice the sum of its
coefficients' sizes: M follows from the coefficients.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["SlowModes", "is_slow"]

ORDER = 12
LEAST, SLOW = 1e-290, 2.0**-6  # the s for which the series is used: its 1/s must be a float64
RHO = 0.25
UNIT = 2.0**-53
Reals = NDArray[np.float64]
Polynomial = list[Fraction]


def is_slow(s: Reals) -> NDArray[np.bool_]:
    """Which steps the series is for, from ``LEAST`` to ``SLOW``."""
    return (s >= LEAST) & (s <= SLOW)


class Series(NamedTuple):
    """Coefficients: α (ORDER + 1,), β (ORDER + 1,), those of p (ORDER + 1, degree + 1) and the bound M."""

    alpha: Reals
    beta: Reals
    p: Reals
    bound: float


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    made = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            made[i + j] += x * y
    return made


def _plus(a: Polynomial, b: Polynomial, factor: Fraction) -> Polynomial:
    size = max(len(a), len(b))
    left, right = a + [Fraction(0)] * (size - len(a)), b + [Fraction(0)] * (size - len(b))
    return [x + factor * y for x, y in zip(left, right, strict=True)]


def _derivatives(q: Polynomial, most: int) -> list[Polynomial]:
    """The numerators P_1, …, P_most."""
    found = [q]
    for n in range(1, most):
        last = found[-1]
        slope = [k * c for k, c in enumerate(last)][1:] or [Fraction(0)]
        turned = _times([Fraction(n), Fraction(-2 * n)], last)
        found.append(_plus(_times([Fraction(0), Fraction(1), Fraction(-1)], slope), turned, Fraction(-1)))
    return found


@functools.cache
def series() -> Series:
    """The series up to κ_ORDER.

    >>> series().alpha[:3].tolist(), series().beta[:2].tolist()  # s/log(1+s) = 1 + s/2 − s²/12 + …
    ([1.0, 0.5, -0.08333333333333333], [1.0, -1.0])
    """
    # owed[m]: what the κ found so far give at s^{m+1}, less the 2 s asked for
    owed: list[Polynomial] = [[Fraction(-2)], *([[Fraction(0)]] * ORDER)]
    x: Polynomial = [Fraction(1), Fraction(-1)]
    alpha, beta, p = [], [], []
    for j in range(ORDER + 1):
        q = [-c / 2 for c in owed[j]]
        numerators = _derivatives(q, ORDER + 1 - j)
        for n, numerator in enumerate(numerators, 1):
            power: Polynomial = [Fraction(1)]
            for i in range(n + 1):  # (2 + s x)^n by powers of s
                if j + n + i - 1 <= ORDER:
                    share = Fraction(math.comb(n, i) * 2 ** (n - i), math.factorial(n))
                    owed[j + n + i - 1] = _plus(owed[j + n + i - 1], _times(power, numerator), share)
                power = _times(power, x)
        first, last, rest = _integrated(q)
        alpha.append(first)
        beta.append(last)
        p.append(rest)
    width = max(map(len, p))
    table = np.array([[float(c) for c in row] + [0.0] * (width - len(row)) for row in p])
    made = Series(np.array(alpha, dtype=float), np.array(beta, dtype=float), table, 0.0)
    grown = -2 * math.log(1 - RHO), -math.log(1 - 2 * RHO - RHO**2 / 4)
    sizes = np.abs(made.alpha) * grown[0] + np.abs(made.beta) * grown[1] + 2 * np.abs(made.p).sum(axis=1)
    bound = float(sizes @ RHO ** np.arange(ORDER + 1)) + 2 * RHO
    return made._replace(bound=bound * (1 + 1e-9))


def _integrated(q: Polynomial) -> tuple[Fraction, Fraction, Polynomial]:
    """α, β and p of the integral of ``q/(z x)``, which is ``α log z − β log x + p(z)``: the residues, and the rest."""
    alpha, beta = q[0], sum(q, Fraction(0))
    # q − α x − β z = z x t
    left = _plus(q, [alpha, beta - alpha], Fraction(-1))[1:]
    t, carried = [], Fraction(0)
    for c in left[:-1]:
        carried += c
        t.append(carried)
    return alpha, beta, [Fraction(0), *(c / k for k, c in enumerate(t, 1))]


class SlowModes:
    """The count of steps of some slow modes.

    Args:
        s: slow steps (see :func:`is_slow`), any shape; what the methods are given is broadcast against it.

    >>> modes, z, K = SlowModes(np.array([0.01])), 0.1, []
    >>> for _ in range(101):
    ...     K.append(float(modes.count(np.log(z / (1 - z)))[0]))
    ...     z *= (1 + 0.01 * (1 - z)) ** 2
    >>> abs(K[100] - K[0] - 100) < 1e-11
    True
    """

    def __init__(self, s: Reals) -> None:
        found, value = series(), np.polynomial.polynomial.polyval
        self.s, self._alpha, self._beta = s, value(s, found.alpha), value(s, found.beta)
        # p has no constant term: p = z · (the rest), of which these are the coefficients, highest first
        self._rest = [value(s, column) for column in found.p.T[:0:-1]]

    @property
    def cut_error(self) -> Reals:
        """How far K may be from growing by 1 in a step."""
        return np.asarray(series().bound * (self.s / RHO) ** (ORDER + 2) / (2.0 * self.s))

    def rounding(self, logit: Reals) -> Reals:
        """How far :meth:`count` may be from K by its own rounding, and by a unit's in each logarithm of the argument.

        Logarithms are good to 4 units, α and β to 4, products and sums to 4 more, and so are the terms of p, whose sum
        is below 1; dK/dlogit is below 1.1/(2 s).
        """
        return np.asarray(UNIT * 16.0 * (np.abs(logit) + 2.0) / (2.0 * self.s))

    def count(self, logit: Reals) -> Reals:
        """K at ``z = 1/(1 + e^{−logit})``: from z to z′ are ``K(z′) − K(z)`` steps, up to ``cut_error`` for each."""
        return self._parts(logit)[0]

    def logit_after(self, logit: Reals, steps: Any) -> Reals:
        """The logit so many steps later, by Newton's method on K, which is nearly ``logit/(2 s)``."""
        goal = self.count(logit) + steps
        u = logit + 2.0 * self.s * steps
        for _ in range(
            4
        ):  # K is bent by a share s of its slope: each sweep squares the error, and takes s of it
            value, slope = self._parts(u)
            u = u + (goal - value) / slope
        return np.asarray(u)

    def _parts(self, u: Reals) -> tuple[Reals, Reals]:
        """K and its derivative in the logit."""
        log_z, log_x = -np.logaddexp(0.0, -u), -np.logaddexp(0.0, u)
        z, x = np.exp(log_z), np.exp(log_x)
        rest, slope = np.zeros_like(z), np.zeros_like(z)
        for coefficient in self._rest:
            slope = slope * z + rest
            rest = rest * z + coefficient
        twice = self._alpha * log_z - self._beta * log_x + z * rest
        rate = self._alpha * x + self._beta * z + z * x * (rest + z * slope)
        return twice / (2.0 * self.s), rate / (2.0 * self.s)
