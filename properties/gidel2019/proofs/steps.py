"""Proofs about the size of a step: overshoot, cycles, escape, curvature (STEP)."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import sympy

from rankladder.language.library import load_catalogue
from rankladder.proof.expressions import conjuncts, statement
from rankladder.proof.result import Proof
from rankladder.proof.symbol_cases import assumed, cases
from rankladder.proof.symbolic import claimed, inequality, run
from rankladder.properties.gidel2019.proofs.flow import NO_SHAPE, shown

# square roots leave where the step is written in their values: s + 2 = v + 1/v makes sqrt(s^2 + 4s) = v - 1/v
S, M, _T, _U = (
    sympy.Symbol("s"),
    sympy.Symbol("m"),
    sympy.Symbol("t", positive=True),
    sympy.Symbol("u", positive=True),
)
_V = 1 + _T
LANDING = [{"s": (_T**2 / _V, {_T: (S + sympy.sqrt(S * (S + 4))) / 2})}]
# and s + 1 = m + 1/m makes sqrt((s - 1)(s + 3)) = m - 1/m
_ABOVE = (S + 1 + sympy.sqrt((S - 1) * (S + 3))) / 2
_SMALL = (1 / (16 * (1 + _U)), {_U: 1 / (16 * sympy.Symbol("offset")) - 1})
CYCLE = [{"s": (_V + 1 / _V - 1, {_T: _ABOVE - 1}), "offset": _SMALL}]
LANDS = f"Every s > 0 is v + 1/v - 2 for one v > 1, written 1 + t; then sqrt(s^2 + 4s) = v - 1/v. {NO_SHAPE}"
CYCLES = f"""Every s > 1 is m + 1/m - 1 for one m > 1; written 1 + t; then sqrt((s - 1)(s + 3)) = m - 1/m. {NO_SHAPE}"""


def attracted() -> Proof:
    """STEP-3.multiplier bounds the remainder r in what two steps make of an offset x from the 2-cycle, M x + r with M the
    multiplier. So |r| is at most (1 - |M|) |x|/2, for an offset as small as stated. The claim's own conclusion is shown from
    that, for a symbol r for each sign of the offset.
    """
    claim, known = (load_catalogue()[id] for id in ("STEP-3.stable", "STEP-3.multiplier"))
    (case,) = cases(claim, [{}])
    s = case.values["s"]
    multiplier = known.constants["multiplier"](s)
    offset = case.values["share"] * (1 - abs(multiplier)) / 16
    remainders: dict[str, Any] = {}

    def after(_s: Any, start: Any, steps: int) -> Any:
        remainder = remainders.setdefault(str(start), case.symbol(f"r_{len(remainders)}"))
        return {steps: multiplier * start + remainder}

    given = assumed(claim, case, ranges=True)
    parts = inequality(
        "the offset is one of STEP-3.multiplier", sympy.And(offset.expr > 0, 16 * offset.expr < 1), given
    )
    bounds = conjuncts(statement(known.conclusion(s, offset, **{**known.constants, "after": after})))
    for bound, remainder in zip(bounds, remainders.values(), strict=True):
        small = abs(remainder).expr <= ((1 - abs(multiplier)) * offset / 2).expr
        parts += inequality("the remainder is small", small, [*given, bound])
        case.known.append(small)
    own = replace(claim, constants={**claim.constants, "after": after})
    return claimed(
        claim.id,
        inspect.getdoc(attracted) or "",
        [*parts, *run(own, case, ranges=True)],
        rests_on=(known.id,),
    )


PROOFS = {
    "STEP-3.stable": attracted,
    **{
        id: shown(id, NO_SHAPE)
        for id in (
            "STEP-2.exception", "STEP-3.repelling", "STEP-3.repelling-top", "STEP-3.repelling-zero", "STEP-4.almost-every",
            "STEP-4.escape", "STEP-4.exception", "STEP-4.gap", "STEP-5.iff", "STEP-5.peak",
        )
    },
    "STEP-1.overshoot": shown("STEP-1.overshoot", LANDS, LANDING),
    "STEP-1.sharp": shown("STEP-1.sharp", LANDS, LANDING),
    "STEP-3.cycle": shown(
        "STEP-3.cycle", f"Both orders of the two points: m above 1, and m below 1, written 1 + t and 1/(1 + t). {NO_SHAPE}",
        [{"m": (_V, {_T: M - 1})}, {"m": (1 / _V, {_T: 1 / M - 1})}],
    ),
    "STEP-3.multiplier": shown("STEP-3.multiplier", CYCLES, CYCLE),
    "STEP-3.range": shown("STEP-3.range", NO_SHAPE),
    "GEN-2.slower": shown("GEN-2.slower", NO_SHAPE),
}  # fmt: skip
