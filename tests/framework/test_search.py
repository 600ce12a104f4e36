"""The search: float64 batches that are those of their instances, decisions in balls, and rounds that end."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis.internal.conjecture import providers

from rankladder import Int, Matrix, Real, Verdict, always, claim, forall, sqrt, symbols
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball
from rankladder.proof.proof import prove
from rankladder.search.batches import GROUP, draw_batch, evaluate, exact_instance, scout
from rankladder.search.check import check_claim
from rankladder.search.draws import draw_instance, region_of, satisfies
from rankladder.search.examination import examine
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import LADDER, conclude, judge
from rankladder.search.local_constants import no_local_constants
from rankladder.search.rounds import Effort, Tally, draw_bulk, look, worst_and_simple
from rankladder.simulate import descent, first_hit

x, y, n, z, r = symbols("x y n z r")


@claim("search.square", over={"x": Real(-2, 2), "y": Real(0, 1), "n": Int(0, 3)}, given={"below": x < y})
def square(x: Any, y: Any, n: Any) -> Any:
    return 5 - x * x - n * y / 8


def at(**values: Any) -> Instance:
    return Instance.of(values)


# -- float64 batches


def test_few_integers_are_all_looked_at() -> None:
    @claim("search.grid", over={"n": Int(0, 9), "m": Int(-2, 2)})
    def grid(n: Any, m: Any) -> Any:
        return n + m + 0.0

    found = scout(grid, 50, 0)
    assert found.seen == 50 and found.worst[0].instance == at(n=0, m=-2)
    assert {s.instance for s in found.worst if s.margin < 0} == {at(n=0, m=-2), at(n=0, m=-1), at(n=1, m=-2)}


def test_a_batch_keeps_to_domains_and_relations() -> None:
    values, mask = draw_batch(square, RandomSource(3)) or ({}, np.zeros(0))
    inside = (np.abs(values["x"]) < 2) & (values["y"] > 0) & (values["y"] < 1) & (values["x"] < values["y"])
    assert (mask == inside).all() and mask.mean() > 0.5  # open ends are drawn often
    taken, _ = draw_batch(square, RandomSource(3), {"n": 2, "x": np.full(GROUP, 0.5)}) or ({}, None)
    assert taken["n"] == 2 and (taken["x"] == 0.5).all() and (taken["y"] >= 0.5).all()


@claim("search.descent", over={"s": Real(0, 1)})
def descends(s: Any) -> Any:
    return 9 - descent(s, F(1, 7), 3)  # an exact constant handed to the simulator


@pytest.mark.parametrize("made", [square, descends])
def test_margins_of_a_batch_are_those_of_its_instances(made: Claim) -> None:
    values, _ = draw_batch(made, RandomSource(4)) or ({}, None)
    margins = evaluate(made, values)
    assert margins is not None
    for index in (0, 7, GROUP - 1):
        assert judge(made, exact_instance(made, values, index)).margin == pytest.approx(
            float(margins[index]), rel=1e-9
        )


# -- decisions


def test_what_takes_too_long_is_undecided_and_says_so() -> None:
    @claim("search.slow", over={"s": Real(0, 1)})
    def stated(s: Any) -> Any:
        return first_hit(s, -20, F(1, 2))

    judgement = judge(stated, at(s=F(1, 3 * 10**15)))
    assert (judgement.outcome, judgement.bits) == ("undecided", LADDER[0])
    assert judgement.why.startswith("s = 3.33e-16 needs more than limit=1000000000 steps to walk")
    assert judge(stated, at(s=F(1, 3))).why == ""
    assert [rung.why for rung in examine(stated, at(s=F(1, 3 * 10**15))).rungs] == [judgement.why]


def test_where_every_instance_takes_too_long_no_route_says_tested_or_vacuous() -> None:
    far = claim("search.far", over={"s": Real(0, F(1, 10**15))})(lambda s: first_hit(s, -20, F(1, 2)))
    for found in (check_claim(far, profile="quick", examples=20), explore_claim(far, budget=60, most=20)):
        assert found.verdict is Verdict.suspect


@pytest.mark.parametrize(("digits", "bits"), [(10, 192), (60, 512), (200, 1536), (500, 4096), (501, None)])
def test_more_bits_are_taken_only_where_they_are_needed(digits: int, bits: int | None) -> None:
    @claim(f"search.close-{digits}", over={"x": Real(0, 4)})
    def close(x: Any) -> Any:
        return 1 + 10**digits * (sqrt(x) ** 2 - x)  # which no exact rational knows

    judgement = judge(close, at(x=F(7, 5)), LADDER if bits else LADDER[:3])
    assert judgement.outcome == ("holds" if bits else "undecided")
    assert not bits or (judgement.bits, judgement.escalated) == (bits, digits > 10)


# -- rounds


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


def test_what_takes_many_calls_to_judge_is_judged_less_often() -> None:
    def judged(calls: int) -> int:
        made = claim(f"search.dear-{calls}", over={"A": Matrix(2, 2)})(
            lambda A: (A * A).sum() + sum(abs(0) for _ in range(calls))
        )
        return check_claim(made).instances

    assert judged(0) == 200 and judged(100_000) < 60


def test_an_instance_of_another_process_is_found_among_those_of_this_one() -> None:
    told = "import pickle, sys; from rankladder import Instance; i = Instance.of(x=1); hash(i); sys.stdout.buffer.write(pickle.dumps(i))"
    made = subprocess.run(
        [sys.executable, "-c", told],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
    )
    assert pickle.loads(made.stdout) in {at(x=1)}


def test_a_violation_between_matrices_becomes_small_and_simple() -> None:
    made = claim("search.matrix", over={"n": Int(1, 6), "A": Matrix("n", "n")})(lambda A: forall(1 - abs(A)))
    tally = Tally(made)
    draw_bulk(tally, 50, 1, math.inf)
    worst, simple = worst_and_simple(tally, 100, 300, 1, math.inf)
    assert worst is not None and simple is not None
    assert worst.size >= simple.size >= worst.size / 2 > 0 and simple.instance["n"] == 1
    assert worst_and_simple(Tally(made), 100, 300, 1, math.inf) == (None, None)


def test_a_release_of_hypothesis_with_other_names_is_spoken_of(monkeypatch) -> None:
    monkeypatch.delattr(providers, "_get_local_constants")  # of Hypothesis, not ours
    with (
        pytest.warns(RuntimeWarning, match="keeps the constants of loaded modules elsewhere"),
        no_local_constants(),
    ):
        pass


# -- draws


def test_draws_satisfy_the_assumptions_or_say_which_fails() -> None:
    for seed in range(40):
        instance = draw_instance(square, RandomSource(seed))
        assert satisfies(square, instance) is True
        assert region_of(square, instance) == {k: (float(v), float(v)) for k, v in instance.items()}
    assert satisfies(square, at(x=F(1, 2), y=F(1, 2), n=0)) is False
    assert satisfies(square, at(x=F(1, 4), y=F(1, 2), n=4)) is False
    none = claim("search.none", over={"x": Real(0, 1)}, given={"two": x > 2})(lambda x: x)
    with pytest.raises(Infeasible, match="two"):
        draw_instance(none, RandomSource(0))


# -- sequences


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


def test_equality_after_a_step_breaks_a_strict_relation_and_keeps_an_equation() -> None:
    strict = always("search.strict", z < r, start={z: r / 2}, step={z: 2 * z}, over={"r": Real(0, 100)})
    assert judge(strict, at(r=F(1), steps=1)).outcome == "violated"
    equal = always("search.equal", sympy.Eq(z, r), start={z: r}, step={z: z}, over={"r": Real(0, 100)})
    assert judge(equal, at(r=F(1, 3), steps=9)).outcome == "holds"


@pytest.mark.parametrize(
    ("relation", "start", "step", "least"),
    [(z <= 2, r, z + F(1, 1000), 1001), (z < 2000, 0, z + 1, 2000)],
    ids=["slow", "no parameter"],
)
def test_what_fails_after_thousands_of_steps_is_found(
    relation: Any, start: Any, step: Any, least: int
) -> None:
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


def test_a_claim_about_every_step_is_about_later_ones_than_are_drawn() -> None:
    grows = always("search.grows", z <= 300, start={z: 0}, step={z: z + r}, over={"r": Real(0, 2)})
    seen = examine(grows, at(r=F(1), steps=301))
    assert (seen.applies, seen.judgement.outcome) == (True, "violated")
    drawn = [grows.over["steps"].draw(RandomSource(seed), None, {}) for seed in range(2000)]
    assert min(drawn) == 1 and 100 < max(drawn) <= 150
