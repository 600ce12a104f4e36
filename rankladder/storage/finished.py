"""What a run has finished, kept as it goes, so that the next run can go on after an interruption.

Each finished row is a file of its own, written like a counterexample: whole or not at all. Processes that work
side by side never write into one file, so none can spoil what another has finished.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rankladder.app.output import versions
from rankladder.language.catalogue import sources_of
from rankladder.language.statement import Claim
from rankladder.storage.counterexamples import tidy, write_document
from rankladder.usage import UsageError

__all__ = ["FinishedRows", "require_version", "version_of"]

_PACKAGES = Path(__file__).resolve().parents[2]
# what decides neither a draw nor a judgement; of these, what decides a proof
_APART = ("commands", "notebook", "pictures", "proofs", "proving", "report")
_PROOFS = ("proofs", "proving")


class FinishedRows:
    """The rows that runs with the same settings have finished.

    Args:
        folder: where they lie; git is told to pass it over.
        settings: everything that, together with the versions, fixes a row: seed, budget, instances.
        durable: see :func:`rankladder.storage.counterexamples.write_text`.

    >>> import tempfile
    >>> rows = FinishedRows(Path(tempfile.mkdtemp()), {"seed": 0})
    >>> rows.keep("GD-4.upper", "small-step", "version 1", {"needed": True})
    >>> rows.get("GD-4.upper", "small-step", "version 1")
    {'needed': True}
    >>> rows.get("GD-4.upper", "small-step", "version 2") is None
    True
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], *, durable: bool = True) -> None:
        self.folder = folder
        self.settings = json.loads(json.dumps(settings))  # as it reads back: tuples become lists
        self.durable = durable

    def get(self, id: str, dropped: str | None, version: str) -> dict[str, Any] | None:
        """The row of a finished hunt; None when there is none, or it belongs to another version."""
        try:
            document = json.loads(self._file(id, dropped).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(document, dict) or not isinstance(document.get("row"), dict):
            return None
        same = {k: document.get(k) for k in ("id", "dropped", "settings", "version")} == {
            "id": id,
            "dropped": dropped,
            "settings": self.settings,
            "version": version,
        }
        row: dict[str, Any] = document["row"]
        return row if same else None

    def keep(self, id: str, dropped: str | None, version: str, row: Mapping[str, Any]) -> None:
        """Keep the row of a finished hunt.

        Raises:
            OSError: when the folder cannot be made or written.
        """
        write_document(
            self._file(id, dropped),
            {"id": id, "dropped": dropped, "settings": self.settings, "version": version, "row": dict(row)},
            durable=self.durable,
        )

    def prepare(self) -> None:
        """Make the folder, tell git to pass it over, clear away what killed writers left.

        Raises:
            OSError: when the folder cannot be made or written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        tidy(self.folder)
        (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")

    def _file(self, id: str, dropped: str | None) -> Path:
        name = json.dumps([id, dropped, self.settings], sort_keys=True)
        return self.folder / f"{hashlib.blake2b(name.encode(), digest_size=12).hexdigest()}.json"


def version_of(claim: Claim | None, *, proofs: bool = False) -> str:
    """What a row of this claim rests on: the file that states it, this package's sources, the libraries.

    Args:
        claim: the claim; None for a row that rests on none.
        proofs: whether the row rests on proofs too, so on their sources and on the solvers.
    """
    digest = hashlib.blake2b(_sources(proofs), digest_size=12)
    if claim is None:
        return digest.hexdigest()
    if not Path(claim.file).is_relative_to(_PACKAGES / "properties"):
        digest.update(sources_of(claim))
    return digest.hexdigest()


def require_version(here: str, wanted: str) -> None:
    """Refuse to work in a process whose sources, libraries or claim file are not those of the one that asks.

    Raises:
        UsageError: when they differ.
    """
    if here != wanted:
        raise UsageError(
            "a worker has another version of rankladder, its libraries or the claim file; install the same everywhere"
        )


@cache
def _sources(proofs: bool) -> bytes:
    digest = hashlib.blake2b(json.dumps(versions(), sort_keys=True).encode())
    apart = set(_APART)
    if proofs:
        from rankladder.proof.solvers import CVC5, Z3

        apart -= set(_PROOFS)
        digest.update(f"{Z3().version} {CVC5().version}".encode())
    for package in ("rankladder", "theory", "simulate", "properties"):
        for file in sorted((_PACKAGES / package).rglob("*.py")):
            if not set(file.relative_to(_PACKAGES / package).parts[:-1]) & apart:
                digest.update(file.read_bytes())
    return digest.digest()
