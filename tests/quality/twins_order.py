"""Broken twins of the claims about the order of learning."""

from __future__ import annotations

from fractions import Fraction

import sympy

from rankladder import log1p, symbols
from rankladder.properties.gidel2019.order import (
    BELOW,
    DELTA_FIRST,
    DELTA_SCALED,
    DELTA_SECOND,
    ORDERED,
    ahead,
    begins_below,
    c_i,
    c_j,
    delta,
    lam_i,
    lam_j,
    near_scale,
    sigma_i,
    sigma_j,
)
from rankladder.properties.gidel2019.order_descent import in_order, scaled_transitions
from tests.quality.twin import twin

LESS, MORE = Fraction(19, 20), Fraction(21, 20)
FIVE = sympy.Rational(1, 20)
s1 = symbols("s1")

for _parent, _assumption in (
    ("ORDER-1.vanishing", "vanishing"),
    ("ORDER-1.vanishing", "ordered"),
    ("ORDER-1.every-start", "ratio"),
    ("ORDER-1.every-start", "ordered"),
    ("ORDER-2.reversal", "large-start"),
    ("ORDER-2.scaled-order", "vanishing"),
    ("ORDER-2.scaled-order", "scaled-order"),
    ("ORDER-2.rescaled", "small-start"),
    ("ORDER-1.descent", "vanishing"),
    ("ORDER-1.descent", "small-step"),
    ("ORDER-2.descent", "small-step"),
    ("ORDER-2.descent", "commuting"),
):
    twin(_parent, f"no-{_assumption}", f"without {_assumption}", drop=_assumption)

twin(
    "ORDER-1.vanishing", "smaller-delta", "delta_0 less a twentieth of its size",
    given={**ORDERED, "small-start": BELOW, "vanishing": delta >= DELTA_FIRST - FIVE * sympy.Abs(DELTA_FIRST)},
)  # fmt: skip
twin(
    "ORDER-1.vanishing", "earlier", "mode i is there 5% earlier",
    conclusion=lambda sigma_i, lam_i, sigma_j, lam_j, theta, delta: ahead(
        (sigma_i, lam_i), (sigma_j, lam_j), theta, (delta, delta), pace=LESS
    ),
)  # fmt: skip
twin(
    "ORDER-1.every-start", "smaller-ratio", "lambda/sigma of mode i may be 5% smaller",
    given={**ORDERED, "ratio": lam_j * sigma_i <= (1 + FIVE) * lam_i * sigma_j, "small-start": BELOW},
)  # fmt: skip
twin(
    "ORDER-1.every-start", "smaller-sigma", "sigma of mode i may be 5% smaller",
    given={
        "ordered": sigma_j < (1 + FIVE) * sigma_i,
        "ratio": lam_j * sigma_i <= lam_i * sigma_j,
        "small-start": BELOW,
    },
)  # fmt: skip
twin(
    "ORDER-2.reversal", "larger-delta", "up to a delta larger by a twentieth of its size",
    given={**ORDERED, "small-start": BELOW, "large-start": delta <= DELTA_SECOND + FIVE * sympy.Abs(DELTA_SECOND)},
)  # fmt: skip
twin(
    "ORDER-2.reversal", "earlier", "mode j is there 5% earlier",
    conclusion=lambda sigma_i, lam_i, sigma_j, lam_j, theta, delta: ahead(
        (sigma_j, lam_j), (sigma_i, lam_i), theta, (delta, delta), pace=LESS
    ),
)  # fmt: skip
twin(
    "ORDER-2.rescaled", "later-limit", "the limit is 1% later",
    conclusion=lambda sigma, lam, c, theta, delta: near_scale(
        sigma, lam, c, theta, delta, pace=Fraction(101, 100)
    ),
)  # fmt: skip
twin(
    "ORDER-2.rescaled", "one-scale", "the limit is 1/sigma whatever the scale",
    conclusion=lambda sigma, lam, c, theta, delta: near_scale(sigma, lam, c, theta, delta, pace=1 / c),
)  # fmt: skip
twin(
    "ORDER-2.rescaled", "tighter-below", "lower bound a little later",
    conclusion=lambda sigma, lam, c, theta, delta: near_scale(
        sigma, lam, c, theta, delta, early=Fraction(1, 50)
    ),
)  # fmt: skip
twin(
    "ORDER-2.rescaled", "tighter-above", "upper bound a little earlier",
    conclusion=lambda sigma, lam, c, theta, delta: near_scale(
        sigma, lam, c, theta, delta, late=Fraction(-1, 50)
    ),
)  # fmt: skip
STARTS = begins_below(sigma_i, lam_i, c_i) & begins_below(sigma_j, lam_j, c_j)
twin(
    "ORDER-2.scaled-order", "smaller-delta", "delta less a twentieth of its size",
    given={
        "scaled-order": c_i * sigma_j < c_j * sigma_i,
        "small-start": STARTS,
        "vanishing": delta >= DELTA_SCALED - FIVE * sympy.Abs(DELTA_SCALED),
    },
)  # fmt: skip
twin(
    "ORDER-2.scaled-order", "by-sigma", "in the order of sigma, not of c/sigma",
    given={**ORDERED, "small-start": STARTS, "vanishing": delta >= DELTA_SCALED},
)  # fmt: skip
twin(
    "ORDER-1.descent", "one-early", "one step before the bound",
    conclusion=lambda problem, s1, theta, delta: in_order(problem, s1, theta, delta, early=1),
)  # fmt: skip
twin(
    "ORDER-2.descent", "continuous-rate", "transitions at c delta/s",
    conclusion=lambda problem, s1, theta, delta, c: scaled_transitions(
        problem, s1, theta, delta, c, rate=lambda eta, sigma, scale: scale / (eta * sigma)
    ),
)  # fmt: skip
twin(
    "ORDER-2.descent", "slower", "transitions 2% later",
    conclusion=lambda problem, s1, theta, delta, c: scaled_transitions(
        problem, s1, theta, delta, c,
        rate=lambda eta, sigma, scale: Fraction(51, 50) * scale / log1p(eta * sigma),
    ),
)  # fmt: skip
twin(
    "ORDER-2.descent", "neighbour", "each mode with the scale of its neighbour",
    conclusion=lambda problem, s1, theta, delta, c: scaled_transitions(
        problem, s1, theta, delta, c, shift=1
    ),
)  # fmt: skip
