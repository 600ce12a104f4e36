"""``rankladder list``: every claim, a line each."""

from __future__ import annotations

from typing import Any

from properties.commands.check_command import chosen_claims
from properties.commands.output import console, print_json
from properties.statement import Claim

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
        table.add_row(c.id, c.title, str(c.expects), ", ".join(c.evidence_kinds))
    console().print(table)
    return 0


def describe(claim: Claim) -> dict[str, Any]:
    """A claim as plain values."""
    parent, _, child = claim.id.partition(".")
    return {
        "id": claim.id,
        "parent": parent,
        "child": child or None,
        "title": claim.title,
        "family": claim.family,
        "expected": str(claim.expects),
        "evidence": list(claim.evidence_kinds),
        "assumptions": list(claim.given),
        "parameters": {name: str(domain) for name, domain in claim.over.items()},
        "statement": claim.statement,
        "source": claim.source,
    }
