"""``rankladder list``: every claim, a line each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rankladder.app.chosen import chosen_claims
from rankladder.app.output import console, print_json
from rankladder.proof.proof import evidence_kinds
from rankladder.report.words import describe

__all__ = ["run"]


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
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("id", no_wrap=True)
    table.add_column("claim", overflow="fold", ratio=1)
    table.add_column("expected", no_wrap=True)
    table.add_column("evidence sought", no_wrap=True)
    for c in claims.values():
        table.add_row(c.id, c.title, str(c.expects), ", ".join(evidence_kinds(c)))
    console().print(table)
    return 0
