"""Gradient descent of one mode: normal form, fixed points, growth and rates, hitting times, transition."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from theory.derivation import Step, derivation
from theory.formula import Formula
from theory.network import descent_step_expr
from theory.notation import delta, eta, k, lam, s, sigma, theta, w, x, z, z0

__all__ = [
    "growth_factor",
    "hit_bracket",
    "hit_bracket_log",
    "logistic",
    "logistic_logit",
    "normal_form_step",
    "rate_lower",
    "rate_upper",
    "transition_step",
]


@cache
def normal_form_expr() -> Any:
    """The map of z = lam w/sigma with s = eta sigma."""
    mapped = descent_step_expr().subs(w, z * sigma / lam) * lam / sigma
    return sympy.factor(sympy.simplify(mapped).subs(eta, s / sigma))


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
    (found,) = sympy.solve(-2 * delta + steps * growth, steps)
    return found


@cache
def first_exceedance_expr() -> tuple[Any, Any]:
    """Bounds of the first hit before rounding up: growth from below, the lower logistic line from above."""
    level, start = sympy.symbols("ell log_z0", real=True)
    steps = sympy.Symbol("n", positive=True)
    (low,) = sympy.solve(start + steps * rate_lower_expr() - sympy.log(theta), steps)
    odds = start - sympy.log(1 - sympy.exp(start))
    (high,) = sympy.solve(odds + steps * rate_lower_expr() - level, steps)
    return low, high.subs(level, sympy.log(theta) - sympy.log(1 - theta))


@derivation(
    "normal-form",
    "one mode of descent in normal form",
    "GD-1",
    "GD-2",
    "GD-3",
    "GD-11",
    "STEP-1",
    "STEP-2",
    "STEP-6",
)
def _normal_form() -> list[Step]:
    f = normal_form_expr()
    last = sympy.expand(1 - f.subs(z, 1 - x))
    stated = x * ((1 - 2 * s) + s * x * (2 - s + s * x))
    u = sympy.Symbol("u", real=True)
    fixed = sympy.solve(sympy.Eq(f, z), z)
    return [
        Step("normal form", sympy.Eq(sympy.Symbol("z_next"), f), "z = lambda w/sigma, s = eta sigma", f - z * (1 + s * (1 - z)) ** 2),
        Step("growth at 0", sympy.Eq(sympy.Symbol("f'(0)"), growth_factor_expr()), "derivative at z = 0", growth_factor_expr() - (1 + s) ** 2),
        Step("growth bound", "f(z) <= (1 + s)^2 z for 0 <= z <= 2 (1 + s)/s", "(1+s)^2 z - f = s z^2 (2 + 2 s - s z)",
             growth_factor_expr() * z - f - s * z**2 * (2 + 2 * s - s * z)),
        Step("fixed points", sympy.FiniteSet(*fixed), "solve f(z) = z", [f.subs(z, r) - r for r in fixed]),
        Step("multiplier at 1", sympy.Eq(sympy.Symbol("f'(1)"), multiplier_expr()), "derivative at z = 1", multiplier_expr() - (1 - 2 * s)),
        Step("last phase", sympy.Eq(sympy.Symbol("1 - z_next"), sympy.factor(last)), "x = 1 - z",
             [last - stated, last - x * (1 - 2 * s * (1 - x) - s**2 * (1 - x) * x)]),
        Step("invariant interval", "u (1 + s - u)^2 <= 2 + s on 0 <= u <= 2 + s iff s <= 2", "u = s z; the interior maximum is 4 (1+s)^3/27",
             [sympy.expand(u * (1 + s - u) ** 2 - s * f.subs(z, u / s)), (u * (1 + s - u) ** 2).subs(u, (1 + s) / 3) - 4 * (1 + s) ** 3 / 27,
              sympy.expand(27 * (2 + s) - 4 * (1 + s) ** 3) - sympy.expand((2 - s) * (5 + 2 * s) ** 2)]),
    ]  # fmt: skip


@derivation(
    "rates", "logistic rates around one mode of descent", "GD-4", "GD-5", "GD-6", "GD-9", "GD-10", "GD-12"
)
def _rates() -> list[Step]:
    low, high = rate_lower_expr(), rate_upper_expr()
    upper_gap = sympy.factor(1 - (1 - 2 * s * x) * (1 + s * x) ** 2)
    lower_gap = sympy.factor((1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) - (1 + s) ** 2)
    f = normal_form_expr()
    ratio = sympy.simplify(f / (1 - f) * (1 - z) / z)
    return [
        Step("rate near 0", sympy.Eq(sympy.Symbol("r_lo"), low), "log of the growth factor", low - 2 * sympy.log(1 + s)),
        Step("rate near 1", sympy.Eq(sympy.Symbol("r_hi"), high), "minus the log of the multiplier", high + sympy.log(1 - 2 * s)),
        Step("odds grow by", ratio, "one step of the normal form", sympy.simplify(ratio - (1 + s * (1 - z)) ** 2 / (1 - 2 * s * z - s**2 * z * (1 - z)))),
        Step("upper one-step lemma", sympy.Ge(upper_gap, 0), "(s x)^2 (3 + 2 s x) >= 0 for x >= 0", upper_gap - s**2 * x**2 * (3 + 2 * s * x)),
        Step("lower one-step lemma", sympy.Ge(lower_gap, 0), "each factor is >= 0 for 0 <= x <= 1, s >= 0",
             lower_gap - s**2 * x * (1 - x) * (s**2 * x + 2 * s * x + 2 * s + 3)),
        Step("slower than the flow at first", "2 log(1 + s) < 2 s", "log(1 + s) <= s: derivative of the gap is -2 s/(1 + s)",
             sympy.diff(low - 2 * s, s) + 2 * s / (1 + s)),
        Step("faster at the end", "-log(1 - 2 s) > 2 s", "derivative of the gap is 4 s/(1 - 2 s)",
             sympy.diff(high - 2 * s, s) - 4 * s / (1 - 2 * s)),
    ]  # fmt: skip


@derivation("transition", "the transition step and its small-step series", "GD-6", "GD-7", "GD-8", "GD-12")
def _transition() -> list[Step]:
    found = transition_expr()
    inverse = eta / sympy.log(1 + eta * sigma)
    series = sympy.series(inverse, eta, 0, 2).removeO()
    slope = sympy.diff(sympy.log(1 + eta * sigma), sigma)
    return [
        Step("transition", sympy.Eq(sympy.Symbol("k"), found), "e^{-2 delta} (1 + s)^{2 k} = 1", found - delta / sympy.log(1 + eta * sigma)),
        Step("small steps", sympy.Eq(inverse, series), "series in eta", series - (1 / sigma + eta / 2)),
        Step("order of sigma", sympy.Gt(slope, 0), "log(1 + eta sigma) increases in sigma", slope - eta / (1 + eta * sigma)),
    ]  # fmt: skip


@cache
def _formulas() -> dict[str, Formula]:
    start = sympy.Symbol("log_z0", real=True)
    low, high = first_exceedance_expr()
    r = sympy.Symbol("r", positive=True)
    return {
        "step": Formula(normal_form_expr(), (s, z), "z_next"),
        "growth": Formula(growth_factor_expr(), (s,), "(1+s)^2"),
        "lower": Formula(rate_lower_expr(), (s,), "r_lo"),
        "upper": Formula(rate_upper_expr(), (s,), "r_hi"),
        "transition": Formula(transition_expr(), (eta, sigma, delta), "transition"),
        "low": Formula(low, (s, start, theta), "k_lo"),
        "high": Formula(high, (s, start, theta), "k_hi"),
        "line": Formula(sympy.log(z0) - sympy.log(1 - z0) + r * k, (r, z0, k), "logit L_r"),
        "logistic": Formula(1 / (1 + (1 / z0 - 1) * sympy.exp(-r * k)), (r, z0, k), "L_r"),
    }


def normal_form_step(s: Any, z: Any) -> Any:
    """One step ``z (1 + s (1 - z))^2`` of the normal form.

    >>> float(normal_form_step(0.5, 0.5))
    0.78125
    """
    return _formulas()["step"](s, z)


def growth_factor(s: Any) -> Any:
    """What one step multiplies a vanishing z by.

    >>> float(growth_factor(0.5))
    2.25
    """
    return _formulas()["growth"](s)


def rate_lower(s: Any) -> Any:
    """Lower logistic rate ``2 log(1 + s)`` per step.

    >>> round(float(rate_lower(0.5)), 6)
    0.81093
    """
    return _formulas()["lower"](s)


def rate_upper(s: Any) -> Any:
    """Upper logistic rate ``-log(1 - 2 s)`` per step, s < 1/2.

    >>> round(float(rate_upper(0.25)), 6)
    0.693147
    """
    return _formulas()["upper"](s)


def transition_step(eta: Any, sigma: Any, delta: Any) -> Any:
    """Predicted transition ``delta / log(1 + eta sigma)`` in steps.

    >>> round(float(transition_step(1.0, 1.0, 2.0)), 6)
    2.88539
    """
    return _formulas()["transition"](eta, sigma, delta)


def hit_bracket_log(s: Any, log_z0: Any, theta: Any) -> tuple[Any, Any]:
    """Bounds of the first k with z_k >= theta, each before rounding up, from ``log z0`` (any size).

    >>> [round(float(v), 3) for v in hit_bracket_log(1.0, -20.0, 0.5)]
    [13.927, 14.427]
    """
    return _formulas()["low"](s, log_z0, theta), _formulas()["high"](s, log_z0, theta)


def hit_bracket(s: Any, z0: Any, theta: Any) -> tuple[Any, Any]:
    """Bounds of the first k with z_k >= theta, each before rounding up, 0 < z0 < theta < 1.

    >>> [round(float(v), 3) for v in hit_bracket(1.0, 0.125, 0.5)]
    [1.0, 1.404]
    """
    import numpy as np

    return hit_bracket_log(s, np.log(z0), theta)


def logistic(r: Any, z0: Any, k: Any) -> Any:
    """Logistic curve of rate r through z0 at k = 0.

    >>> float(logistic(1.0, 0.5, 0.0))
    0.5
    """
    return _formulas()["logistic"](r, z0, k)


def logistic_logit(r: Any, z0: Any, k: Any) -> Any:
    """Log-odds of that curve: a straight line in k.

    >>> float(logistic_logit(1.0, 0.5, 3.0))
    3.0
    """
    return _formulas()["line"](r, z0, k)
