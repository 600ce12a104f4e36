"""Arrays of balls and matrices of balls: the products of NumPy, enclosed."""

from fractions import Fraction as F

import numpy as np
import pytest

from rankladder.numbers import Ball
from rankladder.numbers.ball_arrays import BallArray
from rankladder.numbers.balls import Symbolic, as_balls
from tests.simulate.exact import contains

SHAPES = [
    ((2, 3), (3, 4)), ((3, 2), (2, 1)), ((1, 5), (5, 1)), ((4,), (4, 2)), ((2, 4), (4,)), ((3,), (3,)), ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 1)), ((2, 1, 2, 3), (4, 3, 2)), ((0, 2), (2, 2)), ((2, 0), (0, 2)),
    ((2, 2), (2, 0)), ((2,), (3, 2, 2)), ((3, 2, 2), (2,)),
]  # fmt: skip
MISFITS = [
    ((2, 3), (2, 3)),
    ((3, 3), (2, 3)),
    ((3,), (2,)),
    ((2,), (3, 2)),
    ((), (2, 2)),
    ((3, 2, 2), (2, 2, 2)),
]


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


def test_entries_that_are_no_numbers_are_multiplied_as_they_say():
    class Letter(Symbolic):
        __slots__ = ()

        def __mul__(self, other):
            return "product"

    letters = np.array([[Letter()]], dtype=object)
    assert (letters.view(BallArray) @ as_balls([[1]]).view(BallArray))[0, 0] == "product"
