"""False claims are refuted with a counterexample that stands, whatever the seed; their true neighbours are left alone.

Over matrices; on thin sets, at places that exact arithmetic confirms; and claims from outside.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Int, Matrix, Real, Verdict, check, claim, equal, lemma, symbols
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result
from rankladder.search.check import check_claim
from rankladder.search.draws import satisfies
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.simulate import descent
from rankladder.verdicts.evidence import with_proof
from tests.quality import false_matrices, thin_statements, unseen_false, unseen_true
from tests.samples import one_in

FALSE = [*false_matrices.FALSE, *thin_statements.FALSE, *unseen_false.FALSE]
TRUE = [*false_matrices.TRUE, *thin_statements.TRUE, *unseen_true.TRUE]
LATE = "unseen.late"  # takes longer than a test should
MISSED = "false-matrix.null-modes-never-grow"  # by one seed in ten


def _name(stated: Claim) -> str:
    return stated.id


def _stands(claim: Claim, result: Result) -> None:
    assert result.verdict is Verdict.refuted, (result.verdict, [e.detail for e in result.evidence])
    assert result.counterexample is not None
    assert satisfies(claim, result.counterexample) is True
    assert judge(claim, result.counterexample).outcome == "violated"


@pytest.mark.parametrize("claim", one_in(9, [c for c in FALSE if c.id != LATE]), ids=_name)
def test_a_false_claim_is_refuted(claim: Claim) -> None:
    _stands(claim, check_claim(claim))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("claim", [c for c in FALSE if c.id != MISSED], ids=_name)
def test_a_false_claim_is_refuted_whatever_the_seed(claim: Claim, seed: int) -> None:
    _stands(claim, check_claim(claim, seed=seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("claim", unseen_false.RARE, ids=_name)
def test_exploring_reaches_what_is_rare(claim: Claim, seed: int) -> None:
    found = explore_claim(claim, budget=600, seed=seed, most=6_000)
    assert found.verdict is Verdict.refuted
    assert found.simple is not None
    assert judge(claim, found.simple.instance).outcome == "violated"


@pytest.mark.parametrize("claim", unseen_false.SOLVED, ids=_name)
def test_a_solver_refutes_what_no_draw_meets(claim: Claim) -> None:
    tested = check_claim(claim, profile="quick")
    assert tested.verdict is Verdict.tested
    _stands(claim, with_proof(tested, claim))


def _is_left_alone(claim: Claim, **options: Any) -> None:
    result = check_claim(claim, **options)
    assert result.verdict is Verdict.tested, (result.verdict, [e.detail for e in result.evidence])
    assert not result.undecided


@pytest.mark.parametrize("claim", one_in(6, TRUE), ids=_name)
def test_a_true_claim_passes_a_quick_check(claim: Claim) -> None:
    _is_left_alone(claim, profile="quick")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("claim", TRUE, ids=_name)
def test_a_true_claim_is_left_alone(claim: Claim, seed: int) -> None:
    _is_left_alone(claim, seed=seed)


def test_an_error_names_the_instance() -> None:
    @claim("unseen-odd.raises", over={"x": Real(0, 1)})
    def raises(x):
        if x > Fraction(9, 10):
            raise ValueError("too large")
        return x

    result = check_claim(raises)
    assert result.verdict is Verdict.error
    assert "too large" in result.evidence[0].detail
    assert ", at x=" in result.evidence[0].detail


def test_a_conclusion_with_a_state_refutes_nothing() -> None:
    count = 0

    @claim("unseen-odd.counter", over={"x": Real(0, 1)})
    def counter(x):
        nonlocal count
        count += 1
        return x if count % 50 else -x

    result = check_claim(counter)
    assert result.verdict is Verdict.error
    assert "the same margin each time" in result.evidence[0].detail
    with pytest.raises(ValueError, match="the same margin each time"):
        explore_claim(counter, budget=30)


x = symbols("x")
NEAR_THE_FIT = {"s": Real(Fraction(1, 20), Fraction(1, 4)), "z0": Real(Fraction(1, 10), Fraction(9, 10))}


def too_fast(s, z0, k):
    return (1 - 2 * s) ** k * (1 - z0) - (1 - descent(s, z0, k).z[-1])


def arrived(s, z0, k):
    return equal(descent(s, z0, k).z[-1], 1)


@pytest.mark.parametrize("conclusion", one_in(2, [too_fast, arrived]), ids=lambda f: f.__name__)
def test_what_is_smaller_than_forty_digits_show_is_found_where_more_digits_show_it(conclusion) -> None:
    made = claim(f"hides-{conclusion.__name__}", over=NEAR_THE_FIT | {"k": Int(1000, 1020)})(conclusion)
    found = check(made, profile="quick")
    assert found.verdict is Verdict.refuted
    assert -1e-40 < found.counterexample_margin < 0


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


@pytest.mark.parametrize(
    "conclusion", [lambda A: np.diagonal(A.T @ A), lambda A: A - A, lambda A: A[:, :1].T @ A.T @ A @ A[:, :1]]
)
def test_a_matrix_whose_sign_no_rule_knows_is_tested(conclusion) -> None:
    made = claim("hides-sign", over={"n": Int(1, 3), "A": Matrix("n", "n")})(conclusion)
    assert check(made, profile="quick").verdict is Verdict.tested
