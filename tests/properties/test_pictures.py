"""The data behind the pictures, against a stored snapshot; ``python -m tests.properties.test_pictures`` stores anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rankladder.app import plot_command
from rankladder.app.main import main, parser
from rankladder.language.instance import Instance
from rankladder.language.library import load_catalogue
from rankladder.language.parsing import fitted, parse_instance
from rankladder.properties.gidel2019.commands import simulate_command
from rankladder.properties.gidel2019.data.analysis import run_descent, start_for
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import data_of_moments
from rankladder.properties.gidel2019.pictures.one_mode import _length
from rankladder.report.pictures import (
    assumption_map,
    draw_modes,
    excess_loss,
    flow_beside_descent,
    learned_values,
    margin_landscape,
    phase_diagram,
    sandwich,
    staircase,
)
from rankladder.report.pictures.margins import assumption_counts, broken_on_grid, margin_grid
from rankladder.usage import UsageError

SNAPSHOT = Path(__file__).with_name("pictures.json")
SPECTRUM = ([4.0, 2.0, 1.0], [1.0, 2.0, 0.5], 0.125, 20.0)


def lines(ax: Any, every: int = 1) -> list[list[list[float]]]:
    """Points of every line, thinned out."""
    return [np.asarray(line.get_xydata(), dtype=float)[::every].tolist() for line in ax.lines]


def landscape() -> tuple[Any, Instance]:
    claim = load_catalogue()["STEP-1.monotone"]
    return claim, fitted(parse_instance("s=3/4, z0=3/4, steps=1"), claim.over)


def _phase() -> Any:
    dots, *thresholds = phase_diagram(columns=40).lines
    points = dots.get_xydata()
    # beyond sqrt(5) - 1 rounding decides where a chaotic orbit is
    return [sorted(points[points[:, 0] < 1.2].tolist()), [line.get_xdata()[0] for line in thresholds]]


def _margins() -> Any:
    claim, instance = landscape()
    return [part.tolist() for part in margin_grid(claim, instance, "s", "z0", 7)]


def _staircase() -> Any:
    rng = np.random.default_rng(5)
    X = rng.standard_normal((30, 3))
    Sxx, Sxy = X.T @ X / 30, X.T @ X @ np.diag([2.0, 1.0, 0.5]) / 30
    geometry = Geometry.of(data_of_moments(Sxx, Sxy))
    start, eta = start_for(geometry, "spectral", 4.0, 0), geometry.default_eta
    run = run_descent(geometry, start, eta, 4.0, 3000, curve=True)
    upper, lower = staircase(geometry, run, geometry.default_eta, 4.0).axes
    return [lines(upper, 20), lines(lower, 20)]


def words(made: Any) -> list[Any]:
    """What stands on a picture, and between which ends its axes run."""
    return [
        [ax.get_title(), ax.get_xlabel(), ax.get_ylabel(), ax.get_xscale(), ax.get_yscale(),
         [t.get_text() for t in (ax.get_legend().get_texts() if ax.get_legend() else [])],
         list(ax.get_xlim()), list(ax.get_ylim()), len(ax.lines)]
        for ax in made.axes
    ]  # fmt: skip


def _of_command(*options: str) -> Any:
    given = parser().parse_args(["plot", *options])
    made = plot_command._DRAW[given.name](given)
    return [words(made), [lines(ax, 40) for ax in made.axes]]


def _modes() -> Any:
    made = draw_modes(simulate_command.simulate((3.0, 2.0, 0.0), (1.0, 2.0, 0.5), 0.125, 4.0))
    return [words(made), [lines(ax, 10) for ax in made.axes]]


DATA: dict[str, Callable[[], Any]] = {
    "learned values": lambda: lines(learned_values(*SPECTRUM), 50),
    "excess loss": lambda: lines(excess_loss(*SPECTRUM), 50),
    "phase diagram": _phase,
    "sandwich": lambda: lines(sandwich(0.25, 0.01)),
    "flow beside descent": lambda: lines(flow_beside_descent(0.8, 0.01)),
    "margin grid": _margins,
    "staircase of a data set": _staircase,
    "plot staircase": lambda: _of_command("staircase"),
    "plot staircase of a spectrum": lambda: _of_command("staircase", "--sigma", "3,1", "--delta", "4"),
    "plot sandwich": lambda: _of_command("sandwich", "--s", "0.25"),
    "plot flow": lambda: _of_command("flow", "--z0", "0.02", "--steps", "12"),
    "modes": _modes,
}


@pytest.mark.parametrize("name", DATA)
def test_data_behind_the_picture(name: str) -> None:
    stored = json.loads(SNAPSHOT.read_text(encoding="utf-8"))[name]

    def compare(new: Any, old: Any) -> None:
        if isinstance(old, list):
            assert len(new) == len(old)
            for a, b in zip(new, old, strict=True):
                compare(a, b)
        elif isinstance(old, str):
            assert new == old
        else:
            assert new == pytest.approx(old, rel=1e-7, abs=1e-9)

    compare(DATA[name](), stored)


def test_phase_diagram_shows_the_fixed_point_then_the_cycle() -> None:
    points = phase_diagram(columns=100).lines[0].get_xydata()
    calm = points[points[:, 0] < 0.95]
    assert np.allclose(calm[:, 1], 1, atol=1e-9)
    s = 1.1
    cycle = points[np.isclose(points[:, 0], s), 1]
    assert len(np.unique(cycle.round(9))) == 2
    low, high = cycle.min(), cycle.max()
    assert low * (1 + s * (1 - low)) ** 2 == pytest.approx(high)


def test_margin_landscape_draws_where_the_claim_fails() -> None:
    claim, instance = landscape()
    xs, ys, margins = margin_grid(claim, instance, "s", "z0", 41)
    kept = (xs[None, :] <= 0.5) & (ys[:, None] < 1)
    assert (margins[kept] >= -1e-12).all()
    assert (margins < 0).any()
    assert margin_landscape(claim, "s", "z0", instance, points=9).get_xlabel() == r"$s = \eta\sigma$"
    with pytest.raises(UsageError, match="no real parameter"):
        margin_landscape(claim, "s", "steps", instance)
    with pytest.raises(UsageError, match="name two"):
        margin_landscape(claim, "s", "s", instance)


def test_margin_landscape_marks_zero_and_what_the_assumptions_exclude() -> None:
    claim, instance = landscape()
    ax = margin_landscape(claim, "s", "z0", instance, points=9)
    xs, ys, _ = margin_grid(claim, instance, "s", "z0", 9)
    # cells of one width each, their middles, over both ranges
    assert np.allclose(np.diff(xs), xs[1] - xs[0]) and np.allclose(np.diff(ys), ys[1] - ys[0])
    broken = broken_on_grid(claim, instance, "s", "z0", xs, ys)
    fails = [[[bool(s > 0.5) for s in xs] for _ in ys], [[bool(z0 >= 1) for _ in xs] for z0 in ys]]
    assert [found.tolist() for found in broken.values()] == [some for some in fails if np.any(some)]
    shade, zero, *hatched = ax.collections
    assert [line.tolist() for line in (zero.levels, *(h.levels for h in hatched))] == [
        [0.0],
        *[[0.5, 1.5]] * len(broken),
    ]
    top = shade.norm.vmax
    assert shade.norm.vmin == -top
    bar = ax.figure.axes[-1]
    assert np.allclose(bar.get_yticks(), [-top, -top / 2, 0, top / 2, top])
    assert bar.get_yticklabels()[2].get_text() == "0"
    assert (float(instance["s"]), float(instance["z0"])) == tuple(ax.lines[-1].get_xydata()[0])


def test_a_mode_is_drawn_until_it_is_learned() -> None:
    from rankladder.theory import logistic

    for z0, rate in ((0.01, 0.4), (0.3, 1.5), (1e-6, 0.05)):
        count = _length(z0, rate)
        assert logistic(rate, z0, count) >= 0.999 > logistic(rate, z0, count - 1)
    assert _length(0.9999, 1.0) == 4


def test_losses_of_a_spectrum_level_off_at_what_is_left_to_learn() -> None:
    ax = excess_loss([1, 3, 2], [1, 1, 4], 0.1, 5)
    # sigma^2/(2 lam) are 1/2, 9/2, 1/2, the largest is learned first
    assert [float(line.get_ydata()[0]) for line in ax.lines[1:]] == [5.5, 1.0, 0.5]
    times = ax.lines[0].get_xdata()
    assert times[0] == 0 and times[-1] == pytest.approx(1.6 / np.log1p(0.1), rel=1e-2)
    for bad in (
        ([1, 0], [1, 1], 0.1, 5),
        ([1], [1], 0.0, 5),
        ([1], [1], 0.1, 0),
        ([1], [1], 0.1, -0.5),
        ([], [], 0.1, 5),
    ):
        with pytest.raises(ValueError, match="of one length"):
            excess_loss(*bad)


def test_assumption_map_counts_what_is_kept() -> None:
    families, names, needed, made = assumption_counts()
    assert needed.sum() > 200
    ax = assumption_map()
    assert len(ax.texts) == (made > 0).sum()
    i, j = families.index("STEP"), names.index("large-step")
    assert f"{needed[i, j]}/{made[i, j]}" in {t.get_text() for t in ax.texts}


@pytest.mark.parametrize("name", ["staircase", "phase", "sandwich", "flow", "assumptions"])
def test_command_writes_a_picture(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plot", name]) == 0
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_margin_of_a_kept_counterexample(tmp_path: Path) -> None:
    out = tmp_path / "m.svg"
    assert main(["plot", "margin", "--claim", "GD-5.not-continuous-upper", "--out", str(out)]) == 0
    assert "<svg" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "choose from"),
        (["phase", "--s", "1"], "does not take --s"),
        (["sandwich", "--s", "0.5"], "0 < s < 1/2"),
        (["flow", "--z0", "2"], "z0=2"),
        (["flow", "--out", "p.jpeg"], ".png"),
        (["staircase", "--sigma", "1,2", "--lam", "1"], "of one length"),
        (["margin"], "--claim ID"),
        (["margin", "--claim", "GD-5.not-continuous-uper"], "GD-5.not-continuous-upper"),
        (["margin", "--claim", "GD-4"], "names"),
        (["margin", "--claim", "GD-4.upper", "--x", "steps"], "no real parameter"),
        (["margin", "--claim", "LIN-3.minimiser"], "fewer than two"),
        (["margin", "--claim", "GD-4.upper", "--at", "s=1/4"], "z0"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_line(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plot", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps({name: made() for name, made in DATA.items()}) + "\n", encoding="utf-8")
