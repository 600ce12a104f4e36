"""A whole look at a data set: its geometry, the runs made on it, and the five assertions judged from them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from rankladder.properties.gidel2019.data.analysis import (
    LARGEST_DELTA,
    Run,
    default_step_budget,
    run_descent,
    start_for,
)
from rankladder.properties.gidel2019.data.assertion import STATED, Assertion
from rankladder.properties.gidel2019.data.assertions import assertions, sentence
from rankladder.properties.gidel2019.data.conditions import (
    Condition,
    Leaving,
    conditions,
    leaving,
)
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.leaving import departure
from rankladder.properties.gidel2019.data.reading import DataSet
from rankladder.properties.gidel2019.data.record import Record, step_size
from rankladder.properties.gidel2019.data.recorded_run import Followed, follow
from rankladder.properties.gidel2019.data.starts import mode_starts, start_scales
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.properties.gidel2019.data.timing import allowed_steps
from rankladder.properties.gidel2019.data.visits import promise, promised
from rankladder.usage import UsageError

__all__ = ["RecordedStudy", "Study", "decomposed", "study", "study_of_record"]

_USUAL_DELTA = 10.0


@dataclass(frozen=True)
class RecordedStudy:
    """What was found out about a recorded run, beside what is said of any run.

    Attributes:
        stated: whether file or command line say delta; else it is that of the recorded start. eta_from: ``command line``,
            ``file``, or ``states``, which tell it.
        allowed: first and last step at which each mode may be half learned; None where theory says nothing.
    """

    path: str
    record: Record
    followed: Followed
    stated: bool
    eta_from: str
    allowed: list[tuple[int, int] | None]
    conditions: list[Condition]
    leaving: Leaving

    def to_json(self) -> dict[str, Any]:
        """Plain values under the stable keys."""
        record, run = self.record, self.followed.run
        deltas = [] if run.deltas is None else run.deltas.tolist()
        return {
            "file": self.path,
            "states": len(record.W),
            "first_step": int(record.steps[0]),
            "last_step": int(record.steps[-1]),
            "numbered": record.numbered,
            "factors": record.factors is not None,
            "width": None if record.factors is None else record.factors[0].shape[2],
            "filled": self.followed.filled,
            "not_seen": self.followed.gaps,
            "eta_from": self.eta_from,
            "delta_stated": self.stated,
            "deltas": [d if math.isfinite(d) else None for d in deltas],
            "allowed": [None if each is None else list(each) for each in self.allowed],
            "conditions": [condition.to_json() for condition in self.conditions],
            "leaves_at": self.leaving.step,
            "leaves": self.leaving.what,
            "because": list(self.leaving.because),
        }


@dataclass(frozen=True)
class Study:
    """What was found out about a data set, and with which step size, start and step budget."""

    geometry: Geometry
    runs: dict[str, Run]
    assertions: dict[str, Assertion]
    eta: float
    delta: float
    max_steps: int
    recorded: RecordedStudy | None = None

    @property
    def width(self) -> int | None:
        """Units of the hidden layer; None where W alone was recorded."""
        if self.recorded is None:
            return min(self.geometry.shape)
        factors = self.recorded.record.factors
        return None if factors is None else factors[0].shape[2]

    @property
    def sentence(self) -> str:
        """Which assertions hold, in one sentence."""
        said = sentence(self.assertions, self.delta)
        if self.recorded is None or self.recorded.leaving.step is None:
            return said
        return f"{said} The run is judged as it is, though it leaves the theory."

    def to_json(self) -> dict[str, Any]:
        """Plain values under the stable keys."""
        geometry = self.geometry
        d, p = geometry.shape
        return {
            "shape": {"n": geometry.data.n, "d": d, "p": p, "r": self.width, "m": geometry.m},
            "note": geometry.data.note,
            "eta": self.eta,
            "delta": self.delta,
            "max_steps": self.max_steps,
            "modes": [
                {"sigma": float(s), "lam": float(x), "rrr_gain": float(g)}
                for s, x, g in zip(geometry.sigma, geometry.lam, geometry.gains, strict=True)
            ],
            "noncommuting_share": float(geometry.joint.noncommuting_share),
            "structure": Structure.of(geometry).to_json(),
            "order_consistent": geometry.order_consistent,
            "promised": promise(geometry),
            "promise": promised(geometry),
            "step_sizes": geometry.step_sizes,
            "least_loss": geometry.data.least_loss if geometry.data.syy is not None else None,
            "starts": {kind: [r.to_json() for r in made.ranks] for kind, made in self.runs.items()},
            "runs": {
                kind: {"steps": made.steps, "settled": made.settled, "diverged_at": made.diverged_at}
                for kind, made in self.runs.items()
            },
            "assertions": self.judged(),
            "sentence": self.sentence,
        } | ({} if self.recorded is None else {"record": self.recorded.to_json()})

    def judged(self) -> dict[str, dict[str, Any]]:
        """The assertions: what each says, whether it holds (None: open), why, of what alone, and what to try where it is open."""
        return {
            name: {
                "says": STATED[name],
                "holds": found.holds,
                "why": found.why,
                "of": found.of,
                "remedy": found.remedy,
            }
            for name, found in self.assertions.items()
        }


def decomposed(data: DataSet, name: str, *, centred: bool = True) -> Geometry:
    """The modes of a data set.

    Raises:
        UsageError: for moments that no samples have, and where there is nothing to learn.
    """
    try:
        geometry = Geometry.of(data)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from error
    if not geometry.m:
        hint = " (columns were centred: see --no-center)" if centred and data.n is not None else ""
        raise UsageError(
            f"{name}: Sxy is zero to rounding, so there is nothing to learn; check that Y depends on X{hint}"
        )
    return geometry


def study(
    geometry: Geometry,
    *,
    eta: float | None = None,
    delta: float | None = None,
    max_steps: int | None = None,
    seed: int = 0,
    curve: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Study:
    """Run descent from a spectral, a Gaussian and a larger spectral start, and judge the assertions.

    Args:
        eta, delta, max_steps: step size, smallness of the start, step budget of each run; None: what suits the data.
        seed: of the Gaussian start and of the frame of the hidden layer.
        curve: keep losses and singular values of the spectral run for a picture.
        progress: called with the name of the start, the steps of the runs before it, and its own so far.

    Raises:
        UsageError: for a step or a start with which nothing can be predicted.
    """
    small = _small_start(geometry, delta, seed)
    step = eta or geometry.default_eta
    _require_predictable(geometry, step)
    d, p = geometry.shape
    budget = max_steps or default_step_budget(d, p, min(d, p))
    starts = {"spectral": small, "gaussian": small, "weak": geometry.largest_small_delta}
    runs: dict[str, Run] = {}
    for number, (kind, scale) in enumerate(starts.items()):
        runs[kind] = run_descent(
            geometry,
            start_for(geometry, "gaussian" if kind == "gaussian" else "spectral", scale, seed),
            step,
            scale,
            budget,
            curve=curve and kind == "spectral",
            leave=kind == "spectral",
            progress=None if progress is None else partial(progress, kind, number * budget),
        )
    weak = runs.pop("weak")
    found = assertions(
        geometry, runs["spectral"], runs["gaussian"], weak, eta=step, delta=small, weak_delta=starts["weak"]
    )
    return Study(geometry, runs, found, step, small, budget)


def study_of_record(
    geometry: Geometry,
    record: Record,
    path: str,
    *,
    eta: float | None = None,
    delta: float | None = None,
    max_steps: int | None = None,
    curve: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Study:
    """Judge the assertions by a recorded run, beside a run made here from a larger start with the same step size.

    Args:
        path: of the record, for messages.
        eta, delta: what the file does not say; None: as in the file, or else what its states tell.
        max_steps: of the run made here, and of those between recorded states that are run again.

    Raises:
        UsageError: where command line and file disagree, and where neither they nor the states tell step or start.
    """
    for name, asked, held in (("eta", eta, record.eta), ("delta", delta, record.delta)):
        if asked is not None and held is not None and not math.isclose(asked, held, rel_tol=1e-6):
            raise UsageError(f"--{name} is {asked:g} but {path} says {name} = {held:g}; leave one out")
    step = eta or record.eta or step_size(record, geometry, path)
    _require_predictable(geometry, step)
    stated = record.delta if delta is None else delta
    # what factors tell of each mode is nearer than one scale that is said of them
    deltas = mode_starts(geometry, record, stated)
    told = start_scales(geometry, record) if record.factors is None else deltas
    started = told[np.isfinite(told)] if stated is None else np.array([stated])
    if not len(started):
        raise UsageError(
            f"{path}: the first state has no share in any mode, so the start is not known; save delta or the factors "
            "of the start, or give --delta"
        )
    small = float(f"{np.mean(started):.4g}")  # one number for all modes, to be told
    d, p = geometry.shape
    budget = max_steps or default_step_budget(d, p, min(d, p))
    followed = follow(
        geometry, record, step, deltas, budget, curve=curve,
        progress=None if progress is None else partial(progress, "recorded", 0),
    )  # fmt: skip
    run = followed.run
    run.departure = departure(geometry, budget)
    larger = geometry.largest_small_delta
    weak = run_descent(
        geometry, start_for(geometry, "spectral", larger, 0), step, larger, budget,
        progress=None if progress is None else partial(progress, "weak", run.steps),
    )  # fmt: skip
    found = assertions(geometry, run, run, weak, eta=step, delta=small, weak_delta=larger)
    met = conditions(geometry, record, followed, step)
    # the times and the order of learning are those of descent from a small start: another run does not refute them
    apart = [c.says for c in met if c.met is False and c.name not in ("data", "order")]
    for name in ("A3", "A5"):
        if apart and found[name].holds is False:
            why = f"{found[name].why}; but the run is none that this is said of: {'; '.join(apart)}"
            found[name] = Assertion(None, why, remedy="a run that is what the theory assumes")
    judged = RecordedStudy(
        path, record, followed, stated is not None,
        "command line" if eta else "file" if record.eta else "states",
        [allowed_steps(geometry, step, float(x), j, run.begin) for j, x in zip(geometry.ranks, deltas, strict=True)],
        met, leaving(geometry, record, followed, step, small, met),
    )  # fmt: skip
    return Study(geometry, {"recorded": run}, found, step, small, budget, judged)


def _require_predictable(geometry: Geometry, eta: float) -> None:
    with np.errstate(over="ignore", divide="ignore"):
        predictable = np.isfinite(geometry.predicted_steps(eta, 1.0)).all()
    if not predictable:
        raise UsageError(f"eta {eta:g} is too small for sigma {geometry.sigma[-1]:.3g}; use a larger --eta")


def _small_start(geometry: Geometry, delta: float | None, seed: int) -> float:
    """The delta asked for, or the usual one, or what makes the start small where inputs are so large that 10 does not.

    Raises:
        UsageError: when the delta asked for starts some mode above its fitted value, or cannot be started from.
    """
    needed = max(0.0, geometry.largest_small_delta - 0.5 * math.log(2))
    if delta is None:
        factors = start_for(geometry, "gaussian", 0.0, seed)
        # off the spectral start the curvature there must not be beyond that of the fit, for which the step is made
        curvature = np.linalg.norm(geometry.data.root, 2) ** 2 * sum(
            np.linalg.norm(W, 2) ** 2 for W in factors
        )
        needed = max(needed, 0.5 * math.log(float(curvature) / geometry.sharpness))
        return _USUAL_DELTA if needed <= _USUAL_DELTA - 1 else math.ceil(needed) + 5.0
    if delta < 0:
        raise UsageError(f"delta {delta:g} must be at least 0; the start has scale exp(-delta)")
    if delta > LARGEST_DELTA:
        raise UsageError(
            f"delta {delta:g} must be at most {LARGEST_DELTA:g}: beyond it the start exp(-delta) is zero to rounding in "
            "float64; rankladder simulate goes further"
        )
    if delta < needed:
        raise UsageError(
            f"delta {delta:g} starts some mode above its fitted value (z0 > 1); "
            f"use --delta {math.ceil(needed * 1000) / 1000:g} or more"
        )
    return float(delta)
