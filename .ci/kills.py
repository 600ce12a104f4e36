"""Kill parallel explorations at random moments: no stored file may be torn or lost, and the next run must go on.

``python .ci/kills.py`` kills 50 times; ``--kills N`` kills N times. Every other kill hits the parent alone, the rest
the whole process group. Kills that come before anything new is finished show little: after one the next comes later,
and too many of them fail the run. After each kill every file of the store and every finished row is read; whenever an exploration gets to its end, its
table must be the one that an undisturbed run gives, and a new exploration begins with an empty store.
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

KILLING_SEED = 50
# long enough to be hit at work, short enough to come to its end between kills now and then
EXPLORED = ["--all-assumptions", "GD-4", "--budget", "6000", "--examples", "150", "--workers", "2", "--json"]


def exploration(store: Path) -> list[str]:
    """The command that explores, or goes on."""
    return ["rankladder", "explore", *EXPLORED, "--store", str(store), "--resume"]


def table(text: str) -> list[dict[str, object]]:
    """The rows without the seconds they took."""
    return [{k: v for k, v in row.items() if k != "seconds"} for row in json.loads(text)]


def kept(store: Path) -> dict[str, str]:
    """The text of every file of the store and of every finished row, each one read as the tool reads it.

    Raises:
        ValueError, sqlite3.Error: a torn file.
    """
    from rankladder.storage.counterexamples import read, stored_files

    texts = {}
    for file in stored_files(store):
        read(file)
        texts[file.name] = file.read_text(encoding="utf-8")
    database = store / ".finished" / "rows.sqlite"
    if database.exists() and database.stat().st_size:
        with contextlib.closing(sqlite3.connect(database)) as rows:
            if rows.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise ValueError(f"{database} is damaged")
            # a run that was killed at its first row has made no table yet
            if rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'rows'").fetchone():
                texts |= dict(rows.execute("SELECT key, row FROM rows"))
    return texts


def gone(group: int) -> None:
    """Wait until no process of a group is left, so that nobody writes while the files are read."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise SystemExit(f"processes of group {group} outlive their parent")


def main() -> int:
    """Run the script; return its exit code."""
    reader = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    reader.add_argument("--kills", type=int, default=50, metavar="N", help="how often to kill (50)")
    options = reader.parse_args()
    rng = random.Random(KILLING_SEED)
    print(f"sample: {options.kills} of 50 kills", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        plain = subprocess.run(
            exploration(Path(folder) / "plain"), capture_output=True, text=True, check=True
        )
        expected, seconds = table(plain.stdout), time.monotonic() - began
        print(f"undisturbed: {len(expected)} hunts in {seconds:.0f} s", flush=True)
        kills = ends = number = useful = 0
        latest = 0.9 * seconds
        store, known = Path(folder) / "0", {}
        while kills < options.kills:
            streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            process = subprocess.Popen(exploration(store), **streams, text=True, start_new_session=True)
            printed = None
            try:
                printed, _ = process.communicate(timeout=rng.uniform(0, latest))
            except subprocess.TimeoutExpired:
                alone = kills % 2 == 0
                (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
                process.communicate()
                gone(process.pid)
                kills += 1
            try:
                found = kept(store)
            except (ValueError, sqlite3.Error) as error:
                print(f"torn after kill {kills}: {error}")
                return 1
            lost = [name for name, text in known.items() if found.get(name) != text]
            if lost:
                print(f"lost or changed after kill {kills}: {', '.join(lost)}")
                return 1
            new, known = len(found) - len(known), found
            if printed is None:
                print(f"kill {kills}: {len(found)} files and rows, {new} of them new", flush=True)
                useful += new > 0
                latest = max(latest / 1.2, 0.4 * seconds) if new else 1.4 * latest
                continue
            if process.returncode != 0 or table(printed) != expected:
                print(f"exit code {process.returncode}, or another table than that of the undisturbed run")
                return 1
            ends, number = ends + 1, number + 1
            latest = max(latest / 1.4, 0.4 * seconds)
            print(f"came to its end after {kills} kills, with the same table", flush=True)
            store, known = Path(folder) / str(number), {}
        last = subprocess.run(exploration(store), capture_output=True, text=True, check=False)
        if last.returncode != 0 or table(last.stdout) != expected:
            print(
                f"the last run: exit code {last.returncode}, or another table: {last.stderr.strip()[-300:]}"
            )
            return 1
    print(f"{useful} of {kills} kills came after something new was finished")
    if kills >= 12 and 4 * useful < kills:
        print("too few to show anything: is the machine much busier now than during the undisturbed run?")
        return 1
    print(f"{kills} kills, {ends + 1} explorations came to their end: no file torn or lost, the same table")
    return 0


if __name__ == "__main__":
    sys.exit(main())
