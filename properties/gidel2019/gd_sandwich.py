"""GD-4, GD-5: logistic curves around an orbit, and how sharp their rates are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from rankladder import Int, Real, always, claim, exp, forall, lemma, symbols
from rankladder.properties.gidel2019.one_mode import beside, q, s, z, z0
from rankladder.simulate import descent
from rankladder.theory import decay_factor, growth_factor, mode_logit, rate_lower, rate_upper, threshold

x = symbols("x")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3); restated"
HALF = Fraction(1, 2)
# starts up to 16: the upper curve bounds the orbit up to z_0 = 1 + 3/(2s), which is above 4
ORBITS = {"s": Real(0, drawn=4), "z0": Real(0, drawn=16), "steps": Int(1, 60)}
SMALL = {"small-step": 2 * s < 1, "small-start": z0 < 1}


def odds_against(z0: Any, factor: Any, k: Any) -> Any:
    """(1 - L)/L of the logistic curve through z_0 whose odds grow by 1/factor a step.

    It has a value at every z_0 and every factor, also where rate and log-odds have none.
    """
    return (1 / z0 - 1) * factor**k


# the odds of the curves are z_0/q with q_k = (1 - z_0) (1-2s)^k, and q/(1 - z_0) with q_k = z_0 (1+s)^(2k)
UNIT = {"unit": (z > 0) & (z <= 1)}
UPPER_STEP, LOWER_STEP = decay_factor(s), growth_factor(s)
upper = always(
    "GD-4.upper",
    z * q <= z0 * (1 - z),
    **beside(1 - z0, UPPER_STEP),
    title="one mode: the logistic curve of rate -log(1-2s) bounds the orbit from above",
    source=PAPER,
    over=ORBITS,
    given=SMALL,
    along=UNIT | {"positive": q > 0},
)
upper.twin(
    "rate-one-per-cent-small",
    "the rate one per cent smaller",
    step={q: q * UPPER_STEP ** sympy.Rational(99, 100)},
)
upper.twin("continuous-rate", "the rate 2s", step={q: q * sympy.exp(-2 * s)})
upper.twin("lower-rate", "the lower rate", step={q: q / LOWER_STEP})
upper.twin("any-start", "from any start", drop="small-start")

lower = always(
    "GD-4.lower",
    z * (1 - z0) >= q * (1 - z),
    **beside(z0, LOWER_STEP),
    title="one mode: the logistic curve of rate 2 log(1+s) bounds the orbit from below",
    source=PAPER,
    over=ORBITS,
    given=SMALL,
    along=UNIT | {"positive": q > 0},
)
lower.twin(
    "rate-one-per-cent-large",
    "the rate one per cent larger",
    step={q: q * (1 + s) ** sympy.Rational(202, 100)},
)
lower.twin("continuous-rate", "the rate 2s", step={q: q * sympy.exp(2 * s)})
lower.twin("one-step-ahead", "the curve one step ahead", start={q: z0 * LOWER_STEP})

# negative exactly below its one positive root s_low
S_LOW_POLYNOMIAL = threshold("lower logistic curve").poly(s)
# no proof: a state above 1 must also be bounded. With v = s z (2 + s - s z) and R = (1+s)^2 (v - 1)/(1 + s - s z)^2 the
# invariant would be z <= 1 or R q (z - 1) <= z (1 - z_0); it is kept if R(z) R(f(z)) <= 1 for all z < 1 < f(z), which is an
# inequality in s and z alone, and not yet shown
lower_beyond = always(
    "GD-4.lower-beyond",
    z * (1 - z0) >= q * (1 - z),
    **beside(z0, LOWER_STEP),
    title="one mode: the lower curve holds for all k up to the root s_low = 0.6776... of 2s^3 + 3s^2 = 2",
    over={"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"below-s-low": S_LOW_POLYNOMIAL <= 0, "small-start": z0 < 1},
)
lower_beyond.twin(
    "a-tenth-beyond",
    "up to a step where (2s-1)(1+s)^2 is 1.1",
    given={"below-s-low": (2 * s - 1) * (1 + s) ** 2 <= Fraction(11, 10)},
)
lower_beyond.twin(
    "rate-off", "the rate one per cent larger", step={q: q * (1 + s) ** sympy.Rational(202, 100)}
)


@claim(
    "GD-4.lower-sharp",
    title="one mode: at every s > s_low two steps from an explicit start near 1 end below the lower curve",
    statement=r"e = (2s-1)(1+s)^2 - 1 > 0,\ 1 - z_0 = \tfrac{e}{32(1+s)^3}:\ 1 - z_2 \ge (1 + e)(1 - L_{r_{lo}}(2))",
    over={"s": Real(0, 4)},  # from s = 4.62 on it falls below by less
    given={"beyond-s-low": S_LOW_POLYNOMIAL > 0},
    constants={"steps": 2, "share": 1},
)
def lower_sharp(s: Any, steps: int, share: Any) -> Any:
    excess = (2 * s - 1) * growth_factor(s) - 1
    z0 = 1 - excess / (32 * (1 + s) ** 3)
    z = descent(s, z0, steps)
    missing = z.x * (1 + 1 / odds_against(z0, exp(-rate_lower(s)), z.k))  # (1 - z_k)/(1 - L(k))
    return missing[steps] - 1 - share * excess


lower_sharp.twin("one-step", "after one step in place of two", constants={"steps": 1})
lower_sharp.twin(
    "farther-below", "below by 2.1 times the excess in place of 1", constants={"share": Fraction(21, 10)}
)

RANGE = {"range-low": x >= 0, "range-high": x <= 1}
POINTS = {"s": Real(-2, 4), "x": Real(-4, 4)}
UPPER = (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1
LOWER = (1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) >= (1 + s) ** 2
UPPER_OFF = (1 - sympy.Rational(19, 10) * s * x) * (1 + s * x) ** 2 <= 1
# range-high is more than is needed, as GD-4.step-upper-sharp shows
step_upper = lemma(
    "GD-4.step-upper", UPPER, title="one step of the upper side, x = 1 - z", over=POINTS,
    given={**RANGE, "small-step": (s > 0) & (2 * s < 1)},
)  # fmt: skip
step_upper.twin("constant-off", "1.9 in place of 2", relation=UPPER_OFF)
step_upper.twin("negative-x", "for z above 1 too", drop="range-low")
step_upper.twin(
    "wide-range", "for steps below 0 too", over={"s": Real(-4, 4)}, given={"small-step": 2 * s < 1}
)
step_upper_sharp = lemma(
    "GD-4.step-upper-sharp", UPPER, title="the step of the upper side holds exactly from s x = -3/2 on: z may pass 1, and s may pass 1/2",
    over=POINTS, given={"in-range": 2 * s * x >= -3},
)  # fmt: skip
step_upper_sharp.twin("a-tenth-beyond", "from s x = -1.65 on", given={"in-range": 20 * s * x >= -33})
step_upper_sharp.twin("constant-off", "1.9 in place of 2", relation=UPPER_OFF)
step_lower = lemma(
    "GD-4.step-lower", LOWER, title="one step of the lower side, every s >= 0", over=POINTS,
    given={**RANGE, "positive-step": s >= 0},
)  # fmt: skip
step_lower.twin("range-off", "for x up to 1.1", given={"range-high": 10 * x <= 11})
step_lower.twin("negative-x", "for z above 1 too", drop="range-low")
lemma("GD-4.not-step-upper-for-all-x", UPPER, title="one step of the upper side for all real x",
      over=POINTS, given={"small-step": (s > 0) & (2 * s < 1)}, expects="refuted")  # fmt: skip
lemma("GD-4.not-step-lower-for-all-x", LOWER, title="one step of the lower side for all real x",
      over=POINTS, given={"positive-step": s >= 0}, expects="refuted")  # fmt: skip


def gain(s: Any, z0: Any) -> Any:
    """What one step of descent adds to the log-odds at z_0."""
    odds = descent(s, z0, 1).logit
    return odds[1] - odds[0]


SHARP = {"s": Real(0, Fraction(1, 2)), "excess": Real(0, 1)}
rate_lower_sharp = claim(
    "GD-5.lower",
    title="one mode: no larger lower rate: for every factor 1 + e one step from an explicit small z_0 grows by less",
    statement=r"z_0 = e s^2/8:\ \mathrm{logit}\, z_1 - \mathrm{logit}\, z_0 < (1+e)\, r_{lo}",
    over=SHARP,
    constants={"start": lambda s, excess: excess * s * s / 8, "factor": lambda excess: 1 + excess},
)(lambda s, excess, start, factor: factor(excess) * rate_lower(s) - gain(s, start(s, excess)))
rate_lower_sharp.twin(
    "start-not-small", "from the start 1/2", constants={"start": lambda s, excess: HALF + 0 * excess}
)
rate_lower_sharp.twin("no-excess", "with the rate itself", constants={"factor": lambda excess: 1})
rate_upper_sharp = claim(
    "GD-5.upper",
    title="one mode: no smaller upper rate: for every factor 1 - e one step from an explicit z_0 near 1 grows by more",
    statement=r"1 - z_0 = e(1-2s)/8:\ \mathrm{logit}\, z_1 - \mathrm{logit}\, z_0 > (1-e)\, r_{hi}",
    over=SHARP,
    constants={"start": lambda s, excess: 1 - excess * (1 - 2 * s) / 8, "factor": lambda excess: 1 - excess},
)(lambda s, excess, start, factor: gain(s, start(s, excess)) - factor(excess) * rate_upper(s))
rate_upper_sharp.twin("no-excess", "with the rate itself", constants={"factor": lambda excess: 1})
rate_upper_sharp.twin(
    "start-not-near", "from the start 1/2", constants={"start": lambda s, excess: HALF + 0 * excess}
)
claim(
    "GD-5.not-continuous-upper",
    title="one mode: the continuous rate 2s bounds the orbit from above",
    statement=r"z_k \le L_{2s}(k)",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: logit_line(s, z0, steps, above=False))
claim(
    "GD-5.not-continuous-lower",
    title="one mode: the continuous rate 2s bounds the orbit from below",
    statement=r"L_{2s}(k) \le z_k",
    over=ORBITS,
    given=SMALL,
    expects="refuted",
)(lambda s, z0, steps: logit_line(s, z0, steps, above=True))


def logit_line(s: Any, z0: Any, steps: int, *, above: bool) -> Any:
    """The orbit against the flow at the same time, in log-odds, from k = 1 on."""
    z = descent(s, z0, steps)
    gap = (z.logit - mode_logit(s, z0, z.k))[1:]
    return forall(gap if above else -gap)
