"""One claim on one instance, step by step: domains, assumptions, the margin at every precision, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation, finite
from rankladder.numbers.balls import Ball, Undecided, precision
from rankladder.search.draws import conditions, realise
from rankladder.search.judgement import LADDER, Judgement, closely, conclude, judge

__all__ = ["Examination", "examine", "misfits", "within_domains"]

_ENTRIES = 12


@dataclass(frozen=True)
class Examination:
    """What was seen.

    ``parameters`` maps a name to whether its value lies in the domain, ``assumptions`` to whether it holds
    (None: balls cannot tell). ``rungs`` are the judgements at each precision up to the one that decided;
    ``entries`` the first margins of a conclusion that returns several, least first, with their index.
    """

    claim: Claim
    instance: Instance
    parameters: Mapping[str, bool | None]
    assumptions: Mapping[str, bool | None]
    rungs: tuple[Judgement, ...]
    entries: tuple[tuple[tuple[int, ...], Ball], ...] = ()
    count: int = 1

    @property
    def judgement(self) -> Judgement:
        """The last word."""
        return self.rungs[-1]

    @property
    def applies(self) -> bool | None:
        """Whether the claim speaks of the instance: every domain and every assumption holds."""
        held = [*self.parameters.values(), *self.assumptions.values()]
        return False if False in held else None if None in held else True

    @property
    def contradicts(self) -> bool:
        """Whether the instance is a counterexample to a claim that is expected to hold."""
        return (
            self.applies is True
            and self.judgement.outcome == "violated"
            and self.claim.expects is Expectation.holds
        )

    def to_json(self) -> dict[str, Any]:
        """Stable keys, plain values."""
        return {
            "id": self.claim.id,
            "instance": str(self.instance),
            "values": self.instance.to_json(),
            "in_domain": dict(self.parameters),
            "assumptions": dict(self.assumptions),
            "applies": self.applies,
            "outcome": self.judgement.outcome,
            "as_equal": self.judgement.as_equal,
            "margin": _plain(self.judgement.enclosure),
            "rungs": [
                {"bits": r.bits, "in_float64": r.in_float64, "outcome": r.outcome, **_plain(r.enclosure)}
                for r in self.rungs
            ],
            "entries": [{"index": list(i), **_plain(b)} for i, b in self.entries],
            "count": self.count,
        }


def _plain(enclosure: Ball) -> dict[str, Any]:
    return {"mid": finite(enclosure.mid), "radius": finite(enclosure.radius)}


def examine(claim: Claim, instance: Instance) -> Examination:
    """Look at one instance of a claim; that it breaks an assumption is reported, not refused.

    Args:
        claim: the claim.
        instance: exact values of every parameter, as :func:`rankladder.language.parsing.fitted` returns them.

    >>> from rankladder import Real, claim
    >>> from fractions import Fraction
    >>> @claim("doc-examine", over=dict(x=Real(0, 1)))
    ... def _(x):
    ...     return [x, 1 / 3 - x]
    >>> seen = examine(_, Instance.of(x=Fraction(1, 2)))
    >>> seen.judgement.outcome, seen.applies, [i for i, _ in seen.entries]
    ('violated', True, [(1,), (0,)])
    """
    met: dict[str, dict[str, bool | None]] = {"parameter": {}, "assumption": {}}
    for kind, name, held in conditions(claim, instance):
        met[kind][name] = held
    with closely():
        last = judge(claim, instance)
    # exact rationals are asked after the second precision
    before = LADDER[:2] if not last.bits else tuple(b for b in LADDER if b < last.bits)
    rungs = (*(judge(claim, instance, (bits,)) for bits in (() if claim.rational else before)), last)
    entries, count = _entries(claim, instance, last.bits or LADDER[0])
    return Examination(claim, instance, met["parameter"], met["assumption"], rungs, entries, count)


def within_domains(claim: Claim, instance: Instance) -> dict[str, bool]:
    """Which parameters lie where the claim lets them vary.

    >>> from rankladder import Int, claim
    >>> @claim("doc-within", over=dict(steps=Int(1, 9)))
    ... def _(steps):
    ...     return steps
    >>> within_domains(_, Instance.of(steps=-3))
    {'steps': False}
    """
    of_parameters = islice(conditions(claim, instance), len(claim.over))  # an assumption may raise
    return {name: held is True for _, name, held in of_parameters}


def misfits(claim: Claim, instance: Instance) -> dict[str, str]:
    """What keeps parameters out of their domains, where there is more to say than the domain's own words.

    >>> from rankladder import Spectrum, claim
    >>> from fractions import Fraction
    >>> @claim("doc-misfits", over=dict(sigma=Spectrum(2)))
    ... def _(sigma):
    ...     return sigma
    >>> misfits(_, Instance.of(sigma=(Fraction(1), Fraction(2))))
    {'sigma': 'entries 1 and 2, 1 and 2, must not increase'}
    """
    found: dict[str, str] = {}
    earlier: dict[str, Any] = {}
    for name, domain in claim.over.items():
        found[name] = domain.misfit(instance[name], earlier)
        earlier[name] = instance[name]
    return {name: why for name, why in found.items() if why}


def _entries(
    claim: Claim, instance: Instance, bits: int
) -> tuple[tuple[tuple[tuple[int, ...], Ball], ...], int]:
    """The least margins, where the conclusion returns an array of them."""
    with precision(bits), np.errstate(all="ignore"):
        try:
            margins = np.asarray(conclude(claim, realise(claim, instance, Ball)), dtype=object)
        except (Undecided, ValueError, ZeroDivisionError):
            return (), 1
    if margins.size <= 1:
        return (), 1
    balls = [(i, m if isinstance(m, Ball) else Ball(m)) for i, m in np.ndenumerate(margins)]
    # what has no value comes first: it is what needs looking at
    balls.sort(key=lambda entry: (not entry[1].is_nan(), 0.0 if entry[1].is_nan() else entry[1].mid))
    return tuple(balls[:_ENTRIES]), len(balls)
