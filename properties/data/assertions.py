"""Which of the abstract's five assertions hold on a data set, judged from the runs made on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from properties.data.analysis import LARGEST_DELTA, Run
from properties.data.geometry import TIE, Geometry
from properties.data.leaving import TOO_LARGE, Departure

__all__ = ["Assertion", "assertions", "sentence"]

SEEN = 0.1  # relative prediction distance at which a rank's solution counts as visited
_CHANGED = 0.1  # change of the logarithm of a distance that counts
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
        weak: a spectral run from the larger start exp(-weak_delta), where some mode begins half learned.
    """
    if any(run.diverged_at is not None for run in (spectral, gaussian, weak)):
        return {f"A{i}": Assertion(None, "a run diverged; take a smaller --eta") for i in range(1, 6)}
    return {
        "A1": _selects(geometry, spectral, gaussian),
        "A2": _depends(geometry, spectral, weak, delta, weak_delta),
        "A3": _punctual(geometry, spectral, delta),
        "A4": _needs_small(geometry, spectral, weak, delta, weak_delta),
        "A5": _visits_rrr(geometry, spectral, gaussian, delta),
    }


def separable_ranks(geometry: Geometry) -> list[int]:
    """Ranks at which sigma drops: inside a tie no plateau exists."""
    s = geometry.sigma
    return [j for j in geometry.ranks if j == geometry.m or s[j - 1] - s[j] > TIE * s[0]]


def _reached(geometry: Geometry, run: Run) -> list[int]:
    return [j for j in separable_ranks(geometry) if run.ranks[j - 1].transition_step is not None]


def _selects(geometry: Geometry, spectral: Run, gaussian: Run) -> Assertion:
    null = geometry.null_dimension
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


def _compared(geometry: Geometry, spectral: Run, weak: Run) -> list[int]:
    """Ranks below the last that the small start visited and that both runs went past."""
    reached = set(_reached(geometry, spectral)) & set(_reached(geometry, weak))
    return [j for j in sorted(reached) if j < geometry.m and _nearest(spectral, j) <= SEEN]


def _nearest(run: Run, rank: int) -> float:
    """How close a run came to a rank's plateau or reduced-rank solution, whichever was nearer."""
    report = run.ranks[rank - 1]
    return max(min(report.distance_to_plateau, report.distance_to_rrr), _NOISE)


def _shown(distance: float) -> str:
    return f"{distance:.2g}" if distance > _NOISE else f"at most {_NOISE:g}"


def _incomparable(geometry: Geometry, ranks: list[int], delta: float, weak_delta: float) -> Assertion | None:
    """Why the small and the large start cannot be compared, if so."""
    if geometry.m == 1:
        return Assertion(None, "with a single mode there is one rank to learn, and no order of ranks")
    if delta < weak_delta + 1:
        return Assertion(
            None, f"delta {delta:g} is no small start: at {weak_delta:.3g} some mode begins half learned"
        )
    if not ranks:
        return Assertion(
            None, "no rank below the last was visited at this delta, so there is nothing to compare"
        )
    return None


def _depends(geometry: Geometry, spectral: Run, weak: Run, delta: float, weak_delta: float) -> Assertion:
    ranks = _compared(geometry, spectral, weak)
    missing = _incomparable(geometry, ranks, delta, weak_delta)
    if missing is not None:
        return missing
    changes = [(abs(math.log(_nearest(weak, j) / _nearest(spectral, j))), j) for j in ranks]
    change, rank = max(changes)
    text = (
        f"from delta {weak_delta:.3g} to {delta:g} the nearest approach to the stair of rank {rank} changes "
        f"from {_shown(_nearest(weak, rank))} to {_shown(_nearest(spectral, rank))}"
    )
    return Assertion(change > _CHANGED, text)


def _needs_small(geometry: Geometry, spectral: Run, weak: Run, delta: float, weak_delta: float) -> Assertion:
    ranks = _compared(geometry, spectral, weak)
    missing = _incomparable(geometry, ranks, delta, weak_delta)
    if missing is not None:
        return missing
    worse = [j for j in ranks if _nearest(spectral, j) > _nearest(weak, j) * (1 + 1e-9)]
    if worse:
        return Assertion(
            False, f"rank {worse[0]} is visited closer from the larger start, delta {weak_delta:.3g}"
        )
    text = (
        f"rank {_range(ranks)}: visited closer from the start with delta {delta:g} than with {weak_delta:.3g}"
    )
    left = spectral.departure
    if left is None:
        return Assertion(None, f"{text}; no larger step was tried")
    # what small starts lead to are balanced factors; that others of the same fit bear the step saves nothing
    return Assertion(
        True if left.left else None, f"{text}; with a step of {TOO_LARGE:g}/h the fit {_fate(left)}"
    )


def _fate(left: Departure) -> str:
    """What becomes of the fit where the step is too large for it."""
    far = f"{left.farthest:.2g} of its size"
    if left.stays_away:
        return (
            "is left for infinity"
            if math.isinf(left.farthest)
            else f"is left by {far}, and not reached again"
        )
    if left.stays_away is False:
        return f"is left by {far}, and reached again only at other, flatter factors, which bear that step"
    if left.left:
        return f"is left by {far}; whether for good is not seen in these steps"
    return f"may be left or not: the run went no farther than {far}"


def _unreached(geometry: Geometry, run: Run) -> str:
    first = run.ranks[0].predicted_step
    return (
        f"no transition within {run.steps:,} steps, the first is predicted at {first:,.0f}: raise --max-steps, or take a "
        "larger step with --eta, or scale the inputs with --standardize"
    )


def _punctual(geometry: Geometry, spectral: Run, delta: float) -> Assertion:
    reached = [r for r in spectral.ranks if r.transition_step is not None]
    if not reached:
        return Assertion(None, _unreached(geometry, spectral))
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
    commuting = geometry.joint.noncommuting_share <= _COMMUTES
    for name, run in (("spectral", spectral), ("Gaussian", gaussian)):
        for j in _reached(geometry, run):
            report = run.ranks[j - 1]
            if report.distance_to_rrr <= SEEN:
                visited.add(j)
            elif report.distance_to_plateau <= SEEN or (
                commuting and geometry.resolving_delta[j - 1] <= delta
            ):
                missed.append((report.distance_to_rrr, j, name))
            else:
                unresolved.add(j)
    promise = promised(geometry)
    if missed:
        distance, j, name = max(missed)
        later = "" if commuting else "; off commuting data a larger --delta may come closer"
        text = (
            f"at delta {delta:g} the {name} run comes no closer than {distance:.2g} to the rank-{j} solution"
        )
        return Assertion(False, f"{text} ({promise}{later})")
    unresolved -= visited
    open_ranks = ""
    if unresolved:
        first = min(unresolved)
        needed = geometry.resolving_delta[first - 1] + 0.5
        number = f"{len(unresolved)} rank{'s' if len(unresolved) > 1 else ''}"
        open_ranks = f"; unresolved at delta {delta:g}: {number}, the first is {first}"
        if commuting and needed > LARGEST_DELTA:
            open_ranks += f", for which delta {math.ceil(needed)} would be enough, more than float64 can start from ({LARGEST_DELTA:g})"
        elif commuting:
            open_ranks += f", for which delta {math.ceil(needed)} is enough"
        elif needed > delta:
            open_ranks += f", for which on commuting data delta {math.ceil(needed)} would be enough"
    if not any(_reached(geometry, run) for run in (spectral, gaussian)):
        return Assertion(None, _unreached(geometry, spectral))
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


def sentence(found: dict[str, Assertion], delta: float) -> str:
    """One sentence on which assertions hold.

    >>> sentence({"A1": Assertion(True, ""), "A2": Assertion(None, ""), "A3": Assertion(False, "")}, 10)
    'On this data, with delta = 10, A1 holds, A3 fails, and the runs cannot tell about A2.'
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
    return f"On this data, with delta = {delta:g}, {text}."


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
