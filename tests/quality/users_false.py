"""False claims as users would write them, and a counterexample to each.

The domains are as natural as the mistakes: none is centred on the failure. Some fail on thin sets only: exact ties and
coincidences of two parameters or of integers.
"""

# ruff: noqa: C408 - over=dict(...), as the documentation teaches users

from fractions import Fraction

import numpy as np
from sympy import Ne

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
    exists,
    exp,
    forall,
    frobenius,
    lemma,
    log,
    most,
    sqrt,
    strictly,
    symbols,
)
from rankladder.simulate import (
    deep_descent,
    descent,
    first_hit,
    loss,
    matrix_descent,
    mode_descent,
    one_layer_descent,
    spectral_start,
    two_layer_gradients,
)
from tests.quality.users_algebra import adjugate, det, square

a, b, beta, eta, lam, m, n, s, s1, sigma = symbols("a b beta eta lam m n s s1 sigma")
theta, x, x0, y, z0 = symbols("theta x x0 y z0")

# Numbers


cannonball = lemma(
    "users.cannonball",
    Ne(n * (n + 1) * (2 * n + 1), 6 * m**2),
    title="the sum of the first n squares is no square",
    over=dict(n=Int(2, 40), m=Int(2, 200)),
)


@claim(
    "users.strictly-increasing",
    title="up to s = 1/2 every step makes progress",
    over=dict(s=Real(0, 4), z0=Real(0, 1, closed="right"), steps=Int(1, 12)),
    given={"small-step": 2 * s <= 1},
)
def strictly_increasing(s, z0, steps):
    z = descent(s, z0, steps)
    return strictly(z[1:] - z[:-1])


corner_constant = lemma(
    "users.corner-constant",
    (1 - 2 * s * x) * (1 + s * x) ** 2 >= 1 - Fraction(399, 100) * s**2 * x**2,
    title="one step loses at most 3.99 (s x)^2 against the upper rate",
    over=dict(s=Real(0, 4), x=Real(0, 1, closed="both")),
    given={"small-step": 2 * s <= 1},
)


@claim(
    "users.exponential-tail",
    title="what is left decays no faster than in continuous time",
    over=dict(s=Real(0, 4), z0=Real(0, 1), steps=Int(1, 60)),
    given={"small-step": 2 * s < 1},
)
def exponential_tail(s, z0, steps):
    z = descent(s, z0, steps)
    return z.x - (1 - z0) * exp(-2 * s * z.k)


@claim(
    "users.lambda-for-sigma",
    title="with eta lambda <= 1/2 a mode does not overshoot its fitted value",
    over=dict(sigma=Real(0, 100), lam=Real(0, 100), eta=Real(0, 1), steps=Int(1, 6)),
    given={"small-step": 2 * eta * lam <= 1},
)
def lambda_for_sigma(sigma, lam, eta, steps):
    w = mode_descent(sigma, lam, eta, sigma / (10 * lam), steps).w
    return 1 - lam * w / sigma


@claim(
    "users.midpoint-from-any-start",
    title="at the time delta/sigma the flow is above sigma/(lambda + sigma) by exp(-2 delta) at most, in relative terms",
    over=dict(sigma=Real(0, None), lam=Real(0, None), delta=Real(0, None)),
)
def midpoint_from_any_start(sigma, lam, delta):
    small = exp(-2 * delta)
    return (1 + small) * sigma / (lam + sigma) - sigma / (lam * (1 - small) + sigma)


motzkin = lemma(
    "users.motzkin",
    x**4 * y**2 + x**2 * y**4 + 1 >= Fraction(301, 100) * x**2 * y**2,
    title="the mean of three monomials with 3.01 for 3",
    over=dict(x=Real(-4, 4), y=Real(-4, 4)),
)


@claim(
    "users.log-mean",
    title="the logarithmic mean is at most 0.33 of the arithmetic plus 0.67 of the geometric one",
    over=dict(a=Real(0, 10), b=Real(0, 10)),
    given={"ordered": b < a},
)
def log_mean(a, b):
    mean = Fraction(33, 200) * (a + b) + Fraction(67, 100) * sqrt(a * b)
    return mean * (log(a) - log(b)) - (a - b)


euler_exponent = lemma(
    "users.euler-exponent",
    (n + Fraction(499, 1000)) * log(1 + 1 / n) >= 1,
    title="(1 + 1/n)^(n + 0.499) is at least e",
    over=dict(n=Int(1, 1000)),
)

double_step = claim(
    "users.double-step",
    title="a step twice as large at most halves the hitting time",
    over=dict(s=Real(Fraction(1, 1000), 2), theta=Real(0, 1), z0=Real(0, 1)),
    given={"below-level": z0 < theta},
)(lambda s, theta, z0: 2 * first_hit(2 * s, None, theta, z0=z0) - first_hit(s, None, theta, z0=z0))

momentum_keeps_sign = always(
    "users.momentum-keeps-sign",
    x >= 0,
    start={x: 1, y: 1},
    step={x: (1 + beta - s) * x - beta * y, y: x},
    over=dict(s=Real(0, 2), beta=Real(0, 1)),
    given={"no-oscillation": s <= (1 - beta) ** 2},
    title="heavy ball on a parabola decays without a change of sign for s <= (1 - beta)^2",
)

newton_from_the_start = always(
    "users.newton-from-the-start",
    x**2 >= a,
    start={x: x0},
    step={x: (x + a / x) / 2},
    over=dict(a=Real(0, 4), x0=Real(0, 4)),
    title="every iterate of Newton's method for a square root is above it",
)

pade = claim(
    "users.pade",
    title="the exponential is above its diagonal Padé approximant by x^5/719 at least, in relative terms",
    over=dict(x=Real(0, 1)),
)(lambda x: exp(x) * (12 - 6 * x + x**2) - (12 + 6 * x + x**2) * (1 + x**5 / 719))


# Matrices

SMALL = dict(d=Int(1, 3), p=Int(1, 3), r=Int(1, 3))
SQUARE = dict(n=Int(1, 3), U=Orthogonal("n"), sigma=Spectrum("n"))


@claim(
    "users.gains-determine-sigma",
    title="modes that save the same loss have the same singular value",
    over=dict(problem=Problem(d=Int(2, 8), p=Int(2, 8), r=Int(2, 8), modes=Int(2, 8))),
)
def gains_determine_sigma(problem):
    sigma, lam = problem.sigma, problem.lam
    return forall(
        *(
            exists(strictly(abs(sigma[i] ** 2 * lam[j] - sigma[j] ** 2 * lam[i])), equal(sigma[i], sigma[j]))
            for j in range(problem.m)
            for i in range(j)
        )
    )


cayley = claim(
    "users.cayley",
    title="I + U is invertible for every rotation U of space",
    over=dict(U=Orthogonal(3)),
    given={"rotation": lambda U: det(U)},
)(lambda U: strictly(abs(det(U + np.eye(3, dtype=int)))))


@claim(
    "users.critical-is-global",
    title="where both gradients vanish, a network that is wide enough fits the data",
    over=dict(Sxy=Matrix(2, 2), W1=Matrix(2, 2), W2=Matrix(2, 2)),
    given={"signal": lambda Sxy: strictly(abs(det(Sxy)))},
)
def critical_is_global(Sxy, W1, W2):
    G1, G2 = two_layer_gradients(np.eye(2), Sxy, W1, W2)
    return exists(strictly(square(G1) + square(G2)), equal(square(W1 @ W2 - Sxy), 0))


condition_above_n = claim(
    "users.condition-above-n",
    title="a matrix that is not orthogonal has a Frobenius condition number above n",
    over=dict(A=Invertible(Int(2, 3))),
)(lambda A: strictly(square(A) * square(adjugate(A)) - len(A) ** 2 * det(A) ** 2))

nuclear_seven = claim(
    "users.nuclear-seven",
    title="the nuclear norm is at most seven times the spectral norm, with up to eight modes",
    over=dict(problem=Problem()),
)(lambda problem: 7 * problem.sigma[0] - problem.sigma.sum())

square_is_psd = claim(
    "users.square-is-psd",
    title="the form of a squared matrix is nonnegative",
    over=dict(n=Int(1, 4), A=Matrix("n", "n"), x=Matrix("n", 1)),
)(lambda A, x: (x.T @ A @ A @ x)[0, 0])


@claim(
    "users.chain-form",
    title="the chain of five springs has stiffness at least 0.27",
    over=dict(x=Matrix(5, 1)),
)
def chain_form(x):
    x = x[:, 0]
    return x[0] ** 2 + x[-1] ** 2 + ((x[1:] - x[:-1]) ** 2).sum() - Fraction(27, 100) * (x**2).sum()


@claim(
    "users.descent-near-minimum",
    title="with eta sigma_1 <= 1/2 the loss does not rise close to the balanced minimum",
    over=dict(
        problem=Problem(**SMALL), A1=Matrix(3, 3), A2=Matrix(3, 3), size=Real(0, Fraction(1, 16)), s1=Real(0, 1)
    ),
    given={"small-step": 2 * s1 <= 1},
)  # fmt: skip
def descent_near_minimum(problem, A1, A2, size, s1):
    k, roots = problem.m, sqrt(problem.omega)
    W1 = (problem.U[:, :k] * roots) @ problem.Q[:k] + size * A1[: problem.d, : problem.r]
    W2 = (problem.Q[:k].T * roots) @ problem.V[:, :k].T + size * A2[: problem.r, : problem.p]
    run = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], 1)
    losses = loss(problem.Sxx, problem.Sxy, run.W)
    return losses[0] - losses[1]


@claim(
    "users.richardson-rate",
    title="the best fixed step contracts the error by (1 - 1/kappa)^2",
    over=dict(d=Int(1, 5), U=Orthogonal("d"), lam=Spectrum("d"), start=Matrix("d", 1), steps=Int(1, 8)),
)
def richardson_rate(d, U, lam, start, steps):
    run = one_layer_descent((U * lam) @ U.T, np.zeros((d, 1)), start, 2 / (lam[0] + lam[-1]), steps)
    return frobenius(start) * (1 - lam[-1] / lam[0]) ** (2 * steps) - frobenius(run.W[-1])


@claim(
    "users.first-rate-lasts",
    title="a single mode keeps growing at least at the rate of its first step",
    over=dict(
        problem=Problem(d=Int(1, 3), p=Int(1, 3), r=Int(1, 1), modes=Int(1, 1)),
        delta=Real(1, 4),
        s1=Real(0, 1),
        steps=Int(1, 6),
    ),
    given={"small-step": 2 * s1 <= 1},
)
def first_rate_lasts(problem, delta, s1, steps):
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    run = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], steps)
    sizes = frobenius(run.W) / frobenius(run.W[0])
    return sizes[-1] - sizes[1] ** steps


@claim(
    "users.step-by-lambda",
    title="with eta lambda_max <= 1/2 the loss never rises from a spectral start",
    over=dict(problem=Problem(**SMALL), delta=Real(0, 3), steps=Int(1, 6)),
)
def step_by_lambda(problem, delta, steps):
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    run = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, 1 / (2 * most(*problem.lam)), steps)
    losses = loss(problem.Sxx, problem.Sxy, run.W)
    return losses[:-1] - losses[1:]


trace_squared = claim(
    "users.trace-squared",
    title="the squared trace is at most twice the squared Frobenius norm",
    over=dict(n=Int(1, 6), A=Matrix("n", "n")),
)(lambda A: 2 * square(A) - np.trace(A) ** 2)

positive_by_determinant = claim(
    "users.positive-by-determinant",
    title="a symmetric matrix with positive trace and determinant is positive semidefinite, also at order 3",
    over=dict(n=Int(1, 3), A=Matrix("n", "n"), x=Matrix("n", 1)),
    given={"positive": lambda A: forall(strictly(det(A + A.T)), strictly(np.trace(A)))},
)(lambda A, x: (x.T @ (A + A.T) @ x)[0, 0])


@claim(
    "users.drift-by-one-gradient",
    title="a step changes the imbalance by at most eta^2 times the squared gradient of the first factor",
    over=dict(
        **SMALL, Sxy=Matrix("d", "p"), W1=Matrix("d", "r"), W2=Matrix("r", "p"), eta=Real(0, Fraction(1, 2))
    ),
)
def drift_by_one_gradient(d, Sxy, W1, W2, eta):
    run = matrix_descent(np.eye(d), Sxy, W1, W2, eta, 1)
    before, after = (A.T @ A - B @ B.T for A, B in zip(run.W1, run.W2, strict=True))
    G1, _ = two_layer_gradients(np.eye(d), Sxy, W1, W2)
    return eta**2 * square(G1) - frobenius(after - before)


@claim(
    "users.deep-no-overshoot",
    title="three whitened layers do not overshoot for 3 eta sigma_1 <= 1",
    over=dict(**SQUARE, start=Real(0, Fraction(5, 8)), eta=Real(0, 2), steps=Int(1, 10)),
    given={"small-step": lambda eta, sigma: 1 - 3 * eta * sigma[0]},
)
def deep_no_overshoot(n, U, sigma, start, eta, steps):
    target = (U * sigma) @ U.T
    run = deep_descent(np.eye(n), target, [start * np.eye(n, dtype=int)] * 3, eta, steps)
    return forall(*(sigma - np.diagonal(U.T @ (W1 @ W2 @ W3) @ U) for W1, W2, W3 in run))


@claim(
    "users.pl-inequality",
    title="the squared gradients are at least the squared residual times the norm of the product",
    over=dict(**SMALL, Sxy=Matrix("d", "p"), W1=Matrix("d", "r"), W2=Matrix("r", "p")),
)
def pl_inequality(d, Sxy, W1, W2):
    G1, G2 = two_layer_gradients(np.eye(d), Sxy, W1, W2)
    return square(G1) + square(G2) - square(W1 @ W2 - Sxy) * frobenius(W1 @ W2)


@claim(
    "users.rank-one-corner",
    title="the first of two modes is the best fit of rank 1 if 5 sigma_1 >= 7 sigma_2 and lambda_1 <= 2 lambda_2",
    over=dict(problem=Problem(d=Int(2, 4), p=Int(2, 4), r=Int(2, 4), modes=Int(2, 2))),
    given={
        "gap": lambda problem: 5 * problem.sigma[0] - 7 * problem.sigma[1],
        "alike": lambda problem: 2 * problem.lam[1] - problem.lam[0],
    },
)
def rank_one_corner(problem):
    first, second = problem.plateau(1), problem.plateau(2) - problem.plateau(1)
    return loss(problem.Sxx, problem.Sxy, second) - loss(problem.Sxx, problem.Sxy, first)


orthogonal_entries = claim(
    "users.orthogonal-entries",
    title="the entries of an orthogonal matrix of order 4 add up to at most 7.9",
    over=dict(U=Orthogonal(4)),
)(lambda U: Fraction(79, 10) - abs(U).sum())


@claim(
    "users.kantorovich",
    title="Kantorovich's constant of condition 4 is 1.55",
    over=dict(n=Int(2, 5), lam=Spectrum("n", condition=4), x=Matrix("n", 1)),
)
def kantorovich(lam, x):
    w = x[:, 0] ** 2
    return Fraction(31, 20) * w.sum() ** 2 - (lam * w).sum() * (w / lam).sum()


FALSE = [value for value in list(globals().values()) if isinstance(value, Claim)]

# by hand
COUNTEREXAMPLES = {
    "users.cannonball": "n=24, m=70",
    "users.strictly-increasing": "s=1/4, z0=1, steps=1",
    "users.corner-constant": "s=1/2, x=1",
    "users.exponential-tail": "s=1/4, z0=1/2, steps=12",
    "users.lambda-for-sigma": "sigma=10, lam=1, eta=1/2, steps=1",
    "users.midpoint-from-any-start": "sigma=1, lam=10, delta=1/2",
    "users.motzkin": "x=1, y=1",
    "users.log-mean": "a=2, b=1",
    "users.euler-exponent": "n=500",
    "users.double-step": "s=1/4, theta=77/100, z0=1/2",
    "users.momentum-keeps-sign": "s=1/2, beta=1/4, steps=3",
    "users.newton-from-the-start": "a=2, x0=1, steps=1",
    "users.pade": "x=1/10",
    "users.gains-determine-sigma": "problem=JointProblem(sigma=(2, 1), lam=(4, 1), U=Reflections(2, ()), "
    "V=Reflections(2, ()), Q=Reflections(2, ()))",
    "users.cayley": "U=Reflections(3, ((0, 1, 0), (0, 0, 1)))",
    "users.critical-is-global": "Sxy=((1, 0), (0, 1)), W1=((1, 0), (0, 0)), W2=((1, 0), (0, 0))",
    "users.condition-above-n": "A=Shears(Reflections(2, ()), ((0, 0, 1), (1, 1, 1)))",
    "users.nuclear-seven": "problem=JointProblem(sigma=(1, 1, 1, 1, 1, 1, 1, 1), lam=(1, 1, 1, 1, 1, 1, 1, 1), "
    "U=Reflections(8, ()), V=Reflections(8, ()), Q=Reflections(8, ()))",
    "users.square-is-psd": "n=2, A=((0, -1), (1, 0)), x=((1,), (0,))",
    "users.chain-form": "x=((1,), (7/4,), (2,), (7/4,), (1,))",
    "users.descent-near-minimum": "problem=JointProblem(sigma=(1, 1), lam=(4, 1/4), U=Reflections(2, ()), "
    "V=Reflections(2, ()), Q=Reflections(2, ())), A1=((0, 1, 0), (0, 0, 0), (0, 0, 0)), "
    "A2=((0, 0, 0), (0, 0, 0), (0, 0, 0)), size=1/100, s1=1/2",
    "users.richardson-rate": "d=2, U=Reflections(2, ()), lam=(2, 1), start=((1,), (0,)), steps=1",
    "users.first-rate-lasts": "problem=JointProblem(sigma=(1,), lam=(1,), U=Reflections(1, ()), "
    "V=Reflections(1, ()), Q=Reflections(1, ())), delta=2, s1=1/2, steps=3",
    "users.step-by-lambda": "problem=JointProblem(sigma=(4,), lam=(1/4,), U=Reflections(1, ()), "
    "V=Reflections(1, ()), Q=Reflections(1, ())), delta=1/2, steps=2",
    "users.trace-squared": "n=3, A=((1, 0, 0), (0, 1, 0), (0, 0, 1))",
    "users.positive-by-determinant": "n=3, A=((3/2, 0, 0), (0, -1/2, 0), (0, 0, -1/2)), x=((0,), (1,), (0,))",
    "users.drift-by-one-gradient": "d=1, p=1, r=1, Sxy=((0,),), W1=((2,),), W2=((1,),), eta=1/4",
    "users.deep-no-overshoot": "n=1, U=Reflections(1, ()), sigma=(4,), start=1/2, eta=5/64, steps=7",
    "users.pl-inequality": "d=2, p=2, r=1, Sxy=((1, 0), (0, 1)), W1=((1,), (0,)), W2=((1, 0),)",
    "users.rank-one-corner": "problem=JointProblem(sigma=(7/4, 5/4), lam=(2, 1), U=Reflections(2, ()), "
    "V=Reflections(2, ()), Q=Reflections(2, ()))",
    "users.orthogonal-entries": "U=Reflections(4, ((1, 1, 1, 1),))",
    "users.kantorovich": "n=2, lam=(4, 1), x=((1,), (1,))",
}
