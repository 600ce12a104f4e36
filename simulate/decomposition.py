"""The joint decomposition of a data set: singular frames of ``Sxy``, and how far ``Sxx`` is from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.arguments import check_room
from rankladder.numbers.reduced_rank import check_moments, check_tolerance

__all__ = ["JointDecomposition", "check_moments", "joint_decomposition"]

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class JointDecomposition:
    """``Sxx = U (diag(lam) + B) Uᵀ`` and ``Sxy = U S Vᵀ``, with S rectangular diagonal.

    Attributes:
        U: (d, d) orthogonal. V: (p, p) orthogonal.
        sigma: (min(d, p),) singular values of ``Sxy``, decreasing, exactly 0 from ``rank`` on.
        rank: number m of singular values above the tolerance.
        lam: (d,) diagonal of ``Uᵀ Sxx U``.
        B: (d, d) its symmetric off-diagonal part; 0 in the commuting case.

    >>> modes = joint_decomposition([[2.0, 0.0], [0.0, 1.0]], [[4.0], [0.0]])
    >>> modes.sigma.tolist(), modes.lam.tolist(), modes.rank
    ([4.0], [2.0, 1.0], 1)
    """

    U: Matrix
    V: Matrix
    sigma: Matrix
    rank: int
    lam: Matrix
    B: Matrix

    @property
    def S(self) -> Matrix:  # noqa: N802 - the symbol of the decomposition
        """The (d, p) rectangular diagonal matrix of singular values."""
        made = np.zeros((self.U.shape[0], self.V.shape[0]))
        np.fill_diagonal(made, self.sigma)
        return made

    @property
    def omega(self) -> Matrix:
        """Fitted values ``σ_i/λ_i``, 0 for null modes, shape (min(d, p),)."""
        fitted = np.zeros_like(self.sigma)
        fitted[: self.rank] = self.sigma[: self.rank] / self.lam[: self.rank]
        return fitted

    @property
    def noncommuting_share(self) -> float:
        """``‖B‖_F/‖Sxx‖_F``: 0 when U diagonalises ``Sxx`` too, below 1 always."""
        size = float(np.hypot(np.linalg.norm(self.lam), np.linalg.norm(self.B)))
        return float(np.linalg.norm(self.B)) / size if size > 0 else 0.0


def joint_decomposition(
    Sxx: Any, Sxy: Any, *, rtol: float = 1e-10, from_data: bool = False
) -> JointDecomposition:
    """Singular frames of ``Sxy`` in which ``Sxx`` is as diagonal as they allow.

    Solves: minimise ``‖B‖_F`` over the singular frames of ``Sxy``. Where singular values are distinct
    the frames are unique up to signs. Inside a tied group u_i and v_i may rotate together, and where
    ``Sxy`` is zero u_i may rotate freely: there the block of ``Sxx`` is diagonalised, which is the
    minimum because a rotation leaves the Frobenius norm of all other blocks unchanged.

    Order: ``sigma`` decreasing; inside a tie ``lam`` increasing (best reduced-rank gain ``σ²/λ`` first);
    among null directions ``lam`` decreasing. The largest entry of each u_i is positive.

    Args:
        Sxx: (d, d), symmetric positive semidefinite. Sxy: (d, p), its columns in the range of ``Sxx``.
        rtol: singular values count as tied within ``rtol σ_1``, and as zero below it.
        from_data: the moments were taken from samples, so that the range of ``Sxy`` lies in that of ``Sxx`` and
            ``Sxx`` is positive; where inputs differ in scale by 1e7 and more, rounding would make it look otherwise.

    Raises:
        ValueError: when shapes do not fit, an entry is not finite, ``Sxx`` is not symmetric or not
            positive semidefinite, or the range of ``Sxy`` is not in the range of ``Sxx``.

    >>> modes = joint_decomposition([[2.0, 0.0], [0.0, 1.0]], [[0.0], [3.0]])
    >>> modes.sigma.tolist(), modes.lam.tolist(), modes.noncommuting_share
    ([3.0], [1.0, 2.0], 0.0)
    """
    check_tolerance(rtol)
    Sxx, Sxy = check_moments(Sxx, Sxy, from_data=from_data)
    d, p = Sxy.shape
    check_room(
        d * d + p * p, f"frames of orders {d} and {p}", "take fewer outputs, or their leading components"
    )
    U, sigma, Vt = np.linalg.svd(Sxy)
    V = Vt.T.copy()
    largest = float(sigma[0])
    rank = int(np.count_nonzero(sigma > rtol * largest))
    start = 0
    while start < rank:
        end = start + 1
        while end < rank and sigma[start] - sigma[end] <= rtol * largest:
            end += 1
        _, rotation = np.linalg.eigh(U[:, start:end].T @ Sxx @ U[:, start:end])
        U[:, start:end] = U[:, start:end] @ rotation
        V[:, start:end] = V[:, start:end] @ rotation
        start = end
    if rank < U.shape[1]:
        _, rotation = np.linalg.eigh(U[:, rank:].T @ Sxx @ U[:, rank:])
        U[:, rank:] = U[:, rank:] @ rotation[:, ::-1]
    signs = np.where(U[np.abs(U).argmax(axis=0), np.arange(len(U))] < 0, -1.0, 1.0)
    U *= signs
    V[:, :rank] *= signs[:rank]
    sigma[rank:] = 0.0
    rotated = U.T @ Sxx @ U
    rotated = (rotated + rotated.T) / 2
    lam = rotated.diagonal().clip(min=0.0)
    return JointDecomposition(U, V, sigma, rank, lam, rotated - np.diag(rotated.diagonal()))
