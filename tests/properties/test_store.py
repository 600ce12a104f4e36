"""What is kept on disk: counterexamples, saved, read and replayed, and the rows that runs have finished."""

import json
import stat
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from rankladder import Real, claim, symbols
from rankladder.language.statement import Claim
from rankladder.storage.counterexamples import Stored, StoreError, known_witness, read, replay, save
from rankladder.storage.finished import Finished

x = symbols("x")
FOUND = Stored("store.half", None, "x=1/4", -0.25, 192, {"python": "3"})


def stated(id: str = "store.half", conclusion: Any = lambda x: x - F(1, 2)) -> Claim:
    return claim(id, over={"x": Real(-4, 4)}, given={"right": x > 0})(conclusion)


def test_what_is_saved_is_read_by_whoever_may_read_the_folder(tmp_path) -> None:
    for found in (FOUND, replace(FOUND, margin=float("-inf"), instance="x=é", dropped="right")):
        target = save(found, tmp_path / "new" / "store")
        assert read(target) == found
        assert stat.S_IMODE(target.stat().st_mode) == 0o644
        assert found.instance in target.read_text(encoding="utf-8")  # a person can read it
    assert len(list((tmp_path / "new" / "store").iterdir())) == 2  # nothing is left beside them


WRONG = "is no counterexample file: claim, instance and dropped must be text"
NO_JSON = "is no counterexample file: it holds no JSON document; give a file that"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"schema": 2}, "has schema 2, expected 1; explore the claim anew"),
        *(({name: value}, WRONG) for name, value in (("claim", 3), ("instance", None), ("dropped", 1),
                                                    ("versions", []), ("margin", "low"), ("bits", None), ("bits", float("inf")))),
        ({"schema": ..., "bits": ...}, "is no counterexample file: it lacks schema, bits;"),
        ("[1]", "is no counterexample file: it must hold an object with schema, claim, dropped, instance, margin"),
        ('{"sch', NO_JSON),
        pytest.param("[" * 200_000, NO_JSON, id="deep"),
        (None, "does not exist; give a file that rankladder explore wrote"),
    ],
)  # fmt: skip
def test_what_is_no_counterexample_file(content: Any, said: str, tmp_path) -> None:
    file = tmp_path / "x.json"
    if isinstance(content, dict):
        document = json.loads(save(FOUND, tmp_path).read_text()) | content
        content = json.dumps({name: value for name, value in document.items() if value is not ...})
    if content is not None:
        file.write_text(content)
    with pytest.raises(StoreError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file} {said}")


def test_the_witness_of_ones_own_claim_comes_from_the_store_and_still_is_one(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("RANKLADDER_STORE", str(tmp_path))
    half, other = stated("own/half"), stated("own/half.more")
    assert known_witness(half, None) is None
    found = replace(FOUND, claim="own/half")
    dropped = replace(found, dropped="right", instance="x=-1")
    others = replace(found, claim="own/half.more")
    for one in (replace(found, instance="x=3"), replace(found, instance="q=3"), dropped, others, found):
        save(one, tmp_path)
    (tmp_path / "own_half--torn.json").write_text("{")
    assert known_witness(half, None) == found
    assert known_witness(half, "right") == dropped
    assert known_witness(other, None) == others
    assert known_witness(half, "other") is None


@pytest.mark.parametrize(
    ("changes", "outcome", "margin", "note"),
    [
        ({}, "violates", -0.25, ""),
        ({"instance": "x=3"}, "holds now", 2.5, "the margin has changed sign"),
        ({"instance": "x=-1"}, "outside the claim's domain now", None, "the assumptions or domains have changed"),
        ({"instance": "x=-1", "dropped": "right"}, "violates", -1.5, ""),
        ({"dropped": "wrong"}, "claim gone", None, "Expected an assumption of store.half (right) but got 'wrong'"),
        ({"claim": "q"}, "claim gone", None, "no claim in the catalogue or in a --claims FILE has this id; name the file"),
        ({"instance": "x="}, "unreadable", None, ""),
        ({"claim": "undefined"}, "undecided", None, ""),
    ],
)  # fmt: skip
def test_what_a_replay_finds(changes: dict[str, Any], outcome: str, margin: float | None, note: str) -> None:
    claims = {"store.half": stated(), "undefined": stated("undefined", lambda x: np.log(x - 4))}
    told = replay(replace(FOUND, **changes), claims).to_json()
    assert (told["outcome"], told["margin"], told["stored_margin"]) == (outcome, margin, -0.25)
    assert told["note"].startswith(note)


def test_a_row_belongs_to_its_key_its_settings_and_its_version(tmp_path) -> None:
    file = tmp_path / "new" / "rows"
    rows = Finished({"seed": 0, "targets": ("a",)}, file)
    assert rows.get("GD-4", "v") is None and not file.exists()
    rows.keep("GD-4", "v", {"needed": True, "margin": 0.1}, b"columns")
    same = Finished({"targets": ["a"], "seed": 0}, file)
    assert same.get("GD-4", "v") == {"needed": True, "margin": 0.1}
    assert same.data("GD-4", "v") == b"columns"
    assert rows.get("GD-5", "v") is rows.get("GD-4", "w") is None
    assert Finished({"seed": 1, "targets": ("a",)}, file).get("GD-4", "v") is None
    rows.keep("GD-4", "w", {"needed": False})
    assert rows.get("GD-4", "w") == {"needed": False} and rows.get("GD-4", "v") is None


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_file_holds_nothing_and_is_made_anew(damage: bytes, tmp_path) -> None:
    rows = Finished({}, tmp_path / "rows")
    rows.keep("a", "v", {"n": 1})
    rows.file.write_bytes(damage)
    assert rows.get("a", "v") is None
    with pytest.raises(OSError, match="not there any more"):
        rows.data("a", "v")
    rows.keep("a", "v", {"n": 2})
    assert rows.get("a", "v") == {"n": 2}
