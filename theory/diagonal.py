"""Diagonal linear networks: one step on a coordinate, what it adds to the dual, and how fast a coordinate leaves 0."""

from __future__ import annotations

import sympy

from rankladder.theory.derivation import Step, derivation
from rankladder.theory.notation import eta, lam, sigma, tau

# of one coordinate the loss is quadratic; sigma holds what the others contribute
_u, _v, _g = sympy.symbols("u v g", real=True)
_beta = sympy.Symbol("beta", real=True)
_A, _pull = sympy.symbols("A h", positive=True)


@derivation("dual-step", "a step of a diagonal network moves the dual by the gradient alone", "DLN-1")
def _dual_step() -> list[Step]:
    loss = lam * _beta**2 / 2 - sigma * _beta
    gradient = sympy.diff(loss, _beta).subs(_beta, _u * _v)
    in_factors = loss.subs(_beta, _u * _v)
    u1, v1 = _u - eta * _g * _v, _v - eta * _g * _u
    odds = (_u + _v) / (_u - _v)
    moved = sympy.log((1 - eta * _g) / (1 + eta * _g))
    return [
        Step("gradient", sympy.Eq(sympy.Symbol("L_u"), (lam * _u * _v - sigma) * _v), "chain rule, beta = u v; likewise in v",
             [sympy.diff(in_factors, _u) - gradient * _v, sympy.diff(in_factors, _v) - gradient * _u]),
        Step("sum", sympy.Eq(sympy.Symbol("p_1"), (_u + _v) * (1 - eta * _g)), "one step, added", u1 + v1 - (_u + _v) * (1 - eta * _g)),
        Step("difference", sympy.Eq(sympy.Symbol("m_1"), (_u - _v) * (1 + eta * _g)), "one step, subtracted",
             u1 - v1 - (_u - _v) * (1 + eta * _g)),
        Step("imbalance", sympy.Eq(sympy.Symbol("D_1"), (_u**2 - _v**2) * (1 - eta**2 * _g**2)), "their product",
             u1**2 - v1**2 - (_u**2 - _v**2) * (1 - eta**2 * _g**2)),
        Step("dual", sympy.Eq(sympy.Symbol("S"), 2 * _u * _v / (_u**2 - _v**2)), "sinh log E with E = (u + v)/(u - v)",
             (odds - 1 / odds) / 2 - 2 * _u * _v / (_u**2 - _v**2)),
        Step("shift", sympy.Eq(sympy.Symbol("E_1"), odds * (1 - eta * _g) / (1 + eta * _g)), "sum over difference",
             (u1 + v1) / (u1 - v1) - odds * (1 - eta * _g) / (1 + eta * _g)),
        Step("flow", sympy.Eq(sympy.Symbol("theta_t"), -2 * _g), "the shift of log E over eta, eta -> 0", sympy.limit(moved / eta, eta, 0) + 2 * _g),
    ]  # fmt: skip


@derivation("dual-time", "when a coordinate leaves 0, in time over log(1/alpha)", "DLN-2", "DLN-3")
def _dual_time() -> list[Step]:
    grown, shrunk = (sympy.exp(-_A + sign * _pull * _A * tau) for sign in (1, -1))
    product = (grown**2 - shrunk**2) / 4
    return [
        Step("while the gradient stays", sympy.Eq(_beta, sympy.exp(-2 * _A) * sympy.sinh(2 * _pull * _A * tau) / 2),
             "u + v and u - v grow and shrink at the rate h = -g, from alpha = e^{-A}",
             product - (sympy.exp(-2 * _A) * sympy.sinh(2 * _pull * _A * tau) / 2).rewrite(sympy.exp)),
        Step("bound", "beta < e^{-2A(1 - h tau)}/4", "what shrinks only helps: the dual h tau has to reach 1",
             sympy.exp(-2 * _A * (1 - _pull * tau)) / 4 - product - shrunk**2 / 4),
    ]  # fmt: skip
