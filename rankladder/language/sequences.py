"""Claims about every step of a sequence, stated once: tested along the orbit and proved by induction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from rankladder.domains.domain import Bounds, Domain
from rankladder.domains.randomness import Source
from rankladder.domains.scalars import Int
from rankladder.language.assumptions import with_exact_numbers
from rankladder.language.induction import Induction
from rankladder.language.margins import equal, forall, strictly
from rankladder.language.statement import Claim, make_claim, stated_at
from rankladder.numbers.balls import Ball
from rankladder.numbers.exact import Exact

__all__ = ["always"]


class _Horizon(Int):
    """How many steps to follow: seldom many, because each costs time and some accuracy."""

    _usual = 30

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> int:
        """A few steps; one time in thirty-two, up to the upper end."""
        long = source.integer(0, 31) == 0
        return source.integer(self.lower, self.upper if long else min(self.upper, self._usual))

    def mutate(self, value: int, source: Source) -> int:
        """A few steps more or less."""
        return min(value + source.integer(-4, 4), self.upper)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Any number of steps: the statement is about all of them, the upper end is only where draws stop."""
        return isinstance(value, int) and not isinstance(value, bool) and value >= self.lower

    def __str__(self) -> str:
        return f"the integers from {self.lower} on, drawn up to {self.upper}"


_STEPS = _Horizon(1, 150)


def always(
    id: str,
    relation: Any,
    *,
    start: Mapping[Any, Any],
    step: Mapping[Any, Any],
    over: Mapping[str, Domain],
    given: Mapping[str, Any] | None = None,
    along: Mapping[str, Any] | None = None,
    title: str = "",
    statement: str = "",
    source: str = "",
    expects: str = "holds",
) -> Claim:
    """State that a relation holds at every step of a recursion.

    Args:
        id: its name.
        relation: a SymPy relation, or And of such, between parameters and state.
        start: state symbol to its value at step 0; step: to its value one step later, in parameters and state.
        over: domain of every parameter; the number of steps to follow is added.
        given: named relations between parameters.
        along: named relations that carry the induction; they are proved first and are no part of the claim.
        title, statement, source, expects: as for ``claim``.

    Raises:
        ValueError: when a state symbol lacks a start or a step, or a relation is none.

    >>> from rankladder import Real, symbols
    >>> r, z = symbols("r z")
    >>> always("doc-always", z <= 1, start={z: 1}, step={z: r * z}, over={"r": Real(0, 2)},
    ...        given={"shrinks": r <= 1}, along={"positive": z >= 0}).id
    'doc-always'
    """
    import sympy

    atoms = relation.args if isinstance(relation, sympy.And) else (relation,)
    wrong = next((a for a in atoms if not isinstance(a, sympy.core.relational.Relational)), None)
    if wrong is not None:
        raise ValueError(
            f"Expected a relation such as z <= 1 but claim {id} got {wrong!r}; join several with And"
        )
    relation = with_exact_numbers(relation)
    start, step, kept, known = (
        {name: with_exact_numbers(part) for name, part in parts.items()}
        for parts in (start, step, given or {}, along or {})
    )
    carried = Induction(start, step, kept, relation, known)
    location, module = stated_at()
    return make_claim(
        id, margin_along(carried), over={**over, "steps": _STEPS}, given=given, title=title, statement=statement or sympy.latex(relation),
        source=source, expects=expects, location=location, module=module, induction=carried,
    )  # fmt: skip


def margin_along(induction: Induction) -> Callable[..., Any]:
    """The conclusion that follows a recursion and computes how far its relation is kept at every step."""
    import sympy

    from rankladder.numbers.formula import Formula

    relation = induction.holds
    atoms = relation.args if isinstance(relation, sympy.And) else (relation,)

    def compiled(expression: Any) -> tuple[Formula, tuple[str, ...]]:
        made = Formula.of(expression)
        return made, tuple(map(str, made.args))

    begins = {str(x): compiled(e) for x, e in induction.start.items()}
    moves = {str(x): compiled(e) for x, e in induction.step.items()}
    gaps = [(compiled(a.rhs - a.lhs if a.rel_op in ("<", "<=") else a.lhs - a.rhs), a.rel_op) for a in atoms]

    def conclusion(steps: int, **values: Any) -> Any:
        def value(part: tuple[Formula, tuple[str, ...]], state: Mapping[str, Any]) -> Any:
            formula, names = part
            return formula(*(state[n] if n in state else values[n] for n in names))

        number: Any = next((type(v) for v in values.values() if isinstance(v, (Ball, Exact))), None)
        if number is None and any(isinstance(v, (float, np.ndarray)) for v in values.values()):
            number = float
        state = {name: value(part, {}) for name, part in begins.items()}
        if number is not None:
            # a start that is a bare rational would stay one, and its digits may double with every step
            state = {n: number(v) if isinstance(v, (int, Fraction)) else v for n, v in state.items()}
        margins = []
        for k in range(steps + 1):
            for part, kind in gaps:
                margin = value(part, state)
                margins.append(
                    equal(margin, 0) if kind == "==" else strictly(margin) if kind in ("<", ">") else margin
                )
            if k < steps:
                state = {name: value(part, state) for name, part in moves.items()}
        return forall(*margins)

    return conclusion
