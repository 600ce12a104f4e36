"""What theory assumes of a recorded run, whether the run has it, and where it leaves the theory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.analysis import RankReport
from rankladder.properties.gidel2019.data.assertion import counted, listed, spanned
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.record import Record
from rankladder.properties.gidel2019.data.recorded_run import Followed
from rankladder.properties.gidel2019.data.starts import frames, start_scales
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.properties.gidel2019.data.timing import TELLING, allowed_steps, lost_modes
from rankladder.properties.gidel2019.data.visits import missed

__all__ = ["Condition", "Leaving", "conditions", "leaving"]

Array = NDArray[np.float64]

# from which a start is unbalanced: ||W1^T W1 - W2 W2^T||_F over ||W*||_F, and the share of delta by which the larger factor
# brings the modes on; Gaussian factors of one scale bring none on
_UNEQUAL = 0.1
_AWAY = 0.01  # relative distance of predictions at which a run has not come to the fit


@dataclass(frozen=True)
class Condition:
    """An assumption of the theory, whether the run meets it (None: it cannot be said), and by what numbers."""

    name: str
    met: bool | None
    says: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"name": self.name, "met": self.met, "says": self.says}


@dataclass(frozen=True)
class Leaving:
    """Where a run leaves the theory: the step and what is seen there, or None and all that is said; and why."""

    step: int | None
    what: str
    because: tuple[str, ...]

    @property
    def words(self) -> str:
        """In a sentence or two."""
        if self.step is None:
            return self.what
        return f"The run leaves the theory at step {self.step:,}: {self.what}; why: {'; '.join(self.because)}"


def conditions(geometry: Geometry, record: Record, found: Followed, eta: float) -> list[Condition]:
    """The assumptions, in the order in which they are given as reasons."""
    made = [_descends(record, found), _step(geometry, eta)]
    made += [_start(geometry, record, eta), _balance(geometry, record)]
    if record.factors is not None:
        width = record.factors[0].shape[2]
        says = f"hidden width r = {width}, m = {counted(geometry.m, 'mode')}"
        beyond = (
            ""
            if width >= geometry.m
            else (
                f": no rank above {width} can be learned, though W of rank {width} may come to half of what a later mode ends at"
            )
        )
        made.append(Condition("width", width >= geometry.m, says + beyond))
    made.append(Condition("data", geometry.commutes, Structure.of(geometry).words("commuting")))
    order = "agree" if geometry.order_consistent else "disagree"
    made.append(Condition("order", geometry.order_consistent, f"the orders of sigma and sigma^2/lam {order}"))
    return made


def _descends(record: Record, found: Followed) -> Condition:
    if record.factors is None:
        return Condition(
            "descent",
            None,
            "W alone is recorded, so whether its steps are those of gradient descent cannot be seen",
        )
    if found.astray is None:
        beyond = (
            ""
            if not found.gaps
            else f", but for {counted(found.gaps, 'step')} that would have to be run again"
        )
        return Condition(
            "descent", True,
            "each recorded state follows from the one before by gradient descent, to a relative "
            f"{record.resolution:.2g} or to rounding{beyond}",
        )  # fmt: skip
    astray = found.astray
    where = f"of step {astray.at:,} is not where descent with this eta on these data leads from that of step {astray.after:,}"
    reason = astray.reason or "another algorithm, another eta or other data"
    apart = f" (a relative {astray.difference:.2g} apart)" if math.isfinite(astray.difference) else ""
    return Condition("descent", False, f"no gradient descent: the state {where}{apart}: {reason}")


def _step(geometry: Geometry, eta: float) -> Condition:
    stable, monotone = 2 / geometry.sharpness, 0.5 / float(geometry.sigma[0])
    at = f"eta = {eta:.4g}, 2/h = {stable:.4g} with h the sharpness of the fit"
    if eta > stable:
        return Condition("step", False, f"step too large: {at}, so that the fit repels descent")
    if eta > monotone * (1 + 1e-9):
        return Condition(
            "step",
            True,
            f"the fit bears the step ({at}), but modes may overshoot: 1/(2 sigma_1) = {monotone:.4g}",
        )
    return Condition("step", True, f"the fit bears the step: {at}")


def _start(geometry: Geometry, record: Record, eta: float) -> Condition:
    """Whether every mode starts small; by the geometric mean of both factors, for their difference is another matter."""
    scales = start_scales(geometry, record)
    if record.factors is not None:
        curvature = eta * geometry.sharpness_at(*record.state(0))
        if curvature > 2:
            return Condition(
                "start",
                False,
                f"start too large: eta times the curvature there is {curvature:.3g}, must be below 2",
            )
    shares = np.exp(np.log(geometry.lam / geometry.sigma) - 2 * scales)
    worst = int(np.argmax(shares))
    begins = f"mode {worst + 1} begins at {shares[worst]:.2g} of sigma/lam"
    # as far below 1/2 as makes a start small beside one at which a mode begins half learned
    if shares[worst] > 0.5 * math.exp(-2):
        return Condition("start", False, f"start too large: {begins} (delta = {scales[worst]:.3g} there)")
    return Condition("start", True, f"the start is small: {begins}, the others at no more")


def _balance(geometry: Geometry, record: Record) -> Condition:
    if record.factors is None:
        return Condition("balance", None, "W alone is recorded, so whether W1^T W1 = W2 W2^T cannot be seen")
    U, V = frames(geometry)
    W1, W2 = record.state(0)
    apart = float(np.linalg.norm(W1.T @ W1 - W2 @ W2.T) / np.linalg.norm(geometry.best))
    gap = f"||W1^T W1 - W2 W2^T||_F = {apart:.2g} ||W*||_F at the start"
    if apart > _UNEQUAL:
        return Condition("balance", False, f"unbalanced: {gap}, which descent keeps but for O(eta^2)")
    mean = start_scales(geometry, record)
    # of a mode for which the hidden layer has no room, factors hold rounding alone
    begun = mean < mean.min() - math.log(100 * record.unit)
    mean = mean[begun]
    with np.errstate(divide="ignore"):
        joint = -np.log(np.linalg.norm((W1.T @ U + W2 @ V)[:, begun] / 2, axis=0))
    shift = float(np.mean(mean - joint)) if begun.any() else 0.0
    if shift > _UNEQUAL * max(1.0, float(np.mean(mean))):
        sizes = " and ".join(f"{np.linalg.norm(W) / math.sqrt(W.size):.2g}" for W in (W1, W2))
        return Condition(
            "balance", False,
            f"unbalanced: entries of W1 and W2 begin at about {sizes}, and modes grow as from the larger, delta = "
            f"{np.mean(joint):.3g} in place of {np.mean(mean):.3g}",
        )  # fmt: skip
    return Condition("balance", True, f"balanced enough: {gap}")


_CAUSES = {
    "descent": ("descent",),
    "loss": ("descent", "step", "start", "balance"),
    "time": ("descent", "step", "start", "balance", "width", "data"),
    "rank": ("descent", "step", "start", "balance", "data", "order"),
}


def leaving(
    geometry: Geometry, record: Record, found: Followed, eta: float, delta: float, met: list[Condition]
) -> Leaving:
    """The first step at which the run is seen to leave the theory, and the assumptions that are broken then."""
    run = found.run
    deltas = np.full(geometry.m, delta) if run.deltas is None else run.deltas
    lost = lost_modes(geometry, run, delta)
    events: list[tuple[int, str, str]] = []
    if found.astray is not None:
        events.append((found.astray.at, "the recorded state is not that of gradient descent", "descent"))
    if run.diverged_at is not None:
        events.append((run.diverged_at, "the run has diverged", "loss"))
    if found.rises_at is not None:
        events.append((found.rises_at, "the loss rises", "loss"))
    if record.factors is None and run.diverged_at is None and _stands_still(geometry, record, eta):
        what = f"W stands still, {run.final_distance:.2g} of its size from the fit, where descent would go on"
        events.append((run.steps, what, "descent"))
    for report, own in zip(run.ranks, deltas, strict=True):
        event = _untimely(geometry, found, eta, float(own), report)
        if event is not None and report.rank not in lost:
            events.append((*event, "time"))
    for report in missed(geometry, run, delta):
        what = f"rank {report.rank} is learned as its modes, {report.distance_to_rrr:.2g} or more from the reduced-rank solution"
        events.append((report.transition_step or 0, what, "rank"))
    events.sort(key=lambda event: event[0])
    if events:
        step, what, kind = events[0]
        causes = [c for c in met if not c.met and c.name in _CAUSES[kind]]
        because = [c.says for c in causes if c.met is False]
        because = because or ["none of the assumptions that can be seen in the record is broken"]
        unseen = [c.name for c in causes if c.met is None]
        because += [f"W alone does not show {listed(unseen)}"] if unseen else []
        return Leaving(step, what, tuple(because))
    broken = [c.says for c in met if c.met is False]
    seen = [r.rank for r in run.transitions]
    timed = (
        []
        if np.isnan(deltas).any()
        else [
            j
            for j, own in zip(geometry.ranks, deltas, strict=True)
            if j in seen and j not in lost and allowed_steps(geometry, eta, float(own), j, run.begin)
        ]
    )
    learned = [f"{spanned(timed)} half learned in time"] if timed else []
    if len(timed) < len(seen):
        untimed = [j for j in seen if j not in timed]
        learned.append(f"{spanned(untimed)} half learned, and whether in time cannot be told")
    where = "that W alone shows, up to" if np.isnan(deltas).any() else "up to"
    until = f"{where} step {run.steps:,} ({'; '.join(learned) or 'no rank is half learned yet'})"
    if broken:
        text = f"The run is not what the theory assumes: {'; '.join(broken)}. Beyond that it leaves the theory nowhere {until}"
    else:
        text = f"The run leaves the theory nowhere {until}"
    return Leaving(None, text, tuple(broken))


def _stands_still(geometry: Geometry, record: Record, eta: float) -> bool:
    """Whether the last two states have one loss, where a step from the first of them would lower it by much more.

    It does by ``eta (||R W2^T||^2 + ||W1^T R||^2)`` to first order, ``R = Sxx W - Sxy``, and this is at least
    ``2 eta ||R W^T|| ||W^T R||/(||W1|| ||W2||)``; factors of W are about as large as W. On every plateau it is 0.
    """
    W, last = record.W[-2:]
    excess, after = (
        float(x) for x in geometry.loss(geometry.predictions(record.W[-2:])) - geometry.data.least_loss
    )
    R = geometry.data.Sxx @ W - geometry.data.Sxy
    size = float(np.linalg.norm(W, 2))
    if size == 0 or geometry.distance_to_best(geometry.predictions(last)) < _AWAY:
        return False
    fall = 2 * eta * float(np.linalg.norm(R @ W.T) * np.linalg.norm(W.T @ R)) / size
    return fall > 1e-6 * excess and abs(excess - after) < 0.01 * fall


def _untimely(
    geometry: Geometry, found: Followed, eta: float, delta: float, report: RankReport
) -> tuple[int, str] | None:
    """When a mode was half learned at a step at which theory does not let it be, or is not though it must be."""
    run = found.run
    step = report.transition_step
    if step == run.begin:
        return step, f"mode {report.rank} begins half learned"
    allowed = allowed_steps(geometry, eta, delta, report.rank, run.begin)
    if allowed is None:
        return None
    low, high = allowed
    slack = 0.0 if geometry.commutes else TELLING * (report.predicted_step - run.begin)
    between = f"where steps {low:,} to {high:,} are allowed"
    if not low <= report.predicted_step <= high:
        between += f" (the prediction, {report.predicted_step:,.0f}, is the limit of small starts, and not of this one)"
    if step is None:
        if run.steps <= high + slack:
            return None
        return int(high), f"mode {report.rank} is not half learned by step {run.steps:,}, {between}"
    earliest = step if report.earliest_step is None else report.earliest_step
    if earliest > high + slack or step < low - slack:
        return step, f"mode {report.rank} is half learned, {between}"
    return None
