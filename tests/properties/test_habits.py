"""What people type and give: patterns, labels, data frames, a verdict in LaTeX."""

import re

import numpy as np
import pytest

from rankladder.app.main import main
from rankladder.language.library import UnknownClaim, load_catalogue, select
from rankladder.properties.gidel2019.data.reading import read_dataset
from rankladder.usage import UsageError
from tests.commands import answer, refusal

SAMPLES = np.random.default_rng(3).standard_normal((30, 3))


def test_a_pattern_chooses_what_it_matches_and_no_twin() -> None:
    known = load_catalogue()
    assert set(select(known, ["gd-4.step-*"])) == {i for i in known if i.startswith("GD-4.step-")}
    assert set(select(known, ["*.not-*"])) == {i for i in known if ".not-" in i}
    assert all(i.startswith("GD-4.upper~") for i in select(known, ["GD-4.upper~*"]))
    assert not any("~" in i for i in select(known, ["GD-*", "GD-4.upper~*"]) if i[:11] != "GD-4.upper~")
    with pytest.raises(UnknownClaim, match="unknown claim id 'NO-\\*'"):
        select(known, ["NO-*"])


def test_check_takes_labels_as_data_does(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    labels = np.arange(30) % 3
    for name, part in (("X", SAMPLES), ("labels", labels), ("columns", np.eye(3)[labels])):
        np.save(f"{name}.npy", part)
    words = ["--only", "LIN-5.rank-any", "--examples", "2", "--profile", "quick", "--workers", "1"]
    one, two = (
        answer(capsys, "check", *words, "--data", "X.npy", *targets)["data"]["sigma"]
        for targets in (["labels.npy", "--one-hot"], ["columns.npy"])
    )
    np.save("all.npy", np.column_stack([SAMPLES, labels]))
    third = answer(capsys, "check", *words, "--data", "all.npy", "--target", "4", "--one-hot")["data"][
        "sigma"
    ]
    assert one == two == third
    assert "give --data X Y" in refusal(capsys, "check", "--only", "LIN-5.rank-any", "--one-hot")


def test_a_data_frame_is_read_as_the_table_it_is(tmp_path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {name: SAMPLES[:, i] for i, name in enumerate("abc")}
    # pandas keeps an index beside the columns, and says so where it has a name
    indexed = pyarrow.table({**columns, "__index_level_0__": np.arange(30), "id": np.arange(30)[::-1]})
    indexed = indexed.replace_schema_metadata({"pandas": '{"index_columns": ["__index_level_0__", "id"]}'})
    parquet.write_table(indexed, tmp_path / "X.parquet")
    np.save(tmp_path / "X.npy", SAMPLES)
    frame, array = (
        read_dataset(str(tmp_path / f"X.{ending}"), None, center=True, standardize=True)
        for ending in ("parquet", "npy")
    )
    assert np.array_equal(frame.Sxx, array.Sxx)
    parquet.write_table(pyarrow.table({"a": SAMPLES[:, 0], "name": ["x"] * 30}), tmp_path / "names.parquet")
    (tmp_path / "text.parquet").write_text("a,b\n1,2\n")
    for name, message in (("names", "column 'name' has type string"), ("text", "cannot be read as .parquet")):
        with pytest.raises(UsageError, match=message):
            read_dataset(str(tmp_path / f"{name}.parquet"), None, center=None, standardize=False)


def test_a_verdict_in_latex_is_the_one_that_a_check_came_to(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "from rankladder import lemma, symbols\nx = symbols('x')\n"
        "lemma('my_sum', x**2 + 1 >= 2 * x, title='x^2 & more')\nlemma('my-cube', x**3 >= x, title='σ ≤ 1', expects='refuted')\nlemma('bare', x**2 >= x - 1)\n"
    )
    assert main(["list", "mine.py", "--latex", "verdicts.tex", "--workers", "1", "--seed", "3"]) == 0
    text = (tmp_path / "verdicts.tex").read_text()
    # pdfLaTeX takes no Greek letters, and an id is no statement
    assert r"my-cube & $\sigma$ $\le$ 1 & refuted" in text
    assert re.search(r"bare & \$.*x\^\{2\}.*\$ & proved", text)
    assert "z3-solver" in text
    assert re.search(r"(?m)^\\rl@claim\{my_sum\}\{proved\}\{1 obligation by identities\}\{.*\}$", text)
    assert re.search(r"(?m)^\\rl@claim\{my-cube\}\{refuted\}\{x=-?\d.*\}\{.*\}$", text)
    assert r"my\_sum & x\textasciicircum{}2 \& more & proved & 1 obligation by identities \\" in text
    assert "seed 3" in text and "2 proved, 1 refuted as expected" in capsys.readouterr().err
    assert text.count("{") == text.count("}") + text.count(r"\{") - text.count(r"\}")
