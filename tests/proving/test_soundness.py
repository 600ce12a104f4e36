"""Ways to be proved that are none: contradictory assumptions, symbols that know too much, results out of date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sympy import Rational, Symbol, log, sqrt

from rankladder import Int, Real, always, lemma, symbols
from rankladder.language.verdict import Verdict
from rankladder.proof import evidence
from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from rankladder.search.check import check_claim
from rankladder.verdicts.evidence import with_proof

x, y, z, a = symbols("x y z a")

VACUOUS: dict[str, dict[str, Any]] = {
    "two relations": {"given": {"more": x > 1, "less": x < 1}},
    "the range": {"given": {"more": x > 2}, "over": {"x": Real(0, 1)}},
    "a logarithm": {"given": {"more": log(x) > 0, "less": x < 1}},
}


@pytest.mark.parametrize("name", VACUOUS)
def test_nothing_follows_from_a_contradiction(name: str) -> None:
    claim = lemma("sound-vacuous", x >= 5, **VACUOUS[name])
    proof = prove(claim)
    assert proof is not None
    assert proof.status is Status.open
    assert "vacuous" in proof.summary
    assert with_proof(check_claim(claim, profile="quick"), claim, fresh=True).verdict is Verdict.vacuous


def test_an_induction_about_nothing_is_no_proof() -> None:
    claim = always(
        "sound-vacuous-orbit", z <= 0, start={z: a}, step={z: z * z}, over={"a": Real(0, 4)},
        given={"more": a > 3, "less": a < 2},
    )  # fmt: skip
    proof = prove(claim)
    assert proof is not None
    assert proof.status is not Status.proved


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


def test_a_proof_is_not_reused_for_another_range_or_assumption(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path))
    claims = [
        lemma("sound-key", x**2 <= 1, over={"x": Real(-1, end)}, given={"top": x < bound})
        for end, bound in ((1, 3), (2, 3), (2, 1))
    ]
    same_place = [replace(c, location=claims[0].location) for c in claims]
    assert [evidence.proof_evidence(c)[0] for c in same_place] == [Status.proved, Status.open, Status.proved]


def test_false_at_irrational_values_only_is_suspect() -> None:
    claim = lemma("sound-irrational", x**2 + 1 > 2 * sqrt(2) * x - 1, over={"x": Real(0, 4)})
    assert with_proof(check_claim(claim, profile="quick"), claim, fresh=True).verdict is Verdict.suspect


def test_an_orbit_that_leaves_after_a_hundred_steps_is_followed() -> None:
    claim = always(
        "sound-late", z <= 12, start={z: 0}, step={z: z + Rational(1, 10) * a}, over={"a": Real(0, 1)}
    )
    assert check_claim(claim).verdict is Verdict.refuted


def test_an_orbit_without_parameters_does_not_grow_digits() -> None:
    claim = always("sound-digits", z <= 1, start={z: Rational(1, 3)}, step={z: 4 * z * (1 - z) + 0 * a}, over={"a": Real(0, 1)})  # fmt: skip
    assert check_claim(claim, profile="quick").verdict is Verdict.tested
