"""Verdicts for a paper: a macro that prints the verdict on a claim, and a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from rankladder.language.assumptions import Relation
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result, Verdict
from rankladder.report.words import counted_verdicts
from rankladder.usage import UsageError

__all__ = ["assumed", "verdicts_as_latex"]

_LONG = 40  # rows from which on a table must be able to break over pages
_SHORT = 40  # characters of a counterexample
_NONE: Mapping[str, str] = MappingProxyType({})
_NAMED = re.compile(r"[A-Za-z0-9 .:/+_*=-]+")  # what TeX takes as the name of something, letter by letter
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": "$<$", ">": "$>$", "|": "$|$", "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "²": "$^2$", "√": r"$\surd$", "∞": r"$\infty$",
    **{c: f"\\{c}" for c in "#$%&_"},
}  # fmt: skip


def verdicts_as_latex(
    results: Sequence[Result],
    *,
    seed: int,
    versions: Mapping[str, str],
    formulas: Mapping[str, str] = _NONE,
    assumptions: Mapping[str, str] = _NONE,
) -> str:
    r"""Macros and a table of verdicts, as the text of a file to ``\input``.

    ``\rlverdict{GD-4.upper}`` prints the verdict, ``\rlevidence{GD-4.upper}`` what it rests on, ``\rlassumes{GD-4.upper}`` what
    the claim assumes, and ``\rlsource`` the version and the seed; an id that is not there is an error of LaTeX. ``\rltable``
    is the table, with titles as statements, or of claims that have none their formulas, and below each what it assumes.

    Raises:
        UsageError: for an id that TeX cannot take as a name.

    >>> from rankladder.language.verdict import Expectation
    >>> made = verdicts_as_latex([Result("A_1", "x^2", Expectation.holds, Verdict.proved)], seed=0, versions={"rankladder": "1"})
    >>> [line for line in made.splitlines() if "A_1" in line or "A\\_1" in line]
    ['\\rl@claim{A_1}{proved}{}{nothing}', 'A\\_1 & x\\textasciicircum{}2 & proved &  \\\\']
    """
    for result in results:
        if not _NAMED.fullmatch(result.id):
            raise UsageError(
                f"claim id {result.id!r} cannot be named in LaTeX; use letters, digits and . : / + - _"
            )
    return "\n".join(_lines(results, seed, versions, formulas, assumptions)) + "\n"


def _lines(
    results: Sequence[Result],
    seed: int,
    versions: Mapping[str, str],
    formulas: Mapping[str, str],
    assumptions: Mapping[str, str],
) -> Iterator[str]:
    source = f"rankladder {versions.get('rankladder', '')}, seed {seed}"
    yield f"% {counted_verdicts(results)}"
    yield f"% {', '.join(f'{name} {number}' for name, number in versions.items())}"
    yield r"% \usepackage{array,booktabs" + (",longtable}" if len(results) > _LONG else "}")
    yield r"\makeatletter"
    yield r"\newcommand{\rl@claim}[4]{\@namedef{rl@verdict@#1}{#2}\@namedef{rl@evidence@#1}{#3}\@namedef{rl@assumes@#1}{#4}}"
    yield r"\newcommand{\rl@get}[2]{\@ifundefined{rl@#1@#2}{\PackageError{rankladder}{no verdict on claim #2}{}}{\@nameuse{rl@#1@#2}}}"
    yield r"\DeclareRobustCommand{\rlverdict}[1]{\rl@get{verdict}{#1}}"
    yield r"\DeclareRobustCommand{\rlevidence}[1]{\rl@get{evidence}{#1}}"
    yield r"\DeclareRobustCommand{\rlassumes}[1]{\rl@get{assumes}{#1}}"
    yield rf"\newcommand{{\rlsource}}{{{_escaped(source)}}}"
    for r in results:
        yield rf"\rl@claim{{{r.id}}}{{{r.verdict}}}{{{_escaped(_evidence(r))}}}{{{assumptions.get(r.id, 'nothing')}}}"
    yield r"\makeatother"
    ragged = r">{\raggedright\arraybackslash}p{%s\linewidth}"
    columns = f"{{@{{}}{ragged % 0.22}{ragged % 0.31}l{ragged % 0.24}@{{}}}}"
    head = r"claim & statement & verdict & evidence \\"
    kind = "longtable" if len(results) > _LONG else "tabular"
    yield rf"\newcommand{{\rltable}}{{\begin{{{kind}}}{columns}"
    yield rf"\toprule {head} \midrule" + (r" \endhead" if kind == "longtable" else "")
    for r in results:
        name = _escaped(r.id).replace(".", r".\allowbreak{}")
        stated = f"${formulas[r.id]}$" if r.id in formulas else _escaped(r.title)
        stated += f"; assumes {assumptions[r.id]}" if r.id in assumptions else ""
        yield rf"{name} & {stated} & {r.verdict} & {_escaped(_evidence(r))} \\"
    yield rf"\bottomrule \end{{{kind}}}}}"


def assumed(claim: Claim) -> str:
    """The names of what a claim assumes, relations with their formula; nothing where it assumes nothing."""
    import sympy

    said = []
    for name, assumption in claim.given.items():
        formula = f" (${sympy.latex(assumption.relation)}$)" if isinstance(assumption, Relation) else ""
        said.append(_escaped(name) + formula)
    return ", ".join(said)


def _evidence(result: Result) -> str:
    if result.counterexample is not None:
        text = str(result.counterexample)
        return text if len(text) <= _SHORT else "a counterexample"
    shown = [e for e in result.evidence if e.kind in ("proof", "certificate")]
    if shown and result.verdict in (Verdict.proved, Verdict.certified):
        return shown[0].certified_on or shown[0].detail
    return f"{result.instances} instances" if result.instances else ""


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(c) or _greek(c) or c for c in text)


def _greek(character: str) -> str:
    """A Greek letter as a formula: pdfLaTeX does not take the letter itself."""
    kind, _, name = unicodedata.name(character, "").partition(" LETTER ")
    if kind not in ("GREEK SMALL", "GREEK CAPITAL") or not name.isalpha():
        return ""
    name = "lambda" if name == "LAMDA" else name.lower()
    return rf"$\{name if kind == 'GREEK SMALL' else name.capitalize()}$"
