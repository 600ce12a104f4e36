"""A whole number stays one where it can, and leaves into its own arithmetic where it cannot."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rankladder import Int, Verdict, check, claim, lemma, log, symbols
from rankladder.numbers.balls import Ball
from rankladder.numbers.exact import Exact
from rankladder.numbers.whole import Whole

seven = Whole(7, Ball)


@pytest.mark.parametrize(
    "made",
    [
        1 / seven,
        seven**-1,
        np.exp(-np.log(seven)),
        (seven - 6) / seven,
        np.ones(1) / seven,
        np.arange(1, seven + 1)[0] / seven,
        np.float64(1) / seven,
        Whole(3, Exact) / 21,
    ],
)
def test_a_seventh_is_enclosed(made: object) -> None:
    assert bool(abs(np.ravel(made)[0] - Ball(Fraction(1, 7))) < Ball(Fraction(1, 10**9)))
    assert isinstance(np.ravel(np.asarray(made, dtype=object))[0], (Ball, Exact))


def test_it_counts() -> None:
    assert list(range(seven))[-1] == 6
    assert np.zeros(seven).shape == (7,)
    assert [type(x) for x in (seven + 1, 2 * seven, seven // 2, 2**seven, -seven)] == [Whole] * 5


def test_logarithms_of_whole_numbers_refute_nothing_by_rounding() -> None:
    # (n + 1/2) log(1 + 1/n) exceeds 1 by about 1/(12 n^2), far below the rounding of float64
    n = symbols("n")
    stated = claim("whole.logarithm", over={"n": Int(10**6, 10**9)})(
        lambda n: (n + Fraction(1, 2)) * log(1 + 1 / n) - 1
    )
    related = lemma(
        "whole.relation", (n + Fraction(1, 2)) * log(1 + 1 / n) >= 1, over={"n": Int(10**6, 10**9)}
    )
    assert [check(c, examples=20).verdict for c in (stated, related)] == [Verdict.tested, Verdict.proved]
