"""Gradient descent on one- and two-layer linear networks, any shapes, in float64 or in balls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.arguments import as_matrix, check_symmetric, large, record_times, step_size
from rankladder.numbers.arithmetic import as_fractions, has_radius, is_exact
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.balls import Ball, TooLong, is_symbolic
from rankladder.numbers.exact import exact_states, rationals
from rankladder.simulate.dynamics import GradientDescent, Layers
from rankladder.simulate.iteration import Recorded, iterate_balls, iterate_floats, iterate_symbols
from rankladder.simulate.matrix_kernels import run_small, suits
from rankladder.simulate.own import stand_in
from rankladder.simulate.problems import moments
from rankladder.simulate.spread import one_layer_spread, two_layer_spread
from rankladder.simulate.trajectories import OneLayerTrajectory, Trajectory
from rankladder.simulate.walks import DEARER, WALK_LIMIT

__all__ = ["matrix_descent", "matrix_descent_data", "one_layer_descent"]


def matrix_descent(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any, times: Any) -> Trajectory:
    """Gradient descent on the two-layer network ``W = W1 W2``, both factors updated at once.

    Solves: ``W1 ← W1 − η R W2ᵀ``, ``W2 ← W2 − η W1ᵀ R`` with ``R = Sxx W1 W2 − Sxy`` of the same iterate.

    Source: the gradient of ``tr(Wᵀ Sxx W)/2 − tr(Wᵀ Sxy)`` in the two factors.

    Assumptions: none on the step; float64 follows the exact orbit only where that orbit is stable. Long
    float64 runs of small networks are compiled, and round in an order of their own.
    Balls contain the exact orbit: the working precision is raised until the last state keeps the
    precision in force, unless inputs are themselves balls with a radius (see ``horizon_bits``).

    Args:
        Sxx: (d, d), symmetric. Sxy: (d, p). W1: (d, r). W2: (r, p). ``Fraction`` or ``Ball`` entries in
            any of them, or as ``eta``, select ball arithmetic; floats among them are taken as exact.
        eta: step size, > 0.
        times: the steps to record, increasing; an integer N records 0, 1, …, N.

    Returns:
        The factors at the recorded times.

    Raises:
        ValueError: for shapes that do not fit, entries that are not real or not finite, an ``Sxx`` that is not
            symmetric, a step that is not > 0, or more states to record than memory should hold.
        TooLong: (a ValueError) for more than 10^9 steps in float64, or 500,000 in balls.

    >>> orbit = matrix_descent([[1.0]], [[2.0]], [[0.5]], [[0.5]], 0.1, [0, 1, 100])
    >>> orbit.W1.ravel().round(6).tolist()
    [0.5, 0.5875, 1.414214]
    """
    Sxx, Sxy = check_shapes(Sxx, Sxy)
    return _two_layer((Sxx, Sxy), W1, W2, eta, times)


def matrix_descent_data(X: Any, Y: Any, W1: Any, W2: Any, eta: Any, times: Any) -> Trajectory:
    """Gradient descent on the two-layer network, straight from data.

    Solves: as :func:`matrix_descent` for ``Sxx = XᵀX/n``, ``Sxy = XᵀY/n``; with fewer samples than
    inputs (n < d) the gradient is ``Xᵀ(XW − Y)/n`` and ``Sxx`` is never formed.

    Args:
        X: (n, d). Y: (n, p). The others as in :func:`matrix_descent`.

    Raises:
        ValueError: as :func:`matrix_descent`.

    >>> orbit = matrix_descent_data([[1.0, 1.0]], [[2.0]], [[0.5], [0.5]], [[0.5]], 0.1, [0, 200])
    >>> orbit.W[-1].round(6).tolist()
    [[1.0], [1.0]]
    """
    X, Y = as_matrix(X, "X"), as_matrix(Y, "Y")
    n, d = X.shape
    if Y.shape[0] != n:
        raise ValueError(f"Y has {Y.shape[0]} rows but must have {n}, as X; pair inputs with outputs")
    if n < d:
        return _two_layer((X, Y), W1, W2, eta, times, of_data=True)
    if is_exact(X, Y, W1, W2, eta):  # or the moments of floats would be rounded
        X, Y = as_fractions(X), as_fractions(Y)
    Sxx, Sxy = moments(X, Y)
    return _two_layer((Sxx, Sxy), W1, W2, eta, times)


def one_layer_descent(Sxx: Any, Sxy: Any, W0: Any, eta: Any, times: Any) -> OneLayerTrajectory:
    """Gradient descent on the one-layer network, ``W ← W − η (Sxx W − Sxy)``.

    Args:
        Sxx: (d, d), symmetric. Sxy, W0: (d, p). Exact entries select balls, as in :func:`matrix_descent`.
        eta: step size, > 0.
        times: the steps to record, increasing; an integer N records 0, 1, …, N.

    Raises:
        ValueError: as :func:`matrix_descent`.

    >>> one_layer_descent([[1.0]], [[2.0]], [[0.0]], 0.5, 3).W.ravel().tolist()
    [0.0, 1.0, 1.5, 1.75]
    """
    Sxx, Sxy = check_shapes(Sxx, Sxy)
    W0 = as_matrix(W0, "W0")
    if W0.shape != Sxy.shape:
        raise ValueError(f"W0 has shape {W0.shape} but must have {Sxy.shape}, as Sxy; pass W0 (d, p)")
    recorded = _iterate((Sxx, Sxy), (W0,), eta, times)
    return OneLayerTrajectory(recorded.times, recorded.states[0], recorded.diverged_at)


def check_shapes(Sxx: Any, Sxy: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Both moments as finite matrices (d, d), symmetric, and (d, p)."""
    Sxx, Sxy = as_matrix(Sxx, "Sxx"), as_matrix(Sxy, "Sxy")
    d = Sxy.shape[0]
    if Sxx.shape != (d, d):
        raise ValueError(f"Sxx has shape {Sxx.shape} but must have {(d, d)} for Sxy {Sxy.shape}; check XᵀX/n")
    check_symmetric(Sxx)
    return Sxx, Sxy


def check_factors(W1: Any, W2: Any, d: int, p: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Both factors as finite matrices (d, r) and (r, p)."""
    W1, W2 = as_matrix(W1, "W1"), as_matrix(W2, "W2")
    if W1.shape[0] != d or W2.shape[1] != p or W1.shape[1] != W2.shape[0]:
        raise ValueError(
            f"W1 {W1.shape}, W2 {W2.shape} must be (d, r), (r, p) with d = {d}, p = {p}; pass such"
        )
    return W1, W2


def _two_layer(
    data: tuple[Any, Any], W1: Any, W2: Any, eta: Any, times: Any, *, of_data: bool = False
) -> Trajectory:
    W1, W2 = check_factors(W1, W2, data[0].shape[1], data[1].shape[1])
    recorded = _iterate(data, (W1, W2), eta, times, of_data=of_data)
    first, second = recorded.states
    return Trajectory(recorded.times, first, second, recorded.diverged_at)


def _iterate(
    data: tuple[Any, Any], start: tuple[Any, ...], eta: Any, times: Any, *, of_data: bool = False
) -> Recorded:
    """Gradient descent on moments, or on data, in the arithmetic of the arguments."""
    inputs = (*data, *start, step_size(eta))
    chosen = record_times(times, sum(part.size for part in start), exact=is_exact(*inputs))
    limit = WALK_LIMIT // DEARER if is_exact(*inputs) else WALK_LIMIT
    if chosen[-1] > limit:
        raise TooLong(
            f"{large(chosen[-1])} steps of matrices are more than the {large(limit)} that are walked; ask for earlier times"
        )
    if is_symbolic(*inputs) and not of_data:
        step = GradientDescent(eta).step(Layers.of_moments(*data))
        return iterate_symbols(step, start, chosen)
    kind = "one layer" if len(start) == 1 else "two layers"
    own = stand_in(
        kind,
        data,
        start,
        eta,
        chosen,
        lambda: _certified(data, start, eta, chosen, of_data).states,
        of_data=of_data,
    )
    if own is not None:
        return Recorded(np.array(chosen, dtype=np.int64), own, None)
    return _certified(data, start, eta, chosen, of_data)


def _certified(
    data: tuple[Any, Any], start: tuple[Any, ...], eta: Any, chosen: list[int], of_data: bool
) -> Recorded:
    """Our own descent, in floats or enclosed in balls."""
    inputs = (*data, *start, eta)
    if not is_exact(*inputs):
        if len(start) == 2 and not of_data and suits(*start, chosen):
            return run_small(*data, *start, float(eta), chosen)
        network = Layers.of_data(*data) if of_data else Layers.of_moments(*data)
        return iterate_floats(GradientDescent(float(eta)).step(network), start, chosen)
    Sxx, Sxy = moments(*map(as_fractions, data)) if of_data else data
    check_symmetric(Sxx, exactly=True)

    def prepare() -> Any:
        covariance, target, rate = BallMatrix.of(Sxx), BallMatrix.of(Sxy), Ball(eta).arb
        # scaled by the step size once rather than at every step
        step = GradientDescent(1).step(Layers.of_moments(covariance * rate, target * rate))
        spread = (
            one_layer_spread(covariance, rate)
            if len(start) == 1
            else two_layer_spread(covariance, target, rate)
        )
        return step, spread, tuple(BallMatrix.of(part) for part in start)

    recorded = iterate_balls(prepare, chosen, refine=not has_radius(*inputs))
    exact = rationals(Sxx, Sxy, *start, eta)
    if exact is not None:
        _put_exact(exact, recorded)
    return recorded


def _put_exact(inputs: tuple[Any, ...], run: Recorded) -> None:
    """Put the states that exact rationals know in place of their enclosures."""
    covariance, target, *first, rate = inputs
    step = GradientDescent(rate).step(Layers.of_moments(covariance, target))
    exact = exact_states(step, tuple(first), int(run.times[-1]))
    # a plain array: products of enclosures would enclose what is exact
    run.states[:] = [part.view(np.ndarray) for part in run.states]
    for row, time in enumerate(run.times):
        if time < len(exact):
            for kept, part in zip(run.states, exact[time], strict=True):
                kept[row] = part
