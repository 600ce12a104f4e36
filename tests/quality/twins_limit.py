"""Broken twins of the claims about vanishing initialization."""

from __future__ import annotations

from fractions import Fraction

from properties import forall, strictly, symbols
from properties.catalogue.limit import (
    attained,
    fitted_bound,
    growth_bound,
    off_limit,
    overtakes,
    passes_plateaus,
    resolves,
    tied_gap,
)
from tests.quality.twin import twin
from theory import limit_value

MORE, LESS = Fraction(101, 100), Fraction(99, 100)
sigma, lam, delta, reach = symbols("sigma lam delta reach")

twin("LIMIT-1.before", "too-late", "until 1.1/sigma", given={"early": 10 * reach < 11},
     conclusion=lambda sigma, lam, delta, reach: off_limit(sigma, lam, delta, reach, "after", 0))  # fmt: skip
twin(
    "LIMIT-1.before",
    "one-per-cent",
    "bounded by a hundredth less",
    conclusion=lambda sigma, lam, delta, reach: off_limit(sigma, lam, delta, reach, "before", 0, LESS),
)
twin(
    "LIMIT-1.at",
    "lam-in-place-of-sigma",
    "lam/(lam + sigma)",
    conclusion=lambda sigma, lam, delta: off_limit(sigma, lam, delta, 1, "at", limit_value(lam, sigma, "at")),
)
twin(
    "LIMIT-1.at",
    "one-per-cent",
    "one per cent more",
    conclusion=lambda sigma, lam, delta: off_limit(
        sigma, lam, delta, 1, "at", MORE * limit_value(sigma, lam, "at")
    ),
)
twin(
    "LIMIT-1.after",
    "one-per-cent",
    "one per cent more",
    conclusion=lambda sigma, lam, delta, reach: off_limit(
        sigma, lam, delta, reach, "after", MORE * limit_value(sigma, lam, "after")
    ),
)
twin("LIMIT-1.after", "too-early", "from 0.9/sigma on", given={"late": 10 * reach > 9},
     conclusion=lambda sigma, lam, delta, reach: off_limit(sigma, lam, delta, reach, "before", sigma / lam))  # fmt: skip
twin(
    "LIMIT-1.half-on-autoencoders",
    "one-per-cent",
    "0.505",
    conclusion=lambda sigma, delta: off_limit(sigma, sigma, delta, 1, "at", MORE / 2),
)
twin(
    "LIMIT-1.half-on-autoencoders",
    "just-before",
    "already at 0.99/sigma",
    conclusion=lambda sigma, delta: off_limit(sigma, sigma, delta, LESS, "at", 0.5),
)
twin(
    "LIMIT-2.growth",
    "rate-off",
    "with sigma one per cent smaller",
    conclusion=lambda sigma, lam, delta, reach: growth_bound(sigma, lam, delta, reach, LESS),
)
twin(
    "LIMIT-2.growth",
    "backward-time",
    "for negative delta too, where the start exceeds 1",
    drop="forward-time",
)
twin(
    "LIMIT-2.fitted",
    "power-off",
    "omega in place of omega^2",
    conclusion=lambda sigma, lam, delta, reach: fitted_bound(sigma, lam, delta, reach, power=1),
)
twin(
    "LIMIT-2.fitted",
    "rate-off",
    "with sigma one per cent larger",
    conclusion=lambda sigma, lam, delta, reach: fitted_bound(sigma, lam, delta, reach, rate=MORE),
)
twin("LIMIT-2.fitted", "any-start", "from any start", drop="small-start")
twin("LIMIT-3", "any-data", "without commuting data", drop="commuting")
twin(
    "LIMIT-3",
    "power-off",
    "omega in place of omega^2",
    conclusion=lambda problem, delta, share: passes_plateaus(problem, delta, share, power=1),
)
twin(
    "LIMIT-3",
    "no-null-modes",
    "without the null modes",
    conclusion=lambda problem, delta, share: passes_plateaus(problem, delta, share, nulls=0),
)
twin(
    "LIMIT-4.constant",
    "exponent-off",
    "a tenth faster",
    conclusion=lambda problem, delta: resolves(problem, delta, exponent=Fraction(11, 5)),
)
twin(
    "LIMIT-4.constant",
    "power-off",
    "omega^2 in place of omega^4",
    conclusion=lambda problem, delta: resolves(problem, delta, fourth=2),
)
twin("LIMIT-4.constant", "any-start", "from any start", drop="small-start")
twin(
    "LIMIT-5.no-fixed-start",
    "gap-off",
    "with a gap 2.1 times as large",
    conclusion=lambda delta, theta, sigma1: strictly(overtakes(delta, theta, sigma1, Fraction(21, 10))),
)
twin(
    "LIMIT-5.no-fixed-start",
    "margin-off",
    "by a tenth in log-odds more than there is",
    conclusion=lambda delta, theta, sigma1: overtakes(delta, theta, sigma1) - Fraction(1, 10),
)
twin(
    "LIMIT-5.tied-bound",
    "one-per-cent",
    "one per cent less",
    conclusion=lambda sigma1, lam1, lam2, delta, t: tied_gap(sigma1, lam1, lam2, delta, t, LESS),
)
twin(
    "LIMIT-5.tied-bound",
    "half-the-argument",
    "half of it",
    conclusion=lambda sigma1, lam1, lam2, delta, t: tied_gap(sigma1, lam1, lam2, delta, t, Fraction(1, 2)),
)
twin("LIMIT-5.tied-attained", "any-sum", "without z_1(0) + z_2(0) < 1", drop="small-sum")
twin(
    "LIMIT-5.tied-attained",
    "a-tenth-later",
    "still attained a tenth later",
    conclusion=lambda sigma1, lam1, lam2, delta: (
        forall(attained(sigma1, lam1, lam2, delta)) * 0 + later(sigma1, lam1, lam2, delta)
    ),
)


def later(sigma1, lam1, lam2, delta):
    from properties.catalogue.limit import odds

    when = (odds(sigma1, lam1, delta) + odds(sigma1, lam2, delta)) / (4 * sigma1)
    return -abs(tied_gap(sigma1, lam1, lam2, delta, when * Fraction(11, 10)))
