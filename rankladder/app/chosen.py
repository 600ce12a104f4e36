"""The claims that a command line names."""

from __future__ import annotations

from collections.abc import Sequence

from rankladder.language.catalogue import DEFAULT
from rankladder.language.library import (
    ClaimFileError,
    UnknownClaim,
    forget,
    load_catalogue,
    load_file,
    select,
)
from rankladder.language.statement import Claim
from rankladder.usage import UsageError

__all__ = ["chosen_claims"]


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
