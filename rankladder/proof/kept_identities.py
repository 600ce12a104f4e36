"""The identities that were found before, as the catalogues keep them: read here, checked each time, never believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import sympy

from rankladder.language.catalogue import Catalogue, loaded_catalogues
from rankladder.language.obligation import Obligation, as_text
from rankladder.proof.identities import find_identities, identities_hold
from rankladder.proof.identity_text import NOTHING, Identities, translated
from rankladder.proof.smtlib import NotPolynomial, smtlib
from rankladder.proof.solvers import Isolated
from rankladder.usage import UsageError

__all__ = ["identities_for", "in_its_terms", "in_parts", "obligation_key", "written_identities"]

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
    obligation = in_parts(obligation)
    read = translated(obligation)
    if read is None:
        return None
    key = obligation_key(*read)
    if key not in _met:
        none = Identities(*read, None)
        found = _kept_identities(*read) or (none if denied() else _sought(obligation) or none)
        _met[key] = replace(found, whole=read[0])
    return _met[key]


def in_parts(obligation: Obligation) -> Obligation:
    """The obligation with each part of a hypothesis ``A and B`` by itself."""
    parts = (h for g in obligation.given for h in (g.args if isinstance(g, sympy.And) else (g,)))
    return replace(obligation, given=tuple(dict.fromkeys(sorted(parts, key=as_text))))


def in_its_terms(obligation: Obligation) -> Obligation:
    """The obligation from the hypotheses alone that speak of nothing but what its conclusion does, and are no ends of a
    drawing range.
    """
    own, whole = obligation.shows.free_symbols, in_parts(obligation)
    kept = (h for h in whole.given if h.free_symbols <= own and not _ends_a_range(h))
    return replace(whole, given=tuple(kept))


def _ends_a_range(relation: Any) -> bool:
    """Whether it bounds one variable by a number that is none of 0, 1, 2 and 1/2, as numbers that mean something often are."""
    if len(relation.free_symbols) != 1 or not isinstance(relation, sympy.core.relational.Relational):
        return False
    gap, (x,) = relation.lhs - relation.rhs, relation.free_symbols
    slope = gap.diff(x)
    if slope.free_symbols or slope == 0:
        return False
    return abs(gap.xreplace({x: sympy.S.Zero}) / slope) not in (0, 1, 2, sympy.Rational(1, 2))


def _sought(obligation: Obligation) -> Identities | None:
    # a search among few hypotheses is short, and one that goes through many alternatives is not
    few = without_alternatives(obligation)
    ways = (in_its_terms(obligation), obligation) if few is None else (few,)
    for way in dict.fromkeys(ways):
        if (found := find_identities(way)) is not None:
            return found
    fewest = from_few(obligation)
    return None if fewest is None or fewest in ways else find_identities(fewest)


def without_alternatives(obligation: Obligation) -> Obligation | None:
    """The obligation without the hypotheses ``A or B`` that z3 does without; None where it finds no contradiction."""
    choices = [k for k, g in enumerate(obligation.given) if isinstance(g, sympy.Or)]
    if not choices or (kept := _needed(obligation, choices)) is None:
        return None
    spoken = obligation.shows.free_symbols.union(*(obligation.given[k].free_symbols for k in kept))
    return replace(
        obligation,
        given=tuple(
            g
            for k, g in enumerate(obligation.given)
            if k in kept or (k not in choices and g.free_symbols <= spoken)
        ),
    )


def from_few(obligation: Obligation) -> Obligation | None:
    """The obligation from so few hypotheses that z3 needs each; None where it finds no contradiction."""
    kept = _needed(obligation, list(range(len(obligation.given))))
    return None if kept is None else replace(obligation, given=tuple(obligation.given[k] for k in kept))


def _needed(obligation: Obligation, optional: list[int]) -> list[int] | None:
    """Which of the hypotheses of these numbers z3 needs beside the others; each that is left is one."""
    try:
        text = smtlib(obligation)
    except NotPolynomial:
        return None
    # the last assertion denies the conclusion, and the hypotheses stand before it
    first = text.count("\n(assert ") - 1 - len(obligation.given)
    found = Isolated("z3").needed(text, [first + k for k in optional], 20.0)
    return None if found is None else [k - first for k in found]


_met: dict[str, Identities] = {}  # in this process: a proof asks for one sign in every shape and case


def _kept_identities(given: list[Any], shows: Any) -> Identities | None:
    known = [
        file[key] for file in map(_kept, loaded_catalogues()) if (key := obligation_key(given, shows)) in file
    ]
    # only the certificate is kept, so that it cannot speak of another statement
    made = [node and _from_some(given, shows, node) for node in known]
    found = next((k for k in made if k is not None and identities_hold(k)), None)
    return found or next((Identities(given, shows, None) for node in known if node is None), None)


def _from_some(given: list[Any], shows: Any, node: Mapping[str, Any]) -> Identities | None:
    """A kept certificate, with the hypotheses that it names as those that it uses; None where there are no such."""
    try:
        used = [given[k] for k in node["given"]]
    except (IndexError, KeyError, TypeError):  # a file of another form, or one that somebody changed
        return None
    return Identities(used, shows, {key: value for key, value in node.items() if key != "given"})


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
    kept = {
        obligation_key(whole := f.whole or f.given, f.shows): f.node
        and {"given": [whole.index(h) for h in f.given], **f.node}
        for f in (each.kept or each for each in found)
        if f != NOTHING
    }
    lines = (f"{json.dumps(key)}:\n {json.dumps(kept[key])}" for key in sorted(kept))
    return "{\n" + ",\n".join(lines) + "\n}\n"
