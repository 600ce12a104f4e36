"""A run of many tasks: spread over processes, shown on a bar, kept as it goes, interrupted and gone on with."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from rankladder.app.output import progress
from rankladder.app.workers import spread

__all__ = ["command_again", "run_tasks", "say_unfinished", "shortened"]

Task = TypeVar("Task")
Done = TypeVar("Done")

_NAMED = 8  # of the names in a row


def run_tasks(
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    options: Any,
    *,
    keep: Callable[[Done], None],
    words: Callable[[Done], str],
    size: Callable[[Done], int] = lambda done: 1,
    total: int | None = None,
    before: int = 0,
    must_keep: bool = False,
    wanted: Callable[[Task], bool] = lambda task: True,
    lost: Callable[[Task], Done] | None = None,
    at_most: float | None = None,
) -> bool:
    """Do the tasks, and keep each result as it comes; what cannot be kept is spoken of once, and costs no result.

    Args:
        work, tasks, wanted, lost: see :func:`rankladder.app.workers.spread`.
        options: those of the command.
        keep: takes a result.
        words, size: what the bar says of a result, and how far it moves.
        total, before: the length of the bar (default: the number of tasks), and how much of it is done already.
        at_most: seconds after which the work ends at the latest.
        must_keep: let what cannot be kept end the run instead: an ``OSError``.

    Returns:
        Whether it was interrupted.
    """
    silent = False
    dask = getattr(options, "dask", None)
    try:
        length = before + len(tasks) if total is None else total
        with progress(length, before, at_most=at_most) as move:
            for done in spread(work, tasks, options.workers, dask=dask, wanted=wanted, lost=lost):
                try:
                    keep(done)
                except OSError as error:
                    if must_keep:
                        raise
                    if not silent:
                        print(f"rankladder: cannot keep what is finished in {error.filename}: {error.strerror}; "
                              "the run goes on", file=sys.stderr)  # fmt: skip
                    silent = True
                move(advance=size(done), description=words(done))
    except KeyboardInterrupt:
        return True
    return False


def say_unfinished(
    why: str, left: int, total: int, what: str, options: Any | None, *, names: Sequence[str] = ()
) -> None:
    """Say on stderr what is left to do, by name where it has names, and the command that goes on; without options none does."""
    named = f" ({shortened(names)})" if names else ""
    resume = ["--resume"] if hasattr(options, "resume") else []  # check and paper always do
    on = [] if options is None else [*command_again(options, without=("resume", "fresh")), *resume]
    again = f"; go on with: {shlex.join(on)}" if on else ""
    print(f"rankladder: {why}: {left} of {total} {what} not finished{named}{again}", file=sys.stderr)


def shortened(names: Sequence[str]) -> str:
    """Names in a row, the first few of many.

    >>> shortened(["a", "b"]), shortened("abcdefghijkl")
    ('a, b', 'a, b, c, d, e, f, g, h, …')
    """
    return f"{', '.join(names[:_NAMED])}{', …' if len(names) > _NAMED else ''}"


def command_again(
    options: Any, *, names: Collection[str] | None = None, without: Collection[str] = ()
) -> list[str]:
    """The words that ask for the same again: what differs from the defaults.

    Args:
        options: as parsed; ``options.parser`` is the command's.
        names: the only ones that matter (default: all). without: the ones that do not.
    """
    words = ["rankladder", options.command]
    for action in options.parser._actions:
        given = getattr(options, action.dest, None)
        matters = action.dest not in without and (names is None or action.dest in names)
        if not matters or given in (None, [], action.default):
            continue
        if action.option_strings:  # of an option with --no-, the last name is that
            words.append(action.option_strings[-1 if given is False else 0])
        if action.nargs != 0:
            words += [_shown(value) for value in (given if isinstance(given, list) else [given])]
    return words


def _shown(value: object) -> str:
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
