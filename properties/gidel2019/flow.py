"""FLOW-1, FLOW-3, FLOW-4: gradient flow of the two-layer network on matrices, decided by residuals, never by integration.

Solutions of the flow are unique, so a closed form that begins at the simulator's start and moves against
the simulator's gradients at every time is the flow.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from rankladder import Int, Matrix, Otherwise, Problem, Real, claim, equal, exp, forall, sqrt
from rankladder.numbers.derivatives import derivative
from rankladder.numbers.words import entrywise, positions, rectangle
from rankladder.simulate import loss, matrix_descent, spectral_start, two_layer_gradients, unbalanced_start
from rankladder.theory import fitted_value, null_value

Array = np.ndarray[Any, Any]
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A5); restated"
CLASSICAL = "classical (Arora, Cohen, Hazan 2018; Du, Hu, Lee 2018)"


def mode_values(problem: Any, delta: Any, t: Any, value: Any = fitted_value) -> tuple[Array, Array]:
    """w_i(t) and w_i'(t) of the q modes that a spectral start carries, from the closed forms.

    ``delta`` is one number or q of them.
    """
    deltas = 0 * positions(problem.q) + delta

    def form(i: Any) -> Any:
        return partial(_mode, problem, deltas[i], i, value)

    return entrywise(problem.q, lambda i: form(i)(t)), entrywise(problem.q, lambda i: derivative(form(i), t))


def _mode(problem: Any, delta: Any, i: int, value: Any, at: Any) -> Any:
    """Closed form of mode i at a time."""
    if i < problem.m:
        return value(problem.sigma[i], problem.lam[i], delta, at)
    return null_value(problem.lam[i], exp(-2 * delta), at)


def factors(problem: Any, entries: Array) -> tuple[Array, Array]:
    """``U diag(entries) Q`` (d, r) and ``Q^T diag(entries) V^T`` (r, p)."""
    return (
        problem.U @ rectangle(entries, problem.d, problem.r) @ problem.Q,
        problem.Q.T @ rectangle(entries, problem.r, problem.p) @ problem.V.T,
    )


@claim(
    "FLOW-1",
    title="matrices: from a spectral start on commuting data the flow keeps both factors diagonal",
    statement=r"W_1(t) = U\,\mathrm{diag}(\sqrt{w_i})\,Q,\ W_2(t) = Q^\top\mathrm{diag}(\sqrt{w_i})V^\top,\ "
    r"w_i' = 2w_i(\sigma_i-\lambda_i w_i),\ w_i(0) = e^{-2\delta_i}",
    source=PAPER,
    # the modes start at delta, delta + tilt, ...; the slowest mode is learned at (delta + 7 tilt)/sigma <= 60
    over={"problem": Problem(), "delta": Real(drawn=(-1, 8)), "tilt": Real(drawn=1), "t": Real(0, drawn=64)},
    given={"commuting": Otherwise("problem", Problem(kind="noncommuting"))},
    constants={"value": fitted_value, "start": spectral_start},
)
def closed_form(problem: Any, delta: Any, tilt: Any, t: Any, value: Any, start: Any) -> Any:
    deltas = delta + tilt * positions(problem.q)
    w, rate = mode_values(problem, deltas, t, value)
    # backwards in time a null mode blows up; beyond, w < 0 and there is no state: the residual then fails
    entries = sqrt(abs(w))
    W1, W2 = factors(problem, entries)
    V1, V2 = factors(problem, rate / (2 * entries))
    G1, G2 = two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)
    first, second = factors(problem, sqrt(mode_values(problem, deltas, 0 * t, value)[0]))
    S1, S2 = start(problem.U, problem.V, problem.Q, deltas)
    return forall(equal(V1, -G1), equal(V2, -G2), equal(S1, first), equal(S2, second))


def solves_flow(problem: Any, delta: Any, t: Any) -> Any:
    """FLOW-1 from the scales ``delta``, one number or q of them."""
    return closed_form.conclude({"problem": problem, "delta": delta, "tilt": 0, "t": t})


def filled_start(U: Array, V: Array, Q: Array, deltas: Array) -> tuple[Array, Array]:
    """A spectral start with all the diagonal entries that either factor has room for."""
    first, second = (np.resize(deltas, min(len(Q), n)) for n in (len(U), len(V)))
    return unbalanced_start(U, V, Q, first, second)


closed_form.twin("any-data", "without commuting data", drop="commuting")
closed_form.twin(
    "time-off", "time runs one per cent faster",
    constants={"value": lambda sigma, lam, delta, t: fitted_value(sigma, lam, delta, Fraction(101, 100) * t)},
)  # fmt: skip
closed_form.twin(
    "lam-off", "with lam one per cent larger",
    constants={"value": lambda sigma, lam, delta, t: fitted_value(sigma, Fraction(101, 100) * lam, delta, t)},
)  # fmt: skip
closed_form.twin(
    "start-off", "from e^{-0.99 delta}",
    constants={"start": lambda U, V, Q, deltas: spectral_start(U, V, Q, Fraction(99, 100) * deltas)},
)  # fmt: skip
closed_form.twin(
    "more-entries", "from all diagonal entries that either factor has room for", constants={"start": filled_start}
)  # fmt: skip
closed_form.twin(
    "transposed-frame", "with Q^T in place of Q in the second factor",
    constants={
        "start": lambda U, V, Q, deltas: (spectral_start(U, V, Q, deltas)[0], spectral_start(U, V, Q.T, deltas)[1])
    },
)  # fmt: skip


STATE = {
    "d": Int(1, 8), "p": Int(1, 8), "r": Int(1, 8), "root": Matrix("d", "d", scale=1), "Sxy": Matrix("d", "p"),
    "W1": Matrix("d", "r"), "W2": Matrix("r", "p"),
}  # fmt: skip


@claim(
    "FLOW-3.flow",
    title="matrices: the flow conserves W1^T W1 - W2 W2^T, whatever the data and the state",
    statement=r"\tfrac{d}{dt}(W_1^\top W_1 - W_2 W_2^\top) = 0",
    source=CLASSICAL,
    over=STATE,
    constants={"weight": 1},
)
def conserved(root: Array, Sxy: Array, W1: Array, W2: Array, weight: Any) -> Any:
    G1, G2 = two_layer_gradients(root @ root.T, Sxy, W1, W2)
    return equal(G1.T @ W1 + W1.T @ G1, weight * (G2 @ W2.T + W2 @ G2.T))


conserved.twin("sum", "conserves W1^T W1 + W2 W2^T", constants={"weight": -1})
conserved.twin("weighted", "conserves W1^T W1 - 1.01 W2 W2^T", constants={"weight": Fraction(101, 100)})


@claim(
    "FLOW-3.drift",
    title="matrices: one step of descent changes it by eta^2 (G1^T G1 - G2 G2^T)",
    statement=r"\Delta(W_1^\top W_1 - W_2 W_2^\top) = \eta^2 (G_1^\top G_1 - G_2 G_2^\top)",
    over={**STATE, "eta": Real(0, drawn=2)},
    constants={"factor": lambda eta: eta**2, "weight": 1},
)
def drift(root: Array, Sxy: Array, W1: Array, W2: Array, eta: Any, factor: Any, weight: Any) -> Any:
    Sxx = root @ root.T
    G1, G2 = two_layer_gradients(Sxx, Sxy, W1, W2)
    orbit = matrix_descent(Sxx, Sxy, W1, W2, eta, [0, 1])
    before, after = (A.T @ A - C @ C.T for A, C in zip(orbit.W1, orbit.W2, strict=True))
    return equal(after - before, factor(eta) * (G1.T @ G1 - weight * G2 @ G2.T))


drift.twin("one-per-cent", "one per cent more", constants={"factor": lambda eta: Fraction(101, 100) * eta**2})
drift.twin("first-order", "eta in place of eta^2", constants={"factor": lambda eta: eta})
drift.twin("sign-off", "the sum in place of the difference", constants={"weight": -1})


@claim(
    "FLOW-4",
    title="matrices: the loss falls along the flow by the squared norms of both gradients",
    statement=r"\tfrac{df}{dt} = -\|G_1\|_F^2 - \|G_2\|_F^2",
    source="classical",
    over=STATE,
    constants={"first": 1, "second": 1},
)
def dissipation(root: Array, Sxy: Array, W1: Array, W2: Array, first: Any, second: Any) -> Any:
    Sxx = root @ root.T
    G1, G2 = two_layer_gradients(Sxx, Sxy, W1, W2)
    # the loss along W - h G is a quartic in h, so five points on it give its slope exactly
    f = {h: loss(Sxx, Sxy, (W1 - h * G1) @ (W2 - h * G2)) for h in (-2, -1, 1, 2)}
    slope = (8 * (f[1] - f[-1]) - (f[2] - f[-2])) / 12
    return equal(slope, -(first * (G1 * G1).sum() + second * (G2 * G2).sum()))


dissipation.twin(
    "one-per-cent", "one per cent more",
    constants={"first": Fraction(101, 100), "second": Fraction(101, 100)},
)  # fmt: skip
dissipation.twin(
    "second-off", "one per cent less of the second gradient", constants={"second": Fraction(99, 100)}
)
