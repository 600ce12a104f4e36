"""Interrupt deep checks at random moments and resume them: the results must be those of an undisturbed run.

``python .ci/interruptions.py`` interrupts and resumes 30 checks; ``--runs N`` does N. Ctrl-C, SIGTERM, SIGKILL and the
death of one worker take turns, and so do one and two processes. An interrupted check must leave with exit code 3 and
say how to go on (what was killed cannot); every result it kept must be the undisturbed run's; the check resumed must
take these up and end with the undisturbed run's results and exit code. Everything is compared but the seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

SAMPLING_SEED = 30
CHECKED = ["LIN-5.descent", "LIN-4.eigenvectors", "GD-5.not-continuous-upper", "STEP-5.lemma"]
WAYS = ("Ctrl-C", "SIGTERM", "SIGKILL", "a worker killed")
MISSED = "it had come to its end"
DECIDED = ("id", "verdict", "evidence", "instances", "discarded", "escalated", "undecided", "scouted", "margin", "region",
           "counterexample")  # fmt: skip


def check(cache: Path, workers: int) -> subprocess.Popen[str]:
    """Start the check, or go on with it."""
    command = ["rankladder", "check", "--only", *CHECKED, "--profile", "deep", "--examples", "40", "--json"]  # fmt: skip
    return subprocess.Popen(
        [*command, "--workers", str(workers)],
        env={**os.environ, "RANKLADDER_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def results(text: str) -> dict[str, dict[str, Any]]:
    """What was decided, by claim: everything but the time it took."""
    found = {}
    for claim in json.loads(text)["claims"]:
        kept = {name: claim[name] for name in DECIDED}
        kept["evidence"] = [(e["kind"], e["detail"]) for e in claim["evidence"]]
        found[claim["id"]] = kept
    return found


def results_kept(database: Path) -> int:
    """How many results a check has kept; the cache holds proofs too."""
    if not database.exists():
        return 0
    with contextlib.closing(sqlite3.connect(database)) as rows:
        try:
            return int(rows.execute("""SELECT count(*) FROM rows WHERE key LIKE '%"check"%'""").fetchone()[0])
        except sqlite3.OperationalError:  # no row yet, so no table
            return 0


def loky_workers(parent: int) -> list[int]:
    """The worker processes of a check (Linux only; elsewhere none is found and none is killed)."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(c) for c in children if b"popen_loky" in Path(f"/proc/{c}/cmdline").read_bytes()]
    except OSError:
        return []


def interrupt(process: subprocess.Popen[str], way: str) -> bool:
    """Interrupt as the way says; returns whether there was something to hit."""
    if way == "a worker killed":
        workers = loky_workers(process.pid)
        for worker in workers[:1]:
            os.kill(worker, signal.SIGKILL)
        return bool(workers)
    if way == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    else:
        os.kill(process.pid, signal.SIGTERM if way == "SIGTERM" else signal.SIGKILL)
    return True


def difference(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """The first claim whose result is another one; empty when there is none."""
    for id, result in found.items():
        if result != expected[id]:
            names = [n for n in DECIDED if result[n] != expected[id][n]]
            return f"{id}: {', '.join(f'{n} {result[n]} instead of {expected[id][n]}' for n in names)}"
    return ""


def trial(cache: Path, way: str, workers: int, pause: float, expected: dict[str, Any]) -> tuple[str, str]:
    """Interrupt one check and resume it; returns what to print, and what was wrong (empty: nothing)."""
    process = check(cache, workers)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=pause)
    hit = process.poll() is None and interrupt(process, way)
    printed, said = process.communicate()
    line = f"{way} after {pause:.0f} s, {workers} processes: "
    allowed = {0}  # it may have come to its end in the moment of the signal
    if hit and way != "a worker killed":
        allowed.add(-signal.SIGKILL if way == "SIGKILL" else 3)
    # before Python has started, and while nothing can be finished, a signal does what it does to any process,
    # and so it does once all is printed, when Python is on its way out
    if not printed or results(printed).keys() == expected.keys():
        allowed |= {-signal.SIGINT, -signal.SIGTERM}
    if process.returncode not in allowed:
        return line, f"exit code {process.returncode}: {said.strip()[-300:]}"
    if process.returncode == 3 and ("interrupted" not in said or (printed and "go on with" not in said)):
        return line, f"it does not say how to go on: {said.strip()[-300:]}"
    early = results(printed) if printed else {}
    wrong = difference(early, expected)
    if wrong:
        return line, wrong
    kept = results_kept(cache / "rankladder" / "finished.sqlite")
    if len(early) > kept:
        return line, f"{len(early)} results printed, {kept} kept"
    resumed = check(cache, 3 - workers)
    printed, said = resumed.communicate()
    if resumed.returncode != 0:
        return line, f"resumed: exit code {resumed.returncode}: {said.strip()[-300:]}"
    final = results(printed)
    wrong = difference(final, expected) or ("" if final.keys() == expected.keys() else "claims are missing")
    line += f"{kept} of {len(expected)} results kept" if hit else MISSED
    return f"{line}, the rest made by the next run", wrong


def main() -> int:
    """Run the script; return its exit code."""
    reader = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    reader.add_argument("--runs", type=int, default=30, metavar="N", help="how many checks to interrupt (30)")
    options = reader.parse_args()
    # who starts this in the background of a script hands down that Ctrl-C is ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    rng = random.Random(SAMPLING_SEED)
    print(f"sample: {options.runs} of 30 runs", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        plain = check(Path(folder) / "plain", 1)
        printed, said = plain.communicate()
        seconds = time.monotonic() - began
        if plain.returncode != 0:
            print(f"the undisturbed run: exit code {plain.returncode}: {said.strip()[-300:]}")
            return 1
        expected = results(printed)
        print(f"undisturbed: {len(expected)} claims in {seconds:.0f} s", flush=True)
        bad = between = 0
        stretch = 1.0  # for a machine that is busier now than before
        for number in range(options.runs):
            way = WAYS[number % len(WAYS)]
            workers = 2 if way == "a worker killed" else 1 + number // len(WAYS) % 2
            pause = stretch * rng.uniform(0.1, 0.9) * seconds / (1 if workers == 1 else 1.5)
            line, wrong = trial(Path(folder) / str(number), way, workers, pause, expected)
            bad += bool(wrong)
            between += MISSED not in line and " 0 of " not in line
            stretch *= 1.25 if " 0 of " in line else 0.7 if MISSED in line else 1.0
            print(f"{number + 1}: {line} {'WRONG: ' + wrong if wrong else ''}".rstrip(), flush=True)
    print(f"{between} of {options.runs} interruptions came when some results were kept, and before the end")
    if options.runs >= 12 and 4 * between < options.runs:
        print("too few to show anything: is the machine much busier now than during the undisturbed run?")
        return 1
    print(
        f"{options.runs - bad} of {options.runs} interrupted checks resumed: the results of the undisturbed run"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
