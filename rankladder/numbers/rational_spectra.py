"""Spectra of rational matrices: exact where they are rational, enclosures of balls elsewhere.

A rational eigenvalue of an integer matrix is an integer, and so is a rational singular value. So every enclosure that
holds one integer is asked whether it is that, by the rank of an integer matrix; nothing is factored.
"""

from __future__ import annotations

from flint import arb, arb_mat, fmpq, fmpq_mat, fmpz, fmpz_mat

from rankladder.numbers import ball_spectra

__all__ = ["eigenvalues", "leading_projection", "singular_values"]


def eigenvalues(matrix: fmpq_mat) -> list[arb | fmpq]:
    """The eigenvalues of a symmetric matrix, largest first.

    >>> eigenvalues(fmpq_mat([[2, 1], [1, 2]]))
    [3, 1]
    """
    tops, below = matrix.numer_denom()
    return [x / below for x in _whole(ball_spectra.eigenvalues(arb_mat(tops)), tops, power=1)]


def singular_values(matrix: fmpq_mat) -> list[arb | fmpq]:
    """The min(rows, columns) singular values, largest first.

    >>> singular_values(fmpq_mat([[3, 0, 0], [0, 4, 0]])), singular_values(fmpq_mat([[1, 1], [2, 2]]))[1]
    ([4, 3], 0)
    """
    tops, below = matrix.numer_denom()
    across = tops.transpose()
    gram = tops * across if tops.nrows() <= tops.ncols() else across * tops
    return [x / below for x in _whole(ball_spectra.singular_values(arb_mat(tops)), gram, power=2)]


def leading_projection(matrix: fmpq_mat, count: int) -> arb_mat | fmpq_mat:
    """The orthogonal projection onto the span of the ``count`` leading eigenvectors, rational where these eigenvalues or
    all the others are.

    Raises:
        Undecided: when no gap can be shown between the eigenvalues ``count`` and ``count + 1``.

    >>> leading_projection(fmpq_mat([[2, 1], [1, 2]]), 1)
    [1/2, 1/2]
    [1/2, 1/2]
    """
    enclosed = ball_spectra.leading_projection(arb_mat(matrix), count)  # which has shown the gap
    tops, _below = matrix.numer_denom()
    values = _whole(ball_spectra.eigenvalues(arb_mat(tops)), tops, power=1)
    one = _identity(tops.nrows())
    for part, others in ((values[:count], False), (values[count:], True)):
        exact = {int(x.p) for x in part if isinstance(x, fmpq)}
        if all(isinstance(x, fmpq) for x in part):
            onto = sum((_onto_kernel(tops - x * one) for x in exact), fmpq_mat(0 * one))
            return fmpq_mat(one) - onto if others else onto
    return enclosed


def _whole(enclosures: list[arb], matrix: fmpz_mat, *, power: int) -> list[arb | fmpq]:
    """The enclosures, largest first, of numbers whose powers are the eigenvalues of a symmetric integer matrix; those that are integers as such."""
    found: list[arb | fmpq] = list(enclosures)
    one = _identity(matrix.nrows())
    for number in {n for x in enclosures if (n := x.unique_fmpz()) is not None}:
        alike = [k for k, x in enumerate(enclosures) if x.contains(number)]
        # of so many enclosures that hold it each is of it; of more, some is of another number
        if len(alike) == matrix.nrows() - (matrix - number**power * one).rank():
            for k in alike:
                found[k] = fmpq(number)
    return found


def _onto_kernel(matrix: fmpz_mat) -> fmpq_mat:
    """The orthogonal projection onto the kernel of a matrix that has one."""
    basis, nullity = matrix.nullspace()
    columns = fmpq_mat([row[:nullity] for row in basis.tolist()])
    rows = columns.transpose()
    return columns * (rows * columns).inv() * rows


def _identity(order: int) -> fmpz_mat:
    return fmpz_mat(order, order, [fmpz(i == j) for i in range(order) for j in range(order)])
