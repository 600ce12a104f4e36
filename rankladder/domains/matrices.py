"""Structured domains: spectra, orthogonal and general matrices, all over the rationals.

An orthogonal matrix is a product of reflections ``I - 2 v v^T / v^T v`` with small integer ``v``, so it is
exact, readable and shrinks by losing reflections. A single reflection is symmetric and would hide ``Q``
behind ``Q^T``: most draws multiply at least two that do not commute.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import numpy as np
from flint import arb, fmpq, fmpq_mat, fmpz_mat

from rankladder.domains.arguments import number_at_least, size_range
from rankladder.domains.domain import Bounds, Call, Domain, Entry, InstanceSyntaxError, Number, Symbols
from rankladder.domains.randomness import Infeasible, Source, choice
from rankladder.domains.scalars import Int, Real, bits, exact, to_whole
from rankladder.numbers.ball_arrays import ball_array
from rankladder.numbers.balls import Ball

__all__ = ["Invertible", "Matrix", "Orthogonal", "Rational", "Reflections", "Shears", "Spectrum", "size_of"]

_LARGEST = 3  # entries of a reflection's vector
_MOST_SHEARS = 3
_FEW = 4  # entries up to which a matrix of zeros is written out
_QUARTERS = 4  # drawn entries of a real matrix are multiples of one over this
_FINER = 4  # bits by which one move at most refines a vector
_FINEST_VECTOR = 2**40  # where a search stops to refine one
Size = int | str | Int
T = TypeVar("T")


def drawn_size(size: Size, source: Source, earlier: Mapping[str, Any]) -> int:
    """A size as :func:`size_of` knows it, drawn from its range otherwise."""
    known = size_of(size, earlier)
    if known is not None:
        return known
    return source.integer(size.lower, size.upper) if isinstance(size, Int) else int(size)


def size_of(size: Size, earlier: Mapping[str, Any]) -> int | None:
    """A size given as a number or as the name of an integer parameter; None where it is to be drawn."""
    if isinstance(size, str):
        if size not in earlier:
            raise ValueError(
                f"Expected a parameter named {size!r} before the matrix; put it first in over=, or give a number or Int(1, 8)"
            )
        return int(earlier[size])
    return None if isinstance(size, Int) else int(size)


def sized(size: Size, source: Source) -> Size:
    """A size of its own at one end of its range; one that is given or a parameter's stays."""
    return size.sized(source).lower if isinstance(size, Int) else size


def resized(size: Size, now: int, source: Source) -> int:
    """Another size within a range of its own: one more, one less, or an end."""
    if not isinstance(size, Int):
        return now
    wanted = choice(source, (now - 1, now + 1, size.lower, size.upper))
    return min(max(wanted, size.lower), size.upper)


def numbers(matrix: fmpq_mat, number: Number) -> np.ndarray[Any, Any]:
    """The entries of an exact matrix, each turned into the arithmetic that ``number`` makes."""
    if number is Ball:
        entries = [arb(x) for x in matrix.entries()]
        return ball_array(entries).reshape(matrix.nrows(), matrix.ncols())
    if number is float:  # one division of integers rounds once, as a Fraction does, at a tenth of its price
        tops, bottom = matrix.numer_denom()
        below = int(bottom)
        quotients = [int(x) / below for x in tops.entries()]
        return np.array(quotients, dtype=float).reshape(matrix.nrows(), matrix.ncols())
    table = [[number(Fraction(int(x.p), int(x.q))) for x in row] for row in matrix.table()]
    kind = object if any(not isinstance(x, float) for row in table for x in row) else float
    return np.array(table, dtype=kind).reshape(matrix.nrows(), matrix.ncols())


def vector(values: Iterable[Fraction], number: Number) -> np.ndarray[Any, Any]:
    """Exact values as a vector in the arithmetic that ``number`` makes."""
    made = [number(v) for v in values]
    if number is Ball:
        return ball_array([x.arb for x in made])
    return np.array(made, dtype=float if all(isinstance(x, float) for x in made) else object)


def identity(n: int) -> fmpq_mat:
    """The exact identity matrix."""
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


@dataclass(frozen=True)
class Reflections:
    """The orthogonal matrix ``H(v1) H(v2) ...`` of order ``n``, with ``H(v) = I - 2 v v^T / v^T v``.

    >>> Reflections(2, ((1, 1),)).exact()
    [ 0, -1]
    [-1,  0]
    """

    n: int
    vectors: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        for v in self.vectors:
            if len(v) != self.n or not any(v) or not all(isinstance(x, int) for x in v):
                raise ValueError(f"Expected nonzero vectors of {self.n} whole numbers but got {v}")

    def exact(self) -> fmpq_mat:
        """The matrix over the rationals."""
        return _reflections(self.n, self.vectors)

    def __str__(self) -> str:
        return f"Reflections({self.n}, {self.vectors})"


@lru_cache(maxsize=4096)
def _reflections(n: int, vectors: tuple[tuple[int, ...], ...]) -> fmpq_mat:
    tops, below = fmpz_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]), 1
    for v in vectors:
        square = sum(x * x for x in v)
        below *= square
        tops = tops * fmpz_mat(
            n, n, [square * (i == j) - 2 * v[i] * v[j] for i in range(n) for j in range(n)]
        )
    return fmpq_mat(tops) / below


@dataclass(frozen=True)
class Shears:
    """The invertible matrix ``base S1 S2 ...``, each ``S = I + c e_i e_j^T`` (a scaling of row i if i = j)."""

    base: Reflections
    factors: tuple[tuple[int, int, Fraction], ...] = ()

    def __post_init__(self) -> None:
        for i, j, _ in self.factors:
            if i not in range(self.n) or j not in range(self.n):
                raise ValueError(f"Expected shears of coordinates below {self.n} but got ({i}, {j})")

    @property
    def n(self) -> int:
        """Its order."""
        return self.base.n

    def exact(self) -> fmpq_mat:
        """The matrix over the rationals."""
        product = self.base.exact()
        for i, j, c in self.factors:
            factor = identity(self.n)
            factor[i, j] += fmpq(c.numerator, c.denominator)
            product = product * factor
        return product

    def __str__(self) -> str:
        shears = ", ".join(f"({i}, {j}, {c})" for i, j, c in self.factors)
        return f"Shears({self.base}, ({shears}{',' if len(self.factors) == 1 else ''}))"


@dataclass(frozen=True)
class Rational:
    """A matrix given by its rows of rationals."""

    rows: tuple[tuple[Fraction, ...], ...]

    def exact(self) -> fmpq_mat:
        """The matrix over the rationals."""
        flat = [fmpq(x.numerator, x.denominator) for row in self.rows for x in row]
        return fmpq_mat(len(self.rows), len(self.rows[0]), flat)

    def __str__(self) -> str:
        n, widths = len(self.rows), set(map(len, self.rows))
        if len(widths) == 1 and not any(map(any, self.rows)) and n * (m := widths.pop()) > _FEW:
            return f"zeros(({n}, {m}))"
        rows = ", ".join("[" + ", ".join(map(str, row)) + "]" for row in self.rows)
        return f"[{rows}]"


class _MatrixDomain(Domain):
    """What all matrix domains share."""

    def realise(self, value: Any, number: Number) -> np.ndarray[Any, Any]:
        """The matrix, entry by entry in the arithmetic asked for."""
        return numbers(value.exact(), number)

    def coordinates(self, name: str, value: Any) -> dict[str, tuple[float, float]]:
        """The order, and the extreme entries."""
        exact = value.exact()
        entries = exact.entries()
        rows = float(exact.nrows())
        ends = tuple(float(Fraction(int(x.p), int(x.q))) for x in (min(entries), max(entries)))
        return {f"{name}.rows": (rows, rows), f"{name}.entries": (ends[0], ends[1])}


@dataclass(frozen=True)
class Orthogonal(_MatrixDomain):
    """Orthogonal matrices over the rationals, of a fixed order, of an integer parameter's, or drawn.

    Args:
        n: the order: a number, the name of an integer parameter drawn before, or ``Int(1, 8)``.

    >>> Orthogonal(2).realise(Reflections(2, ((0, 1),)), float).tolist()
    [[1.0, 0.0], [0.0, -1.0]]
    """

    constructors: ClassVar = {"Reflections": Reflections}
    n: Size

    def __post_init__(self) -> None:
        size_range("Orthogonal", "n", self.n)

    def symbols(self, name: str, case: Symbols, choice: Mapping[str, Any]) -> Any:
        """Every orthogonal matrix of the order that is chosen."""
        return case.orthogonal(name, case.size(self.n, choice))

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> Reflections:
        """Mostly products of two or three reflections that do not commute."""
        return draw_reflections(source, drawn_size(self.n, source, earlier))

    def sizes(self) -> tuple[Size, ...]:
        """As they were given."""
        return (self.n,)

    def sized(self, source: Source) -> Orthogonal:
        """Those of the least or the largest order."""
        return Orthogonal(sized(self.n, source))

    def mutate(self, value: Reflections, source: Source) -> Reflections:
        """Another matrix, of the same order or (where the domain has a range of them) of another."""
        return neighbouring_reflections(fitted(value, resized(self.n, value.n, source)), source)

    def unframed(self, value: Reflections) -> Reflections:
        """The identity."""
        return Reflections(value.n)

    def grown(self, value: Reflections, size: str, source: Source) -> Reflections:
        """With one more coordinate, which it leaves alone."""
        return value if self.n != size else fitted(value, value.n + 1)

    def simpler(self, value: Reflections) -> Iterator[Reflections]:
        """Fewer reflections, then shorter vectors."""
        for i in range(len(value.vectors)):
            yield Reflections(value.n, value.vectors[:i] + value.vectors[i + 1 :])
        for i, v in enumerate(value.vectors):
            if (largest := max(map(abs, v))) > _LARGEST:  # a search refined it
                for length in range(1, largest.bit_length() + 1):
                    short = _primitive(_scaled(v, length))
                    yield Reflections(value.n, (*value.vectors[:i], short, *value.vectors[i + 1 :]))
        for i, v in enumerate(value.vectors):
            for k, x in enumerate(v):
                for smaller in {0, (abs(x) - 1) * (1 if x > 0 else -1)} if x else ():
                    changed = (*v[:k], smaller, *v[k + 1 :])
                    if any(changed):
                        yield Reflections(value.n, (*value.vectors[:i], changed, *value.vectors[i + 1 :]))

    def shrunk(self, value: Reflections, size: str, index: int) -> Reflections:
        """Without one coordinate."""
        return value if self.n != size else _reflections_without(value, index)

    def weight(self, value: Reflections) -> float:
        """Reflections and the size of their entries."""
        return 2.0 * len(value.vectors) + sum(abs(x) for v in value.vectors for x in v)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether it is such a matrix of the right order."""
        order = size_of(self.n, earlier)
        return isinstance(value, Reflections) and (order is None or value.n == order)


def draw_reflections(source: Source, n: int) -> Reflections:
    """An orthogonal matrix; from order 2 on hardly ever symmetric."""
    if n == 1:
        return Reflections(1, ((1,),) if source.integer(0, 1) else ())
    # one draw in thirty has fewer than two; in the plane an odd number is a reflection, so symmetric
    style = source.integer(0, 59)
    count = style if style < 2 else 3 if style % 3 == 0 and n > 2 else 2
    if count == 0:
        return Reflections(n)
    first = _draw_vector(source, n)
    if count == 1:
        return Reflections(n, (first,))
    second = _draw_vector(source, n)
    along, cross = sum(a * b for a, b in zip(first, second, strict=True)), _parallel(first, second)
    if along == 0 or cross:  # the two would commute, and their product would be symmetric
        place = next(i for i, x in enumerate(first) if x)
        other = (place + 1) % n
        second = tuple(int(i == place) + (int(i == other) if first[other] == 0 else 0) for i in range(n))
        if _parallel(first, second):
            second = tuple(int(i in (place, other)) for i in range(n))
    vectors = [first, second]
    if count == 3:
        vectors.append(_draw_vector(source, n))
    return Reflections(n, tuple(vectors))


def neighbouring_reflections(value: Reflections, source: Source) -> Reflections:
    """Another orthogonal matrix of the same order: drawn anew, a signed permutation, or little changed."""
    style, n = source.integer(0, 5), value.n
    if style <= 1 or (style >= 4 and not value.vectors):
        return draw_reflections(source, n)
    if style == 2:  # every coordinate turned round: minus one, or a few of them
        turned = [i for i in range(n) if source.integer(0, 3)] if source.integer(0, 1) else range(n)
        return Reflections(n, tuple(tuple(int(i == j) for j in range(n)) for i in turned))
    if style == 3:  # coordinates exchanged
        pairs = [(source.integer(0, n - 1), source.integer(0, n - 1)) for _ in range(source.integer(1, 2))]
        swaps = (tuple(int(k == i) - int(k == j) for k in range(n)) for i, j in pairs if i != j)
        return Reflections(n, tuple(swaps))
    place = source.integer(0, len(value.vectors) - 1)
    changed = list(value.vectors[place])
    changed[source.integer(0, n - 1)] += choice(source, (-1, 1))
    if style == 5:  # a long step or a short one, a little finer each time: only the direction matters
        finest = max(map(abs, value.vectors[place])).bit_length() + _FINER
        scaled = _scaled(value.vectors[place], source.integer(1, finest))
        changed = [*_primitive([x + source.integer(-1, 1) for x in scaled])]
    if not any(changed) or max(map(abs, changed)) > _FINEST_VECTOR:
        return draw_reflections(source, n)
    return Reflections(n, (*value.vectors[:place], tuple(changed), *value.vectors[place + 1 :]))


def _scaled(v: Sequence[int], length: int) -> list[int]:
    """About the same direction, its largest entry of so many bits."""
    scale = Fraction(2) ** (length - max(map(abs, v)).bit_length())
    return [round(scale * x) for x in v]


def _primitive(v: Sequence[int]) -> tuple[int, ...]:
    """The same direction without a common factor."""
    common = math.gcd(*v) or 1
    return tuple(x // common for x in v)


def fitted(value: Reflections, n: int) -> Reflections:
    """The same reflections in another order: cut to it, or leaving the new coordinates alone."""
    vectors = (v[:n] + (0,) * (n - len(v)) for v in value.vectors)
    return Reflections(n, tuple(v for v in vectors if any(v)))


def _draw_vector(source: Source, n: int) -> tuple[int, ...]:
    v = tuple(source.integer(-_LARGEST, _LARGEST) for _ in range(n))
    return v if any(v) else tuple(int(i == 0) for i in range(n))


def _parallel(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return all(a[i] * b[j] == a[j] * b[i] for i in range(len(a)) for j in range(i))


@dataclass(frozen=True)
class Invertible(_MatrixDomain):
    """Invertible matrices that are not orthogonal: an orthogonal one times one to three shears.

    >>> from rankladder.domains.randomness import RandomSource
    >>> value = Invertible(2).draw(RandomSource(0), None, {})
    >>> Invertible(2).realise(value, float).shape
    (2, 2)
    """

    constructors: ClassVar = {
        "Reflections": Reflections,
        "Shears": lambda base, factors: Shears(base, tuple((i, j, Fraction(c)) for i, j, c in factors)),
    }
    n: Size

    def __post_init__(self) -> None:
        size_range("Invertible", "n", self.n)

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> Shears:
        """An orthogonal matrix and its shears."""
        order = drawn_size(self.n, source, earlier)
        base = draw_reflections(source, order)
        return Shears(
            base, tuple(self._factor(source, order) for _ in range(source.integer(1, _MOST_SHEARS)))
        )

    @staticmethod
    def _factor(source: Source, n: int) -> tuple[int, int, Fraction]:
        i, j = source.integer(0, n - 1), source.integer(0, n - 1)
        if i == j:
            return i, i, choice(source, (Fraction(1), Fraction(-1, 2), Fraction(2), Fraction(1, 2)))
        return i, j, choice(source, (Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-1, 2), Fraction(2)))

    def sizes(self) -> tuple[Size, ...]:
        """As they were given."""
        return (self.n,)

    def sized(self, source: Source) -> Invertible:
        """Those of the least or the largest order."""
        return Invertible(sized(self.n, source))

    def mutate(self, value: Shears, source: Source) -> Shears:
        """One shear, their number or the orthogonal part changed."""
        style = source.integer(0, 3)
        if style == 0:
            return Shears(neighbouring_reflections(value.base, source), value.factors)
        if style == 3:
            more = (*value.factors, self._factor(source, value.n))
            return Shears(value.base, more[1:] if len(more) > _MOST_SHEARS else more)
        place = source.integer(0, len(value.factors) - 1)
        made = choice(source, (self._factor(source, value.n), *value.factors))
        return Shears(value.base, (*value.factors[:place], made, *value.factors[place + 1 :]))

    def unframed(self, value: Shears) -> Shears:
        """The shears alone."""
        return Shears(Reflections(value.n), value.factors)

    def grown(self, value: Shears, size: str, source: Source) -> Shears:
        """With one more coordinate, which it leaves alone."""
        return value if self.n != size else Shears(fitted(value.base, value.n + 1), value.factors)

    def simpler(self, value: Shears) -> Iterator[Shears]:
        """Fewer shears, a simpler orthogonal part."""
        for i in range(len(value.factors)):
            if len(value.factors) > 1:
                yield Shears(value.base, value.factors[:i] + value.factors[i + 1 :])
        for base in Orthogonal(value.n).simpler(value.base):
            yield Shears(base, value.factors)
        for i, (a, b, c) in enumerate(value.factors):
            if c != 1:
                yield Shears(value.base, (*value.factors[:i], (a, b, Fraction(1)), *value.factors[i + 1 :]))

    def shrunk(self, value: Shears, size: str, index: int) -> Shears:
        """Without one coordinate, and without the shears that used it."""
        if self.n != size:
            return value
        factors = ((i - (i > index), j - (j > index), c) for i, j, c in value.factors if index not in (i, j))
        return Shears(_reflections_without(value.base, index), tuple(factors))

    def weight(self, value: Shears) -> float:
        """The orthogonal part's and the shears'."""
        return Orthogonal(value.n).weight(value.base) + sum(3 + bits(c) for _, _, c in value.factors)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether it is such a matrix of the right order, and truly not orthogonal."""
        order = size_of(self.n, earlier)
        if not isinstance(value, Shears) or (order is not None and value.n != order):
            return False
        matrix = value.exact()
        return matrix * matrix.transpose() != identity(value.n) and matrix.det() != 0


@dataclass(frozen=True)
class Matrix(_MatrixDomain):
    """Real matrices with no structure at all.

    Args:
        rows, columns: sizes, as for :class:`Orthogonal`.
        scale: the largest absolute value of an entry.
        denominator: entries are multiples of one over this; None (the default) for real entries, which draws take on
            a grid of quarters, and a search beyond it.

    >>> from rankladder.domains.randomness import RandomSource
    >>> domain = Matrix("d", 3)
    >>> domain.realise(domain.draw(RandomSource(0), None, {"d": 2}), float).shape
    (2, 3)
    >>> str(domain), str(Matrix(2, 2, scale=1, denominator=2))
    ('real d by 3 matrices with entries in [-2, 2]', '2 by 2 matrices of multiples of 1/2 in [-1, 1]')
    """

    rows: Size
    columns: Size
    scale: int = 2
    denominator: int | None = None

    def __post_init__(self) -> None:
        size_range("Matrix", "rows", self.rows)
        size_range("Matrix", "columns", self.columns)
        number_at_least("Matrix", "scale", self.scale, 0)
        if self.denominator is not None:
            number_at_least("Matrix", "denominator", self.denominator, 1)

    def __str__(self) -> str:
        rows, columns = (
            f"{n.lower} to {n.upper}" if isinstance(n, Int) else n for n in (self.rows, self.columns)
        )
        room, shape = f"[{-self.scale}, {self.scale}]", f"{rows} by {columns} matrices"
        if self.denominator is None:
            return f"real {shape} with entries in {room}"
        return f"{shape} of multiples of {Fraction(1, self.denominator)} in {room}"

    def parse(self, written: Any) -> Rational:
        """The matrix of its rows, or ``zeros((3, 3))`` as a matrix of zeros prints.

        >>> from rankladder.language.parsing import parse_instance
        >>> made = Matrix(3, 3).parse(parse_instance("A=zeros((3, 3))")["A"])
        >>> str(made), set(made.rows)
        ('zeros((3, 3))', {(Fraction(0, 1), Fraction(0, 1), Fraction(0, 1))})
        """
        if isinstance(written, Call):
            match written.name, written.arguments:
                case "zeros", ((int() as n, int() as m),) if min(n, m) > 0 and not written.keywords:
                    return Rational(((Fraction(0),) * m,) * n)
            raise InstanceSyntaxError(f"cannot read matrix {written}; write its rows, or zeros((3, 3))")
        return Rational(tuple(tuple(Fraction(x) for x in row) for row in written))

    def symbols(self, name: str, case: Symbols, choice: Mapping[str, Any]) -> Any:
        """A symbol for every entry, of the sizes chosen."""
        made = case.matrix(name, case.size(self.rows, choice), case.size(self.columns, choice))
        return made if self.scale else 0 * made

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> Rational:
        """Entries independently, a fifth of them zero."""
        n = drawn_size(self.rows, source, earlier)
        m = drawn_size(self.columns, source, earlier)
        return Rational(tuple(tuple(self._entry(source) for _ in range(m)) for _ in range(n)))

    def _entry(self, source: Source) -> Fraction:
        below = self.denominator or _QUARTERS
        top = int(self.scale * below)
        drawn = source.integer(-top - top // 4, top + top // 4)
        return _entry_of(0 if abs(drawn) > top else drawn, below)

    def sizes(self) -> tuple[Size, ...]:
        """As they were given."""
        return (self.rows, self.columns)

    def sized(self, source: Source) -> Matrix:
        """Those of the least or the largest sizes."""
        return replace(self, rows=sized(self.rows, source), columns=sized(self.columns, source))

    def entries(self, value: Rational) -> tuple[Entry, ...]:
        """Row by row."""
        low, top = Fraction(-self.scale), Fraction(self.scale)
        return tuple(Entry(x, low, top) for row in value.rows for x in row)

    def with_entries(self, value: Rational, numbers: Sequence[Fraction]) -> Rational:
        """Row by row, each number the nearest of the grid that a denominator makes."""
        if below := self.denominator:
            numbers = [Fraction(round(x * below), below) for x in numbers]
        width = len(value.rows[0])
        return Rational(tuple(tuple(numbers[i : i + width]) for i in range(0, len(numbers), width)))

    def unframed(self, value: Rational) -> Rational:
        """Its diagonal alone."""
        kept = (
            tuple(x if i == j else Fraction(0) for j, x in enumerate(row)) for i, row in enumerate(value.rows)
        )
        return Rational(tuple(kept))

    def grown(self, value: Rational, size: str, source: Source) -> Rational:
        """With one more row, column, or both."""
        rows, columns = len(value.rows), len(value.rows[0])
        return self._fitted(value, rows + (self.rows == size), columns + (self.columns == size), source)

    def _fitted(self, value: Rational, rows: int, columns: int, source: Source) -> Rational:
        cut = [[*row[:columns]] for row in value.rows[:rows]]
        cut += [[] for _ in range(rows - len(cut))]
        return Rational(
            tuple((*row, *(self._entry(source) for _ in range(columns - len(row)))) for row in cut)
        )

    def mutate(self, value: Rational, source: Source) -> Rational:
        """One entry changed, or a size that the domain has a range of."""
        now = len(value.rows), len(value.rows[0])
        new = resized(self.rows, now[0], source), resized(self.columns, now[1], source)
        if new != now:
            return self._fitted(value, *new, source)
        i, j = source.integer(0, len(value.rows) - 1), source.integer(0, len(value.rows[0]) - 1)
        return _replaced(value, i, j, self._entry(source))

    def simpler(self, value: Rational) -> Iterator[Rational]:
        """Zeros, then integers."""
        for wanted in (Fraction(0), Fraction(1), None):
            for i, row in enumerate(value.rows):
                for j, x in enumerate(row):
                    target = Fraction(round(x)) if wanted is None else wanted
                    if bits(target) < bits(x):
                        yield _replaced(value, i, j, target)

    def shrunk(self, value: Rational, size: str, index: int) -> Rational:
        """Without one row, one column, or both."""
        rows = _without(value.rows, index) if self.rows == size else value.rows
        return Rational(tuple(_without(row, index) for row in rows) if self.columns == size else rows)

    def weight(self, value: Rational) -> float:
        """The entries' lengths."""
        return sum(bits(x) for row in value.rows for x in row)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether the shape is right and the entries are within the scale and on the grid."""
        return not self.misfit(value, earlier)

    def misfit(self, value: Any, earlier: Mapping[str, Any]) -> str:
        """What is wrong: the shape, or an entry.

        >>> Matrix(1, 1, scale=2).misfit(Rational(((Fraction(3),),)), {})
        'entry 3 must be at most 2 in size'
        """
        if not isinstance(value, Rational) or len(widths := set(map(len, value.rows))) != 1 or 0 in widths:
            return "it must be a list of rows of numbers, as many in each"
        n, m = size_of(self.rows, earlier), size_of(self.columns, earlier)
        found = len(value.rows), len(value.rows[0])
        for what, size, wanted in (("rows", found[0], n), ("columns", found[1], m)):
            if wanted is not None and size != wanted:
                return f"it has {size} {what} but must have {wanted}"
        # in integers: to compare fractions with each other takes ten times as long, and this is asked of every draw
        entries = (x for row in value.rows for x in row)
        for x in entries:
            if abs(x.numerator) > self.scale * x.denominator:
                return f"entry {x} must be at most {self.scale} in size"
            if self.denominator and self.denominator % x.denominator:
                return f"entry {x} must be a multiple of {Fraction(1, self.denominator)}"
        return ""


def falling(values: Sequence[Fraction], gap: Fraction | int) -> str:
    """Where numbers do not fall by at least a gap, in a clause; empty where they do.

    >>> falling((Fraction(1), Fraction(2)), 0)
    'entries 1 and 2, 1 and 2, must not increase'
    """
    for i, (a, b) in enumerate(itertools.pairwise(values), 1):
        if a - b < gap:
            return f"entries {i} and {i + 1}, {a} and {b}, must {f'fall by at least {gap}' if gap else 'not increase'}"
    return ""


@lru_cache(maxsize=4096)
def _entry_of(numerator: int, denominator: int) -> Fraction:
    return Fraction(numerator, denominator)


def _without(values: tuple[T, ...], index: int) -> tuple[T, ...]:
    return values[:index] + values[index + 1 :]


def _reflections_without(value: Reflections, index: int) -> Reflections:
    shorter = (_without(v, index) for v in value.vectors)
    return Reflections(value.n - 1, tuple(v for v in shorter if any(v)))


def _replaced(value: Rational, i: int, j: int, x: Fraction) -> Rational:
    rows = [list(row) for row in value.rows]
    rows[i][j] = x
    return Rational(tuple(tuple(row) for row in rows))


@dataclass(frozen=True)
class Spectrum(Domain):
    """Tuples of numbers in nonincreasing order.

    Args:
        size: how many: a number, the name of an integer parameter drawn before, or ``Int(1, 8)``.
        lower, upper: the closed range of each.
        gap: least difference between neighbours, but for zeros at the end (0 allows ties, which then come often).
        ordered: False leaves the order as drawn; there is no gap then.
        condition: greatest ratio of the largest to the smallest nonzero entry (None: what the range allows).
        nulls: how many zeros at most stand at the end.

    Raises:
        ValueError: when the range has no room for a gap, and for parts that do not go together.

    >>> domain = Spectrum(2, lower=1, upper=3, gap=1)
    >>> domain.contains((Fraction(3), Fraction(2)), {}), domain.contains((Fraction(3), Fraction(3)), {})
    (True, False)
    """

    size: Size
    lower: Fraction | int = Fraction(1, 4)
    upper: Fraction | int = 4
    gap: Fraction | int = 0
    ordered: bool = True
    condition: Fraction | int | None = None
    nulls: int = 0

    def __post_init__(self) -> None:
        size_range("Spectrum", "size", self.size)
        for name in ("lower", "upper", "gap", "condition"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, exact(getattr(self, name)))
        if self.lower > self.upper or self.gap < 0:
            raise ValueError(f"Expected lower <= upper and gap >= 0 but got {self}; widen the range")
        if self.gap and not self.ordered:
            raise ValueError(
                f"Expected gap=0 with ordered=False but got {self}; neighbours are those in order"
            )
        least = (
            self.size if isinstance(self.size, int) else self.size.lower if isinstance(self.size, Int) else 1
        )
        if (least - 1) * self.gap > self.upper - self.lower:
            raise ValueError(
                f"Expected room for {least} entries but got {self}; widen the range or lower the gap"
            )
        if self.condition is not None and (self.condition < 1 or self.lower <= 0):
            raise ValueError(
                f"Expected condition >= 1 and lower > 0 but got {self}; a ratio needs positive entries"
            )
        if self.nulls < 0 or (self.nulls and self.lower < 0):
            raise ValueError(f"Expected nulls >= 0 and lower >= 0 but got {self}; zeros stand at the end")

    def parse(self, written: Any) -> Any:
        """The numbers as fractions."""
        return tuple(Fraction(x) for x in written) if isinstance(written, tuple) else written

    def symbols(self, name: str, case: Symbols, choice: Mapping[str, Any]) -> Any:
        """Positive symbols, in order where the domain keeps one."""
        if self.lower <= 0 or self.nulls:
            return super().symbols(name, case, choice)
        made = case.positive(name, case.size(self.size, choice), decreasing=self.ordered)
        if case.ranges:
            case.holds(made - Fraction(self.lower))
            case.holds(Fraction(self.upper) - made)
        return made

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> tuple[Fraction, ...]:
        """Simple and fine values mixed, sorted, spread to keep the gap."""
        n = drawn_size(self.size, source, earlier)
        zeros = source.integer(0, min(self.nulls, n - 1)) if self.nulls else 0
        return self._positive(n - zeros, source) + (Fraction(0),) * zeros

    def _positive(self, n: int, source: Source) -> tuple[Fraction, ...]:
        lower = Fraction(self.lower)
        if self.condition is not None:
            # the largest entry first; the others within the ratio below it
            top = Real(self.lower, self.upper, closed="both").draw(source, None, {})
            lower = max(lower, top / self.condition)
            if (n - 1) * Fraction(self.gap) > top - lower:
                raise Infeasible
            if n == 1 or lower == top:
                return (top,) * n
            rest = Spectrum(n - 1, lower, top, self.gap, self.ordered)._positive(n - 1, source)
            if self.gap and top - rest[0] < self.gap:
                raise Infeasible
            return (top, *rest)
        room = Fraction(self.upper) - lower - (n - 1) * Fraction(self.gap)
        if room < 0:
            raise Infeasible
        base = Real(lower, lower + room, closed="both")
        values = [base.draw(source, None, {}) for _ in range(n)]
        if self.gap == 0 and n > 1 and source.integer(0, 5) == 0:
            place = source.integer(1, n - 1)
            values[place] = values[place - 1]
        if not self.ordered:
            return tuple(values)
        values.sort()
        return tuple(v + i * Fraction(self.gap) for i, v in enumerate(values))[::-1]

    def sizes(self) -> tuple[Size, ...]:
        """As they were given."""
        return (self.size,)

    def sized(self, source: Source) -> Spectrum:
        """Those of the least or the largest size."""
        return replace(self, size=sized(self.size, source))

    def entries(self, value: tuple[Fraction, ...]) -> tuple[Entry, ...]:
        """The numbers but for the zeros at the end."""
        low, top = Fraction(self.lower), Fraction(self.upper)
        return tuple(Entry(x, low, top) for x in value if x or not self.nulls)

    def with_entries(self, value: tuple[Fraction, ...], numbers: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """In order again, with the same zeros at the end."""
        return self._sorted(tuple(numbers)) + (Fraction(0),) * (len(value) - len(numbers))

    def grown(self, value: tuple[Fraction, ...], size: str, source: Source) -> tuple[Fraction, ...]:
        """With one more entry."""
        return value if self.size != size else self._fitted(value, len(value) + 1, source)

    def _fitted(self, value: tuple[Fraction, ...], n: int, source: Source) -> tuple[Fraction, ...]:
        one = Real(self.lower, self.upper, closed="both")
        new = (choice(source, (one.draw(source, None, {}), *value)) for _ in range(n - len(value)))
        return self._sorted((*value, *new)) if n > len(value) else value[:n]

    def mutate(self, value: tuple[Fraction, ...], source: Source) -> tuple[Fraction, ...]:
        """One entry moved, or one more or less where the domain has a range of sizes; order restored."""
        n = resized(self.size, len(value), source)
        if n != len(value) and source.integer(0, 1):
            return self._fitted(value, n, source)
        i = source.integer(0, len(value) - 1)
        moved = Real(self.lower, self.upper, closed="both").mutate(value[i], source)
        return self._sorted((*value[:i], moved, *value[i + 1 :]))

    def _sorted(self, value: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        return tuple(sorted(value, reverse=True)) if self.ordered else value

    def simpler(self, value: tuple[Fraction, ...]) -> Iterator[tuple[Fraction, ...]]:
        """Fewer entries where the size is free, then whole multiples of all, then simpler entries."""
        if isinstance(self.size, Int):
            for i in range(len(value)):
                if len(value) > self.size.lower:
                    yield value[:i] + value[i + 1 :]
        whole = tuple(to_whole(value) * x for x in value)
        if self.weight(whole) < self.weight(value):
            yield whole
        scalar = Real(self.lower, self.upper, closed="both")
        for i, x in enumerate(value):
            for candidate in scalar.simpler(x):
                yield self._sorted((*value[:i], candidate, *value[i + 1 :]))

    def shrunk(self, value: tuple[Fraction, ...], size: str, index: int) -> tuple[Fraction, ...]:
        """Without one entry."""
        return value if self.size != size else _without(value, index)

    def weight(self, value: tuple[Fraction, ...]) -> float:
        """The entries' lengths, and a little for each entry."""
        return sum(2 + bits(x) for x in value)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether size, range, order and gap are right."""
        return not self.misfit(value, earlier)

    def misfit(self, value: Any, earlier: Mapping[str, Any]) -> str:
        """What is wrong: size, zeros, range, ratio, order or gap.

        >>> Spectrum(2, 0, 4, gap=1).misfit((Fraction(2), Fraction(3, 2)), {})
        'entries 1 and 2, 2 and 3/2, must fall by at least 1'
        """
        n = size_of(self.size, earlier)
        if not isinstance(value, tuple) or not value:
            return "it must be a tuple of numbers"
        if n is not None and len(value) != n:
            return f"it has {len(value)} entries but must have {n}"
        positive = value[: len(value) - sum(x == 0 for x in value)] if self.nulls else value
        if not positive or len(value) - len(positive) > self.nulls or (self.nulls and 0 in positive):
            return f"at most {self.nulls} zeros may stand, at the end, behind at least one other entry"
        for i, x in enumerate(positive, 1):
            if not self.lower <= x <= self.upper:
                return f"entry {i}, {x}, must lie in [{self.lower}, {self.upper}]"
        if self.condition is not None and max(positive) > self.condition * min(positive):
            return f"its largest entry must be at most {self.condition} times its smallest"
        return falling(positive, self.gap) if self.ordered else ""

    def realise(self, value: tuple[Fraction, ...], number: Number) -> np.ndarray[Any, Any]:
        """The spectrum as a vector."""
        return vector(value, number)

    def coordinates(self, name: str, value: tuple[Fraction, ...]) -> dict[str, tuple[float, float]]:
        """Extreme entries, and how many there are."""
        return {name: (float(min(value)), float(max(value))), f"{name}.size": (float(len(value)),) * 2}
