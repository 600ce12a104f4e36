"""Reading data sets: ``.npy``, ``.npz``, ``.csv``, ``.parquet``; every refusal is one line with value and remedy."""

from __future__ import annotations

import csv
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rankladder.properties.gidel2019.data.columns import Targets, numbered
from rankladder.usage import UsageError, given_path

__all__ = ["DataSet", "arrays_of", "data_of_moments", "read_dataset"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DataSet:
    """A data set as gradient descent sees it.

    Attributes:
        Sxx: (d, d), ``X^T X / n``. Sxy: (d, p), ``X^T Y / n``.
        syy: ``tr(Y^T Y)/n``, and n, the number of samples; both None when only moments were given.
        root: (rank, d) with ``root^T root = Sxx`` and orthogonal rows: ``|root W|_F`` is the norm of the predictions.
        unrooted: (d, rank), its pseudo-inverse.
        fitted: (rank, p), what of Y can be fitted: the loss is ``|root W - fitted|_F^2 / 2 + least_loss``.
        least_loss: the minimum of the loss; 0 when only moments were given.
        autoencoder: whether Y is X.
        centred: whether column means were subtracted. otherwise: Sxx and Sxy had it been the other way round; None where that
            is the same, or not known.
        note: what is to be said of how the files were read; mostly nothing.
    """

    Sxx: Array
    Sxy: Array
    syy: float | None
    n: int | None
    root: Array
    unrooted: Array
    fitted: Array
    least_loss: float
    autoencoder: bool = False
    centred: bool = False
    otherwise: tuple[Array, Array] | None = None
    note: str = ""


def read_dataset(
    x_path: str,
    y_path: str | None,
    *,
    center: bool | None,
    standardize: bool,
    one_hot: bool = False,
    targets: Sequence[str] = (),
) -> DataSet:
    """Read inputs and targets and take their second moments.

    Args:
        x_path: ``.npy``, ``.csv`` or ``.parquet`` with a sample a row, or ``.npz`` with ``X``[, ``Y``] or ``Sxx, Sxy``.
        y_path: targets, ``.npy``, ``.csv`` or ``.parquet``; None: those in the ``.npz``, else the autoencoder ``Y = X``. Targets of one
            dimension, a number a sample, are one column.
        center: subtract column means of X and Y; None: where there are samples.
        standardize: divide the columns of X by their standard deviation (constant columns stay as they are).
        one_hot: the targets are labels, one whole number a sample: a column for each label, 1 where it is that one.
        targets: the columns of ``x_path`` that are targets, by name or by number from 1 on. With ``one_hot`` they may hold words.

    Raises:
        UsageError: for anything that is not a finite, two-dimensional table of numbers of matching length, and for an
            ``.npz`` that holds more than it is read for.
    """
    said: list[str] = []
    chosen = Targets(tuple(targets), one_hot) if targets else None
    if chosen and y_path is not None:
        raise UsageError(
            f"--target takes targets from {x_path}, and {y_path} is a file of targets; give one of the two"
        )
    alone = "" if chosen or y_path else "; where it is a label, --target COLUMN --one-hot makes it a target"
    arrays = _read(x_path, said, alone, chosen)
    if chosen:
        said.append(f"Y: {'column' if len(targets) == 1 else 'columns'} {', '.join(targets)}")
    if "Sxx" in arrays:
        if chosen:
            raise UsageError(f"{x_path} holds moments; --target needs the samples")
        if y_path is not None:
            raise UsageError(f"{x_path} holds Sxx and Sxy; give no second file, got {y_path}")
        return _from_moments(x_path, arrays, center, standardize)
    X = _table(arrays["X"], x_path)
    if y_path is not None and "Y" in arrays:
        raise UsageError(f"{x_path} holds Y already; give no second file, got {y_path}")
    y_name = y_path or f"{x_path} (Y)"
    if y_path is not None:
        Y = _targets(_read_targets(y_path, one_hot, said), y_name, one_hot)
    elif "Y" in arrays:
        Y = _targets(arrays["Y"], y_name, one_hot)
    else:
        if one_hot:
            raise UsageError(
                f"--one-hot needs targets but {x_path} has none; name the column of the labels by --target, or give a second file with them"
            )
        Y = X
        said.insert(
            0,
            f"no Y: studied as an autoencoder, Y = X (a column of {Path(x_path).name} that is a target: --target COLUMN; "
            "targets in a file of their own: name it, too)",
        )
    if one_hot:
        Y = _indicators(Y, y_name)
    elif Y is not X and (labels := _possible_labels(Y)):
        said.append(
            f"Y holds whole numbers, {labels} different ones, and is fitted as a quantity; where they are labels, give "
            "each a column by --one-hot"
        )
    if len(X) != len(Y):
        header = ", or words in the header of a table whose columns are numbered" * (
            abs(len(X) - len(Y)) == 1
        )
        raise UsageError(
            f"X has {len(X)} rows but Y has {len(Y)}; give one row of Y for each row of X{header}"
        )
    autoencoder = Y is X
    with np.errstate(over="ignore", invalid="ignore"):
        deviation = _deviation(X) if standardize else np.zeros(X.shape[1])

        def treated(centre: bool) -> tuple[Array, Array]:
            inputs, targets = (_centred(X), _centred(Y)) if centre else (X, Y)
            inputs = inputs / np.where(deviation > 0, deviation, 1.0)
            return inputs, inputs if autoencoder else targets

        others = treated(center is False)
        otherwise = others[0].T @ others[0] / len(X), others[0].T @ others[1] / len(X)
        X, Y = treated(center is not False)
        Sxx, Sxy = X.T @ X / len(X), X.T @ Y / len(X)
    for table, name in ((X, x_path), (Y, y_name)):
        if not table.any():
            raise UsageError(_nothing(name, "X" if table is X else "Y", centred=center is not False))
    # X and Y themselves too: of numbers below 1e-162 the squares are 0
    _require_ordinary_size({"X": X, "Y": Y, "X^T X / n": Sxx, "X^T Y / n": Sxy}, x_path)
    same = all(map(np.array_equal, otherwise, (Sxx, Sxy)))
    known = all(np.isfinite(part).all() for part in otherwise)
    return replace(
        _of_samples(X, Y, Sxx, Sxy, autoencoder=autoencoder),
        centred=center is not False,
        otherwise=otherwise if known and not same else None,
        note="; ".join(said),
    )


def _nothing(path: str, name: str, *, centred: bool) -> str:
    """What is said of inputs or targets of which nothing is left."""
    if centred:
        return (
            f"{path}: every column of {name} is constant, and nothing is left of it without its mean; give columns that "
            "vary (or keep the means: rankladder data --no-center)"
        )
    return f"{path}: {name} is zero, so there is nothing to learn; give columns that are not"


_EQUAL = 16 * float(np.finfo(np.float64).eps)


def _centred(table: Array) -> Array:
    """Without column means; columns of equal numbers become 0, also where their mean is off by a rounding."""
    gap: Array = table - table.mean(axis=0)
    return np.where(np.abs(gap).max(axis=0) > _EQUAL * np.abs(table).max(axis=0), gap, 0.0)


def _deviation(table: Array) -> Array:
    return np.asarray(_centred(table).std(axis=0))


def _of_samples(X: Array, Y: Array, Sxx: Array, Sxy: Array, *, autoencoder: bool) -> DataSet:
    n, d = X.shape
    scale = np.sqrt(n)
    # tall inputs have the singular values of their triangle; targets are turned along
    frame, triangle = np.linalg.qr(X / scale) if n > 2 * d else (None, X / scale)
    targets = Y / scale if frame is None else frame.T @ (Y / scale)
    left, values, right = np.linalg.svd(triangle, full_matrices=False)
    kept = values > values[0] * max(n, d) * np.finfo(np.float64).eps
    left, values, right = left[:, kept], values[kept], right[kept]
    fitted = left.T @ targets
    predictions = left @ fitted if frame is None else frame @ (left @ fitted)
    residual = Y / scale - predictions
    return DataSet(
        Sxx,
        Sxy,
        syy=float(np.sum(Y * Y) / n),
        n=n,
        root=values[:, None] * right,
        unrooted=right.T / values,
        fitted=fitted,
        least_loss=0.5 * float(np.sum(residual * residual)),
        autoencoder=autoencoder,
    )


_TINY, _HUGE = 1e-60, 1e60  # squares and products of moments of this size stay far from the ends of float64


def _require_ordinary_size(matrices: Mapping[str, Array], path: str) -> None:
    """Refuse numbers whose squares float64 cannot hold: every figure derived from them would be wrong."""
    for name, matrix in matrices.items():
        size = float(np.abs(matrix).max())
        if not np.isfinite(size) or size > _HUGE or 0 < size < _TINY:
            raise UsageError(
                f"{path}: the largest entry of {name} is {size:.3g}, must lie between {_TINY:g} and {_HUGE:g}; "
                "rescale the columns"
            )


def _from_moments(
    path: str, arrays: dict[str, NDArray[np.generic]], center: bool | None, standardize: bool
) -> DataSet:
    if "Sxy" not in arrays:
        raise UsageError(f"{path} holds Sxx but not Sxy; save both, or X and Y")
    for option, asked in (("--standardize", standardize), ("--center", center)):
        if asked:
            raise UsageError(f"{path} holds moments; {option} needs the samples X")
    Sxx, Sxy = _table(arrays["Sxx"], f"{path} (Sxx)"), _table(arrays["Sxy"], f"{path} (Sxy)")
    if Sxx.shape[0] != Sxx.shape[1]:
        raise UsageError(f"{path}: Sxx has shape {Sxx.shape}, must be square; save X^T X / n")
    if Sxy.shape[0] != Sxx.shape[0]:
        raise UsageError(
            f"{path}: Sxy has {Sxy.shape[0]} rows, must have {Sxx.shape[0]} as Sxx has; save X^T Y / n"
        )
    _require_ordinary_size({"Sxx": Sxx, "Sxy": Sxy}, path)
    return data_of_moments(Sxx, Sxy)


def data_of_moments(Sxx: Array, Sxy: Array) -> DataSet:
    """A data set of which only the moments (d, d) and (d, p) are known.

    >>> data_of_moments(np.diag([4.0, 0.0]), np.array([[2.0], [0.0]])).root.round(12).tolist()
    [[2.0, 0.0]]
    """
    eigenvalues, frame = np.linalg.eigh((Sxx + Sxx.T) / 2)
    kept = eigenvalues > 10 * len(Sxx) * np.finfo(np.float64).eps * max(float(eigenvalues[-1]), 0.0)
    frame, roots = frame[:, kept], np.sqrt(eigenvalues[kept])
    return DataSet(
        Sxx,
        Sxy,
        syy=None,
        n=None,
        root=roots[:, None] * frame.T,
        unrooted=frame / roots,
        fitted=(frame.T @ Sxy) / roots[:, None],
        least_loss=0.0,
    )


def arrays_of(
    path: str, words: str = "", said: list[str] | None = None, chosen: Targets | None = None
) -> dict[str, NDArray[np.generic]]:
    """All arrays of a file by name; the one of a ``.npy``, ``.csv`` or ``.parquet`` is X.

    Args:
        words: what to do with a cell of a ``.csv`` that is no number, where there is more to say than that it must be one.
        said: to which what was guessed of a ``.csv`` is added.
        chosen: the columns of the table that are Y.

    Raises:
        UsageError: for a file that holds none, or cannot be read.
    """
    file = given_path(path)
    if file.is_dir():
        raise UsageError(f"{path} is a folder; give a .npy, .npz, .csv or .parquet file")
    if not file.exists():
        raise UsageError(f"{path} does not exist; give a .npy, .npz, .csv or .parquet file")
    ending = file.suffix.lower()
    if ending not in (".npy", ".npz", ".csv", ".parquet"):
        raise UsageError(f"{path} ends in {ending or 'nothing'}; expected .npy, .npz, .csv or .parquet")
    if ending == ".parquet":
        names, frame = _read_parquet(path, file, chosen)
        return chosen.split(path, names, frame) if chosen else {"X": frame}
    try:
        if ending == ".csv":
            table, names, guessed = _read_csv(path, file.read_bytes(), words, chosen)
            if said is not None:
                said.append(guessed)
            return chosen.split(path, names, table) if chosen else {"X": table}
        with file.open("rb") as stream:
            _require_numpy(path, ending, stream.read(6))
            stream.seek(0)
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return chosen.split(path, [], loaded) if chosen else {"X": loaded}
            with loaded:
                arrays = {name: loaded[name] for name in loaded.files}
            strange = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
            if strange:
                raise UsageError(f"{path}: {strange[0]} is no array; save it again with numpy.savez")
    except UsageError:
        raise
    except PermissionError as error:
        raise UsageError(f"{path} cannot be read: permission denied") from error
    except Exception as error:  # a damaged file may fail in any of NumPy's, zip's or zlib's ways
        if ending == ".csv":
            reason = textwrap.shorten(str(error), 120, placeholder=" …") or type(error).__name__
            raise UsageError(
                f"{path} cannot be read as .csv: {reason}; save it again as plain text"
            ) from error
        if "allow_pickle" in str(error):  # NumPy would advise to trust the file
            raise UsageError(
                f"{path} holds Python objects, must hold numbers; save it again with numpy.{_SAVERS[ending]} after "
                "astype(float)"
            ) from error
        raise UsageError(
            f"{path} cannot be read as {ending}: the file is cut short or damaged; save it again with "
            f"numpy.{_SAVERS[ending]}"
        ) from error
    return arrays


def _read(
    path: str, said: list[str], words: str = "", chosen: Targets | None = None
) -> dict[str, NDArray[np.generic]]:
    arrays = arrays_of(path, words, said, chosen)
    if "X" in arrays and "Sxx" in arrays:
        raise UsageError(f"{path} holds both X and Sxx; save either the samples or their moments")
    if "X" not in arrays and "Sxx" not in arrays:
        held = ", ".join(arrays) or "nothing"
        raise UsageError(f"{path} holds {held}; expected X[, Y] or Sxx, Sxy")
    known = ("X", "Y") if "X" in arrays else ("Sxx", "Sxy")
    unknown = [name for name in arrays if name not in known]
    if unknown:
        run = {"W", "W1", "W2"} & set(unknown)
        raise UsageError(
            f"{path} holds {', '.join(unknown)} beside {', '.join(n for n in known if n in arrays)}; only {' and '.join(known)} "
            "are read, descent is run anew: save these alone"
            + (", and the run beside them for --run" if run else "")
        )
    if chosen and path.lower().endswith(".npz") and "X" in arrays:
        if "Y" in arrays:
            raise UsageError(f"{path} holds Y already; leave out --target, or save X without Y")
        return chosen.split(path, [], arrays["X"])
    return arrays


def _read_targets(path: str, one_hot: bool, said: list[str]) -> NDArray[np.generic]:
    if path.lower().endswith(".npz"):
        raise UsageError(
            f"{path} is an archive of arrays; give the targets as .npy or .csv, or X and Y in one .npz"
        )
    return _read(path, said, "; number labels that are words, 0, 1, 2, …" if one_hot else "")["X"]


_SAVERS = {".npy": "save", ".npz": "savez"}
_BEGINNINGS = (b"\x93NUMPY", b"PK")  # an array, an archive of arrays


def _require_numpy(path: str, ending: str, beginning: bytes) -> None:
    """Refuse what NumPy would take for pickled objects: any file that is none of its own."""
    if not beginning.startswith(_BEGINNINGS):
        what = "holds no NumPy array, whatever its name" if beginning else "is empty"
        raise UsageError(
            f"{path} {what}; save the array with numpy.{_SAVERS[ending]}, or give a table of text as .csv"
        )


def _read_csv(path: str, raw: bytes, words: str, chosen: Targets | None) -> tuple[Array, list[str], str]:
    """The table, the names of its columns, if any, and what was taken for what."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode("latin-1")
        except UnicodeDecodeError as error:
            raise UsageError(f"{path} is not text; save it as UTF-8") from error
    lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise UsageError(f"{path} has no rows; give at least one row of numbers")
    separator = _separator([line for _, line in lines])
    rows: list[list[float]] = []
    header: list[str] = []
    width, signs = 0, set[str]()  # width: of the header, or of the first row
    labels: dict[int, list[str]] = {}  # of the columns whose cells may be words
    places: list[int] = []
    for position, (number, line) in enumerate(lines):
        cells = [c.strip() for c in next(csv.reader([line], delimiter=separator, skipinitialspace=True))]
        if cells and cells[-1] == "" and len(cells) > 1 and (not width or len(cells) == width + 1):
            cells.pop()  # a trailing separator
        values = [_cell(c, separator) for c in cells]
        width = width or len(cells)
        if position == 0 and all(v is None for v in values):
            header = cells
            continue
        if chosen and not rows:
            places = chosen.places(path, header, width)
            labels = {place: [] for place in places} if chosen.labels else {}
        for place in labels:
            if place < len(cells) and cells[place]:
                labels[place].append(cells[place])
                values[place] = 0.0  # until all of them are known
        for column, (value, cell) in enumerate(zip(values, cells, strict=True), 1):
            if value is None:
                shown = cell if len(cell) <= 30 else cell[:27] + "..."
                what = "is empty" if cell == "" else f"holds {shown!r}, not a number"
                hint = "; where it is a label, add --one-hot" if column - 1 in places else words
                hint = hint if any(map(str.isalpha, cell)) else ""
                raise UsageError(
                    f"{path}: line {number}, column {column} {what}; every cell below the header must be a number{hint}"
                )
            if column - 1 in labels:
                continue
            signs |= {sign for sign in ".," if sign in cell}
            if len(signs) > 1:
                raise UsageError(
                    f"{path}: line {number}, column {column}: {cell} is a number with a decimal {'comma' if ',' in cell else 'point'}, "
                    "others have the other; write all with a point"
                )
        if len(values) != width:
            raise UsageError(
                f"{path}: line {number} has {len(values)} cells, the first has {width}; make them equal"
                + (", and write a decimal comma as a point" if (width, separator) == (1, ",") else "")
            )
        rows.append([v for v in values if v is not None])
    if not rows:
        raise UsageError(f"{path} has a header but no rows; give at least one row of numbers")
    if separator == "," and (told := _decimal_comma([line for _, line in lines[bool(header) :]])):
        raise UsageError(
            f"{path}: in {told} the comma seems to be decimal, and not between two columns; write numbers with a point, or put "
            "; between columns"
        )
    table = np.array(rows, dtype=float)
    for place, cells in labels.items():
        found = [_cell(cell, separator) for cell in cells]
        table[:, place] = numbered(np.array(cells)) if None in found else found
    _require_finite(
        table, path, lambda row: f"line {lines[row - len(rows)][0]}"
    )  # a header comes before the rows
    return table, header, f"{Path(path).name}: {'; '.join(_guessed(table, header, commas=',' in signs))}"


_HEADER = 8  # names shown


def _guessed(table: Array, header: list[str], *, commas: bool) -> Iterator[str]:
    """What a table of text was taken for, and what of it may be no sample or no quantity."""
    names = ", ".join(name or "(no name)" for name in header[:_HEADER]) + " …" * (len(header) > _HEADER)
    yield f"header: {names}" if header else "no header"
    if commas:
        yield "commas are decimal"
    first, top = table[:, 0], table[0]
    if table.shape[1] > 1:
        counts = len(first) > 2 and first[0] in (0, 1) and bool((np.diff(first) == 1).all())
        if counts or (header and not header[0]):
            what = "counts the rows" if counts else "has no name"
            yield f"column 1 {what} and is taken as a quantity; leave it out if it is an index (to_csv(index=False))"
        if not header and top[0] == np.floor(top[0]) and (np.diff(top) == 1).all():
            yield f"row 1, {top[0]:g}, {top[1]:g}, …, is taken as a sample; give it words if it is a header"


def _separator(lines: list[str]) -> str:
    sample = lines[:20]
    for candidate in (";", "\t", ","):
        if all(candidate in line for line in sample):
            return candidate
    return (
        "," if any("," in line for line in sample) else " " if all(" " in s.strip() for s in sample) else ","
    )


def _decimal_comma(lines: list[str]) -> str:
    """A number in which a comma between whole numbers is decimal, by what follows it, where all may be such numbers.

    >>> _decimal_comma(["1,25", "3,05"]), _decimal_comma(["1,25", "3,5"]), _decimal_comma(["1.5,05", "3,5"])
    ('3,05', '', '')
    """
    pairs = [re.fullmatch(r"\s*(-?\d+),(\d+)\s*", line) for line in lines]
    if not all(pairs):
        return ""
    found = (p for p in pairs if p and (re.match(r"0\d", p[2]) or re.match(r"-0+$", p[1])))
    return next((p[0].strip() for p in found), "")


def _cell(cell: str, separator: str) -> float | None:
    if separator in (";", "\t") and cell.count(",") == 1 and "." not in cell:
        cell = cell.replace(",", ".")  # a decimal comma, as spreadsheets of many countries write it
    if "_" in cell:
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def _read_parquet(path: str, file: Path, chosen: Targets | None) -> tuple[list[str], NDArray[np.generic]]:
    """The names and the columns of a data frame that was written as a file, in their order."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise UsageError(
            f"{path}: reading .parquet needs pyarrow; pip install pyarrow, or save the table as .csv"
        ) from None
    try:
        table = parquet.read_table(file)
    except PermissionError as error:
        raise UsageError(f"{path} cannot be read: permission denied") from error
    except (ArrowException, OSError, ValueError) as error:
        reason = textwrap.shorten(str(error), 120, placeholder=" …")
        raise UsageError(f"{path} cannot be read as .parquet: {reason}; save it again") from error
    # an index that pandas keeps beside its columns is no input
    index = (table.schema.pandas_metadata or {}).get("index_columns", ())
    names = [n for n in table.column_names if n not in index and not n.startswith("__index_level_")]
    places = chosen.places(path, names, len(names)) if chosen else []
    columns = []
    for place, name in enumerate(names):
        column = table.column(name).to_numpy()
        if place in places and column.dtype.kind == "O" and all(isinstance(label, str) for label in column):
            if chosen and not chosen.labels:
                raise UsageError(f"{path}: target {name!r} holds words; where they are labels, add --one-hot")
            column = numbered(column.astype(str))
        if column.dtype.kind not in "fiub":
            raise UsageError(
                f"{path}: column {name!r} has type {table.schema.field(name).type}, must be real numbers; "
                "leave it out or convert it"
            )
        columns.append(column)
    return names, np.column_stack(columns) if columns else np.empty((table.num_rows, 0))


_MOST_LABELS = 1000


_FEW_LABELS = 20


def _possible_labels(targets: Array) -> int:
    """How many values one column of whole numbers takes, where they are few beside the samples; else 0."""
    if targets.shape[1] != 1 or not np.array_equal(targets, np.round(targets)):
        return 0
    known = len(np.unique(targets))
    return known if 1 < known <= min(_FEW_LABELS, len(targets) // 3) else 0


def _indicators(labels: Array, name: str) -> Array:
    """Columns of zeros and ones, one for each label in rising order."""
    if labels.shape[1] != 1 or not np.array_equal(labels, np.round(labels)):
        what = (
            f"{labels.shape[1]} columns"
            if labels.shape[1] != 1
            else f"{labels[labels != np.round(labels)][0]:g}"
        )
        raise UsageError(f"{name} holds {what}, --one-hot needs a whole number a sample; leave --one-hot out")
    known = np.unique(labels)
    if len(known) > _MOST_LABELS:
        raise UsageError(
            f"{name} holds {len(known)} different labels, --one-hot takes at most {_MOST_LABELS}; are they labels?"
        )
    return np.asarray(labels == known, dtype=np.float64)


def _targets(array: NDArray[np.generic], name: str, one_hot: bool) -> Array:
    array = numbered(array) if one_hot else array
    return _table(array[:, None] if array.ndim == 1 else array, name)


def _table(array: NDArray[np.generic], name: str) -> Array:
    if array.ndim != 2:
        remedy = "reshape it with reshape(-1, 1)" if array.ndim == 1 else "give a table, a sample a row"
        raise UsageError(f"{name} has shape {array.shape}, must be two-dimensional; {remedy}")
    if array.dtype.kind not in "fiub":
        raise UsageError(
            f"{name} has type {array.dtype}, must be real numbers; convert it with astype(float)"
        )
    if array.shape[0] == 0 or array.shape[1] == 0:
        raise UsageError(f"{name} has shape {array.shape}; give at least one row and one column")
    with np.errstate(over="ignore"):
        table = np.ascontiguousarray(array, dtype=np.float64)
    _require_finite(table, name, lambda row: f"row {row + 1}")
    return table


def _require_finite(table: Array, name: str, place: Callable[[int], str]) -> None:
    bad = np.argwhere(~np.isfinite(table))
    if len(bad):
        i, j = bad[0].tolist()
        raise UsageError(
            f"{name} holds {table[i, j]} at {place(i)}, column {j + 1} ({len(bad)} such {'entry' if len(bad) == 1 else 'entries'}); "
            "remove or impute them"
        )
