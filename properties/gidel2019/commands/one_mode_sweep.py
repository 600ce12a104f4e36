"""The learning time of one mode over a grid or a sample of step, start and level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.app.sweeps.plan import Axis, Plan
from rankladder.usage import UsageError

__all__ = ["PARAMETERS", "REGIMES", "completed", "measure", "merge"]

PARAMETERS = ("s", "delta", "z0", "theta")
REGIMES = ("monotone", "convergent", "bounded", "divergent")
_EDGES = (0.5, 1.0, 2.0)
_UNIT = 2.0**-53
# name -> what its values must satisfy
_RANGES = {
    "s": (1e-5, 1e6, "between 1e-5 and 1e6; smaller steps would be millions for each instance"),
    "delta": (0.0, 1e12, "between 0 and 1e12; the mode starts at z0 = exp(-2 delta)"),
    "z0": (0.0, 1.0, "between 0 and 1"),
    "theta": (0.0, 1.0, "between 0 and 1"),
}


def completed(axes: list[Axis]) -> tuple[Axis, ...]:
    """The axes of a sweep over one mode, with those that may be left out.

    Raises:
        UsageError: for unknown, doubled or missing parameters, or values outside their range.
    """
    names = [one.name for one in axes]
    for one in axes:
        if one.name not in PARAMETERS:
            raise UsageError(f"one mode has no parameter {one.name!r}; it has s, theta, and delta or z0")
        low, high, words = _RANGES[one.name]
        if not low < one.low <= one.high < high:
            raise UsageError(f"{one.name} from {one.low:g} to {one.high:g} must be {words}")
    if "s" not in names:
        raise UsageError("give the normalised step s = eta sigma: --grid s=0.05:0.95:100")
    if ("delta" in names) == ("z0" in names):
        raise UsageError("give the start, either --grid delta=1:50:50 or --grid z0=1e-6:0.1:50:log")
    return (*axes, *([] if "theta" in names else [Axis("theta", 0.5, 0.5, 1)]))


def measure(plan: Plan, number: int) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The columns of a chunk, and its summary.

    ``transition_step`` is the first k with ``z_k >= theta``, an exact integer; ``lower`` and ``upper`` are the
    ends of GD-6 before rounding up; ``predicted_step`` is ``-log z0 / (2 log(1 + s))``, in the limit of small starts.
    """
    from rankladder.simulate import first_hits
    from rankladder.theory import hit_bracket_log

    columns: dict[str, NDArray[Any]] = dict(plan.chunk(number))
    s, theta = columns["s"], columns["theta"]
    log_z0 = -2.0 * columns["delta"] if "delta" in columns else np.log(columns["z0"])
    try:
        steps = first_hits(s, log_z0, theta)
    except (ArithmeticError, ValueError) as error:
        raise UsageError(f"a first step cannot be told: {' '.join(str(error).split())}") from error
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = (np.asarray(end, dtype=np.float64) for end in hit_bracket_log(s, log_z0, theta))
    growth = 2.0 * np.log1p(s)
    columns |= {
        "transition_step": steps,
        "lower": lower,
        "upper": upper,
        "predicted_step": -log_z0 / growth,
        "regime": np.searchsorted(_EDGES, s).astype(np.int8),
    }
    # Each end is a quotient of a sum of two logarithms: a dozen roundings, relative to the larger of them.
    slack = 16.0 * _UNIT * (np.abs(log_z0) + np.abs(np.log(theta / (1.0 - theta))) + 1.0) / growth
    asked = log_z0 < np.log(theta)  # GD-6 speaks of starts below the level
    outside = asked & ((steps < lower - slack) | (steps > np.ceil(upper + slack)))
    return columns, {
        "instances": len(steps),
        "transition_step": [int(steps.min()), int(steps.max())],
        "outside_bracket": int(outside.sum()),
        "regimes": np.bincount(columns["regime"], minlength=len(REGIMES)).tolist(),
    }


def merge(summaries: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One summary of all chunks."""
    regimes = np.sum([one["regimes"] for one in summaries], axis=0).tolist()
    return {
        "instances": sum(one["instances"] for one in summaries),
        "transition_step": [
            min(one["transition_step"][0] for one in summaries),
            max(one["transition_step"][1] for one in summaries),
        ],
        "outside_bracket": sum(one["outside_bracket"] for one in summaries),
        "regimes": {name: count for name, count in zip(REGIMES, regimes, strict=True) if count},
    }
