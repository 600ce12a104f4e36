"""One expression in many arithmetics: each against exact values or many digits."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from rankladder import theory
from rankladder.numbers import Formula
from rankladder.numbers.balls import Ball, precision

x, y = sympy.symbols("x y")


def test_small_arguments_do_not_cancel_in_floats() -> None:
    tiny = 1e-18  # 1 + tiny is 1
    assert Formula(sympy.log(1 + x), (x,))(tiny) == tiny
    assert Formula(sympy.log(1 - 2 * x), (x,))(tiny) == -2 * tiny
    assert Formula(sympy.exp(x) - 1, (x,))(tiny) == tiny
    assert Formula(3 - 3 * sympy.exp(-x), (x,))(tiny) == 3 * tiny
    assert Formula(2 * sympy.exp(x) - 2 + y, (x, y))(tiny, tiny) == 3 * tiny


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (sympy.log(x), math.log(0.3)),
        (sympy.log(2 + x), math.log(2.3)),
        (sympy.log(x + y), math.log(1.0)),
        (sympy.log(1 + x + y), math.log(2.0)),
        (sympy.exp(x) + 1, math.exp(0.3) + 1),
        (sympy.exp(x) - 2, math.exp(0.3) - 2),
        (2 * sympy.exp(x) - 1, 2 * math.exp(0.3) - 1),
        (sympy.exp(x) + y, math.exp(0.3) + 0.7),
        (sympy.exp(x) - sympy.exp(y), math.exp(0.3) - math.exp(0.7)),
        (sympy.exp(x) - 1 + x * y + y, math.exp(0.3) - 1 + 0.21 + 0.7),
        (x - 1 + y, 0.0),
    ],
)
def test_every_sum_and_logarithm_has_its_value(expr: sympy.Expr, expected: float) -> None:
    formula = Formula(expr, (x, y))
    assert formula(0.3, 0.7) == pytest.approx(expected, abs=1e-15)
    assert formula(np.array([0.3]), np.array([0.7]))[0] == pytest.approx(expected, abs=1e-15)
    ball = formula(Ball(Fraction(3, 10)), Fraction(7, 10))
    assert float(ball.mid) == pytest.approx(expected, abs=1e-15) and ball.radius < 1e-15


def test_constants_enter_the_arithmetic_of_the_arguments() -> None:
    with precision(200), mpmath.workdps(60):
        cases = [
            (sympy.pi * x, mpmath.pi / 3),
            (sympy.E * x, mpmath.e / 3),
            (sympy.sqrt(2) * x, mpmath.sqrt(2) / 3),
            (sympy.log(3) + x, mpmath.log(3) + mpmath.mpf(1) / 3),
            (sympy.log(sympy.Rational(2, 7)) * x, mpmath.log(mpmath.mpf(2) / 7) / 3),
            (sympy.Rational(2, 7) + x, mpmath.mpf(2) / 7 + mpmath.mpf(1) / 3),
            (sympy.exp(-sympy.Rational(1, 2)) * x, mpmath.exp(-0.5) / 3),
            (x**-3, mpmath.mpf(27)),
            (1 / sympy.sqrt(x), mpmath.sqrt(3)),
            (sympy.Integer(2) ** x, mpmath.cbrt(2)),
        ]
        for expr, expected in cases:
            value = Formula(expr, (x,))(Ball(Fraction(1, 3)))
            assert value.radius < 1e-50, expr
            assert abs(value - Ball(Fraction(str(expected)))) < 1e-45, expr


def test_fractions_stay_exact() -> None:
    third = Fraction(1, 3)
    assert Formula(x**-2 + x / 2 - 5, (x,))(third) == Fraction(25, 6)
    assert isinstance(Formula(x + sympy.Float(0.5), (x,))(third), Fraction)
    assert Formula(x + sympy.Float(0.5), (x,))(third) == Fraction(5, 6)
    assert Formula(x**y, (x, y))(third, 2) == Fraction(1, 9)  # an integer power needs no logarithm
    assert Formula(sympy.Rational(2, 3), ())() == Fraction(2, 3)
    assert isinstance(Formula(sympy.Integer(2), ())(), Fraction)
    assert Formula(sympy.sqrt(2), ())() == math.sqrt(2)
    with pytest.raises(TypeError, match=r"half is no fraction of the fractions .*; pass floats or balls"):
        Formula(sympy.log(x), (x,), "half")(third)
    with pytest.raises(TypeError, match=r"log\(x\) is no fraction"):
        Formula(sympy.log(x), (x,))(third)


def test_scalars_of_numpy_mix_with_exact_numbers() -> None:
    formula = Formula(x * y + 1, (x, y))
    assert formula(np.int64(3), Fraction(1, 3)) == 2 and isinstance(
        formula(np.int64(3), Fraction(1, 3)), Fraction
    )
    assert abs(formula(np.float64(0.5), Ball(3)) - Ball(Fraction(5, 2))) < 1e-15
    assert formula(np.float32(0.5), np.int32(3)) == 2.5
    assert formula(np.array([1, 2]), 3).tolist() == [4, 7]
    assert formula(np.array([1, 2], dtype=np.uint8), 3.0).tolist() == [4, 7]


def test_symbols_are_replaced_at_once() -> None:
    assert Formula(x - 2 * y, (x, y))(y, x) == y - 2 * x
    assert Formula(x - 2 * y, (x, y))(y, 1) == y - 2


def test_names_and_their_mistakes() -> None:
    formula = Formula(x - y, (x, y))
    assert formula(3.0, y=1.0) == formula(y=1.0, x=3.0) == 2.0
    with pytest.raises(TypeError, match=r"\['x', 'y'\] but \['y'\] is missing"):
        formula(1.0)
    with pytest.raises(TypeError, match=r"Expected the arguments \['x', 'y'\] but got 3 and \[\]"):
        formula(1.0, 2.0, 3.0)
    with pytest.raises(TypeError, match=r"but got 2 and \['x'\]"):
        formula(1.0, 2.0, x=3.0)
    with pytest.raises(TypeError, match=r"but got 1 and \['z'\]"):
        formula(1.0, z=2.0)
    with pytest.raises(ValueError, match=r"every symbol of x - y among the arguments but x, y is missing"):
        Formula(x - y, ())


def test_what_no_arithmetic_knows_is_named() -> None:
    with pytest.raises(TypeError, match=r"no arithmetic here knows every function in f\(x\)"):
        Formula(sympy.Function("f")(x), (x,))(1.0)


def test_a_formula_of_its_own_symbols_takes_them_in_order_of_their_names() -> None:
    formula = Formula.of(y - x, "gap")
    assert formula.args == (x, y) and formula.name == "gap" and formula(1.0, 3.0) == 2.0
    assert Formula.of(x).name == ""


def test_arrays_of_balls() -> None:
    balls = np.array([Ball(1), Ball(3)], dtype=object)
    found = Formula(sympy.log(1 + x) / y, (x, y))(balls, np.array([1.0, 2.0]))
    with precision(200):
        exact = [np.log(Ball(2)), np.log(Ball(4)) / 2]
    assert all(abs(a - b) < 1e-14 for a, b in zip(found, exact, strict=True))
    assert Formula(sympy.log(1 + x), (x,))(np.array([], dtype=object)).size == 0


# --- the formulas of the theory


@pytest.mark.parametrize(
    ("delta", "tau"), [(1e3, 0.4), (1e3, 0.6), (1e6, 0.499999), (1e6, 0.500001), (400.0, 0.5)]
)
def test_closed_form_survives_vanishing_starts(delta: float, tau: float) -> None:
    sigma, lam = 2.0, 3.0
    with mpmath.workdps(60):
        e = mpmath.exp(2 * mpmath.mpf(delta) * (1 - sigma * mpmath.mpf(tau)))
        expected = float(1 / (lam / mpmath.mpf(sigma) * (1 - mpmath.exp(-2 * sigma * delta * tau)) + e))
    # the exponent 2 delta - 2 sigma t is known to about 2 delta of rounding, and so is log w
    value = theory.fitted_value(sigma, lam, delta, delta * tau)
    assert value == pytest.approx(expected, rel=8 * delta * 2.0**-52, abs=1e-300)


def test_fractions_stay_fractions_where_they_can() -> None:
    half = Fraction(1, 2)
    assert theory.normal_form_step(half, half) == Fraction(25, 32)
    assert theory.rrr_gain(half, 3) == Fraction(1, 12)
    assert theory.null_value(1, half, half) == Fraction(1, 3)
    assert theory.one_layer_descent_fraction(half, 1, 3) == Fraction(7, 8)
    with pytest.raises(TypeError, match="pass floats or balls"):
        theory.rate_lower(half)
