"""True claims beside the false ones, most of them sharp: margins come close to 0 or are 0.

The title says why a claim holds, or a comment does.
"""

# ruff: noqa: C408 - over=dict(...), as the documentation teaches users

from fractions import Fraction

import numpy as np
from sympy import exp as sympy_exp

from rankladder import (
    Claim,
    Int,
    Invertible,
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
from rankladder.simulate import (
    descent,
    first_hit,
    matrix_descent,
    mode_descent,
    one_layer_descent,
    spectral_start,
    two_layer_gradients,
)
from tests.quality.users_algebra import adjugate, det, square

a, b, delta, eta, kappa, lam, m, n, p, q, s, s1 = symbols("a b delta eta kappa lam m n p q s s1")
sigma, t, theta, w0, x, x0, y, z0 = symbols("sigma t theta w0 x x0 y z0")

# Numbers

# with y = s x in [0, 1/2]: (1 - 2y)(1 + y)^2 = 1 - 3y^2 - 2y^3, and 3 + 2y <= 4
lemma_corner = lemma(
    "users-true.corner-constant",
    (1 - 2 * s * x) * (1 + s * x) ** 2 >= 1 - 4 * s**2 * x**2,
    title="one step loses at most 4 (s x)^2 against the upper rate, attained at s x = 1/2",
    over=dict(s=Real(0, 4), x=Real(0, 1, closed="both")),
    given={"small-step": 2 * s <= 1},
)


# (1 - z')/(1 - z) = 1 - 2sz - s^2 z(1 - z) = (1 - 2s) + s(1 - z)(2 - sz)
@claim(
    "users-true.geometric-tail",
    title="what is left decays no faster than by the factor 1 - 2s of the fixed point",
    over=dict(s=Real(0, 4), z0=Real(0, 1), steps=Int(1, 60)),
    given={"small-step": 2 * s < 1},
)
def geometric_tail(s, z0, steps):
    z = descent(s, z0, steps)
    return z.x - (1 - z0) * (1 - 2 * s) ** z.k


# the normal form of the mode: s = eta sigma <= 1/2, z0 <= 1
@claim(
    "users-true.sigma-for-sigma",
    title="with eta sigma <= 1/2 a mode of any scale climbs to its fitted value without overshoot",
    over=dict(sigma=Real(0, 100), lam=Real(0, 100), eta=Real(0, 1), w0=Real(0, 100), steps=Int(1, 6)),
    given={"small-step": 2 * eta * sigma <= 1, "small-start": lam * w0 <= sigma},
)
def sigma_for_sigma(sigma, lam, eta, w0, steps):
    w = mode_descent(sigma, lam, eta, w0, steps).w
    return forall(sigma - lam * w, w[1:] - w[:-1])


# with e = exp(-2 delta): (1 + e)(lam (1 - e) + sigma) - (lam + sigma) = e (sigma - lam e)
@claim(
    "users-true.midpoint",
    title="from a start below the fitted value the flow is at most (1 + exp(-2 delta)) sigma/(lambda + sigma) at delta/sigma",
    over=dict(sigma=Real(0, None), lam=Real(0, None), delta=Real(0, None)),
    given={"small-start": lam * sympy_exp(-2 * delta) <= sigma},
)
def midpoint(sigma, lam, delta):
    small = exp(-2 * delta)
    return (1 + small) * sigma / (lam + sigma) - sigma / (lam * (1 - small) + sigma)


# by induction while both are below theta: f_s(z) grows with s, and with z up to its peak; beyond its peak and below 1
# it is above 1, so that the level is reached at once
larger_step_is_no_later = claim(
    "users-true.larger-step-is-no-later",
    title="a larger step size reaches no level below 1 later, overshoot or not",
    over=dict(s=Real(Fraction(1, 1000), 4), t=Real(Fraction(1, 1000), 4), theta=Real(0, 1), z0=Real(0, 1)),
    given={"larger": s <= t, "below-level": z0 < theta},
)(lambda s, t, theta, z0: first_hit(s, None, theta, z0=z0) - first_hit(t, None, theta, z0=z0))


# ((x + a/x)/2)^2 - a = ((x - a/x)/2)^2
newton_after_a_step = always(
    "users-true.newton-after-a-step",
    x**2 >= a,
    start={x: (x0 + a / x0) / 2},
    step={x: (x + a / x) / 2},
    over=dict(a=Real(0, 4), x0=Real(0, 4)),
    title="from the first iterate on Newton's method for a square root is above it",
)

# a^2 = 2 b^2 has no solution in positive integers
pell = lemma(
    "users-true.pell",
    (n**2 - 2 * m**2) ** 2 >= 1,
    title="as the square root of 2 is irrational, n^2 and 2 m^2 differ by at least 1, as at 7 and 5",
    over=dict(n=Int(1, 1000), m=Int(1, 1000)),
)

# the difference and its first two derivatives vanish at 0, and the third is x^2 exp(x)
pade = lemma(
    "users-true.pade",
    sympy_exp(x) * (12 - 6 * x + x**2) >= 12 + 6 * x + x**2,
    title="the exponential is above its diagonal Padé approximant on the right, by x^5/60 about",
    over=dict(x=Real(0, 1)),
)


# log(1+s) <= s/sqrt(1+s), and 1/s + 1/2 = (2+s)/(2s)
rescaled_time = claim(
    "users-true.rescaled-time",
    title="up to kappa = 1/s + 1/2 a mode grows by the exponent (2 + s)/(2 sqrt(1 + s)) at most",
    over=dict(s=Real(0, 4), kappa=Real(0, 64)),
    given={"early": kappa <= 1 / s + Fraction(1, 2)},
)(lambda s, kappa: (2 + s) / (2 * sqrt(1 + s)) - kappa * log(1 + s))


# (x - y)^2 = 2(x^2 + y^2) - (x + y)^2 <= 2 - 1.414^2
sliver = lemma(
    "users-true.sliver",
    (x - y) ** 2 <= Fraction(604, 10**6),
    title="inside the unit disc and beyond x + y = 1.414 there is only a sliver, and it is near the diagonal",
    over=dict(x=Real(-2, 2), y=Real(-2, 2)),
    given={"disc": x**2 + y**2 <= 1, "beyond": x + y >= Fraction(1414, 1000)},
)


# with c = 1 + s = m + 1/m and u = s z: u (c - u)^2 sends 1/m to m and m to 1/m
@claim(
    "users-true.two-cycle",
    title="for s = m + 1/m - 1 the states 1/(m s) and m/s follow each other",
    over=dict(m=Real(1, 4)),
)
def two_cycle(m):
    s = m + 1 / m - 1
    z = descent(s, 1 / (m * s), 4)
    return equal(z[2:], z[:-2])


# with u = s z and c = 1 + s = p^2 + pq + q^2: p(c - p^2) = q(c - q^2) for u = p^2 and q^2
@claim(
    "users-true.starts-meet",
    title="for 1 + s = p^2 + p q + q^2 the starts p^2/s and q^2/s meet after one step",
    over=dict(p=Real(0, 2), q=Real(0, 2)),
    given={"step": p**2 + p * q + q**2 > Fraction(5, 4)},
)
def starts_meet(p, q):
    s = p * p + p * q + q * q - 1
    return equal(descent(s, p * p / s, 1)[1], descent(s, q * q / s, 1)[1])


# Matrices

SMALL = dict(d=Int(1, 3), p=Int(1, 3), r=Int(1, 3))
FACTORS = dict(**SMALL, Sxy=Matrix("d", "p"), W1=Matrix("d", "r"), W2=Matrix("r", "p"))
# z0 = lambda exp(-2 delta)/sigma < 1 for every active mode, and eta lambda w0 <= 1/2 for every null mode
TAME = Problem(**SMALL, sigma=(1, 4), lam=(Fraction(1, 4), 1), null=(0, 1))


# the error contracts by 1 - eta lambda in every mode
@claim(
    "users-true.one-step-erases",
    title="a step 1/lambda_i learns mode i of the one-layer model exactly",
    over=dict(
        d=Int(1, 4), p=Int(1, 3), U=Orthogonal("d"), lam=Spectrum("d"), goal=Matrix("d", "p"), start=Matrix("d", "p")
    ),
)  # fmt: skip
def one_step_erases(U, lam, goal, start):
    Sxx = (U * lam) @ U.T
    run = [one_layer_descent(Sxx, Sxx @ goal, start, 1 / value, 1).W[1] for value in lam]
    return forall(*(equal(U[:, i] @ W, U[:, i] @ goal) for i, W in enumerate(run)))


# a rotation of space has the eigenvalues 1 and exp(± i phi), so its trace is 1 + 2 cos phi
rotation_trace = claim(
    "users-true.rotation-trace",
    title="the trace of a rotation of space is at least -1, which half turns attain",
    over=dict(U=Orthogonal(3)),
    given={"rotation": lambda U: det(U)},
)(lambda U: 1 + np.trace(U))

nuclear_norm = claim(
    "users-true.nuclear-norm",
    title="the nuclear norm is at most sqrt(m) times the Frobenius norm (Cauchy and Schwarz), attained on flat spectra",
    over=dict(problem=Problem()),
)(lambda problem: problem.m * (problem.sigma**2).sum() - problem.sigma.sum() ** 2)


# n = tr(A A^-1) <= |A| |A^-1|, multiplied by det A
condition_number = claim(
    "users-true.condition-number",
    title="the Frobenius condition number is at least n, by the adjugate, attained on multiples of orthogonal matrices",
    over=dict(A=Invertible(Int(2, 3))),
)(lambda A: square(A) * square(adjugate(A)) - len(A) ** 2 * det(A) ** 2)


@claim(
    "users-true.cayley-hamilton",
    title="a matrix of order 3 satisfies its characteristic equation",
    over=dict(A=Matrix(3, 3)),
)
def cayley_hamilton(A):
    identity = np.eye(3, dtype=int)
    trace, minors = np.trace(A), np.trace(adjugate(A))
    return equal(A @ A @ A - trace * (A @ A) + minors * A - det(A) * identity, 0)


# with eta = 2/(lam_1 + lam_d) every |1 - eta lambda| is at most (kappa - 1)/(kappa + 1)
@claim(
    "users-true.richardson-rate",
    title="the best fixed step contracts the error by (kappa - 1)/(kappa + 1), attained at both ends of the spectrum",
    over=dict(d=Int(1, 5), U=Orthogonal("d"), lam=Spectrum("d"), start=Matrix("d", 1), steps=Int(1, 8)),
)
def richardson_rate(d, U, lam, start, steps):
    run = one_layer_descent((U * lam) @ U.T, np.zeros((d, 1)), start, 2 / (lam[0] + lam[-1]), steps)
    rate = (lam[0] - lam[-1]) / (lam[0] + lam[-1])
    return square(start) * rate ** (2 * steps) - square(run.W[-1])


# every mode grows by (1 + eta (sigma_i - lambda_i w))^2 <= (1 + eta sigma_1)^2
@claim(
    "users-true.growth",
    title="the norm grows by the factor (1 + eta sigma_1)^2 a step at most",
    over=dict(problem=TAME, delta=Real(0, 4), s1=Real(0, 1), steps=Int(1, 6)),
    given={"small-step": 2 * s1 <= 1},
)
def growth(problem, delta, s1, steps):
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    run = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], steps)
    sizes = frobenius(run.W)
    return sizes[:-1] * (1 + s1) ** 2 - sizes[1:]


@claim(
    "users-true.minkowski",
    title="determinants of positive semidefinite matrices are superadditive (Minkowski), with equality at rank 2",
    over=dict(A=Matrix(3, 3), B=Matrix(3, 3)),
)
def minkowski(A, B):
    A, B = A.T @ A, B.T @ B
    return det(A + B) - det(A) - det(B)


@claim(
    "users-true.gradient-bound",
    title="the gradients are at most the residual times the other factor, as the Frobenius norm is submultiplicative",
    over=dict(**FACTORS),
)
def gradient_bound(d, Sxy, W1, W2):
    G1, G2 = two_layer_gradients(np.eye(d), Sxy, W1, W2)
    residual = square(W1 @ W2 - Sxy)
    return forall(residual * square(W2) - square(G1), residual * square(W1) - square(G2))


orthogonal_entries = claim(
    "users-true.orthogonal-entries",
    title="the entries of an orthogonal matrix of order 4 add up to at most 8 (Cauchy and Schwarz), as in Hadamard's",
    over=dict(U=Orthogonal(4)),
)(lambda U: 8 - abs(U).sum())

TRUE = [value for value in list(globals().values()) if isinstance(value, Claim)]
