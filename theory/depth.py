"""Deeper networks: the mode equation of a balanced spectral start, and when a mode switches."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import gradient, symbolic, trace_loss
from rankladder.theory.notation import a, eta, lam, sigma, w
from rankladder.theory.reduced_rank import mode_loss_expr

__all__ = ["deep_entry_step", "deep_entry_velocity", "deep_switch_times"]

_a0, _at, _theta = sympy.symbols("a_0 a_theta theta", positive=True)
_L = sympy.Symbol("L", integer=True, positive=True)


@cache
def gradient_entry(layers: int) -> tuple[Any, list[Any]]:
    """One diagonal entry of the gradient in a middle factor of diagonal layers, and its off-diagonal ones."""
    lams, sigmas, entries = (sympy.symbols(f"{n}1:3", positive=True) for n in ("lambda", "sigma", "a"))
    free = symbolic("x", 2, 2)
    rest = sympy.diag(*(e ** (layers - 2) for e in entries))
    W = (
        sympy.diag(*entries) * free * rest / sympy.diag(*entries)
        if layers == 2
        else sympy.diag(*entries) * free * rest
    )
    f = trace_loss(sympy.diag(*lams), sympy.diag(*sigmas), W)
    at = {free[i, j]: (entries[i] if i == j else 0) for i in range(2) for j in range(2)}
    G = gradient(f, free).subs(at)
    one = sympy.factor(G[0, 0].subs({lams[0]: lam, sigmas[0]: sigma, entries[0]: a}))
    return one, [G[0, 1], G[1, 0]]


@cache
def velocity_expr() -> Any:
    """Minus the gradient of an entry in one factor, the L - 1 others being equal to it."""
    x = sympy.Symbol("x", real=True)
    loss = mode_loss_expr().subs(w, a ** (_L - 1) * x)
    return sympy.factor(sympy.powsimp(sympy.expand(-sympy.diff(loss, x).subs(x, a))))


@cache
def deep_step_expr() -> Any:
    """One descent step of an entry."""
    return a + eta * velocity_expr()


@cache
def switch_split() -> tuple[Any, Any]:
    """1/velocity as the part that diverges with a vanishing start and the part that does not."""
    return 1 / (sigma * a ** (_L - 1)), lam * a / (sigma * (sigma - lam * a**_L))


@cache
def switch_bounds() -> tuple[Any, Any]:
    """Bounds of the rescaled time (L - 2) a_0^{L-2} t in which an entry gets from a_0 to a_theta, lam a_theta^L = theta sigma."""
    early = (1 - (_a0 / _at) ** (_L - 2)) / sigma
    late = early + (_L - 2) * _a0 ** (_L - 2) * lam * _at**2 / (2 * sigma**2 * (1 - _theta))
    return early, late


@derivation("depth", "networks of L >= 3 layers from a balanced spectral start", "DEPTH-1", "DEPTH-2")
def _depth() -> list[Step]:
    steps = []
    for layers in (3, 4):
        entry, others = gradient_entry(layers)
        velocity = velocity_expr().subs(_L, layers)
        steps.append(
            Step(f"mode equation, L = {layers}", sympy.Eq(sympy.Symbol("a'"), velocity), "the loss differentiated in one factor between diagonal ones",
                 [sympy.expand(entry + velocity), *others])
        )  # fmt: skip
    first, second = switch_split()
    early, late = switch_bounds()
    grows = sympy.integrate(1 / (sigma * a**2), (a, _a0, _at))
    room = sympy.integrate(lam * a / (sigma**2 * (1 - _theta)), (a, 0, _at))
    x = sympy.Symbol("x", positive=True)
    return [
        *steps,
        Step("any L", sympy.Eq(sympy.Symbol("a'"), velocity_expr()), "the loss of a mode in one of its L equal entries",
             sympy.powsimp(sympy.expand(velocity_expr() - a ** (_L - 1) * (sigma - lam * a**_L)))),
        Step("descent", sympy.Eq(sympy.Symbol("a+"), deep_step_expr()), "a step against the gradient",
             sympy.powsimp(sympy.expand(deep_step_expr() - a * (1 + eta * a ** (_L - 2) * (sigma - lam * a**_L))))),
        Step("partial fractions", sympy.Eq(1 / velocity_expr(), first + second), "the velocity has two factors",
             sympy.simplify((first + second).subs(a, x) * velocity_expr().subs(a, x) - 1)),
        Step("the part that diverges", sympy.Eq(sympy.Symbol("t_1"), (early / ((_L - 2) * _a0 ** (_L - 2))).subs(_L, 3)), "its integral, written out for L = 3",
             sympy.simplify(grows - (early / ((_L - 2) * _a0 ** (_L - 2))).subs(_L, 3))),
        Step("the part that does not", sympy.Eq(sympy.Symbol("t_2"), room), "sigma - lam a^L >= sigma (1 - theta) up to the level",
             sympy.simplify((late - early) / ((_L - 2) * _a0 ** (_L - 2)) - room)),
        Step("limit", sympy.Eq(sympy.Symbol("tau"), 1 / sigma), "a_0 -> 0: both bounds tend to 1/sigma, at the rate a_0^(L-2), here for L = 3",
             [sympy.limit(bound.subs(_L, 3), _a0, 0) - 1 / sigma for bound in (early, late)]),
    ]  # fmt: skip


@cache
def _formulas() -> dict[str, Formula]:
    early, late = switch_bounds()
    switch = (sigma, lam, _L, _a0, _at, _theta)
    return {
        "step": Formula(deep_step_expr(), (eta, sigma, lam, _L, a), "deep_entry_step"),
        "velocity": Formula(velocity_expr(), (sigma, lam, _L, a), "deep_entry_velocity"),
        "early": Formula(early, switch, "deep_switch_early"),
        "late": Formula(late, switch, "deep_switch_late"),
    }


def deep_entry_velocity(sigma: Any, lam: Any, layers: int, a: Any) -> Any:
    """Velocity ``a^{L-1} (sigma - lam a^L)`` of a diagonal entry of every factor.

    >>> float(deep_entry_velocity(2.0, 1.0, 3, 1.0))
    1.0
    """
    return _formulas()["velocity"](sigma, lam, layers, a)


def deep_entry_step(eta: Any, sigma: Any, lam: Any, layers: int, a: Any) -> Any:
    """One descent step ``a (1 + eta a^{L-2} (sigma - lam a^L))`` of a diagonal entry of every factor.

    >>> float(deep_entry_step(0.5, 2.0, 1.0, 3, 1.0))
    1.5
    """
    return _formulas()["step"](eta, sigma, lam, layers, a)


def deep_switch_times(
    sigma: Any, lam: Any, layers: int, a0: Any, a_theta: Any, theta: Any
) -> tuple[Any, Any]:
    """Bounds of ``(L-2) a0^{L-2} t``, t the time of the flow from ``a0`` to ``a_theta = (theta sigma/lam)^{1/L}``.

    >>> [round(float(v), 6) for v in deep_switch_times(1.0, 1.0, 3, 0.001, 0.5 ** (1 / 3), 0.5)]
    [0.99874, 0.99937]
    """
    return tuple(_formulas()[name](sigma, lam, layers, a0, a_theta, theta) for name in ("early", "late"))  # type: ignore[return-value]
