"""Thresholds of claims over matrices: close to what a proof gives, the same for every seed, and no more than shown."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from rankladder import Int, Matrix, Orthogonal, Problem, Real, Spectrum, claim, forall
from rankladder.language.library import load_catalogue
from rankladder.language.statement import Claim
from rankladder.search.explore import explore_claim
from rankladder.simulate import matrix_descent, one_layer_descent, spectral_start
from rankladder.verdicts import boundary as find_boundary

N = Int(2, 3)
SMALL = Problem(d=Int(1, 3), p=Int(1, 3), r=Int(1, 3))
KNOWN: dict[str, tuple[Claim, float]] = {}


def square(x: Any) -> Any:
    return (np.asarray(x) ** 2).sum()


def known(threshold: float, /, **over: Any) -> Callable[[Callable[..., Any]], None]:
    # the claims get no names in this module, where pytest would check them over their whole domain
    def decorate(conclusion: Callable[..., Any]) -> None:
        made = claim(f"t-edge-{conclusion.__name__}", over=over)(conclusion)
        KNOWN[conclusion.__name__] = (made, threshold)

    return decorate


@known(2, n=N, A=Matrix("n", "n"), B=Matrix("n", "n"), c=Real(0, 7))
def parallelogram(n, A, B, c):
    return c * (square(A) + square(B)) - square(A + B)


@known(1, n=N, A=Matrix("n", "n"), B=Matrix("n", "n"), c=Real(0, 3))
def product_norm(n, A, B, c):
    return c * square(A) * square(B) - square(A @ B)


@known(4, n=Int(1, 4), A=Matrix("n", "n"), c=Real(0, 9))
def trace_and_norm(n, A, c):
    return c * square(A) - np.trace(A) ** 2


@known(2, n=N, A=Matrix("n", "n"), B=Matrix("n", "n"), c=Real(0, 5))
def commutator(n, A, B, c):  # Böttcher and Wenzel 2008
    return c * square(A) * square(B) - square(A @ B - B @ A)


@known(17 / 16, n=Int(2, 6), a=Spectrum("n", F(1, 4), 4), c=Real(0, 5))
def sum_over_largest(n, a, c):
    return a.sum() - c * a[0]


@known(4, n=N, Q=Orthogonal("n"), x=Matrix("n", 1), c=Real(0, 11))
def distance_of_a_rotation(n, Q, x, c):
    return c * square(x) - square(Q @ x - x)


@known(1 / 2, problem=Problem(kind="whitened", d=Int(1, 3), p=Int(1, 3), r=Int(1, 3)), s1=Real(0, 3),
       delta=Real(2, 5), steps=Int(1, 12))  # fmt: skip
def no_overshoot(problem, s1, delta, steps):
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], steps)
    w = np.diagonal(problem.U.T @ orbit.W1[-1] @ orbit.W2[-1] @ problem.V)[: problem.m]
    return forall(problem.omega - w)


@known(2, problem=SMALL, c=Real(0, 5), steps=Int(1, 4))
def one_layer_contracts(problem, c, steps):
    goal = problem.plateau(problem.m)
    W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, c / max(problem.lam), steps).W
    return square(W[-2] - goal) - square(W[-1] - goal)


FIRST = sorted(KNOWN)


@pytest.mark.slow
@pytest.mark.parametrize("name", FIRST)
def test_the_threshold_is_the_proved_one_for_every_seed(name: str) -> None:
    made, threshold = KNOWN[name]
    found = [
        find_boundary(made, "c" if "c" in made.over else "s1", seed=seed, budget=3000) for seed in range(5)
    ]
    for each in found:
        assert each.fails_at is not None
        assert abs(float(each.fails_at) - threshold) <= 0.05 * threshold
        assert each.witness is not None
        assert each.witness.judgement.outcome == "violated"
        assert each.kind != "proved"
    assert len({(each.kind, f"{each.estimate:.12g}") for each in found}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("id", ["RRR-2.whitened", "GD-9.plateaus"])
def test_what_no_polynomial_explains_is_one_sided_and_not_contradicted(id: str) -> None:
    made = load_catalogue()[id]
    found = [find_boundary(made, "s1", seed=seed, budget=3000) for seed in range(5)]
    assert {each.kind for each in found} == {"one-sided"}
    assert len({(each.fails_at, each.digits) for each in found}) == 1
    at = found[0].fails_at
    assert at is not None
    given = {n: a for n, a in made.given.items() if n not in found[0].set_aside}
    over = {**made.over, "s1": Real(F(1, 4), at * F(99, 100))}
    below = claim(f"t-below-{id}", over=over, given=given, constants=made.constants)(made.conclusion)
    assert explore_claim(below, budget=60).simple is None
