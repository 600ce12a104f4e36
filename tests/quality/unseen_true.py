"""True claims that nothing in the engine was made for: tight at corners or inside, or with margins that float64
only knows as rounding noise. None may be refuted, suspected or broken.
"""

from fractions import Fraction as F

import numpy as np

from rankladder import (
    Int,
    Matrix,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    equal,
    frobenius,
    iff,
    least,
    log,
    most,
    sqrt,
    tanh,
)  # fmt: skip
from rankladder.language.statement import Claim
from rankladder.simulate import one_layer_descent
from tests.quality.shelf import stated_on

TRUE: list[Claim] = []
true = stated_on(TRUE, "unseen-true")
UNIT = {"x": Real(0, 1)}
SQUARE = {"x": Real(0, 1), "y": Real(0, 1)}
SMALL = Problem(d=Int(1, 4), p=Int(1, 4), r=Int(1, 4))


true("cubic", UNIT)(lambda x: F(4, 27) - x**2 * (1 - x))
true("tie", SQUARE)(lambda x, y: (x - y) ** 2)
true("means", {"x": Real(0, 4), "y": Real(0, 4)})(lambda x, y: (x + y) / 2 - sqrt(x * y))
true("rounding-only", SQUARE)(lambda x, y: (x * x + 2 * x * y + y * y) - (x + y) ** 2)
true("rounding-and-1e-25", SQUARE)(lambda x, y: (x * x + 2 * x * y + y * y) - (x + y) ** 2 + F(1, 10**25))
true("rounding-of-logarithms", {"x": Real(0, 50), "y": Real(0, 50)})(
    lambda x, y: equal(log(1 + x) + log(1 + y), log((1 + x) * (1 + y)))
)
true("tanh", {"x": Real(0, 5)})(lambda x: x - tanh(x))
true("corner", {"x": Real(0, 1, closed="both"), "y": Real(0, 1, closed="both")})(lambda x, y: 2 - x - y)
true("tiny-margins", UNIT)(lambda x: F(1, 10**400) * x * (1 - x))
true("parabola-of-all-reals", {"x": Real()})(lambda x: x * x - x + F(1, 4))
true("integers", {"n": Int(0, 1000)})(lambda n: n * n - n)
true("iff", {"a": Real(0, 4), "b": Real(0, 4), "c": Real(0, 4)})(
    lambda a, b, c: iff(a**2 / c - b**2 / c, a - b)
)
true("branches", SQUARE)(lambda x, y: x - y if x > y else y - x)
true("least-and-most", {"x": Real(-1, 1), "y": Real(-1, 1)})(
    lambda x, y: equal(least(x, y) + most(x, y), x + y)
)


@true(
    "trace-turned-round", {"n": Int(1, 4), "A": Orthogonal("n"), "B": Orthogonal("n"), "C": Orthogonal("n")}
)
def _(n, A, B, C):
    return equal(np.trace(A @ B @ C), np.trace(C @ A @ B))


true("norm-of-a-product", {"n": Int(1, 4), "X": Matrix("n", "n"), "Y": Matrix("n", "n")})(
    lambda n, X, Y: frobenius(X) * frobenius(Y) - frobenius(X @ Y)
)
true("harmonic-mean", {"d": Int(1, 8), "lam": Spectrum("d", F(1, 4), 4)})(
    lambda d, lam: (1 / lam).sum() * lam.sum() - d * d
)


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
