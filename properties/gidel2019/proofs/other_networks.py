"""Proofs about other frames of the start (INIT-1), by the claim's own conclusion on small shapes."""

from __future__ import annotations

from rankladder.properties.gidel2019.proofs.flow import FLOW, shown

PROOFS = {
    "INIT-1.sufficient": shown(
        "INIT-1.sufficient",
        "The closed form in this frame moves against both gradients at every time; by uniqueness it is the flow.",
        [{"problem": p} for p in ((1, 1, 2, 1), (2, 1, 2, 1), (1, 2, 2, 1), (2, 2, 2, 2))],
        facts={"uniqueness of ODE solutions": FLOW},
    )
}
