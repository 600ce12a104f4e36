"""``rankladder prove``: obligations, what both solvers say, and the proof as text."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_targets, add_workers
from rankladder.app.chosen import chosen_claims
from rankladder.app.output import print_json, progress
from rankladder.app.workers import spread
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Verdict
from rankladder.proof.parts import Status
from rankladder.proof.proof import alone, keep, provable, standing, written
from rankladder.proof.result import Proof
from rankladder.proof.smtlib import smtlib
from rankladder.storage.versions import versions
from rankladder.usage import UsageError, given_path
from rankladder.verdicts.evidence import proof_of

__all__ = ["add_arguments", "run"]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument(
        "id", nargs="?", metavar="ID", help="a claim, an id with its children, or a family; none: all"
    )
    add_targets(sub)
    sub.add_argument("--smtlib", metavar="DIR", help="write every obligation as an SMT-LIB file")
    add_workers(sub)


def run(options: Any) -> int:
    """Prove, print, and return the exit code: 1 for a counterexample that is not expected, 3 for what stays open."""
    claims = chosen_claims(options.targets, [options.id] if options.id else [], options.catalogue)
    started = time.monotonic()
    tried = (
        claims.values()
        if options.id
        else (c for c in claims.values() if c.expects is not Expectation.refuted)
    )
    folder = None if options.smtlib is None else given_path(options.smtlib)
    if folder is not None:
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
    proofs = _proofs({claim.id: claim for claim in tried}, options)
    if (options.id or options.targets) and not proofs:
        known = "a relation of rational functions, an induction, or a proof written beside the catalogue"
        raise UsageError(
            f"no way is known to prove {', '.join(claims)}; it needs {known}. rankladder check tests it"
        )
    written = 0
    if folder is not None:
        with _writing(folder):
            for name, text in _files(proofs):
                (folder / name).write_text(text, encoding="utf-8")
                written += 1
    if options.json:
        print_json({"schema": 1, "versions": versions(), "proofs": [p.to_json() for p in proofs]})
    else:
        for proof in proofs:
            print(proof.text() if options.id else f"{proof.claim:28} {proof.status:10} {proof.summary}")
            if options.id:
                print()
        counts = {status: sum(p.status is status for p in proofs) for status in Status}
        said = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
        print(
            f"{len(proofs)} proof{'s' if len(proofs) != 1 else ''}: {said} ({time.monotonic() - started:.0f} s)"
        )
        if folder is not None:
            print(f"{written} SMT-LIB files in {folder}: each must be unsat")
    return _exit_code(claims, proofs)


def _exit_code(claims: Mapping[str, Claim], proofs: list[Proof]) -> int:
    statuses = {p.status for p in proofs}
    if Status.error in statuses:
        return 4
    decided = [p for p in proofs if p.status.shown or p.status is Status.refuted]
    if any(not claims[p.claim].expects.met_by(Verdict(p.status)) for p in decided):
        return 1
    return 3 if Status.open in statuses else 0


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}; give a folder that can be written"
        ) from error


@dataclass(frozen=True)
class _Task:
    """What a worker needs to prove one claim: picklable, as a claim itself is not."""

    id: str
    targets: tuple[str, ...]
    catalogue: str


def _proofs(claims: Mapping[str, Claim], options: Any) -> list[Proof]:
    """The proofs of the claims that have one, in their order, whatever order they were made in."""
    found: dict[str, Proof] = {}
    targets = tuple(options.targets)
    tasks = [_Task(id, targets, options.catalogue) for id in claims if provable(claims[id])]
    with progress(len(tasks)) as move:
        for id, proof in spread(_work, tasks, options.workers):
            found[id] = proof
            keep(claims[id], proof)
            move(advance=1, description=f"{id} {proof.status}")
    # what a proof rests on may have been shown by another process: it is looked up here
    return [standing(claims[id], found[id]) for id in claims if id in found]


def _work(task: _Task) -> tuple[str, Proof]:
    claim = chosen_claims(task.targets, (), task.catalogue)[task.id]
    # what a claim prints must not end up among the proofs
    with contextlib.redirect_stdout(sys.stderr):
        return task.id, alone(claim) if written(claim) else proof_of(claim)


def _files(proofs: list[Proof]) -> Iterator[tuple[str, str]]:
    for proof in proofs:
        for number, obligation in enumerate(proof.obligations, 1):
            slug = re.sub(r"[^a-z0-9]+", "-", obligation.name.lower()).strip("-")
            yield f"{proof.claim}--{number}-{slug}.smt2", smtlib(obligation)
