"""What a claim says of a whole orbit: tested at some of its steps, proved for all of them by induction.

``run(state, times)`` is the simulator: a list of the states, each some matrices, after so many steps from a state. On
numbers the orbit is run, and looked at. On words in matrices one step is run, from any state that the hypothesis of the
induction allows. It is the step of the induction where ``run`` takes the same step at all times; a second is run to see it.
"""

from __future__ import annotations

import inspect
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
    moves: Callable[..., Any] | None = None,
    says: Callable[..., Any] | None = None,
    along: Callable[..., Sequence[Any]] | None = None,
    beside: tuple[Any, Any] | None = None,
) -> Any:
    """The margin of every state of an orbit being of a form.

    Proved: the start is of the form; so is what one step makes of any state that is, and of which ``along`` holds.

    Args:
        run, start: the simulator, and where the orbit starts.
        times: the steps that are looked at on numbers.
        form: the state with certain entries. read: the entries of a state.
        moves: what the entries of a state, of the next, and of as many after it as it takes, have in common.
        says: what else holds of every state, and of what stands beside it.
        along: margins of what holds of the entries of every state, and carries the induction: no part of what is tested.
        beside: the first of some numbers and a factor: after k steps ``first * factor**k`` stands beside the state, as the
            last argument of ``says`` and ``along``.
    """
    if isinstance(start[0], Words):
        here = fresh(read(start), f"{ANY}a")
        state = form(here)
        after, steady = _stepped(run, state)
        margins = [_same(start, form(read(start))), _same(after, form(read(after))), steady]
        first, now, later = [()] * 3 if beside is None else _beside(*beside)
        known = tuple(along(here, *now)) if along else ()
        said = [*along(read(after), *later)] if along else []
        if moves:
            entries = [here, read(after)]
            while len(entries) < _count(moves):  # a state of the form, as the second margin says
                (after,) = run(form(entries[-1]), [1])
                entries.append(read(after))
            said.append(moves(*entries))
        said += [says(state, *now)] if says else []
        margins += [*along(read(start), *first)] if along else []
        return forall(*margins, *(_supposing(margin, known) for margin in said))
    at = sorted(set(times()))
    count = _count(moves) if moves else 1
    wanted = sorted({k + n for k in at for n in range(count)})
    orbit = dict(zip(wanted, run(start, wanted), strict=True))
    seen = {k: read(state) for k, state in orbit.items()}
    numbers = {k: () if beside is None else (beside[0] * beside[1] ** k,) for k in wanted}
    margins = [_same(orbit[k], form(seen[k])) for k in wanted]
    margins += [moves(*(seen[k + n] for n in range(count))) for k in at if moves]
    margins += [says(orbit[k], *numbers[k]) for k in wanted if says]
    return forall(*margins)


def _count(relation: Callable[..., Any]) -> int:
    return len(inspect.signature(relation).parameters)


def _beside(first: Any, factor: Any) -> tuple[tuple[Any], tuple[Any], tuple[Any]]:
    """The numbers at the start, at any step and one step later."""
    positive = all(x > 0 for part in (first, factor) for x in part.residuals())
    now = fresh(first, f"{ANY}q", positive=positive)
    return (first,), (now,), (now * factor,)


def _supposing(margin: Any, premises: tuple[Any, ...]) -> Any:
    """The margin where those of the premises are at least zero."""
    return margin.supposing(premises) if hasattr(margin, "supposing") else margin


def follows(run: Run, start: State, times: Callable[[], Iterable[int]], state: Callable[[Any], State]) -> Any:
    """The margin of an orbit being ``state(0), state(1), ...``.

    Proved: it starts there, and one step leads from ``state(k)`` to ``state(k + 1)``, for a whole number k that stays a symbol.
    """
    if isinstance(start[0], Words):
        k = start[0].rows.zero.named(f"{ANY}k", integer=True, nonnegative=True)
        after, steady = _stepped(run, state(k))
        return forall(_same(start, state(0)), _same(after, state(k + 1)), steady)
    at = list(times())
    return forall(*(_same(W, state(k)) for k, W in zip(at, run(start, at), strict=True)))


def every_step(run: Run, start: State, steps: int, relation: Callable[[State, State], Any]) -> Any:
    """The margin of a relation between each state of an orbit and the next.

    Proved for one step from any state of that shape.
    """
    if isinstance(start[0], Words):
        before = tuple(fresh(part, f"{ANY}W{n}") for n, part in enumerate(start, 1))
        after, steady = _stepped(run, before)
        return forall(relation(before, after), steady)
    orbit = run(start, range(steps + 1))
    return forall(*(relation(a, b) for a, b in pairwise(orbit)))


def _stepped(run: Run, state: State) -> tuple[State, Any]:
    """The state one step later, and the margin of the second step being the same as the first."""
    after, later = run(state, [1, 2])
    (again,) = run(after, [1])
    return after, _same(later, again)


def _same(state: State, other: State) -> Any:
    return forall(*map(equal, state, other))
