"""What stands for the parameters of a claim while its conclusion runs on symbols, and what is known of that.

Every parameter becomes a symbol, and matrices become matrices of symbols of explicit small shapes; or, for every shape,
matrices become words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from rankladder.domains.domain import Domain
from rankladder.language.assumptions import Otherwise, Predicate, Relation
from rankladder.language.statement import Claim
from rankladder.numbers.departures import watched
from rankladder.numbers.words import Size, entrywise, letter
from rankladder.proof.expressions import Expression, conjuncts, statement
from rankladder.proof.parts import Region

__all__ = ["AnyShape", "Case", "assumed", "case_of", "cases", "ranges_of", "substituted"]


@dataclass
class Case:
    """One run of a conclusion: what stands for each parameter, and what is known of the symbols.

    ``known`` are relations; ``region`` says which shapes and values it is about, where it is not about all; ``scales`` are those of :func:`by_words`; ``ranges`` says whether the ends of domains may
    be used beyond the signs that they give.
    """

    region: Region = ()
    values: dict[str, Any] = field(default_factory=dict)
    known: list[Any] = field(default_factory=list)
    scales: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    ranges: bool = False

    @property
    def name(self) -> str:
        """Its shapes and values in words."""
        return ", ".join(f"{name} {value}" for name, value in self.region)

    def number(self, value: Any) -> Any:
        """An exact number."""
        return Expression(value)

    def symbol(self, name: str, **assumptions: Any) -> Any:
        """A real number by name; ``positive=True`` and the like are known of it."""
        return Expression.named(name, **assumptions)

    def size(self, size: Any, choice: Mapping[str, Any]) -> Any:
        """The size chosen for the integer parameter of a name, or a number."""
        if isinstance(size, str):
            return choice[size]
        if not isinstance(size, int):
            raise ValueError(f"a size of {size} has no symbols of explicit shape; name an integer parameter")
        return size

    def whole(self, name: str) -> Any:
        """A whole number has no symbol here."""
        raise ValueError(f"parameter {name} has no symbols; choose a whole number")

    def matrix(self, name: str, rows: Any, columns: Any, *, kind: str = "free") -> Any:
        """Any real matrix."""
        if kind != "free":
            raise ValueError(f"{kind} matrices have no symbols of explicit shape")
        return np.array(
            [[self.symbol(f"{name}_{i}{j}") for j in range(1, columns + 1)] for i in range(1, rows + 1)],
            dtype=object,
        )

    def orthogonal(self, name: str, order: Any) -> Any:
        """A matrix that is not any has no symbols of explicit shape."""
        raise ValueError(f"{name} is orthogonal, and has symbols for every shape only")

    def positive(self, name: str, count: Any, *, decreasing: bool = False) -> Any:
        """Nor have numbers of which some are at least others."""
        raise ValueError(f"{name} has symbols for every size only")

    def holds(self, margin: Any) -> None:
        """Note what is known of the symbols: a margin that is at least zero."""
        self.known.append(statement(margin, known=True))


class AnyShape(Case):
    """One run of a conclusion for every shape: sizes are names, matrices are words; see :mod:`rankladder.numbers.words`."""

    drawn = 0

    def size(self, size: Any, choice: Mapping[str, Any]) -> Size:
        """A size by name; a number stands for itself, and what is drawn from a range is another each time."""
        if isinstance(size, (str, int)):
            return Size(frozenset({str(size)}), Expression(0))
        self.drawn += 1
        return Size(frozenset({f"{size} ({self.drawn})"}), Expression(0))

    def whole(self, name: str) -> Size:
        """A whole number by name, as a size."""
        return self.size(name, {})

    def matrix(self, name: str, rows: Any, columns: Any, *, kind: str = "free") -> Any:
        """Any real matrix."""
        return letter(name, rows, columns, kind)

    def orthogonal(self, name: str, order: Any) -> Any:
        """Every orthogonal matrix."""
        return letter(name, order, order, "orthogonal")

    def positive(self, name: str, count: Any, *, decreasing: bool = False) -> Any:
        """Positive numbers; of their order only that none is larger than the first."""
        made = entrywise(count, lambda i: self.symbol(f"{name}[i]", positive=True))
        if decreasing:
            self.holds(made[0] - made)
        return made


def cases(claim: Claim, choices: Sequence[Mapping[str, Any]]) -> list[Case]:
    """A case for every choice of shapes and whole numbers: symbols for all the other parameters.

    A choice names integer parameters, sizes of matrices (``d=2``),
    or puts an expression in positive symbols in the place of a parameter (``s=(expression, {symbol: inverse})``), with
    the value of each symbol in that parameter: from these :func:`by_symbols` shows that the choices together
    leave nothing out.
    """
    return [case_of(claim, choice) for choice in choices]


def case_of(
    claim: Claim, choice: Mapping[str, Any], kind: type[Case] = Case, *, ranges: bool = False
) -> Case:
    """The case of one choice, of this kind."""
    case = kind(
        tuple((f"{k} =", str(v)) for k, v in choice.items() if not substituted(v)),
        ranges=ranges,
    )
    for name, domain in claim.over.items():
        case.values[name] = _value(case, name, domain, choice)
    return case


def substituted(value: Any) -> bool:
    """Whether a choice puts an expression in the place of a parameter."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], sympy.Basic)


def _value(case: Case, name: str, domain: Domain, choice: Mapping[str, Any]) -> Any:
    chosen = choice.get(name)
    if domain.number == "integer" and chosen is not None:
        return int(chosen)
    if chosen is not None and substituted(chosen):
        return Expression(chosen[0])
    return domain.symbols(name, case, choice)


def assumed(claim: Claim, case: Case, *, ranges: bool = False) -> list[Any]:
    """What the claim assumes, in the symbols of the case; with the ranges of its parameters if asked."""
    found: list[Any] = ranges_of(claim, case) if ranges else []
    for assumption in claim.given.values():
        if isinstance(assumption, Relation):
            found.append(
                assumption.relation.xreplace(
                    {x: case.values[str(x)].expr for x in assumption.relation.free_symbols}
                )
            )
        elif isinstance(assumption, Predicate):
            values = {n: case.values[n] for n in assumption.names}
            with watched(assumption.numbers):
                said = statement(assumption.margin(**values), known=True)
            found.append(said if assumption.keeps else sympy.Not(said))
        elif not isinstance(assumption, Otherwise):
            raise ValueError(f"an assumption of {claim.id} has no form for symbols")
    return [h for f in found for h in conjuncts(f) if h != sympy.true]


def ranges_of(claim: Claim, case: Case) -> list[Any]:
    """The ranges of the real parameters, in the symbols of the case."""
    found = (d.bounds.relations(case.values[n].expr) for n, d in claim.reals.items())
    return [f for relations in found for f in relations if f != sympy.true]
