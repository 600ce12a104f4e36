"""GEN-1, GEN-2: plateaus of descent from deep generic starts, on data that does not commute and on data that does."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Orthogonal, claim, forall, frobenius, least, most
from rankladder.properties.gidel2019.gen_data import (
    ASSUMED,
    COUPLED,
    DEEP,
    FAMILY,
    GENERIC,
    SEPARATED,
    UNCOUPLED,
    WRONG,
    Array,
    Pair,
    distances,
    generic_start,
    rough,
)
from rankladder.theory import escape_steps, unstable_rate

SHALLOW = DEEP / 4
_SEEN = 2.0**-12  # a distance below this is a plateau seen, whatever the rate
_NEAR = Fraction(1, 4)
_STRIDE = 4  # every fourth state is enough to see a plateau
COMMUTING = {"separated": SEPARATED, "generic-start": generic_start}


def best_distance(pair: Pair, A1: Array, A2: Array, delta: float) -> Any:
    """How near descent from a start of scale e^{-delta} comes to the best fit before the second transition."""
    first = pair.first_step(delta)
    W = pair.descend(A1, A2, first, range(first, int(first * rough(pair.second_share())) + 2, _STRIDE))
    return least(*distances(W, pair.optimum))


def nears(pair: Pair, A1: Array, A2: Array) -> Any:
    """A deeper start comes nearer to the best fit of rank 1: at least by half, or as near as is asked."""
    near, nearer = (best_distance(pair, A1, A2, delta) for delta in (SHALLOW, DEEP))
    return most(near / 2, _SEEN) - nearer


@claim(
    "GEN-1.plateau",
    title="two coupled modes: the deeper the generic start, the nearer descent comes to the best fit of rank 1",
    statement=r"B \ne 0:\quad \min_k \|W_k - W^*_1\| \to 0\ (\delta \to \infty);\ \text{checked as}\ "
    r"e(40) \le \max(\tfrac12 e(10), 2^{-12})",
    over=GENERIC,
    given=ASSUMED,
    expects="open",
)
def _(ratio: Any, gain: Any, coupling: Any, A1: Any, A2: Any) -> Any:
    return nears(Pair(ratio, gain, coupling), A1, A2)


@claim(
    "GEN-1.not-commuting",
    title="the same on data that commutes, where the order of sigma may not be that of the gains",
    statement=r"B = 0:\quad \min_k \|W_k - W^*_1\| \to 0\ (\delta \to \infty)",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over=UNCOUPLED,
    given=COMMUTING,
    expects="refuted",
)
def _(ratio: Any, gain: Any, A1: Any, A2: Any) -> Any:
    return nears(Pair(ratio, gain), A1, A2)


def stay(pair: Pair, A1: Array, A2: Array, delta: float) -> int:
    """Steps that descent spends near plateau 1 until a mode at rate sigma_2 all along would be learned."""
    first = pair.first_step(delta)
    last = int(first * max(rough(pair.second_share()), rough(pair.second_share(pair.ratio))))
    W = pair.descend(A1, A2, first, range(first, last + 1, _STRIDE))
    return _STRIDE * int(np.count_nonzero(distances(W, pair.plateau) < _NEAR))


@claim(
    "GEN-1.stay",
    title="two coupled modes of wrong order: the time near the wrong plateau does not grow with delta",
    statement=r"B \ne 0,\ \sigma_1^2/\lambda_1 < \sigma_2^2/\lambda_2:\quad \#\{k : \|W_k - \omega_1 u_1 v_1^\top\| < \tfrac14\omega_1\}"
    r" = O(1)\ (\delta \to \infty);\ \text{checked as}\ n(40) \le \tfrac32 n(20) + 16",
    over=GENERIC,
    given={"coupled": COUPLED, "generic-start": generic_start, **WRONG},
    expects="open",
)
def _(ratio: Any, gain: Any, coupling: Any, A1: Any, A2: Any) -> Any:
    short, long = (stay(Pair(ratio, gain, coupling), A1, A2, delta) for delta in (DEEP / 2, DEEP))
    return Fraction(3, 2) * short + 4 * _STRIDE - long  # 4 strides for what the shallow start lacks


def leaving_step(pair: Pair, unit: Array, first: int, last: int) -> int:
    """The step at which descent inside rank 1, started along mode 1, has left plateau 1."""
    A1, A2 = np.outer([1, 0], unit), np.outer(unit, [1, 0])
    W = pair.descend(A1, A2, first, range(first, last + 1, _STRIDE))
    near = np.flatnonzero(distances(W, pair.plateau) < _NEAR)
    return first + _STRIDE * (int(near[-1]) + 1) if near.size else last


def quick(ratio: Any, gain: Any) -> Any:
    """Plateau 1 is left at a rate of at least 0.15, where sigma_1 = 1."""
    return unstable_rate(1, 1, ratio, ratio * ratio / gain) - Fraction(3, 20)


@claim(
    "GEN-1.departure",
    title="inside rank 1 the wrong plateau is left after log(1/B)/log(1 + eta mu) steps",
    statement=r"B \to 0:\quad k_{leave}(2^{-4} B) - k_{leave}(B) \to \frac{\log 2^{4}}{\log(1 + \eta\mu)};\ "
    r"\text{checked to 2.5\% and 2 steps}",
    over=FAMILY | {"Q": Orthogonal(Int(1, 3))},
    given={"coupled": COUPLED, "quick": quick},
    expects="open",
)
def _(ratio: Any, gain: Any, coupling: Any, Q: Any) -> Any:
    steps, eta = [], Pair(ratio, gain, coupling).eta
    mu = unstable_rate(1, 1, ratio, ratio * ratio / gain)
    for bits in (8, 12):
        pair = Pair(ratio, gain, coupling / 2**bits)
        pair.eta = eta
        first = pair.first_step(8)
        # a fifth more than is predicted, so that a later departure is seen; where mu <= 0 there is none to see
        extra = 64 + int(np.clip(1.2 * escape_steps(float(eta), rough(mu), 2.0**bits), 0, 2000))
        steps.append(leaving_step(pair, Q[0], first, first + extra))
    longer = escape_steps(eta + 0 * mu, mu, 16)
    return longer / 40 + _STRIDE - abs(steps[1] - steps[0] - longer)


def between(
    pair: Pair, A1: Array, A2: Array, delta: float, *, residual: Any = None, share: float = 0.5
) -> Array:
    """W at a share of the way from the first transition to the second, as the residual sets it."""
    first = pair.first_step(delta)
    found: Array = pair.descend(
        A1, A2, first, [int(first * (1 + share * (rough(pair.second_share(residual)) - 1)))]
    )
    return found


def keeps_plateau(pair: Pair, A1: Array, A2: Array) -> Any:
    """Midway between 1/log(1 + s_1) and 1/log(1 + s_2), a deeper start is nearer to plateau 1."""
    near, nearer = (
        distances(between(pair, A1, A2, delta, residual=pair.ratio), pair.plateau)[0]
        for delta in (SHALLOW, DEEP)
    )
    return most(near / 2, _SEEN) - nearer


@claim(
    "GEN-2.commuting-stays",
    title="B = 0: from generic starts too the plateau of mode 1 stays until 1/sigma_2, whether or not it leads",
    statement=r"B = 0,\ k = \delta\kappa,\ \tfrac{1}{\log(1+s_1)} < \kappa < \tfrac{1}{\log(1+s_2)}:\quad"
    r" W_k \to \omega_1 u_1 v_1^\top\ (\delta \to \infty)",
    over=UNCOUPLED,
    given=COMMUTING,
    expects="open",
)
def _(ratio: Any, gain: Any, A1: Any, A2: Any) -> Any:
    return keeps_plateau(Pair(ratio, gain), A1, A2)


@claim(
    "GEN-2.not-coupled",
    title="the same for any coupling",
    statement=r"B \ne 0,\ \tfrac{1}{\log(1+s_1)} < \kappa < \tfrac{1}{\log(1+s_2)}:\quad W_k \to \omega_1 u_1 v_1^\top",
    over=GENERIC,
    given=COMMUTING,
    expects="refuted",
)
def _(ratio: Any, gain: Any, coupling: Any, A1: Any, A2: Any) -> Any:
    return keeps_plateau(Pair(ratio, gain, coupling), A1, A2)


@claim(
    "GEN-2.exchange",
    title="two coupled modes of wrong order: B to 0 and delta to infinity do not commute",
    statement=r"\lim_{\delta\to\infty}\lim_{B\to0} W_{\delta\kappa} = \omega_1 u_1 v_1^\top,\quad"
    r" \lim_{\delta\to\infty} W_{\delta\kappa} = W^*_1(B) \to \omega_2 u_2 v_2^\top\ (B \to 0)",
    over=GENERIC | {"faint": Int(40, 80)},
    given={**ASSUMED, **WRONG},
    expects="open",
)
def _(ratio: Any, gain: Any, coupling: Any, A1: Any, A2: Any, faint: int) -> Any:
    """A faint coupling leaves descent nearer to plateau 1; a coupling kept while the start is deepened leads
    it, before the second transition, nearer to the best fit of rank 1.
    """
    faintly, kept = Pair(ratio, gain, coupling / 2**faint), Pair(ratio, gain, coupling)
    early = between(faintly, A1, A2, SHALLOW, residual=faintly.ratio)
    late = between(kept, A1, A2, DEEP, share=7 / 8)
    off = [
        [frobenius(W[0] - target) for target in (pair.plateau, pair.optimum)]
        for pair, W in ((faintly, early), (kept, late))
    ]
    return forall(off[0][1] - off[0][0] - _SEEN, off[1][0] - off[1][1] - _SEEN)
