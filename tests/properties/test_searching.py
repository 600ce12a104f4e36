"""Scouts, climbs and brackets in their parts: by hand where a number can be worked out, kept where it is drawn."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy

from properties import Int, Matrix, Otherwise, Real, claim, lemma, symbols
from properties.engine import boundary, guiding, scouting, search
from properties.engine.boundary import Boundary, find_boundary
from properties.engine.checking import Tally
from properties.engine.drawing import bounds_for, region_of, satisfies
from properties.engine.examining import examine
from properties.engine.guiding import Archive, Niche, offspring
from properties.engine.judging import Judgement, conclude, judge
from properties.engine.scouting import GROUP, Sieve, draw_batch, evaluate, exact_instance, guide, scout
from properties.engine.search import Budget, Witness, climb, simplify, weight
from properties.generators.domains import Bounds
from properties.generators.matrices import Rational
from properties.generators.sources import RandomSource
from properties.stating.instance import Instance
from properties.stating.statement import Claim
from properties.stating.verdict import Expectation
from simulate.balls import Ball, Undecided, hull
from tests.properties.test_domains import Asked
from tests.properties.test_neighbours import Script

x, y, n = symbols("x y n")


def stated() -> SimpleNamespace:
    # inside a function: the plugin makes a test of every claim that has a name in a test module
    @claim("search.hill", over={"x": Real(0, 4), "y": Real(0, 4), "n": Int(0, 9)}, given={"apart": x + y > 2})
    def hill(x: Any, y: Any, n: Any) -> Any:
        return (x - 3) ** 2 + (y - 1) ** 2 + n / 8 - F(1, 10)

    @claim("search.grown", over={"n": Int(1, 4), "A": Matrix("n", "n")})
    def grown(n: Any, A: Any) -> Any:
        return 3 - (A * A).sum()

    @claim(
        "search.threshold",
        over={"a": Real(0, 2, closed="both"), "x": Real(0, 1)},
        given={"low": symbols("a") < 1, "both": symbols("a") + x < 3},
    )
    def threshold(a: Any, x: Any) -> Any:
        return 1 - a * x

    return SimpleNamespace(hill=hill, grown=grown, threshold=threshold)


MADE = stated()


def at(**values: Any) -> Instance:
    return Instance.of(values)


def met(made: Claim, **values: Any) -> Witness:
    return Witness(at(**values), judge(made, at(**values)))


def square(*rows: Any) -> Rational:
    return Rational(tuple(tuple(map(F, row)) for row in rows))


# -- searching -----------------------------------------------------------------------------------------------------


def test_a_budget_counts_judgements_and_looks_at_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 10.0
    monkeypatch.setattr(search, "time", SimpleNamespace(monotonic=lambda: now))
    budget = Budget(2, 11.0)
    assert [budget.take() for _ in range(4)] == [True, True, False, False] and budget.spent == 4
    budget = Budget(9, 11.0)
    assert budget.take()
    now = 11.0
    assert not budget.take() and budget.spent == 2
    assert Budget(0).take() is False and Budget(1).take() is True


CLIMBS = [
    ("x=65751/65536, y=68655984605/68719476736, n=0", 41),
    ("x=23/10, y=1781/1408, n=0", 41),
    ("x=127/84, y=19/11, n=0", 41),
    ("x=45051/16384, y=3319195/2097152, n=0", 41),
]


@pytest.mark.parametrize("seed", range(4))
def test_a_climb_goes_where_it_went(seed: int) -> None:
    starts = [met(MADE.hill, x=F(1), y=F(2), n=3), met(MADE.hill, x=F(1, 2), y=F(7, 3), n=1)]
    budget = Budget(40)
    found = climb(MADE.hill, starts, RandomSource(seed), budget)
    assert found is not None
    assert (str(found.instance), budget.spent) == CLIMBS[seed]
    assert found.margin == judge(MADE.hill, found.instance).margin


SIMPLE = [("x=3, y=1, n=0", 0), ("x=3, y=1, n=0", 3), ("x=3, y=1, n=0", 3), ("x=3, y=1, n=0", 3)]


@pytest.mark.parametrize("number", range(4))
def test_what_is_simple_is_simple_again(number: int) -> None:
    start = met(MADE.hill, x=3 + F(number, 70), y=1 - F(number, 31), n=0)
    assert start.judgement.outcome == "violated"
    budget = Budget(60)
    found = simplify(MADE.hill, start, RandomSource(number), budget)
    assert (str(found.instance), budget.spent) == SIMPLE[number]


def test_a_climb_from_nothing_and_from_where_it_need_not_move() -> None:
    assert climb(MADE.hill, [], RandomSource(0), Budget(9)) is None

    @claim("search.deep", over={"x": Real(-8, 8)})
    def deep(x: Any) -> Any:
        return x

    for value, moves in (
        (F(-2), True),
        (F(-1), True),
        (F(-99, 100), False),
    ):  # from size 1 on nothing is made worse
        budget = Budget(9)
        found = climb(deep, [met(deep, x=value)], RandomSource(0), budget)
        assert (budget.spent == 1) is moves
        assert found is not None and found.size >= -value
    # the four most promising only
    starts = [met(deep, x=F(k)) for k in (7, 6, 5, 4, 3, 2)]
    asked = Asked(3, 3, 0, 0, 1, 0, 0, 0)
    found = climb(deep, starts, asked, Budget(1))  # type: ignore[arg-type]
    assert asked.ranges[:2] == [(0, 3), (0, 3)]
    assert found is not None and found.instance == at(x=F(2))


def test_a_climb_gives_up_when_nothing_gets_worse() -> None:
    @claim("search.flat", over={"x": Real(0, 1)})
    def flat(x: Any) -> Any:
        return 1 + 0 * x

    for judgements, moves in ((300, 151), (100, 61), (60, 61), (59, 60)):
        budget = Budget(judgements)
        climb(flat, [met(flat, x=F(1, 2))], RandomSource(1), budget)
        assert budget.spent == moves, judgements


def test_a_step_of_a_search_changes_one_or_two_parameters() -> None:
    here = at(x=F(1), y=F(5, 2), n=3)
    # one change: of n, near, by two
    assert search._neighbour(MADE.hill, here, Script(0, 2, 1, 2)) == here.with_(n=5)
    # x to what y is; y to a fraction with a denominator of at most 1; then two at once
    assert search._neighbour(MADE.hill, here, Script(0, 0, 0, 1, 0)) == here.with_(x=F(5, 2))
    assert search._neighbour(MADE.hill, here, Script(0, 1, 0, 0, 1)) == here.with_(y=F(2))
    assert search._neighbour(MADE.hill, here, Script(1, 2, 1, 2, 0, 0, 1, 0)) == here.with_(n=5, x=F(5, 2))
    source = Asked(0, 0, 7, 16, 0, 0)
    assert search._neighbour(MADE.hill, here, source) == here.with_(x=F(2))
    assert source.ranges == [(0, 1), (0, 2), (0, 7), (-16, 16), (0, 14), (0, 2)]
    # where no other real differs, there is no other to be
    source = Asked(0, 0, 0, 24)
    assert search._neighbour(MADE.hill, at(x=F(9, 31), y=F(9, 31), n=3), source) == at(
        x=F(9, 31).limit_denominator(24), y=F(9, 31), n=3
    )
    assert source.ranges == [(0, 1), (0, 2), (0, 7), (1, 24)]


def test_how_hard_an_instance_is_to_read() -> None:
    # 1: one bit; 5/2: three and two; 3: log2 of 4
    assert weight(MADE.hill, at(x=F(1), y=F(5, 2), n=3)) == 1 + 5 + 2


def test_one_size_smaller_from_the_last_index_on() -> None:
    here = at(n=2, A=square((1, 2), (3, 4)))
    assert list(search._smaller(MADE.grown, here)) == [at(n=1, A=square((1,))), at(n=1, A=square((4,)))]
    assert list(search._smaller(MADE.grown, at(n=1, A=square((1,))))) == []
    assert list(search._smaller(MADE.hill, at(x=F(1), y=F(5, 2), n=3))) == []  # nothing has this size
    apart = claim("search.apart", over={"n": Int(1, 4), "A": Matrix(1, 1)})(lambda n, A: n)
    assert list(search._smaller(apart, at(n=3, A=square((1,))))) == []


def test_simple_candidates_keep_half_of_the_violation() -> None:
    budget = Budget(50)
    found = search._simple_candidates(MADE.hill, 0.05, RandomSource(1), budget)
    assert 1 <= len(found) <= 3 and budget.spent >= len(found)
    for w in found:
        assert w.judgement.outcome == "violated" and w.size >= 0.05
        assert all(v.denominator <= 8 for v in (w.instance["x"], w.instance["y"]))
    assert search._simple_candidates(MADE.hill, 0.11, RandomSource(1), Budget(50)) == []
    assert search._simple_candidates(MADE.hill, 0.05, RandomSource(1), Budget(0)) == []
    assert search._simple_candidates(MADE.grown, -9.0, RandomSource(1), Budget(50)) == []  # not for matrices
    weights = [
        weight(MADE.hill, w.instance)
        for w in search._simple_candidates(MADE.hill, -1.0, RandomSource(1), Budget(50))
    ]
    assert weights == sorted(weights)


# -- guiding -------------------------------------------------------------------------------------------------------


def test_a_range_has_six_places() -> None:
    column = np.array([0.0, 2.0**-10, 2.0**-9, 0.125, 0.126, 0.5, 0.51, 0.875, 0.876, 1 - 2.0**-10, 1.0])
    places = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert guiding._place(Real(0, 1), column).tolist() == places
    assert guiding._place(Real(-2, 6), 8 * column - 2).tolist() == places
    unbounded = np.array([-17.0, -16.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 16.0, 17.0])
    for domain in (Real(), Real(0), Real(None, 0)):
        assert guiding._place(domain, unbounded).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert guiding._place(Real(1, 1, closed="both"), np.array([1.0])).tolist() == [0]


def test_a_batch_gives_an_archive_its_128_smallest_margins() -> None:
    @claim("search.line", over={"x": Real(0, 1)})
    def line(x: Any) -> Any:
        return x

    for late, kept in ((127, 2), (128, 1)):
        archive = Archive(line)
        values = {"x": np.full(200, 0.25)}
        values["x"][late] = 0.75
        archive.add(values, np.arange(200.0), np.ones(200, dtype=bool))
        assert [m.margin for m in archive.ranked()] == [0.0, float(late)][:kept]


def archived(count: int = 3) -> Archive:
    archive = Archive(MADE.hill)
    for k in range(count):
        margin = k - 1.5
        archive.niches[(k,)] = Niche(margin, -margin, np.array([k / 4, 4 - k / 3]), (k,))
    return archive


OFFSPRING = [
    (
        5,
        [
            61.67683158479957,
            1137.399780219729,
            127.36539693964244,
            87.51372322910635,
            1777.2817082641043,
            183.64213571376789,
        ],
    ),
    (
        4,
        [
            55.408110085111446,
            1065.735789535479,
            100.61475117924164,
            90.24175543085047,
            1684.8469899170652,
            191.5296977681588,
        ],
    ),
    (
        4,
        [
            52.9018591968637,
            1004.5217512115047,
            108.52425287099506,
            80.74737129032096,
            1631.9725214533464,
            152.6678672658603,
        ],
    ),
    (
        9,
        [
            58.341575020601596,
            911.6626792731827,
            130.87374438128566,
            85.05281238644446,
            2010.8929140747766,
            147.62361162561518,
        ],
    ),
    (
        8,
        [
            49.51562201152295,
            800.9880219293294,
            92.86102955223542,
            86.95425763971072,
            1895.78385089414,
            177.6013160617727,
        ],
    ),
    (
        7,
        [
            51.206497190591165,
            959.2698986155586,
            116.69390872311705,
            103.06435873147116,
            2014.697700327662,
            195.17476166881843,
        ],
    ),
]


@pytest.mark.parametrize("seed", range(6))
def test_offspring_are_what_they_were(seed: int) -> None:
    made = offspring(archived(12), RandomSource(seed), 40)
    place = np.arange(40)
    sums = [made[name] @ weights for name in "xy" for weights in (np.ones(40), place, place**2 % 7)]
    assert (made["n"], sums) == (OFFSPRING[seed][0], pytest.approx(OFFSPRING[seed][1], rel=1e-9))


def test_a_quarter_of_the_offspring_come_from_one_parent() -> None:
    first = archived()
    for seed in range(8):
        made = offspring(first, RandomSource(seed), 400)
        share = [np.mean(made["x"][:100] == k / 4) for k in range(3)]
        assert max(share) > 0.35


# -- scouting ------------------------------------------------------------------------------------------------------


def test_which_draws_lie_in_their_domains_in_float64() -> None:
    column = np.array([-0.5, 0.0, 0.5, 1.0, 1.5])
    for closed, inside in (("neither", [2]), ("left", [1, 2]), ("right", [2, 3]), ("both", [1, 2, 3])):
        made = claim("search.ends", over={"x": Real(0, 1, closed=closed), "n": Int(0, 3)})(lambda x, n: x)
        assert np.flatnonzero(scouting._mask(made, {"x": column, "n": 1})).tolist() == inside
    made = claim("search.above", over={"x": Real(0)}, given={"half": x < F(1, 2)})(lambda x: x)
    assert np.flatnonzero(scouting._mask(made, {"x": column})).tolist() == []
    made = claim("search.below", over={"x": Real(None, 1)}, given={"half": x >= F(1, 2)})(lambda x: x)
    assert np.flatnonzero(scouting._mask(made, {"x": column})).tolist() == [2]
    made = claim("search.whole", over={"n": Int(0, 3)}, given={"two": n >= 2})(lambda n: n)
    assert [scouting._mask(made, {"n": k}).tolist() for k in (1, 2)] == [[False], [True]]


def test_relations_bound_a_batch_once_their_parameters_are_drawn() -> None:
    over = {"x": Real(0, 4), "y": Real(0, 4)}
    made = claim("search.order", over=over, given={"up": y > x, "half": x < F(1, 2)})(lambda x, y: x)
    values, mask = draw_batch(made, RandomSource(1)) or ({}, np.zeros(1))
    assert values["x"].max() <= 0.5 and (values["y"] >= values["x"]).all() and mask.mean() > 0.6
    values, _ = draw_batch(made, RandomSource(1), {"x": np.full(GROUP, 3.5)}) or ({}, None)
    assert values["y"].min() >= 3.5
    given, _ = draw_batch(MADE.hill, RandomSource(2), {}) or ({}, None)
    plain, _ = draw_batch(MADE.hill, RandomSource(2)) or ({}, None)
    assert all(np.array_equal(given[k], plain[k]) for k in plain)


def test_float64_margins_are_one_number_an_instance() -> None:
    def of(conclusion: Any, over: Any = None) -> Any:
        return claim("search.margins", over=over or {"x": Real(0, 1)})(conclusion)

    values: dict[str, Any] = {"x": np.array([0.25, 0.5, 1.0])}
    assert evaluate(of(lambda x: x - F(1, 4)), values).tolist() == [0.0, 0.25, 0.75]  # type: ignore[union-attr]
    assert evaluate(of(lambda x: [x, 1 - x]), values).tolist() == [0.25, 0.5, 0.0]  # type: ignore[union-attr]
    assert evaluate(of(lambda x: 2), values).tolist() == [2.0] * 3  # type: ignore[union-attr]
    assert evaluate(of(lambda x: np.sqrt(-x)), values) is not None
    for odd in (
        lambda x: x + 1j,
        lambda x: x > 0,
        lambda x: None,
        lambda x: x.nothing,
        lambda x: x[9],
        lambda x: 1 // 0,
    ):
        assert evaluate(of(odd), values) is None
    assert evaluate(of(lambda n: n + 0.5, {"n": Int(0, 3)}), {"n": 2}).tolist() == [2.5]  # type: ignore[union-attr]


def test_exact_instances_of_a_column() -> None:
    made = claim(
        "search.fixed", over={"x": Real(F(1, 3), F(1, 3), closed="both"), "y": Real(0), "n": Int(0, 3)}
    )(lambda x, y, n: x)
    values = {"x": np.array([0.3, 0.4]), "y": np.array([0.5, 0.75]), "n": 2}
    assert exact_instance(made, values, 1) == at(x=F(1, 3), y=F(3, 4), n=2)
    assert scouting._exact(Real(0, 1), 0.25) == F(1, 4) and scouting._exact(Real(None, 1), 1.0) == 1


def test_a_sieve_ranks_by_how_bad_a_margin_is() -> None:
    made = claim("search.sieve", over={"x": Real(0, 100)})(lambda x: x)
    values = {"x": np.arange(10.0)}
    margins = np.array([3.0, -0.5, np.nan, -4.0, 0.25, np.inf, -1.0, 2.0, -2.0, 1.0])
    sieve = Sieve(made, 3, keep=4, others=2)
    sieve.add(values, np.arange(10) != 6, margins)
    found = sieve.findings()
    # beyond 1 the closer to 1 the better; an undefined margin is like one at the edge
    assert [float(s.instance["x"]) for s in found.worst] == [8, 3, 1, 2]
    assert found.seen == 9 and len(found.others) == 2 and found.archive is None
    assert {float(s.instance["x"]) for s in found.others} <= {1, 3, 8}
    sieve.add({"x": np.arange(10.0, 20.0)}, np.ones(10, dtype=bool), np.full(10, np.inf))
    assert len(sieve.findings().worst) == 4
    two = Sieve(made, 3, keep=2)
    for group, found_margins in (([1.0, 2.0], [-0.1, 0.2]), ([3.0, 4.0], [-0.5, 0.3])):
        two.add({"x": np.array(group)}, np.ones(2, dtype=bool), np.array(found_margins))
    assert [float(s.instance["x"]) for s in two.findings().worst] == [3.0, 1.0]
    # at most as many undefined ones as a quarter of what is kept
    many = Sieve(made, 3, keep=8)
    many.add(values, np.ones(10, dtype=bool), np.full(10, np.nan))
    assert len(many.findings().worst) == 2
    few = Sieve(made, 3, keep=3)
    few.add(values, np.ones(10, dtype=bool), np.full(10, np.nan))
    assert few.findings().worst == []


def test_a_guide_needs_time_and_keeps_what_it_is_told() -> None:
    archive = scout(MADE.hill, 3 * GROUP, 1).archive
    assert archive is not None
    before = archive.ranked()[0].margin
    found = guide(MADE.hill, archive, 6, 2, keep=3)
    assert len(found) == 3 and found[0].margin <= before
    assert found[0].margin == archive.ranked()[0].margin
    for s in found:
        assert judge(MADE.hill, s.instance).margin == pytest.approx(s.margin, rel=1e-9, abs=1e-12)
    assert len(guide(MADE.hill, archive, 0, 2)) == min(12, len(archive.niches))
    kept = dict(archive.niches)
    guide(MADE.hill, archive, 3, 2, deadline=-math.inf)
    assert archive.niches == kept


# -- drawing and judging -------------------------------------------------------------------------------------------


def test_a_relation_with_one_parameter_to_come_is_used_at_both_of_its_ends() -> None:
    over = {"x": Real(-9, 9), "y": Real(1, 3)}
    made = claim("search.later", over=over, given={"less": x < 2 * y, "more": x > y - 4})(lambda x, y: x)
    assert bounds_for(made, "x", {}) == Bounds(F(-3), F(6))
    assert bounds_for(made, "y", {"x": F(4)}) == Bounds(F(2), F(8))
    lone = claim("search.lone", over={"x": Real(-9, 9), "y": Real(1)}, given={"less": x < 2 * y})(
        lambda x, y: x
    )
    assert bounds_for(lone, "x", {}) is None  # y has no end
    assert bounds_for(lone, "y", {"x": F(4)}) == Bounds(F(2), None)
    assert region_of(MADE.grown, at(n=1, A=square((F(1, 2),)))) == {
        "n": (1.0, 1.0), "A.rows": (1.0, 1.0), "A.entries": (0.5, 0.5)
    }  # fmt: skip


def test_what_balls_cannot_tell_is_neither_satisfied_nor_broken() -> None:
    over = {"x": Real(0, 9), "A": Matrix(1, 1)}
    third = {"third": lambda x: x / 3 * 3 - x}
    made = claim("search.third", over=over, given=third)(lambda x, A: x)
    one = square((1,))
    assert satisfies(made, at(x=F(7, 5), A=one)) is None
    assert satisfies(made, at(x=F(10), A=one)) is False
    both = claim("search.both", over=over, given={**third, "small": x < 1})(lambda x, A: x)
    assert satisfies(both, at(x=F(7, 5), A=one)) is False
    assert satisfies(both, at(x=F(1, 5), A=one)) is None
    turned = claim("search.turned", over=over, given={"small": x < 2, **third})(lambda x, A: x)
    assert satisfies(turned, at(x=F(7, 5), A=one)) is None
    structure = claim("search.structure", over=over, given={"flat": Otherwise("A", Matrix(1, 1))})(
        lambda x, A: x
    )
    assert satisfies(structure, at(x=F(7, 5), A=one)) is True


def test_a_conclusion_gets_the_parameters_that_it_names() -> None:
    over = {"x": Real(0, 1), "y": Real(0, 1)}
    values = {"x": 1, "y": 2}
    assert conclude(claim("search.one", over=over)(lambda y: (y,)), values) == (2,)
    assert conclude(claim("search.two", over=over)(lambda y, x: (x, y)), values) == (1, 2)
    with pytest.raises(
        TypeError, match=r"Expected claim search.silent to return a signed margin but got None"
    ):
        conclude(claim("search.silent", over=over)(lambda x: None), values)


def test_judgements_of_enclosures() -> None:
    from properties.engine.judging import _sentence

    for enclosure, outcome in (
        (Ball(0), "holds"), (Ball(1), "holds"), (Ball(-1), "violated"), (Ball(float("nan")), "undefined"),
        (hull(-1, 1), "undecided"), (hull(F(-49, 10**42), F(49, 10**42)), "holds"),
        (hull(F(-6, 10**41), F(6, 10**41)), "undecided"), (hull(-2, -1), "violated"),
    ):  # fmt: skip
        found = _sentence(enclosure, 512)
        assert (found.outcome, found.bits) == (outcome, 512), enclosure
    assert _sentence(hull(F(-1, 10**42), F(1, 10**42)), 64).margin == 0.0
    assert math.isnan(Judgement("undefined", Ball(float("nan")), 64).margin)
    assert [Judgement("holds", Ball(1), bits).escalated for bits in (0, 192, 193)] == [False, False, True]


def test_what_no_ball_decides_is_asked_in_rationals_unless_the_ladder_is_short() -> None:
    @claim("search.tie", over={"x": Real(0, 1)})
    def tie(x: Any) -> Any:
        from properties import strictly

        return strictly(x - F(1, 3))

    assert judge(tie, {"x": F(1, 3)}).outcome == "violated" and judge(tie, {"x": F(1, 3)}).bits == 0
    assert judge(tie, {"x": F(1, 3)}, (192,)).outcome == "undecided"
    assert judge(tie, {"x": F(1, 3)}, tuple([192, 512, 1536, 4096])).outcome == "violated"  # noqa: C409

    @claim("search.refuses", over={"x": Real(0, 1)})
    def refuses(x: Any) -> Any:
        raise Undecided

    found = judge(refuses, {"x": F(1, 3)})
    assert (found.outcome, found.bits, math.isnan(found.margin)) == ("undecided", 4096, True)


def test_an_examination_says_what_holds_and_what_decided() -> None:
    over = {"x": Real(0, 4), "n": Int(0, 9)}

    @claim("search.seen", over=over, given={"small": x < 2, "flat": Otherwise("n", Int(0, 3))})
    def seen(x: Any, n: Any) -> Any:
        return [x, 1 - x, n - x, *[x + k for k in range(1, 12)]]

    found = examine(seen, at(x=F(3, 2), n=1))
    assert (found.parameters, found.assumptions) == ({"x": True, "n": True}, {"small": True, "flat": True})
    assert (found.applies, found.judgement.outcome, found.contradicts, found.count) == (
        True,
        "violated",
        True,
        14,
    )
    assert [i for i, _ in found.entries] == [(1,), (2,), (0,), *[(k,) for k in range(3, 12)]]
    assert [r.bits for r in found.rungs] == [192]
    out = examine(seen, at(x=F(3), n=10))
    assert (out.parameters, out.assumptions) == ({"x": True, "n": False}, {"small": False, "flat": False})
    assert (out.applies, out.contradicts) == (False, False)
    said = examine(seen, at(x=F(1, 2), n=1)).to_json()
    assert said["margin"] == {"mid": 0.5, "radius": 0.0} and said["applies"] is True
    assert said["rungs"] == [{"bits": 192, "outcome": "holds", "mid": 0.5, "radius": 0.0}]
    assert said["entries"][:2] == [
        {"index": [0], "mid": 0.5, "radius": 0.0},
        {"index": [1], "mid": 0.5, "radius": 0.0},
    ]
    assert (said["id"], said["instance"], said["count"], len(said["entries"])) == (
        "search.seen",
        "x=1/2, n=1",
        14,
        12,
    )
    assert said["in_domain"] == {"x": True, "n": True} and said["values"]["n"] == {"exact": "1", "float": 1.0}

    @claim("search.single", over={"x": Real(0, 4)}, given={"open": lambda x: x / 3 * 3 - x})
    def single(x: Any) -> Any:
        return [x / 3 * 3 - x]

    found = examine(single, at(x=F(7, 5)))
    assert (found.entries, found.count, found.applies) == ((), 1, None)
    assert found.judgement.outcome == "holds"  # known to within what counts as equality

    @claim("search.open", over={"x": Real(0, 4)})
    def open_(x: Any) -> Any:
        return [10**3000 * (x / 3 * 3 - x), np.log(x - 4), x]

    found = examine(open_, at(x=F(7, 5)))
    assert [r.bits for r in found.rungs] == [192, 512, 1536, 4096] and not found.contradicts
    assert found.entries[0][0] == (1,) and found.entries[0][1].is_nan()

    @claim("search.whole-open", over={"x": Real(0, 4)})
    def whole(x: Any) -> Any:
        raise Undecided

    assert examine(whole, at(x=F(1))).count == 1
    refuted = replace(seen, expects=Expectation.refuted)
    assert not examine(refuted, at(x=F(3, 2), n=1)).contradicts


# -- brackets ------------------------------------------------------------------------------------------------------


def bracketed(**changes: Any) -> Boundary:
    made = Boundary("id", "a", F(1, 2), F(3, 4), None, 7, None, None, False, 1.23456)
    return replace(made, **changes)


def test_what_is_said_of_a_bracket() -> None:
    assert (bracketed().reached, bracketed().estimate) == (True, 0.625)
    assert bracketed(root=0.7).estimate == 0.7 and bracketed(root=0.0).estimate == 0.0
    for one in ({"holds_at": None}, {"fails_at": None}):
        assert (bracketed(**one).reached, bracketed(**one).estimate) == (False, None)
    said = bracketed(further=((F(1), F(2)),), set_aside=("low",)).to_json()
    assert said == {
        "id": "id", "parameter": "a", "holds_at": {"exact": "1/2", "float": 0.5}, "fails_at": {"exact": "3/4", "float": 0.75},
        "estimate": 0.625, "minimal_polynomial": None, "polynomial_confirmed": False, "certified": False,
        "counterexample": None, "margin": None, "instances_at_holding_end": 7, "set_aside": ["low"],
        "further_changes": [[{"exact": "1", "float": 1.0}, {"exact": "2", "float": 2.0}]], "seconds": 1.235,
    }  # fmt: skip
    assert bracketed(holds_at=None).to_json()["holds_at"] is None
    met_here = bracketed(witness=met(MADE.hill, x=F(3), y=F(1), n=0)).to_json()
    assert (met_here["certified"], met_here["counterexample"]) == (True, "x=3, y=1, n=0")
    assert met_here["margin"] == pytest.approx(-0.1)


@pytest.mark.parametrize(
    ("value", "polynomial"),
    [
        (F(1, 2), "2*x - 1"),
        (F(-7, 3), "3*x + 7"),
        (sympy.sqrt(2), "x**2 - 2"),
        (-sympy.sqrt(5) - 1, "x**2 + 2*x - 4"),
        (sympy.Rational(3) ** sympy.Rational(1, 3), "x**3 - 3"),
    ],
)
def test_a_short_polynomial_has_its_root_in_the_bracket(value: Any, polynomial: str | None) -> None:
    middle = boundary._close(sympy.sympify(value))
    for low, high in (
        (middle - F(1, 10**9), middle + F(1, 10**9)),
        (middle + F(1, 10**9), middle - F(2, 10**9)),
    ):
        found, root = boundary._short_polynomial(low, high)
        assert (None if found is None else str(found)) == polynomial
        assert root is None or abs(float(root) - float(middle)) < 1e-12


def test_a_bracket_too_wide_has_no_polynomial() -> None:
    # a relative width of 2^-b pays for fewer than b/1.2 bits; 7x - 3 has 3 + 2 and one for each sign
    for width, known in ((F(1, 2**7), False), (F(1, 2**11), True)):
        found, _ = boundary._short_polynomial(F(3, 7) - width * F(3, 14), F(3, 7) + width * F(3, 14))
        assert (str(found) == "7*x - 3") is known


def test_an_exact_number_is_known_to_sixty_digits() -> None:
    close = boundary._close(sympy.sqrt(2))
    assert 0 < abs(close**2 - 2) < F(1, 10**58)
    assert boundary._close(sympy.Rational(1, 4)) == F(1, 4)


def test_derived_thresholds_lie_in_their_bracket(monkeypatch: pytest.MonkeyPatch) -> None:
    import theory

    s = sympy.Symbol("s")
    values = {"low": sympy.Rational(1, 2), "root": sympy.sqrt(5) - 1, "high": sympy.Integer(2)}
    polynomials = {"low": 2 * s - 1, "root": s**2 + 2 * s - 4, "high": s - 2}
    monkeypatch.setattr(theory, "thresholds", lambda: values)
    monkeypatch.setattr(theory, "threshold_polynomials", lambda: polynomials)
    found = boundary._derived(F(6, 5), F(5, 4))
    assert (str(found[0]), found[1]) == ("x**2 + 2*x - 4", values["root"])
    for low, high in ((F(2), F(3)), (F(3, 2), F(2))):  # the ends belong to it
        assert boundary._derived(low, high)[1] == 2
    assert boundary._derived(F(3, 2), F(7, 4)) == (None, None)


class Hunted:
    """Stands in for what a hunter does at one value, and notes what it is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, found: str = "") -> None:
        self.calls: list[Any] = []
        self.found = found
        for name in ("scout_into", "draw_bulk", "climb"):
            monkeypatch.setattr(boundary, name, getattr(self, name))

    def violation(self, name: str) -> Witness | None:
        return met(MADE.threshold, a=F(3, 2), x=F(3, 4)) if self.found == name else None

    def scout_into(self, tally: Tally, count: int, seed: int, deadline: float) -> None:
        self.calls.append(("scout", count, deadline))
        tally.judged, tally.violation = 5, self.violation("scout")

    def draw_bulk(self, tally: Tally, wanted: int, seed: int, deadline: float) -> None:
        self.calls.append(("bulk", wanted, deadline))
        tally.judged, tally.violation = 50, self.violation("bulk")

    def climb(self, made: Claim, starts: Any, source: Any, budget: Budget) -> Witness | None:
        self.calls.append(("climb", [w.instance for w in starts], budget.judgements, budget.deadline))
        budget.spent = 11
        return self.violation("near" if len(self.calls) == 1 else "climb") or met(
            MADE.threshold, a=F(1), x=F(1, 2)
        )


@pytest.mark.parametrize(
    ("found", "phases", "judged"),
    [("near", 1, 0), ("scout", 2, 5), ("bulk", 3, 50), ("climb", 4, 61), ("", 4, 61)],
)
def test_how_hard_a_value_is_looked_at(
    found: str, phases: int, judged: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hunted = Hunted(monkeypatch, found)
    hunter = boundary._Hunter(MADE.threshold, "a", 0, 99.0)
    assert hunter.set_aside == ("low",) and list(hunter.claim.given) == ["both"]
    assert hunter.violates(F(3, 2)) is bool(found)
    assert hunted.calls == [
        ("climb", [], 400, 99.0), ("scout", 20_000, 99.0), ("bulk", 205, 99.0), ("climb", [], 300, 99.0)
    ][:phases]  # fmt: skip
    assert hunter.judged == {F(3, 2): judged}
    assert list(hunter.witnesses) == ([F(3, 2)] if found else [])


def test_matrix_claims_are_looked_at_less(monkeypatch: pytest.MonkeyPatch) -> None:
    hunted = Hunted(monkeypatch)
    made = claim("search.matrix", over={"a": Real(0, 1), "A": Matrix(1, 1)})(lambda a, A: A[0, 0] + 3 - a)
    assert not boundary._Hunter(made, "a", 0, 99.0).violates(F(1, 2))
    assert [c[:3] for c in hunted.calls] == [
        ("climb", [], 80), ("scout", 20_000, 99.0), ("bulk", 65, 99.0), ("climb", [], 60)
    ]  # fmt: skip


def test_violations_nearby_are_carried_over_or_climbed_from(monkeypatch: pytest.MonkeyPatch) -> None:
    hunted = Hunted(monkeypatch)
    hunter = boundary._Hunter(MADE.threshold, "a", 0, 99.0)
    fixed = replace(hunter.claim, over={**hunter.claim.over, "a": Real(F(5, 4), F(5, 4), closed="both")})
    for a, x_ in (
        (F(2), F(15, 16)),
        (F(7, 4), F(5, 8)),
        (F(15, 8), F(9, 16)),
        (F(1), F(3, 4)),
        (F(0), F(7, 8)),
    ):
        hunter.witnesses[a] = met(MADE.threshold, a=a, x=x_)
    found = hunter._near(fixed, F(5, 4), RandomSource(0))
    # the three nearest, at 1, 7/4 and 15/8, hold at 5/4: the climb starts from them
    assert found is None
    assert hunted.calls == [("climb", [at(a=F(5, 4), x=v) for v in (F(3, 4), F(5, 8), F(9, 16))], 400, 99.0)]
    hunter.witnesses[F(11, 8)] = met(MADE.threshold, a=F(11, 8), x=F(7, 8))
    found = hunter._near(fixed, F(5, 4), RandomSource(0))
    assert found is not None and found.instance == at(a=F(5, 4), x=F(7, 8)) and len(hunted.calls) == 1


def test_a_proposed_number_is_confirmed_close_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hunter = boundary._Hunter(MADE.threshold, "a", 0, 99.0)
    asked: list[F] = []

    def fails(edge: F) -> None:
        def violates(value: F) -> bool:
            asked.append(value)
            return value > edge

        monkeypatch.setattr(hunter, "violates", violates)

    fails(F(1))
    assert hunter.confirms(F(1), F(1, 2), F(3, 2)) and asked == [F(65, 64), F(63, 64)]
    assert hunter.confirms(F(65, 64) - F(1, 1000), F(1, 2), F(3, 2))
    assert not hunter.confirms(F(66, 64), F(1, 2), F(3, 2))
    assert not hunter.confirms(F(63, 64), F(1, 2), F(3, 2))
    assert not hunter.confirms(F(1), F(3, 2), F(1, 2))  # fails on the other side


def test_a_bracket_is_halved_while_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(boundary, "time", SimpleNamespace(monotonic=lambda: now))
    hunter = boundary._Hunter(MADE.threshold, "a", 0, 10.0)
    monkeypatch.setattr(hunter, "violates", lambda value: value > F(1, 3))
    assert hunter.bisect(F(0), F(1), F(1, 8)) == (F(1, 4), F(3, 8))
    assert hunter.bisect(F(0), F(1), F(1, 9)) == (F(5, 16), F(3, 8))
    assert hunter.bisect(F(1, 4), F(3, 8), F(1, 8)) == (F(1, 4), F(3, 8))
    monkeypatch.setattr(hunter, "violates", lambda value: value < F(1, 3))
    assert hunter.bisect(F(1), F(0), F(1, 4)) == (F(1, 2), F(1, 4))
    now = 10.0
    assert hunter.bisect(F(1), F(0), F(1, 4)) == (F(1), F(0))


def test_only_bounded_real_parameters_have_thresholds() -> None:
    made = claim("search.kinds", over={"n": Int(0, 3), "b": Real(0), "c": Real(None, 1), "d": Real(0, 1)})(
        lambda b: b
    )
    for name in ("n", "b", "c", "q"):
        with pytest.raises(
            ValueError, match=r"Expected a bounded real parameter of search.kinds \(b, c, d\) but got"
        ):
            find_boundary(made, name)


def test_an_end_of_the_bracket_may_be_the_root() -> None:
    for low, high in ((F(1, 2), F(1, 2) + F(1, 10**9)), (F(1, 2) - F(1, 10**9), F(1, 2))):
        assert str(boundary._short_polynomial(low, high)[0]) == "2*x - 1"


def test_a_quotient_by_zero_is_undefined() -> None:
    made = lemma("search.quotient", 1 / x > 0, over={"x": Real(-1, 1)})
    assert made.rational
    found = [judge(made, {"x": value}) for value in (F(1, 2), F(-1, 2), F(0))]
    assert [(f.outcome, f.bits) for f in found] == [("holds", 0), ("violated", 0), ("undefined", 0)]


def values(text: str) -> list[F]:
    return [F(word) for word in text.split()]


@pytest.mark.parametrize(
    ("true", "early", "width", "bracket", "asked"),
    [
        # nothing was missed: halved
        (lambda v: v > F(1, 3), lambda v: True, F(1, 8), (F(1, 4), F(3, 8)), "3/8 1/4"),
        # missed up to 3/2: back by 1/8, 1/4, 1/2, ... and to the edge at last, then halved; so from the other side
        (lambda v: v > F(1, 7), lambda v: v > F(3, 2), F(1, 16), (F(15, 128), F(5, 32)),
         "13/8 25/16 3/2 11/8 11/8 9/8 9/8 5/8 5/8 0 5/16 5/32 5/64 15/128 15/128"),
        (lambda v: v < F(13, 7), lambda v: v < F(1, 2), F(1, 16), (F(241, 128), F(59, 32)),
         "3/8 7/16 1/2 5/8 5/8 7/8 7/8 11/8 11/8 2 27/16 59/32 123/64 241/128 241/128"),
        (lambda v: True, lambda v: v > F(3, 2), F(1, 8), None, "13/8 3/2 5/4 5/4 3/4 3/4 0 0"),
        (lambda v: True, lambda v: v < F(1, 2), F(1, 8), None, "3/8 1/2 3/4 3/4 5/4 5/4 2 2"),
    ],
)  # fmt: skip
def test_which_values_a_bracket_asks_for(
    true: Any, early: Any, width: F, bracket: Any, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hunter, seen = boundary._Hunter(MADE.threshold, "a", 0, math.inf), []
    grid = [F(k, 4) for k in range(9)]
    tried = {v: bool(true(v) and early(v)) for v in grid}
    pair = next(p for p in itertools.pairwise(grid) if tried[p[0]] is not tried[p[1]])

    def violates(value: F) -> bool:
        seen.append(value)
        return bool(true(value))

    monkeypatch.setattr(hunter, "violates", violates)
    assert hunter.bracket(pair, tried, width) == bracket
    assert seen == values(asked)
    assert (width < F(1, 4) and hunter.bracket(pair, tried, F(1, 4)) is not None) or bracket is None


def test_a_violation_seen_late_sends_a_bracket_back_by_twice_its_new_width(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hunter, seen = boundary._Hunter(MADE.threshold, "a", 0, math.inf), []

    def violates(
        value: F,
    ) -> bool:  # what is violated, as far as seen: from the seventh look on all above 1/2
        seen.append(value)
        return value > (F(5, 4) if len(seen) <= 2 else F(7, 8) if len(seen) <= 6 else F(1, 2))

    monkeypatch.setattr(hunter, "violates", violates)
    tried = {F(k, 4): k >= 6 for k in range(9)}
    assert hunter.bracket((F(5, 4), F(3, 2)), tried, F(1, 16)) == (F(1, 2), F(9, 16))
    # back to 7/8 and halved; it fails at the next look: back by twice a sixteenth, then by a quarter, and halved
    assert seen == values("11/8 21/16 5/4 9/8 9/8 7/8 1 15/16 7/8 3/4 3/4 1/2 5/8 9/16 1/2")


def test_a_bracket_is_left_as_it_is_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hunter = boundary._Hunter(MADE.threshold, "a", 0, 10.0)
    monkeypatch.setattr(boundary, "time", SimpleNamespace(monotonic=lambda: 10.0))
    assert hunter.bracket((F(0), F(1)), {F(0): False, F(1): True}, F(1, 9)) == (F(0), F(1))
    found = find_boundary(MADE.threshold, "a", budget=0.0)
    assert (found.reached, found.fails_at, found.seconds, found.set_aside) == (False, None, 0.0, ("low",))


@pytest.mark.parametrize(
    ("seed", "goal", "found", "spent", "next_integer", "next_float"),
    [
        (0, 0.02, 0, 0, 967541, 0.43093092951094236),
        (0, -0.5, 0, 61, 967541, 0.43093092951094236),
        (1, 0.02, 3, 3, 936441, 0.8148086367046684),
        (2, -0.5, 3, 3, 754004, 0.6381909331141715),
    ],
)
def test_simple_candidates_take_twelve_groups_from_the_source(
    seed: int, goal: float, found: int, spent: int, next_integer: int, next_float: float
) -> None:
    source, budget = RandomSource(seed), Budget(60)
    made = search._simple_candidates(MADE.hill, goal, source, budget)
    assert [str(w.instance) for w in made] == ["x=3, y=1, n=0"] * found
    assert (budget.spent, source.integer(0, 10**6), source.rng.random()) == (spent, next_integer, next_float)


def test_a_polynomial_has_degree_eight_at_most() -> None:
    for degree, known in ((7, True), (8, True), (9, False)):
        x_ = sympy.Symbol("x")
        middle = boundary._close(sympy.Poly(x_**degree - x_ - 1, x_).real_roots()[-1])
        found, _ = boundary._short_polynomial(middle - F(1, 10**5), middle + F(1, 10**5))
        assert (str(found) == f"x**{degree} - x - 1") is known and (found is not None) is known


def test_margins_of_a_rational_claim_are_examined_at_the_first_precision() -> None:
    made = lemma("search.rational", x + y < 1, over={"x": Real(0, 1), "y": Real(0, 1)})
    found = examine(made, at(x=F(1, 2), y=F(1, 4)))
    assert [(r.bits, r.outcome) for r in found.rungs] == [(0, "holds")] and found.count == 1
    open_ = examine(made, at(x=F(1, 2), y=F(1, 2)))
    assert [(r.bits, r.outcome) for r in open_.rungs] == [(0, "violated")]
