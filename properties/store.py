"""The store of counterexamples: one readable file each, written atomically, replayed for ever."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from properties.drawing import satisfies
from properties.judging import judge
from properties.parsing import InstanceSyntaxError, fitted, parse_instance
from properties.statement import Claim

__all__ = ["Replay", "ReplayOutcome", "StoreError", "Stored", "read", "replay", "save", "stored_files"]

_SCHEMA = 1


class StoreError(ValueError):
    """A file that holds no counterexample."""


@dataclass(frozen=True)
class Stored:
    """A counterexample as stored: the claim's id, the assumption dropped, the instance as text, the margin."""

    claim: str
    dropped: str | None
    instance: str
    margin: float
    bits: int
    versions: Mapping[str, str]

    @property
    def name(self) -> str:
        """File name: the same counterexample always has the same one."""
        digest = hashlib.blake2b(
            f"{self.claim}|{self.dropped}|{self.instance}".encode(), digest_size=5
        ).hexdigest()
        middle = f"--{self.dropped}" if self.dropped else ""
        return f"{self.claim}{middle}--{digest}.json".replace("/", "_")


def save(found: Stored, folder: Path) -> Path:
    """Write a counterexample; a reader or a second writer sees the whole file or none.

    Raises:
        OSError: when the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / found.name
    document = {"schema": _SCHEMA, **found.__dict__, "versions": dict(found.versions)}
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(document, stream, indent=1, ensure_ascii=False)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def read(path: Path) -> Stored:
    """Read one file.

    Raises:
        StoreError: when it is missing, torn or holds something else; the message says which.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise StoreError(f"{path} is no counterexample file: {' '.join(str(error).split())}") from error
    try:
        if document["schema"] != _SCHEMA:
            raise StoreError(
                f"{path} has schema {document['schema']}, expected {_SCHEMA}; explore the claim anew"
            )
        return Stored(**{name: document[name] for name in Stored.__dataclass_fields__})
    except (KeyError, TypeError) as error:
        raise StoreError(f"{path} is no counterexample file: {error} is missing or wrong") from error


def stored_files(folder: Path) -> Iterator[Path]:
    """The files of a store, in order of name; leftovers of interrupted writers are passed over."""
    return iter(sorted(p for p in folder.glob("*.json") if not p.name.startswith(".")))


class ReplayOutcome(StrEnum):
    """What a replay found."""

    violates = "violates"
    holds = "holds now"
    undecided = "undecided"
    outside = "outside the claim's domain now"
    gone = "claim gone"
    unreadable = "unreadable"


@dataclass(frozen=True)
class Replay:
    """One replayed counterexample."""

    claim: str
    dropped: str | None
    instance: str
    outcome: ReplayOutcome
    stored_margin: float
    margin: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**self.__dict__, "outcome": str(self.outcome)}


def replay(found: Stored, claims: Mapping[str, Claim]) -> Replay:
    """Judge a stored counterexample again, in balls."""

    def result(outcome: ReplayOutcome, margin: float | None = None, note: str = "") -> Replay:
        return Replay(found.claim, found.dropped, found.instance, outcome, found.margin, margin, note)

    claim = claims.get(found.claim)
    if claim is None:
        return result(ReplayOutcome.gone, note="no claim has this id any more")
    try:
        claim = claim if found.dropped is None else claim.without(found.dropped)
        instance = fitted(parse_instance(found.instance), claim.over)
    except KeyError as error:
        return result(ReplayOutcome.gone, note=str(error.args[0]))
    except InstanceSyntaxError as error:
        return result(ReplayOutcome.unreadable, note=str(error))
    if satisfies(claim, instance) is not True:
        return result(ReplayOutcome.outside, note="the assumptions or domains have changed")
    judgement = judge(claim, instance)
    margin = None if judgement.outcome == "undefined" else judgement.margin
    if judgement.outcome == "violated":
        return result(ReplayOutcome.violates, margin)
    if judgement.outcome == "holds":
        return result(ReplayOutcome.holds, margin, "the margin has changed sign")
    return result(ReplayOutcome.undecided, margin)
