"""What follows from a data set without running anything: modes, reduced-rank solutions, step sizes.

Everything that the condition of the inputs could spoil is taken from the samples, not from their moments: with
``X/sqrt(n) = P s R`` the predictions of W are ``P (s R W)``, so distances and reduced-rank solutions need the
singular values s, known to a relative 1e-16 of the largest, and not their squares.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.reading import DataSet
from rankladder.simulate import (
    JointDecomposition,
    Trajectory,
    joint_decomposition,
    matrix_descent,
    matrix_descent_data,
)
from rankladder.theory import rrr_gain, transition_step

__all__ = ["ROUNDING", "SAME", "Geometry"]

Array = NDArray[np.float64]

SAME = 1e-9  # relative size of what counts as rounding of the data: gaps between modes, a share that does not commute
ROUNDING = float(np.finfo(np.float64).eps) / 2
_MODES = 1e-10  # modes with a smaller share of sigma_1 count as null
_NOISE = 64 * ROUNDING  # of an entry of Sxy, relative to the size of its columns


@dataclass(frozen=True)
class Geometry:
    """The modes of a data set and what follows from them.

    ``sigma`` (m,) are the nonzero singular values of Sxy, ``lam`` (m,) the matching diagonal entries of
    ``U^T Sxx U``; ``best`` the minimum-norm minimiser; distances are in prediction norm.
    """

    data: DataSet
    joint: JointDecomposition
    m: int

    @classmethod
    def of(cls, data: DataSet) -> Geometry:
        """Decompose the moments of a data set.

        Raises:
            ValueError: for moments that no samples have.
        """
        largest = float(np.linalg.norm(data.Sxy, 2))
        noise = 0.0 if data.syy is None else _NOISE * math.sqrt(float(np.trace(data.Sxx)) * data.syy)
        joint = joint_decomposition(
            data.Sxx,
            data.Sxy,
            rtol=max(_MODES, noise / largest) if noise < largest else 0.5,
            from_data=data.n is not None,
        )
        learnable = joint.rank if largest > noise else 0
        return cls(data, joint, min(learnable, len(data.root)))

    @property
    def shape(self) -> tuple[int, int]:
        """``(d, p)``."""
        return self.data.Sxy.shape[0], self.data.Sxy.shape[1]

    @property
    def ranks(self) -> range:
        """1 … m."""
        return range(1, self.m + 1)

    @cached_property
    def sigma(self) -> Array:
        """Active singular values (m,)."""
        return np.asarray(self.joint.sigma[: self.m], dtype=float)

    @cached_property
    def lam(self) -> Array:
        """Their diagonal entries of U^T Sxx U (m,), as ``|root u|^2``: positive however small."""
        return np.asarray(np.sum(self._rooted_frame**2, axis=0), dtype=float)

    @cached_property
    def gains(self) -> Array:
        """Loss reduction of each mode, sigma^2/lam (twice the loss), (m,)."""
        return np.asarray(rrr_gain(self.sigma, self.lam), dtype=float)

    @cached_property
    def _rooted_frame(self) -> Array:
        """``root u_j``, (rank, m)."""
        rooted: Array = self.data.root @ np.asarray(self.joint.U)[:, : self.m]
        return rooted

    @cached_property
    def _optimum(self) -> tuple[Array, Array, Array]:
        """Full frames A (rank, rank), B (p, p) and singular values (rank or p,) of the fitted values."""
        left, values, right = np.linalg.svd(self.data.fitted)
        values[values <= values[0] * max(self.data.fitted.shape) * np.finfo(float).eps] = 0.0
        return left, values, right.T

    def solution(self, rank: int) -> Array:
        """The reduced-rank solution, least in norm where Sxx is singular, (d, p)."""
        A, t, B = self._optimum
        return self.data.unrooted @ ((A[:, :rank] * t[:rank]) @ B[:, :rank].T)

    def plateau(self, rank: int) -> Array:
        """``sum_{i <= rank} omega_i u_i v_i^T``, (d, p)."""
        U, V = np.asarray(self.joint.U)[:, :rank], np.asarray(self.joint.V)[:, :rank]
        made: Array = (U * (self.sigma / self.lam)[:rank]) @ V.T
        return made

    def rrr_loss(self, rank: int) -> float:
        """Its loss; relative to the minimum where tr(Y^T Y) is unknown."""
        return self.data.least_loss + 0.5 * float(np.sum(self._optimum[1][rank:] ** 2))

    @cached_property
    def best(self) -> Array:
        """Minimum-norm minimiser of the loss, (d, p)."""
        made: Array = self.data.unrooted @ self.data.fitted
        return made

    @cached_property
    def order_consistent(self) -> bool:
        """Whether at every rank without a tie in sigma, the leading modes also lead in sigma^2/lam."""
        return all(
            self.gains[:j].min() >= self.gains[j:].max() * (1 - SAME)
            for j in range(1, self.m)
            if j in self.separable_ranks
        )

    @cached_property
    def sharpness(self) -> float:
        """Largest Hessian eigenvalue at the balanced factorisation of the minimum-norm minimiser."""
        if not self.m:
            return 0.0
        left, values, right = np.linalg.svd(self.best, full_matrices=False)
        return self.sharpness_at(left * np.sqrt(values), np.sqrt(values)[:, None] * right)

    def sharpness_at(self, W1: Array, W2: Array) -> float:
        """Largest Hessian eigenvalue at factors whose product minimises the loss.

        There the residual is zero and the Hessian acts on a change Z of the predictions as
        ``Sxx Z W2^T W2 + Sxx^½ W1 W1^T Sxx^½ Z``; its largest eigenvalue takes the leading right direction of W2.
        """
        root = self.data.root
        rooted = root @ W1
        stretch = float(np.linalg.norm(W2, 2)) ** 2
        return float(np.linalg.eigvalsh(stretch * (root @ root.T) + rooted @ rooted.T)[-1])

    @cached_property
    def commutes(self) -> bool:
        """Whether orthogonal U, V diagonalise both moments, to rounding of the data."""
        return bool(self.joint.noncommuting_share <= SAME)

    @cached_property
    def separable_ranks(self) -> list[int]:
        """Ranks at which sigma drops: inside a tie no plateau exists."""
        s = self.sigma
        return [j for j in self.ranks if j == self.m or s[j - 1] - s[j] > SAME * s[0]]

    def carried(self, delta: float, mode: int, unit: float = ROUNDING) -> bool:
        """Whether numbers rounded to ``unit`` still know what a mode started from when the first is learned."""
        return delta <= self.largest_carried(mode, unit)

    def largest_carried(self, mode: int, unit: float = ROUNDING) -> float:
        """The largest delta at which they do.

        By then mode i has grown to ``e^{-delta (1 - sigma_i/sigma_1)}`` in the factors, whose entries are rounded
        relative to 1; a hundredth of it may be rounding.
        """
        apart = 1 - float(self.sigma[mode - 1] / self.sigma[0])
        return math.log(0.01 / unit) / apart if apart > 0 else math.inf

    def beside(self, rank: int) -> int:
        """The mode that ends a rank's plateau, or the last."""
        return min(rank + 1, self.m)

    @property
    def step_sizes(self) -> dict[str, float | None]:
        """Largest monotone, convergent (on the spectral manifold) and stable (off it) steps."""
        if not self.m:
            return {"monotone": None, "convergent": None, "stable": None}
        top = float(self.sigma[0])
        return {"monotone": 0.5 / top, "convergent": 1 / top, "stable": 2 / self.sharpness}

    @property
    def default_eta(self) -> float:
        """``min(1/(2 sigma_1), 1/h)``."""
        return min(0.5 / float(self.sigma[0]), 1 / self.sharpness)

    @cached_property
    def largest_small_delta(self) -> float:
        """The delta at which some mode starts at half its fitted value and no mode higher: z_0 = 1/2."""
        return float(np.max(0.5 * np.log(2 * self.lam / self.sigma)))

    def predicted_steps(self, eta: float, delta: float) -> Array:
        """``delta/log(1 + eta sigma_j)`` (m,)."""
        return np.asarray(transition_step(eta, self.sigma, delta), dtype=float)

    def descend(self, W1: Array, W2: Array, eta: float, times: object) -> Trajectory:
        """Gradient descent on this data, in whichever of its forms has the cheaper gradient."""
        rank, d = self.data.root.shape
        if 2 * rank >= d:
            return matrix_descent(self.data.Sxx, self.data.Sxy, W1, W2, eta, times)
        scale = math.sqrt(rank)  # the mean over rows that it takes
        return matrix_descent_data(scale * self.data.root, scale * self.data.fitted, W1, W2, eta, times)

    def predictions(self, W: Array) -> Array:
        """``root W`` of one W or of a stack: what W predicts, in orthonormal coordinates of the sample space."""
        made: Array = self.data.root @ W
        return made

    def loss(self, predictions: Array) -> Array:
        """Loss of one prediction or of a stack; relative to the minimum where tr(Y^T Y) is unknown."""
        gap = predictions - self.data.fitted
        excess: Array = 0.5 * np.sum(gap * gap, axis=(-2, -1))
        return excess + self.data.least_loss

    def distance_to_best(self, predictions: Array) -> float:
        """``||Sxx^½ (W − best)||_F / ||Sxx^½ best||_F`` of one prediction."""
        return float(np.linalg.norm(predictions - self.data.fitted) / np.linalg.norm(self.data.fitted))

    def distances_to_rrr(self, predictions: Array) -> Array:
        """``||Sxx^½ (W_k − W*_j)||_F`` over the distance of W*_j from the nearer of its neighbours, (times, m).

        In the singular frames of the fitted values W*_j is diagonal, so that one product serves every j. Where gains tie,
        any part of the tied modes will do: W*_j is then the nearest of the solutions, which takes the leading eigenvectors
        of the tied block.
        """
        A, t, B = self._optimum
        coordinates = A.T @ predictions @ B
        diagonal = np.arange(min(len(A), len(B)))
        entries = coordinates[:, diagonal, diagonal]
        blocks = {(a, b): coordinates[:, a:b, a:b].copy() for a, b in self._tied_gains}
        coordinates[:, diagonal, diagonal] = 0.0
        outside = np.sum(coordinates**2, axis=(1, 2))
        squares = (
            _prefix(np.square(entries - t), self.m) + _suffix(np.square(entries), self.m) + outside[:, None]
        )
        for (a, b), block in blocks.items():
            along = np.linalg.eigvalsh((block + block.swapaxes(1, 2)) / 2)[:, ::-1]
            gained = np.cumsum(along - entries[:, a:b], axis=1)[:, :-1]
            squares[:, a : b - 1] = np.maximum(squares[:, a : b - 1] - 2 * t[a] * gained, 0.0)
        return np.asarray(np.sqrt(squares) / self.gaps)

    @cached_property
    def gaps(self) -> Array:
        """Distance of every reduced-rank solution from the nearer of those of one rank less and one more, (m,).

        In units of it 1/2 may be halfway to a neighbour, however small the part of the fit that tells them apart.
        """
        t = self._optimum[1][: self.m]
        return np.asarray(np.minimum(t, np.append(t[1:], np.inf)))

    @cached_property
    def _tied_gains(self) -> list[tuple[int, int]]:
        """First and one past the last of the fitted values' singular values that tie, by group."""
        t = self._optimum[1][: self.m]
        starts = [0, *(i for i in range(1, self.m) if t[i - 1] - t[i] > SAME * t[0]), self.m]
        return [(a, b) for a, b in itertools.pairwise(starts) if b - a > 1]

    def distances_to_plateaus(self, predictions: Array) -> Array:
        """The same to the mode plateaus ``sum_{i <= j} omega_i u_i v_i^T``, in the same units, (times, m); columns v_i separate."""
        omega = self.sigma / self.lam
        columns = predictions @ np.asarray(self.joint.V)
        empty = np.sum(columns**2, axis=1)
        columns[:, :, : self.m] -= omega * self._rooted_frame
        full = np.sum(columns[:, :, : self.m] ** 2, axis=1)
        squares = _prefix(full, self.m) + _suffix(empty, self.m)
        return np.asarray(np.sqrt(squares) / self.gaps)

    @cached_property
    def _final(self) -> Array:
        """``u_j^T W* v_j``, (m,)."""
        U, V = np.asarray(self.joint.U)[:, : self.m], np.asarray(self.joint.V)[:, : self.m]
        return np.asarray(np.einsum("ij,ij->j", U, self.best @ V))

    @property
    def final_shares(self) -> Array:
        """``u_j^T W* v_j`` over the fitted value ``sigma_j/lam_j`` of its mode, (m,): 1 where data commute."""
        return self._final * self.lam / self.sigma

    def learned(self, W: Array) -> Array:
        """``u_j^T W v_j`` over its final value ``u_j^T W* v_j``, (times, m)."""
        U, V = np.asarray(self.joint.U)[:, : self.m], np.asarray(self.joint.V)[:, : self.m]
        fractions: Array = np.einsum("ij,tij->tj", U, W @ V) / self._final
        return fractions

    @property
    def null_dimension(self) -> int:
        """Number of input directions in which there are no data."""
        return self.shape[0] - len(self.data.root)

    def null_share(self, W: Array) -> float:
        """Share of W outside range Sxx, where every minimiser is as good as any other."""
        norm = float(np.linalg.norm(W))
        outside = W - self.data.unrooted @ self.predictions(W)
        return float(np.linalg.norm(outside)) / norm if norm > 0 and self.null_dimension else 0.0


def _prefix(squares: Array, m: int) -> Array:
    """Sums over i <= j for j = 1 … m, (times, m)."""
    return np.asarray(np.cumsum(squares[:, :m], axis=1))


def _suffix(squares: Array, m: int) -> Array:
    """Sums over i > j for j = 1 … m, (times, m), added up from the small end."""
    reversed_sums = np.cumsum(squares[:, ::-1], axis=1)[:, ::-1]
    padded = np.concatenate([reversed_sums, np.zeros((len(squares), 1))], axis=1)
    return padded[:, 1 : m + 1]
