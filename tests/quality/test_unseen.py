"""Claims from outside: false ones are refuted with a counterexample that stands, true ones are left alone."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from rankladder import Real, claim
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result, Verdict
from rankladder.search.check import check_claim
from rankladder.search.draws import satisfies
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.verdicts.evidence import with_proof
from tests.quality.unseen_false import FALSE, RARE, SOLVED
from tests.quality.unseen_true import TRUE


def _name(stated: Claim) -> str:
    return stated.id.split(".", 1)[1]


def _stands(claim: Claim, result: Result) -> None:
    assert result.verdict is Verdict.refuted, (result.verdict, [e.detail for e in result.evidence])
    assert result.counterexample is not None
    assert satisfies(claim, result.counterexample) is True
    assert judge(claim, result.counterexample).outcome == "violated"


@pytest.mark.parametrize("claim", [c for c in FALSE if c.id != "unseen.late"], ids=_name)
def test_a_false_claim_is_refuted(claim: Claim) -> None:
    _stands(claim, check_claim(claim))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("claim", FALSE, ids=_name)
def test_a_false_claim_is_refuted_whatever_the_seed(claim: Claim, seed: int) -> None:
    _stands(claim, check_claim(claim, seed=seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("claim", RARE, ids=_name)
def test_exploring_reaches_what_is_rare(claim: Claim, seed: int) -> None:
    found = explore_claim(claim, budget=600, seed=seed, most=6_000)
    assert found.verdict is Verdict.refuted
    assert found.simple is not None
    assert judge(claim, found.simple.instance).outcome == "violated"


@pytest.mark.parametrize("claim", SOLVED, ids=_name)
def test_a_solver_refutes_what_no_draw_meets(claim: Claim) -> None:
    tested = check_claim(claim, profile="quick")
    assert tested.verdict is Verdict.tested
    _stands(claim, with_proof(tested, claim))


@pytest.mark.slow
@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_a_true_claim_is_left_alone(claim: Claim) -> None:
    result = check_claim(claim)
    assert result.verdict is Verdict.tested, (result.verdict, [e.detail for e in result.evidence])
    assert not result.undecided


@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_a_true_claim_passes_a_quick_check(claim: Claim) -> None:
    assert check_claim(claim, profile="quick").verdict is Verdict.tested


def test_an_error_names_the_instance() -> None:
    @claim("unseen-odd.raises", over={"x": Real(0, 1)})
    def raises(x):
        if x > Fraction(9, 10):
            raise ValueError("too large")
        return x

    result = check_claim(raises)
    assert result.verdict is Verdict.error
    assert "too large" in result.evidence[0].detail
    assert ", at x=" in result.evidence[0].detail


@pytest.mark.parametrize("least", [0, 1])
def test_a_conclusion_that_throws_dice_is_an_error(least: int) -> None:
    @claim("unseen-odd.dice", over={"x": Real(0, 1)})
    def dice(x):
        return x + Fraction(random.randint(1, 10**6), 10**6) - 1 + least

    result = check_claim(dice)
    assert result.verdict is Verdict.error
    assert "the same margin each time" in result.evidence[0].detail
