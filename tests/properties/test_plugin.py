"""The pytest plugin, in sessions of its own: what it collects, what a failure says, and what it costs others."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from rankladder.app.new_command import EXAMPLE
from rankladder.language.catalogue import catalogue
from tests.processes import python

FALSE = """
from rankladder import Real, claim, symbols

x = symbols("x")


@claim("half", over=dict(x=Real(0, 4)), given={"right": x > 1}, title="x is below 2", statement=r"x \\le 2")
def _(x):
    return 2 - x


@claim("third", over=dict(x=Real(0, 4)), title="squares are not negative")
def _(x):
    return x * x
"""

MODULE = """
from rankladder import Real, claim


@claim("in-a-module", over=dict(x=Real(0, 1)))
def parabola(x):
    return 1 / 4 - x * (1 - x)


def test_plain():
    assert parabola.id == "in-a-module"
"""


def run_pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COLUMNS"))}
    return python("-m", "pytest", "-p", "no:cacheprovider", *words, cwd=folder, env=environment, timeout=300)


def outcomes(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Test to outcome, from the summary that ``-rA`` asks for."""
    lines = (line.split() for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED")))
    return {next(word for word in line if "::" in word): line[0] for line in lines}


@pytest.fixture
def project(tmp_path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers --strict-config\n")
    (tmp_path / "my_claims.py").write_text(EXAMPLE)
    (tmp_path / "claims_false.py").write_text(FALSE)
    (tmp_path / "test_module.py").write_text(MODULE)
    # a folder of its own, and the same ids again: files know nothing of each other
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "other_claims.py").write_text(EXAMPLE)
    return tmp_path


@pytest.mark.parametrize("processes", ["0", pytest.param("2", marks=pytest.mark.slow)])
def test_one_test_a_claim_in_one_process_or_several(processes: str, project: Path) -> None:
    done = run_pytest(project, "-n", processes, "-rA", "--claims-profile", "quick")
    assert done.returncode == 1, done.stdout + done.stderr
    assert outcomes(done) == {
        "claims_false.py::half": "FAILED",
        "claims_false.py::third": "PASSED",
        "deeper/other_claims.py::my-no-overshoot": "PASSED",  # expected to be refuted, and it is
        "deeper/other_claims.py::my-one-step": "PASSED",
        "my_claims.py::my-no-overshoot": "PASSED",
        "my_claims.py::my-one-step": "PASSED",
        "test_module.py::in-a-module": "PASSED",
        "test_module.py::test_plain": "PASSED",
    }


def test_a_failure_says_everything_and_how_to_reproduce_it(project: Path) -> None:
    done = run_pytest(project, "claims_false.py", "--claims-profile", "quick", "-x")
    report = done.stdout
    for words in (
        "claim half: refuted (expected: holds)", "x is below 2", r"x \le 2", "x in the reals of (0, 4)", "right: x > 1",
        "instance     x=", ": violated", "reproduce    rankladder check claims_false.py --only half --profile quick",
        "rankladder check claims_false.py --only half --at x=",
    ):  # fmt: skip
        assert words in report, report
    assert "Traceback" not in report
    assert "properties/pytest_plugin.py" not in report
    assert "third" not in report  # -x stopped before it
    # the command that it prints does what it says
    command = next(line for line in report.splitlines() if line.strip().startswith("reproduce")).split()[1:]
    again = python("-m", "rankladder.app.main", *command[1:], "--json", cwd=project)
    assert again.returncode == 1, again.stderr
    (claim,) = json.loads(again.stdout)["claims"]
    assert f"instance     {claim['counterexample']['instance']}\n" in report


@pytest.mark.slow
def test_a_catalogue_is_collected_by_the_name_of_its_package(tmp_path) -> None:
    package = ["--pyargs", "rankladder.properties.diagonal"]
    two = ["-rA", "--claims-profile", "quick", "-k", "DLN-1.flow or DLN-1.shift"]
    done = run_pytest(tmp_path, *package, *two)
    assert {name.rpartition("::")[2]: said for name, said in outcomes(done).items()} == {
        "DLN-1.flow": "PASSED",
        "DLN-1.shift": "PASSED",
    }
    # each claim once, and nothing else
    assert f"2 passed, {len(catalogue('diagonal').claims) - 2} deselected" in done.stdout


def test_a_broken_file_and_a_broken_claim_point_at_their_lines(project: Path) -> None:
    (project / "torn_claims.py").write_text("from rankladder import claim\nx = 1 +\n")
    (project / "bad_claims.py").write_text(
        'from rankladder import Real, claim\n\n\n@claim("bad", over=dict(x=Real(0, 1)))\ndef _(x):\n    return x + nothing\n'
    )
    done = run_pytest(project, "torn_claims.py", "bad_claims.py", "--continue-on-collection-errors")
    assert "line 2: invalid syntax" in done.stdout and "Traceback" not in done.stdout
    assert "claim bad: error (expected: holds)" in done.stdout and "bad_claims.py:6" in done.stdout
    assert "1 failed, 1 error" in done.stdout, done.stdout


def test_a_project_without_claims_pays_nothing(tmp_path) -> None:
    # also where names look like claims, or a module has one object more
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\n\ndef test_nothing_is_loaded(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.has_plugin('rankladder')\n"
        "    heavy = {'sympy', 'numba', 'numpy', 'scipy', 'flint', 'hypothesis', 'rich', 'matplotlib'}\n"
        "    assert not heavy & set(sys.modules)\n"
        "    ours = {m for m in sys.modules if m.split('.')[0] == 'rankladder'}\n"
        "    assert ours == {'rankladder', 'rankladder.app', 'rankladder.app.pytest_plugin'}\n"
    )
    done = run_pytest(tmp_path, "-q")
    assert done.returncode == 0, done.stdout + done.stderr
