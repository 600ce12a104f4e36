"""The identities that were found before, as the catalogues keep them: read here, checked each time, never believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import sympy

from rankladder.language.catalogue import Catalogue, loaded_catalogues
from rankladder.language.obligation import Obligation
from rankladder.proof.identities import find_identities, identities_hold
from rankladder.proof.identity_text import Identities, translated
from rankladder.usage import UsageError

__all__ = ["identities_for", "obligation_key", "readings", "written_identities"]

FILE = "identities.json"


def identities_for(obligation: Obligation, denied: Callable[[], bool] = lambda: False) -> Identities | None:
    """Identities that prove an obligation: kept ones where they still do, or what a search finds.

    Args:
        obligation: what to show.
        denied: asked before a search, which is long: whether the obligation is known to be false.

    Returns:
        Identities whose ``node`` is None where none were found; None for what is not between rational functions.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> identities_for(Obligation("square", (), x**2 + 1 >= 2 * x)).shows
    'x**2 - 2*x + 1 >= 0'
    """
    ways = readings(obligation)
    if not ways:
        return None
    key = obligation_key(*ways[0][1])
    if key not in _met:
        none = Identities(*ways[0][1], None)
        _met[key] = _kept_identities(ways) or (none if denied() else _sought(ways))
    return _met[key]


def readings(obligation: Obligation) -> list[tuple[Obligation, tuple[list[Any], Any]]]:
    """The obligation as the checker reads it, and again with the hypotheses alone that speak of nothing but what its
    conclusion does, and are no ends of a drawing range.

    Empty for what is not between rational functions.
    """
    own = obligation.shows.free_symbols
    parts = [h for g in obligation.given for h in (g.args if isinstance(g, sympy.And) else (g,))]
    kept = (h for h in parts if h.free_symbols <= own and not _ends_a_range(h))
    near = replace(obligation, given=tuple(sorted(kept, key=str)))
    ways = dict.fromkeys((obligation, near))
    found = [(way, read) for way in ways if (read := translated(way)) is not None]
    return found if len(found) == len(ways) else []


def _ends_a_range(relation: Any) -> bool:
    """Whether it bounds one variable by a number that is none of 0, 1, 2 and 1/2, as numbers that mean something often are."""
    if len(relation.free_symbols) != 1 or not isinstance(relation, sympy.core.relational.Relational):
        return False
    gap, (x,) = relation.lhs - relation.rhs, relation.free_symbols
    slope = gap.diff(x)
    if slope.free_symbols or slope == 0:
        return False
    return abs(gap.xreplace({x: sympy.S.Zero}) / slope) not in (0, 1, 2, sympy.Rational(1, 2))


def _sought(ways: list[tuple[Obligation, tuple[list[Any], Any]]]) -> Identities:
    # a search among few hypotheses is short
    for way, _ in reversed(ways):
        if (found := find_identities(way)) is not None:
            return found
    return Identities(*ways[0][1], None)


_met: dict[str, Identities] = {}  # in this process: a proof asks for one sign in every shape and case


def _kept_identities(ways: list[tuple[Obligation, tuple[list[Any], Any]]]) -> Identities | None:
    kept = [
        (read, file[key])
        for _, read in ways
        for file in map(_kept, loaded_catalogues())
        if (key := obligation_key(*read)) in file
    ]
    # only the certificate is kept, so that it cannot speak of another statement
    known = [Identities(*read, node) for read, node in kept]
    found = next((k for k in known if k.node is not None and identities_hold(k)), None)
    return found or next((k for k in known if k.node is None), None)


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
