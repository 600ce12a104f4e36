"""Polynomial inequalities on boxes: true where no Bernstein coefficient is negative.

A number x between ``a`` and ``b`` is ``(a + b u) / (1 + u)`` for one ``u >= 0``. A polynomial that has no negative coefficient
once this is put in for each of its variables is at least 0 on the box; the coefficients are those of Bernstein, times
positive numbers. A box on which some are negative is cut in two.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

from rankladder.language.obligation import Obligation, as_text
from rankladder.proof.zero import Fractions, positive_by_terms

__all__ = ["boxes_that_show"]

MOST_BOXES = 24  # for one conclusion in one case
MOST_CASES = 16  # of hypotheses that leave a choice
MOST_VARIABLES = 3
PASSES = 2  # over the hypotheses: what one says of a variable says something of others
MOST_TERMS = 2500  # that the conclusion may have, multiplied out in the variables of a box
_TURNED = {"<": ">", "<=": ">=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class _Range:
    """What a variable lies between; an end is None where there is none, and may hold other variables."""

    low: Any
    high: Any
    above: bool = False  # whether it is not the lower end
    below: bool = False  # whether it is not the upper end

    @property
    def fixed(self) -> bool:
        """Whether its ends are numbers."""
        return not any(end is not None and end.free_symbols for end in (self.low, self.high))

    def inside(self) -> Any:
        """A number between the ends."""
        if self.low is None or self.high is None:
            return self.low + 1 if self.high is None else self.high - 1
        return (self.low + self.high) / 2

    def halves(self) -> tuple[_Range, _Range]:
        """The range cut in two: the cut belongs to the upper half."""
        return replace(self, high=self.inside(), below=True), replace(self, low=self.inside(), above=False)

    def written(self, name: str) -> Any:
        """Every number of the range but its upper end, in a symbol that is positive where the lower end is none of them."""
        u = sympy.Symbol(f"{name}_u", **({"positive": True} if self.above else {"nonnegative": True}))
        if self.high is None:
            return self.low + u
        return self.high - u if self.low is None else (self.low + self.high * u) / (1 + u)

    def __str__(self) -> str:
        return f"[{'-oo' if self.low is None else self.low}, {'oo' if self.high is None else self.high}]"


def boxes_that_show(obligation: Obligation) -> str | None:
    """The boxes on which no coefficient is negative, and which hold all that the hypotheses allow; None where none are found.

    >>> s, z = sympy.symbols("s z", real=True)
    >>> given = (s > 0, s <= 1, z > 0, z <= 1)
    >>> boxes_that_show(Obligation("parabola", given, 3 * s**2 * z - 3 * s * z + z + s > 0))
    's in [0, 1], z in [0, 1]'
    >>> boxes_that_show(Obligation("false", given, 5 * s**2 * z - 5 * s * z + z >= 0)) is None
    True
    """
    shown: dict[str, None] = {}
    for goal in _parts(obligation.shows):
        gap, variables = _gap(goal), goal.free_symbols
        if gap is None or not 0 < len(variables) <= MOST_VARIABLES:
            return None
        if not _few_terms(gap, variables):
            return None
        for facts in _cases(obligation.given, variables):
            tried = (_shown(gap, box, goal.rel_op in "<>") for box in _boxes(facts, variables))
            boxes = next(filter(None, tried), None)
            if boxes is None:
                return None
            for box in boxes:
                shown[", ".join(f"{x} in {box[x]}" for x in sorted(box, key=as_text))] = None
    return "; ".join(shown) or None


def _few_terms(gap: Any, variables: set[Any]) -> bool:
    """Whether it is a rational function of these variables, with a numerator that does not have too many terms."""
    fractions = Fractions(gap)
    if not set(fractions.meanings) <= variables:
        return False
    top, _ = fractions.of(gap)
    return bool(sympy.prod([n + 1 for n in top.degrees()]) <= MOST_TERMS)


def _shown(gap: Any, box: dict[Any, _Range], strictly: bool) -> list[dict[Any, _Range]] | None:
    """Pieces of the box that show a fraction to be defined, and at least 0, or above; None where none are found."""
    found: list[dict[Any, _Range]] = []
    # as they were written: in lowest terms it may have a value where it has none
    divisors = {p.base for p in gap.atoms(sympy.Pow) if p.exp.is_negative and p.base.free_symbols}
    for divisor in sorted(divisors, key=as_text):
        defined = next((c for sign in (1, -1) if (c := _cover(sign * divisor, box, True))), None)
        if defined is None:
            return None
        found += defined
    shown = _cover(gap, box, strictly)
    return None if shown is None else [*found, *shown]


def _parts(statement: Any) -> tuple[Any, ...]:
    return statement.args if isinstance(statement, sympy.And) else (statement,)


def _gap(relation: Any) -> Any:
    """What the relation says is at least 0, or above; None where it is no inequality."""
    if not isinstance(relation, sympy.core.relational.Relational) or relation.rel_op not in _TURNED:
        return None
    gap = relation.lhs - relation.rhs
    return gap if relation.rel_op in (">", ">=") else -gap


def _cases(given: Sequence[Any], about: set[Any]) -> Iterator[list[Any]]:
    """What is known in each case of the hypotheses; some that leave a choice may be left unused."""
    facts = [f for g in given for f in _parts(g)]
    choices: list[Any] = []
    for choice in (f.args for f in facts if isinstance(f, sympy.Or) and f.free_symbols <= about):
        if len(choice) * sympy.prod([len(c) for c in choices]) <= MOST_CASES:
            choices.append(choice)
    plain = [f for f in facts if not isinstance(f, sympy.Or)]
    for chosen in itertools.product(*choices):
        yield [*plain, *(f for part in chosen for f in _parts(part))]


def _boxes(facts: Iterable[Any], variables: set[Any]) -> Iterator[dict[Any, _Range]]:
    """Boxes that hold all that the facts allow: with numbers as their ends, then each with one end that holds other variables."""
    gaps = [(gap, fact.rel_op in "<>") for fact in facts if (gap := _gap(fact)) is not None]
    ranges: dict[Any, _Range] = {}
    for _ in range(PASSES):
        for gap, strict in gaps:
            for x, end, lower in _ends(gap, ranges):
                ranges[x] = _narrower(ranges.get(x, _Range(None, None)), end, lower, strict)
    gaps = [(g, strict) for g, strict in gaps if g.free_symbols <= variables and _few_terms(g, variables)]
    ranges = {x: ranges.get(x, _Range(None, None)) for x in variables}
    known = {x: r for x, r in ranges.items() if r.low is not None or r.high is not None}
    if len(known) == len(variables):
        yield known
    for gap, strict in gaps:
        for x in sorted(gap.free_symbols, key=as_text):
            others = {y: r for y, r in known.items() if y != x}
            bound = _bound(gap, x, others) if len(gap.free_symbols) > 1 else None
            if bound is None or len(others) < len(variables) - 1:
                continue
            end, lower = bound
            own = {"low": end, "above": strict} if lower else {"high": end, "below": strict}
            if (made := replace(ranges[x], **own)).low is not None:
                yield {**others, x: made}


def _ends(gap: Any, ranges: Mapping[Any, _Range]) -> Iterator[tuple[Any, Any, bool]]:
    """The numbers that ``gap >= 0`` sets as ends, from what is known of the other variables: where it is linear in all."""
    slopes = {x: gap.coeff(x) for x in gap.free_symbols}
    constant = gap.xreplace(dict.fromkeys(slopes, sympy.S.Zero))
    if any(not a.is_Rational or a == 0 for a in slopes.values()) or not constant.is_Rational:
        return
    if sympy.expand(gap - constant - sum(a * x for x, a in slopes.items())) != 0:
        return
    for x, slope in slopes.items():
        most = constant
        for y, a in slopes.items():
            known = ranges.get(y, _Range(None, None))
            end = known.high if a > 0 else known.low
            if y != x:
                most = None if most is None or end is None else most + a * end
        if most is not None:
            yield x, -most / slope, bool(slope > 0)


def _bound(gap: Any, x: Any, others: Mapping[Any, _Range]) -> tuple[Any, bool] | None:
    """The end that ``gap >= 0`` sets to x, and whether it is the lower one; None where it sets none."""
    fractions = Fractions(gap)
    top, bottom = fractions.of(gap)
    k = fractions.generators[x]
    if top.degrees()[k] != 1 or bottom.degrees()[k] != 0:
        return None
    slope = top.derivative(k)
    if len(slope) != 1 or len(bottom) != 1:
        return None
    for y, *powers in zip(fractions.meanings, slope.degrees(), bottom.degrees(), strict=True):
        r = others.get(y)  # that this is positive must be plain
        if any(powers) and (
            r is None or r.low is None or not r.low.is_nonnegative or not (r.above or r.low.is_positive)
        ):
            return None
    rest = top - slope * fractions.variables[k]
    lower = slope.leading_coefficient() * bottom.leading_coefficient() > 0
    return -fractions.written(rest) / fractions.written(slope), bool(lower)


def _narrower(old: _Range, end: Any, lower: bool, strict: bool) -> _Range:
    if lower:
        if old.low is None or end > old.low:
            return replace(old, low=end, above=strict)
        return replace(old, above=old.above or strict) if end == old.low else old
    if old.high is None or end < old.high:
        return replace(old, high=end, below=strict)
    return replace(old, below=old.below or strict) if end == old.high else old


def _cover(gap: Any, box: dict[Any, _Range], strictly: bool) -> list[dict[Any, _Range]] | None:
    """The box, or the pieces of it, on each of which no coefficient is negative; None where too many would be needed."""
    shown: list[dict[Any, _Range]] = []
    waiting = [(box, 0)]
    turns = [x for x in sorted(box, key=as_text) if box[x].fixed]
    while waiting:
        here, depth = waiting.pop()
        if len(shown) + len(waiting) >= MOST_BOXES:
            return None
        inside = {x: r.inside() for x, r in here.items()}
        if gap.xreplace(inside).xreplace(inside) < 0:  # an end may hold other variables
            return None
        if _on(gap, here, strictly):
            shown.append(here)
            continue
        if not turns:
            return None
        x = turns[depth % len(turns)]
        waiting += [({**here, x: half}, depth + 1) for half in here[x].halves()]
    return shown


def _on(gap: Any, box: Mapping[Any, _Range], strictly: bool) -> bool:
    """Whether no coefficient on the box is negative; where something is to be positive, it must be at the upper ends, too."""
    ends = {x: r.written(str(x)) for x, r in box.items() if r.fixed}
    others = {x: r.written(str(x)).xreplace(ends) for x, r in box.items() if not r.fixed}
    if not positive_by_terms(gap, strictly=strictly, values=(*ends.items(), *others.items())):
        return False
    closed = [x for x, r in box.items() if strictly and r.high is not None and not r.below]
    faces = ((x, {y: r for y, r in box.items() if y != x}) for x in closed)
    return all(box[x].fixed and _on(gap.xreplace({x: box[x].high}), face, strictly) for x, face in faces)
