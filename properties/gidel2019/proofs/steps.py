"""Proofs about the size of a step: overshoot, cycles, escape, curvature (STEP)."""

from __future__ import annotations

from itertools import pairwise

import sympy
from sympy import Rational

from rankladder.properties.gidel2019.proofs.flow import NO_SHAPE, shown

# square roots leave where the step is written in their values: s + 2 = v + 1/v makes sqrt(s^2 + 4s) = v - 1/v
_T = sympy.Symbol("t", positive=True)
_V = 1 + _T
LANDING = [{"s": (_T**2 / _V, ())}]
# and s + 1 = m + 1/m makes sqrt((s - 1)(s + 3)) = m - 1/m; each piece of m is the image of all t > 0
_PIECES = [
    *(a + (b - a) / _V for a, b in pairwise(map(Rational, ("1", "5/4", "3/2", "2", "5/2", "3")))),
    3 + _T,
]
_SMALL = 1 / (16 * (1 + sympy.Symbol("u", positive=True)))
CYCLE = [{"s": (m + 1 / m - 1, ()), "offset": (_SMALL, ())} for m in _PIECES]
LANDS = f"Every s > 0 is v + 1/v - 2 for one v > 1, written 1 + t; then sqrt(s^2 + 4s) = v - 1/v. {NO_SHAPE}"
CYCLES = f"""Every s > 1 is m + 1/m - 1 for one m > 1; then sqrt((s - 1)(s + 3)) = m - 1/m. The pieces of m cover m > 1 up to
their common ends, where both sides are continuous. {NO_SHAPE}"""
HESSIAN = """In the joint frame the Hessian acts on pairs of modes: two modes show the pairs of one with itself and with
another."""
WHOLE = [{"problem": (2, 2, 2, 2)}]

PROOFS = {
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
        [{"m": (_V, ())}, {"m": (1 / _V, ())}],
    ),
    "STEP-3.multiplier": shown("STEP-3.multiplier", CYCLES, CYCLE),
    "STEP-3.range": shown("STEP-3.range", NO_SHAPE),
    "STEP-7.eigenpair": shown(
        "STEP-7.eigenpair", f"The eigenvectors are exhibited. {HESSIAN}",
        [{"problem": (2, 2, 2, 2), "i": i, "j": j} for i in (0, 1) for j in (0, 1)],
    ),
    "STEP-7.spectrum": shown("STEP-7.spectrum", HESSIAN, WHOLE),
    "STEP-7.sharpness": shown("STEP-7.sharpness", HESSIAN, WHOLE),
    "STEP-7.whitened": shown("STEP-7.whitened", HESSIAN, WHOLE),
    "STEP-7.autoencoder": shown("STEP-7.autoencoder", HESSIAN, WHOLE),
}  # fmt: skip
