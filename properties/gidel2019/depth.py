"""DEPTH-1, DEPTH-2: networks of three layers and more from a balanced spectral start."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Otherwise, Problem, Real, claim, equal, exp, forall, least, log, strictly, symbols
from rankladder.language.orbits import keeps_form
from rankladder.numbers.words import entrywise, positions, rectangle
from rankladder.simulate import deep_descent, deep_flow_time, deep_gradients
from rankladder.theory import deep_entry_step, deep_entry_velocity, deep_switch_times

Array = np.ndarray[Any, Any]
ANY = Otherwise("problem", Problem(kind="noncommuting"))
SMALL = Problem(d=Int(1, 5), p=Int(1, 5), r=Int(1, 5))
STATE = {"problem": SMALL, "layers": Int(3, 5), "delta": Real(0, drawn=8), "tilt": Real(0, drawn=4)}


def entries_of(problem: Any, delta: Any, tilt: Any) -> Array:
    """``e^{-delta - tilt i}``, one entry for each mode that the start carries (q,)."""
    made: Array = exp(-delta - tilt * positions(problem.q))
    return made


def balanced(problem: Any, layers: int, entries: Array) -> list[Array]:
    """``U D Q_1``, ``Q_1^T D Q_2``, ..., ``Q_{L-1}^T D V^T`` with orthogonal hidden frames."""
    frames = [problem.U.T]
    for _ in range(layers - 1):
        frames.append(problem.Q @ frames[-1] if len(frames) > 1 else problem.Q)
    frames.append(problem.V.T)
    sizes = [problem.d, *[problem.r] * (layers - 1), problem.p]
    return [frames[j].T @ rectangle(entries, sizes[j], sizes[j + 1]) @ frames[j + 1] for j in range(layers)]


def spectra(problem: Any) -> tuple[Array, Array]:
    """``sigma`` (zero on null modes) and ``lam`` of the modes that the start carries (q,)."""
    sigma = entrywise(problem.q, lambda i: problem.sigma[i] if i < problem.m else 0 * problem.lam[i])
    return sigma, problem.lam[: problem.q]


@claim(
    "DEPTH-1.flow",
    title="matrices, L layers: from a balanced spectral start the flow keeps every factor diagonal, entry by entry",
    statement=r"W_j = Q_{j-1}^\top \mathrm{diag}(a_i)\, Q_j:\quad a_i' = a_i^{L-1} (\sigma_i - \lambda_i a_i^L)",
    over=STATE,
    given={"commuting": ANY},
    constants={"factors": balanced, "velocity": deep_entry_velocity},
)
def flow(problem: Any, layers: int, delta: Any, tilt: Any, factors: Any, velocity: Any) -> Any:
    """Minus the gradients at a balanced spectral state are balanced and spectral, with the entries' velocity."""
    a = entries_of(problem, delta, tilt)
    gradients = deep_gradients(problem.Sxx, problem.Sxy, factors(problem, layers, a))
    moved = factors(problem, layers, velocity(*spectra(problem), layers, a))
    return forall(*(equal(V, -G) for V, G in zip(moved, gradients, strict=True)))


def turned(problem: Any, layers: int, entries: Array) -> list[Array]:
    """``Q_1 D Q_2`` for the second factor."""
    first, second, *others = balanced(problem, layers, entries)
    return [first, problem.Q @ problem.Q @ second, *others]


flow.twin("any-data", "without commuting data", drop="commuting")
flow.twin(
    "power-off",
    "a^L (sigma - lam a^(L+1))",
    constants={"velocity": lambda sigma, lam, layers, a: deep_entry_velocity(sigma, lam, layers + 1, a)},
)
flow.twin(
    "turned-frame", "the second factor begins with Q in place of its transpose", constants={"factors": turned}
)
flow.twin(
    "every-factor",
    "L times as fast",
    constants={"velocity": lambda sigma, lam, layers, a: layers * deep_entry_velocity(sigma, lam, layers, a)},
)


@claim(
    "DEPTH-1.descent",
    title="matrices, L layers: so does descent, with the step of one entry",
    statement=r"a_i \leftarrow a_i (1 + \eta a_i^{L-2} (\sigma_i - \lambda_i a_i^L))",
    over=STATE | {"s1": Real(0, Fraction(1, 2)), "steps": Int(1, 4)},
    given={"commuting": ANY},
    constants={"step": deep_entry_step},
)
def descent(problem: Any, layers: int, delta: Any, tilt: Any, s1: Any, steps: int, step: Any) -> Any:
    """Every iterate is balanced and spectral, with the entries of the recursion."""
    eta = s1 / problem.sigma[0]
    return keeps_form(
        lambda state, times: [deep_descent(problem.Sxx, problem.Sxy, state, eta, k)[k] for k in times],
        tuple(balanced(problem, layers, entries_of(problem, delta, tilt))),
        lambda: range(steps),
        form=lambda a: tuple(balanced(problem, layers, a)),
        read=lambda state: np.diagonal(problem.U.T @ state[0] @ problem.Q.T)[: problem.q],
        moves=lambda here, there: equal(there, step(eta, *spectra(problem), layers, here)),
    )


descent.twin("any-data", "without commuting data", drop="commuting")
descent.twin(
    "larger-step",
    "a step 1% larger",
    constants={"step": lambda eta, *state: deep_entry_step(Fraction(101, 100) * eta, *state)},
)
descent.twin(
    "power-off",
    "a^(L-1) in place of a^(L-2)",
    constants={"step": lambda eta, sigma, lam, layers, a: deep_entry_step(eta, sigma, lam, layers + 1, a)},
)


def level(sigma: Any, lam: Any, layers: int, theta: Any) -> Any:
    """The entry at which a mode is at the share ``theta`` of its fitted value."""
    return exp(log(theta * sigma / lam) / layers)


def scale(layers: int, a0: Any) -> Any:
    """What rescales time: ``(L - 2) a_0^{L-2}``."""
    return (layers - 2) * a0 ** (layers - 2)


MODE = {
    "sigma": Real(0, drawn=(Fraction(1, 64), 64)),
    "lam": Real(0, drawn=(Fraction(1, 64), 64)),
    "layers": Int(3, 6),
    "theta": Real(0, Fraction(15, 16)),
}


@claim(
    "DEPTH-2.switch",
    title="one mode, L layers: it switches at 1/sigma in the time rescaled by (L-2) a_0^{L-2}, with an error of that order",
    statement=r"a_\theta^L = \theta\omega,\ \tau = (L-2)\, a_0^{L-2}\, t_\theta:\quad "
    r"0 \le \sigma\tau - 1 + (a_0/a_\theta)^{L-2} \le \frac{(L-2)\, \lambda a_\theta^2\, a_0^{L-2}}{2\sigma(1-\theta)}",
    over=MODE | {"depth": Real(0, drawn=64)},
    constants={"scale": scale, "bounds": deep_switch_times},
)
def switch(sigma: Any, lam: Any, layers: int, theta: Any, depth: Any, scale: Any, bounds: Any) -> Any:
    """The rescaled time lies between its bounds, from the start ``e^{-depth}`` times the level."""
    high = level(sigma, lam, layers, theta)
    a0 = high * exp(-depth)
    early, late = bounds(sigma, lam, layers, a0, high, theta)
    tau = scale(layers, a0) * deep_flow_time(sigma, lam, layers, a0, high)
    return forall(tau / early - 1, 1 - tau / late)


switch.twin(
    "later",
    "1% later",
    constants={"bounds": lambda sigma, *others: deep_switch_times(Fraction(100, 101) * sigma, *others)},
)
switch.twin(
    "earlier",
    "1% earlier",
    constants={"bounds": lambda sigma, *others: deep_switch_times(Fraction(101, 100) * sigma, *others)},
)
switch.twin(
    "power-off",
    "rescaled by a_0^(L-1)",
    constants={"scale": lambda layers, a0: (layers - 2) * a0 ** (layers - 1)},
)


def both_levels(
    sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, layers: int, theta: Any, small: Any
) -> tuple[Any, Any, Any]:
    """The start, a share ``small`` of the lower level, and both levels."""
    first, second = level(sigma1, lam1, layers, theta), level(sigma2, lam2, layers, theta)
    return small * least(first, second), first, second


def small_enough(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, layers: int, theta: Any, small: Any) -> Any:
    """Mode 1's latest switch comes before mode 2's earliest: polynomially small starts will do."""
    a0, first, second = both_levels(sigma1, sigma2, lam1, lam2, layers, theta, small)
    _, late = deep_switch_times(sigma1, lam1, layers, a0, first, theta)
    early, _ = deep_switch_times(sigma2, lam2, layers, a0, second, theta)
    return strictly(early - late)


TWO = {
    "sigma1": Real(0, drawn=(Fraction(1, 64), 64)),
    "sigma2": Real(0, drawn=(Fraction(1, 64), 64)),
    "lam1": Real(0, drawn=(Fraction(1, 64), 64)),
    "lam2": Real(0, drawn=(Fraction(1, 64), 64)),
    "layers": Int(3, 5),
    "theta": Real(0, Fraction(15, 16)),
    "small": Real(0, 1),
}


@claim(
    "DEPTH-2.order",
    title="two modes, L layers: from a polynomially small start on, which the data says, the larger sigma is first",
    statement=r"\sigma_1 > \sigma_2,\ \tau_{late}(\sigma_1, \lambda_1, a_0) < \tau_{early}(\sigma_2, \lambda_2, a_0):\quad t^{(1)}_\theta < t^{(2)}_\theta",
    over=TWO,
    given={"small-start": small_enough},
    constants={"ahead": 1},
)
def order(
    sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, layers: int, theta: Any, small: Any, ahead: Any
) -> Any:
    """Mode 1 is at the level before mode 2, by the factor ``ahead`` at least."""
    a0, first, second = both_levels(sigma1, sigma2, lam1, lam2, layers, theta, small)
    earlier = deep_flow_time(sigma1, lam1, layers, a0, first)
    later = deep_flow_time(sigma2, lam2, layers, a0, second)
    return strictly(later / earlier - ahead)


order.twin("any-start", "whatever the start", drop="small-start")
order.twin("by-a-tenth", "mode 1 first by a tenth of its time", constants={"ahead": Fraction(11, 10)})

claim(
    "DEPTH-2.not-from-any-start",
    title="two modes, L layers: the larger sigma is first from any start below both levels",
    statement=r"\sigma_1 > \sigma_2:\quad t^{(1)}_\theta < t^{(2)}_\theta",
    over=TWO,
    given={"ordered": symbols("sigma2") < symbols("sigma1")},
    expects="refuted",
)(
    lambda sigma1, sigma2, lam1, lam2, layers, theta, small: order.conclusion(
        sigma1, sigma2, lam1, lam2, layers, theta, small, ahead=1
    )
)
