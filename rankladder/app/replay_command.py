"""``rankladder replay``: judge stored counterexamples again."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from rankladder.app.chosen import chosen_claims
from rankladder.app.output import print_json
from rankladder.language.catalogue import catalogue
from rankladder.language.library import load_catalogue
from rankladder.numbers.nothing import margin_text
from rankladder.storage.counterexamples import (
    ReplayOutcome,
    StoreError,
    read,
    replay,
    store_folder,
    stored_files,
)
from rankladder.usage import UsageError, given_path

__all__ = ["add_arguments", "run"]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("files", nargs="*", metavar="FILE", help="stored counterexamples; none: the whole store")
    sub.add_argument(
        "--claims", nargs="+", default=[], metavar="FILE", help="claim files (.py) they speak of"
    )
    sub.add_argument("--store", metavar="FOLDER", help="the store (default .rankladder)")
    sub.add_argument("--kept", action="store_true", help="those that come with the catalogue's claims")


def run(options: Any) -> int:
    """Replay, print, and return 0 when all still violate, 1 when one does not, 3 when one is undecided."""
    if options.kept and (options.files or options.store):
        raise UsageError("--kept replays those that come with a catalogue; give it without files and --store")
    folder = catalogue(options.catalogue).counterexamples if options.kept else store_folder(options.store)
    if options.store and not options.files and not folder.is_dir():
        what = "is no folder" if folder.exists() else "does not exist"
        raise UsageError(
            f"store {options.store} {what}; give the folder that rankladder explore kept its finds in"
        )
    files = [given_path(f) for f in options.files] or list(stored_files(folder))
    claims = {**load_catalogue(options.catalogue), **chosen_claims(options.claims, [], options.catalogue)}
    try:
        results = [replay(read(f), claims) for f in files]
    except StoreError as error:
        raise UsageError(str(error)) from error
    if options.json:
        print_json([r.to_json() for r in results])
    else:
        for r in results:
            dropped = f" without {r.dropped}" if r.dropped else ""
            margin = "" if r.margin is None else f", margin {margin_text(r.margin, 4)}"
            print(
                f"{r.claim}{dropped}: {r.outcome}{margin} at {r.instance}"
                + (f" ({r.note})" if r.note else "")
            )
        place = (
            "the files given"
            if options.files
            else f"catalogue {options.catalogue}"
            if options.kept
            else folder
        )
        found = Counter(r.outcome for r in results)
        gone = found[ReplayOutcome.gone]
        print(
            f"{len(results) - gone} replayed from {place}, {found[ReplayOutcome.violates]} still violate"
            + (f"; {gone} not looked at" if gone else "")
        )
    if all(r.outcome is ReplayOutcome.violates for r in results):
        return 0
    return 3 if all(r.outcome in (ReplayOutcome.violates, ReplayOutcome.undecided) for r in results) else 1
