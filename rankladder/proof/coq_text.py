"""Expressions and relations in the words of Coq's standard library."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

import sympy

from rankladder.proof.expressions import Distance

__all__ = ["NoCoqForm", "as_atom", "coq_expression", "coq_name", "coq_polynomial", "coq_relation"]

_RESERVED = frozenset((
    "as", "at", "cofix", "do", "else", "end", "exists", "exists2", "fix", "for", "forall", "fun", "if", "in", "let",
    "match", "mod", "return", "then", "using", "where", "with",
    "Prop", "Set", "Type", "R", "IZR", "INR", "O", "S", "exp", "ln", "sqrt", "Rabs", "apart",
))  # fmt: skip
_WORDS = {
    "<": ("<", "lt"), "<=": ("<=", "le"), ">": ("<", "lt"), ">=": ("<=", "le"), "==": ("=", "eq"), "!=": ("<>", "ne"),
}  # fmt: skip
_FUNCTIONS = {sympy.exp: "exp", sympy.log: "ln", sympy.Abs: "Rabs", Distance: "Rabs"}


class NoCoqForm(ValueError):
    """There is no text of it for Coq; the message says what stands in the way."""


# of the names of our lemmas, those that come before a claim's and those of its own
_ENDINGS = "fact|from|over|under|times|plus|sign|apart|tangent|pow|below|pair|near|base|step|nonzero"


def coq_name(name: str) -> str:
    """A name that neither Coq nor what is generated here uses otherwise.

    >>> coq_name("s"), coq_name("at"), coq_name("H1"), coq_name("GD-4.upper")
    ('s', 'at_v', 'H1_v', 'GD_4_upper')
    """
    plain = re.sub(r"\W", "_", name)
    own = re.fullmatch(rf"[A-Z]\d*|n|m|[a-z]+_({_ENDINGS})\w*", plain)
    return f"{plain}_v" if plain in _RESERVED or own else plain


def as_atom(text: str) -> str:
    """The text, in brackets where it is more than a name or a whole number."""
    return text if re.fullmatch(r"\w+", text) else f"({text})"


def coq_expression(expression: Any, names: Mapping[Any, str]) -> str:
    """A SymPy expression as Coq reads it; ``names`` says what stands for each symbol.

    >>> x = sympy.Symbol("x")
    >>> coq_expression((1 - x) ** 2 / 3 + 1 / x, {x: "x"})
    '(1 / 3) * ((1 - x)^2) + / x'
    """
    if expression in names:
        return names[expression]
    if expression.is_Integer:
        return f"{expression}" if expression >= 0 else f"({expression})"
    if expression.is_Rational:
        return f"({as_atom(str(expression.p))} / {expression.q})"
    if expression.is_Add:
        terms = sorted(expression.as_ordered_terms(), key=_negative)
        first, *others = terms
        signs = "".join(
            f" - {_factor(-t, names)}" if _negative(t) else f" + {_factor(t, names)}" for t in others
        )
        return _factor(first, names) + signs
    if _negative(expression):
        return f"- {_factor(-expression, names)}"
    if expression.is_Mul:
        return " * ".join(_factor(a, names) for a in expression.as_ordered_factors())
    if expression.is_Pow and expression.exp.is_Rational and expression.exp.q <= 2:
        base, power = as_atom(coq_expression(expression.base, names)), int(expression.exp.p)
        if expression.exp.q == 2:
            base = f"(sqrt {base})" if power != 1 else f"sqrt {base}"
        raised = base if abs(power) == 1 else f"({base}^{abs(power)})"
        return raised if power > 0 else f"/ {raised}"
    if expression.func in _FUNCTIONS:
        return f"{_FUNCTIONS[expression.func]} {as_atom(coq_expression(expression.args[0], names))}"
    raise NoCoqForm(f"{expression} has no form there")


def _negative(expression: Any) -> bool:
    return bool(not expression.is_Add and expression.as_coeff_Mul()[0].is_negative)


def _factor(expression: Any, names: Mapping[Any, str]) -> str:
    text = coq_expression(expression, names)
    return f"({text})" if expression.is_Add and expression not in names else text


def coq_relation(relation: Any, names: Mapping[Any, str]) -> tuple[str, str, str]:
    """A SymPy relation as Coq reads it, its word, and the difference that it compares with 0; ``>`` is written as ``<``.

    >>> x = sympy.Symbol("x")
    >>> coq_relation(x > 1, {x: "x"})
    ('1 < x', 'lt', 'x - 1')
    """
    if not isinstance(relation, sympy.core.relational.Relational):
        raise NoCoqForm(f"{relation} is no relation")
    left, right = (coq_expression(side, names) for side in (relation.lhs, relation.rhs))
    word = relation.rel_op
    if word in (">", ">="):
        left, right = right, left
    small, large = (left, right) if word not in ("==", "!=") else (right, left)
    sign, name = _WORDS[word]
    return f"{left} {sign} {right}", name, f"{large} - {as_atom(small)}"


def coq_polynomial(text: str, names: Mapping[str, str]) -> str:
    """A polynomial as certificates write it, as Coq reads it."""
    tree = ast.parse(text.strip(), mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = as_atom(names[node.id])
    return ast.unparse(tree).replace("**", "^")
