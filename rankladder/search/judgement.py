"""The judge: one instance, decided in ball arithmetic.

Precision climbs until the margin's sign is certain. A margin known to within 1e-40 that still holds zero
counts as equality, so as holding: of such instances a search looks at a few in exact rationals, then in 4096 bits, then at what the terms
of the margin leave that cancel as symbols; whoever asks about one instance has that one looked at. What two precisions leave open is asked
in exact rationals (a strict inequality with equality at 1/3) before more bits, and is undecided, never guessed, when none of them says more.

A margin that rests on floats, because the conclusion took them out of the balls or never entered these, is known in
float64 only: where it is negative nothing is decided, unless the claim is about float64.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
from flint import arb

from rankladder.domains.domain import Number
from rankladder.language.assumptions import Predicate
from rankladder.language.margins import forall
from rankladder.language.rounded import EXACTLY, decisive_float
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball, TooLong, Undecided, precision
from rankladder.numbers.departures import watched
from rankladder.numbers.exact import Exact
from rankladder.numbers.nothing import SILENT
from rankladder.numbers.scopes import scoped
from rankladder.search.draws import realise

__all__ = ["Judgement", "closely", "conclude", "judge", "judge_exactly"]

LADDER = (192, 512, 1536, 4096)
_BEFORE_EXACT = LADDER[1]  # an orbit takes longer in rationals than in twice the bits, which mostly decide
_EQUALITY_WIDTH = 1e-40
_CLOSE, _CLOSER = 1024, LADDER[-1]  # which mostly decide, or must
_closely: ContextVar[bool] = ContextVar("closely", default=False)
_REMEDY = "write a Fraction, or use sqrt, log … from rankladder"

Outcome = Literal["holds", "violated", "undecided", "undefined", "silent"]


@dataclass(frozen=True)
class Judgement:
    """What balls say about one instance: the outcome, an enclosure of the margin, the bits it took; why undecided.

    ``in_float64`` says that the margin rests on floats: it is no enclosure, and its sign no proof. ``too_long`` says
    that the instance was not computed, because that would take more steps or memory than is allowed. ``as_equal`` says
    that it holds because its margin cannot be told from zero.
    """

    outcome: Outcome
    enclosure: Ball
    bits: int
    why: str = ""
    in_float64: bool = False
    too_long: bool = False
    as_equal: bool = False

    @property
    def margin(self) -> float:
        """The middle of the enclosure (NaN where the margin is undefined)."""
        return float("nan") if self.enclosure.is_nan() else self.enclosure.mid

    @property
    def how(self) -> str:
        """How the margin is known: exactly, in so many bits, or in float64."""
        return "in float64" if self.in_float64 else f"{self.bits} bits" if self.bits else "exact"

    @property
    def escalated(self) -> bool:
        """Whether the first precision was not enough."""
        return self.bits > LADDER[0]


@cache
def _arguments(conclusion: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    parameters = inspect.signature(conclusion).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return names
    return tuple(p for p in parameters if p in names)


def conclude(claim: Claim, values: Mapping[str, Any]) -> Any:
    """The conclusion's margins on realised parameters.

    Raises:
        TypeError: when the conclusion returns nothing or a truth value.
    """
    names = _arguments(claim.conclusion, tuple(claim.over))
    margins = claim.conclude({name: values[name] for name in names})
    if margins is None:
        raise TypeError(f"Expected claim {claim.id} to return a signed margin but got None; add a return")
    return margins


def closely() -> AbstractContextManager[bool]:
    """Scope in which what cannot be told from equality is looked at once more, in exact rationals and in far more bits."""
    return scoped(_closely, True)


def judge(claim: Claim, instance: Mapping[str, Any], ladder: tuple[int, ...] = LADDER) -> Judgement:
    """Decide one instance.

    Returns:
        ``holds``, ``violated``, ``undefined`` (the margin is no number there), ``silent`` (the claim says nothing
        there) or ``undecided``.

    >>> from fractions import Fraction
    >>> from rankladder import Real, claim
    >>> @claim("doc-judge", over=dict(x=Real(0, 1)))
    ... def _(x):
    ...     return x / 3 - x * x
    >>> judge(_, {"x": Fraction(1, 4)}).outcome, judge(_, {"x": Fraction(1, 3)}).outcome
    ('holds', 'holds')
    >>> judge(_, {"x": Fraction(1, 2)}).outcome
    'violated'
    """
    if claim.rational:
        # exact rationals settle equality in strict relations, which no ball around zero can
        try:
            return _judged(claim, instance, lambda x: x, 0)
        except ZeroDivisionError:
            return _sentence(Ball(float("nan")), 0)
    last = Judgement("undecided", Ball(float("nan")), ladder[-1])
    for bits in ladder:
        with precision(bits):
            try:
                last = _judged(claim, instance, Ball, bits)
            except TooLong as error:
                return Judgement("undecided", Ball(float("nan")), bits, str(error), too_long=True)
            except Undecided:
                pass
            if last.as_equal and bits < _CLOSER and _closely.get():
                if bits == _CLOSE:
                    continue
                return _told_from_equality(claim, instance) or last
            if last.outcome in ("holds", "violated", "silent") or (last.in_float64 and last.why):
                return last
        # a short ladder is a search's, which compares many and can do without
        if (
            bits == _BEFORE_EXACT
            and ladder == LADDER
            and (exact := judge_exactly(claim, instance)) is not None
        ):
            return exact
    return last


def _told_from_equality(claim: Claim, instance: Mapping[str, Any]) -> Judgement | None:
    """What decides an instance that few bits cannot tell from equality; None where nothing does."""
    if (exact := judge_exactly(claim, instance)) is not None:
        return exact
    closer = judge(claim, instance, (_CLOSE, _CLOSER))
    if closer.as_equal and claim.cancelled is not None:
        closer = judge(claim.cancelled, instance, (_CLOSER,))
    return closer if closer.outcome in ("holds", "violated") and not closer.as_equal else None


def judge_exactly(claim: Claim, instance: Mapping[str, Any]) -> Judgement | None:
    """What exact rationals say, also where balls cannot tell; None where they say nothing."""
    try:
        with precision(LADDER[0]):
            judgement = _judged(claim, instance, Exact, 0)
    except Exception:  # written for balls alone, or a division by zero: they have spoken
        return None
    # a float that is exact in balls may be computed with here: the logarithm of 0.5 is no rational
    decided = judgement.outcome in ("holds", "violated") and not (judgement.in_float64 or judgement.as_equal)
    return judgement if decided else None


def _judged(claim: Claim, instance: Mapping[str, Any], number: Number, bits: int) -> Judgement:
    values = realise(claim, instance, number)
    with watched(claim.literals) as record, np.errstate(all="ignore"):
        margin = forall(conclude(claim, values))
    said = _sentence(margin if isinstance(margin, Ball) else Ball(margin), bits)
    in_float64 = record.reach(margin)
    said = replace(said, in_float64=in_float64)
    if said.outcome == "violated" and claim.arithmetic != "float64":
        if in_float64:
            why = f"a violation of {-said.margin:.2g} that only float64 shows"
            if record.computed is not None:
                why += f"; the float {record.computed} was computed: {_REMEDY}"
            return replace(said, outcome="undecided", why=why)
        if (name := _assumed_in_float64(claim, instance)) is not None:
            why = f"a violation where the assumption {name} is known in float64 only"
            return replace(said, outcome="undecided", why=why, in_float64=True)
        if (rounded := decisive_float(claim, instance, realise(claim, instance, Ball))) is not None:
            why = f"a violation that hangs on the last digits of {rounded}, a float that was computed: {EXACTLY}"
            return replace(said, outcome="undecided", why=why, in_float64=True)
        if record.written is not None and not _violated_in_floats(claim, values):
            why = f"a violation that hangs on the last digits of the float {record.written}: {_REMEDY}"
            return replace(said, outcome="undecided", why=why, in_float64=True)
    elif said.outcome == "undecided" and not in_float64 and record.computed is not None:
        why = (
            f"the float {record.computed} stands for all numbers that agree with it to nine digits; {_REMEDY}"
        )
        return replace(said, why=why)
    return said


def _violated_in_floats(claim: Claim, values: Mapping[str, Any]) -> bool:
    """Whether the conclusion fails also with its floats taken as they are, not as the decimals that were written."""
    try:
        with watched(claim.literals, decimals=False), np.errstate(all="ignore"):
            margin = forall(conclude(claim, values))
    except (Undecided, ZeroDivisionError):
        return False
    return bool((margin if isinstance(margin, Ball) else Ball(margin)).is_negative())


def _assumed_in_float64(claim: Claim, instance: Mapping[str, Any]) -> str | None:
    """An assumption that only floats say is met, if there is one."""
    values = realise(claim, instance, Ball)
    for name, assumption in claim.given.items():
        if isinstance(assumption, Predicate):
            try:
                if assumption.is_in_float64(values):
                    return name
            except Undecided:  # more bits decided it when the instance was drawn
                continue
    return None


def _sentence(enclosure: Ball, bits: int) -> Judgement:
    if enclosure.is_nan():
        return Judgement("undefined", enclosure, bits)
    if enclosure.arb == arb(SILENT):  # of a finite margin beyond float64 the middle rounds to infinity too
        return Judgement("silent", enclosure, bits)
    if enclosure.is_nonnegative():
        return Judgement("holds", enclosure, bits)
    if enclosure.is_negative():
        return Judgement("violated", enclosure, bits)
    if enclosure.radius < _EQUALITY_WIDTH / 2:
        return Judgement("holds", Ball(0), bits, as_equal=True)
    return Judgement("undecided", enclosure, bits)
