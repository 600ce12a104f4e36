"""What ``data`` and ``check --data`` say of one data set: the same, for the same reasons."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rankladder.app.main import main

A5 = ["RRR-2.whitened", "RRR-2.autoencoder", "RRR-2.consistent"]


@pytest.fixture
def both(tmp_path, capsys) -> Callable[..., tuple[Any, Any]]:
    """The documents of the two commands on one file."""

    def run(*only: str, **arrays: Any) -> tuple[Any, Any]:
        file = str(tmp_path / "d.npz")
        np.savez(file, **arrays)
        found = []
        words = ["--only", *(only or A5), "--workers", "1", "--examples", "1"]
        for command in (["data", file], ["check", "--data", file, *words]):
            assert main([*command, "--json"]) in (0, 1, 3)
            found.append(json.loads(capsys.readouterr().out))
        return found[0], found[1]

    return run


def agree(data: Any, check: Any) -> None:
    """Every statement that both documents make, and A5 with the claims that carry it."""
    assert check["assertions"] == data["assertions"]
    for key in ("structure", "promised", "promise", "order_consistent"):
        assert check["data"][key] == data[key]
    assert [check["data"][n] for n in "dpm"] == [data["shape"][n] for n in "dpm"]
    claims = {c["id"]: c for c in check["claims"]}
    assert all("A5" in claims[name]["assertions"] for name in A5)
    consistent = claims["RRR-2.consistent"]
    judged = consistent["status"] == "as_expected" or consistent["reason"] == "size"
    assert judged is (data["promised"] is True)
    if data["promised"] is None:
        assert consistent["reason"] == "commuting" and not check["data"]["commutes"]
        assert (
            f"{data['noncommuting_share']:.2g}" in consistent["why"]
            and f"{data['noncommuting_share']:.2g}" in data["promise"]
        )
    if data["promised"] is False:
        assert consistent["reason"] == "assumption" and "consistent" in consistent["why"]
    if data["promised"]:  # a theorem about these data is not contradicted by a run on them
        assert data["assertions"]["A5"]["holds"] is not False
    for kind in ("whitened", "autoencoder"):
        distance = data["structure"][kind]
        lacks = distance is None or distance > 1e-9
        assert (claims[f"RRR-2.{kind}"]["reason"] == kind) is lacks


def one_hot(target: Any) -> Any:
    return np.eye(int(target.max()) + 1)[target]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["iris", "wine", "digits", "breast_cancer", "diabetes", "linnerud"])
@pytest.mark.parametrize("standardized", [False, True])
def test_on_data_that_everyone_has(
    name: str, standardized: bool, both: Callable[..., tuple[Any, Any]]
) -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    found = getattr(datasets, f"load_{name}")()
    X = np.asarray(found.data)
    if standardized:
        X = (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    agree(*both(X=X, Y=found.target if name in ("diabetes", "linnerud") else one_hot(found.target)))


def moments(sigma: list[float], lam: list[float], *, auto: bool = False) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    U, V = (np.linalg.qr(rng.standard_normal((n, n)))[0] for n in (len(lam), len(lam)))
    S = np.zeros((len(lam), len(lam)))
    S[range(len(sigma)), range(len(sigma))] = sigma
    return {"Sxx": U @ np.diag(lam) @ U.T, "Sxy": U @ S @ (U if auto else V).T}


RNG = np.random.default_rng(11)
TABLE = RNG.standard_normal((30, 3))
FIT = TABLE @ np.diag([3.0, 1.5, 0.5]) + 0.1 * RNG.standard_normal((30, 3))
WHITE = np.linalg.qr(TABLE - TABLE.mean(axis=0))[0] * np.sqrt(30)


@pytest.mark.parametrize(
    "arrays",
    [
        pytest.param({"X": TABLE, "Y": FIT}, id="plain"),
        pytest.param({"X": TABLE}, id="autoencoder", marks=pytest.mark.slow),
        pytest.param({"X": WHITE, "Y": FIT}, id="whitened", marks=pytest.mark.slow),
        pytest.param({"X": TABLE, "Y": FIT[:, 0]}, id="column"),
        pytest.param({"X": np.hstack([TABLE, TABLE[:, :1]]), "Y": FIT}, id="twice", marks=pytest.mark.slow),
        pytest.param(
            {"X": np.hstack([TABLE, np.ones((30, 1))]), "Y": FIT}, id="constant", marks=pytest.mark.slow
        ),
        pytest.param(
            {"X": TABLE, "Y": np.hstack([FIT, np.ones((30, 1))])},
            id="constant-target",
            marks=pytest.mark.slow,
        ),
        pytest.param(moments([3, 2, 1], [1, 1, 1]), id="white", marks=pytest.mark.slow),
        pytest.param(moments([3, 2, 1], [3, 2, 1], auto=True), id="auto", marks=pytest.mark.slow),
        pytest.param(moments([3, 2, 1], [3, 2, 2]), id="orders-agree", marks=pytest.mark.slow),
        pytest.param(moments([3, 2, 1], [9, 1, 1]), id="orders-disagree"),
        pytest.param(moments([3, 2, 1], [9, 4, 1]), id="gains-tie", marks=pytest.mark.slow),
        pytest.param(moments([2, 2, 1], [1, 3, 1]), id="tied", marks=pytest.mark.slow),
        pytest.param(moments([2, 2], [1, 3]), id="all-tied", marks=pytest.mark.slow),
        pytest.param(moments([2, 1], [1, 3, 0]), id="singular", marks=pytest.mark.slow),
    ],
)
def test_on_data_with_and_without_structure(
    arrays: dict[str, Any], both: Callable[..., tuple[Any, Any]]
) -> None:
    agree(*both(**arrays))


def test_claims_with_one_reason_are_told_together(tmp_path, capsys) -> None:
    np.savez(tmp_path / "d.npz", X=TABLE, Y=FIT)
    words = ["--only", *A5, "GD-1.decoupling", "LOSS-1", "--workers", "1"]
    assert main(["check", "--data", str(tmp_path / "d.npz"), *words]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "3 claims about commuting data: the data do not commute, ||B||_F/||Sxx||_F = " in out
    assert "1 claim about autoencoders: no autoencoder, Y is not X" in out
    assert "A5 " in out and "within" in out
