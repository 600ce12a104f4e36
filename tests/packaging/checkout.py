"""The checkout under test, and the scripts of its continuous integration as modules."""

import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = ("theory", "simulate", "properties")  # of rankladder: links in a clone, folders in the wheel


def script(name: str) -> ModuleType:
    """A file of ``.ci`` as a module; a folder with a dot is no package."""
    spec = spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f".ci/{name}.py")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def copy_of_checkout(to: Path) -> Path:
    """What is needed to build and to lint, without caches."""
    without = shutil.ignore_patterns("__pycache__", ".*_cache")
    for folder in ("rankladder", *CHILDREN, "benchmarks", "tests"):
        shutil.copytree(ROOT / folder, to / folder, ignore=without, symlinks=True)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / file, to / file)
    return to
