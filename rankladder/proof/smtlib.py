"""From SymPy relations to SMT-LIB: the text that both solvers read and that a sceptic can run elsewhere.

An expression becomes text through its compiled form, in an arithmetic whose numbers are SMT-LIB terms; no
formula is written twice. Square roots of rationals become fresh variables with their defining equation.
Denominators are multiplied out: a hypothesis then also says that it is defined, a conclusion must show it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from rankladder.language.obligation import Obligation
from rankladder.numbers.formula import Formula

__all__ = ["NotPolynomial", "smtlib"]


class NotPolynomial(ValueError):
    """A relation that the theory of real closed fields does not contain."""


class _Term:
    """A term of SMT-LIB that grows by arithmetic."""

    def __init__(self, text: str) -> None:
        self.text = text

    @staticmethod
    def of(value: Any) -> _Term:
        if isinstance(value, _Term):
            return value
        fraction = Fraction(value)
        size = f"{abs(fraction.numerator)}.0"
        if fraction.denominator != 1:
            size = f"(/ {size} {fraction.denominator}.0)"
        return _Term(f"(- {size})" if fraction < 0 else size)

    def _with(self, operator: str, *others: Any) -> _Term:
        return _Term(f"({operator} {' '.join(t.text for t in (self, *map(_Term.of, others)))})")

    def __add__(self, other: Any) -> _Term:
        return self._with("+", other)

    def __mul__(self, other: Any) -> _Term:
        return self._with("*", other)

    def __sub__(self, other: Any) -> _Term:
        return self._with("-", other)

    def __neg__(self) -> _Term:
        return self._with("-")

    def __radd__(self, other: Any) -> _Term:
        return _Term.of(other) + self

    def __rmul__(self, other: Any) -> _Term:
        return _Term.of(other) * self

    def __rsub__(self, other: Any) -> _Term:
        return _Term.of(other) - self

    def __pow__(self, power: Any) -> _Term:
        if power != int(power) or power < 1:
            raise NotPolynomial(f"the power {power} of {self.text}")
        return self if power == 1 else self._with("*", *[self] * (int(power) - 1))


def smtlib(obligation: Obligation) -> str:
    """The negation of an obligation as SMT-LIB: ``unsat`` proves it.

    Raises:
        NotPolynomial: when a relation is not between rational functions with rational coefficients and
            square roots of rationals.
    """
    roots: dict[Any, Any] = {}
    given = [_clause(g, roots) for g in obligation.given]
    shown = _clause(obligation.shows, roots)
    defined = [
        text for square, root in roots.items() for text in (f"(>= {root} 0.0)", f"(= (* {root} {root}) {_Term.of(Fraction(int(square.p), int(square.q))).text})")
    ]  # fmt: skip
    names = [*map(str, obligation.symbols), *map(str, roots.values())]
    lines = [f"; {obligation.name}: {' '.join(str(obligation).split())}", "(set-logic QF_NRA)"]
    lines += [f"(declare-fun {_quoted(n)} () Real)" for n in names]
    lines += [f"(assert {text})" for text in (*defined, *given)]
    return "\n".join([*lines, f"(assert (not {shown}))", "(check-sat)", ""])


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"|{name}|"


def _clause(statement: Any, roots: dict[Any, Any]) -> str:
    if statement == sympy.true:
        return "true"
    if statement == sympy.false:
        return "false"
    if isinstance(statement, (sympy.And, sympy.Or)):
        word = "and" if isinstance(statement, sympy.And) else "or"
        return f"({word} {' '.join(_clause(part, roots) for part in sorted(statement.args, key=str))})"
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
    for power in sorted(gap.atoms(sympy.Pow), key=str):
        if power.base.is_Rational and power.exp == sympy.Rational(1, 2):
            roots.setdefault(power.base, sympy.Symbol(f"sqrt_{power.base.p}_{power.base.q}", positive=True))
    gap = gap.subs({sympy.sqrt(square): root for square, root in roots.items()})
    symbols = tuple(sorted(gap.free_symbols, key=str))
    if not gap.is_polynomial(*symbols) or gap.atoms(sympy.Float, sympy.NumberSymbol, sympy.Function):
        raise NotPolynomial(f"{gap}")
    value = Formula(gap, symbols)(*(_Term(_quoted(str(x))) for x in symbols)) if symbols else gap
    text = _Term.of(value if isinstance(value, _Term) else Fraction(str(value))).text
    if kind == "!=":
        return f"(not (= {text} 0.0))"
    return f"({'=' if kind == '==' else kind} {text} 0.0)"
