"""A float that comes out of balls is a float: it makes a claim suspect at worst, and refutes none that is not about
float64.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from sympy import Rational

from rankladder import (
    Int,
    Matrix,
    Problem,
    Real,
    always,
    check,
    claim,
    eigenvalues,
    equal,
    forall,
    frobenius,
    lemma,
    most,
    prove,
    reduced_rank_solution,
    sqrt,
    symbols,
)
from rankladder import reduced_rank_losses as losses_in_balls
from rankladder.language.library import load_catalogue
from rankladder.numbers import choosing, midpoints
from rankladder.search.judgement import judge
from rankladder.simulate import descent, reduced_rank_losses, reduced_rank_regression

WHITENED = {"problem": Problem(kind="whitened")}


def solution_is_plateau_in_floats(problem: Any) -> Any:
    found = reduced_rank_regression(midpoints(problem.Sxx), midpoints(problem.Sxy), problem.m)
    return equal(found, problem.plateau(problem.m))


def losses_fall_in_floats(problem: Any) -> Any:
    found = reduced_rank_losses(midpoints(problem.Sxx), midpoints(problem.Sxy))
    return found[:-1] - found[1:]


def eigenvalues_below_lam_in_floats(problem: Any) -> Any:
    return most(problem.lam) - np.linalg.eigvalsh(midpoints(problem.Sxx))


def solution_is_plateau(problem: Any) -> Any:
    return equal(reduced_rank_solution(problem.Sxx, problem.Sxy, problem.m), problem.plateau(problem.m))


def losses_fall(problem: Any) -> Any:
    found = losses_in_balls(problem.Sxx, problem.Sxy)
    return found[:-1] - found[1:]


def eigenvalues_below_lam(problem: Any) -> Any:
    return most(problem.lam) - eigenvalues(problem.Sxx)


def verdict_of(conclusion: Any, **over: Any) -> tuple[str, str]:
    result = check(claim("floats." + conclusion.__name__.strip("<>"), over=over)(conclusion))
    return str(result.verdict), "; ".join(e.detail for e in result.evidence)


@pytest.mark.parametrize(
    "conclusion", [solution_is_plateau_in_floats, losses_fall_in_floats, eigenvalues_below_lam_in_floats]
)
def test_rounding_refutes_no_true_claim(conclusion: Any) -> None:
    verdict, evidence = verdict_of(conclusion, **WHITENED)
    assert verdict in ("suspect", "tested") and "in float64" in evidence


@pytest.mark.parametrize("conclusion", [solution_is_plateau, losses_fall, eigenvalues_below_lam])
def test_balls_settle_what_floats_cannot(conclusion: Any) -> None:
    for problem in (Problem(kind="whitened"), Problem(d=Int(1, 4), p=Int(1, 4), r=4)):
        verdict, evidence = verdict_of(conclusion, problem=problem)
        assert (verdict, "judged in balls" in evidence) == ("tested", True), evidence


def test_an_assumption_that_only_floats_say_is_met_refutes_nothing() -> None:
    def wide(problem: Any) -> Any:
        return np.linalg.eigvalsh(midpoints(problem.Sxx))[0] - 1

    made = claim("floats.given", over={"problem": Problem()}, given={"wide": wide})(
        lambda problem: 1 - problem.lam
    )
    assert check(made, examples=60).verdict == "suspect"


def test_one_float_among_balls_is_enough() -> None:
    made = claim("floats.mixed", over={"x": Real(0, 1)})(lambda x: forall(1 - x, x - 2 * float(midpoints(x))))
    found = judge(made, {"x": Fraction(1, 2)})
    assert (found.outcome, found.in_float64) == ("undecided", True)


@pytest.mark.parametrize(
    "conclusion",
    [
        lambda n, x: math.sqrt(n) ** 2 - n,
        lambda n, x: equal(x * math.sqrt(n) * math.sqrt(n), n * x),
        lambda n, x: equal(3 * x * (1 / 3), x),
        lambda n, x: forall(x, equal(np.sqrt(np.arange(n + 1)) ** 2, np.arange(n + 1))),
        # 1e16 + n is Python's, and rounds to a number without a fraction
        lambda n, x: equal(x * ((1e16 + 2 * n) - 1e16 + 2), 2 * x * (n + 1)),
    ],
)
def test_computed_floats_refute_no_true_claim(conclusion: Any) -> None:
    verdict, _ = verdict_of(conclusion, n=Int(1, 60), x=Real(0, 2))
    assert verdict != "refuted"


def test_a_root_from_rankladder_is_no_float() -> None:
    exact, _ = verdict_of(lambda n, x: equal(x * sqrt(n) * sqrt(n), n * x), n=Int(1, 60), x=Real(0, 2))
    assert exact == "tested"


QUARTER = 0.25


def quarter_of(x: Any, part: float = 0.25) -> Any:
    return part * x


@pytest.mark.parametrize(
    "conclusion",
    [
        lambda x: 0.1 - x,
        lambda x: QUARTER - x,
        lambda x: 1 - 8 * quarter_of(x),
        lambda x: 1 - partial(quarter_of, part=1.75)(x),
        lambda x: np.eye(2) - 2 * x,
        lambda x: forall(x, 0.5 if x < 1 else -QUARTER),
        lambda x: math.pi - 2 * x * x,
    ],
)
def test_floats_of_the_statement_refute(conclusion: Any) -> None:
    verdict, evidence = verdict_of(conclusion, x=Real(0, 2))
    assert verdict == "refuted" and "in float64;" not in evidence.replace("scouted in float64", "")


def test_floats_among_the_constants_of_a_claim_are_exact() -> None:
    made = claim("floats.rate", over={"x": Real(0, 2)}, constants={"rate": 0.7, "by": lambda x: 0.3 * x})(
        lambda x, rate, by: forall(equal(rate * x, x * rate), 1 - rate * x - by(x))
    )
    found = judge(made, {"x": Fraction(3, 2)})
    assert (found.outcome, found.in_float64) == ("violated", False)
    assert judge(made, {"x": Fraction(1, 2)}).outcome == "holds"


@pytest.mark.parametrize(
    ("conclusion", "verdict", "said"),
    [
        (lambda x: math.sqrt(3) - x, "refuted", ""),  # by more than rounding
        (lambda x: np.linspace(0.5, 1.5, 5) - x, "refuted", ""),
        (lambda x: float(midpoints(x)) - 2, "suspect", "that only float64 shows"),
        (
            lambda x: forall(x, math.sqrt(3) - 2),
            "suspect",
            "write a Fraction, or use sqrt, log … from rankladder",
        ),
    ],
)
def test_what_computed_floats_violate_and_what_only_they_show(
    conclusion: Any, verdict: str, said: str
) -> None:
    found, evidence = verdict_of(conclusion, x=Real(0, 2))
    assert found == verdict and said in evidence


def test_floats_may_choose_where_to_look() -> None:
    def with_floats(s: Any, z0: Any) -> Any:
        with choosing():
            steps = 1 + int(2 / float(midpoints(s)))
        return 1 - descent(s, z0, steps).z

    def with_balls(s: Any, z0: Any) -> Any:
        return 1 - descent(s, z0, 1 + int(2 / s)).z

    for conclusion in (with_floats, with_balls):
        verdict, evidence = verdict_of(conclusion, s=Real(Fraction(1, 9), 2), z0=Real(0, 1))
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


def test_an_arithmetic_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected arithmetic= real or float64"):
        claim("floats.odd", over={"x": Real(0, 1)}, arithmetic="float32")(lambda x: x)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conclusion", "remedy"),
    [
        (lambda A: np.linalg.eigvalsh(A @ A.T), "use eigenvalues from rankladder"),
        (lambda A: np.linalg.norm(A, 2), "spectral_norm"),
        (lambda A: np.linalg.inv(A @ A.T), "use inverse from rankladder"),
        (lambda A: float(A[0, 0]), "leave float() out"),
    ],
)
def test_numpy_functions_that_know_no_balls_name_what_does(conclusion: Any, remedy: str) -> None:
    verdict, evidence = verdict_of(conclusion, A=Matrix(2, 2))
    assert verdict == "error" and remedy in evidence


def test_numpy_maxima_enclose_balls_that_overlap() -> None:
    def margin(A: Any) -> Any:
        thirds = A / 3
        return forall(
            np.max(thirds) - thirds, np.maximum(thirds, A / 3) - thirds, np.clip(thirds, -9, 9) - thirds
        )

    assert verdict_of(margin, A=Matrix(3, 2))[0] == "tested"


def test_what_the_catalogue_tests_in_float64_says_so() -> None:
    result = check(load_catalogue()["GEN-3.flow"], examples=12)
    assert result.verdict == "tested" and result.in_float64 == result.instances
    assert "instances tested in float64" in result.evidence[0].detail


def test_a_product_with_a_computed_matrix_refutes_no_true_claim() -> None:
    def turned(A: Any) -> Any:
        turn = np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
        return equal(frobenius(turn @ A), frobenius(A))

    assert verdict_of(turned, A=Matrix(2, 2))[0] != "refuted"


def test_a_float_that_a_lemma_writes_is_its_decimal() -> None:
    x, y = symbols("x y")
    at_most = {"y": y <= 1}
    assert check(lemma("floats.tenth", 0.1 * x + y <= x / 10 + 1, given=at_most)).verdict == "proved"
    more = lemma("floats.more", Rational(Fraction(0.1)) * x + y <= x / 10 + 1, given=at_most)
    assert check(more).verdict == "refuted"


def test_few_instances_in_a_large_set_say_nothing() -> None:
    sliver = claim(
        "floats.sliver", over={"x": Real(0, 1)}, given={"near": lambda x: 1e-9 - abs(x - Fraction(1, 4))}
    )
    assert check(sliver(lambda x: equal(4 * x, 1))).verdict == "vacuous"


X = symbols("x")
IN_FLOATS = {
    "t-root-in-floats": (X * X <= 2, Real(0, math.sqrt(2)), {}),
    "t-log-in-floats": (math.log(2) <= X, Real(0, 4), {"large": math.log(2) ** 2 <= X * X}),
    "t-third-in-floats": (X <= 1 / 3, Real(0, 4), {"small": 3 * X <= 1}),
}


@pytest.mark.parametrize("id", IN_FLOATS)
def test_a_statement_with_computed_floats_is_not_refuted_by_their_last_digits(id: str) -> None:
    """Each is true of the numbers that are meant, and false of the floats next to them."""
    relation, domain, given = IN_FLOATS[id]
    found = check(lemma(id, relation, over={"x": domain}, given=given), profile="quick")
    assert found.verdict == "suspect"
    assert any("computed" in e.detail or "last digits" in e.detail for e in found.evidence)


def test_a_statement_with_computed_floats_falls_where_it_fails_by_more() -> None:
    false = lemma("t-clearly-false", X * X <= 2 - 1 / 128, over={"x": Real(0, math.sqrt(2))})
    assert check(false).verdict == "refuted"


def test_what_is_shown_of_a_computed_float_is_not_proved() -> None:
    """Each is true of the float and false of the number that is meant."""
    for relation, assumed in ((math.sqrt(2) > X, X * X <= 2), (3 * X < 1, X <= 1 / 3)):
        made = lemma("t-of-the-float", relation, over={"x": Real(0, 4)}, given={"known": assumed})
        found = check(made, profile="quick")
        assert found.verdict == "tested" and any("computed in floats" in e.detail for e in found.evidence)
        assert str(prove(made).status) == "open"


Z, Z0 = symbols("z z0")
RECURSIONS = {
    "t-root": (math.sqrt(2) <= Z, Z / 2 + 1 / Z, Z0 * Z0 >= 2),
    "t-third": (Z >= 0.5, Z / 3 + 1 / 3, Z0 >= 0.5),
    "t-roots": (Z <= 2, Z * math.sqrt(2) / 2 + 2 - math.sqrt(2), Z0 <= 2),
}


@pytest.mark.parametrize("id", RECURSIONS)
@pytest.mark.parametrize(("off", "verdict"), [(0, "suspect"), (Fraction(1, 100), "refuted")])
def test_a_recursion_with_computed_floats_is_believed_to_nine_digits(
    id: str, off: Fraction, verdict: str
) -> None:
    relation, step, begins = RECURSIONS[id]
    sharper = type(relation)(relation.lhs, relation.rhs + (off if ">" in relation.rel_op else -off))
    made = always(
        id, sharper, start={Z: Z0}, step={Z: step}, over={"z0": Real(0, 4)}, given={"begins": begins}
    )
    found = check(made, profile="quick")
    assert found.verdict == verdict
    assert off or "computed" in str(found.evidence)


def test_a_float_that_the_claim_writes_refutes_nothing_by_its_last_digits() -> None:
    @claim("floats-tenth", over={"n": Int(1, 20)})
    def tenths(n: Any) -> Any:
        return equal(n * Fraction(1, 10), 0.1) if n == 1 else Fraction(1)

    @claim("floats-nearly", over={"n": Int(1, 20)})
    def nearly(n: Any) -> Any:
        return 0.1 - n * Fraction(1, 10) - Fraction(1, 10**12)

    @claim("floats-both", over={"x": Real(0, 1)})
    def both(x: Any) -> Any:
        return 0.1 * x - Fraction(0.1) * x

    assert judge(tenths, {"n": 1}).outcome == "holds"
    assert judge(nearly, {"n": 1}).outcome == "violated"
    seen = judge(both, {"x": Fraction(1, 2)})  # holds for the float, fails for one tenth
    assert (seen.outcome, "last digits of the float 0.1" in seen.why) == ("undecided", True)
