"""The claims that a command line names."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import lru_cache

from rankladder.language.catalogue import DEFAULT
from rankladder.language.library import (
    ClaimFileError,
    UnknownClaim,
    forget,
    load_catalogue,
    load_file,
    select,
    twins_of,
)
from rankladder.language.statement import Claim
from rankladder.storage.reading import listen
from rankladder.usage import UsageError

__all__ = ["chosen_claims", "claims_of_run", "name_of_run"]


def chosen_claims(targets: Sequence[str], only: Sequence[str], catalogue: str = DEFAULT) -> dict[str, Claim]:
    """The claims that the command line names: those of the files, or of the catalogue where there is none.

    Raises:
        UsageError: for a file that does not load or an id that nothing bears.
    """
    try:
        claims: dict[str, Claim] = {}
        forget()
        for target in targets:
            claims.update(load_file(target))
        return select(claims if targets else load_catalogue(catalogue), only)
    except (ClaimFileError, UnknownClaim) as error:
        raise UsageError(str(error)) from error


def name_of_run() -> str:
    """A name that no other run of a command bears, for :func:`claims_of_run`."""
    return f"{os.getpid()} {time.time_ns()}"


@lru_cache(maxsize=1)
def claims_of_run(run: str, targets: tuple[str, ...], catalogue: str = DEFAULT) -> dict[str, Claim]:
    """The claims that a command line names, and their twins, by id: loaded once for all tasks of a run in a process.

    What is read from here on is remembered: see :func:`rankladder.storage.reading.files_read`.
    """
    listen()
    claims = chosen_claims(targets, (), catalogue)
    return claims | twins_of(claims)
