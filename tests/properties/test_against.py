"""``check --against`` and ``check --at``: what changed since an earlier check, and one instance step by step."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rankladder.app.main import main
from rankladder.app.new_command import EXAMPLE
from rankladder.language.verdict import Expectation, Result, Verdict
from rankladder.report.comparison import compare
from tests.commands import answer, refusal

CHECK = ["check", "my_claims.py", "--profile", "quick", "--workers", "1"]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> dict[str, Any]:
    """The document of one check of the example."""
    import contextlib
    import io

    file = tmp_path_factory.mktemp("earlier") / "my_claims.py"
    file.write_text(EXAMPLE)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["check", str(file), "--profile", "quick", "--workers", "1", "--json"]) == 0
    return json.loads(out.getvalue())


@pytest.fixture
def folder(tmp_path, monkeypatch, earlier: dict[str, Any]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_claims.py").write_text(EXAMPLE)
    (tmp_path / "old.json").write_text(json.dumps(earlier))
    return tmp_path


def test_a_claim_that_became_false_is_worse(folder: Path, capsys) -> None:
    text = EXAMPLE.replace("2 * s <= 1", "2 * s <= 2")
    (folder / "my_claims.py").write_text(text)
    assert main([*CHECK, "--against", "old.json"]) == 1
    out = capsys.readouterr().out
    assert "worse          my-one-step: proved -> refuted" in out
    assert "1 changes, 1 for the worse" in out


def test_a_verdict_that_weakened_makes_the_exit_code_1(folder: Path, capsys) -> None:
    # asked for as a function the lemma is only tested: as expected, so check alone would say 0
    text = EXAMPLE.split("lemma(\n")[0] + (
        '@claim("my-one-step", over=dict(s=Real(0, 2), x=Real(0, 2)), given={"a": 2 * s <= 1, "b": x <= 1})\n'
        "def _(s, x):\n    return 1 - x * (1 + s * (1 - x)) ** 2\n"
    )
    (folder / "my_claims.py").write_text(text)
    assert main(CHECK) == 0
    capsys.readouterr()
    changes = answer(capsys, *CHECK, "--against", "old.json", code=1)["against"]
    assert [(c["id"], c["kind"], c["before"], c["after"]) for c in changes] == [
        ("my-one-step", "worse", "proved", "tested"),
        ("my-no-overshoot", "gone", "stated", "-"),
    ]


def result(verdict: str, margin: float | None = 1.0, **changes: Any) -> Result:
    return Result(**{"id": "A", "title": "", "expected": Expectation.holds, "verdict": Verdict(verdict),
                     "margin": margin, "instances": 60, "seed": 0} | changes)  # fmt: skip


def before(verdict: str, margin: Any = 1.0, **changes: Any) -> dict[str, dict[str, Any]]:
    return {"A": result(verdict, None).to_json() | {"margin": margin, **changes}}


def kinds(old: dict[str, dict[str, Any]], new: Result) -> list[str]:
    return [change.kind for change in compare(old, [new], known=["A"])]


@pytest.mark.parametrize(
    ("old", "new", "shrank"),
    [
        (0.5, 0.2, True),
        (0.5, 0.25, False),  # half is the rule, and half is not less than half
        (0.5, 0.0, True),
        (0.0, 0.0, False),
        ("inf", 1.0, True),
        (1.0, None, False),
    ],
)
def test_a_margin_shrank_when_less_than_half_is_left(old: Any, new: float | None, shrank: bool) -> None:
    assert kinds(before("tested", old), result("tested", new)) == (["margin"] if shrank else [])


@pytest.mark.parametrize(
    ("old", "new", "expected", "kind"),
    [("refuted", "tested", "refuted", "worse"), ("tested", "refuted", "refuted", "better"), ("tested", "error", "open", "worse")],
)  # fmt: skip
def test_a_verdict_is_worse_by_what_was_expected(old: str, new: str, expected: str, kind: str) -> None:
    assert kinds(before(old, expected=expected), result(new, expected=Expectation(expected))) == [kind]


CLAIM = json.dumps(before("tested")["A"])
NO_CHECK = "is no document of a check"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file or directory"),
        ("{", "is no JSON document"),
        ("{}", NO_CHECK),
        ('{"schema": 1, "claims": [{"id": "A"}]}', NO_CHECK),
        (f'{{"schema": 1, "claims": [{CLAIM.replace("tested", "guessed")}]}}', NO_CHECK),
        ('{"schema": 2, "claims": []}', "has schema 2 but 1 is known"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_document(folder: Path, capsys, text: str | None, message: str) -> None:
    (folder / "old.json").unlink()
    if text is not None:
        (folder / "old.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    said = refusal(capsys, *CHECK, "--against", "old.json")
    assert message in said and "give what rankladder check --json printed" in said


def at(instance: str, claim: str = "my-no-overshoot") -> list[str]:
    return ["check", "my_claims.py", "--only", claim, "--at", instance]


def orbit(s: Fraction, z: Fraction, steps: int) -> list[Fraction]:
    states = [z]
    for _ in range(steps):
        states.append(states[-1] * (1 + s * (1 - states[-1])) ** 2)
    return states


def test_one_instance_step_by_step(folder: Path, capsys) -> None:
    # expected to be refuted, so a counterexample is as expected
    seen = answer(capsys, *at("s=2/3, z0=1/4, steps=4"))["at"]
    exact = [1 - z for z in orbit(Fraction(2, 3), Fraction(1, 4), 4)]
    assert seen["outcome"] == "violated"
    assert seen["applies"] is True
    assert seen["count"] == 5
    assert [e["index"][0] for e in seen["entries"]] == sorted(range(5), key=exact.__getitem__)
    for e in seen["entries"]:
        # a float64 prints the middle of a ball of 192 bits: one rounding, 2^-53 relative
        assert math.isclose(e["mid"], exact[e["index"][0]], rel_tol=2**-52)
    assert seen["margin"]["mid"] == seen["entries"][0]["mid"]


def test_a_counterexample_to_what_should_hold_is_exit_code_1(folder: Path) -> None:
    (folder / "my_claims.py").write_text(EXAMPLE.replace('    expects="refuted",\n', ""))
    assert main(at("s=1, z0=1/2, steps=1")) == 1
    assert main(at("s=1/2, z0=1/2, steps=1")) == 0


@pytest.mark.parametrize(
    ("instance", "words"),
    [
        ("s=3/4, x=1/2", "small-step: 2*s <= 1: FAILS"),
        ("s=3/4, x=1/2", "says nothing about the claim: small-step is not met"),
        ("s=1/4, x=3", "x = 3, NOT in"),
        ("s=1/4, x=3", "says nothing about the claim: x is outside of its domain"),
    ],
)
def test_an_instance_outside_says_nothing(folder: Path, capsys, instance: str, words: str) -> None:
    assert main(at(instance, "my-one-step")) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert words in out
    assert "says nothing about the claim" in out
