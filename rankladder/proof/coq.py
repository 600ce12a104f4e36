"""Theorems for Coq: the statement of a claim on its whole domain, with a proof made from its identities.

What is written uses Coq's standard library and nothing of ours: the sequences by their steps, a lemma for every
obligation, the induction that joins them, and last the axioms that Coq says it used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy

from rankladder.language.obligation import Obligation
from rankladder.proof.coq_elementary import ELEMENTARY
from rankladder.proof.coq_lemmas import Writer
from rankladder.proof.coq_sequences import Sequences
from rankladder.proof.coq_steps import PRELUDE
from rankladder.proof.coq_text import NoCoqForm, coq_name
from rankladder.proof.expressions import conjuncts
from rankladder.proof.kept_identities import obligation_key
from rankladder.proof.parts import Status
from rankladder.proof.result import TAKEN, Proof

__all__ = ["coq_theorem"]

HEAD = "Require Import Reals Lra Psatz.\nOpen Scope R_scope."


def coq_theorem(proof: Proof, says: Sequence[str] = ()) -> str:
    """The text of a file for ``coqc``.

    Args:
        proof: what is written. Its argument stands at the head, as a comment: of which dynamics the theorem speaks.
        says: lines on what the claim says, for the same comment.

    Raises:
        NoCoqForm: where a part has no identities, or something in it has no form there.

    >>> from rankladder import lemma, prove, symbols
    >>> x = symbols("x")
    >>> text = coq_theorem(prove(lemma("doc-coq", x**2 + 1 >= 2 * x)))
    >>> print(next(line for line in text.splitlines() if line.startswith("Theorem")))
    Theorem doc_coq : forall x : R, 2 * x <= (x^2) + 1.
    """
    if proof.status is not Status.proved:
        raise NoCoqForm(f"it is {proof.status}")
    found = [p.identities for p in proof.parts if p.identities is not None]
    writer = Writer(
        {obligation_key(given, i.shows): i for i in found for given in (i.given, i.whole or i.given)}
    )
    name = coq_name(proof.claim)
    theorems = [name]
    if proof.induction is not None:
        sequences = Sequences(writer, name, proof.induction)
        body, theorems = sequences.lines(), sequences.theorems
    else:
        body = writer.conjunction(name, _statements(proof))
    title = _comment(
        f"{proof.claim}. Written by rankladder; coqc checks it with Coq's standard library alone.",
        *says,
        *proof.argument.strip().splitlines(),
    )
    more = [ELEMENTARY] if any("near (" in line for line in body) else []
    axioms = [f"Print Assumptions {theorem}." for theorem in theorems]
    return "\n".join([title, HEAD, "", PRELUDE, *more, *body, "", *axioms, ""])


def _comment(*lines: str) -> str:
    text = "\n   ".join(lines)
    for mark, harmless in (("(*", "( *"), ("*)", "* )"), ('"', "''")):  # Coq reads these in comments, too
        text = text.replace(mark, harmless)
    return f"(* {text} *)"


def _statements(proof: Proof) -> list[Obligation]:
    """What the parts of a proof show together."""
    if proof.status is not Status.proved or any(p.method in TAKEN for p in proof.parts):
        raise NoCoqForm("it rests on other claims, on named facts, or on the shapes that were run")
    stated = [p.stated for p in proof.parts if p.stated is not None]
    # parts before what is stated show that a divisor is not 0, which Coq shows again
    if not stated or (proof.parts[0].stated is None and not proof.obligations):
        raise NoCoqForm("its parts are no statements about real numbers")
    if any(_quotients(o.shows) > 2 for o in stated):
        raise NoCoqForm(
            "it has quotients within quotients within quotients, of which field does not see that none divides by 0"
        )
    if not all(part.free_symbols for o in stated for part in conjuncts(o.shows)):
        raise NoCoqForm(
            "the rules of its symbols leave nothing of a part of it but 0 = 0, which says nothing to Coq"
        )
    if all(_repeats(part, o.given) for o in stated for part in conjuncts(o.shows)):
        raise NoCoqForm(
            "what the rules of its symbols leave of it is among its assumptions, which says nothing to Coq"
        )
    return stated


def _repeats(shows: Any, given: Iterable[Any]) -> bool:
    """Whether a relation is one of those given, or a weaker one, up to a positive number."""

    def turned(relation: Any) -> tuple[Any, Any]:
        kind = {sympy.Le: sympy.Ge, sympy.Lt: sympy.Gt}.get(relation.func, relation.func)
        gap = relation.lhs - relation.rhs
        return kind, gap if kind is relation.func else -gap

    if not isinstance(shows, sympy.core.relational.Relational):
        return False
    kind, gap = turned(shows)
    known = [
        turned(g) for h in given for g in conjuncts(h) if isinstance(g, sympy.core.relational.Relational)
    ]
    serve = [g for k, g in known if k is kind or (k, kind) == (sympy.Gt, sympy.Ge)]
    return any(ratio.is_Rational and ratio > 0 for g in serve if (ratio := sympy.cancel(gap / g)))


def _quotients(expression: Any) -> int:
    """How many quotients lie within each other."""
    inner = max(map(_quotients, expression.args), default=0)
    return inner + bool(expression.is_Pow and expression.exp.is_negative and expression.free_symbols)
