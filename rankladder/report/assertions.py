"""What became of the assertions of a catalogue's source: an answer to each, from the verdicts on its claims."""

from __future__ import annotations

import ast
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rankladder.language.assumptions import words_of
from rankladder.language.catalogue import Assertion, Catalogue
from rankladder.language.library import UnknownClaim, select
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Result, Verdict, finite
from rankladder.storage.counterexamples import ReplayOutcome, Stored, kept_witness, replay
from rankladder.usage import UsageError

__all__ = ["answers", "claims_of", "markdown", "names", "text", "verdicts_on"]

_WIDTH = 80
_LONG = 90  # characters of a counterexample, or of what an assumption says


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
    all that these assume: ``under`` are the assumptions that a counterexample shows to be needed, those first that most
    claims need, ``also_assumed`` those of which that is not known. ``fails_without`` has these counterexamples and those to the false neighbours;
    each is judged again. Claims that are open questions are listed and decide nothing. Assertions are left out of
    whose claims some have no result.
    """
    known = [a for a in home.assertions if claims_of(home, a).keys() <= results.keys()]
    found = [_answer(home, a, results) for a in known]
    named = {name for answer in found for name in (*answer["under"], *answer["also_assumed"])}
    return {
        "source": home.source,
        "assertions": found,
        "words": {name: home.words[name] for name in sorted(named & home.words.keys())},
        "thresholds": {name: _number(value) for name, value in home.named_thresholds().items()},
        "thresholds_in": home.thresholds_in,
        "setting": home.setting,
    }


def _number(value: Any) -> dict[str, str | None]:
    """A threshold: as it is written, unless it is only known as a root of a polynomial, and to 6 digits."""
    exact = None if value.func.__name__ == "ComplexRootOf" else str(value)
    return {"exact": exact, "digits": str(value.evalf(6))}


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
    needed = dict(sorted(needed.items(), key=lambda item: -len(item[1])))
    for name, found in needed.items():
        id, witness = min(found.items(), key=lambda item: (len(item[1].instance), item[0]))
        fails.append(
            {"assumption": name, "says": words_of(claims[id].given[name]), "claim": id, **_told(witness)}
        )
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


def text(document: Mapping[str, Any], *, whole: bool = False) -> str:
    """The document for a terminal of 80 columns: an answer to each assertion, or ``whole``, with all it rests on."""
    lines = [textwrap.fill(document["source"], _WIDTH)]
    for found in document["assertions"]:
        lines += ["", _labelled(found["id"], found["text"], 4), _labelled("    answer", _counted(found))]
        if found["under"] and not whole:
            lines.append(_labelled("    false without", _needed(found)))
            lines.append(_labelled("    example", _example(found)))
        if whole:
            lines += [_labelled("    false without", said) for said in _needs(document, found)]
            lines += [_labelled("    also false", said) for said in _neighbours(found)]
        if found["also_assumed"]:
            known = f"{', '.join(found['also_assumed'])} (not known to be needed)"
            lines.append(_labelled("    assumes too", known))
        if whole:
            lines.append(_labelled("    claims", _verdicts(found)))
    if document["words"] and not whole:
        lines += ["", "What these names mean:"]
        lines += [_labelled(f"    {name}", said) for name, said in document["words"].items()]
    for said in (document["setting"], _thresholds(document)):
        if said:
            lines += ["", textwrap.fill(said, _WIDTH)]
    return "\n".join(lines)


def markdown(document: Mapping[str, Any], *, whole: bool = False) -> str:
    """The document as a table, an assertion a row, or ``whole``, as a heading and a list each."""
    if whole:
        setting = [document["setting"]] if document["setting"] else []
        return "\n\n".join([*setting, *(_section(document, found) for found in document["assertions"])])
    rows = ["| | assertion | answer | false without |", "|---|---|---|---|"]
    for found in document["assertions"]:
        cells = (found["id"], found["text"], _counted(found), _needed(found))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for said in (document["setting"], _thresholds(document)):
        if said:
            rows += ["", said]
    return "\n".join(rows)


def names(document: Mapping[str, Any]) -> str:
    """What the names of the assumptions mean, as a table."""
    rows = [f"| {name} | {said} |" for name, said in document["words"].items()]
    return "\n".join(["| name | means |", "|---|---|", *rows])


def _section(document: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    items = [f"Answer: {_counted(found)}."]
    items += [f"False without {said}" for said in _needs(document, found, "`")]
    items += [f"Also false: {said}" for said in _neighbours(found, "`")]
    if found["also_assumed"]:
        items.append(f"Assumes too, not known to be needed: {', '.join(found['also_assumed'])}")
    items.append(f"Claims: {_verdicts(found)}")
    return f"### {found['id']}: {found['text']}\n\n" + "\n".join(f"- {item}" for item in items)


def _labelled(label: str, said: str, indent: int = 18) -> str:
    return textwrap.fill(
        f"{label:{indent}}{said}", _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False
    )


def _counted(found: Mapping[str, Any]) -> str:
    """The answer, and the verdicts of the claims that carry it."""
    counts = Counter(c["verdict"] for c in found["claims"] if c["expected"] == Expectation.holds)
    told = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items()))
    return f"{found['answer'].removesuffix(' under')} ({told})" if told else found["answer"]


def _needed(found: Mapping[str, Any]) -> str:
    """The assumptions without which some claim of the assertion is false; apart those that only one claim needs."""
    several, single = (
        ", ".join(name for name in found["under"] if (len(found["needed_by"][name]) == 1) is alone)
        for alone in (False, True)
    )
    return "; ".join(part for part in (several, f"one claim each: {single}" if single else "") if part)


def _needs(document: Mapping[str, Any], found: Mapping[str, Any], quote: str = "") -> list[str]:
    """Each assumption that is needed, with what its name means and a counterexample without it."""
    told = []
    for failing in found["fails_without"]:
        name = failing["assumption"]
        if name is not None:
            more = len(found["needed_by"][name]) - 1
            others = f" (and {more} more need it)" if more else ""
            means = document["words"].get(name) or f"{quote}{_shortened(failing['says'].rstrip('.'))}{quote}"
            place = f"{failing['claim']} at {quote}{failing['counterexample']}{quote}"
            told.append(f"{name} ({means}): {place}{others}")
    return told


def _neighbours(found: Mapping[str, Any], quote: str = "") -> list[str]:
    """Each false neighbour, with its counterexample."""
    false = (f for f in found["fails_without"] if f["assumption"] is None)
    return [f"{failing['title']}: {_place_of(failing, quote)}" for failing in false]


def _example(found: Mapping[str, Any]) -> str:
    """The shortest counterexample without one of the assumptions."""
    needed = [f for f in found["fails_without"] if f["assumption"] is not None]
    if not needed:
        return ""
    shortest = min(needed, key=lambda f: len(f["counterexample"]))
    return f"without {shortest['assumption']}: {_place_of(shortest, '')}"


def _place_of(failing: Mapping[str, Any], quote: str) -> str:
    """The claim and its counterexample, as much of it as a line has room for: what is short first."""
    said = failing["counterexample"]
    if len(said) > _LONG:
        call = f"_({said})"
        named = ast.parse(call, mode="eval").body.keywords  # type: ignore[attr-defined]
        parts = (f"{part.arg}={ast.get_source_segment(call, part.value)}" for part in named)
        said = ", ".join(sorted(parts, key=len))
    return f"{failing['claim']} at {quote}{_shortened(said)}{quote}"


def _shortened(said: str) -> str:
    return textwrap.shorten(said, _LONG, placeholder=" …")


def _verdicts(found: Mapping[str, Any]) -> str:
    """The verdict on each claim; on a question, which no answer counts, beside that."""
    return ", ".join(
        f"{c['id']} {c['verdict']}{' (an open question)' if c['expected'] == Expectation.open else ''}"
        for c in found["claims"]
    )


def _thresholds(document: Mapping[str, Any]) -> str:
    """The sharp thresholds of the theory in one sentence; empty where it has none."""
    if not document["thresholds"]:
        return ""
    told = ", ".join(f"{name} {t['exact'] or t['digits']}" for name, t in document["thresholds"].items())
    unit = f" of {document['thresholds_in']}" if document["thresholds_in"] else ""
    return f"Sharp thresholds{unit}: {told}."
