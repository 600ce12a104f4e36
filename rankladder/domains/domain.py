"""The protocol of a domain: what a parameter of a claim ranges over.

Three methods make a domain: ``draw`` an exact value, say whether it ``contains`` one, and ``__str__`` for people.
Every other method gives more. ``realise`` turns values into floats, balls and exact rationals; ``constructors`` (or
``parse``) reads them back from their text; ``entries`` and ``with_entries`` say which numbers a search may change, a
report speaks of, and a counterexample is made simple in; ``simpler``, ``weight`` and ``mutate`` do it by hand;
``symbols`` lets a claim be proved. The framework asks a domain, and never looks at its class.

A value is exact, immutable, can be compared and hashed, and prints as a Python expression of numbers, fractions,
tuples and calls of constructors: so ``--at`` and the kept counterexamples read it again.

>>> @dataclass(frozen=True)
... class Interval:
...     middle: Fraction
...     radius: Fraction
>>> class Intervals(Domain):
...     constructors = {"Interval": Interval}
...     def __str__(self):
...         return "intervals within [-2, 2]"
...     def draw(self, source, bounds, earlier):
...         return Interval(Fraction(source.integer(-8, 8), 8), Fraction(source.integer(0, 8), 8))
...     def contains(self, value, earlier):
...         return isinstance(value, Interval) and value.radius >= 0 and abs(value.middle) + value.radius <= 2
...     def realise(self, value, number):
...         return number(value.middle), number(value.radius)
>>> Intervals().parse(Call("Interval", (Fraction(1, 2), 1), {}))
Interval(middle=Fraction(1, 2), radius=1)
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from rankladder.domains.randomness import Infeasible, Source

__all__ = ["Bounds", "Call", "Domain", "Entry", "InstanceSyntaxError", "Number", "Symbols"]

Number = Callable[[Any], Any]  # turns an exact rational into the arithmetic of the evaluation


class InstanceSyntaxError(ValueError):
    """Text that is no instance."""


@dataclass(frozen=True)
class Bounds:
    """What assumptions leave of a scalar range: ends (None: unbounded) and whether each belongs to it."""

    lower: Fraction | None = None
    upper: Fraction | None = None
    lower_closed: bool = False
    upper_closed: bool = False

    def meet(self, other: Bounds) -> Bounds:
        """The intersection.

        >>> Bounds(Fraction(0), Fraction(4)).meet(Bounds(None, Fraction(1), upper_closed=True))
        Bounds(lower=Fraction(0, 1), upper=Fraction(1, 1), lower_closed=False, upper_closed=True)
        """
        if other.lower is None and other.upper is None:
            return self
        lower, lower_closed = self.lower, self.lower_closed
        if other.lower is not None and (lower is None or other.lower > lower):
            lower, lower_closed = other.lower, other.lower_closed
        elif other.lower is not None and other.lower == lower:
            lower_closed = lower_closed and other.lower_closed
        upper, upper_closed = self.upper, self.upper_closed
        if other.upper is not None and (upper is None or other.upper < upper):
            upper, upper_closed = other.upper, other.upper_closed
        elif other.upper is not None and other.upper == upper:
            upper_closed = upper_closed and other.upper_closed
        return Bounds(lower, upper, lower_closed, upper_closed)

    def join(self, other: Bounds) -> Bounds:
        """The smallest range that holds both.

        >>> Bounds(Fraction(0), Fraction(1)).join(Bounds(Fraction(2), None)).upper is None
        True
        """
        low = None if self.lower is None or other.lower is None else min(self.lower, other.lower)
        high = None if self.upper is None or other.upper is None else max(self.upper, other.upper)
        return Bounds(
            low, high, self.lower_closed or other.lower_closed, self.upper_closed or other.upper_closed
        )

    def contains(self, value: Fraction) -> bool:
        """Whether ``value`` lies in the range."""
        below = self.lower is not None and (
            value < self.lower or (value == self.lower and not self.lower_closed)
        )
        above = self.upper is not None and (
            value > self.upper or (value == self.upper and not self.upper_closed)
        )
        return not below and not above

    def __str__(self) -> str:
        low = "(-oo" if self.lower is None else f"{'[' if self.lower_closed else '('}{self.lower}"
        high = "oo)" if self.upper is None else f"{self.upper}{']' if self.upper_closed else ')'}"
        return f"{low}, {high}"

    def relations(self, x: Any) -> list[Any]:
        """What the ends say of a SymPy expression."""
        found = []
        if self.lower is not None:
            found.append(x >= self.lower if self.lower_closed else x > self.lower)
        if self.upper is not None:
            found.append(x <= self.upper if self.upper_closed else x < self.upper)
        return found

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        if self.lower is None or self.upper is None:
            return False
        return self.lower > self.upper or (
            self.lower == self.upper and not (self.lower_closed and self.upper_closed)
        )


@dataclass(frozen=True)
class Call:
    """The call of a constructor in the text of a value, not yet made: the domain knows what it builds."""

    name: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]

    def __str__(self) -> str:
        parts = [*map(str, self.arguments), *(f"{key}={value}" for key, value in self.keywords.items())]
        return f"{self.name}({', '.join(parts)})"


class _Entry(NamedTuple):
    value: Fraction
    lower: Fraction | None
    upper: Fraction | None
    kind: str


class Entry(_Entry):
    """One exact number of a value, the ends of its own range (None: unbounded), and which kind of number it is.

    >>> Entry(Fraction(1, 2), 0, 1).upper
    Fraction(1, 1)
    """

    __slots__ = ()

    def __new__(
        cls, value: Fraction | int, lower: Fraction | int | None, upper: Fraction | int | None, kind: str = ""
    ) -> Entry:
        """Whole numbers are taken as fractions, or a search would divide them into floats."""
        value = value if type(value) is Fraction else Fraction(value)
        lower = lower if lower is None or type(lower) is Fraction else Fraction(lower)
        upper = upper if upper is None or type(upper) is Fraction else Fraction(upper)
        return tuple.__new__(cls, (value, lower, upper, kind))


class Symbols(Protocol):
    """Makes the symbols of one run of a conclusion, for a proof.

    ``known`` are relations that may be used of them; ``ranges`` says whether the ends of domains may be used, too.
    """

    known: list[Any]
    ranges: bool

    def number(self, value: Any) -> Any:
        """An exact number as an expression."""
        ...

    def symbol(self, name: str, **assumptions: Any) -> Any:
        """A real number by name; ``positive=True`` and the like are known of it."""
        ...

    def size(self, size: Any, choice: Mapping[str, Any]) -> Any:
        """A size: a number, or that of the integer parameter of a name; a name of its own where every size is meant."""
        ...

    def whole(self, name: str) -> Any:
        """A whole number by name.

        Raises:
            ValueError: where it must be chosen.
        """
        ...

    def matrix(self, name: str, rows: Any, columns: Any, *, kind: str = "free") -> Any:
        """Any real matrix; ``kind="symmetric"`` for those."""
        ...

    def orthogonal(self, name: str, order: Any) -> Any:
        """Every orthogonal matrix of an order."""
        ...

    def positive(self, name: str, count: Any, *, decreasing: bool = False) -> Any:
        """Positive numbers, nonincreasing if asked."""
        ...

    def holds(self, margin: Any) -> None:
        """Note what is known of the symbols: a margin that is at least zero."""
        ...


class Domain(ABC):
    """What a parameter ranges over.

    ``number`` says that the values are single numbers, ``"real"`` or ``"integer"``: a domain that says so derives from
    :class:`Real` or :class:`Int`. ``constructors`` are the functions by name that the text of a value calls.

    >>> class Even(Domain):
    ...     def __str__(self):
    ...         return "even numbers from 0 to 20"
    ...     def draw(self, source, bounds, earlier):
    ...         return Fraction(2 * source.integer(0, 10))
    ...     def contains(self, value, earlier):
    ...         return value % 2 == 0 and 0 <= value <= 20
    >>> from rankladder import check, claim
    >>> @claim("doc-even", over=dict(n=Even()))
    ... def _(n):
    ...     return 18 - n
    >>> str(check("doc-even", profile="quick").verdict)
    'refuted'
    """

    number: ClassVar[Literal["", "real", "integer"]] = ""
    constructors: ClassVar[Mapping[str, Callable[..., Any]]] = {}

    # what every domain says

    @abstractmethod
    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> Any:
        """An exact value, made of integers from ``source``; ``earlier`` holds the parameters drawn before this one.

        ``bounds`` is what the assumptions leave of a number, None for anything else.

        Raises:
            Infeasible: when the earlier parameters leave no room; the instance is drawn anew.
        """

    @abstractmethod
    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether ``value`` belongs to the domain."""

    # what a conclusion and a reader receive

    def realise(self, value: Any, number: Number) -> Any:
        """What the conclusion receives: here the value, its fractions (in tuples too) each turned into its arithmetic
        by ``number``.
        """
        if isinstance(value, tuple):
            return tuple(self.realise(part, number) for part in value)
        return number(value) if isinstance(value, Fraction) else value

    def parse(self, written: Any) -> Any:
        """The value that prints as this: numbers (whole ones as ``int``, others as ``Fraction``), tuples, and each
        :class:`Call` made, of what ``constructors`` names.

        Raises:
            InstanceSyntaxError: for a constructor of another name, or one that refuses what it is given.
        """
        if isinstance(written, tuple):
            return tuple(map(self.parse, written))
        if not isinstance(written, Call):
            return written
        make = self.constructors.get(written.name)
        if make is None:
            known = ", ".join(("Fraction", *self.constructors))
            raise InstanceSyntaxError(f"unknown constructor {written.name!r}; known: {known}")
        arguments = [self.parse(x) for x in written.arguments]
        keywords = {key: self.parse(x) for key, x in written.keywords.items()}
        try:
            return make(*arguments, **keywords)
        except (TypeError, ValueError) as error:
            raise InstanceSyntaxError(f"cannot build {written.name}: {error}") from error

    def misfit(self, value: Any, earlier: Mapping[str, Any]) -> str:
        """What keeps ``value`` out of the domain, in a clause; empty where it belongs, or ``__str__`` says it."""
        return ""

    def coordinates(self, name: str, value: Any) -> dict[str, tuple[float, float]]:
        """Least and greatest value per named coordinate, for the report of the region covered; here of the entries."""
        numbers = [float(entry.value) for entry in self.entries(value)]
        return {name: (min(numbers), max(numbers))} if numbers else {}

    def symbols(self, name: str, case: Symbols, choice: Mapping[str, Any]) -> Any:
        """What stands for every value at once in a proof; ``choice`` has the sizes, by parameter.

        Raises:
            ValueError: when there is no such thing.
        """
        raise ValueError(
            f"parameter {name} of {type(self).__name__} has no symbols; state it by numbers and matrices"
        )

    # what a search for counterexamples can do with a value

    def mutate(self, value: Any, source: Source) -> Any:
        """A neighbour of ``value`` (assumptions are checked by the caller); here another draw.

        Raises:
            Infeasible: when there is none.
        """
        try:
            return self.draw(source, None, {})
        except KeyError as error:  # it depends on a parameter drawn earlier
            raise Infeasible from error

    def simpler(self, value: Any) -> Iterable[Any]:
        """Candidates that a person would find simpler, simplest first; here one entry zero, one or simpler."""
        from rankladder.domains.scalars import Real

        entries = self.entries(value)
        numbers = [entry.value for entry in entries]
        for i, (x, lower, upper, _) in enumerate(entries):
            room = Bounds(lower, upper, lower_closed=True, upper_closed=True)
            for candidate in filter(room.contains, (Fraction(0), Fraction(1), *Real().simpler(x))):
                yield self.with_entries(value, [*numbers[:i], candidate, *numbers[i + 1 :]])

    def weight(self, value: Any) -> float:
        """How hard ``value`` is to read, in bits; here those of the whole numbers in its text."""
        return float(sum(1 + int(digits).bit_length() for digits in re.findall(r"\d+", str(value))))

    def entries(self, value: Any) -> tuple[Entry, ...]:
        """The numbers that may be changed one by one; none where the value has no such parts."""
        return ()

    def with_entries(self, value: Any, numbers: Sequence[Fraction]) -> Any:
        """The value with other numbers, each within its range, in the place of its :meth:`entries` (in order again
        where it has one).
        """
        return value

    def sizes(self) -> tuple[Any, ...]:
        """Its sizes; the text among them are the names of integer parameters, which must be stated before."""
        return ()

    def sized(self, source: Source) -> Domain:
        """The same values, those of the least or of the largest sizes alone; itself where it has no sizes."""
        return self

    def shrunk(self, value: Any, size: str, index: int) -> Any:
        """The value without its ``index``-th row, column or entry, where the parameter ``size`` counts them."""
        return value

    def grown(self, value: Any, size: str, source: Source) -> Any:
        """The value with one more row, column or entry, where the parameter ``size`` counts them."""
        return value

    def unframed(self, value: Any) -> Any:
        """The value in the simplest frames: identities for its orthogonal matrices, the diagonal of others alone."""
        return value
