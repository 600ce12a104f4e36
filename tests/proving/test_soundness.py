"""Ways to be proved that are none: contradictory assumptions, symbols that know too much, theorems about something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sympy import And, Rational, Symbol, log, sqrt

from rankladder import Int, Real, always, lemma, symbols
from rankladder import prove as asked
from rankladder.language.induction import Induction
from rankladder.language.library import load_catalogue
from rankladder.language.verdict import Verdict
from rankladder.proof.parts import Status
from rankladder.proof.proof import by_induction, prove
from rankladder.proof.symbolic import by_symbols
from rankladder.properties.gidel2019.proofs import agreement, descent
from rankladder.search.check import check_claim
from rankladder.verdicts.evidence import with_proof

x, y, z, a, s, z0, q = symbols("x y z a s z0 q")

VACUOUS: dict[str, dict[str, Any]] = {
    "two relations": {"given": {"more": x > 1, "less": x < 1}},
    "the range": {"given": {"more": x > 2}, "over": {"x": Real(0, 1)}},
    "a logarithm": {"given": {"more": log(x) > 0, "less": x < 1}},
}


@pytest.mark.parametrize("name", VACUOUS)
def test_nothing_follows_from_a_contradiction(name: str) -> None:
    claim = lemma("sound-vacuous", x >= 5, **VACUOUS[name])
    proof = prove(claim)
    assert proof is not None and proof.status is Status.open and "vacuous" in proof.summary


def test_what_is_about_nothing_is_vacuous() -> None:
    claim = lemma("sound-nothing", x >= 5, over={"x": Real(0, 1)}, given={"more": x > 2})
    tested = check_claim(claim, profile="quick", budget=2.0)
    assert with_proof(tested, claim).verdict is Verdict.vacuous


def test_an_induction_about_nothing_is_no_proof() -> None:
    claim = always(
        "sound-vacuous-orbit", z <= 0, start={z: a}, step={z: z * z}, over={"a": Real(0, 4)},
        given={"more": a > 3, "less": a < 2},
    )  # fmt: skip
    proof = prove(claim)
    assert proof is not None and proof.status is not Status.proved


def test_a_set_that_draws_miss_is_no_empty_one() -> None:
    thin = lemma("sound-thin", x**4 <= 4, over={"x": Real(0, 2)}, given={"root": And(x**2 <= 2, x**2 >= 2)})
    proof = prove(thin)
    assert proof is not None and proof.status is Status.proved


@pytest.mark.parametrize(
    ("known", "domain"),
    [({"positive": True}, Real(-1, 1)), ({"negative": True}, Real(-1, 1)), ({"integer": True}, Real(0, 5)),
     ({"nonzero": True, "real": True}, Real(-1, 1)), ({"nonnegative": True}, Int(-2, 2))],
)  # fmt: skip
def test_a_range_beyond_what_the_symbol_says_is_refused(known: dict[str, bool], domain: Any) -> None:
    told = Symbol("x", **known)
    with pytest.raises(ValueError, match="within what its symbol says"):
        lemma("sound-told", sqrt(told**2) * y <= told + y, over={"x": domain, "y": Real(0, 1)})


def test_a_symbol_without_a_range_keeps_to_what_it_says() -> None:
    told = Symbol("x", positive=True)
    assert lemma("sound-natural", told * y <= told + y**2).over["x"] == Real(0, None)


@pytest.mark.parametrize("closed", ["neither", "left", "right", "both"])
def test_an_end_belongs_to_a_range_or_not(closed: str) -> None:
    def proved(relation: Any) -> bool:
        made = prove(lemma(f"sound-end-{closed}", relation, over={"x": Real(1, 2, closed=closed)}))
        return made is not None and made.status is Status.proved

    assert proved((x >= 1) & (x <= 2))
    assert proved(x > 1) is (closed not in ("left", "both"))
    assert proved(x < 2) is (closed not in ("right", "both"))


def test_a_statement_about_an_orbit_is_proved_within_the_range_of_its_parameters() -> None:
    growing = always("sound-grows", z >= a, start={z: a}, step={z: z + a}, over={"a": Real(0, 1)})
    made = prove(growing)
    assert made is not None and made.status is Status.proved and "(a > 0) & (a < 1)" in made.argument
    falling = always("sound-falls", z >= a, start={z: a}, step={z: z + a}, over={"a": Real(-1, 1)})
    assert (other := prove(falling)) is not None and other.status is not Status.proved


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": {z: z / 2 + Rational(51, 100)}}, {"start": {z: 2 * a}}, {"holds": z < a},
        {"given": {"small": a < 2}}, {"along": {"more": z >= Rational(1, 2)}},
    ],
    ids=lambda w: next(iter(w)),
)  # fmt: skip
def test_a_change_of_any_piece_of_an_induction_is_noticed(wrong: dict[str, Any]) -> None:
    """z -> z/2 + 1/2 from a in [0, 1] stays at most 1."""
    right = always("sound-pieces", z <= 1, start={z: a}, step={z: z / 2 + Rational(1, 2)}, over={"a": Real(0, 3)},
                   given={"small": a <= 1})  # fmt: skip
    assert right.induction is not None
    (whole, changed) = (by_induction(right, i) for i in (right.induction, replace(right.induction, **wrong)))
    assert whole.status is Status.proved and changed.status is not Status.proved


def test_an_orbit_that_leaves_after_a_hundred_steps_is_followed() -> None:
    claim = always(
        "sound-late", z <= 12, start={z: 0}, step={z: z + Rational(1, 10) * a}, over={"a": Real(0, 1)}
    )
    assert check_claim(claim).verdict is Verdict.refuted


def test_an_orbit_without_parameters_does_not_grow_digits() -> None:
    claim = always("sound-digits", z <= 1, start={z: Rational(1, 3)}, step={z: 4 * z * (1 - z) + 0 * a}, over={"a": Real(0, 1)})  # fmt: skip
    assert check_claim(claim, profile="quick").verdict is Verdict.tested


def test_a_failed_attempt_on_a_true_lemma_says_nothing_about_the_lemma() -> None:
    proof = asked(lemma("sound-log", log(1 + s) >= 2 * s / (2 + s), over={"s": Real(0, 3)}))
    assert proof.status is Status.open and proof.counterexample is None
    assert "that says nothing about the claim" in proof.summary and "refuted" not in proof.text()
    orbit = always("sound-step", z <= 2, start={z: z0}, step={z: z * z}, over={"z0": Real(0, 1)})
    assert "a state that no orbit need reach" in asked(orbit).summary


def test_a_recursion_that_fails_only_at_a_start_that_is_seldom_drawn_is_refuted_by_a_solver() -> None:
    thin = always(
        "sound-start", (1000003 * z - 314159) ** 2 > 0, start={z: z0}, step={z: z + 1}, over={"z0": Real(0, 1)}
    )  # fmt: skip
    assert asked(thin).status is Status.refuted


def test_the_proof_of_a_claim_does_not_stand_for_another_constant() -> None:
    true = load_catalogue()["GD-6.width"]
    for share, status in ((1, Status.proved), (Rational(99, 100), Status.open)):
        other = replace(true, constants={**true.constants, "share": share})
        assert by_symbols(other, ranges=True).status is status


# --- an induction that is written beside a claim

LOWER = Induction(
    {z: z0, q: 1}, {z: descent.STEP, q: q * descent.GROWTH}, descent.SMALL, z * (1 - z0) >= z0 * q * (1 - z),
    descent.UNIT | descent.ODDS,
)  # fmt: skip


def test_an_induction_beside_a_claim_proves_nothing_of_it() -> None:
    made = by_induction(load_catalogue()["GD-4.lower"], LOWER)
    assert all(p.status is Status.proved for p in made.parts)
    assert made.status is Status.tested and "no proof of the claim" in made.summary


@pytest.mark.parametrize(
    ("holds", "step", "said"),
    [
        (None, q * (1 + s), "the theorem is true where the claim is false"),
        (z * (1 - z0) >= z0 * q * (1 - z) * Rational(101, 100), None, "the theorem is false where the claim is true"),
    ],
)  # fmt: skip
def test_a_theorem_that_is_weaker_or_stronger_than_the_claim_is_not_joined_to_it(
    holds: Any, step: Any, said: str
) -> None:
    other = LOWER if holds is None else replace(LOWER, holds=holds)
    other = other if step is None else replace(other, step={**LOWER.step, q: step})
    claim = load_catalogue()["GD-4.lower"]
    join = agreement.agreement(claim, other)
    assert join.status is Status.open and join.detail.startswith(said)
    assert agreement.agreement(claim, LOWER).status is Status.tested
