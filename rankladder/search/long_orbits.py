"""Orbits of a stated recursion followed far, in plain floats: what fails only after thousands of steps shows there.

Nothing here decides anything: where an orbit fails clearly in floats, the claim is judged at that step in balls.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

import sympy

from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.induction import Induction
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.search.draws import draw_instance, realise, satisfies
from rankladder.search.judgement import judge

__all__ = ["Recursion", "failure_far_out"]

# operations of all orbits together, and beside those of the step itself: a call, a tuple, a comparison
_WORK, _BESIDE = 800_000, 8
_ORBITS, _FARTHEST = 5, 30_000  # in balls, that many steps take seconds
_CLEAR = 1e-9  # relative: rounding adds up along an orbit
_ALARMS, _LADDER = 2, (192, 512)  # each is as many steps in balls
_NEAR = 0.01


class Recursion:
    """A stated recursion in plain floats.

    >>> z, q = sympy.symbols("z q")
    >>> halving = Recursion(Induction({z: q}, {z: z / 2}, {}, z > 1))
    >>> [(state, round(margin, 2)) for state, margin in halving.states({"q": 4.0}, 3)]
    [((4.0,), 0.5), ((2.0,), 0.25), ((1.0,), 0.0), ((0.5,), -0.2)]
    """

    def __init__(self, induction: Induction) -> None:
        parameters, self.names = induction.parameters, tuple(map(str, induction.start))
        self._parameters = tuple(map(str, parameters))
        step = [sympy.sympify(induction.step[x]) for x in induction.start]
        margin = _relative(induction.conclusion)
        self._start = sympy.lambdify(parameters, list(induction.start.values()), "math")
        self._move = sympy.lambdify(
            (*parameters, *induction.start), (*step, margin, induction.while_), "math", cse=True
        )
        self.cost = _BESIDE + int(sympy.count_ops((*step, margin, induction.while_)))

    def states(self, values: Mapping[str, Any], most: int) -> Iterator[tuple[tuple[float, ...], float]]:
        """The states of steps 0, 1, … and how far the relation is kept at each, relative to the sizes of its sides: up to
        ``most`` steps, until the recursion ends, stands still or leaves the floats.
        """
        with contextlib.suppress(Exception):  # floats have no value there, or Python no such function
            given = [float(values[n]) for n in self._parameters]
            state = tuple(map(float, self._start(*given)))
            for _ in range(most + 1):
                *moved, margin, goes_on = self._move(*given, *state)
                yield state, margin
                later = tuple(moved)
                if not goes_on or later == state or not all(map(math.isfinite, later)):
                    return
                state = later

    def passes(self, point: Mapping[str, Any]) -> tuple[int | None, int]:
        """The step at which the orbit of the parameters of a point is near the state of that point, None where it never is;
        and how many steps it was followed.
        """
        goal = [float(point[n]) for n in self.names]
        step = 0
        for step, (state, _) in enumerate(self.states(point, min(_FARTHEST, _WORK // self.cost))):
            if all(abs(x - y) <= _NEAR * abs(y) for x, y in zip(state, goal, strict=True)):
                return step, step
        return None, step


def _relative(relation: Any) -> Any:
    """How far a relation is kept, relative to the sizes of its sides, as an expression."""
    if isinstance(relation, (sympy.And, sympy.Or)):
        join = sympy.Min if isinstance(relation, sympy.And) else sympy.Max
        return join(*map(_relative, relation.args), evaluate=False)
    left, right = relation.lhs, relation.rhs
    gap = {"<": right - left, "<=": right - left, "==": -abs(left - right), "!=": sympy.S.One}.get(
        relation.rel_op, left - right
    )
    return gap / (1 + abs(left) + abs(right))


def failure_far_out(claim: Claim, seed: int) -> tuple[Instance | None, int]:
    """An instance at which the judge finds a scalar claim about every step violated, far out; and how many steps were followed."""
    assert claim.induction is not None  # noqa: S101 - for the type checker: the caller has asked
    followed = 0
    try:
        recursion = Recursion(claim.induction)
    except Exception:  # what SymPy cannot write as a function of floats is looked at near the start alone
        return None, 0
    source = RandomSource(seed)
    drawn: list[Instance] = []
    for _ in range(_ORBITS):
        with contextlib.suppress(Infeasible):
            instance = draw_instance(claim, source)
            if instance.with_(steps=0) not in [other.with_(steps=0) for other in drawn]:
                drawn.append(instance)
    most = min(_FARTHEST, _WORK // recursion.cost // max(1, len(drawn)))
    alarms = []
    for instance in drawn:
        for step, (_, margin) in enumerate(recursion.states(realise(claim, instance, float), most)):
            followed = max(followed, step)
            if margin < -_CLEAR:
                alarms.append((step, instance.with_(steps=step)))
                break
    for _, instance in sorted(alarms, key=lambda alarm: alarm[0])[:_ALARMS]:
        with contextlib.suppress(Exception):  # what breaks so far out says nothing of the claim
            if satisfies(claim, instance) is True and judge(claim, instance, _LADDER).outcome == "violated":
                return instance, followed
    return None, followed
