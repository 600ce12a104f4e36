"""Finds identities that prove polynomial and rational inequalities; ``identity_checker`` decides whether they do.

The goal, times a sum of products of positive hypotheses, is sought as a sum of products of hypotheses with coefficients
``>= 0``: a linear program over the monomials. Its solution is a guess. The exact coefficients come from a linear system over
the rationals, and what comes out is checked by code that shares nothing with this module.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx
from sympy.polys.rings import PolyElement, PolyRing

from rankladder.language.obligation import Obligation
from rankladder.proof.identity_bounds import as_fraction, from_bounds
from rankladder.proof.identity_checker import check_identities
from rankladder.proof.identity_program import coefficients
from rankladder.proof.identity_text import Identities, Stuck, symbols_in, translated

__all__ = ["find_identities", "identities_hold", "with_factors"]

# how many hypotheses a product has at most, and how many the positive factor of the goal has: tried in turn
LEVELS = ((1, 0), (2, 0), (3, 0), (2, 1), (3, 1), (4, 0), (4, 1), (4, 2), (5, 1))
FIRST, PLAIN = LEVELS[:2], LEVELS[:3]
CHEAP = ((1, 0), (2, 0), (2, 1))  # for a factor whose sign is not known yet
MOST_PRODUCTS = 1500
MOST_KEPT = 20_000  # products that are not multiplied out again
MOST_SPLITS = 2
MOST_PROGRAMS = (100, 25)  # of the first levels, and of the others
MOST_WORK = 2_000_000  # terms written in programs, and a thousand for a sign asked for
MOST_ELIMINATIONS = 2
MOST_BOUNDED = 6  # variables that are written by bounds of theirs


def identities_hold(found: Identities) -> bool:
    """Whether there is a certificate, and it proves the obligation."""
    if found.node is None:
        return False
    try:
        check_identities(found.given, found.shows, found.node)
    except (ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError):
        return False
    return True


def find_identities(obligation: Obligation, levels: Sequence[tuple[int, int]] = LEVELS) -> Identities | None:
    """Seek identities that prove an obligation between rational functions; None where none was found.

    >>> s, x = sympy.symbols("s x", real=True)
    >>> given = (s > 0, 2 * s < 1, x >= 0, x <= 1)
    >>> found = find_identities(Obligation("step", given, (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1))
    >>> identities_hold(found)
    True
    >>> from rankladder.proof.identity_text import readable
    >>> print(readable(found))
    2*s*x + 3 >= 0
    2*s**3*x**3 + 3*s**2*x**2 = (2*s*x + 3)*(s*x)**2 >= 0
    >>> find_identities(Obligation("false", given, s * x <= sympy.Rational(1, 4))) is None
    True
    """
    read = translated(obligation)
    if read is None:
        return None
    given, shows = read
    symbols = symbols_in(given, shows)
    for prove in (_Search.prove, _Search.absurd):
        with suppress(Stuck, _Spent):
            search = _Search(symbols, levels)
            for hypothesis in given:
                search.take(hypothesis)
            search.divide()
            found = Identities(given, shows, prove(search, shows))
            return found if identities_hold(found) else None
    return None


def with_factors(obligation: Obligation, reduced: Identities) -> Identities | None:
    """Identities of an obligation from those of one that lacks factors of known sign; None where these do not fit.

    Args:
        obligation: as a claim states it.
        reduced: of the same, but for factors of hypotheses and conclusion that were divided out.

    >>> s, x = sympy.symbols("s x", real=True)
    >>> reduced = find_identities(Obligation("reduced", (x > s, s > 0), x - s > 0))
    >>> found = with_factors(Obligation("whole", (x > s, s > 0), (x**2 - s**2) / s > 0), reduced)
    >>> identities_hold(found)
    True
    """
    # a hypothesis that is not between rational functions is not used
    rational = tuple(g for g in obligation.given if translated(Obligation("", (), g)) is not None)
    read = translated(replace(obligation, given=rational))
    if read is None or reduced.node is None:
        return None
    given, shows = read
    with suppress(Stuck, _Spent):
        search = _Search(symbols_in([*given, *reduced.given], [shows, reduced.shows]), CHEAP)
        node = search.with_factors(given, shows, reduced)
        found = Identities(given, shows, node, kept=reduced)
        return found if identities_hold(found) else None
    return None


class _Spent(Exception):
    """The search has done all the work that it may."""


@dataclass
class _Fact:
    poly: PolyElement
    kind: str  # ">", ">=", "=="

    def serves(self, kind: str) -> bool:
        """Whether what is known is of a kind or stronger."""
        return self.kind == kind or (kind == ">=" and self.kind == ">")


@dataclass
class _Search:
    """Facts that are known so far, and the steps that showed those that are no hypotheses."""

    names: Sequence[str]
    levels: Sequence[tuple[int, int]]
    facts: list[_Fact] = field(default_factory=list)
    open_: list[list[Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    splits: int = 0
    depth: int = 0  # eliminations that are going on
    budget: list[int] = field(default_factory=lambda: [*MOST_PROGRAMS, MOST_WORK])
    products: dict[tuple[int, ...], PolyElement] = field(
        default_factory=dict
    )  # by the identity of kept polynomials

    def __post_init__(self) -> None:
        self.ring = PolyRing(self.names or ["none_"], sympy.QQ)

    def inner(self) -> _Search:
        """The same knowledge, to go on from in a case."""
        return _Search(
            self.names,
            self.levels,
            list(self.facts),
            [list(o) for o in self.open_],
            [],
            self.splits,
            0,
            self.budget,
            self.products,
        )

    # what is given

    def relation(self, text: str) -> tuple[PolyElement, PolyElement, str]:
        """Numerator, denominator and kind, as the checker reads them: nothing is cancelled but signs of numbers."""
        for kind in ("<=", ">=", "==", "!=", "<", ">"):
            left, found, right = text.partition(f" {kind} ")
            if found:
                break
        a, b = (self.ratio(ast.parse(side.strip(), mode="eval").body) for side in (left, right))
        if kind in ("<", "<="):
            a, b, kind = b, a, {"<": ">", "<=": ">="}[kind]
        return a[0] * b[1] - b[0] * a[1], a[1] * b[1], kind

    def ratio(self, tree: ast.expr) -> tuple[PolyElement, PolyElement]:
        one = self.ring.one
        if isinstance(tree, ast.Name):
            return self.ring.gens[self.names.index(tree.id)], one
        if isinstance(tree, ast.Constant):
            return self.ring(tree.value), one
        if isinstance(tree, ast.UnaryOp):
            top, bottom = self.ratio(tree.operand)
            return -top, bottom
        if not isinstance(tree, ast.BinOp):
            raise Stuck
        a, b = self.ratio(tree.left), self.ratio(tree.right)
        match tree.op:
            case ast.Pow():
                power = ast.literal_eval(tree.right)
                top, bottom = a if power >= 0 else (a[1], a[0])
                return top ** abs(power), bottom ** abs(power)
            case ast.Mult():
                return a[0] * b[0], a[1] * b[1]
            case ast.Div() if b[0].is_ground and b[1] == 1:
                return a[0] * (1 / b[0].LC), a[1]
            case ast.Div():
                return a[0] * b[1], a[1] * b[0]
            case ast.Sub():
                return a[0] * b[1] - b[0] * a[1], a[1] * b[1]
        return a[0] * b[1] + b[0] * a[1], a[1] * b[1]

    def take(self, statement: Any) -> None:
        if isinstance(statement, str):
            top, bottom, kind = self.relation(statement)
            gap = top * bottom
            self.facts.append(_Fact(gap**2, ">") if kind == "!=" else _Fact(gap, kind))
        elif statement[0] == "and":
            for part in statement[1:]:
                self.take(part)
        elif statement[0] == "or":
            self.open_.append(statement[1:])
        else:
            raise Stuck

    def divide(self) -> None:
        """Facts without the factors that are known to be positive."""
        for i in range(len(self.facts)):
            fact = self.facts[i]
            lead, factors = _factors(fact.poly) if len(fact.poly) > 1 else (1, [])
            if sum(power for _, power in factors) < 2:
                continue
            sign, positive, rest = 1 if lead > 0 else -1, [], []
            for factor, power in factors:
                try:
                    j, s = self.either(factor, lambda p: self.plainly(p, ">"))
                except Stuck:
                    rest += [factor] * power
                    continue
                positive += [j] * power
                sign *= s**power
            if positive and len(rest) == 1:
                c = _ratio_of(rest[0] * sign * self.multiplied(positive), fact.poly)
                self.add(rest[0] * sign, fact.kind, [(Fraction(1), tuple(positive))], [(c, (i,), None)])

    # what is shown by identities of a statement that lacks factors of known sign

    def with_factors(self, given: list[Any], shows: Any, reduced: Identities) -> dict[str, Any]:
        """A node that shows the statement from all that is given, by one from hypotheses with fewer factors."""
        for hypothesis in given:
            self.take(hypothesis)
        wanted = self.inner()
        wanted.facts, wanted.open_ = [], []
        for hypothesis in reduced.given:
            wanted.take(hypothesis)
        places = [self.divided(fact) for fact in wanted.facts]
        choices = [i for o in wanted.open_ for i, own in enumerate(self.open_) if own == o]
        if len(choices) != len(wanted.open_):
            raise Stuck
        self.open_ = [self.open_[i] for i in choices]
        return {**self.followed(reduced.node or {}, reduced.shows, shows, places)}

    def divided(self, fact: _Fact) -> int:
        """The number of a fact, shown where a known one is a multiple of it by factors that are positive."""
        for i, own in enumerate(self.facts):
            if own.serves(fact.kind) and own.poly == fact.poly:
                return i
        for i, own in enumerate(list(self.facts)):
            over, rest = own.poly.div(fact.poly)
            if rest or not own.serves(fact.kind):
                continue
            with suppress(Stuck):
                c, chosen, _ = self.signs_of(over, ">")
                return self.add(fact.poly, fact.kind, [(c, chosen)], [(Fraction(1), (i,), None)])
        raise Stuck

    def signs_of(self, poly: PolyElement, kind: str) -> tuple[Fraction, tuple[int, ...], PolyElement]:
        """A positive number, facts and what is squared, whose product the polynomial is."""
        _, factors = _factors(poly)
        chosen: list[int] = []
        root = self.ring.one
        for factor, power in factors:
            if power % 2 == 0 and kind == ">=":
                root *= factor ** (power // 2)
            else:
                chosen += [self.either(factor, lambda p: self.plainly(p, kind))[0]] * power
        c = _ratio_of(poly, self.multiplied(chosen) * root**2)
        if c < 0:
            raise Stuck
        return c, tuple(chosen), root

    def followed(self, node: dict[str, Any], old: Any, shows: Any, places: list[int]) -> dict[str, Any]:
        """A node that goes the way of another, which shows ``old``; ``places`` are the numbers of its facts here."""
        places = list(places)
        kept: dict[str, Any] = {k: node[k] for k in ("disjunct", "split", "parts", "cases") if k in node}
        if not isinstance(old, str):
            if old != shows:
                raise Stuck
            if "disjunct" in node:
                old = shows = shows[1 + node["disjunct"]]
            elif shows[0] == "or" and not {"split", "cases"} & node.keys():
                for other in shows[1:-1]:
                    top, _, kind = self.relation(other)
                    self.supposed(_Fact(-top, ">=" if kind == ">" else ">"), places)
                old = shows = shows[-1]
        for step in node.get("steps", ()):
            made = {
                part: [[c, [places[i] for i in chosen], *more] for c, chosen, *more in step[part]]
                for part in ("times", "sum")
            }
            self.steps.append({**step, **made})
            poly, _ = self.ratio(ast.parse(step["shows"], mode="eval").body)
            self.supposed(_Fact(poly, step["kind"]), places)
        if "nodes" not in node:
            if old != shows and not any(f.kind == ">" and not f.poly for f in self.facts):
                return self.multiple_shown(old, shows)
            return {**kept, "steps": self.steps}
        if "parts" in node:
            inner = zip(shows[1:], node["nodes"], strict=True)
            nodes = [self.inner().followed(n, part, part, places) for part, n in inner]
            return {**kept, "steps": self.steps, "nodes": nodes}
        here = self.inner()
        cases = (
            [f"{node['split']} >= 0", f"{node['split']} < 0"]
            if "split" in node
            else here.open_.pop(node["cases"])
        )
        nodes = []
        for case, n in zip(cases, node["nodes"], strict=True):
            there, more = here.inner(), list(places)
            there.take(case)
            more += range(len(here.facts), len(there.facts))
            nodes.append(there.followed(n, old, shows, more))
        return {**kept, "steps": self.steps, "nodes": nodes}

    def supposed(self, fact: _Fact, places: list[int]) -> None:
        places.append(len(self.facts))
        self.facts.append(fact)

    def multiple_shown(self, old: str, shows: Any) -> dict[str, Any]:
        """A node that shows a relation whose side is that of another, which is known, times factors of known sign."""
        if not isinstance(shows, str):  # what divides and has cancelled is not 0
            nodes = [self.inner().multiple_shown(old, shows[1])]
            for part in shows[2:]:
                inner = self.inner()
                inner.relation_shown(part)
                nodes.append({"steps": inner.steps})
            return {"parts": True, "nodes": nodes, "steps": self.steps}
        top, bottom, kind = self.relation(shows)
        known, under, _ = self.relation(old)
        known *= under
        over, rest = (top * bottom).div(known)
        if rest or kind not in (">", ">="):
            raise Stuck
        c, chosen, root = self.signs_of(over, kind)
        if not known.is_ground:
            i = self.known(known, kind)
            c, chosen = c * _ratio_of(known, self.facts[i].poly), (i, *chosen)
        if not bottom.is_ground:
            _, sign = self.either(bottom, lambda p: self.show(p, ">"))
            self.exactly(bottom * sign, ">")
        square = None if root == 1 else root
        self.add(top * bottom, kind, [(Fraction(1), ())], [(c, chosen, square)])
        return {"steps": self.steps}

    def plainly(self, poly: PolyElement, kind: str) -> int:
        try:
            return self.known(poly, kind)
        except Stuck:
            if (found := self.by_bounds(poly, kind)) is None:
                raise
            return found

    # what is to be shown

    def prove(self, shows: Any) -> dict[str, Any]:
        """A node that shows the statement; raises where none was found."""
        if not isinstance(shows, str) and shows[0] == "and":
            nodes = [self.inner().prove(part) for part in shows[1:]]
            return {"parts": True, "nodes": nodes, "steps": self.steps}
        if not isinstance(shows, str):
            return self.one_of(shows)
        for i, alternatives in enumerate(self.open_):
            kept = self.not_refuted(alternatives)
            if kept is not None:
                return self.by_cases(i, shows, [kept])
        try:
            self.relation_shown(shows)
            return {"steps": self.steps}
        except Stuck:
            if self.splits >= MOST_SPLITS:
                raise
        return self.by_all_cases(shows)

    def absurd(self, _shows: Any) -> dict[str, Any]:
        """A node that shows anything, as what is given contradicts itself: a sum of hypotheses is 0."""
        self.by_program(self.ring.zero, ">", FIRST[:1])
        return {"steps": self.steps}

    def by_all_cases(self, shows: Any) -> dict[str, Any]:
        """Go on in every alternative of one open hypothesis that shares a name with the conclusion."""
        names = set(re.findall(r"[A-Za-z_]\w*", str(shows)))
        for i, alternatives in enumerate(self.open_):
            if names & set(re.findall(r"[A-Za-z_]\w*", str(alternatives))):
                with suppress(Stuck):
                    return self.by_cases(i, shows, list(range(len(alternatives))))
        raise Stuck

    def one_of(self, shows: list[Any]) -> dict[str, Any]:
        """A node that shows a conclusion ``or``: in every case of a hypothesis, by one part of it, by the last where the others
        are false, or by signs.
        """
        if self.splits < MOST_SPLITS:
            with suppress(Stuck):
                return self.by_all_cases(shows)
        for k, part in enumerate(shows[1:]):
            try:
                node = self.inner().prove(part)
                return {**node, "steps": [*self.steps, *node["steps"]], "disjunct": k}
            except Stuck:
                continue
        supposed = self.inner()
        try:
            for other in shows[1:-1]:
                if not isinstance(other, str):
                    raise Stuck
                top, bottom, kind = self.relation(other)
                if kind not in (">", ">=") or bottom != 1:
                    raise Stuck
                supposed.facts.append(_Fact(-top, ">=" if kind == ">" else ">"))
            node = supposed.prove(shows[-1])
            return {**node, "steps": [*self.steps, *node["steps"]]}
        except Stuck:
            if self.splits >= MOST_SPLITS:
                raise
        for text in dict.fromkeys(_atoms(shows)):
            top, bottom, kind = self.relation(text)
            if bottom != 1 or kind not in (">", ">="):
                continue
            try:
                nodes = []
                for case in (f"{_text(top)} >= 0", f"{_text(top)} < 0"):
                    here = self.inner()
                    here.splits += 1
                    here.take(case)
                    nodes.append(here.prove(shows))
            except Stuck:
                continue
            return {"steps": self.steps, "split": _text(top), "nodes": nodes}
        raise Stuck

    def by_cases(self, i: int, shows: Any, kept: Sequence[int]) -> dict[str, Any]:
        """Go on in each alternative of an open hypothesis; those not in ``kept`` contradict what is known."""
        here = self.inner()
        alternatives = here.open_.pop(i)
        here.splits += len(kept) > 1
        nodes = []
        for k, alternative in enumerate(alternatives):
            case = here.inner()
            case.take(alternative)
            if k in kept:
                nodes.append(case.prove(shows))
            else:
                case.contradiction(case.facts[-1])
                nodes.append({"steps": case.steps})
        return {"steps": self.steps, "cases": i, "nodes": nodes}

    def not_refuted(self, alternatives: Sequence[Any]) -> int | None:
        """The one alternative that what is known does not contradict at once; None unless there is exactly one."""
        left = []
        for k, alternative in enumerate(alternatives):
            case = self.inner()
            if isinstance(alternative, str):
                case.take(alternative)
                try:
                    case.contradiction(case.facts[-1])
                    continue
                except Stuck:
                    pass
            left.append(k)
        return left[0] if len(left) == 1 else None

    def contradiction(self, fact: _Fact) -> None:
        """Show ``0 > 0`` from a fact whose contrary is known."""
        last = next(i for i, f in enumerate(self.facts) if f is fact)
        for sign in (-1, 1) if fact.kind == "==" else (-1,):
            try:
                i = self.cheaply(fact.poly * sign, ">=" if fact.kind == ">" else ">", last)
            except Stuck:
                continue
            c = _ratio_of(fact.poly * sign, self.facts[i].poly)
            own = Fraction(-sign) if fact.kind == "==" else Fraction(1)
            self.add(self.ring.zero, ">", [(Fraction(1), ())], [(c, (i,), None), (own, (last,), None)])
            return
        raise Stuck

    def cheaply(self, poly: PolyElement, kind: str, before: int) -> int:
        """As ``show``, by products of earlier facts alone."""
        if poly.is_ground:
            if poly and poly.LC > 0:
                return self.add(poly, kind, [(Fraction(1), ())], [(as_fraction(poly.LC), (), None)])
            raise Stuck
        with suppress(Stuck):
            return self.known(poly, kind, before)
        try:
            chosen, c = self.as_product(poly, kind, before)
        except Stuck:
            if (found := self.by_bounds(poly, kind, before)) is not None:
                return found
            return self.by_program(poly, kind, FIRST[:1])
        return self.add(poly, kind, [(Fraction(1), ())], [(c, chosen, None)])

    def as_product(
        self, poly: PolyElement, kind: str, before: int | None = None
    ) -> tuple[tuple[int, ...], Fraction]:
        """Known facts whose product, times a positive number, is the polynomial."""
        lead, factors = _factors(poly)
        chosen: list[int] = []
        sign = 1 if lead > 0 else -1
        for factor, power in factors:
            i, s = self.either(factor, lambda p: self.known(p, kind, before))
            chosen += [i] * power
            sign *= s**power
        if sign < 0:
            raise Stuck
        return tuple(chosen), _ratio_of(poly, self.multiplied(chosen))

    def by_bounds(self, poly: PolyElement, kind: str, before: int | None = None) -> int | None:
        """As ``show``, from bounds of single variables."""

        def positive(width: PolyElement) -> tuple[tuple[int, ...], Fraction] | None:
            try:
                return self.as_product(width, ">")
            except Stuck:
                return None

        _, near, far = self.relevant(poly)
        for chosen in dict.fromkeys((near, far)):
            if len(frozenset().union(*(_variables(self.facts[i].poly) for i in chosen))) > MOST_BOUNDED:
                continue
            self.work(20_000)
            facts = [
                (i, self.facts[i].poly, self.facts[i].kind) for i in chosen if before is None or i < before
            ]
            if (found := from_bounds(poly, kind, facts, positive)) is not None:
                return self.add(poly, kind, *found)
        return None

    def either(self, poly: PolyElement, shown: Callable[[PolyElement], int]) -> tuple[int, int]:
        """The number of a fact about the polynomial or about its negative, and which."""
        for sign in (1, -1):
            with suppress(Stuck):
                return shown(poly * sign), sign
        raise Stuck

    def relation_shown(self, text: str) -> None:
        top, bottom, kind = self.relation(text)
        if bottom != 1 and bottom.is_ground is False:
            _, sign = self.either(bottom, lambda p: self.show(p, ">"))
            self.exactly(bottom * sign, ">")
        elif bottom != 1:
            self.exactly(bottom if bottom.LC > 0 else -bottom, ">")
        wanted = top * bottom
        if kind == "!=":
            try:
                self.exactly(wanted, ">")
            except Stuck:
                self.exactly(-wanted, ">")
        elif kind == "==":
            try:
                self.exactly(wanted, kind)
            except Stuck:
                self.exactly(wanted, ">=")
                self.exactly(-wanted, ">=")
        else:
            self.exactly(wanted, kind)

    def exactly(self, poly: PolyElement, kind: str) -> None:
        """Make the polynomial itself a fact."""
        if any(f.poly == poly and f.serves(kind) for f in self.facts):
            return
        i = self.show(poly, kind)
        fact = self.facts[i]
        if fact.poly != poly:
            self.add(poly, kind, [(Fraction(1), ())], [(_ratio_of(poly, fact.poly), (i,), None)])

    def add(self, poly: PolyElement, kind: str, times: Iterable[Any], total: Iterable[Any]) -> int:
        self.steps.append(
            {
                "shows": _text(poly),
                "kind": kind,
                "times": [[str(c), list(chosen)] for c, chosen in times],
                "sum": [
                    [str(c), list(chosen)] if square is None else [str(c), list(chosen), _text(square)]
                    for c, chosen, square in total
                ],
            }
        )
        self.facts.append(_Fact(poly, kind))
        return len(self.facts) - 1

    def work(self, amount: int) -> None:
        """Count what is done, and end the search where it is too much."""
        self.budget[2] -= amount
        if self.budget[2] < 0:
            raise _Spent

    def show(self, poly: PolyElement, kind: str) -> int:
        """The number of a fact that is a positive multiple of the polynomial, of the kind asked for or a stronger one."""
        self.work(1000)
        if not poly:
            if kind == ">":
                return self.by_program(poly, kind)
            return self.add(poly, kind, [(Fraction(1), ())], [])
        if poly.is_ground:
            if poly.LC < 0 or kind == "==":
                return self.by_program(poly, kind)
            return self.add(poly, kind, [(Fraction(1), ())], [(as_fraction(poly.LC), (), None)])
        with suppress(Stuck):
            return self.known(poly, kind)
        if kind != "==":
            for way in (self.by_factors, self.by_bounds, self.by_square):
                if (found := way(poly, kind)) is not None:
                    return found
            with suppress(Stuck):
                # what is left of an elimination has programs of its own, which would spend all that there are
                return self.by_program(poly, kind, FIRST if self.depth else PLAIN)
            found = self.by_elimination(poly, kind)
            if found is not None:
                return found
        try:
            return self.by_program(poly, kind)
        except Stuck:
            found = None if kind == "==" else self.by_elimination(poly, kind, bounds=True)
            if found is None:
                raise
            return found

    def by_elimination(self, poly: PolyElement, kind: str, *, bounds: bool = False) -> int | None:
        """Where a fact and the goal are linear in a variable, what is left to show when it is eliminated.

        With ``bounds`` the fact is a bound of one variable, and what is left must have factors to begin with.
        """
        if self.depth >= MOST_ELIMINATIONS:
            return None
        for i in range(len(self.facts)):
            fact = self.facts[i]
            if (len(fact.poly) < 3) != bounds or fact.kind == "==":
                continue
            for v in sorted(_variables(poly) & _variables(fact.poly)):
                a, b = _slope(fact.poly, v), _slope(poly, v)
                if a is None or b is None:
                    continue
                common = a.gcd(b)
                a, b = a.quo(common), b.quo(common)
                rest = a * poly - b * fact.poly
                if _multiple(rest, poly) is not None or (bounds and not _has_factors(rest)):
                    continue
                state = len(self.facts), len(self.steps)
                self.depth += 1
                try:
                    for s in (1, -1):
                        try:
                            # what multiplies the goal is positive, what multiplies the fact is not negative
                            up = self.show(a * s, ">")
                            cross = self.show(b * s, ">=")
                            left = self.show(
                                rest * s, ">=" if fact.kind == ">" and self.facts[cross].kind == ">" else kind
                            )
                        except Stuck:
                            del self.facts[state[0] :], self.steps[state[1] :]
                            continue
                        times = [(1 / _ratio_of(self.facts[up].poly, a * s), (up,))]
                        total: list[Any] = [(1 / _ratio_of(self.facts[cross].poly, b * s), (cross, i), None)]
                        if rest:
                            total.append((1 / _ratio_of(self.facts[left].poly, rest * s), (left,), None))
                        return self.add(poly, kind, times, total)
                finally:
                    self.depth -= 1
        return None

    def by_factors(self, poly: PolyElement, kind: str) -> int | None:
        lead, factors = _factors(poly)
        if len(factors) == 1 and factors[0][1] == 1:
            return None
        sign = 1 if lead > 0 else -1
        chosen: list[int] = []
        square = self.ring.one
        undecided = []
        for factor, power in factors:
            if power % 2 == 0 and kind == ">=":
                square *= factor ** (power // 2)
                continue
            try:
                i, s = self.either(factor, lambda p: self.known(p, kind))
            except Stuck:
                undecided.append((factor, power))
                continue
            chosen += [i] * power
            sign *= s**power
        if len(undecided) == 1 and undecided[0][1] == 1:  # its sign follows from the goal
            i = self.show(undecided[0][0] * sign, kind)
            chosen.append(i)
            sign = 1
        else:
            for factor, power in undecided:
                try:
                    i, s = self.either(factor, lambda p: self.by_bounds_or_program(p, kind))
                except Stuck:
                    return None
                chosen += [i] * power
                sign *= s**power
        if sign < 0:
            return None
        product = square * square
        for i in chosen:
            product *= self.facts[i].poly
        c = _ratio_of(poly, product)
        return self.add(
            poly, kind, [(Fraction(1), ())], [(c, tuple(chosen), None if square == 1 else square)]
        )

    def by_square(self, poly: PolyElement, kind: str) -> int | None:
        """A polynomial that is quadratic in a variable, its square completed: a p = (a x + b/2)^2 + (a c - b^2/4)."""
        if self.depth >= MOST_ELIMINATIONS:
            return None
        for k in sorted(_variables(poly)):
            x = poly.ring.gens[k]
            if max(monomial[k] for monomial in poly) != 2:
                continue
            lead = poly.diff(x).diff(x) * poly.ring.domain(1, 2)
            root = poly.diff(x) * poly.ring.domain(1, 2)
            rest = lead * poly - root**2
            self.depth += 1
            try:
                up = self.cheaply(lead, ">", len(self.facts))
                left = self.show(rest, kind)
            except Stuck:
                continue
            finally:
                self.depth -= 1
            times = [(1 / _ratio_of(self.facts[up].poly, lead), (up,))]
            total: list[Any] = [(Fraction(1), (), root)]
            if rest:
                total.append((1 / _ratio_of(self.facts[left].poly, rest), (left,), None))
            return self.add(poly, kind, times, total)
        return None

    def by_bounds_or_program(self, poly: PolyElement, kind: str) -> int:
        found = self.by_bounds(poly, kind)
        return self.by_program(poly, kind, CHEAP) if found is None else found

    def known(self, poly: PolyElement, kind: str, before: int | None = None) -> int:
        """The number of a fact that says so already, up to a positive number."""
        for i, fact in enumerate(self.facts[:before]):
            if (
                fact.serves(kind)
                and (c := _multiple(poly, fact.poly)) is not None
                and (c > 0 or kind == "==")
            ):
                return i
        raise Stuck

    # the linear program

    def by_program(
        self, poly: PolyElement, kind: str, levels: Sequence[tuple[int, int]] | None = None
    ) -> int:
        core, near, far = self.relevant(poly)
        for most, factors in self.levels if levels is None else levels:
            for facts in dict.fromkeys((core, near, far)):
                dear = (most, factors) not in FIRST
                if self.budget[dear] <= 0:
                    raise Stuck
                self.budget[dear] -= 1
                found = self.program(poly, kind, facts, most, factors)
                if found is not None:
                    times, total = found
                    return self.add(poly, kind, times, total)
        raise Stuck

    def relevant(self, poly: PolyElement) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Facts in the variables of the polynomial alone, first without odd bounds of one variable, then with; and those
        that share a variable with it. The short ones come first.
        """
        own = _variables(poly)
        order = sorted(
            range(len(self.facts)),
            key=lambda i: (len(self.facts[i].poly), sum(self.facts[i].poly.degrees()), i),
        )
        unlike: list[int] = []
        for i in order:  # of facts that are multiples of each other, the stronger
            poly_i = self.facts[i].poly
            if not poly_i:
                continue
            twin = next(
                (j for j in unlike if (c := _multiple(poly_i, self.facts[j].poly)) is not None and c > 0),
                None,
            )
            if twin is None:
                unlike.append(i)
            elif self.facts[i].kind == ">" and self.facts[twin].kind == ">=":
                unlike[unlike.index(twin)] = i
        names = {i: _variables(self.facts[i].poly) for i in unlike}
        for i in unlike:  # an equation brings its other variables
            if self.facts[i].kind == "==" and names[i] & own:
                own |= names[i]
        near = tuple(i for i in unlike if names[i] <= own or not own)
        core = tuple(i for i in near if not _odd_bound(self.facts[i].poly))
        linked = own.union(*(names[i] for i in unlike if names[i] & own))
        return core, near, tuple(i for i in unlike if names[i] <= linked or not own)

    def program(self, poly: PolyElement, kind: str, facts: Sequence[int], most: int, factors: int) -> Any:
        """Coefficients of an identity, or None. ``most`` hypotheses a product, ``factors`` in what multiplies the goal."""
        strict = [i for i in facts if self.facts[i].kind == ">"]
        times = [m for n in range(factors + 1) for m in itertools.combinations_with_replacement(strict, n)]
        limit = max((sum(m) for m in poly), default=1) + 2 * factors
        degrees = {i: max(map(sum, self.facts[i].poly)) for i in facts}
        products: list[tuple[tuple[int, ...], PolyElement]] = []
        for n in range(most + 1):
            for m in itertools.combinations_with_replacement(facts, n):
                if sum(degrees[i] for i in m) <= limit + (1 if n <= 3 else 0):
                    made = self.multiplied(m)
                    self.work(len(made))
                    products.append((m, made))
                if len(products) > MOST_PRODUCTS:
                    return None
        squares = (
            [(x - y, (x - y) ** 2) for x, y in itertools.combinations(self.ring.gens, 2)]
            if len(self.names) < 4
            else []
        )
        squares += [(x, x**2) for x in self.ring.gens] if len(self.names) < 6 else []
        for k in _variables(
            poly
        ):  # where the goal is quadratic in a variable, its derivative completes the square
            if max((m[k] for m in poly), default=0) == 2:
                root = poly.diff(self.ring.gens[k]).primitive()[1]
                squares.append((root, root**2))
        terms: list[tuple[tuple[int, ...], Any, PolyElement]] = [(m, None, p) for m, p in products]
        terms += [(m, root, p * q) for root, q in squares for m, p in products if len(m) <= 1]
        zero = [i for i in facts if self.facts[i].kind == "=="]
        for degree in range(1, limit + 1) if zero else ():
            for m in itertools.combinations_with_replacement(
                sorted(_variables(poly).union(*(_variables(self.facts[i].poly) for i in zero))), degree
            ):
                root = self.ring.one
                for k in m:
                    root *= self.ring.gens[k]
                terms += [((i,), root, self.facts[i].poly * root) for i in zero]
        columns = [poly * self.multiplied(m) for m in times] + [-p for _, _, p in terms]
        self.work(sum(map(len, columns)))
        free = [False] * len(times) + [any(self.facts[i].kind == "==" for i in m) for m, _, _ in terms]
        if kind == "==":
            keep = [*range(len(times)), *(len(times) + k for k in range(len(terms)) if free[len(times) + k])]
        else:
            keep = list(range(len(columns)))
        positive = [
            k
            for k in keep
            if k >= len(times)
            and not free[k]
            and terms[k - len(times)][1] is None
            and all(self.facts[i].kind == ">" for i in terms[k - len(times)][0])
        ]
        solved = coefficients([columns[k] for k in keep], [free[k] for k in keep], len(times),
                        [keep.index(k) for k in positive] if kind == ">" else None)  # fmt: skip
        if solved is None:
            return None
        pairs = [(keep[j], c) for j, c in solved]
        return (
            [(c, times[k]) for k, c in pairs if k < len(times)],
            [(c, terms[k - len(times)][0], terms[k - len(times)][1]) for k, c in pairs if k >= len(times)],
        )

    def multiplied(self, chosen: Sequence[int]) -> PolyElement:
        chosen = tuple(chosen)
        if not chosen:
            return self.ring.one
        key = tuple(self.facts[i].poly for i in chosen)
        if len(self.products) > MOST_KEPT:
            self.products.clear()
        if key not in self.products:
            self.products[key] = self.multiplied(chosen[:-1]) * self.facts[chosen[-1]].poly
        return self.products[key]


def _slope(poly: PolyElement, variable: int) -> PolyElement | None:
    """The factor of a variable in a polynomial that is linear in it."""
    if max((m[variable] for m in poly), default=0) != 1:
        return None
    return poly.diff(poly.ring.gens[variable])


def _atoms(statement: Any) -> Iterator[str]:
    if isinstance(statement, str):
        yield statement
    else:
        for part in statement[1:]:
            yield from _atoms(part)


def _odd_bound(poly: PolyElement) -> bool:
    """Whether it bounds one variable by a number that looks like the end of a drawing range."""
    if len(poly) != 2 or len(_variables(poly)) != 1 or max(map(sum, poly)) != 1:
        return False
    constant = poly.get(poly.ring.zero_monom, 0)
    return bool(constant) and abs(constant / poly.LC) not in (1, 2, sympy.QQ(1, 2))


def _variables(poly: PolyElement) -> frozenset[int]:
    """Which of the ring's variables it holds."""
    return frozenset(k for monomial in poly for k, power in enumerate(monomial) if power)


def _factors(poly: PolyElement) -> tuple[Any, list[tuple[PolyElement, int]]]:
    """The number before its factors, and each with its power: by FLINT, where SymPy takes long."""
    ring = poly.ring
    context = fmpq_mpoly_ctx.get([f"x{i}" for i in range(ring.ngens)], Ordering.lex)
    terms = {m: fmpq(int(c.numerator), int(c.denominator)) for m, c in poly.items()}
    number, found = context.from_dict(terms).factor()
    factors = [
        (
            ring.from_dict(
                {tuple(map(int, m)): ring.domain(int(c.p), int(c.q)) for m, c in f.to_dict().items()}
            ),
            int(n),
        )
        for f, n in found
    ]
    return number, sorted(factors, key=lambda made: (len(dense := made[0].to_dense()), made[1], dense))


def _has_factors(poly: PolyElement) -> bool:
    return bool(sum(power for _, power in _factors(poly)[1]) > 1)


def _multiple(a: PolyElement, b: PolyElement) -> Any:
    """The number c with ``a = c b``, or None."""
    if len(a) != len(b) or not b or a.LM != b.LM:
        return None
    c = a.LC / b.LC
    return c if all(b.get(m) is not None and v == c * b[m] for m, v in a.items()) else None


def _ratio_of(a: PolyElement, b: PolyElement) -> Fraction:
    c = _multiple(a, b)
    if c is None:
        raise Stuck
    return as_fraction(c)


def _text(poly: PolyElement) -> str:
    return str(poly.as_expr()) if poly else "0"
