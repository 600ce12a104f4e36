"""The catalogue of diagonal networks: its verdicts, its twins, and the exact path against a search without thought."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rankladder import check
from rankladder.properties.diagonal import CATALOGUE
from rankladder.properties.diagonal.designs import Data, Designs
from rankladder.simulate import Diagonal, diagonal_descent, diagonal_path

PROVED = {
    *(
        "DLN-1.products",
        "DLN-1.imbalance",
        "DLN-1.imbalance-size",
        "DLN-1.shift",
        "DLN-1.stability",
        "DLN-1.flow",
    ),
    *("DLN-2.waiting", "DLN-2.tie", "DLN-3.monotone", "DLN-3.growth", "DLN-3.growth-lower", "DLN-3.pair"),
}
CERTIFIED = {"DLN-1.row-space", "DLN-3.decoupled"}
CLAIMS = CATALOGUE.claims


def verdict(id: str) -> str:
    if ".not-" in id:
        return "refuted"
    return "proved" if id in PROVED else "certified" if id in CERTIFIED else "tested"


@pytest.mark.parametrize("id", CLAIMS)
def test_every_claim_has_its_verdict(id: str) -> None:
    assert str(check(CLAIMS[id], profile="quick").verdict) == verdict(id)


def test_at_least_half_of_what_is_true_is_proved() -> None:
    true = [id for id in CLAIMS if verdict(id) != "refuted"]
    assert 2 * sum(verdict(id) == "proved" for id in true) >= len(true)


def searched(X: Any, y: Any) -> list[tuple[float, Any]]:
    """Times and coefficients of the path, in floats: at each jump the best of the fits on every set of free columns."""
    n, d = X.shape
    time, dual, found = 0.0, np.zeros(d), list[tuple[float, Any]]()
    while True:
        free = [i for i in range(d) if abs(dual[i]) > 1 - 1e-9]
        fits = []
        for S in itertools.chain.from_iterable(itertools.combinations(free, k) for k in range(len(free) + 1)):
            beta = np.zeros(d)
            beta[list(S)] = np.linalg.lstsq(X[:, S], y, rcond=None)[0] if S else 0
            if (beta * dual >= -1e-9).all():
                fits.append((round(float(np.sum((X @ beta - y) ** 2)), 9), len(S), beta))
        beta = min(fits, key=lambda f: f[:2])[2]
        found.append((time, beta))
        g = X.T @ (X @ beta - y) / n
        g[abs(g) < 1e-9] = 0
        if not g.any():
            return found
        lasts = min((1 + dual[i] * np.sign(g[i])) / abs(g[i]) for i in range(d) if g[i])
        time, dual = time + lasts, dual - lasts * g


def test_the_path_is_what_a_search_through_all_fits_finds() -> None:
    rng = np.random.default_rng(0)
    looked = 0
    for _ in range(300):
        n, d = rng.integers(1, 5), rng.integers(1, 4)
        X, y = rng.integers(-3, 4, (n, d)), rng.integers(-3, 4, n)
        path = diagonal_path(X.tolist(), y.tolist())
        if not all(stay.unique for stay in path):
            continue
        looked += 1
        slow = searched(X.astype(float), y.astype(float))
        assert len(slow) == len(path), (X, y)
        for stay, (time, beta) in zip(path, slow, strict=True):
            assert float(stay.begin) == pytest.approx(time)
            assert [float(b) for b in stay.beta] == pytest.approx(beta, abs=1e-7)
    assert looked > 200


def test_what_ties_do() -> None:
    """Columns that are learned at one time are; what a repeated column takes is not told by the path."""
    at_once = diagonal_path([[1, 0], [0, 1]], [1, 1])
    assert [stay.beta for stay in at_once] == [(0, 0), (1, 1)]
    assert all(stay.unique for stay in at_once)
    assert not diagonal_path([[1, 1]], [1])[-1].unique


def test_orthogonal_columns_make_a_ladder() -> None:
    path = diagonal_path([[3, 0, 0], [0, 1, 0], [0, 0, 1]], [1, 2, 0])
    assert [(stay.begin, stay.beta) for stay in path] == [
        (0, (0, 0, 0)), (1, (Fraction(1, 3), 0, 0)), (Fraction(3, 2), (Fraction(1, 3), 2, 0)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("X", "y", "told"), [([[0.5]], [1], "entry 0.5 is rounded"), ([[1], [2]], [1], "X of 2 rows and y of 1")]
)
def test_bad_data_are_told(X: Any, y: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        diagonal_path(X, y)


def test_one_step_is_the_same_in_floats_and_in_rationals() -> None:
    X, y, start = [[1, 2], [0, -1]], [2, 1], ([1, 2], [3, -1])
    exact = [np.array([[Fraction(x) for x in row] for row in np.atleast_2d(A)]) for A in (X, y, *start)]
    rational = Diagonal.of_data(exact[0], exact[1][0])
    floats = Diagonal.of_data(np.array(X, dtype=float), np.array(y, dtype=float))
    ends = [
        diagonal_descent(rational, exact[2][0], exact[3][0], Fraction(1, 8), 3)[-1],
        diagonal_descent(floats, *(np.array(part, dtype=float) for part in start), 0.125, 3)[-1],
    ]
    for one, two in zip(*ends, strict=True):
        assert [float(x) for x in one] == pytest.approx(two, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "X", "y", "fits"),
    [
        ("orthogonal", ((1, 1), (1, -1)), (1, 0), True),
        ("orthogonal", ((1, 1), (1, 0)), (1, 0), False),
        ("repelling", ((1, 1), (1, 0)), (0, 1), True),  # after a flip
        ("repelling and aligned", ((1, 1), (1, 0)), (1, 1), False),
        ("repelling and aligned", ((1, -1), (1, 0)), (1, 1), False),
        ("repelling and aligned", ((1, -1), (0, 2)), (1, 1), True),
    ],
)
def test_designs_know_their_kind(kind: Any, X: Any, y: Any, fits: bool) -> None:
    assert Designs(kind).contains(Data(X, y), {}) == fits
