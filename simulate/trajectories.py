"""Trajectories of networks: the states at chosen times, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

__all__ = ["OneLayerTrajectory", "Trajectory"]


@dataclass(frozen=True)
class Trajectory:
    """States of a two-layer network at chosen times, time on the first axis.

    Attributes:
        times: the recorded times: integers for descent, real numbers for flow.
        W1: (times, d, r). W2: (times, r, p).
        diverged_at: first step with an entry that is not finite, or whose enclosure is lost (the rows from
            there on are NaN), or None.
        error: for a float64 flow, largest difference from a second, tighter run; otherwise None.
    """

    times: NDArray[Any]
    W1: NDArray[Any]
    W2: NDArray[Any]
    diverged_at: int | None = None
    error: float | None = None

    @property
    def W(self) -> NDArray[Any]:  # noqa: N802 - the symbol of the network
        """The products ``W1 W2``, (times, d, p)."""
        return self.W1 @ self.W2  # type: ignore[no-any-return]


@dataclass(frozen=True)
class OneLayerTrajectory:
    """States of a one-layer network at chosen times, time on the first axis.

    Attributes:
        times: the recorded times: integers for descent, real numbers for flow.
        W: (times, d, p).
        diverged_at: first step with an entry that is not finite, or whose enclosure is lost (the rows from
            there on are NaN), or None.
        error: for a float64 flow, largest difference from a second, tighter run; otherwise None.
    """

    times: NDArray[Any]
    W: NDArray[Any]
    diverged_at: int | None = None
    error: float | None = None
