"""Hunt every listed refutation from scratch: each must be found and certified in under a minute, for every seed.

``python .ci/hunts.py`` takes the seeds 0 to 4; ``--sample N`` takes N hunts, drawn with a fixed seed.
Each hunt is a run of ``rankladder explore`` of its own, which knows no stored counterexample. Its simple witness must
keep half of the worst violation; that of RRR-3 must have two modes and whole numbers below 10, those of an overshoot
short binary fractions.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter

from rankladder import load_catalogue
from rankladder.language.parsing import fitted, parse_instance

LIMIT = 60  # seconds a hunt may take
SAMPLING_SEED = 60

# what to refute, and the assumption to break (none: the claim is false as it stands)
HUNTS: tuple[tuple[str, str | None], ...] = (
    ("RRR-3.not-every-commuting", None),
    ("STEP-1.monotone", "small-step"),
    ("STEP-2.limit", "convergent"),
    ("STEP-3.bounded", "small-step"),
    ("STEP-5.lemma", "small-step"),
    ("INIT-1.not-every-invertible", None),
    ("PERT-3.not-without-commuting", None),
    ("ORDER-2.not-three", None),
    ("ORDER-2.not-lam", None),
    ("ORDER-2.not-by-sigma", None),
    ("GD-5.not-continuous-lower", None),
    ("GD-5.not-continuous-upper", None),
    ("GD-7.not-continuous-time", None),
    ("GD-10.not-always-lagging", None),
    ("GD-10.not-small-step-alone", None),
    ("LIN-5.not-sigma-order", None),
    ("GD-4.not-step-lower-for-all-x", None),
    ("GD-4.not-step-upper-for-all-x", None),
    ("GD-6.not-floor", None),
    ("RRR-1.not-sigma-over-lam", None),
    ("RRR-4.not-effective-rank", None),
    ("STEP-7.not-half", None),
    ("STEP-7.not-in-floats", None),
    ("LIMIT-1.not-half", None),
)
ABOUT_FLOAT64 = ("STEP-7.not-in-floats",)  # what floats do refutes it, and nothing certifies a float


def is_simple(claim: str, text: str) -> bool:
    """Whether an instance is as simple as a person would have chosen it; of other claims nothing is asked."""
    instance = fitted(parse_instance(text), load_catalogue()[claim].over)
    if claim.startswith("RRR-3."):
        problem = instance["problem"]
        return len(problem.sigma) == 2 and all(
            x.denominator == 1 and x < 10 for x in (*problem.sigma, *problem.lam)
        )
    if claim in ("STEP-1.monotone", "STEP-3.bounded"):
        return all(
            x.denominator.bit_count() == 1 and x.numerator < 16 and x.denominator <= 16
            for x in (instance["s"], instance["z0"])
        )
    return True


def hunt(claim: str, drop: str | None, seed: int) -> str:
    """Run one hunt; returns the line to print, which begins with ``missed`` when it is not as it should be."""
    command = ["rankladder", "explore", claim, "--seed", str(seed), "--budget", str(LIMIT), "--json"]
    if drop is not None:
        command += ["--drop", drop]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, text=True, check=False)
    name = claim if drop is None else f"{claim} without {drop}"
    if done.returncode != 0:
        return f"missed  {name}, seed {seed}: exit code {done.returncode}: {done.stderr.strip()[-300:]}"
    found = json.loads(done.stdout)
    confirmed = found["certified"] or claim in ABOUT_FLOAT64
    if found["simple"] is None or not confirmed or found["seconds"] > LIMIT:
        return f"missed  {name}, seed {seed}: {found['verdict']} after {found['seconds']:.1f} s"
    worst, simple = found["worst"]["margin"], found["simple"]["margin"]
    fine = simple <= worst / 2 and is_simple(claim, found["simple"]["instance"])
    word = "found" if fine else "missed"
    return (
        f"{word:7} {name}, seed {seed}, {found['seconds']:.1f} s: margin {simple:.3g} (worst {worst:.3g}) at "
        f"{found['simple']['instance']}"
    )


def main() -> int:
    """Run the script; return its exit code."""
    reader = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    reader.add_argument("--seeds", type=int, default=5, metavar="N", help="how many seeds each hunt has (5)")
    reader.add_argument("--sample", type=int, metavar="N", help="run only so many of the hunts")
    options = reader.parse_args()
    runs = [(claim, drop, seed) for claim, drop in HUNTS for seed in range(options.seeds)]
    chosen = runs if options.sample is None else random.Random(SAMPLING_SEED).sample(runs, options.sample)
    print(f"sample: {len(chosen)} of {len(runs)} hunts", flush=True)
    missed = 0
    for run in chosen:
        line = hunt(*run)
        missed += line.startswith("missed")
        print(line, flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} refutations found, certified, in under {LIMIT} s each")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
