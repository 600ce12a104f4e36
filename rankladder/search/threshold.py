"""What a threshold rests on, and how many digits of it are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from rankladder.search.climb import Witness

__all__ = ["SEEDS", "Boundary", "Kind", "most_digits", "rounded", "sides", "unit"]

SEEDS = 5  # independent searches for every threshold

Kind = Literal["proved", "found", "one-sided", "fails everywhere", "no threshold", "no failure found"]


@dataclass(frozen=True)
class Boundary:
    """The first threshold, and the ``further`` ones; or why there is none.

    ``kind`` says what it rests on. ``fails_at`` is an exact value at which ``witness`` violates, certified;
    ``holds_at`` the value closest to it at which the searches found nothing (None where the answer is one-sided:
    nothing was shown there). ``instances`` were judged, and ``climbs`` made, on the holding side, which ends at the next
    threshold. ``digits`` are
    the significant digits of ``fails_at`` on which independent searches agree (None for a root, 0 for not even
    one). ``set_aside`` names the assumptions of the parameter alone, which a threshold cannot keep; ``further`` are
    the thresholds above this one, in order; ``points`` single values among others that fail at which nothing was found.
    ``doubt`` says why a check of the side that seems to hold, which found no failure, does not count for much; empty where it
    does. Of a claim without a threshold that fails at places apart, ``witness`` is a failure where it seemed to hold.
    ``complete`` is False where the clock ended the search.
    """

    id: str
    parameter: str
    kind: Kind
    seconds: float
    holds_at: Fraction | None = None
    fails_at: Fraction | None = None
    witness: Witness | None = None
    fails_above: bool = True
    failing: int = 0
    instances: int = 0
    climbs: int = 0
    polynomial: str | None = None
    root: float | None = None
    proof: str | None = None
    doubt: str = ""
    digits: int | None = None
    searches: tuple[float, ...] = ()
    set_aside: tuple[str, ...] = ()
    further: tuple[Boundary, ...] = ()
    points: tuple[Fraction, ...] = ()
    complete: bool = True

    @property
    def reached(self) -> bool:
        """Whether there is a threshold, or one side of it."""
        return self.kind in ("proved", "found", "one-sided")

    @property
    def one_sided(self) -> bool:
        """Whether nothing but the failing side is known."""
        return self.kind == "one-sided"

    @property
    def estimate(self) -> float | None:
        """The root; where there is none, the value from which on the claim fails."""
        if not self.reached or self.fails_at is None:
            return None
        return self.root if self.root is not None else float(self.fails_at)

    @property
    def quiet_from(self) -> Fraction | None:
        """Of a one-sided threshold: the value on whose other side the searches found nothing; ``fails_at`` is rounded."""
        if not self.one_sided or self.fails_at is None:
            return None
        last = unit(self.fails_at, self.digits or most_digits(self.fails_at))
        return self.fails_at - last if self.fails_above else self.fails_at + last

    @property
    def holding(self) -> tuple[tuple[Boundary | None, Boundary | None], ...]:
        """Where the claim holds, as far as was seen: the thresholds between which it does; None for an end of the range."""
        ends = (self, *self.further) if self.reached else ()
        return tuple((None if a is None else ends[a], None if b is None else ends[b]) for a, b in sides(ends))

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values."""

        def number(value: Fraction | None) -> dict[str, Any] | None:
            return None if value is None else {"exact": str(value), "float": float(value)}

        failing = {"kind": "counterexample", "values": self.failing}
        searched = {"kind": "search", "instances": self.instances, "climbs": self.climbs, "seeds": SEEDS}
        return {
            "id": self.id,
            "parameter": self.parameter,
            "kind": self.kind,
            "one_sided": self.one_sided,
            "holds_at": number(self.holds_at),
            "fails_at": number(self.fails_at),
            "fails": "above" if self.fails_above else "below",
            "estimate": self.estimate,
            "digits": self.digits,
            "quiet_from": number(self.quiet_from),
            "searches": list(self.searches),
            "minimal_polynomial": self.polynomial,
            "polynomial_confirmed": self.polynomial is not None,
            "holding_side": {"kind": "proof", "proof": self.proof} if self.proof is not None else searched,
            "doubt": self.doubt,
            "failing_side": None if self.witness is None else failing,
            "certified": self.witness is not None,
            "counterexample": None if self.witness is None else str(self.witness.instance),
            "margin": None if self.witness is None else self.witness.margin,
            "instances_at_holding_end": self.instances,
            "set_aside": list(self.set_aside),
            "holding": [
                {
                    "from": None if low is None else low.estimate,
                    "to": None if high is None else high.estimate,
                    "proof": next(end.proof for end in (low, high) if end is not None),
                }
                for low, high in self.holding
            ],
            "points": [number(p) for p in self.points],
            "further": [end.to_json() for end in self.further],
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
        }


def sides(ends: Sequence[Boundary]) -> list[tuple[int | None, int | None]]:
    """Which of the thresholds of one parameter, in order, a claim holds between; None for an end of the range."""
    found: list[tuple[int | None, int | None]] = []
    lower = None
    for i, end in enumerate(ends):
        if end.fails_above:
            found.append((lower, i))
        else:
            lower = i
    if ends and not ends[-1].fails_above:
        found.append((lower, None))
    return found


def rounded(value: Fraction, digits: int, *, up: bool) -> Fraction:
    """A number rounded up or down to some significant digits.

    >>> rounded(Fraction("0.71371"), 3, up=True), rounded(Fraction("0.71371"), 2, up=False)
    (Fraction(357, 500), Fraction(71, 100))
    """
    step = unit(value, digits)
    return (math.ceil(value / step) if up else math.floor(value / step)) * step


def unit(value: Fraction, digits: int) -> Fraction:
    """What one more in the last of so many significant digits is worth."""
    return Fraction(10) ** ((math.floor(math.log10(abs(value))) if value else 0) + 1 - digits)


def most_digits(value: Fraction) -> int:
    """The digits shown of a value that no polynomial explains: one part in fifty to one in five hundred."""
    return 2 if abs(value) / unit(value, 1) >= 5 else 3
