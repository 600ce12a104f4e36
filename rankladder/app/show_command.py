"""``rankladder show``: one claim with everything that is known about it."""

from __future__ import annotations

import argparse
from typing import Any

from rankladder.app.arguments import add_targets
from rankladder.app.check_command import further_words, kept_results
from rankladder.app.check_table import print_verdict
from rankladder.app.chosen import chosen_claims
from rankladder.app.output import console, hanging, print_json, titled, wrapped
from rankladder.language.catalogue import catalogue_of
from rankladder.language.statement import Claim
from rankladder.report.words import assumption_texts, describe, explained, source_of
from rankladder.storage.counterexamples import known_witness

__all__ = ["add_arguments", "run"]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("id", metavar="ID", help="a claim's id; a parent shows all its children")
    add_targets(sub, "FILE", " that state it")
    sub.add_argument(
        "--latex", action="store_true", help="print the derivations behind it as LaTeX, and nothing else"
    )


def run(options: Any) -> int:
    """Print the claims that the id names, then the derivation behind them."""
    claims = chosen_claims(options.targets, [options.id] if options.id else [], options.catalogue)
    homes = [(home, c.id) for c in claims.values() if (home := catalogue_of(c)) is not None]
    found = list({d.id: d for home, id in homes for d in home.derivations_for(id)}.values())
    for derivation in found:
        derivation.verify()
    if options.json:
        print_json(
            {
                "claims": [
                    describe(c) | {"assumptions": assumption_texts(c), "check": source_of(c)}
                    for c in claims.values()
                ],
                "derivations": [
                    {"id": d.id, "title": d.title, "text": d.text(), "latex": d.latex()} for d in found
                ],
            }
        )
        return 0
    if not options.latex:
        kept = kept_results(claims, options)
        for c in claims.values():
            print(_page(c))
            print_verdict(c, kept.get(c.id), further_words(options))
            print()
    for derivation in found:
        print(derivation.latex() if options.latex else wrapped(derivation.text(), console().width))
        print()
    return 0


def _page(claim: Claim) -> str:
    lines = [f"{claim.id}  (expected: {claim.expects})", *titled(claim), ""]
    if claim.statement:
        lines += [_line(claim.statement_word, " ".join(claim.statement.split()))]
    if claim.source:
        lines += [_line("source", claim.source)]
    lines += [_line("parameter", f"{name} in {domain}") for name, domain in claim.over.items()]
    texts = explained(claim)
    for name, text in texts.items():
        witness = known_witness(claim, name)
        needed = f"; needed (without it false at {witness.instance})" if witness else ""
        lines.append(_line("assumes", f"{name}: {text}{needed}"))
    lines += [] if texts else [_line("assumes", "nothing")]
    how = "each instance run in float64" if claim.arithmetic == "float64" else "each instance judged in balls"
    how += " after a float64 scout" if claim.scalar else ""
    lines += [
        _line("checked by", f"{how}; the conclusion returns signed margins:"),
        *("    " + line for line in source_of(claim).split("\n")),
    ]
    return "\n".join(lines)


def _line(name: str, value: str) -> str:
    return hanging(f"  {name:14}  ", value, console().width)
