"""What a sweep has finished, and the Parquet or npz file that its columns become at the end."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.storage.files import whole
from rankladder.usage import UsageError

__all__ = ["ENDINGS", "packed", "require_writer", "unpacked", "write_columns"]

ENDINGS = (".parquet", ".npz")
Columns = Mapping[str, NDArray[Any]]


def require_writer(target: Path) -> None:
    """Find out before any work is done whether such a file can be made.

    Raises:
        UsageError: when Parquet is asked for and pyarrow is not installed.
    """
    if target.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        raise UsageError(
            f"{target} needs pyarrow, which is not installed; pip install 'rankladder[cluster]', or end in .npz"
        )


def packed(columns: Columns) -> bytes:
    """The columns of a chunk as bytes.

    >>> {name: column.tolist() for name, column in unpacked(packed({"s": np.array([0.5, 1])})).items()}
    {'s': [0.5, 1.0]}
    """
    buffer = io.BytesIO()
    np.savez(buffer, **dict(columns))  # type: ignore[arg-type]
    return buffer.getvalue()


def unpacked(data: bytes) -> dict[str, NDArray[Any]]:
    """The columns that :func:`packed` made bytes of."""
    return dict(np.load(io.BytesIO(data)))


def write_columns(target: Path, chunks: Iterator[Columns], names: Mapping[str, Sequence[str]]) -> None:
    """Write the results file, whole or not at all.

    Args:
        target: its ending says which kind.
        chunks: in their order.
        names: for columns of small numbers that stand for words, the words.

    Raises:
        OSError: when the disk is full, say.
    """
    with whole(target) as part:
        if target.suffix.lower() == ".npz":
            loaded = list(chunks)
            columns = {name: np.concatenate([chunk[name] for chunk in loaded]) for name in loaded[0]}
            words = {f"{name}_names": np.array(known) for name, known in names.items() if name in columns}
            part.write_bytes(packed(columns | words))
            return
        import pyarrow.parquet

        first = _table(next(chunks), names)
        with pyarrow.parquet.ParquetWriter(part, first.schema) as writer:
            writer.write_table(first)
            for chunk in chunks:
                writer.write_table(_table(chunk, names))


def _table(columns: Columns, names: Mapping[str, Sequence[str]]) -> Any:
    import pyarrow

    def made(name: str, column: NDArray[Any]) -> Any:
        array = pyarrow.array(column)
        return pyarrow.DictionaryArray.from_arrays(array, list(names[name])) if name in names else array

    return pyarrow.table({name: made(name, column) for name, column in columns.items()})
