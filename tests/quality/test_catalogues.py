"""Every claim of every catalogue has the verdict it expects, each of its false neighbours falls, and what is kept violates."""

import re

import pytest

from rankladder import Catalogue, Claim, check
from rankladder.language.catalogue import catalogue, catalogues
from rankladder.language.verdict import Expectation, Verdict
from rankladder.search.check import check_claim
from rankladder.storage.counterexamples import kept_witness, read, replay, stored_files

OURS = [c for c in map(catalogue, catalogues()) if c.package.startswith("rankladder.properties.")]
CLAIMS = [claim for home in OURS for claim in home.claims.values()]
TRUE = [claim for claim in CLAIMS if claim.expects is Expectation.holds]
TWINS = [twin for claim in TRUE for twin in claim.twins.values()]
# those of the paper are what the command checks when it is told nothing, those of diagonal have test_diagonal
BESIDE = list(catalogue("layers").claims.values())
DEAR = {"MOM-2.energy"}  # its proof takes most of a minute


def _id(claim: Claim) -> str:
    return claim.id


def test_every_true_claim_has_twins() -> None:
    few = [c.id for c in TRUE if len(c.twins) < (1 if c.id.startswith("DLN") else 2)]
    assert few == [], "state more by .twin(...)"


def test_no_command_of_a_formula_runs_into_the_word_after_it() -> None:
    formulas = {c.id: c.statement for c in CLAIMS}
    assert [
        id
        for id, text in formulas.items()
        if re.search(r"\\(quad|le|ge|in|to|eta|mu)[A-Z]|\\quad[a-z]", text)
    ] == []


@pytest.mark.slow
@pytest.mark.parametrize("twin", TWINS, ids=_id)
def test_twin_is_refuted(twin: Claim) -> None:
    result = check_claim(twin, seed=0)
    assert result.verdict is Verdict.refuted, (result.verdict, result.evidence)


@pytest.mark.parametrize("twin", TWINS[::60], ids=_id)
def test_sampled_twin_is_refuted(twin: Claim) -> None:
    result = check_claim(twin, seed=1)
    assert result.verdict is Verdict.refuted, (result.verdict, result.evidence)


@pytest.mark.parametrize(
    "claim",
    [pytest.param(c, marks=[pytest.mark.slow] * (i % 9 > 0 or c.id in DEAR)) for i, c in enumerate(BESIDE)],
    ids=_id,
)
def test_every_claim_has_the_verdict_it_expects(claim: Claim) -> None:
    assert check(claim, profile="quick").as_expected


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 6])
@pytest.mark.parametrize("home", OURS, ids=lambda home: home.name)
def test_each_kept_counterexample_violates_and_every_false_claim_has_one(home: Catalogue, every: int) -> None:
    kept = [read(file) for file in list(stored_files(home.counterexamples))[::every]]
    found = [replay(one, home.claims) for one in kept]
    # the margin beside a counterexample is its own, also after the claim was stated anew
    assert [one.margin for one in kept] == pytest.approx([r.margin for r in found], rel=1e-6)
    assert [(r.claim, r.dropped, r.note) for r in found if r.outcome != "violates"] == []
    false = [c for c in home.claims.values() if c.expects is Expectation.refuted]
    assert found and [c.id for c in false if kept_witness(c, None) is None] == []
