"""The search: float64 batches that are those of their instances, decisions in balls, and rounds that end."""

import math
from fractions import Fraction as F
from typing import Any

import pytest
import sympy

from rankladder import (
    Int,
    Problem,
    Real,
    always,
    at_most,
    check,
    claim,
    equal,
    exp,
    forall,
    frobenius,
    lemma,
    sqrt,
    strictly,
    symbols,
    tanh,
)
from rankladder.domains.matrices import Reflections
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Verdict
from rankladder.numbers.balls import Ball
from rankladder.proof.proof import prove
from rankladder.search.batches import GROUP, draw_batch, evaluate, exact_instance
from rankladder.search.check import check_claim
from rankladder.search.draws import draw_instance, region_of, satisfies
from rankladder.search.examination import examine
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import LADDER, conclude, judge
from rankladder.search.rounds import Effort, Tally, draw_bulk, look
from rankladder.simulate import descent, one_layer_descent
from rankladder.simulate.joint_problems import JointProblem

x, y, n, z, r = symbols("x y n z r")


# made inside functions: the plugin makes a test of every claim that has a name in a test module
def square() -> Claim:
    over = {"x": Real(-2, 2), "y": Real(0, 1), "n": Int(0, 3)}
    return claim("search.square", over=over, given={"below": x < y})(lambda x, y, n: 5 - x * x - n * y / 8)


def at(**values: Any) -> Instance:
    return Instance.of(values)


def descends() -> Claim:
    # an exact constant handed to the simulator
    return claim("search.descent", over={"s": Real(0, 1)})(lambda s: 9 - descent(s, F(1, 7), 3))


@pytest.mark.parametrize("made", [square(), descends()], ids=lambda c: c.id)
def test_margins_of_a_batch_are_those_of_its_instances(made: Claim) -> None:
    values, _ = draw_batch(made, RandomSource(4)) or ({}, None)
    margins = evaluate(made, values)
    assert margins is not None
    for index in (0, 7, GROUP - 1):
        assert judge(made, exact_instance(made, values, index)).margin == pytest.approx(
            float(margins[index]), rel=1e-9
        )


@pytest.mark.parametrize(("digits", "bits"), [(10, 192), (60, 512), (200, 1536), (500, 4096), (501, None)])
def test_more_bits_are_taken_only_where_they_are_needed(digits: int, bits: int | None) -> None:
    @claim(f"search.close-{digits}", over={"x": Real(0, 4)})
    def close(x: Any) -> Any:
        return 1 + 10**digits * (sqrt(x) ** 2 - x)  # which no exact rational knows

    judgement = judge(close, at(x=F(7, 5)), LADDER if bits else LADDER[:3])
    assert judgement.outcome == ("holds" if bits else "undecided")
    assert not bits or (judgement.bits, judgement.escalated) == (bits, digits > 10)


@pytest.mark.parametrize(
    "effort",
    [Effort(4 * GROUP, 0, 0), Effort(GROUP, 0, 400), Effort(0, 0, 0, hypothesis=200, coincidences=False), Effort(0, 400, 0, coincidences=False)],
    ids=["batches", "climb", "hypothesis", "bulk"],
)  # fmt: skip
def test_every_way_of_looking_finds_a_plain_violation_and_the_first_ends_the_round(effort: Effort) -> None:
    made = claim("search.plain", over={"x": Real(0, 4), "y": Real(0, 4)})(lambda x, y: x + y - F(1, 3))
    tally = Tally(made)
    look(tally, effort, lambda way: 1)
    assert tally.violation is not None
    judged = tally.judged
    draw_bulk(tally, judged + 10, 1, math.inf)
    assert tally.judged == judged


def test_draws_satisfy_the_assumptions_or_say_which_fails() -> None:
    made = square()
    for seed in range(40):
        instance = draw_instance(made, RandomSource(seed))
        assert satisfies(made, instance) is True
        assert region_of(made, instance) == {k: (float(v), float(v)) for k, v in instance.items()}
    assert satisfies(made, at(x=F(1, 2), y=F(1, 2), n=0)) is False
    assert satisfies(made, at(x=F(1, 4), y=F(1, 2), n=4)) is False
    none = claim("search.none", over={"x": Real(0, 1)}, given={"two": x > 2})(lambda x: x)
    with pytest.raises(Infeasible, match="two"):
        draw_instance(none, RandomSource(0))


@pytest.mark.parametrize(
    ("steps", "bound", "outcome"),
    [(3, "8", "holds"), (3, "15/2", "violated"), (4, "15", "violated"), (4, "16", "holds"), (2, "4", "holds"), (5, "31", "violated")],
)  # fmt: skip
def test_a_sequence_is_followed_to_the_last_step_and_no_further(steps: int, bound: str, outcome: str) -> None:
    # z_k = 2^k <= r: fails first at the step where 2^k passes r
    made = always(
        "search.doubling", z <= r, start={z: sympy.Integer(1)}, step={z: 2 * z}, over={"r": Real(0, 100)}
    )
    assert judge(made, at(r=F(bound), steps=steps)).outcome == outcome
    assert conclude(made, {"r": Ball(5), "steps": 2}).mid == 1.0


def lands() -> Claim:
    over = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 40)}
    return claim("coincidence.lands", over=over, expects="refuted")(
        lambda s, z0, steps: strictly(forall(abs(1 - descent(s, z0, steps).z)))
    )


@pytest.mark.parametrize("steps", [1, 3, 40])
def test_an_orbit_that_lands_exactly_is_decided(steps: int) -> None:
    assert judge(lands(), {"s": F(16, 21), "z0": F(9, 16), "steps": steps}).outcome == "violated"
    assert judge(lands(), {"s": F(16, 21), "z0": F(9, 17), "steps": steps}).outcome == "holds"


@pytest.mark.parametrize(
    "frame", [Reflections(2), Reflections(2, ((1, 2),)), Reflections(2, ((1, 2), (3, 1)))]
)
def test_a_frame_does_not_make_a_tie_undecided(frame: Reflections) -> None:
    @claim("coincidence.fits", over={"problem": Problem(), "eta": Real(0, 1)})
    def fits(problem: Any, eta: Any) -> Any:
        W = one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, 2).W
        return strictly(frobenius(problem.Sxx @ W[-1] - problem.Sxy))

    problem = JointProblem((F(2), F(1)), (F(3), F(3)), frame, frame, Reflections(2))
    assert judge(fits, {"problem": problem, "eta": F(1, 3)}).outcome == "violated"
    assert judge(fits, {"problem": problem, "eta": F(1, 4)}).outcome == "holds"


def test_exploring_solves_for_equality_too() -> None:
    assert explore_claim(lands(), budget=60, most=500).verdict is Verdict.refuted


@pytest.mark.parametrize(
    ("relation", "start", "step", "least"),
    [(z <= 2, r, z + F(1, 1000), 1001), (z < 2000, 0, z + 1, 2000)],
    ids=["slow", "no parameter"],
)
def test_what_fails_after_thousands_of_steps_is_met(relation: Any, start: Any, step: Any, least: int) -> None:
    over = {"r": Real(0, 1)} if start == r else {}
    found = check_claim(
        always("search.late", relation, start={z: start}, step={z: step}, over=over), profile="quick"
    )
    assert found.verdict is Verdict.refuted and found.counterexample is not None
    assert found.counterexample["steps"] >= least and not found.counterexample_in_float64


@pytest.mark.parametrize(
    ("relation", "step"),
    [(z <= 1, (z + 2) / 3), (z < 1, (z + 2) / 3), (z >= 0, 4 * z * (1 - z)), (z <= 1, z * (3 - z) / 2)],
    ids=str,
)
def test_rounding_along_a_long_orbit_is_no_failure(relation: Any, step: Any) -> None:
    stated = always("search.true-late", relation, start={z: r}, step={z: step}, over={"r": Real(0, 1)})
    found = check_claim(stated, profile="quick")
    assert found.verdict is Verdict.tested
    assert any(e.kind == "reach" and e.detail.startswith("followed up to step ") for e in found.evidence)


def test_where_an_induction_gets_stuck_it_is_told_whether_an_orbit_comes_near() -> None:
    def stuck(bound: int) -> str:
        stated = always(
            "search.stuck", z <= bound, start={z: r}, step={z: z + F(1, 1000)}, over={"r": Real(0, 1)}
        )
        proof = prove(stated)
        assert proof is not None
        return proof.summary

    assert "after a state that the orbit of these parameters comes near, at step " in stuck(2)
    assert "(the orbit of these parameters does not come near it in " in stuck(1000)


@pytest.mark.parametrize(
    "conclusion",
    [
        lambda r: 1 - (1 + r**60),
        lambda r: equal((1 + r**30) ** 2, 1 + 2 * r**30),
        lambda r: equal(tanh(7 / r), 1),
    ],
    ids=["power", "square", "tanh"],
)
def test_what_40_digits_do_not_tell_from_equality_is_decided_where_it_can_be(conclusion: Any) -> None:
    stated = claim("t-alike", over={"r": Real(0, F(1, 100))})(conclusion)
    assert check(stated, profile="quick").verdict is Verdict.refuted


def test_equalities_that_nothing_decides_are_counted_and_those_that_are_exact_are_none() -> None:
    over = {"r": Real(1, 2)}
    far = check(claim("t-far", over=over)(lambda r: equal(tanh(r * 10**4), 1)), profile="quick")
    assert far.verdict is Verdict.tested and far.equalities == far.instances > 0
    third = claim("t-third", over=over)(lambda r: equal(r / 3 * 3, r))
    assert not examine(third, Instance.of(r=F(1))).judgement.as_equal


@pytest.mark.parametrize(
    ("relation", "verdict"),
    [
        (1 / (1 + exp(-x)) >= 1, "refuted"),
        ((1 + exp(-x)) ** 2 <= 1, "refuted"),
        ((1 + exp(-x)) ** 2 >= 1 + 2 * exp(-x) + exp(-2 * x), "proved"),
        (1 / (1 + exp(-x)) < 1, "proved"),
    ],
)
def test_what_no_precision_tells_from_equality_is_told_where_terms_cancel(
    relation: Any, verdict: str
) -> None:
    """At x > 10**6 the sides differ by less than e^(-10**6)."""
    assert (
        str(check(lemma("t-deep", relation, given={"deep": x > 10**6}), profile="quick").verdict) == verdict
    )


def test_a_ratio_to_a_bound_that_is_negative_is_an_error() -> None:
    stated = claim("own-ratio", over={"x": Real(0, F(1, 2))})(lambda x: at_most(x, x - 1))
    result = check(stated)
    assert result.verdict == "error"
    assert "must be positive; return bound - value" in result.evidence[0].detail
