"""Proofs of the paper's claims about the flow with weight decay: the paper's own, at ``sigma - gamma``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from rankladder import catalogue
from rankladder.proof.expressions import knowing, statement
from rankladder.proof.parts import Part, Status
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import assumed, cases, inequality

CARRIED = """The conclusion is that of {parent} at sigma - gamma, and what is assumed gives what is assumed there; the
proof of that claim follows, for any sigma."""


def carried(parent: str) -> Proof:
    """The proof of a claim of the paper, with what makes it one of the claim with decay."""
    home, claim = catalogue("gidel2019"), catalogue("layers").claims[f"DECAY-1.{parent}"]
    theirs, (case,) = home.claims[parent], cases(claim, [{}])
    at = {name: case.values[name] for name in theirs.over}
    at |= {name: value - case.values["gamma"] for name, value in at.items() if name.startswith("sigma")}
    with knowing():
        said, wanted = (statement(c.conclude(v)) for c, v in ((claim, case.values), (theirs, at)))
    same = Part(
        "the conclusion",
        f"that of {parent} at sigma - gamma",
        "the code of both, on symbols",
        Status.proved if said == wanted else Status.open,
    )
    hypotheses = assumed(claim, case, ranges=True)
    parts = [same]
    for needed in assumed(theirs, replace(case, values=at), ranges=True):
        parts += [] if needed in hypotheses else inequality(f"an assumption of {parent}", needed, hypotheses)
    proof: Proof = home.written_proofs[parent]()
    return replace(
        proof,
        claim=claim.id,
        argument=f"{CARRIED.format(parent=parent)}\n{proof.argument}",
        parts=(*parts, *proof.parts),
        rests_on=tuple(f"DECAY-1.{id}" for id in proof.rests_on),  # they are carried over as well
    )


CLAIMS = (
    "FLOW-2.active",
    "FLOW-5.active",
    "FLOW-5.limit",
    "FLOW-6.hit",
    "LIMIT-1.before",
    "LIMIT-1.at",
    "LIMIT-1.after",
    "ORDER-1.vanishing",
)
PROOFS: dict[str, Callable[[], Proof]] = {f"DECAY-1.{id}": partial(carried, id) for id in CLAIMS}
