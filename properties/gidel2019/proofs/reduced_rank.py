"""Proofs about reduced-rank regression: which plateaus are solutions (RRR-1, given Eckart-Young)."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

import sympy
from sympy import And, Or

from rankladder.language.obligation import Obligation
from rankladder.proof.parts import Part, Status
from rankladder.proof.proof import by_obligations
from rankladder.proof.result import Proof
from rankladder.theory import derivations_for, mode_excess_loss, rrr_gain
from rankladder.theory.derivation import vanishes

MOST = 4  # modes for which the exchange is spelled out; the argument in the text does not depend on it


def gains(m: int) -> tuple[Any, ...]:
    """Symbols for the gains sigma_i^2/lambda_i."""
    return tuple(sympy.symbols(f"g1:{m + 1}", real=True))


def top(values: Sequence[Any], j: int) -> Any:
    """Each of the first j is at least each of the others."""
    return And(*(a >= b for a in values[:j] for b in values[j:]))


def exchanges() -> Iterator[Obligation]:
    """The sum of the first j is the largest sum of j of them exactly when they are a top-j set."""
    for m in range(2, MOST + 1):
        g = gains(m)
        nonnegative = tuple(x >= 0 for x in g)
        for j in range(1, m):
            first = sum(g[:j])
            others = [sum(c) for c in itertools.combinations(g, j)]
            largest = And(*(first >= other for other in others if other != first))
            yield Obligation(f"m={m}, j={j}: a top set saves most", (*nonnegative, top(g, j)), largest)
            trailing = [
                Or(first - (g[a] - g[b]) > first, g[a] >= g[b]) for a in range(j) for b in range(j, m)
            ]
            yield Obligation(
                f"m={m}, j={j}: otherwise an exchange saves more, by what the pair differs",
                nonnegative,
                And(*trailing),
            )


def _derived() -> tuple[Part, ...]:
    """The steps of theory's derivations of the loss of a plateau and of the gain, each verified."""
    parts = []
    for derivation in derivations_for("RRR-1"):
        for step in derivation.steps:
            began = time.monotonic()
            status = Status.proved if vanishes(step.residual) else Status.open
            parts.append(
                Part(
                    f"{derivation.id}: {step.name}",
                    sympy.sstr(step.equation),
                    "SymPy",
                    status,
                    step.reason,
                    time.monotonic() - began,
                )
            )
    sigma, lam = sympy.symbols("sigma lambda", positive=True)
    unlearned = mode_excess_loss(sigma, lam, 0) - rrr_gain(sigma, lam) / 2
    parts.append(
        Part("an unlearned mode costs half its gain", "lambda (0 - omega)^2/2 = (sigma^2/lambda)/2", "SymPy",
             Status.proved if vanishes(unlearned) else Status.open)
    )  # fmt: skip
    return tuple(parts)


def solution() -> Proof:
    """Which plateaus are solutions."""
    return by_obligations(
        "RRR-1.solution",
        """On commuting data the misfit is ||Sxx^(1/2) W - M||_F^2/2 up to a constant, with M = Sxx^(-1/2) Sxy; on the
        joint basis M is diagonal with entries sigma_i/sqrt(lambda_i), which are its singular values (null modes of
        Sxx carry no target and are left out). By Eckart-Young the least misfit of rank j leaves all but the j largest
        squares g_i = sigma_i^2/lambda_i unsaved. Plateau j saves g_1 + ... + g_j. It is a solution exactly when that
        sum is the largest sum of j gains: so when {1..j} is a top-j set; and if g_a < g_b with a <= j < b, exchanging
        a for b saves g_b - g_a more, and the plateau's loss exceeds the least by half of that at least. The exchange
        is one pair of modes at a time, whatever m and j; it is spelled out below for m up to 4.""",
        exchanges(),
        facts={
            "Eckart-Young": "the best approximation of rank j in Frobenius norm truncates the singular values"
        },
        others=_derived(),
    )


PROOFS = {"RRR-1.solution": solution}
