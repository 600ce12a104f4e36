"""Symbols as numbers and claims on them: what each operation makes, and what is asked of algebra and solvers."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import And, Eq, Ge, Gt, Or, Rational, Symbol, exp, log, sqrt

from rankladder import Int, Matrix, Otherwise, Problem, Real, Spectrum, claim, forall, strictly
from rankladder.domains.matrices import Invertible, Orthogonal
from rankladder.numbers.balls import Undecided
from rankladder.proof import symbolic
from rankladder.proof.expressions import (
    Distance,
    Expression,
    Joined,
    Said,
    _first_of_all,
    _sympified,
    conjuncts,
    knowing,
    statement,
)
from rankladder.proof.parts import Answer, Part, Status
from rankladder.proof.smtlib import Obligation
from rankladder.proof.symbolic import (
    Case,
    assumed,
    by_symbols,
    cases,
    equations,
    inequality,
    run,
    show,
    shown,
)
from rankladder.simulate.joint_problems import SymbolicProblem

p, q = Symbol("p", positive=True), Symbol("q", positive=True)
x, y = Symbol("x", real=True), Symbol("y", real=True)
X: Any = Expression(x)
Y: Any = Expression(y)
P: Any = Expression(p)
Q: Any = Expression(q)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (X + 2, x + 2), (2 + X, x + 2), (X - 2, x - 2), (2 - X, 2 - x), (X * 3, 3 * x), (3 * X, 3 * x), (X / 4, x / 4), (4 / X, 4 / x),
        (X**3, x**3), (2**X, 2**x), (X + Y, x + y), (X - Y, x - y), (X * Y, x * y), (X / Y, x / y), (X**Y, x**y), (-X, -x), (+X, x),
        (X + 0.5, x + Rational(1, 2)), (X * np.float64(0.25), x / 4), (np.int64(3) * X, 3 * x), (X - F(1, 3), x - Rational(1, 3)),
        (P.exp(), exp(p)), (P.expm1(), exp(p) - 1), (P.log(), log(p)), (P.log1p(), log(1 + p)), (abs(X), Distance(x)), (abs(P), p),
        ((P**2 + 2 * P + 1).sqrt(), p + 1), ((P**2 + 2 * P + 1) ** F(1, 2), p + 1), ((P**2 + 2 * P + 1) ** F(3, 2), (p + 1) ** 3),
        ((X**2 + 2 * X + 1) ** 1, x**2 + 2 * x + 1),
    ],
    ids=str,
)  # fmt: skip
def test_arithmetic_is_that_of_the_expressions(made: Expression, expected: Any) -> None:
    assert made.expr == expected and str(made) == repr(made) == str(expected)


def test_arrays_of_symbols_are_arrays() -> None:
    made = X * np.array([Y, P])
    assert isinstance(made, np.ndarray) and [e.expr for e in made] == [x * y, x * p]
    assert [e.expr for e in np.array([Y, P]) - X] == [y - x, p - x]
    assert [e.expr for e in np.log1p(np.array([P]))] == [log(1 + p)]
    for wrong in (True, np.bool_(False), "1", None, [1]):
        assert _sympified(wrong) is None
        with pytest.raises(TypeError, match="Expected an exact number"):
            Expression(wrong)
        with pytest.raises(TypeError):
            X + wrong
    assert [_sympified(v) for v in (3, 0.1, F(1, 3), np.int8(4), x)] == [
        3,
        Rational(*(0.1).as_integer_ratio()),
        Rational(1, 3),
        4,
        x,
    ]


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


def test_a_distance_stays_as_it_was_written() -> None:
    assert (
        Distance(Rational(-2, 3)) == Rational(2, 3)
        and Distance(p) == p
        and Distance(-p) != p
        and Distance(x) != x
    )
    away = Distance(x - 1)
    assert (away**2, away**-2, away**4) == ((x - 1) ** 2, (x - 1) ** -2, (x - 1) ** 4)
    assert (
        str(away**3) == "|x - 1|**3"
        and str(sqrt(away)) == "sqrt(|x - 1|)"
        and away.is_real
        and away.is_nonnegative
    )
    assert (
        str(Distance(Symbol("n", nonnegative=True))) == "n"
        and str(Distance(Symbol("n", nonpositive=True))) == "|n|"
    )


def test_the_least_of_some_margins_is_all_of_them() -> None:
    both = Joined.of([X, Joined.of([Y, 1], True), Joined.of([P, Q], False)], True)
    assert both.smallest and len(both.entries) == 4 and isinstance(both.entries[3], Joined)
    assert statement(both) == And(x >= 0, y >= 0, Or(p >= 0, q >= 0, evaluate=False))
    assert statement(Joined.of([X, Y], False)) == Or(x >= 0, y >= 0)
    assert Joined.of([X], True) is X and Joined.of([2], False).expr == 2
    strict = Joined.of([X, Y], False).strictly()
    assert statement(strict) == Or(x > 0, y > 0) and not strict.smallest
    assert statement(X.strictly()) == (x > 0) and Said(x > 3).strictly().statement == (x > 3)
    assert statement(np.array([[X, Y], [X, 1]], dtype=object)) == And(x >= 0, y >= 0)
    with pytest.raises(TypeError, match="Expected a margin"):
        statement("margin")


def test_a_least_value_has_one_name_and_what_is_known_of_it() -> None:
    least, most = Joined.of([X, Y], True), Joined.of([X, Y], False)
    with pytest.raises(Undecided):
        least.named()
    with knowing() as facts:
        name = least.named().expr
        assert str(name) == "min_0" and name.is_real and least.named().expr == name
        assert facts == [name <= x, name <= y, Or(Eq(name, x), Eq(name, y))]
        other = most.named().expr
        assert str(other) == "max_3" and facts[3:] == [other >= x, other >= y, Or(Eq(other, x), Eq(other, y))]
        assert (-least).expr == -name and abs(most).expr == Distance(other) and (least + 1).expr == name + 1
        assert (
            (2 - most).expr == 2 - other
            and least.exp().expr == exp(name)
            and most.log1p().expr == log(1 + other)
        )
        with pytest.raises(AttributeError):
            least.sin()
        with pytest.raises(Undecided):
            Joined.of([X, Said(x > 0)], True).named()
        # by their signs one is the least of all
        assert (
            Joined.of([P + Q, P], True).named().expr == p
            and Joined.of([P, P + Q], False).named().expr == p + q
        )
        with knowing() as inner:
            Joined.of([X, 2 * Y], True).named()
        assert len(inner) == 3 and len(facts) == 6
    assert _first_of_all([p, 2 * p, p + q], True) == p and _first_of_all([p, p + q], False) == p + q
    assert _first_of_all([p, q], True) is None is _first_of_all([x, y], False)


def test_minus_a_distance_says_that_two_are_equal() -> None:
    away, other = Distance(x - 1), Distance(y)
    for margin, gap in (
        (-away, x - 1),
        (-3 * away, x - 1),
        (-away * p, x - 1),
        (-away * (x + y) ** 2 / 2, x - 1),
        (sympy.Integer(0), 0),
    ):
        assert statement(Expression(margin)) == Eq(gap, 0, evaluate=False), margin
    for margin in (-away * other, away, 2 * away, -away + 1, -x, -sympy.pi * away * 0 - y):
        said = statement(Expression(margin))
        assert not isinstance(said, Eq), margin
    assert statement(Expression(-away * other)) == (-away * other >= 0)
    assert statement(X - Y) == (x - y >= 0)


def test_the_parts_of_a_conjunction_in_any_depth() -> None:
    nested = And(x > 0, And(y > 0, Or(x > 1, y > 1), evaluate=False), evaluate=False)
    assert set(conjuncts(nested)) == {x > 0, y > 0, Or(x > 1, y > 1)}
    assert conjuncts(x > 0) == [x > 0]
    implied = X.implies(Y)
    assert statement(implied) == Or(x < 0, y >= 0)
    assert statement(X.iff(Y)) == Or(And(x >= 0, y >= 0), And(x < 0, y < 0))


def entries(matrix: Any) -> Any:
    return [[str(e) for e in row] for row in matrix]


def test_a_case_makes_numbers_matrices_and_frames() -> None:
    case = Case()
    assert case.symbol("s").expr == Symbol("s", real=True)
    assert case.symbol("s", positive=True).expr == Symbol("s", real=True, positive=True)
    assert entries(case.matrix("A", 2, 3)) == [["A_11", "A_12", "A_13"], ["A_21", "A_22", "A_23"]]
    assert not case.squares and not case.known
    assert entries(case.orthogonal("U", 1)) == [["U_sign"]]
    frame = case.orthogonal("V", 2)
    assert entries(frame) == [["V_cos", "-V_sign*V_sin"], ["V_sin", "V_cos*V_sign"]]
    cos = Symbol("V_cos", real=True)
    assert {str(k): v for k, v in case.squares.items()} == {"U_sign": 1, "V_sign": 1, "V_sin": 1 - cos**2}
    with pytest.raises(ValueError, match="of order 3 have no symbols here"):
        case.orthogonal("W", 3)
    falling = case.positive("g", 3, decreasing=True)
    assert [str(g) for g in falling] == ["g_1", "g_2", "g_3"] and all(g.expr.is_positive for g in falling)
    g1, g2, g3 = (g.expr for g in falling)
    assert case.known == [g1 >= g2, g2 >= g3]
    case.positive("h", 2)
    assert len(case.known) == 2


def problem_of(kind: str, shape: tuple[int, int, int, int], **rest: Any) -> tuple[Any, Case]:
    case = Case()
    return SymbolicProblem(case, *shape, kind=kind, **rest), case


def test_a_problem_of_symbols_has_its_shape_and_what_is_known_of_its_kind() -> None:
    made, case = problem_of("commuting", (2, 1, 2, 1))
    assert (made.d, made.p, made.r, made.m, made.q) == (2, 1, 2, 1, 1)
    assert [str(v) for v in made.lam] == ["lam_1", "lam_2"] and [str(v) for v in made.omega] == ["omega_1"]
    assert (
        made.lam[0].expr.is_positive and made.lam[1].expr.is_nonnegative and not made.lam[1].expr.is_positive
    )
    assert [str(v) for v in made.sigma] == ["lam_1*omega_1"] and case.known == []
    assert made.U.shape == (2, 2) and made.V.shape == (1, 1) and made.Q.shape == (2, 2)
    assert entries(made.B) == [["0", "0"], ["0", "0"]]
    assert made.Sxx.shape == (2, 2) and made.Sxy.shape == (2, 1)
    at = {"U_cos": 0, "U_sin": 1, "U_sign": 1, "V_sign": -1, "lam_1": 2, "lam_2": 3, "omega_1": 5}
    numbers = [[e.expr.subs({v: at[str(v)] for v in e.expr.free_symbols}) for e in row] for row in made.Sxy]
    assert numbers == [[0], [-10]]
    assert [[e.expr.subs({v: at[str(v)] for v in e.expr.free_symbols}) for e in row] for row in made.Sxx] == [
        [3, 0],
        [0, 2],
    ]
    two, known = problem_of("commuting", (2, 3 - 1, 1, 2))
    assert known.known == [two.sigma[0].expr >= two.sigma[1].expr] and two.q == 1
    fixed, _ = problem_of("commuting", (2, 2, 2, 1), null=Expression(0))
    assert [str(v) for v in fixed.lam] == ["lam_1", "0"]
    white, _ = problem_of("whitened", (2, 2, 2, 1))
    assert [str(v) for v in white.lam] == ["1", "1"] and [str(v) for v in white.sigma] == ["omega_1"]
    auto, own = problem_of("autoencoder", (2, 2, 2, 2))
    assert auto.V is auto.U and [str(v) for v in auto.lam] == [str(v) for v in auto.sigma] == [
        "sigma_1",
        "sigma_2",
    ]
    assert [str(v) for v in auto.omega] == ["1", "1"] and len(own.known) == 1
    small, _ = problem_of("autoencoder", (2, 2, 2, 1))
    assert [str(v) for v in small.lam] == ["sigma_1", "0"]
    with pytest.raises(ValueError, match="general data has no symbols here"):
        problem_of("general", (1, 1, 1, 1))


def parameters(over: dict[str, Any], choice: dict[str, Any]) -> Case:
    made = claim("own-parameters", over=over)(eval(f"lambda {', '.join(over)}: 0"))
    (case,) = cases(made, [choice])
    return case


def test_a_parameter_becomes_what_its_domain_says() -> None:
    signs = {
        "a": Real(0, 1), "b": Real(0, 1, closed="left"), "c": Real(1, 2, closed="both"), "d": Real(-1, 1), "e": Real(None, 1), "f": Real(F(1, 9), None),
        "g": Real(0, None, closed="right"),
    }  # fmt: skip
    case = parameters(signs, {})
    told = {
        n: "positive" if v.expr.is_positive else "nonnegative" if v.expr.is_nonnegative else ""
        for n, v in case.values.items()
    }
    assert told == {
        "a": "positive",
        "b": "nonnegative",
        "c": "positive",
        "d": "",
        "e": "",
        "f": "positive",
        "g": "positive",
    }
    assert case.name == "" and case.known == []

    over = {
        "n": Int(1, 4),
        "U": Orthogonal("n"),
        "lam": Spectrum("n", 1, 4),
        "A": Matrix("n", 1),
        "Z": Matrix(1, "n", scale=0),
        "s": Real(0, 1),
    }
    t = Symbol("t", positive=True)
    case = parameters(over, {"n": 2, "s": (t / (1 + t), (t < 5,))})
    assert (
        case.name == "n = 2, s = t/(t + 1) with t > 0"
        and case.values["n"] == 2
        and case.values["s"].expr == t / (1 + t)
    )
    assert (
        case.values["U"].shape == (2, 2)
        and entries(case.values["A"]) == [["A_11"], ["A_21"]]
        and entries(case.values["Z"]) == [["0", "0"]]
    )
    lam = [v.expr for v in case.values["lam"]]
    assert case.known == [lam[0] >= lam[1], t < 5]
    assert parameters({"lam": Spectrum(2, 1, 4, ordered=False)}, {}).known == []
    problem = parameters({"problem": Problem(kind="whitened")}, {"problem": (1, 2, 1, 1)})
    assert problem.name == "shape (d, p, r, active modes) = (1, 2, 1, 1)" and problem.values["problem"].p == 2
    for domain, kind in (
        (Invertible(2), "Invertible"),
        (Spectrum(2, 1, 4, nulls=1), "Spectrum"),
        (Spectrum(2, 0, 4), "Spectrum"),
    ):
        with pytest.raises(ValueError, match=f"parameter w of {kind} has no symbols"):
            parameters({"w": domain}, {})


def test_what_a_claim_assumes_in_the_symbols_of_a_case() -> None:
    s, t = sympy.symbols("s t", real=True)
    over = {"s": Real(0, 2), "t": Real(1, 3, closed="both"), "n": Int(1, 3)}
    made = claim(
        "own-assumed",
        over=over,
        given={"less": s < t, "apart": lambda s, t: t - s - 1, "far": And(t >= 2, s <= 1)},
    )(lambda s, t, n: t - s)
    (case,) = cases(made, [{"n": 2}])
    S, T = case.values["s"].expr, case.values["t"].expr
    assert assumed(made, case) == [S < T, T - S - 1 >= 0, *conjuncts(And(T >= 2, S <= 1))]
    # the ranges first, without what the signs of the symbols say
    assert assumed(made, case, ranges=True)[:3] == [S < 2, T >= 1, T <= 3]
    dropped = made.without("apart")
    assert assumed(dropped, case)[1] == (T - S - 1 < 0)
    turned = replace(made, given={"apart": made.given["apart"].complement()})  # type: ignore[union-attr]
    assert assumed(turned, case) == [T - S - 1 < 0]
    other = claim("own-otherwise", over=over, given={"wide": Otherwise("s", Real(0, 9))})(
        lambda s, t, n: t - s
    )
    assert assumed(other, case) == []
    odd = replace(made, given={"odd": "word"})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="an assumption of own-assumed has no form"):
        assumed(odd, case)
    assert run(odd, case)[0].detail == "an assumption of own-assumed has no form for symbols"


class Asked:
    """Takes the place of the solvers: notes what is asked, and shows what it is told to."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, shows: Callable[[Any], bool] = lambda o: True
    ) -> None:
        self.noted: list[Obligation] = []
        self.shows, self.otherwise = shows, Status.open
        monkeypatch.setattr(symbolic, "discharge_all", self.discharge)

    def discharge(self, obligation: Obligation) -> tuple[Any, tuple[Part, ...]]:
        self.noted.append(obligation)
        status = Status.proved if self.shows(obligation.shows) else self.otherwise
        return (obligation,), (
            Part(
                obligation.name, str(obligation), "stub", status, answers=(Answer("z3", "1", "unsat", 0.5),)
            ),
        )


def plain(name: str) -> Any:
    return Symbol(name, real=True)


def test_an_inequality_goes_to_the_solvers_without_what_its_symbols_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked(monkeypatch)
    n = Symbol("n", nonnegative=True)
    (part,) = inequality("own", p - n >= x, [p > 1, n < 5])
    assert part.status is Status.proved
    (made,) = asked.noted
    a, b, c = plain("p"), plain("n"), plain("x")
    assert made.name == "own" and made.shows == (a - b >= c)
    assert (
        made.given[:2] == (a > 1, b < 5) and set(made.given[2:]) == {a > 0, b >= 0} and len(made.given) == 4
    )
    inequality("own", p >= x, [])
    assert asked.noted[1].given == (a > 0,)


def test_what_signs_show_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    for said, status, statement_, detail in (
        (sympy.true, "proved", "true by the signs of the symbols", ""),
        (sympy.false, "open", "false by the signs of the symbols", ""),
        (Ge(p / (1 + q), -p, evaluate=False), "proved", "p/(q + 1) >= -p", "cleared of denominators it has no negative coefficient, in symbols that are not negative"),
        (Gt(p + q, 0, evaluate=False), "proved", "p + q > 0", "cleared of denominators it has no negative coefficient, in symbols that are not negative"),
    ):  # fmt: skip
        (part,) = inequality("own", said, [])
        assert (part.name, part.statement, part.method, part.status, part.detail) == (
            "own",
            statement_,
            "SymPy",
            Status(status),
            detail,
        )
    assert asked.noted == []
    n = Symbol("n", nonnegative=True)
    inequality("own", Gt(n, 0, evaluate=False), [])
    inequality("own", Eq(p, 0, evaluate=False), [])
    assert len(asked.noted) == 2
    (long,) = inequality("own", Ge(sum(p ** (k + 100) for k in range(60)), -1, evaluate=False), [])
    assert len(long.statement) == 200


def test_both_signs_of_a_distance_are_cases_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    a, b = plain("x"), plain("y")
    assert len(inequality("own", Distance(x - y) <= 3, [x < 7])) == 2
    assert [(o.given, o.shows) for o in asked.noted] == [
        ((a < 7, a - b >= 0), a - b <= 3),
        ((a < 7, -a + b >= 0), -a + b <= 3),
    ]
    # a sign that is known is one case
    asked.noted.clear()
    assert len(inequality("own", Distance(p + q) <= 3, [])) == 1
    assert asked.noted[0].shows == (plain("p") + plain("q") <= 3) and set(asked.noted[0].given) == {
        plain("p") > 0,
        plain("q") > 0,
    }
    asked.noted.clear()
    assert len(inequality("own", Distance(-p - q) <= 3, [])) == 1 and asked.noted[0].shows == (
        plain("p") + plain("q") <= 3
    )
    asked.noted.clear()
    asked.shows = lambda shows: False
    assert len(inequality("own", Distance(x - y) <= 3, [])) == 1


def test_equations_are_shown_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    clock = iter([3.0, 8.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    both = equations("own", [(x + y) ** 2 - x**2 - 2 * x * y - y**2, sympy.Integer(0)])
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    assert (
        both.statement == "2 equations, such as -x**2 - 2*x*y - y**2 + (x + y)**2 = 0" and both.seconds == 5
    )
    assert (both.name, both.method, both.status, both.detail, both.answers) == (
        "own",
        "SymPy",
        Status.proved,
        "expanded numerators are zero",
        (),
    )
    one = equations("own", [x - y])
    assert (one.statement, one.status, one.detail) == ("x - y = 0", Status.open, "left: x - y")
    assert equations("own", [sympy.Integer(0)]).statement == "0 = 0"
    square = equations("own", [y**2 - 1 + x**2], squares={y: 1 - x**2})
    assert square.status is Status.proved
    long = equations("own", [x - sum(y ** (k + 100) for k in range(60)), x])
    assert (
        len(long.detail) == len("left: ") + 200
        and len(long.statement) == len("2 equations, such as  = 0") + 160
    )
    assert asked.noted == []


def test_an_equation_with_a_distance_takes_the_sign_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch, lambda shows: shows == (plain("y") - plain("x") >= 0))
    part = equations("own", [Distance(x - y) - (y - x), 2 * Distance(x - y) + 2 * (x - y)], [x < y])
    assert part.status is Status.proved
    assert part.detail == "expanded numerators are zero; signs by the solvers: -x + y >= 0"
    assert [a.name for a in part.answers] == ["z3", "z3"]
    assert [o.name for o in asked.noted] == ["own: a sign"] * 4 and asked.noted[0].given == (
        plain("x") < plain("y"),
    )
    wrong = equations("own", [Distance(x - y) - (x - y)], [x < y])
    assert wrong.status is Status.open and wrong.detail.startswith("left: -x + y + |x - y|; signs")
    asked.shows = lambda shows: False
    unknown = equations("own", [Distance(x - y) - (x - y)], [])
    assert unknown.status is Status.open and unknown.detail == "left: -x + y + |x - y|"


def test_a_least_value_may_be_zero_by_what_is_known_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    least = Symbol("min_0", real=True)
    part = equations("own", [least - x], [least <= x])
    assert part.status is Status.proved and [o.name for o in asked.noted] == ["a least or greatest value"]
    assert asked.noted[0].shows == Eq(least - x, 0) and asked.noted[0].given == (least <= x,)
    asked.shows = lambda shows: False
    assert equations("own", [Symbol("max_1", real=True) - x], []).status is Status.open
    assert (
        equations("own", [Symbol("other_1", real=True) - x], []).status is Status.open
        and len(asked.noted) == 2
    )


def test_a_statement_is_shown_part_by_part_until_one_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    said = And(Eq(x - x * 1, 0, evaluate=False), x > y, x > 3, evaluate=False)
    parts = shown("own", said, [y > 5], {})
    assert [part.name for part in parts] == ["own", "own, inequality 1", "own, inequality 2"]
    assert [part.name for part in shown("own", x > y, [], {})] == ["own"]
    asked.noted.clear()
    asked.shows = lambda shows: False
    assert len(shown("own", And(x > y, x > 3), [], {})) == 1 == len(asked.noted)
    # an equation with another right side is for the solvers
    asked.noted.clear()
    asked.shows = lambda shows: True
    shown("own", Eq(x, y, evaluate=False), [], {})
    assert [o.shows for o in asked.noted] == [Eq(plain("x"), plain("y"))]


def test_a_conclusion_is_run_on_its_own_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    over = {"s": Real(0, 2), "t": Real(None, None)}
    made = claim("own-run", over=over, given={"more": plain("t") > 3})(lambda s, t: t - s)
    (case,) = cases(made, [{}])
    case.known.append(case.values["t"].expr < 9)
    (part,) = run(made, case)
    assert (
        part.name == "the claim's own conclusion" and part.statement.endswith("s - t <= 0")
    ) or "-s + t >= 0" in part.statement
    s, t = plain("s"), plain("t")
    assert asked.noted[0].given == (t > 3, t < 9, s > 0)
    run(made, case, ranges=True)
    assert asked.noted[1].given == (s < 2, t > 3, t < 9, s > 0)
    (other,) = run(made, replace(case, region=(("d =", "2"),)), conclusion=lambda s, t: strictly(t - 2))
    assert other.name == "d = 2" and asked.noted[2].shows == (t - 2 > 0)
    (broken,) = show("own", case, lambda: float(case.values["t"]))
    assert (broken.name, broken.statement, broken.status) == ("own", "the conclusion on symbols", Status.open)
    assert broken.detail == "a proof for symbols has no number for t"
    (typed,) = show("own", case, lambda: "word")
    assert typed.status is Status.open and "Expected a margin" in typed.detail


def test_a_claim_is_shown_for_every_choice_until_one_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    made = claim("own-every", over={"n": Int(1, 9), "t": Real(None, None)})(lambda n, t: t - n)
    further = Part("further", "", "SymPy", Status.proved)

    def others() -> Sequence[Part]:
        return (further,)

    proof = by_symbols(
        made,
        [{"n": 1}, {"n": 2}],
        argument="  Because.\n  So.",
        rests_on=("A",),
        facts={"Grönwall": "used"},
        others=others,
    )
    assert [part.name for part in proof.parts] == [
        "n = 1",
        "n = 2",
        "further",
        "Grönwall",
    ] and (proof.status, proof.region) == (Status.certified, "n = 1; 2")
    assert (proof.claim, proof.argument, proof.rests_on, proof.facts) == (
        "own-every",
        "Because.\nSo.",
        ("A",),
        ("Grönwall",),
    )
    asked.shows = lambda shows: False
    assert [part.name for part in by_symbols(made, [{"n": 1}, {"n": 2}], others=others).parts] == ["n = 1"]
    nothing = by_symbols(claim("own-none", over={"w": Invertible(2)})(lambda w: forall(0)))
    (part,) = nothing.parts
    assert (part.name, part.status) == (
        "the parameters as symbols",
        Status.open,
    ) and "has no symbols" in part.detail
    assert nothing.facts == ()


def test_only_joints_of_one_kind_are_taken_apart() -> None:
    least, most = Joined.of([X, Y], True), Joined.of([X, Y], False)
    assert len(Joined.of([least, P], False).entries) == 2 == len(Joined.of([most, P], True).entries)
    assert len(Joined.of([least, P], True).entries) == 3 == len(Joined.of([most, P], False).entries)


@pytest.mark.parametrize("status", [Status.open, Status.refuted, Status.error])
def test_only_what_both_solvers_prove_is_used(status: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch, lambda shows: False)
    asked.otherwise = status
    assert len(inequality("own", Distance(x - y) <= 3, [])) == 1
    assert len(shown("own", And(x > y, x > 3), [], {})) == 1
    signs = equations("own", [Distance(x - y) - (x - y)])
    assert signs.status is Status.open
    least = equations("own", [Symbol("min_0", real=True) - x])
    assert least.status is Status.open and len(least.answers) == 1
    made = claim("own-only", over={"n": Int(1, 9), "t": Real(None, None)})(lambda n, t: t - n)
    assert [part.name for part in by_symbols(made, [{"n": 1}, {"n": 2}]).parts] == ["n = 1"]
    # an equation that is left stands beside the others
    asked.shows = lambda shows: True
    both = shown("own", And(Eq(x - y, 0, evaluate=False), x > 3, y > 3), [], {})
    assert [part.status for part in both] == [Status.open, Status.proved]
