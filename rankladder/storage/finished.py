"""What runs have finished, kept as they go in an SQLite file, so that another run need not do it again."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rankladder.storage.files import cache_folder

__all__ = ["Finished"]

_TABLE = "CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, version TEXT, row TEXT, data BLOB)"
_PATIENCE = 60.0  # seconds to wait while another process writes
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Finished:
    """Rows by key, of any number of processes at once. One that is killed loses at most what it was writing.

    Args:
        settings: everything that, together with the version, fixes a row: seed, budget, instances.
        file: where they are kept (default: in the cache, for they can be made again).

    >>> import tempfile
    >>> rows = Finished({"seed": 0}, Path(tempfile.mkdtemp()) / "rows.sqlite")
    >>> rows.keep("GD-4.upper", "version 1", {"needed": True})
    >>> rows.get("GD-4.upper", "version 1")
    {'needed': True}
    >>> rows.get("GD-4.upper", "version 2") is None
    True
    """

    def __init__(self, settings: Mapping[str, Any], file: Path | None = None) -> None:
        self.file = cache_folder() / "finished.sqlite" if file is None else file
        self._settings = settings

    def get(self, key: object, version: str) -> dict[str, Any] | None:
        """The row kept under a key; None when there is none, it cannot be read, or it belongs to another version."""
        text = self._read("row", key, version)
        try:
            row = None if text is None else json.loads(text)
        except ValueError:
            return None
        return row if isinstance(row, dict) else None

    def data(self, key: object, version: str) -> bytes:
        """What was kept beside a row.

        Raises:
            OSError: when it is not there any more.
        """
        found = self._read("data", key, version)
        if found is None:
            raise OSError(errno.ENOENT, "what was finished is not there any more", str(self.file))
        return bytes(found)

    def keep(self, key: object, version: str, row: Mapping[str, Any], data: bytes | None = None) -> None:
        """Keep a row, in place of one of another version.

        Raises:
            OSError: when the file cannot be written.
        """
        values = (self._key(key), version, json.dumps(dict(row), allow_nan=False), data)
        try:
            self._write(values)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) not in _BROKEN:
                raise
            self.file.unlink(missing_ok=True)  # it can be made again
            self._write(values)

    def _write(self, values: tuple[str, str, str, bytes | None]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as rows, rows:
            rows.execute("PRAGMA synchronous = OFF")  # what a power cut breaks can be made again
            rows.execute(_TABLE)
            rows.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", values)

    def _read(self, column: str, key: object, version: str) -> Any:
        if not self.file.exists():
            return None
        try:
            with self._open() as rows:
                found = rows.execute(
                    f"SELECT {column} FROM rows WHERE key = ? AND version = ?", (self._key(key), version)
                ).fetchone()
        except (OSError, sqlite3.Error):
            return None
        return None if found is None else found[0]

    def _key(self, key: object) -> str:
        return json.dumps([key, self._settings], sort_keys=True)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.file, timeout=_PATIENCE)) as rows:
                yield rows
        except sqlite3.OperationalError as error:
            full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            code, reason = (errno.ENOSPC, os.strerror(errno.ENOSPC)) if full else (errno.EIO, str(error))
            raise OSError(code, reason, str(self.file)) from error
