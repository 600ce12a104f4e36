"""Whole problems: data matrices with a known joint decomposition, and the frame of a spectral start.

A problem fixes ``Sxx = U (Lambda + B) U^T`` and ``Sxy = U S V^T`` exactly over the rationals, together with
the orthogonal ``Q`` of the hidden layer. Shapes ``d, p, r`` are drawn independently; ``m`` modes are active.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from flint import fmpq, fmpq_mat

from rankladder.domains.arguments import exact_range, number_at_least, whole_range
from rankladder.domains.domain import Bounds, Domain, Entry, Number, Symbols
from rankladder.domains.matrices import (
    Orthogonal,
    Reflections,
    draw_reflections,
    falling,
    fitted,
    neighbouring_reflections,
    numbers,
    resized,
    vector,
)  # fmt: skip
from rankladder.domains.randomness import Infeasible, Source
from rankladder.domains.scalars import Int, Real, bits, to_whole
from rankladder.numbers.words import diagonal, entrywise, rectangle, smallest

__all__ = ["JointProblem", "Problem", "ProblemView"]

Kind = Literal["commuting", "whitened", "autoencoder", "noncommuting"]
Range = tuple[Any, Any]  # exact numbers, made fractions


@dataclass(frozen=True)
class JointProblem:
    """An exact problem: active singular values ``sigma`` (m of them, nonincreasing), ``lam`` (all d),
    orthogonal ``U`` (d), ``V`` (p), ``Q`` (r), and the entries ``(i, j, b)`` of ``B`` above the diagonal.
    """

    sigma: tuple[Fraction, ...]
    lam: tuple[Fraction, ...]
    U: Reflections
    V: Reflections
    Q: Reflections
    B: tuple[tuple[int, int, Fraction], ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """``(d, p, r)``."""
        return self.U.n, self.V.n, self.Q.n

    def __str__(self) -> str:
        def row(values: tuple[Fraction, ...]) -> str:
            return "(" + ", ".join(map(str, values)) + ("," if len(values) == 1 else "") + ")"

        noise = (
            ", B=(" + "".join(f"({i}, {j}, {b}), " for i, j, b in self.B).rstrip(" ") + ")" if self.B else ""
        )
        return (
            f"JointProblem(sigma={row(self.sigma)}, lam={row(self.lam)}, "
            f"U={self.U}, V={self.V}, Q={self.Q}{noise})"
        )


class ProblemView:
    """A problem in one arithmetic: what a conclusion receives.

    Attributes:
        d, p, r: shapes; ``m`` active modes; ``q = min(d, p, r)`` modes that a spectral start can carry.
        sigma, lam, omega: active singular values (m,), all ``lam`` (d,), fitted values sigma/lam (m,).
        U, V, Q: orthogonal matrices; ``Sxx`` (d, d), ``Sxy`` (d, p): the data; ``B`` (d, d).
    """

    def __init__(self, value: JointProblem, number: Number) -> None:
        self.value, self.number = value, number
        self.d, self.p, self.r = value.shape
        self.m = len(value.sigma)
        self.q = min(value.shape)

    @cached_property
    def _U(self) -> fmpq_mat:  # noqa: N802
        return self.value.U.exact()

    @cached_property
    def U(self) -> np.ndarray[Any, Any]:  # noqa: N802
        """Left joint basis (d, d)."""
        return numbers(self._U, self.number)

    @cached_property
    def V(self) -> np.ndarray[Any, Any]:  # noqa: N802
        """Right singular basis (p, p)."""
        return numbers(self.value.V.exact(), self.number)

    @cached_property
    def Q(self) -> np.ndarray[Any, Any]:  # noqa: N802
        """Frame of the hidden layer (r, r)."""
        return numbers(self.value.Q.exact(), self.number)

    @cached_property
    def sigma(self) -> np.ndarray[Any, Any]:
        """Active singular values of Sxy, nonincreasing (m,)."""
        return vector(self.value.sigma, self.number)

    @cached_property
    def lam(self) -> np.ndarray[Any, Any]:
        """Diagonal of U^T Sxx U (d,)."""
        return vector(self.value.lam, self.number)

    @cached_property
    def omega(self) -> np.ndarray[Any, Any]:
        """Fitted values sigma/lam of the active modes (m,)."""
        return vector((s / x for s, x in zip(self.value.sigma, self.value.lam, strict=False)), self.number)

    @cached_property
    def B(self) -> np.ndarray[Any, Any]:  # noqa: N802
        """Off-diagonal part of U^T Sxx U (d, d)."""
        return numbers(self._noise(), self.number)

    def _noise(self) -> fmpq_mat:
        matrix = fmpq_mat(self.d, self.d)
        for i, j, b in self.value.B:
            matrix[i, j] = matrix[j, i] = fmpq(b.numerator, b.denominator)
        return matrix

    @cached_property
    def Sxx(self) -> np.ndarray[Any, Any]:  # noqa: N802
        """U (Lambda + B) U^T (d, d)."""
        inner = self._noise()
        for i, x in enumerate(self.value.lam):
            inner[i, i] = fmpq(x.numerator, x.denominator)
        return numbers(self._U * inner * self._U.transpose(), self.number)

    @cached_property
    def Sxy(self) -> np.ndarray[Any, Any]:  # noqa: N802
        """U S V^T (d, p)."""
        inner = fmpq_mat(self.d, self.p)
        for i, x in enumerate(self.value.sigma):
            inner[i, i] = fmpq(x.numerator, x.denominator)
        return numbers(self._U * inner * self.value.V.exact().transpose(), self.number)

    def compose(self, values: Any) -> np.ndarray[Any, Any]:
        """``sum_i values_i u_i v_i^T`` (d, p) for up to min(d, p) values."""
        entries = np.asarray(values)
        k = len(entries)
        if not k:
            zero: np.ndarray[Any, Any] = 0 * self.Sxy
            return zero
        product: np.ndarray[Any, Any] = (self.U[:, :k] * entries) @ self.V[:, :k].T
        return product

    def plateau(self, j: int) -> np.ndarray[Any, Any]:
        """``sum_{i<=j} omega_i u_i v_i^T`` (d, p)."""
        return self.compose(self.omega[:j])

    def neighbours(self, j: int, *, distinct: bool = False) -> tuple[Any, Any]:
        """``sigma_j`` and ``sigma_{j+1}``, which is 0 beyond the last active mode; for j >= 1, and with ``distinct`` only
        where they differ.
        """
        return self.sigma[j - 1], self.sigma[j] if j < self.m else 0 * self.sigma[0]


class WordProblem(ProblemView):
    """A problem of every shape, as words in matrices: sizes are names, spectra are known by an entry that may be any.

    Active modes come first; each further entry of lam is positive or zero, and positive where ``definite``. The ranges of
    the spectra are not used, and of the order of sigma only that the first is the largest.
    """

    def __init__(self, case: Symbols, name: str, *, kind: str, definite: bool) -> None:
        self.d: Any
        self.p: Any
        self.r: Any
        self.q: Any
        self.d, self.p, self.r = (case.size(f"{name}.{n}", {}) for n in "dpr")
        if kind == "autoencoder":
            self.p = self.d
        curved = self.d.within(f"{name}.curved")  # where lam > 0
        self.q = smallest(self.d, self.p, self.r)
        m = self.m = smallest(self.q, curved).within(f"{name}.m")
        sigma = case.positive(f"{name}.sigma", m, decreasing=True)
        number = self.__dict__  # in the place of what ProblemView computes once and keeps

        def curvature(i: Any) -> Any:
            if kind == "whitened":
                return 1
            if kind == "autoencoder":
                return sigma[i] if i < m else 0
            positive = kind == "noncommuting" or definite or i < curved
            return case.symbol(f"{name}.lam[i]", positive=True) if positive else 0

        lam = number["lam"] = entrywise(self.d, curvature)
        number["sigma"], number["omega"] = sigma, sigma / lam[:m]
        U = number["U"] = case.orthogonal(f"{name}.U", self.d)
        V = number["V"] = U if kind == "autoencoder" else case.orthogonal(f"{name}.V", self.p)
        number["Q"] = case.orthogonal(f"{name}.Q", self.r)
        inner = diagonal(lam)
        if kind == "noncommuting":
            number["B"] = case.matrix(f"{name}.B", self.d, self.d, kind="symmetric")
            inner = inner + number["B"]
        number["Sxx"] = U @ inner @ U.T
        number["Sxy"] = U @ rectangle(sigma, self.d, self.p) @ V.T

        self._case, self._name = case, name

    def compose(self, values: Any) -> Any:
        """``sum_i values_i u_i v_i^T`` (d, p)."""
        return self.U @ rectangle(values, self.d, self.p) @ self.V.T

    def neighbours(self, j: Any, *, distinct: bool = False) -> tuple[Any, Any]:
        """``sigma_j`` and ``sigma_{j+1}`` of a rank that may be any; the first j are no smaller, the others no larger."""
        here = self._case.symbol(f"{self._name}.sigma(j)", positive=True)
        following = self._case.symbol(f"{self._name}.sigma(j+1)", nonnegative=True)
        self._case.holds((here - following).strictly() if distinct else here - following)
        self._case.holds(
            entrywise(self.m, lambda i: self.sigma[i] - here if i < j else following - self.sigma[i])
        )
        return here, following


def _written(sigma: Any, lam: Any, U: Any, V: Any, Q: Any, B: Any = ()) -> JointProblem:
    """A problem with whole numbers among its spectra and entries made fractions."""
    noise = tuple((i, j, Fraction(b)) for i, j, b in B)
    return JointProblem(tuple(map(Fraction, sigma)), tuple(map(Fraction, lam)), U, V, Q, noise)


@dataclass(frozen=True)
class Problem(Domain):
    """Problems with a joint decomposition.

    Args:
        d, p, r: ranges of the shapes, drawn independently.
        modes: range of the number m of active modes (cut to min(d, p, r), and to as many as the gap lets lie in the
            range of sigma).
        sigma, lam: ranges of active values; ``null``: range of lam on null modes (0 comes often).
        gap: least difference between neighbouring sigma (0 allows ties).
        kind: ``commuting`` (B = 0); ``whitened`` (lam = 1 as well); ``autoencoder`` (V = U, sigma = lam);
            ``noncommuting`` (B != 0, Sxx still positive definite).

    >>> problem = Problem(d=Int(2, 2), p=Int(2, 2), r=Int(2, 2))
    >>> value = JointProblem((Fraction(2),), (Fraction(1), Fraction(1)), *3 * (Reflections(2),))
    >>> problem.realise(value, float).Sxy.tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """

    constructors: ClassVar = {"JointProblem": _written, "Reflections": Reflections}
    d: Int = Int(1, 8)
    p: Int = Int(1, 8)
    r: Int = Int(1, 8)
    modes: Int = Int(1, 8)
    sigma: Range = (Fraction(1, 4), 4)
    lam: Range = (Fraction(1, 4), 4)
    null: Range = (0, 4)
    gap: Fraction | int = 0
    kind: Kind = "commuting"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"Expected kind {', '.join(get_args(Kind))} but got Problem(kind={self.kind!r})")
        for name in ("d", "p", "r", "modes"):
            object.__setattr__(self, name, whole_range("Problem", name, getattr(self, name)))
        for name in ("sigma", "lam", "null"):
            given = getattr(self, name)
            made = exact_range("Problem", name, given, positive=name != "null")
            object.__setattr__(self, name, made)
        object.__setattr__(self, "gap", number_at_least("Problem", "gap", self.gap, 0))
        if self.modes.lower > self._room():
            raise ValueError(
                f"Expected room for {self.modes.lower} sigma but got {self}; widen sigma or lower the gap"
            )
        if self.kind == "noncommuting" and self.d.upper < 2:
            raise ValueError(
                f"Expected room for d = 2 but got noncommuting Problem(d={self.d}); a 1 by 1 matrix commutes with all"
            )

    def __str__(self) -> str:
        def ends(pair: Range) -> str:
            return f"[{pair[0]}, {pair[1]}]"

        shapes = ", ".join(
            f"{n} {x.lower} to {x.upper}" for n, x in (("d", self.d), ("p", self.p), ("r", self.r))
        )
        gap = f", gaps at least {self.gap}" if self.gap else ""
        lam = (
            ""
            if self.kind in ("whitened", "autoencoder")
            else f", lam in {ends(self.lam)}, null lam in {ends(self.null)}"
        )
        return f"{self.kind} problems: {shapes}, {self.modes.lower} to {self.modes.upper} modes, sigma in {ends(self.sigma)}{lam}{gap}"

    def draw(self, source: Source, bounds: Bounds | None, earlier: Mapping[str, Any]) -> JointProblem:
        """Shapes first, then spectra, then bases."""
        d, p, r = (source.integer(x.lower, x.upper) for x in (self.d, self.p, self.r))
        if self.kind == "autoencoder":
            p = d
        if self.kind == "noncommuting" and d < 2:
            d = max(2, self.d.lower)
        most = min(d, p, r, self.modes.upper, self._room())
        if most < self.modes.lower:
            raise Infeasible
        m = source.integer(self.modes.lower, most)
        sigma = self._sigma(source, m)
        lam = self._lam(source, d, sigma)
        U = draw_reflections(source, d)
        V = U if self.kind == "autoencoder" else draw_reflections(source, p)
        return JointProblem(sigma, lam, U, V, draw_reflections(source, r), self._noise(source, lam))

    def _room(self) -> int:
        """How many sigma the gap lets lie in their range; the shapes allow fewer."""
        low, high = self.sigma
        return int((high - low) // self.gap) + 1 if self.gap else self.modes.upper

    def _sigma(self, source: Source, m: int) -> tuple[Fraction, ...]:
        from rankladder.domains.matrices import Spectrum

        return Spectrum(m, *self.sigma, gap=self.gap).draw(source, None, {})

    def _lam(self, source: Source, d: int, sigma: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        m = len(sigma)
        if self.kind == "whitened":
            return (Fraction(1),) * d
        if self.kind == "autoencoder":
            return sigma + (Fraction(0),) * (d - m)
        active = Real(*self.lam, closed="both")
        lam = [active.draw(source, None, {}) for _ in range(m)]
        for _ in range(d - m):
            if self.kind == "noncommuting":
                lam.append(active.draw(source, None, {}))
            elif source.integer(0, 2) == 0 and self.null[0] == 0:
                lam.append(Fraction(0))
            else:
                lam.append(Real(*self.null, closed="both").draw(source, None, {}))
        return tuple(lam)

    def _noise(self, source: Source, lam: tuple[Fraction, ...]) -> tuple[tuple[int, int, Fraction], ...]:
        if self.kind != "noncommuting":
            return ()
        d = len(lam)
        entries = []
        # below the smaller diagonal entry over d, rows stay diagonally dominant: Sxx is positive definite
        for i in range(d):
            for j in range(i + 1, d):
                size = Fraction(source.integer(-7, 7), 8) * min(lam[i], lam[j]) / d
                if size:
                    entries.append((i, j, size))
        return tuple(entries) or ((0, 1, min(lam[0], lam[1]) / (2 * d)),)

    def sized(self, source: Source) -> Problem:
        """Those with shapes and modes at the ends of their ranges."""
        d, p, r = (x.sized(source) for x in (self.d, self.p, self.r))
        if self.kind == "autoencoder":
            p = d
        if self.kind == "noncommuting" and d.upper < 2:
            d = Int(2, 2)
        most = min(d.upper, p.upper, r.upper, self.modes.upper, self._room())
        modes = Int(most, most) if source.integer(0, 1) else Int(self.modes.lower, self.modes.lower)
        return replace(self, d=d, p=p, r=r, modes=modes) if most >= self.modes.lower else self

    def entries(self, value: JointProblem) -> tuple[Entry, ...]:
        """Every sigma, then every lam that the kind leaves free, then what is not zero of B."""
        m = len(value.sigma)
        found = [(x, self.sigma, "sigma") for x in value.sigma]
        if self.kind in ("commuting", "noncommuting"):
            null = self.null if self.kind == "commuting" else self.lam
            found += [(x, self.lam, "lam") for x in value.lam[:m]]
            found += [(x, null, "lam_null") for x in value.lam[m:]]
        # the bound itself is outside
        most = [x / value.U.n * Fraction(1023, 1024) for x in value.lam] if value.B else []
        for i, j, b in value.B:
            top = min(most[i], most[j])
            found.append((b, (-top, top), "B"))
        return tuple(Entry(x, low, high, kind) for x, (low, high), kind in found)

    def with_entries(self, value: JointProblem, numbers: Sequence[Fraction]) -> JointProblem:
        """Sigma in order again; lam and B, if any, where they were."""
        m, d = len(value.sigma), len(value.lam)
        sigma, lam, noise = tuple(sorted(numbers[:m], reverse=True)), value.lam, numbers[m + d :]
        if self.kind == "autoencoder":
            lam = (*sigma, *value.lam[m:])
        elif self.kind != "whitened":
            lam = tuple(numbers[m : m + d])
        B = tuple((i, j, b) for (i, j, _), b in zip(value.B, noise, strict=True))
        return replace(value, sigma=sigma, lam=lam, B=B)

    def unframed(self, value: JointProblem) -> JointProblem:
        """With identity matrices for U, V and Q."""
        return replace(value, U=Reflections(value.U.n), V=Reflections(value.V.n), Q=Reflections(value.Q.n))

    def _reshaped(self, value: JointProblem, source: Source) -> JointProblem:
        """A shape or the number of modes changed by one or to an end of its range, the rest fitted to it."""
        (d, p, r), m = value.shape, len(value.sigma)
        which = source.integer(0, 3)
        if which == 3:
            most = min(self.modes.upper, self.d.upper, self.p.upper, self.r.upper, self._room())
            m = resized(Int(self.modes.lower, most), m, source)
            d, p, r = max(d, m), max(p, m), max(r, m)
        else:
            d = resized(self.d, d, source) if which == 0 else d
            p = resized(self.p, p, source) if which == 1 else p
            r = resized(self.r, r, source) if which == 2 else r
        p = d if self.kind == "autoencoder" else p
        d = max(d, 2) if self.kind == "noncommuting" else d
        m = min(m, d, p, r)
        if m < self.modes.lower:
            raise Infeasible
        # numbers that are missing are drawn; a lam that is no longer active is a null one
        more = self._sigma(source, m - len(value.sigma)) if m > len(value.sigma) else ()
        sigma = tuple(sorted((*value.sigma[:m], *more), reverse=True))
        lam = self._lam(source, d, sigma)
        if self.kind != "autoencoder":
            active = (*value.lam[: len(value.sigma)], *lam[len(value.sigma) :])[:m]
            lam = (*active, *value.lam[m:d], *lam[max(m, len(value.lam)) :])
        U = fitted(value.U, d)
        V = U if self.kind == "autoencoder" else fitted(value.V, p)
        return JointProblem(sigma, lam, U, V, fitted(value.Q, r), self._noise(source, lam))

    def mutate(self, value: JointProblem, source: Source) -> JointProblem:
        """One part changed: a shape, the number of modes, a sigma, a lam, a basis, the noise."""
        part = source.integer(0, 9)
        if part >= 6:
            return self._reshaped(value, source)
        lam_domain, sigma_domain = Real(*self.lam, closed="both"), Real(*self.sigma, closed="both")
        if part <= 1:
            i = source.integer(0, len(value.sigma) - 1)
            sigma = list(value.sigma)
            sigma[i] = sigma_domain.mutate(sigma[i], source)
            sigma.sort(reverse=True)
            lam = (*sigma, *value.lam[len(sigma) :]) if self.kind == "autoencoder" else value.lam
            return replace(value, sigma=tuple(sigma), lam=lam)
        if part <= 3 and self.kind in ("commuting", "noncommuting"):
            i = source.integer(0, len(value.lam) - 1)
            moved = lam_domain.mutate(value.lam[i], source)
            return replace(value, lam=(*value.lam[:i], moved, *value.lam[i + 1 :]))
        if part == 4 and self.kind == "noncommuting":
            return replace(value, B=self._noise(source, value.lam))
        which = "UVQ"[source.integer(0, 2)]
        made = neighbouring_reflections(getattr(value, which), source)
        return _reframed(value, which, made, tied=self.kind == "autoencoder")

    def simpler(self, value: JointProblem) -> Iterator[JointProblem]:
        """Smaller shapes, fewer modes, simpler bases, spectra scaled to whole numbers, simpler numbers."""
        d, p, r = value.shape
        m = len(value.sigma)
        for i in range(m):
            if m > 1:
                yield _without_mode(value, i)
        tied = self.kind == "autoencoder"
        for shape in ((m, m, m), (d - 1, p - 1 if tied else p, r), (d, p - 1, r), (d, p, r - 1)):
            if (
                all(m <= new <= old for new, old in zip(shape, value.shape, strict=True))
                and shape != value.shape
            ):
                yield _resized(value, *shape)
        for which in "UVQ":
            frame = getattr(value, which)
            for made in Orthogonal(frame.n).simpler(frame):
                yield _reframed(value, which, made, tied=tied)
        for i in range(len(value.B)):
            if len(value.B) > 1:
                yield replace(value, B=value.B[:i] + value.B[i + 1 :])
        yield from (made for made in _scaled(value, tied=tied) if self.weight(made) < self.weight(value))
        scalar = Real(0, None, closed="left")
        for i, (a, b, c) in enumerate(value.B):
            for candidate in Real().simpler(c):
                yield replace(value, B=(*value.B[:i], (a, b, candidate), *value.B[i + 1 :]))
        for i, x in enumerate(value.sigma):
            for candidate in scalar.simpler(x):
                sigma = (*value.sigma[:i], candidate, *value.sigma[i + 1 :])
                lam = (*sigma, *value.lam[m:]) if tied else value.lam
                yield replace(value, sigma=sigma, lam=lam)
        for i, x in enumerate(value.lam):
            if not tied:
                for candidate in scalar.simpler(x):
                    yield replace(value, lam=(*value.lam[:i], candidate, *value.lam[i + 1 :]))

    def weight(self, value: JointProblem) -> float:
        """Shapes, numbers and bases together."""
        frames = sum(Orthogonal(f.n).weight(f) for f in (value.U, value.V, value.Q))
        spectra = sum(2 + bits(x) for x in (*value.sigma, *value.lam))
        return frames + spectra + sum(value.shape) + sum(3 + bits(b) for _, _, b in value.B)

    def contains(self, value: Any, earlier: Mapping[str, Any]) -> bool:
        """Whether shapes, ranges, order, gap and kind are right."""
        return not self.misfit(value, earlier)

    def misfit(self, value: Any, earlier: Mapping[str, Any]) -> str:
        """What is wrong: a shape, the number of modes, a range, the order or a gap of sigma, or the kind.

        >>> noisy = JointProblem((Fraction(1),), (Fraction(1),) * 2, *3 * (Reflections(2),), ((0, 1, Fraction(1, 2)),))
        >>> Problem(kind="noncommuting").misfit(noisy, {})
        '|B_12| = 1/2 must be below min(lam_1, lam_2)/d = 1/2, so that Sxx is positive definite'
        """
        if not isinstance(value, JointProblem):
            return "it must be a JointProblem"
        d, p, r = value.shape
        for name, span, n in (("d", self.d, d), ("p", self.p, p), ("r", self.r, r)):
            if not span.lower <= n <= span.upper:
                return f"{name} = {n} must lie in {span.lower} to {span.upper}"
        if len(value.lam) != d:
            return f"lam has {len(value.lam)} entries but must have d = {d}"
        m, most = len(value.sigma), min(d, p, r, self.modes.upper)
        if not self.modes.lower <= m <= most:
            return f"it has {m} modes but must have {self.modes.lower} to {most}"
        return self._spectra_misfit(value, m) or self._kind_misfit(value, m)

    def _spectra_misfit(self, value: JointProblem, m: int) -> str:
        ranges = [("sigma", self.sigma, value.sigma, 1)]
        if self.kind in ("commuting", "noncommuting"):
            rest = self.null if self.kind == "commuting" else self.lam
            ranges += [("lam", self.lam, value.lam[:m], 1), ("lam", rest, value.lam[m:], m + 1)]
        for name, (low, high), values, first in ranges:
            for i, x in enumerate(values, first):
                if not low <= x <= high:
                    return f"{name}_{i} = {x} must lie in [{low}, {high}]"
        wrong = falling(value.sigma, self.gap)
        return f"sigma: {wrong}" if wrong else ""

    def _kind_misfit(self, value: JointProblem, m: int) -> str:
        if self.kind != "noncommuting" and value.B:
            return f"{self.kind} problems have no B"
        if self.kind == "whitened" and set(value.lam) != {Fraction(1)}:
            return "whitened problems have lam = 1 throughout"
        if self.kind == "autoencoder":
            if value.U != value.V:
                return "autoencoder problems have V = U"
            if value.lam != value.sigma + (Fraction(0),) * (value.U.n - m):
                return "autoencoder problems have lam = sigma, and 0 beyond"
        return self._noise_misfit(value) if self.kind == "noncommuting" else ""

    @staticmethod
    def _noise_misfit(value: JointProblem) -> str:
        d = value.U.n
        for i, j, b in value.B:
            if not 0 <= i < j < d:
                return f"B has an entry ({i}, {j}) but its entries must lie above the diagonal, 0 <= i < j < d = {d}"
            most = min(value.lam[i], value.lam[j]) / d
            if abs(b) >= most:
                at, names = f"{i + 1}{j + 1}", f"lam_{i + 1}, lam_{j + 1}"
                return f"|B_{at}| = {abs(b)} must be below min({names})/d = {most}, so that Sxx is positive definite"
        return (
            "" if any(b for _, _, b in value.B) else "noncommuting problems have an entry of B that is not 0"
        )

    def symbols(self, name: str, case: Symbols, choice: Mapping[str, Any]) -> ProblemView:
        """A problem of every shape."""
        return WordProblem(case, name, kind=self.kind, definite=self.null[0] > 0)

    def realise(self, value: JointProblem, number: Number) -> ProblemView:
        """The problem in one arithmetic."""
        return ProblemView(value, number)

    def coordinates(self, name: str, value: JointProblem) -> dict[str, tuple[float, float]]:
        """Shapes, number of modes, extreme sigma and lam (active and null apart)."""
        d, p, r = map(float, value.shape)
        m = len(value.sigma)
        found = {
            f"{name}.d": (d, d),
            f"{name}.p": (p, p),
            f"{name}.r": (r, r),
            f"{name}.m": (float(m), float(m)),
            f"{name}.sigma": (float(min(value.sigma)), float(max(value.sigma))),
            f"{name}.lam": (float(min(value.lam[:m])), float(max(value.lam[:m]))),
        }
        if value.lam[m:]:
            found[f"{name}.lam_null"] = (float(min(value.lam[m:])), float(max(value.lam[m:])))
        if value.B:
            sizes = [abs(float(b)) for _, _, b in value.B]
            found[f"{name}.B"] = (min(sizes), max(sizes))
        return found


def _scaled(value: JointProblem, *, tied: bool) -> Iterator[JointProblem]:
    """``Sxy``, ``Sxx`` or both multiplied so that their spectra are whole; only both where they are tied."""
    sigma, lam = to_whole(value.sigma), to_whole(value.lam)
    factors = {(sigma, sigma)} if tied else {(sigma, lam), (sigma, Fraction(1)), (Fraction(1), lam)}
    for along_sigma, along_lam in sorted(factors - {(1, 1)}):
        yield replace(
            value,
            sigma=tuple(along_sigma * x for x in value.sigma),
            lam=tuple(along_lam * x for x in value.lam),
            B=tuple((i, j, along_lam * b) for i, j, b in value.B),
        )


def _reframed(value: JointProblem, which: str, made: Reflections, *, tied: bool) -> JointProblem:
    """One basis replaced; U and V together where they are tied."""
    both = tied and which in "UV"
    return replace(
        value,
        U=made if which == "U" or both else value.U,
        V=made if which == "V" or both else value.V,
        Q=made if which == "Q" else value.Q,
    )


def _without_mode(value: JointProblem, i: int) -> JointProblem:
    d, p, r = value.shape
    sigma, lam = value.sigma[:i] + value.sigma[i + 1 :], value.lam[:i] + value.lam[i + 1 :]
    noise = tuple((a - (a > i), b - (b > i), c) for a, b, c in value.B if i not in (a, b))
    return JointProblem(
        sigma, lam, fitted(value.U, d - 1), fitted(value.V, p - 1), fitted(value.Q, r - 1), noise
    )


def _resized(value: JointProblem, d: int, p: int, r: int) -> JointProblem:
    noise = tuple((a, b, c) for a, b, c in value.B if b < d)
    return JointProblem(
        value.sigma, value.lam[:d], fitted(value.U, d), fitted(value.V, p), fitted(value.Q, r), noise
    )
