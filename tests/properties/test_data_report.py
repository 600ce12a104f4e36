"""The report on a data set, as text and as what a browser makes of it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from rankladder.app.main import main
from tests.properties.test_report import Structure


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(3)
    X = rng.standard_normal((40, 3))
    np.save(made / "X <1>.npy", X)  # a name that HTML must escape
    np.save(made / "Y.npy", X @ np.diag([3.0, 1.5, 0.7]) + 0.1 * rng.standard_normal((40, 3)))
    return made


@pytest.fixture(scope="module")
def report(folder: Path) -> Path:
    file = folder / "report.html"
    words = ["data", str(folder / "X <1>.npy"), str(folder / "Y.npy"), "--html", str(file), "--delta", "6"]
    assert main(words) == 0
    return file


def test_one_well_formed_file_without_references(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    structure = Structure()
    structure.feed(text)
    assert structure.open == []
    assert {a[:14] for a in structure.addresses} == {"data:,", "data:image/svg"}
    assert "://" not in re.sub(r'xmlns="[^"]*"', "", text)
    assert "X &lt;1&gt;.npy" in text
    assert "--delta 6" in text
    assert "\\" not in text


def test_it_says_what_the_command_says(report: Path, folder: Path, capsys) -> None:
    words = ["data", str(folder / "X <1>.npy"), str(folder / "Y.npy"), "--delta", "6", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    text = report.read_text(encoding="utf-8")
    assert found["sentence"] in text
    badges = re.findall(r'<dt>(A\d) <span class="badge \w+">(\w+)</span>', text)
    words_for = {True: "holds", False: "fails", None: "open"}
    assert dict(badges) == {name: words_for[said["holds"]] for name, said in found["assertions"].items()}
    for mode in found["modes"]:
        assert f"<td>{mode['sigma']:.4g}</td><td>{mode['lam']:.4g}</td>" in text
    for start in found["starts"].values():
        for row in start:
            assert f"<td>{row['rank']}</td><td>{row['transition_step']:,}</td>" in text
