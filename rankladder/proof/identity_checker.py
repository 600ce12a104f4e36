"""Checks identities that prove inequalities. It shares no code with what finds them, and trusts none of it.

A certificate is plain data. It starts from the hypotheses of an obligation, each a polynomial that is ``> 0``, ``>= 0`` or
``== 0`` (of one that is not 0, its square), and goes on in steps. A step shows one more polynomial by an identity, whose two
sides are multiplied out here:

    (sum of c * products of facts > 0) * shown  =  sum of c * products of facts * a square,    every c a rational > 0

(a product that holds a fact ``== 0`` may have any c, and any polynomial in place of the square). A hypothesis ``A or B`` is
used by cases. A node ends when its facts hold the conclusion, or the contradiction ``0 > 0``.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["check_identities"]

Number = int | Fraction
Poly = dict[tuple[str, ...], Number]  # of each product of names, in order, the coefficient, never 0
Facts = list[tuple[Poly, str]]  # each a polynomial, and whether it is ``>``, ``>=`` or ``==`` 0
ONE: Poly = {(): 1}
MINUS: Poly = {(): -1}
SIGNS = {ast.Add: ONE, ast.Sub: MINUS}
KINDS = {"<": ">", ">": ">", "<=": ">=", ">=": ">=", "==": "==", "!=": "!="}


def check_identities(given: Sequence[Any], shows: Any, certificate: Mapping[str, Any]) -> None:
    """Accept a certificate by returning.

    Args:
        given, shows: hypotheses and conclusion: a polynomial, or one polynomial over another, compared with 0, such as
            ``"2*s - 1 < 0"`` or ``"(x)/(1 + s) >= 0"``; or ``["or", …]``, ``["and", …]`` of such.
        certificate: ``{"steps": […]}``, and then, to go on by cases, ``"cases": i`` (which of the open alternatives),
            ``"split": p`` (``p >= 0`` or ``p < 0``), or ``"parts": True`` (of a conclusion ``and``) with ``"nodes": […]``.
            Of a conclusion ``or`` the part ``"disjunct"`` is shown, counted from 0.

    Raises:
        ValueError: when it does not prove the obligation; the message says where it breaks. What is not of this form may
            raise other errors.

    >>> step = {"shows": "x**2 - 2*x + 1", "kind": ">=", "times": [["1", []]], "sum": [["1", [], "x - 1"]]}
    >>> check_identities([], "x**2 - 2*x + 1 >= 0", {"steps": [step]})
    """
    _node([], [], ["and", *given], shows, certificate)


def _node(facts: Facts, choices: list[Any], more: Any, shows: Any, node: Mapping[str, Any]) -> None:
    facts, choices, unread = [*facts], [*choices], [more]
    while unread:
        statement = unread.pop(0)
        if isinstance(statement, str):
            gap, _, kind = _relation(statement)
            facts.append((_product(gap, gap), ">") if kind == "!=" else (gap, kind))
        elif statement[0] == "and":
            unread[:0] = statement[1:]
        else:
            choices.append(statement[1:])
    if "disjunct" in node and shows[0] == "or":
        shows = shows[1 + node["disjunct"]]
    for step in node.get("steps", ()):
        facts.append(_step(facts, step))
    cases: list[Any] = []
    if "parts" in node and shows[0] == "and":
        cases = [(["and"], part) for part in shows[1:]]
    elif "split" in node:
        cases = [(f"{node['split']} >= 0", shows), (f"{node['split']} < 0", shows)]
    elif "cases" in node:
        cases = [(case, shows) for case in choices.pop(node["cases"])]
    elif ({}, ">") not in facts and not _shown(shows, facts):
        raise ValueError(f"{shows} is not among what was shown")
    for (case, goal), inner in zip(cases, node.get("nodes", ()), strict=True):
        _node(facts, choices, case, goal, inner)


def _shown(text: str, facts: Facts) -> bool:
    gap, bottom, kind = _relation(text)
    return _known(gap, kind, facts) and _known(bottom, "!=", [*facts, (ONE, ">")])


def _known(poly: Poly, kind: str, facts: Facts) -> bool:
    up, down = ({sign for fact, sign in facts if fact == side} for side in (poly, _product(poly, MINUS)))
    equal = "==" in up or ">=" in up & down
    return {">": ">" in up, ">=": bool({">", ">="} & up), "==": equal, "!=": ">" in up | down}[kind]


def _step(facts: Facts, step: Mapping[str, Any]) -> tuple[Poly, str]:
    shown, kind = _value(step["shows"]), step["kind"]
    left, left_kinds = _terms(facts, step["times"])
    right, kinds = _terms(facts, step["sum"])
    known = {"==": kinds <= {"=="}, ">=": "" not in kinds, ">": "" not in kinds and ">" in kinds}
    if left_kinds != {">"} or not known[kind] or _product(left, shown) != right:
        raise ValueError(f"{step['shows']}: a sign is not known, or the two sides differ")
    return shown, kind


def _terms(facts: Facts, terms: Sequence[Any]) -> tuple[Poly, set[str]]:
    """The sum of terms, and what is known of the sign of each; of some nothing, ``""``."""
    parts, signs = list[Any](), set[str]()
    for text, chosen, *roots in terms:
        c = _number(text)
        kinds = {facts[i][1] for i in chosen}
        zero = "==" in kinds
        squares = map(_value, roots if zero else roots * 2)
        parts += _product(*(facts[i][0] for i in chosen), *squares, {(): c}).items()
        signs.add("==" if zero else "" if c <= 0 else ">" if kinds <= {">"} and not roots else ">=")
    return _sum(parts), signs


def _relation(text: str) -> tuple[Poly, Poly, str]:
    """Numerator times denominator, denominator and kind of a relation with 0, turned to ``>``, ``>=``, ``==`` or ``!=``."""
    left, sign = text.removesuffix(" 0").rsplit(" ", 1)
    kind, turned = KINDS[sign], MINUS if "<" in sign else ONE
    match ast.parse(left, mode="eval").body:
        case ast.BinOp(left=top, op=ast.Div(), right=below) if not isinstance(below, ast.Constant):
            return _product(turned, _value(top), _value(below)), _value(below), kind
        case whole:
            return _product(turned, _value(whole)), ONE, kind


def _value(tree: str | ast.expr) -> Poly:
    """A polynomial in names, with whole numbers and ``+ - * / **``; it is divided by numbers only."""
    match ast.parse(tree, mode="eval").body if isinstance(tree, str) else tree:
        case ast.Name(id=name):
            return {(name,): 1}
        case ast.Constant(value=int(number)):
            return _sum([((), number)])
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _product(MINUS, _value(inner))
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int(power))):
            return _product(*[_value(base)] * power)
        case ast.BinOp(left=top, op=ast.Div(), right=ast.Constant(value=int(number))):
            return _product(_value(top), {(): Fraction(1, number)})
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_value(left), _value(right))
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub()) as sign, right=right):
            return _sum([*_value(left).items(), *_product(SIGNS[type(sign)], _value(right)).items()])
    raise ValueError(f"{tree} is no polynomial")


def _number(text: Any) -> Number:
    number = Fraction(text)
    return number.numerator if number.denominator == 1 else number  # whole numbers multiply faster


def _product(*polys: Poly) -> Poly:
    made, *others = polys or (ONE,)
    for poly in others:
        made = _sum((tuple(sorted(m + n)), c * d) for m, c in made.items() for n, d in poly.items())
    return made


def _sum(terms: Iterable[tuple[tuple[str, ...], Number]]) -> Poly:
    made: Poly = defaultdict(int)
    for names, c in terms:
        made[names] += c
    return {names: c for names, c in made.items() if c}
