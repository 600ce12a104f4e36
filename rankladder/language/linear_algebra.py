"""Linear algebra in every arithmetic of a conclusion: float64, balls, and exact rationals where the answer is rational.

NumPy's ``linalg`` knows float64 only. Here a matrix is a two-dimensional array and a stack of matrices has further axes
in front (time first); the result has the arithmetic of the entries. In balls every answer is an enclosure, valid at
ties and for singular matrices too; what an enclosure cannot decide (the inverse of a matrix that may be singular, an
eigenvector where no gap can be shown) raises ``Undecided``, and the judge tries more bits.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat

from rankladder.numbers import ball_spectra as spectra
from rankladder.numbers import rational_spectra, reduced_rank, words
from rankladder.numbers.balls import Ball, Undecided, wrap
from rankladder.numbers.exact import Exact
from rankladder.numbers.words import Words

__all__ = [
    "determinant", "eigenvalues", "inverse", "leading_projection", "nuclear_norm", "reduced_rank_losses",
    "reduced_rank_solution", "singular_values", "solve", "spectral_norm", "truncated",
]  # fmt: skip

Array = np.ndarray[Any, Any]


def inverse(matrix: Any) -> Any:
    """Inverse of a square matrix, or of each of a stack.

    Args:
        matrix: (…, n, n).

    Raises:
        Undecided: in balls, where the enclosure holds a singular matrix.
        numpy.linalg.LinAlgError, ZeroDivisionError: in float64 and exactly, for a singular matrix.

    >>> inverse([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    if isinstance(matrix, Words):
        return matrix.inverse()
    matrix = _matrices(matrix, "inverse", square=True)
    if matrix.dtype != object:
        return np.linalg.inv(matrix)
    return _each(
        lambda A: _rational(A).inv() if _is_rational(A) else _nonsingular(arb_mat.inv, _balls(A)), matrix
    )


def solve(matrix: Any, right: Any) -> Any:
    """The solution X of ``matrix X = right``.

    Args:
        matrix: (…, n, n). right: (…, n, k).

    Raises:
        as :func:`inverse`.

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [[1.0], [1.0]]).tolist()
    [[0.5], [0.25]]
    """
    if isinstance(matrix, Words):
        return matrix.inverse() @ right
    matrix, right = _matrices(matrix, "solve", square=True), _matrices(right, "solve")
    if matrix.shape[-1] != right.shape[-2]:
        raise ValueError(
            f"solve() expected right sides with {matrix.shape[-1]} rows but got shape {right.shape}; pass (…, n, k)"
        )
    if matrix.dtype != object and right.dtype != object:
        return np.linalg.solve(matrix, right)

    def one(A: Array, B: Array) -> Any:
        if _is_rational(A) and _is_rational(B):
            return _rational(A).solve(_rational(B))
        return _nonsingular(arb_mat.solve, _balls(A), _balls(B))

    return _each(one, matrix, right)


def determinant(matrix: Any) -> Any:
    """Determinant of a square matrix (…, n, n).

    >>> round(float(determinant([[2.0, 0.0], [0.0, 4.0]])), 12)
    8.0
    """
    matrix = _matrices(matrix, "determinant", square=True)
    if matrix.dtype != object:
        return np.linalg.det(matrix)
    return _each(lambda A: (_rational(A) if _is_rational(A) else _balls(A)).det(), matrix)


def eigenvalues(matrix: Any) -> Any:
    """Eigenvalues of a symmetric matrix (…, n, n), largest first: (…, n). In balls the k-th entry encloses the k-th
    largest, at ties too.

    Raises:
        ValueError: for a matrix that is not symmetric.

    >>> eigenvalues([[0.0, 1.0], [1.0, 0.0]]).round(12).tolist()
    [1.0, -1.0]
    """
    if isinstance(matrix, Words):
        return words.eigenvalues(matrix)
    matrix = _symmetric(matrix, "eigenvalues")
    if matrix.dtype != object:
        return np.linalg.eigvalsh(matrix)[..., ::-1]
    return _each(_spectral("eigenvalues"), matrix)


def singular_values(matrix: Any) -> Any:
    """Singular values of a matrix (…, n, k), largest first: (…, min(n, k)).

    >>> singular_values([[3.0, 0.0, 0.0], [0.0, 4.0, 0.0]]).tolist()
    [4.0, 3.0]
    """
    matrix = _matrices(matrix, "singular_values")
    if matrix.dtype != object:
        return np.linalg.svd(matrix, compute_uv=False)
    return _each(_spectral("singular_values"), matrix)


def spectral_norm(matrix: Any) -> Any:
    """Largest singular value of a matrix, or of each of a stack.

    >>> float(spectral_norm([[3.0, 0.0], [0.0, 4.0]]))
    4.0
    """
    return singular_values(matrix)[..., 0][()]


def nuclear_norm(matrix: Any) -> Any:
    """Sum of the singular values of a matrix, or of each of a stack.

    >>> float(nuclear_norm([[3.0, 0.0], [0.0, 4.0]]))
    7.0
    """
    return singular_values(matrix).sum(axis=-1)


def leading_projection(matrix: Any, count: int) -> Any:
    """Orthogonal projection onto the span of the ``count`` leading eigenvectors of a symmetric matrix (…, n, n).

    Raises:
        Undecided: in balls, where the eigenvalues ``count`` and ``count + 1`` cannot be told apart.

    >>> leading_projection([[2.0, 0.0], [0.0, 1.0]], 1).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """
    matrix = _symmetric(matrix, "leading_projection")
    _check_rank(count, "leading_projection")
    if matrix.dtype != object:
        frame = np.linalg.eigh(matrix)[1][..., ::-1][..., :count]
        return frame @ np.swapaxes(frame, -1, -2)
    return _each(_spectral("leading_projection", count), matrix)


def truncated(matrix: Any, rank: int) -> Any:
    """The nearest matrix of rank at most ``rank``: the singular value decomposition, truncated; (…, n, k).

    Raises:
        Undecided: in balls, where the singular values ``rank`` and ``rank + 1`` cannot be told apart: the truncation is
            not unique where they are equal.

    >>> truncated([[3.0, 0.0], [0.0, 4.0]], 1).tolist()
    [[0.0, 0.0], [0.0, 4.0]]
    """
    matrix = _matrices(matrix, "truncated")
    _check_rank(rank, "truncated")
    if rank >= min(matrix.shape[-2:]):
        return matrix
    flipped = np.swapaxes(matrix, -1, -2)
    return matrix @ leading_projection(flipped @ matrix, rank)


def reduced_rank_solution(Sxx: Any, Sxy: Any, rank: int) -> Any:
    """The reduced-rank regression solution ``W*_j``, the minimiser of ``tr(Wᵀ Sxx W)/2 − tr(Wᵀ Sxy)`` of rank at most j.

    Source: Izenman, *Reduced-rank regression for the multivariate linear model*, J. Multivariate Analysis 5 (1975):
    ``W*_j = Sxx^{-1} Sxy P_j`` with P_j the projection onto the leading eigenvectors of ``Sxyᵀ Sxx^{-1} Sxy``.

    Args:
        Sxx: (d, d), symmetric and positive definite; in float64 and exact rationals positive semidefinite too, where
            directions without data get no weight.
        Sxy: (d, p). rank: j ≥ 0.

    Raises:
        Undecided: in balls, where the solution is not unique or Sxx not positive definite for all that they tell.

    >>> reduced_rank_solution([[8.0, 0.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 1.0]], 1).round(12).tolist()
    [[0.0, 0.0], [0.0, 1.0]]
    """
    Sxx, Sxy = _symmetric(Sxx, "reduced_rank_solution"), _matrices(Sxy, "reduced_rank_solution")
    _check_rank(rank, "reduced_rank_solution")
    if Sxx.dtype != object and Sxy.dtype != object:
        return reduced_rank.reduced_rank_regression(Sxx, Sxy, rank)
    fit, gains = _fit(Sxx, Sxy)
    return fit if rank >= min(Sxy.shape) else fit @ leading_projection(gains, rank)


def reduced_rank_losses(Sxx: Any, Sxy: Any) -> Any:
    """Least losses ``min { tr(Wᵀ Sxx W)/2 − tr(Wᵀ Sxy) : rank W ≤ j }`` for j = 0, 1, …, min(d, p): at ties too.

    Args, Raises: as :func:`reduced_rank_solution`.

    >>> reduced_rank_losses([[8.0, 0.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 1.0]]).round(12).tolist()
    [0.0, -0.5, -0.75]
    """
    Sxx, Sxy = _symmetric(Sxx, "reduced_rank_losses"), _matrices(Sxy, "reduced_rank_losses")
    if Sxx.dtype != object and Sxy.dtype != object:
        return reduced_rank.reduced_rank_losses(Sxx, Sxy)
    gains = eigenvalues(_fit(Sxx, Sxy)[1])[: min(Sxy.shape)]
    return np.concatenate([[0 * gains[0]], -np.cumsum(gains) / 2])


def _fit(Sxx: Array, Sxy: Array) -> tuple[Array, Array]:
    """The least-squares fit, and ``Sxyᵀ Sxx^+ Sxy``, symmetric to the last bit."""
    fit = solve(_with_kernel(Sxx), Sxy)
    gains = Sxy.T @ fit
    return fit, (gains + gains.T) / 2


def _with_kernel(matrix: Array) -> Array:
    """The matrix plus the projection onto its kernel, where that is rational; what stands on the kernel is zero in all
    moments of data, so that it does not matter.
    """
    if not _is_rational(matrix) or matrix.ndim != 2:
        return matrix
    rational = _rational(matrix)
    order, rank = rational.nrows(), rational.rank()
    if rank == order:
        return matrix
    # the rows of the reduced matrix span the range, and I - R^T (R R^T)^{-1} R projects onto the kernel
    reduced = rational.rref()[0].tolist()[:rank]
    if not rank:
        return matrix + np.eye(order, dtype=np.int64)
    rows = fmpq_mat(reduced)
    onto = rows.transpose() * (rows * rows.transpose()).inv() * rows
    filled: Array = matrix + np.eye(order, dtype=np.int64) - _array(onto)
    return filled


def _matrices(values: Any, name: str, *, square: bool = False) -> Array:
    array = np.asarray(values)
    if array.ndim < 2 or not array.size or (square and array.shape[-1] != array.shape[-2]):
        wanted = "square matrices (…, n, n)" if square else "matrices (…, n, k)"
        raise ValueError(f"{name}() expected {wanted} but got shape {array.shape}; reshape it")
    return array if array.dtype == object else array.astype(np.float64)


def _symmetric(values: Any, name: str) -> Array:
    array = _matrices(values, name, square=True)
    off = array - np.swapaxes(array, -1, -2)
    if array.dtype == object:
        differs = any(not Ball(x).contains_zero() and not Ball(x).is_nan() for x in off.flat)
    else:
        differs = bool((np.abs(off) > 1e-8 * np.abs(array).max()).any())
    if differs:
        raise ValueError(f"{name}() expected a symmetric matrix but got one that is not; use (A + A.T)/2")
    return array


def _check_rank(rank: Any, name: str) -> None:
    if isinstance(rank, bool) or not isinstance(rank, (int, np.integer)) or rank < 0:
        raise ValueError(
            f"{name}() expected a rank that is an integer >= 0 but got {rank!r}; pass 0, 1, 2, …"
        )


def _each(function: Callable[..., Any], *stacks: Array) -> Any:
    """The function of each matrix of the stacks, put together again."""
    lead = np.broadcast_shapes(*(stack.shape[:-2] for stack in stacks))
    full = [np.broadcast_to(stack, lead + stack.shape[-2:]) for stack in stacks]
    found = [_array(function(*(stack[index] for stack in full))) for index in np.ndindex(lead)]
    if not lead:
        return found[0]
    made = np.empty((len(found), *np.shape(found[0])), dtype=object)
    for index, entry in enumerate(found):
        made[index] = entry
    return made.reshape(lead + made.shape[1:])


def _array(value: Any) -> Any:
    """What flint returns (a matrix, a list, a number) in the arithmetic of a conclusion."""
    if isinstance(value, (arb_mat, fmpq_mat)):
        value = value.tolist()
    if not isinstance(value, list):
        return wrap(value) if isinstance(value, arb) else Exact(int(value.p), int(value.q))
    return np.array([_array(entry) for entry in value], dtype=object)


def _is_rational(matrix: Array) -> bool:
    return all(isinstance(x, (Fraction, int)) and not isinstance(x, bool) for x in matrix.flat)


def _rational(matrix: Array) -> fmpq_mat:
    return fmpq_mat([[fmpq(x.numerator, x.denominator) for x in row] for row in matrix.tolist()])


def _balls(matrix: Array) -> arb_mat:
    return arb_mat([[(Ball(0) + x).arb for x in row] for row in matrix.tolist()])


def _spectral(name: str, *arguments: Any) -> Callable[[Array], Any]:
    """A function of one matrix's spectrum by name: exact where it can be."""

    def function(matrix: Array) -> Any:
        if _is_rational(matrix):
            return getattr(rational_spectra, name)(_rational(matrix), *arguments)
        return getattr(spectra, name)(_balls(matrix), *arguments)

    return function


def _nonsingular(operation: Callable[..., Any], *matrices: arb_mat) -> Any:
    try:
        return operation(*matrices)
    except ZeroDivisionError:
        raise Undecided("cannot tell a matrix from a singular one; raise the precision") from None
