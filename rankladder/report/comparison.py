"""Two checks compared: which verdicts changed, which margins shrank, which claims came and went.

A verdict is worse when its status is (as expected, then inconclusive, then unexpected, then error), or, at the
same status, when what stands behind it is weaker (proved, then certified, then tested). A margin shrank when
the smallest one met is less than half of what it was, in claims that stood and stand: smallest margins of
other draws differ somewhat by chance, so where the seed or the number of instances differs, that is said.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rankladder.language.verdict import Expectation, Result, Verdict
from rankladder.usage import UsageError, given_path

__all__ = ["Change", "compare", "read_document"]

Kind = Literal["worse", "better", "other", "margin", "new", "gone"]
_SHRUNK = 0.5
_STRENGTH = {Verdict.proved: 2, Verdict.certified: 1}


@dataclass(frozen=True)
class Change:
    """One difference: ``kind`` is worse, better, other (a verdict), margin, new or gone."""

    id: str
    kind: Kind
    before: str
    after: str
    note: str = ""

    def to_json(self) -> dict[str, str]:
        """Stable keys, plain values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "before": self.before,
            "after": self.after,
            "note": self.note,
        }


def read_document(path: str) -> Mapping[str, Mapping[str, Any]]:
    """The claims of a document that ``check --json`` printed, by id.

    Raises:
        UsageError: when the file is missing or is no such document.
    """
    remedy = "give what rankladder check --json printed"
    file = given_path(path)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; {remedy}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON document; {remedy}") from error
    try:
        if document["schema"] != 1:
            raise UsageError(f"{path} has schema {document['schema']!r} but 1 is known; {remedy}")
        claims = {c["id"]: c for c in document["claims"]}
        for c in claims.values():
            Verdict(c["verdict"]), Expectation(c["expected"]), _number(c["margin"])
            c["instances"], c["seed"]
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path} is no document of a check; {remedy}") from error
    return claims


def compare(
    old: Mapping[str, Mapping[str, Any]], results: Sequence[Result], *, known: Collection[str]
) -> tuple[Change, ...]:
    """What changed between an earlier check and this one.

    Args:
        old: the claims of :func:`read_document`.
        results: those of this check.
        known: the ids of all claims that exist now, checked or not.

    >>> compare({"A": {}}, [], known=["B"])
    (Change(id='A', kind='gone', before='stated', after='-', note=''),)
    """
    changes: list[Change] = []
    for result in results:
        before = old.get(result.id)
        if before is None:
            changes.append(Change(result.id, "new", "-", str(result.verdict)))
            continue
        verdict = _verdict_change(before, result)
        margin = None if verdict is not None else _margin_change(before, result)
        changes += [c for c in (verdict, margin) if c is not None]
    changes += [Change(i, "gone", "stated", "-") for i in old if i not in known]
    order: list[Kind] = ["worse", "gone", "margin", "other", "better", "new"]
    return tuple(sorted(changes, key=lambda c: order.index(c.kind)))


def _rank(expected: Expectation, verdict: Verdict) -> tuple[int, int]:
    if verdict is Verdict.error:
        return 0, 0
    if not expected.met_by(verdict):
        return (2 if verdict.inconclusive else 1), 0
    return 3, _STRENGTH.get(verdict, 0)


def _verdict_change(before: Mapping[str, Any], result: Result) -> Change | None:
    then, expected = Verdict(before["verdict"]), Expectation(before["expected"])
    if then is result.verdict and expected is result.expected:
        return None
    first, second = _rank(expected, then), _rank(result.expected, result.verdict)
    kind: Kind = "worse" if second < first else "better" if second > first else "other"
    note = "" if expected is result.expected else f"expected {expected} before, {result.expected} now"
    return Change(result.id, kind, str(then), str(result.verdict), note)


def _margin_change(before: Mapping[str, Any], result: Result) -> Change | None:
    then, now = _number(before["margin"]), result.margin
    if then is None or now is None or not result.verdict.positive or not now < _SHRUNK * then:
        return None
    same = (before["seed"], before["instances"]) == (result.seed, result.instances)
    note = "" if same else "other draws: the seed or the number of instances differs"
    return Change(result.id, "margin", f"{then:.3g}", f"{now:.3g}", note)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
