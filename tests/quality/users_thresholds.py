"""Claims that hold on one side of a threshold in a real parameter: ``THRESHOLDS`` of (claim, parameter, threshold).

The threshold is exact, by the argument above the claim, or None where we know of none. No range is centred on it.
"""

# ruff: noqa: C408 - over=dict(...), as the documentation teaches users

from fractions import Fraction

import numpy as np
import sympy
from sympy import exp as sympy_exp

from rankladder import (
    Claim,
    Int,
    Matrix,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    always,
    claim,
    forall,
    implies,
    lemma,
    log,
    sqrt,
    symbols,
)
from rankladder.simulate import deep_descent, loss, matrix_descent
from tests.quality.users_algebra import det, square

beta, c, eta, w, x, y = symbols("beta c eta w x y")

# Matrices


# Cauchy and Schwarz with the identity of order 4 at most, which attains it
trace_squared = claim(
    "users-threshold.trace-squared",
    title="the squared trace is at most c times the squared Frobenius norm, up to order 4",
    over=dict(n=Int(1, 4), A=Matrix("n", "n"), c=Real(0, 10)),
)(lambda A, c: c * square(A) - np.trace(A) ** 2)


# Kantorovich: (sqrt(9) + 1/sqrt(9))^2/4, attained at lambda = (9 l, l) with equal weights
@claim(
    "users-threshold.kantorovich",
    title="Kantorovich's inequality of condition 9 with the constant c",
    over=dict(n=Int(2, 4), lam=Spectrum("n", condition=9), x=Matrix("n", 1), c=Real(1, 10)),
)
def kantorovich(lam, x, c):
    w = x[:, 0] ** 2
    return c * w.sum() ** 2 - (lam * w).sum() * (w / lam).sum()


# sigma_1^2 lambda_2 - sigma_2^2 lambda_1 >= (3 - c) sigma_2^2 lambda_2, attained at sigma_1^2 = 3 sigma_2^2
# (rational sigma come as close to it as you like) and lambda_1 = c lambda_2
@claim(
    "users-threshold.rank-one",
    title="the first of two modes is the best fit of rank 1 if sigma_1^2 >= 3 sigma_2^2 and lambda_1 <= c lambda_2",
    over=dict(problem=Problem(d=Int(2, 3), p=Int(2, 3), r=Int(2, 3), modes=Int(2, 2)), c=Real(1, 10)),
    given={"gap": lambda problem: problem.sigma[0] ** 2 - 3 * problem.sigma[1] ** 2},
)
def rank_one(problem, c):
    first, second = problem.plateau(1), problem.plateau(2) - problem.plateau(1)
    lead = loss(problem.Sxx, problem.Sxy, second) - loss(problem.Sxx, problem.Sxy, first)
    return implies(c * problem.lam[1] - problem.lam[0], lead)


# in the eigenbasis a -> a + eta a^2 (sigma - a^3), increasing up to sigma^(1/3) iff 3 eta sigma^(4/3) <= 1 (its
# derivative is concave there); beyond, a state just below the fixed point is carried above it
@claim(
    "users-threshold.deep-overshoot",
    title="three layers with target diag(8, 1) in some frame and a start below the fit do not overshoot",
    over=dict(U=Orthogonal(2), start=Real(0, 1), eta=Real(0, Fraction(1, 4)), steps=Int(1, 12)),
)
def deep_overshoot(U, start, eta, steps):
    sigma = np.array([8, 1])
    run = deep_descent(np.eye(2), (U * sigma) @ U.T, [start * np.eye(2, dtype=int)] * 3, eta, steps)
    return forall(*(sigma - np.diagonal(U.T @ (W1 @ W2 @ W3) @ U) for W1, W2, W3 in run))


# |A1 W2 + W1 A2| <= sqrt(sigma_1) (|A1| + |A2|), attained at A1 = A2 = e e^T in the frame of mode 1
@claim(
    "users-threshold.whitened-sharpness",
    title="the sharpness of the balanced minimum is at most c sigma_1 on whitened data",
    over=dict(
        n=Int(1, 3), U=Orthogonal("n"), V=Orthogonal("n"), sigma=Spectrum("n"), A1=Matrix("n", "n"), A2=Matrix("n", "n"),
        c=Real(0, 6),
    ),
)  # fmt: skip
def whitened_sharpness(U, V, sigma, A1, A2, c):
    W1, W2 = U * sqrt(sigma), (V * sqrt(sigma)).T
    return c * sigma[0] * (square(A1) + square(A2)) - square(A1 @ W2 + W1 @ A2)


# the least nonzero eigenvalue of the cycle of length n is 2 - 2 cos(2 pi/n), 1 at n = 6
@claim(
    "users-threshold.cycle-form",
    title="cycles of up to six springs have stiffness at least c",
    over=dict(n=Int(3, 6), x=Matrix("n", 1), c=Real(0, 4)),
)
def cycle_form(n, x, c):
    x = x[:, 0]
    return square(x - np.roll(x, 1)) - c * square(x - x.sum() / n)


@claim(
    "users-threshold.one-step-loss",
    title="one step of size eta from factors with entries up to 1 does not raise the loss of a whitened target of order 2",
    over=dict(W1=Matrix(2, 2, scale=1), W2=Matrix(2, 2, scale=1), Sxy=Matrix(2, 2, scale=1), eta=Real(0, 2)),
)
def one_step_loss(W1, W2, Sxy, eta):
    run = matrix_descent(np.eye(2), Sxy, W1, W2, eta, 1)
    losses = square(run.W[0] - Sxy), square(run.W[1] - Sxy)
    return losses[0] - losses[1]


# Hadamard: attained at signs, which have four at most
largest_determinant = claim(
    "users-threshold.determinant",
    title="determinants of order 3 with entries in [-1, 1] are at most c",
    over=dict(A=Matrix(3, 3, scale=1), c=Real(0, 11)),
)(lambda A, c: c - det(A))

# Cauchy and Schwarz with a row of norm 1, which may have three equal entries
row_sum = claim(
    "users-threshold.row-sum",
    title="the entries of a row of a frame of order 3 sum to at most c",
    over=dict(U=Orthogonal(3), c=Real(0, 10)),
)(lambda U, c: c - U[0].sum())


# an entry off the diagonal is at most half of what the spectrum spans, attained at (e_1 + e_3)/sqrt(2) and its mirror image
off_diagonal = claim(
    "users-threshold.off-diagonal",
    title="entries off the diagonal of a symmetric matrix with eigenvalues 1, 2 and 3 are at most c",
    over=dict(U=Orthogonal(3), c=Real(0, 10)),
)(lambda U, c: c - ((U * np.array([1, 2, 3])) @ U.T)[0, 1])


# von Neumann: at most the sum of the products of the singular values, 2 and 1 with the golden ratio and its inverse
two_frames = claim(
    "users-threshold.two-frames",
    title="the trace of a matrix with singular values 2 and 1, in any two frames, times a shear is at most c",
    over=dict(U=Orthogonal(2), V=Orthogonal(2), c=Real(0, 10)),
)(lambda U, V, c: c - np.trace((U * np.array([2, 1])) @ V.T @ np.array([[1, 1], [0, 1]])))


# Numbers


# with a/b = exp(2u): sinh(u)/u <= w cosh(u) + 1 - w, where the terms of order u^2 ask for w >= 1/3, which suffices
log_mean = claim(
    "users-threshold.log-mean",
    title="the logarithmic mean is at most w times the arithmetic plus 1 - w times the geometric one",
    over=dict(x=Real(0, 10), y=Real(0, 10), w=Real(0, 1)),
    given={"ordered": y < x},
)(lambda x, y, w: (w * (x + y) / 2 + (1 - w) * sqrt(x * y)) * (log(x) - log(y)) - (x - y))


# for c <= 1 the cone x >= b y is invariant, b^2 the momentum; for c > 1 and little momentum the first step is too long
momentum = always(
    "users-threshold.momentum",
    x >= 0,
    start={x: 1, y: 1},
    step={x: (1 + beta**2 - c * (1 - beta) ** 2) * x - beta**2 * y, y: x},
    over=dict(beta=Real(0, 1), c=Real(0, 5)),
    title="heavy ball with momentum beta^2 and step c (1 - beta)^2 keeps its sign",
)

# the mean of three monomials, equal at x = y = 1
motzkin = lemma(
    "users-threshold.motzkin",
    x**4 * y**2 + x**2 * y**4 + 1 >= c * x**2 * y**2,
    over=dict(x=Real(-4, 4), y=Real(-4, 4), c=Real(0, 10)),
)

# 1/log(1 + 1/x) - x increases in x, so its supremum is the value at the right end
stirling = lemma(
    "users-threshold.euler-exponent",
    (x + c) * log(1 + 1 / x) >= 1,
    over=dict(x=Real(0, 100, closed="right"), c=Real(0, 3)),
)

# (exp(x) - 1 - x)/x^2 increases, so its supremum on the open interval is the value at 1
quadratic = lemma(
    "users-threshold.exponential", sympy_exp(x) <= 1 + x + c * x**2, over=dict(x=Real(0, 1), c=Real(0, 4))
)

# the step is in the units of one over the curvature, which is 10^10; 26/100 where x = 1
small_units = lemma(
    "users-threshold.small-units",
    (10**10 * eta * x) ** 2 <= Fraction(676, 100),
    over=dict(eta=Real(0, Fraction(1, 10**9)), x=Real(0, 1)),
)

# x exp(-x) <= 1/e
small_threshold = lemma(
    "users-threshold.small", x * sympy_exp(-x) <= 10**8 * c, over=dict(c=Real(0, 1), x=Real(0, 5))
)

near_zero = lemma(
    "users-threshold.near-zero", c <= x**2 + Fraction(1, 10**8), over=dict(c=Real(-1, 1), x=Real(-3, 5))
)

# what the step allows is x < 1/c
only_assumed = lemma(
    "users-threshold.only-assumed",
    x <= 2,
    over=dict(c=Real(0, 5), x=Real(0, 10)),
    given={"step": c * x <= 1},
)


THRESHOLDS: list[tuple[Claim, str, object]] = [
    (trace_squared, "c", Fraction(4)), (kantorovich, "c", Fraction(25, 9)), (rank_one, "c", Fraction(3)),
    (deep_overshoot, "eta", Fraction(1, 48)), (whitened_sharpness, "c", Fraction(2)), (cycle_form, "c", Fraction(1)),
    (row_sum, "c", sympy.sqrt(3)), (off_diagonal, "c", Fraction(1)), (two_frames, "c", (1 + 3 * sympy.sqrt(5)) / 2),
    (one_step_loss, "eta", None), (log_mean, "w", Fraction(1, 3)), (momentum, "c", Fraction(1)), (motzkin, "c", Fraction(3)),
    (stirling, "c", 1 / sympy.log(sympy.Rational(101, 100)) - 100),
    (quadratic, "c", sympy.E - 2), (largest_determinant, "c", Fraction(4)),
    (small_units, "eta", Fraction(26, 10**11)), (small_threshold, "c", sympy.exp(-1) / 10**8),
    (near_zero, "c", Fraction(1, 10**8)), (only_assumed, "c", Fraction(1, 2)),
]  # fmt: skip
