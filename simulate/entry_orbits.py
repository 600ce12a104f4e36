"""The orbit of one mode by the diagonal entries of its two factors, ``a ← a (1 + η (σ − λ a²))``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from simulate.arithmetic import ball_array, has_radius, is_exact, lost_bits
from simulate.balls import Ball, is_symbolic, precision
from simulate.orbits import GUARD_BITS, MOST_EXTRA_BITS, centred_step
from simulate.showing import curves

__all__ = ["ModeOrbit", "mode_descent"]


@dataclass(frozen=True)
class ModeOrbit:
    """Orbit of one mode, or of many, time on the first axis.

    Attributes:
        k: step numbers, shaped to broadcast against ``w``; float64, or Python integers beside balls.
        w: the mode's coefficient ``w = a²`` in the product of the two factors.
        a: the signed entry, the same in both factors.
    """

    k: NDArray[Any]
    w: NDArray[Any]
    a: NDArray[Any]

    def _repr_html_(self) -> str | None:
        return curves(self.k, self.w, what="coefficient w")


def mode_descent(sigma: Any, lam: Any, eta: Any, w0: Any, steps: int) -> ModeOrbit:
    """Gradient descent on one mode of a two-layer linear network, ``w_{k+1} = w_k (1 + η (σ − λ w_k))²``.

    Solves: the orbit of the equal entries ``a`` of two diagonal factors under simultaneous gradient
    steps, ``a ← a (1 + η (σ − λ a²))`` from ``a_0 = √w_0``. Null modes (``σ = 0``) are allowed.

    Source: the gradient ``λ a² · a − σ a`` of ``½ λ (a b − σ/λ)²`` at ``b = a``.

    Assumptions: ``w0 ≥ 0``; no bound on the step, a diverging float64 orbit ends in ``inf`` or ``nan``.

    Args:
        sigma: singular value of ``Sxy``, in the units of ``Sxy``; scalar or array.
        lam: eigenvalue of ``Sxx``; broadcast against ``sigma``, like all the others.
        eta: step size.
        w0: first coefficient ``w``.
        steps: number of steps, an integer ≥ 0.

    Raises:
        ValueError: for a negative or non-integer ``steps``, or a negative ``w0``.

    >>> mode_descent(2.0, 1.0, 0.1, 0.5, 2).w.round(6).tolist()
    [0.5, 0.66125, 0.850151]
    >>> from fractions import Fraction
    >>> orbit = mode_descent(Fraction(2), Fraction(1), Fraction(1, 10), Fraction(1, 4), 1)
    >>> abs(orbit.a[1] - Fraction(47, 80)) < 1e-15
    True
    """
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 0:
        raise ValueError(f"steps {steps!r} must be an integer >= 0; round it first")
    if is_symbolic(sigma, lam, eta, w0):
        return _in_symbols(sigma, lam, eta, w0, int(steps))
    if is_exact(sigma, lam, eta, w0):
        return _in_balls(sigma, lam, eta, w0, int(steps))
    sigma, lam, eta, w0 = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (sigma, lam, eta, w0))
    )
    if np.any(w0 < 0):
        raise ValueError(f"w0 {float(w0.min())} must be >= 0, the square of an entry; pass a start >= 0")
    a = np.empty((int(steps) + 1, *w0.shape))
    w = np.empty_like(a)
    a[0], w[0] = np.sqrt(w0), w0
    with np.errstate(all="ignore"):
        for step in range(int(steps)):
            a[step + 1] = a[step] * (1.0 + eta * (sigma - lam * a[step] ** 2))
        w[1:] = a[1:] ** 2
    k = np.arange(int(steps) + 1, dtype=np.float64).reshape(-1, *(1,) * w0.ndim)
    return ModeOrbit(k, w, a)


def _in_balls(sigma: Any, lam: Any, eta: Any, w0: Any, steps: int) -> ModeOrbit:
    every = np.broadcast_arrays(*(np.asarray(value, dtype=object) for value in (sigma, lam, eta, w0)))
    shape = every[3].shape
    a_out, w_out = np.empty((2, steps + 1, every[3].size), dtype=object)
    for column, numbers in enumerate(zip(*(part.reshape(-1) for part in every), strict=True)):
        if numbers[3] < 0:
            raise ValueError(f"w0 {numbers[3]} must be >= 0, the square of an entry; pass a start >= 0")
        a = _entry_orbit(numbers, steps)
        a_out[:, column] = ball_array(a)
        w_out[:, column] = ball_array([value * value for value in a])
        w_out[0, column] = Ball(numbers[3])
    k = np.array(range(steps + 1), dtype=object).reshape(-1, *(1,) * len(shape))
    return ModeOrbit(k, w_out.reshape(steps + 1, *shape), a_out.reshape(steps + 1, *shape))


def _in_symbols(sigma: Any, lam: Any, eta: Any, w0: Any, steps: int) -> ModeOrbit:
    step = _entry_map(eta * sigma + 1, eta * lam)
    a = [np.sqrt(w0)]
    for _ in range(steps):
        a.append(step(a[-1], a[-1])[0])
    entries = np.array(a, dtype=object)
    return ModeOrbit(np.array(range(steps + 1), dtype=object), entries * entries, entries)


def _entry_map(linear: Any, cube: Any) -> Callable[[Any, Any], tuple[Any, Any]]:
    """The step ``a ← a (linear − cube a²)`` of a midpoint, and its slope on a ball."""

    def step(m: Any, a: Any) -> tuple[Any, Any]:
        return m * (linear - cube * m * m), linear - 3 * cube * a * a

    return step


def _entry_orbit(numbers: tuple[Any, ...], steps: int) -> list[arb]:
    sigma, lam, eta, w0 = numbers
    extra = GUARD_BITS + steps.bit_length()
    inexact = has_radius(sigma, lam, eta, w0)
    while True:
        with precision(ctx.prec + extra):
            step = _entry_map(1 + Ball(eta).arb * Ball(sigma).arb, Ball(eta).arb * Ball(lam).arb)
            a = [Ball(w0).arb.sqrt()]
            for _ in range(steps):
                a.append(centred_step(step, a[-1]))
            missing = lost_bits([a[-1]]) - extra
        if missing <= 0 or inexact or extra + missing > MOST_EXTRA_BITS:
            return a
        extra += missing + GUARD_BITS
