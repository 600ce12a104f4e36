"""Which of the abstract's five assertions hold on a data set, judged from the runs made on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from properties.data_analysis import Geometry, Run

__all__ = ["Assertion", "assertions", "sentence"]

SEEN = 0.1  # relative prediction distance at which a rank's solution counts as visited
_NOISE = 1e-3  # nearer than this, distances depend on which steps were looked at
PUNCTUAL = 0.2  # relative deviation from delta/log(1 + eta sigma) that finite delta is allowed on top of GD-6
_COMMUTES = 1e-6  # share of Sxx off the joint basis that is rounding of real data


@dataclass(frozen=True)
class Assertion:
    """An assertion's verdict on the data (None: the runs cannot tell) and why."""

    holds: bool | None
    why: str


def assertions(
    geometry: Geometry, spectral: Run, gaussian: Run, weak: Run, delta: float, weak_delta: float
) -> dict[str, Assertion]:
    """The five verdicts.

    Args:
        spectral, gaussian: runs from starts of scale exp(-delta).
        weak: a spectral run from the larger start exp(-weak_delta).
    """
    if any(run.diverged_at is not None for run in (spectral, gaussian, weak)):
        return {f"A{i}": Assertion(None, "a run diverged; take a smaller --eta") for i in range(1, 6)}
    return {
        "A1": _selects(geometry, spectral, gaussian),
        "A2": _depends(geometry, spectral, weak, delta, weak_delta),
        "A3": _punctual(geometry, spectral, delta),
        "A4": _needs_vanishing(geometry, spectral, weak, delta, weak_delta),
        "A5": _visits_rrr(geometry, spectral, gaussian, delta),
    }


def separable_ranks(geometry: Geometry) -> list[int]:
    """Ranks at which sigma drops: inside a tie no plateau exists."""
    s = geometry.sigma
    return [j for j in geometry.ranks if j == geometry.m or s[j - 1] - s[j] > 1e-6 * s[0]]


def _reached(geometry: Geometry, run: Run) -> list[int]:
    return [j for j in separable_ranks(geometry) if run.ranks[j - 1].transition_step is not None]


def _selects(geometry: Geometry, spectral: Run, gaussian: Run) -> Assertion:
    values = np.linalg.eigvalsh(geometry.data.Sxx)
    null = int(np.sum(values <= values[-1] * 1e-12 * len(values)))
    if not null:
        return Assertion(None, "Sxx is invertible, so one matrix W fits best and there is nothing to choose")
    if not (spectral.settled and gaussian.settled):
        return Assertion(None, "no run settled within its steps")
    share = max(spectral.null_share, gaussian.null_share)
    if share < 1e-2:
        return Assertion(
            True,
            f"of a {null}-dimensional family per output both runs end at the least-norm fit (off it: {share:.1e})",
        )
    return Assertion(False, f"a run ends {share:.2g} of its norm away from the least-norm fit")


def _visited(geometry: Geometry, run: Run, ranks: list[int]) -> np.ndarray:
    """How close a run came to a rank's plateau or reduced-rank solution, whichever was nearer."""
    nearest = [min(run.ranks[j - 1].distance_to_plateau, run.ranks[j - 1].distance_to_rrr) for j in ranks]
    return np.maximum(nearest, _NOISE)


def _compared(geometry: Geometry, spectral: Run, weak: Run) -> list[int]:
    """Ranks below the last that the small start visited and that both runs went past."""
    reached = set(_reached(geometry, spectral)) & set(_reached(geometry, weak))
    ranks = sorted(j for j in reached if j < geometry.m)
    return [
        j for j, distance in zip(ranks, _visited(geometry, spectral, ranks), strict=True) if distance <= SEEN
    ]


_NO_RANK = "no rank below the last was visited at this delta, so there is nothing to compare"


def _depends(geometry: Geometry, spectral: Run, weak: Run, delta: float, weak_delta: float) -> Assertion:
    ranks = _compared(geometry, spectral, weak)
    if not ranks:
        return Assertion(None, _NO_RANK)
    small, large = (_visited(geometry, run, ranks) for run in (spectral, weak))
    change = np.abs(small - large) / np.maximum(large, 1e-12)
    rank = ranks[int(np.argmax(change))]
    text = f"from delta {weak_delta:g} to {delta:g} the distance to the rank-{rank} solution changes by {change.max():.0%}"
    return Assertion(bool(change.max() > 0.1), text)


def _needs_vanishing(
    geometry: Geometry, spectral: Run, weak: Run, delta: float, weak_delta: float
) -> Assertion:
    ranks = _compared(geometry, spectral, weak)
    if not ranks:
        return Assertion(None, _NO_RANK)
    small, large = (_visited(geometry, run, ranks) for run in (spectral, weak))
    worse = [j for j, a, b in zip(ranks, small, large, strict=True) if a > b * (1 + 1e-9)]
    if not worse:
        return Assertion(
            True,
            f"rank {_range(ranks)}: visited closer from the start with delta {delta:g} than with {weak_delta:g}",
        )
    return Assertion(False, f"rank {worse[0]} is visited closer from the larger start, delta {weak_delta:g}")


def _punctual(geometry: Geometry, spectral: Run, delta: float) -> Assertion:
    reached = [r for r in spectral.ranks if r.transition_step is not None]
    if not reached:
        return Assertion(None, "no transition within the step budget")
    worst_rank, worst, allowed_there = 0, 0.0, 0.0
    late = []
    for r in reached:
        sigma, lam = geometry.sigma[r.rank - 1], geometry.lam[r.rank - 1]
        # one step of rounding up, and the shift log(sigma/lam)/2 of delta that a finite start causes
        allowed = (
            PUNCTUAL + 1 / max(r.predicted_step, 1e-9) + abs(np.log(sigma / lam)) / (2 * max(delta, 1e-9))
        )
        deviation = abs((r.transition_step or 0) / max(r.predicted_step, 1e-9) - 1)
        if deviation > allowed:
            late.append(r.rank)
        if deviation >= worst:
            worst_rank, worst, allowed_there = r.rank, deviation, allowed
    if allowed_there > 1:
        return Assertion(
            None, f"delta {delta:g} is too small for a prediction: {allowed_there:.0%} would be allowed"
        )
    text = (
        f"spectral start: {len(reached)} of {geometry.m} transitions seen, the least punctual (rank {worst_rank}) off by {worst:.0%} "
        f"of delta/log(1 + eta sigma), {allowed_there:.0%} allowed"
    )
    if late:
        because = (
            " (the prediction is that of commuting data)"
            if geometry.joint.noncommuting_share > _COMMUTES
            else ""
        )
        return Assertion(False, f"{text}; too far off: rank {', '.join(map(str, late[:6]))}{because}")
    return Assertion(True, text)


def _visits_rrr(geometry: Geometry, spectral: Run, gaussian: Run, delta: float) -> Assertion:
    """A rank speaks for A5 when a run comes close to its solution, against it when the run comes close to
    the plateau instead or delta is large enough to tell; else it is unresolved at this delta.
    """
    visited, missed, unresolved = set(), [], set()
    for name, run in (("spectral", spectral), ("Gaussian", gaussian)):
        for j in _reached(geometry, run):
            report = run.ranks[j - 1]
            if report.distance_to_rrr <= SEEN:
                visited.add(j)
            elif report.distance_to_plateau <= SEEN or geometry.resolving_delta[j - 1] <= delta:
                missed.append((report.distance_to_rrr, j, name))
            else:
                unresolved.add(j)
    promise = promised(geometry)
    if missed:
        distance, j, name = max(missed)
        return Assertion(
            False, f"the {name} run comes no closer than {distance:.2g} to the rank-{j} solution ({promise})"
        )
    unresolved -= visited
    open_ranks = ""
    if unresolved:
        first = min(unresolved)
        needed = math.ceil(geometry.resolving_delta[first - 1] + 0.5)
        commuting = geometry.joint.noncommuting_share <= _COMMUTES
        enough = (
            f"delta {needed} is enough" if commuting else f"on commuting data delta {needed} would be enough"
        )
        open_ranks = f"; unresolved at delta {delta:g}: {len(unresolved)} ranks, the first is {first}, for which {enough}"
    if not visited or (max(visited) == geometry.m and len(visited) == 1 and geometry.m > 1):
        return Assertion(None, f"no rank below the last came within {SEEN:g} of its solution{open_ranks}")
    ranks = sorted(visited)
    return Assertion(True, f"{_ranks(ranks)} within {SEEN:g} of the solution ({promise}){open_ranks}")


def _ranks(ranks: list[int]) -> str:
    return f"rank {ranks[0]} comes" if len(ranks) == 1 else f"{len(ranks)} ranks ({_range(ranks)}) come"


def promised(geometry: Geometry) -> str:
    """Whether the theory promises reduced-rank solutions on this data, in words."""
    if geometry.joint.noncommuting_share > _COMMUTES:
        order = "agree" if geometry.order_consistent else "disagree"
        return f"no promise: the data do not commute; the orders of sigma and sigma^2/lam {order}"
    tied = len(separable_ranks(geometry)) < geometry.m
    if geometry.order_consistent and tied:
        return "the theory promises it at the ranks where sigma drops: tied modes come together; the orders agree"
    if geometry.order_consistent:
        return "the theory promises it: the data commute and the orders of sigma and sigma^2/lam agree"
    return "the theory denies it: the data commute but the orders of sigma and sigma^2/lam disagree"


def _range(ranks: list[int]) -> str:
    """``1 to 4`` where nothing is missing in between, else the numbers."""
    if len(ranks) > 2 and ranks[-1] - ranks[0] == len(ranks) - 1:
        return f"{ranks[0]} to {ranks[-1]}"
    shown = ", ".join(map(str, ranks[:8]))
    return shown + (" …" if len(ranks) > 8 else "")


def sentence(found: dict[str, Assertion]) -> str:
    """One sentence on which assertions hold.

    >>> sentence({"A1": Assertion(True, ""), "A2": Assertion(None, ""), "A3": Assertion(False, "")})
    'On this data A1 holds, A3 fails, and the runs cannot tell about A2.'
    """
    groups = {state: [k for k, a in found.items() if a.holds is state] for state in (True, False, None)}
    parts = []
    if groups[True]:
        parts.append(f"{_join(groups[True])} hold{'s' if len(groups[True]) == 1 else ''}")
    if groups[False]:
        parts.append(f"{_join(groups[False])} fail{'s' if len(groups[False]) == 1 else ''}")
    if groups[None]:
        parts.append(f"the runs cannot tell about {_join(groups[None])}")
    text = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + ", and " + parts[-1]
    return f"On this data {text}."


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
