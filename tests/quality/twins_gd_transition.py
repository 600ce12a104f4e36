"""Broken twins of the claims about the discrete transition, plateaus, the distance to the flow, the last phase."""

from __future__ import annotations

from fractions import Fraction

from rankladder import equal, forall, log
from rankladder.properties.gidel2019.gd_distance import (
    each_mode,
    flow_value,
    gap_somewhere,
    lags_then_leads,
    last_phase,
    local_rate,
    near_plateaus,
    order_bound,
    quadratic,
    rates_straddle,
)
from rankladder.properties.gidel2019.gd_timing import explicit, next_order, window
from rankladder.properties.gidel2019.gd_transition import (
    first_hits_apart,
    fitted_after,
    phases_differ,
    series_error,
    settles_after,
    speeds_apart,
    tiny_before,
    transition_gap,
)
from rankladder.simulate import descent
from rankladder.theory import hitting_time, logistic, next_order_hit, rate_lower, rate_upper, transition_step
from tests.quality.twin import twin

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
    "GD-7.after-large",
    "power-off",
    "with |1 - z|^{1.8} in place of (1 - z)^2",
    conclusion=lambda s, depth, steps: settles_after(s, depth, steps, NINE),
)
twin("GD-7.after-large", "no-step-bound", "at every step", drop="convergent-step")
twin(
    "GD-7.no-limit",
    "a-tenth-wider",
    "a gap a tenth wider",
    conclusion=lambda s, ratio, n: phases_differ(s, ratio, n, share=ELEVEN),
)
twin(
    "GD-7.no-limit",
    "one-step-early",
    "a step earlier",
    conclusion=lambda s, ratio, n: phases_differ(s, ratio, n, earlier=1),
)
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
for _order in ("GD-8.order", "GD-8.order-every-step"):
    twin(_order, "no-delta", "at every delta", drop="vanishing")
    twin(
        _order,
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


def half_off(s, z0, theta):
    """The prediction with 0.55 in place of 1/2."""
    return next_order_hit(s, z0, theta) + hitting_time(1, z0, theta) / 20


def quarters_off(s, z0, theta):
    """The prediction with 0.675 in place of 3/4."""
    return next_order_hit(s, z0, theta) + Fraction(3, 40) * log((1 - z0) / (1 - theta))


for _slug, _change, _predicted in (
    ("half-off", "with 0.55 in place of 1/2", half_off),
    ("quarters-off", "with 0.675 in place of 3/4", quarters_off),
):
    twin(
        "GD-12.next-order",
        _slug,
        _change,
        conclusion=lambda s, theta, depth, _predicted=_predicted: next_order(
            s, theta, depth, bound=explicit(theta, depth), predicted=_predicted
        ),
    )
twin(
    "GD-12.next-order",
    "remainder-off",
    "with a remainder a tenth smaller in its share of log(1/z_0)",
    conclusion=lambda s, theta, depth: next_order(
        s, theta, depth, bound=explicit(theta, depth, Fraction(9, 240))
    ),
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

twin("GD-9.plateaus", "no-step-bound", "at every step", drop="small-step")
twin("GD-9.plateaus", "any-data", "without commuting data", drop="commuting")
twin(
    "GD-9.plateaus",
    "one-step-less",
    "bounds one step behind",
    conclusion=lambda problem, s1, delta: near_plateaus(problem, s1, delta, excess=1),
)
twin(
    "GD-9.plateaus",
    "a-tenth-closer",
    "a tenth closer",
    conclusion=lambda problem, s1, delta: near_plateaus(problem, s1, delta, slack=Fraction(81, 100)),
)
twin("GD-9.modes", "no-step-bound", "at every step", drop="small-step")
twin("GD-9.modes", "loud-null", "without the bound on null modes", drop="quiet-null")
twin(
    "GD-9.modes",
    "one-step-less",
    "bounds one step behind",
    conclusion=lambda problem, s1, delta: each_mode(problem, s1, delta, excess=1),
)
twin(
    "GD-10.band",
    "upper-half",
    "no farther than the flow is from the upper curve",
    conclusion=lambda s, z0, steps: upper_half(s, z0, steps),
)
twin(
    "GD-10.band",
    "lower-half",
    "no farther than the flow is from the lower curve",
    conclusion=lambda s, z0, steps: lower_half(s, z0, steps),
)


def upper_half(s, z0, steps):
    z = descent(s, z0, steps)
    flow = flow_value(s, z0, z.k)
    return forall((logistic(rate_upper(s), z0, z.k) - flow - abs(z.z - flow))[1:])


def lower_half(s, z0, steps):
    z = descent(s, z0, steps)
    flow = flow_value(s, z0, z.k)
    return forall((flow - logistic(rate_lower(s), z0, z.k) - abs(z.z - flow))[1:])


twin(
    "GD-10.order",
    "start-off",
    "with log(0.9/z_0) in place of 1 + log(1/z_0)",
    conclusion=lambda s, z0, steps: order_bound(s, z0, steps) - s * (1 - log(NINE)) / 8,
)
twin("GD-10.order", "no-step-bound", "at every step", drop="small-step")
twin(
    "GD-10.order-below",
    "start-off",
    "with log(1.1/z_0) in place of log(1/z_0)",
    conclusion=lambda s, depth: gap_somewhere(s, depth, extra=log(ELEVEN)),
)
twin(
    "GD-10.order-below",
    "always-behind",
    "descent is that far behind the flow",
    conclusion=lambda s, depth: gap_somewhere(s, depth, behind=True),
)
twin(
    "GD-10.lags-then-leads",
    "lags-longer",
    "lags up to 0.275 in place of 1/4",
    conclusion=lambda s, z0, steps: lags_then_leads(s, z0, steps, low=Fraction(11, 40)),
)
twin(
    "GD-10.lags-then-leads",
    "leads-earlier",
    "leads from 0.3 in place of 1/3",
    conclusion=lambda s, z0, steps: lags_then_leads(s, z0, steps, high=Fraction(3, 10)),
)
twin(
    "GD-10.rates",
    "lower-a-tenth-larger",
    "the lower rate a tenth larger",
    conclusion=lambda s: rates_straddle(s, low=ELEVEN),
)
twin(
    "GD-10.rates",
    "upper-a-tenth-smaller",
    "the upper rate a tenth smaller",
    conclusion=lambda s: rates_straddle(s, high=NINE),
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
twin(
    "GD-11.quadratic",
    "a-tenth-less",
    "at most nine tenths of x^2",
    conclusion=lambda x: quadratic(x, most=NINE),
)
twin(
    "GD-11.quadratic",
    "lower-off",
    "at least 0.8 x^2",
    conclusion=lambda x: quadratic(x, fewest=Fraction(4, 5)),
)
