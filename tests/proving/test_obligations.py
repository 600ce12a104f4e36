"""What a written proof is about: the shapes that its argument names, the numbers that its claim compares."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Rational

from rankladder.language.obligation import Obligation
from rankladder.proof.parts import Part, Status
from rankladder.proof.tails import elementary
from rankladder.properties.gidel2019.proofs import (
    boxes_distance,
    boxes_order,
    boxes_timing,
    reduced_rank,
    steps,
)

TUPLE = r"\((\d(?:, \d)+)\)"


def written_for(
    id: str, module: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[Sequence[Mapping[str, Any]], str]:
    """The choices that a proof on symbols is made for, and its argument."""
    asked: list[Any] = []
    monkeypatch.setattr(
        module, "by_symbols", lambda claim, choices=({},), **rest: asked.append((choices, rest["argument"]))
    )
    module.PROOFS[id]()
    ((choices, argument),) = asked
    return choices, " ".join(argument.split())


def test_the_substitutions_cover_every_step_size() -> None:
    """``s`` above 1 is ``m + 1/m - 1`` for one m > 1; the pieces of m meet end to end from 1 on."""
    ends = []
    for choice in steps.CYCLE:
        size, known = choice["s"]
        assert known == ()
        (t,) = size.free_symbols
        ends.append([sympy.limit(size, t, 0, "+"), sympy.limit(size, t, sympy.oo)])
        assert ends[-1][0] != ends[-1][1]
        assert {c["offset"] for c in steps.CYCLE} == {choice["offset"]}
    m = [Rational(x) for x in ("1", "5/4", "3/2", "2", "5/2", "3")]
    at = [x + 1 / x - 1 for x in m]
    # written with t > 0 from the far end of each piece to the near one, and the last from 3 on
    assert [set(e) for e in ends] == [*({a, b} for a, b in itertools.pairwise(at)), {at[-1], sympy.oo}]
    (landing,) = steps.LANDING
    size, _ = landing["s"]
    (t,) = size.free_symbols
    # s + 2 = v + 1/v at v = 1 + t, from 0 on
    assert sympy.simplify(size + 2 - (1 + t) - 1 / (1 + t)) == 0
    assert (sympy.limit(size, t, 0, "+"), sympy.limit(size, t, sympy.oo)) == (0, sympy.oo)


def test_the_first_hit_is_below_the_level_of_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Obligation] = []
    monkeypatch.setattr(
        boxes_timing, "by_obligations", lambda id, text, obligations, **rest: asked.extend(obligations)
    )
    boxes_timing.window()
    (odds,) = asked
    at = {boxes_timing.z: Rational(1, 3), boxes_timing.theta: Rational(1, 3)}
    assert odds.shows.lhs.subs(at) == odds.shows.rhs.subs(at) == 2
    assert isinstance(odds.shows, sympy.LessThan)


def test_top_sets_are_those_that_nothing_exceeds() -> None:
    for values in itertools.product(map(sympy.Integer, range(3)), repeat=4):
        for j in (1, 2, 3):
            assert bool(reduced_rank.top(values, j)) is bool(min(values[:j]) >= max(values[j:])), (values, j)


def test_exchanges_are_asked_for_every_rank_of_two_to_four_modes() -> None:
    asked = list(reduced_rank.exchanges())
    names = {re.match(r"m=(\d), j=(\d)", o.name).groups() for o in asked}  # type: ignore[union-attr]
    assert names == {(str(m), str(j)) for m in (2, 3, 4) for j in range(1, m)}
    assert len(asked) == 2 * len(names)
    for best, exchange in zip(asked[::2], asked[1::2], strict=True):
        m, j = map(int, re.match(r"m=(\d), j=(\d)", best.name).groups())  # type: ignore[union-attr]
        g = reduced_rank.gains(m)
        for values in ((4, 3, 2, 1), (1, 2, 3, 4), (2, 5, 1, 5), (3, 3, 3, 3)):
            at = dict(zip(g, map(sympy.Integer, values), strict=False))
            largest = max(sum(c) for c in itertools.combinations(values[:m], j))
            assert bool(best.shows.subs(at)) is (sum(values[:j]) == largest)
            assert bool(exchange.shows.subs(at))
            assert all(bool(x.subs(at)) for x in best.given) is (min(values[:j]) >= max(values[j:m]))


def test_both_derivations_and_the_cost_of_a_mode_are_part_of_the_proof() -> None:
    parts = reduced_rank._derived()
    assert all(part.status.value == "proved" for part in parts)
    assert parts[-1].name == "an unlearned mode costs half its gain"
    assert all(0 <= part.seconds < 60 for part in parts)


def test_the_curves_of_the_order_are_the_hitting_times_without_the_start() -> None:
    sigma, lam = sympy.symbols("sigma lam", positive=True)
    at = {boxes_order.theta: Rational(1, 3), boxes_order.delta: 5}
    made = boxes_order._time(sigma, lam, sympy.Integer(0)).subs(at).subs({sigma: 2, lam: 3})
    # 2 sigma t = 2 delta + log omega + logit theta
    assert sympy.simplify(4 * made - 10 - sympy.log(Rational(2, 3)) - sympy.log(Rational(1, 2))) == 0
    pair = {boxes_order.sigma_i: 3, boxes_order.sigma_j: 2}
    assert boxes_order.PACE.subs(pair) == Rational(1, 6)


def test_what_is_certified_of_the_order_is_what_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def certify(relation: Any, box: Any, **rest: Any) -> Part:
        asked[rest["name"]] = relation, box
        return Part(rest["name"], "", "", Status.certified)

    monkeypatch.setattr(boxes_order, "certify", certify)
    for made in boxes_order.CERTIFICATES.values():
        made()
    z0, share = boxes_order.z0, boxes_order.share
    # in proper form: times the variable, the gap is minus log(1 - z_0), and log((1 - z_0)/(1 - theta)) for 1 + share
    for name, variable, gap in (
        ("log(1 - z_0) < 0", z0, -sympy.log(1 - z0)),
        ("log(1 - theta) < log(1 - z_0)", share, sympy.log(1 + share)),
    ):
        relation, box = asked[name]
        assert isinstance(relation, sympy.StrictGreaterThan) and set(box) == {variable}
        assert sympy.simplify(elementary((relation.lhs - relation.rhs) * variable) - gap) == 0
    for name in ("early gains on late as delta grows", "1/sigma_i < 1/sigma_j"):
        relation, box = asked[name]
        assert isinstance(relation, sympy.StrictGreaterThan)
        slower, faster = boxes_order.sigma_j, boxes_order.sigma_i
        assert sympy.simplify(relation.lhs - relation.rhs - (1 / slower - 1 / faster)) == 0
    relation, _ = asked["r stays in that range"]
    # r = (theta - z_0)/(1 - theta) is at most theta/(1 - theta), on the box at most 9 as certified for the other
    assert relation.rhs == asked["log(1 - theta) < log(1 - z_0)"][1][share][1] == 9
    assert relation.lhs.subs(boxes_order.theta, boxes_order.LEVELS[1]) == 9


def recorded(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What a module's certificates ask of boxes (name, relation, box, assumptions), and which forms they compare."""
    asked: list[tuple[Any, ...]] = []
    compared: list[tuple[Any, ...]] = []

    def certify(relation: Any, box: Any, *, given: Sequence[Any] = (), name: str = "") -> Part:
        asked.append((name, relation, box, tuple(given)))
        return Part(name, "", "", Status.certified)

    def same_form(name: str, proper: Any, plain: Any, why: str = "") -> Part:
        compared.append((name, proper, plain))
        return Part(name, "", "", Status.proved, why)

    monkeypatch.setattr(module, "certify", certify)
    monkeypatch.setattr(module, "same_form", same_form)
    for made in module.CERTIFICATES.values():
        made()
    return asked, compared


def test_the_order_is_certified_for_the_numbers_that_its_claim_is_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, compared = recorded(boxes_order, monkeypatch)
    used = set().union(*(sympy.sympify(e).free_symbols for _, *two in compared for e in two))
    used |= {v for _, relation, box, given in asked for e in (relation, *box, *given) for v in e.free_symbols}
    # strengths, starts and levels are positive; a start's depth may be any number
    assert {str(v): v.is_positive for v in used} == {
        **dict.fromkeys(("sigma", "lam", "sigma_i", "lam_i", "sigma_j", "lam_j", "z0", "theta", "h"), True),
        "delta": None,
    }


def test_what_is_certified_of_the_distance_is_what_its_argument_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each inequality, as the quotient of its greater by its smaller side, at one point of its box."""
    asked, _ = recorded(boxes_distance, monkeypatch)
    found = {(name, n): rest for n, (name, *rest) in enumerate(asked)}
    step, start, level, u, y = 0.3, 0.01, 0.2, 2.5, 3.0
    at = dict(zip((boxes_distance.s, boxes_distance.z0, boxes_distance.z, boxes_distance.u, boxes_distance.y),
                  map(Rational, ("3/10", "1/100", "1/5", "5/2", "3")), strict=True))  # fmt: skip
    D, allowed = math.log(1 / start - 1), (1 + math.log(1 / start)) / 8

    def logistic(t: float) -> float:
        return 1 / (1 + math.exp(-t))

    q = 1 - math.log(1 + step) / step
    behind = (logistic(u) - logistic(u - q * (u + D))) / step
    late = q / step * (12 + D) * math.exp(-(1 - q) * 12 + q * D)
    x, z = math.exp(-y), 1 - math.exp(-y)
    g = step * (31 / 20 * y - 9 / 20 * math.log(z / start))
    ahead = x * z * (1 - math.exp(-g)) / (x + z * math.exp(-g)) / step
    last = 31 / 20 * 30 * math.exp(-(1 - 31 * step / 20) * 30)
    after = level * (1 + step * (1 - level)) ** 2
    grown, decayed = math.log(after / level), math.log((1 - level) / (1 - after))
    paid, gained = (31 / 20 * decayed - 9 / 20 * grown) / step, (grown + decayed - 2 * step) / step**2
    starts, small = (Fraction(1, 10**6), Fraction(1, 10)), boxes_distance.SMALL
    expected = {
        "lags while z <= 1/4": (0 / gained, {"s": small, "z": (0, Fraction(1, 4))}),
        "leads from z >= 1/3 on": (None, {"s": small, "z": (Fraction(1, 3), 1)}),
        "lag, log-odds of the flow up to 12": (allowed / behind, {"s": small, "z0": starts, "u": (-14, 12)}),
        "no start has log-odds below -14": (14 / D, {"z0": starts}),
        "lag, log-odds 12, e^(-b) for the curve's slope": (allowed / late, {"s": small, "z0": starts}),
        "that bound falls from there on": ((1 - q) * (12 + D), {"s": small, "z0": starts}),
        "gain of one step on the flow": (paid / gained, {"s": small, "z": (0, 1)}),
        "lead, 1 - z down to e^-30": (allowed / ahead, {"s": small, "z0": starts, "y": (starts[0], 30)}),
        "lead, 1 - z = e^-30": (allowed / last, {"s": small, "z0": starts}),
        "that bound falls from there on ": ((1 - 31 * step / 20) * 30, {"s": small}),
    }
    assert [name for name, _ in found] == [name.strip() for name in expected]
    for (relation, box, _), (name, (quotient, region)) in zip(found.values(), expected.items(), strict=True):
        assert {str(v): ends for v, ends in box.items()} == region, name
        if quotient is not None:
            greater, smaller = (float(elementary(e.subs(at))) for e in (relation.gts, relation.lts))
            assert greater / smaller == pytest.approx(quotient, rel=1e-9), name
    given = {name: sympy.And(*rest[2]) for (name, _), rest in found.items()}
    # k >= 0, and an orbit never falls below its start
    for name, variable, edge in (("lag, log-odds of the flow up to 12", boxes_distance.u, -D),
                                 ("lead, 1 - z down to e^-30", boxes_distance.y, -math.log(1 - start))):  # fmt: skip
        for off, holds in ((-1e-6, False), (1e-6, True)):
            point = {boxes_distance.z0: Rational(1, 100), variable: edge + off}
            assert bool(elementary(given[name].subs(point))) is holds, name
