"""DEPTH-1, DEPTH-2: networks of three layers and more from a balanced spectral start."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Otherwise, Problem, Real, claim, equal, exp, forall, least, log, strictly, symbols
from rankladder.properties.gidel2019.init import spread
from rankladder.simulate import deep_descent, deep_flow_time, deep_gradients
from rankladder.theory import deep_entry_step, deep_entry_velocity, deep_switch_times

Array = np.ndarray[Any, Any]
PROJECT = "this project"
ANY = Otherwise("problem", Problem(kind="noncommuting"))
SMALL = Problem(d=Int(1, 5), p=Int(1, 5), r=Int(1, 5))
STATE = {"problem": SMALL, "layers": Int(3, 5), "delta": Real(0, 2), "tilt": Real(0, 1)}


def entries_of(problem: Any, delta: Any, tilt: Any) -> Array:
    """``e^{-delta - tilt i}``, one entry for each mode that the start carries (q,)."""
    made: Array = exp(-delta - tilt * np.arange(problem.q))
    return made


def balanced(problem: Any, layers: int, entries: Array, *, turned: int = 0) -> list[Array]:
    """``U D Q_1``, ``Q_1^T D Q_2``, ..., ``Q_{L-1}^T D V^T`` with orthogonal hidden frames; one may be ``turned``."""
    frames = [problem.U.T]
    for _ in range(layers - 1):
        frames.append(problem.Q @ frames[-1] if len(frames) > 1 else problem.Q)
    frames.append(problem.V.T)
    sizes = [problem.d, *[problem.r] * (layers - 1), problem.p]
    made = []
    for j in range(layers):
        left = frames[j] if j + 1 == turned else frames[j].T
        made.append(left @ spread(entries, sizes[j], sizes[j + 1]) @ frames[j + 1])
    return made


def spectra(problem: Any) -> tuple[Array, Array]:
    """``sigma`` (zero on null modes) and ``lam`` of the modes that the start carries (q,)."""
    lam = problem.lam[: problem.q]
    return np.concatenate([problem.sigma, 0 * lam[problem.m :]]), lam


def deep_velocity(
    problem: Any, layers: int, delta: Any, tilt: Any, *, shift: int = 0, turned: int = 0, factor: Any = 1
) -> Any:
    """Minus the gradients at a balanced spectral state are balanced and spectral, with the entries' velocity."""
    a = entries_of(problem, delta, tilt)
    gradients = deep_gradients(problem.Sxx, problem.Sxy, balanced(problem, layers, a, turned=turned))
    speed = factor * deep_entry_velocity(*spectra(problem), layers + shift, a)
    moved = balanced(problem, layers, speed, turned=turned)
    return forall(*(equal(V, -G) for V, G in zip(moved, gradients, strict=True)))


@claim(
    "DEPTH-1.flow",
    title="matrices, L layers: from a balanced spectral start the flow keeps every factor diagonal, entry by entry",
    statement=r"W_j = Q_{j-1}^\top \mathrm{diag}(a_i)\, Q_j:\quad a_i' = a_i^{L-1} (\sigma_i - \lambda_i a_i^L)",
    source=PROJECT,
    over=STATE,
    given={"commuting": ANY},
)
def _(problem: Any, layers: int, delta: Any, tilt: Any) -> Any:
    return deep_velocity(problem, layers, delta, tilt)


def deep_orbit(
    problem: Any, layers: int, delta: Any, tilt: Any, s1: Any, steps: int, *, shift: int = 0, pace: Any = 1
) -> Any:
    """Every iterate is balanced and spectral, with the entries of the recursion."""
    a, eta = entries_of(problem, delta, tilt), s1 / problem.sigma[0]
    orbit = deep_descent(problem.Sxx, problem.Sxy, balanced(problem, layers, a), eta, steps)
    margins = []
    for factors in orbit:
        margins += [equal(W, B) for W, B in zip(factors, balanced(problem, layers, a), strict=True)]
        a = deep_entry_step(pace * eta, *spectra(problem), layers + shift, a)
    return forall(*margins)


@claim(
    "DEPTH-1.descent",
    title="matrices, L layers: so does descent, with the step of one entry",
    statement=r"a_i \leftarrow a_i (1 + \eta a_i^{L-2} (\sigma_i - \lambda_i a_i^L))",
    source=PROJECT,
    over=STATE | {"s1": Real(0, Fraction(1, 2)), "steps": Int(1, 4)},
    given={"commuting": ANY},
)
def _(problem: Any, layers: int, delta: Any, tilt: Any, s1: Any, steps: int) -> Any:
    return deep_orbit(problem, layers, delta, tilt, s1, steps)


def level(sigma: Any, lam: Any, layers: int, theta: Any) -> Any:
    """The entry at which a mode is at the share ``theta`` of its fitted value."""
    return exp(log(theta * sigma / lam) / layers)


def rescaled_time(sigma: Any, lam: Any, layers: int, a0: Any, theta: Any, *, power: int = 2) -> Any:
    """``(L - 2) a_0^{L-2}`` times the time of the flow from ``a_0`` to the level."""
    return (
        (layers - 2)
        * a0 ** (layers - power)
        * deep_flow_time(sigma, lam, layers, a0, level(sigma, lam, layers, theta))
    )


def switches(
    sigma: Any, lam: Any, layers: int, theta: Any, depth: Any, *, scale: Any = 1, power: int = 2
) -> Any:
    """The rescaled time lies between its bounds, from the start ``e^{-depth}`` times the level."""
    high = level(sigma, lam, layers, theta)
    a0 = high * exp(-depth)
    early, late = deep_switch_times(scale * sigma, lam, layers, a0, high, theta)
    tau = rescaled_time(sigma, lam, layers, a0, theta, power=power)
    return forall(tau / early - 1, 1 - tau / late)


MODE = {
    "sigma": Real(Fraction(1, 4), 4),
    "lam": Real(Fraction(1, 4), 4),
    "layers": Int(3, 6),
    "theta": Real(0, Fraction(15, 16)),
}


@claim(
    "DEPTH-2.switch",
    title="one mode, L layers: it switches at 1/sigma in the time rescaled by (L-2) a_0^{L-2}, with an error of that order",
    statement=r"a_\theta^L = \theta\omega,\ \tau = (L-2)\, a_0^{L-2}\, t_\theta:\quad "
    r"0 \le \sigma\tau - 1 + (a_0/a_\theta)^{L-2} \le \frac{(L-2)\, \lambda a_\theta^2\, a_0^{L-2}}{2\sigma(1-\theta)}",
    source=PROJECT,
    over=MODE | {"depth": Real(0, 16)},
)
def _(sigma: Any, lam: Any, layers: int, theta: Any, depth: Any) -> Any:
    return switches(sigma, lam, layers, theta, depth)


def both_levels(
    sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, layers: int, theta: Any, small: Any
) -> tuple[Any, Any, Any]:
    """The start, a share ``small`` of the lower level, and both levels."""
    first, second = level(sigma1, lam1, layers, theta), level(sigma2, lam2, layers, theta)
    return small * least(first, second), first, second


def small_enough(sigma1, sigma2, lam1, lam2, layers, theta, small):  # type: ignore[no-untyped-def]
    """Mode 1's latest switch comes before mode 2's earliest: polynomially small starts will do."""
    a0, first, second = both_levels(sigma1, sigma2, lam1, lam2, layers, theta, small)
    _, late = deep_switch_times(sigma1, lam1, layers, a0, first, theta)
    early, _ = deep_switch_times(sigma2, lam2, layers, a0, second, theta)
    return strictly(early - late)


def first_switch(
    sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, layers: int, theta: Any, small: Any, *, ahead: Any = 1
) -> Any:
    """Mode 1 is at the level before mode 2, by the factor ``ahead`` at least."""
    a0, *_ = both_levels(sigma1, sigma2, lam1, lam2, layers, theta, small)
    times = [rescaled_time(x, y, layers, a0, theta) for x, y in ((sigma1, lam1), (sigma2, lam2))]
    return strictly(times[1] / times[0] - ahead)


TWO = {
    "sigma1": Real(Fraction(1, 4), 4),
    "sigma2": Real(Fraction(1, 4), 4),
    "lam1": Real(Fraction(1, 4), 4),
    "lam2": Real(Fraction(1, 4), 4),
    "layers": Int(3, 5),
    "theta": Real(0, Fraction(15, 16)),
    "small": Real(0, 1),
}
ORDERED = {"ordered": symbols("sigma2") < symbols("sigma1")}


@claim(
    "DEPTH-2.order",
    title="two modes, L layers: from a polynomially small start on, which the data says, the larger sigma is first",
    statement=r"\sigma_1 > \sigma_2,\ \tau_{late}(\sigma_1, \lambda_1, a_0) < \tau_{early}(\sigma_2, \lambda_2, a_0):\quad t^{(1)}_\theta < t^{(2)}_\theta",
    source=PROJECT,
    over=TWO,
    given={"small-start": small_enough},
)
def _(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, layers: int, theta: Any, small: Any) -> Any:
    return first_switch(sigma1, sigma2, lam1, lam2, layers, theta, small)


@claim(
    "DEPTH-2.not-from-any-start",
    title="two modes, L layers: the larger sigma is first from any start below both levels",
    statement=r"\sigma_1 > \sigma_2:\quad t^{(1)}_\theta < t^{(2)}_\theta",
    source=PROJECT,
    over=TWO,
    given=ORDERED,
    expects="refuted",
)
def _(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, layers: int, theta: Any, small: Any) -> Any:
    return first_switch(sigma1, sigma2, lam1, lam2, layers, theta, small)
