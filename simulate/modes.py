"""The mode recursion for any spectrum and any start, at a cost that does not grow with δ.

``w ← w (1 + η (σ − λ w))²`` spends nearly all its steps where nothing but a known factor happens: before
the mode has grown to the size of rounding, and after it has converged to within rounding. Those phases
are counted instead of walked; the bounds on what the count neglects stand in :func:`mode_trajectory`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rankladder.numbers.arguments import record_times, step_size, together
from rankladder.numbers.balls import TooLong
from rankladder.simulate.showing import curves
from rankladder.simulate.slow_modes import SlowModes, is_slow
from rankladder.simulate.walks import STEP_SECONDS, WALK_LIMIT, walk_modes, walk_null_modes

__all__ = ["ModeRun", "log_initial_fraction", "mode_trajectory", "shortfall", "vanishing_steps"]

# Up to here the steps are counted; what the count leaves out is below ẑ² in log z: an eighth of a unit of rounding.
JUMP_TO = 2.0**-28
# Null modes are walked until ηλw is this small; the series used beyond errs by 7 e⁴/3 < 4e-17 in log w.
NULL_SERIES_FROM = 2.0**-14
CHUNK = 2**16  # states of slow modes found at once


@dataclass(frozen=True)
class ModeRun:
    """Modes at chosen steps, time on the first axis, one column a mode.

    Attributes:
        times: (len,) step numbers.
        w: (len, m) coefficients; 0 where they underflow.
        z: (len, m) learned fractions ``λ w / σ``; for null modes (no fraction exists) ``w`` again.
        log_z: (len, m) their logarithms, finite also where ``z`` underflows.
        walked: steps really taken, for all modes together.

    >>> run = mode_trajectory([2.0, 1.0], [1.0, 1.0], 0.1, 5, [0, 1000])
    >>> run.z[-1].round(6).tolist()
    [1.0, 1.0]
    """

    times: NDArray[np.int64]
    w: NDArray[np.float64]
    z: NDArray[np.float64]
    log_z: NDArray[np.float64]
    walked: int

    def _repr_html_(self) -> str | None:
        return curves(self.times, self.z, what="fraction learned z, a curve a mode")


def log_initial_fraction(sigma: float, lam: float, delta: float) -> float:
    """``log z_0 = log(λ/σ) − 2δ``, the learned fraction of a mode that starts at ``w = e^{−2δ}``.

    >>> log_initial_fraction(1.0, 1.0, 1e6)
    -2000000.0
    """
    return math.log(lam) - math.log(sigma) - 2.0 * delta


def vanishing_steps(s: float, log_z0: float, level: float = JUMP_TO) -> int:
    """The number of first steps in which z stays below ``level`` and is known without walking.

    >>> vanishing_steps(0.1, -2e6) > 10_000_000
    True
    >>> vanishing_steps(0.1, -1.0)
    0
    """
    return max(0, math.floor((math.log(level) - log_z0) / (2.0 * math.log1p(s))))


def shortfall(s: Any, z0: Any, climbed: Any) -> Any:
    """How far ``log z`` is below that of ``climbed = z0 (1+s)^{2K}`` after K steps, up to ``climbed²`` either way.

    A step multiplies z by ``(1+s)² (1 − bz)²``, ``b = s/(1+s)``. With ``y_j = z_0 (1+s)^{2j} ≥ z_j`` the sum of
    ``−2 log(1 − b z_j)`` over the K steps lies between ``2b Σ z_j`` and ``2b Σ y_j + 2b² Σ y_j²``; and
    ``z_j ≥ y_j (1 − 2 y_j)``, since what is lost up to then is itself such a sum. As ``Σ y_j = (ŷ − z_0)/(s(2+s))``,
    ``ŷ = y_K``, and ``Σ y_j² ≤ ŷ²/(4s)``, the sum is ``2 (ŷ − z_0)/((1+s)(2+s))`` up to ``ŷ²``.

    Assumptions: ``0 < climbed ≤ 1e-3``, ``s > 0``.

    >>> z = 1e-6
    >>> for _ in range(40):
    ...     z *= (1 + 0.05 * (1 - z)) ** 2
    >>> climbed = 1e-6 * 1.05**80
    >>> bool(abs(math.log(climbed / z) - shortfall(0.05, 1e-6, climbed)) < climbed**2)
    True
    """
    return 2 * (climbed - z0) / ((1 + s) * (2 + s))


def log_after(s: Any, log_z0: Any, steps: Any) -> Any:
    """``log z`` in float64 after so many :func:`vanishing_steps`, by their count."""
    climbed = log_z0 + steps * (2.0 * np.log1p(s))
    return climbed - np.where(steps > 0, shortfall(s, np.exp(log_z0), np.exp(climbed)), 0.0)


def mode_trajectory(
    sigma: ArrayLike, lam: ArrayLike, eta: float, delta: ArrayLike, times: Any, *, limit: int = WALK_LIMIT
) -> ModeRun:
    """Coefficients of the modes of a two-layer network under gradient descent, at chosen steps.

    Solves: ``w ← w (1 + η (σ − λ w))²`` from ``w_0 = e^{−2δ}`` for every mode, null modes included.

    Source: the recursion itself. Steps are jumped over where they are known:

    - vanishing phase, ``ẑ = z_0 (1+s)^{2K} ≤ 2^-28``: K steps multiply z by ``(1+s)^{2K}``, less what they fall
      short of it by, see :func:`shortfall`: in log z ``2(ẑ − z_0)/((1+s)(2+s))`` up to ``ẑ² < 2e-17``;
    - slow modes, ``s ≤ 2^-6``, from then on: by a count of their steps, see ``rankladder.simulate.slow_modes``;
    - converged phase, ``s < 1``: once ``|1 − z| ≤ 2^-54`` it stays so, and z is 1 to rounding;
    - null modes, once ``e = ηλw ≤ 2^-14``: ``v = 1/e`` follows ``v ← v/(1 − 1/v)²``, whose count of steps is
      ``A(v) = v/2 − ¾ log v + 5/(8v) + 21/(32v²)`` (it grows by 1 a step, up to ``7 e⁴``); all later steps
      together err by less than ``7e⁴/3 < 1e-16`` relative.

    Elsewhere one step rounds ``log z`` by at most 8 units, and does not amplify what it is given for
    ``s ≤ ½``. ``log z_0`` itself is known to ``2δ`` units of rounding only.

    Args:
        sigma: (m,) singular values ≥ 0, zero for null modes.
        lam: (m,) eigenvalues ≥ 0, positive wherever ``sigma`` is; broadcast.
        eta: step size > 0.
        delta: start scale, a number or one per mode; ``w_0 = e^{−2δ}``.
        times: steps to record, increasing integers ≥ 0; an integer N records 0, 1, …, N.
        limit: most steps to walk for one mode.

    Raises:
        ValueError: for numbers out of these ranges, or a walk beyond ``limit`` (a tiny ``s`` whose
            transition is asked for, or ``s > 1``, where no orbit settles).

    >>> run = mode_trajectory([3.0, 1.0, 0.0], [1.0, 1.0, 1.0], 0.05, 1e6, [0, 10_000_000, 100_000_000])
    >>> run.z.tolist()
    [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]
    >>> run.walked < 2000
    True
    """
    sigmas, lams, deltas = (
        np.atleast_1d(part.astype(np.float64)) for part in together(sigma=sigma, lam=lam, delta=delta)
    )
    if sigmas.ndim > 1:
        raise ValueError(
            f"sigma, lam, delta have shape {sigmas.shape} but must have one dimension; flatten them"
        )
    _check(sigmas, lams, deltas)
    eta = float(step_size(eta))
    # z, w, their logarithms, and as much again on the way
    chosen = np.array(record_times(times, 8 * sigmas.size), dtype=np.int64)
    log_z = np.empty((chosen.size, sigmas.size))
    active = sigmas > 0
    log_z0 = [
        log_initial_fraction(*one) for one in zip(sigmas[active], lams[active], deltas[active], strict=True)
    ]
    log_z[:, active], walked = _active_modes(eta * sigmas[active], np.array(log_z0), chosen, limit)
    log_z[:, ~active], steps = _null_modes(eta * lams[~active], -2.0 * deltas[~active], chosen)
    walked += steps
    omega = np.ones(sigmas.size)
    omega[active] = sigmas[active] / lams[active]
    with np.errstate(over="ignore"):
        z = np.exp(log_z)
        w = z * omega
    return ModeRun(chosen, w, z, log_z, walked)


def _check(sigma: NDArray[Any], lam: NDArray[Any], delta: NDArray[Any]) -> None:
    for name, values in (("sigma", sigma), ("lam", lam)):
        bad = values[~(np.isfinite(values) & (values >= 0))]
        if bad.size:
            raise ValueError(f"{name} {float(bad[0])} must be >= 0 and finite; drop or correct that mode")
    if not np.isfinite(delta).all():
        raise ValueError(
            f"delta {float(delta[~np.isfinite(delta)][0])} must be finite; pass a number such as 10"
        )
    flat = (sigma > 0) & (lam == 0)
    if flat.any():
        raise ValueError(
            f"lam of sigma {float(sigma[flat][0])} is 0 but must be > 0; range Sxy lies in range Sxx"
        )


def _active_modes(
    s: NDArray[np.float64], log_z0: NDArray[np.float64], times: NDArray[np.int64], limit: int
) -> tuple[NDArray[np.float64], int]:
    horizon = int(times[-1])
    start = np.array(
        [min(vanishing_steps(*one), horizon) for one in zip(s.tolist(), log_z0.tolist(), strict=True)],
        dtype=np.int64,
    )
    growth = 2.0 * np.log1p(s)
    with np.errstate(all="ignore"):
        log_z = log_after(s, log_z0, np.minimum(times[:, None], start))
        z0 = np.exp(log_after(s, log_z0, start))
        # Only below s = 1 does a converged state stay converged; elsewhere every step must be walked.
        settled = np.where(s < 1.0, 2.0**-54, 0.0)
        climb = np.log(np.minimum(0.5 / z0, 1e300)) / growth
        likely = climb - np.log(settled) / np.maximum(-np.log(np.abs(1.0 - 2.0 * s)), 1e-300)
        likely = np.minimum(np.clip(likely, 0.0, horizon - start), limit)
    slow = is_slow(s) & (z0 < 1.0)
    seconds = float(likely[~slow].sum()) * STEP_SECONDS
    late = np.empty((times.size, np.count_nonzero(~slow)))
    walked = np.zeros(late.shape[1], dtype=np.int64)
    walk = walk_modes if walk_modes.pays(seconds) else walk_modes.interpreted
    endless = walk(s[~slow], z0[~slow], start[~slow], settled[~slow], times, limit, late, walked)
    if endless >= 0:
        raise TooLong(
            f"a mode with s = {s[~slow][endless]:.3g} needs more than limit={limit} steps; ask for earlier times"
        )
    past = times[:, None] > start
    with np.errstate(all="ignore"):
        log_z[:, ~slow] = np.where(past[:, ~slow], np.log(late), log_z[:, ~slow])
    log_z[:, slow] = np.where(
        past[:, slow], _slow_modes(s[slow], z0[slow], times[:, None] - start[slow]), log_z[:, slow]
    )
    return log_z, int(walked.sum())


def _slow_modes(
    s: NDArray[np.float64], z0: NDArray[np.float64], steps: NDArray[np.int64]
) -> NDArray[np.float64]:
    """``log z`` after so many steps, of modes from ``z0 < 1``; no sense where the number is negative."""
    modes, first = SlowModes(s), np.log(z0) - np.log1p(-z0)
    found = np.empty(steps.shape)
    rows = max(1, CHUNK // max(1, s.size))
    for row in range(0, len(steps), rows):
        logit = modes.logit_after(first, np.maximum(steps[row : row + rows], 0))
        found[row : row + rows] = -np.logaddexp(0.0, -logit)
    return found


def _null_modes(
    rate: NDArray[np.float64], log_w0: NDArray[np.float64], times: NDArray[np.int64]
) -> tuple[NDArray[np.float64], int]:
    still = rate == 0.0
    with np.errstate(all="ignore"):
        log_rate = np.where(still, 0.0, np.log(rate))
        log_e = log_rate + log_w0
        e = np.where(still, 0.0, np.exp(np.minimum(log_e, 700.0)))
    out = np.full((times.size, rate.size), np.nan)
    walked = np.zeros(rate.size, dtype=np.int64)
    last = np.empty(rate.size)
    # 1/e grows by more than 2 a step
    seconds = (
        float(np.sum((e > NULL_SERIES_FROM) * min(0.5 / NULL_SERIES_FROM, int(times[-1])))) * STEP_SECONDS
    )
    walk = walk_null_modes if walk_null_modes.pays(seconds) else walk_null_modes.interpreted
    walk(e, times, NULL_SERIES_FROM, out, walked, last)
    with np.errstate(all="ignore"):
        log_out = np.log(out)
        log_e = np.where(walked > 0, np.log(last), log_e)
    for mode in range(rate.size):
        for row in np.flatnonzero(np.isnan(out[:, mode])):
            steps = float(times[row] - walked[mode])
            log_out[row, mode] = log_e[mode] if still[mode] else _null_series(log_e[mode], steps)
    return log_out - log_rate, int(walked.sum())


def _null_series(log_e: float, steps: float) -> float:
    """``log e`` after so many steps of ``e ← e (1 − e)²``, from ``e ≤ 2^-14``, by its count of steps."""
    if -log_e > 45.0:
        # 1/e beyond 3e19: the logarithm in A is below rounding of the rest, and e may underflow.
        return log_e - math.log1p(2.0 * steps * math.exp(log_e))
    v0 = math.exp(-log_e)
    # v solves A(v) = A(v0) + steps; A' is within 2^-13 of 1/2, so each sweep gains four digits.
    v = v0 + 2.0 * steps
    for _ in range(6):
        shift = 1.5 * math.log(v / v0) - 1.25 * (1 / v - 1 / v0) - 1.3125 * (1 / v**2 - 1 / v0**2)
        v = v0 + 2.0 * steps + shift
    return -math.log(v)
