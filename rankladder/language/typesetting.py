r"""The formula of a claim that is a relation, made from what is tested and proved: it cannot say something else.

>>> from rankladder import Real, lemma, symbols
>>> x = symbols("x")
>>> print(lemma("doc-typeset", x**2 + 1 >= 2 * x, over={"x": Real(0, 2)}, given={"large": x > 1}).statement)
x \in (0, 2),\ x > 1:\quad x^{2} + 1 \geq 2 x
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rankladder.domains.domain import Domain
from rankladder.language.induction import Induction
from rankladder.language.snippets import symbol

__all__ = ["typeset_orbit", "typeset_relation"]


def typeset_relation(relation: Any, given: Iterable[Any], over: Mapping[str, Domain]) -> str:
    """A relation between parameters, after their domains and what is assumed of them."""
    return f"{_hypotheses(over, given, {})}{_latex(relation, {})}"


def typeset_orbit(induction: Induction, over: Mapping[str, Domain]) -> str:
    """A relation at every step, after the parameters, and before the recursion that it is about."""
    import sympy

    def at(k: str) -> dict[Any, str]:
        return {x: f"{_state(x)}_{{{k}}}" for x in induction.start}

    here, nothing = at("k"), {}  # type: tuple[dict[Any, str], dict[Any, str]]
    there = {name: at("k+1")[x] for x, name in induction.then.items()}
    parts = [_latex(induction.holds, here | there)]
    if induction.while_ != sympy.true:
        parts.append(rf"\text{{as long as }} {_latex(induction.while_, here)} \text{{ before}}")
    for x, first in induction.start.items():
        begin = f"{_state(x)}_{{0}}"
        if (value := _latex(first, nothing)) != begin:
            parts.append(f"{begin} = {value}")
        parts.append(rf"{at('k+1')[x]} = {_latex(induction.step[x], here)}")
    return _hypotheses(over, induction.given.values(), nothing) + r",\ ".join(parts)


def _hypotheses(over: Mapping[str, Domain], given: Iterable[Any], names: Mapping[Any, str]) -> str:
    domains = [rf"{symbol(n)} \in {_domain(d)}" for n, d in over.items() if n != "steps"]
    return r",\ ".join([*domains, *(_latex(g, names) for g in given)]) + r":\quad "


def _domain(domain: Domain) -> str:
    if domain.number == "integer":
        return rf"\{{{domain.lower}, \dots, {domain.upper}\}}"  # type: ignore[attr-defined]
    if domain.number != "real":
        return rf"\text{{{domain}}}"
    bounds = domain.bounds  # type: ignore[attr-defined]
    if bounds.lower is None and bounds.upper is None:
        return r"\mathbb{R}"
    left = r"(-\infty" if bounds.lower is None else f"{'[' if bounds.lower_closed else '('}{bounds.lower}"
    right = r"\infty)" if bounds.upper is None else f"{bounds.upper}{']' if bounds.upper_closed else ')'}"
    return f"{left}, {right}"


def _state(state: Any) -> str:
    return symbol(str(state))


def _latex(expression: Any, names: Mapping[Any, str]) -> str:
    import sympy

    free = {x: symbol(str(x)) for x in getattr(expression, "free_symbols", ())}
    return str(sympy.latex(expression, symbol_names={**free, **names}))
