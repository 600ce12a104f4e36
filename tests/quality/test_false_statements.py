"""No false statement is ever proved, whatever the solvers think of it."""

from __future__ import annotations

import pytest

from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from tests.quality.false_statements import FALSE


@pytest.mark.parametrize("name", sorted(FALSE))
def test_a_false_statement_is_not_proved(name: str) -> None:
    claim = FALSE[name]("false-" + name.replace(" ", "-"))
    proof = prove(claim)
    assert proof is None or proof.status not in (Status.proved, Status.certified), proof.text()
