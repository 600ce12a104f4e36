"""The benchmark compares like with like, and says what it found; how fast anything is, no test asks."""

from __future__ import annotations

import json
from importlib import import_module

import numpy as np
import pytest

from benchmarks import contest, machine
from benchmarks.__main__ import GROUPS, main
from benchmarks.contest import Contest, Missing, Rival, interleaved, require, rows


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    for name in machine.THREADS:
        monkeypatch.setenv(name, "1")


class Clock:
    """A process time that only the timed functions move."""

    def __init__(self):
        self.now, self.called = 0.0, []

    def process_time(self):
        return self.now

    def takes(self, name, seconds):
        def run():
            self.now += seconds
            self.called.append(name)

        return run


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(contest, "time", made)
    return made


def test_pairs_are_timed_in_turns(clock):
    found = interleaved([clock.takes("a", 0.5), clock.takes("b", 0.125)], 3, 0.25)
    assert found == [0.5, 0.125]
    assert "".join(clock.called) == "aabb" + "abb" * 3


def rival(name, run, work=1.0, agreement="same bits", target=None):
    return Rival(name, lambda: run, work, lambda: agreement, target)


@pytest.mark.parametrize(("most", "met"), [(False, [True, False, None]), (True, [False, True, None])])
def test_ratios_are_per_unit_of_work(clock, most, met):
    rivals = [
        rival("slow", clock.takes("s", 4.0), 2.0, target=1.5),
        rival("quick", clock.takes("q", 1.0), 1.0, target=1.5),
        rival("other", clock.takes("o", 1.0), 0.5),
    ]
    found = list(rows(Contest("title", "unit", "ours", clock.takes("x", 10.0), 10.0, rivals, most), 3, 0.0))
    assert [row.ratio for row in found] == [2.0, 1.0, 2.0]
    assert [row.met for row in found] == met
    assert (found[0].our_time, found[0].rival_time) == (1.0, 2.0)


def test_who_is_missing_is_named(clock):
    def absent():
        raise Missing("it is not installed")

    lost = Rival("lost", absent, 1.0, lambda: "never asked", 2.0)
    found = list(
        rows(
            Contest("t", "u", "o", clock.takes("x", 1.0), 1.0, [lost, rival("here", clock.takes("y", 2.0))]),
            1,
            0.0,
        )
    )
    assert [(row.rival, row.ratio, row.agreement) for row in found] == [
        ("here", 2.0, "same bits"),
        ("lost", None, "it is not installed"),
    ]
    assert found[1].met is None


def test_different_results_stop_it(clock):
    def differ():
        require(False, "they differ by 1")

    with pytest.raises(AssertionError, match="they differ by 1"):
        list(
            rows(
                Contest(
                    "t",
                    "u",
                    "o",
                    clock.takes("x", 1.0),
                    1.0,
                    [Rival("r", lambda: clock.takes("y", 1.0), 1.0, differ)],
                ),
                1,
                0.0,
            )
        )


def test_the_check_of_a_pair_has_teeth():
    from benchmarks.modes import agreement, numpy_loop

    assert agreement(numpy_loop, 8, same_bits=True)() == "same bits"
    with pytest.raises(AssertionError, match="single bit"):
        agreement(lambda n, k: np.nextafter(numpy_loop(n, k), 2.0), 8, same_bits=True)()
    with pytest.raises(AssertionError, match="differ by"):
        agreement(lambda n, k: numpy_loop(n, k) * (1 + 1e-10), 8, same_bits=False)()


def test_the_command_prints_a_table_and_writes_json(tmp_path, capsys):
    path = tmp_path / "found.json"
    assert (
        main(
            [
                "--only",
                "certified orbit, 10000 steps at 128 bits, s = 3/10",
                "--rounds",
                "1",
                "--least",
                "0",
                "--json",
                str(path),
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert "mpmath intervals" in out and "our radius" in out and "cores" in out
    document = json.loads(path.read_text())
    assert document["schema"] == 1
    assert document["environment"]["threads"] == dict.fromkeys(machine.THREADS, "1")
    (row,) = document["rows"]
    assert row["ratio"] > 0 and row["target"] == 15.0 and row["unit"] == "step"


def test_without_pytorch_its_rows_say_so(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    assert main(["--only", "matrix descent, d = 4", "--rounds", "1", "--least", "0"]) == 0
    out = capsys.readouterr().out
    assert out.count("PyTorch is not installed") == 2 and "NumPy loop" in out


def test_without_a_compiler_its_rows_say_so(monkeypatch):
    from benchmarks import modes

    modes.c_loop.cache_clear()
    monkeypatch.setattr(modes, "compiler", lambda: None)
    with pytest.raises(Missing, match="no C compiler"):
        modes.c_loop()


def test_bad_options(capsys):
    with pytest.raises(SystemExit):
        main(["--rounds", "0"])
    assert "must be >= 1" in capsys.readouterr().err


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
