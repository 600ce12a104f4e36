"""Where what can be made again is kept: proofs, and what interrupted checks had finished."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder(name: str) -> Path:
    """A folder for one kind of thing: under ``RANKLADDER_CACHE``, ``XDG_CACHE_HOME`` or ``~/.cache``.

    >>> cache_folder("proofs").parts[-2:]
    ('rankladder', 'proofs')
    """
    base = os.environ.get("RANKLADDER_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "rankladder" / name
