"""The theorem of an induction at an instance: is the relation true along its orbit? Decided in balls."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from rankladder.language.induction import Induction
from rankladder.language.instance import Instance
from rankladder.numbers.balls import Ball, precision
from rankladder.numbers.formula import Formula

__all__ = ["BITS", "at_start", "both", "one_step", "parameters", "theorem_at", "truth"]

BITS = 1024


def theorem_at(induction: Induction, instance: Instance, steps: int) -> bool | None:
    """Whether the relation holds up to a step of the true orbit of an instance; None where balls cannot tell."""
    with precision(BITS):
        values, state = at_start(induction, instance)
        theorem: bool | None = True
        for _ in range(steps + 1):
            theorem = both(theorem, truth(induction.holds, values | state))
            if truth(induction.while_, values | state) is not True:
                break
            state = one_step(induction, values | state)
    return theorem


def at_start(induction: Induction, instance: Instance) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The values of the parameters at an instance, and the state at k = 0."""
    symbols = {str(x): x for x in parameters(induction)}
    values = {
        symbols[n]: Ball(Fraction(v))
        for n, v in instance.items()
        if n in symbols and isinstance(v, (int, Fraction))
    }
    return values, {x: _value(e, values) for x, e in induction.start.items()}


def one_step(induction: Induction, values: Mapping[Any, Any]) -> dict[Any, Any]:
    """The state one step later."""
    return {x: _value(e, values) for x, e in induction.step.items()}


def both(one: bool | None, other: bool | None) -> bool | None:
    """Whether one and the other; None where that is open."""
    return False if False in (one, other) else None if None in (one, other) else True


def parameters(induction: Induction) -> set[Any]:
    """The symbols of an induction that are no state."""
    expressions = [
        *induction.start.values(),
        *induction.step.values(),
        induction.holds,
        *induction.given.values(),
    ]
    return set().union(*(sympy.sympify(e).free_symbols for e in expressions)) - set(induction.start)


@cache
def _compiled(expression: Any) -> tuple[Formula, tuple[Any, ...]]:
    arguments = tuple(sorted(sympy.sympify(expression).free_symbols, key=str))
    return Formula(expression, arguments), arguments


def _value(expression: Any, values: Mapping[Any, Any]) -> Ball:
    formula, arguments = _compiled(expression)
    made = formula(*(values[x] for x in arguments))
    return made if isinstance(made, Ball) else Ball(made)


def truth(statement: Any, values: Mapping[Any, Any]) -> bool | None:
    """Whether a statement is true at values in balls; None where they cannot tell."""
    if statement in (sympy.true, sympy.false):
        return bool(statement)
    if isinstance(statement, (sympy.And, sympy.Or)):
        answers = [truth(part, values) for part in statement.args]
        decisive = isinstance(statement, sympy.Or)
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive
    gap = _value(statement.lhs - statement.rhs, values)
    kind = statement.rel_op
    if gap.is_positive():
        return kind in (">", ">=", "!=")
    if gap.is_negative():
        return kind in ("<", "<=", "!=")
    if gap.radius < 1e-60:
        return kind in ("<=", ">=", "==")
    return None
