"""Facts about polynomials, each a hypothesis or shown by an identity of earlier ones, for a search and for a lifting."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Self

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx
from sympy.polys.rings import PolyElement, PolyRing

from rankladder.proof.identity_bounds import as_fraction, from_bounds
from rankladder.proof.identity_text import Stuck

__all__ = ["Fact", "Facts", "Spent", "multiple", "polynomial_factors", "ratio_of", "variables", "written"]

MOST_KEPT = 20_000  # products that are not multiplied out again
MOST_PROGRAMS = (100, 25)  # of the first levels, and of the others
MOST_WORK = 2_000_000  # terms written in programs, and a thousand for a sign asked for
MOST_BOUNDED = 6  # variables that are written by bounds of theirs


class Spent(Exception):
    """The search has done all the work that it may."""


@dataclass
class Fact:
    """What is known of a polynomial: how it compares with 0."""

    poly: PolyElement
    kind: str  # ">", ">=", "=="

    def serves(self, kind: str) -> bool:
        """Whether what is known is of a kind or stronger."""
        return self.kind == kind or (kind == ">=" and self.kind == ">")


@dataclass
class Facts:
    """Facts that are known so far, and the steps that showed those that are no hypotheses."""

    names: Sequence[str]
    facts: list[Fact] = field(default_factory=list)
    open_: list[list[Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    budget: list[int] = field(default_factory=lambda: [*MOST_PROGRAMS, MOST_WORK])
    # by the identity of kept polynomials
    products: dict[tuple[int, ...], PolyElement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ring = PolyRing(self.names or ["none_"], sympy.QQ)

    def inner(self) -> Self:
        """The same knowledge, to go on from in a case."""
        return replace(self, facts=list(self.facts), open_=[list(o) for o in self.open_], steps=[])

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
        """Numerator and denominator of an expression."""
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
        """Suppose a statement: what holds by cases stays open."""
        if isinstance(statement, str):
            top, bottom, kind = self.relation(statement)
            gap = top * bottom
            self.facts.append(Fact(gap**2, ">") if kind == "!=" else Fact(gap, kind))
        elif statement[0] == "and":
            for part in statement[1:]:
                self.take(part)
        elif statement[0] == "or":
            self.open_.append(statement[1:])
        else:
            raise Stuck

    # what is known

    def add(self, poly: PolyElement, kind: str, times: Iterable[Any], total: Iterable[Any]) -> int:
        """Make a fact of the step that shows it; returns its number."""
        self.steps.append(
            {
                "shows": written(poly),
                "kind": kind,
                "times": [[str(c), list(chosen)] for c, chosen in times],
                "sum": [
                    [str(c), list(chosen)] if square is None else [str(c), list(chosen), written(square)]
                    for c, chosen, square in total
                ],
            }
        )
        self.facts.append(Fact(poly, kind))
        return len(self.facts) - 1

    def known(self, poly: PolyElement, kind: str, before: int | None = None) -> int:
        """The number of a fact that says so already, up to a positive number."""
        for i, fact in enumerate(self.facts[:before]):
            if fact.serves(kind) and (c := multiple(poly, fact.poly)) is not None and (c > 0 or kind == "=="):
                return i
        raise Stuck

    def either(self, poly: PolyElement, shown: Callable[[PolyElement], int]) -> tuple[int, int]:
        """The number of a fact about the polynomial or about its negative, and which."""
        for sign in (1, -1):
            with suppress(Stuck):
                return shown(poly * sign), sign
        raise Stuck

    def as_product(
        self, poly: PolyElement, kind: str, before: int | None = None
    ) -> tuple[tuple[int, ...], Fraction]:
        """Known facts whose product, times a positive number, is the polynomial."""
        lead, factors = polynomial_factors(poly)
        chosen: list[int] = []
        sign = 1 if lead > 0 else -1
        for factor, power in factors:
            i, s = self.either(factor, lambda p: self.known(p, kind, before))
            chosen += [i] * power
            sign *= s**power
        if sign < 0:
            raise Stuck
        return tuple(chosen), ratio_of(poly, self.multiplied(chosen))

    def plainly(self, poly: PolyElement, kind: str) -> int:
        """The number of a fact that says so, or of one that bounds of single variables show."""
        try:
            return self.known(poly, kind)
        except Stuck:
            if (found := self.by_bounds(poly, kind)) is None:
                raise
            return found

    def by_bounds(self, poly: PolyElement, kind: str, before: int | None = None) -> int | None:
        """As ``show``, from bounds of single variables."""

        def positive(width: PolyElement) -> tuple[tuple[int, ...], Fraction] | None:
            try:
                return self.as_product(width, ">")
            except Stuck:
                return None

        _, near, far = self.relevant(poly)
        for chosen in dict.fromkeys((near, far)):
            if len(frozenset().union(*(variables(self.facts[i].poly) for i in chosen))) > MOST_BOUNDED:
                continue
            self.work(20_000)
            facts = [
                (i, self.facts[i].poly, self.facts[i].kind) for i in chosen if before is None or i < before
            ]
            if (found := from_bounds(poly, kind, facts, positive)) is not None:
                return self.add(poly, kind, *found)
        return None

    def relevant(self, poly: PolyElement) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Facts in the variables of the polynomial alone, first without odd bounds of one variable, then with; and those
        that share a variable with it. The short ones come first.
        """
        own = variables(poly)
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
                (j for j in unlike if (c := multiple(poly_i, self.facts[j].poly)) is not None and c > 0), None
            )
            if twin is None:
                unlike.append(i)
            elif self.facts[i].kind == ">" and self.facts[twin].kind == ">=":
                unlike[unlike.index(twin)] = i
        names = {i: variables(self.facts[i].poly) for i in unlike}
        for i in unlike:  # an equation brings its other variables
            if self.facts[i].kind == "==" and names[i] & own:
                own |= names[i]
        near = tuple(i for i in unlike if names[i] <= own or not own)
        core = tuple(i for i in near if not _odd_bound(self.facts[i].poly))
        linked = own.union(*(names[i] for i in unlike if names[i] & own))
        return core, near, tuple(i for i in unlike if names[i] <= linked or not own)

    def work(self, amount: int) -> None:
        """Count what is done, and end the search where it is too much."""
        self.budget[2] -= amount
        if self.budget[2] < 0:
            raise Spent

    def multiplied(self, chosen: Sequence[int]) -> PolyElement:
        """The product of facts."""
        chosen = tuple(chosen)
        if not chosen:
            return self.ring.one
        key = tuple(self.facts[i].poly for i in chosen)
        if len(self.products) > MOST_KEPT:
            self.products.clear()
        if key not in self.products:
            self.products[key] = self.multiplied(chosen[:-1]) * self.facts[chosen[-1]].poly
        return self.products[key]


def _odd_bound(poly: PolyElement) -> bool:
    """Whether it bounds one variable by a number that looks like the end of a drawing range."""
    if len(poly) != 2 or len(variables(poly)) != 1 or max(map(sum, poly)) != 1:
        return False
    constant = poly.get(poly.ring.zero_monom, 0)
    return bool(constant) and abs(constant / poly.LC) not in (1, 2, sympy.QQ(1, 2))


def variables(poly: PolyElement) -> frozenset[int]:
    """Which of the ring's variables it holds."""
    return frozenset(k for monomial in poly for k, power in enumerate(monomial) if power)


def polynomial_factors(poly: PolyElement) -> tuple[Any, list[tuple[PolyElement, int]]]:
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


def multiple(a: PolyElement, b: PolyElement) -> Any:
    """The number c with ``a = c b``, or None."""
    if len(a) != len(b) or not b or a.LM != b.LM:
        return None
    c = a.LC / b.LC
    return c if all(b.get(m) is not None and v == c * b[m] for m, v in a.items()) else None


def ratio_of(a: PolyElement, b: PolyElement) -> Fraction:
    """As :func:`multiple`, of two that are known to be multiples.

    Raises:
        Stuck: where they are not.
    """
    c = multiple(a, b)
    if c is None:
        raise Stuck
    return as_fraction(c)


def written(poly: PolyElement) -> str:
    """The polynomial as the checker reads it."""
    return str(poly.as_expr()) if poly else "0"
