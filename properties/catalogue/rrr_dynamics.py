"""RRR-4 and RRR-5: numerical rank along the orbit, and the stability of plateaus inside their rank."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from properties import (
    Int,
    Problem,
    Real,
    claim,
    equal,
    exists,
    exp,
    forall,
    iff,
    least,
    most,
    sqrt,
    strictly,
    symbols,
)
from properties.catalogue.rrr import distinct_gains, leads
from simulate import hessian_two_layer, matrix_descent, midpoints, spectral_start
from theory import unstable_rate

Array = np.ndarray[Any, Any]
s1, theta, delta = symbols("s1 theta delta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated"


def fractions(problem: Any, s1: Any, delta: Any, times: list[int]) -> Array:
    """Learned fractions z_i = lam_i w_i/sigma_i, read from the factors of the matrix orbit (times, m)."""
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], times)
    w = [np.diagonal((problem.U.T @ A) @ (C @ problem.V)) for A, C in zip(orbit.W1, orbit.W2, strict=True)]
    fitted: Array = np.stack([each[: problem.m] for each in w]) / problem.omega
    return fitted


def horizon(problem: Any, s1: Any, delta: Any) -> int:
    """Steps after which the slowest active mode has passed 999/1000."""
    slowest = float(midpoints(s1 * problem.sigma[-1] / problem.sigma[0]))
    ratio = float(midpoints(problem.lam[problem.m - 1] / problem.sigma[-1]))
    return 3 + int((2 * float(midpoints(delta)) + max(0.0, -np.log(ratio)) + 8) / (2 * np.log1p(slowest)))


def rank_grows(problem: Any, s1: Any, delta: Any, theta: Any, every: int = 1) -> Any:
    """No mode at or above theta ever falls below it; none is there at first, all are in the end."""
    last = horizon(problem, s1, delta)
    marks = sorted({last * i // 8 for i in range(9)})
    times = sorted({*marks, *(k + every for k in marks)})
    z = fractions(problem, s1, delta, times)
    here, there = ([times.index(k + shift) for k in marks] for shift in (0, every))
    # at or below theta now, or at or above it later: no mode falls through the level
    stays = [exists(theta - a, b - theta) for a, b in zip(z[here].ravel(), z[there].ravel(), strict=True)]
    return forall(*stays, theta - z[0], z[-1] - theta)


def starts_below(problem, delta, theta):  # type: ignore[no-untyped-def]
    """Max z_i(0) < theta."""
    z0 = problem.lam[: problem.m] * exp(-2 * delta) / problem.sigma
    return strictly(theta - most(z0))


ORBIT = {
    "problem": Problem(modes=Int(1, 4), sigma=(1, 4)),
    "s1": Real(Fraction(1, 4), 2),
    "theta": Real(0, 1),
    "delta": Real(-1, 4),
}


@claim(
    "RRR-4.count",
    title="matrices: the numerical rank at level theta never falls under descent, from 0 to m",
    statement=r"\eta\sigma_1 \le \tfrac12,\ \max z_i(0) < \theta < 1:\ \#\{i: z_i(k) \ge \theta\} \text{ is nondecreasing, from } 0 \text{ to } m",
    source=PAPER,
    over=ORBIT,
    given={"small-step": 2 * s1 <= 1, "low-level": theta < Fraction(99, 100), "small-start": starts_below},
)
def _(problem, s1, theta, delta):  # type: ignore[no-untyped-def]
    return rank_grows(problem, s1, delta, theta)


@claim(
    "RRR-4.not-effective-rank",
    title="matrices: the effective rank (sum w)^2/sum w^2 never falls under descent",
    statement=r"(\textstyle\sum_i w_i)^2/\sum_i w_i^2 \text{ is nondecreasing}",
    source="this project",
    over={k: v for k, v in ORBIT.items() if k != "theta"},
    given={"small-step": 2 * s1 <= 1},
    expects="refuted",
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    last = horizon(problem, s1, delta)
    times = sorted({last * i // 8 for i in range(9)})
    w = fractions(problem, s1, delta, times) * problem.omega
    rank = w.sum(axis=1) ** 2 / (w * w).sum(axis=1)
    return forall(rank[1:] - rank[:-1])


def plateau_hessian(problem: Any, j: int) -> tuple[Array, Array]:
    """Hessian at the balanced plateau of rank j with r = j, in the joint frame: the block that mixes
    learned mode i with unlearned l, and the directions (l, i) of both factors.
    """
    roots = sqrt(problem.omega[:j])
    W1 = problem.U[:, :j] * roots
    W2 = (problem.V[:, :j] * roots).T
    return hessian_two_layer(problem.Sxx, problem.Sxy, W1, W2), roots


def turning_blocks(problem: Any, j: int) -> list[tuple[int, int, Array]]:
    """For each learned i and each other active l: the 2x2 Hessian on the directions that turn i towards l."""
    H, _ = plateau_hessian(problem, j)
    d, p = problem.d, problem.p
    blocks = []
    for i in range(j):
        for other in range(j, problem.m):
            first = np.zeros((d, j), dtype=object)
            second = np.zeros((j, p), dtype=object)
            first[:, i], second[i, :] = problem.U[:, other], problem.V[:, other]
            directions = np.stack(
                [
                    np.concatenate([first.ravel(), 0 * second.ravel()]),
                    np.concatenate([0 * first.ravel(), second.ravel()]),
                ]
            )
            blocks.append((i, other, directions @ H @ directions.T))
    return blocks


def stable_iff(problem: Any) -> Any:
    """At every rank below m the Hessian inside the rank turns no mode iff the modes lead in sigma^2/lam."""
    if problem.m == 1:
        return 0 * problem.sigma[0]
    margins = []
    for j in range(1, problem.m):
        dets = [b[0, 0] * b[1, 1] - b[0, 1] * b[1, 0] for _, _, b in turning_blocks(problem, j)]
        margins.append(iff(least(*dets), leads(problem, j)))
    return forall(*margins)


@claim(
    "RRR-5.iff",
    title="matrices: a plateau is stable inside its rank iff its modes lead in sigma^2/lam",
    statement=r"\nabla^2 f|_{\mathrm{rank}\,j} \succeq 0 \iff \{1..j\} \text{ leads in } \sigma_i^2/\lambda_i",
    source="this project",
    over={"problem": Problem(d=Int(1, 5), p=Int(1, 5), r=Int(1, 5), modes=Int(1, 4))},
    given={"distinct-gains": distinct_gains},
)
def _(problem):  # type: ignore[no-untyped-def]
    return stable_iff(problem)


@claim(
    "RRR-5.rate",
    title="matrices: the Hessian of the pair (1, 2) has the eigenvalue -mu of the quadratic",
    statement=r"\mu^2 + (\lambda_2\omega_1 + \sigma_1)\mu + \lambda_2\omega_1\sigma_1 - \sigma_2^2 = 0",
    source="this project",
    over={"problem": Problem(d=Int(2, 5), p=Int(2, 5), r=Int(2, 5), modes=Int(2, 4))},
)
def _(problem):  # type: ignore[no-untyped-def]
    return rate_fits(problem)


def rate_fits(problem: Any, rate: Any = unstable_rate) -> Any:
    """``det(block + mu) = 0`` for the theory's mu, and mu > 0 iff mode 2 has the larger gain."""
    _, _, block = turning_blocks(problem, 1)[0]
    mu = rate(problem.sigma[0], problem.lam[0], problem.sigma[1], problem.lam[1])
    return equal((block[0, 0] + mu) * (block[1, 1] + mu), block[0, 1] * block[1, 0])
