"""Quantifiers and connectives: right on numbers, and never wrong on balls that overlap."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankladder import Real, check, claim, exists, forall, iff, implies, least, most, strictly
from rankladder.language.margins import batch_of
from rankladder.numbers.balls import Ball, Undecided, as_balls, hull

margins = st.fractions(-3, 3, max_denominator=8)


def wide(lower: Fraction, upper: Fraction) -> Ball:
    return hull(Ball(lower), Ball(upper))


@given(st.lists(margins, min_size=1, max_size=5))
def test_forall_and_exists_are_least_and_greatest(values: list[Fraction]) -> None:
    balls = as_balls(values)
    for mine, expected in ((forall, min), (exists, max), (least, min), (most, max)):
        found = mine(balls)
        assert found.arb.contains(Ball(expected(values)).arb)
        assert found.radius < 1e-14
        assert mine([float(v) for v in values]) == float(expected(values))


@given(st.lists(st.tuples(margins, margins), min_size=1, max_size=4), st.data())
def test_forall_encloses_every_choice_from_overlapping_balls(
    pairs: list[tuple[Fraction, Fraction]], data: st.DataObject
) -> None:
    ends = [(min(p), max(p)) for p in pairs]
    chosen = [low + (high - low) * data.draw(st.fractions(0, 1, max_denominator=4)) for low, high in ends]
    balls = [wide(low, high) for low, high in ends]
    for mine, expected in ((forall, min), (exists, max)):
        assert mine(*balls).arb.contains(Ball(expected(chosen)).arb)


@given(margins, margins, margins, margins, st.data())
def test_connectives_enclose_every_choice(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction, data: st.DataObject
) -> None:
    p_ends, q_ends = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    part = st.fractions(0, 1, max_denominator=4)
    p = p_ends[0] + (p_ends[1] - p_ends[0]) * data.draw(part)
    q = q_ends[0] + (q_ends[1] - q_ends[0]) * data.draw(part)
    for connective in (implies, iff):
        exact = connective(Ball(p), Ball(q))
        enclosure = connective(wide(*p_ends), wide(*q_ends))
        assert enclosure.arb.overlaps(exact.arb)
        assert float(connective(float(p), float(q))) == pytest.approx(exact.mid, abs=1e-12)


@given(margins, margins)
def test_connectives_have_the_right_sign(p: Fraction, q: Fraction) -> None:
    assert (float(implies(float(p), float(q))) >= 0) == (not (p >= 0) or q >= 0)
    assert (float(iff(float(p), float(q))) >= 0) == ((p >= 0) == (q >= 0))
    assert implies(Ball(p), Ball(q)).is_nonnegative() == (not (p >= 0) or q >= 0)
    assert iff(Ball(p), Ball(q)).is_nonnegative() == ((p >= 0) == (q >= 0))


def test_iff_with_an_undecided_side_stays_undecided() -> None:
    around_zero = hull(Fraction(-1, 10**60), Fraction(1, 10**60))
    found = iff(around_zero, Ball(5))
    assert not found.is_nonnegative()
    assert not found.is_negative()
    assert found.radius > 1  # far wider than what counts as equality, so it cannot pass for one


def test_undefined_entries_make_the_whole_undefined() -> None:
    undefined = np.log(Ball(-1))
    assert forall(undefined, Ball(-1)).is_nan()
    assert implies(undefined, Ball(1)).is_nan() and implies(Ball(1), undefined).is_nan()
    assert iff(undefined, Ball(1)).is_nan() and iff(Ball(1), undefined).is_nan()


def test_what_is_no_number_carries_no_margin() -> None:
    for bad, kind in (
        (True, "bool"),
        ([1.0 < 2.0], "bool"),
        ("0.5", "str"),
        ([1.0, 2.0j], "complex"),
        ([Ball(1), "x"], "str"),
    ):
        with pytest.raises(TypeError, match=f"signed margin .* but got .*{kind}"):
            forall(bad)
    with pytest.raises(ValueError, match="empty"):
        exists(np.array([]))
    assert forall(np.array([])) == forall([], Ball(2) * np.ones(0)) == np.inf and forall([], Ball(2)) == 2


def test_numpy_minimum_of_overlapping_balls_refuses() -> None:
    a, b = as_balls([0]), np.empty(1, dtype=object)
    b[0] = hull(-1, 1)
    with pytest.raises(Undecided):
        np.minimum(a, b)


def test_batches_keep_the_axis_of_instances() -> None:
    table = np.arange(12.0).reshape(3, 4)
    with batch_of(4):
        assert forall(table).tolist() == [0, 1, 2, 3]
        assert exists(table, np.full(4, 9.5)).tolist() == [9.5, 9.5, 10, 11]
    assert forall(table) == 0


def test_strict_margin_of_an_inexact_zero_stays_undecided() -> None:
    third = Ball(Fraction(1, 3))
    found = strictly(third * 3 - 1)
    assert not found.is_nonnegative()
    assert not found.is_negative()
    assert found.radius > 1e-40


def test_an_astronomical_entry_does_not_swamp_a_certain_sign() -> None:
    giant = Ball(10) ** 999_336
    assert forall(-giant, Ball(-1), Ball(2)).is_negative()
    assert forall(wide(Fraction(-1), Fraction(1)) * giant, Ball(-1)).is_negative()
    assert exists(giant, Ball(1), Ball(-2)).is_positive()
    assert not forall(-giant, Ball(1)).is_nonnegative()


def test_functions_of_symbols_are_symbolic() -> None:
    import sympy

    from rankladder import exp, log, logit, symbols

    lam, delta = symbols("lam delta")
    assert exp(-2 * delta) == sympy.exp(-2 * delta)
    assert (lam * exp(-2 * delta) <= 1).free_symbols == {lam, delta}
    assert log(lam) == sympy.log(lam)
    assert sympy.simplify(logit(lam) - sympy.log(lam) + sympy.log(1 - lam)) == 0


def test_an_assumption_that_says_yes_or_no_is_named() -> None:
    made = claim("t-yes-or-no", over={"a": Real(0, 1), "b": Real(0, 1)}, given={"o": lambda a, b: a < b})(
        lambda a, b: b - a
    )
    found = check(made)
    assert found.verdict == "error"
    assert "the assumption about a, b: expected a signed margin" in found.evidence[-1].detail
