"""The survey: what it draws, moves and counts, seen from the claims that it looks at."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from rankladder import Claim, Int, Invertible, Matrix, Orthogonal, Problem, Real, Spectrum, claim
from rankladder.domains.randomness import RandomSource
from rankladder.language.verdict import Verdict
from rankladder.search.check import check_claim
from rankladder.search.draws import draw_instance, satisfies
from rankladder.search.judgement import judge
from rankladder.search.moves import resized
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


@pytest.fixture(scope="module")
def everything() -> Claim:
    @claim("survey.all", over=MADE)
    def made(n: int, U: Any, T: Any, lam: Any, A: Any) -> Any:
        assert U.shape == T.shape == (n, n)
        assert (lam.shape, A.shape) == ((n,), (n, 3))
        return 1 - np.trace(U) / n

    return made


def survey(made: Any, work: int = 300_000, seed: int = 1) -> Survey:
    found = Survey(made, seed, lambda instance: judge(made, instance))
    found.run(work)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_has_a_size_moves_with_it(everything: Claim, seed: int) -> None:
    source = RandomSource(seed)
    here = draw_instance(everything, source)
    for wanted in (6, 1, 4):
        here = resized(everything, here, "n", wanted, source)
        assert here["n"] == wanted and satisfies(everything, here) in (True, False)
        assert len(here["lam"]) == len(here["A"].rows) == here["U"].n == here["T"].n == wanted
    assert resized(everything, here, "steps", 399, source)["steps"] == 399


def test_the_same_seed_looks_at_the_same(everything: Claim) -> None:
    first, second = survey(everything), survey(everything)
    assert first.seen == second.seen > 100


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
