"""The report of a check: summary, dashboard by family, claims, derivations; its style and script stand in it."""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rankladder.language.assumptions import Relation
from rankladder.language.catalogue import DEFAULT, catalogue_of
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Result, Verdict
from rankladder.report.pictures.violation import violation
from rankladder.report.rendering import embedded, render
from rankladder.report.words import assumption_texts, source_of
from rankladder.storage.counterexamples import known_witness

__all__ = ["Subject", "page"]


@dataclass(frozen=True)
class Subject:
    """What was checked in the place of the catalogue's own algorithm.

    Attributes:
        name: as the command line has it, FILE:NAME. form: what it is and how it was run, in words.
        code: the text of its file. mistake: its first wrong step, in lines.
        apart: the claims that it has no part in, by the reason.
    """

    name: str
    form: str
    code: str
    mistake: Sequence[str]
    apart: Mapping[str, Sequence[str]]

    @property
    def digest(self) -> str:
        """The SHA-256 of the text, by which a reader knows the file."""
        return hashlib.sha256(self.code.encode()).hexdigest()


def page(
    claims: Mapping[str, Claim],
    results: Sequence[Result],
    *,
    command: Sequence[str],
    versions: Mapping[str, str],
    only: Sequence[str] = (),
    subject: Subject | None = None,
) -> str:
    """The report of a check.

    Args:
        claims: the claims that were checked, by id.
        results: what was found, in the order to show.
        command: the words that repeat the check, such as ``["rankladder", "check", "my_claims.py"]``.
        versions: of what the verdicts rest on.
        only: the choice of claims that was asked for.
        subject: what was checked in the place of the catalogue's own algorithm.

    Returns:
        One HTML document without references to anything outside it.
    """
    families: dict[str, list[dict[str, Any]]] = {}
    derivations: dict[str, Any] = {}
    for result in results:
        claim = claims[result.id]
        home = catalogue_of(claim)
        behind = [] if home is None else home.derivations_for(claim.id)
        derivations |= {d.id: d for d in behind}
        families.setdefault(result.family, []).append(_card(claim, result, behind, command))
    for derivation in derivations.values():
        derivation.verify()
    counts = Counter(r.verdict for r in results)
    return render(
        "check.html",
        results=results,
        subject=subject,
        statuses=Counter(r.status for r in results),
        verdicts={verdict: counts[verdict] for verdict in Verdict if counts[verdict]},
        families=families,
        derivations=list(derivations.values()),
        command=shlex.join([*command, *(["--only", *only] if only else [])]),
        versions=versions,
        seeds=sorted({r.seed for r in results}),
    )


def _card(claim: Claim, result: Result, derivations: Sequence[Any], command: Sequence[str]) -> dict[str, Any]:
    """What the page says of a claim besides what its own attributes and those of the result say."""
    return {
        "claim": claim,
        "result": result,
        "searched": " ".join((claim.id, claim.title, claim.source, *claim.given)).casefold(),
        "assumptions": list(_assumptions(claim)),
        "picture": _picture(claim, result),
        "derivations": derivations,
        "source": source_of(claim),
        "commands": [shlex.join(words) for words in _commands(claim, result, command)],
    }


def _assumptions(claim: Claim) -> Iterator[dict[str, Any]]:
    """Each assumption, and what is known of dropping it: kept counterexamples, or how to explore it."""
    import sympy

    for name, text in assumption_texts(claim).items():
        assumption = claim.given[name]
        latex = sympy.latex(assumption.relation) if isinstance(assumption, Relation) else ""
        catalogued = catalogue_of(claim) is not None
        asked = claim.expects is not Expectation.refuted
        words = ["rankladder", "explore", claim.id, Path(claim.file).name, "--drop", name]
        yield {
            "name": name,
            "text": text,
            "latex": latex,
            "witness": known_witness(claim, name) if asked else None,
            "searched": asked and catalogued,
            "explore": shlex.join(words) if asked and not catalogued else "",
        }


def _picture(claim: Claim, result: Result) -> str:
    drawn = None if result.counterexample is None else violation(claim, result.counterexample)
    return "" if drawn is None else embedded(drawn.figure, drawn.get_title())


def _commands(claim: Claim, result: Result, command: Sequence[str]) -> Iterator[list[str]]:
    only = [*command, "--only", claim.id]
    yield [*only, "--seed", str(result.seed)] if result.seed else only
    if result.counterexample is not None:
        yield [*only, "--at", str(result.counterexample)]
    proved = any(e.kind in ("proof", "certificate") for e in result.evidence)
    if proved and claim.expects is not Expectation.refuted:
        targets = command[command.index("check") + 1 :]
        home = catalogue_of(claim)
        named = [] if home is None or home.name == DEFAULT else ["--catalogue", home.name]
        yield ["rankladder", "prove", claim.id, *(t for t in targets if t.endswith(".py")), *named]
