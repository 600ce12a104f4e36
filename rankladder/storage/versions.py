"""What a verdict rests on: versions of libraries, sources, the claim's file."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from rankladder.language.catalogue import sources_of
from rankladder.usage import UsageError

if TYPE_CHECKING:  # what is heavy is imported where it is needed
    from rankladder.language.statement import Claim

__all__ = ["require_version", "version_of", "versions"]

_LIBRARIES = ("rankladder", "numpy", "scipy", "sympy", "hypothesis", "numba", "python-flint")
_PACKAGE = Path(__file__).resolve().parents[1]
# folders whose code decides neither a draw nor a judgement; of these, what decides a proof
_APART = frozenset({"app", "commands", "pictures", "proof", "proofs", "report"})
_PROOFS = frozenset({"proof", "proofs"})


def versions() -> dict[str, str]:
    """Versions of what a verdict rests on."""
    found = {"python": sys.version.split()[0]}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def version_of(claim: Claim | None, *, proofs: bool = False) -> str:
    """What a row of this claim rests on: the file that states it, this package's sources, the libraries.

    Args:
        claim: the claim; None for a row that rests on none.
        proofs: whether the row rests on proofs too, so on their sources and on the solvers.
    """
    digest = hashlib.blake2b(_sources(proofs), digest_size=12)
    if claim is not None:
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
    digest = hashlib.blake2b(repr(versions()).encode())
    apart = _APART
    if proofs:
        from rankladder.proof.solvers import CVC5, Z3

        apart = _APART - _PROOFS
        digest.update(f"{Z3().version} {CVC5().version}".encode())
    for folder, inner, names in os.walk(_PACKAGE, followlinks=True):
        inner[:] = sorted(set(inner) - apart)
        for name in sorted(names):
            if name.endswith(".py"):
                digest.update(Path(folder, name).read_bytes())
    return digest.digest()
