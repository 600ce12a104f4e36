"""Reduced-rank regression on the joint basis, the loss levels of the staircase, and the one-layer model."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from theory.derivation import Step, derivation
from theory.formula import Formula
from theory.network import gradient, symbolic
from theory.notation import eta, k, lam, sigma, t, w

__all__ = [
    "mode_excess_loss",
    "mode_loss",
    "one_layer_descent_fraction",
    "one_layer_flow_fraction",
    "plateau_excess_loss",
    "rrr_gain",
]


@cache
def mode_loss_expr() -> Any:
    """The part of the loss that one mode carries: lam w^2/2 - sigma w, from the projected loss."""
    lams, sigmas, values = (sympy.symbols(f"{n}1:3", positive=True) for n in ("lambda", "sigma", "w"))
    W, L, S = sympy.diag(*values), sympy.diag(*lams), sympy.diag(*sigmas)
    whole = sympy.trace(W.T * L * W) / 2 - sympy.trace(W.T * S)
    return sympy.expand(whole).subs(values[1], 0).subs({lams[0]: lam, sigmas[0]: sigma, values[0]: w})


@cache
def fitted_expr() -> Any:
    """The minimiser omega of a mode's loss."""
    (omega,) = sympy.solve(sympy.diff(mode_loss_expr(), w), w)
    return omega


@cache
def gain_expr() -> Any:
    """Twice the loss that fitting a mode saves: the squared singular value of Sxx^{-1/2} Sxy."""
    return sympy.simplify(-2 * mode_loss_expr().subs(w, fitted_expr()))


@derivation("loss", "the loss in the spectral state and on the plateaus", "LOSS-1", "LOSS-2", "LOSS-3")
def _loss() -> list[Step]:
    excess = mode_loss_expr() - mode_loss_expr().subs(w, fitted_expr())
    return [
        Step("loss of a mode", sympy.Eq(sympy.Symbol("f"), mode_loss_expr()), "the trace form on diagonal matrices",
             mode_loss_expr() - (lam * w**2 / 2 - sigma * w)),
        Step("fitted value", sympy.Eq(sympy.Symbol("omega"), fitted_expr()), "zero derivative", sympy.diff(mode_loss_expr(), w).subs(w, fitted_expr())),
        Step("excess", sympy.Eq(sympy.Symbol("f - f*"), lam * (w - fitted_expr()) ** 2 / 2), "completing the square",
             excess - lam * (w - fitted_expr()) ** 2 / 2),
        Step("an unlearned mode costs", sympy.Eq(sympy.Symbol("f - f*"), gain_expr() / 2), "w = 0", excess.subs(w, 0) - gain_expr() / 2),
    ]  # fmt: skip


@derivation("reduced-rank", "reduced-rank regression on commuting data", "RRR-1", "RRR-2", "RRR-3", "RRR-4")
def _reduced_rank() -> list[Step]:
    s1, s2, l1, l2 = sympy.symbols("sigma1 sigma2 lambda1 lambda2", positive=True)
    root = sympy.diag(sympy.sqrt(l1), sympy.sqrt(l2))
    M = root.inv() * sympy.diag(s1, s2)
    best = root.inv() * sympy.diag(M[0, 0], 0)
    d, p = 2, 2
    W, Sxy = symbolic("w", d, p), symbolic("c", d, p)
    Sxx = sympy.diag(l1, l2)
    f = sympy.trace(W.T * Sxx * W) / 2 - sympy.trace(W.T * Sxy)
    gap = root * W - root.inv() * Sxy
    constant = sympy.trace(Sxy.T * Sxx.inv() * Sxy) / 2
    return [
        Step("completing the square", "f(W) = ||Sxx^(1/2) W - Sxx^(-1/2) Sxy||_F^2 / 2 + constant", "expand",
             sympy.expand(f + constant - sum(e**2 for e in gap) / 2)),
        Step("best rank j", "W*_j = Sxx^(-1/2) [Sxx^(-1/2) Sxy]_j", "Eckart and Young (1936): the truncated SVD is nearest in Frobenius norm", True),
        Step("commuting data", "singular values of Sxx^(-1/2) Sxy are sigma_i/sqrt(lambda_i)", "both are diagonal on the joint basis",
             [M[0, 0] ** 2 - gain_expr().subs({sigma: s1, lam: l1}), M[0, 1], M[1, 0]]),
        Step("a plateau is the truncation to its modes", "Sxx^(-1/2) [.]_{1} = omega_1 u_1 v_1^T", "when mode 1 leads", best - sympy.diag(s1 / l1, 0)),
    ]  # fmt: skip


@derivation(
    "one-layer", "the one-layer model under flow and descent", "LIN-1", "LIN-2", "LIN-3", "LIN-4", "LIN-5"
)
def _one_layer() -> list[Step]:
    d, p = 2, 2
    W, Sxy = symbolic("w", d, p), symbolic("c", d, p)
    Sxx = sympy.Matrix(
        [[sympy.Symbol("m11"), sympy.Symbol("m12")], [sympy.Symbol("m12"), sympy.Symbol("m22")]]
    )
    f = sympy.trace(W.T * Sxx * W) / 2 - sympy.trace(W.T * Sxy)
    start = sympy.Symbol("v0", real=True)
    u = sympy.Function("u")
    slope = -sympy.diff(mode_loss_expr(), w)
    flow = sympy.dsolve(sympy.Eq(u(t).diff(t), slope.subs(w, u(t))), u(t), ics={u(0): start}).rhs
    n = sympy.Function("n")
    step = w + eta * slope
    descent = start * (1 - eta * lam) ** k + (1 - (1 - eta * lam) ** k) * sigma / lam
    return [
        Step("gradient", "grad f = Sxx W - Sxy", "differentiate entry by entry", (gradient(f, W) - (Sxx * W - Sxy)).expand()),
        Step("flow on an eigenvector", sympy.Eq(w, sympy.simplify(flow)), "dsolve of w' = sigma - lambda w",
             flow - (sympy.exp(-lam * t) * start + (1 - sympy.exp(-lam * t)) * sigma / lam)),
        Step("descent on an eigenvector", sympy.Eq(w, descent), "one more step reproduces the form, k = 0 the start",
             [sympy.simplify(descent.subs(k, k + 1) - step.subs(w, descent)), descent.subs(k, 0) - start]),
        Step("contraction", "w_next - omega = (1 - eta lambda)(w - omega)", "the step is affine",
             step - sigma / lam - (1 - eta * lam) * (w - sigma / lam)),
    ] if n is not None else []  # fmt: skip


@cache
def _formulas() -> dict[str, Formula]:
    # from zero, as a fraction of the fitted value
    return {
        "gain": Formula(gain_expr(), (sigma, lam), "gain"),
        "loss": Formula(mode_loss_expr(), (sigma, lam, w), "f"),
        "excess": Formula(lam * (w - fitted_expr()) ** 2 / 2, (sigma, lam, w), "f - f*"),
        "flow": Formula(1 - sympy.exp(-lam * t), (lam, t), "fraction"),
        "descent": Formula(1 - (1 - eta * lam) ** k, (eta, lam, k), "fraction"),
    }


def rrr_gain(sigma: Any, lam: Any) -> Any:
    """Twice the loss that fitting a mode saves, ``sigma^2/lam``: what reduced-rank regression ranks by.

    >>> float(rrr_gain(2.0, 8.0))
    0.5
    """
    return _formulas()["gain"](sigma, lam)


def mode_loss(sigma: Any, lam: Any, w: Any) -> Any:
    """The part ``lam w^2/2 - sigma w`` of the loss that one mode carries.

    >>> float(mode_loss(2.0, 1.0, 2.0))
    -2.0
    """
    return _formulas()["loss"](sigma, lam, w)


def mode_excess_loss(sigma: Any, lam: Any, w: Any) -> Any:
    """What a mode at ``w`` costs above its minimum, ``lam (w - sigma/lam)^2/2``.

    >>> float(mode_excess_loss(2.0, 1.0, 0.0))
    2.0
    """
    return _formulas()["excess"](sigma, lam, w)


def plateau_excess_loss(sigma: Any, lam: Any) -> Any:
    """What one unlearned mode costs above the minimum: half its gain.

    >>> float(plateau_excess_loss(2.0, 1.0))
    2.0
    """
    return rrr_gain(sigma, lam) / 2


def one_layer_flow_fraction(lam: Any, t: Any) -> Any:
    """Learned fraction ``1 - e^{-lam t}`` of a mode of the one-layer model from zero, whatever sigma.

    >>> round(float(one_layer_flow_fraction(1.0, 1.0)), 6)
    0.632121
    """
    return _formulas()["flow"](lam, t)


def one_layer_descent_fraction(eta: Any, lam: Any, k: Any) -> Any:
    """Learned fraction ``1 - (1 - eta lam)^k`` of a mode of the one-layer model from zero.

    >>> float(one_layer_descent_fraction(0.5, 1.0, 2))
    0.75
    """
    return _formulas()["descent"](eta, lam, k)
