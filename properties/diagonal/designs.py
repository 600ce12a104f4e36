"""What the claims quantify over: X and y together, and vectors beside them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np

from rankladder import Domain, Entry
from rankladder.domains.randomness import Infeasible, Source
from rankladder.numbers.words import entrywise
from rankladder.simulate import Diagonal, Stay, diagonal_path

__all__ = ["Coordinates", "Data", "Designs", "Regression"]

Array = np.ndarray[Any, Any]
Kind = Literal["any", "orthogonal", "repelling", "repelling and aligned"]
_TRIES = 40  # draws of whole numbers until a condition holds; an instance is drawn anew after that many


@dataclass(frozen=True)
class Data:
    """A regression problem in whole numbers: the rows of X, and y.

    >>> Data(((2, 1), (1, 0)), (2, -1)).gram
    ((5, 2), (2, 1))
    """

    X: tuple[tuple[int, ...], ...]
    y: tuple[int, ...]

    def __post_init__(self) -> None:
        if (
            not self.X
            or len(self.X) != len(self.y)
            or len({len(row) for row in self.X}) != 1
            or not self.X[0]
        ):
            raise ValueError(
                f"X of {len(self.X)} rows and y of {len(self.y)} numbers must be n rows of d numbers, and n numbers"
            )

    def __str__(self) -> str:
        return f"Data({self.X}, {self.y})"

    @property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """The columns of X."""
        return tuple(zip(*self.X, strict=True))

    @property
    def gram(self) -> tuple[tuple[int, ...], ...]:
        """``XᵀX``."""
        return tuple(tuple(_dot(a, b) for b in self.columns) for a in self.columns)

    @property
    def pull(self) -> tuple[int, ...]:
        """``Xᵀy``."""
        return tuple(_dot(a, self.y) for a in self.columns)

    def flipped(self, signs: Sequence[int]) -> Data:
        """The columns times signs."""
        return replace(self, X=tuple(tuple(s * x for s, x in zip(signs, row, strict=True)) for row in self.X))

    def fits(self, kind: Kind) -> bool:
        """Whether X and y are of a kind; a repelling one is so after some flip of the columns' signs."""
        d = len(self.X[0])
        apart = [(i, j) for i in range(d) for j in range(i)]
        if kind == "orthogonal":
            return all(self.gram[i][j] == 0 for i, j in apart) and all(self.gram[i][i] for i in range(d))
        if kind == "any":
            return True
        flips = (self.flipped(signs) for signs in itertools.product((1, -1), repeat=d))
        return any(
            all(flip.gram[i][j] <= 0 for i, j in apart)
            and (kind == "repelling" or all(b >= 0 for b in flip.pull))
            for flip in flips
        )


def _dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return sum(x * z for x, z in zip(a, b, strict=True))


@dataclass(frozen=True)
class Regression:
    """What a conclusion receives: X (n, d) and y (n,) in the arithmetic of the evaluation, and the exact data."""

    X: Array
    y: Array
    exact: Data

    @cached_property
    def network(self) -> Diagonal:
        """The diagonal network on these data."""
        return Diagonal.of_data(self.X, self.y)

    @cached_property
    def path(self) -> tuple[Stay, ...]:
        """The path from a vanishing start, in exact rationals."""
        return diagonal_path(self.exact.X, self.exact.y)

    @property
    def d(self) -> int:
        """How many coordinates."""
        return int(self.X.shape[1])

    @property
    def kernel(self) -> list[Array]:
        """Vectors z with ``Xz = 0``: all of them are sums of these, for one row, or two that are independent in d = 3."""
        if len(self.X) == 2:
            (a, b, c), (x, y, z) = self.X
            return [np.array([b * z - c * y, c * x - a * z, a * y - b * x])]
        (row,) = self.X
        pairs = itertools.combinations(range(self.d), 2)
        places = np.eye(self.d, dtype=int)
        return [row[j] * places[i] - row[i] * places[j] for i, j in pairs]


@dataclass(frozen=True)
class AnyRegression:
    """In a proof for every X and y: the gradient is some vector at each β, the same at the same β, and no more is known."""

    network: Diagonal


@dataclass(frozen=True)
class Designs(Domain):
    """X and y of small whole numbers.

    ``orthogonal`` ones have orthogonal columns, none of them 0; ``repelling`` ones have no positive entry of ``XᵀX`` off
    the diagonal after a flip of the signs of columns; ``aligned`` ones have ``Xᵀy ≥ 0`` after that same flip.
    """

    kind: Kind = "any"
    rows: tuple[int, int] = (1, 4)
    columns: tuple[int, int] = (1, 3)
    largest: int = 3

    constructors = {"Data": Data}  # noqa: RUF012

    def __str__(self) -> str:
        words = "" if self.kind == "any" else f"{self.kind}, "
        n, d = ("-".join(map(str, ends)) for ends in (self.rows, self.columns))
        return f"X ({n} x {d}) and y in whole numbers up to {self.largest}: {words}not all of X^T y zero"

    def draw(self, source: Source, bounds: Any, earlier: Mapping[str, Any]) -> Data:
        """Whole numbers, drawn until they are of the kind; orthogonal columns by construction."""
        largest = source.integer(1, self.largest)
        n, d = source.integer(*self.rows), source.integer(*self.columns)
        for _ in range(_TRIES):
            if self.kind == "orthogonal":
                X = _orthogonal(source, d, largest)
            else:
                X = tuple(tuple(source.integer(-largest, largest) for _ in range(d)) for _ in range(n))
            made = Data(X, tuple(source.integer(-largest, largest) for _ in X))
            if self.contains(made, earlier):
                return made
        raise Infeasible

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether the sizes, the entries and the kind are right."""
        if not isinstance(value, Data):
            return False
        entries = [*itertools.chain(*value.X), *value.y]
        return (
            all(isinstance(x, int) and abs(x) <= self.largest for x in entries)
            and self.rows[0] <= len(value.X) <= self.rows[1]
            and self.columns[0] <= len(value.X[0]) <= self.columns[1]
            and any(value.pull)
            and value.fits(self.kind)
        )

    def realise(self, value: Data, number: Any) -> Regression:
        """X and y as arrays, beside the exact data."""
        X = np.array([[number(Fraction(x)) for x in row] for row in value.X])
        return Regression(X, np.array([number(Fraction(x)) for x in value.y]), value)

    def entries(self, value: Data) -> tuple[Entry, ...]:
        """Every entry of X, row by row, then of y."""
        ends = -self.largest, self.largest
        return tuple(
            Entry(x, *ends, kind)
            for kind, xs in (("X", itertools.chain(*value.X)), ("y", value.y))
            for x in map(Fraction, xs)
        )

    def with_entries(self, value: Data, numbers: Sequence[Fraction]) -> Data:
        """Other entries; whole ones as integers, and others do not belong."""
        plain = [int(x) if x.denominator == 1 else x for x in numbers]
        n, d = len(value.X), len(value.X[0])
        return Data(tuple(tuple(plain[i * d : i * d + d]) for i in range(n)), tuple(plain[n * d :]))  # type: ignore[arg-type]

    def simpler(self, value: Data) -> Iterator[Data]:
        """A row less, a column less, then one entry simpler."""
        n, d = len(value.X), len(value.X[0])
        for i in range(n if n > 1 else 0):
            yield Data(value.X[:i] + value.X[i + 1 :], value.y[:i] + value.y[i + 1 :])
        for j in range(d if d > 1 else 0):
            yield replace(value, X=tuple(row[:j] + row[j + 1 :] for row in value.X))
        yield from super().simpler(value)

    def symbols(self, name: str, case: Any, choice: Mapping[str, Any]) -> Any:
        """Every X and y of a chosen shape by its entries; of every shape by what the gradient may be: any vector."""
        if name in choice and self.kind.startswith("repelling"):
            raise ValueError("repelling designs have no symbols")
        if name in choice:
            n, d = choice[name]
            X, y = case.matrix("X", n, d), case.matrix("y", n, 1)[:, 0]
            if self.kind == "orthogonal":
                X = _plane(X)
            return Regression(X, y, Data(((0,) * d,) * n, (0,) * n))
        if self.kind != "any":
            raise ValueError(f"{self.kind} designs have no symbols of every shape; choose one")
        size, known = case.size("d", choice), dict[str, Any]()

        def gradient(beta: Any) -> Any:
            at = f"g{len(known) + 1}"
            return known.setdefault(str(beta.pieces), entrywise(size, lambda i: case.symbol(f"{at}[i]")))

        return AnyRegression(Diagonal(gradient))


def _plane(X: Array) -> Array:
    """Any two orthogonal columns that are not 0, of length 2: of the first column, and a multiple of it turned.

    Raises:
        ValueError: for another shape.
    """
    if X.shape != (2, 2):
        raise ValueError(f"orthogonal columns have symbols of shape (2, 2), not {X.shape}")
    (a, times), (b, _) = X
    return np.array([[a, -times * b], [b, times * a]])


def _orthogonal(source: Source, d: int, largest: int) -> tuple[tuple[int, ...], ...]:
    """Columns of a quaternion's matrix, or of a block of it, each times a whole number."""
    a, b, c, e = (source.integer(-largest, largest) for _ in range(4))
    if d <= 2 and source.integer(0, 1):
        c = e = 0
    quaternion = ((a, -b, -c, -e), (b, a, e, -c), (c, -e, a, b), (e, c, -b, a))
    places = [source.integer(0, 3 - k) for k in range(d)]
    left = list(zip(*quaternion, strict=True))
    picked = [[source.integer(1, largest) * x for x in left.pop(place)] for place in places]
    rows = list(zip(*picked, strict=True))
    kept = [row for row in rows if any(row)]
    return tuple(kept or rows)


@dataclass(frozen=True)
class Coordinates(Domain):
    """A vector of quarters with an entry for each coordinate of the data of a name, up to 2 in size."""

    of: str = "data"

    def __str__(self) -> str:
        return f"vectors with an entry for each column of {self.of}"

    def draw(self, source: Source, bounds: Any, earlier: Mapping[str, Any]) -> tuple[Fraction, ...]:
        """Quarters."""
        return tuple(Fraction(source.integer(-8, 8), 4) for _ in earlier[self.of].X[0])

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether there is a number for each coordinate."""
        fits = isinstance(value, tuple) and len(value) == len(earlier[self.of].X[0])
        return fits and all(isinstance(x, (int, Fraction)) and abs(x) <= 2 for x in value)

    def realise(self, value: tuple[Fraction, ...], number: Any) -> Array:
        """An array (d,)."""
        return np.array([number(Fraction(x)) for x in value])

    def entries(self, value: tuple[Fraction, ...]) -> tuple[Entry, ...]:
        """Every entry."""
        return tuple(Entry(x, -2, 2) for x in value)

    def with_entries(self, value: tuple[Fraction, ...], numbers: Iterable[Fraction]) -> tuple[Fraction, ...]:
        """Other entries."""
        return tuple(numbers)

    def symbols(self, name: str, case: Any, choice: Mapping[str, Any]) -> Any:
        """Any real vector: of a chosen shape, or of every one."""
        size = choice[self.of][1] if self.of in choice else case.size("d", choice)
        return entrywise(size, lambda i: case.symbol(f"{name}[{i if isinstance(i, int) else 'i'}]"))
