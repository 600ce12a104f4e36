"""The counterexamples and the table of assumptions that come with the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.language.verdict import Expectation
from rankladder.report.words import assumption_texts
from rankladder.storage.counterexamples import kept_witness

TABLE = Path(__file__).resolve().parents[2] / "docs" / "assumptions.md"
ROW = re.compile(r"\| (?P<id>\S+) \| `(?P<name>[^`]+)` \| (?P<says>.*?) \| (?P<standing>needed|not needed as far as [\d,]+ instances show|undefined) \| (?P<witness>.*) \|")  # fmt: skip


def rows() -> list[re.Match[str]]:
    return [
        match for line in TABLE.read_text(encoding="utf-8").splitlines() if (match := ROW.fullmatch(line))
    ]


def test_table_of_assumptions_is_complete_and_current() -> None:
    wanted = {
        (c.id, name): text.replace("|", "\\|")
        for c in load_catalogue().values()
        if c.expects is not Expectation.refuted
        for name, text in assumption_texts(c).items()
    }
    assert {(row["id"], row["name"]): row["says"] for row in rows()} == wanted


def test_what_the_table_calls_needed_has_its_witness_kept() -> None:
    needed = [row for row in rows() if row["standing"] == "needed"]
    assert len(needed) > 200
    for row in needed:
        witness = kept_witness(load_catalogue()[row["id"]], row["name"])
        assert witness is not None, row["id"]
        assert row["witness"].replace("\\|", "|").startswith(f"`{witness.instance}`")


def test_replay_and_show_know_them(capsys) -> None:
    assert main(["show", "STEP-1.monotone"]) == 0
    assert "small-step: 2*s <= 1; needed (without it false at s=" in capsys.readouterr().out
    assert main(["replay", "--kept", "--store", "elsewhere"]) == 2
    assert "--kept" in capsys.readouterr().err
