"""Claims about every step of a sequence, stated once: tested along the orbit and proved by induction."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np

from rankladder.domains.domain import Bounds, Domain
from rankladder.domains.randomness import Source
from rankladder.domains.scalars import Int
from rankladder.language.assumptions import with_exact_numbers
from rankladder.language.induction import Induction
from rankladder.language.margins import equal, exists, forall, strictly
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


_STEPS = Int(1, 150)


def always(
    id: str,
    relation: Any,
    *,
    start: Mapping[Any, Any],
    step: Mapping[Any, Any],
    over: Mapping[str, Domain],
    orbit: Mapping[Any, Callable[..., Any]] | None = None,
    given: Mapping[str, Any] | None = None,
    along: Mapping[str, Any] | None = None,
    direct: bool = False,
    then: Mapping[Any, Any] | None = None,
    while_: Any = True,
    title: str = "",
    source: str = "",
    expects: str = "holds",
) -> Claim:
    """State that a relation holds at every step of a recursion.

    Args:
        id: its name.
        relation: a SymPy relation between parameters and state, or several joined by And and Or.
        start: state symbol to its value at step 0; step: to its value one step later, in parameters and state.
        over: domain of every parameter. The number of steps to follow is added; ``steps=Int(1, 60)`` says up to
            where it is drawn.
        orbit: state symbol to a function of parameters, by name, and ``steps`` that computes its values 0 to
            ``steps`` in code of its own: the relation is tested along those, and the proof shows first, on symbols,
            that the code takes the stated step. The other states follow ``step`` beside it.
        given: named relations between parameters.
        along: named relations that carry the induction; they are proved first, in order, each from those before it, and are
            no part of the claim. Relations that need each other are one entry, joined by And.
        direct: a hint for the proof: the relation follows from those at each step, and needs no induction of its own.
        then: state symbol to the symbol that stands in the relation for its value one step later.
        while_: a relation that all states before must satisfy for anything to be claimed of a state.
        title, source, expects: as for ``claim``.

    Raises:
        ValueError: when a state symbol lacks a start or a step, a symbol is none of parameters and state, or a
            relation is none.

    >>> from rankladder import Real, symbols
    >>> r, z = symbols("r z")
    >>> always("doc-always", z <= 1, start={z: 1}, step={z: r * z}, over={"r": Real(0, 2)},
    ...        given={"shrinks": r <= 1}, along={"positive": z >= 0}).id
    'doc-always'
    """
    import sympy

    wrong = next((a for a in _atoms(relation) if not isinstance(a, sympy.core.relational.Relational)), None)
    if wrong is not None:
        raise ValueError(
            f"Expected a relation such as z <= 1 but claim {id} got {wrong!r}; join several with And"
        )
    start, step, kept, known = (
        {name: with_exact_numbers(part) for name, part in parts.items()}
        for parts in (start, step, given or {}, along or {})
    )
    carried = Induction(
        start, step, kept, with_exact_numbers(relation), known, sympy.sympify(with_exact_numbers(while_)),
        direct, then or {}, orbit or {},
    )  # fmt: skip
    _check(id, carried, over)
    location, module = stated_at()
    drawn = over.get("steps", _STEPS)
    horizon = _Horizon(drawn.lower, drawn.upper) if isinstance(drawn, Int) else drawn
    return make_claim(
        id, margin_along(carried), over={**over, "steps": horizon}, given=given, title=title, source=source,
        expects=expects, location=location, module=module, induction=carried,
    )  # fmt: skip


def _check(id: str, carried: Induction, over: Mapping[str, Domain]) -> None:
    unknown = next((x for x in carried.parameters if str(x) not in over), None)
    if unknown is not None:
        raise ValueError(
            f"Expected parameters from over= ({', '.join(over)}) and states from start= but claim {id} got {unknown}; "
            "give it a domain, or a start and a step"
        )
    for word, parts in (("then", carried.then), ("orbit", carried.orbit)):
        stray = next((x for x in parts if x not in carried.start), None)
        if stray is not None:
            states = ", ".join(map(str, carried.start))
            raise ValueError(
                f"Expected {word}= of claim {id} to name its states ({states}) but got {stray}; give it a start and a step"
            )
    for state in carried.start:
        if str(state) in over:
            raise ValueError(
                f"Expected states beside the parameters but claim {id} has {state} in start= and over=; rename one"
            )
    early = {x for e in carried.start.values() for x in getattr(e, "free_symbols", ())} & set(carried.start)
    later = set(carried.then.values())
    only = {x for e in (*carried.step.values(), *carried.along.values(), carried.while_, *carried.start.values())
            for x in getattr(e, "free_symbols", ())} & later  # fmt: skip
    if early or only:
        raise ValueError(
            f"Expected a start in parameters, and then= in the relation alone, but claim {id} uses "
            f"{min(map(str, early | only))} elsewhere; write it out"
        )


def _atoms(relation: Any) -> list[Any]:
    import sympy

    if isinstance(relation, (sympy.And, sympy.Or)):
        return [atom for part in relation.args for atom in _atoms(part)]
    return [relation]


def margin_along(induction: Induction) -> Callable[..., Any]:
    """The conclusion that follows a recursion and computes how far its relation is kept at every step."""
    parts = cache(partial(_parts_along, induction))  # most claims that are stated are never computed

    def conclusion(steps: int, **values: Any) -> Any:
        return parts()(steps, **values)

    return conclusion


def _parts_along(induction: Induction) -> Callable[..., Any]:
    import sympy

    from rankladder.numbers.formula import Formula

    def compiled(expression: Any) -> Callable[[Mapping[str, Any]], Any]:
        made = Formula.of(expression)
        names = tuple(map(str, made.args))
        return lambda values: made(*(values[n] for n in names))

    def begins_even(statement: Any) -> bool:
        """Whether both sides are the same at every start: that would hide how far later steps are from failing."""
        if isinstance(statement, (sympy.And, sympy.Or)) or statement.rel_op not in ("<=", ">=", "=="):
            return False
        gap = induction.first(statement.lhs - statement.rhs)
        return not gap.free_symbols & set(induction.then.values()) and sympy.expand(gap) == 0

    def margin(statement: Any) -> Callable[[Mapping[str, Any]], Any]:
        """How far a statement is kept at given values."""
        if isinstance(statement, (sympy.And, sympy.Or)):
            parts, join = (
                [margin(part) for part in statement.args],
                forall if isinstance(statement, sympy.And) else exists,
            )
            return lambda values: join(*(part(values) for part in parts))
        kind = statement.rel_op
        gap = compiled(
            statement.rhs - statement.lhs if kind in ("<", "<=") else statement.lhs - statement.rhs
        )
        if kind == "==":
            return lambda values: equal(gap(values), 0)
        if kind == "!=":
            return lambda values: strictly(abs(gap(values)))
        return (lambda values: strictly(gap(values))) if kind in ("<", ">") else gap

    begins = {str(x): compiled(e) for x, e in induction.start.items()}
    moves = {str(x): compiled(e) for x, e in induction.step.items()}
    runs = {str(x): (run, tuple(inspect.signature(run).parameters)) for x, run in induction.orbit.items()}
    later = {str(x): str(name) for x, name in induction.then.items()}
    whole = induction.holds
    atoms = whole.args if isinstance(whole, sympy.And) else (whole,)
    gaps = [(margin(atom), begins_even(atom)) for atom in atoms]
    leaves = None if induction.while_ == sympy.true else margin(sympy.Not(induction.while_))

    def conclusion(steps: int, **values: Any) -> Any:
        number: Any = next((type(v) for v in values.values() if isinstance(v, (Ball, Exact))), None)
        if number is None and any(isinstance(v, (float, np.ndarray)) for v in values.values()):
            number = float
        last = steps + (1 if later else 0)
        known = {**values, "steps": last}
        orbits = {name: run(**{n: known[n] for n in wanted}) for name, (run, wanted) in runs.items()}
        state = {name: part(values) for name, part in begins.items()}
        if number is not None:
            # a start that is a bare rational would stay one, and its digits may double with every step
            state = {n: number(v) if isinstance(v, (int, Fraction)) else v for n, v in state.items()}
        margins, left = [], None
        for k in range(steps + 1):
            state |= {name: orbit[k] for name, orbit in orbits.items()}
            here = {**values, **state}
            state = (
                {name: orbits[name][k + 1] if name in orbits else part(here) for name, part in moves.items()}
                if k < last
                else {}
            )
            there = {name: state[x] for x, name in later.items()}
            kept = [gap({**here, **there}) for gap, even in gaps if k or not steps or not even]
            margins += kept if left is None else [exists(left, m) for m in kept]
            if leaves is not None:
                left = leaves(here) if left is None else exists(left, leaves(here))
        return forall(*margins)

    return conclusion
