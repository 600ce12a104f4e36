"""Where float64 enters and leaves ball arithmetic, so that nothing computed in floats passes for an enclosure.

What leaves the balls (a midpoint, ``midpoints(...)``) has lost its error, and whatever is computed from it
is known in float64 only. A judge runs a conclusion inside :func:`watched` and reads from the record whether that
happened. Floats that only choose where to look (a number of steps, an index) leave inside :func:`choosing`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Departures", "choosing", "departed", "is_watched", "is_written", "stands_for_more", "watched"]

_WRITTEN = (
    10  # significant digits that a person writes; one float64 computation in ten million comes out as short
)


class Departures:
    """What a conclusion did with floats: whether some left the balls or stood for a margin, and one that it computed
    and combined with balls.
    """

    __slots__ = ("computed", "in_float64")

    def __init__(self) -> None:
        self.in_float64 = False
        self.computed: float | None = None

    def reach(self, margin: object) -> bool:
        """Whether a margin rests on floats: some left the balls on the way, or it is one that was computed."""
        return self.in_float64 or (isinstance(margin, float) and not is_written(margin))


_record: ContextVar[Departures | None] = ContextVar("departures", default=None)


@contextmanager
def watched() -> Iterator[Departures]:
    """Scope whose record says whether floats left the balls within.

    >>> from rankladder.numbers.balls import Ball
    >>> with watched() as record:
    ...     half = Ball(1).mid / 2
    >>> record.in_float64
    True
    """
    record = Departures()
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
    """Whether a float beside a ball must stand for all numbers that agree with it to nine digits.

    So it is where a conclusion is judged, still in balls, and nobody writes such a float by hand: ``1 / 3``,
    ``math.pi``, ``np.sqrt(3)``. The record keeps it.
    """
    record = _record.get()
    if record is None or record.in_float64 or is_written(value) or _is_dyadic(value):
        return False
    record.computed = value
    return True


def is_written(value: float) -> bool:
    """Whether a float looks like one that a person wrote: 0.25 or 1e-6, not 1/3 or the root of 2.

    >>> is_written(1e-6), is_written(1 / 3)
    (True, False)
    """
    return not math.isfinite(value) or float(f"{value:.{_WRITTEN - 1}e}") == value


def _is_dyadic(value: float) -> bool:
    """Whether a float is a short binary fraction, exact without doubt: ``2.0**-60``."""
    return (math.frexp(value)[0] * 2**20).is_integer()
