"""The site: ``sphinx-build -W --keep-going docs site``. It opens from the disk and asks no network for anything."""

from __future__ import annotations

import contextlib
import html
import io
import os
import re
from typing import Any

from docutils import nodes

from rankladder.app.main import parser
from rankladder.language.catalogue import DEFAULT
from rankladder.language.formulas import formula
from rankladder.language.library import load_catalogue
from rankladder.language.parsing import fitted, parse_instance
from rankladder.report.pictures.violation import violation
from rankladder.report.rendering import embedded
from rankladder.storage.counterexamples import kept_witness

os.environ |= {"COLUMNS": "80", "NO_COLOR": "1"}  # what commands print about themselves

project = "rankladder"
author = copyright = "The rankladder authors"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "matplotlib.sphinxext.plot_directive"]

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = "rankladder"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = html_show_sourcelink = False
html_show_search_summary = False  # fetched page by page, which a browser refuses for files on the disk

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the notebook is kept with its outputs, and a test runs it

nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!rankladder).*")]
autodoc_typehints = "none"
autodoc_member_order = "bysource"

plot_formats = ["svg"]
plot_html_show_formats = plot_html_show_source_link = False
plot_include_source = True


def setup(app: Any) -> None:
    """Formulas as MathML; pictures on the claim pages."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.connect("source-read", _complete)
    app.connect("doctree-read", _typeset_outputs)
    app.connect("doctree-read", _link_claims)


def _inline(writer: Any, node: nodes.Element) -> None:
    writer.body.append(formula(node.astext().strip("`")))  # $`…`$, as the pages are read elsewhere
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.Element) -> None:
    writer.body.append(f'<div class="formula">{formula(node.astext())}</div>')
    raise nodes.SkipNode


def _typeset_outputs(app: Any, tree: nodes.document) -> None:
    """Formulas between dollar signs in what the notebook's cells gave, which Jupyter would typeset."""
    for output in tree.findall(nodes.raw):
        text = re.sub(r"\$\\displaystyle (.*?)\$", lambda m: formula(html.unescape(m[1])), output.astext())
        output.children = [nodes.Text(text)]


def _link_claims(app: Any, tree: nodes.document) -> None:
    """On the page of the paper's assertions every claim leads to its page."""
    if app.env.docname != "paper":
        return
    families = {claim.family for claim in load_catalogue().values()}
    for text in [t for t in tree.findall(nodes.Text) if isinstance(t.parent, nodes.paragraph)]:
        parts = re.split(r"\b([A-Z]+-\d+(?:\.[a-z][a-z0-9-]*)?)", text)
        made = [nodes.Text(part) for part in parts]
        for i, id in enumerate(parts):
            family = id.split("-")[0]
            if i % 2 and family in families:
                place = f"#{nodes.make_id(id)}" if id in load_catalogue() else ""
                made[i] = nodes.reference("", id, refuri=f"claims/{family}.html{place}")
        text.parent.replace(text, made)


def _complete(app: Any, name: str, source: list[str]) -> None:
    """What pages have on the site only.

    Below each command what it takes; of claims the pages of their folder in the menu, and pictures of counterexamples.
    """
    if name == "reference/commands":
        source[0] = re.sub(r"(?m)^## (\w+)$", lambda m: f"{m[0]}\n\n```text\n{_help(m[1])}```", source[0])
    if not name.startswith("claims"):
        return
    if name.endswith("/README"):
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"
    claims = load_catalogue(name.partition("/")[0].removeprefix("claims").removeprefix("-") or DEFAULT)
    source[0] = re.sub(r"(?ms)^## (\S+)$.*?(?=^## |\Z)", lambda m: m[0] + _picture(claims, m[1]), source[0])


def _help(command: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        parser([command]).parse_args([command, "--help"])
    return said.getvalue()


def _picture(claims: Any, id: str) -> str:
    witness = kept_witness(claims[id], None) if id in claims else None
    if witness is None:
        return ""
    drawn = violation(claims[id], fitted(parse_instance(witness.instance), claims[id].over))
    return "" if drawn is None else f"{embedded(drawn.figure, drawn.get_title())}\n\n"
