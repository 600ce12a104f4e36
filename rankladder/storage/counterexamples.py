"""The store of counterexamples: one readable file each, replayed for ever."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from rankladder.language.catalogue import catalogue_of
from rankladder.language.parsing import InstanceSyntaxError, fitted, parse_instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import finite
from rankladder.search.draws import satisfies
from rankladder.search.judgement import closely, judge
from rankladder.storage.files import whole
from rankladder.usage import given_path

__all__ = [
    "Replay", "ReplayOutcome", "StoreError", "Stored", "kept_witness", "known_witness", "read", "replay",
    "save", "store_folder", "stored_files",
]  # fmt: skip

_SCHEMA = 1
_GIVE = "give a file that rankladder explore wrote"


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
    target = folder / found.name
    document = {
        "schema": _SCHEMA,
        **found.__dict__,
        "margin": finite(found.margin),
        "versions": dict(found.versions),
    }
    with whole(target) as part:
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        part.write_text(f"{text}\n", encoding="utf-8")
    return target


def read(path: Path) -> Stored:
    """Read one file.

    Raises:
        StoreError: when it is missing, torn or holds something else; the message says which.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StoreError(f"{path} does not exist; {_GIVE}") from error
    except IsADirectoryError as error:
        raise StoreError(f"{path} is a folder; replay a whole store with --store {path}") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}; {_GIVE}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is no counterexample file: it holds no JSON document; {_GIVE}") from error
    needed = ("schema", *Stored.__dataclass_fields__)
    if not isinstance(document, dict):
        raise StoreError(
            f"{path} is no counterexample file: it must hold an object with {', '.join(needed)}; {_GIVE}"
        )
    lacking = [name for name in needed if name not in document]
    if lacking:
        raise StoreError(f"{path} is no counterexample file: it lacks {', '.join(lacking)}; {_GIVE}")
    try:
        if document["schema"] != _SCHEMA:
            raise StoreError(
                f"{path} has schema {document['schema']}, expected {_SCHEMA}; explore the claim anew"
            )
        found = Stored(**{name: document[name] for name in Stored.__dataclass_fields__})
        texts = (found.claim, found.instance, "" if found.dropped is None else found.dropped)
        if not all(isinstance(text, str) for text in texts) or not isinstance(found.versions, dict):
            raise TypeError
        return replace(found, margin=float(found.margin), bits=int(found.bits))
    except StoreError:
        raise
    except (TypeError, ValueError, OverflowError) as error:
        raise StoreError(
            f"{path} is no counterexample file: claim, instance and dropped must be text, margin and bits numbers, "
            f"versions an object; {_GIVE}"
        ) from error


def stored_files(folder: Path) -> Iterator[Path]:
    """The files of a store, in order of name; leftovers of interrupted writers are passed over."""
    return iter(sorted(p for p in folder.glob("*.json") if not p.name.startswith(".")))


def kept_witness(claim: Claim, dropped: str | None) -> Stored | None:
    """The counterexample that comes with a catalogue: to a false claim of it, or to one without an assumption.

    >>> from rankladder import load_catalogue
    >>> claim = load_catalogue()["STEP-1.monotone"]
    >>> kept_witness(claim, "small-step").dropped
    'small-step'
    >>> kept_witness(claim, None) is None
    True
    """
    home = catalogue_of(claim)
    return None if home is None else _kept(home.counterexamples).get((claim.id, dropped))


@cache
def _kept(folder: Path) -> dict[tuple[str, str | None], Stored]:
    return {(s.claim, s.dropped): s for s in map(read, reversed(list(stored_files(folder))))}


def store_folder(option: str | None = None) -> Path:
    """Where counterexamples are kept: the option, ``RANKLADDER_STORE``, or ``.rankladder`` here."""
    return given_path(option or os.environ.get("RANKLADDER_STORE", ".rankladder"))


def known_witness(claim: Claim, dropped: str | None) -> Stored | None:
    """The counterexample that comes with a claim of a catalogue; of another, one that ``explore`` left in the
    store and that still is one. As for :func:`kept_witness`, to the claim or to it without an assumption.
    """
    if catalogue_of(claim) is not None:
        return kept_witness(claim, dropped)
    for file in stored_files(store_folder()):
        if not file.name.startswith(f"{claim.id}--".replace("/", "_")):
            continue
        try:
            found = read(file)
        except StoreError:
            continue
        if (found.claim, found.dropped) == (claim.id, dropped):
            outcome = replay(found, {claim.id: claim}).outcome
            if outcome is ReplayOutcome.violates:
                return found
    return None


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


_GONE = (
    "no claim in the catalogue or in a --claims FILE has this id; name the file that states it: --claims FILE"
)


def replay(found: Stored, claims: Mapping[str, Claim]) -> Replay:
    """Judge a stored counterexample again, in balls."""

    def result(outcome: ReplayOutcome, margin: float | None = None, note: str = "") -> Replay:
        return Replay(found.claim, found.dropped, found.instance, outcome, found.margin, margin, note)

    claim = claims.get(found.claim)
    if claim is None:
        return result(ReplayOutcome.gone, note=_GONE)
    try:
        claim = claim if found.dropped is None else claim.without(found.dropped)
        instance = fitted(parse_instance(found.instance), claim.over)
    except KeyError as error:
        return result(ReplayOutcome.gone, note=str(error.args[0]))
    except InstanceSyntaxError as error:
        return result(ReplayOutcome.unreadable, note=str(error))
    if satisfies(claim, instance) is not True:
        return result(ReplayOutcome.outside, note="the assumptions or domains have changed")
    with closely():
        judgement = judge(claim, instance)
    margin = None if judgement.outcome in ("undefined", "silent") else judgement.margin
    if judgement.outcome == "violated":
        return result(ReplayOutcome.violates, margin)
    if judgement.outcome == "holds" and not judgement.as_equal:
        return result(ReplayOutcome.holds, margin, "the margin has changed sign")
    return result(ReplayOutcome.undecided, margin)
