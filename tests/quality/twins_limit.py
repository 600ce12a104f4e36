"""Broken twins of the claims about vanishing initialization."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import exp, symbols
from rankladder.properties.gidel2019.limit import SMALL, after, at, before, fitted_bound, growth_bound
from rankladder.properties.gidel2019.limit_pairs import attained, near_limit_time, overtakes, stays, tied_gap
from rankladder.properties.gidel2019.limit_plateaus import passes_plateaus, resolves, suffices
from rankladder.theory import limit_value
from tests.quality.twin import twin

MORE, LESS = Fraction(101, 100), Fraction(99, 100)
reach, sigma, lam, delta = symbols("reach sigma lam delta")


def one_per_cent_more(sigma: Any, lam: Any, case: str) -> Any:
    return MORE * limit_value(sigma, lam, case)


def swapped(sigma: Any, lam: Any, case: str) -> Any:
    return limit_value(lam, sigma, case)


twin("LIMIT-1.before", "too-late", "until 1.1/sigma", given={"early": 10 * reach < 11})
twin(
    "LIMIT-1.before",
    "one-per-cent",
    "within one per cent less",
    conclusion=lambda sigma, lam, delta, reach: before(sigma, lam, delta, reach, factor=LESS),
)
twin(
    "LIMIT-1.at",
    "swapped",
    "lam/(lam + sigma)",
    conclusion=lambda sigma, lam, delta: at(sigma, lam, delta, limit=swapped),
)
twin(
    "LIMIT-1.at",
    "one-per-cent",
    "one per cent more",
    conclusion=lambda sigma, lam, delta: at(sigma, lam, delta, limit=one_per_cent_more),
)
twin(
    "LIMIT-1.at",
    "just-before",
    "already at 0.99/sigma",
    conclusion=lambda sigma, lam, delta: at(sigma, lam, delta, reach=LESS),
)
twin(
    "LIMIT-1.after",
    "one-per-cent",
    "one per cent more",
    conclusion=lambda sigma, lam, delta, reach: after(sigma, lam, delta, reach, limit=one_per_cent_more),
)
twin("LIMIT-1.after", "too-early", "from 0.9/sigma on", given={"late": 10 * reach > 9, **SMALL})
twin(
    "LIMIT-1.half-on-autoencoders",
    "one-per-cent",
    "0.505",
    conclusion=lambda sigma, delta: at(sigma, sigma, delta, limit=one_per_cent_more),
)
twin(
    "LIMIT-1.half-on-autoencoders",
    "just-before",
    "already at 0.99/sigma",
    conclusion=lambda sigma, delta: at(sigma, sigma, delta, reach=LESS),
)
twin(
    "LIMIT-2.growth",
    "rate-off",
    "with sigma one per cent smaller",
    conclusion=lambda sigma, lam, delta, reach: growth_bound(sigma, lam, delta, reach, rate=LESS),
)
twin("LIMIT-2.growth", "backward-time", "for negative delta, where the start exceeds 1", drop="forward-time")
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
twin(
    "LIMIT-2.fitted",
    "start-one-tenth-higher",
    "from z_0 up to 1.1",
    given={"small-start": 10 * lam * exp(-2 * delta) <= 11 * sigma},
)

twin("LIMIT-3", "any-data", "without commuting data", drop="commuting")
twin("LIMIT-3", "backward-time", "for negative delta", drop="forward-time")
twin(
    "LIMIT-3",
    "power-off",
    "omega in place of omega^2",
    conclusion=lambda problem, delta, share: passes_plateaus(problem, delta, share, power=1),
)
twin(
    "LIMIT-3",
    "rate-off",
    "one per cent faster",
    conclusion=lambda problem, delta, share: passes_plateaus(problem, delta, share, rate=MORE),
)
twin(
    "LIMIT-3",
    "no-null-modes",
    "without the null modes",
    conclusion=lambda problem, delta, share: passes_plateaus(problem, delta, share, nulls=0),
)
twin("LIMIT-4.constant", "any-data", "without commuting data", drop="commuting")
twin(
    "LIMIT-4.constant",
    "exponent-off",
    "one per cent faster",
    conclusion=lambda problem, delta: resolves(problem, delta, pace=MORE),
)
twin(
    "LIMIT-4.constant",
    "power-off",
    "omega^2 in place of omega^4",
    conclusion=lambda problem, delta: resolves(problem, delta, power=2),
)
twin("LIMIT-4.constant", "any-start", "from any start", drop="small-start")
twin("LIMIT-4.smallness", "too-large", "for starts larger than stated", drop="small-enough")
twin("LIMIT-4.smallness", "any-data", "without commuting data", drop="commuting")
twin(
    "LIMIT-4.smallness",
    "one-tenth-less",
    "from nine tenths of the stated delta",
    conclusion=lambda problem, error, excess: suffices(problem, error, excess, share=Fraction(9, 10)),
)

twin(
    "LIMIT-5.no-fixed-start",
    "gap-off",
    "with a gap a twentieth wider",
    conclusion=lambda delta, theta, sigma1, share: overtakes(delta, theta, sigma1, share * Fraction(21, 20)),
)
twin("LIMIT-5.no-fixed-start", "any-level", "for a level below one half", drop="upper-level")
twin(
    "LIMIT-5.tied-bound",
    "one-per-cent",
    "one per cent less",
    conclusion=lambda sigma, lam1, lam2, excess, offset: tied_gap(
        sigma, lam1, lam2, excess, offset, factor=LESS
    ),
)
twin(
    "LIMIT-5.tied-bound",
    "argument-off",
    "with 4.04 in place of 4",
    conclusion=lambda sigma, lam1, lam2, excess, offset: tied_gap(
        sigma, lam1, lam2, excess, offset, part=4 * MORE
    ),
)
twin("LIMIT-5.tied-attained", "any-sum", "without z_1(0) + z_2(0) < 1", drop="small-sum")
twin(
    "LIMIT-5.tied-attained",
    "one-per-cent-late",
    "still attained one per cent later",
    conclusion=lambda sigma, lam1, lam2, excess: attained(sigma, lam1, lam2, excess, late=MORE),
)
twin(
    "LIMIT-5.tied-attained",
    "argument-off",
    "with 3.96 in place of 4",
    conclusion=lambda sigma, lam1, lam2, excess: attained(sigma, lam1, lam2, excess, part=4 * LESS),
)
twin(
    "LIMIT-5.tied-stay-apart",
    "argument-off",
    "with 3.96 in place of 4",
    conclusion=lambda sigma, lam1, lam2, excess: stays(sigma, lam1, lam2, excess, part=4 * LESS),
)
twin("LIMIT-5.tied-stay-apart", "any-sum", "without z_1(0) + z_2(0) < 1", drop="small-sum")
twin(
    "LIMIT-5.tied-time",
    "room-off",
    "with log 1.8 in place of log 2",
    conclusion=lambda sigma, lam, delta: near_limit_time(sigma, lam, delta, room=Fraction(9, 5)),
)
twin("LIMIT-5.tied-time", "any-start", "from z_0 above one half too", drop="half-start")
