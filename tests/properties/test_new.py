"""``rankladder new``: the file it writes works with every command that takes claims."""

from __future__ import annotations

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


def test_explore_takes_a_file_without_an_id(written: Path, capsys) -> None:
    words = ["explore", "my_claims.py", "--all-assumptions", "--budget", "20", "--examples", "100", "--json"]
    assert main(words) == 0
    table = {e["dropped"]: e["needed"] for e in json.loads(capsys.readouterr().out)}
    assert table == {"small-step": True, "below": True}


@pytest.mark.parametrize("words", [["prove", "my-one-step", "my_claims.py"], ["prove", "my_claims.py"]])
def test_prove_proves_the_lemma(written: Path, capsys, words: list[str]) -> None:
    assert main([*words, "--json"]) == 0
    assert [(p["id"], p["status"]) for p in printed(capsys)["proofs"]] == [("my-one-step", "proved")]


def test_show_and_plot_take_the_file(written: Path, capsys) -> None:
    assert main(["show", "my-no-overshoot", "my_claims.py"]) == 0
    assert "no orbit passes the limit" in capsys.readouterr().out
    assert main(["show", "my_claims.py", "--json"]) == 0
    assert [c["id"] for c in printed(capsys)["claims"]] == ["my-one-step", "my-no-overshoot"]
    draw = ["plot", "margin", "my_claims.py", "--claim", "my-no-overshoot", "--out", "m.png"]
    assert main(draw) == 0  # around an instance that satisfies the assumptions
    assert main(["explore", "my-no-overshoot", "my_claims.py", "--examples", "50"]) == 0
    assert main(draw) == 0  # around what was found
    assert (written.parent / "m.png").exists()
    assert main(["plot", "phase", "my_claims.py"]) == 2
    assert "plot phase takes no file" in capsys.readouterr().err


def test_prove_says_that_there_is_nothing_to_prove(written: Path, capsys) -> None:
    written.write_text(
        "from rankladder import Real, claim\n\n\n@claim('mine', over=dict(x=Real(0, 1)))\ndef _(x):\n    return abs(x)\n"
    )
    assert main(["prove", "my_claims.py"]) == 2
    said = capsys.readouterr().err
    assert "no way is known to prove mine" in said and "lemma(" not in said


def test_prove_says_how_a_polynomial_margin_is_stated_as_a_relation(written: Path, capsys) -> None:
    written.write_text(
        "from rankladder import Real, claim\n\n\n@claim('mine', over=dict(x=Real(0, 1)))\ndef _(x):\n    return x * x + 1\n"
    )
    assert main(["prove", "my_claims.py"]) == 2
    assert "lemma('mine', x**2 + 1 >= 0, over=…)" in capsys.readouterr().err


def test_boundary_without_an_id_says_what_to_write(written: Path, capsys) -> None:
    assert main(["boundary", "my_claims.py", "--parameter", "s"]) == 2
    assert "rankladder boundary ID my_claims.py" in capsys.readouterr().err
