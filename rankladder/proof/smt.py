"""Obligations discharged by two solvers that know nothing of each other.

``unsat`` of the negation from both is a proof. A counterexample from either is checked exactly before it is
believed. One ``unsat`` beside one ``sat`` is an error of a solver, and is reported as one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from rankladder.language.obligation import Obligation, as_text
from rankladder.proof.bernstein import boxes_that_show
from rankladder.proof.elementary import PIECE, algebraic, in_numbers
from rankladder.proof.kept_identities import identities_for
from rankladder.proof.parts import Answer, Part, Status, combined
from rankladder.proof.smtlib import NotPolynomial, smtlib
from rankladder.proof.solvers import Isolated, Solver

__all__ = ["discharge", "discharge_all", "solvers", "violates"]


def solvers() -> tuple[Solver, ...]:
    """The two solvers of a proof, each in a process of its own that a time limit can end."""
    return (Isolated("z3"), Isolated("cvc5"))


def violates(obligation: Obligation, values: Mapping[str, Fraction]) -> bool:
    """Whether exact values satisfy every hypothesis and break the conclusion (which must have a value there)."""
    point = {x: _rational(values[str(x)]) for x in obligation.symbols}
    try:
        held = all(g.subs(point) == sympy.true for g in obligation.given)
        return held and obligation.shows.subs(point) == sympy.false
    except TypeError:  # a comparison with what has no value
        return False


def _denied(obligation: Obligation) -> bool:
    """Whether the first solver finds at once that it is false, so that identities would be sought in vain."""
    solver = solvers()[0]
    try:
        text = smtlib(obligation)
    except NotPolynomial:
        return False
    return bool(solver.version) and solver.decide(text, [str(x) for x in obligation.symbols], 5.0)[0] == "sat"


def _vanishing(obligation: Obligation, values: Mapping[str, Fraction]) -> list[str]:
    """What the obligation divides by and is 0 at these values."""
    point = {x: _rational(values[str(x)]) for x in obligation.symbols}
    powers = set().union(*(s.atoms(sympy.Pow) for s in (*obligation.given, obligation.shows)))
    bases = [power.base for power in powers if power.exp.is_negative]
    return sorted(as_text(base) for base in bases if base.subs(point) == 0)


def _rational(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def discharge_all(obligation: Obligation, **options: Any) -> tuple[tuple[Obligation, ...], tuple[Part, ...]]:
    """Discharge an obligation that may hold exponentials and logarithms; returns what the solvers were asked too.

    Values of the variables that stand for exponentials need not belong together, so a counterexample to what
    came out of the rules counts for nothing. An absolute value, a greatest and a least are what their variables are.
    """
    try:
        asked = algebraic(obligation)
    except NotPolynomial as error:
        return (), (Part(obligation.name, str(obligation), "SMT", Status.open, f"not elementary: {error}"),)
    own = set(obligation.symbols)
    exact = len(asked) == 1 and all(x in own or str(x).startswith(PIECE) for x in asked[0].symbols)
    stated: list[Obligation] = []
    parts: list[Part] = []
    for i, first in enumerate(asked):
        stated.append(first)
        part = discharge(first, weakened=asked != (obligation,) and not exact, **options)
        if part.counterexample is not None:
            point = {n: v for n, v in part.counterexample.items() if n in map(str, own)}
            part = replace(part, counterexample=point)
        parts.append(part)
        if not parts[-1].status.shown and (compared := algebraic(obligation, compared=True)) != asked:
            others = tuple(discharge(each, weakened=True, **options) for each in compared)
            if combined(others) is Status.proved:
                return compared, others
        if not parts[-1].status.shown and (second := algebraic(obligation, closer=True)[i]) != first:
            # a search for identities among so many facts is long where there are none: solvers first
            again = discharge(second, weakened=True, **{"by": solvers(), **options})
            if again.status.shown:
                stated[-1], parts[-1] = second, discharge(second, weakened=True, **options)
        if not parts[-1].status.shown:
            break  # what is left would only take time
    if asked == (obligation,):
        return (obligation,), tuple(parts)
    means = in_numbers(
        obligation, closer=False, compared=False
    ).means  # made above, and kept as asked for there
    named = [{x: of for x, of in means.items() if x in each.symbols} for each in stated]
    return tuple(stated), tuple(
        replace(
            p,
            statement=f"{p.statement}\nwhere {', '.join(f'{x} = {as_text(of)}' for x, of in of_it.items())}",
        )
        if of_it
        else p
        for p, of_it in zip(parts, named, strict=True)
    )


def discharge(
    obligation: Obligation,
    *,
    seconds: float = 60.0,
    by: Sequence[Solver] | None = None,
    weakened: bool = False,
) -> Part:
    """Seek identities, then Bernstein coefficients that show it; without them ask one solver after the other, while a proof
    is possible, and weigh the answers.

    Args:
        obligation: what to show.
        seconds: time after which a solver is stopped that has not come to the end of its counted work.
        by: the solvers, without identities; z3 and cvc5 when not given.
        weakened: whether the obligation says more than what it came from, so that where it is false nothing is known.

    Returns:
        A :class:`Part` with status ``proved`` (identities, coefficients, or two or more solvers, all ``unsat``), ``refuted`` (a counterexample
        confirmed exactly), ``error`` (solvers contradict each other) or ``open`` (anything else).

    >>> x = sympy.Symbol("x", real=True)
    >>> str(discharge(Obligation("square", (), x**2 + 1 >= 2 * x)).status)
    'proved'
    """
    started = time.monotonic()
    proved = identities_for(obligation, lambda: _denied(obligation)) if by is None else None
    if proved is not None and proved.node is not None:
        return Part(
            obligation.name, str(obligation), "identities", Status.proved, seconds=time.monotonic() - started,
            identities=proved,
        )  # fmt: skip
    if by is None and (boxes := boxes_that_show(obligation)) is not None:
        return Part(
            obligation.name, str(obligation), "Bernstein coefficients", Status.proved, f"no Bernstein coefficient is negative on {boxes}",
            time.monotonic() - started, identities=proved,
        )  # fmt: skip
    asked = solvers() if by is None else tuple(by)
    names = [str(x) for x in obligation.symbols]

    def part(status: Status, detail: str, answers: tuple[Answer, ...] = (), found: Any = None) -> Part:
        who = " and ".join(a.name for a in answers) or "SMT"
        return Part(
            obligation.name,
            str(obligation),
            who,
            status,
            detail,
            time.monotonic() - started,
            answers,
            found,
            identities=proved,
        )

    try:
        text = smtlib(obligation)
    except NotPolynomial as error:
        return part(Status.open, f"not polynomial: {error}")
    answers: list[Answer] = []
    models: list[Mapping[str, Fraction]] = []
    found = None
    for solver in asked:
        if not solver.version:
            answers.append(Answer(solver.name, "", "missing", 0.0))
            continue
        began = time.monotonic()
        result, model = solver.decide(text, names, seconds)
        answers.append(Answer(solver.name, solver.version, result, time.monotonic() - began))
        if model:
            models.append(model)
        found = next((m for m in models if violates(obligation, m)), None)
        if found is not None or answers[-1].result not in ("unsat", "sat"):
            break  # a proof needs every solver: what the others say would change nothing
    results = {a.result for a in answers}
    said = ", ".join(f"{a.name} {a.version}: {a.result}".replace("  ", " ") for a in answers)
    if "unsat" in results and ("sat" in results or found is not None):
        return part(Status.error, f"the solvers contradict each other: {said}", tuple(answers), found)
    if found is not None:
        point = ", ".join(f"{k}={v}" for k, v in found.items())
        if weakened:
            detail = (
                "the attempt failed: with numbers between known bounds in the place of exponentials and logarithms "
                f"the statement is false, at {point}; that says nothing about the claim"
            )
            return part(Status.open, detail, tuple(answers))
        return part(Status.refuted, f"false at {point}", tuple(answers), found)
    if "missing" in results:
        return part(Status.open, f"{said}; install rankladder[proof] for both solvers", tuple(answers))
    if results == {"unsat"} and len(answers) > 1:
        return part(Status.proved, said, tuple(answers))
    if models and not weakened:
        point = ", ".join(f"{k} = {float(v):.6g}" for k, v in models[0].items())
        zero = _vanishing(obligation, models[0])
        said += (
            f"; at {point} it has no value, as it divides by {' and by '.join(zero)}: name {zero[0]} > 0 in given, or in along "
            "where it is kept"
            if zero
            else f"; false near {point}, but not confirmed: at irrational values, which are rounded here"
        )
    return part(Status.open, said, tuple(answers))
