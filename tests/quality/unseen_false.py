"""False claims that nothing in the engine was made for, written as a user would; every one must be refuted.

Constants are off by little, regions of failure are thin, statements are strict where equality occurs, identities
hold for symmetric or commuting matrices only.
"""

from fractions import Fraction as F

import numpy as np

from rankladder import (
    Int,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    claim,
    equal,
    exp,
    forall,
    iff,
    implies,
    least,
    lemma,
    log,
    log1p,
    logit,
    strictly,
    symbols,
)  # fmt: skip
from rankladder.language.statement import Claim
from rankladder.simulate import descent, first_hit, spectral_start  # fmt: skip
from tests.quality.false_matrices import NULL, null_mode
from tests.quality.shelf import stated_on

s, z0, x, y, theta = symbols("s z0 x y theta")
FALSE: list[Claim] = []
false = stated_on(FALSE, "unseen")
ORBIT = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 40)}
BELOW = {"s": Real(0, 2), "z0": Real(0, 1), "steps": Int(1, 12)}
HITS = {"s": Real(F(1, 50), 2), "z0": Real(F(1, 10**6), 1), "theta": Real(0, 1)}
UNIT = {"x": Real(0, 1)}
SQUARE = {"x": Real(0, 1), "y": Real(0, 1)}
SMALL = Problem(d=Int(1, 4), p=Int(1, 4), r=Int(1, 4))


# --- thresholds a little too large


false("no-overshoot-to-0.5005", BELOW, step=s <= F(5005, 10000))(
    lambda s, z0, steps: 1 - descent(s, z0, steps)
)


@false(
    "invariant-to-2.002", {"s": Real(0, 4), "z0": Real(0, 8)}, step=s <= F(2002, 1000), inside=s * z0 <= 2 + s
)
def _(s, z0):
    return 2 + s - s * descent(s, z0, 1).z[1]


# --- constants off by little


@false("upper-rate-0.1%-less", ORBIT, step=s < F(1, 2), start=z0 < 1)
def _(s, z0, steps):
    z = descent(s, z0, steps)
    return forall((logit(z0) - F(999, 1000) * log1p(-2 * s) * z.k - z.logit)[1:])


@false("lower-rate-0.1%-more", ORBIT, step=s < F(1, 2), start=z0 < 1)
def _(s, z0, steps):
    z = descent(s, z0, steps)
    return forall((z.logit - logit(z0) - F(2002, 1000) * log1p(s) * z.k)[1:])


@false("hit-1%-earlier", HITS, below=z0 < theta)
def _(s, z0, theta):
    bound = (log(1 / z0 - 1) + log(theta / (1 - theta))) / (2 * log1p(s))
    return strictly(F(99, 100) * bound + 1 - first_hit(s, log(z0), theta))


# --- strict where equality occurs


false("cubic-strictly-below-its-maximum", UNIT)(lambda x: strictly(F(4, 27) - x**2 * (1 - x)))
false("square-strictly-positive", UNIT)(lambda x: strictly((7 * x - 5) ** 2))
false("apart", SQUARE)(lambda x, y: strictly((x - y) ** 2))
false("spectrum-without-ties", {"d": Int(3, 6), "lam": Spectrum("d", F(1, 4), 4)})(
    lambda d, lam: strictly(forall(lam[:-2] - lam[2:]))
)


# --- thin regions of failure


false("off-zero-by-1e-12", UNIT)(lambda x: x - F(1, 10**12))
false("off-one-by-1e-6", SQUARE)(lambda x, y: 1 - F(1, 10**6) - x)
false("off-the-corner", {"x": Real(0, 1), "y": Real(0, 1), "z": Real(0, 1)})(
    lambda x, y, z: F(2999, 1000) - x - y - z
)
false("off-a-curve", SQUARE)(lambda x, y: abs(y - x**2) - F(1, 10**5))
false("off-a-point-1e-5-of-the-square", SQUARE)(
    lambda x, y: 1 - 2 * exp(-((x - F(37, 100)) ** 2 + (y - F(61, 100)) ** 2) * 10**5)
)
false("off-a-point-in-four-dimensions", {"x": Real(0, 1), "y": Real(0, 1), "z": Real(0, 1), "w": Real(0, 1)})(
    lambda x, y, z, w: (x - F(1, 3)) ** 2 + (y - x * x) ** 2 + (z - y) ** 2 + (w - F(4, 5)) ** 2 - F(1, 10**4)
)
false("ratio-off-one", {"x": Real(0, 1000), "y": Real(0, 1)})(
    lambda x, y: abs(log(x / y)) - F(1, 10**3) + abs(y - F(1, 2))
)
false("below-a-million", {"x": Real()})(lambda x: 10**6 - x)


# --- integers


false("integer-below-its-end", {"n": Int(1, 100_000)})(lambda n: 98_765 - n)
false("one-pair-of-1600", {"m": Int(1, 40), "n": Int(1, 40)})(lambda m, n: -1 if (m, n) == (17, 23) else 1)


@false("always-prime", {"n": Int(1, 60)})
def _(n):
    value = n * n - n + 41
    return 1 if all(value % q for q in range(2, 50) if q < value) else -1


false("late", {"s": Real(F(1, 100), F(1, 50)), "z0": Real(0, F(1, 1000)), "steps": Int(1, 400)})(
    lambda s, z0, steps: F(999, 1000) - descent(s, z0, steps)
)
false("huge-delta", {"s": Real(F(1, 16), F(1, 2)), "delta": Real(1, 10**6)})(
    lambda s, delta: F(999999, 1000000) * delta / log1p(s) + F(3, 2) - first_hit(s, -2 * delta, F(1, 2))
)


# --- equivalences, sizes and rounding


false("iff-orders", {"a": Real(0, 4), "b": Real(0, 4), "c": Real(0, 4), "d": Real(0, 4)})(
    lambda a, b, c, d: iff(a - b, a**2 / c - b**2 / d)
)
false("iff-root-of-two", {"x": Real(0, 2)})(lambda x: iff(x * x - 2, x - F(14142, 10000)))
false("implies-in-a-corner", {"x": Real(0, 2), "y": Real(0, 2)})(
    lambda x, y: implies(x + y - F(399, 100), x * y - F(3985, 1000))
)
false("tiny-margins", UNIT)(lambda x: F(1, 10**400) * (F(99, 100) - x))
false("huge-margins", UNIT)(lambda x: F(10**300) * (F(999, 1000) - x))
false("equal-but-for-1e-30", SQUARE)(
    lambda x, y: equal((x + y) ** 2, (x * x + 2 * x * y + y * y) * (1 + F(1, 10**30)))
)
false("below-rounding", SQUARE)(
    lambda x, y: (x * x + 2 * x * y + y * y) - (x + y) ** 2 - F(1, 10**25) * (y - x)
)


# --- matrices: the transpose, the wrong side, a factor


@false(
    "trace-in-another-order",
    {"n": Int(1, 4), "A": Orthogonal("n"), "B": Orthogonal("n"), "C": Orthogonal("n")},
)
def _(n, A, B, C):
    return equal(np.trace(A @ B @ C), np.trace(A @ C @ B))


@false("every-place-starts", {"problem": SMALL, "delta": Real(0, 3)})
def _(problem, delta):
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    return strictly(forall(np.diagonal(problem.U.T @ W1 @ W2 @ problem.V)))


# --- only exploring reaches these within its minute

NULL_MODE = claim("unseen.rare-null-mode", over=NULL)(null_mode)


@claim("unseen.rare-spectrum", over={"d": Int(1, 8), "lam": Spectrum("d", F(1, 4), 4)})
def spectrum(d, lam):
    """Eight eigenvalues close to the upper end."""
    return 30 - lam.sum()


@claim("unseen.rare-point", over=SQUARE)
def point(x, y):
    """The least margins lie elsewhere."""
    return least(
        F(1, 100) + (x - F(1, 5)) ** 2, abs(x - F(7777, 10000)) * 100 + abs(y - F(3, 10)) * 10 - F(1, 10)
    )


@claim("unseen.rare-tie", over=SQUARE)
def tie(x, y):
    """Equality at one point, which is no binary fraction."""
    return strictly((x - y) ** 2 + (3 * x - 1) ** 2)


RARE = [NULL_MODE, spectrum, point, tie]

# --- what a solver refutes and no draw meets

SOLVED = [lemma("unseen.solved", (17 * x - 5 * y) ** 2 + (31 * y - 19) ** 2 > 0, over=SQUARE)]
