"""GD-1 to GD-3: descent on matrices decouples into modes, their normal form, how fast a mode can grow."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    exp,
    forall,
    implies,
    least,
    lemma,
    strictly,
    symbols,
)
from rankladder.numbers import choosing, midpoints
from rankladder.simulate import descent, matrix_descent, mode_descent, spectral_start
from rankladder.theory import descent_step, entry_step, growth_factor, normal_form_step, thresholds

Array = np.ndarray[Any, Any]
s, z0 = symbols("s z0")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A5); restated"
ANY = Otherwise("problem", Problem(kind="noncommuting"))


def framed(problem: Any, s1: Any, delta: Any, times: list[int]) -> tuple[Array, Array]:
    """Factors of the orbit in the joint frame, ``U^T W1 Q^T`` and ``Q W2 V``, at the given steps."""
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    return in_frame(problem, matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], times))


def in_frame(problem: Any, orbit: Any) -> tuple[Array, Array]:
    """``U^T W1 Q^T`` (times, d, r) and ``Q W2 V`` (times, r, p) of an orbit."""
    left = np.stack([problem.U.T @ A @ problem.Q.T for A in orbit.W1])
    right = np.stack([problem.Q @ A @ problem.V for A in orbit.W2])
    return left, right


@choosing()
def marks(problem: Any, s1: Any, delta: Any) -> list[int]:
    """Steps spread over the orbit, until the slowest active mode has long been fitted."""
    slowest = np.log1p(float(midpoints(s1 * problem.sigma[-1] / problem.sigma[0])))
    last = 4 + int(3 * (float(midpoints(delta)) + 1) / slowest)
    return sorted({0, 1, last // 4, last // 2, 3 * last // 4, last})


def diagonal_states(problem: Any, left: Array, right: Array) -> tuple[Array, Any]:
    """Entries of both factors in the joint frame (times, q), and the margin of their being all there is, and equal."""
    entries = np.stack([np.diagonal(A)[: problem.q] for A in left])
    parts = [equal(entries, np.stack([np.diagonal(A)[: problem.q] for A in right]))]
    for A in (left, right):
        mask = np.eye(*A.shape[1:]) == 0
        if mask.any():
            parts.append(equal(A[:, mask], 0))
    return entries, forall(*parts)


def entries_follow(problem: Any, eta: Any, here: Array, there: Array, step: Any = entry_step) -> Any:
    """The entries one step later are those of the entry map, their squares those of the map of products."""
    lam = problem.lam[: problem.q]
    sigma = np.concatenate([problem.sigma, 0 * problem.lam[problem.m : problem.q]])[: problem.q]
    return forall(
        equal(there, step(eta, sigma, lam, here)), equal(there**2, descent_step(eta, sigma, lam, here**2))
    )


def decouples(problem: Any, s1: Any, delta: Any, step: Any = entry_step, start: Any = None) -> Any:
    """Both factors stay diagonal with equal entries, which start at e^{-delta} and follow the entry map."""
    first = marks(problem, s1, delta)
    times = sorted({*first, *(k + 1 for k in first)})
    entries, diagonal = diagonal_states(problem, *framed(problem, s1, delta, times))
    parts = [diagonal, equal(entries[0], exp(-delta) if start is None else start)]
    for k in first:
        here, there = entries[times.index(k)], entries[times.index(k + 1)]
        parts.append(entries_follow(problem, s1 / problem.sigma[0], here, there, step))
    return forall(*parts)


@claim(
    "GD-1.decoupling",
    title="matrices: descent from a spectral start keeps both factors diagonal, entry by entry",
    statement=r"W_1(k) = U\,\mathrm{diag}(a_i)\,Q,\ W_2(k) = Q^\top \mathrm{diag}(a_i) V^\top,\ "
    r"a_i \leftarrow a_i (1 + \eta(\sigma_i - \lambda_i a_i^2))",
    source=PAPER,
    over={
        "problem": Problem(sigma=(1, 4), modes=Int(1, 4)),
        "s1": Real(Fraction(1, 4), 1),
        "delta": Real(Fraction(1, 2), 4),
    },
    given={"commuting": ANY},
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return decouples(problem, s1, delta)


SIGN = thresholds()["entries keep their sign"]
ENTRIES = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 40)}


def entries_positive(s: Any, z0: Any, steps: int) -> Any:
    """The diagonal entry stays at or above zero."""
    return forall(mode_descent(s, 1, 1, z0 * s, steps).a)


claim(
    "GD-1.sign",
    title="one mode: the entries keep their sign exactly up to s = 3 sqrt(3)/2 - 1",
    statement=r"s \le \tfrac{3\sqrt3}{2} - 1,\ z_0 \le 1:\ a_k \ge 0",
    source="this project",
    over=ENTRIES,
    given={"keeps-sign": s <= SIGN, "small-start": z0 <= 1},
)(lambda s, z0, steps: entries_positive(s, z0, steps))


def sign_lost(s: Any, share: Any = 1) -> Any:
    """From z_0 = (1+s)/(3s), which one step carries furthest, the second entry is negative (in units of the first)."""
    a = mode_descent(s, 1, 1, share * (1 + s) / 3, 2).a
    return strictly(-a[2] / a[1])


claim(
    "GD-1.sign-lost",
    title="one mode: at every larger step an explicit start below the fitted value loses its sign in two steps",
    statement=r"s > \tfrac{3\sqrt3}{2} - 1,\ z_0 = \tfrac{1+s}{3s} < 1:\ a_2 < 0",
    source="this project",
    over={"s": Real(0, 4)},
    given={"loses-sign": s > SIGN},
)(lambda s: sign_lost(s))

claim(
    "GD-1.not-nonnegative",
    title="one mode: the entries stay nonnegative whatever the step",
    statement=r"a_k \ge 0",
    source="this project",
    over=ENTRIES,
    given={"small-start": z0 <= 1},
    expects="refuted",
)(lambda s, z0, steps: entries_positive(s, z0, steps))


def normal_form(sigma: Any, lam: Any, eta: Any, w0: Any, steps: int) -> Any:
    """Lam w/sigma follows the normal form at s = eta sigma from lam w0/sigma."""
    modes = mode_descent(sigma, lam, eta, w0, steps)
    orbit = descent(eta * sigma, lam * w0 / sigma, steps).z
    z = lam * modes.w / sigma
    step = normal_form_step(eta * sigma, orbit[:-1])
    return forall(equal(z, orbit) / (1 + z), equal(z[1:], step) / (1 + z[1:]))


claim(
    "GD-2",
    title="one mode depends on s = eta sigma and z_0 = lam w_0/sigma alone",
    statement=r"z_{k+1} = z_k (1 + s (1 - z_k))^2",
    source="this project",
    over={"sigma": Real(Fraction(1, 4), 4), "lam": Real(Fraction(1, 4), 4), "eta": Real(0, Fraction(1, 4)),
          "w0": Real(0, 1), "steps": Int(1, 30)},
)(lambda sigma, lam, eta, w0, steps: normal_form(sigma, lam, eta, w0, steps))  # fmt: skip


def grows_at_most(s: Any, z0: Any, steps: int) -> Any:
    """z_k/z_0 <= (1+s)^{2k}; no logarithm, because z_k may be 0: s = 5/3, z_0 = 2/5 lands there in two steps."""
    orbit = descent(s, z0, steps)
    return forall(1 - orbit.z / (z0 * growth_factor(s) ** orbit.k))


claim(
    "GD-3.orbit",
    title="growth by at most (1+s)^2 a step, along orbits that stay in the range of the bound",
    statement=r"s \le 2,\ 0 < z_0 \le 1:\ z_k \le z_0 (1+s)^{2k}",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 12)},
    given={"bounded-step": s <= 2, "small-start": z0 <= 1},
)(lambda s, z0, steps: grows_at_most(s, z0, steps))


def grows_in_range(s: Any, z0: Any, steps: int, reach: Any = 2) -> Any:
    """z_k/z_0 <= (1+s)^{2k} as long as every earlier state is at most 2 (1+s)/s."""
    z = descent(s, z0, steps).z
    room = reach * (1 + s) - s * z[0]
    margins = []
    for k in range(1, steps + 1):
        margins.append(implies(room, 1 - z[k] / (z0 * growth_factor(s) ** k)))
        room = least(room, reach * (1 + s) - s * z[k])
    return forall(*margins)


claim(
    "GD-3.in-range",
    title="growth by at most (1+s)^2 a step, from every start, as long as z stays at or below 2 (1+s)/s",
    statement=r"z_0,\dots,z_{k-1} \le 2(1+s)/s:\ z_k \le z_0 (1+s)^{2k}",
    source="this project",
    over={"s": Real(0, 4), "z0": Real(0, 8), "steps": Int(1, 8)},
)(lambda s, z0, steps: grows_in_range(s, z0, steps))

z = symbols("z")
lemma(
    "GD-3.step",
    z * (1 + s * (1 - z)) ** 2 <= (1 + s) ** 2 * z,
    title="one step grows z by at most (1+s)^2 for z <= 2 (1+s)/s, also below 0",
    source="this project",
    over={"s": Real(0, 8), "z": Real(-8, 32)},
    given={"in-range": s * z <= 2 * (1 + s)},
)
