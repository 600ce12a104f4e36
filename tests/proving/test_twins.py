"""No false neighbour of a proved claim is proved: each twin is sent to the prover with the hints of the claim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rankladder.language.catalogue import catalogue
from rankladder.language.verdict import Expectation
from rankladder.proof.proof import Proof, prove, provable

HOME = catalogue()
CLAIMS = [c for c in HOME.claims.values() if c.expects is Expectation.holds and provable(c)]


def tried(twin: Any, id: str, patch: pytest.MonkeyPatch) -> Any:
    """What the prover says of a twin when it takes the place of the claim: status, and the summary."""
    if id not in HOME.written_proofs:
        made = prove(twin)
        return made
    patch.setitem(vars(HOME), "claims", {**HOME.claims, id: replace(twin, id=id)})
    try:
        found = HOME.written_proofs[id]()
    except Exception as error:
        return error
    return found if isinstance(found, Proof) else Proof(id, "", tuple(found))


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_no_twin_is_proved(claim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert claim.twins
    for slug, twin in claim.twins.items():
        with monkeypatch.context() as patch:
            made = tried(twin, claim.id, patch)
        assert isinstance(made, Exception) or not made.status.shown, f"{slug}: {made.text()}"
        print(claim.id, slug, made if isinstance(made, Exception) else made.status)
