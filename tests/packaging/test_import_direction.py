from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.checkout import PACKAGES, ROOT, copy_of_checkout

FORBIDDEN = {
    "theory": {"simulate", "properties", "numba", "hypothesis"},
    "simulate": {"theory", "properties", "sympy", "hypothesis"},
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_hold_here(tmp_path: Path) -> None:
    done = lint_imports(copy_of_checkout(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("importer", "line", "contract"),
    [
        ("simulate", "import theory", "theory and simulate know nothing of each other"),
        ("theory", "import rankladder.numbers.balls", "theory and simulate know nothing of each other"),
        ("simulate", "from rankladder import claim", "theory and simulate know nothing of properties"),
        ("theory", "import properties", "theory and simulate know nothing of properties"),
        ("simulate", "import sympy", "simulate derives nothing and draws nothing"),
        ("theory", "import hypothesis", "theory simulates nothing and draws nothing"),
        ("properties", "import tests.quality", "what is installed needs no test and no test tool"),
    ],
)
def test_a_violation_is_named(tmp_path: Path, importer: str, line: str, contract: str) -> None:
    copy = copy_of_checkout(tmp_path)
    # inside a function, where an import is easiest to overlook
    (copy / importer / "scratch.py").write_text(f"def scratch():\n    {line}\n", encoding="utf-8")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in " ".join(done.stdout.split())


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_importing_every_module_loads_nothing_forbidden(package: str) -> None:
    modules = [package, *(m.name for m in pkgutil.walk_packages([str(ROOT / package)], f"{package}."))]
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert package in loaded
    assert not loaded & FORBIDDEN[package]


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_no_module_is_imported_by_a_forbidden_name_in_a_string(package: str) -> None:
    """``import_module("rankladder.theory.flow")`` escapes a linter that reads import statements only."""
    strings = [
        node.value
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert strings
    others = set(PACKAGES) - {package}
    assert not [text for text in strings if " " not in text and text.partition(".")[0] in others]
