"""Broken twins of the claims about the order of learning."""

from __future__ import annotations

from fractions import Fraction

from properties import forall, strictly
from properties.catalogue.order import (
    BELOW,
    arrival,
    enough,
    first_then_second,
    lam1,
    lam2,
    rescaled_gap,
    sigma1,
    sigma2,
)
from tests.quality.twin import twin


def ten_per_cent_early(sigma1, sigma2, lam1, lam2, theta, delta):
    """Nine tenths of the order's part of delta_0."""
    order, *starts = enough(sigma1, sigma2, lam1, lam2, theta)
    return forall(strictly(delta - order * Fraction(9, 10)), *(strictly(delta - each) for each in starts))


twin(
    "ORDER-1.threshold",
    "gap-off",
    "mode 1 is first by a tenth of mode 2's time",
    conclusion=lambda sigma1, sigma2, lam1, lam2, theta, delta: (
        first_then_second(sigma1, sigma2, lam1, lam2, theta, delta) - arrival(sigma2, lam2, delta, theta) / 10
    ),
)
twin("ORDER-1.threshold", "no-threshold", "the larger sigma is first at every delta", drop="late-enough")
twin("ORDER-1.threshold", "not-ordered", "the mode with the smaller sigma is first", drop="ordered")
twin(
    "ORDER-1.every-delta",
    "ratio-off",
    "lam/sigma of mode 1 may be a tenth smaller",
    given={
        "ordered": sigma1 > sigma2,
        "ratio": 10 * lam1 * sigma2 >= 9 * lam2 * sigma1,
        "small-start": BELOW,
    },
)
twin(
    "ORDER-1.every-delta",
    "sigma-tied",
    "sigma of mode 1 may be a tenth smaller",
    given={
        "ordered": 10 * sigma1 > 9 * sigma2,
        "ratio": lam1 * sigma2 >= lam2 * sigma1,
        "small-start": BELOW,
    },
)
twin(
    "ORDER-1.every-delta",
    "wrong-ratio",
    "compares lam in place of lam/sigma",
    given={"ordered": sigma1 > sigma2, "ratio": lam1 >= lam2, "small-start": BELOW},
)
twin(
    "ORDER-2.rescaled",
    "c-off",
    "the limit is 1.01 c/sigma",
    conclusion=lambda sigma, lam, theta, delta, c: rescaled_gap(
        sigma, lam, theta, delta, c, scale=Fraction(101, 100)
    ),
)
twin(
    "ORDER-2.rescaled",
    "one-c-for-all",
    "the limit is 1/sigma whatever c",
    conclusion=lambda sigma, lam, theta, delta, c: rescaled_gap(sigma, lam, theta, delta, c, scale=1 / c),
)
twin("ORDER-2.rescaled", "large-start", "without a small start", drop="small-start")
twin("ORDER-2.reversed", "no-bound", "at every delta", drop="late-enough")
twin(
    "ORDER-2.reversed",
    "gap-off",
    "mode 1 is later by a tenth of its own time",
    conclusion=lambda sigma1, sigma2, lam1, lam2, theta, c1, c2, delta: (
        arrival(sigma1, lam1, c1 * delta, theta) * Fraction(9, 10) - arrival(sigma2, lam2, c2 * delta, theta)
    ),
)
