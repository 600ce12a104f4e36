"""The parts of the engine, each by itself: what scouts draw and keep, how a bracket steps back, what is counted."""

from __future__ import annotations

import math
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Int, Real, always, claim, sqrt, symbols
from rankladder.app.main import main
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball
from rankladder.search.archive import Archive, Niche, badness_of, offspring
from rankladder.search.batches import (
    GROUP,
    Findings,
    Sieve,
    Sighting,
    draw_batch,
    evaluate,
    exact_instance,
    guide,
    scout,
)
from rankladder.search.climb import Budget, Witness, badness, climb, simplify
from rankladder.search.draws import bounds_for, draw_instance, region_of, satisfies
from rankladder.search.examination import examine
from rankladder.search.judgement import LADDER, Judgement, conclude, judge
from rankladder.search.rounds import Tally, draw_bulk, draw_hypothesis, judge_findings, scout_into
from rankladder.simulate import descent, first_hit

x, y, n, z, r = symbols("x y n z r")


@claim("engine.square", over={"x": Real(-2, 2), "y": Real(0, 1), "n": Int(0, 3)}, given={"below": x < y})
def square(x: Any, y: Any, n: Any) -> Any:
    return 5 - x * x - n * y / 8


def at(**values: Any) -> Instance:
    return Instance.of(values)


# -- scouts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "groups"), [(1, 1), (GROUP, 1), (2 * GROUP, 2), (5 * GROUP - 1, 4)])
def test_a_scout_draws_in_groups(count: int, groups: int) -> None:
    @claim("engine.free", over={"x": Real(0, 1, closed="both"), "n": Int(0, 9)})
    def free(x: Any, n: Any) -> Any:
        return x + n

    assert scout(free, count, 0).seen == groups * GROUP


def test_few_integers_are_all_looked_at() -> None:
    @claim("engine.grid", over={"n": Int(0, 9), "m": Int(-2, 2)})
    def grid(n: Any, m: Any) -> Any:
        return n + m + 0.0

    found = scout(grid, 50, 0)
    assert found.seen == 50
    assert found.worst[0] == Sighting(at(n=0, m=-2), -2.0)
    assert {s.instance for s in found.worst if s.margin < 0} == {
        at(n=0, m=-2),
        at(n=0, m=-1),
        at(n=1, m=-2),
    }


def test_a_group_keeps_to_domains_and_relations() -> None:
    drawn = draw_batch(square, RandomSource(3))
    assert drawn is not None
    values, mask = drawn
    assert values["x"].shape == values["y"].shape == mask.shape == (GROUP,)
    inside = (np.abs(values["x"]) < 2) & (values["y"] > 0) & (values["y"] < 1) & (values["x"] < values["y"])
    assert (mask == inside).all()
    assert mask.mean() > 0.5  # open ends are drawn often
    taken, _ = draw_batch(square, RandomSource(3), {"n": 2, "x": np.full(GROUP, 0.5)}) or ({}, None)
    assert taken["n"] == 2
    assert (taken["x"] == 0.5).all()
    assert (taken["y"] >= 0.5).all()


def test_margins_of_a_group_are_those_of_its_instances() -> None:
    values, _ = draw_batch(square, RandomSource(4)) or ({}, None)
    margins = evaluate(square, values)
    assert margins is not None
    np.testing.assert_array_equal(margins, 5 - values["x"] ** 2 - values["n"] * values["y"] / 8)
    for index in (0, 7, GROUP - 1):
        instance = exact_instance(square, values, index)
        assert instance == at(x=F(values["x"][index]), y=F(values["y"][index]), n=values["n"])
        assert judge(square, instance).margin == pytest.approx(margins[index], rel=1e-12)


def test_a_scout_sees_through_exact_constants_handed_to_the_simulator() -> None:
    @claim("MY-descent", over={"s": Real(0, 1)})
    def stated(s: Any) -> Any:
        return 1 - descent(s, F(1, 7), 3)

    values, _ = draw_batch(stated, RandomSource(0)) or ({}, None)
    margins = evaluate(stated, values)
    assert margins is not None
    assert judge(stated, exact_instance(stated, values, 5)).margin == pytest.approx(float(margins[5]))


def test_what_takes_too_long_is_undecided_and_says_so() -> None:
    @claim("MY-slow", over={"s": Real(0, 1)})
    def stated(s: Any) -> Any:
        return first_hit(s, -20, F(1, 2))

    judgement = judge(stated, Instance.of(s=F(1, 3 * 10**15)))
    assert (judgement.outcome, judgement.bits) == ("undecided", LADDER[0])
    assert judgement.why.startswith("s = 3.33e-16 needs more than limit=1000000000 steps to walk")
    assert judge(stated, Instance.of(s=F(1, 3))).why == ""
    seen = examine(stated, Instance.of(s=F(1, 3 * 10**15)))
    assert [r.why for r in seen.rungs] == [judgement.why]


def test_a_claim_about_every_step_is_about_later_ones_than_are_drawn() -> None:
    r, z = symbols("r z")
    grows = always("MY-grows", z <= 300, start={z: 0}, step={z: z + r}, over={"r": Real(0, 2)})
    seen = examine(grows, Instance.of(r=F(1), steps=301))
    assert (seen.applies, seen.judgement.outcome) == (True, "violated")
    for steps in (0, -1, True, F(2)):
        assert not grows.over["steps"].contains(steps, {})
    assert str(grows.over["steps"]) == "the integers from 1 on, drawn up to 150"
    drawn = [grows.over["steps"].mutate(149, RandomSource(i)) for i in range(60)]
    assert max(drawn) == 150
    assert min(drawn) == 145


def test_what_takes_no_arrays_is_left_to_the_judge() -> None:
    @claim("engine.branch", over={"x": Real(0, 1)})
    def branch(x: Any) -> Any:
        return 1 if x > 0.5 else x

    values, _ = draw_batch(branch, RandomSource(0)) or ({}, None)
    assert evaluate(branch, values) is None
    assert scout(branch, 5000, 0) == Findings([], [], 0, None, "the conclusion branches on a number")

    @claim("engine.constant", over={"x": Real(0, 1)})
    def constant(x: Any) -> Any:
        return 3

    assert evaluate(constant, values).tolist() == [3.0] * GROUP  # type: ignore[union-attr]


def test_a_sieve_keeps_the_worst_and_some_of_all_that_fail() -> None:
    sieve = Sieve(square, 0, keep=4, others=6)
    values: dict[str, Any] = {"x": np.arange(20) / 16, "y": np.full(20, 0.75), "n": 1}
    margins = np.arange(20) - 10.0
    margins[15:17] = np.nan
    mask = np.arange(20) != 1
    sieve.add(values, mask, margins)
    found = sieve.findings()
    assert found.seen == 19
    assert [s.margin for s in found.worst[:4]] == [-2.0, -3.0, -4.0, -5.0]  # beyond 1, size counts for less
    assert found.worst[0].instance == at(x=F(1, 2), y=F(3, 4), n=1)
    assert len(found.others) == 4
    assert all(s.margin < 0 and s.margin != -9 for s in found.others)  # not what the mask excludes
    for _ in range(3):
        sieve.add(values, mask, margins)
    assert len(sieve.findings().others) == 6
    assert sieve.findings().seen == 76
    undefined = Sieve(square, 0, keep=8)
    undefined.add(values, np.isnan(margins), margins)
    assert [math.isnan(s.margin) for s in undefined.findings().worst] == [True, True]


def test_badness_grows_with_the_violation_and_saturates() -> None:
    sizes = badness_of(np.array([2.0, 0.0, -0.5, -1.0, -2.0, -4.0, -np.inf, np.nan]))
    assert sizes.tolist() == [-2.0, 0.0, 0.5, 1.0, 1.5, 1.25, 1.0, 0.0]
    assert [badness(m) for m in (2.0, 0.0, -0.5, -1.0, -2.0)] == [-2.0, 0.0, 0.5, 1.0, 1.5]
    for margin, size in ((-0.5, 0.5), (-2.0, 2.0), (3.0, -3.0)):
        judgement = Judgement("violated" if margin < 0 else "holds", Ball(margin), 64)
        assert Witness(at(x=F(1)), judgement).size == size


def test_an_archive_keeps_the_smallest_margin_of_every_niche() -> None:
    archive = Archive(square)
    assert archive.names == ["x", "y"]
    # x over (-2, 2): two in the middle, one near the lower end; all y in the middle
    values: dict[str, Any] = {"x": np.array([0.5, 0.25, -1.9999, 0.75]), "y": np.full(4, 0.4), "n": 3}
    archive.add(values, np.array([3.0, 2.0, 5.0, -7.0]), np.array([True, True, True, False]))
    assert [(m.margin, m.reals.tolist(), m.integers) for m in archive.ranked()] == [
        (2.0, [0.25, 0.4], (3,)), (5.0, [-1.9999, 0.4], (3,)),
    ]  # fmt: skip
    archive.add(values, np.array([1.0, np.nan, 6.0, 4.0]), np.ones(4, dtype=bool))
    assert [m.margin for m in archive.ranked()] == [1.0, 5.0]
    archive.add({**values, "n": 1}, np.array([8.0, 9.0, 9.0, 9.0]), np.ones(4, dtype=bool))
    # integers of another length are another niche, 2 and 3 are one
    assert sorted((m.margin, m.integers) for m in archive.ranked()) == [
        (1.0, (3,)),
        (5.0, (3,)),
        (8.0, (1,)),
        (9.0, (1,)),
    ]
    archive.add({**values, "n": 2}, np.array([0.5, 9.0, 9.0, 9.0]), np.ones(4, dtype=bool))
    assert (archive.ranked()[0].margin, archive.ranked()[0].integers) == (0.5, (2,))


def test_offspring_stay_near_their_parents_and_in_the_domain() -> None:
    archive = Archive(square)
    archive.niches[(0,)] = Niche(1.0, -1.0, np.array([0.25, 0.5]), (3,))
    seen = [offspring(archive, RandomSource(seed), 400) for seed in range(12)]
    for values in seen:
        assert values["x"].shape == values["y"].shape == (400,)
        assert (np.abs(values["x"]) <= 2).all()
        assert ((values["y"] >= 0) & (values["y"] <= 1)).all()
        assert 0.3 < (values["x"] == 0.25).mean() < 0.95
        assert (values["x"] == 0.5).any()  # the value of the other
        moved_little = (np.abs(values["x"] - 0.25) < 1e-3) & (values["x"] != 0.25)
        assert moved_little.any()
    assert {values["n"] for values in seen} <= {0, 1, 2, 3}
    assert 3 in {values["n"] for values in seen}


def test_a_guide_goes_where_margins_are_small() -> None:
    @claim("engine.peak", over={"x": Real(0, 1), "y": Real(0, 1)})
    def peak(x: Any, y: Any) -> Any:
        return (x - 1 / 3) ** 2 + (y - 2 / 3) ** 2 + 1e-9

    archive = scout(peak, GROUP, 1).archive
    assert archive is not None
    before = archive.ranked()[0].margin
    found = guide(peak, archive, 12, 0, keep=5)
    assert len(found) == 5
    assert [s.margin for s in found] == sorted(s.margin for s in found)
    assert 1e-9 <= found[0].margin < before / 4
    best = found[0].instance
    assert float((best["x"] - F(1, 3)) ** 2 + (best["y"] - F(2, 3)) ** 2) + 1e-9 == pytest.approx(
        found[0].margin
    )
    assert guide(peak, archive, 3, 0, deadline=-math.inf)[0].margin == found[0].margin


# -- judging and counting --------------------------------------------------------------------------------------


def test_more_bits_are_taken_only_where_they_are_needed() -> None:
    assert LADDER == (192, 512, 1536, 4096)

    def close(digits: int) -> Claim:
        @claim(f"engine.close-{digits}", over={"x": Real(0, 4)})
        def made(x: Any) -> Any:
            return 1 + 10**digits * (sqrt(x) ** 2 - x)  # which no exact rational knows

        return made

    for digits, needed in ((10, 192), (60, 512), (200, 1536), (500, 4096)):
        judgement = judge(close(digits), at(x=F(7, 5)))
        assert (judgement.outcome, judgement.bits, judgement.escalated) == ("holds", needed, digits > 10)
    assert judge(close(501), at(x=F(7, 5)), LADDER[:3]).outcome == "undecided"
    assert not judge(square, at(x=F(1), y=F(1, 2), n=0)).escalated


def test_outcomes_and_what_counts() -> None:
    @claim("engine.root", over={"x": Real(-1, 1)})
    def root(x: Any) -> Any:
        return np.sqrt(x) - F(1, 4)

    tally = Tally(root)
    for value, outcome in (
        (F(1, 4), "holds"),
        (F(1, 25), "violated"),
        (F(-1, 2), "undefined"),
        (F(9, 16), "holds"),
        (F(1, 4), "holds"),
    ):
        assert tally.count(at(x=value)).outcome == outcome
    assert (tally.judged, tally.repeated, len(tally.undecided)) == (4, 1, 1)
    assert tally.region == {"x": (-0.5, 0.5625)}
    assert tally.margin == pytest.approx(-0.05)
    assert [w.instance["x"] for w in tally.closest] == [F(1, 4), F(9, 16)]
    assert tally.violation is not None
    assert tally.violation.instance == at(x=F(1, 25))
    tally.count(at(x=F(1, 100)))  # worse
    assert tally.violation.instance == at(x=F(1, 100))
    tally.count(at(x=F(1, 36)))
    assert tally.violation.instance == at(x=F(1, 100))


def test_six_smallest_margins_lead_the_search() -> None:
    tally = Tally(square)
    for k in range(9):
        tally.count(at(x=F(k, 8), y=F(1, 2), n=0))
    assert [w.instance["x"] for w in tally.closest] == [F(k, 8) for k in (8, 7, 6, 5, 4, 3)]


def test_bulk_draws_stop_where_they_should() -> None:
    tally = Tally(square)
    draw_bulk(tally, 30, 1, math.inf)
    assert (tally.judged, tally.violation) == (30, None)
    draw_bulk(tally, 30, 2, math.inf)
    assert tally.judged == 30

    @claim("engine.small", over={"n": Int(0, 4)})
    def small(n: Any) -> Any:
        return n + 1

    tally = Tally(small)
    draw_bulk(tally, 100, 1, math.inf)  # five instances are all there is
    assert (tally.judged, len(tally.seen)) == (5, 5)
    assert tally.repeated == 200 + 20 * 5 + 1

    @claim("engine.never", over={"n": Int(0, 4)}, given={"far": n > 9})
    def never(n: Any) -> Any:
        return n + 1

    tally = Tally(never)
    draw_bulk(tally, 100, 1, math.inf, misses_before_first=7)
    assert (tally.judged, tally.discarded) == (0, 8)


def test_hypothesis_draws_are_counted() -> None:
    tally = Tally(square)
    draw_hypothesis(tally, 25, 1, math.inf)
    assert 20 <= tally.judged + tally.repeated <= 25
    late = Tally(square)
    draw_hypothesis(late, 25, 1, -math.inf)
    assert late.judged == 0


def test_findings_are_judged_and_false_alarms_lead_to_the_rest() -> None:
    good, bad = at(x=F(1), y=F(3, 2), n=0), at(x=F(9, 8), y=F(1, 2), n=0)
    fails = [Sighting(at(x=F(k, 8), y=F(7, 8), n=2), -1.0) for k in range(1, 5)]
    tally = Tally(square)
    judge_findings(tally, Findings([Sighting(at(x=F(0), y=F(1, 2), n=1), 1.0)], fails, 1))
    assert tally.judged == 1  # no alarm
    judge_findings(
        tally,
        Findings(
            [Sighting(at(x=F(1, 4), y=F(1, 2), n=1), -1.0), Sighting(good, -1.0), Sighting(bad, -1.0)],
            fails,
            1,
        ),
    )
    # the first is a false alarm, the other two satisfy no domain or no assumption; then the rest
    assert (tally.judged, tally.discarded) == (6, 2)
    assert GROUP / 2 < scout_into(Tally(square), 4 * GROUP, 0) <= 2 * GROUP


# -- drawing -----------------------------------------------------------------------------------------------------


def test_relations_bound_what_is_still_to_come() -> None:
    room = bounds_for(square, "x", {})
    assert room is not None
    assert (room.lower, room.upper) == (None, F(1))  # x < y, and y is below 1
    later = bounds_for(square, "y", {"x": F(1, 4)})
    assert later is not None
    assert (later.lower, later.lower_closed, later.upper) == (F(1, 4), False, None)
    assert bounds_for(square, "n", {}) is None
    for seed in range(40):
        instance = draw_instance(square, RandomSource(seed))
        assert satisfies(square, instance) is True
        assert region_of(square, instance) == {k: (float(v), float(v)) for k, v in instance.items()}
    assert satisfies(square, at(x=F(1, 2), y=F(1, 2), n=0)) is False
    assert satisfies(square, at(x=F(1, 4), y=F(1, 2), n=4)) is False

    @claim("engine.none", over={"x": Real(0, 1)}, given={"two": x > 2})
    def none(x: Any) -> Any:
        return x

    with pytest.raises(Infeasible):
        draw_instance(none, RandomSource(0))


# -- searching ------------------------------------------------------------------------------------------------------


def test_a_climb_ends_at_a_violation_or_with_its_budget() -> None:
    @claim("engine.hill", over={"x": Real(0, 4), "y": Real(0, 4)})
    def hill(x: Any, y: Any) -> Any:
        return (x - 3) ** 2 + (y - 1) ** 2 - F(1, 1000)

    start = Witness(at(x=F(1), y=F(2)), judge(hill, at(x=F(1), y=F(2))))
    budget = Budget(400, math.inf)
    found = climb(hill, [start], RandomSource(0), budget)
    assert found is not None
    assert found.judgement.outcome == "violated"
    assert budget.spent <= 401
    simple = simplify(hill, found, RandomSource(0), Budget(300, math.inf))
    assert simple.instance == at(x=F(3), y=F(1))
    little = Budget(3, math.inf)
    near = climb(hill, [start], RandomSource(0), little)
    assert little.spent == 4
    assert near is None or near.margin <= start.margin


# -- thresholds -----------------------------------------------------------------------------------------------------


def test_the_command_says_what_was_met(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "c.py"
    file.write_text(
        "from fractions import Fraction\nfrom rankladder import Real, claim, symbols\na = symbols('a')\n"
        "over = dict(a=Real(0, 1), x=Real(0, 1))\n"
        "@claim('c.middle', over=over, given={'low': a < 1})\ndef _(a, x): return (a - Fraction(1, 3)) ** 2 - 0.01\n"
        "@claim('c.never', over=over)\ndef _(a, x): return -a * x\n"
        "@claim('c.always', over=over)\ndef _(a, x): return a * x\n"
    )

    def said(id: str) -> tuple[int, str]:
        code = main(["boundary", id, str(file), "--parameter", "a"])
        return code, capsys.readouterr().out

    code, text = said("c.middle")
    assert code == 0
    assert "c.middle: found threshold in a: 0.2333" in text
    assert "root of 30*x - 7, and it fails above" in text
    assert "confirmed, margin -" in text
    assert "not the only one: the outcome changes also between 0.433 and 0.438" in text
    assert "set aside, as it bounds a alone: low" in text
    code, text = said("c.never")
    assert code == 3
    assert "c.never: no threshold in a: it fails at every value tried (" in text
    code, text = said("c.always")
    assert code == 3
    assert text.startswith("c.always: no threshold in a: no failure found in ")


# -- sequences ------------------------------------------------------------------------------------------------------


def test_a_sequence_is_followed_to_the_last_step_and_no_further() -> None:
    # z_k = 2^k <= r: fails first at the step where 2^k passes r
    made = always(
        "engine.doubling", z <= r, start={z: sympy.Integer(1)}, step={z: 2 * z}, over={"r": Real(0, 100)}
    )
    for steps, bound, outcome in (
        (3, 8, "holds"), (3, F(15, 2), "violated"), (4, 15, "violated"), (4, 16, "holds"), (2, 4, "holds"), (5, 31, "violated"),
    ):  # fmt: skip
        assert judge(made, at(r=F(bound), steps=steps)).outcome == outcome, (steps, bound)
    assert conclude(made, {"r": Ball(5), "steps": 2}).mid == 1.0
    assert judge(made, at(r=F(1, 2), steps=1)).margin == -1.5
    strict = always("engine.strict", z < r, start={z: r / 2}, step={z: 2 * z}, over={"r": Real(0, 100)})
    assert judge(strict, at(r=F(1), steps=1)).outcome == "violated"  # equal after one step
    equal = always("engine.equal", sympy.Eq(z, r), start={z: r}, step={z: z}, over={"r": Real(0, 100)})
    assert judge(equal, at(r=F(1, 3), steps=9)).outcome == "holds"


def test_horizons_are_mostly_short() -> None:
    domain = always("engine.horizon", z <= 2, start={z: 1}, step={z: z}, over={"r": Real(0, 1)}).over["steps"]
    drawn = [domain.draw(RandomSource(seed), None, {}) for seed in range(2000)]
    assert (min(drawn), 100 < max(drawn) <= 150) == (1, True)
    assert 0.005 < np.mean([k > 30 for k in drawn]) < 0.05
    source = RandomSource(0)
    assert {domain.mutate(20, source) for _ in range(300)} == set(range(16, 25))
