"""Run ``rankladder check`` for many seeds: every run must end as expected, and all with the same verdicts.

``python .ci/seeds.py`` takes the seeds 0 to 19. ``--sample N`` takes N of them, drawn with a fixed seed, for when
there is no time for all.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter

SAMPLING_SEED = 20


def chosen(seeds: int, sample: int | None) -> list[int]:
    """The seeds to run: all of ``range(seeds)``, or a sample of them that is the same every time."""
    if sample is None or sample >= seeds:
        return list(range(seeds))
    return sorted(random.Random(SAMPLING_SEED).sample(range(seeds), sample))


def differences(first: dict[str, str], other: dict[str, str]) -> list[str]:
    """The claims whose verdicts differ, each as ``id: verdict, verdict``."""
    return [
        f"{id}: {first.get(id, 'absent')}, {other.get(id, 'absent')}"
        for id in sorted(first.keys() | other.keys())
        if first.get(id) != other.get(id)
    ]


def verdicts(seed: int, words: list[str]) -> tuple[int, dict[str, str]]:
    """The exit code of one check, and its verdicts by claim id."""
    command = ["rankladder", "check", "--json", "--fresh", "--seed", str(seed), *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=False)
    try:
        claims = json.loads(done.stdout)["claims"]
    except (ValueError, KeyError) as error:
        raise SystemExit(
            f"{' '.join(command)}: exit code {done.returncode}, no valid JSON: {error}"
        ) from None
    return done.returncode, {claim["id"]: claim["verdict"] for claim in claims}


def main() -> int:
    """Run the script; return its exit code."""
    reader = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    reader.add_argument("--seeds", type=int, default=20, metavar="N", help="how many seeds there are (20)")
    reader.add_argument("--sample", type=int, metavar="N", help="run only so many of them")
    options, words = reader.parse_known_args()  # what is not known here goes to `rankladder check`
    seeds = chosen(options.seeds, options.sample)
    print(f"sample: {len(seeds)} of {options.seeds} seeds: {', '.join(map(str, seeds))}", flush=True)
    reference: dict[str, str] | None = None
    bad = 0
    for seed in seeds:
        began = time.monotonic()
        code, found = verdicts(seed, words)
        reference = found if reference is None else reference
        changed = differences(reference, found)
        bad += code != 0 or not found or bool(changed)
        seconds = time.monotonic() - began
        print(f"seed {seed}: exit code {code}, {len(found)} claims, {seconds:.0f} s", flush=True)
        for line in changed:
            print(f"  verdict differs from seed {seeds[0]}'s: {line}", flush=True)
    print(f"{len(seeds) - bad} of {len(seeds)} seeds as expected, with the same verdicts")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
