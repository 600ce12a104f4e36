"""The text that the solvers read means the negation of what was asked, and the text that people read says it."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import pytest
import sympy
from sympy import And, Eq, Ge, Gt, Le, Lt, Ne, Or, Rational, sqrt

from rankladder.language.induction import Induction
from rankladder.language.obligation import Obligation
from rankladder.proof.elementary import algebraic
from rankladder.proof.parts import Answer, Part, Status
from rankladder.proof.smtlib import NotPolynomial, _quoted, _Term, smtlib

x, y, z = sympy.symbols("x y z", real=True)
odd = sympy.Symbol("a b", real=True)
OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda *v: sum(v),
    "*": lambda *v: math.prod(v),
    "-": lambda a, *b: a - sum(b) if b else -a,
    "/": lambda a, b: a / b,
    "and": lambda *v: all(v),
    "or": lambda *v: any(v),
    "not": lambda v: not v,
    "=": lambda a, b: abs(a - b) < 1e-12,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def meaning(text: str, at: dict[str, Any]) -> Any:
    """The value of a term or formula of SMT-LIB."""
    stack: list[list[Any]] = [[]]
    for token in re.findall(r"\(|\)|\|[^|]*\||[^\s()]+", text):
        if token == "(":
            stack.append([])
        elif token == ")":
            name, *given = stack.pop()
            stack[-1].append(OPERATIONS[name](*given))
        elif token in OPERATIONS:
            stack[-1].append(token)
        elif token in ("true", "false"):
            stack[-1].append(token == "true")
        else:
            stack[-1].append(at[token.strip("|")] if token.strip("|") in at else F(token))
    ((value,),) = stack
    return value


def assertions(obligation: Obligation) -> list[str]:
    """The formulas of its text."""
    return [
        line[len("(assert ") : -1] for line in smtlib(obligation).splitlines() if line.startswith("(assert")
    ]


TENTHS = [F(k, 2) for k in range(-4, 5)]
MEANT: dict[str, tuple[Any, Callable[[F, F], bool]]] = {
    "a polynomial": (x**3 - 2 * x * y + 1 > y / 3, lambda x, y: x**3 - 2 * x * y + 1 > y / 3),
    "a quotient": (x / y <= 1, lambda x, y: y != 0 and x / y <= 1),
    "two quotients": (1 / (x - 1) >= y / x, lambda x, y: x not in (0, 1) and 1 / (x - 1) >= y / x),
    "an equation": (Eq(x, 2 * y), lambda x, y: x == 2 * y),
    "what is not equal": (Ne(x, 2 * y), lambda x, y: x != 2 * y),
    "an equation of quotients": (Eq(1 / x, y), lambda x, y: x != 0 and 1 / x == y),
    "quotients that are not equal": (Ne(1 / x, y), lambda x, y: x != 0 and 1 / x != y),
    "a square in the denominator": (y / x**2 < 1, lambda x, y: x != 0 and y < x * x),
    "a conjunction": (And(x < y, x > -y), lambda x, y: -y < x < y),
    "a disjunction": (Or(x < y, x > 1, And(x >= 0, y >= 0)), lambda x, y: x < y or x > 1 or (x >= 0 and y >= 0)),
    "a root": (x + y >= sqrt(2), lambda x, y: x + y > F(17, 12)),
    "roots of fractions": (sqrt(Rational(2, 3)) * x > sqrt(5) * y, lambda x, y: math.sqrt(2 / 3) * x > math.sqrt(5) * y),
    "true": (sympy.true, lambda x, y: True),
    "false": (sympy.false, lambda x, y: False),
    "numbers": (Gt(Rational(1, 2), Rational(-1, 3), evaluate=False), lambda x, y: True),
    "numbers the other way": (Lt(Rational(1, 2), Rational(-1, 3), evaluate=False), lambda x, y: False),
    "a root and a number": (Ge(sqrt(2), Rational(3, 2), evaluate=False), lambda x, y: False),
    "a negative factor": (Le(-3 * x, Rational(7, 4)), lambda x, y: -3 * x <= F(7, 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANT)
def test_the_text_for_the_solvers_means_the_negation_of_what_was_asked(name: str) -> None:
    relation, holds = MEANT[name]
    (*roots, shown) = assertions(Obligation(name, (), relation))
    *_, given, _ = assertions(Obligation(name, (relation,), sympy.false))
    values = {f"sqrt_{p}_{q}": math.sqrt(p / q) for p, q in ((2, 1), (5, 1), (6, 1), (2, 3))}
    # every square root is the one that is not negative
    assert all(meaning(root, values) for root in roots)
    assert (
        not any(
            all(meaning(root, {k: off * v for k, v in values.items()}) for root in roots) for off in (-1, 1.1)
        )
        or not roots
    )
    for a, b in itertools.product(TENTHS, repeat=2):
        at = {"x": a, "y": b, **values}
        assert meaning(shown, at) is not holds(a, b), (a, b, shown)
        assert meaning(given, at) is holds(a, b), (a, b, given)


def test_the_text_names_what_it_is_about() -> None:
    lines = smtlib(Obligation("two", (Eq(odd, 2), y > sqrt(3)), x > odd)).splitlines()
    assert lines[:2] == [
        "; two: for all real a b, x, y: Eq(a b, 2), y > sqrt(3) ==> x > a b",
        "(set-logic QF_NRA)",
    ]
    assert lines[2:6] == [f"(declare-fun {n} () Real)" for n in ("|a b|", "x", "y", "sqrt_3_1")]
    assert lines[6:8] == ["(assert (>= sqrt_3_1 0.0))", "(assert (= (* sqrt_3_1 sqrt_3_1) 3.0))"]
    assert len(lines) == 12 and lines[10].startswith("(assert (not ") and lines[11] == "(check-sat)"
    assert smtlib(Obligation("two", (), x > 0)).endswith("(check-sat)\n")
    assert (_quoted("x_1"), _quoted("x+1"), _quoted("1x")) == ("x_1", "|x+1|", "|1x|")
    assert str(Obligation("n", (), x > 0)) == "for all real x: nothing  ==>  x > 0"


def test_terms_are_written_as_arithmetic() -> None:
    t = _Term("t")
    written = {
        "(+ t 1.0)": t + 1, "(+ 1.0 t)": 1 + t, "(* t (/ 1.0 3.0))": t * F(1, 3), "(* (- (/ 2.0 3.0)) t)": F(-2, 3) * t,
        "(- t 2.0)": t - 2, "(- 2.0 t)": 2 - t, "(- t)": -t, "t": t**1, "(* t t)": t**2, "(* t t t t)": t**4, "0.0": _Term.of(0),
        "(- 5.0)": _Term.of(-5), "(* t t t)": t**3,
    }  # fmt: skip
    assert {text: made.text for text, made in written.items()} == {text: text for text in written}
    assert _Term.of(t) is t
    for power in (0, -1, F(1, 2)):
        with pytest.raises(NotPolynomial, match="of t"):
            t**power


@pytest.mark.parametrize(
    "wrong",
    [
        sympy.exp(x) > 1,
        sympy.pi * x > 1,
        Gt(x, sympy.Float(0.5)),
        sqrt(x) > 1,
        sympy.Not(sympy.Symbol("p")),
        abs(x) < 1,
    ],
)
def test_what_no_polynomial_says_has_no_text(wrong: Any) -> None:
    with pytest.raises(NotPolynomial):
        smtlib(Obligation("no", (), wrong))


# a relation, and the numbers that it is about
ELEMENTARY: dict[str, tuple[tuple[Any, ...], Any, list[str]]] = {
    "no transcendental": ((x > 0,), x**2 > 0, []),
    "logarithms in proportion": ((x > 0,), 2 * sympy.log(x) - sympy.log(y) / 3 >= 0, ["x", "y"]),
    "a logarithm less a number": ((x > 0,), sympy.log(x) <= 2, ["x"]),
    "a logarithm times a variable": ((x > 0,), x * sympy.log(x) <= y, ["x"]),
    "logarithms that divide": ((x > 0,), 1 / sympy.log(x) < 1 / sympy.log(1 + x), ["x", "x + 1"]),
    "a quotient of logarithms": ((x > 1,), sympy.log(x) / sympy.log(y) <= 0, ["x", "y"]),
    "an irrational weight": ((x > 1,), sqrt(2) * sympy.log(x) > sympy.log(y), ["x", "y"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTARY)
def test_every_logarithm_that_is_used_must_be_defined(name: str) -> None:
    given, shown, arguments = ELEMENTARY[name]
    *defined, made = algebraic(Obligation(name, given, shown))
    # in any order
    assert sorted(str(o.shows) for o in defined) == sorted(f"{a} > 0" for a in arguments)
    assert all(o.name == f"{name}: a logarithm is defined, and not 0 where it divides" for o in defined)
    # nothing that is known of a logarithm may be used to show that it has a value
    assert not any(str(v).startswith("L_") for o in defined for v in o.symbols)
    assert all(o.given[: len(given)] == given for o in defined)
    assert made.name == name and not made.shows.has(sympy.log, sympy.exp)
    if not arguments:
        assert made == Obligation(name, given, shown)


@pytest.mark.parametrize(
    ("shown", "product"),
    [
        (2 * sympy.log(x) - sympy.log(y) / 3 >= 0, Ge(x**6 / y, 1)),
        (sympy.log(x) < sympy.log(y), Lt(x / y, 1)),
        (Eq(sympy.log(x) / 2, sympy.log(y) / 5), Eq(x**5 / y**2, 1)),
        (Ne(sympy.log(x), sympy.log(y)), Ne(x / y, 1)),
        (sympy.log(x) + sympy.log(y) <= 0, Le(x * y, 1)),
        (Gt(3 * sympy.log(x), 0), Gt(x**3, 1)),
    ],
    ids=str,
)  # fmt: skip
def test_sums_of_logarithms_become_products_of_powers(shown: Any, product: Any) -> None:
    made = algebraic(Obligation("sum", (x > 0, y > 0), shown))[-1]
    assert type(made.shows) is type(product) and made.shows.rhs == 1
    assert sympy.simplify(made.shows.lhs - product.lhs) == 0
    # in a conjunction or disjunction, and among what is given, too
    both = algebraic(Obligation("sum", (And(y > 0, shown),), Or(shown, x > 5)))[-1]
    assert both.shows == Or(made.shows, x > 5) and both.given[0] == And(y > 0, made.shows)


def test_a_logarithm_that_divides_must_not_be_zero() -> None:
    *defined, made = algebraic(
        Obligation("one", (x > 1,), sympy.log(y) * (1 + 1 / sympy.log(x)) >= sympy.log(y) / sympy.log(x))
    )
    assert {o.shows for o in defined} == {x > 0, y > 0, Ne(x, 1)}
    assert made.shows == (y >= 1)


def test_exponents_share_a_variable_for_each_monomial() -> None:
    (made,) = algebraic(
        Obligation("e", (x > 0,), sympy.exp(x * y / 2 + y / 3) * sympy.exp(-y / 2) < sympy.exp(x))
    )
    names = {str(v): v for v in made.symbols}
    assert set(names) == {"x", "y", "E_x", "E_y", "E_x_y"}
    # E_y = exp(y/6), E_x_y = exp(xy/2), E_x = exp(x)
    at = {
        names["x"]: 0.5,
        names["y"]: 3.0,
        names["E_x"]: math.exp(0.5),
        names["E_y"]: math.exp(0.5),
        names["E_x_y"]: math.exp(0.75),
    }
    gap = made.shows.lhs - made.shows.rhs
    assert float(gap.subs(at)) == pytest.approx(math.exp(0.75 + 1 - 1.5) - math.exp(0.5), rel=1e-12)
    assert all(bool(g.subs(at)) for g in made.given)
    for wrong in (sympy.exp(1 / x), sympy.exp(2), sympy.exp(sympy.sin(x)), sympy.exp(sqrt(2))):
        with pytest.raises(NotPolynomial, match="the exponent"):
            algebraic(Obligation("no", (), wrong > y))


def halving(**rest: Any) -> Induction:
    r = sympy.Symbol("r", real=True)
    return Induction(
        {z: 1, y: x},
        {z: r * z, y: y + z},
        {"shrinks": r <= 1, "less": r >= 0},
        y <= x + z,
        {"top": z <= 1, "sign": z >= 0},
        **rest,
    )


def test_base_and_step_of_every_invariant_in_order() -> None:
    r = sympy.Symbol("r", real=True)
    given = (r <= 1, r >= 0)
    top, sign, claimed = z <= 1, z >= 0, y <= x + z
    later = (r * z <= 1, r * z >= 0, y + z <= x + r * z)
    assert list(halving().obligations()) == [
        Obligation("top: base", given, sympy.true), Obligation("top: step", (*given, top), later[0]),
        Obligation("sign: base", given, sympy.true), Obligation("sign: step", (*given, top, later[0], sign), later[1]),
        Obligation("conclusion: base", given, x <= x + 1),
        Obligation("conclusion: step", (*given, top, sign, later[0], later[1], claimed), later[2]),
    ]  # fmt: skip
    assert list(halving(direct=True).obligations()) == [
        *list(halving().obligations())[:4], Obligation("conclusion", (*given, top, sign), claimed)
    ]  # fmt: skip
    while_ = z > 0
    steps = list(halving(while_=while_, direct=True).obligations())
    assert [o.given[-1] == while_ for o in steps] == [False, True, False, True, False]


def test_an_induction_is_written_as_a_mathematician_would() -> None:
    assert (
        halving().text()
        == """By induction on k. The state is
    z_0 = 1,  z_(k+1) = r*z  at the state of step k
    y_0 = x,  y_(k+1) = y + z  at the state of step k
Hypotheses: shrinks: r <= 1; less: r >= 0
Invariant top, for all k: z <= 1
Invariant sign, for all k: z >= 0
Hence, for all k: y <= x + z"""
    )
    bare = Induction({z: 1}, {z: z}, {}, z >= 0, while_=z < 2)
    assert bare.text().splitlines()[2:] == [
        "for as long as z < 2 held at every earlier step.", "Hypotheses: none", "Hence, for all k: z >= 0",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="for every state symbol"):
        Induction({z: 1}, {z: z, y: y}, {}, z >= 0)


def part(status: Status, method: str = "SymPy", detail: str = "", name: str = "p") -> Part:
    return Part(name, "stated", method, status, detail, 0.25, (Answer("z3", "4", "unsat", 0.1),))


def test_these_facts_are_known_of_a_logarithm_and_an_exponential() -> None:
    first, second, grown = sympy.symbols("L_1 L_2 E_x", real=True)
    *_, made = algebraic(Obligation("one", (x > 0,), y * sympy.log(x) <= y))
    assert made.given == (
        x > 0, Or(x <= 1, first > 0), Or(x >= 1, first < 0), Or(Ne(x, 1), Eq(first, 0)), Or(Eq(x, 1), first < x - 1), Or(Eq(x, 1), x * first > x - 1),
    )  # fmt: skip
    assert made.shows == (y * first <= y)
    *_, two = algebraic(Obligation("two", (), sympy.log(x) * sympy.log(y) <= 1))
    assert two.given == (
        Or(x <= 1, first > 0), Or(x >= 1, first < 0), Or(Ne(x, 1), Eq(first, 0)), Or(Eq(x, 1), first < x - 1), Or(Eq(x, 1), x * first > x - 1),
        Or(Eq(x, y), x * (first - second) > x - y), Or(Ne(x, y), Eq(first, second)),
        Or(y <= 1, second > 0), Or(y >= 1, second < 0), Or(Ne(y, 1), Eq(second, 0)), Or(Eq(y, 1), second < y - 1), Or(Eq(y, 1), y * second > y - 1),
        Or(Eq(y, x), y * (second - first) > y - x), Or(Ne(y, x), Eq(second, first)),
    )  # fmt: skip
    *_, power = algebraic(Obligation("power", (y > 0,), sympy.exp(x / 3) < y))
    assert power.given == (
        y > 0, grown > 0, Or(x <= 0, grown > 1), Or(x >= 0, grown < 1), Or(Ne(x, 0), Eq(grown, 1)), Or(Eq(x, 0), Gt(3 * grown, 3 + x)), Or(Eq(x, 0), (3 - x) * grown < 3),
    )  # fmt: skip
    assert power.shows == Lt(grown, y)
