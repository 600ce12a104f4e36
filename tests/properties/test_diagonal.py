"""The catalogue of diagonal networks: its verdicts, its twins, and the exact path against a search without thought."""

import itertools
from typing import Any

import numpy as np
import pytest

from rankladder import check
from rankladder.properties.diagonal import CATALOGUE
from rankladder.simulate import diagonal_path
from tests.samples import one_in

PROVED = {
    "DLN-1.products", "DLN-1.imbalance", "DLN-1.imbalance-size", "DLN-1.shift", "DLN-1.stability", "DLN-1.flow",
    "DLN-2.waiting", "DLN-2.tie", "DLN-3.monotone", "DLN-3.growth", "DLN-3.growth-lower", "DLN-3.pair",
}  # fmt: skip
CERTIFIED = {"DLN-1.row-space", "DLN-3.decoupled"}
CLAIMS = CATALOGUE.claims


def verdict(id: str) -> str:
    if ".not-" in id:
        return "refuted"
    return "proved" if id in PROVED else "certified" if id in CERTIFIED else "tested"


@pytest.mark.parametrize("id", one_in(4, CLAIMS))
def test_every_claim_has_its_verdict(id: str) -> None:
    assert str(check(CLAIMS[id], profile="quick").verdict) == verdict(id)


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
