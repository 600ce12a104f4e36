"""Trajectories of networks: the states at chosen times, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.simulate.showing import curves, singular_values

__all__ = ["Estimated", "OneLayerTrajectory", "Trajectory"]


@dataclass(frozen=True, kw_only=True)
class Estimated:
    """Results that may come with an estimate of their error."""

    estimate: Callable[[], float] | None = field(default=None, repr=False)

    @cached_property
    def error(self) -> float | None:
        """For a float64 flow, largest difference from a second, looser run, which is made when first asked for (of modes,
        in ``log_w``); otherwise None.
        """
        return None if self.estimate is None else self.estimate()


@dataclass(frozen=True)
class Trajectory(Estimated):
    """States of a two-layer network at chosen times, time on the first axis.

    Attributes:
        times: the recorded times: integers for descent, real numbers for flow.
        W1: (times, d, r). W2: (times, r, p).
        diverged_at: first step with an entry that is not finite, or whose enclosure is lost (the rows from
            there on are NaN), or None.
        error: an estimate for a float64 flow, otherwise None.

    >>> from rankladder.simulate import matrix_descent
    >>> run = matrix_descent([[1.0]], [[2.0]], [[0.5]], [[0.5]], 0.1, [0, 100])
    >>> run.times.tolist(), run.W.ravel().round(6).tolist(), run.diverged_at
    ([0, 100], [0.25, 2.0], None)
    """

    times: NDArray[Any]
    W1: NDArray[Any]
    W2: NDArray[Any]
    diverged_at: int | None = None

    @property
    def W(self) -> NDArray[Any]:  # noqa: N802 - the symbol of the network
        """The products ``W1 W2``, (times, d, p)."""
        return self.W1 @ self.W2  # type: ignore[no-any-return]

    def _repr_html_(self) -> str | None:
        d, r, p = *self.W1.shape[1:], self.W2.shape[2]
        with np.errstate(all="ignore"):  # a run that diverges ends at the edge of float64
            found = singular_values(self.W)
        return curves(self.times, found, what=_WHAT, notes=[f"d = {d}, r = {r}, p = {p}", *_ended(self)])


@dataclass(frozen=True)
class OneLayerTrajectory(Estimated):
    """States of a one-layer network at chosen times, time on the first axis.

    Attributes:
        times: the recorded times: integers for descent, real numbers for flow.
        W: (times, d, p).
        diverged_at: first step with an entry that is not finite, or whose enclosure is lost (the rows from
            there on are NaN), or None.
        error: an estimate for a float64 flow, otherwise None.

    >>> from rankladder.simulate import one_layer_descent
    >>> one_layer_descent([[1.0]], [[2.0]], [[0.0]], 0.5, [0, 1, 2]).W.ravel().tolist()
    [0.0, 1.0, 1.5]
    """

    times: NDArray[Any]
    W: NDArray[Any]
    diverged_at: int | None = None

    def _repr_html_(self) -> str | None:
        shape = "d = {}, p = {}".format(*self.W.shape[1:])
        return curves(self.times, singular_values(self.W), what=_WHAT, notes=[shape, *_ended(self)])


_WHAT = "singular values of W"


def _ended(run: Trajectory | OneLayerTrajectory) -> list[str]:
    return [] if run.diverged_at is None else [f"diverged at step {run.diverged_at}"]
