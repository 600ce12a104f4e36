"""The orbit of one mode in normal form, ``z ← z (1 + s (1 − z))²``, in float64 or in balls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Self, TypeVar

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from rankladder.numbers.arguments import check_room, large, together, whole
from rankladder.numbers.arithmetic import has_radius, is_exact, lost_bits
from rankladder.numbers.balls import Ball, as_balls, is_symbolic, precision, wrap
from rankladder.numbers.exact import exact_states, rationals
from rankladder.numbers.seen import report_orbit
from rankladder.simulate.dynamics import missing_slope, missing_step, normal_slope, normal_step
from rankladder.simulate.integer_orbits import FEWEST, NEAREST, integer_orbit
from rankladder.simulate.mode_kernels import run_pairs
from rankladder.simulate.own import is_replaced, stand_in
from rankladder.simulate.showing import curves

__all__ = ["Orbit", "descent"]

T = TypeVar("T")
GUARD_BITS = 32
EXACT_STEPS = 5
# A chaotic or diverging orbit loses bits at every step; past these many the enclosure is left wide.
MOST_EXTRA_BITS = 16384
MOST_EXTRA_BITS_NEAR_ONE = 1024
# A step at z is the factor (1+s)² up to a relative 2 s z/(1+s); summed over the climb to z that is
# less than 2 z, so below this size the climb is the power of (1+s)² to within half a unit of rounding.
VANISHING = 2e-17


class Orbit(np.ndarray[Any, Any]):
    """States ``z_k`` of one mode, time on the first axis, with what belongs to them.

    Arithmetic on an orbit and slices of it are plain arrays.

    Attributes:
        k: step numbers, shaped to broadcast against ``z``; float64, or Python integers beside balls.

    >>> orbit = descent(0.5, 0.5, 3)
    >>> (1 - orbit).round(6).tolist()
    [0.5, 0.21875, 0.038506, 0.001126]
    >>> orbit.k.ravel().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """

    k: NDArray[Any]
    _x: NDArray[Any] | Callable[[], NDArray[Any]]
    _log: NDArray[Any] | None

    def __new__(
        cls,
        z: NDArray[Any],
        x: NDArray[Any] | Callable[[], NDArray[Any]],
        k: NDArray[Any],
        log: NDArray[Any] | None = None,
    ) -> Self:
        """Join the states and what belongs to them, without copies; ``x`` may be made when it is asked for."""
        made = np.asarray(z).view(cls)
        made._x, made.k, made._log = x, k, log
        return made

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*map(_plain, inputs), **kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return func(*_plain_all(args), **{name: _plain_all(value) for name, value in kwargs.items()})

    def __getitem__(self, index: Any) -> Any:
        return self.z[index]

    @property
    def z(self) -> NDArray[Any]:
        """The states as a plain array."""
        return self.view(np.ndarray)

    @property
    def x(self) -> NDArray[Any]:
        """``1 − z``, carried by its own recursion, so that it is accurate near ``z = 1``."""
        if callable(self._x):
            self._x = self._x()
        return self._x

    @property
    def log(self) -> NDArray[Any]:
        """``log z``, also where z itself underflows if the orbit was started from ``log_z0``."""
        if self._log is not None:
            return self._log
        with np.errstate(all="ignore"):
            return np.asarray(np.log(self.z))

    @property
    def logit(self) -> NDArray[Any]:
        """Log-odds ``log z − log x``; NaN where ``x < 0`` (z has overshot 1) and log-odds do not exist."""
        with np.errstate(all="ignore"):
            return np.asarray(self.log - np.log(self.x))

    def _repr_html_(self) -> str | None:
        return curves(self.k, self.z, what="fraction learned z")


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Orbit) else value


def _plain_all(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(map(_plain_all, value))
    return _plain(value)


def descent(s: Any, z0: Any = None, steps: int = 0, *, log_z0: Any = None) -> Orbit:
    """Gradient descent on one mode in normal form, ``z_{k+1} = z_k (1 + s (1 − z_k))²``.

    Solves: the orbit of the scalar recursion that one singular direction of a two-layer linear network
    follows, ``z = λ w / σ`` the fraction learned and ``s = η σ`` the normalised step.

    Source: the gradient step itself, in the variables of one mode; ``x = 1 − z`` follows
    ``x ← x ((1 − 2s) + s x (2 − s + s x))``, the same step written around the fixed point.

    Assumptions: none on the size of ``s`` or ``z0``; a diverging float64 orbit ends in ``inf``.

    Args:
        s: normalised step, scalar or array of any shape; float64, or ``Fraction``/``Ball`` for balls. An
            ``rankladder.numbers.exact.Exact`` keeps the first states exact, as many as are short.
        z0: first state, broadcast against ``s``.
        steps: number of steps, an integer ≥ 0.
        log_z0: ``log z0`` in the place of ``z0``, for starts too small for float64. ``log z`` is carried
            while z is below 2e-17; a float64 ``log_z0`` is itself uncertain by half a unit in its last place.

    Returns:
        The ``steps + 1`` states, time on the first axis. Float64 states carry a relative error of about
        one unit of rounding per step at most (``s ≤ ½``); balls contain the exact orbit.

    Raises:
        ValueError: for a negative or non-integer ``steps``, arguments that are not real numbers, not exactly one of
            ``z0`` and ``log_z0``, or more states than memory should hold.

    >>> descent(0.5, 0.5, 3).z.round(6).tolist()
    [0.5, 0.78125, 0.961494, 0.998874]
    >>> from fractions import Fraction
    >>> descent(Fraction(1, 2), Fraction(1, 2), 1)[1] == Fraction(25, 32)
    True
    """
    steps = whole(steps, "steps")
    if (z0 is None) == (log_z0 is None):
        raise ValueError(f"z0 {z0!r} and log_z0 {log_z0!r}: exactly one must be given; drop the other")
    if is_symbolic(s, z0):
        return _descent_symbols(s, z0, steps)
    given = {"z0": z0} if log_z0 is None else {"log_z0": log_z0}
    pair = together(s=s, **given)
    exact = is_exact(s, z0, log_z0)
    # z and x of every step
    check_room(
        2 * (steps + 1) * pair[0].size, f"{large(steps)} steps", "take fewer steps or modes", exact=exact
    )
    kind, run = (object, _descent_balls) if exact else (float, _descent_floats)
    start = pair[1].astype(kind)

    def ours() -> Orbit:
        return run(pair[0].astype(kind), start, steps, log_z0 is not None)

    own = None
    if is_replaced():
        first = start if log_z0 is None else np.exp(as_balls(start) if exact else start)
        own = stand_in("fraction", (1, 1), (first,), pair[0], range(steps + 1), lambda: [ours().z])
    if own is None:
        orbit = ours()
    else:
        z = own[0].reshape(steps + 1, *start.shape)
        k = np.array(range(steps + 1), dtype=kind).reshape(-1, *(1,) * start.ndim)
        orbit = Orbit(z, 1 - z, k)
    if not exact:
        report_orbit(orbit.z)
    return orbit


def _descent_floats(s: NDArray[np.float64], start: NDArray[np.float64], steps: int, is_log: bool) -> Orbit:
    z_out = np.empty((steps + 1, *start.shape))
    x_out = np.empty_like(z_out)
    k = np.arange(steps + 1, dtype=np.float64).reshape(-1, *(1,) * start.ndim)
    log_out = np.empty_like(z_out) if is_log else None
    with np.errstate(all="ignore"):
        z, x = (np.exp(start), -np.expm1(start)) if is_log else (start, 1.0 - start)
        vanishing = is_log & (z < VANISHING)
        z_out[0], x_out[0] = z, x
        z_rows, x_rows = z_out.reshape(steps + 1, -1), x_out.reshape(steps + 1, -1)
        if not vanishing.any() and run_pairs(
            np.ascontiguousarray(s).reshape(-1), z_rows[0], x_rows[0], z_rows[1:], x_rows[1:]
        ):
            return Orbit(z_out, x_out, k, np.log(z_out) if is_log else None)
        growth = 2.0 * np.log1p(s)
        for step in range(steps + 1):
            z_out[step], x_out[step] = z, x
            if log_out is not None:
                # Steps of the vanishing phase are counted, not multiplied: their rounding must not add up.
                climbed = start + step * growth
                log_out[step] = np.where(vanishing, climbed, np.log(z))
            z_next, x_next = normal_step(z, s), missing_step(x, s)
            if vanishing.any():
                carried = np.exp(start + (step + 1) * growth)
                z_next = np.where(vanishing, carried, z_next)
                x_next = np.where(vanishing, 1.0, x_next)
                vanishing = vanishing & (z_next < VANISHING)
            # Whichever of z, x = 1 − z is the smaller keeps its own recursion and gives the other, so
            # the pair never drifts apart and neither ever comes out of a cancelling subtraction.
            near = np.abs(x_next) < 0.5
            z, x = np.where(near, 1.0 - x_next, z_next), np.where(near, x_next, 1.0 - z_next)
    return Orbit(z_out, x_out, k, log_out)


def _descent_symbols(s: Any, z0: Any, steps: int) -> Orbit:
    z, x = [z0], [1 - z0]
    for _ in range(steps):
        z.append(normal_step(z[-1], s))
        x.append(missing_step(x[-1], s))
    return Orbit(*(np.array(v, dtype=object) for v in (z, x, range(steps + 1))))


def _descent_balls(s_all: NDArray[Any], start: NDArray[Any], steps: int, is_log: bool) -> Orbit:
    shape = (steps + 1, *start.shape)
    z_out = np.empty((steps + 1, start.size), dtype=object)
    x_columns: list[Callable[[], list[Any]]] = []
    log_out = np.empty_like(z_out) if is_log else None
    for column in range(start.size):
        step, first = s_all.reshape(-1)[column], start.reshape(-1)[column]
        z, x = _column(step, first, steps, is_log)
        z_out[:, column] = z
        x_columns.append(x)
        if log_out is not None:
            log_out[:, column] = [value.log() for value in z]

    def x_out() -> NDArray[Any]:
        out = np.empty((steps + 1, start.size), dtype=object)
        for column, x in enumerate(x_columns):
            out[:, column] = x()
        return out.reshape(shape)

    k = np.array(range(steps + 1), dtype=object).reshape(-1, *(1,) * start.ndim)
    return Orbit(z_out.reshape(shape), x_out, k, None if log_out is None else log_out.reshape(shape))


def _column(s: Any, start: Any, steps: int, is_log: bool) -> tuple[list[Any], Callable[[], list[Any]]]:
    """One orbit, exact as far as that is asked for and short, then in balls; and what makes its complement."""
    exact = [] if is_log else _exact_orbit(s, start, steps)
    if len(exact) > steps:
        return exact, lambda: [1 - z for z in exact]
    z, x = _ball_orbit(s, start, steps, is_log)
    known = len(exact)
    return [*exact, *map(wrap, z[known:])], lambda: [*(1 - z for z in exact), *map(wrap, x()[known:])]


def _exact_orbit(s: Any, start: Any, steps: int) -> list[Any]:
    """The first states of an orbit in exact rationals, as far as those are asked for and stay short."""
    numbers = rationals(s, start)
    if numbers is None:
        return []
    rate, first = numbers
    return [z for (z,) in exact_states(lambda state: (normal_step(state[0], rate),), (first,), steps)]


def _ball_orbit(s: Any, start: Any, steps: int, is_log: bool) -> tuple[list[arb], Callable[[], list[arb]]]:
    """Balls around z at every step, and what makes those around x."""
    extra = GUARD_BITS + steps.bit_length()
    inexact = has_radius(s, start)
    if steps >= FEWEST + EXACT_STEPS and not inexact:
        found = _integer_orbit(s, start, steps, is_log, int(ctx.prec), extra)
        if found is not None:
            return found

    def run() -> tuple[list[arb], list[arb]]:
        first = Ball(start).arb
        return _centred_orbit(first.exp() if is_log else first, Ball(s).arb, steps)

    def lost(orbit: tuple[list[arb], list[arb]]) -> int:
        z, x = orbit
        return max(lost_bits([z[-1]]), min(lost_bits([x[-1]]), MOST_EXTRA_BITS_NEAR_ONE))

    z, x = in_enough_bits(run, lost, extra, refine=not inexact)
    return z, partial(list, x)


def in_enough_bits(run: Callable[[], T], lost: Callable[[T], int], extra: int, *, refine: bool) -> T:
    """What ``run`` finds with so many bits more than those in force, or again with as many more as it lost.

    Args:
        run: finds an orbit at the precision in force. lost: how many bits the end of the orbit has lost.
        extra: the first guess. refine: whether inputs are exact, so that more bits help.
    """
    while True:
        with precision(ctx.prec + extra):
            found = run()
            missing = lost(found) - extra
        if missing <= 0 or not refine or extra + missing > MOST_EXTRA_BITS:
            return found
        extra += missing + GUARD_BITS


def _integer_orbit(
    s: Any, start: Any, steps: int, is_log: bool, ambient: int, extra: int
) -> tuple[list[arb], Callable[[], list[arb]]] | None:
    """A long monotone orbit by :mod:`rankladder.simulate.integer_orbits`; None where that does not apply.

    The first steps are taken in balls, which keep a short dyadic number exact.
    """
    bits = ambient + extra
    with precision(bits + 2 * NEAREST):
        step, first = Ball(s).arb, Ball(start).arb
        z0 = first.exp() if is_log else first
        z, x = _centred_orbit(z0, step, EXACT_STEPS)
        found = integer_orbit(step, z[-1], x[-1], steps - EXACT_STEPS, bits)
        if found is None or max(found.rising_error, found.falling_error) > 2.0 ** (found.bits - ambient - 8):
            return None
    with precision(bits):
        z += found.z()

    def all_x() -> list[arb]:
        with precision(bits):
            return x + found.x()

    return z, all_x


def _centred_orbit(z: arb, s: arb, steps: int) -> tuple[list[arb], list[arb]]:
    """Orbit of z and of x = 1 − z."""
    x = 1 - z
    z_out, x_out = [z], [x]
    for _ in range(steps):
        z, x = centred_pair(z, x, s)
        z_out.append(z)
        x_out.append(x)
    return z_out, x_out


def centred_pair(z: arb, x: arb, s: arb) -> tuple[arb, arb]:
    """The next z and x = 1 − z, by a step in the smaller of the two, f, in the form ``f(m) + f′(Z)(Z − m)``.

    m is the midpoint of its ball Z. A plain ball orbit grows by the sum of absolute coefficients at each step; this one
    by ``|f′|`` only (the mean value theorem), so near an attracting fixed point its width stays at rounding for ever.
    """
    m = x.mid()
    if abs(m) < 0.5:
        x = missing_step(m, s) + missing_slope(x, s) * (x - m)
        return 1 - x, x
    m = z.mid()
    z = normal_step(m, s) + normal_slope(z, x, s) * (z - m)
    return z, 1 - z
