"""GEN-3: when the second transition comes, on descent and on the flow from deep generic starts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import claim, determinant, log, solve
from rankladder.numbers import midpoints
from rankladder.properties.gidel2019.gen_data import (
    ASSUMED,
    DEEP,
    GENERIC,
    ORDERED,
    SEPARATED,
    UNCOUPLED,
    Array,
    Pair,
    generic_start,
    rough,
)
from rankladder.simulate import gradient_flow
from rankladder.theory import second_transition

_LEVEL = -8  # log of the share of the final determinant at which the second mode counts as started
_WITHIN = Fraction(1, 12)  # what is left of the exponentially small terms at these depths


def crossing(times: Any, W: Array, pair: Pair) -> Any:
    """When det W, which is of order one from the second transition on, crosses the level; the last time if never."""
    final = determinant(solve(pair.Sxx, pair.Sxy))
    with np.errstate(divide="ignore"):
        share = log(abs(determinant(W) / final)) - _LEVEL
    above = np.flatnonzero(share > 0)
    if not above.size or above[0] == 0:
        return times[0 if above.size else -1]
    i = int(above[0])
    return times[i] - (times[i] - times[i - 1]) * share[i] / (share[i] - share[i - 1])


def descent_slope(pair: Pair, A1: Array, A2: Array, share: float) -> Any:
    """By how many steps the second transition moves for each step that the first is put off; looked for until
    somewhat after it is predicted.
    """
    firsts, found = [pair.first_step(delta) for delta in (DEEP / 2, DEEP)], []
    for first in firsts:
        times = list(range(first, int(first * (share + 0.2)) + 100, 4))
        found.append(crossing(times, pair.descend(A1, A2, first, times), pair))
    return (found[1] - found[0]) / (firsts[1] - firsts[0])


def second_after(pair: Pair, A1: Array, A2: Array, residual: Any = None) -> Any:
    """That slope is, within a twelfth, the one that a residual predicts (that of the best fit, if not another)."""
    predicted = pair.second_share(residual)
    return _WITHIN - abs(descent_slope(pair, A1, A2, rough(predicted)) / predicted - 1)


@claim(
    "GEN-3.descent",
    title="two coupled modes: the second transition of descent is set by the residual of the best fit of rank 1",
    statement=r"\kappa_2 = \frac{1}{\ell(\sigma_1)} + \frac{1 - \ell(\sigma_2)/\ell(\sigma_1)}{\ell(\|S_{xy} - S_{xx}W^*_1\|_2)},"
    r"\ \ell(x) = \log(1+\eta x);\ \text{checked to a twelfth as}\ \frac{k_2(40)-k_2(20)}{20}",
    over=GENERIC,
    given={**ASSUMED, "separated": SEPARATED},
    expects="open",
)
def _(ratio: Any, gain: Any, coupling: Any, A1: Any, A2: Any) -> Any:
    return second_after(Pair(ratio, gain, coupling), A1, A2)


@claim(
    "GEN-3.not-sigma2",
    title="the second transition of descent on coupled data comes at 1/log(1 + eta sigma_2), as on commuting data",
    statement=r"B \ne 0:\quad \kappa_2 = \frac{1}{\log(1+\eta\sigma_2)}",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A3); restated",
    over=GENERIC,
    given={"separated": SEPARATED, "generic-start": generic_start},
    expects="refuted",
)
def _(ratio: Any, gain: Any, coupling: Any, A1: Any, A2: Any) -> Any:
    return second_after(Pair(ratio, gain, coupling), A1, A2, residual=ratio)


@claim(
    "GEN-3.commuting",
    title="two modes, B = 0, in any order: the second transition of descent comes at 1/log(1 + eta sigma_2)",
    statement=r"B = 0:\quad \kappa_2 = \frac{1}{\log(1+\eta\sigma_2)}",
    over=UNCOUPLED,
    given={"separated": SEPARATED, "generic-start": generic_start},
    expects="open",
)
def _(ratio: Any, gain: Any, A1: Any, A2: Any) -> Any:
    return second_after(Pair(ratio, gain), A1, A2, residual=ratio)


@claim(
    "GEN-3.not-commuting",
    title="the residual of the best fit of rank 1 sets the second transition on commuting data too, in any order",
    statement=r"B = 0:\quad \kappa_2 = \frac{1}{\ell(\sigma_1)} + \frac{1 - \ell(\sigma_2)/\ell(\sigma_1)}{\ell(\|S_{xy} - S_{xx}W^*_1\|_2)}",
    over=UNCOUPLED,
    given={"separated": SEPARATED, "generic-start": generic_start},
    expects="refuted",
)
def _(ratio: Any, gain: Any, A1: Any, A2: Any) -> Any:
    return second_after(Pair(ratio, gain), A1, A2)


def flow_slope(pair: Pair, A1: Array, A2: Array, tau: float) -> Any:
    """By how much the second transition of the flow moves for each unit of delta, in float64."""
    found = []
    for delta in (DEEP / 4, DEEP / 2):
        # later seeds carry rounding of 2^-53 e^{delta (1 - ratio)}: below 1e-7 at delta = 20
        times = np.linspace(delta, delta * (tau + 0.2) + 30, 100)
        W1, W2 = (float(np.exp(-delta)) * midpoints(part) for part in (A1, A2))
        Sxx, Sxy = midpoints(pair.Sxx), midpoints(pair.Sxy)
        flow = gradient_flow(Sxx, Sxy, W1, W2, times, rtol=1e-6, method="LSODA")
        found.append(crossing(times, flow.W, pair))
    return (found[1] - found[0]) / (DEEP / 4)


@claim(
    "GEN-3.flow",
    title="two coupled modes in order: the second transition of the flow is set by the residual",
    statement=r"\tau_2 = \frac{1}{\sigma_1} + \frac{1 - \sigma_2/\sigma_1}{\|S_{xy} - S_{xx}W^*_1\|_2};\ "
    r"\text{checked to a twelfth as}\ \frac{t_2(20)-t_2(10)}{10}",
    over=GENERIC,
    given={**ASSUMED, **ORDERED},
    expects="open",
)
def _(ratio: Any, gain: Any, coupling: Any, A1: Any, A2: Any) -> Any:
    pair = Pair(ratio, gain, coupling)
    tau = second_transition(1, ratio, pair.residual)
    return _WITHIN - abs(flow_slope(pair, A1, A2, rough(tau)) / tau - 1)
