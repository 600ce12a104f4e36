"""A user's own gradient descent in the place of ours: how it is called, when it stands in, how it is compared.

Inside :func:`replaced` every orbit that a conclusion asks for is run by the user's function, where that is of the kind
asked for. Plain NumPy takes balls and exact rationals, and what it returns is used as it is. A black box runs in floats:
where each of its steps is a step of gradient descent but for rounding, the certified orbit of the same problem stands
for its orbit; from its first wrong step on, its own states do.
"""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from rankladder.numbers.arithmetic import is_exact
from rankladder.numbers.ball_arrays import BallArray, stacked
from rankladder.numbers.balls import Ball, TooLong, Undecided, as_balls, hull, precision
from rankladder.numbers.departures import choosing, numbers_of, watched
from rankladder.numbers.exact import Exact
from rankladder.simulate.departure import Comparison, compared, multiple
from rankladder.simulate.dynamics import State
from rankladder.simulate.problems import moments

__all__ = [
    "KINDS",
    "Overwritten",
    "OwnDescent",
    "SimulatorError",
    "is_replaced",
    "replaced",
    "stand_in",
]

# what the user's function moves, by the names of its parameters; in words, for messages
_STATES = {
    ("z",): "fraction",
    ("z0",): "fraction",
    ("a",): "entry",
    ("w",): "coefficient",
    ("W",): "one layer",
    ("W0",): "one layer",
    ("W1", "W2"): "two layers",
    ("factors",): "layers",
    ("state",): "layers",
}
KINDS = {
    "fraction": "one mode, z",
    "entry": "one mode, its entry a",
    "coefficient": "one mode, its coefficient w",
    "one layer": "one layer",
    "two layers": "two layers",
    "layers": "any number of layers",
}
_FORM, _REMEDY = "such as (Sxx, Sxy, W1, W2, eta)", "take one of the forms that docs/own-algorithm.md lists"
_STEP_SIZES = ("lr", "learning_rate", "alpha", "step_size")  # as others name it
MOST_EXACT = (
    64  # steps that balls are carried through a user's code, entry by entry; beyond, it runs in floats
)
OVERWRITTEN = (
    "the states of several steps are one array that later steps overwrite: append copies, W.copy() or "
    "W.detach().clone()"
)
_ABOUT_TYPES = re.compile(r"dtype|\b(Float|Double)\b")  # as PyTorch, JAX and NumPy name what does not fit
_IN_FLOAT32 = (
    "the arguments are float64 arrays, and float32 may be returned: convert them with "
    "torch.as_tensor(W, dtype=torch.float32) or W.astype(np.float32)"
)
LONGEST = 20_000  # steps of a black box that are compared
MOST_BITS = 4096


class SimulatorError(ValueError):
    """A user's function broke, or returned what is no state; ``place`` is the line of theirs, as file and number."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(message)
        self.place = place


class Overwritten(SimulatorError):
    """A user's run recorded one array for several steps, so that nothing is known of any but the last."""


@dataclass(frozen=True)
class Orbit:
    """The problem and the states of a run of the user's function: one array for each part, time on the first axis."""

    kind: str
    data: tuple[Any, ...]
    eta: Any
    states: list[NDArray[Any]]
    start: State
    of_data: bool = False

    @property
    def exact(self) -> bool:
        """Whether the states are balls or exact rationals."""
        return self.states[0].dtype == object

    @cached_property
    def comparison(self) -> Comparison:
        """Its steps beside those of gradient descent."""
        return compared(self.kind, self.data, self.eta, self.start, self.states, of_data=self.of_data)

    @property
    def multiple(self) -> float | None:
        """How many times the change of gradient descent its first wrong step makes, where that is one number."""
        found = self.comparison.departure
        if found is None:
            return None
        return multiple(self.kind, self.data, self.eta, self.states, found, of_data=self.of_data)


class OwnDescent:
    """A user's function, read by the names of its parameters.

    Args:
        function: a step, a run, or a function of problem and step size that returns a step; see
            ``docs/own-algorithm.md``.
        name: what messages call it.

    Raises:
        ValueError: for something that cannot be called, or parameters that are of no known form.

    >>> def step(z, s):
    ...     return z * (1 + s * (1 - z)) ** 2
    >>> OwnDescent(step).describes
    'a step of one mode, z'
    """

    def __init__(self, function: Callable[..., Any], name: str = "") -> None:
        if not callable(function):
            raise ValueError(
                f"simulator {function!r} cannot be called; pass a function of parameters {_FORM}; {_REMEDY}"
            )
        self.function = function
        self.name: str = name or getattr(function, "__name__", type(function).__name__)
        # the kinds of orbit that were asked for, and whether it could run them
        self.asked: dict[str, bool] = {}
        every = inspect.signature(function).parameters.values()
        named = [p for p in every if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        self._names = tuple(p.name for p in named if p.default is p.empty or p.name in ("eta", "steps"))
        rest = tuple(
            n for n in self._names if n not in ("Sxx", "Sxy", "X", "Y", "eta", "steps", "s", "sigma", "lam")
        )
        self._state = rest
        self._run = "steps" in self._names
        self._makes = not rest
        self._numbers = numbers_of(self.function)
        self.of_data = "X" in self._names
        self.kind = "layers" if self._makes else _STATES.get(rest, "")
        given = {n for n in self._names if n not in (*rest, "steps")}
        wanted = {
            "fraction": {"s"},
            "entry": {"sigma", "lam", "eta"},
            "coefficient": {"sigma", "lam", "eta"},
        }.get(self.kind, {"X", "Y", "eta"} if self.of_data else {"Sxx", "Sxy", "eta"})
        if not self.kind or given != wanted or (self._makes and self._run):
            named_so = [p.name for p in named if p.name in _STEP_SIZES and "eta" not in self._names]
            rename = "".join(f"rename {other} to eta, and " for other in named_so[:1])
            raise ValueError(
                f"simulator {self.name} takes ({', '.join(p.name for p in named)}) but must take named parameters "
                f"{_FORM}; {rename}{_REMEDY}"
            )

    @property
    def describes(self) -> str:
        """What it is, in words."""
        what = "a run" if self._run else "a function that returns a step" if self._makes else "a step"
        return f"{what} of {KINDS[self.kind]}{', on X and Y' if self.of_data else ''}"

    @cached_property
    def exact(self) -> bool:
        """Whether balls flow through it, tried on a small problem."""
        one = as_balls([[1]])
        matrices: dict[str, State] = {"one layer": (one,), "two layers": (one, one), "layers": (one, one)}
        start = matrices.get(self.kind, (Ball(1) / 2,))
        data = (one, one) if self.kind in matrices else (Ball(1), Ball(1))
        return self._in_balls(data, start, Ball(1) / 4, 2) is not None

    def run(self, data: Sequence[Any], start: State, eta: Any, steps: int) -> list[NDArray[Any]]:
        """The states 0, 1, …, ``steps`` in the arithmetic of the arguments, one array for each part.

        Raises:
            SimulatorError: (a ValueError) when the function breaks, or returns something of another shape.
            Overwritten: when later steps have overwritten the states that it recorded.
        """
        states = self._states(data, start, eta, steps)
        if self._run and any(map(_repeats, states)):
            # one state for all steps can be rest; not where it is another one as soon as one step more is asked for
            try:
                longer = self._states(data, start, eta, steps + 1)
            except SimulatorError:  # beyond what was asked for
                return states
            for part, more in zip(states, longer, strict=True):
                if _repeats(part) and _repeats(more) and _differ(part[-1:], more[-1:]):
                    raise Overwritten(f"simulator {self.name}: {OVERWRITTEN}", self._place)
        return states

    def _states(self, data: Sequence[Any], start: State, eta: Any, steps: int) -> list[NDArray[Any]]:
        # copies, which a function may change in place; it is compared on the data that it was given
        given = dict(zip(("X", "Y") if self.of_data else ("Sxx", "Sxy"), map(_copy, data), strict=True))
        given |= {"sigma": data[0], "lam": data[1], "s": eta, "eta": eta, "steps": steps}
        known = {n: given[n] for n in self._names if n in given}
        if self._run:
            if len(start) == steps + 1 > 1:
                # a list of states would be as long as a state has parts: one step more tells them apart
                return [part[:-1] for part in self._states(data, start, eta, steps + 1)]
            found = self._called(self.function, **known, **self._named(start))
            return self._parts(self._of_state(found, start), start, steps)
        move: Callable[[State], Any]
        if self._makes:
            move = partial(self._called, self._called(self.function, **known))
        else:

            def move(state: State) -> Any:
                return self._called(self.function, **known, **self._named(state))

        rows: list[State] = [start]
        for number in range(steps):
            moved = move(tuple(np.array(part) if np.ndim(part) else part for part in rows[-1]))
            parts = [_array(part) for part in self._of_state(moved, start)]
            if [part.shape for part in parts] != [np.shape(part) for part in start]:
                raise self.broken(
                    f"step {number + 1} returned parts of shapes {[part.shape for part in parts]} but must return the "
                    f"shapes of its state, {[np.shape(part) for part in start]}"
                )
            # copies, as the next step may write into what this one returned
            rows.append(tuple(_copy(part[()]) for part in parts))
        return self._parts([_together(column) for column in zip(*rows, strict=True)], start, steps)

    def in_floats(self, data: Sequence[Any], start: State, eta: float, steps: int) -> list[NDArray[Any]]:
        """As :meth:`run`; where Python's numbers overflow, which raises, states are infinite from there on, as NumPy's are."""
        try:
            return self.run(data, start, eta, steps)
        except SimulatorError as error:
            if not isinstance(error.__cause__, OverflowError):
                raise
        fits, breaks = 0, steps
        while breaks - fits > 1:
            middle = (fits + breaks) // 2
            try:
                self.run(data, start, eta, middle)
                fits = middle
            except SimulatorError:
                breaks = middle
        known = self.run(data, start, eta, fits)
        return [
            np.concatenate([part, np.full((steps - fits, *part.shape[1:]), np.inf, part.dtype)])
            for part in known
        ]

    def _called(self, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """What the user's code returns; what it raises is told with the line of theirs."""
        try:
            return function(*given, **named)
        except Undecided:
            raise
        except (Exception, SystemExit) as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
            home = self._place.rpartition(":")[0]
            theirs = [f for f in frames if f.filename == home] or [
                f for f in frames if f.filename == frames[0].filename
            ]
            place = f"{theirs[-1].filename}:{theirs[-1].lineno}" if theirs else self._place
            words = " ".join(str(error).split())
            remedy = f" ({_IN_FLOAT32})" if _ABOUT_TYPES.search(words) else ""
            raise SimulatorError(
                f"simulator {self.name} raised {type(error).__name__}: {words}{remedy}", place
            ) from error

    @property
    def _place(self) -> str:
        """Where the function is written."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        return "" if code is None else f"{code.co_filename}:{code.co_firstlineno}"

    def broken(self, words: str) -> SimulatorError:
        """What to raise for a function that cannot be checked: what it did, and where it is written."""
        return SimulatorError(f"simulator {self.name}: {words}", self._place)

    def _of_state(self, found: Any, start: State) -> Sequence[Any]:
        """The parts of what the function returned, as many as a state has."""
        if isinstance(found, Iterator):  # a generator is the user's code still
            found = self._called(list, found)
        if (
            len(start) == 1
            and self._state != ("factors",)
            and (self._run or not isinstance(found, (tuple, list)))
        ):
            return [found]
        try:
            parts = list(found)
        except TypeError:
            parts = []
        if len(parts) != len(start):
            what = f"{type(found).__name__}{f' of length {len(parts)}' if parts else ''}"
            times = ", each with the time on its first axis" if self._run else ""
            raise self.broken(
                f"returned {what} but must return the {len(start)} parts of the state, as a tuple{times}"
            )
        return parts

    def _named(self, state: State) -> dict[str, Any]:
        parts = list(map(_copy, state))
        if self._state in (("factors",), ("state",)):
            return {self._state[0]: tuple(parts)}
        return dict(zip(self._state, parts, strict=True))

    def _parts(self, found: Any, start: State, steps: int) -> list[NDArray[Any]]:
        parts = [_array(part) for part in found]
        wanted = [(steps + 1, *np.shape(part)) for part in start]
        if any(part.dtype.kind not in "fiubO" for part in parts):
            raise self.broken(f"returned numbers of type {parts[0].dtype} but must return real ones")
        if [part.shape for part in parts] != wanted:
            raise self.broken(
                f"returned arrays of shapes {[part.shape for part in parts]} but must return {wanted}, the states "
                f"after 0, 1, …, {steps} steps"
            )
        if any(part.dtype.kind not in "fO" for part in parts):
            parts = [part.astype(float) for part in parts]
        return parts

    def _in_balls(self, data: Any, start: State, eta: Any, steps: int) -> list[NDArray[Any]] | None:
        """A run in balls or rationals; None where it is a black box: where it leaves them, or computes in floats besides."""
        with watched(self._numbers) as record:
            try:
                states = self.run(data, start, eta, steps)
            except Undecided:
                raise
            except (Exception, SystemExit):  # whatever does not take balls
                return None
        kept = all(isinstance(x, (Ball, Exact)) for part in states for x in part[1:].flat)
        return states if kept and not record.in_float64 and record.computed is None else None

    def orbit(
        self, data: Sequence[Any], start: State, eta: Any, steps: int, *, rounded: bool = False
    ) -> Orbit:
        """The states after 0, 1, …, ``steps`` steps, in balls where they flow through it, or else in floats.

        So they are also where the data are ``rounded``: samples in floats have other moments than those asked for.
        """
        if self.exact and not rounded and steps <= MOST_EXACT and is_exact(*data, *start, eta):
            rational = any(
                isinstance(x, Exact) for part in (*data, *start, eta) for x in np.asarray(part).flat
            )
            extra = 32 + 4 * steps
            while True:
                with precision(ctx.prec + extra):
                    given = [_exactly(part, rational) for part in (*data, *start, eta)]
                    balls = given[: len(data)], tuple(given[len(data) : -1]), given[-1]
                    states = self._in_balls(*balls, steps)
                if states is None:
                    break
                if rational or _narrow(states) or (extra >= MOST_BITS and _finite(states)):
                    return Orbit(self.kind, tuple(balls[0]), balls[2], states, balls[1], self.of_data)
                if extra >= MOST_BITS:  # of a division by zero floats say at which step it was
                    break
                extra *= 2
        floats = [_rounded(part) for part in (*data, *start, eta)]
        begin, rate = tuple(floats[len(data) : -1]), float(floats[-1])
        with np.errstate(all="ignore"):
            states = self.in_floats(floats[: len(data)], begin, rate, steps)
        return Orbit(self.kind, tuple(floats[: len(data)]), rate, states, begin, self.of_data)

    def serves(self, kind: str, layers: int = 0) -> bool:
        """Whether it can run what is asked for; what was asked for is remembered."""
        can = self.kind == kind or {
            "fraction": self.kind in ("entry", "coefficient", "two layers", "layers"),
            "entry": self.kind in ("two layers", "layers"),
            "one layer": self.kind == "layers",
            "two layers": self.kind == "layers",
            "layers": {1: "one layer", 2: "two layers"}.get(layers) == self.kind,
        }.get(kind, False)
        self.asked[kind] = can
        return can


def _exactly(part: Any, rational: bool) -> Any:
    if np.ndim(part):
        made = np.array(part, dtype=object) if rational else as_balls(part)
        return made.view(BallArray)  # whose products are those of Arb
    value = part.item() if isinstance(part, np.ndarray) else part
    return value if rational and isinstance(value, Exact) else Ball(value)


def _rounded(part: Any) -> Any:
    """The nearest floats, which are where a black box starts."""
    values = np.asarray(part, dtype=object)
    made = np.array([float(Ball(x).arb.mid()) for x in values.reshape(-1)]).reshape(values.shape)
    return made if values.ndim else float(made)


def _copy(part: Any) -> Any:
    return part.copy() if isinstance(part, np.ndarray) and part.ndim else part


def _array(part: Any) -> NDArray[Any]:
    """What a user's library returned, as an array; tensors that carry gradients included."""
    part = part.detach() if hasattr(part, "detach") else part
    if isinstance(part, (list, tuple)) and part:
        return _together([_array(one) for one in part])
    return np.asarray(part)


def _together(rows: Sequence[Any]) -> NDArray[Any]:
    arrays = [np.asarray(row) for row in rows]
    if any(a.dtype == object for a in arrays):
        return stacked([a.astype(object) for a in arrays]) if arrays[0].ndim else np.array(rows, dtype=object)
    # the start is given in float64, and says nothing of what the steps are computed in
    return np.array(arrays, dtype=arrays[-1].dtype)


def _differ(part: Any, other: Any) -> bool:
    """Whether two states are surely not the same."""
    if part.dtype != object:
        return bool(np.any(part != other))
    gaps = (Ball(x - y) for x, y in zip(part.flat, other.flat, strict=True) if x is not y)
    return any(gap.is_positive() or gap.is_negative() for gap in gaps)


def _repeats(states: NDArray[Any]) -> bool:
    """Whether one state stands for several steps: from the first on, or from the start on."""
    if len(states) < 2:
        return False
    first = 1 if _differ(states[:1], states[1:2]) else 0
    return len(states) > first + 1 and not any(
        _differ(states[first : first + 1], states[k : k + 1]) for k in range(first + 1, len(states))
    )


def _finite(states: list[NDArray[Any]]) -> bool:
    return all(x.arb.is_finite() for part in states for x in part.flat if isinstance(x, Ball))


def _narrow(states: list[NDArray[Any]]) -> bool:
    with precision(64):
        last = [x for part in states for x in np.asarray(part[-1], dtype=object).flat if isinstance(x, Ball)]
        return all(x.arb.rad() < 2.0**-180 * (1 + abs(x.arb)) for x in last)


_OWN: ContextVar[OwnDescent | None] = ContextVar("_OWN", default=None)


@contextmanager
def replaced(own: OwnDescent) -> Iterator[OwnDescent]:
    """Scope in which orbits are run by a user's function, where it is of the kind asked for."""
    token = _OWN.set(own)
    try:
        yield own
    finally:
        _OWN.reset(token)


def is_replaced() -> bool:
    """Whether a user's function may stand in."""
    return _OWN.get() is not None


@contextmanager
def _ours() -> Iterator[None]:
    token = _OWN.set(None)
    try:
        yield
    finally:
        _OWN.reset(token)


Certified = Callable[[], Sequence[NDArray[Any]]]


def stand_in(
    kind: str, data: Sequence[Any], start: State, eta: Any, times: Sequence[int], certified: Certified, *,
    of_data: bool = False,
) -> list[NDArray[Any]] | None:  # fmt: skip
    """The states at ``times`` of the user's function, one array for each part; None where our own stand.

    Those stand outside :func:`replaced`, where the function is of another kind, and where it is a black box that
    follows gradient descent: then they enclose what it computes but for rounding.

    Args:
        kind: what is asked for, a key of ``KINDS``.
        data: (Sxx, Sxy) or (X, Y), or (sigma, lam), arrays of modes. start: the parts of the first state.
        eta: the step size. certified: makes our own states at ``times``.
        of_data: whether ``data`` are samples.

    Raises:
        TypeError: for several modes at once in float64; what looks in batches then looks one by one.
    """
    own = _OWN.get()
    if own is None or not own.serves(kind, len(start)):
        return None
    exact = is_exact(*data, *start, eta)
    # what a black box returns is data: that it is in floats makes no margin one of floats
    with _ours(), choosing():
        if kind not in ("fraction", "entry"):
            return _one(own, kind, data, start, eta, times, certified, of_data, exact)
        modes = [part.reshape(-1) for part in np.broadcast_arrays(*data, *start, eta)]
        if len(modes[0]) != 1 and not exact:
            raise TypeError(f"simulator {own.name} runs one mode at a time")
        columns = [
            _one(own, kind, both, (first,), rate, times, partial(_mode, certified, i), False, exact)
            for i, (*both, first, rate) in enumerate(zip(*modes, strict=True))
        ]
        if all(column is None for column in columns):
            return None
        made = [_mode(certified, i) if one is None else one for i, one in enumerate(columns)]
        return [np.stack([part for (part,) in made], axis=1)]


def _mode(certified: Certified, index: int) -> list[NDArray[Any]]:
    """Our own states of one of several modes."""
    (table,) = certified()
    return [np.asarray(table, dtype=object).reshape(len(table), -1)[:, index]]


def _one(
    own: OwnDescent, kind: str, data: Sequence[Any], start: State, eta: Any, times: Sequence[int], certified: Certified,
    of_data: bool, exact: bool,
) -> list[NDArray[Any]] | None:  # fmt: skip
    back: Callable[[list[NDArray[Any]]], list[NDArray[Any]]] = list
    if own.kind != kind and kind in ("fraction", "entry"):
        data, start, back = _as_own(own.kind, kind, data, start, exact=exact)
    made_up = own.of_data and not of_data
    if made_up:
        data = _samples(*map(_rounded, data))
    elif of_data and not own.of_data:
        data = moments(*(as_balls(part) if exact else part for part in data))
    steps = int(times[-1])
    if not exact:
        return back([part[list(times)] for part in own.in_floats(list(data), start, float(eta), steps)])
    orbit = own.orbit(data, start, eta, min(steps, LONGEST), rounded=made_up)
    if orbit.exact:
        return back([part[list(times)] for part in orbit.states])
    departure = orbit.comparison.departure
    if departure is None:
        return None
    if steps > LONGEST:
        raise TooLong(f"{steps} steps of simulator {own.name}; it is compared over {LONGEST}")
    rows = [np.array(part, dtype=object) for part in certified()]
    later = [i for i, time in enumerate(times) if time >= departure.step]
    wrong = back([_enclosed(part[[times[i] for i in later]]) for part in orbit.states])
    for part, other in zip(rows, wrong, strict=True):
        part[later] = other
    return rows


def _enclosed(part: NDArray[Any]) -> NDArray[Any]:
    """Floats of a wrong orbit, to within their own rounding, so that this alone refutes nothing."""
    unit = 64 * float(np.finfo(part.dtype).eps)
    wide = [hull(float(x) - unit * abs(float(x)), float(x) + unit * abs(float(x))) for x in part.reshape(-1)]
    made = np.empty(part.size, dtype=object)
    made[:] = wide
    return made.reshape(part.shape)


def _as_own(
    own: str, kind: str, data: Sequence[Any], start: State, *, exact: bool
) -> tuple[tuple[Any, ...], State, Callable[[list[NDArray[Any]]], list[NDArray[Any]]]]:
    """One mode as the user's function takes it: by its entry, its coefficient, or a network with one unit a layer."""

    def number(value: Any) -> Any:
        value = np.asarray(value, dtype=object).item()
        return value if isinstance(value, Exact) else Ball(value) if exact else float(value)

    sigma, lam = map(number, data)
    first = number(start[0])
    squares = kind == "fraction"
    if own == "coefficient":
        return (sigma, lam), (first,), list
    root = np.sqrt(first) if squares else first
    if own == "entry":
        return (sigma, lam), (root,), lambda found: [found[0] * found[0] if squares else found[0]]
    Sxx, Sxy, W = (np.array([[x]], dtype=object if exact else float) for x in (lam, sigma, root))

    def back(found: list[NDArray[Any]]) -> list[NDArray[Any]]:
        return [(found[0] * found[1] if squares else found[0])[..., 0, 0]]

    return (Sxx, Sxy), (W, W), back


def _samples(Sxx: Any, Sxy: Any) -> tuple[Any, Any]:
    """As many samples as inputs that have these moments, in floats."""
    values, Q = np.linalg.eigh(Sxx)
    roots = np.sqrt(np.maximum(values, 0.0) * len(values))
    some = roots > 1e-7 * max(1.0, roots[-1])
    inverse = np.where(some, len(values) / np.where(some, roots, 1.0), 0.0)
    return np.where(some, roots, 0.0)[:, None] * Q.T, inverse[:, None] * (Q.T @ Sxy)
