"""How claims, verdicts and instances show themselves in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from properties.statement import Claim
    from properties.verdict import Result

__all__ = ["claim_html", "instance_html", "instance_latex", "result_html", "symbol"]

_COLOURS = {
    "proved": "#00694f", "certified": "#1467a3", "tested": "#5b6775", "refuted": "#a34700",
    "suspect": "#8a6100", "vacuous": "#6d5a00", "error": "#b3123a",
}  # fmt: skip
_GREEK = ("sigma", "lam", "eta", "delta", "tau", "theta", "omega", "mu", "kappa", "alpha", "beta", "rho")


def symbol(name: str) -> str:
    r"""A parameter's name as LaTeX.

    >>> symbol("z0"), symbol("sigma_1"), symbol("steps")
    ('z_{0}', '\\sigma_{1}', '\\mathrm{steps}')
    """
    head = name.rstrip("0123456789").rstrip("_")
    index = name[len(head) :].strip("_")
    if head in _GREEK:
        head = rf"\{'lambda' if head == 'lam' else head}"
    elif len(head) > 1:
        head = rf"\mathrm{{{head.replace('_', '-')}}}"
    return f"{head}_{{{index}}}" if index else head


def claim_html(claim: Claim) -> str:
    """Id, title, statement, parameters and assumptions."""
    from properties.commands.show_command import assumption_texts

    rows = [
        ("statement", _typeset(claim.statement) if claim.statement else ""),
        ("for all", _lines(f"{_typeset(symbol(n))} in {_text(d)}" for n, d in claim.over.items())),
        ("assumes", _lines(f"<b>{_text(n)}</b>: {_text(t)}" for n, t in assumption_texts(claim).items())),
        ("source", _text(claim.source)),
        ("expected", _text(claim.expects)),
    ]
    title = "" if claim.title == claim.id else f" {_text(claim.title)}"
    return f"<div><b>{_text(claim.id)}</b>{title}{_table(rows)}</div>"


def result_html(result: Result) -> str:
    """The verdict, what it rests on, and the counterexample where there is one."""
    colour = _COLOURS[str(result.verdict)]
    wanted = "" if result.as_expected else f" <i>(expected: {_text(result.expected)})</i>"
    found = ""
    if result.counterexample is not None:
        found = f"<code>{_text(result.counterexample)}</code>, margin {result.counterexample_margin:.4g}"
    rows = [
        ("evidence", _lines(f"{_text(e.kind)}: {_text(e.detail)}" for e in result.evidence)),
        ("smallest margin", "" if result.margin is None else f"{result.margin:.4g}"),
        ("counterexample", found),
    ]
    return (
        f"<div><b>{_text(result.id)}</b> "
        f'<b style="color: {colour}">{_text(result.verdict)}</b>{wanted} {_text(result.title)}{_table(rows)}</div>'
    )


def instance_html(values: Mapping[str, Any]) -> str:
    """A row a parameter: exact value, and its size where it is a fraction."""
    rows = []
    for name, value in values.items():
        size = f" ≈ {float(value):.6g}" if isinstance(value, Fraction) and value.denominator > 1 else ""
        rows.append((name, f"<code>{_text(_plain(value))}</code>{size}"))
    return f"<div>{_table(rows)}</div>"


def instance_latex(values: Mapping[str, Any]) -> str:
    r"""The values as one formula.

    >>> instance_latex({"s": Fraction(1, 3), "steps": 3})
    '$s = \\frac{1}{3},\\quad \\mathrm{steps} = 3$'
    """
    return f"${', '.join(f'{symbol(n)} = {_value_latex(v)}' for n, v in values.items())}$".replace(
        ", ", r",\quad "
    )


def _value_latex(value: Any) -> str:
    if isinstance(value, Fraction) and value.denominator > 1:
        sign = "-" if value < 0 else ""
        return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    if isinstance(value, tuple):
        return "(" + r",\,".join(map(_value_latex, value)) + ")"
    if isinstance(value, (int, Fraction)):
        return str(value)
    return rf"\text{{{_plain(value)}}}"


def _plain(value: Any) -> str:
    from properties.instance import Instance

    return str(Instance.of(value=value)).removeprefix("value=")


def _typeset(latex: str) -> str:
    """MathML where the library is there; a notebook typesets the LaTeX otherwise."""
    from importlib.util import find_spec

    if find_spec("latex2mathml") is None:
        return rf"$\displaystyle {_text(latex)}$"
    from properties.report.formulas import formula

    return formula(latex)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cell = 'style="text-align: left; vertical-align: top"'
    made = "".join(
        f"<tr><th {cell}>{_text(name)}</th><td {cell}>{text}</td></tr>" for name, text in rows if text
    )
    return f"<table>{made}</table>"


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(lines)


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)
