"""The catalogue of what stands beside the paper: every claim gets the verdict it expects, every twin falls."""

from __future__ import annotations

import pytest

from rankladder import catalogue, check
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Verdict
from rankladder.search.check import check_claim
from rankladder.storage.counterexamples import read, replay, stored_files

LAYERS = catalogue("layers")
CLAIMS = [pytest.param(c, id=c.id) for c in LAYERS.claims.values()]
TRUE = [p for p in CLAIMS if p.values[0].expects is Expectation.holds]
TWINS = [pytest.param(t, id=t.id) for p in TRUE for t in p.values[0].twins.values()]


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_has_the_verdict_it_expects(claim: Claim) -> None:
    result = check(claim, profile="quick")
    assert (
        result.verdict.positive if claim.expects is Expectation.holds else result.verdict is Verdict.refuted
    )


@pytest.mark.parametrize("claim", CLAIMS[::7])
def test_a_sample_has_the_verdict_it_expects(claim: Claim) -> None:
    result = check_claim(claim, profile="quick")
    assert (
        result.verdict.positive if claim.expects is Expectation.holds else result.verdict is Verdict.refuted
    )


@pytest.mark.parametrize("claim", TRUE)
def test_every_true_claim_has_two_twins(claim: Claim) -> None:
    assert len(claim.twins) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("twin", TWINS)
def test_twin_is_refuted(twin: Claim) -> None:
    assert check_claim(twin, seed=0).verdict is Verdict.refuted


def test_every_refuted_claim_keeps_a_counterexample_that_still_violates_it() -> None:
    kept = [replay(read(file), LAYERS.claims) for file in stored_files(LAYERS.counterexamples)]
    refuted = {c.id for c in LAYERS.claims.values() if c.expects is Expectation.refuted}
    assert {k.claim for k in kept} == refuted and all(k.outcome == "violates" for k in kept)
