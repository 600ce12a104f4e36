"""Exponentials, logarithms and square roots out of an obligation, so that the theory of real closed fields decides it.

Every rule used is exact, and a result that the solvers prove implies the obligation it came from:

* a sum of logarithms with rational coefficients has the sign of the product of powers compared with 1;
* any other logarithm becomes a variable L = log a, of which only this is kept: a > 0, its sign is that of a - 1,
  1 - 1/a < L < a - 1 unless a = 1, and (a - b)/a < log a - log b < (a - b)/b for any two that differ;
* ``sqrt(b)`` becomes a variable R with R >= 0 and R^2 = b, and b >= 0 is shown too;
* ``exp(c m)`` with a monomial m becomes a power of one positive variable E = exp(m/n), of which only this is
  kept: E - 1 has the sign of m, and unless m = 0, E > 1 + m/n and 1/E > 1 - m/n. Where the symbols of m stand nowhere
  else, E is any positive number.

Where that does not suffice, ``closer=True`` adds bounds that touch to a higher order:

* (a - 1)(5a + 1) <= a (2a + 4) L and (4a + 2) L <= (a - 1)(a + 5): the derivative of either gap has the sign of
  (a - 1)^3, or minus it, and both gaps are 0 at a = 1;
* exp x >= exp y (1 + x - y) for the exponents of any two of the variables E.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import sympy

from rankladder.language.obligation import Obligation
from rankladder.proof.smtlib import NotPolynomial

__all__ = ["algebraic"]


def algebraic(obligation: Obligation, *, closer: bool = False) -> tuple[Obligation, ...]:
    """Obligations without exponentials and logarithms that together imply the given one.

    Args:
        obligation: what to show.
        closer: whether to keep more of what is known of exponentials and logarithms.

    Raises:
        NotPolynomial: where the rules do not reach.

    >>> t = sympy.Symbol("t", real=True)
    >>> (made,) = algebraic(Obligation("decay", (t > 0,), sympy.exp(-2 * t) < 1))
    >>> print(made.shows)
    E_t**(-2) < 1
    """
    roots, obligation = _without_roots(obligation)
    if roots:
        return (*roots, *algebraic(obligation, closer=closer))
    statements = (*obligation.given, obligation.shows)
    if not any(_transcendental(g) for g in statements):
        return (obligation,)
    positive: list[Any] = []
    without = [_without_logarithms(g, positive) for g in statements]
    without, about_logarithms = _logarithms_as_variables(without, positive, closer)
    monomials = _monomials(sympy.And(*without, *positive, *about_logarithms))
    alone = _alone(monomials, [*without, *positive, *about_logarithms])
    facts = [E > 0 for E, _ in monomials.values()]
    facts += [fact for m, (E, n) in monomials.items() if m not in alone for fact in ( _if(m > 0, E > 1), _if(m < 0, E < 1), _if(sympy.Eq(m, 0), sympy.Eq(E, 1)), _unless(sympy.Eq(m, 0), n * E > n + m), _unless(sympy.Eq(m, 0), n > (n - m) * E))]  # fmt: skip
    if closer:
        scaled = [(E, m / n) for m, (E, n) in monomials.items() if m not in alone]
        facts += [F * (1 + x - y) <= E for E, x in scaled for F, y in scaled if E != F]
    facts += [_without_exponentials(fact, monomials) for fact in about_logarithms]
    *given, shows = (_without_exponentials(g, monomials) for g in without)
    premises = (*given, *facts)
    defined = (*given, *(f for f in facts if not f.free_symbols & _logarithm_names(facts)))
    arguments = [_without_exponentials(p, monomials) for p in positive]
    return (
        *(
            Obligation(f"{obligation.name}: a logarithm is defined, and not 0 where it divides", defined, p)
            for p in dict.fromkeys(arguments)
        ),
        Obligation(obligation.name, premises, shows),
    )


def _without_roots(obligation: Obligation) -> tuple[tuple[Obligation, ...], Obligation]:
    """That every root is defined, and the obligation with a variable for each."""
    statements = (*obligation.given, obligation.shows)
    powers = {p for s in statements for p in s.atoms(sympy.Pow)
              if p.base.free_symbols and p.exp.is_Rational and p.exp.q == 2}  # fmt: skip
    bases = sorted({p.base for p in powers}, key=str)
    if not bases:
        return (), obligation
    if any(p.exp < 0 for p in powers) or any(b.has(p) for b in bases for p in powers):
        return _with_roots_cancelled(obligation, powers, bases)
    taken = {x.name for s in statements for x in s.free_symbols}
    free = (name for i in count(1) if (name := f"R_{i}") not in taken)
    marks = {b: sympy.Symbol(next(free), real=True) for b in bases}
    replaced = {p: marks[p.base] ** int(2 * p.exp) for p in powers}
    given, shows = [g.xreplace(replaced) for g in obligation.given], obligation.shows.xreplace(replaced)
    plain = tuple(g for g in obligation.given if not any(g.has(p) for p in replaced))
    defined = tuple(Obligation(f"{obligation.name}: a square root is defined", plain, b >= 0) for b in bases)
    facts = [fact for b, R in marks.items() for fact in (R >= 0, sympy.Eq(R**2, b))]
    return defined, Obligation(obligation.name, (*given, *facts), shows)


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


def _alone(monomials: dict[Any, tuple[Any, int]], statements: list[Any]) -> set[Any]:
    """Monomials whose symbols stand nowhere else: their exponential may be any positive number."""
    outside: set[Any] = set().union(
        *(s.replace(sympy.exp, lambda _: sympy.S.One).free_symbols for s in statements)
    )
    return {
        m
        for m in monomials
        if not m.free_symbols & outside.union(*(o.free_symbols for o in monomials if o != m))
    }


def _logarithm_names(facts: list[Any]) -> set[Any]:
    return {x for fact in facts for x in fact.free_symbols if str(x).startswith("L_")}


def _transcendental(statement: Any) -> bool:
    return bool(statement.has(sympy.exp, sympy.log))


def _unless(exception: Any, conclusion: Any) -> Any:
    return sympy.Or(exception, conclusion)


def _if(premise: Any, conclusion: Any) -> Any:
    return sympy.Or(sympy.Not(premise), conclusion)


def _without_logarithms(statement: Any, positive: list[Any]) -> Any:
    """The statement with sums of logarithms compared through the product; what must be positive is noted."""
    if isinstance(statement, (sympy.And, sympy.Or)):
        return statement.func(*(_without_logarithms(part, positive) for part in statement.args))
    if not statement.has(sympy.log):
        return statement
    gap = statement.lhs - statement.rhs
    atoms = {atom: sympy.Dummy() for atom in gap.atoms(sympy.log)}
    plain = sympy.cancel(sympy.together(gap.xreplace(atoms)))
    if sympy.fraction(plain)[1].free_symbols:
        return statement
    divisors = set().union(
        *(p.base.free_symbols for p in gap.xreplace(atoms).atoms(sympy.Pow) if p.exp.is_negative)
    )
    linear = sympy.Poly(plain, *atoms.values())
    if (
        linear.total_degree() > 1
        or linear.domain not in (sympy.ZZ, sympy.QQ)
        or linear.coeff_monomial(1) != 0
    ):
        return statement
    weights = {atom: linear.coeff_monomial(mark) for atom, mark in atoms.items()}
    scale = sympy.ilcm(1, *(w.q for w in weights.values()))
    positive.extend(atom.args[0] > 0 for atom in atoms)
    positive.extend(sympy.Ne(atom.args[0], 1) for atom, mark in atoms.items() if mark in divisors)
    product = sympy.Mul(*(atom.args[0] ** int(w * scale) for atom, w in weights.items()))
    compare = {"<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq, "!=": sympy.Ne}
    return compare[statement.rel_op](product, 1)


def _logarithms_as_variables(
    statements: list[Any], positive: list[Any], closer: bool
) -> tuple[list[Any], list[Any]]:
    """The statements with what logarithms are left as variables, and what is known of these."""
    atoms = sorted({a for statement in statements for a in statement.atoms(sympy.log)}, key=str)
    marks = {atom: sympy.Symbol(f"L_{i}", real=True) for i, atom in enumerate(atoms, 1)}
    facts: list[Any] = []
    for atom, mark in marks.items():
        (a,) = atom.args
        positive.append(a > 0)
        facts += [_if(a > 1, mark > 0), _if(a < 1, mark < 0), _if(sympy.Eq(a, 1), sympy.Eq(mark, 0))]
        facts += [_unless(sympy.Eq(a, 1), mark < a - 1), _unless(sympy.Eq(a, 1), a * mark > a - 1)]
        if closer:
            facts += [
                a * (2 * a + 4) * mark >= (a - 1) * (5 * a + 1),
                (4 * a + 2) * mark <= (a - 1) * (a + 5),
            ]
        for other, known in marks.items():
            if other != atom:
                b = other.args[0]
                facts += [
                    _unless(sympy.Eq(a, b), a * (mark - known) > a - b),
                    _if(sympy.Eq(a, b), sympy.Eq(mark, known)),
                ]
    return [statement.xreplace(marks) for statement in statements], facts


def _exponents(expression: Any) -> list[tuple[Any, Any]]:
    """Terms of the exponent: pairs of a rational coefficient and a monomial."""
    return [term.as_coeff_Mul() for term in sympy.Add.make_args(sympy.expand(expression))]


def _monomials(statement: Any) -> dict[Any, tuple[Any, int]]:
    """Monomial to its variable E = exp(m/n) and n."""
    denominators: dict[Any, int] = {}
    for power in statement.atoms(sympy.exp):
        for coefficient, monomial in _exponents(power.args[0]):
            if (
                not coefficient.is_Rational
                or not monomial.is_polynomial(*monomial.free_symbols)
                or monomial.is_number
            ):
                raise NotPolynomial(f"the exponent {power.args[0]}")
            denominators[monomial] = int(sympy.ilcm(denominators.get(monomial, 1), coefficient.q))
    names = {m: "E_" + "".join(c if c.isalnum() else "_" for c in str(m)) for m in denominators}
    return {m: (sympy.Symbol(names[m], real=True), n) for m, n in denominators.items()}


def _without_exponentials(statement: Any, monomials: dict[Any, tuple[Any, int]]) -> Any:
    def power(argument: Any) -> Any:
        factors = [monomials[m][0] ** int(c * monomials[m][1]) for c, m in _exponents(argument)]
        return sympy.Mul(*factors)

    return statement.replace(sympy.exp, power)
