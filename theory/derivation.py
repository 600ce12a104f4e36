"""Derivations: named steps, each of which verifies itself.

A step states an equation, says why it holds, and carries a residual that SymPy must reduce to zero. A
derivation whose step does not verify is an error that names the step; nothing is believed unverified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import sympy

__all__ = ["Derivation", "DerivationError", "Step", "derivation", "derivations_for", "vanishes"]


class DerivationError(ArithmeticError):
    """A step of a derivation whose residual is not zero."""


def vanishes(residual: Any) -> bool:
    """Whether an expression, a matrix or a list of them reduces to zero symbolically.

    A boolean (an inequality that SymPy decides from the signs of the symbols) must be true.

    >>> x = sympy.Symbol("x")
    >>> vanishes((x + 1) ** 2 - x**2 - 2 * x - 1), vanishes(x)
    (True, False)
    """
    if residual is None:  # a sign that SymPy cannot tell
        return False
    if isinstance(residual, (list, tuple)):
        return all(vanishes(r) for r in residual)
    if isinstance(residual, (bool, sympy.logic.boolalg.BooleanAtom)):
        return bool(residual)
    if isinstance(residual, sympy.MatrixBase):
        return all(vanishes(entry) for entry in residual)
    expression = sympy.sympify(residual)
    if expression == 0:
        return True
    if _plainly_not_zero(expression):
        return False
    return any(reduce(expression) == 0 for reduce in (sympy.expand, _rationalised, sympy.simplify))


def _plainly_not_zero(expression: Any) -> bool:
    """A value far from zero at one rational point settles it, without the cost of simplifying."""
    symbols = sorted(expression.free_symbols, key=str)
    point = {x: sympy.Rational(2 * i + 3, 3 * i + 11) for i, x in enumerate(symbols)}
    value = expression.subs(point).evalf(30)
    return bool(value.is_number and value.is_finite and abs(value) > sympy.Float("1e-12"))


def _rationalised(expression: Any) -> Any:
    return sympy.cancel(sympy.together(sympy.powsimp(sympy.expand_log(expression, force=True))))


@dataclass(frozen=True)
class Step:
    """One step: ``equation`` (a SymPy equation or a relation, for display), why, and its residual.

    ``residual`` is what must vanish: an expression, a matrix, a list of them, or a boolean that must be true.
    """

    name: str
    equation: Any
    reason: str
    residual: Any

    def verify(self) -> None:
        """Reduce the residual to zero.

        Raises:
            DerivationError: when it does not vanish; the message holds the step's name and the residual.
        """
        if not vanishes(self.residual):
            raise DerivationError(
                f"step {self.name!r} does not verify: residual {sympy.sstr(self.residual)[:200]}"
            )


@dataclass(frozen=True)
class Derivation:
    """Named steps that lead to what the claims ``claims`` state."""

    id: str
    title: str
    claims: tuple[str, ...]
    steps: tuple[Step, ...]

    def verify(self) -> None:
        """Verify every step.

        Raises:
            DerivationError: at the first step that fails, with its name.
        """
        for step in self.steps:
            step.verify()

    def text(self) -> str:
        """The steps as plain text."""
        lines = [f"Derivation {self.id}: {self.title}"]
        for number, step in enumerate(self.steps, 1):
            lines += [
                f"  {number}. {step.name}",
                f"       {_plain(step.equation)}",
                f"       because {step.reason}",
            ]
        return "\n".join(lines)

    def latex(self) -> str:
        """The steps as LaTeX."""
        lines = [rf"\paragraph{{{self.title}}}", r"\begin{enumerate}"]
        lines += [
            rf"\item \textbf{{{_escaped(s.name)}}}: {_typeset(s.equation)} ({_escaped(s.reason)})"
            for s in self.steps
        ]
        return "\n".join([*lines, r"\end{enumerate}"])

    def _repr_html_(self) -> str:
        # a notebook typesets what stands between dollar signs
        steps = "".join(
            f"<li><b>{escape(s.name)}</b>: {_shown(s.equation)}<br><small>because {escape(s.reason)}</small></li>"
            for s in self.steps
        )
        return f"<div><b>{escape(self.id)}</b> {escape(self.title)}<ol>{steps}</ol></div>"

    def _repr_latex_(self) -> str:
        rows = r" \\ ".join(
            rf"\text{{{_escaped(s.name)}}} &: {_typeset(s.equation).replace('$', '')}" for s in self.steps
        )
        return rf"$\begin{{aligned}} {rows} \end{{aligned}}$"


_ESCAPES = {c: rf"\{c}" for c in "#$%&_{}"} | {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}


def _typeset(equation: Any) -> str:
    if isinstance(equation, str):
        return rf"\texttt{{{_escaped(equation)}}}"
    return rf"$\displaystyle {sympy.latex(equation)}$"


def _shown(equation: Any) -> str:
    if isinstance(equation, str):
        return f"<code>{escape(equation)}</code>"
    return rf"$\displaystyle {escape(sympy.latex(equation))}$"


def _escaped(words: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in words)


def _plain(equation: Any) -> str:
    if isinstance(equation, sympy.Equality):
        return f"{sympy.sstr(equation.lhs)} = {sympy.sstr(equation.rhs)}"
    return sympy.sstr(equation) if not isinstance(equation, str) else equation


_registry: dict[str, Callable[[], Derivation]] = {}
_claims: dict[str, list[str]] = {}


def derivation(
    id: str, title: str, *claims: str
) -> Callable[[Callable[[], list[Step]]], Callable[[], Derivation]]:
    """Register a function that returns the steps; it runs once, when first asked for."""

    def decorate(steps: Callable[[], list[Step]]) -> Callable[[], Derivation]:
        @cache
        def made() -> Derivation:
            return Derivation(id, title, claims, tuple(steps()))

        _registry[id] = made
        for claim in claims:
            _claims.setdefault(claim, []).append(id)
        return made

    return decorate


def derivations_for(claim: str) -> list[Derivation]:
    """The derivations behind a claim id (``GD-4``, or a child ``GD-4.upper``), unverified.

    >>> [d.id for d in derivations_for("FLOW-2")]
    ['mode-flow']
    """
    from rankladder.theory import load_all

    load_all()
    return [_registry[i]() for i in _claims.get(claim.split(".")[0], [])]


def all_derivations() -> dict[str, Callable[[], Derivation]]:
    """Every derivation, by id, as functions that derive when called."""
    from rankladder.theory import load_all

    load_all()
    return dict(_registry)
