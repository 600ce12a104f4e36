"""What statements are made of: assumptions, quantifiers, claims and verdicts, each part by itself."""

import math
import re
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Otherwise, Real, Verdict, claim, symbols
from rankladder.language.assumptions import Relation
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Evidence, Expectation, Result

x, y, z, r = symbols("x y z r")


def refused(kind: type[Exception], call: Callable[[], object], message: str) -> None:
    with pytest.raises(kind, match="^" + re.escape(message)):
        call()


@pytest.mark.parametrize(
    ("relation", "held"),
    [
        (x < y, [True, False, False]), (x <= y, [True, True, False]), (x > y, [False, False, True]),
        (x >= y, [False, True, True]), (sympy.Eq(x, y), [False, True, False]),
        (sympy.Ne(x, y), [True, False, True]), ((x > y - 1) & (x < y + 1), [False, True, False]),
        (sympy.exp(x) < sympy.exp(y) + sympy.Rational(1, 2), [True, True, False]),
        (sympy.exp(x) > sympy.exp(y) + sympy.Rational(1, 2), [False, False, True]),
    ],
)  # fmt: skip
def test_relations_and_their_opposites_hold_exactly_and_in_batches(relation: Any, held: list[bool]) -> None:
    made, opposite = Relation(relation), Relation(relation).complement()
    points = [F(1), F(2), F(3)]
    column = {"x": np.array([1.0, 2.0, 3.0]), "y": np.full(3, 2.0)}
    assert [made.holds({"x": p, "y": F(2)}) for p in points] == held
    assert [opposite.holds({"x": p, "y": 2}) for p in points] == [not h for h in held]
    assert made.mask(column).tolist() == held
    assert opposite.mask(column).tolist() == [not h for h in held]
    assert opposite.complement().mask(column).tolist() == held or isinstance(relation, sympy.And)


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


def test_a_result_has_the_keys_that_programs_read_and_only_numbers_that_json_has() -> None:
    made = Result(
        "GD-4.upper", "t", Expectation.holds, Verdict.refuted, (Evidence("test", "d"),), margin=-math.inf,
        region={"x": (0.0, math.inf)}, counterexample=Instance.of(x=F(1, 2)), counterexample_margin=-0.5,
        worst=Instance.of(x=F(1)), worst_margin=-math.inf,
    )  # fmt: skip
    said = made.to_json()
    assert set(said) == {
        "id", "title", "family", "expected", "verdict", "certified_on", "evidence", "instances", "discarded", "escalated",
        "undecided", "undefined", "in_float64", "equalities", "scouted", "margin", "region", "stated", "seed", "seconds", "counterexample", "kept",
    }  # fmt: skip
    assert set(said["evidence"][0]) == {"kind", "detail", "seconds"}
    assert (said["margin"], said["region"]) == ("-inf", {"x": [0.0, "inf"]})
    assert said["counterexample"] == {
        "instance": "x=1/2", "values": {"x": {"exact": "1/2", "float": 0.5}}, "margin": -0.5,
        "worst": {"instance": "x=1", "margin": "-inf"}, "certified": True,
    }  # fmt: skip
