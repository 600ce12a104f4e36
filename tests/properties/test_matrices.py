"""Linear algebra in every arithmetic, against high precision and against what exact matrices were built from."""

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from rankladder import (
    determinant,
    eigenvalues,
    inverse,
    leading_projection,
    nuclear_norm,
    reduced_rank_losses,
    reduced_rank_solution,
    singular_values,
    solve,
    spectral_norm,
)
from rankladder.numbers import Undecided, as_balls, midpoints, precision
from rankladder.numbers.balls import Ball
from rankladder.numbers.exact import Exact

Array = np.ndarray[Any, Any]


def integers(rows: int, columns: int, seed: int) -> Array:
    return np.random.default_rng(seed).integers(-9, 10, (rows, columns))


def reflection(order: int, seed: int) -> Array:
    """A rational orthogonal matrix."""
    v = [Fraction(int(x)) for x in np.random.default_rng(seed).integers(1, 6, order)]
    outer = np.array([[a * b for b in v] for a in v], dtype=object)
    return np.eye(order, dtype=int) - 2 * outer / sum(x * x for x in v)


def spectrum(frame: Array, values: list[Any]) -> Array:
    return (frame * np.array(values, dtype=object)) @ frame.T


def high(values: Any) -> list[Any]:
    return sorted((mpmath.mpf(x) for x in values), reverse=True)


def assert_encloses(found: Any, expected: Any, width: float = 1e-40) -> None:
    """Every ball holds the number it stands for, and is narrow."""
    found, expected = np.asarray(found), np.asarray(expected, dtype=object)
    assert found.shape == expected.shape
    for ball, number in zip(found.flat, expected.flat, strict=True):
        text = mpmath.nstr(number, 70) if isinstance(number, mpmath.mpf) else number
        known = ball.arb - (Ball(text).arb if not isinstance(text, str) else type(ball.arb)(text))
        assert known.contains(0) or abs(known) < 1e-50, (ball, number)
        assert ball.radius <= width


@pytest.mark.parametrize(("order", "seed"), [(1, 0), (2, 1), (3, 2), (6, 3), (20, 4)])
def test_eigenvalues_enclose_those_of_high_precision(order: int, seed: int) -> None:
    A = integers(order, order, seed)
    A = A + A.T
    with precision(192), mpmath.workdps(80):
        expected = high(mpmath.eigsy(mpmath.matrix(A.tolist()), eigvals_only=True))
        assert_encloses(eigenvalues(as_balls(A)), expected)


@pytest.mark.parametrize(
    "values",
    [[7] * 6, [2, 2, 2, 1, 1, 0], [0] * 6, [1, 0, 0, 0, 0, -1], [Fraction(1, 3)] * 3 + [Fraction(1, 2**70)] * 3],
)  # fmt: skip
def test_eigenvalues_at_ties(values: list[Any]) -> None:
    with precision(192):
        A = as_balls(spectrum(reflection(6, 5), values))
        assert_encloses(eigenvalues(A), sorted(values, reverse=True))


def test_close_eigenvalues_have_projections_of_their_own() -> None:
    frame, values = reflection(4, 1), [1 + Fraction(1, 2**k) for k in (40, 60, 75, 90)]
    with precision(512):
        found = leading_projection(as_balls(spectrum(frame, values)), 2)
        assert_encloses(found, frame[:, :2] @ frame[:, :2].T)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 2), (2, 5), (12, 8)])
def test_singular_values_and_norms(rows: int, columns: int) -> None:
    A = integers(rows, columns, 7)
    with precision(192), mpmath.workdps(80):
        expected = high(mpmath.svd_r(mpmath.matrix(A.tolist()), compute_uv=False))
        assert_encloses(singular_values(as_balls(A)), expected)
        assert_encloses(spectral_norm(as_balls(A)), expected[0])
        assert_encloses(nuclear_norm(as_balls(A)), sum(expected))


def test_inverse_solve_and_determinant_in_balls_and_exactly() -> None:
    A, B = integers(4, 4, 1), integers(4, 2, 2)
    exact = np.array([[Exact(int(x)) for x in row] for row in A], dtype=object)
    assert (inverse(exact) @ exact == np.eye(4, dtype=int)).all()
    assert (exact @ solve(exact, B.astype(object)) == B).all()
    with precision(192):
        assert_encloses(inverse(as_balls(A)), inverse(exact))
        assert_encloses(solve(as_balls(A), as_balls(B)), solve(exact, B.astype(object)))
        assert_encloses(determinant(as_balls(A)), determinant(exact))
    np.testing.assert_allclose(midpoints(inverse(exact)), np.linalg.inv(A), atol=1e-12)


def test_what_may_be_singular_is_undecided() -> None:
    third = as_balls([[Fraction(1, 3), 1], [1, 3]])
    with pytest.raises(Undecided):
        inverse(third)
    with pytest.raises(Undecided):
        leading_projection(as_balls(np.eye(3, dtype=int)), 1)


@pytest.mark.parametrize("null", [0, 2])
def test_reduced_rank_solutions_of_data_that_commute(null: int) -> None:
    U, V = reflection(4, 3), reflection(3, 4)
    lam, sigma = [2, 1, 3, 5], [3, 2, 1, 0]
    if null:
        lam[2:], sigma[2:] = [0] * 2, [0] * 2
    Sxx, Sxy = spectrum(U, lam), (U[:, :3] * np.array(sigma[:3])) @ V.T
    gains = [Fraction(s * s, x) if s else Fraction(0) for s, x in zip(sigma[:3], lam[:3], strict=True)]
    order = sorted(range(3), key=lambda i: -gains[i])
    for lift in (lambda A: np.vectorize(Exact, otypes=[object])(A), as_balls):
        if null and lift is as_balls:
            continue  # balls cannot know that Sxx has a kernel
        with precision(192):
            kept = order[:1]
            expected = sum(Fraction(sigma[i], lam[i]) * np.outer(U[:, i], V[:, i]) for i in kept)
            assert_encloses(reduced_rank_solution(lift(Sxx), lift(Sxy), 1), expected)
            best = [-sum((gains[i] for i in order[:j]), Fraction(0)) / 2 for j in range(4)]
            assert_encloses(as_balls(reduced_rank_losses(lift(Sxx), lift(Sxy))), best)
