"""A data set as an exact problem, and claims about problems restricted to it.

Balls start from exact rationals, data are rounded: so the nearest exact problem stands for the data. Its frames are
products of rational reflections, its moments those of the data to a relative 1e-9, in units in which ``sigma_1 = 4``
and the largest ``lam`` is 1 (4 for an autoencoder, where both are one). No claim depends on units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from properties.data.reading import DataSet
from properties.generators.domains import Bounds, Domain, Number
from properties.generators.matrices import Reflections, draw_reflections
from properties.generators.problems import JointProblem, Problem, ProblemView
from properties.generators.sources import RandomSource, Source
from properties.stating.assumptions import Otherwise, Predicate
from properties.stating.statement import Claim
from simulate import joint_decomposition
from simulate.balls import Ball

__all__ = ["OnData", "ThisProblem", "exact_problem", "on_data", "reflections"]

_FINE = 2**40  # what is rounded is a multiple of the largest entry over this
_SAME = 1e-9  # relative size of what counts as rounding of the data
Array = NDArray[np.float64]


@dataclass(frozen=True)
class ThisProblem(Domain):
    """One problem alone: the user's data."""

    problem: JointProblem

    def __str__(self) -> str:
        return "your data"

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> JointProblem:
        """The data."""
        return self.problem

    def mutate(self, value: JointProblem, source: Source) -> JointProblem:
        """The same again."""
        return value

    def simpler(self, value: JointProblem) -> Iterator[JointProblem]:
        """Nothing: data are what they are."""
        return iter(())

    def weight(self, value: JointProblem) -> float:
        """The same for all there is."""
        return 0.0

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether it is the data."""
        return bool(value == self.problem)

    def realise(self, value: JointProblem, number: Number) -> ProblemView:
        """The data in one arithmetic."""
        return ProblemView(value, number)

    def coordinates(self, name: str, value: JointProblem) -> dict[str, tuple[float, float]]:
        """Shapes and extreme values."""
        return Problem().coordinates(name, value)


@dataclass(frozen=True)
class OnData:
    """A claim and a data set: the claim restricted to the data, or why it says nothing about them.

    ``outside`` names numbers of the data beyond those that the claim was ever checked on. Where the claim does not
    apply because the data lack a structure it assumes, ``anyway`` is the claim without that assumption.
    """

    claim: Claim | None
    why: str = ""
    outside: tuple[str, ...] = ()
    anyway: Claim | None = None


def exact_problem(data: DataSet) -> JointProblem:
    """The nearest exact problem, with a hidden layer of width min(d, p).

    Raises:
        ValueError: when the moments are no moments of a data set, or ``Sxy`` is zero.
    """
    joint = joint_decomposition(data.Sxx, data.Sxy)
    m, (d, p) = joint.rank, data.Sxy.shape
    if not m:
        raise ValueError("Sxy is zero, so there is nothing to learn; check that Y depends on X")
    tied = data.autoencoder or (d == p and np.abs(data.Sxx - data.Sxy).max() < _SAME * joint.sigma[0])
    U = reflections(joint.U)
    V = U if tied else reflections(joint.V)
    frame = np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in U.exact().table()])
    inner = frame.T @ data.Sxx @ frame
    scale = float(inner.diagonal().max())
    sigma = _rounded(joint.sigma[:m] / joint.sigma[0] * 4)
    lam = sigma + (Fraction(0),) * (d - m) if tied else _spectrum(inner.diagonal() / scale)
    hidden = draw_reflections(RandomSource(0), min(d, p))
    B = () if tied or joint.noncommuting_share < _SAME else _noise(inner / scale)
    if B:  # so small a ridge keeps the rounded moments positive definite where the data's are singular
        lam = tuple(x + Fraction(d, _FINE // 4) for x in lam)
    return JointProblem(sigma, lam, U, V, hidden, B)


def reflections(frame: Array) -> Reflections:
    """An exactly orthogonal matrix next to one of floats, by Householder's reflections with rounded vectors.

    >>> matrix = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0]
    >>> exact = [[int(x.p) / int(x.q) for x in row] for row in reflections(matrix).exact().table()]
    >>> bool(np.abs(exact - matrix).max() < 1e-10)
    True
    """
    left, n = np.array(frame, dtype=float), len(frame)
    vectors = []
    for k in range(n):
        v = left[k:, k].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        whole = [0] * k + [round(float(x) * _FINE) for x in v / np.abs(v).max()]
        vectors.append(tuple(whole))
        w = np.array(whole, dtype=float)
        left -= 2 * np.outer(w, w @ left) / (w @ w)
    # what is left is diagonal with entries -1 and 1
    flips = [tuple(int(i == k) for i in range(n)) for k in range(n) if left[k, k] < 0]
    return Reflections(n, (*vectors, *flips))


def _rounded(values: Array) -> tuple[Fraction, ...]:
    return tuple(Fraction(round(float(v) * _FINE), _FINE) for v in values)


def _spectrum(values: Array) -> tuple[Fraction, ...]:
    """Entries as simple as rounding of the data allows: exact ones and zeros stay what they are."""
    kept = np.where(np.abs(values - 1) < _SAME, 1.0, np.where(np.abs(values) < 1e-13, 0.0, values))
    return _rounded(np.clip(kept, 0, None))


def _noise(inner: Array) -> tuple[tuple[int, int, Fraction], ...]:
    d = len(inner)
    entries = [
        (i, j, Fraction(round(float(inner[i, j]) * _FINE), _FINE)) for i in range(d) for j in range(i + 1, d)
    ]
    return tuple(entry for entry in entries if entry[2])


def on_data(claim: Claim, problem: JointProblem) -> OnData | None:
    """A claim restricted to a data set; None for a claim that does not speak of data sets."""
    name, domain = next(((n, d) for n, d in claim.over.items() if isinstance(d, Problem)), ("", None))
    if domain is None:
        return None
    fitted = _fitted(problem, domain)
    for reason in _misfits(fitted, domain):
        return OnData(None, reason)
    lacking = _lacking(fitted, domain.kind)
    if lacking:
        named = next(
            (n for n, a in claim.given.items() if isinstance(a, Otherwise) and a.parameter == name), None
        )
        anyway = None
        if named is not None and lacking == "commuting":
            free = claim.without(named)
            anyway = replace(free, over={**free.over, name: ThisProblem(fitted)})
        return OnData(None, f"{named or lacking}: {_WHY[lacking]}", anyway=anyway)
    restricted = replace(claim, over={**claim.over, name: ThisProblem(fitted)})
    for label, assumption in claim.given.items():
        if isinstance(assumption, Predicate) and set(assumption.names) <= {name}:
            held = assumption.holds(lambda _bits: {name: ProblemView(fitted, Ball)})
            if held is not True:
                return OnData(
                    None, f"{label}: {'not met' if held is False else 'cannot be decided'} on the data"
                )
    return OnData(restricted, outside=tuple(_outside(fitted, domain)))


_WHY = {
    "commuting": "the data do not commute",
    "noncommuting": "the data commute",
    "whitened": "the inputs are not whitened",
    "autoencoder": "the targets are not the inputs",
}


def _fitted(problem: JointProblem, domain: Problem) -> JointProblem:
    """The problem with a hidden layer of a width that the claim speaks of."""
    r = min(max(problem.Q.n, domain.r.lower), domain.r.upper)
    return problem if r == problem.Q.n else replace(problem, Q=draw_reflections(RandomSource(0), r))


def _misfits(problem: JointProblem, domain: Problem) -> Iterator[str]:
    m = len(problem.sigma)
    for name, size, room in zip(
        "dprm", (*problem.shape, m), (domain.d, domain.p, domain.r, domain.modes), strict=True
    ):
        if not room.lower <= size <= room.upper:
            span = f"{room.lower}" if room.lower == room.upper else f"{room.lower} to {room.upper}"
            yield f"{name} = {size}, the claim speaks of {span}"
    if m > problem.Q.n:
        yield f"{m} modes do not fit a hidden layer of width {problem.Q.n}"
    gaps = [a - b for a, b in zip(problem.sigma, problem.sigma[1:], strict=False)]
    if gaps and min(gaps) < domain.gap:
        yield f"two sigma are {float(min(gaps)):.3g} apart (sigma_1 = 4), the claim asks for {domain.gap}"


def _lacking(problem: JointProblem, kind: str) -> str:
    """The structure that the claim assumes and the data do not have."""
    if kind == "noncommuting":
        return "" if problem.B else "noncommuting"
    if problem.B:
        return "commuting"
    if kind == "whitened" and set(problem.lam) != {Fraction(1)}:
        return "whitened"
    if kind == "autoencoder" and (
        problem.U != problem.V
        or problem.lam[: len(problem.sigma)] != problem.sigma
        or any(problem.lam[len(problem.sigma) :])
    ):
        return "autoencoder"
    return ""


def _outside(problem: JointProblem, domain: Problem) -> Iterator[str]:
    m = len(problem.sigma)
    ranges = [("sigma", problem.sigma, domain.sigma)]
    if domain.kind in ("commuting", "noncommuting"):
        ranges.append(("lam", problem.lam[:m], domain.lam))
    for name, values, (low, high) in ranges:
        if not all(low <= x <= high for x in values):
            yield f"{name} {float(min(values)):.3g} to {float(max(values)):.3g}, checked on {low} to {high}"
