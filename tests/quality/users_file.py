"""Ten claims in one file, as a user would keep them: what every way to check them must agree on."""

# ruff: noqa: C408 - over=dict(...), as the documentation teaches users

from fractions import Fraction

import numpy as np

from rankladder import (
    Int,
    Matrix,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    always,
    claim,
    equal,
    exp,
    forall,
    frobenius,
    lemma,
    log,
    sqrt,
    symbols,
)
from rankladder.simulate import descent, first_hit, loss, one_layer_descent, two_layer_gradients

a, s, t, theta, x, y, z0 = symbols("a s t theta x y z0")

lemma(
    "file.log-below",
    log(1 + s) <= s,
    title="the tangent of the logarithm",
    over=dict(s=Real(0, 4)),
)

lemma(
    "file.reciprocals",
    x + y >= 2,
    title="two positive numbers with a product of at least 1 add up to at least 2",
    over=dict(x=Real(0, 10), y=Real(0, 10)),
    given={"product": y >= 1 / x},
)

lemma(
    "file.three-squares",
    x**2 + y**2 + a**2 >= x * y + y * a + a * x,
    title="three squares add up to at least the products, with equality on the diagonal",
    over=dict(x=Real(-8, 8), y=Real(-8, 8), a=Real(-8, 8)),
)

always(
    "file.logistic-map",
    (x >= 0) & (x <= 1),
    start={x: z0},
    step={x: t * x * (1 - x)},
    over=dict(t=Real(0, 8), z0=Real(0, 1)),
    given={"bounded": t <= 4},
    title="the logistic map keeps the unit interval up to t = 4",
)


@claim(
    "file.contraction",
    title="what is left contracts by the factor 1 - 2 s z0 in every step at least",
    over=dict(s=Real(0, 4), z0=Real(0, 1), steps=Int(1, 12)),
    given={"small-step": 2 * s <= 1},
)
def _(s, z0, steps):
    z = descent(s, z0, steps)
    # by 1 - 2sz - s^2 z(1 - z), and z does not fall below z0
    return z.x[:-1] * (1 - 2 * s * z0) - z.x[1:]


@claim(
    "file.no-early-hit",
    title="no level is reached before log(theta/z0)/(2s)",
    over=dict(s=Real(Fraction(1, 100), 4), theta=Real(0, 1), z0=Real(0, 1)),
    given={"below-level": z0 < theta},
)
def _(s, theta, z0):
    # a step multiplies z by (1 + s)^2 at most, and 1 + s <= exp(s)
    return z0 * exp(2 * s * first_hit(s, None, theta, z0=z0)) - theta


@claim(
    "file.triangle",
    title="the Frobenius norm is a norm, also of what is orthogonally transformed",
    over=dict(n=Int(1, 4), U=Orthogonal("n"), A=Matrix("n", "n"), B=Matrix("n", "n")),
)
def _(U, A, B):
    return forall(frobenius(A) + frobenius(B) - frobenius(A + B), equal(frobenius(U @ A), frobenius(A)))


@claim(
    "file.smoothness",
    title="a step of 1/lambda_1 lowers the loss of the one-layer model by its gradient squared over 2 lambda_1",
    over=dict(
        d=Int(1, 3),
        p=Int(1, 3),
        U=Orthogonal("d"),
        lam=Spectrum("d"),
        Sxy=Matrix("d", "p"),
        W=Matrix("d", "p"),
    ),
)
def _(U, lam, Sxy, W):
    Sxx = (U * lam) @ U.T
    run = one_layer_descent(Sxx, Sxy, W, 1 / lam[0], 1)
    before, after = loss(Sxx, Sxy, run.W)
    gradient = Sxx @ W - Sxy
    return before - after - (gradient * gradient).sum() / (2 * lam[0])


@claim(
    "file.no-saddles",
    title="the gradients vanish only where the data is fitted",
    over=dict(problem=Problem(d=Int(2, 3), p=Int(2, 3), r=Int(2, 3), modes=Int(2, 3))),
    expects="refuted",
)
def _(problem):
    # at the last plateau but one the residual is orthogonal to both factors
    k = problem.m - 1
    roots = sqrt(problem.omega[:k])
    W1 = (problem.U[:, :k] * roots) @ problem.Q[:k]
    W2 = (problem.Q[:k].T * roots) @ problem.V[:, :k].T
    G1, G2 = two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)
    return (G1 * G1).sum() + (G2 * G2).sum() - problem.sigma[-1] ** 2 / 100


@claim(
    "file.trace-of-a-run",
    title="the trace of the one-layer fit of an autoencoder grows with every step of size 1/(2 tr Sxx)",
    over=dict(d=Int(1, 3), root=Matrix("d", "d"), steps=Int(1, 6)),
    expects="open",
)
def _(d, root, steps):
    Sxx = root.T @ root + np.eye(d, dtype=int)
    run = one_layer_descent(Sxx, Sxx, np.zeros((d, d)), 1 / (2 * np.trace(Sxx)), steps)
    traces = np.trace(run.W, axis1=1, axis2=2)
    return traces[1:] - traces[:-1]
