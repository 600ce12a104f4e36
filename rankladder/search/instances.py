"""Instances of a claim as Hypothesis draws them: exact values from integers, so that examples replay and shrink."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from rankladder.domains.randomness import Infeasible
from rankladder.language.statement import Claim
from rankladder.search.draws import draw_instance

__all__ = ["HypothesisSource", "instances"]


class HypothesisSource:
    """Integers chosen by Hypothesis, through the ``draw`` of a composite strategy."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw

    def integer(self, lowest: int, highest: int) -> int:
        """An integer from ``lowest`` to ``highest``, both included."""
        if highest < lowest:
            raise Infeasible
        return int(self._draw(_integers(lowest, highest)))


@lru_cache(maxsize=1024)
def _integers(lowest: int, highest: int) -> Any:
    """The strategy, made and validated once for each range."""
    return st.integers(lowest, highest)


def instances(claim: Claim) -> st.SearchStrategy[Any]:
    """Instances of a claim's parameters that satisfy its assumptions.

    Args:
        claim: a :class:`Claim`.

    Raises:
        TypeError: for anything else.

    >>> from rankladder import Real, claim
    >>> @claim("doc-strategy", over=dict(x=Real(0, 1)))
    ... def _(x):
    ...     return 1 - x
    >>> instances(_).validate()
    """
    if not isinstance(claim, Claim):
        raise TypeError(f"Expected a Claim but got {claim!r}; pass what @claim returned")

    @st.composite
    def drawn(draw: Any) -> Any:
        from hypothesis import reject

        try:
            return draw_instance(claim, HypothesisSource(draw))
        except Infeasible:
            reject()

    return drawn()
