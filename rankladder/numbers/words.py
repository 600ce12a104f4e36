"""Words in matrices: an identity between matrices of every shape, by running the code that states it.

A matrix is a sum of words; a word is a product of letters. A letter is any matrix, a symmetric or an orthogonal one, or
a rectangle with a vector on its diagonal. Sizes are names. A vector is known by its entry at one index i that may be any:
a few cases say to which sizes i belongs (``i < m``, ``m <= i < q``, ...) and which expression stands there.

What is used of matrices, and nothing else: products, sums and transposes; ``U Uᵀ = 1`` for orthogonal letters; a product
of rectangular diagonals is one, entry by entry; a trace may be turned around, and transposed.

Two sums of words are equal when the coefficient of every word vanishes, in every case of the indices. That is sufficient,
for all sizes; :meth:`Structured.residuals` lists these coefficients.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from rankladder.numbers.balls import Symbolic

__all__ = [
    "Condition", "Every", "Index", "Largest", "Letter", "Ranked", "Size", "Stack", "Structured", "Table", "Trace", "Vanishing", "Vector", "Words", "at_least_one", "constant", "diagonal",
    "eigenvalues", "entrywise", "first_of", "fresh", "identity", "letter", "positions", "ranked", "rectangle", "smallest", "table", "triangular", "turned_to",
]  # fmt: skip


FIRST = "1"  # the size of which 0 is the only index


class NoSign(TypeError):
    """Something of every shape is said to be positive, or at least zero, and no rule knows why."""


class _Open(Symbolic):
    """What has no value that a conclusion could branch on: a comparison that nothing decides is an error, not false."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    __iter__: Any = None

    def __bool__(self) -> bool:
        raise TypeError(f"{self} has no truth value in a proof for every shape")

    def __eq__(self, other: object) -> bool:
        raise TypeError(f"nothing says whether {self} and {other} are equal, in a proof for every shape")

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __str__(self) -> str:
        return type(self).__name__


class Size(_Open):
    """A size by name, as a set of indices; several names stand for what they have in common, the least size.

    ``Size({"m", "d"})`` is some ``m <= d``. ``zero`` is the zero of the arithmetic of the entries.
    """

    __slots__ = ("names", "zero")

    def __init__(self, names: Iterable[str], zero: Any = 0) -> None:
        self.names, self.zero = frozenset(names), zero

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Size) and self.names == other.names:
            return True
        return super().__eq__(other)

    def __str__(self) -> str:
        return "∧".join(sorted(self.names))

    def within(self, name: str) -> Size:
        """Some size that is no larger."""
        return Size(self.names | {name}, self.zero)

    def __sub__(self, other: Any) -> Any:
        """Fewer by a whole number that is not negative: some size that is no larger. By more than one it may be negative, and
        is no size before :func:`at_least_one`: Python counts those from the end.
        """
        if not (isinstance(other, Size) or (isinstance(other, int) and other >= 0)):
            return NotImplemented
        if isinstance(other, int) and not other:
            return self
        fewer = self.within(f"{self}-{other}")
        return fewer if isinstance(other, int) and other == 1 else _Fewer(fewer)


class _Fewer(_Open):
    """A size less another number, which may be less than nothing."""

    __slots__ = ("size",)

    def __init__(self, size: Size) -> None:
        self.size = size


class _Count(_Open):
    """How many entries a matrix of every shape has: at least one, and no more is known."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int) and other < 1:
            return False
        return super().__eq__(other)

    def __add__(self, other: Any) -> _Count:
        return self if isinstance(other, (int, _Count)) else NotImplemented

    __radd__ = __mul__ = __rmul__ = __add__

    def __str__(self) -> str:
        return "the number of entries"


class _Split(Exception):
    """An index may lie below a size or not: both cases are to be gone through."""

    def __init__(self, index: Index, size: Size) -> None:
        self.index, self.size = index, size


class Index(_Open):
    """An index that may be any: below some sizes, not below others."""

    __slots__ = ("inside", "outside", "place")

    def __init__(self, inside: frozenset[str], outside: tuple[Size, ...] = (), place: int = 0) -> None:
        self.inside, self.outside, self.place = inside, outside, place

    def excludes(self, names: frozenset[str]) -> bool:
        """Whether it is known not to be below the least of the named sizes."""
        return any(size.names <= names | self.inside for size in self.outside)

    def below(self, size: Size) -> bool:
        """Whether it is below a size; where that may be so or not, each case is run by itself."""
        if size.names <= self.inside:
            return True
        if self.excludes(size.names):
            return False
        raise _Split(self, size)

    def __lt__(self, other: Size) -> bool:
        return self.below(other)

    def __ge__(self, other: Size) -> bool:
        return not self.below(other)


def _every_case(
    indices: Sequence[Index], form: Callable[..., Any]
) -> Iterator[tuple[tuple[Index, ...], Any]]:
    """What a form says in all the cases that it tells apart."""
    waiting = [tuple(indices)]
    while waiting:
        case = waiting.pop()
        try:
            value = form(*case)
        except _Split as split:
            place = next(n for n, index in enumerate(case) if index.place == split.index.place)
            here = case[place]
            yes = Index(here.inside | split.size.names, here.outside, here.place)
            no = Index(here.inside, (*here.outside, split.size), here.place)
            waiting += [(*case[:place], either, *case[place + 1 :]) for either in (no, yes)]
            continue
        yield case, value


class Condition(NamedTuple):
    """A number that must not be negative (must vanish, where ``vanishes``), and margins that are known to hold beside it."""

    number: Any
    known: tuple[tuple[Any, bool], ...]  # each with whether it is strict
    vanishes: bool = False


class Structured(_Open):
    """What stands for matrices, vectors and traces of every size."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        parts = [x[()] if isinstance(x, np.ndarray) and not x.ndim else x for x in inputs]
        if any(isinstance(x, np.ndarray) for x in parts):  # of a size that is a number
            return NotImplemented
        rule = _RULES.get(ufunc.__name__)
        if rule is not None:
            return rule(*parts)
        if len(parts) == 1 and isinstance(parts[0], Vector):
            return parts[0].each(lambda entry: ufunc(np.asarray(entry, dtype=object)))
        return NotImplemented

    def __array_function__(self, function: Any, _types: Any, given: Any, named: Any) -> Any:
        rule = {np.trace: "trace", np.diagonal: "diagonal", np.transpose: "transpose"}.get(function)
        if rule is None or len(given) != 1 or named or not hasattr(self, rule):
            raise TypeError(f"{function.__name__} of {self} is not known in a proof for every shape")
        return getattr(self, rule)()

    def __array__(self, *_: Any, **__: Any) -> Any:
        # NumPy would take it for one entry, and np.roll of it for itself
        raise TypeError(f"{self} is no array in a proof for every shape")

    def residuals(self) -> list[Any]:
        """Expressions that all vanish only if this is zero; at least one."""
        raise NotImplementedError

    def conditions(self, premises: Sequence[Vector | Every] = ()) -> Iterator[Condition]:
        """What suffices for this to be at least zero, given vectors with no negative entry."""
        raise NoSign(f"{self} has no sign in a proof for every shape")

    def strictly(self) -> Every:
        """That it is positive."""
        return Every(self, (), True)

    def supposing(self, premises: tuple[Any, ...]) -> Every:
        """That it is at least zero wherever others are."""
        return Every(self, premises)

    def __neg__(self) -> Any:
        return self * -1  # type: ignore[operator]

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __truediv__(self, other: Any) -> Any:
        return self * (1 / _number(other))


_RULES: dict[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "true_divide": operator.truediv, "matmul": operator.matmul, "negative": operator.neg, "power": operator.pow,
    "absolute": abs,
}  # fmt: skip


def _number(value: Any) -> Any:
    """A single number; whole ones as fractions, or they would be divided into floats."""
    from fractions import Fraction

    if isinstance(value, np.ndarray) and not value.ndim:
        value = value[()]
    if isinstance(value, Structured) or np.ndim(value):
        raise TypeError(f"Expected a number beside words in matrices but got {type(value).__name__}")
    return Fraction(int(value)) if isinstance(value, (int, np.integer)) else value


class Vanishing(Structured):
    """That something of every size is zero, by margins that suffice for it: no number to compute with, nor an assumption."""

    __slots__ = ("margins",)

    def __init__(self, margins: Sequence[Any]) -> None:
        self.margins = tuple(margins)

    def joined(self, entries: Sequence[Any], smallest: bool) -> Any:
        """All of some margins."""
        return self.margins[0].joined(entries, smallest)

    def strictly(self) -> Every:
        """An equation is not strict."""
        raise NoSign("an equation is never strict")

    def supposing(self, premises: tuple[Any, ...]) -> Any:
        """Where others hold."""
        return Vanishing([m.supposing(premises) if isinstance(m, Structured) else m for m in self.margins])


class _Piece(NamedTuple):
    """The entry at an index below the least of some sizes, and below none of others."""

    inside: frozenset[str]
    outside: tuple[Size, ...]
    entry: Any


class _Elementwise(Structured):
    """What is added and multiplied entry by entry."""

    def _with(self, other: Any, combine: Callable[[Any, Any], Any]) -> Any:
        raise NotImplementedError

    def __add__(self, other: Any) -> Any:
        return self._with(other, operator.add)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        return self._with(other, operator.mul)

    __rmul__ = __mul__


@dataclass(frozen=True, eq=False)
class Vector(_Elementwise):
    """A vector of every size, by its entry at an index that may be any; zero where no case says otherwise."""

    size: Size
    start: Size | None
    pieces: tuple[_Piece, ...]

    ndim = 1

    @property
    def shape(self) -> tuple[Any]:
        """Its size; with its start where that is not the first index."""
        return (self.size if self.start is None else (self.start, self.size),)

    def at(self, index: Index) -> Any:
        """The entry at an index."""
        for piece in self.pieces:
            if index.excludes(piece.inside) or any(o.names <= index.inside for o in piece.outside):
                continue
            if not index.below(Size(piece.inside)):
                continue
            if not any(index.below(o) for o in piece.outside):
                return _renamed(piece.entry, "1") if FIRST in index.inside else piece.entry
        return self.size.zero

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, Index):
            return _renamed(self.at(key), "ij"[key.place])
        if isinstance(key, int) and key == 0:
            return self._first()
        if isinstance(key, tuple) and str(key) == str((slice(None), None)):
            return _Rows(self)
        if isinstance(key, slice) and key.step is None:
            start, stop = (
                self.start if key.start is None else key.start,
                self.size if key.stop is None else key.stop,
            )
            if not all(
                isinstance(x, Size) and x.names >= self.size.names for x in (start, stop) if x is not None
            ):
                raise ValueError(f"a vector of size {self.size} has no part {start} to {stop}")
            return _over(stop, start, self.at)
        raise TypeError(f"a vector of every size has no entry {key}")

    @property
    def simple(self) -> bool:
        """Whether it starts at the first index, and its entries are all of one form."""
        return len(self.pieces) == 1 and self.start is None

    def _first(self) -> Any:
        if not self.simple:
            raise TypeError("the first entry of a vector with several cases is not known")
        return _renamed(self.pieces[0].entry, "1")

    def each(self, function: Callable[[Any], Any]) -> Vector:
        """The function of every entry."""
        return _over(self.size, self.start, lambda i: function(self.at(i)))

    def _with(self, other: Any, combine: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Vector):
            if _names(self.start) != _names(other.start) or self.size.names != other.size.names:
                raise ValueError(f"vectors of sizes {self.size} and {other.size} do not fit")
            return _over(self.size, self.start, lambda i: combine(self.at(i), other.at(i)))
        if isinstance(other, (Structured, _Rows)) or hasattr(other, "rate"):
            return NotImplemented
        number = _number(other)
        return self.each(lambda entry: combine(entry, number))

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, operator.truediv)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda entry, number: number / entry)

    def __pow__(self, power: Any) -> Any:
        return self._with(power, operator.pow)

    def __abs__(self) -> Vector:
        return self.each(abs)

    def sum(self, axis: Any = None) -> Trace:
        """The sum of its entries."""
        if axis not in (None, 0, -1):
            raise TypeError(f"a vector has no axis {axis}")
        return diagonal(replace(self, start=None)).trace()  # type: ignore[no-any-return]

    def residuals(self) -> list[Any]:
        """Its entries, case by case."""
        start = Index(self.size.names, () if self.start is None else (self.start,))
        return [self.size.zero + value for _, value in _every_case([start], self.at)] or [self.size.zero]

    def joined(self, entries: Sequence[Any], smallest: bool) -> Any:
        """All of some margins, or the least of some numbers (or the greatest)."""
        return self.size.zero.joined(entries, smallest)

    def known(self, index: Index) -> Any:
        """The entry at an index that is one of its own; None at others."""
        if not index.below(self.size) or (self.start is not None and index.below(self.start)):
            return None
        return self.at(index)

    def conditions(self, premises: Sequence[Vector | Every] = ()) -> Iterator[Condition]:
        """Every entry."""
        start = Index(self.size.names, () if self.start is None else (self.start,))
        yield from _conditions([start], lambda i: _entry(self.size, self.at(i)), premises)


@dataclass(frozen=True, eq=False)
class Table(_Elementwise):
    """A number for every pair of a row and a column, by what it is at two indices that may be any."""

    rows: Size
    columns: Size
    form: Callable[[Index, Index], Any]

    ndim = 2

    def each(self, function: Callable[[Any], Any]) -> Table:
        """The function of every number."""
        return Table(self.rows, self.columns, lambda i, j: function(self.form(i, j)))

    def _with(self, other: Any, combine: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Table):
            if (self.rows.names, self.columns.names) != (other.rows.names, other.columns.names):
                raise ValueError("tables of different sizes do not fit")
            return Table(self.rows, self.columns, lambda i, j: combine(self.form(i, j), other.form(i, j)))
        number = _number(other)
        return self.each(lambda entry: combine(entry, number))

    def residuals(self) -> list[Any]:
        """Its numbers, case by case."""
        return [condition.number for condition in self.conditions()]

    def joined(self, entries: Sequence[Any], smallest: bool) -> Any:
        """All of some margins, or the least of some numbers (or the greatest)."""
        return self.rows.zero.joined(entries, smallest)

    def known(self, row: Index, column: Index) -> Any:
        """The number of a row and a column of its own; None elsewhere."""
        return self.form(row, column) if row.below(self.rows) and column.below(self.columns) else None

    def conditions(self, premises: Sequence[Any] = ()) -> Iterator[Condition]:
        """Every number."""
        start = [Index(self.rows.names, (), 0), Index(self.columns.names, (), 1)]
        yield from _conditions(start, lambda i, j: self.rows.zero + self.form(i, j), premises)


def table(rows: Any, columns: Any, form: Callable[[Any, Any], Any]) -> Any:
    """The numbers ``form(i, j)`` for ``i = 0, ..., rows - 1`` and ``j = 0, ..., columns - 1``.

    >>> table(2, 2, lambda i, j: 10 * i + j).tolist()
    [[0, 1], [10, 11]]
    """
    if isinstance(rows, Size):
        made = Table(rows, columns, form)
        _steady(rows, made.conditions)
        return made
    return np.array([[form(i, j) for j in range(columns)] for i in range(rows)])


class _Rows(_Open):
    """A vector as a column, beside a matrix whose rows it multiplies."""

    __array_ufunc__ = None

    def __init__(self, vector: Vector) -> None:
        self.vector = vector

    def __mul__(self, matrix: Words) -> Any:
        return diagonal(self.vector) @ matrix

    __rmul__ = __mul__


def _names(size: Size | None) -> frozenset[str] | None:
    return None if size is None else size.names


def _over(size: Size, start: Size | None, form: Callable[[Index], Any]) -> Vector:
    first = Index(size.names, () if start is None else (start,))
    cases = _every_case([first], form)
    return Vector(size, start, tuple(_Piece(i.inside, i.outside, value) for (i,), value in cases))


def entrywise(size: Any, form: Callable[[Any], Any]) -> Any:
    """The vector with the entries ``form(i)`` for ``i = 0, 1, ..., size - 1``.

    Where the size is a name, the form is run on an index that may be any; ``i < m`` makes it run for both answers.

    >>> entrywise(3, lambda i: i * i).tolist()
    [0, 1, 4]
    """
    if isinstance(size, Size):

        def made() -> Vector:
            return _over(size, None, lambda i: _entry(size, form(i)))

        _steady(size, lambda: made().pieces)
        return made()
    return np.array([form(i) for i in range(size)])


def _steady(size: Size, made: Callable[[], Iterable[Any]]) -> None:
    """That a form says the same again: one that counts its calls is run as often as there are entries on numbers alone.

    Raises:
        TypeError: for a form that does not.
    """

    def said() -> list[str]:
        with getattr(size.zero, "forgetting", nullcontext)():
            return [_written(x.entry if isinstance(x, _Piece) else x.number) for x in made()]

    if said() != said():
        raise TypeError("a form that says something else each time is not known in a proof for every shape")


def _written(value: Any) -> str:
    return f"({', '.join(map(_written, value.entries))})" if hasattr(value, "entries") else str(value)


def _entry(size: Size, value: Any) -> Any:
    """A value as an entry: a number, or the least or greatest of some, which is none before something computes with it."""
    return value if hasattr(value, "entries") else size.zero + value


def positions(size: Any) -> Any:
    """The vector ``0, 1, ..., size - 1``.

    >>> positions(3).tolist()
    [0, 1, 2]
    """
    if not isinstance(size, Size):
        return np.arange(size)
    here = size.zero.named("i[i]", integer=True, nonnegative=True)
    return entrywise(size, lambda i: here)


def smallest(*sizes: Any) -> Any:
    """The least of some sizes, of numbers or by name.

    >>> smallest(3, 2)
    2
    """
    if not any(isinstance(size, Size) for size in sizes):
        return min(sizes)
    if not all(isinstance(size, Size) for size in sizes):
        raise TypeError("sizes by name and by number do not compare")
    return Size(frozenset().union(*(size.names for size in sizes)), sizes[0].zero)


def at_least_one(size: Any) -> Any:
    """The size, or 1 where it is less; a size by name may be any.

    >>> at_least_one(0), at_least_one(3)
    (1, 3)
    """
    if isinstance(size, _Fewer):
        return size.size
    return size if isinstance(size, Size) else max(1, size)


def first_of(size: Any) -> Any:
    """The size 1, of the first among the indices below a size that is at least one.

    >>> first_of(3)
    1
    """
    return size.within(FIRST) if isinstance(size, Size) else 1


class Letter(NamedTuple):
    """A matrix by name: ``kind`` is free, symmetric or orthogonal. Sizes by their names, so that letters compare.

    ``like_one`` are the names of a size: below it, rows and columns are those of 1.
    """

    name: str
    rows: frozenset[str]
    columns: frozenset[str]
    kind: str = "free"
    transposed: bool = False
    like_one: frozenset[str] | None = None

    @property
    def T(self) -> Letter:  # noqa: N802
        """Its transpose."""
        flipped = self.kind != "symmetric" and not self.transposed
        return Letter(self.name, self.columns, self.rows, self.kind, flipped, self.like_one)

    def keeps(self, part: Any) -> bool:
        """Whether it changes nothing beside a rectangle, which has no entries where it differs from 1."""
        rectangle = self.like_one is not None and isinstance(part, Rectangle)
        return rectangle and self.like_one <= part.vector.size.names

    def undone_by(self, other: Any) -> bool:
        """Whether the product with another letter is 1."""
        return self.kind == "orthogonal" and other == self.T


class Rectangle(NamedTuple):
    """A rectangle with a vector on its diagonal."""

    vector: Vector
    rows: frozenset[str]
    columns: frozenset[str]

    @property
    def T(self) -> Rectangle:  # noqa: N802
        """Its transpose."""
        return Rectangle(self.vector, self.columns, self.rows)

    @property
    def is_unit(self) -> bool:
        """Whether it is square, with ones all along its diagonal."""
        whole = self.rows == self.columns == self.vector.size.names and self.vector.start is None
        return whole and all(getattr(piece.entry, "expr", piece.entry) == 1 for piece in self.vector.pieces)

    def times(self, other: Rectangle) -> Rectangle:
        """The product: entry by entry, as far as all three sizes go."""
        size = Size(self.rows | self.columns | other.columns, self.vector.size.zero)
        entries = _over(size, None, lambda i: self.vector.at(i) * other.vector.at(i))
        return Rectangle(entries, self.rows, other.columns)


Word = tuple[Any, ...]  # of letters and rectangles
_Terms = tuple[tuple[Any, Word], ...]  # coefficients and words


def _reduced(word: Iterable[Any]) -> Word:
    """``U Uᵀ = 1``, rectangles side by side are one, a square of ones is 1, and so is what is like 1 beside a rectangle."""
    made: list[Any] = []
    for part in word:
        last = made[-1] if made else None
        if isinstance(part, Rectangle):
            merged = made.pop().times(part) if isinstance(last, Rectangle) else part
            while made and isinstance(made[-1], Letter) and made[-1].keeps(merged):
                made.pop()
            made += [] if merged.is_unit else [merged]
        elif isinstance(last, Letter) and last.undone_by(part):
            made.pop()
        elif not part.keeps(last):
            made.append(part)
    return tuple(made)


def _skeleton(word: Word) -> Word:
    """A word with the places of its rectangles alone."""
    return tuple((part.rows, part.columns) if isinstance(part, Rectangle) else part for part in word)


def _gathered(terms: Iterable[tuple[Any, Word]]) -> _Terms:
    """Words that are alike but for their one rectangle are one word; so are equal words."""
    groups: dict[Word, list[tuple[Any, Word]]] = {}
    for coefficient, word in terms:
        groups.setdefault(_skeleton(word), []).append((coefficient, word))
    made: list[tuple[Any, Word]] = []
    for alike in groups.values():
        many = sum(isinstance(part, Rectangle) for part in alike[0][1])
        made += [_sum_of_alike(alike)] if len(alike) > 1 and many < 2 else alike
    return tuple(
        (c, _reduced(w)) for c, w in made if not _is_zero(c) and not any(_vanishes(part) for part in w)
    )


def _sum_of_alike(terms: Sequence[tuple[Any, Word]]) -> tuple[Any, Word]:
    """The sum of words that differ in their one rectangle, or in none."""
    word = terms[0][1]
    place = next((n for n, part in enumerate(word) if isinstance(part, Rectangle)), None)
    if place is None:
        return _plain(sum((c for c, _ in terms[1:]), terms[0][0])), word
    parts = [(c, w[place].vector) for c, w in terms]
    _, rows, columns = word[place]
    size = Size(rows | columns, parts[0][1].size.zero)
    total = _over(size, None, lambda i: _plain(sum((c * vector.at(i) for c, vector in parts), size.zero)))
    return 1 + size.zero, (*word[:place], Rectangle(total, rows, columns), *word[place + 1 :])


def _plain(value: Any) -> Any:
    """Expanded, so that what cancels is gone."""
    inner = getattr(value, "expr", None)
    return value if inner is None else type(value)(inner.expand())


def _is_zero(value: Any) -> bool:
    return bool(getattr(value, "expr", value) == 0)


def _vanishes(part: Any) -> bool:
    return isinstance(part, Rectangle) and all(_is_zero(piece.entry) for piece in part.vector.pieces)


@dataclass(frozen=True, eq=False)
class Words(Structured):
    """A matrix of every shape: a sum of words, each with its coefficient.

    What NumPy does with matrices it does with these: ``@``, ``.T``, ``+``, ``-``, ``*`` by numbers and by vectors (of
    columns), ``(A * B).sum()``, ``np.diagonal``.
    """

    terms: _Terms
    rows: Size
    columns: Size

    ndim = 2

    @property
    def _sizes(self) -> tuple[frozenset[str], frozenset[str]]:
        return self.rows.names, self.columns.names

    @property
    def size(self) -> _Count:
        """How many entries it has, which is not known: only that room is asked for them."""
        return _Count()

    @property
    def shape(self) -> tuple[Size, Size]:
        """Its sizes by name."""
        return self.rows, self.columns

    @property
    def T(self) -> Words:  # noqa: N802
        """The transpose."""
        turned = tuple((c, tuple(part.T for part in reversed(word))) for c, word in self.terms)
        return Words(turned, self.columns, self.rows)

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Structured) and _is_zero(_number(other)):
            return self
        if not isinstance(other, Words) or self._sizes != other._sizes:
            shape = getattr(other, "shape", ())
            raise ValueError(
                f"a matrix ({self.rows}, {self.columns}) and {type(other).__name__} {shape} do not add"
            )
        return Words(_gathered((*self.terms, *other.terms)), self.rows, self.columns)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, _Rows):
            return NotImplemented
        if isinstance(other, Words):
            if self._sizes != other._sizes:
                raise ValueError(f"matrices {self.shape} and {other.shape} have no product entry by entry")
            return _Entries(self.T @ other, other @ self.T)
        if isinstance(other, Vector):
            return self @ diagonal(other)
        number = _number(other)
        return Words(_gathered((_plain(c * number), word) for c, word in self.terms), self.rows, self.columns)

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def _corner(self, rows: slice, columns: slice) -> Words:
        """The first rows and columns of a matrix that may be any, which may be any too."""
        plain = all(s.start is None and s.step is None and isinstance(s.stop, Size) for s in (rows, columns))
        if not plain:
            raise TypeError("a corner holds the first rows and columns in a proof for every shape")
        if not self.terms:
            return Words((), rows.stop, columns.stop)
        return letter(f"{self.name_of_any()}[:{rows.stop},:{columns.stop}]", rows.stop, columns.stop)

    def name_of_any(self) -> str:
        """The name of a matrix that may be any.

        Raises:
            TypeError: for others.
        """
        ((times, word),) = self.terms if len(self.terms) == 1 else ((0, ()),)
        if (
            len(word) != 1
            or getattr(word[0], "kind", "") != "free"
            or word[0].like_one
            or not _is_zero(times - 1)
        ):
            raise TypeError("this needs a matrix that may be any, in a proof for every shape")
        return f"{word[0].name}{'ᵀ' if word[0].transposed else ''}"

    def __matmul__(self, other: Any) -> Any:
        if not isinstance(other, Words) or self.columns.names != other.rows.names:
            shape = getattr(other, "shape", ())
            raise ValueError(
                f"a matrix ({self.rows}, {self.columns}) and {type(other).__name__} {shape} do not multiply"
            )
        made = ((_plain(c * d), _reduced((*v, *w))) for c, v in self.terms for d, w in other.terms)
        return Words(_gathered(made), self.rows, other.columns)

    def __pow__(self, power: Any) -> Any:
        if power != 2:
            raise TypeError(f"the entries of a matrix of every shape have no power {power}")
        return self * self

    def __getitem__(self, key: Any) -> Any:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        if rows.stop is not None and columns.stop is not None:
            return self._corner(rows, columns)
        return _kept(_kept(self, columns).T, rows).T

    def trace(self) -> Trace:
        """The sum of the diagonal entries."""
        if self.rows.names != self.columns.names:
            raise ValueError(f"a matrix ({self.rows}, {self.columns}) has no trace")
        return Trace(
            tuple((c, word or (_ones(self.rows.names, self.rows.zero),)) for c, word in self.terms),
            self.rows.zero,
        )

    def diagonal(self) -> Any:
        """The diagonal entries: a vector where every word is a rectangle."""
        if all(len(word) == 1 and isinstance(word[0], Rectangle) for _, word in self.terms):
            size = smallest(self.rows, self.columns)
            return _over(
                size, None, lambda i: sum((c * word[0].vector.at(i) for c, word in self.terms), size.zero)
            )
        return Diagonal(self)

    def transpose(self) -> Words:
        """The transpose."""
        return self.T

    def inverse(self) -> Words:
        """The inverse of one word of orthogonal letters and a diagonal without zeros.

        Raises:
            ValueError: for anything else.
        """
        if self.rows.names != self.columns.names or len(self.terms) != 1:
            raise ValueError(
                "only one word of orthogonal letters and a diagonal has an inverse in a proof for every shape"
            )
        ((coefficient, word),) = self.terms
        parts = []
        for part in reversed(word):
            if isinstance(part, Rectangle):
                entries = part.vector.residuals()
                filled = part.rows == part.columns == part.vector.size.names and part.vector.start is None
                if not filled or not all(getattr(x, "expr", x).is_nonzero for x in entries):
                    raise ValueError("a diagonal with entries that may be zero has no inverse")
                parts.append(Rectangle(part.vector.each(lambda x: 1 / x), part.columns, part.rows))
            elif part.kind == "orthogonal":
                parts.append(part.T)
            else:
                raise ValueError(f"{part.name} may have no inverse")
        if not (1 / coefficient).expr.is_nonzero:
            raise ValueError("a multiple that may be zero has no inverse")
        return Words(((1 / coefficient, tuple(parts)),), self.rows, self.columns)

    def residuals(self) -> list[Any]:
        """The coefficient of every word, in every case of its indices, in the joint frames."""
        frames = _frames(self.terms)
        words = [(c, _filled(_framed(word, frames), self.rows, frames)) for c, word in self.terms]
        return _coefficients(words, self.rows.zero, lambda places: range(len(places)))


def _kept(matrix: Words, key: slice) -> Any:
    """The first columns of a matrix."""
    if key.start is None and key.stop is None and key.step is None:
        return matrix
    if key.start is not None or key.step is not None or not isinstance(key.stop, Size):
        raise TypeError(f"a matrix of every shape has no part {key}")
    if not key.stop.names >= matrix.columns.names:
        raise ValueError(f"a matrix with {matrix.columns} columns has no first {key.stop}")
    return matrix @ rectangle(entrywise(key.stop, lambda i: 1), matrix.columns, key.stop)


class _Entries(_Open):
    """A product entry by entry, of which only sums are known: ``sum_ij A_ij B_ij = tr(Aᵀ B)``."""

    __array_ufunc__ = None

    def __init__(self, inner: Words, outer: Words) -> None:
        self.inner, self.outer = inner, outer

    def sum(self, axis: Any = None) -> Any:
        """The sum of all entries, or of every row."""
        if axis in (None, (-2, -1), (0, 1)):
            return self.inner.trace()
        if axis in (-1, 1):
            return self.outer.diagonal()
        raise TypeError(f"a product entry by entry has no sum along {axis} in a proof for every shape")


@dataclass(frozen=True, eq=False)
class Diagonal(Structured):
    """The diagonal of a matrix."""

    matrix: Words

    ndim = 1

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Vector):
            other = rectangle(other, self.matrix.rows, self.matrix.columns)
        return Diagonal(self.matrix + (other.matrix if isinstance(other, Diagonal) else other))

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Vector):
            return Diagonal(diagonal(other) @ self.matrix)
        return Diagonal(self.matrix * _number(other))

    __rmul__ = __mul__

    def sum(self, axis: Any = None) -> Trace:
        """The trace."""
        return self.matrix.trace()

    def residuals(self) -> list[Any]:
        """The coefficient of every word between two equal indices; a word and its transpose are one."""
        frames = _frames(self.matrix.terms)
        words = []
        for c, word in self.matrix.terms:
            made = _filled(_framed(word, frames), self.matrix.rows, frames)
            words.append((c, min(made, _turned(made), key=_order)))
        # the first and the last rectangle are at the same index
        return _coefficients(words, self.matrix.rows.zero, lambda places: [*range(len(places) - 1), 0])


@dataclass(frozen=True, eq=False)
class Trace(Structured):
    """A number: a sum of traces of words, and one that is no trace."""

    terms: _Terms
    zero: Any
    number: Any = 0

    ndim = 0

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Largest):
            return NotImplemented
        if isinstance(other, Trace):
            return Trace((*self.terms, *other.terms), self.zero, self.number + other.number)
        return Trace(self.terms, self.zero, self.number + _number(other))

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Vector):
            return NotImplemented
        number = _number(other)
        return Trace(tuple((c * number, word) for c, word in self.terms), self.zero, self.number * number)

    __rmul__ = __mul__

    def joined(self, entries: Sequence[Any], smallest: bool) -> Any:
        """All of some margins."""
        return self.zero.joined(entries, smallest)

    def _rings(self) -> list[tuple[Any, Word]]:
        """Its words up to turning them around or transposing them."""
        frames = _frames(self.terms)
        words = []
        for c, word in self.terms:
            around = _around(_framed(word, frames), word[0].rows, self.zero)
            words.append((c, min((t for r in _rotations(around) for t in (r, _turned(r))), key=_order)))
        return words

    def residuals(self) -> list[Any]:
        """The coefficient of every word up to turning it around or transposing it, and the number."""
        return [
            *_coefficients(self._rings(), self.zero, lambda places: range(len(places))),
            self.zero + self.number,
        ]

    def conditions(self, premises: Sequence[Vector | Every] = ()) -> Iterator[Condition]:
        """A sum is at least zero where every term is: over one index for diagonals, over rows and columns for words in two
        letters, whose entries may be any numbers. Longer words must vanish.
        """
        yield Condition(self.zero + self.number, ())
        single: list[tuple[Any, Vector]] = []
        double: list[tuple[Any, Letter, Vector, Letter, Vector]] = []
        longer: list[tuple[Any, Word]] = []
        for c, ring in self._rings():
            if len(ring) == 1:
                single.append((c, ring[0].vector))
            elif len(ring) == 4:
                x, between, y, after = ring
                if x.transposed:  # tr(X R Y S) = tr(X^T S Y^T R)
                    x, between, y, after = x.T, after, y.T, between
                double.append((c, x, between.vector, y, after.vector))
            else:
                longer.append((c, ring))

        def term(i: Index) -> Any:
            return sum((c * v.at(i) for c, v in single), self.zero)

        def pair(i: Index, j: Index) -> Any:
            # all words together, for a product of two entries may be made up for by their squares
            made = self.zero
            for c, x, between, y, after in double:
                entries = self._entry(x, "ij") * self._entry(y, "ji")
                made = made + c * entries * after.at(i) * _renamed(between.at(j), "j")
            return made

        if single:
            yield from _conditions([Index(frozenset())], term, premises)
        if double:
            yield from _conditions([Index(frozenset(), (), 0), Index(frozenset(), (), 1)], pair, premises)
        for value in _coefficients(longer, self.zero, lambda places: range(len(places))) if longer else ():
            yield Condition(value, (), True)

    def _entry(self, letter: Letter, at: str) -> Any:
        """The entry of a letter at two indices, as a number that may be any."""
        of = "".join(sorted(at)) if letter.kind == "symmetric" else at[::-1] if letter.transposed else at
        return self.zero.named(f"{letter.name}({','.join(of)})")


@dataclass(frozen=True, eq=False)
class Every(Structured):
    """That something is at least zero (or positive, where ``strict``), wherever the entries of other vectors are."""

    margin: Any  # structured, or an entry of such
    premises: tuple[Vector | Every, ...] = ()
    strict: bool = False

    ndim = 0

    def joined(self, entries: Sequence[Any], smallest: bool) -> Any:
        """All of some margins."""
        return self.margin.joined(entries, smallest)

    def known(self, *at: Index) -> Any:
        """What it says at indices that are among its own; None at others. Under premises it is an implication, of tables only."""
        margin = self.margin.known(*at)
        if not self.premises:
            return margin
        plain = all(isinstance(each, Table) for each in (self.margin, *self.premises)) and not self.strict
        given = [premise.known(*at) for premise in self.premises] if plain else [None]
        if margin is None:
            return None
        for premise in given:
            if premise is None:
                return None
            margin = premise.implies(margin)
        return margin

    def strictly(self) -> Every:
        """That it is positive."""
        return Every(self.margin, self.premises, True)

    def supposing(self, premises: tuple[Any, ...]) -> Every:
        """That it holds wherever others do."""
        return Every(self.margin, (*self.premises, *premises), self.strict)

    def conditions(self, premises: Sequence[Vector | Every] = ()) -> Iterator[Condition]:
        """Those of what it is about."""
        if self.strict and not isinstance(self.margin, (Vector, Table)):
            raise NoSign("a sum over indices is not known to have a positive term in a proof for every shape")
        yield from self.margin.conditions((*premises, *self.premises))


def goes_entry_by_entry(premise: Any, conclusion: Any) -> bool:
    """Whether "where the premise holds, so does the conclusion" is said of the same indices, or the premise is one number: what
    NumPy would broadcast says something else.
    """
    if not isinstance(premise, Structured):
        return not np.ndim(premise) and not hasattr(premise, "entries")
    one, two = (each.margin if isinstance(each, Every) else each for each in (premise, conclusion))
    if isinstance(one, Table) and isinstance(two, Table):
        return (one.rows.names, one.columns.names) == (two.rows.names, two.columns.names)
    if not (isinstance(one, Vector) and isinstance(two, Vector)):
        return False
    return one.size.names == two.size.names and _names(one.start) == _names(two.start)


@dataclass(frozen=True, eq=False)
class Ranked(Structured):
    """The entries of a vector, largest first."""

    vector: Vector

    def top(self, count: Size) -> Largest:
        """The sum of so many of the largest."""
        return Largest(self.vector[:count].sum(), self.vector, count, 1 + self.vector.size.zero)


@dataclass(frozen=True, eq=False)
class Largest(Structured):
    """A number and a multiple of what the ``count`` largest entries of a vector sum to more than its first ones."""

    rest: Trace
    vector: Vector
    count: Size
    times: Any

    ndim = 0

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Table):
            return Exchanged(self, other)
        if not isinstance(other, Largest):
            return Largest(self.rest + other, self.vector, self.count, self.times)
        if self.count.names != other.count.names or not all(
            _is_zero(x) for x in (self.vector - other.vector).residuals()
        ):
            raise ValueError("sums of the largest entries of different vectors do not compare")
        return Largest(self.rest + other.rest, self.vector, self.count, self.times + other.times)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        number = _number(other)
        return Largest(self.rest * number, self.vector, self.count, self.times * number)

    __rmul__ = __mul__

    def residuals(self) -> list[Any]:
        """Of the number, and the multiple: whatever is largest."""
        return [*self.rest.residuals(), self.vector.size.zero + self.times]

    def vanishing(self) -> list[Any]:
        """Margins of this being zero because the first entries are the largest: the number is, and none of the others is larger."""
        v, size = self.vector, self.vector.size

        def ahead(i: Any, j: Any) -> Any:
            return v[i] - v[j] if i < self.count and not j < self.count else size.zero

        alone = _is_zero(self.times)
        return [-abs(x) for x in self.rest.residuals()] + ([] if alone else [Table(size, size, ahead)])


@dataclass(frozen=True, eq=False)
class Exchanged(Structured):
    """A multiple of what the largest entries of a vector sum to more than its first ones, and a number for every pair.

    For one of the first entries any other could be taken, so the largest sum to more by the difference at least.
    """

    gained: Largest
    pairs: Table

    ndim = 0

    def joined(self, entries: Sequence[Any], smallest: bool) -> Any:
        """All of some margins."""
        return self.pairs.joined(entries, smallest)

    def conditions(self, premises: Sequence[Any] = ()) -> Iterator[Condition]:
        """At least zero at every pair."""
        v, count, times = self.gained.vector, self.gained.count, self.gained.times
        for number in self.gained.rest.residuals():
            yield Condition(number, (), True)
        yield Condition(v.size.zero + times, ())

        def other(i: Any, j: Any) -> Any:
            return times * (v[j] - v[i]) if i < count and not j < count else v.size.zero

        exchanges = Table(self.pairs.rows, self.pairs.columns, other)
        yield from (self.pairs + exchanges).conditions(premises)


def ranked(vector: Vector) -> Ranked:
    """The entries of a vector of every size, largest first."""
    return Ranked(vector)


def eigenvalues(matrix: Words) -> Ranked:
    """Eigenvalues of ``V diag(g) V^T`` with an orthogonal letter V, largest first.

    Raises:
        ValueError: for anything else.
    """
    ((times, word),) = matrix.terms if len(matrix.terms) == 1 else ((0, ()),)
    if (
        len(word) != 3
        or not isinstance(word[1], Rectangle)
        or not getattr(word[0], "kind", "") == "orthogonal"
    ):
        raise ValueError("only a diagonal in an orthogonal frame has eigenvalues in a proof for every shape")
    if word[2] != word[0].T:
        raise ValueError("a diagonal between two frames has no eigenvalues in a proof for every shape")
    return Ranked(_over(matrix.rows, None, lambda i: word[1].vector.at(i) * times))


def _conditions(
    start: Sequence[Index], term: Callable[..., Any], premises: Sequence[Vector | Every]
) -> Iterator[Condition]:
    """The term in every case of its indices, and what the premises say there."""

    def form(*case: Index) -> Condition:
        known: list[tuple[Any, bool]] = []
        for premise in premises:
            if not isinstance(premise, Structured):  # a number, at every index the same
                known.append((premise, False))
                continue
            strict = isinstance(premise, Every) and premise.strict
            at: Any = getattr(premise, "known", None)
            if at is None:  # what it says at an index is not known
                continue
            if isinstance(getattr(premise, "margin", premise), Table):
                found = [at(*case)] if len(case) == 2 else []
            else:
                each = [(at(index), index.place) for index in case]
                found = [None if margin is None else _renamed(margin, "ij"[place]) for margin, place in each]
            known += [(margin, strict) for margin in found if margin is not None]
        return Condition(term(*case), tuple(known))

    yield from (condition for _, condition in _every_case(start, form))


def _frames(terms: Iterable[tuple[Any, Word]]) -> dict[frozenset[str], Letter]:
    """An orthogonal letter for each size that has one, turned so that it undoes what stands beside letters of other kinds."""
    found: dict[frozenset[str], tuple[bool, Letter]] = {}

    def offer(size: frozenset[str], letter: Letter, beside: bool) -> None:
        known = found.get(size)
        if known is None or (beside, known[1].name) > (known[0], letter.name):
            found[size] = beside, letter

    for _, word in terms:
        for part in word:
            if isinstance(part, Letter) and part.kind == "orthogonal":
                offer(part.rows, part.T if part.transposed else part, False)
        for one, two in itertools.pairwise(word):
            if isinstance(one, Letter) and isinstance(two, Letter):
                if two.kind == "orthogonal" != one.kind:
                    offer(two.rows, two, True)
                elif one.kind == "orthogonal" != two.kind:
                    offer(one.columns, one.T, True)
    return {size: letter for size, (_, letter) in found.items()}


def _framed(word: Word, frames: dict[frozenset[str], Letter]) -> Word:
    """Every letter that is no frame is named by what it is in the frames: ``M`` for ``Uᵀ M V``, which may be any."""
    made: list[Any] = []
    for part in word:
        if isinstance(part, Letter) and frames.get(part.rows) not in (part, part.T):
            left, right = frames.get(part.rows), frames.get(part.columns)
            made += [*([left] if left else []), part, *([right.T] if right else [])]
        else:
            made.append(part)
    return _reduced(made)


def _ones(names: frozenset[str], zero: Any) -> Rectangle:
    return Rectangle(entrywise(Size(names, zero), lambda i: 1), names, names)


def _filled(word: Word, rows: Size, frames: dict[frozenset[str], Letter]) -> Word:
    """With a rectangle before, between and after its letters, of ones where none stood; 1 is ``U 1 Uᵀ``."""
    if not word and rows.names in frames:
        word = (frames[rows.names], frames[rows.names].T)
    made: list[Any] = []
    for part in word:
        if isinstance(part, Letter) and not (made and isinstance(made[-1], Rectangle)):
            made.append(_ones(part.rows, rows.zero))
        made.append(part)
    if not made:
        made.append(_ones(rows.names, rows.zero))
    elif isinstance(made[-1], Letter):
        made.append(_ones(made[-1].columns, rows.zero))
    return tuple(made)


def _around(word: Word, rows: frozenset[str], zero: Any) -> Word:
    """A word as a ring: no frame at its ends undoes one, and it begins with a letter where it has any."""
    parts = list(word) or [_ones(rows, zero)]
    while len(parts) > 1:
        first, last = parts[0], parts[-1]
        if isinstance(first, Letter) and isinstance(last, Letter) and last.undone_by(first):
            parts = list(_reduced(parts[1:-1])) or [_ones(first.columns, zero)]
        elif isinstance(first, Rectangle) and isinstance(last, Rectangle):
            parts = [last.times(first), *parts[1:-1]]
        elif isinstance(first, Rectangle):
            parts = [*parts[1:], first]
        else:
            break
    if len(parts) == 1 and isinstance(parts[0], Rectangle):
        return tuple(parts)
    made: list[Any] = []
    for part in parts:
        if made and isinstance(part, Letter) and isinstance(made[-1], Letter):
            made.append(_ones(part.rows, zero))
        made.append(part)
    return tuple(made) if isinstance(made[-1], Rectangle) else (*made, _ones(made[-1].columns, zero))


def _rotations(ring: Word) -> Iterator[Word]:
    yield from ((*ring[n:], *ring[:n]) for n in range(0, max(1, len(ring)), 2))


def _turned(word: Word) -> Word:
    turned = tuple(part.T for part in reversed(word))
    if len(turned) % 2 == 0 and isinstance(turned[0], Rectangle):  # a ring begins with a letter
        return (*turned[1:], turned[0])
    return turned


def _order(word: Word) -> list[str]:
    """By name, alike in every process."""
    return [
        _label(part.rows, part.columns, getattr(part, "name", ""), getattr(part, "transposed", ""))
        for part in word
    ]


@lru_cache(maxsize=4096)
def _label(rows: frozenset[str], columns: frozenset[str], name: str, transposed: bool | str) -> str:
    return f"{sorted(rows)} {sorted(columns)} {name} {transposed}"


def _coefficients(
    words: Iterable[tuple[Any, Word]], zero: Any, indices: Callable[[list[int]], Sequence[int]]
) -> list[Any]:
    """The coefficient of each word in every case of the indices of its rectangles."""
    groups: dict[Word, list[tuple[Any, list[Vector]]]] = {}
    shapes: dict[Word, list[Rectangle]] = {}
    for coefficient, word in words:
        found = [part for part in word if isinstance(part, Rectangle)]
        if isinstance(word[0], Rectangle) and len(word) == 1:
            key: Word = ("diagonal",)  # whatever the rectangle is part of, its entries say all
        else:
            key = _skeleton(word)
        groups.setdefault(key, []).append((coefficient, [part.vector for part in found]))
        shapes.setdefault(key, found)
    made: list[Any] = []
    for key, alike in groups.items():
        which = indices(list(range(len(shapes[key])))) if len(shapes[key]) > 1 else [0]
        inside: dict[int, frozenset[str]] = {}
        if key != ("diagonal",):
            for place, shape in zip(which, shapes[key], strict=True):
                names = shape.rows | shape.columns
                inside[place] = inside.get(place, frozenset()) | names
        start = [Index(inside.get(n, frozenset()), (), n) for n in sorted(set(which))]

        def total(*case: Index, alike: Any = alike, which: Any = which) -> Any:
            by_place = {index.place: index for index in case}
            found = zero
            for coefficient, vectors in alike:
                product = coefficient
                for place, vector in zip(which, vectors, strict=True):
                    product = product * _renamed(
                        vector.at(by_place[place]), "ijkl"[place] if place < 4 else f"i{place}"
                    )
                found = found + product
            return found

        made += [value for _, value in _every_case(start, total)]
    return [zero + value for value in made] or [zero]


def _renamed(entry: Any, index: str) -> Any:
    """An entry at another index."""
    if isinstance(entry, Symbolic) and not hasattr(entry, "expr"):
        if isinstance(entry, Structured) or not hasattr(entry, "each"):
            raise TypeError(f"an entry cannot be {entry} in a proof for every shape")
        return entry.each(lambda part: _renamed(part, index))
    inner = getattr(entry, "expr", None)
    if inner is None or index == "i":
        return entry
    generic = {
        x: type(x)(f"{x.name[:-3]}[{index}]", **x.assumptions0)
        for x in inner.free_symbols
        if x.name.endswith("[i]")
    }
    return type(entry)(inner.xreplace(generic))


class Stack(Structured):
    """Matrices of every shape at several times."""

    def __init__(self, matrices: Iterable[Words]) -> None:
        self.matrices = tuple(matrices)

    ndim = 3

    def __iter__(self) -> Iterator[Words]:
        return iter(self.matrices)

    def __getitem__(self, time: int) -> Words:
        return self.matrices[time]

    def __matmul__(self, other: Stack) -> Stack:
        return Stack(a @ b for a, b in zip(self, other, strict=True))


def rectangle(entries: Any, rows: Any, columns: Any) -> Any:
    """A matrix with the entries on its diagonal, from the first on, and zeros elsewhere.

    Raises:
        ValueError: for more entries than rows or columns.

    >>> rectangle(np.array([1, 2]), 2, 3).tolist()
    [[1, 0, 0], [0, 2, 0]]
    """
    if isinstance(entries, Vector):
        if entries.start is not None or not entries.size.names >= rows.names | columns.names:
            raise ValueError(f"a vector of size {entries.size} is no diagonal of ({rows}, {columns})")
        return Words(
            _gathered([(1 + rows.zero, (Rectangle(entries, rows.names, columns.names),))]), rows, columns
        )
    if len(entries) > min(rows, columns):
        raise ValueError(f"{len(entries)} entries are no diagonal of ({rows}, {columns})")
    made = np.zeros((rows, columns), dtype=entries.dtype)
    made[np.arange(len(entries)), np.arange(len(entries))] = entries
    return made


def diagonal(entries: Vector) -> Any:
    """The square matrix with a vector on its diagonal."""
    return rectangle(entries, entries.size, entries.size)


def letter(name: str, rows: Size, columns: Size, kind: str = "free") -> Words:
    """A matrix of which only its kind is known: free, symmetric or orthogonal."""
    if kind != "free" and rows.names != columns.names:
        raise ValueError(f"a matrix ({rows}, {columns}) is not {kind}")
    return Words(((1 + rows.zero, (Letter(name, rows.names, columns.names, kind),)),), rows, columns)


def turned_to(frame: Words, order: Size) -> Words:
    """An orthogonal matrix of another order, which may be any as the given one may."""
    ((_, (part,)),) = frame.terms
    return letter(f"{part.name}({order})", order, order, part.kind)


def triangular(entries: Any, like_one: Any = 0) -> tuple[Any, Any]:
    """A lower triangular matrix whose first rows and columns are those of 1, and its inverse.

    Its entries are those given, and on the diagonal one and their squares. Of every shape it is any matrix with an inverse and
    such rows and columns, or 1 where all entries are 0.

    >>> T, inverse = triangular(np.array([[3.0, 9.0], [2.0, 1.0]]))
    >>> T.tolist(), (T @ inverse).tolist()
    ([[10.0, 0.0], [2.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]])
    """
    if isinstance(entries, Words):
        rows = entries.rows
        if not entries.terms:
            return identity(rows), identity(rows)
        name, names = entries.name_of_any(), like_one.names if isinstance(like_one, Size) else frozenset()
        made = [f"{name}{end} from {like_one}" for end in ("Δ", "Δ⁻¹")]
        first, last = (Letter(n, rows.names, rows.names, like_one=names or None) for n in made)
        return Words(((1 + rows.zero, (first,)),), rows, rows), Words(((1 + rows.zero, (last,)),), rows, rows)
    T = np.tril(entries)
    T[:like_one], T[:, :like_one] = 0 * T[:like_one], 0 * T[:, :like_one]
    order = range(len(T))
    for i in order:
        T[i, i] = 1 + T[i, i] ** 2
    back = 0 * T
    for i in order:
        back[i, i] = 1 / T[i, i]
        for j in range(i):
            back[i, j] = -(T[i, j:i] @ back[j:i, j]) / T[i, i]
    return T, back


def identity(size: Any) -> Any:
    """The unit matrix, of whole numbers.

    >>> identity(2).tolist()
    [[1, 0], [0, 1]]
    """
    return rectangle(entrywise(size, lambda i: 1), size, size)


def constant(rows: Any, columns: Any, value: Any) -> Any:
    """The matrix with one number at every place; of every shape, a matrix that may be any.

    >>> constant(1, 2, 3).tolist()
    [[3, 3]]
    """
    if isinstance(rows, Size):
        return letter(f"constant({value})", rows, columns)
    return np.full((rows, columns), value)


def fresh(like: Any, name: str, *, positive: bool = False) -> Any:
    """A vector or a matrix of the same size of which nothing else is known, or only that its entries are positive."""
    if isinstance(like, Words):
        return letter(name, like.rows, like.columns)
    entry = like.size.zero.named(f"{name}[i]", **({"positive": True} if positive else {}))
    return _over(like.size, like.start, lambda i: entry)
