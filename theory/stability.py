"""Curvature and cycles: Hessian eigenvalues, unstable plateaus, the 2-cycle, sharp thresholds."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from theory.derivation import Step, derivation
from theory.descent import normal_form_expr
from theory.formula import Formula
from theory.network import two_layer_gradients
from theory.notation import s, x, z

__all__ = ["cycle_multiplier", "hessian_eigenvalue", "thresholds", "two_cycle", "unstable_rate"]

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
def cycle_expr() -> tuple[Any, Any]:
    """The 2-cycle of the normal form beyond its fixed points, by solving f(f(z)) = z."""
    f = normal_form_expr()
    twice = sympy.cancel((f.subs(z, f) - z) / (f - z))
    factors = [g for g, _ in sympy.factor_list(sympy.numer(sympy.together(twice)), z)[1]]
    quadratic = next(g for g in factors if sympy.degree(g, z) == 2 and _real_for_large_steps(g))
    low, high = sorted(sympy.solve(quadratic, z), key=lambda r: float(r.subs(s, 3)))
    return low, high


def _real_for_large_steps(quadratic: Any) -> bool:
    roots = sympy.solve(quadratic, z)
    values = [complex(r.subs(s, 3)) for r in roots]
    return all(abs(v.imag) < 1e-12 and v.real > 0 for v in values)


@cache
def cycle_multiplier_expr() -> Any:
    """Product of the derivatives along the 2-cycle."""
    slope = sympy.diff(normal_form_expr(), z)
    low, high = cycle_expr()
    return sympy.factor(sympy.simplify(slope.subs(z, low) * slope.subs(z, high)))


@derivation("curvature", "Hessian eigenvalues at the spectral minimiser and on plateaus", "STEP-7", "RRR-5")
def _curvature() -> list[Step]:
    value = hessian_eigenvalue_expr()
    first, last = unstable_rate_expr()
    return [
        Step("eigenvalue of a pair of modes", sympy.Eq(sympy.Symbol("h_12"), value), "second variation along entry (1, 2) of both factors",
             value - _l1 * (_o1 + _o2)),
        Step("diagonal pair", "h_11 = 2 lambda_1 omega_1 = 2 sigma_1", "omega_2 = omega_1", value.subs(_o2, _o1) - 2 * _l1 * _o1),
        Step("unstable rate of the plateau", "mu^2 + (lambda_2 omega_1 + sigma_1) mu + lambda_2 omega_1 sigma_1 - sigma_2^2 = 0",
             "det(Hessian + mu) on rank-1 factors", [first - (_l2 * _o1 + _s1), last - (_l2 * _o1 * _s1 - _s2**2)]),
        Step("stable iff mode 1 leads", "lambda_2 omega_1 sigma_1 >= sigma_2^2 iff sigma_1^2/lambda_1 >= sigma_2^2/lambda_2", "omega_1 = sigma_1/lambda_1",
             last.subs(_o1, _s1 / _l1) - _l2 * (_s1**2 / _l1 - _s2**2 / _l2)),
    ]  # fmt: skip


@derivation("cycle", "the 2-cycle, its multiplier and its stability range", "STEP-3", "STEP-4", "STEP-5")
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


@cache
def descent_threshold_polynomial() -> Any:
    """Numerator of 1 + m at the deepest overshoot: its root is the end of loss descent.

    ``x_next = x m(x)``; the loss falls iff m >= -1; the deepest overshoot is 1 minus the maximum of f on
    (0, 1], at z = (1 + s)/(3 s).
    """
    f = normal_form_expr()
    m = sympy.cancel((1 - f.subs(z, 1 - x)) / x)
    (top,) = (r for r in sympy.solve(sympy.diff(f, z), z) if sympy.simplify(r - (1 + s) / s) != 0)
    deepest = 1 - f.subs(z, top)
    numerator = sympy.numer(sympy.together(sympy.cancel(1 + m.subs(x, deepest))))
    return max((g for g, _ in sympy.factor_list(numerator)[1]), key=lambda g: sympy.degree(g, s))


@cache
def thresholds() -> dict[str, Any]:
    """Sharp thresholds in s as exact SymPy numbers, by what they end.

    >>> thresholds()["stable 2-cycle"]
    -1 + sqrt(5)
    """
    polynomial = sympy.Poly(descent_threshold_polynomial(), s)
    half, one = sympy.Rational(1, 2), sympy.Integer(1)
    inside = [r for r in polynomial.real_roots() if half < r < one]
    # an entry changes sign once z passes (1 + s)/s; from (0, 1] z comes as high as the maximum of f
    (sign,) = (r for r in sympy.solve(4 * (1 + s) ** 3 / (27 * s) - (1 + s) / s, s) if r.is_positive)
    return {
        "monotone": half,
        "loss descends": inside[0],
        "convergent": one,
        "entries keep their sign": sign,
        "stable 2-cycle": sympy.sqrt(5) - 1,
        "bounded": sympy.Integer(2),
    }


@cache
def _formulas() -> dict[str, Any]:
    first, last = unstable_rate_expr()
    rate = (-first + sympy.sqrt(first**2 - 4 * last)) / 2
    return {
        "hessian": Formula(hessian_eigenvalue_expr(), (_l1, _o1, _o2), "h"),
        "rate": Formula(sympy.expand(rate).subs(_o1, _s1 / _l1), (_s1, _l1, _s2, _l2), "mu"),
        "low": Formula(cycle_expr()[0], (s,), "cycle low"),
        "high": Formula(cycle_expr()[1], (s,), "cycle high"),
        "multiplier": Formula(cycle_multiplier_expr(), (s,), "multiplier"),
    }


def hessian_eigenvalue(lam_i: Any, omega_i: Any, omega_j: Any) -> Any:
    """Hessian eigenvalue ``lam_i (omega_i + omega_j)`` at the spectral minimiser.

    >>> float(hessian_eigenvalue(10.0, 0.1, 2.0))
    21.0
    """
    return _formulas()["hessian"](lam_i, omega_i, omega_j)


def unstable_rate(sigma_1: Any, lam_1: Any, sigma_2: Any, lam_2: Any) -> Any:
    """Rate mu at which the plateau of mode 1 is left towards mode 2 inside rank 1 (negative when stable).

    >>> float(unstable_rate(2.0, 8.0, 1.0, 1.0)) > 0
    True
    """
    return _formulas()["rate"](sigma_1, lam_1, sigma_2, lam_2)


def two_cycle(s: Any) -> tuple[Any, Any]:
    """The 2-cycle of the normal form, 1 < s: lower and upper point.

    >>> [round(float(v), 6) for v in two_cycle(1.5)]
    [0.333333, 1.333333]
    """
    return _formulas()["low"](s), _formulas()["high"](s)


def cycle_multiplier(s: Any) -> Any:
    """Multiplier ``9 - 2 (1 + s)^2`` of the 2-cycle.

    >>> float(cycle_multiplier(1.0))
    1.0
    """
    return _formulas()["multiplier"](s)
