"""What statements are made of: assumptions, quantifiers, claims and verdicts, each part by itself."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from flint import ctx

from rankladder import Int, Matrix, Orthogonal, Otherwise, Real, Spectrum, Verdict, claim, lemma, symbols
from rankladder.language.assumptions import Predicate, Relation, assumption_from
from rankladder.language.instance import Instance
from rankladder.language.margins import equal, frobenius, strictly, within
from rankladder.language.statement import Claim, registered
from rankladder.language.verdict import Evidence, Expectation, Result
from rankladder.numbers.balls import Ball, hull
from rankladder.search.judgement import judge

x, y, z, r = symbols("x y z r")


def refused(kind: type[Exception], call: Callable[[], object], message: str) -> None:
    with pytest.raises(kind, match="^" + re.escape(message)):
        call()


# -- assumptions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "held"),
    [
        (x < y, [True, False, False]),
        (x <= y, [True, True, False]),
        (x > y, [False, False, True]),
        (x >= y, [False, True, True]),
        (sympy.Eq(x, y), [False, True, False]),
        (sympy.Ne(x, y), [True, False, True]),
        ((x > y - 1) & (x < y + 1), [False, True, False]),
        (sympy.exp(x) < sympy.exp(y) + sympy.Rational(1, 2), [True, True, False]),
        (sympy.exp(x) > sympy.exp(y) + sympy.Rational(1, 2), [False, False, True]),
    ],
)
def test_relations_and_their_opposites_hold_exactly_and_in_batches(relation: Any, held: list[bool]) -> None:
    made, opposite = Relation(relation), Relation(relation).complement()
    points = [F(1), F(2), F(3)]
    column = {"x": np.array([1.0, 2.0, 3.0]), "y": np.full(3, 2.0)}
    assert [made.holds({"x": p, "y": F(2)}) for p in points] == held
    assert [opposite.holds({"x": p, "y": 2}) for p in points] == [not h for h in held]
    assert made.mask(column).tolist() == held
    assert opposite.mask(column).tolist() == [not h for h in held]
    assert opposite.complement().mask(column).tolist() == held or isinstance(relation, sympy.And)


def test_a_relation_that_no_ball_decides() -> None:
    made = Relation(sympy.exp(x) * sympy.exp(-2 * x) < sympy.exp(y))
    assert made.holds({"x": F(1), "y": F(-1)}) is None
    assert made.complement().holds({"x": F(1), "y": F(-1)}) is None
    several = Relation((sympy.exp(x) * sympy.exp(-2 * x) < sympy.exp(y)) & (x < 3))
    assert several.holds({"x": F(1), "y": F(-1)}) is None
    assert several.complement().holds({"x": F(1), "y": F(-1)}) is None
    falls = Relation((sympy.exp(x) * sympy.exp(-2 * x) < sympy.exp(y)) & (x < 1))
    assert (
        falls.holds({"x": F(1), "y": F(-1)}) is False
        and falls.complement().holds({"x": F(1), "y": F(-1)}) is True
    )


def test_what_is_no_assumption() -> None:
    for wrong in (True, False, np.True_):
        refused(TypeError, lambda w=wrong: assumption_from(w), "Expected a relation between symbols but got")  # type: ignore[misc]
    for known in (sympy.true, sympy.false):
        refused(TypeError, lambda k=known: Relation(k), "Expected a relation that depends on its symbols")  # type: ignore[misc]
    for wrong in (x, (x > 0) | (y > 0), 3):
        refused(
            TypeError, lambda w=wrong: assumption_from(w), "Expected a SymPy relation (s < 1, or And of such)"
        )  # type: ignore[misc]
    kept = Relation(x < 1)
    assert assumption_from(kept) is kept
    assert isinstance(assumption_from(x < 1), Relation) and isinstance(
        assumption_from(lambda x: x), Predicate
    )


def test_a_predicate_keeps_or_excludes() -> None:
    made = Predicate(lambda a, b: a - b)
    assert made.names == ("a", "b") and made.complement().margin is made.margin
    for a, held in ((2, True), (1, True), (0, False)):
        values = {"a": Ball(a), "b": Ball(1), "c": None}
        assert made.holds(lambda number, v=values: v) is held  # type: ignore[misc]
        assert made.complement().holds(lambda number, v=values: v) is (not held)  # type: ignore[misc]
        assert made.complement().complement().holds(lambda number, v=values: v) is held  # type: ignore[misc]
    asked: list[int] = []

    def wide(number: Any) -> Any:
        asked.append(ctx.prec)
        return {"a": hull(-1, 1), "b": Ball(0)}

    assert made.holds(wide) is None and asked == sorted(set(asked[:-1])) + asked[-1:]
    assert Predicate(lambda: 0.5).holds(lambda number: {}) is True


# -- quantifiers ---------------------------------------------------------------------------------------------------


def test_equality_tolerance_and_strictness_by_hand() -> None:
    assert (float(equal(2, 5)), float(within(2, 5, 4)), float(within(5, 2, 1))) == (-3.0, 1.0, -2.0)
    assert (float(strictly(0.0)), strictly(Ball(0)).mid, strictly(Ball(2)).mid) == (-(2.0**-30),) * 2 + (2,)
    assert strictly(Ball(float("nan"))).is_nan()
    assert frobenius([[3.0, 0.0], [0.0, 4.0]]) == 5 and frobenius(np.ones((2, 3, 3))).tolist() == [3.0, 3.0]


# -- instances -----------------------------------------------------------------------------------------------------


def test_instances_are_mappings_that_print_and_keep_their_order() -> None:
    made = Instance.of({"s": F(1, 3)}, k=3, t=(F(1, 2),))
    assert (list(made), made["k"], str(made)) == (["s", "k", "t"], 3, "s=1/3, k=3, t=(1/2,)")
    assert list(made.with_(k=4).items())[1] == ("k", 4) and made["k"] == 3
    assert len({made, Instance.of(s=F(1, 3), k=3, t=(F(1, 2),)), made.with_(k=4)}) == 2
    assert made.to_json()["s"] == {"exact": "1/3", "float": 1 / 3}
    assert Instance.of(Q="text").to_json() == {"Q": "text"}


# -- claims --------------------------------------------------------------------------------------------------------


def state(id: Any = "stating.made", conclusion: Any = None, **parts: Any) -> Claim:
    return claim(id, **{"over": {"x": Real(0, 1)}, **parts})(conclusion or (lambda x: x))


@pytest.mark.parametrize(
    ("parts", "kind", "said"),
    [
        *(({"id": id}, ValueError, f"Expected a claim id without spaces but got {id!r};") for id in ("", "a b", 3, "a\t")),
        ({"expects": "maybe"}, ValueError, "Expected expects= holds, refuted or open but got 'maybe'"),
        ({"over": [Real(0, 1)]}, TypeError, "Expected over= to name its parts but claim stating.made got"),
        ({"given": [x < 1]}, TypeError, "Expected given= to name its parts but claim stating.made got"),
        ({"over": {}}, ValueError, "Expected at least one parameter but claim stating.made got over={}"),
        ({"over": {"x": 3}}, TypeError, "Expected a domain such as Real(0, 1) but claim stating.made got x=3"),
        ({"conclusion": lambda x, q: x}, TypeError, "Expected conclusion parameters from over= (x) but claim stating.made got 'q'"),
        ({"given": {"g": y < 1}}, ValueError, "Expected assumption 'g' of stating.made to use parameters from over= (x) but got 'y'"),
        ({"given": {"g": Otherwise("q", Real(0, 1))}}, ValueError, "Expected assumption 'g' of stating.made"),
        ({"given": {"g": lambda q: q}}, ValueError, "Expected assumption 'g' of stating.made"),
        ({"over": {"x": Real(-1, 1)}, "given": {"g": sympy.Symbol("x", positive=True) < 1}}, ValueError, "Expected a range of x within"),
    ],
)  # fmt: skip
def test_parts_of_a_claim_must_fit(parts: dict[str, Any], kind: type[Exception], said: str) -> None:
    refused(kind, lambda: state(**parts), said)


@pytest.mark.parametrize(
    ("over", "found"),
    [
        ({"n": Int(0, 2), "U": Orthogonal("n")}, "n in the integers 0 to 2; write n=Int(1, 2) in over="),
        ({"A": Matrix(2, "n")}, "no n; put n=Int(1, 8) before A in over="),
        ({"l": Spectrum("n"), "n": Int(1, 2)}, "n after it; put n before l in over="),
        (
            {"n": Real(1, 4), "U": Orthogonal("n")},
            "n in the reals of (1, 4); put n=Int(1, 8) before U in over=",
        ),
    ],
)
def test_a_size_is_an_integer_parameter_from_1_on_stated_before(over: Any, found: str) -> None:
    (name,) = over.keys() - {"n"}
    said = f"Expected n, a size of {name}, among the parameters before it, an integer from 1 on, but claim stating.size has {found}"
    refused(ValueError, lambda: claim("stating.size", over=over)(lambda: 1), said)
    made = claim("stating.size", over={"n": Int(1, 2), name: over[name]})(lambda: 1)
    refused(
        ValueError,
        lambda: made.twin("other", "size 0 too", over={"n": Int(0, 2)}),
        f"Expected n, a size of {name}, among",
    )


def test_a_docstring_is_a_title_and_a_location_has_a_line() -> None:
    @claim("documented", over={"x": Real(0, 1)})
    def documented(x: Any) -> Any:
        """First line.

        Second."""
        return x

    assert documented.title == "First line." and registered()["documented"] is documented
    assert documented.file == __file__ and re.fullmatch(r".*test_stating\.py:\d+", documented.location)
    assert Path(replace(documented, location="a:b.py:3").file).name == "a:b.py"


def test_a_lemma_takes_what_its_symbols_say() -> None:
    made = lemma("stating.free", x + y > r, over={"y": Real(0, 1)}, title="t", source="s", expects="open")
    assert made.over == {"y": Real(0, 1), "r": Real(), "x": Real()}
    assert next(iter(made.over)) == "y"
    assert (made.title, made.source, made.expects) == ("t", "s", Expectation.open)
    assert re.fullmatch(r".*test_stating\.py:\d+", made.location)
    gap = lemma("stating.gap", 2 * x >= y, over={"x": Real(-4, 4), "y": Real(-4, 4)})
    assert judge(gap, {"x": F(1), "y": F(5)}).margin == -3.0
    assert str(symbols("q", positive=True).is_positive) == "True" and symbols("q").is_real


# -- verdicts ------------------------------------------------------------------------------------------------------


def test_a_result_has_the_keys_that_programs_read_and_only_numbers_that_json_has() -> None:
    made = Result(
        "GD-4.upper", "t", Expectation.holds, Verdict.refuted, (Evidence("test", "d"),), margin=-math.inf,
        region={"x": (0.0, math.inf)}, counterexample=Instance.of(x=F(1, 2)), counterexample_margin=-0.5,
        worst=Instance.of(x=F(1)), worst_margin=-math.inf,
    )  # fmt: skip
    said = made.to_json()
    assert set(said) == {
        "id", "title", "family", "expected", "verdict", "certified_on", "evidence", "instances", "discarded", "escalated",
        "undecided", "undefined", "in_float64", "scouted", "margin", "region", "seed", "seconds", "counterexample", "kept",
    }  # fmt: skip
    assert set(said["evidence"][0]) == {"kind", "detail", "seconds"}
    assert (said["margin"], said["region"]) == ("-inf", {"x": [0.0, "inf"]})
    assert said["counterexample"] == {
        "instance": "x=1/2", "values": {"x": {"exact": "1/2", "float": 0.5}}, "margin": -0.5,
        "worst": {"instance": "x=1", "margin": "-inf"}, "certified": True,
    }  # fmt: skip
