"""Derivatives by dual numbers, against SymPy's and in every arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from rankladder.numbers.balls import Ball
from rankladder.numbers.derivatives import derivative

x = sympy.Symbol("x")
EXPRESSIONS = [
    1 - sympy.exp(-3 * x), x**3 / (2 + x) - 4 / x, sympy.log(x) * sympy.exp(x) - (1 - x) ** 5,
    sympy.log(1 + x) / x**2, (x - 1 / x) * (3 - x),
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
@pytest.mark.parametrize("at", [Fraction(1, 4), Fraction(5, 2)], ids=str)
def test_agrees_with_sympy(expression: sympy.Expr, at: Fraction) -> None:
    function = sympy.lambdify(x, expression, modules="numpy")
    exact = sympy.diff(expression, x).subs(x, sympy.Rational(at.numerator, at.denominator))
    expected = Ball(Fraction(str(sympy.N(exact, 40))))
    # 40 digits of SymPy's value and 53 bits or more of the ball: agreement to ten digits leaves no doubt
    assert abs(derivative(function, Ball(at)) - expected) < 1e-10
    assert derivative(function, float(at)) == pytest.approx(float(exact), rel=1e-12)


def test_rational_functions_stay_exact() -> None:
    assert derivative(lambda t: t * t / (1 + t), Fraction(1)) == Fraction(3, 4)


def test_expm1_and_log1p_do_not_cancel() -> None:
    assert derivative(np.expm1, 1e-20) == 1.0
    assert derivative(np.log1p, 1e-20) == 1.0
