"""One expression in many arithmetics: each against exact values or many digits."""

import math
from fractions import Fraction

import mpmath
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


def test_constants_enter_the_arithmetic_of_the_arguments() -> None:
    with precision(200), mpmath.workdps(60):
        cases = [
            (sympy.pi * x, mpmath.pi / 3), (sympy.E * x, mpmath.e / 3),
            (sympy.sqrt(2) * x, mpmath.sqrt(2) / 3), (sympy.log(3) + x, mpmath.log(3) + mpmath.mpf(1) / 3),
            (sympy.log(sympy.Rational(2, 7)) * x, mpmath.log(mpmath.mpf(2) / 7) / 3),
            (sympy.Rational(2, 7) + x, mpmath.mpf(2) / 7 + mpmath.mpf(1) / 3),
            (sympy.exp(-sympy.Rational(1, 2)) * x, mpmath.exp(-0.5) / 3), (x**-3, mpmath.mpf(27)),
            (1 / sympy.sqrt(x), mpmath.sqrt(3)), (sympy.Integer(2) ** x, mpmath.cbrt(2)),
        ]  # fmt: skip
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
