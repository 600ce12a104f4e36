"""Determinants and norms as users write them, in any arithmetic."""

import numpy as np


def square(A):
    """The squared Frobenius norm."""
    return (A * A).sum()


def det(A):
    """The determinant, by its first row."""
    if len(A) == 1:
        return A[0, 0]
    return sum((-1) ** j * A[0, j] * det(np.delete(A[1:], j, axis=1)) for j in range(len(A)))


def adjugate(A):
    """The matrix adj A with A adj A = det A."""
    order = range(len(A))
    minors = [[det(np.delete(np.delete(A, j, axis=0), i, axis=1)) for j in order] for i in order]
    return np.array([[(-1) ** (i + j) * minors[i][j] for j in order] for i in order])
