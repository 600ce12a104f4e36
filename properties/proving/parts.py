"""What a proof is made of: obligations, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

__all__ = ["Answer", "Part", "Status", "combined"]


class Status(StrEnum):
    """What became of an obligation, strongest first."""

    proved = "proved"
    certified = "certified"
    open = "open"
    refuted = "refuted"
    error = "error"


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
    (two solvers, SymPy, balls on a box, a named fact); ``counterexample`` exact values that violate it.
    """

    name: str
    statement: str
    method: str
    status: Status
    detail: str = ""
    seconds: float = 0.0
    answers: tuple[Answer, ...] = ()
    counterexample: Mapping[str, Fraction] | None = None

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values; exact numbers as strings."""
        found = self.counterexample
        return {
            "name": self.name,
            "statement": self.statement,
            "method": self.method,
            "status": str(self.status),
            "detail": self.detail,
            "seconds": round(self.seconds, 4),
            "solvers": [a.to_json() for a in self.answers],
            "counterexample": None if found is None else {k: str(v) for k, v in found.items()},
        }


_WEAKEST_LAST = (Status.proved, Status.certified, Status.open, Status.refuted, Status.error)


def combined(parts: tuple[Part, ...]) -> Status:
    """The status of the whole: that of its weakest part; nothing proves nothing.

    >>> combined(())
    <Status.open: 'open'>
    """
    if not parts:
        return Status.open
    return max((p.status for p in parts), key=_WEAKEST_LAST.index)
