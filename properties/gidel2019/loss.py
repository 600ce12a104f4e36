"""LOSS-1 to LOSS-3: the loss along the modes, its staircase, and how large a step lets it decrease."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from rankladder import (
    Int,
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    exp,
    forall,
    least,
    log1p,
    most,
    strictly,
    symbols,
)
from rankladder.numbers import choosing, midpoints
from rankladder.simulate import descent, loss, matrix_descent, one_layer_gradient, spectral_start
from rankladder.theory import fitted_value, mode_excess_loss, null_value, plateau_excess_loss, thresholds

Array = np.ndarray[Any, Any]
s, z0, s1, share = symbols("s z0 s1 share")

ANY = Otherwise("problem", Problem(kind="noncommuting"))


def rough(value: Any) -> float:
    """A float near a number of either arithmetic, to choose a horizon with."""
    return float(midpoints(value))


@choosing()
def horizon(problem: Any, s1: Any, delta: Any) -> int:
    """Steps after which the slowest active mode has long been fitted, for eta = s1/sigma_1."""
    slowest = rough(s1) * rough(problem.sigma[-1] / problem.sigma[0])
    return 6 + int(2 * (rough(delta) + 1) / np.log1p(slowest))


def orbit(problem: Any, s1: Any, delta: Any, times: list[int]) -> Array:
    """Products W of gradient descent from the spectral start of scale e^(-delta) (len(times), d, p)."""
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    return matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], times).W


def spread_times(last: int, count: int = 6) -> list[int]:
    """Steps spread evenly from 0 to ``last``, both included."""
    return sorted({last * i // (count - 1) for i in range(count)})


def modes(problem: Any) -> tuple[Array, Array]:
    """``sigma`` (zero on null modes) and ``lam`` of the modes that W can hold (min(d, p),)."""
    lam = problem.lam[: min(problem.d, problem.p)]
    return np.concatenate([problem.sigma, 0 * lam[problem.m :]]), lam


def excess(problem: Any, W: Array, *, shift: int = 0) -> Any:
    """What the modes of ``W`` cost above the least loss; each is read ``shift`` places off."""
    sigma, lam = modes(problem)
    w = np.roll(np.diagonal(problem.U.T @ W @ problem.V), shift)
    return sum(mode_excess_loss(sigma[i], lam[i], w[i]) for i in range(len(lam)) if lam[i] != 0)


def least_loss(problem: Any) -> tuple[Any, Any]:
    """The loss with every mode fitted, and the margin of its being the least: no gradient there."""
    best = problem.plateau(problem.m)
    stationary = equal(one_layer_gradient(problem.Sxx, problem.Sxy, best), 0)
    return loss(problem.Sxx, problem.Sxy, best), stationary


def modewise(problem: Any, iterates: Array, *, scale: Any = 1, shift: int = 0) -> Any:
    """The loss is the least loss plus (``scale`` times) what the modes cost."""
    floor, stationary = least_loss(problem)
    parts = np.stack([floor + scale * excess(problem, W, shift=shift) for W in iterates])
    return forall(stationary, equal(loss(problem.Sxx, problem.Sxy, iterates), parts))


def spectral_states(problem: Any, s1: Any, delta: Any) -> Array:
    """States that gradient descent from the spectral start passes through, until the last mode is fitted."""
    return orbit(problem, s1, delta, spread_times(horizon(problem, s1, delta)))


@claim(
    "LOSS-1",
    title="in the spectral state the loss is a sum over modes",
    statement=r"f = f^* + \tfrac12 \sum_{\lambda_i > 0} \lambda_i (w_i - \omega_i)^2",
    source="this project",
    over={"problem": Problem(sigma=(1, 4)), "s1": Real(Fraction(1, 16), Fraction(1, 2)), "delta": Real(0, 6)},
    given={"commuting": ANY},
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return modewise(problem, spectral_states(problem, s1, delta))


def level(problem: Any, j: int) -> Any:
    """What plateau j leaves of the loss above its least value."""
    return sum(
        (plateau_excess_loss(x, y) for x, y in zip(problem.sigma[j:], problem.lam[j:], strict=False)), 0
    )


def levels(problem: Any, *, scale: Any = 1, skip: int = 0) -> Any:
    """On every plateau the loss is the least loss plus the level (times ``scale``) of that plateau."""
    floor, stationary = least_loss(problem)
    margins = [stationary]
    for j in range(problem.m + 1):
        here = loss(problem.Sxx, problem.Sxy, problem.plateau(j))
        margins.append(equal(here - floor, scale * level(problem, min(j + skip, problem.m))))
    return forall(*margins)


@claim(
    "LOSS-2.level",
    title="the loss on plateau j is the least loss plus sigma^2/(2 lambda) of every mode not yet learned",
    statement=r"f\Big(\sum_{i \le j} \omega_i u_i v_i^\top\Big) = f^* + \tfrac12 \sum_{i > j} \sigma_i^2/\lambda_i",
    source="this project",
    over={"problem": Problem()},
    given={"commuting": ANY},
)
def _(problem):  # type: ignore[no-untyped-def]
    return levels(problem)


def staircase(
    problem: Any, W: Array, j: int, fitted: Array, rising: Array, null: Any, *, scale: Any = 1
) -> Any:
    """The loss is within the explicit bound of level j: learned modes are off by less than ``fitted``, modes
    to come are below ``rising``, null modes below ``null``.
    """
    sigma, lam = modes(problem)
    bound = sum(lam[i] * fitted[i] ** 2 for i in range(j)) / 2
    bound = bound + sum(sigma[i] * rising[i] for i in range(j, problem.m))
    carried = range(problem.m, problem.q)
    bound = bound + sum(lam[i] * null**2 for i in carried) / 2
    floor, stationary = least_loss(problem)
    away = loss(problem.Sxx, problem.Sxy, W) - floor - level(problem, j)
    return forall(stationary, scale * bound - abs(away))


def small_start(problem, delta):  # type: ignore[no-untyped-def]
    """z_0 <= 1 for every active mode."""
    return least(problem.omega) - exp(-2 * delta)


def quiet_null(problem, s1, delta):  # type: ignore[no-untyped-def]
    """Eta lambda w(0) <= 2 for every null mode."""
    return 2 - s1 / problem.sigma[0] * most(0, *problem.lam[problem.m :]) * exp(-2 * delta)


def descent_staircase(problem: Any, s1: Any, delta: Any, *, scale: Any = 1, growth: Any = log1p) -> Any:
    """The bound of every plateau at steps spread over the orbit, for eta = s1/sigma_1.

    Before its transition a mode is at most e^(-2 delta) (1+s)^(2k), after it within omega^2 over that.
    """
    times = spread_times(horizon(problem, s1, delta))
    margins = []
    for k, W in zip(times, orbit(problem, s1, delta, times), strict=True):
        risen = exp(2 * k * growth(s1 * problem.sigma / problem.sigma[0]) - 2 * delta)
        bounds = problem.omega**2 / risen, risen, exp(-2 * delta)
        margins += [staircase(problem, W, j, *bounds, scale=scale) for j in range(problem.m + 1)]
    return forall(*margins)


@claim(
    "LOSS-2.descent",
    title="gradient descent: the loss stays on the level of a plateau, exponentially close in delta",
    statement=r"|f(W_k) - f^* - \tfrac12 \sum_{i > j} \sigma_i^2/\lambda_i| \le"
    r" \tfrac12 \sum_{i \le j} \lambda_i \omega_i^4 e^{4\delta} (1 + \eta\sigma_i)^{-4k}"
    r" + \sum_{j < i \le m} \sigma_i e^{-2\delta} (1 + \eta\sigma_i)^{2k}"
    r" + \tfrac12 \sum_{m < i \le q} \lambda_i e^{-4\delta}",
    source="this project",
    over={"problem": Problem(sigma=(1, 4)), "s1": Real(Fraction(1, 8), 4), "delta": Real(-1, 5)},
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return descent_staircase(problem, s1, delta)


def between(problem: Any, place: int, share: Any) -> tuple[int, Any]:
    """A plateau j and a rescaled time tau between 1/sigma_j and 1/sigma_{j+1}."""
    j = place % (problem.m + 1)
    start = 1 / problem.sigma[j - 1] if j else 0 * share
    end = 1 / problem.sigma[j] if j < problem.m else 2 * start
    return j, start + share * (end - start)


def flow_staircase(problem: Any, delta: Any, place: int, share: Any, *, scale: Any = 1, late: Any = 0) -> Any:
    """The bound of the plateau at a time on it, for the closed form put on the matrices."""
    j, tau = between(problem, place, share)
    t = delta * (tau + late)
    w = [fitted_value(x, y, delta, t) for x, y in zip(problem.sigma, problem.lam, strict=False)]
    w += [null_value(problem.lam[i], exp(-2 * delta), t) for i in range(problem.m, problem.q)]
    risen = exp(2 * delta * (problem.sigma * tau - 1))
    W = problem.compose(np.array(w))
    return staircase(problem, W, j, problem.omega**2 / risen, risen, exp(-2 * delta), scale=scale)


@claim(
    "LOSS-2.flow",
    title="gradient flow: at rescaled times between 1/sigma_j and 1/sigma_{j+1} the loss tends to level j",
    statement=r"|f(W(\delta\tau)) - f^* - \tfrac12 \sum_{i > j} \sigma_i^2/\lambda_i| \le"
    r" \tfrac12 \sum_{i \le j} \lambda_i \omega_i^4 e^{-4\delta(\sigma_i\tau - 1)}"
    r" + \sum_{j < i \le m} \sigma_i e^{-2\delta(1 - \sigma_i\tau)}"
    r" + \tfrac12 \sum_{m < i \le q} \lambda_i e^{-4\delta}",
    source="this project",
    over={"problem": Problem(), "delta": Real(0, 64), "place": Int(0, 8), "share": Real(0, 1)},
    given={"commuting": ANY, "small-start": small_start},
)
def _(problem, delta, place, share):  # type: ignore[no-untyped-def]
    return flow_staircase(problem, delta, place, share)


def descends(s: Any, z0: Any, steps: int, *, factor: Any = 1) -> Any:
    """The distance |1 - z|, whose square the loss is proportional to, is at most ``factor`` times the last."""
    x = abs(descent(s, z0, steps).x)
    return forall(factor * x[:-1] - x[1:])


# a rational s lies below the algebraic threshold, its only root in (0, 1), iff this is positive: exact to decide
STEP_BOUND = sympy.minimal_polynomial(thresholds()["loss descends"], s)


@claim(
    "LOSS-3.descent",
    title="one mode: up to s_desc = 0.9357... the loss never increases from any start z_0 in (0, 1]",
    statement=r"0 < s \le s_{desc},\ 0 < z_0 \le 1:\quad (1 - z_{k+1})^2 \le (1 - z_k)^2",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 60)},
    given={"small-step": (STEP_BOUND >= 0) & (s < 1), "small-start": z0 <= 1},
)
def _(s, z0, steps):  # type: ignore[no-untyped-def]
    return descends(s, z0, steps)


def rebound(s: Any, z0: Any, step: int, *, factor: Any = 1) -> Any:
    """The distance |1 - z| after a step exceeds ``factor`` times the one before."""
    x = abs(descent(s, z0, step).x)
    return strictly(x[step] - factor * x[step - 1])


@claim(
    "LOSS-3.above",
    title="one mode: above s_desc the loss increases from the start that overshoots most",
    statement=r"s > s_{desc},\ P(s) < 0,\ z_0 = \tfrac{1 + s}{3s}:\quad (1 - z_2)^2 > (1 - z_1)^2",
    source="this project",
    over={"s": Real(0, 4)},
    given={"large-step": STEP_BOUND < 0},
)
def _(s):  # type: ignore[no-untyped-def]
    return rebound(s, (1 + s) / (3 * s), 2)


@claim(
    "LOSS-3.above-one",
    title="one mode: above s = 1 the first step from z_0 = 1/s increases the loss",
    statement=r"s > 1,\ z_0 = 1/s:\quad (1 - z_1)^2 > (1 - z_0)^2",
    source="this project",
    over={"s": Real(0, 4)},
    given={"large-step": s > 1},
)
def _(s):  # type: ignore[no-untyped-def]
    return rebound(s, 1 / s, 1)


@claim(
    "LOSS-3.not-to-one",
    title="one mode: the loss never increases from any z_0 in (0, 1] at every step that converges",
    statement=r"0 < s \le 1,\ 0 < z_0 \le 1:\quad (1 - z_{k+1})^2 \le (1 - z_k)^2",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 60)},
    given={"convergent": s <= 1, "small-start": z0 <= 1},
    expects="refuted",
)
def _(s, z0, steps):  # type: ignore[no-untyped-def]
    return descends(s, z0, steps)
