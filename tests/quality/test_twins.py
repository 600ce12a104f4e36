"""Every claim that should hold has false neighbours, its twins, and the same check refutes each of them."""

from __future__ import annotations

import pytest

from rankladder.language.library import load_catalogue
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Verdict
from rankladder.search.check import check_claim

CLAIMS = load_catalogue().values()
TWINS = [pytest.param(twin, id=twin.id) for claim in CLAIMS for twin in claim.twins.values()]


@pytest.mark.parametrize(
    "claim", [pytest.param(c, id=c.id) for c in CLAIMS if c.expects is Expectation.holds]
)
def test_every_claim_has_at_least_two_twins(claim: Claim) -> None:
    assert len(claim.twins) >= 2, f"{claim.id} has {len(claim.twins)}; state one more by .twin(...) below it"


@pytest.mark.slow
@pytest.mark.parametrize("twin", TWINS)
def test_twin_is_refuted(twin: Claim) -> None:
    result = check_claim(twin, seed=0)
    assert result.verdict is Verdict.refuted, (result.verdict, result.evidence)


@pytest.mark.parametrize("twin", TWINS[::9])
def test_sampled_twin_is_refuted(twin: Claim) -> None:
    result = check_claim(twin, seed=1)
    assert result.verdict is Verdict.refuted, (result.verdict, result.evidence)
