"""Broken twins of the claims about the discrete transition, plateaus, the distance to the flow, the last phase."""

from __future__ import annotations

from fractions import Fraction

from properties import equal, forall, log
from properties.catalogue.gd_distance import (
    flow_value,
    last_phase,
    local_rate,
    near_plateaus,
    order_bound,
    quadratic,
    straddles,
    within_band,
)
from properties.catalogue.gd_transition import (
    first_hits_apart,
    fitted_after,
    next_order,
    series_error,
    speeds_apart,
    tiny_before,
    transition_gap,
    window,
)
from simulate import descent
from tests.quality.twin import twin
from theory import logistic, rate_lower, transition_step

NINE, ELEVEN = Fraction(9, 10), Fraction(11, 10)

twin(
    "GD-7.before",
    "later",
    "with a transition one per cent later",
    conclusion=lambda s, ratio, delta, steps: tiny_before(s, ratio, delta, steps, Fraction(101, 100)),
)
twin(
    "GD-7.before",
    "continuous-early",
    "with the rate nine tenths of log(1+s)",
    conclusion=lambda s, ratio, delta, steps: tiny_before(s, ratio, delta, steps, 1 / NINE),
)
twin(
    "GD-7.after",
    "earlier",
    "with a transition a tenth earlier",
    conclusion=lambda s, ratio, delta, steps: fitted_after(s, ratio, delta, steps, NINE),
)
twin(
    "GD-7.after",
    "ratio-inverted",
    "with lam/sigma in place of sigma/lam",
    conclusion=lambda s, ratio, delta, steps: fitted_after(s, ratio, delta, steps) + 2 * log(ratio),
)
twin("GD-7.after", "no-step-bound", "at every step", drop="small-step")
twin(
    "GD-7.transition",
    "one-per-cent-late",
    "with a transition one per cent later",
    conclusion=lambda s, ratio, theta, delta: transition_gap(
        s, ratio, theta, delta, transition_step(s, 1, delta) * Fraction(101, 100)
    ),
)
twin(
    "GD-7.transition",
    "no-rounding",
    "without the step of rounding up",
    conclusion=lambda s, ratio, theta, delta: transition_gap(
        s, ratio, theta, delta, transition_step(s, 1, delta) - 1
    ),
)
twin(
    "GD-7.series",
    "half-off",
    "with 0.55 eta in place of eta/2",
    conclusion=lambda eta, sigma: series_error(eta, sigma, ELEVEN),
)
twin(
    "GD-7.series",
    "remainder-off",
    "with a remainder a tenth smaller",
    conclusion=lambda eta, sigma: (
        NINE * eta * eta * sigma / 12 - abs(eta * transition_step(eta, sigma, 1) - 1 / sigma - eta / 2)
    ),
)
twin("GD-8.order", "no-delta", "at every delta", drop="late-enough")
twin(
    "GD-8.order",
    "far-apart",
    "mode 1 is a tenth of the time ahead",
    conclusion=lambda sigma1, sigma2, lam1, lam2, theta, s1, delta: (
        first_hits_apart(sigma1, sigma2, lam1, lam2, theta, s1, delta)
        - transition_step(s1 / sigma1, sigma1, delta) / 10
    ),
)
twin(
    "GD-8.every-gap",
    "a-tenth-more",
    "a tenth more",
    conclusion=lambda eta, sigma1, sigma2: speeds_apart(eta, sigma1, sigma2, ELEVEN),
)
twin(
    "GD-8.every-gap",
    "index-off",
    "with the smaller sigma in the denominator",
    conclusion=lambda eta, sigma1, sigma2: speeds_apart(
        eta, sigma1, sigma2, (1 + eta * sigma1) / (1 + eta * sigma2)
    ),
)
twin(
    "GD-12.next-order",
    "half-off",
    "with 0.55 in place of 1/2",
    conclusion=lambda s, theta, z0: next_order(s, theta, z0, half=Fraction(11, 20)),
)
twin(
    "GD-12.next-order",
    "quarter-off",
    "with 0.7 in place of 3/4",
    conclusion=lambda s, theta, z0: next_order(s, theta, z0, quarter=Fraction(7, 10)),
)
twin(
    "GD-12.next-order",
    "remainder-off",
    "with C = 1/2",
    conclusion=lambda s, theta, z0: next_order(s, theta, z0, bound=Fraction(1, 2)),
)
twin(
    "GD-12.window",
    "a-step-less",
    "a step less",
    conclusion=lambda s, theta, z0: window(s, theta, z0, shift=1),
)
twin(
    "GD-12.window",
    "faster-rate",
    "with the rate a tenth larger",
    conclusion=lambda s, theta, z0: window(s, theta, z0, shift=0, rate=ELEVEN * log(1 + s)),
)

twin("GD-9", "no-step-bound", "at every step", drop="small-step")
twin("GD-9", "any-data", "without commuting data", drop="commuting")
twin(
    "GD-9",
    "one-step-less",
    "bounds one step behind",
    conclusion=lambda problem, s1, delta: near_plateaus(problem, s1, delta, excess=1),
)
twin(
    "GD-9",
    "a-tenth-closer",
    "a tenth closer",
    conclusion=lambda problem, s1, delta: near_plateaus(problem, s1, delta, slack=Fraction(81, 100)),
)
twin(
    "GD-10.band",
    "a-tenth-narrower",
    "a tenth of the band",
    conclusion=lambda s, z0, steps: within_band(s, z0, steps, Fraction(1, 3)),
)
twin(
    "GD-10.band",
    "lower-half",
    "no farther than the flow is from the lower curve",
    conclusion=lambda s, z0, steps: lower_half(s, z0, steps),
)


def lower_half(s, z0, steps):
    z = descent(s, z0, steps)
    flow = flow_value(s, z0, z.k)
    return forall((flow - logistic(rate_lower(s), z0, z.k) - abs(z.z - flow))[1:])


twin(
    "GD-10.order",
    "constant-off",
    "with s/11 in place of s/8",
    conclusion=lambda s, z0, steps: order_bound(s, z0, steps, Fraction(1, 11)),
)
twin("GD-10.order", "no-step-bound", "at every step", drop="small-step")
twin(
    "GD-10.lags-then-leads",
    "lag-of-a-tenth",
    "descent lags by a tenth at first",
    conclusion=lambda s, z0: straddles(s, z0) * 0 + (NINE * 2 * s - rate_lower(s)),
)
twin(
    "GD-10.lags-then-leads",
    "leads-at-first",
    "the rates exchanged by a tenth",
    conclusion=lambda s, z0: (ELEVEN * rate_lower(s) - 2 * s) * -1 + 0 * z0,
)
twin(
    "GD-11.identity",
    "coefficient-off",
    "2.02 in place of 2",
    conclusion=lambda s, z0, steps: last_phase(s, z0, steps, Fraction(101, 50)),
)
twin(
    "GD-11.identity",
    "square-sign",
    "the sign of the square term",
    conclusion=lambda s, z0, steps: sign_changed(s, z0, steps),
)


def sign_changed(s, z0, steps):
    z = descent(s, z0, steps)
    return equal(z.x[1:], (z.x * (1 - 2 * s * z.z + s * s * z.z * z.x))[:-1])


twin("GD-11.rate", "rate-off", "|1 - 2.02 s|", conclusion=lambda s, x: local_rate(s, x, Fraction(101, 50)))
twin("GD-11.rate", "rate-with-s", "|1 - s|", conclusion=lambda s, x: local_rate(s, x, 1))
twin("GD-11.quadratic", "a-tenth-less", "nine tenths of x^2", conclusion=lambda x: quadratic(x, NINE))
twin(
    "GD-11.quadratic",
    "lower-off",
    "at least 0.8 x^2",
    conclusion=lambda x: forall(quadratic(x)) * 0 + (quadratic_low(x)),
)


def quadratic_low(x):
    from theory import normal_form_step

    return 1 - normal_form_step(Fraction(1, 2) + 0 * x, 1 - x) - Fraction(4, 5) * x * x
