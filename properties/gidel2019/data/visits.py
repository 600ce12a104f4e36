"""A5 on a data set: whether the runs visit the reduced-rank solutions, and what the theory says of that.

A5 is about the limit of small starts. That a run from one of them misses a solution does not refute it: only where the
theory denies the limit, too, has it been shown to fail.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data import remedies
from rankladder.properties.gidel2019.data.analysis import LARGEST_DELTA, RankReport, Run
from rankladder.properties.gidel2019.data.assertion import Assertion, counted, spanned
from rankladder.properties.gidel2019.data.geometry import SAME, Geometry
from rankladder.properties.gidel2019.data.timing import losing, lost_modes, unreached

__all__ = ["SEEN", "UNIT", "missed", "promise", "promised", "reached", "unordered", "visits_solutions"]

SEEN = 0.1  # share of its distance from its neighbours within which a rank's solution counts as visited
UNIT = "1 is as far as the solution of a neighbouring rank"


def promise(geometry: Geometry) -> bool | None:
    """Whether the theory promises reduced-rank solutions on this data (RRR-2), denies them (RRR-3), or is silent."""
    return geometry.order_consistent if geometry.commutes else None


def promised(geometry: Geometry) -> str:
    """The same in words."""
    order = f"the orders of sigma and sigma^2/lam {'agree' if geometry.order_consistent else 'disagree'}"
    if not geometry.commutes:
        share = geometry.joint.noncommuting_share
        return f"no promise: RRR-2 is for data that commute exactly, these are {share:.2g} away from that"
    if not geometry.order_consistent:
        return f"the theory denies it (RRR-3): the data commute but {order}"
    if len(geometry.separable_ranks) < geometry.m:
        return f"the theory promises it (RRR-2) at the ranks where sigma drops, tied modes come together: the data commute, {order}"
    return f"the theory promises it (RRR-2): the data commute and {order}"


_STANDING = {
    True: "the theory promises it: RRR-2", False: "the theory denies it: RRR-3",
    None: "the theory promises nothing, as the data do not commute",
}  # fmt: skip


def reached(geometry: Geometry, run: Run) -> list[int]:
    """Ranks outside ties of sigma whose transition was seen."""
    return [r.rank for r in run.transitions if r.rank in geometry.separable_ranks]


def unordered(geometry: Geometry) -> str:
    """Why there is no order of ranks, where there is none."""
    if geometry.m == 1:
        return "with a single mode there is one rank to learn, and no order of ranks"
    if len(geometry.separable_ranks) == 1:
        return f"all {geometry.m} sigma are equal, so that there is one rank to learn, and no order of ranks"
    return ""


def visits_solutions(geometry: Geometry, spectral: Run, gaussian: Run, eta: float, delta: float) -> Assertion:
    """A5: holds when one run visits every rank's solution in turn, fails when a run misses one that theory denies.

    A run misses a solution when it comes to a plateau of modes that is not it: within 0.1 of the plateau, and never within
    0.2 of the solution. Off commuting data that is no refutation, as a smaller start may come to it (GEN-1). What float64
    cannot carry to its transition is held neither for nor against it.
    """
    if unordered(geometry):
        return Assertion(None, unordered(geometry), remedy=remedies.more_modes(geometry))
    runs = {"recorded": spectral} if gaussian is spectral else {"spectral": spectral, "Gaussian": gaussian}
    if not any(reached(geometry, run) for run in runs.values()):
        return unreached(spectral)
    standing = promise(geometry)
    lost = {name: lost_modes(geometry, run, delta) for name, run in runs.items()}
    turns = {
        name: {j: near for j, near in _in_turn(geometry, run).items() if j not in lost[name]}
        for name, run in runs.items()
    }
    name = max(runs, key=lambda each: len(turns[each]))
    run, visited = runs[name], turns[name]
    said = f"the {name} run comes {_within(visited)}" if visited else ""
    apart = [
        (r.distance_to_rrr, r.rank, n) for n, each in runs.items() for r in missed(geometry, each, delta)
    ]
    if apart and standing is False:
        distance, j, other = max(apart)
        text = (
            f"at delta {delta:g} the {other} run comes no nearer than {distance:.2g} to the rank-{j} solution"
        )
        also = f"; {said}" if said else ""
        return Assertion(False, f"{text}{also} ({UNIT}; {_STANDING[standing]})")
    came = reached(geometry, run)
    near = [j for j in came if j not in visited and run.ranks[j - 1].distance_to_rrr <= SEEN]
    rounded = [j for j in near if j in lost[name]]
    early = [j for j in near if j not in rounded]
    unresolved = [j for j in came if j not in visited and j not in near]
    beyond = [j for j in geometry.separable_ranks if run.width is not None and j > run.width]
    unseen = [j for j in geometry.separable_ranks if j not in came and j not in beyond]
    enough, carried = _enough(geometry, eta, unresolved)
    parts = [said or f"no solution is visited within {SEEN:g}"]
    if rounded:
        parts.append(f"{spanned(rounded)} come to by rounding, which says nothing: {losing(spectral, delta)}")
    if early:
        parts.append(f"{spanned(early)} come to, but not after the ranks before")
    if unresolved:
        nearest = min(run.ranks[j - 1].distance_to_rrr for j in unresolved)
        parts.append(
            f"at delta {delta:g} no nearer than {nearest:.2g}: {spanned(unresolved)}{_advice(enough, carried)}"
        )
    stuck = [r for j in unresolved if _on_modes(r := run.ranks[j - 1])]
    longer = standing is None and stuck and not all(_past(geometry, run, r) for r in stuck)
    if unresolved and standing is None:
        parts.append(
            "a plateau of modes may yet be left for the solution (GEN-1), after more steps"
            if longer
            else "a smaller start may come nearer (GEN-1)"
        )
    if unresolved and any(r.earliest_step is not None for r in run.ranks):
        parts.append("how near it comes between recorded steps is not seen")
    if unseen:
        parts.append(f"not reached in {counted(run.steps, 'step')}: {spanned(unseen)}")
    if beyond:
        parts.append(f"beyond the hidden width {run.width}: {spanned(beyond)}")
    beside = {j for j in (*unresolved, *unseen) if geometry.beside(j) in lost[name]}
    if beside:
        parts.append(f"{losing(spectral, delta)}, here of those beside {spanned(sorted(beside))}")
    if standing is False:
        parts.append(
            "smaller starts lead nearer to the plateaus of the modes, and not all of these are solutions"
        )
    whole = [each for each in runs if len(turns[each]) == len(geometry.separable_ranks)]
    text = f"{'; '.join(parts)} ({UNIT}; {_STANDING[standing]})"
    if not whole or standing is False:
        tries = []
        if beyond:
            tries.append(f"a hidden layer of {geometry.m} units")
        if unseen:
            tries.append(remedies.steps_until(run, max(run.ranks[j - 1].predicted_step for j in unseen)))
        elif longer or (
            geometry.m in unresolved and not run.settled
        ):  # where a run settles is the last solution
            tries.append(remedies.more_steps(run))
        if rounded or beside:
            tries.append(remedies.larger_start(geometry, run))
        elif unresolved and standing and carried:
            tries.append(remedies.start_with(run, enough, "smaller"))
        elif not tries or any(j < geometry.m for j in unresolved):
            tries.append(remedies.smaller_start(geometry, run, delta))
        return Assertion(None, text, remedy="; and ".join(tries))
    return Assertion(True, text, "" if len(whole) == len(runs) else f"from the {name} start")


def _in_turn(geometry: Geometry, run: Run) -> dict[int, float]:
    """Ranks whose solution a run comes to after those of the ranks before, and how near."""
    found: dict[int, float] = {}
    last = -1
    for j in reached(geometry, run):
        report = run.ranks[j - 1]
        if report.distance_to_rrr <= SEEN and report.step > last:
            found[j], last = report.distance_to_rrr, report.step
    return found


def missed(geometry: Geometry, run: Run, delta: float) -> list[RankReport]:
    """Ranks that a run learned as the plateau of their modes, and not as their reduced-rank solution."""
    lost = lost_modes(geometry, run, delta)
    reports = [run.ranks[j - 1] for j in reached(geometry, run) if geometry.beside(j) not in lost]
    return [r for r in reports if _on_modes(r) and _past(geometry, run, r)]


def _on_modes(report: RankReport) -> bool:
    return report.distance_to_plateau <= SEEN < report.distance_to_rrr / 2


def _past(geometry: Geometry, run: Run, report: RankReport) -> bool:
    """Whether a run will come no nearer to a rank's solution: off commuting data a plateau is left for it (GEN-1)."""
    later = [run.ranks[j - 1] for j in reached(geometry, run) if j > report.rank]
    # between two recorded states a run may have left the plateau for the solution, and that for the next plateau
    seen = bool(later) and all(r.earliest_step is None for r in later)
    return geometry.commutes or (seen and (report.step < run.steps or run.settled))


def _within(visited: dict[int, float]) -> str:
    """How near the visited solutions were come to.

    >>> _within({1: 0.04, 2: 0.027, 4: 0.0004})
    'in turn within 0.04 of the solutions of ranks 1, 2, 4'
    """
    farthest = max(max(visited.values()), 0.001)
    solutions = "in turn within {} of the solutions" if len(visited) > 1 else "within {} of the solution"
    return f"{solutions.format(f'{farthest:.2g}')} of {spanned(sorted(visited))}"


def _enough(geometry: Geometry, eta: float, unresolved: list[int]) -> tuple[int, bool]:
    """The delta that is derived to be enough and whether float64 carries it; 0 where none is: off commuting data whose orders agree."""
    needed = max((float(_resolving_delta(geometry, eta)[j - 1]) for j in unresolved), default=0.0)
    if not geometry.commutes or not geometry.order_consistent or not math.isfinite(needed):
        return 0, False
    delta = math.ceil(needed)
    carried = all(geometry.carried(delta, geometry.beside(j)) for j in unresolved)
    return delta, carried and delta <= LARGEST_DELTA


def _advice(enough: int, carried: bool) -> str:
    if not enough:
        return ""
    if not carried:
        return f", for which delta {enough} would be enough, more than float64 can carry on these data"
    return f", for which delta {enough} is enough from a spectral start"


def _resolving_delta(geometry: Geometry, eta: float) -> NDArray[np.float64]:
    """Start from which commuting data show plateau j within a tenth of its distance from its neighbours, by RRR-2's bound (m,).

    At the step between its transitions the learned modes are off by at most ``omega^2 (1 + s_j)^2`` times
    ``e^{-2 delta rho}`` with ``rho = (l_j - l_{j+1})/(l_j + l_{j+1})``, ``l = log(1 + eta sigma)``, the others by
    the exponential alone. Infinite inside a tie of sigma, and where ``eta sigma_1 > 1/2``.
    """
    growth = np.log1p(eta * np.append(geometry.sigma, 0.0))
    omega, lam = geometry.sigma / geometry.lam, geometry.lam
    null = geometry.joint.lam[geometry.m : min(geometry.shape)]
    needed = np.full(geometry.m, np.inf)
    if 2 * eta * geometry.sigma[0] > 1 + SAME:
        return needed
    for j in geometry.separable_ranks:
        here, following = growth[j - 1], growth[j]
        learned = (1 + eta * geometry.sigma[j - 1]) ** 4 * np.sum(lam[:j] * omega[:j] ** 4)
        size = math.sqrt(learned + np.sum(lam[j:]) + np.sum(null))
        tenth = SEEN * geometry.gaps[j - 1]
        # the step looked at may be off by a thousandth of the time passed
        pace = 2 * (here - following) / (here + following) - 0.004
        if pace > 0:
            needed[j - 1] = max(0.0, math.log(max(size, 1e-300) / tenth)) / pace
    return needed
