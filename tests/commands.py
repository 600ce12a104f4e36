"""The command line, in this process."""

import json
from typing import Any

import pytest

from rankladder.app.main import main


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    """The document that a command prints: JSON to the letter, with this exit code."""
    assert main([*words, "--json"]) == code

    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is no JSON")

    return json.loads(capsys.readouterr().out, parse_constant=refuse)


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line with which a command refuses what it is given."""
    assert main(list(words)) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    return str(captured.err)
