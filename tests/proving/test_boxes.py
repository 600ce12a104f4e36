"""Certificates on boxes: enclosures contain what they enclose, verdicts are right, nothing is cut off unseen."""

import itertools
import operator
import random
from fractions import Fraction as F
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, ctx

from rankladder.language.library import load_catalogue
from rankladder.proof.boxes import certify
from rankladder.proof.intervals import Interval, NoEnclosure, enclosures
from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from rankladder.proof.tails import (
    elementary,
    exp_tail,
    expm1_ratio,
    log1p_defect,
    log1p_ratio,
    log_tail,
    same_form,
)
from rankladder.properties.gidel2019.proofs import boxes_distance, boxes_timing
from rankladder.properties.gidel2019.proofs.descent_forms import SMALL

x, y, w = sympy.symbols("x y w")
CERTIFICATES = {id: m for module in (boxes_distance, boxes_timing) for id, m in module.CERTIFICATES.items()}


def holds(enclosure: arb, value: Any) -> bool:
    # 40 digits of quadrature against an enclosure of 128 bits: they must overlap within 1e-30 of each other
    return bool(abs(enclosure - arb(mpmath.nstr(value, 45))) < arb("1e-30") * (1 + abs(enclosure)))


@pytest.mark.parametrize(
    "t", ["-0.99", "-0.5", "-1e-3", "-1e-6", "-1e-9", "0", "1e-12", "9.5e-7", "1e-4", "0.7", "30"]
)
def test_tails_are_the_integrals_that_define_them(t: str) -> None:
    with ctx.workprec(192), mpmath.workdps(50):
        at = mpmath.mpf(t)
        nodes = [0, 0.01, 0.1, 0.3, 0.6, 0.9, 1]
        for n, m in ((1, 1), (2, 1), (3, 1), (4, 1), (2, 2), (3, 2), (4, 2)):
            value = mpmath.quad(lambda u, n=n, m=m: u ** (n - 1) / (1 + at * u) ** m, nodes)
            assert holds(log_tail(n, m, arb(t)), value), (n, m)
        for n in range(3):
            value = mpmath.quad(lambda u, n=n: u**n * mpmath.exp(at * u), nodes)
            assert holds(exp_tail(n, arb(t)), value), n


RANGES = [(F(-3), F(-1)), (F(-2), F(1)), (F(1, 2), F(3)), (F(0), F(2)), (F(-2), F(0)), (F(3, 2), F(3, 2))]


def is_hull(found: Interval, low: F, high: F) -> bool:
    near = arb(2) ** -50
    return bool(abs(found.low - ball(low)) < near and abs(found.high - ball(high)) < near)


def ball(value: F) -> arb:
    return arb(value.numerator) / value.denominator


@pytest.mark.parametrize(("one", "other"), list(itertools.product(RANGES, repeat=2)))
def test_what_is_made_of_ranges_is_the_hull_of_its_ends(one: tuple[F, F], other: tuple[F, F]) -> None:
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


EXPRESSIONS = [
    x * y - x**2 + 3 * y, (x - y) ** 2 * (x + y) ** 3, sympy.exp(x * y) / (1 + y**2),
    sympy.log(2 + x) - x * sympy.tanh(y), sympy.sqrt(1 + x**2) * sympy.cosh(x - y),
    sympy.sinh(x) * (2 + y) ** sympy.Rational(-3, 2),
    log1p_defect(x / 2) * y - expm1_ratio(x - 2 * y) + log1p_ratio(y**2),
    1 / (x * y - 2) + sympy.Rational(1, 3) * x**4, -x * (-y) ** 3 - (x * y) ** 2,
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_an_enclosure_contains_the_values_on_its_box(expression: Any) -> None:
    draw = random.Random(str(expression))
    symbols = sorted(expression.free_symbols, key=str)
    enclose = enclosures([expression, *(sympy.diff(expression, v) for v in symbols)], symbols)
    plain = [elementary(e) for e in (expression, *(sympy.diff(expression, v) for v in symbols))]
    for _ in range(12):
        low = [F(draw.randint(-100, 90), 100) for _ in symbols]
        high = [a + F(draw.randint(0, 10), 100) for a in low]
        found = enclose([Interval.of(a, b) for a, b in zip(low, high, strict=True)])
        for _ in range(3):
            point = {
                v: sympy.Rational(a + (b - a) * F(draw.randint(1, 999), 1000) + F(1, 10**7) * (a == b == 0))
                for v, a, b in zip(symbols, low, high, strict=True)
            }
            for enclosure, e in zip(found, plain, strict=True):
                value = arb(str(sympy.N(e.subs(point), 45)))
                # 1e-6: the point may lie that far outside an interval that is the point 0
                assert enclosure.low <= value + arb("1e-6") and value <= enclosure.high + arb("1e-6"), point


TRUE: dict[str, tuple[Any, dict[Any, Any], list[Any]]] = {
    "interior": (sympy.exp(x) >= 1 + x, {x: (1, 2)}, []),
    "equality at a corner": (sympy.log(1 + x) <= x, {x: (0, 5)}, []),
    "equality on an edge": (x * y <= x, {x: (0, 1), y: (0, 1)}, []),
    "strict in proper form": (log1p_defect(x) > 0, {x: (F(-1, 2), 5)}, []),
    "only where assumed": (x - y >= F(1, 100), {x: (0, 1), y: (0, 1)}, [x >= y + F(1, 10)]),
    "a constant": (sympy.sqrt(2) > F(7, 5), {}, []),
    "a point": (x**2 <= 2, {x: (F(7, 5), F(7, 5))}, []),
    "never where assumed": (x >= 5, {x: (0, 1)}, [x > 2]),
    "mean-value form": (sympy.exp(-x) * (1 + x + x**2) >= F(99, 100), {x: (0, F(3, 2))}, []),
    "sizes far apart": (sympy.log(x) <= x - 1 + F(1, 1000), {x: (F(1, 10**9), 100)}, []),
    "sharp and three variables": (x**3 + y**3 + w**3 + F(1, 1000) >= 3 * x * y * w, {x: (0, 1), y: (0, 1), w: (0, 1)}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TRUE))
def test_a_true_statement_is_certified(name: str) -> None:
    relation, box, given = TRUE[name]
    part = certify(relation, box, given=given)
    assert part.status is Status.certified, part
    assert part.method == "balls on a box" and part.counterexample is None


def test_a_form_that_is_another_is_not_taken_for_the_same() -> None:
    assert same_form("same", x * log1p_ratio(x), sympy.log(1 + x)).status is Status.proved
    assert same_form("sign", x * log1p_ratio(-x), sympy.log(1 + x)).status is Status.open
    assert same_form("factor", x * expm1_ratio(x), F(101, 100) * (sympy.exp(x) - 1)).status is Status.open


LONG = {"GD-10.order", "GD-12.next-order"}  # thousands of boxes each


@pytest.mark.parametrize(
    "id", [pytest.param(id, marks=[pytest.mark.slow] * (id in LONG)) for id in sorted(CERTIFICATES)]
)
def test_what_stands_behind_a_claim_in_words_is_shown_and_makes_no_certificate(id: str) -> None:
    proof = prove(load_catalogue()[id])
    assert proof is not None and all(part.status.shown for part in proof.parts), proof
    assert proof.status is (Status.proved if id == "GD-10.rates" else Status.tested)


def test_the_boxes_are_as_large_as_promised() -> None:
    assert SMALL[0] <= F(1, 1000) and F(str(SMALL[1])) >= F(49, 100)
    assert boxes_distance.STARTS[0] <= F(1, 10**6) and boxes_distance.STARTS[1] >= F(1, 10)
    assert boxes_timing.LEVELS[0] <= F(1, 10) and boxes_timing.LEVELS[1] >= F(9, 10)
