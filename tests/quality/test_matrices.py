"""False claims over matrices are refuted with a counterexample that stands, whatever the seed; their true neighbours are not."""

from __future__ import annotations

import pytest

from rankladder.language.statement import Claim
from rankladder.language.verdict import Verdict
from rankladder.search.check import check_claim
from rankladder.search.draws import satisfies
from rankladder.search.judgement import judge
from tests.quality.false_matrices import FALSE, TRUE


def _name(stated: Claim) -> str:
    return stated.id.split(".", 1)[1]


def _refuted(claim: Claim, seed: int) -> None:
    result = check_claim(claim, seed=seed)
    assert result.verdict is Verdict.refuted, (result.verdict, result.margin, result.scouted)
    assert result.counterexample is not None
    assert satisfies(claim, result.counterexample) is True
    assert judge(claim, result.counterexample).outcome == "violated"


@pytest.mark.parametrize("claim", FALSE, ids=_name)
def test_a_false_claim_over_matrices_is_refuted(claim: Claim) -> None:
    _refuted(claim, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_false_claims_over_matrices_are_refuted_whatever_the_seed(seed: int) -> None:
    # one of them, null-modes-never-grow, is missed by one seed in ten
    missed = [c.id for c in FALSE if check_claim(c, seed=seed).verdict is not Verdict.refuted]
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_a_true_neighbour_is_left_alone(claim: Claim) -> None:
    result = check_claim(claim, profile="quick")
    assert result.verdict is Verdict.tested, (result.verdict, [e.detail for e in result.evidence])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_a_true_neighbour_is_left_alone_by_the_default_check(claim: Claim, seed: int) -> None:
    assert check_claim(claim, seed=seed).verdict is Verdict.tested
