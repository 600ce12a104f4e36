"""Certificates: a relation between elementary functions holds all over a box, by branch and bound.

On a sub-box three enclosures are tried. The natural one evaluates the expression on intervals. Where a
derivative keeps one sign the variable is pinned to the end at which the expression is least, so a margin that
vanishes at a corner is judged at that corner alone, and exactly. In the variables that are left the mean-value
form adds to the value at one point the derivatives times the half widths. What none of them decides is halved
along the variable that contributes most.

Source: R. E. Moore, R. B. Kearfott, M. J. Cloud, *Introduction to Interval Analysis*, SIAM 2009; ball arithmetic
as in :mod:`rankladder.numbers.balls`.
"""

from __future__ import annotations

import inspect
import itertools
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from rankladder.domains.scalars import exact
from rankladder.numbers.balls import Ball, precision
from rankladder.numbers.formula import Formula
from rankladder.proof.intervals import Interval, NoEnclosure, enclosures
from rankladder.proof.parts import Part, Status
from rankladder.proof.result import IN_WORDS, Proof
from rankladder.proof.tails import elementary

__all__ = ["certificate", "certify"]

BITS = 128
JUDGE_BITS = 1024
Box = tuple[tuple[Fraction, Fraction], ...]


def certify(
    relation: Any,
    box: Mapping[Any, tuple[Any, Any]],
    *,
    given: Iterable[Any] = (),
    budget: int = 20_000,
    name: str = "box",
) -> Part:
    """Whether a relation holds at every point of a closed box that satisfies the assumptions.

    Args:
        relation: SymPy relation (``>=``, ``>``, ``<=``, ``<``) between elementary functions and tails.
        box: symbol to its exact lower and upper end, both included.
        given: relations; sub-boxes on which one of them fails are dropped, and counted in the detail. One that
            cannot be decided on a sub-box is not used there.
        budget: most sub-boxes to look at.
        name: what the part is called.

    Returns:
        A part that is ``certified`` (with the number of sub-boxes, the deepest halving and the precision),
        ``refuted`` (with an exact counterexample, judged again apart), or ``open`` (with what is undecided).

    Raises:
        ValueError: for something that is no such relation, an empty range, or a symbol without a range.

    >>> x = sympy.Symbol("x")
    >>> str(certify(sympy.exp(x) >= 1 + x, {x: (1, 2)}).status)
    'certified'
    >>> certify(sympy.exp(x) > 1 + x, {x: (-1, 1)}).counterexample
    {'x': Fraction(0, 1)}
    """
    started = time.monotonic()
    ends = {x: (exact(low), exact(high)) for x, (low, high) in box.items()}
    for x, (low, high) in ends.items():
        if low > high:
            raise ValueError(f"Expected lower <= upper but got {x} in [{low}, {high}]; swap the ends")
    wanted = _Margin.of(relation, ends)
    assumed = tuple(_Margin.of(g, ends) for g in given)
    search = _Search(wanted, assumed, tuple(ends), budget)
    with precision(BITS):
        status, found = search.run(tuple(ends.values()))
    ranges = ", ".join(f"{x} in [{low}, {high}]" for x, (low, high) in ends.items())
    where = f" where {', '.join(str(m.relation) for m in assumed)}" if assumed else ""
    return Part(
        name,
        f"{relation} for {ranges}{where}",
        "balls on a box",
        status,
        search.detail(status, ends),
        time.monotonic() - started,
        counterexample=found,
        region=tuple((f"{x} in", f"[{low}, {high}]") for x, (low, high) in ends.items()),
    )


def certificate(id: str, made: Callable[[], Proof], parts: tuple[Part, ...], *rests_on: str) -> Proof:
    """Inequalities on boxes behind a claim: what joins them to it is the docstring of the function that makes them."""
    tails = (
        "LogTail(n, m, t) is the integral of u^(n-1)/(1 + t u)^m over 0 < u < 1, ExpTail(n, t) that of u^n e^(t u)."
        if any("Tail(" in p.statement for p in parts)
        else ""
    )
    argument = inspect.getdoc(made) or ""
    return Proof(id, f"{argument}\n{tails}".strip(), parts, rests_on, joins=(IN_WORDS,))


@dataclass(frozen=True)
class _Margin:
    """A relation as ``expression >= 0`` or ``expression > 0``."""

    relation: Any
    expression: Any
    strict: bool
    values: Callable[[Sequence[Interval]], list[Interval]]
    ranges: Callable[[Sequence[Interval]], list[Interval]]  # of the expression and of its derivatives

    @classmethod
    def of(cls, relation: Any, box: Mapping[Any, Any]) -> _Margin:
        relation = sympy.sympify(relation)
        if relation in (sympy.true, sympy.false):
            expression, strict = sympy.Integer(0 if relation == sympy.true else -1), False
        elif isinstance(relation, (sympy.Ge, sympy.Gt)):
            expression, strict = relation.lhs - relation.rhs, isinstance(relation, sympy.Gt)
        elif isinstance(relation, (sympy.Le, sympy.Lt)):
            expression, strict = relation.rhs - relation.lhs, isinstance(relation, sympy.Lt)
        else:
            raise ValueError(
                f"Expected a relation with >=, >, <= or < but got {relation}; state one of these"
            )
        missing = expression.free_symbols - set(box)
        if missing:
            names = ", ".join(sorted(map(str, missing)))
            raise ValueError(f"Expected a range for every symbol but {names} has none; add it to the box")
        symbols = tuple(box)
        slopes = [sympy.diff(expression, x) for x in symbols]
        ranges = enclosures([expression, *slopes], symbols)
        return cls(relation, expression, strict, enclosures([expression], symbols), ranges)

    def shown(self, low: arb) -> bool:
        """Whether a lower bound shows the relation."""
        return bool(low > 0 if self.strict else low >= 0)

    def at(self, point: Mapping[Any, Fraction]) -> bool | None:
        """Whether the relation holds at an exact point; None where it is not decided, or has no value."""
        values = {x: sympy.Rational(v.numerator, v.denominator) for x, v in point.items()}
        # the tails have exact values at 0, and elsewhere only
        there = elementary(self.expression.xreplace(values))
        if not there.free_symbols and there.is_Rational:
            return bool(there > 0 if self.strict else there >= 0)
        if there.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            return None
        with precision(JUDGE_BITS):
            try:
                value = _constant(there)
            except (ArithmeticError, TypeError, ValueError):
                return None
            if value.is_positive():
                return True
            if value.is_negative():
                return False
        return None


def _constant(expression: Any) -> Ball:
    one = sympy.Symbol("one")
    # a symbol that is a ball brings the constants into ball arithmetic
    value = Formula(expression * one, (one,))(Ball(1))
    return value if isinstance(value, Ball) else Ball(value)


@dataclass
class _Search:
    wanted: _Margin
    given: tuple[_Margin, ...]
    symbols: tuple[Any, ...]
    budget: int
    seen: int = 0
    deepest: int = 0
    dropped: int = 0
    pending: deque[tuple[Box, int]] = field(default_factory=deque)

    def run(self, box: Box) -> tuple[Status, Mapping[str, Fraction] | None]:
        """Look at sub-boxes, the widest first, until all are decided, one holds a counterexample, or the budget is spent."""
        # corners first: equality is attained there, if anywhere
        for corner in itertools.product(*box) if len(box) <= 6 else ():
            if self._violated(corner):
                return Status.refuted, self._named(corner)
        self.pending.append((box, 0))
        while self.pending:
            if self.seen >= self.budget:
                return Status.open, None
            box, depth = self.pending.popleft()
            self.seen += 1
            self.deepest = max(self.deepest, depth)
            if self._outside(box):
                self.dropped += 1
                continue
            shown, weights, candidate = self._enclose(box)
            if shown:
                continue
            if candidate is not None and self._violated(candidate):
                return Status.refuted, self._named(candidate)
            halves = _halves(box, weights)
            if halves is None:
                self.pending.append((box, depth))
                return Status.open, None
            self.pending.extend((half, depth + 1) for half in halves)
        return Status.certified, None

    def _enclose(self, box: Box) -> tuple[bool, list[float], tuple[Fraction, ...] | None]:
        """Whether the relation is shown, how much each variable adds to the doubt, and where it may fail."""
        face = [Interval.of(*r) for r in box]
        point = [_middle(*r) for r in box]
        loose = pinned = list(range(len(box)))
        slopes: list[Interval] = []
        while pinned:
            low, slopes = self._ranges(face)
            if low is not None and self.wanted.shown(low):
                return True, [], None
            if not slopes:
                # a derivative may exist where the expression has no value: nothing is concluded from it
                return False, _sizes(box), tuple(point)
            pinned = [i for i in loose if slopes[i].low >= 0 or slopes[i].high <= 0]
            loose = [i for i in loose if i not in pinned]
            for i in pinned:  # the least value is on this face, where more of the slopes may keep a sign
                point[i] = box[i][0] if slopes[i].low >= 0 else box[i][1]
                face[i] = Interval.of(point[i], point[i])
        widths = [float(high - low) for low, high in box]
        if not loose:
            # the least value on the box is at one corner
            return (
                bool(self.wanted.at(dict(zip(self.symbols, point, strict=True)))),
                widths,
                tuple(point),
            )
        centre = self._low([Interval.of(p, p) for p in point])
        if centre is not None:
            spread = [_reach(slopes[i]) * _width(box[i]) / 2 for i in loose]
            if self.wanted.shown(centre - sum(spread, arb(0))):
                return True, [], None
        weights = [
            float(_reach(s).mid()) * w if i in loose else 0.0
            for i, (s, w) in enumerate(zip(slopes, widths, strict=True))
        ]
        holds = centre is not None and self.wanted.shown(centre)
        return False, weights, None if holds else tuple(point)

    def _ranges(self, box: Sequence[Interval]) -> tuple[arb | None, list[Interval]]:
        """The lower bound, and of each derivative its range; none of them where one or the bound is missing."""
        try:
            value, *slopes = self.wanted.ranges(box)
        except NoEnclosure:
            return self._low(box), []
        return value.low, slopes

    def _low(self, box: Sequence[Interval]) -> arb | None:
        try:
            return self.wanted.values(box)[0].low
        except NoEnclosure:
            return None

    def _outside(self, box: Box) -> bool:
        """Whether an assumption fails all over the sub-box."""
        for assumed in self.given:
            try:
                (value,) = assumed.values([Interval.of(*r) for r in box])
            except NoEnclosure:
                continue
            if value.high <= 0 if assumed.strict else value.high < 0:
                return True
        return False

    def _violated(self, point: tuple[Fraction, ...]) -> bool:
        at = dict(zip(self.symbols, point, strict=True))
        try:
            (value,) = self.wanted.values([Interval.of(p, p) for p in point])
        except NoEnclosure:
            return False
        # the judge takes milliseconds: only for what looks violated, or may be an equality that matters
        if not (value.high < 0 or (self.wanted.strict and not value.low > 0)):
            return False
        return self.wanted.at(at) is False and all(g.at(at) is True for g in self.given)

    def _named(self, point: tuple[Fraction, ...]) -> dict[str, Fraction]:
        return {str(x): v for x, v in zip(self.symbols, point, strict=True)}

    def detail(self, status: Status, ends: Mapping[Any, tuple[Fraction, Fraction]]) -> str:
        """One line for the report: what was looked at, what was left out, what is undecided."""
        boxes = "1 sub-box" if self.seen == 1 else f"{self.seen} sub-boxes"
        size = f"{boxes}, halved at most {self.deepest} times, {BITS} bits"
        if status is Status.certified:
            left = f"{self.dropped} of them outside the assumptions" if self.given else "nothing left out"
            return f"{size}; {left}"
        if status is Status.refuted:
            return f"counterexample judged apart at {JUDGE_BITS} bits or exactly; {size}"
        hull = ", ".join(
            f"{x} in [{float(min(b[i][0] for b, _ in self.pending)):.6g}, {float(max(b[i][1] for b, _ in self.pending)):.6g}]"
            for i, x in enumerate(ends)
        )
        return f"undecided on {len(self.pending)} sub-boxes within {hull}; {size}; raise the budget or use a proper form"


def _middle(low: Fraction, high: Fraction) -> Fraction:
    """A point inside, halfway in size where the ends differ by much."""
    if low > 0 and high > 4 * low:
        return min(max(Fraction(math.sqrt(low * high)), low), high)
    return (low + high) / 2


def _sizes(box: Box) -> list[float]:
    return [math.log(high / low) if low > 0 else float(high - low) for low, high in box]


def _width(ends: tuple[Fraction, Fraction]) -> arb:
    # twice the farther distance from the point at which the value is taken
    middle = _middle(*ends)
    return 2 * Ball(max(middle - ends[0], ends[1] - middle)).arb


def _reach(slope: Interval) -> arb:
    return (-slope.low).max(slope.high)


def _halves(box: Box, weights: Sequence[float]) -> tuple[Box, Box] | None:
    """The box cut in two along the variable of most weight; None for a point."""
    for i in sorted(range(len(box)), key=lambda i: -weights[i] if math.isfinite(weights[i]) else -math.inf):
        low, high = box[i]
        cut = _middle(low, high)
        if low < cut < high:
            return (*box[:i], (low, cut), *box[i + 1 :]), (*box[:i], (cut, high), *box[i + 1 :])
    return None
