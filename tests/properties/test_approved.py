"""What three commands print at 80 columns, against texts that a person has read: a change of them is to be seen.

A text that is meant to change is written anew by `python -m pytest tests/properties/test_approved.py -m "" --accept-text`; read the
difference in git before it is committed.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rankladder.app.main import main

TEXTS = Path(__file__).with_name("approved")
ACCEPT = 'python -m pytest tests/properties/test_approved.py -m "" --accept-text'

# one claim that is proved, one that is tested, on a part of what it states, and one that is false
CLAIMS = """\
from rankladder import Int, Real, claim, lemma, symbols

x, y = symbols("x y")

lemma("mean", x * y <= ((x + y) / 2) ** 2, title="the square of a mean is at least the product")
lemma("cube", x**3 + 1 >= 2 * x, over={"x": Real(0, drawn=4)}, title="a cube and one are at least the double")


@claim("bernoulli", over=dict(a=Real(0, drawn=4), n=Int(1, 20)))
def bernoulli(a, n):
    \"\"\"a power of 1 + a is at least its first two terms\"\"\"
    return (1 + a) ** n - 1 - n * a
"""


@pytest.fixture
def approve(tmp_path, monkeypatch, capsys, request) -> Callable[..., None]:
    """Runs a command, whose text must be the kept one; how long it took is no part of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("claims.py").write_text(CLAIMS)

    def run(name: str, words: Sequence[str], code: int = 0) -> None:
        assert main(words) == code
        printed = re.sub(r"\d+ s\)", "# s)", capsys.readouterr().out)
        file = TEXTS / f"{name}.txt"
        if request.config.getoption("--accept-text"):
            file.write_text(printed, encoding="utf-8")
        kept = file.read_text(encoding="utf-8") if file.exists() else ""
        if printed != kept:
            names = f"approved/{name}.txt", f"rankladder {' '.join(words)}"
            changes = difflib.unified_diff(kept.splitlines(), printed.splitlines(), *names, lineterm="")
            pytest.fail("\n".join([*changes, "", f"to accept this text: {ACCEPT}"]), pytrace=False)

    return run


def test_a_check_of_a_small_file_of_claims(approve: Callable[..., None]) -> None:
    approve("check", ["check", "claims.py", "--workers", "1"], code=1)


def test_what_is_shown_of_one_claim(approve: Callable[..., None]) -> None:
    approve("show", ["show", "GD-4.upper"])


@pytest.mark.slow
def test_the_answers_about_the_paper(approve: Callable[..., None]) -> None:
    approve("paper", ["paper"])
