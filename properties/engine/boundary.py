"""Sharp thresholds: the value of one parameter at which a claim stops holding, bracketed.

The parameter is fixed, what the claim assumes of it alone is set aside, and the rest of the instance is
searched for a violation, first on a grid of values; the first change there is narrowed, others are named.
The failing end of the bracket carries a certified counterexample; the holding end the number of instances
that showed none. Where the bracket is narrow enough to single out an algebraic number with a short minimal
polynomial, that polynomial is proposed and tried closer than the bracket.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from properties.engine.checking import Tally, draw_bulk, scout_into
from properties.engine.drawing import satisfies
from properties.engine.judging import judge
from properties.engine.search import Budget, Witness, climb
from properties.generators.domains import Real
from properties.generators.sources import RandomSource, seed_for
from properties.stating.assumptions import Relation
from properties.stating.instance import Instance
from properties.stating.statement import CATALOGUE_FOLDER, Claim

__all__ = ["Boundary", "find_boundary"]

_LARGEST_DEGREE = 8
_GRID = 16  # parts of the range whose ends are tried first: narrower regions are not met


@dataclass(frozen=True)
class Boundary:
    """A bracketed threshold.

    ``holds_at`` and ``fails_at`` are exact values of the parameter; ``witness`` violates, certified, at
    ``fails_at``; ``instances`` were judged at ``holds_at`` without a violation. ``holds_at`` is None where
    both sides were not met within the parameter's range, ``fails_at`` as well unless the claim fails at every
    value tried. ``set_aside`` names the assumptions of the parameter alone, which a threshold cannot keep;
    ``further`` holds pairs of values between which the outcome changes once more.
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
    set_aside: tuple[str, ...] = ()
    further: tuple[tuple[Fraction, Fraction], ...] = ()

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
            "set_aside": list(self.set_aside),
            "further_changes": [[number(a), number(b)] for a, b in self.further],
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
    grid = [low + (high - low) * Fraction(i, _GRID) for i in range(_GRID + 1)]
    grid = [v for v in grid if domain.bounds.contains(v)]
    outcome = {v: hunter.violates(v) for v in grid if time.monotonic() < hunter.deadline}
    changes = [p for p in itertools.pairwise(grid) if {outcome.get(v) for v in p} == {True, False}]
    bracket = hunter.bracket(changes[0], outcome, Fraction(width)) if changes else None
    if bracket is None:
        failing = len(outcome) == len(grid) and all(v in hunter.witnesses for v in grid)
        witness = hunter.witnesses[grid[0]] if failing else None
        return Boundary(
            claim.id, parameter, None, grid[0] if failing else None, witness, 0, None, None, False,
            time.monotonic() - started, hunter.set_aside,
        )  # fmt: skip
    holds, fails = bracket
    proposals = [_short_polynomial(holds, fails)]
    if claim.file.startswith(CATALOGUE_FOLDER):
        proposals.append(_derived(*sorted((holds, fails))))
    confirmable = (
        (polynomial, root)
        for polynomial, root in proposals
        if root is not None and hunter.confirms(_close(root), holds, fails)
    )
    polynomial, root = next(confirmable, (None, None))
    confirmed = root is not None
    return Boundary(
        claim.id, parameter, holds, fails, hunter.witnesses[fails], hunter.judged.get(holds, 0),
        None if polynomial is None else str(polynomial), None if root is None else float(root), confirmed,
        time.monotonic() - started, hunter.set_aside, tuple(changes[1:]),
    )  # fmt: skip


class _Hunter:
    """Looks for violations at fixed values, starting each time from the violations met nearby."""

    def __init__(self, claim: Claim, parameter: str, seed: int, deadline: float) -> None:
        self.parameter, self.seed, self.deadline = parameter, seed, deadline
        alone = {n for n, a in claim.given.items() if isinstance(a, Relation) and a.names == (parameter,)}
        self.set_aside = tuple(n for n in claim.given if n in alone)
        self.claim = replace(claim, given={n: a for n, a in claim.given.items() if n not in alone})
        self.witnesses: dict[Fraction, Witness] = {}
        self.judged: dict[Fraction, int] = {}

    def bracket(
        self, pair: tuple[Fraction, Fraction], tried: Mapping[Fraction, bool], width: Fraction
    ) -> tuple[Fraction, Fraction] | None:
        """Narrow the two neighbours of a grid to a width; None where nothing holds any more on that side.

        A violation missed at an early value shows up once the failing end is close: then step back, further each time.
        """
        holds, fails = pair if tried[pair[1]] else pair[::-1]
        edge = min(tried) if holds < fails else max(tried)
        holds, fails = self.bisect(holds, fails, width)
        retreat = 2 * (fails - holds)
        while time.monotonic() < self.deadline and self.violates(holds):
            if holds == edge:
                return None
            fails, holds = holds, holds - retreat
            holds = max(holds, edge) if edge < fails else min(holds, edge)
            retreat *= 2
            if not self.violates(holds):
                holds, fails = self.bisect(holds, fails, width)
                retreat = 2 * (fails - holds)
        return holds, fails

    def bisect(self, holds: Fraction, fails: Fraction, width: Fraction) -> tuple[Fraction, Fraction]:
        """Narrow a bracket to a width."""
        while abs(fails - holds) > width and time.monotonic() < self.deadline:
            middle = (holds + fails) / 2
            if self.violates(middle):
                fails = middle
            else:
                holds = middle
        return holds, fails

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
            scout_into(tally, 20_000, seed_for(*label, "scout"), self.deadline)
            found = tally.violation
        if found is None:
            draw_bulk(
                tally, tally.judged + (200 if fixed.scalar else 60), seed_for(*label, "bulk"), self.deadline
            )
            found = tally.violation
        if found is None:
            climbing = Budget(300 if fixed.scalar else 60, self.deadline)
            reached = climb(fixed, tally.closest, source, climbing)
            tally.judged += climbing.spent
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

    def confirms(self, near: Fraction, holds: Fraction, fails: Fraction) -> bool:
        """Whether the claim fails much closer to the proposed number than the bracket, and not before it."""
        gap = (fails - holds) / 64
        return self.violates(near + gap) and not self.violates(near - gap)


def _short_polynomial(holds: Fraction, fails: Fraction) -> tuple[Any, Any]:
    """The integer polynomial of least degree with a root in the bracket that is too short to be there by chance.

    A bracket of relative width 2^-b meets some polynomial whose coefficients carry b bits in all, so one with
    clearly fewer is taken as meant. Lattice reduction finds the short ones of each degree.
    """
    import sympy
    from flint import fmpz_mat

    low, high = sorted((holds, fails))
    middle, width = (low + high) / 2, (high - low) / max(abs(low), abs(high))
    bits = -math.log2(width)
    x = sympy.Symbol("x")
    for degree in range(1, _LARGEST_DEGREE + 1):
        scale = round(1 / (high - low))
        rows = [
            [*(int(i == j) for j in range(degree + 1)), round(scale * middle**i)] for i in range(degree + 1)
        ]
        for row in fmpz_mat(rows).lll().tolist():
            coefficients = [int(c) for c in row[:-1]]
            ends = [sum(c * end**i for i, c in enumerate(coefficients)) for end in (low, high)]
            length = sum(abs(c).bit_length() + 1 for c in coefficients)
            if ends[0] * ends[1] > 0 or not any(coefficients[1:]) or length > bits / 1.2:
                continue
            for factor, _ in sympy.Poly(coefficients[::-1], x).factor_list()[1]:
                for root in factor.real_roots():
                    if low <= _close(root) <= high:
                        return factor.as_expr(), root
    return None, None


def _derived(low: Fraction, high: Fraction) -> tuple[Any, Any]:
    """Minimal polynomial and value of the threshold that theory derives and that lies in the bracket, if one does."""
    import sympy

    from theory import threshold_polynomials, thresholds

    for name, value in thresholds().items():
        if low <= _close(value) <= high:
            polynomial = threshold_polynomials()[name]
            (symbol,) = polynomial.free_symbols
            return polynomial.subs(symbol, sympy.Symbol("x")), value
    return None, None


def _close(value: Any) -> Fraction:
    """An exact SymPy number as a fraction, to 60 digits."""
    return Fraction(str(value.evalf(60)))
