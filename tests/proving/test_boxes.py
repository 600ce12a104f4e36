"""Certificates on boxes: enclosures contain what they enclose, verdicts are right, nothing is cut off unseen."""

from __future__ import annotations

import itertools
import math
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
from rankladder.proof.result import Proof
from rankladder.proof.tails import (
    ExpTail,
    LogTail,
    elementary,
    exp_tail,
    expm1_ratio,
    log1p_defect,
    log1p_ratio,
    log_tail,
    same_form,
)
from rankladder.properties.gidel2019.proofs import boxes_distance, boxes_timing
from rankladder.properties.gidel2019.proofs.descent_forms import (
    A_OVER_S,
    B_OVER_S,
    EXCESS,
    REMAINDER,
    SMALL,
    s,
    z,
)

x, y, w = sympy.symbols("x y w")
MANY = sympy.symbols("v1:8")
CERTIFICATES = {
    id: made for module in (boxes_distance, boxes_timing) for id, made in module.CERTIFICATES.items()
}


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


@pytest.mark.parametrize("at", [F(0), F(1, 2**40), F(-1, 2**21), F(1, 2**20), F(-1, 2**20), F(1, 2**19)])
def test_a_tail_near_0_is_as_exact_as_it_says(at: F) -> None:
    """Against the series of the integrals, summed as fractions; what 30 terms leave out is below 2^-570."""
    with ctx.workprec(128):
        for n, m in ((1, 1), (3, 1), (2, 2), (3, 3), (1, 3)):
            exact = F(sum(F(math.comb(m + k - 1, k), n + k) * (-at) ** k for k in range(30)))
            found = log_tail(n, m, ball(at))
            assert abs(found - ball(exact)) < arb(2) ** -110 and found.rad() < arb(2) ** -110, (n, m)
            assert (found - ball(exact)).contains(0)
        for n in range(4):
            exact = F(sum(at**k / math.factorial(k) / (n + k + 1) for k in range(30)))
            found = exp_tail(n, ball(at))
            assert (found - ball(exact)).contains(0) and found.rad() < arb(2) ** -110, n
    assert log_tail(1, 1, arb(-1)).is_nan() and log_tail(3, 2, arb(0, 2)).is_nan()


def test_tails_agree_with_their_elementary_forms_and_derivatives() -> None:
    for tail in (LogTail(1, 1, x), LogTail(3, 1, x), LogTail(2, 2, x), ExpTail(0, x), ExpTail(2, x)):
        derivative = sympy.diff(tail, x)
        plain = sympy.diff(elementary(tail), x)
        for point in (sympy.Rational(-1, 3), sympy.Rational(5, 4)):
            values = [sympy.N(elementary(e.subs(x, point)), 40) for e in (derivative, plain)]
            assert abs(values[0] - values[1]) < 1e-30, tail


RANGES = [(F(-3), F(-1)), (F(-2), F(1)), (F(1, 2), F(3)), (F(0), F(2)), (F(-2), F(0)), (F(3, 2), F(3, 2))]


def is_hull(found: Interval, low: F, high: F) -> bool:
    near = arb(2) ** -50
    return bool(abs(found.low - ball(low)) < near and abs(found.high - ball(high)) < near)


def ball(value: F) -> arb:
    return arb(value.numerator) / value.denominator


@pytest.mark.parametrize(("one", "other"), list(itertools.product(RANGES, repeat=2)))
def test_a_sum_product_or_quotient_of_ranges_is_the_hull_of_its_ends(
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


def test_what_is_small_keeps_its_digits_under_a_logarithm() -> None:
    tiny = F(1, 10**60)
    (found,) = enclosures([sympy.log(1 + x)], [x])([Interval.of(tiny, tiny)])
    assert found.low > 0 and bool(abs(found.low / arb(10) ** -60 - 1) < arb(10) ** -10)


EXPRESSIONS = [
    x * y - x**2 + 3 * y,
    (x - y) ** 2 * (x + y) ** 3,
    sympy.exp(x * y) / (1 + y**2),
    sympy.log(2 + x) - x * sympy.tanh(y),
    sympy.sqrt(1 + x**2) * sympy.cosh(x - y),
    sympy.sinh(x) * (2 + y) ** sympy.Rational(-3, 2),
    log1p_defect(x / 2) * y - expm1_ratio(x - 2 * y) + log1p_ratio(y**2),
    1 / (x * y - 2) + sympy.Rational(1, 3) * x**4,
    -x * (-y) ** 3 - (x * y) ** 2,
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_an_enclosure_contains_the_values_on_its_box(expression: Any) -> None:
    draw = random.Random(str(expression))
    symbols = sorted(expression.free_symbols, key=str)
    enclose = enclosures([expression, *(sympy.diff(expression, v) for v in symbols)], symbols)
    plain = [elementary(e) for e in (expression, *(sympy.diff(expression, v) for v in symbols))]
    for _ in range(40):
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


def test_an_enclosure_narrows_with_its_box() -> None:
    enclose = enclosures([x * sympy.exp(-x)], [x])
    widths = [
        float((e.high - e.low).mid())
        for n in (1, 10, 100)
        for e in enclose([Interval.of(F(1, 2), F(1, 2) + F(1, n))])
    ]
    assert widths[1] < widths[0] / 5 and widths[2] < widths[1] / 5


@pytest.mark.parametrize(
    "expression", [sympy.log(x), 1 / x, sympy.sqrt(x - 1), log1p_ratio(x - 2), x ** sympy.Rational(1, 3)]
)
def test_what_has_no_value_on_the_box_has_no_enclosure(expression: Any) -> None:
    with pytest.raises(NoEnclosure):
        enclosures([expression], [x])([Interval.of(-1, 1)])


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


def test_a_budget_is_the_number_of_boxes_looked_at() -> None:
    relation, box = sympy.exp(-x) * (1 + x + x**2) >= F(99, 100), {x: (0, F(3, 2))}
    whole = certify(relation, box)
    needed = int(whole.detail.split()[0])
    assert whole.status is Status.certified and needed > 2
    assert certify(relation, box, budget=needed).status is Status.certified
    short = certify(relation, box, budget=needed - 1)
    assert short.status is Status.open and f"{needed - 1} sub-boxes" in short.detail


def test_what_is_left_out_or_undecided_is_printed() -> None:
    dropped = certify(x >= 0, {x: (-1, 1)}, given=[x >= F(1, 2)])
    assert dropped.status is Status.certified
    assert "1 of them outside the assumptions" in dropped.detail
    assert "where x >= 1/2" in dropped.statement and "x in [-1, 1]" in dropped.statement
    spent = certify((3 * x - 1) ** 2 > 0, {x: (0, 1)}, budget=50)
    assert spent.status is Status.open
    assert "undecided on" in spent.detail and "x in [0.33" in spent.detail


@pytest.mark.parametrize(
    ("relation", "box", "said"),
    [
        (x >= y, {x: (0, 1)}, "y has none"),
        (x >= 0, {x: (1, 0)}, "swap the ends"),
        (sympy.Eq(x, 1), {x: (0, 1)}, "state one of these"),
        (sympy.gamma(x) >= 0, {x: (1, 2)}, "elementary"),
        (x >= 0.1, {x: (1, 2)}, "fraction"),
    ],
)
def test_wrong_input_is_named(relation: Any, box: dict[Any, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        certify(relation, box)


def test_a_form_that_is_another_is_not_taken_for_the_same() -> None:
    assert same_form("same", x * log1p_ratio(x), sympy.log(1 + x)).status is Status.proved
    assert same_form("sign", x * log1p_ratio(-x), sympy.log(1 + x)).status is Status.open
    assert same_form("factor", x * expm1_ratio(x), F(101, 100) * (sympy.exp(x) - 1)).status is Status.open


def test_the_forms_of_a_step_are_those_of_the_orbit() -> None:
    """Against the recursion itself, in 60 digits."""
    with mpmath.workdps(60):
        for step, level in ((F(1, 7), F(1, 9)), (F(49, 100), F(5, 6)), (F(1, 1000), F(1, 3))):
            a, b = (mpmath.mpf(v.numerator) / v.denominator for v in (step, level))
            after = b * (1 + a * (1 - b)) ** 2
            grown, decayed = mpmath.log(after / b), mpmath.log((1 - b) / (1 - after))
            left = 1 - (1 / (2 * a) + mpmath.mpf(1) / 4) * (grown + decayed) + mpmath.mpf(3) / 4 * decayed
            at = {s: sympy.Rational(step), z: sympy.Rational(level)}
            for form, value in (
                (B_OVER_S, grown / a),
                (A_OVER_S, decayed / a),
                (EXCESS, (grown + decayed - 2 * a) / a**2),
                (REMAINDER, left / a**2),
            ):
                # dividing by s^2 (and by s^3 within) costs at most 9 of the 60 digits
                assert (
                    abs(mpmath.mpf(str(sympy.N(elementary(form.subs(at)), 50))) - value)
                    < mpmath.mpf(10) ** -40
                )


LONG = {"GD-10.order", "GD-12.next-order"}  # thousands of boxes each


@pytest.mark.parametrize(
    "id", [pytest.param(id, marks=[pytest.mark.slow] * (id in LONG)) for id in sorted(CERTIFICATES)]
)
def test_what_stands_behind_a_claim_in_words_is_shown_and_makes_no_certificate(id: str) -> None:
    proof = prove(load_catalogue()[id])
    assert proof is not None and all(part.status.shown for part in proof.parts), proof
    assert proof.status is (Status.proved if id == "GD-10.rates" else Status.tested)


def test_the_region_of_a_certificate_is_that_of_its_boxes() -> None:
    proof = Proof(
        "own", "The box: everything.", (certify(x**2 <= 4, {x: (0, 2)}), certify(y <= 9, {y: (1, 9)}))
    )
    assert (proof.status, proof.region) == (Status.certified, "x in [0, 2]; y in [1, 9]")


def test_the_boxes_are_as_large_as_promised() -> None:
    assert SMALL[0] <= F(1, 1000) and F(str(SMALL[1])) >= F(49, 100)
    assert boxes_distance.STARTS[0] <= F(1, 10**6) and boxes_distance.STARTS[1] >= F(1, 10)
    assert boxes_timing.LEVELS[0] <= F(1, 10) and boxes_timing.LEVELS[1] >= F(9, 10)
