"""Linear algebra in every arithmetic, against high precision and against what exact matrices were built from."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from rankladder import (
    Int,
    Matrix,
    Real,
    check,
    claim,
    determinant,
    eigenvalues,
    frobenius,
    inverse,
    leading_projection,
    nuclear_norm,
    reduced_rank_losses,
    reduced_rank_solution,
    singular_values,
    solve,
    spectral_norm,
    strictly,
    truncated,
)
from rankladder.numbers import Undecided, as_balls, midpoints, precision
from rankladder.numbers.balls import Ball
from rankladder.numbers.exact import Exact
from rankladder.simulate import loss
from rankladder.verdicts import boundary

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
        assert_encloses(
            eigenvalues(as_balls(A)), high(mpmath.eigsy(mpmath.matrix(A.tolist()), eigvals_only=True))
        )


@pytest.mark.parametrize(
    "values",
    [
        [7] * 6,
        [2, 2, 2, 1, 1, 0],
        [0] * 6,
        [1, 0, 0, 0, 0, -1],
        [Fraction(1, 3)] * 3 + [Fraction(1, 2**70)] * 3,
    ],
)
def test_eigenvalues_at_ties(values: list[Any]) -> None:
    with precision(192):
        A = as_balls(spectrum(reflection(6, 5), values))
        assert_encloses(eigenvalues(A), sorted(values, reverse=True))


def test_eigenvalues_that_float64_cannot_tell_apart() -> None:
    values = [1 + Fraction(1, 2**k) for k in (40, 60, 75, 90)]
    with precision(192):
        assert_encloses(eigenvalues(as_balls(spectrum(reflection(4, 1), values))), values)


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


def test_singular_values_of_deficient_rank_reach_zero() -> None:
    A = np.outer([1, 2, 3], [2, 0, 1])
    with precision(192):
        found = singular_values(as_balls(A))
    assert found[1].contains_zero() and found[2].contains_zero() and not found[1].is_negative()
    assert found[0].arb.overlaps(frobenius(as_balls(A)).arb)


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


def test_truncation_is_the_nearest_of_its_rank() -> None:
    left, right = reflection(4, 1), reflection(3, 2)
    with precision(192):
        A = as_balls(left[:, :3] * np.array([3, 2, 1]) @ right.T)
        assert_encloses(truncated(A, 2), left[:, :2] * np.array([3, 2]) @ right[:, :2].T)
        assert_encloses(truncated(A, 0), 0 * left[:, :3])
        assert truncated(A, 3) is A


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


def test_a_reduced_rank_solution_loses_the_least() -> None:
    C, Sxy = integers(3, 3, 8), integers(3, 2, 9)
    Sxx = C @ C.T + np.eye(3, dtype=int)
    with precision(192):
        W = reduced_rank_solution(as_balls(Sxx), as_balls(Sxy), 1)
        assert (
            loss(as_balls(Sxx), as_balls(Sxy), W) - reduced_rank_losses(as_balls(Sxx), as_balls(Sxy))[1]
        ).contains_zero()
        assert abs(determinant(W[:2])) < 1e-40
    np.testing.assert_allclose(midpoints(W), reduced_rank_solution(1.0 * Sxx, 1.0 * Sxy, 1), atol=1e-12)


@pytest.mark.parametrize(
    "function",
    [
        inverse,
        determinant,
        eigenvalues,
        singular_values,
        spectral_norm,
        nuclear_norm,
        lambda A: leading_projection(A, 1),
    ],
)
def test_stacks_have_time_first_and_floats_agree_with_balls(function: Any) -> None:
    stack = np.stack([A @ A.T + np.diag([1, 2, 3]) for A in (integers(3, 3, k) for k in range(4))])
    in_balls, in_floats = function(as_balls(stack)), function(stack.astype(float))
    assert in_balls.shape == in_floats.shape and len(in_balls) == 4
    np.testing.assert_allclose(midpoints(in_balls), in_floats, rtol=1e-9, atol=1e-12)


def test_matrices_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="symmetric"):
        eigenvalues([[0, 1], [2, 0]])
    with pytest.raises(ValueError, match="symmetric"):
        eigenvalues(as_balls([[0, 1], [2, 0]]))
    with pytest.raises(ValueError, match=r"square matrices .* shape \(2, 3\)"):
        inverse(np.ones((2, 3)))
    with pytest.raises(ValueError, match="rank that is an integer"):
        truncated(np.ones((2, 3)), -1)
    with pytest.raises(ValueError, match="3 rows"):
        solve(np.eye(3), np.ones((2, 1)))


def test_spectra_of_exact_matrices_are_exact_where_they_are_rational() -> None:
    half, none = Fraction(1, 2), Fraction(0)
    matrix = np.array([[half, none, none], [none, none, -half]], dtype=object)
    first, second = singular_values(matrix)
    assert first == second == half == spectral_norm(matrix) and nuclear_norm(matrix) == 1
    assert frobenius(np.array([[Fraction(3), Fraction(4)]], dtype=object)) == 5
    golden = singular_values(np.array([[1, 1], [1, Fraction(0)]], dtype=object))
    assert [x.mid for x in golden] == pytest.approx([1.618033988749895, 0.6180339887498949])
    lines = leading_projection(np.array([[2, 1], [1, Fraction(2)]], dtype=object), 1)
    assert (lines == half).all()


def test_false_claims_with_a_tie_of_singular_values_are_refuted() -> None:
    given = {"nonzero": lambda A: strictly(frobenius(A))}

    @claim("t-simple", over={"A": Matrix(2, 2)}, given=given)
    def simple(A):
        values = singular_values(A)
        return strictly(values[0] - values[1])

    @claim("t-rank-one", over={"A": Matrix(2, 2)}, given=given)
    def strict(A):
        return strictly(frobenius(A) - spectral_norm(A))

    for made in (simple, strict):
        found = check(made)
        assert found.verdict == "refuted"
        assert "(margin 0, where > 0 is claimed, exact)" in found.evidence[-1].detail


def test_entries_stay_on_the_grid_that_a_claim_names() -> None:
    @claim("t-whole-entries", over={"c": Real(0, "1/8"), "A": Matrix(1, 2, denominator=1)})
    def whole(c, A):
        return A * (A - 1) + c

    @claim("t-thirds", over={"n": Int(1, 3), "A": Matrix("n", "n", scale=1, denominator=3)})
    def thirds(A):
        return Fraction(9, 10) - abs(A)

    assert check(whole).verdict == "tested" and boundary(whole, "c").kind == "no failure found"
    result = check(thirds)
    assert result.counterexample is not None and result.worst is not None
    for seen in (result.counterexample, result.worst):
        assert all(3 % x.denominator == 0 for row in seen["A"].rows for x in row)


def test_entries_without_a_grid_are_real() -> None:
    @claim("t-fine", over={"A": Matrix(1, 1, scale=1)})
    def fine(A):
        return (A - Fraction(3, 8)) ** 2 - Fraction(1, 1000)

    assert check(fine).verdict == "refuted"
