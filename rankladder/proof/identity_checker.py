"""Checks identities that prove inequalities. It shares no code with what finds them, and trusts none of it.

A certificate is plain data. It starts from the hypotheses of an obligation, each a polynomial that is ``> 0``, ``>= 0`` or
``== 0`` (of one that is not 0, its square), and goes on in steps. A step shows one more polynomial by an identity, whose two
sides are multiplied out here:

    (sum of c * products of facts > 0) * shown  =  sum of c * products of facts * a square,    every c a rational > 0

(a product that holds a fact ``== 0`` may have any c, and any polynomial in place of the square). A hypothesis ``A or B`` is
used by cases. A node ends when its facts hold the conclusion, or the contradiction ``0 > 0``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rankladder.proof.polynomials import MINUS, ONE, Poly, polynomial, product, relation, total

__all__ = ["check_identities"]

Facts = list[tuple[Poly, str]]  # a polynomial, and whether it is ``>``, ``>=`` or ``==`` 0


def check_identities(given: Sequence[Any], shows: Any, certificate: Mapping[str, Any]) -> None:
    """Accept a certificate by returning.

    Args:
        given, shows: hypotheses and conclusion: a polynomial, or one polynomial over another, compared with 0, such as
            ``"2*s - 1 < 0"`` or ``"(x)/(1 + s) >= 0"``; or ``["or", …]``, ``["and", …]`` of such.
        certificate: ``{"steps": […]}``, and then, to go on by cases, ``"cases": i`` (which of the open alternatives),
            ``"split": p`` (``p >= 0`` or ``p < 0``), or ``"parts": True`` (of a conclusion ``and``) with ``"nodes": […]``.
            Of a conclusion ``or`` the part ``"disjunct"`` is shown, or without it the last, the others supposed false.

    Raises:
        ValueError: when it does not prove the obligation; the message says where it breaks. What is not of this form may
            raise other errors.

    >>> step = {"shows": "x**2 - 2*x + 1", "kind": ">=", "times": [["1", []]], "sum": [["1", [], "x - 1"]]}
    >>> check_identities([], "x**2 - 2*x + 1 >= 0", {"steps": [step]})
    """
    _node([], [], ["and", *given], shows, certificate)


def _node(facts: Facts, choices: list[Any], more: Any, shows: Any, node: Mapping[str, Any]) -> None:
    facts, choices, unread = list(facts), list(choices), [more]
    while unread:
        statement = unread.pop(0)
        if isinstance(statement, str):
            top, bottom, kind = relation(statement)
            gap = product(top, bottom)
            facts.append((product(gap, gap), ">") if kind == "!=" else (gap, kind))
        elif statement[0] == "and":
            unread[:0] = statement[1:]
        else:
            choices.append(statement[1:])
    if shows[0] == "or" and "disjunct" in node:
        shows = shows[1:][node["disjunct"]]
    elif shows[0] == "or" and not {"split", "cases"} & node.keys():
        *others, shows = shows[1:]
        for top, bottom, kind in map(relation, others):
            if kind not in (">", ">=") or bottom != ONE:
                raise ValueError("the contrary of an alternative is no fact")
            facts.append((product(top, MINUS), ">=" if kind == ">" else ">"))
    for step in node.get("steps", ()):
        facts.append(_step(facts, step))
    if "nodes" not in node:
        if ({}, ">") not in facts and not _shown(shows, facts):
            raise ValueError(f"{shows} is not among what was shown")
        return
    if "parts" in node:
        cases: list[Any] = [(["and"], part) for part in shows[1:] if shows[0] == "and"]
    elif "split" in node:
        cases = [(f"{node['split']} >= 0", shows), (f"{node['split']} < 0", shows)]
    else:
        cases = [(case, shows) for case in choices.pop(node["cases"])]
    if not cases:
        raise ValueError("there is no case and no part")
    for (case, goal), inner in zip(cases, node["nodes"], strict=True):
        _node(facts, choices, case, goal, inner)


def _shown(text: str, facts: Facts) -> bool:
    top, bottom, kind = relation(text)
    gap = product(top, bottom)
    up, down, below, above = (
        {kind for poly, kind in facts if poly == wanted}
        for wanted in (gap, product(gap, MINUS), bottom, product(bottom, MINUS))
    )
    if bottom != ONE and ">" not in below | above:
        return False
    equal = "==" in up or ">=" in up & down
    return {">": ">" in up, ">=": bool({">", ">="} & up), "==": equal, "!=": ">" in up | down}[kind]


def _step(facts: Facts, step: Mapping[str, Any]) -> tuple[Poly, str]:
    shown, kind = polynomial(step["shows"]), step["kind"]
    left, left_kinds = _terms(facts, step["times"])
    right, kinds = _terms(facts, step["sum"])
    known = {"==": kinds <= {"=="}, ">=": "" not in kinds, ">": "" not in kinds and ">" in kinds}
    if left_kinds != {">"} or not known[kind]:
        raise ValueError(f"{step['shows']}: a sign is not known")
    if product(left, shown) != right:
        raise ValueError(f"{step['shows']}: the two sides differ")
    return shown, kind


def _terms(facts: Facts, terms: Sequence[Any]) -> tuple[Poly, set[str]]:
    """The sum of terms, and what is known of the sign of each; of some nothing, ``""``."""
    polys, signs = [], set()
    for c, chosen, *roots in terms:
        kinds = {facts[i][1] for i in chosen}
        zero = "==" in kinds
        squares = map(polynomial, roots if zero else roots * 2)
        polys.append(product({(): Fraction(c)}, *(facts[i][0] for i in chosen), *squares))
        positive = ">" if kinds <= {">"} and not roots else ">="
        signs.add("==" if zero else positive if Fraction(c) > 0 else "")
    return total(*polys), signs
