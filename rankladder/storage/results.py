"""The verdicts that checks have come to, kept as rows that the next run reads back value for value.

A row counts while nothing that it rests on has changed: the options, the sources of rankladder and of the catalogue, what
is installed, and every other file that the process read which came to the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from rankladder.language.parsing import fitted, parse_instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Result, Verdict, finite
from rankladder.storage.finished import Finished
from rankladder.storage.reading import state_of
from rankladder.storage.versions import installation, sources_as_digested, version_of

__all__ = ["FinishedChecks"]

_COUNTS = (
    "instances",
    "discarded",
    "escalated",
    "undecided",
    "undefined",
    "scouted",
    "seed",
    "in_float64",
    "equalities",
    "counterexample_in_float64",
)
# options that say which claims are meant, and what is printed of them; every other one may change a verdict
_ASIDE = {
    "against", "budget", "command", "fresh", "html", "json", "markdown", "module", "only", "parser", "resumed", "targets", "twins", "workers",
}  # fmt: skip
_MARGINS = ("margin", "counterexample_margin", "worst_margin")
_WITNESSES = ("counterexample", "worst")


def _row_of(result: Result) -> dict[str, Any]:
    """Plain values, from which :func:`_result_from` makes the same result."""
    return {
        "verdict": str(result.verdict),
        "evidence": [{**e.__dict__, "solvers": [dict(s) for s in e.solvers]} for e in result.evidence],
        "region": {name: [finite(a), finite(b)] for name, (a, b) in result.region.items()},
        "stated": dict(result.stated),
        "seconds": result.seconds,
        **{name: getattr(result, name) for name in _COUNTS},
        **{name: finite(getattr(result, name)) for name in _MARGINS},
        **{name: None if (w := getattr(result, name)) is None else str(w) for name in _WITNESSES},
    }


def _result_from(row: Mapping[str, Any], claim: Claim) -> Result | None:
    """The result that a row was made of; None for a row that does not read, so that the claim is checked again."""

    def value(name: str) -> Any:
        found = row[name]
        if found is None or name in _COUNTS:
            return found
        return float(found) if name in _MARGINS else fitted(parse_instance(found), claim.over)

    try:
        return Result(
            id=claim.id,
            title=claim.title,
            expected=claim.expects,
            verdict=Verdict(row["verdict"]),
            evidence=tuple(Evidence(**{**e, "solvers": tuple(e["solvers"])}) for e in row["evidence"]),
            region={name: (float(a), float(b)) for name, (a, b) in row["region"].items()},
            stated=dict(row["stated"]),
            seconds=float(row["seconds"]),
            **{name: value(name) for name in (*_COUNTS, *_MARGINS, *_WITNESSES)},
        )
    except (KeyError, TypeError, ValueError):
        return None


class FinishedChecks:
    """The verdicts of checks with the same options.

    >>> from rankladder import check
    >>> from rankladder.language.library import load_catalogue
    >>> from types import SimpleNamespace
    >>> claims = load_catalogue()
    >>> options = SimpleNamespace(profile="quick", examples=None, seed=0, targets=[])
    >>> found, kept = check("GD-5.not-continuous-upper", profile="quick"), FinishedChecks(claims, options)
    >>> kept.keep(found, {})
    >>> kept.before()[found.id] == replace(found, kept=True)
    True
    """

    def __init__(self, claims: Mapping[str, Claim], options: Any) -> None:
        given = {name: value for name, value in vars(options).items() if name not in _ASIDE and value}
        targets = [str(Path(target).resolve()) for target in options.targets]
        self._rows = Finished({"check": targets, **given})
        self._claims = claims

    def before(self) -> dict[str, Result]:
        """The results that earlier runs came to and that still count, by id."""
        now = cache(state_of)
        found = {}
        for claim in self._claims.values():
            row = self._rows.get(claim.id, self._version(claim.id))
            if row is None or any(now(file) != state for file, state in row["read"].items()):
                continue
            result = _result_from(row, claim)
            if result is not None:
                found[claim.id] = replace(result, kept=True)
        return found

    def keep(self, result: Result, read: Mapping[str, str] | None) -> None:
        """Keep a result, unless another run may find more: the clock ended its check or a solver, something broke, or
        what it rests on changed meanwhile.

        Args:
            result: what the check found.
            read: the state of every file that it may rest on, by path; None where one of them changed meanwhile.

        Raises:
            OSError: when it cannot be written.
        """
        if not result.complete or result.verdict is Verdict.error or _gave_up(result) or read is None:
            return
        claim, row = self._claims[result.id], _row_of(result)
        if _result_from(row, claim) == result and sources_as_digested():
            self._rows.keep(result.id, self._version(result.id), {**row, "read": dict(read)})

    def _version(self, id: str) -> str:
        return f"{version_of(self._claims[id])} {installation()}"


def _gave_up(result: Result) -> bool:
    """Whether a solver that gave up left the claim without a proof: it may have been the clock."""
    shown = result.verdict in (Verdict.proved, Verdict.certified, Verdict.refuted)
    return not shown and any("unknown" in s["result"] for e in result.evidence for s in e.solvers)
