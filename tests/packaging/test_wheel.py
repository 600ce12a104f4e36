from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from configparser import ConfigParser
from email import message_from_string
from pathlib import Path

import pytest

from tests.packaging.checkout import PACKAGES, ROOT, copy_of_checkout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = copy_of_checkout(tmp_path_factory.mktemp("checkout"))
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [path for path in archive.namelist() if path.endswith(f".dist-info/{name}")]
        return archive.read(path).decode()


def test_the_three_packages_are_there_and_nothing_else(names: set[str]) -> None:
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_typed_and_whole(package: str, names: set[str]) -> None:
    assert f"{package}/py.typed" in names
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert f"{package}/__init__.py" in here
    assert here == {name for name in names if name.startswith(f"{package}/")}


def test_the_command_and_the_licence(wheel: Path) -> None:
    scripts = ConfigParser()
    scripts.read_string(read(wheel, "entry_points.txt"))
    assert dict(scripts["console_scripts"]) == {"rankladder": "rankladder.app.main:main"}
    about = message_from_string(read(wheel, "METADATA"))
    assert about["License-Expression"] == "MIT"
    assert about["Requires-Python"] == ">=3.11"
    assert "MIT License" in read(wheel, "licenses/LICENSE")


@pytest.mark.slow
def test_the_wheel_works_on_the_core_dependencies_alone(wheel: Path, tmp_path: Path) -> None:
    """Far from the checkout and from every extra, the whole catalogue is checked and the version is known."""
    venv.create(tmp_path / "env", with_pip=True)
    programs = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}

    def run(*words: str) -> str:
        done = subprocess.run(
            [str(programs / words[0]), *words[1:]],
            cwd=tmp_path,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
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
