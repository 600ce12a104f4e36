"""The table of assumptions: which claim needs which, with the witness that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rankladder.app.output import console, counted, in_a_line, paragraph
from rankladder.language.statement import Claim
from rankladder.language.verdict import Verdict
from rankladder.numbers.nothing import margin_text
from rankladder.report.words import assumption_texts

__all__ = ["markdown", "print_table", "standing"]

Row = Mapping[str, Any]

_HEAD = """\
# Which assumptions are needed

Generated; do not edit. The same text comes out again, on any number of processes, of
`{command}`.

Each named assumption of each claim that holds is broken in turn, the others kept, and a violation is looked for. What the
names mean: [glossary](glossary.md#names-of-assumptions).

* **needed**: without it the claim is false. The witness is a certified counterexample: an exact instance that breaks
  this assumption, keeps all others, and whose margin is negative in ball arithmetic.
* **not needed as far as *n* instances show**: no violation was found. That is no proof; an assumption nobody can
  break alone may be there because a proof uses it.
* **undefined**: the question has no answer; why, stands beside it.
"""


def standing(row: Row) -> str:
    """What a row says of its assumption.

    >>> standing({"needed": False, "instances": 2000, "verdict": "tested"})
    'not needed as far as 2,000 instances show'
    """
    if row["verdict"] == Verdict.error:
        return "error"
    if row["needed"] is None:
        return "undefined"
    return "needed" if row["needed"] else f"not needed as far as {counted(row['instances'], 'instance')} show"


def print_table(rows: Sequence[Row]) -> None:
    """The table on the console: below each assumption the counterexample without it, in as much as fits a line, or
    why there is no answer, in full.
    """
    out = console()
    words = {True: "needed", False: "no, as far as seen", None: "undefined"}
    ids, names = (max((len(row[key] or "") for row in rows), default=0) for key in ("id", "dropped"))
    for row in rows:
        word = "error" if row["verdict"] == Verdict.error else words[row["needed"]]
        said = f"{row['id']:{ids}}  {row['dropped'] or '':{names}}  {word} ({counted(row['instances'], 'instance')})"
        out.print(in_a_line(said, out.width))
        if row["simple"] is not None:
            out.print(in_a_line(f"    {_witness(row)}", out.width))
        elif row["note"]:
            paragraph(out, row["note"], 4, 0)
    out.print(f"\n{_summary(rows)}")


def markdown(rows: Sequence[Row], claims: Mapping[str, Claim], command: str) -> str:
    """The table as a page of the documentation.

    Args:
        rows: what exploring each claim without each assumption gave, in the order to print.
        claims: the claims they speak of, by id.
        command: what makes this page.
    """
    parts = [_HEAD.format(command=command), _summary(rows) + "\n"]
    idle = [row for row in rows if row["needed"] is False]
    if idle:
        parts.append("Not needed, as far as seen: " + ", ".join(_link(row) for row in idle) + ".\n")
    unknown = [row for row in rows if row["needed"] is None]
    if unknown:
        parts.append("Undefined: " + ", ".join(_link(row) for row in unknown) + ".\n")
    for family in dict.fromkeys(claims[row["id"]].family for row in rows):
        parts.append(f"## {family}\n")
        parts.append("| claim | assumption | says | | witness, margin |\n|---|---|---|---|---|")
        for row in rows:
            claim = claims[row["id"]]
            if claim.family == family:
                says = _cell(assumption_texts(claim)[row["dropped"]])
                name = f"`{row['dropped']}`"
                parts.append(
                    f"| {claim.id} | {name} | {says} | {standing(row)} | {_cell(_witness(row, code=True))} |"
                )
        parts.append("")
    return "\n".join(parts).rstrip("\n") + "\n"


def _summary(rows: Sequence[Row]) -> str:
    needed = sum(row["needed"] is True for row in rows)
    idle = sum(row["needed"] is False for row in rows)
    return (
        f"{counted(len(rows), 'assumption')} of {counted(len({row['id'] for row in rows}), 'claim')}: {needed} needed, "
        f"{idle} not needed as far as seen, {len(rows) - needed - idle} undefined"
    )


def _link(row: Row) -> str:
    return f"`{row['dropped']}` of {row['id']}"


def _witness(row: Row, *, code: bool = False) -> str:
    found = row["simple"]
    if found is None:
        return str(row["note"])
    if not code:
        return str(found["instance"])
    return f"`{found['instance']}`, {margin_text(float(found['margin']), 3)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
