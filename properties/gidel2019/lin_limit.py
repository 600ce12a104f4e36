"""LIN-3: where gradient descent on the one-layer model goes, and from which step size on it does not."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Eq

from rankladder import Int, Matrix, Real, claim, equal, forall, most, strictly, symbols
from rankladder.properties.gidel2019.lin import CONSISTENT, DATA, STARTED, Array, Moments, chosen_times
from rankladder.simulate import loss, one_layer_descent

s1, amplitude = symbols("s1 amplitude")


def squares(W: Array) -> Array:
    """Squared Frobenius norm of a matrix or of each of a stack."""
    return np.asarray((W * W).sum(axis=(-2, -1)))


def contraction(data: Moments, W0: Array, s1: Any, steps: int, *, tighter: Any = 1) -> Any:
    """Each step brings the iterate closer to the limit by the factor ``rate < 1``, so it converges there."""
    eta = data.step(s1)
    rate = tighter * most(abs(1 - eta * data.lam[: data.rank])) ** 2
    gaps = squares(one_layer_descent(data.Sxx, data.Sxy, W0, eta, steps).W - data.limit(W0))
    return forall(strictly(1 - rate), rate * gaps[:-1] - gaps[1:])


@claim(
    "LIN-3.contraction",
    title="below 2/lambda_max gradient descent contracts towards its limit at every step",
    statement=r"\|W_{k+1} - W_\infty\|_F \le \max_{\lambda_i > 0} |1 - \eta\lambda_i| \, \|W_k - W_\infty\|_F,"
    r"\quad \max_{\lambda_i > 0} |1 - \eta\lambda_i| < 1",
    source="classical",
    over=STARTED | {"s1": Real(0, 4), "steps": Int(1, 12)},
    given={"range": CONSISTENT, "small-step": s1 < 2},
)
def _(U, lam, kernel, target, stray, W0, s1, steps):  # type: ignore[no-untyped-def]
    return contraction(Moments(U, lam, kernel, target, stray), W0, s1, steps)


def nearest(data: Moments, W0: Array, other: Array, *, scale: Any = 1, start: Any = 1) -> Any:
    """The limit (times ``scale``) is a minimiser, and no minimiser is closer to ``start * W0``.

    The loss is convex, so the normal equations make a minimiser; minimisers differ by what Sxx kills.
    """
    W = scale * data.limit(W0)
    rival, first = W + data.U[:, data.rank :] @ data.outside(other), start * W0
    margins = [
        equal(data.Sxx @ W, data.Sxy),
        loss(data.Sxx, data.Sxy, other) - loss(data.Sxx, data.Sxy, W),
        equal(loss(data.Sxx, data.Sxy, rival), loss(data.Sxx, data.Sxy, W)),
        squares(rival - first) - squares(W - first),
    ]
    if data.rank < len(data.lam):
        margins.append(equal(data.outside(W), data.outside(first)))
    return forall(*margins)


@claim(
    "LIN-3.minimiser",
    title="the limit is the minimiser of the loss nearest to the start",
    statement=r"S_{xx} W_\infty = S_{xy},\quad W_\infty - W_0 \in \mathrm{range}\, S_{xx}:\quad"
    r"W_\infty = \arg\min \{ \|W - W_0\|_F : W \in \arg\min f \}",
    source="classical; Gidel, Bach, Lacoste-Julien 2019, abstract (A1), for one layer",
    over=STARTED | {"other": Matrix("d", "p")},
    given={"range": CONSISTENT},
)
def _(U, lam, kernel, target, stray, W0, other):  # type: ignore[no-untyped-def]
    return nearest(Moments(U, lam, kernel, target, stray), W0, other)


def from_zero(data: Moments, s1: Any, steps: int, other: Array, *, start: Any = 0) -> Any:
    """Iterates from ``start * other`` never leave the range of Sxx; the limit there has the least norm."""
    W0 = start * other
    orbit = one_layer_descent(data.Sxx, data.Sxy, W0, data.step(s1), chosen_times(steps)).W
    W = data.limit(W0)
    rival = data.limit(other)
    margins = [equal(data.Sxx @ W, data.Sxy), squares(rival) - squares(W)]
    if data.rank < len(data.lam):
        margins.append(equal(np.stack([data.outside(V) for V in orbit]), 0))
    return forall(*margins)


@claim(
    "LIN-3.minimum-norm",
    title="from zero every iterate stays in the range of Sxx and the limit has the least norm",
    statement=r"W_0 = 0:\quad W_k \in \mathrm{range}\, S_{xx},\quad"
    r"W_\infty = \arg\min \{ \|W\|_F : S_{xx} W = S_{xy} \}",
    source="classical; Gidel, Bach, Lacoste-Julien 2019, abstract (A1), for one layer",
    over=DATA | {"s1": Real(0, 4), "steps": Int(1, 40), "other": Matrix("d", "p")},
    given={"range": CONSISTENT},
)
def _(U, lam, kernel, target, stray, s1, steps, other):  # type: ignore[no-untyped-def]
    return from_zero(Moments(U, lam, kernel, target, stray), s1, steps, other)


def top_coordinates(data: Moments, W0: Array, s1: Any, steps: int, amplitude: Any) -> Array:
    """Along a top eigenvector, the rows ``u^T (W_k - W_inf)``; the start is moved to make the first of them
    ``(amplitude, 0, ...)``.
    """
    top = data.U[:, 0]
    wanted = data.fitted[0] + amplitude * np.eye(len(data.fitted[0]), dtype=int)[0]
    start = W0 + np.outer(top, wanted - top @ W0)
    orbit = one_layer_descent(data.Sxx, data.Sxy, start, data.step(s1), steps).W
    return np.asarray(np.stack([top @ W for W in orbit]) - data.fitted[0])


def divergence(rows: Array, growth: Any) -> Any:
    """Each step multiplies the rows by ``-growth``, and they grow strictly."""
    sizes = (rows * rows).sum(axis=-1)
    return forall(equal(rows[1:], -growth * rows[:-1]), strictly(sizes[1:] - sizes[:-1]))


@claim(
    "LIN-3.divergence",
    title="beyond 2/lambda_max the iterates diverge when the top direction is excited",
    statement=r"\eta > 2/\lambda_{\max},\ u^\top (W_0 - W_\infty) \ne 0:\quad"
    r"u^\top (W_k - W_\infty) = (1 - \eta\lambda_{\max})^k u^\top (W_0 - W_\infty) \to \infty",
    source="classical",
    over=STARTED | {"s1": Real(0, 4), "steps": Int(1, 12), "amplitude": Real(0, 4, closed="left")},
    given={"large-step": s1 > 2, "excited": amplitude > 0},
)
def _(U, lam, kernel, target, stray, W0, s1, steps, amplitude):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    return divergence(top_coordinates(data, W0, s1, steps, amplitude), s1 - 1)


def alternation(rows: Array) -> Any:
    """The rows repeat after two steps and not after one."""
    change = ((rows[1:] - rows[:-1]) ** 2).sum(axis=-1)
    return forall(equal(rows[2:], rows[:-2]), strictly(change))


@claim(
    "LIN-3.period-two",
    title="at exactly 2/lambda_max an excited top direction has period two, so nothing converges",
    statement=r"\eta = 2/\lambda_{\max}:\quad u^\top (W_{k+2} - W_k) = 0 \ne u^\top (W_{k+1} - W_k)",
    source="classical",
    over=STARTED | {"s1": Real(0, 4), "steps": Int(2, 12), "amplitude": Real(0, 4, closed="left")},
    given={"critical-step": Eq(s1, 2), "excited": amplitude > 0},
)
def _(U, lam, kernel, target, stray, W0, s1, steps, amplitude):  # type: ignore[no-untyped-def]
    return alternation(top_coordinates(Moments(U, lam, kernel, target, stray), W0, s1, steps, amplitude))


@claim(
    "LIN-3.not-every-step",
    title="the distance to the nearest minimiser never grows, whatever the step size",
    statement=r"\|W_{k+1} - W_\infty\|_F \le \|W_k - W_\infty\|_F \text{ for every } \eta > 0",
    source="this project",
    over=STARTED | {"s1": Real(0, 4), "steps": Int(1, 12)},
    given={"range": CONSISTENT},
    expects="refuted",
)
def _(U, lam, kernel, target, stray, W0, s1, steps):  # type: ignore[no-untyped-def]
    data = Moments(U, lam, kernel, target, stray)
    gaps = squares(one_layer_descent(data.Sxx, data.Sxy, W0, data.step(s1), steps).W - data.limit(W0))
    return gaps[:-1] - gaps[1:]
