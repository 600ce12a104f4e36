"""Proofs of claims: where they come from, what they rest on, and whether they hold up.

A claim that is a relation between rational functions is its own obligation. A claim that an orbit keeps a
relation at every step carries its induction. Equations between matrices are run on words, for every shape. Every other proof is written down in a catalogue. It proves
its claim only where what is shown is the claim's own conclusion, run on symbols; on the shapes that were run it
certifies it. A theorem that only a text joins to the claim is shown beside it: the
claim stays tested.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rankladder.domains.randomness import Infeasible, RandomSource, seed_for
from rankladder.language.assumptions import Relation
from rankladder.language.catalogue import Catalogue, catalogue_of, proven_in
from rankladder.language.induction import AT_START, Induction
from rankladder.language.instance import Instance
from rankladder.language.obligation import Obligation
from rankladder.language.rounded import EXACTLY, rounded_numbers
from rankladder.language.sequences import margin_along
from rankladder.language.statement import Claim, registered
from rankladder.language.verdict import Expectation
from rankladder.proof.elementary import algebraic
from rankladder.proof.orbits import takes_another_step, takes_its_step
from rankladder.proof.parts import Part, Region, Status, combined
from rankladder.proof.result import Proof
from rankladder.proof.smt import discharge_all, violates
from rankladder.proof.smtlib import NotPolynomial, smtlib
from rankladder.proof.symbolic import by_words, runs_on_words
from rankladder.search.draws import draw_instance
from rankladder.search.judgement import judge
from rankladder.search.long_orbits import Recursion

__all__ = [
    "alone", "evidence_kinds", "keep", "provable", "prove", "rational_margin", "refutes", "standing",
    "written",
]  # fmt: skip

_TRIES = 64  # draws that look for an instance before the solvers are asked whether there is one


def _by_induction(claim: Claim) -> Proof:
    """The proof by induction of a claim about every step, within the ranges of its parameters."""
    import sympy

    induction = claim.induction
    ranges = {
        f"range of {x}": sympy.And(*bounds)
        for x in induction.parameters
        if str(x) in claim.numbers and (bounds := claim.numbers[str(x)].bounds.relations(x))
    }
    whole = replace(induction, given={**induction.given, **ranges})
    links = takes_its_step(whole)
    if (wrong := takes_another_step(claim, links)) is not None:
        return Proof(claim.id, whole.text(), (wrong,))
    shown = [discharge_all(o) for o in (*_values_of(whole), *whole.obligations())]
    obligations = tuple(o for asked, _ in shown for o in asked)
    parts = (*(p for _, found in shown for p in found), *links)
    parts = tuple(_within_induction(p, induction) if p.status is Status.refuted else p for p in parts)
    bases = {f"{n}: base": said for n, said in {**whole.along, "conclusion": whole.holds}.items()}
    parts = tuple(
        replace(p, statement=p.statement.removesuffix("True") + whole.first_as_written(bases[p.name]))
        if p.name in bases and p.statement.endswith("==>  True")
        else p
        for p in parts
    )
    plain = replace(whole, orbit={})
    made = Proof(claim.id, whole.text(), parts, obligations=obligations, induction=plain)
    return _about_something(claim, tuple(whole.given.values()), made)


def _within_induction(part: Part, induction: Induction) -> Part:
    """A part of an induction that is false is open; where the conclusion itself fails at the start, the claim does."""
    if part.name == AT_START:
        return part
    says, met = "that says nothing about the claim; name other invariants in along", None
    begins = part.name.endswith("base") or part.name.startswith("at step 0: ")
    where = "at the start" if begins else "after a state that no orbit need reach"
    if not begins and part.counterexample is not None:
        # a point may lack what the part does not speak of, and floats may not take the recursion
        with contextlib.suppress(Exception):
            step, followed = Recursion(induction).passes(part.counterexample)
            if step is None:
                says += f" (the orbit of these parameters does not come near it in {followed:,} steps)"
                # where a start is a parameter, another orbit begins there
                free = {
                    str(a): part.counterexample[str(x)] for x, a in induction.start.items() if a.is_Symbol
                }
                met = {**part.counterexample, **free, "steps": Fraction(1)}
            else:
                where = f"after a state that the orbit of these parameters comes near, at step {step:,}"
                says = "look at the claim there, with --at, before naming other invariants in along"
                met = {**part.counterexample, "steps": Fraction(step + 1)}
    return replace(part, status=Status.open, detail=f"{part.detail}, {where}: {says}", counterexample=met)


def _values_of(induction: Induction) -> Iterator[Obligation]:
    """That the start, the step and all that is said of a state have values: obligations alone are cleared of denominators."""
    import sympy

    given = tuple(induction.given.values())
    direct = induction.direct or bool(induction.then)
    known = (*given, *induction.along.values(), *(() if direct else (induction.holds,)), induction.while_)
    said = (*induction.step.values(), *induction.along.values(), induction.conclusion)
    yield from _divisors("at step 0", given, *induction.start.values())
    yield from _arguments("at step 0", given, *induction.start.values())
    known = tuple(k for k in known if k != sympy.true)
    yield from _divisors("at each step", known, *said)
    yield from _arguments("at each step", known, *induction.step.values())


def _divisors(name: str, given: tuple[Any, ...], *expressions: Any) -> Iterator[Obligation]:
    """That what the expressions divide by is not 0."""
    import sympy

    powers = set().union(*(sympy.sympify(e).atoms(sympy.Pow) for e in expressions))
    divisors = {p.base for p in powers if p.exp.is_negative and p.base.free_symbols and not p.base.is_nonzero}
    for x in sorted(divisors, key=str):
        yield Obligation(f"{name}: {x} divides, and is not 0", given, sympy.Or(x > 0, x < 0))


def _arguments(name: str, given: tuple[Any, ...], *expressions: Any) -> Iterator[Obligation]:
    """That the roots and logarithms in the expressions are defined."""
    import sympy

    for e in map(sympy.sympify, expressions):
        roots = {
            p.base for p in e.atoms(sympy.Pow) if p.exp.is_Rational and p.exp.q == 2 and p.base.free_symbols
        }
        asked = {*(x >= 0 for x in roots), *(x.args[0] > 0 for x in e.atoms(sympy.log) if x.free_symbols)}
        for said in sorted(asked - {sympy.true}, key=str):
            yield Obligation(f"{name}: {said} under a root or a logarithm", given, said)


def provable(claim: Claim) -> bool:
    """Whether there is something to try: a written proof, an induction of its own, a relation that is its own obligation,
    or equations between matrices.
    """
    if written(claim) or claim.induction is not None or _own_obligation(claim) is not None:
        return True
    return _alone_in_matrices(claim) and runs_on_words(claim)


def _alone_in_matrices(claim: Claim) -> bool:
    """Whether it speaks of matrices, and no catalogue says which of its claims have proofs."""
    home = catalogue_of(claim)
    return not claim.scalar and (home is None or not home.proofs)


def evidence_kinds(claim: Claim) -> tuple[str, ...]:
    """The kinds of evidence that a check of the claim looks for."""
    if claim.expects is Expectation.refuted:
        return ("counterexample",)
    return ("proof", "test") if provable(claim) else ("test",)


def written(claim: Claim) -> bool:
    """Whether the claim belongs to a catalogue that has a proof of it written down."""
    return proven_in(claim) is not None


def prove(claim: Claim) -> Proof | None:
    """Prove or certify a claim by the way that is known for it; None where none is.

    A proof is no stronger than those of the claims that it rests on.

    >>> from rankladder import lemma, symbols
    >>> x = symbols("x")
    >>> str(prove(lemma("doc-proof", x**2 + 1 >= 2 * x)).status)
    'proved'
    """
    home = proven_in(claim)
    if home is not None:
        return _standing(home, claim.id, ())
    made = _by_its_own_statement(claim)
    computed = ", ".join(map(repr, rounded_numbers(claim)))
    if made is None or not made.status.shown or not computed:
        return made
    told = f"shown only of {computed} as it stands, computed in floats: {EXACTLY}"
    return replace(made, parts=(*made.parts, Part("what is meant", claim.statement, "", Status.open, told)))


def _by_its_own_statement(claim: Claim) -> Proof | None:
    if claim.induction is not None:
        return _by_induction(claim)
    obligation = _own_obligation(claim)
    if obligation is None:
        if not (_alone_in_matrices(claim) and runs_on_words(claim)):
            return None
        # the ranges of the parameters are used only where the claim needs them
        made = by_words(claim, valued=True)
        made = made if made.status.shown else by_words(claim, ranges=True, valued=True)
        if not made.status.shown or not claim.given or _is_met(claim):
            return made
        told = "the claim is vacuous, as far as was seen"
        met = Part("an instance satisfies all assumptions", "", "draws", Status.open, told)
        return replace(made, parts=(*made.parts, met))
    general = replace(obligation, given=obligation.given[: len(claim.given)])
    # the bounds of the ranges are used only where the claim needs them
    asked, parts = _discharged(general)
    if combined(parts) is not Status.proved and general != obligation:
        asked, parts = _discharged(obligation)
    made = Proof(claim.id, "The claim is its own obligation.", parts, obligations=asked)
    return _about_something(claim, obligation.given, made)


def _discharged(obligation: Obligation) -> tuple[tuple[Obligation, ...], tuple[Part, ...]]:
    """The obligation, and that what it divides by is nowhere zero: solvers are asked without denominators."""
    shown = [discharge_all(o) for o in _divisors(obligation.name, obligation.given, obligation.shows)]
    asked, (first, *others) = discharge_all(obligation)
    shown.append((asked, (replace(first, stated=obligation), *others)))
    return tuple(o for asked, _ in shown for o in asked), tuple(p for _, parts in shown for p in parts)


def refutes(claim: Claim, instance: Instance) -> bool:
    """Whether a counterexample of a claim is one of what would be proved, so that there is no use in trying."""
    if written(claim):
        return False  # what is written down may be about something else: then both stand, and that is told
    if claim.induction is not None:
        stated = replace(claim, conclusion=margin_along(replace(claim.induction, orbit={})))
        return judge(stated, instance).outcome == "violated"
    obligation = _own_obligation(claim)
    return obligation is not None and violates(obligation, {n: Fraction(v) for n, v in instance.items()})


def _about_something(claim: Claim, given: tuple[Any, ...], proof: Proof) -> Proof:
    """The proof, unless what is assumed contradicts itself: from that everything follows, and nothing is shown."""
    import sympy

    if not proof.status.shown or _is_met(claim):
        return proof
    nowhere = sympy.Symbol("nowhere") ** 2 < 0
    _, parts = discharge_all(Obligation("no instance satisfies all assumptions", given, nowhere))
    if combined(parts) is not Status.proved:
        return proof
    empty = Part(
        parts[-1].name, "; ".join(map(sympy.sstr, given)), "SMT", Status.open, "the claim is vacuous"
    )
    return replace(proof, parts=(*proof.parts, empty))


def _is_met(claim: Claim) -> bool:
    """Whether an instance that is drawn satisfies all assumptions."""
    source = RandomSource(seed_for(claim.id, "about something", 0))
    for _ in range(_TRIES):
        try:
            draw_instance(claim, source)
        except Infeasible:
            continue
        return True
    return False


def _standing(home: Catalogue, id: str, above: tuple[str, ...]) -> Proof:
    """The written proof of a claim, with what became of the claims that it rests on."""
    alone = _alone(home, id)
    parts = []
    for other in alone.rests_on:
        region: Region = ()
        if other in (*above, id):
            status, detail = Status.error, f"in a circle: {' rests on '.join((*above, id, other))}"
        elif other not in home.written_proofs and not _proves_itself(home, other):
            status, detail = Status.open, "no way is known to prove it"
        else:
            proof = _standing(home, other, (*above, id))
            status, detail = proof.status, proof.summary
            region = ((f"{other} on", proof.region),) if status is Status.certified else ()
        parts.append(
            Part(f"rests on {other}", f"claim {other}", "another claim", status, detail, region=region)
        )
    return replace(alone, parts=(*alone.parts, *parts))


def alone(claim: Claim) -> Proof:
    """The written proof of a claim without what became of those it rests on: what one process can make for another."""
    home = proven_in(claim)
    if home is None:
        raise ValueError(f"Expected a claim with a written proof but got {claim.id}; ask written() first")
    return _alone(home, claim.id)


def standing(claim: Claim, proof: Proof) -> Proof:
    """The proof that :func:`alone` made of a claim, with what became of the claims that it rests on."""
    home = proven_in(claim)
    return proof if home is None else _standing(home, claim.id, ())


def keep(claim: Claim, proof: Proof) -> None:
    """Take a proof that :func:`alone` made of a claim in another process, so that it is not made again."""
    home = catalogue_of(claim)
    if home is not None and claim.dropped is None:
        _proven[home.name, claim.id] = proof


_proven: dict[
    tuple[str, str], Proof
] = {}  # written proofs, without what they rest on, by catalogue and claim


def _alone(home: Catalogue, id: str) -> Proof:
    if (home.name, id) not in _proven:
        made = home.written_proofs.get(id) or (lambda: prove(registered(home)[id]))
        _proven[home.name, id] = _make(id, made)
    return _proven[home.name, id]


def _proves_itself(home: Catalogue, id: str) -> bool:
    """Whether a claim of a catalogue is stated so that it needs no written proof."""
    claim = registered(home).get(id)
    return claim is not None and provable(claim)


def _make(id: str, made: Callable[[], Any]) -> Proof:
    try:
        found = made()
    except (
        Exception
    ) as error:  # what theory says may have changed under a proof: that must not hide the tests
        broken = Part("the proof could not be made", "", "", Status.error, f"{type(error).__name__}: {error}")
        return Proof(id, "", (broken,))
    return found if isinstance(found, Proof) else Proof(id, inspect.getdoc(made) or "", tuple(found))


def rational_margin(claim: Claim) -> Any | None:
    """The margin of a claim about numbers as a rational function of them, where its code gives one; None elsewhere.

    Stated by ``lemma`` it would be an obligation. A function may take another way for other numbers, so that this is no
    statement of the claim itself.

    >>> from rankladder import Real, claim
    >>> rational_margin(claim("doc-margin", over={"x": Real(0, 1)})(lambda x: 1 / 4 - x * (1 - x)))
    -x*(1 - x) + 0.25
    """
    import sympy

    if claim.relation is not None or claim.induction is not None or claim.numbers.keys() != claim.over.keys():
        return None
    if not all(isinstance(a, Relation) for a in claim.given.values()):
        return None
    symbols = {name: sympy.Symbol(name, real=True) for name in claim.over}
    try:
        found = claim.conclusion(**symbols)
    except (Exception, SystemExit):  # whatever code that was written for numbers does with symbols
        return None
    known = isinstance(found, sympy.Expr) and found.is_rational_function(*symbols.values())
    return found if known and found.free_symbols <= set(symbols.values()) else None


def _own_obligation(claim: Claim) -> Obligation | None:
    """The claim as an obligation, where it is a relation and all that it assumes are relations of rational functions."""
    if claim.relation is None or not all(isinstance(a, Relation) for a in claim.given.values()):
        return None
    assumed = [a.relation for a in claim.given.values() if isinstance(a, Relation)]
    symbols = {str(x): x for relation in (claim.relation, *assumed) for x in relation.free_symbols}
    ranges = [
        bound
        for name, domain in claim.numbers.items()
        if name in symbols
        for bound in domain.bounds.relations(symbols[name])
    ]
    obligation = Obligation(claim.id, (*assumed, *ranges), claim.relation)
    if claim.rational and all(relation.rational for relation in claim.relations):
        return obligation
    try:
        for part in algebraic(obligation):
            smtlib(part)
    except NotPolynomial:
        return None
    return obligation
