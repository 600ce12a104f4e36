"""``rankladder boundary``: the sharp threshold of a claim in one parameter."""

from __future__ import annotations

from typing import Any

from properties.commands.chosen import chosen_claims
from properties.commands.output import broken, print_json
from properties.engine.boundary import Boundary, find_boundary
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
    except Exception as error:  # whatever the claim's own code raises
        raise UsageError(broken(claim, error)) from error
    if options.json:
        print_json(found.to_json())
    else:
        _print(found)
    return 0 if found.reached else 3


def _print(found: Boundary) -> None:
    name, margin = found.parameter, 0.0 if found.witness is None else found.witness.margin
    if found.holds_at is not None and found.fails_at is not None:
        print(f"{found.id}: threshold in {name} near {found.estimate:.12g} ({found.seconds:.1f} s)")
        print(f"  holds at {float(found.holds_at):.12g}: no violation in {found.instances} instances")
        print(f"  fails at {float(found.fails_at):.12g}: certified, margin {margin:.3g}")
    elif found.witness is not None:
        print(
            f"{found.id}: no threshold in {name}: it fails at every value tried, as at {found.witness.instance}"
        )
    else:
        print(
            f"{found.id}: no threshold in {name} was met within its range: no change from holding to failing"
        )
    if found.polynomial is not None:
        word = "confirmed closer than the bracket" if found.confirmed else "not confirmed"
        print(f"  root of {found.polynomial}: {word}")
    if found.further:
        also = ", ".join(f"{float(a):.6g} and {float(b):.6g}" for a, b in found.further)
        print(f"  not the only one: the outcome changes also between {also}")
    if found.set_aside:
        print(f"  set aside, as it bounds {name} alone: {', '.join(found.set_aside)}")
