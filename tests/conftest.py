"""What all tests share: Hypothesis without deadlines, and a guard on the one global that arithmetic has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flint import ctx
from hypothesis import settings

# the first call of a compiled function takes longer than any deadline that would tell something
settings.register_profile("rankladder", deadline=None, derandomize=True)
settings.load_profile("rankladder")


@pytest.fixture(autouse=True)
def _precision_is_scoped() -> Iterator[None]:
    """Fail a test that leaves the precision of balls changed: the next test would compute something else."""
    before = ctx.prec
    yield
    after, ctx.prec = ctx.prec, before
    if after != before:
        pytest.fail(f"the precision of balls was {before} bits before this test and is {after} after it")
