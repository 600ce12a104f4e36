"""No false statement is ever proved or certified; on a box most are refuted by an exact point.

That a statement is false is seen without the tool: the place that stands beside it is put in, in exact arithmetic.
"""

import inspect
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Claim, Int, Matrix, Orthogonal, Problem, Real, Spectrum, always, claim, equal, lemma
from rankladder.language.parsing import fitted, parse_instance
from rankladder.proof.boxes import certify
from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from rankladder.proof.tails import elementary
from rankladder.search.draws import satisfies
from rankladder.search.judgement import judge
from tests.quality.false_boxes import FALSE_BOXES
from tests.quality.false_lemmas import ALWAYS, LEMMAS, MATRICES, RULES
from tests.samples import one_in

LETTERS = {n: sympy.Symbol(n, real=True) for n in [*"abkmnpqstuxyz", "E_x", "L_1"]}
BOUND = {"(": "neither", "[": "left"}


def shown(made: Claim) -> bool:
    proof = prove(made)
    return proof is not None and proof.status in (Status.proved, Status.certified)


def written(text: str) -> Any:
    return sympy.sympify(text, locals=LETTERS)


def domain(text: str) -> Any:
    if ".." in text:
        return Int(*(int(written(end)) for end in text.split("..")))
    closed = {"()": "neither", "[)": "left", "(]": "right", "[]": "both"}[text[0] + text[-1]]
    return Real(*(written(end) for end in text[1:-1].split(",")), closed=closed)


def assigned(text: str) -> dict[Any, Any]:
    return {LETTERS[x]: written(value) for x, value in re.findall(r"(\w+)=([^,]*)", text)}


def holds(relation: Any, at: dict[Any, Any]) -> bool:
    """Whether a relation has a value at a point, and is true there."""
    try:
        return bool(sympy.simplify(relation.subs(at, simultaneous=True)) == sympy.true)
    except TypeError:  # it compares what is no real number
        return False


def named(text: str) -> dict[str, Any]:
    return {f"h{i}": written(part) for i, part in enumerate(filter(None, text.split("; ")))}


@pytest.mark.parametrize("row", one_in(4, [(row,) for row in LEMMAS]), ids=lambda row: row[0])
def test_a_false_lemma_is_not_proved(row: tuple[str, str, str]) -> None:
    relation, at = written(row[0]), assigned(row[2])
    ranges = dict(re.findall(r"(\w) in ([^;]*)", row[1]))
    given = named("; ".join(part for part in row[1].split("; ") if " in " not in part))
    free = {str(x) for said in (relation, *given.values()) for x in said.free_symbols}
    over = {x: domain(ranges[x]) if x in ranges else Real() for x in sorted(free)}
    for x, value in ((x, Fraction(str(at[LETTERS[x]]))) for x in ranges):
        assert over[x].contains(int(value) if value == int(value) and isinstance(over[x], Int) else value, {})
    assert all(holds(g, at) for g in given.values()) and not holds(relation, at)
    assert not shown(lemma("false-lemma", relation, given=given, over=over))


@pytest.mark.parametrize("row", one_in(4, [(row,) for row in ALWAYS]), ids=lambda row: f"{row[0]}, {row[2]}")
def test_what_fails_at_some_step_is_not_proved(row: tuple[str, ...]) -> None:
    relation, given, (begin, later) = written(row[0]), named(row[3]), (row[1], row[2].partition("y:=")[2])
    start, step = assigned(begin), assigned(row[2].replace(":=", "~"))
    *place, steps = row[5].removesuffix(")").split("steps=")
    at = assigned("".join(place))
    assert all(holds(g, at) for g in given.values())
    state = {x: value.subs(at) for x, value in start.items()}
    for _ in range(int(steps)):
        state = {x: value.subs(at | state, simultaneous=True) for x, value in step.items()}
    then = {LETTERS[later]: LETTERS["y"]} if later else {}
    beyond = {y: step[x].subs(at | state, simultaneous=True) for x, y in then.items()}
    assert not holds(relation, at | state | beyond)
    over = {str(x): Real() for x in sorted(at, key=str)}
    assert not shown(
        always(
            "false-always",
            relation,
            start=start,
            step=step,
            given=given,
            along=named(row[4]),
            then=then,
            over=over,
        )
    )


OVER: dict[str, Any] = {
    "d": Int(1, 3), "p": Int(1, 3), "k": Int(-2, 2), "n": Int(0, 4), "A": Matrix("d", "d"), "B": Matrix("d", "p"), "D": Matrix("d", "d"), "U": Orthogonal("d"),
    "R": Orthogonal("d"), "lam": Spectrum("d", 1, 4), "mu": Spectrum("d", 1, 4), "eta": Real(0, 1, closed="both"), "x": Real(-1, 1),
    "y": Real(-1, 1), "z": Real(-1, 1), "V": Orthogonal(Int(1, 2)), "W": Orthogonal(Int(1, 2)), "problem": Problem(d=Int(1, 2), p=Int(1, 2), r=Int(1, 2)),
}  # fmt: skip


def about(function: Any) -> dict[str, Any]:
    wanted = set(inspect.signature(function).parameters)
    wanted |= {size for name in wanted for size in OVER[name].sizes() if isinstance(size, str)}
    return {name: domain for name, domain in OVER.items() if name in wanted}


def problem(sigma: str, lam: str) -> Any:
    text = f"problem=JointProblem(sigma={sigma}, lam={lam}, {', '.join(f'{x}=Reflections(2, ())' for x in 'UVQ')})"
    return OVER["problem"].realise(
        fitted(parse_instance(text), {"problem": OVER["problem"]})["problem"], Fraction
    )


def exact(*rows: Any) -> Any:
    return np.vectorize(Fraction, otypes=[object])(np.array(rows))


KNOWN = {
    "I": exact((1, 0), (0, 1)), "N": exact((0, 1), (0, 0)), "E": exact((1, 0), (0, 0)), "M": exact((0, 0), (1, 0)), "J": exact((0, -1), (1, 0)),
    "X": exact((1, 0), (0, -1)), "l": exact(2, 1), "o": exact(1, 1), "1": Fraction(1), "P": problem("(2, 1)", "(4, 1/2)"), "Q": problem("(2,)", "(4, 1/2)"),
}  # fmt: skip


@pytest.mark.parametrize("number", range(len(MATRICES)))
def test_a_false_relation_between_matrices_is_not_proved(number: int) -> None:
    sides, how, at = MATRICES[number]

    def conclusion(**values: Any) -> Any:
        left, right = sides(**values)
        return equal(left, right) if how == "=" else right - left

    conclusion.__signature__ = inspect.signature(sides)  # type: ignore[attr-defined]
    values = {name: KNOWN[value] for name, value in re.findall(r"(\w+)=(\w)", at)}
    left, right = sides(**values, **({"d": 2} if "d" in inspect.signature(sides).parameters else {}))
    assert any(gap != 0 if how == "=" else gap < 0 for gap in np.ravel(right - left))
    assert not shown(claim("false-matrices", over=about(sides))(conclusion))


@pytest.mark.parametrize("number", range(len(RULES)))
def test_a_rule_of_proofs_for_every_shape_goes_no_further_than_it_holds(number: int) -> None:
    conclusion, assumption, at = RULES[number]
    made = claim("false-rule", over=about(conclusion), given={"given": assumption} if assumption else {})(
        conclusion
    )
    instance = fitted(parse_instance(at), made.over)
    assert satisfies(made, instance) is True and judge(made, instance).outcome != "holds"
    assert not shown(made)


# there is no rational counterexample, or the statement has no value where it fails
NO_WITNESS = {
    "a square, strict, zero at no dyadic point", "a square, strict, zero at no rational point",
    "a logarithm below 0 that cancels", "a root below 0", "a pole in the middle", "a quotient that is 0/0 inside",
}  # fmt: skip


@pytest.mark.parametrize("name", one_in(3, sorted(FALSE_BOXES)))
def test_a_false_statement_is_refuted_at_a_point_where_it_fails_or_left_open(name: str) -> None:
    relation, box, given = FALSE_BOXES[name]
    part = certify(relation, box, given=given, budget=600 if name in NO_WITNESS else 3000)
    if name in NO_WITNESS:
        assert part.status is Status.open and part.counterexample is None
        return
    assert part.status is Status.refuted and part.counterexample is not None
    at = {v: sympy.Rational(part.counterexample[str(v)]) for v in box}
    assert all(low <= at[v] <= high for v, (low, high) in box.items())
    if elementary(relation) == relation:  # a tail has its value at 0, and no elementary one
        assert sympy.sympify(relation).subs(at) == sympy.false
    assert all(g.subs(at) == sympy.true for g in given)
