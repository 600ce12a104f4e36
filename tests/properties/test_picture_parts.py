"""The pictures, part by part: lines, colours, words and ends of axes, of small data worked out by hand."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from properties import Int, Real, claim, symbols
from properties.engine.drawing import satisfies
from properties.library import load_catalogue
from properties.pictures import (
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
from properties.pictures import margins as margin_pictures
from properties.pictures.margins import (
    _range,
    assumption_counts,
    broken_on_grid,
    instance_to_draw,
    margin_at,
    margin_grid,
    margins_along,
)
from properties.pictures.one_mode import _drawable, _length
from properties.pictures.style import COLOURS, axes_or_new, figure
from properties.stating.statement import Claim
from properties.stating.verdict import Expectation
from properties.usage import UsageError

x, y, n = symbols("x y n")


def colours(ax: Any) -> list[Any]:
    return [line.get_color() for line in ax.lines]


def styles(ax: Any) -> list[tuple[str, float, str]]:
    return [(line.get_linestyle(), line.get_linewidth(), line.get_marker()) for line in ax.lines]


def legend(ax: Any) -> tuple[list[str], float, bool]:
    found = ax.get_legend()
    (size,) = {text.get_fontsize() for text in found.get_texts()}
    return [text.get_text() for text in found.get_texts()], size, found.get_frame_on()


def visited(s: float, z: float, steps: int) -> list[float]:
    """z <- z (1 + s (1 - z))^2, by the obvious loop."""
    states = [z]
    for _ in range(steps):
        z *= (1 + s * (1 - z)) ** 2
        states.append(z)
    return states


# style


def test_a_figure_has_panels_of_one_size_below_each_other() -> None:
    for made, axes, height in ((*figure(), 4.0), (*figure(2), 6.8), (*figure(rows=3), 9.6)):
        assert made.get_size_inches().tolist() == pytest.approx([8, height])
        assert len(axes) == len(made.axes) == round((height - 1.2) / 2.8)
        assert made.canvas.figure is made and made.get_layout_engine() is not None
        for ax in axes:
            assert [ax.spines[side].get_visible() for side in ("top", "right", "left", "bottom")] == [
                False, False, True, True,
            ]  # fmt: skip
            (line, *_) = ax.get_xgridlines()
            assert (line.get_visible(), line.get_color(), line.get_linewidth()) == (True, "0.9", 0.8)
    _, (upper, lower) = figure(2)
    upper.set_xlim(3, 4)
    assert lower.get_xlim() == (3, 4)


def test_axes_are_those_given_or_new_ones() -> None:
    _, (first, second) = figure(2)
    assert axes_or_new(second) is second
    fresh = axes_or_new(None)
    assert fresh is not first and len(fresh.figure.axes) == 1


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(
        UsageError, match=r"needs matplotlib; install it with: pip install 'rankladder\[plot\]'"
    ):
        figure()


# one mode


def test_the_phase_diagram_holds_the_last_64_of_2000_iterates_of_each_step() -> None:
    ax = phase_diagram(columns=2000, start=0.01)
    dots = ax.lines[0]
    points = dots.get_xydata()
    assert len(points) == 2000 * 64
    assert (points[:, 0].min(), points[:, 0].max()) == (0.001, 2.0)
    # so small a step that the mode is still on its way
    first = points[points[:, 0] == 0.001][:, 1]
    np.testing.assert_allclose(first, visited(0.001, 0.01, 2000)[-64:], rtol=1e-12)
    assert np.all(np.diff(first) > 0) and 0.3 < first[0] < first[-1] < 0.4
    assert (dots.get_linestyle(), dots.get_marker(), dots.get_rasterized()) == ("None", ",", True)
    assert colours(ax) == list(COLOURS[:5])
    assert styles(ax)[1:] == [(":", 1.2, "None")] * 4
    assert [line.get_xdata()[0] for line in ax.lines[1:]] == [0.5, 1.0, 5**0.5 - 1, 2.0]
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 2.05), (0, 2.6))
    words, size, framed = legend(ax)
    assert words == [
        r"$\frac{1}{2}$: overshoots 1", "1: leaves 1 for a 2-cycle", r"$\sqrt{5}-1$: leaves the 2-cycle", "2: may escape",
    ]  # fmt: skip
    title = ax.get_legend().get_title()
    assert (size, framed, title.get_text(), title.get_fontsize()) == (8, True, "beyond $s$ =", 8)
    assert ax.get_legend().get_frame().get_alpha() == 1


def test_the_phase_diagram_starts_at_3_tenths_in_900_columns_and_takes_axes() -> None:
    given = figure()[1][0]
    ax = phase_diagram(ax=given)
    assert ax is given
    points = ax.lines[0].get_xydata()
    assert len(points) == 900 * 64
    same = phase_diagram(columns=900, start=0.3).lines[0].get_xydata()
    calm = points[:, 0] < 1
    np.testing.assert_array_equal(points[calm], same[calm])


@pytest.mark.parametrize("start", [0, 1, -0.5, 1.5, 0.0, 1.0])
def test_a_phase_diagram_that_starts_outside_0_to_1_is_refused(start: float) -> None:
    with pytest.raises(ValueError, match=rf"start in \(0, 1\) but got {start}; 0.3 will do"):
        phase_diagram(columns=2, start=start)


@pytest.mark.parametrize("steps", [1, 4, 5, 6, 7, 30])
def test_an_orbit_is_drawn_with_its_curves(steps: int) -> None:
    s, z0 = 0.25, 0.01

    def logistic(rate: float) -> list[float]:  # dz/dk = rate z (1 - z)
        return [1 / (1 + (1 / z0 - 1) * math.exp(-rate * k)) for k in range(steps + 1)]

    ax = sandwich(s, z0, steps)
    curves = [logistic(-math.log(0.5)), visited(s, z0, steps), logistic(2 * math.log(1.25)), logistic(0.5)]
    for line, expected in zip(ax.lines, curves, strict=True):
        assert line.get_xdata().tolist() == list(range(steps + 1))
        np.testing.assert_allclose(line.get_ydata(), expected, rtol=1e-12)
    assert colours(ax) == [COLOURS[1], COLOURS[0], COLOURS[2], "0.5"]
    assert [style[::2] for style in styles(ax)] == [("-", "None"), ("-", "o"), ("-", "None"), ("--", "None")]
    assert ax.lines[1].get_markersize() == 3.5
    (between,) = ax.collections
    assert (between.get_alpha(), between.get_linewidth()) == (0.15, 0)
    corners = {tuple(corner) for corner in between.get_paths()[0].vertices.round(9).tolist()}
    assert {(k, round(v, 9)) for curve in (curves[0], curves[2]) for k, v in enumerate(curve)} <= corners

    other = flow_beside_descent(s, z0, steps)
    descent, flow, gap = other.lines
    np.testing.assert_allclose(descent.get_ydata(), curves[1], rtol=1e-12)
    np.testing.assert_allclose(flow.get_ydata(), curves[3], rtol=1e-12)
    np.testing.assert_allclose(gap.get_ydata(), np.subtract(curves[1], curves[3]), atol=1e-12)
    assert all(line.get_xdata().tolist() == list(range(steps + 1)) for line in other.lines)
    assert colours(other) == list(COLOURS[:3])
    assert [style[::2] for style in styles(other)] == [("-", "o"), ("-", "None"), ("--", "None")]
    assert descent.get_markersize() == 3.5
    for made in (ax, other):
        assert made.get_title() == r"one mode, $s = \eta\sigma$ = 0.25, $z_0$ = 0.01"
        assert legend(made)[1:] == (8, False)


def test_one_mode_is_drawn_at_035_from_a_thousandth_until_it_is_learned() -> None:
    given = figure()[1][0]
    for ax, rate in ((sandwich(ax=given), 2 * math.log(1.35)), (flow_beside_descent(), 2 * math.log(1.35))):
        assert ax.get_title() == r"one mode, $s = \eta\sigma$ = 0.35, $z_0$ = 0.001"
        # log(1/z0 - 1) + log 999 = 2 log 999 over the rate: 13.81/0.6002
        assert len(ax.lines[0].get_xdata()) - 1 == math.ceil(2 * math.log(999) / rate) == 24
    assert given.lines
    assert flow_beside_descent(ax=given) is given


@pytest.mark.parametrize(
    ("s", "z0"),
    [(0, 0.1), (0.5, 0.1), (0.6, 0.1), (-0.1, 0.1), (0.2, 0), (0.2, 1), (0.2, 1.5), (0.2, -0.1), (0.5, 1.0)],
)
def test_a_sandwich_outside_of_its_claim_is_refused(s: float, z0: float) -> None:
    with pytest.raises(ValueError, match=f"got s={s}, z0={z0}; that is where GD-4 holds"):
        sandwich(s, z0, 4)
    assert len(sandwich(0.4999, 0.9999, 4).lines) == 4


@pytest.mark.parametrize(
    ("s", "z0"), [(0, 0.1), (2.001, 0.1), (3, 0.1), (-1, 0.1), (0.2, 0), (0.2, 1), (0.2, 1.5), (0.2, -0.1)]
)
def test_a_flow_beside_descent_that_diverges_is_refused(s: float, z0: float) -> None:
    with pytest.raises(ValueError, match=rf"got s={s}, z0={z0}; beyond s = 2 descent diverges"):
        flow_beside_descent(s, z0, 4)
    assert len(flow_beside_descent(2, 0.999, 4).lines) == 3


def test_the_length_of_a_picture_is_where_the_curve_passes_999_thousandths() -> None:
    # from z0 = 1/2 that is after log(999)/rate steps
    assert _length(0.5, math.log(998.5) / 10) == 11
    assert _length(0.5, math.log(999.5) / 10) == 10
    assert [_length(0.5, 100.0), _length(0.5, math.log(999) / 4.5)] == [4, 5]
    assert _length(0.01, 1e-30) == 10**18


def test_a_million_steps_can_be_drawn_and_no_more() -> None:
    assert _drawable(0.5, 1_000_000) == 1_000_000 and _drawable(1e-300, 5) == 5
    with pytest.raises(ValueError, match="at most 1,000,000 steps but got 1,000,001; take a larger s"):
        _drawable(0.5, 1_000_001)
    with pytest.raises(ValueError, match="got z0=9e-301; its inverse is beyond float64"):
        _drawable(9e-301, 5)


# trajectories


def modes(count: int, delta: float) -> dict[str, Any]:
    return {
        "eta": 0.125, "delta": delta, "regime": "monotone", "times": [0, 2, 6],
        "z": [[0.5] * count, [3.0] * count, [-3.001] * count],
        "modes": [{"sigma": i + 1, "lam": 0.5, "predicted_step": None if i == 1 else 10.0 * i} for i in range(count)],
    }  # fmt: skip


def test_modes_are_drawn_over_rescaled_time_and_ten_of_them_named() -> None:
    ax = draw_modes(modes(12, 4.0)).axes[0]
    curves = [line for line in ax.lines if len(line.get_xdata()) == 3]
    # what is beyond 3 is left out, 3 itself is not
    for line in curves:
        assert line.get_xdata().tolist() == [0, 0.5, 1.5]
        np.testing.assert_array_equal(line.get_ydata(), [0.5, 3.0, np.nan])
    assert [line.get_color() for line in curves] == [*COLOURS, *COLOURS[:5]]
    marks = [line for line in ax.lines if len(line.get_xdata()) == 2]
    assert [line.get_xdata()[0] for line in marks] == [10 * i / 4 for i in range(10) if i != 1]
    assert [line.get_color() for line in marks] == [(*COLOURS, *COLOURS)[i] for i in range(10) if i != 1]
    assert {(line.get_linestyle(), line.get_linewidth()) for line in marks} == {(":", 1)}
    words = [rf"mode {i}: $\sigma$ = {i}, $\lambda$ = 0.5" for i in range(1, 11)]
    assert legend(ax)[::2] == (words, False)
    assert ax.get_title() == r"$\eta$ = 0.125, $\delta$ = 4: monotone"
    unscaled = draw_modes(modes(1, 0)).axes[0]
    assert unscaled.lines[0].get_xdata().tolist() == [0, 2, 6]


def geometry(least: float) -> Any:
    return SimpleNamespace(data=SimpleNamespace(least_loss=least))


def descent(
    times: list[int], predicted: list[float], losses: list[float], rrr: list[float], modes: int
) -> Any:
    return SimpleNamespace(
        times=times, ranks=[SimpleNamespace(predicted_step=p, rrr_loss=r) for p, r in zip(predicted, rrr, strict=True)],
        losses=losses, singular_values=[[k + j for j in range(modes)] for k in range(len(times))],
    )  # fmt: skip


def test_a_staircase_shows_levels_above_the_minimum_and_predictions_within_the_run() -> None:
    run = descent([0, 10, 40], [10.0, 30.0, 50.0], [101.0, 51.0, 1.0], [41.0, 2.0, 1.0], 3)
    made = staircase(geometry(1.0), run, 0.12345, 2.0)
    upper, lower = made.axes
    assert made.get_size_inches().tolist() == pytest.approx([8, 6.8])
    losses, *levels, first, second = upper.lines
    assert losses.get_xdata().tolist() == [0, 5, 20]
    assert losses.get_ydata().tolist() == [100, 50, 1e-300]
    assert losses.get_color() == COLOURS[0]
    # the third level is the minimum itself
    assert [line.get_ydata()[0] for line in levels] == [40, 1]
    assert {(line.get_color(), line.get_linestyle(), line.get_linewidth()) for line in levels} == {
        (COLOURS[1], "--", 0.9)
    }
    assert [line.get_xdata()[0] for line in (first, second)] == [5, 15]
    assert {(line.get_color(), line.get_linestyle(), line.get_linewidth()) for line in (first, second)} == {
        ("0.45", ":", 1)
    }
    words = [r"$f(W_k) - \min f$", "rank-$j$ reduced-rank solution", r"predicted $1/\log(1+\eta\sigma_j)$"]
    assert legend(upper) == (words, 8, False)
    assert legend(lower) == (["$j$ = 1", "$j$ = 2", "$j$ = 3"], 8, False)
    assert lower.get_legend()._ncols == 2
    assert [line.get_ydata().tolist() for line in lower.lines[:3]] == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert colours(lower)[:3] == list(COLOURS[:3]) and len(lower.lines) == 5
    assert [ax.get_xscale() for ax in made.axes] == ["linear", "linear"]
    assert [ax.get_xlim() for ax in made.axes] == [(0, 20), (0, 20)]
    assert (upper.get_yscale(), lower.get_yscale()) == ("log", "linear")
    assert upper.get_ylim() == pytest.approx((1 / 3, 200))
    assert upper.get_title() == r"gradient descent from a spectral start, $\eta$ = 0.123, $\delta$ = 2"


def test_a_level_counts_from_a_billionth_of_what_there_was_to_learn() -> None:
    for level, shown in ((0.9e-9, 0), (1.1e-9, 1)):
        run = descent([0, 1, 2], [1.0], [2.0, 1.0, 0.5], [level * 2.0], 1)
        assert len([line for line in staircase(geometry(0.0), run, 0.1, 1.0).axes[0].lines
                    if line.get_color() == COLOURS[1]]) == shown  # fmt: skip
    # the lower end is a third of a hundredth of the largest loss, 3, or of a level below that
    for level, low in ((0.02, 0.02 / 3), (1.5, 0.01)):
        run = descent([0, 1, 2], [1.0], [1.0, 3.0, 0.5], [level], 1)
        assert staircase(geometry(0.0), run, 0.1, 1.0).axes[0].get_ylim() == pytest.approx((low, 6))


def test_a_long_run_is_drawn_over_logarithmic_time() -> None:
    for end, scale, limits in ((16, "linear", (0, 16)), (17, "log", (0.5, 17))):
        run = descent([0, 4, end], [2.0], [2.0, 1.0, 0.5], [0.0], 1)
        for ax in staircase(geometry(0.0), run, 0.1, 1.0).axes:
            assert (ax.get_xscale(), ax.get_xlim()) == (scale, limits)


def test_a_run_that_ends_at_once_has_a_picture() -> None:
    alone = staircase(geometry(0.0), descent([0], [9.0], [2.0], [1.0], 1), 0.1, 0.0).axes[0]
    assert alone.get_xlim() == (0, 1)
    # a run that has no length either way: the second time says how far the picture goes
    run = descent([0, 3, 2], [3.0, 4.0], [2.0, 1.0, 1.0], [1.0, 0.5], 2)
    upper = staircase(geometry(0.0), run, 0.1, 0.0).axes[0]
    assert upper.get_xlim() == (0, 3)
    assert [line.get_xdata()[0] for line in upper.lines if line.get_linestyle() == ":"] == [3]
    short = staircase(geometry(0.0), descent([0, 7], [9.0], [2.0, 1.0], [1.0], 1), 0.1, 2.0).axes[0]
    assert short.get_xlim() == (0, 3.5)


def test_as_many_modes_as_colours_are_drawn() -> None:
    for count, more in ((7, ""), (8, "; first 7 of 8 modes")):
        run = descent([0, 1, 20], [float(j) for j in range(3, 3 + count)], [9.0, 8.0, 7.0],
                      [float(count - j) for j in range(count)], count)  # fmt: skip
        upper, lower = staircase(geometry(0.0), run, 0.1, 1.0).axes
        assert colours(lower)[:7] == list(COLOURS) and len(lower.lines) == 14
        assert len([c for c in colours(upper) if c == COLOURS[1]]) == 7
        assert upper.get_title().endswith(f"$ = 1{more}")
        assert len(legend(lower)[0]) == 7
    run = descent([0, 1, 20], [3.0, 4.0], [9.0, 8.0, 7.0], [2.0, 1.0], 1)
    assert len(legend(staircase(geometry(0.0), run, 0.1, 1.0).axes[1])[0]) == 1


def test_coefficients_of_a_spectrum_are_drawn_in_eight_hundred_steps() -> None:
    sigma, lam = [2.0, 1.0], [1.0, 4.0]
    given = figure()[1][0]
    ax = learned_values(sigma, lam, 0.1, 60, ax=given)
    assert ax is given
    last = 1.6 * 60 / math.log(1.1)
    for i, curve in enumerate((ax.lines[0], ax.lines[2])):
        steps = np.asarray(curve.get_xdata()) * 60
        np.testing.assert_allclose(steps, [round(last * k / 800) for k in range(801)], atol=1e-9)
        # w = sigma z/lam, and z begins at lam e^(-2 delta)/sigma
        z = visited(0.1 * sigma[i], lam[i] * math.exp(-120) / sigma[i], round(last))
        expected = [sigma[i] / lam[i] * z[round(k)] for k in steps]
        np.testing.assert_allclose(curve.get_ydata(), expected, rtol=1e-9)
    assert [ax.lines[i].get_xdata()[0] for i in (1, 3)] == pytest.approx(
        [1 / math.log(1.2), 1 / math.log(1.1)]
    )
    assert colours(ax) == [COLOURS[0], COLOURS[0], COLOURS[1], COLOURS[1]]
    assert [(style, width) for style, width, _ in styles(ax)[1::2]] == [(":", 1)] * 2
    words = [r"$\sigma_{1}$ = 2, $\lambda_{1}$ = 1", r"$\sigma_{2}$ = 1, $\lambda_{2}$ = 4"]
    assert legend(ax) == (words, 8, False)

    loss = excess_loss(sigma, lam, 0.1, 60)
    w = np.stack([ax.lines[i].get_ydata() for i in (0, 2)])
    # the levels: 1/2 (4 + 1/4), then 1/8
    np.testing.assert_allclose(
        loss.lines[0].get_ydata(), (2 - w[0]) ** 2 / 2 + (1 - 4 * w[1]) ** 2 / 8, rtol=1e-12
    )
    assert [line.get_ydata()[0] for line in loss.lines[1:]] == [2.125, 0.125]
    assert colours(loss) == [COLOURS[0], COLOURS[1], COLOURS[1]]
    assert [(style, width) for style, width, _ in styles(loss)[1:]] == [("--", 0.9)] * 2
    assert legend(loss) == ([r"$f(W_k) - \min f$", "rank-$j$ reduced-rank solution"], 8, False)
    assert loss.get_ylim()[0] == 0 and loss.get_ylim()[1] > 2.125
    assert excess_loss(sigma, lam, 0.1, 60, ax=given) is given


def test_more_modes_than_colours_begin_with_the_first_again() -> None:
    ax = learned_values([1.0] * 9, [1.0] * 9, 0.5, 1)
    assert colours(ax)[::2] == [*COLOURS, *COLOURS[:2]]


def test_spectra_that_float64_cannot_hold_are_refused() -> None:
    for size in (1e-100, 1e100):
        assert len(learned_values([size], [size], 1 / size, 2).lines) == 2
    for sigma, lam, told in (
        ([0.9e-100], [1], "9e-101"),
        ([1], [1.1e100], "1.1e+100"),
        ([1.1e100], [1], "1.1e+100"),
    ):
        with pytest.raises(ValueError, match="rescale") as error:
            learned_values(sigma, lam, 1e-120, 2)
        assert (
            str(error.value)
            == f"Expected sigma and lam between 1e-100 and 1e+100 but got {told}; rescale the data"
        )
    for sigma, lam in (([1], [1, 1]), ([1, 1], [1]), ([1, -1], [1, 1]), ([1], [0])):
        with pytest.raises(ValueError, match="of one length"):
            learned_values(sigma, lam, 0.1, 2)


def test_steps_beyond_2_and_endless_pictures_and_wild_starts_are_refused() -> None:
    assert len(learned_values([4.0, 1.0], [1.0, 1.0], 0.5, 2).lines) == 4
    with pytest.raises(ValueError, match=r"at most 2/4 = 0.5 but got 0.51;"):
        learned_values([4.0, 1.0], [1.0, 1.0], 0.51, 2)
    # rounded down, so that it works
    with pytest.raises(ValueError, match=r"at most 2/3 = 0.666666 but got 1;"):
        learned_values([3.0], [1.0], 1, 2)
    with pytest.raises(ValueError, match=r"at most 1e\+15 steps but got eta=1e-08, delta=1e\+07, sigma=1;"):
        learned_values([4.0, 1.0], [1.0, 1.0], 1e-8, 1e7)
    with pytest.raises(ValueError, match=r"at most 1e\+15 steps but got eta=1e-310, delta=10"):
        learned_values([1.0], [1.0], 1e-310, 10)
    with pytest.raises(ValueError, match=r"got delta=10, from which descent diverges; take a larger delta"):
        learned_values([1.0], [1e20], 0.1, 10)


# margins


def stated(name: str, over: dict[str, Any], conclusion: Any, given: Any = None, **rest: Any) -> Claim:
    made: Claim = claim(name, over=over, given=given or {}, **rest)(conclusion)
    return made


HERE = {"x": Fraction(1), "y": Fraction(4), "n": 3}


def test_margins_where_some_parameters_vary_together() -> None:
    values = {"x": np.array([0.5, 1.5, 2.5]), "y": np.array([1.0, 0.0, -1.0])}
    over = {"x": Real(0, 8), "y": Real(0, 8), "n": Int(1, 9)}
    plain = stated("MAP-1", over, lambda x, y, n: 10 * x + y - n)
    assert margins_along(plain, HERE, values).tolist() == [3, 12, 21]
    assert margin_at(plain, HERE) == 11


def test_a_margin_that_float64_cannot_say_is_nan() -> None:
    def conclusion(x: Any) -> Any:
        if x == 1:
            raise ZeroDivisionError
        if x == 2:
            raise ValueError
        if x == 3:
            return None  # a TypeError
        if x == 4:
            raise KeyError
        return np.log(x)

    made = stated("MAP-2", {"x": Real()}, conclusion)
    assert [math.isnan(margin_at(made, {"x": Fraction(k)})) for k in (-1, 1, 2, 3)] == [True] * 4
    assert margin_at(made, {"x": Fraction(1, 2)}) == pytest.approx(math.log(0.5))
    assert margin_at(made, {"x": Fraction(0)}) == -math.inf
    with pytest.raises(KeyError):
        margin_at(made, {"x": Fraction(4)})


@pytest.mark.parametrize(
    ("bound", "at", "ends"),
    [
        # kept are the middles 1/2 and 3/2, half as much again is 1/2, and the grid begins at 1/2
        ("x <= 2", 1, (0.5, 2)),
        ("x <= 2", 5, (0.5, 7.25)),
        ("x <= 2", 7, (0.5, 7.5)),
        # kept are 11/2 to 15/2
        ("x >= 5", 6, (4.5, 7.5)),
        ("x >= 5", 3, (0.75, 7.5)),
        # 5/2 to 9/2 alone
        ("between", 3, (1.5, 5.5)),
        # nothing: the whole range
        ("x <= 0", 3, (0, 8)),
    ],
)
def test_the_grid_is_around_what_the_assumptions_leave_and_the_instance(
    bound: str, at: int, ends: tuple[float, float]
) -> None:
    given = {"x <= 2": {"a": x <= 2}, "x >= 5": {"a": x >= 5}, "between": {"a": x >= 2, "b": x <= 5},
             "x <= 0": {"a": x <= 0}}[bound]  # fmt: skip
    made = stated("MAP-3", {"x": Real(0, 8), "y": Real(0, 8)}, lambda x, y: 10 * x + y, given)
    instance = {"x": Fraction(at), "y": Fraction(4)}
    whole = [0, 1, 2, 3, 4, 5, 6, 7]

    def middles(low: float, high: float) -> list[float]:
        return [low + (high - low) * (2 * i + 1) / 16 for i in whole]

    other = (0, 8) if bound == "x <= 0" else (0.5, 7.5)
    xs, ys, margins = margin_grid(made, instance, "x", "y", 8)
    assert xs.tolist() == pytest.approx(middles(*ends)) and ys.tolist() == pytest.approx(middles(*other))
    np.testing.assert_allclose(margins, 10 * xs[None, :] + ys[:, None])
    # and with the axes exchanged
    ys, xs, margins = margin_grid(made, instance, "y", "x", 8)
    assert xs.tolist() == pytest.approx(middles(*ends)) and ys.tolist() == pytest.approx(middles(*other))
    np.testing.assert_allclose(margins, 10 * xs[:, None] + ys[None, :])


def test_what_the_assumptions_keep_is_told_from_those_about_numbers() -> None:
    over = {"x": Real(0, 8), "y": Real(0, 8), "n": Int(1, 9)}
    xs = ys = np.array([1.0, 3.0, 5.0])
    yes, no = [True] * 3, [False] * 3
    for given, broken in (
        ({"a": x <= n}, {"a": [[False, False, True]] * 3}),
        ({"a": x + y <= n}, {"a": [[False, True, True], yes, yes]}),
        ({"a": n <= 2}, {"a": [yes] * 3}),
        ({"a": n <= 3, "b": lambda x: 4 - x}, {"b": [[False, False, True]] * 3}),
        ({"a": x >= 3, "b": y <= 3}, {"a": [[True, False, False]] * 3, "b": [no, no, yes]}),
        ({}, {}),
    ):
        made = stated("MAP-4", over, lambda x, y, n: x, given)
        found = broken_on_grid(made, HERE, "x", "y", xs, ys)
        assert {name: fails.tolist() for name, fails in found.items()} == broken, given
    outside = broken_on_grid(stated("MAP-4", over, lambda x, y, n: x), {**HERE, "n": 12}, "x", "y", xs, ys)
    assert list(outside) == ["n"] and outside["n"].all()


def test_a_parameter_without_ends_is_drawn_around_the_instance() -> None:
    made = stated(
        "MAP-5", {"a": Real(), "b": Real(2, None), "c": Real(None, 3), "n": Int(1, 2)}, lambda a, b, c, n: a
    )
    for name, at, ends in (
        ("a", 3, (-3, 9)), ("a", Fraction(-1, 4), (-2.25, 1.75)), ("a", -5, (-15, 5)), ("b", 4, (2, 12)), ("c", 1, (-1, 3)),
    ):  # fmt: skip
        assert _range(made, name, {name: at}) == ends
    with pytest.raises(UsageError, match=r"^'n' is no real parameter of MAP-5; it has a, b, c$"):
        _range(made, "n", {"n": 1})
    none = stated("MAP-6", {"n": Int(1, 2)}, lambda n: n)
    with pytest.raises(UsageError, match=r"^'q' is no real parameter of MAP-6; it has none$"):
        _range(none, "q", {"n": 1})


def landscape(conclusion: Any, points: int = 10, **rest: Any) -> Any:
    made = stated("MAP-7", {"x": Real(0, 1), "y": Real(0, 1), "n": Int(1, 9)}, conclusion, **rest)
    return margin_landscape(made, "x", "y", {"x": Fraction(1, 4), "y": Fraction(3, 4), "n": 1}, points=points)


def labels(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.figure.axes[-1].get_yticklabels()]


def test_a_margin_that_is_the_same_everywhere_has_one_shade() -> None:
    ax = landscape(lambda x, y, n: 2 + 0 * x)
    (shade,) = ax.collections  # neither a line where it is zero, nor a hatch
    assert (shade.norm.vmin, shade.norm.vmax) == pytest.approx((-math.asinh(1), math.asinh(1)))
    assert np.ma.getdata(shade.get_array()).ravel().tolist() == pytest.approx([math.asinh(1)] * 100)
    assert shade.get_rasterized() and shade.get_cmap().name == "PuOr"
    # 2 sinh(asinh(1)/2) = 0.91
    assert labels(ax) == ["-2", "-0.91", "0", "0.91", "2"]
    assert ax.figure.axes[-1].get_ylabel() == "margin, on an arcsinh scale (below 0: violated)"
    (star,) = ax.lines
    assert star.get_xydata().tolist() == [[0.25, 0.75]]
    assert (star.get_marker(), star.get_markersize(), star.get_color(), star.get_linestyle()) == (
        "*",
        14,
        COLOURS[2],
        "None",
    )
    assert star.get_markeredgecolor() == "black"
    assert legend(ax) == (["the instance"], 8, True)
    assert ax.get_title() == "MAP-7 at n=1"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "y")
    assert not any(line.get_visible() for line in ax.get_xgridlines())


def test_a_margin_that_is_zero_everywhere_has_a_scale_all_the_same() -> None:
    ax = landscape(lambda x, y, n: 0 * x)
    (shade,) = ax.collections
    assert (shade.norm.vmin, shade.norm.vmax) == (-1, 1)
    # sinh(1) and sinh(1/2)
    assert labels(ax) == ["-1.2", "-0.52", "0", "0.52", "1.2"]


def spiked(spike: float) -> Any:
    return lambda x, y, n: spike if y > 0.9 and x < 0.2 else 4.0 if x < 0.5 else 0.0


def test_the_shades_end_at_the_98th_percentile_of_what_is_squeezed() -> None:
    # two cells of a hundred have 3, the others 1: the 98th percentile is 0.02 of the way between
    ax = landscape(lambda x, y, n: 3.0 if y > 0.9 and x < 0.2 else 1.0)
    top = math.asinh(1) + 0.02 * (math.asinh(3) - math.asinh(1))
    assert ax.collections[0].norm.vmax == pytest.approx(top)
    # the scale is the median of those that are not zero; beyond 1e12 there is one shade
    for sign in (1, -1):
        ax = landscape(spiked(sign * 1e300))
        found = np.ma.getdata(ax.collections[0].get_array()).ravel()
        assert sorted({round(v, 9) for v in np.abs(found)}) == [
            0, round(math.asinh(1), 9), round(math.asinh(1e12 / 4), 9),
        ]  # fmt: skip
        assert np.sign(found[-10]) == sign
    undefined = landscape(lambda x, y, n: math.nan if x < 0.5 else -1.0)
    assert undefined.collections[0].norm.vmax == pytest.approx(math.asinh(1))


@pytest.mark.parametrize(
    ("low", "high", "lines"), [(-1, 1, 1), (0, 1, 0), (-1, 0, 0), (1, 2, 0), (-2, -1, 0), (-1e300, 1e300, 1)]
)
def test_a_line_is_drawn_where_the_margin_is_zero(low: float, high: float, lines: int) -> None:
    ax = landscape(lambda x, y, n: low if x < 0.5 else high)
    assert len(ax.collections) == 1 + lines
    for zero in ax.collections[1:]:
        assert zero.levels.tolist() == [0]
        assert zero.get_linewidth().tolist() == [1.2] if hasattr(zero.get_linewidth(), "tolist") else True
        (path,) = [p for p in zero.get_paths() if len(p.vertices)]
        # halfway between the middles 9/20 and 11/20 of two columns
        assert path.vertices[:, 0].tolist() == pytest.approx([0.5] * len(path.vertices))


def test_what_is_excluded_is_hatched() -> None:
    ax = landscape(lambda x, y, n: 1.0 + 0 * x, given={"low": x <= Fraction(1, 2)})
    _, hatched = ax.collections
    assert (hatched.levels.tolist(), hatched.hatches) == ([0.5, 1.5], ["//"])
    right = np.concatenate([p.vertices for p in hatched.get_paths()])
    assert right[:, 0].min() > 0.45
    assert legend(ax)[0] == ["the instance", "breaks low"]


def test_a_landscape_has_61_points_a_side_and_takes_axes() -> None:
    made = stated("MAP-8", {"s": Real(0, 1), "lam": Real(0, 1)}, lambda s, lam: s - lam)
    given = figure()[1][0]
    ax = margin_landscape(made, "s", "lam", {"s": Fraction(1, 4), "lam": Fraction(1, 4)}, given)
    assert ax is given and ax.collections[0].get_array().size == 61 * 61
    assert (ax.get_xlabel(), ax.get_ylabel()) == (r"$s = \eta\sigma$", r"$\lambda$")
    assert ax.get_title() == "MAP-8"


@pytest.mark.parametrize(
    "id", ["GD-1.decoupling", "RRR-2.whitened", "GD-9.plateaus", "RRR-4.flow", "GD-4.upper"]
)
def test_a_true_claim_is_drawn_around_what_it_speaks_of_and_holds_there(id: str) -> None:
    made = load_catalogue()[id]
    instance = instance_to_draw(made)
    assert satisfies(made, instance)
    x, y = [name for name, domain in made.over.items() if isinstance(domain, Real)][:2]
    xs, ys, margins = margin_grid(made, instance, x, y, 6)
    kept = ~np.logical_or.reduce(
        [np.zeros((6, 6), bool), *broken_on_grid(made, instance, x, y, xs, ys).values()]
    )
    assert kept.any() and (margins[kept] >= 0).all()


# assumptions


def test_the_map_of_assumptions_says_how_many_of_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = (
        ["A", "B"],
        ["one", "two", "three"],
        np.array([[2, 0, 0], [3, 1, 0]]),
        np.array([[5, 0, 1], [5, 1, 0]]),
    )
    monkeypatch.setattr(margin_pictures, "assumption_counts", lambda: counts)
    ax = assumption_map()
    assert ax.figure.get_size_inches().tolist() == pytest.approx([3.4, 1.97])
    told = [(*text.get_position(), text.get_text(), text.get_color()) for text in ax.texts]
    # white on the dark shades, up to two fifths
    assert told == [
        (0.5, 0.5, "2/5", "white"), (0.5, 2.5, "0/1", "white"), (1.5, 0.5, "3/5", "black"), (1.5, 1.5, "1/1", "black"),
    ]  # fmt: skip
    assert {text.get_fontsize() for text in ax.texts} == {7}
    assert {(text.get_ha(), text.get_va()) for text in ax.texts} == {("center", "center")}
    (shade,) = ax.collections
    assert (shade.norm.vmin, shade.norm.vmax) == (0, 1)
    shares = np.ma.filled(shade.get_array(), np.nan).reshape(3, 2)
    np.testing.assert_array_equal(shares, [[0.4, 0.6], [np.nan, 1], [0, np.nan]])
    assert shade.get_linewidth() == 1 or list(shade.get_linewidth()) == [1]
    corners = shade.get_coordinates()
    assert corners[0, :, 0].tolist() == [0, 1, 2] and corners[:, 0, 1].tolist() == [0, 1, 2, 3]
    assert (ax.get_xticks().tolist(), ax.get_yticks().tolist()) == ([0.5, 1.5], [0.5, 1.5, 2.5])
    assert [t.get_text() for t in ax.get_xticklabels()] == ["A", "B"]
    assert {(t.get_rotation(), t.get_fontsize()) for t in ax.get_xticklabels()} == {(60, 8)}
    assert {t.get_fontsize() for t in ax.get_yticklabels()} == {7}
    assert ax.get_ylim() == (3, 0) and ax.title.get_fontsize() == 10
    assert not any(line.get_visible() for line in ax.get_xgridlines())
    made, (given,) = figure()
    assert assumption_map(given) is given
    assert made.get_size_inches().tolist() == [8, 4]


def test_assumptions_are_counted_by_family(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(id: str, *names: str, expects: str = "holds") -> Any:
        return SimpleNamespace(id=id, family=id[0], given=dict.fromkeys(names), expects=Expectation(expects))

    claims = [
        made("B-1", "low", "even"), made("A-1", "odd", "low"), made("A-2", "low", "early"), made("A-3"),
        made("A-4", "low", expects="refuted"), made("C-1", "odd", "even", expects="open"), made("C-2", "even"),
    ]  # fmt: skip
    kept = {("B-1", "low"), ("A-1", "low"), ("A-2", "low"), ("C-1", "even")}
    monkeypatch.setattr("properties.library.load_catalogue", lambda: {c.id: c for c in claims})
    monkeypatch.setattr("properties.store.kept_witness", lambda id, name: "x" if (id, name) in kept else None)
    families, names, needed, counted = assumption_counts()
    assert families == ["B", "A", "C"]
    # the most frequent first, the alphabet among equals
    assert names == ["even", "low", "odd", "early"]
    assert counted.tolist() == [[1, 1, 0, 0], [0, 2, 1, 1], [2, 0, 1, 0]]
    assert needed.tolist() == [[0, 1, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0]]
