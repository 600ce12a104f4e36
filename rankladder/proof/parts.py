"""What a proof is made of: obligations, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from rankladder.language.obligation import Obligation
from rankladder.proof.identity_text import Identities, readable

__all__ = ["Answer", "Part", "Region", "Status", "combined", "regions", "shown_on"]

Region = tuple[tuple[str, str], ...]


class Status(StrEnum):
    """What became of an obligation, strongest first.

    ``certified`` is shown on a region only; ``tested`` says of what joins obligations to a claim that it is no
    more than a text.
    """

    proved = "proved"
    certified = "certified"
    tested = "tested"
    open = "open"
    refuted = "refuted"
    error = "error"

    @property
    def shown(self) -> bool:
        """Whether everything that was asked is shown, whatever joins it to a claim."""
        return self in (Status.proved, Status.certified, Status.tested)


@dataclass(frozen=True)
class Answer:
    """What one solver said: ``unsat`` (no counterexample exists), ``sat``, ``unknown`` or ``missing``."""

    name: str
    version: str
    result: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values."""
        return {
            "name": self.name,
            "version": self.version,
            "result": self.result,
            "seconds": round(self.seconds, 4),
        }


@dataclass(frozen=True)
class Part:
    """One obligation and what became of it.

    ``statement`` is what was to be shown, in a line that a person can read; ``method`` how it was shown
    (two solvers, SymPy, balls on a box, a named fact); ``counterexample`` exact values that violate it;
    ``stated`` the statement that was asked for, where this part, with those after it that have none, shows it;
    ``identities`` the certificate that an independent checker accepted, or the search for one that found none;
    ``region`` what it is shown on, where that is not everything: of each
    parameter its range, or its value.
    """

    name: str
    statement: str
    method: str
    status: Status
    detail: str = ""
    seconds: float = 0.0
    answers: tuple[Answer, ...] = ()
    counterexample: Mapping[str, Fraction] | None = None
    region: Region = ()
    identities: Identities | None = None
    stated: Obligation | None = None

    @property
    def told(self) -> str:
        """How it was shown, or why it was not: of identities each, in a line that a person can check."""
        found = self.identities
        return self.detail or ("" if found is None or found.node is None else readable(found))

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values; exact numbers as strings."""
        found = self.counterexample
        return {
            "name": self.name,
            "statement": self.statement,
            "method": self.method,
            "status": str(self.status),
            "detail": self.told,
            "region": regions([self]),
            "seconds": round(self.seconds, 4),
            "solvers": [a.to_json() for a in self.answers],
            "counterexample": None if found is None else {k: str(v) for k, v in found.items()},
        }


_WEAKEST_LAST = tuple(Status)


def combined(parts: tuple[Part, ...]) -> Status:
    """The status of the whole: that of its weakest part; nothing proves nothing.

    >>> combined(())
    <Status.open: 'open'>
    """
    if not parts:
        return Status.open
    return max((p.status for p in parts), key=_WEAKEST_LAST.index)


def shown_on(region: Region, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts that are shown on a region, and so certified there; on everything where none is named."""
    if not region:
        return tuple(parts)
    return tuple(
        replace(p, region=region, status=Status.certified if p.status is Status.proved else p.status)
        for p in parts
    )


def regions(parts: Iterable[Part]) -> str:
    """What parts are shown on, each region once.

    >>> two = [Part("", "", "", Status.certified, region=(("d =", "2"), ("p =", n))) for n in ("1", "3")]
    >>> regions(two[:1]), regions(two)
    ('d = 2, p = 1', 'd, p = 2, 1; 2, 3')
    """
    distinct = list(dict.fromkeys(p.region for p in parts if p.region))
    names = {tuple(name for name, _ in region) for region in distinct}
    if len(distinct) > 1 and len(names) == 1 and all(n.endswith(" =") for n in next(iter(names))):
        head = ", ".join(n.removesuffix(" =") for n in names.pop())
        return f"{head} = {'; '.join(', '.join(value for _, value in region) for region in distinct)}"
    return "; ".join(", ".join(f"{name} {value}" for name, value in region) for region in distinct)
