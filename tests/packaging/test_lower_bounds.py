from __future__ import annotations

import tomllib

import pytest

from tests.packaging.checkout import ROOT, script

lowest = script("lowest").lowest

PROJECT = """
[project]
name = "me"
dependencies = ["numpy>=1.23.2"]
[project.optional-dependencies]
plot = ["matplotlib>=3.6"]
test = ["me[plot]", "pytest>=8.2"]
"""


def test_a_lower_bound_becomes_the_only_version() -> None:
    assert lowest(PROJECT) == ["matplotlib==3.6", "numpy==1.23.2", "pytest==8.2"]


@pytest.mark.parametrize(
    "requirement", ["numpy", "numpy~=1.23", "numpy>=1.23,<3", "numpy>=1.23; os_name=='nt'"]
)
def test_a_requirement_without_a_plain_lower_bound_is_refused(requirement: str) -> None:
    with pytest.raises(ValueError, match="lower bound"):
        lowest(PROJECT.replace("numpy>=1.23.2", requirement))


def test_every_core_dependency_of_this_project_has_a_lower_bound() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pinned = {pin.split("==")[0] for pin in lowest(text)}
    named = {requirement.split(">=")[0] for requirement in tomllib.loads(text)["project"]["dependencies"]}
    assert {"numpy", "sympy", "hypothesis", "python-flint"} <= named <= pinned
