"""Gradient flow of one mode: closed form, log-odds, hitting time."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.network import mode_velocity_expr
from rankladder.theory.notation import delta, lam, sigma, t, theta, w, w0, z0
from rankladder.theory.solving import linear_root, once, rational_roots

__all__ = ["fitted_value", "hitting_time", "initial_fraction", "mode_logit", "mode_window", "null_value"]


@cache
def solution() -> Any:
    """w(t) for sigma > 0 from w(0) = w0, by dsolve on the separated equation."""
    u = sympy.Function("u")
    # dsolve on the Riccati equation itself is slow: with u = 1/w it is linear
    linear = sympy.Eq(u(t).diff(t), sympy.expand(-mode_velocity_expr().subs(w, 1 / u(t)) * u(t) ** 2))
    solved = sympy.dsolve(linear, u(t), ics={u(0): 1 / w0}).rhs
    return sympy.simplify(1 / solved)


@cache
def null_solution() -> Any:
    """w(t) for sigma = 0 < lam."""
    u = sympy.Function("u")
    linear = sympy.Eq(
        u(t).diff(t), sympy.expand(-mode_velocity_expr().subs(sigma, 0).subs(w, 1 / u(t)) * u(t) ** 2)
    )
    return sympy.simplify(1 / sympy.dsolve(linear, u(t), ics={u(0): 1 / w0}).rhs)


@cache
def initial_fraction_expr() -> Any:
    """z0 = w0/omega at w0 = e^{-2 delta}, with omega the positive fixed point of the mode equation."""
    (omega,) = (r for r in rational_roots(mode_velocity_expr(), w) if r != 0)
    return sympy.simplify(sympy.exp(-2 * delta) / omega)


@cache
def logit_expr() -> Any:
    """log-odds of z(t) = w(t)/omega: logit(z0) + 2 sigma t."""
    fraction = sympy.simplify(solution().subs(w0, z0 * sigma / lam) * lam / sigma)
    line = sympy.log(z0) - sympy.log(1 - z0) + 2 * sigma * t
    # SymPy takes the branch of the logarithm for z0 > 1 when it combines them: compare odds instead
    if sympy.simplify(fraction / (1 - fraction) - z0 / (1 - z0) * sympy.exp(2 * sigma * t)) != 0:
        raise ArithmeticError("the log-odds of the closed form are not the straight line")
    return line


level = sympy.Symbol("ell", real=True)  # log-odds to reach: log(theta/(1 - theta))


def _logit(level: Any) -> Any:
    return sympy.log(level) - sympy.log(1 - level)


@cache
def hitting_time_expr() -> Any:
    """The time at which the log-odds reach a level ``ell``."""
    return linear_root(logit_expr() - level, t)


@cache
def mode_window_expr() -> Any:
    """Time from -ell to ell, free of the start."""
    return sympy.simplify(hitting_time_expr() - hitting_time_expr().subs(level, -level))


@cache
def stable_solution() -> Any:
    """w(t) with the growing exponentials divided out."""
    omega = sigma / lam
    # 1/w is a sum of positive terms: nothing cancels, and a vanishing w0 only makes one term large
    written = 1 / ((1 - sympy.exp(-2 * sigma * t)) / omega + sympy.exp(-2 * sigma * t) / w0)
    if sympy.simplify(written - solution()) != 0:
        raise ArithmeticError("the overflow-free form differs from the solution")
    return written


@derivation("mode-flow", "closed form of one mode under gradient flow", "FLOW-2", "FLOW-5", "RRR-4")
def _mode_flow() -> list[Step]:
    found, null = solution(), null_solution()
    stated = (
        sigma
        * sympy.exp(2 * sigma * t - 2 * delta)
        / (lam * (sympy.exp(2 * sigma * t - 2 * delta) - sympy.exp(-2 * delta)) + sigma)
    )
    velocity = mode_velocity_expr()
    frozen = velocity.subs({sigma: 0, lam: 0})
    return [
        Step("solution, sigma > 0", sympy.Eq(w, found), "dsolve in 1/w, where the equation is linear",
             sympy.diff(found, t) - velocity.subs(w, found)),
        Step("initial value", sympy.Eq(sympy.Symbol("w(0)"), w0), "t = 0", found.subs(t, 0) - w0),
        Step("from e^{-delta}", sympy.Eq(w, stated), "w0 = e^{-2 delta}", found.subs(w0, sympy.exp(-2 * delta)) - stated),
        Step("solution, sigma = 0 < lambda", sympy.Eq(w, null), "dsolve in 1/w",
             [sympy.diff(null, t) - velocity.subs(sigma, 0).subs(w, null), null.subs(t, 0) - w0]),
        Step("sigma = lambda = 0", sympy.Eq(sympy.Symbol("w'"), frozen), "both terms vanish", frozen),
        Step("grows below the fitted value", velocity, "w' > 0 for 0 < w < sigma/lambda: both factors are positive",
             velocity - 2 * w * lam * (sigma / lam - w)),
        Step("null modes never grow", sympy.Eq(sympy.Symbol("w'"), velocity.subs(sigma, 0)), "sigma = 0: minus a square",
             [velocity.subs(sigma, 0) + 2 * lam * w**2, (velocity.subs(sigma, 0)).is_nonpositive]),
    ]  # fmt: skip


@derivation("hitting-time", "log-odds are a straight line, so hitting times are explicit", "FLOW-6")
def _hitting() -> list[Step]:
    line = logit_expr()
    found, window = hitting_time_expr(), mode_window_expr()
    return [
        Step("log-odds", sympy.Eq(sympy.Symbol("logit z(t)"), line), "the closed form", sympy.diff(line, t) - 2 * sigma),
        Step("at the start", sympy.Eq(sympy.Symbol("logit z(0)"), line.subs(t, 0)), "t = 0",
             sympy.exp(line.subs(t, 0)) - z0 / (1 - z0)),
        Step("hitting time of log-odds ell", sympy.Eq(sympy.Symbol("t"), found), "solve",
             logit_expr().subs(t, found) - level),
        Step("window from -ell to ell", sympy.Eq(sympy.Symbol("t(ell) - t(-ell)"), window), "the start cancels",
             [window - level / sigma, sympy.diff(window, z0)]),
    ]  # fmt: skip


_formula = once({
    "fitted": lambda: Formula(sympy.powsimp(stable_solution().subs(w0, sympy.exp(-2 * delta)), deep=True), (sigma, lam, delta, t), "w(t)"),
    "null": lambda: Formula(null_solution(), (lam, w0, t), "w(t), sigma = 0"),
    "z0": lambda: Formula(initial_fraction_expr(), (sigma, lam, delta), "z0"),
    "logit": lambda: Formula(logit_expr(), (sigma, z0, t), "logit z(t)"),
    "hit": lambda: Formula(hitting_time_expr().subs(level, _logit(theta)), (sigma, z0, theta), "t_theta"),
    "window": lambda: Formula(mode_window_expr().subs(level, -_logit(theta)), (sigma, theta), "window"),
})  # fmt: skip


def fitted_value(sigma: Any, lam: Any, delta: Any, t: Any) -> Any:
    """Closed form w(t) of a mode with sigma > 0 from e^{-2 delta}, free of overflow.

    >>> round(float(fitted_value(2.0, 1.0, 3.0, 100.0)), 12)
    2.0
    """
    with np.errstate(over="ignore"):  # 1/w may overflow: then w underflows to 0, as it should
        return _formula("fitted")(sigma, lam, delta, t)


def null_value(lam: Any, w0: Any, t: Any) -> Any:
    """Closed form w(t) of a null mode (sigma = 0) from w0; constant where lam = 0.

    >>> null_value(1.0, 0.5, 1.0)
    0.25
    """
    return _formula("null")(lam, w0, t)


def initial_fraction(sigma: Any, lam: Any, delta: Any) -> Any:
    """z0 = lam e^{-2 delta}/sigma.

    >>> float(initial_fraction(2.0, 1.0, 0.0))
    0.5
    """
    return _formula("z0")(sigma, lam, delta)


def mode_logit(sigma: Any, z0: Any, t: Any) -> Any:
    """Log-odds of z(t) = w(t)/omega under the flow: logit(z0) + 2 sigma t.

    >>> float(mode_logit(2.0, 0.5, 3.0))
    12.0
    """
    return _formula("logit")(sigma, z0, t)


def hitting_time(sigma: Any, z0: Any, theta: Any) -> Any:
    """Time at which z reaches theta from z0 < theta < 1.

    >>> float(hitting_time(1.0, 0.5, 0.5))
    0.0
    """
    return _formula("hit")(sigma, z0, theta)


def mode_window(sigma: Any, theta: Any) -> Any:
    """Time from z = theta to z = 1 - theta.

    >>> round(float(mode_window(1.0, 0.25)), 6)
    1.098612
    """
    return _formula("window")(sigma, theta)
