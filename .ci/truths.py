"""No true claim may ever be reported refuted: 100,000 instances of every scalar claim, 1,000 of every matrix claim.

``python .ci/truths.py`` takes every claim of the catalogue that is expected to hold; ``--sample N`` takes N of them,
drawn with a fixed seed. A scalar claim is tried in float64 batches, whose worst cases are then judged in balls like
those of any check; where its conclusion cannot take arrays, and for matrices, every instance is judged in balls.
"""

from __future__ import annotations

import os
import random
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

SAMPLING_SEED = 4
SCALAR, MATRIX = 100_000, 1_000
BATCH = 20_000  # draws between two looks at what they singled out


@dataclass(frozen=True)
class Trial:
    """What became of one claim."""

    id: str
    wanted: int
    batched: int
    judged: int
    undecided: int
    repeated: int
    violation: str
    seconds: float

    @property
    def fine(self) -> bool:
        """Not refuted, nothing undecided, and as many instances as wanted (or all there are)."""
        enough = self.batched + self.judged >= self.wanted or self.repeated > 0
        return not self.violation and not self.undecided and enough

    def line(self) -> str:
        """The line to print."""
        counts = f"{self.judged:,} judged in balls"
        counts += f", {self.batched:,} in batches" if self.batched else ""
        counts += f", {self.undecided:,} undecided" if self.undecided else ""
        counts += f", {self.repeated:,} drawn again" if self.repeated else ""
        return f"{'holds' if self.fine else 'FAILED':6} {self.id}: {counts}, {self.seconds:.0f} s {self.violation}".rstrip()


def trial(id: str, seed: int) -> Trial:
    """Try one claim."""
    from rankladder.domains.randomness import seed_for
    from rankladder.language.library import load_catalogue
    from rankladder.search.rounds import Tally, draw_bulk, scout_into

    began = time.monotonic()
    claim = load_catalogue()[id]
    tally = Tally(claim)
    wanted = SCALAR if claim.scalar else MATRIX
    batched = number = 0
    while claim.scalar and batched < wanted and tally.violation is None:
        seen = scout_into(tally, BATCH, seed_for(id, "truths", seed, number))
        batched, number = batched + seen, number + 1
        if number == 3 and batched < 3:
            break  # its conclusion cannot take arrays
    # beside the batches a hundredth of them is judged as the check does it, without a scout's bias
    goal = tally.judged + wanted // 100 if batched >= 3 else wanted
    draw_bulk(tally, goal, seed_for(id, "truths in balls", seed), float("inf"))
    violation = "" if tally.violation is None else f"violated at {tally.violation.instance}"
    counts = batched if batched >= 3 else 0, tally.judged, len(tally.undecided), tally.repeated
    return Trial(id, wanted, *counts, violation, time.monotonic() - began)


def main() -> int:
    """Run the script; return its exit code."""
    from rankladder.language.library import load_catalogue
    from rankladder.language.verdict import Expectation

    reader = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    reader.add_argument("--sample", type=int, metavar="N", help="try only so many of the claims")
    reader.add_argument("--only", nargs="+", metavar="ID", help="try these claims")
    reader.add_argument("--seed", type=int, default=0, help="of the draws (0)")
    reader.add_argument("--workers", type=int, default=min(8, os.cpu_count() or 1), help="processes")
    options = reader.parse_args()
    true = [c.id for c in load_catalogue().values() if c.expects is not Expectation.refuted]
    if options.only is not None:
        true = [id for id in true if id in options.only]
    chosen = true if options.sample is None else random.Random(SAMPLING_SEED).sample(true, options.sample)
    print(f"sample: {len(chosen)} of {len(true)} claims", flush=True)
    bad = total = 0
    with ProcessPoolExecutor(options.workers) as pool:
        for found in pool.map(trial, chosen, [options.seed] * len(chosen)):
            print(found.line(), flush=True)
            bad += not found.fine
            total += found.batched + found.judged
    print(f"{len(chosen) - bad} of {len(chosen)} true claims stand after {total:,} instances")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
