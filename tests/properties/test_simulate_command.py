"""``rankladder simulate``: any number of modes, spectra from files, steps of unstable modes."""

import math
from pathlib import Path

import numpy as np
import pytest

from rankladder.simulate import first_hit
from tests.commands import answer, refusal


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(sigma: str, lam: str, eta: str = "0.05", delta: str = "20", *more: str) -> list[str]:
    return ["simulate", "--sigma", sigma, "--lam", lam, "--eta", eta, "--delta", delta, *more]


def report(capsys, *given: str) -> dict:
    return answer(capsys, *words(*given))


@pytest.mark.parametrize("count", [1, 7, 200, 1000])
def test_what_is_recorded_does_not_grow_with_the_modes(capsys, count: int) -> None:
    np.save("s.npy", np.linspace(0.5, 1, count))
    np.save("l.npy", np.ones(count))
    found = report(capsys, "@s.npy", "@l.npy")
    assert len(found["modes"]) == count and len(found["times"]) == len(found["z"]) <= 300
    assert all(len(row) == count for row in found["z"])


@pytest.mark.parametrize("times", ["2", "5", "1000"])
def test_transitions_do_not_depend_on_what_is_recorded(capsys, times: str) -> None:
    found = report(capsys, "3,2,0.01,0", "1,2,1,1", "0.1", "1e6", "--times", times)
    assert 2 <= len(found["times"]) <= int(times)
    for mode in found["modes"][:3]:
        log_z0 = math.log(mode["lam"]) - math.log(mode["sigma"]) - 2e6
        assert mode["transition_step"] == first_hit(mode["s"], log_z0, 0.5)
    assert found["modes"][3]["transition_step"] is None


def test_spectra_come_from_files(capsys) -> None:
    np.save("a.npy", np.array([3.0, 2.0, 1.0]))
    Path("a.csv").write_text("3\n2\n1\n")
    Path("a.txt").write_text("# singular values\n3, 2  # the first two\n\n1\n")
    expected = report(capsys, "3,2,1", "1,1,1")
    for name in ("@a.npy", "@a.csv", "@a.txt"):
        assert report(capsys, name, "1,1,1") == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.dat", "1", "expected a file ending in .npy, .csv, .txt"),
        ("a.txt", "1\nx\n", "a.txt, line 2: expected a number but got 'x'"),
        ("a.npy", "1", "is no array of numbers; save it with numpy.save"),
        ("a.npy", np.ones((2, 2)), "real numbers along one axis"),
        ("a.npy", np.array([1.0, np.inf]), "holds inf at position 2"),
    ],
)
def test_files_that_hold_no_spectrum_are_refused(capsys, name: str, content: object, message: str) -> None:
    if isinstance(content, str):
        Path(name).write_text(content)
    else:
        np.save(name, content)
    told = refusal(capsys, *words(f"@{name}", "1"))
    assert "--sigma" in told and message in told
    assert "No such file" in refusal(capsys, *words("1", "@gone.txt"))
