"""The orbit of one mode by the diagonal entries of its two factors, ``a ← a (1 + η (σ − λ a²))``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from rankladder.numbers.arguments import check_room, large, together, whole
from rankladder.numbers.arithmetic import has_radius, is_exact, lost_bits
from rankladder.numbers.ball_arrays import ball_array
from rankladder.numbers.balls import Ball, as_balls, is_symbolic
from rankladder.numbers.exact import Exact, exact_states, rationals
from rankladder.simulate.dynamics import coefficient_step, entry_slope, entry_step
from rankladder.simulate.mode_kernels import run_entries
from rankladder.simulate.orbits import GUARD_BITS, in_enough_bits
from rankladder.simulate.own import is_replaced, stand_in
from rankladder.simulate.showing import curves

__all__ = ["ModeOrbit", "mode_descent"]


@dataclass(frozen=True)
class ModeOrbit:
    """Orbit of one mode, or of many, time on the first axis.

    Attributes:
        k: step numbers, shaped to broadcast against ``w``; float64, or Python integers beside balls.
        a: the signed entry, the same in both factors.
        w0: the first coefficient, as it was given.
        exact_w: the first coefficients in exact rationals, where those were asked for.

    >>> mode_descent(2.0, 1.0, 0.1, 0.01, 2).w.round(6).tolist()
    [0.01, 0.014376, 0.020652]
    """

    k: NDArray[Any]
    a: NDArray[Any]
    w0: NDArray[Any]
    exact_w: NDArray[Any] | None = None

    @cached_property
    def w(self) -> NDArray[Any]:
        """The mode's coefficient ``w = a²`` in the product of the two factors."""
        w = self.a * self.a
        w[:1] = self.w0
        if self.exact_w is not None:
            w[: len(self.exact_w)] = self.exact_w
        return w

    def _repr_html_(self) -> str | None:
        return curves(self.k, self.w, what="coefficient w")


def mode_descent(sigma: Any, lam: Any, eta: Any, w0: Any, steps: int, *, every: int = 1) -> ModeOrbit:
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
        every: record the states after 0, ``every``, 2 ``every``, … steps only; an integer ≥ 1.

    Returns:
        The orbit; in float64 the very bits of ``a = a * (1.0 + eta * (sigma - lam * a**2))``.

    Raises:
        ValueError: for a negative or non-integer ``steps``, an ``every`` below 1, arguments that are not real numbers,
            a negative ``w0``, or more states than memory should hold.

    >>> mode_descent(2.0, 1.0, 0.1, 0.5, 2).w.round(6).tolist()
    [0.5, 0.66125, 0.850151]
    >>> from fractions import Fraction
    >>> orbit = mode_descent(Fraction(2), Fraction(1), Fraction(1, 10), Fraction(1, 4), 1)
    >>> abs(orbit.a[1] - Fraction(47, 80)) < 1e-15
    True
    """
    steps, every = whole(steps, "steps"), whole(every, "every", 1)
    if is_symbolic(sigma, lam, eta, w0):
        return _in_symbols(sigma, lam, eta, w0, steps, every)
    parts = together(sigma=sigma, lam=lam, eta=eta, w0=w0)
    exact = is_exact(sigma, lam, eta, w0)
    # balls keep every step until the end
    kept = steps if exact else steps // every
    remedy = "take fewer steps or modes" if exact else "record fewer by a larger every="
    check_room((kept + 1) * parts[0].size, f"{large(steps)} steps", remedy, exact=exact)

    if not exact and np.any(parts[3] < 0):
        raise ValueError(
            f"w0 {float(parts[3].min())} must be >= 0, the square of an entry; pass a start >= 0"
        )

    def ours() -> ModeOrbit:
        if exact:
            return _in_balls([part.astype(object) for part in parts], steps, every)
        return _in_floats(parts, steps, every)

    if not is_replaced():
        return ours()
    root = np.sqrt(as_balls(parts[3]) if exact else parts[3])
    own = stand_in(
        "entry", (parts[0], parts[1]), (root,), parts[2], range(0, steps + 1, every), lambda: [ours().a]
    )
    if own is None:
        return ours()
    shape = parts[3].shape
    k = np.array(range(0, steps + 1, every), dtype=object if exact else float)
    return ModeOrbit(k.reshape(-1, *(1,) * len(shape)), own[0].reshape(k.size, *shape), parts[3])


def _in_floats(parts: list[NDArray[Any]], steps: int, every: int) -> ModeOrbit:
    sigma, lam, eta, w0 = (part.astype(np.float64) for part in parts)
    k = np.arange(0, steps + 1, every, dtype=np.float64)
    a = np.empty((k.size, *w0.shape))
    a[0] = np.sqrt(w0)
    rows = a.reshape(k.size, -1)
    start = rows[0].copy()
    sigma, lam, eta = (np.ascontiguousarray(part).reshape(-1) for part in (sigma, lam, eta))
    if not run_entries(start, sigma, lam, eta, every, rows[1:]):
        _interpreted(start, sigma, lam, eta, every, rows[1:])
    return ModeOrbit(k.reshape(-1, *(1,) * w0.ndim), a, w0)


def _interpreted(a: Any, sigma: Any, lam: Any, eta: Any, every: int, out: NDArray[np.float64]) -> None:
    with np.errstate(all="ignore"):
        for row in range(out.shape[0]):
            for _ in range(every):
                a = entry_step(a, sigma, lam, eta)
            out[row] = a


def _in_balls(parts: list[NDArray[Any]], steps: int, every: int) -> ModeOrbit:
    shape = parts[3].shape
    k = np.array(range(0, steps + 1, every), dtype=object)
    a_out = np.empty((k.size, parts[3].size), dtype=object)
    squares: list[list[Any]] = []
    for column, numbers in enumerate(zip(*(part.reshape(-1) for part in parts), strict=True)):
        if numbers[3] < 0:
            raise ValueError(f"w0 {numbers[3]} must be >= 0, the square of an entry; pass a start >= 0")
        a_out[:, column] = ball_array(_entry_orbit(numbers, steps)[::every])
        exact = _exact_orbit(numbers, steps)
        entries = [entry for (entry,) in exact[0][::every]]
        a_out[: len(entries), column] = entries
        squares.append([square for (square,) in exact[1][::every]])
    known = min(map(len, squares))
    exact_w = np.array([one[:known] for one in squares], dtype=object).T.reshape(known, *shape)
    k = k.reshape(-1, *(1,) * len(shape))
    return ModeOrbit(k, a_out.reshape(k.size, *shape), as_balls(parts[3]), exact_w)


def _exact_orbit(given: tuple[Any, ...], steps: int) -> tuple[list[Any], list[Any]]:
    """The first entries and the first coefficients in exact rationals, as far as those exist and stay short."""
    exact = rationals(*given)
    if exact is None:
        return [], []
    *numbers, w0 = exact
    root = rationals(Exact(Fraction(int(w0.p), int(w0.q))).sqrt())
    entries = [] if root is None else exact_states(lambda a: (entry_step(a[0], *numbers),), root, steps)
    return entries, exact_states(lambda w: (coefficient_step(w[0], *numbers),), (w0,), steps)


def _in_symbols(sigma: Any, lam: Any, eta: Any, w0: Any, steps: int, every: int) -> ModeOrbit:
    a = [np.sqrt(w0)]
    for _ in range(steps):
        a.append(entry_step(a[-1], sigma, lam, eta))
    k = np.array(range(0, steps + 1, every), dtype=object)
    return ModeOrbit(k, np.array(a[::every], dtype=object), w0)


def _entry_orbit(numbers: tuple[Any, ...], steps: int) -> list[arb]:
    sigma, lam, eta, w0 = numbers

    def run() -> list[arb]:
        given = [Ball(number).arb for number in (sigma, lam, eta)]
        a = Ball(w0).arb.sqrt()
        found = [a]
        for _ in range(steps):
            # the mean value form, as of orbits in z
            m = a.mid()
            a = entry_step(m, *given) + entry_slope(a, *given) * (a - m)
            found.append(a)
        return found

    extra = GUARD_BITS + steps.bit_length()
    return in_enough_bits(run, lambda a: lost_bits([a[-1]]), extra, refine=not has_radius(*numbers))
