"""Curvature and cycles: Hessian eigenvalues, unstable plateaus, the 2-cycle."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.descent import normal_form_expr
from rankladder.theory.network import two_layer_gradients
from rankladder.theory.notation import eta, s, z
from rankladder.theory.solving import once

__all__ = ["cycle_multiplier", "hessian_eigenvalue", "two_cycle", "unstable_rate"]

_l1, _l2, _s1, _s2, _o1, _o2 = sympy.symbols("lambda1 lambda2 sigma1 sigma2 omega1 omega2", positive=True)


@cache
def _off_diagonal_curvature() -> sympy.Matrix:
    """Second variation at the spectral minimiser along entry (1, 2) of both factors, 2x2 model."""
    e, b, c = sympy.symbols("e b c", real=True)
    A = sympy.diag(sympy.sqrt(_o1), sympy.sqrt(_o2))
    L, S = sympy.diag(_l1, _l2), sympy.diag(_l1 * _o1, _l2 * _o2)
    W1, W2 = A + e * sympy.Matrix([[0, b], [0, 0]]), A + e * sympy.Matrix([[0, c], [0, 0]])
    G1, G2 = two_layer_gradients(L, S, W1, W2)
    linear = [sympy.diff(g, e).subs(e, 0) for g in (G1[0, 1], G2[0, 1])]
    return sympy.Matrix(2, 2, lambda i, j: sympy.simplify(sympy.diff(linear[i], (b, c)[j])))


@cache
def hessian_eigenvalue_expr() -> Any:
    """The nonzero eigenvalue of that curvature: lam_1 (omega_1 + omega_2)."""
    (value,) = (v for v in _off_diagonal_curvature().eigenvals() if v != 0)
    return sympy.factor(value)


@cache
def plateau_matrix() -> sympy.Matrix:
    """Hessian on the directions that turn the rank-1 plateau towards mode 2 (r = 1)."""
    a1 = sympy.sqrt(_o1)
    e, b, c = sympy.symbols("e b c", real=True)
    W1, W2 = sympy.Matrix([[a1], [e * b]]), sympy.Matrix([[a1, e * c]])
    L, S = sympy.diag(_l1, _l2), sympy.diag(_s1, _s2)
    G1, G2 = two_layer_gradients(L, S, W1, W2)
    linear = [sympy.diff(g, e).subs(e, 0).subs(_l1, _s1 / _o1) for g in (G1[1, 0], G2[0, 1])]
    return sympy.Matrix(2, 2, lambda i, j: sympy.simplify(sympy.diff(linear[i], (b, c)[j])))


@cache
def unstable_rate_expr() -> Any:
    """The larger root mu of det(Hessian + mu) = 0."""
    mu = sympy.Symbol("mu", real=True)
    quadratic = sympy.expand((plateau_matrix() + mu * sympy.eye(2)).det())
    return quadratic.coeff(mu, 1), quadratic.coeff(mu, 0)


@cache
def _cycle_polynomial() -> Any:
    """The quadratic factor of f(f(z)) - z: it vanishes on the first 2-cycle beyond the fixed points.

    f(f(z))/z is the square of the entry's ratio over both steps: the cycle is where that ratio is 1. (Larger steps have
    a second cycle, of degree 4, along which the entry returns with the other sign.)
    """
    f = normal_form_expr()
    (ratio,) = (factor for factor, power in sympy.factor_list(sympy.cancel(f / z))[1] if power == 2)
    returns = sympy.expand(ratio * ratio.subs(z, f) - 1)
    (quadratic,) = (g for g, _ in sympy.factor_list(returns, z, s)[1] if sympy.degree(g, z) == 2)
    return quadratic


@cache
def cycle_expr() -> tuple[Any, Any]:
    """The lower and the upper point of the first 2-cycle beyond the fixed points."""
    quadratic = _cycle_polynomial()
    one, other = sympy.solve(quadratic, z)
    (born,) = (root for root in sympy.solve(sympy.discriminant(quadratic, z), s) if root.is_positive)
    beyond = sympy.Symbol("p", positive=True)
    ordered = sympy.simplify((other - one).subs(s, born + beyond)).is_positive
    return (one, other) if ordered else (other, one)


@cache
def cycle_multiplier_expr() -> Any:
    """Product of the derivatives along the 2-cycle: a resultant, so that its points need not be known."""
    quadratic, slope = _cycle_polynomial(), sympy.expand(sympy.diff(normal_form_expr(), z))
    leading = sympy.Poly(quadratic, z).LC() ** sympy.degree(slope, z)
    return sympy.factor(sympy.resultant(quadratic, slope, z) / leading)


@derivation("curvature", "Hessian eigenvalues at the spectral minimiser and on plateaus", "STEP-7", "RRR-5")
def _curvature() -> list[Step]:
    value = hessian_eigenvalue_expr()
    first, last = unstable_rate_expr()
    return [
        Step("eigenvalue of a pair of modes", sympy.Eq(sympy.Symbol("h_12"), value), "second variation along entry (1, 2) of both factors",
             value - _l1 * (_o1 + _o2)),
        Step("sharpness", "h >= h_11 = 2 sigma_1; GD is linearly stable iff |1 - eta h| <= 1 at the largest", "eta = 2/h makes 1 - eta h = -1",
             [(1 - eta * value).subs(eta, 2 / value) + 1, value.subs(_o2, _o1).subs(_l1, _s1 / _o1) - 2 * _s1]),
        Step("whitened inputs", "h_12 = sigma_1 + sigma_2 <= 2 sigma_1", "lambda = 1", value.subs({_l1: 1, _o1: _s1, _o2: _s2}) - (_s1 + _s2)),
        Step("autoencoder", "h_12 = 2 sigma_1", "sigma = lambda, omega = 1", value.subs({_l1: _s1, _o1: 1, _o2: 1}) - 2 * _s1),
        Step("diagonal pair", "h_11 = 2 lambda_1 omega_1 = 2 sigma_1", "omega_2 = omega_1", value.subs(_o2, _o1) - 2 * _l1 * _o1),
        Step("unstable rate of the plateau", "mu^2 + (lambda_2 omega_1 + sigma_1) mu + lambda_2 omega_1 sigma_1 - sigma_2^2 = 0",
             "det(Hessian + mu) on rank-1 factors", [first - (_l2 * _o1 + _s1), last - (_l2 * _o1 * _s1 - _s2**2)]),
        Step("stable iff mode 1 leads", "lambda_2 omega_1 sigma_1 >= sigma_2^2 iff sigma_1^2/lambda_1 >= sigma_2^2/lambda_2", "omega_1 = sigma_1/lambda_1",
             last.subs(_o1, _s1 / _l1) - _l2 * (_s1**2 / _l1 - _s2**2 / _l2)),
    ]  # fmt: skip


@derivation("cycle", "the 2-cycle, its multiplier and its stability range", "STEP-3")
def _cycle() -> list[Step]:
    f = normal_form_expr()
    low, high = cycle_expr()
    c = 1 + s
    multiplier = cycle_multiplier_expr()
    return [
        Step("2-cycle", sympy.FiniteSet(low, high), "f(f(z)) = z without the fixed points", [sympy.simplify(f.subs(z, low) - high), sympy.simplify(f.subs(z, high) - low)]),
        Step("sum and product", "s (z_1 + z_2) = c, s^2 z_1 z_2 = 1, c = 1 + s", "so s z = (c -+ sqrt(c^2 - 4))/2",
             [sympy.simplify(s * (low + high) - c), sympy.simplify(s**2 * low * high - 1)]),
        Step("multiplier", sympy.Eq(sympy.Symbol("m"), multiplier), "product of f' along the cycle", sympy.expand(multiplier - (9 - 2 * c**2))),
        Step("end of stability", sympy.Eq(s, sympy.sqrt(5) - 1), "m = -1", multiplier.subs(s, sympy.sqrt(5) - 1) + 1),
    ]  # fmt: skip


def _rate() -> Formula:
    first, last = unstable_rate_expr()
    rate = (-first + sympy.sqrt(first**2 - 4 * last)) / 2
    return Formula(sympy.expand(rate).subs(_o1, _s1 / _l1), (_s1, _l1, _s2, _l2), "mu")


_formula = once({
    "hessian": lambda: Formula(hessian_eigenvalue_expr(), (_l1, _o1, _o2), "h"),
    "rate": _rate,
    "low": lambda: Formula(cycle_expr()[0], (s,), "cycle low"),
    "high": lambda: Formula(cycle_expr()[1], (s,), "cycle high"),
    "multiplier": lambda: Formula(cycle_multiplier_expr(), (s,), "multiplier"),
})  # fmt: skip


def hessian_eigenvalue(lam_i: Any, omega_i: Any, omega_j: Any) -> Any:
    """Hessian eigenvalue ``lam_i (omega_i + omega_j)`` at the spectral minimiser.

    >>> float(hessian_eigenvalue(10.0, 0.1, 2.0))
    21.0
    """
    return _formula("hessian")(lam_i, omega_i, omega_j)


def unstable_rate(sigma_1: Any, lam_1: Any, sigma_2: Any, lam_2: Any) -> Any:
    """Rate mu at which the plateau of mode 1 is left towards mode 2 inside rank 1 (negative when stable).

    >>> float(unstable_rate(2.0, 8.0, 1.0, 1.0)) > 0
    True
    """
    return _formula("rate")(sigma_1, lam_1, sigma_2, lam_2)


def two_cycle(s: Any) -> tuple[Any, Any]:
    """The 2-cycle of the normal form, 1 < s: lower and upper point.

    >>> [round(float(v), 6) for v in two_cycle(1.5)]
    [0.333333, 1.333333]
    """
    return _formula("low")(s), _formula("high")(s)


def cycle_multiplier(s: Any) -> Any:
    """Multiplier ``9 - 2 (1 + s)^2`` of the 2-cycle.

    >>> float(cycle_multiplier(1.0))
    1.0
    """
    return _formula("multiplier")(s)
