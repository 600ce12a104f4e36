"""Sweeps: plans, one mode, the margin of a claim, results files. (Interruptions: test_resuming.)"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rankladder.simulate import first_hit
from tests.commands import answer

CLAIMS = """
from rankladder import Int, Real, claim
import numpy as np

@claim("w-high", over=dict(n=Int(1, 9), x=Real(0, 1), y=Real(0, 1)))
def _(n, x, y):
    return n * x + y - 1 / 64
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path / "cache"))
    Path("claims.py").write_text(CLAIMS, encoding="utf-8")


def swept(capsys, *words: str, workers: str = "1", code: int = 0) -> dict[str, Any]:
    return answer(capsys, "sweep", *words, "--workers", workers, code=code)


def test_one_mode_has_its_first_hit_bracket_and_regime(capsys) -> None:
    report = swept(
        capsys, "--grid", "s=0.1:1.9:7", "z0=0.001:0.3:3:log", "--range", "theta=0.35:0.9", "--sample", "2",
        "--out", "modes.npz",
    )  # fmt: skip
    columns = np.load("modes.npz")
    rows = list(zip(*(columns[n] for n in ("s", "z0", "theta", "transition_step")), strict=True))
    assert len(rows) == report["instances"] == 42
    for s, z0, theta, step in rows:
        assert step == first_hit(float(s), None, float(theta), z0=float(z0))
    assert np.all(columns["lower"] <= columns["transition_step"])
    assert np.all(columns["transition_step"] <= np.ceil(columns["upper"]))
    assert report["outside_bracket"] == 0
    names = columns["regime_names"][columns["regime"]]
    assert {n: int((names == n).sum()) for n in set(names)} == report["regimes"]
    assert report["regimes"] == {"monotone": 12, "convergent": 12, "bounded": 18}
    steps = columns["transition_step"]
    assert report["transition_step"] == [steps.min(), steps.max()]


def test_results_are_the_same_for_any_number_of_workers_and_kinds_of_file(capsys) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    words = ["--range", "s=0.1:0.9", "--grid", "delta=1:9:5", "--sample", "5000"]  # two chunks
    alone = swept(capsys, *words, "--out", "alone.npz")
    again = swept(capsys, *words, "--out", "again.parquet", workers="2")
    assert alone | {"seconds": 0, "file": ""} == again | {"seconds": 0, "file": ""}

    columns = dict(np.load("alone.npz"))
    columns["regime"] = columns.pop("regime_names")[columns["regime"]]
    table = parquet.read_table("again.parquet")
    assert set(columns) == set(table.column_names)
    assert all(np.array_equal(columns[name], np.array(table[name].to_pylist())) for name in columns)
    assert not list(Path.cwd().glob(".*"))


def test_a_claim_is_refuted_where_it_fails(capsys) -> None:
    report = swept(capsys, "w-high", "claims.py", "--sample", "2000", "--out", "high.npz", code=1)
    assert report["verdict"] == "refuted"
    assert report["violation"]["margin"] < 0
    columns = np.load("high.npz")
    applies = columns["applies"]
    np.testing.assert_array_equal(
        columns["margin"][applies], (columns["n"] * columns["x"] + columns["y"] - 1 / 64)[applies]
    )
    assert report["negative"] == (columns["margin"][applies] < 0).sum()
    assert report["smallest"]["margin"] == columns["margin"][applies].min()


def test_a_claim_on_a_grid_has_every_point_once(capsys) -> None:
    grid = ["--grid", "x=0.5:0.75:30", "n=2:4:3", "y=0.25:0.5:10"]
    report = swept(capsys, "w-high", "claims.py", *grid, "--out", "grid.npz")
    assert (report["verdict"], report["instances"]) == ("tested", 900)
    columns = np.load("grid.npz")
    points = sorted(zip(columns["n"], columns["x"], columns["y"], strict=True))
    assert len(set(points)) == 900
    assert set(columns["n"]) == {2, 3, 4}
    np.testing.assert_array_equal(columns["margin"], columns["n"] * columns["x"] + columns["y"] - 1 / 64)
