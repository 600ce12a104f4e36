"""Symbols as an arithmetic: a claim's own conclusion, run on SymPy expressions, says what must be shown.

A conclusion is plain NumPy on numbers that know their rules. Run on :class:`Expression` it returns, in place
of a margin, the statement that the margin is at least zero: equations between expressions, inequalities, and
what connectives make of them. Nothing is approximated and no sign is guessed: a comparison that a conclusion
wants decided raises :class:`~rankladder.numbers.balls.Undecided`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from rankladder.numbers.balls import Symbolic, Undecided
from rankladder.numbers.departures import as_written, stands_for_more
from rankladder.numbers.nothing import SILENT
from rankladder.numbers.scopes import scoped
from rankladder.numbers.words import Structured, Table, Vanishing, Vector
from rankladder.proof.zero import positive_by_terms

__all__ = [
    "Distance", "Everywhere", "Expression", "Said", "asking", "knowing", "put", "signed", "statement", "statements",
    "undecided",
]  # fmt: skip

# what is known of names given to least and greatest values while a conclusion runs
_FACTS: ContextVar[list[Any] | None] = ContextVar("_FACTS", default=None)


# what must hold for all that a conclusion computes to have a value, in the order it was met
_ASKED: ContextVar[dict[Any, None] | None] = ContextVar("_ASKED", default=None)


def asking() -> AbstractContextManager[dict[Any, None]]:
    """Scope that collects what divides, and so is not 0, and what roots and logarithms ask of their arguments."""
    return scoped(_ASKED, {})


def _asks(kind: Any, value: Any) -> None:
    """Note that a value must compare so with 0, where its sign is not that of its symbols."""
    asked = _ASKED.get()
    if asked is None or value.is_number:
        return
    seen = {sympy.Ne: value.is_nonzero, sympy.Gt: value.is_positive, sympy.Ge: value.is_nonnegative}[kind]
    if not seen:
        asked[kind(value, 0, evaluate=False)] = None


def _asks_of_power(base: Any, exponent: Any) -> None:
    if exponent.is_integer:
        if not exponent.is_nonnegative:
            _asks(sympy.Ne, base)
    else:
        _asks(sympy.Ge if exponent.is_Rational and exponent > 0 else sympy.Gt, base)


def knowing() -> AbstractContextManager[list[Any]]:
    """Scope that collects what is known about the names that it gives to least and greatest values."""
    return scoped(_FACTS, [])


class Distance(sympy.Function):  # type: ignore[misc]
    """Absolute value of a real expression that stays as it was written.

    >>> x = sympy.Symbol("x", real=True)
    >>> Distance(x - 1), Distance(x - 1) ** 2, Distance(sympy.Integer(-2))
    (|x - 1|, (x - 1)**2, 2)
    """

    nargs = 1
    is_real = True
    is_nonnegative = True

    @classmethod
    def eval(cls, inner: Any) -> Any:
        """Only numbers and symbols of known sign have another form."""
        if inner.is_Rational:
            return abs(inner)
        if inner.is_Symbol and inner.is_nonnegative:
            return inner
        return None

    def _eval_power(self, exponent: Any) -> Any:
        return self.args[0] ** exponent if exponent.is_Integer and exponent % 2 == 0 else None

    def _sympystr(self, printer: Any) -> str:
        return f"|{printer.doprint(self.args[0])}|"


class Everywhere(sympy.Dummy):  # type: ignore[misc]
    """That a margin of every size is at least zero, as a statement: at every index, or as a sum."""

    margin: Structured

    def __new__(cls, margin: Structured) -> Everywhere:
        """A statement of its own for each margin."""
        made: Everywhere = super().__new__(cls, f"every entry of {margin}")
        made.margin = margin
        return made


class Margin(Symbolic):
    """What the quantifiers and connectives of a conclusion make of margins that are symbols."""

    __slots__ = ()

    def joined(self, entries: Sequence[Any], smallest: bool) -> Any:
        """The least or the greatest of some margins: for all of them, for one of them."""
        return Joined.of(entries, smallest)

    def implies(self, conclusion: Any) -> Said:
        """The margin of an implication."""
        return Said(sympy.Or(_denied(statement(self)), statement(conclusion)))

    def iff(self, other: Any) -> Said:
        """The margin of an equivalence."""
        one, two = statement(self), statement(other)
        return Said(sympy.Or(sympy.And(one, two), sympy.And(_denied(one), _denied(two))))


def _denied(said: Any) -> Any:
    """The opposite of a statement, as relations joined by And and Or."""
    return sympy.to_nnf(sympy.Not(said), simplify=False)


class Expression(Margin):
    """A SymPy expression as a number: arithmetic and the elementary functions, and no order but that of known signs.

    >>> x = Expression(sympy.Symbol("x", positive=True))
    >>> ((1 + x) ** 2 / 2).expr
    (x + 1)**2/2
    >>> np.sqrt(np.array([x * x])).tolist()
    [x]
    >>> x + 1 > 0
    True
    """

    __slots__ = ("expr",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: Any) -> None:
        inner = _sympified(value)
        if inner is None:
            raise TypeError(f"Expected an exact number or a SymPy expression but got {value!r}")
        self.expr = inner

    @staticmethod
    def named(name: str, **assumptions: Any) -> Expression:
        """A real number by name; ``positive=True`` and the like are known of it."""
        return Expression(sympy.Symbol(name, **({"real": True} | assumptions)))

    def __repr__(self) -> str:
        return str(self.expr)

    def __neg__(self) -> Expression:
        return Expression(-self.expr)

    def __pos__(self) -> Expression:
        return self

    def __abs__(self) -> Expression:
        return Expression(Distance(self.expr))

    def _compared(self, other: Any, known: Callable[[Any], Any]) -> Any:
        """What the signs of the symbols say of a comparison with zero; nothing else decides one."""
        right = _sympified(other)
        gap = None if right is None else self.expr - right
        answer = None if gap is None else known(gap)
        if answer is None and gap is not None:
            answer = known(sympy.factor(gap))
        if answer is None:
            raise Undecided(f"a proof for symbols cannot decide how {self} compares with {other}")
        return answer

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, lambda d: d.is_negative)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, lambda d: d.is_nonpositive)

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, lambda d: d.is_positive)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, lambda d: d.is_nonnegative)

    def __eq__(self, other: object) -> Any:
        return self._compared(other, lambda d: d.is_zero)

    def __ne__(self, other: object) -> Any:
        return self._compared(other, lambda d: None if d.is_zero is None else not d.is_zero)

    def __bool__(self) -> bool:
        raise Undecided(f"a proof for symbols cannot decide whether {self} is zero")

    def __float__(self) -> float:
        raise Undecided(f"a proof for symbols has no number for {self}")

    # NumPy's functions call these on the entries of an object array
    def exp(self) -> Expression:
        """Exponential."""
        return Expression(sympy.exp(self.expr))

    def expm1(self) -> Expression:
        """``exp(x) - 1``."""
        return Expression(sympy.exp(self.expr) - 1)

    def log(self) -> Expression:
        """Natural logarithm."""
        _asks(sympy.Gt, self.expr)
        return Expression(sympy.log(self.expr))

    def log1p(self) -> Expression:
        """``log(1 + x)``."""
        _asks(sympy.Gt, 1 + self.expr)
        return Expression(sympy.log(1 + self.expr))

    def tanh(self) -> Expression:
        """Hyperbolic tangent, in exponentials."""
        square = sympy.exp(2 * self.expr)
        return Expression((square - 1) / (square + 1))

    @staticmethod
    def forgetting() -> AbstractContextManager[Any]:
        """Scope in which names are given to least and greatest values of which nothing is kept."""
        return scoped(_FACTS, list(_FACTS.get() or ()))

    def __floor__(self) -> Expression:
        """A name for the greatest whole number that is no larger, with what is known of it."""
        facts = _FACTS.get()
        if facts is None:
            raise Undecided(f"a proof for symbols cannot round {self}")
        name = sympy.Symbol(f"floor_{len(facts)}{_at([self.expr])}", real=True)
        facts += [name <= self.expr, self.expr < name + 1, sympy.Or(self.expr < 0, name >= 0)]
        return Expression(name)

    def sqrt(self) -> Expression:
        """Square root."""
        _asks(sympy.Ge, self.expr)
        return Expression(sympy.sqrt(sympy.factor(self.expr)))

    def strictly(self) -> Said:
        """The margin of a strict inequality."""
        return Said(undecided(sympy.Gt, self.expr))


def _at(values: Iterable[Any]) -> str:
    """How the name of what belongs to an index ends: it is another at every other index."""
    return "[i]" if any(x.name.endswith("[i]") for v in values for x in v.free_symbols) else ""


def _sympified(value: Any) -> Any:
    if isinstance(value, Expression):
        return value.expr
    if isinstance(value, Joined):
        return value.named().expr
    if isinstance(value, sympy.Expr):
        return value
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, np.integer)):
        return sympy.Integer(int(value))
    if isinstance(value, (float, np.floating)):
        if stands_for_more(float(value)):
            raise Undecided(
                f"{value} was computed in floats: a proof for symbols cannot tell which number is meant"
            )
        value = as_written(float(value)) or Fraction(float(value))
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return None


def _binary(
    combine: Callable[[Any, Any], Any], reflected: bool, roots: bool = False
) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        right = _sympified(other)
        if right is None:
            return NotImplemented
        left = _sympified(self)
        if roots and right.is_Rational and not right.is_Integer:
            left = sympy.factor(left)  # a square under a root leaves it
        return Expression(combine(right, left) if reflected else combine(left, right))

    return method


def _times(a: Any, b: Any) -> Any:
    zero = sympy.S.Zero
    # SymPy asks at length whether what is multiplied by 0 is infinite
    if (a is zero and not b.has(*_INFINITE)) or (b is zero and not a.has(*_INFINITE)):
        return zero
    return a * b


def _over(a: Any, b: Any) -> Any:
    _asks(sympy.Ne, b)
    return a / b


def _power(a: Any, b: Any) -> Any:
    _asks_of_power(a, b)
    return a**b


_INFINITE = (sympy.oo, -sympy.oo, sympy.zoo, sympy.nan)


class Joined(Margin):
    """The least (or greatest) of several values: as a margin, all (or one) of them; as a number, a name for it."""

    __slots__ = ("_name", "entries", "smallest")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, entries: tuple[Any, ...], smallest: bool) -> None:
        self.entries, self.smallest = entries, smallest
        self._name: Expression | None = None

    @classmethod
    def of(cls, entries: Sequence[Any], smallest: bool) -> Any:
        """One value as it is; several together, those of the same kind in one."""
        flat: list[Any] = []
        for entry in entries:
            same = isinstance(entry, Joined) and entry.smallest == smallest
            flat.extend(entry.entries if same else (entry,))
        flat = [e if isinstance(e, Symbolic) else Expression(e) for e in flat]
        return flat[0] if len(flat) == 1 and isinstance(flat[0], Margin) else cls(tuple(flat), smallest)

    def named(self) -> Expression:
        """A name for the value, with what is known of it."""
        facts = _FACTS.get()
        entries = [e.named() if isinstance(e, Joined) else e for e in self.entries]
        if facts is None or not all(isinstance(e, (Expression, Vector, Table)) for e in entries):
            raise Undecided("a proof for symbols cannot compute with the least or greatest of statements")
        if any(isinstance(e, Structured) for e in entries):
            return self._bound(facts)
        values = [e.expr for e in entries]
        best = _first_of_all(values, self.smallest)
        if best is not None:
            return Expression(best)
        if self._name is None:
            name = sympy.Symbol(f"{'min' if self.smallest else 'max'}_{len(facts)}{_at(values)}", real=True)
            facts.extend(name <= v if self.smallest else name >= v for v in values)
            facts.append(sympy.Or(*(sympy.Eq(name, v) for v in values)))
            self._name = Expression(name)
        return self._name

    def _bound(self, facts: list[Any]) -> Expression:
        """A name for the least or greatest of vectors of every size, of which no entry is known to attain it."""
        if self._name is None:
            every = [
                e
                for entry in self.entries
                for e in (entry.residuals() if isinstance(entry, Structured) else [entry])
            ]
            sign = {
                f: True for f in ("positive", "nonnegative") if all(getattr(e.expr, f"is_{f}") for e in every)
            }
            self._name = Expression.named(f"{'min' if self.smallest else 'max'}_{len(facts)}", **sign)
            for entry in self.entries:
                first = (
                    [entry[0]] if isinstance(entry, Vector) and entry.simple else []
                )  # else it has no least
                gaps = [x - self._name if self.smallest else self._name - x for x in (entry, *first)]
                facts.extend(map(statement, gaps))
        return self._name

    def each(self, function: Callable[[Any], Any]) -> Joined:
        """The least (or greatest) of what a function makes of each."""
        return Joined(tuple(map(function, self.entries)), self.smallest)

    def supposing(self, premises: tuple[Any, ...]) -> Any:
        """Every part, where others hold."""
        made = (e.supposing(premises) if isinstance(e, (Joined, Structured)) else e for e in self.entries)
        return Joined(tuple(made), self.smallest)

    def strictly(self) -> Any:
        """Strict in every part."""
        return Joined(tuple(e.strictly() for e in self.entries), self.smallest)

    def __neg__(self) -> Expression:
        return -self.named()

    def __abs__(self) -> Expression:
        return abs(self.named())

    def __getattr__(self, name: str) -> Any:
        if name in ("exp", "expm1", "log", "log1p", "sqrt"):
            return getattr(self.named(), name)
        raise AttributeError(name)


def _first_of_all(values: Sequence[Any], smallest: bool) -> Any:
    """The value that by its signs is the least (or greatest) of all; None where no signs say so."""
    for value in values:
        gaps = [sympy.factor(other - value if smallest else value - other) for other in values]
        if all(gap.is_nonnegative for gap in gaps):
            return value
    return None


class Said(Margin):
    """A statement where a margin is expected; there is no computing with it."""

    __slots__ = ("statement",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, said: Any) -> None:
        self.statement = said

    def strictly(self) -> Said:
        """A statement is strict or not by itself."""
        return self


for _name, _combine in {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": _times,
    "truediv": _over, "pow": _power,
}.items():  # fmt: skip
    for _kind in (Expression, Joined):
        setattr(_kind, f"__{_name}__", _binary(_combine, False, roots=_name == "pow"))
        setattr(_kind, f"__r{_name}__", _binary(_combine, True))


def statement(margin: Any, *, known: bool = False) -> Any:
    """What a margin of at least zero says, as a SymPy statement.

    Minus a distance (times anything) says that the two are equal: that suffices to show it. Of what is ``known`` no more is
    said than it says.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> statement(-abs(Expression(x) - y)), statement(Expression(x) - y)
    (Eq(x - y, 0), x - y >= 0)
    """
    if isinstance(margin, np.ndarray):
        return sympy.And(*(statement(entry, known=known) for entry in margin.flat))
    if isinstance(margin, float) and margin == SILENT:
        raise ValueError("at this shape the claim says nothing")
    if isinstance(margin, Said):
        said = margin.statement
        return signed(said.func, said.lhs) if isinstance(said, sympy.core.relational.Relational) else said
    if isinstance(margin, Structured):
        return Everywhere(margin)
    if isinstance(margin, Joined):
        if known and not margin.smallest and any(isinstance(entry, Structured) for entry in margin.entries):
            raise Undecided("which entry is at least zero is not known in a proof for every shape")
        parts = [statement(entry, known=known) for entry in margin.entries]
        return sympy.And(*parts) if margin.smallest else sympy.Or(*parts)
    expression = _sympified(margin)
    if expression is None:
        raise TypeError(f"Expected a margin but got {margin!r}")
    distance = _minus_a_distance(expression)
    if distance is None:
        return signed(sympy.Ge, expression)
    equal = sympy.Eq(distance, 0, evaluate=False)
    if known and distance != 0 and not (times := sympy.cancel(-expression / Distance(distance))).is_positive:
        return sympy.Or(equal, signed(sympy.Le, times))
    return equal


def statements(margin: Any) -> list[Any]:
    """The parts of what a margin of at least zero says, each as it stands, even where signs decide it.

    >>> x = Expression(sympy.Symbol("x", positive=True))
    >>> statements(np.array([x, x - 1], dtype=object)), statement(x)
    ([x >= 0, x - 1 >= 0], True)
    """
    if isinstance(margin, np.ndarray):
        return [said for entry in margin.flat for said in statements(entry)]
    if isinstance(margin, Joined) and margin.smallest:
        return [said for entry in margin.entries for said in statements(entry)]
    if isinstance(margin, Vanishing):
        return [said for part in margin.margins for said in statements(part)]
    if isinstance(margin, Said):
        return [margin.statement]
    said = statement(margin)
    return [
        undecided(sympy.Ge, margin.expr) if said == sympy.true and isinstance(margin, Expression) else said
    ]


def undecided(kind: Any, value: Any) -> Any:
    """How a value compares with 0, as a relation, whatever is known of its sign; numbers alone decide one."""
    return kind(value, 0) if value.is_number else kind(value, 0, evaluate=False)


def signed(kind: Any, value: Any) -> Any:
    """How a value compares with 0: decided by numbers and the signs of its terms; SymPy would look for more, and long.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> signed(sympy.Ge, x + y), signed(sympy.Gt, x - y), signed(sympy.Le, x + 1)
    (True, x - y > 0, False)
    """
    if value.is_number:
        return kind(value, 0)
    for sign, (true, false) in {
        1: ((sympy.Ge, sympy.Gt), (sympy.Lt, sympy.Le)),
        -1: ((sympy.Le, sympy.Lt), (sympy.Gt, sympy.Ge)),
    }.items():
        if kind in (*true, *false) and positive_by_terms(sign * value, strictly=kind in (true[1], false[1])):
            return sympy.true if kind in true else sympy.false
    return kind(value, 0, evaluate=False)


def put(said: Any, values: Mapping[Any, Any]) -> Any:
    """The statement with others in the place of some expressions, decided as :func:`signed` does.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> put(sympy.Or(x > 1, x > y), {x: 1 + y})
    True
    """
    if isinstance(said, (sympy.And, sympy.Or, sympy.Not)):
        return said.func(*(put(part, values) for part in said.args))
    if not isinstance(said, sympy.core.relational.Relational):
        return said.xreplace(values)
    sides = said.lhs, said.rhs
    left, right = (side.xreplace(values) for side in sides)
    if (left, right) == sides:
        return said
    decided = signed(said.func, left - right)
    return said.func(left, right, evaluate=False) if isinstance(decided, said.func) else decided


def _minus_a_distance(expression: Any) -> Any:
    """Distance d where the expression is -|d| over positive powers of anything real squared, or simply -|d|."""
    if expression == 0:
        return sympy.S.Zero
    coefficient, rest = expression.as_coeff_Mul()
    if not (coefficient.is_Rational and coefficient < 0):
        return None
    distances = [f for f in sympy.Mul.make_args(rest) if isinstance(f, Distance)]
    # a zero distance makes the product zero, whatever multiplies it
    return distances[0].args[0] if len(distances) == 1 else None


def conjuncts(said: Any) -> list[Any]:
    """The parts of a conjunction."""
    return list(itertools.chain(*map(conjuncts, said.args))) if isinstance(said, sympy.And) else [said]
