"""FLOW-1, FLOW-3, FLOW-4: gradient flow of the two-layer network on matrices, decided by residuals, never by integration.

Solutions of the flow are unique, so a closed form that begins at the simulator's start and moves against
the simulator's gradients at every time is the flow.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rankladder import Int, Matrix, Otherwise, Problem, Real, claim, equal, exp, forall, sqrt
from rankladder.numbers.derivatives import derivative
from rankladder.simulate import loss, matrix_descent, spectral_start, two_layer_gradients
from rankladder.theory import fitted_value, null_value

Array = np.ndarray[Any, Any]
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A5); restated"
CLASSICAL = "classical (Arora, Cohen, Hazan 2018; Du, Hu, Lee 2018)"


def mode_values(problem: Any, delta: Any, t: Any, value: Any = fitted_value) -> tuple[Array, Array]:
    """w_i(t) and w_i'(t) of the q modes that a spectral start carries, from the closed forms.

    ``delta`` is one number or q of them.
    """
    deltas = np.zeros(problem.q, dtype=int) + delta
    forms = [partial(_mode, problem, deltas[i], i, value) for i in range(problem.q)]
    return np.array([form(t) for form in forms]), np.array([derivative(form, t) for form in forms])


def _mode(problem: Any, delta: Any, i: int, value: Any, at: Any) -> Any:
    """Closed form of mode i at a time."""
    if i < problem.m:
        return value(problem.sigma[i], problem.lam[i], delta, at)
    return null_value(problem.lam[i], exp(-2 * delta), at)


def factors(problem: Any, entries: Array) -> tuple[Array, Array]:
    """``U diag(entries) Q`` (d, r) and ``Q^T diag(entries) V^T`` (r, p)."""
    return (
        problem.U @ _rectangle(entries, problem.d, problem.r) @ problem.Q,
        problem.Q.T @ _rectangle(entries, problem.r, problem.p) @ problem.V.T,
    )


def _rectangle(values: Array, rows: int, columns: int) -> Array:
    made = np.zeros((rows, columns), dtype=values.dtype)
    for i, each in enumerate(values):
        made[i, i] = each
    return made


def solves_flow(
    problem: Any, delta: Any, t: Any, *, value: Any = fitted_value, start: Callable[..., Any] = spectral_start
) -> Any:
    """The closed form on the matrices moves against the simulator's gradients at time t, and begins at its start."""
    w, rate = mode_values(problem, delta, t, value)
    # backwards in time a null mode blows up; beyond, w < 0 and there is no state: the residual then fails
    entries = sqrt(abs(w))
    W1, W2 = factors(problem, entries)
    V1, V2 = factors(problem, rate / (2 * entries))
    G1, G2 = two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)
    first, second = factors(problem, sqrt(mode_values(problem, delta, 0 * t, value)[0]))
    S1, S2 = start(problem.U, problem.V, problem.Q, delta)
    return forall(equal(V1, -G1), equal(V2, -G2), equal(S1, first), equal(S2, second))


@claim(
    "FLOW-1",
    title="matrices: from a spectral start on commuting data the flow keeps both factors diagonal",
    statement=r"W_1(t) = U\,\mathrm{diag}(\sqrt{w_i})\,Q,\ W_2(t) = Q^\top\mathrm{diag}(\sqrt{w_i})V^\top,\ "
    r"w_i' = 2w_i(\sigma_i-\lambda_i w_i),\ w_i(0) = e^{-2\delta_i}",
    source=PAPER,
    # the modes start at delta, delta + tilt, ...; the slowest mode is learned at (delta + 7 tilt)/sigma <= 60
    over={"problem": Problem(), "delta": Real(-1, 8), "tilt": Real(-1, 1), "t": Real(0, 64)},
    given={"commuting": Otherwise("problem", Problem(kind="noncommuting"))},
)
def _(problem: Any, delta: Any, tilt: Any, t: Any) -> Any:
    return solves_flow(problem, delta + tilt * np.arange(problem.q), t)


STATE = {
    "d": Int(1, 8), "p": Int(1, 8), "r": Int(1, 8), "root": Matrix("d", "d", 1, 2), "Sxy": Matrix("d", "p"),
    "W1": Matrix("d", "r"), "W2": Matrix("r", "p"),
}  # fmt: skip


def conserved(root: Array, Sxy: Array, W1: Array, W2: Array, *, factor: Any = 1) -> Any:
    """d/dt (W1^T W1 - factor W2 W2^T) = 0 along the flow through any state."""
    G1, G2 = two_layer_gradients(root @ root.T, Sxy, W1, W2)
    return equal(G1.T @ W1 + W1.T @ G1, factor * (G2 @ W2.T + W2 @ G2.T))


@claim(
    "FLOW-3.flow",
    title="matrices: the flow conserves W1^T W1 - W2 W2^T, whatever the data and the state",
    statement=r"\tfrac{d}{dt}(W_1^\top W_1 - W_2 W_2^\top) = 0",
    source=CLASSICAL,
    over=STATE,
)
def _(root: Array, Sxy: Array, W1: Array, W2: Array) -> Any:
    return conserved(root, Sxy, W1, W2)


def drift(
    root: Array, Sxy: Array, W1: Array, W2: Array, eta: Any, *, scale: Any = 1, power: int = 2, sign: int = 1
) -> Any:
    """One step of the simulator's descent changes the conserved matrix by scale eta^power (G1^T G1 - sign G2 G2^T)."""
    Sxx = root @ root.T
    G1, G2 = two_layer_gradients(Sxx, Sxy, W1, W2)
    orbit = matrix_descent(Sxx, Sxy, W1, W2, eta, [0, 1])
    before, after = (A.T @ A - C @ C.T for A, C in zip(orbit.W1, orbit.W2, strict=True))
    return equal(after - before, scale * eta**power * (G1.T @ G1 - sign * G2 @ G2.T))


@claim(
    "FLOW-3.drift",
    title="matrices: one step of descent changes it by eta^2 (G1^T G1 - G2 G2^T)",
    statement=r"\Delta(W_1^\top W_1 - W_2 W_2^\top) = \eta^2 (G_1^\top G_1 - G_2 G_2^\top)",
    source="this project",
    over={**STATE, "eta": Real(0, 2)},
)
def _(root: Array, Sxy: Array, W1: Array, W2: Array, eta: Any) -> Any:
    return drift(root, Sxy, W1, W2, eta)


def dissipates(root: Array, Sxy: Array, W1: Array, W2: Array, *, factor: Any = 1, second: Any = 1) -> Any:
    """df/dt = -factor (||G1||^2 + second ||G2||^2) along the flow through any state.

    The loss along W - h G is a quartic in h, so five points on it give its slope exactly.
    """
    Sxx = root @ root.T
    G1, G2 = two_layer_gradients(Sxx, Sxy, W1, W2)
    f = {h: loss(Sxx, Sxy, (W1 - h * G1) @ (W2 - h * G2)) for h in (-2, -1, 1, 2)}
    slope = (8 * (f[1] - f[-1]) - (f[2] - f[-2])) / 12
    return equal(slope, -factor * ((G1 * G1).sum() + second * (G2 * G2).sum()))


@claim(
    "FLOW-4",
    title="matrices: the loss falls along the flow by the squared norms of both gradients",
    statement=r"\tfrac{df}{dt} = -\|G_1\|_F^2 - \|G_2\|_F^2",
    source="classical",
    over=STATE,
)
def _(root: Array, Sxy: Array, W1: Array, W2: Array) -> Any:
    return dissipates(root, Sxy, W1, W2)
