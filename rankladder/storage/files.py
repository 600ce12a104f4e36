"""Files that every reader sees whole, and the folder for what can be made again."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

__all__ = ["cache_folder", "tidy", "whole"]

_PART = ".part"
_ABANDONED = 86_400.0  # seconds; a writer that lives still needs far less


def cache_folder() -> Path:
    """The folder for what can be made again: in ``RANKLADDER_CACHE`` if that is set, or in the user's cache.

    >>> cache_folder().name
    'rankladder'
    """
    given = os.environ.get("RANKLADDER_CACHE")
    return (
        Path(given).expanduser() / "rankladder" if given else user_cache_path("rankladder", appauthor=False)
    )


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Scope of a file to write to, beside ``target``, whose place it takes at the end.

    A reader or a second writer sees, at any moment and after a power cut too, all of it or what stood there before.

    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole(folder / "new" / "a.txt") as part:
    ...     _ = part.write_text("all of it")
    >>> (folder / "new" / "a.txt").read_text()
    'all of it'

    Raises:
        OSError: when the folder cannot be made or written.
    """
    part = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=_PART)
        os.close(handle)
        part = Path(name)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.chmod(0o644)  # mkstemp's files are private, but what is kept may be shared
        part.replace(target)
    except OSError as error:  # a message should name the file that was asked for
        raise OSError(error.errno, error.strerror, str(target)) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def tidy(folder: Path) -> None:
    """Clear away what killed writers left in a folder; what is younger than a day may still be written."""
    for leftover in folder.glob(f".*{_PART}"):
        try:
            if time.time() - leftover.stat().st_mtime > _ABANDONED:
                leftover.unlink()
        except OSError:
            continue  # another process was faster, or it is not ours to remove
