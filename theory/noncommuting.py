"""Data that does not commute: stable plateaus, the way out of the others, the transition set by the residual."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import trace_loss, two_layer_gradients
from rankladder.theory.stability import plateau_matrix, unstable_rate_expr

__all__ = ["escape_steps", "second_transition", "second_transition_step"]

_l1, _l2, _s1, _s2, _o1, _rho, _eta, _mu, _x = sympy.symbols(
    "lambda1 lambda2 sigma1 sigma2 omega1 rho eta mu ratio", positive=True
)
_g1, _g2 = sympy.symbols("g1 g2", positive=True)


@cache
def second_transition_expr() -> Any:
    """Rescaled time at which the entries of a further hidden unit, e^{-delta} at first, are of order one.

    They grow at rate sigma_2 until 1/sigma_1, where the first transition leaves the residual, then at rho.
    """
    tau = sympy.Symbol("tau")
    (found,) = sympy.solve(-1 + _s2 / _s1 + _rho * (tau - 1 / _s1), tau)
    return found


@cache
def second_transition_step_expr() -> Any:
    """The same for descent: log(1 + eta r) a step in the place of r in unit time."""
    speeds = {x: sympy.log(1 + _eta * x) for x in (_s1, _s2, _rho)}
    return second_transition_expr().subs(speeds, simultaneous=True)


@cache
def escape_steps_expr() -> Any:
    """Steps of descent in which a departure at rate mu grows by a given ratio."""
    return sympy.log(_x) / sympy.log(1 + _eta * _mu)


@cache
def subset_curvature() -> Any:
    """Second variation at the critical point of mode 1 of the whitened problem, turned towards mode 2 (r = 1)."""
    C = sympy.Matrix(2, 2, sympy.symbols("c1:5"))
    back = C.T.inv()
    a, e = sympy.sqrt(_g1), sympy.Symbol("e")
    W1, W2 = back * sympy.Matrix([a, e]), sympy.Matrix([[a, e]])
    Sxy = C * sympy.diag(_g1, _g2)
    gradients = [g.subs(e, 0) for g in two_layer_gradients(C * C.T, Sxy, W1, W2)]
    curvature = sympy.diff(trace_loss(C * C.T, Sxy, W1 * W2), e, 2).subs(e, 0)
    return [sympy.simplify(entry) for g in gradients for entry in g], sympy.factor(sympy.simplify(curvature))


@cache
def escape_curvature() -> tuple[Any, Any]:
    """Second variation at the plateau of mode 1, towards mode 2, under coupled data; and what the coupling adds."""
    b, e, A, C = sympy.symbols("b e A C", real=True)
    root = sympy.sqrt(_o1)
    W1, W2 = sympy.Matrix([root, e * A]), sympy.Matrix([[root, e * C]])
    S = sympy.diag(_s1, _s2)
    coupled = trace_loss(sympy.Matrix([[_s1 / _o1, b], [b, _l2]]), S, W1 * W2)
    curvature = sympy.expand(sympy.diff(coupled, e, 2).subs(e, 0))
    form = sympy.Matrix([A, C]).dot(plateau_matrix() * sympy.Matrix([A, C]))
    return sympy.expand(curvature - form), sympy.diff(curvature, b)


@derivation(
    "noncommuting-plateaus", "which plateaus are stable, and how the others are left", "GEN-1", "GEN-2"
)
def _plateaus() -> list[Step]:
    gradients, curvature = subset_curvature()
    rest, added = escape_curvature()
    first, last = unstable_rate_expr()
    mu = sympy.Symbol("mu")
    quadratic = (mu**2 + first * mu + last).subs(_o1, _s1 / _l1)
    steps = escape_steps_expr()
    return [
        Step("whitened modes are critical", "Sxx = C C^T, Sxy = C M: W = C^-T [modes of M] has zero gradient", "R = -C (the modes left out), orthogonal to those in",
             gradients),
        Step("a mode is left towards a stronger one", sympy.Eq(sympy.Symbol("d2f"), curvature), "second variation towards mode 2 of M; negative iff g_2 > g_1, and none is iff the modes lead",
             curvature - 2 * (_g1 - _g2)),
        Step("coupling keeps the way out", "the second variation at plateau 1 towards mode 2 is that at B = 0", "B has a zero diagonal, so its terms cancel",
             [rest, added]),
        Step("the way out is slower than a further unit", "mu < sigma_2", "the quadratic of mu is positive at sigma_2",
             [quadratic.subs(mu, _s2) - (_l2 * _s1 / _l1 + _s1) * _s2 - _l2 * _s1**2 / _l1]),
        Step("time near the wrong plateau", sympy.Eq(sympy.Symbol("k"), steps), "a departure of size ||B|| grows by 1 + eta mu a step to order one: delta does not enter",
             (1 + _eta * _mu) ** steps - _x),
        Step("flow", sympy.Eq(sympy.Symbol("t"), sympy.log(_x) / _mu), "eta -> 0", sympy.limit(_eta * steps, _eta, 0) - sympy.log(_x) / _mu),
    ]  # fmt: skip


@derivation("residual-transition", "the second transition is set by the residual", "GEN-3")
def _residual() -> list[Step]:
    tau, kappa = second_transition_expr(), second_transition_step_expr()
    alpha, beta = sympy.symbols("alpha beta", positive=True)
    r1, r2, e = sympy.symbols("r1 r2 e", positive=True)
    # at a critical point whose residual is diag(0, -rho), a unit of size e that reaches the second modes
    G1, G2 = two_layer_gradients(
        sympy.diag(_l1, _l2),
        sympy.diag(_s1, _rho),
        sympy.Matrix([[r1, 0], [0, e * alpha]]),
        sympy.Matrix([[_s1 / (_l1 * r1), 0], [0, e * beta]]),
    )
    velocity = [-sympy.diff(g, e).subs(e, 0) for g in (G1[1, 1], G2[1, 1])]
    l1, l2 = sympy.log(1 + _eta * _s1), sympy.log(1 + _eta * _s2)
    return [
        Step("early growth", "x' = [[0, Sxy], [Sxy^T, 0]] x for each hidden unit x: rates +-sigma_i", "W = 0",
             sympy.Matrix([[-r2, _s2], [_s2, -r2]]).det().subs(r2, _s2)),
        Step("growth on the plateau", "x' = [[0, -R], [-R^T, 0]] x: rates up to rho = ||R||_2", "the residual R is constant there",
             [velocity[0] - _rho * beta, velocity[1] - _rho * alpha]),
        Step("second transition", sympy.Eq(sympy.Symbol("tau_2"), tau), "-1 + sigma_2 tau_1 + rho (tau_2 - tau_1) = 0, tau_1 = 1/sigma_1",
             tau - (1 / _s1 + (1 - _s2 / _s1) / _rho)),
        Step("commuting data", sympy.Eq(sympy.Symbol("tau_2"), 1 / _s2), "rho = sigma_2", tau.subs(_rho, _s2) - 1 / _s2),
        Step("descent", sympy.Eq(sympy.Symbol("kappa_2"), kappa), "a step multiplies by 1 + eta r", kappa - (1 / l1 + (1 - l2 / l1) / sympy.log(1 + _eta * _rho))),
        Step("small steps", "eta kappa_2 -> tau_2", "eta -> 0", sympy.limit(_eta * kappa, _eta, 0) - tau),
    ]  # fmt: skip


@cache
def _formulas() -> dict[str, Formula]:
    return {
        "flow": Formula(second_transition_expr(), (_s1, _s2, _rho), "tau_2"),
        "descent": Formula(second_transition_step_expr(), (_eta, _s1, _s2, _rho), "kappa_2"),
        "escape": Formula(escape_steps_expr(), (_eta, _mu, _x), "k"),
    }


def second_transition(sigma_1: Any, sigma_2: Any, residual: Any) -> Any:
    """Rescaled time ``1/sigma_1 + (1 - sigma_2/sigma_1)/residual`` of the second transition of the flow.

    >>> float(second_transition(2.0, 1.0, 1.0)), float(second_transition(2.0, 1.0, 2.0))
    (1.0, 0.75)
    """
    return _formulas()["flow"](sigma_1, sigma_2, residual)


def second_transition_step(eta: Any, sigma_1: Any, sigma_2: Any, residual: Any) -> Any:
    """The same for descent: steps per unit of delta until the second transition.

    >>> round(float(1e-6 * second_transition_step(1e-6, 2.0, 1.0, 2.0)), 5)
    0.75
    """
    return _formulas()["descent"](eta, sigma_1, sigma_2, residual)


def escape_steps(eta: Any, mu: Any, ratio: Any) -> Any:
    """Steps ``log(ratio)/log(1 + eta mu)`` in which a departure at rate ``mu`` grows by ``ratio``.

    >>> round(float(escape_steps(0.5, 2.0, 1024.0)), 9)
    10.0
    """
    return _formulas()["escape"](eta, mu, ratio)
