"""What the theory predicts for a data set, and what gradient descent does on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from properties.dataset import DataSet
from simulate import (
    JointDecomposition,
    gaussian_start,
    joint_decomposition,
    matrix_descent,
    reduced_rank_regression,
    spectral_start,
)
from theory import rrr_gain, transition_step

__all__ = ["Geometry", "RankReport", "Run", "default_step_budget", "run_descent", "start_for"]

Array = NDArray[np.float64]

_TIE = 1e-6  # relative gap below which two singular values are one: data carry no more digits than that
_ESCAPED = 1e6  # factors so much larger than those of the fit never come back
_SETTLED = 1e-4  # relative prediction distance to the limit at which a run has nothing more to show
_RESOLUTION = 1000  # steps are looked at this finely relative to the time passed (each of the first 1000)
_CURVE = 1.004  # growth of the times kept for the picture
_WORK = 6e10  # floating-point operations that one run may cost by default: some tens of seconds


@dataclass(frozen=True)
class Geometry:
    """The modes of a data set and what follows from them without running anything.

    ``sigma`` (m,) are the nonzero singular values of Sxy, ``lam`` (m,) the matching diagonal entries of
    ``U^T Sxx U``; ``best`` the minimum-norm minimiser; distances are in prediction norm.
    """

    data: DataSet
    joint: JointDecomposition

    @classmethod
    def of(cls, data: DataSet) -> Geometry:
        """Decompose the moments of a data set."""
        return cls(data, joint_decomposition(data.Sxx, data.Sxy))

    @property
    def shape(self) -> tuple[int, int]:
        """``(d, p)``."""
        return self.data.Sxy.shape[0], self.data.Sxy.shape[1]

    @property
    def m(self) -> int:
        """Number of active modes."""
        return self.joint.rank

    @cached_property
    def sigma(self) -> Array:
        """Active singular values (m,)."""
        return np.asarray(self.joint.sigma[: self.m], dtype=float)

    @cached_property
    def lam(self) -> Array:
        """Their diagonal entries of U^T Sxx U (m,)."""
        return np.asarray(self.joint.lam[: self.m], dtype=float)

    @cached_property
    def gains(self) -> Array:
        """Loss reduction of each mode, sigma^2/lam (twice the loss), (m,)."""
        return np.asarray(rrr_gain(self.sigma, self.lam), dtype=float)

    @cached_property
    def root(self) -> Array:
        """Symmetric square root of Sxx (d, d)."""
        values, vectors = np.linalg.eigh(self.data.Sxx)
        root: Array = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
        return root

    @cached_property
    def best(self) -> Array:
        """Minimum-norm minimiser of the loss, (d, p)."""
        return np.asarray(reduced_rank_regression(self.data.Sxx, self.data.Sxy, min(self.shape)), dtype=float)

    @cached_property
    def solutions(self) -> list[Array]:
        """Reduced-rank solutions of rank 1 … m."""
        return [
            np.asarray(reduced_rank_regression(self.data.Sxx, self.data.Sxy, j), dtype=float)
            for j in self.ranks
        ]

    @cached_property
    def plateaus(self) -> list[Array]:
        """Mode plateaus of rank 1 … m."""
        U, V = np.asarray(self.joint.U), np.asarray(self.joint.V)
        omega = self.sigma / self.lam
        return [(U[:, :j] * omega[:j]) @ V[:, :j].T for j in self.ranks]

    @property
    def ranks(self) -> range:
        """1 … m."""
        return range(1, self.m + 1)

    @cached_property
    def order_consistent(self) -> bool:
        """Whether at every rank without a tie in sigma, the leading modes also lead in sigma^2/lam."""
        return all(
            self.gains[:j].min() >= self.gains[j:].max() * (1 - _TIE)
            for j in range(1, self.m)
            if self.sigma[j - 1] - self.sigma[j] > _TIE * self.sigma[0]
        )

    @cached_property
    def sharpness(self) -> float:
        """Largest Hessian eigenvalue at the balanced factorisation of the minimum-norm minimiser.

        There the residual is zero and the Hessian acts on a change Z of the predictions as
        ``Sxx^½ Z |W|_r + Sxx^½ |W|_l Sxx^½ Z``; its largest eigenvalue takes the leading right direction.
        """
        if not self.m:
            return 0.0
        left, values, _ = np.linalg.svd(self.best, full_matrices=False)
        absolute = (left * values) @ left.T
        return float(np.linalg.eigvalsh(values[0] * self.data.Sxx + self.root @ absolute @ self.root)[-1])

    @cached_property
    def resolving_delta(self) -> Array:
        """Start from which plateau j is seen within a tenth of its size, by LIMIT-4's bound (m,).

        The bound is sufficient on commuting data, a guide on others; infinite inside a tie of sigma.
        """
        q = min(self.shape)
        after = np.append(self.sigma[1:], 0.0)
        omega = self.sigma / self.lam
        needed = np.full(self.m, np.inf)
        for j in self.ranks:
            gap = self.sigma[j - 1] - after[j - 1]
            if gap > _TIE * self.sigma[0]:
                size = math.sqrt(np.sum(omega[:j] ** 4) + q - j)
                tenth = 0.1 * float(np.linalg.norm(omega[:j]))
                needed[j - 1] = (
                    max(0.0, 0.5 * math.log(max(size, 1e-300) / tenth))
                    * (self.sigma[j - 1] + after[j - 1])
                    / gap
                )
        return needed

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

    def predicted_steps(self, eta: float, delta: float) -> Array:
        """``delta/log(1 + eta sigma_j)`` (m,)."""
        return np.asarray(transition_step(eta, self.sigma, delta), dtype=float)

    def loss(self, W: Array) -> Array:
        """Loss of one ``W`` or of a stack; relative to the minimum where tr(Y^T Y) is unknown."""
        gap = self.root @ (W - self.best)
        excess: Array = 0.5 * np.sum(gap * gap, axis=(-2, -1))
        return excess + self.least_loss

    @cached_property
    def least_loss(self) -> float:
        """The minimum of the loss (0 where tr(Y^T Y) is unknown, as with moments only)."""
        if self.data.syy is None:
            return 0.0
        explained = float(np.sum(self.data.Sxy * self.best))
        return max(0.0, 0.5 * (self.data.syy - explained))

    def relative_distances(self, W: Array, targets: list[Array]) -> Array:
        """``||Sxx^½ (W_k − target_j)||_F / ||Sxx^½ target_j||_F``, (times, targets)."""
        rooted = self.root @ W
        columns = []
        for target in targets:
            goal = self.root @ target
            gap = rooted - goal
            columns.append(np.sqrt(np.sum(gap * gap, axis=(-2, -1))) / max(np.linalg.norm(goal), 1e-300))
        return np.stack(columns, axis=-1)

    def learned(self, W: Array) -> Array:
        """``u_j^T W v_j`` over its final value, (times, m)."""
        U, V = np.asarray(self.joint.U)[:, : self.m], np.asarray(self.joint.V)[:, : self.m]
        final = np.einsum("ij,ik,kj->j", U, self.best, V)
        fractions: Array = np.einsum("ij,tij->tj", U, W @ V) / final
        return fractions


@dataclass
class RankReport:
    """What a run showed of one rank; steps are None where not reached within the budget."""

    rank: int
    predicted_step: float
    rrr_loss: float
    transition_step: int | None = None
    distance_to_rrr: float = math.inf
    distance_to_plateau: float = math.inf
    loss: float = math.inf
    step: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values under the stable keys."""
        return {
            "rank": self.rank,
            "transition_step": self.transition_step,
            "predicted_step": _plain(self.predicted_step),
            "distance_to_rrr": _plain(self.distance_to_rrr),
            "distance_to_plateau": _plain(self.distance_to_plateau),
            "step_nearest_rrr": self.step,
            "loss": _plain(self.loss),
            "rrr_loss": _plain(self.rrr_loss),
        }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


@dataclass
class Run:
    """One descent: a report per rank, how it ended, and a thinned curve for the picture."""

    ranks: list[RankReport]
    steps: int = 0
    settled: bool = False
    diverged_at: int | None = None
    final_distance: float = math.inf
    null_share: float = 0.0
    times: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    singular_values: list[Array] = field(default_factory=list)


def default_step_budget(d: int, p: int, r: int) -> int:
    """Steps that fit the default work of one run, between 2,000 and 200,000.

    >>> default_step_budget(3, 3, 3), default_step_budget(64, 64, 64) < 100_000
    (200000, True)
    """
    per_step = 2 * (d * r * p * 3 + d * d * p) + 20_000  # matrix products, and the interpreter's own cost
    return int(min(200_000, max(2_000, _WORK / per_step)))


def start_for(geometry: Geometry, kind: str, delta: float, seed: int) -> tuple[Array, Array]:
    """Factors of a ``spectral`` or ``gaussian`` start of scale ``exp(-delta)``, hidden width min(d, p)."""
    d, p = geometry.shape
    r = min(d, p)
    if kind == "gaussian":
        return gaussian_start(d, p, r, delta, seed)
    frame, upper = np.linalg.qr(np.random.default_rng(seed).standard_normal((r, r)))
    Q = frame * np.sign(np.diag(upper))
    return spectral_start(np.asarray(geometry.joint.U), np.asarray(geometry.joint.V), Q, delta)


def run_descent(
    geometry: Geometry, start: tuple[Array, Array], eta: float, delta: float, max_steps: int
) -> Run:
    """Gradient descent from ``start`` until it settles, diverges or the step budget is spent."""
    d, p = geometry.shape
    W1, W2 = start
    predicted = geometry.predicted_steps(eta, delta)
    run = Run(
        [
            RankReport(j, float(predicted[j - 1]), float(geometry.loss(geometry.solutions[j - 1])))
            for j in geometry.ranks
        ]
    )
    bound = _ESCAPED * (
        1 + math.sqrt(float(np.abs(geometry.best).max())) + float(np.abs(W1).max() + np.abs(W2).max())
    )
    # factors of a whole block are held at once: keep them within some tens of megabytes
    most_held = max(8, 2**22 // ((d + p) * W1.shape[1] + d * p))
    k = 0
    while k < max_steps and not run.settled:
        stride = max(1, k // _RESOLUTION)
        length = min(stride * min(most_held, 256), max_steps - k)
        marks = sorted({*range(0, length + 1, stride), length})
        part = matrix_descent(geometry.data.Sxx, geometry.data.Sxy, W1, W2, eta, marks)
        finite = len(marks) if part.diverged_at is None else int(np.searchsorted(marks, part.diverged_at))
        # growth far beyond the fit is divergence already; float64 must not be asked to square it
        sizes = np.abs(part.W1[:finite]).max(axis=(1, 2)) + np.abs(part.W2[:finite]).max(axis=(1, 2))
        ordinary = int(np.argmax(sizes > bound)) if (sizes > bound).any() else finite
        if ordinary:
            _observe(geometry, run, part, np.array(marks[:ordinary]), k, eta)
        if part.diverged_at is not None or ordinary < finite:
            run.diverged_at = (
                k + int(marks[ordinary]) if ordinary < finite else k + int(part.diverged_at or 0)
            )
            run.steps = run.diverged_at
            return run
        W1, W2 = part.W1[-1], part.W2[-1]
        k += length
        run.steps = k
        all_seen = all(r.transition_step is not None for r in run.ranks)
        run.settled = all_seen and run.final_distance < _SETTLED
    run.null_share = _null_share(geometry, W1 @ W2)
    return run


def _observe(
    geometry: Geometry, run: Run, part: Any, marks: NDArray[np.int64], offset: int, eta: float
) -> None:
    count = len(marks)
    W = part.W[:count]
    to_rrr = geometry.relative_distances(W, geometry.solutions)
    to_plateau = geometry.relative_distances(W, geometry.plateaus)
    losses = geometry.loss(W)
    learned = geometry.learned(W) >= 0.5
    run.final_distance = float(geometry.relative_distances(W[-1:], [geometry.best])[0, 0])
    for j, report in enumerate(run.ranks):
        best = int(np.argmin(to_rrr[:, j]))
        if to_rrr[best, j] < report.distance_to_rrr:
            report.distance_to_rrr, report.loss = float(to_rrr[best, j]), float(losses[best])
            report.step = int(offset + marks[best])
        report.distance_to_plateau = min(report.distance_to_plateau, float(to_plateau[:, j].min()))
        if report.transition_step is None and learned[:, j].any():
            index = int(np.argmax(learned[:, j]))
            report.transition_step = offset + _first(geometry, part, marks, index, j, eta)
    for i, mark in enumerate(marks):
        step = int(offset + mark)
        if not run.times or step >= run.times[-1] * _CURVE + 1:
            run.times.append(step)
            run.losses.append(float(losses[i]))
            run.singular_values.append(np.linalg.svd(W[i], compute_uv=False))


def _first(geometry: Geometry, part: Any, marks: NDArray[np.int64], index: int, j: int, eta: float) -> int:
    """The first step of a transition that was seen between two observed steps."""
    if index == 0 or marks[index] - marks[index - 1] == 1:
        return int(marks[index])
    width = int(marks[index] - marks[index - 1])
    again = matrix_descent(
        geometry.data.Sxx, geometry.data.Sxy, part.W1[index - 1], part.W2[index - 1], eta, width
    )
    return int(marks[index - 1] + np.argmax(geometry.learned(again.W)[:, j] >= 0.5))


def _null_share(geometry: Geometry, W: Array) -> float:
    """Share of W outside range Sxx, where every minimiser is as good as any other."""
    values, vectors = np.linalg.eigh(geometry.data.Sxx)
    null = vectors[:, values <= values[-1] * 1e-12 * len(values)]
    norm = float(np.linalg.norm(W))
    return float(np.linalg.norm(null.T @ W)) / norm if norm > 0 and null.shape[1] else 0.0
