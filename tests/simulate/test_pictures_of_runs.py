"""The curves of a run in a notebook: every point where it belongs."""

import re

import numpy as np
import pytest

from rankladder.numbers import Ball
from rankladder.simulate import OneLayerTrajectory, Trajectory, descent, matrix_descent, mode_descent
from rankladder.simulate.showing import curves

BOTTOM, TOP, LEFT, RIGHT = 150.0, 8.0, 56.0, 470.0


def points(text):
    return [
        [tuple(map(float, p.split(","))) for p in line.split()]
        for line in re.findall(r'points="([^"]*)"', text)
    ]


def labels(text):
    return re.findall(r"<text [^>]*>([^<]*)</text>", text)


def test_points_labels_and_colours():
    text = curves([2, 3, 6], [[0.0, 1.0], [1.0, 4.0], [2.0, 2.0]], what="a < b", notes=["one", "two"])
    assert points(text) == [
        [(LEFT, BOTTOM), (159.5, 114.5), (RIGHT, 79.0)],
        [(LEFT, 114.5), (159.5, TOP), (RIGHT, 79.0)],
    ]
    assert labels(text) == ["4", "0", "2", "6", "time"]
    assert "a &lt; b, 3 times; one; two" in text
    assert len(set(re.findall(r'stroke="(#\w+)"', text))) == 2


@pytest.mark.parametrize(
    ("values", "heights"),
    [
        ([0.0], [BOTTOM]),
        ([0.0, 0.0], [BOTTOM, BOTTOM]),
        ([-1.0, 1.0], [BOTTOM, TOP]),
        ([1.0, 2.0], [79.0, TOP]),  # the axis always shows zero
        ([0.0, np.nan, 1.0], [BOTTOM, TOP]),  # what is not finite is left out
        ([np.nan, np.inf], []),
        (np.array([Ball(1) / 2, 1], dtype=object), [79.0, TOP]),
    ],
)
def test_one_curve(values, heights):
    (line,) = points(curves(range(len(values)), values, what="z"))
    assert [y for _, y in line] == heights


def test_many_times_are_thinned_and_many_curves_are_not_drawn():
    (line,) = points(curves(np.arange(1001), np.arange(1001.0), what="z"))
    assert len(line) == 400 and line[0] == (LEFT, BOTTOM) and line[-1] == (RIGHT, TOP)
    assert len(points(curves([0, 1], np.ones((2, 30)), what="z"))) == 24


def test_a_run_says_its_shape_and_its_end():
    times = np.array([0, 1])
    one = OneLayerTrajectory(times, np.ones((2, 3, 2)))
    assert "singular values of W, 2 times; d = 3, p = 2<" in one._repr_html_()
    (first, second) = points(one._repr_html_())  # √6, the largest there is, and 0
    assert first[0][1] == TOP and second[0][1] == BOTTOM
    text = Trajectory(times, np.ones((2, 3, 4)), np.ones((2, 4, 2)), diverged_at=7)._repr_html_()
    assert "d = 3, r = 4, p = 2; diverged at step 7<" in text and len(points(text)) == 2
    lost = OneLayerTrajectory(times, np.full((2, 1, 1), np.nan), diverged_at=0)
    assert "d = 1, p = 1; diverged at step 0<" in lost._repr_html_()
    for run, count in ((descent([0.1, 0.2], 0.5, 9), 2), (mode_descent(1.0, 1.0, 0.1, Ball(0.25), 9), 1),
                       (matrix_descent(np.eye(2), np.eye(2), np.eye(2), np.eye(2), 0.1, 5), 2)):  # fmt: skip
        assert len(points(run._repr_html_())) == count
