"""Whether an expression is zero for all values of its symbols, or positive term by term, by exact polynomial algebra.

Exponentials become powers of one generator for each monomial of the exponent, square roots become generators
with a known square, and so may symbols be (the sine of an angle beside its cosine). What is left is a rational
function, whose numerator in normal form is zero or is not. An identity is meant wherever both sides have a
value.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

__all__ = ["Fractions", "is_zero", "positive_by_terms"]


def is_zero(expression: Any) -> bool:
    """Whether the expression vanishes identically.

    Sufficient, not necessary: of generators nothing is used but the squares of roots.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> is_zero(sympy.exp(x + y) - sympy.exp(x) * sympy.exp(y)), is_zero(sympy.sqrt(1 + x) ** 3 - (1 + x))
    (True, False)
    """
    # written out, an exponent meets its logarithms
    written = sympy.sympify(expression).replace(sympy.exp, lambda a: sympy.exp(sympy.expand(a)))
    return Fractions(written, _in_generators(written)).vanishes()


@lru_cache(maxsize=2**14)  # asked of every statement whenever a symbol gets another name
def positive_by_terms(
    expression: Any, *, strictly: bool = False, values: tuple[tuple[Any, Any], ...] = ()
) -> bool:
    """Whether a rational function of real numbers is at least zero because no term of its fraction is negative.

    Sufficient, not necessary. ``values`` take the place of symbols.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> positive_by_terms(1 - x / (1 + x + y)), positive_by_terms(x**2 - 2 * x * y + y**2)
    (True, False)
    """
    fractions = Fractions(sympy.sympify(expression), values=dict(values))
    if not all(x.is_real for x in fractions.meanings):
        return False
    over, under = (f.to_dict() for f in fractions.of(fractions.expression))
    if max(len(over), len(under)) > 1 and not all(x.is_Symbol for x in fractions.meanings):
        return False  # sums of exponentials have identities, which ask for less belief
    signs = {int(c > 0) - int(c < 0) for f in (over, under) for c in f.values()}
    if len(signs) > 1 or not under:  # one sign throughout: that of the leading term is free
        return False
    odd = {i for f in (over, under) for powers in f for i, n in enumerate(powers) if n % 2}
    if not all(fractions.meanings[i].is_nonnegative for i in odd):
        return False
    positive = [x.is_positive for x in fractions.meanings]

    def has_a_positive_term(terms: Mapping[tuple[int, ...], Any]) -> bool:
        return any(all(positive[i] for i, n in enumerate(powers) if n) for powers in terms)

    return has_a_positive_term(under) and (not strictly or has_a_positive_term(over))


class Fractions:
    """The expression as a rational function of its generators, numerator and denominator in normal form.

    ``values`` take the place of parts of the expression.

    >>> x, y = sympy.symbols("x y")
    >>> fractions = Fractions((x**2 - y**2) / (x - y))
    >>> [fractions.written(part) for part in fractions.of(fractions.expression)]
    [x + y, 1]
    """

    def __init__(
        self,
        expression: Any,
        values: Mapping[Any, Any] = MappingProxyType({}),
    ) -> None:
        roots = _roots(expression)
        if values:  # put into a root by SymPy, which takes a square out of it
            values = {**values, **{p: made for p in roots if (made := p.xreplace(values)) != p}}
            roots = [p for p in _roots(expression, *values.values()) if p not in values]
        self.expression, self.values = expression, values
        bases = sorted({p.base for p in roots}, key=sympy.count_ops, reverse=True)
        # the outermost root first: the square of one may hold those after it
        self.names: dict[Any, Any] = {sympy.sqrt(b): sympy.Dummy("r") for b in bases}
        self.bases = {b: self.names[sympy.sqrt(b)] for b in bases}
        self.squares = [(name, base) for base, name in self.bases.items()]
        self.generators: dict[Any, int] = {name: i for i, (name, _) in enumerate(self.squares)}
        self._collect(expression, set())
        meant = {name: root for root, name in self.names.items()}
        self.meanings = [meant.get(x, x) for x in self.generators]
        self.context = fmpq_mpoly_ctx.get([f"x{i}" for i in range(len(self.generators))], Ordering.lex)
        self.variables = self.context.gens()
        self.one = self.context.constant(1)
        self.known: dict[Any, tuple[Any, Any]] = {}

    def _collect(self, node: Any, seen: set[Any]) -> None:
        """Every symbol, and every function that is not one of arithmetic, is a generator."""
        if node in seen:
            return
        seen.add(node)
        if node.is_Rational:
            return
        if node in self.values:
            self._collect(self.values[node], seen)
            return
        arithmetic = (
            node.is_Add
            or node.is_Mul
            or (node.is_Pow and (node.exp.is_Integer or (node.exp.is_Rational and node.exp.q == 2)))
        )
        if not arithmetic:
            self.generators.setdefault(node, len(self.generators))
            return
        for argument in node.args[:1] if node.is_Pow else node.args:
            self._collect(argument, seen)

    def of(self, node: Any) -> tuple[Any, Any]:
        """Numerator and denominator of a part of the expression."""
        if node not in self.known:
            self.known[node] = self._reduced(*self._of(node))
        return self.known[node]

    def written(self, poly: Any) -> Any:
        """A numerator or a denominator as SymPy writes it."""
        terms = (
            sympy.Mul(_number(c), *(x**n for x, n in zip(self.meanings, powers, strict=True) if n))
            for powers, c in poly.to_dict().items()
        )
        return sympy.Add(*terms)

    def factors(self) -> list[tuple[Any, int]]:
        """The factors of the expression, each with its power: a number first."""
        (c, over), (d, under) = (part.factor() for part in self.of(self.expression))
        powers = [*((f, int(n)) for f, n in over), *((f, -int(n)) for f, n in under)]
        return [(_number(c / d), 1), *((self.written(f), n) for f, n in powers)]

    def _of(self, node: Any) -> tuple[Any, Any]:
        if node in self.values:
            return self.of(self.values[node])
        if node.is_Rational:
            return self.context.constant(fmpq(int(node.p), int(node.q))), self.one
        if node in self.generators:
            return self.variables[self.generators[node]], self.one
        if node.is_Pow:
            half = node.exp.q == 2
            above, below = (
                (self.variables[self.generators[self.bases[node.base]]], self.one)
                if half
                else self.of(node.base)
            )
            power = int(2 * node.exp if half else node.exp)
            if power < 0:
                above, below, power = below, above, -power
            return above**power, below**power
        parts = [self.of(argument) for argument in node.args]
        above, below = parts[0]
        for a, b in parts[1:]:
            if node.is_Mul:
                above, below = above * a, below * b
            elif b == below:
                above = above + a
            else:
                shared = below.gcd(b)
                left, right = below / shared, b / shared
                above, below = above * right + a * left, below * right
        return above, below

    def _reduced(self, above: Any, below: Any) -> tuple[Any, Any]:
        if below.is_constant():
            return above, below
        shared = above.gcd(below)
        return (above, below) if shared.is_one() else (above / shared, below / shared)

    def vanishes(self) -> bool:
        """Whether the numerator is zero once every known square has been put in, and the denominator is not."""
        above, below = self.of(self.expression)
        for generator, square in self.squares:
            if above.is_zero():
                break
            index = self.generators[generator]
            top, bottom = self.of(sympy.sympify(square))
            if bottom.is_zero():
                return False
            # the remainder has the square in the place of the generator's, as that comes before all that its square holds
            above *= bottom ** (above.degrees()[index] // 2)
            above %= bottom * self.variables[index] ** 2 - top
        return above.is_zero() and not below.is_zero()


def _roots(*expressions: Any) -> list[Any]:
    """The powers in expressions whose exponents are halves."""
    powers = (p for e in expressions for p in e.atoms(sympy.Pow))
    return [p for p in powers if p.exp.is_Rational and p.exp.q == 2]


def _number(value: Any) -> Any:
    return sympy.Rational(int(value.p), int(value.q))


def _in_generators(expression: Any) -> dict[Any, Any]:
    """Exponentials and powers with symbolic exponents as products of powers of generators."""
    generators: dict[Any, tuple[Any, int]] = {}
    symbolic = [
        p for p in expression.atoms(sympy.Pow, sympy.exp) if p.exp.free_symbols or isinstance(p, sympy.exp)
    ]
    for power in symbolic:
        for coefficient, monomial in _terms(power.exp):
            key = (power.base, monomial)
            if monomial != 1 and coefficient.is_Rational:
                name, n = generators.get(key, (_power_of(*key), 1))
                generators[key] = name, int(sympy.ilcm(n, coefficient.q))

    def rebuilt(power: Any) -> Any:
        base = power.base
        factors = []
        for coefficient, monomial in _terms(power.exp):
            if (base, monomial) in generators:
                name, n = generators[base, monomial]
                factors.append(name ** int(coefficient * n))
            else:
                factors.append(sympy.Pow(base, coefficient * monomial))
        return sympy.Mul(*factors)

    return {p: made for p in symbolic if (made := rebuilt(p)) != p}


@lru_cache(maxsize=4096)  # what SymPy makes of products with it is kept with it
def _power_of(base: Any, exponent: Any) -> Any:
    return sympy.Dummy("E", positive=True)


@lru_cache(maxsize=4096)
def _terms(exponent: Any) -> tuple[tuple[Any, Any], ...]:
    whole = sympy.expand(sympy.cancel(sympy.together(exponent)))
    return tuple(term.as_coeff_Mul() for term in sympy.Add.make_args(whole))
