"""What a proof adds to what a check found, and what it needs."""

from dataclasses import replace
from typing import Any

import pytest
from sympy import Abs, Max, Rational, exp, sin

from rankladder import Real, always, check, claim, lemma, prove, symbols
from rankladder.language.verdict import Evidence, Expectation, Result, Verdict
from rankladder.proof.parts import Status
from rankladder.proof.proof import evidence_kinds, provable
from rankladder.verdicts.evidence import with_proof

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
    ("relation", "verdict"),
    [
        (Abs(x**3 - x - 1) > 0, "suspect"), (Max((x**2 - 2) ** 2, (y**2 - x) ** 2) > 0, "suspect"),
        (Abs(x - Rational(12345678, 1234567)) > 0, "refuted"), (Abs(exp(x) - 2) > 0, "tested"),
    ],
    ids=str,
)  # fmt: skip
def test_a_lemma_that_both_solvers_find_false_is_not_tested(relation: Any, verdict: str) -> None:
    assert with_proof(found(Verdict.tested), lemma("own-false", relation)).verdict is Verdict(verdict)


def test_a_claim_about_every_step_that_both_solvers_find_false_at_its_start_is_not_tested() -> None:
    stated = always("own-start", (z**2 - 2) ** 2 > 0, start={z: z0}, step={z: z}, over={"z0": Real(0, 3)})
    assert with_proof(found(Verdict.tested), stated).verdict is Verdict.suspect


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


def test_a_proof_says_what_it_is_made_of_in_front_of_the_test() -> None:
    own = lemma(
        "own-lemma", (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1, over={"s": Real(0, "1/2"), "x": Real(0, 1)}
    )
    result = check(own)
    assert result.verdict is Verdict.proved and [e.kind for e in result.evidence] == ["proof", "test"]
    assert "by identities" in result.evidence[0].detail and not result.evidence[0].solvers
    assert {a["name"] for a in check(TRUE).evidence[0].solvers} == {"z3", "cvc5"}


def test_a_proof_belongs_to_its_range_and_its_assumptions() -> None:
    claims = [
        lemma("own-key", x**2 <= 1, over={"x": Real(-1, end)}, given={"top": x < bound})
        for end, bound in ((1, 3), (2, 3), (2, 1))
    ]
    same_place = [replace(c, location=claims[0].location) for c in claims]
    made = [with_proof(found(Verdict.tested), c).verdict for c in same_place]
    assert made == [Verdict.proved, Verdict.refuted, Verdict.proved]
