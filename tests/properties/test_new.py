"""``rankladder new``: the file it writes works with every command that takes claims."""

from pathlib import Path

import pytest

from rankladder.app.main import main
from tests.commands import answer, refusal


@pytest.fixture
def written(tmp_path, monkeypatch, capsys) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my_claims.py"]) == 0
    assert "rankladder check my_claims.py" in capsys.readouterr().out
    return tmp_path / "my_claims.py"


def test_check_finds_one_true_and_one_false(written: Path, capsys) -> None:
    found = answer(capsys, "check", "my_claims.py", "--profile", "quick", "--workers", "1")
    verdicts = {c["id"]: c["verdict"] for c in found["claims"]}
    assert verdicts == {"my-one-step": "proved", "my-no-overshoot": "refuted"}


@pytest.mark.slow
def test_explore_takes_a_file_without_an_id(written: Path, capsys) -> None:
    words = ["explore", "my_claims.py", "--all-assumptions", "--budget", "20", "--examples", "20"]
    table = {e["dropped"]: e["needed"] for e in answer(capsys, *words)}
    assert table == {"small-step": True, "below": True}


@pytest.mark.parametrize("words", [["prove", "my-one-step", "my_claims.py"], ["prove", "my_claims.py"]])
def test_prove_proves_the_lemma(written: Path, capsys, words: list[str]) -> None:
    proofs = answer(capsys, *words)["proofs"]
    assert [(p["id"], p["status"]) for p in proofs] == [("my-one-step", "proved")]


@pytest.mark.slow
def test_show_and_plot_take_the_file(written: Path, capsys) -> None:
    assert main(["show", "my-no-overshoot", "my_claims.py"]) == 0
    assert "no orbit passes the limit" in capsys.readouterr().out
    claims = answer(capsys, "show", "my_claims.py")["claims"]
    assert [c["id"] for c in claims] == ["my-one-step", "my-no-overshoot"]
    draw = ["plot", "margin", "my_claims.py", "--claim", "my-no-overshoot", "--out", "m.png"]
    assert main(draw) == 0  # around an instance that satisfies the assumptions
    assert main(["explore", "my-no-overshoot", "my_claims.py", "--examples", "10"]) == 0
    assert main(draw) == 0  # around what was found
    assert (written.parent / "m.png").exists()
    capsys.readouterr()
    assert "plot phase takes no file" in refusal(capsys, "plot", "phase", "my_claims.py")
