"""What the pictures show, against obvious loops and closed forms, and what the command says of what it cannot draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rankladder.app.main import main
from rankladder.language.instance import Instance
from rankladder.language.library import load_catalogue
from rankladder.language.parsing import fitted, parse_instance
from rankladder.properties.gidel2019.commands.simulate_command import simulate
from rankladder.properties.gidel2019.data.analysis import run_descent, start_for
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import data_of_moments
from rankladder.properties.gidel2019.pictures import (
    draw_modes,
    excess_loss,
    flow_beside_descent,
    learned_values,
    phase_diagram,
    sandwich,
    staircase,
)
from rankladder.report.pictures import margin_landscape
from rankladder.report.pictures.margins import margin_grid
from rankladder.usage import UsageError


def landscape() -> tuple[Any, Instance]:
    claim = load_catalogue()["STEP-1.monotone"]
    return claim, fitted(parse_instance("s=3/4, z0=3/4, steps=1"), claim.over)


def orbit(s: float, z0: float, steps: int) -> list[float]:
    """The obvious loop."""
    z = [z0]
    for _ in range(steps):
        z.append(z[-1] * (1 + s * (1 - z[-1])) ** 2)
    return z


def test_learned_values_are_the_orbits_of_the_modes() -> None:
    sigma, lam, eta, delta = [4.0, 2.0, 1.0], [1.0, 2.0, 0.5], 0.125, 20.0
    curves = learned_values(sigma, lam, eta, delta).lines[::2]  # between them stand the predicted times
    assert len(curves) == 3
    for a, x, line in zip(sigma, lam, curves, strict=True):
        steps = np.rint(np.asarray(line.get_xdata()) * delta).astype(int)
        z = orbit(eta * a, x / a * np.exp(-2 * delta), int(steps.max()))
        # rounding grows with the steps, and most while a mode grows
        assert np.allclose(line.get_ydata(), a / x * np.array(z)[steps], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("draw", [sandwich, flow_beside_descent])
def test_the_orbit_of_one_mode_is_drawn_until_it_is_learned(draw: Any) -> None:
    for s, z0 in ((0.25, 0.01), (0.4, 0.3)):
        lines = {line.get_label(): line for line in draw(s, z0).lines}
        line = lines["gradient descent $z_k$"]
        k = line.get_xdata()
        assert np.allclose(line.get_ydata(), orbit(s, z0, len(k) - 1), rtol=1e-12)
        assert all(one.get_ydata()[-1] >= 0.999 for label, one in lines.items() if "minus" not in label)
    assert len(draw(0.25, 0.01, 7).lines[0].get_xdata()) == 8


def test_the_staircase_of_a_data_set_shows_its_run() -> None:
    rng = np.random.default_rng(5)
    X = rng.standard_normal((30, 3))
    geometry = Geometry.of(data_of_moments(X.T @ X / 30, X.T @ X @ np.diag([2.0, 1.0, 0.5]) / 30))
    run = run_descent(
        geometry, start_for(geometry, "spectral", 4.0, 0), geometry.default_eta, 4.0, 3000, curve=True
    )
    upper, lower = staircase(geometry, run, geometry.default_eta, 4.0).axes
    assert np.allclose(upper.lines[0].get_xdata(), np.array(run.times) / 4.0)
    assert np.allclose(upper.lines[0].get_ydata(), np.array(run.losses) - geometry.data.least_loss)
    for j in range(3):
        assert np.allclose(lower.lines[j].get_ydata(), np.array(run.singular_values)[:, j])


def test_the_modes_of_a_simulation_are_drawn_beside_their_predicted_steps() -> None:
    report = simulate((3.0, 2.0, 0.0), (1.0, 2.0, 0.5), 0.125, 4.0)
    (ax,) = draw_modes(report).axes
    drawn = [line for line in ax.lines if len(line.get_xdata()) > 2]
    dotted = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 2]
    assert np.allclose([line.get_ydata() for line in drawn], np.array(report["z"]).T)
    # a mode of sigma = 0 is never learned
    assert np.allclose(dotted, [1 / np.log1p(0.375), 1 / np.log1p(0.25)])
    assert ax.get_legend().get_texts()[0].get_text() == r"mode 1: $\sigma$ = 3, $\lambda$ = 1"


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


def test_the_command_hands_on_its_options(tmp_path) -> None:
    for words, title in (
        (["sandwich", "--s", "0.25"], r"one mode, $s = \eta\sigma$ = 0.25, $z_0$ = 0.001"),
        (["flow", "--z0", "0.02", "--steps", "12"], r"one mode, $s = \eta\sigma$ = 0.35, $z_0$ = 0.02"),
        (["staircase", "--sigma", "3,1", "--delta", "4"], r"gradient descent, $\eta$ = 0.167, $\delta$ = 4"),
    ):
        out = tmp_path / "out.svg"
        assert main(["plot", *words, "--out", str(out)]) == 0
        assert f"<!-- {title} -->" in out.read_text(encoding="utf-8")
