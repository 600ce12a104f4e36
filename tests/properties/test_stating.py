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

from rankladder import Int, Otherwise, Real, Spectrum, Verdict, always, claim, lemma, symbols
from rankladder.language import margins as enclosure
from rankladder.language.assumptions import Predicate, Relation, assumption_from, words_of
from rankladder.language.instance import Instance
from rankladder.language.margins import (
    batch_of,
    equal,
    frobenius,
    logit,
    strictly,
    within,
)
from rankladder.language.statement import Claim, registered, unique_ids
from rankladder.language.symbols import agrees, natural_domain
from rankladder.language.verdict import Evidence, Expectation, Result
from rankladder.numbers.balls import Ball, hull
from rankladder.numbers.batches import Batch
from rankladder.numbers.exact import Exact
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


def test_assumptions_in_words() -> None:
    def documented(a: Any) -> Any:
        """a stays small.

        And more."""
        return a

    assert words_of(Relation(x < 1)) == "x < 1"
    assert words_of(Predicate(documented)) == "a stays small."
    assert words_of(Predicate(lambda a, b: a)) == "a condition on a, b"
    assert words_of(Otherwise("Q", Real(0, 1))) == "Q as drawn; without it Q from the reals of (0, 1)"


# -- quantifiers ---------------------------------------------------------------------------------------------------


def test_equality_tolerance_and_strictness_by_hand() -> None:
    assert (float(equal(2, 5)), float(within(2, 5, 4)), float(within(5, 2, 1))) == (-3.0, 1.0, -2.0)
    assert equal([1.0, 2.0], [1.0, 4.0]).tolist() == [0.0, -2.0]
    assert (
        float(strictly(0.0)) == -(2.0**-30) and float(strictly(0.5)) == 0.5 and float(strictly(-1.0)) == -1.0
    )
    assert (
        strictly(Ball(0)).mid == -(2.0**-30) and strictly(Ball(-3)).mid == -3 and strictly(Ball(2)).mid == 2
    )
    assert strictly(Ball(float("nan"))).is_nan()
    wide = strictly(hull(F(-1, 10**50), F(1, 10**50)))
    assert wide.arb.contains(Ball(F(-1, 2**30)).arb) and wide.contains_zero() and wide.radius > 1e-11
    assert (float(frobenius([[3.0, 0.0], [0.0, 4.0]])), frobenius(np.ones((2, 3, 3))).tolist()) == (
        5.0,
        [3.0, 3.0],
    )


def test_functions_in_every_arithmetic() -> None:
    for name in ("log", "log1p", "exp", "expm1", "sqrt", "tanh", "cos"):
        made = getattr(enclosure, name)
        expected = float(getattr(np, name)(0.75))
        assert made.__name__ == made.__qualname__ == name and f">>> {name}(Ball(1)).is_nan()" in made.__doc__
        assert float(made(0.75)) == expected
        assert type(made(F(3, 4))) is Ball and made(F(3, 4)).mid == pytest.approx(expected, rel=1e-15)
        with batch_of(2):
            assert float(made(F(3, 4))) == expected
    assert float(logit(0.75)) == pytest.approx(math.log(3)) and logit(F(3, 4)).mid == pytest.approx(
        math.log(3)
    )

    class Orbit:
        logit = "its own"

    assert logit(Orbit()) == "its own"


# -- instances -----------------------------------------------------------------------------------------------------


def test_instances_are_mappings_that_print_and_keep_their_order() -> None:
    made = Instance.of({"s": F(1, 3)}, k=3, t=(F(1, 2),))
    assert (list(made), len(made), made["k"], dict(made)["s"]) == (["s", "k", "t"], 3, 3, F(1, 3))
    assert (
        str(made) == "s=1/3, k=3, t=(1/2,)"
        and repr(made) == f"Instance(s={F(1, 3)!r}, k=3, t=({F(1, 2)!r},))"
    )
    with pytest.raises(KeyError, match="q"):
        made["q"]
    assert made.with_(k=4)["k"] == 4 and made["k"] == 3 and list(made.with_(k=4)) == ["s", "k", "t"]
    assert made == Instance.of(s=F(1, 3), k=3, t=(F(1, 2),)) != made.with_(k=4)
    assert hash(made) == hash(Instance.of(s=F(1, 3), k=3, t=(F(1, 2),)))
    assert made.to_json() == {
        "s": {"exact": "1/3", "float": 1 / 3}, "k": {"exact": "3", "float": 3.0}, "t": [{"exact": "1/2", "float": 0.5}]
    }  # fmt: skip
    assert Instance.of(Q="text").to_json() == {"Q": "text"}


# -- symbols and their ranges --------------------------------------------------------------------------------------


def test_a_symbol_may_be_what_it_is_said_to_be() -> None:
    made = {
        "positive": Real(0), "nonnegative": Real(0, closed="left"), "negative": Real(None, 0),
        "nonpositive": Real(None, 0, closed="right"), "real": Real(),
    }  # fmt: skip
    for word, domain in made.items():
        symbol = sympy.Symbol("q", **{word: True})
        assert natural_domain(symbol) == domain
        agrees("c", symbol, domain)
    allowed = {
        "positive": [Real(0, 1), Real(1, 2, closed="both"), Int(1, 2)],
        "nonnegative": [Real(0, 1, closed="both"), Real(0, 1), Int(0, 2)],
        "negative": [Real(-1, 0), Real(-2, -1, closed="both"), Int(-2, -1)],
        "nonpositive": [Real(-1, 0, closed="both"), Int(-2, 0)],
        "nonzero": [Real(0, 1), Real(-1, 0), Int(1, 2)],
        "integer": [Int(-3, 3)],
    }
    excluded = {
        "positive": [Real(0, 1, closed="left"), Real(-1, 1), Real(None, 1), Int(0, 2)],
        "nonnegative": [Real(-1, 1), Real(None, 1), Int(-1, 2)],
        "negative": [Real(-1, 0, closed="right"), Real(-1, 1), Real(-1), Int(-2, 0)],
        "nonpositive": [Real(-1, 1), Real(-1), Int(-2, 1)],
        "nonzero": [Real(-1, 1), Int(0, 1)],
        "integer": [Real(0, 1)],
    }
    for word in allowed:
        symbol = sympy.Symbol("q", real=True, **{word: True})
        for domain in allowed[word]:
            agrees("c", symbol, domain)
        for domain in excluded[word]:
            with pytest.raises(
                ValueError, match=r"^Expected a range of q within what its symbol says \(\w+\) but claim c"
            ):
                agrees("c", symbol, domain)
    agrees("c", sympy.Symbol("q", positive=True), Spectrum(2))  # no range of its own


# -- claims --------------------------------------------------------------------------------------------------------


def state(id: Any = "stating.made", conclusion: Any = None, **parts: Any) -> Claim:
    return claim(id, **{"over": {"x": Real(0, 1)}, **parts})(conclusion or (lambda x: x))


def test_parts_of_a_claim_must_fit() -> None:
    for id in ("", "a b", 3, "a\t"):
        refused(ValueError, lambda i=id: state(i), f"Expected a claim id without spaces but got {id!r};")  # type: ignore[misc]
    refused(
        ValueError, lambda: state(expects="maybe"), "Expected expects= holds, refuted or open but got 'maybe'"
    )
    refused(
        TypeError,
        lambda: state(over=[Real(0, 1)]),
        "Expected over= to name its parts but claim stating.made got",
    )
    refused(
        TypeError,
        lambda: state(given=[x < 1]),
        "Expected given= to name its parts but claim stating.made got",
    )
    refused(
        ValueError,
        lambda: state(over={}),
        "Expected at least one parameter but claim stating.made got over={}",
    )
    refused(
        TypeError,
        lambda: state(over={"x": 3}),
        "Expected a domain such as Real(0, 1) but claim stating.made got x=3",
    )
    refused(
        TypeError,
        lambda: state(conclusion=lambda x, q: x),
        "Expected conclusion parameters from over= (x) but claim stating.made got 'q'",
    )
    refused(
        ValueError,
        lambda: state(given={"g": y < 1}),
        "Expected assumption 'g' of stating.made to use parameters from over= (x) but got 'y'",
    )
    refused(
        ValueError,
        lambda: state(given={"g": Otherwise("q", Real(0, 1))}),
        "Expected assumption 'g' of stating.made",
    )
    refused(ValueError, lambda: state(given={"g": lambda q: q}), "Expected assumption 'g' of stating.made")
    whole = sympy.Symbol("x", positive=True)
    refused(
        ValueError,
        lambda: state(over={"x": Real(-1, 1)}, given={"g": whole < 1}),
        "Expected a range of x within",
    )
    assert state(given={"g": Otherwise("x", Real(1, 2))}).given["g"] == Otherwise("x", Real(1, 2))


def test_what_a_claim_says_of_itself() -> None:
    made = state(
        "FAM-3.child", given={"g": x < F(1, 2), "h": lambda x: x}, title="words", source="here", statement="x"
    )
    assert (made.id, made.family, made.title, made.source, made.statement) == (
        "FAM-3.child",
        "FAM",
        "words",
        "here",
        "x",
    )
    assert made.expects is Expectation.holds and made.dropped is None and repr(made) == "Claim('FAM-3.child')"
    assert made.file == __file__ and re.fullmatch(r".*test_stating\.py:\d+", made.location)
    assert made.scalar and not state(over={"x": Spectrum(2)}).scalar
    assert [str(a.relation) for a in made.relations] == ["x < 1/2"]
    assert Path(replace(made, location="a:b.py:3").file).name == "a:b.py"
    # what a claim was made from does not tell it from another
    assert replace(made, relation=x < 1, induction=object()) == made != replace(made, title="other")
    bare = state("bare")
    assert (bare.title, bare.relations) == ("bare", ())
    assert registered()["bare"] is bare

    @claim("documented", over={"x": Real(0, 1)})
    def documented(x: Any) -> Any:
        """First line.

        Second."""
        return x

    assert documented.title == "First line."


def test_a_claim_without_an_assumption() -> None:
    made = state(given={"g": x < F(1, 2), "h": Otherwise("x", Real(2, 3))})
    broken = made.without("g")
    assert (list(broken.given), broken.dropped, broken.over["x"]) == (["g", "h"], "g", Real(0, 1))
    assert broken.given["g"].holds({"x": F(3, 4)}) is True  # type: ignore[union-attr, call-arg, arg-type]
    free = made.without("h")
    assert (list(free.given), free.dropped, free.over["x"]) == (["g"], "h", Real(2, 3))
    assert made.over["x"] == Real(0, 1) and made.dropped is None
    for known, claim_ in (("g, h", made), ("none", state())):
        with pytest.raises(
            KeyError, match=rf"Expected an assumption of stating.made \({known}\) but got 'q'"
        ):
            claim_.without("q")


def test_which_lemmas_are_decided_in_rationals() -> None:
    for relation, rational in (
        (x**2 <= y, True), (x / (1 + y) < 2, True), (sympy.sqrt(x) <= 1, False), (x ** sympy.Rational(1, 3) < 1, False),
        (sympy.exp(x) > 0.5, False), (x < sympy.Float(0.5), True), (x < sympy.pi, False), ((x < 1) & (y < 1), False), (2**x < 3, False),
    ):  # fmt: skip
        assert (
            lemma("stating.rational", relation, over={"x": Real(0, 1), "y": Real(0, 1)}).rational is rational
        ), relation
    assert not state().rational


def test_lemmas_take_every_relation() -> None:
    over = {"x": Real(-4, 4), "y": Real(-4, 4)}
    for relation, held in (
        (x < y, [True, False, False]), (x <= y, [True, True, False]), (x > y, [False, False, True]), (x >= y, [False, True, True]),
        (sympy.Eq(x, y), [False, True, False]), (sympy.Ne(x, y), [True, False, True]), ((x >= y) & (x <= y), [False, True, False]),
    ):  # fmt: skip
        made = lemma("stating.lemma", relation, over=over)
        assert [judge(made, {"x": F(k), "y": F(2)}).outcome == "holds" for k in (1, 2, 3)] == held
        assert made.statement.endswith(r":\quad " + sympy.latex(relation))
    made = lemma(
        "stating.free",
        x + y > r,
        over={"y": Real(0, 1)},
        title="t",
        source="s",
        expects="open",
    )
    assert made.over == {"y": Real(0, 1), "r": Real(), "x": Real()}
    assert next(iter(made.over)) == "y"
    assert (made.title, made.source, made.expects) == ("t", "s", Expectation.open)
    assert re.fullmatch(r".*test_stating\.py:\d+", made.location)
    assert judge(lemma("stating.gap", 2 * x >= y, over=over), {"x": F(1), "y": F(5)}).margin == -3.0
    assert str(symbols("q", positive=True).is_positive) == "True" and symbols("q").is_real


def test_an_id_is_stated_once_while_a_file_loads() -> None:
    state("stating.once")
    state("stating.once", over={"x": Real(0, 2)})  # a newer statement replaces it
    with unique_ids():
        assert state("stating.other").id == "stating.other"
        refused(
            ValueError,
            lambda: lemma("stating.once", x < 2),
            "Expected a new claim id but got 'stating.once', already stated at",
        )
    lemma("stating.once", x < 2)


def test_sequences_in_every_arithmetic() -> None:
    made = always(
        "stating.falls", (z <= r) & (z > -1), start={z: sympy.Rational(1, 2)}, step={z: z * r - sympy.Rational(1, 4)},
        over={"r": Real(0, 2)}, title="t", source="s",
    )  # fmt: skip
    # z: 1/2, 1/4, 0, -1/4 at r = 1; the margins are the least of 1 - z and z + 1
    for steps, margin in ((0, 0.5), (1, 0.5), (2, 0.5), (3, 0.5), (4, 0.5), (5, 0.25), (6, 0.0)):
        for one in (Ball(1), Exact(1), F(1)):
            found = made.conclusion(r=one, steps=steps)
            assert float(getattr(found, "mid", found)) == (margin if margin else -(2.0**-30))
    third = always(
        "stating.third", z <= r, start={z: sympy.Rational(1, 3)}, step={z: z}, over={"r": Real(0, 2)}
    )
    for one in (F(1), Exact(1), Ball(1)):  # a third stays one
        assert third.conclusion(r=one, steps=1).arb.contains(Ball(F(2, 3)).arb)
    assert third.conclusion(r=1.0, steps=1) == 1 - 1 / 3
    batch = made.conclusion(r=np.array([1.0, 2.0, 0.5]), steps=1)
    assert float(batch) == 0.0  # one array is time where no batch says otherwise
    with batch_of(3):
        assert made.conclusion(r=np.array([1.0, 2.0, 0.5]).view(Batch), steps=1).tolist() == [0.5, 1.25, 0.0]
    assert (made.title, made.source) == ("t", "s")
    assert list(made.over) == ["r", "steps"] and re.fullmatch(r".*test_stating\.py:\d+", made.location)
    refused(
        ValueError,
        lambda: always("stating.none", z, start={z: 1}, step={z: z}, over={"r": Real(0, 1)}),
        "Expected a relation such as z <= 1 but claim stating.none got z",
    )


# -- verdicts ------------------------------------------------------------------------------------------------------


def test_verdicts_that_stand_and_that_say_nothing() -> None:
    assert {v for v in Verdict if v.positive} == {Verdict.proved, Verdict.certified, Verdict.tested}
    assert {v for v in Verdict if v.inconclusive} == {Verdict.suspect, Verdict.vacuous}
    for verdict in Verdict:
        assert Expectation.holds.met_by(verdict) == verdict.positive
        assert Expectation.refuted.met_by(verdict) == (verdict is Verdict.refuted)
        assert Expectation.open.met_by(verdict) == (verdict is not Verdict.error)
        made = Result("GD-4.upper", "t", Expectation.holds, verdict)
        assert made.family == "GD" and made.as_expected == verdict.positive
        assert made.status == (
            "as_expected" if verdict.positive else "inconclusive" if verdict.inconclusive else "unexpected"
        )


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
