"""``check --against`` and ``check --at``: what changed since an earlier check, and one instance step by step."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rankladder.app.main import main
from rankladder.app.new_command import EXAMPLE
from rankladder.language.verdict import Expectation, Result, Verdict
from rankladder.report.comparison import compare, read_document
from rankladder.usage import UsageError

CHECK = ["check", "my_claims.py", "--profile", "quick", "--workers", "1"]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
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
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earlier: dict[str, Any]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_claims.py").write_text(EXAMPLE)
    (tmp_path / "old.json").write_text(json.dumps(earlier))
    return tmp_path


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "old.json"
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))


def test_the_same_check_again_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CHECK, "--against", "old.json"]) == 0
    assert "against old.json: 0 changes, 0 for the worse" in capsys.readouterr().out


def test_a_claim_that_became_false_is_worse(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = EXAMPLE.replace("2 * s <= 1", "2 * s <= 2")
    (folder / "my_claims.py").write_text(text)
    assert main([*CHECK, "--against", "old.json"]) == 1
    out = capsys.readouterr().out
    assert "worse          my-one-step: proved -> refuted" in out
    assert "1 changes, 1 for the worse" in out


def test_a_verdict_that_weakened_makes_the_exit_code_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # asked for as a function the lemma is only tested: as expected, so check alone would say 0
    text = EXAMPLE.split("lemma(\n")[0] + (
        '@claim("my-one-step", over=dict(s=Real(0, 2), x=Real(0, 2)), given={"a": 2 * s <= 1, "b": x <= 1})\n'
        "def _(s, x):\n    return 1 - x * (1 + s * (1 - x)) ** 2\n"
    )
    (folder / "my_claims.py").write_text(text)
    assert main(CHECK) == 0
    capsys.readouterr()
    assert main([*CHECK, "--against", "old.json", "--json"]) == 1
    changes = json.loads(capsys.readouterr().out)["against"]
    assert [(c["id"], c["kind"], c["before"], c["after"]) for c in changes] == [
        ("my-one-step", "worse", "proved", "tested"),
        ("my-no-overshoot", "gone", "stated", "-"),
    ]


def test_claims_that_came_and_went_leave_the_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def rename(document: dict[str, Any]) -> None:
        document["claims"][0]["id"] = "my-older"

    rewrite(folder, rename)
    assert main([*CHECK, "--against", "old.json"]) == 0
    out = capsys.readouterr().out
    assert "gone           my-older" in out
    assert "new            my-one-step: proved" in out
    # what was not asked for is neither
    assert main([*CHECK, "--against", "old.json", "--only", "my-no-overshoot"]) == 0
    assert "my-one-step" not in capsys.readouterr().out


def result(verdict: str, margin: float | None, **changes: Any) -> Result:
    return Result(**{"id": "A", "title": "", "expected": Expectation.holds, "verdict": Verdict(verdict),
                     "margin": margin, "instances": 60, "seed": 0} | changes)  # fmt: skip


def before(verdict: str, margin: Any, **changes: Any) -> dict[str, dict[str, Any]]:
    plain = result(verdict, None).to_json() | {"margin": margin, **changes}
    return {"A": plain}


@pytest.mark.parametrize(
    ("old", "new", "shrank"),
    [
        (0.5, 0.2, True),
        (0.5, 0.25, False),  # half is the rule, and half is not less than half
        (0.5, 0.9, False),
        (0.5, 0.0, True),
        (0.0, 0.0, False),
        ("inf", 1.0, True),
        (None, 1.0, False),
        (1.0, None, False),
        ("nan", 1.0, False),
    ],
)
def test_a_margin_shrank_when_less_than_half_is_left(old: Any, new: float | None, shrank: bool) -> None:
    changes = compare(before("tested", old), [result("tested", new)], known=["A"])
    assert [c.kind for c in changes] == (["margin"] if shrank else [])


def test_margins_of_other_draws_are_said_to_be() -> None:
    (same,) = compare(before("tested", 1), [result("tested", 0.1)], known=["A"])
    (other,) = compare(before("tested", 1, seed=7), [result("tested", 0.1)], known=["A"])
    assert same.note == ""
    assert "seed" in other.note


@pytest.mark.parametrize(
    ("old", "new", "expected", "kind"),
    [
        ("proved", "certified", "holds", "worse"),
        ("certified", "tested", "holds", "worse"),
        ("tested", "suspect", "holds", "worse"),
        ("suspect", "refuted", "holds", "worse"),
        ("refuted", "error", "holds", "worse"),
        ("refuted", "tested", "refuted", "worse"),
        ("tested", "refuted", "refuted", "better"),
        ("tested", "proved", "holds", "better"),
        ("vacuous", "suspect", "holds", "other"),
        ("tested", "error", "open", "worse"),
    ],
)
def test_the_order_of_verdicts(old: str, new: str, expected: str, kind: str) -> None:
    now = result(new, 1.0, expected=Expectation(expected))
    (change,) = compare(before(old, 1.0, expected=expected), [now], known=["A"])
    assert change.kind == kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read"),
        ("nonsense", "no JSON document"),
        ("[]", "no document of a check"),
        ("{}", "no document of a check"),
        ('{"schema": 2, "claims": []}', "schema 2"),
        ('{"schema": 1, "claims": [{"id": "A"}]}', "no document of a check"),
    ],
)
def test_a_file_that_is_no_document(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str
) -> None:
    (folder / "old.json").unlink()
    if text is not None:
        (folder / "old.json").write_text(text)
    assert main([*CHECK, "--against", "old.json"]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def at(folder: Path, instance: str, *words: str, claim: str = "my-no-overshoot") -> int:
    return main(["check", "my_claims.py", "--only", claim, "--at", instance, *words])


def orbit(s: Fraction, z: Fraction, steps: int) -> list[Fraction]:
    states = [z]
    for _ in range(steps):
        states.append(states[-1] * (1 + s * (1 - states[-1])) ** 2)
    return states


def test_one_instance_step_by_step(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # expected to be refuted, so a counterexample is as expected
    assert at(folder, "s=2/3, z0=1/4, steps=4", "--json") == 0
    seen = json.loads(capsys.readouterr().out)["at"]
    exact = [1 - z for z in orbit(Fraction(2, 3), Fraction(1, 4), 4)]
    assert seen["outcome"] == "violated"
    assert seen["applies"] is True
    assert seen["count"] == 5
    assert [e["index"][0] for e in seen["entries"]] == sorted(range(5), key=exact.__getitem__)
    for e in seen["entries"]:
        # a float64 prints the middle of a ball of 192 bits: one rounding, 2^-53 relative
        assert math.isclose(e["mid"], exact[e["index"][0]], rel_tol=2**-52)
    assert seen["margin"]["mid"] == seen["entries"][0]["mid"]


def test_the_text_names_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert at(folder, "s=1, z0=1/2, steps=1") == 0
    out = capsys.readouterr().out
    for words in (
        "parameter    z0 = 1/2, in the reals of (0, 1)",
        "assumption   small-step: s <= 1: holds",
        "-0.125 (192 bits): violated",
        "[1]  -0.125",
        "outcome      violated: a counterexample",
    ):
        assert words in out, out


def test_a_counterexample_to_what_should_hold_is_exit_code_1(folder: Path) -> None:
    (folder / "my_claims.py").write_text(EXAMPLE.replace('    expects="refuted",\n', ""))
    assert at(folder, "s=1, z0=1/2, steps=1") == 1
    assert at(folder, "s=1/2, z0=1/2, steps=1") == 0


@pytest.mark.parametrize(
    ("instance", "words"),
    [
        ("s=3/4, x=1/2", "small-step: 2*s <= 1: FAILS"),
        ("s=1/4, x=3", "x = 3, NOT in"),
    ],
)
def test_an_instance_outside_says_nothing_about_the_claim(
    folder: Path, capsys: pytest.CaptureFixture[str], instance: str, words: str
) -> None:
    assert at(folder, instance, claim="my-one-step") == 3
    out = capsys.readouterr().out
    assert words in out
    assert "says nothing about the claim" in out


def test_precision_climbs_until_it_decides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # e^101 is near 2^146: beside it, balls of 192 bits end at 2^-46 and those of 512 at 2^-366; 2^-100 is between
    (folder / "my_claims.py").write_text(
        "from fractions import Fraction\nfrom properties import Real, claim, exp\n"
        "@claim('tiny', over=dict(x=Real(0, 2)))\n"
        "def _(x):\n    return exp(100 + x) + Fraction(1, 2**100) - exp(100 + x)\n"
    )
    assert at(folder, "x=1", "--json", claim="tiny") == 0
    rungs = json.loads(capsys.readouterr().out)["at"]["rungs"]
    assert [(r["bits"], r["outcome"]) for r in rungs] == [(192, "undecided"), (512, "holds")]
    assert abs(rungs[-1]["mid"] - 2.0**-100) <= rungs[-1]["radius"] + 2.0**-153  # and one rounding


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "my-no-overshoot", "--at", "s=1"], "missing 'z0'"),
        (["--only", "my-no-overshoot", "--at", "s=1, z0=1, steps=1, t=2"], "unknown 't'"),
        (["--only", "my-no-overshoot", "--at", "s=1, z0=(1, 2), steps=1"], "does not fit"),
        (["--only", "my-no-overshoot", "--at", "nonsense"], "write parameters by name"),
        (["--at", "s=1"], "exactly one claim but got 2"),
        (["--only", "my-one-step", "--at", "s=1, x=1", "--against", "old.json"], "without --against"),
    ],
)
def test_an_instance_that_cannot_be_read(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(["check", "my_claims.py", *words]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_a_claim_that_breaks_names_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "my_claims.py").write_text(
        "from rankladder import Real, claim\n@claim('bad', over=dict(x=Real(0, 1)))\ndef _(x):\n    return x + y\n"
    )
    assert at(folder, "x=1/2", claim="bad") == 2
    assert "claim bad (" in capsys.readouterr().err


def test_a_change_in_plain_values() -> None:
    (change,) = compare(before("proved", 1.0), [result("tested", 1.0)], known=["A"])
    assert change.to_json() == {"id": "A", "kind": "worse", "before": "proved", "after": "tested", "note": ""}


STATUS = {"error": 0, "refuted": 1, "suspect": 2, "vacuous": 2, "tested": 3, "certified": 4, "proved": 5}


@pytest.mark.parametrize("old", list(STATUS))
def test_every_pair_of_verdicts_is_in_order(old: str) -> None:
    """Of a claim that should hold: an error, a refutation, nothing found out, then the stronger the better."""
    for new, status in STATUS.items():
        changes = compare(before(old, 1.0), [result(new, 1.0)], known=["A"])
        kind = "worse" if status < STATUS[old] else "better" if status > STATUS[old] else "other"
        assert [c.kind for c in changes] == ([] if old == new else [kind]), (old, new)


def test_another_expectation_is_a_change_of_its_own() -> None:
    old = before("tested", 1.0, expected="open")
    (change,) = compare(old, [result("tested", 1.0)], known=["A"])
    assert (change.kind, change.before, change.after) == ("other", "tested", "tested")
    assert change.note == "expected open before, holds now"
    (change,) = compare(
        before("refuted", 1.0), [result("refuted", 1.0, expected=Expectation.refuted)], known=["A"]
    )
    assert (change.kind, change.note) == ("better", "expected holds before, refuted now")
    (change,) = compare(
        before("proved", 9.0), [result("tested", 1.0)], known=["A"]
    )  # one change, not a margin too
    assert (change.kind, change.note) == ("worse", "")


def test_a_margin_of_a_claim_that_does_not_stand_is_not_compared() -> None:
    for verdict, kinds in (
        ("refuted", []),
        ("suspect", []),
        ("tested", ["margin"]),
        ("certified", ["margin"]),
    ):
        changes = compare(before(verdict, 1.0), [result(verdict, -1.0)], known=["A"])
        assert [c.kind for c in changes] == kinds
    (change,) = compare(before("tested", 1.23456), [result("tested", 0.000123456)], known=["A"])
    assert (change.before, change.after, change.note) == ("1.23", "0.000123", "")
    for other in ({"seed": 1}, {"instances": 61}):
        (change,) = compare(before("tested", 1.0, **other), [result("tested", 0.1)], known=["A"])
        assert change.note == "other draws: the seed or the number of instances differs"


def test_changes_are_told_the_worst_first_and_otherwise_in_their_order() -> None:
    old = {
        id: before(verdict, margin)["A"]
        for id, verdict, margin in (
            ("other", "vacuous", 1.0), ("margin", "tested", 1.0), ("better", "tested", 1.0), ("same", "tested", 1.0),
            ("gone", "tested", 1.0), ("unasked", "tested", 1.0), ("worse", "proved", 1.0), ("bad", "proved", 1.0),
        )
    }  # fmt: skip
    now = [
        result(verdict, margin, id=id)
        for id, verdict, margin in (
            ("new", "tested", 1.0), ("better", "proved", 1.0), ("other", "suspect", 1.0), ("margin", "tested", 0.1),
            ("same", "tested", 1.0), ("worse", "tested", 1.0), ("bad", "refuted", 1.0),
        )
    ]  # fmt: skip
    changes = compare(old, now, known=[r.id for r in now] + ["unasked"])
    assert [(c.kind, c.id) for c in changes] == [
        ("worse", "worse"), ("worse", "bad"), ("gone", "gone"), ("margin", "margin"), ("other", "other"),
        ("better", "better"), ("new", "new"),
    ]  # fmt: skip
    assert [(c.before, c.after) for c in changes if c.kind in ("new", "gone")] == [
        ("stated", "-"),
        ("-", "tested"),
    ]


def test_a_document_is_read_by_id_and_refused_in_full(tmp_path: Path) -> None:
    remedy = "give what rankladder check --json printed"
    claims = [before("tested", 1.0)["A"] | {"id": id} for id in ("A", "B")]
    file = tmp_path / "old.json"
    file.write_text(json.dumps({"schema": 1, "claims": claims}))
    assert read_document(str(file)) == {"A": claims[0], "B": claims[1]}
    broken: list[Any] = [{k: v for k, v in claims[0].items() if k != name}
                         for name in ("id", "verdict", "expected", "margin", "instances", "seed")]  # fmt: skip
    wrong: list[dict[str, Any]] = [
        {"verdict": "fine"},
        {"expected": "x"},
        {"margin": "small"},
        {"margin": []},
    ]
    broken += [claims[0] | change for change in wrong]
    texts = {json.dumps({"schema": 1, "claims": [one]}): "is no document of a check" for one in broken}
    texts |= {
        "[1]": "is no document of a check", '{"schema": 1}': "is no document of a check", '{"claims": []}': "is no document of a check",
        '{"schema": 0, "claims": []}': "has schema 0 but 1 is known", '{"schema": 2, "claims": []}': "has schema 2 but 1 is known",
        "{": "is no JSON document", "[" * 100_000: "is no JSON document", "\ud800": "is no JSON document",
    }  # fmt: skip
    for text, why in texts.items():
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        with pytest.raises(UsageError) as error:
            read_document(str(file))
        assert str(error.value) == f"{file} {why}; {remedy}"
    missing = tmp_path / "missing.json"
    with pytest.raises(UsageError) as error:
        read_document(str(missing))
    assert str(error.value) == f"cannot read {missing}: No such file or directory; {remedy}"
