"""The identities that were found before, as the catalogues keep them: read here, checked each time, never believed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from rankladder.language.catalogue import Catalogue, loaded_catalogues
from rankladder.language.obligation import Obligation
from rankladder.proof.identities import Identities, find_identities, identities_hold, translated
from rankladder.usage import UsageError

__all__ = ["identities_for", "written_identities"]

FILE = "identities.json"


def identities_for(obligation: Obligation) -> Identities | None:
    """Identities that prove an obligation: kept ones where they still do, or what a search finds.

    A catalogue keeps ``null`` for an obligation of which a search found none, so that it is not made again.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> identities_for(Obligation("square", (), x**2 + 1 >= 2 * x)).shows
    'x**2 - 2*x + 1 >= 0'
    """
    key = str(obligation)
    for kept in map(_kept, loaded_catalogues()):
        if key not in kept:
            continue
        if kept[key] is None:
            return None
        read = translated(
            obligation
        )  # what is kept is the certificate alone, so that it cannot speak of another statement
        if read is not None and identities_hold(found := Identities(*read, kept[key])):
            return found
    return find_identities(obligation)


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


def written_identities(parts: Iterable[tuple[str, Identities | None]]) -> str:
    """The text of the file: obligations in order, each with its certificate on a line, or null."""
    lines = (
        f"{json.dumps(key)}:\n {json.dumps(found and found.node)}"
        for key, found in sorted(dict(parts).items())
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"
