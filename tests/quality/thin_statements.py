"""Claims that are false on a thin set only, and true ones beside them: equality at an exact preimage, on a cycle, at a
tie, or at a rare integer. The domains are natural ones; none is centred on where the claim fails.
"""

import math
from fractions import Fraction as F

from rankladder import (
    Int,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    equal,
    exists,
    forall,
    frobenius,
    most,
    strictly,
    symbols,
)  # fmt: skip
from rankladder.language.statement import Claim
from rankladder.simulate import descent, first_hit, loss, matrix_descent, mode_descent, one_layer_descent
from tests.quality.shelf import stated_on

s, z0, theta, x, y = symbols("s z0 theta x y")
a, b = symbols("a b", integer=True)
FALSE: list[Claim] = []
TRUE: list[Claim] = []
false, true = stated_on(FALSE, "thin"), stated_on(TRUE, "thin-true")
ORBIT = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 8)}
PLANE = {"x": Real(0, 10), "y": Real(0, 10)}
HIT = {"s": Real(F(1, 10), 1), "z0": Real(0, F(1, 2)), "theta": Real(0, 1)}
SMALL = Problem(d=Int(1, 4), p=Int(1, 4), r=Int(1, 4))


# --- orbits that land


false("never-lands-on-the-fit", ORBIT, start=z0 < 1)(
    lambda s, z0, steps: strictly(forall(abs(1 - descent(s, z0, steps).z)))
)
false("every-start-overshoots", {"s": Real(F(3, 5), F(19, 10)), "z0": Real(0, 1)})(
    lambda s, z0: strictly(exists(descent(s, z0, 30).z - 1))
)


@false("no-cycle-of-two", {"s": Real(0, 4), "z0": Real(0, 3)}, start=z0 < 1)
def _(s, z0):
    z = descent(s, z0, 2).z
    return strictly(abs(z[2] - z[0]))


@false("every-step-moves", {"s": Real(0, 3), "z0": Real(0, 2), "steps": Int(2, 6)}, start=z0 < 1)
def _(s, z0, steps):
    z = descent(s, z0, steps).z
    return strictly(forall(abs(z[1:] - z[:-1])))


@false("a-step-changes-the-loss", {"s": Real(0, 4), "z0": Real(0, 2)}, start=z0 < 1)
def _(s, z0):
    z = descent(s, z0, 1).z
    return strictly(abs((1 - z[1]) ** 2 - (1 - z[0]) ** 2))


false("never-on-a-level", {"s": Real(0, 2), "z0": Real(0, 1), "theta": Real(0, 1)}, below=z0 < theta)(
    lambda s, z0, theta: strictly(forall(abs(descent(s, z0, 3).z - theta)))
)


@false("passes-its-level", HIT, below=z0 < theta)
def _(s, z0, theta):
    steps = first_hit(s, None, theta, z0=z0)
    return strictly(descent(s, z0, steps).z[steps] - theta)


false("two-starts-stay-apart", {"s": Real(0, 2), "x": Real(0, 2), "y": Real(0, 2)}, order=x < y)(
    lambda s, x, y: strictly(abs(descent(s, y, 1).z[1] - descent(s, x, 1).z[1]))
)


@false(
    "coefficients-never-fit",
    {"sigma": Real(F(1, 4), 4), "lam": Real(F(1, 4), 4), "eta": Real(0, 1), "w0": Real(0, 1)},
)
def _(sigma, lam, eta, w0):
    return strictly(forall(abs(lam * mode_descent(sigma, lam, eta, w0, 2).w - sigma)))


# --- curves and points


false("off-the-circle", PLANE)(lambda x, y: strictly((x**2 + y**2 - 1) ** 2))
false("no-tangent", {"x": Real(-3, 3), "y": Real(-5, 5)})(
    lambda x, y: strictly(abs(x**3 - 3 * x + y) + (x**2 - 1) ** 2)
)
false("two-distances", {"x": Real(-5, 5), "y": Real(-5, 5)})(
    lambda x, y: strictly(most(abs(3 * x - 2), abs(5 * y + 4)))
)


# --- integers


false("no-pythagorean-triple", {"a": Int(1, 300), "b": Int(1, 300), "c": Int(1, 300)})(
    lambda a, b, c: strictly(abs(a * a + b * b - c * c))
)
false("pell", {"x": Int(2, 5_000), "y": Int(1, 5_000)})(lambda x, y: strictly(abs(x * x - 13 * y * y - 1)))


@false("fermat-tells-primes", {"n": Int(3, 10_000)})
def _(n):
    prime = all(n % q for q in range(2, math.isqrt(n) + 1))
    return -1 if pow(2, n - 1, n) == 1 and not prime else 1


false("no-large-divisor", {"n": Int(1, 10**6)})(lambda n: strictly((n * (n + 1) * (2 * n + 1)) % 999_983))
false("small-common-divisors", {"m": Int(1, 10**5), "n": Int(1, 10**5)})(
    lambda m, n: 1 if m == n else 5_000 - math.gcd(m, n)
)
false("no-power", {"n": Int(1, 10**9)})(lambda n: strictly(abs(n - 2**27)))
false("two-squares", {"a": Int(1, 400), "b": Int(1, 400)}, order=b > a)(
    lambda a, b: strictly(abs(a * a + b * b - 65_025))
)


# --- matrices


@false("one-layer-never-fits", {"problem": SMALL, "eta": Real(0, 2), "steps": Int(1, 4)})
def _(problem, eta, steps):
    W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, steps).W
    return strictly(forall(*[frobenius(problem.Sxx @ each - problem.Sxy) for each in W]))


@false("a-step-moves-the-loss", {"problem": SMALL, "eta": Real(0, 3)})
def _(problem, eta):
    W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, 1).W
    return strictly(abs(loss(problem.Sxx, problem.Sxy, W[1]) - loss(problem.Sxx, problem.Sxy, W[0])))


false("no-multiple-fits", {"problem": SMALL, "x": Real(0, 3)})(
    lambda problem, x: strictly(frobenius(problem.Sxx @ (x * problem.Sxy) - problem.Sxy))
)


@false(
    "no-direction-erased",
    {"n": Int(1, 4), "U": Orthogonal("n"), "lam": Spectrum("n", F(1, 10), 10), "eta": Real(0, 2)},
)
def _(n, U, lam, eta):
    step = (U * (1 - eta * lam)) @ U.T
    return strictly(forall(*[frobenius(step @ U[:, i : i + 1]) for i in range(n)]))


@false(
    "two-spectra-differ",
    {"n": Int(2, 5), "lam": Spectrum("n", F(1, 4), 4), "sigma": Spectrum("n", F(1, 4), 4)},
)
def _(n, lam, sigma):
    return strictly(forall(abs(lam - sigma)))


# --- true neighbours


true("small-steps-never-land", {"s": Real(0, F(1, 2)), "z0": Real(0, 1), "steps": Int(1, 6)})(
    lambda s, z0, steps: strictly(forall(1 - descent(s, z0, steps).z))
)
true("small-steps-keep-order", {"x": Real(0, F(1, 2)), "y": Real(0, F(1, 2)), "z0": Real(0, 1)}, order=x < y)(
    lambda x, y, z0: strictly(descent(y, z0, 3).z[3] - descent(x, z0, 3).z[3])
)
true("the-fit-stays", {"s": Real(0, 4), "steps": Int(1, 6)})(
    lambda s, steps: equal(descent(s, F(1), steps).z, 1)
)
true("what-is-erased-stays", {"s": Real(0, 5), "steps": Int(2, 6)})(
    lambda s, steps: equal(descent(s, 1 + 1 / s, steps).z[1:], 0)
)


@true("reaches-its-level", HIT, below=z0 < theta)
def _(s, z0, theta):
    steps = first_hit(s, None, theta, z0=z0)
    z = descent(s, z0, steps).z
    return forall(z[steps] - theta, strictly(theta - z[steps - 1]))


true("touches-zero", PLANE)(lambda x, y: (3 * x - 2 * y - 1) ** 2 * (1 + x))
true("three-squares-never-vanish", PLANE)(lambda x, y: strictly((x - y) ** 2 + (x - 1) ** 2 + (y - 2) ** 2))
true("no-cubes", {"a": Int(1, 200), "b": Int(1, 200), "c": Int(1, 200)})(
    lambda a, b, c: strictly(abs(a**3 + b**3 - c**3))
)
true("long-powers", {"n": Int(2, 10**6), "k": Int(2, 30)})(lambda n, k: n**k - (n - 1) ** k - 1)


@true("small-steps-never-fit", {"problem": SMALL, "eta": Real(0, F(1, 8)), "steps": Int(1, 4)})
def _(problem, eta, steps):
    W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, steps).W
    return strictly(frobenius(problem.Sxx @ W[-1] - problem.Sxy))


@true("a-fitted-network-stays", {"problem": SMALL, "eta": Real(0, 1)})
def _(problem, eta):
    W = [problem.plateau(problem.m)] * 2
    moved = one_layer_descent(problem.Sxx, problem.Sxy, W[0], eta, 2).W
    return equal(moved[-1], W[1])


@true("an-empty-network-stays", {"problem": SMALL, "eta": Real(0, 1)})
def _(problem, eta):
    start = 0 * problem.U[:, : problem.q], 0 * problem.V[:, : problem.q].T
    return equal(matrix_descent(problem.Sxx, problem.Sxy, *start, eta, 3).W, 0)
