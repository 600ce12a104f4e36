"""``rankladder list``: every claim, a line each."""

from __future__ import annotations

from typing import Any

from properties.commands.chosen import chosen_claims
from properties.commands.output import console, print_json
from properties.describing import describe
from properties.proving.proof import evidence_kinds

__all__ = ["run"]


def run(options: Any) -> int:
    """Print the list."""
    claims = chosen_claims(options.targets, options.only)
    if options.json:
        print_json([describe(c) for c in claims.values()])
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("id", no_wrap=True)
    table.add_column("claim", overflow="fold", ratio=1)
    table.add_column("expected", no_wrap=True)
    table.add_column("evidence", no_wrap=True)
    for c in claims.values():
        table.add_row(c.id, c.title, str(c.expects), ", ".join(evidence_kinds(c)))
    console().print(table)
    return 0
