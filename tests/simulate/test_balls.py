"""Balls, their arrays and whole numbers beside them: they enclose, decide what they can and refuse the rest."""

import math
import operator
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from rankladder import Int, Verdict, check, claim, lemma, log, symbols
from rankladder.numbers import Ball, Undecided, hull, precision
from rankladder.numbers.ball_arrays import BallArray
from rankladder.numbers.balls import as_balls
from rankladder.numbers.exact import Exact
from rankladder.numbers.whole import Whole
from tests.simulate.exact import contains

numbers = st.fractions(-100, 100, max_denominator=1000)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


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


SHAPES = [
    ((2, 3), (3, 4)), ((3, 2), (2, 1)), ((1, 5), (5, 1)), ((4,), (4, 2)), ((2, 4), (4,)), ((3,), (3,)), ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 1)), ((2, 1, 2, 3), (4, 3, 2)), ((0, 2), (2, 2)), ((2, 0), (0, 2)),
    ((2, 2), (2, 0)), ((2,), (3, 2, 2)), ((3, 2, 2), (2,)),
]  # fmt: skip
MISFITS = [((2, 3), (2, 3)), ((3, 3), (2, 3)), ((3,), (2,)), ((2,), (3, 2)), ((), (2, 2)), ((3, 2, 2), (2, 2, 2))]  # fmt: skip


def drawn(shape, seed):
    rng = np.random.default_rng(seed)
    top, bottom = rng.integers(-9, 10, shape), rng.integers(1, 9, shape)
    return np.asarray(np.frompyfunc(lambda a, b: F(int(a), int(b)), 2, 1)(top, bottom), dtype=object)


@pytest.mark.parametrize(("left", "right"), SHAPES)
@pytest.mark.parametrize("balls", [(True, True), (True, False), (False, True)])
def test_products_enclose_the_exact_ones(left, right, balls):
    A, B = drawn(left, 1), drawn(right, 2)
    one, other = (
        as_balls(part).view(BallArray) if wanted else part for part, wanted in zip((A, B), balls, strict=True)
    )
    found, exact = one @ other, A @ B
    assert np.shape(found) == np.shape(exact)
    assert type(found) is (BallArray if np.shape(exact) else Ball)
    if 0 not in (*left, *right):
        assert contains(np.asarray(found, dtype=object), np.asarray(exact, dtype=object))


@pytest.mark.parametrize(("left", "right"), MISFITS)
def test_products_that_do_not_fit_are_refused(left, right):
    with pytest.raises(ValueError, match="matmul|broadcast"):
        _ = as_balls(drawn(left, 1)).view(BallArray) @ as_balls(drawn(right, 2)).view(BallArray)


seven = Whole(7, Ball)


@pytest.mark.parametrize(
    "made",
    [1 / seven, np.exp(-np.log(seven)), np.ones(1) / seven, np.arange(1, seven + 1)[0] / seven, Whole(3, Exact) / 21],
)  # fmt: skip
def test_a_seventh_is_enclosed(made: object) -> None:
    assert bool(abs(np.ravel(made)[0] - Ball(F(1, 7))) < Ball(F(1, 10**9)))
    assert isinstance(np.ravel(np.asarray(made, dtype=object))[0], (Ball, Exact))


def test_it_counts() -> None:
    assert list(range(seven))[-1] == 6
    assert np.zeros(seven).shape == (7,)
    assert [type(x) for x in (seven + 1, 2 * seven, seven // 2, 2**seven, -seven)] == [Whole] * 5


@pytest.mark.slow
def test_logarithms_of_whole_numbers_refute_nothing_by_rounding() -> None:
    # (n + 1/2) log(1 + 1/n) exceeds 1 by about 1/(12 n^2), far below the rounding of float64
    n = symbols("n")
    stated = claim("whole.logarithm", over={"n": Int(10**6, 10**9)})(
        lambda n: (n + F(1, 2)) * log(1 + 1 / n) - 1
    )
    related = lemma("whole.relation", (n + F(1, 2)) * log(1 + 1 / n) >= 1, over={"n": Int(10**6, 10**9)})
    assert [check(c, examples=5).verdict for c in (stated, related)] == [Verdict.tested, Verdict.proved]
