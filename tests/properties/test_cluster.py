"""A real Dask cluster on this machine, of whose workers some are killed on the way."""

import contextlib
import json
import os
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
from tests.packaging.checkout import ROOT

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


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


def test_a_sweep_loses_a_worker_and_is_the_same(cluster: Cluster, tmp_path, monkeypatch, capsys) -> None:
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
