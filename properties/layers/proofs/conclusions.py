"""Proofs by the claims' own conclusions, run on symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from rankladder import catalogue
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import by_symbols, by_words

NO_SHAPE = "The claim is about numbers: no matrices occur."


def shown(
    id: str,
    argument: str = NO_SHAPE,
    choices: Sequence[Mapping[str, Any]] = ({},),
    *,
    facts: Mapping[str, str] | None = None,
    rests_on: tuple[str, ...] = (),
) -> Callable[[], Proof]:
    """The claim's own conclusion on symbols, within its ranges, when asked."""
    return lambda: by_symbols(
        catalogue("layers").claims[id],
        choices,
        argument=argument,
        ranges=True,
        facts=facts,
        rests_on=rests_on,
    )


def in_words(id: str) -> Proof:
    """The claim's own conclusion on words in matrices, for every shape."""
    return by_words(catalogue("layers").claims[id])


GRONWALL = {
    "Grönwall": "a rate that bounds a fall at every moment bounds it over time; the imbalance does not change (BAL-1.flow)"
}

PROOFS = {
    **{
        id: shown(id)
        for id in (
            "BAL-1.flow", "BAL-2.curvature", "BAL-2.stable", "BAL-3.sharp", "BAL-4.factor", "BAL-4.stable", "BAL-5.step",
            "DECAY-1.velocity", "MOM-2.linear", "MOM-2.escape", "MOM-2.stable",
        )
    },
    "BAL-1.rate": shown("BAL-1.rate", facts=GRONWALL),
    **{
        id: partial(in_words, id)
        for id in ("DECAY-1.decoupling", "DECAY-2.flow", "DECAY-2.drift")
    },
}  # fmt: skip
