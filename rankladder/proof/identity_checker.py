"""Checks identities that prove inequalities. It shares no code with what finds them, and trusts none of it.

A certificate is plain data. It starts from the hypotheses of an obligation, each a polynomial that is ``> 0``, ``>= 0`` or
``== 0``, and goes on in steps. A step shows one more polynomial by an identity, whose two sides are multiplied out here:

    (sum of c * products of facts > 0) * shown  =  sum of c * products of facts * a square,    every c a rational > 0

(a product that holds a fact ``== 0`` may have any c, and any polynomial in place of the square). A hypothesis ``A or B`` is used by cases. A
node ends when its facts hold the conclusion, or the contradiction ``0 > 0``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["Rejected", "check_identities"]

Poly = dict[tuple[tuple[str, int], ...], Fraction]
ONE: Poly = {(): Fraction(1)}
MINUS: Poly = {(): Fraction(-1)}


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
    facts: list[tuple[Poly, str]] = []
    open_: list[Any] = []
    for hypothesis in given:
        _take(hypothesis, facts, open_)
    _node(facts, open_, shows, certificate)


def _node(facts: list[tuple[Poly, str]], open_: list[Any], shows: Any, node: Mapping[str, Any]) -> None:
    facts, open_ = list(facts), list(open_)
    if "disjunct" in node:
        if isinstance(shows, str) or shows[0] != "or" or node["disjunct"] < 0:
            raise Rejected("there is no such part of the conclusion")
        shows = shows[1 + node["disjunct"]]
    elif not isinstance(shows, str) and shows[0] == "or" and "split" not in node and "cases" not in node:
        for other in shows[1:-1]:
            top, bottom, kind = _relation(other)
            if kind not in (">", ">=") or bottom != ONE:
                raise Rejected(f"{other}: its contrary is no fact")
            facts.append((_times(top, MINUS), ">=" if kind == ">" else ">"))
        shows = shows[-1]
    for step in node.get("steps", ()):
        facts.append(_step(facts, step))
    if "nodes" not in node:
        if ({}, ">") not in facts and not _shown(shows, facts):
            raise Rejected(f"{shows} is not among what was shown")
        return
    if "split" in node:
        cases = [f"{node['split']} >= 0", f"{node['split']} < 0"]
    elif "parts" in node:
        cases = shows[1:] if shows[0] == "and" else []
    else:
        cases = open_.pop(node["cases"])
    if not cases or len(cases) != len(node["nodes"]):
        raise Rejected("a case or a part is missing")
    for case, inner in zip(cases, node["nodes"], strict=True):
        more, left = list(facts), list(open_)
        if "parts" not in node:
            _take(case, more, left)
        _node(more, left, case if "parts" in node else shows, inner)


def _take(statement: Any, facts: list[tuple[Poly, str]], open_: list[Any]) -> None:
    if isinstance(statement, str):
        top, bottom, kind = _relation(statement)
        if kind != "!=":
            facts.append((_times(top, bottom), kind))
    elif statement[0] == "and":
        for part in statement[1:]:
            _take(part, facts, open_)
    else:
        open_.append(statement[1:])


def _shown(relation: Any, facts: list[tuple[Poly, str]]) -> bool:
    top, bottom, kind = _relation(relation)
    wanted = _times(top, bottom)
    defined = bottom == ONE or (bottom, ">") in facts or (_times(bottom, MINUS), ">") in facts
    if kind == "!=":
        return defined and ((wanted, ">") in facts or (_times(wanted, MINUS), ">") in facts)
    if kind == "==" and (wanted, ">=") in facts and (_times(wanted, MINUS), ">=") in facts:
        return defined
    return defined and ((wanted, kind) in facts or (kind == ">=" and (wanted, ">") in facts))


def _step(facts: list[tuple[Poly, str]], step: Mapping[str, Any]) -> tuple[Poly, str]:
    shown, kind = _polynomial(step["shows"]), step["kind"]
    factor: Poly = {}
    for c, chosen in step["times"]:
        if Fraction(c) <= 0 or any(facts[i][1] != ">" for i in chosen):
            raise Rejected(f"{step['shows']}: what it is multiplied by is not known to be > 0")
        factor = _plus(factor, _product(c, [facts[i][0] for i in chosen]))
    total: Poly = {}
    strict = False
    for c, chosen, *more in step["sum"]:
        zero = any(facts[i][1] == "==" for i in chosen)
        if not zero and (Fraction(c) <= 0 or kind == "=="):
            raise Rejected(f"{step['shows']}: a term is not known to be >= 0")
        strict = strict or (not zero and not more and all(facts[i][1] == ">" for i in chosen))
        roots = [_polynomial(p) for p in more] * (1 if zero else 2)
        total = _plus(total, _product(c, [*(facts[i][0] for i in chosen), *roots]))
    if kind not in (">", ">=", "==") or (kind == ">" and not strict):
        raise Rejected(f"{step['shows']}: no term is known to be > 0")
    if not step["times"] or _times(factor, shown) != total:
        raise Rejected(f"{step['shows']}: the two sides differ")
    return shown, kind


def _plus(a: Poly, b: Poly) -> Poly:
    made = {m: a.get(m, Fraction(0)) + b.get(m, Fraction(0)) for m in {**a, **b}}
    return {m: c for m, c in made.items() if c}


def _times(a: Poly, b: Poly) -> Poly:
    made: Poly = {}
    for m, c in a.items():
        for n, d in b.items():
            powers = dict(m)
            for name, power in n:
                powers[name] = powers.get(name, 0) + power
            key = tuple(sorted(powers.items()))
            made[key] = made.get(key, Fraction(0)) + c * d
    return {m: c for m, c in made.items() if c}


def _product(c: str, polys: Sequence[Poly]) -> Poly:
    made: Poly = {(): Fraction(c)}
    for poly in polys:
        made = _times(made, poly)
    return made


def _relation(text: str) -> tuple[Poly, Poly, str]:
    """Numerator, denominator and kind of ``left - right``, so that the relation compares them with 0."""
    tree = ast.parse(text.strip(), mode="eval").body
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        raise Rejected(f"{text} is no relation")
    left, right, kind = _value(tree.left), _value(tree.comparators[0]), tree.ops[0]
    if isinstance(kind, (ast.Lt, ast.LtE)):
        left, right = right, left
    names = {ast.Lt: ">", ast.Gt: ">", ast.LtE: ">=", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
    a, b = _times(left[0], right[1]), _times(_times(right[0], left[1]), MINUS)
    return _plus(a, b), _times(left[1], right[1]), names[type(kind)]


def _polynomial(text: str) -> Poly:
    top, bottom = _value(ast.parse(text.strip(), mode="eval").body)
    if bottom != ONE:
        raise Rejected(f"{text} is no polynomial")
    return top


def _value(tree: ast.expr) -> tuple[Poly, Poly]:
    """Numerator and denominator of an expression in names, whole numbers, ``+ - * / **``."""
    if isinstance(tree, ast.Name):
        return {((tree.id, 1),): Fraction(1)}, ONE
    if isinstance(tree, ast.Constant) and type(tree.value) is int:
        return _plus({}, {(): Fraction(tree.value)}), ONE
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        top, bottom = _value(tree.operand)
        return _times(top, MINUS), bottom
    if not isinstance(tree, ast.BinOp):
        raise Rejected(f"{ast.unparse(tree)} is no rational function")
    a, b = _value(tree.left), _value(tree.right)
    if isinstance(tree.op, ast.Pow):
        power = ast.literal_eval(tree.right)
        top, bottom = a if power >= 0 else (a[1], a[0])
        return _product("1", [top] * abs(power)), _product("1", [bottom] * abs(power))
    if isinstance(tree.op, ast.Mult):
        return _times(a[0], b[0]), _times(a[1], b[1])
    if isinstance(tree.op, ast.Div):
        if set(b[0]) == {()} and b[1] == ONE:  # by a number
            return _times(a[0], {(): 1 / b[0][()]}), a[1]
        return _times(a[0], b[1]), _times(a[1], b[0])
    sign = MINUS if isinstance(tree.op, ast.Sub) else ONE
    if not isinstance(tree.op, (ast.Add, ast.Sub)):
        raise Rejected(f"{ast.unparse(tree)} is no rational function")
    return _plus(_times(a[0], b[1]), _times(_times(b[0], a[1]), sign)), _times(a[1], b[1])
