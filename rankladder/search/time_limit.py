"""Patience that ends: a conclusion that never returns must not outlive the budget of its check."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["GRACE", "TookTooLong", "no_longer_than"]

# Budgets are looked at between two instances; whatever is still at one instance this much later will not end.
GRACE = 30.0


class TookTooLong(BaseException):
    """One instance was still being judged long after the budget.

    No ``Exception``: neither a claim's own handlers nor Hypothesis, which would try it again, may swallow it.
    """


@contextlib.contextmanager
def no_longer_than(budget: float | None, grace: float | None = None) -> Iterator[None]:
    """Scope that is left with :class:`TookTooLong` some seconds after the budget, if it has not ended by itself.

    Python code is stopped wherever it is, compiled code when it returns. Without a budget, outside the main
    thread, where the system knows no timers, or where somebody else's timer runs, nothing is stopped.

    Args:
        budget: seconds; None for as long as it takes.
        grace: seconds more; None for ``GRACE``.

    >>> try:
    ...     with no_longer_than(0.0, grace=0.01):
    ...         while True:
    ...             pass
    ... except TookTooLong as error:
    ...     print(error)
    one instance had not ended 0.01 s after the budget of 0 s
    """
    if (
        budget is None
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_REAL)[0]
    ):
        yield
        return

    more = GRACE if grace is None else grace

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TookTooLong(f"one instance had not ended {more:g} s after the budget of {budget:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, budget + more)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
