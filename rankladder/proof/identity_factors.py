"""Identities of a statement from those of one that lacks factors of known sign: these were divided out to find them."""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy
from sympy.polys.rings import PolyElement

from rankladder.language.obligation import Obligation
from rankladder.proof.identities import CHEAP, Search, identities_hold
from rankladder.proof.identity_facts import Fact, Spent, polynomial_factors, ratio_of
from rankladder.proof.identity_text import Identities, Stuck, symbols_in, translated

__all__ = ["with_factors"]


def with_factors(obligation: Obligation, reduced: Identities) -> Identities | None:
    """Identities of an obligation from those of one that lacks factors of known sign; None where these do not fit.

    Args:
        obligation: as a claim states it.
        reduced: of the same, but for factors of hypotheses and conclusion that were divided out.

    >>> import sympy
    >>> from rankladder.proof.identities import find_identities
    >>> s, x = sympy.symbols("s x", real=True)
    >>> reduced = find_identities(Obligation("reduced", (x > s, s > 0), x - s > 0))
    >>> found = with_factors(Obligation("whole", (x > s, s > 0), (x**2 - s**2) / s > 0), reduced)
    >>> identities_hold(found)
    True
    """
    # a hypothesis that is not between rational functions is not used
    rational = tuple(g for g in obligation.given if translated(Obligation("", (g,), sympy.true)) is not None)
    read = translated(replace(obligation, given=rational))
    if read is None or reduced.node is None:
        return None
    given, shows = read
    with suppress(Stuck, Spent):
        search = _Lifting(symbols_in([*given, *reduced.given], [shows, reduced.shows]))
        node = search.with_factors(given, shows, reduced)
        found = Identities(given, shows, node, kept=reduced)
        return found if identities_hold(found) else None
    return None


@dataclass
class _Lifting(Search):
    """Facts of a statement, and the way of a node that shows the one without the factors."""

    levels = CHEAP

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

    def divided(self, fact: Fact) -> int:
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
        _, factors = polynomial_factors(poly)
        chosen: list[int] = []
        root = self.ring.one
        for factor, power in factors:
            if power % 2 == 0 and kind == ">=":
                root *= factor ** (power // 2)
            else:
                chosen += [self.either(factor, lambda p: self.plainly(p, kind))[0]] * power
        c = ratio_of(poly, self.multiplied(chosen) * root**2)
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
        for step in node.get("steps", ()):
            made = {
                part: [[c, [places[i] for i in chosen], *more] for c, chosen, *more in step[part]]
                for part in ("times", "sum")
            }
            self.steps.append({**step, **made})
            poly, _ = self.ratio(ast.parse(step["shows"], mode="eval").body)
            self.supposed(Fact(poly, step["kind"]), places)
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

    def supposed(self, fact: Fact, places: list[int]) -> None:
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
            c, chosen = c * ratio_of(known, self.facts[i].poly), (i, *chosen)
        if not bottom.is_ground:
            _, sign = self.either(bottom, lambda p: self.show(p, ">"))
            self.exactly(bottom * sign, ">")
        square = None if root == 1 else root
        self.add(top * bottom, kind, [(Fraction(1), ())], [(c, chosen, square)])
        return {"steps": self.steps}
