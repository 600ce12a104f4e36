"""``rankladder check --data``: the matrix claims on the user's own data."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from typing import Any

from rankladder.app.chosen import claims_of_run, name_of_run
from rankladder.app.output import console, paragraph, print_json, progress, table
from rankladder.app.workers import spread
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, Result, Verdict
from rankladder.numbers.nothing import margin_text
from rankladder.properties.gidel2019.commands.data_command import print_assertions, study_progress
from rankladder.properties.gidel2019.data.assertion import counted
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.own_data import OnData, carried, exact_problem, on_data
from rankladder.properties.gidel2019.data.reading import read_dataset
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.properties.gidel2019.data.study import Study, decomposed, study
from rankladder.properties.gidel2019.data.visits import promise, promised
from rankladder.simulate.joint_problems import JointProblem, Problem
from rankladder.storage.versions import versions
from rankladder.usage import UsageError

__all__ = ["run_on_data"]


@dataclass(frozen=True)
class _Task:
    id: str
    targets: tuple[str, ...]
    files: tuple[str, ...]
    columns: tuple[str, ...]
    one_hot: bool
    profile: str
    examples: int | None
    seed: int
    deadline: float | None
    run: str


_LOOKED_AT = 10  # instances at which the conclusion of a claim that does not apply is looked at


@dataclass(frozen=True)
class _Row:
    """What came of one claim: it applies with ``result``, or not, and ``anyway`` is how its conclusion fares."""

    claim: Claim
    found: OnData
    result: Result | None
    anyway: Result | None

    @property
    def silent(self) -> str:
        """Why nothing is said of the claim on the data, as :class:`OnData` has it; empty where something is."""
        vacuous = self.result is None or self.result.verdict is Verdict.vacuous
        return self.found.reason or ("assumption" if vacuous else "")

    @property
    def status(self) -> str:
        """``as_expected``, ``unexpected``, ``inconclusive``, ``does_not_apply``, or ``not_judged`` at the data's size."""
        if self.silent or self.result is None:
            return "not_judged" if self.silent == "size" else "does_not_apply"
        if (
            self.result.status == "unexpected"
            and self.result.verdict is not Verdict.error
            and self.found.outside
        ):
            return "inconclusive"  # the claim was never stated for such numbers
        return self.result.status

    def to_json(self) -> dict[str, Any]:
        """Plain values under the stable keys."""
        return {
            "id": self.claim.id,
            "assertions": list(carried(self.claim)),
            "status": self.status,
            "reason": self.found.reason,
            "why": self.found.why,
            "outside": list(self.found.outside),
            "result": None if self.result is None else self.result.to_json(),
            "anyway": None if self.anyway is None else self.anyway.to_json(),
        }


@dataclass(frozen=True)
class _Subject:
    """The user's data: the modes, the exact problem next to them, the structure."""

    geometry: Geometry
    problem: JointProblem
    structure: Structure


def run_on_data(claims: Mapping[str, Claim], options: Any) -> int:
    """Check, print, and return the exit code.

    Raises:
        UsageError: for data that cannot be read, and when no claim speaks of data sets.
    """
    if len(options.data) > 2:
        raise UsageError(
            f"--data takes X [Y] but got {len(options.data)} files; put claim files before --data"
        )
    files = tuple(options.data)
    columns = tuple(options.target)
    subject = _subject(files, columns, options.one_hot)
    speaking = [
        c.id
        for c in claims.values()
        if c.expects is not Expectation.refuted and any(isinstance(d, Problem) for d in c.over.values())
    ]
    if not speaking:
        raise UsageError(
            "none of these claims is a matrix claim that is expected to hold; rankladder list names them"
        )
    deadline = None if options.budget is None else time.time() + options.budget
    # of one problem there is less to see than of all: the default is lighter
    profile = "data" if options.profile == "default" else options.profile
    run = name_of_run()
    tasks = [
        _Task(
            i,
            tuple(options.targets),
            files,
            columns,
            options.one_hot,
            profile,
            options.examples,
            options.seed,
            deadline,
            run,
        )
        for i in speaking
    ]
    done: dict[str, _Row] = {}
    with progress(len(tasks), at_most=options.budget) as move:
        for row in spread(_work, tasks, options.workers, wanted=_in_time):
            done[row.claim.id] = row
            move(advance=1, description=row.claim.id)
    rows = [done[i] for i in speaking if i in done]
    measured = None
    if any(carried(claims[i]) for i in speaking):
        with study_progress(subject.geometry) as followed:
            measured = study(subject.geometry, seed=options.seed, progress=followed)
    if options.json:
        print_json(_document(subject, rows, measured, options))
    else:
        _print(
            subject, rows, measured, others=len(claims) - len(speaking), unfinished=len(speaking) - len(rows)
        )
    status = {row.status for row in rows}
    if any(r.result is not None and r.result.verdict is Verdict.error for r in rows):
        return 4
    if "unexpected" in status:
        return 1
    return 3 if "inconclusive" in status or len(rows) < len(speaking) else 0


@cache
def _subject(files: tuple[str, ...], columns: tuple[str, ...], one_hot: bool) -> _Subject:
    targets = files[1] if len(files) > 1 else None
    data = read_dataset(files[0], targets, center=None, standardize=False, one_hot=one_hot, targets=columns)
    geometry = decomposed(data, files[0], centred=False)
    return _Subject(geometry, exact_problem(geometry), Structure.of(geometry))


def _in_time(task: _Task) -> bool:
    return task.deadline is None or time.time() < task.deadline


def _work(task: _Task) -> _Row:
    from rankladder.search.check import check_claim

    subject = _subject(task.files, task.columns, task.one_hot)
    claim = claims_of_run(task.run, task.targets)[task.id]
    found = on_data(claim, subject.problem, subject.structure) or OnData(None)
    budget = None if task.deadline is None else max(0.0, task.deadline - time.time())

    def checked(claim: Claim | None, profile: str, examples: int | None) -> Result | None:
        if claim is None:
            return None
        return check_claim(claim, profile=profile, examples=examples, seed=task.seed, budget=budget)

    looks = min(_LOOKED_AT, task.examples or _LOOKED_AT)
    return _Row(
        claim, found, checked(found.claim, task.profile, task.examples), checked(found.anyway, "quick", looks)
    )


def _document(subject: _Subject, rows: list[_Row], measured: Study | None, options: Any) -> dict[str, Any]:
    problem, geometry = subject.problem, subject.geometry
    d, p, _ = problem.shape
    return {
        "schema": 1,
        "data": {
            "files": list(options.data),
            "d": d,
            "p": p,
            "m": len(problem.sigma),
            "note": geometry.data.note,
            "commutes": geometry.commutes,
            "structure": subject.structure.to_json(),
            "order_consistent": geometry.order_consistent,
            "promised": promise(geometry),
            "promise": promised(geometry),
            "sigma": [float(x) for x in problem.sigma],
            "lam": [float(x) for x in problem.lam],
        },
        "seed": options.seed,
        "versions": versions(),
        "assertions": None if measured is None else measured.judged(),
        "claims": [row.to_json() for row in rows],
    }


def _print(
    subject: _Subject, rows: list[_Row], measured: Study | None, *, others: int = 0, unfinished: int = 0
) -> None:
    problem, structure = subject.problem, subject.structure
    d, p, _ = problem.shape
    out = console()
    say = partial(paragraph, out)
    say(
        f"data: d = {d}, p = {p}, m = {counted(len(problem.sigma), 'mode')}; claims are judged in units in which "
        f"sigma_1 = 4 and lam is at most {float(max(problem.lam)):.3g}"
    )
    if subject.geometry.data.note:
        say(subject.geometry.data.note, 2)
    for kind in ("commuting", "whitened", "autoencoder"):
        say(structure.words(kind), 2)
    judged = [row for row in rows if not row.silent]
    if judged:
        out.print()
        _print_judged(out, judged)
    for reason in _MISSING:
        group = [r for r in rows if r.silent == reason]
        if not group:
            continue
        out.print()
        if reason in _STRUCTURES:
            say(f"{counted(len(group), 'claim')} {_MISSING[reason]}: {structure.words(reason)}")
            lines = _fates(group)
        else:
            say(f"{counted(len(group), 'claim')} {_MISSING[reason]}")
            lines = _alike({r.claim.id: r.found.why or "not met together with this data" for r in group})
        for line in lines:
            say(line, 2)
    counts = {
        name: sum(r.status == name for r in rows)
        for name in ("as_expected", "unexpected", "inconclusive", "does_not_apply", "not_judged")
    }
    out.print()
    say(
        f"{counted(len(rows), 'claim')}: {counts['as_expected']} tested, no violation; {counts['unexpected']} fail, "
        f"{counts['inconclusive']} inconclusive, {counts['does_not_apply']} do not apply, "
        f"{counts['not_judged']} not judged at this size"
        + (f"; {others} others say nothing of single data sets, or are false" if others else "")
        + (f"; {unfinished} not finished" if unfinished else "")
    )
    if measured is not None:
        out.print()
        say(
            "The assertions of the paper's abstract that these claims carry, as descent on the data itself shows them"
        )
        say(
            f"(spectral and Gaussian start, delta = {measured.delta:g}, eta = {measured.eta:.4g}; more: rankladder data):"
        )
        wanted = {name for row in rows for name in carried(row.claim)}
        print_assertions(out, {n: a for n, a in measured.assertions.items() if n in wanted})


def _print_judged(out: Any, rows: list[_Row]) -> None:
    numbers = ("instances", "margin")
    judged = table("claim", "on this data", *numbers, "", right=numbers, folded="")
    for row in rows:
        shown = row.result
        if shown is not None:
            margin = "" if shown.margin is None else margin_text(shown.margin, 2)
            judged.add_row(row.claim.id, str(shown.verdict), f"{shown.instances:,}", margin, _note(row))
    out.print(judged)
    outside = {row.claim.id: "; ".join(row.found.outside) for row in rows if row.found.outside}
    if outside:
        out.print()
        paragraph(
            out,
            f"{counted(len(outside), 'claim')} judged on numbers beyond those that they are checked on elsewhere",
        )
        for line in _alike(outside):
            paragraph(out, line, 2)


def _note(row: _Row) -> str:
    parts = []
    if row.result is not None and row.result.verdict is Verdict.error:
        parts.append(row.result.evidence[-1].detail)
    if row.result is not None and row.result.counterexample is not None:
        rest = {n: v for n, v in row.result.counterexample.items() if isinstance(v, (Fraction, int))}
        parts.append("at " + ", ".join(f"{n}={v}" for n, v in rest.items()) if rest else "")
    return "; ".join(part for part in parts if part)


_STRUCTURES = ("commuting", "whitened", "autoencoder", "noncommuting")
_MISSING = {
    "commuting": "about commuting data",
    "whitened": "about whitened inputs",
    "autoencoder": "about autoencoders",
    "noncommuting": "about data that do not commute",
    "assumption": "whose other assumptions the data do not meet",
    "size": "not judged at this size",
}


def _alike(whys: Mapping[str, str]) -> Iterator[str]:
    """Claims of which the same is to be said, together."""
    for why in dict.fromkeys(whys.values()):
        yield f"{why}: {', '.join(name for name in whys if whys[name] == why)}"


def _size(margin: float) -> str:
    """A margin in two digits; descent that diverges may end beyond what float64 holds."""
    return f"{margin:.2g}" if math.isfinite(margin) else "over 1e308"


def _fates(rows: list[_Row]) -> Iterator[str]:
    """How the conclusions of claims fare that lack a structure, those that fail by least first."""
    looked = [(row, row.anyway) for row in rows if row.anyway is not None]
    failing = sorted(
        ((r, a) for r, a in looked if a.verdict is Verdict.refuted), key=lambda pair: -(pair[1].margin or 0.0)
    )
    if failing:
        told = ", ".join(f"{row.claim.id} {_size(-(found.margin or 0.0))}" for row, found in failing)
        yield f"conclusion fails on the data, by a margin (each claim's own) of: {told}"
    held = [row.claim.id for row, a in looked if a.verdict.positive]
    if held:
        yield f"conclusion not seen to fail in {_LOOKED_AT} instances: {', '.join(held)}"
    rest = [row for row, a in looked if a.verdict is not Verdict.refuted and not a.verdict.positive]
    if rest:
        yield f"conclusion not decided: {', '.join(f'{r.claim.id} ({r.anyway.verdict})' for r in rest if r.anyway)}"
    unseen = {row.claim.id: row.found.why.partition("; ")[2] for row in rows if row.anyway is None}
    yield from _alike(
        {n: "conclusion not looked at" + (f" ({why})" if why else "") for n, why in unseen.items()}
    )
