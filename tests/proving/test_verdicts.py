"""What a proof adds to what a check found, and what it needs."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest
from sympy import Rational, sin, sqrt

from rankladder import Int, Real, always, check, claim, lemma, prove, symbols
from rankladder.language.verdict import Evidence, Expectation, Result, Verdict
from rankladder.proof.parts import Status
from rankladder.proof.proof import evidence_kinds, provable
from rankladder.search.check import check_claim
from rankladder.verdicts.evidence import proof_of, with_proof

x, y, z, z0, s, a = symbols("x y z z0 s a")
# no identity is found for it, so that it takes both solvers
TRUE = lemma("own-evidence", x**4 + 1 >= x)
TESTED = Evidence("test", "tested")


def found(verdict: Verdict, **rest: Any) -> Result:
    return Result(TRUE.id, "", Expectation.holds, verdict, (TESTED,), seconds=5.0, **rest)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tested", "proved"), ("vacuous", "proved"), ("unfinished", "proved"), ("suspect", "suspect"), ("refuted", "error"), ("error", "error"),
    ],
)  # fmt: skip
def test_what_a_proof_makes_of_a_verdict(before: str, after: str) -> None:
    made = with_proof(found(Verdict(before)), TRUE)
    assert made.verdict is Verdict(after)
    assert ("contradict" in made.evidence[-1].detail) is (before == "refuted")
    assert (made.seconds > 5) is (before != "error")  # what broke is not asked further


@pytest.mark.parametrize(
    ("undecided", "undefined", "verdict"), [(3, 0, "proved"), (3, 1, "suspect"), (0, 0, "suspect")]
)
def test_balls_that_run_out_of_precision_say_nothing_against_a_proof(
    undecided: int, undefined: int, verdict: str
) -> None:
    before = found(Verdict.suspect, undecided=undecided, undefined=undefined)
    assert with_proof(before, TRUE).verdict is Verdict(verdict)


def test_what_fails_to_be_proved_is_told_and_changes_no_verdict() -> None:
    hard = always("own-hard", z <= 1, start={z: z0}, step={z: z * z}, over={"z0": Real(0, 1)})
    open_ = replace(hard.induction, holds=z <= 1, along={"half": z <= Rational(1, 2)})  # type: ignore[type-var]
    after = with_proof(found(Verdict.tested), replace(hard, induction=open_))
    assert after.verdict is Verdict.tested and after.evidence[0] is TESTED
    assert "not proved" in after.evidence[1].detail


def test_a_proof_that_breaks_is_an_error_of_its_own_claim() -> None:
    orbit = always("own-broken", z >= 0, start={z: z0}, step={z: z}, over={"z0": Real(0, 1)})
    broken = replace(orbit, induction=replace(orbit.induction, holds="no relation"))  # type: ignore[type-var]
    after = with_proof(found(Verdict.tested), broken)
    assert after.verdict is Verdict.error and "the proof broke" in after.evidence[-1].detail


def test_where_there_is_no_way_nothing_is_added() -> None:
    for other in (
        lemma("own-sine", sin(x) <= 2), claim("own-run", over={"x": Real(0, 1)})(lambda x: x),
        lemma("own-predicate", x >= 0, given={"more": lambda x: x - 1}),
    ):  # fmt: skip
        before = found(Verdict.tested)
        assert with_proof(before, other) is before
        assert not provable(other) and evidence_kinds(other) == ("test",)
        assert prove(other).status is not Status.proved
    assert provable(TRUE) and evidence_kinds(TRUE) == ("proof", "test")
    assert evidence_kinds(replace(TRUE, expects=Expectation.refuted)) == ("counterexample",)


def test_an_open_claim_may_be_proved() -> None:
    assert (
        with_proof(found(Verdict.tested), replace(TRUE, expects=Expectation.open)).verdict is Verdict.proved
    )


def test_a_proof_says_what_it_is_made_of_in_front_of_the_test() -> None:
    own = lemma(
        "own-lemma", (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1, over={"s": Real(0, "1/2"), "x": Real(0, 1)}
    )
    result = check(own)
    assert result.verdict is Verdict.proved and [e.kind for e in result.evidence] == ["proof", "test"]
    assert "by identities" in result.evidence[0].detail and not result.evidence[0].solvers
    assert {a["name"] for a in check(TRUE).evidence[0].solvers} == {"z3", "cvc5"}


def test_a_solver_finds_what_draws_miss_and_the_counterexample_is_simple() -> None:
    rare = lemma("own-rare", (1000 * x - 371) ** 2 * 1000 >= Rational(1, 1000), over={"x": Real(0, 1)})
    proof = proof_of(rare)
    assert proof.status is Status.refuted and proof.counterexample is not None
    value = proof.counterexample["x"]
    assert (1000 * value - 371) ** 2 * 1000 < 1 / 1000
    assert check(rare, examples=1).verdict is Verdict.refuted


def test_false_at_irrational_values_only_is_suspect_and_over_whole_numbers_it_is_not() -> None:
    irrational = lemma("own-irrational", x**2 + 1 > 2 * sqrt(2) * x - 1, over={"x": Real(0, 4)})
    assert with_proof(check_claim(irrational, profile="quick"), irrational).verdict is Verdict.suspect
    whole = lemma("own-whole", (x**2 - 2) ** 2 > 0, over={"x": Int(1, 4)})
    assert with_proof(check_claim(whole, profile="quick"), whole).verdict is Verdict.tested


# --- what a proof needs


def absent(monkeypatch) -> None:
    for name in ("z3", "cvc5"):
        monkeypatch.setitem(sys.modules, name, None)


def test_a_solver_that_comes_is_asked(monkeypatch) -> None:
    with monkeypatch.context() as patch:
        absent(patch)
        assert with_proof(found(Verdict.tested), TRUE).verdict is Verdict.tested
    assert with_proof(found(Verdict.tested), TRUE).verdict is Verdict.proved


def test_a_proof_belongs_to_its_range_and_its_assumptions() -> None:
    claims = [
        lemma("own-key", x**2 <= 1, over={"x": Real(-1, end)}, given={"top": x < bound})
        for end, bound in ((1, 3), (2, 3), (2, 1))
    ]
    same_place = [replace(c, location=claims[0].location) for c in claims]
    made = [with_proof(found(Verdict.tested), c).verdict for c in same_place]
    assert made == [Verdict.proved, Verdict.refuted, Verdict.proved]
