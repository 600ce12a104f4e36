"""Every claim of the catalogue says what it said: its assumptions hold, and its margin is what it was, at kept instances."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from properties.engine.drawing import satisfies
from properties.engine.judging import judge
from properties.library import load_catalogue
from properties.parsing import fitted, parse_instance
from tests.quality.kept_margins import FILE

CLAIMS = load_catalogue()
KEPT = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_claim_has_margins() -> None:
    assert [id for id in CLAIMS if not KEPT.get(id)] == []
    assert set(KEPT) <= set(CLAIMS)


# named by their module too: what mutants of that module meet
@pytest.mark.parametrize("id", [pytest.param(c, id=f"{Path(CLAIMS[c].file).stem}:{c}") for c in CLAIMS])
def test_a_claim_has_the_margins_it_had(id: str) -> None:
    claim = CLAIMS[id]
    for text, margin in KEPT.get(id, {}).items():
        instance = fitted(parse_instance(text), claim.over)
        assert satisfies(claim, instance) is True
        # flows are integrated in float64, up to their tolerance
        assert judge(claim, instance).margin == pytest.approx(margin, rel=1e-6, abs=1e-30), text
