"""``rankladder paper``: each assertion of a catalogue's source, whether it stands, and under which assumptions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from rankladder.app.check_command import Task, exit_code, stream
from rankladder.app.output import print_json
from rankladder.language.catalogue import catalogue
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result
from rankladder.report.assertions import answers, claims_of, markdown, text
from rankladder.storage.results import Keeper
from rankladder.usage import UsageError

__all__ = ["run"]


def run(options: Any) -> int:
    """Answer, print, and return the exit code that a check of the claims would have."""
    home = catalogue(options.catalogue)
    if not home.assertions:
        raise UsageError(
            f"catalogue {home.name} has no assertions; give its Catalogue assertions=(Assertion(…),)"
        )
    claims: dict[str, Claim] = {}
    for assertion in home.assertions:
        claims |= claims_of(home, assertion)
    results = _results(claims, options)
    document = answers(home, results)
    if options.json:
        print_json(document)
    else:
        print(markdown(document) if options.markdown else text(document))
    return exit_code(list(results.values()))


def _results(claims: Mapping[str, Claim], options: Any) -> dict[str, Result]:
    """What a check of these claims has found before and was kept; of the others, what a quick one finds."""
    found: dict[str, Result] = {}
    for profile in ("default", "quick"):
        settings = Namespace(profile=profile, examples=None, seed=0, fresh=options.fresh, targets=[])
        keeper = Keeper(claims, settings)
        if not options.fresh:
            found = keeper.finished_before() | found
    tasks = [
        Task(id, (), "quick", None, 0, None, options.fresh, options.catalogue)
        for id in claims
        if id not in found
    ]
    for result in stream(tasks, claims, options.workers):
        found[result.id] = result
        keeper.keep(result)
    return {id: found[id] for id in claims}
