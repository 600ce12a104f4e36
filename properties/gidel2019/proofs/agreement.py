"""Is what was proved what is claimed? The theorem of an induction against the margins of a claim, in balls.

A conclusion is a function, a theorem a relation between parameters and state. They are the same statement about
orbits if they agree on *all* states, also on those that no descent reaches: so the conclusion is asked about
orbits whose states are chosen freely, close to where the relation changes sign. A theorem that is only weaker,
or stronger, than the claim differs there.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from rankladder.domains.randomness import Infeasible, RandomSource, Source, seed_for
from rankladder.language.induction import Induction
from rankladder.language.instance import Instance
from rankladder.language.margins import forall
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball, precision
from rankladder.proof import proof
from rankladder.proof.parts import Part, Status
from rankladder.proof.result import Proof
from rankladder.proof.theorem import BITS, at_start, both, one_step, theorem_at, truth
from rankladder.search.draws import draw_instance, realise
from rankladder.search.judgement import conclude, judge
from rankladder.simulate.orbits import stated

__all__ = ["agreement", "by_induction"]

_CLOSE = Fraction(1, 10**6)  # relative distance of a chosen state from where the relation changes sign
_DRAWS = 24  # of the claim, and with each assumption dropped
_ORBIT = "z"  # the state symbol that stands for the simulated orbit


def by_induction(
    claim: Claim,
    induction: Induction,
    *,
    argument: str,
    facts: Mapping[str, str] | None = None,
    rests_on: tuple[str, ...] = (),
    ahead: int = 0,
) -> Proof:
    """A proof by an induction that is written beside a claim; a comparison joins the two.

    ``ahead`` is how many steps beyond its own the relation looks; it is then compared up to so many steps less.
    """
    joins = (agreement(claim, induction, ahead),)
    return proof.by_induction(
        claim, induction, argument=argument, facts=facts, rests_on=rests_on, joins=joins
    )


def agreement(claim: Claim, induction: Induction, ahead: int = 0) -> Part:
    """Whether theorem and claim are true and false together: a test, which joins them and proves nothing.

    Instances come from the claim and from the claim with each assumption dropped. Where the relation speaks of
    one state at a time, states are chosen freely on both sides of its sign change; where it looks ``ahead`` to
    the states after, the orbit is the true one, compared up to so many steps less.
    """
    started = time.monotonic()
    source = RandomSource(seed_for(claim.id, "agreement", 0))
    counts = {True: 0, False: 0}
    status, detail = Status.tested, ""
    free = ahead == 0 and any(str(x) == _ORBIT for x in induction.start) and claim.induction is None
    for variant in (claim, *(claim.without(name) for name in claim.given)):
        for _ in range(_DRAWS):
            try:
                instance = draw_instance(variant, source)
            except Infeasible:
                continue
            cases = (
                _freely(claim, induction, instance, source)
                if free
                else _along_orbit(variant, induction, instance, ahead)
            )
            for theorem, claimed, where in cases:
                if theorem is None or claimed is None:
                    continue
                counts[theorem] += 1
                if theorem != claimed and status is Status.tested:
                    status = Status.open
                    detail = f"the theorem is {str(theorem).lower()} where the claim is {str(claimed).lower()}: {where}"
    if status is Status.tested:
        detail = (
            f"a comparison on draws: same answer on {counts[True]} orbits that satisfy it and "
            f"{counts[False]} that violate it"
        )
        if not counts[True] or (free and not counts[False]):
            status, detail = Status.open, "both answers did not occur, so nothing was compared"
    return Part("what was proved is what is claimed", f"the relation at every step and the margin of {claim.id}",
                "balls", status, detail, time.monotonic() - started)  # fmt: skip


Case = tuple[bool | None, bool | None, str]


def _along_orbit(claim: Claim, induction: Induction, instance: Instance, ahead: int) -> Iterator[Case]:
    """The true orbit of an instance."""
    outcome = judge(claim, instance).outcome
    claimed = {"holds": True, "violated": False}.get(outcome)
    yield theorem_at(induction, instance, _steps(claim, instance) - ahead), claimed, str(instance)


def _freely(claim: Claim, induction: Induction, instance: Instance, source: Source) -> Iterator[Case]:
    """Orbits with the instance's parameters whose states lie on both sides of the relation's sign change."""
    count = 1 + source.integer(0, 2)
    orbit = next(x for x in induction.start if str(x) == _ORBIT)
    with precision(BITS):
        values, begin = at_start(induction, instance)
        for side in (1, -1):
            state, states = begin, []
            theorem = truth(induction.holds, values | state)
            stopped = truth(induction.while_, values | state) is not True
            last = source.integer(1, count)
            for k in range(1, count + 1):
                state = one_step(induction, values | state)
                edge = _edge(induction, values, state, orbit, source)
                # one state beyond the edge, the others where the relation holds
                state = {**state, orbit: _beside(edge, side if k == last else 0, source)}
                states.append(state[orbit])
                if not stopped:
                    theorem = both(theorem, truth(induction.holds, values | state))
                    stopped = truth(induction.while_, values | state) is not True
            claimed: bool | None = True
            with stated(states):
                for k in range(1, count + 1):
                    claimed = both(claimed, _claimed(claim, instance.with_(**{_steps_name(claim): k})))
            yield theorem, claimed, f"{instance} with states {', '.join(str(float(z.mid)) for z in states)}"


def _claimed(claim: Claim, instance: Instance) -> bool | None:
    margin = forall(conclude(claim, realise(claim, instance, Ball)))
    margin = margin if isinstance(margin, Ball) else Ball(margin)
    if margin.is_nan():
        return None
    return True if margin.is_nonnegative() else False if margin.is_negative() else None


def _edge(
    induction: Induction, values: Mapping[Any, Any], state: Mapping[Any, Any], orbit: Any, source: Source
) -> tuple[Fraction, Fraction] | None:
    """Neighbouring values of the orbit's state on which the relation is true (first) and false (second)."""

    def is_true(z: Fraction) -> bool | None:
        return truth(induction.holds, {**values, **state, orbit: Ball(z)})

    grid = [
        Fraction(source.integer(1, 2**20), 2**20) * size
        for size in (Fraction(1, 1024), Fraction(1, 16), 1, 1, 2)
    ]
    answers = [(z, is_true(z)) for z in sorted(grid)]
    pairs = itertools.pairwise(answers)
    change = next((p for p in pairs if {p[0][1], p[1][1]} == {True, False}), None)
    if change is None:
        return None
    (a, at_a), (b, _) = change
    yes, no = (a, b) if at_a else (b, a)
    while abs(yes - no) > _CLOSE * yes:
        middle = (yes + no) / 2
        yes, no = (middle, no) if is_true(middle) else (yes, middle)
    return yes, no


def _beside(edge: tuple[Fraction, Fraction] | None, side: int, source: Source) -> Ball:
    if edge is None:
        return Ball(Fraction(source.integer(1, 2**12), 2**11))
    return Ball(edge[1] if side < 0 else edge[0])


def _steps_name(claim: Claim) -> str:
    return next(iter(claim.integers), "steps")


def _steps(claim: Claim, instance: Instance) -> int:
    return int(instance[_steps_name(claim)]) if _steps_name(claim) in claim.over else 1
