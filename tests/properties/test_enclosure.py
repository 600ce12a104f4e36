"""Quantifiers and connectives: right on numbers, and never wrong on balls that overlap."""

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder import exists, forall, iff, implies, least, most
from rankladder.numbers.balls import Ball, as_balls, hull

margins = st.fractions(-3, 3, max_denominator=8)


def wide(lower: F, upper: F) -> Ball:
    return hull(Ball(lower), Ball(upper))


@settings(max_examples=40)
@given(st.lists(margins, min_size=1, max_size=5))
def test_forall_and_exists_are_least_and_greatest(values: list[F]) -> None:
    balls = as_balls(values)
    for mine, expected in ((forall, min), (exists, max), (least, min), (most, max)):
        found = mine(balls)
        assert found.arb.contains(Ball(expected(values)).arb)
        assert found.radius < 1e-14
        assert mine([float(v) for v in values]) == float(expected(values))


@settings(max_examples=40)
@given(st.lists(st.tuples(margins, margins), min_size=1, max_size=4), st.data())
def test_forall_encloses_every_choice_from_overlapping_balls(
    pairs: list[tuple[F, F]], data: st.DataObject
) -> None:
    ends = [(min(p), max(p)) for p in pairs]
    chosen = [low + (high - low) * data.draw(st.fractions(0, 1, max_denominator=4)) for low, high in ends]
    balls = [wide(low, high) for low, high in ends]
    for mine, expected in ((forall, min), (exists, max)):
        assert mine(*balls).arb.contains(Ball(expected(chosen)).arb)


@settings(max_examples=40)
@given(margins, margins, margins, margins, st.data())
def test_connectives_enclose_every_choice(a: F, b: F, c: F, d: F, data: st.DataObject) -> None:
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
def test_connectives_have_the_right_sign(p: F, q: F) -> None:
    assert (float(implies(float(p), float(q))) >= 0) == (not (p >= 0) or q >= 0)
    assert (float(iff(float(p), float(q))) >= 0) == ((p >= 0) == (q >= 0))
    assert implies(Ball(p), Ball(q)).is_nonnegative() == (not (p >= 0) or q >= 0)
    assert iff(Ball(p), Ball(q)).is_nonnegative() == ((p >= 0) == (q >= 0))


def test_iff_with_an_undecided_side_stays_undecided() -> None:
    around_zero = hull(F(-1, 10**60), F(1, 10**60))
    found = iff(around_zero, Ball(5))
    assert not found.is_nonnegative()
    assert not found.is_negative()
    assert found.radius > 1  # far wider than what counts as equality, so it cannot pass for one
