"""True claims that nothing in the engine was made for: tight at corners or inside, or with margins that float64
only knows as rounding noise. None may be refuted, suspected or broken.
"""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Matrix,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    claim,
    equal,
    exp,
    forall,
    frobenius,
    iff,
    least,
    log,
    log1p,
    logit,
    most,
    sqrt,
    strictly,
    symbols,
    tanh,
)  # fmt: skip
from rankladder.language.statement import Claim
from rankladder.simulate import (
    deep_descent,
    descent,
    first_hit,
    loss,
    matrix_descent,
    one_layer_descent,
    spectral_start,
)

s, z0, theta, si, sj, li, lj = symbols("s z0 theta si sj li lj")
TRUE: list[Claim] = []
ORBIT = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 40)}
BELOW = {"s": Real(0, 2), "z0": Real(0, 1), "steps": Int(1, 12)}
UNIT = {"x": Real(0, 1)}
SQUARE = {"x": Real(0, 1), "y": Real(0, 1)}
SMALL = Problem(d=Int(1, 4), p=Int(1, 4), r=Int(1, 4))


def true(name: str, over: Any, **given: Any) -> Any:
    """Like ``claim``; the result is put on the list."""

    def decorate(conclusion: Any) -> None:
        TRUE.append(claim(f"unseen-true.{name}", over=over, given=given)(conclusion))

    return decorate


@true("slow-to-0.67", ORBIT, step=s <= F(67, 100), start=z0 < 1)
def _(s, z0, steps):
    z = descent(s, z0, steps)
    return forall((z.z - 1 / (1 + (1 / z0 - 1) * exp(-2 * log1p(s) * z.k)))[1:])


@true("loss-descends-to-0.935", BELOW, step=s <= F(935, 1000))
def _(s, z0, steps):
    gap = (1 - descent(s, z0, steps).z) ** 2
    return forall(gap[:-1] - gap[1:])


@true("no-overshoot", BELOW, step=s <= F(1, 2))
def _(s, z0, steps):
    return 1 - descent(s, z0, steps)


@true("never-there", BELOW, step=s < F(1, 2))
def _(s, z0, steps):
    return strictly(descent(s, z0, steps).x)


@true("invariant", {"s": Real(0, 4), "z0": Real(0, 8)}, step=s <= 2, inside=s * z0 <= 2 + s)
def _(s, z0):
    return 2 + s - s * descent(s, z0, 1).z[1]


@true("upper-rate", ORBIT, step=s < F(1, 2), start=z0 < 1)
def _(s, z0, steps):
    z = descent(s, z0, steps)
    return forall((logit(z0) - log1p(-2 * s) * z.k - z.logit)[1:])


@true("hit", {"s": Real(F(1, 50), 2), "z0": Real(F(1, 10**6), 1), "theta": Real(0, 1)}, below=z0 < theta)
def _(s, z0, theta):
    k = first_hit(s, log(z0), theta)
    bound = (log(1 / z0 - 1) + log(theta / (1 - theta))) / (2 * log1p(s))
    return forall(strictly(bound + 1 - k), k - log(theta / z0) / (2 * log1p(s)))


@true(
    "order-of-sigma",
    {"si": Real(F(1, 4), 4), "li": Real(F(1, 4), 4), "sj": Real(F(1, 4), 4), "lj": Real(F(1, 4), 4), "delta": Real(2, 10)},
    larger=si > sj, ratio=li * sj >= lj * si,
)  # fmt: skip
def _(si, li, sj, lj, delta):
    def half(sigma: Any, lam: Any) -> Any:
        return log(sigma / lam * exp(2 * delta) - 1) / (2 * sigma)

    return half(sj, lj) - half(si, li)


@true("cubic", UNIT)
def _(x):
    return F(4, 27) - x**2 * (1 - x)


@true("tie", SQUARE)
def _(x, y):
    return (x - y) ** 2


@true("means", {"x": Real(0, 4), "y": Real(0, 4)})
def _(x, y):
    return (x + y) / 2 - sqrt(x * y)


@true("rounding-only", SQUARE)
def _(x, y):
    return (x * x + 2 * x * y + y * y) - (x + y) ** 2


@true("rounding-and-1e-25", SQUARE)
def _(x, y):
    return (x * x + 2 * x * y + y * y) - (x + y) ** 2 + F(1, 10**25)


@true("rounding-of-logarithms", {"x": Real(0, 50), "y": Real(0, 50)})
def _(x, y):
    return equal(log(1 + x) + log(1 + y), log((1 + x) * (1 + y)))


@true("tanh", {"x": Real(0, 5)})
def _(x):
    return x - tanh(x)


@true("corner", {"x": Real(0, 1, closed="both"), "y": Real(0, 1, closed="both")})
def _(x, y):
    return 2 - x - y


@true("tiny-margins", UNIT)
def _(x):
    return F(1, 10**400) * x * (1 - x)


@true("parabola-of-all-reals", {"x": Real()})
def _(x):
    return x * x - x + F(1, 4)


@true("integers", {"n": Int(0, 1000)})
def _(n):
    return n * n - n


@true("iff", {"a": Real(0, 4), "b": Real(0, 4), "c": Real(0, 4)})
def _(a, b, c):
    return iff(a**2 / c - b**2 / c, a - b)


@true("branches", SQUARE)
def _(x, y):
    return x - y if x > y else y - x


@true("least-and-most", {"x": Real(-1, 1), "y": Real(-1, 1)})
def _(x, y):
    return equal(least(x, y) + most(x, y), x + y)


@true(
    "trace-turned-round", {"n": Int(1, 4), "A": Orthogonal("n"), "B": Orthogonal("n"), "C": Orthogonal("n")}
)
def _(n, A, B, C):
    return equal(np.trace(A @ B @ C), np.trace(C @ A @ B))


@true("norm-of-a-product", {"n": Int(1, 4), "X": Matrix("n", "n"), "Y": Matrix("n", "n")})
def _(n, X, Y):
    return frobenius(X) * frobenius(Y) - frobenius(X @ Y)


@true("harmonic-mean", {"d": Int(1, 8), "lam": Spectrum("d", F(1, 4), 4)})
def _(d, lam):
    return (1 / lam).sum() * lam.sum() - d * d


@true(
    "one-layer-left-side",
    {"d": Int(1, 4), "U": Orthogonal("d"), "lam": Spectrum("d"), "T": Matrix("d", "d"), "eta": Real(0, 1), "steps": Int(1, 6)},
)  # fmt: skip
def _(d, U, lam, T, eta, steps):
    Sxx = (U * lam) @ U.T
    error = -T
    for _ in range(steps):
        error = error - eta * Sxx @ error
    return equal(one_layer_descent(Sxx, Sxx @ T, 0 * T, eta, steps).W[steps], T + error)


@true("decoupled", {"problem": SMALL, "delta": Real(0, 3), "eta": Real(0, F(1, 8))})
def _(problem, delta, eta):
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, eta, 3)
    framed = problem.U.T @ orbit.W1[3] @ orbit.W2[3] @ problem.V
    mask = ~np.eye(problem.d, problem.p, dtype=bool)
    return equal(framed[mask], 0) if mask.any() else 1


@true("last-plateau", {"problem": SMALL})
def _(problem):
    gains = problem.sigma**2 / problem.lam[: problem.m]
    return equal(loss(problem.Sxx, problem.Sxy, problem.plateau(problem.m)), -gains.sum() / 2)


@true("three-layers", {"a": Real(0, 1), "s": Real(0, 4), "lam": Real(0, 4), "eta": Real(0, 1)})
def _(a, s, lam, eta):
    orbit = deep_descent([[lam]], [[s]], [[[a]], [[a]], [[a]]], eta, 1)
    return equal(np.asarray(orbit[1][0])[0, 0], a * (1 + eta * a * (s - lam * a**3)))
