"""Which of the abstract's five assertions hold on a data set, judged from the runs made on it."""

from __future__ import annotations

import math

from rankladder.properties.gidel2019.data import remedies
from rankladder.properties.gidel2019.data.analysis import Run
from rankladder.properties.gidel2019.data.assertion import STATED, Assertion, listed, spanned
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.leaving import TOO_LARGE, Departure
from rankladder.properties.gidel2019.data.timing import losing, lost_modes, punctual
from rankladder.properties.gidel2019.data.visits import SEEN, UNIT, reached, unordered, visits_solutions

__all__ = ["assertions", "sentence"]

_CHANGED = 0.1  # change of the logarithm of a distance that counts
_NOISE = 1e-3  # nearer than this, distances depend on which steps were looked at


def assertions(
    geometry: Geometry,
    spectral: Run,
    gaussian: Run,
    weak: Run,
    *,
    eta: float,
    delta: float,
    weak_delta: float,
) -> dict[str, Assertion]:
    """The five verdicts.

    Args:
        eta: the step size of all runs.
        spectral, gaussian: runs from starts of scale exp(-delta); for a recorded run, it is both.
        weak: a spectral run from the larger start exp(-weak_delta), where some mode begins half learned.
    """
    lost = [run for run in (spectral, gaussian, weak) if run.diverged_at is not None]
    if lost:
        told, usual = f"a run diverged at step size {eta:.3g}", geometry.default_eta
        if lost[0].start == "recorded":
            told = told.replace("a run", "the recorded run")
        if eta > usual:
            told += f"; these data bear {usual:.3g}, which is what is taken without --eta"
        smaller = "a run with a smaller step"
        if lost[0].start != "recorded":
            smaller = f"a smaller step, --eta {min(usual, eta / 2):.3g}"
        return {name: Assertion(None, told, remedy=smaller) for name in STATED}
    return {
        "A1": _selects(geometry, spectral, gaussian, delta),
        "A2": _depends(geometry, spectral, weak, delta, weak_delta),
        "A3": punctual(geometry, spectral, eta, delta),
        "A4": _needs_small(geometry, spectral, weak, delta, weak_delta),
        "A5": visits_solutions(geometry, spectral, gaussian, eta, delta),
    }


def _selects(geometry: Geometry, spectral: Run, gaussian: Run, delta: float) -> Assertion:
    null = geometry.null_dimension
    if not null:
        unique = "Sxx is invertible, so one matrix W fits best and there is nothing to choose"
        return Assertion(None, unique, remedy=remedies.SINGULAR)
    if not (spectral.settled and gaussian.settled):
        unsettled = "a run that did not settle within its steps tells nothing of where it ends"
        longest = max(spectral, gaussian, key=lambda run: run.steps)
        return Assertion(None, unsettled, remedy=remedies.more_steps(longest))
    share = max(spectral.null_share, gaussian.null_share)
    ends = "the run ends" if spectral is gaussian else "both runs end"
    if share < 1e-2:
        return Assertion(
            True,
            f"of a family with {null} dimension{'s' * (null != 1)} per output {ends} at the least-norm fit (off it: {share:.1e})",
        )
    # gradients lie in the range of Sxx: what a start has outside it stays as it is, and is smaller from a smaller start
    left = "what the start has in directions without data, which no step changes, is too large to tell at this delta"
    return Assertion(
        None,
        f"a run ends {share:.2g} of its norm away from the least-norm fit: {left}",
        remedy=remedies.smaller_start(geometry, spectral, delta),
    )


def _compared(
    geometry: Geometry, spectral: Run, weak: Run, delta: float
) -> tuple[list[int], Assertion | None]:
    """Ranks below the last that the small start visited and that both runs went past, as far as float64 carries them.

    Where there are none, the open answer with the reason.
    """
    near = [j for j in geometry.separable_ranks if j < geometry.m and _nearest(spectral, j) <= SEEN]
    both = set(reached(geometry, spectral)) & set(reached(geometry, weak))
    past = [j for j in near if j in both]
    lost = lost_modes(geometry, spectral, delta)
    carried = [j for j in past if geometry.beside(j) not in lost]
    # nearer than is seen the two starts tie, whatever they do
    kept = [j for j in carried if max(_nearest(spectral, j), _nearest(weak, j)) > _NOISE]
    if not near:
        why = f"no rank below the last is come to within {SEEN:g} at delta {delta:g}"
        remedy = remedies.smaller_start(geometry, spectral, delta)
    elif not past:
        why = f"not both starts were seen to go past a rank below the last that is come to within {SEEN:g}"
        remedy = remedies.more_steps(spectral)
    elif not carried:
        why = f"{losing(spectral, delta)}: {spanned(sorted({geometry.beside(j) for j in past}))}"
        remedy = remedies.larger_start(geometry, spectral)
    else:
        why = f"both starts come within {_NOISE:g} of {spanned(carried)}, nearer than can be told apart"
        remedy = "other data, on which the larger start comes less near"
    return kept, None if kept else Assertion(None, f"{why}, so there is nothing to compare", remedy=remedy)


def _nearest(run: Run, rank: int) -> float:
    """How close a run came to a rank's plateau or reduced-rank solution, whichever was nearer."""
    report = run.ranks[rank - 1]
    return max(min(report.distance_to_plateau, report.distance_to_rrr), _NOISE)


def _change(spectral: Run, weak: Run, rank: int) -> float:
    """The logarithm of how many times as near as the larger start the smaller one comes."""
    return math.log(_nearest(weak, rank) / _nearest(spectral, rank))


def _kind(run: Run) -> str:
    """Of which starts alone is spoken."""
    return "" if run.start == "recorded" else f"{run.start} "


def _shown(distance: float) -> str:
    return f"{distance:.2g}" if distance > _NOISE else f"at most {_NOISE:g}"


def _incomparable(
    geometry: Geometry, spectral: Run, nothing: Assertion | None, delta: float, weak_delta: float
) -> Assertion | None:
    """Why the small and the large start cannot be compared, if so."""
    if unordered(geometry):
        return Assertion(None, unordered(geometry), remedy=remedies.more_modes(geometry))
    if spectral.width is not None and spectral.width < geometry.m:
        return Assertion(
            None,
            f"the run from a larger start that it would be compared with has room for all {geometry.m} modes, this one "
            f"for {spectral.width}",
            remedy=f"a hidden layer of {geometry.m} units",
        )
    if delta < weak_delta + 1:
        return Assertion(
            None,
            f"delta {delta:g} is no small start: at {weak_delta:.3g} some mode begins half learned",
            remedy=remedies.start_with(spectral, math.ceil(weak_delta + 1), "smaller"),
        )
    return nothing


def _depends(geometry: Geometry, spectral: Run, weak: Run, delta: float, weak_delta: float) -> Assertion:
    ranks, nothing = _compared(geometry, spectral, weak, delta)
    missing = _incomparable(geometry, spectral, nothing, delta, weak_delta)
    if missing is not None:
        return missing
    change, rank = max((abs(_change(spectral, weak, j)), j) for j in ranks)
    changed = change > _CHANGED
    text = (
        f"from the {_kind(spectral)}start with delta {weak_delta:.3g} to that with {delta:g} the nearest approach to rank {rank} changes "
        f"from {_shown(_nearest(weak, rank))} to {_shown(_nearest(spectral, rank))} ({UNIT})"
    )
    if changed:
        return Assertion(True, text)
    # two scales at which it is the same do not show that it is the same at all
    return Assertion(
        None, f"{text}, nowhere by a tenth", remedy=remedies.smaller_start(geometry, spectral, delta)
    )


def _needs_small(geometry: Geometry, spectral: Run, weak: Run, delta: float, weak_delta: float) -> Assertion:
    ranks, nothing = _compared(geometry, spectral, weak, delta)
    missing = _incomparable(geometry, spectral, nothing, delta, weak_delta)
    if missing is not None:
        return missing
    worse = [j for j in ranks if _nearest(spectral, j) > _nearest(weak, j) * (1 + 1e-9)]
    if worse:
        near, far = _nearest(weak, worse[0]), _nearest(spectral, worse[0])
        return Assertion(
            None,
            f"the larger start, delta {weak_delta:.3g}, comes nearer to rank {worse[0]} than delta {delta:g}, {near:.3g} "
            f"in place of {far:.3g}, which says nothing of smaller ones",
            remedy=remedies.smaller_start(geometry, spectral, delta),
        )
    text = f"{spanned(ranks)}: the {_kind(spectral)}start with delta {delta:g} comes at least as near as that with {weak_delta:.3g}"
    if not any(_change(spectral, weak, j) > _CHANGED for j in ranks):
        return Assertion(
            None,
            f"{text}, but nowhere nearer by a tenth",
            remedy=remedies.smaller_start(geometry, spectral, delta),
        )
    left = spectral.departure
    if left is None:
        return Assertion(None, f"{text}; no larger step was tried")
    # what small starts lead to are balanced factors; that others of the same fit bear the step saves nothing
    return Assertion(
        True if left.left else None,
        f"{text}; with a step of {TOO_LARGE:g}/h the fit {_fate(left)}",
        of="for balanced factors" if left.left and left.stays_away is False else "",
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
        return f"is left by {far}, and reached again only at other, flatter factors, which bear that step: balanced factors need a smaller one, the fit does not"
    if left.left:
        return f"is left by {far}; whether for good is not seen in these steps"
    return f"may be left or not: the run went no farther than {far}"


def sentence(found: dict[str, Assertion], delta: float) -> str:
    """One sentence on which assertions hold.

    >>> sentence({"A1": Assertion(True, "", "from the spectral start"), "A2": Assertion(None, ""), "A3": Assertion(False, "")}, 10)
    'On this data, with delta = 10, A1 (from the spectral start) holds, A3 fails, and the runs cannot tell about A2.'
    """
    groups = {
        state: [f"{name} ({a.of})" if a.of else name for name, a in found.items() if a.holds is state]
        for state in (True, False, None)
    }
    parts = []
    if groups[True]:
        parts.append(f"{listed(groups[True])} hold{'s' if len(groups[True]) == 1 else ''}")
    if groups[False]:
        parts.append(f"{listed(groups[False])} fail{'s' if len(groups[False]) == 1 else ''}")
    if groups[None]:
        parts.append(f"the runs cannot tell about {listed(groups[None])}")
    text = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + ", and " + parts[-1]
    return f"On this data, with delta = {delta:g}, {text}."
