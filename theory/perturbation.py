"""Data that almost commutes: what a change of Sxx does to the gradients, and how fast two flows part."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import symbolic, trace_loss, two_layer_gradients

__all__: list[str] = []


@cache
def gap_bound_expr() -> Any:
    """The solution of g' = L g + b from g(0) = 0: what a gap reaches that spreads at rate L and is pushed by b."""
    t, L, b = sympy.symbols("t L b", positive=True)
    g = sympy.Function("g")
    return sympy.simplify(sympy.dsolve(g(t).diff(t) - L * g(t) - b, g(t), ics={g(0): 0}).rhs)


@cache
def second_variation() -> tuple[Any, Any]:
    """Second derivative of the loss along a direction of both factors, and its parts (shape d, p, r = 2, 1, 2)."""
    d, p, r = 2, 1, 2
    C, Sxy = symbolic("c", d, d), symbolic("s", d, p)
    W1, W2, V1, V2 = symbolic("a", d, r), symbolic("b", r, p), symbolic("x", d, r), symbolic("y", r, p)
    h = sympy.Symbol("h", real=True)
    Sxx = C * C.T
    along = trace_loss(Sxx, Sxy, (W1 + h * V1) * (W2 + h * V2))
    whole = sympy.expand(sympy.diff(along, h, 2).subs(h, 0))
    moved = C.T * (V1 * W2 + W1 * V2)
    R = Sxx * W1 * W2 - Sxy
    return whole, sympy.expand(sympy.trace(moved.T * moved) + 2 * sympy.trace(R.T * V1 * V2))


@cache
def commutator_expr() -> Any:
    """Entry (1, 2) of [Lambda + B, S S^T] in the singular basis."""
    b, l1, l2, s1, s2 = sympy.symbols("B12 lambda1 lambda2 sigma1 sigma2", real=True)
    inner, target = sympy.Matrix([[l1, b], [b, l2]]), sympy.diag(s1, s2)
    return sympy.factor((inner * target * target.T - target * target.T * inner)[0, 1])


@derivation("perturbation", "how far data that almost commutes takes the flow", "PERT-1", "PERT-2", "PERT-3")
def _perturbation() -> list[Step]:
    W1, W2, E = symbolic("a", 2, 2), symbolic("b", 2, 2), symbolic("e", 2, 2)
    L0, S = symbolic("l", 2, 2), symbolic("s", 2, 2)
    before, after = two_layer_gradients(L0, S, W1, W2), two_layer_gradients(L0 + E, S, W1, W2)
    push = (E * W1 * W2 * W2.T, W1.T * E * W1 * W2)
    whole, parts = second_variation()
    g = gap_bound_expr()
    t, L, b, eps = sympy.symbols("t L b epsilon", positive=True)
    return [
        Step("what a change of Sxx does", "G_1 changes by E W W_2^T, G_2 by W_1^T E W", "the gradients are linear in Sxx",
             [(x - y - z).expand() for x, y, z in zip(after, before, push, strict=True)]),
        Step("how solutions part", "D^2 f[V, V] = ||C^T (V_1 W_2 + W_1 V_2)||^2 + 2 tr(R^T V_1 V_2), Sxx = C C^T",
             "the first part is not negative, the second at least -||R|| (||V_1||^2 + ||V_2||^2)", whole - parts),
        Step("Gronwall", sympy.Eq(sympy.Symbol("g"), g), "g' <= L g + b with g(0) = 0, L the residual's largest norm, b the largest push",
             [g.diff(t) - L * g - b, g.subs(t, 0)]),
        Step("first order", "the bound is linear in the push, so in B", "halving B halves it", g.subs(b, eps * b) - eps * g),
    ]  # fmt: skip


@derivation("commuting-distance", "what keeps data from commuting", "PERT-4")
def _distance() -> list[Step]:
    b, s1, s2 = sympy.symbols("B12 sigma1 sigma2", real=True)
    entry = commutator_expr()
    return [
        Step("commutator", sympy.Eq(sympy.Symbol("C_12"), entry), "Sxx and Sxy Sxy^T in the singular basis of Sxy",
             entry - b * (s2**2 - s1**2)),
        Step("it vanishes", "B_12 = 0 or sigma_1 = sigma_2", "where the singular values tie, the basis is free and can be turned to make B_12 zero",
             [entry.subs(b, 0), entry.subs(s2, s1)]),
    ]  # fmt: skip
