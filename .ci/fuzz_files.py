"""Files for the fuzzer: data sets in order and out of order, claim files, stores, each from a seeded generator."""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Data", "claim_file", "data_file", "document", "good_data", "junk", "write_good"]

CELLS = ["1", "2.5", "-3e4", "1e-320", "1e400", "nan", "inf", "", " ", "x", "1_0", "0x1p3", "1,5", '"1"', "١", "−1", "True", "1j",
         "1 2", "'", '"', "\x00", "1e", ".5", "5.", "+7", "--1", "NULL", "#N/A", "9" * 400]  # fmt: skip
MARKS = [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"PK\x03\x04", b"\x93NUMPY", b"\x80\x04", b"\x00"]
SHAPES = [(), (3,), (0, 2), (2, 0), (0, 0), (1, 1), (2, 2), (4, 3), (2, 2, 2), (1, 5), (5, 1), (1, 1, 1, 1)]
DTYPES = [
    "f2", "f4", "f8", "g", "i1", "i8", "u8", "?", "c16", "O", "S3", "U3", "M8[D]", "m8[s]", "V4", ">f8", ">i2",
]  # fmt: skip


KINDS = [
    "plain", "scaled", "columns", "duplicated", "constant", "deficient", "whole", "offset", "steep", "exact", "tall",
]  # fmt: skip


@dataclass(frozen=True)
class Data:
    """Samples whose report is known; Y None for an autoencoder."""

    X: np.ndarray
    Y: np.ndarray | None


def good_data(rng: random.Random) -> Data:
    """Samples of every awkward kind that is still in order."""
    g = np.random.default_rng(rng.getrandbits(32))
    n, d, p = rng.choice([2, 3, 5, 9, 30, 80]), rng.randint(1, 7), rng.randint(1, 5)
    X = g.standard_normal((n, d))
    kind = rng.choice(KINDS)
    if kind == "tall":
        X = g.standard_normal((5000, 2))
    elif kind == "scaled":
        X *= 10.0 ** rng.choice([-8, -3, 2, 8])
    elif kind == "columns":
        X *= 10.0 ** g.integers(-3, 4, d)
    elif kind == "duplicated":
        X = np.hstack([X, X[:, : rng.randint(1, d)]])
    elif kind == "constant":
        X = np.hstack([X, np.full((n, 1), rng.choice([0.0, 0.1, 1e6, -7.3]))])
    elif kind == "deficient":
        X = X[:, :1] @ g.standard_normal((1, d)) + (X[:, 1:2] @ g.standard_normal((1, d)) if d > 1 else 0)
    elif kind == "whole":
        X = np.round(X * 5)
    elif kind == "offset":
        X = X + 10.0 ** rng.randint(0, 5)
    elif kind == "steep":
        X = X * np.logspace(0, -rng.randint(1, 6), X.shape[1])
    if rng.random() < 0.15:
        return Data(X, None)
    Y = X / max(np.abs(X).max(), 1e-300) @ g.standard_normal((X.shape[1], p))
    if kind != "exact":
        Y = Y + rng.choice([0.01, 1.0]) * g.standard_normal(Y.shape)
    return Data(X, Y * 10.0 ** rng.choice([-2, 0, 0, 3]))


def _csv(rng: random.Random, table: np.ndarray) -> bytes:
    """A table in one of the dialects that spreadsheets write; no digit is lost."""
    comma = table.shape[1] > 1 and rng.random() < 0.2  # in a single column it would be a separator
    separator = rng.choice([";", "\t"]) if comma else rng.choice([",", ";", "\t", ", "])
    rows = [[repr(float(v)).replace(".", ",") if comma else repr(float(v)) for v in row] for row in table]
    if rng.random() < 0.3:
        rows = [[f'"{c}"' for c in row] for row in rows]
    lines = [separator.join(row) for row in rows]
    if rng.random() < 0.5:
        lines.insert(0, separator.join(f'"col {i}"' for i in range(table.shape[1])))
    for _ in range(rng.choice([0, 0, 1, 3])):
        lines.insert(rng.randint(0, len(lines)), rng.choice(["", "  "]))
    text = rng.choice(["\n", "\r\n"]).join(lines) + rng.choice(["", "\n", "\n\n"])
    return text.encode(rng.choice(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))


def _layout(rng: random.Random, table: np.ndarray) -> np.ndarray:
    """The same numbers in another layout in memory."""
    return rng.choice([np.asfortranarray, lambda t: t.astype(">f8"), lambda t: np.repeat(t, 2, axis=0)[::2], np.array])(table)  # fmt: skip


def write_good(rng: random.Random, folder: Path, data: Data) -> list[str]:
    """Write the samples somehow; the words that name them."""
    tables = {"X": data.X} | ({} if data.Y is None else {"Y": data.Y})
    if rng.random() < 0.35:
        save = np.savez_compressed if rng.random() < 0.5 else np.savez
        save(folder / "d.npz", **{name: _layout(rng, table) for name, table in tables.items()})
        return ["d.npz"]
    words = []
    for name, table in tables.items():
        ending = rng.choice(["npy", "csv", "NPY", "CSV"])
        file = folder / f"{name} {rng.choice(['a', 'ü', '-'])}.{ending}"
        if ending.lower() == "csv":
            file.write_bytes(_csv(rng, table))
        else:
            with file.open("wb") as stream:
                np.save(stream, _layout(rng, table))
        if rng.random() < 0.2:
            file.chmod(0o444)
        words.append(file.name)
    return words


def junk(rng: random.Random) -> bytes:
    """Bytes that are no file of any kind, or were one."""
    stream = io.BytesIO()
    if rng.random() < 0.5:
        np.save(stream, np.arange(6.0).reshape(3, 2))
    else:
        np.savez(stream, X=np.arange(6.0).reshape(3, 2))
    raw = bytearray(stream.getvalue())
    kind = rng.randrange(6)
    if kind == 0:
        return rng.randbytes(rng.choice([0, 1, 7, 300]))
    if kind == 1:
        return bytes(raw[: rng.randrange(len(raw))])
    if kind == 2:
        return rng.choice(MARKS) + rng.randbytes(rng.choice([0, 1, 40]))
    for _ in range(rng.choice([1, 2, 9])):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def _array(rng: random.Random) -> np.ndarray:
    """An array that may well be no table of finite numbers of a sensible size."""
    shape = rng.choice(SHAPES)
    if rng.random() < 0.4:
        kind = rng.choice(DTYPES)
        if kind == "O":
            return np.full(shape, rng.choice([None, 1, "x", 1.5]), dtype=object)
        return np.zeros(shape, dtype=[("a", "f8")]) if rng.random() < 0.1 else np.ones(shape, dtype=kind)
    g = np.random.default_rng(rng.getrandbits(32))
    scale = rng.choice([-320, -200, -70, -40, -8, 0, 0, 8, 40, 70, 200, 305])
    table = g.standard_normal(shape) * 10.0**scale
    if table.size and rng.random() < 0.4:
        odd = rng.choice([np.nan, np.inf, -np.inf, 5e-324, 1.7e308, -0.0])
        table.reshape(-1)[g.integers(table.size)] = odd
    return np.round(table) if rng.random() < 0.1 else table


def data_file(rng: random.Random, folder: Path, name: str) -> str:
    """A file that may or may not be a data set; its name."""
    kind = rng.randrange(9)
    if kind == 0:
        file = folder / f"{name}{rng.choice(['.npy', '.npz', '.csv', '.CSV', '', '.txt', '.npy.gz'])}"
        file.write_bytes(junk(rng))
    elif kind == 1:
        file = folder / f"{name}.csv"
        rows = [[rng.choice(CELLS if rng.random() < 0.3 else ["1", "2.5", "-3e4"]) for _ in range(rng.choice([1, 2, 2, 3]))]
                for _ in range(rng.randrange(5))]  # fmt: skip
        lines = [rng.choice([",", ";", "\t", " ", "|"]).join(row) for row in rows]
        encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
        file.write_bytes(
            rng.choice(["\n", "\r\n", "\r", "\n\n"]).join(lines).encode(encoding, errors="replace")
        )
    elif kind == 2:
        file = folder / f"{name}.npz"
        keys = rng.sample(["X", "Y", "Sxx", "Sxy", "x", "arr_0", "a b"], rng.randrange(4))
        np.savez(file, **{key: _array(rng) for key in keys})
    elif kind == 3:
        file = folder / f"{name}.npz"
        d, p = rng.randint(1, 3), rng.randint(1, 3)
        g = np.random.default_rng(rng.getrandbits(32))
        A = g.standard_normal((d + 1, d))
        semidefinite, singular = A.T @ A, np.diag([1.0] + [0.0] * (d - 1))
        Sxx = rng.choice([semidefinite, semidefinite, -np.eye(d), g.standard_normal((d, d)), singular])
        Sxy = g.standard_normal((d + rng.choice([0, 0, 0, 1]), p)) * rng.choice([0.0, 1e-30, 1, 1, 1e30])
        np.savez(file, Sxx=Sxx, Sxy=Sxy)
    elif kind == 4:
        file = folder / f"{name}.npz"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(rng.choice(["X.npy", "X", "../X.npy", "Y.npy", "X.npy/"]), junk(rng))
    elif kind == 5:
        file = folder / f"{name}{rng.choice(['.npy', '.csv', ''])}"
        if not file.exists():
            file.mkdir()
    elif kind == 6:
        return rng.choice(["missing.npy", "", ".", "..", "/", "a" * 300 + ".npy", "/dev/null", "missing/x.csv", "x\x00.npy", "\udcff.csv", "~", "*.npy", "-", "http://x/y.npy"])  # fmt: skip
    else:
        file = folder / f"{name}.npy"
        with file.open("wb") as stream:
            np.save(stream, _array(rng), allow_pickle=True)
    return file.name


STATEMENTS = [
    "x * x + 1 >= x", "x > 2", "x >= x", "1 / x > 0", "x ** x >= 0", "x", "3", "None", "'text'", "(x > 0) & (x < 1)",
]  # fmt: skip
BODIES = ["return x", "return x - 1", "return None", "return 'no'", "return [x, -x]", "return x / 0", "return x.nothing", "return {}",
          "raise ValueError('two\\nlines')", "raise SystemExit(3)", "return float('nan') * x", "return x > 0", "import sys; sys.exit()",
          "print('noise'); return x", "return 1 / (x - x)", "return object()", "return [[x], [x, x]]", "return -(x ** 400)",
          "return __import__('numpy').log(x - 1)", "return ()", "return True", "yield x"]  # fmt: skip
HEADS = ["from rankladder import Int, Real, claim, lemma, symbols\nx = symbols('x')\n"] * 8 + [
    "import nothing_like_it\n", "x = (\n", "\tx = 1\n", "raise SystemExit('bye')\n", "raise KeyboardInterrupt\n", "\x00", "x = 1\n",
    "# -*- coding: nonsense -*-\n", "def f(): return f()\nf()\n", "from rankladder import claim\nclaim('a')\n", "exit()\n"]  # fmt: skip
OVERS = [
    "Real(0, 1)", "Real(1, 0)", "Real(0, 0)", "Real('a', 1)", "Int(1, 3)", "Int(3, 1)", "Real(-1e300, 1e300)", "3",
    "None", "Real(0, float('inf'))", "Int(1, 2.5)",
]  # fmt: skip
GIVENS = ["{}"] * 3 + [
    "{'a': x > 2}", "{'a': x < 0.5}", "{'a': True}", "{'a': 3}", "{'': x > 0}", "{'a': lambda x: None}", "[]",
]  # fmt: skip


def claim_file(rng: random.Random, folder: Path) -> str:
    """A Python file that states claims, more or less; its name. None takes long: what a claim runs is its author's."""
    text = rng.choice(HEADS)
    for number in range(rng.choice([0, 1, 1, 1, 2])):
        id = rng.choice(["mine", f"mine-{number}", "", "a b", "GD-4.upper", "ü", "x" * 90, "../up", "-x"])
        over, given = (rng.choice(many if rng.random() < 0.3 else many[:1]) for many in (OVERS, GIVENS))
        expects = rng.choice(["", "", ", expects='refuted'", ", expects='open'", ", expects='maybe'"])
        if rng.random() < 0.3:
            text += f"lemma({id!r}, {rng.choice(STATEMENTS)}, over=dict(x={over}), given={given}{expects})\n"
        else:
            text += f"@claim({id!r}, over=dict(x={over}), given={given}{expects})\ndef _({rng.choice(['x', 'x', 'x', 'x', 'y', '', '**k'])}):\n    {rng.choice(BODIES)}\n"
    file = folder / rng.choice(["claims.py", "claims.py", "claims.py", "claims", "claims.txt", "ü b.py"])
    file.write_bytes(text.encode("utf-8") if rng.random() < 0.95 else text.encode("utf-16"))
    return file.name


def document(rng: random.Random, folder: Path, name: str) -> str:
    """A JSON file: a stored counterexample or a check's document, whole, torn or of another kind; its name."""
    stored: Any = {"schema": 1, "claim": "STEP-1.monotone", "dropped": "small-step", "instance": "s=3/4, z0=3/4, steps=1",
                   "margin": -0.1, "bits": 64, "versions": {}}  # fmt: skip
    claim = {"id": "GD-4.upper", "verdict": "tested", "expected": "holds", "margin": 1.0, "instances": 5, "seed": 0}  # fmt: skip
    base = rng.choice([stored, {"schema": 1, "claims": [claim]}])
    inner = base if base is stored or rng.random() < 0.3 else claim
    values: list[Any] = [
        None, 3, -1.5, "", "x", [], {}, [[]], "s=1", "s=1/0", "s=", "f(x)", "__import__('os')", "s=" + "(" * 200,
        True, 1e400, "GD-99", "9" * 5000,
    ]  # fmt: skip
    for _ in range(rng.choice([0, 1, 1, 2])):
        inner[rng.choice(list(inner))] = rng.choice(values)
    if rng.random() < 0.2:
        inner.pop(rng.choice(list(inner)))
    text = json.dumps(base)
    kind = rng.random()
    if kind < 0.15:
        text = text[: rng.randrange(len(text))]
    elif kind < 0.3:
        text = rng.choice(["", "null", "[]", "3", '"x"', "{}", "{", "[" * 5000, "\ufeff{}", "NaN"])
    file = folder / f"{name}.json"
    file.write_bytes(text.encode("utf-8") if kind < 0.95 else rng.randbytes(30))
    return file.name
