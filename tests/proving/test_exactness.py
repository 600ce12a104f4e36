"""The arithmetic below the proofs: ranges are hulls, facts are true and no more is left open than they say."""

from __future__ import annotations

import itertools
import math
import operator
import random
import time
from collections.abc import Iterator
from fractions import Fraction as F
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx

from rankladder import Problem, Real, claim, equal, forall, lemma, strictly
from rankladder.language.library import load_catalogue
from rankladder.language.obligation import Obligation
from rankladder.numbers.balls import Ball
from rankladder.proof import boxes
from rankladder.proof.agreement import _and, _truth
from rankladder.proof.boxes import certify
from rankladder.proof.elementary import algebraic
from rankladder.proof.intervals import Interval, NoEnclosure, enclosures
from rankladder.proof.parts import Status
from rankladder.proof.proof import provable, prove
from rankladder.proof.smt import discharge
from rankladder.proof.symbolic import by_symbols
from rankladder.proof.tails import (
    ExpTail,
    LogTail,
    elementary,
    exp_tail,
    expm1_ratio,
    log1p_defect,
    log1p_ratio,
    log1p_third,
    log_tail,
    same_form,
)
from rankladder.proof.zero import is_zero, positive_by_terms

x, y, t = sympy.symbols("x y t", positive=True)
r = sympy.Symbol("r", real=True)
TINY = 1e-12  # beyond a bound, and far above the rounding of the numbers that it is made of
RANGES = [
    (F(-3), F(-1)),
    (F(-2), F(1)),
    (F(-1), F(2)),
    (F(1, 2), F(3)),
    (F(0), F(2)),
    (F(-2), F(0)),
    (F(3, 2), F(3, 2)),
]


@pytest.fixture(autouse=True)
def _bits() -> Iterator[None]:
    with ctx.workprec(128):
        yield


def is_hull(found: Interval, low: F, high: F) -> bool:
    near = arb(2) ** -100
    return bool(abs(found.low - _arb(low)) < near and abs(found.high - _arb(high)) < near)


def _arb(value: F) -> arb:
    return arb(value.numerator) / value.denominator


@pytest.mark.parametrize(("one", "other"), list(itertools.product(RANGES, repeat=2)))
def test_a_product_or_quotient_of_ranges_is_the_hull_of_its_ends(
    one: tuple[F, F], other: tuple[F, F]
) -> None:
    a, b = Interval.of(*one), Interval.of(*other)
    for operation in (operator.add, operator.sub, operator.mul):
        ends = [operation(p, q) for p in one for q in other]
        assert is_hull(operation(a, b), min(ends), max(ends)), operation
    if other[0] <= 0 <= other[1]:
        with pytest.raises(NoEnclosure):
            a / b
    else:
        ends = [p / q for p in one for q in other]
        assert is_hull(a / b, min(ends), max(ends))


@pytest.mark.parametrize("ends", RANGES)
@pytest.mark.parametrize("exponent", [1, 2, 3, 4, 5, 6, 7, -1, -2, -3])
def test_a_power_of_a_range_is_its_hull(ends: tuple[F, F], exponent: int) -> None:
    if exponent < 0 and ends[0] <= 0 <= ends[1]:
        with pytest.raises(NoEnclosure):
            Interval.of(*ends).power(exponent)
        return
    values = [e**exponent for e in ends] + ([F(0)] if ends[0] <= 0 <= ends[1] else [])
    assert is_hull(Interval.of(*ends).power(exponent), min(values), max(values))


def test_functions_of_a_range_have_no_value_from_where_they_have_none() -> None:
    for low in (F(-1), F(-3, 2), F(-3)):
        for method in (
            lambda i: i.log1p(),
            lambda i: i.log_tail(1, 1),
            lambda i: i.sqrt(),
            lambda i: i.log(),
        ):
            with pytest.raises(NoEnclosure):
                method(Interval.of(low, F(1)))
    with pytest.raises(NoEnclosure):
        Interval.of(F(0), F(1)).log()
    narrow = Interval.of(F(-99, 100), F(1))
    assert bool(narrow.log1p().low < -4) and bool(narrow.log_tail(1, 1).high > 4)
    assert bool(Interval.of(F(0), F(1)).sqrt().low == 0)
    even = Interval.of(F(-2), F(1)).cosh()
    assert bool(even.low == 1) and bool(abs(even.high - arb(2).cosh()) < arb(2) ** -100)
    for ends in ((F(1), F(2)), (F(-2), F(-1))):
        turned = Interval.of(*ends).cosh()
        assert bool(abs(turned.low - arb(1).cosh()) < arb(2) ** -100)


def test_roots_and_other_powers_are_told_apart() -> None:
    for power, low, high in ((2, 0, 4), (3, 1, 8)):
        (found,) = enclosures([r ** sympy.Rational(1, power)], [r])([Interval.of(low, high)])
        assert is_hull(found, F(low and 1), F(2))
    with pytest.raises(NoEnclosure):
        enclosures([r ** sympy.Rational(1, 3)], [r])([Interval.of(0, 8)])
    (several,) = enclosures([3 * r + 5 - 7 * r**2], [r])([Interval.of(1, 1)])
    assert is_hull(several, F(1), F(1))


@pytest.mark.parametrize("n", range(5))
@pytest.mark.parametrize("at", [F(1, 2**23), F(1, 2**19), F(-1, 2**17), F(3, 8), F(-3, 8), F(20)])
def test_tails_lose_no_more_than_they_allow_for(n: int, at: F) -> None:
    for tail in (exp_tail(n, _arb(at)), *(log_tail(n + 1, m, _arb(at)) for m in range(1, n + 2))):
        assert tail.is_finite() and tail > 0
        assert tail.rad() < tail.abs_lower() * arb(2) ** -110


@pytest.mark.parametrize("at", [sympy.Rational(1, 3), sympy.Rational(-2, 5), sympy.Integer(7)])
def test_elementary_forms_are_the_integrals(at: Any) -> None:
    u = sympy.Symbol("u")
    with mpmath.workdps(30):
        point = mpmath.mpf(at.p) / at.q
        for n in range(5):
            value = mpmath.quad(lambda v, n=n: v**n * mpmath.exp(point * v), [0, 1])
            assert abs(sympy.N(elementary(ExpTail(n, u)).subs(u, at), 30) - value) < 1e-20, n
            assert bool(abs(exp_tail(n, _arb(F(at.p, at.q))) - arb(mpmath.nstr(value, 30))) < arb("1e-20")), n
        for n, m in ((1, 1), (2, 1), (3, 1), (5, 1), (2, 2), (4, 2), (3, 3), (5, 3)):
            value = mpmath.quad(lambda v, n=n, m=m: v ** (n - 1) / (1 + point * v) ** m, [0, 0.5, 1])
            assert abs(sympy.N(elementary(LogTail(n, m, u)).subs(u, at), 30) - value) < 1e-20, (n, m)
            assert bool(
                abs(log_tail(n, m, _arb(F(at.p, at.q))) - arb(mpmath.nstr(value, 30))) < arb("1e-20")
            ), (n, m)


def test_the_named_tails() -> None:
    u = sympy.Symbol("u")
    for tail, plain in (
        (log1p_ratio(u), sympy.log(1 + u) / u),
        (log1p_defect(u), (u - sympy.log(1 + u)) / u**2),
        (log1p_third(u), (sympy.log(1 + u) - u + u**2 / 2) / u**3),
        (expm1_ratio(u), (sympy.exp(u) - 1) / u),
    ):
        assert sympy.simplify(elementary(tail) - plain) == 0
        assert tail.subs(u, 0) == sympy.limit(plain, u, 0)
        assert (
            abs(sympy.N(elementary(sympy.diff(tail, u)).subs(u, 2) - sympy.diff(plain, u).subs(u, 2), 20))
            < 1e-15
        )
    with pytest.raises(sympy.core.function.ArgumentIndexError):
        LogTail(1, 1, u).fdiff(1)
    with pytest.raises(sympy.core.function.ArgumentIndexError):
        ExpTail(1, u).fdiff(1)


ROOT, NESTED = sympy.sqrt(x / (1 + y)), sympy.sqrt(1 + sympy.sqrt(x))
IDENTITIES = [z for z in (
    ROOT**5 * (1 + y) ** 2 - 2 * ROOT**3 * x * (1 + y) + ROOT * x**2,
    ROOT**4 * (1 + y) ** 2 - x**2,
    ROOT**-3 - ROOT * (1 + y) ** 2 / x**2,
    NESTED**4 - 1 - 2 * sympy.sqrt(x) - x,
    x / y + y / x - (x**2 + y**2) / (x * y),
    1 / (x * (1 + y)) + 1 / (x * (1 - y)) - 2 / (x * (1 - y**2)),
    (1 + 1 / x) ** 3 * x**3 - (1 + x) ** 3,
    1 / (1 + 1 / (1 + 1 / x)) - (1 + x) / (1 + 2 * x),
    sympy.exp(x / 2 + y / 3) ** 6 - sympy.exp(3 * x) * sympy.exp(2 * y),
    (sympy.exp(x / 2) + sympy.exp(y / 3)) ** 2 - sympy.exp(x) - 2 * sympy.exp(x / 2 + y / 3) - sympy.exp(2 * y / 3),
    (sympy.exp(x) + sympy.exp(-x)) ** 2 - sympy.exp(2 * x) - 2 - sympy.exp(-2 * x),
    (3**x + 1) ** 2 - 9**x - 2 * 3**x - 1 + 9**x - (3**x) ** 2,
    (x * y / 2) ** 2 * 3 - sympy.Rational(3, 4) * x**2 * y**2,
    2 ** (x + 1) - 2 * 2**x,
    (1 + x) ** (2 * y) - ((1 + x) ** y) ** 2,
) if z != 0]  # fmt: skip


@pytest.mark.parametrize("zero", IDENTITIES, ids=str)
def test_an_identity_is_zero_and_what_is_near_it_is_not(zero: Any) -> None:
    assert is_zero(zero)
    for part in sympy.Add.make_args(zero):
        assert not is_zero(zero + part / 7)
        assert not is_zero(zero + part * x)


def test_a_square_may_be_a_fraction() -> None:
    c, s = sympy.symbols("c s")
    square = {s: x / (1 + y) - c**2}
    assert is_zero((c**2 + s**2) * (1 + y) - x, square)
    assert is_zero(s**5 - s * (x / (1 + y) - c**2) ** 2, square)
    assert is_zero(s**4 + s**3 - (x / (1 + y) - c**2) * (s**2 + s), square)
    assert not is_zero(s**3 - s * (x / (1 + y) - c), square)


def test_every_fact_about_logarithms_and_exponentials_is_true_and_wrong_values_break_one() -> None:
    a, b, m = sympy.symbols("a b m", real=True)
    shown = sympy.log(a) * a + sympy.exp(m / 2) * sympy.exp(m) < b * sympy.log(b)
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


def test_a_sum_of_logarithms_is_compared_through_its_product() -> None:
    a, b = sympy.symbols("a b", real=True)
    *defined, made = algebraic(
        Obligation("sum", (a > 0, b > 0), 2 * sympy.log(a) - sympy.log(b) / 2 < sympy.log(1 + a))
    )
    assert {o.shows for o in defined} == {a > 0, b > 0, a + 1 > 0}
    assert isinstance(made.shows, sympy.StrictLessThan) and made.shows.rhs == 1
    # twice the sum, so that the powers are whole: a^4/(b (1 + a)^2)
    for one, other in ((sympy.Rational(1, 3), 2), (5, sympy.Rational(1, 7)), (2, 3)):
        at = {a: one, b: other}
        assert made.shows.lhs.subs(at) == sympy.sympify(one) ** 4 / (other * (1 + one) ** 2)


def test_a_budget_is_the_number_of_boxes_looked_at() -> None:
    u = sympy.Symbol("u")
    relation, box = sympy.exp(-u) * (1 + u + u**2) >= F(99, 100), {u: (0, F(3, 2))}
    whole = certify(relation, box)
    needed = int(whole.detail.split(" ")[0])
    assert whole.status is Status.certified and needed > 2
    assert certify(relation, box, budget=needed).status is Status.certified
    short = certify(relation, box, budget=needed - 1)
    assert short.status is Status.open
    assert f"{needed - 1} sub-boxes" in short.detail


@pytest.mark.parametrize(
    "given", [lambda u: u > F(1, 4), lambda u: u >= F(1, 4), lambda u: u < F(3, 4), lambda u: u <= F(3, 4)]
)
def test_what_fails_where_the_assumption_holds_is_refuted(given: Any) -> None:
    u = sympy.Symbol("u")
    inside = certify((u - F(1, 2)) ** 2 >= F(1, 100), {u: (0, 1)}, given=[given(u)])
    assert inside.status is Status.refuted
    # false only where the assumption fails, for one of the two
    for centre in (F(1, 8), F(7, 8)):
        apart = certify((u - centre) ** 2 >= F(1, 10_000), {u: (0, 1)}, given=[given(u)])
        assert apart.status is (Status.refuted if given(centre) else Status.certified), apart


def test_the_reach_of_a_range_is_that_of_the_farther_end() -> None:
    for low, high, width in ((F(1), F(16), 24), (F(1), F(2), 1), (F(-1), F(3), 4), (F(0), F(8), 8)):
        assert bool(abs(boxes._width((low, high)) - width) < arb(2) ** -60)
    assert boxes._middle(F(1), F(16)) == 4 and boxes._middle(F(1), F(3)) == 2
    assert boxes._sizes([(F(1), F(2)), (F(-1), F(2))]) == [pytest.approx(0.6931471805599453), 3.0]


def proves(domain: Real, conclusion: Any, name: str) -> bool:
    made = claim(f"own-exact-{name.replace(chr(32), chr(45))}", over={"s": domain})(conclusion)
    return by_symbols(made, ranges=True).status is Status.proved


def test_every_part_of_a_conclusion_is_shown() -> None:
    assert proves(Real(0, 1), lambda s: forall(1 + s, 2 - s), "both")
    for name, wrong in (
        ("first", lambda s: forall(s - 2, 2 - s)),
        ("second", lambda s: forall(1 + s, s - 2)),
    ):
        assert not proves(Real(0, 1), wrong, name)


@pytest.mark.parametrize("kind", ["commuting", "whitened", "autoencoder"])
def test_a_problem_of_symbols_is_a_problem(kind: Any) -> None:
    made = claim(f"own-symbols-{kind}", over={"problem": Problem(kind=kind)})(
        lambda problem: forall(
            equal(problem.B, 0 * problem.B), equal(problem.B, 0), equal(problem.Sxx, (problem.U * problem.lam) @ problem.U.T),
            equal(problem.Sxy, (problem.U[:, :1] * problem.sigma) @ problem.V[:, :1].T),
            equal(problem.Q @ problem.Q.T, np.eye(2, dtype=int)), problem.lam,
        )
    )  # fmt: skip
    proof = by_symbols(made, [{"problem": (2, 2, 2, 1)}])
    assert proof.status is Status.certified, proof.text()


def test_absolute_values_go_by_the_sign_that_the_range_gives() -> None:
    assert proves(Real(0, 1), lambda s: equal(abs(s - 5), 5 - s), "negative")
    assert proves(Real(6, 7), lambda s: equal(abs(s - 5), s - 5), "positive")
    assert not proves(Real(0, 1), lambda s: equal(abs(s - 5), s - 5), "wrong")
    assert not proves(Real(0, 9), lambda s: equal(abs(s - 5), s - 5), "both signs")
    assert proves(Real(0, 9), lambda s: abs(s - 5) - s + 5, "either case")
    assert proves(Real(-9, 9), lambda s: abs(s - 5) + s + 4 + abs(s), "two of them")
    assert not proves(Real(-9, 9), lambda s: abs(s - 5) + 3 * s + abs(s), "two of them wrong")
    assert proves(Real(0, 9), lambda s: 5 - abs(s - 5), "bounded")
    assert not proves(Real(0, 11), lambda s: 5 - abs(s - 5), "not bounded")


def strict_of(margin: Any) -> Any:
    return lambda s: strictly(margin(s))


@pytest.mark.parametrize("closed", ["neither", "left", "right", "both"])
def test_an_end_belongs_to_a_range_or_not(closed: str) -> None:
    for name, margin, ends in (
        ("low", lambda s: s - 1, ("left", "both")),
        ("high", lambda s: 2 - s, ("right", "both")),
    ):
        domain = Real(1, 2, closed=closed)
        assert proves(domain, margin, f"{closed}-{name}")
        assert proves(domain, strict_of(margin), f"{closed}-{name}-strict") is (closed not in ends)
    for strict, ends in ((r > 1, ("left", "both")), (r < 2, ("right", "both"))):
        made = prove(
            lemma(f"own-end-{closed}-{strict.rel_op}", strict, over={"r": Real(1, 2, closed=closed)})
        )
        assert made is not None
        assert (made.status is Status.proved) is (closed not in ends)
    loose = prove(lemma(f"own-loose-{closed}", (r >= 1) & (r <= 2), over={"r": Real(1, 2, closed=closed)}))
    assert loose is not None and loose.status is Status.proved


def test_a_statement_is_true_or_false_where_its_sign_is_known() -> None:
    u = sympy.Symbol("u")
    at = {u: Ball(2)}
    for said, answer in ((u > 1, True), (u < 1, False), (u >= 2, True), (u > 2, False), (u <= 2, True), (sympy.Eq(u, 2), True),
                         (sympy.Ne(u, 2), False), (sympy.Ne(u, 1), True), (sympy.Eq(u, 3), False),
                         ((u > 1) & (u < 3), True), ((u > 1) & (u > 3), False), ((u < 1) | (u > 3), False), ((u < 1) | (u < 3), True),
                         (sympy.true, True), (sympy.false, False)):  # fmt: skip
        assert _truth(said, at) is answer, said
    table = {
        (True, True): True,
        (True, None): None,
        (None, None): None,
        (False, None): False,
        (True, False): False,
    }
    for (one, other), answer in table.items():
        assert _and(one, other) is _and(other, one) is answer


def test_the_time_of_a_part_is_its_own() -> None:
    assert 0 <= discharge(Obligation("quick", (r > 1,), r**2 >= r)).seconds < 3600


def test_random_polynomials_are_zero_only_if_they_are() -> None:
    draw = random.Random(5)
    for _ in range(20):
        f, g = (
            sum(draw.randint(-3, 3) * x**i * y**j for i in range(3) for j in range(3)) + 1 for _ in range(2)
        )
        assert is_zero(f / g + g / f - (f**2 + g**2) / (f * g))
        assert not is_zero(f / g + g / f - (f**2 + g**2 + x) / (f * g))


def test_a_claim_that_is_not_of_the_catalogue_has_no_written_proof() -> None:
    catalogued = load_catalogue()["GD-4.upper"]
    assert provable(catalogued)
    assert not provable(catalogued.without("small-step"))
    assert provable(lemma("GD-10.own", r**2 + 1 >= r))
    assert not provable(claim("t-no-proof", over={"x": Real(0, 1)})(lambda x: x))


def test_what_has_no_negative_term_is_positive_only_where_it_has_a_value() -> None:
    n, m = sympy.symbols("n m", nonnegative=True)
    for expression, at_least, strict in (
        (x + n, True, True), (n, True, False), (n * m + n**2, True, False), (n + m + 1, True, True), (x * n + x * m, True, False),
        (1 / (1 + n), True, True), (n / (1 + n), True, False), (1 / n, False, False), (x / (n + m), False, False), (1 / (n + x), True, True),
        (x - y, False, False), ((x - y) ** 2, False, False), (x - 1, False, False), (-x, False, False), (-x / (-1 - n), True, True),
        (sympy.Integer(0), True, False), (sympy.Integer(3), True, True), (sympy.Integer(-3), False, False), (1 + r**2, False, False),
        (sympy.sqrt(x), False, False), ((x**2 - y**2) / (x - y), True, True), (1 / (x * n), False, False),
    ):  # fmt: skip
        assert positive_by_terms(expression) is at_least, expression
        assert positive_by_terms(expression, strictly=True) is strict, expression


def test_powers_of_roots_and_squares_are_put_in_to_any_height() -> None:
    s, c = sympy.symbols("s c")
    square = {s: 1 - c**2}
    for k in range(1, 6):
        assert is_zero(s ** (2 * k) - (1 - c**2) ** k, square) and is_zero(
            s ** (2 * k + 1) - s * (1 - c**2) ** k, square
        )
        assert not is_zero(s ** (2 * k) - s * (1 - c**2) ** k, square) and not is_zero(
            s ** (2 * k) + (1 - c**2) ** k, square
        )
        assert is_zero(sympy.sqrt(1 + x) ** (2 * k) - (1 + x) ** k) and is_zero(
            sympy.sqrt(1 + x) ** -k * sympy.sqrt(1 + x) ** k - 1
        )
    # one square within another, and a denominator that a square leaves
    t1, t2 = sympy.symbols("t1 t2")
    assert is_zero(t1**4 - 2 * t1**2 * x + x**2 - y, {t1: x + t2, t2: y})
    assert is_zero(1 / (1 - c) - (1 + c) / s**2, square)
    assert is_zero(sympy.sqrt(3) ** 3 - 3 * sympy.sqrt(3)) and not is_zero(sympy.sqrt(3) - sympy.sqrt(2))
    assert is_zero(sympy.sqrt(x / 2) ** 2 - x / 2) and is_zero(
        x ** sympy.Rational(-3, 2) * x**2 - sympy.sqrt(x)
    )


def test_exponentials_are_powers_of_one_generator() -> None:
    for zero in (
        sympy.exp(x / 2 - y / 3) ** 6 * sympy.exp(2 * y) - sympy.exp(3 * x),
        sympy.exp((x + y) ** 2) - sympy.exp(x**2) * sympy.exp(2 * x * y) * sympy.exp(y**2),
        sympy.exp(x / (1 + y) + x * y / (1 + y)) - sympy.exp(x),
        2 ** (x / 2) * 2 ** (x / 2) - 2**x,
        sympy.exp(1 + x) - sympy.E * sympy.exp(x),
        (1 - x) ** (y + 2) - (1 - x) ** y * (1 - 2 * x + x**2),
        sympy.exp(-x) * (sympy.exp(2 * x) + 1) - 2 * sympy.cosh(x).rewrite(sympy.exp),
    ):
        assert is_zero(zero), zero
    for other in (
        sympy.exp(x / 2) ** 2 - sympy.exp(x + y), sympy.exp(x * y) - sympy.exp(x) * sympy.exp(y), 2**x - 3**x,
        sympy.exp(x) - sympy.exp(2 * x) ** 2, (1 - x) ** y - (1 + x) ** y, sympy.exp(x) - sympy.E,
    ):  # fmt: skip
        assert not is_zero(other), other


def test_a_series_near_0_is_as_exact_as_it_says() -> None:
    """Against the alternating series of the integrals, summed as fractions."""
    for at in (F(0), F(1, 2**21), F(-1, 2**21), F(1, 2**20), F(1, 2**40)):
        for n, m in ((1, 1), (2, 1), (3, 1), (2, 2), (4, 2), (3, 3)):
            exact = F(sum(F(math.comb(m + k - 1, k), n + k) * (-at) ** k for k in range(20)))
            found = log_tail(n, m, _arb(at))
            assert bool(found.contains(_arb(exact)) or abs(found - _arb(exact)) < arb(2) ** -118), (n, m, at)
            assert found.rad() < arb(2) ** -110
        for n in range(4):
            exact = F(sum(at**k / math.factorial(k) / (n + k + 1) for k in range(20)))
            found = exp_tail(n, _arb(at))
            assert bool(found.contains(_arb(exact)) or abs(found - _arb(exact)) < arb(2) ** -118), (n, at)
            assert found.rad() < arb(2) ** -110
    for bad in (arb(-1), arb(-2), arb(0, 2)):
        assert log_tail(1, 1, bad).is_nan() and log_tail(3, 2, bad).is_nan()


def test_tails_at_0_are_fractions_and_their_derivatives_stay_in_the_family() -> None:
    u = sympy.Symbol("u")
    for n in range(1, 5):
        for m in range(1, 4):
            assert LogTail(n, m, 0) == sympy.Rational(1, n)
            assert sympy.diff(LogTail(n, m, 2 * u), u) == -2 * m * LogTail(n + 1, m + 1, 2 * u)
        assert ExpTail(n, 0) == sympy.Rational(1, n + 1) and sympy.diff(ExpTail(n, -u), u) == -ExpTail(
            n + 1, -u
        )
    assert elementary(ExpTail(1, sympy.Integer(-1))) == 1 - 2 / sympy.E
    assert elementary(ExpTail(1, sympy.Integer(1))) == 1
    with pytest.raises(ValueError, match=r"Expected n >= m but got LogTail\(2, 3, u\)"):
        LogTail(2, 3, u).elementary()
    assert sympy.simplify(LogTail(2, 2, u).elementary() - (sympy.log(1 + u) - u / (1 + u)) / u**2) == 0


def test_two_forms_are_compared_with_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([3.0, 7.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    same = same_form("own", x * log1p_ratio(x), sympy.log(1 + x), "by parts")
    assert (same.name, same.statement, same.method, same.detail) == (
        "own",
        "x*LogTail(1, 1, x) = log(x + 1)",
        "SymPy",
        "by parts",
    )
    assert same.status is Status.proved and same.seconds == 4
    monkeypatch.undo()
    other = same_form("own", x, y, "by parts")
    assert other.status is Status.open and other.detail == "the difference does not reduce to zero"
    u = sympy.Symbol("u")
    assert same_form("own", sympy.exp(-u) * sympy.exp(2 * u), 1 / sympy.exp(-u)).status is Status.proved
    assert same_form("own", sympy.exp((1 + u) ** 2), sympy.exp(1 + 2 * u + u**2)).status is Status.proved
    assert same_form("own", sympy.exp(u) - sympy.exp(-u), 0).status is Status.open
    assert same_form("own", sympy.log(u), sympy.exp(u)).status is Status.open


def test_roots_and_logarithms_of_a_positive_range_are_taken_end_by_end() -> None:
    near = arb(2) ** -100
    made = Interval.of(F(1, 4), F(9))
    assert is_hull(made.sqrt(), F(1, 2), F(3))
    for found, low, high in (
        (made.log(), arb("0.25").log(), arb(9).log()),
        (made.log1p(), arb("1.25").log(), arb(10).log()),
        (made.log_tail(1, 1), arb(10).log() / 9, arb("1.25").log() * 4),
        (made.exp_tail(0), (arb("0.25").exp() - 1) * 4, (arb(9).exp() - 1) / 9),
        (made.cosh(), arb("0.25").cosh(), arb(9).cosh()),
    ):
        assert bool(abs(found.low - low) < near * (1 + abs(low))) and bool(
            abs(found.high - high) < near * (1 + abs(high))
        )


def test_what_a_series_leaves_out_is_within_what_it_adds() -> None:
    with ctx.workprec(700):
        for at in (F(1, 2**20), F(-1, 2**20), F(1, 2**21), F(-3, 2**23)):
            for n, m in ((1, 1), (3, 3), (1, 3), (5, 5), (2, 4)):
                exact = F(sum(F(math.comb(m + k - 1, k), n + k) * (-at) ** k for k in range(30)))
                assert log_tail(n, m, _arb(at)).contains(_arb(exact)), (n, m, at)
            for n in range(4):
                exact = F(sum(at**k / math.factorial(k) / (n + k + 1) for k in range(30)))
                assert exp_tail(n, _arb(at)).contains(_arb(exact)), (n, at)
