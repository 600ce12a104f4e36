"""Proofs of equations between matrices of every shape: the claims' own conclusions, run on words in matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rankladder.language.library import load_catalogue
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import by_words

FLOW = {
    "uniqueness of ODE solutions": "a closed form with its start and its velocity is the flow; the gradients are polynomials"
}


def _on_words(
    id: str, choices: Sequence[Mapping[str, Any]] = ({},), facts: Mapping[str, str] | None = None
) -> Callable[[], Proof]:
    return lambda: by_words(load_catalogue()[id], choices, facts=facts)


PROOFS = {
    **{id: _on_words(id, facts=FLOW) for id in ("LIN-1", "LIN-5.flow", "FLOW-1")},
    **{
        id: _on_words(id)
        for id in (
            "LIN-2", "LIN-4.eigenvectors", "LIN-4.joint-basis", "FLOW-3.flow", "FLOW-3.drift", "FLOW-4", "LOSS-1",
            "LOSS-2.level", "GD-1.decoupling", "PERT-3.residual", "PERT-4.zero", "LIN-5.descent",
        )
    },
    **{id: _on_words(id, [{"layers": n} for n in (3, 4, 5)]) for id in ("DEPTH-1.flow", "DEPTH-1.descent")},
}  # fmt: skip
