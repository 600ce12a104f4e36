"""Broken twins of the claims about the descent of one mode, its decoupling, bounds and hitting times."""

from __future__ import annotations

from fractions import Fraction

from rankladder import Real, exp, forall, lemma, log, symbols
from rankladder.properties.gidel2019.gd import (
    decouples,
    entries_positive,
    grows_in_range,
    sign_lost,
)
from rankladder.properties.gidel2019.gd_sandwich import (
    HITS,
    POINTS,
    RANGE,
    above,
    below,
    crosses,
    gain,
    hit_in_bracket,
    not_yet,
    reached,
    width,
)
from rankladder.simulate import descent, mode_descent
from rankladder.theory import entry_step, growth_factor, hit_bracket_log, rate_lower, rate_upper
from tests.quality.twin import twin

s, z0, x, z = symbols("s z0 x z")
NINE, ELEVEN = Fraction(9, 10), Fraction(11, 10)

twin("GD-1.decoupling", "any-data", "without commuting data", drop="commuting")
twin(
    "GD-1.decoupling",
    "step-off",
    "the entry map with a step one per cent larger",
    conclusion=lambda problem, s1, delta: decouples(
        problem, s1, delta, lambda eta, sigma, lam, a: entry_step(eta * Fraction(101, 100), sigma, lam, a)
    ),
)
twin(
    "GD-1.decoupling",
    "start-off",
    "entries that start at e^{-2 delta}",
    conclusion=lambda problem, s1, delta: decouples(problem, s1, delta, start=exp(-2 * delta)),
)
twin(
    "GD-1.decoupling",
    "entry-not-squared",
    "the entry map with the learned fraction in place of the entry squared",
    conclusion=lambda problem, s1, delta: decouples(
        problem, s1, delta, lambda eta, sigma, lam, a: a * (1 + eta * (sigma - lam * a))
    ),
)
twin(
    "GD-1.sign",
    "a-tenth-beyond",
    "up to a step a tenth larger",
    given={"step": 10 * s <= 18, "small-start": z0 <= 1},
)
twin("GD-1.sign", "any-start", "from starts above the fitted value", drop="small-start")
twin(
    "GD-1.sign",
    "never-zero-margin",
    "entries stay above a hundredth",
    conclusion=lambda s, z0, steps: entries_positive(s, z0, steps) - Fraction(1, 100),
)
twin(
    "GD-1.sign-lost",
    "a-tenth-earlier",
    "from a step a tenth smaller",
    given={"step": 10 * s > 14},
)
twin(
    "GD-1.sign-lost",
    "start-off",
    "from a start a tenth smaller",
    conclusion=lambda s: sign_lost(s, NINE),
)
twin(
    "GD-2",
    "step-off",
    "s one per cent larger",
    conclusion=lambda sigma, lam, eta, w0, steps: normal_form_off(sigma, lam, eta, w0, steps),
)
twin(
    "GD-2",
    "scale-off",
    "z = 1.01 lam w/sigma",
    conclusion=lambda sigma, lam, eta, w0, steps: normal_form_off(sigma, lam, eta, w0, steps, scale=True),
)


def normal_form_off(sigma, lam, eta, w0, steps, scale=False):
    off = Fraction(101, 100)
    unit = lam / sigma * (off if scale else 1)
    orbit = descent(eta * sigma * (1 if scale else off), unit * w0, steps)
    return -abs(unit * mode_descent(sigma, lam, eta, w0, steps).w - orbit.z)


twin(
    "GD-3.in-range",
    "range-off",
    "up to z = 2.2 (1+s)/s",
    conclusion=lambda s, z0, steps: grows_in_range(s, z0, steps, Fraction(11, 5)),
)
twin(
    "GD-3.in-range",
    "growth-off",
    "growth a tenth smaller in the exponent",
    conclusion=lambda s, z0, steps: forall(
        NINE * (orbit := descent(s, z0 / 8, steps)).k * log(growth_factor(s)) - log(8 * orbit.z / z0)
    ),
)
twin(
    "GD-3.orbit",
    "one-step-less",
    "grows by one step less",
    conclusion=lambda s, z0, steps: forall(
        1 - (orbit := descent(s, z0, steps)).z / (z0 * growth_factor(s) ** (orbit.k - 1))
    ),
)
twin(
    "GD-3.orbit",
    "exponent-off",
    "grows by (1+s)^{1.8} a step",
    conclusion=lambda s, z0, steps: forall(
        NINE * (orbit := descent(s, z0, steps)).k * log(growth_factor(s)) - log(orbit.z / z0)
    ),
)
twin(
    "GD-3.step",
    "range-off",
    "up to z = 2.2 (1+s)/s",
    given={"in-range": 10 * s * z <= 22 * (1 + s)},
)
twin("GD-3.step", "no-range", "for every z", drop="in-range")
twin(
    "GD-3.step",
    "growth-off",
    "growth one per cent smaller",
    conclusion=lambda s, z: Fraction(99, 100) * (1 + s) ** 2 * z - z * (1 + s * (1 - z)) ** 2,
)

twin(
    "GD-4.upper",
    "rate-one-per-cent-small",
    "the rate one per cent smaller",
    conclusion=lambda s, z0, steps: below(s, z0, steps, exp(-rate_upper(s) * Fraction(99, 100))),
)
twin(
    "GD-4.upper",
    "continuous-rate",
    "the rate 2s",
    conclusion=lambda s, z0, steps: below(s, z0, steps, exp(-2 * s)),
)
twin(
    "GD-4.upper",
    "lower-rate",
    "the lower rate",
    conclusion=lambda s, z0, steps: below(s, z0, steps, exp(-rate_lower(s))),
)
twin(
    "GD-4.lower",
    "rate-one-per-cent-large",
    "the rate one per cent larger",
    conclusion=lambda s, z0, steps: above(s, z0, steps, rate_lower(s) * Fraction(101, 100)),
)
twin(
    "GD-4.lower", "continuous-rate", "the rate 2s", conclusion=lambda s, z0, steps: above(s, z0, steps, 2 * s)
)
twin(
    "GD-4.lower",
    "one-step-ahead",
    "the curve one step ahead",
    conclusion=lambda s, z0, steps: above(s, z0, steps, rate_lower(s), ahead=1),
)
twin(
    "GD-4.lower-beyond",
    "a-tenth-beyond",
    "up to a step where (2s-1)(1+s)^2 is 1.1",
    given={"step": (2 * s - 1) * (1 + s) ** 2 <= ELEVEN, "small-start": z0 < 1},
)
twin(
    "GD-4.lower-beyond",
    "rate-off",
    "the rate one per cent larger",
    conclusion=lambda s, z0, steps: above(s, z0, steps, rate_lower(s) * Fraction(101, 100)),
)


def changed(parent, slug, change, relation, given):
    """A twin whose relation is another, decided as exactly as its parent's."""
    made = lemma(f"{parent}~{slug}-relation", relation, over=POINTS, given=given)
    twin(parent, slug, change, over=made.over, given=made.given, conclusion=made.conclusion)


SMALL = {**RANGE, "small-step": (s > 0) & (2 * s < 1)}
changed("GD-4.step-upper", "constant-off", "1.9 in place of 2",
        (1 - Fraction(19, 10) * s * x) * (1 + s * x) ** 2 <= 1, SMALL)  # fmt: skip
twin("GD-4.step-upper-sharp", "a-tenth-beyond", "from s x = -1.65 on", given={"in-range": 20 * s * x >= -33})
changed("GD-4.step-upper-sharp", "constant-off", "1.9 in place of 2",
        (1 - Fraction(19, 10) * s * x) * (1 + s * x) ** 2 <= 1, {"in-range": 2 * s * x >= -3})  # fmt: skip
twin("GD-4.step-upper", "negative-x", "for z above 1 too", drop="range-low")
twin("GD-4.step-upper", "wide-range", "for steps below 0 too", over={"s": Real(-4, 4), "x": Real(-4, 4)}, given={**RANGE, "small-step": 2 * s < 1}, conclusion=lambda s, x: 1 - (1 - 2 * s * x) * (1 + s * x) ** 2)  # fmt: skip
twin(
    "GD-4.step-lower",
    "range-off",
    "for x up to 1.1",
    given={"range-low": x >= 0, "range-high": 10 * x <= 11, "positive-step": s >= 0},
)
twin("GD-4.step-lower", "negative-x", "for z above 1 too", drop="range-low")

twin(
    "GD-4.lower-sharp", "one-step", "after one step in place of two", conclusion=lambda s: crosses(s, steps=1)
)
twin(
    "GD-4.lower-sharp",
    "farther-below",
    "below by 2.1 times the excess in place of 1",
    conclusion=lambda s: crosses(s, Fraction(21, 10)),
)
twin(
    "GD-5.lower",
    "start-not-small",
    "from the start 1/2",
    conclusion=lambda s, excess: (1 + excess) * rate_lower(s) - gain(s, 0.5 + 0 * excess),
)
twin(
    "GD-5.lower",
    "no-excess",
    "with the rate itself",
    conclusion=lambda s, excess: rate_lower(s) - gain(s, excess * s * s / 8),
)
twin(
    "GD-5.upper",
    "no-excess",
    "with the rate itself",
    conclusion=lambda s, excess: gain(s, 1 - excess * (1 - 2 * s) / 8) - rate_upper(s),
)
twin(
    "GD-5.upper",
    "start-not-near",
    "from the start 1/2",
    conclusion=lambda s, excess: gain(s, 0.5 + 0 * excess) - (1 - excess) * rate_upper(s),
)
twin(
    "GD-6.lower",
    "one-step-later",
    "a step later",
    conclusion=lambda s, theta, z0, steps: not_yet(s, theta, z0, steps, shift=1),
)
twin(
    "GD-6.lower",
    "level-off",
    "with the level a tenth higher in the bound",
    conclusion=lambda s, theta, z0, steps: not_yet(s, theta, z0, steps, shift=log(ELEVEN) / rate_lower(s)),
)
twin(
    "GD-6.upper",
    "one-step-early",
    "a step earlier",
    conclusion=lambda s, theta, z0, steps: reached(s, theta, z0, steps, shift=-1),
)
twin(
    "GD-6.upper",
    "without-level",
    "without the term of the level",
    over={**HITS, "theta": Real(Fraction(1, 2), 1)},
    conclusion=lambda s, theta, z0, steps: reached(
        s, theta, z0, steps, shift=-(log(theta) - log(1 - theta)) / rate_lower(s)
    ),
)
twin(
    "GD-6.bracket",
    "not-rounded",
    "with the upper end not rounded up",
    conclusion=lambda s, theta, depth: hit_in_bracket(s, theta, depth, rounded=0),
)
twin(
    "GD-6.bracket",
    "lower-end-rounded-off",
    "with the lower end a step later",
    conclusion=lambda s, theta, depth: hit_in_bracket(s, theta, depth, early=1),
)
twin(
    "GD-6.width",
    "a-tenth-narrower",
    "a tenth narrower",
    conclusion=lambda s, theta, z0: width(s, theta, z0, NINE),
)
twin(
    "GD-6.width",
    "continuous-rate",
    "with 2s in place of 2 log(1+s)",
    conclusion=lambda s, theta, z0: (
        -log(1 - theta) / (2 * s)
        - (hit_bracket_log(s, log(z0), theta)[1] - hit_bracket_log(s, log(z0), theta)[0])
    ),
)
