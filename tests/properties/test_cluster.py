"""A real Dask cluster on this machine, of whose workers some are killed on the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from rankladder.app.main import main
from rankladder.app.workers import spread
from tests.packaging.checkout import ROOT

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

CLAIMS = """
from rankladder import Int, Real, claim, forall, symbols
from rankladder.simulate import descent
s, z0 = symbols("s z0")

@claim("c-climbs", over=dict(s=Real(0, 4), z0=Real(0, 4), steps=Int(1, 20)),
       given={"small-step": 2 * s <= 1, "small-start": z0 < 1, "idle": s > -1})
def _(s, z0, steps):
    return forall(descent(s, z0, steps).x)

@claim("c-near", over=dict(s=Real(0, 4), z0=Real(0, 1)), given={"step": s < 3})
def _(s, z0):
    return 3 - s + z0
"""


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path, request) -> Iterator[Cluster]:
    nanny, count = getattr(request, "param", ("--no-nanny", 2))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "RANKLADDER_CACHE": str(tmp_path / "far"),
    }
    away = tmp_path / "away"  # another folder, as another machine would have
    away.mkdir()
    with contextlib.ExitStack() as started:

        def start(program: str, *words: str) -> subprocess.Popen[bytes]:
            here = ["--host", "127.0.0.1", "--no-dashboard"]
            command = [sys.executable, "-m", f"distributed.cli.{program}", *words, *here]
            with (tmp_path / f"{program}.log").open("ab") as log:
                process = subprocess.Popen(command, cwd=away, env=environment, stdout=log, stderr=log)
            started.callback(process.wait)
            started.callback(process.terminate)
            return process

        file = tmp_path / "scheduler.json"
        scheduler = start("dask_scheduler", "--port", "0", "--scheduler-file", str(file))
        while not (file.exists() and file.read_text(encoding="utf-8").endswith("}")):
            assert scheduler.poll() is None
            time.sleep(0.05)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        workers = [start("dask_worker", address, "--nthreads", "1", nanny) for _ in range(count)]
        yield Cluster(address, workers)


def wait_for_rows(file: Path, count: int) -> None:
    """Wait until so much is finished."""
    while True:
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(file.absolute().as_uri() + "?mode=ro", uri=True)) as rows:  # fmt: skip
            if rows.execute("SELECT count(*) FROM rows").fetchone()[0] >= count:
                return
        time.sleep(0.005)


@contextlib.contextmanager
def one_killed(cluster: Cluster, file: Path, count: int) -> Iterator[None]:
    """The first worker is killed once so much is finished."""

    def kill() -> None:
        wait_for_rows(file, count)
        cluster.workers[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    killer.join()
    assert cluster.workers[0].wait() == -9


def test_a_sweep_loses_a_worker_and_is_the_serial_one(
    cluster: Cluster, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path / "cache"))
    drawn = ["--range", "s=0.05:0.95", "theta=0.1:0.9", "--grid", "delta=5:20:10", "--sample", "80000"]
    assert main(["sweep", *drawn, "--out", "serial.npz", "--workers", "1"]) == 0
    with one_killed(cluster, Path(".far.npz.parts"), 3):
        assert main(["sweep", *drawn, "--out", "far.npz", "--dask", cluster.address]) == 0
    assert cluster.workers[1].poll() is None
    serial, far = np.load("serial.npz"), np.load("far.npz")
    assert serial.files == far.files
    assert len(far["s"]) == 800_000
    for name in serial.files:
        np.testing.assert_array_equal(serial[name], far[name])


def test_an_exploration_loses_a_worker_and_is_the_serial_one(
    cluster: Cluster, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("claims.py").write_text(CLAIMS, encoding="utf-8")
    words = ["explore", "claims.py", "--all-assumptions", "--budget", "600", "--examples", "400", "--json"]

    def rows(*more: str) -> list[dict[str, object]]:
        assert main([*words, *more]) == 0
        return [
            {k: v for k, v in row.items() if k != "seconds"} for row in json.loads(capsys.readouterr().out)
        ]

    serial = rows("--store", "serial", "--workers", "1")
    assert [row["needed"] for row in serial] == [True, True, None, True]

    with one_killed(cluster, Path("far/.finished/rows.sqlite"), 1):
        assert rows("--store", "far", "--dask", cluster.address) == serial
    assert {f.name for f in Path("far").glob("*.json")} == {f.name for f in Path("serial").glob("*.json")}


def deliberately(number: int) -> int:
    """Kill the process when 2 comes, but only after its worker has had time to be given the next task as well."""
    time.sleep(0.3)
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


# a task that waits at the same worker may die as often as the one that kills it: Dask gives up both
@pytest.mark.parametrize("cluster", [("--nanny", 1), ("--nanny", 2)], indirect=True)
def test_a_task_that_kills_every_worker_is_named_and_spares_the_others(cluster: Cluster) -> None:
    found = spread(deliberately, range(5), None, dask=cluster.address, lost=lambda number: -number)
    assert sorted(found) == [-2, 0, 1, 3, 4]


def test_no_scheduler_there(capsys) -> None:
    words = ["sweep", "--grid", "s=0.5", "delta=3", "--dask"]
    assert main([*words, "tcp://127.0.0.1:1"]) == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err
    assert main([*words, "nonsense"]) == 2
    assert "write tcp://HOST:PORT" in capsys.readouterr().err
