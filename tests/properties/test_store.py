"""The store of counterexamples: names, files, what is refused, and which file a claim's witness comes from."""

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
from rankladder.storage import counterexamples as store
from rankladder.storage.counterexamples import (
    Replay,
    ReplayOutcome,
    Stored,
    StoreError,
    known_witness,
    read,
    replay,
    save,
    stored_files,
)

x = symbols("x")


def made(id: str = "store.half", **parts: Any) -> Claim:
    return claim(id, **{"over": {"x": Real(-4, 4)}, "given": {"right": x > 0}, **parts})(
        lambda x: x - F(1, 2)
    )


FOUND = Stored("store.half", None, "x=1/4", -0.25, 192, {"python": "3"})


def test_a_file_is_named_after_what_it_holds() -> None:
    assert FOUND.name == "store.half--ddf692504b.json"
    assert len(FOUND.name) == len("store.half--") + 10 + len(".json")
    dropped = replace(FOUND, dropped="right")
    assert dropped.name.startswith("store.half--right--") and dropped.name[-15:] != FOUND.name[-15:]
    assert replace(FOUND, instance="x=1/8").name != FOUND.name != replace(FOUND, claim="store.third").name
    assert replace(FOUND, margin=-1.0, bits=64, versions={}).name == FOUND.name
    assert replace(FOUND, claim="a/b").name.startswith("a_b--")


def test_what_is_saved_is_read_and_others_may_read_it(tmp_path: Path) -> None:
    target = save(FOUND, tmp_path / "new" / "store")
    assert target == tmp_path / "new" / "store" / FOUND.name and read(target) == FOUND
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert target.read_text().startswith(
        '{\n "schema": 1,\n "claim": "store.half"'
    ) and target.read_text().endswith("}\n")
    endless = replace(FOUND, margin=float("-inf"), instance="x=é")
    kept = save(endless, tmp_path)
    assert read(kept) == endless and "é" in kept.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == [kept.name]  # nothing is left beside it


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "has schema 2, expected 1; explore the claim anew"),
        ({"claim": 3}, "is no counterexample file: claim, instance and dropped must be text"),
        ({"instance": None}, "is no counterexample file: claim, instance and dropped must be text"),
        ({"dropped": 1}, "is no counterexample file: claim, instance and dropped must be text"),
        ({"versions": []}, "is no counterexample file: claim, instance and dropped must be text"),
        ({"margin": "low"}, "is no counterexample file: claim, instance and dropped must be text"),
        ({"bits": None}, "is no counterexample file: claim, instance and dropped must be text"),
        ({"bits": ...}, "is no counterexample file: it lacks bits;"),
        ({"schema": ..., "claim": ...}, "is no counterexample file: it lacks schema, claim;"),
    ],
)
def test_what_a_file_must_hold(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    document = json.loads(save(FOUND, tmp_path).read_text()) | change
    file = tmp_path / "changed.json"
    file.write_text(json.dumps({k: v for k, v in document.items() if v is not ...}))
    with pytest.raises(StoreError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file} {said}")


def test_what_is_no_file_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text, said in (
        (
            "list.json",
            "[1]",
            "is no counterexample file: it must hold an object with schema, claim, dropped, instance, margin",
        ),
        ("torn.json", '{"sch', "is no counterexample file: it holds no JSON document; give a file that"),
        ("deep.json", "[" * 200_000, "is no counterexample file: it holds no JSON document"),
        (".", None, f"is a folder; replay a whole store with --store {tmp_path}"),
        ("none.json", None, "does not exist; give a file that rankladder explore wrote"),
    ):
        file = tmp_path / name
        if text is not None:
            file.write_text(text)
        with pytest.raises(StoreError) as caught:
            read(file)
        assert str(caught.value).startswith(f"{file} {said}")

    def denied(self: Path, **options: Any) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(StoreError, match=r"x.json cannot be read: Permission denied; give a file"):
        read(tmp_path / "x.json")


def test_files_of_a_store_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", ".c.json", "d.txt", ".e.part"):
        (tmp_path / name).write_text("{}")
    assert [p.name for p in stored_files(tmp_path)] == ["a.json", "b.json"]
    assert list(stored_files(tmp_path / "nowhere")) == []


def test_a_write_that_fails_leaves_nothing_and_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.txt"
    store.write_text(file, "before")

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.write_text(file, "after")
    assert file.read_text() == "before" and [p.name for p in tmp_path.iterdir()] == ["kept.txt"]
    store.write_text(file, "after", durable=False)
    assert file.read_text() == "after"
    store._sync_folder(tmp_path)  # a folder that cannot be synced is the system's to see to
    store._sync_folder(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="JSON"):
        store.write_document(tmp_path / "nan.json", {"a": float("nan")})


def test_where_counterexamples_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RANKLADDER_STORE", raising=False)
    assert store.store_folder() == Path(".rankladder") and store.store_folder("here") == Path("here")
    monkeypatch.setenv("RANKLADDER_STORE", str(tmp_path))
    assert store.store_folder() == tmp_path and store.store_folder("here") == Path("here")


def test_the_witness_of_a_claim_of_ones_own_comes_from_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANKLADDER_STORE", str(tmp_path))
    half, other = made("own/half"), made("own/half.more")
    assert known_witness(half, None) is None
    found = replace(FOUND, claim="own/half")
    for one in (
        replace(found, instance="x=3"),  # holds
        replace(found, instance="q=3"),  # no instance of it
        replace(found, dropped="right", instance="x=-1"),
        replace(found, claim="own/half.more"),
        found,
    ):
        save(one, tmp_path)
    (tmp_path / "own_half--torn.json").write_text("{")
    assert known_witness(half, None) == found
    assert known_witness(half, "right") == replace(found, dropped="right", instance="x=-1")
    assert known_witness(other, None) == replace(found, claim="own/half.more")
    assert known_witness(half, "other") is None


def test_the_witness_of_a_claim_of_a_catalogue_comes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANKLADDER_STORE", str(tmp_path / "elsewhere"))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "t_witnessed.py").write_text("")
    Catalogue(name="t-witnessed", package="t_witnessed", title="")
    first, second = replace(FOUND, claim="A-1"), replace(FOUND, claim="A-1", dropped="right")
    others = replace(FOUND, claim="A-1.more"), replace(FOUND, claim="A-1", dropped="righter")
    for one in (first, second, *others):
        save(one, tmp_path / "counterexamples")
    claim, other = (replace(made(id), module="t_witnessed") for id in ("A-1", "A-2"))
    assert known_witness(claim, None) == first and known_witness(claim, "right") == second
    assert known_witness(claim, "wrong") is None and known_witness(other, None) is None
    assert known_witness(made("A-1"), None) is None  # one's own claim of that id


def test_what_a_replay_finds() -> None:
    claims = {"store.half": made()}

    def outcome(**changes: Any) -> Replay:
        return replay(replace(FOUND, **changes), claims)

    plain = {"claim": "store.half", "dropped": None, "instance": "x=1/4", "stored_margin": -0.25}
    assert outcome().to_json() == {**plain, "outcome": "violates", "margin": -0.25, "note": ""}
    assert outcome(instance="x=3").to_json() == {
        **plain, "instance": "x=3", "outcome": "holds now", "margin": 2.5, "note": "the margin has changed sign"
    }  # fmt: skip
    left = outcome(instance="x=-1")
    assert (left.outcome, left.margin, left.note) == (
        ReplayOutcome.outside,
        None,
        "the assumptions or domains have changed",
    )
    assert outcome(instance="x=-1", dropped="right").outcome is ReplayOutcome.violates
    gone = outcome(dropped="wrong")
    assert gone.outcome is ReplayOutcome.gone
    assert gone.note == "Expected an assumption of store.half (right) but got 'wrong'"
    assert outcome(claim="q").note.startswith("no claim in the catalogue or in a --claims FILE has this id;")
    unread = outcome(instance="x=")
    assert unread.outcome is ReplayOutcome.unreadable and unread.note and unread.margin is None
    claims["store.half"] = claim("store.half", over={"x": Real(-4, 4)})(lambda x: np.log(x - 4))
    assert (outcome().outcome, outcome().margin) == (ReplayOutcome.undecided, None)
    claims["store.half"] = claim("store.half", over={"x": Real(-4, 4)})(
        lambda x: 10**3000 * (np.exp(x) * np.exp(-x) - 1)
    )
    assert outcome().outcome is ReplayOutcome.undecided and outcome().margin is not None
