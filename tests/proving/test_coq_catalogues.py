"""Every claim about numbers that has a file for Coq, in every catalogue: Coq accepts it, and none of its twins' files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rankladder.language.catalogue import Catalogue, catalogue, catalogues
from rankladder.language.verdict import Expectation
from rankladder.proof.coq import coq_theorem
from rankladder.proof.coq_text import NoCoqForm
from rankladder.proof.coqc import coq_version, judged_by_coq
from rankladder.proof.parts import Part, Status
from rankladder.proof.proof import prove
from rankladder.proof.result import Proof
from tests.proving.test_twins import tried

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not coq_version(), reason="coqc is not installed: apt-get install coq"),
]
CLAIMS = [
    (home, claim)
    for home in map(catalogue, catalogues())
    for claim in home.claims.values()
    if claim.expects is Expectation.holds and claim.scalar
]
# what the page on Coq says of gidel2019
ACCEPTED = {
    "FLOW-5.active", "FLOW-5.limit", "FLOW-5.null", "GD-3.in-range", "GD-3.orbit", "GD-3.step", "GD-4.lower", "GD-4.upper",
    "GD-6.lower", "GD-6.upper", "GD-7.after", "GD-7.before", "LIMIT-1.at", "LIMIT-1.before", "LIMIT-1.half-on-autoencoders",
    "LIMIT-2.fitted", "LIMIT-2.growth", "LOSS-3.descent", "STEP-1.limit", "STEP-1.monotone", "STEP-3.repelling-top", "STEP-4.almost-every",
    "STEP-4.gap", "STEP-5.iff", "STEP-5.lemma", "STEP-5.peak",
}  # fmt: skip


def with_hints_of(proof: Proof, made: Proof) -> Proof:
    """The attempt at a twin as if it were a proof: where it found no identity, with that of its claim."""
    # of one with the factors of known sign the part that was found, which a twin may share
    hints = [p.identities and (p.identities.kept or p.identities) for p in proof.parts]
    hints += [None] * (len(made.parts) - len(hints))
    parts = [
        replace(p, identities=replace(p.identities, node=hint.node))
        if p.identities and hint and p.identities.node is None
        else p
        for p, hint in zip(made.parts, hints, strict=False)
    ]
    shown = tuple(replace(p, status=Status.proved) for p in parts)
    return replace(made, parts=shown, counterexample=None)


def judged(proof: Proof) -> Part | None:
    """What Coq says of the file of a proof; None where it has none."""
    try:
        text = coq_theorem(proof)
    except (NoCoqForm, IndexError, KeyError, TypeError) as reason:  # the hints do not even fit
        print(f"{proof.claim}: no file: {reason}")  # with -s
        return None
    part = judged_by_coq(Path("theorem.v"), text)
    print(f"{proof.claim}: {part.status}: {part.detail}: {part.statement}")
    return part


@pytest.mark.parametrize(("home", "claim"), CLAIMS, ids=[claim.id for _, claim in CLAIMS])
def test_a_claim_is_accepted_and_its_twins_are_not(home: Catalogue, claim: Any, monkeypatch) -> None:
    proof = prove(claim)
    part = None if proof is None else judged(proof)
    if part is None:
        assert claim.id not in ACCEPTED
        return
    assert part.status is Status.proved, part.detail
    for slug, twin in claim.twins.items():
        with monkeypatch.context() as patch:
            made = tried(home, twin, claim.id, patch)
        found = None if made is None else judged(with_hints_of(proof, made))
        assert found is None or found.status is not Status.proved, f"{slug}: {found.statement}"
