"""The store of counterexamples: what is saved is read and replayed, what is no counterexample is refused in a line."""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rankladder import Real, claim, symbols
from rankladder.language.catalogue import Catalogue
from rankladder.language.statement import Claim
from rankladder.storage.counterexamples import (
    Stored,
    StoreError,
    known_witness,
    read,
    replay,
    save,
    store_folder,
)
from rankladder.storage.files import tidy, whole

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


def test_what_killed_writers_left_is_cleared_away_and_what_is_being_written_is_not(tmp_path) -> None:
    for name in (".old.part", ".new.part", "old.json"):
        (tmp_path / name).touch()
    for name in (".old.part", "old.json"):
        os.utime(tmp_path / name, (0, 0))
    tidy(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {".new.part", "old.json"}


def test_a_write_that_fails_leaves_what_stood_there(tmp_path, monkeypatch) -> None:
    file = tmp_path / "kept.txt"
    file.write_text("before")

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"), whole(file) as part:
        part.write_text("after")
    assert file.read_text() == "before" and list(tmp_path.iterdir()) == [file]


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


def test_where_counterexamples_are_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("RANKLADDER_STORE", raising=False)
    assert store_folder() == Path(".rankladder") and store_folder("here") == Path("here")
    monkeypatch.setenv("RANKLADDER_STORE", str(tmp_path))
    assert store_folder() == tmp_path and store_folder("here") == Path("here")


def test_the_witness_of_a_claim_of_ones_own_comes_from_the_store_and_still_is_one(
    tmp_path, monkeypatch
) -> None:
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


def test_the_witness_of_a_claim_of_a_catalogue_comes_with_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("RANKLADDER_STORE", str(tmp_path / "elsewhere"))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "t_witnessed.py").write_text("")
    Catalogue(name="t-witnessed", package="t_witnessed", title="")
    first, second = replace(FOUND, claim="A-1"), replace(FOUND, claim="A-1", dropped="right")
    others = replace(FOUND, claim="A-1.more"), replace(FOUND, claim="A-1", dropped="righter")
    for one in (first, second, *others):
        save(one, tmp_path / "counterexamples")
    claim, other = (replace(stated(id), module="t_witnessed") for id in ("A-1", "A-2"))
    assert known_witness(claim, None) == first and known_witness(claim, "right") == second
    assert known_witness(claim, "wrong") is None and known_witness(other, None) is None
    assert known_witness(stated("A-1"), None) is None  # one's own claim of that id


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


def test_a_replay_that_no_precision_decides_says_so_with_the_margin() -> None:
    close = stated(conclusion=lambda x: 10**3000 * (np.exp(x) * np.exp(-x) - 1))
    told = replay(FOUND, {"store.half": close})
    assert told.outcome == "undecided" and told.margin is not None
