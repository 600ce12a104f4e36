"""Reading data: right moments from every format, one clear line for everything else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rankladder.properties.gidel2019.data.reading import DataSet, read_dataset
from rankladder.usage import UsageError

X = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, -1.0], [0.5, 0.25]])
Y = np.array([[1.0], [0.0], [2.0], [3.0]])


def moments(X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(X)
    Xc, Yc = X - X.mean(0), Y - Y.mean(0)
    return Xc.T @ Xc / n, Xc.T @ Yc / n


def read(
    *paths: Path,
    center: bool | None = None,
    standardize: bool = False,
    one_hot: bool = False,
    targets: Sequence[str] = (),
) -> DataSet:
    return read_dataset(
        str(paths[0]),
        str(paths[1]) if len(paths) > 1 else None,
        center=center,
        standardize=standardize,
        one_hot=one_hot,
        targets=targets,
    )


def test_npy_npz_and_csv_agree(tmp_path) -> None:
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "Y.npy", Y)
    np.savez(tmp_path / "both.npz", X=X, Y=Y)
    np.savetxt(tmp_path / "X.csv", X, delimiter=",")
    np.savetxt(tmp_path / "Y.csv", Y, delimiter=",", header="target", comments="")
    expected = moments(X, Y)
    for paths in (("X.npy", "Y.npy"), ("both.npz",), ("X.csv", "Y.csv")):
        data = read(*(tmp_path / p for p in paths))
        np.testing.assert_allclose(data.Sxx, expected[0], atol=1e-14)
        np.testing.assert_allclose(data.Sxy, expected[1], atol=1e-14)
        assert data.n == 4


@pytest.mark.parametrize("shape", [(1, 3), (3, 2), (4, 2), (5, 2), (30, 2), (8, 4)])
def test_what_is_kept_of_samples_is_what_it_is_said_to_be(tmp_path, shape: tuple[int, int]) -> None:
    """Wide tables and tall ones are decomposed in different ways."""
    n, d = shape
    rng = np.random.default_rng(n)
    inputs, targets = rng.integers(-9, 10, (n, d)) / 4, rng.integers(-9, 10, (n, 3)) / 2
    inputs[:, -1] = 2 * inputs[:, 0]  # so that the rank is less than d
    np.savez(tmp_path / "s.npz", X=inputs, Y=targets)
    data = read(tmp_path / "s.npz", center=False)
    best = np.linalg.pinv(inputs, rcond=1e-12) @ targets
    assert data.root.shape == (np.linalg.matrix_rank(inputs), d)
    np.testing.assert_allclose(data.root.T @ data.root, inputs.T @ inputs / n, atol=1e-13)
    np.testing.assert_allclose(data.Sxx, inputs.T @ inputs / n, atol=1e-13)
    np.testing.assert_allclose(data.Sxy, inputs.T @ targets / n, atol=1e-13)
    gram = data.root @ data.root.T
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-13)
    np.testing.assert_allclose(data.unrooted, np.linalg.pinv(data.root), atol=1e-12)
    np.testing.assert_allclose(data.unrooted @ data.fitted, best, atol=1e-12)
    assert data.syy == pytest.approx(np.sum(targets**2) / n)
    for W in (best, 0 * best, best + rng.standard_normal(best.shape)):
        loss = np.sum((inputs @ W - targets) ** 2) / (2 * n)
        stated = np.sum((data.root @ W - data.fitted) ** 2) / 2 + data.least_loss
        assert stated == pytest.approx(loss, abs=1e-13)


# targets among the columns of one file


def test_one_file_is_an_autoencoder_and_says_so_unless_columns_of_it_are_targets(tmp_path) -> None:
    table = np.hstack([Y, X])
    np.save(tmp_path / "all.npy", table)
    np.savez(tmp_path / "all.npz", X=table)
    np.savetxt(tmp_path / "all.csv", table, delimiter=",", header="y,a,b", comments="")
    files = [tmp_path / f"all.{ending}" for ending in ("npy", "npz", "csv")]
    for file in files:
        alone = read(file)
        assert alone.autoencoder and alone.note.startswith("no Y: studied as an autoencoder, Y = X (")
        found = read(file, targets=["1"])
        np.testing.assert_allclose(found.Sxy, moments(X, Y)[1], atol=1e-14)
        assert not found.autoencoder and "autoencoder" not in found.note and "Y: column 1" in found.note
    named = read(files[-1], targets=["b", "y"])
    np.testing.assert_allclose(named.Sxy, moments(X[:, :1], np.hstack([X[:, 1:], Y]))[1], atol=1e-14)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_labels_in_words_are_targets_with_one_hot(tmp_path, ending: str) -> None:
    words = ["red", "blue", "red", "green"]
    if ending == "csv":
        rows = [f"{a},{w},{b}" for (a, b), w in zip(X, words, strict=True)]
        (tmp_path / "t.csv").write_text("\n".join(["a,colour,b", *rows]))
    else:
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        table = pyarrow.table({"a": X[:, 0], "colour": words, "b": X[:, 1]})
        parquet.write_table(table, tmp_path / "t.parquet")
    file = tmp_path / f"t.{ending}"
    labels = np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]])  # blue, green, red
    for column in ("colour", "2"):
        found = read(file, one_hot=True, targets=[column])
        np.testing.assert_allclose(found.Sxy, moments(X, labels)[1], atol=1e-14)
    assert "add --one-hot" in refused(file, targets=["colour"])


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (["c"], "has no column 'c'; give --target a name (a, b, b) or a number from 1 to 3"),
        (["0"], "has no column '0'; give --target a name (a, b, b) or a number from 1 to 3"),
        (["b"], "has 2 columns named b; give --target the number of one, from 1 to 3"),
        (["1", "2", "3"], "--target names all 3 columns of {file}; leave at least one as an input"),
    ],
)
def test_columns_that_cannot_be_targets_are_refused(tmp_path, targets: list[str], said: str) -> None:
    file = csv_of(tmp_path, "a,b,b\n1,2,3\n4,5,7\n")
    assert refused(file, targets=targets) in (f"{file} {said}", said.format(file=file))


def test_targets_come_from_one_place(tmp_path) -> None:
    bare, both = csv_of(tmp_path, "1,2\n3,5\n"), saved(tmp_path, "both.npz", X=X, Y=Y)
    made = saved(tmp_path, "moments.npz", Sxx=np.eye(2), Sxy=np.eye(2))
    assert "number from 1 to 2, as its columns have no names" in refused(bare, targets=["a"])
    assert refused(bare, both, targets=["1"]).endswith("is a file of targets; give one of the two")
    assert refused(both, targets=["1"]) == f"{both} holds Y already; leave out --target, or save X without Y"
    assert refused(made, targets=["1"]) == f"{made} holds moments; --target needs the samples"


# numbers and refusals at their limits


def refused(*paths: Path, **options: Any) -> str:
    with pytest.raises(UsageError) as error:
        read(*paths, **options)
    return str(error.value)


def saved(folder: Path, name: str, **arrays: Any) -> Path:
    np.savez(folder / name, **arrays)
    return folder / name


def test_what_may_be_given_beside_what(tmp_path) -> None:
    both, alone = saved(tmp_path, "both.npz", X=X, Y=Y), saved(tmp_path, "alone.npz", X=X)
    made = saved(tmp_path, "moments.npz", Sxx=np.eye(2), Sxy=np.eye(2))
    np.save(tmp_path / "Y.npy", Y)
    second = tmp_path / "Y.npy"
    assert refused(made, second) == f"{made} holds Sxx and Sxy; give no second file, got {second}"
    assert refused(both, second) == f"{both} holds Y already; give no second file, got {second}"
    assert not read(alone, second).autoencoder and read(alone).autoencoder
    assert (read(alone, second).Sxy == read(both).Sxy).all()
    for option in ("standardize", "center"):
        assert refused(made, **{option: True}) == f"{made} holds moments; --{option} needs the samples X"
    mixed = saved(tmp_path, "mixed.npz", X=X, Sxx=np.eye(2))
    assert refused(mixed) == f"{mixed} holds both X and Sxx; save either the samples or their moments"
    none = saved(tmp_path, "none.npz")
    assert refused(none) == f"{none} holds nothing; expected X[, Y] or Sxx, Sxy"
    other = saved(tmp_path, "other.npz", A=X, B=Y)
    assert refused(other) == f"{other} holds A, B; expected X[, Y] or Sxx, Sxy"


@pytest.mark.parametrize("known", [{"X": X, "Y": Y}, {"Sxx": np.eye(2), "Sxy": np.eye(2)}])
def test_what_an_archive_holds_beside_the_data_is_not_passed_over(tmp_path, known: dict[str, Any]) -> None:
    said = refused(saved(tmp_path, "run.npz", **known, W1=np.eye(2), W2=np.eye(2)))
    assert "run.npz holds W1, W2 beside" in said and "descent is run anew" in said


def test_centring_and_standardising_worked_out_by_hand(tmp_path) -> None:
    # columns of X: mean 3, deviation 2; constant; Y: mean 5
    table, targets = np.array([[1.0, 7.0], [5.0, 7.0]]), np.array([[4.0], [6.0]])
    file = saved(tmp_path, "d.npz", X=table, Y=targets)
    cases: list[tuple[Any, bool, Any, Any, float]] = [
        (None, False, [[4, 0], [0, 0]], [[2], [0]], 1),
        (True, False, [[4, 0], [0, 0]], [[2], [0]], 1),
        (False, False, [[13, 21], [21, 49]], [[17], [35]], 26),
        (None, True, [[1, 0], [0, 0]], [[1], [0]], 1),
        (False, True, [[3.25, 10.5], [10.5, 49]], [[8.5], [35]], 26),
    ]
    for center, standardize, Sxx, Sxy, syy in cases:
        data = read(file, center=center, standardize=standardize)
        np.testing.assert_allclose(data.Sxx, Sxx, atol=1e-14)
        np.testing.assert_allclose(data.Sxy, Sxy, atol=1e-14)
        assert data.syy == pytest.approx(syy) and data.n == 2 and not data.autoencoder


def test_moments_of_other_shapes_and_sizes_are_refused(tmp_path) -> None:
    wide = saved(tmp_path, "wide.npz", Sxx=np.ones((2, 3)), Sxy=np.ones((2, 1)))
    assert refused(wide) == f"{wide}: Sxx has shape (2, 3), must be square; save X^T X / n"
    for rows in (1, 3):
        file = saved(tmp_path, "rows.npz", Sxx=np.eye(2), Sxy=np.ones((rows, 2)))
        assert refused(file) == f"{file}: Sxy has {rows} rows, must have 2 as Sxx has; save X^T Y / n"
    half = saved(tmp_path, "half.npz", Sxx=np.eye(2))
    assert refused(half) == f"{half} holds Sxx but not Sxy; save both, or X and Y"


def test_files_that_hold_no_table_are_refused_with_a_remedy(tmp_path) -> None:
    (tmp_path / "folder.npy").mkdir()
    folder, missing, bare = tmp_path / "folder.npy", tmp_path / "missing.csv", tmp_path / "bare"
    assert refused(folder) == f"{folder} is a folder; give a .npy, .npz, .csv or .parquet file"
    assert refused(missing) == f"{missing} does not exist; give a .npy, .npz, .csv or .parquet file"
    bare.write_text("1")
    assert refused(bare) == f"{bare} ends in nothing; expected .npy, .npz, .csv or .parquet"
    for name, saver, content, what in (
        ("empty.npy", "save", b"", "is empty"),
        ("empty.npz", "savez", b"", "is empty"),
        ("text.npz", "savez", b"1,2", "holds no NumPy array, whatever its name"),
        ("short.npy", "save", b"\x93NUMP", "holds no NumPy array, whatever its name"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        assert refused(file) == (
            f"{file} {what}; save the array with numpy.{saver}, or give a table of text as .csv"
        )
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04garbage")
    assert "cannot be read" in refused(tmp_path / "broken.npz")
    file = tmp_path / "cut.npy"
    file.write_bytes(b"\x93NUMPY\x01\x00garbage")
    assert (
        refused(file)
        == f"{file} cannot be read as .npy: the file is cut short or damaged; save it again with numpy.save"
    )


def csv_of(folder: Path, text: str | bytes) -> Path:
    file = folder / "t.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("7\n8\n", [[7], [8]]),
        ("\ufeffa,b\r\n1,2\r\n\r\n3,4\r\n\r\n", [[1, 2], [3, 4]]),
        ('"a";"b"\n1.0;2.0\n3;0.5', [[1, 2], [3, 0.5]]),
        ("1\t2\n3\t0,5\n", [[1, 2], [3, 0.5]]),
        ("1;2,5\n3,5;4", [[1, 2.5], [3.5, 4]]),
        ("1 2\n3 4\n", [[1, 2], [3, 4]]),
        ("1,2,\n3,4,\n", [[1, 2], [3, 4]]),  # a trailing separator on every line, or on some
        ("a,b,\n1,2,\n3,4\n", [[1, 2], [3, 4]]),
        ("1e3,-2.5\n", [[1000, -2.5]]),
        ("a,b\n1,2\n".encode("utf-16"), [[1, 2]]),
        ("größe,b\n1,2\n".encode("latin-1"), [[1, 2]]),
    ],
)
def test_tables_of_text_as_programs_write_them(tmp_path, text: str | bytes, table: list[list[float]]) -> None:
    """What is kept of a table are its moments, and row by row they tell the table."""
    (tmp_path / "Y.csv").write_text("\n".join(map(str, np.eye(len(table)))).replace("[", "").replace("]", ""))
    data = read(csv_of(tmp_path, text), tmp_path / "Y.csv", center=False)
    np.testing.assert_allclose(len(table) * data.Sxy.T, table, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,1_000\n2,3\n", "line 1, column 2 holds '1_000', not a number; every cell below the header must be a number"),
        ("a,b\n1,2,3\n4,5,6\n", "line 2 has 3 cells, the first has 2; make them equal"),
        ("x,y\n1,\n", "line 2, column 2 is empty; every cell below the header must be a number"),
        ("1,2\n3,4,,\n", "line 2, column 3 is empty; every cell below the header must be a number"),
        ("1;2,5\n3.5;4\n", "line 2, column 1: 3.5 is a number with a decimal point, others have the other; write all with a point"),
        ("a,b\n\n1,2\nnan,3\n4,inf\n", "nan at line 4, column 1 (2 such entries); remove or impute them"),
        ("y\n1,5\n2,25\n", "line 2 has 2 cells, the first has 1; make them equal, and write a decimal comma as a point"),
        ("1,5\n2,05\n", "in 2,05 the comma seems to be decimal, and not between two columns; write numbers with a point, or put ; between columns"),
        ("1;1,234,5\n", "line 1, column 2 holds '1,234,5', not a number; every cell below the header must be a number"),
    ],
)  # fmt: skip
def test_cells_that_are_no_numbers_are_named(tmp_path, text: str, said: str) -> None:
    file = csv_of(tmp_path, text)
    assert refused(file) in (f"{file}: {said}", f"{file} holds {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n3,5\n", "t.csv: header: a, b"),
        ("1.5,2\n3,5\n", "t.csv: no header"),
        ("a;b\n1,5;2\n3;5\n", "t.csv: header: a, b; commas are decimal"),
        (",a\n0,2\n1,5\n2,4\n", "header: (no name), a; column 1 counts the rows and is taken as a quantity"),
        (",a\n7,2\n1,5\n", "column 1 has no name and is taken as a quantity; leave it out if it is an index"),
        ("n,a\n1,2\n2,5\n3,4\n", "column 1 counts the rows"),
        ("1990,1991\n3,1\n5,6\n", "no header; row 1, 1990, 1991, …, is taken as a sample"),
    ],
)
def test_what_a_table_of_text_is_taken_for_is_said(tmp_path, text: str, said: str) -> None:
    note = read(csv_of(tmp_path, text)).note
    assert said in note and ("taken" in note) is ("taken" in said or "counts" in said)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros(3), "has shape (3,), must be two-dimensional; reshape it with reshape(-1, 1)"),
        (np.array([[1j]]), "has type complex128, must be real numbers; convert it with astype(float)"),
        (np.zeros((0, 2)), "has shape (0, 2); give at least one row and one column"),
        (np.array([[1, 2, np.nan], [4, -np.inf, np.inf]]), "holds nan at row 1, column 3 (3 such entries); remove or impute them"),
    ],
)  # fmt: skip
def test_arrays_that_are_no_tables_are_refused(tmp_path, array: Any, said: str) -> None:
    np.save(tmp_path / "X.npy", array)
    assert refused(tmp_path / "X.npy") == f"{tmp_path / 'X.npy'} {said}"
