"""That the code along whose orbit a claim is tested takes the step that the claim states: its own run, on symbols."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from typing import Any

import sympy

from rankladder.language.induction import Induction
from rankladder.proof.expressions import Expression
from rankladder.proof.parts import Part, Status
from rankladder.proof.zero import is_zero

__all__ = ["takes_its_step"]

_STEPS = 2  # one from any start, and one more, which is taken from where the first ended


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
        "; its steps are all one recursion, which knows nothing but the state"
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
