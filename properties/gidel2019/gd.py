"""GD-1 to GD-3: descent on matrices decouples into modes, their normal form, how fast a mode can grow."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import sympy

from rankladder import (
    Int,
    Otherwise,
    Problem,
    Real,
    always,
    claim,
    equal,
    exp,
    forall,
    lemma,
    strictly,
    symbols,
)
from rankladder.language.orbits import keeps_form
from rankladder.numbers import choosing, midpoints
from rankladder.numbers.words import entrywise
from rankladder.properties.gidel2019.flow import factors
from rankladder.properties.gidel2019.one_mode import beside, q, s, z, z0
from rankladder.properties.gidel2019.spectral_starts import descended, slowest_rate
from rankladder.simulate import descent, matrix_descent, mode_descent, spectral_start
from rankladder.theory import descent_step, entry_step, growth_factor, normal_form_step, threshold

Array = np.ndarray[Any, Any]
a = symbols("a")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A5); restated"
ANY = Otherwise("problem", Problem(kind="noncommuting"))


def framed(problem: Any, s1: Any, delta: Any, times: list[int]) -> tuple[Array, Array]:
    """Factors of the orbit in the joint frame, ``U^T W1 Q^T`` and ``Q W2 V``, at the given steps."""
    return in_frame(problem, descended(problem, s1, delta, times))


def in_frame(problem: Any, orbit: Any) -> tuple[Array, Array]:
    """``U^T W1 Q^T`` (times, d, r) and ``Q W2 V`` (times, r, p) of an orbit."""
    left = np.stack([problem.U.T @ A @ problem.Q.T for A in orbit.W1])
    right = np.stack([problem.Q @ A @ problem.V for A in orbit.W2])
    return left, right


@choosing()
def marks(problem: Any, s1: Any, delta: Any) -> list[int]:
    """Steps spread over the orbit, until the slowest active mode has long been fitted."""
    last = 4 + int(3 * (float(midpoints(delta)) + 1) / slowest_rate(problem, s1))
    return sorted({0, 1, last // 4, last // 2, 3 * last // 4, last})


def two_layers(problem: Any, eta: Any) -> Any:
    """Gradient descent on the two factors: from a state, at given times."""

    def run(state: Any, times: Any) -> list[Any]:
        W1, W2 = state
        orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, eta, times)
        return list(zip(orbit.W1, orbit.W2, strict=True))

    return run


def spectral_entries(problem: Any, state: Any) -> Any:
    """The diagonal of the first factor in the joint frame (q,)."""
    return np.diagonal(problem.U.T @ state[0] @ problem.Q.T)[: problem.q]


def entries_follow(problem: Any, eta: Any, here: Array, there: Array, step: Any) -> Any:
    """The entries one step later are those of the entry map, their squares those of the map of products."""
    lam = problem.lam[: problem.q]
    sigma = entrywise(problem.q, lambda i: problem.sigma[i] if i < problem.m else 0 * problem.lam[i])
    return forall(
        equal(there, step(eta, sigma, lam, here)), equal(there**2, descent_step(eta, sigma, lam, here**2))
    )


@claim(
    "GD-1.decoupling",
    title="matrices: descent from a spectral start keeps both factors diagonal, entry by entry",
    statement=r"W_1(k) = U\,\mathrm{diag}(a_i)\,Q,\ W_2(k) = Q^\top \mathrm{diag}(a_i) V^\top,\ "
    r"a_i \leftarrow a_i (1 + \eta(\sigma_i - \lambda_i a_i^2))",
    source=PAPER,
    over={
        "problem": Problem(sigma=(1, 4), modes=Int(1, 4)),
        "s1": Real(Fraction(1, 4), 1),
        "delta": Real(0, drawn=(Fraction(1, 2), 4)),
    },
    given={"commuting": ANY},
    constants={"start": lambda delta: exp(-delta), "step": entry_step},
)
def decoupling(problem: Any, s1: Any, delta: Any, start: Any, step: Any) -> Any:
    """Both factors stay diagonal with equal entries, which start at e^{-delta} and follow the entry map."""
    eta, first = s1 / problem.sigma[0], spectral_start(problem.U, problem.V, problem.Q, delta)
    decoupled = keeps_form(
        two_layers(problem, eta),
        first,
        lambda: marks(problem, s1, delta),
        form=partial(factors, problem),
        read=partial(spectral_entries, problem),
        moves=lambda here, there: entries_follow(problem, eta, here, there, step),
    )
    return forall(decoupled, equal(spectral_entries(problem, first), start(delta)))


decoupling.twin("any-data", "without commuting data", drop="commuting")
decoupling.twin(
    "step-off",
    "the entry map with a step one per cent larger",
    constants={"step": lambda eta, sigma, lam, a: entry_step(eta * Fraction(101, 100), sigma, lam, a)},
)
decoupling.twin(
    "start-off", "entries that start at e^{-2 delta}", constants={"start": lambda delta: exp(-2 * delta)}
)
decoupling.twin(
    "entry-not-squared",
    "the entry map with the learned fraction in place of the entry squared",
    constants={"step": lambda eta, sigma, lam, a: a * (1 + eta * (sigma - lam * a))},
)

SIGN = threshold("entries keep their sign")
ENTRIES = {"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 40)}


def entries(s: Any, z0: Any, steps: int) -> Any:
    """The orbit of the diagonal entry."""
    return mode_descent(s, 1, 1, z0 * s, steps).a


sign = always(
    "GD-1.sign",
    a >= 0,
    start={a: sympy.sqrt(s * z0)},
    step={a: entry_step(1, s, 1, a)},
    orbit={a: entries},
    title="one mode: the entries keep their sign exactly up to s = 3 sqrt(3)/2 - 1",
    over=ENTRIES,
    given={"keeps-sign": s <= SIGN, "small-start": z0 <= 1},
    along={"below the zero of the map": (a >= 0) & (a**2 <= 1 + s)},
)
sign.twin("a-tenth-beyond", "up to a step a tenth larger", given={"keeps-sign": 10 * s <= 18})
sign.twin("any-start", "from starts above the fitted value", drop="small-start")
sign.twin("never-zero-margin", "entries stay above a hundredth", relation=100 * a >= 1)


@claim(
    "GD-1.sign-lost",
    title="one mode: at every larger step an explicit start below the fitted value loses its sign in two steps",
    statement=r"s > \tfrac{3\sqrt3}{2} - 1,\ z_0 = \tfrac{1+s}{3s} < 1:\ a_2 < 0",
    over={"s": Real(0, drawn=4)},
    given={"loses-sign": s > SIGN},
    constants={"start": lambda s: (1 + s) / (3 * s)},
)
def sign_lost(s: Any, start: Any) -> Any:
    """From the start that one step carries furthest, the second entry is negative (in units of the first)."""
    a = entries(s, start(s), 2)
    return strictly(-a[2] / a[1])


sign_lost.twin("a-tenth-earlier", "from a step a tenth smaller", given={"loses-sign": 10 * s > 14})
sign_lost.twin(
    "start-off",
    "from a start a tenth smaller",
    constants={"start": lambda s: Fraction(9, 10) * (1 + s) / (3 * s)},
)

always(
    "GD-1.not-nonnegative",
    a >= 0,
    start={a: sympy.sqrt(s * z0)},
    step={a: entry_step(1, s, 1, a)},
    orbit={a: entries},
    title="one mode: the entries stay nonnegative whatever the step",
    over=ENTRIES,
    given={"small-start": z0 <= 1},
    expects="refuted",
)


SIZES = {"sigma": Real(0, drawn=(Fraction(1, 4), 4)), "lam": Real(0, drawn=(Fraction(1, 4), 4)), "eta": Real(0, drawn=Fraction(1, 4)), "w0": Real(0, 1)}  # fmt: skip
sigma, lam, eta, w0, w = symbols("sigma lam eta w0 w")
normal_form = always(
    "GD-2",
    sympy.Eq(lam * w, sigma * z),
    start={w: w0, z: lam * w0 / sigma},
    step={w: descent_step(eta, sigma, lam, w), z: normal_form_step(eta * sigma, z)},
    orbit={
        w: lambda sigma, lam, eta, w0, steps: mode_descent(sigma, lam, eta, w0, steps).w,
        z: lambda sigma, lam, eta, w0, steps: descent(eta * sigma, lam * w0 / sigma, steps).z,
    },
    title="one mode depends on s = eta sigma and z_0 = lam w_0/sigma alone",
    over=SIZES | {"steps": Int(1, 30)},
)
normal_form.twin(
    "step-off", "s one per cent larger", step={z: normal_form_step(sympy.Rational(101, 100) * eta * sigma, z)}
)
normal_form.twin(
    "scale-off", "z = 1.01 lam w/sigma", relation=sympy.Eq(sympy.Rational(101, 100) * lam * w, sigma * z)
)


growth = always(
    "GD-3.orbit",
    z <= q,
    **beside(z0, growth_factor(s)),
    title="growth by at most (1+s)^2 a step, along orbits that stay in the range of the bound",
    over={"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 12)},
    given={"bounded-step": s <= 2, "small-start": z0 <= 1},
    along={"invariant": (z >= 0) & (s * z <= 2 + s)},
)
growth.twin("one-step-less", "grows by one step less", start={q: z0 / growth_factor(s)})
growth.twin("exponent-off", "grows by (1+s)^{1.8} a step", step={q: q * (1 + s) ** sympy.Rational(9, 5)})

growth_in_range = always(
    "GD-3.in-range",
    z <= q,
    **beside(z0, growth_factor(s)),
    while_=s * z <= 2 * (1 + s),
    title="growth by at most (1+s)^2 a step, from every start, as long as z stays at or below 2 (1+s)/s",
    over={"s": Real(0, drawn=4), "z0": Real(0, drawn=8), "steps": Int(1, 8)},
    along={"positive": z >= 0},
)
growth_in_range.twin("range-off", "up to z = 2.2 (1+s)/s", while_=5 * s * z <= 11 * (1 + s))
growth_in_range.twin(
    "growth-off", "growth a tenth smaller in the exponent", step={q: q * (1 + s) ** sympy.Rational(9, 5)}
)

one_step = lemma(
    "GD-3.step",
    z * (1 + s * (1 - z)) ** 2 <= (1 + s) ** 2 * z,
    title="one step grows z by at most (1+s)^2 for z <= 2 (1+s)/s, also below 0",
    over={"s": Real(0, drawn=8), "z": Real(-8, 32)},
    given={"in-range": s * z <= 2 * (1 + s)},
)
one_step.twin("range-off", "up to z = 2.2 (1+s)/s", given={"in-range": 10 * s * z <= 22 * (1 + s)})
one_step.twin("no-range", "for every z", drop="in-range")
one_step.twin(
    "growth-off",
    "growth one per cent smaller",
    relation=z * (1 + s * (1 - z)) ** 2 <= sympy.Rational(99, 100) * (1 + s) ** 2 * z,
)
