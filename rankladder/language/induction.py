"""Induction: what turns one-step lemmas into a statement for all k.

Base and step are made from one statement, so that they cannot belong to different ones. Invariants that carry
the statement are shown first, in order, each by the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from rankladder.language.obligation import Obligation

__all__ = ["AT_START", "Induction"]

AT_START = "conclusion: base"  # the obligation that is the claim at step 0


@dataclass(frozen=True)
class Induction:
    """``holds`` for the state at every k = 0, 1, 2 and so on.

    Attributes:
        start: value of every state symbol at k = 0, in the parameters.
        step: value of every state symbol at k + 1, in the parameters and the state at k.
        given: named hypotheses on the parameters.
        holds: the relation between parameters and state.
        along: named invariants that carry it; each may use those before it, at k and at k + 1.
        while_: what the state must satisfy for the next step to be taken; the statement is then about every
            k up to which all states before k satisfied it.
        direct: the conclusion follows from the invariants at each k, without an induction of its own.
        then: state symbol to the symbol that stands in ``holds`` for its value one step later; that is always direct.
        orbit: state symbol to the function of the parameters and of ``steps`` that computes its values 0 to steps,
            along which the relation is tested; that the function takes the step is no part of the induction.

    >>> z, r = sympy.symbols("z r", real=True)
    >>> halving = Induction({z: 1}, {z: r * z}, {"shrinks": (r >= 0) & (r <= 1)}, z <= 1, {"positive": z >= 0})
    >>> [o.name for o in halving.obligations()]
    ['positive: base', 'positive: step', 'conclusion: base', 'conclusion: step']
    """

    start: Mapping[Any, Any]
    step: Mapping[Any, Any]
    given: Mapping[str, Any]
    holds: Any
    along: Mapping[str, Any] = field(default_factory=dict)
    while_: Any = sympy.true
    direct: bool = False
    then: Mapping[Any, Any] = field(default_factory=dict)
    orbit: Mapping[Any, Callable[..., Any]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if set(self.start) != set(self.step):
            raise ValueError(
                f"Expected a start and a step for every state symbol but got starts of {set(self.start)} "
                f"and steps of {set(self.step)}; give both for each"
            )

    @property
    def parameters(self) -> tuple[Any, ...]:
        """The symbols that are no state, sorted by name."""
        written = [
            *self.start.values(), *self.step.values(), *self.given.values(), *self.along.values(),
            self.holds, self.while_,
        ]  # fmt: skip
        free = set().union(*(sympy.sympify(part).free_symbols for part in written))
        return tuple(sorted(free - set(self.start) - set(self.then.values()), key=str))

    def next(self, statement: Any) -> Any:
        """The statement about the state one step later."""
        return statement.xreplace({symbol: sympy.sympify(value) for symbol, value in self.step.items()})

    @property
    def conclusion(self) -> Any:
        """The relation, with what stands for later states written out in the state at k."""
        return self.holds.xreplace({later: sympy.sympify(self.step[x]) for x, later in self.then.items()})

    def first(self, statement: Any) -> Any:
        """The statement about the state at k = 0."""
        return statement.xreplace({symbol: sympy.sympify(value) for symbol, value in self.start.items()})

    def first_as_written(self, statement: Any) -> str:
        """The statement about the state at k = 0 in words, even where SymPy sees that it is true."""
        if isinstance(statement, (sympy.And, sympy.Or)):
            sign = " & " if isinstance(statement, sympy.And) else " | "
            return sign.join(f"({self.first_as_written(part)})" for part in statement.args)
        if not isinstance(statement, sympy.core.relational.Relational):
            return str(self.first(statement))
        left, right = (sympy.sstr(self.first(side)) for side in (statement.lhs, statement.rhs))
        return f"{left} {statement.rel_op} {right}"

    def obligations(self) -> Iterator[Obligation]:
        """Base and step of every invariant, then of the conclusion."""
        given = tuple(self.given.values())
        known: tuple[Any, ...] = ()
        direct = self.direct or bool(self.then)
        inductive = self.along if direct else {**self.along, "conclusion": self.holds}
        for name, statement in inductive.items():
            yield Obligation(f"{name}: base", given, self.first(statement))
            premises = (*given, *known, *map(self.next, known), statement)
            if self.while_ != sympy.true:
                premises = (*premises, self.while_)
            yield Obligation(f"{name}: step", premises, self.next(statement))
            known = (*known, statement)
        if direct:
            yield Obligation("conclusion", (*given, *known), self.conclusion)

    def text(self) -> str:
        """What is shown and how, as a mathematician would write it."""
        lines = ["By induction on k. The state is"]
        lines += [
            f"    {symbol}_0 = {self.start[symbol]},  {symbol}_(k+1) = {self.step[symbol]}  at the state of step k"
            for symbol in self.start
        ]
        lines += [f"    {later} is {x}_(k+1)" for x, later in self.then.items()]
        if self.while_ != sympy.true:
            lines.append(f"for as long as {sympy.sstr(self.while_)} held at every earlier step.")
        lines.append("Hypotheses: " + ("; ".join(f"{n}: {g}" for n, g in self.given.items()) or "none"))
        for name, statement in self.along.items():
            called = "Invariant" if name == "invariant" else f"Invariant {name}"
            lines.append(f"{called}, for all k: {sympy.sstr(statement)}")
        lines.append(f"Hence, for all k: {sympy.sstr(self.holds)}")
        return "\n".join(lines)
