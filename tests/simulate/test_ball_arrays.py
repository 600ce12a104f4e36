"""Products of arrays of balls: which ones Arb takes, and that they are the products."""

from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb

from rankladder.numbers import Ball
from rankladder.numbers.ball_arrays import BallArray, _product, ball_array, stacked
from rankladder.numbers.balls import Symbolic, as_balls
from tests.simulate.exact import contains

SHAPES = [
    ((2, 3), (3, 4)),
    ((3, 2), (2, 1)),
    ((1, 5), (5, 1)),
    ((4,), (4, 2)),
    ((2, 4), (4,)),
    ((3,), (3,)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 1)),
    ((2, 1, 2, 3), (4, 3, 2)),
]
OTHERS = [
    ((2, 3), (2, 3)),
    ((3, 3), (2, 3)),
    ((3,), (2,)),
    ((2,), (3, 2)),
    ((2, 3), (2,)),
    ((), (2, 2)),
    ((2, 2), ()),
    ((0, 2), (2, 2)),
    ((2, 0), (0, 2)),
    ((2, 2), (2, 0)),
    ((3, 2, 2), (2, 2, 2)),
    ((2,), (3, 2, 2)),
    ((3, 2, 2), (2,)),
]


def drawn(shape, seed):
    rng = np.random.default_rng(seed)
    values = np.empty(shape, dtype=object)
    values[...] = F(0)
    flat = values.reshape(-1)
    for index in range(flat.size):
        flat[index] = F(int(rng.integers(-9, 10)), int(rng.integers(1, 9)))
    return values


@pytest.mark.parametrize(("left", "right"), SHAPES)
@pytest.mark.parametrize("balls", [(True, True), (True, False), (False, True)])
def test_products_that_fit_are_taken_by_arb(left, right, balls):
    A, B = drawn(left, 1), drawn(right, 2)
    exact = A @ B
    one, other = (
        as_balls(part).view(BallArray) if wanted else part for part, wanted in zip((A, B), balls, strict=True)
    )
    found = _product(*(np.asarray(part) for part in (one, other)))
    assert found is not None
    assert contains(np.asarray(found, dtype=object), np.asarray(exact, dtype=object))
    through = one @ other
    assert np.shape(through) == np.shape(exact) and contains(
        np.asarray(through, dtype=object), np.asarray(exact, dtype=object)
    )
    assert type(through) is (BallArray if np.shape(exact) else Ball)


@pytest.mark.parametrize(("left", "right"), OTHERS)
def test_other_products_are_left_to_numpy(left, right):
    A, B = drawn(left, 1), drawn(right, 2)
    assert _product(A, B) is None
    try:
        expected = A @ B
    except ValueError:
        with pytest.raises(ValueError, match="matmul|broadcast"):
            _ = as_balls(A).view(BallArray) @ as_balls(B).view(BallArray)
    else:
        found = as_balls(A).view(BallArray) @ as_balls(B).view(BallArray)
        assert np.shape(found) == np.shape(expected)


def test_entries_that_are_no_numbers_are_left_to_numpy():
    class Letter(Symbolic):
        __slots__ = ()

        def __mul__(self, other):
            return "product"

    letters = np.array([[Letter()]], dtype=object)
    assert _product(letters, np.array([[Ball(1)]], dtype=object)) is None
    assert (letters.view(BallArray) @ as_balls([[1]]).view(BallArray))[0, 0] == "product"
    assert _product(np.array([["a"]], dtype=object), np.array([[Ball(1)]], dtype=object)) is None


def test_results_of_numpy_are_such_arrays_too():
    values = ball_array([arb(1), arb(2), arb(3), arb(4)])
    assert type(values) is BallArray and type(values.reshape(2, 2).T) is BallArray
    assert type(values + 1) is BallArray and type(np.add.reduce(values.reshape(2, 2))) is BallArray
    assert type(values > 2) is np.ndarray or (values > 2).dtype == object
    assert np.add.reduce(values) == 10 and np.multiply.outer(values, values).shape == (4, 4)
    out = ball_array([arb(0)] * 4)
    np.add(values, values, out=out)
    assert [int(v.mid) for v in out] == [2, 4, 6, 8]
    square = values.reshape(2, 2)
    target = ball_array([arb(0)] * 4).reshape(2, 2)
    np.matmul(square, square, out=target)
    assert [int(v.mid) for v in target.reshape(-1)] == [7, 10, 15, 22]


def test_stacks():
    made = stacked([ball_array([arb(1), arb(2)]), ball_array([arb(3), arb(4)])])
    assert type(made) is BallArray and made.shape == (2, 2) and made[1, 0] == 3
