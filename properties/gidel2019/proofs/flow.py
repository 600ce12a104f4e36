"""Proofs about the flow of one mode: closed forms, hitting times, limits (FLOW, LIMIT-1, LIMIT-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rankladder.language.library import load_catalogue
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import by_symbols

FLOW = "solutions of the flow are unique: a closed form with its start and its velocity is the flow"
NO_SHAPE = "The claim is about numbers: no matrices occur."
CLOSED = "It is about the closed form of the flow dw/dt = 2 w (sigma - lam w), which FLOW-2 shows to be one."
TIED = (
    "Two solutions of the flow dz/dt = 2 sigma z (1 - z), z = lam w/sigma, in closed form (FLOW-2): logistic curves, from "
    "z(0) = 1/(1 + e^(2 (middle + apart))) and 1/(1 + e^(2 (middle - apart))), at log-odds that differ by log(y_1/y_2)."
)


def shown(
    id: str,
    argument: str,
    choices: Sequence[Mapping[str, Any]] = ({},),
    *,
    rests_on: tuple[str, ...] = (),
    facts: Mapping[str, str] | None = None,
) -> Callable[[], Proof]:
    """The claim's own conclusion on symbols, within its ranges, when asked."""
    return lambda: by_symbols(
        load_catalogue()[id], choices, argument=argument, ranges=True, rests_on=rests_on, facts=facts
    )


PROOFS = {
    "FLOW-2.active": shown("FLOW-2.active", f"The closed form has its start and its velocity. {NO_SHAPE}", facts={"uniqueness of ODE solutions": FLOW}),
    "FLOW-2.null": shown("FLOW-2.null", f"The closed form has its start and its velocity. {NO_SHAPE}", facts={"uniqueness of ODE solutions": FLOW}),
    "FLOW-5.active": shown("FLOW-5.active", f"{CLOSED} {NO_SHAPE}"),
    "FLOW-5.limit": shown("FLOW-5.limit", f"{CLOSED} {NO_SHAPE}"),
    "FLOW-5.null": shown("FLOW-5.null", f"{CLOSED} {NO_SHAPE}"),
    "FLOW-6.hit": shown(
        "FLOW-6.hit",
        f"{CLOSED} It is at theta omega exactly at the stated time, and rises. {NO_SHAPE}",
    ),
    "FLOW-6.window": shown("FLOW-6.window", f"The difference of two hitting times. {NO_SHAPE}", rests_on=("FLOW-6.hit",)),
    **{
        id: shown(id, f"{TIED} {NO_SHAPE}")
        for id in ("LIMIT-5.tied-bound", "LIMIT-5.tied-attained", "LIMIT-5.tied-stay-apart")
    },
    **{
        id: shown(id, f"Bounds that tend to the limit, at every delta. {CLOSED} {NO_SHAPE}")
        for id in ("LIMIT-1.before", "LIMIT-1.at", "LIMIT-1.after", "LIMIT-1.half-on-autoencoders", "LIMIT-2.growth", "LIMIT-2.fitted")
    },
}  # fmt: skip
