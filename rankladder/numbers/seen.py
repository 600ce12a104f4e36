"""What a simulator lets a search see: the orbits that a conclusion computed on its way to a margin."""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

import numpy as np

from rankladder.numbers.scopes import scoped

__all__ = ["orbits_seen", "report_orbit"]

_SEEN: ContextVar[list[np.ndarray[Any, Any]] | None] = ContextVar("_SEEN", default=None)


def orbits_seen() -> AbstractContextManager[list[np.ndarray[Any, Any]]]:
    """Scope that collects every orbit that is reported in it.

    >>> with orbits_seen() as seen:
    ...     report_orbit(np.array([1.0, 0.5]))
    >>> [z.tolist() for z in seen]
    [[1.0, 0.5]]
    """
    return scoped(_SEEN, [])


def report_orbit(states: np.ndarray[Any, Any]) -> None:
    """Show the states of an orbit, time on the first axis, to whoever looks; a simulator calls it."""
    if (seen := _SEEN.get()) is not None:
        seen.append(states)
