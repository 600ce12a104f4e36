"""Quantifiers and connectives on signed margins.

A margin is a number that is at least zero where a statement holds and says how far it is from failing.
The functions here combine margins in float64 (one instance, or a batch along the last axis) and in
balls, where each returns an enclosure of the combined margin: the lower ends and the upper ends are
combined separately, so that nothing rests on comparing two balls that overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, fmpq

from rankladder.numbers.balls import Ball, Symbolic, hull, operand, wrap
from rankladder.numbers.batches import plain as without_fractions
from rankladder.numbers.departures import is_watched, stands_alone
from rankladder.numbers.exact import Exact
from rankladder.numbers.nothing import NOTHING, SILENT
from rankladder.numbers.scopes import scoped
from rankladder.numbers.words import Largest, Structured, Vanishing, goes_entry_by_entry

__all__ = [
    "arccos", "arcsin", "arctan", "at_most", "batch_of", "cos", "cosh", "equal", "exists", "exp", "expm1",
    "forall", "frobenius", "iff", "implies", "least", "log", "log1p", "log2", "logit", "most", "sin",
    "sinh", "sqrt", "strictly", "tan", "tanh", "within",
]  # fmt: skip

_NO_MARGINS = (bool, np.bool_, str, bytes, complex, np.complexfloating)

# The scout evaluates many instances at once, along the last axis: quantifiers must leave that axis alone.
_batch: ContextVar[int | None] = ContextVar("batch", default=None)


def batch_of(size: int) -> AbstractContextManager[int]:
    """Scope within which the last axis of length ``size`` runs over instances, not over time."""
    return scoped(_batch, size)


_seen: ContextVar[list[Any] | None] = ContextVar("seen", default=None)


def entries_seen() -> AbstractContextManager[list[Any]]:
    """Scope that collects the margins that are combined, before they are."""
    return scoped(_seen, [])


def _is_exact(values: np.ndarray[Any, Any]) -> bool:
    return bool(values.dtype == object)


def _lift(value: Any) -> Any:
    if isinstance(value, (Ball, Symbolic, Exact)):
        return value
    if isinstance(value, (float, np.floating)):
        stands_alone(float(value))
    inner = operand(value)
    return Ball(value) if inner is None else wrap(inner)


def _margins(values: tuple[Any, ...], name: str) -> list[np.ndarray[Any, Any]]:
    if not values:
        raise TypeError(f"{name}() expected at least one margin but got none; pass bound - value")
    arrays = [_one_array(v, name) for v in values]
    if _batch.get() is not None:  # exact constants beside a batch
        arrays = [np.asarray(without_fractions(a)) for a in arrays]
    for array in arrays:
        entries = array.flat if array.dtype == object else array.flat[:1]
        wrong = next((v for v in entries if isinstance(v, _NO_MARGINS)), None)
        if wrong is not None:
            kind = type(wrong.item() if isinstance(wrong, np.generic) else wrong).__name__
            raise TypeError(
                f"{name}() expected a signed margin (a number, at least 0 where the statement holds) "
                f"but got {kind}; write bound - value in place of value <= bound"
            )
        if array.size == 0 and name != "forall":
            raise ValueError(f"{name}() expected at least one entry but got an empty array; check the slice")
    return [array for array in arrays if array.size]


def _one_array(value: Any, name: str) -> np.ndarray[Any, Any]:
    """The margins as one array; a list or tuple of them must have one shape."""
    if isinstance(value, Structured):
        return _one_array([value], name)
    if isinstance(value, (list, tuple)) and any(isinstance(v, Structured) for v in value):
        whole = np.empty(len(value), dtype=object)
        for place, each in enumerate(value):
            whole[place] = each
        return whole
    try:
        shapes = {np.shape(v) for v in value} if isinstance(value, (list, tuple)) else set()
    except ValueError:  # an entry is ragged itself
        shapes = {(), (0,)}
    if len(shapes) > 1:
        raise TypeError(
            f"{name}() expected margins of one shape but got a {type(value).__name__} of arrays of different shapes; "
            f"write {name}(a, b) in place of [a, b] or a, b"
        )
    return np.asarray(value)


def _reduce(values: tuple[Any, ...], name: str, smallest: bool) -> Any:
    arrays = _margins(values, name)
    if not arrays:
        return SILENT
    if (seen := _seen.get()) is not None:
        seen += arrays
    if any(_is_exact(a) for a in arrays):
        return _reduce_exact([entry for a in arrays for entry in a.reshape(-1)], smallest)
    size = _batch.get()
    pick = np.min if smallest else np.max
    reduced = []
    for array in arrays:
        if size is not None and array.ndim and array.shape[-1] == size:
            reduced.append(pick(array.reshape(-1, size), axis=0))
        else:
            reduced.append(np.asarray(pick(array)))
    result = reduced[0]
    for other in reduced[1:]:
        result = np.minimum(result, other) if smallest else np.maximum(result, other)
    return result if result.ndim else result.item()


def _reduce_exact(entries: list[Any], smallest: bool) -> Any:
    symbolic: Any = next((e for e in entries if isinstance(e, Symbolic)), None)
    if symbolic is not None:
        return symbolic.joined(entries, smallest)
    balls = [_lift(entry).arb for entry in entries]
    if any(b.is_nan() for b in balls):
        return Ball(arb("nan"))
    lower, upper = balls[0].lower(), balls[0].upper()
    for b in balls[1:]:
        low, high = b.lower(), b.upper()
        if smallest:
            lower, upper = (low if low < lower else lower), (high if high < upper else upper)
        else:
            lower, upper = (low if low > lower else lower), (high if high > upper else upper)
    whole = Ball(lower) if lower == upper else hull(Ball(lower), Ball(upper))
    decided = upper < 0 if smallest else lower > 0
    if decided and whole.contains_zero():
        # a ball keeps one short radius: an entry of astronomical size would swamp the sign that another
        # entry settles. That entry alone bounds the margin from the right side
        chosen = (
            min(balls, key=lambda b: float(b.upper()))
            if smallest
            else max(balls, key=lambda b: float(b.lower()))
        )
        return Ball(next((b for b in (chosen, *balls) if (b < 0 if smallest else b > 0)), chosen))
    return whole


def forall(*margins: Any) -> Any:
    """The margin of "all of these hold": the least entry.

    Args:
        margins: numbers or arrays of signed margins (time on the first axis), any shapes.

    Returns:
        One margin (float, or a ball that encloses it; in the scout one per instance). NaN, "undefined",
        wherever an entry is. Infinity where there is no entry: for all of nothing, the claim says nothing.

    Raises:
        TypeError: for truth values, which carry no margin, words, and complex numbers.

    >>> float(forall([3, 1, 2])), forall([])
    (1.0, inf)
    >>> forall([True, False])
    Traceback (most recent call last):
    ...
    TypeError: forall() expected a signed margin (a number, at least 0 where the statement holds) but got bool; write bound - value in place of value <= bound
    """
    return _reduce(margins, "forall", True)


def exists(*margins: Any) -> Any:
    """The margin of "at least one of these holds": the greatest entry.

    >>> float(exists([-3, 1, 2]))
    2.0
    """
    return _reduce(margins, "exists", False)


def least(*values: Any) -> Any:
    """The least of some numbers, as an enclosure (NumPy's ``minimum`` cannot compare balls that overlap).

    >>> float(least(4, 2))
    2.0
    """
    return _reduce(values, "least", True)


def most(*values: Any) -> Any:
    """The greatest of some numbers, as an enclosure.

    >>> float(most(4, 2))
    4.0
    """
    return _reduce(values, "most", False)


def _elementwise(exact: Callable[..., Ball], plain: Callable[..., Any], *arguments: Any) -> Any:
    arrays = [np.asarray(a) for a in arguments]
    if _batch.get() is not None:
        arrays = [np.asarray(without_fractions(a)) for a in arrays]
    if (seen := _seen.get()) is not None:
        seen += arrays
    whole = is_watched() and all(a.dtype.kind in "iu" for a in arrays)  # what is judged is not rounded
    if not whole and not any(_is_exact(a) for a in arrays):
        return plain(*(a.astype(float) for a in arrays))
    shaped = np.broadcast_arrays(*arrays)
    result = np.empty(shaped[0].shape, dtype=object)
    for index in np.ndindex(result.shape):
        result[index] = exact(*(_lift(a[index]) for a in shaped))
    return result if result.ndim else result[()]


def _implies_exact(p: Any, q: Any) -> Any:
    if isinstance(p, Symbolic):
        return p.implies(q)  # type: ignore[attr-defined]
    if p.is_nan() or q.is_nan():
        return Ball(arb("nan"))
    if p.is_nonnegative():
        return q
    vacuous = _reduce_exact([-p, q], smallest=False)
    return vacuous if p.is_negative() else hull(q, vacuous)


def implies(premise: Any, conclusion: Any) -> Any:
    """The margin of "if the premise holds, so does the conclusion", entry by entry: ``forall(premise)`` is one premise.

    Where the premise certainly holds this is the conclusion's margin; where it certainly fails, the
    larger of the conclusion's and the distance to the premise; in doubt, the hull of both.

    >>> float(implies(1, -2)), float(implies(-1, -2))
    (-2.0, 1.0)
    """
    if hasattr(conclusion, "supposing"):
        if isinstance(premise, Symbolic) and getattr(premise, "smallest", False):  # all of some
            return conclusion.supposing(tuple(premise.entries))  # type: ignore[attr-defined]
        if not goes_entry_by_entry(premise, conclusion):
            raise TypeError(
                f"nothing says how {premise} and {conclusion} fit entry by entry, in a proof for every shape"
            )
        return conclusion.supposing((premise,))
    return _elementwise(
        _implies_exact, lambda p, q: np.where(p >= 0, q, np.maximum(-p, q)) + 0 * p, premise, conclusion
    )


def _iff_exact(p: Any, q: Any) -> Any:
    if isinstance(p, Symbolic):
        return p.iff(q)  # type: ignore[attr-defined]
    if p.is_nan() or q.is_nan():
        return Ball(arb("nan"))
    agree = _reduce_exact([abs(p), abs(q)], smallest=True)
    differ = -abs(p - q)
    signs = [True if x.is_nonnegative() else False if x.is_negative() else None for x in (p, q)]
    if None in signs:
        return hull(differ, agree)
    return agree if signs[0] == signs[1] else differ


def iff(first: Any, second: Any) -> Any:
    """The margin of "both hold or both fail", entry by entry: the distance to the nearer change of sign
    where they agree, minus their distance where they do not. Equality counts as holding; a side that an
    enclosure cannot tell from zero leaves the whole undecided, so build the sides from strict parts.

    >>> float(iff(2, 3)), float(iff(2, -1)), float(iff(0, -1))
    (2.0, -3.0, -1.0)
    """
    return _elementwise(
        _iff_exact,
        lambda p, q: np.where((p >= 0) == (q >= 0), np.minimum(np.abs(p), np.abs(q)), -np.abs(p - q)),
        first,
        second,
    )


def equal(first: Any, second: Any) -> Any:
    """The margin of equality, entry by entry: minus the distance. Balls that agree to 1e-40 count as equal.

    >>> float(equal(2, 5))
    -3.0
    """
    if isinstance(first, Structured) or isinstance(second, Structured):
        gap = first - second
        if isinstance(gap, Largest):
            return Vanishing(gap.vanishing())
        return Vanishing([-abs(x) for x in gap.residuals()])
    left: Any = np.asarray(_raise(first))
    return -np.abs(left - np.asarray(_raise(second)))


def within(first: Any, second: Any, tolerance: Any) -> Any:
    """The margin of ``|first - second| <= tolerance``, entry by entry.

    >>> float(within(2, 5, 4))
    1.0
    """
    if isinstance(first, Structured):
        return forall(tolerance - (first - second), tolerance + (first - second))
    return tolerance + equal(first, second)


def at_most(value: Any, bound: Any, *, by: Sequence[Any] = ()) -> Any:
    """The margin of ``value <= bound`` relative to a bound that is positive, entry by entry.

    ``by`` is what lies between the two, a hint for a proof: it shows ``value <= by[0] <= … <= bound``.

    Raises:
        ValueError: for a bound that is negative, of which the ratio says nothing.

    >>> float(at_most(1, 4))
    0.75
    """
    if isinstance(value, Structured) or isinstance(bound, Structured):
        return forall(*(after - before for before, after in pairwise((value, *by, bound))))
    bound = _raise(bound)
    if _batch.get() is not None:  # in floats such an instance has no margin, and is judged in balls
        bound = np.where(np.asarray(bound) < 0, np.nan, bound)
    for each in np.ravel(np.asarray(bound, dtype=object)):
        if isinstance(each, (Ball, int, float)) and each < 0:
            raise ValueError(
                f"bound {each} must be positive; return bound - value, the margin without a ratio"
            )
    return 1 - _raise(value) / bound


def _strict_exact(margin: Any) -> Any:
    if isinstance(margin, Symbolic):
        return margin.strictly()  # type: ignore[attr-defined]
    if margin.is_nan() or margin.is_positive() or margin.is_negative():
        return margin
    # an enclosure that still holds zero may be zero: keep it too wide to pass for equality, which would hold
    return Ball(NOTHING) if margin.is_exact() else hull(NOTHING, margin)


def strictly(margin: Any) -> Any:
    """The margin of a strict inequality: an exact zero counts as a violation.

    >>> strictly(Ball(0)) < 0, strictly(Ball(1)) > 0
    (True, True)
    """
    if isinstance(margin, Structured):
        return margin.strictly()
    return _elementwise(_strict_exact, lambda m: np.where(m == 0, float(NOTHING), m), margin)


def _raise(value: Any) -> Any:
    """Lift rationals to balls, except those that stay exact on their own."""
    if _batch.get() is not None:
        return without_fractions(value)
    if isinstance(value, (Fraction, fmpq)) and not isinstance(value, Exact):
        return Ball(value)
    return value


def _enclose(value: Any) -> Any:
    """Lift exact rationals, which have no functions, and, while a claim is judged, every number to a ball: the root of 2
    is no float there.
    """
    if isinstance(value, Structured):
        return value
    lifted = without_fractions(value) if _batch.get() is not None else value
    array = np.asarray(lifted)
    if any(type(x) in _PLAIN for x in (array.flat if array.dtype == object else ())):
        return np.array(_with_functions(array), dtype=object)[()]
    if is_watched() and array.dtype.kind in "iuf":
        return array.astype(object) + Ball(0)
    return lifted


_PLAIN = (Fraction, fmpq, int)
_with_functions = np.frompyfunc(
    lambda x: Exact(int(x.numerator), int(x.denominator)) if type(x) in _PLAIN else x, 1, 1
)


def _function(ufunc: np.ufunc, summary: str) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        if hasattr(x, "free_symbols"):  # a SymPy expression: an assumption is being written
            return _symbolic(ufunc.__name__, x)
        return ufunc(_enclose(x))

    function.__name__ = function.__qualname__ = ufunc.__name__
    function.__doc__ = (
        f"{summary}, in the arithmetic of its argument (float64, ball, or an array of either).\n\n"
        f"    >>> {ufunc.__name__}(Ball(1)).is_nan()\n    False\n    "
    )
    return function


def _symbolic(name: str, x: Any) -> Any:
    """The function of a SymPy expression, by NumPy's name for it."""
    import sympy

    composed = {
        "log2": lambda: sympy.log(x, 2), "log1p": lambda: sympy.log(1 + x), "expm1": lambda: sympy.exp(x) - 1,
    }  # fmt: skip
    return composed[name]() if name in composed else getattr(sympy, name.replace("arc", "a"))(x)


log = _function(np.log, "Natural logarithm")
log1p = _function(np.log1p, "log(1 + x) without cancellation")
exp = _function(np.exp, "Exponential")
expm1 = _function(np.expm1, "exp(x) - 1 without cancellation")
sqrt = _function(np.sqrt, "Square root")
tanh = _function(np.tanh, "Hyperbolic tangent")
cos = _function(np.cos, "Cosine")
sin = _function(np.sin, "Sine")
tan = _function(np.tan, "Tangent")
arccos = _function(np.arccos, "Inverse cosine")
arcsin = _function(np.arcsin, "Inverse sine")
arctan = _function(np.arctan, "Inverse tangent")
cosh = _function(np.cosh, "Hyperbolic cosine")
sinh = _function(np.sinh, "Hyperbolic sine")
log2 = _function(np.log2, "Logarithm to base 2")


def logit(z: Any) -> Any:
    """Log-odds ``log z - log(1 - z)``; for an orbit, from its own complement, without cancellation.

    >>> bool(abs(logit(0.5)) < 1e-15)
    True
    """
    own = getattr(z, "logit", None)
    if own is not None and not hasattr(z, "free_symbols"):
        return own
    return log(z) - log1p(-z)


def frobenius(matrix: Any) -> Any:
    """Frobenius norm of a matrix, or of each matrix of a stack, in the arithmetic of its entries.

    >>> float(frobenius([[3.0, 0.0], [0.0, 4.0]]))
    5.0
    """
    entries = np.asarray(matrix)
    return sqrt((entries * entries).sum(axis=(-2, -1)))
