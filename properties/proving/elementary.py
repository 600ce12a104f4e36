"""Exponentials and logarithms out of an obligation, so that the theory of real closed fields can decide it.

Every rule used is exact, and a result that the solvers prove implies the obligation it came from:

* a sum of logarithms with rational coefficients has the sign of the product of powers compared with 1;
* ``exp(c m)`` with a monomial m becomes a power of one positive variable E = exp(m/n), of which only this is
  kept: E > 1 where m > 0, E < 1 where m < 0, E = 1 where m = 0.
"""

from __future__ import annotations

from typing import Any

import sympy

from properties.proving.smtlib import NotPolynomial, Obligation

__all__ = ["algebraic"]


def algebraic(obligation: Obligation) -> tuple[Obligation, ...]:
    """Obligations without exponentials and logarithms that together imply the given one.

    Raises:
        NotPolynomial: where the rules do not reach.

    >>> t = sympy.Symbol("t", real=True)
    >>> (made,) = algebraic(Obligation("decay", (t > 0,), sympy.exp(-2 * t) < 1))
    >>> print(made.shows)
    E_t**(-2) < 1
    """
    statements = (*obligation.given, obligation.shows)
    if not any(_transcendental(g) for g in statements):
        return (obligation,)
    positive: list[Any] = []
    without = [_without_logarithms(g, positive) for g in statements]
    monomials = _monomials(sympy.And(*without, *positive))
    facts = [fact for m, (E, _) in monomials.items() for fact in (E > 0, _if(m > 0, E > 1), _if(m < 0, E < 1), _if(sympy.Eq(m, 0), sympy.Eq(E, 1)))]  # fmt: skip
    *given, shows = (_without_exponentials(g, monomials) for g in without)
    premises = (*given, *facts)
    arguments = [_without_exponentials(p, monomials) for p in positive]
    return (
        *(
            Obligation(f"{obligation.name}: a logarithm is defined, and not 0 where it divides", premises, p)
            for p in arguments
        ),
        Obligation(obligation.name, premises, shows),
    )


def _transcendental(statement: Any) -> bool:
    return bool(statement.has(sympy.exp, sympy.log))


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
        raise NotPolynomial(f"{gap} is no sum of logarithms with rational coefficients")
    divisors = set().union(
        *(p.base.free_symbols for p in gap.xreplace(atoms).atoms(sympy.Pow) if p.exp.is_negative)
    )
    linear = sympy.Poly(plain, *atoms.values())
    if (
        linear.total_degree() > 1
        or linear.domain not in (sympy.ZZ, sympy.QQ)
        or linear.coeff_monomial(1) != 0
    ):
        raise NotPolynomial(f"{gap} is no sum of logarithms with rational coefficients")
    weights = {atom: linear.coeff_monomial(mark) for atom, mark in atoms.items()}
    scale = sympy.ilcm(1, *(w.q for w in weights.values()))
    positive.extend(atom.args[0] > 0 for atom in atoms)
    positive.extend(sympy.Ne(atom.args[0], 1) for atom, mark in atoms.items() if mark in divisors)
    product = sympy.Mul(*(atom.args[0] ** int(w * scale) for atom, w in weights.items()))
    compare = {"<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq, "!=": sympy.Ne}
    return compare[statement.rel_op](product, 1)


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
