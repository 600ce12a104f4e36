"""What every written proof asks of solvers, algebra and balls; ``python -m tests.proving.kept_obligations`` stores it anew.

A proof that asks for less, or for something else that is true, still succeeds. Here nothing is discharged: each
relation is kept as its sign and the value of its two sides' difference at one point, so another way to write
the same is the same.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sympy

import properties.proofs
from properties.proving import symbolic
from properties.proving.induction import Induction
from properties.proving.parts import Part, Status
from properties.proving.result import Proof, fact
from properties.proving.smtlib import Obligation
from properties.proving.tails import elementary
from properties.stating.statement import Claim

FILE = Path(__file__).with_suffix(".json")
MODULES = {
    name: importlib.import_module(f"properties.proofs.{name}")
    for _, name, _ in pkgutil.iter_modules(properties.proofs.__path__)
}
WRITTEN: dict[str, tuple[str, Callable[[], Any]]] = {
    id: (name, made)
    for name, module in MODULES.items()
    for table in ("PROOFS", "CERTIFICATES")
    for id, made in getattr(module, table, {}).items()
}
KNOWN = ("positive", "nonnegative", "integer", "real")


def place(symbol: Any) -> Any:
    """A rational number between 1/10 and 9/10 for a symbol, by its name."""
    return sympy.Rational(100 + int(hashlib.sha256(symbol.name.encode()).hexdigest(), 16) % 797, 997)


def value(expression: Any) -> float | str:
    """An expression at that point; what is not real there is told apart by its imaginary part."""
    expression = sympy.sympify(expression)
    found = elementary(expression).xreplace({x: place(x) for x in expression.free_symbols})
    number = complex(sympy.N(found, 30))
    if number != number:
        return "none"
    return float(f"{number.real + 0.618 * number.imag:.11g}")


def said(statement: Any) -> Any:
    """A relation as its sign and a value, a combination of relations by its parts."""
    if isinstance(statement, (sympy.And, sympy.Or)):
        return [type(statement).__name__, *sorted((said(part) for part in statement.args), key=str)]
    if isinstance(statement, sympy.core.relational.Relational):
        greater = isinstance(statement, (sympy.Ge, sympy.Gt))
        over = statement.lhs - statement.rhs if greater else statement.rhs - statement.lhs
        strict = isinstance(statement, (sympy.Gt, sympy.Lt, sympy.Eq, sympy.Ne))
        name = (
            type(statement).__name__
            if isinstance(statement, (sympy.Eq, sympy.Ne))
            else ">"
            if strict
            else ">="
        )
        return [name, value(over)]
    return str(statement)


def known(*expressions: Any) -> dict[str, str]:
    """What is assumed of the symbols of expressions."""
    symbols = set().union(*(sympy.sympify(e).free_symbols for e in expressions))
    told = {x.name: next((k for k in KNOWN if getattr(x, f"is_{k}")), "") for x in symbols}
    return dict(sorted(told.items()))


def shown(what: Any) -> Any:
    """A choice of shapes and values, with expressions at their point."""
    if isinstance(what, sympy.Basic):
        return value(what) if isinstance(what, sympy.Expr) else said(what)
    if isinstance(what, Mapping):
        return {str(k): shown(v) for k, v in what.items()}
    return [shown(v) for v in what] if isinstance(what, Sequence) and not isinstance(what, str) else str(what)


class Record:
    """Takes the place of everything that discharges."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def _part(self, name: str) -> Part:
        return Part(name, "", "kept", Status.proved)

    def certify(
        self, relation: Any, box: Mapping[Any, Any], *, given: Iterable[Any] = (), name: str = ""
    ) -> Part:
        """A relation on a box."""
        given = list(given)
        ranges = {str(x): [str(sympy.nsimplify(e)) for e in ends] for x, ends in box.items()}
        self.kept.append(
            ["box", name, said(relation), ranges, [said(g) for g in given], known(relation, *given)]
        )
        return self._part(name)

    def same_form(self, name: str, proper: Any, plain: Any, why: str = "") -> Part:
        """Two forms."""
        self.kept.append(["forms", name, value(proper), value(plain), known(proper, plain)])
        return self._part(name)

    def obligation(self, asked: Obligation) -> Part:
        """Something for the solvers."""
        self.kept.append(
            [
                "solvers",
                asked.name,
                [said(g) for g in asked.given],
                said(asked.shows),
                known(asked.shows, *asked.given),
            ]
        )
        return self._part(asked.name)

    def by_obligations(
        self, claim: str, argument: str, obligations: Iterable[Obligation], *,
        rests_on: tuple[str, ...] = (), facts: Mapping[str, str] | None = None, others: tuple[Part, ...] = (),
    ) -> Proof:  # fmt: skip
        """Obligations and parts shown otherwise."""
        parts = [self.obligation(o) for o in obligations]
        self.kept += [["other", p.name, p.method, str(p.status)] for p in others]
        return Proof(
            claim,
            argument,
            (*parts, *others, *(fact(n, u) for n, u in (facts or {}).items())),
            rests_on,
            tuple(facts or {}),
        )

    def by_induction(
        self,
        claim: Claim,
        induction: Induction,
        *,
        argument: str = "",
        rests_on: tuple[str, ...] = (),
        ahead: int = 0,
    ) -> Proof:
        """An induction, base and step."""
        self.kept.append(["induction", ahead, [*induction.given], [*induction.along]])
        made = self.by_obligations(claim.id, argument, induction.obligations(), rests_on=rests_on)
        self.kept.append(["conclusion", said(induction.holds), said(induction.while_), induction.direct])
        return made

    def by_symbols(
        self, claim: Claim, choices: Sequence[Mapping[str, Any]] = ({},), *, argument: str = "", ranges: bool = False,
        rests_on: tuple[str, ...] = (), facts: Mapping[str, str] | None = None, others: Callable[[], Sequence[Part]] = tuple,
    ) -> Proof:  # fmt: skip
        """The conclusion of a claim on symbols, not run here: its own margins are kept elsewhere."""
        put = [
            v[0]
            for case in choices
            for v in case.values()
            if isinstance(v, tuple) and isinstance(v[0], sympy.Expr)
        ]
        self.kept.append(
            ["conclusion of", claim.id, ranges, [shown(choice) for choice in choices], known(*put)]
        )
        others()
        return symbolic.claimed(claim.id, argument, [self._part(claim.id)], rests_on=rests_on, facts=facts)

    def inequality(self, name: str, statement: Any, hypotheses: Sequence[Any]) -> list[Part]:
        """A statement under hypotheses."""
        return [self.obligation(Obligation(name, tuple(hypotheses), statement))]

    def equations(
        self,
        name: str,
        residuals: Sequence[Any],
        hypotheses: Sequence[Any] = (),
        squares: Mapping[Any, Any] | None = None,
    ) -> Part:
        """Residuals, of which most vanish anyway, and what is known of their symbols."""
        sizes = [
            abs(number) for r in residuals if isinstance(number := value(r), float) and abs(number) > 1e-9
        ]
        self.kept.append(
            ["zero", name, len(residuals), sum(sizes), [said(h) for h in hypotheses], known(*residuals)]
        )
        return self._part(name)


@contextmanager
def recording() -> Iterator[Record]:
    """Nothing is discharged while a record is kept."""
    record = Record()
    patches = [
        patch.object(module, name, getattr(record, name))
        for module in (*MODULES.values(), symbolic)
        for name in (
            "certify",
            "same_form",
            "by_obligations",
            "by_induction",
            "by_symbols",
            "inequality",
            "equations",
        )
        if hasattr(module, name)
    ]
    for one in patches:
        one.start()
    try:
        yield record
    finally:
        for one in patches:
            one.stop()


def asked_by(id: str) -> list[Any]:
    """What the written proof of a claim asks, in order, and what it says of itself."""
    with recording() as record:
        proof = WRITTEN[id][1]()
    parts = [p.name for p in proof.parts if p.method != "kept"]
    about = ["proof of", proof.claim, list(proof.rests_on), list(proof.facts), parts]
    return [*record.kept, about]


if __name__ == "__main__":
    kept = {id: asked_by(id) for id in sorted(WRITTEN)}
    lines = (
        f" {json.dumps(id)}: [\n" + ",\n".join(f"  {json.dumps(one)}" for one in asked) + "\n ]"
        for id, asked in kept.items()
    )
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
