"""``rankladder boundary``: the threshold of a claim in one parameter, and what it rests on."""

from __future__ import annotations

import argparse
from fractions import Fraction
from itertools import pairwise
from typing import Any

from rankladder.app.arguments import add_seed, add_targets, positive_number
from rankladder.app.chosen import chosen_claims
from rankladder.app.output import broken, print_json, progress
from rankladder.numbers.nothing import margin_text
from rankladder.search.boundary import Interrupted
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
        help="how closely failures are followed (1e-6); a part of the range where that is shorter than 1",
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
    ended = "the budget ended the search before it was done: give more with --budget"
    try:
        with no_longer_than(options.budget), progress(100, description=claim.id) as move:
            found = boundary(
                claim, options.parameter, width=options.width, budget=options.budget, seed=options.seed,
                progress=lambda share: move(completed=100 * share),
            )  # fmt: skip
    except Interrupted as stopped:
        found, ended = stopped.found, "interrupted before the search was done"
    except (ValueError, TookTooLong) as error:
        where = "".join(f" ({note})" for note in getattr(error, "__notes__", ())[:1])
        raise UsageError(f"{error}{where}") from error
    except (Exception, SystemExit) as error:  # whatever the claim's own code raises
        raise UsageError(broken(claim, error)) from error
    if options.json:
        print_json(found.to_json())
    else:
        print("\n".join(_lines(found)))
        if not found.complete and found.kind != "proved":
            print(f"  {ended}")
    return 0 if found.reached and not ended.startswith("interrupted") else 3


def _lines(found: Boundary) -> list[str]:
    name, took = found.parameter, f"({found.seconds:.1f} s)"
    lines, none = [], "no threshold" if found.complete else "no threshold yet"
    if found.further:
        lines += _several(found, took)
    elif found.root is not None:
        lines += _two_sided(found, took)
    elif found.one_sided:
        lines += _one_sided(found, took)
    elif found.witness is not None and found.kind == "no threshold":
        lines.append(
            f"{found.id}: {none} in {name}: failures lie among values at which nothing was found, "
            f"as at {found.witness.instance} {took}"
        )
    elif found.witness is not None:
        lines.append(
            f"{found.id}: {none} in {name}: it fails at {_all_tried(found)}, as at {found.witness.instance} {took}"
        )
    else:
        lines.append(f"{found.id}: {none} in {name}: no failure found in {_tried(found)} {took}")
    ends = (found, *found.further)
    lines += dict.fromkeys(f"  a check of where it seems to hold is {end.doubt}" for end in ends if end.doubt)
    if found.points and found.reached:
        lines.append(f"  nothing found at single values where all around fail: {_points(found)}")
    if found.set_aside:
        lines.append(f"  set aside, as it bounds {name} alone: {', '.join(found.set_aside)}")
    return lines


def _all_tried(found: Boundary) -> str:
    if found.points:
        return f"all values tried ({found.failing} of them) but {_points(found)}"
    return f"every value tried ({found.failing} of them)"


def _points(found: Boundary) -> str:
    return ", ".join(f"{float(p):.12g}" for p in found.points)


def _several(found: Boundary, took: str) -> list[str]:
    """Where it holds and where it fails, what each of the parts that hold rests on, and each end."""
    ends = (found, *found.further)
    shown = _told_apart(ends)
    parts = list(pairwise([None, *shown, None]))  # which hold and fail in turn
    first = 0 if found.fails_above else 1
    exact = {text for text, end in zip(shown, ends, strict=True) if end.root is not None}
    holding, failing = ([_part(part, exact) for part in parts[k::2]] for k in (first, 1 - first))
    proved = all(end.proof is not None for end in ends)
    holds, fails = " and ".join(holding), " and ".join(failing)
    seen = "" if proved else ", as far as was seen,"
    lines = [f"{found.id}: holds{seen} for {found.parameter} {holds}; fails {fails} {took}"]
    for place, (low, high) in zip(parts[first::2], found.holding, strict=True):
        (one, *_) = [end for end in (low, high) if end is not None]
        looked = f"nothing found in {_effort(one)}" if one.instances else "nothing was looked at"
        rests = f"{looked}; no proof" if one.proof is None else f"proved, {one.proof}"
        lines.append(f"  {_part(place, exact)}: {rests}")
    alone = {low for low, high in parts if low == high}
    told = [_end(end, text, text in alone) for end, text in zip(ends, shown, strict=True)]
    return lines + list(dict.fromkeys(told))  # both ends of a single value read alike


def _told_apart(ends: tuple[Boundary, ...]) -> list[str]:
    """The thresholds as they are printed: with more digits than are meant only where two would read alike."""
    values = [end.estimate or 0.0 for end in ends]
    sure = {v for v, end in zip(values, ends, strict=True) if end.digits != 0}
    for more in range(16):
        texts = [f"{v:.{min(17, (12 if v in sure else 2) + more)}g}" for v in values]
        if len(set(texts)) == len(set(values)):
            break
    return [text if v in sure else f"about {text}" for v, text in zip(values, texts, strict=True)]


def _part(ends: tuple[str | None, str | None], exact: set[str]) -> str:
    low, high = ends
    if low == high:  # of ends that are no roots the digits that are sure may be the same
        return f"at {low} alone" if low in exact else f"near {low} (on a range too narrow for these digits)"
    if low is None:
        return f"up to {high}"
    return f"from {low} on" if high is None else f"from {low} to {high}"


def _end(end: Boundary, shown: str, alone: bool) -> str:
    assert end.witness is not None  # noqa: S101 - for the type checker: a threshold has one
    word = "there" if alone else "above" if end.fails_above else "below"
    margin = f"confirmed, margin {margin_text(end.witness.margin, 3)}"
    if end.root is not None:
        return f"  {shown}: {end.kind}, root of {end.polynomial}; it fails {word}: {margin}"
    agreed = f"five searches agree on {_digits(end)}" if end.digits else "five searches agree on no digit"
    return f"  {shown}: one-sided, {agreed}; it fails {word}: {margin}"


def _digits(end: Boundary) -> str:
    return f"{end.digits} digit{'' if end.digits == 1 else 's'}"


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
    beyond = f"fails at {near}: confirmed, margin {margin_text(found.witness.margin, 3)}"
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
    shown = f"{found.parameter} = {float(found.fails_at):.12g}"
    where, other = (f"from {shown} on", "below") if found.fails_above else (f"up to {shown}", "above")
    agreed = (
        f"the searches agree on {_digits(found)}"
        if found.digits
        else f"the searches do not agree on a digit: it may fail {other} that as well"
    )
    return [
        f"{found.id}: fails {where} (one-sided) {took}",
        f"  confirmed there, margin {margin_text(found.witness.margin, 3)}, and at {found.failing} values beyond",
        f"  {other} {float(quiet):.12g} nothing found in {_effort(found)}; no proof that it holds there",
        f"  {agreed}",
    ]


def _effort(found: Boundary) -> str:
    return f"{_tried(found)} of five searches"


def _tried(found: Boundary) -> str:
    instances, climbs = found.instances, found.climbs
    return (
        f"{instances} instance{'' if instances == 1 else 's'} and {climbs} climb{'' if climbs == 1 else 's'}"
    )
