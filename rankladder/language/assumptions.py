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

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.domain import Bounds, Domain
from rankladder.language.margins import forall
from rankladder.numbers.balls import Ball, Undecided, precision
from rankladder.numbers.departures import meant, numbers_of, watched
from rankladder.numbers.exact import Exact

__all__ = ["Assumption", "Otherwise", "Predicate", "Relation", "assumption_from", "words_of"]

_LADDER = (128, 512, 2048)
_HELD = {">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal}
_DOUBLE = 53  # bits of a double
_LEAST = 5e-324  # what a strict relation is short of at equality


@dataclass(frozen=True)
class Otherwise:
    """A structural assumption: ``parameter`` keeps the structure as the claim draws it; without the
    assumption it is drawn from ``domain``, which breaks the structure.

    >>> from rankladder.domains.scalars import Real
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

    @cached_property
    def numbers(self) -> frozenset[float]:
        """The sizes of the numbers in its code."""
        return numbers_of(self.margin)

    def complement(self) -> Predicate:
        """The opposite assumption."""
        return Predicate(self.margin, not self.keeps)

    def _least(self, values: Mapping[str, Any]) -> Any:
        try:
            return forall(self.margin(**{name: values[name] for name in self.names}))
        except TypeError as error:
            if not str(error).startswith("forall() "):
                raise
            said = str(error).removeprefix("forall() ")
            raise TypeError(f"the assumption about {', '.join(self.names)}: {said}") from error

    def is_in_float64(self, values: Mapping[str, Any]) -> bool:
        """Whether the margin at parameters in balls rests on floats that left the balls."""
        with watched(self.numbers) as record:
            margin = self._least(values)
        return record.reach(margin)

    def met(self, values: Mapping[str, Any]) -> bool:
        """Whether float64 parameters satisfy it, for what leads and pictures: a verdict needs balls."""
        try:
            with np.errstate(all="ignore"):
                margin = float(self._least(values))
        except (ArithmeticError, ValueError, TypeError):
            return False
        return (margin >= 0) is self.keeps

    def holds(self, realise: Callable[[Callable[[Any], Any]], Mapping[str, Any]]) -> bool | None:
        """Whether the instance satisfies it; None where neither balls nor exact rationals can tell. ``realise`` gives
        the parameters in the arithmetic of a number, balls of the precision in force or exact rationals.
        """

        def found(number: Callable[[Any], Any]) -> bool | None:
            values = realise(number)
            with watched(self.numbers):
                margin = self._least(values)
            margin = margin if isinstance(margin, Ball) else Ball(margin)
            if margin.is_nonnegative():
                return self.keeps
            return not self.keeps if margin.is_negative() else None

        for bits in _LADDER:
            with precision(bits):
                held = found(Ball)
            if held is not None:
                return held
        try:
            return found(Exact)  # equality at a number that no ball holds exactly
        except (TypeError, ValueError, ArithmeticError, AttributeError):  # it is written for balls alone
            return None


def with_exact_numbers(expression: Any) -> Any:
    """The expression with each float as the rational number that its writer means.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> with_exact_numbers(0.1 * x <= 1)
    x/10 <= 1
    """
    import sympy

    if isinstance(expression, (int, float, Fraction)) and not isinstance(expression, bool):
        return sympy.Rational(
            meant(expression) if isinstance(expression, float) and math.isfinite(expression) else expression
        )
    floats = getattr(expression, "atoms", lambda *_: ())(sympy.Float)
    # one of more digits than a double's is known to them
    exact = {f: sympy.Rational(f if f._prec > _DOUBLE else meant(float(f))) for f in floats}
    return expression.xreplace(exact) if floats else expression


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
                    f"Expected a relation that depends on its symbols but got one that SymPy simplified to {atom}; "
                    "of a claim, that is the answer wherever all that was written, such as sqrt(x), has a value; an assumption, leave it out, or use symbols with fewer known properties; an equation is sympy.Eq(a, b), not a == b, and "
                    "its contrary sympy.Ne(a, b), not a != b"
                )
            if not isinstance(atom, sympy.core.relational.Relational):
                raise TypeError(
                    f"Expected a SymPy relation (s < 1, or And of such) but got {relation!r}; "
                    "write 0 < s < 1 as (s > 0) & (s < 1), and an alternative as a function that returns a margin"
                )
        self.relation = with_exact_numbers(relation)
        atoms = self.relation.args if isinstance(self.relation, sympy.And) else (self.relation,)
        self._atoms = tuple(_Atom(a) for a in atoms)
        self._any = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters it relates, sorted."""
        return tuple(sorted(str(s) for s in self.relation.free_symbols))

    @property
    def rational(self) -> bool:
        """Whether both sides are rational functions with rational coefficients."""
        return all(atom.formula.rational for atom in self._atoms)

    def complement(self) -> Relation:
        """The opposite relation; of a conjunction, what breaks at least one part."""
        import sympy

        made = Relation.__new__(Relation)
        made.relation = sympy.Not(self.relation)
        made._atoms = tuple(_Atom(sympy.Not(a.relation)) for a in self._atoms)
        made._any = not self._any
        return made

    @property
    def _needed(self) -> tuple[_Atom, ...]:
        """The parts that hold wherever the relation does: of alternatives, none does."""
        return () if self._any and len(self._atoms) > 1 else self._atoms

    def bounds(
        self,
        parameter: str,
        earlier: Mapping[str, Any],
        ranges: Mapping[str, tuple[Fraction, Fraction]] | None = None,
    ) -> Bounds:
        """A range outside of which no value of ``parameter`` satisfies the relation.

        Args:
            parameter: its name.
            earlier: exact values of other parameters.
            ranges: the ends between which parameters that have no value yet lie; one of them may occur.

        Returns:
            The range; everything where the relation has no slope that is known to keep its sign.
        """
        room = Bounds()
        for atom in self._needed:
            if parameter in atom.names:
                room = room.meet(atom.bounds(parameter, earlier, ranges or {}))
        return room

    def batch_bounds(self, parameter: str, earlier: Mapping[str, Any]) -> tuple[Any, Any]:
        """The same in float64, vectorised over instances: lower and upper end."""
        lower, upper = np.asarray(-np.inf), np.asarray(np.inf)
        for atom in self._needed:
            if parameter in atom.names:
                low, high = atom.batch_bounds(parameter, earlier)
                lower, upper = np.maximum(lower, low), np.minimum(upper, high)
        return lower, upper

    def holds(self, values: Mapping[str, Any]) -> bool | None:
        """Whether exact values satisfy the relation; None where it cannot be decided, or has no value."""
        answers = {atom.holds(values) for atom in self._atoms}
        for settled in (self._any, not self._any) if None not in answers else (self._any,):
            if settled in answers:
                return settled
        return None

    def shortfall(self, values: Mapping[str, Any]) -> Any:
        """How far a batch of instances is from satisfying it, in float64: 0 where it does, infinite where a side
        has no value (rechecked exactly before anything is reported).
        """
        parts = [atom.shortfall(values) for atom in self._atoms]
        with np.errstate(over="ignore"):
            return functools.reduce(np.minimum if self._any else np.add, parts)

    def mask(self, values: Mapping[str, Any]) -> Any:
        """Which instances of a batch satisfy it, in float64."""
        return self.shortfall(values) == 0


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

    @cached_property
    def formula(self) -> _formula:
        return _formula(self.gap, self.names)

    @cache  # noqa: B019 - atoms live as long as the catalogue
    def _solved(self, parameter: str) -> tuple[Any, Any] | None:
        """Root of the gap in one parameter and the slope there, as formulas of the others; None unless the gap is
        monotone in it on the whole real line. Beyond a pole or a second root a slope says nothing.
        """
        import sympy

        symbol = self.symbols[parameter]
        others = tuple(n for n in self.names if n != parameter)
        slope = sympy.diff(self.gap, symbol)
        if self._linear_in(parameter):
            return _formula(sympy.cancel(symbol - self.gap / slope), others), _formula(slope, others)
        root = _inverse(self.gap, symbol, sympy.Integer(0))
        if root is None:
            return None
        return _formula(root, others), _formula(slope.subs(symbol, root), others)

    @cache  # noqa: B019 - atoms live as long as the catalogue
    def _linear_in(self, parameter: str) -> bool:
        """Whether the gap is a polynomial of degree 1 in a parameter, which no branch or pole interrupts."""
        import sympy

        symbol = self.symbols[parameter]
        slope = sympy.diff(self.gap, symbol)
        return self.gap.is_polynomial(symbol) and not slope.has(symbol) and slope != 0

    def bounds(
        self, parameter: str, earlier: Mapping[str, Any], ranges: Mapping[str, tuple[Fraction, Fraction]]
    ) -> Bounds:
        later = [n for n in self.names if n != parameter and n not in earlier]
        if later:
            (other, *more) = later
            if more or other not in ranges or self.kind == "!=" or not self._linear_in(other):
                return Bounds()
            # what is linear in the other is largest at an end of its range
            ends = [{**earlier, other: end} for end in ranges[other]]
            if self.kind == "==" and not self._same_slope(parameter, ends):
                return Bounds()  # a root that goes through infinity lies outside of those at the ends
            low, high = (self.bounds(parameter, end, {}) for end in ends)
            return low.join(high)
        solved = None if self.kind == "!=" else self._solved(parameter)
        if solved is None:
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

    def _same_slope(self, parameter: str, ends: Sequence[Mapping[str, Any]]) -> bool:
        solved = self._solved(parameter)
        slopes = [None if solved is None else _number(solved[1], end) for end in ends]
        return all(x is not None and x > 0 for x in slopes) or all(x is not None and x < 0 for x in slopes)

    def batch_bounds(self, parameter: str, earlier: Mapping[str, Any]) -> tuple[Any, Any]:
        solved = None if self.kind == "!=" else self._solved(parameter)
        if solved is None or any(n not in earlier for n in self.names if n != parameter):
            return -np.inf, np.inf
        with np.errstate(all="ignore"):
            root, slope = (f.in_floats(earlier) for f in solved)
        known = np.isfinite(root) & (slope != 0) & np.isfinite(slope)
        both = self.kind == "=="
        return (
            np.where(known & ((slope > 0) | both), root, -np.inf),
            np.where(known & ((slope < 0) | both), root, np.inf),
        )

    def holds(self, values: Mapping[str, Any]) -> bool | None:
        arguments = [
            values[n] if isinstance(values[n], Fraction) else Fraction(values[n]) for n in self.names
        ]
        if self.formula.rational:
            try:
                return self._sign(self.formula.exactly(arguments))
            except ZeroDivisionError:  # a pole: neither the relation nor its opposite says anything
                return None
        for bits in _LADDER:
            with precision(bits):
                found = self._decided(Ball(a) for a in arguments)
            if found is not None:
                return found
        # a tie: of absolute values and branches, say, whose fractions are exact
        return self._decided(Exact(a) for a in arguments)

    def _decided(self, arguments: Iterable[Any]) -> bool | None:
        """What one arithmetic says; None where it cannot tell."""
        try:
            gap = self.formula(*arguments)
        except (Undecided, ZeroDivisionError):
            return None
        gap = gap.item() if isinstance(gap, np.ndarray) else gap  # as branches return it
        if isinstance(gap, Fraction):
            return self._sign(gap)
        gap = gap if isinstance(gap, Ball) else Ball(gap)
        for sign, known in ((1, gap.is_positive()), (-1, gap.is_negative()), (0, gap.arb.is_zero())):
            if known:
                return self._sign(sign)
        return None

    def _sign(self, gap: Any) -> bool:
        return bool({">": gap > 0, ">=": gap >= 0, "==": gap == 0, "!=": gap != 0}[self.kind])

    def shortfall(self, values: Mapping[str, Any]) -> Any:
        with np.errstate(all="ignore"):
            gap = self.formula.in_floats(values)
            missing = np.asarray(np.maximum(np.abs(gap), _LEAST))
            missing[_HELD[self.kind](gap, 0)] = 0.0
            missing[np.isnan(missing)] = np.inf
            return missing


def _inverse(expression: Any, symbol: Any, value: Any) -> Any | None:
    """Where an expression has a value; None unless it is a sum, a multiple or an exponential of something of that kind
    in the symbol, and so monotone in it, without a pole.
    """
    import sympy

    if expression == symbol:
        return value
    inside = [part for part in expression.args if part.has(symbol)]
    if len(inside) != 1:
        return None
    beside = [part for part in expression.args if part is not inside[0]]
    if isinstance(expression, sympy.Add):
        return _inverse(inside[0], symbol, value - sympy.Add(*beside))
    if isinstance(expression, sympy.Mul):
        return _inverse(inside[0], symbol, value / sympy.Mul(*beside))
    if isinstance(expression, sympy.exp):
        return _inverse(inside[0], symbol, sympy.log(value))
    if isinstance(expression, sympy.Pow) and expression.exp.has(symbol) and expression.base.is_positive:
        return _inverse(expression.exp, symbol, sympy.log(value) / sympy.log(expression.base))
    return None


class _formula:  # noqa: N801 - a function with two facts attached
    """A compiled expression of named parameters."""

    def __init__(self, expression: Any, names: tuple[str, ...]) -> None:
        by_name = {str(s): s for s in expression.free_symbols}
        self.names = names
        import sympy

        from rankladder.numbers.formula import Formula

        self._compiled = Formula(expression, tuple(by_name.get(n, sympy.Symbol(n)) for n in names))
        self.rational = bool(expression.is_rational_function(*by_name.values())) and not expression.atoms(
            sympy.Float, sympy.Pow, sympy.NumberSymbol, sympy.Function
        ) - {p for p in expression.atoms(sympy.Pow) if p.exp.is_Integer}

    def __call__(self, *arguments: Any) -> Any:
        return self._compiled(*arguments)

    def in_floats(self, values: Mapping[str, Any]) -> NDArray[np.float64]:
        """The values on arrays or numbers by name; infinite or NaN at a pole."""
        # of one shape: a greatest or least of a number and an array is an error in some versions of NumPy
        points = [np.asarray(values[n], dtype=float) for n in self.names]
        shape = max((p.shape for p in points), key=len, default=())
        if all(p.shape in ((), shape) for p in points):  # NumPy's own way takes far longer
            points = [p if p.shape == shape else np.full(shape, p) for p in points]
        else:
            points = list(np.broadcast_arrays(*points))
        return np.asarray(self._compiled(*points), dtype=float)

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
    except (Undecided, ZeroDivisionError):
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

    >>> from rankladder.domains.scalars import Real
    >>> words_of(Otherwise("Q", Real(0, 1)))
    'Q as drawn; without it Q from the reals of (0, 1)'
    """
    if isinstance(assumption, Relation):
        return str(assumption.relation)
    if isinstance(assumption, Otherwise):
        return f"{assumption.parameter} as drawn; without it {assumption.parameter} from {assumption.domain}"
    words = inspect.getdoc(assumption.margin)
    return words.split("\n")[0] if words else f"a condition on {', '.join(assumption.names)}"
