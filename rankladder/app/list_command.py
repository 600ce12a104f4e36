"""``rankladder list``: every claim, a line each."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_seed, add_targets, add_workers
from rankladder.app.check_command import check_claims, exit_code, kept_results
from rankladder.app.chosen import chosen_claims
from rankladder.app.long_run import say_unfinished
from rankladder.app.output import console, counted, print_json, writable_file
from rankladder.language.catalogue import catalogue_of
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation
from rankladder.proof.proof import evidence_kinds
from rankladder.report.latex import assumed, verdicts_as_latex
from rankladder.report.words import counted_verdicts, describe
from rankladder.storage.files import whole
from rankladder.storage.reading import listen
from rankladder.storage.versions import versions

__all__ = ["add_arguments", "run"]

_IN = " " * 6


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_targets(sub)
    sub.add_argument(
        "--only", nargs="+", action="extend", default=[], metavar="ID", help="only these claims, as for check"
    )
    sub.add_argument(
        "--markdown", metavar="FOLDER", help="write them as pages (.md): a page a family, and the derivations"
    )
    sub.add_argument(
        "--latex",
        metavar="FILE",
        help="write a macro and a table row per claim, with its verdict (.tex), to cite them",
    )
    add_seed(sub)
    add_workers(sub)
    # of claims that no earlier check has kept a verdict on, what a quick check finds
    sub.set_defaults(profile="quick", examples=None)


def run(options: Any) -> int:
    """Print the list."""
    claims = chosen_claims(options.targets, options.only, options.catalogue)
    if options.markdown is not None:
        from rankladder.app.claim_pages import write_pages

        files = write_pages(claims, Path(options.markdown))
        if options.json:
            print_json({"files": [str(f) for f in files]})
        else:
            print(f"rankladder: {len(files)} pages written to {options.markdown}", file=sys.stderr)
        return 0
    if options.latex is not None:
        return _write_latex(claims, writable_file(options.latex, (".tex",)), options)
    if options.json:
        print_json([describe(c) for c in claims.values()])
        return 0
    _print(claims)
    return 0


def _write_latex(claims: Mapping[str, Claim], file: Path, options: Any) -> int:
    """Write the verdicts that checks have kept, and those of a quick check of the rest."""
    listen()
    results = kept_results(claims, options)
    if check_claims(claims, options, results):
        say_unfinished("interrupted", len(claims) - len(results), len(claims), "claims", options)
        return 3
    found = [results[id] for id in claims]
    untitled = {id: c.statement for id, c in claims.items() if c.title == id and c.statement}
    assumptions = {id: said for id, c in claims.items() if (said := assumed(c))}
    made = verdicts_as_latex(
        found, seed=options.seed, versions=versions(), formulas=untitled, assumptions=assumptions
    )
    with whole(file) as part:
        part.write_text(made, encoding="utf-8")
    if options.json:
        print_json({"files": [str(file)]})
    else:
        print(f"rankladder: {counted_verdicts(found)}: written to {file}", file=sys.stderr)
    return exit_code(found)


def _print(claims: Mapping[str, Claim]) -> None:
    """Each family with what it is about; of a claim what it says, what is expected of it, and the evidence sought."""
    out = console()
    ids = max((len(id) for id in claims), default=0)
    family = None
    out.print(f"  {'claim':{ids}}  expects  looked for", style="dim")
    for c in claims.values():
        home = catalogue_of(c)
        about = "" if home is None else home.families.get(c.family, "")
        if about and c.family != family:
            out.print(("" if family is None else "\n") + f"{c.family}: {about}")
        family = c.family
        out.print(f"  {c.id:{ids}}  {c.expects:7}  {', '.join(evidence_kinds(c))}")
        if c.title != c.id:
            out.print(
                textwrap.fill(
                    c.title, out.width, initial_indent=_IN, subsequent_indent=_IN, break_on_hyphens=False
                )
            )
    told = {
        Expectation.holds: "expected to hold",
        Expectation.refuted: "to be refuted",
        Expectation.open: "open",
    }
    counts = ", ".join(
        f"{n} {words}" for e, words in told.items() if (n := sum(c.expects is e for c in claims.values()))
    )
    out.print(f"\n{counted(len(claims), 'claim')}: {counts}")
