"""Whether gradient descent leaves a fit that it has reached when its step is a tenth too large for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.geometry import Geometry

__all__ = ["TOO_LARGE", "Departure", "departure"]

Array = NDArray[np.float64]

# the step tried, times the sharpness h: a tenth beyond 2/h, so that the fit repels by 1.2 a step
TOO_LARGE = 2.2
_OFFSET = 1e-8  # relative size of the push; rounding alone may leave descent on the fit exactly, for ever
_FAR = 1e-3  # relative distance of predictions that the push cannot explain: 1e5 times its size, 64 steps of growth
_BACK = 1e-4  # the distance at which a run counts as settled
_ESCAPED = 1e6  # factors so much larger than those of the fit never come back
_LEAST, _MOST = 400, 2000  # steps watched: the push grows to the size of the fit in about a hundred
_STRIDE = 25  # steps between looks; odd, so that both points of a 2-cycle are seen
_LOOKS = 4  # at a time, so that no more than a few copies of the factors are held
_STEADY = 0.8  # of the distance of a quarter of the run before: a fall slower than this is not a return


@dataclass(frozen=True)
class Departure:
    """What became of descent beside the fit.

    ``stays_away``: True when it was thrown off and stayed off or diverged, False when it came back to the fit at
    factors that no longer repel, None when the steps watched show neither. ``farthest`` is the largest relative
    distance of its predictions from those of the fit, infinite when it diverged.
    """

    stays_away: bool | None
    farthest: float

    @property
    def left(self) -> bool:
        """Whether descent was seen to leave the balanced fit, whatever it came to afterwards."""
        return self.farthest > _FAR


def departure(geometry: Geometry, budget: int) -> Departure:
    """Descent with step ``2.2/h`` from the balanced factors of the fit, pushed off by a relative 1e-8.

    There the residual is zero, so that descent multiplies what is off the fit along the sharpest directions by
    ``|1 - 2.2| = 1.2`` a step: it leaves, unless what it starts from has no share in them. A push in a generic
    direction has one; what rounding leaves need not, and may be nothing at all. Where the push ends up is no
    longer a matter of the linearised step: on a cycle, at infinity, or, where the balanced factors are not the
    flattest ones of the same fit, at other factors W1, W2 with the same product and a sharpness below ``2/eta``.
    There the fit is reached again, and attracts. Only that is a return; nearness to the fit at factors that
    repel is the beginning of a departure.

    Args:
        budget: steps that a run on this data may take; between 400 and 2000 of them are watched.

    >>> from rankladder.properties.gidel2019.data.reading import data_of_moments
    >>> moments = np.diag([3.0, 2.0])
    >>> departure(Geometry.of(data_of_moments(moments, moments)), 2000).stays_away  # a 2-cycle: eta sigma_1 = 1.1
    True
    """
    W1, W2 = _pushed(geometry)
    eta = TOO_LARGE / geometry.sharpness
    bound = _ESCAPED * float(np.abs(W1).max() + np.abs(W2).max())
    distances: list[float] = []
    steps = min(_MOST, max(_LEAST, budget))
    while len(distances) * _STRIDE < steps:
        part = geometry.descend(W1, W2, eta, range(0, _LOOKS * _STRIDE + 1, _STRIDE))
        if part.diverged_at is not None or np.abs(part.W1).max() + np.abs(part.W2).max() > bound:
            return Departure(True, math.inf)
        distances += [geometry.distance_to_best(P) for P in geometry.predictions(part.W[1:])]
        W1, W2 = part.W1[-1], part.W2[-1]
        if max(distances) > _FAR and distances[-1] < _BACK and eta * geometry.sharpness_at(W1, W2) < 2:
            return Departure(False, max(distances))
    return Departure(_stays(distances), max(distances))


def _pushed(geometry: Geometry) -> tuple[Array, Array]:
    """The balanced factors of the fit, each off by a relative 1e-8 in a direction that is always the same."""
    left, values, right = np.linalg.svd(geometry.best, full_matrices=False)
    random = np.random.default_rng(0)
    pushed = []
    for factor in (left * np.sqrt(values), np.sqrt(values)[:, None] * right):
        push = random.standard_normal(factor.shape)
        pushed.append(factor + _OFFSET * np.linalg.norm(factor) / np.linalg.norm(push) * push)
    return pushed[0], pushed[1]


def _stays(distances: list[float]) -> bool | None:
    """Whether the second half is spent far off and not on the way back.

    >>> _stays([1e-8, 1e-3, 0.2, 0.18, 0.2, 0.18, 0.2, 0.18]), _stays([1e-8, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 5e-3])
    (True, None)
    """
    half, quarter = len(distances) // 2, len(distances) // 4
    before, last = distances[half:-quarter], distances[-quarter:]
    steady = np.median(last) >= _STEADY * np.median(before)
    return True if steady and min(before + last) > _FAR else None
