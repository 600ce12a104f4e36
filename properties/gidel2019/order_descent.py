"""ORDER-1, ORDER-2 on matrices: which mode gradient descent learns first, from equal and unequal scales."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Otherwise,
    Problem,
    Real,
    Spectrum,
    claim,
    exp,
    forall,
    log,
    log1p,
    most,
    strictly,
    symbols,
)
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.rrr_optimum import ANY
from rankladder.properties.gidel2019.rrr_rank import coefficients
from rankladder.properties.gidel2019.spectral_starts import begins_below, descended, steps_of
from rankladder.theory import hit_bracket_log, rate_lower, transition_step

Array = np.ndarray[Any, Any]
s1 = symbols("s1")
PROBLEM = Problem(sigma=(2, 8), gap=1, modes=Int(2, 4))
APART = Otherwise("problem", Problem(kind="noncommuting", sigma=(2, 8), gap=1, modes=Int(2, 4)))
SOURCE = "Gidel, Bach, Lacoste-Julien 2019, abstract (A2); restated"

# matrices take about delta/s1 steps, so that a small s1 is not drawn: of one mode GD-6.bracket is shown for every s
OVER = {"s1": Real(0, drawn=(Fraction(1, 4), 2)), "theta": Real(0, 1), "delta": Real(0, drawn=32)}


def brackets(problem: Any, s1: Any, theta: Any, delta: Any) -> tuple[Array, Array]:
    """Bounds of every active mode's first step at theta or above: at least the first, less than one more
    than the second.
    """
    log_z0 = -2 * delta - log(problem.omega)
    found = [hit_bracket_log(s, z, theta) for s, z in zip(steps_of(problem, s1), log_z0, strict=True)]
    low, high = zip(*found, strict=True)
    return np.array(low), np.array(high)


def fractions_at(problem: Any, s1: Any, delta: Any, times: list[int]) -> dict[int, Array]:
    """Learned fractions z_i of the active modes at some steps of matrix descent; delta_i one number or q."""
    chosen = sorted(set(times))
    run = descended(problem, s1, delta, chosen)
    w = [coefficients(problem, A, C, problem.m) for A, C in zip(run.W1, run.W2, strict=True)]
    return dict(zip(chosen, (each / problem.omega for each in w), strict=True))


@choosing()
def after(bound: Any) -> int:
    """The least integer above a bound."""
    return int(np.floor(midpoints(bound))) + 1


@choosing()
def before(bound: Any) -> int:
    """The greatest integer below a bound, at least 0."""
    return max(0, int(np.ceil(midpoints(bound))) - 1)


def resolved(problem, s1, theta, delta):  # type: ignore[no-untyped-def]
    """Each active mode's last possible step comes before the next mode's first one: delta >= delta_0."""
    low, high = brackets(problem, s1, theta, delta)
    return forall(low[1:] - high[:-1] - 1)


@claim(
    "ORDER-1.descent",
    title="matrices: from an explicit delta_0 on, descent learns the modes in the order of sigma",
    statement=r"\sigma_i > \sigma_{i+1},\ \eta\sigma_1 \le \tfrac12,\ z(0) < \theta,\ "
    r"\frac{2\delta + \log\omega_i + \mathrm{logit}\,\theta}{2\log(1 + \eta\sigma_i)} + 1 \le"
    r" \frac{2\delta + \log(\theta\omega_{i+1})}{2\log(1 + \eta\sigma_{i+1})}:\quad"
    r" k_\theta^{(1)} < k_\theta^{(2)} < \dots < k_\theta^{(m)}",
    source=SOURCE,
    over={"problem": PROBLEM, **OVER},
    given={"commuting": APART, "small-step": 2 * s1 <= 1, "small-start": begins_below, "vanishing": resolved},
    constants={"early": 0},
)
def in_order(problem, s1, theta, delta, early):  # type: ignore[no-untyped-def]
    # when a mode has reached theta no later mode has; in the end all have
    _, high = brackets(problem, s1, theta, delta)
    times = [max(0, after(each) - early) for each in high]
    z = fractions_at(problem, s1, delta, times)
    margins = []
    for i, time in enumerate(times):
        margins.append(z[time][i] - theta)
        margins += [strictly(theta - later) for later in z[time][i + 1 :]]
    return forall(*margins)


in_order.twin("no-vanishing", "without vanishing", drop="vanishing")
in_order.twin("no-small-step", "without small-step", drop="small-step")
in_order.twin("one-early", "one step before the bound", constants={"early": 1})


def scaled_below(problem, theta, delta, c):  # type: ignore[no-untyped-def]
    """z_i(0) < theta for every active mode, from the scales e^(-c_i delta)."""
    return strictly(theta - most(exp(-2 * delta * c[: problem.m]) / problem.omega))


@claim(
    "ORDER-2.descent",
    title="matrices: from the scales e^(-c_i delta) descent learns mode i at c_i delta/log(1 + eta sigma_i) + O(1)",
    statement=r"W(0) = U\,\mathrm{diag}(e^{-2 c_i \delta})\,V^\top,\ \eta\sigma_1 \le \tfrac12,\ z(0) < \theta:\quad"
    r" \frac{\log(\theta\omega_i)}{2 l_i} \le k_\theta^{(i)} - \frac{c_i\delta}{l_i} <"
    r" \frac{\log\omega_i + \mathrm{logit}\,\theta}{2 l_i} + 1,\quad l_i = \log(1 + \eta\sigma_i)",
    source=SOURCE,
    over={
        "problem": Problem(sigma=(2, 8), modes=Int(1, 4)),
        **OVER,
        "delta": Real(0, drawn=12),
        "c": Spectrum(8, Fraction(1, 4), 4, ordered=False),
    },
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": scaled_below},
    constants={"transition": transition_step, "places": 0},
)
def scaled(problem, s1, theta, delta, c, transition, places):  # type: ignore[no-untyped-def]
    eta, begun = s1 / problem.sigma[0], c[: problem.q] * delta
    middle = np.array(
        [transition(eta, x, y) for x, y in zip(problem.sigma, np.roll(begun, places), strict=False)]
    )
    middle = middle + (log(problem.omega) + log(theta)) / rate_lower(steps_of(problem, s1))
    late = middle - log1p(-theta) / rate_lower(steps_of(problem, s1))
    pairs = [(before(low), after(high)) for low, high in zip(middle, late, strict=True)]
    z = fractions_at(problem, s1, begun, [max(0, k) for pair in pairs for k in pair])
    margins = []
    for i, (first, last) in enumerate(pairs):
        margins += [strictly(theta - z[first][i]), z[max(0, last)][i] - theta]
    return forall(*margins)


scaled.twin("no-small-step", "without small-step", drop="small-step")
scaled.twin("no-commuting", "without commuting", drop="commuting")
scaled.twin(
    "continuous-rate", "transitions at c delta/s",
    constants={"transition": lambda eta, sigma, delta: delta / (eta * sigma)},
)  # fmt: skip
scaled.twin(
    "slower", "transitions 2% later",
    constants={"transition": lambda eta, sigma, delta: Fraction(51, 50) * delta / log1p(eta * sigma)},
)  # fmt: skip
scaled.twin("neighbour", "each mode with the scale of its neighbour", constants={"places": 1})


@claim(
    "ORDER-2.not-by-sigma",
    title="matrices: from delta = 3 on descent learns the modes in the order of sigma",
    statement=r"\sigma_i > \sigma_{i+1},\ \eta\sigma_1 \le \tfrac12,\ z(0) < \theta,\ \delta \ge 3:\quad"
    r" k_\theta^{(1)} < k_\theta^{(2)} < \dots < k_\theta^{(m)}",
    over={"problem": PROBLEM, **OVER},
    given={
        "commuting": ANY,
        "small-step": 2 * s1 <= 1,
        "small-start": begins_below,
        "delta-three": symbols("delta") >= 3,
    },
    expects="refuted",
)
def _(problem, s1, theta, delta):  # type: ignore[no-untyped-def]
    return in_order.conclusion(problem, s1, theta, delta, early=0)
