"""Domains of scalar parameters: what a claim quantifies over.

They draw simple fractions, fine ones and points next to the ends, propose neighbours and simpler values, and are
written as one symbol. What a domain is in general: ``rankladder.domains.domain``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.domain import Bounds, Domain, Entry, Number, Symbols
from rankladder.domains.randomness import Infeasible, Source, choice
from rankladder.numbers.departures import meant
from rankladder.numbers.whole import Whole

__all__ = ["Int", "Real"]

_FINEST = 2**20  # a uniform draw is a multiple of the range's width over this
_DEEPEST = 30  # draws near an end come as close as 2**-30 of the width
_TINIEST = 200  # and near an end that is zero, where scales have no end, one in eight as close as 2**-200


def exact(value: Any) -> Fraction:
    """The exact rational a user means: ``0.1`` is one tenth, a SymPy number is itself.

    >>> exact(0.1), exact("2/3")
    (Fraction(1, 10), Fraction(2, 3))
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, (int, np.integer)):
        return Fraction(int(value))
    if isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            raise ValueError(
                f"Expected a finite number but got {value}; leave an end out for an unbounded range"
            )
        return meant(float(value))
    if isinstance(value, str):
        try:
            return Fraction(value)
        except ValueError:
            raise TypeError(f"Expected an exact number such as '2/3' but got {value!r}") from None
    if hasattr(value, "p") and hasattr(value, "q"):
        return Fraction(int(value.p), int(value.q))
    raise TypeError(f"Expected an exact number (int, float, Fraction, SymPy Rational) but got {value!r}")


def bits(value: Fraction) -> float:
    """The length of a rational as a person reads it: whole numbers are the simplest, then short binary fractions.

    >>> bits(Fraction(3)) < bits(Fraction(1, 2)) < bits(Fraction(1, 3)) < bits(Fraction(17, 31))
    True
    """
    p, q = abs(value.numerator), value.denominator
    below = 0 if q == 1 else q.bit_length() if q & (q - 1) == 0 else 2 * q.bit_length()
    return p.bit_length() + below + (0.5 if value < 0 else 0)


def to_whole(values: Iterable[Fraction]) -> Fraction:
    """What multiplies rationals to whole numbers without a common divisor; 1 when all are zero.

    >>> to_whole((Fraction(3, 2), Fraction(1))), to_whole((Fraction(6), Fraction(0), Fraction(4)))
    (Fraction(2, 1), Fraction(1, 2))
    """
    top, below = 0, 1
    for x in values:
        top, below = math.gcd(top, x.numerator), math.lcm(below, x.denominator)
    return Fraction(below, top) if top else Fraction(1)


@dataclass(frozen=True, init=False, repr=False)
class Real(Domain):
    """The real numbers of an open interval.

    Args:
        lower, upper: the ends, any exact numbers; ``None`` leaves that side unbounded.
        closed: which ends belong to it: ``"neither"`` (default), ``"left"``, ``"right"`` or ``"both"``.
        drawn: the part of it that draws come from, where that is less: two ends, or one number for how far they go where
            the interval does not end. A proof is about the whole interval.

    Raises:
        ValueError: for an empty interval, or draws from outside.

    Draws are exact rationals: simple fractions, multiples of a fine grid, and points close to either end,
    so that a rule about small, large and round values meets all of them.

    >>> Real(0, 4).contains(Fraction(0), {}), Real(0, 4, closed="left").contains(Fraction(0), {})
    (False, True)
    >>> Real(1, 0)
    Traceback (most recent call last):
    ...
    ValueError: Expected lower < upper but got Real(1, 0); swap the ends
    >>> print(Real(0, drawn=8), Real(drawn=2), Real(0, drawn=("1/8", 8)), sep="; ")
    the reals of (0, oo), drawn from (0, 8); the reals of (-oo, oo), drawn from (-2, 2); the reals of (0, oo), drawn from (1/8, 8)
    """

    number: ClassVar[Literal["real"]] = "real"
    bounds: Bounds
    drawn: Bounds

    def __init__(
        self, lower: Any = None, upper: Any = None, *, closed: str = "neither", drawn: Any = None
    ) -> None:
        if closed not in ("neither", "left", "right", "both"):
            raise ValueError(f"Expected closed= neither, left, right or both but got {closed!r}")
        low = None if lower is None else exact(lower)
        high = None if upper is None else exact(upper)
        if low is not None and high is not None and (low > high or (low == high and closed != "both")):
            raise ValueError(f"Expected lower < upper but got Real({lower}, {upper}); swap the ends")
        whole = Bounds(low, high, closed in ("left", "both"), closed in ("right", "both"))
        least, most = low, high
        if isinstance(drawn, tuple):
            least, most = map(exact, drawn)
        elif drawn is not None:
            least = -exact(drawn) if low is None else low
            most = exact(drawn) if high is None else high
        part = Bounds(least, most, least == low, most == high)
        hull = replace(whole, lower_closed=True, upper_closed=True)
        if part.empty or not all(end is None or hull.contains(end) for end in (least, most)):
            raise ValueError(
                f"Expected drawn= two ends within the interval, in order, but got {drawn}; draws are part of it"
            )
        object.__setattr__(self, "bounds", whole)
        object.__setattr__(self, "drawn", whole.meet(part))

    def __repr__(self) -> str:
        b, d = self.bounds, self.drawn
        closed = {
            (False, False): "",
            (True, False): ", closed='left'",
            (False, True): ", closed='right'",
        }.get((b.lower_closed, b.upper_closed), ", closed='both'")
        drawn = "" if b == d else f", drawn=({d.lower}, {d.upper})"
        return f"Real({b.lower}, {b.upper}{closed}{drawn})"

    def __str__(self) -> str:
        drawn = "" if self.drawn == self.bounds else f", drawn from {self.drawn}"
        return f"the reals of {self.bounds}{drawn}"

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> Fraction:
        """An exact rational inside the interval and ``bounds``."""
        room = self.drawn if bounds is None else self.drawn.meet(bounds)
        if room.empty and bounds is not None:  # an assumption may ask for what is usually not drawn
            room = self.bounds.meet(bounds)
        if room.empty:
            raise Infeasible
        if room.lower is None or room.upper is None:
            return self._unbounded(source, room)
        low, high = room.lower, room.upper
        if low == high:
            return low
        style = source.integer(0, 6)
        if style <= 1:
            value = _simple_fraction(source, room)
        elif style <= 3:
            return _between(low, high, source.integer(1, _FINEST - 1), _FINEST)
        elif style == 6:
            value = low if source.integer(0, 1) else high
        else:
            end = low if style == 4 else high
            deepest = _TINIEST if end == 0 and source.integer(0, 7) == 0 else _DEEPEST
            part, whole = source.integer(8, 15), 16 << source.integer(0, deepest)
            return _between(low, high, part if style == 4 else whole - part, whole)
        return value if room.contains(value) else (low + high) / 2

    @staticmethod
    def _unbounded(source: Source, room: Bounds) -> Fraction:
        # round numbers, or fine ones, of ordinary or of very different size
        digits = (
            Fraction(source.integer(1, 16), 4)
            if source.integer(0, 1)
            else Fraction(source.integer(1, 2**14), 2**10)
        )
        power = choice(source, (0, 0, 0, 1, 2, 4, 8, 16, -2, -4, -8, -16))
        end = room.lower if room.lower is not None else room.upper
        if power == -16 and not end:  # from zero on, scales have no end
            power = -source.integer(16, _TINIEST)
        size = digits * Fraction(2) ** power
        kind = source.integer(0, 8)
        size = Fraction(0) if kind == 0 else size
        if room.lower is not None:
            value = room.lower + size
        elif room.upper is not None:
            value = room.upper - size
        else:
            value = size if kind % 2 else -size
        return value if room.contains(value) else value + (1 if room.upper is None else -1)

    def batch(self, rng: np.random.Generator, lower: Any, upper: Any, size: int) -> NDArray[np.float64]:
        """Float64 draws between the arrays ``lower`` and ``upper`` for the scout (ends may be attained)."""
        low, high = np.broadcast_to(lower, size), np.broadcast_to(upper, size)
        span = 2.0**16
        low = np.where(np.isfinite(low), low, np.where(np.isfinite(high), high - span, -span))
        high = np.where(np.isfinite(high), high, low + span)
        width = np.maximum(high - low, 0)
        uniform = rng.random(size)
        deepest = np.where(rng.random(size) < 1 / 8, _TINIEST, _DEEPEST)
        near_low, near_high = (
            np.exp2(-rng.random(size) * np.where(end == 0, deepest, _DEEPEST)) for end in (low, high)
        )
        centre = np.clip(
            rng.standard_cauchy(size), low, high
        )  # round values of ordinary size in a vast range
        grid = 2.0 ** rng.integers(-1, 5, size)
        style = rng.integers(0, 8, size)
        value = np.select(
            [style <= 2, style <= 4, style == 5, style == 6],
            [low + width * uniform, low + width * near_low, high - width * near_high, centre],
            np.clip(np.round((low + width * uniform) * grid) / grid, low, high),
        )
        inside: NDArray[np.float64] = np.clip(value, low, high)
        return inside

    def mutate(self, value: Fraction, source: Source) -> Fraction:
        """A step of a random size, towards either end or proportional to the value."""
        step = Fraction(source.integer(-16, 16), 16) * Fraction(1, 2 ** source.integer(0, 14))
        low, high = self.drawn.lower, self.drawn.upper
        if low is not None and low == high:
            return low  # a fixed value
        kind = source.integer(0, 2)
        if kind == 0 or low is None or high is None:
            moved = value * (1 + step)
        elif kind == 1:
            moved = value + step * (high - low)
        else:
            moved = (
                low + (value - low) * (1 + step)
                if source.integer(0, 1)
                else high - (high - value) * (1 + step)
            )
        if moved.denominator.bit_length() > 60:  # keep the numbers short enough to stay cheap
            moved = Fraction(round(moved * 2**50), 2**50)
        return moved if self.drawn.contains(moved) or not self.drawn.contains(value) else value

    def entries(self, value: Fraction) -> tuple[Entry, ...]:
        """The number itself."""
        return (Entry(value, self.drawn.lower, self.drawn.upper),)

    def with_entries(self, value: Fraction, numbers: Sequence[Fraction]) -> Fraction:
        """The other number."""
        return numbers[0]

    def simpler(self, value: Fraction) -> Iterable[Fraction]:
        """Rationals near ``value`` with fewer bits, simplest first."""
        candidates = {Fraction(round(value)), Fraction(math.floor(value)), Fraction(math.ceil(value))}
        for q in (2, 4, 8, 16, 32, 64, 256, 1024, 2**14, 2**20):
            candidates |= {Fraction(math.floor(value * q), q), Fraction(math.ceil(value * q), q)}
        for q in (3, 5, 6, 7, 9, 10, 12, 20, 50, 100):
            candidates |= {Fraction(round(value * q), q), value.limit_denominator(q)}
        if value:
            power = Fraction(2) ** round(math.log2(abs(float(value)) or 1e-300))
            candidates |= {power if value > 0 else -power, -value if value < 0 else value}
        weight = self.weight(value)
        return sorted((c for c in candidates if self.weight(c) < weight), key=self.weight)

    def weight(self, value: Fraction) -> float:
        """Its length in bits."""
        return bits(value)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether ``value`` is a rational inside the interval."""
        return isinstance(value, Fraction) and self.bounds.contains(value)

    def nearest(self, x: Any) -> Fraction:
        """The exact value that a number stands for: of a range of one value, that one, which float64 may not hold."""
        low = self.bounds.lower
        return low if low is not None and low == self.bounds.upper else Fraction(x)

    def parse(self, written: Any) -> Fraction:
        """The number as a fraction."""
        return Fraction(written)

    def symbols(self, name: str, case: Symbols, choice: Mapping[str, Any]) -> Any:
        """One symbol, positive or nonnegative where the range is."""
        low = self.bounds.lower
        if low is None or low < 0:
            return case.symbol(name)
        return case.symbol(
            name, **{"positive" if low or not self.bounds.lower_closed else "nonnegative": True}
        )


def _between(low: Fraction, high: Fraction, part: int, whole: int) -> Fraction:
    """``low + (high - low) part/whole``, reduced once instead of at every operation."""
    a, b, c, d = low.numerator, low.denominator, high.numerator, high.denominator
    return Fraction(a * d * (whole - part) + c * b * part, b * d * whole)


def _simple_fraction(source: Source, room: Bounds) -> Fraction:
    assert room.lower is not None  # noqa: S101 - for the type checker: callers have checked both ends
    assert room.upper is not None  # noqa: S101
    q = source.integer(1, 12)
    width = room.upper - room.lower
    if width * q < 2:
        q *= math.ceil(2 / (width * q))
    p = source.integer(math.ceil(room.lower * q), math.floor(room.upper * q))
    return Fraction(p, q)


@dataclass(frozen=True)
class Int(Domain):
    """The integers from ``lower`` to ``upper``, both included; small ones and the ends come often.

    Raises:
        ValueError: for an empty range.

    >>> Int(1, 60).contains(60, {}), Int(1, 60).contains(61, {})
    (True, False)
    """

    number: ClassVar[Literal["integer"]] = "integer"
    lower: int
    upper: int

    def __post_init__(self) -> None:
        if any(not isinstance(end, int) or isinstance(end, bool) for end in (self.lower, self.upper)):
            raise ValueError(
                f"Expected whole numbers but got Int({self.lower}, {self.upper}); use Real for others"
            )
        if self.lower > self.upper:
            raise ValueError(
                f"Expected lower <= upper but got Int({self.lower}, {self.upper}); swap the ends"
            )

    def __str__(self) -> str:
        return f"the integers {self.lower} to {self.upper}"

    @property
    def bounds(self) -> Bounds:
        """The range as real bounds."""
        return Bounds(Fraction(self.lower), Fraction(self.upper), True, True)

    @property
    def drawn(self) -> Bounds:
        """What draws come from: all of it."""
        return self.bounds

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> int:
        """An integer inside the range and ``bounds``."""
        room = self.bounds if bounds is None else self.bounds.meet(bounds)
        if room.empty or room.lower is None or room.upper is None:
            raise Infeasible
        low, high = math.ceil(room.lower), math.floor(room.upper)
        low += low == room.lower and not room.lower_closed
        high -= high == room.upper and not room.upper_closed
        if low > high:
            raise Infeasible
        style = source.integer(0, 3)
        if style == 0:
            return source.integer(low, min(high, low + 7))
        if style == 1:
            return min(high, low + source.integer(0, 1) + (high - low) // int(2 ** source.integer(0, 10)))
        return source.integer(low, high)

    def symbols(self, name: str, case: Symbols, choice: Mapping[str, Any]) -> Any:
        """A whole number by name: a size, so none that may be negative."""
        return case.whole(name) if self.lower >= 0 else super().symbols(name, case, choice)

    def sized(self, source: Source) -> Int:
        """One end of the range."""
        end = self.upper if source.integer(0, 1) else self.lower
        return Int(end, end)

    def mutate(self, value: int, source: Source) -> int:
        """A neighbour, near or far."""
        if source.integer(0, 1):
            return value + source.integer(-2, 2)
        return value + round((self.upper - self.lower) * source.integer(-16, 16) / 64)

    def simpler(self, value: int) -> Iterable[int]:
        """Integers closer to the lower end (or to 0 where the range holds it)."""
        goal = min(max(0, self.lower), self.upper)
        gap = value - goal
        sign = 1 if gap > 0 else -1
        candidates = [
            goal,
            *(value - gap * part // 4 for part in (3, 2, 1)),
            *(value - sign * n for n in (3, 2, 1)),
        ]
        return [c for c in dict.fromkeys(candidates) if abs(c - goal) < abs(gap)]

    def weight(self, value: int) -> float:
        """Grows slowly with the distance from 0."""
        return math.log2(1 + abs(value)) + (0.5 if value < 0 else 0)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether ``value`` is an integer of the range."""
        return isinstance(value, int) and not isinstance(value, bool) and self.lower <= value <= self.upper

    def nearest(self, x: Any) -> int:
        """The nearest integer."""
        whole: int = round(x)
        return whole

    def parse(self, written: Any) -> Any:
        """A whole number as an integer; another stays, to be refused."""
        return int(written) if written == int(written) else written

    def coordinates(self, name: str, value: int) -> dict[str, tuple[float, float]]:
        """The number."""
        return {name: (float(value), float(value))}

    def realise(self, value: int, number: Number) -> int:
        """An integer in every arithmetic, for it may count steps or modes; what is computed of it stays in its own."""
        return value if number is float else Whole(value, number)
