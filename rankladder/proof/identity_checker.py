"""Checks identities that prove inequalities. It shares no code with what finds them, and trusts none of it.

A certificate is plain data. It starts from the hypotheses of an obligation, each a polynomial that is ``> 0``, ``>= 0`` or
``== 0`` (of one that is not 0, its square), and goes on in steps. A step shows one more polynomial by an identity, whose two sides are multiplied out here:

    (sum of c * products of facts > 0) * shown  =  sum of c * products of facts * a square,    every c a rational > 0

(a product that holds a fact ``== 0`` may have any c, and any polynomial in place of the square). A hypothesis ``A or B`` is used by cases. A
node ends when its facts hold the conclusion, or the contradiction ``0 > 0``.
"""

from __future__ import annotations

import ast
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["Rejected", "check_identities"]

Poly = dict[tuple[str, ...], Fraction]  # the coefficient of each product of names, the names in order
ONE: Poly = {(): Fraction(1)}
MINUS: Poly = {(): Fraction(-1)}
KINDS = {ast.Lt: ">", ast.Gt: ">", ast.LtE: ">=", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class Rejected(ValueError):
    """The certificate does not prove the obligation; the message says where it breaks."""


def check_identities(given: Sequence[Any], shows: Any, certificate: Mapping[str, Any]) -> None:
    """Accept a certificate by returning.

    Args:
        given, shows: hypotheses and conclusion: a text such as ``"2*s < 1"``, or ``["or", …]``, ``["and", …]`` of such.
        certificate: ``{"steps": […]}``, and then, to go on by cases, ``"cases": i`` (which of the open alternatives),
            ``"split": p`` (``p >= 0`` or ``p < 0``), or ``"parts": True`` (of a conclusion ``and``) with ``"nodes": […]``.
            Of a conclusion ``or`` the part ``"disjunct"`` is shown, or without it the last, the others supposed false.

    Raises:
        Rejected: when it proves nothing.

    >>> step = {"shows": "x**2 - 2*x + 1", "kind": ">=", "times": [["1", []]], "sum": [["1", [], "x - 1"]]}
    >>> check_identities([], "x**2 + 1 >= 2*x", {"steps": [step]})
    """
    _node([], [], ["and", *given], shows, certificate)


def _node(
    facts: list[tuple[Poly, str]], open_: list[Any], more: Any, shows: Any, node: Mapping[str, Any]
) -> None:
    facts, open_ = list(facts), list(open_)
    _take(more, facts, open_)
    if not isinstance(shows, str) and shows[0] == "or":
        if "disjunct" in node:
            shows = shows[1:][range(len(shows) - 1)[node["disjunct"]]]
        elif "split" not in node and "cases" not in node:
            for other in shows[1:-1]:
                top, bottom, kind = _relation(other)
                if kind not in (">", ">=") or bottom != ONE:
                    raise Rejected(f"{other}: its contrary is no fact")
                facts.append((_product(top, MINUS), ">=" if kind == ">" else ">"))
            shows = shows[-1]
    for step in node.get("steps", ()):
        facts.append(_step(facts, step))
    if "nodes" not in node:
        if ({}, ">") not in facts and not _shown(shows, facts):
            raise Rejected(f"{shows} is not among what was shown")
        return
    if "parts" in node:
        goals = shows[1:] if shows[0] == "and" else []
        cases: list[Any] = [["and"]] * len(goals)
    else:
        cases = (
            [f"{node['split']} >= 0", f"{node['split']} < 0"] if "split" in node else open_.pop(node["cases"])
        )
        goals = [shows] * len(cases)
    if not cases or len(cases) != len(node["nodes"]):
        raise Rejected("a case or a part is missing")
    for case, goal, inner in zip(cases, goals, node["nodes"], strict=True):
        _node(facts, open_, case, goal, inner)


def _take(statement: Any, facts: list[tuple[Poly, str]], open_: list[Any]) -> None:
    if isinstance(statement, str):
        top, bottom, kind = _relation(statement)
        gap = _product(top, bottom)
        facts.append((_product(gap, gap), ">") if kind == "!=" else (gap, kind))
    elif statement[0] == "and":
        for part in statement[1:]:
            _take(part, facts, open_)
    else:
        open_.append(statement[1:])


def _shown(relation: Any, facts: list[tuple[Poly, str]]) -> bool:
    top, bottom, kind = _relation(relation)
    wanted = _product(top, bottom)

    def known(poly: Poly, *kinds: str) -> bool:
        return any((poly, kind) in facts for kind in kinds)

    def nonzero(poly: Poly) -> bool:
        return known(poly, ">") or known(_product(poly, MINUS), ">")

    if bottom != ONE and not nonzero(bottom):
        return False
    if kind == "!=":
        return nonzero(wanted)
    both = kind == "==" and known(wanted, ">=") and known(_product(wanted, MINUS), ">=")
    return both or known(wanted, kind) or (kind == ">=" and known(wanted, ">"))


def _step(facts: list[tuple[Poly, str]], step: Mapping[str, Any]) -> tuple[Poly, str]:
    shown, kind = _polynomial(step["shows"]), step["kind"]
    if not step["times"] or any(
        Fraction(c) <= 0 or any(facts[i][1] != ">" for i in chosen) for c, chosen in step["times"]
    ):
        raise Rejected(f"{step['shows']}: what it is multiplied by is not known to be > 0")
    factor = _sum(
        *(_product({(): Fraction(c)}, *(facts[i][0] for i in chosen)) for c, chosen in step["times"])
    )
    terms, strict = [], False
    for c, chosen, *roots in step["sum"]:
        zero = any(facts[i][1] == "==" for i in chosen)
        if not zero and (Fraction(c) <= 0 or kind == "=="):
            raise Rejected(f"{step['shows']}: a term is not known to be >= 0")
        strict = strict or (not zero and not roots and all(facts[i][1] == ">" for i in chosen))
        squared = [_polynomial(root) for root in roots] * (1 if zero else 2)
        terms.append(_product({(): Fraction(c)}, *(facts[i][0] for i in chosen), *squared))
    if kind not in (">", ">=", "==") or (kind == ">" and not strict):
        raise Rejected(f"{step['shows']}: no term is known to be > 0")
    if _product(factor, shown) != _sum(*terms):
        raise Rejected(f"{step['shows']}: the two sides differ")
    return shown, kind


def _sum(*polys: Poly) -> Poly:
    made: Poly = defaultdict(Fraction)
    for names, c in itertools.chain.from_iterable(poly.items() for poly in polys):
        made[names] += c
    return {names: c for names, c in made.items() if c}


def _product(*polys: Poly) -> Poly:
    made = ONE
    for poly in polys:
        total: Poly = defaultdict(Fraction)
        for (m, c), (n, d) in itertools.product(made.items(), poly.items()):
            total[tuple(sorted(m + n))] += c * d
        made = {names: c for names, c in total.items() if c}
    return made


def _relation(text: str) -> tuple[Poly, Poly, str]:
    """Numerator, denominator and kind of ``left - right``, so that the relation compares them with 0."""
    match ast.parse(text.strip(), mode="eval").body:
        case ast.Compare(left=left, ops=[kind], comparators=[right]) if type(kind) in KINDS:
            smaller = isinstance(kind, (ast.Lt, ast.LtE))
            left, right = (right, left) if smaller else (left, right)
            return *_value(ast.BinOp(left, ast.Sub(), right)), KINDS[type(kind)]
    raise Rejected(f"{text} is no relation")


def _polynomial(text: str) -> Poly:
    top, bottom = _value(ast.parse(text.strip(), mode="eval").body)
    if bottom != ONE:
        raise Rejected(f"{text} is no polynomial")
    return top


def _value(tree: ast.expr) -> tuple[Poly, Poly]:
    """Numerator and denominator of an expression in names, whole numbers, ``+ - * / **``."""
    match tree:
        case ast.Name(id=name):
            return {(name,): Fraction(1)}, ONE
        case ast.Constant(value=int(number)) if type(number) is int:
            return _sum({(): Fraction(number)}), ONE
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _value(ast.BinOp(ast.Constant(-1), ast.Mult(), inner))
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            power = ast.literal_eval(exponent)
            a, b = _value(base) if power >= 0 else _value(base)[::-1]
            return _product(*[a] * abs(power)), _product(*[b] * abs(power))
        case ast.BinOp(left=left, op=operation, right=right):
            (a, b), (c, d) = _value(left), _value(right)
            match operation:
                case ast.Mult():
                    return _product(a, c), _product(b, d)
                case ast.Div() if set(c) == {()} and d == ONE:  # by a number
                    return _product(a, {(): 1 / c[()]}), b
                case ast.Div():
                    return _product(a, d), _product(b, c)
                case ast.Add() | ast.Sub():
                    sign = MINUS if isinstance(operation, ast.Sub) else ONE
                    return _sum(_product(a, d), _product(b, c, sign)), _product(b, d)
    raise Rejected(f"{ast.unparse(tree)} is no rational function")
