"""What is printed is what was shown: counterexamples with their own margins, what was drawn, what was left out."""

import textwrap
from pathlib import Path
from typing import Any

import numpy as np

from rankladder import Real, always, check, claim, symbols
from rankladder.app.main import main
from rankladder.language.verdict import Verdict
from rankladder.search.explore import explore_claim
from tests.commands import answer

s, x, y = symbols("s x y")


def _evidence(result: Any) -> str:
    return "; ".join(e.detail for e in result.evidence)


def _written(folder: Path, text: str) -> str:
    file = folder / "told.py"
    file.write_text("from rankladder import *\nfrom fractions import Fraction\n" + textwrap.dedent(text))
    return str(file)


def test_the_margin_beside_a_counterexample_is_its_own(tmp_path, capsys) -> None:
    file = _written(tmp_path, """
        @claim("told-far", over=dict(x=Real(0, 1)))
        def _(x):
            return Fraction(1, 3) - x
    """)  # fmt: skip
    (row,) = answer(capsys, "check", file, code=1)["claims"]
    assert row["margin"] == row["counterexample"]["margin"] > row["counterexample"]["worst"]["margin"]
    again = answer(capsys, "check", file, "--at", row["counterexample"]["instance"], code=1)
    assert again["at"]["margin"]["mid"] == row["margin"]


def test_an_exploration_with_open_instances_is_suspect_as_a_check_is() -> None:
    @claim("told-open", over={"x": Real(0, 4)})
    def stated(x: Any) -> Any:
        return np.sqrt(x - 1)

    explored, checked = explore_claim(stated, budget=30, most=200), check(stated)
    assert explored.verdict is checked.verdict is Verdict.suspect
    assert explored.note.startswith("the margin is undefined (NaN) on ") and "first at x=" in explored.note
    assert all("assume what makes it defined" in said for said in (explored.note, _evidence(checked)))


def test_of_a_claim_that_is_false_anyway_no_assumption_is_needed(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = str(tmp_path / "told.py")
    Path(file).write_text(
        "from rankladder import *\nx = symbols('x')\n"
        "@claim('told-false', over=dict(x=Real(0, 4)), given={'low': x <= 2})\ndef _(x):\n    return 1 - x\n"
        "@claim('told-true', over=dict(x=Real(0, 4)), given={'low': x <= 2})\ndef _(x):\n    return 2 - x\n"
    )
    assert main(["explore", "told-false", file, "--drop", "low", "--budget", "20"]) == 1
    out = capsys.readouterr().out
    assert "assumption low: needed" not in out
    assert "the claim is refuted with every assumption kept (at x=" in out
    assert "so whether low is needed has no answer" in out
    assert main(["explore", "told-true", file, "--drop", "low", "--budget", "20"]) == 0
    assert "assumption low: needed (without it false at x=" in capsys.readouterr().out
    assert main(["show", "told-true", file]) == 0
    assert "low: x <= 2; needed (without it false at x=" in capsys.readouterr().out


def test_how_far_a_recursion_was_followed_is_told() -> None:
    z, z0 = symbols("z z0")
    stated = always("told-steps", z > 0, start={z: z0}, step={z: z / (1 + z)}, over={"z0": Real(0, 1)})
    found = check(stated)
    assert f"followed up to step {found.region['steps'][1]:.0f}" in _evidence(found)


def test_a_gloss_is_called_one_wherever_a_claim_is_told(tmp_path, capsys) -> None:
    file = _written(tmp_path, """
        a, b = symbols("a b")
        claim("told-gloss", over=dict(x=Real(0, 1)), statement="x^2")(lambda x: 1 - x)
        lemma("told-formula", a * a + b * b >= 2 * a * b)
    """)  # fmt: skip
    for id, at, word, other in (
        ("told-gloss", "x=1/2", "gloss", "statement"), ("told-formula", "a=1, b=2", "statement", "gloss"),
    ):  # fmt: skip
        for words in (["show", id, file], ["check", file, "--only", id, "--at", at]):
            assert main(words) == 0
            said = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.strip()]
            assert word in said and other not in said, words
            assert said.count(id) == 1, "a claim without a title has its id once"


def test_what_was_drawn_is_not_set_beside_a_counterexample_that_lies_outside(tmp_path, capsys) -> None:
    file = _written(tmp_path, """
        claim("told-outside", over=dict(z=Real(0, 1)))(lambda z: Fraction(1, 12) - z)
    """)  # fmt: skip
    assert main(["check", file, "--only", "told-outside"]) == 1
    out = capsys.readouterr().out
    assert "counterexample  z=" in out and "\n  drawn" not in out


def test_a_question_without_an_answer_has_one_name_and_its_whole_reason(
    tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    file = _written(tmp_path, """
        x = symbols("x")
        claim("told-anyway", over=dict(x=Real(0, 4)), given={"low": x <= 2})(lambda x: 1 - x)
    """)  # fmt: skip
    main(["explore", "told-anyway", file, "--all-assumptions", "--budget", "5"])
    out = capsys.readouterr().out
    assert "told-anyway  low  undefined (" in out and "1 undefined" in out
    assert "so whether low is needed has no answer" in " ".join(out.split())
