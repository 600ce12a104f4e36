"""``rankladder data``: what the theory predicts for a data set, and what gradient descent does on it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rankladder.app.arguments import finite_number, positive_integer, positive_number, whole_number
from rankladder.app.long_run import command_again
from rankladder.app.output import (
    console,
    page_file,
    paragraph,
    print_json,
    progress,
    table,
    writable_file,
    write_page,
    write_picture,
)
from rankladder.properties.gidel2019.data.analysis import Run, default_step_budget
from rankladder.properties.gidel2019.data.assertion import STATED, Assertion, counted, transition
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import read_dataset
from rankladder.properties.gidel2019.data.record import read_record
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.properties.gidel2019.data.study import (
    RecordedStudy,
    Study,
    decomposed,
    study,
    study_of_record,
)
from rankladder.properties.gidel2019.data.visits import promised
from rankladder.storage.versions import versions

__all__ = ["add_arguments", "print_assertions", "run", "study_progress"]

_ROWS = 12  # modes and ranks printed; JSON holds all


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("X", help="inputs: .npy, .csv, .parquet, or .npz with X[, Y] or Sxx, Sxy")
    sub.add_argument("Y", nargs="?", help="targets: .npy, .csv or .parquet; none: the autoencoder Y = X")
    sub.add_argument(
        "--target",
        nargs="+",
        action="extend",
        default=[],
        metavar="COLUMN",
        help="take these columns of X as the targets: names, or numbers from 1 on",
    )
    sub.add_argument(
        "--run",
        metavar="FILE",
        dest="record",
        help="judge a recorded run: .npz with W, or W1 and W2, a state a recorded step; steps, eta, delta, W_start beside",
    )
    sub.add_argument(
        "--eta", type=positive_number, metavar="E", help="step size (default min(1/(2 sigma_1), 1/h))"
    )
    sub.add_argument(
        "--max-steps", type=positive_integer, metavar="N", help="step budget of each run (default: by size)"
    )
    sub.add_argument(
        "--delta",
        type=finite_number,
        metavar="D",
        help="the start has scale exp(-D) (default 10, or more where that would be no small start)",
    )
    sub.add_argument(
        "--seed", type=whole_number, default=0, metavar="N", help="of the Gaussian start (default 0)"
    )
    sub.add_argument(
        "--standardize",
        action="store_true",
        help="divide the columns of X, not of Y, by their standard deviation",
    )
    sub.add_argument(
        "--one-hot",
        action="store_true",
        help="the targets are labels: a column of 0 and 1 for each; whole numbers, or words in a column that --target names",
    )
    sub.add_argument(
        "--center",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="subtract the column means of X and Y (default: of samples, yes)",
    )
    sub.add_argument("--plot", metavar="FILE", help="draw loss and singular values over rescaled time")
    sub.add_argument("--html", metavar="FILE", help="write a report that needs no other file and no network")


def run(options: Any) -> int:
    """Analyse, run, print, and draw when asked."""
    plot = None if options.plot is None else writable_file(options.plot, (".png", ".pdf", ".svg"))
    page = None if options.html is None else page_file(options.html)
    data = read_dataset(
        options.X,
        options.Y,
        center=options.center,
        standardize=options.standardize,
        one_hot=options.one_hot,
        targets=options.target,
    )
    geometry = decomposed(data, options.X, centred=options.center is not False)
    record = None if options.record is None else read_record(options.record, geometry.shape)
    steps = 0 if record is None else int(record.steps[-1])
    with study_progress(geometry, options.max_steps, recorded=steps) as followed:
        asked = {
            "eta": options.eta,
            "delta": options.delta,
            "max_steps": options.max_steps,
            "curve": not (plot is None and page is None),
            "progress": followed,
        }
        if record is None:
            made = study(geometry, seed=options.seed, **asked)
        else:
            made = study_of_record(geometry, record, options.record, **asked)
    if plot is not None or page is not None:
        from rankladder.properties.gidel2019.pictures import staircase

        drawn = staircase(geometry, next(iter(made.runs.values())), made.eta, made.delta)
        if plot is not None:
            write_picture(drawn, plot)
        if page is not None:
            _write_page(page, made.to_json(), drawn, options)
    if options.json:
        print_json(made.to_json())
    else:
        _print(made, center=options.center is not False, standardize=options.standardize)
    return 0


@contextmanager
def study_progress(
    geometry: Geometry, max_steps: int | None = None, *, recorded: int = 0
) -> Iterator[Callable[[str, int, int], None]]:
    """Scope of the bar of a study, of three runs or of one beside a recorded one; gives what :func:`study` calls."""
    d, p = geometry.shape
    budget = max_steps or default_step_budget(d, p, min(d, p))
    # runs that settle early jump ahead
    with progress(budget + recorded if recorded else 3 * budget) as move:
        yield lambda kind, before, steps: move(completed=before + steps, description=_STARTS[kind])


def _write_page(file: Path, report: dict[str, Any], drawn: Any, options: Any) -> None:
    from rankladder.properties.gidel2019.data.page import data_page

    names = [name for name in (options.X, options.Y, options.record) if name]
    words = command_again(options, without=("plot", "html", "json"))
    write_page(file, data_page(report, names=names, command=words, versions=versions(), picture=drawn))


_STARTS = {
    "recorded": "recorded run",
    "spectral": "spectral start",
    "gaussian": "Gaussian start",
    "weak": "spectral start, not small",
}


def _print(made: Study, *, center: bool, standardize: bool) -> None:
    out = console()
    say = partial(paragraph, out)
    geometry = made.geometry
    d, p = geometry.shape
    treated = ("standardized, " if standardize else "") + ("centred" if center else "not centred")
    samples = f"{counted(geometry.data.n, 'sample')} ({treated}), " if geometry.data.n is not None else ""
    hidden = "" if made.width is None else f"hidden width r = {made.width}, "
    kind = "autoencoder, " if geometry.data.autoencoder else ""
    say(
        f"data: {samples}{kind}d = {counted(d, 'input')}, p = {counted(p, 'output')}, {hidden}"
        f"m = {counted(geometry.m, 'mode')}"
    )
    if geometry.data.note:
        say(geometry.data.note, 2)
    for line in _WORDS:
        say(line, 2)
    out.print()
    _print_modes(out, geometry, next(iter(made.runs.values())))
    structure = Structure.of(geometry)
    say(
        f"distance from commuting: {structure.commuting:.3g} (||B||_F/||Sxx||_F, B what U leaves of Sxx off the diagonal)"
    )
    say(f"other structure: {structure.words('whitened')}; {structure.words('autoencoder')}")
    if geometry.m > 1:
        say(f"order of sigma and of sigma^2/lam: {'agree' if geometry.order_consistent else 'disagree'}")
    say(f"reduced-rank solutions, one rank at a time: {promised(geometry)}")
    steps = geometry.step_sizes
    beyond = ", which is beyond it" if made.eta * geometry.sharpness > 2 else ""
    say(
        f"largest safe step from a small start: {steps['stable']:.4g}, 2/h with h the largest curvature at the balanced minimum "
        "(beyond it descent leaves that minimum: it diverges, or settles where other factors make the loss flatter; from "
        f"other starts it may diverge below it); used: {made.eta:.4g}{beyond}"
    )
    say(
        f"of modes{'' if geometry.commutes else ', were the data commuting'}: no overshoot up to {steps['monotone']:.4g}, "
        f"convergent up to {steps['convergent']:.4g}",
        2,
    )
    if made.recorded is not None:
        out.print()
        _print_record(out, made.recorded, made.eta, made.delta)
    for name, run in made.runs.items():
        out.print()
        _print_run(out, name, run, made)
    if made.recorded is not None:
        out.print()
        say(f"{made.recorded.leaving.words}.")
    out.print()
    loss = "||XW - Y||_F^2/(2n)" + (", above its minimum" if geometry.data.syy is None else "")
    say(
        "half learned: u_i^T W v_i is half of its final value u_i^T W* v_i, W* the best fit (not of sigma_i/lam_i)"
    )
    say("predicted: delta/log(1 + eta sigma_i), the limit of small starts on data that commute")
    if made.recorded is not None:
        estimate = "" if geometry.commutes else " and GEN-3, an estimate"
        say(
            f"allowed: the steps at which theory lets the mode be half learned from the start that it has (GD-6{estimate}); "
            "the prediction, a limit, may lie beside them"
        )
    say(
        "distances: ||Sxx^1/2 (W - W_j)||_F, least over the run, W_j the solution or the plateau; 1 is as far as the rank-j "
        "solution is from the nearer of those of ranks j-1 and j+1"
    )
    say(f"rrr: reduced-rank regression, the best fit of that rank; loss: {loss}")
    if any(r.loss < r.rrr_loss * (1 - 1e-4) for run in made.runs.values() for r in run.ranks):
        say(
            "loss there below rrr loss: the iterate has learned a part of later modes, too; the distance says how much"
        )
    out.print()
    out.print("The five assertions of the paper's abstract:")
    print_assertions(out, made.assertions)
    out.print()
    say(made.sentence, further=0)


# the same definitions as in docs/own-data.md
_WORDS = (
    "mode i: singular value sigma_i of Sxy = X^T Y/n with its vectors u_i, v_i, and lam_i = u_i^T Sxx u_i, Sxx = X^T X/n",
    "eta: step size; delta: the factors W1, W2 of W = W1 W2 start at scale exp(-delta)",
    "plateau j: sum over i <= j of sigma_i/lam_i u_i v_i^T, the first j modes learned and no other",
)


def print_assertions(out: Any, found: Mapping[str, Assertion]) -> None:
    """What each assertion says, whether it holds, and why."""
    for name, a in found.items():
        word = {True: "holds", False: "fails", None: "open"}[a.holds]
        paragraph(out, f"{name} {word}{f' ({a.of})' if a.of else ''}: {STATED[name]}", 2, further=3)
        paragraph(out, a.why, 5, further=0)
        if a.remedy:
            paragraph(out, f"to try: {a.remedy}", 5, further=2)


def _print_modes(out: Any, geometry: Geometry, run: Run) -> None:
    names = ("mode", "sigma", "lam", "sigma^2/lam", "predicted step")
    rows = table(*names, right=names)
    for j in range(min(geometry.m, _ROWS)):
        rows.add_row(
            str(j + 1),
            f"{geometry.sigma[j]:.4g}",
            f"{geometry.lam[j]:.4g}",
            f"{geometry.gains[j]:.4g}",
            _step(run.ranks[j].predicted_step),
        )
    out.print(rows)
    if geometry.m > _ROWS:
        out.print(f"… and {geometry.m - _ROWS} more, down to sigma = {geometry.sigma[-1]:.3g}")
    out.print()


def _print_record(out: Any, found: RecordedStudy, eta: float, delta: float) -> None:
    record = found.record
    numbers = f"steps {record.steps[0]:,} to {record.steps[-1]:,}" + (
        "" if record.numbered else ", as the file says none"
    )
    what = "W alone" if record.factors is None else f"W1 and W2 of hidden width {record.factors[0].shape[2]}"
    say = partial(paragraph, out)
    say(f"recorded run {found.path}: {counted(len(record.W), 'state')}, {numbers}; {what}")
    told = {"states": ", as its states tell", "file": ", as the file says"}.get(found.eta_from, "")
    begins = "as is said" if found.stated else "as the first state tells, of all modes together"
    if record.factors is None and not found.stated:
        begins = "by the size of W in the first state; how its factors start is not known"
    say(f"eta = {eta:g}{told}; delta = {delta:g}, {begins}")
    if found.followed.filled:
        say(
            f"{counted(found.followed.filled, 'step')} between recorded ones were run again from recorded factors"
        )
    if found.followed.gaps:
        say(f"{counted(found.followed.gaps, 'step')} between recorded ones are not known")
    out.print("what the theory assumes:")
    for condition in found.conditions:
        word = {True: "given", False: "NOT GIVEN", None: "not known"}[condition.met]
        say(f"{word}: {condition.says}", 2)


def _print_run(out: Any, name: str, made: Run, study: Study) -> None:
    paragraph(out, f"{_began(name, study.delta)}: {_ended(made, study)}")
    names = [
        "\nrank",
        "half\nlearned at",
        "\npredicted",
        "nearest\nrrr",
        "nearest\nplateau",
        "loss\nthere",
        "rrr\nloss",
    ]
    if study.recorded is not None:
        names.insert(3, "\nallowed")
    rows = table(*names, right=tuple(names))
    for r in made.ranks[:_ROWS]:
        cells = [
            str(r.rank),
            transition(r.transition_step, r.earliest_step),
            _step(r.predicted_step),
            f"{r.distance_to_rrr:.3g}",
            f"{r.distance_to_plateau:.3g}",
            f"{r.loss:.4g}",
            f"{r.rrr_loss:.4g}",
        ]
        if study.recorded is not None:
            span = study.recorded.allowed[r.rank - 1]
            cells.insert(3, "-" if span is None else f"{span[0]:,} to {span[1]:,}")
        rows.add_row(*cells)
    out.print(rows)
    if len(made.ranks) > _ROWS:
        later = made.ranks[_ROWS:]
        seen = sum(r.transition_step is not None for r in later)
        paragraph(
            out,
            f"… and {len(later)} more ranks, {seen} of them reached; the last is predicted at step {_step(later[-1].predicted_step)}",
        )


def _step(predicted: float) -> str:
    if math.isnan(predicted):
        return "not known"
    return f"{predicted:,.0f}" if math.isfinite(predicted) else "never"


def _began(name: str, delta: float) -> str:
    if name == "recorded":
        return "the recorded run"
    return f"gradient descent from a {'Gaussian' if name == 'gaussian' else name} start, delta = {delta:g}"


def _ended(made: Run, study: Study) -> str:
    if made.diverged_at is not None:
        remedy = "" if study.recorded else "; take a smaller --eta"
        return f"{made.steps:,} steps, DIVERGED at step {made.diverged_at:,}{remedy}"
    if made.settled:
        return f"{made.steps:,} steps, settled"
    if study.recorded is not None:
        return f"up to step {made.steps:,}, not settled"
    return f"{made.steps:,} steps, stopped at the step budget (--max-steps {study.max_steps:,})"
