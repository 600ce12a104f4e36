"""What the pictures show, against obvious loops and closed forms, and what the command says of what it cannot draw."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.properties.gidel2019.pictures import flow_beside_descent, phase_diagram, sandwich
from rankladder.report.pictures import assumption_ladder


def orbit(s: float, z0: float, steps: int) -> list[float]:
    """The obvious loop."""
    z = [z0]
    for _ in range(steps):
        z.append(z[-1] * (1 + s * (1 - z[-1])) ** 2)
    return z


@pytest.mark.parametrize("draw", [sandwich, flow_beside_descent])
def test_the_orbit_of_one_mode_is_drawn_until_it_is_learned(draw: Any) -> None:
    for s, z0 in ((0.25, 0.01), (0.4, 0.3)):
        lines = {line.get_label(): line for line in draw(s, z0).lines}
        line = lines["gradient descent $z_k$"]
        k = line.get_xdata()
        assert np.allclose(line.get_ydata(), orbit(s, z0, len(k) - 1), rtol=1e-12)
        assert all(one.get_ydata()[-1] >= 0.999 for label, one in lines.items() if "minus" not in label)
    assert len(draw(0.25, 0.01, 7).lines[0].get_xdata()) == 8


def test_phase_diagram_shows_the_fixed_point_then_the_cycle() -> None:
    points = phase_diagram(columns=100).lines[0].get_xydata()
    calm = points[points[:, 0] < 0.95]
    assert np.allclose(calm[:, 1], 1, atol=1e-9)
    s = 1.1
    cycle = points[np.isclose(points[:, 0], s), 1]
    assert len(np.unique(cycle.round(9))) == 2
    low, high = cycle.min(), cycle.max()
    assert low * (1 + s * (1 - low)) ** 2 == pytest.approx(high)


def test_the_command_hands_on_its_options(tmp_path) -> None:
    for words, title in (
        (["sandwich", "--s", "0.25"], r"one mode, $s = \eta\sigma$ = 0.25, $z_0$ = 0.001"),
        (["flow", "--z0", "0.02", "--steps", "12"], r"one mode, $s = \eta\sigma$ = 0.35, $z_0$ = 0.02"),
        (["staircase", "--sigma", "3,1", "--delta", "4"], r"gradient descent, $\eta$ = 0.167, $\delta$ = 4"),
    ):
        out = tmp_path / "out.svg"
        assert main(["plot", *words, "--out", str(out)]) == 0
        assert f"<!-- {title} -->" in out.read_text(encoding="utf-8")


def test_the_ladder_is_full_where_a_counterexample_is_kept() -> None:
    known = load_catalogue()
    claims = [known[id] for id in ("GD-9.modes", "RRR-2.whitened", "STEP-7.not-two-sigma")]
    # an assumption that nobody has dropped yet
    untried = known["GD-4.upper"].given["small-step"]
    extra = replace(claims[0], given={**claims[0].given, "no-one-tried": untried})
    ax = assumption_ladder([extra, *claims[1:]])
    rows, columns = ([t.get_text() for t in row] for row in (ax.get_yticklabels(), ax.get_xticklabels()))
    full, empty = (
        {(rows[int(y)], columns[int(x)]) for x, y in zip(*line.get_data(), strict=True)} for line in ax.lines
    )
    assert rows == ["GD-9.modes", "RRR-2.whitened"]  # what assumes nothing has no row
    assert full == {(c.id, name) for c in claims for name in c.given}
    assert empty == {("GD-9.modes", "no-one-tried")}


@pytest.mark.parametrize(
    "words",
    [["phase"], ["ladder", "--only", "GD-*"], ["steps"], ["certified", "--s", "1.7"],
     ["orders", "--sigma", "3,2"], ["orders", "X.npy"]],
)  # fmt: skip
def test_each_is_drawn_by_a_command(tmp_path, monkeypatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("X.npy", np.random.default_rng(0).standard_normal((20, 3)))
    assert main(["plot", *words, "--out", "out.png"]) == 0
    assert (tmp_path / "out.png").stat().st_size > 5_000
