"""Every claim of the catalogue and every twin under the quick profile, and every proof, named by their module.

``-m by_module -k '[gd_sandwich:'`` takes those of ``properties/catalogue/gd_sandwich.py``: what mutants of that module meet.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import properties.proofs
import tests.quality
from properties.engine.checking import check_claim
from properties.library import load_catalogue
from properties.proving.proof import prove
from properties.stating.verdict import Expectation, Verdict
from tests.quality.twin import TWINS

for _module in pkgutil.iter_modules(tests.quality.__path__):
    if _module.name.startswith("twins_"):
        importlib.import_module(f"tests.quality.{_module.name}")

CLAIMS = load_catalogue()
MET = {
    Expectation.holds: (Verdict.proved, Verdict.certified, Verdict.tested),
    Expectation.refuted: (Verdict.refuted,),
    Expectation.open: tuple(v for v in Verdict if v is not Verdict.error),
}


PROOFS = [
    (module.name, claim_id)
    for module in pkgutil.iter_modules(properties.proofs.__path__)
    for claim_id in getattr(importlib.import_module(f"properties.proofs.{module.name}"), "PROOFS", {})
]


def named(claim_id: str, shown: str) -> object:
    return pytest.param(shown, id=f"{Path(CLAIMS[claim_id].file).stem}:{shown}")


@pytest.mark.by_module
@pytest.mark.parametrize("claim_id", [named(c, c) for c in CLAIMS])
def test_claim(claim_id: str) -> None:
    result = check_claim(CLAIMS[claim_id], profile="quick")
    assert result.verdict in MET[CLAIMS[claim_id].expects], (result.verdict, result.evidence)


@pytest.mark.by_module
@pytest.mark.parametrize("twin_id", [named(TWINS[t].parent, t) for t in sorted(TWINS)])
def test_twin(twin_id: str) -> None:
    result = check_claim(TWINS[twin_id].claim(), profile="quick")
    assert result.verdict is Verdict.refuted, (result.verdict, result.evidence)


@pytest.mark.by_module
@pytest.mark.parametrize("claim_id", [pytest.param(c, id=f"proofs-{module}:{c}") for module, c in PROOFS])
def test_proof(claim_id: str) -> None:
    made = prove(CLAIMS[claim_id])
    assert made is not None and made.status.shown, made and made.text()
