"""What notebooks show: tables of HTML, formulas as MathML, names as symbols. Knows nothing of claims."""

from __future__ import annotations

import html
from collections.abc import Iterable

__all__ = ["lines", "symbol", "table", "text", "typeset"]

_GREEK = ("sigma", "lam", "eta", "delta", "tau", "theta", "omega", "mu", "kappa", "alpha", "beta", "rho")


def symbol(name: str) -> str:
    r"""A parameter's name as LaTeX.

    >>> symbol("z0"), symbol("sigma_i"), symbol("steps")
    ('z_{0}', '\\sigma_{i}', '\\mathrm{steps}')
    """
    head, _, index = name.partition("_")
    if not index:
        head = name.rstrip("0123456789_")
        index = name[len(head) :].strip("_")
    if head in _GREEK:
        head = rf"\{'lambda' if head == 'lam' else head}"
    elif len(head) > 1:
        head = rf"\mathrm{{{head}}}"
    index = index.replace("_", "-")
    return f"{head}_{{{index}}}" if index else head


def typeset(latex: str) -> str:
    """MathML where the library is there; a notebook typesets the LaTeX otherwise."""
    from importlib.util import find_spec

    if find_spec("latex2mathml") is None:
        return rf"$\displaystyle {text(latex)}$"
    from rankladder.language.formulas import formula

    return formula(latex)


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Rows of a name and of HTML; a row without anything is left out."""
    cell = 'style="text-align: left; vertical-align: top"'
    made = "".join(
        f"<tr><th {cell}>{text(name)}</th><td {cell}>{shown}</td></tr>" for name, shown in rows if shown
    )
    return f"<table>{made}</table>"


def lines(parts: Iterable[str]) -> str:
    """HTML, a part a line."""
    return "<br>".join(parts)


def text(value: object) -> str:
    """What ``str`` says, as HTML.

    >>> text("a < b")
    'a &lt; b'
    """
    return html.escape(str(value), quote=True)
