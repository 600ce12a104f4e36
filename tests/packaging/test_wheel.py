import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from configparser import ConfigParser
from email import message_from_string
from pathlib import Path

import pytest

from tests.packaging.checkout import CHILDREN, ROOT, copy_of_checkout
from tests.processes import python


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the sdist, and the wheel that is built from it."""
    copy = copy_of_checkout(tmp_path_factory.mktemp("checkout"))
    out = tmp_path_factory.mktemp("built")
    done = python("-m", "build", "--no-isolation", "--outdir", out, copy)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (made,) = built.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [path for path in archive.namelist() if path.endswith(f".dist-info/{name}")]
        return archive.read(path).decode()


def files_of(folder: Path) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_one_package_is_there_and_nothing_else(names: set[str]) -> None:
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"rankladder"}


def test_it_is_typed_and_whole(names: set[str]) -> None:
    own = {f for f in files_of(ROOT / "rankladder") if f.split("/")[1] not in CHILDREN}
    children = {f"rankladder/{f}" for child in CHILDREN for f in files_of(ROOT / child)}
    assert "rankladder/py.typed" in own
    assert all(f"rankladder/{child}/__init__.py" in children for child in CHILDREN)
    assert {name for name in names if name.startswith("rankladder/")} == own | children


def test_the_sdist_has_the_folders_once(built: Path) -> None:
    (made,) = built.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert not [n for n in inside if n.startswith(tuple(f"rankladder/{child}/" for child in CHILDREN))]
    for folder in ("rankladder/language", *CHILDREN, "tests"):
        assert {f for f in files_of(ROOT / folder) if f.endswith(".py")} <= inside


def test_the_command_and_the_licence(wheel: Path) -> None:
    scripts = ConfigParser()
    scripts.read_string(read(wheel, "entry_points.txt"))
    assert dict(scripts["console_scripts"]) == {"rankladder": "rankladder.app.main:main"}
    about = message_from_string(read(wheel, "METADATA"))
    assert about["License-Expression"] == "MIT"
    assert about["Requires-Python"] == ">=3.11"
    assert "MIT License" in read(wheel, "licenses/LICENSE")


CLAIMS = """
from rankladder import Real, claim, symbols

x = symbols("x")


@claim("mine", over={"x": Real(0, 1)})
def square_below(x):
    return x - x * x
"""

NOTEBOOK = """
import nbformat
from nbclient import NotebookClient
cell = "from rankladder import Real, check, claim\\n" "@claim('cell', over=dict(x=Real(0, 1)))\\ndef _(x):\\n    return x - x * x\\nprint(check('GD-3.step').verdict, check('cell').verdict)"
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
NotebookClient(book, kernel_name="python3").execute()
print(book.cells[0].outputs[0].text)
"""


@pytest.fixture
def users_folder(tmp_path) -> Path:
    """Files with the names that a theorist's own are likely to have."""
    for name in ("theory", "simulate", "properties", "search", "claims"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('a user keeps something else here')\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").write_text("")
    (tmp_path / "mine.py").write_text(CLAIMS)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-m", "rankladder", "check", "mine.py"], "mine"),
        pytest.param(
            ["-m", "pytest", "-q", "-p", "no:cacheprovider", "mine.py"], "1 passed", marks=pytest.mark.slow
        ),
        pytest.param(["-c", NOTEBOOK], "proved tested", marks=pytest.mark.slow),
    ],
    ids=["check", "pytest", "notebook"],
)
def test_files_of_the_same_names_break_nothing(users_folder: Path, words: list[str], said: str) -> None:
    done = python(*words, cwd=users_folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
    assert "a user keeps" not in done.stdout + done.stderr


@pytest.mark.slow
def test_files_with_names_of_python_own_do_not_reach_the_workers(users_folder: Path) -> None:
    (users_folder / "string.py").write_text("raise RuntimeError('a user keeps something else here')\n")
    (users_folder / "mine.py").write_text(CLAIMS + CLAIMS.partition("\n\n\n")[2].replace("mine", "yours"))
    command = Path(sys.executable).with_name("rankladder")
    done = subprocess.run(
        [command, "check", "mine.py", "--workers", "2", "--fresh"],
        cwd=users_folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 claims: 2 as expected" in done.stdout and not done.stderr


@pytest.mark.slow
def test_the_wheel_works_on_the_core_dependencies_alone(wheel: Path, tmp_path) -> None:
    """Far from the checkout and from every extra, the whole catalogue is checked and the version is known."""
    venv.create(tmp_path / "env", with_pip=True)
    programs = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}

    def run(*words: str) -> str:
        command = [programs / words[0], *words[1:]]
        done = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("python", "-m", "pip", "install", "-q", str(wheel))
    installed = run("python", "-m", "pip", "list").casefold()
    assert "pytest" not in installed
    assert "matplotlib" not in installed
    version = wheel.name.split("-")[1]
    assert run("rankladder", "--version").split() == ["rankladder", version]
    assert "FLOW-1" in run("rankladder", "list")
    assert "FLOW-2" in run("rankladder", "show", "FLOW-2")
    checked = run("rankladder", "check", "--profile", "quick").splitlines()[-1]
    assert " 0 unexpected, 0 inconclusive" in checked


def test_the_citation_file_has_what_its_format_requires() -> None:
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert found["cff-version"] == "1.2.0" and found["type"] == "software"
    assert all(isinstance(found[key], str) and found[key] for key in ("message", "title", "license"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (found["version"], found["license"]) == (project["version"], project["license"])
    for cited in (found, *found["references"]):
        assert cited["title"] and cited["authors"]
        assert all({"name"} <= set(a) or {"given-names", "family-names"} <= set(a) for a in cited["authors"])
    (paper,) = found["references"]
    assert paper["type"] == "conference-paper" and paper["conference"]["name"]
