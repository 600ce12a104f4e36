"""Where claims are found: a catalogue, a user's file, an id on the command line."""

from __future__ import annotations

import difflib
import importlib.util
import sys
import traceback
import zlib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from rankladder.language.catalogue import DEFAULT, catalogue
from rankladder.language.statement import Claim, registered, unique_ids
from rankladder.usage import UsageError, given_path

__all__ = ["ClaimFileError", "UnknownClaim", "load_catalogue", "load_file", "select", "twins_of"]


class UnknownClaim(ValueError):
    """No claim has this id; the message names the nearest ones."""


class ClaimFileError(ValueError):
    """A claim file that cannot be loaded; the message points at the line."""


def load_catalogue(name: str = DEFAULT) -> Mapping[str, Claim]:
    """Every claim of a catalogue, by id, in its order.

    Raises:
        UsageError: when no installed package has a catalogue of that name.

    >>> "GD-4.upper" in load_catalogue()
    True
    """
    return catalogue(name).claims


def load_file(path: str | Path) -> Mapping[str, Claim]:
    """The claims stated in a Python file, by id, in the order stated.

    Raises:
        ClaimFileError: when the file is missing, does not import (the message points at its line), or
            states no claim.
    """
    try:
        file = given_path(str(path))
    except UsageError as error:
        raise ClaimFileError(f"claim file {error}") from error
    if file.is_dir():
        raise ClaimFileError(f"claim file {path} is a folder; give the path of a Python file")
    if not file.is_file():
        raise ClaimFileError(f"claim file {path} does not exist; give the path of a Python file")
    if file.suffix != ".py":
        raise ClaimFileError(f"claim file {path} must end in .py; got {file.suffix or 'no ending'}")
    if b"\0" in file.read_bytes():  # a SyntaxError or a ValueError, by Python's version
        raise ClaimFileError(
            f"claim file {path}: source code string cannot contain null bytes; mend the syntax"
        )
    location = str(file.resolve())
    forget(location)
    # the same in every process, for what a claim draws may be of a class of the file
    name = f"_claims_{zlib.crc32(location.encode())}"
    spec = importlib.util.spec_from_file_location(name, location)
    if spec is None or spec.loader is None:
        raise ClaimFileError(f"claim file {path} cannot be read as Python; check its ending and contents")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = str(file.resolve().parent)
    sys.path.insert(0, folder)
    try:
        with unique_ids():
            spec.loader.exec_module(module)
    except SyntaxError as error:
        where = "" if error.lineno is None else f", line {error.lineno}"  # what is no text has no lines
        raise ClaimFileError(f"claim file {path}{where}: {error.msg}; mend the syntax") from error
    except (Exception, SystemExit) as error:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == location]
        where = f", line {lines[-1]}" if lines else ""
        message = " ".join(str(error).split())
        if "truth value of Relational" in message:
            message += "; write 0 < s < 1 as (s > 0) & (s < 1)"
        if "Cannot convert expression to float" in message:
            message += "; Python's math computes floats: take sqrt, exp, log … from rankladder"
        raise ClaimFileError(f"claim file {path}{where}: {type(error).__name__}: {message}") from error
    finally:
        sys.path.remove(folder)
    _loaded.add(location)
    own = {c.id: c for c in registered().values() if c.file == location}
    if not own:
        raise ClaimFileError(
            f"claim file {path} states no claim; state one with lemma(...), always(...) or @claim(...)"
        )
    return own


_loaded: set[str] = set()


def forget(*locations: str) -> None:
    """Drop the claims of files loaded before (of all of them when none is named)."""
    stale = set(locations) or set(_loaded)
    for name in [c.id for c in registered().values() if c.file in stale]:
        del registered()[name]


def select(claims: Mapping[str, Claim], ids: Sequence[str]) -> dict[str, Claim]:
    """The claims whose id is one of ``ids``, starts with one followed by a dot, or whose family is one.

    ``=ID`` is that claim alone, and ``ID~SLUG`` a twin. In a pattern ``*`` stands for anything: ``*.not-*``.

    Raises:
        UnknownClaim: with the nearest known ids.
    """
    if not ids:
        return dict(claims)
    known = dict(claims)
    if any("~" in wanted for wanted in ids):
        known |= twins_of(claims)
    chosen: set[str] = set()
    for wanted in ids:
        folded = wanted.removeprefix("=").casefold()
        hits = [
            c.id
            for c in known.values()
            if c.id.casefold() == folded
            or (("~" in wanted) == ("~" in c.id) and fnmatchcase(c.id.casefold(), folded))
            or (
                not wanted.startswith("=")
                and "~" not in c.id
                and (c.id.casefold().startswith(f"{folded}.") or c.family.casefold() == folded)
            )
        ]
        if not hits:
            parent = f"{folded.partition('.')[0]}."
            children = [i for i in known if ("~" in i) == ("~" in folded) and i.casefold().startswith(parent)]
            among = (children if "." in folded else None) or [*known, *(i.split(".")[0] for i in known)]
            names = {k.casefold(): k for k in among}
            close = difflib.get_close_matches(folded, names, n=4, cutoff=0.4)
            near = [names[n] for n in close] or children[:4]
            hint = f"; nearest: {', '.join(near)}" if near else "; see rankladder list"
            raise UnknownClaim(f"unknown claim id {wanted!r}{hint}")
        chosen.update(hits)
    return {i: c for i, c in known.items() if i in chosen}


def twins_of(claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """The twins of claims, by id."""
    return {twin.id: twin for claim in claims.values() for twin in claim.twins.values()}
