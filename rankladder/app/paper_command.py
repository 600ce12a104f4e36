"""``rankladder paper``: each assertion of a catalogue's source, whether it stands, and under which assumptions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_workers
from rankladder.app.check_command import check_claims, exit_code, kept_results
from rankladder.app.long_run import say_unfinished
from rankladder.app.output import print_json, writable_file
from rankladder.language.catalogue import Assertion, Catalogue, catalogue
from rankladder.language.statement import Claim
from rankladder.report.assertions import answers, claims_of, markdown, names, text
from rankladder.storage.files import whole
from rankladder.storage.reading import listen
from rankladder.usage import UsageError

__all__ = ["add_arguments", "run"]

ASSERTIONS, ASSUMPTIONS = (
    (f"<!-- {name}: written by `rankladder paper --markdown` -->", f"<!-- end of {name} -->")
    for name in ("assertions", "assumptions")
)


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument(
        "assertions",
        nargs="*",
        metavar="ASSERTION",
        help="all that these rest on (A1): each claim's verdict, each counterexample; default: a short answer to all",
    )
    sub.add_argument("--fresh", action="store_true", help="check again what was checked before")
    sub.add_argument(
        "--markdown",
        metavar="FILE",
        help="write the answers into this page (.md), or what the names of assumptions mean, at the place marked for them",
    )
    add_workers(sub)
    # of claims that no earlier check has kept a verdict on, what a quick check finds
    sub.set_defaults(profile="quick", examples=None, seed=0, targets=[])


def run(options: Any) -> int:
    """Answer, print, and return the exit code that a check of the claims has; 3 where it was interrupted."""
    listen()
    home = catalogue(options.catalogue)
    page = None if options.markdown is None else writable_file(options.markdown, (".md",))
    if page is not None:
        _filled(page, {})  # a page without a place for them is refused before the work
    if not home.assertions:
        raise UsageError(
            f"catalogue {home.name} has no assertions; give its Catalogue assertions=(Assertion(…),)"
        )
    claims: dict[str, Claim] = {}
    for assertion in _chosen(home, options.assertions):
        claims |= claims_of(home, assertion)
    results = {} if options.fresh else kept_results(claims, options)
    if check_claims(claims, options, results):
        left = len(claims) - len(results)
        say_unfinished("interrupted", left, len(claims), "claims", options)
        return 3
    document = answers(home, results)
    whole_answer = bool(options.assertions)
    if page is not None:
        answered = markdown(document, whole=whole_answer)
        made = _filled(page, {ASSERTIONS: answered, ASSUMPTIONS: names(document)})  # as the page is by now
        with whole(page) as part:
            part.write_text(made, encoding="utf-8")
    if options.json:
        print_json(document)
    elif page is None:
        print(text(document, whole=whole_answer))
        if not whole_answer:
            print(
                f"rankladder paper {home.assertions[0].id}: its claims, and a counterexample for each need",
                file=sys.stderr,
            )
    else:
        print(f"rankladder: table written to {page}", file=sys.stderr)
    return exit_code(list(results.values()))


def _chosen(home: Catalogue, ids: list[str]) -> list[Assertion]:
    known = {assertion.id: assertion for assertion in home.assertions}
    ids = [id if id in known else id.upper() for id in ids]
    unknown = [id for id in ids if id not in known]
    if unknown:
        raise UsageError(f"catalogue {home.name} has no assertion {unknown[0]}; it has {', '.join(known)}")
    return [known[id] for id in ids] if ids else list(home.assertions)


def _filled(page: Path, tables: Mapping[tuple[str, str], str]) -> str:
    """The text of a page with the tables at their places; a page that does not exist has nothing but the assertions."""
    text = page.read_text(encoding="utf-8") if page.exists() else "\n".join((*ASSERTIONS, ""))
    found = [m for m in (ASSERTIONS, ASSUMPTIONS) if 0 <= text.find(m[0]) < text.find(m[1])]
    if not found:
        raise UsageError(
            f"{page} has no place for the table; write the lines {' and '.join(ASSERTIONS)} into it"
        )
    for begin, end in found:
        table = tables.get((begin, end), "")
        text = f"{text[: text.find(begin)]}{begin}\n{table}\n{text[text.find(end) :]}"
    return text
