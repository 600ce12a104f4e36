"""Work for several processes or machines: the same results for any number of them, in the order of finishing.

joblib schedules: on this machine through loky's processes, elsewhere through a Dask cluster. What is decided here is
only what becomes of a task whose process is killed.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from rankladder.usage import UsageError

__all__ = ["interruptible", "processors", "spread"]

Task = TypeVar("Task")
Done = TypeVar("Done")

_BREAKS = 3  # killed processes after which each task left gets a pool of its own, to tell which one kills


def processors() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def spread(
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    workers: int | None,
    *,
    dask: str | None = None,
    wanted: Callable[[Task], bool] = lambda task: True,
    lost: Callable[[Task], Done] | None = None,
) -> Iterator[Done]:
    """What ``work`` makes of each task, as it comes.

    A killed process costs only what it was at: its tasks are done again by another. A task that kills
    every process it is given to gets what ``lost`` says.

    Args:
        work: a function of a module, so that another process can import it.
        tasks: picklable; the ones that take longest had better stand first.
        workers: processes; None for as many as there are processors. One stays in this process.
        dask: address of a Dask scheduler, ``tcp://HOST:PORT``, whose workers do the work instead.
        wanted: asked just before a task is handed out; one that is not wanted any more is left out.
        lost: what to make of a task whose processes are killed again and again; None to raise.

    Raises:
        UsageError: when no Dask scheduler answers at the address.
        BrokenProcessPool: for such a task without ``lost``.

    >>> sorted(spread(abs, [-2, 1], 1))
    [1, 2]
    """
    count = min(workers or processors(), len(tasks))
    if dask is not None and tasks:
        yield from _spread_on_cluster(work, tasks, dask, wanted, lost)
    elif count <= 1:
        for task in tasks:
            if wanted(task):
                yield work(task)
    else:
        yield from _spread_here(work, tasks, count, wanted, lost)


def _spread_here(
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    count: int,
    wanted: Callable[[Task], bool],
    lost: Callable[[Task], Done] | None,
) -> Iterator[Done]:
    with _deaf_to_interrupts(), _away_from_folder():
        # an import that Ctrl-C cuts short cannot be taken up again; Python's tracker, when it starts, lets Ctrl-C in again
        import multiprocessing.resource_tracker
        from concurrent.futures.process import BrokenProcessPool

        import joblib  # noqa: F401

        multiprocessing.resource_tracker.ensure_running()
    here = {"backend": "loky", "initializer": _initialise, "initargs": (os.getpid(),)}
    left = dict(enumerate(tasks))
    try:
        for _ in range(_BREAKS):
            try:
                for number, done in _run(work, left, wanted, count, **here):
                    del left[number]
                    yield done
                return
            except BrokenProcessPool:
                print("rankladder: a worker was killed; what it was at is done again", file=sys.stderr)
        for number, task in left.items():
            try:
                yield from (done for _, done in _run(work, {number: task}, wanted, 2, **here))
            except BrokenProcessPool:
                if lost is None:
                    raise
                yield lost(task)
    finally:
        _dismiss()


def _spread_on_cluster(
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    address: str,
    wanted: Callable[[Task], bool],
    lost: Callable[[Task], Done] | None,
) -> Iterator[Done]:
    try:
        from rankladder.app.cluster import TaskKilled, connected
    except ImportError:
        raise UsageError(
            "--dask needs dask.distributed, which is not installed; pip install 'rankladder[cluster]'"
        ) from None
    left = dict(enumerate(tasks))
    suspects: dict[int, Task] = {}
    with connected(address) as new_backend:
        while left:
            try:
                for number, done in _run(work, left, wanted, -1, backend=new_backend()):
                    del left[number]
                    yield done
                break
            except TaskKilled as error:  # Dask has tried it several times, but others wait at the same worker
                suspects[error.number] = left.pop(error.number)
        for number, task in suspects.items():  # each alone, to tell which one kills
            try:
                yield from (done for _, done in _run(work, {number: task}, wanted, -1, backend=new_backend()))
            except TaskKilled:
                if lost is None:
                    raise
                yield lost(task)


def _run(
    work: Callable[[Task], Done],
    tasks: dict[int, Task],
    wanted: Callable[[Task], bool],
    count: int,
    **backend: Any,
) -> Iterator[tuple[int, Done]]:
    from joblib import Parallel, delayed, parallel_config

    call = delayed(_numbered)
    calls = (call(work, number, task) for number, task in list(tasks.items()) if wanted(task))
    with parallel_config(**backend), _deaf_to_interrupts(), _away_from_folder():
        # tasks are long: one at a time, so that a killed process costs one, and results come as they are done
        found = Parallel(count, return_as="generator_unordered", batch_size=1, max_nbytes=None)(calls)
    try:
        for one in found:  # noqa: UP028 - yield from would close it before
            yield one
    finally:
        with warnings.catch_warnings(action="ignore"):  # that tasks are cancelled where a run ends early
            found.close()


def _numbered(work: Callable[[Task], Done], number: int, task: Task) -> tuple[int, Done]:
    return number, work(task)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Scope in which SIGTERM does what Ctrl-C does, so that what is finished is printed and kept."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Scope whose child processes never see Ctrl-C: it reaches the whole group, but the parent alone decides."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _away_from_folder() -> Iterator[None]:
    """Scope whose child processes import nothing from the current folder: a user's string.py there is not Python's."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _initialise(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 100)  # what a catalogue is made of stays, and takes long to look through
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    """End this process when its parent was killed: nobody would collect what it still computes."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _dismiss() -> None:
    """End the processes, which would otherwise wait for more work in whatever folder they were started."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)
