"""Gradient descent of one mode: normal form, fixed points, growth and rates, hitting times, transition."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.network import descent_step_expr
from rankladder.theory.notation import delta, eta, k, lam, s, sigma, theta, w, x, z, z0
from rankladder.theory.solving import linear_root, once

__all__ = [
    "decay_factor", "growth_factor", "hit_bracket", "hit_bracket_log", "logistic", "next_order_hit",
    "normal_form_step", "rate_lower", "rate_upper", "transition_step",
]  # fmt: skip


@cache
def normal_form_expr() -> Any:
    """The map of z = lam w/sigma with s = eta sigma."""
    mapped = descent_step_expr().subs(w, z * sigma / lam) * lam / sigma
    return sympy.factor(mapped.subs(eta, s / sigma))


@cache
def growth_factor_expr() -> Any:
    """What one step multiplies a vanishing z by: the derivative of the map at 0."""
    return sympy.factor(sympy.diff(normal_form_expr(), z).subs(z, 0))


@cache
def multiplier_expr() -> Any:
    """The derivative of the map at its fixed point 1."""
    return sympy.expand(sympy.diff(normal_form_expr(), z).subs(z, 1))


@cache
def rate_lower_expr() -> Any:
    """Growth of the log-odds per step near 0."""
    return sympy.expand_log(sympy.log(growth_factor_expr()), force=True)


@cache
def rate_upper_expr() -> Any:
    """Growth of the log-odds per step near 1."""
    return -sympy.log(multiplier_expr())


@cache
def transition_expr() -> Any:
    """Steps after which e^{-2 delta} has grown to 1 at the vanishing growth factor."""
    steps = sympy.Symbol("n", positive=True)
    growth = rate_lower_expr().subs(s, eta * sigma)
    return linear_root(-2 * delta + steps * growth, steps)


@cache
def first_exceedance_expr() -> tuple[Any, Any]:
    """Bounds of the first hit before rounding up: growth from below, the lower logistic line from above."""
    level, start = sympy.symbols("ell log_z0", real=True)
    steps = sympy.Symbol("n", positive=True)
    low = linear_root(start + steps * rate_lower_expr() - sympy.log(theta), steps)
    odds = start - sympy.log(1 - sympy.exp(start))
    high = linear_root(odds + steps * rate_lower_expr() - level, steps)
    return low, high.subs(level, sympy.log(theta) - sympy.log(1 - theta))


@cache
def last_phase_expr() -> Any:
    """1 - z after a step as a function of x = 1 - z."""
    return sympy.factor(1 - normal_form_expr().subs(z, 1 - x))


@cache
def odds_growth_expr() -> Any:
    """What one step multiplies the odds z/(1 - z) by."""
    f = normal_form_expr()
    return sympy.cancel(f / (1 - f) * (1 - z) / z)


@cache
def next_order_expr() -> Any:
    """The hitting step to next order in s, from the growth of the log-odds per step.

    With growth ``s g1 + s^2 g2(z) + O(s^3)`` a unit of log-odds takes ``1/(s g1) - g2(z)/g1^2`` steps, and a
    unit of log-odds is dz/(z (1 - z)). (That the steps are discrete enters at order s only.)
    """
    growth = sympy.series(sympy.log(odds_growth_expr()), s, 0, 3).removeO()
    first, second = (sympy.factor(growth.coeff(s, i)) for i in (1, 2))
    odds = sympy.log(z) - sympy.log(1 - z)

    def integral(rate: Any) -> Any:
        # SymPy integrates 1/(z - 1) to log(z - 1)
        found = sympy.integrate(sympy.apart(rate * sympy.diff(odds, z), z), z)
        found = found.subs(sympy.log(z - 1), sympy.log(1 - z))
        if sympy.simplify(sympy.diff(found, z) - rate * sympy.diff(odds, z)) != 0:
            raise ArithmeticError("the integral of the steps per log-odds does not differentiate back")
        return found.subs(z, theta) - found.subs(z, z0)

    return integral(1 / first) / s - integral(second / first**2)


_start, _rate = sympy.Symbol("log_z0", real=True), sympy.Symbol("r", positive=True)
_formula = once({
    "step": lambda: Formula(normal_form_expr(), (s, z), "z_next"),
    "growth": lambda: Formula(growth_factor_expr(), (s,), "(1+s)^2"),
    "decay": lambda: Formula(multiplier_expr(), (s,), "1-2s"),
    "lower": lambda: Formula(rate_lower_expr(), (s,), "r_lo"),
    "upper": lambda: Formula(rate_upper_expr(), (s,), "r_hi"),
    "transition": lambda: Formula(transition_expr(), (eta, sigma, delta), "transition"),
    "low": lambda: Formula(first_exceedance_expr()[0], (s, _start, theta), "k_lo"),
    "high": lambda: Formula(first_exceedance_expr()[1], (s, _start, theta), "k_hi"),
    "next order": lambda: Formula(next_order_expr(), (s, z0, theta), "k_theta"),
    "logistic": lambda: Formula(1 / (1 + (1 / z0 - 1) * sympy.exp(-_rate * k)), (_rate, z0, k), "L_r"),
})  # fmt: skip


def normal_form_step(s: Any, z: Any) -> Any:
    """One step ``z (1 + s (1 - z))^2`` of the normal form.

    >>> float(normal_form_step(0.5, 0.5))
    0.78125
    """
    return _formula("step")(s, z)


def growth_factor(s: Any) -> Any:
    """What one step multiplies a vanishing z by.

    >>> float(growth_factor(0.5))
    2.25
    """
    return _formula("growth")(s)


def decay_factor(s: Any) -> Any:
    """What one step multiplies a vanishing 1 - z by; the upper logistic rate is minus its logarithm.

    >>> float(decay_factor(0.25))
    0.5
    """
    return _formula("decay")(s)


def rate_lower(s: Any) -> Any:
    """Lower logistic rate ``2 log(1 + s)`` per step.

    >>> round(float(rate_lower(0.5)), 6)
    0.81093
    """
    return _formula("lower")(s)


def rate_upper(s: Any) -> Any:
    """Upper logistic rate ``-log(1 - 2 s)`` per step, s < 1/2.

    >>> round(float(rate_upper(0.25)), 6)
    0.693147
    """
    return _formula("upper")(s)


def transition_step(eta: Any, sigma: Any, delta: Any) -> Any:
    """Predicted transition ``delta / log(1 + eta sigma)`` in steps.

    >>> round(float(transition_step(1.0, 1.0, 2.0)), 6)
    2.88539
    """
    return _formula("transition")(eta, sigma, delta)


def hit_bracket_log(s: Any, log_z0: Any, theta: Any) -> tuple[Any, Any]:
    """Bounds of the first k with z_k >= theta, each before rounding up, from ``log z0`` (any size).

    >>> [round(float(v), 3) for v in hit_bracket_log(1.0, -20.0, 0.5)]
    [13.927, 14.427]
    """
    return _formula("low")(s, log_z0, theta), _formula("high")(s, log_z0, theta)


def hit_bracket(s: Any, z0: Any, theta: Any) -> tuple[Any, Any]:
    """Bounds of the first k with z_k >= theta, each before rounding up, 0 < z0 < theta < 1.

    >>> [round(float(v), 3) for v in hit_bracket(1.0, 0.125, 0.5)]
    [1.0, 1.404]
    """
    import numpy as np

    return hit_bracket_log(s, np.log(z0), theta)


def next_order_hit(s: Any, z0: Any, theta: Any) -> Any:
    """Hitting step of theta to next order in s: ``t_theta (1/s + 1/2) - (3/4) log((1 - z0)/(1 - theta))``.

    ``t_theta`` is the hitting time at sigma = 1; k is interpolated in log-odds; the remainder is O(s).

    >>> round(float(next_order_hit(0.01, 0.01, 0.5)), 3)
    230.392
    """
    return _formula("next order")(s, z0, theta)


def logistic(r: Any, z0: Any, k: Any) -> Any:
    """Logistic curve of rate r through z0 at k = 0.

    >>> float(logistic(1.0, 0.5, 0.0))
    0.5
    """
    return _formula("logistic")(r, z0, k)
