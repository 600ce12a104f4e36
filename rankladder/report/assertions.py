"""What became of the assertions of a catalogue's source: an answer to each, from the verdicts on its claims."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rankladder.language.catalogue import Assertion, Catalogue
from rankladder.language.library import UnknownClaim, select
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Result, Verdict, finite
from rankladder.storage.counterexamples import ReplayOutcome, Stored, kept_witness, replay
from rankladder.usage import UsageError

__all__ = ["answers", "claims_of", "markdown", "text", "verdicts_on"]

_WIDTH = 80
_SHORT, _LONG = 48, 90  # characters of a counterexample in a table, and beneath each other


def claims_of(home: Catalogue, assertion: Assertion) -> dict[str, Claim]:
    """The claims that carry an assertion, and the false neighbours among them.

    Raises:
        UsageError: when the assertion names a claim that the catalogue does not have.
    """
    try:
        return select(home.claims, assertion.claims)
    except UnknownClaim as error:
        raise UsageError(
            f"assertion {assertion.id} of catalogue {home.name}: {error}; mend its claims"
        ) from error


def answers(home: Catalogue, results: Mapping[str, Result]) -> dict[str, Any]:
    """The document of ``rankladder paper``.

    An assertion is as strong as the weakest of those of its claims that are expected to hold, and is answered under
    all that these assume: ``under`` are the assumptions that a counterexample shows to be needed, ``also_assumed``
    those of which that is not known. ``fails_without`` has these counterexamples and those to the false neighbours;
    each is judged again. Claims that are open questions are listed and decide nothing.
    """
    return {"source": home.source, "assertions": [_answer(home, a, results) for a in home.assertions]}


def verdicts_on(home: Catalogue, results: Mapping[str, Result]) -> dict[str, tuple[str, str]]:
    """The answer to each assertion all of whose claims have a result, as in :func:`answers`, and what it says."""
    found = {}
    for assertion in home.assertions:
        claims = claims_of(home, assertion)
        if results.keys() >= claims.keys():
            found[assertion.id] = _verdict(claims, results), assertion.text
    return found


def _verdict(claims: Mapping[str, Claim], results: Mapping[str, Result]) -> str:
    carrying = [c for c in claims.values() if c.expects is Expectation.holds]
    conditional = any(c.given for c in carrying)
    return _weakest([results[c.id].verdict for c in carrying], conditional=conditional)


def _answer(home: Catalogue, assertion: Assertion, results: Mapping[str, Result]) -> dict[str, Any]:
    claims = claims_of(home, assertion)
    carrying = [c for c in claims.values() if c.expects is Expectation.holds]
    needed: dict[str, dict[str, Stored]] = {}
    others: dict[str, list[str]] = {}
    for claim in carrying:
        for name in claim.given:
            witness = _violating(claim, name)
            if witness is not None:
                needed.setdefault(name, {})[claim.id] = witness
            else:
                others.setdefault(name, []).append(claim.id)
    fails = []
    for name, found in needed.items():
        id, witness = min(found.items(), key=lambda item: (len(item[1].instance), item[0]))
        fails.append({"assumption": name, "claim": id, **_told(witness)})
    for claim in claims.values():
        if claim.expects is not Expectation.refuted:
            continue
        witness, result = _violating(claim, None), results[claim.id]
        if witness is not None:
            told = _told(witness)
        elif result.counterexample is not None:
            told = {
                "counterexample": str(result.counterexample),
                "margin": finite(result.counterexample_margin),
            }
        else:
            continue
        fails.append({"assumption": None, "claim": claim.id, "title": claim.title, **told})
    return {
        "id": assertion.id,
        "text": assertion.text,
        "answer": _verdict(claims, results),
        "under": list(needed),
        "also_assumed": [name for name in others if name not in needed],
        "needed_by": {name: list(found) for name, found in needed.items()},
        "fails_without": fails,
        "claims": [{"id": c.id, "verdict": str(results[c.id].verdict), "expected": str(c.expects)} for c in claims.values()],
    }  # fmt: skip


def _weakest(verdicts: Sequence[Verdict], *, conditional: bool) -> str:
    if any(v is Verdict.refuted for v in verdicts):
        return "refuted"
    if not verdicts or any(v.inconclusive or v is Verdict.error for v in verdicts):
        return "inconclusive"
    # what is certified was shown on a region, and tested beyond it
    word = "proved" if all(v is Verdict.proved for v in verdicts) else "tested"
    return f"{word} under" if conditional else word


def _violating(claim: Claim, dropped: str | None) -> Stored | None:
    """The counterexample that comes with the claim, if it still is one."""
    found = kept_witness(claim, dropped)
    if found is None or replay(found, {claim.id: claim}).outcome is not ReplayOutcome.violates:
        return None
    return found


def _told(witness: Stored) -> dict[str, Any]:
    return {"counterexample": witness.instance, "margin": finite(witness.margin)}


def text(document: Mapping[str, Any]) -> str:
    """The document for a terminal of 80 columns; long counterexamples are cut short."""
    lines = [textwrap.fill(document["source"], _WIDTH)]
    for found in document["assertions"]:
        lines += ["", _wrapped(found["id"], found["text"], 4), _wrapped("    answer", _whole(found))]
        for failing in found["fails_without"]:
            where = f"{failing['claim']} at {textwrap.shorten(failing['counterexample'], _LONG, placeholder=' …')}"
            name = failing["assumption"]
            if name is None:
                lines.append(_wrapped("    also false", f"{failing['title']}: {where}"))
            else:
                more = len(found["needed_by"][name]) - 1
                others = f" (and {more} more need it)" if more else ""
                lines.append(_wrapped("    false without", f"{name}: {where}{others}"))
        if found["also_assumed"]:
            known = f"{', '.join(found['also_assumed'])} (not known to be needed)"
            lines.append(_wrapped("    assumes too", known))
        told = ", ".join(f"{c['id']} {c['verdict']}" for c in found["claims"])
        lines.append(_wrapped("    claims", told))
    return "\n".join(lines)


def _wrapped(label: str, said: str, indent: int = 18) -> str:
    return textwrap.fill(
        f"{label:{indent}}{said}", _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False
    )


def _whole(found: Mapping[str, Any]) -> str:
    """The answer with what it is under."""
    names = [*found["under"], *found["also_assumed"]]
    return f"{found['answer']} {', '.join(names)}" if found["answer"].endswith("under") else found["answer"]


def markdown(document: Mapping[str, Any]) -> str:
    """The document as a table, an assertion a row; of long counterexamples it names the claim alone."""
    rows = [
        "| | assertion | answer | false without them | false neighbours | claims |",
        "|---|---|---|---|---|---|",
    ]
    for found in document["assertions"]:
        counts = Counter(c["verdict"] for c in found["claims"] if c["expected"] == Expectation.holds)
        claims = ", ".join(dict.fromkeys(c["id"].split(".")[0] for c in found["claims"]))
        cells = (
            found["id"],
            found["text"],
            _whole(found),
            "<br>".join(_failing(f) for f in found["fails_without"] if f["assumption"] is not None),
            ", ".join(f["claim"] for f in found["fails_without"] if f["assumption"] is None),
            f"{claims}: {', '.join(f'{n} {verdict}' for verdict, n in counts.items())}",
        )
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _failing(failing: Mapping[str, Any]) -> str:
    instance = failing["counterexample"]
    where = f" at `{instance}`" if len(instance) <= _SHORT else ""
    return f"{failing['assumption']}: {failing['claim']}{where}"
