"""The search on a box step by step: what is enclosed, pinned, halved, dropped and judged, and what is said of it."""

from __future__ import annotations

import inspect
import math
import time
from fractions import Fraction as F
from typing import Any

import pytest
import sympy
from flint import arb

from rankladder.numbers.balls import precision
from rankladder.proof import boxes
from rankladder.proof.boxes import certify
from rankladder.proof.intervals import Interval, NoEnclosure, enclosures
from rankladder.proof.parts import Status

x, y, w = sympy.symbols("x y w")
THIRD = F(1, 3)
MANY = sympy.symbols("v1:8")
LEFT = "; raise the budget or use a proper form"
JUDGED = "counterexample judged apart at 1024 bits or exactly; "

# relation, box, assumptions, budget; status, detail (before the number of bits, and after it), counterexample
SEARCHES: list[tuple[Any, dict[Any, Any], list[Any], int, str, str, dict[str, F] | None]] = [
    (x**2 - x + F(26, 100) >= 0, {x: (0, 1)}, [], 99,
     "certified", "3 sub-boxes, halved at most 1 times, 128 bits; nothing left out", None),
    ((3 * x - 1) ** 2 >= 0, {x: (0, 1)}, [], 1,
     "certified", "1 sub-box, halved at most 0 times, 128 bits; nothing left out", None),
    ((3 * x - 1) ** 2 > 0, {x: (0, 1)}, [], 50, "open",
     f"undecided on 3 sub-boxes within x in [0.333333, 0.333333]; 50 sub-boxes, halved at most 25 times, 128 bits{LEFT}", None),
    ((x - THIRD) ** 2 + y > 0, {x: (0, 1), y: (0, F(1, 8))}, [], 5, "open",
     f"undecided on 2 sub-boxes within x in [0.25, 0.5], y in [0, 0.125]; 5 sub-boxes, halved at most 2 times, 128 bits{LEFT}", None),
    (x**2 + y**2 - x * y + F(1, 100) >= 0, {x: (-1, 1), y: (-1, 1)}, [], 99,
     "certified", "47 sub-boxes, halved at most 9 times, 128 bits; nothing left out", None),
    (x**2 - 3 * x * y + 4 * y**2 + F(1, 100) >= 0, {x: (-1, 2), y: (-1, 1)}, [], 999,
     "certified", "137 sub-boxes, halved at most 12 times, 128 bits; nothing left out", None),
    (x >= F(1, 4), {x: (0, 1)}, [x > THIRD], 99,
     "certified", "5 sub-boxes, halved at most 2 times, 128 bits; 1 of them outside the assumptions", None),
    (x >= F(1, 4), {x: (0, 1)}, [x >= THIRD, x <= F(2, 3)], 99,
     "certified", "5 sub-boxes, halved at most 2 times, 128 bits; 1 of them outside the assumptions", None),
    ((x - THIRD) ** 2 >= F(1, 10**4), {x: (0, 1)}, [], 99,
     "refuted", f"{JUDGED}10 sub-boxes, halved at most 5 times, 128 bits", {"x": F(21, 64)}),
    ((x - THIRD) ** 2 * x <= F(1, 10**4), {x: (0, 1)}, [], 99,
     "refuted", f"{JUDGED}0 sub-boxes, halved at most 0 times, 128 bits", {"x": F(1)}),
    (x**3 - 2 * x + F(11, 10) >= 0, {x: (-1, 2)}, [], 99,
     "certified", "13 sub-boxes, halved at most 6 times, 128 bits; nothing left out", None),
    (sympy.log(x) <= x - 1 + F(1, 1000), {x: (F(1, 10**9), 100)}, [], 99,
     "certified", "21 sub-boxes, halved at most 10 times, 128 bits; nothing left out", None),
    (sympy.sqrt(x - y) >= 0, {x: (0, 1), y: (0, 1)}, [x >= y], 100, "open",
     f"undecided on 53 sub-boxes within x in [0, 1], y in [0, 1]; 100 sub-boxes, halved at most 8 times, 128 bits{LEFT}", None),
    # all corners are tried first, for up to six variables
    (sum(MANY[:6]) <= F(599, 100), dict.fromkeys(MANY[:6], (0, 1)), [], 99,
     "refuted", f"{JUDGED}0 sub-boxes, halved at most 0 times, 128 bits", {str(v): F(1) for v in MANY[:6]}),
    (sum(MANY) <= F(699, 100), dict.fromkeys(MANY, (0, 1)), [], 99,
     "refuted", f"{JUDGED}1 sub-box, halved at most 0 times, 128 bits", {str(v): F(1) for v in MANY}),
    (sympy.true, {}, [], 9, "certified", "1 sub-box, halved at most 0 times, 128 bits; nothing left out", None),
    (sympy.false, {}, [], 9, "refuted", f"{JUDGED}0 sub-boxes, halved at most 0 times, 128 bits", {}),
    (x >= 1, {x: (0, 2)}, [sympy.false], 9,
     "certified", "1 sub-box, halved at most 0 times, 128 bits; 1 of them outside the assumptions", None),
]  # fmt: skip


@pytest.mark.parametrize("search", SEARCHES, ids=lambda s: str(s[0])[:40])
def test_a_search_goes_as_it_went(search: tuple[Any, ...]) -> None:
    relation, box, given, budget, status, detail, found = search
    part = certify(relation, box, given=given, budget=budget, name="own")
    assert (part.status, part.detail, part.counterexample) == (Status(status), detail, found)
    assert part.name == "own" and part.method == "balls on a box"


def test_a_part_says_what_was_asked_and_how_long_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 14.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    part = certify(x + y >= 0, {x: (0, F(1, 2)), y: (1, 2)}, given=[x < 5, y > x])
    assert part.statement == "x + y >= 0 for x in [0, 1/2], y in [1, 2] where x < 5, y > x"
    assert part.seconds == 4 and part.name == "box"
    asked = inspect.signature(certify).parameters
    assert asked["budget"].default == 20_000 and tuple(asked["given"].default) == ()
    monkeypatch.undo()
    assert certify(x >= 0, {x: (0, 0)}).statement == "x >= 0 for x in [0, 0]"


def search(relation: Any, *given: Any, **box: tuple[Any, Any]) -> boxes._Search:
    ends = {sympy.Symbol(n): (F(a), F(b)) for n, (a, b) in box.items()}
    margins = [boxes._Margin.of(g, ends) for g in (relation, *given)]
    return boxes._Search(margins[0], tuple(margins[1:]), tuple(ends), 99)


def box_of(*ends: tuple[Any, Any]) -> boxes.Box:
    return tuple((F(a), F(b)) for a, b in ends)


def enclosed(made: boxes._Search, *ends: tuple[Any, Any]) -> Any:
    with precision(boxes.BITS):
        return made._enclose(box_of(*ends))


def test_where_a_derivative_keeps_its_sign_the_variable_is_pinned() -> None:
    ends = ((-1, 2), (0, 1), (4, 6))
    made = search(x**2 + y - w >= 5, x=ends[0], y=ends[1], w=ends[2])
    # slopes 2x in [-2, 4], 1, -1: reach times width, a sixteenth of it for what is pinned
    assert enclosed(made, *ends) == (False, [12.0, 1 / 16, 2 / 16], (F(1, 2), 0, 6))
    # x in [0, 2] is pinned as well: nothing is loose, and nothing is divided
    assert enclosed(made, (0, 2), *ends[1:]) == (False, [8.0, 1.0, 2.0], (0, 0, 6))
    assert enclosed(made, (-2, 0), *ends[1:]) == (False, [8.0, 1.0, 2.0], (0, 0, 6))
    # what is shown at once keeps the widths and the middle
    assert enclosed(made, (4, 5), *ends[1:]) == (True, [1.0, 1.0, 2.0], (F(9, 2), F(1, 2), 5))


def test_the_least_value_is_taken_on_the_face_and_at_the_corner() -> None:
    # 0 at the corner (0, 0), where x rises; y (1 - y) is not monotone, and is enclosed on the face
    made = search(x - x * y + y * (1 - y) / 100 >= 0, x=(0, 1), y=(0, 1))
    assert enclosed(made, (0, 1), (0, 1))[0] is True
    # rising in both, 0 at the corner, and below 0 in the natural enclosure
    corner = search(x + y - x * y - F(1, 2) >= 0, x=(F(1, 2), 1), y=(0, 1))
    assert enclosed(corner, (F(1, 2), 1), (0, 1)) == (True, [0.5, 1.0], (F(1, 2), 0))
    strict = search(x + y - x * y - F(1, 2) > 0, x=(F(1, 2), 1), y=(0, 1))
    shown, weights, point = enclosed(strict, (F(1, 2), 1), (0, 1))
    assert not shown and weights == [0.5, 0.5] and point == (F(1, 2), 0)


def test_the_mean_value_form_adds_half_the_width_times_the_slope() -> None:
    # at the middle 1/2 the value is c; 2x - 1 in [-r, r], so that the form is c - r * r/2 on a box of width r
    for least, shown in ((F(1, 32), True), (F(1, 33), False)):
        made = search((x - F(1, 2)) ** 2 + least * 1 - F(0) >= 0, x=(0, 1))
        assert enclosed(made, (F(3, 8), F(5, 8)))[0]  # a square is enclosed as such
        expanded = search(x**2 - x + F(1, 4) + least >= 0, x=(0, 1))
        assert enclosed(expanded, (F(3, 8), F(5, 8)))[0] is shown


def test_without_a_value_or_a_derivative_nothing_is_shown() -> None:
    assert enclosed(search(sympy.log(x) >= -99, x=(0, 1)), (0, 1)) == (False, [1.0], (F(1, 2),))
    assert enclosed(search(sympy.log(x - 3) >= -99, x=(1, 2)), (1, 2)) == (
        False,
        [pytest.approx(math.log(2))],
        (F(3, 2),),
    )
    assert enclosed(search(sympy.sqrt(x) >= 1, x=(0, 1)), (0, 1)) == (False, [1.0], (F(1, 2),))


def test_a_relation_is_a_margin_that_is_strict_or_not() -> None:
    ends = {x: (F(0), F(1))}
    for relation, margin, strict in ((x >= 2, x - 2, False), (x > 2, x - 2, True), (x <= 2, 2 - x, False), (x < 2, 2 - x, True),
                                     (sympy.true, 0, False), (sympy.false, -1, False), (True, 0, False)):  # fmt: skip
        made = boxes._Margin.of(relation, ends)
        assert sympy.expand(made.expression - margin) == 0 and made.strict is strict
        assert [made.shown(arb(k)) for k in (-1, 0, 1)] == [False, not strict, True]
    with pytest.raises(ValueError, match="but w, y has none"):
        boxes._Margin.of(x + y >= w, ends)


def test_a_point_is_judged_exactly_or_in_balls_or_not_at_all() -> None:
    wide = {x: (F(-9), F(9))}
    for relation, at, holds in (
        (x >= THIRD, THIRD, True), (x > THIRD, THIRD, False), (x < THIRD, F(1, 4), True), (x <= THIRD, F(1, 2), False),
        (sympy.exp(x) > 1, F(1, 10**200), True), (sympy.exp(x) < 1, F(1, 10**200), False), (sympy.exp(x) >= 1, F(0), True),
        (sympy.log(x) > 0, F(0), None), (sympy.log(x) > 0, F(-1), None), (1 / x > 0, F(0), None), (sympy.sqrt(x) >= 0, F(-1), None),
        (sympy.sqrt(2 + x) > sympy.sqrt(2), F(1, 10**200), True), (sympy.sqrt(2 + x) > sympy.sqrt(2), F(1, 10**400), None),
    ):  # fmt: skip
        assert boxes._Margin.of(relation, wide).at({x: at}) is holds, (relation, at)


def test_a_sub_box_is_outside_where_an_assumption_fails_all_over_it() -> None:
    quarter = F(1, 4)
    for given, at_end, beyond in ((x > quarter, True, True), (x >= quarter, False, True)):
        made = search(x >= 0, given, x=(0, 1))
        with precision(boxes.BITS):
            assert made._outside(box_of((0, quarter))) is at_end
            assert made._outside(box_of((0, F(1, 5)))) is beyond and not made._outside(box_of((0, F(1, 3))))
    several = search(x >= 0, sympy.log(x) > 0, x > 2, x=(0, 1))
    with precision(boxes.BITS):
        assert several._outside(box_of((0, 1))) and not several._outside(box_of((0, 3)))
        assert not search(x >= 0, x=(0, 1))._outside(box_of((0, 1)))


def test_a_counterexample_fails_and_satisfies_what_is_assumed() -> None:
    with precision(boxes.BITS):
        for relation, given, at, violated in (
            (x >= 0, [], F(0), False), (x > 0, [], F(0), True), (x >= 0, [], F(-1), True), (x > 0, [], F(1), False),
            (x >= 0, [x > -1], F(-1), False), (x >= 0, [x >= -1], F(-1), True), (x >= 0, [x >= -1, x > 0], F(-1), False),
            (x >= 0, [sympy.log(x) > -9], F(-1), False), (sympy.log(x) >= 0, [], F(0), False), (sympy.log(x) >= 0, [], F(1, 2), True),
        ):  # fmt: skip
            assert search(relation, *given, x=(-1, 1))._violated((at,)) is violated, (relation, given, at)


def test_the_widest_doubt_is_halved() -> None:
    box = box_of((0, 1), (1, 9), (2, 2))
    halved_y = (box_of((0, 1), (1, 3), (2, 2)), box_of((0, 1), (3, 9), (2, 2)))
    halved_x = (box_of((0, F(1, 2)), *box[1:]), box_of((F(1, 2), 1), *box[1:]))
    assert boxes._halves(box, [1.0, 2.0, 9.0]) == halved_y
    assert boxes._halves(box, [2.0, 1.0, 9.0]) == halved_x == boxes._halves(box, [1.0, 1.0, 0.0])
    assert boxes._halves(box, [0.5, math.inf, 0.0]) == halved_y == boxes._halves(box, [7.0, math.nan, 0.0])
    assert boxes._halves(box_of((2, 2), (0, 0)), [1.0, 1.0]) is None and boxes._halves((), []) is None


def test_the_middle_is_halfway_in_size_where_the_ends_differ_by_much() -> None:
    for low, high, middle in (
        (1, 4, F(5, 2)),
        (1, 9, 3),
        (F(1, 100), 1, F(math.sqrt(F(1, 100)))),
        (0, 8, 4),
        (-1, 9, 4),
        (-8, -1, F(-9, 2)),
        (2, 2, 2),
    ):
        assert boxes._middle(F(low), F(high)) == middle
    assert F(1, 10**30) <= boxes._middle(F(1, 10**30), F(1, 10**29)) <= F(1, 10**29)
    assert boxes._sizes(box_of((1, 8), (0, 8), (-1, 1))) == [pytest.approx(math.log(8)), 8.0, 2.0]


def test_the_reach_of_a_slope_is_its_larger_size() -> None:
    for low, high, reach in ((-3, 2, 3), (-1, 2, 2), (1, 2, 2), (-5, -1, 5)):
        assert boxes._reach(Interval.of(low, high)) == reach
    assert boxes._width((F(0), F(1))) == 1 and boxes._width((F(1), F(4))) == 3


def test_a_constant_is_a_ball() -> None:
    with precision(200):
        root = boxes._constant(sympy.sqrt(2) - sympy.exp(1))
        assert abs(float(root.mid) - (math.sqrt(2) - math.e)) < 1e-15 and root.radius < 1e-50
        assert boxes._constant(sympy.Integer(3)).is_positive()


def test_increasing_functions_of_a_range_are_taken_end_by_end() -> None:
    near = arb(2) ** -100
    with precision(128):
        made = Interval.of(F(-1, 2), F(3, 2))
        low, high = arb("-0.5"), arb("1.5")
        for name in ("exp", "tanh", "sinh"):
            found = getattr(made, name)()
            assert bool(abs(found.low - getattr(low, name)()) < near) and bool(
                abs(found.high - getattr(high, name)()) < near
            )
        turned = -made
        assert bool(turned.low == -high) and bool(turned.high == -low)
        assert repr(Interval.of(1, 2)) == "Interval(1.00000, 2.00000)"
        for bad in (arb("nan"), arb("inf"), arb("-inf")):
            for pair in ((bad, arb(1)), (arb(-1), bad)):
                with pytest.raises(NoEnclosure):
                    Interval(*pair)
        # a ball centred at zero has powers
        ball = arb(0, 1)
        assert Interval(ball, ball).power(3).high.contains(arb(1)) and Interval(ball, ball).power(
            3
        ).low.contains(arb(-1))


def test_what_is_small_keeps_its_digits_under_a_logarithm() -> None:
    tiny = F(1, 10**60)
    with precision(128):
        (found,) = enclosures([sympy.log(1 + x)], [x])([Interval.of(tiny, tiny)])
        assert found.low > 0 and bool(abs(found.low / arb(10) ** -60 - 1) < arb(10) ** -20)
        (other,) = enclosures([sympy.log(2 + x)], [x])([Interval.of(0, 0)])
        assert bool(abs(other.low - arb(2).log()) < arb(10) ** -20)


def test_expressions_are_enclosed_in_the_order_of_their_symbols() -> None:
    made = enclosures([x - 2 * y, y**2, sympy.Integer(7), x**3 - x**3 * y], [y, x])
    found = made([Interval.of(1, 2), Interval.of(10, 20)])
    assert [(float(e.low), float(e.high)) for e in found] == [(6, 18), (1, 4), (7, 7), (-15000, 7000)]
    with pytest.raises(ValueError, match="write it as a fraction"):
        enclosures([x + sympy.Float(0.5)], [x])
    with pytest.raises(ValueError, match="exp, log and powers"):
        enclosures([sympy.sin(x)], [x])


def test_an_assumption_without_a_value_at_a_corner_is_not_satisfied_there() -> None:
    part = certify(x >= F(1, 2), {x: (0, 1)}, given=[sympy.log(x) > -1])
    assert part.status is Status.refuted and part.counterexample is not None
    assert F(1, 3) < part.counterexample["x"] < F(1, 2)
