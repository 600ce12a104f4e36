"""Broken twins of the claims about the loss."""

from __future__ import annotations

from fractions import Fraction

from sympy import Rational

from rankladder import log1p, symbols
from rankladder.properties.gidel2019.loss import (
    descends,
    descent_staircase,
    flow_staircase,
    levels,
    modewise,
    rebound,
    spectral_states,
)
from tests.quality.twin import twin

s, z0 = symbols("s z0")
MORE, LESS = Fraction(21, 20), Fraction(19, 20)

twin(
    "LOSS-1", "larger", "the modes cost 1% more",
    conclusion=lambda problem, s1, delta: modewise(
        problem, spectral_states(problem, s1, delta), scale=Fraction(101, 100)
    ),
)  # fmt: skip
twin(
    "LOSS-1", "neighbour", "each mode at its neighbour's place",
    conclusion=lambda problem, s1, delta: modewise(problem, spectral_states(problem, s1, delta), shift=1),
)  # fmt: skip
twin("LOSS-1", "not-commuting", "data that do not commute", drop="commuting")

twin(
    "LOSS-2.level", "higher", "levels 1% too high",
    conclusion=lambda problem: levels(problem, scale=Fraction(101, 100)),
)  # fmt: skip
twin(
    "LOSS-2.level", "next", "the level of the next plateau", conclusion=lambda problem: levels(problem, skip=1)
)  # fmt: skip
twin("LOSS-2.level", "not-commuting", "data that do not commute", drop="commuting")

twin(
    "LOSS-2.descent", "tighter", "bound 5% too small",
    conclusion=lambda problem, s1, delta: descent_staircase(problem, s1, delta, scale=LESS),
)  # fmt: skip
twin(
    "LOSS-2.descent", "slower", "rate of growth 5% too small",
    conclusion=lambda problem, s1, delta: descent_staircase(
        problem, s1, delta, growth=lambda s: LESS * log1p(s)
    ),
)  # fmt: skip
twin(
    "LOSS-2.descent", "continuous-rate", "the continuous rate of growth",
    conclusion=lambda problem, s1, delta: descent_staircase(problem, s1, delta, growth=lambda s: s),
)  # fmt: skip
for _dropped in ("commuting", "small-step", "small-start", "quiet-null"):
    twin("LOSS-2.descent", f"no-{_dropped}", f"without {_dropped}", drop=_dropped)

twin(
    "LOSS-2.flow", "tighter", "bound 5% too small",
    conclusion=lambda problem, delta, place, share: flow_staircase(problem, delta, place, share, scale=LESS),
)  # fmt: skip
twin(
    "LOSS-2.flow", "later", "the state at a rescaled time later by a twentieth",
    conclusion=lambda problem, delta, place, share: flow_staircase(
        problem, delta, place, share, late=Fraction(1, 20)
    ),
)  # fmt: skip
twin("LOSS-2.flow", "no-small-start", "a start beyond the fitted value", drop="small-start")

twin(
    "LOSS-3.descent", "larger-step", "largest step 1% too large",
    given={"small-step": s <= Rational(945, 1000), "small-start": z0 <= 1},
)  # fmt: skip
twin("LOSS-3.descent", "large-start", "from any start", drop="small-start")
twin(
    "LOSS-3.descent", "faster", "the distance loses 1% a step",
    conclusion=lambda s, z0, steps: descends(s, z0, steps, factor=Fraction(99, 100)),
)  # fmt: skip

twin(
    "LOSS-3.above", "smaller-step", "threshold 1% too small",
    given={"large-step": (s > Rational(9264, 10000)) & (s < 1)},
)  # fmt: skip
twin(
    "LOSS-3.above", "other-start", "start 10% smaller",
    conclusion=lambda s: rebound(s, 3 * (1 + s) / (10 * s), 2),
)  # fmt: skip

twin("LOSS-3.above-one", "smaller-step", "from 5% below one on", given={"large-step": s > Rational(19, 20)})
twin(
    "LOSS-3.above-one", "larger", "the distance grows by 5%",
    conclusion=lambda s: rebound(s, 1 / s, 1, factor=MORE),
)  # fmt: skip
