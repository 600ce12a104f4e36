"""Assumptions: named, each one droppable.

Three forms, by what the assumption is about:

* a SymPy relation between scalar parameters. It bounds the parameter drawn last, its complement is what
  dropping it draws from, and membership is decided exactly;
* a function of the parameters that returns a signed margin, for relations between the entries of a
  spectrum or of a matrix. Instances are filtered by it;
* :class:`Otherwise`, for structure: a parameter and the domain it is drawn from when the structure is
  given up. Both domains hold it, or break it, by construction.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np

from properties.generators.domains import Bounds, Domain
from properties.stating.enclosure import forall
from simulate.balls import Ball, precision
from simulate.departures import watched
from theory.formula import Formula

__all__ = ["Assumption", "Otherwise", "Predicate", "Relation", "assumption_from", "words_of"]

_LADDER = (128, 512, 2048)


@dataclass(frozen=True)
class Otherwise:
    """A structural assumption: ``parameter`` keeps the structure as the claim draws it; without the
    assumption it is drawn from ``domain``, which breaks the structure.

    >>> from properties.generators.domains import Real
    >>> Otherwise("Q", Real(0, 1)).parameter
    'Q'
    """

    parameter: str
    domain: Domain


@dataclass(frozen=True)
class Predicate:
    """An assumption given as a function of some parameters that returns a signed margin."""

    margin: Callable[..., Any]
    keeps: bool = True

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters it reads."""
        return tuple(inspect.signature(self.margin).parameters)

    def complement(self) -> Predicate:
        """The opposite assumption."""
        return Predicate(self.margin, not self.keeps)

    def is_in_float64(self, values: Mapping[str, Any]) -> bool:
        """Whether the margin at parameters in balls rests on floats that left the balls."""
        with watched() as record:
            margin = forall(self.margin(**{name: values[name] for name in self.names}))
        return record.reach(margin)

    def holds(self, realise: Callable[[int], Mapping[str, Any]]) -> bool | None:
        """Whether the instance satisfies it; None where balls cannot tell. ``realise`` gives the
        parameters in balls of the precision in force.
        """
        for bits in _LADDER:
            with precision(bits), watched():
                values = realise(bits)
                margin = forall(self.margin(**{name: values[name] for name in self.names}))
                margin = margin if isinstance(margin, Ball) else Ball(margin)
                if margin.is_nonnegative():
                    return self.keeps
                if margin.is_negative():
                    return not self.keeps
        return None


class Relation:
    """An assumption given as a SymPy relation between scalar parameters.

    Raises:
        TypeError: when the relation is no relation (a Python bool, say, from a chained comparison).
    """

    def __init__(self, relation: Any) -> None:
        import sympy

        atoms = relation.args if isinstance(relation, sympy.And) else (relation,)
        for atom in atoms:
            if atom in (sympy.true, sympy.false):
                raise TypeError(
                    f"Expected a relation that depends on its symbols but got one that SymPy knows to be {atom}; "
                    "leave it out, or use symbols with fewer known properties"
                )
            if not isinstance(atom, sympy.core.relational.Relational):
                raise TypeError(
                    f"Expected a SymPy relation (s < 1, or And of such) but got {relation!r}; "
                    "write 0 < s < 1 as (s > 0) & (s < 1), and an alternative as a function that returns a margin"
                )
        self.relation = relation
        self._atoms = tuple(_Atom(a) for a in atoms)
        self._negated = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters it relates, sorted."""
        return tuple(sorted(str(s) for s in self.relation.free_symbols))

    def complement(self) -> Relation:
        """The opposite relation; of a conjunction, what breaks at least one part."""
        import sympy

        made = Relation.__new__(Relation)
        made.relation = sympy.Not(self.relation)
        made._negated = not self._negated
        made._atoms = (_Atom(sympy.Not(self._atoms[0].relation)),) if len(self._atoms) == 1 else self._atoms
        return made

    @property
    def _constructive(self) -> bool:
        return not self._negated or len(self._atoms) == 1

    def bounds(self, parameter: str, earlier: Mapping[str, Any]) -> Bounds:
        """What the relation leaves of ``parameter``, given the parameters drawn earlier."""
        room = Bounds()
        if self._constructive:
            for atom in self._atoms:
                if parameter in atom.names:
                    room = room.meet(atom.bounds(parameter, earlier))
        return room

    def linear_in(self, parameter: str) -> bool:
        """Whether every part of the relation is linear in a parameter that it names."""
        return all(a.linear_in(parameter) for a in self._atoms if parameter in a.names)

    def batch_bounds(self, parameter: str, earlier: Mapping[str, Any]) -> tuple[Any, Any]:
        """The same in float64, vectorised over instances: lower and upper end."""
        lower, upper = np.asarray(-np.inf), np.asarray(np.inf)
        if self._constructive:
            for atom in self._atoms:
                if parameter in atom.names:
                    low, high = atom.batch_bounds(parameter, earlier)
                    lower, upper = np.maximum(lower, low), np.minimum(upper, high)
        return lower, upper

    def holds(self, values: Mapping[str, Any]) -> bool | None:
        """Whether exact values satisfy the relation; None where it cannot be decided."""
        answers = [atom.holds(values) for atom in self._atoms]
        whole = False if False in answers else None if None in answers else True
        if not self._constructive and whole is not None:
            return not whole
        return whole

    def mask(self, values: Mapping[str, Any]) -> Any:
        """Float64 membership of a batch of instances (rechecked exactly before anything is reported)."""
        whole = np.asarray(True)
        for atom in self._atoms:
            whole = whole & atom.mask(values)
        return whole if self._constructive else ~whole


class _Atom:
    """One relation ``gap >= 0``, ``gap > 0``, ``gap == 0`` or ``gap != 0``."""

    def __init__(self, relation: Any) -> None:
        self.relation = relation
        kind = relation.rel_op
        left, right = relation.lhs, relation.rhs
        self.gap = (right - left) if kind in ("<", "<=") else (left - right)
        self.kind = {"<": ">", "<=": ">=", ">": ">", ">=": ">=", "==": "==", "!=": "!="}[kind]
        self.symbols = {str(s): s for s in self.gap.free_symbols}
        self.names = tuple(sorted(self.symbols))
        self._formula = _formula(self.gap, self.names)

    @cache  # noqa: B019 - atoms live as long as the catalogue
    def _solved(self, parameter: str) -> tuple[Any, Any] | None:
        """Root of the gap in one parameter and the slope there, as formulas of the others."""
        import sympy

        symbol = self.symbols[parameter]
        others = tuple(n for n in self.names if n != parameter)
        slope = sympy.diff(self.gap, symbol)
        if not slope.has(symbol):
            root = sympy.cancel(symbol - self.gap / slope) if slope != 0 else None
            return None if root is None else (_formula(root, others), _formula(slope, others))
        if self.gap.count(symbol) != 1:
            return None  # more than one occurrence: the gap may change sign more than once
        try:
            roots = sympy.solve(self.gap, symbol)
        except NotImplementedError:
            return None
        if len(roots) != 1 or roots[0].has(sympy.I):
            return None
        return _formula(roots[0], others), _formula(slope.subs(symbol, roots[0]), others)

    @cache  # noqa: B019 - atoms live as long as the catalogue
    def linear_in(self, parameter: str) -> bool:
        """Whether the gap is linear in a parameter."""
        import sympy

        symbol = self.symbols[parameter]
        return not sympy.diff(self.gap, symbol).has(symbol)

    def bounds(self, parameter: str, earlier: Mapping[str, Any]) -> Bounds:
        solved = None if self.kind == "!=" else self._solved(parameter)
        if solved is None or any(n not in earlier for n in self.names if n != parameter):
            return Bounds()
        root, slope = (_number(f, earlier) for f in solved)
        if root is None or slope is None or slope == 0:
            return Bounds()
        if self.kind == "==":
            return Bounds(root, root, True, True)
        closed = self.kind == ">="
        return (
            Bounds(lower=root, lower_closed=closed) if slope > 0 else Bounds(upper=root, upper_closed=closed)
        )

    def batch_bounds(self, parameter: str, earlier: Mapping[str, Any]) -> tuple[Any, Any]:
        solved = None if self.kind == "!=" else self._solved(parameter)
        if solved is None or any(n not in earlier for n in self.names if n != parameter):
            return -np.inf, np.inf
        with np.errstate(all="ignore"):
            root, slope = (np.asarray(f(*(earlier[n] for n in f.names)), dtype=float) for f in solved)
        if self.kind == "==":
            return root, root
        known = np.isfinite(root) & (slope != 0)
        return (
            np.where(known & (slope > 0), root, -np.inf),
            np.where(known & (slope < 0), root, np.inf),
        )

    def holds(self, values: Mapping[str, Any]) -> bool | None:
        arguments = [
            values[n] if isinstance(values[n], Fraction) else Fraction(values[n]) for n in self.names
        ]
        if self._formula.rational:
            return self._sign(self._formula.exactly(arguments))
        for bits in _LADDER:
            with precision(bits):
                gap = self._formula(*(Ball(a) for a in arguments))
                gap = gap if isinstance(gap, Ball) else Ball(gap)
                if gap.is_positive():
                    return self._sign(1)
                if gap.is_negative():
                    return self._sign(-1)
        return None

    def _sign(self, gap: Any) -> bool:
        return bool({">": gap > 0, ">=": gap >= 0, "==": gap == 0, "!=": gap != 0}[self.kind])

    def mask(self, values: Mapping[str, Any]) -> Any:
        with np.errstate(all="ignore"):
            gap = np.asarray(self._formula(*(values[n] for n in self.names)), dtype=float)
        return {">": gap > 0, ">=": gap >= 0, "==": gap == 0, "!=": gap != 0}[self.kind]


class _formula:  # noqa: N801 - a function with two facts attached
    """A compiled expression of named parameters."""

    def __init__(self, expression: Any, names: tuple[str, ...]) -> None:
        by_name = {str(s): s for s in expression.free_symbols}
        self.names = names
        import sympy

        self._compiled = Formula(expression, tuple(by_name.get(n, sympy.Symbol(n)) for n in names))
        self.rational = bool(expression.is_rational_function(*by_name.values())) and not expression.atoms(
            sympy.Float, sympy.Pow, sympy.NumberSymbol
        ) - {p for p in expression.atoms(sympy.Pow) if p.exp.is_Integer}

    def __call__(self, *arguments: Any) -> Any:
        return self._compiled(*arguments)

    @cached_property
    def _constant(self) -> Fraction | None:
        return None if self.names or not self.rational else Fraction(self._compiled())

    def exactly(self, arguments: Sequence[Fraction]) -> Fraction:
        """The value at fractions, where the expression is rational."""
        constant = self._constant
        return Fraction(self._compiled.exactly(*arguments)) if constant is None else constant


def _number(formula: _formula, earlier: Mapping[str, Any]) -> Fraction | None:
    """The value at exact arguments: exact where the formula is rational, else close to it."""
    arguments = [x if type(x) is Fraction else Fraction(x) for x in [earlier[n] for n in formula.names]]
    try:
        if formula.rational:
            return formula.exactly(arguments)
        value = formula(*(Ball(a) for a in arguments)) if arguments else formula()
    except ZeroDivisionError:
        return None
    middle = value.mid if isinstance(value, Ball) else float(value)
    return Fraction(middle) if math.isfinite(middle) else None


Assumption = Relation | Predicate | Otherwise


def assumption_from(value: Any) -> Assumption:
    """Wrap what a claim's author wrote: a relation, a function, or an :class:`Otherwise`.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(value, (Relation, Predicate, Otherwise)):
        return value
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(
            f"Expected a relation between symbols but got {value!r}; build it from symbols('s z0')"
        )
    if callable(value) and not hasattr(value, "free_symbols"):
        return Predicate(value)
    return Relation(value)


def words_of(assumption: Assumption) -> str:
    """What an assumption says, in a line.

    >>> from properties.generators.domains import Real
    >>> words_of(Otherwise("Q", Real(0, 1)))
    'Q as drawn; without it Q from the reals of (0, 1)'
    """
    if isinstance(assumption, Relation):
        return str(assumption.relation)
    if isinstance(assumption, Otherwise):
        return f"{assumption.parameter} as drawn; without it {assumption.parameter} from {assumption.domain}"
    words = inspect.getdoc(assumption.margin)
    return words.split("\n")[0] if words else f"a condition on {', '.join(assumption.names)}"
