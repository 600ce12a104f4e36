"""A verdict that is kept never outlives what it rests on."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import rankladder
from tests.samples import one_in

PROJECT = {
    "claims.py": """
import os
from pathlib import Path

import entries
from constants import LIMIT
from domains import Above
from registry import KNOWN

from rankladder import Real, claim, lemma, symbols

SHARE = float(os.environ.get("PROJECT_SHARE", "0"))
TABLE = float(Path("table.csv").read_text())

def raised(x, limit=LIMIT):
    return x + limit

@claim("kept", over=dict(x=Above(0, 9)), title="above the sum of what it reads")
def _(x):
    import late

    return raised(x) + SHARE + TABLE + sum(KNOWN.values()) + late.TERM

y = symbols("y")
square = lemma("kept-proof", y**2 + 1 >= 2 * y)
""",
    "constants.py": "LIMIT = 1\n",
    "domains.py": """
from fractions import Fraction

from rankladder import Real

class Above(Real):
    def draw(self, *args, **kwargs):
        return max(super().draw(*args, **kwargs), Fraction(1, 2))
""",
    "registry.py": "KNOWN = {}\n",
    "entries.py": "from registry import KNOWN\nKNOWN['first'] = 1\n",
    "late.py": "TERM = 1\n",
    "table.csv": "1.0\n",
}


FEW = ["a constant behind a default"]


@pytest.fixture
def project(tmp_path) -> Path:
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "installed").mkdir()
    return tmp_path


def start(folder: Path, *words: str, path: str = "", **more: object) -> subprocess.Popen[str]:
    paths = os.pathsep.join([path or str(Path(rankladder.__file__).parents[1]), str(folder / "installed")])
    env = {**os.environ, "RANKLADDER_CACHE": str(folder / "cache"), "PYTHONPATH": paths}
    few = ["--profile", "quick", "--examples", "5", "--workers", "1", "--json"]
    command = [sys.executable, "-m", "rankladder", "check", *words, *few]
    return subprocess.Popen(
        command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more  # type: ignore[call-overload]
    )  # fmt: skip


def answer(running: subprocess.Popen[str]) -> dict[str, dict[str, object]]:
    out, err = running.communicate()
    assert running.returncode in (0, 1), err
    return {claim["id"]: claim for claim in json.loads(out)["claims"]}


def kept(folder: Path, *words: str, path: str = "") -> set[object]:
    """Whether what a check says was kept, claim by claim."""
    return {claim["kept"] for claim in answer(start(folder, *(words or ("claims.py",)), path=path)).values()}


@pytest.mark.parametrize("part", one_in(2, [FEW, None]), ids=["few", "all"])
def test_whatever_a_verdict_rests_on_may_change(part: list[str] | None, project: Path, monkeypatch) -> None:
    def write(name: str, text: str) -> Callable[[], object]:
        return lambda: (project / name).write_text(text, encoding="utf-8")

    changes: dict[str, Callable[[], object]] = {
        "the statement": write("claims.py", PROJECT["claims.py"] + "\n"),
        "a constant behind a default": write("constants.py", "LIMIT = 2\n"),
        "a domain's method": write("domains.py", PROJECT["domains.py"].replace("1, 2", "1, 3")),
        "what stands in a registry": write("entries.py", "from registry import KNOWN\nKNOWN['first'] = 2\n"),
        "a module that the conclusion imports": write("late.py", "TERM = 2\n"),
        "a table": write("table.csv", "2.0\n"),
        "a variable of the environment": lambda: monkeypatch.setenv("PROJECT_SHARE", "1"),
        "a library's version": (project / "installed" / "numpy-99.0.dist-info").mkdir,
        "a solver's presence": write("installed/z3.py", "raise ImportError\n"),
    }
    assert kept(project) == {False}
    seen = answer(start(project, "claims.py"))
    assert {claim["kept"] for claim in seen.values()} == {True}
    for what in part or changes:
        changes[what]()
        after = answer(start(project, "claims.py"))
        assert {claim["kept"] for claim in after.values()} == {False}, what
        if what not in ("the statement", "a domain's method", "a library's version", "a solver's presence"):
            assert after["kept"]["margin"] != seen["kept"]["margin"], what
        seen = after
    assert kept(project, "claims.py", "--seed", "1") == {False}


@pytest.mark.slow
def test_a_change_of_rankladder_is_noticed(project: Path) -> None:
    package = project / "elsewhere" / "rankladder"
    shutil.copytree(Path(rankladder.__file__).parent, package)
    time.sleep(2.5)  # of sources that are written while they are imported, nobody knows what was imported
    assert kept(project, path=str(package.parent)) == {False}
    assert kept(project, path=str(package.parent)) == {True}
    source = package / "domains" / "scalars.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert kept(project, path=str(package.parent)) == {False}


@pytest.mark.slow
def test_what_changes_under_a_check_is_not_kept(project: Path) -> None:
    (project / "late.py").write_text(
        "from pathlib import Path\nTERM = 1\nPath('table.csv').write_text('5.0')\nPath('table.csv').read_text()\n"
    )
    answer(start(project, "claims.py"))
    (project / "table.csv").write_text("1.0\n")
    assert kept(project) == {False}
