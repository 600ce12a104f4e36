"""False claims over matrices that fail in a corner, at a tie, in a narrow cone or at one coincidence, and true neighbours.

Each domain is the one a user would write, not one centred on the failure. Each true claim differs from a false one
in one constant, one sign or one assumption.
"""

from fractions import Fraction as F
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Invertible,
    Matrix,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    equal,
    forall,
    frobenius,
    least,
    most,
    strictly,
)  # fmt: skip
from rankladder.language.statement import Claim
from rankladder.simulate import loss, matrix_descent, one_layer_descent, spectral_start
from tests.quality.shelf import stated_on

FALSE: list[Claim] = []
TRUE: list[Claim] = []
QUARTER = F(1, 4)
SMALL = Problem(d=Int(1, 4), p=Int(1, 4), r=Int(1, 4))
PAIRS = Problem(d=Int(2, 5), p=Int(2, 5), r=Int(2, 5), modes=Int(2, 5))


false, true = stated_on(FALSE, "false-matrix"), stated_on(TRUE, "true-matrix")


def squared(x: Any) -> Any:
    return (np.asarray(x) ** 2).sum()


# --- where every size is at its largest


def trace_below(bound: Any) -> Any:
    return lambda d, lam: bound - lam.sum()


SPECTRA = {"d": Int(1, 8), "lam": Spectrum("d", QUARTER, 4)}
false("eight-eigenvalues-below-31.5", SPECTRA)(trace_below(F(63, 2)))
true("eight-eigenvalues-below-32", SPECTRA)(trace_below(32))


def norm_below(bound: Any) -> Any:
    return lambda n, A: bound - frobenius(A)


FULL = {"n": Int(1, 5), "A": Matrix("n", "n")}
false("frobenius-below-9.8", FULL)(norm_below(F(98, 10)))
true("frobenius-below-10", FULL)(norm_below(10))
false("six-modes-sum-below-23.5", {"problem": Problem(d=Int(1, 6), p=Int(1, 6), r=Int(1, 6))})(
    lambda problem: F(47, 2) - problem.sigma.sum()
)
false("trace-of-sxx-below-31.9", {"problem": Problem()})(lambda problem: F(319, 10) - np.trace(problem.Sxx))
false("modes-below-eight", {"problem": Problem()})(lambda problem: 7 - problem.m)
false("hidden-layer-of-one-shape", {"problem": Problem()})(
    lambda problem: -1 if (problem.d, problem.p, problem.r) == (7, 3, 8) else 1
)
false("fitted-values-below-80", {"problem": Problem(d=Int(1, 5), p=Int(1, 5), r=Int(1, 5))})(
    lambda problem: 79 - problem.omega.sum()
)


@false("shapes-and-steps-below-their-sum", {"problem": Problem(d=Int(1, 5), p=Int(1, 5), r=Int(1, 5)), "steps": Int(1, 20), "n": Int(1, 9)})  # fmt: skip
def _(problem, steps, n):
    return 153 - problem.d * problem.p * problem.r - steps - n


# --- at a tie, with a gap elsewhere


@false(
    "gains-differ-where-sigma-does",
    {"problem": Problem(d=Int(2, 4), p=Int(2, 4), r=Int(2, 4), modes=Int(2, 4), gap=F(1, 2))},
)
def _(problem):
    gains = problem.sigma**2 / problem.lam[: problem.m]
    return strictly(abs(gains[0] - gains[1]))


@false(
    "fitted-values-differ-where-sigma-does",
    {"problem": Problem(d=Int(2, 4), p=Int(2, 4), r=Int(2, 4), modes=Int(2, 4), gap=F(1, 2))},
)
def _(problem):
    return strictly(abs(problem.omega[-2] - problem.omega[-1]))


@false("three-lam-are-never-one", {"problem": Problem(modes=Int(3, 8))})
def _(problem):
    lam = problem.lam[:3]
    return strictly(abs(lam[0] - lam[1]) + abs(lam[1] - lam[2]))


false("last-sigma-never-twice-the-lam-of-the-first", {"problem": PAIRS})(
    lambda problem: strictly(abs(problem.sigma[-1] - 2 * problem.lam[0]))
)


@false(
    "ratios-and-neighbours-never-tie-together",
    {"d": Int(4, 8), "a": Spectrum("d", QUARTER, 4, gap=F(1, 8)), "b": Spectrum("d", QUARTER, 4)},
)
def _(d, a, b):
    return strictly(abs(a[0] * b[1] - a[1] * b[0]) + abs(b[2] - b[3]))


false("second-sigma-and-first-lam-are-never-given", {"problem": Problem(modes=Int(2, 5)), "s": Real(0, 4)})(
    lambda problem, s: strictly(abs(problem.sigma[1] - s) + abs(problem.lam[0] - 1))
)


# --- where a step erases a mode


false("a-step-never-halves-one-and-erases-another", {"problem": PAIRS, "eta": Real(0, 1)})(
    lambda problem, eta: strictly(abs(1 - 2 * eta * problem.lam[0]) + abs(1 - eta * problem.sigma[1]))
)


@false(
    "no-step-erases-a-mode", {"d": Int(2, 5), "U": Orthogonal("d"), "lam": Spectrum("d"), "eta": Real(0, 2)}
)
def _(d, U, lam, eta):
    return strictly(least(abs(1 - eta * lam)))


@false("two-steps-never-arrive", {"problem": SMALL, "eta": Real(0, 2)})
def _(problem, eta):
    W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, 2).W[2]
    learned = np.diagonal(problem.U.T @ W @ problem.V)[: problem.m]
    return strictly(forall(problem.omega - learned))


@false(
    "an-error-survives-a-step",
    {"d": Int(2, 4), "U": Orthogonal("d"), "lam": Spectrum("d"), "E": Matrix("d", 1), "eta": Real(0, 1)},
)
def _(d, U, lam, E, eta):
    left = E - eta * ((U * lam) @ U.T) @ E
    return strictly(squared(left) + (1 if squared(E) < F(1, 100) else 0))


# --- a quadratic form, or a norm, in a narrow cone


def rayleigh(factor: Any) -> Any:
    def conclusion(d: int, U: Any, lam: Any, x: Any) -> Any:
        return (x.T @ ((U * lam) @ U.T) @ x)[0, 0] - factor * lam[-1] * squared(x)

    return conclusion


FORM = {"d": Int(2, 4), "U": Orthogonal("d"), "lam": Spectrum("d"), "x": Matrix("d", 1)}
false("form-5%-above-its-least-eigenvalue", FORM)(rayleigh(F(105, 100)))
true("form-above-its-least-eigenvalue", FORM)(rayleigh(1))


def cauchy(factor: Any) -> Any:
    return lambda n, x, y: factor * squared(x) * squared(y) - squared(x.T @ y)


VECTORS = {"n": Int(4, 6), "x": Matrix("n", 1), "y": Matrix("n", 1)}
false("cauchy-schwarz-2%-less", VECTORS)(cauchy(F(98, 100)))
true("cauchy-schwarz", VECTORS)(cauchy(1))


def stretched(factor: Any) -> Any:
    return lambda A, x: factor * squared(A) * squared(x) - squared(A @ x)


APPLIED = {"A": Matrix(3, 4), "x": Matrix(4, 1)}
false("image-3%-below-frobenius", APPLIED)(stretched(F(97, 100)))
true("image-below-frobenius", APPLIED)(stretched(1))


def commuted(factor: Any) -> Any:
    return lambda A, B: factor * squared(A) * squared(B) - squared(A @ B - B @ A)


COMMUTED = {"A": Matrix(3, 3), "B": Matrix(3, 3)}
false("commutator-5%-below-boettcher-wenzel", COMMUTED)(commuted(F(19, 10)))
true("commutator-of-boettcher-wenzel", COMMUTED)(commuted(2))


def determinant(A: Any) -> Any:
    return A[0, 0] * (A[1, 1] * A[2, 2] - A[1, 2] * A[2, 1]) - A[0, 1] * (
        A[1, 0] * A[2, 2] - A[1, 2] * A[2, 0]
    ) + A[0, 2] * (A[1, 0] * A[2, 1] - A[1, 1] * A[2, 0])  # fmt: skip


def hadamard(factor: Any) -> Any:
    return lambda A: factor * (A**2).sum(axis=1).prod() - determinant(A) ** 2


false("hadamard-3%-less", {"A": Matrix(3, 3)})(hadamard(F(97, 100)))
true("hadamard", {"A": Matrix(3, 3)})(hadamard(1))


def means(factor: Any) -> Any:
    return lambda d, lam: (lam.sum() / d) ** d - factor * lam.prod()


MEANS = {"d": Int(3, 6), "lam": Spectrum("d", QUARTER, 4)}
false("means-2%-apart", MEANS)(means(F(102, 100)))
true("means-in-order", MEANS)(means(1))
false("products-of-three-2%-less", {"A": Matrix(2, 3), "B": Matrix(3, 2), "C": Matrix(2, 2)})(
    lambda A, B, C: F(98, 100) * squared(A) * squared(B) * squared(C) - np.trace(A @ B @ C) ** 2
)


# --- a thin corner, and margins that carry units

NEARLY = Problem(
    d=Int(2, 5), p=Int(2, 5), r=Int(2, 5), modes=Int(2, 5), lam=(F(17, 20), 1), gap=QUARTER
)  # fmt: skip


def in_order_of_sigma(factor: Any) -> Any:
    def conclusion(problem: Any) -> Any:
        gains = problem.sigma**2 / problem.lam[: problem.m]
        return forall(gains[:-1] - factor * gains[1:])

    return conclusion


false("best-rank-follows-sigma", {"problem": NEARLY})(in_order_of_sigma(1))
true("best-rank-nearly-follows-sigma", {"problem": NEARLY})(in_order_of_sigma(F(96, 100)))


def loss_falls(problem: Any, c: Any, steps: int) -> Any:
    eta = c / most(*problem.lam)
    orbit = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, steps)
    losses = [loss(problem.Sxx, problem.Sxy, W) for W in orbit.W]
    return forall(losses[-2] - losses[-1])


STEPS = {"problem": SMALL, "c": Real(0, F(202, 100)), "steps": Int(1, 6)}
false("loss-falls-to-2.02-over-lam", STEPS)(loss_falls)
true("step-up-to-two-over-lam", {**STEPS, "c": Real(0, 2)})(loss_falls)


NULL = {"problem": Problem(d=Int(1, 5), p=Int(1, 5), r=Int(1, 5)), "s1": Real(0, F(1, 2)), "delta": Real(0, 4)}  # fmt: skip


def null_mode(problem, s1, delta):
    """A null mode grows where eta lambda w(0) > 2: lambda large, every sigma small."""
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], 1)
    before, after = (
        np.diagonal(problem.U.T @ a @ b @ problem.V) for a, b in zip(orbit.W1, orbit.W2, strict=True)
    )
    return forall((before - after)[problem.m :]) if len(before) > problem.m else 1


false("null-modes-never-grow", NULL)(null_mode)


@false("form-of-a-noisy-problem", {"problem": Problem(kind="noncommuting", d=Int(2, 3), p=Int(1, 3), r=Int(1, 3)), "x": Matrix(2, 1)})  # fmt: skip
def _(problem, x):
    inner = (problem.U.T @ problem.Sxx @ problem.U)[:2, :2]
    return (x.T @ inner @ x)[0, 0] - least(*problem.lam[:2]) * (1 - F(9, 10) / problem.d) * squared(x)


@false(
    "three-steps-in-order-of-sigma",
    {"problem": Problem(d=Int(2, 4), p=Int(2, 4), r=Int(2, 4), modes=Int(2, 4), gap=F(1, 2), lam=(F(1, 2), 1)),
     "eta": Real(0, F(1, 2))},
)  # fmt: skip
def _(problem, eta):
    W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, 3).W[3]
    learned = np.diagonal(problem.U.T @ W @ problem.V)[: problem.m]
    return forall(learned[:-1] - F(101, 100) * learned[1:])


# --- frames


false("a-frame-is-never-minus-one", {"n": Int(2, 5), "Q": Orthogonal("n")})(
    lambda n, Q: np.trace(Q) + n - F(1, 100)
)


@false(
    "a-frame-commutes-with-no-gap", {"n": Int(3, 5), "Q": Orthogonal("n"), "lam": Spectrum("n", gap=QUARTER)}
)
def _(n, Q, lam):
    return strictly(squared(Q * lam - (Q.T * lam).T) + (1 if abs(np.trace(Q)) > n - 1 else 0))


false("entries-of-a-frame-below-0.999-off-the-diagonal", {"n": Int(4, 6), "Q": Orthogonal("n")})(
    lambda n, Q: forall(F(999, 1000) - Q[0, 2], F(999, 1000) - Q[1, 3])
)


# --- true of some shapes only, one index off, one constant off


@false("last-plateau-is-the-fit-in-the-plane-and-above", {"problem": Problem(d=Int(1, 5), p=Int(1, 5), r=Int(1, 5))})  # fmt: skip
def _(problem):
    gap = problem.Sxx @ problem.plateau(min(problem.m, 4)) - problem.Sxy
    return equal(gap, 0 * gap)


false("inverse-within-200", {"T": Invertible(3)})(lambda T: 200 - squared(T))


@true(
    "no-long-step-erases-a-mode", {"d": Int(2, 5), "lam": Spectrum("d", QUARTER, F(1, 2)), "eta": Real(0, 2)}
)
def _(d, lam, eta):
    return strictly(forall(1 - eta * lam))


true("gains-in-a-line", {"problem": PAIRS})(
    lambda problem: strictly(forall(problem.sigma**2 / problem.lam[: problem.m]))
)
