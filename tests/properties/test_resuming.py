"""Runs that are interrupted, run out of time or out of disk, and go on."""

import json
from pathlib import Path

import numpy as np
import pytest

from rankladder.app.main import main

CLAIMS = """
from pathlib import Path
from rankladder import Real, claim

def counted(name):
    with open("calls-" + name, "a") as file:
        file.write("x")
    limit = Path("interrupt-" + name)
    if limit.exists() and Path("calls-" + name).stat().st_size > int(limit.read_text()):
        raise KeyboardInterrupt

@claim("r-first", over=dict(x=Real(0, 1)))
def _(x):
    counted("first")
    return x

@claim("r-second", over=dict(x=Real(0, 1)))
def _(x):
    counted("second")
    return x * x

@claim("r-third", over=dict(x=Real(-1, 1)))
def _(x):
    return x * x - x / 10
"""
CHECK = ["check", "claims.py", "--profile", "quick", "--workers", "1", "--json"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path / "cache"))
    Path("claims.py").write_text(CLAIMS, encoding="utf-8")


def calls(name: str) -> int:
    """How often a conclusion was called."""
    return Path(f"calls-{name}").stat().st_size


def decided(text: str) -> dict[str, dict[str, object]]:
    """Everything a check found out, without the time it took and when that was."""
    claims = json.loads(text)["claims"]
    for claim in claims:
        del claim["seconds"], claim["kept"]
        for evidence in claim["evidence"]:
            del evidence["seconds"]
    return {claim["id"]: claim for claim in claims}


def test_an_interrupted_check_goes_on_where_it_stopped(capsys) -> None:
    Path("interrupt-second").write_text("0")
    assert main(CHECK) == 3
    printed = capsys.readouterr()
    early = decided(printed.out)
    assert list(early) == ["r-first"]
    assert "interrupted: 2 of 3 claims not finished" in printed.err
    assert f"go on with: rankladder {' '.join(CHECK)}\n" in printed.err
    Path("interrupt-second").unlink()
    before = calls("first")
    assert main(CHECK) == 1
    resumed = decided(capsys.readouterr().out)
    assert calls("first") == before  # what was finished was not done again
    assert main([*CHECK, "--fresh"]) == 1
    assert resumed == decided(capsys.readouterr().out)
    assert resumed.items() > early.items()
    assert resumed["r-third"]["verdict"] == "refuted"


def test_interrupted_proofs_and_thresholds_say_what_was_finished(capsys) -> None:
    Path("stopped.py").write_text(
        "from rankladder import Real, claim, lemma, symbols\nx, CALLS = symbols('x'), []\n"
        "class Stops(Real):\n    def draw(self, *given): raise KeyboardInterrupt\n"
        "lemma('s-done', x**2 + 1 >= 2 * x, over=dict(x=Real(0, 3)))\n"
        "lemma('s-stops', x**2 + 1 >= 2 * x, over=dict(x=Stops(0, 3)))\n"
        "@claim('s-other', over=dict(x=Real(0, 1)))\ndef _(x): return x\n"
        "@claim('s-threshold', over=dict(h=Real(0, 5), x=Real(0, 4)))\n"
        "def _(h, x):\n    CALLS.append(0)\n    if len(CALLS) == 3000: raise KeyboardInterrupt\n"
        "    return x**2 + 2 - h * x\n",
        encoding="utf-8",
    )
    assert main(["prove", "stopped.py", "--workers", "1"]) == 3
    printed = capsys.readouterr()
    assert printed.out.startswith("s-done  proved")
    assert printed.out.endswith("no way is known to prove 2 of 4 claims: s-other, s-threshold\n")
    assert "interrupted: 1 of 2 proofs not finished (s-stops)" in printed.err
    assert main(["boundary", "s-threshold", "stopped.py", "--parameter", "h"]) == 3
    printed = capsys.readouterr().out
    assert "confirmed there, margin -" in printed and "interrupted before the search was done" in printed


@pytest.mark.parametrize("place", ["file", "folder"])
def test_where_nothing_can_be_kept_no_result_is_lost(place: str, monkeypatch, capsys) -> None:
    if place == "file":  # where the cache should be, is no folder
        Path("cache").touch()
    else:  # where its file should be, is a folder
        (Path("cache") / "rankladder" / "finished.sqlite").mkdir(parents=True)
    assert main(CHECK) == 1
    printed = capsys.readouterr()
    assert len(decided(printed.out)) == 3
    assert printed.err.count("the run goes on") == printed.err.count("\n") == 1


SWEEP = ["sweep", "r-second", "claims.py", "--sample", "60000", "--workers", "1"]  # three chunks


def test_an_interrupted_sweep_goes_on(capsys) -> None:
    assert main([*SWEEP, "--out", "whole.npz"]) == 0
    every = calls("second")
    Path("interrupt-second").write_text(str(every + every // 2))
    assert main([*SWEEP, "--out", "cut.npz"]) == 3
    said = capsys.readouterr().err
    assert "interrupted: 2 of 3 parts not finished; go on with: rankladder sweep r-second claims.py" in said
    assert not Path("cut.npz").exists()
    Path("interrupt-second").unlink()
    before = calls("second")
    assert main([*SWEEP, "--out", "cut.npz", "--resume"]) == 0
    assert calls("second") - before < every
    whole, cut = np.load("whole.npz"), np.load("cut.npz")
    assert all(np.array_equal(whole[name], cut[name]) for name in ("x", "margin", "applies"))
    assert not list(Path.cwd().glob(".*"))
