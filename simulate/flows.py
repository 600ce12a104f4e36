"""Gradient flow of one- and two-layer networks and of single modes, by integration.

Float64: an explicit Runge–Kutta method of order 8, run twice where its error is asked for. Balls: a validated
power-series integrator. Neither uses a closed form, so both are oracles for those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq
from numpy.typing import NDArray

from rankladder.numbers.arguments import as_matrix, check_symmetric, together
from rankladder.numbers.arithmetic import has_radius, is_exact
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.balls import Ball
from rankladder.simulate.dynamics import Layers
from rankladder.simulate.flow_series import OneLayerFlow, TwoLayerFlow
from rankladder.simulate.networks import check_factors, check_shapes
from rankladder.simulate.showing import curves
from rankladder.simulate.trajectories import Estimated, OneLayerTrajectory, Trajectory
from rankladder.simulate.validated_flow import validated_flow

__all__ = ["ModeFlow", "gradient_flow", "mode_flow", "one_layer_flow"]

# The run that estimates the error is this much looser than the states; its own error dominates their difference.
TIGHTER = 30.0
LEAST_RTOL = 100 * np.finfo(np.float64).eps


@dataclass(frozen=True)
class ModeFlow(Estimated):
    """Modes under gradient flow, time on the first axis.

    Attributes:
        times: (len,) real times.
        w: (len, …) coefficients. log_w: their logarithms, finite also where w underflows.
        error: an estimate of that of ``log_w`` in float64; None for balls.

    >>> mode_flow(2.0, 1.0, 0.01, [0.0, 10.0]).w.round(6).tolist()
    [0.01, 2.0]
    """

    times: NDArray[Any]
    w: NDArray[Any]
    log_w: NDArray[Any]

    def _repr_html_(self) -> str | None:
        return curves(self.times, self.w, what="coefficient w, a curve a mode")


def gradient_flow(
    Sxx: Any, Sxy: Any, W1: Any, W2: Any, times: Any,
    *, rtol: float = 1e-12, atol: float | None = None, method: str = "DOP853",
) -> Trajectory:  # fmt: skip
    """Gradient flow of the two-layer network: ``W1' = −R W2ᵀ``, ``W2' = −W1ᵀ R``, ``R = Sxx W1 W2 − Sxy``.

    Solves: the initial value problem, at real times.

    Source: the gradient of ``tr(Wᵀ Sxx W)/2 − tr(Wᵀ Sxy)`` in the two factors; for balls see
    ``rankladder.simulate.validated_flow``.

    Assumptions: ``Sxx`` symmetric. Ball results contain the flow for any data and start.

    Args:
        Sxx: (d, d). Sxy: (d, p). W1: (d, r). W2: (r, p). ``Fraction`` or ``Ball`` entries select balls.
        times: increasing real times ≥ 0; for balls ``int``, ``float`` or ``Fraction``.
        rtol, atol: tolerances of a float64 step; ``atol`` is by default ``rtol`` times a thousandth of the
            largest entry of the start, so that a vanishing start escapes accurately. The error reached at
            the end is larger (10 to 400 times): it is estimated in ``error``.
        method: of SciPy's ``solve_ivp``; "Radau" where ``Sxx`` is so ill conditioned that explicit steps crawl.

    Returns:
        Factors at ``times``.

    Raises:
        ValueError: for shapes that do not fit, entries that are not real or not finite, an ``Sxx`` that is not
            symmetric, times that do not increase.

    >>> flow = gradient_flow([[1.0]], [[1.0]], [[0.1]], [[0.1]], [0.0, 2.0, 40.0])
    >>> flow.W.ravel().round(6).tolist(), flow.error < 1e-9
    ([0.01, 0.355461, 1.0], True)
    """
    Sxx, Sxy = check_shapes(Sxx, Sxy)
    W1, W2 = check_factors(W1, W2, *Sxy.shape)
    chosen = _times(times)
    if is_exact(Sxx, Sxy, W1, W2, chosen):
        first, second = _validated(TwoLayerFlow, Sxx, Sxy, (W1, W2), chosen)
        return Trajectory(np.array(chosen, dtype=object), first, second)
    split, shapes = W1.size, (W1.shape, W2.shape)

    gradients = Layers.of_moments(Sxx, Sxy).gradients

    def velocity(_: float, state: NDArray[Any]) -> NDArray[Any]:
        factors = state[:split].reshape(shapes[0]), state[split:].reshape(shapes[1])
        return -np.concatenate([G.ravel() for G in gradients(factors)])

    start = np.concatenate([W1.ravel(), W2.ravel()])
    states, estimate = _integrate(velocity, start, np.array(chosen, dtype=np.float64), rtol, atol, method)
    return Trajectory(
        np.array(chosen, dtype=np.float64),
        states[:, :split].reshape(-1, *shapes[0]),
        states[:, split:].reshape(-1, *shapes[1]),
        estimate=estimate,
    )


def one_layer_flow(
    Sxx: Any, Sxy: Any, W0: Any, times: Any,
    *, rtol: float = 1e-12, atol: float | None = None, method: str = "DOP853",
) -> OneLayerTrajectory:  # fmt: skip
    """Gradient flow of the one-layer network, ``W' = Sxy − Sxx W``.

    Args:
        Sxx: (d, d), symmetric. Sxy, W0: (d, p). The others as in :func:`gradient_flow`.

    Raises:
        ValueError: as :func:`gradient_flow`.

    >>> float(one_layer_flow([[1.0]], [[2.0]], [[0.0]], [0.0, 1.0]).W[1, 0, 0].round(9))
    1.264241118
    """
    Sxx, Sxy = check_shapes(Sxx, Sxy)
    W0 = as_matrix(W0, "W0")
    if W0.shape != Sxy.shape:
        raise ValueError(f"W0 has shape {W0.shape} but must have {Sxy.shape}, as Sxy; pass W0 (d, p)")
    chosen = _times(times)
    if is_exact(Sxx, Sxy, W0, chosen):
        (W,) = _validated(OneLayerFlow, Sxx, Sxy, (W0,), chosen)
        return OneLayerTrajectory(np.array(chosen, dtype=object), W)
    residual, shape = Layers.of_moments(Sxx, Sxy).residual, W0.shape
    states, estimate = _integrate(
        lambda _, state: -residual(state.reshape(shape)).ravel(),
        W0.ravel(), np.array(chosen, dtype=np.float64), rtol, atol, method,
    )  # fmt: skip
    return OneLayerTrajectory(
        np.array(chosen, dtype=np.float64), states.reshape(-1, *shape), estimate=estimate
    )


def mode_flow(sigma: Any, lam: Any, w0: Any = None, times: Any = (), *, log_w0: Any = None) -> ModeFlow:
    """Gradient flow of single modes, ``w' = 2 w (σ − λ w)``.

    Solves: the scalar equation, in float64 as ``(log w)' = 2 (σ − λ w)`` so that no start is too small;
    in balls as the two-layer network with one unit a layer, whose equal entries are ``√w``.

    Args:
        sigma, lam, w0: numbers or arrays, broadcast. ``w0 > 0``; ``Fraction`` or ``Ball`` selects balls.
        times: increasing real times ≥ 0.
        log_w0: ``log w0`` in the place of ``w0``.

    Raises:
        ValueError: for a start that is not positive, or times that do not increase.

    >>> mode_flow(1.0, 1.0, 0.01, [0.0, 2.0, 40.0]).w.round(6).tolist()
    [0.01, 0.355461, 1.0]
    """
    if (w0 is None) == (log_w0 is None):
        raise ValueError(f"w0 {w0!r} and log_w0 {log_w0!r}: exactly one must be given; drop the other")
    chosen = _times(times)
    exact = is_exact(sigma, lam, w0, log_w0, chosen)
    given = {"w0": w0} if log_w0 is None else {"log_w0": log_w0}
    every = [part.astype(object if exact else np.float64) for part in together(sigma=sigma, lam=lam, **given)]
    if log_w0 is None and not all(value > 0 for value in every[2].reshape(-1)):
        raise ValueError(f"w0 {w0} must be > 0; a mode that starts at 0 stays there")
    if exact:
        return _mode_flow_balls(every, chosen, log_w0 is not None)
    sigma, lam, start = every
    shape = start.shape
    sigma, lam = sigma.ravel(), lam.ravel()
    log_start = (np.log(start) if log_w0 is None else start).ravel()

    def velocity(_: float, log_w: NDArray[Any]) -> NDArray[Any]:
        return 2.0 * (sigma - lam * np.exp(log_w))

    states, estimate = _integrate(
        velocity, log_start, np.array(chosen, dtype=np.float64), 1e-12, 1e-13, "DOP853"
    )
    log_w = states.reshape(-1, *shape)
    return ModeFlow(np.array(chosen, dtype=np.float64), np.exp(log_w), log_w, estimate=estimate)


def _mode_flow_balls(every: Any, times: list[Any], is_log: bool) -> ModeFlow:
    shape = every[2].shape
    w = np.empty((len(times), every[2].size), dtype=object)
    for column, (sigma, lam, start) in enumerate(zip(*(part.reshape(-1) for part in every), strict=True)):

        def entry(start: Any = start) -> arb:
            return (Ball(start).arb / 2).exp() if is_log else Ball(start).arb.sqrt()

        def prepare(sigma: Any = sigma, lam: Any = lam, entry: Callable[[], arb] = entry) -> Any:
            one = arb_mat(1, 1, [entry()])
            return TwoLayerFlow(arb_mat(1, 1, [Ball(lam).arb]), arb_mat(1, 1, [Ball(sigma).arb])), (one, one)

        refine = not has_radius(sigma, lam, start)
        first, _ = validated_flow(prepare, [_rational(time) for time in times], refine=refine)
        w[:, column] = [value * value for value in first.reshape(-1)]
    w = w.reshape(len(times), *shape)
    return ModeFlow(np.array(times, dtype=object), w, np.log(w))


def _times(times: Any) -> list[Any]:
    if isinstance(times, (str, bytes)) or not isinstance(times, Iterable):
        raise ValueError(f"times {times!r} must be a sequence of increasing times; pass [0.0, 1.0]")
    chosen = list(times)
    if not chosen:
        raise ValueError("times [] must name at least one time; pass [0.0] to record the start only")
    exact = [_exact_time(time) for time in chosen]
    if exact[0] < 0:
        raise ValueError(f"first time {chosen[0]} must be >= 0; drop the negative times")
    for (earlier, later), time in zip(pairwise(exact), chosen[1:], strict=True):
        if later <= earlier:
            raise ValueError(f"time {time} after {float(earlier)} must increase; pass sorted(set(times))")
    return chosen


def _exact_time(time: Any) -> Fraction:
    if isinstance(time, Ball) and time.is_exact() and time.arb.is_finite():
        mantissa, exponent = time.arb.man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    number = time.item() if isinstance(time, np.generic) else time
    if isinstance(number, bool):
        raise ValueError(f"time {time} must be an exact finite number; pass a float or Fraction")
    if isinstance(number, (int, Fraction)) or (isinstance(number, float) and np.isfinite(number)):
        return Fraction(number)
    raise ValueError(f"time {time} must be an exact finite number; pass a float or Fraction")


def _rational(time: Any) -> fmpq:
    exact = _exact_time(time)
    return fmpq(exact.numerator, exact.denominator)


def _validated(kind: Any, Sxx: Any, Sxy: Any, start: tuple[Any, ...], times: list[Any]) -> list[NDArray[Any]]:
    check_symmetric(Sxx, exactly=True)

    def prepare() -> Any:
        system = kind(BallMatrix.of(Sxx).mat, BallMatrix.of(Sxy).mat)
        return system, tuple(BallMatrix.of(part).mat for part in start)

    refine = not has_radius(Sxx, Sxy, *start)
    return validated_flow(prepare, [_rational(time) for time in times], refine=refine)


def _integrate(
    velocity: Callable[[float, NDArray[Any]], NDArray[Any]],
    start: NDArray[np.float64],
    times: NDArray[np.float64],
    rtol: float,
    atol: float | None,
    method: str,
) -> tuple[NDArray[np.float64], Callable[[], float]]:
    """States at ``times``, and what estimates their error: the largest difference from a looser run."""
    from scipy.integrate import solve_ivp

    # A start at 0 has no size of its own: there the tolerance is relative to 1.
    size = float(np.abs(start).max()) or 1.0

    def run(tighter: float) -> NDArray[np.float64]:
        relative = max(rtol / tighter, LEAST_RTOL)
        absolute = max(relative * size * 1e-3, 1e-290) if atol is None else atol / tighter
        # A trial step may overflow before the method rejects it.
        with np.errstate(all="ignore"):
            found = solve_ivp(
                velocity, (0.0, max(float(times[-1]), 1e-300)), start,
                method=method, t_eval=times, rtol=relative, atol=absolute,
            )  # fmt: skip
        if not found.success:
            raise ValueError(f"flow stopped before time {times[-1]}: {found.message}; ask for earlier times")
        states: NDArray[np.float64] = found.y.T
        return states

    states = run(TIGHTER)
    return states, lambda: float(np.abs(states - run(1.0)).max())
