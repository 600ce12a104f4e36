"""What a check has finished, kept as rows that the next run reads back value for value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rankladder.language.parsing import fitted, parse_instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Result, Verdict, finite
from rankladder.storage.finished import Finished
from rankladder.storage.versions import version_of

__all__ = ["FinishedChecks"]

_COUNTS = ("instances", "discarded", "escalated", "undecided", "undefined", "scouted", "seed")
_MARGINS = ("margin", "counterexample_margin", "worst_margin")
_WITNESSES = ("counterexample", "worst")


def _row_of(result: Result) -> dict[str, Any]:
    """Plain values, from which :func:`_result_from` makes the same result."""
    return {
        "verdict": str(result.verdict),
        "evidence": [{**e.__dict__, "solvers": [dict(s) for s in e.solvers]} for e in result.evidence],
        "region": {name: [finite(a), finite(b)] for name, (a, b) in result.region.items()},
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
            seconds=float(row["seconds"]),
            **{name: value(name) for name in (*_COUNTS, *_MARGINS, *_WITNESSES)},
        )
    except (KeyError, TypeError, ValueError):
        return None


class FinishedChecks:
    """The finished results of checks with the same options.

    >>> from rankladder.language.library import check, load_catalogue
    >>> from types import SimpleNamespace
    >>> claims = load_catalogue()
    >>> options = SimpleNamespace(profile="quick", examples=None, seed=0, fresh=False, targets=[])
    >>> found, kept = check("GD-5.not-continuous-upper", profile="quick"), FinishedChecks(claims, options)
    >>> kept.keep(found)
    >>> kept.before()[found.id] == found
    True
    """

    def __init__(self, claims: Mapping[str, Claim], options: Any) -> None:
        settings = {name: getattr(options, name) for name in ("profile", "examples", "seed", "fresh")}
        targets = [str(Path(target).resolve()) for target in options.targets]
        self._rows = Finished({"check": targets, **settings})
        self._claims = claims

    def before(self) -> dict[str, Result]:
        """The results that earlier runs finished, by id."""
        found = {}
        for claim in self._claims.values():
            row = self._rows.get(claim.id, version_of(claim, proofs=True))
            result = None if row is None else _result_from(row, claim)
            if result is not None:
                found[claim.id] = result
        return found

    def keep(self, result: Result) -> None:
        """Keep a result, unless the clock ended its check or something broke: neither needs to happen again.

        Raises:
            OSError: when it cannot be written.
        """
        if result.complete and result.verdict is not Verdict.error:
            self._rows.keep(result.id, version_of(self._claims[result.id], proofs=True), _row_of(result))
