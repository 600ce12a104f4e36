"""Identities from bounds of single variables: written in what a variable exceeds its bound by, no coefficient is negative.

A variable x with x - a >= 0 is a + y, with b - x >= 0 it is b - y, and with both the polynomial, times a power of b - a, is a sum of
products of x - a and b - x: its Bernstein coefficients. The bounds may hold other variables. There is nothing to guess and
nothing to round, so the degree and the number of variables may be higher than a linear program over products allows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy.polys.rings import PolyElement

__all__ = ["as_fraction", "from_bounds"]

MOST_WAYS = 24
MOST_TERMS = 2_000
MOST_DEGREE = 40

Fact = tuple[int, PolyElement, str]  # its number, what is > 0 or >= 0, and which
Times = list[tuple[Fraction, tuple[int, ...]]]
Terms = list[tuple[Fraction, tuple[int, ...], Any]]  # a number, facts, and what is squared


@dataclass(frozen=True)
class _Bound:
    """``scale * (x - at)`` or ``scale * (at - x)`` is the fact of this number."""

    number: int
    strict: bool
    scale: Any
    at: PolyElement


@dataclass(frozen=True)
class _Way:
    """How one variable is written: above a bound, below one, between two, or as it is where a sign is not known."""

    variable: int
    low: _Bound | None = None
    high: _Bound | None = None
    width: tuple[int, ...] = ()  # facts whose product, times a number, is the distance of the two bounds
    over: Any = 1  # that number

    @property
    def others(self) -> frozenset[int]:
        """The variables that its bounds hold."""
        ends = [end.at for end in (self.low, self.high) if end is not None]
        return frozenset(k for end in ends for monomial in end for k, power in enumerate(monomial) if power)


def from_bounds(
    poly: PolyElement,
    kind: str,
    facts: Sequence[Fact],
    positive: Callable[[PolyElement], tuple[tuple[int, ...], Any] | None],
) -> tuple[Times, Terms] | None:
    """What the polynomial is multiplied by, and the sum that this is, as a certificate has them; None where no way is found.

    Args:
        poly: what is to be ``> 0`` or ``>= 0``, as ``kind`` says.
        facts: what is known to be; every variable in them is written by a bound of it.
        positive: known facts, and a number, whose product a polynomial is; None where it is not known to be positive.

    >>> from sympy.polys.rings import ring
    >>> R, x, y = ring("x,y", "QQ")
    >>> from_bounds(x * y - 1, ">=", [(0, x - 1, ">="), (1, y - 1, ">=")], lambda p: None)[1]
    [(Fraction(1, 1), (1,), None), (Fraction(1, 1), (0,), None), (Fraction(1, 1), (0, 1), None)]
    """
    own = [
        k for k in range(poly.ring.ngens) if any(m[k] for p in (poly, *(f for _, f, _ in facts)) for m in p)
    ]
    if not own or max(map(sum, poly), default=0) > MOST_DEGREE:
        return None
    choices = [list(_ways(poly, k, facts, positive)) for k in own]
    ranked = sorted(
        itertools.islice(itertools.product(*(range(len(c)) for c in choices)), 20 * MOST_WAYS), key=sum
    )
    for ranks in ranked[:MOST_WAYS]:
        ways = _in_order([choice[i] for choice, i in zip(choices, ranks, strict=True)])
        if ways is not None and (found := _written(poly, kind, ways)) is not None:
            return found
    return None


def _ways(
    poly: PolyElement,
    k: int,
    facts: Sequence[Fact],
    positive: Callable[[PolyElement], tuple[tuple[int, ...], Any] | None],
) -> Iterator[_Way]:
    """The ways to write one variable, those by numbers first."""
    lows: list[_Bound] = []
    highs: list[_Bound] = []
    for number, fact, kind in facts:
        slope = fact.diff(fact.ring.gens[k])
        if kind in (">", ">=") and slope and slope.is_ground:
            # fact = slope * (x - at)
            at = fact.ring.gens[k] - fact * (1 / slope.LC)
            (lows if slope.LC > 0 else highs).append(_Bound(number, kind == ">", abs(slope.LC), at))
    lows = sorted(_tightest(lows, 1), key=lambda bound: not bound.at.is_ground)
    highs = sorted(_tightest(highs, -1), key=lambda bound: not bound.at.is_ground)
    yield from (_Way(k, low=low) for low in lows)
    for low, high in itertools.product(lows, highs):
        width = high.at - low.at
        if width.is_ground and width.LC > 0:
            yield _Way(k, low, high, (), width.LC)
        elif (known := positive(width)) is not None:
            yield _Way(k, low, high, *known)
    yield from (_Way(k, high=high) for high in highs)
    if not lows or all(monomial[k] % 2 == 0 for monomial in poly):
        yield _Way(k)


def _tightest(bounds: list[_Bound], sign: int) -> list[_Bound]:
    """Of bounds that are numbers the closest alone."""
    numbers = [b for b in bounds if b.at.is_ground]
    best = max(numbers, key=lambda b: (sign * (b.at.LC if b.at else 0), b.strict), default=None)
    return [b for b in bounds if b is best or not b.at.is_ground]


def _in_order(ways: list[_Way]) -> list[_Way] | None:
    """Each variable before those that its bounds hold; None where they go round in a circle."""
    made: list[_Way] = []
    left = list(ways)
    while left:
        free = next(
            (w for w in left if all(w.variable not in other.others for other in left if other is not w)), None
        )
        if free is None:
            return None
        left.remove(free)
        made.append(free)
    return made


def _written(poly: PolyElement, kind: str, ways: Sequence[_Way]) -> tuple[Times, Terms] | None:
    ring = poly.ring
    made = poly
    factor: tuple[Fraction, tuple[int, ...]] = Fraction(1), ()
    degrees: dict[int, int] = {}
    for way in ways:
        x = ring.gens[way.variable]
        if way.low is not None and way.high is not None:
            n = degrees[way.variable] = max(monomial[way.variable] for monomial in made)
            parts: dict[int, PolyElement] = {}
            for monomial, c in made.items():
                rest = tuple(0 if k == way.variable else power for k, power in enumerate(monomial))
                i = monomial[way.variable]
                parts[i] = parts.get(i, ring.zero) + ring.from_dict({rest: c})
            up, one = way.low.at + way.high.at * x, 1 + x
            made = sum((part * up**i * one ** (n - i) for i, part in parts.items()), ring.zero)
            factor = factor[0] * as_fraction(way.over) ** n, factor[1] + way.width * n
        elif way.low is not None:
            made = made.compose(x, way.low.at + x)
        elif way.high is not None:
            made = made.compose(x, way.high.at - x)
        if len(made) > MOST_TERMS:
            return None
    total: Terms = []
    strict = False
    for monomial, c in made.items():
        if c < 0:
            return None
        number, chosen, root, firm = as_fraction(c), [], ring.one, True
        for way in ways:
            power = monomial[way.variable]
            if way.low is None and way.high is None:
                if power % 2:
                    return None
                root *= ring.gens[way.variable] ** (power // 2)
                firm = firm and not power
            for end, times in ((way.low, power), (way.high, degrees.get(way.variable, 2 * power) - power)):
                if end is not None:
                    chosen += [end.number] * times
                    number /= as_fraction(end.scale) ** times
                    firm = firm and (end.strict or not times)
        strict = strict or firm
        total.append((number, tuple(chosen), None if root == 1 else root))
    if kind == ">" and not strict:
        return None
    return [factor], total


def as_fraction(value: Any) -> Fraction:
    """A rational of SymPy's polynomials, as Python has it."""
    return Fraction(int(value.numerator), int(value.denominator))
