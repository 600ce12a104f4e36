"""A Dask cluster as the place where joblib runs tasks."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from distributed import Client
from joblib._dask import DaskDistributedBackend

from rankladder.usage import UsageError

__all__ = ["TaskKilled", "connected"]

_ADDRESS = re.compile(r"[a-z]+://[^\s/]+:\d+")
_PATIENCE = 10  # seconds until the scheduler must have answered
_STARTING = 60  # seconds that workers may take to start


class TaskKilled(Exception):
    """A task whose worker died each time it was tried; ``number`` says which."""

    def __init__(self, number: int, error: BaseException) -> None:
        super().__init__(f"task {number}: {error}")
        self.number = number


@dataclass(frozen=True)
class _Failure:
    number: int
    error: BaseException


class _Backend(DaskDistributedBackend):  # type: ignore[misc]
    """joblib's own backend without two surprises: work for a cluster of one thread would be done in this process,
    and a task that Dask has given up would be waited for, for ever.
    """

    def effective_n_jobs(self, n_jobs: int) -> int:
        """The threads of the cluster; at least 2, because joblib takes 1 for `no need to send it anywhere`."""
        return max(2, int(super().effective_n_jobs(n_jobs)))

    def submit(self, func: Any, callback: Callable[[Any], None] | None = None) -> Any:
        """Hand out a batch, which holds one call of ours: its second argument is the task's number."""
        ((_, (_, number, *_), _),) = func.items

        def report(future: Future[Any]) -> None:
            error = future.exception()
            if error is not None and callback is not None:
                callback(_Failure(number, error))

        future = super().submit(func, callback)
        future.add_done_callback(report)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """The result, or its error."""
        if isinstance(out, _Failure):
            raise TaskKilled(out.number, out.error) from out.error
        return super().retrieve_result_callback(out)


@contextlib.contextmanager
def connected(address: str) -> Iterator[Callable[[], Any]]:
    """Scope of a connection to the scheduler at ``address``; gives what makes a backend for joblib.

    Raises:
        UsageError: for what is no address, or when no scheduler answers there, or it has no worker.
    """
    if not _ADDRESS.fullmatch(address):
        raise UsageError(f"--dask {address} is no address of a Dask scheduler; write tcp://HOST:PORT")
    try:
        client = cast(Any, Client)(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address}: {' '.join(str(error).split())}; start one with: dask scheduler"
        ) from None
    with client:
        if not client.ncores():
            try:
                client.wait_for_workers(1, timeout=_STARTING)
            except TimeoutError:
                raise UsageError(
                    f"the Dask scheduler at {address} has no worker; start some with: dask worker {address}"
                ) from None
        # joblib leaves a backend that failed in no state to go on: each call gets its own
        yield partial(_Backend, client=client, wait_for_workers_timeout=_STARTING)
