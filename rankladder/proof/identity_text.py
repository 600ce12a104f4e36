"""Identities as text: obligations and certificates as the checker reads them, and as a person does."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy
from flint import fmpq

from rankladder.language.obligation import Obligation, as_text
from rankladder.proof.zero import Fractions

__all__ = ["Identities", "Stuck", "readable", "relation_data", "symbols_in", "translated"]

_ROOT = re.compile(r"sqrt_(\d+)_(\d+)")  # the name of the square root of a rational


class Stuck(Exception):
    """No identity was found."""


@dataclass
class Identities:
    """A certificate for an obligation, as plain data that :func:`identities_hold` checks; without a node there is none.

    ``given`` are the hypotheses that it uses, ``whole`` all that there are, where these are more.
    """

    given: list[Any]
    shows: Any
    node: dict[str, Any] | None
    whole: list[Any] | None = None


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
    for divisor in sorted(divisors, key=str):
        top, _ = fractions.of(divisor)
        if top.is_zero():
            raise Stuck
        # where it is a number its symbols have cancelled
        if not top.is_constant() and not (left % top).is_zero():
            gone.append(relation_data(sympy.Ne(_lowest(fractions, divisor)[0], 0, evaluate=False)))
    return ["and", data, *gone] if gone else data


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
    if not all(x.is_Symbol for x in fractions.generators):
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
        # relations first: all parts of an alternative but the last are supposed false, which a relation can be
        parts = (relation_data(part) for part in sorted(statement.args, key=as_text))
        return [word, *sorted(parts, key=lambda part: not isinstance(part, str))]
    if not isinstance(statement, sympy.core.relational.Relational):
        raise Stuck
    fractions = _gap(statement)
    top, bottom = _lowest(fractions, fractions.expression)
    return f"{top} {statement.rel_op} 0" if bottom == 1 else f"({top})/({bottom}) {statement.rel_op} 0"


def readable(found: Identities) -> str:
    """The identities as lines that a person can check, one for every step, indented by case.

    Facts are written by what they say is ``> 0``, ``>= 0`` or ``== 0``.
    """
    lines: list[str] = []

    def take(statement: Any, facts: list[tuple[str, str]], choices: list[Any]) -> None:
        if not isinstance(statement, str):
            if statement[0] == "or":
                choices.append(statement[1:])
            else:
                for part in statement[1:]:
                    take(part, facts, choices)
            return
        top, kind, _ = statement.rsplit(" ", 2)
        if kind == "!=":
            top, kind = f"({top})**2", ">"
        facts.append((f"-({top})" if kind in ("<", "<=") else top, kind))

    def walk(
        node: Mapping[str, Any], shows: Any, facts: list[tuple[str, str]], choices: list[Any], indent: str
    ) -> None:
        if "disjunct" in node:
            shows = shows[1 + node["disjunct"]]
        elif not isinstance(shows, str) and shows[0] == "or" and "split" not in node and "cases" not in node:
            facts.extend((f"-({other.rsplit(' ', 2)[0]})", ">=") for other in shows[1:-1])
            shows = shows[-1]
        for step in node.get("steps", ()):
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
                take(case, more, left)
            walk(inner, case if "parts" in node else shows, more, left, indent + "  ")

    facts: list[tuple[str, str]] = []
    choices: list[Any] = []
    for hypothesis in found.given:
        take(hypothesis, facts, choices)
    walk(found.node or {}, found.shows, facts, choices, "")
    return "\n".join(lines)


def _plain(statement: Any) -> str:
    return statement if isinstance(statement, str) else f" {statement[0]} ".join(map(_plain, statement[1:]))


def _line(step: Mapping[str, Any], facts: Sequence[tuple[str, str]]) -> str:
    def term(c: str, chosen: Sequence[int], more: str = "1") -> Any:
        made = sympy.Rational(c)
        for text, _ in (facts[i] for i in chosen):
            made *= _factor(text) if len(text) <= 12 else sympy.Symbol(f"({text})")
        return made * _factor(more) ** (1 if any(facts[i][1] == "==" for i in chosen) else 2)

    factor = sum((term(*t) for t in step["times"]), sympy.S.Zero)
    total = sum((term(*t) for t in step["sum"]), sympy.S.Zero)
    left = step["shows"] if factor == 1 else f"({factor})*({step['shows']})"
    return f"{left} = {total}"


@lru_cache(maxsize=4096)  # the steps of a certificate name its facts again
def _factor(text: str) -> Any:
    """A short expression whose names are symbols, whatever else SymPy calls by them (gamma, beta)."""
    return sympy.sympify(text, locals={name: sympy.Symbol(name) for name in re.findall(r"[^\W\d]\w*", text)})
