"""What vanishes identically, and what is positive term by term: an identity is zero, and what is near it is not."""

import random
from typing import Any

import pytest
import sympy

from rankladder.proof.zero import is_zero, positive_by_terms

x, y = sympy.symbols("x y", positive=True)
r = sympy.Symbol("r", real=True)

ROOT, NESTED = sympy.sqrt(x / (1 + y)), sympy.sqrt(1 + sympy.sqrt(x))
QUOTIENT = sympy.sqrt(r / (1 + r))  # of a sign that is not known, so that it stays one root
IDENTITIES = [z for z in (
    ROOT**5 * (1 + y) ** 2 - 2 * ROOT**3 * x * (1 + y) + ROOT * x**2,
    ROOT**4 * (1 + y) ** 2 - x**2,
    ROOT**-3 - ROOT * (1 + y) ** 2 / x**2,
    NESTED**4 - 1 - 2 * sympy.sqrt(x) - x,
    QUOTIENT**3 * (1 + r) - r * QUOTIENT,
    (1 + r) * QUOTIENT - r * QUOTIENT - QUOTIENT,
    QUOTIENT**4 * (1 + r) ** 2 * NESTED**2 - r**2 * (1 + sympy.sqrt(x)),
    x / y + y / x - (x**2 + y**2) / (x * y),
    1 / (x * (1 + y)) + 1 / (x * (1 - y)) - 2 / (x * (1 - y**2)),
    (1 + 1 / x) ** 3 * x**3 - (1 + x) ** 3,
    1 / (1 + 1 / (1 + 1 / x)) - (1 + x) / (1 + 2 * x),
    sympy.exp(x / 2 + y / 3) ** 6 - sympy.exp(3 * x) * sympy.exp(2 * y),
    (sympy.exp(x / 2) + sympy.exp(y / 3)) ** 2 - sympy.exp(x) - 2 * sympy.exp(x / 2 + y / 3) - sympy.exp(2 * y / 3),
    (sympy.exp(x) + sympy.exp(-x)) ** 2 - sympy.exp(2 * x) - 2 - sympy.exp(-2 * x),
    (3**x + 1) ** 2 - 9**x - 2 * 3**x - 1 + 9**x - (3**x) ** 2,
    (x * y / 2) ** 2 * 3 - sympy.Rational(3, 4) * x**2 * y**2,
    2 ** (x + 1) - 2 * 2**x,
    (1 + x) ** (2 * y) - ((1 + x) ** y) ** 2,
    sympy.exp(x / 2 - y / 3) ** 6 * sympy.exp(2 * y) - sympy.exp(3 * x),
    sympy.exp((x + y) ** 2) - sympy.exp(x**2) * sympy.exp(2 * x * y) * sympy.exp(y**2),
    sympy.exp(x / (1 + y) + x * y / (1 + y)) - sympy.exp(x),
    2 ** (x / 2) * 2 ** (x / 2) - 2**x,
    sympy.exp(1 + x) - sympy.E * sympy.exp(x),
    (1 - x) ** (y + 2) - (1 - x) ** y * (1 - 2 * x + x**2),
    sympy.exp(-x) * (sympy.exp(2 * x) + 1) - 2 * sympy.cosh(x).rewrite(sympy.exp),
) if z != 0]  # fmt: skip


@pytest.mark.parametrize("zero", IDENTITIES, ids=str)
def test_an_identity_is_zero_and_what_is_near_it_is_not(zero: Any) -> None:
    assert is_zero(zero)
    for part in sympy.Add.make_args(zero):
        assert not is_zero(zero + part / 7)
        assert not is_zero(zero + part * x)


def test_random_polynomials_are_zero_only_if_they_are() -> None:
    draw = random.Random(5)
    for _ in range(20):
        f, g = (
            sum(draw.randint(-3, 3) * x**i * y**j for i in range(3) for j in range(3)) + 1 for _ in range(2)
        )
        assert is_zero(f / g + g / f - (f**2 + g**2) / (f * g))
        assert not is_zero(f / g + g / f - (f**2 + g**2 + x) / (f * g))


def test_what_has_no_negative_term_is_positive_only_where_it_has_a_value() -> None:
    n, m = sympy.symbols("n m", nonnegative=True)
    for expression, at_least, strict in (
        (x + n, True, True), (n, True, False), (n * m + n**2, True, False), (n + m + 1, True, True), (x * n + x * m, True, False),
        (1 / (1 + n), True, True), (n / (1 + n), True, False), (1 / n, False, False), (x / (n + m), False, False), (1 / (n + x), True, True),
        (x - y, False, False), ((x - y) ** 2, False, False), (x - 1, False, False), (-x, False, False), (-x / (-1 - n), True, True),
        (sympy.Integer(0), True, False), (sympy.Integer(3), True, True), (sympy.Integer(-3), False, False), (1 + r**2, True, True), (r**2, True, False), (r**3, False, False),
        (sympy.sqrt(x), True, True), (sympy.sqrt(r), False, False), (x * sympy.exp(r), True, True), (x + sympy.exp(r), False, False), (x * sympy.log(x), False, False), ((x**2 - y**2) / (x - y), True, True), (1 / (x * n), False, False),
    ):  # fmt: skip
        assert positive_by_terms(expression) is at_least, expression
        assert positive_by_terms(expression, strictly=True) is strict, expression


def test_exponentials_that_differ_are_not_equal() -> None:
    for other in (
        sympy.exp(x / 2) ** 2 - sympy.exp(x + y), sympy.exp(x * y) - sympy.exp(x) * sympy.exp(y), 2**x - 3**x,
        sympy.exp(x) - sympy.exp(2 * x) ** 2, (1 - x) ** y - (1 + x) ** y, sympy.exp(x) - sympy.E,
    ):  # fmt: skip
        assert not is_zero(other), other
