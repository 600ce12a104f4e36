"""Statements of which float64, forty digits or an empty set hide what they are: none gets a wrong word."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from rankladder import Int, Matrix, Real, Verdict, check, claim, equal, lemma, symbols
from rankladder.simulate import descent

x = symbols("x")
LATE = {"s": Real(Fraction(1, 20), Fraction(1, 4)), "z0": Real(Fraction(1, 10), Fraction(9, 10))}


def too_fast(s, z0, k):
    return (1 - 2 * s) ** k * (1 - z0) - (1 - descent(s, z0, k).z[-1])


def arrived(s, z0, k):
    return equal(descent(s, z0, k).z[-1], 1)


@pytest.mark.parametrize("conclusion", [too_fast, arrived], ids=lambda f: f.__name__)
def test_what_is_smaller_than_forty_digits_show_is_found_where_more_digits_show_it(conclusion) -> None:
    made = claim(f"hides-{conclusion.__name__}", over=LATE | {"k": Int(1000, 1020)})(conclusion)
    found = check(made, profile="quick")
    assert found.verdict is Verdict.refuted
    assert -1e-40 < found.counterexample_margin < 0


def test_equalities_that_only_forty_digits_show_are_counted() -> None:
    made = claim("hides-equal", over=LATE)(lambda s, z0: equal(np.sqrt(s * z0) ** 2, s * z0))
    found = check(made, profile="quick")
    assert found.verdict is Verdict.tested
    assert f"{found.instances} of them equalities as far as 40 digits show" in found.evidence[0].detail


@pytest.mark.parametrize(
    "relation",
    [x * sympy.log(2) < 0, x < sympy.sin(1) / 2, x * sympy.exp(sympy.Rational(5, 2)) < 0, x >= sympy.tanh(1)],
    ids=str,
)
def test_a_relation_with_constants_that_are_no_fractions_is_judged_like_any_other(relation) -> None:
    false = lemma("hides-constant", relation, over={"x": Real(0, 1)})
    assert check(false, profile="quick").verdict is Verdict.refuted
    true = lemma(
        "hides-constant-true",
        sympy.Not(relation),
        over={"x": Real(2, 3) if relation.has(sympy.sin) else Real(0, Fraction(1, 2))},
    )
    assert check(true, profile="quick").verdict in (Verdict.tested, Verdict.proved)


def test_a_function_of_a_logarithm_that_no_rule_knows_is_tested() -> None:
    made = lemma("hides-sine", sympy.sin(sympy.log(x)) >= -1, over={"x": Real(1, 2)})
    assert check(made, profile="quick").verdict is Verdict.tested


@pytest.mark.parametrize(
    "conclusion", [lambda A: np.diagonal(A.T @ A), lambda A: A - A, lambda A: A[:, :1].T @ A.T @ A @ A[:, :1]]
)
def test_a_matrix_whose_sign_no_rule_knows_is_tested(conclusion) -> None:
    made = claim("hides-sign", over={"n": Int(1, 3), "A": Matrix("n", "n")})(conclusion)
    assert check(made, profile="quick").verdict is Verdict.tested


def test_what_is_true_of_matrices_that_do_not_exist_is_vacuous() -> None:
    over = {"n": Int(1, 3), "A": Matrix("n", "n"), "x": Real(0, 1)}
    made = claim("hides-nothing", over=over, given={"never": x > 2})(lambda A: (A * A).sum())
    assert check(made, profile="quick").verdict is Verdict.vacuous
