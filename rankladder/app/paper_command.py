"""``rankladder paper``: each assertion of a catalogue's source, whether it stands, and under which assumptions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_workers
from rankladder.app.check_command import check_claims, exit_code
from rankladder.app.long_run import say_unfinished
from rankladder.app.output import print_json, writable_file
from rankladder.language.catalogue import catalogue
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result
from rankladder.report.assertions import answers, claims_of, markdown, text
from rankladder.storage.files import whole
from rankladder.storage.results import FinishedChecks
from rankladder.usage import UsageError

__all__ = ["add_arguments", "run"]

BEGIN, END = "<!-- rankladder paper -->", "<!-- end of rankladder paper -->"


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("--fresh", action="store_true", help="check again what was checked before")
    sub.add_argument(
        "--markdown", metavar="FILE", help=f"write the table into this page (.md), between {BEGIN} and {END}"
    )
    add_workers(sub)
    # of claims that no earlier check has kept a verdict on, what a quick check finds
    sub.set_defaults(profile="quick", examples=None, seed=0, targets=[])


def run(options: Any) -> int:
    """Answer, print, and return the exit code that a check of the claims has; 3 where it was interrupted."""
    home = catalogue(options.catalogue)
    page = None if options.markdown is None else writable_file(options.markdown, (".md",))
    if not home.assertions:
        raise UsageError(
            f"catalogue {home.name} has no assertions; give its Catalogue assertions=(Assertion(…),)"
        )
    claims: dict[str, Claim] = {}
    for assertion in home.assertions:
        claims |= claims_of(home, assertion)
    results = {} if options.fresh else _kept(claims, options)
    if check_claims(claims, options, results):
        left = len(claims) - len(results)
        say_unfinished("interrupted", left, len(claims), "claims", options)
        return 3
    document = answers(home, results)
    if page is not None:
        _write(page, markdown(document))
    if options.json:
        print_json(document)
    elif page is None:
        print(text(document))
    else:
        print(f"rankladder: table written to {page}", file=sys.stderr)
    return exit_code(list(results.values()))


def _write(page: Path, table: str) -> None:
    """Put the table between its marks, where the page has them; else it is the whole page."""
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    begin, end = old.find(BEGIN), old.find(END)
    before, after = (old[:begin], old[end + len(END) :]) if 0 <= begin < end else ("", "\n")
    with whole(page) as part:
        part.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def _kept(claims: Mapping[str, Claim], options: Any) -> dict[str, Result]:
    """The verdicts that earlier checks have kept, those of thorough ones first."""
    found: dict[str, Result] = {}
    for profile in ("quick", "default", "deep"):
        settings = argparse.Namespace(**{**vars(options), "profile": profile})
        found |= FinishedChecks(claims, settings).before()
    return found
