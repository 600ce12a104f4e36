"""Hypothesis strategies: every generator of this package in anyone's own ``@given`` tests.

Each strategy draws exact values from integers, so examples replay and shrink.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from properties.domains import Domain
from properties.drawing import draw_instance
from properties.sources import HypothesisSource, Infeasible
from properties.statement import Claim

__all__ = ["instances", "values"]


def instances(claim: Claim) -> st.SearchStrategy[Any]:
    """Instances of a claim's parameters that satisfy its assumptions.

    Args:
        claim: a :class:`Claim`.

    Raises:
        TypeError: for anything else.

    >>> from properties import Real, claim
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


def values(domain: Domain) -> st.SearchStrategy[Any]:
    """Exact values of one domain: ``values(Real(0, 1))``, ``values(Orthogonal(3))``.

    Raises:
        TypeError: for anything that is not a domain.

    >>> from properties import Int
    >>> values(Int(1, 3)).validate()
    """
    if not isinstance(domain, Domain):
        raise TypeError(f"Expected a domain such as Real(0, 1) but got {domain!r}")

    @st.composite
    def drawn(draw: Any) -> Any:
        from hypothesis import reject

        try:
            return domain.draw(HypothesisSource(draw), None, {})
        except Infeasible:
            reject()

    return drawn()
