"""The benchmark compares like with like, and says what it found; how fast anything is, no test asks."""

import json
from importlib import import_module

import numpy as np
import pytest

from benchmarks import machine
from benchmarks.__main__ import GROUPS, main
from benchmarks.contest import Missing


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    for name in machine.THREADS:
        monkeypatch.setenv(name, "1")


def test_the_check_of_a_pair_has_teeth():
    from benchmarks.modes import agreement, numpy_loop

    assert agreement(numpy_loop, 8, same_bits=True)() == "same bits"
    with pytest.raises(AssertionError, match="single bit"):
        agreement(lambda n, k: np.nextafter(numpy_loop(n, k), 2.0), 8, same_bits=True)()
    with pytest.raises(AssertionError, match="differ by"):
        agreement(lambda n, k: numpy_loop(n, k) * (1 + 1e-10), 8, same_bits=False)()


def test_the_command_prints_a_table_and_writes_json(tmp_path, capsys):
    path = tmp_path / "found.json"
    orbit = "certified orbit, 10000 steps at 128 bits, s = 3/10"
    assert main(["--only", orbit, "--rounds", "1", "--least", "0", "--json", str(path)]) == 0
    out = capsys.readouterr().out
    assert "mpmath intervals" in out and "our radius" in out and "cores" in out
    document = json.loads(path.read_text())
    assert document["schema"] == 1
    assert document["environment"]["threads"] == dict.fromkeys(machine.THREADS, "1")
    (row,) = document["rows"]
    assert row["ratio"] > 0 and row["target"] == 15.0 and row["unit"] == "step"


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_every_pair_computes_the_same(group):
    agreed, missing = [], []
    for one in import_module(f"benchmarks.{group}").contests():
        for other in one.rivals:
            try:
                other.make()
                agreed.append(other.check())
            except Missing as reason:
                missing.append(str(reason))
    assert agreed and all(agreed)
    assert set(missing) <= {"PyTorch is not installed", "no C compiler here"}
