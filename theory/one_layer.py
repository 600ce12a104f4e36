"""The one-layer model: solutions of flow and descent, the nearest minimiser, learned fractions."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import gradient, symbolic, trace_loss
from rankladder.theory.notation import eta, k, lam, sigma, t, w
from rankladder.theory.solving import linear_root, once

__all__ = ["one_layer_descent_fraction", "one_layer_flow_fraction"]

_start = sympy.Symbol("v0", real=True)
_q, _a = sympy.symbols("q a", real=True)


@cache
def slope_expr() -> Any:
    """Minus the gradient of one entry on an eigenvector of Sxx: sigma - lam w, from the loss of a 1x1 model."""
    W = sympy.Matrix([[w]])
    return -gradient(trace_loss(sympy.Matrix([[lam]]), sympy.Matrix([[sigma]]), W), W)[0, 0]


@cache
def flow_expr() -> Any:
    """w(t) on an eigenvector from v0, by dsolve."""
    u = sympy.Function("u")
    solved = sympy.dsolve(sympy.Eq(u(t).diff(t), slope_expr().subs(w, u(t))), u(t), ics={u(0): _start}).rhs
    return sympy.expand(solved)


@cache
def descent_expr() -> Any:
    """w_k on an eigenvector from v0: a step is affine, so its distance from the fixed point is geometric."""
    step = sympy.expand(w + eta * slope_expr())
    rest = linear_root(step - w, w)
    return rest + sympy.factor(sympy.diff(step, w)) ** k * sympy.factor(_start - rest)


@cache
def omega_expr() -> Any:
    """The fitted value: where the slope is zero."""
    return linear_root(slope_expr(), w)


def _fraction(solution: Any) -> Any:
    """Learned share of the fitted value from zero."""
    return sympy.expand(sympy.cancel(solution.subs(_start, 0) / omega_expr()))


@cache
def flow_fraction_expr() -> Any:
    """1 - e^{-lam t}."""
    return sympy.expand(_fraction(flow_expr()))


@cache
def descent_fraction_expr() -> Any:
    """1 - (1 - eta lam)^k."""
    return sympy.expand(_fraction(descent_expr()), power_base=False, power_exp=False, multinomial=False)


@cache
def ratio_bound_expr() -> Any:
    """The largest eta lam up to which the fraction per unit of eta lam falls for every k.

    With q = 1 - a the fraction over a is 1 + q + ... + q^(k-1). Its derivative in q is a sum of the pairs
    ``q^(2j-2) ((2j-1) + 2 j q)``, nonnegative for q >= -1/2 with equality at j = 1: k = 3 is the first to fail.
    """
    third = sympy.cancel(descent_fraction_expr().subs({lam: _a / eta, k: 3}) / _a)
    return linear_root(sympy.diff(third, _a), _a)


@derivation("one-layer", "the one-layer model under flow and descent", "LIN-1", "LIN-2", "LIN-3", "LIN-4")
def _one_layer() -> list[Step]:
    W, Sxy = symbolic("w", 2, 2), symbolic("c", 2, 2)
    moments = sympy.Matrix(2, 2, lambda i, j: sympy.Symbol(f"m{min(i, j)}{max(i, j)}", real=True))
    letters = sympy.symbols("U Ut L W C", commutative=False)
    U, Ut, L, V, C = letters
    turned = sympy.expand(Ut * (U * L * Ut * U * V - U * C)).subs(Ut * U, 1)
    flow, descent, omega = flow_expr(), descent_expr(), omega_expr()
    factor = 1 - eta * lam
    one_step = w + eta * slope_expr()
    # a null direction of Sxx is one of X, so Sxy vanishes there: sigma = lambda = 0
    null = slope_expr().subs({sigma: 0, lam: 0})
    inside, across = sympy.symbols("p o", real=True)
    distance = (inside - omega) ** 2 + (across - _start) ** 2
    return [
        Step("gradient", "grad f = Sxx W - Sxy", "differentiate entry by entry", (gradient(trace_loss(moments, Sxy, W), W) - (moments * W - Sxy)).expand()),
        Step("rows decouple", "U^T (Sxx W - Sxy) = Lambda (U^T W) - U^T Sxy", "Sxx = U Lambda U^T, U orthogonal; each row of U^T W moves alone", turned - sympy.expand(L * V - C)),
        Step("flow on an eigenvector", sympy.Eq(w, flow), "dsolve of w' = sigma - lambda w",
             [flow - (sympy.exp(-lam * t) * _start + (1 - sympy.exp(-lam * t)) * omega), sympy.diff(flow, t) - slope_expr().subs(w, flow)]),
        Step("descent on an eigenvector", sympy.Eq(w, descent), "w_next = w + eta (sigma - lambda w): the distance from the fixed point is geometric",
             [descent - (factor**k * _start + (1 - factor**k) * omega), descent.subs(k, k + 1) - one_step.subs(w, descent), descent.subs(k, 0) - _start]),
        Step("null directions stay", "w_k = w_0 where lambda = 0", "lambda = 0 implies sigma = 0", null),
        Step("nearest minimiser", "omega where lambda > 0, the start where lambda = 0", "the limit minimises the distance to the start among the minimisers",
             [sympy.diff(distance, across).subs(across, _start), sympy.diff(distance, across, 2) - 2]),
        Step("contraction", "w_next - omega = (1 - eta lambda)(w - omega)", "the step is affine", one_step - omega - factor * (w - omega)),
        Step("step bound", "|1 - eta lambda| < 1 iff 0 < eta lambda < 2; at 2 the factor is -1: period 2", "solve |1 - eta lambda| = 1",
             [(1 - eta * lam).subs(eta, 2 / lam) + 1, sympy.expand(1 - factor**2 - eta * lam * (2 - eta * lam))]),
    ]  # fmt: skip


@derivation("one-layer-fractions", "no hierarchy in the one-layer model", "LIN-5")
def _fractions() -> list[Step]:
    flow, descent, bound = flow_fraction_expr(), descent_fraction_expr(), ratio_bound_expr()
    j = sympy.Symbol("j", integer=True, positive=True)
    third = 1 + _q + _q**2
    pair = (2 * j - 1) + 2 * j * _q
    excess = sympy.Symbol("x", positive=True)
    after, before = third.subs(_q, 1 - (bound + excess)), third.subs(_q, 1 - bound)
    return [
        Step("fraction under the flow", sympy.Eq(sympy.Symbol("phi"), flow), "from zero, over the fitted value", [flow - (1 - sympy.exp(-lam * t)), sympy.diff(flow, sigma)]),
        Step("fraction under descent", sympy.Eq(sympy.Symbol("phi_k"), descent), "from zero, over the fitted value", [descent - (1 - (1 - eta * lam) ** k), sympy.diff(descent, sigma)]),
        Step("fraction per unit of eta lambda", "phi_k/a = 1 + q + ... + q^(k-1), q = 1 - a", "geometric sum; one more term a step",
             [(descent.subs(k, k + 1) - descent).subs(lam, (1 - _q) / eta) - (1 - _q) * _q**k, descent.subs(k, 0)]),
        Step("pairs of terms of its derivative", "(2 j - 1) + 2 j q >= j - 1 >= 0 for q >= -1/2", "increasing in q", [pair.subs(_q, -sympy.Rational(1, 2)) - (j - 1), (j - 1).is_nonnegative]),
        Step("sharp bound", sympy.Eq(sympy.Symbol("a"), bound), "after three steps the derivative 1 + 2 q is zero", [bound - sympy.Rational(3, 2), sympy.diff(third, _q).subs(_q, 1 - bound)]),
        Step("beyond it the violation is quadratic", "phi_3/a rises by x^2 at a = 3/2 + x", "expand", after - before - excess**2),
    ]  # fmt: skip


_formula = once({
    "flow": lambda: Formula(flow_fraction_expr(), (lam, t), "learned fraction"),
    "descent": lambda: Formula(descent_fraction_expr(), (eta, lam, k), "learned fraction"),
})  # fmt: skip


def one_layer_flow_fraction(lam: Any, t: Any) -> Any:
    """Learned fraction ``1 - e^{-lam t}`` of a mode of the one-layer model from zero, whatever sigma.

    >>> round(float(one_layer_flow_fraction(1.0, 1.0)), 6)
    0.632121
    """
    return _formula("flow")(lam, t)


def one_layer_descent_fraction(eta: Any, lam: Any, k: Any) -> Any:
    """Learned fraction ``1 - (1 - eta lam)^k`` of a mode of the one-layer model from zero.

    >>> float(one_layer_descent_fraction(0.5, 1.0, 2))
    0.75
    """
    return _formula("descent")(eta, lam, k)
