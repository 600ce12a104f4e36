"""Where the columns of a sweep go: a part for each chunk while it runs, one Parquet or npz file at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.usage import UsageError

__all__ = ["ENDINGS", "PartFiles"]

ENDINGS = (".parquet", ".npz")
Columns = Mapping[str, NDArray[Any]]


class PartFiles:
    """The parts of one results file, in a hidden folder beside it.

    Each part is written whole or not at all; the results file appears when all parts are there, whole or not at all.

    Args:
        target: the results file; its ending says which kind.
        names: for columns of small numbers that stand for words, the words.

    Raises:
        UsageError: when Parquet is asked for and pyarrow is not installed.
    """

    def __init__(self, target: Path, names: Mapping[str, Sequence[str]]) -> None:
        if target.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
            raise UsageError(
                f"{target} needs pyarrow, which is not installed; pip install 'rankladder[cluster]', or end in .npz"
            )
        self.target = target
        self.folder = target.with_name(f".{target.name}.parts")
        self._parquet = target.suffix.lower() == ".parquet"
        self._names = names

    def clear(self) -> None:
        """Remove the parts of earlier runs."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def has(self, number: int) -> bool:
        """Whether a part is there."""
        return self._part(number).exists()

    def write(self, number: int, columns: Columns) -> None:
        """Write a part.

        Raises:
            OSError: when the disk is full, say; what is written already stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._parquet:
            import pyarrow.parquet

            _whole(self._part(number), lambda path: pyarrow.parquet.write_table(self._table(columns), path))
        else:
            _whole(self._part(number), lambda path: _save(path, columns))

    def join(self, count: int) -> None:
        """Make the results file of ``count`` parts, in their order, and remove them."""
        parts = [self._part(number) for number in range(count)]
        if self._parquet:
            import pyarrow.parquet

            def write(path: str) -> None:
                schema = pyarrow.parquet.read_schema(parts[0])
                with pyarrow.parquet.ParquetWriter(path, schema) as writer:
                    for part in parts:
                        writer.write_table(pyarrow.parquet.read_table(part))

            _whole(self.target, write)
        else:
            loaded = [dict(np.load(part)) for part in parts]
            columns = {name: np.concatenate([part[name] for part in loaded]) for name in loaded[0]}
            words = {
                f"{name}_names": np.array(known) for name, known in self._names.items() if name in columns
            }
            _whole(self.target, lambda path: _save(path, columns | words))
        self.clear()

    def _part(self, number: int) -> Path:
        return self.folder / f"{number:06}{self.target.suffix}"

    def _table(self, columns: Columns) -> Any:
        import pyarrow

        def made(name: str, column: NDArray[Any]) -> Any:
            if name not in self._names:
                return pyarrow.array(column)
            return pyarrow.DictionaryArray.from_arrays(pyarrow.array(column), list(self._names[name]))

        return pyarrow.table({name: made(name, column) for name, column in columns.items()})


def _save(path: str, columns: Columns) -> None:
    with open(path, "wb") as file:  # NumPy would add an ending to the name
        np.savez(file, **dict(columns))  # type: ignore[arg-type]


def _whole(target: Path, write: Callable[[str], None]) -> None:
    """Write beside the target, force it to the disk, and move it there."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    os.close(handle)
    try:
        write(temporary)
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp's files are private, but results may be shared
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
