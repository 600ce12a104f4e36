"""``rankladder prove``: obligations, what both solvers say, and the proof as text."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rankladder.app.arguments import add_targets, add_workers
from rankladder.app.chosen import chosen_claims, claims_of_run, name_of_run
from rankladder.app.long_run import run_tasks, say_unfinished, shortened
from rankladder.app.output import (
    column,
    console,
    counted,
    in_a_line,
    paragraph,
    print_json,
    progress,
    titled,
    wrapped,
)
from rankladder.app.workers import processors
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Verdict
from rankladder.proof.coq import coq_theorem
from rankladder.proof.coq_text import NoCoqForm, coq_name
from rankladder.proof.coqc import coq_version, judged_by_coq
from rankladder.proof.kept_identities import written_identities
from rankladder.proof.parts import Part, Status
from rankladder.proof.proof import alone, keep, provable, rational_margin, standing, written
from rankladder.proof.result import Proof
from rankladder.proof.smtlib import smtlib
from rankladder.report.words import assumption_texts
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
    sub.add_argument(
        "--coq",
        metavar="DIR",
        help="write every theorem as a file for Coq, which checks it where it is installed",
    )
    sub.add_argument(
        "--identities", metavar="FILE", help="write the identities that were found, as a catalogue keeps them"
    )
    add_workers(sub)


def run(options: Any) -> int:
    """Prove, print, and return the exit code: 1 for a counterexample that is not expected, 3 for what stays open."""
    claims = chosen_claims(options.targets, [options.id] if options.id else [], options.catalogue)
    started = time.monotonic()
    tried = [c for c in claims.values() if options.id or c.expects is not Expectation.refuted]
    known = {c.id: c for c in tried if provable(c)}
    unknown = [c.id for c in tried if c.id not in known]
    folder, theorems = (
        None if given is None else given_path(given) for given in (options.smtlib, options.coq)
    )
    for wanted in (folder, theorems):
        if wanted is not None:
            with _writing(wanted):
                wanted.mkdir(parents=True, exist_ok=True)
    if (options.id or options.targets) and not known:
        needed = "a relation of rational functions, an induction, or a proof written beside the catalogue"
        stated = {id: found for id, c in claims.items() if (found := rational_margin(c)) is not None}
        hint = "".join(
            f"; {id} returns {found}: lemma({id!r}, {found} >= 0, over=…) states that as a relation"
            for id, found in list(stated.items())[:1]
        )
        raise UsageError(
            f"no way is known to prove {', '.join(claims)}; it needs {needed}. rankladder check tests it{hint}"
        )
    proofs, interrupted = _proofs(known, options)
    if interrupted:
        folder = theorems = options.identities = None  # a part is not written over the whole
    written = 0
    if folder is not None:
        with _writing(folder):
            for name, text in _files(proofs):
                (folder / name).write_text(text, encoding="utf-8")
                written += 1
    theory = None
    if theorems is not None:
        theory = _Theory(theorems)
        proofs = theory.of(proofs, claims, options.workers)
    if options.identities is not None:
        file = given_path(options.identities)
        with _writing(file):
            file.write_text(
                written_identities(
                    p.identities for proof in proofs for p in proof.parts if p.identities is not None
                ),
                encoding="utf-8",
            )
    if options.json:
        print_json({"schema": 1, "versions": versions(), "proofs": [p.to_json() for p in proofs]})
    else:
        out = console()
        ids = column([proof.claim for proof in proofs], out.width)
        for proof in proofs:
            if options.id:
                first, *others = proof.text().splitlines()
                text = "\n".join([first, *_stated(claims[proof.claim]), *others])
                print(wrapped(text, out.width) + "\n")
            else:
                row = f"{ids[proof.claim]}  {proof.status:9}  {proof.summary}"
                out.print(in_a_line(row, out.width))
        counts = {status: sum(p.status is status for p in proofs) for status in Status}
        said = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
        print(
            f"{len(proofs)} proof{'s' if len(proofs) != 1 else ''}: {said} ({time.monotonic() - started:.0f} s)"
        )
        if folder is not None:
            print(f"{written} SMT-LIB files in {folder}: each must be unsat")
        if theory is not None:
            print(theory.summary(named=bool(options.id)))
        if unknown:
            many = f"{len(unknown)} of {counted(len(tried), 'claim')}"
            paragraph(out, f"no way is known to prove {many}: {shortened(unknown)}")
    if interrupted:
        left = [id for id in known if all(p.claim != id for p in proofs)]
        say_unfinished("interrupted", len(left), len(known), "proofs", None, names=left)
    return _exit_code(claims, proofs) or (3 if interrupted else 0)


def _stated(claim: Claim) -> list[str]:
    """What a claim says, of what and under which assumptions; an induction says that itself."""
    if claim.induction is not None:
        return []
    said = " ".join(claim.statement.split())
    lines = [f"{claim.statement_word.capitalize()}: {said}"] if said else []
    lines.append("For " + "; ".join(f"{name} in {domain}" for name, domain in claim.over.items()))
    texts = assumption_texts(claim)
    lines += [f"Assumes {name}: {text}" for name, text in texts.items()] or ["Assumes nothing"]
    return lines


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


@dataclass
class _Theory:
    """Theorems for Coq: the files that were written, and why others were not."""

    folder: Path
    written: int = 0
    accepted: int = 0
    without: dict[str, str] = field(default_factory=dict)

    def of(self, proofs: list[Proof], claims: Mapping[str, Claim], workers: int | None) -> list[Proof]:
        """Write what has a form there; the proofs with what Coq says of it, where it is installed."""
        files: dict[str, tuple[Path, str]] = {}
        for proof in proofs:
            claim = claims[proof.claim]
            try:
                if not claim.scalar:
                    raise NoCoqForm("it is about matrices, and what is shown of their entries says less")
                text = coq_theorem(proof, [*map(str.strip, titled(claim)), *_stated(claim)])
            except NoCoqForm as error:
                self.without[proof.claim] = str(error)
                continue
            file = self.folder / f"{coq_name(proof.claim)}.v"
            with _writing(self.folder):
                file.write_text(text, encoding="utf-8")
            files[proof.claim] = file, text
        self.written = len(files)
        if not coq_version():
            return proofs
        with progress(len(files)) as move, ThreadPoolExecutor(workers or processors()) as pool:

            def judged(item: tuple[str, tuple[Path, str]]) -> tuple[str, Part]:
                part = judged_by_coq(*item[1])
                move(advance=1, description=f"{item[0]} {part.status}")
                return item[0], part

            said = dict(pool.map(judged, files.items()))
        self.accepted = sum(part.status is Status.proved for part in said.values())
        return [replace(p, parts=(*p.parts, said[p.claim])) if p.claim in said else p for p in proofs]

    def summary(self, *, named: bool) -> str:
        """What was written, and who has checked it."""
        files = f"{self.written} Coq file{'' if self.written == 1 else 's'} in {self.folder}"
        if not self.written:
            lines = ["no Coq file was written"]
        elif not coq_version():
            lines = [
                f"{files}: nothing has checked them, as coqc is not installed; apt-get install coq, then coqc FILE"
            ]
        else:
            lines = [f"{files}: Coq {coq_version()} accepts {self.accepted}"]
        if named:
            lines += [f"no Coq file for {id}: {reason}" for id, reason in self.without.items()]
        elif self.without:
            lines.append(f"none for {len(self.without)} others; rankladder prove ID --coq DIR says why")
        return "\n".join(lines)


@dataclass(frozen=True)
class _Task:
    """What a worker needs to prove one claim: picklable, as a claim itself is not."""

    id: str
    targets: tuple[str, ...]
    catalogue: str
    run: str


def _proofs(claims: Mapping[str, Claim], options: Any) -> tuple[list[Proof], bool]:
    """The proofs of claims in their order, whatever order they were made in; and whether that was interrupted."""
    found: dict[str, Proof] = {}
    targets, name = tuple(options.targets), name_of_run()
    tasks = [
        _Task(id, targets, options.catalogue, name)
        for id in sorted(claims, key=lambda id: claims[id].scalar)  # matrix claims first: they take longest
    ]

    def take(done: tuple[str, Proof]) -> None:
        found.update([done])
        keep(claims[done[0]], done[1])

    interrupted = run_tasks(
        _work, tasks, options, keep=take, words=lambda done: f"{done[0]} {done[1].status}"
    )
    # what a proof rests on may have been shown by another process: it is looked up here
    return [standing(claims[id], found[id]) for id in claims if id in found], interrupted


def _work(task: _Task) -> tuple[str, Proof]:
    claim = claims_of_run(task.run, task.targets, task.catalogue)[task.id]
    # what a claim prints must not end up among the proofs
    with contextlib.redirect_stdout(sys.stderr):
        return task.id, alone(claim) if written(claim) else proof_of(claim)


def _files(proofs: list[Proof]) -> Iterator[tuple[str, str]]:
    for proof in proofs:
        for number, obligation in enumerate(proof.obligations, 1):
            slug = re.sub(r"[^a-z0-9]+", "-", obligation.name.lower()).strip("-")
            yield f"{proof.claim}--{number}-{slug}.smt2", smtlib(obligation)
