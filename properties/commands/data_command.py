"""``rankladder data``: what the theory predicts for a data set, and what gradient descent does on it."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from properties.commands.output import (
    console,
    page_file,
    print_json,
    versions,
    writable_file,
    write_page,
    write_picture,
)
from properties.data.analysis import LARGEST_DELTA, Run, default_step_budget, run_descent, start_for
from properties.data.assertions import Assertion, assertions, promised, sentence
from properties.data.geometry import Geometry
from properties.data.reading import read_dataset
from properties.usage import UsageError

__all__ = ["run"]

_USUAL_DELTA = 10.0
_ROWS = 12  # modes and ranks printed; JSON holds all


def run(options: Any) -> int:
    """Analyse, run, print, and draw when asked."""
    plot = None if options.plot is None else writable_file(options.plot, (".png", ".pdf", ".svg"))
    page = None if options.html is None else page_file(options.html)
    if options.delta is not None and options.delta < 0:
        raise UsageError(f"delta {options.delta:g} must be at least 0; the start has scale exp(-delta)")
    if options.delta is not None and options.delta > LARGEST_DELTA:
        raise UsageError(
            f"delta {options.delta:g} must be at most {LARGEST_DELTA:g}: beyond it the start exp(-delta) is zero to rounding in "
            "float64; rankladder simulate goes further"
        )
    data = read_dataset(options.X, options.Y, center=options.center, standardize=options.standardize)
    try:
        geometry = Geometry.of(data)
    except ValueError as error:
        raise UsageError(f"{options.X}: {error}") from error
    if not geometry.m:
        centred = (
            " (columns were centred: see --no-center)"
            if options.center is not False and data.n is not None
            else ""
        )
        raise UsageError(
            f"{options.X}: Sxy is zero to rounding, so there is nothing to learn; check that Y depends on X{centred}"
        )
    delta = _small_start(geometry, options)
    eta = options.eta or geometry.default_eta
    with np.errstate(over="ignore", divide="ignore"):
        predictable = np.isfinite(geometry.predicted_steps(eta, 1.0)).all()
    if not predictable:
        raise UsageError(f"eta {eta:g} is too small for sigma {geometry.sigma[-1]:.3g}; use a larger --eta")
    d, p = geometry.shape
    budget = options.max_steps or default_step_budget(d, p, min(d, p))
    starts = {"spectral": delta, "gaussian": delta, "weak": geometry.largest_small_delta}
    runs: dict[str, Run] = {}
    with _progress(len(starts) * budget) as advance:
        for number, (kind, scale) in enumerate(starts.items()):
            runs[kind] = run_descent(
                geometry,
                start_for(geometry, "gaussian" if kind == "gaussian" else "spectral", scale, options.seed),
                eta,
                scale,
                budget,
                curve=not (plot is None and page is None) and kind == "spectral",
                leave=kind == "spectral",
                progress=partial(advance, kind, number * budget),
            )
    weak = runs.pop("weak")
    found = assertions(geometry, runs["spectral"], runs["gaussian"], weak, delta, starts["weak"])
    report = _document(geometry, runs, found, eta, delta, budget)
    if plot is not None or page is not None:
        from properties.pictures import staircase

        drawn = staircase(geometry, runs["spectral"], eta, delta)
        if plot is not None:
            write_picture(drawn, plot)
        if page is not None:
            _write_page(page, report, drawn, options)
    if options.json:
        print_json(report)
    else:
        _print(
            geometry,
            runs,
            found,
            eta,
            delta,
            budget,
            options.center is not False,
            options.standardize,
        )
    return 0


def _write_page(file: Path, report: dict[str, Any], drawn: Any, options: Any) -> None:
    from properties.report.data_page import data_page, inline

    names = [options.X] + ([options.Y] if options.Y else [])
    words = ["rankladder", "data", *names]
    for name in ("eta", "max_steps"):
        if getattr(options, name) is not None:
            words += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    words += ["--delta", str(options.delta)] if options.delta is not None else []
    words += ["--seed", str(options.seed)] if options.seed else []
    words += ["--standardize"] if options.standardize else []
    words += ["--no-center"] if options.center is False else []
    text = data_page(report, names=names, command=words, versions=versions(), picture=inline(drawn))
    write_page(file, text)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal's stderr; runs that settle early jump ahead."""
    if not sys.stderr.isatty():
        yield lambda kind, before, steps: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=total)
        yield lambda kind, before, steps: progress.update(
            bar, completed=before + steps, description=f"{_STARTS[kind]}: step {steps:,}"
        )


_STARTS = {"spectral": "spectral start", "gaussian": "Gaussian start", "weak": "spectral start, not small"}


def _small_start(geometry: Geometry, options: Any) -> float:
    """The delta asked for, or the usual one, or what makes the start small where inputs are so large that 10 does not.

    Raises:
        UsageError: when the delta asked for starts some mode above its fitted value.
    """
    needed = max(0.0, geometry.largest_small_delta - 0.5 * math.log(2))
    if options.delta is None:
        factors = start_for(geometry, "gaussian", 0.0, options.seed)
        # off the spectral start the curvature there must not be beyond that of the fit, for which the step is made
        curvature = np.linalg.norm(geometry.data.root, 2) ** 2 * sum(
            np.linalg.norm(W, 2) ** 2 for W in factors
        )
        needed = max(needed, 0.5 * math.log(float(curvature) / geometry.sharpness))
        return _USUAL_DELTA if needed <= _USUAL_DELTA - 1 else math.ceil(needed) + 5.0
    if options.delta < needed:
        raise UsageError(
            f"delta {options.delta:g} starts some mode above its fitted value (z0 > 1); "
            f"use --delta {math.ceil(needed * 1000) / 1000:g} or more"
        )
    return float(options.delta)


def _document(
    geometry: Geometry,
    runs: dict[str, Run],
    found: dict[str, Assertion],
    eta: float,
    delta: float,
    budget: int,
) -> dict[str, Any]:
    d, p = geometry.shape
    return {
        "shape": {"n": geometry.data.n, "d": d, "p": p, "r": min(d, p), "m": geometry.m},
        "eta": eta,
        "delta": delta,
        "max_steps": budget,
        "modes": [
            {"sigma": float(s), "lam": float(x), "rrr_gain": float(g)}
            for s, x, g in zip(geometry.sigma, geometry.lam, geometry.gains, strict=True)
        ],
        "noncommuting_share": float(geometry.joint.noncommuting_share),
        "order_consistent": geometry.order_consistent,
        "promise": promised(geometry),
        "step_sizes": geometry.step_sizes,
        "least_loss": geometry.data.least_loss if geometry.data.syy is not None else None,
        "starts": {kind: [r.to_json() for r in made.ranks] for kind, made in runs.items()},
        "runs": {
            kind: {"steps": made.steps, "settled": made.settled, "diverged_at": made.diverged_at}
            for kind, made in runs.items()
        },
        "assertions": {name: {"holds": a.holds, "why": a.why} for name, a in found.items()},
        "sentence": sentence(found, delta),
    }


def _print(
    geometry: Geometry,
    runs: dict[str, Run],
    found: dict[str, Assertion],
    eta: float,
    delta: float,
    budget: int,
    center: bool,
    standardize: bool,
) -> None:
    out = console()
    d, p = geometry.shape
    treated = ("standardized, " if standardize else "") + ("centred" if center else "not centred")
    samples = f"{geometry.data.n} samples ({treated}), " if geometry.data.n is not None else ""
    kind = "autoencoder, " if geometry.data.autoencoder else ""
    out.print(
        f"data: {samples}{kind}d = {d} inputs, p = {p} outputs, hidden width r = {min(d, p)}, m = {geometry.m} mode{'s' if geometry.m > 1 else ''}"
    )
    out.print()
    _print_modes(out, geometry, eta, delta)
    share = geometry.joint.noncommuting_share
    out.print(f"share of Sxx that does not commute with Sxy: {share:.3g}")
    out.print(f"order of sigma and of sigma^2/lam: {'agree' if geometry.order_consistent else 'disagree'}")
    out.print(f"reduced-rank solutions, one rank at a time: {promised(geometry)}")
    steps = geometry.step_sizes
    out.print(
        f"largest steps: monotone {steps['monotone']:.4g}, convergent {steps['convergent']:.4g}, "
        f"stable against all directions {steps['stable']:.4g}; used: {eta:.4g}"
    )
    for name, made in runs.items():
        out.print()
        _print_run(out, geometry, name, made, delta, budget)
    out.print()
    out.print(
        "distances: ||Sxx^1/2 (W - W*)||_F / ||Sxx^1/2 W*||_F, nearest over the run; rrr: reduced-rank regression,"
    )
    loss = "||XW - Y||_F^2/(2n)" + (", above its minimum" if geometry.data.syy is None else "")
    out.print(f"plateau: sum of the first modes' fits; loss: {loss}. The paper's assertions A1 to A5:")
    for name, a in found.items():
        word = {True: "holds", False: "fails", None: "open"}[a.holds]
        out.print(f"  {name} {word}: {a.why}")
    out.print()
    out.print(sentence(found, delta))


def _print_modes(out: Any, geometry: Geometry, eta: float, delta: float) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("mode", "sigma", "lam", "sigma^2/lam", "predicted step"):
        table.add_column(name, justify="right", no_wrap=True)
    predicted = geometry.predicted_steps(eta, delta)
    for j in range(min(geometry.m, _ROWS)):
        table.add_row(
            str(j + 1),
            f"{geometry.sigma[j]:.4g}",
            f"{geometry.lam[j]:.4g}",
            f"{geometry.gains[j]:.4g}",
            f"{predicted[j]:,.0f}",
        )
    out.print(table)
    if geometry.m > _ROWS:
        out.print(f"… and {geometry.m - _ROWS} more, down to sigma = {geometry.sigma[-1]:.3g}")
    out.print()


def _print_run(out: Any, geometry: Geometry, name: str, made: Run, delta: float, budget: int) -> None:
    from rich.table import Table

    end = "settled" if made.settled else f"stopped at the step budget (--max-steps {budget:,})"
    if made.diverged_at is not None:
        end = f"DIVERGED at step {made.diverged_at:,}; take a smaller --eta"
    out.print(
        f"gradient descent from a {'Gaussian' if name == 'gaussian' else name} start, delta = {delta:g}: {made.steps:,} steps, {end}"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "rank",
        "half learned at",
        "predicted",
        "nearest to rrr",
        "nearest to plateau",
        "loss there",
        "rrr loss",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for r in made.ranks[:_ROWS]:
        table.add_row(
            str(r.rank),
            "not reached" if r.transition_step is None else f"{r.transition_step:,}",
            f"{r.predicted_step:,.0f}",
            f"{r.distance_to_rrr:.3g}",
            f"{r.distance_to_plateau:.3g}",
            f"{r.loss:.5g}",
            f"{r.rrr_loss:.5g}",
        )
    out.print(table)
    if len(made.ranks) > _ROWS:
        later = made.ranks[_ROWS:]
        seen = sum(r.transition_step is not None for r in later)
        out.print(
            f"… and {len(later)} more ranks, {seen} of them reached; the last is predicted at step {later[-1].predicted_step:,.0f}"
        )
