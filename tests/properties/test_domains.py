"""Domains by hand: what each choice of a source leads to, both sides of every border, and what is refused."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Int, Real
from rankladder.domains import scalars as domains
from rankladder.domains.arguments import exact_range, number_at_least, size_range, whole_range
from rankladder.domains.randomness import Infeasible, RandomSource, choice, seed_for
from rankladder.domains.scalars import Bounds, Domain, bits, exact
from rankladder.search.instances import HypothesisSource
from tests.properties.test_neighbours import Script


class Asked(Script):
    """A script that also notes the ranges asked for."""

    def __init__(self, *numbers: int) -> None:
        super().__init__(*numbers)
        self.ranges: list[tuple[int, int]] = []

    def integer(self, lowest: int, highest: int) -> int:
        self.ranges.append((lowest, highest))
        return super().integer(lowest, highest)


def refused(kind: type[Exception], call: Callable[[], object], message: str) -> None:
    with pytest.raises(kind, match="^" + re.escape(message)):
        call()


# -- arguments ---------------------------------------------------------------------------------------------------


def test_sizes_are_whole_numbers_from_one_on_names_or_ranges() -> None:
    for size in (1, 7, "n", Int(1, 8), Int(3, 3)):
        size_range("D", "n", size)
    for small in (0, -2, Int(0, 4)):
        refused(
            ValueError,
            lambda s=small: size_range("D", "n", s),
            f"Expected a size from 1 on but got D(n={small});",
        )  # type: ignore[misc]
    for odd in (True, 2.5, None, F(2)):
        refused(
            TypeError,
            lambda s=odd: size_range("D", "n", s),
            "Expected a whole number, Int(1, 8) or a parameter's",
        )  # type: ignore[misc]
    refused(ValueError, lambda: size_range("D", "n", "1x"), "Expected the name of an integer parameter")


def test_a_range_of_whole_numbers() -> None:
    assert whole_range("D", "n", 3) == Int(3, 3)
    assert whole_range("D", "n", Int(2, 5)) == Int(2, 5)
    refused(
        TypeError, lambda: whole_range("D", "n", "n"), "Expected a whole number or Int(1, 8) but got D(n='n')"
    )
    refused(ValueError, lambda: whole_range("D", "n", 0), "Expected a size from 1 on")


def test_a_range_of_exact_numbers_and_its_ends() -> None:
    assert exact_range("D", "x", (0, 4)) == (F(0), F(4))
    assert exact_range("D", "x", [0.25, 0.25]) == (F(1, 4), F(1, 4))
    assert exact_range("D", "x", (F(1, 9), 1), positive=True, touching=False) == (F(1, 9), F(1))
    for no_pair in (3, (1, 2, 3), (1,), "12", {1, 2}):
        refused(
            TypeError,
            lambda g=no_pair: exact_range("D", "x", g),
            "Expected a pair (lower, upper) but got D(x=",
        )  # type: ignore[misc]
    refused(ValueError, lambda: exact_range("D", "x", (2, 1)), "Expected lower < upper but got D(x=(2, 1))")
    refused(ValueError, lambda: exact_range("D", "x", (2, 1), touching=False), "Expected lower < upper")
    refused(ValueError, lambda: exact_range("D", "x", (1, 1), touching=False), "Expected lower < upper")
    refused(
        ValueError, lambda: exact_range("D", "x", (-1, 1)), "Expected numbers from 0 on but got D(x=(-1, 1))"
    )
    refused(
        ValueError, lambda: exact_range("D", "x", (-1, 1), positive=True), "Expected numbers above 0 but got"
    )
    refused(
        ValueError, lambda: exact_range("D", "x", (0, 1), positive=True), "Expected numbers above 0 but got"
    )


def test_a_number_may_be_the_least_itself() -> None:
    assert number_at_least("D", "gap", 2, 2) == 2
    assert number_at_least("D", "gap", 2.5, 2) == F(5, 2)
    refused(
        ValueError,
        lambda: number_at_least("D", "gap", 1.5, 2),
        "Expected a number from 2 on but got D(gap=1.5);",
    )


# -- sources -----------------------------------------------------------------------------------------------------


def test_a_source_gives_whole_numbers_of_every_range() -> None:
    source = RandomSource(1)
    assert {source.integer(-1, 1) for _ in range(100)} == {-1, 0, 1}
    assert source.integer(5, 5) == 5
    wide = [source.integer(-(2**70), 2**70) for _ in range(100)]
    assert max(wide) > 2**68 and min(wide) < -(2**68) and all(isinstance(w, int) for w in wide)
    assert any(w % 2 for w in wide)  # finer than a float64 of that size
    with pytest.raises(Infeasible):
        source.integer(1, 0)
    with pytest.raises(Infeasible):
        HypothesisSource(lambda strategy: 0).integer(1, 0)
    assert HypothesisSource(lambda strategy: 7.0).integer(0, 9) == 7
    assert HypothesisSource(lambda strategy: 3).integer(3, 3) == 3
    # the same generator of arrays at every look, of the source's seed
    assert source.rng is source.rng
    assert source.rng.random() == np.random.default_rng(1).random()


@pytest.mark.parametrize(("span", "exactly"), [(2**32, False), (2**32 + 1, True)])
def test_up_to_two_to_the_32_a_float_picks(span: int, exactly: bool) -> None:
    import random

    expected = random.Random(9)
    number = expected.randrange(0, span) if exactly else int(expected.random() * span)
    assert RandomSource(9).integer(0, span - 1) == number


def test_seeds_come_from_all_parts_in_their_order() -> None:
    assert seed_for("a", 1) == seed_for("a", "1") == 9331952569449725121
    assert (
        len(
            {
                seed_for("a", 1),
                seed_for("a", 2),
                seed_for("b", 1),
                seed_for(1, "a"),
                seed_for("a1"),
                seed_for(),
            }
        )
        == 6
    )
    assert all(0 <= seed_for("a", k) < 2**64 for k in range(50))
    assert max(seed_for("a", k) for k in range(50)) > 2**63


def test_one_of_some_options() -> None:
    source = Asked(2)
    assert choice(source, "abc") == "c"
    assert source.ranges == [(0, 2)]


# -- numbers -----------------------------------------------------------------------------------------------------


def test_what_a_user_means_by_a_number() -> None:
    for given, meant in (
        (3, F(3)), (np.int64(-3), F(-3)), (0.1, F(1, 10)), (np.float64(0.25), F(1, 4)), ("2/3", F(2, 3)),
        (sympy.Rational(5, 7), F(5, 7)), (F(1, 3), F(1, 3)),
    ):  # fmt: skip
        found = exact(given)
        assert type(found) is F and found == meant
    for endless in (float("inf"), -np.inf, np.float64("nan")):
        refused(ValueError, lambda e=endless: exact(e), f"Expected a finite number but got {endless};")  # type: ignore[misc]
    refused(TypeError, lambda: exact("half"), "Expected an exact number such as '2/3' but got 'half'")

    class HalfOne:
        p = 1

    for nothing in (None, [1], HalfOne(), sympy.sqrt(2)):
        refused(
            TypeError, lambda n=nothing: exact(n), "Expected an exact number (int, float, Fraction, SymPy"
        )  # type: ignore[misc]


BOUNDS = [
    Bounds(low, high, left, right)
    for low in (None, F(0), F(1))
    for high in (None, F(1), F(2))
    for left in (False, True)
    for right in (False, True)
]
POINTS = [F(k, 2) for k in range(-1, 6)]


def test_bounds_contain_what_lies_between_their_ends() -> None:
    table = {
        (False, False): [F(1, 2)],
        (True, False): [F(0), F(1, 2)],
        (False, True): [F(1, 2), F(1)],
        (True, True): [F(0), F(1, 2), F(1)],
    }
    for closed, inside in table.items():
        assert [x for x in POINTS if Bounds(F(0), F(1), *closed).contains(x)] == inside
    assert [x for x in POINTS if Bounds(F(1), None).contains(x)] == [F(3, 2), F(2), F(5, 2)]
    assert [x for x in POINTS if Bounds(None, F(1), False, True).contains(x)] == [
        F(-1, 2),
        F(0),
        F(1, 2),
        F(1),
    ]
    assert all(Bounds().contains(x) for x in POINTS)


def test_bounds_meet_in_what_lies_in_both_and_join_in_what_holds_both() -> None:
    inside = {b: [x for x in POINTS if b.contains(x)] for b in BOUNDS}
    for a, b in itertools.product(BOUNDS, BOUNDS):
        both = a.meet(b)
        assert [x for x in POINTS if both.contains(x)] == [x for x in inside[a] if x in inside[b]], (a, b)
        lows, highs = (
            [e for e in (a.lower, b.lower) if e is not None],
            [e for e in (a.upper, b.upper) if e is not None],
        )
        assert both.lower == max(lows, default=None) and both.upper == min(highs, default=None)
        whole = a.join(b)
        assert whole.lower == (min(lows) if len(lows) == 2 else None)
        assert whole.upper == (max(highs) if len(highs) == 2 else None)
        assert whole.lower_closed == (a.lower_closed or b.lower_closed)
        assert whole.upper_closed == (a.upper_closed or b.upper_closed)
    whole = Bounds(F(0), F(1), True, True)
    assert whole.meet(Bounds()) is whole


def test_bounds_are_empty_where_nothing_is_between() -> None:
    assert not any(b.empty for b in (Bounds(), Bounds(F(1), None), Bounds(None, F(1)), Bounds(F(0), F(1))))
    assert Bounds(F(1), F(0), True, True).empty
    assert [Bounds(F(1), F(1), *c).empty for c in itertools.product((False, True), repeat=2)] == [
        True,
        True,
        True,
        False,
    ]


def test_bits_of_a_rational_as_a_person_reads_it() -> None:
    # digits of the numerator, of a denominator (twice unless that is a power of two), half a bit for a sign
    table = {
        F(0): 0,
        F(1): 1,
        F(-3): 2.5,
        F(1, 2): 3,
        F(5, 8): 7,
        F(1, 3): 5,
        F(-2, 7): 8.5,
        F(1, 6): 7,
        F(17, 31): 15,
    }
    assert {x: bits(x) for x in table} == table


# -- reals -------------------------------------------------------------------------------------------------------


def test_a_real_range_says_which_ends_it_has() -> None:
    for closed, ends in (
        ("neither", (False, False)),
        ("left", (True, False)),
        ("right", (False, True)),
        ("both", (True, True)),
    ):
        made = Real(0, "1/2", closed=closed)
        assert made.bounds == Bounds(F(0), F(1, 2), *ends)
        said = "" if closed == "neither" else f", closed='{closed}'"
        assert repr(made) == f"Real(0, 1/2{said})"
        assert str(made) == f"the reals of {'[' if ends[0] else '('}0, 1/2{']' if ends[1] else ')'}"
    assert str(Real()) == "the reals of (-oo, oo)" and repr(Real()) == "Real(None, None)"
    assert Real(1, 1, closed="both").bounds == Bounds(F(1), F(1), True, True)
    for low, high, closed in (
        (1, 1, "neither"),
        (1, 1, "left"),
        (1, 1, "right"),
        (2, 1, "both"),
        (2, 1, "neither"),
    ):
        refused(
            ValueError,
            lambda a=low, b=high, c=closed: Real(a, b, closed=c),
            f"Expected lower < upper but got Real({low}, {high});",
        )  # type: ignore[misc]
    assert Real(None, 0).bounds.lower is None and Real(0).bounds.upper is None


def drawn(
    domain: Domain, *script: int, bounds: Bounds | None = None, earlier: dict[str, Any] | None = None
) -> Any:
    source = Script(*script)
    value = domain.draw(source, bounds, earlier or {})
    assert not source.numbers  # all of the script was asked for
    return value


def test_a_real_is_drawn_in_seven_ways() -> None:
    unit = Real(0, 1)
    # 0, 1: a fraction with a small denominator, at least two parts of the range
    assert drawn(unit, 0, 3, 2) == F(2, 3) and drawn(unit, 1, 12, 7) == F(7, 12)
    assert drawn(unit, 0, 1, 1) == F(1, 2)
    assert drawn(Real(F(1, 10), F(2, 10)), 0, 3, 4) == F(4, 21)  # 3 times 7 parts, so that 2/(3/10) fits
    assert drawn(unit, 1, 5, 5) == F(1, 2)  # an end that does not belong: the middle
    assert drawn(Real(0, 1, closed="both"), 1, 5, 5) == 1
    # 2, 3: a fine grid without its ends
    for style in (2, 3):
        source = Asked(style, 2**18)
        assert Real(1, 3).draw(source, None, {}) == F(3, 2)
        assert source.ranges == [(0, 6), (1, 2**20 - 1)]
    # 4, 5: close to the lower, to the upper end
    for style, value in ((4, 1 + F(15, 2**34)), (5, 2 - F(15, 2**34))):
        source = Asked(style, 15, 30)
        assert Real(1, 2).draw(source, None, {}) == value
        assert source.ranges == [(0, 6), (8, 15), (0, 30)]
    assert drawn(unit, 4, 7, 8, 0) == drawn(unit, 5, 8, 0) == F(1, 2)
    # closer still where the end is zero, one time in eight
    assert drawn(unit, 4, 0, 15, 200) == drawn(Real(-1, 0), 5, 0, 15, 200) * -1 == F(15, 2**204)
    # 6: an end, or the middle where it does not belong
    closed = Real(2, 3, closed="left")
    assert (drawn(closed, 6, 1), drawn(closed, 6, 0)) == (2, F(5, 2))
    assert drawn(Real(2, 2, closed="both")) == 2  # nothing to choose


def test_a_real_keeps_to_what_bounds_leave() -> None:
    assert drawn(Real(0, 4), 6, 1, bounds=Bounds(F(1), F(2), True, True)) == 1
    assert drawn(Real(0, 4), bounds=Bounds(F(1), F(1), True, True)) == 1
    for nothing in (Bounds(F(5), None), Bounds(F(1), F(1)), Bounds(None, F(0), False, True)):
        with pytest.raises(Infeasible):
            Real(0, 4).draw(RandomSource(1), nothing, {})


def test_an_unbounded_real_is_round_or_fine_of_many_sizes_on_either_side() -> None:
    # a quarter of 1 to 16 times a power of two; the ninth part is the end itself, moved by 1 where it is excluded
    assert drawn(Real(0), 1, 6, 0, 5) == F(3, 2)
    assert drawn(Real(0), 0, 3, 3, 5) == F(6, 2**10)
    assert drawn(Real(None, 1), 1, 6, 3, 5) == -2
    assert (drawn(Real(), 1, 4, 0, 1), drawn(Real(), 1, 4, 0, 2)) == (1, -1)
    assert (drawn(Real(), 1, 4, 0, 7), drawn(Real(), 1, 4, 0, 8), drawn(Real(), 1, 4, 0, 0)) == (1, -1, 0)
    assert (drawn(Real(0), 1, 4, 0, 0), drawn(Real(0, closed="left"), 1, 4, 0, 0)) == (1, 0)
    assert (drawn(Real(None, 0), 1, 4, 0, 0), drawn(Real(None, 0, closed="right"), 1, 4, 0, 0)) == (-1, 0)
    source = Asked(0, 2**14, 7, 8)
    assert Real().draw(source, None, {}) == -(2**4) * 2**16
    assert source.ranges == [(0, 1), (1, 2**14), (0, 11), (0, 8)]
    source = Asked(1, 16, 11, 200, 8)
    assert Real().draw(source, None, {}) == -4 / F(2**200)
    assert source.ranges == [(0, 1), (1, 16), (0, 11), (16, 200), (0, 8)]


def test_a_real_moves_in_three_ways() -> None:
    # steps are sixteenths of a power of two: of the value, of the range, of the distance to an end
    assert Real(0, 4).mutate(F(2), Script(8, 1, 0)) == F(5, 2)
    assert Real(0, 4).mutate(F(2), Script(8, 1, 1)) == 3
    assert Real(0).mutate(F(2), Script(-16, 14, 1)) == 2 - F(2, 2**14)
    assert Real(None, 9).mutate(F(2), Script(16, 0, 2)) == 4
    assert Real(1, 9).mutate(F(2), Script(16, 0, 2, 1)) == 3
    assert Real(1, 9).mutate(F(2), Script(16, 0, 2, 0)) == -5
    source = Asked(0, 0, 0)
    assert Real(0, 4).mutate(F(3), source) == 3
    assert source.ranges == [(-16, 16), (0, 14), (0, 2)]


def test_a_long_number_is_rounded_after_a_move_and_a_short_one_is_not() -> None:
    for length, kept in ((59, True), (60, False)):
        value = F(1, 2**length - 1)
        assert value.denominator.bit_length() == length
        assert Real().mutate(value, Script(0, 0, 0)) == value
        longer = F(1, 2**length)
        assert longer.denominator.bit_length() == length + 1
        assert (Real().mutate(longer, Script(0, 0, 0)) == longer) is kept
    third = F(2**60, 3 * 2**60 + 1)
    assert Real().mutate(third, Script(0, 0, 0)) == F(round(F(2**50, 3)), 2**50)


def test_simpler_reals_are_powers_of_two_the_absolute_value_and_rounded_ones() -> None:
    assert list(Real().simpler(F(0))) == []
    assert list(Real().simpler(F(-3))) == [3] and list(Real().simpler(F(3))) == []
    made = list(Real().simpler(F(7, 5)))
    assert made[:2] == [F(1), F(2)]
    assert {F(3, 2), F(4, 3), F(5, 4), F(11, 8)} <= set(made) and F(7, 5) not in made
    assert [bits(x) for x in made] == sorted(bits(x) for x in made)
    assert F(1024) in Real().simpler(F(2999, 3)) and F(-1024) in Real().simpler(F(-2999, 3))
    assert F(1, 2**22) in Real().simpler(F(1, 3_000_000))
    assert list(Real().simpler(F(-5, 3))) == [-1, -2, F(-3, 2), F(-7, 4), F(5, 3)]
    assert F(1, 2**997) in Real().simpler(F(1, 2**1200))  # the float64 for it is zero: as if it were 1e-300


# -- integers ----------------------------------------------------------------------------------------------------


def test_an_integer_is_drawn_in_four_ways() -> None:
    domain = Int(10, 1000)
    assert drawn(domain, 0, 17) == 17
    source = Asked(0, 10)
    domain.draw(source, None, {})
    assert source.ranges == [(0, 3), (10, 17)]
    assert drawn(domain, 1, 1, 3) == 11 + 990 // 8
    assert drawn(domain, 1, 0, 10) == 10
    assert drawn(domain, 1, 1, 0) == 1000  # no further than the end
    source = Asked(1, 0, 10)
    domain.draw(source, None, {})
    assert source.ranges == [(0, 3), (0, 1), (0, 10)]
    for style in (2, 3):
        source = Asked(style, 500)
        assert domain.draw(source, None, {}) == 500
        assert source.ranges == [(0, 3), (10, 1000)]
    source = Asked(0, 2)
    Int(0, 5).draw(source, None, {})
    assert source.ranges == [(0, 3), (0, 5)]


@pytest.mark.parametrize(
    ("bounds", "left"),
    [
        (Bounds(F(2), F(5), True, True), (2, 5)),
        (Bounds(F(2), F(5)), (3, 4)),
        (Bounds(F(3, 2), F(9, 2)), (2, 4)),
        (Bounds(F(2), F(3), True, False), (2, 2)),
        (Bounds(F(2), F(3), False, True), (3, 3)),
        (Bounds(None, F(7)), (0, 6)),
        (Bounds(F(7), None), (8, 9)),
        (None, (0, 9)),
    ],
)
def test_an_integer_keeps_to_what_bounds_leave(bounds: Bounds | None, left: tuple[int, int]) -> None:
    source = Asked(2, left[0])
    Int(0, 9).draw(source, bounds, {})
    assert source.ranges[1] == left


def test_no_integer_is_left() -> None:
    for bounds in (
        Bounds(F(2), F(3)),
        Bounds(F(5, 4), F(7, 4)),
        Bounds(F(10), None),
        Bounds(None, F(-1), False, True),
    ):
        with pytest.raises(Infeasible):
            Int(0, 9).draw(RandomSource(0), bounds, {})


def test_an_integer_moves_near_or_far_and_knows_its_range() -> None:
    source = Asked(1, -2)
    assert Int(0, 640).mutate(5, source) == 3
    assert source.ranges == [(0, 1), (-2, 2)]
    source = Asked(0, 16)
    assert Int(0, 640).mutate(5, source) == 165
    assert source.ranges == [(0, 1), (-16, 16)]
    assert Int(-3, 5).mutate(0, Script(0, 12)) == 2  # 8 * 12/64, rounded to the even one
    domain = Int(-2, 3)
    assert [k for k in range(-4, 6) if domain.contains(k, {})] == [-2, -1, 0, 1, 2, 3]
    assert not domain.contains(True, {}) and not domain.contains(F(1), {})
    assert domain.bounds == Bounds(F(-2), F(3), True, True) and str(domain) == "the integers -2 to 3"
    assert Int(2, 2).contains(2, {})
    for lower, upper in ((True, 2), (0, True), (0.5, 2), (0, 2.5)):
        refused(ValueError, lambda a=lower, b=upper: Int(a, b), "Expected whole numbers")  # type: ignore[misc]
    refused(ValueError, lambda: Int(3, 2), "Expected lower <= upper but got Int(3, 2); swap the ends")


@pytest.mark.parametrize(
    ("domain", "value", "simpler"),
    [
        (Int(0, 99), 20, [0, 5, 10, 15, 17, 18, 19]),
        (Int(0, 99), 2, [0, 1, -1]),
        (Int(0, 99), 0, []),
        (Int(3, 99), 5, [3, 4, 2]),
        (Int(-99, 99), -20, [0, -5, -10, -15, -17, -18, -19]),
        (Int(-99, -3), -4, [-3]),
        (Int(-99, -3), -11, [-3, -5, -7, -9, -8, -10]),
    ],
)
def test_simpler_integers_are_closer_to_the_end_next_to_zero(
    domain: Int, value: int, simpler: list[int]
) -> None:
    assert list(domain.simpler(value)) == simpler


def test_an_integer_weighs_by_its_logarithm() -> None:
    assert [Int(-9, 9).weight(k) for k in (0, 1, 3, 7, -1, -3)] == [0, 1, 2, 3, 1.5, 2.5]
    assert Int(-9, 9).coordinates("k", -3) == {"k": (-3.0, -3.0)}
    assert Int(0, 9).realise(3, float) == 3 and type(Int(0, 9).realise(3, float)) is int
    assert Int(0, 9).shrunk(3, "n", 0) == 3


def test_how_fine_and_how_near_an_end_reals_are_drawn() -> None:
    assert (domains._FINEST, domains._DEEPEST) == (1_048_576, 30)
