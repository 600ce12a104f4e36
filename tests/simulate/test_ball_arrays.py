"""Arrays of balls and matrices of balls: the products of NumPy, enclosed."""

from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb

from rankladder.numbers import Ball
from rankladder.numbers.ball_arrays import BallArray, ball_array, stacked
from rankladder.numbers.ball_matrices import BallMatrix
from rankladder.numbers.ball_norms import identity
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


def test_results_of_numpy_are_such_arrays_too():
    values = ball_array([arb(1), arb(2), arb(3), arb(4)])
    square = values.reshape(2, 2)
    for made in (values, square.T, values + 1, np.add.reduce(square)):
        assert type(made) is BallArray
    assert np.add.reduce(values) == 10 and np.multiply.outer(values, values).shape == (4, 4)
    target = ball_array([arb(0)] * 4).reshape(2, 2)
    np.matmul(square, square, out=target)
    assert [int(v.mid) for v in target.reshape(-1)] == [7, 10, 15, 22]
    made = stacked([values, values])
    assert type(made) is BallArray and made.shape == (2, 4) and made[1, 0] == 1


def test_matrices_read_like_arrays():
    A, B = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 0.5]]), np.array([[2.0, 0.0, 1.0], [1.0, 1.0, 3.0]])
    a, b = BallMatrix.of(A), BallMatrix.of(B)
    for found, expected in ((a @ b, A @ B), (a.T, A.T), (a + b.T, A + B.T), (a - b.T, A - B.T), (a * arb(3), A * 3),
                            (arb(3) * a, A * 3), (a * 1, A), (2 * a, A * 2), (a / 2, A / 2)):  # fmt: skip
        assert np.array_equal(found.floats(), expected)
    assert np.array_equal(identity(3).tolist(), np.eye(3))
    third = BallMatrix.of([[F(1, 3), 2]])
    assert third.mid().array()[0, 0].is_exact() and not third.array()[0, 0].is_exact()
    widened = BallMatrix.of([[1.0]]).array(arb(0.25))[0, 0]
    assert widened.arb.contains(0.75) and widened.arb.contains(1.25) and not widened.arb.contains(1.26)
