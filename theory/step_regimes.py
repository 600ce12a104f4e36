"""Step-size regimes of one mode: monotone, convergent, bounded, divergent, and their sharp thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import sympy

from rankladder.theory.derivation import Step, derivation
from rankladder.theory.descent import growth_factor_expr, last_phase_expr, multiplier_expr, normal_form_expr
from rankladder.theory.network import entry_step_expr
from rankladder.theory.notation import a, eta, lam, s, sigma, x, z
from rankladder.theory.one_layer import ratio_bound_expr
from rankladder.theory.solving import linear_root, rational_roots
from rankladder.theory.stability import cycle_expr, cycle_multiplier_expr

__all__ = ["threshold", "thresholds"]

_x = sympy.Symbol("x", positive=True)  # 1 - z where the orbit is below 1
_p = sympy.Symbol("p", positive=True)  # how far a parameter is above the threshold


@cache
def contraction_expr() -> Any:
    """m(x) in 1 - z_next = x m(x)."""
    return sympy.cancel(last_phase_expr() / x)


@cache
def top_expr() -> tuple[Any, Any]:
    """Where the map has its interior maximum, and the maximum."""
    f = normal_form_expr()
    (place,) = (r for r in rational_roots(sympy.diff(f, z), z) if sympy.factor(f.subs(z, r)) != 0)
    return place, sympy.factor(f.subs(z, place))


@cache
def escape_expr() -> Any:
    """The fixed point above 1, beyond which orbits grow for ever."""
    (found,) = (r for r in rational_roots(normal_form_expr() - z, z) if r not in (0, 1))
    return found


@cache
def sign_change_expr() -> Any:
    """The z beyond which a step turns the entry's sign."""
    ratio = sympy.factor(entry_step_expr() / a).subs(a**2, z * sigma / lam).subs(eta, s / sigma)
    return linear_root(ratio, z)


@cache
def descent_threshold_polynomial() -> Any:
    """Numerator of 1 + m at the deepest overshoot: its root in (1/2, 1) is where the loss stops descending."""
    deepest = 1 - top_expr()[1]
    numerator = sympy.numer(sympy.together(1 + contraction_expr().subs(x, deepest)))
    return max((g for g, _ in sympy.factor_list(numerator)[1]), key=lambda g: sympy.degree(g, s))


@cache
def lower_curve_polynomial() -> Any:
    """Vanishes at the largest s for which two steps past an overshoot near 1 stay above the lower logistic curve.

    Near 1 two steps multiply 1 - z by the square of the multiplier, and the curve does by the growth factor's
    inverse square.
    """
    two_steps = multiplier_expr() ** 2 * growth_factor_expr() ** 2 - 1
    return next(g for g, _ in sympy.factor_list(two_steps)[1] if sympy.degree(g, s) > 1)


@cache
def lower_curve_gap() -> Any:
    """Two steps of the map above two of the lower curve, over positive factors: a polynomial in s and x = 1 - z."""
    f, growth = normal_form_expr(), growth_factor_expr() ** 2
    twice = f.subs(z, f)
    numerator = sympy.numer(sympy.together(twice * (1 + (growth - 1) * z) / z - growth))
    shifted = sympy.factor_list(sympy.expand(numerator.subs(z, 1 - x)), x, s)[1]
    return max((g for g, _ in shifted), key=lambda g: sympy.degree(g, x))


def _root(polynomial: Any, low: Any, high: Any) -> Any:
    """The one root of a polynomial in s between two rational numbers."""
    (found,) = (r for r in sympy.Poly(polynomial, s).real_roots() if low < r < high)
    return found


def _positive(roots: Iterable[Any]) -> Any:
    (found,) = (r for r in roots if r.is_positive)
    return found


def _sign_end() -> Any:
    """Where the maximum of the map reaches the z at which a step turns the entry's sign."""
    return _positive(sympy.roots(sympy.numer(sympy.together(top_expr()[1] - sign_change_expr())), s))


def _bounded_end() -> Any:
    """Where the maximum of the map reaches the fixed point beyond which orbits grow for ever."""
    return _positive(sympy.roots(sympy.numer(sympy.together(top_expr()[1] - escape_expr())), s))


_HALF = sympy.Rational(1, 2)
_ENDS: dict[str, Callable[[], Any]] = {
    "monotone": lambda: linear_root(multiplier_expr(), s),
    "lower logistic curve": lambda: _root(lower_curve_polynomial(), _HALF, 1),
    "loss descends": lambda: _root(descent_threshold_polynomial(), _HALF, 1),
    "convergent": lambda: linear_root(multiplier_expr() + 1, s),
    "stable 2-cycle": lambda: _positive(sympy.roots(cycle_multiplier_expr() + 1, s)),
    "entries keep their sign": _sign_end,
    "bounded": _bounded_end,
    "ratio of learned fractions (eta lambda)": ratio_bound_expr,
}


@cache
def threshold(name: str) -> Any:
    """One of :func:`thresholds`, derived alone.

    >>> threshold("stable 2-cycle")
    -1 + sqrt(5)
    """
    return _ENDS[name]()


def thresholds() -> dict[str, Any]:
    """Sharp thresholds in s (one in eta lambda) as exact SymPy numbers, by what they end.

    >>> round(float(thresholds()["lower logistic curve"]), 6)
    0.677651
    """
    return {name: threshold(name) for name in _ENDS}


@derivation("step-monotone", "small steps: monotone convergence", "STEP-1", "RRR-4", "STEP-6")
def _monotone() -> list[Step]:
    f, m = normal_form_expr(), contraction_expr()
    rise = sympy.factor(f - z)
    below = sympy.Symbol("b", positive=True)  # 1 - 2 s
    terms = below + s * _x * (1 + s + below + s * _x)
    return [
        Step("rises below 1", sympy.Eq(sympy.Symbol("z_next - z"), rise), "s z (1 - z)(2 + s (1 - z)) > 0 for 0 < z < 1",
             [rise - s * z * (1 - z) * (2 + s * (1 - z)), (s * _x * (2 + s * _x)).is_positive]),
        Step("stays below 1", "1 - z_next = x ((1 - 2 s) + s x (2 - s + s x)) >= 0 for s <= 1/2", "every term is >= 0",
             [m - ((1 - 2 * s) + s * x * (2 - s + s * x)), terms.is_positive, sympy.expand(m.subs(x, _x) - terms.subs(below, 1 - 2 * s))]),
        Step("fixed points", sympy.FiniteSet(0, 1, escape_expr()), "solve z_next = z: an increasing bounded orbit tends to 1", [f.subs(z, r) - r for r in (0, 1, escape_expr())]),
        Step("sharp", sympy.Eq(sympy.Symbol("f'(1)"), multiplier_expr()), "negative beyond s = 1/2: an orbit that comes near 1 passes it", multiplier_expr().subs(s, sympy.Rational(1, 2) + _p) + 2 * _p),
    ]  # fmt: skip


@derivation("step-convergent", "moderate steps: convergence with overshoot", "STEP-2", "STEP-6")
def _convergent() -> list[Step]:
    low, high = cycle_expr()
    discriminant = sympy.factor((s * (high - low)) ** 2)
    return [
        Step("attracting fixed point", "-1 <= 1 - 2 s < 0 for 1/2 < s <= 1", "the multiplier at 1", [multiplier_expr().subs(s, 1) + 1, multiplier_expr().subs(s, sympy.Rational(1, 2))]),
        Step("no 2-cycle of the entries", sympy.Eq(sympy.Symbol("discriminant"), discriminant), "(s - 1)(s + 3) < 0 for s < 1; an interval map without 2-cycle converges (Coppel 1955)", discriminant - (s - 1) * (s + 3)),
        Step("the interval", sympy.Eq(sympy.Symbol("max f"), top_expr()[1]), "maps to itself below the fixed point (2 + s)/s", [top_expr()[1] - 4 * (1 + s) ** 3 / (27 * s), top_expr()[0] - (1 + s) / (3 * s)]),
        Step("signs of the entries stay", sympy.Eq(z, sign_change_expr()), "1 + s (1 - z) > 0 below; the maximum reaches it at 4 (1 + s)^2 = 27",
             [sign_change_expr() - (1 + s) / s, sympy.factor(sympy.together(sign_change_expr() - top_expr()[1])) - (1 + s) * (27 - 4 * (1 + s) ** 2) / (27 * s)]),
    ]  # fmt: skip


@derivation(
    "step-bounded",
    "large steps: the invariant interval, and escape from it",
    "STEP-3",
    "STEP-4",
    "STEP-5",
    "STEP-6",
)
def _bounded() -> list[Step]:
    f, u = normal_form_expr(), sympy.Symbol("u", real=True)
    in_u = sympy.expand(s * f.subs(z, u / s))
    end = escape_expr()
    beyond = sympy.factor((f - z).subs(z, end + _p))
    return [
        Step("in u = s z", "u_next = u (1 + s - u)^2", "substitute", in_u - sympy.expand(u * (1 + s - u) ** 2)),
        Step("end of the interval", sympy.Eq(z, end), "fixed point with 1 + s (1 - z) = -1", [end - (2 + s) / s, f.subs(z, end) - end]),
        Step("invariant iff s <= 2", "27 (2 + s) - 4 (1 + s)^3 = (2 - s)(5 + 2 s)^2", "the maximum 4 (1+s)^3/(27 s) against (2 + s)/s",
             [27 * s * (end - top_expr()[1]) - (2 - s) * (5 + 2 * s) ** 2]),
        Step("escape beyond the end", sympy.Eq(sympy.Symbol("z_next - z"), beyond), "f(z) - z = s z (z - 1)(s z - 2 - s) > 0", [beyond - s * (end + _p) * (end + _p - 1) * (s * _p), sympy.expand(beyond).is_positive]),
        Step("1 repels for s > 1", "1 - 2 s < -1", "the multiplier at 1", multiplier_expr().subs(s, 1 + _p) + 1 + 2 * _p),
    ]  # fmt: skip


@derivation("loss-descends", "up to which step the loss of a mode never increases", "LOSS-3")
def _loss_descends() -> list[Step]:
    m, (place, top) = contraction_expr(), top_expr()
    slope = sympy.diff(m, x)
    polynomial = descent_threshold_polynomial()
    found = threshold("loss descends")
    return [
        Step("contraction", sympy.Eq(sympy.Symbol("m(x)"), m), "1 - z_next = x m(x); the loss (omega x)^2 lambda/2 falls iff |m| <= 1", m - ((1 - 2 * s) + s * x * (2 - s + s * x))),
        Step("m increases with x", sympy.Eq(sympy.Symbol("m'"), slope), "positive for x > -(2 - s)/(2 s): the deepest overshoot decides", slope - s * (2 - s + 2 * s * x)),
        Step("deepest overshoot", sympy.Eq(sympy.Symbol("max z"), top), "maximum of the map at (1 + s)/(3 s), which is at most 1 for s >= 1/2", [sympy.diff(normal_form_expr(), z).subs(z, place), place.subs(s, sympy.Rational(1, 2)) - 1]),
        Step("polynomial", sympy.Eq(polynomial, 0), "1 + m = 0 there", sympy.rem(sympy.numer(sympy.together(1 + m.subs(x, 1 - top))), polynomial, s)),
        Step("threshold", sympy.Eq(sympy.Symbol("s_desc"), found), "its root between 1/2 and 1", [sympy.Poly(polynomial, s).count_roots(sympy.Rational(1, 2), 1) - 1, bool(sympy.Rational(1, 2) < found < 1)]),
    ]  # fmt: skip


@derivation("lower-curve", "up to which step the lower logistic curve holds for all k", "GD-4")
def _lower_curve() -> list[Step]:
    polynomial, gap = lower_curve_polynomial(), lower_curve_gap()
    found = threshold("lower logistic curve")
    return [
        Step("two steps near 1", sympy.Eq(polynomial, 0), "(1 - 2 s)^2 (1 + s)^4 = 1: the map's contraction of 1 - z against the curve's", polynomial - sympy.expand((2 * s - 1) * (1 + s) ** 2 - 1)),
        Step("two steps from anywhere", "f(f(z)) - g(g(z)) is a positive multiple of (1 - z) G(1 - z), G(0) a multiple of the polynomial", "g: one step of the curve",
             sympy.rem(gap.subs(x, 0), polynomial, s)),
        Step("threshold", sympy.Eq(sympy.Symbol("s_low"), found), "its root between 1/2 and 1; beyond it a start near 1 falls below after two steps (that no other start is worse up to it is checked, not derived)",
             [sympy.Poly(polynomial, s).count_roots(sympy.Rational(1, 2), 1) - 1, bool(sympy.Rational(1, 2) < found < 1)]),
    ]  # fmt: skip


@derivation("entry-signs", "from which step on an entry changes sign", "GD-1")
def _entry_signs() -> list[Step]:
    found = threshold("entries keep their sign")
    return [
        Step("sign of a step", sympy.Eq(z, sign_change_expr()), "1 + s (1 - z) = 0", sign_change_expr() - (1 + s) / s),
        Step("highest z", sympy.Eq(sympy.Symbol("max z"), top_expr()[1]), "from (0, 1], and from any z below (1 + s)/s", top_expr()[1] - 4 * (1 + s) ** 3 / (27 * s)),
        Step("threshold", sympy.Eq(s, found), "the maximum reaches the sign change: 4 (1 + s)^2 = 27", found - (3 * sympy.sqrt(3) / 2 - 1)),
    ]  # fmt: skip
