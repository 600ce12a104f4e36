"""INIT-1, INIT-2: starts that are not spectral; frames that are only invertible, and Gaussian starts."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Matrix,
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    forall,
    log1p,
    most,
    sqrt,
    strictly,
)
from rankladder.numbers import Ball, choosing, hull, midpoints
from rankladder.numbers.words import entrywise, rectangle, triangular
from rankladder.properties.gidel2019.flow import mode_values
from rankladder.properties.gidel2019.step_stability import curvatures
from rankladder.simulate import gaussian_start, matrix_descent, two_layer_gradients

Array = np.ndarray[Any, Any]
# a frame is T Q with Q orthogonal and T lower triangular: mixed in the rows of the modes, free in the others
FRAME: dict[str, Any] = {"mixed": Matrix(8, 8, scale=0), "free": Matrix(8, 8)}
MIXED = Otherwise("mixed", Matrix(8, 8))


def triangle(problem: Any, mixed: Array, free: Array) -> tuple[Array, Array]:
    """``T`` (r, r), lower triangular with a diagonal of at least 1, and its inverse."""
    r, q = problem.r, problem.q
    modes = entrywise(r, lambda i: 1 if i < q else 0)
    of_modes, back = triangular(mixed[:r, :r] * modes)
    others, undo = triangular(free[:r, :r], q)
    return of_modes @ others, undo @ back


def framed(problem: Any, entries: Array, T: Array, back: Array) -> tuple[Array, Array]:
    """``U diag(entries) T Q`` (d, r) and ``Q^T T^{-1} diag(entries) V^T`` (r, p)."""
    W1 = problem.U @ rectangle(entries, problem.d, problem.r) @ T @ problem.Q
    W2 = problem.Q.T @ back @ rectangle(entries, problem.r, problem.p) @ problem.V.T
    return W1, W2


FLOW = {"problem": Problem(), "delta": Real(drawn=(-8, 32)), "t": Real(0, drawn=256), **FRAME}


@claim(
    "INIT-1.sufficient",
    title="matrices: an invertible frame that is orthonormal on the modes keeps the closed form",
    statement=r"W_1(0) = U D Q,\ W_2(0) = Q^{-1} D' V^\top,\ QQ^\top e_i = e_i\ (i \le q):\quad "
    r"W_1(t) = U\,\mathrm{diag}(\sqrt{w_i})\,Q,\ W_2(t) = Q^{-1}\mathrm{diag}(\sqrt{w_i})V^\top",
    over=FLOW,
    given={"commuting": Otherwise("problem", Problem(kind="noncommuting")), "orthonormal": MIXED},
    constants={"pace": 1},
)
def sufficient(problem: Any, delta: Any, t: Any, mixed: Array, free: Array, pace: Any) -> Any:
    """The closed form in this frame moves against the gradients at time t."""
    T, back = triangle(problem, mixed, free)
    w, rate = mode_values(problem, delta, t)
    entries = sqrt(abs(w))
    G1, G2 = two_layer_gradients(problem.Sxx, problem.Sxy, *framed(problem, entries, T, back))
    V1, V2 = framed(problem, pace * rate / (2 * entries), T, back)
    return forall(equal(V1, -G1), equal(V2, -G2))


sufficient.twin("any-frame", "without orthonormal rows", drop="orthonormal")
sufficient.twin("any-data", "without commuting data", drop="commuting")
sufficient.twin("faster", "1% faster", constants={"pace": Fraction(101, 100)})

claim(
    "INIT-1.not-every-invertible",
    title="matrices: every invertible frame keeps the closed form",
    statement=r"W_1(0) = U D Q,\ W_2(0) = Q^{-1} D' V^\top:\quad W_1(t) = U\,\mathrm{diag}(\sqrt{w_i})\,Q",
    over=FLOW | {"mixed": Matrix(8, 8)},
    expects="refuted",
)(lambda problem, delta, t, mixed, free: sufficient.conclusion(problem, delta, t, mixed, free, pace=1))

EVERY = {"problem": Problem(), "delta": Real(drawn=(-16, 16)), "mixed": Matrix(8, 8), "free": Matrix(8, 8)}


@claim(
    "INIT-1.necessary",
    title="matrices: a frame that is not orthonormal on a moving mode leaves the closed form at once",
    statement=r"\|\dot W_1(0) - U\,\tfrac{d}{dt}\mathrm{diag}(\sqrt{w_i})\,Q\|_F^2 \ge "
    r"\frac{1}{\|Q\|_F^2}\sum_{i \le q} (\sigma_i - \lambda_i w_i)^2 w_i \, \|(QQ^\top - I) e_i\|^2",
    over=EVERY,
    given={"commuting": Otherwise("problem", Problem(kind="noncommuting"))},
    constants={"share": 1},
)
def necessary(problem: Any, delta: Any, mixed: Array, free: Array, share: Any) -> Any:
    """At the start the flow's velocity misses that of the closed form by at least what Q Q^T - I leaves on the modes."""
    T, back = triangle(problem, mixed, free)
    w, rate = mode_values(problem, delta, 0 * delta)
    entries = sqrt(w)
    G1, _ = two_layer_gradients(problem.Sxx, problem.Sxy, *framed(problem, entries, T, back))
    V1, _ = framed(problem, rate / (2 * entries), T, back)
    missed = ((V1 + G1) ** 2).sum() * (T * T).sum()
    rows = (T @ T.T - np.eye(problem.r, dtype=int))[: problem.q]
    speeds = (rate / (2 * w)) ** 2 * w  # rho_i^2 w_i
    return missed - share * (speeds * (rows * rows).sum(axis=1)).sum()


# with one hidden unit the bound is attained
ONE = {"problem": Problem(d=Int(1, 1), p=Int(1, 1), r=Int(1, 1), modes=Int(1, 1))}
necessary.twin("tenth-more", "a tenth more", over=ONE, constants={"share": Fraction(11, 10)})
necessary.twin("hundredth-more", "a hundredth more", over=ONE, constants={"share": Fraction(101, 100)})


# Of a mode's start the part b = (W_1^T u + W_2 v)/2 grows, orthogonal to the hidden units already in use. Then
# 2 e^{2 delta} |b|^2 is a chi-square with four degrees of freedom or more: below 2 e^{-10} with probability under
# e^{-20}/2, above 2 e^7 with less. From delta = 8 on |b|^2 is then below e^{-9}; at delta = 1/2 a mode may
# begin above its fitted value. One start fails with probability below 1e-8, a run of 10,000 below 1e-4.
WAIT = 7
PAIR = Problem(
    d=Int(2, 3), p=Int(2, 3), r=Int(5, 6), modes=Int(2, 2), sigma=(1, 4), lam=(Fraction(1, 2), 2), gap=Fraction(1, 2)
)  # fmt: skip
GAUSSIAN = {
    "problem": PAIR,
    "s1": Real(Fraction(1, 4), Fraction(1, 2)),
    "delta": Real(8, drawn=64),
    "seed": Int(0, 10**9),
}


def stable_step(problem: Any, s1: Any) -> Any:
    """At the minimiser, eta times every curvature lambda_i (omega_i + omega_j) is at most 1."""
    return 1 - s1 / problem.sigma[0] * most(curvatures(problem))


def learning_rates(problem: Any, s1: Any) -> Array:
    """``log(1 + eta sigma_i)`` of the active modes, for eta = s1/sigma_1."""
    made: Array = log1p(s1 * problem.sigma / problem.sigma[0])
    return made


def learned(problem: Any, s1: Any, delta: Any, seed: int, steps: list[int]) -> Array:
    """``w_i/omega_i`` of the active modes at some steps of descent from a Gaussian start (len(steps), m)."""
    W1, W2 = gaussian_start(problem.d, problem.p, problem.r, delta, seed)
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, s1 / problem.sigma[0], steps)
    shares = [np.diagonal(problem.U.T @ W @ problem.V)[: problem.m] / problem.omega for W in orbit.W]
    # an enclosure lost on the way says nothing, and more bits may keep it
    kept = np.frompyfunc(lambda x: hull(-1, 2) if isinstance(x, Ball) and x.is_nan() else x, 1, 1)
    return np.stack([kept(share) for share in shares])


@claim(
    "INIT-2.times",
    title="matrices, Gaussian start: each mode is learned within 7/log(1+s_i) steps of delta/log(1+s_i)",
    statement=r"W_1, W_2 \sim e^{-\delta} N(0, 1),\ \delta > 8,\ r \ge 5,\ s_i = \eta\sigma_i \le \tfrac12,\ "
    r"\eta\lambda_i(\omega_i + \omega_j) \le 1:\quad "
    r"\mathbb{P}\left[\,|\log(1+s_i)\, k_i - \delta| \le 7\ (i = 1, 2)\right] \ge 1 - 10^{-8}",
    over=GAUSSIAN,
    # a spectral start stays where a larger step is unstable (STEP-7.edge); any other is thrown off
    given={"stable-step": stable_step},
    constants={"wait": WAIT, "scale": 1, "rates": learning_rates},
)
def times(problem: Any, s1: Any, delta: Any, seed: int, wait: Any, scale: Any, rates: Any) -> Any:
    """Every mode is below half its fitted value ``wait`` before ``scale delta`` and above it ``wait`` after."""
    ends = []
    with choosing():
        for rate in midpoints(rates(problem, s1)):
            middle, away = float(scale) * float(midpoints(delta)) / rate, wait / rate
            ends.append((max(0, math.floor(middle - away)), max(1, math.ceil(middle + away))))
    steps = sorted({step for pair in ends for step in pair})
    shares = learned(problem, s1, delta, seed, steps)
    margins = []
    for i, (early, late) in enumerate(ends):
        before, after = (shares[steps.index(step), i] for step in (early, late))
        margins += [strictly(Fraction(1, 2) - before), after - Fraction(1, 2)]
    return forall(*margins)


times.twin("later", "a tenth later", constants={"scale": Fraction(11, 10)})
times.twin(
    "continuous",
    "the rate s in place of log(1+s)",
    constants={"rates": lambda problem, s1: s1 * problem.sigma / problem.sigma[0]},
)
times.twin(
    "any-step",
    "whatever the curvature",
    given={"stable-step": None},
    over={
        "s1": Real(Fraction(7, 16), Fraction(1, 2)),
        "problem": replace(PAIR, d=Int(3, 3), lam=(Fraction(1, 2), 1), null=(3, 4)),
    },
)

claim(
    "INIT-2.not-within-one",
    title="matrices, Gaussian start: each mode is learned within 1/log(1+s_i) steps of delta/log(1+s_i)",
    statement=r"|\log(1+s_i)\, k_i - \delta| \le 1",
    over=GAUSSIAN,
    given={"stable-step": stable_step},
    expects="refuted",
)(
    lambda problem, s1, delta, seed: times.conclusion(
        problem, s1, delta, seed, wait=1, scale=1, rates=learning_rates
    )
)


def far_apart(problem: Any, s1: Any, delta: Any) -> Any:
    """(delta + 7)/log(1+s_1) + 1 <= (delta - 7)/log(1+s_2)."""
    first, second = learning_rates(problem, s1)
    return (delta - WAIT) / second - (delta + WAIT) / first - 1


@claim(
    "INIT-2.order",
    title="matrices, Gaussian start: from a delta on that the two rates say, the larger sigma is learned first",
    statement=r"\tfrac{\delta + 7}{\log(1+s_1)} + 1 \le \tfrac{\delta - 7}{\log(1+s_2)}:\quad "
    r"\mathbb{P}\left[k_1 < k_2\right] \ge 1 - 10^{-8}",
    over=GAUSSIAN,
    given={"vanishing": far_apart},
    constants={"first": 0},
)
def order(problem: Any, s1: Any, delta: Any, seed: int, first: int) -> Any:
    """At step (delta + 7)/log(1+s_1) mode ``first`` has been learned, and the other has not."""
    with choosing():
        rate = float(midpoints(learning_rates(problem, s1)[0]))
        step = math.ceil((float(midpoints(delta)) + WAIT) / rate)
    w = learned(problem, s1, delta, seed, [step])[0]
    return forall(w[first] - Fraction(1, 2), strictly(Fraction(1, 2) - w[1 - first]))


order.twin("too-early", "whatever the two rates say", drop="vanishing")
order.twin("reversed", "the smaller sigma first", constants={"first": 1})
