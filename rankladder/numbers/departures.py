"""Where float64 enters and leaves ball arithmetic, so that nothing computed in floats passes for an enclosure.

What leaves the balls (a midpoint, ``midpoints(...)``) has lost its error, and whatever is computed from it
is known in float64 only. A float that enters is exact where it is a number of the statement, which stands in its code
or is handed to it (0.1 is one tenth, as its writer means it); every other float was computed, and stands for all numbers that agree with it to nine digits, or,
where it is a margin by itself, for what float64 knows. A judge runs a conclusion inside :func:`watched` and reads from
the record whether either happened. Floats that only choose where to look (a number of steps, an index) leave inside
:func:`choosing`.
"""

from __future__ import annotations

import builtins
import dis
import functools
import math
import sys
import types
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from fractions import Fraction
from itertools import pairwise
from typing import Any

__all__ = [
    "Departures",
    "as_written",
    "asks_for_kinds",
    "choosing",
    "departed",
    "is_short",
    "is_watched",
    "meant",
    "numbers_of",
    "stands_alone",
    "stands_for_more",
    "watched",
]

_WRITTEN = 10  # significant digits that a person writes
_FILLED = (0.0, 1.0)  # what NumPy fills matrices with: taken as exact wherever they come from
_FOREIGN = sys.stdlib_module_names | {
    "numpy",
    "scipy",
    "sympy",
    "flint",
    "rankladder.language",
    "rankladder.numbers",
}  # their code is none of a statement's
# what tells a name for every size from a number
_KINDS = {
    "isinstance", "issubclass", "type", "hasattr", "getattr", "callable", "suppress", "str", "repr", "format", "ascii", "id",
    "hash", "dir", "vars", "isscalar", "dtype",
}  # fmt: skip
_KINDS_THEMSELVES = [suppress, *(getattr(builtins, name) for name in _KINDS if hasattr(builtins, name))]


class Departures:
    """What a conclusion did with floats: whether some left the balls or were computed, and one that was.

    Args:
        numbers: the sizes of the floats that the statement itself gives.
        decimals: whether these are what a person means by them, 0.1 one tenth, or the floats that they are.
    """

    __slots__ = ("computed", "decimals", "in_float64", "numbers", "written")

    def __init__(self, numbers: frozenset[float] = frozenset(), *, decimals: bool = True) -> None:
        self.numbers = numbers
        self.decimals = decimals
        self.in_float64 = False
        self.computed: float | None = None
        self.written: float | None = None  # one of the statement's that is not quite the decimal

    def is_given(self, value: float) -> bool:
        """Whether a float is one of the statement's."""
        return abs(value) in self.numbers or not math.isfinite(value)

    def reach(self, margin: object) -> bool:
        """Whether a margin rests on floats: some left the balls or were computed on the way, or it is one itself."""
        return self.in_float64 or (
            isinstance(margin, float) and not (self.is_given(margin) and is_short(margin))
        )


_record: ContextVar[Departures | None] = ContextVar("departures", default=None)


@contextmanager
def watched(numbers: frozenset[float] = frozenset(), *, decimals: bool = True) -> Iterator[Departures]:
    """Scope whose record says whether floats left the balls within, or others than ``numbers`` entered them; in it these
    are what a person means by them, unless ``decimals`` is false.

    >>> from rankladder.numbers.balls import Ball
    >>> with watched() as record:
    ...     half = Ball(1).mid / 2
    >>> record.in_float64
    True
    """
    record = Departures(numbers, decimals=decimals)
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)


@contextmanager
def choosing() -> Iterator[None]:
    """Scope for floats that only choose where to look: how many steps, which index, at which exact point.

    What is computed from the choice must be right whatever the choice was, so only integers and fractions should
    leave the scope.

    >>> from rankladder.numbers.balls import Ball
    >>> with watched() as record:
    ...     with choosing():
    ...         steps = 1 + int(Ball(5).mid / 2)
    >>> steps, record.in_float64
    (3, False)
    """
    token = _record.set(None)
    try:
        yield
    finally:
        _record.reset(token)


def departed() -> None:
    """Note that floats have left the balls."""
    record = _record.get()
    if record is not None:
        record.in_float64 = True


def is_watched() -> bool:
    """Whether a conclusion is being judged, so that numbers must be enclosed rather than rounded."""
    return _record.get() is not None


def stands_for_more(value: float) -> bool:
    """Note a float that enters the balls; whether it must stand for all numbers that agree with it to nine digits.

    So it is where a conclusion is judged, unless the statement gives the number and a person would write it as it is:
    ``1 / 3`` and ``math.pi`` are given, ``math.sqrt(3)`` and ``0.1 * n`` are computed, and each stands for more.
    """
    record = _record.get()
    if record is None or record.in_float64 or abs(value) in _FILLED:
        return False
    if record.is_given(value) and is_short(value):
        if _decimal(value) is not None:
            record.written = value
        return False
    record.computed = value
    return True


def as_written(value: float) -> Fraction | None:
    """The decimal that a float of the statement is not quite, where the scope takes it for that."""
    record = _record.get()
    return _decimal(value) if record is not None and record.decimals and record.is_given(value) else None


def meant(value: float) -> Fraction:
    """The number that a person means who writes a float.

    >>> meant(0.1), meant(2.0**-40) == Fraction(1, 2**40)
    (Fraction(1, 10), True)
    """
    value = float(value)
    return Fraction(repr(value)) if _is_decimal(value) or not is_short(value) else Fraction(value)


@functools.lru_cache(maxsize=1024)
def _decimal(value: float) -> Fraction | None:
    """What is meant by a float, where that is another number."""
    if not math.isfinite(value) or not is_short(value):
        return None
    return None if meant(value) == Fraction(value) else meant(value)


def stands_alone(value: float) -> None:
    """Note a float that is a margin by itself: what the statement does not give was computed, and may be rounding alone."""
    record = _record.get()
    if record is not None and not (record.is_given(value) and is_short(value)) and abs(value) not in _FILLED:
        record.computed = value
        record.in_float64 = True


def is_short(value: float) -> bool:
    """Whether a float is meant as the number that it is: 0.25, 1e-6, 2.0**-60, not 1/3.

    >>> is_short(1e-6), is_short(2.0**-60), is_short(1 / 3)
    (True, True, False)
    """
    if not math.isfinite(value) or (math.frexp(value)[0] * 2**20).is_integer():
        return True
    return _is_decimal(value)


def _is_decimal(value: float) -> bool:
    return float(f"{value:.{_WRITTEN - 1}e}") == value


def numbers_of(function: Any, constants: Mapping[str, Any] | None = None) -> frozenset[float]:
    """The sizes of the numbers in a function's code and in that of functions that it names, in the variables that they
    name, in their defaults and in ``constants``; not in the code of libraries, nor in that of margins and balls.

    >>> half = 0.5
    >>> sorted(numbers_of(lambda x, little=1e-3: half - 2 * little * x))
    [0.001, 0.5, 2.0]
    """
    reached = _reached([function, *(constants or {}).values()], _FOREIGN)
    return frozenset(abs(float(thing)) for thing in reached if isinstance(thing, (int, float)))


def asks_for_kinds(function: Any, constants: Mapping[str, Any] | None = None) -> bool:
    """Whether a function, or one that it names, asks of what kind something is, how it prints or whether it is one object
    with another, or catches errors.

    Such code can tell a name for every size from a number. Rankladder's own code is not looked at.

    >>> asks_for_kinds(lambda n: 2 if isinstance(n, int) else 1), asks_for_kinds(lambda n: 2 * n)
    (True, False)
    """
    reached = _reached([function, *(constants or {}).values()], {*_FOREIGN, "rankladder"})
    return any(
        any(value is one for value in _named_by(thing) for one in _KINDS_THEMSELVES)  # by another name
        or any(map(_code_asks_for_kinds, _codes(thing)))
        for thing in reached
        if isinstance(thing, types.FunctionType)
    )


def _code_asks_for_kinds(code: types.CodeType) -> bool:
    text = any(isinstance(c, str) and "%" in c for c in code.co_consts)
    return any(name in _KINDS or name.startswith("__") for name in code.co_names) or any(
        i.opname == "PUSH_EXC_INFO"
        or i.opname.startswith(("FORMAT_", "MATCH_"))
        or (text and i.opname == "BINARY_OP" and i.argrepr.startswith("%"))
        or (i.opname == "IS_OP" and (before.opname, before.argval) != ("LOAD_CONST", None))
        for before, i in pairwise(dis.get_instructions(code))
    )


def _reached(begin: Sequence[Any], foreign: Set[str]) -> Iterator[Any]:
    """The numbers and functions that are reached by name from some; foreign code is not looked into, but for the first."""
    seen: set[int] = set()
    left = list(begin)
    while left:
        thing = left.pop()
        if isinstance(thing, (int, float)):
            yield thing
        elif isinstance(thing, (tuple, list, frozenset)):
            left += thing
        elif isinstance(thing, functools.partial):
            left += [thing.func, *thing.args, *thing.keywords.values()]
        elif isinstance(thing, types.FunctionType) and id(thing) not in seen:
            seen.add(id(thing))
            if thing is begin[0] or not foreign & {*_packages(thing.__module__ or "")}:
                yield thing
                left += _named_by(thing)


def _packages(module: str) -> tuple[str, str]:
    """What a module is a part of: the outermost package, and the one within it."""
    outer, _, rest = module.partition(".")
    return outer, f"{outer}.{rest.partition('.')[0]}"


def _codes(function: types.FunctionType) -> Iterator[types.CodeType]:
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        yield code


def _named_by(function: types.FunctionType) -> Iterator[Any]:
    """What a function's code and defaults hold, and what the names in it stand for."""
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # still empty
            yield cell.cell_contents
    for code in _codes(function):
        yield from code.co_consts
        # an attribute, such as the T of A.T, is no global of its name
        for name in {
            i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")
        }:
            value = function.__globals__.get(name)
            if isinstance(value, types.ModuleType):
                yield from (vars(value)[n] for n in code.co_names if n in vars(value))
            else:
                yield value
