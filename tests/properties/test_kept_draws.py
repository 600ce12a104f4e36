"""The same seed draws what it drew; see ``kept_draws.py``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from properties.library import load_catalogue
from tests.properties.kept_draws import DOMAINS, FILE, batches, of_claim, of_domain

KEPT = json.loads(FILE.read_text(encoding="utf-8"))
CLAIMS = load_catalogue()


def test_everything_is_kept() -> None:
    assert (list(KEPT["domains"]), list(KEPT["claims"])) == (list(DOMAINS), list(CLAIMS))


@pytest.mark.parametrize("name", DOMAINS)
def test_a_domain_gives_what_it_gave(name: str) -> None:
    assert of_domain(name) == KEPT["domains"][name]


@pytest.mark.parametrize("id", [pytest.param(c, id=f"{Path(CLAIMS[c].file).stem}:{c}") for c in CLAIMS])
def test_a_claim_draws_what_it_drew(id: str) -> None:
    assert of_claim(CLAIMS[id]) == KEPT["claims"][id]


def test_scouts_draw_what_they_drew() -> None:
    found = batches()
    assert list(found) == list(KEPT["batches"])
    for name, numbers in found.items():
        assert numbers == pytest.approx(KEPT["batches"][name], rel=1e-9, abs=1e-12), name
