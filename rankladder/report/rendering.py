"""Templates to pages: one file each, without references to anything outside it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rankladder.language.formulas import formula
from rankladder.language.snippets import symbol

__all__ = ["embedded", "render"]

_HERE = "rankladder.report"


def render(
    template: str,
    *,
    package: str = _HERE,
    filters: Mapping[str, Callable[..., object]] = MappingProxyType({}),
    **values: Any,
) -> str:
    """A page.

    Args:
        template: a file in the folder ``templates`` of the package; it may extend ``base.html``.
        package: whose template it is.
        filters: besides ``formula`` (LaTeX to MathML), ``symbol`` (a parameter's name to LaTeX) and ``latex`` (of SymPy).
        values: what the template names.
    """
    import sympy

    made = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((package, _HERE))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "formula": lambda latex: Markup(formula(latex)),
        "symbol": symbol,
        "latex": sympy.latex,
        **filters,
    }
    return made.get_template(template).render(**values)


def embedded(figure: Any, words: str) -> Markup:
    """A matplotlib figure as an element of a page, with what it shows in words."""
    import matplotlib as mpl

    buffer = io.BytesIO()
    # the same picture has the same text, and letters are letters
    with mpl.rc_context({"svg.hashsalt": "rankladder", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    data = base64.b64encode(buffer.getvalue()).decode()
    return Markup('<img class="picture" alt="{}" src="data:image/svg+xml;base64,{}">').format(words, data)
