"""A sample of long lists of cases for the fast tests; the whole lists are slow tests."""

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(every: int, cases: Iterable[Any]) -> list[Any]:
    """The cases as parameters: the first of every so many runs by default, the others with ``-m slow``."""
    return [
        pytest.param(*(c if isinstance(c, tuple) else (c,)), marks=[pytest.mark.slow] * (i % every > 0))
        for i, c in enumerate(cases)
    ]
