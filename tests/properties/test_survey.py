"""The survey: what it draws, moves and counts, seen from the claims that it looks at."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from rankladder import Int, Invertible, Matrix, Orthogonal, Problem, Real, Spectrum, claim
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.verdict import Verdict
from rankladder.search.check import check_claim
from rankladder.search.draws import draw_instance, satisfies
from rankladder.search.judgement import judge
from rankladder.search.moves import dressed, moved, resized, unframed
from rankladder.search.survey import Survey

MADE = {
    "n": Int(1, 6),
    "steps": Int(1, 400),
    "U": Orthogonal("n"),
    "T": Invertible("n"),
    "lam": Spectrum("n"),
    "A": Matrix("n", 3),
    "problem": Problem(d=Int(2, 5), p=Int(2, 5), r=Int(2, 5)),
    "eta": Real(0, 1),
}


@claim("survey.all", over=MADE)
def everything(n: int, U: Any, T: Any, lam: Any, A: Any) -> Any:
    assert U.shape == T.shape == (n, n)
    assert (lam.shape, A.shape) == ((n,), (n, 3))
    return 1 - np.trace(U) / n


def survey(made: Any, work: int = 300_000, seed: int = 1) -> Survey:
    found = Survey(made, seed, lambda instance: judge(made, instance))
    found.run(work)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_has_a_size_moves_with_it(seed: int) -> None:
    source = RandomSource(seed)
    here = draw_instance(everything, source)
    for wanted in (6, 1, 4):
        here = resized(everything, here, "n", wanted, source)
        assert here["n"] == wanted and satisfies(everything, here) in (True, False)
        assert len(here["lam"]) == len(here["A"].rows) == here["U"].n == here["T"].n == wanted
    assert resized(everything, here, "steps", 399, source)["steps"] == 399


@pytest.mark.parametrize("kind", ["commuting", "whitened", "autoencoder", "noncommuting"])
def test_a_problem_moves_through_its_shapes_and_modes_and_stays_one(kind: Any) -> None:
    made = claim(
        f"survey.{kind}", over={"problem": Problem(kind=kind, d=Int(2, 4), p=Int(2, 4), r=Int(1, 4))}
    )(lambda problem: problem.lam)
    source, here, shapes = RandomSource(3), None, set()
    for _ in range(2000):
        try:
            there = draw_instance(made, source) if here is None else moved(made, here, source)
        except Infeasible:
            continue
        if satisfies(made, there) is True:
            here = there
            shapes.add((*here["problem"].shape, len(here["problem"].sigma)))
    assert {r for _, _, r, _ in shapes} == {1, 2, 3, 4}
    assert {d for d, _, _, _ in shapes} == {2, 3, 4}
    assert {m for _, _, _, m in shapes} >= {1, 2, 3}


def test_ties_ends_and_simple_frames_are_drawn_on_purpose() -> None:
    made = claim("survey.problem", over={"problem": MADE["problem"]})(lambda problem: problem.lam)
    source = RandomSource(5)
    problems = [dressed(made, draw_instance(made, source), source)["problem"] for _ in range(300)]
    several = [p for p in problems if len(p.sigma) > 1]
    assert sum(len(set(p.sigma)) < len(p.sigma) for p in several) > len(several) / 10
    assert sum(p.sigma[0] in p.lam for p in several) > len(several) / 10
    assert sum(set(p.sigma) <= {F(1, 4), F(4)} for p in several) > len(several) / 20
    assert sum(not p.U.vectors for p in problems) > len(problems) / 10


def test_in_the_simplest_frames_matrices_are_diagonal() -> None:
    bare = unframed(everything, draw_instance(everything, RandomSource(2)))
    assert not bare["U"].vectors and not bare["problem"].Q.vectors
    assert all(x == 0 for i, row in enumerate(bare["A"].rows) for j, x in enumerate(row) if i != j)


def test_the_same_seed_looks_at_the_same() -> None:
    first, second = survey(everything), survey(everything)
    assert first.seen == second.seen > 100


def test_a_costly_conclusion_is_looked_at_less() -> None:
    def summed(times: int) -> Any:
        return lambda A: 100 - sum(A.sum() for _ in range(times))

    cheap, costly = (claim(f"survey.cost-{n}", over={"A": Matrix(2, 2)})(summed(n)) for n in (1, 400))
    assert survey(cheap).seen > 3 * survey(costly).seen > 0


def test_a_conclusion_without_a_float_is_left_to_the_judge() -> None:
    @claim("survey.balls", over={"A": Matrix(1, 1)})
    def balls(A: Any) -> Any:
        return 3 - abs(A[0, 0].arb)

    assert survey(balls).seen < 30
    assert check_claim(balls, profile="quick").scouted < 30


def test_branching_on_numbers_is_looked_at_in_float64_too() -> None:
    @claim("survey.branch", over={"x": Real(0, 1), "y": Real(0, 1)})
    def branch(x: Any, y: Any) -> Any:
        return 1 if x < y else x - y - F(1, 10**6)

    result = check_claim(branch)
    assert result.verdict is Verdict.refuted and result.scouted


def test_a_margin_with_units_does_not_lead_to_small_units() -> None:
    @claim("survey.units", over={"lam": Spectrum(4, F(1, 1000), 1000), "x": Matrix(4, 1)})
    def units(lam: Any, x: Any) -> Any:
        # fails only where the largest is above 900, and is least where all are small
        return lam[0] ** 2 * (900 - lam[0]) + lam[1:].sum()

    assert check_claim(units).verdict is Verdict.refuted
