"""Polynomials with rational coefficients, read from text and multiplied out: the arithmetic of ``identity_checker`` alone.

>>> product(polynomial("x + 1"), polynomial("x - 1")) == polynomial("x**2 - 1")
True
"""

from __future__ import annotations

import ast
import itertools
from collections import defaultdict
from fractions import Fraction

__all__ = ["MINUS", "ONE", "Poly", "polynomial", "product", "relation", "total"]

Poly = dict[
    tuple[str, ...], Fraction
]  # the coefficient of each product of names, the names in order; none is 0
ONE: Poly = {(): Fraction(1)}
MINUS: Poly = {(): Fraction(-1)}
KINDS = {ast.Lt: ">", ast.Gt: ">", ast.LtE: ">=", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def total(*polys: Poly) -> Poly:
    """The sum of polynomials."""
    made: Poly = defaultdict(Fraction)
    for names, c in itertools.chain.from_iterable(poly.items() for poly in polys):
        made[names] += c
    return {names: c for names, c in made.items() if c}


def product(*polys: Poly) -> Poly:
    """Their product; 1 where there are none."""
    made = ONE
    for poly in polys:
        total: Poly = defaultdict(Fraction)
        for (m, c), (n, d) in itertools.product(made.items(), poly.items()):
            total[tuple(sorted(m + n))] += c * d
        made = {names: c for names, c in total.items() if c}
    return made


def relation(text: str) -> tuple[Poly, Poly, str]:
    """Numerator, denominator and kind of a relation with 0, turned so that the kind is ``>``, ``>=``, ``==`` or ``!=``.

    >>> relation("(x)/(y) < 0")[2], relation("(x)/(y) < 0")[:2] == (polynomial("-x"), polynomial("y"))
    ('>', True)
    """
    match ast.parse(text.strip(), mode="eval").body:
        case ast.Compare(left=value, ops=[kind], comparators=[ast.Constant(value=0)]) if type(kind) in KINDS:
            bottom = ONE
            match value:
                case ast.BinOp(left=top, op=ast.Div(), right=below) if not isinstance(below, ast.Constant):
                    value, bottom = top, _value(below)
            sign = MINUS if isinstance(kind, (ast.Lt, ast.LtE)) else ONE
            return product(sign, _value(value)), bottom, KINDS[type(kind)]
    raise ValueError(f"{text} is no relation")


def polynomial(text: str) -> Poly:
    """A polynomial in names, with whole numbers and ``+ - * / **``; it is divided by numbers only.

    Raises:
        ValueError: for any other text.
    """
    return _value(ast.parse(text.strip(), mode="eval").body)


def _value(tree: ast.expr) -> Poly:
    match tree:
        case ast.Name(id=name):
            return {(name,): Fraction(1)}
        case ast.Constant(value=int(number)):
            return total({(): Fraction(number)})
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return product(MINUS, _value(inner))
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int(power))):
            return product(*[_value(base)] * power)
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=int(number))):
            return product(_value(left), {(): Fraction(1, number)})
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return product(_value(left), _value(right))
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub()) as sign, right=right):
            return total(_value(left), product(MINUS if isinstance(sign, ast.Sub) else ONE, _value(right)))
    raise ValueError(f"{ast.unparse(tree)} is no polynomial")
