"""A data set as an exact problem, and claims about problems restricted to it.

Balls start from exact rationals, data are rounded: so the nearest exact problem stands for the data. Its frames are
products of rational reflections, its moments those of the data to a relative 1e-9, in units in which ``sigma_1 = 4``
and the largest ``lam`` is 1 (4 for an autoencoder, where both are one). No claim depends on units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.domain import Bounds, Domain, Number
from rankladder.domains.matrices import Reflections, draw_reflections
from rankladder.domains.randomness import RandomSource, Source
from rankladder.language.assumptions import Otherwise, Predicate, words_of
from rankladder.language.statement import Claim
from rankladder.properties.gidel2019.data.geometry import SAME, Geometry
from rankladder.properties.gidel2019.data.structure import Structure
from rankladder.simulate.joint_problems import JointProblem, Problem, ProblemView

__all__ = ["OnData", "ThisProblem", "carried", "exact_problem", "on_data", "reflections"]

_FINE = 2**40  # what is rounded is a multiple of the largest entry over this
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

    Attributes:
        claim: the claim on the data, None where it does not apply or is not judged.
        reason: what stands against it: ``commuting``, ``noncommuting``, ``whitened`` or ``autoencoder`` (a structure that
            the data lack), ``assumption`` (another one that they do not meet), ``size`` (beyond those it is checked at).
        why: the same in words, with how far the data are from it.
        outside: numbers of the data beyond those that the claim was ever checked on.
        anyway: where a structure is lacking, the claim without it.
    """

    claim: Claim | None
    reason: str = ""
    why: str = ""
    outside: tuple[str, ...] = ()
    anyway: Claim | None = None


def carried(claim: Claim) -> tuple[str, ...]:
    """The assertions of the abstract that a claim carries, as its source names them."""
    return tuple(re.findall(r"\bA[1-5]\b", claim.source))


def exact_problem(geometry: Geometry) -> JointProblem:
    """The nearest exact problem, with a hidden layer of width min(d, p)."""
    data, joint, m, (d, p) = geometry.data, geometry.joint, geometry.m, geometry.shape
    structure = Structure.of(geometry)
    tied, white = structure.has("autoencoder"), structure.has("whitened")
    U = reflections(joint.U)
    V = U if tied else reflections(joint.V)
    frame = _frame(U)
    inner = frame.T @ data.Sxx @ frame
    scale = float(inner.diagonal().max())
    sigma = _stepped(_rounded(joint.sigma[:m] / joint.sigma[0] * 4))
    lam = (
        sigma + (Fraction(0),) * (d - m)
        if tied
        else _spectrum(np.ones(d) if white else inner.diagonal() / scale)
    )
    hidden = draw_reflections(RandomSource(0), min(d, p))
    B = () if tied or white or geometry.commutes else _noise(inner / scale)
    # so small a ridge keeps the rounded moments positive definite where the data's are singular
    lam = tuple(x + Fraction(d, _FINE // 4) for x in lam) if B else _levelled(sigma, lam)
    return JointProblem(sigma, lam, U, V, hidden, B)


def _frame(exact: Reflections) -> Array:
    """The product of reflections in float64."""
    frame = np.eye(exact.n)
    for vector in exact.vectors:
        v = np.array(vector, dtype=float)
        frame -= 2 * np.outer(frame @ v, v) / (v @ v)
    return frame


def _stepped(sigma: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Singular values of which those that differ by rounding of the data are equal."""
    found = list(sigma)
    for i in range(1, len(found)):
        if found[i - 1] - found[i] <= SAME * sigma[0]:
            found[i] = found[i - 1]
    return tuple(found)


def _levelled(sigma: tuple[Fraction, ...], lam: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """``lam`` of which gains ``sigma^2/lam`` that differ by rounding of the data are equal."""
    found = list(lam)
    for i, s in enumerate(sigma):
        same = (
            a * a / x
            for a, x in zip(sigma[:i], found[:i], strict=True)
            if abs(a * a / x / (s * s / lam[i]) - 1) <= SAME
        )
        gain = next(same, None)
        if gain is not None:
            found[i] = s * s / gain
    return tuple(found)


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
    kept = np.where(np.abs(values - 1) < SAME, 1.0, np.where(np.abs(values) < 1e-13, 0.0, values))
    return _rounded(np.clip(kept, 0, None))


def _noise(inner: Array) -> tuple[tuple[int, int, Fraction], ...]:
    d = len(inner)
    entries = [
        (i, j, Fraction(round(float(inner[i, j]) * _FINE), _FINE)) for i in range(d) for j in range(i + 1, d)
    ]
    return tuple(entry for entry in entries if entry[2])


def on_data(claim: Claim, problem: JointProblem, structure: Structure) -> OnData | None:
    """A claim restricted to a data set; None for a claim that does not speak of data sets."""
    name, domain = next(((n, d) for n, d in claim.over.items() if isinstance(d, Problem)), ("", None))
    if domain is None:
        return None
    fitted = _fitted(problem, domain)
    beyond = list(_beyond(fitted, domain))
    lacking = "" if structure.has(domain.kind) else domain.kind
    unmet = [] if beyond else list(_unmet(claim, name, fitted))
    gaps = list(_gaps(fitted, domain))
    whys, reason = [*unmet, *gaps, *beyond], "assumption" if unmet or gaps else "size" if beyond else ""
    if not lacking:
        if reason:
            return OnData(None, reason, "; ".join(whys))
        restricted = replace(claim, over={**claim.over, name: ThisProblem(fitted)})
        return OnData(restricted, outside=tuple(_outside(fitted, domain)))
    named = next(
        (n for n, a in claim.given.items() if isinstance(a, Otherwise) and a.parameter == name), None
    )
    anyway = None
    if named is not None and lacking != "noncommuting" and not whys:
        free = claim.without(named)
        anyway = replace(free, over={**free.over, name: ThisProblem(fitted)})
    return OnData(None, lacking, "; ".join([structure.words(lacking), *whys]), anyway=anyway)


def _unmet(claim: Claim, name: str, fitted: JointProblem) -> Iterator[str]:
    """Assumptions on the data alone that they do not meet."""
    for label, assumption in claim.given.items():
        if isinstance(assumption, Predicate) and set(assumption.names) <= {name}:
            held = assumption.holds(lambda number: {name: ProblemView(fitted, number)})
            if held is not True:
                said = "not met by the data" if held is False else "not decided on the data"
                yield f"{label} is {said} ({words_of(assumption).rstrip('.')})"


def _fitted(problem: JointProblem, domain: Problem) -> JointProblem:
    """The problem with a hidden layer of a width that the claim speaks of."""
    r = min(max(problem.Q.n, domain.r.lower), domain.r.upper)
    return problem if r == problem.Q.n else replace(problem, Q=draw_reflections(RandomSource(0), r))


def _beyond(problem: JointProblem, domain: Problem) -> Iterator[str]:
    """Sizes of the data at which the claim is not checked."""
    m = len(problem.sigma)
    for name, size, room in zip(
        "dprm", (*problem.shape, m), (domain.d, domain.p, domain.r, domain.modes), strict=True
    ):
        if not room.lower <= size <= room.upper:
            span = f"{room.lower}" if room.lower == room.upper else f"{room.lower} to {room.upper}"
            yield f"{name} = {size}, checked at {span} only"
    if domain.modes.upper >= m > problem.Q.n:
        yield f"{m} modes do not fit a hidden layer of width {problem.Q.n}"


def _gaps(problem: JointProblem, domain: Problem) -> Iterator[str]:
    gaps = [a - b for a, b in zip(problem.sigma, problem.sigma[1:], strict=False)]
    if gaps and min(gaps) < domain.gap:
        yield f"two sigma are {float(min(gaps)):.3g} apart (sigma_1 = 4), the claim asks for {domain.gap}"


def _outside(problem: JointProblem, domain: Problem) -> Iterator[str]:
    m = len(problem.sigma)
    ranges = [("sigma", problem.sigma, domain.sigma)]
    if domain.kind in ("commuting", "noncommuting"):
        ranges.append(("lam", problem.lam[:m], domain.lam))
    for name, values, (low, high) in ranges:
        if not all(low <= x <= high for x in values):
            yield f"{name} {float(min(values)):.3g} to {float(max(values)):.3g}, checked on {low} to {high}"
