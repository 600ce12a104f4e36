"""A float that comes out of balls is a float: it makes a claim suspect at worst, and refutes none that is not about
float64.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

from rankladder import (
    Int,
    Matrix,
    Problem,
    Real,
    check,
    claim,
    eigenvalues,
    equal,
    forall,
    frobenius,
    lemma,
    most,
    reduced_rank_solution,
    sqrt,
    symbols,
)
from rankladder import reduced_rank_losses as losses_in_balls
from rankladder.numbers import choosing, midpoints
from rankladder.simulate import descent, reduced_rank_losses, reduced_rank_regression

WHITENED = {"problem": Problem(kind="whitened")}
X, COUNTED, SQUARE, TALL = (
    {"x": Real(0, 2)},
    {"n": Int(1, 60), "x": Real(0, 2)},
    {"A": Matrix(2, 2)},
    {"A": Matrix(3, 2)},
)
Conclusion = Callable[..., Any]


def solution_in_floats(problem: Any) -> Any:
    found = reduced_rank_regression(midpoints(problem.Sxx), midpoints(problem.Sxy), problem.m)
    return equal(found, problem.plateau(problem.m))


def losses_fall_in_floats(problem: Any) -> Any:
    found = reduced_rank_losses(midpoints(problem.Sxx), midpoints(problem.Sxy))
    return found[:-1] - found[1:]


def eigenvalues_in_floats(problem: Any) -> Any:
    return most(problem.lam) - np.linalg.eigvalsh(midpoints(problem.Sxx))


def solution(problem: Any) -> Any:
    return equal(reduced_rank_solution(problem.Sxx, problem.Sxy, problem.m), problem.plateau(problem.m))


def losses_fall(problem: Any) -> Any:
    found = losses_in_balls(problem.Sxx, problem.Sxy)
    return found[:-1] - found[1:]


def eigenvalues_below_lam(problem: Any) -> Any:
    return most(problem.lam) - eigenvalues(problem.Sxx)


def turned(A: Any) -> Any:
    turn = np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    return equal(frobenius(turn @ A), frobenius(A))


def greatest_of_balls_that_overlap(A: Any) -> Any:
    third = A / 3
    return forall(np.max(third) - third, np.maximum(third, A / 3) - third, np.clip(third, -9, 9) - third)


def verdict_of(conclusion: Conclusion, over: dict[str, Any]) -> tuple[str, str]:
    result = check(claim("floats." + conclusion.__name__.strip("<>"), over=over)(conclusion), profile="quick")
    return str(result.verdict), "; ".join(e.detail for e in result.evidence)


@pytest.mark.parametrize(
    ("conclusion", "over"),
    [
        (solution_in_floats, WHITENED), (losses_fall_in_floats, WHITENED), (eigenvalues_in_floats, WHITENED), (turned, SQUARE),
        (lambda n, x: math.sqrt(n) ** 2 - n, COUNTED),
        (lambda n, x: equal(x * math.sqrt(n) * math.sqrt(n), n * x), COUNTED),
        (lambda n, x: equal(3 * x * (1 / 3), x), COUNTED),
        (lambda n, x: forall(x, equal(np.sqrt(np.arange(n + 1)) ** 2, np.arange(n + 1))), COUNTED),
        # 1e16 + n is Python's, and rounds to a number without a fraction
        (lambda n, x: equal(x * ((1e16 + 2 * n) - 1e16 + 2), 2 * x * (n + 1)), COUNTED),
    ],
)  # fmt: skip
def test_computed_floats_refute_no_true_claim(conclusion: Conclusion, over: dict[str, Any]) -> None:
    verdict, evidence = verdict_of(conclusion, over)
    assert verdict in ("suspect", "tested") and "float" in evidence


@pytest.mark.parametrize(
    ("conclusion", "over", "verdict", "said"),
    [
        # what balls and roots of rankladder settle
        *((f, WHITENED, "tested", "judged in balls") for f in (solution, losses_fall, eigenvalues_below_lam)),
        (lambda n, x: equal(x * sqrt(n) * sqrt(n), n * x), COUNTED, "tested", ""), (greatest_of_balls_that_overlap, TALL, "tested", ""),
        # what computed floats violate by more than rounding, and what only they show
        (lambda x: math.sqrt(3) - x, X, "refuted", ""), (lambda x: np.linspace(0.5, 1.5, 5) - x, X, "refuted", ""),
        (lambda x: float(midpoints(x)) - 2, X, "suspect", "that only float64 shows"),
        (lambda x: forall(x, math.sqrt(3) - 2), X, "suspect", "write a Fraction, or use sqrt, log … from rankladder"),
        # functions of NumPy that know no balls
        (lambda A: np.linalg.eigvalsh(A @ A.T), SQUARE, "error", "use eigenvalues from rankladder"),
        (lambda A: np.linalg.norm(A, 2), SQUARE, "error", "spectral_norm"),
        (lambda A: np.linalg.inv(A @ A.T), SQUARE, "error", "use inverse from rankladder"),
        (lambda A: float(A[0, 0]), SQUARE, "error", "leave float() out"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_conclusion_and_why(
    conclusion: Conclusion, over: dict[str, Any], verdict: str, said: str
) -> None:
    found, evidence = verdict_of(conclusion, over)
    assert found == verdict and said in evidence, evidence


QUARTER = 0.25


def quarter_of(x: Any, part: float = 0.25) -> Any:
    return part * x


def looks_by_floats(x: Any) -> Any:
    with choosing():
        steps = 1 + int(2 / float(midpoints(x + Fraction(1, 9))))
    return 1 - descent(x + Fraction(1, 9), Fraction(1, 2), steps).z


@pytest.mark.parametrize(
    "conclusion",
    [
        lambda x: 0.1 - x, lambda x: QUARTER - x, lambda x: 1 - 8 * quarter_of(x),
        lambda x: 1 - partial(quarter_of, part=1.75)(x), lambda x: np.eye(2) - 2 * x,
        lambda x: forall(x, 0.5 if x < 1 else -QUARTER), lambda x: math.pi - 2 * x * x,
        # floats may choose where to look, and so may balls
        looks_by_floats, lambda x: 1 - descent(x + Fraction(1, 9), Fraction(1, 2), 1 + int(2 / (x + Fraction(1, 9)))).z,
    ],
)  # fmt: skip
def test_floats_of_the_statement_refute(conclusion: Conclusion) -> None:
    verdict, evidence = verdict_of(conclusion, X)
    assert verdict == "refuted" and "in float64;" not in evidence.replace("scouted in float64", "")


def test_a_claim_about_float64_is_refuted_by_its_runs() -> None:
    @claim("floats.about", over={"x": Real(0, 1)}, arithmetic="float64")
    def about(x: Any) -> Any:
        tenth = float(midpoints(x))
        return -abs((tenth + 0.1) + 0.2 - (tenth + (0.1 + 0.2)))

    result = check(about)
    assert result.verdict == "refuted" and result.in_float64 == result.instances
    assert "run in float64, as the claim is about" in result.evidence[0].detail
    assert "in float64" in result.evidence[-1].detail
    assert result.to_json()["counterexample"]["certified"] is False


x = symbols("x")
IN_FLOATS = {
    "t-root-in-floats": (x * x <= 2, Real(0, math.sqrt(2)), {}),
    "t-log-in-floats": (math.log(2) <= x, Real(0, 4), {"large": math.log(2) ** 2 <= x * x}),
    "t-third-in-floats": (x <= 1 / 3, Real(0, 4), {"small": 3 * x <= 1}),
}


@pytest.mark.parametrize("id", IN_FLOATS)
def test_a_statement_with_computed_floats_is_not_refuted_by_their_last_digits(id: str) -> None:
    """Each is true of the numbers that are meant, and false of the floats next to them."""
    relation, domain, given = IN_FLOATS[id]
    found = check(lemma(id, relation, over={"x": domain}, given=given), profile="quick")
    assert found.verdict == "suspect"
    assert any("computed" in e.detail or "last digits" in e.detail for e in found.evidence)
