"""Starts, steps, distances and losses of data sets that are worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from rankladder.properties.gidel2019.data.analysis import start_for
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import DataSet, data_of_moments


def test_a_spectral_start_has_the_frames_of_the_data_and_a_random_hidden_one() -> None:
    Sxx, Sxy = np.diag([1.0, 2.0, 3.0]), np.array([[3.0, 0.0], [0.0, 0.0], [0.0, 2.0]])
    made = Geometry.of(data_of_moments(Sxx, Sxy))
    W1, W2 = start_for(made, "spectral", 1.5, 7)
    assert W1.shape == (3, 2) and W2.shape == (2, 2)
    np.testing.assert_allclose(W1 @ W2, math.exp(-3.0) * np.array([[1, 0], [0, 0], [0, 1]]), atol=1e-15)
    np.testing.assert_allclose(W1.T @ W1, W2 @ W2.T, atol=1e-15)
    # Q of seed 7 takes its Gaussian matrix to a triangle with a positive diagonal
    Q = math.exp(1.5) * np.array([W1[0], W1[2]])
    triangle = Q.T @ np.random.default_rng(7).standard_normal((2, 2))
    assert triangle[1, 0] == pytest.approx(0, abs=1e-12) and (np.diag(triangle) > 0).all()
    other = start_for(made, "gaussian", 1.5, 7)
    random = np.random.default_rng(7)
    for factor, size in zip(other, ((3, 2), (2, 2)), strict=True):
        np.testing.assert_allclose(factor, random.standard_normal(size) * math.exp(-1.5))


def of(lam: Sequence[float], sigma: Sequence[float]) -> Geometry:
    return Geometry.of(data_of_moments(np.diag(lam), np.diag(sigma)))


def data(Sxx: Any, Sxy: Any, *, syy: float | None, n: int | None, root: Any = None) -> DataSet:
    Sxx, Sxy = np.array(Sxx, dtype=float), np.array(Sxy, dtype=float)
    root = np.sqrt(Sxx) if root is None else np.array(root, dtype=float)
    return DataSet(Sxx, Sxy, syy, n, root, np.linalg.pinv(root), np.linalg.pinv(root).T @ Sxy, 0.0)


def test_there_are_no_more_modes_than_directions_with_data() -> None:
    made = Geometry.of(data(np.eye(3), np.diag([3.0, 2.0, 1.0]), syy=None, n=9, root=[[1, 0, 0], [0, 1, 0]]))
    assert made.m == 2 and made.null_dimension == 1


def test_moments_without_samples_are_asked_whether_any_have_them() -> None:
    Sxx, Sxy = np.diag([1.0, 0.0]), np.eye(2)
    with pytest.raises(ValueError, match="range"):
        Geometry.of(data(Sxx, Sxy, syy=2.0, n=None))
    assert Geometry.of(data(Sxx, Sxy, syy=2.0, n=5, root=[[1, 0]])).m == 1


def test_the_share_off_the_data_is_that_of_the_norm() -> None:
    made = Geometry.of(data_of_moments(np.diag([4.0, 0.0]), np.array([[2.0], [0.0]])))
    assert made.null_dimension == 1
    assert made.null_share(np.array([[3.0], [4.0]])) == pytest.approx(0.8)
    assert made.null_share(np.array([[-0.3], [0.4]])) == pytest.approx(0.8)
    assert made.null_share(np.array([[0.3], [0.0]])) == 0.0
    assert made.null_share(np.zeros((2, 1))) == 0.0
    rng = np.random.default_rng(0)
    full = Geometry.of(data_of_moments(np.diag([4.0, 1e-3]), rng.standard_normal((2, 1))))
    assert full.null_share(rng.standard_normal((2, 1))) == 0.0  # not even a rounding


def test_the_sharpness_at_other_factors_of_the_same_fit() -> None:
    made = of([1.0, 4.0], [2.0, 4.0])  # the fit is diag(2, 1)
    # |W2|^2 = 9 times diag(1, 4), and diag(1, 4) times the squares of diag(2/3, 1)
    assert made.sharpness_at(np.diag([2 / 3, 1.0]), np.diag([3.0, 1.0])) == pytest.approx(36 + 4)
    assert made.sharpness_at(np.diag([4.0, 1.0]), np.diag([0.5, 1.0])) == pytest.approx(1 + 16)
