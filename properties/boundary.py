"""Sharp thresholds: the value of one parameter at which a claim stops holding, bracketed.

The parameter is fixed, what the claim assumes of it alone is set aside, and the rest of the instance is
searched for a violation. The failing end of the bracket carries a certified counterexample; the holding end
the number of instances that showed none. Where the bracket is narrow enough to single out an algebraic
number with a short minimal polynomial, that polynomial is proposed and tried closer than the bracket.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from properties.assumptions import Relation
from properties.checking import Tally, draw_bulk, scout_into
from properties.domains import Real
from properties.drawing import satisfies
from properties.instance import Instance
from properties.judging import judge
from properties.search import Budget, Witness, climb
from properties.sources import RandomSource, seed_for
from properties.statement import Claim

__all__ = ["Boundary", "find_boundary"]


@dataclass(frozen=True)
class Boundary:
    """A bracketed threshold.

    ``holds_at`` and ``fails_at`` are exact values of the parameter; ``witness`` violates, certified, at
    ``fails_at``; ``instances`` were judged at ``holds_at`` without a violation. All None where both sides
    were not met within the parameter's range.
    """

    id: str
    parameter: str
    holds_at: Fraction | None
    fails_at: Fraction | None
    witness: Witness | None
    instances: int
    polynomial: str | None
    root: float | None
    confirmed: bool
    seconds: float

    @property
    def reached(self) -> bool:
        """Whether a bracket was found."""
        return self.holds_at is not None and self.fails_at is not None

    @property
    def estimate(self) -> float | None:
        """The proposed algebraic number, else the middle of the bracket."""
        if self.holds_at is None or self.fails_at is None:
            return None
        return self.root if self.root is not None else float((self.holds_at + self.fails_at) / 2)

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values."""

        def number(value: Fraction | None) -> dict[str, Any] | None:
            return None if value is None else {"exact": str(value), "float": float(value)}

        return {
            "id": self.id,
            "parameter": self.parameter,
            "holds_at": number(self.holds_at),
            "fails_at": number(self.fails_at),
            "estimate": self.estimate,
            "minimal_polynomial": self.polynomial,
            "polynomial_confirmed": self.confirmed,
            "certified": self.witness is not None,
            "counterexample": None if self.witness is None else str(self.witness.instance),
            "margin": None if self.witness is None else self.witness.margin,
            "instances_at_holding_end": self.instances,
            "seconds": round(self.seconds, 3),
        }


def find_boundary(
    claim: Claim, parameter: str, *, width: float = 1e-6, budget: float = 120.0, seed: int = 0
) -> Boundary:
    """Bracket the threshold of a claim in one parameter.

    Args:
        claim: the claim; what it assumes of ``parameter`` alone is set aside, the rest kept.
        parameter: a real parameter with a bounded range.
        width: the bracket's width to reach.
        budget: seconds.
        seed: fixes every draw.

    Raises:
        ValueError: for a parameter that is not a bounded real one; the message lists those there are.

    >>> from properties import Real, claim, symbols
    >>> a, x = symbols("a x")
    >>> @claim("doc-boundary", over=dict(a=Real(0, 4), x=Real(0, 1)), given={"small": a < 1})
    ... def _(a, x):
    ...     return 1 - a * x * (1 - x)
    >>> found = find_boundary(_, "a", width=1e-3)
    >>> found.reached
    False
    """
    domain = claim.over.get(parameter)
    if not isinstance(domain, Real) or domain.bounds.lower is None or domain.bounds.upper is None:
        usable = [n for n, d in claim.over.items() if isinstance(d, Real)]
        raise ValueError(
            f"Expected a bounded real parameter of {claim.id} ({', '.join(usable)}) but got {parameter!r}"
        )
    started = time.monotonic()
    hunter = _Hunter(claim, parameter, seed, started + budget)
    low, high = domain.bounds.lower, domain.bounds.upper
    grid = [low + (high - low) * Fraction(i, 16) for i in range(17)]
    grid = [v for v in grid if domain.bounds.contains(v)]
    outcome = {v: hunter.violates(v) for v in grid if time.monotonic() < hunter.deadline}
    pair = next(((a, b) for a, b in itertools.pairwise(grid) if outcome.get(a) != outcome.get(b)), None)
    if pair is None or None in (outcome.get(pair[0]), outcome.get(pair[1])):
        return Boundary(
            claim.id, parameter, None, None, None, 0, None, None, False, time.monotonic() - started
        )
    holds, fails = pair if outcome[pair[1]] else pair[::-1]
    while abs(fails - holds) > Fraction(width) and time.monotonic() < hunter.deadline:
        middle = (holds + fails) / 2
        if hunter.violates(middle):
            fails = middle
        else:
            holds = middle
    polynomial, root = _short_polynomial(holds, fails)
    confirmed = root is not None and hunter.confirms(root, holds, fails)
    return Boundary(
        claim.id, parameter, holds, fails, hunter.witnesses[fails], hunter.judged.get(holds, 0), polynomial, root,
        confirmed, time.monotonic() - started,
    )  # fmt: skip


class _Hunter:
    """Looks for violations at fixed values, starting each time from the violations met nearby."""

    def __init__(self, claim: Claim, parameter: str, seed: int, deadline: float) -> None:
        self.parameter, self.seed, self.deadline = parameter, seed, deadline
        alone = {n for n, a in claim.given.items() if isinstance(a, Relation) and a.names == (parameter,)}
        self.claim = replace(claim, given={n: a for n, a in claim.given.items() if n not in alone})
        self.witnesses: dict[Fraction, Witness] = {}
        self.judged: dict[Fraction, int] = {}

    def violates(self, value: Fraction) -> bool:
        """Whether a certified violation was found with the parameter at ``value``."""
        fixed = replace(
            self.claim, over={**self.claim.over, self.parameter: Real(value, value, closed="both")}
        )
        label = (self.claim.id, self.parameter, str(value), self.seed)
        source = RandomSource(seed_for(*label, "near"))
        found = self._near(fixed, value, source)
        tally = Tally(fixed)
        if found is None:
            scout_into(tally, 20_000, seed_for(*label, "scout"))
            found = tally.violation
        if found is None:
            draw_bulk(
                tally, tally.judged + (200 if fixed.scalar else 60), seed_for(*label, "bulk"), self.deadline
            )
            found = tally.violation
        if found is None:
            reached = climb(fixed, tally.closest, source, Budget(300 if fixed.scalar else 60, self.deadline))
            tally.judged += 300
            found = reached if reached is not None and reached.judgement.outcome == "violated" else None
        self.judged[value] = tally.judged
        if found is not None:
            self.witnesses[value] = found
        return found is not None

    def _near(self, fixed: Claim, value: Fraction, source: RandomSource) -> Witness | None:
        """Carry over the violations at the nearest failing values, and climb from them."""
        nearest = sorted(self.witnesses, key=lambda v: abs(v - value))[:3]
        starts = []
        for v in nearest:
            moved: Instance = self.witnesses[v].instance.with_(**{self.parameter: value})
            if satisfies(fixed, moved) is True:
                judgement = judge(fixed, moved)
                if judgement.outcome == "violated":
                    return Witness(moved, judgement)
                if judgement.outcome == "holds" and np.isfinite(judgement.margin):
                    starts.append(Witness(moved, judgement))
        reached = climb(fixed, starts, source, Budget(400 if fixed.scalar else 80, self.deadline))
        return reached if reached is not None and reached.judgement.outcome == "violated" else None

    def confirms(self, root: float, holds: Fraction, fails: Fraction) -> bool:
        """Whether the claim fails much closer to the proposed number than the bracket, and not before it."""
        near = Fraction(root)
        gap = (fails - holds) / 64
        return self.violates(near + gap) and not self.violates(near - gap)


def _short_polynomial(holds: Fraction, fails: Fraction) -> tuple[str | None, float | None]:
    """The shortest integer polynomial with a root in the bracket, when it is short enough to mean something.

    A bracket of relative width 2^-b meets some polynomial whose coefficients carry b bits in all; one with
    fewer than half of that is not there by chance.
    """
    import sympy

    low, high = sorted((holds, fails))
    bits = -np.log2(float((high - low) / max(abs(low), abs(high))))
    x = sympy.Symbol("x")
    for degree, largest in ((1, 40), (2, 12), (3, 5), (4, 3)):
        best = None
        for coefficients in _coefficients(degree, largest):
            values = [sum(c * end**i for i, c in enumerate(reversed(coefficients))) for end in (low, high)]
            if values[0] * values[1] > 0:
                continue
            length = sum(abs(c).bit_length() + 1 for c in coefficients)
            if length < bits / 1.2 and (best is None or length < best[0]):
                best = (length, coefficients)
        if best is not None:
            polynomial = sympy.Poly(best[1], x)
            if not polynomial.is_irreducible:
                polynomial = sympy.Poly(
                    next(
                        g
                        for g, _ in polynomial.factor_list()[1]
                        if g.count_roots(_rational(low), _rational(high))
                    ),
                    x,
                )
            root = next(r for r in sympy.real_roots(polynomial) if low <= r.evalf(40) <= high)
            return str(polynomial.as_expr()), float(root)
    return None, None


def _rational(value: Fraction) -> Any:
    import sympy

    return sympy.Rational(value.numerator, value.denominator)


def _coefficients(degree: int, largest: int) -> Iterator[tuple[int, ...]]:
    from itertools import product

    span = range(-largest, largest + 1)
    for leading in range(1, largest + 1):
        for rest in product(span, repeat=degree):
            yield (leading, *rest)
