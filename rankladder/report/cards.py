"""One claim, and one derivation, as HTML."""

from __future__ import annotations

import html
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rankladder.language.assumptions import Relation
from rankladder.language.catalogue import DEFAULT, catalogue_of
from rankladder.language.formulas import formula
from rankladder.language.snippets import symbol
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Result
from rankladder.report.violation import violation
from rankladder.report.words import assumption_texts, source_of
from rankladder.storage.counterexamples import known_witness

__all__ = ["claim_card", "derivation_card", "derivation_links"]


def claim_card(claim: Claim, result: Result, derivations: Sequence[Any], command: Sequence[str]) -> str:
    """A claim with its verdict, folded: statement, parameters, assumptions, evidence, how to reproduce it.

    Args:
        claim, result: what was checked, and what was found.
        derivations: those behind the claim; they are linked to.
        command: the words of ``rankladder check`` and its targets, without the choice of claims.
    """
    rows = [
        ("Statement", _statement(claim)),
        ("Source", escaped(claim.source)),
        ("Expected", escaped(str(claim.expects))),
        ("For all", _list(f"{formula(symbol(n))} in {escaped(str(d))}" for n, d in claim.over.items())),
        ("Assumes", _assumptions(claim)),
        ("Evidence", _list(f"<b>{escaped(e.kind)}</b> {escaped(e.detail)}" for e in result.evidence)),
        ("Margin", _margin(result)),
        ("Drawn", escaped(result.drawn)),
        ("Counterexample", _counterexample(claim, result)),
        ("Derivation", derivation_links(derivations)),
        ("Checked by", f"<pre>{escaped(source_of(claim))}</pre>"),
        ("Reproduce", _commands(claim, result, command)),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows if text)
    searched = " ".join((claim.id, claim.title, claim.source, *claim.given)).casefold()
    unexpected = (
        ""
        if result.as_expected
        else f' <span class="badge not">expected: {escaped(str(claim.expects))}</span>'
    )
    return (
        f'<details class="claim" id="{escaped(claim.id)}" data-verdict="{result.verdict}" '
        f'data-status="{result.status}" data-text="{escaped(searched)}">'
        f'<summary><span class="id">{escaped(claim.id)}</span> '
        f'<span class="badge {result.verdict}">{result.verdict}</span>{unexpected} '
        f'<span class="title">{escaped(claim.title)}</span></summary><dl>{body}</dl></details>'
    )


def derivation_card(derivation: Any) -> str:
    """A derivation, folded: its steps, each with the reason why it holds."""
    import sympy

    steps = []
    for step in derivation.steps:
        shown = (
            f"<code>{escaped(step.equation)}</code>"
            if isinstance(step.equation, str)
            else f'<div class="formula">{formula(sympy.latex(step.equation))}</div>'
        )
        steps.append(
            f"<li><b>{escaped(step.name)}</b>{shown}<small>because {escaped(step.reason)}</small></li>"
        )
    return (
        f'<details class="derivation" id="derivation-{escaped(derivation.id)}">'
        f'<summary><span class="id">{escaped(derivation.id)}</span> '
        f'<span class="title">{escaped(derivation.title)}</span></summary>'
        f"<ol>{''.join(steps)}</ol></details>"
    )


def derivation_links(derivations: Sequence[Any]) -> str:
    """Links to derivations of the same page."""
    return ", ".join(
        f'<a href="#derivation-{escaped(d.id)}">{escaped(d.title)}</a> '
        f"({len(d.steps)} step{'s' if len(d.steps) != 1 else ''}, each verified)"
        for d in derivations
    )


def escaped(text: str) -> str:
    """Text as HTML, in elements and in quoted attributes."""
    return html.escape(text, quote=True)


def _statement(claim: Claim) -> str:
    return f'<div class="formula">{formula(claim.statement)}</div>' if claim.statement else ""


def _assumptions(claim: Claim) -> str:
    import sympy

    lines = []
    for name, text in assumption_texts(claim).items():
        assumption = claim.given[name]
        shown = (
            formula(sympy.latex(assumption.relation)) if isinstance(assumption, Relation) else escaped(text)
        )
        lines.append(f"<b>{escaped(name)}</b> {shown} {_needed(claim, name)}".rstrip())
    return _list(lines) or "nothing"


def _needed(claim: Claim, name: str) -> str:
    """What is known of dropping an assumption: a catalogue's kept counterexamples, or those that were explored here."""
    if claim.expects is Expectation.refuted:
        return ""
    witness = known_witness(claim, name)
    if witness is not None:
        return f"<small>needed (without it false at <code>{escaped(witness.instance)}</code>)</small>"
    if catalogue_of(claim) is not None:
        return "<small>not needed, as far as was searched</small>"
    words = ["rankladder", "explore", claim.id, Path(claim.file).name, "--drop", name]
    return f"<small>is it needed? <code>{escaped(shlex.join(words))}</code></small>"


def _list(lines: Any) -> str:
    made = "".join(f"<li>{line}</li>" for line in lines)
    return f"<ul>{made}</ul>" if made else ""


def _margin(result: Result) -> str:
    if result.margin is None:
        return ""
    more = [f"{result.instances:,} instances judged"]
    more += [f"{result.undecided:,} undecided"] if result.undecided else []
    more += [f"{result.escalated:,} needed more than the first precision"] if result.escalated else []
    return f"{result.margin:.4g} <small>({', '.join(more)})</small>"


def _counterexample(claim: Claim, result: Result) -> str:
    if result.counterexample is None:
        return ""
    lines = [f"<code>{escaped(str(result.counterexample))}</code> margin {result.counterexample_margin:.4g}"]
    if result.worst is not None and result.worst != result.counterexample:
        lines.append(f"worst met: <code>{escaped(str(result.worst))}</code> margin {result.worst_margin:.4g}")
    return _list(lines) + violation(claim, result.counterexample)


def _commands(claim: Claim, result: Result, command: Sequence[str]) -> str:
    only = [*command, "--only", claim.id]
    lines = [[*only, "--seed", str(result.seed)] if result.seed else only]
    if result.counterexample is not None:
        lines.append([*only, "--at", str(result.counterexample)])
    if claim.expects is not Expectation.refuted and any(
        e.kind in ("proof", "certificate") for e in result.evidence
    ):
        targets = command[command.index("check") + 1 :]
        home = catalogue_of(claim)
        named = [] if home is None or home.name == DEFAULT else ["--catalogue", home.name]
        lines.append(["rankladder", "prove", claim.id, *(t for t in targets if t.endswith(".py")), *named])
    return "".join(f"<pre>{escaped(shlex.join(words))}</pre>" for words in lines)
