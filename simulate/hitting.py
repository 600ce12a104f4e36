"""The first step at which a mode reaches a level, exactly, from starts of any smallness."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import ArrayLike, NDArray

from rankladder.numbers.arguments import one_number, together
from rankladder.numbers.arithmetic import has_radius
from rankladder.numbers.balls import Ball, TooLong, Undecided, precision
from rankladder.simulate.compiling import Kernel
from rankladder.simulate.dynamics import normal_step
from rankladder.simulate.modes import JUMP_TO, log_after, shortfall
from rankladder.simulate.orbits import centred_pair
from rankladder.simulate.slow_modes import SlowModes, is_slow
from rankladder.simulate.walks import DEARER, STEP_SECONDS, WALK_LIMIT, walk_to_gaps, walk_to_levels

__all__ = ["first_hit", "first_hits"]

UNIT = 2.0**-53
NEAR = (
    1.0 / 16.0
)  # levels nearer to 1 are reached in x = 1 − z, up to SLOW; they must be this far where they are not
SLOW, FAR = 0.25, 2.0**-40
LEAST = 1e-290  # the smallest gap 1 − theta that float64 walks to
FIRST_BITS, MOST_BITS = 128, 8192
NARROW = 100  # accurate bits of a ball that float64 may take for its middle
MOST_HIT = 2**63 - 1  # what an array of integers holds
LONGEST = 20_000  # bits of a rational state; they triple with every step

Reals = NDArray[np.float64]
Start = Callable[[], arb]  # the logarithm of the first state, at the precision in force


def first_hit(s: Any, log_z0: Any, theta: Any, *, z0: Any = None, limit: int = WALK_LIMIT) -> int:
    """First step k at which ``z ← z (1 + s (1 − z))²`` is at or above ``theta``; an exact integer.

    Solves: the learning time of one mode in steps, at a cost that does not grow with ``|log z0|``.

    Source: the recursion itself. Up to ``z = 2^-28`` the steps are counted: K of them multiply z by
    ``(1+s)^{2K}``, taken in balls, less what ``rankladder.simulate.modes.shortfall`` says. From there the orbit is walked in
    compensated float64 to both sides of ``theta``, near 1 in ``1 − z`` (for ``s <= 2^-6`` its steps are counted too, see
    ``rankladder.simulate.slow_modes``, where that tells); when the error of that walk (derived in the code) does
    not separate the last two states from ``theta``, or when ``s > 1``, it is walked again in balls.

    Assumptions: below 1 every step increases z, so ``theta < 1`` is always reached.

    Args:
        s: normalised step ``η σ`` > 0.
        log_z0: logarithm of the first state. theta: level in (0, 1). All three: ``float``, ``Fraction``
            or ``Ball``, each taken as exactly the number it is.
        z0: the first state itself, in the place of ``log_z0`` (None then). An orbit that lands on ``theta`` exactly
            is settled in rational numbers, where no ball around a logarithm can tell.
        limit: most steps to walk in float64.

    Raises:
        ValueError: for ``s`` or ``theta`` out of range, or a start given twice or not at all.
        TooLong: (a ValueError) for a walk longer than ``limit``.
        Undecided: when a ball argument is too wide to tell the step.

    >>> first_hit(0.1, -10.0, 0.5)
    52
    >>> from fractions import Fraction
    >>> first_hit(Fraction(6, 5), None, Fraction(2, 3), z0=Fraction(1, 6))  # z_1 = 2/3
    1
    >>> first_hit(0.15, -2e6, 0.5) - first_hit(0.15, -1e6, 0.5)
    3577512
    """
    if (log_z0 is None) == (z0 is None):
        raise ValueError(
            f"log_z0 {log_z0!r} and z0 {z0!r}: exactly one must be given; pass None for the other"
        )
    given = z0 if log_z0 is None else log_z0
    for name, value in {"s": s, "theta": theta, "z0" if log_z0 is None else "log_z0": given}.items():
        one_number(value, name)
    if not s > 0 or not Ball(s).arb.is_finite():
        raise ValueError(f"s {s} must be > 0 and finite; a mode that does not grow reaches no level")
    if not 0 < theta < 1:
        raise ValueError(f"theta {theta} must lie in (0, 1); pass a fraction of the final value such as 0.5")
    if z0 is not None and not z0 > 0:
        raise ValueError(f"z0 {z0} must be > 0; a mode that starts at 0 stays there")

    def start() -> arb:
        return Ball(given).arb.log() if log_z0 is None else Ball(given).arb

    if not start().is_finite():
        raise ValueError(
            f"{'z0' if log_z0 is None else 'log_z0'} {given} must be finite; a mode that starts at 0 stays there"
        )
    wide = has_radius(s, theta, given)
    if _starts_above(log_z0, z0, theta, wide):
        return 0
    blurred = any(isinstance(v, Ball) and v.arb.rel_accuracy_bits() < NARROW for v in (s, theta, given))
    found = None if blurred else _float_hit(s, start, theta, limit)
    return _ball_hit(s, start, theta, z0, wide, limit) if found is None else found


def _starts_above(log_z0: Any, z0: Any, theta: Any, wide: bool) -> bool:
    bits = max(int(ctx.prec), FIRST_BITS)
    while True:
        with precision(bits):
            try:
                return bool(z0 >= theta if log_z0 is None else Ball(log_z0) >= Ball((-_gap(theta)).log1p()))
            except Undecided:
                if wide or bits >= MOST_BITS:
                    raise
        bits *= 2


def _gap(theta: Any) -> arb:
    """``1 − theta``, to the precision in force however near to 1 theta is."""
    if isinstance(theta, (float, np.floating)):
        theta = Fraction(float(theta))
    return Ball(1 - theta).arb


def first_hits(
    s: ArrayLike, log_z0: ArrayLike, theta: ArrayLike, *, limit: int = WALK_LIMIT
) -> NDArray[np.int64]:
    """:func:`first_hit` for each entry of three float64 arrays broadcast against each other, exactly as there.

    All are walked together in float64, those with ``s <= 2^-6`` counted, see ``rankladder.simulate.slow_modes``; the few that
    its error does not separate from ``theta`` go one by one.

    Raises:
        ValueError: as :func:`first_hit`, and for a hit beyond ``2**63 - 1``.

    >>> first_hits([0.1, 0.2], -10.0, 0.5).tolist()
    [52, 27]
    """
    every = [part.astype(np.float64) for part in together(s=s, log_z0=log_z0, theta=theta)]
    steps, starts, levels = flat = [np.ascontiguousarray(part).reshape(-1) for part in every]
    hits = _float_hits(steps, starts, levels, limit)
    for index in np.flatnonzero(hits < 0):
        one = tuple(float(part[index]) for part in flat)
        hit = first_hit(*one, limit=limit)
        if hit > MOST_HIT:
            raise TooLong(f"s = {one[0]:.3g} hits at step {hit:.3g}, too large for an array; call first_hit")
        hits[index] = hit
    return hits.reshape(every[0].shape)


def _float_hits(s: Reals, log_z0: Reals, theta: Reals, limit: int) -> NDArray[np.int64]:
    """All hits that float64 can tell, −1 for the others (and for what :func:`first_hit` has to refuse)."""
    hits = np.full(s.size, -1, dtype=np.int64)
    gaps = 1.0 - theta
    plain = (s > 0) & (s <= 1) & (theta >= 1e-200) & (theta < 1) & (np.abs(log_z0) < 1e12)
    plain &= (s <= SLOW) | (gaps >= FAR)
    with np.errstate(all="ignore"):
        aim = np.log(np.minimum(JUMP_TO, theta / 16.0))
        counted = np.maximum(0.0, np.floor((aim - log_z0) / (2.0 * np.log1p(s))))
        log_start = log_after(s, log_z0, counted)
    plain &= (log_z0 < np.log(np.where(plain, theta, 0.5)) - 1e-9) & (counted < 2.0**53)
    # Units of rounding in the relative error of the start. Logarithms and exponentials are good to 8 units,
    # so counted·growth to 9, and it is no larger than log z0; their sum to one more, and the exponential.
    # The count may be one off: then it is carried to at most 4 · 2^-28, and leaves out 2 units at most.
    units = 12.0 + 10.0 * np.abs(log_z0) + np.abs(log_start)
    slow = plain & is_slow(s)
    hits[slow] = _counted(s[slow], log_start[slow], theta[slow], gaps[slow], units[slow], counted[slow])
    plain &= ~slow
    if plain.any():
        first = log_start[plain]
        found = _walks(
            s[plain], np.exp(first), -np.expm1(first), theta[plain], gaps[plain], units[plain], limit
        )
        hits[plain] = np.where(found < 0, -1, counted[plain].astype(np.int64) + found)
    return hits


def _counted(
    s: Reals, log_start: Reals, theta: Reals, gaps: Reals, units: Reals, before: Reals
) -> NDArray[np.int64]:
    """Hits of slow modes by their count of steps, −1 where its error does not tell; ``before`` are those counted already."""
    modes = SlowModes(s)
    start, level = log_start - np.log(-np.expm1(log_start)), np.log(theta) - np.log(gaps)
    steps = modes.count(level) - modes.count(start)
    # a relative error of the start moves its logit by that, over 1 − z
    own = UNIT * units / -np.expm1(log_start) * 1.1 / (2.0 * s)
    error = own + modes.rounding(start) + modes.rounding(level) + modes.cut_error * (steps + 1.0)
    clear = (np.abs(steps - np.round(steps)) > 2.0 * error) & (error < 0.1)
    return np.where(clear, before + np.ceil(steps), -1).astype(np.int64)


def _jump(s: Any, start: Start, level: float) -> tuple[int, arb]:
    """Steps counted before z reaches ``level``, and an enclosure of z after them."""
    growth, log_z0 = 2 * Ball(s).arb.log1p(), start()
    below = (arb(level).log() - log_z0) / growth
    whole = below.lower().floor().unique_fmpz()
    steps = 0 if whole is None else max(0, int(whole))
    climbed = log_z0 + steps * growth
    if not steps:
        return 0, climbed.exp()
    z, square = climbed.exp(), (2 * climbed).exp().upper()
    return steps, (climbed - shortfall(Ball(s).arb, log_z0.exp(), z) + arb(0, 1) * square).exp()


def _float_hit(s: Any, start: Start, theta: Any, limit: int) -> int | None:
    step, level = float(Ball(s).arb.mid()), float(Ball(theta).arb.mid())
    if step > 1.0 or level < 1e-200:
        return None
    with precision(FIRST_BITS):
        counted, ball = _jump(s, start, min(JUMP_TO, level / 16.0))
        rest, x = _gap(theta), 1 - ball
    gap = float(rest.mid())
    if gap < (LEAST if step <= SLOW else FAR) or min(v.rel_accuracy_bits() for v in (ball, rest, x)) < 53:
        return None
    if is_slow(np.array(step)):
        n = [np.array([value]) for value in (step, float(ball.log().mid()), level, gap, 2.0, 0.0)]
        told = int(_counted(n[0], n[1], n[2], n[3], n[4], n[5])[0])
        if told >= 0:
            return counted + told
    # 4 units for the start and the rounding of s and theta; 1 for their radii, 2^-100 of them at most: a relative
    # error e of s moves log z by e times the climb
    given = (step, float(ball.mid()), float(x.mid()), level, gap, 5.0)
    one = [np.array([value]) for value in given]
    found = _walks(one[0], one[1], one[2], one[3], one[4], one[5], limit)
    return None if found[0] < 0 else counted + int(found[0])


def _walks(
    s: Reals, z0: Reals, x0: Reals, levels: Reals, gaps: Reals, units: Reals, limit: int
) -> NDArray[np.int64]:
    """Steps from ``z0`` (off by so many units of rounding) to the levels; −1 where the walk cannot tell.

    ``x0`` is ``1 − z0`` and ``gaps`` are ``1 − levels``, each rounded by itself.
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        climb = np.log(levels) - np.log(z0)
        likely = (climb - 2.0 * np.log(gaps)) / (2.0 * np.log1p(s))
        # no step multiplies the odds z/(1 - z) by more than 1/(1 - 2s): a walk that cannot end is not begun
        least = (climb - np.log(gaps) + np.log(x0)) / -np.log1p(-2.0 * np.minimum(s, 0.5))
    _refuse(s, least > 1.01 * limit, limit)
    seconds = float(np.minimum(likely, limit).sum()) * STEP_SECONDS
    near = (gaps < NEAR) & (s <= SLOW)
    hits, after, before = _run(walk_to_levels, s, z0, np.where(near, 0.5, levels), limit, seconds)
    _refuse(s, after < np.where(near, 0.5, levels), limit)
    # Relative error of z at the end, beside that of the start. Each step: at most 9 units of its gain a² − 1
    # (s, 1 − z and its low part, two products, three sums), the gain being at most 2.2 times its share of
    # log z for s ≤ 1; and 2 s z/a units from the low part that 1 − z leaves out. No step amplifies an error
    # while z < 1 and s ≤ 1.
    climbed = np.where(near, np.log(after) - np.log(z0), climb)
    error = UNIT * (units + 20.0 * (climbed + 2.0) + 2.0 * s * hits)
    clear = (after >= levels * (1.0 + 2.0 * error)) & (before <= levels * (1.0 - 2.0 * error))
    found = np.where(clear & (error < 0.1), hits, -1)
    if near.any():
        x = np.where(hits > 0, 1.0 - after, x0)[near]
        relative = error[near] * (1.0 - x) / x
        found[near] = _walks_near_one(s[near], x, gaps[near], relative, hits[near], limit, seconds)
    return found


def _walks_near_one(
    s: Reals, x0: Reals, gaps: Reals, relative: Reals, walked: NDArray[np.int64], limit: int, seconds: float
) -> NDArray[np.int64]:
    """The walks that have come so far, ended in ``x0 <= 1/2`` (off by so much) for ``s <= 1/4``; −1 where it cannot tell.

    Error of log x. With ``y = x (2 − s + s x) <= 1`` a step loses ``L = x s (2 − y)``: y is off by 5 units, so ``2 − y``
    by 7, L by 9, and by 2 more for the low part that x leaves out; ``L/x′`` is at most 1.5 of its share of log x, since
    ``x′ >= x/2``: 17 units of the fall, and 2 more for the rounding of s. A step stretches an error of log x by at
    most ``1 + 2 s x/(1 − 2s) <= 1 + 4 s x``, and ``s x <= L``: all steps together by at most ``exp(4 x0) < 8``.
    """
    hits, after, before = _run(walk_to_gaps, s, x0, gaps, limit, seconds)
    _refuse(s, (after > gaps) | (walked + hits > limit), limit)
    error = 8.0 * (relative + UNIT * (4.0 + 20.0 * np.log(x0 / after)))
    clear = (after <= gaps * (1.0 - 2.0 * error)) & (before >= gaps * (1.0 + 2.0 * error))
    return np.where(clear & (error < 0.1), walked + hits, -1)


def _run(
    walk: Kernel, s: Reals, first: Reals, goal: Reals, limit: int, seconds: float
) -> tuple[NDArray[np.int64], Reals, Reals]:
    """Steps, last states and those before, from the compiled loop where it pays."""
    hits = np.empty(s.size, dtype=np.int64)
    after, before = np.empty((2, s.size))
    run = walk if walk.pays(seconds) else walk.interpreted
    run(s, first, goal, limit, hits, after, before)
    return hits, after, before


def _refuse(s: Reals, slow: NDArray[np.bool_], limit: int) -> None:
    if slow.any():
        raise TooLong(
            f"s = {float(s[slow][0]):.3g} needs more than limit={limit} steps to walk; pass a larger s or limit"
        )


def _ball_hit(s: Any, start: Start, theta: Any, z0: Any, wide: bool, limit: int) -> int:
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        try:
            with precision(bits + 32):
                return _ball_walk(s, start, theta, 2.0 ** -min(bits // 2 + 16, 900), limit // DEARER)
        except TooLong:
            raise
        except Undecided:
            if wide and bits >= ctx.prec:  # no wider than the precision in force needs
                raise
            tie = _rational_hit(s, z0, theta) if bits == FIRST_BITS and z0 is not None else None
            if tie is not None:
                return tie
            bits *= 2
    raise Undecided(
        f"cannot decide the first z >= {Ball(theta)} within {MOST_BITS} bits; it is an exact tie or nearly"
    )


def _rational_hit(s: Any, z0: Any, theta: Any) -> int | None:
    """The hit in rational numbers; None for other numbers, or when the states have grown too long to go on."""
    if not all(isinstance(value, (int, float, Fraction)) for value in (s, z0, theta)):
        return None
    # plain fractions, whatever arithmetic a subclass has
    step, z, level = (Fraction(*value.as_integer_ratio()) for value in (s, z0, theta))
    steps = 0
    while z < level:
        if z.denominator.bit_length() > LONGEST:
            return None
        z, steps = normal_step(z, step), steps + 1
    return steps


def _ball_walk(s: Any, start: Start, theta: Any, level: float, limit: int) -> int:
    steps, z = _jump(s, start, min(level, float(Ball(theta).arb.mid()) / 16.0))
    if z.rel_accuracy_bits() < 16:
        raise Undecided(f"cannot tell where {steps} counted steps lead; raise the precision")
    step = Ball(s).arb
    goal, gap, x = Ball(theta).arb, _gap(theta), 1 - z
    for walked in range(limit + 1):
        left = x - gap if abs(x.mid()) < 0.5 else goal - z
        if left <= 0:
            return steps + walked
        if not left > 0:
            raise Undecided(f"cannot decide z = {z.str(12)} >= {goal.str(12)}; raise the precision")
        z, x = centred_pair(z, x, step)
    raise TooLong(
        f"s = {step.str(3, radius=False)} needs more than {limit} steps in balls; pass a larger s or limit"
    )
