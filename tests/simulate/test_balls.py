"""Balls enclose, decide what they can and refuse the rest; and how arguments choose an arithmetic."""

import math
import operator
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx, fmpq, fmpz
from hypothesis import given
from hypothesis import strategies as st

from rankladder.numbers import Ball, Undecided, as_balls, ball, hull, midpoints, precision
from rankladder.numbers.balls import Symbolic
from rankladder.numbers.exact import Exact

numbers = st.fractions(-100, 100, max_denominator=1000)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


class Letter(Symbolic):
    __slots__ = ()


def exact(value):
    """An enclosure far narrower than any that is tested."""
    with precision(1000):
        return arb(fmpq(value.numerator, value.denominator))


@given(numbers, numbers)
def test_arithmetic_encloses_and_is_narrow(a, b):
    for operation in (operator.add, operator.sub, operator.mul, operator.truediv):
        if operation is operator.truediv and b == 0:
            continue
        true = operation(a, b)
        for found in (operation(Ball(a), Ball(b)), operation(Ball(a), b), operation(a, Ball(b))):
            assert found.arb.contains(exact(true))
            assert found.radius <= 2.0**-48 * max(abs(float(a)), abs(float(b)), abs(float(true)), 1e-3)
    assert (-Ball(a)).arb.contains(exact(-a)) and (+Ball(a)).arb.contains(exact(a))
    assert abs(Ball(a)).arb.contains(exact(abs(a)))
    for power in (0, 1, 2, 3, np.int64(4)):
        assert (Ball(a) ** power).arb.contains(exact(a ** int(power)))


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_comparisons_of_exact_numbers_are_those_of_the_numbers(a, b):
    for compare in COMPARISONS:
        for left, right in ((Ball(a), Ball(b)), (Ball(a), b), (a, Ball(b)), (Ball(a), F(b)), (Ball(a), float(b))):  # fmt: skip
            assert compare(left, right) is compare(a, b)


def test_what_overlaps_is_undecided():
    wide = hull(-1, 1)
    for compare in COMPARISONS:
        with pytest.raises(Undecided, match="cannot decide .* 0; raise the precision"):
            compare(wide, 0)
        assert compare(wide, 2) is compare(0, 2) and compare(wide, -2) is compare(0, -2)
    with pytest.raises(Undecided, match="!="):
        bool(wide)
    assert bool(hull(1, 2)) is True and bool(Ball(0)) is False and bool(-hull(1, 2)) is True
    # touching ends: 0 <= [0, 1] is certain, 0 < [0, 1] is not
    touching = Ball(arb(0.5, 0.5))
    assert (touching >= -1e-6) is True
    with pytest.raises(Undecided):
        _ = touching > 0
    with pytest.raises(TypeError):
        _ = wide < "a"
    assert (wide == "a") is False and (wide != "a") is True
    with pytest.raises(TypeError):
        hash(wide)
    for rounding, name in ((math.floor, "floor"), (math.ceil, "ceil")):
        with pytest.raises(Undecided, match=f"cannot decide {name} of"):
            rounding(hull(1.5, 2.5))
    assert math.floor(Ball(2.5)) == 2 and math.ceil(Ball(2.5)) == 3 and math.floor(Ball(-2.5)) == -3


def test_numbers_that_are_taken_as_they_are():
    with precision(200):
        for value, true in (
            (3, F(3)), (0.1, F(0.1)), (F(1, 3), F(1, 3)), (np.int64(-7), F(-7)), (np.float64(0.1), F(0.1)),
            (np.float32(0.25), F(1, 4)), (sympy.Rational(2, 7), F(2, 7)), (sympy.Integer(5), F(5)), (Ball(2), F(2)),
            (fmpq(1, 3), F(1, 3)), (fmpz(9), F(9)), (arb(0.5), F(1, 2)), (np.uint8(200), F(200)), (Exact(2, 3), F(2, 3)),
        ):  # fmt: skip
            assert Ball(value).arb.contains(exact(true)) and Ball(value).radius < 1e-50, value
            assert ball(value).arb.contains(exact(true))
    assert Ball().arb == 0
    for foreign in ("1", None, 1j, True, np.bool_(True), sympy.pi, [1], np.longdouble(1)):
        with pytest.raises(TypeError, match="Expected an int, float, Fraction or Ball but got"):
            Ball(foreign)


def test_powers_and_roots_of_what_reaches_zero():
    zero = Ball(arb(0, 0.25))
    for power, low, high in ((2, 0, 0.0625), (4, 0, 0.00390625), (3, -0.015625, 0.015625), (1, -0.25, 0.25)):
        found = zero**power
        assert found.upper == pytest.approx(high, rel=1e-6) and found.lower == pytest.approx(low, abs=1e-7)
    assert zero**0 == 1 and not (zero**-1).arb.is_finite()
    assert (Ball(2) ** Ball(3)).arb.contains(8) and (2 ** Ball(3)).arb.contains(8)
    assert abs((Ball(2) ** 0.5).mid - math.sqrt(2)) < 1e-15
    assert np.sqrt(Ball(4)) == 2 and np.sqrt(Ball(0)) == 0
    # the argument of a root in a true formula is never negative: what reaches below is its radius
    root = np.sqrt(hull(-1, 4))
    assert root.arb.contains(0) and root.arb.contains(2) and root.upper < 2.001 and root.lower > -1e-3
    assert np.sqrt(hull(-2, -1)).is_nan() and np.sqrt(hull(1, 4)).lower > 0.99


@pytest.mark.parametrize(
    ("name", "true"),
    [("log", mpmath.log), ("log1p", mpmath.log1p), ("exp", mpmath.exp), ("expm1", mpmath.expm1), ("sin", mpmath.sin),
     ("cos", mpmath.cos), ("tan", mpmath.tan), ("sinh", mpmath.sinh), ("cosh", mpmath.cosh), ("tanh", mpmath.tanh),
     ("arcsinh", mpmath.asinh), ("arccosh", mpmath.acosh), ("arctanh", mpmath.atanh), ("arctan", mpmath.atan)],
)  # fmt: skip
def test_functions_of_numpy(name, true):
    value = F(5, 4) if name == "arccosh" else F(1, 3)
    with precision(150), mpmath.workdps(60):
        found = getattr(np, name)(np.array([Ball(value)], dtype=object))[0]
        expected = mpmath.nstr(true(mpmath.mpf(value.numerator) / value.denominator), 40)
        assert abs(found - Ball(F(expected))) < 1e-38 and found.radius < 1e-40


def test_precision_is_a_scope():
    before = ctx.prec
    with precision(300):
        assert ctx.prec == 300
    assert ctx.prec == before
    with pytest.raises(ValueError, match="precision 1 bits must be at least 2"):
        precision(1)


def test_arrays_of_balls():
    made = as_balls([[1, F(1, 2)], [0.25, Ball(3)]])
    assert made.shape == (2, 2) and all(isinstance(b, Ball) for b in made.flat)
    assert midpoints(made).tolist() == [[1.0, 0.5], [0.25, 3.0]]
    assert midpoints([1, 2.5]).tolist() == [1.0, 2.5] and midpoints(Ball(2)).shape == ()
    letter = Letter()
    assert as_balls(np.array([letter, 1], dtype=object))[0] is letter
    assert hull(3, 1).lower < 1.001 and hull(3, 1).upper > 2.999
