"""``rankladder list``: every claim, a line each."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_targets
from rankladder.app.chosen import chosen_claims
from rankladder.app.output import console, print_json, table
from rankladder.proof.proof import evidence_kinds
from rankladder.report.words import describe

__all__ = ["add_arguments", "run"]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_targets(sub)
    sub.add_argument("--only", nargs="+", action="extend", default=[], metavar="ID", help="only these claims")
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
    rows = table("id", "claim", "expected", "evidence sought", folded="claim")
    for c in claims.values():
        rows.add_row(c.id, c.title, str(c.expects), ", ".join(evidence_kinds(c)))
    console().print(rows)
    return 0
