"""Broken twins of the claims about step-size regimes of one mode."""

from __future__ import annotations

from fractions import Fraction

import sympy

from rankladder import forall, strictly, symbols
from rankladder.properties.gidel2019.step import (
    approaches,
    climbs,
    first_pass,
    landing,
    lands,
    overshoots,
    passes,
    settles,
)
from rankladder.properties.gidel2019.step_escape import (
    escapes,
    greatest,
    invariant_iff,
    peak,
    stays_at_one,
    stretches,
)
from rankladder.properties.gidel2019.step_large import (
    END,
    alternates,
    attracts,
    doubles,
    in_range,
    leaves_top,
    leaves_zero,
    multiplies,
    repels,
    stays,
)
from rankladder.simulate import descent
from rankladder.theory import cycle_multiplier
from tests.quality.twin import twin

s, z0, u, y, q = symbols("s z0 u y q")
MORE, LESS = Fraction(21, 20), Fraction(19, 20)


def slightly(bound):  # type: ignore[no-untyped-def]
    """A bound 5% further out."""
    return bound * sympy.Rational(21, 20)


twin("STEP-1.monotone", "no-step-bound", "any step size", drop="small-step")
twin("STEP-1.monotone", "no-start-bound", "any start", drop="small-start")
twin(
    "STEP-1.monotone", "larger-step", "steps up to 0.525",
    given={"small-step": s <= slightly(sympy.Rational(1, 2)), "small-start": z0 < 1},
)  # fmt: skip
twin(
    "STEP-1.limit", "faster", "contraction by a rate 5% too large",
    conclusion=lambda s, z0, steps: approaches(s, z0, steps, rate=2 * MORE),
)  # fmt: skip
twin(
    "STEP-1.limit", "larger-step", "steps up to 0.525",
    given={"small-step": s <= slightly(sympy.Rational(1, 2)), "small-start": z0 < 1},
)  # fmt: skip
twin(
    "STEP-1.sharp", "faster", "growth 1% too large",
    conclusion=lambda s, z0: climbs(s, z0, growth=Fraction(101, 100)),
)  # fmt: skip
twin(
    "STEP-1.sharp", "smaller-step", "steps from 0.475 on",
    given={"large-step": s > sympy.Rational(19, 40), "small-start": z0 < 1},
)  # fmt: skip
twin(
    "STEP-1.overshoot", "later", "starts 1% above z_land",
    conclusion=lambda s, z0: overshoots(s, z0, Fraction(101, 100) * landing(s)),
)  # fmt: skip
twin(
    "STEP-1.overshoot", "two-steps", "the second step in place of the first",
    conclusion=lambda s, z0: overshoots(s, z0, landing(s), steps=2),
)  # fmt: skip
twin(
    "STEP-2.limit", "faster", "contraction by a rate 5% too large",
    conclusion=lambda s, z0, steps: settles(s, z0, steps, rate=4 * MORE),
)  # fmt: skip
twin(
    "STEP-2.limit", "one-step", "one step in place of two",
    conclusion=lambda s, z0, steps: settles(s, z0, steps, apart=1),
)  # fmt: skip
twin(
    "STEP-2.limit", "larger-step", "steps up to 1.05",
    given={"convergent": s <= slightly(sympy.Integer(1)), "small-start": z0 <= 1},
)  # fmt: skip
twin(
    "STEP-2.overshoot", "one-earlier", "the step that reaches z_land, not the one after it",
    conclusion=lambda s, z0: passes(s, z0, horizon=lambda s, z0: first_pass(s, z0, extra=0)),
)  # fmt: skip
twin(
    "STEP-2.overshoot",
    "smaller-step",
    "steps from 0.475 on",
    given={"large-step": s > sympy.Rational(19, 40)},
)
twin(
    "STEP-2.exception", "off", "a start 1% larger",
    conclusion=lambda q: lands(1 / (q * (1 + q)), Fraction(101, 100) * q * q),
)  # fmt: skip
twin("STEP-2.exception", "not-below", "q up to 1.05", given={"below": q < slightly(sympy.Integer(1))})

twin(
    "STEP-3.bounded", "larger-step", "steps up to 2.1",
    given={"small-step": s <= slightly(sympy.Integer(2)), "inside": s * z0 <= 2 + s},
)  # fmt: skip
twin(
    "STEP-3.bounded", "lower", "a bound 1% lower",
    conclusion=lambda s, z0, steps: stays(s, z0, steps, scale=Fraction(99, 100)),
)  # fmt: skip
twin("STEP-3.bounded", "not-inside", "any start", drop="inside")
twin(
    "STEP-3.repelling", "faster", "rate 1% too large",
    conclusion=lambda s, y: forall(
        repels(s, y, rate=Fraction(101, 100)), repels(s, y, rate=Fraction(101, 100), side=-1)
    ),
)  # fmt: skip
twin(
    "STEP-3.repelling", "farther", "starts 5% farther out",
    given={"large-step": s > 1, "bounded": s <= 2, "near": y <= slightly(sympy.Integer(1))},
)  # fmt: skip
twin("STEP-3.repelling", "small-step", "steps that converge", drop="large-step")
twin(
    "STEP-3.repelling-zero", "faster", "rate 5% too large",
    conclusion=lambda s, z0: leaves_zero(s, z0, rate=MORE),
)  # fmt: skip
twin(
    "STEP-3.repelling-zero", "farther", "starts up to 0.525",
    given={"near": z0 <= slightly(sympy.Rational(1, 2))},
)  # fmt: skip
twin(
    "STEP-3.repelling-top", "faster", "rate 1% too large",
    conclusion=lambda s, y: leaves_top(s, y, rate=Fraction(101, 100)),
)  # fmt: skip
twin(
    "STEP-3.repelling-top",
    "farther",
    "starts 5% farther out",
    given={"near": y <= slightly(sympy.Integer(1))},
)
twin("STEP-3.cycle", "not-distinct", "the fixed point counted as a cycle", drop="distinct")
twin(
    "STEP-3.cycle",
    "other-sum",
    "s = m + 1.01/m - 1",
    conclusion=lambda m: alternates(m, sum_of=Fraction(101, 100)),
)
twin(
    "STEP-3.multiplier", "other-constant", "9 - 2.05 (1 + s)^2",
    conclusion=lambda s, offset: multiplies(
        s, offset, multiplier=cycle_multiplier(s) - Fraction(1, 20) * (1 + s) ** 2
    ),
)  # fmt: skip
twin(
    "STEP-3.multiplier", "of-one-step", "the multiplier of the fixed point 1",
    conclusion=lambda s, offset: multiplies(s, offset, multiplier=(1 - 2 * s) ** 2),
)  # fmt: skip
twin("STEP-3.stable", "later", "stable up to 1.05 (sqrt(5) - 1)", given={"stable": s < slightly(END)})
twin(
    "STEP-3.stable", "faster", "contraction 5% faster",
    conclusion=lambda s, share: attracts(s, share, factor=LESS),
)  # fmt: skip
twin(
    "STEP-3.doubling",
    "earlier",
    "from 0.95 (sqrt(5) - 1) on",
    given={"unstable": s > sympy.Rational(19, 20) * END},
)
twin(
    "STEP-3.doubling", "one-more-step", "five steps in place of four",
    conclusion=lambda s, share: doubles(s, share, period=5),
)  # fmt: skip
twin(
    "STEP-4.escape", "faster", "rate 1% too large",
    conclusion=lambda s, z0: escapes(s, z0, rate=Fraction(101, 100)),
)  # fmt: skip
twin(
    "STEP-4.escape",
    "closer",
    "from 5% below the largest fixed point",
    given={"beyond": s * z0 > LESS * (2 + s)},
)
twin("STEP-4.gap", "smaller-step", "from s = 1.9 on", given={"large-step": s > sympy.Rational(19, 10)})
twin(
    "STEP-4.gap", "beside", "a start 5% to the right of the peak",
    conclusion=lambda s: strictly(s * descent(s, MORE * peak(s), 1)[1] - (2 + s)),
)  # fmt: skip
twin(
    "STEP-4.almost-every",
    "faster",
    "rate 5% too large",
    conclusion=lambda s, z0: stretches(s, z0, rate=2 * MORE),
)
twin(
    "STEP-4.almost-every", "smaller-step", "from s = 1.9 on", given={"large-step": s > sympy.Rational(19, 10)}
)
twin("STEP-4.exception", "smaller-step", "steps up to 2 as well", drop="large-step")
twin(
    "STEP-4.exception", "off", "a start 1% larger",
    conclusion=lambda q: stays_at_one(1 / (q * (1 + q)), Fraction(101, 100) * q * q),
)  # fmt: skip
twin(
    "STEP-5.lemma", "larger-step", "steps up to 2.1",
    given={"small-step": s <= slightly(sympy.Integer(2)), "inside": u <= 2 + s},
)  # fmt: skip
twin(
    "STEP-5.lemma", "lower", "the bound 2 + 0.95 s",
    conclusion=lambda s, u: 2 + LESS * s - u * (1 + s - u) ** 2,
)  # fmt: skip
twin("STEP-5.iff", "later", "for s <= 2.1", conclusion=lambda s: invariant_iff(s, bound=Fraction(21, 10)))
twin("STEP-5.iff", "earlier", "for s <= 1.9", conclusion=lambda s: invariant_iff(s, bound=Fraction(19, 10)))
twin(
    "STEP-5.peak",
    "lower",
    "a peak 1% lower",
    conclusion=lambda s, z0: greatest(s, z0, scale=Fraction(99, 100)),
)
twin(
    "STEP-5.peak",
    "farther",
    "starts 5% farther out",
    given={"below": 3 * s * z0 <= slightly(4 * (1 + s))},
)
twin(
    "STEP-3.range",
    "later",
    "the multiplier stays within up to (1 + s)^2 = 5.05",
    conclusion=lambda s: in_range(s, end=Fraction(101, 20)),
)
twin(
    "STEP-3.range", "other-constant", "multiplier 9 - 2.05 (1 + s)^2",
    conclusion=lambda s: in_range(s, multiplier=lambda at: 9 - Fraction(41, 20) * (1 + at) ** 2),
)  # fmt: skip
