"""Proofs about other frames of the start (INIT-1) and deeper networks (DEPTH-1), by the claims' own conclusions."""

from __future__ import annotations

from rankladder.properties.gidel2019.proofs.flow import FLOW, shown

FRAMES = (
    "The closed form in this frame moves against both gradients at every time; by uniqueness it is the flow."
)

PROOFS = {
    "INIT-1.sufficient": shown(
        "INIT-1.sufficient",
        FRAMES,
        [{"problem": p} for p in ((1, 1, 2, 1), (2, 1, 2, 1), (1, 2, 2, 1), (2, 2, 2, 2))],
        facts={"uniqueness of ODE solutions": FLOW},
    ),
    "DEPTH-1.flow": shown(
        "DEPTH-1.flow",
        "",
        [
            {"problem": p, "layers": n}
            for p in ((1, 1, 1, 1), (2, 2, 2, 1), (2, 1, 2, 1), (1, 2, 2, 1))
            for n in (3, 4)
        ],
    ),
}
