"""Gradient descent of one mode between two logistic curves: rates, hitting steps, transition, distance to the flow."""

from __future__ import annotations

import sympy

from rankladder.theory.derivation import Step, derivation
from rankladder.theory.descent import (
    first_exceedance_expr,
    growth_factor_expr,
    last_phase_expr,
    multiplier_expr,
    next_order_expr,
    normal_form_expr,
    odds_growth_expr,
    rate_lower_expr,
    rate_upper_expr,
    transition_expr,
)
from rankladder.theory.flow import hitting_time_expr, initial_fraction_expr, level
from rankladder.theory.notation import delta, eta, k, lam, s, sigma, theta, x, z, z0

__all__: list[str] = []

_x = sympy.Symbol("x", positive=True)  # 1 - z where the orbit is below 1
_q = sympy.Symbol("q", positive=True)  # the odds of z0
_start = sympy.Symbol("log_z0", real=True)


@derivation("normal-form", "one mode of descent in normal form", "GD-2", "GD-3", "GD-11")
def _normal_form() -> list[Step]:
    f, last = normal_form_expr(), last_phase_expr()
    return [
        Step("normal form", sympy.Eq(sympy.Symbol("z_next"), f), "z = lambda w/sigma, s = eta sigma", f - z * (1 + s * (1 - z)) ** 2),
        Step("growth at 0", sympy.Eq(sympy.Symbol("f'(0)"), growth_factor_expr()), "derivative at z = 0", growth_factor_expr() - (1 + s) ** 2),
        Step("growth bound", "f(z) <= (1 + s)^2 z for 0 <= z <= 2 (1 + s)/s", "(1+s)^2 z - f = s z^2 (2 + 2 s - s z)",
             growth_factor_expr() * z - f - s * z**2 * (2 + 2 * s - s * z)),
        Step("multiplier at 1", sympy.Eq(sympy.Symbol("f'(1)"), multiplier_expr()), "derivative at z = 1", multiplier_expr() - (1 - 2 * s)),
        Step("last phase", sympy.Eq(sympy.Symbol("1 - z_next"), last), "x = 1 - z",
             [last - x * (1 - 2 * s * (1 - x) - s**2 * (1 - x) * x), last - x * ((1 - 2 * s) + s * x * (2 - s + s * x))]),
        Step("quadratic at s = 1/2", "1 - z_next = x^2 (3 + x)/4", "the linear term vanishes", last.subs(s, sympy.Rational(1, 2)) - x**2 * (3 + x) / 4),
    ]  # fmt: skip


@derivation("rates", "logistic rates around one mode of descent", "GD-4", "GD-5")
def _rates() -> list[Step]:
    low, high, odds = rate_lower_expr(), rate_upper_expr(), odds_growth_expr()
    upper_gap = sympy.factor(1 - (1 - 2 * s * x) * (1 + s * x) ** 2)
    lower_gap = sympy.factor((1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) - (1 + s) ** 2)
    last = sympy.cancel(last_phase_expr() / x)
    logistic = (1 + s) ** 2 * z / (1 + ((1 + s) ** 2 - 1) * z)
    return [
        Step("rate near 0", sympy.Eq(sympy.Symbol("r_lo"), low), "log of the growth factor", low - 2 * sympy.log(1 + s)),
        Step("rate near 1", sympy.Eq(sympy.Symbol("r_hi"), high), "minus the log of the multiplier", high + sympy.log(1 - 2 * s)),
        Step("odds grow by", sympy.Eq(sympy.Symbol("growth"), odds), "one step of the normal form", odds - (1 + s * (1 - z)) ** 2 / last.subs(x, 1 - z)),
        Step("upper one-step lemma", sympy.Ge(upper_gap, 0), "(1 - 2 s x)(1 + s x)^2 <= 1 for x >= 0", [upper_gap - s**2 * x**2 * (3 + 2 * s * x), upper_gap.subs(x, _x).is_positive]),
        Step("upper bound of a step", "(1 + s x)^2/m(x) <= 1/(1 - 2 s), x m(x) = 1 - z_next", "m(x) - (1 - 2 s)(1 + s x)^2 = s^2 x (3 + 2 s x) >= 0",
             [last - (1 + s * x) ** 2 * (1 - 2 * s) - s**2 * x * (3 + 2 * s * x), (s**2 * _x * (3 + 2 * s * _x)).is_positive]),
        Step("lower one-step lemma", sympy.Ge(lower_gap, 0), "each factor is >= 0 for 0 <= x <= 1, s >= 0",
             [lower_gap - s**2 * x * (1 - x) * (s**2 * x + 2 * s * x + 2 * s + 3), (lower_gap / (1 - x)).cancel().subs(x, _x).is_positive]),
        Step("lower bound of a step", "f(z) >= the logistic curve of rate r_lo one step on", "the lower lemma over its positive denominator",
             normal_form_expr() - logistic - sympy.cancel(z * lower_gap.subs(x, 1 - z) / (1 + ((1 + s) ** 2 - 1) * z))),
        Step("no larger lower rate", sympy.Eq(sympy.Symbol("growth(0)"), (1 + s) ** 2), "the odds grow by this as z -> 0", sympy.limit(odds, z, 0) - sympy.exp(low)),
        Step("no smaller upper rate", sympy.Eq(sympy.Symbol("growth(1)"), 1 / (1 - 2 * s)), "the odds grow by this as z -> 1", sympy.limit(odds, z, 1) - sympy.exp(high)),
        Step("2 s is no lower rate", "2 log(1 + s) < 2 s", "equal at s = 0; the difference has derivative -2 s/(1 + s)", [sympy.diff(low - 2 * s, s) + 2 * s / (1 + s), (low - 2 * s).subs(s, 0)]),
        Step("2 s is no upper rate", "-log(1 - 2 s) > 2 s", "equal at s = 0; the difference has derivative 4 s/(1 - 2 s)", [sympy.diff(high - 2 * s, s) - 4 * s / (1 - 2 * s), (high - 2 * s).subs(s, 0)]),
    ]  # fmt: skip


@derivation("hitting-steps", "the first step that reaches a level", "GD-6")
def _hitting_steps() -> list[Step]:
    low, high = first_exceedance_expr()
    low, high = (e.subs(_start, sympy.log(z0)) for e in (low, high))
    growth = rate_lower_expr()
    return [
        Step("from growth", sympy.Eq(sympy.Symbol("k_lo"), low), "z_k <= z0 (1 + s)^(2 k)", low * growth - (sympy.log(theta) - sympy.log(z0))),
        Step("from the lower logistic line", sympy.Eq(sympy.Symbol("k_hi"), high), "logit z_k >= logit z0 + r_lo k until z passes 1",
             [high * growth - (sympy.log(1 - z0) - sympy.log(z0) + sympy.log(theta) - sympy.log(1 - theta)), sympy.exp(sympy.log(1 - z0) - sympy.log(z0)) - (1 / z0 - 1)]),
        Step("distance of the ends", "k_hi - k_lo = log((1 - z0)/(1 - theta))/r_lo < log(1/(1 - theta))/r_lo", "-log(1 - z0) = log(1 + q) > 0 for z0 = q/(1 + q); rounding up adds less than 1",
             [(high - low) * growth - (sympy.log(1 - z0) - sympy.log(1 - theta)), sympy.simplify(1 / (1 - z0.subs(z0, _q / (1 + _q))) - (1 + _q)), sympy.log(1 + _q).is_positive]),
    ]  # fmt: skip


@derivation("transition", "the transition step and its small-step series", "GD-7", "GD-8", "GD-9")
def _transition() -> list[Step]:
    found = transition_expr()
    inverse = eta / sympy.log(1 + eta * sigma)
    series = sympy.series(inverse, eta, 0, 2).removeO()
    slope = sympy.diff(sympy.log(1 + eta * sigma), sigma)
    kappa = sympy.Symbol("kappa", positive=True)
    gap = sympy.Symbol("g", positive=True)
    start, omega = initial_fraction_expr(), sigma / lam
    # with kappa log(1 + s) = 1 -+ g, z0 (1 + s)^(2 kappa delta) = z0 e^{2 delta (1 -+ g)}
    bound = sympy.powsimp(
        start * sympy.exp(2 * delta * kappa * sympy.log(1 + s)).subs(kappa, (1 - gap) / sympy.log(1 + s))
    )
    rest = sympy.powsimp(sympy.exp(-2 * delta * (1 + gap)) / start)
    far = (1 / z0 - 1) * (1 + s) ** (-2 * k)
    return [
        Step("transition", sympy.Eq(k, found), "e^{-2 delta} (1 + s)^{2 k} = 1", found - delta / sympy.log(1 + eta * sigma)),
        Step("before it", "z <= z0 (1 + s)^(2 k) = (lambda/sigma) e^{-2 delta g} -> 0 at kappa log(1 + s) = 1 - g", "growth bound",
             [bound - lam / sigma * sympy.exp(-2 * delta * gap), sympy.limit(bound, delta, sympy.oo)]),
        Step("after it", "(1 - z)/z <= (1/z0 - 1) (1 + s)^(-2 k) <= (sigma/lambda) e^{-2 delta g} -> 0 at 1 + g", "lower logistic line",
             [rest - omega * sympy.exp(-2 * delta * gap), sympy.limit(rest, delta, sympy.oo)]),
        Step("distance to a fitted value", "0 <= omega - w <= omega^2 e^{2 delta} (1 + s)^(-2 k)", "1 - z <= (1 - z)/z <= (1/z0)(1 + s)^(-2 k), w = omega z",
             [(omega / start - omega**2 * sympy.exp(2 * delta)), 1 / z0 * (1 + s) ** (-2 * k) - far - (1 + s) ** (-2 * k)]),
        Step("continuous time is another", "log(1 + s) < s", "equal at s = 0; the difference has derivative -s/(1 + s)", [sympy.diff(sympy.log(1 + s) - s, s) + s / (1 + s), sympy.log(1 + s).subs(s, 0)]),
        Step("small steps", sympy.Eq(inverse, series), "series in eta", series - (1 / sigma + eta / 2)),
        Step("order of sigma", sympy.Eq(sympy.Symbol("slope"), slope), "log(1 + eta sigma) increases in sigma, whatever eta and the gaps", [slope - eta / (1 + eta * sigma), slope.is_positive]),
    ]  # fmt: skip


@derivation("distance", "distance of descent to the flow", "GD-10")
def _distance() -> list[Step]:
    low, high = rate_lower_expr(), rate_upper_expr()
    rate, at = sympy.symbols("r k", positive=True)
    odds = sympy.Symbol("c", positive=True)
    curve = 1 / (1 + odds * sympy.exp(-rate * at))
    width = sympy.series(high - low, s, 0, 3).removeO()
    return [
        Step("the flow lies between too", "2 log(1 + s) < 2 s < -log(1 - 2 s)", "s = eta sigma a step; rates of GD-4", [sympy.series(2 * s - low, s, 0, 3).removeO() - s**2, sympy.series(high - 2 * s, s, 0, 3).removeO() - 2 * s**2]),
        Step("sensitivity of a logistic curve", "dL/dr = k L (1 - L) <= k/4", "differentiate", [sympy.simplify(sympy.diff(curve, rate) - at * curve * (1 - curve)), sympy.limit(curve, at, sympy.oo) - 1]),
        Step("width of the sandwich", sympy.Eq(sympy.Symbol("r_hi - r_lo"), width), "to second order in s", width - 3 * s**2),
        Step("order of the distance", "k (r_hi - r_lo)/4 = (3/8) s log(1/z0) at k = log(1/z0)/(2 s)", "where the curves leave 0", width / 4 * sympy.log(1 / z0) / (2 * s) - sympy.Rational(3, 8) * s * sympy.log(1 / z0)),
    ]  # fmt: skip


@derivation("next-order", "the hitting step to next order in the step size", "GD-12")
def _next_order() -> list[Step]:
    growth = sympy.series(sympy.log(odds_growth_expr()), s, 0, 3).removeO()
    found = next_order_expr()
    time = hitting_time_expr().subs(level, sympy.log(theta) - sympy.log(1 - theta)).subs(sigma, 1)
    stated = time * (1 / s + sympy.Rational(1, 2)) - sympy.Rational(3, 4) * (
        sympy.log(1 - z0) - sympy.log(1 - theta)
    )
    _, high = first_exceedance_expr()
    span = high.subs(_start, sympy.log(z0)).subs(theta, 1 - theta).subs(z0, theta)
    return [
        Step("growth of the log-odds", sympy.Eq(sympy.Symbol("growth"), growth), "series in s of one step", growth - (2 * s + s**2 * (3 * z - 1))),
        Step("hitting step", sympy.Eq(sympy.Symbol("k_theta"), found), "steps per unit of log-odds, integrated from z0 to theta", found - stated),
        Step("window", "k_{1 - theta} - k_theta <= ceil(log((1 - theta)/theta)/log(1 + s))", "GD-6 from a start at or above theta",
             [span - sympy.log((1 - theta) / theta) / sympy.log(1 + s)]),
    ]  # fmt: skip
