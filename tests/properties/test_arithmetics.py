"""Exact rationals and float batches: the two arithmetics beside balls that a conclusion meets."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from rankladder import Int, Real, claim, equal, exp, forall, iff, strictly
from rankladder.numbers import Ball
from rankladder.numbers.batches import Batch, plain
from rankladder.numbers.exact import Exact
from rankladder.search.batches import scout
from rankladder.search.judgement import judge


def test_an_exact_number_stays_exact_and_short() -> None:
    x = Exact(1, 3)
    third = Fraction(3, 7)
    for made in (x + 1, 1 - x, x * third, 2 / x, x / 2, -x, abs(-x), x**2, x**-1, 0.5 * x, np.int64(3) * x):
        assert type(made) is Exact
    assert (x * x).sqrt() == x
    assert type(x.sqrt()) is Ball
    assert type(x.exp()) is Ball
    assert type(x + Ball(1)) is Ball
    for _ in range(40):
        x = x * (1 - x)
    assert type(x) is Ball  # its digits would have doubled forty times


def test_exact_numbers_decide_nothing_about_what_is_not_rational() -> None:
    @claim("arith-exp", over={"x": Real(0, 1)})
    def transcendental(x):
        return strictly(exp(x) * exp(-x) - 1)

    assert judge(transcendental, {"x": Fraction(1, 3)}).outcome == "undecided"


def test_a_batch_computes_with_exact_constants() -> None:
    x = np.array([0.25, 0.5]).view(Batch)
    for made in (x - Fraction(1, 4), Fraction(1, 4) + x, np.exp(x * Fraction(1, 2)), x**2 / Fraction(1, 3)):
        assert made.dtype == float
    assert plain(np.array([Fraction(1, 2), 10**400], dtype=object)).tolist() == [0.5, np.inf]


def test_the_scout_takes_claims_with_fractions_and_claims_about_integers() -> None:
    @claim("arith-fractions", over={"x": Real(0, 1)})
    def fractions(x):
        return forall(x - Fraction(1, 4), iff(x, Fraction(1, 2)), equal(x, Fraction(1, 3)), Fraction(3))

    @claim("arith-integers", over={"m": Int(1, 40), "n": Int(1, 40)})
    def integers(m, n):
        return Fraction((m - 17) ** 2 + (n - 23) ** 2 - 1, 3)

    assert scout(fractions, 2_000, 0).seen > 500
    found = scout(integers, 2_000, 0)
    assert found.seen == 1_600  # every pair, once
    assert dict(found.worst[0].instance) == {"m": 17, "n": 23}
