"""``rankladder new``: the file it writes works with every command that takes claims."""

import json
from pathlib import Path

import pytest

from rankladder.app.main import main


@pytest.fixture
def written(tmp_path, monkeypatch, capsys) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my_claims.py"]) == 0
    assert "rankladder check my_claims.py" in capsys.readouterr().out
    return tmp_path / "my_claims.py"


def printed(capsys) -> dict:
    return json.loads(capsys.readouterr().out)


def test_check_finds_one_true_and_one_false(written: Path, capsys) -> None:
    assert main(["check", "my_claims.py", "--profile", "quick", "--workers", "1", "--json"]) == 0
    verdicts = {c["id"]: c["verdict"] for c in printed(capsys)["claims"]}
    assert verdicts == {"my-one-step": "proved", "my-no-overshoot": "refuted"}


@pytest.mark.slow
def test_explore_takes_a_file_without_an_id(written: Path, capsys) -> None:
    words = ["explore", "my_claims.py", "--all-assumptions", "--budget", "20", "--examples", "20", "--json"]
    assert main(words) == 0
    table = {e["dropped"]: e["needed"] for e in json.loads(capsys.readouterr().out)}
    assert table == {"small-step": True, "below": True}


@pytest.mark.parametrize("words", [["prove", "my-one-step", "my_claims.py"], ["prove", "my_claims.py"]])
def test_prove_proves_the_lemma(written: Path, capsys, words: list[str]) -> None:
    assert main([*words, "--json"]) == 0
    assert [(p["id"], p["status"]) for p in printed(capsys)["proofs"]] == [("my-one-step", "proved")]


@pytest.mark.slow
def test_show_and_plot_take_the_file(written: Path, capsys) -> None:
    assert main(["show", "my-no-overshoot", "my_claims.py"]) == 0
    assert "no orbit passes the limit" in capsys.readouterr().out
    assert main(["show", "my_claims.py", "--json"]) == 0
    assert [c["id"] for c in printed(capsys)["claims"]] == ["my-one-step", "my-no-overshoot"]
    draw = ["plot", "margin", "my_claims.py", "--claim", "my-no-overshoot", "--out", "m.png"]
    assert main(draw) == 0  # around an instance that satisfies the assumptions
    assert main(["explore", "my-no-overshoot", "my_claims.py", "--examples", "10"]) == 0
    assert main(draw) == 0  # around what was found
    assert (written.parent / "m.png").exists()
    assert main(["plot", "phase", "my_claims.py"]) == 2
    assert "plot phase takes no file" in capsys.readouterr().err
