"""Every claim that should hold has broken twins, and the same check refutes each of them."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import tests.quality
from rankladder.language.library import load_catalogue
from rankladder.language.verdict import Expectation, Verdict
from rankladder.search.check import check_claim
from tests.quality.twin import TWINS

for _module in pkgutil.iter_modules(tests.quality.__path__):
    if _module.name.startswith("twins_"):
        importlib.import_module(f"tests.quality.{_module.name}")

HOLDING = [c.id for c in load_catalogue().values() if c.expects is Expectation.holds]


@pytest.mark.parametrize("claim_id", HOLDING)
def test_every_claim_has_at_least_two_twins(claim_id: str) -> None:
    own = [t for t in TWINS.values() if t.parent == claim_id]
    assert len(own) >= 2, f"{claim_id} has {len(own)} twins; add some to tests/quality/twins_*.py"


@pytest.mark.slow
@pytest.mark.parametrize("twin_id", sorted(TWINS))
def test_twin_is_refuted(twin_id: str) -> None:
    result = check_claim(TWINS[twin_id].claim(), seed=0)
    assert result.verdict is Verdict.refuted, (result.verdict, result.evidence)


@pytest.mark.parametrize("twin_id", sorted(TWINS)[::9])
def test_sampled_twin_is_refuted(twin_id: str) -> None:
    result = check_claim(TWINS[twin_id].claim(), seed=1)
    assert result.verdict is Verdict.refuted, (result.verdict, result.evidence)
