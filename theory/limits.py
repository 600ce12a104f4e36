"""Vanishing initialization: the limit at rescaled time, how fast it is reached, and the order of learning."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.flow import (
    hitting_time_expr,
    initial_fraction_expr,
    level,
    logit_expr,
    mode_window_expr,
    stable_solution,
)
from rankladder.theory.notation import delta, lam, sigma, t, tau, theta, w0, z0
from rankladder.theory.solving import linear_root, once

__all__ = ["limit_value", "plateau_delta", "plateau_error", "plateau_time"]

_si, _sj, _li, _lj, _constant, _error = sympy.symbols(
    "sigma_i sigma_j lambda_i lambda_j C epsilon", positive=True
)


@cache
def rescaled_solution() -> Any:
    """w(delta tau) from w0 = e^{-2 delta}."""
    return stable_solution().subs(w0, sympy.exp(-2 * delta)).subs(t, delta * tau)


@cache
def limit_exprs() -> dict[str, Any]:
    """The three limits delta -> oo, by where the reach ``sigma tau`` lies: 1 - g, 1, 1 + g with g > 0."""
    reach, gap = sympy.symbols("h g", positive=True)
    inverse = sympy.expand(1 / rescaled_solution()).subs(tau, reach / sigma)
    # SymPy needs to know the sign of what multiplies delta in each exponent
    rest = sympy.simplify(inverse - sympy.exp(2 * delta * (1 - reach)))
    ahead = {"before": gap, "at": sympy.Integer(0), "after": -gap}
    return {
        case: sympy.limit(1 / (rest + sympy.exp(2 * delta * left)), delta, sympy.oo)
        for case, left in ahead.items()
    }


@cache
def bounds() -> tuple[Any, Any]:
    """What bounds w(delta tau) while it grows, and omega - w once it is fitted."""
    growing = sympy.exp(-2 * delta * (1 - sigma * tau))
    return growing, (sigma / lam) ** 2 * sympy.exp(-2 * delta * (sigma * tau - 1))


def _exponent(strength: Any) -> Any:
    """How fast the bound of a learned mode vanishes, over 2 delta; minus that for one not yet learned."""
    return strength * tau - 1


@cache
def plateau_time_expr() -> Any:
    """The rescaled time at which the bounds of the modes j and j + 1 vanish equally fast."""
    return linear_root(_exponent(_si) + _exponent(_sj), tau)


@cache
def plateau_error_expr() -> Any:
    """The bound ``C e^{-2 delta contrast}`` at that time, sigma_i above sigma_j."""
    return _constant * sympy.exp(-2 * delta * sympy.factor(_exponent(_si).subs(tau, plateau_time_expr())))


@cache
def plateau_delta_expr() -> Any:
    """The delta at which that bound is epsilon."""
    # in logarithms the equation is linear
    line = sympy.expand_log(sympy.log(plateau_error_expr()), force=True) - sympy.log(_error)
    return sympy.factor(linear_root(line, delta))


def _time_at(strength: Any, scale: Any, rest: Any) -> Any:
    """Hitting time of theta of a mode, with ``log(1 - z0)`` replaced by ``rest``."""
    reached = sympy.log(theta) - sympy.log(1 - theta)
    start = sympy.expand_log(sympy.log(initial_fraction_expr())).subs({sigma: strength, lam: scale})
    time = sympy.expand(hitting_time_expr().subs(level, reached).subs(sigma, strength))
    return time.subs(sympy.log(1 - z0), rest).subs(sympy.log(z0), start)


@cache
def order_delta_expr() -> Any:
    """From this delta on the latest time of mode i comes before the earliest time of mode j."""
    (found,) = sympy.solve(_time_at(_si, _li, 0) - _time_at(_sj, _lj, sympy.log(1 - theta)), delta)
    # solve gathers the logarithms into one, of powers that overflow
    return sympy.expand_log(found, force=True)


@derivation(
    "vanishing",
    "the limit of vanishing initialization at rescaled time",
    "LIMIT-1",
    "LIMIT-2",
    "LIMIT-3",
    "LIMIT-4",
)
def _vanishing() -> list[Step]:
    limits, rescaled = limit_exprs(), rescaled_solution()
    small, large = bounds()
    omega = sigma / lam
    time, error = plateau_time_expr(), plateau_error_expr()
    contrast = (_si - _sj) / (_si + _sj)
    return [
        Step("before", sympy.Eq(sympy.Symbol("w"), limits["before"]), "limit, tau < 1/sigma", limits["before"]),
        Step("at", sympy.Eq(sympy.Symbol("w"), limits["at"]), "limit, tau = 1/sigma", limits["at"] - sigma / (lam + sigma)),
        Step("after", sympy.Eq(sympy.Symbol("w"), limits["after"]), "limit, tau > 1/sigma", limits["after"] - omega),
        Step("growth bound", "w <= e^{-2 delta (1 - sigma tau)}", "1/w - 1/bound = (lambda/sigma)(1 - e^{-2 sigma delta tau}) >= 0",
             1 / rescaled - 1 / small - (lam / sigma) * (1 - sympy.exp(-2 * sigma * delta * tau))),
        Step("convergence bound", "0 <= omega - w <= omega^2 e^{-2 delta (sigma tau - 1)}", "(omega - w)/w = (1 - z0) bound/omega, and w <= omega",
             (omega - rescaled) / rescaled - large / omega * (1 - lam * sympy.exp(-2 * delta) / sigma)),
        Step("between two transitions", sympy.Eq(tau, time), "both bounds vanish equally fast", time - 2 / (_si + _sj)),
        Step("error of a plateau there", sympy.Eq(sympy.Symbol("error"), error), "C^2 = sum of omega_i^4 over the learned modes + one for each other mode",
             [error - _constant * sympy.exp(-2 * delta * contrast), _exponent(_sj).subs(tau, time) + contrast]),
        Step("small enough for epsilon", sympy.Eq(delta, plateau_delta_expr()), "solve for delta",
             plateau_delta_expr() - sympy.log(_constant / _error) / (2 * contrast)),
    ]  # fmt: skip


@derivation("order", "which of two modes is learned first", "ORDER-1", "ORDER-2", "LIMIT-5")
def _order() -> list[Step]:
    log_start = sympy.expand_log(sympy.log(initial_fraction_expr()))
    found = order_delta_expr()
    reached = sympy.log(theta) - sympy.log(1 - theta)
    omega_i, omega_j = sympy.log(_si / _li), sympy.log(_sj / _lj)
    stated = (_sj * (omega_i + reached) - _si * (sympy.log(theta) + omega_j)) / (2 * (_si - _sj))
    pace, apart = sympy.symbols("c h", positive=True)
    middle = sympy.Symbol("m", real=True)
    time = _time_at(sigma, lam, sympy.log(1 - lam * sympy.exp(-2 * delta) / sigma))
    gap = 1 / (1 + sympy.exp(-middle - apart / 2)) - 1 / (1 + sympy.exp(-middle + apart / 2))
    scaled = 2 * sigma * hitting_time_expr()
    line, window = logit_expr(), mode_window_expr()
    return [
        Step("log of the start", sympy.Eq(sympy.Symbol("log z0"), log_start), "z0 = lambda e^{-2 delta}/sigma", log_start - (sympy.log(lam / sigma) - 2 * delta)),
        Step("hitting time falls in z0 and in sigma", "d(2 sigma t)/d z0 = -1/(z0 (1 - z0)), and 2 sigma t > 0 is free of sigma", "log-odds still to go, over 2 sigma",
             [sympy.diff(scaled, z0) + 1 / (z0 * (1 - z0)), sympy.diff(scaled, sigma)]),
        Step("from this delta on sigma decides", sympy.Eq(sympy.Symbol("delta_0"), found), "log(1 - theta) < log(1 - z0) < 0 in the two hitting times", found - stated),
        Step("rescaled transition times", "t_theta/delta -> c/sigma for the start e^{-c delta}", "limit delta -> oo",
             sympy.limit(time.subs(delta, pace * delta) / delta, delta, sympy.oo) - pace / sigma),
        Step("equal modes pass 1 - theta before theta", sympy.Gt(window, 0), "at ell = logit(theta) > 0; by continuity nearly equal modes overlap",
             [window - level / sigma, window.subs(level, apart).is_positive]),
        Step("equal sigma: a constant gap in log-odds", "logit z_i - logit z_j does not depend on t", "both lines have slope 2 sigma", sympy.diff(line - line.subs(z0, w0), t)),
        Step("equal sigma: largest gap", "sup |z_i - z_j| = tanh(h/4), h = |log(y_i/y_j)|", "stationary where the log-odds are h/2 and -h/2",
             [sympy.diff(gap, middle).subs(middle, 0), (gap.subs(middle, 0) - sympy.tanh(apart / 4)).rewrite(sympy.exp)]),
    ]  # fmt: skip


_formula = once({
    "before": lambda: Formula(limit_exprs()["before"], (sigma, lam), "limit before"),
    "at": lambda: Formula(limit_exprs()["at"], (sigma, lam), "limit at"),
    "after": lambda: Formula(limit_exprs()["after"], (sigma, lam), "limit after"),
    "time": lambda: Formula(plateau_time_expr(), (_si, _sj), "tau"),
    "error": lambda: Formula(plateau_error_expr(), (_si, _sj, _constant, delta), "plateau error"),
    "delta": lambda: Formula(plateau_delta_expr(), (_si, _sj, _constant, _error), "delta"),
})  # fmt: skip


def limit_value(sigma: Any, lam: Any, case: str) -> Any:
    """Limit of w(delta tau) as delta -> oo; ``case`` is "before", "at" or "after" the time 1/sigma.

    Raises:
        ValueError: for another case.

    >>> limit_value(2.0, 2.0, "at")
    0.5
    """
    if case not in ("before", "at", "after"):
        raise ValueError(f"Expected case before, at or after but got {case!r}")
    return _formula(case)(sigma, lam)


def plateau_time(sigma_j: Any, sigma_next: Any) -> Any:
    """The rescaled time ``2/(sigma_j + sigma_next)`` between two transitions.

    >>> plateau_time(3.0, 1.0)
    0.5
    """
    return _formula("time")(sigma_j, sigma_next)


def plateau_error(sigma_j: Any, sigma_next: Any, constant: Any, delta: Any) -> Any:
    """Bound ``C e^{-2 delta (sigma_j - sigma_next)/(sigma_j + sigma_next)}`` of the distance to plateau j then.

    >>> float(plateau_error(3.0, 1.0, 2.0, 0.0))
    2.0
    """
    return _formula("error")(sigma_j, sigma_next, constant, delta)


def plateau_delta(sigma_j: Any, sigma_next: Any, constant: Any, error: Any) -> Any:
    """The delta from which on that bound is at most ``error``.

    >>> round(float(plateau_error(3.0, 1.0, 2.0, plateau_delta(3.0, 1.0, 2.0, 0.01))), 12)
    0.01
    """
    return _formula("delta")(sigma_j, sigma_next, constant, error)
