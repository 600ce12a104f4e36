"""What a claim says of a whole orbit: tested at some of its steps, proved for all of them by induction.

``run(state, times)`` is the simulator: a list of the states, each some matrices, after so many steps from a state. On
numbers the orbit is run, and looked at. On words in matrices one step is run, from any state that the hypothesis of the
induction allows: since ``run`` takes the same step from every state, that is the step of the induction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from rankladder.language.margins import equal, forall
from rankladder.numbers.words import Words, fresh

__all__ = ["every_step", "follows", "keeps_form"]

ANY = "any "  # begins the names of what the induction is about: a blank keeps them apart from parameters
State = Sequence[Any]
Run = Callable[[State, Sequence[int]], Sequence[State]]


def keeps_form(
    run: Run,
    start: State,
    times: Callable[[], Iterable[int]],
    *,
    form: Callable[[Any], State],
    read: Callable[[State], Any],
    moves: Callable[[Any, Any], Any] | None = None,
    says: Callable[[State], Any] | None = None,
) -> Any:
    """The margin of every state of an orbit being of a form.

    Proved: the start is of the form; so is what one step makes of any state that is.

    Args:
        run, start: the simulator, and where the orbit starts.
        times: the steps that are looked at on numbers.
        form: the state with certain entries. read: the entries of a state.
        moves: what the entries of a state and of the next have in common.
        says: what else holds of every state.
    """
    if isinstance(start[0], Words):
        here = fresh(read(start), f"{ANY}a")
        state = form(here)
        (after,) = run(state, [1])
        pairs, states = [(here, read(after))], [state]
        margins = [_same(start, form(read(start))), _same(after, form(read(after)))]
    else:
        at = sorted(set(times()))
        wanted = sorted({*at, *(k + 1 for k in at)}) if moves else at
        orbit = dict(zip(wanted, run(start, wanted), strict=True))
        entries = {k: read(state) for k, state in orbit.items()}
        pairs, states = [(entries[k], entries[k + 1]) for k in at if moves], list(orbit.values())
        margins = [_same(orbit[k], form(entries[k])) for k in wanted]
    margins += [moves(*pair) for pair in pairs if moves]
    margins += [says(state) for state in states if says]
    return forall(*margins)


def follows(run: Run, start: State, times: Callable[[], Iterable[int]], state: Callable[[Any], State]) -> Any:
    """The margin of an orbit being ``state(0), state(1), ...``.

    Proved: it starts there, and one step leads from ``state(k)`` to ``state(k + 1)``, for a whole number k that stays a symbol.
    """
    if isinstance(start[0], Words):
        k = start[0].rows.zero.named(f"{ANY}k", integer=True, nonnegative=True)
        (after,) = run(state(k), [1])
        return forall(_same(start, state(0)), _same(after, state(k + 1)))
    at = list(times())
    return forall(*(_same(W, state(k)) for k, W in zip(at, run(start, at), strict=True)))


def every_step(run: Run, start: State, steps: int, relation: Callable[[State, State], Any]) -> Any:
    """The margin of a relation between each state of an orbit and the next.

    Proved for one step from any state of that shape.
    """
    if isinstance(start[0], Words):
        before = tuple(fresh(part, f"{ANY}W{n}") for n, part in enumerate(start, 1))
        (after,) = run(before, [1])
        return relation(before, after)
    orbit = run(start, range(steps + 1))
    return forall(*(relation(a, b) for a, b in pairwise(orbit)))


def _same(state: State, other: State) -> Any:
    return forall(*map(equal, state, other))
