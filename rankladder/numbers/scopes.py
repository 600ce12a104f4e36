"""Scopes in which a variable of the context has another value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

__all__ = ["scoped"]

Value = TypeVar("Value")


@contextmanager
def scoped(variable: ContextVar[Any], value: Value) -> Iterator[Value]:
    """Scope in which the variable has the value, which is handed on; it has its own again at the end, whatever happens.

    >>> names = ContextVar("names", default=())
    >>> with scoped(names, ("a",)) as inside:
    ...     names.get() is inside
    True
    >>> names.get()
    ()
    """
    token = variable.set(value)
    try:
        yield value
    finally:
        variable.reset(token)
