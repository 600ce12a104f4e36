"""The error that bad usage or input raises (exit code 2), and paths as users give them."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["UsageError", "given_path", "shown"]


class UsageError(ValueError):
    """Bad usage or input; the message names value, requirement and remedy.

    Further arguments are lines to print below it, such as those to choose from.

    >>> print(UsageError("colour 'rde' must be one of these:", "  red", "  green"))
    colour 'rde' must be one of these:
      red
      green
    """

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))


def given_path(path: str) -> Path:
    """A path from the command line, refused when no file system can hold it: too long, or with a NUL in it.

    Raises:
        UsageError: for such a path; every other trouble is left to whoever opens it.

    >>> given_path("X.npy").suffix
    '.npy'
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{shown(path)} cannot be a path: {reason}; give another name") from error
    return Path(path)


def shown(path: str) -> str:
    """A path as a message shows it: on one line, and cut where it is long."""
    return repr(path) if len(path) <= 60 else f"{path[:57]!r}..."
