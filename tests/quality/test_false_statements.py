"""No false statement is ever proved or certified; on a box most are refuted by an exact point."""

import pytest
import sympy

from rankladder.proof.boxes import certify
from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from rankladder.proof.tails import elementary
from tests.quality.false_boxes import FALSE_BOXES
from tests.quality.false_statements import FALSE
from tests.samples import one_in


@pytest.mark.parametrize("name", one_in(9, sorted(FALSE)))
def test_a_false_statement_is_not_proved(name: str) -> None:
    claim = FALSE[name]("false-" + name.replace(" ", "-"))
    proof = prove(claim)
    assert proof is None or proof.status not in (Status.proved, Status.certified), proof.text()


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
