"""Claims that fail on a thin set are refuted, at a place that exact arithmetic confirms; true ones beside them stay."""

from __future__ import annotations

import pytest

from rankladder.language.statement import Claim
from rankladder.language.verdict import Verdict
from rankladder.search.check import check_claim
from rankladder.search.draws import satisfies
from rankladder.search.judgement import judge
from tests.quality.thin_statements import FALSE, TRUE


def _name(stated: Claim) -> str:
    return stated.id.split(".", 1)[1]


def _is_refuted(claim: Claim, seed: int) -> None:
    result = check_claim(claim, seed=seed)
    assert result.verdict is Verdict.refuted, [e.detail for e in result.evidence]
    assert result.counterexample is not None
    assert satisfies(claim, result.counterexample) is True
    assert judge(claim, result.counterexample).outcome == "violated"


@pytest.mark.parametrize("claim", FALSE, ids=_name)
def test_what_fails_on_a_thin_set_is_refuted(claim: Claim) -> None:
    _is_refuted(claim, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("claim", FALSE, ids=_name)
def test_what_fails_on_a_thin_set_is_refuted_whatever_the_seed(claim: Claim, seed: int) -> None:
    _is_refuted(claim, seed)


@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_what_is_true_up_to_equality_is_left_alone(claim: Claim) -> None:
    result = check_claim(claim)
    assert result.verdict is Verdict.tested, [e.detail for e in result.evidence]
    assert not result.undecided
