"""FLOW-1 to FLOW-6: gradient flow of the two-layer network, decided by residuals, never by integration."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from properties import (
    Int,
    Matrix,
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    exp,
    forall,
    log1p,
    sqrt,
    strictly,
    symbols,
)
from properties.derivatives import derivative
from simulate import loss, matrix_descent, spectral_start, two_layer_gradients
from theory import (
    fitted_value,
    hitting_time,
    initial_fraction,
    mode_logit,
    mode_velocity,
    mode_window,
    null_value,
)

Array = np.ndarray[Any, Any]
sigma, lam, delta, t, later, theta = symbols("sigma lam delta t later theta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A5); restated"
ANY = Otherwise("problem", Problem(kind="noncommuting"))


def mode_values(problem: Any, delta: Any, t: Any, value: Any = fitted_value) -> tuple[Array, Array]:
    """w_i(t) and w_i'(t) of the q modes that a spectral start carries, from the closed forms."""
    values, rates = [], []
    for i in range(problem.q):
        form = partial(_mode, problem, delta, i, value)
        values.append(form(t))
        rates.append(derivative(form, t))
    return np.array(values), np.array(rates)


def _mode(problem: Any, delta: Any, i: int, value: Any, at: Any) -> Any:
    """Closed form of mode i at a time."""
    if i < problem.m:
        return value(problem.sigma[i], problem.lam[i], delta, at)
    return null_value(problem.lam[i], exp(-2 * delta), at)


def rectangle(values: Array, rows: int, columns: int) -> Array:
    """A rectangular diagonal matrix."""
    made = np.zeros((rows, columns), dtype=values.dtype)
    for i, each in enumerate(values):
        made[i, i] = each
    return made


def solves_flow(problem: Any, delta: Any, t: Any, value: Any = fitted_value) -> Any:
    """The closed form on the matrices moves against the simulator's gradients at time t, and begins at its start."""
    w, rate = mode_values(problem, delta, t, value)
    a = sqrt(w)
    W1 = problem.U @ rectangle(a, problem.d, problem.r) @ problem.Q
    W2 = problem.Q.T @ rectangle(a, problem.r, problem.p) @ problem.V.T
    V1 = problem.U @ rectangle(rate / (2 * a), problem.d, problem.r) @ problem.Q
    V2 = problem.Q.T @ rectangle(rate / (2 * a), problem.r, problem.p) @ problem.V.T
    G1, G2 = two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)
    start = sqrt(mode_values(problem, delta, 0 * t, value)[0])
    S1, S2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    return forall(
        equal(V1, -G1),
        equal(V2, -G2),
        equal(S1, problem.U @ rectangle(start, problem.d, problem.r) @ problem.Q),
        equal(S2, problem.Q.T @ rectangle(start, problem.r, problem.p) @ problem.V.T),
    )


claim(
    "FLOW-1",
    title="matrices: from a spectral start on commuting data the flow keeps both factors diagonal",
    statement=r"W_1(t) = U\,\mathrm{diag}(\sqrt{w_i})\,Q,\ W_2(t) = Q^\top\mathrm{diag}(\sqrt{w_i})V^\top,\ w_i' = 2w_i(\sigma_i-\lambda_i w_i)",
    source=PAPER,
    over={"problem": Problem(), "delta": Real(-1, 8), "t": Real(0, 8)},
    given={"commuting": ANY},
)(lambda problem, delta, t: solves_flow(problem, delta, t))


SCALARS = {"sigma": Real(0, 8), "lam": Real(0, 8), "delta": Real(-2, 12), "t": Real(0, 12)}


def solves_mode(sigma: Any, lam: Any, delta: Any, t: Any, *, rate: Any = 1, start: Any = 2) -> Any:
    """The closed form has the velocity of the mode equation at t and the value e^{-2 delta} at 0."""
    w = fitted_value(sigma, lam, delta, t)
    moved = derivative(lambda at: fitted_value(sigma, lam, delta, at), t)
    return forall(
        equal(moved, rate * mode_velocity(sigma, lam, w)),
        equal(fitted_value(sigma, lam, delta, 0 * t), exp(-start * delta)),
    )


claim(
    "FLOW-2.active",
    title="one mode: closed form of the flow for sigma > 0",
    statement=r"w(t) = \frac{\sigma e^{2\sigma t-2\delta}}{\lambda(e^{2\sigma t-2\delta} - e^{-2\delta}) + \sigma}",
    source=PAPER,
    over=SCALARS,
)(lambda sigma, lam, delta, t: solves_mode(sigma, lam, delta, t))


def solves_null(lam: Any, delta: Any, t: Any, *, rate: Any = 1) -> Any:
    """The closed form of a null mode has the velocity of the mode equation and the right initial value."""
    w0 = exp(-2 * delta)
    moved = derivative(lambda at: null_value(lam, w0, at), t)
    return forall(
        equal(moved, rate * mode_velocity(0, lam, null_value(lam, w0, t))),
        equal(null_value(lam, w0, 0 * t), w0),
    )


claim(
    "FLOW-2.null",
    title="one mode: closed form of the flow for sigma = 0, constant where lam = 0 too",
    statement=r"w(t) = \frac{w_0}{1 + 2\lambda w_0 t}",
    source=PAPER,
    over={"lam": Real(0, 8, closed="left"), "delta": Real(-2, 12), "t": Real(0, 12)},
)(lambda lam, delta, t: solves_null(lam, delta, t))


STATE = {
    "d": Int(1, 8), "p": Int(1, 8), "r": Int(1, 8), "root": Matrix("d", "d", 1, 2), "Sxy": Matrix("d", "p"),
    "W1": Matrix("d", "r"), "W2": Matrix("r", "p"),
}  # fmt: skip


def conserved(root: Array, Sxy: Array, W1: Array, W2: Array) -> Any:
    """d/dt (W1^T W1 - W2 W2^T) = 0 along the flow, at any state."""
    G1, G2 = two_layer_gradients(root @ root.T, Sxy, W1, W2)
    return equal(G1.T @ W1 + W1.T @ G1, G2 @ W2.T + W2 @ G2.T)


claim(
    "FLOW-3.flow",
    title="matrices: the flow conserves W1^T W1 - W2 W2^T, whatever the data and the state",
    statement=r"\tfrac{d}{dt}(W_1^\top W_1 - W_2 W_2^\top) = 0",
    source="classical (Arora et al. 2018; Du et al. 2018)",
    over=STATE,
)(lambda root, Sxy, W1, W2: conserved(root, Sxy, W1, W2))


def drift(root: Array, Sxy: Array, W1: Array, W2: Array, eta: Any, power: int = 2, sign: int = 1) -> Any:
    """One step of the simulator's descent changes the conserved matrix by eta^2 (G1^T G1 - G2 G2^T)."""
    Sxx = root @ root.T
    G1, G2 = two_layer_gradients(Sxx, Sxy, W1, W2)
    orbit = matrix_descent(Sxx, Sxy, W1, W2, eta, [0, 1])
    invariant = [A.T @ A - C @ C.T for A, C in zip(orbit.W1, orbit.W2, strict=True)]
    return equal(invariant[1] - invariant[0], eta**power * (G1.T @ G1 - sign * G2 @ G2.T))


claim(
    "FLOW-3.drift",
    title="matrices: one step of descent changes it by eta^2 (G1^T G1 - G2 G2^T)",
    statement=r"\Delta(W_1^\top W_1 - W_2 W_2^\top) = \eta^2 (G_1^\top G_1 - G_2 G_2^\top)",
    source="this project",
    over={**STATE, "eta": Real(0, 2)},
)(lambda root, Sxy, W1, W2, eta: drift(root, Sxy, W1, W2, eta))


def dissipates(root: Array, Sxy: Array, W1: Array, W2: Array, half: Any = 1) -> Any:
    """df/dt = -||G1||^2 - ||G2||^2: the loss along W - h G is a quartic in h, so five points give its slope exactly."""
    Sxx = root @ root.T
    G1, G2 = two_layer_gradients(Sxx, Sxy, W1, W2)
    f = {h: loss(Sxx, Sxy, (W1 - h * G1) @ (W2 - h * G2)) for h in (-2, -1, 1, 2)}
    slope = (8 * (f[1] - f[-1]) - (f[2] - f[-2])) / 12
    return equal(slope, -half * ((G1 * G1).sum() + (G2 * G2).sum()))


claim(
    "FLOW-4",
    title="matrices: the loss falls along the flow by the squared norms of both gradients",
    statement=r"\tfrac{df}{dt} = -\|G_1\|_F^2 - \|G_2\|_F^2",
    source="classical",
    over=STATE,
)(lambda root, Sxy, W1, W2: dissipates(root, Sxy, W1, W2))


def grows(sigma: Any, lam: Any, delta: Any, t: Any, later: Any) -> Any:
    """w(t) < w(t + later) < omega."""
    now, then = (fitted_value(sigma, lam, delta, at) for at in (t, t + later))
    return forall(strictly(then - now), strictly(sigma / lam - then))


SMALL = {"small-start": lam * exp(-2 * delta) < sigma}
claim(
    "FLOW-5.active",
    title="one mode: below its fitted value w increases strictly towards it",
    statement=r"0<z_0<1:\ w(t) < w(t') < \omega \text{ for } t<t'",
    source=PAPER,
    over={
        "sigma": Real(Fraction(1, 8), 4),
        "lam": Real(Fraction(1, 8), 8),
        "delta": Real(-2, 8),
        "t": Real(0, 8),
        "later": Real(0, 2),
    },
    given=SMALL,
)(lambda sigma, lam, delta, t, later: grows(sigma, lam, delta, t, later))
claim(
    "FLOW-5.limit",
    title="one mode: it converges: the remaining odds shrink by e^{-2 sigma t}",
    statement=r"\omega - w(t) \le \omega\,(1/z_0 - 1)\,e^{-2\sigma t}",
    source=PAPER,
    over=SCALARS,
    given={"active": sigma > Fraction(1, 8), "small-start": lam * exp(-2 * delta) < sigma},
)(lambda sigma, lam, delta, t: converges(sigma, lam, delta, t))


def converges(sigma: Any, lam: Any, delta: Any, t: Any, rate: Any = 2) -> Any:
    """Relative to the bound, which spans many orders of magnitude."""
    z0 = initial_fraction(sigma, lam, delta)
    left = 1 - lam * fitted_value(sigma, lam, delta, t) / sigma
    return 1 - left * exp(rate * sigma * t) / (1 / z0 - 1)


claim(
    "FLOW-5.null",
    title="one mode: null modes never grow under the flow",
    statement=r"\sigma = 0:\ w(t') \le w(t) \text{ for } t<t'",
    source=PAPER,
    over={"lam": Real(0, 8, closed="left"), "delta": Real(-2, 8), "t": Real(0, 12), "later": Real(0, 12)},
)(lambda lam, delta, t, later: null_falls(lam, delta, t, later))


def null_falls(lam: Any, delta: Any, t: Any, later: Any, factor: Any = 1) -> Any:
    """w(t + later) <= factor w(t)."""
    w0 = exp(-2 * delta)
    return factor * null_value(lam, w0, t) - null_value(lam, w0, t + later)


HIT = {
    "sigma": Real(Fraction(1, 8), 8),
    "lam": Real(Fraction(1, 8), 8),
    "theta": Real(0, 1),
    "delta": Real(-2, 12),
}


def arrives(sigma: Any, lam: Any, theta: Any, delta: Any, *, factor: Any = 1) -> Any:
    """At the hitting time w is theta omega."""
    time = factor * hitting_time(sigma, initial_fraction(sigma, lam, delta), theta)
    return equal(lam * fitted_value(sigma, lam, delta, time) / sigma, theta)


claim(
    "FLOW-6.hit",
    title="one mode: the flow reaches theta omega at the explicit hitting time",
    statement=r"t_\theta = \tfrac1{2\sigma}[\log(1/z_0-1) + \log(\theta/(1-\theta))]",
    source=PAPER,
    over=HIT,
    given={"below-level": lam * exp(-2 * delta) < theta * sigma},
)(lambda sigma, lam, theta, delta: arrives(sigma, lam, theta, delta))


def window(sigma: Any, lam: Any, theta: Any, delta: Any, factor: Any = 1) -> Any:
    """From theta to 1 - theta the log-odds climb by the window, whatever delta."""
    z0 = initial_fraction(sigma, lam, delta)
    begin = hitting_time(sigma, z0, theta)
    end = mode_logit(sigma, z0, begin + factor * mode_window(sigma, theta))
    return equal(end, log1p(-theta) - log1p(theta - 1))


claim(
    "FLOW-6.window",
    title="one mode: the time from theta to 1 - theta does not depend on the start",
    statement=r"z_0<\theta<\tfrac12:\ t_{1-\theta} - t_\theta = \tfrac1\sigma\log\tfrac{1-\theta}{\theta}",
    source=PAPER,
    over=HIT,
    given={"low-level": 2 * theta < 1, "below-level": lam * exp(-2 * delta) < theta * sigma},
)(lambda sigma, lam, theta, delta: window(sigma, lam, theta, delta))
