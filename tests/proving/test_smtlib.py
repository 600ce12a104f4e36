"""The text that the solvers read means the negation of what was asked, and the text that people read says it."""

import itertools
import math
import operator
import re
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import mpmath
import pytest
import sympy
from sympy import Abs, And, Eq, Ge, Gt, Le, Lt, Max, Min, Ne, Or, Rational, exp, log, sqrt

from rankladder.language.obligation import Obligation
from rankladder.proof.elementary import algebraic
from rankladder.proof.parts import Status, combined
from rankladder.proof.smt import discharge_all
from rankladder.proof.smtlib import smtlib
from tests.samples import one_in

w, x, y, z = sympy.symbols("w x y z", real=True)
OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda *v: sum(v), "*": lambda *v: math.prod(v), "-": lambda a, *b: a - sum(b) if b else -a,
    "and": lambda *v: all(v), "or": lambda *v: any(v), "not": operator.not_, "=": lambda a, b: abs(a - b) < 1e-12,
    "/": operator.truediv, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


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
    lines = smtlib(obligation).splitlines()
    return [line[len("(assert ") : -1] for line in lines if line.startswith("(assert")]


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
    for off in (-1, 1.1):
        wrong = {k: off * v for k, v in values.items()}
        assert not roots or not all(meaning(root, wrong) for root in roots)
    for a, b in itertools.product(TENTHS, repeat=2):
        at = {"x": a, "y": b, **values}
        assert meaning(shown, at) is not holds(a, b), (a, b, shown)
        assert meaning(given, at) is holds(a, b), (a, b, given)


SMALL, RATIO = And(y > 0, log(x) > log(y)), x**5 - y**2


@pytest.mark.parametrize(
    ("given", "shown", "proved"),
    one_in(3, [
        # every logarithm has a value, and is not 0 where it divides
        ((x > 0,), log(x) <= x - 1, True), ((), log(x) <= x - 1, False),
        ((x > 0,), x * log(x) >= x - 1, True), ((), x * log(x) >= x - 1, False),
        ((x > 1,), 1 / log(x) > 0, True), ((x > 0,), 1 / log(x) ** 2 > 0, False), ((x > 1,), 1 / log(x) ** 2 > 0, True),
        ((x > 1, y > 1), log(x) / log(y) > 0, True), ((x > 1, y > 0), log(x) ** 2 / log(y) ** 2 > 0, False),
        ((x > 1,), sqrt(2) * log(x) > log(x), True),
        # sums of them, in what is given and in what is shown
        ((x > 0,), 2 * log(x) <= log(x**2 + 1), True), ((), 2 * log(x) <= log(x**2 + 1), False),
        ((x > 0, y > x), log(x) < log(y), True), ((x > 0, y > x), log(x) < log(y) / 2, False), ((y > x,), log(x) < log(y), False),
        ((x > 0, y > 0, Eq(RATIO, 0)), Eq(log(x) / 2, log(y) / 5), True), ((x > 0, y > 0, Eq(RATIO, 0)), Eq(log(x) / 5, log(y) / 2), False),
        ((x > 0, y > 0, RATIO > 0), Ne(log(x) / 2, log(y) / 5), True), ((SMALL,), x > y, True), ((SMALL,), Or(x > y, x > 5), True),
        ((SMALL,), Or(y > x, x > 5), False),
        # exponentials compare as their exponents
        ((x > 0,), exp(-x) < 1, True), ((), exp(x) >= 1 + x, True), ((x > 0,), exp(x) >= 1 + x + x**2 / 2, False),  # true, but beyond the rules
        ((x <= y + z,), exp(x) <= exp(y) * exp(z), True), ((x <= y + z,), exp(x) < exp(y) * exp(z), False),
        ((x < y + z, w < 0), w / exp(y + z) > w / exp(x), True), ((x < y + z, w > 0), w / exp(y + z) < w / exp(x), True),
        ((x < y + z,), w / exp(y + z) < w / exp(x), False), ((w * exp(x) <= w * exp(y + z), w > 0), x <= y + z, True),
        ((w * exp(x) <= w * exp(y + z), w >= 0), x <= y + z, False),
        # absolute values, the greatest and the least of some
        ((), Abs(x + y) <= Abs(x) + Abs(y), True), ((), Abs(x + y) >= Abs(x) + Abs(y), False), ((), Abs(Abs(x) - Abs(y)) <= Abs(x - y), True),
        ((), Ge(Max(x, y) + Min(x, y), x + y), True), ((), Gt(Max(x, y) + Min(x, y), x + y), False),
        ((Max(x, y) <= 1,), x + y <= 2, True), ((Min(x, y) <= 1,), x + y <= 2, False), ((x**2 <= 1,), Abs(x) <= 1, True), ((x**2 <= 1,), Abs(x) < 1, False),
    ]),
    ids=str,
)  # fmt: skip
def test_what_is_no_polynomial_is_proved_where_it_follows(given: Any, shown: Any, proved: bool) -> None:
    _, parts = discharge_all(Obligation("rules", given, shown))
    assert (combined(parts) is Status.proved) == proved


TINY = 1e-12  # beyond a bound, and far above the rounding of the numbers that it is made of


def test_every_fact_about_logarithms_and_exponentials_is_true_and_wrong_values_break_one() -> None:
    a, b, m = sympy.symbols("a b m", real=True)
    shown = log(a) * a + exp(m / 2) + exp(m) < m + b * log(b)
    made = algebraic(Obligation("facts", (a > 0, b > 0), shown))[-1]
    names = {str(v): v for g in (*made.given, made.shows) for v in g.free_symbols}
    assert set(names) == {"a", "b", "m", "L_1", "L_2", "E_m"}

    order = [names[n] for n in ("a", "b", "m", "L_1", "L_2", "E_m")]
    facts = [sympy.lambdify(order, g, "math") for g in made.given]

    def held(at: dict[str, float], **changed: float) -> bool:
        true = {"L_1": math.log(at["a"]), "L_2": math.log(at["b"]), "E_m": math.exp(at["m"] / 2)}
        values = {**at, **true, **changed}
        return all(fact(*(values[str(n)] for n in order)) for fact in facts)

    numbers = [float(F(p)) for p in ("1/8", "1/2", "1", "3/2", "7")]
    for one, other, exponent in itertools.product(numbers, numbers, (-3.0, -0.25, 0.0, 0.125, 4.0)):
        at = {"a": one, "b": other, "m": exponent}
        assert held(at), at
        if one != 1:
            assert not held(at, L_1=one - 1 + TINY) and not held(at, L_1=1 - 1 / one - TINY)
            assert not held(at, L_1=-math.log(one)) and not held(at, L_1=0.0)
        if one == other:
            assert not held(at, L_2=math.log(one) * 1.01) or one == 1
        else:
            # (a - b)/a < log a - log b < (a - b)/b
            assert not held(at, L_1=math.log(other) + (one - other) / one - TINY)
            assert not held(at, L_1=math.log(other) + (one - other) / other + TINY)
        wrong = [1 + exponent / 2, 1 / (1 - exponent / 2)] if exponent else [1.1, 0.9]
        for value in (*wrong, 1 / math.exp(exponent / 2), 0.0, -1.0):
            if exponent or value != 1:
                assert not held(at, E_m=value), (at, value)


def test_every_closer_bound_is_true_and_touches() -> None:
    a, m, n = sympy.symbols("a m n", real=True)
    shown = log(a) + exp(m) < exp(n) * a + m + n
    plain, closer = (algebraic(Obligation("facts", (a > 0,), shown), closer=c)[-1].given for c in (0, 2))
    added = [fact for fact in closer if fact not in plain]
    assert len(added) == 4
    order = sympy.symbols("a m n L_1 E_m E_n", real=True)
    facts = [sympy.lambdify(order, g, "mpmath") for g in added]

    def held(at: Any, one: float, two: float, **off: float) -> bool:
        with mpmath.workdps(50):  # next to a = 1 the two sides differ by less than floats can tell
            true = (mpmath.log(at) + off.get("L", 0), mpmath.exp(one) + off.get("E", 0), mpmath.exp(two))
            return all(fact(at, mpmath.mpf(one), mpmath.mpf(two), *true) for fact in facts)

    for at, one, two in itertools.product((0.01, 0.5, 1.5, 40.0), (-3.0, 0.5, 2.0), (-1.0, 0.25)):
        assert held(mpmath.mpf(at), one, two)
    for off in (-1e-7, 1e-7):  # and so is an exponential beside another
        assert held(mpmath.mpf(2), 1.0, 1.0001) and not held(mpmath.mpf(2), 1.0, 1.0001, E=off)
    for gap in (
        -1e-5,
        1e-5,
    ):  # the bounds touch at a = 1: what is left between them is of order gap^4 = 1e-20
        near = mpmath.mpf(1 + gap)
        assert held(near, 1.0, 2.0)
        assert not held(near, 1.0, 2.0, L=1e-18) and not held(near, 1.0, 2.0, L=-1e-18)
