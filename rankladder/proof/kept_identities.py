"""The identities that were found before, as the catalogues keep them: read here, checked each time, never believed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from rankladder.language.catalogue import Catalogue, loaded_catalogues
from rankladder.language.obligation import Obligation
from rankladder.proof.identities import find_identities, identities_hold
from rankladder.proof.identity_text import Identities, translated
from rankladder.usage import UsageError

__all__ = ["identities_for", "obligation_key", "written_identities"]

FILE = "identities.json"


def identities_for(obligation: Obligation) -> Identities | None:
    """Identities that prove an obligation: kept ones where they still do, or what a search finds.

    Returns:
        Identities whose ``node`` is None where none were found; None for what is not between rational functions.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> identities_for(Obligation("square", (), x**2 + 1 >= 2 * x)).shows
    'x**2 - 2*x + 1 >= 0'
    """
    read = translated(obligation)
    if read is None:
        return None
    key = obligation_key(*read)
    if key not in _met:
        _met[key] = _kept_identities(key, read) or find_identities(obligation) or Identities(*read, None)
    return _met[key]


_met: dict[str, Identities] = {}  # in this process: a proof asks for one sign in every shape and case


def _kept_identities(key: str, read: tuple[list[Any], Any]) -> Identities | None:
    for kept in map(_kept, loaded_catalogues()):
        if key in kept:
            # only the certificate is kept, so that it cannot speak of another statement
            known = Identities(*read, kept[key])
            if known.node is None or identities_hold(known):
                return known
    return None


def obligation_key(given: list[Any], shows: Any) -> str:
    """The name under which identities are kept: the obligation, as the checker reads it."""
    return f"{json.dumps(given)} ==> {json.dumps(shows)}"


@cache
def _kept(catalogue: Catalogue) -> Mapping[str, Any]:
    try:
        file = catalogue.folder / FILE
    except UsageError:  # its package is not there
        return {}
    if not file.is_file():
        return {}
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def written_identities(found: Iterable[Identities]) -> str:
    """The text of the file: obligations in order, each with its certificate on a line, or null where none was found."""
    kept = {obligation_key(f.given, f.shows): f.node for f in found}
    lines = (f"{json.dumps(key)}:\n {json.dumps(kept[key])}" for key in sorted(kept))
    return "{\n" + ",\n".join(lines) + "\n}\n"
