"""What is said of a data set, against formulas that use the samples only and share no code with it."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pytest

from rankladder.properties.gidel2019.data.analysis import Run, run_descent, start_for
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import DataSet, read_dataset

SEED = 11


def samples(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(SEED)
    X, noise = rng.standard_normal((40, 5)), rng.standard_normal((40, 3))
    Y = X @ rng.standard_normal((5, 3)) + noise
    if kind == "wide":
        return rng.standard_normal((6, 15)), rng.standard_normal((6, 3))
    if kind == "duplicated":
        return np.hstack([X, X[:, :2]]), Y
    if kind == "constant":
        return np.hstack([X, np.full((40, 1), 0.1)]), Y
    if kind == "scales":
        return X * 10.0 ** np.array([0, -3, 3, -6, 5]), Y
    if kind == "many-targets":
        return X, np.hstack([Y, rng.standard_normal((40, 8))])
    return X, Y


def data_of(tmp_path, X: np.ndarray, Y: np.ndarray, **options: bool) -> DataSet:
    np.savez(tmp_path / "d.npz", X=X, Y=Y)
    return read_dataset(str(tmp_path / "d.npz"), None, **{"center": None, "standardize": False, **options})


KINDS = ("plain", "wide", "duplicated", "constant", "scales", "many-targets")


@pytest.mark.parametrize("kind", KINDS)
def test_losses_and_distances_are_those_of_the_samples(tmp_path, kind: str) -> None:
    X, Y = samples(kind)
    geometry = Geometry.of(data_of(tmp_path, X, Y))
    X, Y = X - X.mean(0), Y - Y.mean(0)
    n = len(X)
    basis = np.linalg.svd(X, full_matrices=False)
    kept = basis[1] > basis[1][0] * 1e-13
    P = basis[0][:, kept]
    left, t, right = np.linalg.svd(P.T @ Y, full_matrices=False)
    assert geometry.m == min(kept.sum(), Y.shape[1])
    W = np.random.default_rng(SEED + 1).standard_normal((2, X.shape[1], Y.shape[1])) * 0.3
    W = np.concatenate([W, [geometry.best, geometry.solution(1)]])
    predictions = geometry.predictions(W)
    losses, to_rrr = geometry.loss(predictions), geometry.distances_to_rrr(predictions)
    to_plateau = geometry.distances_to_plateaus(predictions)
    U, s, Vt = np.linalg.svd(X.T @ Y / n)
    gaps = np.minimum(t, [*t[1:], np.inf])  # to the nearer neighbour
    for i, each in enumerate(W):
        assert losses[i] == pytest.approx(np.linalg.norm(X @ each - Y) ** 2 / (2 * n), rel=1e-8)
        for j in geometry.ranks:
            goal = P @ (left[:, :j] * t[:j]) @ right[:j]
            expected = np.linalg.norm(X @ each - goal) / gaps[j - 1]
            assert to_rrr[i, j - 1] == pytest.approx(expected, rel=1e-6, abs=1e-7)
            lam = [np.linalg.norm(X @ U[:, k]) ** 2 / n for k in range(j)]
            goal = X @ U[:, :j] @ np.diag(s[:j] / lam) @ Vt[:j]
            expected = np.linalg.norm(X @ each - goal) / gaps[j - 1]
            assert to_plateau[i, j - 1] == pytest.approx(expected, rel=1e-6, abs=1e-7)
    for j in geometry.ranks:
        expected = np.linalg.norm(P @ (left[:, :j] * t[:j]) @ right[:j] - Y) ** 2 / (2 * n)
        assert geometry.rrr_loss(j) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "scales"])
def test_the_sharpness_is_that_of_the_hessian(tmp_path, kind: str) -> None:
    X, Y = samples(kind)
    geometry = Geometry.of(data_of(tmp_path, X, Y))
    X, Y = X - X.mean(0), Y - Y.mean(0)
    d, p, r = X.shape[1], Y.shape[1], min(X.shape[1], Y.shape[1])
    left, values, right = np.linalg.svd(np.linalg.pinv(X, rcond=1e-12) @ Y, full_matrices=False)
    W1, W2 = left * np.sqrt(values), np.sqrt(values)[:, None] * right
    # the residual at the fit is orthogonal to X, so the Hessian is J^T J with J the change of the predictions
    columns = [X @ np.outer(np.eye(d)[i], W2[k]) for i in range(d) for k in range(r)]
    columns += [X @ np.outer(W1[:, k], np.eye(p)[j]) for k in range(r) for j in range(p)]
    J = np.array([c.ravel() for c in columns]).T / np.sqrt(len(X))
    h = np.linalg.norm(J, 2) ** 2
    assert geometry.sharpness == pytest.approx(h, rel=1e-9)
    assert geometry.default_eta == pytest.approx(min(0.5 / geometry.sigma[0], 1 / h), rel=1e-9)


def orbit(X: np.ndarray, Y: np.ndarray, start: Any, eta: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Descent over the samples, from its start on."""
    W1, W2 = start
    while True:
        yield W1, W2
        G = X.T @ (X @ W1 @ W2 - Y) / len(X)
        W1, W2 = W1 - eta * G @ W2.T, W2 - eta * W1.T @ G


def first_half_learned(X: np.ndarray, Y: np.ndarray, products: Sequence[np.ndarray], m: int) -> list[int]:
    U, _, Vt = np.linalg.svd(X.T @ Y)
    final = [U[:, j] @ np.linalg.pinv(X, rcond=1e-13) @ Y @ Vt[j] for j in range(m)]
    learned = [[bool(U[:, j] @ W @ Vt[j] >= final[j] / 2) for W in products] for j in range(m)]
    return [int(np.argmax(one)) if any(one) else -1 for one in learned]


def transitions(run: Run) -> list[int]:
    return [-1 if r.transition_step is None else r.transition_step for r in run.ranks]


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_that_of_a_plain_loop_over_the_samples(tmp_path, kind: str) -> None:
    X, Y = samples(kind)
    geometry = Geometry.of(data_of(tmp_path, X, Y))
    X, Y = X - X.mean(0), Y - Y.mean(0)
    eta, start = geometry.default_eta, start_for(geometry, "gaussian", 6.0, 3)
    run = run_descent(geometry, start, eta, 6.0, 400)
    factors = islice(orbit(X, Y, start, eta), run.steps + 1)
    products = [W1 @ W2 for W1, W2 in factors]
    assert transitions(run) == first_half_learned(X, Y, products, geometry.m)
    # of every rank the nearest approach, and the loss there
    distances = geometry.distances_to_rrr(geometry.predictions(np.array(products)))
    for j, report in enumerate(run.ranks):
        assert report.distance_to_rrr == pytest.approx(distances[:, j].min(), rel=1e-6, abs=1e-9)
        assert distances[report.step, j] == pytest.approx(distances[:, j].min(), rel=1e-6, abs=1e-9)
        at = products[report.step]
        assert report.loss == pytest.approx(np.linalg.norm(X @ at - Y) ** 2 / (2 * len(X)), rel=1e-6)
