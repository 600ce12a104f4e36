"""The curves of a run in a notebook: every point where it belongs."""

import re

import numpy as np
import pytest

from rankladder.numbers import Ball
from rankladder.simulate.showing import _COLOURS, curves, floats, singular_values
from rankladder.simulate.trajectories import OneLayerTrajectory, Trajectory


def points(text):
    return [
        [tuple(map(float, p.split(","))) for p in line.split()]
        for line in re.findall(r'points="([^"]*)"', text)
    ]


def labels(text):
    return re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', text)


def test_points_labels_and_colours():
    text = curves([2, 3, 6], [[0.0, 1.0], [1.0, 4.0], [2.0, 2.0]], what="a < b", notes=["one", "two"])
    one, two = points(text)
    # x from 56 to 470 for 2 to 6, y from 150 up to 8 for 0 to 4
    assert one == [(56.0, 150.0), (159.5, 114.5), (470.0, 79.0)]
    assert two == [(56.0, 114.5), (159.5, 8.0), (470.0, 79.0)]
    assert labels(text) == [
        ("51", "16", "4"), ("51", "150", "0"), ("56", "165", "2"), ("470", "165", "6"), ("263.0", "165", "time"),
    ]  # fmt: skip
    assert "a &lt; b, 3 times; one; two" in text and 'd="M56,8V150H470"' in text
    assert re.findall(r'stroke="(#\w+)"', text) == list(_COLOURS[:2])


def test_a_curve_that_never_moves_and_one_of_one_time():
    ((first,),) = points(curves([3], [0.0], what="z"))
    assert first == (56.0, 150.0)
    (flat,) = points(curves([3, 4], [0.0, 0.0], what="z"))
    assert flat == [(56.0, 150.0), (470.0, 150.0)]
    assert [t for *_, t in labels(curves([3], [0.0], what="z"))] == ["1", "0", "3", "3", "time"]


def test_below_zero_the_axis_goes_down():
    (line,) = points(curves([0, 1], [-1.0, 1.0], what="z"))
    assert line == [(56.0, 150.0), (470.0, 8.0)]
    (line,) = points(curves([0, 1], [1.0, 2.0], what="z"))  # and it always shows zero
    assert line == [(56.0, 79.0), (470.0, 8.0)]


def test_what_is_not_finite_is_left_out():
    (line,) = points(curves([0, 1, 2], [0.0, np.nan, 1.0], what="z"))
    assert line == [(56.0, 150.0), (470.0, 8.0)]
    assert points(curves([0, 1], [np.nan, np.inf], what="z")) == [[]]
    assert [t for *_, t in labels(curves([0, 1], [np.nan, np.inf], what="z"))][:2] == ["1", "0"]


def test_many_times_are_thinned_and_many_curves_are_not_drawn():
    (line,) = points(curves(np.arange(1001), np.arange(1001.0), what="z"))
    assert len(line) == 400 and line[0] == (56.0, 150.0) and line[-1] == (470.0, 8.0)
    text = curves([0, 1], np.ones((2, 30)), what="z")
    assert len(points(text)) == 24 and ", 2 times" in text
    assert re.findall(r'stroke="(#\w+)"', text)[7] == _COLOURS[0]


def test_numbers_of_any_kind():
    assert floats(np.array([Ball(1) / 2, 2], dtype=object)).tolist() == [0.5, 2.0]
    assert floats([1, 2]).dtype == np.float64


def test_singular_values_of_a_stack():
    W = np.random.default_rng(0).standard_normal((3, 2, 4))
    W[1, 0, 2] = np.nan
    found = singular_values(W)
    assert found.shape == (3, 2) and np.isnan(found[1]).all()
    for k in (0, 2):
        assert found[k] == pytest.approx(np.linalg.svd(W[k], compute_uv=False))
    assert singular_values(np.ones((1, 4, 2))).shape == (1, 2)


def test_a_run_says_its_shape_and_its_end():
    times = np.array([0, 1])
    one = OneLayerTrajectory(times, np.ones((2, 3, 2)))
    assert "singular values of W, 2 times; d = 3, p = 2<" in one._repr_html_()
    assert points(one._repr_html_())[0][0][1] < 9  # √6, the largest there is
    two = Trajectory(times, np.ones((2, 3, 4)), np.ones((2, 4, 2)), diverged_at=7)
    text = two._repr_html_()
    assert "d = 3, r = 4, p = 2; diverged at step 7<" in text and len(points(text)) == 2
    lost = OneLayerTrajectory(times, np.full((2, 1, 1), np.nan), diverged_at=0)
    assert "d = 1, p = 1; diverged at step 0<" in lost._repr_html_()
