"""What a simulator lets a search see: the orbits that a conclusion computed on its way to a margin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

__all__ = ["orbits_seen", "report_orbit"]

_SEEN: ContextVar[list[np.ndarray[Any, Any]] | None] = ContextVar("_SEEN", default=None)


@contextmanager
def orbits_seen() -> Iterator[list[np.ndarray[Any, Any]]]:
    """Scope that collects every orbit that is reported in it.

    >>> with orbits_seen() as seen:
    ...     report_orbit(np.array([1.0, 0.5]))
    >>> [z.tolist() for z in seen]
    [[1.0, 0.5]]
    """
    found: list[np.ndarray[Any, Any]] = []
    token = _SEEN.set(found)
    try:
        yield found
    finally:
        _SEEN.reset(token)


def report_orbit(states: np.ndarray[Any, Any]) -> None:
    """Show the states of an orbit, time on the first axis, to whoever looks; a simulator calls it."""
    if (seen := _SEEN.get()) is not None:
        seen.append(states)
