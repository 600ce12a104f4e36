"""Proofs on symbols: what is shown is the claim's own conclusion, so a broken twin of a proved claim is not proved."""

import operator
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import And, Or, Rational, Symbol, exp, log

from rankladder import (
    Int,
    Matrix,
    Problem,
    Real,
    claim,
    equal,
    exists,
    forall,
    iff,
    implies,
    strictly,
)
from rankladder.domains.matrices import Orthogonal
from rankladder.numbers.balls import Undecided
from rankladder.proof.expressions import Distance, Expression, statement
from rankladder.proof.parts import Status
from rankladder.proof.symbolic import by_symbols, by_words

p, q = Symbol("p", positive=True), Symbol("q", positive=True)
x, y = Symbol("x", real=True), Symbol("y", real=True)
X: Any = Expression(x)
Y: Any = Expression(y)
P: Any = Expression(p)
Q: Any = Expression(q)
PARAMETERS = {"s": Real(0, 4), "t": Real(0, 4)}


def proves(conclusion: Any, over: Any = PARAMETERS, choice: Any = None, **given: Any) -> bool:
    made = claim("own-symbols", over=over, given=given)(conclusion)
    return by_symbols(made, [choice or {}], ranges=True).status.shown


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (X + 2, x + 2), (2 + X, x + 2), (X - 2, x - 2), (2 - X, 2 - x), (X * 3, 3 * x), (3 * X, 3 * x), (X / 4, x / 4), (4 / X, 4 / x),
        (X**3, x**3), (2**X, 2**x), (X + Y, x + y), (X - Y, x - y), (X * Y, x * y), (X / Y, x / y), (X**Y, x**y), (-X, -x), (+X, x),
        (X + 0.5, x + Rational(1, 2)), (X * np.float64(0.25), x / 4), (np.int64(3) * X, 3 * x), (X - F(1, 3), x - Rational(1, 3)),
        (P.exp(), exp(p)), (P.expm1(), exp(p) - 1), (P.log(), log(p)), (P.log1p(), log(1 + p)), (P.tanh(), (exp(2 * p) - 1) / (exp(2 * p) + 1)), (abs(X), Distance(x)), (abs(P), p),
        ((P**2 + 2 * P + 1).sqrt(), p + 1), ((P**2 + 2 * P + 1) ** F(1, 2), p + 1), ((P**2 + 2 * P + 1) ** F(3, 2), (p + 1) ** 3),
        ((X**2 + 2 * X + 1) ** 1, x**2 + 2 * x + 1),
    ],
    ids=str,
)  # fmt: skip
def test_arithmetic_is_that_of_the_expressions(made: Expression, expected: Any) -> None:
    assert made.expr == expected and str(made) == repr(made) == str(expected)


def test_a_comparison_is_what_the_signs_say() -> None:
    said: list[tuple[Callable[[Any, Any], Any], Any, Any, bool]] = [
        (operator.lt, P, 0, False), (operator.lt, -P, 0, True), (operator.le, -P, 0, True), (operator.le, P, 0, False),
        (operator.gt, P, 0, True), (operator.gt, -P, 0, False), (operator.ge, P, 0, True), (operator.ge, -P, 0, False),
        (operator.eq, P, P, True), (operator.eq, P, -P, False), (operator.ne, P, P, False), (operator.ne, P, -P, True),
        (operator.gt, P + Q, P, True), (operator.lt, P, P + Q, True), (operator.gt, 3, -P, True), (operator.le, P, P, True),
        # a sign that shows once it is factored
        (operator.ge, X * X, 2 * X - 1, True), (operator.lt, X * X, 2 * X - 1, False),
    ]  # fmt: skip
    for compare, one, other, answer in said:
        assert compare(one, other) is answer, (compare, one, other)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        for other in (Y, 0, "word"):
            with pytest.raises(Undecided, match="cannot decide how x compares with"):
                compare(X, other)


def test_a_margin_says_what_must_be_shown() -> None:
    assert statement(equal(X, Y)) == sympy.Eq(x - y, 0)
    assert statement(strictly(X - Y)) == (x - y > 0)
    assert statement(forall(X - Y, Y - X)) == And(x - y >= 0, y - x >= 0)
    assert statement(implies(X, Y)) == Or(x < 0, y >= 0)
    assert statement(exists(X, forall(Y, P))) == Or(x >= 0, And(y >= 0, p >= 0))
    assert statement(strictly(exists(X, Y))) == Or(x > 0, y > 0)
    said = statement(iff(X - Y, 1 - X))
    assert said.subs({x: 2, y: 3}) == sympy.true and said.subs({x: 4, y: 3}) == sympy.false
    both = statement(iff(forall(strictly(X), strictly(Y)), P))  # the opposite of a conjunction is written out
    assert both == Or(And(x > 0, y > 0, p >= 0), And(Or(x <= 0, y <= 0), p < 0))
    with pytest.raises(TypeError, match="Expected a margin"):
        statement("margin")


def test_every_part_of_a_conclusion_is_shown() -> None:
    assert proves(lambda s, t: forall(1 + s, 5 - t))
    assert not proves(lambda s, t: forall(s - 2, 5 - t))
    assert not proves(lambda s, t: forall(1 + s, t - 2))
    assert not proves(lambda s, t: forall(equal(s - t, 0), 1 + s))
    assert not proves(lambda s, t: forall(1 + s, s * (t - 2) / (1 + s)))
    assert not proves(lambda s, t: forall(s * (1 + s), (s - 2) ** 2 * (t - 2)))
    assert not proves(lambda s, t: forall(s, strictly((s - 2) ** 2 * (5 - t))))


def test_a_margin_is_shown_with_the_factors_of_known_sign_too() -> None:
    s, t = sympy.symbols("s t", real=True)
    wanted = [s * (1 + s), (5 - t) * (s + t) / s, (s - 2) ** 2 * (4 - t), -((s + 1) ** 2) * (s - 4) / (s - 5) ** 2]  # fmt: skip
    made = claim("own-factors", over=PARAMETERS)(
        lambda s, t: forall(*(Expression(0) + eval(str(m), {"s": s, "t": t}) for m in wanted))
    )
    parts = by_symbols(made, ranges=True).parts
    assert {(p.method, p.status) for p in parts} == {("identities", Status.proved)}
    said = [p.stated.shows for p in parts if p.stated is not None]
    assert [sympy.simplify(o.lhs - o.rhs - m) for o, m in zip(said, wanted, strict=True)] == [0] * 4


def test_what_no_identity_shows_with_its_factors_names_them() -> None:
    made = claim("own-root", over=PARAMETERS)(lambda s, t: np.sqrt(s) * (s**2 * t - 4 * s**2 - 1) * (t - 5))
    first, second = by_symbols(made, ranges=True).parts
    assert (first.status, second.method) == (Status.proved, "SymPy")
    assert "sqrt(s) >= 0" in second.statement


def test_expressions_in_the_place_of_a_parameter_must_leave_no_value_out() -> None:
    s, t = Symbol("s"), Symbol("t", positive=True)
    made = claim("own-substituted", over={"s": Real(0, 1)}, given={"low": 3 * s <= 2})(lambda s: 2 - 3 * s)

    def proved(*pieces: Any, claim: Any = made) -> bool:
        found = by_symbols(claim, [{"s": piece} for piece in pieces], argument="  Because.")
        assert found.argument == "Because."
        return found.status is Status.proved

    whole = (t / (1 + t), {t: s / (1 - s)})
    below = t / (2 + 2 * t), {t: 2 * s / (1 - 2 * s)}
    above = (1 + 2 * t) / (2 + 2 * t), {t: (2 * s - 1) / (2 - 2 * s)}
    assert proved(whole) and proved(below, (Rational(1, 2), {}), above)
    assert not proved(whole, claim=made.without("low"))
    assert not proved(below) and not proved(below, above), "what is left out: from 1/2 on, and 1/2 itself"
    assert not proved((whole[0], {t: s / (1 + s)})), "not the inverse"


SQUARE = Matrix("d", "d")
ENTRIES = {"d": Int(1, 8), "A": SQUARE, "B": SQUARE}


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (lambda A, B: equal(np.trace(A @ B), np.trace(B @ A)), lambda A, B: equal(np.trace(A @ B), np.trace(A.T @ B))),
        (lambda A, B: equal((A @ B).T, B.T @ A.T), lambda A, B: equal((A @ B).T, A.T @ B.T)),
        (lambda A, B: equal(np.trace(A @ A.T), (A * A).sum()), lambda A, B: equal(np.trace(A @ A), (A * A).sum())),
    ],
)  # fmt: skip
def test_an_identity_of_matrices_is_shown_and_its_false_neighbour_is_not(true: Any, false: Any) -> None:
    shown, other = (by_symbols(claim("own-matrices", over=ENTRIES)(c), [{"d": 2}]) for c in (true, false))
    assert (shown.status, shown.region) == (Status.certified, "d = 2")
    assert other.status is Status.open
    framed = claim("own-frames", over=ENTRIES | {"U": Orthogonal("d")})(lambda U, A: equal(U.T @ U @ A, A))
    assert by_symbols(framed, [{"d": 2}]).status is Status.open
    assert by_words(framed).status is Status.proved


KNOWN_OF = {
    "commuting": lambda p: equal(p.sigma, p.lam[: p.m] * p.omega),
    "whitened": lambda p: forall(equal(p.lam, 1 + 0 * p.lam), equal(p.sigma, p.omega)),
    "autoencoder": lambda p: forall(equal(p.lam[: p.m], p.sigma), equal(p.omega, 1 + 0 * p.omega)),
}


@pytest.mark.parametrize("kind", sorted(KNOWN_OF))
def test_of_a_problem_of_any_shape_is_known_what_its_kind_says_and_no_more(kind: Any) -> None:
    def proves(conclusion: Any) -> bool:
        made = claim(f"own-known-{kind}", over={"problem": Problem(kind=kind)})(
            lambda problem: conclusion(problem)
        )
        return by_words(made).status is Status.proved

    assert [proves(known) for known in KNOWN_OF.values()] == [
        kind == other or (other == "commuting") for other in KNOWN_OF
    ]
    # no strength is above the first, all are positive; they may be equal, and of any size
    assert proves(lambda p: forall(p.sigma[0] - p.sigma, strictly(p.sigma)))
    assert not proves(lambda p: p.sigma - p.sigma[0])
    assert not proves(lambda p: strictly(p.sigma[0] - p.sigma[1:]))
    assert not proves(lambda p: 1 - p.sigma)
    # a null mode may have any curvature, but where the kind fixes it
    assert proves(lambda p: p.lam)
    assert proves(lambda p: strictly(p.lam)) is (kind == "whitened")
    assert proves(lambda p: equal(p.U, p.V)) is (kind == "autoencoder")
