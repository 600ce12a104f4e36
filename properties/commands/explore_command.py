"""``rankladder explore``: hunt for counterexamples, drop assumptions, keep what is found."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from properties.commands.check_command import chosen_claims
from properties.commands.output import console, print_json, versions
from properties.exploring import Exploration, explore_claim
from properties.search import Witness
from properties.statement import Claim
from properties.store import Stored, save
from properties.usage import UsageError
from properties.verdict import Expectation, Verdict

__all__ = ["run", "store_folder"]


def store_folder(option: str | None) -> Path:
    """Where counterexamples are kept: the option, ``RANKLADDER_STORE``, or ``.rankladder`` here."""
    return Path(option or os.environ.get("RANKLADDER_STORE", ".rankladder"))


def run(options: Any) -> int:
    """Explore, keep, print, and return the exit code."""
    claims = chosen_claims(options.targets, [options.id] if options.id else [])
    if options.drop is not None and options.all_assumptions:
        raise UsageError("give either --drop or --all-assumptions, not both")
    if options.id is None and not options.all_assumptions:
        raise UsageError("name a claim, or give --all-assumptions for the whole table")
    hunts = _hunts(claims, options)
    share = options.budget / len(hunts) if options.all_assumptions and options.id else options.budget
    found: list[Exploration] = []
    interrupted = False
    try:
        for claim, drop in hunts:
            exploration = explore_claim(
                claim, drop=drop, budget=share, seed=options.seed, most=options.examples
            )
            found.append(exploration)
            _keep(exploration, store_folder(options.store))
            if not options.json and len(hunts) > 1 and sys.stderr.isatty():
                print(f"{claim.id} --drop {drop}: {exploration.verdict}", file=sys.stderr)
    except KeyboardInterrupt:
        interrupted = True
    if options.json:
        print_json(
            [e.to_json() for e in found] if options.all_assumptions else found[0].to_json() if found else {}
        )
    elif options.all_assumptions:
        _print_table(found)
    else:
        for exploration in found:
            _print(exploration)
    if interrupted:
        left = [f"{c.id}" + (f" --drop {d}" if d else "") for c, d in hunts[len(found) :]]
        print(f"rankladder: interrupted; go on with: rankladder explore {left[0]}", file=sys.stderr)
        return 3
    return _exit_code(found, claims)


def _hunts(claims: dict[str, Claim], options: Any) -> list[tuple[Claim, str | None]]:
    if options.all_assumptions:
        holding = [c for c in claims.values() if c.expects is Expectation.holds]
        return [(c, name) for c in holding for name in c.given]
    if options.drop is None:
        return [(c, None) for c in claims.values()]
    having = [c for c in claims.values() if options.drop in c.given]
    if not having:
        known = sorted({name for c in claims.values() for name in c.given})
        raise UsageError(
            f"no claim of {options.id} assumes {options.drop!r}; its assumptions: {', '.join(known) or 'none'}"
        )
    return [(c, options.drop) for c in having]


def _exit_code(found: list[Exploration], claims: dict[str, Claim]) -> int:
    hunted = [e for e in found if e.dropped is None]
    if any(e.verdict in (Verdict.suspect, Verdict.vacuous) for e in hunted):
        return 3
    return 0 if all(claims[e.id].expects.met_by(e.verdict) for e in hunted) else 1


def _keep(exploration: Exploration, folder: Path) -> None:
    if exploration.simple is None:
        return
    witness: Witness = exploration.simple
    stored = Stored(
        exploration.id,
        exploration.dropped,
        str(witness.instance),
        witness.margin,
        witness.judgement.bits,
        versions(),
    )
    try:
        save(stored, folder)
    except OSError as error:
        print(f"rankladder: cannot keep the counterexample in {folder}: {error.strerror}", file=sys.stderr)


def _print(exploration: Exploration) -> None:
    dropped = f" without {exploration.dropped}" if exploration.dropped else ""
    print(
        f"{exploration.id}{dropped}: {exploration.verdict} ({exploration.instances:,} instances, {exploration.seconds:.1f} s)"
    )
    for name, witness in (("worst", exploration.worst), ("simple", exploration.simple)):
        if witness is not None:
            print(f"  {name:6} margin {witness.margin:.6g} at {witness.instance}")
    if exploration.needed is not None:
        word = (
            "needed"
            if exploration.needed
            else f"not needed as far as {exploration.instances:,} instances show"
        )
        print(f"  assumption {exploration.dropped}: {word}")
    if exploration.note:
        print(f"  {exploration.note}")


def _print_table(found: list[Exploration]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("claim", "assumption", "needed?", "instances"):
        table.add_column(name, no_wrap=True)
    table.add_column("witness", overflow="fold", ratio=1)
    words = {True: "needed", False: "no, as far as seen", None: "cannot tell"}
    for e in found:
        witness = str(e.simple.instance) if e.simple is not None else e.note
        table.add_row(e.id, e.dropped or "", words[e.needed], f"{e.instances:,}", witness)
    console().print(table)
