"""From SymPy relations to SMT-LIB: the text that both solvers read and that a sceptic can run elsewhere.

Square roots of rationals become fresh variables with their defining equation.
Denominators are multiplied out: a hypothesis then also says that it is defined, a conclusion must show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sympy

from rankladder.language.obligation import Obligation, as_text

__all__ = ["NotPolynomial", "smtlib"]


class NotPolynomial(ValueError):
    """A relation that the theory of real closed fields does not contain."""


def smtlib(obligation: Obligation) -> str:
    """The negation of an obligation as SMT-LIB: ``unsat`` proves it.

    Raises:
        NotPolynomial: when a relation is not between rational functions with rational coefficients and
            square roots of rationals.
    """
    clauses = [_with_roots(g) for g in (*obligation.given, obligation.shows)]
    *given, shown = (text for text, _ in clauses)
    roots = {square: root for _, found in clauses for square, root in found.items()}
    defined = [
        text for square, root in roots.items() for text in (f"(>= {root} 0.0)", f"(= (* {root} {root}) {_term(square)})")
    ]  # fmt: skip
    names = [*map(str, obligation.symbols), *map(str, roots.values())]
    lines = [f"; {obligation.name}: {' '.join(str(obligation).split())}", "(set-logic QF_NRA)"]
    lines += [f"(declare-fun {_quoted(n)} () Real)" for n in names]
    lines += [f"(assert {text})" for text in (*defined, *given)]
    return "\n".join([*lines, f"(assert (not {shown}))", "(check-sat)", ""])


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"|{name}|"


@lru_cache(maxsize=4096)  # the obligations of a proof share their hypotheses
def _with_roots(statement: Any) -> tuple[str, Mapping[Any, Any]]:
    """The statement as a clause, with the symbols in it that stand for square roots."""
    roots: dict[Any, Any] = {}
    return _clause(statement, roots), roots


def _clause(statement: Any, roots: dict[Any, Any]) -> str:
    if statement == sympy.true:
        return "true"
    if statement == sympy.false:
        return "false"
    if isinstance(statement, (sympy.And, sympy.Or)):
        word = "and" if isinstance(statement, sympy.And) else "or"
        return f"({word} {' '.join(_clause(part, roots) for part in sorted(statement.args, key=as_text))})"
    if not isinstance(statement, sympy.core.relational.Relational):
        raise NotPolynomial(f"{statement} is no relation, conjunction or disjunction")
    gap, kind = statement.lhs - statement.rhs, statement.rel_op
    top, bottom = sympy.fraction(sympy.together(gap))
    if not bottom.free_symbols:
        top, bottom = (top, sympy.S.One) if bottom.is_positive else (gap, sympy.S.One)
        if not bottom.is_positive:
            raise NotPolynomial(f"the denominator of {gap}")
        return _compared(top, kind, roots)
    if kind in ("==", "!="):
        return f"(and {_compared(bottom, '!=', roots)} {_compared(top, kind, roots)})"
    return f"(and {_compared(bottom, '!=', roots)} {_compared(top * bottom, kind, roots)})"


def _compared(gap: Any, kind: str, roots: dict[Any, Any]) -> str:
    for power in sorted(gap.atoms(sympy.Pow), key=as_text):
        if power.base.is_Rational and power.exp == sympy.Rational(1, 2):
            roots.setdefault(power.base, sympy.Symbol(f"sqrt_{power.base.p}_{power.base.q}", positive=True))
    gap = gap.subs({sympy.sqrt(square): root for square, root in roots.items()})
    text = _term(gap)
    if kind == "!=":
        return f"(not (= {text} 0.0))"
    return f"({'=' if kind == '==' else kind} {text} 0.0)"


def _term(expression: Any) -> str:
    """A polynomial with rational coefficients, its signs and fractions as operations: SMT-LIB has no such numbers."""
    if expression.is_Symbol:
        return _quoted(str(expression))
    if expression.is_Rational:
        size = (
            f"{abs(expression.p)}.0" if expression.q == 1 else f"(/ {abs(expression.p)}.0 {expression.q}.0)"
        )
        return f"(- {size})" if expression < 0 else size
    if expression.is_Add:
        return f"(+ {' '.join(map(_term, expression.as_ordered_terms()))})"
    if expression.is_Mul:
        return f"(* {' '.join(map(_term, expression.as_ordered_factors()))})"
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return f"(* {' '.join([_term(expression.base)] * int(expression.exp))})"
    raise NotPolynomial(f"{expression}")
