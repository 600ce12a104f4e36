"""That the code along whose orbit a claim is tested takes the step that the claim states: its own run, on symbols.

Where that cannot be shown, the code runs on a few exact instances too: if it takes another step at one, the statement is wrong.
"""

from __future__ import annotations

import contextlib
import inspect
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy

from rankladder.domains.randomness import Infeasible, RandomSource, seed_for
from rankladder.language.induction import Induction
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball, precision
from rankladder.numbers.departures import numbers_of, watched
from rankladder.numbers.exact import Exact
from rankladder.numbers.formula import Formula
from rankladder.proof.expressions import Expression
from rankladder.proof.parts import Part, Status
from rankladder.proof.zero import is_zero
from rankladder.search.draws import draw_instance, realise

__all__ = ["takes_another_step", "takes_its_step"]

_STEPS = 2  # one from any start, and one more, which is taken from where the first ended
_TRIES, _BITS = 24, 512  # instances at which code is compared that is not shown to take its step


def takes_its_step(induction: Induction) -> tuple[Part, ...]:
    """A part for each state that is tested along an orbit.

    The code runs two steps on the symbols of the parameters. Its start must be the stated one, and each of its steps
    the stated one at the state before. The start must be free: for fixed values of all that the step depends on,
    starts must fill an open set of states, since two rational maps that agree on an open set agree everywhere.
    """
    return tuple(_part(induction, state) for state in induction.orbit)


def _part(induction: Induction, state: Any) -> Part:
    started = time.monotonic()
    step = sympy.sympify(induction.step[state])
    said = f"{state}_0 = {induction.start[state]}, {state}_(k+1) = {step}"
    try:
        problem = _difference(induction, state, step)
    except (TypeError, ValueError, ArithmeticError, AttributeError, IndexError) as error:
        problem = f"the code does not run on symbols: {type(error).__name__}: {error}"
    # the simulator's code repeats one step; what other code does later on, two steps do not show
    ours = getattr(induction.orbit[state], "__module__", "").startswith("rankladder.")
    detail = problem or "run on symbols from any start it takes this step, and then this step again" + (
        "; each of its steps depends on the current state only"
        if ours
        else "; what it does at later steps was only tested. Without orbit= the recursion alone is proved"
    )
    status = Status.open if problem else Status.proved if ours else Status.tested
    return Part(
        f"the code that is tested takes the stated step of {state}", said, "SymPy", status, detail,
        time.monotonic() - started,
    )  # fmt: skip


def _difference(induction: Induction, state: Any, step: Any) -> str:
    """In what the code departs from what is stated; nothing where it does not."""
    needed = [x for x in induction.start if x == state or x in step.free_symbols]
    lacking = next((x for x in needed if x not in induction.orbit), None)
    if lacking is not None:
        return f"the step of {state} depends on {lacking}, which has no orbit of its own"
    runs = {x: _run(induction, x) for x in needed}
    for x in needed:
        if not is_zero(runs[x][0] - induction.start[x]):
            return f"it starts at {x} = {runs[x][0]}"
    starts = sympy.Matrix([sympy.sympify(induction.start[x]) for x in needed])
    free = [p for p in starts.free_symbols if p not in step.free_symbols]
    if not free or starts.jacobian(sorted(free, key=str)).rank() < len(needed):
        return "its start is not free, so that the step is seen at some states only; let it be a parameter"
    for k in range(_STEPS):
        here: Mapping[Any, Any] = {x: runs[x][k] for x in needed}
        if not is_zero(runs[state][k + 1] - step.xreplace(here)):
            return f"it goes from {state} = {runs[state][k]} to {sympy.sstr(runs[state][k + 1])[:200]}"
    return ""


def _run(induction: Induction, state: Any) -> list[Any]:
    run = induction.orbit[state]
    known = {str(x): x for x in induction.parameters} | {"steps": _STEPS}
    asked = {n: known.get(n, sympy.Symbol(n, real=True)) for n in inspect.signature(run).parameters}
    found = run(**{n: x if isinstance(x, int) else Expression(x) for n, x in asked.items()})
    return [value.expr if isinstance(value, Expression) else sympy.sympify(value) for value in found]


def takes_another_step(claim: Claim, links: tuple[Part, ...]) -> Part | None:
    """The first of the parts whose code certainly departs from what the claim states, with where it does; None where none
    is known to.
    """
    assert claim.induction is not None  # noqa: S101 - for the type checker: only an induction has orbits
    if claim.induction.while_ != sympy.true:
        return None  # nothing is claimed of what the code does after its end
    for state, link in zip(claim.induction.orbit, links, strict=True):
        if link.status is not Status.open:
            continue
        source = RandomSource(seed_for(claim.id, f"code of {state}", 0))
        found = []
        for _ in range(_TRIES):
            with contextlib.suppress(Infeasible):
                instance = draw_instance(claim, source)
                if said := _departure(claim, instance, state):
                    found.append((len(str(instance)), said))
        if found:
            name = f"the code that is tested does NOT take the stated step of {state}"
            detail = f"{min(found)[1]}; run on symbols: {link.detail}"
            return replace(link, name=name, status=Status.error, detail=detail, method="exact instances")
    return None


def _departure(claim: Claim, instance: Instance, state: Any) -> str:
    """Where the code takes another step at an instance, in exact rationals or in balls; empty where none is certain."""
    for number in (Exact, Ball):
        try:
            with precision(_BITS):
                return _compared(claim, instance, state, number)
        except (Exception, SystemExit):  # not written for this arithmetic, or Undecided
            continue
    return ""


def _compared(claim: Claim, instance: Instance, state: Any, number: Any) -> str:
    induction = claim.induction
    assert induction is not None  # noqa: S101 - as above
    values = realise(claim, instance, number) | {"steps": _STEPS}
    numbers = claim.literals.union(*map(numbers_of, induction.orbit.values()))
    with watched(numbers) as record:
        codes = {
            x: code(**{n: values[n] for n in inspect.signature(code).parameters})
            for x, code in induction.orbit.items()
        }
        here = {x: _at(e, values) for x, e in induction.start.items()}
        for k in range(_STEPS + 1):
            came, wanted = codes[state][k], here[state]
            said = Ball(came - wanted)
            if record.in_float64 or record.computed is not None:
                return ""
            if said.is_positive() or said.is_negative():
                at = ", ".join(f"{n}={x}" for n, x in instance.items() if n != "steps")
                moves = f"starts at {state} = {_shown(came)}"
                if k:
                    moves = f"goes from {state} = {_shown(codes[state][k - 1])} to {_shown(came)} in step {k}"
                stated = (induction.step if k else induction.start)[state]
                return f"at {at} it {moves}, and the stated {sympy.sstr(stated)} is {_shown(wanted)}"
            now = values | {str(x): codes[x][k] if x in codes else here[x] for x in here}
            here = {x: _at(e, now) for x, e in induction.step.items()}
    return ""


def _at(expression: Any, values: Mapping[str, Any]) -> Any:
    made = Formula.of(sympy.sympify(expression))
    return made(*(values[str(x)] for x in made.args))


def _shown(value: Any) -> str:
    """A number short enough to read: exactly where that is short."""
    text = str(value)
    return text if isinstance(value, Exact) and len(text) <= 12 else f"{float(Ball(value).arb.mid()):.10g}"
