"""What a check prints: two lines a claim, the whole of a single one, and the lines that close it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from rankladder.app.output import column, console, counted, hanging, in_a_line, paragraph
from rankladder.language.catalogue import Catalogue
from rankladder.language.statement import Claim
from rankladder.language.verdict import AS_EQUAL, Expectation, Result, Verdict
from rankladder.numbers.nothing import margin_text
from rankladder.report.assertions import verdicts_on
from rankladder.report.words import counted_verdicts
from rankladder.storage.counterexamples import known_witness

__all__ = ["print_results", "print_verdict"]

# as in the report: what is as it should be has the colour of its verdict, red and yellow are for what is not
_COLOURS = {"proved": "green", "certified": "blue", "tested": "cyan", "refuted": "magenta"}
_ODD = {"unexpected": "bold red", "inconclusive": "yellow"}
_ONE_LINE = 160  # columns from which on title and evidence stand side by side
_NOT_ATTEMPTED = "not attempted: "  # as a proof says it whose solvers are missing
_NAMED = 8  # claims that the closing line names


def print_results(
    results: Sequence[Result],
    seed: int,
    seconds: float,
    *,
    again: Sequence[str] | None,
    home: Catalogue | None = None,
) -> None:
    """Print the results, and the lines that close a check.

    Args:
        results: in the order to show.
        seed: of the draws. seconds: that the check took.
        again: what a command about one of the claims needs besides its id, such as the file that states it; None where
            no other command knows what was checked.
        home: a catalogue, to answer those assertions of its source all of whose claims are among the results.
    """
    out = console()
    if len(results) == 1:
        _print_whole(out, results[0], again)
    else:
        _print_rows(out, results, again)
    answered = {} if home is None else verdicts_on(home, {r.id: r for r in results})
    if home is not None and answered:
        out.print("\nWhat the source asserts (rankladder paper: under which assumptions)")
        for id, (answer, said) in answered.items():
            out.print(in_a_line(f"  {id} {answer.replace('under', 'under assumptions')}: {said}", out.width))
    if len(results) > 1:
        out.print()
        out.print(counted_verdicts(results))
    for why, ids in _not_attempted(results).items():
        out.print(f"no proof was tried of {counted(len(ids), 'claim')} ({_some(ids)}): {why}")
    out.print(_summary(results, seed, seconds))
    if kept := sum(r.kept for r in results):
        out.print(f"{kept} of {len(results)} answered from what is kept; --fresh does all again")


def _print_rows(out: Any, results: Sequence[Result], again: Sequence[str] | None) -> None:
    from rich.text import Text

    ids = column([r.id for r in results], out.width)
    verdicts = max((len(r.verdict) for r in results), default=0)  # what is added to one sticks out
    # the title has a line of its own, or the better part of what is left of the line
    titles = (
        int(0.6 * (out.width - max(map(len, ids.values()), default=0) - verdicts))
        if out.width >= _ONE_LINE
        else 0
    )
    titles = min(titles, max((len(r.title) for r in results if r.title != r.id), default=0))
    for r in results:
        title = in_a_line(r.title, titles).plain if titles and r.title != r.id else ""
        short = "" if r.verdict is Verdict.error else _short(r)
        said = f"{title:{titles}}  {short}" if titles else short
        row = Text.assemble(f"{ids[r.id]}  ", (f"{_verdict(r):{verdicts}}", _colour(r)), f"  {said}")
        out.print(in_a_line(row, out.width))
        if not titles and r.title != r.id:
            out.print(in_a_line(f"    {r.title}", out.width))
        if beyond := _drawn_only(r):
            out.print(in_a_line(f"    drawn only: {beyond} (the claim states more)", out.width))
        if r.verdict is Verdict.error:  # the remedy stands at the end of the message
            paragraph(out, _short(r), 4, 0)
        if further := _further(r, again, out.width - 4):
            out.print(in_a_line(Text(f"    {further}", style="dim"), out.width))


def _verdict(result: Result) -> str:
    if result.expected is Expectation.open:
        return f"{result.verdict} (open)"
    return str(result.verdict) if result.as_expected else f"{result.verdict} (expected: {result.expected})"


def _colour(result: Result) -> str:
    return _ODD.get(result.status) or _COLOURS.get(result.verdict, "")


def _short(result: Result) -> str:
    """The evidence in a part of a line: what matters comes first, for the rest may be cut off."""
    if result.counterexample is not None:
        return f"counterexample {_in_float64(result)}{result.counterexample}"
    if result.verdict is Verdict.tested and result.margin is not None:
        where = "float64 runs" if result.in_float64 == result.instances else "instances"
        tested = f"margin {result.margin:.2g} or more in {result.instances:,} {where}"
        if result.equalities:  # of these more digits may show that the margin is below 0
            tested = f"{result.equalities:,} of {result.instances:,} {AS_EQUAL}"
            tested += "; margin 0 or more in the others" if result.equalities < result.instances else ""
        return "; ".join(
            [tested, *(e.detail for kind in ("reach", "proof") for e in result.evidence if e.kind == kind)]
        )
    if result.as_expected or not result.evidence:
        return "; ".join(e.detail for e in result.evidence)
    doubt = result.verdict is Verdict.suspect and result.undecided
    told = [e for e in result.evidence if e.kind != "proof"] if doubt else result.evidence
    return told[-1].detail


def _drawn_only(result: Result) -> str:
    """Up to where parameters were drawn that the claim states beyond it; empty where the verdict does not rest on draws."""
    if result.verdict is not Verdict.tested:
        return ""
    parts = []
    for name, room in result.stated.items():
        low, high = result.region[name]
        one_sided = room.endswith("oo)") and not room.startswith("(-oo")
        parts.append(f"{name} up to {high:.3g}" if one_sided else f"{name} {low:.3g} to {high:.3g}")
    return ", ".join(parts)


def _in_float64(result: Result) -> str:
    return "in float64: " if result.counterexample_in_float64 else ""


def _further(result: Result, again: Sequence[str] | None, width: float = float("inf")) -> str:
    """The command that goes on from a verdict: to the counterexample itself, or to a longer search for one."""
    if again is None or result.verdict in (Verdict.error, Verdict.unfinished):
        return ""  # the last line of a check says how to go on with what is not finished
    if result.counterexample is not None:
        at = ["rankladder", "check", *again, "--only", result.id, "--at", str(result.counterexample)]
        words = shlex.join(at)
        return words if len(words) <= width else shlex.join(["rankladder", "show", result.id, *again])
    if result.as_expected or "~" in result.id or result.undefined:  # a longer search gives no margin a value
        return ""
    return shlex.join(["rankladder", "explore", result.id, *again])


def _print_whole(out: Any, result: Result, again: Sequence[str] | None) -> None:
    from rich.text import Text

    out.print(Text.assemble(f"{result.id}  ", (_verdict(result), _colour(result))))
    if result.title != result.id:
        out.print(f"  {result.title}")
    _print_evidence(out, result, again)


def print_verdict(claim: Claim, result: Result | None, again: Sequence[str]) -> None:
    """Print what the last check of a claim came to, and what counterexample is kept of one that is false."""
    from rich.text import Text

    out = console()
    if result is not None:
        out.print(
            Text.assemble(
                f"  {'verdict':14}  ", (_verdict(result), _colour(result)), " (as an earlier check kept it)"
            )
        )
        _print_evidence(out, result, again)
        return
    witness = known_witness(claim, None)
    if witness is not None:
        found = f"{witness.instance}, margin {margin_text(witness.margin, 4)}"
        out.print(hanging("  counterexample  ", found, out.width), soft_wrap=True)
    check = shlex.join(["rankladder", "check", *again, "--only", claim.id])
    out.print(f"  {'verdict':14}  none is kept; {check}", soft_wrap=True)


def _print_evidence(out: Any, result: Result, again: Sequence[str] | None) -> None:
    rows = [
        (e.kind if e.kind == "mistake" else "evidence", e.detail)
        for e in result.evidence
        if e.kind != "counterexample"
    ]
    if result.counterexample is not None:
        rows.insert(0, ("counterexample", f"{_in_float64(result)}{result.counterexample}"))
    if result.margin is not None:
        where = "the smallest met" if result.counterexample is None else "at the counterexample"
        rows.append(("margin", f"{margin_text(result.margin, 4)}, {where}"))
    if result.drawn:
        rows.append(("drawn", result.drawn))
    for name, value in rows:
        out.print(hanging(f"  {name:14}  ", value, out.width), soft_wrap=True)
    if further := _further(result, again):
        out.print(f"  {'go on with':14}  {further}", soft_wrap=True)  # in one piece, to be copied


def _summary(results: Sequence[Result], seed: int, seconds: float) -> str:
    """The closing line of a check."""
    groups = {status: [r.id for r in results if r.status == status] for status in ("as_expected", *_ODD)}
    told = ", ".join(f"{len(ids)} {status.replace('_', ' ')}" for status, ids in groups.items())
    odd = groups["unexpected"] + groups["inconclusive"]
    named = f": {_some(odd)}" if odd else ""
    return f"{counted(len(results), 'claim')}: {told}{named} (seed {seed}, {seconds:.0f} s)"


def _some(ids: Sequence[str]) -> str:
    return f"{', '.join(ids[:_NAMED])}{' …' if len(ids) > _NAMED else ''}"


def _not_attempted(results: Sequence[Result]) -> dict[str, list[str]]:
    """The claims that nothing tried to prove, by what is missing for it."""
    found: dict[str, list[str]] = {}
    for r in results:
        for e in r.evidence:
            if e.kind == "proof" and e.detail.startswith(_NOT_ATTEMPTED):
                found.setdefault(e.detail.removeprefix(_NOT_ATTEMPTED), []).append(r.id)
    return found
