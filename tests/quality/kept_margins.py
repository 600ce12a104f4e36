"""Two instances of every claim of the catalogue, and their margins; ``python -m tests.quality.kept_margins`` stores them anew.

A true claim whose constant is loosened stays true, and no check can tell. Its margins do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from properties.engine.drawing import draw_instance
from properties.engine.judging import judge
from properties.generators.sources import Infeasible, RandomSource, seed_for
from properties.library import load_catalogue
from properties.stating.instance import Instance
from properties.stating.statement import Claim

FILE = Path(__file__).with_suffix(".json")
EACH, DRAWS = 2, 24
TELLING = 1e-6  # a margin below it is nearly an equality: kept only where there is no other


def drawn(claim: Claim) -> Iterator[Instance]:
    """A stream of instances, the same every time."""
    source = RandomSource(seed_for("margins", claim.id))
    while True:
        try:
            yield draw_instance(claim, source)
        except Infeasible:
            continue


def margins_of(claim: Claim) -> dict[str, float]:
    """Margins by instance, those that tell something first."""
    found: dict[str, float] = {}
    for instance in islice(drawn(claim), DRAWS):
        judgement = judge(claim, instance)
        if judgement.outcome in ("holds", "violated"):
            found[str(instance)] = judgement.margin
        if sum(abs(margin) >= TELLING for margin in found.values()) == EACH:
            break
    return dict(sorted(found.items(), key=lambda kept: abs(kept[1]) < TELLING)[:EACH])


if __name__ == "__main__":
    kept = {id: margins_of(claim) for id, claim in load_catalogue().items()}
    FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
