"""Draws of Hypothesis that depend on their seed alone.

Hypothesis mixes constants into what it draws, some of which it finds in the sources of modules that happen to be
loaded. So the same seed would draw other instances in a worker than in the process that started it, or under another
command. Nothing in its settings turns this off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["no_local_constants"]


@contextmanager
def no_local_constants() -> Iterator[None]:
    """Scope in which Hypothesis knows its own constants only."""
    from hypothesis.internal.conjecture import providers

    # Names inside Hypothesis, absent from a release that finds no such constants or finds them elsewhere: a test
    # compares draws beside modules with many constants.
    module: Any = providers
    found = getattr(module, "_get_local_constants", None)
    constants = getattr(module, "Constants", None)
    cache = getattr(getattr(module, "CONSTANTS_CACHE", None), "cache", None)
    if found is None or constants is None or cache is None:
        yield
        return
    none = constants()
    module._get_local_constants = lambda: none
    cache.clear()
    try:
        yield
    finally:
        module._get_local_constants = found
        cache.clear()
