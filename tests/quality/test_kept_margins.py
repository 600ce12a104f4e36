"""Every claim of the catalogue says what it said: its assumptions, its comparisons and its margin at kept instances."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from properties.engine.drawing import satisfies
from properties.library import load_catalogue
from properties.parsing import fitted, parse_instance
from tests.quality.kept_margins import FILE, entry_of, numbers_in

CLAIMS = load_catalogue()
KEPT = json.loads(FILE.read_text(encoding="utf-8"))
ANEW = "if the claim is meant to say something else now: python -m tests.quality.kept_margins"


def test_every_claim_has_an_instance_that_satisfies_its_assumptions() -> None:
    assert [id for id in CLAIMS if all("without" in kept for kept in KEPT.get(id, []))] == []
    assert set(KEPT) <= set(CLAIMS)


# the margins of balls are exact but for their middles; flows are integrated in float64, up to their tolerance
def same_numbers(found: Any, kept: Any, least: float) -> bool:
    one, other = ([None if x is None else float(x) for x in part] for part in (found, kept))
    return [x is None for x in one] == [x is None for x in other] and [
        x for x in one if x is not None
    ] == pytest.approx([x for x in other if x is not None], rel=1e-6, abs=least)


# named by their module too: what mutants of that module meet
@pytest.mark.parametrize("id", [pytest.param(c, id=f"{Path(CLAIMS[c].file).stem}:{c}") for c in CLAIMS])
def test_a_claim_says_what_it_said(id: str) -> None:
    for kept in KEPT.get(id, []):
        claim = CLAIMS[id].without(kept["without"]) if "without" in kept else CLAIMS[id]
        instance = fitted(parse_instance(kept["at"]), claim.over)
        where = f"at {kept['at']}" + (f", which breaks {kept['without']}" if "without" in kept else "")
        assert satisfies(claim, instance) is True, f"assumptions of {id} {where}\n{ANEW}"
        found = entry_of(claim, instance)
        assert same_numbers([found["margin"]], [kept["margin"]], 1e-30), f"margin of {id} {where}\n{ANEW}"
        for part in ("assumes", "says"):
            assert list(found[part]) == list(kept[part]), f"{part}: {id} {where}\n{ANEW}"
            for name, numbers in kept[part].items():
                made = found[part][name]
                assert same_numbers(made, numbers, 1e-9), (
                    f"{name} of {id} {where}: {made}, was {numbers}\n{ANEW}"
                )


def test_numbers_are_found_in_values_of_every_shape() -> None:
    from fractions import Fraction

    import numpy as np

    from simulate.balls import Ball

    value = (1, [Fraction(1, 2), np.array([[2.0, 3.0]])], Ball(4), "words", None, np.float64(5), True)
    assert list(numbers_in(value)) == [1, 0.5, 2, 3, 4, 5, 1]
