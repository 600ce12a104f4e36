"""Proofs as evidence beside the tests: reused while nothing that they depend on has changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from properties.cache import cache_folder
from properties.proving.parts import Status
from properties.proving.proof import Proof, provable, prove
from properties.proving.solvers import CVC5, Z3
from properties.statement import Claim
from properties.store import write_document
from properties.verdict import Evidence, Expectation, Result, Verdict

__all__ = ["proof_evidence", "with_proof"]

_ROOT = Path(__file__).resolve().parents[2]


def with_proof(result: Result, claim: Claim, *, fresh: bool = False) -> Result:
    """The result of a check with what a proof adds; a proof of what is refuted is an error of the tool."""
    if result.verdict is Verdict.error or claim.expects is Expectation.refuted or not provable(claim):
        return result
    started = time.monotonic()
    status, evidence = proof_evidence(claim, fresh=fresh)
    seconds = result.seconds + time.monotonic() - started
    if evidence is None:
        return result
    shown = status in (Status.proved, Status.certified)
    if shown and result.verdict is Verdict.refuted:
        clash = Evidence("test", f"a proof and a counterexample contradict each other: {evidence.detail}")
        return replace(
            result, verdict=Verdict.error, evidence=(*result.evidence, evidence, clash), seconds=seconds
        )
    if status is Status.error:
        return replace(result, verdict=Verdict.error, evidence=(*result.evidence, evidence), seconds=seconds)
    if not shown or result.verdict is not Verdict.tested:
        # what failed to prove is worth a line, and changes no verdict
        return replace(result, evidence=(*result.evidence, evidence), seconds=seconds)
    verdict = Verdict.proved if status is Status.proved else Verdict.certified
    return replace(result, verdict=verdict, evidence=(evidence, *result.evidence), seconds=seconds)


def proof_evidence(claim: Claim, *, fresh: bool = False) -> tuple[Status, Evidence | None]:
    """Status and evidence of the proof of a claim; None where there is no way to prove it."""
    file = cache_folder("proofs") / f"{_key(claim)}.json"
    stored = None if fresh else _read(file)
    if stored is None:
        proof = prove(claim)
        if proof is None:
            return Status.open, None
        stored = _document(proof)
        if proof.status in (Status.proved, Status.certified):
            _write(file, stored)
    status = Status(stored["status"])
    kind = {Status.proved: "proof", Status.certified: "certificate"}.get(status, "proof")
    return status, Evidence(kind, stored["detail"], stored["seconds"], tuple(stored["solvers"]))


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
        "seconds": proof.seconds,
        "solvers": solvers,
    }


@cache
def _sources() -> bytes:
    """Digest of everything a proof in the catalogue depends on: the three packages and the solvers."""
    digest = hashlib.sha256(f"{Z3().version} {CVC5().version}".encode())
    for package in ("theory", "simulate", "properties"):
        for file in sorted((_ROOT / package).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.digest()


def _key(claim: Claim) -> str:
    """What a stored proof belongs to; a change of the claim, its file, any source or a solver makes another."""
    digest = hashlib.sha256(_sources())
    digest.update(f"{claim.id} {claim.relation} {sorted(claim.over)} {claim.location}".encode())
    if not claim.file.startswith(str(_ROOT)):
        digest.update(Path(claim.file).read_bytes() if Path(claim.file).is_file() else os.urandom(16))
    return digest.hexdigest()[:40]


def _read(file: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (
        found
        if isinstance(found, dict) and {"status", "detail", "seconds", "solvers"} <= found.keys()
        else None
    )


def _write(file: Path, document: Mapping[str, Any]) -> None:
    """Keep a proof; a folder that cannot be written only means that it is proved again next time."""
    with contextlib.suppress(OSError):
        write_document(file, document, durable=False)
