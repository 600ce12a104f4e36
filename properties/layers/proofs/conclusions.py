"""Proofs by the claims' own conclusions, run on symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rankladder import catalogue
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import by_symbols, by_words

NO_SHAPE = "The claim is about numbers: the proof has no shape."


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
        catalogue("layers").claims[id], choices, argument=argument, ranges=True, facts=facts, rests_on=rests_on
    )


GRONWALL = {"Grönwall": "a rate that bounds a fall at every moment bounds it over time; the imbalance does not change (BAL-1.flow)"}

PROOFS = {
    **{id: shown(id) for id in ("BAL-1.flow", "BAL-2.curvature", "BAL-2.none-beyond", "BAL-2.stable", "BAL-3.sharp", "BAL-4.factor", "BAL-4.stable", "BAL-5.step")},
    "BAL-1.rate": shown("BAL-1.rate", facts=GRONWALL),
    **{id: shown(id) for id in ("DECAY-1.velocity", "DECAY-1.fitted")},
    "DECAY-1.decoupling": lambda: by_words(catalogue("layers").claims["DECAY-1.decoupling"]),
}
