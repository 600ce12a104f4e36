"""``rankladder list``: every claim, a line each."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_targets
from rankladder.app.chosen import chosen_claims
from rankladder.app.output import console, print_json
from rankladder.language.catalogue import catalogue_of
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation
from rankladder.proof.proof import evidence_kinds
from rankladder.report.words import describe

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
    if options.json:
        print_json([describe(c) for c in claims.values()])
        return 0
    _print(claims)
    return 0


def _print(claims: Mapping[str, Claim]) -> None:
    """Each family with what it is about; of a claim what it says, what is expected of it, and the evidence sought."""
    out = console()
    ids = max((len(id) for id in claims), default=0)
    family = None
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
    out.print(f"\n{len(claims)} claim{'' if len(claims) == 1 else 's'}: {counts}")
