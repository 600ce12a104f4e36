"""Work for several processes: the same results for any number of them, in the order of finishing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

__all__ = ["processors", "spread"]

Task = TypeVar("Task")
Done = TypeVar("Done")


def processors() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def spread(work: Callable[[Task], Done], tasks: Sequence[Task], workers: int | None) -> Iterator[Done]:
    """What ``work`` makes of each task, as it comes.

    Args:
        work: a function of a module, so that another process can import it.
        tasks: picklable; the ones that take longest had better stand first.
        workers: processes; None for as many as there are processors. One stays in this process.

    >>> sorted(spread(abs, [-2, 1], 1))
    [1, 2]
    """
    count = min(workers or processors(), len(tasks))
    if count <= 1:
        for task in tasks:
            yield work(task)
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_initialise)
    try:
        for future in as_completed([pool.submit(work, task) for task in tasks]):
            yield future.result()
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _initialise() -> None:
    # Ctrl-C reaches the whole process group: the parent alone decides what to do about it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> Any:
    """End this process when its parent was killed: nobody would collect what it still computes."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
