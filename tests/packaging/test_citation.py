"""The citation file says what programs that read it require, and the version is the package's."""

from __future__ import annotations

import tomllib

import pytest

from tests.packaging.checkout import ROOT


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
