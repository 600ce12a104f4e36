"""Proofs of claims: where they come from, what they rest on, and whether they hold up.

A claim that is a relation between rational functions is its own obligation. A claim that an orbit keeps a
relation at every step carries its induction. Every other proof is written down beside the catalogue and bound
to its claim: by running the claim's own conclusion on symbols, or by comparing the theorem that was proved
with the claim's margins on instances on which both are true and on which both are false.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from properties.engine.drawing import draw_instance
from properties.generators.domains import Int, Real
from properties.generators.sources import Infeasible, RandomSource, seed_for
from properties.proving.agreement import agreement, parameters
from properties.proving.elementary import algebraic
from properties.proving.induction import Induction
from properties.proving.parts import Part, Status, combined
from properties.proving.smt import discharge_all
from properties.proving.smtlib import NotPolynomial, Obligation, smtlib
from properties.stating.assumptions import Relation
from properties.stating.statement import CATALOGUE_FOLDER, Claim, registered
from properties.stating.verdict import Expectation

__all__ = [
    "Proof",
    "alone",
    "by_induction",
    "by_obligations",
    "evidence_kinds",
    "fact",
    "keep",
    "provable",
    "prove",
    "standing",
]

_TRIES = 64  # draws that look for an instance before the solvers are asked whether there is one
FACTS = (
    "Eckart-Young", "uniqueness of ODE solutions", "monotone convergence", "Grönwall", "spectral theorem",
)  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """The proof of one claim, part by part.

    ``argument`` is the text that joins the parts; ``rests_on`` the claims it uses; ``facts`` the named facts;
    ``region`` the box of a certificate.
    """

    claim: str
    argument: str
    parts: tuple[Part, ...]
    rests_on: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    region: str = ""

    @property
    def status(self) -> Status:
        """That of the weakest part; a false part shows only that this proof fails."""
        status = combined(self.parts)
        return Status.open if status is Status.refuted else status

    @property
    def seconds(self) -> float:
        """What it took."""
        return sum(p.seconds for p in self.parts)

    @property
    def summary(self) -> str:
        """One line of evidence."""
        if self.status in (Status.proved, Status.certified):
            own = [p for p in self.parts if p.method != "another claim"]
            methods = ", ".join(dict.fromkeys(p.method for p in own))
            where = f", for {self.region}" if self.region and self.status is Status.certified else ""
            rests = f"; rests on {', '.join(self.rests_on)}" if self.rests_on else ""
            facts = f"; uses {', '.join(self.facts)}" if self.facts else ""
            return f"{len(own)} obligation{'s' if len(own) > 1 else ''} by {methods}{where}{rests}{facts}"
        weak = (
            next(p for p in self.parts if p.status not in (Status.proved, Status.certified))
            if self.parts
            else None
        )
        return (
            "nothing to show"
            if weak is None
            else f"{weak.name}: {weak.status}: {weak.detail or weak.statement}"
        )

    def text(self) -> str:
        """The proof as plain text."""
        lines = [f"Claim {self.claim}: {self.status}", *self.argument.strip().splitlines()]
        lines += [f"Named fact used: {name}." for name in self.facts]
        for number, part in enumerate(self.parts, 1):
            lines.append(f"  {number}. {part.name} [{part.status}, {part.method}]")
            lines.append(f"     {part.statement}")
            if part.detail:
                lines.append(f"     {part.detail}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values."""
        return {
            "id": self.claim,
            "status": str(self.status),
            "argument": self.argument,
            "region": self.region,
            "rests_on": list(self.rests_on),
            "facts": list(self.facts),
            "parts": [p.to_json() for p in self.parts],
            "seconds": round(self.seconds, 3),
        }


def fact(name: str, use: str) -> Part:
    """A named fact that a proof uses.

    Raises:
        ValueError: for a fact that is not among those allowed.
    """
    if name not in FACTS:
        raise ValueError(
            f"Expected one of the named facts ({', '.join(FACTS)}) but got {name!r}; prove it instead"
        )
    return Part(name, use, "named fact", Status.proved)


def by_obligations(
    claim: str,
    argument: str,
    obligations: Iterable[Obligation],
    *,
    rests_on: tuple[str, ...] = (),
    facts: Mapping[str, str] | None = None,
    others: tuple[Part, ...] = (),
) -> Proof:
    """A proof whose parts both solvers discharge, beside parts shown otherwise."""
    shown = [discharge_all(o) for o in obligations]
    stated = tuple(o for asked, _ in shown for o in asked)
    used = facts or {}
    parts = (*(p for _, found in shown for p in found), *others, *(fact(n, use) for n, use in used.items()))
    return Proof(claim, inspect.cleandoc(argument), parts, rests_on, tuple(used), stated)


def by_induction(
    claim: Claim,
    induction: Induction,
    *,
    argument: str = "",
    rests_on: tuple[str, ...] = (),
    facts: Mapping[str, str] | None = None,
    ahead: int = 0,
) -> Proof:
    """A proof by induction on the steps of an orbit, compared with the claim's own margins.

    ``ahead`` is how many steps beyond its own the relation looks; it is then compared up to so many steps less.
    """
    made = by_obligations(
        claim.id,
        f"{inspect.cleandoc(argument)}\n{induction.text()}",
        induction.obligations(),
        rests_on=rests_on,
        facts=facts,
    )
    return replace(made, parts=(*made.parts, agreement(claim, induction, ahead)))


@cache
def _written() -> dict[str, Callable[[], Any]]:
    """The proofs written down for the catalogue, by claim id."""
    import properties.proofs

    found: dict[str, Callable[[], Any]] = {}
    broken: dict[str, Callable[[], Any]] = {}
    for module in pkgutil.iter_modules(properties.proofs.__path__):
        try:
            loaded = importlib.import_module(f"properties.proofs.{module.name}")
        except Exception as error:  # one module that cannot be loaded must not hide the others' proofs
            broken |= _unloadable(Path(properties.proofs.__path__[0], f"{module.name}.py"), error)
            continue
        for name in ("PROOFS", "CERTIFICATES"):
            found |= getattr(loaded, name, {})
    return {**broken, **found}


def _unloadable(file: Path, error: Exception) -> dict[str, Callable[[], Any]]:
    """In the place of the proofs that a module would have written: what says so for every claim named in it."""

    def proof() -> Any:
        raise RuntimeError(f"{file.name} cannot be loaded: {type(error).__name__}: {error}")

    constants = (
        getattr(node, "value", None) for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    )
    return {name: proof for name in constants if isinstance(name, str) and name in registered(catalogue=True)}


def provable(claim: Claim) -> bool:
    """Whether there is something to try: a written proof, an induction of its own, or a relation that is its own obligation."""
    return _from_catalogue(claim) or claim.induction is not None or _own_obligation(claim) is not None


def evidence_kinds(claim: Claim) -> tuple[str, ...]:
    """The kinds of evidence that a claim can earn."""
    if claim.expects is Expectation.refuted:
        return ("counterexample",)
    return ("proof", "test") if provable(claim) else ("test",)


def _from_catalogue(claim: Claim) -> bool:
    return claim.dropped is None and claim.file.startswith(CATALOGUE_FOLDER) and claim.id in _written()


def prove(claim: Claim) -> Proof | None:
    """Prove or certify a claim by the way that is known for it; None where none is.

    A proof is no stronger than those of the claims that it rests on.

    >>> from properties import lemma, symbols
    >>> x = symbols("x")
    >>> str(prove(lemma("doc-proof", x**2 + 1 >= 2 * x)).status)
    'proved'
    """
    import sympy

    if _from_catalogue(claim):
        return _standing(claim.id, ())
    if claim.induction is not None:
        ranges = {
            f"range of {x}": sympy.And(*bounds)
            for x in parameters(claim.induction)
            if (bounds := _bounds(x, claim.over.get(str(x))))
        }
        whole = replace(claim.induction, given={**claim.induction.given, **ranges})
        return _about_something(claim, tuple(whole.given.values()), by_induction(claim, whole))
    obligation = _own_obligation(claim)
    if obligation is None:
        return None
    general = replace(obligation, given=obligation.given[: len(claim.given)])
    # the bounds of the ranges are used only where the claim needs them
    asked, parts = discharge_all(general)
    if combined(parts) is not Status.proved and general != obligation:
        asked, parts = discharge_all(obligation)
    made = Proof(claim.id, "The claim is its own obligation.", parts, obligations=asked)
    return _about_something(claim, obligation.given, made)


def _about_something(claim: Claim, given: tuple[Any, ...], proof: Proof) -> Proof:
    """The proof, unless what is assumed contradicts itself: from that everything follows, and nothing is shown."""
    import sympy

    if proof.status not in (Status.proved, Status.certified):
        return proof
    source = RandomSource(seed_for(claim.id, "about something", 0))
    for _ in range(_TRIES):
        try:
            draw_instance(claim, source)
        except Infeasible:
            continue
        return proof
    nowhere = sympy.Symbol("nowhere") ** 2 < 0
    _, parts = discharge_all(Obligation("no instance satisfies all assumptions", given, nowhere))
    if combined(parts) is not Status.proved:
        return proof
    empty = Part(
        parts[-1].name, "; ".join(map(sympy.sstr, given)), "SMT", Status.open, "the claim is vacuous"
    )
    return replace(proof, parts=(*proof.parts, empty))


def _standing(id: str, above: tuple[str, ...]) -> Proof:
    """The written proof of a claim, with what became of the claims that it rests on."""
    alone = _alone(id)
    parts = []
    for other in alone.rests_on:
        if other in (*above, id):
            status, detail = Status.error, f"in a circle: {' rests on '.join((*above, id, other))}"
        elif other not in _written():
            status, detail = Status.open, "nobody has written its proof"
        else:
            proof = _standing(other, (*above, id))
            status, detail = proof.status, proof.summary
        parts.append(Part(f"rests on {other}", f"claim {other}", "another claim", status, detail))
    return replace(alone, parts=(*alone.parts, *parts))


def alone(claim: Claim) -> Proof | None:
    """The proof of a claim without what became of the claims it rests on: what one process can make for another."""
    return _alone(claim.id) if _from_catalogue(claim) else prove(claim)


def standing(claim: Claim, proof: Proof) -> Proof:
    """The proof that :func:`alone` made of a claim, with what became of the claims that it rests on."""
    return _standing(claim.id, ()) if _from_catalogue(claim) else proof


def keep(claim: Claim, proof: Proof) -> None:
    """Take a proof that :func:`alone` made of a claim in another process, so that it is not made again."""
    if _from_catalogue(claim):
        _made[claim.id] = proof


_made: dict[str, Proof] = {}  # written proofs, without what they rest on


def _alone(id: str) -> Proof:
    if id not in _made:
        _made[id] = _make(id)
    return _made[id]


def _make(id: str) -> Proof:
    made = _written()[id]
    try:
        found = made()
    except (
        Exception
    ) as error:  # what theory says may have changed under a proof: that must not hide the tests
        broken = Part("the proof could not be made", "", "", Status.error, f"{type(error).__name__}: {error}")
        return Proof(id, "", (broken,))
    return found if isinstance(found, Proof) else Proof(id, inspect.getdoc(made) or "", tuple(found))


def _own_obligation(claim: Claim) -> Obligation | None:
    """The claim as an obligation, where it is a relation and all that it assumes are relations of rational functions."""
    if claim.relation is None or not all(isinstance(a, Relation) for a in claim.given.values()):
        return None
    assumed = [a.relation for a in claim.given.values() if isinstance(a, Relation)]
    symbols = {str(x): x for relation in (claim.relation, *assumed) for x in relation.free_symbols}
    ranges = [
        bound
        for name, domain in claim.over.items()
        if name in symbols
        for bound in _bounds(symbols[name], domain)
    ]
    obligation = Obligation(claim.id, (*assumed, *ranges), claim.relation)
    try:
        for part in algebraic(obligation):
            smtlib(part)
    except NotPolynomial:
        return None
    return obligation


def _bounds(symbol: Any, domain: Any) -> list[Any]:
    import sympy

    if isinstance(domain, Int):
        return [symbol >= domain.lower, symbol <= domain.upper]
    if not isinstance(domain, Real):
        return []
    b, found = domain.bounds, []
    if b.lower is not None:
        low = sympy.Rational(b.lower.numerator, b.lower.denominator)
        found.append(symbol >= low if b.lower_closed else symbol > low)
    if b.upper is not None:
        high = sympy.Rational(b.upper.numerator, b.upper.denominator)
        found.append(symbol <= high if b.upper_closed else symbol < high)
    return found
