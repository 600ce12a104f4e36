"""What may decide an assertion that a run leaves open: another start, more steps, or other data."""

from __future__ import annotations

import math

from rankladder.properties.gidel2019.data.analysis import LARGEST_DELTA, Run
from rankladder.properties.gidel2019.data.geometry import Geometry

__all__ = [
    "SINGULAR",
    "deepest",
    "larger_start",
    "more_modes",
    "more_steps",
    "smaller_start",
    "start_with",
    "steps_until",
]

SINGULAR = (
    "data whose Sxx is singular: more inputs than samples, or inputs that depend linearly on each other"
)
_FURTHER = 10  # times as many steps, where it is not known how many are needed
_RUN = 1e9  # steps that somebody may wait for


def deepest(geometry: Geometry, unit: float) -> int:
    """The largest whole delta that numbers rounded to ``unit`` carry to the transition of every mode."""
    return int(min(LARGEST_DELTA, geometry.largest_carried(geometry.m, unit)))


def start_with(run: Run, delta: int, kind: str) -> str:
    """The start to take, as an option where the run can be made again."""
    return (
        f"a run from a {kind} start, delta {delta}" if _recorded(run) else f"a {kind} start, --delta {delta}"
    )


def smaller_start(geometry: Geometry, run: Run, delta: float) -> str:
    """A start with twice the delta, or the smallest one that the run's numbers carry."""
    most = deepest(geometry, run.unit)
    if most <= delta:
        return "other data: rounding lets no smaller start be followed on these"
    return start_with(run, min(math.ceil(2 * delta), most), "smaller")


def larger_start(geometry: Geometry, run: Run) -> str:
    """The smallest start of which rounding leaves something."""
    return start_with(run, deepest(geometry, run.unit), "larger")


def more_steps(run: Run) -> str:
    """Ten times as many, as it is not known how many are needed."""
    return "a longer record" if _recorded(run) else f"more steps, --max-steps {_FURTHER * run.steps}"


def steps_until(run: Run, step: float) -> str:
    """Steps enough to see a transition that is predicted at ``step``, if anybody may wait for it."""
    if _recorded(run):
        return "a longer record"
    if step > _RUN:
        return "a larger --eta or a larger start, a smaller --delta: this is farther away than can be run"
    return f"more steps, --max-steps {max(math.ceil(1.5 * step), run.steps + 1)}"


def more_modes(geometry: Geometry) -> str:
    """What data have more than one rank to learn."""
    if geometry.m > 1:
        return "data whose sigma differ"
    one = " of the inputs" if geometry.shape[0] == 1 else " of the targets" if geometry.shape[1] == 1 else ""
    return f"data with two modes or more: Sxy of rank 2, which takes two columns{one} that are no multiples of each other"


def _recorded(run: Run) -> bool:
    return run.start == "recorded"
