"""Reduced-rank regression in float64, straight from its definition, and the moments that a data set can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.arguments import as_matrix, check_symmetric, whole

__all__ = ["check_moments", "check_tolerance", "reduced_rank_losses", "reduced_rank_regression"]

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
    return np.array([(W * (Sxx @ W - 2 * Sxy)).sum() / 2 + Syy_trace / 2 for W in solutions])


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


def check_tolerance(rtol: Any) -> None:
    """Raise unless a relative tolerance lies in [0, 1)."""
    if (
        isinstance(rtol, bool)
        or not isinstance(rtol, (int, float, np.integer, np.floating))
        or not 0 <= rtol < 1
    ):
        raise ValueError(f"rtol {rtol!r} must lie in [0, 1); pass a relative tolerance such as 1e-10")


def check_moments(Sxx: Any, Sxy: Any, *, from_data: bool = False) -> tuple[Matrix, Matrix]:
    """The two moments as float64 matrices, after checking that some data set can have them.

    Of moments ``from_data`` only shapes and symmetry are checked.

    Rounding leaves ``Sxx`` from data with eigenvalues of about ``±d ε λ_max`` in place of zeros; there
    ``Sxy`` may have components up to the square root of that, relative.

    Raises:
        ValueError: for moments that no data set has.

    >>> check_moments([[1.0, 0.0], [0.0, 0.0]], [[0.0], [1.0]])
    Traceback (most recent call last):
    ...
    ValueError: range of Sxy must lie in range of Sxx but a share 1 lies outside; use XᵀX/n, XᵀY/n
    """
    Sxx, Sxy = as_matrix(Sxx, "Sxx"), as_matrix(Sxy, "Sxy")
    if Sxx.dtype == object or Sxy.dtype == object:
        raise ValueError(
            "Sxx, Sxy hold exact numbers but must be float64; in a claim, take reduced_rank_solution and its like from "
            "rankladder, elsewhere midpoints()"
        )
    d = Sxy.shape[0]
    if Sxx.shape != (d, d):
        raise ValueError(f"Sxx has shape {Sxx.shape} but must have {(d, d)} for Sxy {Sxy.shape}; check XᵀX/n")
    check_symmetric(Sxx)
    scale = float(np.abs(Sxx).max())
    Sxx = (Sxx + Sxx.T) / 2
    if from_data:
        return Sxx, Sxy
    eigenvalues, frame = np.linalg.eigh(Sxx)
    zero = 10 * d * np.finfo(np.float64).eps * max(float(eigenvalues[-1]), 0.0)
    if eigenvalues[0] < -max(zero, 1e-10 * scale):
        raise ValueError(f"Sxx has eigenvalue {eigenvalues[0]:.3g} but must be >= 0 as XᵀX/n is; pass XᵀX/n")
    outside = frame[:, eigenvalues <= zero].T @ Sxy
    share = float(np.linalg.norm(outside)) / max(float(np.linalg.norm(Sxy)), np.finfo(np.float64).tiny)
    if share > 1e-6:
        raise ValueError(
            f"range of Sxy must lie in range of Sxx but a share {share:.3g} lies outside; use XᵀX/n, XᵀY/n"
        )
    return Sxx, Sxy
