"""No false neighbour of a proved claim is proved: each twin is sent to the prover with the hints of the claim."""

from dataclasses import replace
from typing import Any

import pytest

from rankladder.language.catalogue import Catalogue, catalogue
from rankladder.language.verdict import Expectation
from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from rankladder.proof.result import Proof

HOME = catalogue()
CLAIMS = [c for c in HOME.claims.values() if c.expects is Expectation.holds]


def tried(home: Catalogue, twin: Any, id: str, patch: pytest.MonkeyPatch) -> Proof | None:
    """What the prover says of a twin that takes the place of the claim."""
    if id not in home.written_proofs:
        return prove(twin)
    patch.setitem(vars(home), "claims", {**home.claims, id: replace(twin, id=id)})
    found = home.written_proofs[id]()
    return found if isinstance(found, Proof) else Proof(id, "", tuple(found))


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_no_twin_is_proved(claim: Any, monkeypatch) -> None:
    assert claim.twins
    for slug, twin in claim.twins.items():
        with monkeypatch.context() as patch:
            made = tried(HOME, twin, claim.id, patch)
        # "tested" is no proof of the claim: what was shown is joined to it by a text alone
        assert made is None or made.status not in (Status.proved, Status.certified), f"{slug}: {made.text()}"
        print(claim.id, slug, "no way is known" if made is None else made.status)  # with -s: how many
