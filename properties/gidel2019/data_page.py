"""The report on a data set: the assertions, the modes, the runs, the picture; one page without a script."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from rankladder.language.formulas import formula
from rankladder.properties.gidel2019.data.assertion import counted
from rankladder.report.cards import escaped

__all__ = ["data_page", "inline"]

_CONTENT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SAID = {True: ("holds", "proved"), False: ("fails", "refuted"), None: ("open", "tested")}


def data_page(
    report: Mapping[str, Any],
    *,
    names: Sequence[str],
    command: Sequence[str],
    versions: Mapping[str, str],
    picture: str = "",
) -> str:
    """The page.

    Args:
        report: the document of ``rankladder data --json``.
        names: the files that were read.
        command: the words that repeat the run.
        versions: of what the figures rest on.
        picture: an SVG element (see :func:`inline`), or nothing.

    Returns:
        One HTML document without references to anything outside it.
    """
    shape = report["shape"]
    samples = "" if shape["n"] is None else f"{counted(shape['n'], 'sample')}, "
    style = files("rankladder.report").joinpath("style.css").read_text(encoding="utf-8")
    used = ", ".join(f"{escaped(name)} {escaped(number)}" for name, number in versions.items())
    parts = [
        f"<header><h1>{escaped(', '.join(names))}</h1>"
        f"<p class=lead>{samples}d = {counted(shape['d'], 'input')}, p = {counted(shape['p'], 'output')}, "
        f"m = {counted(shape['m'], 'mode')}</p>"
        f"<p><code>{escaped(shlex.join(command))}</code></p><p><small>{used}</small></p></header>",
        f"<section><h2>Verdict</h2><p>{escaped(report['sentence'])}</p>{_assertions(report['assertions'])}</section>",
        f"<section><h2>What the theory says</h2>{_theory(report)}</section>",
    ]
    if picture:
        parts.append(
            f'<section><h2>Descent from the spectral start</h2><div class="picture">{picture}</div></section>'
        )
    for kind, rows in report["starts"].items():
        parts.append(_run(kind, rows, report))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CONTENT}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>rankladder: {escaped(', '.join(names))}</title>\n<style>{style}</style></head>\n<body>"
        + "\n".join(parts)
        + "</body></html>\n"
    )


def inline(figure: Any) -> str:
    """A matplotlib figure as an SVG element that refers to nothing outside the page."""
    buffer = io.StringIO()
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    # the width is the page's to choose
    return re.sub(
        r'^<svg([^>]*?) width="[^"]*"', r"<svg\1", re.sub(r'^<svg([^>]*?) height="[^"]*"', r"<svg\1", text)
    )


def _assertions(found: Mapping[str, Any]) -> str:
    rows = []
    for name, said in found.items():
        word, colour = _SAID[said["holds"]]
        rows.append(
            f'<dt>{escaped(name)} <span class="badge {colour}">{word}</span></dt>'
            f"<dd>{escaped(said['says'])}<br><small>{escaped(said['why'])}</small></dd>"
        )
    return f'<dl class="card">{"".join(rows)}</dl>'


def _theory(report: Mapping[str, Any]) -> str:
    steps = report["step_sizes"]
    predicted = [row["predicted_step"] for row in report["starts"]["spectral"]]
    heads = [r"i", r"\sigma_i", r"\lambda_i", r"\sigma_i^2/\lambda_i", r"\delta/\log(1 + \eta\sigma_i)"]
    modes = [
        [str(i), _number(m["sigma"]), _number(m["lam"]), _number(m["rrr_gain"]), _count(k)]
        for i, (m, k) in enumerate(zip(report["modes"], predicted, strict=True), 1)
    ]
    sigma, gain = formula(r"\sigma"), formula(r"\sigma^2/\lambda")
    share, off = formula(r"\|B\|_F/\|S_{xx}\|_F"), formula("B")
    U, V, Sxx, Sxy = (formula(name) for name in ("U", "V", "S_{xx}", "S_{xy}"))
    lines = [
        f"reduced-rank solutions, one rank at a time: {escaped(report['promise'])}",
        f"distance from commuting: {share} = {_number(report['noncommuting_share'])}, {off} what the singular vectors {U} of {Sxy} "
        f"leave of {Sxx} off the diagonal: 0 when orthogonal {U}, {V} diagonalise {Sxy}, and {U} diagonalises {Sxx}",
        f"the orders of {sigma} and {gain} {'agree' if report['order_consistent'] else 'disagree'}",
        f"largest steps: monotone {_number(steps['monotone'])}, convergent {_number(steps['convergent'])}, "
        f"stable against all directions {_number(steps['stable'])}; used: {_number(report['eta'])}",
    ]
    listed = "".join(f"<li>{line}</li>" for line in lines)
    return f"<ul>{listed}</ul>{_table((formula(h) for h in heads), modes)}"


def _run(kind: str, rows: Sequence[Mapping[str, Any]], report: Mapping[str, Any]) -> str:
    made = report["runs"][kind]
    end = "settled" if made["settled"] else f"stopped at the budget of {report['max_steps']:,} steps"
    if made["diverged_at"] is not None:
        end = f"diverged at step {made['diverged_at']:,}; take a smaller step"
    heads = ["rank", "half learned at", "predicted", "nearest to the reduced-rank solution", "nearest to the plateau",
             "loss there", "least loss of that rank"]  # fmt: skip
    table = [
        [
            str(r["rank"]),
            "not reached" if r["transition_step"] is None else _count(r["transition_step"]),
            _count(r["predicted_step"]),
            *(_number(r[name]) for name in ("distance_to_rrr", "distance_to_plateau", "loss", "rrr_loss")),
        ]
        for r in rows
    ]
    name = "Gaussian" if kind == "gaussian" else kind
    share, final = formula(r"u_i^\top W v_i"), formula(r"u_i^\top W^* v_i")
    return (
        f"<section><h2>From a {escaped(name)} start</h2><p>δ = {report['delta']:g}, η = {_number(report['eta'])}: "
        f"{made['steps']:,} steps, {escaped(end)}. Half learned: {share} is half of its final value "
        f"{final}. Distances are relative, in prediction norm, least over the run; where the loss there is "
        "below the least loss of a rank, the iterate has a higher rank.</p>"
        f"{_table(map(escaped, heads), table)}</section>"
    )


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th scope=col>{h}</th>" for h in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escaped(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _count(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
