"""What a check has finished, kept as rows that the next run reads back value for value, to go on after an interruption."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rankladder.language.parsing import fitted, parse_instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Result, Verdict, finite
from rankladder.storage.cache import cache_folder
from rankladder.storage.finished import FinishedRows, version_of

__all__ = ["Keeper", "result_from", "row_of"]

_COUNTS = ("instances", "discarded", "escalated", "undecided", "undefined", "scouted", "seed")
_MARGINS = ("margin", "counterexample_margin", "worst_margin")
_WITNESSES = ("counterexample", "worst")


def row_of(result: Result) -> dict[str, Any]:
    """Plain values, from which :func:`result_from` makes the same result."""
    return {
        "verdict": str(result.verdict),
        "evidence": [{**e.__dict__, "solvers": [dict(s) for s in e.solvers]} for e in result.evidence],
        "region": {name: [finite(a), finite(b)] for name, (a, b) in result.region.items()},
        "seconds": result.seconds,
        **{name: getattr(result, name) for name in _COUNTS},
        **{name: finite(getattr(result, name)) for name in _MARGINS},
        **{
            name: None if getattr(result, name) is None else str(getattr(result, name)) for name in _WITNESSES
        },
    }


def result_from(row: Mapping[str, Any], claim: Claim) -> Result | None:
    """The result that a row was made of; None for a row that does not read, so that the claim is checked again.

    >>> from rankladder import check, load_catalogue
    >>> found = check("GD-5.not-continuous-upper", profile="quick")
    >>> result_from(row_of(found), load_catalogue()[found.id]) == found
    True
    """

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


class Keeper:
    """The finished results of checks with the same options.

    They are kept in the cache, because they can be made again; a cache that cannot be written, on a full disk
    say, is spoken of once and costs no result that has been or will be printed.
    """

    def __init__(self, claims: Mapping[str, Claim], options: Any) -> None:
        settings = {name: getattr(options, name) for name in ("profile", "examples", "seed", "fresh")}
        targets = [str(Path(target).resolve()) for target in options.targets]
        self._rows = FinishedRows(cache_folder("checks"), settings | {"targets": targets}, durable=False)
        self._claims = claims
        self._silent = False

    def finished_before(self) -> dict[str, Result]:
        """The results that earlier runs finished, by id."""
        found = {}
        for claim in self._claims.values():
            row = self._rows.get(claim.id, None, version_of(claim, proofs=True))
            result = None if row is None else result_from(row, claim)
            if result is not None:
                found[claim.id] = result
        return found

    def keep(self, result: Result) -> None:
        """Keep a result, unless the clock ended its check or something broke: neither needs to happen again."""
        if not result.complete or result.verdict is Verdict.error:
            return
        version = version_of(self._claims[result.id], proofs=True)
        try:
            self._rows.keep(result.id, None, version, row_of(result))
        except OSError as error:
            if not self._silent:
                print(
                    f"rankladder: cannot keep what is finished in {self._rows.folder}: {error.strerror}; the check goes on",
                    file=sys.stderr,
                )
            self._silent = True
