"""Proofs as evidence beside the tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rankladder.domains.randomness import Infeasible, RandomSource, seed_for
from rankladder.language.catalogue import catalogue_of
from rankladder.language.induction import AT_START
from rankladder.language.instance import Instance
from rankladder.language.rounded import EXACTLY, rounded_numbers
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Result, Verdict
from rankladder.numbers.nothing import margin_text
from rankladder.proof.elementary import PIECE
from rankladder.proof.parts import Status
from rankladder.proof.proof import provable, prove, refutes, written
from rankladder.proof.result import Proof
from rankladder.search.check import check_claim
from rankladder.search.climb import Budget, Witness, simplify
from rankladder.search.draws import satisfies
from rankladder.search.judgement import judge

__all__ = ["proof_evidence", "proof_of", "sought", "with_proof"]

_Sought = tuple[Status, Evidence | None, Mapping[str, Fraction] | None, bool]  # what proof_evidence returns


def sought(claim: Claim) -> _Sought:
    """As :func:`proof_evidence`; a proof that broke becomes evidence that it did."""
    try:
        return proof_evidence(claim)
    except (Exception, SystemExit) as error:  # what one claim is made of must not end the run for the others
        told = f"the proof broke: {type(error).__name__}: {' '.join(str(error).split())}"
        return Status.error, Evidence("test", told), None, False


def proof_of(claim: Claim) -> Proof:
    """The proof of a claim, or a counterexample of it where a quick check or a solver comes to one.

    A claim of a catalogue is checked only where it is not proved, and not where its proof is written down there.
    """
    proof = None if catalogue_of(claim) is None else prove(claim)
    if not written(claim) and (proof is None or proof.status is not Status.proved):
        tested = check_claim(claim, profile="quick")
        if tested.counterexample is not None:
            return Proof(
                claim.id, "", (), counterexample=tested.counterexample, margin=tested.counterexample_margin
            )
    proof = proof or prove(claim) or Proof(claim.id, "", ())
    point = _point(claim, proof)
    found = None if point is None else _confirmed(claim, point, 0)
    if found is None:
        return proof
    return replace(proof, counterexample=found[1].instance, margin=found[1].margin)


def with_proof(result: Result, claim: Claim, proof: Callable[[], _Sought] | None = None) -> Result:
    """The result of a check with what a proof adds; a proof of what is refuted is an error of the tool.

    Args:
        result: of the check. claim: which one.
        proof: makes the proof, where one is needed (default: anew).
    """
    if result.verdict is Verdict.error or not provable(claim):
        return result
    if result.counterexample is not None and refutes(claim, result.counterexample):
        return result  # what would be proved is false there: no solver needs to be asked
    started = time.monotonic()
    status, evidence, point, doubt = sought(claim) if proof is None else proof()
    seconds = result.seconds + time.monotonic() - started
    if evidence is None:
        return result
    shown = status in (Status.proved, Status.certified)
    if point is not None and (result.verdict is Verdict.tested or result.verdict.inconclusive):
        found = _confirmed(claim, point, result.seed)
        if found is not None:
            return replace(_refuted(result, *found), seconds=seconds)
        if rounded := rounded_numbers(claim):
            doubt = True
            said = f"{evidence.detail}; that hangs on the last digits of {', '.join(map(repr, rounded))}: {EXACTLY}"
            evidence = replace(evidence, detail=said)
    unopposed = result.verdict in (Verdict.tested, Verdict.vacuous, Verdict.unfinished)
    if doubt and unopposed:
        result = replace(result, verdict=Verdict.suspect)
    if shown and result.verdict is Verdict.refuted:
        clash = Evidence("test", f"a proof and a counterexample contradict each other: {evidence.detail}")
        return replace(
            result, verdict=Verdict.error, evidence=(*result.evidence, evidence, clash), seconds=seconds
        )
    if status is Status.error and result.counterexample is None:
        return replace(result, verdict=Verdict.error, evidence=(*result.evidence, evidence), seconds=seconds)
    # balls that run out of precision say nothing against a proof; where the margin has no value, something is amiss
    silent = result.verdict is Verdict.suspect and result.undecided > result.undefined == 0
    # a set that draws miss, such as x^2 = 2, is no empty one: the proof of a relation has looked, that of a function has not
    relation = claim.relation is not None or claim.induction is not None
    empty = result.verdict is Verdict.vacuous and not (relation or result.instances)
    if not shown or not (silent or (unopposed and not doubt and not empty)):
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
    said = f"{simple.instance} (margin {margin_text(simple.margin, 3)}, {simple.judgement.how}; found by a solver)"
    return replace(
        result, verdict=Verdict.refuted, evidence=(*result.evidence, Evidence("counterexample", said)),
        counterexample=simple.instance, counterexample_margin=simple.margin, worst=worst.instance,
        worst_margin=worst.margin, margin=simple.margin,
    )  # fmt: skip


def proof_evidence(claim: Claim) -> _Sought:
    """Status and evidence of the proof of a claim (None where there is no way to prove it); exact values at
    which a solver found the claim itself to fail; and whether every solver says that it fails somewhere, though
    nowhere that is confirmed: at irrational values, or where the relation has no value.
    """
    proof = prove(claim)
    if proof is None:
        return Status.open, None, None, False
    certified = proof.status is Status.certified
    evidence = Evidence(
        "certificate" if certified else "proof", proof.summary, proof.seconds, _answers(proof), proof.region if certified else ""
    )  # fmt: skip
    return proof.status, evidence, _point(claim, proof), _doubted(claim, proof)


def _point(claim: Claim, proof: Proof) -> Mapping[str, Fraction] | None:
    """Exact values at which a solver found the claim itself to fail, or its induction to fail at a state of its orbit."""
    if claim.relation is None and claim.induction is None:
        return None
    return next((p.counterexample for p in proof.parts if p.counterexample is not None), None)


def _doubted(claim: Claim, proof: Proof) -> bool:
    """Whether every solver says of a part that is the claim itself, at step 0 if it is about every step, that it is false."""
    if claim.relation is None and claim.induction is None:
        return False
    obligations, parts = proof.obligations, proof.parts
    if claim.induction is not None:  # no other part need hold
        obligations = tuple(o for o in obligations if o.name == AT_START)
        parts = tuple(p for p in parts if p.name == AT_START)
    # nothing stands for an exp or log
    itself = all(
        str(x) in claim.reals or (str(x) not in claim.over and str(x).startswith(PIECE))
        for o in obligations
        for x in o.symbols
    )
    return itself and any(
        len(p.answers) > 1 and {a.result for a in p.answers} == {"sat"} and p.status is Status.open
        for p in parts
    )


def _answers(proof: Proof) -> tuple[Mapping[str, Any], ...]:
    """What each solver was asked in all, and answered."""
    answers = [a for p in proof.parts for a in p.answers]
    return tuple(
        {
            "name": name,
            "version": next(a.version for a in answers if a.name == name),
            "result": ", ".join(sorted({a.result for a in answers if a.name == name})),
            "seconds": round(sum(a.seconds for a in answers if a.name == name), 4),
        }
        for name in dict.fromkeys(a.name for a in answers)
    )
