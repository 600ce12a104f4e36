"""Exponentials, logarithms and square roots out of an obligation, so that the theory of real closed fields decides it.

Every rule used is exact, and a result that the solvers prove implies the obligation it came from:

* ``abs(a)`` becomes a variable A with A >= 0 that is a or -a; ``Max`` and ``Min`` one that is at least (at most) all and is one of them;
* a sum of logarithms with rational coefficients has the sign of the product of powers compared with 1;
* any other logarithm becomes a variable L = log a, of which only this is kept: a > 0, its sign is that of a - 1,
  1 - 1/a < L < a - 1 unless a = 1, and (a - b)/a < log a - log b < (a - b)/b for any two that differ;
* ``sqrt(b)`` becomes a variable R with R >= 0 and R^2 = b, and b >= 0 is shown too;
* the powers ``exp(k c m)`` of a monomial m become those of one positive variable E = exp(c m), of which only this is
  kept: E - 1 has the sign of m, and unless m = 0, E > 1 + c m and 1/E > 1 - c m. Where the symbols of m stand nowhere
  else, E is any positive number.

Of what is said of m, a - 1 and a - b by cases only one is kept where its sign is seen from the hypotheses; that sign is
then shown too, unless it is among them.

Where that does not suffice, with ``compared=True`` two exponentials times one positive number compare as their exponents
do, and ``closer=True`` adds bounds that touch to a higher order:

* (a - 1)(5a + 1) <= a (2a + 4) L and (4a + 2) L <= (a - 1)(a + 5): the derivative of either gap has the sign of
  (a - 1)^3, or minus it, and both gaps are 0 at a = 1;
* exp x >= exp y (1 + x - y) for the exponents of any two of the variables E, or of powers of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import sympy

from rankladder.language.obligation import Obligation, as_text, symbols_of
from rankladder.proof.smtlib import NotPolynomial

__all__ = ["PIECE", "InNumbers", "algebraic", "as_product", "in_numbers"]

PIECE = "A_"  # how the symbol of an absolute value, a greatest or a least begins: it has no other value


@dataclass(frozen=True)
class InNumbers:
    """An obligation with symbols in the place of exponentials, logarithms and square roots.

    ``defined`` and ``signs`` are obligations that together with ``whole`` imply it. Of ``whole`` the hypotheses are its own, in
    order, and then what is known of the symbols; ``means`` says what each symbol stands for.
    """

    defined: tuple[Obligation, ...]
    whole: Obligation
    means: Mapping[Any, Any]
    signs: tuple[Obligation, ...] = ()


def algebraic(
    obligation: Obligation, *, closer: bool = False, compared: bool = False
) -> tuple[Obligation, ...]:
    """Obligations without exponentials and logarithms that together imply the given one.

    Args:
        obligation: what to show.
        closer: whether to keep more of what is known of exponentials and logarithms.
        compared: whether two exponentials are compared by their exponents.

    Raises:
        NotPolynomial: where the rules do not reach.

    >>> t = sympy.Symbol("t", real=True)
    >>> (made,) = algebraic(Obligation("decay", (t > 0,), sympy.exp(-2 * t) < 1))
    >>> print(made.shows)
    1/E_t < 1
    """
    made = in_numbers(obligation, closer=closer, compared=compared)
    return (*made.defined, *made.signs, made.whole)


@lru_cache(maxsize=256)  # first to discharge an obligation, then to say what its symbols stand for
def in_numbers(obligation: Obligation, *, closer: bool = False, compared: bool = False) -> InNumbers:
    """As :func:`algebraic`, with what the symbols stand for.

    >>> t = sympy.Symbol("t", real=True)
    >>> print(in_numbers(Obligation("decay", (t > 0,), sympy.exp(-2 * t) < 1)).means)
    {E_t: exp(2*t)}
    """
    obligation, pieces = _without_pieces(obligation)
    roots, obligation, means = _without_roots(obligation)
    means = pieces | means
    statements = (*obligation.given, obligation.shows)
    if not any(_transcendental(g) for g in statements):
        return InNumbers(roots, obligation, means)
    positive: list[Any] = []
    signs = _Signs(obligation.given)
    if compared:
        statements = tuple(_by_exponents(g, signs) for g in statements)
    without = [_without_logarithms(g, positive) for g in statements]
    logarithms, without, about_logarithms = _logarithms_as_variables(without, positive, signs, closer)
    monomials = _monomials([*without, *positive, *about_logarithms])
    alone = _alone(monomials, [*without, *positive, *about_logarithms])
    facts: list[Any] = [E > 0 for m, (E, _) in monomials.items() if m in alone]
    for m, (E, c) in monomials.items():
        if m in alone:
            continue
        apart = (1 + c * m < E, (1 - c * m) * E < 1)
        known = signs.cases(m, 0, (E > 1,), (E < 1,), (sympy.Eq(E, 1),), apart)
        facts += known if known[0] in (E > 1, E >= 1) else [E > 0, *known]
    if closer:
        scaled = [(E, c, m) for m, (E, c) in monomials.items() if m not in alone]
        facts += [_tangent(*one, *two) for one in scaled for two in scaled if one != two]
    facts += [_without_exponentials(fact, monomials) for fact in about_logarithms]
    *given, shows = (_without_exponentials(g, monomials) for g in without)
    defined = (*given, *(f for f in facts if not f.free_symbols & set(logarithms.values())))
    arguments = [_without_exponentials(p, monomials) for p in positive]
    name = f"{obligation.name}: a logarithm is defined, and not 0 where it divides"
    return InNumbers(
        (*roots, *(Obligation(name, defined, p) for p in dict.fromkeys(arguments))),
        Obligation(obligation.name, (*given, *facts), shows),
        means
        | {E: sympy.exp(c * m) for m, (E, c) in monomials.items()}
        | {mark: atom for atom, mark in logarithms.items()},
        tuple(Obligation(f"{obligation.name}: a sign", tuple(given), sign) for sign in signs.used),
    )


def _tangent(E: Any, c: Any, m: Any, F: Any, d: Any, n: Any) -> Any:
    """Exp x >= exp y (1 + x - y) for the least multiples x of c m and y of d n that have one coefficient."""
    both = sympy.ilcm(c.p * d.q, d.p * c.q) / sympy.Integer(c.q * d.q)
    return F ** (both / d) * (1 + both * (m - n)) <= E ** (both / c)


def _without_pieces(obligation: Obligation) -> tuple[Obligation, dict[Any, Any]]:
    """The obligation with a variable for each absolute value, greatest and least, and what these stand for."""
    kinds = (sympy.Abs, sympy.Max, sympy.Min)
    statements = [*obligation.given, obligation.shows]
    free = _free_names(PIECE, statements)
    means: dict[Any, Any] = {}
    facts: list[Any] = []
    # the innermost first
    while found := sorted(
        (p for s in statements for p in s.atoms(*kinds) if not any(a.has(*kinds) for a in p.args)),
        key=as_text,
    ):
        piece, mark = found[0], sympy.Symbol(next(free), real=True)
        values = (
            [*piece.args, *(-a for a in piece.args)] if isinstance(piece, sympy.Abs) else list(piece.args)
        )
        facts += [mark <= a if isinstance(piece, sympy.Min) else mark >= a for a in values]
        facts.append(sympy.Or(*(sympy.Eq(mark, a) for a in values)))
        means[mark] = piece.xreplace(means)
        statements = [s.xreplace({piece: mark}) for s in statements]
    if not means:
        return obligation, {}
    *given, shows = statements
    return Obligation(obligation.name, (*given, *(f for f in facts if f != sympy.true)), shows), means


def _free_names(begin: str, statements: Iterable[Any]) -> Iterator[str]:
    """Names that no symbol of the statements has."""
    taken = {x.name for s in statements for x in symbols_of(s)}
    return (name for i in count(1) if (name := f"{begin}{i}") not in taken)


def _without_roots(obligation: Obligation) -> tuple[tuple[Obligation, ...], Obligation, dict[Any, Any]]:
    """That every root is defined, the obligation with a variable for each, and what these stand for."""
    statements = (*obligation.given, obligation.shows)
    powers = {p for s in statements for p in s.atoms(sympy.Pow)
              if p.base.free_symbols and p.exp.is_Rational and p.exp.q == 2}  # fmt: skip
    bases = sorted({p.base for p in powers}, key=as_text)
    if not bases:
        return (), obligation, {}
    if any(p.exp < 0 for p in powers) or any(b.has(p) for b in bases for p in powers):
        return *_with_roots_cancelled(obligation, powers, bases), {}
    free = _free_names("R_", statements)
    marks = {b: sympy.Symbol(next(free), real=True) for b in bases}
    replaced = {p: marks[p.base] ** int(2 * p.exp) for p in powers}
    given, shows = [g.xreplace(replaced) for g in obligation.given], obligation.shows.xreplace(replaced)
    plain = tuple(g for g in obligation.given if not any(g.has(p) for p in replaced))
    defined = tuple(Obligation(f"{obligation.name}: a square root is defined", plain, b >= 0) for b in bases)
    facts = [fact for b, R in marks.items() for fact in (R >= 0, sympy.Eq(R**2, b))]
    means = {R: sympy.sqrt(b) for b, R in marks.items()}
    return defined, Obligation(obligation.name, (*given, *facts), shows), means


def _with_roots_cancelled(
    obligation: Obligation, powers: set[Any], bases: list[Any]
) -> tuple[tuple[Obligation, ...], Obligation]:
    """As :func:`_without_roots`, where over a common denominator no root is left: each must be positive for that."""

    def cancelled(statement: Any) -> Any:
        if isinstance(statement, (sympy.And, sympy.Or)):
            return statement.func(*map(cancelled, statement.args))
        if not any(statement.has(p) for p in powers):
            return statement
        return statement.func(sympy.together(statement.lhs - statement.rhs), 0)

    given, shows = [cancelled(g) for g in obligation.given], cancelled(obligation.shows)
    if any(
        p.exp.is_Rational and p.exp.q == 2 and p.base.free_symbols
        for s in (*given, shows)
        for p in s.atoms(sympy.Pow)
    ):
        raise NotPolynomial("a root that divides, or is within another")
    plain = tuple(g for g in obligation.given if not any(g.has(p) for p in powers))
    name = f"{obligation.name}: a square root is defined, and not 0 where it divides"
    return tuple(Obligation(name, plain, b > 0) for b in bases), Obligation(
        obligation.name, tuple(given), shows
    )


def _alone(monomials: dict[Any, tuple[Any, Any]], statements: list[Any]) -> set[Any]:
    """Monomials whose symbols stand nowhere else: their exponential may be any positive number."""
    outside: set[Any] = set().union(*map(_outside_exponents, statements))
    return {
        m
        for m in monomials
        if not m.free_symbols & outside.union(*(o.free_symbols for o in monomials if o != m))
    }


def _outside_exponents(expression: Any) -> set[Any]:
    if isinstance(expression, sympy.exp):
        return set()
    if not expression.has(sympy.exp):
        return set(symbols_of(expression))
    return set().union(*map(_outside_exponents, expression.args))


_COMPARED = {"<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq, "!=": sympy.Ne}


def _by_exponents(statement: Any, signs: _Signs) -> Any:
    """The statement with what compares two exponentials, times one number of known sign, about their exponents."""
    if isinstance(statement, (sympy.And, sympy.Or)):
        return statement.func(*(_by_exponents(part, signs) for part in statement.args))
    if not statement.has(sympy.exp):
        return statement
    terms = sympy.Add.make_args(sympy.expand(statement.lhs - statement.rhs, power_exp=False))
    if len(terms) != 2:
        return statement
    (factor, exponent), (other, smaller) = map(_factor_and_exponent, terms)
    if factor.has(sympy.exp) or sympy.expand(factor + other) != 0:
        return statement
    sign = signs.known(sympy.Mul(*sympy.fraction(factor)))
    return _COMPARED[statement.rel_op](sign * (exponent - smaller), 0) if sign else statement


def _factor_and_exponent(term: Any) -> tuple[Any, Any]:
    factors = sympy.Mul.make_args(term)
    exponents = [f.args[0] for f in factors if isinstance(f, sympy.exp)]
    return sympy.Mul(*(f for f in factors if not isinstance(f, sympy.exp))), sympy.Add(*exponents)


def _transcendental(statement: Any) -> bool:
    return bool(statement.has(sympy.exp, sympy.log))


@lru_cache(maxsize=4096)  # the obligations of a proof share their hypotheses
def _gap(relation: Any) -> Any:
    """What an inequality says is not negative, written out."""
    return sympy.expand(relation.gts - relation.lts)


@lru_cache(maxsize=4096)
def _as_line(gap: Any) -> tuple[Any, Any, Any] | None:
    """The symbol of a polynomial of degree 1, its coefficient and the constant; None for any other expression."""
    if len(gap.free_symbols) != 1 or not gap.is_polynomial() or sympy.degree(gap) != 1:
        return None
    (x,) = gap.free_symbols
    return x, gap.coeff(x), gap.subs(x, 0)


@lru_cache(maxsize=4096)  # what SymPy finds of its signs is kept with it
def _of_sign(x: Any, *, positive: bool) -> Any:
    return sympy.Dummy(x.name, nonnegative=True, nonzero=positive or None)


class _Signs:
    """What is seen from hypotheses of the sign of a difference; ``used`` are those that are not among them."""

    def __init__(self, given: Iterable[Any]) -> None:
        self.given = [h for g in given for h in (g.args if isinstance(g, sympy.And) else (g,))]
        ordered = [g for g in self.given if isinstance(g, (sympy.Gt, sympy.Lt, sympy.Ge, sympy.Le))]
        gaps = [(_gap(g), isinstance(g, (sympy.Gt, sympy.Lt))) for g in ordered]
        # a symbol that is above or below a number, as a multiple of one whose sign SymPy knows
        self.signed: dict[Any, Any] = {}
        for gap, strict in gaps:
            if (line := _as_line(gap)) is None:
                continue
            x, slope, level = line
            number = _of_sign(x, positive=bool(strict or level < 0))
            if level <= 0 and (number.is_positive or x not in self.signed):
                self.signed[x] = sympy.sign(slope) * number
        self.gaps = [(gap.xreplace(self.signed), strict) for gap, strict in gaps]
        self.used: dict[Any, None] = {}

    def cases(
        self, x: Any, y: Any, above: Any, below: Any, equal: Any, apart: Any, *, more: bool = False
    ) -> list[Any]:
        """What holds of two numbers where the first is above or below the second, equal to it, or not equal.

        With ``more`` what holds above and below is left away where the sign is not seen, as ``apart`` implies it.
        """
        sign, strict = self._of(sympy.expand(x - y))
        if sign:
            larger, smaller = (x, y) if sign > 0 else (y, x)
            seen = larger > smaller if strict else larger >= smaller
            if seen not in (sympy.true, *self.given):
                self.used[seen] = None
            known = [*(above if sign > 0 else below), *apart]
            return known if strict else [sympy.Ge(k.gts, k.lts) for k in known]
        return [
            *(sympy.Or(sympy.Not(x > y), c) for c in above if not more),
            *(sympy.Or(sympy.Not(x < y), c) for c in below if not more),
            *(sympy.Or(sympy.Ne(x, y), c) for c in equal),
            *(sympy.Or(sympy.Eq(x, y), c) for c in apart),
        ]

    def known(self, number: Any) -> int:
        """1 or -1 where a number is seen to have that sign, else 0."""
        sign, strict = self._of(sympy.expand(number))
        if not (sign and strict):
            return 0
        seen = sign * number > 0
        if seen not in (sympy.true, *self.given):
            self.used[seen] = None
        return sign

    def _of(self, difference: Any) -> tuple[int, bool]:
        """1 or -1 where the sign is seen, else 0; and whether it is not 0."""
        if not difference.is_polynomial(*difference.free_symbols):
            return 0, False
        number, factors = sympy.factor_list(difference)
        signs = [(self._of_factor(factor), power) for factor, power in factors]
        sign = int(sympy.sign(number) * sympy.prod(s**power for (s, _), power in signs))
        return sign, all(strict for (_, strict), _ in signs)

    def _of_factor(self, factor: Any) -> tuple[int, bool]:
        weak, factor = 0, factor.xreplace(self.signed)
        for gap, strict in ((sympy.S.Zero, False), *self.gaps):
            for sign in (1, -1):
                rest = sign * factor - gap  # both are written out
                terms = [] if rest == 0 else sympy.Add.make_args(rest)
                if all(t.is_nonnegative for t in terms):
                    if strict or any(t.is_positive for t in terms):
                        return sign, True
                    weak = weak or (sign if gap != 0 or terms else 0)
        return weak, False


@lru_cache(maxsize=4096)
def as_product(statement: Any) -> dict[Any, int] | None:
    """Of a relation that compares a sum of logarithms with 0: their weights, as whole numbers; None for any other."""
    gap = statement.lhs - statement.rhs
    atoms = {atom: sympy.Dummy() for atom in gap.atoms(sympy.log)}
    plain = sympy.cancel(sympy.together(gap.xreplace(atoms)))
    if not plain.is_polynomial(*atoms.values()) or not atoms or sympy.fraction(plain)[1].free_symbols:
        return None
    linear = sympy.Poly(plain, *atoms.values())
    if (
        linear.total_degree() > 1
        or linear.domain not in (sympy.ZZ, sympy.QQ)
        or linear.coeff_monomial(1) != 0
    ):
        return None
    weights = {atom: linear.coeff_monomial(mark) for atom, mark in atoms.items()}
    scale = sympy.ilcm(1, *(w.q for w in weights.values()))
    return {atom: int(w * scale) for atom, w in weights.items()}


def _without_logarithms(statement: Any, positive: list[Any]) -> Any:
    """The statement with sums of logarithms compared through the product; what must be positive is noted."""
    if isinstance(statement, (sympy.And, sympy.Or)):
        return statement.func(*(_without_logarithms(part, positive) for part in statement.args))
    weights = as_product(statement) if statement.has(sympy.log) else None
    if weights is None:
        return statement
    powers = (statement.lhs - statement.rhs).atoms(sympy.Pow)
    divisors = set().union(*(p.base.atoms(sympy.log) for p in powers if p.exp.is_negative))
    positive.extend(atom.args[0] > 0 for atom in weights)
    positive.extend(sympy.Ne(atom.args[0], 1) for atom in weights if atom in divisors)
    product = sympy.Mul(*(atom.args[0] ** w for atom, w in weights.items()))
    return _COMPARED[statement.rel_op](product, 1)


def _logarithms_as_variables(
    statements: list[Any], positive: list[Any], signs: _Signs, closer: bool
) -> tuple[dict[Any, Any], list[Any], list[Any]]:
    """The logarithms that are left with a variable for each, the statements in these, and what is known of them."""
    atoms = sorted({a for statement in statements for a in statement.atoms(sympy.log)}, key=as_text)
    marks = {
        atom: sympy.Symbol(name, real=True)
        for atom, name in zip(atoms, _free_names("L_", statements), strict=False)
    }
    facts: list[Any] = []
    for atom, mark in marks.items():
        (a,) = atom.args
        positive.append(a > 0)
        apart = (mark < a - 1, a * mark > a - 1)
        facts += signs.cases(a, 1, (mark > 0,), (mark < 0,), (sympy.Eq(mark, 0),), apart)
        if closer:
            facts += [
                a * (2 * a + 4) * mark >= (a - 1) * (5 * a + 1),
                (4 * a + 2) * mark <= (a - 1) * (a + 5),
            ]
        for other, known in marks.items():
            if other != atom:
                b = other.args[0]
                steep = (a * (mark - known) > a - b,)
                order = ((mark > known,), (mark < known,), (sympy.Eq(mark, known),))
                facts += signs.cases(a, b, *order, steep, more=True)
    return marks, [statement.xreplace(marks) for statement in statements], facts


def _exponents(expression: Any) -> list[tuple[Any, Any]]:
    """Terms of the exponent: pairs of a rational coefficient and a monomial."""
    return [term.as_coeff_Mul() for term in sympy.Add.make_args(sympy.expand(expression))]


def _monomials(statements: list[Any]) -> dict[Any, tuple[Any, Any]]:
    """Monomial m to its variable E = exp(c m) and the largest c of which every coefficient is a multiple."""
    common: dict[Any, Any] = {}
    for power in sorted(set().union(*(s.atoms(sympy.exp) for s in statements)), key=as_text):
        for coefficient, monomial in _exponents(power.args[0]):
            if (
                not coefficient.is_Rational
                or not monomial.is_polynomial(*monomial.free_symbols)
                or monomial.is_number
            ):
                raise NotPolynomial(f"the exponent {power.args[0]}")
            common[monomial] = sympy.gcd(common.get(monomial, 0), coefficient)
    taken = {x.name for s in statements for x in symbols_of(s)}
    made: dict[Any, tuple[Any, Any]] = {}
    for m, c in common.items():
        name = "E_" + "".join(c if c.isalnum() else "_" for c in as_text(m))
        while name in taken:
            name += "_"
        taken.add(name)
        made[m] = sympy.Symbol(name, real=True), c
    return made


def _without_exponentials(statement: Any, monomials: dict[Any, tuple[Any, Any]]) -> Any:
    def power(argument: Any) -> Any:
        factors = [monomials[m][0] ** int(c / monomials[m][1]) for c, m in _exponents(argument)]
        return sympy.Mul(*factors)

    return statement.replace(sympy.exp, power) if statement.has(sympy.exp) else statement
