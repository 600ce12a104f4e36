"""No false statement on a box is ever certified, and most are refuted by an exact point."""

from __future__ import annotations

import pytest

from rankladder.proof.parts import Status
from tests.quality.false_boxes import FALSE_BOXES

# there is no rational counterexample, or the statement has no value where it fails
NO_WITNESS = {
    "a square, strict, zero at no dyadic point",
    "a square, strict, zero at no rational point",
    "a logarithm below 0 that cancels",
    "a root below 0",
    "a pole in the middle",
    "a quotient that is 0/0 inside",
}


@pytest.mark.parametrize("name", sorted(FALSE_BOXES))
def test_a_false_statement_is_not_certified(name: str) -> None:
    part = FALSE_BOXES[name]()
    assert part.status is (Status.open if name in NO_WITNESS else Status.refuted), part
    assert (part.counterexample is None) is (name in NO_WITNESS)
