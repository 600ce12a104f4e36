"""Every written proof asks what it asked: ranges, relations, shapes, invariants, and what it rests on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.proving.kept_obligations import FILE, WRITTEN, asked_by

KEPT = json.loads(FILE.read_text(encoding="utf-8"))


def same(one: Any, other: Any) -> bool:
    """Numbers up to rounding, all else exactly."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-8, abs=1e-18)
    return bool(one == other)


def test_what_every_proof_asks_is_kept() -> None:
    assert set(KEPT) == set(WRITTEN)


# named by their module too: what mutants of that module meet
@pytest.mark.parametrize(
    "id", [pytest.param(id, id=f"proofs-{WRITTEN[id][0]}:{id}") for id in sorted(WRITTEN)]
)
def test_a_proof_asks_what_it_asked(id: str) -> None:
    for found, kept in zip(asked_by(id), KEPT[id], strict=True):
        assert same(json.loads(json.dumps(found)), kept), (found, kept)
