"""Rigorous bounds on many monotone orbits at once, as pairs of float64: a fast first enclosure.

For ``0 < s ≤ ½`` and ``0 < z < 1`` the step is increasing in z, ``f′ = (1+s−sz)(1+s−3sz) ≥ 0``, and so is the same
step written in ``x = 1 − z``, ``h(x) = x ((1−2s) + sx (2−s+sx))``, whose coefficients are not negative. A lower and an
upper bound are therefore carried by the step itself, each rounded outwards; and since both forms hold at once, what
one says of z bounds ``1 − x`` of the other, and the tighter of the two is kept.

Rounding. Let ``u = 2^−53`` and take the exact number that a float holds as the argument. In ``f`` the difference
``1 − z`` is rounded once, times s, plus 1, squared, times z: every number on the way is ≥ 0 and no two of opposite
sign are added after the first, so the result is off by a factor within ``(1 ± u)^8``. In ``h`` likewise: ``1 − 2s``
(2s is exact), ``sx``, ``2 − s``, their sum, product, sum and product make ``(1 ± u)^7``. Multiplied by ``1 ∓ 2^−49``
(that is 16 u, and once more u for this product), each is a bound. A difference ``1 − z`` alone is off by
``(1 ± u)``, for which ``1 ∓ 2^−49`` is enough as well. This holds with or without fused multiply-add.

Underflow. z never decreases, and starts above 1e-280, so nothing of ``f`` underflows that is not below ``u`` times
what it is added to. x decreases; where the computed value is below 1e-290, 0 and 1e-290 bound it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rankladder.numbers.arguments import check_room, large, together, whole
from rankladder.simulate.compiling import Kernel
from rankladder.simulate.mode_kernels import ALIGNED, pieces

__all__ = ["DescentBounds", "descent_bounds"]

DOWN, UP = 1.0 - 2.0**-49, 1.0 + 2.0**-49
LEAST_START, LEAST = 1e-280, 1e-290


@dataclass(frozen=True)
class DescentBounds:
    """Bounds on the states of many orbits, time on the first axis; each array has the shape of the orbit.

    Attributes:
        k: step numbers, shaped to broadcast against the bounds.
        z_lower, z_upper: ``z_lower <= z_k <= z_upper``.
        x_lower, x_upper: the same for ``x = 1 − z``, in relative accuracy also near ``z = 1``.
    """

    k: NDArray[np.float64]
    z_lower: NDArray[np.float64]
    z_upper: NDArray[np.float64]
    x_lower: NDArray[np.float64]
    x_upper: NDArray[np.float64]


def descent_bounds(s: ArrayLike, z0: ArrayLike, steps: int, *, every: int = 1) -> DescentBounds:
    """Rigorous float64 bounds on the orbits of ``z ← z (1 + s (1 − z))²``, for many ``s`` and ``z0`` at once.

    Source: the step itself on both ends of an interval, rounded outwards; the argument stands at the top of
    the module. The bounds on z part by a relative ``2^−48`` a step at most; those on x by that times what
    the orbit itself amplifies.

    Args:
        s: normalised steps in (0, ½]. z0: first states in [1e-280, 1). Float64, taken as exactly the numbers they
            are; broadcast against each other.
        steps: number of steps, an integer ≥ 0.
        every: record the states after 0, ``every``, 2 ``every``, … steps only; an integer ≥ 1.

    Raises:
        ValueError: for arguments out of these ranges; use ``descent`` with ``Fraction`` for those.

    >>> bounds = descent_bounds([0.25, 0.4], 0.5, 100)
    >>> bool((bounds.z_lower < bounds.z_upper)[1:50].all()), float((bounds.x_upper / bounds.x_lower - 1).max()) < 1e-12
    (True, True)
    """
    steps, every = whole(steps, "steps"), whole(every, "every", 1)
    step, start = (part.astype(np.float64) for part in together(s=s, z0=z0))
    check_room(
        4 * (steps // every + 1) * step.size, f"{large(steps)} steps", "record fewer by a larger every="
    )
    for name, values, good in (
        ("s", step, (step > 0.0) & (step <= 0.5)),
        ("z0", start, (start >= LEAST_START) & (start < 1.0)),
    ):
        if not good.all():
            raise ValueError(
                f"{name} {float(values[~good][0])} must lie in {'(0, 1/2]' if name == 's' else '[1e-280, 1)'}; "
                "use descent with Fraction there"
            )
    k = np.arange(0, steps + 1, every, dtype=np.float64)
    out = np.empty((4, k.size, step.size))
    h, z = np.ascontiguousarray(step).reshape(-1), np.ascontiguousarray(start).reshape(-1)
    # The first difference is rounded; from z ≥ ½ on it is exact, but one rule for all is simpler.
    out[:, 0] = z, z, (1.0 - z) * DOWN, np.minimum((1.0 - z) * UP, 1.0)
    work = (k.size - 1) * every * (30e-6 + 2e-8 * z.size)
    todo = list(pieces(z.size))
    if all(bound_steps(block).pays(work) for block, _, _ in todo):
        for block, first, last in todo:
            bound_steps(block)(h, first, last, every, *out)
    else:
        _interpreted(h, every, out)
    return DescentBounds(k.reshape(-1, *(1,) * step.ndim), *out.reshape(4, k.size, *step.shape))


def _interpreted(s: NDArray[np.float64], every: int, out: NDArray[np.float64]) -> None:
    zl, zu, xl, xu = out[:, 0].copy()
    linear, square = 1.0 - 2.0 * s, 2.0 - s

    def f(z: Any) -> Any:
        a = 1.0 + s * (1.0 - z)
        return z * (a * a)

    def h(x: Any) -> Any:
        y = s * x
        return x * (linear + y * (square + y))

    for row in range(1, out.shape[1]):
        for _ in range(every):
            z1, z2 = f(zl) * DOWN, np.minimum(f(zu) * UP, 1.0)
            x1, x2 = h(xl) * DOWN, h(xu) * UP
            x1, x2 = np.where(x1 < LEAST, 0.0, x1), np.where(x2 < LEAST, LEAST, x2)
            zl, zu = np.maximum(z1, (1.0 - x2) * DOWN), np.minimum(z2, (1.0 - x1) * UP)
            xl, xu = np.maximum(x1, (1.0 - z2) * DOWN), np.minimum(x2, (1.0 - z1) * UP)
        out[:, row] = zl, zu, xl, xu


def _bound_loop(block: int) -> Callable[..., None]:
    def bound_loop(
        s: Any, first: int, last: int, every: int, z_low: Any, z_high: Any, x_low: Any, x_high: Any
    ) -> None:
        scratch = np.empty(5 * block + ALIGNED // 8)
        skip = -scratch.ctypes.data % ALIGNED // 8
        h = scratch[skip : skip + block]
        zl = scratch[skip + block : skip + 2 * block]
        zu = scratch[skip + 2 * block : skip + 3 * block]
        xl = scratch[skip + 3 * block : skip + 4 * block]
        xu = scratch[skip + 4 * block : skip + 5 * block]
        for start in range(first, last, block):
            size = min(block, last - start)
            scratch[:] = 0.5
            for i in range(size):
                h[i] = s[start + i]
                zl[i], zu[i] = z_low[0, start + i], z_high[0, start + i]
                xl[i], xu[i] = x_low[0, start + i], x_high[0, start + i]
            for row in range(1, z_low.shape[0]):
                for _ in range(every):
                    for i in range(block):
                        e = h[i]
                        linear, square = 1.0 - 2.0 * e, 2.0 - e
                        a = 1.0 + e * (1.0 - zl[i])
                        b = 1.0 + e * (1.0 - zu[i])
                        z1 = zl[i] * (a * a) * DOWN
                        z2 = zu[i] * (b * b) * UP
                        z2 = z2 if z2 < 1.0 else 1.0
                        v = e * xl[i]
                        w = e * xu[i]
                        x1 = xl[i] * (linear + v * (square + v)) * DOWN
                        x2 = xu[i] * (linear + w * (square + w)) * UP
                        x1 = 0.0 if x1 < LEAST else x1
                        x2 = LEAST if x2 < LEAST else x2
                        z3 = (1.0 - x2) * DOWN
                        z4 = (1.0 - x1) * UP
                        x3 = (1.0 - z2) * DOWN
                        x4 = (1.0 - z1) * UP
                        zl[i] = z1 if z1 > z3 else z3
                        zu[i] = z2 if z2 < z4 else z4
                        xl[i] = x1 if x1 > x3 else x3
                        xu[i] = x2 if x2 < x4 else x4
                for i in range(size):
                    z_low[row, start + i], z_high[row, start + i] = zl[i], zu[i]
                    x_low[row, start + i], x_high[row, start + i] = xl[i], xu[i]

    return bound_loop


@functools.cache
def bound_steps(block: int) -> Kernel:
    """The steps of the four bounds for the orbits from ``first`` to ``last``; row 0 holds the start."""
    kind = f"void(float64[::1], int64, int64, int64{', float64[:, ::1]' * 4})"
    return Kernel(_bound_loop(block), kind, f"bound-steps-{block}")
