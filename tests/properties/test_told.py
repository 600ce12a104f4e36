"""What is printed is what was shown: counterexamples with their own margins, what was drawn, what was left out."""

from __future__ import annotations

import json
import re
import textwrap
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np

from rankladder import Real, always, check, claim, strictly, symbols
from rankladder.app.main import main
from rankladder.language.instance import Instance
from rankladder.language.verdict import Verdict
from rankladder.search.draws import satisfies
from rankladder.search.examination import examine
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge

s, x, y = symbols("s x y")


def _evidence(result: Any) -> str:
    return "; ".join(e.detail for e in result.evidence)


def _written(folder: Path, text: str) -> str:
    file = folder / "told.py"
    file.write_text("from rankladder import *\nfrom fractions import Fraction\n" + textwrap.dedent(text))
    return str(file)


# -- one judge ------------------------------------------------------------------------------------------------------


def test_one_instance_shown_ends_as_the_judge_ends() -> None:
    @claim("told-tie", over={"x": Real(0, 1)})
    def tie(x: Any) -> Any:
        return strictly(3 * x - 1)  # at 1/3 no ball tells it from zero

    @claim("told-plain", over={"x": Real(0, 1)})
    def plain(x: Any) -> Any:
        return 1 / (1 + x) - F(1, 2)

    for stated, at in ((tie, F(1, 3)), (tie, F(1, 2)), (plain, F(1)), (plain, F(2, 3))):
        instance = Instance.of(x=at)
        seen, judged = examine(stated, instance).judgement, judge(stated, instance)
        assert (seen.outcome, seen.bits, seen.margin) == (judged.outcome, judged.bits, judged.margin)
    assert examine(tie, Instance.of(x=F(1, 3))).judgement.outcome == "violated"
    assert len(examine(tie, Instance.of(x=F(1, 3))).rungs) > 1


def test_an_instance_applies_exactly_where_it_satisfies_the_claim() -> None:
    stated = claim("told-applies", over={"x": Real(0, 2), "y": Real(0, 2)},
                   given={"pole": 1 / (x - 1) <= y, "below": lambda x, y: 2 * y - x})(lambda x, y: x)  # fmt: skip
    for at in (F(1, 2), F(1), F(3, 2), F(3)):
        instance = Instance.of(x=at, y=F(1))
        assert examine(stated, instance).applies is satisfies(stated, instance)


def test_the_margin_beside_a_counterexample_is_its_own(tmp_path, capsys) -> None:
    file = _written(tmp_path, """
        @claim("told-far", over=dict(x=Real(0, 1)))
        def _(x):
            return Fraction(1, 3) - x
    """)  # fmt: skip
    assert main(["check", file, "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)["claims"]
    assert row["margin"] == row["counterexample"]["margin"] > row["counterexample"]["worst"]["margin"]
    main(["check", file, "--at", row["counterexample"]["instance"], "--json"])
    assert json.loads(capsys.readouterr().out)["at"]["margin"]["mid"] == row["margin"]


# -- explore --------------------------------------------------------------------------------------------------------


def test_an_exploration_with_open_instances_is_suspect_as_a_check_is() -> None:
    @claim("told-open", over={"x": Real(0, 4)})
    def stated(x: Any) -> Any:
        return np.sqrt(x - 1)

    explored, checked = explore_claim(stated, budget=30, most=200), check(stated)
    assert explored.verdict is checked.verdict is Verdict.suspect
    assert explored.note.startswith("the margin is undefined (NaN) on ") and "first at x=" in explored.note
    assert "assume what makes it defined" in explored.note and "assume what makes it defined" in _evidence(
        checked
    )


def test_nothing_to_explore_is_said_of_what_was_asked() -> None:
    stated = claim("told-empty", over={"x": Real(0, 1)}, given={"large": x > 2, "small": x < 3})(lambda x: x)
    assert "instance was found that satisfies the assumptions" in explore_claim(stated, budget=1).note
    dropped = explore_claim(stated, drop="small", budget=1)
    assert dropped.verdict.inconclusive and "the other assumptions while small fails" in dropped.note


def test_a_claim_that_the_budget_does_not_reach_is_unfinished_whatever_it_assumes() -> None:
    stated = claim("told-late", over={"x": Real(0, 1)})(lambda x: x)
    explored, checked = explore_claim(stated, budget=1e-9), check(stated, budget=1e-9)
    assert explored.verdict is checked.verdict is Verdict.unfinished
    assert (checked.status, checked.complete) == ("inconclusive", False)
    assert "the time was up" in explored.note and "assumptions" not in _evidence(checked)


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


# -- what was drawn -------------------------------------------------------------------------------------------------


def test_a_check_of_few_claims_says_what_it_drew(tmp_path, capsys) -> None:
    file = _written(tmp_path, """
        @claim("told-drawn", over=dict(x=Real(1, 3), n=Int(4, 4)))
        def _(x, n):
            return x * n
    """)  # fmt: skip
    assert main(["check", file, "--profile", "quick"]) == 0
    assert re.search(r"drawn +x 1 to 3, n 4$", capsys.readouterr().out, re.MULTILINE)


def test_draws_that_miss_the_assumptions_are_told() -> None:
    circle = claim("told-circle", over={"x": Real(-3, 3), "y": Real(-3, 3)},
                   given={"circle": lambda x, y: 1e-9 - abs(x * x + y * y - 1)})(lambda x, y: x + 9)  # fmt: skip
    found = check(circle)
    assert found.discarded > found.instances
    assert f"{found.discarded} draws (most for circle)" in _evidence(found)


def test_how_far_a_recursion_was_followed_is_told() -> None:
    z, z0 = symbols("z z0")
    stated = always("told-steps", z > 0, start={z: z0}, step={z: z / (1 + z)}, over={"z0": Real(0, 1)})
    found = check(stated)
    assert f"followed up to step {found.region['steps'][1]:.0f}" in _evidence(found)


def test_a_conclusion_that_takes_no_batches_is_told() -> None:
    @claim("told-typo", over={"x": Real(0, 1)})
    def typo(x: Any) -> Any:
        return x if not isinstance(x, np.ndarray) else x.summ()

    @claim("told-branch", over={"x": Real(0, 1)})
    def branch(x: Any) -> Any:
        return x if x > 0 else -x

    assert "not looked at in float64 batches: AttributeError" in _evidence(check(typo))
    assert "not looked at in float64 batches: the conclusion branches on a number" in _evidence(check(branch))
