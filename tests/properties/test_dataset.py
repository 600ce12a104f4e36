"""Reading data: right moments from every format, one clear line for everything else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from properties.data.reading import read_dataset
from properties.usage import UsageError

X = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, -1.0], [0.5, 0.25]])
Y = np.array([[1.0], [0.0], [2.0], [3.0]])


def moments(X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(X)
    Xc, Yc = X - X.mean(0), Y - Y.mean(0)
    return Xc.T @ Xc / n, Xc.T @ Yc / n


def read(*paths: Path, center: bool | None = None, standardize: bool = False):
    return read_dataset(
        str(paths[0]), str(paths[1]) if len(paths) > 1 else None, center=center, standardize=standardize
    )


def test_npy_npz_and_csv_agree(tmp_path: Path) -> None:
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


def test_no_targets_means_autoencoder(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", X)
    data = read(tmp_path / "X.npy", standardize=True)
    np.testing.assert_array_equal(data.Sxx, data.Sxy)
    np.testing.assert_allclose(np.diag(data.Sxx), 1)
    assert data.autoencoder


def test_standardizing_leaves_targets_and_constant_columns(tmp_path: Path) -> None:
    table = np.column_stack([X, np.full(4, 7.0)])
    np.save(tmp_path / "X.npy", table)
    np.save(tmp_path / "Y.npy", Y)
    data = read(tmp_path / "X.npy", tmp_path / "Y.npy", standardize=True)
    np.testing.assert_allclose(np.diag(data.Sxx), [1, 1, 0], atol=1e-14)
    assert data.syy == pytest.approx(float(np.var(Y)))


@pytest.mark.parametrize(
    "text",
    [
        "1,2\n3,5\n4,-1\n0.5,0.25\n",
        "a,b\n1,2\n3,5\n4,-1\n0.5,0.25\n",
        "\ufeffa,b\r\n1,2\r\n\r\n3,5\r\n4,-1\r\n0.5,0.25\r\n\r\n",
        "1;2\n3;5\n4;-1\n0,5;0,25\n",
        '"a";"b"\n1.0;2.0\n3;5\n4;-1\n0.5;0.25',
        "1\t2\n3\t5\n4\t-1\n0.5\t0.25\n",
        "1\t2\n3\t5\n4\t-1\n0,5\t0,25\n",
        "1, 2\n3, 5\n4, -1\n0.5, 0.25,\n".replace(",\n", "\n"),
    ],
)
def test_csv_dialects(tmp_path: Path, text: str) -> None:
    (tmp_path / "X.csv").write_bytes(text.encode("utf-8"))
    np.testing.assert_allclose(read(tmp_path / "X.csv").Sxx, moments(X, X)[0], atol=1e-14)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2\n3,x\n", "line 2, column 2 holds 'x'"),
        ("a,b\n1,2\n3,\n", "line 3, column 2 is empty"),
        ("1,2\n3,4,5\n", "line 2 has 3 cells"),
        ("1.234;2,5\n3;4\n", "decimal comma"),
        ("1,5;2\n3;1.250\n", "decimal point"),
        ("a,b,c\n1,2,\n3,4,\n", "line 2, column 3 is empty"),
        ("a,b\n1,2,3\n4,5,6\n", "line 2 has 3 cells, the first has 2"),
        ("1,nan\n3,4\n", "nan at row 1, column 2"),
        ("1,2\n3,inf\n", "inf at row 2, column 2"),
        ("a,b\n", "header but no rows"),
        ("\n \n", "no rows"),
        ("1,1_000\n2,3\n", "holds '1_000'"),
    ],
)
def test_bad_csv(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "X.csv").write_text(text)
    with pytest.raises(UsageError) as error:
        read(tmp_path / "X.csv")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.arange(3.0), "must be two-dimensional; reshape it"),
        (np.zeros((0, 3)), "at least one row"),
        (np.zeros((3, 0)), "at least one row and one column"),
        (np.array([["a", "b"]]), "must be real numbers"),
        (np.array([[1 + 2j]]), "must be real numbers"),
        (np.array([[1.0, np.nan]]), "nan at row 1, column 2"),
        (np.array([[1e200, 1.0], [-1e200, 2.0]]), "rescale the columns"),
        (1e-320 * np.array([[1.0], [2.0], [3.0]]), "rescale the columns"),
        (1e-40 * np.array([[1.0], [2.0], [3.0]]), "rescale the columns"),
    ],
)
def test_bad_arrays(tmp_path: Path, array: np.ndarray, message: str) -> None:
    np.save(tmp_path / "X.npy", array)
    with pytest.raises(UsageError, match=message):
        read(tmp_path / "X.npy")


def test_other_bad_files(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "short.npy", Y[:3])
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY\x01\x00garbage")
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04garbage")
    (tmp_path / "notes.txt").write_text("1,2")
    np.savez(tmp_path / "odd.npz", A=X)
    np.savez(tmp_path / "half.npz", Sxx=X.T @ X)
    np.savez(tmp_path / "oblong.npz", Sxx=X, Sxy=X)
    np.save(tmp_path / "pickle.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(tmp_path / "text.npz", "w") as archive:
        archive.writestr("X.npy", "1 2 3")
    cases = {
        ("text.npz",): "X is no array",
        ("missing.npy",): "does not exist",
        ("notes.txt",): "expected .npy, .npz or .csv",
        ("broken.npy",): "cannot be read",
        ("broken.npz",): "cannot be read",
        ("pickle.npy",): "holds Python objects, must hold numbers",
        ("odd.npz",): "holds A; expected X",
        ("half.npz",): "holds Sxx but not Sxy",
        ("oblong.npz",): "must be square",
        ("X.npy", "short.npy"): "X has 4 rows but Y has 3",
    }
    for names, message in cases.items():
        with pytest.raises(UsageError) as error:
            read(*(tmp_path / n for n in names))
        assert message in str(error.value)
        assert "\n" not in str(error.value)


def test_moments_can_be_centred_no_more(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", Sxx=np.eye(2), Sxy=np.eye(2))
    with pytest.raises(UsageError, match="--center needs the samples"):
        read(tmp_path / "m.npz", center=True)
    assert read(tmp_path / "m.npz", center=False).n is None


@pytest.mark.parametrize("shape", [(1, 3), (3, 2), (4, 2), (5, 2), (30, 2), (8, 4)])
def test_what_is_kept_of_samples_is_what_it_is_said_to_be(tmp_path: Path, shape: tuple[int, int]) -> None:
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


def test_two_samples_worked_out_by_hand(tmp_path: Path) -> None:
    # X^T X / 2 = diag(9, 16): the singular values of X / sqrt 2 are 4 and 3, and Y is met exactly
    np.savez(
        tmp_path / "s.npz", X=np.sqrt(2) * np.array([[3.0, 0.0], [0.0, 4.0]]), Y=np.array([[2.0], [6.0]])
    )
    data = read(tmp_path / "s.npz", center=False)
    np.testing.assert_allclose(np.abs(data.root), [[0, 4], [3, 0]], atol=1e-15)
    np.testing.assert_allclose(np.abs(data.unrooted), [[0, 1 / 3], [1 / 4, 0]], atol=1e-15)
    np.testing.assert_allclose(np.abs(data.fitted), [[6 / np.sqrt(2)], [2 / np.sqrt(2)]])
    assert data.syy == 20 and data.n == 2 and data.least_loss == pytest.approx(0, abs=1e-15)


def test_moments_are_taken_as_samples_of_the_same_moments_would_be(tmp_path: Path) -> None:
    inputs = np.random.default_rng(0).standard_normal((9, 3))
    inputs[:, 2] = inputs[:, 0] - inputs[:, 1]
    targets = inputs @ np.array([[1.0, 2.0], [0.0, 1.0], [3.0, -1.0]])
    np.savez(tmp_path / "s.npz", X=inputs, Y=targets)
    np.savez(tmp_path / "m.npz", Sxx=inputs.T @ inputs / 9, Sxy=inputs.T @ targets / 9)
    samples, moments_only = read(tmp_path / "s.npz", center=False), read(tmp_path / "m.npz")
    assert moments_only.root.shape == samples.root.shape == (2, 3)
    np.testing.assert_allclose(moments_only.root.T @ moments_only.root, samples.Sxx, atol=1e-12)
    np.testing.assert_allclose(
        moments_only.unrooted @ moments_only.fitted, samples.unrooted @ samples.fitted, atol=1e-12
    )
    np.testing.assert_allclose(moments_only.unrooted, np.linalg.pinv(moments_only.root), atol=1e-12)
    assert (moments_only.syy, moments_only.n, moments_only.least_loss) == (None, None, 0.0)
    assert np.linalg.norm(moments_only.fitted) ** 2 == pytest.approx(samples.syy)
