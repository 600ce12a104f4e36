"""``rankladder boundary``: the sharp threshold of a claim in one parameter."""

from __future__ import annotations

from typing import Any

from properties.commands.chosen import chosen_claims
from properties.commands.output import print_json
from properties.engine.boundary import find_boundary
from properties.engine.patience import TookTooLong, no_longer_than
from properties.usage import UsageError

__all__ = ["run"]


def run(options: Any) -> int:
    """Bracket, print, and return 0 when both sides were met, 3 when not."""
    claims = chosen_claims(options.targets, [options.id])
    if len(claims) > 1:
        raise UsageError(f"{options.id} names {len(claims)} claims; give one of {', '.join(claims)}")
    (claim,) = claims.values()
    try:
        with no_longer_than(options.budget):
            found = find_boundary(
                claim, options.parameter, width=options.width, budget=options.budget, seed=options.seed
            )
    except (ValueError, TookTooLong) as error:
        where = "".join(f" ({note})" for note in getattr(error, "__notes__", ())[:1])
        raise UsageError(f"{error}{where}") from error
    if options.json:
        print_json(found.to_json())
    elif not found.reached:
        print(f"{claim.id}: no threshold in {options.parameter} was met within its range")
    else:
        print(
            f"{claim.id}: threshold in {found.parameter} near {found.estimate:.12g} ({found.seconds:.1f} s)"
        )
        print(f"  holds at {float(found.holds_at or 0):.12g}: no violation in {found.instances} instances")
        margin = 0.0 if found.witness is None else found.witness.margin
        print(f"  fails at {float(found.fails_at or 0):.12g}: certified, margin {margin:.3g}")
        if found.polynomial is not None:
            word = "confirmed closer than the bracket" if found.confirmed else "not confirmed"
            print(f"  root of {found.polynomial}: {word}")
    return 0 if found.reached else 3
