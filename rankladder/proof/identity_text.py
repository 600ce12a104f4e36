"""Identities as text: obligations and certificates as the checker reads them, and as a person does."""

from __future__ import annotations

import ast
import keyword
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy
from flint import fmpq

from rankladder.language.obligation import Obligation, as_text
from rankladder.proof.zero import Fractions

__all__ = ["NOTHING", "Identities", "Stuck", "readable", "relation_data", "symbols_in", "translated"]

_ROOT = re.compile(r"sqrt_(\d+)_(\d+)")  # the name of the square root of a rational


class Stuck(Exception):
    """No identity was found."""


@dataclass
class Identities:
    """A certificate for an obligation, as plain data that :func:`identities_hold` checks; without a node there is none.

    ``given`` are the hypotheses that it uses, ``whole`` all that there are, where these are more; ``kept`` the certificate that
    this one was made from, where a catalogue keeps that.
    """

    given: list[Any]
    shows: Any
    node: dict[str, Any] | None
    whole: list[Any] | None = None
    kept: Identities | None = None


# where signs of symbols show all: what is made from it is not kept
NOTHING = Identities([], "1 > 0", {"steps": []})


def translated(obligation: Obligation) -> tuple[list[Any], Any] | None:
    """Hypotheses and conclusion as the checker reads them; None where they are not all between rational functions."""
    try:
        # in an order of their own: that of an obligation may follow the memory's
        given = sorted((relation_data(g) for g in obligation.given if g != sympy.true), key=str)
        shows = "1 > 0" if obligation.shows == sympy.true else _defined(obligation.shows)
    except Stuck:
        return None
    for name in symbols_in(given, shows):
        if root := _ROOT.fullmatch(name):
            given += [f"{name} > 0", f"{name}**2 - {root[1]}/{root[2]} == 0"]
    return given, shows


def symbols_in(given: list[Any], shows: Any) -> list[str]:
    """The names that an obligation speaks of."""
    return sorted(set(re.findall(r"[A-Za-z_]\w*", f"{given} {shows}")) - {"and", "or", "true"})


def _name(symbol: Any) -> str:
    name = str(symbol)
    # another name could be somebody's too, and then two symbols would be one
    if not name.isidentifier() or keyword.iskeyword(name) or name == "true" or _ROOT.fullmatch(name):
        raise Stuck
    return name


@lru_cache(maxsize=4096)  # every reading of an obligation has the same
def _defined(statement: Any) -> Any:
    """A conclusion as text, with what is not 0 where it divides and has cancelled: there the conclusion has no value."""
    data = relation_data(statement)
    if not isinstance(statement, sympy.core.relational.Relational):
        if not isinstance(statement, (sympy.And, sympy.Or)):
            return data
        parts = sorted(
            (_defined(part) for part in sorted(statement.args, key=as_text)),
            key=lambda p: not isinstance(p, str),
        )
        return [data[0], *parts]
    fractions = _gap(statement)
    _, left = fractions.of(fractions.expression)
    divisors = {
        p.base for p in fractions.expression.atoms(sympy.Pow) if p.exp.is_negative and p.base.free_symbols
    }
    gone = []
    for divisor in sorted(divisors, key=as_text):
        top, _ = fractions.of(divisor)
        if top.is_zero():
            raise Stuck
        # where it is a number its symbols have cancelled
        if not top.is_constant() and not (left % top).is_zero():
            gone.append(relation_data(sympy.Ne(_lowest(fractions, divisor)[0], 0, evaluate=False)))
    return ["and", data, *gone] if gone else data


@lru_cache(maxsize=4096)
def _gap(statement: Any) -> Fractions:
    """The difference of the two sides of a relation, in symbols that are names, those of square roots of rationals among them.

    Raises:
        Stuck: where it is no rational function.
    """
    sides = statement.lhs, -statement.rhs
    names = {x: sympy.Symbol(_name(x)) for x in statement.free_symbols}
    for root in statement.atoms(sympy.Pow):
        if root.base.is_Rational and root.exp == sympy.Rational(1, 2):
            names[root] = sympy.Symbol(f"sqrt_{root.base.p}_{root.base.q}")
    # not evaluated: what only one side divides by must not be lost
    gap = sympy.Add(*(side.xreplace(names) for side in sides), evaluate=False)
    fractions = Fractions(gap)
    if fractions.names or not all(x.is_Symbol for x in fractions.generators):
        raise Stuck
    if fractions.of(gap)[1].is_zero():
        raise Stuck
    return fractions


def _lowest(fractions: Fractions, expression: Any) -> tuple[Any, Any]:
    """Numerator and denominator of a part in lowest terms: 1 in the place of a number, else with whole coefficients and
    the first of them positive in the denominator.
    """
    top, bottom = fractions.of(expression)
    if bottom.is_constant():
        return fractions.written(top / bottom), sympy.S.One
    over, under = _content(top), _content(bottom)
    ratio = over / under
    sign = 1 if sympy.LC(fractions.written(bottom)) > 0 else -1
    return fractions.written(top * (sign * ratio.p / over)), fractions.written(
        bottom * (sign * ratio.q / under)
    )


def _content(poly: Any) -> Any:
    """The greatest number of which every coefficient is a whole multiple."""
    coefficients = poly.coeffs()
    return fmpq(math.gcd(*(int(c.p) for c in coefficients)), math.lcm(*(int(c.q) for c in coefficients)))


@lru_cache(maxsize=4096)  # the obligations of a proof share their hypotheses
def relation_data(statement: Any) -> Any:
    """The statement as text: a relation, or a list that begins with ``and`` or ``or``.

    Raises:
        Stuck: where it is not between rational functions.
    """
    if statement == sympy.true:
        return ["true"]
    if isinstance(statement, (sympy.And, sympy.Or)):
        word = "and" if isinstance(statement, sympy.And) else "or"
        # relations first: the search splits by the sign of every part of an alternative but the last
        parts = (relation_data(part) for part in sorted(statement.args, key=as_text))
        return [word, *sorted(parts, key=lambda part: not isinstance(part, str))]
    if not isinstance(statement, sympy.core.relational.Relational):
        raise Stuck
    fractions = _gap(statement)
    top, bottom = _lowest(fractions, fractions.expression)
    over, under = as_text(top), as_text(bottom)
    return f"{over} {statement.rel_op} 0" if bottom == 1 else f"({over})/({under}) {statement.rel_op} 0"


def readable(found: Identities) -> str:
    """The identities as lines that a person can check, one for every step, indented by case.

    A step ``t*(p) = sum >= 0`` shows ``p >= 0``: each factor of a term of the sum, and of ``t``, is a fact (a hypothesis, a
    supposition or an earlier line, by what it says is ``> 0``, ``>= 0`` or ``= 0``), a square or a positive number. A term
    that holds what is 0 may have any other factors.

    >>> step = {"shows": "x*y", "kind": ">=", "times": [["1", []]], "sum": [["1", [0, 1]]]}
    >>> print(readable(Identities(["1 - x < 0", "(y)/(x) >= 0"], "x*y >= 0", {"steps": [step]})))
    since (y)/(x) >= 0: (y)*(x) >= 0
    x*y = (x - 1)*((y)*(x)) >= 0
    """
    lines: list[str] = []

    def take(statement: Any, facts: list[tuple[str, str]], choices: list[Any], indent: str) -> None:
        if not isinstance(statement, str):
            if statement[0] == "or":
                choices.append(statement[1:])
            else:
                for part in statement[1:]:
                    take(part, facts, choices, indent)
            return
        fact, kind = _fact(statement)
        facts.append((fact, kind))
        if "!=" in statement or _divided(statement):
            lines.append(f"{indent}since {statement}: {_compared(fact, kind)}")

    def walk(
        node: Mapping[str, Any], shows: Any, facts: list[tuple[str, str]], choices: list[Any], indent: str
    ) -> None:
        if "disjunct" in node:
            shows = shows[1 + node["disjunct"]]
            lines.append(f"{indent}enough: {_plain(shows)}")
        steps, before = node.get("steps", ()), len(lines)
        for step in steps:
            if step["shows"] != "1" or step is steps[-1]:
                lines.append(indent + _line(step, facts))
            facts.append((step["shows"], step["kind"]))
        if "split" in node:
            cases: Any = [f"{node['split']} >= 0", f"{node['split']} < 0"]
        else:
            cases = shows[1:] if "parts" in node else choices.pop(node["cases"]) if "cases" in node else []
        for case, inner in zip(cases, node.get("nodes", ()), strict=True):
            more, left = list(facts), list(choices)
            lines.append(f"{indent}{'to show' if 'parts' in node else 'if'} {_plain(case)}:")
            if "parts" not in node:
                take(case, more, left, indent + "  ")
            walk(inner, case if "parts" in node else shows, more, left, indent + "  ")
        if "nodes" in node:
            return
        if shows == "1 > 0" and all(step["shows"] == "1" for step in steps):
            lines[before:] = [f"{indent}true as it stands"]
        elif ("0", ">") in facts:
            lines.append(f"{indent}which cannot be")
        elif isinstance(shows, str) and _divided(shows):
            lines.append(f"{indent}so {shows}")
        elif not steps:
            lines.append(f"{indent}which is known")

    facts: list[tuple[str, str]] = []
    choices: list[Any] = []
    for hypothesis in found.given:
        take(hypothesis, facts, choices, "")
    walk(found.node or {}, found.shows, facts, choices, "")
    told = "\n".join(lines)
    # of a quotient that is given only where something uses it
    return "\n".join(
        line
        for line in lines
        if not line.lstrip().startswith("since ")
        or told.count(line.rpartition(": ")[2].rsplit(" ", 2)[0]) > 1
    )


def _plain(statement: Any) -> str:
    return statement if isinstance(statement, str) else f" {statement[0]} ".join(map(_plain, statement[1:]))


def _compared(text: str, kind: str) -> str:
    return f"{text} {'=' if kind == '==' else kind} 0"


def _divided(statement: str) -> tuple[str, str] | None:
    """Numerator and denominator of a relation's left side, where something other than a number divides it."""
    left = statement.rsplit(" ", 2)[0]
    match ast.parse(left, mode="eval").body:
        case ast.BinOp(left=top, op=ast.Div(), right=below) if not isinstance(below, ast.Constant):
            return ast.get_source_segment(left, top) or "", ast.get_source_segment(left, below) or ""
    return None


def _fact(statement: str) -> tuple[str, str]:
    """What the checker takes from a relation: what is compared with 0, and how; a quotient by its product."""
    left, kind, _ = statement.rsplit(" ", 2)
    if kind in ("<", "<="):
        left, kind = _minus(left), kind.replace("<", ">")
    if (quotient := _divided(f"{left} {kind} 0")) is not None:
        left = "*".join(f"({part})" for part in quotient)
    return (f"({left})**2", ">") if kind == "!=" else (left, kind)


@lru_cache(maxsize=4096)  # as the hypotheses of which it is
def _minus(text: str) -> str:
    """Minus an expression, whose names are symbols, whatever else SymPy calls by them (gamma, beta)."""
    names = {name: sympy.Symbol(name) for name in re.findall(r"[^\W\d]\w*", text)}
    top, slash, below = text.partition("/(")  # a quotient stays one
    minus = sympy.sstr(-sympy.sympify(top, locals=names))
    return f"({minus}){slash}{below}" if slash else minus


def _line(step: Mapping[str, Any], facts: Sequence[tuple[str, str]]) -> str:
    shows = step["shows"]
    factor, total = _sum(step["times"], facts), _sum(step["sum"], facts)
    if factor != "1":
        shows = f"{factor if len(step['times']) == 1 else f'({factor})'}*({shows})"
    same = sorted(shows.split(" + ")) == sorted(total.split(" + "))
    return _compared(shows if same else f"{shows} = {total}", step["kind"])


def _sum(terms: Sequence[Any], facts: Sequence[tuple[str, str]]) -> str:
    """A sum as it stands in a certificate, so that the sign of every term is seen."""
    text = ""
    for c, chosen, *roots in terms:
        number = Fraction(c)
        zero = any(facts[i][1] == "==" for i in chosen)
        powers = Counter(facts[i][0] for i in chosen)
        powers.update(dict.fromkeys(roots, 1 if zero else 2))
        factors = [_atom(p) if n == 1 else f"{_atom(p)}**{n}" for p, n in powers.items() if p != "1"]
        if abs(number) != 1 or not factors:
            factors.insert(0, str(abs(number)))
        sign = " - " if number < 0 else " + "
        text += (sign if text else sign.strip(" +")) + "*".join(factors)
    return text or "0"


def _atom(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"
