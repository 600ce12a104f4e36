"""Other starts: which frames keep the closed form, and when modes appear from a Gaussian start."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import symbolic, two_layer_gradients

__all__: list[str] = []


@cache
def frame_condition() -> tuple[Any, Any]:
    """What a frame Q, only invertible, leaves of the form W1 = U A Q, W2 = Q^{-1} A V^T, in the joint frame (r = 2)."""
    Q = symbolic("q", 2, 2)
    rates = sympy.diag(*sympy.symbols("rho1:3", real=True))
    entries = sympy.diag(*sympy.symbols("a1:3", positive=True))
    back = Q.inv()
    wanted, moved = rates * entries * Q, rates * entries * back.T
    return (moved - wanted).applyfunc(sympy.simplify), (
        rates * entries * (sympy.eye(2) - Q * Q.T) * back.T
    ).applyfunc(sympy.simplify)


@derivation("frames", "which frames of the start keep the closed form", "INIT-1")
def _frames() -> list[Step]:
    off, form = frame_condition()
    return [
        Step("what is off", "V_1 - (-G_1) in the joint frame is diag(rho a) (I - Q Q^T) Q^{-T}, rho_i = sigma_i - lambda_i w_i",
             "the closed form moves along diag(rho a) Q, the flow along diag(rho a) Q^{-T}; the columns of the second factor likewise",
             (off - form).applyfunc(sympy.simplify)),
    ]  # fmt: skip


@cache
def growing_combination() -> tuple[Any, Any]:
    """What is left of b' - sigma_1 b for b = (W_1^T u_1 + W_2 v_1)/2 near the origin, where Sxy alone acts; and sigma_1."""
    lams, sigmas = (sympy.symbols(f"{n}1:3", positive=True) for n in ("lambda", "sigma"))
    W1, W2, h = symbolic("a", 2, 2), symbolic("b", 2, 2), sympy.Symbol("h", real=True)
    G1, G2 = (
        G.applyfunc(lambda entry: sympy.diff(sympy.expand(entry), h).subs(h, 0))
        for G in two_layer_gradients(sympy.diag(*lams), sympy.diag(*sigmas), h * W1, h * W2)
    )
    velocity, b = -(G1.row(0).T + G2.col(0)) / 2, (W1.row(0).T + W2.col(0)) / 2
    return (velocity - sigmas[0] * b).applyfunc(sympy.expand), sigmas[0]


@derivation("gaussian-start", "when modes appear from a Gaussian start", "INIT-2")
def _gaussian() -> list[Step]:
    rest, rate = growing_combination()
    delta, s = sympy.symbols("delta s", positive=True)
    k = sympy.Symbol("k")
    (steps,) = sympy.solve(-delta + k * sympy.log(1 + s), k)
    return [
        Step("growth at the origin", sympy.Eq(sympy.Symbol("b'"), rate * sympy.Symbol("b")), "b_i = (W_1^T u_i + W_2 v_i)/2 is an eigenvector of the linearised flow",
             rest),
        Step("transition", sympy.Eq(sympy.Symbol("k"), steps), "e^(-delta) (1 + s)^k of order one; a Gaussian |b_i| e^delta is of order one but with exponentially small probability",
             steps * sympy.log(1 + s) - delta),
    ]  # fmt: skip
