"""Proofs as evidence beside the tests: reused while nothing that they depend on has changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from rankladder.domains.randomness import Infeasible, RandomSource, seed_for
from rankladder.language.catalogue import sources_of
from rankladder.language.induction import AT_START
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Result, Verdict
from rankladder.proof.parts import Status
from rankladder.proof.proof import provable, prove, refutes, written
from rankladder.proof.result import Proof
from rankladder.proof.solvers import CVC5, Z3
from rankladder.search.check import check_claim
from rankladder.search.climb import Budget, Witness, simplify
from rankladder.search.draws import satisfies
from rankladder.search.judgement import judge
from rankladder.storage.finished import Finished

__all__ = ["proof_evidence", "proof_of", "verdict_on", "with_proof"]

_ROOT = Path(__file__).resolve().parents[2]


def verdict_on(
    claim: Claim,
    *,
    profile: str = "default",
    examples: int | None = None,
    seed: int = 0,
    budget: float | None = None,
    fresh: bool = False,
) -> Result:
    """The verdict on a claim with all its evidence: it is tested, and proved where that can be done.

    Every route to a verdict ends here: Python, the command line, pytest, the report, notebooks.

    Args:
        claim: what to check.
        profile, examples, seed, budget: as for :func:`rankladder.search.check.check_claim`.
        fresh: prove anew what was proved before.

    >>> from rankladder import lemma, symbols
    >>> x = symbols("x")
    >>> str(verdict_on(lemma("doc-verdict", x**2 + 1 >= 2 * x), profile="quick").verdict)
    'proved'
    """
    tested = check_claim(claim, profile=profile, examples=examples, seed=seed, budget=budget)
    return with_proof(tested, claim, fresh=fresh)


def proof_of(claim: Claim) -> Proof:
    """The proof of a claim, or a counterexample of it where a quick check or a solver comes to one.

    A claim whose proof is written down in a catalogue is not checked first.
    """
    if not written(claim):
        tested = check_claim(claim, profile="quick")
        if tested.counterexample is not None:
            return Proof(
                claim.id, "", (), counterexample=tested.counterexample, margin=tested.counterexample_margin
            )
    proof = prove(claim) or Proof(claim.id, "", ())
    point = _point(claim, proof)
    found = None if point is None else _confirmed(claim, point, 0)
    if found is None:
        return proof
    return replace(proof, counterexample=found[1].instance, margin=found[1].margin)


def with_proof(result: Result, claim: Claim, *, fresh: bool = False) -> Result:
    """The result of a check with what a proof adds; a proof of what is refuted is an error of the tool."""
    if result.verdict is Verdict.error or not provable(claim):
        return result
    if result.counterexample is not None and refutes(claim, result.counterexample):
        return result  # what would be proved is false there: no solver needs to be asked
    started = time.monotonic()
    try:
        status, evidence, point, doubt = proof_evidence(claim, fresh=fresh)
    except Exception as error:  # what one claim is made of must not end the run for the others
        status, point, doubt = Status.error, None, False
        evidence = Evidence(
            "test", f"the proof broke: {type(error).__name__}: {' '.join(str(error).split())}"
        )
    seconds = result.seconds + time.monotonic() - started
    if evidence is None:
        return result
    shown = status in (Status.proved, Status.certified)
    if point is not None and result.verdict in (Verdict.tested, Verdict.suspect, Verdict.vacuous):
        found = _confirmed(claim, point, result.seed)
        if found is not None:
            return replace(_refuted(result, *found), seconds=seconds)
    if doubt and result.verdict in (Verdict.tested, Verdict.vacuous):
        result = replace(result, verdict=Verdict.suspect)
    if shown and result.verdict is Verdict.refuted:
        clash = Evidence("test", f"a proof and a counterexample contradict each other: {evidence.detail}")
        return replace(
            result, verdict=Verdict.error, evidence=(*result.evidence, evidence, clash), seconds=seconds
        )
    if status is Status.error:
        return replace(result, verdict=Verdict.error, evidence=(*result.evidence, evidence), seconds=seconds)
    # balls that run out of precision say nothing against a proof; where the margin has no value, something is amiss
    silent = result.verdict is Verdict.suspect and result.undecided > result.undefined == 0
    # a set that draws miss, such as x^2 = 2, is no empty one: the proof has looked
    if not shown or not (silent or result.verdict in (Verdict.tested, Verdict.vacuous)):
        # what failed to prove is worth a line, and changes no verdict
        return replace(result, evidence=(*result.evidence, evidence), seconds=seconds)
    verdict = Verdict.proved if status is Status.proved else Verdict.certified
    return replace(result, verdict=verdict, evidence=(evidence, *result.evidence), seconds=seconds)


def _confirmed(claim: Claim, point: Mapping[str, Fraction], seed: int) -> tuple[Witness, Witness] | None:
    """A solver's point as a counterexample of the claim, the worst met and a simple one, where the judge confirms it."""
    source = RandomSource(seed_for(claim.id, "solver", seed))
    try:
        drawn = {n: d.draw(source, None, {}) for n, d in claim.over.items() if n not in point}
    except Infeasible:
        return None
    values = {
        n: d.nearest(point[n]) if (d := claim.numbers.get(n)) and n in point else point.get(n, drawn.get(n))
        for n in claim.over
    }
    instance = Instance.of(values)
    if satisfies(claim, instance) is not True:
        return None
    worst = Witness(instance, judge(claim, instance))
    if worst.judgement.outcome != "violated":
        return None
    simple = simplify(claim, worst, source, Budget(300))
    return max(worst, simple, key=lambda w: w.size), simple


def _refuted(result: Result, worst: Witness, simple: Witness) -> Result:
    """The result with a counterexample that a solver came to."""
    said = f"{simple.instance} (margin {simple.margin:.3g}, {simple.judgement.how}; found by a solver)"
    return replace(
        result, verdict=Verdict.refuted, evidence=(*result.evidence, Evidence("counterexample", said)),
        counterexample=simple.instance, counterexample_margin=simple.margin, worst=worst.instance,
        worst_margin=worst.margin, margin=simple.margin,
    )  # fmt: skip


def proof_evidence(
    claim: Claim, *, fresh: bool = False
) -> tuple[Status, Evidence | None, Mapping[str, Fraction] | None, bool]:
    """Status and evidence of the proof of a claim (None where there is no way to prove it); exact values at
    which a solver found the claim itself to fail; and whether every solver says that it fails somewhere, though
    nowhere that is confirmed: at irrational values, or where the relation has no value.
    """
    kept, key, version = Finished({"proof": claim.file}), claim.id, _key(claim)
    stored = None if fresh else kept.get(key, version)
    point, doubt = None, False
    if stored is None:
        proof = prove(claim)
        if proof is None:
            return Status.open, None, None, False
        point = _point(claim, proof)
        doubt = claim.relation is not None and _doubted(claim, proof)
        stored = _document(proof)
        if proof.status.shown:
            with contextlib.suppress(OSError):  # where nothing can be kept it is proved again next time
                kept.keep(key, version, stored)
    status = Status(stored["status"])
    kind = "certificate" if status is Status.certified else "proof"
    evidence = Evidence(
        kind, stored["detail"], stored["seconds"], tuple(stored["solvers"]), stored["certified_on"]
    )
    return status, evidence, point, doubt


def _point(claim: Claim, proof: Proof) -> Mapping[str, Fraction] | None:
    """Exact values at which a solver found the claim itself to fail."""
    found = (
        p.counterexample
        for p in proof.parts
        if p.counterexample is not None
        and (claim.relation is not None or (claim.induction is not None and p.name == AT_START))
    )
    return next(found, None)


def _doubted(claim: Claim, proof: Proof) -> bool:
    itself = all(
        str(x) in claim.reals for o in proof.obligations for x in o.symbols
    )  # nothing stands for an exp or log
    return itself and any(
        len(p.answers) > 1 and {a.result for a in p.answers} == {"sat"} and p.status is Status.open
        for p in proof.parts
    )


def _document(proof: Proof) -> dict[str, Any]:
    answers = [a for p in proof.parts for a in p.answers]
    solvers: list[Mapping[str, Any]] = [
        {
            "name": name,
            "version": next(a.version for a in answers if a.name == name),
            "result": ", ".join(sorted({a.result for a in answers if a.name == name})),
            "seconds": round(sum(a.seconds for a in answers if a.name == name), 4),
        }
        for name in dict.fromkeys(a.name for a in answers)
    ]
    return {
        "status": str(proof.status),
        "detail": proof.summary,
        "certified_on": proof.region if proof.status is Status.certified else "",
        "seconds": proof.seconds,
        "solvers": solvers,
    }


@cache
def _sources() -> bytes:
    """Digest of what every proof depends on: what ships with rankladder, and the solvers."""
    digest = hashlib.sha256(f"{Z3().version} {CVC5().version}".encode())
    for package in ("rankladder", "theory", "simulate", "properties"):
        for file in sorted((_ROOT / package).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.digest()


def _key(claim: Claim) -> str:
    """What a stored proof belongs to; a change of the claim, its file, any source or a solver makes another."""
    digest = hashlib.sha256(_sources())
    # a range or an assumption may come from a module that the claim's file imports; functions print their address
    given = {name: getattr(a, "relation", type(a).__name__) for name, a in claim.given.items()}
    stated = (claim.id, claim.relation, dict(claim.over), given, claim.induction, claim.location)
    digest.update(repr(stated).encode())
    digest.update(sources_of(claim) or os.urandom(16))
    return digest.hexdigest()[:40]
