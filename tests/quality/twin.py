"""Broken twins: false statements close to true ones, which the same check must refute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rankladder.language.assumptions import assumption_from
from rankladder.language.library import load_catalogue
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation

__all__ = ["TWINS", "Twin", "twin"]


@dataclass(frozen=True)
class Twin:
    """A false neighbour of a claim of the catalogue, and what was changed."""

    parent: str
    slug: str
    change: str
    over: Mapping[str, Any] | None
    given: Mapping[str, Any] | None
    drop: str | None
    conclusion: Callable[..., Any] | None

    @property
    def id(self) -> str:
        """``PARENT~slug``."""
        return f"{self.parent}~{self.slug}"

    def claim(self) -> Claim:
        """The parent with the broken part in place."""
        made = load_catalogue()[self.parent]
        if self.drop is not None:
            made = made.without(self.drop)
        if self.given is not None:
            made = replace(made, given={k: assumption_from(v) for k, v in self.given.items()})
        if self.over is not None:
            made = replace(made, over=dict(self.over))
        if self.conclusion is not None:
            made = replace(made, conclusion=self.conclusion, relation=None)
        return replace(made, id=self.id, title=self.change, expects=Expectation.refuted)


TWINS: dict[str, Twin] = {}


def twin(
    parent: str,
    slug: str,
    change: str,
    *,
    over: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
    drop: str | None = None,
    conclusion: Callable[..., Any] | None = None,
) -> Twin:
    """Register a broken twin of ``parent``: at least one piece must differ.

    Raises:
        ValueError: when nothing was changed or the name is taken.
    """
    if over is None and given is None and drop is None and conclusion is None:
        raise ValueError(
            f"Expected a change but twin {parent}~{slug} has none; pass conclusion=, given= or drop="
        )
    made = Twin(parent, slug, change, over, given, drop, conclusion)
    if made.id in TWINS:
        raise ValueError(f"Expected a new twin but {made.id} exists; choose another slug")
    TWINS[made.id] = made
    load_catalogue()[parent].twins[slug] = made.claim()  # until every family states its twins at its claims
    return made
