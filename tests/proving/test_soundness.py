"""Ways to be proved that are none: contradictory assumptions, symbols that know too much, theorems about something else."""

import re
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import pytest
from sympy import And, Rational, Symbol, log, sqrt

from rankladder import Int, Real, Spectrum, always, check, claim, lemma, symbols
from rankladder import prove as asked
from rankladder.language.library import load_catalogue
from rankladder.language.verdict import Expectation, Verdict
from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from rankladder.proof.symbolic import by_symbols
from rankladder.search.check import check_claim
from rankladder.simulate import descent
from rankladder.theory import normal_form_step
from tests.samples import one_in

x, y, z, a, s, z0, q = symbols("x y z a s z0 q")

UNIT, MOVED = {"x": Real(0, 1)}, {"start": {z: a}, "step": {z: z + a}}
NONE, MORE = {"more": x > 1, "less": x < 1}, {"more": x > 2}
# what follows from nothing, what is about few, and what holds in the range of its parameters alone
STATED: dict[str, tuple[Any, str, str]] = {
    "two relations": (lemma("sound-1", x >= 5, given=NONE), "open", "vacuous"),
    "the range": (lemma("sound-2", x >= 5, given=MORE, over=UNIT), "open", "vacuous"),
    "a logarithm": (lemma("sound-3", x >= 5, given={"more": log(x) > 0, "less": x < 1}), "open", "vacuous"),
    "an induction about nothing": (always("sound-4", z <= 0, start={z: a}, step={z: z * z}, over={"a": Real(0, 4)},
                                          given={"more": a > 3, "less": a < 2}), "open", ""),
    "a set that draws miss": (lemma("sound-5", x**4 <= 4, over={"x": Real(0, 2)}, given={"root": And(x**2 <= 2, x**2 >= 2)}), "proved", ""),
    "two relations of vectors": (claim("sound-6", over={"d": Int(1, 3), "lam": Spectrum("d", 1, 4)},
                                       given={"a": lambda lam: lam - 3, "b": lambda lam: 2 - lam})(lambda lam: lam - 100), "open", "vacuous"),
    "within its range": (always("sound-7", z >= a, **MOVED, over={"a": Real(0, 1)}), "proved", ""),
    "beyond it": (always("sound-8", z >= a, **MOVED, over={"a": Real(-1, 1)}), "open", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_nothing_follows_from_a_contradiction(name: str) -> None:
    claim, status, said = STATED[name]
    proof = prove(claim)
    assert proof is not None and proof.status is Status(status) and said in proof.summary


@pytest.mark.parametrize(
    ("known", "domain"),
    [({"positive": True}, Real(-1, 1)), ({"negative": True}, Real(-1, 1)), ({"integer": True}, Real(0, 5)),
     ({"nonzero": True, "real": True}, Real(-1, 1)), ({"nonnegative": True}, Int(-2, 2)), ({"nonpositive": True}, Real(-1, 1)),
     ({"positive": True}, Real(0, 1, closed="left")), ({"negative": True}, Real(-1, 0, closed="right"))],
)  # fmt: skip
def test_a_range_beyond_what_the_symbol_says_is_refused(known: dict[str, bool], domain: Any) -> None:
    told = Symbol("x", **known)
    with pytest.raises(ValueError, match="within what its symbol says"):
        lemma("sound-told", sqrt(told**2) * y <= told + y, over={"x": domain, "y": Real(0, 1)})


@pytest.mark.parametrize("closed", ["neither", "left", "right", "both"])
def test_an_end_belongs_to_a_range_or_not(closed: str) -> None:
    def proved(relation: Any) -> bool:
        made = prove(lemma(f"sound-end-{closed}", relation, over={"x": Real(1, 2, closed=closed)}))
        return made is not None and made.status is Status.proved

    assert proved((x >= 1) & (x <= 2))
    assert proved(x > 1) is (closed not in ("left", "both"))
    assert proved(x < 2) is (closed not in ("right", "both"))


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
    whole, changed = prove(right), prove(replace(right, induction=replace(right.induction, **wrong)))
    assert whole is not None and whole.status is Status.proved
    assert changed is not None and changed.status is not Status.proved


def test_the_proof_of_a_claim_does_not_stand_for_another_constant() -> None:
    true = load_catalogue()["GD-6.width"]
    for share, status in ((1, Status.proved), (Rational(99, 100), Status.open)):
        other = replace(true, constants={**true.constants, "share": share})
        assert by_symbols(other, ranges=True).status is status


# --- a claim that is tested along the orbit of some code: its step is the stated one, or nothing is proved

MOVES = {"start": {z: z0}, "step": {z: normal_form_step(s, z)}}
SMALL: dict[str, Any] = {"over": {"s": Real(0, 1), "z0": Real(0, 1)}, "given": {"small-step": 2 * s < 1}}


def simulated(s: Any, z0: Any, steps: int) -> Any:
    return descent(s, z0, steps).z


def stays_below(id: str, **parts: Any) -> Any:
    stated = {**MOVES, **SMALL, "orbit": {z: simulated}, "along": {"unit": (z > 0) & (z <= 1)}, **parts}
    return prove(always(id, z <= 1, **stated))


def test_the_step_of_the_simulator_is_a_part_of_the_proof() -> None:
    made = prove(load_catalogue()["GD-4.upper"])
    assert made.status is Status.proved and "the stated step of z [proved, SymPy]" in made.text()


def test_what_code_of_ones_own_does_at_later_steps_is_not_proved() -> None:
    def late(s: Any, z0: Any, steps: int) -> Any:
        z = simulated(s, z0, steps)
        return z if steps < 700 else [*z[:-1], 2]

    for code in (simulated, late):
        made = stays_below("sound-own-code", orbit={z: code})
        assert made.status is Status.tested and "only tested" in made.text()
    assert stays_below("sound-recursion", orbit={}).status is Status.proved


def second_step_differs(s: Any, z0: Any, steps: int) -> Any:
    first, *rest = simulated(s, z0, min(steps, 1))
    return [first, *rest, *(x * (1 + s / 10**9) for x in rest for _ in range(1, steps))]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (lambda s, z0, steps: simulated(s * F(1000001, 1000000), z0, steps), "it goes from"),
        (lambda s, z0, steps: simulated(s, z0, steps + 1)[1:], "it starts at"),
        (lambda s, z0, steps: simulated(s, z0**2, steps), "it starts at"),
        (second_step_differs, "it goes from"),
        (lambda s, z0, steps: [min(x, x / 2) for x in simulated(s, z0, steps)], "does not run on symbols"),
    ],
    ids=["step", "index", "start", "second step", "a branch"],
)  # fmt: skip
def test_code_that_takes_another_step_is_an_error_of_the_statement(code: Any, said: str) -> None:
    made = stays_below("sound-other-code", orbit={z: code})
    assert made.status is Status.error and said in made.summary
    assert made.summary.startswith("the code that is tested does NOT take the stated step of z: at ")


@pytest.mark.parametrize(
    "code",
    [
        lambda s, z0, steps: [max(x, 0) for x in simulated(s, z0, steps)],
        lambda s, z0, steps: [float(x) for x in simulated(s * F(1000001, 1000000), z0, steps)],
    ],
    ids=["a branch", "floats"],
)
def test_code_that_is_not_known_to_take_another_step_proves_nothing(code: Any) -> None:
    made = stays_below("sound-unknown-code", orbit={z: code})
    assert made.status is Status.open and "does not run on symbols" in made.summary


def test_a_check_of_code_that_takes_another_step_says_what_both_do() -> None:
    claim = always("sound-wrong-code", z > 0, start={z: z0}, step={z: z * (1 + s * (1 - z))}, orbit={z: simulated},
                   along={"unit": (z > 0) & (z <= 1)}, **SMALL)  # fmt: skip
    found = check(claim, profile="quick")
    assert found.verdict is Verdict.error
    assert re.search(r"^the code .* does NOT .* goes from z = \S+ to \S+ in step 1, and the stated z\*\(s\*\(1 - z\) \+ 1\) is ",
                     found.evidence[-1].detail)  # fmt: skip


def test_a_step_that_is_seen_from_one_start_only_proves_nothing() -> None:
    """From 1/2 at s = 1/4 both maps go the same way, and stay there."""

    def fixed(s: Any, steps: int) -> Any:
        return [F(1, 2) + 0 * s] * (steps + 1)

    made = prove(
        always("sound-one-start", z <= 1, start={z: Rational(1, 2)}, step={z: 2 * z**2 + 0 * s}, orbit={z: fixed},
               over={"s": Real(0, 1)})
    )  # fmt: skip
    assert made is not None and made.status is Status.open and "its start is not free" in made.text()


def test_a_relation_that_looks_ahead_and_one_that_ends() -> None:
    ahead = symbols("z1")
    rises = always(
        "sound-rises", ahead >= z, **MOVES, **SMALL, then={z: ahead}, along={"unit": (z > 0) & (z <= 1)}
    )
    assert (made := prove(rises)) is not None and made.status is Status.proved
    assert check_claim(rises, profile="quick").verdict is Verdict.tested
    falls = rises.twin("falls", "it falls", relation=ahead <= z)
    assert check_claim(falls, profile="quick").verdict is Verdict.refuted and not prove(falls).status.shown
    doubling: dict[str, Any] = {"start": {z: z0}, "step": {z: 2 * z}, "over": {"z0": Real(0, 1)}}
    ends = always("sound-ends", z < 2, **doubling, while_=z < 1)
    assert asked(ends).status is Status.proved
    assert check_claim(ends, profile="quick").verdict is Verdict.tested
    later = ends.twin("later", "up to 1.1", while_=10 * z < 11)
    assert check_claim(later, profile="quick").verdict is Verdict.refuted and not prove(later).status.shown


ORBITS = {id: c for id, c in load_catalogue().items() if c.induction and c.expects is Expectation.holds}
NOT_YET = {"GD-4.lower-beyond"}  # true, and carried by no invariant that is known


@pytest.mark.parametrize("id", one_in(4, sorted(ORBITS.keys() - NOT_YET)))
def test_a_claim_about_every_step_of_the_simulator_is_proved(id: str) -> None:
    made = prove(ORBITS[id])
    assert made is not None and made.status is Status.proved, made
    assert any(p.name.startswith("the code that is tested takes the stated step") for p in made.parts)


@pytest.mark.parametrize(("relation", "verdict"), [(x > 0, "proved"), (x <= 4, "refuted")])
def test_a_proof_is_about_the_domain_and_not_about_what_is_drawn(relation: Any, verdict: str) -> None:
    stated = lemma("drawn-in-part", relation, over={"x": Real(0, drawn=4)})
    assert str(check(stated, profile="quick").verdict) == verdict


def test_what_an_assumption_asks_for_is_drawn_though_it_is_usually_not() -> None:
    @claim("drawn-beyond", over={"x": Real(0, drawn=4)}, given={"large": x > 10})
    def beyond(x: Any) -> Any:
        return x - 10

    found = check(beyond, profile="quick")
    assert (found.verdict, found.instances > 0) == (Verdict.tested, True)


@pytest.mark.parametrize("start", [F(1, 2), a])
def test_where_an_induction_fails_on_an_orbit_the_claim_is_refuted_without_a_draw(
    start: Any,
) -> None:
    stated = always(
        "sound-drawn", z <= 1, start={z: start}, step={z: z * (1 + s * (1 - z)) ** 2},
        over={"s": Real(0, drawn=F(1, 2)), **({"a": Real(0, 1)} if start is a else {})},
    )  # fmt: skip
    found = check(stated, profile="quick")
    assert found.verdict is Verdict.refuted and found.counterexample["s"] > F(1, 2)
