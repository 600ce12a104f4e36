"""What a verdict rests on: versions of libraries, sources, the claim's file."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from rankladder.language.catalogue import sources_of
from rankladder.usage import UsageError

if TYPE_CHECKING:  # what is heavy is imported where it is needed
    from rankladder.language.statement import Claim

__all__ = ["installation", "require_version", "sources_as_digested", "version_of", "versions"]

_LIBRARIES = (
    "rankladder",
    "numpy",
    "scipy",
    "sympy",
    "hypothesis",
    "numba",
    "python-flint",
    "z3-solver",
    "cvc5",
)
_PACKAGE = Path(__file__).resolve().parents[1]
_ENDINGS = (".py", ".json")
_VARIABLES = ("PYTHON", "RANKLADDER_", "NUMBA_", "OMP_", "OPENBLAS_", "MKL_")  # beginnings of what is heeded
_NO_MATTER = {
    "RANKLADDER_CACHE", "RANKLADDER_STORE", "RANKLADDER_TRACEBACK", "NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE",
}  # fmt: skip
_LOADED = time.time()
_RACE = 2.0  # seconds before, in which a module may have been imported and then written anew


def versions() -> dict[str, str]:
    """Versions of what a verdict rests on."""
    found = {"python": sys.version.split()[0]}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def version_of(claim: Claim | None) -> str:
    """What a row of this claim rests on anywhere: the file that states it, this package's sources, the libraries.

    Args:
        claim: the claim; None for a row that rests on none.
    """
    digest = hashlib.blake2b(_sources(), digest_size=12)
    if claim is not None:
        digest.update(sources_of(claim))
    return digest.hexdigest()


@cache
def installation() -> str:
    """What else a verdict rests on here: every installed package, Python, the solvers, the processor, variables."""
    heeded = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_VARIABLES) and name not in _NO_MATTER
    }
    solvers = {name: getattr(importlib.util.find_spec(name), "origin", None) for name in ("z3", "cvc5")}
    here = (sys.version, sys.executable, platform.machine(), sorted(heeded.items()), solvers, _installed())
    return hashlib.blake2b(repr(here).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def sources_as_digested() -> bool:
    """Whether this package's sources and what is installed are still what :func:`version_of` has seen."""
    _sources()
    return _stamps(_seen) == _seen and max(_seen.values()) < 1e9 * (_LOADED - _RACE)


def require_version(here: str, wanted: str) -> None:
    """Refuse to work in a process whose sources, libraries or claim file are not those of the one that asks.

    Raises:
        UsageError: when they differ.
    """
    if here != wanted:
        raise UsageError(
            "a worker has another version of rankladder, its libraries or the claim file; install the same everywhere"
        )


_seen: dict[str, int] = {}  # the stamps of what was digested


@cache
def _sources() -> bytes:
    _seen.update(_stamps([*map(str, _files()), *(p for p in sys.path if p.endswith("-packages"))]))
    digest = hashlib.blake2b(repr(versions()).encode())
    for file in _files():
        digest.update(f"{file.relative_to(_PACKAGE)}\0".encode() + file.read_bytes())
    return digest.digest()


def _files() -> list[Path]:
    """Everything of this package that a verdict may rest on."""
    found = []
    for folder, inner, names in os.walk(_PACKAGE, followlinks=True):
        inner[:] = sorted(set(inner) - {"__pycache__"})
        found += [Path(folder, name) for name in sorted(names) if name.endswith(_ENDINGS)]
    return found


def _stamps(places: Iterable[str]) -> dict[str, int]:
    """When each file or folder was changed."""
    found = {}
    for place in places:
        with contextlib.suppress(OSError):
            stat = os.stat(place)
            found[place] = max(stat.st_mtime_ns, stat.st_ctime_ns)
    return found


def _installed() -> list[tuple[str, int]]:
    """The metadata of every installed package: its name says the version, its time whether it was put there anew."""
    found = []
    for place in sys.path:
        with contextlib.suppress(OSError), os.scandir(place or ".") as entries:
            found += [
                (entry.path, entry.stat().st_mtime_ns)
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info"))
            ]
    return sorted(found)
