"""A3 on a data set: whether every mode is learned when it is predicted, within what theory allows at this delta."""

from __future__ import annotations

import math

import numpy as np

from rankladder.properties.gidel2019.data import remedies
from rankladder.properties.gidel2019.data.analysis import RankReport, Run
from rankladder.properties.gidel2019.data.assertion import Assertion, counted, spanned
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.theory import hit_bracket_log

__all__ = ["allowed_steps", "losing", "lost_modes", "punctual", "unreached"]

TELLING = 0.25  # where more than this share of the predicted step is allowed, keeping to it says nothing


def punctual(geometry: Geometry, run: Run, eta: float, delta: float) -> Assertion:
    """A3, judged by one run.

    Every mode must be seen to be half learned within the steps that theory allows at this delta. Where these are off the
    predicted step by more than a quarter of it, nothing is said. Off commuting data they are an estimate and no bound, so
    that a step beyond them leaves A3 open.
    """
    seen = run.transitions
    if not seen:
        return unreached(run)
    where = "in the recorded run" if run.start == "recorded" else f"from the {run.start} start"
    of = "" if run.start == "recorded" else where
    text = f"{where} {len(seen)} of {counted(geometry.m, 'transition')} seen in {counted(run.steps, 'step')}"
    deltas = np.full(geometry.m, delta) if run.deltas is None else run.deltas
    if np.isnan(deltas).any():
        why = "W alone does not tell from where each mode starts, and so not when it is to be learned"
        return Assertion(None, f"{text}; {why}", remedy="a record of W1 and W2")
    late: list[int] = []
    vague: list[int] = []
    untold: list[int] = []
    lost = lost_modes(geometry, run, delta)
    measured: list[tuple[float, str]] = []
    for r in seen:
        if r.rank in lost:
            continue
        allowed = allowed_steps(geometry, eta, float(deltas[r.rank - 1]), r.rank, run.begin)
        if allowed is None:
            untold.append(r.rank)
            continue
        low, high = allowed
        step = _seen_within(r, min(low, r.predicted_step))
        off, most = (max(_off(at, r, run) for at in times) for times in ((step,), (low, high)))
        predicted = f"{r.predicted_step:,.{1 if r.predicted_step < 100 else 0}f}"
        told = f"half learned at step {step:,} where {predicted} is predicted"
        measured.append(
            (off, f"the least punctual is rank {r.rank}, {told}: {off:.0%} off, {most:.0%} allowed")
        )
        # the predicted step is the limit of small starts, and may lie beside the steps that are allowed at this delta
        if not min(low, r.predicted_step) <= step <= max(high, math.ceil(r.predicted_step)):
            late.append(r.rank)
        elif most > TELLING:
            vague.append(r.rank)
    if measured:
        text += f"; {max(measured)[1]}"
    source = "GD-6" if geometry.commutes else "GD-6 and an estimate of what does not commute (GEN-3)"
    if late:
        text += f"; beyond what {source} allows at this delta: {spanned(late)}"
        if geometry.commutes:
            return Assertion(False, text, of)
        return Assertion(None, text, remedy="data that commute, of which this bound is a theorem")
    if lost:
        told = f"{text}; {losing(run, delta)}: {spanned(lost)}"
        return Assertion(None, told, remedy=remedies.larger_start(geometry, run))
    if untold:
        told = f"{text}; from where it starts no time follows for {spanned(untold)}"
        nearer = "data that are nearer to commuting"
        return Assertion(
            None, told, remedy=remedies.smaller_start(geometry, run, delta) if geometry.commutes else nearer
        )
    if vague:
        why = f"more than {TELLING:.0%} would be allowed at this delta by {source}, so that it says nothing"
        return Assertion(
            None, f"{text}; {spanned(vague)}: {why}", remedy=_telling_start(geometry, run, eta, delta, vague)
        )
    if len(seen) < geometry.m:
        room = "" if run.width is None or run.width >= geometry.m else f"; the hidden width is {run.width}"
        remedy = (
            f"a hidden layer of {geometry.m} units"
            if room
            else remedies.steps_until(run, max(r.predicted_step for r in run.learnable))
        )
        return Assertion(None, f"{text}; these within what {source} allows{room}", remedy=remedy)
    return Assertion(True, f"{text} by {source}", of)


def lost_modes(geometry: Geometry, run: Run, delta: float) -> list[int]:
    """Modes of which rounding is all that is left when the first is learned: what becomes of them tells nothing."""
    deltas = np.full(geometry.m, delta) if run.deltas is None else run.deltas
    known = np.where(np.isnan(deltas), delta, deltas)
    started = [(j, float(known[j - 1])) for j in geometry.ranks if math.isfinite(known[j - 1])]
    return [j for j, own in started if not geometry.carried(own, j, run.unit)]


def losing(run: Run, delta: float) -> str:
    """Which numbers lose it, in words."""
    bits = next(b for b, most in ((64, 1e-15), (32, 1e-7), (16, 1.0)) if run.unit < most)
    return f"float{bits} loses what modes start from at delta {delta:g}"


def _seen_within(report: RankReport, low: float) -> int:
    """The step of a transition; of those among which it may have been, the one that is nearest to what is allowed."""
    step = report.transition_step or 0
    return step if report.earliest_step is None else min(step, max(report.earliest_step, math.ceil(low)))


def _off(step: float, report: RankReport, run: Run) -> float:
    """Relative distance from the predicted step, both counted from the beginning of the run."""
    predicted = report.predicted_step - run.begin
    return abs((step - run.begin) / predicted - 1) if predicted > 0 else math.inf


def allowed_steps(
    geometry: Geometry, eta: float, delta: float, rank: int, begin: int
) -> tuple[int, int] | None:
    """First and last step at which theory lets a mode be half learned that starts at step ``begin``; None where it says
    nothing of that.

    GD-6's bracket of the first step with ``lam w/sigma >= theta``. Half learned is half of ``u^T W* v``, so that theta
    is 1/2 where data commute. Elsewhere a mode grows at a rate between sigma and what the residual allows.
    """
    sigma, lam = float(geometry.sigma[rank - 1]), float(geometry.lam[rank - 1])
    theta, start = 0.5 * float(geometry.final_shares[rank - 1]), math.log(lam / sigma) - 2 * delta
    slow, fast = _rates(geometry, rank)
    if not (0 < theta < 1 and -math.inf < start < math.log(theta) and slow > 0):
        return None
    first, last = hit_bracket_log(eta * fast, start, theta)[0], hit_bracket_log(eta * slow, start, theta)[1]
    return begin + math.ceil(float(first)), begin + math.ceil(float(last))


def _rates(geometry: Geometry, rank: int) -> tuple[float, float]:
    """Least and greatest rate at which a mode grows before it is learned: sigma, where data commute.

    Elsewhere it grows, once the modes before it are learned, at the largest singular value of the residual
    ``Sxy - Sxx W`` there (GEN-3), W being the plateau of these modes or the reduced-rank solution.
    """
    rates = [float(geometry.sigma[rank - 1])]
    if not geometry.commutes and rank > 1:
        learned = (geometry.plateau(rank - 1), geometry.solution(rank - 1))
        rates += [float(np.linalg.norm(geometry.data.Sxy - geometry.data.Sxx @ W, 2)) for W in learned]
    return min(rates), max(rates)


def _telling_start(geometry: Geometry, run: Run, eta: float, delta: float, vague: list[int]) -> str:
    """The largest start from which no more than a quarter of the predicted step is allowed, where one can be followed."""

    def telling(other: float) -> bool:
        for rank in vague:
            allowed = allowed_steps(geometry, eta, other, rank, 0)
            predicted = other / math.log1p(eta * float(geometry.sigma[rank - 1]))
            if allowed is None or max(abs(step / predicted - 1) for step in allowed) > TELLING:
                return False
        return True

    if run.deltas is not None:
        return remedies.smaller_start(geometry, run, delta)
    least, most = math.floor(delta) + 1, remedies.deepest(geometry, run.unit)
    if least > most or not telling(most):
        nearer = "" if geometry.commutes else " that are nearer to commuting"
        return f"other data{nearer}: on these, no start that float64 can follow would allow less than {TELLING:.0%}"
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if telling(middle) else (middle + 1, most)
    return remedies.start_with(run, most, "smaller")


def unreached(run: Run) -> Assertion:
    """What is to be said where no transition was seen."""
    first = run.ranks[0].predicted_step
    if run.start == "recorded":
        none = f"no transition up to step {run.steps:,} of the record"
        told = f"{none}, the first is predicted at {first:,.0f}" if math.isfinite(first) else none
        return Assertion(None, told, remedy=remedies.more_steps(run))
    told = f"no transition within {counted(run.steps, 'step')}, the first is predicted at {first:,.0f}"
    return Assertion(None, told, remedy=remedies.steps_until(run, first))
