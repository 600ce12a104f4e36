"""The page: summary, dashboard by family, claims, derivations; its style and script stand in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from rankladder.language.catalogue import catalogue_of
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result, Verdict
from rankladder.report.cards import claim_card, derivation_card, escaped

__all__ = ["page"]

_CONTENT = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page(
    claims: Mapping[str, Claim],
    results: Sequence[Result],
    *,
    command: Sequence[str],
    versions: Mapping[str, str],
    only: Sequence[str] = (),
) -> str:
    """The report of a check.

    Args:
        claims: the claims that were checked, by id.
        results: what was found, in the order to show.
        command: the words that repeat the check, such as ``["rankladder", "check", "my_claims.py"]``.
        versions: of what the verdicts rest on.
        only: the choice of claims that was asked for.

    Returns:
        One HTML document without references to anything outside it.
    """
    behind: dict[str, list[Any]] = {}
    for result in results:
        home = catalogue_of(claims[result.id])
        behind[result.id] = [] if home is None else home.derivations_for(result.id)
    derivations = {d.id: d for found in behind.values() for d in found}
    for derivation in derivations.values():
        derivation.verify()
    families: dict[str, list[Result]] = {}
    for result in results:
        families.setdefault(result.family, []).append(result)
    sections = []
    for family, members in families.items():
        cards = [claim_card(claims[r.id], r, behind[r.id], command) for r in members]
        sections.append(
            f'<section class="family"><h2 id="family-{escaped(family)}">{escaped(family)}</h2>{"".join(cards)}</section>'
        )
    if derivations:
        cards = [derivation_card(d) for d in derivations.values()]
        sections.append(f'<section class="derivations"><h2>Derivations</h2>{"".join(cards)}</section>')
    resources = files("rankladder.report")
    style = resources.joinpath("style.css").read_text(encoding="utf-8")
    script = resources.joinpath("script.js").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CONTENT}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>rankladder: {_counted(len(results))}</title>\n<style>{style}</style></head>\n<body>"
        f"{_header(results, [*command, *(['--only', *only] if only else [])], versions)}\n{_tools(results)}\n<main>{_dashboard(families)}\n"
        + "\n".join(sections)
        + f'\n<p id="none" hidden>No claim matches.</p></main>\n<script>{script}</script></body></html>\n'
    )


def _counted(number: int) -> str:
    return f"{number} claim{'s' if number != 1 else ''}"


def _header(results: Sequence[Result], command: Sequence[str], versions: Mapping[str, str]) -> str:
    status = Counter(r.status for r in results)
    said = ", ".join(
        f"<b>{status[name]}</b> {words}"
        for name, words in (
            ("as_expected", "as expected"),
            ("unexpected", "unexpected"),
            ("inconclusive", "inconclusive"),
        )
    )
    import shlex

    used = ", ".join(f"{escaped(name)} {escaped(number)}" for name, number in versions.items())
    seeds = ", ".join(sorted({str(r.seed) for r in results}))
    return (
        f"<header><h1>rankladder</h1><p class=lead>{_counted(len(results))}: {said}</p>"
        f"<p><code>{escaped(shlex.join(command))}</code></p><p><small>seed {seeds}; {used}</small></p></header>"
    )


def _tools(results: Sequence[Result]) -> str:
    counts = Counter(r.verdict for r in results)
    buttons = [f'<button type="button" data-filter="" aria-pressed="true">all <b>{len(results)}</b></button>']
    buttons += [
        f'<button type="button" data-filter="{v}" aria-pressed="false"><i class="dot {v}"></i>{v} <b>{counts[v]}</b></button>'
        for v in Verdict
        if counts[v]
    ]
    odd = sum(not r.as_expected for r in results)
    if odd:
        buttons.append(
            f'<button type="button" data-filter="!" aria-pressed="false"><i class="dot error"></i>not as expected <b>{odd}</b></button>'
        )
    return (
        '<nav id="tools" aria-label="Filter"><input id="search" type="search" placeholder="Search id, title, assumption" '
        f'aria-label="Search">{"".join(buttons)}<output id="shown"></output></nav>'
    )


def _dashboard(families: Mapping[str, Sequence[Result]]) -> str:
    present = [v for v in Verdict if any(r.verdict is v for rs in families.values() for r in rs)]
    head = "".join(f"<th scope=col><i class='dot {v}'></i>{v}</th>" for v in present)
    rows = []
    for family, results in families.items():
        counts = Counter(r.verdict for r in results)
        cells = "".join(f"<td>{counts[v] or '·'}</td>" for v in present)
        odd = sum(not r.as_expected for r in results)
        rows.append(
            f'<tr><th scope=row><a href="#family-{escaped(family)}">{escaped(family)}</a></th>'
            f"<td>{len(results)}</td>{cells}<td class='{'odd' if odd else ''}'>{odd or '·'}</td></tr>"
        )
    return (
        '<div class="wide"><table id="dashboard"><thead><tr><th scope=col>family</th><th scope=col>claims</th>'
        f"{head}<th scope=col>not as expected</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
