"""Reduced-rank regression, numerically and straight from its definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.arguments import as_numbers, whole
from rankladder.simulate.decomposition import check_moments, check_tolerance
from rankladder.simulate.problems import as_covariance, loss

__all__ = ["prediction_norm", "reduced_rank_losses", "reduced_rank_regression"]

Matrix = NDArray[np.float64]


def reduced_rank_regression(Sxx: Any, Sxy: Any, rank: int, *, rtol: float = 1e-12) -> Matrix:
    """A minimiser of the least-squares loss among matrices of rank at most ``rank``.

    Solves: ``min { tr(Wᵀ Sxx W)/2 − tr(Wᵀ Sxy) : rank W ≤ j }``: whiten with the eigenvectors of ``Sxx``,
    truncate the singular value decomposition, undo the whitening.

    Source: Eckart and Young, *The approximation of one matrix by another of lower rank*,
    Psychometrika 1 (1936); Izenman, *Reduced-rank regression for the multivariate linear model*,
    Journal of Multivariate Analysis 5 (1975).

    Assumptions: directions where ``Sxx`` is zero get no weight (the minimiser of least norm there). The
    solution is unique iff the j-th singular value of ``Sxx^{−1/2} Sxy`` exceeds the next, or is 0.

    Args:
        Sxx: (d, d), symmetric positive semidefinite. Sxy: (d, p), columns in the range of ``Sxx``.
        rank: largest rank j ≥ 0 allowed; beyond ``rank Sxy`` it is the full least-squares fit.
        rtol: eigenvalues of ``Sxx`` below ``rtol λ_max`` count as zero.

    Returns:
        ``W*_j`` (d, p), float64.

    Raises:
        ValueError: for a negative rank, or moments that no data set can have.

    >>> reduced_rank_regression(np.diag([8.0, 1.0]), np.diag([2.0, 1.0]), 1).round(12).tolist()
    [[0.0, 0.0], [0.0, 1.0]]
    """
    return next(_solutions(Sxx, Sxy, [whole(rank, "rank")], rtol))


def reduced_rank_losses(Sxx: Any, Sxy: Any, *, Syy_trace: float = 0.0, rtol: float = 1e-12) -> Matrix:
    """Least-squares losses of the reduced-rank solutions of rank 0, 1, …, min(d, p).

    Args:
        Sxx, Sxy: as in :func:`reduced_rank_regression`.
        Syy_trace: ``‖Y‖²/n``; 0 leaves the constant out.

    >>> reduced_rank_losses(np.diag([8.0, 1.0]), np.diag([2.0, 1.0])).round(12).tolist()
    [0.0, -0.5, -0.75]
    """
    Sxx, Sxy = check_moments(Sxx, Sxy)
    solutions = _solutions(Sxx, Sxy, range(min(Sxy.shape) + 1), rtol)
    return np.array([loss(Sxx, Sxy, W, Syy_trace=Syy_trace) for W in solutions])


def prediction_norm(Sxx: Any, W: Any) -> Any:
    """Norm of the predictions that W makes, ``‖Sxx^{1/2} W‖_F = ‖XW‖_F/√n``.

    Source: ``tr(Wᵀ Sxx W)``, without a matrix square root.

    Args:
        Sxx: (d, d). W: (d, p), or a stack (…, d, p) for one norm each.

    >>> float(prediction_norm([[4.0]], [[3.0]]))
    6.0
    """
    Sxx, W = as_covariance(Sxx), as_numbers(W, "W")
    if W.ndim < 2 or W.shape[-2] != Sxx.shape[0]:
        raise ValueError(
            f"W has shape {W.shape} but must have (…, d, p) with d = {Sxx.shape[0]}; pass W (d, p)"
        )
    square = (W * (Sxx @ W)).sum(axis=(-2, -1))
    # Rounding may leave a tiny negative square where Sxx is singular.
    return np.sqrt(square if W.dtype == object or Sxx.dtype == object else np.maximum(square, 0.0))


def _solutions(Sxx: Any, Sxy: Any, ranks: Iterable[int], rtol: float) -> Iterator[Matrix]:
    check_tolerance(rtol)
    Sxx, Sxy = check_moments(Sxx, Sxy)
    eigenvalues, frame = np.linalg.eigh(Sxx)
    kept = eigenvalues > max(rtol, 10 * len(eigenvalues) * np.finfo(np.float64).eps) * eigenvalues[-1]
    frame, roots = frame[:, kept], np.sqrt(eigenvalues[kept])
    left, values, right = np.linalg.svd((frame.T @ Sxy) / roots[:, None], full_matrices=False)
    unwhitened = frame @ (left / roots[:, None])
    for j in ranks:
        yield (unwhitened[:, :j] * values[:j]) @ right[:j]
