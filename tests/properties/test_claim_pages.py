"""The pages of claims and of derivations."""

from __future__ import annotations

from typing import Any

import pytest

from rankladder import Real, claim, symbols
from rankladder.app import claim_pages as pages
from rankladder.language.library import load_catalogue
from rankladder.language.statement import Claim
from rankladder.usage import UsageError

x = symbols("x")


def stated(name: str, **rest: Any) -> Claim:
    made: Claim = claim(name, over={"x": Real(0, 4)}, **rest)(lambda x: 1 - x)
    return made


CLAIMS: dict[str, dict[str, Any]] = {
    "P-1.a": {"given": {"low_er": x <= 1}, "title": "a_b", "statement": "x\n  \\le 1", "source": "a|b"},
    "P-1.B": {"expects": "refuted", "title": "c"}, "Q'-1": {"expects": "open", "title": "d"},
}  # fmt: skip


def test_pages_are_written_or_it_is_said_why_not(tmp_path) -> None:
    own = {id: stated(id, **rest) for id, rest in CLAIMS.items()}
    assert pages.write_pages(own, tmp_path) == [tmp_path / name for name in ("README.md", "P.md", "Q_.md")]
    page = (tmp_path / "P.md").read_text(encoding="utf-8")
    # marks of Markdown in a user's words are escaped, and who reads the page learns how it is made again
    for words in (
        "a\\_b.",
        "x \\le 1",
        "**low\\_er**: x \\<= 1",
        "a\\|b",
        "**false**",
        f"--markdown {tmp_path}",
    ):
        assert words in page
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file/deeper: .*; give a folder that can be written"):
        pages.write_pages(own, tmp_path / "file" / "deeper")
    # derivations are those behind claims of the catalogue
    catalogue = {id: load_catalogue()[id] for id in ("GD-4.upper", "GD-4.lower")}
    files = pages.write_pages(own | catalogue, tmp_path)
    assert files[-1] == tmp_path / "derivations.md"
    assert "GD-4" in files[-1].read_text(encoding="utf-8")
