"""Polynomial inequalities on boxes: what is shown is true, and what is true with room to spare is shown."""

import itertools
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from rankladder.language.obligation import Obligation
from rankladder.proof.bernstein import boxes_that_show

x, y, s = sympy.symbols("x y s", real=True)
UNIT = (x >= 0, x <= 1, y >= 0, y <= 1)
COEFFICIENTS = st.lists(st.integers(-4, 4), min_size=9, max_size=9)
GRID = [Fraction(k, 16) for k in range(17)]


def shows(goal, *hypotheses):
    return boxes_that_show(Obligation("goal", hypotheses, goal)) is not None


def polynomial(coefficients):
    powers = itertools.product(range(3), repeat=2)
    return sympy.Add(*(c * x**i * y**j for c, (i, j) in zip(coefficients, powers, strict=True)))


@given(COEFFICIENTS, st.booleans())
@settings(max_examples=60)
def test_nothing_is_shown_that_fails_at_a_point_of_the_box(coefficients, strict):
    gap = polynomial(coefficients)
    if gap.free_symbols == {x, y} and shows(gap > 0 if strict else gap >= 0, *UNIT):
        at = sympy.lambdify((x, y), gap, "math")
        least = min(at(a, b) for a in GRID for b in GRID)
        assert least > 0 if strict else least >= 0


@given(COEFFICIENTS)
@settings(max_examples=20)
def test_what_is_positive_by_a_margin_is_shown(coefficients):
    gap = polynomial(coefficients)
    if gap.free_symbols == {x, y}:
        at = sympy.lambdify((x, y), gap, "math")
        least = min(at(a, b) for a in GRID for b in GRID)
        assert shows(gap + sympy.Rational(2 - least) >= 0, *UNIT)


@pytest.mark.parametrize(
    ("goal", "hypotheses", "false"),
    [
        (x * (1 - x) <= sympy.Rational(1, 4), (x >= 0, x <= 1), x * (1 - x) < sympy.Rational(1, 4)),
        (x**3 > 0, (x > 0, x <= 1), x**3 > 0 * x + sympy.Rational(1, 100)),
        (1 - x > 0, (x >= 0, x < 1), 1 - x > sympy.Rational(1, 100)),
        # an end that holds the other variable
        (2 - x - 2 * y >= 0, (x > 0, x <= 1, y >= 0, 2 * y <= 2 - x), 2 - x - 2 * y > 0),
        (1 - x * y >= 0, (x > 0, x <= 1, y >= 0, x * y <= 1), 1 - x * y > 0),
        # an end that follows from two hypotheses
        (1 - x**2 >= 0, (x >= 0, x <= y, y <= 1), 1 - x**2 > 0),
        # fractions, where they have a value
        (1 / x >= 1, (x > 0, x <= 1), 1 / x > 1),
        ((x - 3) / (x - 2) >= sympy.Rational(3, 2), (x >= 0, x <= 1), (x - 3) / (x - 2) > sympy.Rational(3, 2)),
        # no upper end
        (x**2 + x - 2 >= 0, (x >= 1,), x**2 + x - 2 > 0),
        # every case of what leaves a choice
        ((x - 1) * (x - 2) >= 0, (x >= 0, x <= 3, sympy.Or(x <= 1, x >= 2)), (x - 1) * (x - 2) > 0),
    ],
    ids=str,
)  # fmt: skip
def test_a_statement_is_shown_and_its_false_neighbour_is_not(goal, hypotheses, false):
    assert shows(goal, *hypotheses)
    assert not shows(false, *hypotheses)


def test_without_a_hypothesis_that_it_needs_nothing_is_shown():
    goal, needed = 1 - x * y >= 0, (x >= 0, x <= 1, y >= 0, y <= 1)
    assert shows(goal, *needed)
    assert not any(shows(goal, *(h for h in needed if h is not left)) for left in (needed[1], needed[3]))
    assert not shows(1 - x * y >= 0, x >= 0, x <= 1, y >= 0, x * y <= 2)


def test_of_a_fraction_that_has_no_value_somewhere_nothing_is_shown():
    assert not shows(1 / x >= 1, x >= 0, x <= 1)
    assert not shows(1 / x**2 >= 1, x >= -1, x <= 1)
    assert not shows((x**2 - 1) / (x - 1) >= 1, x >= 0, x <= 2)


def test_a_divisor_whose_sign_is_not_plain_sets_no_end():
    # (x - 1) y <= 1 says nothing of the size of y where x < 1
    assert not shows(2 - y >= 0, x >= 0, x <= 1, y >= 0, (x - 1) * y <= 1)
    assert not shows(1 - x * y >= 0, x >= -1, x <= 1, y >= -3, y * x <= 1, y <= 3)
