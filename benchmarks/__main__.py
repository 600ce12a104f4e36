"""``python -m benchmarks``: the table, and with ``--json FILE`` the same as a document."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.machine import describe, limit_threads

GROUPS = ("modes", "starts", "networks", "flows", "certified")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 0 whatever the ratios are, since they are the machine's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", metavar="WORD", help="contests whose title has one of these words"
    )
    parser.add_argument("--rounds", type=int, default=7, help="samples of each, in turns (default 7)")
    parser.add_argument(
        "--least", type=float, default=0.02, help="seconds of a sample at least (default 0.02)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or not options.least >= 0:
        parser.error(f"--rounds {options.rounds} must be >= 1 and --least {options.least} >= 0")
    limit_threads()
    machine = describe()
    print_machine(machine)
    found = []
    for row in run(options.only, options.rounds, options.least):
        found.append(row)
        sys.stderr.write(f"{row.title}: {row.rival}\n")
    print_table(found)
    if options.json is not None:
        document = {"schema": 1, "environment": machine, "rows": [asdict(row) for row in found]}
        options.json.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return 0


def run(only: Sequence[str] | None, rounds: int, least: float) -> Iterator[Any]:
    """The rows, as they come."""
    from benchmarks.contest import rows

    for group in GROUPS:
        for contest in import_module(f"benchmarks.{group}").contests():
            if only is None or any(word.casefold() in contest.title.casefold() for word in only):
                yield from rows(contest, rounds, least)


def print_machine(machine: dict[str, Any]) -> None:
    """What was measured on."""
    packages = " ".join(f"{name} {version or 'absent'}" for name, version in machine["packages"].items())
    print(f"{machine['processor']}, {machine['cores']} cores; Python {machine['python']}; {packages}")
    for pool in machine["blas"]:
        print(
            f"BLAS {pool['internal_api']} {pool['version']}: kernel {pool['architecture']}, "
            f"{pool['num_threads']} thread ({pool['file']})"
        )
    if not machine["blas"]:
        print("BLAS unknown: threadpoolctl is not installed")
    for name, value in machine["blas_settings"].items():
        print(f"{name}={value}")
    print(f"compiler: {machine['compiler'] or 'none'}; clock: {machine['clock']}\n")


def print_table(found: Sequence[Any]) -> None:
    """One line a pair; times for one unit of work."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in (
        ("contest", "left"), ("ours", "left"), ("beside", "left"), ("unit", "left"), ("ours/unit", "right"),
        ("its/unit", "right"), ("ratio", "right"), ("asked", "right"), ("met", "left"), ("same result", "left"),
    ):  # fmt: skip
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for row in found:
        asked = (
            ""
            if row.target is None
            else f"{'at most ' if row.title.startswith('price') else ''}{row.target:.3g}"
        )
        table.add_row(
            row.title, row.ours, row.rival, row.unit, _time(row.our_time), _time(row.rival_time),
            "-" if row.ratio is None else f"{row.ratio:.3g}", asked,
            "" if row.met is None else ("yes" if row.met else "no"), row.agreement,
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 220).print(table)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    scale, unit = next(
        ((x, u) for x, u in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")) if seconds >= x), (1e-9, "ns")
    )
    return f"{seconds / scale:.3g} {unit}"


if __name__ == "__main__":
    sys.exit(main())
