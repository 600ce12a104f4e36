"""Draws of Hypothesis that depend on their seed alone.

Hypothesis mixes constants into what it draws, some of which it finds in the sources of modules that happen to be
loaded. So the same seed would draw other instances in a worker than in the process that started it, or under another
command. Nothing in its settings turns this off.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["no_local_constants"]


@contextmanager
def no_local_constants() -> Iterator[None]:
    """Scope in which Hypothesis knows its own constants only; warns where a release keeps them elsewhere."""
    import hypothesis
    from hypothesis.internal.conjecture import providers

    module: Any = providers
    try:
        found, none, cache = module._get_local_constants, module.Constants(), module.CONSTANTS_CACHE.cache
    except AttributeError:
        warnings.warn(
            f"Hypothesis {hypothesis.__version__} keeps the constants of loaded modules elsewhere than rankladder knows; "
            "what it draws may depend on which modules are loaded: install the release before it",
            RuntimeWarning,
            stacklevel=2,
        )
        yield
        return
    module._get_local_constants = lambda: none
    cache.clear()
    try:
        yield
    finally:
        module._get_local_constants = found
        cache.clear()
