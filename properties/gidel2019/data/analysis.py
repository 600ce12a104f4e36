"""What gradient descent does on a data set, rank by rank."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.geometry import ROUNDING, Geometry
from rankladder.properties.gidel2019.data.leaving import Departure, departure
from rankladder.simulate import gaussian_start, spectral_start

__all__ = [
    "LARGEST_DELTA",
    "RESOLUTION",
    "SETTLED",
    "RankReport",
    "Run",
    "default_step_budget",
    "escaped",
    "first_step",
    "most_held",
    "observe",
    "run_descent",
    "start_for",
]

Array = NDArray[np.float64]

_ESCAPED = 1e6  # factors so much larger than those of the fit never come back
SETTLED = 1e-4  # relative prediction distance to the limit at which a run has nothing more to show
RESOLUTION = 1000  # steps are looked at this finely relative to the time passed (each of the first 1000)
_CURVE = 1.004  # growth of the times kept for the picture
_WORK = 6e10  # floating-point operations that one run may cost by default: some seconds
_LEAST_STEPS = 100  # at the default step and delta = 10 the first mode is learned after 25


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
    earliest_step: int | None = (
        None  # where steps before it were not seen: the first at which it may have been
    )

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
        } | ({} if self.earliest_step is None else {"earliest_step": self.earliest_step})


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


@dataclass
class Run:
    """One descent: a report per rank, how it ended, and a thinned curve for the picture when one is wanted.

    Attributes:
        start: from which it began, in a word; ``recorded`` for a recorded run.
        begin: the step of the first state that was seen.
        deltas: (m,), from which scale ``exp(-delta)`` each mode started there, where that is not the same of all; NaN where it
            is not known, infinite where a mode started from nothing.
        unit: the rounding unit of its numbers.
        width: units of the hidden layer, None where that is not known; no rank above it can be learned.
    """

    ranks: list[RankReport]
    steps: int = 0
    settled: bool = False
    diverged_at: int | None = None
    final_distance: float = math.inf
    null_share: float = 0.0
    start: str = "spectral"
    begin: int = 0
    deltas: Array | None = None
    unit: float = ROUNDING
    width: int | None = None
    departure: Departure | None = None  # what a step a tenth above 2/h does to the fit, where that was asked
    times: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    singular_values: list[Array] = field(default_factory=list)

    @property
    def learnable(self) -> list[RankReport]:
        """Those of the ranks that the hidden layer has room for.

        A matrix W of lower rank may come to half of a later mode's final value, too, without learning that mode.
        """
        return [r for r in self.ranks if self.width is None or r.rank <= self.width]

    @property
    def transitions(self) -> list[RankReport]:
        """Those of the learnable ranks whose mode was seen to be half learned."""
        return [r for r in self.learnable if r.transition_step is not None]


def default_step_budget(d: int, p: int, r: int) -> int:
    """Steps that fit the default work of one run, between 100 and 200,000.

    >>> default_step_budget(3, 3, 3), default_step_budget(64, 64, 64), default_step_budget(400, 400, 400)
    (200000, 14169, 100)
    """
    # a step is looked at for about what it costs to take, and both cost the interpreter something too
    per_step = 4 * (d * r * p * 3 + d * d * p) + 40_000
    return int(min(200_000, max(_LEAST_STEPS, _WORK / per_step)))


# float64 loses digits below exp(-708), and entries of the factors are smaller than their scale; a start that is zero to
# rounding stays there
LARGEST_DELTA = 700.0


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
    geometry: Geometry,
    start: tuple[Array, Array],
    eta: float,
    delta: float,
    max_steps: int,
    *,
    curve: bool = False,
    leave: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Run:
    """Gradient descent from ``start`` until it settles, diverges or the step budget is spent.

    Args:
        curve: keep losses and singular values for a picture.
        leave: find out whether too large a step leaves the fit again.
        progress: called with the number of steps taken so far.
    """
    (d, p), (W1, W2) = geometry.shape, start
    predicted = geometry.predicted_steps(eta, delta)
    run = Run([RankReport(j, float(predicted[j - 1]), geometry.rrr_loss(j)) for j in geometry.ranks])
    bound = escaped(geometry, W1, W2)
    held = most_held(d, p, W1.shape[1])
    k = 0
    while k < max_steps and not run.settled:
        stride = max(1, k // RESOLUTION)
        length = min(stride * min(held, 256), max_steps - k)
        marks = sorted({*range(0, length + 1, stride), length})
        part = geometry.descend(W1, W2, eta, marks)
        finite = len(marks) if part.diverged_at is None else int(np.searchsorted(marks, part.diverged_at))
        # growth far beyond the fit is divergence already; float64 must not be asked to square it
        sizes = np.abs(part.W1[:finite]).max(axis=(1, 2)) + np.abs(part.W2[:finite]).max(axis=(1, 2))
        ordinary = int(np.argmax(sizes > bound)) if (sizes > bound).any() else finite
        if ordinary:
            seen = np.array(marks[:ordinary])
            # what comes later may have diverged
            W = part.W1[:ordinary] @ part.W2[:ordinary]
            observe(geometry, run, W, seen, k, partial(first_step, geometry, part, seen, eta), curve=curve)
        if part.diverged_at is not None or ordinary < finite:
            run.diverged_at = (
                k + int(marks[ordinary]) if ordinary < finite else k + int(part.diverged_at or 0)
            )
            run.steps = run.diverged_at
            return run
        W1, W2 = part.W1[-1], part.W2[-1]
        k += length
        run.steps = k
        if progress is not None:
            progress(k)
        all_seen = all(r.transition_step is not None for r in run.ranks)
        run.settled = all_seen and run.final_distance < SETTLED
    run.null_share = geometry.null_share(W1 @ W2)
    if leave:
        run.departure = departure(geometry, max_steps)
    return run


def escaped(geometry: Geometry, W1: Array, W2: Array) -> float:
    """The size of factors beyond which a run from ``W1, W2`` has diverged."""
    return _ESCAPED * (
        1 + math.sqrt(float(np.abs(geometry.best).max())) + float(np.abs(W1).max() + np.abs(W2).max())
    )


def most_held(d: int, p: int, r: int) -> int:
    """How many states are looked at at once: the factors of all are held, within some tens of megabytes."""
    return max(8, 2**22 // ((d + p) * r + d * p))


def observe(
    geometry: Geometry,
    run: Run,
    W: Array,
    marks: NDArray[np.int64],
    offset: int,
    first: Callable[[int, int], int],
    *,
    curve: bool = False,
) -> Array:
    """Enter states of a run into its report; their losses (times,).

    Args:
        W: the products (times, d, p), after ``offset + marks`` steps.
        first: of the index at which a mode is seen to be half learned, and its number, the first step at which it was.
    """
    predictions = geometry.predictions(W)
    to_rrr, to_plateau = geometry.distances_to_rrr(predictions), geometry.distances_to_plateaus(predictions)
    losses = geometry.loss(predictions)
    learned = geometry.learned(W) >= 0.5
    run.final_distance = geometry.distance_to_best(predictions[-1])
    for j, report in enumerate(run.ranks):
        best = int(np.argmin(to_rrr[:, j]))
        if to_rrr[best, j] < report.distance_to_rrr:
            report.distance_to_rrr, report.loss = float(to_rrr[best, j]), float(losses[best])
            report.step = int(offset + marks[best])
        report.distance_to_plateau = min(report.distance_to_plateau, float(to_plateau[:, j].min()))
        if report.transition_step is None and learned[:, j].any():
            report.transition_step = offset + first(int(np.argmax(learned[:, j])), j)
    for i, mark in enumerate(marks if curve else ()):
        step = int(offset + mark)
        if not run.times or step >= run.times[-1] * _CURVE + 1:
            run.times.append(step)
            run.losses.append(float(losses[i]))
            run.singular_values.append(np.linalg.svd(W[i], compute_uv=False))
    return losses


def first_step(
    geometry: Geometry, part: Any, marks: NDArray[np.int64], eta: float, index: int, j: int
) -> int:
    """The first step of a transition that was seen between two observed steps."""
    if index == 0 or marks[index] - marks[index - 1] == 1:
        return int(marks[index])
    width = int(marks[index] - marks[index - 1])
    again = geometry.descend(part.W1[index - 1], part.W2[index - 1], eta, width)
    return int(marks[index - 1] + np.argmax(geometry.learned(again.W)[:, j] >= 0.5))
