"""Instances of every claim of the catalogue and what it makes of them; ``python -m tests.quality.kept_margins`` stores them anew.

A true claim whose assumption or conclusion is made weaker stays true, and no check can tell. What is kept here can:
the margin, the values of the assumptions, and what the functions of the catalogue returned and compared on the way,
at instances that satisfy the assumptions (the shortest, the longest, the nearest to an edge) and at some that break
just one of them.
"""

from __future__ import annotations

import functools
import inspect
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from properties.engine.drawing import draw_instance, realise
from properties.engine.judging import conclude, judge
from properties.generators.sources import Infeasible, RandomSource, seed_for
from properties.library import load_catalogue
from properties.stating import enclosure
from properties.stating.assumptions import Predicate
from properties.stating.instance import Instance
from properties.stating.statement import Claim
from simulate.balls import Ball, precision

FILE = Path(__file__).with_suffix(".json")
HERE = "properties.catalogue."
BITS = 192
DRAWS, BROKEN, TRIES = 10, 4, 300
NOISE = 1e-25  # what balls leave of a zero
TELLING = 1e-6  # a margin below it is nearly an equality
LONGEST = 700  # characters of an instance worth keeping
# what a claim concludes with: their arguments are what it compares
WORDS = ("equal", "exists", "forall", "iff", "implies", "least", "most", "strictly", "within")
# an instance of these takes seconds without the JIT
SLOW = {"FLOW-1", "LIMIT-1.after", "GEN-3.flow", "GD-9.plateaus", "GD-12.next-order"}
# how float64 strays from an orbit is another number with another BLAS: how much is compared is not
ROUNDED = {"STEP-7.not-in-floats"}

Entry = dict[str, Any]


def numbers_in(value: Any) -> Iterator[float]:
    """The numbers of a value of any shape, balls by their middles; what is no number is passed over."""
    if isinstance(value, Ball):
        yield math.nan if value.is_nan() else value.mid
    elif isinstance(value, (bool, np.bool_)):
        yield float(value)
    elif isinstance(value, (int, float, Fraction, np.number)):
        try:
            yield float(value)
        except OverflowError:
            yield math.copysign(math.inf, value)
    elif isinstance(value, np.ndarray):
        for entry in value.flat:
            yield from numbers_in(entry)
    elif isinstance(value, (tuple, list, dict)):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(entry)


class Heard:
    """What was said under one name: in how many calls, how many numbers, the least of them, and a mark of all."""

    def __init__(self) -> None:
        self.calls, self.numbers, self.least, self.sum = 0, 0, math.inf, 0.0

    def add(self, value: Any) -> None:
        """Listen to one call."""
        self.calls += 1
        for number in numbers_in(value):
            self.numbers += 1
            number = 0.0 if abs(number) < NOISE else number
            if math.isfinite(number):
                self.least = min(self.least, number)
                # relative changes of what is large and absolute ones of what is small, by place
                self.sum += (1 + self.numbers % 5) * math.asinh(1e6 * number)

    def kept(self) -> list[float | int | None]:
        """For the file: calls, numbers, least, mark."""
        least = None if math.isinf(self.least) else self.least
        return [self.calls, self.numbers, rounded(least), rounded(self.sum / max(1, self.numbers))]


def rounded(number: float | None) -> float | None:
    """With eight digits."""
    return None if number is None or not math.isfinite(number) else float(f"{number:.8g}")


def listening(name: str, function: Callable[..., Any], heard: dict[str, Heard]) -> Callable[..., Any]:
    """The function; what it is given (a word of :data:`WORDS`) or returns is noted."""

    @functools.wraps(function)
    def made(*arguments: Any, **named: Any) -> Any:
        if name in WORDS:
            heard.setdefault(name, Heard()).add(arguments)
            return function(*arguments, **named)
        value = function(*arguments, **named)
        heard.setdefault(name, Heard()).add(value)
        return value

    return made


@contextmanager
def overheard() -> Iterator[dict[str, Heard]]:
    """Scope in which functions of the catalogue, and its words, are listened to."""
    heard: dict[str, Heard] = {}
    before: list[tuple[Any, str, Any]] = []
    made: dict[Any, Any] = {}
    for module in [m for n, m in sys.modules.items() if n.startswith(HERE)]:
        for name, value in vars(module).items():
            if not inspect.isfunction(value):
                continue
            own = value.__module__.startswith(HERE) and value.__name__ != "_"
            if own or (getattr(enclosure, name, None) is value and name in WORDS):
                before.append((module, name, value))
                made.setdefault(value, listening(value.__name__, value, heard))
    try:
        for module, name, value in before:
            setattr(module, name, made[value])
        yield heard
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def assumed(claim: Claim, instance: Mapping[str, Any]) -> dict[str, list[float | None]]:
    """The values of the assumptions that are functions of the parameters."""
    found: dict[str, list[float | None]] = {}
    with precision(BITS), np.errstate(all="ignore"):
        values = realise(claim, instance, Ball)
        for name, assumption in claim.given.items():
            if isinstance(assumption, Predicate):
                margin = assumption.margin(**{n: values[n] for n in assumption.names})
                found[name] = [rounded(number) for number in numbers_in(margin)]
    return found


def said(claim: Claim, instance: Mapping[str, Any], bits: int) -> dict[str, list[float | int | None]]:
    """What the functions of the catalogue return and compare, and what the claim concludes."""
    with precision(bits), np.errstate(all="ignore"), overheard() as heard:
        margins = conclude(claim, realise(claim, instance, Ball))
        heard.setdefault("concluded", Heard()).add(margins)
    return {name: one.kept() for name, one in sorted(heard.items())}


def entry_of(claim: Claim, instance: Mapping[str, Any]) -> Entry:
    """What is kept of an instance."""
    judgement = judge(claim, instance)
    margin = rounded(judgement.margin) if judgement.outcome in ("holds", "violated") else None
    heard = said(claim, instance, judgement.bits or BITS)
    if claim.id in ROUNDED:
        margin, heard = None, {name: [*kept[:2], None, None] for name, kept in heard.items()}
    return {"margin": margin, "assumes": assumed(claim, instance), "says": heard}


def drawn(claim: Claim, *seed: object) -> Iterator[Instance]:
    """A stream of instances, the same every time, some tries long."""
    source = RandomSource(seed_for("margins", claim.id, *seed))
    for _ in range(TRIES):
        try:
            yield draw_instance(claim, source)
        except Infeasible:
            continue


def loudness(claim: Claim, instance: Instance) -> float | None:
    """How small a start carries null modes in this instance; None where none does."""
    problem = realise(claim, instance, float).get("problem")
    carried = getattr(problem, "q", 0) > getattr(problem, "m", 0)
    return float(instance.get("delta", 0)) if carried else None


def chosen(claim: Claim, *seed: object) -> list[Instance]:
    """Instances that differ: the shortest, a long one, and those near an edge, and one with null modes that matter."""
    found: dict[str, tuple[Instance, float]] = {}
    count = BROKEN if claim.dropped or claim.id in SLOW else DRAWS
    for instance in islice(drawn(claim, *seed), count):
        judgement = judge(claim, instance)
        if judgement.outcome in ("holds", "violated"):
            found[str(instance)] = instance, abs(judgement.margin)
    by_length = sorted(found, key=len)
    by_length = [text for text in by_length if len(text) <= LONGEST] or by_length[:1]
    found = {text: found[text] for text in by_length}
    by_margin = sorted(found, key=lambda text: (found[text][1] < TELLING, found[text][1]))
    if claim.id in SLOW:
        return [found[text][0] for text in by_length[:2]]
    if claim.dropped:
        return [found[text][0] for text in dict.fromkeys(by_margin[:1] + by_length[len(found) // 2 :][:1])]
    loud = {text: loudness(claim, found[text][0]) for text in found}
    by_loudness = sorted((loudness, text) for text, loudness in loud.items() if loudness is not None)
    kept = by_length[:1] + by_margin[:1] + by_length[-1:] + by_length[len(found) // 2 :][:1]
    kept += [text for _, text in by_loudness[:1]]
    return [found[text][0] for text in dict.fromkeys(kept)]


def entries_of(claim: Claim) -> list[Entry]:
    """What is kept of a claim."""
    kept = [{"at": str(instance), **entry_of(claim, instance)} for instance in chosen(claim)]
    for name in () if claim.id in SLOW else claim.given:
        broken = claim.without(name)
        kept += [{"at": str(i), "without": name, **entry_of(broken, i)} for i in chosen(broken, name)]
    return kept


def text_of(kept: dict[str, list[Entry]]) -> str:
    """The file: a line for every instance."""
    lines = [
        json.dumps(id) + ": [\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]"
        for id, entries in kept.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def made(id: str) -> tuple[str, list[Entry]]:
    """A claim's part of the file."""
    return id, entries_of(load_catalogue()[id])


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        FILE.write_text(text_of(dict(pool.map(made, load_catalogue()))), encoding="utf-8")
