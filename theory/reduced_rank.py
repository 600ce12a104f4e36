"""Reduced-rank regression on the joint basis, and the loss levels of the staircase."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import symbolic, trace_loss
from rankladder.theory.notation import lam, sigma, w

__all__ = ["mode_excess_loss", "plateau_excess_loss", "rrr_gain"]


@cache
def mode_loss_expr() -> Any:
    """The part of the loss that one mode carries: lam w^2/2 - sigma w, from the projected loss."""
    lams, sigmas, values = (sympy.symbols(f"{n}1:3", positive=True) for n in ("lambda", "sigma", "w"))
    W, L, S = sympy.diag(*values), sympy.diag(*lams), sympy.diag(*sigmas)
    return (
        sympy.expand(trace_loss(L, S, W))
        .subs(values[1], 0)
        .subs({lams[0]: lam, sigmas[0]: sigma, values[0]: w})
    )


@cache
def fitted_expr() -> Any:
    """The minimiser omega of a mode's loss."""
    (omega,) = sympy.solve(sympy.diff(mode_loss_expr(), w), w)
    return omega


@cache
def gain_expr() -> Any:
    """Twice the loss that fitting a mode saves: the squared singular value of Sxx^{-1/2} Sxy."""
    return sympy.simplify(-2 * mode_loss_expr().subs(w, fitted_expr()))


@cache
def excess_expr() -> Any:
    """What a mode at w costs above its minimum."""
    return sympy.factor(mode_loss_expr() - mode_loss_expr().subs(w, fitted_expr()))


@derivation("loss", "the loss in the spectral state and on the plateaus", "LOSS-1", "LOSS-2")
def _loss() -> list[Step]:
    letters = sympy.symbols("U Ut V Vt D Dt L S", commutative=False)
    U, Ut, V, Vt, D, Dt, L, S = letters
    W, Wt = U * D * Vt, V * Dt * Ut
    # the trace of a product does not change when its first factor V is moved to the end, against Vt
    quadratic = (Vt * (Wt * (U * L * Ut) * W) * V).subs([(Ut * U, 1), (Vt * V, 1)])
    linear = (Vt * (Wt * (U * S * Vt)) * V).subs([(Ut * U, 1), (Vt * V, 1)])
    excess, omega = excess_expr(), fitted_expr()
    return [
        Step("projection", "f = tr(D^T Lambda D)/2 - tr(D^T S) + constant for W = U D V^T", "U and V are orthogonal; traces are cyclic",
             [quadratic - Dt * L * D, linear - Dt * S]),
        Step("loss of a mode", sympy.Eq(sympy.Symbol("f"), mode_loss_expr()), "the trace form on diagonal matrices",
             mode_loss_expr() - (lam * w**2 / 2 - sigma * w)),
        Step("fitted value", sympy.Eq(sympy.Symbol("omega"), omega), "zero derivative", [sympy.diff(mode_loss_expr(), w).subs(w, omega), omega - sigma / lam]),
        Step("excess", sympy.Eq(sympy.Symbol("f - f*"), lam * (w - omega) ** 2 / 2), "completing the square",
             excess - lam * (w - omega) ** 2 / 2),
        Step("an unlearned mode costs", sympy.Eq(sympy.Symbol("f - f*"), gain_expr() / 2), "w = 0", excess.subs(w, 0) - gain_expr() / 2),
        Step("a learned mode costs", sympy.Eq(sympy.Symbol("f - f*"), 0), "w = omega", excess.subs(w, omega)),
    ]  # fmt: skip


@derivation("reduced-rank", "reduced-rank regression on commuting data", "RRR-1", "RRR-2", "RRR-3")
def _reduced_rank() -> list[Step]:
    s1, s2, l1, l2 = sympy.symbols("sigma1 sigma2 lambda1 lambda2", positive=True)
    root = sympy.diag(sympy.sqrt(l1), sympy.sqrt(l2))
    M = root.inv() * sympy.diag(s1, s2)
    W, Sxy = symbolic("w", 2, 2), symbolic("c", 2, 2)
    Sxx = sympy.diag(l1, l2)
    gap = root * W - root.inv() * Sxy
    constant = sympy.trace(Sxy.T * Sxx.inv() * Sxy) / 2
    angle, rest = sympy.Symbol("phi", real=True), symbolic("v", 1, 2)
    m1, m2 = sympy.symbols("m1 m2", positive=True)
    column = sympy.Matrix([sympy.cos(angle), sympy.sin(angle)])
    aim = sympy.diag(m1, m2)
    misfit = sum(e**2 for e in aim - column * rest)
    best_row = column.T * aim
    least = misfit.subs(dict(zip(rest, best_row, strict=True)))
    plateau = root.inv() * sympy.diag(M[0, 0], 0)
    gain = gain_expr()
    of = {1: {sigma: s1, lam: l1}, 2: {sigma: s2, lam: l2}}
    witness = {s1: 2, l1: 8, s2: 1, l2: 1}
    return [
        Step("completing the square", "f(W) = ||Sxx^(1/2) W - Sxx^(-1/2) Sxy||_F^2 / 2 + constant", "expand",
             sympy.expand(trace_loss(Sxx, Sxy, W) + constant - sum(e**2 for e in gap) / 2)),
        Step("commuting data", "the singular values of Sxx^(-1/2) Sxy are sigma_i/sqrt(lambda_i)", "both are diagonal on the joint basis",
             [M[0, 0] ** 2 - gain.subs(of[1]), M[1, 1] ** 2 - gain.subs(of[2]), M[0, 1], M[1, 0]]),
        Step("best row for a column", "u^T M minimises ||M - u v^T||_F over v, |u| = 1", "zero gradient of a convex function",
             [sympy.simplify(sympy.diff(misfit, v).subs(dict(zip(rest, best_row, strict=True)))) for v in rest]),
        Step("best rank 1", "the least misfit is m_2^2 + (m_1^2 - m_2^2) sin^2(phi)", "least at phi = 0 iff m_1 >= m_2; Eckart and Young (1936) for any rank",
             least - (m2**2 + (m1**2 - m2**2) * sympy.sin(angle) ** 2)),
        Step("a plateau is the truncation to its modes", "Sxx^(-1/2) [Sxx^(-1/2) Sxy]_{1} = omega_1 u_1 v_1^T", "truncate and unwhiten", plateau - sympy.diag(fitted_expr().subs(of[1]), 0)),
        Step("loss above the best", "f(plateau 1) - f(plateau 2) = (gain_2 - gain_1)/2", "what stays unlearned costs half its gain",
             excess_expr().subs(w, 0).subs(of[2]) - excess_expr().subs(w, 0).subs(of[1]) - (gain.subs(of[2]) - gain.subs(of[1])) / 2),
        Step("whitened inputs", sympy.Eq(sympy.Symbol("gain"), gain.subs(lam, 1)), "lambda = 1: increasing in sigma", gain.subs(lam, 1) - sigma**2),
        Step("autoencoder", sympy.Eq(sympy.Symbol("gain"), gain.subs(lam, sigma)), "lambda = sigma: increasing in sigma", gain.subs(lam, sigma) - sigma),
        Step("orders may differ", "(sigma, lambda) = (2, 8), (1, 1): sigma_1 > sigma_2 but gain_1 = 1/2 < gain_2 = 1", "evaluate",
             [gain.subs(of[1]).subs(witness) - sympy.Rational(1, 2), gain.subs(of[2]).subs(witness) - 1]),
    ]  # fmt: skip


@cache
def _formulas() -> dict[str, Formula]:
    return {
        "gain": Formula(gain_expr(), (sigma, lam), "gain"),
        "excess": Formula(excess_expr(), (sigma, lam, w), "f - f*"),
        "unlearned": Formula(excess_expr().subs(w, 0), (sigma, lam), "f - f*"),
    }


def rrr_gain(sigma: Any, lam: Any) -> Any:
    """Twice the loss that fitting a mode saves, ``sigma^2/lam``: what reduced-rank regression ranks by.

    >>> float(rrr_gain(2.0, 8.0))
    0.5
    """
    return _formulas()["gain"](sigma, lam)


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
    return _formulas()["unlearned"](sigma, lam)
