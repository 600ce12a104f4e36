"""``rankladder check --simulator``: a user's own gradient descent, and the claim that it is one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.matrices import Matrix
from rankladder.domains.randomness import Infeasible, RandomSource, seed_for
from rankladder.domains.scalars import Int, Real
from rankladder.language.catalogue import COMPARISON
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Result
from rankladder.numbers.balls import Ball
from rankladder.numbers.departures import choosing
from rankladder.search.draws import draw_instance, realise
from rankladder.search.judgement import judge
from rankladder.simulate.departure import Departure
from rankladder.simulate.own import (
    KINDS,
    OVERWRITTEN,
    Orbit,
    Overwritten,
    OwnDescent,
    SimulatorError,
    replaced,
)
from rankladder.usage import UsageError

__all__ = ["OwnAlgorithm"]

_ONE = {"fraction": "z", "entry": "a", "coefficient": "w"}
_OTHERWISE = (
    "gave another orbit the second time, on the same problem from the same start; what it computes must depend on its "
    "arguments alone, without random numbers or a state kept from call to call"
)
_TRIED = 3  # instances at which a claim is asked which orbits it runs


class _Size(Int):
    """A size that the claim says nothing of: the upper end is only where most draws stop."""

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether it is a whole number from the lower end on."""
        return isinstance(value, int) and not isinstance(value, bool) and value >= self.lower

    def __str__(self) -> str:
        return f"the integers from {self.lower} on, mostly drawn up to {self.upper}"


_TOGETHER = 8  # sizes up to it are drawn with each other
# what acts on large problems alone shows where one of these is large; the others stay small, so that it costs little
_LARGE: Mapping[str, Int] = {"n": Int(100, 200), "d": Int(16, 20), "p": Int(16, 20), "r": Int(24, 32)}
# and what acts late, on orbits that still move then: of several samples, with a second column a 32nd of the first
_LONG: Mapping[str, Any] = {
    "n": Int(3, 5), "d": Int(2, 4), "fading": Int(1, 1), "scale": Real(0, 1), "share": Real(0, 1),
    "s": Real(0, "1/128"), "eta": Real(0, "1/128"), "steps": Int(3000, 4000),
}  # fmt: skip
_LARGE_DRAWN, _LONG_DRAWN = 4, 6
_FEW_STEPS = Int(1, 12)
# sizes at which no two usual losses have gradients of the same size, data all of which count, steps that differ
_TELLING: Mapping[str, Int] = {
    "n": Int(5, 5), "d": Int(2, 2), "p": Int(3, 3), "fading": Int(0, 0), "unit": Int(0, 0), "steps": Int(3, 3),
}  # fmt: skip
_SHOWN = {"n": "n = {}", "d": "d = {}", "p": "p = {}", "r": "width {}"}
_STEPS_DRAWN = _Size(1, 96)
_NETWORK: Mapping[str, Any] = {
    "n": _Size(1, 5), "d": _Size(1, 4), "p": _Size(1, 4), "X": Matrix("n", "d"), "Y": Matrix("n", "p"),
    "fading": Int(0, 2), "unit": Int(-2, 2),
}  # fmt: skip
_STEPS: Mapping[str, Any] = {"scale": Real(0, 2), "share": Real(0, 3), "steps": _STEPS_DRAWN}
_OVER: Mapping[str, Mapping[str, Any]] = {
    "fraction": {"s": Real(0, 4), "start": Real(0, 2), "steps": _STEPS_DRAWN},
    "one layer": {**_NETWORK, "W1": Matrix("d", "p"), **_STEPS},
    "two layers": {**_NETWORK, "r": _Size(1, 4), "W1": Matrix("d", "r"), "W2": Matrix("r", "p"), **_STEPS},
    "layers": {
        **_NETWORK, "r": _Size(1, 3), "q": _Size(1, 3), "layers": Int(1, 6), "W1": Matrix("d", "r"),
        "inner": Matrix("r", "q"), "W2": Matrix("q", "p"), **_STEPS,
    },
}  # fmt: skip
_MODE: Mapping[str, Any] = {
    "sigma": Real(0, 4),
    "lam": Real(0, 4),
    "eta": Real(0, 4),
    "start": Real(0, 2),
    "steps": _STEPS_DRAWN,
}


def _sizes() -> Iterator[dict[str, int]]:
    """Sizes up to 8, of which every two take every pair of values once, and then equal ones.

    Beside ``a`` and ``b`` they are ``a + c b`` in the field of 8 elements, with another ``c`` for each.
    """
    for a, b in itertools.product(range(_TOGETHER), repeat=2):
        doubled = [b]
        for _ in range(2):
            twice = 2 * doubled[-1]
            doubled.append(twice ^ 0b1011 if twice > 7 else twice)
        yield {name: size + 1 for name, size in zip("dprnq", (a, b, *(a ^ x for x in doubled)), strict=True)}
    for size in range(2, _TOGETHER + 1):
        yield dict.fromkeys("dprnq", size)


class OwnAlgorithm:
    """A user's gradient descent, to be checked in the place of ours.

    Args:
        function: see ``docs/own-algorithm.md``.
        name: what messages call it.

    Raises:
        UsageError: for something that is of no form.
    """

    def __init__(self, function: Callable[..., Any], name: str = "") -> None:
        try:
            self._own = OwnDescent(function, name)
            exact = self._own.exact
        except ValueError as error:
            raise UsageError(str(error)) from error
        self.name = self._own.name
        self._fault: str | None = None  # why a wrong orbit is no mistake of descent; None before there is one
        self._long: list[tuple[int, int]] = []  # orbits by their steps, and how many of these were followed
        how = "balls and exact rationals flow through it" if exact else "a black box, run in floats"
        self.describes = f"{self._own.describes}; {how}"

    @cached_property
    def claim(self) -> Claim:
        """That every step of the user's function is a step of gradient descent."""
        over = dict(_OVER.get(self._own.kind, _MODE))
        if self._own.kind == "entry":
            over["start"] = Real(-2, 2)

        def follows(**values: Any) -> Any:
            with choosing():
                comparison, steps = self._orbit(values).comparison, int(values["steps"])
                departure = comparison.departure
                if steps >= _LONG["steps"].lower:
                    self._long.append((steps, comparison.followed))
                if departure is None:
                    return Ball(0)
                if self._fault is None:
                    # by their text, as what is no number differs from itself
                    again = self._orbit(values).comparison.departure
                    self._fault = _OTHERWISE if repr(again) != repr(departure) else self._telling()[1]
                if self._fault:
                    raise self._own.broken(self._fault)
                # a larger mistake than a thousandth is no worse: what is simple comes first
                return Ball(-min(1.0, 1e3 * departure.excess))

        code = follows.__code__
        return Claim(
            COMPARISON, f"every step of {self.name} is a step of gradient descent", "", "this project", over, {}, follows,
            location=f"{code.co_filename}:{code.co_firstlineno}", module=__name__,
        )  # fmt: skip

    @property
    def unbroken(self) -> Claim:
        """The same, of which an instance at which the function breaks is no counterexample."""

        def follows(**values: Any) -> Any:
            try:
                return self.claim.conclusion(**values)
            except SimulatorError:
                return Ball(0)

        return replace(self.claim, conclusion=follows)

    @property
    def smaller(self) -> list[Claim]:
        """The same on shapes up to 2 by 2, and up to 3 by 3."""
        named = [n for n in ("n", "d", "p", "r", "q") if n in self.claim.over]
        sizes = [dict.fromkeys(named, Int(1, most)) for most in (2, 3)] if named else []
        return [replace(self.claim, over={**self.claim.over, **few}) for few in sizes]

    @property
    def larger(self) -> Iterator[tuple[Claim, int]]:
        """The same on other sizes, every two together and one large at a time, and on long orbits; and how many of each."""
        over = self.claim.over
        changes: list[tuple[Mapping[str, Any], int]] = []
        if "n" in over:
            few = {"steps": _FEW_STEPS}
            changes += [
                ({**few, **{n: Int(size, size) for n, size in sizes.items()}}, 1) for sizes in _sizes()
            ]
            changes += [({**few, name: size}, _LARGE_DRAWN) for name, size in _LARGE.items() if name in over]
        self._long.clear()
        for changed, number in [*changes, (_LONG, _LONG_DRAWN)]:
            yield replace(self.claim, over={n: changed.get(n, domain) for n, domain in over.items()}), number

    def reach(self, result: Result) -> str:
        """How large the problems were that a comparison drew, and how far it followed the orbits, in a clause."""
        most = [f.format(f"{result.region[n][1]:.0f}") for n, f in _SHOWN.items() if n in result.region]
        sizes = (
            f"sizes up to {_TOGETHER}, every two of them together; one at a time up to {', '.join(most)}; "
        )
        steps, short = sorted(n for n, _ in self._long), sorted(f for n, f in self._long if f < n)
        rest = f", {len(short)} until rest or overflow at step {', '.join(f'{n:,}' for n in short)}"
        return (
            f"drawn: {sizes if most else ''}up to {_STEPS_DRAWN.upper} steps, and {len(steps)} orbits of {steps[0]:,} to "
            f"{steps[-1]:,}, of which {len(steps) - len(short)} were followed to the end{rest if short else ''}"
        )

    def scope(self) -> AbstractContextManager[Any]:
        """Scope in which the user's function runs the orbits that claims ask for."""
        return replaced(self._own)

    def reason(self, claim: Claim) -> str:
        """Why the function has no part in a claim; empty where it has one."""
        if claim.id == self.claim.id:
            return ""
        asked: dict[str, bool] = {}
        source = RandomSource(seed_for(claim.id, "simulator", 0))
        for _ in range(_TRIED):
            try:
                instance = draw_instance(claim, source)
            except Infeasible:
                continue
            with self.scope():
                self._own.asked = asked
                try:
                    judge(claim, instance, (192,))
                except (Exception, SystemExit):  # the check itself will say so
                    if not asked:
                        continue
                if asked:
                    break
        if any(asked.values()):
            return ""
        if not asked:
            return "runs no gradient descent"
        return f"runs {' and '.join(KINDS[kind] for kind in asked)}"

    def shortened(self, instance: Instance) -> Instance:
        """An instance that refutes the comparison, without the steps after the first wrong one."""
        _, found = self._departure(instance)
        return instance if found is None else Instance.of({**instance, "steps": max(1, found.step)})

    def mistake(self, result: Result) -> list[str]:
        """The first wrong step of a refuted comparison, in three lines: the instance, what was expected, what came.

        A fourth says where whole steps are too large or small by one factor.
        """
        if result.counterexample is None or result.id != self.claim.id:
            return []
        orbit, found = self._departure(result.counterexample)
        if found is None:
            return []
        name = f"W{found.part + 1}" if len(orbit.states) > 1 else _ONE.get(self._own.kind, "W")
        name += str(list(found.entry)).replace("[]", "")
        where = f"step {found.step}" if found.step else "step 0, where the start must be recorded"
        # digits that tell them apart
        digits = 10 if f"{found.expected:.10g}" != f"{found.came:.10g}" else 17
        allowed = f"rounding explains {found.allowed:.1g}" if found.allowed else "balls exclude rounding"
        return [
            f"simplest instance found: {self._problem(result.counterexample, orbit)}",
            f"first wrong step: {where}: {name} expected {found.expected:.{digits}g}",
            f"came {found.came:.{digits}g}, a relative difference of {found.excess:.2g}; {allowed}",
            *self._multiple(),
        ]

    def _telling(self) -> tuple[list[Orbit], str]:
        """A few orbits that tell usual mistakes apart, and why the function records no orbits, if it does not."""
        over = self.claim.over
        claim = replace(self.claim, over={n: _TELLING.get(n, domain) for n, domain in over.items()})
        source, found = RandomSource(seed_for(claim.id, "telling", 0)), []
        for _ in range(_TRIED):
            try:
                with choosing():
                    found.append(self._orbit(realise(claim, draw_instance(claim, source), Ball)))
            except Overwritten:  # by chance, another orbit may not show it
                return [], OVERWRITTEN
            except SimulatorError:
                continue
        return found, ""

    def _multiple(self) -> list[str]:
        """By which factor a wrong step is too large or small, and which loss has that; empty where there is none."""
        from rankladder.properties.gidel2019.data.mismatch import loss_factors

        n, p = (_TELLING[name].lower for name in ("n", "p"))
        wrong = [(orbit.multiple, orbit.comparison.departure) for orbit in self._telling()[0]]
        known = [(times, found.step) for times, found in wrong if times is not None and found is not None]
        # another loss has one factor on every problem
        shared = [one for one in known if sum(math.isclose(one[0], t, rel_tol=1e-3) for t, _ in known) > 1]
        if not known:
            return []
        times, step = (shared or known)[0]
        losses = loss_factors(n if self._own.of_data else None, p)
        named = [form for factor, form in losses if form and step == 1 and abs(times / factor - 1) < 1e-3]
        if not shared:
            why = "a factor of this step alone, not of the other problems tried; is it clipped, or does the step size change?"
        elif named:
            why = f"so it is for {named[0]}; expected is the loss ||XW - Y||_F^2/(2n)"
        else:
            why = "is the loss ||XW - Y||_F^2/(2n), and the step size eta as it is given?"
        digits = 4 if f"{times:.4g}" != "1" else 10
        if f"{times:.{digits}g}" == "1":  # no factor to look for
            return []
        return [
            f"where n = {n} and p = {p} its update at step {step} is {times:.{digits}g} times the expected: {why}"
        ]

    def _departure(self, instance: Instance) -> tuple[Orbit, Departure | None]:
        with choosing():
            orbit = self._orbit(realise(self.claim, instance, Ball))
            return orbit, orbit.comparison.departure

    def _orbit(self, values: Mapping[str, Any]) -> Orbit:
        kind = self._own.kind
        if (kind == "fraction" or kind not in _OVER) and any(map(np.ndim, values.values())):
            raise TypeError(f"{self.name} runs one orbit at a time")
        steps = int(values["steps"])
        # in floats, where a comparison costs little however the function computes
        large = any(isinstance(size, _Size) and values[n] > size.upper for n, size in self.claim.over.items())
        if kind == "fraction":
            return self._own.orbit((1, 1), (values["start"],), values["s"], steps)
        if kind not in _OVER:
            return self._own.orbit((values["sigma"], values["lam"]), (values["start"],), values["eta"], steps)
        n = values["n"]
        # each column is smaller than the one before: what drops or rounds small modes shows on data that have some
        X, Y = (
            part * 16.0 ** values["unit"] / 32.0 ** (values["fading"] * np.arange(part.shape[1]))
            for part in (values["X"], values["Y"])
        )
        data = (X, Y) if self._own.of_data else (X.T @ X / n, X.T @ Y / n)
        # up to about 3/h at a small state, whatever the data
        size = ((X * X).sum() + (Y * Y).sum()) / n
        eta = values["share"] / (size if size > 0 else 1)
        start = tuple(W * values["scale"] for W in _factors(kind, values))
        return self._own.orbit(data, start, eta, steps, rounded=large)

    def _problem(self, instance: Instance, orbit: Orbit) -> str:
        names = ("X", "Y") if self._own.of_data else ("Sxx", "Sxy")
        if self._own.kind == "fraction":
            return f"s = {instance['s']}, z0 = {instance['start']}"
        if self._own.kind not in _OVER:
            return ", ".join(f"{name} = {instance[name]}" for name in _MODE if name != "steps")
        parts = [f"{name} = {_text(part)}" for name, part in zip(names, orbit.data, strict=True)]
        starts = [f"W{j} = {_text(W)}" for j, W in enumerate(orbit.start, 1)]
        return ", ".join([*parts, *starts, f"eta = {_text(orbit.eta)}"])


def _factors(kind: str, values: Mapping[str, Any]) -> list[Any]:
    """The factors of a start: of widths r and q in turn where there are many."""
    if kind == "one layer":
        return [values["W1"]]
    if kind == "two layers":
        return [values["W1"], values["W2"]]
    first, inner, last = values["W1"], values["inner"], values["W2"]
    layers = int(values["layers"])
    if layers == 1:
        return [first @ inner @ last]
    # an even number of them ends at width r
    last = last if layers % 2 else inner @ last
    return [first, *(inner.T if j % 2 else inner for j in range(layers - 2)), last]


def _text(values: Any) -> str:
    """Numbers to as many digits as tell them, on one line."""
    array = np.asarray(values, dtype=object)
    shown: NDArray[Any] = np.array(
        [f"{float(Ball(x).arb.mid()):.10g}" for x in array.reshape(-1)], dtype=object
    )
    return str(shown.reshape(array.shape).tolist()).replace("'", "")
