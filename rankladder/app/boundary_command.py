"""``rankladder boundary``: the threshold of a claim in one parameter, and what it rests on."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import Any

from rankladder.app.arguments import add_seed, add_targets, positive_number
from rankladder.app.chosen import chosen_claims
from rankladder.app.output import broken, print_json, progress
from rankladder.search.threshold import Boundary
from rankladder.search.time_limit import TookTooLong, no_longer_than
from rankladder.usage import UsageError
from rankladder.verdicts import boundary

__all__ = ["add_arguments", "run"]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("id", metavar="ID", help="a claim's id")
    add_targets(sub, "FILE", " that state it")
    sub.add_argument(
        "--parameter", required=True, metavar="NAME", help="the parameter whose threshold is wanted"
    )
    sub.add_argument(
        "--width",
        type=positive_number,
        default=1e-6,
        metavar="W",
        help="how closely failures are followed (1e-6)",
    )
    sub.add_argument(
        "--budget", type=positive_number, default=600.0, metavar="SECONDS", help="stop after this (600)"
    )
    add_seed(sub)


def run(options: Any) -> int:
    """Find, print, and return 0 when a threshold or one side of it was found, 3 when not."""
    claims = chosen_claims(options.targets, [options.id], options.catalogue)
    if len(claims) > 1:
        raise UsageError(f"{options.id} names {len(claims)} claims; give one of {', '.join(claims)}")
    (claim,) = claims.values()
    try:
        with no_longer_than(options.budget), progress(100, description=claim.id) as move:
            found = boundary(
                claim, options.parameter, width=options.width, budget=options.budget, seed=options.seed,
                progress=lambda share: move(completed=100 * share),
            )  # fmt: skip
    except (ValueError, TookTooLong) as error:
        where = "".join(f" ({note})" for note in getattr(error, "__notes__", ())[:1])
        raise UsageError(f"{error}{where}") from error
    except Exception as error:  # whatever the claim's own code raises
        raise UsageError(broken(claim, error)) from error
    if options.json:
        print_json(found.to_json())
    else:
        print("\n".join(_lines(found)))
    return 0 if found.reached else 3


def _lines(found: Boundary) -> list[str]:
    name, took = found.parameter, f"({found.seconds:.1f} s)"
    lines = []
    if found.root is not None:
        lines += _two_sided(found, took)
    elif found.one_sided:
        lines += _one_sided(found, took)
    elif found.witness is not None:
        lines.append(
            f"{found.id}: no threshold in {name}: it fails at every value tried ({found.failing} of them), "
            f"as at {found.witness.instance} {took}"
        )
    else:
        lines.append(
            f"{found.id}: no threshold in {name}: no failure found in {found.instances} instances "
            f"and {found.climbs} climbs {took}"
        )
    if found.further:
        also = ", ".join(f"{float(a):.3g} and {float(b):.3g}" for a, b in found.further)
        lines.append(f"  not the only one: the outcome changes also between {also}")
    if found.set_aside:
        lines.append(f"  set aside, as it bounds {name} alone: {', '.join(found.set_aside)}")
    if not found.complete and found.kind != "proved":
        lines.append("  the budget ended the search before it was done: give more with --budget")
    return lines


def _two_sided(found: Boundary, took: str) -> list[str]:
    assert found.witness is not None  # noqa: S101 - for the type checker: a root needs one
    assert found.fails_at is not None  # noqa: S101 - for the type checker: and a value
    assert found.root is not None  # noqa: S101 - for the type checker: that is what two-sided means
    gap = abs(float(found.fails_at - Fraction(found.root)))
    # the failing value may be closer to the root than twelve digits show
    near = (
        f"{float(found.fails_at):.12g}"
        if gap > 1e-9 * abs(found.root)
        else f"a distance of {gap:.2g} from it"
    )
    beyond = f"fails at {near}: confirmed, margin {found.witness.margin:.3g}"
    word, other = ("above", "below") if found.fails_above else ("below", "above")
    quiet = f"nothing found {other} it in {_effort(found)}"
    return [
        f"{found.id}: {found.kind} threshold in {found.parameter}: {found.root:.12g} {took}",
        f"  root of {found.polynomial}, and it fails {word}",
        f"  {beyond}",
        f"  holds {other} it: proved, {found.proof}" if found.proof is not None else f"  {quiet}; no proof",
    ]


def _one_sided(found: Boundary, took: str) -> list[str]:
    assert found.witness is not None  # noqa: S101 - for the type checker: a side needs one
    assert found.fails_at is not None  # noqa: S101 - for the type checker: and a value
    quiet = found.quiet_from
    assert quiet is not None  # noqa: S101 - for the type checker: and an end of what was searched
    name, word = found.parameter, "from" if found.fails_above else "up to"
    other = "below" if found.fails_above else "above"
    shown = f"{float(found.fails_at):.12g}"
    agreed = (
        f"the searches agree on {found.digits} digit{'s' if found.digits > 1 else ''}"
        if found.digits
        else f"the searches do not agree on a digit: it may begin to fail anywhere {other} that"
    )
    head = (
        f"{found.id}: fails {word} {name} = {shown} on (one-sided) {took}"
        if found.digits
        else f"{found.id}: fails somewhere {other} {name} = {shown} already (one-sided) {took}"
    )
    return [
        head,
        f"  confirmed there, margin {found.witness.margin:.3g}, and at {found.failing} values beyond",
        f"  {other} {float(quiet):.12g} nothing found in {_effort(found)}; no proof that it holds there",
        f"  {agreed}",
    ]


def _effort(found: Boundary) -> str:
    return f"{found.instances} instances and {found.climbs} climbs of five searches"
