"""Own conclusions on symbols or on words in matrices; with decay the proofs of the paper, at ``sigma - gamma``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from rankladder import Claim
from rankladder.proof.expressions import knowing, statement
from rankladder.proof.parts import Part, Status
from rankladder.proof.result import Proof
from rankladder.proof.symbol_cases import assumed, cases
from rankladder.proof.symbolic import by_symbols, by_words, inequality
from rankladder.properties.gidel2019 import CATALOGUE as PAPER
from rankladder.properties.layers import CATALOGUE
from rankladder.properties.layers.decay import OF_FLOW

NO_SHAPE = "The claim is about numbers: no matrices occur."
GRONWALL = "a rate that bounds a fall at every moment bounds it over time; the imbalance does not change (BAL-1.flow)"
CARRIED = """The conclusion is that of {parent} at sigma - gamma, and what is assumed gives what is assumed there; the
proof of that claim follows, for any sigma."""


def on_symbols(id: str, **known: Any) -> Proof:
    """The claim's own conclusion on symbols, within its ranges."""
    return by_symbols(CATALOGUE.claims[id], argument=NO_SHAPE, ranges=True, **known)


def in_words(id: str) -> Proof:
    """The claim's own conclusion on words in matrices, for every shape."""
    return by_words(CATALOGUE.claims[id])


def carried(claim: Claim) -> Proof:
    """The proof of a claim of the paper, with what makes it one of the claim with decay."""
    parent = claim.id.removeprefix("DECAY-1.")
    theirs, (case,) = PAPER.claims[parent], cases(claim, [{}])
    at = {name: case.values[name] for name in theirs.over}
    at |= {name: value - case.values["gamma"] for name, value in at.items() if name.startswith("sigma")}
    with knowing():
        said, wanted = (statement(c.conclude(v)) for c, v in ((claim, case.values), (theirs, at)))
    status = Status.proved if said == wanted else Status.open
    same = f"that of {parent} at sigma - gamma"
    parts = [Part("the conclusion", same, "the code of both, on symbols", status)]
    hypotheses = assumed(claim, case, ranges=True)
    for needed in assumed(theirs, replace(case, values=at), ranges=True):
        parts += [] if needed in hypotheses else inequality(f"an assumption of {parent}", needed, hypotheses)
    proof: Proof = PAPER.written_proofs[parent]()
    rests_on = tuple(f"DECAY-1.{id}" for id in proof.rests_on)  # they are carried over as well
    words = f"{CARRIED.format(parent=parent)}\n{proof.argument}"
    return replace(proof, claim=claim.id, argument=words, parts=(*parts, *proof.parts), rests_on=rests_on)


ON_SYMBOLS = (
    "BAL-1.flow", "BAL-2.curvature", "BAL-2.stable", "BAL-3.sharp", "BAL-4.factor", "BAL-4.stable", "BAL-5.step",
    "DECAY-1.velocity", "MOM-2.linear", "MOM-2.escape", "MOM-2.stable",
)  # fmt: skip
PROOFS: dict[str, Callable[[], Proof]] = {
    **{id: partial(on_symbols, id) for id in ON_SYMBOLS},
    "BAL-1.rate": partial(on_symbols, "BAL-1.rate", facts={"Grönwall": GRONWALL}),
    **{id: partial(in_words, id) for id in ("DECAY-1.decoupling", "DECAY-2.flow", "DECAY-2.drift")},
    **{claim.id: partial(carried, claim) for claim in OF_FLOW},
}
