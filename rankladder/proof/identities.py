"""Finds identities that prove polynomial and rational inequalities; ``identity_checker`` decides whether they do.

The goal, times a sum of products of positive hypotheses, is sought as a sum of products of hypotheses with coefficients
``>= 0``: a linear program over the monomials. Its solution is a guess. The exact coefficients come from a linear system over
the rationals, and what comes out is checked by code that shares nothing with this module.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Self

from sympy.polys.rings import PolyElement

from rankladder.language.obligation import Obligation
from rankladder.proof.identity_bounds import as_fraction
from rankladder.proof.identity_checker import check_identities
from rankladder.proof.identity_facts import (
    Fact,
    Facts,
    Spent,
    multiple,
    polynomial_factors,
    ratio_of,
    variables,
    written,
)
from rankladder.proof.identity_program import coefficients
from rankladder.proof.identity_text import Identities, Stuck, symbols_in, translated

__all__ = ["CHEAP", "Search", "find_identities", "identities_hold"]

# how many hypotheses a product has at most, and how many the positive factor of the goal has: tried in turn
LEVELS = ((1, 0), (2, 0), (3, 0), (2, 1), (3, 1), (4, 0), (4, 1), (4, 2), (5, 1))
FIRST, PLAIN = LEVELS[:2], LEVELS[:3]
CHEAP = ((1, 0), (2, 0), (2, 1))  # for a factor whose sign is not known yet
MOST_PRODUCTS = 1500
MOST_SPLITS = 2
MOST_ELIMINATIONS = 2


def identities_hold(found: Identities) -> bool:
    """Whether there is a certificate, and it proves the obligation."""
    if found.node is None:
        return False
    try:
        check_identities(found.given, found.shows, found.node)
    except (ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError):
        return False
    return True


def find_identities(obligation: Obligation) -> Identities | None:
    """Seek identities that prove an obligation between rational functions; None where none was found.

    >>> import sympy
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
    for prove in (Search.prove, Search.absurd):
        with suppress(Stuck, Spent):
            search = Search(symbols)
            for hypothesis in given:
                search.take(hypothesis)
            search.divide()
            found = Identities(given, shows, prove(search, shows))
            return found if identities_hold(found) else None
    return None


@dataclass
class Search(Facts):
    """Ways to show what is not known yet."""

    levels: ClassVar[Sequence[tuple[int, int]]] = LEVELS
    splits: int = 0
    depth: int = 0  # eliminations that are going on

    def inner(self) -> Self:
        """The same knowledge, to go on from in a case."""
        return replace(super().inner(), depth=0)

    def divide(self) -> None:
        """Facts without the factors that are known to be positive."""
        for i in range(len(self.facts)):
            fact = self.facts[i]
            lead, factors = polynomial_factors(fact.poly) if len(fact.poly) > 1 else (1, [])
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
                c = ratio_of(rest[0] * sign * self.multiplied(positive), fact.poly)
                self.add(rest[0] * sign, fact.kind, [(Fraction(1), tuple(positive))], [(c, (i,), None)])

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
        with suppress(Stuck):
            return self.last_where_others_are_false(shows)
        if self.splits >= MOST_SPLITS:
            raise Stuck
        for text in dict.fromkeys(_atoms(shows)):
            top, bottom, kind = self.relation(text)
            if bottom != 1 or kind not in (">", ">="):
                continue
            try:
                nodes = []
                for case in (f"{written(top)} >= 0", f"{written(top)} < 0"):
                    here = self.inner()
                    here.splits += 1
                    here.take(case)
                    nodes.append(here.prove(shows))
            except Stuck:
                continue
            return {"steps": self.steps, "split": written(top), "nodes": nodes}
        raise Stuck

    def last_where_others_are_false(self, shows: list[Any]) -> dict[str, Any]:
        """A node that splits by the sign of every part of a conclusion ``or`` but the last, each of which may be what holds."""
        here = self.inner()
        splits = []
        for other in shows[1:-1]:
            if not isinstance(other, str):
                raise Stuck
            top, bottom, kind = self.relation(other)
            if kind not in (">", ">=") or bottom != 1:
                raise Stuck
            here.facts.append(Fact(-top, ">=" if kind == ">" else ">"))
            splits.append((top, kind))
        node = {**here.prove(shows[-1]), "disjunct": len(shows) - 2}
        for k, (top, kind) in reversed([*enumerate(splits)]):
            holds = {"steps": [], "disjunct": k}
            if kind == ">":
                node = {"steps": [], "split": written(-top), "nodes": [node, holds]}
            else:
                node = {"steps": [], "split": written(top), "nodes": [holds, node]}
        return {**node, "steps": [*self.steps, *node["steps"]]}

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

    def contradiction(self, fact: Fact) -> None:
        """Show ``0 > 0`` from a fact whose contrary is known."""
        last = next(i for i, f in enumerate(self.facts) if f is fact)
        for sign in (-1, 1) if fact.kind == "==" else (-1,):
            try:
                i = self.cheaply(fact.poly * sign, ">=" if fact.kind == ">" else ">", last)
            except Stuck:
                continue
            c = ratio_of(fact.poly * sign, self.facts[i].poly)
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

    def relation_shown(self, text: str) -> None:
        """Show a relation, and of what divides there that it is not 0."""
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
            self.add(poly, kind, [(Fraction(1), ())], [(ratio_of(poly, fact.poly), (i,), None)])

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
            for v in sorted(variables(poly) & variables(fact.poly)):
                a, b = _slope(fact.poly, v), _slope(poly, v)
                if a is None or b is None:
                    continue
                common = a.gcd(b)
                a, b = a.quo(common), b.quo(common)
                rest = a * poly - b * fact.poly
                if multiple(rest, poly) is not None or (bounds and not _has_factors(rest)):
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
                        times = [(1 / ratio_of(self.facts[up].poly, a * s), (up,))]
                        total: list[Any] = [(1 / ratio_of(self.facts[cross].poly, b * s), (cross, i), None)]
                        if rest:
                            total.append((1 / ratio_of(self.facts[left].poly, rest * s), (left,), None))
                        return self.add(poly, kind, times, total)
                finally:
                    self.depth -= 1
        return None

    def by_factors(self, poly: PolyElement, kind: str) -> int | None:
        """A product, from the signs of its factors."""
        lead, factors = polynomial_factors(poly)
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
        c = ratio_of(poly, product)
        return self.add(
            poly, kind, [(Fraction(1), ())], [(c, tuple(chosen), None if square == 1 else square)]
        )

    def by_square(self, poly: PolyElement, kind: str) -> int | None:
        """A polynomial that is quadratic in a variable, its square completed: a p = (a x + b/2)^2 + (a c - b^2/4)."""
        if self.depth >= MOST_ELIMINATIONS:
            return None
        for k in sorted(variables(poly)):
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
            times = [(1 / ratio_of(self.facts[up].poly, lead), (up,))]
            total: list[Any] = [(Fraction(1), (), root)]
            if rest:
                total.append((1 / ratio_of(self.facts[left].poly, rest), (left,), None))
            return self.add(poly, kind, times, total)
        return None

    def by_bounds_or_program(self, poly: PolyElement, kind: str) -> int:
        """As ``show``, in the cheap ways."""
        found = self.by_bounds(poly, kind)
        return self.by_program(poly, kind, CHEAP) if found is None else found

    # the linear program

    def by_program(
        self, poly: PolyElement, kind: str, levels: Sequence[tuple[int, int]] | None = None
    ) -> int:
        """As ``show``, by a linear program over the facts that have to do with it."""
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
        for k in variables(
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
                sorted(variables(poly).union(*(variables(self.facts[i].poly) for i in zero))), degree
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


def _has_factors(poly: PolyElement) -> bool:
    return bool(sum(power for _, power in polynomial_factors(poly)[1]) > 1)
